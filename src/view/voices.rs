//! Paints the list of voices: name, dialect or languages, what is a favourite; and below it the
//! sentence the marked one can be heard by, with its price. It refuses to choose.
//!
//! ```text
//!  ● ★ Cherry        芊悦        10 languages
//!      Rocky         阿强        speaks Cantonese
//! ```

use ratatui::buffer::Buffer;

use super::canvas::Pen;
use super::widgets::list::{self, Laid, Line, List};
use super::{Hints, Scene};
use crate::action::{Action, Context, List as ListAction, Speech as Wish};
use crate::catalog::Catalog;
use crate::catalog::voices::Voice;
use crate::domain::settings::Language;
use crate::layout::Area;
use crate::state::speech::{What, price};
use crate::state::voices::{Row, Voices};
use crate::text::aloud::billed;
use crate::text::rows::{Ink, plain};
use crate::theme::Role;
use crate::words::models::Models;
use crate::words::speech::{self as words, Speech as Words};

/// Cells of the ids, and of other names.
const ID: u16 = 16;
const NAME: u16 = 14;
/// Cells of what a voice speaks, where the row has room for the sentence it is heard by as well.
const SPEAKS: u16 = 24;
/// A row of so many cells has.
const WIDE: u16 = 100;

/// Paints it.
pub(super) fn paint(scene: &Scene<'_>, area: Area, voices: &Voices, buffer: &mut Buffer) -> Laid {
    let language = scene.state.settings().language;
    let catalog = scene.state.catalog();
    let model = voices.model().to_string();
    let title = Words::Title { model: &model, which: voices.which() };
    let list = List {
        title: &title.say(language),
        picker: &voices.picker,
        prompt: "›",
        placeholder: &Words::Placeholder.say(language),
        empty: &Words::Nothing.say(language),
        all: voices.all(),
        details: match area.height {
            0..12 => 0,
            12..18 => 4,
            18..30 => 6,
            30.. => 8,
        },
    };
    let named = voices.rows().iter().any(|row| name(&row.voice, language).is_some());
    let names = if named && area.width >= 60 { NAME } else { 0 };
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        if let Some(row) = voices.rows().get(at) {
            voice(scene, &catalog, (voices, names), row, line);
        }
    });
    below(scene, &catalog, voices, laid.details, buffer);
    laid
}

fn voice(
    scene: &Scene<'_>,
    catalog: &Catalog,
    (voices, names): (&Voices, u16),
    row: &Row,
    line: &mut Line<'_, '_>,
) {
    let language = scene.state.settings().language;
    let id = &row.voice.id;
    line.text(if voices.is_current(id) { "● " } else { "  " }, 2, Role::Model);
    line.column(if row.favourite { "★" } else { "" }, 2, Role::Accent);
    let start = line.width() - line.left();
    line.found(id, &row.found, ID, Role::Text).to(start + ID + 1);
    if names > 0 {
        let name = name(&row.voice, language).unwrap_or_default();
        line.column(name, names, Role::Muted).gap(1);
    }
    let heard = hears(scene, id);
    let room = line.left().saturating_sub(if heard { 17 } else { 1 });
    if line.width() < WIDE {
        line.column(&speaks(catalog, &row.voice, language), room, Role::Muted);
    } else {
        line.column(&speaks(catalog, &row.voice, language), SPEAKS, Role::Muted);
        let sample = catalog.sample(&row.voice, scene.state.sample_language(voices));
        line.column(sample.unwrap_or_default(), room - SPEAKS, Role::Muted);
    }
    if heard {
        line.gap(1).text(&format!("▶ {}", Words::Heard.say(language)), 15, Role::Info);
    }
}

/// The voice is being heard.
fn hears(scene: &Scene<'_>, id: &str) -> bool {
    let speech = scene.state.speech();
    let sample = |what: &What| matches!(what, What::Sample { voice } if voice == id);
    speech.is_on() && speech.now().is_some_and(|spoken| sample(&spoken.what))
}

/// Another name than its id, in the language of the interface or in the other.
fn name(voice: &Voice, language: Language) -> Option<&str> {
    let (first, second) = match language {
        Language::En => (&voice.en, &voice.zh),
        Language::ZhCn => (&voice.zh, &voice.en),
    };
    first.as_deref().or(second.as_deref())
}

/// Its dialect, or how many languages.
fn speaks(catalog: &Catalog, voice: &Voice, language: Language) -> String {
    let dialect = catalog.dialect(voice).map(|dialect| match language {
        Language::En => &dialect.en,
        Language::ZhCn => &dialect.zh,
    });
    match dialect {
        Some(name) => Words::Dialect { name }.say(language),
        None => Words::EveryLanguage { count: catalog.languages_of(voice).len() }.say(language),
    }
}

