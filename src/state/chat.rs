//! One conversation: its messages, the answer that is arriving, what is unsaved of it. It
//! refuses layout (where a row is) and requests (what it wants is returned as effects).

mod calls;
mod entry;

use std::time::Duration;

pub use entry::Entry;

use calls::Calls;

use super::conflicts::wants_json;
use super::scroll::{Move, Scroll};
use crate::domain::chat::{
    AnswerFacts, ChatParams, ChatRequest, FinishReason, Message, MessageState, PromptMessage, Role,
    TurnEnd, TurnTiming, Usage,
};
use crate::domain::conversations::{Conversation, StoreCommand};
use crate::domain::ids::{MessageId, TurnId};
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::time::Now;
use crate::effect::HighlightCommand;

/// Arrived text waits at most this long before it is handed to the store.
const SAVE_EVERY: Duration = Duration::from_millis(200);

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
    entry: usize,
    calls: Calls,
}

/// What arrived and is not yet handed to the store.
#[derive(Debug, Default)]
struct Unsaved {
    text: String,
    reasoning: String,
    since: Option<Duration>,
}

/// A conversation.
#[derive(Debug)]
pub struct Chat {
    conversation: Conversation,
    entries: Vec<Entry>,
    running: Option<Running>,
    unsaved: Unsaved,
    /// What was being written here when another conversation was shown.
    pub draft: String,
    /// Where the reader is.
    pub scroll: Scroll,
    /// Settings of its requests.
    pub params: ChatParams,
    /// Settings of the next question alone.
    pub next: Option<ChatParams>,
    /// Instructions above it.
    pub system: Option<String>,
}

/// What to ask and what to store when a question is sent.
#[derive(Debug)]
pub struct Asked {
    /// For the chat service.
    pub request: ChatRequest,
    /// For the store, in order.
    pub store: Vec<StoreCommand>,
}

impl Chat {
    /// An empty conversation, not stored yet.
    #[must_use]
    pub fn new(conversation: Conversation, params: ChatParams, system: Option<String>) -> Self {
        Self {
            conversation,
            entries: Vec::new(),
            running: None,
            unsaved: Unsaved::default(),
            draft: String::new(),
            scroll: Scroll::default(),
            params,
            next: None,
            system,
        }
    }

    /// Takes messages from the store.
    pub fn fill(&mut self, messages: Vec<Message>) {
        self.entries = messages.into_iter().map(Entry::new).collect();
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

    /// Its messages, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The message at a place, to fold or open it.
    pub fn entry_mut(&mut self, index: usize) -> Option<&mut Entry> {
        self.entries.get_mut(index)
    }

    /// The message the reader is at, by its index: the marked one. What acts on one message acts
    /// on this; `None` while there are none.
    #[must_use]
    pub fn current(&self) -> Option<usize> {
        let last = self.entries.len().checked_sub(1)?;
        Some(self.scroll.mark().map_or(last, |mark| mark.min(last)))
    }

    /// Marks the message so many further, and brings it into sight.
    pub fn mark(&mut self, by: isize) {
        if let Some(current) = self.current() {
            let next = current.saturating_add_signed(by).min(self.entries.len() - 1);
            self.scroll.set_mark(Some(next));
            self.scroll.wish(Move::Message(next));
        }
    }

    /// The turn that is running.
    #[must_use]
    pub fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }

    /// This turn belongs here, running or just stopped.
    #[must_use]
    pub fn owns(&self, turn: TurnId) -> bool {
        self.entries.iter().rev().any(|entry| entry.turn == Some(turn))
    }

    /// The last answer is unfinished or failed and nothing runs.
    #[must_use]
    pub fn can_continue(&self) -> bool {
        let last = self.entries.last();
        let open = |state| matches!(state, MessageState::Partial | MessageState::Failed);
        self.running.is_none()
            && last.is_some_and(|e| e.message.role == Role::Assistant && open(e.message.state))
    }

