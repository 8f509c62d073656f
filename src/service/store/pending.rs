//! What waits to be written, merged so that a message is one change however many pieces came.
//! It refuses SQL; its size is bounded by the text that the rest of the program holds as well.

use std::collections::VecDeque;

use crate::domain::attachments::Attachment;
use crate::domain::chat::{Message, MessageState};
use crate::domain::conversations::{Conversation, Queued, Spot, StoreCommand};
use crate::domain::ids::{ConversationId, MessageId};

/// Questions that are kept in the history.
pub(super) const HISTORY: usize = 1_000;

/// With this many bytes waiting they are written without waiting for more.
const MUCH: usize = 256 * 1024;

/// A message that changed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// All of it.
    Whole(ConversationId, Box<Message>),
    /// What came at its end.
    More {
        /// More text.
        text: String,
        /// More reasoning.
        reasoning: String,
    },
}

/// How long a write may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Until more has come.
    Some,
    /// Not at all: a question was asked, an answer ended, or much has come.
    None,
}

/// Everything that waits.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Pending {
    pub(super) conversations: Vec<Conversation>,
    pub(super) messages: Vec<(MessageId, Change)>,
    pub(super) titles: Vec<(ConversationId, String)>,
    pub(super) drafts: Vec<(ConversationId, String)>,
    pub(super) attached: Vec<(ConversationId, Vec<Attachment>)>,
    pub(super) queues: Vec<(ConversationId, Vec<Queued>)>,
    pub(super) places: Vec<(ConversationId, Option<Spot>)>,
    pub(super) deleted: Vec<(ConversationId, bool)>,
    pub(super) history: VecDeque<String>,
    bytes: usize,
}

impl Pending {
    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.conversations.is_empty()
            && self.messages.is_empty()
            && self.titles.is_empty()
            && self.drafts.is_empty()
            && self.attached.is_empty()
            && self.queues.is_empty()
            && self.places.is_empty()
            && self.deleted.is_empty()
            && self.history.is_empty()
    }

    /// Insert or replace the head of a conversation.
    pub(super) fn conversation(&mut self, conversation: Conversation) -> Patience {
        match self.conversations.iter_mut().find(|known| known.id == conversation.id) {
            Some(known) => *known = conversation,
            None => self.conversations.push(conversation),
        }
        Patience::Some
    }

    /// Insert or replace a message.
    pub(super) fn message(&mut self, home: ConversationId, message: Box<Message>) -> Patience {
        let patience = match message.state {
            MessageState::Streaming => Patience::Some,
            MessageState::Complete | MessageState::Partial | MessageState::Failed => Patience::None,
        };
        self.bytes += message.text.len() + message.reasoning.len();
        let id = message.id;
        let change = Change::Whole(home, message);
        match self.find(id) {
            Some(known) => *known = change,
            None => self.messages.push((id, change)),
        }
        patience
    }

    /// Append to a message.
    pub(super) fn append(&mut self, id: MessageId, text: String, reasoning: String) -> Patience {
        self.bytes += text.len() + reasoning.len();
        match self.find(id) {
            Some(Change::Whole(_, message)) => {
                message.text.push_str(&text);
                message.reasoning.push_str(&reasoning);
            }
            Some(Change::More { text: before, reasoning: reasoning_before }) => {
                before.push_str(&text);
                reasoning_before.push_str(&reasoning);
            }
            None => self.messages.push((id, Change::More { text, reasoning })),
        }
        if self.bytes > MUCH { Patience::None } else { Patience::Some }
    }

    /// Remember a question.
    pub(super) fn question(&mut self, text: String) -> Patience {
        if !text.is_empty() && self.history.back() != Some(&text) {
            self.history.push_back(text);
        }
        if self.history.len() > HISTORY {
            self.history.pop_front();
        }
        Patience::Some
    }

    /// Takes a command that writes; the others come back.
    pub(super) fn take(&mut self, command: StoreCommand) -> Result<Patience, StoreCommand> {
        Ok(match command {
            StoreCommand::SaveConversation(conversation) => self.conversation(conversation),
            StoreCommand::SaveMessage { conversation, message } => {
                self.message(conversation, message)
            }
            StoreCommand::AppendText { message, text, reasoning } => {
                self.append(message, text, reasoning)
            }
            StoreCommand::Rename { conversation, title } => {
                latest(&mut self.titles, conversation, title)
            }
            StoreCommand::SetDeleted { conversation, deleted } => {
                latest(&mut self.deleted, conversation, deleted)
            }
            StoreCommand::SaveDraft { conversation, text } => {
                latest(&mut self.drafts, conversation, text)
            }
            StoreCommand::SaveAttached { conversation, attached } => {
                latest(&mut self.attached, conversation, attached)
            }
            StoreCommand::SaveQueue { conversation, queue } => {
                latest(&mut self.queues, conversation, queue)
            }
            StoreCommand::SavePlace { conversation, place } => {
                latest(&mut self.places, conversation, place)
            }
            StoreCommand::AddHistory(text) => self.question(text),
            other @ (StoreCommand::Restore
            | StoreCommand::List
            | StoreCommand::Open(_)
            | StoreCommand::Search(_)
            | StoreCommand::Flush) => return Err(other),
        })
    }

    fn find(&mut self, id: MessageId) -> Option<&mut Change> {
        // The message that streams is the last one.
        self.messages.iter_mut().rev().find(|(known, _)| *known == id).map(|(_, change)| change)
    }
}

