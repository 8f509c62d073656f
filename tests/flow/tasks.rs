//! The tasks on the screen: the strip, the list, every key on it, what is asked before money or
//! work is lost, and what nobody has to look at. A visible change comes with its snapshot.

use lian::domain::errands::{Errand, ErrandEvent, POSTER_HEIGHT, POSTER_WIDTH, Poster};
use lian::domain::ids::TaskKey;
use lian::domain::jobs::{Form, Value};
use lian::domain::ledger::{Cap, Reached};
use lian::domain::models::ModelId;
use lian::domain::money::{Currency, Money};
use lian::domain::notice::{Notice, NoticeKind, TaskNotice};
use lian::domain::pictures::{self, Still};
use lian::domain::settings::{Language, Pictures, Settings, SettingsEvent, Tasks as TaskSettings};
use lian::domain::tasks::book::{
    Asset, AssetState, Order, Review, Stage, TaskCommand, TaskEvent, TaskRecord, Times, Verdict,
};
use lian::domain::tasks::{FileKind, TaskId, TaskRow, TaskStatus};
use lian::effect::{Effect, TerminalCommand};
use lian::event::ServiceEvent;
use lian::input::Input;

use crate::harness::{Harness, settings};

/// Noon of the harness's first day.
const NOON: i64 = 12 * 3_600_000;

pub(crate) fn yuan(text: &str) -> Money {
    Money { amount: text.parse().unwrap(), currency: Currency::Cny }
}

/// A task that waits in line.
pub(crate) fn task(key: i64, title: &str) -> TaskRecord {
    let form = Form {
        values: [
            ("prompt".to_owned(), Value::Text(title.to_owned())),
            ("size".to_owned(), Value::Text("1280*720".to_owned())),
            ("duration".to_owned(), Value::Whole(5)),
            ("seed".to_owned(), Value::Whole(7)),
        ]
        .into(),
    };
    TaskRecord {
        key: TaskKey(key),
        profile: "default".to_owned(),
        origin: "https://dashscope.aliyuncs.com".to_owned(),
        model: ModelId::new("wan2.5-t2v-preview"),
        title: title.to_owned(),
        form,
        batch: None,
        position: key,
        stage: Stage::Waiting,
        remote: None,
        status: None,
        times: Times { created: NOON + key * 1_000, ..Times::default() },
        request_id: None,
        price: Some(yuan("1.50")),
        cost: None,
        entry: None,
        adopted: false,
        rewritten: None,
        assets: Vec::new(),
        notice: None,
        review: None,
        raw: String::new(),
    }
}

/// It is at the service since so many seconds before `now`.
fn following(mut task: TaskRecord, status: TaskStatus, now: i64, seconds: i64) -> TaskRecord {
    task.stage = Stage::Following;
    task.status = Some(status);
    task.remote = TaskId::new(&format!("0b7d9a6e-{}", task.key.0));
    task.times.created = now - seconds * 1_000;
    task.times.sent = Some(task.times.created);
    task.times.submitted = Some(task.times.created);
    task
}

/// It took so many seconds and ended so many seconds before `now`.
fn saved(mut task: TaskRecord, now: i64, took: i64, ago: i64, file: &str) -> TaskRecord {
    task = following(task, TaskStatus::Succeeded, now, took + ago);
    task.stage = Stage::Saved;
    task.times.scheduled = task.times.submitted.map(|at| at + 2_000);
    task.times.ended = Some(now - ago * 1_000);
    task.times.saved = Some(now - ago * 1_000 + 1_500);
    task.request_id = Some("req-77".to_owned());
    task.cost = task.price;
    task.assets = vec![Asset {
        part: 0,
        url: "https://x.example/f.mp4?Signature=abc".to_owned(),
        kind: FileKind::Video,
        state: AssetState::Saved {
            path: format!("/home/me/files/{file}"),
            bytes: 1_234_567,
            sha256: "ab".repeat(32),
        },
    }];
    task
}

pub(crate) fn says(h: &mut Harness, event: TaskEvent) {
    h.says(ServiceEvent::Task(Box::new(event)));
}

fn changed(h: &mut Harness, task: TaskRecord) {
    says(h, TaskEvent::Changed(Box::new(task)));
}

/// The commands for the task service; other effects are dropped.
pub(crate) fn commands(h: &mut Harness) -> Vec<TaskCommand> {
    let task = |effect| match effect {
        Effect::Task(command) => Some(command),
        _ => None,
    };
    h.effects().into_iter().filter_map(task).collect()
}

