//! An answer that arrives piece by piece: events of a stream or, where a server does not stream, one
//! document, told apart by its first character since servers mislabel. It refuses to know what is in
//! it: every kind of answer has a parser of its own.

use std::time::Duration;

use tokio::time::timeout;

use super::error::ApiError;
use super::reply::Reply;
use super::sse::{Decoder, Event, Item};

/// The end of a body follows the last event at once or not at all.
const DRAIN: Duration = Duration::from_secs(1);

/// Whether more of an answer can come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Read again.
    More,
    /// The answer is over.
    End,
}

/// Reads the events of one kind of answer.
pub trait Parse {
    /// A piece of such an answer.
    type Chunk;
    /// What a stream ended before, if it ended early; for the log and the notice's detail.
    const ANSWER: &'static str;

    /// Reads one event and adds its pieces to `out`.
    ///
    /// # Errors
    /// The event is a refusal, or of no known form. What was added before is valid.
    fn event(&mut self, event: &Event<'_>, out: &mut Vec<Self::Chunk>) -> Result<Flow, ApiError>;

    /// A comment line; the native surface has the status of the answer in one.
    fn comment(&mut self, _text: &str) {}

    /// Reads a whole answer that came as one document.
    ///
    /// # Errors
    /// It is a refusal, or of no known form.
    fn document(&mut self, body: &[u8], out: &mut Vec<Self::Chunk>) -> Result<Flow, ApiError>;

    /// Gives out what was held back: nothing more will come.
    fn flush(&mut self, out: &mut Vec<Self::Chunk>);

    /// The answer is whole; at most counts can follow.
    fn finished(&self) -> bool;

    /// A stream that ends now was not cut.
    fn may_end(&self) -> bool {
        self.finished()
    }
}

/// What kind of body it is.
#[derive(Debug)]
enum Body {
    /// Nothing but white space so far.
    Unknown,
    /// Server-sent events.
    Events(Decoder),
    /// One JSON document: an error, or a whole answer.
    Document(Vec<u8>),
}

/// An answer that is arriving.
#[derive(Debug)]
pub struct Stream<P> {
    reply: Reply,
    body: Body,
    parser: P,
}

impl<P: Parse> Stream<P> {
    /// Of a reply that was accepted.
    pub(super) const fn new(reply: Reply, parser: P) -> Self {
        Self { reply, body: Body::Unknown, parser }
    }

    /// Waits for the next bytes and adds the pieces they complete to `out`. What was added before
    /// an error is valid. May be dropped and called again at any await.
    ///
    /// # Errors
    /// The service refused in the middle, the stream was cut, or it is none.
    pub async fn read(&mut self, out: &mut Vec<P::Chunk>) -> Result<Flow, ApiError> {
        let result = match self.reply.chunk().await {
            Ok(Some(bytes)) => self.take(&bytes, out),
            Ok(None) => self.finish(out),
            Err(error) => Err(error),
        };
        if result.as_ref().is_ok_and(|flow| *flow == Flow::More) {
            return result;
        }
        self.parser.flush(out);
        match result {
            // The answer is whole; only counts were still awaited.
            Err(error) if self.parser.finished() && error.refusal().is_none() => Ok(Flow::End),
            ended => ended,
        }
    }

    /// Reads what is left of an answer that is over, for a moment: a connection whose answer was
    /// read to its end can be used again, and saves the next request a handshake.
    pub async fn drain(mut self) {
        let rest = async { while matches!(self.reply.chunk().await, Ok(Some(_))) {} };
        drop(timeout(DRAIN, rest).await);
    }

    fn take(&mut self, bytes: &[u8], out: &mut Vec<P::Chunk>) -> Result<Flow, ApiError> {
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

    fn finish(&mut self, out: &mut Vec<P::Chunk>) -> Result<Flow, ApiError> {
        let mut flow = Flow::More;
        match std::mem::replace(&mut self.body, Body::Unknown) {
            Body::Unknown => {}
            Body::Document(held) => flow = self.parser.document(&held, out)?,
            Body::Events(mut decoder) => {
                let parser = &mut self.parser;
                let mut result = Ok(Flow::More);
                decoder.finish(&mut |item| absorb(parser, item, out, &mut result))?;
                flow = result?;
            }
        }
        if flow == Flow::End || self.parser.may_end() {
            return Ok(Flow::End);
        }
        Err(ApiError::Cut { detail: format!("the stream ended before the {}", P::ANSWER) })
    }
}

/// Lets the parser read an item, as long as nothing ended the answer.
pub(super) fn absorb<P: Parse>(
    parser: &mut P,
    item: Item<'_>,
    out: &mut Vec<P::Chunk>,
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
