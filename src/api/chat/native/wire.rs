//! The shapes of the native chat on the wire (wire chat-native.md), lent from the bytes and
//! forgiving. It refuses to decide anything; `native` reads them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::super::super::loose::{Count, List, Object, Text};
use super::super::wire::{Format, RawUsage, Sound, ToolCall, Voice};

/// One event of a stream, or a whole answer.
#[derive(Debug, Deserialize)]
pub(super) struct Chunk<'a> {
    #[serde(borrow, default)]
    pub(super) output: Object<Output<'a>>,
    #[serde(default)]
    pub(super) usage: Object<RawUsage>,
    #[serde(borrow, default)]
    pub(super) request_id: Text<'a>,
}

/// What came out: choices, or a bare text in the form of old models.
#[derive(Debug, Deserialize)]
pub(super) struct Output<'a> {
    #[serde(borrow, default)]
    pub(super) choices: List<Object<Choice<'a>>>,
    #[serde(borrow, default)]
    pub(super) text: Text<'a>,
    #[serde(borrow, default)]
    pub(super) finish_reason: Text<'a>,
    #[serde(borrow, default)]
    pub(super) search_info: Object<SearchInfo<'a>>,
    /// In place of choices in the answers of qwen-deep-research.
    #[serde(borrow, default)]
    pub(super) message: Object<Message<'a>>,
}

/// One of the answers; we ask for one.
#[derive(Debug, Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(default)]
    pub(super) index: Count,
    #[serde(borrow, default)]
    pub(super) message: Object<Message<'a>>,
    #[serde(borrow, default)]
    pub(super) finish_reason: Text<'a>,
}

/// What is new, or all so far.
#[derive(Debug, Deserialize)]
pub(super) struct Message<'a> {
    /// A text, or a list of parts.
    #[serde(borrow, default)]
    pub(super) content: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) reasoning_content: Text<'a>,
    #[serde(borrow, default)]
    pub(super) tool_calls: List<Object<ToolCall<'a>>>,
    /// What deep research is at.
    #[serde(borrow, default)]
    pub(super) phase: Text<'a>,
    /// Whether that is over.
    #[serde(borrow, default)]
    pub(super) status: Text<'a>,
}

/// A part of a content that may be sound (documented for qwen-omni-turbo).
#[derive(Debug, Deserialize)]
pub(super) struct Spoken<'a> {
    #[serde(borrow, default)]
    pub(super) audio: Object<Sound<'a>>,
}

/// What a search of the web found.
#[derive(Debug, Deserialize)]
pub(super) struct SearchInfo<'a> {
    #[serde(borrow, default)]
    pub(super) search_results: List<Object<Found<'a>>>,
}

/// One page.
#[derive(Debug, Deserialize)]
pub(super) struct Found<'a> {
    #[serde(default)]
    pub(super) index: Count,
    #[serde(borrow, default)]
    pub(super) title: Text<'a>,
    #[serde(borrow, default)]
    pub(super) url: Text<'a>,
}

/// The request body. Streaming is asked for by a header.
#[derive(Debug, Serialize)]
pub(super) struct Body<'a> {
    pub(super) model: &'a str,
    pub(super) input: Input<'a>,
    pub(super) parameters: Parameters<'a>,
}

/// The conversation.
#[derive(Debug, Serialize)]
pub(super) struct Input<'a> {
    pub(super) messages: Vec<Asked<'a>>,
}

/// A message of the request.
#[derive(Debug, Serialize)]
pub(super) struct Asked<'a> {
    pub(super) role: &'static str,
    pub(super) content: Content<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) partial: bool,
}

/// A text on the path of text models, a list of parts on that of the others.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Content<'a> {
    Text(&'a str),
    Parts(Vec<Part<'a>>),
}

/// A part: an object with one key that names its kind.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Part<'a> {
    Text(&'a str),
    Image(&'a str),
    Audio(&'a str),
    Video(&'a str),
    #[serde(rename = "video")]
    Frames(&'a [String]),
}

/// Everything else that is asked for.
#[derive(Debug, Serialize)]
pub(super) struct Parameters<'a> {
    pub(super) result_format: &'static str,
    pub(super) incremental_output: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enable_thinking: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thinking_budget: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enable_search: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) search_options: Option<SearchOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) top_k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) repetition_penalty: Option<f64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) response_format: Option<Format>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) modalities: Option<[&'static str; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) audio: Option<Voice<'a>>,
}

/// How a search is to be made.
#[derive(Debug, Serialize)]
pub(super) struct SearchOptions {
    pub(super) enable_source: bool,
}
