//! The conversations that are open in this program, which of them is shown, and the list of all
//! that are stored. It refuses to know what is in them.

use std::time::Duration;

use super::chat::Chat;
use super::focus::{Overlay, Pane};
use super::picker::Picker;
use super::policy::stopped_effects;
use super::{AppState, Effects, new_chat};
use crate::action::Conversations as Action;
use crate::domain::conversations::{ConversationRow, SavedConversation, StoreCommand};
use crate::domain::ids::{ConversationId, TurnId};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::text::fuzzy::{self, Match};
use crate::text::sanitize;

/// More open conversations than this, and one that is at rest is left to the store.
const OPEN: usize = 16;

/// So long after the last letter the messages are searched too.
const SEARCH_AFTER: Duration = Duration::from_millis(150);

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
        if self.open.len() > OPEN
            && let Some(at) = self.open[..self.shown].iter().position(Chat::at_rest)
        {
            self.open.remove(at);
            self.shown -= 1;
        }
    }

    /// An open conversation.
    #[must_use]
    pub fn by_id(&self, id: ConversationId) -> Option<&Chat> {
        self.open.iter().find(|chat| chat.conversation().id == id)
    }

    /// An open conversation.
    pub fn by_id_mut(&mut self, id: ConversationId) -> Option<&mut Chat> {
        self.open.iter_mut().find(|chat| chat.conversation().id == id)
    }

    /// Shows an open conversation; tells whether it is open.
    pub fn show(&mut self, id: ConversationId) -> bool {
        let at = self.open.iter().position(|chat| chat.conversation().id == id);
        self.shown = at.unwrap_or(self.shown);
        at.is_some()
    }

    /// Closes a conversation; `other` is shown if none is left. Tells whether it was shown.
    fn close(&mut self, id: ConversationId, other: impl FnOnce() -> Chat) -> bool {
        let Some(at) = self.open.iter().position(|chat| chat.conversation().id == id) else {
            return false;
        };
        let was_shown = at == self.shown;
        self.open.remove(at);
        if self.open.is_empty() {
            self.open.push(other());
        }
        let before = self.shown.saturating_sub(usize::from(at < self.shown));
        self.shown = before.min(self.open.len() - 1);
        was_shown
    }

    /// Shows the one `by` places further; stays at the ends. Tells whether it is another.
    pub fn step(&mut self, by: isize) -> bool {
        let last = self.open.len() - 1;
        let next = self.shown.saturating_add_signed(by).min(last);
        std::mem::replace(&mut self.shown, next) != next
    }
}

/// Something that is being asked in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asking {
    /// Another title: what is typed is the title. The words before are kept.
    Title(ConversationId, String),
    /// Whether to delete it, named by its title.
    Delete(ConversationId, String),
}

/// The list of all conversations while it is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Browser {
    /// The words and the mark.
    pub picker: Picker,
    /// `None` until the store has answered.
    rows: Option<Vec<ConversationRow>>,
    found: Vec<Match>,
    /// Conversations with the words in a message.
    texts: Vec<ConversationId>,
    asking: Option<Asking>,
    search_at: Option<Duration>,
}

impl Browser {
    /// The rows that fit the words, each with the characters of its title that were found.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&ConversationRow, &[u32])> {
        let rows = self.rows.as_deref().unwrap_or_default();
        self.found.iter().map(|found| (&rows[found.index], &*found.at))
    }

    /// Rows without words; `None` until the store has answered.
    #[must_use]
    pub fn all(&self) -> Option<usize> {
        self.rows.as_ref().map(Vec::len)
    }

    /// What is being asked.
    #[must_use]
    pub fn asking(&self) -> Option<&Asking> {
        self.asking.as_ref()
    }

    /// The store has answered.
    fn fill(&mut self, rows: Vec<ConversationRow>) {
        let marked = self.picker.marked();
        self.rows = Some(rows);
        self.narrow();
        self.picker.mark(marked);
    }

    /// Finds the rows that fit the words: first by title and model, then by what was said.
    pub fn narrow(&mut self) {
        if matches!(self.asking, Some(Asking::Title(..))) {
            return;
        }
        let rows = self.rows.as_deref().unwrap_or_default();
        let text = |row: &ConversationRow| {
            let head = &row.conversation;
            format!("{} {}", head.title, head.model)
        };
        let texts: Vec<_> = rows.iter().map(text).collect();
        self.found = fuzzy::rank(self.picker.query(), texts.iter().map(String::as_str));
        for (index, row) in rows.iter().enumerate() {
            let said = self.texts.contains(&row.conversation.id);
            if said && !self.found.iter().any(|found| found.index == index) {
                self.found.push(Match { index, at: Vec::new() });
            }
        }
        self.picker.set_rows(self.found.len());
    }

    fn marked(&self) -> Option<&ConversationRow> {
        self.rows().nth(self.picker.marked()).map(|(row, _)| row)
    }

    /// Ends what is being asked; tells whether something was.
    fn stop_asking(&mut self) -> bool {
        match self.asking.take() {
            None => false,
            Some(Asking::Delete(..)) => true,
            Some(Asking::Title(_, words)) => {
                let marked = self.picker.marked();
                self.picker.set_query(&words);
                self.narrow();
                self.picker.mark(marked);
                true
            }
        }
    }
}

