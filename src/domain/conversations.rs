//! Conversations as the store keeps them, and what passes between the program and the store.
//! It refuses SQL and file names.

use super::attachments::Attachment;
use super::chat::Message;
use super::ids::{ConversationId, MessageId};
use super::models::ModelId;
use super::money::Money;
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
    /// The last message of the branch that is shown; `None` before the first.
    pub leaf: Option<MessageId>,
    /// Its own parameters as JSON; the store keeps them without looking.
    pub params: Option<String>,
}

/// A part of a message as it is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Part {
    /// Who and when.
    #[default]
    Head,
    /// The reasoning before an answer.
    Reasoning,
    /// The text.
    Body,
    /// What is said below it.
    Foot,
}

/// A place in a conversation that is the same at every width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Which message.
    pub message: MessageId,
    /// Which part of it.
    pub part: Part,
    /// Which piece of the part, from 0.
    pub piece: u32,
    /// Letters and digits of the piece before the place.
    pub letters: u32,
    /// Rows without any that come between them and the place.
    pub rows: u32,
}

/// A message that waits until the answer before it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The id it will have as a message.
    pub id: MessageId,
    /// What will be sent.
    pub text: String,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
}

/// A conversation with all that is needed to go on where it was left.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// All its messages in the order they were added; [`Message::parent`] makes them a tree.
    pub messages: Vec<Message>,
    /// The unsent text in the composer.
    pub draft: String,
    /// What goes with the unsent text.
    pub attached: Vec<Attachment>,
    /// Messages that waited to be sent, in order.
    pub queue: Vec<Queued>,
    /// Where the reader was; `None` at the end.
    pub place: Option<Spot>,
}

/// A conversation as the list shows it, read without its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRow {
    /// The conversation.
    pub conversation: Conversation,
    /// How many messages it holds, all branches together.
    pub messages: usize,
    /// What its answers cost together, one amount for each currency.
    pub cost: Vec<Money>,
    /// Another running program has it open.
    pub elsewhere: bool,
}

/// What the store is asked to do. Writes are merged and are durable within 250 ms.
#[derive(Debug, Clone, PartialEq)]
pub enum StoreCommand {
    /// Read what the start of the workbench needs: the conversation that was used last and is
    /// not open in another running program, and the history of questions.
    Restore,
    /// Read the heads of all conversations; answered with [`StoreEvent::Listed`].
    List,
    /// Read one conversation; answered with [`StoreEvent::Opened`] or [`StoreEvent::Gone`].
    Open(ConversationId),
    /// Look for conversations with a text in a message; answered with [`StoreEvent::Found`].
    Search(String),
    /// Insert or replace the head of a conversation.
    SaveConversation(Conversation),
    /// Give a conversation a title that the first question does not change any more.
    Rename {
        /// Which.
        conversation: ConversationId,
        /// The title.
        title: String,
    },
    /// Put a conversation aside, or take it back. It is kept for thirty days.
    SetDeleted {
        /// Which.
        conversation: ConversationId,
        /// Put aside.
        deleted: bool,
    },
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
    /// Remember what goes with the unsent text of a conversation.
    SaveAttached {
        /// Whose.
        conversation: ConversationId,
        /// All of it.
        attached: Vec<Attachment>,
    },
    /// Remember the messages that wait in a conversation.
    SaveQueue {
        /// Whose.
        conversation: ConversationId,
        /// All of them, in order.
        queue: Vec<Queued>,
    },
    /// Remember where the reader of a conversation is; `None` is its end.
    SavePlace {
        /// Whose.
        conversation: ConversationId,
        /// Where.
        place: Option<Spot>,
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
    /// The answer to [`StoreCommand::List`], the one used last first.
    Listed(Vec<ConversationRow>),
    /// The answer to [`StoreCommand::Open`].
    Opened(Box<SavedConversation>),
    /// The conversation to be opened could not be read.
    Gone(ConversationId),
    /// The answer to [`StoreCommand::Search`].
    Found {
        /// What was looked for.
        query: String,
        /// Conversations with that text in them.
        conversations: Vec<ConversationId>,
    },
    /// Another program has written to a conversation since this one read it.
    MovedOn(ConversationId),
    /// Everything asked before the flush is on disk.
    Flushed,
    /// Something could not be read or written. What was to be written is kept in memory and is
    /// tried again with the next write; nothing is lost while the program runs.
    Trouble(Notice),
    /// Writing works again after trouble.
    Recovered,
}
