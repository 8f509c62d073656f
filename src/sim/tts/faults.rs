//! What can go wrong with streamed sound, by the rule of a scenario: pieces that cannot be decoded,
//! are cut within a sample, or begin with a header that does not belong there.
//! It refuses everything that is not about sound; `tell` does the rest.

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::sim::rng::Rng;
use crate::sim::scenario::{Audio, Rule};
use crate::sim::voice::{RATE, wav};

/// How a stream is cut into pieces, and what is wrong with them.
#[derive(Debug)]
pub(super) struct Cutter {
    fault: Option<Audio>,
    after: usize,
    chance: Rng,
    /// Pieces so far.
    count: usize,
}

impl Cutter {
    pub(super) fn new(rule: &Rule, seed: u64) -> Self {
        Self { fault: rule.audio, after: rule.after_tokens(), chance: Rng::new(seed), count: 0 }
    }

    /// Bytes of the next piece: 0.1 to 0.3 seconds in whole samples.
    pub(super) fn size(&mut self, rate: u32) -> usize {
        let tenth = rate as usize / 10;
        let samples = tenth + self.chance.below(2 * tenth);
        match self.fault {
            // From single bytes up, and never a whole number of samples.
            Some(Audio::OddChunks) if self.count.is_multiple_of(3) => 1,
            Some(Audio::OddChunks) => samples * 2 + 1,
            Some(Audio::BadBase64 | Audio::Riff) | None => samples * 2,
        }
    }

    /// A piece in base64, with its fault.
    pub(super) fn encode(&mut self, bytes: &[u8]) -> String {
        let number = self.count;
        self.count += 1;
        match self.fault {
            Some(Audio::Riff) if number == 0 => {
                // As programs write it that do not know how much will follow.
                let header = wav::header(usize::MAX, RATE);
                BASE64_STANDARD.encode([&header, bytes].concat())
            }
            Some(Audio::BadBase64) if number == self.after => {
                let mut data = BASE64_STANDARD.encode(bytes);
                data.insert_str(data.len() / 2, "*!");
                data
            }
            Some(Audio::BadBase64 | Audio::OddChunks | Audio::Riff) | None => {
                BASE64_STANDARD.encode(bytes)
            }
        }
    }
}
