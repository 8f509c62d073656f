//! Rows laid out once per width and kept: for every message its head, its reasoning, its text
//! and what follows it. A cache may be dropped at any time without changing a frame. It refuses
//! to decide what is visible.

use std::collections::HashMap;

use super::Scene;
use super::message::{self, Frills};
use crate::text::markdown::Document;
use crate::text::rows::{Row, Tail, lay_out};
use crate::text::width::Widths;
use crate::theme::Role;

/// A row that is not laid out text: parts in roles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Line {
    /// Texts with their roles, from left to right.
    pub(super) parts: Vec<(String, Role)>,
    /// Of all parts.
    pub(super) hash: u64,
}

impl Line {
    pub(super) fn new(parts: Vec<(String, Role)>) -> Self {
        let pairs: Vec<_> = parts.iter().map(|(text, role)| (text.as_str(), *role)).collect();
        let hash = hash_of(&pairs);
        Self { parts, hash }
    }
}

/// A number for parts of a row; never 0, which stands for a blank row.
pub(super) fn hash_of(parts: &[(&str, Role)]) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish() | 1
}

/// One row of the conversation.
pub(super) enum Visible<'a> {
    /// Nothing.
    Blank,
    /// A head, a figure, a notice.
    Line(&'a Line),
    /// Text.
    Row {
        /// The row.
        row: &'a Row,
        /// Cells before it.
        indent: u16,
        /// A role for all of it instead of its own ink.
        over: Option<Role>,
    },
}

impl Visible<'_> {
    /// Equal rows have equal numbers.
    pub(super) fn hash(&self) -> u64 {
        match self {
            Self::Blank => 0,
            Self::Line(line) => line.hash,
            Self::Row { row, over, .. } => {
                let over = over.map_or(0, |role| role as u64 + 1);
                (row.hash ^ over.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1
            }
        }
    }
}

/// A document's rows: of settled pieces laid out once, of the open end again and again.
#[derive(Debug, Default)]
pub(super) struct Laid {
    width: u16,
    pieces: usize,
    /// How many changes of looks are in the rows.
    looks: usize,
    /// Where the rows of each settled piece begin.
    starts: Vec<usize>,
    rows: Vec<Row>,
    tail: Tail,
    /// Rows that are shown, if there are more.
    pub(super) most: Option<usize>,
}

impl Laid {
    /// Brings the rows up to date.
    pub(super) fn update(&mut self, document: &Document, width: u16, widths: Widths) {
        // A document that was taken back (a new try) has fewer pieces than before.
        if self.width != width || self.pieces > document.settled() {
            *self = Self { width, looks: document.touched().len(), ..Self::default() };
        }
        if self.looks != document.touched().len() {
            self.recolour(document, widths);
        }
        for piece in &document.pieces()[self.pieces..document.settled()] {
            self.starts.push(self.rows.len());
            lay_out(piece, width, widths, &mut self.rows);
        }
        self.pieces = document.settled();
        let open = &document.pieces()[self.pieces..];
        self.tail.lay_out(open, width, widths);
    }

    /// Colours came for settled code: the rows of those pieces are made again.
    fn recolour(&mut self, document: &Document, widths: Widths) {
        let touched = document.touched().get(self.looks..).unwrap_or_default();
        for piece in touched.iter().cloned().flatten() {
            // A piece that was not laid out yet will come with its colours.
            let Some(start) = self.starts.get(piece).copied() else { continue };
            let end = self.starts.get(piece + 1).copied().unwrap_or(self.rows.len());
            let mut fresh = Vec::with_capacity(end - start);
            lay_out(&document.pieces()[piece], self.width, widths, &mut fresh);
            self.rows.splice(start..end, fresh);
        }
        self.looks = document.touched().len();
    }

    pub(super) fn height(&self) -> usize {
        self.all().min(self.most.unwrap_or(usize::MAX))
    }

    /// Rows, shown or not.
    pub(super) fn all(&self) -> usize {
        self.rows.len() + self.tail.rows().len()
    }

    pub(super) fn row(&self, at: usize) -> Option<&Row> {
        self.rows.get(at).or_else(|| self.tail.rows().get(at - self.rows.len()))
    }

    /// The piece a row belongs to and the row within it; rows of the open end count from there.
    fn locate(&self, row: usize) -> (usize, usize) {
        if row >= self.rows.len() {
            return (self.pieces, row - self.rows.len());
        }
        let piece = self.starts.partition_point(|start| *start <= row).saturating_sub(1);
        (piece, row - self.starts.get(piece).copied().unwrap_or(0))
    }

    fn row_at(&self, (piece, row): (usize, usize)) -> usize {
        let start = self.starts.get(piece).copied().unwrap_or(self.rows.len());
        let end = self.starts.get(piece + 1).copied().unwrap_or(self.height());
        (start + row).min(end.saturating_sub(1).max(start))
    }
}

/// A message's rows.
#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) frills: Frills,
    pub(super) reasoning: Laid,
    pub(super) body: Laid,
    /// A question's text.
    pub(super) plain: Vec<Row>,
    /// The first row on the screen before the width changed, and what it was part of.
    before: Option<(usize, Part)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Head(usize),
    Reasoning((usize, usize)),
    Body((usize, usize)),
    Foot(usize),
}

