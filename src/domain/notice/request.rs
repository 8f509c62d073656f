//! What there is to say of a request that the service does not take as it is: its parameters, its
//! content, its time. It refuses sentences.

use super::{Class, Exit, Fault, Side};

/// What the service wants of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// A value within a range, in the service's notation.
    Range(String),
    /// One of these values, or this one.
    Only(String),
    /// None: the model does not know the parameter.
    Nothing,
    /// Some value: it is missing.
    Some,
    /// Another value; which, the service does not say.
    Other,
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestNotice {
    // --- what the user chose
    /// A parameter, by the name it has on the wire.
    Parameter {
        /// Its name.
        name: String,
        /// What it should be.
        demand: Demand,
    },
    /// JSON mode without the word JSON in the conversation.
    JsonWord,
    /// JSON mode while the model thinks.
    JsonWhileThinking,
    /// There is no question in it.
    NoQuestion,
    /// The voice is not one of the model's.
    Voice {
        /// The voice that was asked for, where it is known.
        voice: Option<Box<str>>,
        /// The model.
        model: String,
        /// Voices the model has; the likeliest first.
        near: Box<[String]>,
    },
    /// More texts at once than one request may hold.
    Batch {
        /// How many it may, where the service says so.
        most: Option<u64>,
    },
    /// A text to speak or to embed is too long.
    TextTooLong {
        /// The model.
        model: String,
        /// The most it takes, in the service's own unit, where it says so.
        most: Option<u64>,
    },
    /// The whole request is larger than the service takes.
    BodyTooLarge,
    /// What the request points at does not exist.
    Gone,
    /// A task can be cancelled only before it runs.
    NotPending,
    /// The operation is not possible on that thing.
    Unsupported,
    /// Something of that name exists already.
    Conflict,
    /// Content that seems to belong to somebody else.
    Infringement {
        /// Question or answer.
        side: Side,
    },
    /// A rule that was set up for the workspace.
    Rule {
        /// It is a fixed answer to a question, not a word that is blocked.
        faq: bool,
    },
    // --- the service's clock
    /// The service took too long over it.
    TimedOut,
    /// A task took longer than a task may (three hours).
    TaskTimedOut,
    /// The service saw the connection closed before it was done.
    Disconnected,
}

impl RequestNotice {
    pub(super) const fn class(&self) -> Class {
        let (fault, exit) = match self {
            Self::Parameter { .. }
            | Self::JsonWord
            | Self::JsonWhileThinking
            | Self::NoQuestion
            | Self::Voice { .. }
            | Self::Batch { .. }
            | Self::TextTooLong { .. }
            | Self::BodyTooLarge
            | Self::Gone
            | Self::NotPending
            | Self::Unsupported
            | Self::Conflict => (Some(Fault::You), Exit::Failed),
            Self::Infringement { side } => (side.fault(), Exit::Content),
            Self::Rule { .. } => (Some(Fault::Account), Exit::Content),
            Self::TimedOut | Self::TaskTimedOut => (Some(Fault::Service), Exit::Failed),
            Self::Disconnected => (Some(Fault::Network), Exit::Network),
        };
        Class::error(fault, exit)
    }
}
