//! Vectors and relevance: embeddings of texts on both surfaces, of other media, and sorting.
//! It owns the paths; what a text is close to is `features`' to say, and it refuses to learn.

mod features;
mod rerank;
mod text;
mod vision;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Response;
use axum::routing::post;
use serde::Serialize;
use serde_json::{Map, Value};

use super::models::{Model, Route};
use super::refusal::{self, Refusal, json};
use super::visit::Visit;
use super::{Shared, chat, native, request};

/// How long an answer takes.
const LATENCY: Duration = Duration::from_millis(60);

/// Every path of this room.
pub(super) fn routes() -> Router<Arc<Shared>> {
    const NATIVE: &str = "/api/v1/services";
    Router::new()
        .route("/compatible-mode/v1/embeddings", post(text::compat).fallback(chat::wrong_method))
        .route(
            &format!("{NATIVE}/embeddings/text-embedding/text-embedding"),
            post(text::native).fallback(chat::wrong_method),
        )
        .route(
            &format!("{NATIVE}/embeddings/multimodal-embedding/multimodal-embedding"),
            post(vision::native).fallback(chat::wrong_method),
        )
        .route(
            &format!("{NATIVE}/rerank/text-rerank/text-rerank"),
            post(rerank::native).fallback(chat::wrong_method),
        )
        .route("/compatible-api/v1/reranks", post(rerank::compat).fallback(chat::wrong_method))
}

/// Answers with what was worked out, or with the refusal.
async fn reply(
    sim: &Shared,
    visit: &Visit,
    result: Result<impl Serialize, Refusal>,
) -> Response<Body> {
    match result {
        Ok(body) => {
            sim.pause(visit.rule.first_byte() + LATENCY).await;
            chat::small(visit, json(&body))
        }
        Err(refusal) => visit.refuse(&refusal),
    }
}

/// A native request to a model of this route: the model, `input` and `parameters`.
struct Native<'a> {
    model: &'static Model,
    input: &'a Map<String, Value>,
    parameters: Map<String, Value>,
}

impl<'a> Native<'a> {
    fn read(visit: &'a Visit, route: Route) -> Result<Self, Refusal> {
        let body = visit.body()?;
        let model = request::model(body)?;
        if model.route != route {
            return Err(native::wrong_url());
        }
        if visit.says("x-dashscope-async", "enable") {
            return Err(refusal::sync_only());
        }
        let input = body.get("input").and_then(Value::as_object);
        let parameters = match body.get("parameters") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(parameters)) => parameters.clone(),
            Some(_) => return Err(request::missing("parameters")),
        };
        let input = input.ok_or_else(|| Refusal::of(&refusal::NO_INPUT))?;
        Ok(Self { model, input, parameters })
    }
}

/// The size of a vector: the wish if the model has it, else the model's usual, which is the first.
fn dimension(wish: Option<&Value>, sizes: &[usize]) -> Result<usize, Refusal> {
    let usual = sizes.first().copied().unwrap_or(0);
    let Some(wish) = wish.filter(|wish| !wish.is_null()) else {
        return Ok(usual);
    };
    let size = wish.as_u64().and_then(|size| usize::try_from(size).ok());
    size.filter(|size| sizes.contains(size)).ok_or_else(|| {
        let mut sizes = sizes.to_vec();
        sizes.sort_unstable();
        let names: Vec<String> = sizes.iter().map(ToString::to_string).collect();
        Refusal::parameter(format!(
            "Value error, dimension is invalid, it should be one of [{}].: parameters.dimension",
            names.join(", ")
        ))
    })
}

/// More pieces than a request may have.
fn too_many(most: usize, place: &str) -> Refusal {
    Refusal::parameter(format!(
        "Value error, batch size is invalid, it should not be larger than {most}.: input.{place}"
    ))
}

/// The vector of a text, as batches have it.
pub(super) fn vector(model: &Model, text: &str, size: usize) -> Vec<f32> {
    features::Features::of(text).dense(text::space(model), size)
}
