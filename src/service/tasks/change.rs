//! Changes of one task in one transaction, with what they mean for the ledger: nobody sees half of
//! it, whichever process looks. It refuses a stage that may not follow.

use super::{line, rows};
use crate::domain::ids::TaskKey;
use crate::domain::ledger::Settlement;
use crate::domain::notice::Notice;
use crate::domain::tasks::book::TaskRecord;
use crate::service::ledger;
use crate::service::store::{Change, Desk};

/// What is to be written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next {
    /// Nothing.
    Nothing,
    /// The record as it is now.
    Save(Box<TaskRecord>),
    /// The record, and the end of its entry in the ledger.
    Settle(Box<TaskRecord>, Box<Settlement>),
    /// The record, back in the line and not to be sent before that time, in milliseconds since
    /// 1970 (UTC).
    Back(Box<TaskRecord>, i64),
}

/// Reads a task, lets `decide` say what comes next, writes it. `None` where nothing was written:
/// there is no such task, nothing changed, or the stage may not follow.
pub(super) async fn change(
    desk: &Desk,
    key: TaskKey,
    decide: impl FnOnce(&TaskRecord, u32) -> Next + Send + 'static,
) -> Result<Option<TaskRecord>, Notice> {
    desk.ask(move |change| {
        let Some(before) = rows::load(change, key)? else { return Ok(None) };
        let next = decide(&before, line::tries(change, key)?);
        write(change, &before, next)
    })
    .await
}

pub(super) fn write(
    change: &Change<'_>,
    before: &TaskRecord,
    next: Next,
) -> rusqlite::Result<Option<TaskRecord>> {
    let fits = |after: &TaskRecord| {
        let fits = before.stage == after.stage || before.stage.can_become(after.stage);
        if !fits {
            tracing::warn!(task = %before.key, from = ?before.stage, to = ?after.stage, "refused");
        }
        fits
    };
    match next {
        Next::Save(after) if fits(&after) => {
            rows::save(change, &after)?;
            Ok(Some(*after))
        }
        Next::Settle(after, settlement) if fits(&after) => {
            ledger::settle_in(change, &settlement)?;
            rows::save(change, &after)?;
            Ok(Some(*after))
        }
        Next::Back(after, not_before_ms) if fits(&after) => {
            line::back(change, &after, not_before_ms)?;
            Ok(Some(*after))
        }
        Next::Nothing | Next::Save(_) | Next::Settle(..) | Next::Back(..) => Ok(None),
    }
}
