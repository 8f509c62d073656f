//! An answer on its way: a script told at a pace, with the faults of a rule.
//! It stops working the moment its body is dropped, which is when the client is gone.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use tokio::time::Instant;

use super::conn::Line;
use super::pace::Pace;
use super::rng::Rng;
use super::scenario::{Cut, Garbage, Rule};
use super::script::Script;
use super::speech::{self, Speech};
use super::usage::Spent;
use super::wire::{Delta, Frame, Moment};

/// Events are handed over in pieces of about this many bytes when they are all due.
const PACK: usize = 32 * 1024;
/// Time for what was written before a cut to leave the machine.
pub(super) const BEFORE_CUT: Duration = Duration::from_millis(20);

/// Counts itself among the answers on their way for as long as it lives.
pub(super) struct Active(Arc<AtomicUsize>);

impl Active {
    pub(super) fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Whole,
    Cut(Cut),
    Stall,
}

impl Ending {
    /// Plays the ending: nothing more, an error that breaks the connection, or silence for ever.
    pub(super) async fn play(self, line: &Line) -> Option<io::Result<Bytes>> {
        match self {
            Self::Whole | Self::Cut(Cut::Clean) => None,
            Self::Cut(cut) => {
                tokio::time::sleep(BEFORE_CUT).await;
                if cut == Cut::Reset {
                    line.end_with_reset();
                }
                Some(Err(io::ErrorKind::ConnectionReset.into()))
            }
            Self::Stall => std::future::pending().await,
        }
    }
}

/// What a stream is made of.
pub(super) struct Stream {
    pub(super) script: Script,
    pub(super) frame: Frame,
    /// The voice of a spoken answer.
    pub(super) speech: Option<Speech>,
    pub(super) pace: Pace,
    pub(super) rule: Arc<Rule>,
    pub(super) line: Line,
    pub(super) request_id: String,
    /// Added to every due time.
    pub(super) first_byte: Duration,
    #[expect(dead_code, reason = "it counts by being there, until the body is dropped")]
    pub(super) active: Active,
}

/// Where it is.
struct Running {
    stream: Stream,
    started: Instant,
    due: Duration,
    next: usize,
    tokens: usize,
    spent: Spent,
    bytes: usize,
    garbage: bool,
    ending: Option<Ending>,
}

impl Stream {
    /// The body of the answer. Nothing is computed before it is asked for.
    pub(super) fn body(self) -> Body {
        let mut stream = self;
        let due = stream.first_byte + stream.pace.next();
        let running = Running {
            stream,
            started: Instant::now(),
            due,
            next: 0,
            tokens: 0,
            spent: Spent::default(),
            bytes: 0,
            garbage: false,
            ending: None,
        };
        Body::from_stream(futures_util::stream::unfold(running, |mut running| async move {
            running.pull().await.map(|piece| (piece, running))
        }))
    }
}

impl Running {
    /// The next bytes: all events that are due, or the next one when it is.
    async fn pull(&mut self) -> Option<io::Result<Bytes>> {
        let mut out = Vec::new();
        while self.ending.is_none() && out.len() < PACK {
            let at = self.started + self.due;
            if at > Instant::now() {
                if !out.is_empty() {
                    break;
                }
                tokio::time::sleep_until(at).await;
            }
            self.step(&mut out);
        }
        if let Some(most) = self.stream.rule.cut_after_bytes
            && self.bytes + out.len() >= most
        {
            out.truncate(most.saturating_sub(self.bytes));
            self.ending = Some(Ending::Cut(self.stream.rule.cut));
        }
        self.bytes += out.len();
        match self.ending {
            Some(ending) if out.is_empty() => ending.play(&self.stream.line).await,
            _ => Some(Ok(out.into())),
        }
    }

    /// Adds the next event, or decides that there is none.
    fn step(&mut self, out: &mut Vec<u8>) {
        if self.faults(out) {
            return;
        }
        let steps = self.stream.script.steps.len();
        match self.next.cmp(&steps) {
            std::cmp::Ordering::Less => self.write(out),
            std::cmp::Ordering::Equal => self.stream.frame.usage(out, &self.spent),
            std::cmp::Ordering::Greater => {
                if !self.stream.rule.no_done {
                    self.stream.frame.done(out);
                }
                self.ending = Some(Ending::Whole);
            }
        }
        self.next += 1;
    }

