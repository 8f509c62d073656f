//! Creating tasks: the asynchronous header, the path and the model, the rules, the reply.
//! It refuses to know what becomes of a task.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::fields::Fields;
use super::job::{Job, Service};
use super::{picture, vectors, video};
use crate::sim::models::Model;
use crate::sim::ordered::object;
use crate::sim::refusal::{self, Refusal, reply};
use crate::sim::scenario::Lost;
use crate::sim::visit::Visit;
use crate::sim::{Shared, native, request, rng, stream, uploads};

/// `POST` to any path that only makes tasks.
pub(super) async fn create(
    State(sim): State<Arc<Shared>>,
    uri: Uri,
    visit: Visit,
) -> Response<Body> {
    let path = uri.path().strip_prefix("/api/v1/services/").unwrap_or_default().to_owned();
    answer(&sim, &visit, &path).await
}

/// The reply to a request for a task; `path` is what follows `/api/v1/services/`.
async fn answer(sim: &Arc<Shared>, visit: &Visit, path: &str) -> Response<Body> {
    let rule = &visit.rule;
    if rule.lose == Some(Lost::Before) {
        return lost(visit);
    }
    let id = match read(sim, visit, path) {
        Ok(job) => sim.tasks.add(sim, visit.account, &visit.request_id, rule, job),
        Err(refusal) => return visit.refuse(&refusal),
    };
    let Some(id) = id else {
        return visit.refuse(&Refusal::of(&refusal::THROTTLING));
    };
    if rule.lose == Some(Lost::After) {
        return lost(visit);
    }
    if let Some(refusal) = rule.refusal() {
        return visit.refuse(&refusal);
    }
    let mut output = object([("task_status", "PENDING".into())]);
    if !rule.no_task_id {
        output.push("task_id", id);
    }
    let body = object([("output", output), ("request_id", visit.request_id.as_str().into())]);
    tokio::time::sleep(sim.scaled(rule.first_byte())).await;
    let body = stream::whole(body.bytes(), rule, &visit.line);
    reply(200, "application/json", &visit.request_id, body)
}

/// No reply at all: the connection is reset.
fn lost(visit: &Visit) -> Response<Body> {
    visit.line.hang_up();
    reply(200, "application/json", &visit.request_id, Body::empty())
}

fn read(sim: &Arc<Shared>, visit: &Visit, path: &str) -> Result<Job, Refusal> {
    let body = visit.body()?;
    let model = request::model(body)?;
    if !visit.says("x-dashscope-async", "enable") {
        return Err(refusal::async_only());
    }
    let service = service(path, model).ok_or_else(native::wrong_url)?;
    let fields = Fields::read(body)?;
    fields.check_links(sim, visit, model)?;
    let seed = sim.options.seed;
    match service {
        Service::Video | Service::KeyFrames => {
            video::read(model, &fields, seed, |link| sides(sim, visit, model, link))
        }
        Service::TextToImage | Service::ImageToImage => {
            picture::read(model, service, &fields, seed)
        }
        Service::ImageGeneration => picture::read_messages(model, &fields, seed),
        Service::TextEmbedding => vectors::read(sim, visit, model, &fields),
    }
}

/// The service of a path, if it serves the model.
fn service(path: &str, model: &Model) -> Option<Service> {
    let id = model.id;
    let pictures = |service| picture::services(id).contains(&service).then_some(service);
    match path {
        "aigc/video-generation/video-synthesis" => {
            video::service(id).filter(|service| *service == Service::Video)
        }
        "aigc/image2video/video-synthesis" => video::service(id).filter(|service| {
            *service == Service::KeyFrames || id.contains("animate") || id.contains("s2v")
        }),
        "aigc/text2image/image-synthesis" => pictures(Service::TextToImage),
        "aigc/image2image/image-synthesis" => pictures(Service::ImageToImage),
        "aigc/image-generation/generation" => pictures(Service::ImageGeneration),
        "embeddings/text-embedding/text-embedding" => {
            id.contains("embedding-async").then_some(Service::TextEmbedding)
        }
        // The path that the seed article names; no document has it.
        _ if path.starts_with("aigc/text2video/") => {
            video::service(id).filter(|service| *service == Service::Video)
        }
        _ => None,
    }
}

/// Width and height of a first picture that is here: in a `data:` link, or uploaded.
fn sides(sim: &Arc<Shared>, visit: &Visit, model: &Model, link: &str) -> Option<(u32, u32)> {
    let bytes = if link.starts_with("oss://") {
        uploads::resolve(sim, visit, model.id, link).ok()?.to_vec()
    } else {
        let data = link.strip_prefix("data:")?.split_once(";base64,")?.1;
        STANDARD.decode(data).ok()?
    };
    let size = imagesize::blob_size(&bytes).ok()?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

/// `POST …/text-embedding` with a model that only makes batches. Other models of that path are
/// another endpoint's, which asks this one first.
pub(in crate::sim) async fn batch(sim: &Arc<Shared>, visit: &Visit) -> Option<Response<Body>> {
    let model = visit.body().ok()?.get("model").and_then(Value::as_str)?;
    if !model.starts_with("text-embedding-async") {
        return None;
    }
    Some(answer(sim, visit, "embeddings/text-embedding/text-embedding").await)
}

/// The seed of this server with a request's looks, for pictures that are made at once.
pub(super) fn seed(sim: &Shared, text: &str) -> u64 {
    rng::hash(sim.options.seed, text.as_bytes())
}
