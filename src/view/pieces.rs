//! Paints a long text from the piece on that is first shown. It refuses to look at pieces out of
//! sight, however many there are.

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use super::history::paragraph;
use crate::layout::Area;
use crate::state::pieces::Pieces;
use crate::text::wrap::{self, Mode};
use crate::theme::Role;

/// What was painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// The first piece.
    pub(super) first: usize,
    /// The last piece it can begin with.
    pub(super) last: usize,
    /// Pieces in sight.
    pub(super) pieces: usize,
}

impl Seen {
    /// Where one is, in percent.
    pub(super) fn percent(self) -> usize {
        (self.first * 100).checked_div(self.last).unwrap_or(100)
    }
}

/// What will be in sight.
pub(super) fn seen(scene: &Scene<'_>, body: Area, pieces: &Pieces, text: &str) -> Seen {
    let last = last_top(scene, body, pieces, text);
    let first = pieces.top().min(last);
    let width = usize::from(body.width.saturating_sub(2)).max(1);
    let (mut rows, mut count) = (0, 0);
    while let Some(piece) = pieces.piece(text, first + count) {
        rows += rows_of(scene, piece, width);
        if rows > usize::from(body.height) {
            break;
        }
        count += 1;
    }
    Seen { first, last, pieces: count }
}

/// Paints the pieces from one on.
pub(super) fn paint(
    scene: &Scene<'_>,
    body: Area,
    pieces: &Pieces,
    (text, first): (&str, usize),
    buffer: &mut Buffer,
    role: impl Fn(&str) -> Role,
) {
    let mut y = body.y;
    let mut at = first;
    while let Some(piece) = pieces.piece(text, at).filter(|_| y < body.bottom()) {
        y = paragraph(scene, body, y, (piece, role(piece)), buffer);
        at += 1;
    }
    while y < body.bottom() {
        Pen::row(buffer, body, y, scene.widths);
        y += 1;
    }
}

/// The first piece from which everything to the end is in sight.
fn last_top(scene: &Scene<'_>, body: Area, pieces: &Pieces, text: &str) -> usize {
    let width = usize::from(body.width.saturating_sub(2)).max(1);
    let mut rows = 0;
    let mut top = pieces.len();
    while let Some(piece) = top.checked_sub(1).and_then(|at| pieces.piece(text, at)) {
        rows += rows_of(scene, piece, width);
        if rows > usize::from(body.height) {
            break;
        }
        top -= 1;
    }
    top.min(pieces.len().saturating_sub(1))
}

fn rows_of(scene: &Scene<'_>, piece: &str, width: usize) -> usize {
    let (mut at, mut rows) = (0, 0);
    loop {
        at = wrap::next_line(piece, at, width, scene.widths, Mode::Code).next;
        rows += 1;
        if at >= piece.len() {
            return rows;
        }
    }
}