fn errands(h: &mut Harness) -> Vec<Errand> {
    let errand = |effect| match effect {
        Effect::Errand(errand) => Some(errand),
        _ => None,
    };
    h.effects().into_iter().filter_map(errand).collect()
}

/// One of each kind that matters.
fn some(h: &mut Harness) {
    let now = h.now.wall_ms;
    let mut all = vec![
        following(task(1, "a paper boat in the rain"), TaskStatus::Running, now, 102),
        following(task(2, "the cat turns its head, 镜头缓慢推进"), TaskStatus::Pending, now, 12),
        task(3, "a train through a long valley at dawn, seen from far above"),
        saved(task(4, "lanterns over the river"), now, 180, 7_100, "lanterns.mp4"),
        saved(task(5, "灯笼漂过河面"), now, 240, 80_000, "20260101-wan-灯笼漂过河面.mp4"),
    ];
    let mut failed = following(task(6, "a storm"), TaskStatus::Failed, now, 600);
    failed.stage = Stage::Failed;
    failed.times.ended = Some(now - 500_000);
    failed.notice = Some(Notice::new(NoticeKind::Task(TaskNotice::FailedWithoutWord)));
    all.push(failed);
    says(h, TaskEvent::Listed(all));
}

fn with(language: Language, size: (u16, u16)) -> Harness {
    let mut h = Harness::with(Settings { language, ..settings() }, size);
    h.now.wall_ms = NOON;
    some(&mut h);
    h.effects();
    h
}

fn open(size: (u16, u16)) -> Harness {
    let mut h = with(Language::En, size);
    h.key("alt+3");
    h
}

/// The row of the list with this text.
fn go_to(h: &mut Harness, text: &str) {
    h.key("g");
    for _ in 0..20 {
        if h.rows().iter().any(|row| row.contains('▸') && row.contains(text)) {
            return;
        }
        h.key("j");
    }
    panic!("no row {text}: {}", h.screen());
}

#[test]
fn the_tasks_are_asked_for_at_the_start_and_shown_only_if_there_are_some() {
    let mut h = Harness::new();
    assert!(h.effects().contains(&Effect::Task(TaskCommand::List)));
    assert_eq!(h.find("Tasks"), None);
    says(&mut h, TaskEvent::Listed(Vec::new()));
    assert_eq!((h.find("Tasks"), h.state.deadline(h.now)), (None, None));
    // A small screen has one line for them, a larger one a row each.
    let mut h = with(Language::En, (80, 24));
    assert!(h.row(h.find("Tasks").unwrap() as u16).contains("a paper boat"));
    assert_eq!(h.rows().iter().filter(|row| row.contains("cat")).count(), 0);
    h.resize(120, 40);
    let row = h.row(h.find("a paper boat").unwrap() as u16);
    for part in ["▶", "RUNNING", "1:42", "~3 min left", "¥1.50"] {
        assert!(row.contains(part), "{part}: {row}");
    }
}

#[test]
fn strip_and_list_at_three_sizes_in_two_languages() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        for size in [(80, 24), (120, 40), (200, 60)] {
            let mut h = with(language, size);
            insta::assert_snapshot!(format!("strip_{name}_{}x{}", size.0, size.1), h.screen());
            h.key("alt+3");
            insta::assert_snapshot!(format!("list_{name}_{}x{}", size.0, size.1), h.screen());
        }
        let mut h = with(language, (80, 24));
        h.key("alt+3").keys("G<enter>");
        insta::assert_snapshot!(format!("details_{name}_80x24"), h.screen());
    }
}

#[test]
fn countdowns_move_only_while_something_counts() {
    let mut h = with(Language::En, (120, 40));
    let next = h.state.deadline(h.now).unwrap().saturating_sub(h.now.since_start);
    assert!(next.as_millis() <= 1_000, "{next:?}");
    h.pass(3_000);
    assert!(h.screen().contains("1:45"), "{}", h.screen());
    // Nothing of it is in sight: nothing wakes up.
    h.key("ctrl+p");
    assert_eq!(h.state.deadline(h.now), None);
    h.key("esc");
    // Only a file that expires is left: once a minute.
    for key in [1, 2, 3, 6] {
        says(&mut h, TaskEvent::Removed(TaskKey(key)));
    }
    let next = h.state.deadline(h.now).unwrap().saturating_sub(h.now.since_start);
    assert!((1_001..=60_000).contains(&next.as_millis()), "{next:?}");
    for key in [4, 5] {
        says(&mut h, TaskEvent::Removed(TaskKey(key)));
    }
    assert_eq!((h.state.deadline(h.now), h.find("Tasks")), (None, None));
}

