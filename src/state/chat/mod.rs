//! One conversation: its messages, the answer that is arriving, what is unsaved of it. It
//! refuses layout (where a row is) and requests (what it wants is returned as effects).

mod arrive;
mod ask;
mod calls;
mod entry;
pub mod queue;
mod sums;
mod tree;

use std::collections::VecDeque;
use std::time::Duration;

pub use arrive::Ended;
pub use ask::{Asked, Lane};
pub use entry::Entry;
pub use sums::Sums;

use super::params::kept;
use super::scroll::{Move, Position, Scroll};
use super::speech::Choice;
use crate::domain::attachments::Attachment;
use crate::domain::chat::{ChatParams, Message, Role};
use crate::domain::conversations::{Conversation, SavedConversation, StoreCommand};
use crate::domain::ids::{MessageId, TurnId};
use crate::domain::models::ModelId;
use crate::domain::notice::Notice;
use crate::effect::HighlightCommand;
use calls::Calls;
use queue::Queue;
use tree::Tree;

/// A turn that waits before it is tried again.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Why.
    pub notice: Notice,
    /// When it will be tried, on the clock that never goes back.
    pub until: Duration,
    /// Number of the coming try.
    pub attempt: u32,
}

/// The turn that is running.
#[derive(Debug)]
pub struct Running {
    /// Its id.
    pub turn: TurnId,
    /// When it was asked.
    pub since: Duration,
    /// It waits before another try.
    pub waiting: Option<Waiting>,
    /// The answer that arrives.
    pub answer: MessageId,
    calls: Calls,
    unsaved: Unsaved,
}

/// What arrived and is not yet handed to the store.
#[derive(Debug, Default)]
struct Unsaved {
    text: String,
    reasoning: String,
    since: Option<Duration>,
}

/// A question that is in the composer to be asked differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editing {
    /// Which.
    pub question: MessageId,
    /// What was being written before.
    pub draft: String,
    /// What went with it.
    pub attached: Vec<Attachment>,
}

/// A conversation.
#[derive(Debug)]
pub struct Chat {
    conversation: Conversation,
    tree: Tree,
    /// Turns that run: one, or one for each model that was asked the same question.
    running: Vec<Running>,
    /// Turns that have not said their last word, with their answers: the one that runs, and those
    /// that were just stopped.
    turns: Vec<(TurnId, MessageId)>,
    /// The last turns, over or not, with their answers.
    asked: VecDeque<(TurnId, MessageId)>,
    /// Models that answers of the last comparison were asked of.
    compared: Vec<(MessageId, ModelId)>,
    /// What was being written here when another conversation was shown.
    pub draft: String,
    /// What goes with the message that is being written here.
    pub attached: Vec<Attachment>,
    /// An earlier question that is being changed.
    pub editing: Option<Editing>,
    /// The next question goes to all of these; empty is to the model of the conversation.
    pub compare: Vec<ModelId>,
    /// Messages that wait to be sent.
    pub queue: Queue,
    /// Where the reader is.
    pub scroll: Scroll,
    /// Settings of its requests.
    pub params: ChatParams,
    /// Settings of the next question alone.
    pub next: Option<ChatParams>,
    /// Instructions above it.
    pub system: Option<String>,
    /// Who reads it aloud.
    pub speech: Choice,
    /// Another program has written to it since it was read.
    pub moved_on: bool,
}

impl Chat {
    /// An empty conversation, not stored yet.
    #[must_use]
    pub fn new(conversation: Conversation, params: ChatParams, system: Option<String>) -> Self {
        Self {
            conversation,
            tree: Tree::default(),
            running: Vec::new(),
            turns: Vec::new(),
            asked: VecDeque::new(),
            compared: Vec::new(),
            compare: Vec::new(),
            draft: String::new(),
            attached: Vec::new(),
            editing: None,
            queue: Queue::default(),
            scroll: Scroll::default(),
            params,
            next: None,
            system,
            speech: Choice::default(),
            moved_on: false,
        }
    }

