//! Conversations as the store keeps them, and what passes between the program and the store.
//! It refuses SQL and file names.

use super::chat::Message;
use super::ids::{ConversationId, MessageId};
use super::models::ModelId;
use super::notice::Notice;

/// A conversation without its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Made locally from the first question; empty until there is one.
    pub title: String,
    /// The model it was last asked of.
    pub model: ModelId,
    /// When it began, milliseconds since 1970 (UTC).
    pub created_ms: i64,
    /// When something was last added, milliseconds since 1970 (UTC).
    pub updated_ms: i64,
}

/// A conversation with all that is needed to go on where it was left.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// Its messages, oldest first.
    pub messages: Vec<Message>,
    /// The unsent text in the composer.
    pub draft: String,
}

/// What the store is asked to do. Writes are merged and are durable within 250 ms.
#[derive(Debug, Clone, PartialEq)]
pub enum StoreCommand {
    /// Read what the start of the workbench needs: the conversation that was used last and is
    /// not open in another running program, and the history of questions.
    Restore,
    /// Insert or replace the head of a conversation.
    SaveConversation(Conversation),
    /// Insert a message, or replace it if the id is known.
    SaveMessage {
        /// Where it belongs.
        conversation: ConversationId,
        /// The whole message.
        message: Box<Message>,
    },
    /// Append what has arrived to a message that is streaming.
    AppendText {
        /// Which message.
        message: MessageId,
        /// More text.
        text: String,
        /// More reasoning.
        reasoning: String,
    },
    /// Remember the unsent text of a conversation; empty forgets it.
    SaveDraft {
        /// Whose.
        conversation: ConversationId,
        /// The text.
        text: String,
    },
    /// Add a question to the history of the composer.
    AddHistory(String),
    /// Write everything now and answer with [`StoreEvent::Flushed`].
    Flush,
}

/// What the store says.
#[derive(Debug, Clone, PartialEq)]
pub enum StoreEvent {
    /// The answer to [`StoreCommand::Restore`]: the newest questions last.
    Restored {
        /// The conversation to go on with, if there is one.
        last: Option<Box<SavedConversation>>,
        /// Earlier questions, oldest first.
        history: Vec<String>,
    },
    /// Everything asked before the flush is on disk.
    Flushed,
    /// Something could not be read or written. What was to be written is kept in memory and is
    /// tried again with the next write; nothing is lost while the program runs.
    Trouble(Notice),
    /// Writing works again after trouble.
    Recovered,
}
