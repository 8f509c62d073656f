//! The conversation: which rows of it are on the screen and how they look. It refuses to lay out
//! what did not change (`cache`) and to decide where the reader wants to be (`state::scroll`).

use std::ops::Range;

use ratatui::buffer::Buffer;

use super::Scene;
use super::cache::{Line, RowCache, Visible};
use super::canvas::Pen;
use super::heard::Stretch;
use crate::layout::Area;
use crate::state::focus::Pane;
use crate::state::scroll::{Move, Place, Position, Seen};
use crate::state::speech::Spoken;
use crate::text::rows::Row;
use crate::theme::Role;
use crate::words::{Phrase, say};

/// What sets the number of a marked row apart.
const MARKED: u64 = 0x5bd1_e995_7f4a_7c15;

/// Rows of the conversation that are on the screen, from the top.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// Where the first row is.
    pub(super) top: Place,
    /// The end of the conversation is on the screen.
    pub(super) at_end: bool,
    /// The marked message, if there is any.
    pub(super) marked: Option<usize>,
}

impl Window {
    /// The mark as the state keeps it: at the end the last message is marked, whichever that is.
    pub(super) fn mark(&self, scene: &Scene<'_>) -> Option<usize> {
        let last = scene.state.conversations().shown().entries().len().checked_sub(1);
        self.marked.filter(|_| !self.at_end || self.marked != last)
    }
}

/// Carries out the scroll wishes and finds the rows to show.
pub(super) fn window(scene: &Scene<'_>, cache: &mut RowCache, height: u16) -> Window {
    let chat = scene.state.conversations().shown();
    let entries = chat.entries().len();
    if entries == 0 || height == 0 {
        return Window { top: Place::default(), at_end: true, marked: None };
    }
    let height = usize::from(height);
    let last = last_top(scene, cache, height);
    let mut top = match chat.scroll.position() {
        Position::End => last,
        Position::At(seen) => limit(scene, cache, &seen),
    };
    let mut marked = chat.current().unwrap_or(0);
    for wish in chat.scroll.moves() {
        top = match *wish {
            Move::Top => {
                marked = 0;
                Place::default()
            }
            Move::Message(at) => {
                marked = at.min(entries - 1);
                into_sight(scene, cache, top, marked, height)
            }
            Move::Heard(at) => heard_into_sight(scene, cache, top, at, height),
            Move::Rows(rows) => step(scene, cache, top, i64::from(rows)),
            Move::HalfPages(halves) => {
                // A whole page keeps one row of the last one in sight.
                let half = ((height.saturating_sub(1)) / 2).max(1) as i64;
                step(scene, cache, top, half * i64::from(halves))
            }
            Move::Questions(by) => {
                let to = question(scene, top.min(last), by);
                marked = to.map_or(entries - 1, |to| to.entry);
                to.unwrap_or(last)
            }
        };
        top = top.min(last);
    }
    let top = top.min(last);
    // A mark that went out of sight goes on with what is in sight.
    let end = step(scene, cache, top, height as i64 - 1);
    let marked = marked.clamp(top.entry, end.entry);
    Window { top, at_end: top >= last, marked: Some(marked) }
}

/// The place from which a message is in sight: as it is if all of it is, else its head is on top.
fn into_sight(
    scene: &Scene<'_>,
    cache: &mut RowCache,
    top: Place,
    entry: usize,
    height: usize,
) -> Place {
    let head = head_of(entry);
    let rows = cache.height(scene, entry);
    let end = step(scene, cache, top, height as i64 - 1);
    let whole = top <= head && Place { entry, row: rows.saturating_sub(1) } <= end;
    if whole { top } else { head }
}

/// The place from which the sentence that is heard is in sight: as it is if all of it is, else with
/// some rows before it.
fn heard_into_sight(
    scene: &Scene<'_>,
    cache: &mut RowCache,
    top: Place,
    entry: usize,
    height: usize,
) -> Place {
    let Some(heard) = cache.heard(scene, entry) else { return top };
    let first = Place { entry, row: heard.first.0 };
    let last = Place { entry, row: heard.last.0 };
    let end = step(scene, cache, top, height as i64 - 1);
    if top <= first && last <= end {
        return top;
    }
    step(scene, cache, first, -(height as i64 / 3))
}

