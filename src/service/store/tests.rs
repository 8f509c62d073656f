//! Tests of the store as a whole, through its handle: what was given comes back, whatever
//! happens to the process, to the disk or to the file.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;
use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver as Events, channel};

use super::*;
use crate::domain::chat::{AnswerFacts, FinishReason, Message, MessageState, Role, Usage};
use crate::domain::conversations::{
    Conversation, ConversationRow, Part, Queued, SavedConversation, Spot,
};
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::models::ModelId;

mod tree;

/// Long enough for any machine; nobody waits for it when all is well.
const CAP: Duration = Duration::from_secs(60);

struct Store {
    handle: Handle,
    events: Events<ServiceEvent>,
}

impl Store {
    fn open(dir: &Path) -> Self {
        Self::with(dir, Options::default())
    }

    fn with(dir: &Path, options: Options) -> Self {
        let (out, events) = channel(64);
        let deps = Deps { dir: dir.to_owned(), now: || 1_000 };
        Self { handle: spawn_with(deps, options, out), events }
    }

    fn send(&self, command: StoreCommand) {
        let mut command = command;
        while let Err(refused) = self.handle.try_send(command) {
            command = refused;
            std::thread::yield_now();
        }
    }

    /// The next event, whatever it is.
    fn any(&mut self) -> ServiceEvent {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime
            .block_on(async { tokio::time::timeout(CAP, self.events.recv()).await })
            .expect("the store answers")
            .expect("the store lives")
    }

    fn next(&mut self) -> StoreEvent {
        match self.any() {
            ServiceEvent::Store(event) => event,
            other => panic!("{other:?}"),
        }
    }

    fn restore(&mut self) -> (Option<Box<SavedConversation>>, Vec<String>) {
        self.send(StoreCommand::Restore);
        match self.next() {
            StoreEvent::Restored { last, history } => (last, history),
            other => panic!("{other:?}"),
        }
    }

    fn list(&mut self) -> Vec<ConversationRow> {
        self.send(StoreCommand::List);
        match self.next() {
            StoreEvent::Listed(rows) => rows,
            other => panic!("{other:?}"),
        }
    }

    fn open_one(&mut self, id: i64) -> SavedConversation {
        self.send(StoreCommand::Open(ConversationId(id)));
        match self.next() {
            StoreEvent::Opened(saved) => *saved,
            other => panic!("{other:?}"),
        }
    }

