//! The line of tasks that wait to be sent: who is next, and whether the limits of its model let it
//! go. Taking one is one transaction, so that of several processes only one sends it, and what is
//! taken is on disk before a byte of it leaves. It refuses to send.

use rusqlite::{OptionalExtension as _, params};

use super::rows;
use crate::domain::ids::TaskKey;
use crate::domain::models::ModelId;
use crate::domain::tasks::book::{Stage, TaskRecord};
use crate::service::store::Change;

/// How many tasks of a model may be sent and run (wire video.md: 5 a second and 5 running for
/// `wan2.5`, 2 and 2 for older ones).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Width {
    /// Requests in a second.
    pub(super) a_second: u32,
    /// Tasks that run at once; more wait at the service, for nothing.
    pub(super) running: u32,
}

/// What there is to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// This one; it is marked as being sent.
    Send(Box<TaskRecord>),
    /// Somebody waits for the limits or for a time the service named: look again then, in
    /// milliseconds since 1970 (UTC).
    Later(i64),
    /// Somebody waits until a running task ends.
    Full,
    /// Nobody waits.
    Empty,
}

/// Takes the first task of the line that may go. Models whose limits are reached let those of
/// other models pass.
pub(super) fn take(
    change: &Change<'_>,
    profile: &str,
    width: &dyn Fn(&ModelId) -> Width,
) -> rusqlite::Result<Next> {
    let mut line = change.db.prepare_cached(
        "SELECT key, model, not_before_ms FROM tasks
         WHERE stage = ?1 AND profile = ?2 AND hidden = 0 ORDER BY position, key",
    )?;
    let waiting = line
        .query_map(params![Stage::Waiting.name(), profile], |row| {
            Ok((TaskKey(row.get(0)?), row.get::<_, String>(1)?, row.get::<_, Option<i64>>(2)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut answer = Next::Empty;
    let mut looked_at: Vec<(ModelId, Option<Next>)> = Vec::new();
    for (key, model, not_before) in waiting {
        if let Some(at) = not_before.filter(|at| *at > change.now_ms) {
            answer = sooner(answer, Next::Later(at));
            continue;
        }
        let model = ModelId::new(&model);
        let known = looked_at.iter().find(|(known, _)| *known == model);
        let held = if let Some((_, held)) = known {
            held.clone()
        } else {
            let held = room(change, profile, &model, width(&model))?;
            looked_at.push((model.clone(), held.clone()));
            held
        };
        match held {
            Some(held) => answer = sooner(answer, held),
            None => return mark(change, key),
        }
    }
    Ok(answer)
}

/// Whether the limits of a model hold the next one back.
fn room(
    change: &Change<'_>,
    profile: &str,
    model: &ModelId,
    width: Width,
) -> rusqlite::Result<Option<Next>> {
    let second = 1_000;
    // What is being sent now, or may exist, counts as running.
    let (running, sent, oldest): (u32, u32, Option<i64>) = change
        .db
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE stage IN (?3, ?4, ?5)),
             count(*) FILTER (WHERE sent_ms > ?6), min(sent_ms) FILTER (WHERE sent_ms > ?6)
             FROM tasks WHERE profile = ?1 AND model = ?2",
        )?
        .query_row(
            params![
                profile,
                model.as_str(),
                Stage::Sending.name(),
                Stage::Following.name(),
                Stage::Maybe.name(),
                change.now_ms - second,
            ],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
    if running >= width.running.max(1) {
        return Ok(Some(Next::Full));
    }
    if sent >= width.a_second.max(1) {
        let at = oldest.unwrap_or(change.now_ms) + second;
        return Ok(Some(Next::Later(at.max(change.now_ms + 1))));
    }
    Ok(None)
}

/// What to tell of two reasons to wait: the one that ends by itself, and first.
fn sooner(one: Next, other: Next) -> Next {
    match (one, other) {
        (Next::Later(a), Next::Later(b)) => Next::Later(a.min(b)),
        (Next::Later(at), _) | (_, Next::Later(at)) => Next::Later(at),
        (Next::Full, _) | (_, Next::Full) => Next::Full,
        (one, _) => one,
    }
}

fn mark(change: &Change<'_>, key: TaskKey) -> rusqlite::Result<Next> {
    let Some(mut task) = rows::load(change, key)? else { return Ok(Next::Empty) };
    task.stage = Stage::Sending;
    task.times.sent = Some(change.now_ms);
    task.times.answered = None;
    task.notice = None;
    rows::save(change, &task)?;
    change
        .db
        .prepare_cached(
            "UPDATE tasks SET sender = ?2, tries = tries + 1, not_before_ms = NULL WHERE key = ?1",
        )?
        .execute([key.0, change.me])?;
    Ok(Next::Send(Box::new(task)))
}

/// How often a task was sent.
pub(super) fn tries(change: &Change<'_>, key: TaskKey) -> rusqlite::Result<u32> {
    let found = change
        .db
        .prepare_cached("SELECT tries FROM tasks WHERE key = ?1")?
        .query_row([key.0], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or(0))
}

/// Puts a task that certainly did not arrive back to where it was in the line, not to be sent
/// before that time.
pub(super) fn back(
    change: &Change<'_>,
    task: &TaskRecord,
    not_before_ms: i64,
) -> rusqlite::Result<()> {
    rows::save(change, task)?;
    change
        .db
        .prepare_cached("UPDATE tasks SET not_before_ms = ?2, sender = NULL WHERE key = ?1")?
        .execute([task.key.0, not_before_ms])?;
    Ok(())
}

/// Tasks that a program was sending when it died: the request may have arrived, nobody heard the
/// answer. They become "maybe".
pub(super) fn recover(change: &Change<'_>, profile: &str) -> rusqlite::Result<Vec<TaskRecord>> {
    let mut rows = change.db.prepare_cached(
        "SELECT key, sender FROM tasks WHERE stage = ?1 AND profile = ?2 AND sender IS NOT NULL",
    )?;
    let sending = rows
        .query_map(params![Stage::Sending.name(), profile], |row| {
            Ok((TaskKey(row.get(0)?), row.get::<_, i64>(1)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut found = Vec::new();
    for (key, sender) in sending {
        // What this program sends itself is told by the request that is under way.
        if sender == change.me || change.lives(sender) {
            continue;
        }
        if let Some(mut task) = rows::load(change, key)? {
            task.stage = Stage::Maybe;
            rows::save(change, &task)?;
            found.push(task);
        }
    }
    Ok(found)
}
