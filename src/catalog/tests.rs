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

mod models;
mod prices;

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
