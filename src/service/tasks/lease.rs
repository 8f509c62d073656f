//! Who asks and fetches: exactly one process of the machine, by a lease in the store that its
//! holder renews while tasks run. A dead holder's lock is gone at once, a stuck one's time runs
//! out. It refuses to begin or end a transaction.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, params};

use crate::service::store::Change;

/// The holder renews it this often, and the others look this often.
pub(super) const TICK: Duration = Duration::from_secs(3);

/// Without a renewal it is anybody's after this time, in milliseconds.
const LASTS: i64 = 15_000;

/// The name of a profile's lease: tasks of another profile need another key.
fn name(profile: &str) -> String {
    format!("tasks of {profile}")
}

/// Takes the lease or renews it. `false`: another process that lives has it.
pub(super) fn take(change: &Change<'_>, profile: &str) -> rusqlite::Result<bool> {
    let name = name(profile);
    let held = change
        .db
        .prepare_cached("SELECT holder, until_ms FROM leases WHERE name = ?1")?
        .query_row([&name], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
        .optional()?;
    if let Some((holder, until_ms)) = held {
        // A clock that was set back must not keep a lease for years.
        let in_time = (change.now_ms..=change.now_ms + LASTS).contains(&until_ms);
        if holder != change.me && in_time && change.lives(holder) {
            return Ok(false);
        }
    }
    change
        .db
        .prepare_cached(
            "INSERT INTO leases (name, holder, until_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,
             until_ms = excluded.until_ms",
        )?
        .execute(params![name, change.me, change.now_ms + LASTS])?;
    Ok(true)
}

/// Gives it back, if it is ours.
pub(super) fn give_back(change: &Change<'_>, profile: &str) -> rusqlite::Result<()> {
    change.db.execute(
        "DELETE FROM leases WHERE name = ?1 AND holder = ?2",
        params![name(profile), change.me],
    )?;
    Ok(())
}
