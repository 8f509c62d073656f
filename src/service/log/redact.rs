//! Takes secrets out of text before it is written where others may read it: keys, tokens,
//! passwords, the query of every URL. It refuses to be clever: what looks like a secret goes.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// What stands in place of a secret.
pub const MASK: &str = "***";

/// Secrets shorter than this are not searched for: they would blank ordinary words.
const SHORTEST: usize = 6;

/// Names whose value is a secret wherever a `:` or `=` follows them, in lower case; letters,
/// digits, `_` and `-` may come in between (`secret_key`, `AccessKeyId`).
const NAMES: [&str; 15] = [
    "authorization",
    "api-key",
    "api_key",
    "apikey",
    "access_token",
    "accesstoken",
    "access_key",
    "accesskey",
    "security-token",
    "security_token",
    "securitytoken",
    "signature",
    "passw",
    "secret",
    "cookie",
];

/// Secrets known by their exact value, however they look. Clones share one list.
#[derive(Clone, Default)]
pub struct Hidden(Arc<RwLock<Vec<String>>>);

impl Hidden {
    /// Hides a value from now on; one of fewer than six bytes is not hidden.
    pub fn add(&self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !known.iter().any(|one| one == secret) {
            known.push(secret.to_owned());
            // The longest first: a secret may be the beginning of another one.
            known.sort_by_key(|one| std::cmp::Reverse(one.len()));
        }
    }

    fn mask(&self, text: &str) -> String {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(..)")
    }
}

/// The text without secrets.
#[must_use]
pub fn redact(text: &str, hidden: &Hidden) -> String {
    let text = hidden.mask(text);
    let text = urls(&text);
    let text = named(&text);
    let text = after_word(&text, "bearer");
    keys(&text)
}

/// `sk-…`: after anything but a letter or digit, or long enough to be nothing else.
fn keys(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find(rest, "sk-") {
        let (before, from) = rest.split_at(at);
        let length = 3 + span(&from[3..], is_key_byte);
        let glued = before.bytes().next_back().or(out.bytes().next_back());
        let glued = glued.is_some_and(|byte| byte.is_ascii_alphanumeric());
        out.push_str(before);
        if length > 3 && (!glued || length >= 16) {
            out.push_str(&from[..3]);
            out.push_str(MASK);
        } else {
            out.push_str(&from[..length]);
        }
        rest = &from[length..];
    }
    out + rest
}

/// `Bearer …`: the word that follows.
fn after_word(text: &str, word: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find(rest, word) {
        let (before, from) = rest.split_at(at + word.len());
        out.push_str(before);
        let gap = span(from, |byte| byte == b' ' || byte == b'\t');
        let length = span(&from[gap..], |byte| !ends_value(byte) && byte != b' ');
        out.push_str(&from[..gap]);
        if gap > 0 && length > 0 {
            out.push_str(MASK);
            rest = &from[gap + length..];
        } else {
            rest = &from[gap..];
        }
    }
    out + rest
}

/// `name: value`, `name=value`, `"name": "value"` for each of the names.
fn named(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find_name(rest) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        // The whole identifier, then the quotes and escapes around the sign that separates name
        // and value, as in JSON within a debug string.
        let name = span(from, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let sign =
            span(&from[name..], |byte| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b':' | b'='));
        let open = name + sign;
        out.push_str(&from[..open]);
        let length = span(&from[open..], |byte| !ends_value(byte));
        if from[name..open].contains([':', '=']) && length > 0 {
            out.push_str(MASK);
            rest = &from[open + length..];
        } else {
            rest = &from[open..];
        }
    }
    out + rest
}

/// Where the first of the names begins.
fn find_name(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find(|at| {
        NAMES.iter().any(|name| {
            let part = bytes.get(*at..*at + name.len());
            part.is_some_and(|part| part.eq_ignore_ascii_case(name.as_bytes()))
        })
    })
}

/// User names, passwords and queries of URLs: a signed URL opens a file to everybody.
fn urls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, from) = rest.split_at(at + 3);
        out.push_str(before);
        let length =
            span(from, |byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'<' | b'>'));
        let (url, after) = from.split_at(length);
        let (head, query) = url.split_once('?').map_or((url, false), |(head, _)| (head, true));
        let (host, path) = head.split_at(span(head, |byte| byte != b'/'));
        match host.rsplit_once('@') {
            Some((_, host)) => {
                out.push_str(MASK);
                out.push('@');
                out.push_str(host);
            }
            None => out.push_str(host),
        }
        out.push_str(path);
        if query {
            out.push('?');
            out.push_str(MASK);
        }
        rest = after;
    }
    out + rest
}

