//! Speech on its way: sentences are computed in a thread of their own while earlier ones are sent in
//! pieces at a pace, with the faults of a rule. It stops working the moment its body is dropped.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use base64::prelude::{BASE64_STANDARD, Engine};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::ask::{Ask, Container, Kind};
use super::faults::Cutter;
use super::wire::{Event, Head, Place};
use super::{Pace, keep};
use crate::sim::rng::{self, Rng};
use crate::sim::scenario::Garbage;
use crate::sim::stream::{Active, Ending};
use crate::sim::visit::Visit;
use crate::sim::voice::wav;
use crate::sim::{Shared, wire};

/// A sentence and its samples.
type Spoken = (String, Vec<i16>);

/// What comes next.
#[derive(Debug)]
enum Step {
    Begin,
    Sound(Vec<u8>),
    End,
}

/// A stream of speech.
pub(super) struct Telling {
    sim: Arc<Shared>,
    visit: Visit,
    ask: Ask,
    head: Head,
    pace: Pace,
    cutter: Cutter,
    sentences: mpsc::Receiver<Spoken>,
    steps: VecDeque<Step>,
    /// The sentence of the steps, and its number.
    sentence: (String, usize),
    /// Everything sent so far.
    all: Vec<u8>,
    /// Samples of the sentences before this one, at the voice's own rate.
    samples: usize,
    started: Instant,
    /// Pauses that a rule asked for so far.
    starved: Duration,
    /// Pieces sent.
    pieces: usize,
    /// Events sent.
    id: u64,
    bytes: usize,
    garbage: bool,
    ending: Option<Ending>,
    #[expect(dead_code, reason = "it counts by being there, until the body is dropped")]
    active: Active,
}

impl Telling {
    pub(super) fn new(sim: &Arc<Shared>, visit: Visit, ask: Ask) -> Self {
        // One sentence is sent while the next is computed; a client that reads slowly keeps the
        // thread waiting, and one that leaves ends it.
        let (tell, sentences) = mpsc::channel(1);
        let (speaker, text) = (ask.speaker, ask.text.clone());
        tokio::task::spawn_blocking(move || {
            for (sentence, samples) in speaker.sentences(&text) {
                if tell.blocking_send((sentence.to_owned(), samples)).is_err() {
                    break;
                }
            }
        });
        let seed = rng::hash(sim.options.seed, ask.text.as_bytes());
        Self {
            sim: Arc::clone(sim),
            head: Head::new(sim, &visit, ask.kind),
            pace: Pace::new(sim, &visit.rule),
            cutter: Cutter::new(&visit.rule, seed),
            sentences,
            steps: VecDeque::new(),
            sentence: (String::new(), 0),
            all: Vec::new(),
            samples: 0,
            started: Instant::now(),
            starved: Duration::ZERO,
            pieces: 0,
            id: 0,
            bytes: 0,
            garbage: false,
            ending: None,
            active: Active::new(&sim.active),
            visit,
            ask,
        }
    }

    /// The body of the answer.
    pub(super) fn body(self) -> Body {
        Body::from_stream(futures_util::stream::unfold(self, |mut telling| async move {
            telling.pull().await.map(|piece| (piece, telling))
        }))
    }

    /// The next event when it is due, or the end.
    async fn pull(&mut self) -> Option<io::Result<Bytes>> {
        let mut out = Vec::new();
        if self.ending.is_none() {
            self.step(&mut out).await;
        }
        if let Some(most) = self.visit.rule.cut_after_bytes
            && self.bytes + out.len() >= most
        {
            out.truncate(most.saturating_sub(self.bytes));
            self.ending = Some(Ending::Cut(self.visit.rule.cut));
        }
        self.bytes += out.len();
        match self.ending {
            Some(ending) if out.is_empty() => ending.play(&self.visit.line).await,
            _ => Some(Ok(out.into())),
        }
    }

    /// Adds the next event, or decides that there is none.
    async fn step(&mut self, out: &mut Vec<u8>) {
        while self.steps.is_empty() {
            let Some(spoken) = self.sentences.recv().await else {
                if !self.faults(true, out) {
                    self.finish(out);
                }
                return;
            };
            self.plan(spoken);
        }
        if self.faults(false, out) {
            return;
        }
        match self.steps.pop_front() {
            Some(Step::Sound(bytes)) => self.sound(&bytes, out).await,
            Some(Step::Begin) => self.note("sentence-begin", out),
            Some(Step::End) => self.note("sentence-end", out),
            None => {}
        }
    }

