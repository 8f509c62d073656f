//! Notes of what one request sent and what came back, byte for byte as long as it is short and
//! never with the key. It refuses to understand a body, to keep all of a long one, and to cost more
//! than a copy of the bytes while an answer streams.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Method, StatusCode};
use tokio::time::Instant;
use url::Url;

use super::region::Endpoint;
use crate::domain::inspector::{Came, Part, Raw, Sent};
use crate::text::secrets;

/// Bytes that are kept of the beginning of an answer, and of its end: in the middle it is always
/// the same.
const HEAD: usize = 128 << 10;
const TAIL: usize = 64 << 10;
/// The same for a request, whose data are shortened before.
const SENT_HEAD: usize = 48 << 10;
const SENT_TAIL: usize = 16 << 10;

/// A run of Base64 that is longer than so many letters is data.
const RUN: usize = 512;
/// So many letters of it are shown.
const SHOWN: usize = 48;

/// Headers whose value is nobody's business.
const HIDDEN: [&str; 4] = ["cookie", "proxy-authorization", "set-cookie", "x-api-key"];

/// Takes the notes of one request. Its clones write into the same notes.
#[derive(Clone, Default)]
pub struct Tap(Arc<Mutex<Notes>>);

#[derive(Default)]
struct Notes {
    sent: Option<Sent>,
    at: Option<Instant>,
    head: Option<Head>,
    body: Kept,
}

/// The status and the headers of an answer, and how long they took.
struct Head {
    status: u16,
    after: Duration,
    headers: HeaderMap,
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap").finish_non_exhaustive()
    }
}

impl PartialEq for Tap {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Tap {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request goes out.
    pub(super) fn sends(
        &self,
        endpoint: &Endpoint,
        (method, url): (&Method, &Url),
        headers: &HeaderMap,
        body: &[u8],
    ) {
        let text = endpoint.redacted(String::from_utf8_lossy(body));
        let mut parts = Vec::new();
        shorten(&text, &mut parts);
        let parts = limited(parts, SENT_HEAD, SENT_TAIL);
        let sent = Sent {
            method: method.to_string(),
            url: clean(endpoint, url.as_str().into()),
            headers: listed(endpoint, headers),
            body: Raw { bytes: body.len() as u64, parts },
        };
        let mut notes = self.notes();
        notes.sent = Some(sent);
        notes.at = Some(Instant::now());
    }

    /// The head of an answer came.
    pub(super) fn answers(&self, status: StatusCode, headers: &HeaderMap) {
        let mut notes = self.notes();
        let after = notes.at.map(|at| at.elapsed()).unwrap_or_default();
        notes.head = Some(Head { status: status.as_u16(), after, headers: headers.clone() });
    }

    /// More of its body came.
    pub(super) fn more(&self, bytes: &[u8]) {
        self.notes().body.push(bytes);
    }

    /// What was sent and what came, free of the key that `endpoint` holds and of what looks like
    /// another one.
    #[must_use]
    pub fn read(&self, endpoint: &Endpoint) -> (Option<Sent>, Option<Came>) {
        let notes = self.notes();
        let mut sent = notes.sent.clone();
        if let Some(sent) = &mut sent {
            hide(&mut sent.body.parts);
        }
        let came = notes.head.as_ref().map(|head| {
            let mut parts = notes.body.parts(endpoint);
            hide(&mut parts);
            Came {
                status: head.status,
                after: head.after,
                headers: listed(endpoint, &head.headers),
                body: Raw { bytes: notes.body.total, parts },
            }
        });
        (sent, came)
    }
}

/// The beginning and the end of what came, and how much that was.
#[derive(Default)]
struct Kept {
    head: Vec<u8>,
    /// At most twice [`TAIL`]: what is too old is dropped by the lump.
    tail: Vec<u8>,
    total: u64,
}

impl Kept {
    fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let (first, rest) = bytes.split_at(bytes.len().min(HEAD - self.head.len()));
        self.head.extend_from_slice(first);
        self.tail.extend_from_slice(&rest[rest.len().saturating_sub(TAIL)..]);
        if self.tail.len() > 2 * TAIL {
            self.tail.drain(..self.tail.len() - TAIL);
        }
    }

    /// As texts, with data shortened and a cut where something is missing.
    fn parts(&self, endpoint: &Endpoint) -> Vec<Part> {
        let mut parts = Vec::new();
        let say = |bytes: &[u8], out: &mut Vec<Part>| {
            shorten(&endpoint.redacted(String::from_utf8_lossy(bytes)), out);
        };
        let kept = self.head.len() + self.tail.len();
        if kept as u64 == self.total && self.tail.len() <= TAIL {
            say(&[self.head.as_slice(), self.tail.as_slice()].concat(), &mut parts);
            return parts;
        }
        let key = endpoint.key_bytes();
        let head = without_begun(begun_letter(&self.head), key);
        let tail = &self.tail[self.tail.len().saturating_sub(TAIL)..];
        let tail = without_ended(ended_letter(tail), key);
        say(head, &mut parts);
        parts.push(Part::Cut { bytes: self.total - (head.len() + tail.len()) as u64 });
        say(tail, &mut parts);
        parts
    }
}

