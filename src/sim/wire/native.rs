//! The bytes of native chat answers: whole ones and the events of a stream, with keys in the order
//! of the recordings. It refuses to decide what is said.
//!
//! An event is `id:N`, `event:result`, a comment with the status and `data:`, without a space behind
//! any colon; there is no mark of the end. Each event has the usage so far, and its finish reason is
//! the word `null` until the last.

use std::io::Write as _;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::Serialize;

use super::{Delta, Moment, ToolCall, Whole, WireCall, calls, string};
use crate::sim::answer::Source;
use crate::sim::refusal::{Refusal, Surface, json};
use crate::sim::request::{Native, Shape};
use crate::sim::script::SoFar;
use crate::sim::usage::{Bill, Spent};

/// What all of an answer has in common.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Head {
    pub(in crate::sim) request_id: String,
    pub(in crate::sim) form: Native,
    /// Nothing, when a rule keeps it back.
    pub(in crate::sim) bill: Option<Bill>,
    /// Height and width of the pictures that were looked at, when they are to be told.
    pub(in crate::sim) sizes: Vec<(u32, u32)>,
    /// What was found, when that is to be told.
    pub(in crate::sim) sources: Option<Sources>,
}

/// The results of a search.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Sources {
    pub(in crate::sim) found: Vec<Source>,
    /// They come in an event of their own, before the answer.
    pub(in crate::sim) first: bool,
}

#[derive(Serialize)]
struct SearchInfo<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_tool_info: Option<[(); 0]>,
    search_results: &'a [Source],
}

/// Adds one event.
pub(in crate::sim) fn event(out: &mut Vec<u8>, id: u64, kind: &str, status: u16, data: &[u8]) {
    // Writing to memory does not fail.
    let _ = write!(out, "id:{id}\nevent:{kind}\n:HTTP_STATUS/{status}\ndata:");
    out.extend_from_slice(data);
    out.extend_from_slice(b"\n\n");
}

/// A stream that has nothing but an error.
pub(in crate::sim) fn refused(refusal: &Refusal, request_id: &str) -> Vec<u8> {
    let mut out = Vec::new();
    event(&mut out, 1, "error", refusal.status, &refusal.body(Surface::Native, request_id));
    out
}

/// Writes the events of a stream.
#[derive(Debug)]
pub(in crate::sim) struct Frame {
    head: Head,
    thinking: bool,
    /// Events so far.
    id: u64,
    /// Choices whose reason was already told, a bit each.
    ended: u8,
    /// No event tells a reason.
    endless: bool,
}

/// What an event says of its choice.
#[derive(Debug, Clone, Copy, Default)]
struct Said<'a> {
    text: &'a str,
    reasoning: &'a str,
    audio: Option<&'a [u8]>,
}

impl Frame {
    /// `endless` keeps back the reason at the end.
    pub(in crate::sim) const fn new(head: Head, thinking: bool, endless: bool) -> Self {
        Self { head, thinking, id: 0, ended: 0, endless }
    }

    /// Adds an event of any data.
    pub(in crate::sim) fn event(
        &mut self,
        out: &mut Vec<u8>,
        kind: &str,
        status: u16,
        data: &[u8],
    ) {
        self.id += 1;
        event(out, self.id, kind, status, data);
    }

    /// Adds an error, after which the stream is over.
    pub(in crate::sim) fn error(&mut self, out: &mut Vec<u8>, refusal: &Refusal) {
        let body = refusal.body(Surface::Native, &self.head.request_id);
        self.event(out, "error", refusal.status, &body);
    }

    /// Adds an event that only has a text.
    pub(in crate::sim) fn text(&mut self, out: &mut Vec<u8>, text: &str, spent: &Spent) {
        let said = Said { text, ..Said::default() };
        let data = self.data(said, &[], 0, None, spent);
        self.event(out, "result", 200, &data);
    }

