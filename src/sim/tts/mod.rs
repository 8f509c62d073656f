//! Text to speech over HTTP: Qwen-TTS beside native chat, CosyVoice on a path of its own, whole and
//! streamed. It owns who answers; `ask` knows the rules, `tell` the pace and `wire` the bytes.

mod ask;
mod faults;
mod tell;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response};
use axum::routing::post;
use tokio::time::Instant;

use super::models::{Model, Route};
use super::refusal::{Refusal, reply};
use super::results::DAY;
use super::scenario::Rule;
use super::stream::{self, Active};
use super::tell::STREAM;
use super::visit::Visit;
use super::voice::{RATE, wav};
use super::{Shared, chat, native, wire as surface};
use ask::{Ask, Container};
use wire::{Event, Head};

/// Every path of this folder but the one it shares with chat.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route(
        "/api/v1/services/audio/tts/SpeechSynthesizer",
        post(synthesizer).fallback(chat::wrong_method),
    )
}

/// Whether a model is Qwen-TTS, which is asked at `multimodal-generation`.
pub(super) fn is_speech(model: &Model) -> bool {
    model.route == Route::Native && model.id.starts_with("qwen") && model.id.contains("-tts")
}

/// Whether a model is asked at `SpeechSynthesizer`.
fn is_synthesizer(model: &Model) -> bool {
    let of_family = model.id.starts_with("cosyvoice") || model.id.starts_with("qwen-audio");
    model.route == Route::Native && of_family
}

/// A request to Qwen-TTS, whose model was already found.
pub(super) async fn speech(sim: &Arc<Shared>, visit: Visit, model: &Model) -> Response<Body> {
    let ask = visit.body().and_then(|body| Ask::qwen(body, model));
    answer(sim, visit, ask).await
}

/// `POST /api/v1/services/audio/tts/SpeechSynthesizer`
async fn synthesizer(State(sim): State<Arc<Shared>>, visit: Visit) -> Response<Body> {
    match native::gateway(&visit) {
        Ok(model) if is_synthesizer(model) => {
            let ask = visit.body().and_then(Ask::cosy);
            answer(&sim, visit, ask).await
        }
        Ok(_) => visit.refuse(&native::wrong_url()),
        Err(refusal) => visit.refuse(&refusal),
    }
}

/// A body that is refused where a stream was asked for is refused by the stream's only event.
async fn answer(sim: &Arc<Shared>, visit: Visit, ask: Result<Ask, Refusal>) -> Response<Body> {
    let streams = visit.manner().streams;
    let mut ask = match ask {
        Ok(ask) => ask,
        Err(refusal) if streams => {
            let body = surface::native::refused(&refusal, &visit.request_id);
            return reply(200, STREAM, &visit.request_id, body);
        }
        Err(refusal) => return visit.refuse(&refusal),
    };
    if let Some(text) = &visit.rule.answer {
        ask.text.clone_from(text);
    }
    if visit.rule.empty {
        ask.text.clear();
    }
    ask.speaker = ask.speaker.by_espeak(sim.options.espeak);
    if streams { told(sim, visit, ask) } else { whole(sim, visit, ask).await }
}

fn told(sim: &Arc<Shared>, visit: Visit, ask: Ask) -> Response<Body> {
    let request_id = visit.request_id.clone();
    let body = tell::Telling::new(sim, visit, ask).body();
    let mut response = reply(200, STREAM, &request_id, body);
    response.headers_mut().insert("x-dashscope-finished", HeaderValue::from_static("false"));
    response
}

