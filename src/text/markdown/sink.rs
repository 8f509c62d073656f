//! Where finished pieces go, and what making them needs. It refuses structure.

use super::calm;
use super::inline::{Inline, Links, is_plain};
use super::piece::Piece;
use crate::text::rows::{Flow, Ink};

/// Takes the pieces of a run over lines.
pub(super) struct Sink<'s> {
    pub(super) pieces: &'s mut Vec<Piece>,
    pub(super) links: &'s mut Links,
    /// Bytes handed to the inline parser.
    pub(super) parsed: &'s mut u64,
    /// The pieces are a view of an unfinished text: what is open is shown as if closed, and
    /// nothing is learned for good.
    pub(super) calm: bool,
}

impl Sink<'_> {
    /// The flow of a block's text, see [`Inline::flow`].
    pub(super) fn flow(&mut self, text: &str, base: Ink, alone: bool) -> Flow {
        let closed;
        let text = if self.calm && !is_plain(text) {
            closed = calm::closed(text);
            &closed
        } else {
            text
        };
        let mut inline = Inline::new(self.links);
        let flow = inline.flow(text, base, alone);
        *self.parsed += inline.parsed;
        flow
    }
}
