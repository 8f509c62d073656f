//! When to paint: keys at once, what streams in at most thirty times a second, the first frame
//! after quiet at once. It refuses to paint and to read a clock.

use std::time::Duration;

/// Shortest time between two frames that nobody typed for: more frames cost more than they show,
/// about ninety bytes of SSH and TCP around each.
const STREAM: Duration = Duration::from_millis(33);

/// Decides when the next frame is due.
#[derive(Debug, Default)]
pub(super) struct FrameClock {
    wanted: Option<Duration>,
    last: Option<Duration>,
}

impl FrameClock {
    /// Something typed changed: the next frame is due now.
    pub(super) fn at_once(&mut self, now: Duration) {
        self.wanted = Some(now);
    }

    /// Something that came by itself changed.
    pub(super) fn soon(&mut self, now: Duration) {
        let at = self.last.map_or(now, |last| now.max(last + STREAM));
        self.wanted = Some(self.wanted.map_or(at, |wanted| wanted.min(at)));
    }

    /// When the next frame is due; `None` while nothing changed.
    pub(super) fn due(&self) -> Option<Duration> {
        self.wanted
    }

    /// A frame was painted.
    pub(super) fn painted(&mut self, now: Duration) {
        self.wanted = None;
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn streams_are_capped_and_keys_are_not() {
        let mut clock = FrameClock::default();
        assert_eq!(clock.due(), None);
        clock.soon(ms(5));
        assert_eq!(clock.due(), Some(ms(5)), "the first frame after quiet comes at once");
        clock.painted(ms(5));
        clock.soon(ms(6));
        clock.soon(ms(20));
        assert_eq!(clock.due(), Some(ms(38)));
        clock.at_once(ms(21));
        assert_eq!(clock.due(), Some(ms(21)));
        clock.painted(ms(21));
        assert_eq!(clock.due(), None);
        clock.soon(ms(100));
        assert_eq!(clock.due(), Some(ms(100)));
    }
}
