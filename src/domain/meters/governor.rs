//! Whether a request fits below the limits now, or when it will. It owns the one answer that is
//! said beside the message and by which a message is held; it refuses to hold anything itself.

use std::time::Duration;

use super::count::LimitKind;
use super::days::day_end;
use super::limits::{Limit, Limits};
use super::window::Window;

/// What is in use of a model's limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Load {
    /// Requests, each at the moment it was sent.
    pub requests: Window,
    /// Tokens, each request's at its end; of one that runs its estimate, now.
    pub tokens: Window,
    /// Tokens of this day of the service.
    pub day_tokens: u64,
    /// Tasks that run.
    pub running: u64,
}

/// A request that may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// Tokens of input and output, as far as they can be guessed.
    pub tokens: u64,
    /// It is a task: it counts among those that run.
    pub task: bool,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// No limit is known: nobody can tell.
    Unknown,
    /// It fits now.
    Now,
    /// It fits after a while.
    In {
        /// How long.
        wait: Duration,
        /// Which limit it waits for.
        kind: LimitKind,
    },
    /// It fits when a task ends; nobody knows when that is.
    WhenOneEnds,
}

impl Fit {
    /// How long until it fits, where that is known.
    #[must_use]
    pub const fn wait(self) -> Option<Duration> {
        match self {
            Self::In { wait, .. } => Some(wait),
            Self::Unknown | Self::Now | Self::WhenOneEnds => None,
        }
    }
}

/// The longest wait of a limit and its slice.
fn longest(window: &Window, limit: Option<&Limit>, asked: u64, now_ms: i64) -> Duration {
    let rates = limit.into_iter().flat_map(|limit| [Some(limit.rate), limit.slice]);
    let waits = rates.flatten().map(|rate| window.wait(rate, asked, now_ms));
    waits.max().unwrap_or_default()
}

/// Whether a request fits below all limits. Of several that stand in the way the last to pass is
/// named.
#[must_use]
pub fn fit(limits: &Limits, load: &Load, asked: Asked, now_ms: i64) -> Fit {
    if *limits == Limits::default() {
        return Fit::Unknown;
    }
    let full = limits.running.as_ref().is_some_and(|limit| load.running >= limit.rate.amount);
    if asked.task && full {
        return Fit::WhenOneEnds;
    }
    let day = limits.day_tokens.as_ref().map_or(Duration::ZERO, |limit| {
        let after = load.day_tokens.saturating_add(asked.tokens.min(limit.rate.amount));
        let left = day_end(now_ms).saturating_sub(now_ms);
        let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
        if after > limit.rate.amount { left } else { Duration::ZERO }
    });
    let waits = [
        (longest(&load.requests, limits.requests.as_ref(), 1, now_ms), LimitKind::Requests),
        (longest(&load.tokens, limits.tokens.as_ref(), asked.tokens, now_ms), LimitKind::Tokens),
        (day, LimitKind::DayTokens),
    ];
    match waits.into_iter().max_by_key(|(wait, _)| *wait) {
        Some((wait, kind)) if !wait.is_zero() => Fit::In { wait, kind },
        Some(_) | None => Fit::Now,
    }
}