    /// A conversation as the store kept it, with its own parameters if it has some.
    #[must_use]
    pub fn restored(saved: SavedConversation, params: ChatParams, system: Option<String>) -> Self {
        let SavedConversation { conversation, messages, draft, attached, queue, place } = saved;
        let kept = conversation.params.as_deref();
        let speech = kept.map(kept::speech).unwrap_or_default();
        let own = kept.and_then(kept::from_text);
        let (params, system) = own.unwrap_or((params, system));
        let mut chat = Self::new(conversation, params, system);
        chat.speech = speech;
        chat.fill(messages);
        chat.draft = draft;
        chat.attached = attached;
        chat.queue = Queue::restored(queue);
        // A place on another branch is none on this one.
        let place = place.filter(|spot| chat.tree.index(spot.message).is_some());
        chat.scroll.arrived(Position::of(place));
        chat
    }

    /// Takes messages from the store.
    pub fn fill(&mut self, messages: Vec<Message>) {
        self.tree = Tree::new(messages, self.conversation.leaf);
        self.conversation.leaf = self.tree.leaf();
    }

    /// The head.
    #[must_use]
    pub fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    /// The model the next question goes to.
    pub fn set_model(&mut self, model: ModelId) {
        self.conversation.model = model;
    }

    /// Its parameters and instructions were changed: from now on it has its own.
    pub fn keep_params(&mut self) {
        let text = kept::to_text(&self.params, self.system.as_deref());
        self.conversation.params = Some(kept::with_speech(&text, &self.speech));
    }

    /// Who reads it aloud was changed; parameters that follow the settings go on doing so.
    pub fn keep_speech(&mut self) {
        let own = self.conversation.params.as_deref().unwrap_or(kept::INHERITED);
        self.conversation.params = Some(kept::with_speech(own, &self.speech));
    }

    /// A title that was given by hand.
    pub fn set_title(&mut self, title: &str) {
        title.clone_into(&mut self.conversation.title);
    }

