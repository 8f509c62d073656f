//! The framed protocol between `lian` and `lian-player`: what is asked, what is answered, and a
//! reader for both that bytes may reach in any pieces. It refuses devices, processes and clocks.
//!
//! `lian` writes [`Request`]s to the player's standard input and reads [`Answer`]s from its
//! standard output. Either side begins with [`GREETING`]; what comes before it, such as the words of a
//! shell that `ssh` has to pass, is skipped up to [`NOISE`] bytes. After it there are frames only:
//!
//! ```text
//! kind: u8   length: u32   payload: `length` bytes, at most LARGEST      numbers are little-endian
//!
//! asked      F format    rate: u32, channels: u8, bits: u8               once, before anything else
//!            A samples   signed 16-bit, interleaved; whole samples only
//!            P pause     (empty)    silence at once; nothing is lost
//!            R resume    (empty)    goes on where it was silenced
//!            S stop      (empty)    silence at once; what was not heard is thrown away
//!            D drain     (empty)    no more samples belong to what was sent: play it all
//! answered   o opened    rate: u32, channels: u16, name of the device in UTF-8
//!            p position  samples: u64
//!            u underruns count: u64, since the start
//!            s stopped   samples: u64, heard before the stop
//!            d drained   samples: u64, all that were sent
//!            f failed    why: u8, words in UTF-8                         the last frame: the player ends
//! ```
//!
//! Samples are counted over the player's life in the order in which they were sent. A position says:
//! so many of them are behind us, they were heard or, after a stop, thrown away. Whoever feeds a
//! player keeps what is not behind it, stays at most [`AHEAD`] seconds ahead of the position, and can
//! so go on elsewhere when the player dies. The player never leaves its input unread, so that a pause
//! or a stop overtakes the samples it has not played; it ends when its input does.

use std::marker::PhantomData;

use crate::domain::audio::FaultKind;

/// The first bytes of either side. The last byte but two is the protocol's version.
pub const GREETING: [u8; 8] = *b"\0lian\x01\r\n";
/// Bytes before the greeting that are forgiven.
pub const NOISE: usize = 16 << 10;
/// The largest payload, in bytes.
pub const LARGEST: usize = 64 << 10;
/// Seconds of sound beyond the position that may be sent. A player takes [`MOST`].
pub const AHEAD: u64 = 2;
/// Seconds of sound beyond which a player gives up on whoever floods it.
pub const MOST: u64 = 60;
/// The words of a failure are cut to so many bytes.
const WORDS: usize = 1 << 10;
/// The bytes before a payload.
const HEAD: usize = 5;

/// How samples are meant. Only 16 bits and one channel are spoken so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Samples a second.
    pub rate: u32,
    /// Channels, interleaved.
    pub channels: u8,
    /// Bits of a sample.
    pub bits: u8,
}

impl Format {
    /// Signed 16-bit samples of one channel.
    #[must_use]
    pub const fn mono(rate: u32) -> Self {
        Self { rate, channels: 1, bits: 16 }
    }

    /// Whether a player can play it.
    #[must_use]
    pub const fn is_playable(self) -> bool {
        self.channels == 1 && self.bits == 16 && self.rate >= 8_000 && self.rate <= 192_000
    }
}

/// What a player is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// How all samples are meant.
    Format(Format),
    /// Samples as bytes.
    Samples(Vec<u8>),
    /// Be silent for a while.
    Pause,
    /// Go on.
    Resume,
    /// Be silent, and forget what was not heard.
    Stop,
    /// Play what there is to its end.
    Drain,
}

/// What a player answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The device is open.
    Opened {
        /// Its samples a second.
        rate: u32,
        /// Its channels.
        channels: u16,
        /// Its name, as the system gives it: not sanitized.
        device: String,
    },
    /// So many samples are behind us.
    Position(u64),
    /// So often the device wanted samples and there were none.
    Underruns(u64),
    /// It is silent; so many samples were heard or thrown away before.
    Stopped(u64),
    /// All samples that were sent, so many, were heard.
    Drained(u64),
    /// It cannot go on, and ends.
    Failed {
        /// Why.
        kind: FaultKind,
        /// The system's words: not sanitized.
        said: String,
    },
}

