//! What is asked of a model: a question, another answer to it, the rest of an answer; always with
//! the messages of the path that is shown. It refuses what comes back (`arrive`).

use super::calls::Calls;
use super::{Chat, Entry, Running, Unsaved};
use crate::domain::attachments::Attachment;
use crate::domain::chat::{
    AnswerFacts, ChatParams, ChatRequest, Message, MessageState, PromptMessage, Role,
};
use crate::domain::conversations::{Conversation, StoreCommand};
use crate::domain::ids::{IdSource, MessageId, TurnId};
use crate::domain::inspector::KEPT;
use crate::domain::models::ModelId;
use crate::domain::notice::NoticeKind;
use crate::domain::time::Now;
use crate::state::conflicts::wants_json;

/// What to ask and what to store when a question is sent.
#[derive(Debug)]
pub struct Asked {
    /// For the chat service.
    pub request: ChatRequest,
    /// The answer it is for.
    pub answer: Option<MessageId>,
    /// For the store, in order.
    pub store: Vec<StoreCommand>,
}

/// A model that is asked, and where its answer goes.
#[derive(Debug)]
pub struct Lane {
    /// The model.
    pub model: ModelId,
    /// The answer.
    pub answer: MessageId,
    /// The turn that brings it.
    pub turn: TurnId,
}

impl Chat {
    /// The last answer is unfinished or failed and nothing runs.
    #[must_use]
    pub fn can_continue(&self) -> bool {
        let open = |state| matches!(state, MessageState::Partial | MessageState::Failed);
        self.running.is_empty()
            && self.tree.path().last().is_some_and(|entry| {
                entry.role() == Role::Assistant && open(entry.state()) && !is_elsewhere(entry)
            })
    }

    /// Puts a question after the last message that is shown and opens its answer.
    pub fn ask(
        &mut self,
        question: (&str, Vec<Attachment>),
        ids: (MessageId, MessageId),
        turn: TurnId,
        now: Now,
    ) -> Asked {
        let parent = self.tree.leaf();
        self.ask_after(parent, question, ids, turn, now)
    }

    /// Puts a question after a message that is shown; what followed it stays as another branch.
    pub fn ask_after(
        &mut self,
        parent: Option<MessageId>,
        question: (&str, Vec<Attachment>),
        ids: (MessageId, MessageId),
        turn: TurnId,
        now: Now,
    ) -> Asked {
        let store = self.put_question(parent, question, ids.0, now);
        let params = self.next.take().unwrap_or_else(|| self.params.clone());
        let lane = Lane { model: self.conversation.model.clone(), answer: ids.1, turn };
        self.answer(ids.0, lane, (params, None), now, store)
    }

    /// Puts a question after the last message that is shown and asks it of several models at once:
    /// each answers on a branch of its own, and the first one's is shown.
    pub fn ask_all(
        &mut self,
        question: (&str, Vec<Attachment>),
        id: MessageId,
        lanes: Vec<Lane>,
        now: Now,
    ) -> Vec<(TurnId, Asked)> {
        let mut store = self.put_question(self.tree.leaf(), question, id, now);
        let params = self.next.take().unwrap_or_else(|| self.params.clone());
        self.compared = lanes.iter().map(|lane| (lane.answer, lane.model.clone())).collect();
        let others = lanes.len().saturating_sub(1);
        let mut all = Vec::with_capacity(lanes.len());
        for lane in lanes {
            let (turn, own) = (lane.turn, (params.clone(), None));
            let asked = self.answer(id, lane, own, now, std::mem::take(&mut store));
            all.push((turn, asked));
        }
        if let Some(last) = self.tree.leaf() {
            self.tree.step(last, 0_isize.saturating_sub_unsigned(others));
        }
        self.conversation.leaf = self.tree.leaf();
        if let Some((_, asked)) = all.last_mut() {
            asked.store.push(StoreCommand::SaveConversation(self.conversation.clone()));
        }
        all
    }

