//! Looks at the database for `lian doctor`: does it open, can it be written, whose is it. It makes
//! no file, changes no row, and refuses to migrate.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::base::FILE;
use super::error::StoreError;
use super::{place, schema};
use crate::domain::doctor::finding::MachineFinding;
use crate::domain::doctor::{Check, Name, Next, Trouble};
use crate::domain::notice::{Notice, NoticeKind};

/// Another program's transaction is awaited this long.
const BUSY: Duration = Duration::from_millis(500);
/// Larger files are not read through: that takes seconds.
const READ_THROUGH: u64 = 64 << 20;

/// What an open database tells.
struct Found {
    version: i64,
    journal: String,
    busy: bool,
}

/// How the database in this directory stands.
#[must_use]
pub fn examine(dir: &Path) -> Check {
    let name = Name::Store;
    let file = dir.join(FILE);
    let path = file.display().to_string();
    let Ok(data) = std::fs::metadata(&file) else {
        return Check::ok(name, MachineFinding::StoreAbsent { path });
    };
    let found = match open(&file, data.len()) {
        Ok(found) => found,
        Err(error) => return Check::fail(name, Trouble::Setup, error.notice(dir, &file)),
    };
    let mode = data.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        let next = Next::Close { path: path.clone(), mode: 0o600 };
        return Check::warn(name, MachineFinding::FileOpen { path, mode }).with_next(next);
    }
    if place::on_network(dir) {
        let path = dir.display().to_string();
        return Check::warn(name, Notice::new(NoticeKind::StoreOnNetwork { path }));
    }
    let known = i64::try_from(schema::MIGRATIONS.len()).unwrap_or(i64::MAX);
    let Found { version, journal, busy } = found;
    Check::ok(
        name,
        if busy {
            MachineFinding::StoreBusy { path }
        } else if version < known {
            MachineFinding::StoreOlder { found: version, known }
        } else {
            MachineFinding::Store { path, bytes: data.len(), version, journal }
        },
    )
}

fn open(file: &Path, bytes: u64) -> Result<Found, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags)?;
    db.busy_timeout(BUSY)?;
    let version = schema::check(&db, schema::MIGRATIONS.len())?;
    if db.is_readonly(rusqlite::MAIN_DB)? {
        return Err(StoreError::ReadOnly);
    }
    if bytes <= READ_THROUGH {
        let said: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said != "ok" {
            return Err(StoreError::Damaged(said));
        }
    }
    let journal = db.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    // The right to write is asked for and given back; nothing is written.
    let busy = match db.execute_batch("BEGIN IMMEDIATE; ROLLBACK") {
        Ok(()) => false,
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => true,
        Err(error) => return Err(error.into()),
    };
    Ok(Found { version, journal, busy })
}

/// Bytes that this user may still write on the disk of a directory that exists.
#[must_use]
pub fn room(dir: &Path) -> Option<u64> {
    place::free_bytes(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(dir: &Path) {
        let options = super::super::Options::default();
        drop(super::super::base::Base::open(dir, &options, 1).expect("a database"));
    }

    fn notice(check: &Check) -> Option<&NoticeKind> {
        match &check.finding {
            crate::domain::doctor::Finding::Told(notice) => Some(&notice.kind),
            _ => None,
        }
    }

    #[test]
    fn a_database_is_looked_at_and_not_changed() {
        let dir = tempfile::tempdir().expect("a directory");
        let absent = examine(dir.path());
        assert!(matches!(
            absent.finding,
            crate::domain::doctor::Finding::Machine(MachineFinding::StoreAbsent { .. })
        ));
        assert_eq!(std::fs::read_dir(dir.path()).expect("entries").count(), 0, "nothing is made");
        made(dir.path());
        let file = dir.path().join(FILE);
        let before = std::fs::read(&file).expect("a file");
        let found = examine(dir.path());
        let crate::domain::doctor::Finding::Machine(MachineFinding::Store {
            version, journal, ..
        }) = &found.finding
        else {
            panic!("{found:?}")
        };
        assert_eq!((*version, journal.as_str()), (schema::MIGRATIONS.len() as i64, "wal"));
        assert_eq!(std::fs::read(&file).expect("a file"), before);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("a mode");
        assert_eq!(
            examine(dir.path()).next,
            Some(Next::Close { path: file.display().to_string(), mode: 0o600 })
        );
    }

    #[test]
    fn foreign_damaged_newer_and_busy_ones_are_told_apart() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join(FILE);
        std::fs::write(&file, "no database at all, but long enough to be looked at").expect("it");
        let check = examine(dir.path());
        assert!(matches!(notice(&check), Some(NoticeKind::StoreUnreadable { .. })), "{check:?}");
        assert_eq!(check.trouble(), Some(Trouble::Setup));
        std::fs::remove_file(&file).expect("gone");
        made(dir.path());
        let other = Connection::open(&file).expect("it opens");
        other.execute_batch("BEGIN IMMEDIATE").expect("the right to write");
        let busy = examine(dir.path()).finding;
        assert!(
            matches!(
                busy,
                crate::domain::doctor::Finding::Machine(MachineFinding::StoreBusy { .. })
            ),
            "{busy:?}"
        );
        other.execute_batch("ROLLBACK; PRAGMA user_version = 999").expect("a newer one");
        let check = examine(dir.path());
        assert!(matches!(notice(&check), Some(NoticeKind::StoreUnreadable { .. })), "{check:?}");
        other.execute_batch("PRAGMA user_version = 1").expect("an older one");
        let older = examine(dir.path()).finding;
        assert!(
            matches!(
                older,
                crate::domain::doctor::Finding::Machine(MachineFinding::StoreOlder {
                    found: 1,
                    ..
                })
            ),
            "{older:?}"
        );
    }

    #[test]
    fn there_is_room() {
        assert!(room(Path::new("/")).is_some());
        assert_eq!(room(Path::new("/no/such/place")), None);
    }
}
