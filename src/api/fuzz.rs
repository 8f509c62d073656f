//! The samples of the wire, changed at random, through every parser of foreign bytes: none may
//! panic, hang or let a control character out. It refuses the network and any clock but its own.
//!
//! `cargo test api::fuzz` runs a bounded number of cases, always the same ones.
//! `LIAN_FUZZ_SECONDS=60` runs for that long on new ones, and says how to repeat what fails:
//! `LIAN_FUZZ_SEED=N`. This is on the stable compiler; what needs a nightly one is fuzzing that is
//! guided by coverage (`cargo fuzz`, for which the same functions below are the targets).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::chat::Flow;
use super::chat::{compat, native};
use super::document::Document;
use super::sse::{Decoder, Event, Item, SseLimits};
use super::stream::Parse as _;
use super::testing::sample;
use super::{embeddings, envelope, meters, rerank, speech, tasks};
use crate::domain::chat::ChatChunk;
use crate::domain::speech::SpeechChunk;
use crate::domain::tasks::TaskPart;

/// Cases of each target without the variable.
const CASES: u64 = 400;

/// What is fed to a target.
type Target = fn(&[u8], &mut Dice);

/// A small generator (splitmix64): the same seed throws the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.next() % end as u64) as usize }
    }

    /// Two places in order.
    fn range(&mut self, len: usize) -> std::ops::Range<usize> {
        let (a, b) = (self.below(len + 1), self.below(len + 1));
        a.min(b)..a.max(b).min(a.min(b) + 64)
    }
}

/// Pieces that parsers stumble over.
const BITS: [&[u8]; 30] = [
    b"null",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"0.1",
    b"true",
    b"\"\"",
    b"{}",
    b"[]",
    b"{",
    b"[",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\x1b[2J",
    b"\xc2\x9b31m",
    b"\xe2\x80\xae",
    b"\xf3\xa0\x81\x81",
    b"\xff\xfe",
    b"\r\n",
    b"\r",
    b"\n\n",
    b"data:",
    b"event:error\n",
    b":",
    b"[DONE]",
    b"\0",
    b"\xef\xbb\xbf",
    b"<html>",
];

fn changed(samples: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = samples[dice.below(samples.len())].clone();
    for _ in 0..=dice.below(6) {
        let len = bytes.len();
        match dice.below(8) {
            0 if len > 0 => {
                let at = dice.below(len);
                bytes[at] = dice.next() as u8;
            }
            1 => drop(bytes.drain(dice.range(len))),
            2 => {
                let at = dice.below(len + 1);
                let bit = BITS[dice.below(BITS.len())];
                bytes.splice(at..at, bit.iter().copied());
            }
            3 => {
                let range = dice.range(len);
                bytes.splice(range, BITS[dice.below(BITS.len())].iter().copied());
            }
            4 => {
                let (range, at) = (dice.range(len), dice.below(len + 1));
                let copy = bytes[range].to_vec();
                bytes.splice(at..at, copy);
            }
            5 => bytes.truncate(dice.below(len + 1)),
            6 => {
                let other = &samples[dice.below(samples.len())];
                let tail = other[dice.below(other.len() + 1)..].to_vec();
                bytes.truncate(dice.below(len + 1));
                bytes.extend(tail);
            }
            _ => {
                let at = dice.below(len + 1);
                bytes.splice(at..at, [dice.next() as u8]);
            }
        }
    }
    bytes
}

/// Runs a target over changed samples.
#[expect(
    clippy::disallowed_methods,
    reason = "a test that runs for a while needs to know how long"
)]
fn run(name: &str, samples: &[&str], target: Target) {
    let samples: Vec<Vec<u8>> = samples.iter().map(|name| sample(name)).collect();
    let variable = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = variable("LIAN_FUZZ_SECONDS");
    let seed = variable("LIAN_FUZZ_SEED");
    let first = seed.unwrap_or_else(|| match seconds {
        None => 0,
        Some(_) => std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |t| t.as_secs() << 20),
    });
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut case = first;
    loop {
        let mut dice = Dice(case);
        let bytes = changed(&samples, &mut dice);
        let done = catch_unwind(AssertUnwindSafe(|| target(&bytes, &mut dice)));
        if done.is_err() {
            let shown = String::from_utf8_lossy(&bytes).escape_debug().to_string();
            panic!("{name} failed; again with LIAN_FUZZ_SEED={case}: {shown}");
        }
        case += 1;
        let enough = match (seed, until) {
            (Some(_), None) => true,
            (_, None) => case - first >= CASES,
            (_, Some(until)) => Instant::now() >= until,
        };
        if enough {
            return;
        }
    }
}