    /// Puts a question and opens its answer.
    pub fn ask(
        &mut self,
        text: &str,
        ids: (MessageId, MessageId),
        turn: TurnId,
        now: Now,
    ) -> Asked {
        if self.conversation.title.is_empty() {
            self.conversation.title = title_of(text);
        }
        self.conversation.updated_ms = now.wall_ms;
        self.entries.push(Entry::new(message(ids.0, Role::User, text, now)));
        let mut answer = message(ids.1, Role::Assistant, "", now);
        answer.state = MessageState::Streaming;
        answer.facts = Some(AnswerFacts {
            model: Some(self.conversation.model.clone()),
            json: wants_json(self.next.as_ref().unwrap_or(&self.params)),
            ..AnswerFacts::default()
        });
        let mut answer = Entry::new(answer);
        answer.reopen();
        self.entries.push(answer);
        let mut request = self.request(false);
        request.params = self.next.take().unwrap_or(request.params);
        self.begin(turn, now);
        let mut store = vec![StoreCommand::SaveConversation(self.conversation.clone())];
        for entry in &self.entries[self.entries.len() - 2..] {
            store.push(self.save(entry));
        }
        Asked { request, store }
    }

    /// Goes on with the last answer: the model continues what is there, or answers again where
    /// nothing arrived.
    pub fn go_on(&mut self, turn: TurnId, now: Now) -> Option<Asked> {
        if !self.can_continue() {
            return None;
        }
        let model = self.conversation.model.clone();
        let entry = self.entries.last_mut()?;
        let partial = !entry.text().is_empty();
        if !partial {
            entry.clear_reasoning();
        }
        entry.reopen();
        let facts = entry.facts_mut();
        facts.notice = None;
        facts.finish = None;
        facts.model = Some(model);
        let request = self.request(partial);
        self.begin(turn, now);
        self.conversation.updated_ms = now.wall_ms;
        let mut store = vec![StoreCommand::SaveConversation(self.conversation.clone())];
        store.extend(self.entries.last().map(|entry| self.save(entry)));
        Some(Asked { request, store })
    }

    fn begin(&mut self, turn: TurnId, now: Now) {
        let entry = self.entries.len() - 1;
        self.entries[entry].turn = Some(turn);
        let since = now.since_start;
        self.running = Some(Running { turn, since, waiting: None, entry, calls: Calls::default() });
        // The message is saved whole now: pieces of a turn just stopped must not follow it.
        self.unsaved = Unsaved::default();
        self.scroll.to_end();
    }

    /// The conversation as it is sent: failed answers are left out, the last answer only when the
    /// model is to go on from it.
    fn request(&self, continuing: bool) -> ChatRequest {
        let mut messages = Vec::new();
        let mut put = |role, text: &str, partial| {
            messages.push(PromptMessage { role, text: text.to_owned(), partial });
        };
        if let Some(system) = &self.system {
            put(Role::System, system, false);
        }
        let last = self.entries.len() - 1;
        for (i, entry) in self.entries.iter().enumerate() {
            let text = entry.text();
            if i == last && !continuing || text.is_empty() {
                continue;
            }
            put(entry.message.role, text, i == last);
        }
        let model = self.conversation.model.clone();
        ChatRequest { model, messages, params: self.params.clone() }
    }

    fn save(&self, entry: &Entry) -> StoreCommand {
        StoreCommand::SaveMessage {
            conversation: self.conversation.id,
            message: Box::new(entry.to_message()),
        }
    }

    fn running_entry(&mut self, turn: TurnId) -> Option<&mut Entry> {
        let running = self.running.as_mut().filter(|running| running.turn == turn)?;
        running.waiting = None;
        self.entries.get_mut(running.entry)
    }

    /// The service took the request.
    pub fn opened(&mut self, turn: TurnId, model: Option<ModelId>, request_id: Option<String>) {
        if let Some(entry) = self.running_entry(turn) {
            let facts = entry.facts_mut();
            facts.model = model.or(facts.model.take());
            facts.request_id = request_id.or(facts.request_id.take());
        }
    }