/// Without a letter at the end that is not whole.
fn begun_letter(bytes: &[u8]) -> &[u8] {
    let back = bytes.iter().rev().take(3).position(|byte| byte & 0xc0 != 0x80);
    let Some(lead) = back.map(|back| bytes.len() - 1 - back) else { return bytes };
    let whole = match bytes[lead] {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    };
    if lead + whole > bytes.len() { &bytes[..lead] } else { bytes }
}

/// Without the rest of a letter at the beginning.
fn ended_letter(bytes: &[u8]) -> &[u8] {
    let rest = bytes.iter().take(3).take_while(|byte| *byte & 0xc0 == 0x80).count();
    &bytes[rest..]
}

/// Without the beginning of the key at the end: the other half would not be found.
fn without_begun<'a>(bytes: &'a [u8], key: &[u8]) -> &'a [u8] {
    let begun = (1..key.len()).rev().find(|n| bytes.ends_with(&key[..*n]));
    &bytes[..bytes.len() - begun.unwrap_or(0)]
}

/// Without the end of the key at the beginning.
fn without_ended<'a>(bytes: &'a [u8], key: &[u8]) -> &'a [u8] {
    let ended = (1..key.len()).find(|from| bytes.starts_with(&key[*from..]));
    &bytes[ended.map_or(0, |from| key.len() - from)..]
}

/// Cuts runs of Base64 down to their beginning.
fn shorten(text: &str, out: &mut Vec<Part>) {
    let bytes = text.as_bytes();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        let end = run_end(bytes, at);
        let run = &bytes[at..end];
        if run.len() > RUN && is_data(run) {
            let mut shown = at + SHOWN;
            if bytes[shown - 1] == b'\\' {
                shown -= 1;
            }
            out.push(Part::Text(text[from..shown].to_owned()));
            let letters = run.iter().filter(|byte| !matches!(byte, b'\\' | b'=')).count();
            out.push(Part::Data { bytes: letters as u64 * 3 / 4 });
            from = end;
        }
        at = end.max(at + 1);
    }
    if from < text.len() {
        out.push(Part::Text(text[from..].to_owned()));
    }
}

/// Where a run of letters of Base64 ends; some write its slash as `\/`.
fn run_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'-' | b'_' | b'=' => 1,
            b'\\' if bytes.get(at + 1) == Some(&b'/') => 2,
            _ => break,
        };
    }
    at
}

/// Nobody writes so: all kinds of letters mixed, or the one that stands for silence.
fn is_data(run: &[u8]) -> bool {
    let any = |kind: fn(&u8) -> bool| run.iter().any(kind);
    let mixed = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase);
    (mixed && any(u8::is_ascii_digit)) || run.iter().all(|byte| matches!(byte, b'A' | b'='))
}

/// At most so many bytes of text from the beginning and from the end.
fn limited(parts: Vec<Part>, head: usize, tail: usize) -> Vec<Part> {
    let length = |part: &Part| match part {
        Part::Text(text) => text.len(),
        Part::Data { .. } | Part::Cut { .. } => 0,
    };
    let all: usize = parts.iter().map(length).sum();
    if all <= head + tail {
        return parts;
    }
    let (mut out, mut cut, mut seen) = (Vec::new(), 0, 0);
    // What lies between these two places is left out.
    let (first, last) = (head, all - tail);
    let gap = |out: &mut Vec<Part>, cut: &mut u64| {
        let bytes = std::mem::take(cut);
        out.extend((bytes > 0).then_some(Part::Cut { bytes }));
    };
    for part in parts {
        match part {
            Part::Data { bytes } | Part::Cut { bytes } if (first..last).contains(&seen) => {
                cut += bytes;
            }
            Part::Data { .. } | Part::Cut { .. } => {
                gap(&mut out, &mut cut);
                out.push(part);
            }
            Part::Text(text) => {
                let from = floor(&text, first.saturating_sub(seen));
                let to = floor(&text, last.saturating_sub(seen)).max(from);
                seen += text.len();
                if from > 0 {
                    out.push(Part::Text(text[..from].to_owned()));
                }
                cut += (to - from) as u64;
                if to < text.len() {
                    gap(&mut out, &mut cut);
                    out.push(Part::Text(text[to..].to_owned()));
                }
            }
        }
    }
    gap(&mut out, &mut cut);
    out
}

/// The last edge of a letter at or before a place.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Takes out what looks like a key of any kind.
fn hide(parts: &mut [Part]) {
    for part in parts {
        if let Part::Text(text) = part
            && let (Cow::Owned(hidden), _) = secrets::hide(text)
        {
            *text = hidden;
        }
    }
}

fn clean(endpoint: &Endpoint, text: Cow<'_, str>) -> String {
    secrets::hide(&endpoint.redacted(text)).0.into_owned()
}

/// Headers by their names, with what is secret masked.
fn listed(endpoint: &Endpoint, headers: &HeaderMap) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| {
            let value = if *name == AUTHORIZATION {
                format!("Bearer {}", secrets::MASK)
            } else if HIDDEN.contains(&name.as_str()) || value.is_sensitive() {
                "***".to_owned()
            } else {
                clean(endpoint, String::from_utf8_lossy(value.as_bytes()))
            };
            (name.to_string(), value)
        })
        .collect();
    all.sort();
    all
}

#[cfg(test)]
mod tests;