impl AppState {
    pub(super) fn on_conversations(&mut self, action: Action, now: Now) -> Effects {
        match action {
            Action::New => return self.new_conversation(now),
            Action::List => return self.toggle_browser(now),
            Action::Rename => self.ask_title(),
            Action::Delete => self.ask_delete(),
            Action::Undelete => return self.undelete(),
            Action::Before | Action::After => {
                let by = if action == Action::Before { -1 } else { 1 };
                let mut effects = self.leave_shown(now);
                self.conversations.step(by);
                effects.extend(self.enter_shown());
                return effects;
            }
        }
        Vec::new()
    }

    fn new_conversation(&mut self, now: Now) -> Effects {
        self.restore = false;
        self.focus.pane = Pane::Composer;
        if self.conversations.shown().entries().is_empty() {
            // It is new already; what is being written stays.
            return Vec::new();
        }
        let mut effects = self.leave_shown(now);
        let chat = new_chat(&self.settings, &mut self.ids, now);
        self.conversations.open(chat);
        effects.extend(self.enter_shown());
        effects
    }

    /// Before another conversation is shown: each keeps its own unsent text and its place.
    pub(super) fn leave_shown(&mut self, now: Now) -> Effects {
        let effects = self.save_now(now, true);
        self.conversations.shown_mut().draft = self.composer.text();
        if matches!(self.focus.overlay, Some(Overlay::Lanes(_) | Overlay::Inspector(_))) {
            // They are of this conversation.
            self.focus.overlay = None;
        }
        effects
    }

    /// After another conversation is shown.
    pub(super) fn enter_shown(&mut self) -> Effects {
        let draft = std::mem::take(&mut self.conversations.shown_mut().draft);
        self.composer.set(&draft);
        self.refresh_queue_list();
        self.wanted_colours()
    }

    fn toggle_browser(&mut self, now: Now) -> Effects {
        if matches!(self.focus.overlay, Some(Overlay::Conversations(_))) {
            self.focus.overlay = None;
            return Vec::new();
        }
        self.focus.overlay = Some(Overlay::Conversations(Box::default()));
        // What is being written belongs into the list as well.
        let mut effects = self.save_now(now, true);
        effects.push(Effect::Store(StoreCommand::List));
        effects
    }

    fn browser(&mut self) -> Option<&mut Browser> {
        match &mut self.focus.overlay {
            Some(Overlay::Conversations(browser)) => Some(browser),
            _ => None,
        }
    }

    /// The heads of all conversations have come.
    pub(super) fn listed(&mut self, rows: Vec<ConversationRow>) {
        if let Some(browser) = self.browser() {
            browser.fill(rows);
        }
    }

    /// The words of the list changed: soon the messages are searched for them.
    pub(super) fn browser_narrowed(&mut self, now: Now) {
        let Some(browser) = self.browser() else { return };
        if browser.asking.is_none() {
            browser.texts.clear();
            let enough = browser.picker.query().chars().count() > 1;
            browser.search_at = enough.then(|| now.since_start + SEARCH_AFTER);
        }
        browser.narrow();
        if let Some(Asking::Title(id, _)) = &browser.asking {
            let id = *id;
            let row = browser.rows().position(|(row, _)| row.conversation.id == id);
            browser.picker.mark(row.unwrap_or(0));
        }
    }

    /// Something was deleted that can be taken back.
    #[must_use]
    pub fn can_undelete(&self) -> bool {
        !self.deleted.is_empty()
    }

    /// When the messages are to be searched.
    pub(super) fn search_deadline(&self) -> Option<Duration> {
        match &self.focus.overlay {
            Some(Overlay::Conversations(browser)) => browser.search_at,
            _ => None,
        }
    }

    /// Asks for the search if it is time.
    pub(super) fn search_now(&mut self, now: Now) -> Effects {
        let Some(browser) = self.browser() else { return Vec::new() };
        if browser.search_at.is_none_or(|at| at > now.since_start) {
            return Vec::new();
        }
        browser.search_at = None;
        vec![Effect::Store(StoreCommand::Search(browser.picker.query().trim().to_owned()))]
    }

    /// Conversations with the words in a message were found.
    pub(super) fn found_texts(&mut self, query: &str, found: Vec<ConversationId>) {
        let Some(browser) = self.browser() else { return };
        if browser.asking.is_none() && browser.picker.query().trim() == query {
            browser.texts = found;
            browser.narrow();
        }
    }

    /// Another thing than an answer was given to what the list asks; tells whether it asked.
    pub(super) fn stop_asking(&mut self) -> bool {
        self.browser().is_some_and(Browser::stop_asking)
    }

    fn ask_title(&mut self) {
        self.stop_asking();
        let Some(browser) = self.browser() else { return };
        let Some(row) = browser.marked() else { return };
        let (id, title) = (row.conversation.id, row.conversation.title.clone());
        let words = browser.picker.query().to_owned();
        let marked = browser.picker.marked();
        browser.asking = Some(Asking::Title(id, words));
        browser.search_at = None;
        browser.picker.set_query(&title);
        browser.picker.mark(marked);
    }

