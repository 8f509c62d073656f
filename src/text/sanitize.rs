//! The door for remote text: control, bidi and zero-width characters are dropped one by one.
//! It refuses to guess at sequences, which arrive split over deltas.

/// Cleans a text that arrives in pieces; one per field.
#[derive(Debug, Clone, Default)]
pub struct Sanitizer {}

impl Sanitizer {
    /// Ready for the first piece.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }

    /// The part of the piece that may be shown.
    #[must_use]
    pub fn push(&mut self, piece: &str) -> String {
        piece.chars().filter(|c| allowed(*c)).collect()
    }
}

/// One line: line ends and tabs become spaces.
#[must_use]
pub fn line(text: &str) -> String {
    let clean = block(text);
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text that is whole.
#[must_use]
pub fn block(text: &str) -> String {
    Sanitizer::new().push(text)
}

const fn allowed(c: char) -> bool {
    matches!(c, '\n' | '\t')
        || !matches!(c, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}
