//! What is read aloud: one thing at a time, which sentence of it is heard, where the sound goes, what
//! it costs. It refuses to ask a model and to know devices; what it wants done are effects.

mod hear;
mod line;
mod own;
pub mod price;
mod spoken;
mod wishes;

use std::collections::HashSet;

use line::Line;
use own::OwnSound;

pub use spoken::{By, Placed, Spent, Spoken, What};

use super::{AppState, Effects};
use crate::action::Context;
use crate::domain::ids::{MessageId, SpeechId};
use crate::domain::models::ModelId;
use crate::domain::speech::aloud::SpeechCommand;
use crate::effect::Effect;

/// Who reads a conversation, as far as that was chosen for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// The model that reads.
    pub model: Option<ModelId>,
    /// The voice's id.
    pub voice: Option<String>,
    /// The language's name as the service has it.
    pub language: Option<String>,
    /// Its answers are read by themselves.
    pub auto: Option<bool>,
}

/// See the header.
#[derive(Debug, Default)]
pub struct Speech {
    now: Option<Spoken>,
    /// The sound of an answer that was spoken by the model which gave it.
    own: OwnSound,
    /// Answers of which the model was asked to speak them itself.
    own_voices: HashSet<MessageId>,
    /// Answers that need no reading by themselves any more: it was begun, or silenced.
    begun: HashSet<MessageId>,
    /// Commands that wait for room.
    line: Line,
    /// What reading by itself costs was said.
    priced: bool,
    /// The last voice of which was said that it is none of this model's.
    told: Option<(String, ModelId)>,
}

impl Speech {
    /// What is read, paused, or was heard to its end a moment ago.
    #[must_use]
    pub fn now(&self) -> Option<&Spoken> {
        self.now.as_ref()
    }

    /// Something is read or paused.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.now.as_ref().is_some_and(|spoken| spoken.over.is_none())
    }

    /// The same, to change it.
    fn on_mut(&mut self) -> Option<&mut Spoken> {
        self.now.as_mut().filter(|spoken| spoken.over.is_none())
    }

    /// Something else is read from now on.
    pub(super) fn set(&mut self, spoken: Spoken) {
        self.now = Some(spoken);
    }

    /// This message is being read.
    #[must_use]
    pub fn reads(&self, message: MessageId) -> bool {
        self.is_on() && self.now.as_ref().is_some_and(|spoken| spoken.message() == Some(message))
    }

    /// The sentence of a message that is heard now.
    #[must_use]
    pub fn heard(&self, message: MessageId) -> Option<&Placed> {
        let spoken = self.now.as_ref().filter(|_| self.reads(message))?;
        spoken.sentences.get(spoken.at?)
    }
}

impl AppState {
    /// What is read aloud.
    #[must_use]
    pub fn speech(&self) -> &Speech {
        &self.speech
    }

    /// The contexts of the focus; while something is read, some keys mean more in the conversation.
    pub(super) fn plain_contexts(&self) -> &'static [Context] {
        let plain = self.focus.contexts(self.composer.is_empty());
        match plain.first() {
            Some(Context::Transcript) if self.speech.is_on() => {
                &[Context::Speech, Context::Transcript, Context::Global]
            }
            Some(_) | None => plain,
        }
    }

    /// Silence at once.
    pub(super) fn silence(&mut self) -> Effects {
        let Some(spoken) = self.speech.now.take_if(|spoken| spoken.over.is_none()) else {
            return Vec::new();
        };
        self.speech.begun.extend(spoken.message());
        vec![stop(spoken.id)]
    }

    /// What is read must still be there: the message on the branch that is shown, the list of voices
    /// open.
    pub(super) fn silence_what_went(&mut self) -> Effects {
        let Some(spoken) = self.speech.now.as_ref() else { return Vec::new() };
        let gone = match spoken.what {
            What::Sample { .. } => {
                !matches!(self.focus.overlay, Some(super::focus::Overlay::Voices(_)))
            }
            What::Answer { conversation, message } => {
                let chat = self.conversations.by_id(conversation);
                let left = chat.is_some_and(|chat| chat.index(message).is_none());
                left || self.deleted.contains(&conversation)
            }
        };
        if gone { self.silence() } else { Vec::new() }
    }

    /// On their way out: a voice is asked for where answers speak, commands keep their order.
    pub(super) fn order_speech(&mut self, mut effects: Effects) -> Effects {
        effects.extend(self.silence_what_went());
        self.give_voices(&mut effects);
        self.speech.line.order(effects)
    }
}

fn stop(speech: SpeechId) -> Effect {
    Effect::Speech(SpeechCommand::Stop(speech))
}
