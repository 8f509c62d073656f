//! What the user is being told just now. Information goes by itself, warnings and errors stay
//! until they are dismissed or something new is said. It refuses sentences (`words`).

use std::time::Duration;

use crate::domain::notice::{Level, Notice, NoticeKind};
use crate::domain::time::Now;

/// How long information stays.
const INFO: Duration = Duration::from_secs(6);
/// Within this time a second Ctrl+C quits.
pub const QUIT_WINDOW: Duration = Duration::from_secs(2);

/// The notice that is shown, if any.
#[derive(Debug, Default)]
pub struct Notices {
    shown: Option<Notice>,
    until: Option<Duration>,
}

impl Notices {
    /// What to show.
    #[must_use]
    pub fn shown(&self) -> Option<&Notice> {
        self.shown.as_ref()
    }

    /// Tells something; information never covers an error.
    pub fn tell(&mut self, notice: Notice, now: Now) {
        let level = notice.kind.level();
        let covered = self.shown.as_ref().map_or(Level::Info, |shown| shown.kind.level());
        let urgent = matches!(notice.kind, NoticeKind::QuitAgain { .. });
        if level < covered && !urgent {
            return;
        }
        self.until = match (level, &notice.kind) {
            (_, NoticeKind::QuitAgain { .. }) => Some(now.since_start + QUIT_WINDOW),
            (Level::Info, _) => Some(now.since_start + INFO),
            (Level::Warning | Level::Error, _) => None,
        };
        self.shown = Some(notice);
    }

    /// Takes away what is shown; tells whether there was something.
    pub fn dismiss(&mut self) -> bool {
        self.until = None;
        self.shown.take().is_some()
    }

    /// Takes away what is no longer true.
    pub fn dismiss_if(&mut self, over: impl Fn(&NoticeKind) -> bool) {
        if self.shown.as_ref().is_some_and(|notice| over(&notice.kind)) {
            self.dismiss();
        }
    }

    /// When something will go by itself.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.until
    }

    /// Lets go what has been shown long enough.
    pub fn on_time(&mut self, now: Now) {
        if self.until.is_some_and(|until| until <= now.since_start) {
            self.dismiss();
        }
    }
}
