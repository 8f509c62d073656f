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

mod places;
mod tree;
mod versions;

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
