//! What answers make of a record: shortfalls have a word, and nothing is forgotten by going on.

use super::*;
use crate::domain::ids::TaskKey;
use crate::domain::jobs::Form;
use crate::domain::models::ModelId;
use crate::domain::tasks::book::Times;
use crate::domain::tasks::{FileKind, TaskFailure, TaskFile, TaskId, TaskMetrics};

const MINUTE: i64 = 60_000;

fn record(status: TaskStatus) -> TaskRecord {
    TaskRecord {
        key: TaskKey(1),
        profile: "dev".to_owned(),
        origin: "http://127.0.0.1:1".to_owned(),
        model: ModelId::new("wan2.5-t2i-preview"),
        title: "lanterns".to_owned(),
        form: Form::default(),
        batch: None,
        position: 1,
        stage: Stage::Following,
        remote: TaskId::new("t-1"),
        status: Some(status),
        times: Times { submitted: Some(0), ..Times::default() },
        request_id: None,
        price: None,
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

fn snapshot(status: TaskStatus, parts: Vec<TaskPart>) -> TaskSnapshot {
    TaskSnapshot {
        id: TaskId::new("t-1").unwrap(),
        status,
        submitted_ms: None,
        scheduled_ms: None,
        ended_ms: None,
        metrics: None,
        parts,
        prompt: None,
        rewritten: None,
        failure: None,
        usage: TaskUsage::default(),
        request_id: Some("r-1".to_owned()),
        raw: "{\"kept\":true}".to_owned(),
    }
}

fn file(name: &str) -> TaskPart {
    let url = format!("https://h.example/{name}");
    TaskPart::File(TaskFile { url, kind: FileKind::Image, prompt: None })
}

fn seen(before: &TaskRecord, snapshot: &TaskSnapshot, now_ms: i64) -> Option<TaskRecord> {
    let why = || Notice::new(NoticeKind::Task(TaskNotice::FailedWithoutWord));
    apply(before, snapshot, now_ms, None, why).map(|seen| seen.task)
}

fn said(task: &TaskRecord) -> Option<&TaskNotice> {
    match &task.notice.as_ref()?.kind {
        NoticeKind::Task(notice) => Some(notice),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_success_that_lacks_something_says_what() {
    let before = record(TaskStatus::Running);
    let whole = snapshot(TaskStatus::Succeeded, vec![file("a.png"), file("b.png")]);
    let task = seen(&before, &whole, MINUTE).unwrap();
    assert_eq!(
        (task.stage, said(&task), task.raw.as_str()),
        (Stage::Saving, None, "{\"kept\":true}")
    );
    let failed = TaskFailure { code: "InternalError".to_owned(), message: "oops".to_owned() };
    let parts = vec![file("a.png"), TaskPart::Failed(failed), file("c.png"), file("d.png")];
    let task = seen(&before, &snapshot(TaskStatus::Succeeded, parts), MINUTE).unwrap();
    assert_eq!((task.stage, task.assets.len()), (Stage::Saving, 3));
    assert_eq!(said(&task), Some(&TaskNotice::Partly { made: 3, of: 4 }));
    assert_eq!(task.notice.unwrap().detail.as_deref(), Some("InternalError: oops"));
    // Some models only count what failed.
    let metrics = Some(TaskMetrics { total: 4, succeeded: 1, failed: 3 });
    let counted = TaskSnapshot { metrics, ..snapshot(TaskStatus::Succeeded, vec![file("a.png")]) };
    let task = seen(&before, &counted, MINUTE).unwrap();
    assert_eq!(said(&task), Some(&TaskNotice::Partly { made: 1, of: 4 }));
    let task = seen(&before, &snapshot(TaskStatus::Succeeded, Vec::new()), MINUTE).unwrap();
    assert_eq!((task.stage, said(&task)), (Stage::Expired, Some(&TaskNotice::NoFile)));
    assert_eq!(task.notice.unwrap().request_id.as_deref(), Some("r-1"), "to quote to support");
}

#[test]
fn a_task_that_vanished_says_so_once_it_is_sure() {
    let before = record(TaskStatus::Running);
    let unknown = snapshot(TaskStatus::Unknown, Vec::new());
    assert_eq!(seen(&before, &unknown, MINUTE - 1), None, "it may not be visible yet");
    let task = seen(&before, &unknown, MINUTE).unwrap();
    assert_eq!((task.stage, said(&task)), (Stage::Lost, Some(&TaskNotice::Vanished)));
}

#[test]
fn one_that_waits_very_long_is_told_of_once_until_it_begins() {
    let before = record(TaskStatus::Pending);
    let pending = snapshot(TaskStatus::Pending, Vec::new());
    let short = seen(&before, &pending, 29 * MINUTE).unwrap();
    assert_eq!(said(&short), None);
    let long = seen(&short, &pending, 31 * MINUTE).unwrap();
    assert_eq!(said(&long), Some(&TaskNotice::StillPending { minutes: 31 }));
    assert_eq!(seen(&long, &pending, 40 * MINUTE), None, "it is not said again");
    let begun = seen(&long, &snapshot(TaskStatus::Running, Vec::new()), 41 * MINUTE).unwrap();
    assert_eq!((begun.stage, said(&begun)), (Stage::Following, None));
    // Another word stays: it was found again.
    let found = Notice::new(NoticeKind::Task(TaskNotice::Found));
    let found = TaskRecord { notice: Some(found), ..record(TaskStatus::Pending) };
    let task = seen(&found, &snapshot(TaskStatus::Running, Vec::new()), MINUTE).unwrap();
    assert_eq!(said(&task), Some(&TaskNotice::Found));
}

#[test]
fn a_late_answer_takes_nothing_back() {
    let succeeded = snapshot(TaskStatus::Succeeded, vec![file("a.png")]);
    for stage in Stage::ALL.into_iter().filter(|stage| stage.is_final()) {
        let before = TaskRecord { stage, ..record(TaskStatus::Succeeded) };
        let after = seen(&before, &succeeded, MINUTE).map(|task| task.stage);
        // What was saved would be "saving" for ever: no file of it is wanted.
        assert_eq!(after, (stage == Stage::Lost).then_some(Stage::Saving), "{stage:?}");
    }
}
