//! Finds what looks like a key in a text: to warn before it goes to a service, to leave it out of
//! what is copied and written to files. It refuses to be certain, and to show more of a key than
//! tells which one it is.

use std::borrow::Cow;

use crate::domain::notice::{Secret, SecretKind};

/// At most so many are named.
const NAMED: usize = 5;
/// Shortest rest of `sk-…` that is a key and no word.
const KEY: usize = 12;
/// What stands in place of a key of the service.
pub const MASK: &str = "sk-***";
/// Names of variables whose value is a key, as they end.
const NAMES: [&str; 6] =
    ["API_KEY", "APIKEY", "SECRET_KEY", "ACCESS_KEY_SECRET", "ACCESS_TOKEN", "AUTH_TOKEN"];

/// What looks like a key, in the order of the text, each once, five at most.
#[must_use]
pub fn find(text: &str) -> Vec<Secret> {
    let found = spans(text);
    let mut secrets: Vec<Secret> = Vec::new();
    for (from, to, kind) in found {
        let shown = match kind {
            SecretKind::PrivateKey => "-----BEGIN".to_owned(),
            SecretKind::ApiKey
            | SecretKind::AlibabaAccessKey
            | SecretKind::AwsAccessKey
            | SecretKind::Variable => redacted(&text[from..to]),
        };
        let secret = Secret { kind, shown };
        if secrets.len() < NAMED && !secrets.contains(&secret) {
            secrets.push(secret);
        }
    }
    secrets
}

/// The text without what looks like a key, and how many there were.
#[must_use]
pub fn hide(text: &str) -> (Cow<'_, str>, usize) {
    let found = spans(text);
    if found.is_empty() {
        return (Cow::Borrowed(text), 0);
    }
    let (mut out, mut at, mut count) = (String::with_capacity(text.len()), 0, 0);
    for (from, to, kind) in found {
        // Something within a block that is gone already.
        let Some(before) = text.get(at..from) else { continue };
        out.push_str(before);
        out.push_str(if kind == SecretKind::ApiKey { MASK } else { "***" });
        at = if kind == SecretKind::PrivateKey { block_end(text, to) } else { to };
        count += 1;
    }
    out.push_str(&text[at..]);
    (Cow::Owned(out), count)
}

/// Where a key that is a block ends: with its last line, or with the text.
fn block_end(text: &str, from: usize) -> usize {
    let Some(end) = text[from..].find("-----END ").map(|at| from + at) else {
        return text.len();
    };
    end + text[end..].find('\n').unwrap_or(text.len() - end)
}

/// Everything that looks like a key, in the order of the text and without overlaps.
fn spans(text: &str) -> Found {
    let all = [api_keys, access_keys, blocks, variables];
    let mut found: Vec<_> = all.into_iter().flat_map(|look| look(text)).collect();
    // The same key may be found by its look and by its name: its look comes first.
    found.sort_by_key(|(from, ..)| *from);
    let mut end = 0;
    found.retain(|(from, to, _)| {
        let apart = *from >= end;
        end = end.max(*to);
        apart
    });
    found
}

/// The first three and the last two characters of a long text, less of a shorter one.
#[must_use]
pub fn redacted(secret: &str) -> String {
    let count = secret.chars().count();
    let (first, last) = if count >= 12 { (3, 2) } else { (1, 0) };
    let head: String = secret.chars().take(first).collect();
    let tail: String = secret.chars().skip(count - last).collect();
    format!("{head}…{tail}")
}

type Found = Vec<(usize, usize, SecretKind)>;

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn span(text: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    text.iter().take_while(|byte| holds(**byte)).count()
}

/// Not in the midst of a word.
fn begins(text: &str, at: usize) -> bool {
    let before = text.as_bytes()[..at].last();
    before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
}

/// `sk-…`
fn api_keys(text: &str) -> Found {
    let found = text.match_indices("sk-").filter(|(at, _)| begins(text, *at));
    let found = found.map(|(at, _)| (at, 3 + span(&text.as_bytes()[at + 3..], is_key_byte)));
    // A key has digits; `sk-learn-and-other-words` has none.
    let key = |at: &usize, length: &usize| {
        *length >= 3 + KEY && text[*at..at + length].bytes().any(|byte| byte.is_ascii_digit())
    };
    let found = found.filter(|(at, length)| key(at, length));
    found.map(|(at, length)| (at, at + length, SecretKind::ApiKey)).collect()
}

/// `LTAI…` and `AKIA…`
fn access_keys(text: &str) -> Found {
    let kinds = [
        ("LTAI", 12..=30, SecretKind::AlibabaAccessKey),
        ("AKIA", 16..=16, SecretKind::AwsAccessKey),
    ];
    let mut all = Vec::new();
    for (prefix, rest, kind) in kinds {
        for (at, _) in text.match_indices(prefix).filter(|(at, _)| begins(text, *at)) {
            let from = at + prefix.len();
            let length = span(&text.as_bytes()[from..], |byte| byte.is_ascii_alphanumeric());
            if rest.contains(&length) {
                all.push((at, from + length, kind));
            }
        }
    }
    all
}

/// `-----BEGIN … PRIVATE KEY-----`
fn blocks(text: &str) -> Found {
    let begin = "-----BEGIN ";
    let found = text.match_indices(begin).filter_map(|(at, _)| {
        let line = text[at + begin.len()..].lines().next()?;
        let name = line.split("-----").next().filter(|name| name.len() < line.len())?;
        let private = name == "PRIVATE KEY" || name.ends_with(" PRIVATE KEY");
        private.then(|| (at, at + begin.len() + name.len(), SecretKind::PrivateKey))
    });
    found.collect()
}

