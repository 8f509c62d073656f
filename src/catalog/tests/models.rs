//! What is known of a model: how it reasons, where it is served, what it is for.

use super::*;

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
