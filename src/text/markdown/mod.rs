//! Markdown that arrives piece by piece: source in, flat pieces out. It owns the source of one
//! message and what has been made of it; it refuses widths, rows and colours of the theme.
//!
//! Block structure is read line by line by our own reader ([`blocks`](self) keeps what is open);
//! comrak reads the inside of one paragraph, heading or cell at a time. So a line is looked at
//! once however long its list, quote, table or fence is, and what a push costs is bounded by the
//! open line and the open paragraph, both of which are parted when they grow beyond 4 KiB.
//!
//! Three things differ from a reading of the finished text by comrak alone: a link whose
//! definition comes after it stays as written; rows of a table beyond 64 (or 16 KiB) take the columns
//! of those before and a table of more than 64 columns is text; a paragraph or line beyond 4 KiB is
//! parted, and quotes and lists nested more than about 40 deep are text. Parting and nesting do not
//! depend on how the source was cut when it was pushed.

mod blocks;
mod calm;
mod cells;
mod cursor;
mod inline;
mod leaf;
mod piece;
mod sink;
mod starts;

use std::ops::Range;

use crate::domain::chat::CodeRole;

use blocks::Blocks;
use inline::Links;
use leaf::Leaf;
use sink::Sink;

pub use piece::{Align, Body, Cells, Mark, Piece, Table};

/// A line longer than this many bytes is taken in parts.
const LONGEST_LINE: usize = 4096;
/// Of such a line in a paragraph, further parts of this many: less is looked at again and again.
const NEXT_PART: usize = 1024;

/// What is known of one code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBlock {
    /// The language as written after the fence, may be empty.
    pub language: Box<str>,
    /// Whole lines that are there.
    pub lines: usize,
    /// It is over; no line follows.
    pub closed: bool,
    /// Index of the piece of its first line.
    first: usize,
}

/// One text in markdown, growing at its end.
#[derive(Debug, Clone, Default)]
pub struct Document {
    source: String,
    /// Where in the source the next line, or the next part of a very long one, begins.
    taken: usize,
    /// The text at `taken` goes on a line whose beginning was taken.
    in_line: bool,
    blocks: Blocks,
    links: Links,
    pieces: Vec<Piece>,
    settled: usize,
    code: Vec<CodeBlock>,
    touched: Vec<Range<usize>>,
    parsed: u64,
}