#[test]
fn a_file_that_expires_soon_is_red() {
    let mut h = with(Language::En, (120, 40));
    let now = h.now.wall_ms;
    changed(&mut h, saved(task(9, "soon"), now, 60, 23 * 3_600, "soon.mp4"));
    h.key("alt+3");
    let y = h.find("soon").unwrap() as u16;
    assert!(h.row(y).contains("60 min left"), "{}", h.row(y));
    let x = (0..120).find(|x| h.buffer()[(*x, y)].symbol() == "6").unwrap();
    let style = h.theme.style(lian::theme::Role::Error);
    assert_eq!(Some(h.buffer()[(x, y)].fg), style.fg);
}

#[test]
fn a_thousand_tasks_make_no_key_slower() {
    let mut h = Harness::with(settings(), (120, 40));
    h.now.wall_ms = NOON;
    let all: Vec<_> = (0..1_000).map(|key| task(key, &format!("prompt {key}"))).collect();
    says(&mut h, TaskEvent::Listed(all));
    h.key("alt+3");
    let work = |h: &Harness| h.state.tasks().shelf().looked_at();
    let before = work(&h);
    for _ in 0..50 {
        h.keys("j j<space>kG g<pagedown>d d");
    }
    assert_eq!(work(&h), before, "a key looks at no task but those in sight");
    for key in 0..100 {
        let now = h.now.wall_ms;
        changed(&mut h, following(task(key * 7, "moved"), TaskStatus::Running, now, key));
    }
    let each = (work(&h) - before) / 100;
    assert!(each < 100, "a change compares {each} rows");
    // A letter of the filter looks at each task once.
    let before = work(&h);
    h.keys("/move");
    assert!(work(&h) - before <= 4 * 2_000);
    assert_eq!(h.state.tasks().shelf().rows(), 100);
}

#[test]
fn the_mark_stays_with_its_task_whatever_arrives() {
    let mut h = open((120, 40));
    go_to(&mut h, "lanterns");
    let now = h.now.wall_ms;
    changed(&mut h, task(20, "newest of all"));
    says(&mut h, TaskEvent::Removed(TaskKey(2)));
    changed(&mut h, following(task(1, "a paper boat"), TaskStatus::Running, now, 5));
    let marked = h.rows().into_iter().find(|row| row.contains('▸')).unwrap();
    assert!(marked.contains("lanterns"), "{marked}");
}

#[test]
fn words_narrow_the_list_and_letters_sort_it() {
    let mut h = open((120, 40));
    h.keys("/wan2.5 river");
    assert!(h.find("lanterns").is_some() && h.find("paper boat").is_none(), "{}", h.screen());
    h.keys("<enter>d");
    assert!(h.screen().contains("sha256"));
    h.keys("<esc><esc>");
    assert!(h.find("paper boat").is_some(), "Esc takes the words away");
    let order = |h: &Harness, a: &str, b: &str| h.find(a).unwrap() < h.find(b).unwrap();
    h.key("S");
    assert!(order(&h, "paper boat", "lanterns") && h.screen().contains("by state"));
    h.key("S");
    assert!(order(&h, "lanterns", "paper boat") && h.screen().contains("backwards"));
    h.key("E");
    assert!(order(&h, "灯笼", "lanterns"), "what expires first comes first: {}", h.screen());
    for key in ["M", "A", "C"] {
        h.key(key);
        assert_eq!(h.state.tasks().shelf().rows(), 6);
    }
}

#[test]
fn cancel_asks_and_marks_make_it_many() {
    let mut h = open((120, 40));
    go_to(&mut h, "paper boat");
    h.key("c");
    assert!(commands(&mut h).is_empty());
    assert!(h.screen().contains("Cancel the task? The service cancels only"), "{}", h.screen());
    h.keys("<esc>");
    assert!(commands(&mut h).is_empty(), "Esc cancels nothing");
    h.keys("c<enter>");
    assert_eq!(commands(&mut h), [TaskCommand::Cancel(TaskKey(1))]);
    // All that can be canceled of those with a mark.
    h.keys("*c");
    assert!(h.screen().contains("3 tasks"), "{}", h.screen());
    h.keys("<enter>");
    assert_eq!(commands(&mut h).len(), 3);
    // What is over cannot be canceled, and that is said.
    h.keys("<esc>");
    go_to(&mut h, "lanterns");
    h.keys("c");
    assert!(commands(&mut h).is_empty());
    h.keys("<esc>");
    assert!(h.screen().contains("cannot be done"), "{}", h.screen());
}

