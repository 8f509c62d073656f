//! The service as a whole against the simulator: from the wish to the file, through lost answers,
//! deaths and restarts, with money counted once.

#![expect(clippy::disallowed_methods, reason = "tests look at their files and at the clock")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use rust_decimal::Decimal;
use tempfile::TempDir;
use tokio::time::{Instant, timeout};

use super::*;
use crate::api::client::ClientOptions;
use crate::api::files::FileClient;
use crate::config::secrets::KeyPlan;
use crate::domain::ids::TaskKey;
use crate::domain::jobs::Form;
use crate::domain::jobs::Value;
use crate::domain::ledger::{Caps, Gate, Standing};
use crate::domain::models::ModelId;
use crate::domain::money::Currency;
use crate::domain::notice::{BudgetNotice, NoticeKind};
use crate::domain::tasks::TaskRow;
use crate::domain::tasks::book::{AssetState, Order, Stage, TaskRecord, Verdict};
use crate::domain::time::Now;
use crate::service::downloads;
use crate::service::log::Hidden;
use crate::service::store;
use crate::sim;

mod kills;

/// Long enough for any machine; nobody waits for it when all is well.
const CAP: Duration = Duration::from_secs(120);
const MODEL: &str = "wan2.5-t2v-preview";

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Another one for each program, also for those that begin in the same millisecond: of two with one
/// seed the second cannot enter its orders, for their entries in the ledger have the same ids.
fn seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};

    std::hash::RandomState::new().build_hasher().finish()
}

fn now() -> Now {
    Now { wall_ms: now_ms(), ..Now::default() }
}

/// A simulator whose videos take well below a second.
async fn simulator(scenario: &str) -> sim::Server {
    let scenario = (!scenario.is_empty())
        .then(|| sim::Scenario::parse("test.toml", scenario).expect("a scenario"));
    let options = sim::Options { scenario, time_scale: 400.0, ..sim::Options::default() };
    sim::start(options).await.expect("a port")
}

/// One running program.
struct Program {
    handle: Option<Handle>,
    store: Option<store::Handle>,
    events: mpsc::Receiver<TaskEvent>,
    cancel: CancellationToken,
    ledger: Ledger,
    all: Vec<TaskRecord>,
    candidates: Vec<(TaskKey, Vec<TaskRow>)>,
    trouble: Vec<TaskEvent>,
}

fn dirs(home: &Path) -> (PathBuf, PathBuf) {
    (home.join("data"), home.join("films"))
}

impl Program {
    fn start(home: &Path, server: &sim::Server) -> Self {
        Self::at(home, &server.origin())
    }

    fn at(home: &Path, origin: &str) -> Self {
        Self::hearing(home, origin, dirs(home).0)
    }

    /// One whose bell hangs in another directory than its store.
    fn hearing(home: &Path, origin: &str, bell: PathBuf) -> Self {
        let (data, films) = dirs(home);
        let (store_out, _) = mpsc::channel(1);
        let store = store::spawn(store::Deps { dir: data.clone(), now: now_ms }, store_out);
        let endpoint = Endpoint::at_origin(origin, Some("sk-test".into()), "TEST").expect("a URL");
        let keys = Keys::of(KeyPlan::at_hand("sk-test", "TEST"), Hidden::default(), false);
        let client = ApiClient::new(ClientOptions::for_endpoint(&endpoint));
        let files = FileClient::for_endpoint(&endpoint, CAP);
        let settings =
            downloads::Settings { dir: films, template: downloads::name::TEMPLATE.to_owned() };
        let ledger = Ledger::new(store.desk());
        let deps = Deps {
            client,
            endpoint,
            keys,
            catalog: crate::catalog::Shared::default(),
            figures: Figures::Documented,
            desk: store.desk(),
            ledger: ledger.clone(),
            uploads: Uploads::default(),
            files: Base::default(),
            downloads: Downloads::new(files, settings, now),
            profile: "dev".to_owned(),
            data: bell,
            now: now_ms,
            seed: seed(),
            rush: 40,
        };
        let (out, events) = mpsc::channel(64);
        let cancel = CancellationToken::new();
        let handle = spawn(deps, out, cancel.clone());
        Self {
            handle: Some(handle),
            store: Some(store),
            events,
            cancel,
            ledger,
            all: Vec::new(),
            candidates: Vec::new(),
            trouble: Vec::new(),
        }
    }

