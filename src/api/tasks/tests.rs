//! Tasks: every sample, cut at every byte; what the samples do not show; what goes over the wire.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::api::client::Deadlines;
use crate::api::testing::{Server, answer, client, head, refuse, sample};
use crate::domain::tasks::{FileKind, TaskMetrics, TaskPart};

const ID: &str = "0b7d9a6e-41c3-4f58-9e2a-7c1d5b3f8a60";
const JSON: &str = "content-type: application/json;charset=UTF-8\r\n";

const SAMPLES: [&str; 10] = [
    "task-pending.json",
    "task-running.json",
    "task-image-running.json",
    "task-image-partial.json",
    "task-succeeded-wan25-documented-usage.json",
    "task-succeeded-wan25-recorded-usage.json",
    "task-succeeded-wan26.json",
    "task-failed.json",
    "task-canceled.json",
    "task-unknown.json",
];

fn id() -> TaskId {
    TaskId::new(ID).unwrap()
}

fn read(name: &str) -> TaskSnapshot {
    snapshot(&sample(name), None, None).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn of(value: &Value) -> Result<TaskSnapshot, ApiError> {
    snapshot(value.to_string().as_bytes(), None, Some(&id()))
}

#[test]
fn the_samples_are_read() {
    let wants = [
        TaskStatus::Pending,
        TaskStatus::Running,
        TaskStatus::Running,
        TaskStatus::Succeeded,
        TaskStatus::Succeeded,
        TaskStatus::Succeeded,
        TaskStatus::Succeeded,
        TaskStatus::Failed,
        TaskStatus::Canceled,
        TaskStatus::Unknown,
    ];
    for (name, status) in SAMPLES.into_iter().zip(wants) {
        let found = read(name);
        assert_eq!((found.id.as_str(), &found.status), (ID, &status), "{name}");
        let request_id = "aa41c2d3-77e1-9c0d-b6f4-25e80a1d9c33";
        assert_eq!(found.request_id.as_deref(), Some(request_id), "{name}");
        assert_eq!(found.raw.as_bytes(), sample(name), "the answer is kept");
        // 2026-11-22 18:00:00.125 in Beijing.
        let known = status != TaskStatus::Unknown;
        assert_eq!(found.submitted_ms, known.then_some(1_795_341_600_125), "{name}");
        assert_eq!(found.scheduled_ms, known.then_some(1_795_341_600_162), "{name}");
        let ended = status.is_final().then_some(1_795_341_751_904);
        assert_eq!(found.ended_ms, ended, "{name}");
        assert_eq!(found.failure.is_some(), status == TaskStatus::Failed, "{name}");
        assert_eq!(found.files().count(), usize::from(status == TaskStatus::Succeeded), "{name}");
    }
}

#[test]
fn a_video_tells_where_it_is_and_what_it_used() {
    for (name, seconds, class) in [
        ("task-succeeded-wan25-documented-usage.json", "5", "720p"),
        ("task-succeeded-wan25-recorded-usage.json", "5", "720p"),
        ("task-succeeded-wan26.json", "5", "720p"),
    ] {
        let found = read(name);
        let file = found.files().next().unwrap();
        assert_eq!(file.kind, FileKind::Video);
        assert!(
            file.url.ends_with(".mp4?Expires=1795399200&OSSAccessKeyId=EXAMPLE&Signature=EXAMPLE")
        );
        assert_eq!(found.prompt.as_deref(), Some("a panda walks on a bridge"));
        assert!(found.rewritten.unwrap().starts_with("A panda walks slowly"));
        let usage = found.usage;
        assert_eq!(usage.seconds.unwrap().to_string(), seconds, "{name}");
        assert_eq!(usage.resolution.as_deref(), Some(class), "{name}");
        assert_eq!(usage.videos, Some(1));
    }
}

#[test]
fn what_failed_says_why() {
    let failed = read("task-failed.json").failure.unwrap();
    assert_eq!(failed.code, "DataInspectionFailed");
    assert_eq!(failed.message, "Input data may contain inappropriate content.");
    let partial = read("task-image-partial.json");
    assert_eq!(partial.metrics, Some(TaskMetrics { total: 2, succeeded: 1, failed: 1 }));
    assert_eq!((partial.files().count(), partial.failures().count()), (1, 1));
    assert!(matches!(&partial.parts[1], TaskPart::Failed(f) if f.code == "InternalError.Timeout"));
    assert_eq!(partial.usage.images, Some(1));
    // The code stands beside the output in some answers, and may be missing altogether.
    let beside = json!({"output": {"task_status": "FAILED"}, "code": "X", "message": "no"});
    assert_eq!(of(&beside).unwrap().failure.unwrap().code, "X");
    let silent = of(&json!({"output": {"task_status": "FAILED"}})).unwrap();
    assert_eq!(silent.failure, Some(TaskFailure::default()));
}

#[test]
fn odd_answers_are_tasks_as_long_as_they_tell_a_status() {
    let bare = of(&json!({"output": {"task_status": "running", "task_metrics": null,
        "submit_time": null, "end_time": "", "results": "x"}, "usage": null}));
    let bare = bare.unwrap();
    assert_eq!((bare.status, bare.parts.len()), (TaskStatus::Running, 0));
    assert_eq!((bare.submitted_ms, bare.ended_ms, bare.metrics), (None, None, None));
    let odd = of(&json!({"task_id": "other", "status": "QUEUEING"})).unwrap();
    assert_eq!(odd.status, TaskStatus::Other("QUEUEING".to_owned()));
    assert_eq!(odd.id, id(), "the id asked for counts");
    let numbers = of(&json!({"output": {"task_status": "SUCCEEDED",
        "task_metrics": {"TOTAL": "4", "SUCCEEDED": 4.0}}, "usage": {"image_count": "4"}}));
    let numbers = numbers.unwrap();
    assert_eq!(numbers.metrics, Some(TaskMetrics { total: 4, succeeded: 4, failed: 0 }));
    assert_eq!(numbers.usage.images, Some(4));
}

#[test]
fn what_is_no_task_is_an_error_with_its_own_type() {
    let refused = of(&json!({"code": "InvalidApiKey", "message": "no", "request_id": "r"}));
    assert!(matches!(refused, Err(ApiError::Stream(refusal)) if refusal.code == "InvalidApiKey"));
    assert!(matches!(of(&json!({"output": {}})), Err(ApiError::Garbled { .. })));
    assert!(matches!(of(&json!([])), Err(ApiError::Garbled { .. })));
    assert!(matches!(snapshot(b"<html>", None, None), Err(ApiError::WebPage)));
    let nameless = br#"{"output":{"task_status":"PENDING","task_id":"../../admin"}}"#;
    assert!(matches!(snapshot(nameless, None, None), Err(ApiError::Garbled { .. })));
}

#[test]
fn texts_are_sanitized_and_the_raw_answer_is_not() {
    let hostile = json!({"output": {"task_status": "FAILED\u{7}", "code": "A\u{7}",
        "message": "\u{9b}31mred\u{202e}", "orig_prompt": "a\u{1b}]0;x\u{7}b"}});
    let found = of(&hostile).unwrap();
    assert_eq!(found.status, TaskStatus::Failed);
    let failure = found.failure.unwrap();
    for text in [&failure.code, &failure.message, &found.prompt.unwrap()] {
        assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
    }
}

#[test]
fn every_cut_of_every_sample_is_an_error_or_a_task() {
    for name in SAMPLES {
        let whole = sample(name);
        for end in 0..whole.len() {
            match snapshot(&whole[..end], None, Some(&id())) {
                Err(ApiError::Cut { .. }) => {}
                other => panic!("{name} cut at {end}: {other:?}"),
            }
        }
    }
    let whole = sample("task-list.json");
    for end in 0..whole.len() {
        assert!(Document::parse(&whole[..end], None).is_err(), "{end}");
    }
}

#[test]
fn the_list_is_read_in_all_its_shapes() {
    let whole: Value = serde_json::from_slice(&sample("task-list.json")).unwrap();
    let page = read_page(&whole).unwrap();
    assert_eq!((page.page, page.pages, page.total, page.unreadable), (1, 1, 1, 0));
    let row = &page.rows[0];
    assert_eq!((row.id.as_str(), &row.status), (ID, &TaskStatus::Succeeded));
    assert_eq!(row.model.as_ref().unwrap().as_str(), "wan2.5-t2v-preview");
    assert_eq!(row.created_ms, Some(1_795_341_600_125));
    assert_eq!(row.started_ms, Some(1_795_341_600_162));
    assert_eq!(row.ended_ms, Some(1_795_341_751_904));
    assert_eq!(row.region.as_deref(), Some("cn-beijing"));
    assert_eq!(row.request_id.as_deref(), Some("5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"));
    let items = whole["data"].clone();
    for other in [
        json!({ "tasks": items }),
        json!({ "output": {"data": items, "total": 1} }),
        json!({ "output": {"tasks": items} }),
        json!({ "output": items }),
    ] {
        let other = read_page(&other).unwrap();
        assert_eq!((&other.rows, other.total), (&page.rows, 1));
    }
    let odd = json!({"data": [{"task_id": 7}, {"task_id": "a/b"}, null, {"status": "X"}]});
    let odd = read_page(&odd).unwrap();
    assert_eq!((odd.rows.len(), odd.unreadable), (1, 3));
    assert_eq!(odd.rows[0].status, TaskStatus::Unknown);
    assert!(read_page(&json!({"total": 0})).unwrap().rows.is_empty());
    assert!(read_page(&json!({"data": null})).is_err());
}

#[tokio::test]
async fn a_task_is_asked_for_by_its_id() {
    let server =
        Server::start(vec![answer(head(200, JSON), sample("task-succeeded-wan26.json"))]).await;
    let endpoint = server.endpoint();
    let client = client(&endpoint, Deadlines::default());
    let found = fetch(&client, &endpoint, &id()).await.unwrap();
    assert_eq!(found.status, TaskStatus::Succeeded);
    let heard = server.heard().remove(0).to_ascii_lowercase();
    assert!(heard.starts_with(&format!("get /api/v1/tasks/{ID} http/1.1\r\n")), "{heard}");
    assert!(!heard.contains("x-dashscope-async"), "{heard}");
}

#[tokio::test]
async fn a_list_is_asked_for_with_its_filter() {
    let server = Server::start(vec![answer(head(200, JSON), sample("task-list.json"))]).await;
    let endpoint = server.endpoint();
    let client = client(&endpoint, Deadlines::default());
    let filter = TaskFilter {
        from_ms: Some(1_795_341_600_125),
        until_ms: None,
        model: Some(ModelId::new("wan2.5-t2v-preview")),
        status: Some(TaskStatus::Running),
    };
    assert_eq!(list(&client, &endpoint, &filter, 2, 1000).await.unwrap().rows.len(), 1);
    let heard = server.heard().remove(0);
    assert!(
        heard.starts_with(
            "GET /api/v1/tasks?start_time=20261122180000&model_name=wan2.5-t2v-preview\
             &status=RUNNING&page_no=2&page_size=100 HTTP/1.1\r\n"
        ),
        "{heard}"
    );
}

#[tokio::test]
async fn canceling_has_three_outcomes() {
    let missing = r#"{"code":"InvalidApiKey","message":"no","request_id":"r"}"#;
    let scripts = vec![
        answer(head(200, JSON), sample("task-cancel-ok.json")),
        refuse(400, "", sample("task-cancel-not-pending.json")),
        refuse(401, "", missing),
    ];
    let server = Server::start(scripts).await;
    let endpoint = server.endpoint();
    let client = client(&endpoint, Deadlines::default());
    assert_eq!(cancel(&client, &endpoint, &id()).await, Ok(CancelOutcome::Canceled));
    assert_eq!(cancel(&client, &endpoint, &id()).await, Ok(CancelOutcome::NotPending));
    let refused = cancel(&client, &endpoint, &id()).await;
    assert!(matches!(refused, Err(ApiError::Status(refusal)) if refusal.status == 401));
    let heard = server.heard().remove(0).to_ascii_lowercase();
    assert!(heard.starts_with(&format!("post /api/v1/tasks/{ID}/cancel http/1.1\r\n")), "{heard}");
    assert!(heard.contains("content-length: 0\r\n") && !heard.contains("content-type"), "{heard}");
}

proptest! {
    /// Whatever a byte of a sample becomes, reading it ends.
    #[test]
    fn no_change_of_a_byte_is_too_much(
        which in 0..SAMPLES.len(), at in any::<proptest::sample::Index>(), byte in any::<u8>()
    ) {
        let mut bytes = sample(SAMPLES[which]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        drop(snapshot(&bytes, None, Some(&id())));
    }
}
