//! What is found on this machine, in front of the user, and by real requests. It refuses sentences
//! (`words`) and names for machines (`facts`).

use std::time::Duration;

use super::Depth;
use crate::domain::copy::Clipboard;
use crate::domain::money::Money;

/// On files and programs of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MachineFinding {
    /// The directories are there and the owner's alone, or can be made.
    Directories {
        /// Where conversations are kept.
        data: String,
        /// Where logs are kept.
        state: String,
    },
    /// Others may read what is in a directory.
    DirectoryOpen {
        /// Which.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// Others may read a file of the store.
    FileOpen {
        /// Which.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// The database opens and can be written.
    Store {
        /// Its file.
        path: String,
        /// Its size.
        bytes: u64,
        /// The version of its tables.
        version: i64,
        /// How it writes: `wal`, `delete`, ...
        journal: String,
    },
    /// There is none yet.
    StoreAbsent {
        /// Where it will be.
        path: String,
    },
    /// It is of an older version and is brought up to date at the next start.
    StoreOlder {
        /// Its version.
        found: i64,
        /// This program's.
        known: i64,
    },
    /// Another program writes to it just now.
    StoreBusy {
        /// Its file.
        path: String,
    },
    /// Room on the disk.
    Disk {
        /// Where.
        path: String,
        /// Free for this user.
        bytes: u64,
    },
    /// The system does not say.
    DiskUnknown {
        /// Where.
        path: String,
    },
    /// ffmpeg is there.
    Ffmpeg {
        /// Where.
        path: String,
    },
    /// ffmpeg is not there.
    NoFfmpeg,
}

/// On what is in front of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalFinding {
    /// A terminal the workbench can be drawn on.
    Screen {
        /// `TERM`.
        term: String,
        /// `TERM_PROGRAM`.
        program: Option<String>,
        /// Columns and rows.
        size: Option<(u16, u16)>,
        /// tmux or screen.
        multiplexer: Option<&'static str>,
        /// Reached over SSH.
        ssh: bool,
        /// Shift+Enter is told from Enter.
        keys: bool,
    },
    /// Too small to work on.
    Small {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
    /// It cannot move a cursor.
    Dumb {
        /// `TERM`.
        term: String,
    },
    /// There is none.
    NoScreen,
    /// Colours.
    Colours {
        /// How many.
        depth: Depth,
        /// The variable that said so.
        by: Option<&'static str>,
    },
    /// The locale is in UTF-8.
    Letters {
        /// The locale.
        locale: String,
    },
    /// The locale is not in UTF-8.
    NoUnicode {
        /// The locale; empty where none is set.
        locale: String,
    },
    /// Where copied text goes.
    Clipboard {
        /// The way.
        way: Clipboard,
        /// Seen over SSH.
        ssh: bool,
    },
    /// The program that copied text goes to is not there.
    ClipboardMissing {
        /// Which.
        program: String,
    },
    /// Sound can be played.
    Sound {
        /// By which program.
        player: String,
        /// On what.
        through: String,
    },
    /// There is a program to play sound, and nothing to hear it on.
    Silent {
        /// Which.
        player: String,
        /// Reached over SSH.
        ssh: bool,
    },
    /// No program plays sound.
    NoPlayer,
}

/// On real requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeFinding {
    /// The model answered.
    Answered {
        /// Which model.
        model: String,
        /// Time to the first token.
        first_token: Duration,
        /// What it cost, where a price is known.
        cost: Option<Money>,
    },
    /// It was not sent: it would go beyond the budget.
    OverBudget {
        /// Spent so far.
        spent: Money,
        /// The limit.
        limit: Money,
    },
    /// The user did not want it.
    Declined,
}
