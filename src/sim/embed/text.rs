//! Embeddings of texts: the compatible and the native form, dense and sparse.
//! It refuses more texts, longer texts and other sizes than the model has.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use base64::prelude::{BASE64_STANDARD, Engine};
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use super::features::{Features, Sparse};
use super::{Native, Shared, Visit, dimension, reply, too_many};
use crate::sim::models::{self, Model, Route};
use crate::sim::refusal::{self, Refusal};
use crate::sim::{request, rng, tasks, tokens};

/// What a model takes and gives.
struct Rules {
    texts: usize,
    tokens: usize,
    /// The usual size first.
    sizes: &'static [usize],
    sparse: bool,
    instruct: bool,
}

fn rules(model: &Model) -> Rules {
    let (texts, tokens) = (10, 8_192);
    match model.id {
        "text-embedding-v1" | "text-embedding-v2" => {
            Rules { texts: 25, tokens: 2_048, sizes: &[1536], sparse: false, instruct: false }
        }
        "text-embedding-v3" => {
            let sizes = &[1024, 768, 512, 256, 128, 64];
            Rules { texts, tokens, sizes, sparse: true, instruct: false }
        }
        _ => {
            let sizes = &[1024, 2048, 1536, 768, 512, 256, 128, 64];
            Rules { texts, tokens, sizes, sparse: true, instruct: true }
        }
    }
}

/// The texts of a request: one or a list.
fn texts<'a>(input: Option<&'a Value>, rules: &Rules) -> Result<Vec<&'a str>, Refusal> {
    let list: Option<Vec<&str>> = match input {
        Some(Value::String(text)) => Some(vec![text]),
        Some(Value::Array(list)) => list.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let list = list.filter(|list| !list.is_empty()).ok_or_else(|| {
        Refusal::parameter("Value error, contents is neither str nor list of str.: input.contents")
    })?;
    if list.len() > rules.texts {
        return Err(too_many(rules.texts, "contents"));
    }
    let most = rules.tokens;
    if list.iter().any(|text| !(1..=most).contains(&tokens::count(text))) {
        return Err(Refusal::parameter(format!("Range of input length should be [1, {most}]")));
    }
    Ok(list)
}

/// Models do not share a space, but the sizes of one model do.
pub(super) fn space(model: &Model) -> u64 {
    rng::hash(11, model.id.as_bytes())
}

#[derive(Serialize)]
#[serde(untagged)]
enum Vector {
    Floats(Vec<f32>),
    Base64(String),
}

#[derive(Serialize)]
struct CompatItem {
    embedding: Vector,
    index: usize,
    object: &'static str,
}

#[derive(Serialize)]
struct CompatUsage {
    prompt_tokens: usize,
    total_tokens: usize,
}

#[derive(Serialize)]
struct CompatList<'a> {
    data: Vec<CompatItem>,
    model: &'a str,
    object: &'static str,
    usage: CompatUsage,
    id: &'a str,
}

/// Tokens of texts count as those of answers do.
fn spend(sim: &Shared, visit: &Visit, tokens: usize) {
    let model = visit.body().ok().and_then(|body| models::find(body.get("model")?.as_str()?));
    if let Some(model) = model {
        sim.limits.spend(visit.account, model.id, tokens, Instant::now());
    }
}

/// `POST /compatible-mode/v1/embeddings`
pub(super) async fn compat(State(sim): State<Arc<Shared>>, visit: Visit) -> Response<Body> {
    let result = compat_list(&visit);
    if let Ok(list) = &result {
        spend(&sim, &visit, list.usage.total_tokens);
    }
    reply(&sim, &visit, result).await
}

