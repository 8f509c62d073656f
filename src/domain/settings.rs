//! What the deciding part of the program needs to know of the configuration.
//! It refuses file formats and secrets: `config` fills it, a key never gets this far.

use super::chat::ChatParams;
use super::models::ModelId;

/// Settings in force, after flag > environment > project file > user file > default.
#[derive(Debug, Clone, PartialEq)]
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
    /// Characters of ambiguous width take two columns.
    pub ambiguous_wide: bool,
    /// Whose keys write a message.
    pub editing: Editing,
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

/// Where requests go, in words for the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The profile's name.
    pub profile: String,
    /// The region's id, or the host where none is known.
    pub region: String,
    /// Requests go to the embedded simulator.
    pub simulator: bool,
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
