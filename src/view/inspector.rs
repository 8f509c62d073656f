//! Paints what went over the wire for an answer: which request, how it ended, and the text of the
//! side that is shown. It refuses to wrap what is out of sight.
//!
//! ```text
//! ─ Request 2 of 2 · 14:01:07 · qwen-plus ──────────────────────────── 37% ─
//!  Request 1,204 B   Answer 34.2 KB    200 · headers 0.3 s, all 1.8 s
//!  the answer is whole
//! ───────────────────────────────────────────────────────────────────────────
//!  HTTP 200
//!  content-type: text/event-stream
//! ```

use std::borrow::Cow;

use ratatui::buffer::Buffer;

use super::canvas::Pen;
use super::pieces::{self, Seen};
use super::{Scene, level_role};
use crate::action::{Action, Chat, Context, Inspector as InspectorAction};
use crate::domain::inspector::{Exchange, Outcome};
use crate::layout::Area;
use crate::state::focus::ListPlace;
use crate::state::inspector::{Inspector, Side};
use crate::theme::Role;
use crate::words::inspector::Inspector as Words;
use crate::words::{self, surface};

/// From so many rows on there is room for a line above the text.
const ROOMY: u16 = 14;

/// Where things came to lie.
pub(super) struct Shown {
    /// The caret in the words, while they are typed.
    pub(super) caret: Option<(u16, u16)>,
    /// The last piece the text can begin with.
    pub(super) last: usize,
    /// The text; its height is the number of pieces in sight.
    pub(super) place: ListPlace,
}

/// Paints it.
pub(super) fn paint(
    scene: &Scene<'_>,
    area: Area,
    inspector: &Inspector,
    buffer: &mut Buffer,
) -> Shown {
    let language = scene.state.settings().language;
    let mut body = Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let mut take = |rows: u16| {
        let rows = rows.min(body.height);
        let row = Area { height: rows, ..body };
        body = Area { y: body.y + rows, height: body.height - rows, ..body };
        row
    };
    let Some((exchange, at, of)) = inspector.shown() else {
        head(scene, area, &[(Words::NoTitle.say(language), Role::Accent)], None, buffer);
        let words = if inspector.told() { Words::Nothing } else { Words::Asking };
        note(scene, body, &words.say(language), buffer);
        return Shown { caret: None, last: 0, place: ListPlace::default() };
    };
    let sides = take(1);
    let ended = take(1);
    let words = inspector.typing || !inspector.find.query().is_empty();
    let caret = words.then(|| self::words(scene, take(1), inspector, buffer));
    let rule = take(u16::from(area.height > ROOMY));
    let seen = pieces::seen(scene, body, &inspector.pieces, inspector.text());
    head(scene, area, &title(scene, exchange, at, of), Some(seen), buffer);
    self::sides(scene, sides, exchange, inspector.side, buffer);
    outcome(scene, ended, exchange, buffer);
    super::status::rule(scene, rule, buffer);
    if inspector.pieces.is_empty() {
        note(scene, body, &Words::NoLine.say(language), buffer);
    } else {
        let text = (inspector.text(), seen.first);
        pieces::paint(scene, body, &inspector.pieces, text, buffer);
    }
    let place = ListPlace { y: body.y, first: seen.first, height: seen.pieces as u16 };
    Shown { caret: caret.filter(|_| inspector.typing), last: seen.last, place }
}