/// What is wrong with the bytes of the other side. Nothing can be read after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Its first bytes hold no greeting.
    #[error("no greeting")]
    NoGreeting,
    /// A frame is too large.
    #[error("a frame of {0} bytes")]
    TooLarge(usize),
    /// A frame of a kind that nobody has spoken of.
    #[error("a frame of the unknown kind {0:#04x}")]
    UnknownKind(u8),
    /// The payload is not what its kind promises.
    #[error("a frame of kind {0:#04x} with a wrong payload")]
    Malformed(u8),
}

/// A value that travels as one frame.
pub trait Frame: Sized {
    /// Its kind and its payload.
    fn parts(&self) -> (u8, Vec<u8>);

    /// Reads it back.
    ///
    /// # Errors
    /// [`Fault::UnknownKind`] and [`Fault::Malformed`].
    fn read(kind: u8, payload: &[u8]) -> Result<Self, Fault>;

    /// The whole frame as bytes.
    fn to_bytes(&self) -> Vec<u8> {
        let (kind, payload) = self.parts();
        let mut bytes = Vec::with_capacity(HEAD + payload.len());
        bytes.push(kind);
        bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&payload);
        bytes
    }
}

impl Frame for Request {
    fn parts(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Format(format) => {
                let mut payload = format.rate.to_le_bytes().to_vec();
                payload.extend([format.channels, format.bits]);
                (b'F', payload)
            }
            Self::Samples(bytes) => (b'A', bytes.clone()),
            Self::Pause => (b'P', Vec::new()),
            Self::Resume => (b'R', Vec::new()),
            Self::Stop => (b'S', Vec::new()),
            Self::Drain => (b'D', Vec::new()),
        }
    }

    fn read(kind: u8, payload: &[u8]) -> Result<Self, Fault> {
        match (kind, payload) {
            (b'F', [rate @ .., channels, bits]) => {
                let rate = rate.try_into().map_err(|_| Fault::Malformed(kind))?;
                let rate = u32::from_le_bytes(rate);
                Ok(Self::Format(Format { rate, channels: *channels, bits: *bits }))
            }
            (b'A', samples) if samples.len().is_multiple_of(2) => {
                Ok(Self::Samples(samples.to_vec()))
            }
            (b'P', []) => Ok(Self::Pause),
            (b'R', []) => Ok(Self::Resume),
            (b'S', []) => Ok(Self::Stop),
            (b'D', []) => Ok(Self::Drain),
            (b'F' | b'A' | b'P' | b'R' | b'S' | b'D', _) => Err(Fault::Malformed(kind)),
            (_, _) => Err(Fault::UnknownKind(kind)),
        }
    }
}

impl Frame for Answer {
    fn parts(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Opened { rate, channels, device } => {
                let mut payload = rate.to_le_bytes().to_vec();
                payload.extend(channels.to_le_bytes());
                payload.extend(cut(device).as_bytes());
                (b'o', payload)
            }
            Self::Position(samples) => (b'p', samples.to_le_bytes().to_vec()),
            Self::Underruns(count) => (b'u', count.to_le_bytes().to_vec()),
            Self::Stopped(samples) => (b's', samples.to_le_bytes().to_vec()),
            Self::Drained(samples) => (b'd', samples.to_le_bytes().to_vec()),
            Self::Failed { kind, said } => {
                let mut payload = vec![code(*kind)];
                payload.extend(cut(said).as_bytes());
                (b'f', payload)
            }
        }
    }

    fn read(kind: u8, payload: &[u8]) -> Result<Self, Fault> {
        let wrong = Fault::Malformed(kind);
        let number = || payload.try_into().map(u64::from_le_bytes).map_err(|_| wrong);
        let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match kind {
            b'o' => {
                let (rate, rest) = payload.split_first_chunk().ok_or(wrong)?;
                let (channels, device) = rest.split_first_chunk().ok_or(wrong)?;
                Ok(Self::Opened {
                    rate: u32::from_le_bytes(*rate),
                    channels: u16::from_le_bytes(*channels),
                    device: words(device),
                })
            }
            b'p' => number().map(Self::Position),
            b'u' => number().map(Self::Underruns),
            b's' => number().map(Self::Stopped),
            b'd' => number().map(Self::Drained),
            b'f' => {
                let (why, said) = payload.split_first().ok_or(wrong)?;
                Ok(Self::Failed { kind: fault(*why), said: words(said) })
            }
            _ => Err(Fault::UnknownKind(kind)),
        }
    }
}

