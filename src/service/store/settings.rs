//! What is kept of notices on keys and settings, with the names they have on disk. It refuses
//! every other fact (`facts`).

use serde::{Deserialize, Serialize};

use crate::domain::keys::KeyFault;
use crate::domain::settings::SettingsNotice;

/// Faults of keys; the compiler checks that it is complete.
#[derive(Serialize, Deserialize)]
#[serde(remote = "KeyFault", tag = "fault", rename_all = "snake_case")]
pub(super) enum KeyRow {
    CommandMissing { program: String },
    CommandFailed { program: String, code: Option<i32> },
    CommandHung { program: String, seconds: u64 },
    CommandSilent { program: String },
    CommandTalkative { program: String, lines: usize },
    NotAKey { source: String },
    FileOpen { path: String, mode: u32 },
    FileUnreadable { path: String },
    FileWrong { path: String, line: usize },
    Keyring,
}

/// Notices on settings; the compiler checks that it is complete.
#[derive(Serialize, Deserialize)]
#[serde(remote = "SettingsNotice", tag = "settings", rename_all = "snake_case")]
pub(super) enum SettingsRow {
    KeyVariable { found: String, usual: String },
    Wrong,
    Changed { later: bool },
    Theme { name: String, held_by: Option<String> },
    Unwritten,
}
