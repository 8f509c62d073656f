//! What requests cost by the rows of either set.

use super::*;

#[test]
fn qwen_plus_by_the_documentation() {
    let cost = |u, thought| yuan(DOCUMENTED, "qwen-plus", u, thought).expect("priced");
    // 0.8 in, 2 out: 10,000 × 0.8 + 2,000 × 2 = 12,000 millionths
    assert_eq!(cost(usage(10_000, 2_000, None), false), "0.012");
    // with reasoning 8 out: 8,000 + 16,000
    assert_eq!(cost(usage(10_000, 2_000, None), true), "0.024");
    // 4,000 of the input from the cache at 0.16: 4,800 + 640 + 4,000
    assert_eq!(cost(usage(10_000, 2_000, Some(4_000)), false), "0.00944");
    // the last token of the first tier and the first of the second
    assert_eq!(cost(usage(131_072, 0, None), false), "0.1048576");
    assert_eq!(cost(usage(131_073, 0, None), false), "0.3145752");
    // second tier 2.4 / 20 / 0.48: 100,000 × 2.4 + 100,000 × 0.48 + 1,000 × 20 = 308,000
    assert_eq!(cost(usage(200_000, 1_000, Some(100_000)), false), "0.308");
    // with reasoning 24 out: 480,000 + 24,000
    assert_eq!(cost(usage(200_000, 1_000, None), true), "0.504");
    // third tier 4.8 / 48, 64 with reasoning
    assert_eq!(cost(usage(500_000, 1_000, None), false), "2.448");
    assert_eq!(cost(usage(500_000, 1_000, None), true), "2.464");
    // beyond every tier the last one goes on
    assert_eq!(cost(usage(2_000_000, 0, None), false), "9.6");
    assert_eq!(cost(usage(0, 0, None), false), "0");
}

#[test]
fn qwen_plus_by_the_audit() {
    let cost = |u, thought| yuan(SEED, "qwen-plus", u, thought).expect("priced");
    // 0.8 in, 2 out, half price from the cache, whatever the length and the reasoning
    assert_eq!(cost(usage(10_000, 2_000, None), false), "0.012");
    assert_eq!(cost(usage(10_000, 2_000, None), true), "0.012");
    assert_eq!(cost(usage(10_000, 2_000, Some(4_000)), false), "0.0104");
    assert_eq!(cost(usage(500_000, 1_000, None), false), "0.402");
}

#[test]
fn the_sets_disagree_where_their_sources_do() {
    let u = usage(1_000_000, 1_000_000, None);
    assert_eq!(yuan(SEED, "qwen-max", u, false).as_deref(), Some("80"));
    assert_eq!(yuan(DOCUMENTED, "qwen-max", u, false).as_deref(), Some("12"));
    // qwen3-max has tiers in the documentation: up to 32k 2.5 / 10
    let u = usage(32_768, 1_000, None);
    assert_eq!(yuan(DOCUMENTED, "qwen3-max", u, false).as_deref(), Some("0.09192"));
    assert_eq!(yuan(SEED, "qwen3-max", u, false).as_deref(), Some("0.882432"));
}

#[test]
fn a_snapshot_costs_what_its_alias_does_and_says_so() {
    let catalog = catalog();
    let price = catalog.price(DOCUMENTED, &id("qwen-plus-2025-09-11"), 10, false).expect("priced");
    assert_eq!(price.input, Some(decimal("0.8")));
    assert_eq!(price.basis, Basis { figures: DOCUMENTED, alias: Some(id("qwen-plus")) });
    let own = catalog.price(DOCUMENTED, &id("qwen-plus-0112"), 10, false).expect("priced");
    assert_eq!(own.basis, Basis { figures: DOCUMENTED, alias: None });
    // dollars are charged there, and no row tells how many
    assert_eq!(catalog.price(DOCUMENTED, &id("qwen-plus-2025-12-01-us"), 10, false), None);
}

#[test]
fn the_audit_falls_back_to_the_documentation_and_says_so() {
    let catalog = catalog();
    let price = catalog.price(SEED, &id("qwen3.7-max"), 10, true).expect("priced");
    assert_eq!(price.basis, Basis { figures: DOCUMENTED, alias: None });
    assert_eq!(price.output, Some(decimal("36")));
    let price = catalog.price(SEED, &id("qwen-plus-2025-09-11"), 10, true).expect("priced");
    assert_eq!(price.basis, Basis { figures: SEED, alias: Some(id("qwen-plus")) });
}

#[test]
fn models_that_only_reason_have_one_price() {
    let u = usage(1_000_000, 1_000_000, None);
    for thought in [false, true] {
        let cost = yuan(DOCUMENTED, "qwen3-30b-a3b-thinking-2507", u, thought);
        assert_eq!(cost.as_deref(), Some("8.25"));
    }
}

#[test]
fn text_with_an_omni_model_is_priced_as_text() {
    let u = usage(1_000_000, 1_000_000, None);
    // 1.8 + 6.9, 7 + 40, and 2.5 + 5 by the audit
    assert_eq!(yuan(DOCUMENTED, "qwen3-omni-flash", u, false).as_deref(), Some("8.7"));
    assert_eq!(yuan(DOCUMENTED, "qwen3.5-omni-plus", u, false).as_deref(), Some("47"));
    assert_eq!(yuan(SEED, "qwen3-omni-flash", u, false).as_deref(), Some("7.5"));
    // 0.4 in of which half from the cache at 0.08
    let cached = usage(1_000_000, 0, Some(500_000));
    assert_eq!(yuan(DOCUMENTED, "qwen-omni-turbo", cached, false).as_deref(), Some("0.24"));
}

#[test]
fn no_price_is_guessed() {
    let u = usage(1, 1, None);
    // unknown; by the second; by the character; an embedding that claims to have answered
    for model in ["no-such-model", "wan2.5-t2v-preview", "qwen3-tts-flash", "text-embedding-v4"] {
        assert_eq!(yuan(DOCUMENTED, model, u, false), None, "{model}");
    }
    let embedded = usage(1_000_000, 0, None);
    assert_eq!(yuan(DOCUMENTED, "text-embedding-v4", embedded, false).as_deref(), Some("0.5"));
}

#[test]
fn tokens_that_are_no_text_cost_what_their_rows_say() {
    let catalog = Catalog::embedded();
    let cost = |media: MediaTokens, input, output| {
        let usage = Usage { input, output, media, ..Usage::default() };
        let omni = ModelId::new("qwen3-omni-flash");
        let cost = catalog.cost(Figures::Documented, &omni, &usage, false).expect("a price");
        cost.amount.to_string()
    };
    let none = MediaTokens::default();
    assert_eq!(cost(none, 1_000_000, 1_000_000), "8.7");
    let seen = MediaTokens { image: Some(1_000_000), ..none };
    assert_eq!(cost(seen, 1_000_000, 1_000_000), "16", "3.3 in, and text of mixed out");
    let spoken = MediaTokens { spoken: Some(1_000_000), ..none };
    assert_eq!(cost(spoken, 1_000_000, 1_000_000), "64.4");
    let heard = MediaTokens { heard: Some(400_000), ..none };
    assert_eq!(cost(heard, 1_000_000, 0), "7.4", "the rest of the input is text");
}
