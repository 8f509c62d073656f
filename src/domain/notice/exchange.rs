//! What support asks for besides the request id: where a request went, and what came back, word
//! for word. It refuses keys, queries of addresses (they hold signatures) and what was asked.

use crate::domain::models::Surface;

/// A request and the answer to it, without what is secret in either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Scheme, host, port and path.
    pub url: String,
    /// Which of the service's surfaces was asked; none is the storage's, or another server's.
    pub surface: Option<Surface>,
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

impl Exchange {
    /// The surface of a path.
    #[must_use]
    pub fn surface_of(path: &str) -> Option<Surface> {
        if path.contains("/compatible-mode/") {
            Some(Surface::Compat)
        } else if path.contains("/api/v1/") {
            Some(Surface::Native)
        } else {
            None
        }
    }
}