#[test]
fn every_other_key_of_the_list() {
    let mut h = open((120, 40));
    go_to(&mut h, "lanterns");
    h.keys("o");
    let path = "/home/me/files/lanterns.mp4".to_owned();
    assert_eq!(errands(&mut h), [Errand::Open { path: path.clone() }]);
    h.keys("O");
    assert_eq!(errands(&mut h), [Errand::Reveal { path: path.clone() }]);
    h.keys("y");
    let copied = Effect::Terminal(TerminalCommand::Clipboard(path));
    assert_eq!(h.effects(), [copied]);
    h.keys("x<enter>");
    assert_eq!(commands(&mut h), [TaskCommand::Forget(TaskKey(4))]);
    // Whole files are not fetched again; a missing one is.
    h.keys("D");
    assert!(commands(&mut h).is_empty());
    let now = h.now.wall_ms;
    let mut half = saved(task(4, "lanterns"), now, 60, 60, "a.mp4");
    half.assets[0].state = AssetState::Expired;
    changed(&mut h, half);
    h.keys("D");
    assert_eq!(commands(&mut h), [TaskCommand::Download(TaskKey(4))]);
    go_to(&mut h, "a train");
    h.keys("pP");
    let key = TaskKey(3);
    assert_eq!(
        commands(&mut h),
        [TaskCommand::SetPaused { keys: vec![key], paused: true }, TaskCommand::First(key)]
    );
    changed(&mut h, TaskRecord { stage: Stage::Paused, ..task(3, "a train") });
    h.keys("p");
    assert_eq!(commands(&mut h), [TaskCommand::SetPaused { keys: vec![key], paused: false }]);
    // Nothing is on disk of a task that waits.
    h.keys("o");
    assert!(errands(&mut h).is_empty());
    h.keys("q");
    assert!(h.screen().contains("No file of this task"), "{}", h.screen());
}

#[test]
fn again_costs_and_is_asked_and_the_seed_is_another() {
    let mut h = open((120, 40));
    go_to(&mut h, "lanterns");
    h.keys("r");
    assert!(commands(&mut h).is_empty());
    assert!(h.screen().contains("new seed? ≈ ¥"), "{}", h.screen());
    h.keys("<enter>");
    let sent = commands(&mut h);
    let [TaskCommand::Submit { orders, gate }] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!((orders.len(), gate.override_caps), (1, false));
    assert_ne!(orders[0].form.get("seed"), Some(&Value::Whole(7)));
    assert!(orders[0].price.is_some() && orders[0].tag.is_some());
    assert_ne!(orders[0].key, TaskKey(4));
    // The same seed and another prompt: a form that is filled.
    h.keys("e");
    assert!(h.screen().contains("lanterns over the river"), "{}", h.screen());
    assert!(h.screen().contains("seed") && commands(&mut h).is_empty());
    // Of what another program made nobody knows the form.
    let mut h = open((120, 40));
    let now = h.now.wall_ms;
    let mut stranger = saved(task(30, ""), now, 9, 9, "s.mp4");
    (stranger.adopted, stranger.form) = (true, Form::default());
    changed(&mut h, stranger);
    go_to(&mut h, "0b7d9a6e-30");
    h.keys("r<esc>");
    assert!(commands(&mut h).is_empty() && h.screen().contains("Another program"));
}

#[test]
fn money_beyond_a_limit_needs_a_typed_yes() {
    let mut h = with(Language::En, (80, 24));
    let order = Order {
        key: TaskKey(50),
        model: ModelId::new("wan2.5-t2v-preview"),
        title: "a boat".to_owned(),
        form: task(50, "a boat").form,
        batch: None,
        price: Some(yuan("3")),
        tag: None,
    };
    let reached = Reached { cap: Cap::Day, spent: yuan("19"), limit: yuan("20"), asked: yuan("3") };
    let over = || TaskEvent::OverBudget { orders: vec![order.clone()], reached };
    says(&mut h, over());
    assert!(h.screen().contains("today") && h.screen().contains("¥20.00"), "{}", h.screen());
    h.keys("y<enter>");
    assert!(commands(&mut h).is_empty(), "a letter is no yes");
    // What was filled in is there again.
    assert!(h.screen().contains("a boat"), "{}", h.screen());
    h.keys("<esc>");
    says(&mut h, over());
    h.keys("yes<enter>");
    let sent = commands(&mut h);
    let [TaskCommand::Submit { orders, gate }] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(orders.as_slice(), std::slice::from_ref(&order));
    assert!(gate.override_caps);
    // A loop is asked too, and its first row sends nothing.
    says(&mut h, TaskEvent::Loop { orders: vec![order.clone()], times: 3 });
    h.keys("<enter><esc>");
    assert!(commands(&mut h).is_empty());
    says(&mut h, TaskEvent::Loop { orders: vec![order], times: 3 });
    h.keys("<down><enter>");
    let sent = commands(&mut h);
    let [TaskCommand::Submit { gate, .. }] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(gate.loop_after, None);
}