/// The place at which the conversation's last row is the screen's last row.
fn last_top(scene: &Scene<'_>, cache: &mut RowCache, height: usize) -> Place {
    let mut missing = height;
    for entry in (0..scene.state.conversations().shown().entries().len()).rev() {
        let rows = cache.height(scene, entry);
        if rows >= missing {
            return Place { entry, row: rows - missing };
        }
        missing -= rows;
    }
    Place::default()
}

/// A place whose row may have gone (folded reasoning) or is another one at this width.
fn limit(scene: &Scene<'_>, cache: &mut RowCache, seen: &Seen) -> Place {
    let chat = scene.state.conversations().shown();
    if seen.width != cache.measure()
        && let Some(spot) = seen.spot
        && let Some(entry) = chat.index(spot.message)
    {
        cache.height(scene, entry);
        return Place { entry, row: cache.row_of(&spot) };
    }
    let entry = seen.place.entry.min(chat.entries().len() - 1);
    let rows = cache.height(scene, entry);
    Place { entry, row: seen.place.row.min(rows.saturating_sub(1)) }
}

/// So many rows further down, or up.
fn step(scene: &Scene<'_>, cache: &mut RowCache, from: Place, by: i64) -> Place {
    let entries = scene.state.conversations().shown().entries().len();
    let mut place = from;
    let mut row = from.row as i64 + by;
    while row < 0 && place.entry > 0 {
        place.entry -= 1;
        row += cache.height(scene, place.entry) as i64;
    }
    loop {
        let rows = cache.height(scene, place.entry) as i64;
        if row < rows || place.entry + 1 >= entries {
            return Place { entry: place.entry, row: row.clamp(0, rows.max(1) - 1) as usize };
        }
        row -= rows;
        place.entry += 1;
    }
}

/// The question before or after a place; `None` past the last one: the end.
fn question(scene: &Scene<'_>, from: Place, by: i32) -> Option<Place> {
    use crate::domain::chat::Role;
    let entries = scene.state.conversations().shown().entries();
    let is_question = |at: &usize| entries[*at].role() == Role::User;
    let at = if by < 0 {
        // Within a question's own answer the first step leads to that question.
        let before = from.entry + usize::from(from.row > head_of(from.entry).row);
        (0..before).rev().find(is_question).unwrap_or(0)
    } else {
        (from.entry + 1..entries.len()).find(is_question)?
    };
    Some(head_of(at))
}

/// The row that names a message: below the blank one that sets it off from the message before.
fn head_of(entry: usize) -> Place {
    Place { entry, row: usize::from(entry > 0) }
}

/// Fills `hashes` with one number per screen row and calls `paint` for the rows that differ.
pub(super) fn paint(
    scene: &Scene<'_>,
    cache: &mut RowCache,
    window: &Window,
    area: Area,
    buffer: &mut Buffer,
    mut changed: impl FnMut(u16, u64) -> bool,
) {
    if scene.state.conversations().shown().entries().is_empty() {
        welcome(scene, area, buffer, changed);
        return;
    }
    let entries = scene.state.conversations().shown().entries().len();
    let reading = scene.state.focus().pane == Pane::Transcript;
    let marked = window.marked.filter(|_| reading);
    let mut heard = Heard::of(scene);
    let mut place = window.top;
    for y in area.y..area.bottom() {
        while place.entry < entries && place.row >= cache.height(scene, place.entry) {
            place = Place { entry: place.entry + 1, row: 0 };
        }
        heard.look(scene, cache, place.entry);
        let visible = if place.entry < entries {
            cache.row(scene, place.entry, place.row)
        } else {
            Visible::Blank
        };
        // The row that sets a message off from the one before belongs to neither; a source leaves
        // no column free.
        let free = !matches!(visible, Visible::Row { indent: 0, .. });
        let marked = free && marked == Some(place.entry) && place >= head_of(place.entry);
        let hash = if marked { (visible.hash() ^ MARKED) | 1 } else { visible.hash() };
        let said = heard.within(place, &visible);
        let hash = said.as_ref().map_or(hash, |bytes| super::cache::hash_with(hash, bytes));
        if changed(y, hash) {
            let mut pen = Pen::row(buffer, area, y, scene.widths);
            match visible {
                Visible::Blank => {}
                Visible::Line(line) => put(&mut pen, line, scene),
                Visible::Row { row, indent, over } => {
                    let over = over.map(|role| scene.theme.style(role));
                    pen.skip(indent).row_of(row, scene.theme, over);
                    if let Some(bytes) = said {
                        let from = area.x + indent;
                        underline(scene, (from, y), row, &bytes, buffer);
                    }
                }
            }
            if marked {
                mark(scene, area, y, buffer);
            }
        }
        place.row += 1;
    }
    cache.forget_far(scene, window.top.entry, place.entry);
}

