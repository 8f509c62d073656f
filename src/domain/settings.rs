//! What the deciding part of the program needs to know of the configuration.
//! It refuses file formats and secrets: `config` fills it, a key never gets this far.

use rust_decimal::Decimal;
use std::time::Duration;

use super::audio::SinkChoice;
use super::chat::ChatParams;
use super::copy::Clipboard;
use super::ledger::{Caps, Gate};
use super::meters::limits::Amounts;
use super::models::ModelId;
use super::pictures::Form;

/// Settings in force, after flag > environment > project file > user file > default.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "settings are independent switches")]
pub struct Settings {
    /// The model a new conversation begins with.
    pub model: ModelId,
    /// It was named on the command line: a conversation that is brought back takes it too.
    pub model_given: bool,
    /// Parameters a new conversation begins with.
    pub params: ChatParams,
    /// Instructions sent above every conversation, if any.
    pub system: Option<String>,
    /// What the header says of where requests go.
    pub place: Place,
    /// Language of the interface.
    pub language: Language,
    /// Set of prices and limits in force.
    pub figures: Figures,
    /// Colour code in answers.
    pub highlight: bool,
    /// Clicks and the wheel are for the program; the terminal selects text only with Shift.
    pub mouse: bool,
    /// On a wide screen the side pane stands beside the conversation.
    pub columns: bool,
    /// Characters of ambiguous width take two columns.
    pub ambiguous_wide: bool,
    /// Where copied text goes.
    pub clipboard: Clipboard,
    /// How the end of an answer is told while the terminal has not the focus.
    pub notify: Notify,
    /// Answers that took less are not told.
    pub notify_after: Duration,
    /// How pictures are shown.
    pub pictures: Pictures,
    /// Whose keys write a message.
    pub editing: Editing,
    /// The theme in force, by name, or the path of its file.
    pub theme: String,
    /// Every theme there is to choose from, in the order of choosing.
    pub themes: Vec<String>,
    /// What decides the theme at the next start, where the user's file does not: a variable's name
    /// or a project's file.
    pub theme_held_by: Option<String>,
    /// What may be spent.
    pub budget: Budget,
    /// What becomes of tasks.
    pub tasks: Tasks,
    /// What is done about limits.
    pub limits: Limits,
    /// How answers are read aloud.
    pub speech: Speech,
    /// Where sound goes, and what is kept of it.
    pub sound: Sound,
}

/// What is done about limits before a message goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Whether a message waits until it fits.
    pub pace: Pace,
    /// The profile's own limits, stronger than any other.
    pub own: Amounts,
}

/// Whether a message waits until it fits below the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pace {
    /// Nothing is said of it.
    Off,
    /// It is said whether the message fits; it goes out all the same.
    #[default]
    Advise,
    /// It waits until it fits.
    Enforce,
}

/// How answers are read aloud, where a conversation does not say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speech {
    /// The model that reads.
    pub model: ModelId,
    /// The voice's id; `None` is the model's usual one.
    pub voice: Option<String>,
    /// The language's name as the service has it; `None` lets the service find out.
    pub language: Option<String>,
    /// Answers are read by themselves.
    pub auto: bool,
    /// Ids of voices that come first in their list.
    pub favourites: Vec<String>,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            model: ModelId::new("qwen3-tts-flash"),
            voice: None,
            language: None,
            auto: false,
            favourites: Vec::new(),
        }
    }
}

/// Where sound goes, and what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// The places, in the order in which they are tried.
    pub sinks: Vec<SinkChoice>,
    /// Where files of sound go; `None` is below the data directory.
    pub dir: Option<String>,
    /// Megabytes of what was spoken once that are kept on disk; 0 keeps nothing there.
    pub cache_mb: u32,
    /// That there is a block of code is said, instead of nothing.
    pub announce_code: bool,
}

impl Default for Sound {
    fn default() -> Self {
        Self { sinks: SinkChoice::usual(), dir: None, cache_mb: 200, announce_code: false }
    }
}

/// What becomes of tasks and of what they make.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tasks {
    /// Where their files go; `None` is below the data directory.
    pub dir: Option<String>,
    /// How their files are named; `None` is the usual way.
    pub template: Option<String>,
    /// A program that is run, with its arguments and without a shell, when one has ended.
    pub on_done: Vec<String>,
}

