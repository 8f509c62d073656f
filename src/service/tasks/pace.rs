//! When to ask for which task next: often while it is young, seldom when it is old, never faster
//! than the account may, later after a fault. Pure: the time is an argument. It refuses to ask.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::domain::ids::TaskKey;

/// The service takes 20 queries a second for the whole account (wire tasks.md); other programs
/// want some of them.
const GAP: Duration = Duration::from_millis(125);
/// The longest wait after faults.
const LONGEST: Duration = Duration::from_secs(120);

/// How often a task of that age is asked for. The service advises 15 s for videos; a picture is
/// often done within a few seconds.
const fn every(age: Duration) -> Duration {
    Duration::from_secs(match age.as_secs() {
        0..20 => 2,
        20..120 => 5,
        120..600 => 10,
        600..3_600 => 20,
        _ => 60,
    })
}

/// One task in the round.
#[derive(Debug, Clone, Copy)]
struct Turn {
    due: Duration,
    /// When it was accepted, on the scale of `now`; may lie before its zero.
    age: Duration,
    since: Duration,
    faults: u32,
}

/// The round of all tasks that are followed. Times are since some fixed start.
#[derive(Debug, Default)]
pub(super) struct Pace {
    turns: HashMap<TaskKey, Turn>,
    order: BTreeSet<(Duration, TaskKey)>,
    /// Nothing is asked before.
    not_before: Duration,
}

impl Pace {
    /// Follows a task that is that old; asks for it at once. One that is followed stays as it is.
    pub(super) fn follow(&mut self, key: TaskKey, age: Duration, now: Duration) {
        if let Entry::Vacant(free) = self.turns.entry(key) {
            free.insert(Turn { due: now, age, since: now, faults: 0 });
            self.order.insert((now, key));
        }
    }

    /// Does not ask for a task any more.
    pub(super) fn leave(&mut self, key: TaskKey) {
        if let Some(turn) = self.turns.remove(&key) {
            self.order.remove(&(turn.due, key));
        }
    }

    /// When somebody is to be asked for next; `None` while nobody is followed.
    pub(super) fn next(&self) -> Option<Duration> {
        self.order.first().map(|(due, _)| (*due).max(self.not_before))
    }

    /// The task to ask for now. It has its next turn until [`Pace::answered`] or [`Pace::failed`]
    /// tell better, so that an answer that never comes does not lose it.
    pub(super) fn take(&mut self, now: Duration, random: f64) -> Option<TaskKey> {
        if self.next()? > now {
            return None;
        }
        let (_, key) = *self.order.first()?;
        self.not_before = now + GAP;
        self.plan(key, now, random, None);
        Some(key)
    }

    /// It was told how the task is, and the task goes on.
    pub(super) fn answered(&mut self, key: TaskKey, now: Duration, random: f64) {
        if let Some(turn) = self.turns.get_mut(&key) {
            turn.faults = 0;
        }
        self.plan(key, now, random, None);
    }

    /// Nobody answered well. Where the service names a wait it holds for all.
    pub(super) fn failed(
        &mut self,
        key: TaskKey,
        now: Duration,
        random: f64,
        asked_to_wait: Option<Duration>,
    ) {
        let Some(turn) = self.turns.get_mut(&key) else { return };
        turn.faults = turn.faults.saturating_add(1);
        let faults = turn.faults;
        if let Some(wait) = asked_to_wait {
            self.not_before = self.not_before.max(now + wait);
        }
        let wait = Duration::from_secs(2).saturating_mul(1 << faults.min(6)).min(LONGEST);
        self.plan(key, now, random, Some(wait));
    }

