//! One message of a conversation with its parsed text: what has arrived, what is known of it, which
//! code of it wants colours. It refuses to know the conversation around it.

use std::cell::OnceCell;

use crate::domain::attachments::Attachment;
use crate::domain::chat::{AnswerFacts, Message, MessageState, Role};
use crate::domain::ids::MessageId;
use crate::domain::notice::Notice;
use crate::effect::HighlightCommand;
use crate::event::HighlightEvent;
use crate::text::json::{self, Checked};
use crate::text::markdown::Document;

/// A message with its parsed text.
#[derive(Debug)]
pub struct Entry {
    /// The message. The texts of an answer that is arriving are in the documents alone.
    pub(super) message: Message,
    /// The answer as markdown, parsed when it is first looked at: of a long conversation only
    /// what is seen costs anything.
    answer: OnceCell<Document>,
    /// The reasoning before it.
    reasoning: OnceCell<Document>,
    /// The reasoning is open.
    pub reasoning_open: bool,
    /// Grows when something other than the documents changes.
    revision: u64,
    /// Lines of each code block that were handed to the highlight worker.
    coloured: Vec<usize>,
    reasoning_chars: usize,
    /// What was found out about an answer that was to be JSON, when it is first asked for.
    checked: OnceCell<Checked>,
    /// All lines of a long answer in JSON are shown.
    pub json_open: bool,
}

/// A text that is parsed when it is first needed.
fn parsed<'a>(cell: &'a OnceCell<Document>, text: &str, state: MessageState) -> &'a Document {
    cell.get_or_init(|| document(text, state != MessageState::Streaming))
}

/// An answer, or the code block that an answer in JSON is shown as.
fn parsed_answer<'a>(cell: &'a OnceCell<Document>, message: &Message) -> &'a Document {
    if !is_json(message) {
        return parsed(cell, &message.text, message.state);
    }
    cell.get_or_init(|| {
        let whole = message.state != MessageState::Streaming;
        let set = whole.then(|| json::pretty(&message.text)).flatten();
        let text = set.as_deref().unwrap_or(&message.text);
        document(&format!("{FENCE}json\n{text}"), whole)
    })
}

/// JSON is no markdown: it is kept as it came, and shown between fences that do not occur in it.
fn is_json(message: &Message) -> bool {
    message.facts.as_ref().is_some_and(|facts| facts.json)
}

/// Longer than any run of backticks that a model begins a line with.
const FENCE: &str = "````````````";

fn document(text: &str, whole: bool) -> Document {
    let mut document = Document::new();
    document.push(text);
    if whole {
        document.finish();
    }
    document
}

impl Entry {
    pub(super) fn new(message: Message) -> Self {
        let reasoning_chars = message.reasoning.chars().count();
        Self {
            message,
            answer: OnceCell::new(),
            reasoning: OnceCell::new(),
            reasoning_open: false,
            revision: 0,
            coloured: Vec::new(),
            reasoning_chars,
            checked: OnceCell::new(),
            json_open: false,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> MessageId {
        self.message.id
    }

    /// The message it follows.
    #[must_use]
    pub fn parent(&self) -> Option<MessageId> {
        self.message.parent
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
        let shown = self.answer.get().filter(|_| !is_json(&self.message));
        shown.map_or(&self.message.text, Document::source)
    }

    /// What goes with a question.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        &self.message.attachments
    }

    /// The answer as markdown.
    #[must_use]
    pub fn answer(&self) -> &Document {
        parsed_answer(&self.answer, &self.message)
    }

    /// Whether an answer that was to be JSON is; `None` for all others and until it is whole.
    #[must_use]
    pub fn json(&self) -> Option<Checked> {
        let whole = is_json(&self.message) && self.message.state == MessageState::Complete;
        whole.then(|| *self.checked.get_or_init(|| json::check(&self.message.text)))
    }

    /// It was to be JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        is_json(&self.message)
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
    pub(super) fn reopen(&mut self) {
        let answer = self.text().to_owned();
        let json = is_json(&self.message);
        self.message.text = if json { answer.clone() } else { String::new() };
        self.checked.take();
        let reasoning = self.reasoning_text().to_owned();
        self.message.reasoning.clear();
        self.message.state = MessageState::Streaming;
        self.answer.take();
        if json {
            parsed_answer(&self.answer, &self.message);
        } else {
            self.answer = OnceCell::from(document(&answer, false));
        }
        self.reasoning = OnceCell::from(document(&reasoning, false));
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

    /// Something came that is no JSON and is to be read as markdown: all of it is.
    pub(super) fn becomes_markdown(&mut self) {
        if is_json(&self.message) {
            let text = std::mem::take(&mut self.message.text);
            self.facts_mut().json = false;
            self.answer = OnceCell::from(document(&text, false));
            self.coloured.clear();
        }
    }

    /// An answer that never came begins again: what was thought before it does not count.
    pub(super) fn clear_reasoning(&mut self) {
        self.reasoning.take();
        self.message.reasoning.clear();
        self.reasoning_chars = 0;
    }

    /// Adds what arrived.
    pub(super) fn push(&mut self, text: &str, reasoning: &str) {
        if let Some(document) = self.answer.get_mut().filter(|_| !text.is_empty()) {
            document.push(text);
            if is_json(&self.message) {
                self.message.text.push_str(text);
            }
        }
        if let Some(document) = self.reasoning.get_mut().filter(|_| !reasoning.is_empty()) {
            document.push(reasoning);
            self.reasoning_chars += reasoning.chars().count();
        }
    }

    pub(super) fn facts_mut(&mut self) -> &mut AnswerFacts {
        self.revision += 1;
        self.message.facts.get_or_insert_default()
    }

    /// Whole lines of code that have not been handed to the highlight worker yet.
    pub(super) fn uncoloured(&mut self) -> Vec<HighlightCommand> {
        let mut wanted = Vec::new();
        if is_json(&self.message) && self.message.state == MessageState::Streaming {
            // It will be set in anew when it is whole.
            return wanted;
        }
        let answer = parsed_answer(&self.answer, &self.message);
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

    /// No more comes. A stop by the user is final even if the service finished at that moment.
    pub(super) fn close(&mut self, state: MessageState, notice: Option<Notice>) {
        if self.message.state != MessageState::Partial {
            self.message.state = state;
            self.facts_mut().notice = notice;
        }
        for document in [&mut self.answer, &mut self.reasoning] {
            if let Some(document) = document.get_mut() {
                document.finish();
            }
        }
        if is_json(&self.message) {
            // Now that it is whole it can be set in.
            self.answer.take();
            self.coloured.clear();
        }
        self.revision += 1;
    }

    /// Takes the colours of some lines of code.
    pub(super) fn set_colours(&mut self, event: HighlightEvent) {
        if let Some(answer) = self.answer.get_mut() {
            answer.set_code_colours(event.block, event.first_line, event.lines);
        }
    }
}
