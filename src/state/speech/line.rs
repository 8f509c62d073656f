//! Keeps the order of commands to the reader when its inbox was full: what came back waits here,
//! later ones queue behind it. It refuses every other effect.

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::speech::aloud::SpeechCommand;
use crate::domain::time::Now;
use crate::effect::Effect;

const RETRY_AFTER: Duration = Duration::from_millis(40);

/// Commands that wait for room.
#[derive(Debug, Default)]
pub(super) struct Line {
    waiting: VecDeque<SpeechCommand>,
    retry_at: Option<Duration>,
}

impl Line {
    /// Holds back commands while earlier ones wait.
    pub(super) fn order(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        if self.retry_at.is_none() {
            return effects;
        }
        let mut pass = Vec::with_capacity(effects.len());
        for effect in effects {
            match effect {
                Effect::Speech(command) => self.put(command),
                other => pass.push(other),
            }
        }
        pass
    }

    /// A stop makes everything before it needless: what it stops need not be told first.
    fn put(&mut self, command: SpeechCommand) {
        if let SpeechCommand::Stop(_) = command {
            self.waiting.clear();
        }
        self.waiting.push_back(command);
    }

    /// There was no room for this one.
    pub(super) fn refused(&mut self, command: SpeechCommand, now: Now) {
        self.put(command);
        self.retry_at = Some(now.since_start + RETRY_AFTER);
    }

    /// Everything that waits, if it is time to try again.
    pub(super) fn retry(&mut self, now: Now) -> Vec<Effect> {
        if self.retry_at.is_none_or(|at| at > now.since_start) {
            return Vec::new();
        }
        self.retry_at = None;
        self.waiting.drain(..).map(Effect::Speech).collect()
    }

    /// When to try again.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.retry_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SpeechId;

    fn resume(id: i64) -> SpeechCommand {
        SpeechCommand::Resume(SpeechId(id))
    }

    #[test]
    fn order_is_kept_through_a_refusal_and_a_stop_overtakes() {
        let at = |ms| Now { since_start: Duration::from_millis(ms), ..Now::default() };
        let mut line = Line::default();
        assert_eq!(line.order(vec![Effect::Speech(resume(0))]).len(), 1);
        line.refused(resume(1), at(0));
        let passed = line.order(vec![Effect::Speech(resume(2)), Effect::Quit]);
        assert_eq!(passed, [Effect::Quit]);
        assert!(line.retry(at(10)).is_empty());
        assert_eq!(line.deadline(), Some(RETRY_AFTER));
        assert_eq!(line.retry(at(40)), [resume(1), resume(2)].map(Effect::Speech));
        line.refused(resume(3), at(50));
        let silent = SpeechCommand::Stop(SpeechId(3));
        line.order(vec![Effect::Speech(silent.clone())]);
        assert_eq!(line.retry(at(100)), [Effect::Speech(silent)]);
        assert_eq!(line.deadline(), None);
    }
}
