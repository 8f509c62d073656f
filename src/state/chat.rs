//! One conversation: its messages, the answer that is arriving, what is unsaved of it. It
//! refuses layout (where a row is) and requests (what it wants is returned as effects).

use std::cell::OnceCell;
use std::time::Duration;

use super::scroll::Scroll;
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
use crate::text::markdown::Document;

/// Arrived text waits at most this long before it is handed to the store.
const SAVE_EVERY: Duration = Duration::from_millis(200);

/// A message with its parsed text.
#[derive(Debug)]
pub struct Entry {
    /// The message. The texts of an answer that is arriving are in the documents alone.
    message: Message,
    /// The answer as markdown, parsed when it is first looked at: of a long conversation only
    /// what is seen costs anything.
    answer: OnceCell<Document>,
    /// The reasoning before it.
    reasoning: OnceCell<Document>,
    /// The reasoning is open.
    pub reasoning_open: bool,
    /// The turn whose events belong here.
    turn: Option<TurnId>,
    /// Grows when something other than the documents changes.
    revision: u64,
    /// Lines of each code block that were handed to the highlight worker.
    coloured: Vec<usize>,
    reasoning_chars: usize,
}

/// A text that is parsed when it is first needed.
fn parsed<'a>(cell: &'a OnceCell<Document>, text: &str, state: MessageState) -> &'a Document {
    cell.get_or_init(|| document(text, state != MessageState::Streaming))
}

fn document(text: &str, whole: bool) -> Document {
    let mut document = Document::new();
    document.push(text);
    if whole {
        document.finish();
    }
    document
}

