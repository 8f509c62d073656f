//! The shipped rows, read whole and asked the questions the program asks.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::models::Stream;
use super::prices::{Mode, Part};
use super::*;
use crate::domain::chat::MediaTokens;
use crate::domain::models::{Ability, Purpose, Surfaces, Thinking};
use crate::domain::money::{Currency, Unit};

const DOCUMENTED: Figures = Figures::Documented;
const SEED: Figures = Figures::Seed;

fn catalog() -> Catalog {
    Catalog::shipped().expect("the shipped rows can be read")
}

fn id(text: &str) -> ModelId {
    ModelId::new(text)
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn usage(input: u64, output: u64, cached: Option<u64>) -> Usage {
    Usage { input, output, cached, reasoning: None, ..Usage::default() }
}

/// The cost in yuan, as text.
fn yuan(figures: Figures, model: &str, usage: Usage, thought: bool) -> Option<String> {
    let money = catalog().cost(figures, &id(model), &usage, thought)?;
    assert_eq!(money.currency, Currency::Cny);
    Some(money.amount.to_string())
}

#[test]
fn no_row_got_lost() {
    // The tables these rows were made from held 234 models, 406 prices and 168 limits.
    let catalog = catalog();
    assert_eq!(catalog.models().len(), 234);
    assert_eq!(catalog.prices.all(DOCUMENTED).count(), 396);
    assert_eq!(catalog.prices.all(SEED).count(), 10);
    assert_eq!(catalog.limits.counts(), (160, 6, 2));
}

#[test]
fn the_shared_catalog_is_the_shipped_one() {
    assert_eq!(Catalog::embedded().models(), catalog().models());
}

#[test]
fn every_row_names_a_source_of_its_file_and_a_date() {
    let sources = |text: &str| {
        let file: toml::Table = toml::from_str(text).expect("TOML");
        file["sources"].as_table().expect("a table").clone()
    };
    let dated = |day: &str| day.len() >= 7 && day.starts_with("2026-") && day <= "2026-12";
    let catalog = catalog();
    let known = sources(include_str!("models.toml"));
    for row in catalog.models().iter().filter_map(|model| catalog.model_row(&model.id)) {
        assert!(known.contains_key(&row.source), "{row:?}");
        assert!(dated(&row.as_of), "{row:?}");
    }
    let known = sources(include_str!("prices.toml"));
    for row in catalog.prices.all(DOCUMENTED).chain(catalog.prices.all(SEED)) {
        assert!(known.contains_key(&row.source), "{row:?}");
        assert!(dated(&row.as_of), "{row:?}");
    }
    let known = sources(include_str!("limits.toml"));
    for model in catalog.models() {
        for limit in [DOCUMENTED, SEED].into_iter().filter_map(|f| catalog.limits(f, &model.id)) {
            assert!(known.contains_key(&limit.row.source), "{limit:?}");
            assert!(dated(&limit.row.as_of), "{limit:?}");
        }
    }
}

#[test]
fn every_price_is_above_zero_and_of_a_known_model() {
    let catalog = catalog();
    for row in catalog.prices.all(DOCUMENTED).chain(catalog.prices.all(SEED)) {
        for amount in [row.input, row.output, row.cached].into_iter().flatten() {
            assert!(amount > Decimal::ZERO, "{row:?}");
        }
        assert!(catalog.model(&id(&row.model)).is_some(), "{row:?}");
    }
}

#[test]
fn the_tiers_of_a_model_leave_no_gap() {
    let catalog = catalog();
    for model in catalog.models() {
        let mut tiers: BTreeMap<u64, Option<u64>> = BTreeMap::new();
        for row in catalog.price_rows(DOCUMENTED, &model.id) {
            if row.unit == Unit::MillionTokens {
                tiers.insert(row.above, row.up_to);
            }
        }
        let mut end = Some(0);
        for (above, up_to) in tiers {
            assert_eq!(Some(above), end, "{model:?}");
            end = up_to;
        }
    }
}

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
fn free_text_became_data() {
    let catalog = catalog();
    let rows = catalog.price_rows(DOCUMENTED, &id("qwen-plus"));
    assert_eq!(rows.len(), 12);
    let cache = rows.iter().find(|r| r.mode == Mode::ExplicitCache && r.above == 262_144);
    let cache = cache.expect("a row");
    assert_eq!((cache.input, cache.cached), (Some(decimal("6")), Some(decimal("0.48"))));
    assert_eq!(rows.iter().filter(|r| r.mode == Mode::Batch).count(), 3);
    assert_eq!(rows.iter().filter(|r| r.thinking == Some(true)).count(), 3);
    assert_eq!(rows.iter().filter(|r| r.thinking == Some(false)).count(), 3);

    let video = catalog.price_rows(DOCUMENTED, &id("wan2.6-r2v-flash"));
    let quiet: Vec<_> = video.iter().filter(|r| r.sound == Some(false)).collect();
    assert_eq!(quiet.len(), 2);
    assert_eq!(quiet[1].resolution.as_deref(), Some("1080p"));
    assert_eq!(quiet[1].output, Some(decimal("0.25")));
    assert_eq!(quiet[1].unit, Unit::Second);

    let clip = catalog.price_rows(SEED, &id("wan2.5-t2v-plus"));
    assert_eq!((clip[0].output, clip[0].unit), (Some(decimal("0.3")), Unit::Second));

    let omni = catalog.price_rows(DOCUMENTED, &id("qwen-omni-turbo"));
    assert_eq!(omni.iter().filter(|r| r.part == Part::Audio).count(), 5);
    assert_eq!(omni.iter().filter(|r| r.mode == Mode::Batch).count(), 6);
}

#[test]
fn models_say_how_they_reason() {
    let catalog = catalog();
    let thinking = |model: &str| catalog.model(&id(model)).expect("known").thinking;
    for (model, expected) in [
        ("qwen-plus", Thinking::Optional { on: false }),
        ("qwen-plus-2025-09-11", Thinking::Optional { on: false }),
        ("qwen-plus-2025-01-12", Thinking::Never),
        ("qwen-turbo", Thinking::Optional { on: false }),
        ("qwen-flash", Thinking::Optional { on: false }),
        ("qwen3-max", Thinking::Optional { on: false }),
        ("qwen3-max-2025-09-23", Thinking::Unknown),
        ("qwen-max", Thinking::Never),
        ("qwen3-8b", Thinking::Optional { on: true }),
        ("qwen3.5-plus", Thinking::Optional { on: true }),
        ("qwen3.6-27b", Thinking::Optional { on: true }),
        ("qwen3.7-max-preview", Thinking::Optional { on: true }),
        ("qwen3.8-flash", Thinking::Optional { on: true }),
        ("qwen3-coder-plus", Thinking::Never),
        ("qwen3-235b-a22b-instruct-2507", Thinking::Never),
        ("qwen3-235b-a22b-thinking-2507", Thinking::Always),
        ("qwen3-vl-8b-thinking", Thinking::Always),
        ("qwq-plus", Thinking::Always),
        ("qvq-max", Thinking::Always),
        ("qwen3-omni-flash", Thinking::Optional { on: false }),
        ("qwen3.5-omni-plus", Thinking::Never),
        ("wan2.7-t2v", Thinking::Never),
        ("qwen3.5-omni-plus-realtime", Thinking::Never),
    ] {
        assert_eq!(thinking(model), expected, "{model}");
    }
}

#[test]
fn models_say_where_and_how_they_are_served() {
    let catalog = catalog();
    let model = |text: &str| catalog.model(&id(text)).expect("known");
    let row = |text: &str| catalog.model_row(&id(text)).expect("known");
    assert_eq!(model("qwen-plus").surfaces, Surfaces::Both);
    assert_eq!(model("wan2.5-t2v-preview").surfaces, Surfaces::Native);
    assert!(model("wan2.5-t2v-preview").async_only);
    assert_eq!(model("qwen3-omni-flash-realtime").surfaces, Surfaces::Socket);
    assert_eq!(model("qwen3-vl-rerank").family, "rerank");
    assert_eq!(row("qwen3-omni-flash").stream, Stream::Always);
    assert_eq!(row("qwen3-8b").stream, Stream::Thinking);
    assert_eq!(row("qwen-plus").stream, Stream::ThinkingByAudit);
    assert_eq!(row("qwen-max").stream, Stream::Free);
    assert_eq!(row("qwen-max").retires.as_deref(), Some("2026-07-13"));
    assert_eq!(row("qwen-plus-us").regions, ["us-east-1"]);
}

#[test]
fn snapshots_take_their_sizes_from_their_alias() {
    let catalog = catalog();
    let sizes = |text: &str| {
        let model = catalog.model(&id(text)).expect("known");
        (model.context_tokens, model.max_output)
    };
    assert_eq!(sizes("qwen-plus"), (Some(1_000_000), Some(32_768)));
    assert_eq!(sizes("qwen-plus-2025-09-11"), (Some(1_000_000), Some(32_768)));
    assert_eq!(sizes("qwen-plus-2025-12-01-us"), (Some(1_000_000), Some(32_768)));
    assert_eq!(sizes("qwen-plus-2024-12-20"), (Some(131_072), Some(8_192)));
    for model in catalog.models() {
        if let Some(like) = &catalog.model_row(&model.id).expect("known").like {
            assert!(catalog.model(&id(like)).is_some(), "{model:?} is like {like}");
        }
    }
}

#[test]
fn a_snapshot_newer_than_the_catalog_is_like_its_alias() {
    let catalog = catalog();
    let new = id("qwen-plus-2031-02-03");
    assert_eq!(catalog.model(&new), None);
    let model = catalog.model_like(&new).expect("its alias is known");
    assert_eq!(model.id, new);
    assert_eq!(model.thinking, Thinking::Optional { on: false });
    assert_eq!(catalog.model_like(&id("no-such-model-2031-02-03")), None);
}

#[test]
fn unknown_ids_have_neighbours() {
    let catalog = catalog();
    assert_eq!(catalog.near("qwen-plu").first().map(String::as_str), Some("qwen-plus"));
    assert_eq!(catalog.near("qwen3-mx").first().map(String::as_str), Some("qwen3-max"));
    let video = catalog.near("wan2.5-t2v-plus");
    assert_eq!(video.first().map(String::as_str), Some("wan2.5-t2v-preview"));
    assert!(catalog.near("gpt-4o").is_empty());
}

#[test]
fn limits_of_both_sets() {
    let catalog = catalog();
    let limit = |figures, model: &str| catalog.limits(figures, &id(model)).expect("known");
    let seed = limit(SEED, "qwen-plus");
    assert_eq!((seed.row.rpm, seed.row.tpm), (Some(200), Some(200_000)));
    assert_eq!(seed.basis, Basis { figures: SEED, alias: None });
    let documented = limit(DOCUMENTED, "qwen-plus");
    assert_eq!((documented.row.rpm, documented.row.tpm), (Some(30_000), Some(5_000_000)));
    let window = documented.row.tokens.expect("a window");
    assert_eq!((window.amount, window.seconds), (2_500_000, 30));
    assert_eq!(limit(SEED, "wan2.5-t2v-plus").row.running, Some(5));
    assert_eq!(limit(DOCUMENTED, "wan2.2-i2v-flash").row.running, Some(2));
    // not in the audit
    assert_eq!(limit(SEED, "qwen3-max").basis.figures, DOCUMENTED);
    // a snapshot gets far less than its alias, but the audit does not tell them apart
    assert_eq!(limit(DOCUMENTED, "qwen-plus-2025-09-11").row.rpm, Some(60));
    let snapshot = limit(SEED, "qwen-plus-2025-09-11");
    assert_eq!(snapshot.row.rpm, Some(200));
    assert_eq!(snapshot.basis.alias, Some(id("qwen-plus")));
    assert_eq!(limit(DOCUMENTED, "qwen-plus-0112").row.tpm, Some(150_000));
    assert_eq!(limit(DOCUMENTED, "qwen-max-latest").basis.alias, Some(id("qwen-max")));
    assert_eq!(catalog.limits(DOCUMENTED, &id("no-such-model")), None);
    let calls: Vec<_> = catalog.service_limits().iter().map(|s| (&*s.call, s.rpm)).collect();
    assert_eq!(calls, [("tasks", 1_200), ("uploads", 6_000)]);
}

#[test]
fn an_override_replaces_by_model_and_leaves_the_rest() {
    let mut catalog = catalog();
    let prices = r#"documented = [ { model = "qwen-plus", unit = "1M tokens", input = "0.1", output = "0.2", currency = "USD", source = "me", as_of = "2027-01" } ]"#;
    catalog.override_prices("my-prices.toml", prices).expect("good rows");
    assert_eq!(catalog.price_rows(DOCUMENTED, &id("qwen-plus")).len(), 1, "no old tier survives");
    let u = usage(1_000_000, 0, None);
    let money = catalog.cost(DOCUMENTED, &id("qwen-plus"), &u, false).expect("priced");
    assert_eq!(money.to_string(), "$0.10");
    assert_eq!(catalog.price_rows(SEED, &id("qwen-plus")).len(), 1);
    assert_eq!(catalog.price_rows(DOCUMENTED, &id("qwen-max")).len(), 2);

    let limits =
        r#"documented = [ { model = "qwen-plus", rpm = 7, source = "me", as_of = "2027-01" } ]"#;
    catalog.override_limits("my-limits.toml", limits).expect("good rows");
    let limit = catalog.limits(DOCUMENTED, &id("qwen-plus")).expect("known");
    assert_eq!((limit.row.rpm, limit.row.tpm), (Some(7), None));
    assert_eq!(catalog.service_limits().len(), 2);

    let models = r#"models = [ { id = "my-model", family = "mine", surfaces = "compat", modality = "text->text", source = "me", as_of = "2027-01" } ]"#;
    catalog.override_models("my-models.toml", models).expect("good rows");
    assert_eq!(catalog.models().len(), 235);
    let mine = catalog.model(&id("my-model")).expect("known");
    assert_eq!((mine.surfaces, mine.thinking), (Surfaces::Compat, Thinking::Unknown));
}

#[test]
fn bad_overrides_are_refused_whole_and_in_words() {
    let row = |rest: &str| {
        format!(
            "documented = [ {{ model = \"m\", source = \"me\", as_of = \"2027-01\", {rest} }} ]"
        )
    };
    let price = |rest: &str| {
        let text = row(&format!("unit = \"1M tokens\", currency = \"CNY\", {rest}"));
        let mut catalog = catalog();
        let error = catalog.override_prices("mine.toml", &text).expect_err(rest);
        assert!(catalog.price_rows(DOCUMENTED, &id("m")).is_empty());
        error.to_string()
    };
    assert_eq!(price("note = \"\""), "mine.toml:1: the row of m has no price");
    let not_positive = "mine.toml:1: the row of m has a price that is not above zero";
    assert_eq!(price("input = \"0\""), not_positive);
    assert_eq!(price("input = \"-1\""), not_positive);
    let backwards = "mine.toml:1: the row of m has a tier that ends before it begins";
    assert_eq!(price("input = \"1\", above = 5, up_to = 5"), backwards);
    // a float, an unknown key, an unknown word, no TOML: the place is named
    for rest in
        ["input = 0.8", "input = \"1\", inputs = \"1\"", "input = \"a\"", "mode = \"?\"", "="]
    {
        let said = price(rest);
        assert!(said.starts_with("mine.toml:1: "), "{said}");
    }

    let limit = |rest: &str| {
        catalog().override_limits("mine.toml", &row(rest)).expect_err(rest).to_string()
    };
    assert_eq!(limit("note = \"\""), "mine.toml:1: the row of m limits nothing");
    assert_eq!(limit("rpm = 0"), "mine.toml:1: the row of m has a limit of nothing");
    assert_eq!(
        limit("rpm = 1, requests = [1, 0]"),
        "mine.toml:1: the row of m has a limit of nothing"
    );

    let model =
        |text: &str| catalog().override_models("mine.toml", text).expect_err(text).to_string();
    let row = "{ id = \"m\", family = \"f\", surfaces = \"compat\", modality = \"text->text\", source = \"me\", as_of = \"2027-01\" }";
    let twice = format!("models = [ {row}, {row} ]");
    assert_eq!(model(&twice), "mine.toml:1: the row of m is there twice");
    let padded = format!("models = [ {} ]", row.replace("\"m\"", "\" m\""));
    assert_eq!(model(&padded), "mine.toml:1: the row of  m has an id that is empty or padded");
}

#[test]
fn rows_that_are_like_each_other_end() {
    let mut catalog = catalog();
    let row = |id: &str, like: &str| {
        format!(
            "{{ id = \"{id}\", like = \"{like}\", family = \"f\", surfaces = \"compat\", modality = \"text->text\", source = \"me\", as_of = \"2027-01\" }}"
        )
    };
    let text = format!("models = [ {}, {} ]", row("a", "b"), row("b", "a"));
    catalog.override_models("mine.toml", &text).expect("good rows");
    assert_eq!(catalog.model(&id("a")).expect("known").context_tokens, None);
}

proptest! {
    #[test]
    fn costs_never_shrink_as_tokens_grow(
        input in 0u64..3_000_000,
        more in 0u64..1_000_000,
        output in 0u64..100_000,
        cached in 0u64..3_000_000,
        thought: bool,
    ) {
        let catalog = Catalog::embedded();
        for (figures, model) in [(DOCUMENTED, "qwen-plus"), (SEED, "qwen-plus"), (DOCUMENTED, "qwen3-max")] {
            let cost = |input: u64, output: u64, cached: Option<u64>| {
                let usage = usage(input, output, cached);
                catalog.cost(figures, &id(model), &usage, thought).map(|money| money.amount)
            };
            let base = cost(input, output, None);
            prop_assert!(base.is_some());
            prop_assert!(cost(input + more, output, None) >= base);
            prop_assert!(cost(input, output + more, None) >= base);
            prop_assert!(cost(input, output, Some(cached)) <= base);
        }
    }

    #[test]
    fn any_id_may_be_asked_for(text in "\\PC{0,40}") {
        let catalog = Catalog::embedded();
        let asked = id(&text);
        let near = catalog.near(&text);
        prop_assert!(near.len() <= 3);
        prop_assert!(!near.iter().any(|found| found == text.trim()));
        let _ = catalog.model_like(&asked);
        let _ = catalog.limits(SEED, &asked);
        let _ = catalog.price(SEED, &asked, u64::MAX, true);
    }

    #[test]
    fn absurd_counts_do_not_panic(input: u64, output: u64, cached: u64) {
        let usage = usage(input, output, Some(cached));
        let _ = Catalog::embedded().cost(DOCUMENTED, &id("qwen-plus"), &usage, true);
    }
}

#[test]
fn a_fault_is_found_at_its_line() {
    let good = "  { model = \"a\", rpm = 1, source = \"me\", as_of = \"2027-01\" },\n";
    let bad = "  { model = \"b\", rpm = 0, source = \"me\", as_of = \"2027-01\" },\n";
    let text = format!("# mine\ndocumented = [\n{good}{bad}]\n");
    let error = catalog().override_limits("limits.toml", &text).expect_err("zero");
    assert_eq!(error.place(), "limits.toml:4");
    assert_eq!(error.reason(), "the row of b has a limit of nothing");
    let error = catalog().override_limits("limits.toml", "a = 1\nb\n").expect_err("no TOML");
    assert_eq!(error.place(), "limits.toml:2");
}

#[test]
fn every_family_has_a_name_in_both_languages() {
    let catalog = catalog();
    let mut used = std::collections::BTreeSet::new();
    for row in catalog.model_rows() {
        let family = catalog.family(&row.family).unwrap_or_else(|| panic!("{}", row.family));
        assert!(!family.en.is_empty() && !family.zh.is_empty(), "{family:?}");
        assert!(family.names.iter().any(|name| !name.is_ascii()), "{family:?}");
        used.insert(row.family.as_str());
    }
    let file: toml::Table = toml::from_str(include_str!("models.toml")).expect("TOML");
    for family in file["families"].as_table().expect("a table").keys() {
        assert!(used.contains(family.as_str()), "no model is of {family}");
    }
}

#[test]
fn models_say_what_they_are_for() {
    let catalog = catalog();
    let purpose = |model: &str| catalog.model_row(&id(model)).expect("known").purpose();
    for (model, expected) in [
        ("qwen-plus", Purpose::Chat),
        ("qwen3-vl-plus", Purpose::Chat),
        ("qwen3-omni-flash", Purpose::Chat),
        ("qwen-vl-ocr", Purpose::Chat),
        ("qwen-mt-plus", Purpose::Chat),
        ("qwen-deep-research", Purpose::Native),
        ("qwen3-omni-flash-realtime", Purpose::Realtime),
        ("wan2.5-t2v-plus", Purpose::Video),
        ("qwen-image", Purpose::Image),
        ("wan2.6-image", Purpose::Image),
        ("qwen3-tts-flash", Purpose::Speech),
        ("qwen-voice-design", Purpose::Voice),
        ("qwen3-asr-flash", Purpose::Transcription),
        ("text-embedding-v4", Purpose::Embedding),
        ("qwen3-vl-rerank", Purpose::Scoring),
    ] {
        assert_eq!(purpose(model), expected, "{model}");
    }
}

#[test]
fn models_say_what_they_can() {
    let catalog = catalog();
    let can =
        |model: &str, ability| catalog.can(catalog.model_row(&id(model)).expect("known"), ability);
    assert_eq!(can("qwen-plus", Ability::Search), Some(true));
    assert_eq!(can("qwen3-coder-plus", Ability::Json), Some(false));
    // a snapshot as its alias
    assert_eq!(can("qwen-plus-2025-09-11", Ability::Json), Some(true));
    assert_eq!(can("qwen3.8-max", Ability::Json), None);
    assert_eq!(can("wan2.5-t2v-plus", Ability::Json), Some(false));
    assert_eq!(can("qwen3-vl-plus", Ability::Vision), Some(true));
    assert_eq!(can("qwen3-max-2025-09-23", Ability::Thinking), None);
}

#[test]
fn snapshots_come_newest_first() {
    let catalog = catalog();
    let ids = |alias: &str| -> Vec<&str> {
        catalog.snapshots(alias).into_iter().map(|row| row.id.as_str()).collect()
    };
    let plus = ids("qwen-plus");
    assert_eq!((plus[0], plus[1]), ("qwen-plus-2025-12-01", "qwen-plus-2025-09-11"));
    assert_eq!(plus[plus.len() - 1], "qwen-plus-0112", "a day without a year is last");
    assert!(!plus.contains(&"qwen-plus-latest") && !plus.contains(&"qwen-plus-2025-12-01-us"));
    assert_eq!(ids("qwen-plus-us"), ["qwen-plus-2025-12-01-us"]);
    assert!(ids("qwen-plus-2025-09-11").is_empty());
    assert_eq!(catalog.alias_of("qwen-plus-2025-09-11").map(|row| &*row.id), Some("qwen-plus"));
    assert!(Catalog::is_pinned("qwen-max-2099-01-01") && !Catalog::is_pinned("qwen-max-latest"));
}

#[test]
fn what_ends_has_something_to_take_its_place() {
    let catalog = catalog();
    for row in catalog.model_rows().iter().filter(|row| row.retires.is_some()) {
        let others = catalog.instead(row);
        assert!(!others.is_empty(), "{}", row.id);
        for other in others {
            let other = catalog.model_row(&id(other)).expect("known");
            assert!(other.retires.is_none() && other.purpose() == row.purpose(), "{other:?}");
        }
    }
    let instead = |model: &str| catalog.instead(catalog.model_row(&id(model)).expect("known"));
    assert_eq!(instead("qwen-max")[0], "qwen3-max");
    assert_eq!(instead("qwen-vl-plus")[0], "qwen3-vl-plus");
    assert_eq!(instead("qwen-math-turbo")[0], "qwen-math-plus");
}

#[test]
fn the_shipped_rows_are_in_force_until_others_are() {
    let shared = Shared::default();
    let other = shared.clone();
    assert!(shared.get().model(&id("my-model")).is_none());
    let mut mine = catalog();
    let row = "models = [ { id = \"my-model\", family = \"f\", surfaces = \"compat\", modality = \"text->text\", source = \"me\", as_of = \"2027-01\" } ]";
    mine.override_models("models.toml", row).expect("good rows");
    shared.put(mine);
    assert!(other.get().model(&id("my-model")).is_some());
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
