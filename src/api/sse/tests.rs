//! The decoder against the specification, against itself in every cut, and against another one.

use futures_util::{StreamExt, stream};
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Comment(String),
    Event { name: String, data: String, id: String, complete: bool },
}

fn decode_with(limits: SseLimits, pieces: &[&[u8]]) -> Result<Vec<Seen>, Oversized> {
    let mut seen = Vec::new();
    let mut decoder = Decoder::new(limits);
    let mut sink = |item: Item<'_>| {
        seen.push(match item {
            Item::Comment(text) => Seen::Comment(text.to_owned()),
            Item::Event(Event { name, data, id, complete }) => Seen::Event {
                name: name.to_owned(),
                data: data.to_owned(),
                id: id.to_owned(),
                complete,
            },
        });
    };
    for piece in pieces {
        decoder.push(piece, &mut sink)?;
    }
    decoder.finish(&mut sink)?;
    Ok(seen)
}

fn decode(pieces: &[&[u8]]) -> Vec<Seen> {
    decode_with(SseLimits::default(), pieces).expect("within the caps")
}

fn message(data: &str) -> Seen {
    Seen::Event { name: String::new(), data: data.to_owned(), id: String::new(), complete: true }
}

fn data_of(bytes: &[u8]) -> Vec<String> {
    decode(&[bytes])
        .into_iter()
        .filter_map(|seen| match seen {
            Seen::Event { data, .. } => Some(data),
            Seen::Comment(_) => None,
        })
        .collect()
}