fn clean(text: &str) {
    let bad = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{e0000}'..='\u{e007f}').contains(&c)
    };
    assert!(!text.chars().any(bad), "{text:?}");
}

/// No piece of an answer holds what must not reach a terminal.
fn all_clean(chunks: &[ChatChunk]) {
    for chunk in chunks {
        match chunk {
            ChatChunk::Text(text) | ChatChunk::Reasoning(text) => clean(text),
            ChatChunk::ToolCall { name, arguments, .. } => {
                clean(arguments);
                clean(name.as_deref().unwrap_or_default());
            }
            ChatChunk::Opened { request_id, .. } => {
                clean(request_id.as_deref().unwrap_or_default());
            }
            _ => {}
        }
    }
}

/// All events of a stream, cut as the dice say.
fn events(bytes: &[u8], dice: &mut Dice) -> Vec<(String, String, bool)> {
    let mut decoder = Decoder::new(SseLimits { line: 64 << 10, event: 128 << 10 });
    let mut out = Vec::new();
    let mut keep = |item: Item<'_>| {
        if let Item::Event(event) = item {
            out.push((event.name.to_owned(), event.data.to_owned(), event.complete));
        }
    };
    let mut rest = bytes;
    while !rest.is_empty() {
        let (piece, more) = rest.split_at(1 + dice.below(rest.len()));
        decoder.push(piece, &mut keep).expect("no sample is that long");
        rest = more;
    }
    decoder.finish(&mut keep).expect("no sample is that long");
    out
}

