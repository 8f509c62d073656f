//! A moment, as it is handed to everything that decides. It refuses to read a clock.

use std::time::Duration;

/// Now: once for measuring, once for telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Since the program started; never goes backwards.
    pub since_start: Duration,
    /// Wall clock in milliseconds since 1970 (UTC); may jump.
    pub wall_ms: i64,
    /// Minutes that local time is ahead of UTC.
    pub utc_offset_min: i32,
}

impl Now {
    /// Local hours and minutes of a moment given in milliseconds since 1970 (UTC).
    #[must_use]
    pub fn clock(self, ms: i64) -> (u8, u8) {
        let minutes = ms.div_euclid(60_000) + i64::from(self.utc_offset_min);
        let of_day = minutes.rem_euclid(24 * 60);
        ((of_day / 60) as u8, (of_day % 60) as u8)
    }
}

impl Now {
    /// Local year, month and day of a moment given in milliseconds since 1970 (UTC).
    #[must_use]
    pub fn date(self, ms: i64) -> (i64, u8, u8) {
        let minutes = ms.div_euclid(60_000) + i64::from(self.utc_offset_min);
        // Days since 0000-03-01: then a leap day is the last of its year.
        let days = minutes.div_euclid(24 * 60) + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        (year + era * 400 + later, month as u8, day as u8)
    }
}

/// Hours that Beijing is ahead of UTC; it knows no summer time.
const BEIJING: i8 = 8;

/// A moment written in Beijing local time without a zone, `2026-11-22 18:00:00.125`, in
/// milliseconds since 1970 (UTC). One with a zone (`2026-11-22T10:00:00Z`) is that moment.
#[must_use]
pub fn from_beijing(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(moment.as_millisecond());
    }
    let local: jiff::civil::DateTime = text.parse().ok()?;
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(BEIJING));
    Some(local.to_zoned(zone).ok()?.timestamp().as_millisecond())
}

/// A moment in milliseconds since 1970 (UTC) as fourteen digits of Beijing local time,
/// `20261122180000`: how lists of tasks are asked for a time.
#[must_use]
pub fn to_beijing_digits(ms: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(ms).ok()?;
    let local = jiff::tz::offset(BEIJING).to_datetime(moment);
    let (date, time) = (local.date(), local.time());
    Some(format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_knows_leap_years_and_the_offset() {
        let utc = Now::default();
        let day = 24 * 3_600_000;
        for (days, date) in [
            (0, (1970, 1, 1)),
            (-1, (1969, 12, 31)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (20_779, (2026, 11, 22)),
        ] {
            assert_eq!(utc.date(days * day), date);
            assert_eq!(utc.date(days * day + day - 1), date);
        }
        let beijing = Now { utc_offset_min: 480, ..Now::default() };
        assert_eq!(beijing.date(17 * 3_600_000), (1970, 1, 2));
    }

    #[test]
    fn the_clock_knows_the_offset() {
        let beijing = Now { utc_offset_min: 480, ..Now::default() };
        assert_eq!(beijing.clock(0), (8, 0));
        let west = Now { utc_offset_min: -300, ..Now::default() };
        assert_eq!(west.clock(60_000), (19, 1));
    }

    #[test]
    fn beijing_is_eight_hours_ahead() {
        // 2026-11-22 10:00:00.125 UTC.
        let ms = 20_779 * 86_400_000 + 36_000_125;
        assert_eq!(from_beijing("2026-11-22 18:00:00.125"), Some(ms));
        assert_eq!(from_beijing(" 2026-11-22 18:00:00 "), Some(ms - 125));
        assert_eq!(from_beijing("2026-11-22T10:00:00.125Z"), Some(ms));
        assert_eq!(from_beijing("2026-11-22T12:00:00.125+02:00"), Some(ms));
        for bad in ["", "yesterday", "2026-13-01 00:00:00", "18:00:00", "99999999999999999999"] {
            assert_eq!(from_beijing(bad), None, "{bad}");
        }
        assert_eq!(to_beijing_digits(ms).as_deref(), Some("20261122180000"));
        assert_eq!(to_beijing_digits(0).as_deref(), Some("19700101080000"));
        assert_eq!(to_beijing_digits(i64::MAX), None);
    }
}