#[test]
fn cases_of_the_specification() {
    let cases: &[(&[u8], &[&str])] = &[
        (b"data: a\n\n", &["a"]),
        (b"data:a\n\n", &["a"]),
        (b"data:  a\n\n", &[" a"]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
        (b"data: a\r\rdata: b\r\r", &["a", "b"]),
        (b"data: a\r\n\rdata: b\n\r\n", &["a", "b"]),
        (b"data: YHOO\ndata: +2\ndata: 10\n\n", &["YHOO\n+2\n10"]),
        (b"data\n\ndata\ndata\n\ndata:\n\n", &["", "\n", ""]),
        (b"\xef\xbb\xbfdata: a\n\n", &["a"]),
        (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", &["b"]),
        (b"data: a\xff\xe4\xb8b\n\n", &["a\u{fffd}\u{fffd}b"]),
        (b"event: x\n\ndata: a\n\n", &["a"]),
        (b"data : a\n\nDATA: b\n\ndata: c\n\n", &["c"]),
        (b":\n: hello\n:data: no\n\n\n\n", &[]),
        (b"data: a: b: c\n\n", &["a: b: c"]),
        (b"data:\xe4\xb8\xad\n\n", &["\u{4e2d}"]),
        (b"", &[]),
    ];
    for (bytes, want) in cases {
        assert_eq!(data_of(bytes), *want, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn names_ids_and_comments_come_along() {
    let native =
        b"id:7\nevent:result\n:HTTP_STATUS/200\ndata:{}\n\ndata: x\nid\n\nid: a\0b\ndata: y\n\n";
    let event = |name: &str, data: &str, id: &str| Seen::Event {
        name: name.to_owned(),
        data: data.to_owned(),
        id: id.to_owned(),
        complete: true,
    };
    assert_eq!(
        decode(&[native]),
        [
            Seen::Comment("HTTP_STATUS/200".to_owned()),
            event("result", "{}", "7"),
            event("", "x", ""),
            event("", "y", ""),
        ]
    );
}

#[test]
fn the_last_event_without_its_blank_line_is_kept_and_marked() {
    let cut = |bytes: &[u8]| match decode(&[bytes]).pop() {
        Some(Seen::Event { data, complete, .. }) => (data, complete),
        other => panic!("{other:?}"),
    };
    assert_eq!(cut(b"data: [DONE]\n"), ("[DONE]".to_owned(), false));
    assert_eq!(cut(b"data: [DONE]"), ("[DONE]".to_owned(), false));
    assert_eq!(cut(b"data: a\ndata: b\r"), ("a\nb".to_owned(), false));
    assert_eq!(cut(b"data: a\n\n"), ("a".to_owned(), true));
}

#[test]
fn caps_hold_for_lines_and_events() {
    let limits = SseLimits { line: 32, event: 40 };
    let line = |n: usize| format!("data: {}\n", "x".repeat(n)).into_bytes();
    assert!(decode_with(limits, &[&line(26)]).is_ok());
    assert_eq!(decode_with(limits, &[&line(27)]), Err(Oversized { cap: 32 }));
    let long = line(27);
    let (head, tail) = long.split_at(10);
    assert_eq!(decode_with(limits, &[head, tail]), Err(Oversized { cap: 32 }));
    let endless = [b'x'; 33];
    assert_eq!(decode_with(limits, &[&endless]), Err(Oversized { cap: 32 }));
    let event = [line(20), line(21)].concat();
    assert_eq!(decode_with(limits, &[&event]), Err(Oversized { cap: 40 }));
    let apart = [line(20), b"\n".to_vec(), line(21)].concat();
    assert!(decode_with(limits, &[&apart]).is_ok());
}

#[test]
fn a_line_of_a_megabyte_passes_in_any_cut() {
    let long = "y".repeat(1 << 20);
    let bytes = format!("data: {long}\n\n").into_bytes();
    let pieces: Vec<&[u8]> = bytes.chunks(1460).collect();
    assert_eq!(decode(&pieces), [message(&long)]);
}

#[test]
fn samples_split_at_every_byte_give_the_same_events() {
    for name in [
        "compat-chat-stream.sse",
        "compat-chat-stream-thinking.sse",
        "compat-chat-stream-tools.sse",
        "compat-stream-error-midway.sse",
        "native-stream-error-midway.sse",
    ] {
        let bytes = crate::api::testing::sample(name);
        for source in [bytes.clone(), with_ends(&bytes, "\r\n"), with_ends(&bytes, "\r")] {
            let whole = decode(&[&source]);
            for at in 0..=source.len() {
                let (head, tail) = source.split_at(at);
                assert_eq!(decode(&[head, tail]), whole, "{name} at {at}");
            }
            let single: Vec<&[u8]> = source.chunks(1).collect();
            assert_eq!(decode(&single), whole, "{name} byte by byte");
        }
    }
}

fn with_ends(bytes: &[u8], end: &str) -> Vec<u8> {
    String::from_utf8_lossy(bytes).replace('\n', end).into_bytes()
}

/// Lines as servers might send them, with every kind of end.
fn stream_text() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof!["[a-z :]{0,6}", "\\PC{0,4}", Just("\u{4f60}\u{597d}".to_owned())];
    let field = prop_oneof![
        5 => Just("data"), 1 => Just("event"), 1 => Just("id"), 1 => Just("retry"), 1 => Just(""), 1 => Just("other")
    ];
    let sep = prop_oneof![Just(": "), Just(":"), Just("")];
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    let line = (field, sep, word).prop_map(|(f, s, w)| format!("{f}{s}{w}"));
    let part = prop_oneof![3 => line, 1 => Just(String::new())];
    let bom = prop_oneof![4 => Just(""), 1 => Just("\u{feff}")];
    (bom, prop::collection::vec((part, end), 0..24)).prop_map(|(bom, lines)| {
        let mut all = bom.to_owned();
        for (line, end) in lines {
            all.push_str(&line);
            all.push_str(end);
        }
        all.into_bytes()
    })
}

fn cut<'b>(bytes: &'b [u8], cuts: &[prop::sample::Index]) -> Vec<&'b [u8]> {
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    at.sort_unstable();
    let mut pieces = Vec::new();
    let mut from = 0;
    for to in at {
        pieces.push(&bytes[from..to]);
        from = to;
    }
    pieces.push(&bytes[from..]);
    pieces
}

/// What `sse-stream` makes of the bytes: name and data of each event that has data. Its own
/// ways (events without data, no event at the end without a blank line) are taken out.
fn reference(bytes: &[u8]) -> Vec<(String, String)> {
    let source = stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::copy_from_slice(bytes))]);
    let all = sse_stream::SseByteStream::new(source)
        .filter_map(|item| async move {
            let event = item.expect("the text is UTF-8");
            Some((event.event.unwrap_or_default(), event.data?))
        })
        .collect::<Vec<_>>();
    futures_util::FutureExt::now_or_never(all).expect("nothing to wait for")
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_events(
        bytes in prop_oneof![stream_text(), prop::collection::vec(any::<u8>(), 0..200)],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let pieces = cut(&bytes, &cuts);
        prop_assert_eq!(decode(&pieces), decode(&[&bytes]));
    }

    #[test]
    fn another_decoder_agrees(bytes in stream_text()) {
        let ours: Vec<(String, String)> = decode(&[&bytes])
            .into_iter()
            .filter_map(|seen| match seen {
                Seen::Event { name, data, complete: true, .. } => Some((name, data)),
                Seen::Event { .. } | Seen::Comment(_) => None,
            })
            .collect();
        prop_assert_eq!(ours, reference(&bytes));
    }
}
