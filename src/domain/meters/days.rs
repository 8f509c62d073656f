//! The days and months of the bill, which begin at midnight in Beijing (UTC+8, no summer time),
//! wherever this machine is. It refuses to know what time it is.

/// Beijing is so far ahead of UTC, in milliseconds.
const AHEAD: i64 = 8 * 3_600_000;
const DAY: i64 = 24 * 3_600_000;

/// When the service's day of a moment began, in milliseconds since 1970 (UTC).
#[must_use]
pub fn day_begin(ms: i64) -> i64 {
    (ms + AHEAD).div_euclid(DAY) * DAY - AHEAD
}

/// When the service's next day begins, in milliseconds since 1970 (UTC).
#[must_use]
pub fn day_end(ms: i64) -> i64 {
    day_begin(ms) + DAY
}

/// When the service's month of a moment began, in milliseconds since 1970 (UTC).
#[must_use]
pub fn month_begin(ms: i64) -> i64 {
    let offset = jiff::tz::Offset::constant(8);
    let first = jiff::Timestamp::from_millisecond(ms)
        .ok()
        .map(|at| offset.to_datetime(at).date().first_of_month().at(0, 0, 0, 0))
        .and_then(|first| offset.to_timestamp(first).ok());
    // A moment outside of the calendar has only its day.
    first.map_or_else(|| day_begin(ms), jiff::Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn days_and_months_begin_in_beijing() {
        assert_eq!(day_begin(at("2026-11-28T15:59:59Z")), at("2026-11-27T16:00:00Z"));
        assert_eq!(day_begin(at("2026-11-28T16:00:00Z")), at("2026-11-28T16:00:00Z"));
        assert_eq!(day_end(at("2026-11-28T16:00:00Z")), at("2026-11-29T16:00:00Z"));
        assert_eq!(month_begin(at("2026-11-30T15:59:59Z")), at("2026-10-31T16:00:00Z"));
        assert_eq!(month_begin(at("2026-11-30T16:00:00Z")), at("2026-11-30T16:00:00Z"));
        assert_eq!(month_begin(i64::MAX / 2), day_begin(i64::MAX / 2));
    }
}
