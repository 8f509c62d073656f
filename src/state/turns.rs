//! What a person does to the turns of a conversation: asks again, asks differently, looks at other
//! branches, copies it from here, queues the next message. It refuses the messages themselves
//! (`chat`) and what arrives (`policy`).

use super::chat::Editing;
use super::focus::Pane;
use super::policy::effects_of;
use super::{AppState, Effects};
use crate::action::Turns;
use crate::domain::chat::Role;
use crate::domain::conversations::{Queued, StoreCommand};
use crate::domain::ids::ConversationId;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::time::Now;
use crate::effect::Effect;

impl AppState {
    pub(super) fn on_turns(&mut self, action: Turns, now: Now) -> Effects {
        match action {
            Turns::Regenerate => self.regenerate(false, now),
            Turns::Reseed => self.regenerate(true, now),
            Turns::Edit => self.edit_question(now),
            Turns::BranchBefore => self.branch(-1, now),
            Turns::BranchAfter => self.branch(1, now),
            Turns::Fork => self.fork(now),
            Turns::Queue => {
                self.toggle_queue();
                Vec::new()
            }
            Turns::QueueEdit => self.queue_edit(now),
            Turns::QueueSend => self.queue_send(now),
            Turns::QueueUp => self.queue_shift(-1),
            Turns::QueueDown => self.queue_shift(1),
            Turns::QueueRemove => self.queue_remove(),
        }
    }

    fn nothing_there(&mut self, now: Now) -> Effects {
        self.notices.tell(Notice::new(NoticeKind::NothingThere), now);
        Vec::new()
    }

    /// The message that is meant: the marked one while the reader is there, else the last one.
    fn meant(&self) -> Option<usize> {
        let chat = self.conversations.shown();
        match self.focus.pane {
            Pane::Transcript => chat.current(),
            Pane::Composer => chat.entries().len().checked_sub(1),
        }
    }

    /// One answer at a time in a conversation: the rest waits or is refused.
    fn still_answering(&mut self, now: Now) -> bool {
        let running = self.conversations.shown().running().is_some();
        if running {
            self.notices.tell(Notice::new(NoticeKind::StillAnswering), now);
        }
        running
    }

    fn regenerate(&mut self, with_seed: bool, now: Now) -> Effects {
        if self.still_answering(now) {
            return Vec::new();
        }
        let (id, turn) = (self.ids.message(), self.ids.turn());
        let meant = self.meant();
        let chat = self.conversations.shown_mut();
        // The service takes seeds below 2^31; a turn's number is random.
        let seed = with_seed.then(|| (turn.0.unsigned_abs() >> 16) & 0x7fff_ffff);
        let answer = meant.and_then(|at| chat.answer_at(at)).map(super::chat::Entry::id);
        let asked = answer.and_then(|answer| chat.regenerate(answer, id, seed, turn, now));
        match asked {
            Some(asked) => {
                self.follow(now);
                effects_of(turn, asked)
            }
            None => self.nothing_there(now),
        }
    }

    /// Puts the question that is meant into the composer.
    fn edit_question(&mut self, now: Now) -> Effects {
        self.edit_question_at(self.meant(), now)
    }

    /// The last question, which nothing has answered.
    pub(super) fn edit_last_question(&mut self, now: Now) -> Effects {
        let last = self.conversations.shown().entries().len().checked_sub(1);
        self.edit_question_at(last, now)
    }

    fn edit_question_at(&mut self, at: Option<usize>, now: Now) -> Effects {
        let chat = self.conversations.shown();
        let question = at.and_then(|at| chat.question_at(at));
        let Some(question) = question else { return self.nothing_there(now) };
        let (id, text) = (question.id(), question.text().to_owned());
        let attachments = question.attachments().to_vec();
        let (draft, attached) = match &chat.editing {
            Some(editing) => (editing.draft.clone(), editing.attached.clone()),
            None => (self.composer.text(), chat.attached.clone()),
        };
        let effects = self.keep_in_history();
        self.composer.set(&text);
        let chat = self.conversations.shown_mut();
        chat.attached = attachments;
        chat.editing = Some(Editing { question: id, draft, attached });
        self.focus.pane = Pane::Composer;
        self.draft_since.get_or_insert(now.since_start);
        effects
    }

