//! The model picker: finding, choosing, pinning, what is said of a model, on every screen.

use lian::catalog::{Catalog, Shared};
use lian::domain::conversations::StoreCommand;
use lian::domain::day::Day;
use lian::domain::ids::IdSource;
use lian::domain::settings::{Figures, Language, Settings};
use lian::effect::{Effect, SettingsCommand};
use lian::event::{ModelsEvent, ServiceEvent};
use lian::state::AppState;

use crate::harness::{Harness, complete, settings};

/// Milliseconds of a day, at noon.
fn noon(day: &str) -> i64 {
    (Day::parse(day).unwrap().0 * 24 + 12) * 3_600_000
}

/// A program on that day.
fn on(day: &str, settings: Settings, size: (u16, u16)) -> Harness {
    let mut h = Harness::with(settings, size);
    h.now.wall_ms = noon(day);
    h
}

/// The model that the next question goes to.
fn asked(h: &mut Harness) -> String {
    h.effects();
    h.keys("a question<enter>");
    h.requests()[0].model.to_string()
}

#[test]
fn a_model_is_found_by_its_id_and_the_next_question_goes_to_it() {
    let mut h = Harness::new();
    h.exchange("one", "answer").keys("<alt+m>");
    assert!(h.find("▸ ● qwen-plus").is_some(), "{}", h.screen());
    h.keys("q3max");
    assert!(h.find("▸   qwen3-max").is_some(), "{}", h.screen());
    h.effects();
    h.key("enter");
    assert!(h.row(0).contains("qwen3-max"), "{}", h.screen());
    // It is kept with the conversation at once.
    let stored = h.stored();
    let kept = stored.iter().any(|command| {
        matches!(command, StoreCommand::SaveConversation(c) if c.model.as_str() == "qwen3-max")
    });
    assert!(kept, "{stored:?}");
    assert_eq!(asked(&mut h), "qwen3-max");
}

#[test]
fn an_empty_conversation_takes_the_model_too_and_a_new_one_begins_with_the_default() {
    let mut h = Harness::new();
    h.keys("<alt+m>qwen3-max<enter>");
    assert_eq!(asked(&mut h), "qwen3-max");
    h.delta("answer").done();
    h.keys("<ctrl+n>");
    assert_eq!(asked(&mut h), "qwen-plus");
}

#[test]
fn chinese_names_find_families() {
    for (typed, id) in [
        ("万相 视频", "wan2.5-t2v"),
        ("代码", "qwen3-coder-plus"),
        ("向量", "text-embedding-v4"),
        ("视觉", "qwen3-vl-plus"),
        ("语音合成", "qwen3-tts-flash"),
        ("图像生成", "qwen-image"),
        ("通义千问 max", "qwen3-max"),
    ] {
        let mut h = Harness::with(settings(), (80, 60));
        h.keys("<alt+m>").keys(typed);
        assert!(h.find(id).is_some(), "{typed}: {}", h.screen());
        assert!(h.find("use \"").is_none() || !typed.contains(' '), "{typed}: {}", h.screen());
    }
}

#[test]
fn any_id_can_be_typed() {
    let mut h = Harness::new();
    h.keys("<alt+m>my-own.model:7b");
    assert!(h.find("▸   use \"my-own.model:7b\"").is_some(), "{}", h.screen());
    assert!(h.find("The catalog does not know this id").is_some(), "{}", h.screen());
    h.key("enter");
    assert_eq!(asked(&mut h), "my-own.model:7b");
    // It is there too when others fit, as the last row; and what it resembles is said.
    let mut h = Harness::new();
    h.keys("<alt+m>qwen-pls").key("alt+>");
    assert!(h.find("▸   use \"qwen-pls\"").is_some(), "{}", h.screen());
    assert!(h.find("Spelled much the same: qwen-plus").is_some(), "{}", h.screen());
    // A known id is no news.
    let mut h = Harness::new();
    h.keys("<alt+m>qwen-plus");
    assert_eq!(h.find("use \""), None, "{}", h.screen());
}

