//! Tells a paste from typing where the terminal does not mark pastes: what arrives at once, with
//! Enter in its midst, was not typed. It refuses to hold back what a person types.
//!
//! The rule: of many characters that arrive without a pause, an Enter with text after it is a line
//! end of a paste. Enter at the very end is a key: programs that type (`tmux send-keys`, `expect`)
//! send text and Enter at once and mean it.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::input::Input;
use crate::input::key::{Code, Key};

/// Fewer characters at once are typing on a slow line.
const MANY: usize = 8;
/// More are taken in several parts, so that the loop sees other things in between.
const MOST: usize = 64 * 1024;
/// Where one part of a paste has arrived, the next may take so long on a slow line.
const PAUSE: Duration = Duration::from_millis(20);

/// Keys that arrived at once and are not told apart yet.
#[derive(Debug, Default)]
pub(super) struct Burst {
    keys: Vec<Key>,
    /// An Enter came after text or before it, and text after that.
    is_paste: bool,
    /// When the pause is over.
    over: Option<Instant>,
    told: VecDeque<Input>,
}

/// The character a key puts into a paste.
fn text(key: Key) -> Option<char> {
    match key.code {
        _ if key == Key::plain(Code::Enter) => Some('\n'),
        _ if key == Key::plain(Code::Tab) => Some('\t'),
        Code::Char('j') if key.ctrl && !key.alt => Some('\n'),
        Code::Char(_)
        | Code::Enter
        | Code::Esc
        | Code::Tab
        | Code::BackTab
        | Code::Backspace
        | Code::Delete
        | Code::Insert
        | Code::Left
        | Code::Right
        | Code::Up
        | Code::Down
        | Code::Home
        | Code::End
        | Code::PageUp
        | Code::PageDown
        | Code::F(_) => key.typed(),
    }
}

fn is_enter(key: Key) -> bool {
    key == Key::plain(Code::Enter)
}

impl Burst {
    /// Takes a key that may be a part of a paste; gives back every other.
    pub(super) fn take(&mut self, key: Key) -> Result<(), Key> {
        if text(key).is_none() {
            return Err(key);
        }
        self.over = None;
        self.is_paste |= !is_enter(key) && self.keys.last().is_some_and(|last| is_enter(*last));
        self.keys.push(key);
        Ok(())
    }

    /// Nothing has been taken.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// No more can be taken.
    pub(super) fn is_full(&self) -> bool {
        self.keys.len() >= MOST
    }

    /// Nothing more is there at the moment: until when to wait for more. `None` says that this is
    /// all, as after everything a person types.
    pub(super) fn wait(&mut self) -> Option<Instant> {
        if self.keys.len() < MANY {
            return None;
        }
        // Not put off by what happens elsewhere meanwhile.
        Some(*self.over.get_or_insert_with(|| Instant::now() + PAUSE))
    }

    /// This was all: now it can be told what it is.
    pub(super) fn settle(&mut self) {
        self.over = None;
        let mut keys = std::mem::take(&mut self.keys);
        let is_paste = std::mem::take(&mut self.is_paste) && keys.len() >= MANY;
        if is_paste {
            let end = keys.iter().rposition(|key| !is_enter(*key)).map_or(0, |at| at + 1);
            let rest = keys.split_off(end);
            let pasted: String = keys.into_iter().filter_map(text).collect();
            self.told.push_back(Input::Paste(pasted));
            keys = rest;
        }
        self.told.extend(keys.into_iter().map(Input::Key));
    }

    /// What was told apart, in its order.
    pub(super) fn next(&mut self) -> Option<Input> {
        self.told.pop_front()
    }
}
