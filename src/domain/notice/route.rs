//! What there is to say of a request that went the wrong way: to a region, a surface or a path that
//! does not serve the model, or in a shape the service does not read. It refuses sentences.

use super::{Class, Exit, Fault};

/// Why a request did not reach what it was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteNotice {
    // --- the model and where it is served
    /// The catalog knows the model; this region does not serve it, or not to this account.
    ModelElsewhere {
        /// The model.
        model: String,
        /// The region that was asked.
        region: Box<str>,
        /// Regions known to serve it; empty where nobody tells.
        served: Box<[String]>,
    },
    /// Only the native surface serves the model.
    NativeOnly {
        /// The model.
        model: String,
    },
    /// Only a WebSocket serves the model.
    SocketOnly {
        /// The model.
        model: String,
    },
    /// The model works only as a task.
    TaskOnly {
        /// The model.
        model: String,
    },
    // --- how the request was made
    /// The profile names only the compatible base of a server, and this needs the native surface;
    /// nothing was sent.
    NoNative {
        /// The model.
        model: String,
        /// Scheme, host and port of the compatible base.
        origin: String,
    },
    /// The path is another model's.
    WrongPath {
        /// The model.
        model: String,
        /// The URL without its query.
        url: String,
    },
    /// The header for tasks did not arrive.
    AsyncMissing {
        /// The model.
        model: String,
        /// Scheme, host and port.
        origin: String,
    },
    /// The header for tasks arrived where there is none.
    AsyncUnwanted {
        /// The model.
        model: String,
        /// Scheme, host and port.
        origin: String,
    },
    /// The model answers only as a stream, or only in one form of it.
    Unstreamed {
        /// The model.
        model: String,
    },
    /// The body or the method is not what the service reads.
    Malformed {
        /// The URL without its query.
        url: String,
    },
    /// The result of a tool does not follow the call of it.
    ToolOrder,
}

impl RouteNotice {
    pub(super) const fn class(&self) -> Class {
        let fault = match self {
            Self::ModelElsewhere { .. }
            | Self::NativeOnly { .. }
            | Self::SocketOnly { .. }
            | Self::TaskOnly { .. }
            | Self::NoNative { .. } => Fault::You,
            Self::WrongPath { .. }
            | Self::AsyncMissing { .. }
            | Self::AsyncUnwanted { .. }
            | Self::Unstreamed { .. }
            | Self::Malformed { .. }
            | Self::ToolOrder => Fault::Program,
        };
        Class::error(Some(fault), Exit::Failed)
    }
}
