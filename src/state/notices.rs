//! What the user is being told just now, and what was told before. Information goes by itself,
//! warnings and errors stay until they are dismissed or something new is said; all of it can be
//! read again. It refuses sentences (`words`) but for the text that is copied for support.

use std::collections::VecDeque;
use std::time::Duration;

use super::chat::Entry;
use super::focus::Overlay;
use super::picker::Picker;
use super::{AppState, Effects};
use crate::action::Notices as NoticesAction;
use crate::domain::copy::Copied;
use crate::domain::models::ModelId;
use crate::domain::notice::{Level, Notice, NoticeKind, OwnFigures};
use crate::domain::settings::Language;
use crate::domain::time::Now;
use crate::text::{export, secrets};
use crate::words::quota;
use crate::words::support::{self, Incident};

/// How long information stays.
const INFO: Duration = Duration::from_secs(6);
/// Within this time a second Ctrl+C quits.
pub const QUIT_WINDOW: Duration = Duration::from_secs(2);
/// Notices that are kept.
const KEPT: usize = 200;

/// A notice that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// What.
    pub notice: Notice,
    /// When it was told last, milliseconds since 1970 (UTC).
    pub wall_ms: i64,
    /// The model it is about, if it is about an answer.
    pub model: Option<ModelId>,
    /// How often in a row.
    pub times: u32,
}

/// The notice that is shown, if any, and those before.
#[derive(Debug, Default)]
pub struct Notices {
    shown: Option<Notice>,
    until: Option<Duration>,
    heard: VecDeque<Heard>,
}

impl Notices {
    /// What to show.
    #[must_use]
    pub fn shown(&self) -> Option<&Notice> {
        self.shown.as_ref()
    }

    /// What was told, the oldest first.
    #[must_use]
    pub fn heard(&self) -> impl DoubleEndedIterator<Item = &Heard> {
        self.heard.iter()
    }