#[test]
fn a_model_for_something_else_says_what_it_is_for() {
    let mut h = Harness::new();
    h.keys("<alt+m>wan2.5-t2v-plus<enter>");
    assert!(h.find("wan2.5-t2v-plus is for something else: making videos").is_some());
    assert!(h.find("▸   wan2.5-t2v-plus").is_some(), "the list stays: {}", h.screen());
    h.keys("<esc>");
    assert_eq!(asked(&mut h), "qwen-plus");
    // On the smallest screens there is no room for details.
    let mut h = Harness::with(settings(), (60, 12));
    h.keys("<alt+m>wan2.5-t2v-plus<enter>");
    assert!(h.find("is for something else").is_some(), "{}", h.screen());
}

#[test]
fn chat_models_come_first_and_can_be_all() {
    let mut h = Harness::new();
    h.keys("<alt+m>t2v");
    assert!(h.find("wan2.5-t2v-plus").is_some(), "{}", h.screen());
    h.key("tab");
    assert!(h.find("Models for chat").is_some(), "{}", h.screen());
    assert_eq!(h.find("wan2.5-t2v-plus"), None, "{}", h.screen());
    h.key("alt+a");
    assert!(h.find("wan2.5-t2v-plus").is_some(), "{}", h.screen());
}

#[test]
fn an_alias_is_pinned_to_a_date_and_the_header_shows_it() {
    let mut h = Harness::new();
    h.keys("<alt+m><ctrl+t>");
    assert!(h.find("Pin qwen-plus to a date").is_some(), "{}", h.screen());
    assert!(h.find("▸   qwen-plus-2025-12-01").is_some(), "the newest: {}", h.screen());
    h.keys("09-11<enter>");
    assert!(h.row(0).contains("qwen-plus-2025-09-11"), "{}", h.screen());
    assert_eq!(asked(&mut h), "qwen-plus-2025-09-11");
    h.delta("answer").done();
    // A snapshot lists its siblings; the last row is the alias itself.
    h.keys("<alt+m><alt+d>").key("alt+>");
    assert!(h.find("▸ ○ qwen-plus ").is_some(), "{}", h.screen());
    // Escape goes back step by step.
    h.key("esc");
    assert!(h.find("─ Models ─").is_some() && h.find("▸ ○ qwen-plus ").is_some(), "{}", h.screen());
    h.key("esc");
    assert_eq!(h.find("─ Models"), None);
}

#[test]
fn a_model_becomes_the_default_of_new_conversations() {
    let mut h = Harness::new();
    h.keys("<alt+m>qwen3-max");
    h.effects();
    h.key("alt+enter");
    let written = Effect::Settings(SettingsCommand::KeepModel("qwen3-max".to_owned()));
    assert!(h.effects().contains(&written));
    assert!(h.find("New conversations begin with qwen3-max.").is_some(), "{}", h.screen());
    assert_eq!(asked(&mut h), "qwen3-max");
    h.delta("answer").done();
    h.keys("<ctrl+n>");
    assert_eq!(asked(&mut h), "qwen3-max");
    // What cannot be used is no default either.
    let mut h = Harness::new();
    h.keys("<alt+m>wan2.5-t2v-plus");
    h.effects();
    h.key("alt+enter");
    assert_eq!(h.effects(), []);
    assert!(h.find("is for something else").is_some(), "{}", h.screen());
}

#[test]
fn a_model_without_snapshots_says_so() {
    let mut h = Harness::new();
    h.keys("<alt+m>qwen-mt-plus<ctrl+t>");
    assert!(h.find("No snapshots of qwen-mt-plus are known").is_some(), "{}", h.screen());
    assert!(h.find("▸   qwen-mt-plus").is_some(), "{}", h.screen());
}

#[test]
fn commands_and_the_palette_lead_there() {
    let mut h = Harness::new();
    h.keys("/model q3max");
    h.key("enter");
    assert!(h.find("▸   qwen3-max").is_some(), "{}", h.screen());
    let mut h = Harness::new();
    h.keys("/pin<enter>");
    assert!(h.find("Pin qwen-plus to a date").is_some(), "{}", h.screen());
}

