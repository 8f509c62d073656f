//! What a model is called and what it can do, as far as a request depends on it.
//! It refuses numbers that drift (prices, limits): those are dated rows in `catalog`.

use std::fmt;

/// A model id as the service spells it: an alias (`qwen-plus`) or a snapshot
/// (`qwen-plus-2025-09-11`). Any id can be typed; nothing is rejected here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(String);

impl ModelId {
    /// Takes the id as typed, without surrounding white space.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.trim().to_owned())
    }

    /// The id as sent on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a model reasons before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Thinking {
    /// The catalog does not say.
    #[default]
    Unknown,
    /// It knows no reasoning; the flag must not be sent.
    Never,
    /// It can; `on` tells whether it does when nothing is said.
    Optional {
        /// What the service does without the flag.
        on: bool,
    },
    /// It always does; sending `false` is refused by the service.
    Always,
}

/// One row of the model catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The id.
    pub id: ModelId,
    /// The family, e.g. `qwen-text`, `qwen-vl`.
    pub family: String,
    /// Which surfaces serve it.
    pub surfaces: Surfaces,
    /// Input and output kinds as the catalog words them, e.g. `text/image->text`.
    pub modality: String,
    /// Context window in tokens, where known.
    pub context_tokens: Option<u64>,
    /// Largest answer in tokens, where known.
    pub max_output: Option<u64>,
    /// Reasoning ability.
    pub thinking: Thinking,
    /// Jobs of it are asynchronous tasks.
    pub async_only: bool,
}

/// One of the two ways the service is spoken to over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Surface {
    /// The OpenAI-compatible one, `/compatible-mode/v1`.
    Compat,
    /// The service's own, `/api/v1`.
    Native,
}

impl Surface {
    /// Its word on the screen and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compat => "compat",
            Self::Native => "native",
        }
    }
}

/// The surfaces that serve a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surfaces {
    /// Only `/compatible-mode/v1`.
    Compat,
    /// Only `/api/v1`.
    Native,
    /// Either of the two.
    Both,
    /// Neither: a WebSocket is needed.
    Socket,
}

/// What a chat model can do besides answering text with text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ability {
    /// It reasons before it answers, always or when asked to.
    Thinking,
    /// It looks at pictures or videos.
    Vision,
    /// It listens or speaks.
    Audio,
    /// Its answers can be JSON.
    Json,
    /// The service searches the web for it.
    Search,
    /// It calls tools.
    Tools,
    /// It goes on from the beginning of an answer.
    Prefix,
}

impl Ability {
    /// All of them, in the order lists show them.
    pub const ALL: [Self; 7] = [
        Self::Thinking,
        Self::Vision,
        Self::Audio,
        Self::Json,
        Self::Search,
        Self::Tools,
        Self::Prefix,
    ];

    /// Its word on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Thinking => "thinking",
            Self::Vision => "vision",
            Self::Audio => "audio",
            Self::Json => "json",
            Self::Search => "search",
            Self::Tools => "tools",
            Self::Prefix => "prefix",
        }
    }
}

/// What a model is for, as far as the rows tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// Questions and answers: what a conversation needs.
    Chat,
    /// Text, but not on the chat surface.
    Native,
    /// Live sound over a WebSocket.
    Realtime,
    /// Makes or edits pictures.
    Image,
    /// Makes or edits videos.
    Video,
    /// Reads text aloud.
    Speech,
    /// Makes a voice.
    Voice,
    /// Writes down or translates what is said.
    Transcription,
    /// Turns text or pictures into vectors.
    Embedding,
    /// Gives marks: ranks texts, checks pictures.
    Scoring,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Chat,
        Self::Native,
        Self::Realtime,
        Self::Image,
        Self::Video,
        Self::Speech,
        Self::Voice,
        Self::Transcription,
        Self::Embedding,
        Self::Scoring,
    ];

    /// Its word on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Native => "native",
            Self::Realtime => "realtime",
            Self::Image => "image",
            Self::Video => "video",
            Self::Speech => "speech",
            Self::Voice => "voice",
            Self::Transcription => "transcription",
            Self::Embedding => "embedding",
            Self::Scoring => "scoring",
        }
    }
}
