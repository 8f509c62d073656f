//! The calls of the client against the simulator, which was written from the same facts by other
//! hands: videos, pictures, speech, vectors, ranking and limits, from the request to what it made.

#![expect(clippy::expect_used, reason = "a test that cannot set up its world has failed")]

use std::time::Duration;

use lian::api::chat::Flow;
use lian::api::client::{ApiClient, ClientOptions};
use lian::api::embeddings::{self, Batches};
use lian::api::error::ApiError;
use lian::api::jobs::{Made, make};
use lian::api::region::Endpoint;
use lian::api::{meters, rerank, speech, tasks};
use lian::catalog::Catalog;
use lian::domain::embeddings::{EmbedRequest, TextType, VectorKind, cosine};
use lian::domain::jobs::{Fate, Form, Job};
use lian::domain::meters::{Quotas, Rate};
use lian::domain::models::{ModelId, Surface};
use lian::domain::rerank::RerankRequest;
use lian::domain::settings::Figures;
use lian::domain::speech::{SpeechChunk, SpeechRequest};
use lian::domain::tasks::{
    CancelOutcome, FileKind, TaskFilter, TaskId, TaskPart, TaskSnapshot, TaskStatus,
};
use lian::sim::{self, Options, Server};

/// Nothing here is meant to take longer.
const CAP: Duration = Duration::from_secs(60);

struct World {
    server: Server,
    client: ApiClient,
    endpoint: Endpoint,
}

impl World {
    async fn new(options: Options) -> Self {
        let server = sim::start(options).await.expect("a simulator");
        let key = Some("sk-0123456789abcdef-lian-tests".into());
        let endpoint = Endpoint::at_origin(&server.origin(), key, "test").expect("a URL");
        let client = ApiClient::new(ClientOptions::for_endpoint(&endpoint));
        Self { server, client, endpoint }
    }

    /// Time runs a thousand times as fast there.
    async fn hurried() -> Self {
        Self::new(Options { time_scale: 1000.0, ..Options::default() }).await
    }

    async fn make(&self, id: &str, typed: &[(&str, &str)]) -> Made {
        let (job, form) = filled(id, typed);
        make(&self.client, &self.endpoint, &job, &form).await.expect("it is taken")
    }

