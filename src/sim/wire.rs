//! The bytes of compatible chat answers: whole completions and the chunks of a stream, with keys in
//! the order of the wire. What is the same in every chunk is written once per answer.

use serde::Serialize;

use super::refusal::json;

/// Tokens of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Usage {
    prompt_tokens: usize,
    completion_tokens: usize,
    total_tokens: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_tokens_details: Option<CompletionDetails>,
    prompt_tokens_details: PromptDetails,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct CompletionDetails {
    reasoning_tokens: usize,
    text_tokens: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct PromptDetails {
    cached_tokens: usize,
}

impl Usage {
    /// `reasoning` is given when the model thought.
    pub(super) fn new(prompt: super::cache::Prompt, reasoning: Option<usize>, text: usize) -> Self {
        let completion = reasoning.unwrap_or(0) + text;
        Self {
            prompt_tokens: prompt.tokens,
            completion_tokens: completion,
            total_tokens: prompt.tokens + completion,
            completion_tokens_details: reasoning.map(|reasoning| CompletionDetails {
                reasoning_tokens: reasoning,
                text_tokens: text,
            }),
            prompt_tokens_details: PromptDetails { cached_tokens: prompt.cached },
        }
    }
}

/// What every chunk of an answer repeats.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) id: String,
    pub(super) model: String,
    /// Seconds since 1970.
    pub(super) created: u64,
}

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

/// One whole answer, of which a completion holds one or more.
pub(super) struct Whole<'a> {
    pub(super) text: &'a str,
    pub(super) reasoning: Option<&'a str>,
    pub(super) calls: &'a [ToolCall],
    pub(super) finish: &'a str,
}

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

impl<'a> Whole<'a> {
    fn message(&self) -> WireMessage<'a> {
        let reasoning_content = self.reasoning;
        if self.calls.is_empty() {
            return WireMessage::Text { role: "assistant", content: self.text, reasoning_content };
        }
        let tool_calls = self.calls.iter().enumerate().map(|(index, call)| WireCall {
            index,
            id: &call.id,
            r#type: "function",
            function: WireFunction { name: Some(&call.name), arguments: &call.arguments },
        });
        WireMessage::Calls {
            content: self.text,
            role: "assistant",
            reasoning_content,
            tool_calls: tool_calls.collect(),
        }
    }
}

/// The body of an answer that is not streamed.
pub(super) fn completion(head: &Head, wholes: &[Whole<'_>], usage: Option<Usage>) -> Vec<u8> {
    let choices = wholes.iter().enumerate().map(|(index, whole)| Choice {
        message: whole.message(),
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

/// One `delta`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Delta<'a> {
    /// The first, with the role; `thinking` says which field will follow.
    Role,
    /// Reasoning; `text` is not there yet.
    Reasoning(&'a str),
    /// Text.
    Text(&'a str),
    /// A tool call begins. `role` when nothing came before it.
    CallStart { role: bool, index: usize, call: &'a ToolCall, arguments: &'a str },
    /// More arguments.
    CallMore { index: usize, arguments: &'a str },
    /// The last, empty one.
    End,
}

/// Writes chunks. The constant parts are serialized once.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    thinking: bool,
    /// From the object to the end of the event, after `"usage":`.
    foot: Vec<u8>,
}

const DATA: &[u8] = b"data: ";

impl Frame {
    pub(super) fn new(head: &Head, thinking: bool) -> Self {
        let mut foot =
            format!(",\"created\":{},\"system_fingerprint\":null,\"model\":", head.created)
                .into_bytes();
        string(&mut foot, &head.model);
        foot.extend_from_slice(b",\"id\":");
        string(&mut foot, &head.id);
        foot.extend_from_slice(b"}\n\n");
        Self { thinking, foot }
    }

    /// Adds one event. `finish` is the reason, if this one ends its choice.
    pub(super) fn chunk(
        &self,
        out: &mut Vec<u8>,
        choice: u8,
        delta: Delta<'_>,
        finish: Option<&str>,
    ) {
        out.extend_from_slice(DATA);
        out.extend_from_slice(b"{\"choices\":[{\"delta\":{\"content\":");
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

    /// Everything in the delta after `"content":`.
    fn delta(&self, out: &mut Vec<u8>, delta: Delta<'_>) {
        match delta {
            Delta::Role if self.thinking => {
                out.extend_from_slice(b"null,\"role\":\"assistant\",\"reasoning_content\":\"\"");
            }
            Delta::Role => out.extend_from_slice(b"\"\",\"role\":\"assistant\""),
            Delta::Reasoning(text) => {
                out.extend_from_slice(b"null,\"reasoning_content\":");
                string(out, text);
            }
            Delta::Text(text) => {
                string(out, text);
                self.no_reasoning(out);
            }
            Delta::CallStart { role, index, call, arguments } => {
                out.extend_from_slice(b"null");
                if role {
                    out.extend_from_slice(b",\"role\":\"assistant\"");
                }
                self.no_reasoning(out);
                calls(out, index, &call.id, Some(&call.name), arguments);
            }
            Delta::CallMore { index, arguments } => {
                out.extend_from_slice(b"null");
                self.no_reasoning(out);
                calls(out, index, "", None, arguments);
            }
            Delta::End => {
                out.extend_from_slice(b"\"\"");
                self.no_reasoning(out);
            }
        }
    }

    fn no_reasoning(&self, out: &mut Vec<u8>) {
        if self.thinking {
            out.extend_from_slice(b",\"reasoning_content\":null");
        }
    }

    /// Adds the event that only holds the usage.
    pub(super) fn usage(&self, out: &mut Vec<u8>, usage: &Usage) {
        out.extend_from_slice(DATA);
        out.extend_from_slice(b"{\"choices\":[],\"object\":\"chat.completion.chunk\",\"usage\":");
        out.extend_from_slice(&json(usage));
        out.extend_from_slice(&self.foot);
    }
}

/// Adds an event of any bytes.
pub(super) fn event(out: &mut Vec<u8>, data: &[u8]) {
    out.extend_from_slice(DATA);
    out.extend_from_slice(data);
    out.extend_from_slice(b"\n\n");
}

fn calls(out: &mut Vec<u8>, index: usize, id: &str, name: Option<&str>, arguments: &str) {
    let call =
        WireCall { index, id, r#type: "function", function: WireFunction { name, arguments } };
    out.extend_from_slice(b",\"tool_calls\":");
    out.extend_from_slice(&json(&[call]));
}

/// Adds a JSON string.
fn string(out: &mut Vec<u8>, text: &str) {
    // Writing to memory does not fail, and a string has no key that could.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests;
