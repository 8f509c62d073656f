//! Databases of another version, of another program, and damaged ones.

use super::*;

/// Steps of our schema.
const KNOWN: usize = schema::MIGRATIONS.len();

const fn one_more(step: &'static str) -> [&'static str; KNOWN + 1] {
    let mut all = [step; KNOWN + 1];
    let mut n = 0;
    while n < KNOWN {
        all[n] = schema::MIGRATIONS[n];
        n += 1;
    }
    all
}

/// Our schema with one more step, as a later program would have it.
static NEXT: [&str; KNOWN + 1] =
    one_more("ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;");

fn version(path: &Path) -> i64 {
    let db = Connection::open(path).unwrap();
    db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

pub(super) fn backups(dir: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(dir)
        .unwrap()
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.to_string_lossy().contains("lian-v"))
        .collect()
}

#[test]
fn an_older_database_is_migrated_after_a_backup() {
    let home = TempDir::new().unwrap();
    let mut store = Store::open(home.path());
    store.send(draft(1, "from before"));
    store.flush();
    assert_eq!(store.close(), Closed::Saved);
    assert_eq!(backups(home.path()).len(), 0);

    let options = || Options { migrations: &NEXT, ..Options::default() };
    let mut store = Store::with(home.path(), options());
    assert_eq!(store.restore().0.unwrap().draft, "from before");
    assert_eq!(store.close(), Closed::Saved);
    assert_eq!(version(&home.path().join(base::FILE)), KNOWN as i64 + 1);
    let copies = backups(home.path());
    assert_eq!(copies.len(), 1);
    assert_eq!(version(&copies[0]), KNOWN as i64);
    assert_eq!(std::fs::metadata(&copies[0]).unwrap().permissions().mode() & 0o777, 0o600);
    // A second start finds nothing to do.
    assert_eq!(Store::with(home.path(), options()).restore().0.unwrap().draft, "from before");
    assert_eq!(backups(home.path()).len(), 1);
}

#[test]
fn a_failed_migration_leaves_the_old_database() {
    static BROKEN: [&str; KNOWN + 1] = one_more("CREATE TABLE a (b); NONSENSE;");
    let home = TempDir::new().unwrap();
    let mut store = Store::open(home.path());
    store.send(draft(1, "old"));
    store.flush();
    assert_eq!(store.close(), Closed::Saved);
    let options = Options { migrations: &BROKEN, ..Options::default() };
    let mut store = Store::with(home.path(), options);
    store.send(StoreCommand::Flush);
    assert_eq!(store.trouble(), NoticeKind::StoreFailed);
    drop(store);
    assert_eq!(Store::open(home.path()).restore().0.unwrap().draft, "old");
}

fn refused(dir: &Path) {
    let file = dir.join(base::FILE);
    let before = std::fs::read(&file).unwrap();
    let mut store = Store::open(dir);
    store.send(StoreCommand::Restore);
    assert!(matches!(store.trouble(), NoticeKind::StoreUnreadable { .. }));
    assert_eq!(store.next(), StoreEvent::Restored { last: None, history: Vec::new() });
    store.send(StoreCommand::AddHistory("kept in memory".into()));
    store.send(StoreCommand::Flush);
    assert!(matches!(store.trouble(), NoticeKind::StoreUnreadable { .. }));
    assert_eq!(std::fs::read(&file).unwrap(), before, "not a byte was changed");
    // Once the user has put it aside, a new one takes what had waited.
    std::fs::rename(&file, dir.join("aside")).unwrap();
    assert_eq!(store.next(), StoreEvent::Recovered);
    assert_eq!(store.restore().1, ["kept in memory"]);
}

#[test]
fn a_newer_database_is_left_alone() {
    let home = TempDir::new().unwrap();
    let options = Options { migrations: &NEXT, ..Options::default() };
    let mut store = Store::with(home.path(), options);
    store.flush();
    assert_eq!(store.close(), Closed::Saved);
    refused(home.path());
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let home = TempDir::new().unwrap();
    let db = Connection::open(home.path().join(base::FILE)).unwrap();
    db.execute_batch("CREATE TABLE theirs (a);").unwrap();
    drop(db);
    refused(home.path());
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join(base::FILE), "not a database at all ".repeat(500)).unwrap();
    refused(home.path());
}

#[test]
fn a_damaged_page_is_told_and_the_file_is_not_written_any_more() {
    let home = TempDir::new().unwrap();
    let mut store = Store::open(home.path());
    store.send(StoreCommand::AddHistory("question".into()));
    for id in 0..200 {
        let text = "words ".repeat(300);
        store.send(save(1, message(id, Role::User, &text, MessageState::Complete)));
    }
    store.flush();
    assert_eq!(store.close(), Closed::Saved);
    let file = home.path().join(base::FILE);
    let root: u32 = Connection::open(&file)
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'messages'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let end = root as usize * 4096;
    bytes[end - 4096..end].fill(0xa5);
    std::fs::write(&file, &bytes).unwrap();

    let mut store = Store::open(home.path());
    store.send(StoreCommand::Restore);
    assert!(matches!(store.trouble(), NoticeKind::StoreUnreadable { .. }));
    let StoreEvent::Restored { last, history } = store.next() else { panic!("an answer") };
    assert_eq!((last, history), (None, vec!["question".to_owned()]));
    store.send(draft(1, "kept in memory"));
    store.send(StoreCommand::Flush);
    assert!(matches!(store.trouble(), NoticeKind::StoreUnreadable { .. }));
    let Closed::Unsaved(_) = store.close() else { panic!("nothing is written into damage") };
}
