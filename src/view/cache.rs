//! Rows laid out once per width and kept: for every message its head, its reasoning, its text
//! and what follows it. A cache may be dropped at any time without changing a frame. It refuses
//! to decide what is visible.

use std::collections::{HashMap, HashSet};

use super::Scene;
use super::copy::Source;
use super::heard::{self, Stretch};
use super::message::{self, Frills};
use crate::domain::conversations::{Part, Spot};
use crate::domain::ids::MessageId;
use crate::state::chat::Entry;
use crate::state::scroll::Place;
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

/// The number of a row of which some bytes look otherwise.
pub(super) fn hash_with(row: u64, bytes: &std::ops::Range<usize>) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (row, bytes.start, bytes.end).hash(&mut hasher);
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
            Self::Row { row, over, indent } => {
                let over = over.map_or(0, |role| role as u64 + 1) + (u64::from(*indent) << 32);
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

    /// The piece a row belongs to, the letters of the piece before it, and the rows without any
    /// in between. Rows of the open end count from where it begins.
    fn locate(&self, row: usize) -> (u32, u32, u32) {
        let (piece, start) = if row >= self.rows.len() {
            (self.pieces, self.rows.len())
        } else {
            let piece = self.starts.partition_point(|start| *start <= row).saturating_sub(1);
            (piece, self.starts.get(piece).copied().unwrap_or(0))
        };
        let (letters, rows) = count((start..row).filter_map(|at| self.row(at)));
        (u32::try_from(piece).unwrap_or(u32::MAX), letters, rows)
    }

    /// The row that is located so, whatever the width was then; pieces may have settled since.
    fn row_at(&self, spot: &Spot) -> usize {
        let piece = usize::try_from(spot.piece).unwrap_or(usize::MAX);
        let start = self.starts.get(piece).copied().unwrap_or(self.rows.len());
        let row = start + find((start..).map_while(|at| self.row(at)), spot);
        row.min(self.height().saturating_sub(1))
    }
}

/// Letters and digits of a row: what is the same however wide it is.
fn letters(row: &Row) -> u32 {
    let count = row.text.chars().filter(|c| c.is_alphanumeric()).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Letters in rows, and how many rows without any come last.
fn count<'a>(rows: impl Iterator<Item = &'a Row>) -> (u32, u32) {
    rows.fold((0, 0), |(sum, blank): (u32, u32), row| match letters(row) {
        0 => (sum, blank + 1),
        more => (sum.saturating_add(more), 0),
    })
}

/// How many rows come before a place that was counted so.
fn find<'a>(rows: impl Iterator<Item = &'a Row>, spot: &Spot) -> usize {
    let (mut before, mut blank, mut at) = (0_u32, 0, 0);
    for row in rows {
        let more = letters(row);
        let here = before == spot.letters && blank == spot.rows;
        if here || before.saturating_add(more) > spot.letters {
            break;
        }
        before += more;
        blank = if more == 0 { blank + 1 } else { 0 };
        at += 1;
    }
    at
}

/// How many rows come before the one after so many letters.
fn after<'a>(rows: impl Iterator<Item = &'a Row>, wanted: u32) -> usize {
    let (mut sum, mut at) = (0_u32, 0);
    for row in rows {
        if sum >= wanted && wanted == 0 {
            break;
        }
        sum = sum.saturating_add(letters(row));
        if sum > wanted {
            break;
        }
        at += 1;
    }
    at
}

/// A message's rows.
#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) frills: Frills,
    pub(super) reasoning: Laid,
    pub(super) body: Laid,
    /// A question's text.
    pub(super) plain: Vec<Row>,
    /// The text as it came, in place of the two above, while that is what is shown.
    pub(super) source: Option<Source>,
}

impl Message {
    fn height(&self) -> usize {
        self.frills.head.len()
            + self.reasoning.height()
            + self.text_height()
            + self.frills.foot.len()
    }

    /// Rows of the text, laid out or as it came.
    fn text_height(&self) -> usize {
        match &self.source {
            Some(source) => source.rows().len(),
            None => self.plain.len() + self.body.height(),
        }
    }

    /// The rows of the text as it is laid out, whatever is shown.
    fn laid_out(&self) -> impl Iterator<Item = &Row> + Clone {
        let body = (0..self.body.height()).map_while(|at| self.body.row(at));
        self.plain.iter().chain(body)
    }

    /// The row of the text as it is laid out that shows what this row of the source does: with as
    /// many letters before it, as near as marks and addresses allow.
    fn laid_out_row(&self, source: &Source, row: usize) -> usize {
        let (letters, _) = count(source.rows()[..row.min(source.rows().len())].iter());
        after(self.laid_out(), letters)
    }

    /// The place of a row at any width.
    fn spot(&self, message: MessageId, row: usize) -> Spot {
        let head = self.frills.head.len();
        let reasoning = head + self.reasoning.height();
        let body = reasoning + self.text_height();
        let laid_out = |row: usize| match &self.source {
            Some(source) => self.laid_out_row(source, row),
            None => row,
        };
        let at = |part, (piece, letters, rows)| Spot { message, part, piece, letters, rows };
        let rows = |rows: usize| (0, 0, u32::try_from(rows).unwrap_or(u32::MAX));
        if row < head {
            at(Part::Head, rows(row))
        } else if row < reasoning {
            at(Part::Reasoning, self.reasoning.locate(row - head))
        } else if row < body && self.plain.is_empty() {
            at(Part::Body, self.body.locate(laid_out(row - reasoning)))
        } else if row < body {
            let row = laid_out(row - reasoning).min(self.plain.len());
            let (letters, rows) = count(self.plain[..row].iter());
            at(Part::Body, (0, letters, rows))
        } else {
            at(Part::Foot, rows(row - body))
        }
    }

