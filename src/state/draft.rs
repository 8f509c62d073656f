//! What helps to write a message: the search among earlier questions, a look into a folded paste,
//! the user's editor, the warning before a key is sent. It refuses files and processes.

use super::composer::Outcome;
use super::focus::{Overlay, Pane};
use super::history::History;
use super::paste::PasteView;
use super::{AppState, Effects};
use crate::action::{Composer as ComposerAction, Draft, Edit, Vi};
use crate::domain::notice::{InputNotice, Notice, NoticeKind};
use crate::domain::time::Now;
use crate::effect::{EditorCommand, Effect};
use crate::event::EditorEvent;
use crate::text::{sanitize, secrets};

impl AppState {
    pub(super) fn on_draft(&mut self, action: Draft, now: Now) -> Effects {
        match action {
            Draft::History => self.toggle_history(),
            Draft::Editor => {
                self.focus.overlay = None;
                self.focus.pane = Pane::Composer;
                let text = self.composer.text();
                return vec![Effect::Editor(EditorCommand { text })];
            }
            Draft::Inspect => match self.composer.paste() {
                Some(paste) => self.focus.overlay = Some(Overlay::Paste(PasteView::new(paste))),
                None => self.tell_input(InputNotice::NoPaste, now),
            },
            Draft::Unfold => self.unfold(now),
        }
        Vec::new()
    }

    /// A command of vi on the message.
    pub(super) fn on_vi(&mut self, key: Vi, now: Now) -> Effects {
        if key == Vi::Up && self.composer.is_empty() {
            // What waits to be sent may be nearer than the history.
            return self.on_composer(ComposerAction::Edit(Edit::Up), now);
        }
        if self.composer.on_vi(key) == Outcome::Changed {
            self.draft_since.get_or_insert(now.since_start);
        }
        Vec::new()
    }

    fn toggle_history(&mut self) {
        let open = matches!(self.focus.overlay, Some(Overlay::History(_)));
        let history = || Overlay::History(History::new(self.composer.history()));
        self.focus.overlay = (!open).then(history);
    }

    /// An earlier question goes into the composer, where it can be changed before it is sent.
    pub(super) fn take_question(&mut self, history: &History, row: usize, now: Now) -> Effects {
        if let Some((question, _)) = history.row(row) {
            self.composer.replace(&question.text);
            self.focus.pane = Pane::Composer;
            self.draft_since.get_or_insert(now.since_start);
        }
        Vec::new()
    }

    fn unfold(&mut self, now: Now) {
        self.focus.overlay = None;
        self.focus.pane = Pane::Composer;
        if self.composer.paste().is_none() {
            self.tell_input(InputNotice::NoPaste, now);
        } else if self.composer.unfold() {
            self.draft_since.get_or_insert(now.since_start);
        } else {
            self.tell_input(InputNotice::PasteTooLong, now);
        }
    }

    /// The user's editor ended.
    pub(super) fn on_editor(&mut self, event: EditorEvent, now: Now) -> Effects {
        match event {
            EditorEvent::Failed(notice) => self.notices.tell(notice, now),
            EditorEvent::Edited(text) => {
                let text = sanitize::clean_block(&text);
                // Editors end the last line; the message did not ask for that.
                let text = text.trim_end_matches('\n');
                if text.trim().is_empty() && !self.composer.is_empty() {
                    self.tell_input(InputNotice::EditorEmpty, now);
                } else if text != self.composer.text() {
                    self.composer.replace(text);
                    self.draft_since.get_or_insert(now.since_start);
                }
            }
        }
        Vec::new()
    }

    /// A text that holds what looks like keys is not sent at the first Enter but at the second.
    pub(super) fn hold_secrets(&mut self, text: &str, now: Now) -> bool {
        let found = secrets::find(text);
        if found.is_empty() || !self.composer.warn_once(text) {
            let warned = |kind: &_| matches!(kind, NoticeKind::Input(InputNotice::Secrets { .. }));
            self.notices.dismiss_if(warned);
            return false;
        }
        self.tell_input(InputNotice::Secrets { found }, now);
        true
    }

    fn tell_input(&mut self, notice: InputNotice, now: Now) {
        self.notices.tell(Notice::new(NoticeKind::Input(notice)), now);
    }
}
