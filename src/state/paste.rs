//! A folded paste that is looked into: its text in pieces of a few rows, and the first one shown.
//! It refuses to wrap: the painter does that for the pieces in sight, however long the paste is.

use std::sync::Arc;

use super::composer::pastes::Paste;
use crate::action::Chat;

/// Bytes of a piece: a longer line is shown in several, so that no key looks at more.
const PIECE: usize = 240;

/// The overlay while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasteView {
    paste: Arc<Paste>,
    /// Where the pieces begin and end, in bytes.
    pieces: Vec<(usize, usize)>,
    top: usize,
}

impl PasteView {
    /// Opens it.
    #[must_use]
    pub fn new(paste: Arc<Paste>) -> Self {
        let pieces = pieces(&paste.text);
        Self { paste, pieces, top: 0 }
    }

    /// The paste.
    #[must_use]
    pub fn paste(&self) -> &Paste {
        &self.paste
    }

    /// The first piece shown, from 0.
    #[must_use]
    pub fn top(&self) -> usize {
        self.top
    }

    /// How many pieces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Never: a paste has a line at least.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The text of a piece.
    #[must_use]
    pub fn piece(&self, at: usize) -> Option<&str> {
        let (from, to) = *self.pieces.get(at)?;
        self.paste.text.get(from..to)
    }

    /// Moves in it; the painter limits it to what there is.
    pub fn scroll(&mut self, action: Chat) {
        let top = self.top;
        self.top = match action {
            Chat::LineUp => top.saturating_sub(1),
            Chat::LineDown => top + 1,
            Chat::HalfUp => top.saturating_sub(10),
            Chat::HalfDown => top + 10,
            Chat::PageUp => top.saturating_sub(20),
            Chat::PageDown => top + 20,
            Chat::Top => 0,
            Chat::End => self.pieces.len(),
            Chat::Stop
            | Chat::Continue
            | Chat::SendNow
            | Chat::Reasoning
            | Chat::MessageBefore
            | Chat::MessageAfter
            | Chat::QuestionBefore
            | Chat::QuestionAfter => top,
        };
        self.limit(self.pieces.len().saturating_sub(1));
    }

    /// The painter tells the last piece that can be the first shown.
    pub fn limit(&mut self, last: usize) {
        self.top = self.top.min(last);
    }
}

/// The lines of a text, long ones in several.
fn pieces(text: &str) -> Vec<(usize, usize)> {
    let mut pieces = Vec::new();
    let mut line = 0;
    for part in text.split('\n') {
        let end = line + part.len();
        let mut from = line;
        while end - from > PIECE {
            let mut to = from + PIECE;
            while !text.is_char_boundary(to) {
                to -= 1;
            }
            pieces.push((from, to));
            from = to;
        }
        pieces.push((from, end));
        line = end + 1;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_text_and_none_is_long() {
        for text in ["", "a\n\nb", &"汉".repeat(1000), &format!("{}\nx", "long ".repeat(100))] {
            let pieces = pieces(text);
            let mut whole = String::new();
            let mut at = 0;
            for (from, to) in pieces {
                assert!(to - from <= PIECE);
                whole.push_str(&text[at..from]);
                whole.push_str(&text[from..to]);
                at = to;
            }
            assert_eq!(whole, text);
        }
    }
}