#[test]
fn a_task_that_may_exist_is_never_sent_again_without_two_words() {
    let mut h = open((80, 24));
    let maybe = TaskRecord { stage: Stage::Maybe, ..task(40, "the lost one") };
    changed(&mut h, maybe);
    let id = TaskId::new("ffff-1").unwrap();
    let row = TaskRow {
        id: id.clone(),
        status: TaskStatus::Running,
        model: Some(ModelId::new("wan2.5-t2v-preview")),
        created_ms: Some(NOON),
        started_ms: None,
        ended_ms: None,
        region: None,
        request_id: None,
    };
    says(&mut h, TaskEvent::Candidates { key: TaskKey(40), rows: vec![row.clone()] });
    h.keys("<esc>");
    assert!(h.screen().contains("may have been made"), "{}", h.screen());
    h.key("alt+3");
    go_to(&mut h, "the lost one");
    h.keys("r");
    assert!(commands(&mut h).is_empty(), "not by a detour either");
    h.keys("<enter>");
    assert!(h.screen().contains("ffff-1") && commands(&mut h).is_empty(), "{}", h.screen());
    h.keys("<down><down><enter>");
    assert!(commands(&mut h).is_empty(), "it may cost twice: {}", h.screen());
    assert!(h.screen().contains("paid twice"), "{}", h.screen());
    h.keys("<enter>");
    assert!(commands(&mut h).is_empty(), "the first row leaves it");
    let (key, decide) = (TaskKey(40), |verdict| TaskCommand::Decide { key: TaskKey(40), verdict });
    h.keys("<enter><down><down><enter><down><enter>");
    assert_eq!(commands(&mut h), [decide(Verdict::SendAgain)]);
    h.keys("<enter><enter>");
    assert_eq!(commands(&mut h), [TaskCommand::Decide { key, verdict: Verdict::IsThis(id) }]);
    h.keys("<enter><up><enter>");
    assert_eq!(commands(&mut h), [decide(Verdict::Drop)]);
}

#[test]
fn tasks_of_the_account_are_taken_one_or_all() {
    let mut h = open((120, 40));
    h.keys("a");
    assert_eq!(commands(&mut h), [TaskCommand::LookAround]);
    assert!(h.screen().contains("Reading"));
    let row = |id: &str| TaskRow {
        id: TaskId::new(id).unwrap(),
        status: TaskStatus::Succeeded,
        model: Some(ModelId::new("wanx\u{1b}[31m-evil")),
        created_ms: Some(NOON),
        started_ms: None,
        ended_ms: None,
        region: None,
        request_id: None,
    };
    let rows = vec![row("id-1"), row("id-2"), row("id-3")];
    says(&mut h, TaskEvent::Account(rows.clone()));
    assert!(!h.screen().contains('\u{1b}') && h.screen().contains("id-2"));
    h.keys("j<enter>");
    assert_eq!(commands(&mut h), [TaskCommand::Adopt(vec![rows[1].clone()])]);
    h.keys("a");
    says(&mut h, TaskEvent::Account(rows.clone()));
    h.keys("<space>j<space><enter>");
    let some = vec![rows[0].clone(), rows[2].clone()];
    assert_eq!(commands(&mut h)[1..], [TaskCommand::Adopt(some)]);
    h.keys("a");
    says(&mut h, TaskEvent::Account(rows.clone()));
    h.keys("a");
    assert_eq!(commands(&mut h)[1..], [TaskCommand::Adopt(rows)]);
    h.keys("a");
    says(&mut h, TaskEvent::Account(Vec::new()));
    assert!(h.screen().contains("Every task of the last 24 hours"), "{}", h.screen());
}

