//! What there is to say of reading aloud on the screen: what it will cost, which voice reads, where
//! the sound goes instead. It refuses sentences, and what a speech model or a device said.

use super::Level;
use crate::domain::audio::{FaultKind, SinkName};
use crate::domain::models::ModelId;
use crate::domain::money::{Money, Unit};

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AloudNotice {
    /// Nothing in the message can be read aloud: it is code, or no letters at all.
    Nothing,
    /// Nothing is read aloud just now.
    Silent,
    /// The sound is the answer's own, which is one piece.
    OnePiece,
    /// What answers that are read by themselves will cost, before that is so.
    Before(Box<Before>),
    /// Whether the answers of the conversation are read by themselves.
    Auto {
        /// They are.
        on: bool,
    },
    /// Another voice reads: the one that was wanted is none of the model's.
    NotOfModel(Box<OtherVoice>),
    /// No voice is known of the model.
    NoVoice {
        /// The model.
        model: ModelId,
    },
    /// The voice that reads in this conversation from now on.
    Chosen {
        /// Which.
        voice: String,
    },
    /// The voice that reads wherever no other was chosen.
    Default {
        /// Which.
        voice: String,
        /// Of which model.
        model: ModelId,
    },
    /// The sound goes elsewhere. The system's words are the notice's detail.
    FellBack(Box<FellBack>),
}

/// Who will read answers, and for how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// The model that will read, or that answers with its own voice.
    pub model: ModelId,
    /// The voice.
    pub voice: String,
    /// The price of so much; `None` where none is known.
    pub rate: Option<(Money, Unit)>,
}

/// A voice that is none of the model's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherVoice {
    /// Which was wanted.
    pub voice: String,
    /// The model.
    pub model: ModelId,
    /// Which reads.
    pub instead: String,
}

/// Sound that goes elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FellBack {
    /// The place that did not take it.
    pub from: SinkName,
    /// Why.
    pub why: FaultKind,
    /// Where it goes now.
    pub to: SinkName,
}

impl AloudNotice {
    pub(super) const fn level(&self) -> Level {
        match self {
            Self::Nothing
            | Self::Silent
            | Self::OnePiece
            | Self::Auto { .. }
            | Self::Chosen { .. }
            | Self::Default { .. } => Level::Info,
            // It stays until it is read: a price that goes by itself was not said.
            Self::Before(_) | Self::NotOfModel(_) | Self::NoVoice { .. } | Self::FellBack(_) => {
                Level::Warning
            }
        }
    }
}