    fn send(&self, command: TaskCommand) {
        self.handle.as_ref().expect("it runs").try_send(command).expect("room");
    }

    fn submit(&self, orders: Vec<Order>, gate: Gate) {
        self.send(TaskCommand::Submit { orders, gate });
    }

    fn take(&mut self, event: TaskEvent) {
        match event {
            TaskEvent::Changed(task) => {
                self.all.retain(|known| known.key != task.key);
                self.all.push(*task);
            }
            TaskEvent::Listed(tasks) => self.all = tasks,
            TaskEvent::Removed(key) => self.all.retain(|known| known.key != key),
            TaskEvent::Candidates { key, rows } => self.candidates.push((key, rows)),
            TaskEvent::Progress { .. } => {}
            other => self.trouble.push(other),
        }
    }

    /// Listens until this holds.
    async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + CAP;
        while !holds(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            match timeout(left, self.events.recv()).await {
                Ok(Some(event)) => self.take(event),
                Ok(None) => panic!("the service ended; {what}: {:?}", self.all),
                Err(late) => {
                    panic!("{what} never came ({late}): {:#?} {:?}", self.all, self.trouble)
                }
            }
        }
    }

    fn stages(&self) -> Vec<Stage> {
        self.all.iter().map(|task| task.stage).collect()
    }

    fn only(&self) -> &TaskRecord {
        assert_eq!(self.all.len(), 1, "{:#?}", self.all);
        &self.all[0]
    }

    /// Ends in good order.
    async fn end(mut self) {
        self.cancel.cancel();
        if let Some(handle) = self.handle.take() {
            timeout(CAP, handle.ended()).await.expect("it ends");
        }
        if let Some(store) = self.store.take() {
            let _ = store.close(CAP);
        }
    }

    async fn spent(&self) -> Standing {
        self.ledger.standing("dev".into(), Currency::Cny).await.expect("a store")
    }
}

fn order(key: i64, prompt: &str) -> Order {
    let mut form = Form::default();
    form.set("prompt", Some(Value::Text(prompt.to_owned())));
    form.set("size", Some(Value::Text("832*480".to_owned())));
    form.set("duration", Some(Value::Whole(5)));
    Order {
        key: TaskKey(key),
        model: ModelId::new(MODEL),
        title: prompt.to_owned(),
        form,
        batch: None,
        price: Some(yuan("1.5")),
        tag: None,
    }
}

fn yuan(text: &str) -> crate::domain::money::Money {
    let amount: Decimal = text.parse().expect("a decimal");
    crate::domain::money::Money { amount, currency: Currency::Cny }
}

