//! Paints several answers to one question: side by side where there is room, else one below the
//! other, each with its figures. It refuses to lay out an answer anew that did not change.
//!
//! ```text
//! ─ 2 answers ─ What is an async task? ────────────────────────────────────
//!  qwen-plus                answering │ qwen-max
//!  A task is                          │ An async task is a job that the
//!                                     │ service …
//!                                     │ first token 0.4 s · 58 tok/s · ¥0.001
//! ```

use std::collections::HashMap;

use ratatui::buffer::Buffer;

use super::cache::Laid;
use super::canvas::Pen;
use super::{Scene, level_role};
use crate::action::{Action, App, Chat, Context, Copying, Lanes as LanesAction};
use crate::domain::chat::MessageState;
use crate::domain::ids::MessageId;
use crate::layout::Area;
use crate::state::chat::Entry;
use crate::state::focus::ListPlace;
use crate::state::lanes::Lanes;
use crate::text::rows::{Ink, Row, plain};
use crate::theme::Role;
use crate::words::lanes::Lanes as Words;
use crate::words::{self, Phrase, say};

/// From so many columns on answers stand side by side.
const WIDE: u16 = 100;
/// Fewest rows of an answer that stands below another one.
const FEWEST: u16 = 5;

/// Rows of the answers that are shown.
pub(super) type Cache = HashMap<MessageId, Laid>;

/// Where things came to lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shown {
    /// The last row the marked answer can begin with.
    pub(super) last: usize,
    /// Its rows; the height is what is in sight.
    pub(super) place: ListPlace,
}

/// Paints them.
pub(super) fn paint(
    scene: &Scene<'_>,
    area: Area,
    lanes: &Lanes,
    cache: &mut Cache,
    buffer: &mut Buffer,
) -> Shown {
    let chat = scene.state.conversations().shown();
    let answers = lanes.shown(chat);
    let marked = lanes.marked(chat);
    cache.retain(|id, _| answers.iter().any(|entry| entry.id() == *id));
    head(scene, area, lanes, answers.len(), buffer);
    let body = Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    for y in body.y..body.bottom() {
        Pen::row(buffer, body, y, scene.widths);
    }
    let at = answers.iter().position(|entry| Some(entry.id()) == marked).unwrap_or(0);
    let areas = if body.width >= WIDE {
        beside(body, answers.len())
    } else {
        below(body, answers.len(), at)
    };
    let mut shown = Shown::default();
    for (i, (entry, area)) in answers.iter().zip(areas).enumerate() {
        let lane = Lane { scene, entry, marked: i == at, ruled: body.width < WIDE };
        let laid = cache.entry(entry.id()).or_default();
        let painted = lane.paint(area, laid, lanes.top(entry.id()), buffer);
        if i == at {
            shown = painted;
        }
        if body.width >= WIDE && i > 0 {
            separator(scene, area, i == at || i == at + 1, buffer);
        }
    }
    shown
}

/// The number of answers and the question.
fn head(scene: &Scene<'_>, area: Area, lanes: &Lanes, count: usize, buffer: &mut Buffer) {
    let line = scene.theme.style(Role::LineFocused);
    let title = Words::Title { answers: count }.say(scene.state.settings().language);
    let question = lanes.question(scene.state.conversations().shown());
    let question = question.and_then(|question| question.text().lines().next());
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.write("─ ", line).write(&title, scene.theme.style(Role::Accent)).write(" ─ ", line);
    let room = pen.left().saturating_sub(3);
    let question = crate::text::sanitize::line(question.unwrap_or_default());
    pen.write_cut(&question, room, scene.theme.style(Role::Question)).write(" ", line);
    pen.fill(area.width, "─", line);
}

/// Columns of the same width, with one column between two of them.
fn beside(area: Area, count: usize) -> Vec<Area> {
    let count = count.max(1) as u16;
    let room = area.width.saturating_sub(count - 1);
    let mut x = area.x;
    let column = |i: u16| {
        let width = room / count + u16::from(i < room % count);
        let column = Area { x, width, ..area };
        x += width + 1;
        column
    };
    (0..count).map(column).collect()
}