impl Document {
    /// An empty document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends source. The pieces after [`Self::settled`] are made anew.
    pub fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.source.push_str(text);
        self.pieces.truncate(self.settled);
        self.take_lines();
        self.settle();
        self.look_ahead();
    }

    /// The source is complete: everything is settled. More may still be pushed; it begins anew
    /// below what is there.
    pub fn finish(&mut self) {
        self.pieces.truncate(self.settled);
        let rest = self.source.len();
        if rest > self.taken {
            self.take(rest, rest);
        }
        self.in_line = false;
        let (blocks, mut sink) =
            parts(&mut self.blocks, &mut self.pieces, &mut self.links, &mut self.parsed, false);
        blocks.finish(&mut sink);
        self.settle();
    }

    /// The source as it was pushed.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// All pieces, the settled ones first.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// So many pieces are final: no push changes them, only colours may come, see
    /// [`Self::touched`]. The others are what the open end looks like now.
    #[must_use]
    pub const fn settled(&self) -> usize {
        self.settled
    }

    /// The code blocks, in order; the index is the number of the block.
    #[must_use]
    pub fn code_blocks(&self) -> &[CodeBlock] {
        &self.code
    }

    /// The whole lines of a code block from line `from` on, clean, as colours are to be given for.
    pub fn code_lines(&self, block: usize, from: usize) -> impl Iterator<Item = &str> {
        let range = self
            .code
            .get(block)
            .map_or(0..0, |code| code.first + from.min(code.lines)..code.first + code.lines);
        self.pieces.get(range).unwrap_or_default().iter().filter_map(|piece| match &piece.body {
            Body::CodeLine { text, .. } => Some(&**text),
            _ => None,
        })
    }

    /// Sets the colours of whole lines of a code block, as runs of (bytes, role) for each line.
    /// Blocks and lines that are not there are passed over.
    pub fn set_code_colours(
        &mut self,
        block: usize,
        first_line: usize,
        lines: Vec<Vec<(u32, CodeRole)>>,
    ) {
        let Some(code) = self.code.get(block) else { return };
        let from = code.first + first_line.min(code.lines);
        let to = from.saturating_add(lines.len()).min(code.first + code.lines);
        for (piece, runs) in self.pieces[from..to].iter_mut().zip(lines) {
            if let Body::CodeLine { colours, .. } = &mut piece.body {
                *colours = Some(runs.into_boxed_slice());
            }
        }
        if from < to {
            self.touched.push(from..to);
        }
    }

    /// Every range of settled pieces whose look changed after they were settled, oldest first. A
    /// reader keeps the length it has seen and looks at what came after.
    #[must_use]
    pub fn touched(&self) -> &[Range<usize>] {
        &self.touched
    }

    /// Bytes handed to the inline parser so far, for tests of the bound on work.
    #[must_use]
    pub const fn parsed(&self) -> u64 {
        self.parsed
    }

    /// Takes whole lines, and the beginnings of very long ones.
    fn take_lines(&mut self) {
        loop {
            let rest = &self.source[self.taken..];
            let goes_on = self.in_line && matches!(self.blocks.leaf, Leaf::Paragraph { .. });
            let longest = if goes_on { NEXT_PART } else { LONGEST_LINE };
            let near = &rest.as_bytes()[..rest.len().min(longest)];
            if let Some(len) = near.iter().position(|b| *b == b'\n') {
                self.take(self.taken + len, self.taken + len + 1);
                self.in_line = false;
            } else if rest.len() >= longest {
                let near = &rest[..crate::text::boundary(rest, longest)];
                let end = self.taken + calm::cut(near);
                self.take(end, end);
                self.in_line = true;
            } else {
                break;
            }
        }
    }

    /// Takes the source up to `end` as a line or its next part; the next begins at `next`.
    fn take(&mut self, end: usize, next: usize) {
        let line = &self.source[self.taken..end];
        let (blocks, mut sink) =
            parts(&mut self.blocks, &mut self.pieces, &mut self.links, &mut self.parsed, false);
        feed(blocks, line, self.in_line, &mut sink);
        self.taken = next;
    }

    /// The pieces made since the last call are final.
    fn settle(&mut self) {
        for (i, piece) in self.pieces.iter().enumerate().skip(self.settled) {
            match &piece.body {
                Body::CodeHead { language, .. } => self.code.push(CodeBlock {
                    language: language.clone(),
                    lines: 0,
                    closed: false,
                    first: i + 1,
                }),
                Body::CodeLine { block, line, .. } => {
                    if let Some(code) = self.code.get_mut(*block) {
                        code.lines = line + 1;
                    }
                }
                Body::CodeFoot { block } => {
                    if let Some(code) = self.code.get_mut(*block) {
                        code.closed = true;
                    }
                }
                Body::Paragraph(_)
                | Body::Heading { .. }
                | Body::Table(_)
                | Body::TableRow { .. }
                | Body::TableFoot(_)
                | Body::Rule => {}
            }
        }
        self.settled = self.pieces.len();
    }

    /// Adds the pieces of what is open, with the unfinished line, as if the source ended here.
    fn look_ahead(&mut self) {
        let mut blocks = self.blocks.clone();
        let line = &self.source[self.taken..];
        let (blocks, mut sink) =
            parts(&mut blocks, &mut self.pieces, &mut self.links, &mut self.parsed, true);
        let hidden = match &blocks.leaf {
            Leaf::Fenced { fence, .. } => fence.may_close(line),
            Leaf::Indented { .. } | Leaf::Html(_) => false,
            Leaf::None | Leaf::Paragraph { .. } | Leaf::Table(_) | Leaf::Rows(_) => {
                !self.in_line && calm::undecided(line)
            }
        };
        if !hidden && !line.is_empty() {
            feed(blocks, line, self.in_line, &mut sink);
        }
        blocks.finish(&mut sink);
    }
}

fn parts<'a>(
    blocks: &'a mut Blocks,
    pieces: &'a mut Vec<Piece>,
    links: &'a mut Links,
    parsed: &'a mut u64,
    calm: bool,
) -> (&'a mut Blocks, Sink<'a>) {
    (blocks, Sink { pieces, links, parsed, calm })
}

/// Hands one line over. Sources come clean; a carriage return that is left is a blank.
fn feed(blocks: &mut Blocks, line: &str, in_line: bool, sink: &mut Sink<'_>) {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let changed;
    let line = if line.contains('\r') {
        changed = line.replace('\r', " ");
        &changed
    } else {
        line
    };
    if in_line { blocks.more(line, sink) } else { blocks.line(line, sink) }
}

#[cfg(test)]
mod tests;