/// Waits for what no event tells.
async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + CAP;
    while !holds() {
        assert!(Instant::now() < deadline, "{what} never came");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Creations that reached the simulator.
fn created(server: &sim::Server) -> usize {
    let posts = |seen: &&sim::Seen| seen.method == "POST" && seen.path.contains("video-synthesis");
    server.seen().iter().filter(posts).count()
}

/// Whole files in the directory, side-cars and hidden ones apart.
fn films(home: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(dirs(home).1).map(|dir| dir.flatten().map(|file| file.path()));
    files
        .into_iter()
        .flatten()
        .filter(|path| path.extension().is_some_and(|ending| ending == "mp4"))
        .filter(|path| {
            !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wish_becomes_a_file_with_its_note_and_is_paid_once() {
    let home = TempDir::new().expect("a directory");
    let server = simulator("").await;
    let mut program = Program::start(home.path(), &server);
    program.submit(vec![order(1, "A paper boat in the rain")], Gate::default());
    program.until("the file", |program| program.stages() == [Stage::Saved]).await;
    let task = program.only().clone();
    assert!(task.remote.is_some() && task.request_id.is_some());
    let AssetState::Saved { path, bytes, sha256 } = &task.assets[0].state else { panic!() };
    let file = std::fs::read(path).expect("the file");
    assert_eq!(file.len() as u64, *bytes);
    assert_eq!(sha256.len(), 64);
    assert!(path.contains("a-paper-boat-in-the-rain"), "{path}");
    assert_eq!(&file[4..8], b"ftyp");
    let note = Path::new(path).with_extension("json");
    program.until("the note", |_| note.exists()).await;
    let note: serde_json::Value =
        serde_json::from_slice(&std::fs::read(note).expect("a note")).expect("JSON");
    assert_eq!(note["prompt"], "A paper boat in the rain");
    assert_eq!(note["form"]["duration"], 5);
    assert_eq!(note["files"][0]["sha256"], *sha256);
    // 5 s of 480p at ¥0.3: what the usage comes to takes the place of what was reserved.
    let spent = program.spent().await;
    assert_eq!(Some(spent.day), program.only().cost.map(|cost| cost.amount));
    assert_eq!(created(&server), 1);
    program.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_found_in_the_list_and_never_sent_again() {
    let home = TempDir::new().expect("a directory");
    let server = simulator(
        "[[rule]]\npath = \"/api/v1/services/aigc/video-generation/video-synthesis\"\nlose = \"after\"\n",
    )
    .await;
    let mut program = Program::start(home.path(), &server);
    program.submit(vec![order(1, "lanterns")], Gate::default());
    program.until("maybe", |p| p.stages() == [Stage::Maybe]).await;
    program.until("the file", |p| p.stages() == [Stage::Saved]).await;
    assert_eq!((created(&server), films(home.path()).len()), (1, 1));
    program.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_arrived_is_asked_about_and_sent_again_only_by_the_user() {
    let home = TempDir::new().expect("a directory");
    let server = simulator(
        "[[rule]]\npath = \"/api/v1/services/aigc/video-generation/video-synthesis\"\ncall = 1\nlose = \"before\"\n",
    )
    .await;
    let mut program = Program::start(home.path(), &server);
    program.submit(vec![order(1, "lanterns")], Gate::default());
    program.until("the question", |p| !p.candidates.is_empty()).await;
    assert_eq!(program.stages(), [Stage::Maybe]);
    assert_eq!(program.candidates[0], (TaskKey(1), Vec::new()));
    assert_eq!(created(&server), 1);
    program.send(TaskCommand::Decide { key: TaskKey(1), verdict: Verdict::SendAgain });
    program.until("the file", |p| p.stages() == [Stage::Saved]).await;
    assert_eq!(created(&server), 2);
    program.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_ends_it_and_costs_nothing_and_a_crowd_is_waited_for() {
    let home = TempDir::new().expect("a directory");
    let server = simulator(
        "[[rule]]\npath = \"/api/v1/services/aigc/video-generation/video-synthesis\"\ncall = \"1-2\"\nstatus = 429\ncode = \"Throttling.RateQuota\"\n",
    )
    .await;
    let mut program = Program::start(home.path(), &server);
    let mut bad = order(1, "no such length");
    bad.form.set("duration", Some(Value::Whole(7)));
    program.submit(vec![order(2, "waits for its turn")], Gate::default());
    program.until("the file", |p| p.stages() == [Stage::Saved]).await;
    assert_eq!(created(&server), 3, "two refusals for the crowd, then the task");
    program.submit(vec![bad], Gate::default());
    program
        .until("the refusal", |p| {
            p.all.iter().any(|task| task.key == TaskKey(1) && task.stage == Stage::Refused)
        })
        .await;
    let refused = program.all.iter().find(|task| task.key == TaskKey(1)).expect("it");
    assert!(refused.notice.is_some());
    let saved = program.all.iter().find(|task| task.key == TaskKey(2)).expect("it");
    assert_eq!(Some(program.spent().await.day), saved.cost.map(|cost| cost.amount));
    program.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_stops_before_anything_is_sent() {
    let home = TempDir::new().expect("a directory");
    let server = simulator("").await;
    let mut program = Program::start(home.path(), &server);
    let caps = Caps { day: Some("1.8".parse().expect("a decimal")), ..Caps::default() };
    let gate = Gate { caps, ..Gate::default() };
    program.submit(vec![order(1, "first"), order(2, "second")], gate);
    program.until("the stop", |p| p.trouble.len() == 2).await;
    let [TaskEvent::Trouble(near), TaskEvent::OverBudget { orders, reached }] =
        &program.trouble[..]
    else {
        panic!("{:?}", program.trouble)
    };
    assert!(matches!(near.kind, NoticeKind::Budget(BudgetNotice::Near(_))), "{near:?}");
    assert_eq!((orders.len(), reached.spent), (1, yuan("1.5")));
    program.until("the first", |p| p.stages() == [Stage::Saved]).await;
    assert_eq!(created(&server), 1);
    program.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_programs_send_ask_and_fetch_each_task_once_and_all_show_the_same() {
    let home = TempDir::new().expect("a directory");
    let server = simulator("").await;
    let mut programs: Vec<Program> = (0..3).map(|_| Program::start(home.path(), &server)).collect();
    for (n, program) in programs.iter().enumerate() {
        let n = n as i64 * 10;
        let orders = (1..=4).map(|k| order(n + k, &format!("film {n} {k}"))).collect();
        program.submit(orders, Gate::default());
    }
    // All of them listen: a program whose events nobody takes would wait for its reader.
    let all = programs.iter_mut().map(|program| {
        program.until("twelve files", |p| {
            // Whose order was not taken says why, instead of everybody waiting for it.
            let refused = p.trouble.iter().find(|e| matches!(e, TaskEvent::NotTaken { .. }));
            assert!(refused.is_none(), "{refused:?}");
            p.all.len() == 12 && p.all.iter().all(|task| task.stage == Stage::Saved)
        })
    });
    futures_util::future::join_all(all).await;
    let seen = server.seen();
    let posts = seen.iter().filter(|seen| seen.method == "POST");
    let prompts: Vec<_> = posts.map(|seen| &seen.body["input"]["prompt"]).collect();
    assert_eq!(created(&server), 12, "{prompts:?}");
    assert_eq!(films(home.path()).len(), 12);
    let fetched = seen.iter().filter(|s| s.path.starts_with("/results/")).count();
    assert_eq!(fetched, 12, "each file once");
    for program in programs {
        program.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_cannot_hear_the_bell_looks_by_itself_also_while_it_has_no_task() {
    let home = TempDir::new().expect("a directory");
    let server = simulator("").await;
    // No bell can hang below a file.
    let file = home.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let mut deaf = Program::hearing(home.path(), &server.origin(), file.join("bell"));
    let mut other = Program::start(home.path(), &server);
    other.submit(vec![order(1, "somebody else's")], Gate::default());
    other.until("the file", |p| p.stages() == [Stage::Saved]).await;
    deaf.until("the news", |p| p.stages() == [Stage::Saved]).await;
    deaf.end().await;
    other.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_go_on_when_their_program_ends_and_another_starts() {
    let home = TempDir::new().expect("a directory");
    let server = simulator("").await;
    let mut first = Program::start(home.path(), &server);
    first.submit((1..=3).map(|key| order(key, "goes on")).collect(), Gate::default());
    first.until("sent", |p| p.stages().contains(&Stage::Following)).await;
    first.end().await;
    let mut second = Program::start(home.path(), &server);
    second
        .until("three files", |p| {
            p.all.len() == 3 && p.all.iter().all(|task| task.stage == Stage::Saved)
        })
        .await;
    assert_eq!((created(&server), films(home.path()).len()), (3, 3));
    second.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_of_another_program_is_adopted_and_saved() {
    let (home, other) = (TempDir::new().expect("a dir"), TempDir::new().expect("a dir"));
    let server = simulator("").await;
    let mut elsewhere = Program::start(other.path(), &server);
    elsewhere.submit(vec![order(1, "made elsewhere")], Gate::default());
    elsewhere.until("done there", |p| p.stages() == [Stage::Saved]).await;
    elsewhere.end().await;
    let mut program = Program::start(home.path(), &server);
    program.send(TaskCommand::LookAround);
    program.until("the list", |p| !p.trouble.is_empty()).await;
    let TaskEvent::Account(rows) = program.trouble.remove(0) else { panic!() };
    assert_eq!(rows.len(), 1);
    program.send(TaskCommand::Adopt(rows.clone()));
    program.send(TaskCommand::Adopt(rows));
    program.until("the file", |p| p.stages() == [Stage::Saved]).await;
    let task = program.only();
    assert!(task.adopted && task.title == "made elsewhere", "{task:?}");
    assert_eq!(program.spent().await.day, Decimal::ZERO, "it is not ours to pay");
    program.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_and_losses_of_all_kinds_come_to_a_clear_end() {
    for (rule, stage) in [
        ("task_code = \"DataInspectionFailed\"", Stage::Failed),
        ("no_url = true", Stage::Expired),
        ("url_field = \"results\"", Stage::Saved),
        ("usage = \"documented\"", Stage::Saved),
        ("file_name = \"-rf \\u001b]0;x\\u202e.mp4\"", Stage::Saved),
    ] {
        let home = TempDir::new().expect("a directory");
        let server = simulator(&format!("[[rule]]\n{rule}\n")).await;
        let mut program = Program::start(home.path(), &server);
        program.submit(vec![order(1, "it ends somehow")], Gate::default());
        program.until(rule, |p| p.all.len() == 1 && p.all[0].stage.is_final()).await;
        let task = program.only();
        assert_eq!(task.stage, stage, "{rule}: {task:#?}");
        if stage == Stage::Failed {
            assert!(matches!(
                task.notice.as_ref().map(|notice| &notice.kind),
                Some(NoticeKind::ContentRefused { .. })
            ));
            assert_eq!(program.spent().await.day, Decimal::ZERO);
        }
        assert!(!task.raw.is_empty());
        let outside = std::fs::read_dir(home.path()).expect("a directory").count();
        assert!(outside <= 2, "only the two directories");
        program.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_downloads_end_whole() {
    for rule in [
        "cut_after_bytes = 700\ncall = 1",
        "cut_after_bytes = 700\ncall = 1\nno_range = true",
        "cut_after_bytes = 700\ncall = 1\netag_changes = true",
        "cut_after_bytes = 700\ncut = \"clean\"\ncall = 1",
        "expired = true\ncall = 1",
        "status = 503\ncall = \"1-2\"",
    ] {
        let home = TempDir::new().expect("a directory");
        let server = simulator(&format!("[[rule]]\npath = \"/results/*\"\n{rule}\n")).await;
        let mut program = Program::start(home.path(), &server);
        program.submit(vec![order(1, "whole or not at all")], Gate::default());
        program.until(rule, |p| p.stages() == [Stage::Saved]).await;
        let files = films(home.path());
        assert_eq!(files.len(), 1, "{rule}");
        let whole = std::fs::read(&files[0]).expect("the file");
        let AssetState::Saved { bytes, .. } = &program.only().assets[0].state else { panic!() };
        assert_eq!(whole.len() as u64, *bytes, "{rule}");
        // The index of an MP4 is in it, wherever it was cut before.
        assert!(whole.windows(4).any(|four| four == b"moov"), "{rule}");
        program.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_nothing_is_heard_of_tasks_is_said_once() {
    for (answer, asked) in [
        ("status = 401\ncode = \"InvalidApiKey\"", 1),
        ("status = 500\ncode = \"InternalError\"", 3),
    ] {
        let home = TempDir::new().expect("a directory");
        let rule = format!("[[rule]]\npath = \"/api/v1/tasks/*\"\ncall = \"1-6\"\n{answer}\n");
        let server = simulator(&rule).await;
        let mut program = Program::start(home.path(), &server);
        program.submit(vec![order(1, "and nobody answers")], Gate::default());
        program.until("the word", |p| !p.trouble.is_empty()).await;
        let polls =
            || server.seen().iter().filter(|seen| seen.path.starts_with("/api/v1/tasks/")).count();
        assert!(polls() >= asked, "{answer}: {}", polls());
        // It is asked for all the same, and heard in the end.
        program.until("the file", |p| p.stages() == [Stage::Saved]).await;
        assert_eq!(program.trouble.len(), 1, "{answer}: {:?}", program.trouble);
        program.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_cannot_be_written_is_told_once_and_the_file_comes_when_it_can() {
    let home = TempDir::new().expect("a directory");
    let server = simulator("").await;
    let place = dirs(home.path()).1;
    std::fs::write(&place, "a file where the directory should be").expect("a file");
    let mut program = Program::start(home.path(), &server);
    program.submit(vec![order(1, "has no place")], Gate::default());
    program.until("the word", |p| !p.trouble.is_empty()).await;
    let unwritable = |notice: &crate::domain::notice::Notice| {
        matches!(
            notice.kind,
            NoticeKind::Download(crate::domain::notice::DownloadNotice::Unwritable { .. })
        )
    };
    assert!(matches!(&program.trouble[0], TaskEvent::Trouble(notice) if unwritable(notice)));
    let task = program.only();
    assert_eq!(task.stage, Stage::Saving, "nothing is given up");
    assert!(task.notice.as_ref().is_some_and(unwritable), "the list says it too: {task:?}");
    std::fs::remove_file(&place).expect("it is gone");
    program.until("the file", |p| p.stages() == [Stage::Saved]).await;
    assert_eq!((program.only().notice.clone(), films(home.path()).len()), (None, 1));
    assert_eq!(program.trouble.len(), 1, "{:?}", program.trouble);
    let mark = place.join(format!(".{}-0.done", program.only().key));
    eventually("the last word on the first", || !mark.exists()).await;
    // Another directory counts at once.
    let elsewhere = downloads::Settings {
        dir: home.path().join("elsewhere"),
        template: downloads::name::TEMPLATE.to_owned(),
    };
    let back = downloads::Settings { dir: place.clone(), ..elsewhere.clone() };
    program.handle.as_ref().expect("it runs").downloads.move_to(elsewhere);
    program.submit(vec![order(3, "goes elsewhere")], Gate::default());
    program.until("the file there", |p| p.stages() == [Stage::Saved; 2]).await;
    assert_eq!((films(home.path()).len(), program.all[1].saved().count()), (1, 1));
    assert!(program.all[1].saved().all(|path| path.contains("/elsewhere/")));
    program.handle.as_ref().expect("it runs").downloads.move_to(back);
    // A directory that vanished is made again.
    std::fs::remove_dir_all(&place).expect("it is gone");
    program.submit(vec![order(2, "finds none")], Gate::default());
    program.until("the other file", |p| p.stages() == [Stage::Saved; 3]).await;
    assert_eq!(films(home.path()).len(), 1);
    program.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_has_its_name_is_not_fetched_again_by_the_next_program() {
    let home = TempDir::new().expect("a directory");
    let server = simulator("").await;
    let mut program = Program::start(home.path(), &server);
    program.submit(vec![order(1, "named, not noted")], Gate::default());
    program.until("the file", |p| p.stages() == [Stage::Saved]).await;
    let task = program.only().clone();
    let AssetState::Saved { path, bytes, sha256 } = task.assets[0].state.clone() else { panic!() };
    eventually("the mark goes when the store knows", || {
        !dirs(home.path()).1.join(format!(".{}-0.done", task.key)).exists()
    })
    .await;
    program.end().await;
    // As if it had died after the name and before the store's record.
    let name = Path::new(&path).file_name().expect("a name").to_string_lossy().into_owned();
    let mark = dirs(home.path()).1.join(format!(".{}-0.done", task.key));
    std::fs::write(&mark, format!("{name}\n{bytes}\n{sha256}\n")).expect("a mark");
    let db = rusqlite::Connection::open(dirs(home.path()).0.join("lian.db")).expect("the store");
    let assets: String =
        db.query_row("SELECT assets FROM tasks", [], |row| row.get(0)).expect("a row");
    let mut assets: serde_json::Value = serde_json::from_str(&assets).expect("JSON");
    assets[0]["state"] = "wanted".into();
    db.execute("UPDATE tasks SET stage = 'saving', assets = ?1", [assets.to_string()])
        .expect("a change");
    drop(db);
    let mut next = Program::start(home.path(), &server);
    next.until("the file", |p| p.stages() == [Stage::Saved]).await;
    assert_eq!(next.only().saved().collect::<Vec<_>>(), [path.as_str()]);
    assert_eq!(films(home.path()).len(), 1, "and not a second one");
    let fetched = server.seen().iter().filter(|s| s.path.starts_with("/results/")).count();
    assert_eq!(fetched, 1);
    eventually("the mark is gone", || !mark.exists()).await;
    next.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_service_asks_nothing() {
    let home = TempDir::new().expect("a directory");
    let server = simulator("").await;
    let mut program = Program::start(home.path(), &server);
    program.submit(vec![order(1, "and then nothing")], Gate::default());
    program.until("the file", |p| p.stages() == [Stage::Saved]).await;
    let asked = server.requests();
    // Whatever would wake up by itself does so within this time, forty times as fast.
    program.send(TaskCommand::List);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(server.requests(), asked);
    program.end().await;
}