    /// Asks until the task has ended.
    async fn ended(&self, id: &TaskId) -> TaskSnapshot {
        let mut seen = TaskStatus::Pending;
        tokio::time::timeout(CAP, async {
            loop {
                let now = tasks::fetch(&self.client, &self.endpoint, id).await.expect("an answer");
                assert!(seen.can_become(&now.status), "{seen} to {}", now.status);
                if now.status.is_final() {
                    return now;
                }
                seen = now.status;
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
        })
        .await
        .expect("it ends")
    }
}

/// A form of a model that passes its checks.
fn filled(id: &str, typed: &[(&str, &str)]) -> (Job, Form) {
    let job = Catalog::embedded().job(&ModelId::new(id)).expect("a job");
    let mut form = Form::new(&job);
    for (name, typed) in typed {
        form.set(name, job.field(name).expect("a field").read(typed).expect("a value"));
    }
    assert_eq!(job.check(&form), [], "{id}");
    (job, form)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_is_made_followed_listed_and_paid_for() {
    let world = World::hurried().await;
    let typed = [("prompt", "a paper boat in the rain"), ("size", "832*480"), ("seed", "7")];
    for id in ["wan2.5-t2v-preview", "wan2.5-t2v-plus", "wan2.2-t2v-plus"] {
        let Made::Task(created) = world.make(id, &typed).await else { panic!("no task") };
        let task = world.ended(&created.task).await;
        assert_eq!(task.status, TaskStatus::Succeeded, "{}", task.raw);
        let file = task.files().next().expect("a file");
        assert_eq!(file.kind, FileKind::Video);
        assert!(task.submitted_ms <= task.ended_ms && task.submitted_ms.is_some());
        let model = ModelId::new(id);
        let catalog = Catalog::embedded();
        let paid = catalog.task_cost(Figures::Documented, &model, &task.usage).expect("a price");
        let (job, form) = filled(id, &typed);
        let said = catalog.estimate(Figures::Documented, &job, &form).expect("a price");
        assert_eq!((paid.cost, paid.resolution.as_deref()), (said.cost, Some("480p")), "{id}");
        let filter = TaskFilter { model: Some(model), ..TaskFilter::default() };
        let page =
            tasks::list(&world.client, &world.endpoint, &filter, 1, 10).await.expect("a page");
        let row = page.rows.iter().find(|row| row.id == created.task).expect("in the list");
        assert_eq!((&row.status, &row.request_id), (&TaskStatus::Succeeded, &created.request_id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_shape_of_request_is_taken() {
    let world = World::hurried().await;
    let picture = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAQAAAAEACAYAAABccqhmAAAAHElEQVR4nO3BMQEAAADCoPVPbQ0PoAAAAAAAAADgxwAAAQABAAAAAElFTkSuQmCC";
    for (id, typed) in [
        ("wan2.5-i2v-preview", &[("image", picture), ("resolution", "480P")][..]),
        ("wan2.7-t2v", &[("prompt", "x"), ("resolution", "720P"), ("ratio", "9:16")]),
        ("wan2.7-i2v", &[("image", picture), ("last_image", picture)]),
        ("wan2.2-kf2v-flash", &[("image", picture), ("last_image", picture)]),
        ("wan2.5-t2i-preview", &[("prompt", "x")]),
        ("wan2.2-t2i-flash", &[("prompt", "x"), ("n", "2")]),
        ("wan2.6-t2i", &[("prompt", "x")]),
    ] {
        let Made::Task(created) = world.make(id, typed).await else { panic!("{id}: no task") };
        let task = world.ended(&created.task).await;
        assert_eq!(task.status, TaskStatus::Succeeded, "{id}: {}", task.raw);
        let wanted = if typed.contains(&("n", "2")) { 2 } else { 1 };
        assert_eq!(task.files().count(), wanted, "{id}: {}", task.raw);
    }
    let Made::Pictures(found) = world.make("qwen-image", &[("prompt", "x")]).await else {
        panic!("no pictures")
    };
    let TaskPart::File(file) = &found.parts[0] else { panic!("{found:?}") };
    assert_eq!((file.kind, found.usage.images), (FileKind::Image, Some(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_canceled_only_while_it_waits() {
    let world = World::new(Options::default()).await;
    let Made::Task(first) = world.make("wan2.5-t2v-preview", &[("prompt", "x")]).await else {
        panic!("no task")
    };
    let outcome = tasks::cancel(&world.client, &world.endpoint, &first.task).await;
    let now = tasks::fetch(&world.client, &world.endpoint, &first.task).await.expect("a task");
    match outcome.expect("an outcome") {
        CancelOutcome::Canceled => assert_eq!(now.status, TaskStatus::Canceled),
        CancelOutcome::NotPending => assert_ne!(now.status, TaskStatus::Canceled),
    }
    let nobody = TaskId::new("00000000-0000-0000-0000-000000000000").expect("an id");
    let unknown = tasks::fetch(&world.client, &world.endpoint, &nobody).await.expect("an answer");
    assert_eq!((unknown.status, unknown.id), (TaskStatus::Unknown, nobody.clone()));
    let late = tasks::cancel(&world.client, &world.endpoint, &nobody).await;
    assert_eq!(late, Ok(CancelOutcome::NotPending));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_key_makes_nothing() {
    let world = World::new(Options::default()).await;
    let endpoint = world.endpoint.with_key("sk-wrong".into(), "test");
    let (job, form) = filled("wan2.5-t2v-preview", &[("prompt", "x")]);
    let error = make(&world.client, &endpoint, &job, &form).await.expect_err("no key of ours");
    assert_eq!(error.fate(), Fate::Refused, "{error:?}");
    assert_eq!(world.server.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_is_spoken() {
    let world = World::hurried().await;
    let request = SpeechRequest {
        model: ModelId::new("qwen3-tts-flash"),
        text: "Hello, 世界.".to_owned(),
        voice: "Cherry".to_owned(),
        language: None,
        instructions: None,
        optimize: None,
    };
    let mut stream =
        speech::open(&world.client, &world.endpoint, &request).await.expect("it begins");
    let mut out = Vec::new();
    let read = async { while stream.read(&mut out).await.expect("it goes on") == Flow::More {} };
    tokio::time::timeout(CAP, read).await.expect("it ends");
    let sound: usize = out
        .iter()
        .map(|chunk| match chunk {
            SpeechChunk::Pcm(samples) => samples.len(),
            _ => 0,
        })
        .sum();
    assert!(sound > 24_000 && sound.is_multiple_of(2), "{sound}");
    let usage = out.iter().find_map(|chunk| match chunk {
        SpeechChunk::Usage(usage) => usage.characters,
        _ => None,
    });
    // A Chinese character counts twice.
    assert_eq!(usage, Some(12));
    let Some(SpeechChunk::Finished { file: Some(file) }) = out.last() else { panic!("{out:?}") };
    assert!(file.url.starts_with("http"));
    let whole = speech::speak(&world.client, &world.endpoint, &request).await.expect("a file");
    assert_eq!(whole.usage.and_then(|usage| usage.characters), Some(12));
    let strange = SpeechRequest { voice: "Nobody".to_owned(), ..request };
    let refused = speech::open(&world.client, &world.endpoint, &strange).await;
    let refused = match refused {
        Err(error) => error,
        Ok(mut stream) => loop {
            match stream.read(&mut out).await {
                Ok(Flow::More) => {}
                Ok(Flow::End) => panic!("nobody spoke"),
                Err(error) => break error,
            }
        },
    };
    assert!(refused.refusal().is_some(), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_become_vectors_in_parts_on_both_surfaces() {
    let world = World::new(Options::default()).await;
    let mut request = EmbedRequest {
        model: ModelId::new("text-embedding-v4"),
        texts: (0..23).map(|n| format!("text number {n}")).collect(),
        dimensions: Some(256),
        text_type: None,
        kind: VectorKind::Dense,
        instruct: None,
    };
    request.texts.push("a cat sits on the mat".to_owned());
    request.texts.push("a cat sat on a mat".to_owned());
    for surface in [Surface::Compat, Surface::Native] {
        // A cap that is too large is learnt from the refusal.
        let mut batches = Batches::new(&request, surface, 25);
        let mut vectors = Vec::new();
        let mut tokens = 0;
        while let Some(part) = batches.next(&world.client, &world.endpoint).await {
            let part = part.expect("vectors");
            tokens += part.usage.tokens.expect("tokens");
            vectors.extend(part.vectors);
        }
        assert_eq!((vectors.len(), batches.cap()), (25, 10), "{surface:?}");
        assert!(vectors.iter().enumerate().all(|(n, v)| v.index == n && v.dense.len() == 256));
        assert!(tokens > 25);
        let near =
            |a: usize, b: usize| cosine(&vectors[a].dense, &vectors[b].dense).expect("an angle");
        assert!(near(23, 24) > near(23, 0), "like texts are near each other");
    }
    request.texts.truncate(1);
    request.kind = VectorKind::Both;
    request.text_type = Some(TextType::Query);
    let surface = embeddings::surface(&request);
    let mut batches = Batches::new(&request, surface, 10);
    let both = batches.next(&world.client, &world.endpoint).await.expect("one").expect("vectors");
    assert!(!both.vectors[0].sparse.is_empty() && !both.vectors[0].dense.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_are_put_in_order() {
    let world = World::new(Options::default()).await;
    for model in ["gte-rerank-v2", "qwen3-rerank"] {
        let request = RerankRequest {
            model: ModelId::new(model),
            query: "where does the cat sit".to_owned(),
            documents: vec![
                "prices of copper fell".to_owned(),
                "the cat does sit on the mat".to_owned(),
            ],
            top: None,
            instruct: None,
        };
        let order = rerank::rerank(&world.client, &world.endpoint, &request).await.expect("order");
        let order: Vec<usize> = order.hits.iter().map(|hit| hit.index).collect();
        assert_eq!(order, [1, 0], "{model}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_are_told_or_not() {
    let world = World::new(Options::default()).await;
    let told = meters::quotas(&world.client, &world.endpoint, None).await.expect("an answer");
    let Quotas::Told(all) = told else { panic!("{told:?}") };
    assert!(all.len() > 100, "every page was read");
    let plus = all.iter().find(|quota| quota.model.as_str() == "qwen-plus").expect("a row");
    let documented = Catalog::embedded().limits(Figures::Documented, &plus.model).expect("a row");
    assert_eq!(plus.requests.map(Rate::per_minute), documented.row.rpm);
    assert_eq!(plus.tokens.map(Rate::per_minute), documented.row.tpm);
    let world = World::new(Options { quotas: false, ..Options::default() }).await;
    let told = meters::quotas(&world.client, &world.endpoint, None).await;
    assert_eq!(told, Ok::<_, ApiError>(Quotas::NotServed));
}