#[test]
fn models_used_lately_are_first() {
    let mut h = Harness::new();
    h.keys("<alt+m>qwen3-coder-plus<enter>");
    h.exchange("one", "answer").keys("<ctrl+n><alt+m>qwen-flash<enter>");
    h.exchange("two", "answer").keys("<ctrl+n><alt+m>");
    let row = |text: &str| h.find(text).unwrap_or_else(|| panic!("{text}: {}", h.screen()));
    let current = row("● qwen-plus ");
    let others = [row("○ qwen3-coder-plus"), row("○ qwen-flash")];
    assert!(others.iter().all(|other| (1..=2).contains(&(other - current))), "{}", h.screen());
}

#[test]
fn retirement_is_told_before_and_after() {
    let mut h = on("2026-05-13", settings(), (80, 24));
    h.keys("<alt+m>qwen-max");
    assert_eq!(h.find("Retire"), None, "61 days are far: {}", h.screen());
    assert!(h.find("2026-07-13").is_some(), "{}", h.screen());
    let mut h = on("2026-05-14", settings(), (80, 24));
    h.keys("<alt+m>qwen-max");
    assert!(h.find("! 2026-07-13").is_some(), "{}", h.screen());
    assert!(h.find("Retires on 2026-07-13, in 60 days. Instead: qwen3-max").is_some());
    let mut h = on("2026-07-14", settings(), (80, 24));
    h.keys("<alt+m>qwen-max");
    assert!(h.find("† 2026-07-13").is_some(), "{}", h.screen());
    assert!(h.find("Retired on 2026-07-13. Instead: qwen3-max").is_some(), "{}", h.screen());
}

#[test]
fn old_rows_say_that_they_are_old() {
    let mut h = on("2026-11-22", settings(), (200, 60));
    h.keys("<alt+m>wan2.5-t2v-plus");
    assert!(h.find("2026-04 · more than half a year old").is_some(), "{}", h.screen());
    let mut h = on("2026-06-01", settings(), (200, 60));
    h.keys("<alt+m>wan2.5-t2v-plus");
    assert_eq!(h.find("half a year"), None, "{}", h.screen());
}

#[test]
fn figures_are_those_in_force() {
    let mut h = Harness::with(settings(), (120, 40));
    h.keys("<alt+m>qwen-max");
    assert!(h.find("¥2.4/9.6").is_some(), "{}", h.screen());
    assert!(h.find("1,200 requests/min").is_some(), "{}", h.screen());
    let mut h = Harness::with(Settings { figures: Figures::Seed, ..settings() }, (120, 40));
    h.keys("<alt+m>qwen-max");
    assert!(h.find("¥20/60").is_some(), "{}", h.screen());
    assert!(h.find("60 requests/min · 100,000 tokens/min · seed").is_some(), "{}", h.screen());
    // What the audit does not know is the documentation's, and is marked.
    h.keys("<ctrl+u>qwen3.7-max");
    assert!(h.find("≈¥").is_some(), "{}", h.screen());
}

#[test]
fn every_tier_is_there_where_there_is_room() {
    let mut h = Harness::with(settings(), (120, 60));
    h.keys("<alt+m>qwen-plus");
    assert!(h.find("≤ 128K · thinking · in ¥0.8 · out ¥8 · cached ¥0.16").is_some());
    assert!(h.find("128K – 256K · not thinking · in ¥2.4 · out ¥20").is_some(), "{}", h.screen());
    assert!(h.find("batch file").is_some(), "{}", h.screen());
    // Where there is none, that is said.
    let mut h = Harness::new();
    h.keys("<alt+m>qwen-plus");
    assert!(h.find("more; `lian models --json`").is_some(), "{}", h.screen());
}

#[test]
fn a_tall_screen_is_the_lists_and_what_the_marks_mean_is_in_sight() {
    let seed = Settings { figures: Figures::Seed, ..settings() };
    let mut h = Harness::with(seed, (160, 50));
    h.keys("<alt+m>");
    let legend = h.find("T thinks  V sees").unwrap();
    let line = h.find("─────").and_then(|_| h.rows().iter().rposition(|row| row.starts_with("──")));
    let details = h.rows().len() - 1 - line.unwrap() - 1;
    assert!(details <= 12 && legend > line.unwrap(), "{}", h.screen());
    // The set is not named twice where its source has the same name.
    assert_eq!(h.find("seed · seed"), None, "{}", h.screen());
}

