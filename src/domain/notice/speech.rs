//! What there is to say of the sound of a speech model on its way to somebody's ears. It refuses
//! sentences, and what the model itself refuses (`request`).

use super::{Class, Exit, Fault};
use crate::domain::audio::{FaultKind, SinkName};
use crate::domain::speech::PcmFormat;

/// What is wrong with the sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeechNotice {
    /// No place takes it, or not the rest of it. The system's words are the notice's detail.
    NoPlace {
        /// The first place that did not, if there is any at all.
        from: Option<Box<SinkName>>,
        /// Why not.
        why: FaultKind,
    },
    /// The model gave samples that are written in another way than the service documents.
    Format(PcmFormat),
    /// It is longer than anything that is spoken.
    TooLong,
}

impl SpeechNotice {
    pub(super) const fn class(&self) -> Class {
        match self {
            Self::NoPlace { .. } => Class::error(Some(Fault::You), Exit::Failed),
            Self::Format(_) | Self::TooLong => Class::error(Some(Fault::Service), Exit::Failed),
        }
    }
}