    /// Cuts a sentence into pieces.
    fn plan(&mut self, (text, samples): Spoken) {
        self.samples += samples.len();
        let mut bytes = self.ask.encoded(&samples);
        let cosy = self.ask.kind == Kind::Cosy;
        let first = self.all.is_empty() && self.pieces == 0;
        if first && cosy && self.ask.container == Container::Wav {
            // Who asks for the stream of a file gets the beginning of one.
            bytes.splice(..0, wav::header(usize::MAX, self.ask.rate));
        }
        let index = self.sentence.1 + usize::from(!self.sentence.0.is_empty());
        self.sentence = (text, index);
        if cosy {
            self.steps.push_back(Step::Begin);
        }
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let (piece, tail) = rest.split_at(self.cutter.size(self.ask.rate).min(rest.len()));
            self.steps.push_back(Step::Sound(piece.to_vec()));
            rest = tail;
        }
        if cosy {
            self.steps.push_back(Step::End);
        }
    }

    /// An event without sound.
    fn note(&mut self, phase: &str, out: &mut Vec<u8>) {
        self.event("", "null", "", Some(phase), out);
    }

    async fn sound(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.all.extend_from_slice(bytes);
        let rule = Arc::clone(&self.visit.rule);
        if self.pieces >= rule.after_tokens() {
            self.starved += self.sim.scaled(rule.starve());
        }
        let due = self.pace.due(self.sent()) + self.pace.first_byte + self.starved;
        if let Some(due) = self.started.checked_add(due) {
            tokio::time::sleep_until(due).await;
        }
        let data = if rule.cumulative {
            BASE64_STANDARD.encode(&self.all)
        } else {
            self.cutter.encode(bytes)
        };
        self.pieces += 1;
        let phase = (self.ask.kind == Kind::Cosy).then_some("sentence-synthesis");
        self.event(&data, "null", "", phase, out);
    }

    /// Samples sent so far, at the voice's own rate.
    fn sent(&self) -> usize {
        let samples = self.all.len() as u64 / 2 * u64::from(crate::sim::voice::RATE);
        usize::try_from(samples / u64::from(self.ask.rate.max(1))).unwrap_or(usize::MAX)
    }

    /// The last event, with the link of the whole.
    fn finish(&mut self, out: &mut Vec<u8>) {
        self.ending = Some(Ending::Whole);
        if self.visit.rule.no_done {
            return;
        }
        let mut bytes = std::mem::take(&mut self.all);
        if self.ask.kind == Kind::Cosy && self.ask.container == Container::Wav {
            bytes.drain(..wav::HEADER.min(bytes.len()));
        }
        let url = keep(&self.sim, &self.visit, &self.ask, bytes, self.head.ends);
        let event = Event { url: &url, finish: "stop", ..Event::default() };
        let body = self.head.body(&event, &self.ask, self.samples);
        self.write("result", 200, &body, out);
    }

    fn event(
        &mut self,
        data: &str,
        finish: &str,
        url: &str,
        phase: Option<&str>,
        out: &mut Vec<u8>,
    ) {
        let (text, index) = (&self.sentence.0, self.sentence.1);
        let place = phase.map(|phase| Place { phase, text, index });
        let body = self.head.body(&Event { data, url, finish, place }, &self.ask, self.sent());
        self.write("result", 200, &body, out);
    }

    fn write(&mut self, kind: &str, status: u16, data: &[u8], out: &mut Vec<u8>) {
        self.id += 1;
        wire::native::event(out, self.id, kind, status, data);
    }

    /// Whether a fault comes here instead of the next event; `over` where there is none.
    fn faults(&mut self, over: bool, out: &mut Vec<u8>) -> bool {
        let rule = Arc::clone(&self.visit.rule);
        if rule.cut_after_tokens == Some(self.pieces) {
            self.ending = Some(Ending::Cut(rule.cut));
            return true;
        }
        if rule.stall_after_tokens == Some(self.pieces) {
            self.ending = Some(Ending::Stall);
            return true;
        }
        if self.pieces < rule.after_tokens() && !over {
            return false;
        }
        if let Some(refusal) = rule.midway() {
            let surface = crate::sim::refusal::Surface::Native;
            let body = refusal.body(surface, &self.visit.request_id);
            self.write("error", refusal.status, &body, out);
            self.ending = Some(Ending::Whole);
            return true;
        }
        if let Some(garbage) = rule.garbage
            && !self.garbage
        {
            self.garbage = true;
            self.spill(garbage, out);
        }
        false
    }

    /// Adds what no client should have to read.
    fn spill(&mut self, garbage: Garbage, out: &mut Vec<u8>) {
        match garbage {
            Garbage::NotJson => {
                self.write("result", 200, b"{\"output\":{\"audio\":{\"data\":\"AAAA", out);
            }
            Garbage::Binary => {
                let mut rng = Rng::new(7);
                out.extend((0..512).map(|_| (rng.next() & 0xff) as u8));
                out.extend_from_slice(b"\n\n");
            }
            // Sixteen seconds of silence in one event.
            Garbage::LongLine => self.event(&"AAAA".repeat(256 * 1024), "null", "", None, out),
            Garbage::BadUtf8 => {
                let body = self.head.body(&Event::default(), &self.ask, self.sent());
                let text = b"\"id\":\"";
                let at = body.windows(text.len()).position(|part| part == text);
                let (head, tail) = body.split_at(at.map_or(0, |at| at + text.len()));
                self.write("result", 200, &[head, &[0xc3, 0xff], tail].concat(), out);
            }
            Garbage::Html | Garbage::Escapes => {}
        }
    }
}