/// Where `word`, in lower case, begins in `text`, whatever the case there.
fn find(text: &str, word: &str) -> Option<usize> {
    text.as_bytes().windows(word.len()).position(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// How many bytes from the start belong together. The tests name ASCII bytes only, so the end
/// is never inside a character.
fn span(text: &str, belongs: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(|byte| !belongs(byte)).unwrap_or(text.len())
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=')
}

fn ends_value(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b',' | b';' | b'}' | b']' | b')' | b'&' | b'\\' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clean(text: &str) -> String {
        redact(text, &Hidden::default())
    }

    #[test]
    fn keys_go_wherever_they_stand() {
        assert_eq!(clean("key sk-0123abcd, next"), "key sk-***, next");
        assert_eq!(clean("KEY=SK-ws-H.AB.cd_e"), "KEY=SK-***");
        assert_eq!(clean(r#"{"key":"sk-1"}"#), r#"{"key":"sk-***"}"#);
        assert_eq!(clean("钥匙sk-abc。"), "钥匙sk-***。");
        // Glued to an escaped line end.
        assert_eq!(clean(r"\nsk-0123456789abcdef"), r"\nsk-***");
        assert_eq!(
            clean("the task-list and the risk-free disk-"),
            "the task-list and the risk-free disk-"
        );
    }

    #[test]
    fn headers_and_named_values_go() {
        assert_eq!(clean("authorization: Bearer abc.def"), "authorization: ***");
        assert_eq!(clean("Authorization=Basic dXNlcjpw"), "Authorization=***");
        assert_eq!(
            clean(r#"{"authorization": "Bearer abc", "accept": "*/*"}"#),
            r#"{"authorization": "***", "accept": "*/*"}"#
        );
        assert_eq!(clean(r#"\"api_key\":\"abc\",\"n\":1"#), r#"\"api_key\":\"***\",\"n\":1"#);
        assert_eq!(clean("sent Bearer  abc-1/2= now"), "sent Bearer  *** now");
        assert_eq!(clean("path?Signature=abc&x=1"), "path?Signature=***&x=1");
        assert_eq!(clean("OSSAccessKeyId=abc secret_key: 1"), "OSSAccessKeyId=***");
        assert_eq!(clean("no authorization was given"), "no authorization was given");
        assert_eq!(clean("the bearer"), "the bearer");
    }

    #[test]
    fn queries_and_user_names_of_urls_go() {
        assert_eq!(
            clean("get https://oss.example/a/b.mp4?Expires=1&Signature=x%2F done"),
            "get https://oss.example/a/b.mp4?*** done"
        );
        assert_eq!(clean("socks5h://me:pw@proxy:1080/"), "socks5h://***@proxy:1080/");
        assert_eq!(clean("http://127.0.0.1:8/v1"), "http://127.0.0.1:8/v1");
    }

    #[test]
    fn known_values_go_however_they_look() {
        let hidden = Hidden::default();
        for secret in ["hunter", "hunter22-long", "short"] {
            hidden.add(secret);
        }
        assert_eq!(redact("a hunter22-long hunter short", &hidden), "a *** *** short");
        assert_eq!(format!("{hidden:?}"), "Hidden(..)");
    }

    proptest! {
        #[test]
        fn no_key_survives_in_any_company(
            before in ".{0,20}", key in "[A-Za-z0-9]{16,40}", after in ".{0,20}",
        ) {
            let text = format!("{before}sk-{key}{after}");
            prop_assert!(!clean(&text).contains(&key), "{}", clean(&text));
        }

        #[test]
        fn no_token_survives(key in "[A-Za-z0-9_.~+/-]{6,40}", after in "[ ,\"'\n].{0,20}") {
            for name in ["Authorization: ", "authorization\":\"Bearer ", "x-api-key=", "Bearer "] {
                let text = format!("{name}{key}{after}");
                prop_assert!(!clean(&text).contains(&key), "{}", clean(&text));
            }
        }

        #[test]
        fn anything_can_be_redacted(text in "(?s).{0,200}") {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once);
        }
    }
}
