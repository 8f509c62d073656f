//! A folded paste that is looked into: its text and the piece that is first shown. It refuses to
//! wrap: the painter does that for the pieces in sight, however long the paste is.

use std::sync::Arc;

use super::composer::pastes::Paste;
use super::pieces::Pieces;

/// The overlay while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasteView {
    paste: Arc<Paste>,
    /// Where one is in it.
    pub pieces: Pieces,
}

impl PasteView {
    /// Opens it.
    #[must_use]
    pub fn new(paste: Arc<Paste>) -> Self {
        let pieces = Pieces::of(&paste.text);
        Self { paste, pieces }
    }

    /// The paste.
    #[must_use]
    pub fn paste(&self) -> &Paste {
        &self.paste
    }
}