/// Ways to tell somebody who is looking elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Notify {
    /// As the terminal's environment suggests, else by the bell.
    #[default]
    Auto,
    /// `OSC 9`: iTerm2, `WezTerm`, ghostty.
    Osc9,
    /// `OSC 99`: kitty.
    Osc99,
    /// `OSC 777`: urxvt, foot.
    Osc777,
    /// The bell.
    Bell,
    /// Not at all.
    Off,
}

/// How pictures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pictures {
    /// As the terminal's environment suggests. While the workbench runs it is one of the others.
    #[default]
    Auto,
    /// In half blocks, each cell two pixels above each other.
    Blocks,
    /// By kitty's graphics protocol.
    Kitty,
    /// By iTerm2's inline images.
    Iterm2,
    /// By sixel.
    Sixel,
    /// Not at all.
    Off,
}

impl Pictures {
    /// The form in which a terminal takes a picture; `None` where it gets none.
    #[must_use]
    pub const fn form(self) -> Option<Form> {
        match self {
            Self::Kitty | Self::Iterm2 => Some(Form::Png),
            Self::Sixel => Some(Form::Rgb),
            Self::Auto | Self::Blocks | Self::Off => None,
        }
    }
}

/// Whose keys write a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Editing {
    /// The shell's: every key that types a character types it.
    #[default]
    Emacs,
    /// vi's: Esc leads to commands.
    Vi,
}

/// What a profile may spend, in the currency of its bills. `None` is without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// By one running program.
    pub session: Option<Decimal>,
    /// In one day.
    pub day: Option<Decimal>,
    /// In one month.
    pub month: Option<Decimal>,
    /// The same question so many times within a minute is taken for a loop; `None` never is.
    pub loop_after: Option<u32>,
}

impl Budget {
    /// The limits alone.
    #[must_use]
    pub const fn caps(&self) -> Caps {
        let Self { session, day, month, loop_after: _ } = *self;
        Caps { session, day, month }
    }

    /// The conditions under which a question may be sent.
    #[must_use]
    pub const fn gate(&self) -> Gate {
        Gate { caps: self.caps(), override_caps: false, loop_after: self.loop_after }
    }
}

/// Where requests go, in words for the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The profile's name.
    pub profile: String,
    /// The region's id, or the host where none is known.
    pub region: String,
    /// Requests go to the embedded simulator.
    pub simulator: bool,
    /// The profile is one where mistakes are expensive.
    pub production: bool,
    /// Where the key came from, once that is known; never the key.
    pub key: Option<String>,
}

/// What there is to say about settings while the program runs.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingsEvent {
    /// A key was found there.
    KeyFound {
        /// A variable's name, a program's, or another place; never the key.
        source: String,
    },
    /// The files were read again. What cannot change while the program runs stays as it was.
    Changed {
        /// What they say now.
        settings: Box<Settings>,
        /// They also say something that counts from the next start on.
        later: bool,
        /// They also say something that is no setting: keys, the looks of a theme; or they were
        /// wrong before.
        more: bool,
    },
}

/// What the user is told about settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsNotice {
    /// The key comes from a variable that was not named.
    KeyVariable {
        /// Which one.
        found: String,
        /// The usual one.
        usual: String,
    },
    /// A file was changed and is wrong; everything stays as it was. File, line and reason are the
    /// notice's detail.
    Wrong,
    /// The files were read again.
    Changed {
        /// Some of it counts from the next start on.
        later: bool,
    },
    /// Another theme is shown.
    Theme {
        /// Its name.
        name: String,
        /// What will decide at the next start instead of the user's choice.
        held_by: Option<String>,
    },
    /// Files of the user's own catalog count for nothing. Files, lines and reasons are the notice's
    /// detail.
    CatalogWrong,
    /// New conversations begin with this model from now on.
    DefaultModel {
        /// Its id.
        model: String,
    },
    /// A setting could not be written down. The reason is the notice's detail.
    Unwritten,
}

/// Languages of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    ZhCn,
}

/// The two sets of prices and limits that are shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Figures {
    /// The service's documentation.
    #[default]
    Documented,
    /// An audit of a fresh workspace.
    Seed,
}