impl Message {
    fn height(&self) -> usize {
        self.frills.head.len()
            + self.reasoning.height()
            + self.plain.len()
            + self.body.height()
            + self.frills.foot.len()
    }

    fn part(&self, row: usize) -> Part {
        let head = self.frills.head.len();
        let reasoning = head + self.reasoning.height();
        let body = reasoning + self.plain.len() + self.body.height();
        if row < head {
            Part::Head(row)
        } else if row < reasoning {
            Part::Reasoning(self.reasoning.locate(row - head))
        } else if row < body && self.plain.is_empty() {
            Part::Body(self.body.locate(row - reasoning))
        } else if row < body {
            Part::Body((0, row - reasoning))
        } else {
            Part::Foot(row - body)
        }
    }

    fn row_of(&self, part: Part) -> usize {
        let head = self.frills.head.len();
        let reasoning = head + self.reasoning.height();
        let body = reasoning + self.plain.len() + self.body.height();
        match part {
            Part::Head(row) => row.min(head.saturating_sub(1)),
            Part::Reasoning(at) => (head + self.reasoning.row_at(at)).min(reasoning),
            Part::Body((_, row)) if !self.plain.is_empty() => (reasoning + row).min(body),
            Part::Body(at) => reasoning + self.body.row_at(at),
            Part::Foot(row) => body + row,
        }
    }
}

/// Rows of the conversation that is shown.
#[derive(Debug, Default)]
pub(super) struct RowCache {
    messages: HashMap<usize, Message>,
    /// What the rows were made for; anything else and all are made again.
    made_for: Option<(i64, u16)>,
    fresh: Vec<usize>,
    /// Message, row and part of the first row on the screen.
    top: Option<(usize, usize, Part)>,
}

impl RowCache {
    /// Begins a frame: rows are brought up to date when they are first asked for.
    pub(super) fn begin(&mut self, scene: &Scene<'_>, width: u16) {
        let key = (scene.state.conversations().shown().conversation().id.0, width);
        if self.made_for.is_some_and(|(conversation, _)| conversation != key.0) {
            self.messages.clear();
            self.top = None;
        }
        // Only in the first frame at another width: later the reader may be anywhere.
        let other = self.made_for.is_some_and(|made| made != key);
        for (entry, message) in &mut self.messages {
            let top = self.top.filter(|(top, ..)| other && top == entry);
            message.before = top.map(|(_, row, part)| (row, part));
        }
        self.made_for = Some(key);
        self.fresh.clear();
    }

    /// Remembers what the first row on the screen was part of, for the day the width changes.
    pub(super) fn remember_top(&mut self, entry: usize, row: usize) {
        self.top = self.messages.get(&entry).map(|message| (entry, row, message.part(row)));
    }

    /// Rows of a message.
    pub(super) fn height(&mut self, scene: &Scene<'_>, entry: usize) -> usize {
        let width = self.made_for.map_or(0, |(_, width)| width);
        let message = self.messages.entry(entry).or_default();
        if !self.fresh.contains(&entry) {
            message::update(scene, entry, width, message);
            self.fresh.push(entry);
        }
        message.height()
    }

    /// The row that shows now what `row` showed at the width before.
    pub(super) fn same_row(&mut self, entry: usize, row: usize) -> usize {
        let Some(message) = self.messages.get_mut(&entry) else { return row };
        // A row that was set since then (opened reasoning) is meant at the new width.
        match message.before.take().filter(|(before, _)| *before == row) {
            Some((_, part)) => message.row_of(part),
            None => row,
        }
    }

    /// A row of a message whose height was asked for in this frame.
    pub(super) fn row(&self, entry: usize, row: usize) -> Visible<'_> {
        let Some(message) = self.messages.get(&entry) else { return Visible::Blank };
        let indent = super::indent(self.made_for.map_or(0, |(_, width)| width));
        let mut at = row;
        if let Some(line) = message.frills.head.get(at) {
            return if line.parts.is_empty() { Visible::Blank } else { Visible::Line(line) };
        }
        at -= message.frills.head.len();
        if at < message.reasoning.height() {
            let over = Some(Role::Muted);
            return message.reasoning.row(at).map_or(Visible::Blank, |row| Visible::Row {
                row,
                indent,
                over,
            });
        }
        at -= message.reasoning.height();
        if let Some(row) = message.plain.get(at) {
            return Visible::Row { row, indent, over: Some(Role::Question) };
        }
        at -= message.plain.len();
        if at < message.body.height() {
            return message.body.row(at).map_or(Visible::Blank, |row| Visible::Row {
                row,
                indent,
                over: None,
            });
        }
        at -= message.body.height();
        message.frills.foot.get(at).map_or(Visible::Blank, Visible::Line)
    }

    /// Drops rows of messages far from the screen.
    pub(super) fn forget_far(&mut self, first: usize, last: usize) {
        const NEAR: usize = 24;
        if self.messages.len() > 3 * NEAR {
            let near = first.saturating_sub(NEAR)..=last + NEAR;
            self.messages.retain(|entry, _| near.contains(entry));
        }
    }
}
