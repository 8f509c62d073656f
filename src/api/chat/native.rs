//! The native surface of chat: our request as JSON, its events as chunks. It takes output in every
//! form the service has (parts, bare text, growing text, errors inside a 200), and refuses to read
//! a socket; no text leaves it that was not sanitized.

mod wire;

use serde_json::Value;
use url::Url;

use super::super::error::ApiError;
use super::super::loose::{List, Object, Text};
use super::super::sse::Event;
use super::Flow;
use super::common::{self, Answer};
use super::surface::Path;
use super::wire::{Format, Voice};
use crate::domain::attachments::{Attachment, Medium};
use crate::domain::chat::{ChatChunk, ChatRequest, PromptMessage};
use crate::domain::surface::WebSource;
use crate::text::sanitize;
use wire::{Chunk, Content, Found, Message, Output, Part, Spoken};

/// Keys that stand beside the parameters; all others of a raw object belong among them.
const ROOT: [&str; 4] = ["model", "input", "parameters", "resources"];

/// More sources than this are not kept.
const MOST_SOURCES: usize = 100;

/// The JSON body of a request on a path. The result comes as messages and piece by piece, which
/// reasoning and tools demand (400 otherwise).
#[must_use]
pub fn body(request: &ChatRequest, path: Path) -> Vec<u8> {
    let params = &request.params;
    let messages = request.messages.iter().map(|message| wire::Asked {
        role: common::role(message.role),
        content: content(message, path),
        partial: message.partial,
    });
    let body = wire::Body {
        model: request.model.as_str(),
        input: wire::Input { messages: messages.collect() },
        parameters: wire::Parameters {
            result_format: "message",
            incremental_output: true,
            enable_thinking: common::thinking(request),
            thinking_budget: params.thinking_budget,
            enable_search: params.search,
            search_options: (params.search == Some(true))
                .then_some(wire::SearchOptions { enable_source: true }),
            temperature: params.temperature.filter(|n| n.is_finite()),
            top_p: params.top_p.filter(|n| n.is_finite()),
            max_tokens: params.max_tokens,
            seed: params.seed,
            top_k: params.top_k,
            presence_penalty: params.presence_penalty.filter(|n| n.is_finite()),
            repetition_penalty: params.repetition_penalty.filter(|n| n.is_finite()),
            stop: &params.stop,
            response_format: params.json.then_some(Format { kind: "json_object" }),
            modalities: params.voice.is_some().then_some(["text", "audio"]),
            audio: params.voice.as_deref().map(|voice| Voice { voice, format: "wav" }),
        },
    };
    common::body(&body, params.extra.as_deref(), lay)
}

/// Lays a raw object over a body. It may name the keys of the request itself; whatever it calls
/// by the name of a parameter is one, as it is on the other surface.
fn lay(body: &mut Value, extra: Value) {
    let Value::Object(extra) = extra else { return };
    let (root, parameters): (serde_json::Map<_, _>, serde_json::Map<_, _>) =
        extra.into_iter().partition(|(key, _)| ROOT.contains(&key.as_str()));
    common::merge(body, serde_json::json!({ "parameters": parameters }));
    common::merge(body, Value::Object(root));
}

fn content(message: &PromptMessage, path: Path) -> Content<'_> {
    match path {
        Path::Text => Content::Text(&message.text),
        Path::Multimodal => {
            let mut parts: Vec<Part<'_>> = message.attachments.iter().flat_map(parts).collect();
            if !message.text.is_empty() || parts.is_empty() {
                parts.push(Part::Text(&message.text));
            }
            Content::Parts(parts)
        }
    }
}

fn parts<'a>(attachment: &'a Attachment) -> Vec<Part<'a>> {
    let urls = attachment.urls();
    let each = |part: fn(&'a str) -> Part<'a>| urls.iter().map(|url| part(url)).collect();
    match attachment.medium {
        Medium::Image => each(Part::Image),
        Medium::Audio => each(Part::Audio),
        Medium::Video => each(Part::Video),
        Medium::Frames if urls.is_empty() => Vec::new(),
        Medium::Frames => vec![Part::Frames(urls)],
    }
}

/// Reads the events of one answer.
#[derive(Debug, Default)]
pub struct Parser {
    answer: Answer,
    /// What the comment before an event said of its status.
    status: u16,
    /// How many sources were told.
    sources: usize,
    /// What deep research is at.
    phase: String,
    /// Some text of an earlier phase was given out.
    said: bool,
    /// A phase is over: the answer may be.
    rests: bool,
}

impl Parser {
    /// A parser at the start of an answer; `header_id` is the `x-request-id` header.
    #[must_use]
    pub fn new(header_id: Option<String>) -> Self {
        Self { answer: Answer::new(header_id), ..Self::default() }
    }

    /// The model has said that it stopped.
    #[must_use]
    pub const fn finished(&self) -> bool {
        self.answer.finished()
    }

    /// An end of the connection is an end of the answer.
    #[must_use]
    pub const fn may_end(&self) -> bool {
        self.finished() || self.rests
    }

    /// Reads a comment: the status of the event that follows stands in one.
    pub fn comment(&mut self, text: &str) {
        if let Some(status) = text.trim().strip_prefix("HTTP_STATUS/") {
            self.status = status.parse().unwrap_or_default();
        }
    }

