//! One streamed answer: the request goes out, chunks of the domain come back, whatever the
//! server makes of the protocol. It refuses to repeat a request and to merge chunks; the chat
//! service does both.

mod common;
pub mod compat;
mod cumulative;
pub mod native;
pub mod surface;
mod wire;

use std::time::Duration;

use tokio::time::timeout;

use super::call::Call;
use super::client::ApiClient;
use super::error::ApiError;
use super::region::Endpoint;
use super::reply::Reply;
use super::sse::{Decoder, Event, Item};
use crate::domain::attachments::Attachment;
use crate::domain::chat::{ChatChunk, ChatRequest};
use surface::Place;

/// The call below the base URL of the compatible surface.
pub const PATH: &str = "/chat/completions";

/// The end of a body follows `[DONE]` at once or not at all.
const DRAIN: Duration = Duration::from_secs(1);

/// Whether more of an answer can come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Read again.
    More,
    /// The answer is over.
    End,
}

/// What kind of body it is, known from its first character: servers mislabel.
#[derive(Debug)]
enum Body {
    /// Nothing but white space so far.
    Unknown,
    /// Server-sent events.
    Events(Decoder),
    /// One JSON document: an error, or a whole answer of a server that does not stream.
    Document(Vec<u8>),
}

/// Reads the events of either surface.
#[derive(Debug)]
enum Parser {
    Compat(compat::Parser),
    Native(native::Parser),
}

impl Parser {
    fn event(&mut self, event: &Event<'_>, out: &mut Vec<ChatChunk>) -> Result<Flow, ApiError> {
        match self {
            Self::Compat(parser) => parser.event(event, out),
            Self::Native(parser) => parser.event(event, out),
        }
    }

    fn comment(&mut self, text: &str) {
        match self {
            // Nothing but heartbeats.
            Self::Compat(_) => {}
            Self::Native(parser) => parser.comment(text),
        }
    }

    fn document(&mut self, body: &str, out: &mut Vec<ChatChunk>) -> Result<(), ApiError> {
        match self {
            Self::Compat(parser) => parser.document(body, out),
            Self::Native(parser) => parser.document(body, out),
        }
    }

    fn flush(&mut self, out: &mut Vec<ChatChunk>) {
        match self {
            Self::Compat(parser) => parser.flush(out),
            Self::Native(parser) => parser.flush(out),
        }
    }

    const fn finished(&self) -> bool {
        match self {
            Self::Compat(parser) => parser.finished(),
            Self::Native(parser) => parser.finished(),
        }
    }

    const fn may_end(&self) -> bool {
        match self {
            Self::Compat(parser) => parser.finished(),
            Self::Native(parser) => parser.may_end(),
        }
    }
}

/// An answer that is arriving.
#[derive(Debug)]
pub struct ChatStream {
    reply: Reply,
    body: Body,
    parser: Parser,
}

/// Sends the request to a place and waits until the service accepts it.
pub async fn open(
    client: &ApiClient,
    endpoint: &Endpoint,
    request: &ChatRequest,
    place: Place,
) -> Result<ChatStream, ApiError> {
    let call = match place {
        Place::Compat => Call::compat(PATH, compat::body(request)),
        Place::Native(path) => Call::native(path.call(), native::body(request, path)),
    };
    let mut all = request.messages.iter().flat_map(|message| &message.attachments);
    let call = call.streamed().resolving(all.any(Attachment::is_stored)).queued(endpoint.queues());
    let reply = client.call(endpoint, call).await?;
    let id = reply.request_id().map(str::to_owned);
    let parser = match place {
        Place::Compat => Parser::Compat(compat::Parser::new(id)),
        Place::Native(_) => Parser::Native(native::Parser::new(id)),
    };
    Ok(ChatStream { reply, body: Body::Unknown, parser })
}

impl ChatStream {
    /// Waits for the next bytes and adds the chunks they complete to `out`. What was added
    /// before an error is valid. May be dropped and called again at any await.
    pub async fn read(&mut self, out: &mut Vec<ChatChunk>) -> Result<Flow, ApiError> {
        let result = match self.reply.chunk().await {
            Ok(Some(bytes)) => self.take(&bytes, out),
            Ok(None) => self.finish(out),
            Err(error) => Err(error),
        };
        match result {
            // The answer is whole; only token counts were still awaited.
            Err(error) if self.parser.finished() && error.refusal().is_none() => {
                self.parser.flush(out);
                Ok(Flow::End)
            }
            Ok(Flow::End) => {
                self.parser.flush(out);
                Ok(Flow::End)
            }
            Err(error) => {
                self.parser.flush(out);
                Err(error)
            }
            Ok(Flow::More) => Ok(Flow::More),
        }
    }

    /// Reads what is left of an answer that is over, for a moment: a connection whose answer was
    /// read to its end can be used again, and saves the next question a handshake.
    pub async fn drain(mut self) {
        let rest = async { while matches!(self.reply.chunk().await, Ok(Some(_))) {} };
        drop(timeout(DRAIN, rest).await);
    }

    fn take(&mut self, bytes: &[u8], out: &mut Vec<ChatChunk>) -> Result<Flow, ApiError> {
        if matches!(self.body, Body::Unknown) {
            match first_character(bytes) {
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
                let mut alive = false;
                let pushed = decoder.push(bytes, &mut |item| {
                    alive = true;
                    absorb(parser, item, out, &mut result);
                });
                if alive {
                    self.reply.progressed();
                }
                if self.parser.finished() {
                    self.reply.finishing();
                }
                let flow = result?;
                if flow == Flow::More {
                    pushed?;
                }
                return Ok(flow);
            }
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, out: &mut Vec<ChatChunk>) -> Result<Flow, ApiError> {
        match std::mem::replace(&mut self.body, Body::Unknown) {
            Body::Unknown => {}
            Body::Document(held) => {
                self.parser.document(&String::from_utf8_lossy(&held), out)?;
                return Ok(Flow::End);
            }
            Body::Events(mut decoder) => {
                let parser = &mut self.parser;
                let mut result = Ok(Flow::More);
                decoder.finish(&mut |item| absorb(parser, item, out, &mut result))?;
                if result? == Flow::End {
                    return Ok(Flow::End);
                }
            }
        }
        if self.parser.may_end() {
            return Ok(Flow::End);
        }
        Err(ApiError::Cut { detail: "the stream ended before the answer".to_owned() })
    }
}

/// Lets the parser read an item, as long as nothing ended the answer.
fn absorb(
    parser: &mut Parser,
    item: Item<'_>,
    out: &mut Vec<ChatChunk>,
    result: &mut Result<Flow, ApiError>,
) {
    match (item, &*result) {
        (Item::Event(event), Ok(Flow::More)) => *result = parser.event(&event, out),
        (Item::Comment(text), Ok(Flow::More)) => parser.comment(text),
        (_, Ok(Flow::End) | Err(_)) => {}
    }
}

fn first_character(bytes: &[u8]) -> Option<u8> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests;
