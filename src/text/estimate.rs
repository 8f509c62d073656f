//! How many tokens a text will be, before the service has counted them. A guess to show beside
//! the composer, and for money where the service did not count; it refuses to be taken for a count.

/// Roughly: Qwen's tokenizer takes about four letters, or one and a half ideographs, as a token.
#[must_use]
pub fn tokens(text: &str) -> u64 {
    let mut tally = Tally::default();
    tally.push(text);
    tally.tokens()
}

/// The same of a text that comes in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    ideographs: u64,
    others: u64,
}

impl Tally {
    /// Takes in more of the text.
    pub fn push(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' => {
                    self.ideographs += 1;
                }
                '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{323af}' => self.ideographs += 1,
                _ => self.others += 1,
            }
        }
    }

    /// Tokens of all of it.
    #[must_use]
    pub const fn tokens(&self) -> u64 {
        (self.ideographs * 2).div_ceil(3) + self.others.div_ceil(4)
    }

    /// Characters of all of it.
    #[must_use]
    pub const fn characters(&self) -> u64 {
        self.ideographs + self.others
    }
}

#[cfg(test)]
mod tests {
    use super::{Tally, tokens};

    #[test]
    fn both_scripts_are_counted() {
        assert_eq!(tokens(""), 0);
        assert_eq!(tokens("word"), 1);
        assert_eq!(tokens("你好世界你好"), 4);
        assert_eq!(tokens("Explain the async task pattern"), 8);
    }

    #[test]
    fn pieces_are_as_many_tokens_as_the_whole() {
        let mut tally = Tally::default();
        for piece in ["a", "b", "你", "cde", "好吗"] {
            tally.push(piece);
        }
        assert_eq!((tally.tokens(), tally.characters()), (tokens("ab你cde好吗"), 8));
    }
}
