//! `lian speak --list-voices`: the voices of a model, with what they speak and a sentence to try. It
//! refuses to ask the service: the list is the catalog's.

use std::fmt::Write as _;

use serde_json::json;

use super::{USAGE, say};
use crate::catalog::Catalog;
use crate::catalog::voices::Voice;
use crate::cli::speak::SpeakArgs;
use crate::command::chat::{BROKEN_PIPE, Delivered, Signals, deliver};
use crate::domain::models::ModelId;
use crate::domain::settings::{Language, Settings};
use crate::text::width::Widths;
use crate::words::speak::Speak;

/// Columns between two cells.
const GAP: usize = 2;

/// Prints the list. Returns the exit code.
pub(super) async fn list(
    settings: &Settings,
    args: &SpeakArgs,
    catalog: &Catalog,
    model: &ModelId,
) -> u8 {
    let voices = catalog.voices(model);
    if voices.is_empty() {
        let words = Speak::NoVoice { model: model.as_str(), others: "qwen3-tts-flash" };
        say(&words.say(settings.language));
        return USAGE;
    }
    let usual = catalog.default_voice(model).map(|voice| voice.id.as_str());
    let language = settings.language;
    let mut out = String::new();
    let rows: Vec<Row> = voices.iter().map(|voice| row(voice, catalog, language, args)).collect();
    if args.json {
        for (row, voice) in rows.iter().zip(voices) {
            let languages = catalog.languages_of(voice).iter().map(|language| &language.id);
            let value = json!({
                "voice": row.id, "name": row.name, "dialect": voice.dialect,
                "languages": languages.collect::<Vec<_>>(), "sample": row.sample,
                "default": usual == Some(row.id.as_str()), "as_of": voice.as_of,
            });
            // Writing into a string cannot fail.
            let _ = writeln!(out, "{value}");
        }
    } else {
        let widths = Widths::default();
        let wide = |of: fn(&Row) -> &str| rows.iter().map(|row| widths.text(of(row))).max();
        let columns = [wide(|row| &row.id), wide(|row| &row.name), wide(|row| &row.speaks)];
        for row in &rows {
            let cells = [&row.id, &row.name, &row.speaks];
            for (cell, width) in cells.into_iter().zip(columns) {
                let width = width.unwrap_or(0);
                if width > 0 {
                    out.push_str(cell);
                    out.push_str(&" ".repeat(width + GAP - widths.text(cell)));
                }
            }
            out.push_str(&row.sample);
            out.push('\n');
        }
    }
    if let Some(note) = catalog.voices_note(model)
        && !args.json
    {
        say(&format!("{model}: {note}"));
    }
    match deliver(out.into_bytes(), &mut Signals::new(), &mut None).await {
        Delivered::Whole => 0,
        Delivered::Not => BROKEN_PIPE,
    }
}

struct Row {
    id: String,
    /// Its name in the language of the reader, if that is another one.
    name: String,
    /// Its dialect, or every language.
    speaks: String,
    sample: String,
}

fn row(voice: &Voice, catalog: &Catalog, language: Language, args: &SpeakArgs) -> Row {
    let name = match language {
        Language::En => voice.en.as_deref(),
        Language::ZhCn => voice.zh.as_deref(),
    };
    let dialect = catalog.dialect(voice);
    let speaks = match (dialect, language) {
        (Some(dialect), Language::En) => dialect.en.clone(),
        (Some(dialect), Language::ZhCn) => dialect.zh.clone(),
        (None, language) => Speak::EveryLanguage.say(language).into_owned(),
    };
    let own = match language {
        Language::En => "English",
        Language::ZhCn => "Chinese",
    };
    let sample = catalog.sample(voice, args.language.as_deref().unwrap_or(own));
    Row {
        id: voice.id.clone(),
        name: name.unwrap_or_default().to_owned(),
        speaks,
        sample: sample.unwrap_or_default().to_owned(),
    }
}