    fn put_question(
        &mut self,
        parent: Option<MessageId>,
        (text, attachments): (&str, Vec<Attachment>),
        id: MessageId,
        now: Now,
    ) -> Vec<StoreCommand> {
        if self.conversation.title.is_empty() {
            self.conversation.title = title_of(text);
        }
        let question = message(id, parent, Role::User, text, now);
        self.tree.add(Entry::new(Message { attachments, ..question }));
        self.save(id).into_iter().collect()
    }

    /// Asks the question of an answer that is shown once more; the answer stays as another branch.
    /// `seed` is for this answer alone.
    pub fn regenerate(
        &mut self,
        answer: MessageId,
        id: MessageId,
        seed: Option<u64>,
        turn: TurnId,
        now: Now,
    ) -> Option<Asked> {
        let entry = self.tree.get(answer).filter(|entry| entry.role() == Role::Assistant)?;
        let question = entry.message.parent?;
        let own = seed.or(self.params.seed);
        let params = ChatParams { seed: own, ..self.params.clone() };
        let lane = Lane { model: self.conversation.model.clone(), answer: id, turn };
        Some(self.answer(question, lane, (params, seed), now, Vec::new()))
    }

    /// Opens an answer to a question that is shown; the seed is remembered where it is its own.
    fn answer(
        &mut self,
        question: MessageId,
        Lane { model, answer: id, turn }: Lane,
        (params, seed): (ChatParams, Option<u64>),
        now: Now,
        before: Vec<StoreCommand>,
    ) -> Asked {
        let mut answer = message(id, Some(question), Role::Assistant, "", now);
        answer.state = MessageState::Streaming;
        let json = wants_json(&params);
        let named = Some(model.clone());
        answer.facts = Some(AnswerFacts { model: named, json, seed, ..AnswerFacts::default() });
        let mut answer = Entry::new(answer);
        answer.reopen();
        self.tree.add(answer);
        let request = ChatRequest { model, params, ..self.request(false) };
        self.begin(turn, now);
        let mut store = vec![StoreCommand::SaveConversation(self.conversation.clone())];
        store.extend(before);
        store.extend(self.save(id));
        Asked { request, answer: Some(id), store }
    }

    /// Goes on with the last answer: the model continues what is there, or answers again where
    /// nothing arrived.
    pub fn go_on(&mut self, turn: TurnId, now: Now) -> Option<Asked> {
        if !self.can_continue() {
            return None;
        }
        let model = self.conversation.model.clone();
        let last = self.tree.path().len() - 1;
        let entry = self.tree.path_mut(last)?;
        let partial = !entry.text().is_empty();
        if !partial {
            entry.clear_reasoning();
        }
        entry.reopen();
        let facts = entry.facts_mut();
        facts.notice = None;
        facts.finish = None;
        facts.model = Some(model);
        let seed = facts.seed;
        let mut request = self.request(partial);
        request.params.seed = seed.or(request.params.seed);
        self.begin(turn, now);
        let mut store = vec![StoreCommand::SaveConversation(self.conversation.clone())];
        store.extend(self.tree.leaf().and_then(|leaf| self.save(leaf)));
        Some(Asked { request, answer: self.tree.leaf(), store })
    }

    /// The last message that is shown is an answer which begins to arrive.
    fn begin(&mut self, turn: TurnId, now: Now) {
        let Some(answer) = self.tree.leaf() else { return };
        // What a turn that was stopped here still has to say is not wanted.
        self.turns.retain(|(_, known)| *known != answer);
        self.turns.push((turn, answer));
        // More requests than these are not remembered either.
        self.asked.truncate(KEPT - 1);
        self.asked.push_front((turn, answer));
        let since = now.since_start;
        // The message is saved whole now: pieces of a turn just stopped must not follow it.
        let unsaved = Unsaved::default();
        let calls = Calls::default();
        self.running.push(Running { turn, since, waiting: None, answer, calls, unsaved });
        self.conversation.leaf = Some(answer);
        self.conversation.updated_ms = now.wall_ms;
    }

