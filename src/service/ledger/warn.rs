//! Remembers which limits were told to be near, so that each is told once: again only after its
//! use has fallen to less than half, as it does when a new day begins. It refuses sentences.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use rust_decimal::Decimal;

use crate::domain::ledger::{Cap, Caps, Reached, Verdict};

/// Limits that were told, by profile.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<HashSet<(String, Cap)>>);

impl Told {
    /// The limit to tell of, if it is near and was not told.
    pub(super) fn news(&self, profile: &str, caps: &Caps, verdict: &Verdict) -> Option<Reached> {
        let Verdict::Granted { standing, near } = verdict else { return None };
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|(whose, cap)| {
            let limit = match cap {
                Cap::Session => caps.session,
                Cap::Day => caps.day,
                Cap::Month => caps.month,
            };
            let used = standing.of(*cap).saturating_mul(Decimal::TWO);
            whose != profile || limit.is_none_or(|limit| used >= limit)
        });
        near.filter(|near| told.insert((profile.to_owned(), near.cap)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::Standing;

    #[test]
    fn a_limit_is_told_once_until_its_use_has_fallen() {
        let caps = Caps { day: Some(Decimal::TEN), ..Caps::default() };
        let told = Told::default();
        let at = |day: i64| {
            let standing = Standing { day: day.into(), ..Standing::default() };
            let near = caps.near(&standing);
            told.news("p", &caps, &Verdict::Granted { standing, near }).map(|near| near.cap)
        };
        assert_eq!(at(7), None);
        assert_eq!(at(8), Some(Cap::Day));
        assert_eq!(at(9), None);
        assert_eq!(at(7), None, "what was reserved came to less");
        assert_eq!(at(9), None);
        assert_eq!(at(0), None, "a new day");
        assert_eq!(at(8), Some(Cap::Day));
    }
}
