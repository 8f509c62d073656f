//! The compatible surface of chat: our request as JSON, its events as chunks. Null, missing and
//! empty mean the same; what is odd is passed over; what is lost is said. It refuses to read a
//! socket, and lets no text out that was not sanitized.

use std::borrow::Cow;

use super::super::error::ApiError;
use super::super::sse::Event;
use super::Flow;
use super::common::{self, Answer};
use super::wire::{self, Choice, Chunk, Content, Delta, Part};
use crate::domain::attachments::{Attachment, Medium};
use crate::domain::chat::{ChatChunk, ChatRequest, PromptMessage};

/// The JSON body of a request. It always streams: some models answer in no other way, and the
/// user sees the beginning sooner with all of them.
#[must_use]
pub fn body(request: &ChatRequest) -> Vec<u8> {
    let params = &request.params;
    let messages = request
        .messages
        .iter()
        .map(|message| wire::Message {
            role: common::role(message.role),
            content: content(message),
            partial: message.partial,
        })
        .collect();
    let body = wire::Body {
        model: request.model.as_str(),
        messages,
        stream: true,
        stream_options: wire::StreamOptions { include_usage: true },
        enable_thinking: common::thinking(request),
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
        modalities: params.voice.is_some().then_some(["text", "audio"]),
        audio: params.voice.as_deref().map(|voice| wire::Voice { voice, format: "wav" }),
    };
    common::body(&body, params.extra.as_deref(), common::merge)
}

/// A text as it is; with something beside it a list of parts.
fn content(message: &PromptMessage) -> Content<'_> {
    let mut parts: Vec<Part<'_>> = message.attachments.iter().flat_map(parts).collect();
    if parts.is_empty() {
        return Content::Text(&message.text);
    }
    if !message.text.is_empty() {
        parts.push(Part::Text { text: &message.text });
    }
    Content::Parts(parts)
}

fn parts(attachment: &Attachment) -> Vec<Part<'_>> {
    let urls = attachment.urls();
    match attachment.medium {
        Medium::Image => {
            urls.iter().map(|url| Part::ImageUrl { image_url: wire::Url { url } }).collect()
        }
        Medium::Video => {
            urls.iter().map(|url| Part::VideoUrl { video_url: wire::Url { url } }).collect()
        }
        Medium::Audio => {
            let format = attachment.format();
            let sound =
                |url| Part::InputAudio { input_audio: wire::Recording { data: url, format } };
            urls.iter().map(|url| sound(sound_url(url))).collect()
        }
        Medium::Frames if urls.is_empty() => Vec::new(),
        Medium::Frames => vec![Part::Video { video: urls }],
    }
}

/// The address of a sound; the documentation writes a data URL of one without its media type.
fn sound_url(url: &str) -> Cow<'_, str> {
    match url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
        Some((_, bytes)) => format!("data:;base64,{bytes}").into(),
        None => url.into(),
    }
}

/// Reads the events of one answer.
#[derive(Debug, Default)]
pub struct Parser {
    answer: Answer,
}

impl Parser {
    /// A parser at the start of an answer; `header_id` is the `x-request-id` header.
    #[must_use]
    pub fn new(header_id: Option<String>) -> Self {
        Self { answer: Answer::new(header_id) }
    }

    /// The model has said that it stopped; only token counts may still come.
    #[must_use]
    pub const fn finished(&self) -> bool {
        self.answer.finished()
    }

    /// Reads one event and adds its chunks to `out`.
    pub fn event(&mut self, event: &Event<'_>, out: &mut Vec<ChatChunk>) -> Result<Flow, ApiError> {
        let data = event.data.trim();
        if data.is_empty() || data == "null" {
            return Ok(Flow::More);
        }
        if data == "[DONE]" {
            self.answer.settle();
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
            Err(_) if event.name == "error" => Err(self.answer.foreign_error(data)),
            // Kinds of events that are not known here may hold anything.
            Err(_) if !matches!(event.name, "" | "message" | "result") => Ok(Flow::More),
            Err(error) if !event.complete && error.is_eof() => {
                Err(ApiError::Cut { detail: "the stream ended inside an event".to_owned() })
            }
            Err(error) => Err(common::garbled(data, &error)),
        }
    }

    /// Reads an answer that came as one JSON document.
    pub fn document(&mut self, body: &str, out: &mut Vec<ChatChunk>) -> Result<(), ApiError> {
        let body = body.trim_start_matches('\u{feff}').trim();
        let chunk: Chunk<'_> =
            serde_json::from_str(body).map_err(|error| common::broken(body, &error))?;
        if let Some(error) = self.error(body, &chunk, false) {
            return Err(error);
        }
        let Some(choices) = &chunk.choices else {
            let detail = "a JSON document without an answer".to_owned();
            return Err(ApiError::Garbled { detail });
        };
        let empty = choices.0.is_empty();
        self.chunk(&chunk, out);
        if !empty {
            self.answer.settle();
        }
        Ok(())
    }

    /// Gives out what was held back to tell cumulative deltas from others. To be called when
    /// nothing more will come.
    pub fn flush(&mut self, out: &mut Vec<ChatChunk>) {
        self.answer.flush(out);
    }

    /// An error in an event that may hold one.
    fn error(&self, data: &str, chunk: &Chunk<'_>, by_name: bool) -> Option<ApiError> {
        if chunk.error.is_none() && chunk.message.is_none() && !by_name {
            return None;
        }
        self.answer.error(data, by_name)
    }

    fn chunk(&mut self, chunk: &Chunk<'_>, out: &mut Vec<ChatChunk>) {
        if chunk.choices.is_some() || chunk.usage.0.is_some() {
            let id = chunk.request_id.get().or_else(|| chunk.id.get());
            self.answer.open(chunk.model.get(), id, out);
        }
        let choices = chunk.choices.iter().flat_map(|list| &list.0);
        for choice in choices.filter_map(|choice| choice.0.as_ref()) {
            if choice.index.0.unwrap_or_default() == 0 {
                self.choice(choice, out);
            }
        }
        self.answer.usage(chunk.usage.0.as_ref(), out);
    }

    fn choice(&mut self, choice: &Choice<'_>, out: &mut Vec<ChatChunk>) {
        if let Some(delta) = choice.delta.0.as_ref().or(choice.message.0.as_ref()) {
            self.delta(delta, out);
        }
        self.answer.finish(choice.finish_reason.get(), out);
    }

    fn delta(&mut self, delta: &Delta<'_>, out: &mut Vec<ChatChunk>) {
        if let Some(text) = delta.reasoning_content.get().or_else(|| delta.reasoning.get()) {
            self.answer.reasoning(text, out);
        }
        if let Some(text) = delta.content.get() {
            self.answer.text(text, out);
        }
        if let Some(sound) = &delta.audio.0 {
            self.answer.sound(sound, out);
        }
        let calls = delta.tool_calls.0.iter().enumerate();
        for (position, call) in calls.filter_map(|(n, call)| Some((n, call.0.as_ref()?))) {
            self.answer.call(position, call, out);
        }
    }
}

#[cfg(test)]
mod tests;
