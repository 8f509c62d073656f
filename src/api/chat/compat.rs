//! The compatible surface of chat: our request as JSON, its events as chunks. Null, missing and
//! empty mean the same; what is odd is passed over; what is lost is said. It refuses to read a
//! socket, and lets no text out that was not sanitized.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::super::envelope;
use super::super::error::{ApiError, Refusal};
use super::super::loose::Count;
use super::super::sse::Event;
use super::Flow;
use super::cumulative::Growth;
use super::wire::{self, Choice, Chunk, Delta, RawUsage, ToolCall};
use crate::catalog::Catalog;
use crate::domain::chat::{ChatChunk, ChatRequest, FinishReason, Role, Usage};
use crate::domain::models::{ModelId, Thinking};
use crate::text::sanitize::{self, Sanitizer};

/// More tool calls than this in one answer are not followed.
const MOST_CALLS: usize = 128;

/// The JSON body of a request. It always streams: some models answer in no other way, and the
/// user sees the beginning sooner with all of them.
#[must_use]
pub fn body(request: &ChatRequest) -> Vec<u8> {
    let params = &request.params;
    let messages = request
        .messages
        .iter()
        .map(|message| wire::Message {
            role: match message.role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
            },
            content: &message.text,
            partial: message.partial,
        })
        .collect();
    let body = wire::Body {
        model: request.model.as_str(),
        messages,
        stream: true,
        stream_options: wire::StreamOptions { include_usage: true },
        enable_thinking: params.thinking.filter(|on| *on || may_be_told(request)),
        thinking_budget: params.thinking_budget,
        enable_search: params.search,
        temperature: params.temperature.filter(|n| n.is_finite()),
        top_p: params.top_p.filter(|n| n.is_finite()),
        max_tokens: params.max_tokens,
        seed: params.seed,
        top_k: params.top_k,
        presence_penalty: params.presence_penalty.filter(|n| n.is_finite()),
        repetition_penalty: params.repetition_penalty.filter(|n| n.is_finite()),
        stop: &params.stop,
        response_format: params.json.then_some(wire::Format { kind: "json_object" }),
    };
    let extra = params.extra.as_deref().and_then(|extra| serde_json::from_str(extra).ok());
    if let (Some(extra @ Value::Object(_)), Ok(mut body)) = (extra, serde_json::to_value(&body)) {
        merge(&mut body, extra);
        return serde_json::to_vec(&body).unwrap_or_default();
    }
    // Strings, numbers and flags: nothing that could fail to become JSON.
    serde_json::to_vec(&body).unwrap_or_default()
}

/// A model that cannot reason refuses to be told not to.
fn may_be_told(request: &ChatRequest) -> bool {
    Catalog::embedded().able(&request.model).thinking != Thinking::Never
}

