//! What we ask of the world: one value for everything the deciding part wants done.
//! It refuses to do any of it: `runtime::perform` hands each to its room.

use crate::domain::attachments::AttachCommand;
use crate::domain::chat::ChatCommand;
use crate::domain::conversations::StoreCommand;
use crate::domain::copy::CopyCommand;
use crate::domain::doctor::DoctorCommand;
use crate::domain::errands::Errand;
use crate::domain::export::ExportCommand;
use crate::domain::ids::MessageId;
use crate::domain::meters::count::MetersCommand;
use crate::domain::settings::Notify;
use crate::domain::speech::aloud::SpeechCommand;
use crate::domain::tasks::book::TaskCommand;

/// Something to be done outside the state. Plain data: it can be logged, compared and replayed.
#[expect(clippy::large_enum_variant, reason = "a question is the largest; it is moved few times")]
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// For the chat service.
    Chat(ChatCommand),
    /// For the store.
    Store(StoreCommand),
    /// For the task service.
    Task(TaskCommand),
    /// For whoever counts what is used.
    Meters(MetersCommand),
    /// For whoever does small things outside for tasks.
    Errand(Errand),
    /// For the highlight worker.
    Highlight(HighlightCommand),
    /// For the screen.
    Screen(ScreenCommand),
    /// For the terminal around the screen.
    Terminal(TerminalCommand),
    /// For a program that keeps copied text.
    Copy(CopyCommand),
    /// For whoever writes conversations to files.
    Export(ExportCommand),
    /// For whoever opens files that go with questions.
    Attach(AttachCommand),
    /// For whoever looks whether all is well.
    Doctor(DoctorCommand),
    /// For whoever reads aloud.
    Speech(SpeechCommand),
    /// The message is to be worked on in the user's editor.
    Editor(EditorCommand),
    /// On the settings.
    Settings(SettingsCommand),
    /// End the program in good order.
    Quit,
}

/// Lines of a code block that want colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HighlightCommand {
    /// The message the block is in.
    pub message: MessageId,
    /// Number of the code block in the message, from 0.
    pub block: usize,
    /// The word after the fence, e.g. `rust`; empty if none.
    pub language: String,
    /// Number of the first line in `lines`; lines of a block come in order without gaps.
    pub first_line: usize,
    /// Whole lines without their line ends.
    pub lines: Vec<String>,
}

/// What the terminal can be asked for besides a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalCommand {
    /// Put this into its clipboard, byte for byte.
    Clipboard(String),
    /// Tell whoever is looking elsewhere.
    Notify {
        /// How.
        way: Notify,
        /// One clean line.
        text: String,
    },
}

/// A text for the user's editor. The terminal is the editor's until it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditorCommand {
    /// The text to begin with.
    pub text: String,
}

/// What can be asked for on the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsCommand {
    /// Paint with this theme from now on.
    ShowTheme(String),
    /// Write this theme into the user's file.
    KeepTheme(String),
    /// Write into the user's file that new conversations begin with this model.
    KeepModel(String),
    /// Write into the user's file that this voice of this model reads aloud.
    KeepVoice(Box<KeptVoice>),
    /// Write the ids of the voices that are favoured into the user's file, all of them.
    KeepFavourites(Vec<String>),
}

/// A voice that reads aloud from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptVoice {
    /// The model's id.
    pub model: String,
    /// The voice's id.
    pub voice: String,
}

/// What the screen can be asked for besides frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScreenCommand {
    /// Forget what is on the terminal and paint everything again.
    Redraw,
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Give the terminal back and stop the process until it is continued.
    Suspend,
}
