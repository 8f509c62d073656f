//! Conversations as files: what goes into one, in which form, what there is to say about it. It
//! refuses to write one.

use super::chat::Message;
use super::conversations::Conversation;
use super::notice::Level;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people.
    Markdown,
    /// For programs; the README has the names.
    Json,
}

impl Format {
    /// How the names of its files end.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }
}

/// A conversation with everything a file says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcript {
    /// The conversation.
    pub conversation: Conversation,
    /// Instructions above it.
    pub system: Option<String>,
    /// Its messages as they are shown, oldest first.
    pub messages: Vec<Message>,
    /// For each message why it ended early, empty where it did not.
    pub remarks: Vec<String>,
    /// The few words of a file in the language of the interface.
    pub labels: Labels,
    /// When it was asked for, milliseconds since 1970 (UTC).
    pub now_ms: i64,
    /// Minutes that local time is ahead of UTC.
    pub utc_offset_min: i32,
}

/// Words that stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels {
    /// Above a question.
    pub you: &'static str,
    /// Above the instructions.
    pub system: &'static str,
    /// Above the reasoning.
    pub reasoning: &'static str,
    /// In place of a missing title.
    pub untitled: &'static str,
    /// Before the number of texts that were hidden.
    pub hidden: &'static str,
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportCommand {
    /// What goes into it.
    pub transcript: Box<Transcript>,
    /// Its form, unless its name says another.
    pub format: Format,
    /// Its name, or the directory it goes to; `None` makes a name from the title.
    pub to: Option<String>,
}

/// What there is to say about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportNotice {
    /// It is there.
    Written {
        /// Its whole name.
        path: String,
        /// Texts that looked like keys and were left out.
        hidden: usize,
    },
    /// It is not; the system's words are the notice's detail.
    Failed {
        /// Its name.
        path: String,
    },
    /// There is nothing to write.
    Empty,
}

impl ExportNotice {
    /// How loud it is.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::Written { .. } | Self::Empty => Level::Info,
            Self::Failed { .. } => Level::Error,
        }
    }
}
