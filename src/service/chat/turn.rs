//! One turn: requests until one is accepted, deltas merged on their way up, figures measured,
//! and exactly one end, whatever happens. It refuses to let an event pass after the end.

mod before;
mod books;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use books::Books;

use super::Shared;
use super::inspector::Record;
use crate::api::chat::surface::Route;
use crate::api::chat::{self, ChatStream, Flow};
use crate::api::diagnose::{Asked, diagnose};
use crate::api::error::ApiError;
use crate::api::region::Endpoint;
use crate::api::retry::{Decision, Tried, decide};
use crate::domain::chat::{
    ChatChunk, ChatRequest, FinishReason, TurnEnd, TurnEvent, TurnTiming, Usage,
};
use crate::domain::ids::TurnId;
use crate::domain::inspector::Outcome;
use crate::domain::ledger::Purse;
use crate::domain::notice::{Notice, NoticeKind};

/// Deltas are passed on this long after the first byte that waits: twice a frame's rate.
const MERGE: Duration = Duration::from_millis(16);
/// So many bytes are passed on at once.
const FULL: usize = 4 << 10;
/// No delta is larger than this, so that one huge event cannot hold up the loop.
const LARGEST: usize = 16 << 10;

/// No piece of sound is larger: two thirds of a second, in whole samples.
const LOUDEST: usize = 32 << 10;

/// A turn and all it has seen.
#[derive(Debug)]
pub(super) struct Turn {
    id: TurnId,
    shared: Arc<Shared>,
    request: ChatRequest,
    /// The user's wish to stop this turn.
    stop: CancellationToken,
    /// Chunks of the last read; kept for its memory.
    chunks: Vec<ChatChunk>,
    text: String,
    reasoning: String,
    /// Text, reasoning or a tool call has arrived.
    output: bool,
    request_id: Option<String>,
    usage: Option<Usage>,
    finish: Option<FinishReason>,
    sent_at: Option<Instant>,
    first_at: Option<Instant>,
    timing: TurnTiming,
    random: u64,
    /// Where the request goes, with the key once it is there.
    endpoint: Endpoint,
    /// The surfaces and paths that were tried; the last one is in use.
    routes: Vec<Route>,
    /// The request with its files in it, or where they were put.
    ready: Option<ChatRequest>,
    /// Files were uploaded a second time.
    reloaded: bool,
    /// The request that is under way, as it is remembered.
    record: Option<Arc<Record>>,
    /// What the ledger knows of it.
    books: Books,
}

/// Why a try ended without an answer that is whole.
enum Broken {
    Stopped,
    Error(ApiError),
}

impl From<ApiError> for Broken {
    fn from(error: ApiError) -> Self {
        Self::Error(error)
    }
}

impl Turn {
    pub(super) fn new(
        id: TurnId,
        shared: Arc<Shared>,
        (request, purse): (ChatRequest, Purse),
        stop: CancellationToken,
    ) -> Self {
        let endpoint = shared.deps.endpoint.clone();
        let random = shared.deps.seed ^ id.0.cast_unsigned();
        Self {
            id,
            shared,
            request,
            stop,
            chunks: Vec::new(),
            text: String::new(),
            reasoning: String::new(),
            output: false,
            request_id: None,
            usage: None,
            finish: None,
            sent_at: None,
            first_at: None,
            timing: TurnTiming::default(),
            random,
            endpoint,
            routes: Vec::new(),
            ready: None,
            reloaded: false,
            record: None,
            books: Books::new(purse, random),
        }
    }

    /// Runs to the end and says it once.
    pub(super) async fn run(self) {
        self.run_with(Self::answer).await;
    }

    /// Whatever the work does, even if it panics, the end is said.
    pub(super) async fn run_with(mut self, work: impl AsyncFnOnce(&mut Self) -> TurnEnd) {
        let end = AssertUnwindSafe(work(&mut self)).catch_unwind().await;
        self.end(end.unwrap_or_else(|_| {
            let report = String::new();
            TurnEnd::Failed(Notice::new(NoticeKind::Crashed { report }))
        }))
        .await;
    }

