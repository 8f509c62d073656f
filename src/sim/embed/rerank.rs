//! Documents by how much they say about a question, in the native and in the flat form.
//! Rare words that both have count most; it refuses to understand either.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde::Serialize;
use serde_json::{Map, Value};

use super::features::Features;
use super::{Native, Shared, Visit, reply, too_many};
use crate::sim::models::{self, Route};
use crate::sim::refusal::{self, Refusal};
use crate::sim::{request, tokens};

/// Documents of one request.
const MOST: usize = 500;

#[derive(Serialize)]
struct Document<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Ranked<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Document<'a>>,
    index: usize,
    relevance_score: f64,
}

#[derive(Serialize)]
struct Usage {
    total_tokens: usize,
}

#[derive(Serialize)]
struct Output<'a> {
    results: Vec<Ranked<'a>>,
}

#[derive(Serialize)]
struct NativeList<'a> {
    output: Output<'a>,
    usage: Usage,
    request_id: &'a str,
}

#[derive(Serialize)]
struct FlatList<'a> {
    object: &'static str,
    results: Vec<Ranked<'a>>,
    model: &'a str,
    usage: Usage,
    id: &'a str,
}

/// `POST /api/v1/services/rerank/text-rerank/text-rerank`
pub(super) async fn native(State(sim): State<Arc<Shared>>, visit: Visit) -> Response<Body> {
    let result = native_list(&visit);
    reply(&sim, &visit, result).await
}

fn native_list(visit: &Visit) -> Result<NativeList<'_>, Refusal> {
    let Native { input, parameters, .. } = Native::read(visit, Route::Rerank)?;
    let asked = Asked::read(input, &parameters)?;
    let results = asked.rank();
    let usage = Usage { total_tokens: asked.tokens() };
    Ok(NativeList { output: Output { results }, usage, request_id: &visit.request_id })
}

/// `POST /compatible-api/v1/reranks`
pub(super) async fn compat(State(sim): State<Arc<Shared>>, visit: Visit) -> Response<Body> {
    let result = flat_list(&visit);
    reply(&sim, &visit, result).await
}

fn flat_list(visit: &Visit) -> Result<FlatList<'_>, Refusal> {
    let body = visit.body()?.as_object().ok_or_else(|| Refusal::of(&refusal::PARAMETER))?;
    let id = body.get("model").and_then(Value::as_str).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Refusal::of(&refusal::REQUEST))?;
    let model = models::find(id).ok_or_else(|| request::no_model(id))?;
    if model.id != "qwen3-rerank" {
        return Err(request::not_compat(id));
    }
    let asked = Asked::read(body, body)?;
    Ok(FlatList {
        object: "list",
        results: asked.rank(),
        model: model.id,
        usage: Usage { total_tokens: asked.tokens() },
        id: &visit.request_id,
    })
}

/// A question and its documents.
struct Asked<'a> {
    query: &'a str,
    documents: Vec<&'a str>,
    most: usize,
    told: bool,
}

/// A text, bare or as a part of one key.
fn words(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("text")?.as_str())
}

impl<'a> Asked<'a> {
    fn read(
        input: &'a Map<String, Value>,
        parameters: &Map<String, Value>,
    ) -> Result<Self, Refusal> {
        let query = input.get("query").and_then(words).filter(|query| !query.is_empty());
        let query = query.ok_or_else(|| request::missing("query"))?;
        let documents: Option<Vec<&str>> = input
            .get("documents")
            .and_then(Value::as_array)
            .and_then(|list| list.iter().map(words).collect());
        let documents = documents.filter(|documents| !documents.is_empty());
        let documents = documents.ok_or_else(|| request::missing("documents"))?;
        if documents.len() > MOST {
            return Err(too_many(MOST, "documents"));
        }
        let most = match parameters.get("top_n").filter(|most| !most.is_null()) {
            None => documents.len(),
            Some(most) => most
                .as_u64()
                .filter(|most| *most > 0)
                .and_then(|most| usize::try_from(most).ok())
                .ok_or_else(|| request::missing("top_n"))?,
        };
        let told = parameters.get("return_documents") == Some(&Value::Bool(true));
        Ok(Self { query, documents, most, told })
    }

    /// The question is read with each document anew.
    fn tokens(&self) -> usize {
        let query = tokens::count(self.query);
        self.documents.iter().map(|document| query + tokens::count(document)).sum()
    }

    fn rank(&self) -> Vec<Ranked<'a>> {
        let query = Features::of(self.query);
        let documents: Vec<Features> =
            self.documents.iter().map(|document| Features::of(document)).collect();
        let all = count(documents.len());
        let rarity = |feature: u64| {
            let with = count(documents.iter().filter(|document| document.has(feature)).count());
            (1.0 + (all + 1.0) / (with + 1.0)).ln()
        };
        let mut ranked: Vec<Ranked<'a>> = documents
            .iter()
            .enumerate()
            .map(|(index, document)| {
                let likeness = query.covered_by(document, rarity);
                let score = 1.0 / (1.0 + (-10.0 * (likeness - 0.35)).exp());
                Ranked {
                    document: self.told.then(|| Document { text: self.documents[index] }),
                    index,
                    relevance_score: (score * 1e6).round() / 1e6,
                }
            })
            .collect();
        ranked.sort_by(|a, b| b.relevance_score.total_cmp(&a.relevance_score));
        ranked.truncate(self.most);
        ranked
    }
}

/// A number of documents, of which there are few.
fn count(documents: usize) -> f64 {
    f64::from(u32::try_from(documents).unwrap_or(u32::MAX))
}
