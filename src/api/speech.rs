//! Qwen-TTS (wire tts.md): one text read aloud, streamed piece by piece or as a file that is
//! fetched afterwards. It refuses to split texts, to play and to keep sound.

use serde_json::{Value, json};

use super::call::Call;
use super::chat::Flow;
use super::client::ApiClient;
use super::document::Document;
use super::envelope;
use super::error::ApiError;
use super::fields::{address, at, count, line, moment};
use super::pcm::Pcm;
use super::region::Endpoint;
use super::reply::Reply;
use super::sse::{Decoder, Event, Item};
use crate::domain::speech::{SpeechChunk, SpeechFile, SpeechRequest, SpeechUsage};
use crate::text::sanitize;

/// Where speech is asked for, below the native base.
pub const PATH: &str = "/services/aigc/multimodal-generation/generation";
/// Without a stream the whole text is read before the first byte comes.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);

/// The JSON body. Everything stands in `input`, as in the documentation's requests.
#[must_use]
pub fn body(request: &SpeechRequest) -> Vec<u8> {
    let mut input = json!({"text": request.text, "voice": request.voice});
    if let Some(language) = &request.language {
        input["language_type"] = json!(language);
    }
    if let Some(instructions) = &request.instructions {
        input["instructions"] = json!(instructions);
        if let Some(optimize) = request.optimize {
            input["optimize_instructions"] = json!(optimize);
        }
    }
    json!({"model": request.model.as_str(), "input": input}).to_string().into_bytes()
}

/// A whole answer without a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// The file.
    pub file: SpeechFile,
    /// What was used.
    pub usage: Option<SpeechUsage>,
    /// The id to quote to support.
    pub request_id: Option<String>,
}

/// Has a text read aloud into a file at the service.
pub async fn speak(
    client: &ApiClient,
    endpoint: &Endpoint,
    request: &SpeechRequest,
) -> Result<Spoken, ApiError> {
    let call = Call::native(PATH, body(request)).patient(PATIENCE);
    let document = client.document(endpoint, call).await?;
    let value = document.value();
    let file = at(value, "output").and_then(|output| at(output, "audio")).and_then(file);
    let Some(file) = file else {
        return Err(ApiError::Garbled { detail: "speech without an address".to_owned() });
    };
    Ok(Spoken { file, usage: usage(value), request_id: document.request_id.clone() })
}

/// Sound that is arriving.
#[derive(Debug)]
pub struct SpeechStream {
    reply: Reply,
    body: Body,
    parser: Parser,
}

/// What kind of body it is, known from its first character.
#[derive(Debug)]
enum Body {
    Unknown,
    Events(Decoder),
    Document(Vec<u8>),
}

/// Has a text read aloud, and waits until the service begins.
pub async fn open(
    client: &ApiClient,
    endpoint: &Endpoint,
    request: &SpeechRequest,
) -> Result<SpeechStream, ApiError> {
    let call = Call::native(PATH, body(request)).streamed();
    let reply = client.call(endpoint, call).await?;
    let parser = Parser::new(reply.request_id().map(str::to_owned));
    Ok(SpeechStream { reply, body: Body::Unknown, parser })
}

impl SpeechStream {
    /// Waits for the next bytes and adds the pieces they complete to `out`. What was added before
    /// an error is valid: it can be heard. May be dropped and called again at any await.
    pub async fn read(&mut self, out: &mut Vec<SpeechChunk>) -> Result<Flow, ApiError> {
        let result = match self.reply.chunk().await {
            Ok(Some(bytes)) => self.take(&bytes, out),
            Ok(None) => self.end(out),
            Err(error) => Err(error),
        };
        match result {
            Ok(Flow::More) => Ok(Flow::More),
            // Everything was said; only the end of the body is odd.
            Err(error) if self.parser.finished() && error.refusal().is_none() => Ok(Flow::End),
            ended => {
                self.parser.flush(out);
                ended
            }
        }
    }

    fn take(&mut self, bytes: &[u8], out: &mut Vec<SpeechChunk>) -> Result<Flow, ApiError> {
        if matches!(self.body, Body::Unknown) {
            let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match bare.iter().find(|byte| !byte.is_ascii_whitespace()) {
                None => return Ok(Flow::More),
                Some(b'{' | b'[') => self.body = Body::Document(Vec::new()),
                Some(b'<') => return Err(ApiError::WebPage),
                Some(_) => self.body = Body::Events(Decoder::new(self.reply.limits().sse)),
            }
        }
        match &mut self.body {
            Body::Unknown => {}
            Body::Document(held) => {
                let cap = self.reply.limits().document;
                if (held.len() + bytes.len()) as u64 > cap {
                    return Err(ApiError::TooLarge { cap });
                }
                held.extend_from_slice(bytes);
            }
            Body::Events(decoder) => {
                let parser = &mut self.parser;
                let mut result = Ok(Flow::More);
                let pushed =
                    decoder.push(bytes, &mut |item| absorb(parser, item, out, &mut result));
                self.reply.progressed();
                if self.parser.finished() {
                    self.reply.finishing();
                }
                if result? == Flow::End {
                    return Ok(Flow::End);
                }
                pushed?;
            }
        }
        Ok(Flow::More)
    }

