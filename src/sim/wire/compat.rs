//! The bytes of compatible chat answers: whole completions and the chunks of a stream, with keys in
//! the order of the wire. What is the same in every chunk is written once per answer.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::Serialize;

use super::{Delta, Whole, WireCall, calls, string};
use crate::sim::refusal::json;
use crate::sim::usage::{Bill, Compat as Usage, Spent};

/// What every chunk of an answer repeats.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Head {
    pub(in crate::sim) id: String,
    pub(in crate::sim) model: String,
    /// Seconds since 1970.
    pub(in crate::sim) created: u64,
}

/// How long a piece of sound is kept, in seconds.
const KEPT: u64 = 86_400;

#[derive(Serialize)]
struct Completion<'a> {
    choices: Vec<Choice<'a>>,
    object: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    created: u64,
    system_fingerprint: Option<&'a str>,
    model: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct Choice<'a> {
    message: WireMessage<'a>,
    finish_reason: &'a str,
    index: usize,
    logprobs: Option<&'a str>,
}

/// The order of the keys differs when tools are called, as on the wire.
#[derive(Serialize)]
#[serde(untagged)]
enum WireMessage<'a> {
    Text {
        role: &'static str,
        content: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reasoning_content: Option<&'a str>,
    },
    Calls {
        content: &'a str,
        role: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reasoning_content: Option<&'a str>,
        tool_calls: Vec<WireCall<'a>>,
    },
}

fn message<'a>(whole: &Whole<'a>) -> WireMessage<'a> {
    let (content, reasoning_content) = (whole.text, whole.reasoning);
    let role = "assistant";
    if whole.calls.is_empty() {
        return WireMessage::Text { role, content, reasoning_content };
    }
    WireMessage::Calls { content, role, reasoning_content, tool_calls: WireCall::all(whole.calls) }
}

/// The body of an answer that is not streamed.
pub(in crate::sim) fn completion(
    head: &Head,
    wholes: &[Whole<'_>],
    usage: Option<Usage>,
) -> Vec<u8> {
    let choices = wholes.iter().enumerate().map(|(index, whole)| Choice {
        message: message(whole),
        finish_reason: whole.finish,
        index,
        logprobs: None,
    });
    json(&Completion {
        choices: choices.collect(),
        object: "chat.completion",
        usage,
        created: head.created,
        system_fingerprint: None,
        model: &head.model,
        id: &head.id,
    })
}

/// Writes chunks. The constant parts are serialized once.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Frame {
    thinking: bool,
    /// From the object to the end of the event, after `"usage":`.
    foot: Vec<u8>,
    /// What follows the data of a piece of sound.
    sound: Vec<u8>,
    /// The account, if it was asked for.
    bill: Option<Bill>,
}

const DATA: &[u8] = b"data: ";

impl Frame {
    pub(in crate::sim) fn new(head: &Head, thinking: bool, bill: Option<Bill>) -> Self {
        let mut foot =
            format!(",\"created\":{},\"system_fingerprint\":null,\"model\":", head.created)
                .into_bytes();
        string(&mut foot, &head.model);
        foot.extend_from_slice(b",\"id\":");
        string(&mut foot, &head.id);
        foot.extend_from_slice(b"}\n\n");
        let mut sound = format!(",\"expires_at\":{},\"id\":", head.created + KEPT).into_bytes();
        string(&mut sound, &head.id.replacen("chatcmpl-", "audio_", 1));
        sound.push(b'}');
        Self { thinking, foot, sound, bill }
    }

    /// Adds one event. `finish` is the reason, if this one ends its choice.
    pub(in crate::sim) fn chunk(
        &self,
        out: &mut Vec<u8>,
        choice: u8,
        delta: Delta<'_>,
        finish: Option<&str>,
    ) {
        out.extend_from_slice(DATA);
        out.extend_from_slice(b"{\"choices\":[{\"delta\":{");
        self.delta(out, delta);
        out.extend_from_slice(b"},\"finish_reason\":");
        match finish {
            Some(reason) => string(out, reason),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"index\":");
        out.push(b'0' + choice % 10);
        out.extend_from_slice(
            b",\"logprobs\":null}],\"object\":\"chat.completion.chunk\",\"usage\":null",
        );
        out.extend_from_slice(&self.foot);
    }

    /// The keys of the delta.
    fn delta(&self, out: &mut Vec<u8>, delta: Delta<'_>) {
        match delta {
            Delta::Role if self.thinking => out.extend_from_slice(
                b"\"content\":null,\"role\":\"assistant\",\"reasoning_content\":\"\"",
            ),
            Delta::Role => out.extend_from_slice(b"\"content\":\"\",\"role\":\"assistant\""),
            Delta::Reasoning(text) => {
                out.extend_from_slice(b"\"content\":null,\"reasoning_content\":");
                string(out, text);
            }
            Delta::Text(text) => {
                out.extend_from_slice(b"\"content\":");
                string(out, text);
                self.no_reasoning(out);
            }
            Delta::CallStart { role, index, call, arguments } => {
                out.extend_from_slice(b"\"content\":null");
                if role {
                    out.extend_from_slice(b",\"role\":\"assistant\"");
                }
                self.no_reasoning(out);
                calls(out, &[WireCall::new(index, &call.id, Some(&call.name), arguments)]);
            }
            Delta::CallMore { index, arguments } => {
                out.extend_from_slice(b"\"content\":null");
                self.no_reasoning(out);
                calls(out, &[WireCall::new(index, "", None, arguments)]);
            }
            Delta::Audio(samples) => {
                out.extend_from_slice(b"\"audio\":{\"data\":\"");
                out.extend_from_slice(BASE64_STANDARD.encode(samples).as_bytes());
                out.push(b'"');
                out.extend_from_slice(&self.sound);
            }
            Delta::End => {
                out.extend_from_slice(b"\"content\":\"\"");
                self.no_reasoning(out);
            }
        }
    }

    fn no_reasoning(&self, out: &mut Vec<u8>) {
        if self.thinking {
            out.extend_from_slice(b",\"reasoning_content\":null");
        }
    }

    /// Adds the event that only holds the usage, if it was asked for.
    pub(in crate::sim) fn usage(&self, out: &mut Vec<u8>, spent: &Spent) {
        let Some(bill) = &self.bill else {
            return;
        };
        out.extend_from_slice(DATA);
        out.extend_from_slice(b"{\"choices\":[],\"object\":\"chat.completion.chunk\",\"usage\":");
        out.extend_from_slice(&json(&bill.compat(spent)));
        out.extend_from_slice(&self.foot);
    }
}

/// Adds an event of any bytes.
pub(in crate::sim) fn event(out: &mut Vec<u8>, data: &[u8]) {
    out.extend_from_slice(DATA);
    out.extend_from_slice(data);
    out.extend_from_slice(b"\n\n");
}

#[cfg(test)]
mod tests;
