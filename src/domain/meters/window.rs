//! What was used within the last so many seconds, and how long until more fits. It owns the
//! arithmetic of sliding windows; it refuses to know what is counted and what time it is.
//!
//! The service counts by minutes and, below them, by seconds (wire: `quotas.csv`, windows of the
//! market data; `errors.md`, 429). The clock is the machine's own, for the requests of several
//! programs are counted together, and it may jump: what lies further ahead than the window is wide
//! counts for nothing, so that a clock that was set back blocks nobody for long.

use std::time::Duration;

use super::Rate;

/// So much was used at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// When, in milliseconds since 1970 (UTC).
    pub at_ms: i64,
    /// How much.
    pub amount: u64,
}

/// What was used, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Window {
    uses: Vec<Use>,
}

/// A span in milliseconds.
fn span_ms(seconds: u64) -> i64 {
    i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX)
}

/// Whether a moment is within a window of that width that ends now.
const fn within(at_ms: i64, span: i64, now_ms: i64) -> bool {
    at_ms > now_ms.saturating_sub(span) && at_ms < now_ms.saturating_add(span)
}

impl Window {
    /// Counts a use.
    pub fn add(&mut self, at_ms: i64, amount: u64) {
        let at = self.uses.partition_point(|of| of.at_ms <= at_ms);
        self.uses.insert(at, Use { at_ms, amount });
    }

    /// Takes uses in any order.
    #[must_use]
    pub fn of(uses: impl IntoIterator<Item = Use>) -> Self {
        let mut uses: Vec<Use> = uses.into_iter().collect();
        uses.sort_by_key(|of| of.at_ms);
        Self { uses }
    }

    /// How much was used within the last so many seconds.
    #[must_use]
    pub fn used(&self, seconds: u64, now_ms: i64) -> u64 {
        let span = span_ms(seconds);
        let recent = self.uses.iter().filter(|of| within(of.at_ms, span, now_ms));
        recent.fold(0, |sum, of| sum.saturating_add(of.amount))
    }

    /// How long until `asked` more fit below a limit; zero if they fit now. More than the whole
    /// limit fits when nothing else is in the window: what the service does with it nobody tells.
    #[must_use]
    pub fn wait(&self, limit: Rate, asked: u64, now_ms: i64) -> Duration {
        let (span, asked) = (span_ms(limit.seconds), asked.min(limit.amount));
        let mut used = self.used(limit.seconds, now_ms);
        let fits = |used: u64| used.saturating_add(asked) <= limit.amount;
        if fits(used) {
            return Duration::ZERO;
        }
        // The oldest leaves first.
        for of in self.uses.iter().filter(|of| within(of.at_ms, span, now_ms)) {
            used = used.saturating_sub(of.amount);
            if fits(used) {
                let left = of.at_ms.saturating_add(span).saturating_sub(now_ms);
                return Duration::from_millis(u64::try_from(left).unwrap_or(0));
            }
        }
        Duration::ZERO
    }

