//! Keeps the order of writes when the store's inbox was full: what came back waits here, later
//! writes queue behind it. It refuses every other effect.

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::conversations::StoreCommand;
use crate::domain::time::Now;
use crate::effect::Effect;

const RETRY_AFTER: Duration = Duration::from_millis(50);

/// Writes that wait for room in the store's inbox.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<StoreCommand>,
    retry_at: Option<Duration>,
}

impl Outbox {
    /// Holds back writes while earlier ones wait.
    pub(super) fn order(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        if self.waiting.is_empty() || self.retry_at.is_none() {
            return effects;
        }
        let mut pass = Vec::with_capacity(effects.len());
        for effect in effects {
            match effect {
                Effect::Store(command) => self.waiting.push_back(command),
                other => pass.push(other),
            }
        }
        pass
    }

    /// The store had no room for this one.
    pub(super) fn refused(&mut self, command: StoreCommand, now: Now) {
        self.waiting.push_back(command);
        self.retry_at = Some(now.since_start + RETRY_AFTER);
    }

    /// Everything that waits, if it is time to try again.
    pub(super) fn retry(&mut self, now: Now) -> Vec<Effect> {
        if self.retry_at.is_none_or(|at| at > now.since_start) {
            return Vec::new();
        }
        self.retry_at = None;
        self.all().into_iter().map(Effect::Store).collect()
    }

    /// Everything that waits.
    pub(super) fn all(&mut self) -> VecDeque<StoreCommand> {
        std::mem::take(&mut self.waiting)
    }

    /// When to try again.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.retry_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> StoreCommand {
        StoreCommand::AddHistory(text.to_owned())
    }

    #[test]
    fn order_is_kept_through_a_refusal() {
        let mut outbox = Outbox::default();
        let at = |ms| Now { since_start: Duration::from_millis(ms), ..Now::default() };
        outbox.refused(note("1"), at(0));
        outbox.refused(note("2"), at(0));
        let passed = outbox.order(vec![Effect::Store(note("3")), Effect::Quit]);
        assert_eq!(passed, [Effect::Quit]);
        assert!(outbox.retry(at(10)).is_empty());
        let again: Vec<_> = outbox.retry(at(50));
        assert_eq!(again, ["1", "2", "3"].map(|text| Effect::Store(note(text))));
        assert_eq!(outbox.deadline(), None);
    }
}
