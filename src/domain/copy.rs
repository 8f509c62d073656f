//! Copying: what can be copied, where it goes, and what there is to say about it. It refuses
//! escape sequences and sentences.

use super::notice::Level;

/// Most bytes of text that are sent to a terminal: in base64, with what stands around them, they
/// are the 100,000 bytes beyond which many terminals drop a sequence without a word.
pub const LIMIT: usize = 74_994;

/// Where copied text goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Clipboard {
    /// Through the terminal to the clipboard of the machine in front of the user (OSC 52).
    #[default]
    Terminal,
    /// To tmux, which keeps it as a buffer and passes it on to the terminal it is shown in.
    Tmux,
    /// To the standard input of a program, given with its arguments.
    Command(Vec<String>),
    /// Nowhere.
    Off,
}

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Copied {
    /// A message.
    Message,
    /// A block of code.
    Code,
    /// An address.
    Link,
    /// All messages.
    Conversation,
    /// What lian said.
    Notice,
    /// Where a file is.
    Path,
    /// What went over the wire.
    Exchange,
}

/// A text for a program that keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyCommand {
    /// What it is.
    pub what: Copied,
    /// The text, byte for byte.
    pub text: String,
    /// Who takes it.
    pub to: Clipboard,
}

/// What there is to say about copying. A terminal never answers: nothing here says "copied".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyNotice {
    /// It was sent to the terminal.
    Sent {
        /// What.
        what: Copied,
        /// Its length in characters.
        characters: usize,
    },
    /// A program took it and ended well.
    Given {
        /// What.
        what: Copied,
        /// Its length in characters.
        characters: usize,
        /// The program.
        to: String,
    },
    /// It is longer than terminals take.
    TooLarge {
        /// Its length in bytes.
        bytes: usize,
    },
    /// A program did not take it.
    Failed {
        /// The program.
        to: String,
    },
    /// Copying is switched off.
    Off,
    /// There is none to copy.
    Nothing {
        /// None of these.
        what: Copied,
    },
}

impl CopyNotice {
    /// How loud it is.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::Sent { .. } | Self::Given { .. } | Self::Off | Self::Nothing { .. } => {
                Level::Info
            }
            Self::TooLarge { .. } => Level::Warning,
            Self::Failed { .. } => Level::Error,
        }
    }
}
