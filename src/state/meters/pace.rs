//! Messages that wait until they fit below the limits (`pace = "enforce"`): they stand in the queue
//! of their conversation, so that a kill loses none, and go out by themselves with a countdown in
//! sight. Esc takes one back, "send now" sends it. It refuses to hold what is asked again or gone on
//! with: who does that looks at the answer, and the meters are beside it.

use std::time::Duration;

use super::super::{AppState, Effects};
use super::live;
use crate::domain::conversations::StoreCommand;
use crate::domain::ids::ConversationId;
use crate::domain::meters::count::LimitKind;
use crate::domain::meters::governor::Fit;
use crate::domain::settings::Pace;
use crate::domain::time::Now;
use crate::effect::Effect;

/// The first message of a conversation's queue waits until it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Of this conversation.
    pub conversation: ConversationId,
    /// It will fit then, on the clock that never goes back.
    pub until: Duration,
    /// The limit it waits for.
    pub kind: LimitKind,
}

impl AppState {
    /// The message of the conversation that is shown that waits until it fits.
    #[must_use]
    pub fn held(&self) -> Option<&Held> {
        let chat = self.conversations.shown();
        let of = chat.conversation().id;
        let waits = !chat.queue.is_empty() && !chat.queue.held();
        self.meters.held.iter().find(|held| held.conversation == of && waits)
    }

    /// How long a message must wait, and for what; `None` if it may go.
    fn must_wait(&self, text: &str, now: Now) -> Option<(Duration, LimitKind)> {
        if self.settings.limits.pace != Pace::Enforce {
            return None;
        }
        let model = &self.conversations.shown().conversation().model;
        let tokens = live::text(text, self.meters.habit(model));
        match self.prospect_of(tokens, now).fit {
            Fit::In { wait, kind } => Some((wait, kind)),
            Fit::Unknown | Fit::Now | Fit::WhenOneEnds => None,
        }
    }

    /// A message that does not fit is put into the queue; `None` if it may go.
    pub(in crate::state) fn hold(&mut self, text: &str, now: Now) -> Option<Effects> {
        let (wait, kind) = match self.held() {
            // Behind one that waits nothing overtakes it.
            Some(held) => (held.until.saturating_sub(now.since_start), held.kind),
            None => self.must_wait(text, now)?,
        };
        // A queue needs its conversation in the store.
        let head = self.conversations.shown().conversation().clone();
        let mut effects = vec![Effect::Store(StoreCommand::SaveConversation(head))];
        effects.extend(self.enqueue(text));
        self.wait_until(now.since_start + wait, kind);
        Some(effects)
    }

    fn wait_until(&mut self, until: Duration, kind: LimitKind) {
        let conversation = self.conversations.shown().conversation().id;
        self.meters.held.retain(|held| held.conversation != conversation);
        self.meters.held.push(Held { conversation, until, kind });
    }

    /// The next message of a queue would go out now: tells whether it has to wait instead.
    pub(in crate::state) fn hold_next(&mut self, of: ConversationId, now: Now) -> bool {
        self.meters.held.retain(|held| held.conversation != of);
        // What is not shown cannot be held in sight; its answer goes on as before.
        if self.conversations.shown().conversation().id != of {
            return false;
        }
        let queue = &self.conversations.shown().queue;
        let next = queue.waiting().first().filter(|_| !queue.held());
        let Some(text) = next.map(|next| next.text.clone()) else { return false };
        let Some((wait, kind)) = self.must_wait(&text, now) else { return false };
        self.wait_until(now.since_start + wait, kind);
        true
    }

    /// Lets go what fits by now: time has passed, or less was used than it looked like.
    pub(in crate::state) fn release_held(&mut self, now: Now) -> Effects {
        let shown = self.conversations.shown().conversation().id;
        let due: Vec<ConversationId> = (self.meters.held.iter())
            .filter(|held| held.until <= now.since_start || held.conversation == shown)
            .map(|held| held.conversation)
            .collect();
        due.into_iter().flat_map(|of| self.after_wait(of, now)).collect()
    }

    fn after_wait(&mut self, of: ConversationId, now: Now) -> Effects {
        let free = self.conversations.by_id_mut(of).is_some_and(|chat| chat.running().is_none());
        if !free {
            // An answer came first; at its end the queue goes on.
            self.meters.held.retain(|held| held.conversation != of);
            return Vec::new();
        }
        self.ask_next(of, now)
    }

    /// Esc: the message that waits is there to be written on.
    pub(in crate::state) fn take_back_held(&mut self, now: Now) -> Option<Effects> {
        let held = *self.held()?;
        self.meters.held.retain(|of| of.conversation != held.conversation);
        let first = self.conversations.shown().queue.waiting().first().map(|message| message.id)?;
        let effects = self.queue_take_back(first, now);
        // What stood behind it waits for a word.
        self.hold_queue(held.conversation);
        Some(effects)
    }

    /// "Send now": it does not wait any longer.
    pub(in crate::state) fn send_held(&mut self, now: Now) -> Option<Effects> {
        let held = *self.held()?;
        self.meters.held.retain(|of| of.conversation != held.conversation);
        self.follow(now);
        Some(self.ask_next_now(held.conversation, now))
    }

    /// When something that is counted down moves on, on the second: a message that is held, or one
    /// being written that does not fit yet. Nothing else of the meters wakes anybody.
    pub(in crate::state) fn meters_deadline(&self, now: Now) -> Option<Duration> {
        let until = match (self.held(), self.settings.limits.pace) {
            (Some(held), _) => Some(held.until),
            (None, Pace::Off) => None,
            (None, Pace::Advise | Pace::Enforce) => {
                let written = self.focus.overlay.is_none().then(|| self.prospect(now));
                let wait = written.flatten().and_then(|prospect| prospect.fit.wait());
                // A day is no countdown.
                let wait = wait.filter(|wait| *wait <= Duration::from_secs(120));
                wait.map(|wait| now.since_start + wait)
            }
        };
        let shown = until.map(|until| {
            let left = until.saturating_sub(now.since_start);
            let part = Duration::from_nanos(u64::from(left.subsec_nanos()));
            let step = if part.is_zero() { Duration::from_secs(1) } else { part };
            until.min(now.since_start + step)
        });
        let others = self.meters.held.iter().map(|held| held.until).min();
        shown.into_iter().chain(others).min()
    }
}