    /// Reads one event and adds its chunks to `out`. There is no event that says that all is over:
    /// the connection ends.
    pub fn event(&mut self, event: &Event<'_>, out: &mut Vec<ChatChunk>) -> Result<Flow, ApiError> {
        let data = event.data.trim();
        if data.is_empty() || data == "null" || data == "[DONE]" {
            return Ok(if data == "[DONE]" { Flow::End } else { Flow::More });
        }
        let by_name = event.name == "error";
        match serde_json::from_str::<Chunk<'_>>(data) {
            Ok(chunk) => {
                if (by_name || chunk.output.0.is_none())
                    && let Some(error) = self.answer.error(data, by_name)
                {
                    return Err(self.with_status(error));
                }
                self.chunk(&chunk, out);
                Ok(Flow::More)
            }
            Err(_) if by_name => Err(self.with_status(self.answer.foreign_error(data))),
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
        if let Some(error) = self.answer.error(body, false) {
            return Err(error);
        }
        if chunk.output.0.is_none() {
            let detail = "a JSON document without an answer".to_owned();
            return Err(ApiError::Garbled { detail });
        }
        self.chunk(&chunk, out);
        self.answer.settle();
        Ok(())
    }

    /// Gives out what was held back to tell growing output from other. To be called when nothing
    /// more will come.
    pub fn flush(&mut self, out: &mut Vec<ChatChunk>) {
        self.answer.flush(out);
    }

    /// An error event has its status in the comment before it.
    fn with_status(&self, error: ApiError) -> ApiError {
        match error {
            ApiError::Stream(mut refusal) if refusal.status == 0 && self.status >= 400 => {
                refusal.status = self.status;
                ApiError::Stream(refusal)
            }
            other => other,
        }
    }

    fn chunk(&mut self, chunk: &Chunk<'_>, out: &mut Vec<ChatChunk>) {
        if let Some(output) = &chunk.output.0 {
            self.answer.open(None, chunk.request_id.get(), out);
            self.output(output, out);
        }
        self.answer.usage(chunk.usage.0.as_ref(), out);
    }

    fn output(&mut self, output: &Output<'_>, out: &mut Vec<ChatChunk>) {
        if let Some(info) = &output.search_info.0 {
            self.found(&info.search_results.0, out);
        }
        for choice in output.choices.0.iter().filter_map(|choice| choice.0.as_ref()) {
            if choice.index.0.unwrap_or_default() == 0 {
                if let Some(message) = &choice.message.0 {
                    self.message(message, out);
                }
                self.answer.finish(choice.finish_reason.get(), out);
            }
        }
        if let Some(text) = output.text.get() {
            self.answer.text(text, out);
        }
        if let Some(message) = &output.message.0 {
            self.research(message, out);
        }
        self.answer.finish(output.finish_reason.get(), out);
    }

    fn message(&mut self, message: &Message<'_>, out: &mut Vec<ChatChunk>) {
        if let Some(text) = message.reasoning_content.get() {
            self.answer.reasoning(text, out);
        }
        if let Some(content) = message.content {
            // Whatever it is, a text is read from it or nothing.
            let text: Text<'_> = serde_json::from_str(content.get()).unwrap_or_default();
            if let Some(text) = text.get() {
                self.answer.text(text, out);
            }
            let parts: List<Object<Spoken<'_>>> =
                serde_json::from_str(content.get()).unwrap_or_default();
            for part in parts.0.iter().filter_map(|part| part.0.as_ref()?.audio.0.as_ref()) {
                self.answer.sound(part, out);
            }
        }
        let calls = message.tool_calls.0.iter().enumerate();
        for (position, call) in calls.filter_map(|(n, call)| Some((n, call.0.as_ref()?))) {
            self.answer.call(position, call, out);
        }
    }

    /// Deep research tells what it does in phases, each with a text of its own, and never why it
    /// stopped: an end after a phase is an end (inferred: no recording has more than heartbeats).
    fn research(&mut self, message: &Message<'_>, out: &mut Vec<ChatChunk>) {
        let phase = message.phase.get().map(sanitize::line).unwrap_or_default();
        if phase != self.phase {
            self.answer.begin_part(out);
            self.phase = phase;
            if std::mem::take(&mut self.said) {
                out.push(ChatChunk::Text("\n\n".to_owned()));
            }
        }
        let before = out.len();
        self.message(message, out);
        self.said |= out.len() > before;
        self.rests = message.status.get() == Some("finished");
    }

    /// Pages the search found; the list comes again with every event.
    fn found(&mut self, results: &[Object<Found<'_>>], out: &mut Vec<ChatChunk>) {
        let results = results.iter().filter_map(|found| found.0.as_ref()).take(MOST_SOURCES);
        let sources: Vec<WebSource> =
            (1..).zip(results).filter_map(|(place, found)| source(place, found)).collect();
        if sources.len() > self.sources {
            self.sources = sources.len();
            out.push(ChatChunk::Sources(sources));
        }
    }
}

/// A page, if its address is one that may be shown as a link.
fn source(place: u32, found: &Found<'_>) -> Option<WebSource> {
    let url = Url::parse(found.url.get()?.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > 2048 {
        return None;
    }
    let title = found.title.get().map(sanitize::line).unwrap_or_default();
    let title: String = title.trim().chars().take(200).collect();
    let host = || url.host_str().unwrap_or_default().to_owned();
    Some(WebSource {
        index: found.index.0.and_then(|n| u32::try_from(n).ok()).unwrap_or(place),
        title: if title.is_empty() { host() } else { title },
        url: sanitize::line(url.as_str()),
    })
}

#[cfg(test)]
mod tests;