fn compat_list(visit: &Visit) -> Result<CompatList<'_>, Refusal> {
    let body = visit.body()?.as_object().ok_or_else(|| Refusal::of(&refusal::PARAMETER))?;
    let id = body.get("model").and_then(Value::as_str).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Refusal::of(&refusal::REQUEST))?;
    let model = models::find(id).ok_or_else(|| request::no_model(id))?;
    if model.route != Route::Embed {
        return Err(request::not_compat(id));
    }
    let rules = rules(model);
    let texts = texts(body.get("input"), &rules)?;
    let size = dimension(body.get("dimensions"), rules.sizes)?;
    let packed = match body.get("encoding_format").map(Value::as_str) {
        None | Some(Some("float")) => false,
        Some(Some("base64")) => true,
        Some(_) => return Err(request::missing("encoding_format")),
    };
    let item = |(index, text): (usize, &&str)| {
        let vector = Features::of(text).dense(space(model), size);
        let embedding = if packed {
            let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
            Vector::Base64(BASE64_STANDARD.encode(bytes))
        } else {
            Vector::Floats(vector)
        };
        CompatItem { embedding, index, object: "embedding" }
    };
    let total: usize = texts.iter().map(|text| tokens::count(text)).sum();
    Ok(CompatList {
        data: texts.iter().enumerate().map(item).collect(),
        model: model.id,
        object: "list",
        usage: CompatUsage { prompt_tokens: total, total_tokens: total },
        id: &visit.request_id,
    })
}

#[derive(Serialize)]
struct SparseNumber {
    index: u64,
    value: f32,
    token: String,
}

#[derive(Serialize)]
struct NativeItem {
    #[serde(skip_serializing_if = "Option::is_none")]
    sparse_embedding: Option<Vec<SparseNumber>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    embedding: Option<Vec<f32>>,
    text_index: usize,
}

#[derive(Serialize)]
struct NativeOutput {
    embeddings: Vec<NativeItem>,
}

#[derive(Serialize)]
struct NativeUsage {
    total_tokens: usize,
}

#[derive(Serialize)]
struct NativeList<'a> {
    output: NativeOutput,
    usage: NativeUsage,
    request_id: &'a str,
}

/// `POST /api/v1/services/embeddings/text-embedding/text-embedding`
pub(super) async fn native(State(sim): State<Arc<Shared>>, visit: Visit) -> Response<Body> {
    // Some models of this path work on files only, and answer by a task.
    if let Some(response) = tasks::batch(&sim, &visit).await {
        return response;
    }
    let result = native_list(&visit);
    if let Ok(list) = &result {
        spend(&sim, &visit, list.usage.total_tokens);
    }
    reply(&sim, &visit, result).await
}

fn native_list(visit: &Visit) -> Result<NativeList<'_>, Refusal> {
    let Native { model, input, parameters } = Native::read(visit, Route::Embed)?;
    let rules = rules(model);
    let texts = texts(input.get("texts"), &rules)?;
    let word = |key: &str| parameters.get(key).filter(|value| !value.is_null());
    let size = dimension(word("dimension"), rules.sizes)?;
    let query = match word("text_type").map(Value::as_str) {
        None | Some(Some("document")) => false,
        Some(Some("query")) => true,
        Some(_) => return Err(request::missing("text_type")),
    };
    if word("instruct").is_some() && !(rules.instruct && query) {
        return Err(request::missing("instruct"));
    }
    let (dense, sparse) = match word("output_type").map(Value::as_str) {
        None | Some(Some("dense")) => (true, false),
        Some(Some("sparse")) if rules.sparse => (false, true),
        Some(Some("dense&sparse")) if rules.sparse => (true, true),
        Some(_) => return Err(request::missing("output_type")),
    };
    let item = |(text_index, text): (usize, &&str)| {
        let features = Features::of(text);
        let number = |Sparse { index, value, token }| SparseNumber { index, value, token };
        NativeItem {
            sparse_embedding: sparse.then(|| features.sparse().into_iter().map(number).collect()),
            embedding: dense.then(|| features.dense(space(model), size)),
            text_index,
        }
    };
    Ok(NativeList {
        output: NativeOutput { embeddings: texts.iter().enumerate().map(item).collect() },
        usage: NativeUsage { total_tokens: texts.iter().map(|text| tokens::count(text)).sum() },
        request_id: &visit.request_id,
    })
}