/// Hands over event after event until one of them is the last.
fn feed(bytes: &[u8], dice: &mut Dice, mut goes_on: impl FnMut(&Event<'_>) -> bool) {
    for (name, data, complete) in events(bytes, dice) {
        if !goes_on(&Event { name: &name, data: &data, id: "", complete }) {
            return;
        }
    }
}

const STREAMS: [&str; 9] = [
    "compat-chat-stream.sse",
    "compat-chat-stream-no-usage.sse",
    "compat-chat-stream-thinking.sse",
    "compat-chat-stream-tools.sse",
    "compat-omni-stream-audio.sse",
    "compat-stream-error-midway.sse",
    "native-stream-error-midway.sse",
    "native-stream-error-validation.sse",
    "tts-stream.sse",
];

const NATIVE: [&str; 10] = [
    "native-chat-stream-cumulative.sse",
    "native-chat-stream-incremental.sse",
    "native-chat-stream-text.sse",
    "native-chat-stream-thinking.sse",
    "native-chat-stream-tools.sse",
    "native-vl-stream.sse",
    "native-stream-error-midway.sse",
    "native-stream-error-validation.sse",
    "native-chat-message.json",
    "native-vl.json",
];

const TASKS: [&str; 13] = [
    "task-pending.json",
    "task-running.json",
    "task-failed.json",
    "task-canceled.json",
    "task-unknown.json",
    "task-image-partial.json",
    "task-image-running.json",
    "task-succeeded-wan25-documented-usage.json",
    "task-succeeded-wan25-recorded-usage.json",
    "task-succeeded-wan26.json",
    "task-cancel-not-pending.json",
    "task-list.json",
    "video-create.json",
];

const VECTORS: [&str; 5] = [
    "compat-embeddings.json",
    "native-embeddings.json",
    "native-embeddings-dense-sparse.json",
    "native-multimodal-embedding.json",
    "native-rerank.json",
];

const ERRORS: [&str; 12] = [
    "compat-error-401.json",
    "compat-error-404-model.json",
    "compat-error-429-quota.json",
    "compat-error-429-rate.json",
    "compat-error-400-needs-stream.json",
    "native-error-400-model.json",
    "native-error-400-path.json",
    "native-error-401.json",
    "native-error-403-async-required.json",
    "native-error-429-burst.json",
    "native-error-500.json",
    "task-cancel-not-pending.json",
];

#[test]
fn events_are_the_same_however_they_are_cut() {
    run("sse", &STREAMS, |bytes, dice| {
        let whole = events(bytes, &mut Dice(u64::MAX));
        for _ in 0..3 {
            assert_eq!(events(bytes, dice), whole);
        }
    });
}

#[test]
fn chat_over_the_compatible_surface() {
    run("compat", &STREAMS, |bytes, dice| {
        let mut parser = compat::Parser::new(None);
        let mut out = Vec::new();
        feed(bytes, dice, |event| matches!(parser.event(event, &mut out), Ok(Flow::More)));
        parser.flush(&mut out);
        drop(parser.document(&String::from_utf8_lossy(bytes), &mut out));
        all_clean(&out);
    });
}

#[test]
fn chat_over_the_native_surface() {
    run("native", &NATIVE, |bytes, dice| {
        let mut parser = native::Parser::new(None);
        let mut out = Vec::new();
        feed(bytes, dice, |event| matches!(parser.event(event, &mut out), Ok(Flow::More)));
        parser.flush(&mut out);
        drop(parser.document(&String::from_utf8_lossy(bytes), &mut out));
        all_clean(&out);
    });
}

#[test]
fn speech() {
    run(
        "speech",
        &["tts-stream.sse", "tts.json", "native-stream-error-midway.sse"],
        |bytes, dice| {
            let mut parser = speech::Parser::new(None);
            let mut out = Vec::new();
            feed(bytes, dice, |event| parser.event(event, &mut out).is_ok());
            parser.flush(&mut out);
            for chunk in &out {
                if let SpeechChunk::Finished { file: Some(file) } = chunk {
                    clean(&file.url);
                }
            }
        },
    );
}

#[test]
fn a_task() {
    run("tasks", &TASKS, |bytes, _| {
        let Ok(task) = tasks::snapshot(bytes, Some("h"), None) else { return };
        clean(task.id.as_str());
        clean(task.status.word());
        for text in [&task.prompt, &task.rewritten, &task.request_id].into_iter().flatten() {
            clean(text);
        }
        for failure in task.failures().chain(&task.failure) {
            clean(&failure.code);
            clean(&failure.message);
        }
        for part in &task.parts {
            if let TaskPart::File(file) = part {
                assert!(file.url.starts_with("http"), "{}", file.url);
                clean(&file.url);
            }
        }
        assert!(task.usage.seconds.is_none_or(|seconds| !seconds.is_sign_negative()));
    });
}

#[test]
fn documents_of_the_other_calls() {
    let all: Vec<&str> = TASKS.iter().chain(&VECTORS).copied().collect();
    run("documents", &all, |bytes, _| {
        let Ok(document) = Document::parse(bytes, None) else { return };
        drop(tasks::read_page(document.value()));
        drop(embeddings::read(&document, None));
        drop(rerank::read(&document, 3));
        drop(meters::read(document.value()));
        drop(super::images::read(&document));
    });
}

#[test]
fn an_error() {
    run("errors", &ERRORS, |bytes, _| {
        let found = envelope::refusal(400, bytes, Some("h"));
        for text in [&found.code, &found.message].into_iter().chain(&found.request_id) {
            clean(text);
            assert!(text.chars().count() <= 601, "{text}");
        }
        if let Ok(value) = serde_json::from_slice::<Value>(bytes)
            && let Some(found) = envelope::in_answer(&value, None)
        {
            clean(&found.message);
        }
    });
}
