//! The conversation: which rows of it are on the screen and how they look. It refuses to lay out
//! what did not change (`cache`) and to decide where the reader wants to be (`state::scroll`).

use ratatui::buffer::Buffer;

use super::Scene;
use super::cache::{RowCache, Visible};
use super::canvas::Pen;
use crate::domain::chat::Role as Speaker;
use crate::domain::ids::MessageId;
use crate::layout::Area;
use crate::state::chat::Entry;
use crate::state::scroll::{Move, Place, Position, Seen};
use crate::theme::Role;
use crate::words::{Phrase, say};

/// Rows of the conversation that are on the screen, from the top.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// Where the first row is.
    pub(super) top: Place,
    /// The end of the conversation is on the screen.
    pub(super) at_end: bool,
    /// The message that is meant, if one was gone to.
    pub(super) selected: Option<MessageId>,
}

/// Carries out the scroll wishes and finds the rows to show.
pub(super) fn window(scene: &Scene<'_>, cache: &mut RowCache, height: u16) -> Window {
    let chat = scene.state.conversations().shown();
    let entries = chat.entries().len();
    if entries == 0 || height == 0 {
        let selected = chat.scroll.selected();
        return Window { top: Place::default(), at_end: true, selected };
    }
    let height = usize::from(height);
    let last = last_top(scene, cache, height);
    let mut top = match chat.scroll.position() {
        Position::End => last,
        Position::At(seen) => limit(scene, cache, &seen),
    };
    let mut meant = chat.scroll.selected().and_then(|id| chat.index(id));
    for wish in chat.scroll.moves() {
        (top, meant) = match *wish {
            Move::Top => (Place::default(), None),
            Move::Rows(rows) => (step(scene, cache, top, i64::from(rows)), None),
            Move::HalfPages(halves) => {
                // A whole page keeps one row of the last one in sight.
                let half = ((height.saturating_sub(1)) / 2).max(1) as i64;
                (step(scene, cache, top, half * i64::from(halves)), None)
            }
            Move::Questions(by) => {
                to_head(scene, (top, last), meant, by, |entry| entry.role() == Speaker::User)
            }
            Move::Messages(by) => to_head(scene, (top, last), meant, by, |_| true),
        };
        top = top.min(last);
    }
    let selected = meant.and_then(|at| chat.entries().get(at)).map(Entry::id);
    Window { top: top.min(last), at_end: top >= last, selected }
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
    if seen.width != cache.width()
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

/// The message before or after the one that is meant, or else around the first row shown; past the
/// last one comes the end.
fn to_head(
    scene: &Scene<'_>,
    (top, last): (Place, Place),
    meant: Option<usize>,
    by: i32,
    wanted: impl Fn(&Entry) -> bool,
) -> (Place, Option<usize>) {
    let entries = scene.state.conversations().shown().entries();
    let is = |at: &usize| wanted(&entries[*at]);
    let found = if by < 0 {
        let before = match meant {
            Some(at) => at,
            // At the end all is above.
            None if top >= last => entries.len(),
            // Within a question's own answer the first step leads to that question.
            None => top.entry + usize::from(top.row > head_of(top.entry).row),
        };
        Some((0..before).rev().find(is).or(meant).unwrap_or(0))
    } else {
        let from = meant.unwrap_or(if top >= last { entries.len() } else { top.entry });
        (from + 1..entries.len()).find(is)
    };
    found.map_or((last, None), |at| (head_of(at), Some(at)))
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
    let mut place = window.top;
    for y in area.y..area.bottom() {
        while place.entry < entries && place.row >= cache.height(scene, place.entry) {
            place = Place { entry: place.entry + 1, row: 0 };
        }
        let visible = if place.entry < entries {
            cache.row(scene, place.entry, place.row)
        } else {
            Visible::Blank
        };
        let mark = place == head_of(place.entry) && is_meant(scene, window, place.entry);
        if changed(y, visible.hash() ^ if mark { MARK } else { 0 }) {
            let mut pen = Pen::row(buffer, area, y, scene.widths);
            match visible {
                Visible::Blank => {}
                Visible::Line(line) if mark => {
                    pen.write("›", scene.theme.style(Role::Accent));
                    put(&mut pen, &line.parts[line.parts.len().min(1)..], scene);
                }
                Visible::Line(line) => put(&mut pen, &line.parts, scene),
                Visible::Row { row, indent, over } => {
                    let over = over.map(|role| scene.theme.style(role));
                    pen.skip(indent).row_of(row, scene.theme, over);
                }
            }
        }
        place.row += 1;
    }
    cache.forget_far(scene, window.top.entry, place.entry);
}

/// Sets the number of a marked row apart from that of the same row without a mark.
const MARK: u64 = 0x6d61_726b_6564_0000;

/// The message was gone to: what follows means it.
fn is_meant(scene: &Scene<'_>, window: &Window, entry: usize) -> bool {
    let entries = scene.state.conversations().shown().entries();
    window.selected.is_some() && window.selected == entries.get(entry).map(Entry::id)
}

fn put(pen: &mut Pen<'_>, parts: &[(String, Role)], scene: &Scene<'_>) {
    for (text, role) in parts {
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
