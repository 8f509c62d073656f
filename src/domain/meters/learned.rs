//! What a refusal teaches of a limit, and how that fades: an account's real limits may be lower
//! than the documented ones, for a while or for good. Pure arithmetic; it refuses clocks.

use super::count::{Learned, LimitKind};
use crate::domain::notice::Throttle;

const HOUR_MS: u64 = 3_600_000;
/// Hours until a lesson has faded wholly, at a tenth an hour.
const FADES: u64 = 10;

impl LimitKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Requests, Self::Tokens, Self::DayTokens, Self::Running];

    /// Its word in the store and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Tokens => "tokens",
            Self::DayTokens => "day_tokens",
            Self::Running => "running",
        }
    }

    /// The limit a kind of throttling names; `None` where it names none.
    #[must_use]
    pub const fn of(throttle: Throttle) -> Option<Self> {
        match throttle {
            Throttle::Requests => Some(Self::Requests),
            Throttle::Tokens => Some(Self::Tokens),
            Throttle::Concurrency => Some(Self::Running),
            // A rate that grew too fast, a service without room, and no reason at all say nothing
            // of how much would be let through.
            Throttle::Burst | Throttle::Capacity | Throttle::Generic => None,
        }
    }
}

/// What stood in the windows of a limit when the service refused more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stood {
    /// In the whole window: a minute, or what runs.
    pub window: u64,
    /// In the last second of it, which is limited too (a sixtieth of a minute's limit).
    pub second: u64,
}

/// The amount a refusal teaches. `None` where nothing of ours was in the window (others use the
/// account too), where as much as is documented was let through, or where it was the second that
/// was full and not the minute.
#[must_use]
pub const fn lesson(kind: LimitKind, stood: Stood, documented: Option<u64>) -> Option<u64> {
    if stood.window == 0 {
        return None;
    }
    let Some(documented) = documented else { return Some(stood.window) };
    if stood.window >= documented {
        return None;
    }
    let by_the_minute = matches!(kind, LimitKind::Requests | LimitKind::Tokens);
    if by_the_minute && stood.second >= documented.div_ceil(60) {
        return None;
    }
    Some(stood.window)
}

/// What a lesson is worth at `now_ms`: it climbs back by a tenth of the documented limit an hour
/// (of its own amount, where none is documented). `None` once it has faded: the documented limit
/// is in force again.
#[must_use]
pub fn in_force(learned: &Learned, documented: Option<u64>, now_ms: i64) -> Option<u64> {
    // A clock that was set back makes no lesson older, nor younger than new.
    let age = u64::try_from(now_ms.saturating_sub(learned.at_ms)).unwrap_or(0);
    let step = documented.unwrap_or(learned.amount).max(1);
    let climbed = u128::from(step) * u128::from(age) / u128::from(HOUR_MS * FADES);
    let worth = learned.amount.saturating_add(u64::try_from(climbed).unwrap_or(u64::MAX));
    let end = documented.unwrap_or_else(|| learned.amount.saturating_mul(2).max(1));
    (worth < end).then_some(worth)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::models::ModelId;

    fn learned(amount: u64) -> Learned {
        let (model, profile) = (ModelId::new("m"), "p".to_owned());
        Learned { model, profile, kind: LimitKind::Requests, amount, at_ms: 1_000 }
    }

    #[test]
    fn only_a_window_of_ours_below_the_documented_limit_teaches() {
        let of = |window, second, documented| {
            lesson(LimitKind::Requests, Stood { window, second }, documented)
        };
        assert_eq!(of(0, 0, Some(600)), None, "somebody else used it");
        assert_eq!(of(120, 2, Some(600)), Some(120));
        assert_eq!(of(120, 10, Some(600)), None, "ten in a second are a second's share of 600");
        assert_eq!(of(600, 2, Some(600)), None, "that is the limit as it is documented");
        assert_eq!(of(3, 3, None), Some(3));
        let running = Stood { window: 3, second: 3 };
        assert_eq!(lesson(LimitKind::Running, running, Some(5)), Some(3));
    }

    #[test]
    fn a_lesson_climbs_by_a_tenth_of_the_documented_limit_an_hour() {
        let after =
            |hours: i64, documented| in_force(&learned(120), documented, 1_000 + hours * 3_600_000);
        assert_eq!(after(0, Some(600)), Some(120));
        assert_eq!(after(1, Some(600)), Some(180));
        assert_eq!(after(7, Some(600)), Some(540));
        assert_eq!(after(8, Some(600)), None);
        assert_eq!(after(-99, Some(600)), Some(120), "a clock that was set back");
        assert_eq!(after(5, None), Some(180));
        assert_eq!(after(10, None), None);
        assert_eq!(after(0, Some(100)), None, "never above the documented one");
    }

    proptest! {
        #[test]
        fn a_lesson_never_falls_by_waiting_and_never_exceeds_the_documented(
            amount in 0_u64..1 << 40, documented in 1_u64..1 << 40,
            first in 0_i64..1 << 40, more in 0_i64..1 << 40,
        ) {
            let at = |ms: i64| in_force(&learned(amount), Some(documented), 1_000 + ms);
            let (early, late) = (at(first), at(first + more));
            prop_assert!(early.is_none_or(|worth| worth < documented));
            match (early, late) {
                (Some(early), Some(late)) => prop_assert!(late >= early),
                (None, late) => prop_assert_eq!(late, None),
                (Some(_), None) => {}
            }
        }
    }
}