    fn search(&mut self, text: &str) -> Vec<i64> {
        self.send(StoreCommand::Search(text.into()));
        match self.next() {
            StoreEvent::Found { query, conversations } => {
                assert_eq!(query, text);
                conversations.into_iter().map(|id| id.0).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    fn flush(&mut self) {
        self.send(StoreCommand::Flush);
        assert_eq!(self.next(), StoreEvent::Flushed);
    }

    fn trouble(&mut self) -> NoticeKind {
        match self.next() {
            StoreEvent::Trouble(notice) => notice.kind,
            other => panic!("{other:?}"),
        }
    }

    fn close(self) -> Closed {
        self.handle.close(CAP)
    }
}

fn conversation(id: i64, updated_ms: i64) -> Conversation {
    Conversation {
        id: ConversationId(id),
        title: "题目".into(),
        model: ModelId::new("qwen-plus"),
        created_ms: 5,
        updated_ms,
        leaf: None,
        params: None,
    }
}

fn message(id: i64, role: Role, text: &str, state: MessageState) -> Message {
    let (reasoning, created_ms) = (String::new(), 7);
    Message {
        attachments: Vec::new(),
        id: MessageId(id),
        parent: None,
        role,
        text: text.into(),
        reasoning,
        state,
        created_ms,
        facts: None,
    }
}

fn save(home: i64, message: Message) -> StoreCommand {
    StoreCommand::SaveMessage { conversation: ConversationId(home), message: Box::new(message) }
}

fn append(id: i64, text: &str) -> StoreCommand {
    StoreCommand::AppendText { message: MessageId(id), text: text.into(), reasoning: String::new() }
}

fn draft(home: i64, text: &str) -> StoreCommand {
    StoreCommand::SaveDraft { conversation: ConversationId(home), text: text.into() }
}

fn is_whole(dir: &Path) {
    let db = Connection::open(dir.join(base::FILE)).unwrap();
    let found: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(found, "ok");
}

#[test]
fn nothing_is_touched_before_the_first_command() {
    let home = TempDir::new().unwrap();
    let dir = home.path().join("data");
    let store = Store::open(&dir);
    assert_eq!(store.close(), Closed::Saved);
    assert!(!dir.exists());
}

#[test]
fn what_is_saved_comes_back() {
    let home = TempDir::new().unwrap();
    let mut store = Store::open(home.path());
    assert_eq!(store.restore(), (None, Vec::new()));
    let question = message(1, Role::User, "为什么？", MessageState::Complete);
    let mut answer = message(2, Role::Assistant, "Because.", MessageState::Complete);
    answer.reasoning = "想一想".into();
    answer.facts = Some(AnswerFacts {
        usage: Some(Usage {
            input: 3,
            output: 4,
            cached: None,
            reasoning: Some(1),
            ..Usage::default()
        }),
        finish: Some(FinishReason::Stop),
        ..AnswerFacts::default()
    });
    store.send(StoreCommand::SaveConversation(conversation(9, 2_000)));
    store.send(save(9, question.clone()));
    store.send(save(9, answer.clone()));
    store.send(draft(9, "next\nline"));
    for text in ["a", "a", "b"] {
        store.send(StoreCommand::AddHistory(text.into()));
    }
    assert_eq!(store.close(), Closed::Saved);

    let mut store = Store::open(home.path());
    let (last, history) = store.restore();
    let last = *last.unwrap();
    assert_eq!(last.conversation, conversation(9, 2_000));
    assert_eq!(last.messages, [question, answer]);
    assert_eq!(last.draft, "next\nline");
    assert_eq!(history, ["a", "b"]);
    store.send(draft(9, ""));
    store.send(StoreCommand::AddHistory("b".into()));
    store.flush();
    let (last, history) = store.restore();
    assert_eq!(last.unwrap().draft, "");
    assert_eq!(history, ["a", "b"]);
    is_whole(home.path());
}

#[test]
fn the_history_keeps_a_thousand_and_gives_the_last_five_hundred() {
    let home = TempDir::new().unwrap();
    let mut store = Store::open(home.path());
    for number in 0..1_200 {
        store.send(StoreCommand::AddHistory(number.to_string()));
        if number % 300 == 0 {
            store.flush();
        }
    }
    let (_, history) = store.restore();
    assert_eq!(history.len(), 500);
    assert_eq!(history.first().map(String::as_str), Some("700"));
    assert_eq!(history.last().map(String::as_str), Some("1199"));
    let db = Connection::open(home.path().join(base::FILE)).unwrap();
    let rows: i64 = db.query_row("SELECT count(*) FROM history", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 1_000);
}

#[test]
fn pieces_are_merged_into_one_transaction() {
    let home = TempDir::new().unwrap();
    let commits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commits);
    let options = Options {
        // So long that only the flush can be what writes.
        merge: CAP * 10,
        tune: Arc::new(move |db| {
            let counted = Arc::clone(&counted);
            let hook = move || {
                counted.fetch_add(1, Ordering::SeqCst);
                false
            };
            db.commit_hook(Some(hook)).unwrap();
        }),
        ..Options::default()
    };
    let mut store = Store::with(home.path(), options);
    store.send(save(1, message(1, Role::Assistant, "", MessageState::Streaming)));
    store.flush();
    let before = commits.load(Ordering::SeqCst);
    let mut whole = String::new();
    for number in 0..1_000 {
        let piece = format!("{number} ");
        store.send(append(1, &piece));
        whole.push_str(&piece);
    }
    store.flush();
    assert_eq!(commits.load(Ordering::SeqCst) - before, 1);
    let (last, _) = store.restore();
    assert_eq!(last.unwrap().messages[0].text, whole);
}

#[test]
fn text_is_written_without_being_asked() {
    let home = TempDir::new().unwrap();
    let mut store = Store::open(home.path());
    store.send(save(1, message(1, Role::Assistant, "", MessageState::Streaming)));
    store.flush();
    store.send(append(1, "arrived"));
    let db = Connection::open(home.path().join(base::FILE)).unwrap();
    let start = std::time::Instant::now();
    loop {
        let rows: i64 = db.query_row("SELECT count(*) FROM pieces", [], |row| row.get(0)).unwrap();
        if rows == 1 {
            break;
        }
        assert!(start.elapsed() < CAP);
        std::thread::yield_now();
    }
}

#[test]
fn an_answer_saved_whole_replaces_its_pieces() {
    let home = TempDir::new().unwrap();
    let mut store = Store::open(home.path());
    store.send(save(1, message(1, Role::Assistant, "", MessageState::Streaming)));
    store.flush();
    store.send(append(1, "one "));
    store.flush();
    store.send(append(1, "two"));
    store.send(save(1, message(1, Role::Assistant, "one two", MessageState::Complete)));
    store.flush();
    store.send(append(99, "nobody knows this message"));
    store.flush();
    let (last, _) = store.restore();
    assert_eq!(last.unwrap().messages[0].text, "one two");
}

#[test]
fn files_are_for_the_owner_alone() {
    let home = TempDir::new().unwrap();
    let dir = home.path().join("a/lian");
    let mut store = Store::open(&dir);
    store.send(StoreCommand::AddHistory("x".into()));
    store.flush();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let mut seen = 0;
    for place in [dir.clone(), dir.join("instances")] {
        assert_eq!(mode(&place), 0o700, "{place:?}");
        for file in std::fs::read_dir(&place).unwrap().flatten() {
            if file.file_type().unwrap().is_file() {
                assert_eq!(mode(&file.path()), 0o600, "{:?}", file.path());
                seen += 1;
            }
        }
    }
    // The database, its log, the log's index, our lock, the door before the right to write.
    assert_eq!(seen, 5);
}

#[test]
fn a_running_program_keeps_its_conversation() {
    let home = TempDir::new().unwrap();
    let mut one = Store::open(home.path());
    let mut two = Store::open(home.path());
    one.send(save(1, message(1, Role::User, "one", MessageState::Complete)));
    one.send(StoreCommand::SaveConversation(conversation(1, 9_000)));
    one.flush();
    assert_eq!(two.restore().0, None);
    two.send(draft(2, "only a draft"));
    two.flush();
    assert_eq!(one.close(), Closed::Saved);
    let mut three = Store::open(home.path());
    assert_eq!(three.restore().0.unwrap().conversation.id, ConversationId(1));
    // Now it is held by the third; the second gets its own again.
    assert_eq!(two.restore().0.unwrap().draft, "only a draft");
    let locks = std::fs::read_dir(home.path().join("instances")).unwrap().count();
    assert_eq!(locks, 2);
}

#[test]
fn three_writers_at_once_lose_nothing() {
    let home = TempDir::new().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..3_i64 {
            let dir = home.path();
            scope.spawn(move || {
                let mut store = Store::open(dir);
                for number in 0..60 {
                    let id = writer * 1_000 + number;
                    store.send(save(writer, message(id, Role::User, "x", MessageState::Complete)));
                    store.send(append(id, "y"));
                    store.flush();
                }
                assert_eq!(store.close(), Closed::Saved);
            });
        }
    });
    is_whole(home.path());
    let db = Connection::open(home.path().join(base::FILE)).unwrap();
    let rows: i64 = db
        .query_row(
            "SELECT count(*) FROM messages LEFT JOIN pieces ON pieces.message = messages.id
             WHERE messages.text || coalesce(pieces.text, '') = 'xy'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(rows, 180);
}

/// The test program itself, run again to do one thing in a process of its own.
fn child(test: &str, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("service::store::tests::{test}"), "--nocapture"]);
    command.env("LIAN_TEST_CHILD", dir).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command
}