    /// Sets the next turn: the usual wait or this one, spread by a fifth either way so that tasks
    /// that began together do not stay together.
    fn plan(&mut self, key: TaskKey, now: Duration, random: f64, wait: Option<Duration>) {
        let Some(turn) = self.turns.get_mut(&key) else { return };
        self.order.remove(&(turn.due, key));
        let age = turn.age + now.saturating_sub(turn.since);
        let wait = wait.unwrap_or_else(|| every(age));
        turn.due = now + wait.mul_f64(0.8 + 0.4 * random.clamp(0.0, 1.0));
        self.order.insert((turn.due, key));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Asks whenever it may until `end`, everybody answering "still running"; the moments.
    fn round(pace: &mut Pace, from: Duration, end: Duration) -> Vec<(Duration, TaskKey)> {
        let mut asked = Vec::new();
        let mut now = from;
        while let Some(next) = pace.next().filter(|next| *next <= end) {
            now = now.max(next);
            let random = f64::from((asked.len() * 37 % 100) as u8) / 100.0;
            let key = pace.take(now, random).expect("it is due");
            asked.push((now, key));
            pace.answered(key, now, random);
        }
        asked
    }

    #[test]
    fn the_young_are_asked_for_often_and_the_old_seldom() {
        let mut pace = Pace::default();
        pace.follow(TaskKey(1), Duration::ZERO, Duration::ZERO);
        let asked = round(&mut pace, Duration::ZERO, 3_600 * SECOND);
        let within = |from: u64, to: u64| {
            let range = Duration::from_secs(from)..Duration::from_secs(to);
            asked.iter().filter(|(at, _)| range.contains(at)).count()
        };
        assert_eq!(asked[0].0, Duration::ZERO, "at once");
        assert!((8..=13).contains(&within(0, 20)), "{}", within(0, 20));
        assert!((16..=26).contains(&within(20, 120)));
        assert!((120..=190).contains(&within(600, 3_600)));
    }

    #[test]
    fn a_thousand_tasks_stay_below_the_limit_of_the_account_and_none_is_forgotten() {
        let mut pace = Pace::default();
        for key in 0..1_000 {
            pace.follow(TaskKey(key), Duration::ZERO, Duration::ZERO);
        }
        let asked = round(&mut pace, Duration::ZERO, 400 * SECOND);
        for pair in asked.windows(9) {
            assert!(pair[8].0.saturating_sub(pair[0].0) >= SECOND, "more than 8 in a second");
        }
        let keys: std::collections::HashSet<_> = asked.iter().map(|(_, key)| *key).collect();
        assert_eq!(keys.len(), 1_000);
    }

    #[test]
    fn a_wait_that_the_service_names_holds_for_all_and_faults_slow_down() {
        let mut pace = Pace::default();
        pace.follow(TaskKey(1), Duration::ZERO, Duration::ZERO);
        pace.follow(TaskKey(2), Duration::ZERO, Duration::ZERO);
        let first = pace.take(Duration::ZERO, 0.5).unwrap();
        pace.failed(first, Duration::ZERO, 0.5, Some(30 * SECOND));
        assert!(pace.next().unwrap() >= 30 * SECOND);
        let mut now = 30 * SECOND;
        let mut waits = Vec::new();
        pace.leave(TaskKey(2));
        for _ in 0..10 {
            now = pace.next().unwrap().max(now);
            let key = pace.take(now, 0.5).unwrap();
            pace.failed(key, now, 0.5, None);
            waits.push(pace.next().unwrap().saturating_sub(now));
        }
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert_eq!(waits.last(), Some(&LONGEST));
        pace.answered(TaskKey(1), now, 0.5);
        assert!(
            pace.next().unwrap().saturating_sub(now) <= 24 * SECOND,
            "one good answer ends the slowness"
        );
    }

    #[test]
    fn an_answer_that_never_comes_does_not_lose_the_task() {
        let mut pace = Pace::default();
        pace.follow(TaskKey(1), Duration::ZERO, Duration::ZERO);
        assert_eq!(pace.take(Duration::ZERO, 0.0), Some(TaskKey(1)));
        assert!(pace.next().is_some());
        pace.leave(TaskKey(1));
        assert_eq!(pace.next(), None);
        pace.failed(TaskKey(1), SECOND, 0.0, None);
        pace.answered(TaskKey(1), SECOND, 0.0);
        assert_eq!(pace.next(), None, "who left does not come back by a late answer");
    }

    proptest! {
        #[test]
        fn never_two_within_the_gap(ages in proptest::collection::vec(0_u64..5_000, 1..40)) {
            let mut pace = Pace::default();
            for (key, age) in ages.iter().enumerate() {
                pace.follow(TaskKey(key as i64), Duration::from_secs(*age), Duration::ZERO);
            }
            let asked = round(&mut pace, Duration::ZERO, Duration::from_secs(90));
            prop_assert!(asked.windows(2).all(|pair| pair[1].0.saturating_sub(pair[0].0) >= GAP));
        }
    }
}