/// Rows for each of them; where there is no room for all, the marked one has it and of the others
/// a row is left.
fn below(area: Area, count: usize, marked: usize) -> Vec<Area> {
    let most = count.max(1) as u16;
    let each = area.height / most;
    let mut y = area.y;
    let mut left = area.height;
    let part = |i: u16| {
        let wanted = match usize::from(i) == marked {
            _ if each >= FEWEST => each + u16::from(i < area.height % most),
            true => area.height.saturating_sub(most - 1),
            false => 1,
        };
        let height = wanted.min(left);
        let part = Area { y, height, ..area };
        y += height;
        left -= height;
        part
    };
    (0..most).map(part).collect()
}

fn separator(scene: &Scene<'_>, area: Area, focused: bool, buffer: &mut Buffer) {
    let role = if focused { Role::LineFocused } else { Role::Line };
    let column = Area { x: area.x.saturating_sub(1), width: 1, ..area };
    for y in column.y..column.bottom() {
        Pen::row(buffer, column, y, scene.widths).write("│", scene.theme.style(role));
    }
}

/// One answer.
struct Lane<'a> {
    scene: &'a Scene<'a>,
    entry: &'a Entry,
    marked: bool,
    /// A line sets it off from the one above.
    ruled: bool,
}

impl Lane<'_> {
    fn paint(&self, area: Area, laid: &mut Laid, top: Option<usize>, buffer: &mut Buffer) -> Shown {
        if area.height == 0 || area.width == 0 {
            return Shown::default();
        }
        let Self { scene, entry, .. } = self;
        self.name(area, buffer);
        let figures = self.figures(area.width);
        let foot = (figures.len() as u16).min(area.height.saturating_sub(3));
        let body = Area { y: area.y + 1, height: area.height - 1 - foot, ..area };
        let width = area.width.saturating_sub(2).max(1);
        laid.update(entry.answer(), width, scene.widths);
        let said = self.said(width);
        let rows = laid.all() + said.len();
        let last = rows.saturating_sub(usize::from(body.height));
        let first = top.unwrap_or(last).min(last);
        for (i, y) in (body.y..body.bottom()).enumerate() {
            let mut pen = Pen::row(buffer, body, y, scene.widths);
            let at = first + i;
            pen.skip(1);
            if at < laid.all() {
                if let Some(row) = laid.row(at) {
                    pen.row_of(row, scene.theme, None);
                }
            } else if let Some((text, role)) = said.get(at - laid.all()) {
                pen.write(text, scene.theme.style(*role));
            }
        }
        let muted = scene.theme.style(Role::Muted);
        for (text, y) in figures.iter().zip(body.bottom()..body.bottom() + foot) {
            Pen::row(buffer, area, y, scene.widths).skip(1).write(text, muted);
        }
        Shown { last, place: ListPlace { y: body.y, first, height: body.height } }
    }

    /// The model, and how far its answer is.
    fn name(&self, area: Area, buffer: &mut Buffer) {
        let Self { scene, entry, marked, ruled } = self;
        let language = scene.state.settings().language;
        let chat = scene.state.conversations().shown();
        let model = chat.asked_of(entry.id()).unwrap_or(&chat.conversation().model);
        let (state, role) = match entry.state() {
            MessageState::Streaming if entry.text().is_empty() => {
                (Some(Phrase::Asking), Role::Muted)
            }
            MessageState::Streaming => (Some(Phrase::Answering), Role::Info),
            MessageState::Partial => (Some(Phrase::Unfinished), Role::Warning),
            MessageState::Failed => (Some(Phrase::NoAnswer), Role::Error),
            MessageState::Complete => (None, Role::Muted),
        };
        let mut pen = Pen::row(buffer, area, area.y, scene.widths);
        let name = format!(" {} ", crate::text::sanitize::line(model.as_str()));
        let look = scene.theme.style(if *marked { Role::Marked } else { Role::Model });
        let room = pen.left();
        pen.write_cut(&name, room, look);
        let state = state.map(|state| say(language, state)).unwrap_or_default();
        let cells = scene.widths.text(&state) as u16;
        let told = cells > 0 && pen.left() > cells + 1;
        let line = scene.theme.style(if *marked { Role::LineFocused } else { Role::Line });
        let end = area.x + area.width;
        let to = if told { end - cells - 2 } else { end };
        // Side by side the columns are set apart; below each other a line does it.
        pen.skip(1).fill(to, if *ruled { "─" } else { " " }, line);
        if told {
            pen.skip(1).write(&state, scene.theme.style(role));
        }
    }

    /// What lian says below the text: what was thought, what is waited for, why it ended early.
    fn said(&self, width: u16) -> Vec<(String, Role)> {
        let Self { scene, entry, .. } = self;
        let language = scene.state.settings().language;
        let mut all: Vec<(String, Role)> = Vec::new();
        let chars = entry.reasoning_chars();
        if chars > 0 && entry.text().is_empty() {
            let running = entry.state() == MessageState::Streaming;
            let phrase = Phrase::Reasoning { chars, running, open: false };
            all.push((say(language, phrase).into_owned(), Role::Muted));
        }
        let mut running = scene.state.conversations().shown().all_running().iter();
        let running = running.find(|running| running.answer == entry.id());
        if let Some(waiting) = running.and_then(|running| running.waiting.as_ref()) {
            let seconds = super::seconds_left(waiting.until, scene.now);
            let told = words::tell(language, &waiting.notice.kind).sentence;
            let phrase = Phrase::TryAgainIn { seconds, attempt: waiting.attempt };
            all.push((format!("{told} {}", say(language, phrase)), Role::Warning));
        }
        if let Some(notice) = entry.facts().and_then(|facts| facts.notice.as_ref()) {
            all.push((words::line(language, notice), level_role(notice.kind.level())));
        }
        let mut rows = Vec::new();
        for (text, role) in all {
            if !entry.text().is_empty() {
                rows.push((String::new(), Role::Text));
            }
            rows.extend(wrapped(scene, &text, width).into_iter().map(|row| (row, role)));
        }
        rows
    }

    /// First token, speed, tokens, money, in rows.
    fn figures(&self, width: u16) -> Vec<String> {
        let language = self.scene.state.settings().language;
        let Some(facts) = self.entry.facts() else { return Vec::new() };
        let phrases = super::message::figure_phrases(facts);
        let mut parts: Vec<String> =
            phrases.map(|phrase| say(language, phrase).into_owned()).collect();
        parts.extend(facts.cost.map(|cost| cost.to_string()));
        let room = usize::from(width.saturating_sub(2));
        let mut rows: Vec<String> = Vec::new();
        for part in parts {
            let cells = self.scene.widths.text(&part) + BETWEEN;
            match rows.last_mut() {
                Some(row) if self.scene.widths.text(row) + cells <= room => {
                    row.push_str(" · ");
                    row.push_str(&part);
                }
                Some(_) | None => rows.push(part),
            }
        }
        rows
    }
}