    /// What was used in each of the last `count` spans of so many seconds, oldest first; the last
    /// one ends now. What lies ahead of now is in the last one.
    #[must_use]
    pub fn slots(&self, count: usize, seconds: u64, now_ms: i64) -> Vec<u64> {
        let span = span_ms(seconds).max(1);
        let mut slots = vec![0_u64; count];
        for of in &self.uses {
            let age = now_ms.saturating_sub(of.at_ms);
            let back = if age > -span { usize::try_from(age.max(0) / span).ok() } else { None };
            let slot = back.and_then(|back| count.checked_sub(back + 1));
            if let Some(slot) = slot.and_then(|at| slots.get_mut(at)) {
                *slot = slot.saturating_add(of.amount);
            }
        }
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_800_000_000_000;

    /// Said once more, without any order.
    fn naive(uses: &[(i64, u64)], seconds: i64, now: i64) -> u64 {
        let mut sum = 0;
        for (at, amount) in uses {
            let age = now - at;
            if age < seconds * 1000 && age > -seconds * 1000 {
                sum += amount;
            }
        }
        sum
    }

    fn window(uses: &[(i64, u64)]) -> Window {
        let mut window = Window::default();
        for (at, amount) in uses {
            window.add(*at, *amount);
        }
        window
    }

    fn uses() -> impl Strategy<Value = Vec<(i64, u64)>> {
        // Two minutes back and half a minute ahead, in steps that meet the edges.
        prop::collection::vec((-240_i64..60, 0_u64..50), 0..40)
            .prop_map(|all| all.into_iter().map(|(at, n)| (NOW + at * 500, n)).collect())
    }

    proptest! {
        #[test]
        fn it_counts_as_a_naive_recount_does(
            uses in uses(), seconds in 1_u64..70, jump in prop_oneof![
                Just(0_i64), -7_200_000_i64..7_200_000]
        ) {
            let now = NOW + jump;
            let all = window(&uses);
            prop_assert_eq!(all.used(seconds, now), naive(&uses, seconds as i64, now));
            let of = Window::of(uses.iter().map(|(at_ms, amount)| Use { at_ms: *at_ms, amount: *amount }));
            prop_assert_eq!(of.used(seconds, now), all.used(seconds, now));
        }

        #[test]
        fn after_the_wait_it_fits_and_not_before(
            uses in uses(), seconds in 30_u64..70, amount in 1_u64..400, asked in 0_u64..500
        ) {
            let all = window(&uses);
            let limit = Rate { amount, seconds };
            let wait = all.wait(limit, asked, NOW).as_millis() as i64;
            let fits = |now| naive(&uses, seconds as i64, now) + asked.min(amount) <= amount;
            prop_assert!(wait <= 2 * seconds as i64 * 1000);
            prop_assert!(fits(NOW + wait), "not after {} ms", wait);
            for earlier in (0..wait).step_by(500) {
                prop_assert!(!fits(NOW + earlier), "{} ms before {} ms", earlier, wait);
            }
        }

        #[test]
        fn a_jump_of_the_clock_blocks_for_two_windows_at_most(
            uses in uses(), jump in -86_400_000_i64..86_400_000, asked in 0_u64..500
        ) {
            let limit = Rate { amount: 100, seconds: 60 };
            let wait = window(&uses).wait(limit, asked, NOW + jump);
            prop_assert!(wait <= Duration::from_secs(120), "{:?}", wait);
        }

        #[test]
        fn slots_hold_what_the_whole_span_holds(uses in uses(), count in 1_usize..20) {
            let slots = window(&uses).slots(count, 10, NOW);
            let mut naive = vec![0; count];
            for (at, amount) in &uses {
                let back = if *at > NOW { 0 } else { (NOW - at) / 10_000 };
                if *at < NOW + 10_000 && back < count as i64 {
                    naive[count - 1 - back as usize] += amount;
                }
            }
            prop_assert_eq!(slots, naive);
        }
    }

    #[test]
    fn the_oldest_uses_make_room() {
        let limit = Rate { amount: 3, seconds: 60 };
        let all = window(&[(NOW - 53_000, 1), (NOW - 20_000, 1), (NOW - 1_000, 1)]);
        assert_eq!(all.wait(limit, 1, NOW), Duration::from_secs(7));
        assert_eq!(all.wait(limit, 2, NOW), Duration::from_secs(40));
        assert_eq!(all.wait(limit, 9, NOW), Duration::from_secs(59), "when nothing is left");
        assert_eq!(all.wait(Rate { amount: 4, seconds: 60 }, 1, NOW), Duration::ZERO);
        assert_eq!(Window::default().wait(limit, 9, NOW), Duration::ZERO);
    }

    #[test]
    fn huge_figures_do_not_overflow() {
        let all = window(&[(i64::MAX, u64::MAX), (i64::MIN, u64::MAX), (NOW, u64::MAX), (NOW, 9)]);
        assert_eq!(all.used(60, NOW), u64::MAX);
        assert!(all.wait(Rate { amount: 1, seconds: u64::MAX }, 1, NOW) > Duration::ZERO);
        assert_eq!(all.slots(3, u64::MAX, NOW)[2], u64::MAX);
    }
}