    #[cfg(test)]
    pub(super) fn hold(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Passes on what waits, then the end. Whatever happened before, this comes last.
    async fn end(mut self, end: TurnEnd) {
        if let (Some(first), None) = (self.first_at, self.timing.streaming) {
            self.timing.streaming = Some(Instant::now().saturating_duration_since(first));
        }
        self.flush().await;
        self.note_end(match &end {
            TurnEnd::Complete => Outcome::Whole,
            TurnEnd::Stopped => Outcome::Stopped,
            TurnEnd::Failed(notice) => Outcome::Failed(notice.clone()),
        });
        self.close_books(&end);
        let Self { usage, finish, timing, .. } = self;
        tracing::info!(
            turn = %self.id,
            model = %self.request.model,
            origin = %self.shared.deps.endpoint.origin(),
            request_id = self.request_id.as_deref().unwrap_or("none"),
            requests = timing.attempts,
            first_token = ?timing.first_token,
            streaming = ?timing.streaming,
            ?usage,
            ?end,
            "turn ended"
        );
        self.shared.send(self.id, TurnEvent::Ended { end, usage, finish, timing }).await;
        // The reader has the answer; the disk may take its time.
        self.books.settle(&self.shared).await;
    }

    /// Tries until an answer is whole or nothing more is to be tried.
    async fn answer(&mut self) -> TurnEnd {
        let shared = self.shared.clone();
        let stop = self.stop.clone();
        let mut waited = Duration::ZERO;
        let key = tokio::select! {
            biased;
            () = shared.shutdown.cancelled() => return self.stopped(),
            () = stop.cancelled() => return self.stopped(),
            key = shared.deps.keys.unlock(&self.endpoint) => key,
        };
        match key {
            Ok(endpoint) => self.endpoint = endpoint,
            Err(fault) => return TurnEnd::Failed(Notice::new(NoticeKind::Key(fault))),
        }
        loop {
            if let Some(end) = self.prepare(&stop).await {
                return end;
            }
            if let Some(end) = self.reserve(&stop).await {
                return end;
            }
            let tried = tokio::select! {
                biased;
                () = shared.shutdown.cancelled() => Err(Broken::Stopped),
                () = stop.cancelled() => Err(Broken::Stopped),
                opened = self.open() => match opened {
                    Ok(stream) => Ok(stream),
                    Err(error) => Err(Broken::Error(error)),
                },
            };
            let tried = match tried {
                Ok(stream) => self.stream(stream).await,
                Err(broken) => Err(broken),
            };
            let error = match tried {
                Ok(()) if self.output => return TurnEnd::Complete,
                Ok(()) => return TurnEnd::Failed(self.notice_of(NoticeKind::EmptyAnswer)),
                Err(Broken::Stopped) => return self.stopped(),
                Err(Broken::Error(error)) => error,
            };
            self.note_end(Outcome::Failed(self.notice(&error, 0)));
            self.book_error(&error);
            if self.elsewhere(&error) || self.upload_again(&error) {
                continue;
            }
            let so_far = Tried {
                tries: self.timing.attempts,
                waited,
                output: self.output,
                random: self.random(),
            };
            let Decision::After(wait) = decide(&error, so_far) else {
                return TurnEnd::Failed(self.notice(&error, self.timing.attempts));
            };
            if !shared.may_retry() {
                return TurnEnd::Failed(self.notice(&error, self.timing.attempts));
            }
            let notice = self.notice(&error, 0);
            let attempt = self.timing.attempts + 1;
            shared.send(self.id, TurnEvent::Waiting { notice, wait, attempt }).await;
            self.books.settle(&shared).await;
            tokio::select! {
                biased;
                () = shared.shutdown.cancelled() => return self.stopped(),
                () = stop.cancelled() => return self.stopped(),
                () = sleep(wait) => waited += wait,
            }
        }
    }

    async fn open(&mut self) -> Result<ChatStream, ApiError> {
        self.timing.attempts += 1;
        self.sent_at = Some(Instant::now());
        let route = self.route();
        let shared = &self.shared;
        let request = self.ready.as_ref().unwrap_or(&self.request);
        let number = (self.id, self.timing.attempts);
        let endpoint = self.endpoint.clone();
        let record = shared.records.begin(number, request.model.clone(), route, endpoint);
        let tap = Some(record.tap.clone());
        self.record = Some(record);
        let client = &shared.deps.client;
        chat::open_noted(client, &self.endpoint, request, route.place, tap).await
    }

    /// Reads the answer to its end. One timer serves all deltas of a flush, so a token costs no
    /// timer of its own.
    async fn stream(&mut self, mut stream: ChatStream) -> Result<(), Broken> {
        let shared = self.shared.clone();
        let shutdown = shared.shutdown.cancelled();
        let stop = self.stop.clone().cancelled_owned();
        let flush = sleep_until(Instant::now());
        tokio::pin!(shutdown, stop, flush);
        let mut armed = false;
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => return Err(Broken::Stopped),
                () = &mut stop => return Err(Broken::Stopped),
                () = &mut flush, if armed => {
                    armed = false;
                    self.flush().await;
                }
                read = stream.read(&mut self.chunks) => {
                    let first = !self.output;
                    self.absorb().await;
                    if matches!(read, Err(ApiError::WebPage | ApiError::Garbled { .. })) {
                        // Whoever looks into it wants to see more than its first bytes.
                        tokio::spawn(stream.drain());
                        return read.map(drop).map_err(Broken::Error);
                    }
                    if read? == Flow::End {
                        // The connection can serve the next question once its end was read.
                        tokio::spawn(stream.drain());
                        return Ok(());
                    }
                    let waiting = self.text.len() + self.reasoning.len();
                    // The very first words are not made to wait for company.
                    if waiting >= FULL || (first && waiting > 0) {
                        armed = false;
                        self.flush().await;
                    } else if waiting > 0 && !armed {
                        armed = true;
                        flush.as_mut().reset(Instant::now() + MERGE);
                    }
                }
            }
        }
    }

    /// Takes in what a read gave.
    async fn absorb(&mut self) {
        let mut chunks = std::mem::take(&mut self.chunks);
        for chunk in chunks.drain(..) {
            match chunk {
                ChatChunk::Text(text) => {
                    self.arrived();
                    self.books.output.push(&text);
                    append(&mut self.text, text);
                }
                ChatChunk::Reasoning(text) => {
                    self.arrived();
                    self.books.output.push(&text);
                    append(&mut self.reasoning, text);
                }
                ChatChunk::ToolCall { index, name, arguments } => {
                    self.output = true;
                    self.books.output.push(&arguments);
                    self.flush().await;
                    let what = TurnEvent::ToolCall { index, name, arguments };
                    self.shared.send(self.id, what).await;
                }
                ChatChunk::Opened { model, request_id } => {
                    self.request_id.clone_from(&request_id);
                    self.books.answered.clone_from(&model);
                    let via = self.route().via();
                    self.shared.send(self.id, TurnEvent::Opened { model, request_id, via }).await;
                }
                ChatChunk::Audio(samples) => {
                    self.arrived();
                    self.sound(samples).await;
                }
                ChatChunk::Sources(sources) => {
                    self.shared.send(self.id, TurnEvent::Sources(sources)).await;
                }
                ChatChunk::Usage(usage) => self.usage = Some(usage),
                ChatChunk::Finished(reason) => {
                    self.finish = Some(reason);
                    if let Some(first) = self.first_at {
                        let streaming = Instant::now().saturating_duration_since(first);
                        self.timing.streaming = Some(streaming);
                    }
                }
            }
        }
        self.chunks = chunks;
    }

    /// Passes on sound, in pieces the loop can swallow.
    async fn sound(&self, samples: Vec<u8>) {
        if samples.len() <= LOUDEST {
            self.shared.send(self.id, TurnEvent::Audio(samples)).await;
            return;
        }
        for piece in samples.chunks(LOUDEST) {
            self.shared.send(self.id, TurnEvent::Audio(piece.to_vec())).await;
        }
    }

    /// Text or reasoning came: the first one is timed.
    fn arrived(&mut self) {
        self.output = true;
        if self.first_at.is_none() {
            let now = Instant::now();
            self.first_at = Some(now);
            self.timing.first_token = self.sent_at.map(|sent| now.saturating_duration_since(sent));
        }
    }

    /// Passes on what waits, in pieces the loop can swallow.
    async fn flush(&mut self) {
        let mut reasoning = pieces(std::mem::take(&mut self.reasoning));
        let mut text = pieces(std::mem::take(&mut self.text));
        loop {
            let what = match (text.next(), reasoning.next()) {
                (None, None) => return,
                (text, reasoning) => TurnEvent::Delta {
                    text: text.unwrap_or_default(),
                    reasoning: reasoning.unwrap_or_default(),
                },
            };
            self.shared.send(self.id, what).await;
        }
    }

    /// The request that is under way is over; only the first word on it counts.
    fn note_end(&mut self, outcome: Outcome) {
        if let Some(record) = self.record.take() {
            record.end(outcome);
        }
    }

    fn stopped(&self) -> TurnEnd {
        if self.shared.shutdown.is_cancelled() {
            return TurnEnd::Failed(self.notice_of(NoticeKind::Interrupted));
        }
        TurnEnd::Stopped
    }

    fn notice_of(&self, kind: NoticeKind) -> Notice {
        Notice::new(kind).with_request_id(self.request_id.clone())
    }

    fn notice(&self, error: &ApiError, tries: u32) -> Notice {
        let deps = &self.shared.deps;
        diagnose(
            error,
            &Asked {
                request_id: self.request_id.as_deref(),
                tries,
                ..Asked::chat(&self.request.model, &self.endpoint, &deps.catalog)
            },
        )
    }

    /// The next number from 0 up to below 1 of a small generator (an LCG's upper bits).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a float exactly")]
    fn random(&mut self) -> f64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Appends without copying where nothing waits.
fn append(waiting: &mut String, more: String) {
    if waiting.is_empty() {
        *waiting = more;
    } else {
        waiting.push_str(&more);
    }
}

/// Cuts a text into pieces of at most [`LARGEST`] bytes at characters' edges. The usual small
/// text is passed through as it is.
fn pieces(text: String) -> impl Iterator<Item = String> {
    let (mut whole, rest) = match text.len() {
        1..=LARGEST => (Some(text), String::new()),
        _ => (None, text),
    };
    let mut from = 0;
    std::iter::from_fn(move || {
        if let Some(text) = whole.take() {
            return Some(text);
        }
        let mut to = (from + LARGEST).min(rest.len());
        while !rest.is_char_boundary(to) {
            to -= 1;
        }
        let piece = rest[from..to].to_owned();
        from = to;
        (!piece.is_empty()).then_some(piece)
    })
}
