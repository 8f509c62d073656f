//! The shapes of the compatible chat on the wire, and those both surfaces share, lent from the
//! bytes and forgiving. It refuses to decide anything; `compat` and `native` read them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::super::loose::{Count, List, Object, Text};

/// One event of a stream, or a whole answer.
#[derive(Debug, Deserialize)]
pub(super) struct Chunk<'a> {
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) request_id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) model: Text<'a>,
    #[serde(borrow, default)]
    pub(super) choices: Option<List<Object<Choice<'a>>>>,
    #[serde(default)]
    pub(super) usage: Object<RawUsage>,
    /// Present only to be noticed; errors are read again without hurry.
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) message: Option<&'a RawValue>,
}

/// One of the answers; we ask for one.
#[derive(Debug, Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(default)]
    pub(super) index: Count,
    #[serde(borrow, default)]
    pub(super) delta: Object<Delta<'a>>,
    /// In place of `delta` in an answer that is not streamed.
    #[serde(borrow, default)]
    pub(super) message: Object<Delta<'a>>,
    #[serde(borrow, default)]
    pub(super) finish_reason: Text<'a>,
}

/// What is new, or the whole message.
#[derive(Debug, Deserialize)]
pub(super) struct Delta<'a> {
    #[serde(borrow, default)]
    pub(super) content: Text<'a>,
    #[serde(borrow, default)]
    pub(super) reasoning_content: Text<'a>,
    /// The same under the name that other servers use.
    #[serde(borrow, default)]
    pub(super) reasoning: Text<'a>,
    #[serde(borrow, default)]
    pub(super) tool_calls: List<Object<ToolCall<'a>>>,
    #[serde(borrow, default)]
    pub(super) audio: Object<Sound<'a>>,
}

/// A piece of a spoken answer.
#[derive(Debug, Deserialize)]
pub(super) struct Sound<'a> {
    #[serde(borrow, default)]
    pub(super) data: Text<'a>,
    /// Only other servers write one.
    #[serde(borrow, default)]
    pub(super) transcript: Text<'a>,
}

/// A piece of a tool call.
#[derive(Debug, Deserialize)]
pub(super) struct ToolCall<'a> {
    #[serde(default)]
    pub(super) index: Count,
    /// In the first piece; later it is missing or empty.
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) function: Object<Function<'a>>,
}

/// Name and arguments of a tool call.
#[derive(Debug, Deserialize)]
pub(super) struct Function<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    /// A piece of JSON in quotes, or from some servers the JSON itself.
    #[serde(borrow, default)]
    pub(super) arguments: Option<&'a RawValue>,
}

/// Token counts under all their names.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct RawUsage {
    #[serde(default)]
    pub(super) prompt_tokens: Count,
    #[serde(default)]
    pub(super) input_tokens: Count,
    #[serde(default)]
    pub(super) completion_tokens: Count,
    #[serde(default)]
    pub(super) output_tokens: Count,
    #[serde(default)]
    pub(super) total_tokens: Count,
    #[serde(default)]
    pub(super) cached_tokens: Count,
    #[serde(default)]
    pub(super) image_tokens: Count,
    #[serde(default)]
    pub(super) video_tokens: Count,
    #[serde(default)]
    pub(super) audio_tokens: Count,
    #[serde(default)]
    pub(super) prompt_tokens_details: Object<Details>,
    #[serde(default)]
    pub(super) input_tokens_details: Object<Details>,
    #[serde(default)]
    pub(super) completion_tokens_details: Object<Details>,
    #[serde(default)]
    pub(super) output_tokens_details: Object<Details>,
}

/// Parts of a count.
#[expect(clippy::struct_field_names, reason = "they are the wire's")]
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Details {
    #[serde(default)]
    pub(super) cached_tokens: Count,
    #[serde(default)]
    pub(super) reasoning_tokens: Count,
    #[serde(default)]
    pub(super) image_tokens: Count,
    #[serde(default)]
    pub(super) video_tokens: Count,
    #[serde(default)]
    pub(super) audio_tokens: Count,
}

/// The request body.
#[derive(Debug, Serialize)]
pub(super) struct Body<'a> {
    pub(super) model: &'a str,
    pub(super) messages: Vec<Message<'a>>,
    pub(super) stream: bool,
    pub(super) stream_options: StreamOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enable_thinking: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thinking_budget: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enable_search: Option<bool>,
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

/// In which voice an answer is spoken.
#[derive(Debug, Serialize)]
pub(super) struct Voice<'a> {
    pub(super) voice: &'a str,
    pub(super) format: &'static str,
}

/// The form of the answer.
#[derive(Debug, Serialize)]
pub(super) struct Format {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

/// A message of the request.
#[derive(Debug, Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    pub(super) content: Content<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) partial: bool,
}

/// A text, or parts of several kinds (wire multimodal.md).
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Content<'a> {
    Text(&'a str),
    Parts(Vec<Part<'a>>),
}

/// One part, named by its `type`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: Url<'a> },
    VideoUrl { video_url: Url<'a> },
    Video { video: &'a [String] },
    InputAudio { input_audio: Recording<'a> },
}

/// Where something is.
#[derive(Debug, Serialize)]
pub(super) struct Url<'a> {
    pub(super) url: &'a str,
}

/// A sound: its address or its bytes, and what its container is called.
#[derive(Debug, Serialize)]
pub(super) struct Recording<'a> {
    pub(super) data: Cow<'a, str>,
    pub(super) format: &'a str,
}

/// What the stream is to contain besides the answer.
#[derive(Debug, Serialize)]
pub(super) struct StreamOptions {
    pub(super) include_usage: bool,
}
