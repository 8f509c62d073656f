//! How many tokens a text will be, before the service has counted them. A guess to show beside
//! the composer; it refuses to be used for money that was spent.

/// Roughly: Qwen's tokenizer takes about four letters, or one and a half ideographs, as a token.
#[must_use]
pub fn tokens(text: &str) -> u64 {
    let mut ideographs = 0_u64;
    let mut others = 0_u64;
    for c in text.chars() {
        match c {
            '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' => {
                ideographs += 1;
            }
            '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{323af}' => ideographs += 1,
            _ => others += 1,
        }
    }
    (ideographs * 2).div_ceil(3) + others.div_ceil(4)
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn both_scripts_are_counted() {
        assert_eq!(tokens(""), 0);
        assert_eq!(tokens("word"), 1);
        assert_eq!(tokens("你好世界你好"), 4);
        assert_eq!(tokens("Explain the async task pattern"), 8);
    }
}