/// `DASHSCOPE_API_KEY=…`, `"secret_key": "…"`
fn variables(text: &str) -> Found {
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    // Every such name is followed by a sign: looking for signs looks at few places.
    for (at, _) in text.match_indices(['=', ':']) {
        let name_end = bytes[..at].iter().rposition(|byte| !matches!(byte, b' ' | b'"' | b'\''));
        let Some(name_end) = name_end.map(|at| at + 1).filter(|end| at - end <= 3) else {
            continue;
        };
        let is_name = NAMES.iter().any(|name| {
            let from = name_end.checked_sub(name.len());
            let part = from.and_then(|from| bytes.get(from..name_end));
            part.is_some_and(|part| part.eq_ignore_ascii_case(name.as_bytes()))
        });
        if !is_name {
            continue;
        }
        let gap = span(&bytes[at + 1..], |byte| matches!(byte, b' ' | b'"' | b'\'' | b'='));
        let from = at + 1 + gap;
        let length =
            span(&bytes[from..], |byte| is_key_byte(byte) || matches!(byte, b'/' | b'+' | b'.'));
        let value = &text[from..from + length];
        // A reference to a variable, or a placeholder, gives nothing away.
        if length >= 8 && value.bytes().any(|byte| byte.is_ascii_digit()) {
            all.push((from, from + length, SecretKind::Variable));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(SecretKind, String)> {
        find(text).into_iter().map(|secret| (secret.kind, secret.shown)).collect()
    }

    #[test]
    fn keys_are_found_and_hardly_shown() {
        for (text, kind, shown) in [
            ("use sk-0123456789abcdef please", SecretKind::ApiKey, "sk-…ef"),
            ("钥匙是sk-0123456789abcdef。", SecretKind::ApiKey, "sk-…ef"),
            ("id LTAI5tABCDEFGHJKLMNPQRST,", SecretKind::AlibabaAccessKey, "LTA…ST"),
            ("AKIAIOSFODNN7EXAMPLE", SecretKind::AwsAccessKey, "AKI…LE"),
            ("export DASHSCOPE_API_KEY=abc123def", SecretKind::Variable, "a…"),
            ("{\"secret_key\": \"Zm9vYmFyMTIzNDU2\"}", SecretKind::Variable, "Zm9…U2"),
        ] {
            assert_eq!(kinds(text), [(kind, shown.to_owned())], "{text}");
        }
        for name in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
            let block = format!("x\n-----BEGIN {name}PRIVATE KEY-----\nMIIE\n");
            assert_eq!(kinds(&block), [(SecretKind::PrivateKey, "-----BEGIN".to_owned())]);
        }
    }

    #[test]
    fn words_and_references_are_no_keys() {
        for text in [
            "",
            "a risk-assessment-of-everything-2026",
            "import sk-learn-and-other-words",
            "sk-short1",
            "DASHSCOPE_API_KEY=$KEY",
            "DASHSCOPE_API_KEY=your-key-here",
            "api_key: string",
            "AKIA is a prefix",
            "-----BEGIN PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----",
            "the api key = 12 apples",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn one_key_is_told_once() {
        let text = "DASHSCOPE_API_KEY=sk-0123456789abcdef and again sk-0123456789abcdef";
        assert_eq!(kinds(text), [(SecretKind::ApiKey, "sk-…ef".to_owned())]);
    }

    #[test]
    fn a_long_text_full_of_signs_is_looked_at_once() {
        let text = "=".repeat(5 << 20);
        assert_eq!(kinds(&text), []);
    }

    #[test]
    fn keys_are_hidden_and_words_stay() {
        for text in ["task-force-2024-with-many-words", "sk-learn", "sk-", "千问 sk-short1"] {
            assert_eq!(hide(text), (Cow::Borrowed(text), 0));
        }
        let (clean, count) =
            hide("a sk-0123456789abcdef, b\"sk-ws-A1b2C3d4E5f6\"。sk-sp-000000000000");
        assert_eq!((&*clean, count), ("a sk-***, b\"sk-***\"。sk-***", 3));
        let block = "a\n-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nb";
        assert_eq!(hide(block), (Cow::Borrowed("a\n***\nb"), 1));
        assert_eq!(hide("X_API_KEY=abc123def;").0, "X_API_KEY=***;");
    }

    proptest::proptest! {
        #[test]
        fn no_key_is_left_and_nothing_else_is_lost(
            before in "[^A-Za-z0-9_=:-]{0,20}", key in "[a-z0-9]{11,40}[0-9]",
            after in "([^A-Za-z0-9_=:-][^A-Za-z0-9_=:-]{0,40})?"
        ) {
            let text = format!("{before}sk-{key}{after}");
            let (clean, count) = hide(&text);
            proptest::prop_assert_eq!(count, 1);
            proptest::prop_assert_eq!(clean.into_owned(), format!("{before}{MASK}{after}"));
        }

        #[test]
        fn nothing_shown_is_long(text in "(sk-[a-z0-9]{0,20}|LTAI[A-Z0-9]{0,24}|API_KEY=|[ \n:]|钥)*") {
            for secret in find(&text) {
                proptest::prop_assert!(secret.shown.chars().count() <= 10, "{}", secret.shown);
            }
        }
    }
}
