//! The conversations that are open in this program and which of them is shown. It refuses to
//! know what is in them.

use super::chat::Chat;
use crate::domain::ids::TurnId;

/// Open conversations; never empty.
#[derive(Debug)]
pub struct Conversations {
    open: Vec<Chat>,
    shown: usize,
}

impl Conversations {
    /// One conversation, shown.
    #[must_use]
    pub fn new(chat: Chat) -> Self {
        Self { open: vec![chat], shown: 0 }
    }

    /// The one that is shown.
    #[must_use]
    pub fn shown(&self) -> &Chat {
        &self.open[self.shown]
    }

    /// The one that is shown.
    pub fn shown_mut(&mut self) -> &mut Chat {
        &mut self.open[self.shown]
    }

    /// Which one is shown, from 1, and how many there are.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        (self.shown + 1, self.open.len())
    }

    /// All of them.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Chat> {
        self.open.iter_mut()
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Chat> {
        self.open.iter()
    }

    /// The one a turn belongs to.
    pub fn of_turn(&mut self, turn: TurnId) -> Option<&mut Chat> {
        self.open.iter_mut().find(|chat| chat.owns(turn))
    }

    /// Adds a conversation and shows it. An empty one that was shown makes room for it.
    pub fn open(&mut self, chat: Chat) {
        if self.shown().entries().is_empty() {
            self.open[self.shown] = chat;
            return;
        }
        self.open.push(chat);
        self.shown = self.open.len() - 1;
    }

    /// Shows the one `by` places further; stays at the ends. Tells whether it is another.
    pub fn step(&mut self, by: isize) -> bool {
        let last = self.open.len() - 1;
        let next = self.shown.saturating_add_signed(by).min(last);
        std::mem::replace(&mut self.shown, next) != next
    }
}
