//! A day without a time, as dated rows name it. It refuses to know which day is today.

use std::fmt;

/// Days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    /// The local day of a moment.
    #[must_use]
    pub fn of(now: super::time::Now) -> Self {
        let minutes = now.wall_ms.div_euclid(60_000) + i64::from(now.utc_offset_min);
        Self(minutes.div_euclid(24 * 60))
    }

    /// Reads `2026-07-13`, or `2026-07` as its first day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-').map(|part| part.parse::<i8>().ok().ok_or(part));
        let year: i16 = match parts.next()? {
            Ok(year) => year.into(),
            Err(text) => text.parse().ok()?,
        };
        let month = parts.next()?.ok()?;
        let day = parts.next().map_or(Some(1), Result::ok)?;
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        let since = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1))).ok()?;
        Some(Self(since.get_days().into()))
    }

    /// How many days it is from `self` until `other`; negative if that was earlier.
    #[must_use]
    pub const fn until(self, other: Self) -> i64 {
        other.0 - self.0
    }
}

impl fmt::Display for Day {
    /// As `2026-07-13`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wall_ms = self.0.saturating_mul(24 * 3_600_000);
        let (year, month, day) = super::time::Now::default().date(wall_ms);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Now;

    #[test]
    fn days_are_read_and_counted() {
        assert_eq!(Day::parse("1970-01-01"), Some(Day(0)));
        assert_eq!(Day::parse("1970-02"), Some(Day(31)));
        assert_eq!(Day::parse("2026-07").unwrap().to_string(), "2026-07-01");
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(day("2026-05-14").until(day("2026-07-13")), 60);
        assert_eq!(day("2028-02-28").until(day("2028-03-01")), 2);
        for bad in ["", "2026", "2026-13", "2026-02-30", "x-y-z", "2026-07-13-1", "二〇二六-01"]
        {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn today_is_the_local_day() {
        let ms = 23 * 3_600_000;
        assert_eq!(Day::of(Now { wall_ms: ms, ..Now::default() }), Day(0));
        assert_eq!(Day::of(Now { wall_ms: ms, utc_offset_min: 480, ..Now::default() }), Day(1));
    }
}
