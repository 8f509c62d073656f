//! The bytes of replies with speech, with keys in the order of the recordings.
//! It refuses to decide what is said and when.

use serde::Serialize;
use tokio::time::Instant;

use super::ask::{Ask, Kind};
use crate::sim::refusal::json;
use crate::sim::scenario::Garbage;
use crate::sim::visit::Visit;
use crate::sim::voice::RATE;
use crate::sim::{Shared, clock::Clock};

/// What each field is stained with when a rule wants terminal escapes everywhere.
const STAIN: &str = "\u{1b}]0;taken\u{7}\u{1b}[31m";

/// What all events of an answer have in common.
#[derive(Debug)]
pub(super) struct Head {
    request_id: String,
    audio_id: String,
    kind: Kind,
    no_usage: bool,
    stain: &'static str,
    /// When the file can no longer be fetched.
    pub(super) ends: Instant,
    expires_at: u64,
}

/// What an event says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event<'a> {
    /// Base64.
    pub(super) data: &'a str,
    pub(super) url: &'a str,
    pub(super) finish: &'a str,
    /// Where CosyVoice is in the text.
    pub(super) place: Option<Place<'a>>,
}

impl Default for Event<'_> {
    fn default() -> Self {
        Self { data: "", url: "", finish: "null", place: None }
    }
}

/// A place in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// `sentence-begin`, `sentence-synthesis` or `sentence-end`.
    pub(super) phase: &'a str,
    /// The text of the sentence.
    pub(super) text: &'a str,
    /// Its number, from 0.
    pub(super) index: usize,
}

#[derive(Serialize)]
struct Body<'a> {
    output: Output<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct Output<'a> {
    finish_reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<Sentence>,
    audio: Audio<'a>,
}

#[derive(Serialize)]
struct Sentence {
    index: usize,
    words: [(); 0],
}

#[derive(Serialize)]
struct Audio<'a> {
    data: &'a str,
    expires_at: u64,
    id: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Usage {
    Characters { characters: usize },
    Tokens(Spent),
}

#[derive(Serialize)]
struct Spent {
    input_tokens: usize,
    output_tokens: usize,
    total_tokens: usize,
    input_tokens_details: InputDetails,
    output_tokens_details: OutputDetails,
}

#[derive(Serialize)]
struct InputDetails {
    text_tokens: usize,
}

#[derive(Serialize)]
struct OutputDetails {
    audio_tokens: usize,
    text_tokens: usize,
}

impl Head {
    pub(super) fn new(sim: &Shared, visit: &Visit, kind: Kind) -> Self {
        let ends = super::ends(sim);
        let clock: &Clock = &sim.clock;
        let polluted = visit.rule.garbage == Some(Garbage::Escapes);
        let stain = if polluted { STAIN } else { "" };
        Self {
            request_id: format!("{}{stain}", visit.request_id),
            audio_id: format!("audio_{}{stain}", visit.request_id),
            kind,
            no_usage: visit.rule.no_usage,
            stain,
            ends,
            expires_at: clock.wall_s(ends),
        }
    }

    /// The JSON of an event, or of a whole reply; `samples` are those said so far.
    pub(super) fn body(&self, event: &Event<'_>, ask: &Ask, samples: usize) -> Vec<u8> {
        let stained = format!("{}{}", event.finish, self.stain);
        let place = event.place;
        json(&Body {
            output: Output {
                finish_reason: &stained,
                r#type: place.map(|place| place.phase),
                original_text: place.map(|place| place.text),
                sentence: place.map(|place| Sentence { index: place.index, words: [] }),
                audio: Audio {
                    data: event.data,
                    expires_at: self.expires_at,
                    id: &self.audio_id,
                    url: event.url,
                },
            },
            usage: (!self.no_usage).then(|| self.usage(ask.units, samples)),
            request_id: &self.request_id,
        })
    }

    fn usage(&self, units: usize, samples: usize) -> Usage {
        match self.kind {
            Kind::Qwen | Kind::Cosy => Usage::Characters { characters: units },
            Kind::FirstQwen => {
                // 50 a second, the last one begun counted.
                let audio = (samples * 50).div_ceil(RATE as usize);
                Usage::Tokens(Spent {
                    input_tokens: units,
                    output_tokens: audio,
                    total_tokens: units + audio,
                    input_tokens_details: InputDetails { text_tokens: units },
                    output_tokens_details: OutputDetails { audio_tokens: audio, text_tokens: 0 },
                })
            }
        }
    }
}
