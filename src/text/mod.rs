//! Letters: cleaning them, measuring them, breaking them into rows, reading markdown as it streams.
//! It refuses colours (ink is a role, the theme decides), screens, clocks and passes over a whole
//! conversation: the work for a token depends on the open block only, and that is bounded.

pub mod aloud;
pub mod estimate;
pub mod export;
pub mod fuzzy;
pub mod highlight;
pub mod json;
pub mod markdown;
pub mod parts;
pub mod rows;
pub mod sanitize;
pub mod secrets;
mod sentence;
pub mod width;
pub mod wrap;

/// The last character boundary at or before byte `at`.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
