//! The rows of the open end of a document, laid out again and again while it grows: rows that
//! cannot have changed are kept, and only what follows them is broken anew.
//! It refuses to know when a piece is final; whoever holds it clears it by handing other pieces in.

use crate::text::markdown::{Body, Piece};
use crate::text::width::Widths;
use crate::text::wrap::Mode;

use super::layout::Page;
use super::{Row, lay_out};

/// Rows of the pieces handed in last.
#[derive(Debug, Default)]
pub struct Tail {
    width: u16,
    widths: Widths,
    /// Each piece with the number of rows up to its end.
    pieces: Vec<(Piece, usize)>,
    /// For a paragraph at the end: where in its text each of its rows began.
    starts: Vec<usize>,
    rows: Vec<Row>,
    broken: u64,
}

impl Tail {
    /// Nothing laid out yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The rows of `pieces`: the same as [`lay_out`] gives for one after another. The second value
    /// is the first row that may differ from the last call.
    pub fn lay_out(&mut self, pieces: &[Piece], width: u16, widths: Widths) -> (&[Row], usize) {
        if (self.width, self.widths) != (width, widths) {
            *self = Self { width, widths, broken: self.broken, ..Self::default() };
        }
        let same = self.pieces.iter().zip(pieces).take_while(|((old, _), new)| old == *new).count();
        if same == pieces.len() && same == self.pieces.len() {
            return (&self.rows, self.rows.len());
        }
        let grown = self.keep_rows(same, pieces.get(same));
        let changed = self.rows.len();
        for (i, piece) in pieces.iter().enumerate().skip(same) {
            if let (true, Some((at, first))) = (i == same, grown) {
                self.grow(piece, at, first);
            } else {
                self.starts.clear();
                self.append(piece);
            }
        }
        (&self.rows, changed)
    }

    /// The rows of the last call.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Bytes broken into rows so far, for tests of the bound on work.
    #[must_use]
    pub const fn broken(&self) -> u64 {
        self.broken
    }

    /// Drops the rows after the first `same` pieces, but for those of a paragraph that `next`
    /// continues. Returns where in its text to go on and whether that is its first row.
    fn keep_rows(&mut self, same: usize, next: Option<&Piece>) -> Option<(usize, bool)> {
        let before =
            same.checked_sub(1).and_then(|i| self.pieces.get(i)).map_or(0, |(_, end)| *end);
        let old = (self.pieces.len() == same + 1).then(|| self.pieces.pop()).flatten();
        self.pieces.truncate(same);
        if let (Some((old, end)), Some(next)) = (old, next)
            && let (Body::Paragraph(was), Body::Paragraph(now)) = (&old.body, &next.body)
            && (&old.gap, &old.marks) == (&next.gap, &next.marks)
            && !self.starts.is_empty()
        {
            let common = was.common(now);
            // Where a row ends depends at most on the first glyph two rows on (a glyph that begins
            // no row), so a row stands once the two rows after it lie within what both have.
            let stand = self.starts.iter().skip(3).take_while(|start| **start < common).count();
            let rows = self.starts.len();
            self.rows.truncate(end - (rows - stand));
            let at = self.starts[stand];
            self.starts.truncate(stand);
            return Some((at, stand == 0));
        }
        self.rows.truncate(before);
        self.starts.clear();
        None
    }

    fn grow(&mut self, piece: &Piece, at: usize, first: bool) {
        let Body::Paragraph(flow) = &piece.body else { return };
        let mut page = Page::new(piece, usize::from(self.width), self.widths);
        if !first {
            page.resume();
        }
        self.broken += (flow.text().len() - at) as u64;
        page.flow_from(flow, at, Mode::Prose, |at| self.starts.push(at), &mut self.rows);
        self.pieces.push((piece.clone(), self.rows.len()));
    }

    fn append(&mut self, piece: &Piece) {
        if let (Body::Paragraph(_), true) = (&piece.body, self.width > 0) {
            let mut page = Page::new(piece, usize::from(self.width), self.widths);
            page.gap(piece, &mut self.rows);
            self.grow(piece, 0, true);
            return;
        }
        self.broken += piece.body.bytes() as u64;
        lay_out(piece, self.width, self.widths, &mut self.rows);
        self.pieces.push((piece.clone(), self.rows.len()));
    }
}
