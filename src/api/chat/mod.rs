//! One streamed answer: the request goes out, chunks of the domain come back, whatever the
//! server makes of the protocol. It refuses to repeat a request and to merge chunks; the chat
//! service does both.

mod common;
pub mod compat;
mod cumulative;
pub mod native;
pub mod surface;
mod wire;

use super::call::Call;
use super::client::ApiClient;
use super::error::ApiError;
use super::inspector::Tap;
use super::region::Endpoint;
use super::sse::Event;
use super::stream::{Parse, Stream};
use crate::domain::attachments::Attachment;
use crate::domain::chat::{ChatChunk, ChatRequest};
use surface::Place;

pub use super::stream::Flow;

/// The call below the base URL of the compatible surface.
pub const PATH: &str = "/chat/completions";

/// Reads the events of either surface.
#[derive(Debug)]
pub enum Parser {
    /// The compatible one.
    Compat(compat::Parser),
    /// The native one.
    Native(native::Parser),
}

impl Parse for Parser {
    type Chunk = ChatChunk;
    const ANSWER: &'static str = "answer";

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

    fn document(&mut self, body: &[u8], out: &mut Vec<ChatChunk>) -> Result<Flow, ApiError> {
        let body = String::from_utf8_lossy(body);
        match self {
            Self::Compat(parser) => parser.document(&body, out),
            Self::Native(parser) => parser.document(&body, out),
        }?;
        Ok(Flow::End)
    }

    fn flush(&mut self, out: &mut Vec<ChatChunk>) {
        match self {
            Self::Compat(parser) => parser.flush(out),
            Self::Native(parser) => parser.flush(out),
        }
    }

    fn finished(&self) -> bool {
        match self {
            Self::Compat(parser) => parser.finished(),
            Self::Native(parser) => parser.finished(),
        }
    }

    fn may_end(&self) -> bool {
        match self {
            Self::Compat(parser) => parser.finished(),
            Self::Native(parser) => parser.may_end(),
        }
    }
}

/// An answer that is arriving.
pub type ChatStream = Stream<Parser>;

/// Sends the request to a place and waits until the service accepts it.
pub async fn open(
    client: &ApiClient,
    endpoint: &Endpoint,
    request: &ChatRequest,
    place: Place,
) -> Result<ChatStream, ApiError> {
    open_noted(client, endpoint, request, place, None).await
}

/// As [`open`], with somebody who notes what goes over the wire.
pub async fn open_noted(
    client: &ApiClient,
    endpoint: &Endpoint,
    request: &ChatRequest,
    place: Place,
    tap: Option<Tap>,
) -> Result<ChatStream, ApiError> {
    let call = match place {
        Place::Compat => Call::compat(PATH, compat::body(request)),
        Place::Native(path) => Call::native(path.call(), native::body(request, path)),
    };
    let mut all = request.messages.iter().flat_map(|message| &message.attachments);
    let call = call.streamed().resolving(all.any(Attachment::is_stored)).queued(endpoint.queues());
    let call = call.noted_by(tap);
    let reply = client.call(endpoint, call).await?;
    let id = reply.request_id().map(str::to_owned);
    let parser = match place {
        Place::Compat => Parser::Compat(compat::Parser::new(id)),
        Place::Native(_) => Parser::Native(native::Parser::new(id)),
    };
    Ok(Stream::new(reply, parser))
}

#[cfg(test)]
mod tests;