type Part = (Cow<'static, str>, Role);

/// Which request, when, of which model.
fn title(scene: &Scene<'_>, exchange: &Exchange, at: usize, of: usize) -> Vec<Part> {
    let language = scene.state.settings().language;
    let (hours, minutes) = scene.now.clock(exchange.sent_ms);
    let seconds = exchange.sent_ms.div_euclid(1_000).rem_euclid(60);
    vec![
        (Words::Title(at, of).say(language), Role::Accent),
        (format!("{hours:02}:{minutes:02}:{seconds:02}").into(), Role::Muted),
        (exchange.model.to_string().into(), Role::Model),
    ]
}

fn head(scene: &Scene<'_>, area: Area, parts: &[Part], seen: Option<Seen>, buffer: &mut Buffer) {
    let line = scene.theme.style(Role::LineFocused);
    let place = seen.map(|seen| format!("{}%", seen.percent()));
    let right = place.as_ref().map_or(1, |place| place.len() as u16 + 3);
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.write("─ ", line);
    for (i, (text, role)) in parts.iter().enumerate() {
        let room = pen.left().saturating_sub(right + 4);
        if room == 0 {
            break;
        }
        if i > 0 {
            pen.write("· ", line);
        }
        pen.write_cut(text, room, scene.theme.style(*role)).write(" ", line);
    }
    pen.fill(area.width.saturating_sub(right), "─", line);
    if let Some(place) = place {
        pen.write(" ", line).write(&place, scene.theme.style(Role::Muted)).write(" ─", line);
    } else {
        pen.fill(area.width, "─", line);
    }
}

/// The names of both sides, the marked one first of all; then the figures.
fn sides(scene: &Scene<'_>, area: Area, exchange: &Exchange, side: Side, buffer: &mut Buffer) {
    let language = scene.state.settings().language;
    let sent = exchange.sent.as_ref().map(|sent| sent.body.bytes);
    let came = exchange.came.as_ref().map(|came| came.body.bytes);
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    for (of, words) in [(Side::Sent, Words::Sent(sent)), (Side::Came, Words::Came(came))] {
        let role = if of == side { Role::Marked } else { Role::Muted };
        let name = format!(" {} ", words.say(language));
        pen.write(&name, scene.theme.style(role)).skip(1);
    }
    pen.skip(1);
    if let Some(came) = &exchange.came {
        let role = if came.status >= 400 { Role::Error } else { Role::Info };
        pen.write(&came.status.to_string(), scene.theme.style(role)).skip(2);
    }
    let took = Words::Took(exchange.came.as_ref().map(|came| came.after), exchange.took);
    let muted = scene.theme.style(Role::Muted);
    let room = pen.left();
    pen.write_cut(&took.say(language), room, muted).skip(2);
    let via = surface::via(language, exchange.via);
    let via = via.unwrap_or_else(|| exchange.via.surface.name().to_owned());
    let room = pen.left();
    if room > 6 {
        pen.write_cut(&via, room, muted);
    }
}

/// How it ended; of a failure why.
fn outcome(scene: &Scene<'_>, area: Area, exchange: &Exchange, buffer: &mut Buffer) {
    let language = scene.state.settings().language;
    let (text, role) = match &exchange.outcome {
        Outcome::Failed(notice) => (words::line(language, notice), level_role(notice.kind.level())),
        said @ (Outcome::Running | Outcome::Whole | Outcome::Stopped) => {
            (Words::Outcome(said).say(language).into_owned(), Role::Info)
        }
    };
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    let room = pen.left().saturating_sub(2);
    pen.skip(1).write_cut(&text, room, scene.theme.style(role));
}

/// The words that lines are searched for, and where the caret is.
fn words(scene: &Scene<'_>, area: Area, inspector: &Inspector, buffer: &mut Buffer) -> (u16, u16) {
    let language = scene.state.settings().language;
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    let prompt = Words::Prompt.say(language);
    pen.skip(1).write(&prompt, scene.theme.style(Role::Key)).skip(1);
    let from = area.x + area.width - pen.left();
    let query = inspector.find.query();
    if query.is_empty() {
        pen.write(&Words::Placeholder.say(language), scene.theme.style(Role::Muted));
        return (from, area.y);
    }
    let room = pen.left();
    pen.write_cut(query, room, scene.theme.style(Role::Text));
    let before = scene.widths.text(inspector.find.before_caret()) as u16;
    ((from + before).min(area.x + area.width.saturating_sub(1)), area.y)
}

/// One sentence in place of the text.
fn note(scene: &Scene<'_>, area: Area, text: &str, buffer: &mut Buffer) {
    let mut rows = Vec::new();
    let width = area.width.saturating_sub(2).max(1);
    let ink = crate::text::rows::Ink::default();
    crate::text::rows::plain(text, width, scene.widths, ink, &mut rows);
    for (i, y) in (area.y..area.bottom()).enumerate() {
        let mut pen = Pen::row(buffer, area, y, scene.widths);
        if let Some(row) = rows.get(i) {
            pen.skip(1).write(&row.text, scene.theme.style(Role::Muted));
        }
    }
}

/// The hints of the footer.
pub(super) fn hints(
    scene: &Scene<'_>,
    inspector: &Inspector,
) -> Vec<(Context, Action, Cow<'static, str>)> {
    let language = scene.state.settings().language;
    let of = |action, words: Words<'_>| {
        (Context::Inspector, Action::Inspector(action), words.say(language))
    };
    if inspector.typing {
        return Vec::new();
    }
    let Some((exchange, _, count)) = inspector.shown() else { return Vec::new() };
    let mut hints = vec![of(InspectorAction::Side, Words::Side)];
    if count > 1 {
        hints.push(of(InspectorAction::Before, Words::Others));
    }
    if exchange.outcome == Outcome::Running {
        hints.push(of(InspectorAction::Again, Words::Again));
    }
    hints.push(of(InspectorAction::Copy, Words::Copy));
    hints.push(of(InspectorAction::Find, Words::Find));
    let scroll = Words::Scroll.say(language);
    hints.push((Context::Inspector, Action::Chat(Chat::LineDown), scroll));
    hints
}
