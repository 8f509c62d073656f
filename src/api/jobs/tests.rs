//! Bodies as the samples have them, answers of both kinds, and what every error leaves open.

use proptest::prelude::*;

use super::*;
use crate::api::client::Deadlines;
use crate::api::error::Refusal;
use crate::api::testing::{Server, Step, answer, client, head, refuse, sample};
use crate::catalog::Catalog;
use crate::domain::models::ModelId;
use crate::domain::tasks::{FileKind, TaskPart};

const JSON: &str = "content-type: application/json\r\n";

fn job(id: &str) -> Job {
    Catalog::embedded().job(&ModelId::new(id)).unwrap_or_else(|| panic!("{id}"))
}

/// A form with these fields as typed, which must be one that can be sent.
fn form(job: &Job, typed: &[(&str, &str)]) -> Form {
    let mut form = Form::new(job);
    for (name, typed) in typed {
        form.set(name, job.field(name).expect("a field").read(typed).expect("a value"));
    }
    assert_eq!(job.check(&form), [], "{}", job.model);
    form
}

fn sent(id: &str, typed: &[(&str, &str)]) -> Value {
    let job = job(id);
    serde_json::from_slice(&body(&job, &form(&job, typed)).unwrap()).unwrap()
}

#[test]
fn the_bodies_are_those_of_the_samples() {
    let want = |name: &str| serde_json::from_slice::<Value>(&sample(name)).unwrap();
    let typed = [
        ("prompt", "a panda walks on a bridge"),
        ("size", "1280*720"),
        ("duration", "5"),
        ("prompt_extend", "on"),
        ("watermark", "off"),
        ("seed", "42"),
    ];
    assert_eq!(sent("wan2.5-t2v-preview", &typed), want("req-video-t2v.json"));
    let typed = [
        ("prompt", "the panda turns"),
        ("image", "https://example.invalid/p.png"),
        ("resolution", "720p"),
        ("duration", "5"),
    ];
    assert_eq!(sent("wan2.5-i2v-preview", &typed), want("req-video-i2v.json"));
}

#[test]
fn every_shape_of_input_is_filled() {
    let (a, b) = ("https://h.example/a.png", "https://h.example/b.png");
    let plain = sent("wan2.2-kf2v-flash", &[("image", a), ("last_image", b)]);
    assert_eq!(
        plain,
        json!({"model": "wan2.2-kf2v-flash", "input": {"first_frame_url": a, "last_frame_url": b},
            "parameters": {}})
    );
    let media = sent("wan2.7-i2v", &[("image", a), ("last_image", b), ("prompt", "x")]);
    let list = json!([{"type": "first_frame", "url": a}, {"type": "last_frame", "url": b}]);
    assert_eq!(media["input"], json!({"prompt": "x", "media": list}));
    let both = format!("{a}\n{b}");
    let list = sent("wan2.6-r2v", &[("prompt", "x"), ("reference", &both)]);
    assert_eq!(list["input"], json!({"prompt": "x", "reference_urls": [a, b]}));
    let message = sent("qwen-image-2.0", &[("prompt", "x"), ("image", &both), ("n", "2")]);
    let content = json!([{"image": a}, {"image": b}, {"text": "x"}]);
    assert_eq!(message["input"], json!({"messages": [{"role": "user", "content": content}]}));
    assert_eq!(message["parameters"], json!({"n": 2}));
    // One picture is meant, whatever the service's default is.
    assert_eq!(sent("wan2.5-t2i-preview", &[("prompt", "x")])["parameters"], json!({"n": 1}));
}

#[test]
fn a_file_of_this_machine_is_never_sent_as_a_path() {
    let job = job("wan2.5-i2v-preview");
    let form = form(&job, &[("image", "/home/me/a.png")]);
    let error = body(&job, &form).unwrap_err();
    assert_eq!(error, MakeError::NotUploaded { path: "/home/me/a.png".to_owned() });
    assert_eq!(error.fate(), Fate::Never);
}

