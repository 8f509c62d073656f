//! How many tokens a text will be, before the service has counted them. A guess to show beside
//! the composer; it refuses to be used for money that was spent.

/// What is counted of a text that may come in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    ideographs: u64,
    others: u64,
}

impl Tally {
    /// Counts a piece.
    pub fn add(&mut self, text: &str) {
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

    /// Roughly: Qwen's tokenizer takes about four letters, or one and a half ideographs, as a token.
    #[must_use]
    pub const fn tokens(self) -> u64 {
        (self.ideographs * 2).div_ceil(3) + self.others.div_ceil(4)
    }
}

/// Roughly how many tokens a text is.
#[must_use]
pub fn tokens(text: &str) -> u64 {
    let mut tally = Tally::default();
    tally.add(text);
    tally.tokens()
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
    fn pieces_are_worth_what_the_whole_is() {
        let text = "Explain 异步任务 pattern";
        let mut tally = Tally::default();
        for c in text.chars() {
            tally.add(&c.to_string());
        }
        assert_eq!(tally.tokens(), tokens(text));
    }
}