#[test]
fn models_of_other_regions_are_marked() {
    let mut h = Harness::with(settings(), (120, 40));
    h.keys("<alt+m>qwen-plus-us");
    let said = "Not served in cn-beijing, where requests go; only in us-east-1.";
    assert!(h.find(said).is_some(), "{}", h.screen());
    let mut there = settings();
    there.place.region = "us-east-1".to_owned();
    let mut h = Harness::with(there, (120, 40));
    h.keys("<alt+m>qwen-plus-us");
    assert_eq!(h.find("Not served"), None, "{}", h.screen());
}

#[test]
fn an_answer_is_priced_by_the_model_that_gave_it() {
    let mut h = Harness::new();
    let turn = h.ask("one");
    h.delta("answer");
    // 1,000 in and 400 out: 0.0008 + 0.0008 with qwen-plus, far more with qwq-plus.
    h.keys("<alt+m>qwq-plus<enter>").turn_says(turn, complete());
    assert!(h.find("¥0.0016").is_some(), "{}", h.screen());
}

#[test]
fn rows_of_the_user_take_their_place_while_the_list_is_open() {
    let shared = Shared::default();
    let mut h = Harness::bare(settings(), (120, 40));
    h.state = AppState::new(settings(), IdSource::new(7), h.now).with_catalog(shared.clone());
    h.start(None);
    h.keys("<alt+m>house-model");
    assert_eq!(h.find("¥7/8"), None, "{}", h.screen());
    let mut mine = Catalog::shipped().unwrap();
    let model =
        "id = \"house-model\", family = \"mine\", surfaces = \"compat\", modality = \"text->text\"";
    let about = "source = \"me\\u001b[31m\", as_of = \"2026-11\"";
    mine.override_models("models.toml", &format!("models = [ {{ {model}, {about} }} ]")).unwrap();
    let price = "model = \"house-model\", unit = \"1M tokens\", input = \"7\", output = \"8\", currency = \"CNY\"";
    let prices = format!("documented = [ {{ {price}, {about} }} ]");
    mine.override_prices("prices.toml", &prices).unwrap();
    shared.put(mine);
    h.says(ServiceEvent::Models(ModelsEvent::Loaded));
    assert!(h.find("▸   house-model").is_some(), "{}", h.screen());
    assert!(h.find("¥7/8").is_some() && h.find("\u{1b}").is_none(), "{}", h.screen());
}

#[test]
fn every_screen_shows_the_marked_model_and_its_price() {
    for language in [Language::En, Language::ZhCn] {
        for size in [(30, 8), (40, 12), (80, 24), (120, 40), (200, 60)] {
            let mut h = on("2026-11-22", Settings { language, ..settings() }, size);
            h.keys("<alt+m>");
            let row = h.find("▸").unwrap_or_else(|| panic!("{size:?}")) as u16;
            assert!(h.row(row).contains("qwen-plus"), "{size:?}\n{}", h.screen());
            assert!(size.0 < 40 || h.row(row).contains("¥0.8/2"), "{size:?}\n{}", h.screen());
            for step in 0..30 {
                h.key(if step % 5 == 0 { "pagedown" } else { "down" });
                assert!(h.find("▸").is_some(), "{size:?} {step}\n{}", h.screen());
            }
        }
    }
}

#[test]
fn how_it_looks() {
    for (name, language, size) in [
        ("en_80", Language::En, (80, 24)),
        ("zh_80", Language::ZhCn, (80, 24)),
        ("en_120", Language::En, (120, 40)),
        ("zh_200", Language::ZhCn, (200, 60)),
    ] {
        let mut h = on("2026-11-22", Settings { language, ..settings() }, size);
        h.keys("<alt+m>");
        insta::assert_snapshot!(format!("models_{name}"), h.screen());
    }
}
