//! One thing that is read aloud, as far as the screen knows it: its sentences and where they stand,
//! which of them is heard, how far the sound is. It refuses effects.

use std::ops::Range;
use std::time::Duration;

use crate::domain::audio::SinkName;
use crate::domain::ids::{ConversationId, MessageId, SpeechId};
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::domain::speech::aloud::{Manner, Sentence};
use crate::text::aloud::{Reader, billed};

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An answer.
    Answer {
        /// Of which conversation.
        conversation: ConversationId,
        /// Which message.
        message: MessageId,
    },
    /// A sentence to hear a voice by.
    Sample {
        /// The voice's id.
        voice: String,
    },
}

/// Whose voice it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A speech model reads the text.
    Reader(Manner),
    /// The model that gave the answer spoke it.
    Itself(ModelId),
}

/// A sentence and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// What is read.
    pub text: String,
    /// The bytes of the message it was made from.
    pub source: Range<usize>,
    /// Letters and digits of the message before them.
    pub before: usize,
    /// Letters and digits in them.
    pub letters: usize,
}

/// What it cost so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// In all; `None` where no price is known.
    pub money: Option<Money>,
    /// It is our own guess.
    pub estimated: bool,
    /// Sentences that cost nothing, for they were there already.
    pub kept: usize,
}

/// See the header.
#[derive(Debug)]
pub struct Spoken {
    /// Its name.
    pub id: SpeechId,
    /// What is read.
    pub what: What,
    /// Whose voice it is.
    pub by: By,
    /// The title of its conversation; empty for a sample.
    pub title: String,
    /// Its sentences so far.
    pub sentences: Vec<Placed>,
    /// No more sentences come.
    pub whole: bool,
    /// Which sentence is heard, from 0; `None` before the first.
    pub at: Option<usize>,
    /// It is silent for a while.
    pub paused: bool,
    /// Heard so far.
    pub played: Duration,
    /// Sound there is so far.
    pub known: Duration,
    /// Where it goes; `None` until that is known.
    pub sink: Option<SinkName>,
    /// What it cost so far; `None` until something is known.
    pub spent: Option<Spent>,
    /// Characters as they are billed.
    pub weight: u64,
    /// The view goes along with the sentence that is heard.
    pub follows: bool,
    /// It was heard to its end; until when that is shown.
    pub over: Option<Duration>,
    /// The reader of the text and how many bytes it has got, until the text is whole.
    pub(super) reader: Option<Reader>,
    pub(super) read: usize,
    /// Bytes of the text that were counted, and the letters in them.
    counted: (usize, usize),
}

impl Spoken {
    pub(in crate::state) fn new(id: SpeechId, what: What, by: By, title: String) -> Self {
        Self {
            id,
            what,
            by,
            title,
            sentences: Vec::new(),
            whole: false,
            at: None,
            paused: false,
            played: Duration::ZERO,
            known: Duration::ZERO,
            sink: None,
            spent: None,
            weight: 0,
            follows: false,
            over: None,
            reader: None,
            read: 0,
            counted: (0, 0),
        }
    }

    /// The message that is read.
    #[must_use]
    pub fn message(&self) -> Option<MessageId> {
        match self.what {
            What::Answer { message, .. } => Some(message),
            What::Sample { .. } => None,
        }
    }

    /// Takes sentences that were made of `text`, the message so far.
    pub(in crate::state) fn take(&mut self, text: &str, sentences: &[Sentence]) {
        for sentence in sentences {
            let Range { start, end } = sentence.source;
            let before = self.count_to(text, start);
            let letters = self.count_to(text, end) - before;
            self.weight += billed(&sentence.text) as u64;
            self.sentences.push(Placed {
                text: sentence.text.clone(),
                source: start..end,
                before,
                letters,
            });
        }
    }

    /// Letters and digits up to a byte; bytes only go on, so each is counted once.
    fn count_to(&mut self, text: &str, to: usize) -> usize {
        let (at, letters) = self.counted;
        let more = text.get(at..to).unwrap_or_default();
        let letters = letters + more.chars().filter(|c| c.is_alphanumeric()).count();
        self.counted = (at.max(to), letters);
        letters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_know_the_letters_before_them() {
        let text = "# Hé 1\n\n**你好**。 End.";
        let what = What::Sample { voice: "v".to_owned() };
        let by = By::Itself(ModelId::new("m"));
        let mut spoken = Spoken::new(SpeechId(1), what, by, String::new());
        let of = |part: &str, said: &str| {
            let start = text.find(part).unwrap();
            Sentence { text: said.to_owned(), source: start..start + part.len() }
        };
        spoken.take(text, &[of("Hé 1", "Hé 1")]);
        spoken.take(text, &[of("**你好**。", "你好。"), of("End.", "End.")]);
        let places: Vec<_> = spoken.sentences.iter().map(|s| (s.before, s.letters)).collect();
        assert_eq!(places, [(0, 3), (3, 2), (5, 3)]);
        assert_eq!(spoken.weight, 4 + 5 + 4);
    }
}