    fn end(&mut self, out: &mut Vec<SpeechChunk>) -> Result<Flow, ApiError> {
        match std::mem::replace(&mut self.body, Body::Unknown) {
            Body::Unknown => {}
            Body::Document(held) => {
                let header_id = self.reply.request_id();
                let document = Document::parse(&held, header_id)?;
                self.parser.value(document.value(), out)?;
            }
            Body::Events(mut decoder) => {
                let parser = &mut self.parser;
                let mut result = Ok(Flow::More);
                decoder.finish(&mut |item| absorb(parser, item, out, &mut result))?;
                result?;
            }
        }
        if self.parser.finished() {
            return Ok(Flow::End);
        }
        Err(ApiError::Cut { detail: "the stream ended before the speech".to_owned() })
    }
}

fn absorb(
    parser: &mut Parser,
    item: Item<'_>,
    out: &mut Vec<SpeechChunk>,
    result: &mut Result<Flow, ApiError>,
) {
    if let (Item::Event(event), Ok(Flow::More)) = (item, &*result) {
        *result = parser.event(&event, out);
    }
}

/// Reads the events of one answer.
#[derive(Debug, Default)]
pub struct Parser {
    header_id: Option<String>,
    opened: bool,
    finished: bool,
    pcm: Pcm,
    usage: Option<SpeechUsage>,
    file: Option<SpeechFile>,
}

impl Parser {
    /// A parser at the start of an answer; `header_id` is the `x-request-id` header.
    #[must_use]
    pub fn new(header_id: Option<String>) -> Self {
        Self { header_id, ..Self::default() }
    }

    /// The service has said that this was all.
    #[must_use]
    pub const fn finished(&self) -> bool {
        self.finished
    }

    /// Reads one event and adds its pieces to `out`.
    pub fn event(
        &mut self,
        event: &Event<'_>,
        out: &mut Vec<SpeechChunk>,
    ) -> Result<Flow, ApiError> {
        let data = event.data.trim();
        if data.is_empty() || data == "null" {
            return Ok(Flow::More);
        }
        if data == "[DONE]" {
            self.finish(out);
            return Ok(Flow::End);
        }
        let by_name = event.name == "error";
        match serde_json::from_str::<Value>(data) {
            Ok(value) => {
                let error = envelope::in_answer(&value, self.header_id.as_deref());
                let named = || envelope::refusal(0, data.as_bytes(), self.header_id.as_deref());
                if let Some(refusal) = error.or_else(|| by_name.then(named)) {
                    return Err(ApiError::Stream(Box::new(refusal)));
                }
                self.value(&value, out)
            }
            Err(_) if by_name => {
                let refusal = envelope::refusal(0, data.as_bytes(), self.header_id.as_deref());
                Err(ApiError::Stream(Box::new(refusal)))
            }
            // Kinds of events that are not known here may hold anything.
            Err(_) if !matches!(event.name, "" | "message" | "result") => Ok(Flow::More),
            Err(error) if !event.complete && error.is_eof() => {
                Err(ApiError::Cut { detail: "the stream ended inside an event".to_owned() })
            }
            Err(error) => {
                let head: String = data.chars().take(80).collect();
                Err(ApiError::Garbled { detail: sanitize::line(&format!("{error}: {head}")) })
            }
        }
    }

    fn value(&mut self, value: &Value, out: &mut Vec<SpeechChunk>) -> Result<Flow, ApiError> {
        let Some(output) = at(value, "output") else { return Ok(Flow::More) };
        if !self.opened {
            self.opened = true;
            let request_id = envelope::request_id(value).or_else(|| self.header_id.clone());
            out.push(SpeechChunk::Opened { request_id });
        }
        if let Some(audio) = at(output, "audio") {
            if let Some(piece) = audio.get("data").and_then(Value::as_str).filter(|d| !d.is_empty())
            {
                self.pcm.push(piece, out)?;
            }
            self.file = file(audio).or_else(|| self.file.take());
        }
        // Some models count after every piece.
        if let Some(usage) = usage(value)
            && self.usage.replace(usage) != Some(usage)
        {
            out.push(SpeechChunk::Usage(usage));
        }
        // Any word but the text "null" is an end; an address comes with the last event only.
        let stopped = line(output, "finish_reason").is_some_and(|reason| reason != "null");
        if stopped {
            self.finish(out);
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, out: &mut Vec<SpeechChunk>) {
        if !self.finished {
            self.finished = true;
            self.pcm.finish(out);
            out.push(SpeechChunk::Finished { file: self.file.clone() });
        }
    }

    /// Gives out what was held back. To be called when nothing more will come.
    pub fn flush(&mut self, out: &mut Vec<SpeechChunk>) {
        if !self.finished {
            self.pcm.finish(out);
        }
    }
}

/// The finished file: plain http is usual, and `expires_at` is in seconds.
fn file(audio: &Value) -> Option<SpeechFile> {
    let url = address(audio.get("url")?.as_str()?)?;
    Some(SpeechFile { url, expires_ms: moment(audio, "expires_at") })
}

/// What was used; `None` where nothing was counted.
fn usage(value: &Value) -> Option<SpeechUsage> {
    let usage = at(value, "usage").or_else(|| at(at(value, "output")?, "usage"))?;
    let found = SpeechUsage {
        characters: count(usage, "characters"),
        input_tokens: count(usage, "input_tokens"),
        output_tokens: count(usage, "output_tokens"),
    };
    (found != SpeechUsage::default()).then_some(found)
}

#[cfg(test)]
mod tests;