async fn whole(sim: &Arc<Shared>, visit: Visit, ask: Ask) -> Response<Body> {
    if let Some(refusal) = visit.rule.midway() {
        return visit.refuse(&refusal);
    }
    let active = Active::new(&sim.active);
    let started = Instant::now();
    let (speaker, text) = (ask.speaker, ask.text.clone());
    let spoken = tokio::task::spawn_blocking(move || speaker.speak(&text)).await;
    // It only fails when the server ends, and its connections with it.
    let samples = spoken.unwrap_or_default();
    let pace = Pace::new(sim, &visit.rule);
    tokio::time::sleep_until(started + pace.due(samples.len()) + pace.first_byte).await;
    drop(active);
    let sound = Sound { bytes: ask.encoded(&samples), samples: samples.len() };
    let head = Head::new(sim, &visit, ask.kind);
    let url = keep(sim, &visit, &ask, sound.bytes, head.ends);
    let event = Event { url: &url, finish: "stop", ..Event::default() };
    let body = stream::whole(head.body(&event, &ask, sound.samples), &visit.rule, &visit.line);
    let mut response = reply(200, "application/json", &visit.request_id, body);
    response.headers_mut().insert("x-dashscope-finished", HeaderValue::from_static("true"));
    response
}

/// All that was said.
struct Sound {
    /// As the file has it, without its header.
    bytes: Vec<u8>,
    /// Before any other rate was asked for.
    samples: usize,
}

/// Keeps the sound as a file and gives its link.
fn keep(sim: &Shared, visit: &Visit, ask: &Ask, bytes: Vec<u8>, ends: Instant) -> String {
    let (name, kind, head) = match ask.container {
        Container::Wav => ("tts.wav", "audio/wav", wav::header(bytes.len(), ask.rate).to_vec()),
        Container::Pcm => ("tts.pcm", "application/octet-stream", Vec::new()),
    };
    let file = [head, bytes].concat();
    sim.results.put_until(sim, name, kind, file, ends).at(&visit.origin(sim))
}

/// When each second of speech is there.
#[derive(Debug, Clone, Copy)]
struct Pace {
    first_byte: Duration,
    first: Duration,
    /// Seconds of work for a second of speech.
    work: f64,
}

/// Seconds until the first sound.
const FIRST: f64 = 0.28;
/// How many times faster than it is heard speech is made.
const FASTER: f64 = 6.0;
/// Tokens of a second of speech.
const TOKENS_PER_S: f64 = 50.0;

impl Pace {
    /// A rate that was asked for is one of tokens, and exact; otherwise time is scaled.
    fn new(sim: &Shared, rule: &Rule) -> Self {
        let scale = sim.options.time_scale;
        let (first, work) = match rule.rate.or(sim.options.rate) {
            Some(rate) if rate > 0.0 => (0.0, TOKENS_PER_S / rate),
            Some(_) => (0.0, 0.0),
            None => (FIRST / scale, 1.0 / FASTER / scale),
        };
        let first = Duration::try_from_secs_f64(first).unwrap_or(Duration::MAX);
        Self { first_byte: sim.scaled(rule.first_byte()), first, work }
    }

    /// When so many samples are there, after the start.
    fn due(&self, samples: usize) -> Duration {
        let seconds = f64::from(u32::try_from(samples).unwrap_or(u32::MAX)) / f64::from(RATE);
        let work = Duration::try_from_secs_f64(seconds * self.work).unwrap_or(Duration::MAX);
        self.first.saturating_add(work)
    }
}

/// When a result can no longer be fetched.
fn ends(sim: &Shared) -> Instant {
    Instant::now() + sim.scaled(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Options, start};

    #[tokio::test]
    async fn speech_is_made_faster_than_it_is_heard_and_a_rate_is_exact() {
        let second = RATE as usize;
        let due = |options: Options| async {
            let server = start(options).await.unwrap();
            Pace::new(&server.shared, &Rule::default()).due(second).as_secs_f64()
        };
        let usual = due(Options::default()).await;
        assert!((0.3..0.6).contains(&usual), "{usual}");
        let scaled = due(Options { time_scale: 10.0, ..Options::default() }).await;
        assert!((usual / scaled - 10.0).abs() < 0.01, "{scaled}");
        let exact = due(Options { rate: Some(100.0), ..Options::default() }).await;
        assert!((exact - 0.5).abs() < 0.001, "{exact}");
        assert!(due(Options { rate: Some(0.0), ..Options::default() }).await < 0.001);
    }
}
