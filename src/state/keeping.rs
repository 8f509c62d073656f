//! What is kept and what comes back: the conversation of the last time, arrived text, the draft and
//! the place of the reader. It refuses to know how the store does it.

use std::time::Duration;

use super::chat::Chat;
use super::{AppState, Effects, SAVE_DRAFT_AFTER, SAVE_PLACE_AFTER};
use crate::domain::conversations::{SavedConversation, StoreCommand};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::time::Now;
use crate::effect::Effect;

impl AppState {
    /// The store told what was left. It takes the place of the empty conversation unless the
    /// user was quicker.
    pub(super) fn restored(&mut self, last: Option<SavedConversation>, now: Now) -> Effects {
        let Some(last) = last.filter(|_| std::mem::take(&mut self.restore)) else {
            return Vec::new();
        };
        let count = last.messages.len();
        let mut chat = self.chat_of(last);
        if self.settings.model_given {
            chat.set_model(self.settings.model.clone());
        }
        let draft = std::mem::take(&mut chat.draft);
        self.conversations.open(chat);
        if self.composer.is_empty() && !draft.is_empty() {
            self.composer.set(&draft);
        }
        if count > 0 {
            self.notices.tell(Notice::new(NoticeKind::Resumed { messages: count }), now);
        }
        self.wanted_colours()
    }

    /// A conversation as the store kept it, with the settings in force.
    pub(super) fn chat_of(&self, saved: SavedConversation) -> Chat {
        Chat::restored(saved, self.settings.params.clone(), self.settings.system.clone())
    }

    pub(super) fn recovered(&mut self, now: Now) -> Effects {
        self.notices.dismiss_if(NoticeKind::is_of_store);
        self.notices.tell(Notice::new(NoticeKind::StoreRecovered), now);
        Vec::new()
    }

    /// Arrived text and the draft, as far as they have waited long enough.
    pub(super) fn save_now(&mut self, now: Now, at_once: bool) -> Effects {
        let mut effects = self.save_answers(now, at_once);
        let due = |since: Duration| at_once || since + SAVE_DRAFT_AFTER <= now.since_start;
        if self.draft_since.is_some_and(due) {
            self.draft_since = None;
            // A draft needs its conversation in the store.
            let head = self.conversations.shown().conversation().clone();
            effects.push(Effect::Store(StoreCommand::SaveConversation(head)));
            effects.push(self.draft_effect());
        }
        let due = |since: Duration| at_once || since + SAVE_PLACE_AFTER <= now.since_start;
        if self.place_since.is_some_and(due) {
            self.place_since = None;
            if !self.conversations.shown().entries().is_empty() {
                effects.push(Effect::Store(self.conversations.shown().save_place()));
            }
        }
        effects
    }

    pub(super) fn save_answers(&mut self, now: Now, at_once: bool) -> Effects {
        let chats = self.conversations.all_mut();
        chats.flat_map(|chat| chat.take_unsaved(now, at_once)).map(Effect::Store).collect()
    }

    pub(super) fn draft_effect(&self) -> Effect {
        let conversation = self.conversations.shown().conversation().id;
        Effect::Store(StoreCommand::SaveDraft { conversation, text: self.composer.text() })
    }
}