/// How near a limit is, in hundredths of it. A limit of nothing is reached by anything.
#[must_use]
pub fn percent(used: u64, limit: u64) -> u64 {
    let hundredths = u128::from(used) * 100;
    let share = hundredths.checked_div(u128::from(limit));
    share.map_or(100, |share| u64::try_from(share).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::Rate;
    use super::super::limits::Source;
    use super::super::window::Use;
    use super::*;
    use proptest::prelude::*;

    /// 2027-01-15 08:00 UTC, 16:00 in Beijing.
    const NOW: i64 = 1_800_000_000_000;

    fn limit(amount: u64, seconds: u64, slice: Option<(u64, u64)>) -> Limit {
        let slice = slice.map(|(amount, seconds)| Rate { amount, seconds });
        Limit { rate: Rate { amount, seconds }, slice, source: Source::Own }
    }

    fn uses(ago: &[(i64, u64)]) -> Window {
        Window::of(ago.iter().map(|(ago, amount)| Use { at_ms: NOW - ago, amount: *amount }))
    }

    #[test]
    fn the_limit_that_passes_last_is_named() {
        let limits = Limits {
            requests: Some(limit(2, 60, None)),
            tokens: Some(limit(1_000, 60, None)),
            ..Limits::default()
        };
        let load = Load {
            requests: uses(&[(53_000, 1), (10_000, 1)]),
            tokens: uses(&[(40_000, 900)]),
            ..Load::default()
        };
        let fits = |tokens| fit(&limits, &load, Asked { tokens, task: false }, NOW);
        let wait = Duration::from_secs(7);
        assert_eq!(fits(50), Fit::In { wait, kind: LimitKind::Requests });
        let wait = Duration::from_secs(20);
        assert_eq!(fits(200), Fit::In { wait, kind: LimitKind::Tokens });
        assert_eq!(fit(&limits, &Load::default(), Asked::default(), NOW), Fit::Now);
        assert_eq!(fit(&Limits::default(), &load, Asked::default(), NOW), Fit::Unknown);
    }

    #[test]
    fn a_slice_of_seconds_counts_too() {
        let limits = Limits { requests: Some(limit(600, 60, Some((10, 1)))), ..Limits::default() };
        let load = Load { requests: uses(&[(400, 10)]), ..Load::default() };
        let wait = Duration::from_millis(600);
        let found = fit(&limits, &load, Asked::default(), NOW);
        assert_eq!(found, Fit::In { wait, kind: LimitKind::Requests });
    }

    #[test]
    fn the_day_ends_in_beijing_and_a_task_waits_for_another() {
        let day = Limits { day_tokens: Some(limit(1_000, 86_400, None)), ..Limits::default() };
        let load = Load { day_tokens: 990, running: 5, ..Load::default() };
        let asked = Asked { tokens: 20, task: false };
        let wait = Duration::from_secs(8 * 3_600);
        assert_eq!(fit(&day, &load, asked, NOW), Fit::In { wait, kind: LimitKind::DayTokens });
        assert_eq!(fit(&day, &load, Asked { tokens: 10, task: false }, NOW), Fit::Now);
        let tasks = Limits { running: Some(limit(5, 0, None)), ..Limits::default() };
        let task = Asked { tokens: 0, task: true };
        assert_eq!(fit(&tasks, &load, task, NOW), Fit::WhenOneEnds);
        assert_eq!(fit(&tasks, &Load { running: 4, ..load.clone() }, task, NOW), Fit::Now);
        assert_eq!(fit(&tasks, &load, asked, NOW), Fit::Now, "an answer is no task");
    }

    proptest! {
        /// Requests that go out as told are never more than a limit lets through.
        #[test]
        fn who_waits_as_told_meets_no_limit(
            rpm in 1_u64..8, slice in prop::option::of((1_u64..3, 1_u64..5)),
            tpm in 50_u64..500, gaps in prop::collection::vec((0_i64..20_000, 1_u64..400), 1..25)
        ) {
            let limits = Limits {
                requests: Some(limit(rpm, 60, slice)),
                tokens: Some(limit(tpm, 60, None)),
                ..Limits::default()
            };
            let mut load = Load::default();
            let mut now = NOW;
            let mut sent: Vec<(i64, u64)> = Vec::new();
            for (gap, tokens) in gaps {
                now += gap;
                let asked = Asked { tokens, task: false };
                let wait = fit(&limits, &load, asked, now).wait().unwrap_or_default();
                now += wait.as_millis() as i64;
                prop_assert_eq!(fit(&limits, &load, asked, now), Fit::Now);
                load.requests.add(now, 1);
                load.tokens.add(now, tokens);
                sent.push((now, tokens));
                // Recounted without any window.
                let since = |seconds: u64| {
                    let from = now - seconds as i64 * 1_000;
                    sent.iter().filter(move |(at, _)| *at > from)
                };
                prop_assert!(since(60).count() as u64 <= rpm);
                if let Some((most, seconds)) = slice {
                    prop_assert!(since(seconds).count() as u64 <= most);
                }
                let tokens: u64 = since(60).map(|(_, tokens)| tokens).sum();
                prop_assert!(tokens <= tpm || since(60).count() == 1);
            }
        }
    }

    #[test]
    fn nearness_is_in_hundredths() {
        assert_eq!((percent(160, 200), percent(200, 200), percent(0, 200)), (80, 100, 0));
        assert_eq!((percent(0, 0), percent(u64::MAX, 1)), (100, u64::MAX));
    }
}
