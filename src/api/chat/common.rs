//! What the two surfaces of chat have in common: an answer on its way from the wire to the domain,
//! counts, tool calls, errors inside streams, the raw object laid over a request. It refuses to
//! know either surface's envelope.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::envelope;
use super::super::error::ApiError;
use super::super::loose::Count;
use super::super::pcm::Pcm;
use super::cumulative::Growth;
use super::wire::{Details, RawUsage, Sound, ToolCall};
use crate::catalog::Catalog;
use crate::domain::chat::{ChatChunk, ChatRequest, FinishReason, MediaTokens, Role, Usage};
use crate::domain::models::{ModelId, Thinking};
use crate::domain::speech::SpeechChunk;
use crate::text::sanitize::{self, Sanitizer};

/// More tool calls than this in one answer are not followed.
const MOST_CALLS: usize = 128;

/// The word for a role.
pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// A model that cannot reason refuses to be told not to.
pub(super) fn thinking(request: &ChatRequest) -> Option<bool> {
    let told = || Catalog::embedded().able(&request.model).thinking != Thinking::Never;
    request.params.thinking.filter(|on| *on || told())
}

/// A body with the user's raw object laid over it by `lay`.
pub(super) fn body(
    body: &impl Serialize,
    extra: Option<&str>,
    lay: impl FnOnce(&mut Value, Value),
) -> Vec<u8> {
    let extra = extra.and_then(|extra| serde_json::from_str(extra).ok());
    if let (Some(extra @ Value::Object(_)), Ok(mut body)) = (extra, serde_json::to_value(body)) {
        lay(&mut body, extra);
        return serde_json::to_vec(&body).unwrap_or_default();
    }
    // Strings, numbers and flags: nothing that could fail to become JSON.
    serde_json::to_vec(body).unwrap_or_default()
}

