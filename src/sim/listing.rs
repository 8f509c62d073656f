//! What the native surface tells about itself: the list of models, page by page, and the tokens of a
//! text. It refuses to answer questions.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, Uri};
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;

use super::models::{self, Model, Route};
use super::refusal::{self, Refusal, json};
use super::visit::Visit;
use super::{Shared, chat, native, request, rng, tokens};

/// Models of one page unless asked otherwise, and at most.
const PAGE: usize = 10;
const LARGEST_PAGE: usize = 100;
/// Token ids are below this.
const VOCABULARY: u64 = 151_643;

/// Every path of this file.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/v1/models", get(list).fallback(chat::wrong_method))
        .route("/api/v1/tokenizer", post(tokenizer).fallback(chat::wrong_method))
}

#[derive(Serialize)]
struct Entry {
    model: &'static str,
    name: &'static str,
    source: &'static str,
    provider: &'static str,
    opensource: bool,
}

impl Entry {
    fn new(model: &'static Model) -> Self {
        let provider = match model.id.split(['-', '.']).next().unwrap_or_default() {
            "wan" | "wan2" | "wan3" | "wanx" | "wanx2" => "wan",
            "cosyvoice" => "cosyvoice",
            "gte" | "text" | "multimodal" | "tongyi" => "tongyi",
            _ => "qwen",
        };
        // Open models say how large they are.
        let sized =
            |part: &str| part.strip_suffix('b').is_some_and(|size| size.parse::<f32>().is_ok());
        let opensource = model.id.split('-').any(sized);
        Self { model: model.id, name: model.id, source: "system", provider, opensource }
    }
}

#[expect(clippy::struct_field_names, reason = "the names are those of the wire")]
#[derive(Serialize)]
struct Page {
    models: Vec<Entry>,
    page_no: usize,
    page_size: usize,
    total: usize,
}

#[derive(Serialize)]
struct List<'a> {
    output: Page,
    request_id: &'a str,
}

/// `GET /api/v1/models`
async fn list(uri: Uri, visit: Visit) -> Response<Body> {
    match visit.admit().and_then(|()| page(uri.query().unwrap_or_default())) {
        Ok(output) => {
            let body = json(&List { output, request_id: &visit.request_id });
            chat::small(&visit, body)
        }
        Err(refusal) => visit.refuse(&refusal),
    }
}

fn page(query: &str) -> Result<Page, Refusal> {
    let (mut page_no, mut page_size, mut id) = (1, PAGE, None);
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let number = |name| {
            let number = value.parse::<usize>().ok().filter(|number| *number > 0);
            number.ok_or_else(|| request::missing(name))
        };
        match &*key {
            "page_no" => page_no = number("page_no")?,
            "page_size" => page_size = number("page_size")?.min(LARGEST_PAGE),
            "model" => id = Some(value.into_owned()),
            _ => {}
        }
    }
    let all: Vec<&'static Model> = models::all()
        .iter()
        .filter(|model| id.as_deref().is_none_or(|id| id == model.id))
        .collect();
    let skipped = page_size.saturating_mul(page_no - 1);
    let models = all.iter().skip(skipped).take(page_size).map(|model| Entry::new(model)).collect();
    Ok(Page { models, page_no, page_size, total: all.len() })
}

#[derive(Serialize)]
struct Output<'a> {
    token_ids: Vec<u64>,
    tokens: Vec<&'a str>,
}

#[derive(Serialize)]
struct Usage {
    input_tokens: usize,
}

#[derive(Serialize)]
struct Tokens<'a> {
    output: Output<'a>,
    usage: Usage,
    request_id: &'a str,
}

/// `POST /api/v1/tokenizer`
async fn tokenizer(visit: Visit) -> Response<Body> {
    match visit.body().and_then(text) {
        Ok(text) => {
            let tokens: Vec<&str> = tokens::pieces(&text).collect();
            let id = |token: &&str| rng::hash(0, token.as_bytes()) % VOCABULARY;
            let usage = Usage { input_tokens: tokens.len() };
            let output = Output { token_ids: tokens.iter().map(id).collect(), tokens };
            let body = json(&Tokens { output, usage, request_id: &visit.request_id });
            chat::small(&visit, body)
        }
        Err(refusal) => visit.refuse(&refusal),
    }
}

/// The text of a request: its prompt, or all its messages.
fn text(body: &Value) -> Result<String, Refusal> {
    let model = request::model(body)?;
    if !matches!(model.route, Route::Chat | Route::Multi) {
        return Err(native::wrong_url());
    }
    let input = body.get("input").filter(|input| input.is_object());
    let input = input.ok_or_else(|| Refusal::of(&refusal::NO_INPUT))?;
    let content = |message: &Value| match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect()
        }
        _ => String::new(),
    };
    match (input.get("messages").and_then(Value::as_array), input.get("prompt")) {
        (Some(messages), _) => Ok(messages.iter().map(content).collect()),
        (None, Some(Value::String(prompt))) => Ok(prompt.clone()),
        (None, _) => Err(request::neither()),
    }
}