#[test]
fn details_say_everything_and_nothing_a_terminal_would_obey() {
    let mut h = open((120, 60));
    let now = h.now.wall_ms;
    let evil = "\u{1b}]0;owned\u{7}\u{202e}evil\u{9b}2J";
    let mut hostile = saved(task(60, &format!("a {evil} boat")), now, 65, 30, "x\u{1b}[2J.mp4");
    hostile.rewritten = Some(format!("rewritten {evil}"));
    hostile.raw =
        format!("{{\"output\":{{\"message\":\"\\u001b]0;x {}\",\"n\":1}}}}", "\u{202e}evil");
    hostile.request_id = Some("req-9".to_owned());
    let cause = Notice::new(NoticeKind::Task(TaskNotice::NoFile)).with_detail(evil);
    hostile.notice = Some(cause);
    hostile.form.set("negative_prompt", Some(Value::Text(evil.to_owned())));
    changed(&mut h, hostile);
    let clean = |h: &Harness| {
        let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!h.screen().chars().any(bad), "{}", h.screen());
    };
    clean(&h);
    go_to(&mut h, "evil");
    h.keys("d");
    clean(&h);
    for part in [
        "submitted",
        "scheduled",
        "after 0:02",
        "done",
        "after 1:03",
        "saved",
        "rewritten",
        "duration = 5",
        "seed = 7",
        "negative_prompt",
        "req-9",
        "1.2 MB",
        "abab",
        "J shows it",
    ] {
        assert!(h.screen().contains(part), "{part}: {}", h.screen());
    }
    h.keys("J");
    clean(&h);
    assert!(h.screen().contains("\"n\": 1"), "{}", h.screen());
    h.keys("JG");
    assert!(h.screen().contains("evil"));
}

#[test]
fn long_details_scroll_and_stop_at_the_end() {
    let mut h = open((80, 24));
    go_to(&mut h, "lanterns");
    h.keys("d");
    let first = h.screen();
    h.keys("GGjjj");
    let last = h.screen();
    assert!(first != last && last.contains("dashscope.aliyuncs.com"), "{last}");
    h.keys("k");
    assert_ne!(h.screen(), last, "one step back from the end is seen");
    h.keys("g");
    assert_eq!(h.screen(), first);
}

#[test]
fn results_are_judged_one_after_the_other() {
    let mut h = open((80, 24));
    h.keys("v");
    let wanted = errands(&mut h);
    assert_eq!(wanted.len(), 2, "this one and the next: {wanted:?}");
    assert!(h.screen().contains("Result 1 of 2") && h.screen().contains("no picture"));
    let mut rgb = vec![0; Poster::BYTES];
    rgb[..3].copy_from_slice(&[200, 10, 20]);
    let key = TaskKey(4);
    let poster = Poster::new(&rgb);
    h.says(ServiceEvent::Errand(ErrandEvent::Poster { key, poster }));
    let halves = h.buffer().content.iter().filter(|cell| cell.symbol() == "▀").count();
    assert!(halves > 100, "{}", h.screen());
    assert!(halves <= usize::from(POSTER_WIDTH) * usize::from(POSTER_HEIGHT) / 2);
    h.keys("a");
    let review = Some(Review::Accepted);
    assert_eq!(commands(&mut h), [TaskCommand::Review { key, review }]);
    assert!(h.screen().contains("Result 2 of 2"));
    h.keys("xu");
    let key = TaskKey(5);
    let rejected = TaskCommand::Review { key, review: Some(Review::Rejected) };
    assert_eq!(commands(&mut h), [rejected, TaskCommand::Review { key, review: None }]);
    h.keys("r<enter>");
    assert_eq!(commands(&mut h).len(), 1);
    h.keys("k");
    assert!(h.screen().contains("Result 1 of 2"));
    h.keys("q");
    assert!(h.screen().contains("Tasks · "), "{}", h.screen());
}

/// A PNG as far as its head tells.
fn png() -> Vec<u8> {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    [&head[..], &640_u32.to_be_bytes(), &360_u32.to_be_bytes(), b"more"].concat()
}

fn with_pictures(pictures: Pictures, size: (u16, u16)) -> Harness {
    let mut h = Harness::with(Settings { pictures, ..settings() }, size);
    h.now.wall_ms = NOON;
    some(&mut h);
    h.key("alt+3");
    h.effects();
    h
}

fn poster_comes(h: &mut Harness, key: TaskKey, still: Option<Still>) {
    let poster = Poster::new(&vec![9; Poster::BYTES]).map(|poster| poster.with_still(still));
    h.says(ServiceEvent::Errand(ErrandEvent::Poster { key, poster }));
}

fn halves(h: &Harness) -> usize {
    h.buffer().content.iter().filter(|cell| cell.symbol() == "▀").count()
}

