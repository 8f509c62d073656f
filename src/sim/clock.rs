//! The simulator's clock: one moment in both shapes, monotonic for deciding and wall for showing.
//! It refuses to run faster; `--time-scale` makes durations shorter, never the stamps wrong.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::tz::{Offset, TimeZone};
use tokio::time::Instant;

/// Beijing keeps UTC+8 all year.
const BEIJING: Offset = jiff::tz::offset(8);

/// When the server started, on both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    started: Instant,
    /// Milliseconds since 1970.
    wall_ms: u64,
}

impl Clock {
    pub(super) fn start() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), wall_ms: whole_ms(since) }
    }

    /// Milliseconds since 1970 at `at`, which may be ahead.
    pub(super) fn wall_ms(&self, at: Instant) -> u64 {
        self.wall_ms.saturating_add(whole_ms(at.saturating_duration_since(self.started)))
    }

    /// Seconds since 1970 at `at`, rounded up: nothing has expired before its stamp says so.
    pub(super) fn wall_s(&self, at: Instant) -> u64 {
        self.wall_ms(at).div_ceil(1000)
    }

    /// As task replies write a moment: `2026-11-22 18:00:00.125`, local time of Beijing, no zone.
    pub(super) fn stamp(&self, at: Instant) -> String {
        format(self.wall_ms(at), "%Y-%m-%d %H:%M:%S%.3f")
    }

    /// The day in Beijing as paths have it: `20261122`.
    pub(super) fn day(&self, at: Instant) -> String {
        format(self.wall_ms(at), "%Y%m%d")
    }
}

fn whole_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn zone() -> TimeZone {
    TimeZone::fixed(BEIJING)
}

/// A moment in Beijing in jiff's pattern language.
fn format(ms: u64, pattern: &str) -> String {
    let moment = jiff::Timestamp::from_millisecond(i64::try_from(ms).unwrap_or(i64::MAX));
    let moment = moment.unwrap_or(jiff::Timestamp::MAX);
    moment.to_zoned(zone()).strftime(pattern).to_string()
}

/// Reads `YYYYMMDDhhmmss` in Beijing; milliseconds since 1970.
pub(super) fn read_compact(text: &str) -> Option<u64> {
    let local = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
    u64::try_from(local.to_zoned(zone()).ok()?.timestamp().as_millisecond()).ok()
}

/// A moment as HTTP headers and XML have it, always UTC; `ms` since 1970.
pub(super) fn http_date(ms: u64) -> String {
    let moment = jiff::Timestamp::from_millisecond(i64::try_from(ms).unwrap_or(i64::MAX));
    moment.unwrap_or(jiff::Timestamp::MAX).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A moment as policies and XML have it: `2026-11-22T10:00:00.000Z`; `ms` since 1970.
pub(super) fn iso_date(ms: u64) -> String {
    let moment = jiff::Timestamp::from_millisecond(i64::try_from(ms).unwrap_or(i64::MAX));
    moment.unwrap_or(jiff::Timestamp::MAX).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moment of the samples of the wire notes: 2026-11-22 18:00:00.125 in Beijing.
    const SAMPLE: u64 = 1_795_341_600_125;

    #[test]
    fn stamps_are_beijing_s_and_the_recorded_form() {
        let clock = Clock { started: Instant::now(), wall_ms: SAMPLE };
        assert_eq!(clock.stamp(clock.started), "2026-11-22 18:00:00.125");
        let later = clock.started + Duration::from_millis(151_779);
        assert_eq!(clock.stamp(later), "2026-11-22 18:02:31.904");
        assert_eq!((clock.wall_ms(later), clock.wall_s(later)), (1_795_341_751_904, 1_795_341_752));
        assert_eq!(clock.day(clock.started + Duration::from_secs(6 * 3600)), "20261123");
    }

    #[test]
    fn other_forms() {
        assert_eq!(read_compact("20261122180000"), Some(1_795_341_600_000));
        for wrong in ["", "2026", "20261322180000", "2026-11-22 18:00"] {
            assert_eq!(read_compact(wrong), None, "{wrong}");
        }
        assert_eq!(http_date(SAMPLE), "Sun, 22 Nov 2026 10:00:00 GMT");
        assert_eq!(iso_date(SAMPLE), "2026-11-22T10:00:00.125Z");
    }
}