    /// Tells something; information never covers an error.
    pub fn tell(&mut self, notice: Notice, now: Now) {
        let level = notice.kind.level();
        let covered = self.shown.as_ref().map_or(Level::Info, |shown| shown.kind.level());
        let urgent = matches!(notice.kind, NoticeKind::QuitAgain { .. });
        if !urgent {
            self.note(notice.clone(), None, now);
        }
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

    /// Keeps something that is told elsewhere on the screen, to be read again.
    pub fn note(&mut self, notice: Notice, model: Option<ModelId>, now: Now) {
        let same = |heard: &&mut Heard| heard.notice == notice && heard.model == model;
        if let Some(heard) = self.heard.back_mut().filter(same) {
            heard.times += 1;
            heard.wall_ms = now.wall_ms;
            return;
        }
        if self.heard.len() == KEPT {
            self.heard.pop_front();
        }
        self.heard.push_back(Heard { notice, wall_ms: now.wall_ms, model, times: 1 });
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

/// The list of what was told while it is open: as it was when it was opened, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The mark; nothing is typed here.
    pub picker: Picker,
    /// The rows.
    pub rows: Vec<Heard>,
    /// The marked one has most of the room.
    pub whole: bool,
}

impl History {
    fn new(rows: Vec<Heard>) -> Self {
        Self { picker: Picker::of(rows.len()), rows, whole: false }
    }

    /// The marked one.
    #[must_use]
    pub fn marked(&self) -> Option<&Heard> {
        self.rows.get(self.picker.marked())
    }
}

/// Everything that support asks for, and for a limit the text that asks for more; without what
/// looks like a key.
fn for_support(
    language: Language,
    heard: &Heard,
    figures: OwnFigures,
    utc_offset_min: i32,
) -> String {
    let time = export::iso(heard.wall_ms, utc_offset_min);
    let model = heard.model.as_ref().map(ModelId::as_str);
    let notice = &heard.notice;
    let version = env!("CARGO_PKG_VERSION");
    let mut text = support::text(language, &Incident { notice, model, time: &time, version });
    if let (NoticeKind::Throttled { kind, .. }, Some(model)) = (&notice.kind, model)
        && kind.can_be_raised()
    {
        let exchange = notice.exchange.as_deref();
        let region = exchange.and_then(|exchange| exchange.region.as_deref());
        let workspace = exchange.and_then(|exchange| exchange.workspace.as_deref());
        let more = quota::Request { kind: *kind, model, region, workspace, figures };
        text = format!("{text}\n\n{}", quota::text(&more));
    }
    secrets::hide(&text).0.into_owned()
}

impl AppState {
    pub(super) fn on_notices(&mut self, action: NoticesAction, now: Now) -> Effects {
        match action {
            NoticesAction::Open => {
                let open = matches!(self.focus.overlay, Some(Overlay::Notices(_)));
                let history = || {
                    let rows = self.notices.heard().rev().cloned().collect();
                    Overlay::Notices(History::new(rows))
                };
                self.focus.overlay = (!open).then(history);
                Vec::new()
            }
            NoticesAction::Copy => {
                let heard = match &self.focus.overlay {
                    Some(Overlay::Notices(history)) => history.marked().cloned(),
                    Some(_) | None => self.worth_copying(),
                };
                let text = heard.map(|heard| {
                    let figures = self.own_figures(heard.model.as_ref());
                    for_support(self.settings.language, &heard, figures, now.utc_offset_min)
                });
                self.copy(Copied::Notice, text.unwrap_or_default(), now)
            }
        }
    }

    /// What the conversation that is shown and the catalog tell of a model's use.
    fn own_figures(&self, model: Option<&ModelId>) -> OwnFigures {
        let Some(model) = model else { return OwnFigures::default() };
        let facts = || self.conversations.shown().entries().iter().filter_map(Entry::facts);
        let of_model = || facts().filter(|facts| facts.model.as_ref() == Some(model));
        let usage = || of_model().filter_map(|facts| facts.usage);
        let limit = self.catalog.get().limits(self.settings.figures, model).map(|limit| limit.row);
        OwnFigures {
            prompt_tokens: OwnFigures::typical(usage().map(|usage| usage.input)),
            answer_tokens: OwnFigures::typical(usage().map(|usage| usage.output)),
            limit_rpm: limit.as_ref().and_then(|limit| limit.rpm),
            limit_tpm: limit.as_ref().and_then(|limit| limit.tpm),
            limit_tasks: limit.and_then(|limit| limit.running).map(u64::from),
            ..OwnFigures::default()
        }
    }

    /// The notice that is shown, or the last one; news of a copy would only copy themselves.
    fn worth_copying(&self) -> Option<Heard> {
        let shown = self.notices.shown();
        let mut heard = self.notices.heard().rev();
        let of_copy = |heard: &&Heard| matches!(heard.notice.kind, NoticeKind::Copy(_));
        let newest = self.notices.heard().rev().find(|heard| !of_copy(heard));
        heard.find(|heard| Some(&heard.notice) == shown && !of_copy(heard)).or(newest).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::notice::Throttle;

    fn at(ms: i64) -> Now {
        Now { wall_ms: ms, ..Now::default() }
    }

    #[test]
    fn so_many_are_kept_and_repeats_are_counted() {
        let mut notices = Notices::default();
        for i in 0..300 {
            notices.tell(Notice::new(NoticeKind::ServerFailed { status: i }), at(i64::from(i)));
        }
        assert_eq!(notices.heard().count(), KEPT);
        notices.tell(Notice::new(NoticeKind::ServerFailed { status: 299 }), at(1_000));
        let last = notices.heard().next_back().unwrap();
        assert_eq!((last.times, last.wall_ms), (2, 1_000));
        assert_eq!(notices.heard().count(), KEPT);
    }

    #[test]
    fn what_is_covered_is_kept_and_a_question_is_not() {
        let mut notices = Notices::default();
        notices.tell(Notice::new(NoticeKind::StoreFailed), at(0));
        notices.tell(Notice::new(NoticeKind::NothingThere), at(1));
        notices.tell(Notice::new(NoticeKind::QuitAgain { answering: false }), at(2));
        let kinds: Vec<_> = notices.heard().map(|heard| heard.notice.kind.clone()).collect();
        assert_eq!(kinds, [NoticeKind::StoreFailed, NoticeKind::NothingThere]);
    }

    #[test]
    fn support_gets_everything_but_the_key() {
        let notice = Notice::new(NoticeKind::ServerFailed { status: 500 })
            .with_detail("boom with sk-0123456789abcdef")
            .with_request_id(Some("req-7".into()));
        let model = Some(ModelId::new("qwen-plus"));
        let heard = Heard { notice, wall_ms: 0, model, times: 1 };
        let text = for_support(Language::En, &heard, OwnFigures::default(), 480);
        for part in ["HTTP 500", "Cause: boom with sk-***", "req-7", "qwen-plus", "T08:00:00+08:00"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("0123456789"));
    }

    #[test]
    fn a_limit_comes_with_the_text_that_asks_for_more() {
        let of = |kind, model: Option<&str>| {
            let notice = Notice::new(NoticeKind::Throttled { kind, tries: 4 });
            let heard = Heard { notice, wall_ms: 0, model: model.map(ModelId::new), times: 1 };
            for_support(Language::En, &heard, OwnFigures::default(), 0)
        };
        assert!(of(Throttle::Requests, Some("qwen-plus")).contains("Limit wanted: ____ RPM"));
        assert!(!of(Throttle::Requests, None).contains("Limit wanted"));
        assert!(!of(Throttle::Capacity, Some("qwen-plus")).contains("Limit wanted"));
    }
}
