//! Questions and answers: messages, what is asked of a model, what comes back piece by piece.
//! It refuses wire field names; each surface maps to and from these types in `api`.

use std::time::Duration;

use super::attachments::Attachment;
use super::ids::{MessageId, TurnId};
use super::ledger::Purse;
use super::models::ModelId;
use super::money::Money;
use super::notice::Notice;
use super::surface::{Via, WebSource};

pub use super::params::ChatParams;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Instructions that stand above the conversation.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// What a piece of code is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeRole {
    /// Nothing special.
    Plain,
    /// Comments.
    Comment,
    /// Text in quotes.
    String,
    /// Numbers, true, false, null and other constants.
    Constant,
    /// Words of the language.
    Keyword,
    /// Names of functions and macros.
    Function,
    /// Names of types.
    Type,
    /// Attributes, tags, keys of data formats.
    Attribute,
    /// Operators and punctuation.
    Operator,
    /// Lines a diff adds.
    Inserted,
    /// Lines a diff removes.
    Deleted,
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// All of it is there.
    Complete,
    /// It is arriving now (in the store: it was arriving when the program died).
    Streaming,
    /// It ended early: cut, failed or stopped by the user. What arrived is kept.
    Partial,
    /// Nothing arrived at all.
    Failed,
}

/// One message of a conversation, as shown and as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id, from the first byte on.
    pub id: MessageId,
    /// The message it follows; messages with the same one are branches of the conversation.
    pub parent: Option<MessageId>,
    /// Who speaks.
    pub role: Role,
    /// The text; for an answer what has arrived so far.
    pub text: String,
    /// What goes with a question.
    pub attachments: Vec<Attachment>,
    /// The reasoning that came before the text, empty if none.
    pub reasoning: String,
    /// How far it has come.
    pub state: MessageState,
    /// When it was written or its answer began, in milliseconds since 1970 (UTC).
    pub created_ms: i64,
    /// For an answer: the facts shown beside it.
    pub facts: Option<AnswerFacts>,
}

/// What is known of an answer beside its text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AnswerFacts {
    /// The model that really answered, as the service named it.
    pub model: Option<ModelId>,
    /// From sending the request to the first text or reasoning.
    pub first_token: Option<Duration>,
    /// From the first text or reasoning to the end.
    pub streaming: Option<Duration>,
    /// Tokens as the service counted them.
    pub usage: Option<Usage>,
    /// What it cost by the price rows in force, where known.
    pub cost: Option<Money>,
    /// The id to quote to the service's support.
    pub request_id: Option<String>,
    /// Why the model stopped.
    pub finish: Option<FinishReason>,
    /// Why the answer is partial or failed.
    pub notice: Option<Notice>,
    /// It was asked for as JSON: its text is no markdown.
    pub json: bool,
    /// The seed this answer alone was asked with.
    pub seed: Option<u64>,
    /// The surface it came over, and why.
    pub via: Option<Via>,
    /// Pages the service found for it.
    pub sources: Vec<WebSource>,
}

/// Tokens of one request as the service reports them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Input tokens, cached ones included.
    pub input: u64,
    /// Output tokens, reasoning included.
    pub output: u64,
    /// Input tokens read from the context cache.
    pub cached: Option<u64>,
    /// Output tokens spent on reasoning.
    pub reasoning: Option<u64>,
    /// Tokens of what is no text.
    pub media: MediaTokens,
}

/// Tokens of a request that stand for something else than text; they are parts of the input and
/// output tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MediaTokens {
    /// Pictures in the input.
    pub image: Option<u64>,
    /// Videos in the input.
    pub video: Option<u64>,
    /// Sound in the input.
    pub heard: Option<u64>,
    /// Sound in the output.
    pub spoken: Option<u64>,
}

impl MediaTokens {
    fn plus(self, other: Self) -> Self {
        Self {
            image: sum(self.image, other.image),
            video: sum(self.video, other.video),
            heard: sum(self.heard, other.heard),
            spoken: sum(self.spoken, other.spoken),
        }
    }
}

fn sum(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (a, b) => a.or(b),
    }
}

impl Usage {
    /// Of two requests together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
            cached: sum(self.cached, other.cached),
            reasoning: sum(self.reasoning, other.reasoning),
            media: self.media.plus(other.media),
        }
    }

    /// Input and output together.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

/// Why the model stopped.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FinishReason {
    /// It was done.
    Stop,
    /// The output limit was reached.
    Length,
    /// It asks for tools to be called.
    ToolCalls,
    /// Any other word of the service, sanitized.
    Other(String),
}