    /// Adds what a step of the script is here: the role has no event of its own, and what is
    /// followed by nothing but the end brings the reason along, unless it is text of a message.
    pub(in crate::sim) fn step(&mut self, out: &mut Vec<u8>, moment: &Moment<'_>) {
        let choice = moment.step.choice;
        let bit = 1u8 << (choice % 8);
        let (mut said, mut tools) = (Said::default(), Vec::new());
        let joins = match moment.delta {
            Delta::Role => return self.open(out, choice),
            Delta::Reasoning(text) => {
                said.reasoning = text;
                false
            }
            Delta::Text(text) => {
                said.text = text;
                self.head.form.shape == Shape::Text
            }
            Delta::CallStart { index, call, arguments, .. } => {
                tools.push(WireCall::new(index, &call.id, Some(&call.name), arguments));
                true
            }
            Delta::CallMore { index, arguments } => {
                tools.push(WireCall::new(index, "", None, arguments));
                true
            }
            Delta::Audio(samples) => {
                said.audio = Some(samples);
                false
            }
            Delta::End if self.ended & bit != 0 => return,
            Delta::End => false,
        };
        let so_far: SoFar<'_>;
        if !self.head.form.incremental && said.audio.is_none() {
            so_far = moment.script.so_far(moment.step);
            said = Said { text: so_far.text, reasoning: so_far.reasoning, audio: None };
            tools = so_far.calls();
        }
        let mut finish = moment.finish;
        if joins && moment.step.last {
            finish = Some(moment.script.finish(choice));
            self.ended |= bit;
        }
        if finish.is_some() && self.endless {
            finish = None;
        }
        let data = self.data(said, &tools, choice, finish, &moment.spent);
        self.event(out, "result", 200, &data);
    }

    /// The results of a search may come before anything else.
    fn open(&mut self, out: &mut Vec<u8>, choice: u8) {
        if choice > 0 || self.id > 0 || !self.head.sources.as_ref().is_some_and(|s| s.first) {
            return;
        }
        let mut data = b"{\"output\":{".to_vec();
        self.output(&mut data, Said::default(), &[], choice, None);
        self.search(&mut data, true);
        data.extend_from_slice(b"},\"usage\":{},\"request_id\":");
        string(&mut data, &self.head.request_id);
        data.push(b'}');
        self.event(out, "result", 200, &data);
    }