    /// The conversation as it is sent: failed answers are left out, the last answer only when the
    /// model is to go on from it.
    fn request(&self, continuing: bool) -> ChatRequest {
        let mut messages = Vec::new();
        if let Some(system) = &self.system {
            messages.push(PromptMessage::text(Role::System, system));
        }
        let path = self.tree.path();
        for (i, entry) in path.iter().enumerate() {
            let (text, last) = (entry.text(), i + 1 == path.len());
            if last && !continuing || text.is_empty() {
                continue;
            }
            messages.push(PromptMessage {
                partial: last,
                attachments: entry.attachments().to_vec(),
                ..PromptMessage::text(entry.role(), text)
            });
        }
        let model = self.conversation.model.clone();
        ChatRequest { model, messages, params: self.params.clone() }
    }

    /// The command that stores a message whole.
    pub(super) fn save(&self, id: MessageId) -> Option<StoreCommand> {
        let message = Box::new(self.tree.get(id)?.to_message());
        Some(StoreCommand::SaveMessage { conversation: self.conversation.id, message })
    }

    /// A new conversation that holds what is shown down to a message, and what to store of it. A
    /// question is not copied as one that was asked: it is there to be sent.
    pub fn fork(&self, last: usize, ids: &mut IdSource, now: Now) -> (Self, Vec<StoreCommand>) {
        let question = self.entries().get(last).filter(|entry| entry.role() == Role::User);
        let count = last + usize::from(question.is_none());
        let mut conversation = Conversation {
            id: ids.conversation(),
            title: format!("↳ {}", self.conversation.title.trim_start_matches("↳ ")),
            created_ms: now.wall_ms,
            updated_ms: now.wall_ms,
            ..self.conversation.clone()
        };
        let mut parent = None;
        let mut messages = Vec::new();
        for entry in self.tree.path().iter().take(count) {
            let mut copy = entry.to_message();
            copy.id = ids.message();
            copy.parent = parent.replace(copy.id);
            if copy.state == MessageState::Streaming {
                copy.state = MessageState::Partial;
            }
            // It was paid for once.
            if let Some(facts) = &mut copy.facts {
                facts.cost = None;
            }
            messages.push(copy);
        }
        conversation.leaf = parent;
        let mut store = vec![StoreCommand::SaveConversation(conversation.clone())];
        store.extend(messages.iter().map(|message| StoreCommand::SaveMessage {
            conversation: conversation.id,
            message: Box::new(message.clone()),
        }));
        let mut chat = Self::new(conversation, self.params.clone(), self.system.clone());
        chat.speech = self.speech.clone();
        chat.fill(messages);
        if let Some(question) = question {
            question.text().clone_into(&mut chat.draft);
            chat.attached = question.attachments().to_vec();
        }
        (chat, store)
    }
}

/// The answer arrives in another program: it is that program's to write.
fn is_elsewhere(entry: &Entry) -> bool {
    let notice = entry.facts().and_then(|facts| facts.notice.as_ref());
    notice.is_some_and(|notice| notice.kind == NoticeKind::ArrivingElsewhere)
}

fn message(id: MessageId, parent: Option<MessageId>, role: Role, text: &str, now: Now) -> Message {
    Message {
        id,
        parent,
        role,
        text: text.to_owned(),
        attachments: Vec::new(),
        reasoning: String::new(),
        state: MessageState::Complete,
        created_ms: now.wall_ms,
        facts: None,
    }
}

/// A title from a question: its first line with words, at most 60 characters.
fn title_of(text: &str) -> String {
    use unicode_segmentation::UnicodeSegmentation as _;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut title: String = line.graphemes(true).take(60).collect();
    if title.len() < line.len() {
        title.push('…');
    }
    title
}