/// Cells between two figures.
const BETWEEN: usize = 3;

fn wrapped(scene: &Scene<'_>, text: &str, width: u16) -> Vec<String> {
    let mut rows: Vec<Row> = Vec::new();
    plain(text, width, scene.widths, Ink::default(), &mut rows);
    rows.into_iter().map(|row| row.text.into_string()).collect()
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, String)> {
    let language = scene.state.settings().language;
    let of = |action, words: Words<'_>| (Context::Lanes, action, words.say(language));
    let mut hints = Vec::new();
    if !scene.state.conversations().shown().all_running().is_empty() {
        hints.push((Context::Global, Action::App(App::Back), Words::StopAll.say(language)));
    }
    hints.push(of(Action::Lanes(LanesAction::After), Words::Other));
    hints.push(of(Action::Lanes(LanesAction::Pick), Words::Pick));
    hints.push(of(Action::Chat(Chat::LineDown), Words::Scroll));
    hints.push(of(Action::Copying(Copying::Message), Words::Copy));
    hints
}

/// Each answer as text, with a number by which it is taken.
pub(super) fn read_out(scene: &Scene<'_>, lanes: &Lanes) -> String {
    let mut out = String::new();
    for (at, entry) in lanes.shown(scene.state.conversations().shown()).into_iter().enumerate() {
        let lane = Lane { scene, entry, marked: false, ruled: false };
        let chat = scene.state.conversations().shown();
        let model = chat.asked_of(entry.id()).unwrap_or(&chat.conversation().model);
        let model = crate::text::sanitize::line(model.as_str());
        let number = (at + 1).to_string();
        out.push_str(&[&number, ". ", &model, "\n"].concat());
        out.push_str(entry.text().trim_end());
        out.push('\n');
        let said = lane.said(u16::MAX).into_iter().map(|(text, _)| text);
        for text in said.chain(lane.figures(u16::MAX)).filter(|text| !text.is_empty()) {
            out.push_str(&text);
            out.push('\n');
        }
    }
    out
}