    fn ask_delete(&mut self) {
        self.stop_asking();
        let Some(browser) = self.browser() else { return };
        let Some(row) = browser.marked() else { return };
        browser.asking = Some(Asking::Delete(row.conversation.id, row.conversation.title.clone()));
    }

    /// Enter in the list: the answer to what it asks, or the row is opened. `None`: nothing is
    /// asked, so the row is taken.
    pub(super) fn answer_asking(&mut self, now: Now) -> Option<Effects> {
        let browser = self.browser()?;
        match browser.asking.clone()? {
            Asking::Title(id, _) => {
                let title = sanitize::block(browser.picker.query()).trim().to_owned();
                browser.stop_asking();
                if title.is_empty() {
                    return Some(Vec::new());
                }
                for row in browser.rows.iter_mut().flatten() {
                    if row.conversation.id == id {
                        title.clone_into(&mut row.conversation.title);
                    }
                }
                let marked = browser.picker.marked();
                browser.narrow();
                browser.picker.mark(marked);
                if let Some(chat) = self.conversations.by_id_mut(id) {
                    chat.set_title(&title);
                }
                Some(vec![Effect::Store(StoreCommand::Rename { conversation: id, title })])
            }
            Asking::Delete(id, title) => {
                browser.asking = None;
                browser.rows.iter_mut().for_each(|rows| {
                    rows.retain(|row| row.conversation.id != id);
                });
                let marked = browser.picker.marked();
                browser.narrow();
                browser.picker.mark(marked);
                Some(self.delete(id, title, now))
            }
        }
    }

    fn delete(&mut self, id: ConversationId, title: String, now: Now) -> Effects {
        let mut effects = Vec::new();
        if self.conversations.shown().conversation().id == id {
            effects.extend(self.leave_shown(now));
        }
        let stopped = self.conversations.by_id_mut(id).map(|chat| chat.stop(None));
        effects.extend(stopped_effects(stopped.unwrap_or_default()));
        let Self { settings, ids, .. } = self;
        if self.conversations.close(id, || new_chat(settings, ids, now)) {
            effects.extend(self.enter_shown());
        }
        effects.push(Effect::Store(StoreCommand::SetDeleted { conversation: id, deleted: true }));
        self.deleted.push(id);
        self.notices.tell(Notice::new(NoticeKind::Deleted { title }), now);
        effects
    }

    fn undelete(&mut self) -> Effects {
        let Some(id) = self.deleted.pop() else { return Vec::new() };
        self.notices.dismiss_if(|kind| matches!(kind, NoticeKind::Deleted { .. }));
        let back = StoreCommand::SetDeleted { conversation: id, deleted: false };
        vec![Effect::Store(back), Effect::Store(StoreCommand::List)]
    }

    /// A row of the list is taken: the conversation is shown, or asked of the store.
    pub(super) fn browser_accept(&mut self, browser: &Browser, row: usize, now: Now) -> Effects {
        let Some((row, _)) = browser.rows().nth(row) else { return Vec::new() };
        let id = row.conversation.id;
        self.restore = false;
        let known = self.conversations.by_id(id);
        // What another program added is seen when it is opened again, but not while an answer
        // arrives: that one is nowhere else.
        let stale = known.is_some_and(|chat| chat.moved_on && chat.can_be_read_again());
        if known.is_some() && !stale {
            let mut effects = self.leave_shown(now);
            self.conversations.show(id);
            effects.extend(self.enter_shown());
            return effects;
        }
        self.opening = Some(id);
        vec![Effect::Store(StoreCommand::Open(id))]
    }

    /// The store has read a conversation.
    pub(super) fn opened(&mut self, saved: SavedConversation, now: Now) -> Effects {
        let id = saved.conversation.id;
        if self.opening.take_if(|opening| *opening == id).is_none() {
            return Vec::new();
        }
        let mut effects = self.leave_shown(now);
        self.notices.dismiss_if(|kind| *kind == NoticeKind::MovedOn);
        let chat = self.chat_of(saved);
        if let Some(known) = self.conversations.by_id_mut(id) {
            let before = std::mem::replace(known, chat);
            known.remember(&before);
            self.conversations.show(id);
        } else {
            self.conversations.open(chat);
        }
        effects.extend(self.enter_shown());
        effects
    }

    /// The store could not read it.
    pub(super) fn gone(&mut self, id: ConversationId, now: Now) {
        if self.opening.take_if(|opening| *opening == id).is_some() {
            self.notices.tell(Notice::new(NoticeKind::ConversationGone), now);
        }
    }

    /// Another program writes to a conversation that is open here.
    pub(super) fn moved_on(&mut self, id: ConversationId, now: Now) {
        if let Some(chat) = self.conversations.by_id_mut(id) {
            chat.moved_on = true;
            self.notices.tell(Notice::new(NoticeKind::MovedOn), now);
        }
    }
}