#[test]
fn a_terminal_that_shows_pictures_gets_room_for_one() {
    for size in [(80, 24), (120, 40)] {
        let mut h = with_pictures(Pictures::Kitty, size);
        h.keys("v");
        let wanted = errands(&mut h);
        let png_wanted = |errand: &Errand| {
            matches!(errand, Errand::Poster { form: Some(pictures::Form::Png), .. })
        };
        assert!(wanted.len() == 2 && wanted.iter().all(png_wanted), "{wanted:?}");
        assert!(h.still().is_none() && h.screen().contains("no picture"));
        poster_comes(&mut h, TaskKey(4), Still::png(&png()));
        let (still, room) = h.still().expect("a picture and its room").clone();
        assert_eq!(still.bytes()[..], png()[..]);
        assert!(room.width >= 78 && room.height >= 10, "{room:?}");
        for y in room.y..room.bottom() {
            for x in room.x..room.x + room.width {
                assert_eq!(h.buffer()[(x, y)].symbol(), " ", "{x} {y}");
            }
        }
        let words = h.find("lanterns").expect("the words stay");
        assert!(words >= usize::from(room.bottom()));
        // The next has none, the list has none, and what cannot be shown is in half blocks.
        h.keys("j");
        assert!(h.still().is_none());
        poster_comes(&mut h, TaskKey(5), None);
        assert!(h.still().is_none() && halves(&h) > 100, "{}", h.screen());
        h.keys("k");
        assert_eq!(h.still().map(|(_, room)| *room), Some(room));
        h.keys("r");
        assert!(h.still().is_none(), "a question lies over it: {}", h.screen());
        h.keys("<esc>");
        h.keys("q");
        assert!(h.still().is_none(), "{}", h.screen());
    }
}

#[test]
fn half_blocks_stay_where_no_picture_can_be_shown() {
    for (pictures, form) in [(Pictures::Blocks, None), (Pictures::Sixel, Some(pictures::Form::Rgb))]
    {
        let mut h = with_pictures(pictures, (80, 24));
        h.keys("v");
        let of = |errand: &Errand| match errand {
            Errand::Poster { form, .. } => *form,
            other => panic!("{other:?}"),
        };
        assert!(errands(&mut h).iter().all(|errand| of(errand) == form));
        // One in a form that this terminal does not take.
        poster_comes(&mut h, TaskKey(4), Still::png(&png()));
        assert!(h.still().is_none() && halves(&h) > 100, "{}", h.screen());
    }
    let mut h = with_pictures(Pictures::Off, (80, 24));
    h.keys("v");
    assert_eq!(errands(&mut h), []);
    poster_comes(&mut h, TaskKey(4), Still::png(&png()));
    assert!(h.still().is_none() && halves(&h) == 0 && h.screen().contains("no picture"));
    // Another wish in the settings: pictures are asked for anew, in its form.
    let settings = Box::new(Settings { pictures: Pictures::Kitty, ..settings() });
    let changed = SettingsEvent::Changed { settings, later: false, more: false };
    h.says(ServiceEvent::Settings(changed));
    assert_eq!(errands(&mut h).len(), 2);
    poster_comes(&mut h, TaskKey(4), Still::png(&png()));
    assert!(h.still().is_some());
}

#[test]
fn large_pictures_are_kept_only_where_one_looks() {
    let mut h = with_pictures(Pictures::Kitty, (80, 24));
    let now = h.now.wall_ms;
    for key in 70..90 {
        changed(&mut h, saved(task(key, &format!("boat {key}")), now, 65, 30, "x.mp4"));
    }
    h.keys("v");
    let mut asked = 0;
    for _ in 0..22 {
        for errand in errands(&mut h) {
            let Errand::Poster { key, .. } = errand else { panic!("{errand:?}") };
            asked += 1;
            poster_comes(&mut h, key, Still::png(&png()));
        }
        assert!(h.still().is_some(), "{}", h.screen());
        h.keys("j");
    }
    assert_eq!(asked, 22, "each once");
    h.keys("kkkkk");
    assert_eq!(errands(&mut h), [], "those near are there");
    h.keys(&"k".repeat(20));
    assert_eq!(errands(&mut h).len(), 6, "those far are asked for again");
}

