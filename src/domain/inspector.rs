//! What went over the wire for an answer, for whoever wants to see it: each request that was sent
//! and what came back, without the key. It refuses to understand any of it.

use std::time::Duration;

use super::ids::TurnId;
use super::models::ModelId;
use super::notice::Notice;
use super::surface::Via;

/// So many requests are remembered; of older ones nothing is left.
pub const KEPT: usize = 32;

/// One request of a turn and what became of it: a turn that is tried again has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The turn.
    pub turn: TurnId,
    /// Which request of the turn, from 1.
    pub attempt: u32,
    /// The model that was asked for.
    pub model: ModelId,
    /// The surface, and why that one.
    pub via: Via,
    /// When it was sent, in milliseconds since 1970 (UTC).
    pub sent_ms: i64,
    /// What was sent; `None` if it did not come to that.
    pub sent: Option<Sent>,
    /// What came; `None` if nothing did.
    pub came: Option<Came>,
    /// From sending to the end, or until now.
    pub took: Duration,
    /// How it ended.
    pub outcome: Outcome,
}

/// A request. Its texts are free of the key, but as they were otherwise: not sanitized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// `POST`.
    pub method: String,
    /// Where to.
    pub url: String,
    /// Names and values, in the order of the names; the key is masked.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Raw,
}

/// An answer, as far as it came. Its texts are free of the key, but as they came otherwise: not
/// sanitized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// The status of HTTP.
    pub status: u16,
    /// From sending to the status and the headers.
    pub after: Duration,
    /// Names and values, in the order of the names; cookies are masked.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: Raw,
}

/// A body, shortened where it is long.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Raw {
    /// How large it was, in bytes.
    pub bytes: u64,
    /// What is left of it, in order.
    pub parts: Vec<Part>,
}

/// A piece of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text, as it was but for bytes that are no UTF-8 (U+FFFD).
    Text(String),
    /// Something was here that is no text, written as Base64: of a picture, of sound.
    Data {
        /// How large it was, decoded, in bytes.
        bytes: u64,
    },
    /// More was here than is kept.
    Cut {
        /// How much, in bytes.
        bytes: u64,
    },
}

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It goes on.
    Running,
    /// The answer is whole.
    Whole,
    /// The user stopped it.
    Stopped,
    /// Why there is no answer, or not all of it.
    Failed(Notice),
}

/// What the chat service answers when it is asked what went over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The turns that were asked about.
    pub turns: Vec<TurnId>,
    /// What is remembered of them, in the order it was sent.
    pub exchanges: Vec<Exchange>,
}