/// Of several values for one conversation the last one is written.
fn latest<T>(all: &mut Vec<(ConversationId, T)>, of: ConversationId, value: T) -> Patience {
    match all.iter_mut().find(|(known, _)| *known == of) {
        Some((_, before)) => *before = value,
        None => all.push((of, value)),
    }
    Patience::Some
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streaming(id: i64, text: &str) -> Box<Message> {
        Box::new(Message {
            id: MessageId(id),
            parent: None,
            role: crate::domain::chat::Role::Assistant,
            text: text.into(),
            attachments: Vec::new(),
            reasoning: String::new(),
            state: MessageState::Streaming,
            created_ms: 0,
            facts: None,
        })
    }

    #[test]
    fn pieces_of_one_message_become_one_change() {
        let mut pending = Pending::default();
        for piece in ["一", "二", "three"] {
            pending.append(MessageId(1), piece.into(), "r".into());
        }
        let change = Change::More { text: "一二three".into(), reasoning: "rrr".into() };
        assert_eq!(pending.messages, [(MessageId(1), change)]);
    }

    #[test]
    fn pieces_go_into_a_whole_message_that_still_waits() {
        let mut pending = Pending::default();
        pending.message(ConversationId(1), streaming(1, "a"));
        pending.append(MessageId(1), "b".into(), String::new());
        let change = Change::Whole(ConversationId(1), streaming(1, "ab"));
        assert_eq!(pending.messages, [(MessageId(1), change)]);
        pending.message(ConversationId(1), streaming(1, "new"));
        let change = Change::Whole(ConversationId(1), streaming(1, "new"));
        assert_eq!(pending.messages, [(MessageId(1), change)]);
    }

    #[test]
    fn much_text_and_finished_messages_do_not_wait() {
        let mut pending = Pending::default();
        assert_eq!(pending.append(MessageId(1), "a".into(), String::new()), Patience::Some);
        let much = "a".repeat(MUCH);
        assert_eq!(pending.append(MessageId(1), much, String::new()), Patience::None);
        let mut done = streaming(2, "a");
        done.state = MessageState::Complete;
        assert_eq!(pending.message(ConversationId(1), done), Patience::None);
    }

    #[test]
    fn the_history_is_bounded_and_without_repetitions() {
        let mut pending = Pending::default();
        for number in 0..HISTORY + 5 {
            pending.question(number.to_string());
            pending.question(number.to_string());
        }
        pending.question(String::new());
        assert_eq!(pending.history.len(), HISTORY);
        assert_eq!(pending.history.front().map(String::as_str), Some("5"));
    }
}
