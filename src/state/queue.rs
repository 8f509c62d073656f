//! The list of messages that wait: one is moved, removed or taken back into the composer. It
//! refuses to send them (`turns`).

use super::focus::Overlay;
use super::picker::Picker;
use super::{AppState, Effects};
use crate::domain::conversations::Queued;
use crate::domain::ids::MessageId;
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::text::fuzzy::{self, Match};

/// The list while it is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueList {
    /// The words and the mark.
    pub picker: Picker,
    found: Vec<Match>,
}

impl QueueList {
    fn new(waiting: &[Queued]) -> Self {
        let mut list = Self::default();
        list.narrow(waiting);
        list
    }

    /// Finds the messages that fit the words.
    pub fn narrow(&mut self, waiting: &[Queued]) {
        let texts = waiting.iter().map(|message| message.text.as_str());
        self.found = fuzzy::rank(self.picker.query(), texts);
        // Their order is what matters here.
        self.found.sort_by_key(|found| found.index);
        self.picker.set_rows(self.found.len());
    }

    /// The rows that fit: their places in the queue, and the characters that were found.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (usize, &[u32])> {
        self.found.iter().map(|found| (found.index, &*found.at))
    }

    fn marked(&self, waiting: &[Queued]) -> Option<MessageId> {
        let row = self.found.get(self.picker.marked())?;
        waiting.get(row.index).map(|message| message.id)
    }
}

impl AppState {
    pub(super) fn toggle_queue(&mut self) {
        let open = matches!(self.focus.overlay, Some(Overlay::Queue(_)));
        let waiting = self.conversations.shown().queue.waiting();
        let list = || Overlay::Queue(QueueList::new(waiting));
        self.focus.overlay = (!open).then(list);
    }

    /// The message that is marked in the open list.
    fn queue_marked(&self) -> Option<MessageId> {
        match &self.focus.overlay {
            Some(Overlay::Queue(list)) => list.marked(self.conversations.shown().queue.waiting()),
            _ => None,
        }
    }

    /// The list shows the queue as it is now; it closes with the last message.
    pub(super) fn refresh_queue_list(&mut self) {
        let waiting = self.conversations.shown().queue.waiting();
        if let Some(Overlay::Queue(list)) = &mut self.focus.overlay {
            list.narrow(waiting);
            if waiting.is_empty() {
                self.focus.overlay = None;
            }
        }
    }

    pub(super) fn queue_shift(&mut self, by: isize) -> Effects {
        let Some(id) = self.queue_marked() else { return Vec::new() };
        let chat = self.conversations.shown_mut();
        let place = chat.queue.shift(id, by);
        let save = Effect::Store(chat.save_queue());
        self.refresh_queue_list();
        if let (Some(place), Some(Overlay::Queue(list))) = (place, &mut self.focus.overlay) {
            let row = list.found.iter().position(|found| found.index == place);
            list.picker.mark(row.unwrap_or(0));
        }
        vec![save]
    }

    pub(super) fn queue_remove(&mut self) -> Effects {
        let Some(id) = self.queue_marked() else { return Vec::new() };
        let chat = self.conversations.shown_mut();
        let Some(message) = chat.queue.take(id) else { return Vec::new() };
        let save = Effect::Store(chat.save_queue());
        self.refresh_queue_list();
        // One key took it away: the history still has it.
        self.composer.remember(&message.text);
        vec![
            save,
            Effect::Store(crate::domain::conversations::StoreCommand::AddHistory(message.text)),
        ]
    }

    /// A row of the list is taken: the message goes back into the composer.
    pub(super) fn queue_accept(&mut self, list: &QueueList, row: usize, now: Now) -> Effects {
        let waiting = self.conversations.shown().queue.waiting();
        let id = list.found.get(row).and_then(|found| waiting.get(found.index));
        match id.map(|message| message.id) {
            Some(id) => self.queue_take_back(id, now),
            None => Vec::new(),
        }
    }
}
