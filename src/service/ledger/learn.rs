//! Limits that refusals taught: what stood in the window of a model when the service refused more,
//! counted over all programs of this machine. It refuses the arithmetic (`domain::meters::learned`)
//! and to begin or end a transaction.

use rusqlite::params;

use super::question::Refused;
use crate::domain::ids::EntryId;
use crate::domain::meters::count::{Learned, LimitKind};
use crate::domain::meters::learned::{Stood, lesson};
use crate::domain::models::ModelId;
use crate::service::store::Change;

/// The window of limits by the minute, in milliseconds.
const MINUTE: i64 = 60_000;
/// The slice of it that is limited too.
const SECOND: i64 = 1_000;

/// Keeps what a refusal teaches, if anything. `refused` is the entry of the request itself.
pub(super) fn learn(
    change: &Change<'_>,
    (profile, model): (&str, &ModelId),
    refused: Option<EntryId>,
    what: &Refused,
) -> rusqlite::Result<()> {
    let Some(kind) = LimitKind::of(what.throttle) else { return Ok(()) };
    let (stood, documented) = match kind {
        LimitKind::Requests => (stood(change, profile, model, refused, "count(*)")?, what.rpm),
        LimitKind::Tokens => {
            let tokens = "coalesce(sum(coalesce(input, 0) + coalesce(output, 0)), 0)";
            (stood(change, profile, model, refused, tokens)?, what.tpm)
        }
        LimitKind::Running => (running(change, profile, model, refused)?, what.running),
        // No refusal names it.
        LimitKind::DayTokens => return Ok(()),
    };
    let Some(amount) = lesson(kind, stood, documented) else { return Ok(()) };
    change
        .db
        .prepare_cached(
            "INSERT INTO learned (profile, model, kind, amount, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET amount = excluded.amount, at_ms = excluded.at_ms",
        )?
        .execute(params![
            profile,
            model.as_str(),
            kind.name(),
            i64::try_from(amount).unwrap_or(i64::MAX),
            change.now_ms
        ])?;
    Ok(())
}

/// What of ours was let through in the last minute and the last second.
fn stood(
    change: &Change<'_>,
    profile: &str,
    model: &ModelId,
    but: Option<EntryId>,
    sum: &str,
) -> rusqlite::Result<Stood> {
    let mut row = change.db.prepare_cached(&format!(
        "SELECT {sum} FROM ledger WHERE profile = ?1 AND model = ?2 AND at_ms > ?3 AND at_ms <= ?4
         AND id IS NOT ?5 AND coalesce(outcome, 'done') NOT IN ('refused', 'unsent')"
    ))?;
    let mut within = |span: i64| -> rusqlite::Result<u64> {
        let since = change.now_ms - span;
        let but = but.map(|id| id.0);
        let found: i64 = row
            .query_row(params![profile, model.as_str(), since, change.now_ms, but], |row| {
                row.get(0)
            })?;
        Ok(u64::try_from(found).unwrap_or(0))
    };
    Ok(Stood { window: within(MINUTE)?, second: within(SECOND)? })
}

/// Tasks of a model that run, as far as this machine knows.
fn running(
    change: &Change<'_>,
    profile: &str,
    model: &ModelId,
    but: Option<EntryId>,
) -> rusqlite::Result<Stood> {
    let found: i64 = change
        .db
        .prepare_cached(
            "SELECT count(*) FROM tasks WHERE profile = ?1 AND model = ?2 AND stage = 'following'
             AND entry IS NOT ?3",
        )?
        .query_row(params![profile, model.as_str(), but.map(|id| id.0)], |row| row.get(0))?;
    Ok(Stood { window: u64::try_from(found).unwrap_or(0), second: 0 })
}

/// All lessons of a profile, whether they have faded or not.
pub(super) fn all(change: &Change<'_>, profile: &str) -> rusqlite::Result<Vec<Learned>> {
    let mut rows = change
        .db
        .prepare_cached("SELECT model, kind, amount, at_ms FROM learned WHERE profile = ?1")?;
    let found = rows.query_map([profile], |row| {
        let word: String = row.get(1)?;
        let kind = LimitKind::ALL.into_iter().find(|kind| kind.name() == word);
        let model = ModelId::new(&row.get::<_, String>(0)?);
        let amount = u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0);
        let at_ms = row.get(3)?;
        Ok(kind.map(|kind| Learned { model, profile: profile.to_owned(), kind, amount, at_ms }))
    })?;
    // A word of a newer program is passed over.
    Ok(found.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}
