//! The bytes of chat answers. What both surfaces share lies here: the pieces of an answer and the
//! choice of the writer. It refuses to know the keys of either surface.

pub(super) mod compat;
pub(super) mod native;

use serde::Serialize;

use super::refusal::{Refusal, json};
use super::script::{Script, Step};
use super::usage::Spent;

/// A function call in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToolCall {
    pub(super) id: String,
    pub(super) name: String,
    /// JSON text.
    pub(super) arguments: String,
}

#[derive(Serialize)]
struct WireCall<'a> {
    index: usize,
    id: &'a str,
    r#type: &'static str,
    function: WireFunction<'a>,
}

#[derive(Serialize)]
struct WireFunction<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

impl<'a> WireCall<'a> {
    const fn new(index: usize, id: &'a str, name: Option<&'a str>, arguments: &'a str) -> Self {
        Self { index, id, r#type: "function", function: WireFunction { name, arguments } }
    }

    /// Finished calls, as an answer that is not streamed has them.
    fn all(calls: &'a [ToolCall]) -> Vec<Self> {
        let call = |(index, call): (usize, &'a ToolCall)| {
            Self::new(index, &call.id, Some(&call.name), &call.arguments)
        };
        calls.iter().enumerate().map(call).collect()
    }
}

/// Adds the key of tool calls to an object that has others before it.
fn calls(out: &mut Vec<u8>, calls: &[WireCall<'_>]) {
    out.extend_from_slice(b",\"tool_calls\":");
    out.extend_from_slice(&json(&calls));
}

/// One whole answer, of which a completion holds one or more.
pub(super) struct Whole<'a> {
    pub(super) text: &'a str,
    pub(super) reasoning: Option<&'a str>,
    pub(super) calls: &'a [ToolCall],
    pub(super) finish: &'a str,
}

/// One `delta`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Delta<'a> {
    /// The first, with the role; whether the model thinks says which field will follow.
    Role,
    /// Reasoning; `text` is not there yet.
    Reasoning(&'a str),
    /// Text.
    Text(&'a str),
    /// A tool call begins. `role` when nothing came before it.
    CallStart { role: bool, index: usize, call: &'a ToolCall, arguments: &'a str },
    /// More arguments.
    CallMore { index: usize, arguments: &'a str },
    /// Speech: samples of 16 bits in little-endian bytes.
    Audio(&'a [u8]),
    /// The last, empty one.
    End,
}

/// One event in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) script: &'a Script,
    pub(super) step: &'a Step,
    pub(super) delta: Delta<'a>,
    /// The reason, if this one ends its choice.
    pub(super) finish: Option<&'a str>,
    /// With what this event says.
    pub(super) spent: Spent,
}

/// The writer of one stream.
#[derive(Debug)]
pub(super) enum Frame {
    Compat(compat::Frame),
    Native(native::Frame),
}

impl Frame {
    /// Adds what a step of the script is on this surface: an event, or nothing.
    pub(super) fn step(&mut self, out: &mut Vec<u8>, moment: &Moment<'_>) {
        match self {
            Self::Compat(frame) => {
                frame.chunk(out, moment.step.choice, moment.delta, moment.finish);
            }
            Self::Native(frame) => frame.step(out, moment),
        }
    }

    /// Adds what comes after the last step.
    pub(super) fn usage(&self, out: &mut Vec<u8>, spent: &Spent) {
        match self {
            Self::Compat(frame) => frame.usage(out, spent),
            Self::Native(_) => {}
        }
    }

    /// Adds the mark of the end, where there is one.
    pub(super) fn done(&self, out: &mut Vec<u8>) {
        match self {
            Self::Compat(_) => compat::event(out, b"[DONE]"),
            Self::Native(_) => {}
        }
    }

    /// Adds an error in the midst of the stream.
    pub(super) fn error(&mut self, out: &mut Vec<u8>, refusal: &Refusal, request_id: &str) {
        match self {
            Self::Compat(_) => compat::event(out, &refusal.event(request_id)),
            Self::Native(frame) => frame.error(out, refusal),
        }
    }

    /// Adds an event of any data.
    pub(super) fn raw(&mut self, out: &mut Vec<u8>, data: &[u8]) {
        match self {
            Self::Compat(_) => compat::event(out, data),
            Self::Native(frame) => frame.event(out, "result", 200, data),
        }
    }

    /// Adds an event with this text in its usual place.
    pub(super) fn text(&mut self, out: &mut Vec<u8>, text: &str, spent: &Spent) {
        match self {
            Self::Compat(frame) => frame.chunk(out, 0, Delta::Text(text), None),
            Self::Native(frame) => frame.text(out, text, spent),
        }
    }
}

/// Adds a JSON string.
fn string(out: &mut Vec<u8>, text: &str) {
    // Writing to memory does not fail, and a string has no key that could.
    let _ = serde_json::to_writer(out, text);
}
