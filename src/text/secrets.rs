//! Keys of the service in a text that is to leave the machine: found by how they look. It refuses
//! to be certain, and to touch words that only begin like one.

use std::borrow::Cow;

/// What stands in place of a key.
pub const MASK: &str = "sk-***";
/// Fewer characters after `sk-` are a word.
const SHORTEST: usize = 12;

/// The text without what looks like a key, and how many there were.
#[must_use]
pub fn hide(text: &str) -> (Cow<'_, str>, usize) {
    let mut out = String::new();
    let mut count = 0;
    let mut from = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find("sk-") {
        let start = at + found;
        let body = &text[start + 3..];
        let length = body.bytes().take_while(|byte| is_key(*byte)).count();
        let glued = text[..start].bytes().next_back().is_some_and(|b| b.is_ascii_alphanumeric());
        let body = &body[..length];
        at = start + 3 + length;
        if length >= SHORTEST && !glued && body.bytes().any(|byte| byte.is_ascii_digit()) {
            out.push_str(&text[from..start]);
            out.push_str(MASK);
            from = at;
            count += 1;
        }
    }
    if count == 0 {
        return (Cow::Borrowed(text), 0);
    }
    out.push_str(&text[from..]);
    (Cow::Owned(out), count)
}

const fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_go_and_words_stay() {
        for text in [
            "task-force-2024-with-many-words",
            "sk-learn",
            "sk-",
            "see sk-anything-goes-here",
            "risk-0123456789abcdef",
            "千问 sk-short1",
        ] {
            assert_eq!(hide(text), (Cow::Borrowed(text), 0));
        }
        let (clean, count) =
            hide("a sk-0123456789abcdef, b\"sk-ws-A1b2C3d4E5f6\"。sk-sp-000000000000");
        assert_eq!((&*clean, count), ("a sk-***, b\"sk-***\"。sk-***", 3));
    }

    proptest! {
        #[test]
        fn no_key_is_left_and_nothing_else_is_lost(
            before in "[^A-Za-z0-9]{0,20}", key in "[a-z0-9]{11,40}[0-9]", after in "(?s)[^A-Za-z0-9_-].{0,40}"
        ) {
            prop_assume!(!before.contains("sk-") && !after.contains("sk-"));
            let text = format!("{before}sk-{key}{after}");
            let (clean, count) = hide(&text);
            prop_assert_eq!(count, 1);
            prop_assert_eq!(clean.into_owned(), format!("{before}{MASK}{after}"));
        }
    }
}