/// Lays one value over another: objects key by key, `null` takes a key away, all else replaces.
fn merge(under: &mut Value, over: Value) {
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

/// Reads the events of one answer.
#[derive(Debug, Default)]
pub struct Parser {
    header_id: Option<String>,
    opened: bool,
    finished: bool,
    text: Field,
    reasoning: Field,
    /// One sanitizer for the arguments of each tool call, by the number the server gives it.
    calls: BTreeMap<u32, Call>,
    /// Calls so far: the number of the next one where the server's is taken.
    begun: u32,
}

#[derive(Debug, Default)]
struct Call {
    /// The number it is told by.
    number: u32,
    id: String,
    named: bool,
    clean: Sanitizer,
}

impl Parser {
    /// A parser at the start of an answer; `header_id` is the `x-request-id` header.
    #[must_use]
    pub fn new(header_id: Option<String>) -> Self {
        Self { header_id, ..Self::default() }
    }

    /// The model has said that it stopped; only token counts may still come.
    #[must_use]
    pub const fn finished(&self) -> bool {
        self.finished
    }

    /// Reads one event and adds its chunks to `out`.
    pub fn event(&mut self, event: &Event<'_>, out: &mut Vec<ChatChunk>) -> Result<Flow, ApiError> {
        let data = event.data.trim();
        if data.is_empty() || data == "null" {
            return Ok(Flow::More);
        }
        if data == "[DONE]" {
            self.finished = true;
            return Ok(Flow::End);
        }
        match serde_json::from_str::<Chunk<'_>>(data) {
            Ok(chunk) => {
                let by_name = event.name == "error";
                if (by_name || chunk.choices.is_none() || chunk.error.is_some())
                    && let Some(error) = self.error(data, &chunk, by_name)
                {
                    return Err(error);
                }
                self.chunk(&chunk, out);
                Ok(Flow::More)
            }
            Err(_) if event.name == "error" => Err(self.foreign_error(data)),
            // Kinds of events that are not known here may hold anything.
            Err(_) if !matches!(event.name, "" | "message" | "result") => Ok(Flow::More),
            Err(error) if !event.complete && error.is_eof() => {
                Err(ApiError::Cut { detail: "the stream ended inside an event".to_owned() })
            }
            Err(error) => Err(garbled(data, &error)),
        }
    }

    /// Reads an answer that came as one JSON document.
    pub fn document(&mut self, body: &str, out: &mut Vec<ChatChunk>) -> Result<(), ApiError> {
        let body = body.trim_start_matches('\u{feff}').trim();
        match serde_json::from_str::<Chunk<'_>>(body) {
            Ok(chunk) => {
                if let Some(error) = self.error(body, &chunk, false) {
                    return Err(error);
                }
                let Some(choices) = &chunk.choices else {
                    let detail = "a JSON document without an answer".to_owned();
                    return Err(ApiError::Garbled { detail });
                };
                let empty = choices.0.is_empty();
                self.chunk(&chunk, out);
                self.finished = self.finished || !empty;
                Ok(())
            }
            Err(error) if error.is_eof() => {
                Err(ApiError::Cut { detail: "the document ended early".to_owned() })
            }
            Err(error) => Err(garbled(body, &error)),
        }
    }

    /// Gives out what was held back to tell cumulative deltas from others. To be called when
    /// nothing more will come.
    pub fn flush(&mut self, out: &mut Vec<ChatChunk>) {
        self.reasoning.finish(out, ChatChunk::Reasoning);
        self.text.finish(out, ChatChunk::Text);
    }

    /// An error in an event that may hold one.
    fn error(&self, data: &str, chunk: &Chunk<'_>, by_name: bool) -> Option<ApiError> {
        if chunk.error.is_none() && chunk.message.is_none() && !by_name {
            return None;
        }
        let value: Value = serde_json::from_str(data).ok()?;
        match envelope::in_answer(&value, self.header_id.as_deref()) {
            Some(refusal) => Some(ApiError::Stream(Box::new(refusal))),
            None => by_name.then(|| self.foreign_error(data)),
        }
    }

    /// An event that is called an error and looks like none we know.
    fn foreign_error(&self, data: &str) -> ApiError {
        let refusal: Refusal = envelope::refusal(0, data.as_bytes(), self.header_id.as_deref());
        ApiError::Stream(Box::new(refusal))
    }

    fn chunk(&mut self, chunk: &Chunk<'_>, out: &mut Vec<ChatChunk>) {
        if !self.opened && (chunk.choices.is_some() || chunk.usage.0.is_some()) {
            self.opened = true;
            out.push(self.opening(chunk));
        }
        let choices = chunk.choices.iter().flat_map(|list| &list.0);
        for choice in choices.filter_map(|choice| choice.0.as_ref()) {
            if choice.index.0.unwrap_or_default() == 0 {
                self.choice(choice, out);
            }
        }
        // A chunk without counts never wipes those that came before.
        if let Some(usage) = chunk.usage.0.and_then(counts) {
            out.push(ChatChunk::Usage(usage));
        }
    }

    fn opening(&self, chunk: &Chunk<'_>) -> ChatChunk {
        let model = chunk.model.get().map(sanitize::line).filter(|model| !model.is_empty());
        let id = chunk.request_id.get().or_else(|| chunk.id.get()).map(envelope::bare_id);
        ChatChunk::Opened {
            model: model.map(|model| ModelId::new(&model)),
            request_id: id.filter(|id| !id.is_empty()).or_else(|| self.header_id.clone()),
        }
    }

    fn choice(&mut self, choice: &Choice<'_>, out: &mut Vec<ChatChunk>) {
        if let Some(delta) = choice.delta.0.as_ref().or(choice.message.0.as_ref()) {
            self.delta(delta, out);
        }
        if let Some(reason) = choice.finish_reason.get()
            && reason != "null"
            && !self.finished
        {
            self.finished = true;
            self.flush(out);
            out.push(ChatChunk::Finished(match reason {
                "stop" => FinishReason::Stop,
                "length" => FinishReason::Length,
                "tool_calls" | "function_call" => FinishReason::ToolCalls,
                other => FinishReason::Other(sanitize::line(other)),
            }));
        }
    }

    fn delta(&mut self, delta: &Delta<'_>, out: &mut Vec<ChatChunk>) {
        if let Some(text) = delta.reasoning_content.get().or_else(|| delta.reasoning.get()) {
            self.reasoning.push(text, out, ChatChunk::Reasoning);
        }
        if let Some(text) = delta.content.get() {
            self.text.push(text, out, ChatChunk::Text);
        }
        let calls = delta.tool_calls.0.iter().enumerate();
        for (position, call) in calls.filter_map(|(n, call)| Some((n, call.0.as_ref()?))) {
            self.call(position, call, out);
        }
    }

    fn call(&mut self, position: usize, call: &ToolCall<'_>, out: &mut Vec<ChatChunk>) {
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

fn garbled(data: &str, error: &serde_json::Error) -> ApiError {
    let head: String = data.chars().take(80).collect();
    ApiError::Garbled { detail: sanitize::line(&format!("{error}: {head}")) }
}

/// The counts in domain terms; `None` if neither side of the request was counted.
fn counts(raw: RawUsage) -> Option<Usage> {
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
    let detailed = raw.prompt_tokens_details.0.and_then(|details| details.cached_tokens.0);
    // A part is never more than the whole; a larger one is a mistake of the sender.
    let cached = detailed.or(raw.cached_tokens.0).map(|n| n.min(input));
    let reasoning = raw.completion_tokens_details.0.and_then(|details| details.reasoning_tokens.0);
    Some(Usage { input, output, cached, reasoning: reasoning.map(|n| n.min(output)) })
}

#[cfg(test)]
mod tests;