fn child_dir() -> Option<std::path::PathBuf> {
    std::env::var_os("LIAN_TEST_CHILD").map(Into::into)
}

/// Writes until it is killed, and says after each flush how much is safe.
fn write_for_ever(dir: &Path) -> ! {
    let mut store = Store::open(dir);
    store.send(save(1, message(1, Role::Assistant, "", MessageState::Streaming)));
    for number in 0_u64.. {
        store.send(append(1, &format!("{number},")));
        if number % 5 == 0 {
            store.flush();
            println!("safe {number}");
        }
    }
    unreachable!()
}

#[test]
fn a_killed_program_loses_nothing_that_was_flushed() {
    use std::io::BufRead;

    if let Some(dir) = child_dir() {
        write_for_ever(&dir);
    }
    for round in 0..6_usize {
        let home = TempDir::new().unwrap();
        let mut running =
            child("a_killed_program_loses_nothing_that_was_flushed", home.path()).spawn().unwrap();
        let mut lines = std::io::BufReader::new(running.stdout.take().unwrap()).lines();
        let mut safe = None;
        let mut told = 0;
        let mut note = |line: &str| {
            // The test harness writes on the same line before the first one.
            if let Some((_, number)) = line.split_once("safe ") {
                safe = Some(number.parse::<u64>().unwrap());
                told += 1;
            }
            told
        };
        // Another number of flushes each time; the kill falls wherever the child is by then.
        while note(&lines.next().expect("the child writes").unwrap()) < 1 + round * 7 {}
        running.kill().unwrap();
        for line in lines.map_while(Result::ok) {
            note(&line);
        }
        running.wait().unwrap();

        let mut store = Store::open(home.path());
        let (last, _) = store.restore();
        let answer = last.unwrap().messages.remove(0);
        assert_eq!(answer.state, MessageState::Partial);
        assert_eq!(answer.facts.unwrap().notice.unwrap().kind, NoticeKind::Interrupted);
        let numbers: Vec<u64> =
            answer.text.split_terminator(',').map(|number| number.parse().unwrap()).collect();
        assert!(numbers.iter().copied().eq(0..numbers.len() as u64), "in order, without gaps");
        assert!(numbers.last().copied() >= safe, "{safe:?} was safe, {:?}", numbers.last());
        assert_eq!(store.close(), Closed::Saved);
        is_whole(home.path());
        // Marked on disk as well: the next start finds nothing to mark.
        let (last, _) = Store::open(home.path()).restore();
        assert_eq!(last.unwrap().messages[0].text, answer.text);
    }
}