async fn made(
    scripts: Vec<Vec<Step>>,
    id: &str,
    typed: &[(&str, &str)],
) -> (Result<Made, MakeError>, String) {
    let server = Server::start(scripts).await;
    let endpoint = server.endpoint();
    let client = client(&endpoint, Deadlines::default());
    let job = job(id);
    let made = make(&client, &endpoint, &job, &form(&job, typed)).await;
    (made, server.heard().first().cloned().unwrap_or_default())
}

#[tokio::test]
async fn a_task_is_made_on_its_path_with_its_header() {
    let scripts = vec![answer(head(200, JSON), sample("video-create.json"))];
    let image = [("image", "oss://dashscope-instant/a/b.png")];
    let (made, heard) = made(scripts, "wan2.5-i2v-preview", &image).await;
    let Ok(Made::Task(created)) = made else { panic!("{made:?}") };
    assert_eq!(created.task.as_str(), "0b7d9a6e-41c3-4f58-9e2a-7c1d5b3f8a60");
    assert_eq!(created.status, TaskStatus::Pending);
    assert_eq!(created.request_id.as_deref(), Some("5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"));
    let heard = heard.to_ascii_lowercase();
    let path = "post /api/v1/services/aigc/video-generation/video-synthesis http/1.1\r\n";
    assert!(heard.starts_with(path), "{heard}");
    assert!(heard.contains("x-dashscope-async: enable\r\n"), "{heard}");
    assert!(heard.contains("x-dashscope-ossresourceresolve: enable\r\n"), "{heard}");
}

#[tokio::test]
async fn pictures_come_with_the_answer() {
    let body = json!({"output": {
        "choices": [{"finish_reason": "stop", "message": {"role": "assistant",
            "content": [{"image": "https://h.example/a.png?Expires=1"}]}}],
        "task_metric": {"TOTAL": 1, "SUCCEEDED": 1, "FAILED": 0}},
        "usage": {"width": 1664, "height": 928, "image_count": 1}, "request_id": "r-1"});
    let scripts = vec![answer(head(200, JSON), body.to_string())];
    let (made, heard) = made(scripts, "qwen-image", &[("prompt", "x")]).await;
    let Ok(Made::Pictures(found)) = made else { panic!("{made:?}") };
    let TaskPart::File(file) = &found.parts[0] else { panic!("{found:?}") };
    assert_eq!(
        (file.url.as_str(), file.kind),
        ("https://h.example/a.png?Expires=1", FileKind::Image)
    );
    assert_eq!((found.usage.images, found.metrics.unwrap().succeeded), (Some(1), 1));
    assert_eq!(found.request_id.as_deref(), Some("r-1"));
    let heard = heard.to_ascii_lowercase();
    assert!(heard.starts_with("post /api/v1/services/aigc/multimodal-generation/generation "));
    assert!(!heard.contains("x-dashscope-async") && !heard.contains("ossresourceresolve"));
}

#[tokio::test]
async fn an_answer_without_an_id_may_have_made_something() {
    for body in [
        r#"{"output":{"task_status":"PENDING"},"request_id":"r-1"}"#,
        r#"{"output":{"task_status":"PENDING","task_id":"../x"},"request_id":"r-1"}"#,
        r#"{"request_id":"r-1"}"#,
    ] {
        let scripts = vec![answer(head(200, JSON), body)];
        let (made, _) = made(scripts, "wan2.5-t2v-preview", &[("prompt", "x")]).await;
        let error = made.unwrap_err();
        assert_eq!(error.fate(), Fate::Maybe);
        let MakeError::NoId { request_id, raw } = error else { panic!("{error:?}") };
        assert_eq!((request_id.as_deref(), raw.as_str()), (Some("r-1"), body));
    }
}