/// One message as it is sent to a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptMessage {
    /// Who speaks.
    pub role: Role,
    /// The text.
    pub text: String,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
    /// The model is to go on from this unfinished answer instead of starting a new one.
    pub partial: bool,
}

impl PromptMessage {
    /// A message that is nothing but text.
    #[must_use]
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self { role, text: text.into(), attachments: Vec::new(), partial: false }
    }
}

/// A request for one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    /// Which model.
    pub model: ModelId,
    /// The conversation so far, oldest first.
    pub messages: Vec<PromptMessage>,
    /// Settings of this request.
    pub params: ChatParams,
}

/// A piece of an answer as a surface delivered it. Texts are sanitized already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatChunk {
    /// The service accepted the request; comes at most once, and first.
    Opened {
        /// The model as the service names it.
        model: Option<ModelId>,
        /// The request id.
        request_id: Option<String>,
    },
    /// More answer text.
    Text(String),
    /// More reasoning.
    Reasoning(String),
    /// A piece of a tool call; pieces with one index belong together.
    ToolCall {
        /// Which call of the answer.
        index: u32,
        /// The function's name, in the first piece.
        name: Option<String>,
        /// More of the JSON arguments.
        arguments: String,
    },
    /// More of the spoken answer: PCM, 16 bits little-endian, 24 kHz, mono, whole samples.
    Audio(Vec<u8>),
    /// Pages found by a search; the last list counts.
    Sources(Vec<WebSource>),
    /// Token counts; the last one counts.
    Usage(Usage),
    /// The model stopped.
    Finished(FinishReason),
}

/// How a turn ended.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnEnd {
    /// The answer is whole.
    Complete,
    /// The user stopped it.
    Stopped,
    /// It failed; what arrived before stays.
    Failed(Notice),
}

/// Figures of a finished turn, measured where the socket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TurnTiming {
    /// From sending to the first text or reasoning.
    pub first_token: Option<Duration>,
    /// From there to the end.
    pub streaming: Option<Duration>,
    /// Requests that were sent for it, retries included.
    pub attempts: u32,
}

/// What the chat service is asked to do.
#[expect(clippy::large_enum_variant, reason = "one for each question, and it is moved once")]
#[derive(Debug, Clone, PartialEq)]
pub enum ChatCommand {
    /// Ask for an answer.
    Start {
        /// The turn its events will carry.
        turn: TurnId,
        /// What to ask.
        request: ChatRequest,
        /// Who pays, and how much at most.
        purse: Purse,
    },
    /// Stop a running turn; its [`TurnEnd::Stopped`] still comes.
    Cancel(TurnId),
    /// Tell what went over the wire for these turns.
    Inspect(Vec<TurnId>),
}

/// What the chat service says of one turn.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatEvent {
    /// Which turn.
    pub turn: TurnId,
    /// What happened.
    pub what: TurnEvent,
}

/// What can happen to a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnEvent {
    /// The service accepted the request.
    Opened {
        /// The model that answers.
        model: Option<ModelId>,
        /// The request id.
        request_id: Option<String>,
        /// The surface it was asked on, and why there.
        via: Via,
    },
    /// Pages found by a search; the last list counts.
    Sources(Vec<WebSource>),
    /// More of the spoken answer: PCM, 16 bits little-endian, 24 kHz, mono, whole samples, at most
    /// 32 KiB at once. Whoever does not want it lets it go.
    Audio(Vec<u8>),
    /// Text and reasoning that arrived since the last event; either may be empty.
    Delta {
        /// More answer text.
        text: String,
        /// More reasoning.
        reasoning: String,
    },
    /// A piece of a tool call.
    ToolCall {
        /// Which call of the answer.
        index: u32,
        /// The function's name, in the first piece.
        name: Option<String>,
        /// More of the JSON arguments.
        arguments: String,
    },
    /// Nothing came yet and another try will be made after the wait.
    Waiting {
        /// Why.
        notice: Notice,
        /// How long from now.
        wait: Duration,
        /// Number of the coming try; the first request was 1.
        attempt: u32,
    },
    /// The last event of a turn, always sent.
    Ended {
        /// How.
        end: TurnEnd,
        /// Tokens, where the service told.
        usage: Option<Usage>,
        /// Why the model stopped, where it told.
        finish: Option<FinishReason>,
        /// Measured figures.
        timing: TurnTiming,
    },
}
