//! Everything that can go wrong on the way to an answer, typed, with the causes of the network
//! library sorted out. It refuses sentences: `diagnose` turns these into notices.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use url::Url;

use super::sse::Oversized;
use crate::text::sanitize;

/// What the service itself said when it refused. Texts are sanitized and free of the key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// HTTP status; 0 where an event inside the stream said it and gave none.
    pub status: u16,
    /// The error code, native or compatible spelling; may be empty.
    pub code: String,
    /// The message without decorations; may be empty.
    pub message: String,
    /// The id to quote to support.
    pub request_id: Option<String>,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// The body was an error of an API, not a web page or nothing.
    pub envelope: bool,
    /// The parameter it is about, where the envelope names one.
    pub param: Option<String>,
    /// The storage for files said it (XML), not the API: its codes mean other things.
    pub storage: bool,
}

impl Refusal {
    /// The error of a failed task, or of one failed part of it: HTTP was 200, `code` and `message`
    /// stood in the body (tasks.md). `request_id` is that of the poll. The texts are cleaned here.
    #[must_use]
    pub fn of_task(code: &str, message: &str, request_id: Option<&str>) -> Self {
        super::envelope::of_texts(code, message, request_id)
    }
}

/// Why there is no answer, or not all of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The service answers only with a key and there is none; nothing was sent.
    #[error("no key")]
    NoKey,
    /// The key cannot be put into a header; nothing was sent.
    #[error("the key holds a character that cannot be sent")]
    BadKey,
    /// The place has no native surface: only a compatible base is known. Nothing was sent.
    #[error("no native surface is known there")]
    NoNative,
    /// The HTTP client could not be made.
    #[error("the client could not be set up: {detail}")]
    Setup {
        /// What the library said.
        detail: String,
    },
    /// The name of the host could not be resolved.
    #[error("the name {host} was not resolved: {detail}")]
    Dns {
        /// The host.
        host: String,
        /// What the system said.
        detail: String,
    },
    /// Nobody listens there.
    #[error("{host} refused the connection")]
    Refused {
        /// Host and port.
        host: String,
    },
    /// The connection could not be secured.
    #[error("no secure connection to {host}: {detail}")]
    Tls {
        /// The host.
        host: String,
        /// What the library said.
        detail: String,
    },
    /// The connection could not be made for another reason.
    #[error("no connection to {host}: {detail}")]
    Connect {
        /// Host and port.
        host: String,
        /// What the system said.
        detail: String,
    },
    /// The connection was not made in time.
    #[error("no connection to {host} within {after:?}")]
    ConnectTimeout {
        /// Host and port.
        host: String,
        /// The limit.
        after: Duration,
    },
    /// No answer began in time.
    #[error("no answer within {after:?}")]
    FirstByte {
        /// The limit.
        after: Duration,
    },
    /// The answer stopped coming.
    #[error("nothing more came for {after:?}")]
    Idle {
        /// The limit.
        after: Duration,
    },
    /// The answer took longer than a whole answer may.
    #[error("not finished within {after:?}")]
    Overall {
        /// The limit.
        after: Duration,
    },
    /// The connection ended before the answer did.
    #[error("the connection ended early: {detail}")]
    Cut {
        /// What the library said.
        detail: String,
    },
    /// What came is not what the service speaks.
    #[error("the answer could not be read: {detail}")]
    Garbled {
        /// What was wrong with it.
        detail: String,
    },
    /// A line, an event or a whole answer was larger than its cap.
    #[error("larger than {cap} bytes")]
    TooLarge {
        /// The cap, in bytes.
        cap: u64,
    },
    /// The server wants the request to go elsewhere.
    #[error("redirected to {to}")]
    Redirect {
        /// Scheme, host and port it pointed to.
        to: String,
    },
    /// A web page came instead of an answer.
    #[error("a web page instead of an answer")]
    WebPage,
    /// The service refused the request.
    #[error("status {}: {}: {}", .0.status, .0.code, .0.message)]
    Status(Box<Refusal>),
    /// The service reported an error in the body of an accepted request.
    #[error("error in the stream: {}: {}", .0.code, .0.message)]
    Stream(Box<Refusal>),
}