    /// The row of a place.
    fn row_of(&self, spot: &Spot) -> usize {
        let head = self.frills.head.len();
        let reasoning = head + self.reasoning.height();
        let body = reasoning + self.text_height();
        let rows = usize::try_from(spot.rows).unwrap_or(usize::MAX);
        match spot.part {
            Part::Head => rows.min(head.saturating_sub(1)),
            Part::Reasoning => (head + self.reasoning.row_at(spot)).min(reasoning),
            Part::Body if self.source.is_some() => {
                let row = if self.plain.is_empty() {
                    self.body.row_at(spot)
                } else {
                    find(self.plain.iter(), spot)
                };
                let (letters, _) = count(self.laid_out().take(row));
                let source = self.source.as_ref().map_or(&[][..], Source::rows);
                (reasoning + after(source.iter(), letters)).min(body.saturating_sub(1))
            }
            Part::Body if self.plain.is_empty() => reasoning + self.body.row_at(spot),
            Part::Body => (reasoning + find(self.plain.iter(), spot)).min(body.saturating_sub(1)),
            Part::Foot => body.saturating_add(rows).min(self.height().saturating_sub(1)),
        }
    }
}

/// Rows of the conversation that is shown.
#[derive(Debug, Default)]
pub(super) struct RowCache {
    messages: HashMap<MessageId, Message>,
    /// What the rows were made for; anything else and all are made again.
    made_for: Option<(i64, u16)>,
    /// Texts are shown as they came.
    source: bool,
    fresh: Vec<MessageId>,
    /// The first row on the screen and its place: message, rows before its text, row, width.
    top: Option<((MessageId, usize, usize, u16), Spot)>,
}

impl RowCache {
    /// Begins a frame: rows are brought up to date when they are first asked for.
    pub(super) fn begin(&mut self, scene: &Scene<'_>, width: u16) {
        let key = (scene.state.conversations().shown().conversation().id.0, width);
        if self.made_for.is_some_and(|(conversation, _)| conversation != key.0) {
            self.messages.clear();
            self.top = None;
        }
        self.made_for = Some(key);
        self.source = scene.state.source();
        self.fresh.clear();
    }

    /// The width the rows are made for.
    pub(super) fn width(&self) -> u16 {
        self.made_for.map_or(0, |(_, width)| width)
    }

    /// What a row depends on beside the text: another number, and a place must be found again.
    pub(super) fn measure(&self) -> u16 {
        self.width() | if self.source { 0x8000 } else { 0 }
    }

    /// The place of a row at any width; the message's height was asked for in this frame.
    pub(super) fn spot(&mut self, scene: &Scene<'_>, place: Place) -> Option<Spot> {
        let id = id_of(scene, place.entry)?;
        let message = self.messages.get(&id)?;
        let before = message.frills.head.len() + message.reasoning.height();
        let key = (id, before, place.row, self.measure());
        // Who reads does not move in most frames.
        if let Some((_, spot)) = self.top.filter(|(known, _)| *known == key) {
            return Some(spot);
        }
        let spot = message.spot(id, place.row);
        self.top = Some((key, spot));
        Some(spot)
    }

    /// The row of a place in a message whose height was asked for in this frame.
    pub(super) fn row_of(&self, spot: &Spot) -> usize {
        self.messages.get(&spot.message).map_or(0, |message| message.row_of(spot))
    }

    /// Rows of a message.
    pub(super) fn height(&mut self, scene: &Scene<'_>, entry: usize) -> usize {
        let width = self.width();
        let Some(id) = id_of(scene, entry) else { return 0 };
        let message = self.messages.entry(id).or_default();
        if !self.fresh.contains(&id) {
            message::update(scene, entry, width, message);
            self.fresh.push(id);
        }
        message.height()
    }

    /// A row of a message whose height was asked for in this frame.
    pub(super) fn row(&self, scene: &Scene<'_>, entry: usize, row: usize) -> Visible<'_> {
        let message = id_of(scene, entry).and_then(|id| self.messages.get(&id));
        let Some(message) = message else { return Visible::Blank };
        let indent = super::indent(self.width());
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
        if let Some(source) = &message.source {
            if let Some(row) = source.rows().get(at) {
                return Visible::Row { row, indent: 0, over: None };
            }
            let foot = message.frills.foot.get(at - source.rows().len());
            return foot.map_or(Visible::Blank, Visible::Line);
        }
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

    /// Where the sentence that is heard stands in a message. Found anew whenever it is asked for:
    /// nothing of it is kept.
    pub(super) fn heard(&mut self, scene: &Scene<'_>, entry: usize) -> Option<Stretch> {
        let id = id_of(scene, entry)?;
        let sentence = scene.state.speech().heard(id)?;
        self.height(scene, entry);
        let message = self.messages.get(&id)?;
        let before = message.frills.head.len() + message.reasoning.height();
        let found = match &message.source {
            Some(source) => heard::find_source(source.rows().iter(), sentence),
            None => heard::find(message.laid_out(), sentence),
        };
        Some(found?.down(before))
    }

    /// Drops rows of messages far from the screen.
    pub(super) fn forget_far(&mut self, scene: &Scene<'_>, first: usize, last: usize) {
        const NEAR: usize = 24;
        if self.messages.len() > 3 * NEAR + (last - first) {
            let entries = scene.state.conversations().shown().entries();
            let near = first.saturating_sub(NEAR)..(last + NEAR).min(entries.len());
            let near: HashSet<_> = entries[near].iter().map(Entry::id).collect();
            self.messages.retain(|id, _| near.contains(id));
        }
    }
}

fn id_of(scene: &Scene<'_>, entry: usize) -> Option<MessageId> {
    scene.state.conversations().shown().entries().get(entry).map(Entry::id)
}
