//! Text read aloud: what is asked for, the sound that comes back piece by piece, what was used. It
//! refuses wire field names, devices and files.

pub mod aloud;

use super::models::ModelId;

/// What is to be read aloud, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeechRequest {
    /// Which model.
    pub model: ModelId,
    /// The text; 600 characters at most with the documented models.
    pub text: String,
    /// The voice's id, in its own letters: ids are case sensitive.
    pub voice: String,
    /// The language's name as the service has it, e.g. `Chinese`; without one it finds out.
    pub language: Option<String>,
    /// How it is to be spoken, for models that take instructions.
    pub instructions: Option<String>,
    /// Let the service write the instructions out first.
    pub optimize: Option<bool>,
}

/// How samples are written: signed whole numbers, the smaller byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PcmFormat {
    /// Samples a second.
    pub rate: u32,
    /// Channels, one sample after the other.
    pub channels: u16,
    /// Bits of one sample.
    pub bits: u16,
}

impl PcmFormat {
    /// What every documented speech model gives: 24 kHz, one channel, 16 bits.
    pub const SERVICE: Self = Self { rate: 24_000, channels: 1, bits: 16 };

    /// Bytes of one sample of every channel.
    #[must_use]
    pub const fn frame(self) -> usize {
        self.channels as usize * (self.bits as usize).div_ceil(8)
    }
}

/// What a request used, as the service counted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpeechUsage {
    /// Billed characters: a Chinese one counts twice.
    pub characters: Option<u64>,
    /// Tokens of the text.
    pub input_tokens: Option<u64>,
    /// Tokens of the sound.
    pub output_tokens: Option<u64>,
}

/// The finished file at the service, good for 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeechFile {
    /// Where it can be fetched: http or https, never with our key.
    pub url: String,
    /// When it goes away, in milliseconds since 1970 (UTC), where told.
    pub expires_ms: Option<i64>,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeechChunk {
    /// The service accepted the request; comes at most once, and first.
    Opened {
        /// The id to quote to support.
        request_id: Option<String>,
    },
    /// The samples that follow are not as [`PcmFormat::SERVICE`] has them.
    Format(PcmFormat),
    /// Samples, never a part of one.
    Pcm(Vec<u8>),
    /// What was used; the last one counts.
    Usage(SpeechUsage),
    /// All of it was sent.
    Finished {
        /// The whole as a file, where the service keeps one.
        file: Option<SpeechFile>,
    },
}
