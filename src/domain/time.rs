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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_knows_the_offset() {
        let beijing = Now { utc_offset_min: 480, ..Now::default() };
        assert_eq!(beijing.clock(0), (8, 0));
        let west = Now { utc_offset_min: -300, ..Now::default() };
        assert_eq!(west.clock(60_000), (19, 1));
    }
}