#[test]
fn an_end_is_told_and_a_desktop_hears_of_it_only_if_nobody_looks() {
    let tasks = TaskSettings { on_done: vec!["hook".to_owned()], ..TaskSettings::default() };
    let mut h = Harness::with(Settings { tasks, ..settings() }, (80, 24));
    h.now.wall_ms = NOON;
    let now = h.now.wall_ms;
    let boat = || following(task(1, "a boat"), TaskStatus::Running, now, 60);
    says(&mut h, TaskEvent::Listed(vec![boat(), saved(task(2, "old"), now, 5, 5, "old.mp4")]));
    h.effects();
    // What was over before is no news.
    changed(&mut h, saved(task(2, "old"), now, 5, 5, "old.mp4"));
    assert!(h.effects().is_empty());
    changed(&mut h, saved(task(1, "a boat"), now, 60, 0, "boat.mp4"));
    let done = h.effects();
    assert!(
        h.screen().contains("\"a boat\" is saved as /home/me/files/boat.mp4"),
        "{}",
        h.screen()
    );
    let [Effect::Errand(Errand::Ended { words, facts })] = done.as_slice() else {
        panic!("{done:?}")
    };
    assert_eq!((words.as_slice(), facts.stage), (&["hook".to_owned()][..], "saved"));
    assert_eq!(facts.files, ["/home/me/files/boat.mp4"]);
    changed(&mut h, boat());
    // It never goes back here; but another one ends while the window is not looked at.
    let other = following(task(3, "a \u{1b}[31mcat"), TaskStatus::Running, now, 60);
    changed(&mut h, other.clone());
    let focus = lian::input::translate::translate(Input::Focus(false), &[], &h.keys).unwrap();
    h.state.on_action(focus, h.now);
    h.effects();
    let mut failed = other;
    failed.stage = Stage::Failed;
    failed.notice = Some(Notice::new(NoticeKind::Task(TaskNotice::FailedWithoutWord)));
    changed(&mut h, failed);
    let told = h.effects().into_iter().find_map(|effect| match effect {
        Effect::Terminal(TerminalCommand::Notify { text, .. }) => Some(text),
        _ => None,
    });
    let told = told.expect("a notification");
    assert!(told.starts_with("lian: not made - a ") && !told.contains('\u{1b}'), "{told:?}");
    assert!(h.screen().contains("was not made"), "{}", h.screen());
}

#[test]
fn the_end_of_the_program_says_what_goes_on() {
    let h = with(Language::En, (80, 24));
    let said = h.state.tasks_that_go_on().unwrap();
    assert!(
        said.starts_with("2 tasks go on at the service (a paper boat in the rain, …)"),
        "{said}"
    );
    assert!(said.contains("1 in line"));
    assert_eq!(Harness::new().state.tasks_that_go_on(), None);
}

#[test]
fn tasks_of_another_profile_are_not_here() {
    let mut h = with(Language::En, (80, 24));
    changed(&mut h, TaskRecord { profile: "work".to_owned(), ..task(70, "elsewhere") });
    h.key("alt+3");
    assert_eq!(h.find("elsewhere"), None);
}

#[test]
fn progress_of_a_file_is_seen() {
    let mut h = with(Language::En, (120, 40));
    let now = h.now.wall_ms;
    let arriving = TaskRecord {
        stage: Stage::Saving,
        ..following(task(80, "on its way"), TaskStatus::Succeeded, now, 30)
    };
    changed(&mut h, arriving);
    let progress =
        TaskEvent::Progress { key: TaskKey(80), part: 0, done: 350, total: Some(1_000), speed: 9 };
    says(&mut h, progress);
    h.key("alt+3");
    assert!(h.row(h.find("on its way").unwrap() as u16).contains("35%"), "{}", h.screen());
}

#[test]
fn the_mouse_marks_and_opens() {
    let mut h = open((120, 40));
    let y = h.find("灯笼漂过河面").unwrap() as u16;
    h.mouse(lian::input::PointerKind::Press, 10, y);
    assert!(h.row(y).contains('▸'));
    h.mouse(lian::input::PointerKind::Press, 10, y);
    assert!(h.screen().contains("sha256"));
}

#[test]
fn on_a_wide_screen_the_tasks_are_beside_the_conversation() {
    for (language, name) in [(Language::En, "tasks_beside"), (Language::ZhCn, "tasks_beside_zh_cn")]
    {
        let columns = Settings { language, columns: true, ..settings() };
        let mut h = Harness::with(columns, (150, 30));
        h.now.wall_ms = NOON;
        some(&mut h);
        insta::assert_snapshot!(name, h.screen());
    }
    // One column less, and they are in rows above the message again.
    let mut h = Harness::with(Settings { columns: true, ..settings() }, (149, 30));
    h.now.wall_ms = NOON;
    some(&mut h);
    let row = h.find("a paper boat in the rain").expect("the strip");
    assert!(h.row(row as u16).contains("wan2.5"), "{}", h.screen());
}
