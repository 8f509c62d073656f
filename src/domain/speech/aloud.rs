//! Reading aloud, from the wish to its end: what the speech service is asked to do and what it says of
//! it. It refuses to cut texts (`text`), to ask a model (`api`) and to know where sound goes (`audio`).

use std::ops::Range;
use std::time::Duration;

use crate::domain::audio::{SinkFault, SinkName};
use crate::domain::ids::SpeechId;
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::domain::notice::Notice;

/// A piece of a text that is read in one breath, and where it stands in what is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What is read: no markdown, no code, clean.
    pub text: String,
    /// The bytes of the source it was made from; ranges of one text never overlap and only go on.
    pub source: Range<usize>,
}

/// Who reads, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Manner {
    /// Which model.
    pub model: ModelId,
    /// The voice's id; each model has voices of its own.
    pub voice: String,
    /// The language's name as the service has it; without one the service finds out.
    pub language: Option<String>,
    /// How it is to be spoken, for models that take instructions.
    pub instructions: Option<String>,
}

/// What the speech service is asked to do. One thing is spoken at a time: a new beginning silences
/// what was spoken before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeechCommand {
    /// Something is going to be read by a speech model.
    Begin {
        /// Its name from here on.
        speech: SpeechId,
        /// Who reads.
        manner: Manner,
    },
    /// More of it to read, in order. The answer may still be arriving.
    Say {
        /// Of what.
        speech: SpeechId,
        /// Whole sentences, never empty ones.
        sentences: Vec<Sentence>,
    },
    /// Something is going to be heard that a model has spoken already: `Samples` follow.
    Play {
        /// Its name from here on.
        speech: SpeechId,
    },
    /// More of that: PCM, 16 bits little-endian, 24 kHz, mono, whole samples.
    Samples {
        /// Of what.
        speech: SpeechId,
        /// The samples.
        pcm: Vec<u8>,
    },
    /// There is no more of it; it is to be heard to its end.
    Finish(SpeechId),
    /// Silence for a while.
    Pause(SpeechId),
    /// On from where it was silenced.
    Resume(SpeechId),
    /// On from the beginning of this sentence, counted from 0. What was spoken once is not paid again.
    Jump {
        /// Of what.
        speech: SpeechId,
        /// Which sentence.
        sentence: usize,
    },
    /// Silence at once; nothing more is asked for.
    Stop(SpeechId),
}

/// What the speech service says of one thing that is spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeechEvent {
    /// Which.
    pub speech: SpeechId,
    /// What.
    pub what: SpeechNews,
}

/// What there is to say. `Ended` is the last word and comes once for everything that began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeechNews {
    /// It goes there.
    Opened {
        /// Where.
        sink: SinkName,
    },
    /// This sentence is heard now, counted from 0.
    Sentence(usize),
    /// How far it is, as heard.
    Position {
        /// Heard so far, from the beginning of the text.
        played: Duration,
        /// Sound there is so far, heard or not.
        known: Duration,
    },
    /// What it has cost so far; sentences that were spoken before cost nothing again.
    Spent {
        /// In all; `None` where no price is known.
        money: Option<Money>,
        /// The service did not say what was used: the amount is our own guess.
        estimated: bool,
        /// Sentences that were there already.
        kept: usize,
    },
    /// It goes on at another place.
    FellBack {
        /// The first place that did not take it.
        from: SinkName,
        /// Why not.
        why: SinkFault,
        /// Where it goes now.
        to: SinkName,
    },
    /// It ended.
    Ended(SpeechEnd),
}

/// How something that was spoken ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeechEnd {
    /// It was heard to its end (or is whole in the file).
    Whole,
    /// The user silenced it.
    Stopped,
    /// It could not go on. What was heard was heard; the text stays.
    Failed(Notice),
}