impl ApiError {
    /// What the service said, if it was the service that refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Status(refusal) | Self::Stream(refusal) => Some(refusal),
            Self::NoKey
            | Self::BadKey
            | Self::NoNative
            | Self::Setup { .. }
            | Self::Dns { .. }
            | Self::Refused { .. }
            | Self::Tls { .. }
            | Self::Connect { .. }
            | Self::ConnectTimeout { .. }
            | Self::FirstByte { .. }
            | Self::Idle { .. }
            | Self::Overall { .. }
            | Self::Cut { .. }
            | Self::Garbled { .. }
            | Self::TooLarge { .. }
            | Self::Redirect { .. }
            | Self::WebPage => None,
        }
    }
}

impl From<Oversized> for ApiError {
    fn from(over: Oversized) -> Self {
        Self::TooLarge { cap: over.cap }
    }
}

/// Host and port as people write them; the port only where it is not the scheme's own.
#[must_use]
pub fn host_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Sorts an error of sending a request, that is before any header of the answer was read.
#[must_use]
pub(super) fn while_sending(error: &reqwest::Error, url: &Url, connect: Duration) -> ApiError {
    if error.is_builder() {
        return ApiError::Setup { detail: detail(error) };
    }
    if !error.is_connect() {
        return while_reading(error);
    }
    let host = host_port(url);
    let links = chain(error);
    if links.iter().any(|link| matches!(link, Link::Tls)) {
        let bare = url.host_str().unwrap_or_default().to_owned();
        return ApiError::Tls { host: bare, detail: detail(error) };
    }
    if links.iter().any(|link| matches!(link, Link::Other(text) if text == "dns error")) {
        let bare = url.host_str().unwrap_or_default().to_owned();
        return ApiError::Dns { host: bare, detail: detail(error) };
    }
    if error.is_timeout() {
        return ApiError::ConnectTimeout { host, after: connect };
    }
    let io = |wanted: &[io::ErrorKind]| {
        links.iter().any(|link| matches!(link, Link::Io(kind) if wanted.contains(kind)))
    };
    if io(&[io::ErrorKind::ConnectionRefused]) {
        return ApiError::Refused { host };
    }
    let tcp =
        links.iter().any(|link| matches!(link, Link::Other(text) if text.starts_with("tcp ")));
    // The connection stood and ended while it was being secured.
    if url.scheme() == "https"
        && !tcp
        && io(&[io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset])
    {
        let bare = url.host_str().unwrap_or_default().to_owned();
        return ApiError::Tls { host: bare, detail: detail(error) };
    }
    ApiError::Connect { host, detail: detail(error) }
}

/// Sorts an error of reading an answer.
#[must_use]
pub(super) fn while_reading(error: &reqwest::Error) -> ApiError {
    let detail = detail(error);
    let garbled = chain(error).iter().any(|link| match link {
        Link::Io(kind) => matches!(kind, io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput),
        Link::Tls => false,
        Link::Other(text) => {
            text.starts_with("invalid HTTP")
                || text.starts_with("invalid content-length")
                || text.starts_with("unexpected transfer-encoding")
                || text.starts_with("message head is too large")
        }
    });
    if garbled { ApiError::Garbled { detail } } else { ApiError::Cut { detail } }
}

/// One cause in the chain of an error, as far as it can be told apart by type.
enum Link {
    Tls,
    Io(io::ErrorKind),
    Other(String),
}

/// The causes from the outside in. An `io::Error` hides the error it wraps from `source()`,
/// so it is opened by hand; that is where TLS failures are.
fn chain(error: &(dyn StdError + 'static)) -> Vec<Link> {
    let mut links = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        next = error.source();
        if error.is::<rustls::Error>() {
            links.push(Link::Tls);
        } else if let Some(io) = error.downcast_ref::<io::Error>() {
            links.push(Link::Io(io.kind()));
            if let Some(inner) = io.get_ref() {
                next = Some(inner);
            }
        } else {
            links.push(Link::Other(error.to_string()));
        }
    }
    links
}

/// The words of the innermost cause: the outer ones repeat the URL and say nothing.
fn detail(error: &reqwest::Error) -> String {
    let mut innermost: &(dyn StdError + 'static) = error;
    loop {
        if innermost.is::<rustls::Error>() {
            break;
        }
        let inner = innermost
            .downcast_ref::<io::Error>()
            .and_then(|io| io.get_ref())
            .map(|inner| inner as &(dyn StdError + 'static));
        match inner.or_else(|| innermost.source()) {
            Some(cause) => innermost = cause,
            None => break,
        }
    }
    sanitize::line(&innermost.to_string())
}
