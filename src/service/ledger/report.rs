//! What is told of the ledger as a whole: to the meters at their start and after each change, and
//! to `lian usage`, which reads a store without opening it for writing. It refuses SQL; `read` and
//! `sums` have it.

use std::path::Path;

use rusqlite::Connection;

pub use super::sums::Line;
use super::{learn, read, sums};
use crate::domain::meters::count::{By, Entry, Habit, Learned, MetersEvent, Span};
use crate::domain::money::Money;
use crate::domain::notice::Notice;
use crate::service::store::{self, Change, Look};

/// Requests of the last hour are told at the start, in milliseconds.
const HOUR: i64 = 3_600_000;

/// What the meters are told.
#[derive(Debug)]
pub(in crate::service) struct News {
    /// The newest change in it.
    pub(in crate::service) revision: i64,
    /// Requests that are new or have changed.
    pub(in crate::service) entries: Vec<Entry>,
    /// [`MetersEvent::Today`].
    pub(in crate::service) today: MetersEvent,
    /// How models have done, where an answer has ended.
    pub(in crate::service) habits: Option<Vec<Habit>>,
    /// Limits that were learnt, faded ones too.
    pub(in crate::service) learned: Vec<Learned>,
}

/// What there is at the start.
pub(in crate::service) fn opening(change: &Change<'_>, profile: &str) -> rusqlite::Result<News> {
    let entries = read::recent(change.db, change.me, change.now_ms.saturating_sub(HOUR))?;
    let habits = Some(read::habits(change.db, change.now_ms)?);
    news(change, profile, entries, habits)
}

/// What has changed since a change.
pub(in crate::service) fn since(
    change: &Change<'_>,
    profile: &str,
    revision: i64,
) -> rusqlite::Result<News> {
    use crate::domain::ledger::{Outcome, Spending};

    let entries = read::changed(change.db, change.me, revision)?;
    let answered =
        |entry: &Entry| entry.spending == Spending::Chat && entry.outcome == Some(Outcome::Done);
    let habits = entries.iter().any(answered);
    let habits = habits.then(|| read::habits(change.db, change.now_ms)).transpose()?;
    news(change, profile, entries, habits)
}

fn news(
    change: &Change<'_>,
    profile: &str,
    entries: Vec<Entry>,
    habits: Option<Vec<Habit>>,
) -> rusqlite::Result<News> {
    let table = |span| {
        let first = sums::first_day(span, change.now_ms);
        sums::table(change.db, By::Model, first, Some(profile))
    };
    let (today, month) = (table(Span::Today)?, table(Span::Month)?);
    let today = MetersEvent::Today {
        day: sums::total(&today),
        month: sums::total(&month),
        session: read::session(change.db, change.me, profile)?,
        models: today.into_iter().map(|line| line.sum).collect(),
    };
    let learned = learn::all(change, profile)?;
    let revision = read::revision(change.db)?;
    Ok(News { revision, entries, today, habits, learned })
}

/// A table of one profile's use.
pub(in crate::service) fn table(
    change: &Change<'_>,
    profile: &str,
    by: By,
    span: Span,
) -> rusqlite::Result<MetersEvent> {
    // A table by profile is about all of them.
    let whose = (by != By::Profile).then_some(profile);
    let lines = sums::table(change.db, by, sums::first_day(span, change.now_ms), whose)?;
    Ok(MetersEvent::Table { by, span, rows: lines.into_iter().map(|line| line.sum).collect() })
}

/// What was kept under a name, and when, in milliseconds since 1970.
pub(in crate::service) fn kept(
    change: &Change<'_>,
    name: &str,
) -> rusqlite::Result<Option<(i64, String)>> {
    read::kept(change.db, name)
}

/// Keeps a text under a name.
pub(in crate::service) fn keep(
    change: &Change<'_>,
    name: &str,
    value: &str,
) -> rusqlite::Result<()> {
    change
        .db
        .prepare_cached(
            "INSERT INTO kept (name, at_ms, value) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, value = excluded.value",
        )?
        .execute(rusqlite::params![name, change.now_ms, value])?;
    Ok(())
}

/// A ledger that is only read.
#[derive(Debug)]
pub struct Report {
    db: Option<Connection>,
}

impl Report {
    /// Opens what is there. A directory without a store is an empty ledger; one of an older program
    /// is none that can be read before it was opened for writing once: `None`.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(dir: &Path) -> Result<Option<Self>, Notice> {
        Ok(match store::look(dir)? {
            Look::Nothing => Some(Self { db: None }),
            Look::Older => None,
            Look::Store(db) => Some(Self { db: Some(db) }),
        })
    }

    /// A table, of one profile or of all.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn table(
        &self,
        by: By,
        span: Span,
        profile: Option<&str>,
        now_ms: i64,
    ) -> Result<Vec<Line>, Notice> {
        let Some(db) = &self.db else { return Ok(Vec::new()) };
        sums::table(db, by, sums::first_day(span, now_ms), profile).map_err(|error| unread(&error))
    }

    /// When a model was asked first, in milliseconds since 1970, a row a model.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn first_asked(&self, profile: &str) -> Result<Vec<(String, i64)>, Notice> {
        let Some(db) = &self.db else { return Ok(Vec::new()) };
        read::first_asked(db, profile).map_err(|error| unread(&error))
    }
}

/// What all lines cost together, an amount a currency.
#[must_use]
pub fn total(lines: &[Line]) -> Vec<Money> {
    sums::total(lines)
}

fn unread(error: &rusqlite::Error) -> Notice {
    use crate::domain::notice::NoticeKind;

    Notice::new(NoticeKind::StoreFailed).with_detail(error.to_string())
}