    /// Ends the change of an earlier question; what was being written before is there again.
    pub(super) fn leave_editing(&mut self, now: Now) -> bool {
        let chat = self.conversations.shown_mut();
        let Some(editing) = chat.editing.take() else { return false };
        chat.attached = editing.attached;
        self.composer.set(&editing.draft);
        self.draft_since.get_or_insert(now.since_start);
        true
    }

    /// A changed question is asked beside the one it was made of.
    pub(super) fn send_edited(&mut self, text: &str, editing: &Editing, now: Now) -> Effects {
        if self.still_answering(now) {
            return Vec::new();
        }
        let chat = self.conversations.shown();
        let question = chat.entries().iter().find(|entry| entry.id() == editing.question);
        // Another branch is shown now: then it is a question like any other.
        let parent = match question {
            Some(question) => question.parent(),
            None => chat.entries().last().map(super::chat::Entry::id),
        };
        let ids = (self.ids.message(), self.ids.message());
        let turn = self.ids.turn();
        self.composer.sent(text);
        self.composer.set(&editing.draft);
        self.draft_since = None;
        let chat = self.conversations.shown_mut();
        chat.editing = None;
        let attachments = std::mem::replace(&mut chat.attached, editing.attached.clone());
        let asked = chat.ask_after(parent, (text, attachments), ids, turn, now);
        let mut effects = effects_of(turn, asked);
        self.follow(now);
        effects.push(Effect::Store(StoreCommand::AddHistory(text.to_owned())));
        effects.push(self.draft_effect());
        effects
    }

    /// Shows another branch: of the message that is meant, or of the answer to it.
    fn branch(&mut self, by: isize, now: Now) -> Effects {
        let Some(current) = self.meant() else { return Vec::new() };
        let chat = self.conversations.shown_mut();
        let path = &chat.entries()[..(current + 2).min(chat.entries().len())];
        let near = path.iter().skip(current).chain(path[..current].iter().rev());
        // The message itself, its answer, then what is above it.
        let branched = near.map(super::chat::Entry::id).find(|id| chat.siblings(*id).1 > 1);
        let Some(branched) = branched else { return self.nothing_there(now) };
        let Some(save) = chat.step(branched, by) else { return Vec::new() };
        self.place_since.get_or_insert(now.since_start);
        let mut effects = vec![Effect::Store(save)];
        effects.extend(self.wanted_colours());
        effects
    }

    /// Copies what is shown down to the message that is meant into a new conversation.
    fn fork(&mut self, now: Now) -> Effects {
        let Some(current) = self.meant() else { return self.nothing_there(now) };
        let mut effects = self.leave_shown(now);
        let (chat, store) = self.conversations.shown().fork(current, &mut self.ids, now);
        effects.extend(store.into_iter().map(Effect::Store));
        self.conversations.open(chat);
        effects.extend(self.enter_shown());
        self.focus.pane = Pane::Composer;
        if !self.composer.is_empty() {
            self.draft_since.get_or_insert(now.since_start);
        }
        self.notices.tell(Notice::new(NoticeKind::Forked), now);
        effects
    }

    /// What is being written goes into the history, so that nothing is lost by putting something
    /// else in its place.
    pub(super) fn keep_in_history(&mut self) -> Effects {
        let text = self.composer.text();
        if text.trim().is_empty() {
            return Vec::new();
        }
        self.composer.sent(&text);
        vec![Effect::Store(StoreCommand::AddHistory(text))]
    }