    /// Text arrived. Returns code that wants colours.
    pub fn push_delta(
        &mut self,
        turn: TurnId,
        text: &str,
        reasoning: &str,
        now: Now,
    ) -> Vec<HighlightCommand> {
        let mut closed = if text.is_empty() { String::new() } else { self.close_calls(turn) };
        if !closed.is_empty() {
            closed.push_str("\n\n");
            closed.push_str(text);
            return self.push(turn, &closed, reasoning, now);
        }
        self.push(turn, text, reasoning, now)
    }

    fn push(
        &mut self,
        turn: TurnId,
        text: &str,
        reasoning: &str,
        now: Now,
    ) -> Vec<HighlightCommand> {
        // A turn the user stopped may still have something in the pipe: it is not wanted.
        let Some(entry) = self.running_entry(turn) else {
            return Vec::new();
        };
        entry.push(text, reasoning);
        let wanted = entry.uncoloured();
        self.unsaved.text.push_str(text);
        self.unsaved.reasoning.push_str(reasoning);
        self.unsaved.since.get_or_insert(now.since_start);
        wanted
    }

    /// The model asks for a tool; its arguments are shown as code, never executed.
    pub fn push_tool_call(
        &mut self,
        turn: TurnId,
        index: u32,
        name: Option<&str>,
        arguments: &str,
        now: Now,
    ) -> Vec<HighlightCommand> {
        let Some(entry) = self.running_entry(turn) else { return Vec::new() };
        entry.becomes_markdown();
        let empty = entry.text().is_empty();
        let Some(running) = &mut self.running else { return Vec::new() };
        let text = running.calls.piece(index, name, arguments, empty);
        self.push(turn, &text, "", now)
    }

    /// Shows what was held back of calls, before something else comes or when nothing more does.
    fn close_calls(&mut self, turn: TurnId) -> String {
        let running = self.running.as_mut().filter(|running| running.turn == turn);
        running.map(|running| running.calls.finish()).unwrap_or_default()
    }

    /// Another try will be made.
    pub fn wait(&mut self, turn: TurnId, waiting: Waiting) {
        if let Some(running) = self.running.as_mut().filter(|running| running.turn == turn) {
            running.waiting = Some(waiting);
        }
    }

    /// The user stopped the answer: what arrived stays, what still comes is dropped. Returns the
    /// turn and what to store: the turn's end may come late, or never if the program ends.
    pub fn stop(&mut self) -> Option<(TurnId, StoreCommand)> {
        let mut running = self.running.take()?;
        self.unsaved = Unsaved::default();
        let entry = self.entries.get_mut(running.entry)?;
        entry.push(&running.calls.finish(), "");
        entry.close(MessageState::Partial, Some(Notice::new(NoticeKind::Stopped)));
        Some((running.turn, self.save(&self.entries[running.entry])))
    }

    /// The turn is over. Returns what to store; empty if it is not one of ours.
    pub fn ended(&mut self, turn: TurnId, how: Ended) -> Vec<StoreCommand> {
        let held = self.close_calls(turn);
        if self.running.as_ref().is_some_and(|running| running.turn == turn) {
            self.running = None;
            self.unsaved = Unsaved::default();
        }
        let Some(at) = self.entries.iter().rposition(|entry| entry.turn == Some(turn)) else {
            return Vec::new();
        };
        let entry = &mut self.entries[at];
        entry.turn = None;
        entry.push(&held, "");
        match how.end {
            TurnEnd::Complete => entry.close(MessageState::Complete, None),
            TurnEnd::Stopped => {
                entry.close(MessageState::Partial, Some(Notice::new(NoticeKind::Stopped)));
            }
            TurnEnd::Failed(notice) => {
                let none = entry.text().is_empty() && entry.reasoning_chars() == 0;
                let state = if none { MessageState::Failed } else { MessageState::Partial };
                entry.close(state, Some(notice));
            }
        }
        let facts = entry.facts_mut();
        facts.finish = how.finish;
        // An answer that was continued took several requests: what they used adds up, and the
        // speed is that of the requests whose tokens are known.
        facts.first_token = facts.first_token.or(how.timing.first_token);
        facts.streaming = match (facts.usage, how.usage, facts.streaming) {
            (Some(_), Some(_), Some(before)) => {
                Some(before + how.timing.streaming.unwrap_or_default())
            }
            (Some(_), None, before) => before,
            (None, _, _) | (Some(_), Some(_), None) => how.timing.streaming,
        };
        facts.usage = match (facts.usage, how.usage) {
            (Some(before), Some(now)) => Some(before.plus(now)),
            (before, now) => now.or(before),
        };
        facts.cost = match (facts.cost, how.cost) {
            (Some(before), Some(now)) => before.plus(now),
            (before, now) => now.or(before),
        };
        vec![self.save(&self.entries[at])]
    }

