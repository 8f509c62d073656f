//! What we ask of the world: one value for everything the deciding part wants done.
//! It refuses to do any of it: `runtime::perform` hands each to its room.

use crate::domain::chat::ChatCommand;
use crate::domain::conversations::StoreCommand;
use crate::domain::ids::MessageId;

/// Something to be done outside the state. Plain data: it can be logged, compared and replayed.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// For the chat service.
    Chat(ChatCommand),
    /// For the store.
    Store(StoreCommand),
    /// For the highlight worker.
    Highlight(HighlightCommand),
    /// For the screen.
    Screen(ScreenCommand),
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

/// What can be asked for on the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsCommand {
    /// Paint with this theme from now on.
    ShowTheme(String),
    /// Write this theme into the user's file.
    KeepTheme(String),
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
