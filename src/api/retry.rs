//! Whether a failed request is made again, and when. Pure: the error, the count of tries, the
//! waits so far and a random number go in, a decision comes out. It refuses to wait and to
//! look at a clock.

use std::time::{Duration, SystemTime};

use super::diagnose::{Retry, kind};
use super::error::ApiError;

/// Requests made for one answer at most, the first included.
pub const MAX_TRIES: u32 = 4;
/// All waits for one answer together at most.
pub const MAX_WAIT: Duration = Duration::from_secs(120);
/// One wait at most, where the service asks for none.
const LONGEST_STEP: Duration = Duration::from_secs(30);

/// What to do after a failed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Tell the user.
    GiveUp,
    /// Try again after this wait.
    After(Duration),
}

/// What happened so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tried {
    /// Requests made for this answer, at least 1.
    pub tries: u32,
    /// Waits for this answer so far, together.
    pub waited: Duration,
    /// Something of the answer has arrived.
    pub output: bool,
    /// A random number from 0 up to below 1.
    pub random: f64,
}

/// Decides on a chat request. Throttling that passes is tried again up to [`MAX_TRIES`] in all,
/// never before the service allows; a failure of the server once. A connection that was not
/// made is told at once: the user knows better than a timer what to do about it. After output
/// nothing is repeated, because the answer would be paid twice.
#[must_use]
pub fn decide(error: &ApiError, so_far: Tried) -> Decision {
    if so_far.output {
        return Decision::GiveUp;
    }
    let Some(refusal) = error.refusal() else { return Decision::GiveUp };
    let (most, base) = match kind(refusal).retry() {
        Retry::Waiting(base) => (MAX_TRIES, base),
        Retry::Once(base) => (2, base),
        Retry::Never => return Decision::GiveUp,
    };
    if so_far.tries >= most {
        return Decision::GiveUp;
    }
    let step = base.saturating_mul(1 << (so_far.tries.saturating_sub(1)).min(8)).min(LONGEST_STEP);
    let random = so_far.random.clamp(0.0, 1.0);
    // Full jitter; where the service names a time, the spread comes on top of it, so that
    // clients that were told the same do not come back together.
    let wait = match refusal.retry_after {
        Some(asked) => asked.saturating_add(base.mul_f64(random)),
        None => step.mul_f64(random),
    };
    if so_far.waited.saturating_add(wait) > MAX_WAIT {
        return Decision::GiveUp;
    }
    Decision::After(wait)
}

/// The budget of retries of a whole service, shared by all its answers: when everything is
/// throttled, many conversations together must not multiply the load. Holds [`Budget::FULL`]
/// retries and regains one every [`Budget::REFILL`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    left: u32,
    /// Since when the refill counts, as time since the start.
    since: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: Self::FULL, since: Duration::ZERO }
    }
}

impl Budget {
    /// Retries that can be made in a row.
    pub const FULL: u32 = 12;
    /// One is regained in this time.
    pub const REFILL: Duration = Duration::from_secs(5);

    /// Takes one retry if there is one. `now` is the time since some fixed start.
    pub fn take(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.since);
        let regained = passed.as_secs() / Self::REFILL.as_secs();
        if regained > 0 {
            let regained = u32::try_from(regained).unwrap_or(u32::MAX);
            self.left = self.left.saturating_add(regained).min(Self::FULL);
            self.since += Self::REFILL.saturating_mul(regained);
        }
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        true
    }
}

