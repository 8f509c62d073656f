//! Which running program is which: each holds a lock on a file of its own for as long as it
//! lives, however it dies. It refuses to guess from process numbers, which are used again.

use std::fs::{File, TryLockError};
use std::hash::{BuildHasher, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::place;

/// This program, as the other ones see it.
#[derive(Debug)]
pub(super) struct Instance {
    /// Number in the table of instances.
    pub(super) id: i64,
    path: PathBuf,
    // Closing the file releases the lock; the kernel does it when the process dies.
    _lock: File,
}

impl Instance {
    /// Makes and locks the file `instances/<id>.lock`.
    pub(super) fn new(dir: &Path) -> Result<Self, StoreError> {
        let id = random_id();
        let dir = dir.join("instances");
        place::make_dir(&dir)?;
        let path = dir.join(lock_name(id));
        let lock = place::make_file(&path)?;
        // Where locks are not supported the others take us for dead and may open our
        // conversation too; messages are told apart by their ids, so nothing is lost by it.
        let _ = lock.try_lock();
        Ok(Self { id, path, _lock: lock })
    }

    /// Whether the lock file is still where the others look for it.
    pub(super) fn is_visible(&self) -> bool {
        self.path.exists()
    }

    /// Enters this program into the table. The lock is held already, so nobody can take the
    /// row for that of a dead program.
    pub(super) fn register(&self, db: &Connection, now_ms: i64) -> rusqlite::Result<()> {
        db.execute(
            "INSERT INTO instances (id, pid, lock, started_ms, seen_ms) VALUES (?1, ?2, ?3, ?4, ?4)
             ON CONFLICT (id) DO NOTHING",
            params![self.id, std::process::id(), lock_name(self.id), now_ms],
        )?;
        Ok(())
    }

    /// Notes that this program is at work.
    pub(super) fn touch(&self, db: &Connection, now_ms: i64) -> rusqlite::Result<()> {
        db.execute("UPDATE instances SET seen_ms = ?2 WHERE id = ?1", [self.id, now_ms])?;
        Ok(())
    }

    /// Gives everything this program held free and takes it out of the table.
    pub(super) fn leave(&self, db: &Connection) -> rusqlite::Result<()> {
        db.execute("UPDATE conversations SET holder = NULL WHERE holder = ?1", [self.id])?;
        db.execute("DELETE FROM instances WHERE id = ?1", [self.id])?;
        Ok(())
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // A file that stays behind is cleaned by the next program; its lock is gone.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Whether the holder of a conversation still runs.
pub(super) fn is_alive(dir: &Path, id: i64) -> bool {
    is_locked(&dir.join("instances").join(lock_name(id)))
}

fn is_locked(path: &Path) -> bool {
    let Ok(file) = File::options().read(true).open(path) else { return false };
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// How old a lock file must be to be taken for a left-over when it is in no table.
const FORGOTTEN: Duration = Duration::from_secs(3_600);

/// Takes dead programs out of the table and removes their lock files. Must run in a write
/// transaction; `me` is left alone.
pub(super) fn clean(db: &Connection, dir: &Path, me: Option<i64>) -> rusqlite::Result<()> {
    let mut rows = db.prepare_cached("SELECT id FROM instances")?;
    let ids = rows.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    for id in ids {
        if Some(id) == me || is_alive(dir, id) {
            continue;
        }
        db.execute("DELETE FROM instances WHERE id = ?1", [id])?;
        let _ = std::fs::remove_file(dir.join("instances").join(lock_name(id)));
    }
    sweep(dir);
    Ok(())
}

/// Removes lock files of programs that died before they were in the table. Only old ones: a
/// young one may belong to a program that has not locked it yet.
fn sweep(dir: &Path) {
    let Ok(files) = std::fs::read_dir(dir.join("instances")) else { return };
    for file in files.flatten() {
        let path = file.path();
        let old = file
            .metadata()
            .and_then(|data| data.modified())
            .is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > FORGOTTEN));
        let is_lock = path.extension().is_some_and(|end| end == "lock");
        if old && is_lock && !is_locked(&path) {
            let _ = std::fs::remove_file(&path);
        }
    }
}

fn lock_name(id: i64) -> String {
    format!("{id:016x}.lock")
}

/// The keys of a hash map's hasher are random per process; hashing a counter-like value with
/// them gives an id that two programs do not share.
fn random_id() -> i64 {
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    (hasher.finish() >> 1).cast_signed()
}