/// The sentence that is heard. It is looked for when the first row of its message is painted: one
/// far away costs nothing.
struct Heard {
    /// The message that is read, by its index.
    entry: Option<usize>,
    looked: bool,
    found: Option<Stretch>,
}

impl Heard {
    fn of(scene: &Scene<'_>) -> Self {
        let message = scene.state.speech().now().and_then(Spoken::message);
        let chat = scene.state.conversations().shown();
        Self { entry: message.and_then(|message| chat.index(message)), looked: false, found: None }
    }

    /// A row of this message comes.
    fn look(&mut self, scene: &Scene<'_>, cache: &mut RowCache, entry: usize) {
        if self.entry == Some(entry) && !std::mem::replace(&mut self.looked, true) {
            self.found = cache.heard(scene, entry);
        }
    }

    /// The bytes of a row that are heard.
    fn within(&self, place: Place, visible: &Visible<'_>) -> Option<Range<usize>> {
        let heard = self.found.filter(|_| self.entry == Some(place.entry))?;
        match visible {
            Visible::Row { row, .. } => heard.within(place.row, row),
            Visible::Blank | Visible::Line(_) => None,
        }
    }
}

/// Underlines what is heard of a row that was painted.
fn underline(
    scene: &Scene<'_>,
    (x, y): (u16, u16),
    row: &Row,
    bytes: &Range<usize>,
    buffer: &mut Buffer,
) {
    let cells =
        |bytes: Range<usize>| scene.widths.text(row.text.get(bytes).unwrap_or_default()) as u16;
    let from = x + cells(0..bytes.start);
    let style = scene.theme.heard();
    for x in from..from + cells(bytes.clone()) {
        if let Some(cell) = buffer.cell_mut((x, y)) {
            cell.set_style(style);
        }
    }
}

/// Marks a row of the current message in the column that every row leaves free.
fn mark(scene: &Scene<'_>, area: Area, y: u16, buffer: &mut Buffer) {
    let bar = if scene.widths.text("▎") == 1 { "▎" } else { "|" };
    if let Some(cell) = buffer.cell_mut((area.x, y)) {
        cell.set_symbol(bar).set_style(scene.theme.style(Role::LineFocused));
    }
}

fn put(pen: &mut Pen<'_>, line: &Line, scene: &Scene<'_>) {
    for (text, role) in &line.parts {
        pen.write(text, scene.theme.style(*role));
    }
}

/// What an empty conversation shows, a third down the pane.
fn welcome(
    scene: &Scene<'_>,
    area: Area,
    buffer: &mut Buffer,
    mut changed: impl FnMut(u16, u64) -> bool,
) {
    let settings = scene.state.settings();
    let model = scene.state.conversations().shown().conversation().model.clone();
    let title = say(settings.language, Phrase::WelcomeTitle);
    let simulator = settings.place.simulator;
    let lines = Phrase::WelcomeLines { model: model.as_str(), simulator };
    let lines = say(settings.language, lines);
    let mut rows = vec![(title.into_owned(), Role::Accent)];
    let width = area.width.saturating_sub(super::indent(area.width) + 1);
    let mut wrapped = Vec::new();
    for line in lines.lines() {
        wrapped.clear();
        let ink = crate::text::rows::Ink::default();
        crate::text::rows::plain(line, width, scene.widths, ink, &mut wrapped);
        rows.extend(wrapped.drain(..).map(|row| (row.text.into_string(), Role::Muted)));
    }
    let top = area.y + area.height.saturating_sub(rows.len() as u16) / 3;
    for y in area.y..area.bottom() {
        let row = y.checked_sub(top).and_then(|i| rows.get(usize::from(i)));
        let hash = row.map_or(0, |(text, role)| super::cache::hash_of(&[(text.as_str(), *role)]));
        if changed(y, hash) {
            let mut pen = Pen::row(buffer, area, y, scene.widths);
            if let Some((text, role)) = row {
                pen.skip(super::indent(area.width)).write(text, scene.theme.style(*role));
            }
        }
    }
}