/// Reads a `Retry-After` header: seconds, or a date.
#[must_use]
pub fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    let date = SystemTime::from(date);
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::api::error::Refusal;

    fn throttled(code: &str, retry_after: Option<u64>) -> ApiError {
        ApiError::Status(Box::new(Refusal {
            status: 429,
            code: code.to_owned(),
            retry_after: retry_after.map(Duration::from_secs),
            ..Refusal::default()
        }))
    }

    fn status(status: u16) -> ApiError {
        ApiError::Status(Box::new(Refusal { status, ..Refusal::default() }))
    }

    fn tried(tries: u32) -> Tried {
        Tried { tries, waited: Duration::ZERO, output: false, random: 0.5 }
    }

    #[test]
    fn what_is_tried_again() {
        let again = |error: &ApiError, tries| decide(error, tried(tries)) != Decision::GiveUp;
        for code in
            ["limit_requests", "Throttling.BurstRate", "insufficient_quota", "Throttling", ""]
        {
            for tries in 1..=3 {
                assert!(again(&throttled(code, None), tries), "{code} {tries}");
            }
            assert!(!again(&throttled(code, None), 4), "{code}");
        }
        for code in ["PostpaidBillOverdue", "CommodityNotPurchased", "AllocationQuota.FreeTierOnly"]
        {
            assert!(!again(&throttled(code, None), 1), "{code}");
        }
        for code in [500, 502, 503, 504] {
            assert!(again(&status(code), 1));
            assert!(!again(&status(code), 2));
        }
        for code in [400, 401, 403, 404, 413] {
            assert!(!again(&status(code), 1), "{code}");
        }
        for error in [
            ApiError::Refused { host: String::new() },
            ApiError::ConnectTimeout { host: String::new(), after: Duration::ZERO },
            ApiError::Cut { detail: String::new() },
            ApiError::FirstByte { after: Duration::ZERO },
            ApiError::NoKey,
        ] {
            assert!(!again(&error, 1), "{error}");
        }
    }

    #[test]
    fn nothing_is_repeated_after_output() {
        let so_far = Tried { output: true, ..tried(1) };
        assert_eq!(decide(&throttled("", None), so_far), Decision::GiveUp);
        assert_eq!(decide(&status(500), so_far), Decision::GiveUp);
    }

    #[test]
    fn long_waits_are_told_instead_of_waited() {
        assert_eq!(decide(&throttled("", Some(3600)), tried(1)), Decision::GiveUp);
        let late = Tried { waited: Duration::from_secs(100), ..tried(2) };
        assert_eq!(decide(&throttled("", Some(30)), late), Decision::GiveUp);
    }

    #[test]
    fn the_budget_is_finite_and_refills() {
        let mut budget = Budget::default();
        let start = Duration::from_secs(1);
        for _ in 0..Budget::FULL {
            assert!(budget.take(start));
        }
        assert!(!budget.take(start));
        assert!(budget.take(start + Budget::REFILL));
        assert!(!budget.take(start + Budget::REFILL));
        let later = Duration::from_secs(1_000_000);
        for _ in 0..Budget::FULL {
            assert!(budget.take(later));
        }
        assert!(!budget.take(later));
    }

    #[test]
    fn headers_are_read() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (value, want) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("1e400", None),
            ("NaN", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value, now), want.map(Duration::from_secs), "{value}");
        }
        assert_eq!(retry_after("1.5", now), Some(Duration::from_millis(1500)));
    }

    proptest! {
        #[test]
        fn never_before_the_service_allows(
            asked in 0_u64..200, tries in 1_u32..6, random in 0.0_f64..1.0, waited in 0_u64..200,
        ) {
            let so_far = Tried { tries, random, waited: Duration::from_secs(waited), output: false };
            match decide(&throttled("limit_requests", Some(asked)), so_far) {
                Decision::After(wait) => {
                    prop_assert!(wait >= Duration::from_secs(asked));
                    prop_assert!(so_far.waited + wait <= MAX_WAIT);
                    prop_assert!(tries < MAX_TRIES);
                }
                Decision::GiveUp => prop_assert!(
                    tries >= MAX_TRIES || asked + waited + 1 > MAX_WAIT.as_secs()
                ),
            }
        }

        #[test]
        fn jitter_covers_the_whole_step(tries in 1_u32..4, random in 0.0_f64..1.0) {
            let so_far = Tried { tries, random, waited: Duration::ZERO, output: false };
            let step = Duration::from_secs(1 << (tries - 1));
            prop_assert_eq!(
                decide(&throttled("limit_requests", None), so_far),
                Decision::After(step.mul_f64(random))
            );
        }
    }
}
