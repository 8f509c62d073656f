//! Sound on its way to somebody's ears: what is asked of it, what became of it, where it can go. It
//! refuses devices, processes and sentences.

use super::ids::SpeechId;
use super::speech::PcmFormat;

/// Samples a second of everything that is spoken: signed 16-bit, one channel, little-endian.
pub const RATE: u32 = PcmFormat::SERVICE.rate;

/// What is asked of the sound. One thing is spoken at a time; the next waits until the one before
/// it has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudioCommand {
    /// Something is going to be spoken.
    Open(SpeechId),
    /// A piece of it, as bytes of whole samples at [`RATE`].
    Samples(SpeechId, Vec<u8>),
    /// There is no more of it: it is to be heard to its end.
    Drain(SpeechId),
    /// Silence for a while.
    Pause(SpeechId),
    /// On from where it was silenced.
    Resume(SpeechId),
    /// Silence; what was not heard is thrown away.
    Stop(SpeechId),
}

/// What became of something that is spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioEvent {
    /// Which.
    pub speech: SpeechId,
    /// What.
    pub what: AudioNews,
}

/// What there is to tell. `Drained`, `Stopped` and `Failed` are the last word, and one of them
/// comes for everything that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudioNews {
    /// It goes there.
    Opened {
        /// Where.
        sink: SinkName,
    },
    /// So many of its samples were heard (or written to the file). It never goes back.
    Position {
        /// Samples at [`RATE`].
        played: u64,
    },
    /// So often there was nothing to play in the midst of it.
    Underruns {
        /// Times since it was opened.
        count: u64,
    },
    /// It does not go where it was meant to, but on from where it stood to another place, which was
    /// heard by now. Told once, however many places were tried in between.
    FellBack {
        /// The first place that did not take it since it was last heard.
        from: SinkName,
        /// Why not.
        why: SinkFault,
        /// Where it goes now.
        to: SinkName,
    },
    /// It was heard to its end.
    Drained {
        /// Samples at [`RATE`].
        played: u64,
    },
    /// It is silent.
    Stopped {
        /// Samples that were heard before.
        played: u64,
    },
    /// No place takes it, or not the rest of it.
    Failed {
        /// The first place that did not take it since it was last heard, if there is any at all.
        from: Option<SinkName>,
        /// Why not.
        why: SinkFault,
    },
}

/// A place where sound may go, as it is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkChoice {
    /// `lian-player`, beside `lian` or in the path.
    Player,
    /// A command that speaks the player's protocol, with its arguments; no shell.
    Command(Vec<String>),
    /// The programs of this machine that play plain samples, one after the other.
    Programs,
    /// A file for each thing that is spoken.
    File,
}

impl SinkChoice {
    /// The order in which they are tried if nobody says another.
    #[must_use]
    pub fn usual() -> Vec<Self> {
        vec![Self::Player, Self::Programs, Self::File]
    }
}

/// A place where sound goes, as it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkName {
    /// The device of this machine, or of the one on which a player was started.
    Device {
        /// The device's name; empty as long as it is not open.
        device: String,
        /// The command that plays there: a player's name, or `ssh`.
        by: String,
    },
    /// A program that plays samples.
    Program {
        /// Its name.
        name: String,
    },
    /// A file.
    File {
        /// Its whole name; empty as long as it is not made.
        path: String,
    },
}

/// Why a place does not take sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkFault {
    /// In short.
    pub kind: FaultKind,
    /// The words of the system or the program, sanitized; may be empty.
    pub said: String,
}

impl SinkFault {
    /// Without any words.
    #[must_use]
    pub const fn silent(kind: FaultKind) -> Self {
        Self { kind, said: String::new() }
    }
}

/// Why, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// There is no device, or it takes no sound.
    NoDevice,
    /// The device went away while it was playing.
    DeviceLost,
    /// It did not do its part in time.
    Slow,
    /// It does not play sound of this form.
    Format,
    /// It speaks no language of ours.
    Garbage,
    /// It ended before the sound did.
    Ended,
    /// It cannot be started.
    NotStarted,
    /// The file cannot be written.
    NotWritten,
    /// No place is left.
    NoSink,
}
