//! What support asks for besides the request id: where a request went, and what came back, word
//! for word. It refuses keys, queries of addresses (they hold signatures) and what was asked.

/// Which of the service's dialects was spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Surface {
    /// The OpenAI-compatible one.
    Compat,
    /// The service's own.
    Native,
    /// The storage, or another server.
    Other,
}

impl Surface {
    /// The surface of a path.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        if path.contains("/compatible-mode/") {
            Self::Compat
        } else if path.contains("/api/v1/") {
            Self::Native
        } else {
            Self::Other
        }
    }

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compat => "compat",
            Self::Native => "native",
            Self::Other => "other",
        }
    }
}

/// A request and the answer to it, without what is secret in either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Scheme, host, port and path.
    pub url: String,
    /// Which dialect.
    pub surface: Surface,
    /// The region, where the host tells.
    pub region: Option<String>,
    /// The workspace, where one was named.
    pub workspace: Option<String>,
    /// HTTP status; 0 where none came, or where an event inside a stream gave none.
    pub status: u16,
    /// The error code as it came; may be empty.
    pub code: String,
    /// The message without decorations; may be empty.
    pub message: String,
}