    /// The data of one event.
    fn data(
        &self,
        said: Said<'_>,
        tools: &[WireCall<'_>],
        choice: u8,
        finish: Option<&str>,
        spent: &Spent,
    ) -> Vec<u8> {
        let mut data = b"{\"output\":{".to_vec();
        self.output(&mut data, said, tools, choice, finish);
        self.search(&mut data, self.id == 0);
        data.push(b'}');
        if let Some(bill) = &self.head.bill {
            data.extend_from_slice(b",\"usage\":");
            data.extend_from_slice(&json(&bill.event(spent)));
        }
        data.extend_from_slice(b",\"request_id\":");
        string(&mut data, &self.head.request_id);
        data.push(b'}');
        data
    }

    fn output(
        &self,
        data: &mut Vec<u8>,
        said: Said<'_>,
        tools: &[WireCall<'_>],
        choice: u8,
        finish: Option<&str>,
    ) {
        let reason = finish.unwrap_or("null");
        if self.head.form.shape == Shape::Text {
            data.extend_from_slice(b"\"finish_reason\":");
            string(data, reason);
            data.extend_from_slice(b",\"text\":");
            string(data, said.text);
            return;
        }
        data.extend_from_slice(b"\"choices\":[{\"message\":{\"content\":");
        self.content(data, said, finish.is_some());
        if self.thinking {
            data.extend_from_slice(b",\"reasoning_content\":");
            string(data, said.reasoning);
        }
        if !tools.is_empty() {
            calls(data, tools);
        }
        data.extend_from_slice(b",\"role\":\"assistant\"},\"finish_reason\":");
        string(data, reason);
        data.extend_from_slice(b",\"index\":");
        data.push(b'0' + choice % 10);
        data.extend_from_slice(b"}]");
    }

    fn content(&self, data: &mut Vec<u8>, said: Said<'_>, ends: bool) {
        if self.head.form.shape != Shape::Parts {
            string(data, said.text);
            return;
        }
        data.push(b'[');
        if let Some(samples) = said.audio {
            data.extend_from_slice(b"{\"audio\":{\"data\":\"");
            data.extend_from_slice(BASE64_STANDARD.encode(samples).as_bytes());
            data.extend_from_slice(b"\"}}");
        } else if !said.text.is_empty() {
            data.extend_from_slice(b"{\"text\":");
            string(data, said.text);
            data.push(b'}');
        }
        if ends && !self.head.sizes.is_empty() {
            if !data.ends_with(b"[") {
                data.push(b',');
            }
            data.extend_from_slice(&json(&Sizes::new(&self.head.sizes)));
        }
        data.push(b']');
    }

    /// Sources come once: with the first event or before it. The others have an empty list.
    fn search(&self, data: &mut Vec<u8>, now: bool) {
        let Some(sources) = &self.head.sources else {
            return;
        };
        let info = if now {
            SearchInfo { extra_tool_info: None, search_results: &sources.found }
        } else {
            SearchInfo { extra_tool_info: Some([]), search_results: &[] }
        };
        data.extend_from_slice(b",\"search_info\":");
        data.extend_from_slice(&json(&info));
    }
}

#[derive(Serialize)]
struct Sizes {
    image_hw: Vec<[String; 2]>,
}

impl Sizes {
    fn new(sizes: &[(u32, u32)]) -> Self {
        let text = |(width, height): &(u32, u32)| [height.to_string(), width.to_string()];
        Self { image_hw: sizes.iter().map(text).collect() }
    }
}

#[derive(Serialize)]
struct Completion<'a> {
    output: Output<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<crate::sim::usage::Native>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct Output<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    search_info: Option<SearchInfo<'a>>,
    #[serde(flatten)]
    said: WireSaid<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WireSaid<'a> {
    Text { finish_reason: &'a str, text: &'a str },
    Choices { choices: Vec<Choice<'a>> },
}

#[derive(Serialize)]
struct Choice<'a> {
    finish_reason: &'a str,
    /// Recordings of pictures have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    message: Message<'a>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<WireCall<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(&'a str),
    Parts(Vec<Part<'a>>),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Part<'a> {
    Text { text: &'a str },
    Sizes(Sizes),
}

impl<'a> Content<'a> {
    fn new(whole: &Whole<'a>, head: &Head) -> Self {
        if head.form.shape != Shape::Parts {
            return Self::Text(whole.text);
        }
        let text = (!whole.text.is_empty()).then_some(Part::Text { text: whole.text });
        let sizes = (!head.sizes.is_empty()).then(|| Part::Sizes(Sizes::new(&head.sizes)));
        Self::Parts(text.into_iter().chain(sizes).collect())
    }
}

/// The body of an answer that is not streamed.
pub(in crate::sim) fn completion(head: &Head, wholes: &[Whole<'_>], spent: &Spent) -> Vec<u8> {
    let parts = head.form.shape == Shape::Parts;
    let said = match wholes {
        [only] if head.form.shape == Shape::Text => {
            WireSaid::Text { finish_reason: only.finish, text: only.text }
        }
        all => WireSaid::Choices {
            choices: all
                .iter()
                .enumerate()
                .map(|(index, whole)| Choice {
                    finish_reason: whole.finish,
                    index: (!parts || all.len() > 1).then_some(index),
                    message: Message {
                        role: "assistant",
                        content: Content::new(whole, head),
                        reasoning_content: whole.reasoning,
                        tool_calls: WireCall::all(whole.calls),
                    },
                })
                .collect(),
        },
    };
    let search_info = head
        .sources
        .as_ref()
        .map(|sources| SearchInfo { extra_tool_info: None, search_results: &sources.found });
    json(&Completion {
        output: Output { search_info, said },
        usage: head.bill.as_ref().map(|bill| bill.whole(spent)),
        request_id: &head.request_id,
    })
}

impl<'a> SoFar<'a> {
    /// The calls as an event that repeats itself has them.
    fn calls(&self) -> Vec<WireCall<'a>> {
        let call = |(index, (call, arguments)): (usize, &(&'a ToolCall, &'a str))| {
            WireCall::new(index, &call.id, Some(&call.name), arguments)
        };
        self.calls.iter().enumerate().map(call).collect()
    }
}

#[cfg(test)]
mod tests;