/// Lays one value over another: objects key by key, `null` takes a key away, all else replaces.
pub(super) fn merge(under: &mut Value, over: Value) {
    let Value::Object(over) = over else {
        *under = over;
        return;
    };
    if !under.is_object() {
        *under = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(under) = under {
        for (key, value) in over {
            if value.is_null() {
                under.remove(&key);
            } else {
                merge(under.entry(key).or_insert(Value::Null), value);
            }
        }
    }
}

/// A text field of the answer on its way from the wire to the domain.
#[derive(Debug, Default)]
struct Field {
    growth: Growth,
    clean: Sanitizer,
}

impl Field {
    fn push(&mut self, delta: &str, out: &mut Vec<ChatChunk>, chunk: fn(String) -> ChatChunk) {
        let Self { growth, clean } = self;
        growth.push(delta, |new| emit(clean, new, out, chunk));
    }

    fn finish(&mut self, out: &mut Vec<ChatChunk>, chunk: fn(String) -> ChatChunk) {
        let Self { growth, clean } = self;
        growth.finish(|new| emit(clean, new, out, chunk));
    }
}

fn emit(
    clean: &mut Sanitizer,
    new: &str,
    out: &mut Vec<ChatChunk>,
    chunk: fn(String) -> ChatChunk,
) {
    let text = clean.push(new);
    if !text.is_empty() {
        out.push(chunk(text));
    }
}

/// What has been read of one answer, whichever surface it comes over.
#[derive(Debug, Default)]
pub(super) struct Answer {
    header_id: Option<String>,
    opened: bool,
    finished: bool,
    text: Field,
    reasoning: Field,
    /// One sanitizer for the arguments of each tool call, by the number the server gives it.
    calls: BTreeMap<u32, Call>,
    /// Calls so far: the number of the next one where the server's is taken.
    begun: u32,
    counted: Option<Usage>,
    /// Letters of the sound that wait for the rest of their four.
    base64: String,
    sound: Pcm,
    /// Some text came that is no transcript.
    worded: bool,
}

#[derive(Debug, Default)]
struct Call {
    /// The number it is told by.
    number: u32,
    id: String,
    named: bool,
    clean: Sanitizer,
}

impl Answer {
    /// At the start; `header_id` is the `x-request-id` header.
    pub(super) fn new(header_id: Option<String>) -> Self {
        Self { header_id, ..Self::default() }
    }

    /// The model has said that it stopped; only token counts may still come.
    pub(super) const fn finished(&self) -> bool {
        self.finished
    }

    /// Nothing but the end of the connection can come.
    pub(super) const fn settle(&mut self) {
        self.finished = true;
    }

    /// The first event of an answer: which model, under which id.
    pub(super) fn open(&mut self, model: Option<&str>, id: Option<&str>, out: &mut Vec<ChatChunk>) {
        if std::mem::replace(&mut self.opened, true) {
            return;
        }
        let model = model.map(sanitize::line).filter(|model| !model.is_empty());
        let id = id.map(envelope::bare_id).filter(|id| !id.is_empty());
        out.push(ChatChunk::Opened {
            model: model.map(|model| ModelId::new(&model)),
            request_id: id.or_else(|| self.header_id.clone()),
        });
    }

    pub(super) fn text(&mut self, delta: &str, out: &mut Vec<ChatChunk>) {
        self.worded = true;
        self.text.push(delta, out, ChatChunk::Text);
    }

    pub(super) fn reasoning(&mut self, delta: &str, out: &mut Vec<ChatChunk>) {
        self.reasoning.push(delta, out, ChatChunk::Reasoning);
    }

    /// More of the spoken answer, and what it says where no other text tells.
    pub(super) fn sound(&mut self, sound: &Sound<'_>, out: &mut Vec<ChatChunk>) {
        if let Some(data) = sound.data.get() {
            self.base64.push_str(data.trim());
            // A piece may end anywhere; only four letters together are bytes.
            let odd = if data.trim().ends_with('=') { 0 } else { self.base64.len() % 4 };
            let at = self.base64.len() - odd;
            let whole = if self.base64.is_char_boundary(at) { at } else { self.base64.len() };
            let rest = self.base64.split_off(whole);
            let piece = std::mem::replace(&mut self.base64, rest);
            self.decode(&piece, out);
        }
        if let Some(transcript) = sound.transcript.get().filter(|_| !self.worded) {
            self.text.push(transcript, out, ChatChunk::Text);
        }
    }

    /// What is no base64 is passed over: the text is worth more than a click in the sound.
    fn decode(&mut self, piece: &str, out: &mut Vec<ChatChunk>) {
        let mut chunks = Vec::new();
        if self.sound.push(piece, &mut chunks).is_ok() {
            out.extend(chunks.into_iter().filter_map(samples));
        }
    }

    /// A part of the answer is over and another begins, whose text grows by itself.
    pub(super) fn begin_part(&mut self, out: &mut Vec<ChatChunk>) {
        self.text.finish(out, ChatChunk::Text);
        self.text.growth = Growth::default();
    }

    /// Gives out what was held back to tell cumulative deltas from others. To be called when
    /// nothing more will come.
    pub(super) fn flush(&mut self, out: &mut Vec<ChatChunk>) {
        self.reasoning.finish(out, ChatChunk::Reasoning);
        self.text.finish(out, ChatChunk::Text);
        if !self.base64.is_empty() {
            let rest = std::mem::take(&mut self.base64);
            self.decode(&rest, out);
        }
        let mut chunks = Vec::new();
        self.sound.finish(&mut chunks);
        out.extend(chunks.into_iter().filter_map(samples));
    }

    /// The model stopped, if that is what the word says; the native surface writes the word
    /// `null` until then.
    pub(super) fn finish(&mut self, reason: Option<&str>, out: &mut Vec<ChatChunk>) {
        let Some(reason) = reason.filter(|reason| *reason != "null" && !self.finished) else {
            return;
        };
        self.finished = true;
        self.flush(out);
        out.push(ChatChunk::Finished(match reason {
            "stop" => FinishReason::Stop,
            "length" => FinishReason::Length,
            "tool_calls" | "function_call" => FinishReason::ToolCalls,
            other => FinishReason::Other(sanitize::line(other)),
        }));
    }

    /// Counts; one without any never wipes those that came before.
    pub(super) fn usage(&mut self, raw: Option<&RawUsage>, out: &mut Vec<ChatChunk>) {
        let Some(usage) = raw.and_then(counts).filter(|usage| self.counted != Some(*usage)) else {
            return;
        };
        self.counted = Some(usage);
        out.push(ChatChunk::Usage(usage));
    }

    pub(super) fn call(&mut self, position: usize, call: &ToolCall<'_>, out: &mut Vec<ChatChunk>) {
        let index = call.index.0.unwrap_or(position as u64);
        let Ok(index) = u32::try_from(index) else { return };
        let Some(function) = &call.function.0 else { return };
        // Some servers give every call the same number: then another id is another call.
        let id = call.id.get().unwrap_or_default();
        let known = self.calls.get(&index);
        let other = known.is_some_and(|known| {
            !id.is_empty()
                && !known.id.is_empty()
                && known.id != id
                && function.name.get().is_some()
        });
        if known.is_none() || other {
            if self.begun as usize >= MOST_CALLS {
                return;
            }
            // The server's number is kept where it is free.
            let number = index.max(if other || index < self.begun { self.begun } else { 0 });
            self.begun = number.saturating_add(1);
            self.calls.insert(index, Call { number, id: id.to_owned(), ..Call::default() });
        }
        let state = self.calls.entry(index).or_default();
        let index = state.number;
        let name = function.name.get().map(sanitize::line).filter(|name| !name.is_empty());
        let name = name.filter(|_| !std::mem::replace(&mut state.named, true));
        let arguments = state.clean.push(&arguments(function.arguments));
        if name.is_some() || !arguments.is_empty() {
            out.push(ChatChunk::ToolCall { index, name, arguments });
        }
    }

    /// An error in an event that may hold one.
    pub(super) fn error(&self, data: &str, by_name: bool) -> Option<ApiError> {
        let value: Value = serde_json::from_str(data).ok()?;
        match envelope::in_answer(&value, self.header_id.as_deref()) {
            Some(refusal) => Some(ApiError::Stream(Box::new(refusal))),
            None => by_name.then(|| self.foreign_error(data)),
        }
    }

    /// An event that is called an error and looks like none we know.
    pub(super) fn foreign_error(&self, data: &str) -> ApiError {
        let refusal = envelope::refusal(0, data.as_bytes(), self.header_id.as_deref());
        ApiError::Stream(Box::new(refusal))
    }
}

/// Samples; a header that tells another format than every model has is believed by nobody.
fn samples(chunk: SpeechChunk) -> Option<ChatChunk> {
    match chunk {
        SpeechChunk::Pcm(samples) => Some(ChatChunk::Audio(samples)),
        SpeechChunk::Opened { .. }
        | SpeechChunk::Format(_)
        | SpeechChunk::Usage(_)
        | SpeechChunk::Finished { .. } => None,
    }
}

/// The arguments of a piece: the text in the quotes, or JSON without quotes as it stands.
fn arguments(raw: Option<&RawValue>) -> String {
    let raw = raw.map_or("null", RawValue::get);
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw).unwrap_or_default(),
        Some(b'{' | b'[') => raw.to_owned(),
        _ => String::new(),
    }
}