    /// Enter while an answer arrives: the message waits for its end.
    pub(super) fn enqueue(&mut self, text: &str) -> Effects {
        let id = self.ids.message();
        let (attachments, forget) = self.take_attached();
        let chat = self.conversations.shown_mut();
        chat.queue.push(Queued { id, text: text.to_owned(), attachments });
        // The queue needs its conversation in the store, which a running answer has put there.
        let mut effects = vec![Effect::Store(chat.save_queue())];
        effects.extend(forget);
        effects
    }

    /// The last message that waits goes back into the composer.
    pub(super) fn queue_edit(&mut self, now: Now) -> Effects {
        let last = self.conversations.shown().queue.waiting().last().map(|message| message.id);
        match last {
            Some(id) => self.queue_take_back(id, now),
            None => self.nothing_there(now),
        }
    }

    pub(super) fn queue_take_back(
        &mut self,
        id: crate::domain::ids::MessageId,
        now: Now,
    ) -> Effects {
        let chat = self.conversations.shown_mut();
        let Some(message) = chat.queue.take_back(id) else { return Vec::new() };
        let save = Effect::Store(chat.save_queue());
        self.leave_editing(now);
        let mut effects = self.keep_in_history();
        self.composer.set(&message.text);
        if !message.attachments.is_empty() {
            let attached = &mut self.conversations.shown_mut().attached;
            attached.splice(..0, message.attachments);
            effects.extend(self.save_attached());
        }
        self.focus.pane = Pane::Composer;
        // Stored as a draft before it leaves the queue: a kill in between loses nothing.
        effects.push(self.draft_effect());
        effects.push(save);
        effects
    }

    /// What was held back goes out.
    fn queue_send(&mut self, now: Now) -> Effects {
        let chat = self.conversations.shown_mut();
        if chat.queue.is_empty() {
            return self.nothing_there(now);
        }
        chat.queue.release();
        if chat.running().is_some() {
            return Vec::new();
        }
        let id = chat.conversation().id;
        self.follow(now);
        // Who says so knows what is said beside the message.
        self.send_held(now).unwrap_or_else(|| self.ask_next_now(id, now))
    }

    /// Asks the next message of a conversation's queue, if it may go and fits.
    pub(super) fn ask_next(&mut self, of: ConversationId, now: Now) -> Effects {
        if self.hold_next(of, now) { Vec::new() } else { self.ask_next_now(of, now) }
    }

    /// Asks the next message of a conversation's queue, if it may go.
    pub(super) fn ask_next_now(&mut self, of: ConversationId, now: Now) -> Effects {
        let (answer, turn) = (self.ids.message(), self.ids.turn());
        let Some(chat) = self.conversations.by_id_mut(of) else { return Vec::new() };
        let Some(next) = chat.queue.pop() else { return Vec::new() };
        let asked = chat.ask((&next.text, next.attachments), (next.id, answer), turn, now);
        let mut effects = effects_of(turn, asked);
        effects.push(Effect::Store(chat.save_queue()));
        effects
    }

    /// An answer ended: the next message goes out if it ended well and is what the user sees; else
    /// all of them wait for a word.
    pub(super) fn after_answer(&mut self, of: ConversationId, well: bool, now: Now) -> Effects {
        let Some(chat) = self.conversations.by_id_mut(of) else { return Vec::new() };
        if chat.running().is_some() || chat.queue.is_empty() {
            return Vec::new();
        }
        let fits = chat.entries().last().is_none_or(|last| last.role() == Role::Assistant);
        if well && fits && !chat.queue.held() && !chat.queue.lacks_first() {
            return self.ask_next(of, now);
        }
        self.hold_queue(of);
        Vec::new()
    }

    /// What waits in a conversation is not sent by itself any more; the rows above the composer
    /// say so.
    pub(super) fn hold_queue(&mut self, of: ConversationId) {
        if let Some(chat) = self.conversations.by_id_mut(of) {
            chat.queue.hold();
        }
    }
}