/// Every way an answer can be lost, and what it leaves open.
#[tokio::test]
async fn what_an_error_leaves_open_is_told() {
    let whole = sample("video-create.json");
    let length = format!("{JSON}content-length: {}\r\n", whole.len());
    let half = whole[..whole.len() / 2].to_vec();
    let denied = sample("native-error-401.json");
    let cases = [
        ("refused", refuse(401, "", denied), Fate::Refused),
        ("bad", refuse(400, "", sample("native-error-400-model.json")), Fate::Refused),
        ("throttled", refuse(429, "", sample("native-error-429-rate.json")), Fate::Refused),
        ("failed", refuse(500, "", sample("native-error-500.json")), Fate::Maybe),
        ("gateway", refuse(502, "", "<html><title>502 Bad Gateway</title>"), Fate::Maybe),
        ("slow", refuse(504, "", ""), Fate::Maybe),
        ("closed", vec![Step::Hear], Fate::Maybe),
        ("half", answer(head(200, &length), half.clone()), Fate::Maybe),
        ("half without a length", answer(head(200, JSON), half), Fate::Maybe),
        ("page", answer(head(200, ""), "<html>sign in</html>"), Fate::Maybe),
        ("moved", answer(head(302, "location: https://h.example/\r\n"), ""), Fate::Refused),
        (
            "refused inside",
            answer(head(200, JSON), r#"{"code":"InvalidParameter","message":"no"}"#),
            Fate::Refused,
        ),
        (
            "failed inside",
            answer(head(200, JSON), r#"{"code":"InternalError","message":"no"}"#),
            Fate::Maybe,
        ),
    ];
    for (name, script, want) in cases {
        let (made, _) = made(vec![script], "wan2.5-t2v-preview", &[("prompt", "x")]).await;
        let error = made.unwrap_err();
        assert_eq!(error.fate(), want, "{name}: {error:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_nothing_made() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let endpoint = crate::api::testing::endpoint(&origin);
    let client = client(&endpoint, Deadlines::default());
    let job = job("wan2.5-t2v-preview");
    let made = make(&client, &endpoint, &job, &form(&job, &[("prompt", "x")])).await;
    assert_eq!(made.unwrap_err().fate(), Fate::Never);
}

#[test]
fn time_outs_leave_it_open() {
    let after = Duration::from_secs(1);
    for error in [
        ApiError::FirstByte { after },
        ApiError::Idle { after },
        ApiError::Overall { after },
        ApiError::TooLarge { cap: 1 },
    ] {
        assert_eq!(fate(&error), Fate::Maybe, "{error:?}");
    }
    let busy = Refusal { status: 503, code: "ModelServingError".to_owned(), ..Refusal::default() };
    assert_eq!(fate(&ApiError::Status(Box::new(busy))), Fate::Maybe);
    // The service's own time-outs come with statuses below 500 and without one, too.
    for (status, code) in
        [(408, ""), (408, "RequestTimeOut"), (0, "ResponseTimeout"), (400, "ClientDisconnect")]
    {
        let late = Refusal { status, code: code.to_owned(), ..Refusal::default() };
        assert_eq!(fate(&ApiError::Stream(Box::new(late))), Fate::Maybe, "{status} {code}");
    }
}

#[test]
fn every_cut_of_the_answer_is_an_error_that_leaves_it_open() {
    let whole = sample("video-create.json");
    for end in 0..whole.len() {
        let error = Document::parse(&whole[..end], None).map_err(MakeError::from).unwrap_err();
        assert_eq!(error.fate(), Fate::Maybe, "{end}");
    }
}

proptest! {
    /// Whatever is typed into a form that passes its checks, the body is JSON and holds it.
    #[test]
    fn a_checked_form_is_a_body(prompt in "\\PC{1,200}", seed in 0_u64..=2_147_483_647) {
        let job = job("wan2.6-t2v");
        let mut form = Form::new(&job);
        form.set("prompt", Some(Filled::Text(prompt.clone())));
        form.set("seed", Some(Filled::Whole(seed)));
        if job.check(&form).is_empty() {
            let body: Value = serde_json::from_slice(&body(&job, &form).unwrap()).unwrap();
            prop_assert_eq!(&body["input"]["prompt"], &json!(prompt));
            prop_assert_eq!(&body["parameters"], &json!({"seed": seed}));
        }
    }
}