/// An event that is no JSON.
pub(super) fn garbled(data: &str, error: &serde_json::Error) -> ApiError {
    let head: String = data.chars().take(80).collect();
    ApiError::Garbled { detail: sanitize::line(&format!("{error}: {head}")) }
}

/// A document that ended early, or is none.
pub(super) fn broken(body: &str, error: &serde_json::Error) -> ApiError {
    if error.is_eof() {
        return ApiError::Cut { detail: "the document ended early".to_owned() };
    }
    garbled(body, error)
}

/// The counts in domain terms; `None` if neither side of the request was counted.
fn counts(raw: &RawUsage) -> Option<Usage> {
    let either = |a: Count, b: Count| a.0.or(b.0);
    let input = either(raw.prompt_tokens, raw.input_tokens);
    let output = either(raw.completion_tokens, raw.output_tokens);
    let total = raw.total_tokens.0;
    let (input, output) = match (input, output) {
        (Some(input), Some(output)) => (input, output),
        (Some(input), None) => (input, total?.saturating_sub(input)),
        (None, Some(output)) => (total?.saturating_sub(output), output),
        (None, None) => return None,
    };
    // The details stand under two names, on the native surface under both at once.
    let detail = |of: [Option<Details>; 2], pick: fn(&Details) -> Count| {
        of.iter().flatten().find_map(|details| pick(details).0)
    };
    let before = [raw.prompt_tokens_details.0, raw.input_tokens_details.0];
    let after = [raw.completion_tokens_details.0, raw.output_tokens_details.0];
    // A part is never more than the whole; a larger one is a mistake of the sender.
    let of_input = |n: Option<u64>| n.map(|n| n.min(input));
    let of_output = |n: Option<u64>| n.map(|n| n.min(output));
    let some = |n: Option<u64>| n.filter(|n| *n > 0);
    let heard = detail(before, |d| d.audio_tokens).or(raw.audio_tokens.0);
    Some(Usage {
        input,
        output,
        cached: of_input(detail(before, |d| d.cached_tokens).or(raw.cached_tokens.0)),
        reasoning: of_output(detail(after, |d| d.reasoning_tokens)),
        media: MediaTokens {
            image: some(of_input(detail(before, |d| d.image_tokens).or(raw.image_tokens.0))),
            video: some(of_input(detail(before, |d| d.video_tokens).or(raw.video_tokens.0))),
            heard: some(of_input(heard)),
            spoken: some(of_output(detail(after, |d| d.audio_tokens))),
        },
    })
}