impl Entry {
    fn new(message: Message) -> Self {
        let reasoning_chars = message.reasoning.chars().count();
        Self {
            message,
            answer: OnceCell::new(),
            reasoning: OnceCell::new(),
            reasoning_open: false,
            turn: None,
            revision: 0,
            coloured: Vec::new(),
            reasoning_chars,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> MessageId {
        self.message.id
    }

    /// Who speaks.
    #[must_use]
    pub fn role(&self) -> Role {
        self.message.role
    }

    /// How far it has come.
    #[must_use]
    pub fn state(&self) -> MessageState {
        self.message.state
    }

    /// When it began, milliseconds since 1970 (UTC).
    #[must_use]
    pub fn created_ms(&self) -> i64 {
        self.message.created_ms
    }

    /// The text of a question; for an answer see [`Entry::answer`].
    #[must_use]
    pub fn text(&self) -> &str {
        self.answer.get().map_or(&self.message.text, Document::source)
    }

    /// The answer as markdown.
    #[must_use]
    pub fn answer(&self) -> &Document {
        parsed(&self.answer, &self.message.text, self.message.state)
    }

    /// The reasoning before the answer.
    #[must_use]
    pub fn reasoning(&self) -> &Document {
        parsed(&self.reasoning, &self.message.reasoning, self.message.state)
    }

    /// The reasoning as it came.
    #[must_use]
    pub fn reasoning_text(&self) -> &str {
        self.reasoning.get().map_or(&self.message.reasoning, Document::source)
    }

    /// Characters of reasoning.
    #[must_use]
    pub fn reasoning_chars(&self) -> usize {
        self.reasoning_chars
    }

    /// Makes the texts grow again.
    fn reopen(&mut self) {
        let text = std::mem::take(&mut self.message.text);
        let answer = self.answer.take().map_or(text, |document| document.source().to_owned());
        let reasoning = self.reasoning_text().to_owned();
        self.message.reasoning.clear();
        self.answer = OnceCell::from(document(&answer, false));
        self.reasoning = OnceCell::from(document(&reasoning, false));
        self.message.state = MessageState::Streaming;
        // The documents are new, so are the blocks of code in them.
        self.coloured.clear();
    }

    /// What is known beside the text.
    #[must_use]
    pub fn facts(&self) -> Option<&AnswerFacts> {
        self.message.facts.as_ref()
    }

    /// Grows when something other than the documents changes.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The whole message, as it is stored.
    #[must_use]
    pub fn to_message(&self) -> Message {
        let mut message = self.message.clone();
        self.text().clone_into(&mut message.text);
        self.reasoning_text().clone_into(&mut message.reasoning);
        message
    }

    /// An answer that never came begins again: what was thought before it does not count.
    fn clear_reasoning(&mut self) {
        self.reasoning.take();
        self.message.reasoning.clear();
        self.reasoning_chars = 0;
    }

    /// Adds what arrived.
    fn push(&mut self, text: &str, reasoning: &str) {
        if let Some(document) = self.answer.get_mut().filter(|_| !text.is_empty()) {
            document.push(text);
        }
        if let Some(document) = self.reasoning.get_mut().filter(|_| !reasoning.is_empty()) {
            document.push(reasoning);
            self.reasoning_chars += reasoning.chars().count();
        }
    }

    fn facts_mut(&mut self) -> &mut AnswerFacts {
        self.revision += 1;
        self.message.facts.get_or_insert_default()
    }

    /// Whole lines of code that have not been handed to the highlight worker yet.
    fn uncoloured(&mut self) -> Vec<HighlightCommand> {
        let mut wanted = Vec::new();
        let answer = parsed(&self.answer, &self.message.text, self.message.state);
        // Blocks before the last one are over; their lines were handed out when they came.
        let open = self.coloured.len().saturating_sub(1);
        let mut coloured = std::mem::take(&mut self.coloured);
        for (block, code) in answer.code_blocks().iter().enumerate().skip(open) {
            if coloured.len() <= block {
                coloured.push(0);
            }
            let first_line = coloured[block];
            if code.language.is_empty() || code.lines <= first_line {
                continue;
            }
            coloured[block] = code.lines;
            wanted.push(HighlightCommand {
                message: self.message.id,
                block,
                language: code.language.to_string(),
                first_line,
                lines: answer.code_lines(block, first_line).map(str::to_owned).collect(),
            });
        }
        self.coloured = coloured;
        wanted
    }
}

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
    /// Where the reader is.
    pub scroll: Scroll,
    /// Settings of its requests.
    pub params: ChatParams,
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
            scroll: Scroll::default(),
            params,
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
            ..AnswerFacts::default()
        });
        let mut answer = Entry::new(answer);
        answer.reopen();
        self.entries.push(answer);
        let request = self.request(false);
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
        self.running = Some(Running { turn, since: now.since_start, waiting: None, entry });
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
        name: Option<&str>,
        arguments: &str,
        now: Now,
    ) -> Vec<HighlightCommand> {
        let mut text = String::new();
        if let Some(name) = name {
            let open = self.running_entry(turn).is_some_and(|e| e.text().is_empty());
            text.push_str(if open { "" } else { "\n\n" });
            text.push_str("```json tool:");
            text.push_str(name);
            text.push('\n');
        }
        text.push_str(arguments);
        self.push_delta(turn, &text, "", now)
    }

    /// Another try will be made.
    pub fn wait(&mut self, turn: TurnId, waiting: Waiting) {
        if let Some(running) = self.running.as_mut().filter(|running| running.turn == turn) {
            running.waiting = Some(waiting);
        }
    }

    /// The user stopped the answer: what arrived stays, what still comes is dropped.
    pub fn stop(&mut self) -> Option<TurnId> {
        let running = self.running.take()?;
        if let Some(entry) = self.entries.get_mut(running.entry) {
            close(entry, MessageState::Partial, Some(Notice::new(NoticeKind::Stopped)));
        }
        Some(running.turn)
    }

    /// The turn is over. Returns what to store; empty if it is not one of ours.
    pub fn ended(&mut self, turn: TurnId, how: Ended) -> Vec<StoreCommand> {
        if self.running.as_ref().is_some_and(|running| running.turn == turn) {
            self.running = None;
        }
        let Some(at) = self.entries.iter().rposition(|entry| entry.turn == Some(turn)) else {
            return Vec::new();
        };
        let entry = &mut self.entries[at];
        entry.turn = None;
        match how.end {
            TurnEnd::Complete => close(entry, MessageState::Complete, None),
            TurnEnd::Stopped => {
                close(entry, MessageState::Partial, Some(Notice::new(NoticeKind::Stopped)));
            }
            TurnEnd::Failed(notice) => {
                let none = entry.text().is_empty() && entry.reasoning_chars == 0;
                let state = if none { MessageState::Failed } else { MessageState::Partial };
                close(entry, state, Some(notice));
            }
        }
        let facts = entry.facts_mut();
        facts.first_token = how.timing.first_token;
        facts.streaming = how.timing.streaming;
        facts.usage = how.usage.or(facts.usage);
        facts.finish = how.finish;
        facts.cost = how.cost.or(facts.cost);
        self.unsaved = Unsaved::default();
        vec![self.save(&self.entries[at])]
    }

    /// Colours came for a code block.
    pub fn coloured(&mut self, event: crate::event::HighlightEvent) -> bool {
        let found = self.entries.iter_mut().rev().find(|e| e.message.id == event.message);
        let Some(entry) = found else {
            return false;
        };
        if let Some(answer) = entry.answer.get_mut() {
            answer.set_code_colours(event.block, event.first_line, event.lines);
        }
        true
    }

    /// Code of stored answers that wants colours.
    pub fn uncoloured(&mut self) -> Vec<HighlightCommand> {
        self.entries.iter_mut().rev().take(20).flat_map(Entry::uncoloured).collect()
    }

    /// When arrived text must go to the store.
    #[must_use]
    pub fn save_deadline(&self) -> Option<Duration> {
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

fn close(entry: &mut Entry, state: MessageState, notice: Option<Notice>) {
    // A stop by the user is final even if the service finished at the same moment.
    let stopped = entry.message.state == MessageState::Partial;
    if !stopped {
        entry.message.state = state;
        entry.facts_mut().notice = notice;
    }
    for document in [&mut entry.answer, &mut entry.reasoning] {
        if let Some(document) = document.get_mut() {
            document.finish();
        }
    }
    entry.revision += 1;
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
