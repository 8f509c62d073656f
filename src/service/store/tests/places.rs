//! Disks that are full, directories that cannot be written, other machines' disks.

use super::*;

/// Options whose database can hold only so many pages; 0 for no limit.
fn small_disk(pages: &Arc<AtomicI64>) -> Options {
    let pages = Arc::clone(pages);
    Options {
        tune: Arc::new(move |db| {
            let limit = pages.load(Ordering::SeqCst);
            if limit > 0 {
                db.query_row(&format!("PRAGMA max_page_count = {limit}"), [], |_| Ok(())).unwrap();
            }
        }),
        ..Options::default()
    }
}

#[test]
fn a_full_disk_is_told_once_and_nothing_is_lost() {
    let home = TempDir::new().unwrap();
    let pages = Arc::new(AtomicI64::new(40));
    let mut store = Store::with(home.path(), small_disk(&pages));
    store.send(save(1, message(1, Role::Assistant, "", MessageState::Streaming)));
    store.flush();
    let piece = "x".repeat(100_000);
    for _ in 0..4 {
        store.send(append(1, &piece));
    }
    assert!(matches!(store.trouble(), NoticeKind::DiskFull { .. }));
    store.send(append(1, "tail"));
    // Reading goes on; and the known trouble is not told again before the answer.
    let (last, _) = store.restore();
    assert_eq!(last.unwrap().messages.len(), 1);
    // A flush is answered with the truth.
    store.send(StoreCommand::Flush);
    assert!(matches!(store.trouble(), NoticeKind::DiskFull { .. }));

    pages.store(0, Ordering::SeqCst);
    assert_eq!(store.next(), StoreEvent::Recovered);
    let (last, _) = store.restore();
    assert_eq!(last.unwrap().messages[0].text, piece.repeat(4) + "tail");
    is_whole(home.path());
}

#[test]
fn a_fault_that_only_an_asker_met_is_told_with_the_next_write_of_our_own() {
    let home = TempDir::new().unwrap();
    let pages = Arc::new(AtomicI64::new(40));
    let mut store = Store::with(home.path(), small_disk(&pages));
    store.send(StoreCommand::AddHistory("a".into()));
    store.flush();
    let desk = store.handle.desk();
    let asked = desk.ask(|change| {
        let text = "x".repeat(400_000);
        change.db.execute("INSERT INTO history (text, added_ms) VALUES (?1, 0)", [text])
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answer = runtime.block_on(asked);
    assert!(matches!(answer.unwrap_err().kind, NoticeKind::DiskFull { .. }));
    store.send(StoreCommand::AddHistory("y".repeat(400_000)));
    assert!(matches!(store.trouble(), NoticeKind::DiskFull { .. }));
}

#[test]
fn closing_with_unsaved_text_says_so() {
    let home = TempDir::new().unwrap();
    let pages = Arc::new(AtomicI64::new(40));
    let mut store = Store::with(home.path(), small_disk(&pages));
    store.send(StoreCommand::AddHistory("a".into()));
    store.flush();
    store.send(StoreCommand::AddHistory("x".repeat(400_000)));
    let Closed::Unsaved(notice) = store.close() else { panic!("it cannot be saved") };
    assert!(matches!(notice.kind, NoticeKind::DiskFull { .. }));
}

#[test]
fn a_file_in_place_of_the_directory_is_trouble_that_can_end() {
    let home = TempDir::new().unwrap();
    let dir = home.path().join("data");
    std::fs::write(&dir, "in the way").unwrap();
    let mut store = Store::open(&dir);
    store.send(StoreCommand::Restore);
    assert!(matches!(store.trouble(), NoticeKind::StoreUnwritable { .. }));
    assert_eq!(store.next(), StoreEvent::Restored { last: None, history: Vec::new() });
    store.send(StoreCommand::AddHistory("kept".into()));
    std::fs::remove_file(&dir).unwrap();
    assert_eq!(store.next(), StoreEvent::Recovered);
    assert_eq!(store.restore().1, ["kept"]);
}

/// In a child that is not root: mode bits mean nothing to root.
fn read_what_cannot_be_written(dir: &Path) {
    let mut store = Store::open(dir);
    store.send(StoreCommand::Restore);
    assert!(matches!(store.trouble(), NoticeKind::StoreUnwritable { .. }));
    let StoreEvent::Restored { last, history } = store.next() else { panic!("an answer") };
    assert_eq!(last.unwrap().messages[0].text, "readable");
    assert_eq!(history, ["question"]);
    store.send(StoreCommand::AddHistory("kept in memory".into()));
    assert!(matches!(store.close(), Closed::Unsaved(_)));
    println!("seen all");
}

#[test]
fn a_directory_that_cannot_be_written_is_still_read() {
    if let Some(dir) = child_dir() {
        return read_what_cannot_be_written(&dir);
    }
    let home = TempDir::new().unwrap();
    let dir = home.path().join("data");
    let mut store = Store::open(&dir);
    store.send(save(1, message(1, Role::User, "readable", MessageState::Complete)));
    store.send(StoreCommand::AddHistory("question".into()));
    store.flush();
    assert_eq!(store.close(), Closed::Saved);
    let modes = |dir_mode, file_mode| {
        let set = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        set(home.path(), 0o755);
        set(&dir.join(base::FILE), file_mode);
        set(&dir.join("instances"), dir_mode);
        set(&dir, dir_mode);
    };
    modes(0o555, 0o444);
    let mut command = child("places::a_directory_that_cannot_be_written_is_still_read", &dir);
    let root = std::fs::metadata("/proc/self")
        .is_ok_and(|data| std::os::unix::fs::MetadataExt::uid(&data) == 0);
    if root {
        command.uid(65_534).gid(65_534).current_dir("/");
    }
    let ended = command.output();
    modes(0o755, 0o644);
    match ended {
        Ok(output) => {
            assert!(output.status.success());
            assert!(String::from_utf8_lossy(&output.stdout).contains("seen all"));
        }
        Err(error) if root => {
            println!("skipped: another user may not run this test program ({error})");
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_network_directory_gets_another_journal_and_one_notice() {
    let home = TempDir::new().unwrap();
    let options = Options { on_network: |_| true, ..Options::default() };
    let mut store = Store::with(home.path(), options);
    store.send(StoreCommand::AddHistory("a".into()));
    let notice = store.any();
    let ServiceEvent::Notice(notice) = notice else { panic!("{notice:?}") };
    assert!(matches!(notice.kind, NoticeKind::StoreOnNetwork { .. }));
    store.flush();
    let db = Connection::open(home.path().join(base::FILE)).unwrap();
    let mode: String = db.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete");
}
