//! The clock of the workbench: reads the time once per step and hands it on as a value. It
//! refuses timers.
#![expect(clippy::disallowed_methods, reason = "the room that reads the clock for the state")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::time::Now;
use crate::service::tasks::setup::Clocks;

/// How often the offset of local time is read anew, for the day it changes.
const ZONE_EVERY: Duration = Duration::from_secs(600);

/// Reads the time.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    zone: Option<(Duration, i32)>,
}

/// Milliseconds since 1970 (UTC).
pub(super) fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Now, for whoever names files by it; `since_start` means nothing there.
pub(super) fn now() -> Now {
    let utc_offset_min = jiff::Zoned::now().offset().seconds() / 60;
    Now { since_start: Duration::ZERO, wall_ms: wall_ms(), utc_offset_min }
}

/// The clocks that services are given.
pub(super) const CLOCKS: Clocks = Clocks { wall_ms, now };

impl Clock {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), zone: None }
    }

    /// The instant of a moment, for timers.
    pub(super) fn instant(&self, since_start: Duration) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.start + since_start)
    }

    /// Now.
    pub(super) fn now(&mut self) -> Now {
        let since_start = self.start.elapsed();
        let utc_offset_min = match self.zone {
            Some((read, offset)) if since_start.saturating_sub(read) < ZONE_EVERY => offset,
            _ => {
                let offset = jiff::Zoned::now().offset().seconds() / 60;
                self.zone = Some((since_start, offset));
                offset
            }
        };
        Now { since_start, wall_ms: wall_ms(), utc_offset_min }
    }
}