    /// Colours came for a code block.
    pub fn coloured(&mut self, event: crate::event::HighlightEvent) -> bool {
        let found = self.entries.iter_mut().rev().find(|e| e.message.id == event.message);
        let Some(entry) = found else {
            return false;
        };
        entry.set_colours(event);
        true
    }

    /// Code of stored answers that wants colours.
    pub fn uncoloured(&mut self) -> Vec<HighlightCommand> {
        self.entries.iter_mut().rev().take(20).flat_map(Entry::uncoloured).collect()
    }

    /// When arrived text must go to the store.
    #[must_use]
    pub fn save_deadline(&self) -> Option<Duration> {
        // What a stopped turn left is saved with its end, not by time.
        self.running.as_ref()?;
        self.unsaved.since.map(|since| since + SAVE_EVERY)
    }

    /// Hands arrived text to the store, if it has waited long enough or must go now.
    pub fn take_unsaved(&mut self, now: Now, at_once: bool) -> Option<StoreCommand> {
        let due = self.save_deadline().is_some_and(|at| at_once || at <= now.since_start);
        let entry = self.running.as_ref().map(|running| running.entry)?;
        if !due {
            return None;
        }
        let Unsaved { text, reasoning, .. } = std::mem::take(&mut self.unsaved);
        Some(StoreCommand::AppendText { message: self.entries[entry].id(), text, reasoning })
    }
}

/// How a turn ended, with the price worked out.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub end: TurnEnd,
    /// Tokens.
    pub usage: Option<Usage>,
    /// Why the model stopped.
    pub finish: Option<FinishReason>,
    /// Measured figures.
    pub timing: TurnTiming,
    /// What it cost.
    pub cost: Option<Money>,
}

fn message(id: MessageId, role: Role, text: &str, now: Now) -> Message {
    Message {
        id,
        role,
        text: text.to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ConversationId;

    #[test]
    fn going_on_after_a_stop_saves_no_piece_twice() {
        let now = Now::default();
        let head = Conversation {
            id: ConversationId(1),
            title: String::new(),
            model: ModelId::new("m"),
            created_ms: 0,
            updated_ms: 0,
        };
        let mut chat = Chat::new(head, ChatParams::default(), None);
        chat.ask("question", (MessageId(1), MessageId(2)), TurnId(1), now);
        chat.push_delta(TurnId(1), "half an ", "", now);
        assert!(chat.save_deadline().is_some());
        chat.stop().unwrap();
        assert_eq!(chat.save_deadline(), None, "a stopped turn wakes nobody");
        let asked = chat.go_on(TurnId(2), now).unwrap();
        let saved = asked.store.iter().any(|command| {
            matches!(command, StoreCommand::SaveMessage { message, .. } if message.text == "half an ")
        });
        assert!(saved, "{:?}", asked.store);
        assert_eq!(chat.take_unsaved(now, true), None);
        chat.push_delta(TurnId(2), "answer", "", now);
        let Some(StoreCommand::AppendText { text, .. }) = chat.take_unsaved(now, true) else {
            panic!("the new piece is saved");
        };
        assert_eq!(text, "answer");
    }
}
