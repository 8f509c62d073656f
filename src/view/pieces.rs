//! Paints a long text from the piece on that is first shown. It refuses to look at pieces out of
//! sight, however many there are.

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use super::history::paragraph;
use crate::layout::Area;
use crate::state::pieces::Pieces;
use crate::text::wrap::{self, Mode};

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
    let height = usize::from(body.height);
    let last = last_top(scene, body, pieces, text);
    let first = pieces.top().min(last);
    let (mut rows, mut at) = (0, first);
    while rows < height
        && let Some((line, next)) = pieces.line(text, at)
    {
        let (more, bytes) = rows_of(scene, body, line, height - rows);
        rows += more;
        at = next.min(at + pieces.within(at, bytes));
    }
    Seen { first, last, pieces: at - first }
}

/// Paints the text from a piece on.
pub(super) fn paint(
    scene: &Scene<'_>,
    body: Area,
    pieces: &Pieces,
    (text, first): (&str, usize),
    buffer: &mut Buffer,
) {
    let mut y = body.y;
    let mut at = first;
    while y < body.bottom()
        && let Some((line, next)) = pieces.line(text, at)
    {
        y = paragraph(scene, body, y, line, buffer);
        at = next;
    }
    while y < body.bottom() {
        Pen::row(buffer, body, y, scene.widths);
        y += 1;
    }
}

/// The first piece from which everything to the end is in sight.
fn last_top(scene: &Scene<'_>, body: Area, pieces: &Pieces, text: &str) -> usize {
    let height = usize::from(body.height);
    // Rows of the lines below the one that is looked at, and of all from a piece on.
    let (mut below, mut all, mut top) = (0, 0, pieces.len());
    while let Some(at) = top.checked_sub(1) {
        if !pieces.goes_on(at + 1) {
            below = all;
        }
        let Some((line, _)) = pieces.line(text, at) else { break };
        all = below + rows_of(scene, body, line, height + 1).0;
        if all > height {
            break;
        }
        top = at;
    }
    top.min(pieces.len().saturating_sub(1))
}

/// Rows of a line, counted up to a number, and the bytes in them.
fn rows_of(scene: &Scene<'_>, body: Area, line: &str, most: usize) -> (usize, usize) {
    let width = usize::from(body.width.saturating_sub(2)).max(1);
    let (mut at, mut rows) = (0, 0);
    loop {
        at = wrap::next_line(line, at, width, scene.widths, Mode::Code).next;
        rows += 1;
        if at >= line.len() || rows >= most {
            return (rows, at);
        }
    }
}