    /// The messages that are shown, oldest first: one path through the tree of all of them.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        self.tree.path()
    }

    /// What the messages that are shown cost and used; cheap however many there are.
    #[must_use]
    pub fn sums(&self) -> &Sums {
        self.tree.sums()
    }

    /// The message at a place, to fold or open it.
    pub fn entry_mut(&mut self, index: usize) -> Option<&mut Entry> {
        self.tree.path_mut(index)
    }

    /// Where a message is among those that are shown.
    #[must_use]
    pub fn index(&self, id: MessageId) -> Option<usize> {
        self.tree.index(id)
    }

    /// Which of its siblings a message is, from 1, and how many there are.
    #[must_use]
    pub fn siblings(&self, id: MessageId) -> (usize, usize) {
        self.tree.siblings(id)
    }

    /// Shows another sibling of a message that is shown. Answers with what to store; `None` if
    /// there is none in that direction.
    pub fn step(&mut self, id: MessageId, by: isize) -> Option<StoreCommand> {
        let sibling = self.tree.step(id, by)?;
        self.conversation.leaf = self.tree.leaf();
        let at = self.tree.index(sibling);
        self.scroll.set_mark(at);
        if let Some(at) = at {
            self.scroll.wish(Move::Message(at));
        }
        Some(StoreCommand::SaveConversation(self.conversation.clone()))
    }

    /// The message the reader is at, by its index: the marked one. What acts on one message acts
    /// on this; `None` while there are none.
    #[must_use]
    pub fn current(&self) -> Option<usize> {
        let last = self.tree.path().len().checked_sub(1)?;
        Some(self.scroll.mark().map_or(last, |mark| mark.min(last)))
    }

    /// Marks the message so many further, and brings it into sight.
    pub fn mark(&mut self, by: isize) {
        if let Some(current) = self.current() {
            let next = current.saturating_add_signed(by).min(self.tree.path().len() - 1);
            self.scroll.set_mark(Some(next));
            self.scroll.wish(Move::Message(next));
        }
    }

    /// The question at an index, or the one that is answered there.
    #[must_use]
    pub fn question_at(&self, index: usize) -> Option<&Entry> {
        let path = self.tree.path().get(..=index)?;
        path.iter().rev().find(|entry| entry.role() == Role::User)
    }

    /// The answer at an index, or the one to the question there.
    #[must_use]
    pub fn answer_at(&self, index: usize) -> Option<&Entry> {
        let path = self.tree.path().get(index..)?;
        path.iter().take(2).find(|entry| entry.role() == Role::Assistant)
    }

    /// The turn that is running; of several the one whose answer is shown, else the first.
    #[must_use]
    pub fn running(&self) -> Option<&Running> {
        let leaf = self.tree.leaf();
        let shown = self.running.iter().find(|running| leaf == Some(running.answer));
        shown.or_else(|| self.running.first())
    }

    /// All turns that run.
    #[must_use]
    pub fn all_running(&self) -> &[Running] {
        &self.running
    }

    /// Any message, shown or not.
    #[must_use]
    pub fn message(&self, id: MessageId) -> Option<&Entry> {
        self.tree.get(id)
    }

    /// The messages that follow a message, each on a branch of its own, the oldest first.
    pub fn following(&self, id: MessageId) -> impl Iterator<Item = &Entry> {
        self.tree.following(id)
    }

    /// The model an answer was asked of, whatever the service calls it.
    #[must_use]
    pub fn asked_of(&self, answer: MessageId) -> Option<&ModelId> {
        let asked = self.compared.iter().find(|(known, _)| *known == answer);
        let named = || self.tree.get(answer)?.facts()?.model.as_ref();
        asked.map(|(_, model)| model).or_else(named)
    }

    /// Nothing arrives, waits or is being changed here: the store has all of it.
    #[must_use]
    pub fn at_rest(&self) -> bool {
        self.can_be_read_again() && self.queue.is_empty()
    }

    /// Nothing is here that the store would not give back.
    #[must_use]
    pub fn can_be_read_again(&self) -> bool {
        self.turns.is_empty() && self.editing.is_none()
    }

    /// This turn belongs here, running or just stopped.
    #[must_use]
    pub fn owns(&self, turn: TurnId) -> bool {
        self.turns.iter().any(|(known, _)| *known == turn)
    }

    /// The answer of a turn that has not said its last word.
    #[must_use]
    pub fn answer_of(&self, turn: TurnId) -> Option<MessageId> {
        self.turns.iter().find(|(known, _)| *known == turn).map(|(_, answer)| *answer)
    }

    /// The answer of a turn is the last message that is shown.
    #[must_use]
    pub fn shows(&self, turn: TurnId) -> bool {
        self.turns.iter().any(|(known, id)| *known == turn && self.tree.leaf() == Some(*id))
    }

    /// The last turns that brought an answer, as far as they are remembered, in their order.
    #[must_use]
    pub fn turns_of(&self, answer: MessageId) -> Vec<TurnId> {
        let of_it = self.asked.iter().rev().filter(|(_, known)| *known == answer);
        of_it.map(|(turn, _)| *turn).collect()
    }

    /// What is known of turns that are over stays when the conversation was read again.
    pub fn remember(&mut self, before: &Self) {
        self.asked.clone_from(&before.asked);
    }

    /// The model that answers a turn, whatever the next question will go to.
    #[must_use]
    pub fn model_of(&self, turn: TurnId) -> &ModelId {
        let answer = self.turns.iter().find(|(known, _)| *known == turn).map(|(_, id)| *id);
        let entry = answer.and_then(|id| self.tree.get(id));
        let facts = entry.and_then(|entry| entry.message.facts.as_ref());
        facts.and_then(|facts| facts.model.as_ref()).unwrap_or(&self.conversation.model)
    }

    /// What waits, for the store.
    #[must_use]
    pub fn save_queue(&self) -> StoreCommand {
        let queue = self.queue.waiting().to_vec();
        StoreCommand::SaveQueue { conversation: self.conversation.id, queue }
    }

    /// Where the reader is, for the store.
    #[must_use]
    pub fn save_place(&self) -> StoreCommand {
        let place = self.scroll.position().spot();
        StoreCommand::SavePlace { conversation: self.conversation.id, place }
    }

    /// Colours came for a code block.
    pub fn coloured(&mut self, event: &crate::event::HighlightEvent) -> bool {
        let Some(entry) = self.tree.get_mut(event.message) else { return false };
        entry.set_colours(event.clone());
        true
    }

    /// Code of stored answers that wants colours.
    pub fn uncoloured(&mut self) -> Vec<HighlightCommand> {
        self.tree.all_shown_mut().rev().take(20).flat_map(Entry::uncoloured).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ConversationId;
    use crate::domain::time::Now;

    #[test]
    fn going_on_after_a_stop_saves_no_piece_twice() {
        let now = Now::default();
        let head = Conversation {
            id: ConversationId(1),
            title: String::new(),
            model: ModelId::new("m"),
            created_ms: 0,
            updated_ms: 0,
            leaf: None,
            params: None,
        };
        let mut chat = Chat::new(head, ChatParams::default(), None);
        chat.ask(("question", Vec::new()), (MessageId(1), MessageId(2)), TurnId(1), now);
        chat.push_delta(TurnId(1), "half an ", "", now);
        assert!(chat.save_deadline().is_some());
        assert_eq!(chat.stop(None).len(), 1);
        assert_eq!(chat.save_deadline(), None, "a stopped turn wakes nobody");
        let asked = chat.go_on(TurnId(2), now).unwrap();
        let saved = asked.store.iter().any(|command| {
            matches!(command, StoreCommand::SaveMessage { message, .. } if message.text == "half an ")
        });
        assert!(saved, "{:?}", asked.store);
        assert_eq!(chat.take_unsaved(now, true), []);
        chat.push_delta(TurnId(2), "answer", "", now);
        let saved = chat.take_unsaved(now, true);
        let [StoreCommand::AppendText { text, .. }] = saved.as_slice() else {
            panic!("the new piece is saved");
        };
        assert_eq!(text, "answer");
    }

    #[test]
    fn several_answers_to_one_question_are_kept_apart() {
        let now = Now::default();
        let head = Conversation {
            id: ConversationId(1),
            title: String::new(),
            model: ModelId::new("m"),
            created_ms: 0,
            updated_ms: 0,
            leaf: None,
            params: None,
        };
        let mut chat = Chat::new(head, ChatParams::default(), None);
        let lane = |n: i64| Lane {
            model: ModelId::new(&format!("m-{n}")),
            answer: MessageId(10 + n),
            turn: TurnId(n),
        };
        let asked = chat.ask_all(("q", Vec::new()), MessageId(1), vec![lane(1), lane(2)], now);
        let models: Vec<_> = asked.iter().map(|(_, asked)| asked.request.model.as_str()).collect();
        assert_eq!(models, ["m-1", "m-2"]);
        assert_eq!(asked[0].1.request.messages, asked[1].1.request.messages);
        let leaf = asked.last().and_then(|(_, asked)| match asked.store.last() {
            Some(StoreCommand::SaveConversation(head)) => head.leaf,
            _ => None,
        });
        assert_eq!(leaf, Some(MessageId(11)), "the first is the one that is shown");
        assert_eq!(chat.entries().last().map(Entry::id), Some(MessageId(11)));
        chat.push_delta(TurnId(1), "one", "", now);
        chat.push_delta(TurnId(2), "two", "", now);
        let saved = chat.take_unsaved(now, true);
        let saved: Vec<_> = saved
            .into_iter()
            .map(|command| match command {
                StoreCommand::AppendText { message, text, .. } => (message.0, text),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(saved, [(11, "one".to_owned()), (12, "two".to_owned())]);
        assert_eq!(chat.model_of(TurnId(2)).as_str(), "m-2");
        // The one that is kept runs on.
        assert_eq!(chat.stop(Some(MessageId(12))).len(), 1);
        let left: Vec<_> = chat.all_running().iter().map(|running| running.turn).collect();
        assert_eq!(left, [TurnId(2)]);
        chat.push_delta(TurnId(1), "late", "", now);
        assert_eq!(chat.message(MessageId(11)).map(Entry::text), Some("one"));
        let of_it: Vec<_> = chat.following(MessageId(1)).map(|entry| entry.id().0).collect();
        assert_eq!(of_it, [11, 12]);
    }
}