/// Paints what is known of the marked voice.
fn below(scene: &Scene<'_>, catalog: &Catalog, voices: &Voices, area: Area, buffer: &mut Buffer) {
    let Some(row) = voices.marked() else { return };
    let Scene { theme, widths, .. } = *scene;
    let room = area.width.saturating_sub(2).max(1);
    let mut y = area.y;
    for (text, role) in details(scene, catalog, voices, row) {
        let mut rows = Vec::new();
        let text = crate::text::sanitize::block(&text);
        plain(&text, room, widths, Ink::default(), &mut rows);
        for row in rows {
            if y < area.bottom() {
                let mut pen = Pen::row(buffer, area, y, widths);
                pen.skip(1).write_cut(&row.text, room, theme.style(role));
            }
            y += 1;
        }
    }
}

fn details(
    scene: &Scene<'_>,
    catalog: &Catalog,
    voices: &Voices,
    row: &Row,
) -> Vec<(String, Role)> {
    let settings = scene.state.settings();
    let language = settings.language;
    let say = |words: Words<'_>| words.say(language);
    let Row { voice, favourite, .. } = row;
    let mut lines = Vec::new();
    if let Some(notice) = &voices.said {
        lines.push((crate::words::line(language, notice), Role::Warning));
    }
    let mut head = vec![voice.id.clone()];
    head.extend(name(voice, language).map(str::to_owned));
    head.push(speaks(catalog, voice, language));
    head.extend(voices.is_current(&voice.id).then(|| say(Words::Current)));
    head.extend(favourite.then(|| say(Words::Favourite)));
    lines.push((joined(&head), Role::Text));
    let spoken = scene.state.sample_language(voices);
    let sample = catalog.sample(voice, spoken).unwrap_or_default();
    lines.push((quoted(sample, language), Role::Text));
    let wanted = voices.language.as_deref().unwrap_or_default();
    let known = catalog.languages().iter().find(|known| known.id == wanted);
    let named = known.map_or(wanted, |known| match language {
        Language::En => &known.en,
        Language::ZhCn => &known.zh,
    });
    let reads = say(Words::ReadsIn { name: named });
    let model = voices.model();
    let rate = price::rate(catalog, settings.figures, model);
    let rate = rate
        .map_or_else(|| say(Words::NoPrice), |(money, unit)| words::rate(language, money, unit));
    let guess = price::guess(catalog, settings.figures, model, billed(sample) as u64);
    let mut costs = vec![format!("{} {rate}", say(Words::Price))];
    costs.extend(guess.map(|money| say(Words::SamplePrice { money: &money.to_string() })));
    lines.push((joined(&costs), Role::Text));
    lines.push((reads, Role::Text));
    if voice.dialect.is_none() {
        let all = catalog.languages_of(voice).iter().map(|of| match language {
            Language::En => &*of.en,
            Language::ZhCn => &*of.zh,
        });
        let between = if language == Language::En { ", " } else { "、" };
        lines.push((all.collect::<Vec<_>>().join(between), Role::Muted));
    }
    lines.extend(catalog.voices_note(model).map(|note| (note.to_owned(), Role::Muted)));
    let source = Models::Source(catalog.source(&voice.source), &voice.as_of).say(language);
    lines.push((source.into_owned(), Role::Muted));
    lines
}

fn quoted(text: &str, language: Language) -> String {
    match language {
        Language::En => format!("\"{text}\""),
        Language::ZhCn => format!("“{text}”"),
    }
}

fn joined(parts: &[String]) -> String {
    parts.join(" · ")
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>, voices: &Voices) -> Hints {
    let language = scene.state.settings().language;
    let of = |wish, words: Words<'_>| {
        (Context::Voices, Action::Speech(wish), words.say(language).into())
    };
    let marked = voices.marked();
    let heard = marked.is_some_and(|row| hears(scene, &row.voice.id));
    let favourite = marked.is_some_and(|row| row.favourite);
    let choose = Action::List(ListAction::Accept);
    vec![
        of(Wish::Hear, if heard { Words::Silence } else { Words::Hear }),
        (Context::List, choose, Words::Choose.say(language).into()),
        of(Wish::Favour, Words::Favour { is: favourite }),
        of(Wish::ModelAfter, Words::Model),
        of(Wish::Keep, Words::Keep),
        of(Wish::Language, Words::Language),
    ]
}