/// The kinds of failure as numbers. A player knows of its device and of its input only.
const CODES: [(u8, FaultKind); 5] = [
    (1, FaultKind::NoDevice),
    (2, FaultKind::DeviceLost),
    (3, FaultKind::Slow),
    (4, FaultKind::Format),
    (5, FaultKind::Garbage),
];

fn code(kind: FaultKind) -> u8 {
    CODES.iter().find(|(_, known)| *known == kind).map_or(0, |(code, _)| *code)
}

/// 0 and numbers of players that are newer are failures all the same.
fn fault(code: u8) -> FaultKind {
    CODES.iter().find(|(known, _)| *known == code).map_or(FaultKind::Ended, |(_, kind)| *kind)
}

/// The beginning that fits, of whole characters.
fn cut(words: &str) -> &str {
    let fits = (0..=WORDS.min(words.len())).rev().find(|end| words.is_char_boundary(*end));
    &words[..fits.unwrap_or_default()]
}

/// Reads the frames of one side. Bytes may come in any pieces.
#[derive(Debug)]
pub struct Decoder<T> {
    waiting: Vec<u8>,
    greeted: bool,
    skipped: usize,
    fault: Option<Fault>,
    reads: PhantomData<fn() -> T>,
}

impl<T> Default for Decoder<T> {
    fn default() -> Self {
        let (waiting, reads) = (Vec::new(), PhantomData);
        Self { waiting, greeted: false, skipped: 0, fault: None, reads }
    }
}

impl<T: Frame> Decoder<T> {
    /// Takes bytes and adds the frames they complete to `found`. At most one frame waits inside.
    ///
    /// # Errors
    /// What is wrong with the bytes; the frames before it are found. It stays so for ever.
    pub fn push(&mut self, bytes: &[u8], found: &mut Vec<T>) -> Result<(), Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        self.waiting.extend_from_slice(bytes);
        let result = self.take(found);
        self.fault = result.err();
        result
    }

    fn take(&mut self, found: &mut Vec<T>) -> Result<(), Fault> {
        if !self.greeted && !self.greet()? {
            return Ok(());
        }
        let mut at = 0;
        while let Some((head, rest)) = self.waiting[at..].split_first_chunk::<HEAD>() {
            let [kind, length @ ..] = *head;
            let length = u32::from_le_bytes(length) as usize;
            if length > LARGEST {
                return Err(Fault::TooLarge(length));
            }
            let Some(payload) = rest.get(..length) else { break };
            found.push(T::read(kind, payload)?);
            at += HEAD + length;
        }
        self.waiting.drain(..at);
        Ok(())
    }

    /// Looks for the greeting and drops what is before it.
    fn greet(&mut self) -> Result<bool, Fault> {
        let place = self.waiting.windows(GREETING.len()).position(|part| part == GREETING);
        let skip = match place {
            Some(place) => place,
            None => (self.waiting.len() + 1).saturating_sub(GREETING.len()),
        };
        self.skipped += skip;
        if self.skipped > NOISE {
            return Err(Fault::NoGreeting);
        }
        self.greeted = place.is_some();
        self.waiting.drain(..if self.greeted { skip + GREETING.len() } else { skip });
        Ok(self.greeted)
    }
}

#[cfg(test)]
mod tests;
