//! The open database: how it is opened, for writing or only to be read, and its transactions.
//! It refuses to decide what to do when it cannot be opened.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::error::StoreError;
use super::{Options, cost, place, schema};

/// The database's file in the data directory.
pub(super) const FILE: &str = "lian.db";

/// How long one process waits for another one's transaction.
const BUSY: Duration = Duration::from_secs(5);

/// How long it looks away between two tries. SQLite's own waits grow to a tenth of a second: of
/// several processes that write one after the other, one that waits so long between its tries finds
/// the way taken again and again, until its time is over.
const NAP: Duration = Duration::from_millis(2);

/// Waits for another process's transaction; `false` gives up.
fn wait_a_turn(tries: i32) -> bool {
    std::thread::sleep(NAP);
    let waited = NAP * u32::try_from(tries).unwrap_or(u32::MAX);
    waited < BUSY
}

/// The door before the right to write. SQLite gives that right to whoever asks in the right moment:
/// a process that writes again and again has it again before anybody who waits has looked. Here
/// whoever waits holds the door, and the one who wrote just now stands behind it.
#[derive(Debug)]
struct Door(Option<File>);

/// The door's file in the data directory.
const DOOR: &str = "write.lock";

impl Door {
    fn at(dir: &Path) -> Self {
        // Without it the right to write is as SQLite gives it.
        Self(place::make_file(&dir.join(DOOR)).ok())
    }

    /// Waits until the door is ours, or has waited long enough.
    fn hold(&self) -> Held<'_> {
        let Some(file) = &self.0 else { return Held(None) };
        for _ in 0..BUSY.as_millis() / NAP.as_millis() {
            match file.try_lock() {
                Ok(()) => return Held(Some(file)),
                Err(TryLockError::WouldBlock) => std::thread::sleep(NAP),
                Err(TryLockError::Error(_)) => break,
            }
        }
        Held(None)
    }
}

/// While it lives nobody else asks for the right to write.
struct Held<'a>(Option<&'a File>);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.0 {
            // What cannot be given back is free when the file is closed.
            let _ = file.unlock();
        }
    }
}

/// An open database that can be written.
#[derive(Debug)]
pub(super) struct Base {
    db: Connection,
    door: Door,
    /// The directory is on a network file system.
    pub(super) on_network: bool,
}

impl Base {
    /// Opens the database, makes it if there is none, brings it to our version.
    pub(super) fn open(dir: &Path, options: &Options, now_ms: i64) -> Result<Self, StoreError> {
        place::make_dir(dir)?;
        let path = dir.join(FILE);
        drop(place::make_file(&path)?);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(&path, flags)?;
        db.busy_handler(Some(wait_a_turn))?;
        cost::teach(&db)?;
        (options.tune)(&mut db);
        // Before anything that writes: a file we do not know stays as it is.
        schema::check(&db, options.migrations.len())?;
        if db.is_readonly(rusqlite::MAIN_DB)? {
            return Err(StoreError::ReadOnly);
        }
        let on_network = (options.on_network)(dir);
        let mode = journal(&db, if on_network { "DELETE" } else { "WAL" })?;
        // In a write-ahead log this keeps the file whole even when the power fails and costs
        // no wait for the disk at each commit; a rollback journal needs more.
        db.pragma_update(None, "synchronous", if mode == "wal" { "NORMAL" } else { "FULL" })?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.pragma_update(None, "cache_size", -512)?;
        db.pragma_update(None, "journal_size_limit", 4 << 20)?;
        schema::migrate(&mut db, &path, options.migrations, now_ms)?;
        Ok(Self { db, door: Door::at(dir), on_network })
    }

    /// Opens what is there to be read only; never makes or changes a file of the database.
    pub(super) fn look(dir: &Path, options: &Options) -> Result<Connection, StoreError> {
        let path = dir.join(FILE);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let first = Connection::open_with_flags(&path, flags)
            .map_err(StoreError::from)
            .and_then(|db| schema::check(&db, options.migrations.len()).map(|_| db));
        let wal = path.with_extension("db-wal");
        let log_is_empty = std::fs::metadata(wal).map_or(true, |data| data.len() == 0);
        if first.is_ok() || !log_is_empty {
            return first;
        }
        // Without write permission SQLite cannot make the log's index; the file alone is whole
        // as long as nothing is in the log.
        let uri = format!("file:{}?immutable=1", encode(&path));
        let db = Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?;
        schema::check(&db, options.migrations.len())?;
        Ok(db)
    }

    /// The connection, to read.
    pub(super) fn db(&self) -> &Connection {
        &self.db
    }

    /// Looks through the whole file; slow, so only after damage was met.
    pub(super) fn examine(&self) -> Result<(), StoreError> {
        let found: String = self.db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if found == "ok" { Ok(()) } else { Err(StoreError::Damaged(found)) }
    }

    /// A transaction that holds the right to write from its beginning: it waits for other
    /// processes here, and not with half of its work done.
    pub(super) fn write(&mut self) -> rusqlite::Result<Transaction<'_>> {
        let _held = self.door.hold();
        self.db.transaction_with_behavior(TransactionBehavior::Immediate)
    }

    /// Whether the next transactions wait until the disk has them, and with them all before.
    pub(super) fn wait_for_disk(&self, wait: bool) -> rusqlite::Result<()> {
        let journal: String = self.db.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        let level = if wait || journal != "wal" { "FULL" } else { "NORMAL" };
        self.db.pragma_update(None, "synchronous", level)
    }

    /// Closes the database; the last one to close it empties the log into the file.
    pub(super) fn close(self) {
        if let Err((_, error)) = self.db.close() {
            tracing::warn!(%error, "the database did not close well");
        }
    }
}

/// Sets the journal mode. When several processes open a new file at once SQLite refuses all but
/// one without asking the busy handler, so the wait is made here.
fn journal(db: &Connection, mode: &str) -> rusqlite::Result<String> {
    let start = Instant::now();
    loop {
        let set = db.query_row(&format!("PRAGMA journal_mode = {mode}"), [], |row| row.get(0));
        match set {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && start.elapsed() < BUSY =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
}

/// A path as it may stand in a `file:` address.
fn encode(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt;

    let mut out = String::new();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                out.push(char::from(*byte));
            }
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use super::*;

    #[test]
    fn whoever_waits_writes_next_however_much_another_writes() {
        let dir = tempfile::TempDir::new().unwrap();
        let open = || Base::open(dir.path(), &Options::default(), 0).unwrap();
        let (mut busy, mut patient) = (open(), open());
        let (turns, over) = (AtomicU64::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    let turn = busy.write().unwrap();
                    turns.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(4));
                    turn.commit().unwrap();
                }
            });
            for _ in 0..20 {
                // The other one is at it.
                let before = turns.load(Ordering::SeqCst);
                while turns.load(Ordering::SeqCst) == before {
                    std::thread::yield_now();
                }
                let asked = turns.load(Ordering::SeqCst);
                let turn = patient.write().unwrap();
                let missed = turns.load(Ordering::SeqCst) - asked;
                turn.commit().unwrap();
                assert!(missed <= 3, "the other one wrote {missed} times meanwhile");
            }
            over.store(true, Ordering::SeqCst);
        });
    }
}