    /// Adds the events of the next step: one, or all the pieces of a spoken sentence.
    fn write(&mut self, out: &mut Vec<u8>) {
        let Stream { script, frame, rule, speech, pace, first_byte, .. } = &mut self.stream;
        let Some(step) = script.steps.get(self.next) else {
            return;
        };
        step.count(&mut self.spent);
        if step.is_token() {
            self.tokens += 1;
            self.due = *first_byte + pace.next();
        }
        if let (Some(sentence), Some(speech)) = (script.spoken(step), speech.as_ref()) {
            for (samples, bytes) in speech::pieces(sentence, speech) {
                self.spent.samples += samples;
                let delta = Delta::Audio(&bytes);
                frame.step(out, &Moment { script, step, delta, finish: None, spent: self.spent });
            }
            return;
        }
        let (mut delta, mut finish) = script.delta(step);
        if rule.cumulative && matches!(delta, Delta::Text(_)) {
            delta = Delta::Text(script.so_far(step).text);
        }
        if rule.garbage == Some(Garbage::Escapes) && finish.is_some() {
            finish = Some("stop\u{1b}[5m");
        }
        frame.step(out, &Moment { script, step, delta, finish, spent: self.spent });
    }

    /// Whether a fault comes here instead of the next event.
    fn faults(&mut self, out: &mut Vec<u8>) -> bool {
        let rule = Arc::clone(&self.stream.rule);
        if rule.cut_after_tokens == Some(self.tokens) && self.begun() {
            self.ending = Some(Ending::Cut(rule.cut));
            return true;
        }
        if rule.stall_after_tokens == Some(self.tokens) && self.begun() {
            self.ending = Some(Ending::Stall);
            return true;
        }
        if self.tokens < rule.after_tokens() && self.next < self.stream.script.steps.len() {
            return false;
        }
        if let Some(refusal) = rule.midway() {
            self.stream.frame.error(out, &refusal, &self.stream.request_id);
            self.ending = Some(Ending::Whole);
            return true;
        }
        if let Some(garbage) = rule.garbage
            && !self.garbage
        {
            spill(garbage, &mut self.stream.frame, &self.spent, out);
            self.garbage = true;
        }
        false
    }

    /// The first event is out: a fault "after 0 tokens" still shows the role.
    const fn begun(&self) -> bool {
        self.next > 0
    }
}

/// Adds what no client should have to read.
fn spill(garbage: Garbage, frame: &mut Frame, spent: &Spent, out: &mut Vec<u8>) {
    match garbage {
        Garbage::NotJson => frame.raw(out, b"{\"choices\":[{\"delta\":{\"content\":\"and then"),
        Garbage::Binary => {
            let mut rng = Rng::new(7);
            out.extend((0..512).map(|_| (rng.next() & 0xff) as u8));
            out.extend_from_slice(b"\n\n");
        }
        Garbage::LongLine => {
            frame.text(out, &"lian ".repeat(1024 * 1024 / 5), spent);
        }
        Garbage::BadUtf8 => {
            let mut chunk = Vec::new();
            frame.text(&mut chunk, "caf@ ", spent);
            // The first half of an é, and a byte that begins nothing.
            let broken = chunk.iter().flat_map(|byte| {
                if *byte == b'@' { &[0xc3, 0xff][..] } else { std::slice::from_ref(byte) }.to_vec()
            });
            out.extend(broken);
        }
        Garbage::Html | Garbage::Escapes => {}
    }
}

/// A body that is known as a whole, with the faults that can befall one.
pub(super) fn whole(body: Vec<u8>, rule: &Arc<Rule>, line: &Line) -> Body {
    let stall = rule.stall_after_tokens.is_some();
    let cut = rule.cut_after_tokens.is_some() || rule.cut_after_bytes.is_some();
    if !stall && !cut {
        return match rule.garbage {
            None | Some(Garbage::Html | Garbage::Escapes) => body.into(),
            Some(Garbage::NotJson) => body[..body.len() / 2].to_vec().into(),
            Some(Garbage::Binary) => {
                body.iter().map(|byte| byte ^ 0xaa).collect::<Vec<u8>>().into()
            }
            Some(Garbage::LongLine) => [vec![b' '; 1024 * 1024], body].concat().into(),
            Some(Garbage::BadUtf8) => {
                // Within the first string of the text, where a reader would show it.
                let after = |text: &[u8]| {
                    let at = body.windows(text.len()).position(|part| part == text);
                    at.map(|at| at + text.len())
                };
                let at = after(b"\"content\":\"").or_else(|| after(b"\"text\":\""));
                let (head, tail) = body.split_at(at.unwrap_or(0));
                [head, &[0xc3, 0xff], tail].concat().into()
            }
        };
    }
    let most = rule.cut_after_bytes.unwrap_or(body.len() / 2).min(body.len());
    let first = Bytes::from(body).slice(..most);
    let ending = if stall { Ending::Stall } else { Ending::Cut(rule.cut) };
    let state = (Some(first), line.clone());
    Body::from_stream(futures_util::stream::unfold(state, move |(first, line)| async move {
        match first {
            Some(bytes) => Some((Ok(bytes), (None, line))),
            None => ending.play(&line).await.map(|piece| (piece, (None, line))),
        }
    }))
}
