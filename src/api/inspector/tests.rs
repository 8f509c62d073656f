//! Notes are true, short and without the key.

use super::*;
use crate::api::testing::{KEY, endpoint};

fn at() -> Endpoint {
    endpoint("http://127.0.0.1:1")
}

fn came(pieces: &[&[u8]]) -> Came {
    let tap = Tap::default();
    tap.answers(StatusCode::OK, &HeaderMap::new());
    for piece in pieces {
        tap.more(piece);
    }
    tap.read(&at()).1.expect("an answer")
}

fn sent(body: &str) -> Sent {
    let tap = Tap::default();
    let url = Url::parse("http://127.0.0.1:1/v1?a=b").unwrap();
    tap.sends(&at(), (&Method::POST, &url), &HeaderMap::new(), body.as_bytes());
    tap.read(&at()).0.expect("a request")
}

/// The texts, `<n>` for data and `[n]` for what is cut.
fn shown(raw: &Raw) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Data { bytes } => format!("<{bytes}>"),
        Part::Cut { bytes } => format!("[{bytes}]"),
    };
    raw.parts.iter().map(part).collect()
}

/// Base64 as data looks, of so many letters.
fn base64(letters: usize) -> String {
    "Zm9vYmFyIGJheg0K+/8x".chars().cycle().take(letters).collect()
}

#[test]
fn a_short_answer_is_kept_as_it_came_however_it_is_cut() {
    let body = "data: {\"x\":\"你好 \u{1b}[31m\"}\r\n\r\n: heartbeat\n";
    for size in [1, 3, 1000] {
        let pieces: Vec<&[u8]> = body.as_bytes().chunks(size).collect();
        let raw = came(&pieces).body;
        assert_eq!((shown(&raw), raw.bytes), (body.to_owned(), body.len() as u64));
    }
    assert_eq!(shown(&came(&[b"a\xffb"]).body), "a\u{fffd}b");
}

#[test]
fn a_long_answer_keeps_its_ends_and_says_how_much_is_missing() {
    // An odd beginning, so that the cuts fall into letters.
    let line = format!("x{}\n", "汉".repeat(50));
    let pieces: Vec<&[u8]> = std::iter::repeat_n(line.as_bytes(), 20_000).collect();
    let raw = came(&pieces).body;
    assert_eq!(raw.bytes, 20_000 * line.len() as u64);
    let [Part::Text(head), Part::Cut { bytes }, Part::Text(tail)] = raw.parts.as_slice() else {
        panic!("{} parts", raw.parts.len());
    };
    assert!(head.starts_with(&line) && head.len() <= HEAD && head.len() > HEAD - 4);
    assert!(tail.ends_with(&line) && tail.len() <= TAIL && tail.len() > TAIL - 4);
    assert!(!head.contains('\u{fffd}') && !tail.contains('\u{fffd}'));
    assert_eq!(bytes + (head.len() + tail.len()) as u64, raw.bytes);
}

#[test]
fn memory_is_bounded_whatever_the_pieces() {
    for size in [1, 100, 70_000, 1 << 20] {
        let mut kept = Kept::default();
        let piece = vec![b'a'; size];
        for _ in 0..(4 << 20) / size {
            kept.push(&piece);
            assert!(kept.head.len() <= HEAD && kept.tail.len() <= 2 * TAIL + TAIL);
        }
        assert_eq!(kept.total, ((4 << 20) / size * size) as u64);
    }
}

#[test]
fn data_are_shortened_and_words_are_not() {
    let picture = base64(40_000);
    let body = format!(r#"{{"url":"data:image/png;base64,{picture}","text":"look"}}"#);
    let raw = sent(&body).body;
    let begun: String = picture.chars().take(SHOWN).collect();
    let expected = format!(r#"{{"url":"data:image/png;base64,{begun}<30000>","text":"look"}}"#);
    assert_eq!((shown(&raw), raw.bytes), (expected, body.len() as u64));
    // As PHP writes it.
    let escaped = base64(4_000).replace('/', "\\/");
    let raw = came(&[format!("\"{escaped}\"").as_bytes()]).body;
    assert!(shown(&raw).ends_with("<3000>\"") && shown(&raw).len() < 80, "{}", shown(&raw));
    let silence = "A".repeat(4_000);
    assert!(shown(&came(&[silence.as_bytes()]).body).ends_with("<3000>"));
    let words = ["a".repeat(4_000), "0123456789".repeat(400), base64(RUN)];
    for words in words {
        assert_eq!(shown(&sent(&words).body), words);
    }
}

#[test]
fn a_long_request_keeps_its_ends() {
    let picture = base64(4_000);
    let turn = format!("{}\"{picture}\"\n", "问题 ".repeat(200));
    let body = turn.repeat(100);
    let raw = sent(&body).body;
    let text: usize = raw
        .parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.len(),
            Part::Data { .. } | Part::Cut { .. } => 0,
        })
        .sum();
    assert!(text <= SENT_HEAD + SENT_TAIL + 8 && text > SENT_HEAD + SENT_TAIL - 8, "{text}");
    let cuts = raw.parts.iter().filter(|part| matches!(part, Part::Cut { .. })).count();
    assert_eq!(cuts, 1);
    assert!(shown(&raw).starts_with("问题 ") && shown(&raw).ends_with("<3000>\"\n"));
    assert_eq!(raw.bytes, body.len() as u64);
}

#[test]
fn the_key_is_nowhere() {
    let mut headers = HeaderMap::new();
    let mut insert = |name: &'static str, value: &str| {
        headers.insert(name, value.parse().unwrap());
    };
    insert("authorization", &format!("Bearer {KEY}"));
    insert("set-cookie", "acw_tc=secret; path=/");
    insert("x-echo", KEY);
    insert("accept", "text/event-stream");
    let tap = Tap::default();
    let url = Url::parse(&format!("http://127.0.0.1:1/v1?k={KEY}")).unwrap();
    let other = "sk-0123456789abcdef0123456789abcdef";
    let body = format!("mine {KEY} and another's {other}");
    tap.sends(&at(), (&Method::POST, &url), &headers, body.as_bytes());
    tap.answers(StatusCode::UNAUTHORIZED, &headers);
    for byte in body.as_bytes() {
        tap.more(&[*byte]);
    }
    let (sent, came) = tap.read(&at());
    let all = format!("{sent:?}{came:?}{tap:?}");
    for secret in [KEY, other, "acw_tc"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    let sent = sent.unwrap();
    let header = |name: &str| sent.headers.iter().find(|(n, _)| n == name).unwrap().1.clone();
    assert_eq!(header("authorization"), "Bearer sk-***");
    assert_eq!(
        (header("set-cookie"), header("accept")),
        ("***".into(), "text/event-stream".into())
    );
}

#[test]
fn no_half_of_the_key_is_left_at_a_cut() {
    let key = KEY.as_bytes();
    for at in 1..key.len() {
        // The key lies across the end of what is kept of the beginning, and across the beginning
        // of what is kept of the end.
        let mut body = vec![b'.'; HEAD - at];
        body.extend_from_slice(key);
        body.resize(3 * HEAD, b'.');
        let rest = key.len() - at;
        let place = body.len() - TAIL - at;
        body[place..place + key.len()].copy_from_slice(key);
        assert_eq!(&body[body.len() - TAIL..][..rest], &key[at..]);
        let shown = shown(&came(&[&body]).body);
        let said = shown.replace(['.', '[', ']'], "");
        assert!(said.chars().all(|c| c.is_ascii_digit()), "{at}: {said}");
    }
}