#[test]
fn an_answer_without_a_word_is_failed_not_partial() {
    let home = TempDir::new().unwrap();
    let mut store = Store::open(home.path());
    store.send(save(1, message(1, Role::Assistant, "", MessageState::Streaming)));
    store.flush();
    // The program that still runs is not interrupted by asking again.
    assert_eq!(store.restore().0.unwrap().messages[0].state, MessageState::Streaming);
    assert_eq!(store.close(), Closed::Saved);
    let (last, _) = Store::open(home.path()).restore();
    assert_eq!(last.unwrap().messages[0].state, MessageState::Failed);
}

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
    let mut command = child("a_directory_that_cannot_be_written_is_still_read", &dir);
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

/// Our schema with one more step, as a later program would have it.
static NEXT: [&str; KNOWN + 1] =
    one_more("ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;");

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

fn version(path: &Path) -> i64 {
    let db = Connection::open(path).unwrap();
    db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

fn backups(dir: &Path) -> Vec<std::path::PathBuf> {
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

#[test]
fn a_loop_that_does_not_listen_does_not_stop_the_writing() {
    let home = TempDir::new().unwrap();
    let (out, mut events) = channel(1);
    let deps = Deps { dir: home.path().to_owned(), now: || 1 };
    let handle = spawn_with(deps, Options::default(), out);
    for number in 0..20 {
        handle.try_send(StoreCommand::AddHistory(number.to_string())).unwrap();
        handle.try_send(StoreCommand::Flush).unwrap();
    }
    assert_eq!(handle.close(CAP), Closed::Saved);
    assert_eq!(events.try_recv().unwrap(), ServiceEvent::Store(StoreEvent::Flushed));
    assert_eq!(Store::open(home.path()).restore().1.len(), 20);
}

#[test]
fn a_full_inbox_gives_the_command_back() {
    let home = TempDir::new().unwrap();
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock().unwrap();
    let waits = Arc::clone(&gate);
    let options = Options {
        tune: Arc::new(move |_| drop(waits.lock().unwrap_or_else(PoisonError::into_inner))),
        ..Options::default()
    };
    let store = Store::with(home.path(), options);
    // The first one is taken out and hangs in opening; then the inbox fills.
    let mut refused = None;
    for number in 0..=INBOX + 1 {
        let command = StoreCommand::AddHistory(number.to_string());
        if number == 0 {
            store.send(StoreCommand::Flush);
        }
        if let Err(back) = store.handle.try_send(command) {
            refused = Some(back);
        }
    }
    assert!(matches!(refused, Some(StoreCommand::AddHistory(_))));
    drop(closed);
    assert_eq!(store.close(), Closed::Saved);
}

#[test]
fn a_store_that_hangs_is_left_behind() {
    let home = TempDir::new().unwrap();
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock().unwrap();
    let waits = Arc::clone(&gate);
    let options = Options {
        tune: Arc::new(move |_| drop(waits.lock().unwrap_or_else(PoisonError::into_inner))),
        ..Options::default()
    };
    let store = Store::with(home.path(), options);
    store.send(StoreCommand::Flush);
    assert_eq!(store.handle.close(Duration::from_millis(1)), Closed::TimedOut);
    drop(closed);
}
