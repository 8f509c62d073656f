//! Texts and files as vectors (wire embeddings.md): over either surface, as many requests as the
//! model's cap wants, and the two calls that only the native surface has. It refuses to repeat a
//! request that failed for any other reason than its size.

use base64::Engine as _;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::client::ApiClient;
use super::document::Document;
use super::error::ApiError;
use super::fields::{at, count, line, list};
use super::jobs::{MakeError, created};
use super::region::Endpoint;
use crate::domain::embeddings::{
    Content, EmbedRequest, EmbedUsage, Embedded, SparseTerm, TextType, Vector, VectorKind,
};
use crate::domain::jobs::Created;
use crate::domain::models::{ModelId, Surface};

const COMPAT: &str = "/embeddings";
const NATIVE: &str = "/services/embeddings/text-embedding/text-embedding";
const MULTIMODAL: &str = "/services/embeddings/multimodal-embedding/multimodal-embedding";
/// More numbers in one vector are a mistake: the longest documented ones have 2,560.
const LONGEST: usize = 1 << 16;

/// The surface a request needs: what tells texts apart, sparse vectors and instructions are only
/// on the native one; everything else goes where other servers listen too.
#[must_use]
pub const fn surface(request: &EmbedRequest) -> Surface {
    let plain = request.text_type.is_none()
        && request.instruct.is_none()
        && matches!(request.kind, VectorKind::Dense);
    if plain { Surface::Compat } else { Surface::Native }
}

/// A request that is made in as many parts as it takes, in order.
#[derive(Debug)]
pub struct Batches<'a> {
    request: &'a EmbedRequest,
    surface: Surface,
    cap: usize,
    next: usize,
}

impl<'a> Batches<'a> {
    /// Parts of at most `cap` texts.
    #[must_use]
    pub const fn new(request: &'a EmbedRequest, surface: Surface, cap: usize) -> Self {
        let cap = if cap == 0 { 1 } else { cap };
        Self { request, surface, cap, next: 0 }
    }

    /// Texts of one part at most, as given or as learnt from the service.
    #[must_use]
    pub const fn cap(&self) -> usize {
        self.cap
    }

    /// Texts that are still to be sent.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.request.texts.len() - self.next
    }

    /// Makes the next part; `None` when all texts are done. A part that failed is the next one
    /// again, so that the caller may repeat it. A refusal that names the model's cap is learnt
    /// from: the part is made again, smaller.
    pub async fn next(
        &mut self,
        client: &ApiClient,
        endpoint: &Endpoint,
    ) -> Option<Result<Embedded, ApiError>> {
        loop {
            let end = (self.next + self.cap).min(self.request.texts.len());
            let texts = &self.request.texts[self.next..end];
            if texts.is_empty() {
                return None;
            }
            match send(client, endpoint, self.request, self.surface, texts).await {
                Ok(mut embedded) => {
                    for vector in &mut embedded.vectors {
                        vector.index += self.next;
                    }
                    self.next = end;
                    return Some(Ok(embedded));
                }
                Err(error) => match learnt(&error) {
                    Some(cap) if cap < texts.len() => self.cap = cap,
                    _ => return Some(Err(error)),
                },
            }
        }
    }
}

/// The cap that a refusal names: `batch size is invalid, it should not be larger than 10.`
fn learnt(error: &ApiError) -> Option<usize> {
    let message = error.refusal()?.message.to_ascii_lowercase();
    if !message.contains("batch size") && !message.contains("input.contents") {
        return None;
    }
    let (_, tail) = message.split_once("not be larger than")?;
    let digits: String = tail.trim().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|cap| *cap > 0)
}

async fn send(
    client: &ApiClient,
    endpoint: &Endpoint,
    request: &EmbedRequest,
    surface: Surface,
    texts: &[String],
) -> Result<Embedded, ApiError> {
    let body = body(request, surface, texts);
    let call = match surface {
        Surface::Compat => Call::compat(COMPAT, body),
        Surface::Native => Call::native(NATIVE, body),
    };
    read(&client.document(endpoint, call).await?, Some(texts.len()))
}

/// The JSON body of one part.
fn body(request: &EmbedRequest, surface: Surface, texts: &[String]) -> Vec<u8> {
    let model = request.model.as_str();
    let body = match surface {
        Surface::Compat => {
            let mut body = json!({"model": model, "input": texts, "encoding_format": "float"});
            if let Some(dimensions) = request.dimensions {
                body["dimensions"] = json!(dimensions);
            }
            body
        }
        Surface::Native => {
            let mut parameters = Map::new();
            let mut set = |key: &str, value: Value| drop(parameters.insert(key.to_owned(), value));
            if let Some(dimension) = request.dimensions {
                set("dimension", json!(dimension));
            }
            // An instruction describes a search, and only questions search.
            let kind = request.text_type.or(request.instruct.as_ref().map(|_| TextType::Query));
            if let Some(kind) = kind {
                set("text_type", json!(kind.name()));
            }
            match request.kind {
                VectorKind::Dense => {}
                VectorKind::Sparse => set("output_type", json!("sparse")),
                VectorKind::Both => set("output_type", json!("dense&sparse")),
            }
            if let Some(instruct) = &request.instruct {
                set("instruct", json!(instruct));
            }
            json!({"model": model, "input": {"texts": texts}, "parameters": parameters})
        }
    };
    body.to_string().into_bytes()
}

/// Reads an answer of either surface. With `expected` every text must have its vector.
pub(super) fn read(document: &Document, expected: Option<usize>) -> Result<Embedded, ApiError> {
    let value = document.value();
    let output = at(value, "output").unwrap_or(value);
    let garbled = |detail: &str| ApiError::Garbled { detail: detail.to_owned() };
    let mut vectors = Vec::new();
    let items = list(output, "embeddings").chain(list(value, "data"));
    for (position, item) in items.enumerate() {
        let index = count(item, "text_index").or_else(|| count(item, "index"));
        let index = index.unwrap_or(position as u64);
        let index = usize::try_from(index).map_err(|_| garbled("a vector out of range"))?;
        let dense = item.get("embedding").map(numbers).unwrap_or_default();
        let sparse: Vec<SparseTerm> = list(item, "sparse_embedding").filter_map(term).collect();
        if dense.is_empty() && sparse.is_empty() {
            return Err(garbled("a vector without numbers"));
        }
        vectors.push(Vector { index, dense, sparse, kind: line(item, "type") });
    }
    vectors.sort_by_key(|vector| vector.index);
    let whole = expected.is_none_or(|expected| {
        vectors.len() == expected && vectors.iter().enumerate().all(|(n, v)| v.index == n)
    });
    if vectors.is_empty() || !whole {
        return Err(garbled("not one vector for each text"));
    }
    let usage = at(value, "usage").map(usage).unwrap_or_default();
    Ok(Embedded { vectors, usage, request_id: document.request_id.clone() })
}

/// A dense vector: numbers, or as one library asks for it, 32-bit ones in base64.
fn numbers(value: &Value) -> Vec<f64> {
    let all: Option<Vec<f64>> = match value {
        Value::Array(items) if items.len() <= LONGEST => items.iter().map(Value::as_f64).collect(),
        Value::String(text) => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default();
            let (floats, rest) = bytes.as_chunks::<4>();
            let fits = rest.is_empty() && floats.len() <= LONGEST;
            fits.then(|| floats.iter().map(|four| f64::from(f32::from_le_bytes(*four))).collect())
        }
        _ => None,
    };
    all.filter(|all| all.iter().all(|n| n.is_finite())).unwrap_or_default()
}

fn term(item: &Value) -> Option<SparseTerm> {
    let value = item.get("value")?.as_f64().filter(|n| n.is_finite())?;
    let token = line(item, "token").unwrap_or_default();
    Some(SparseTerm { index: count(item, "index")?, value, token })
}

fn usage(usage: &Value) -> EmbedUsage {
    let of = |keys: &[&str]| keys.iter().find_map(|key| count(usage, key));
    EmbedUsage {
        tokens: of(&["total_tokens", "prompt_tokens", "input_tokens"]),
        image_tokens: of(&["image_tokens", "image_count"]),
    }
}

/// Turns files and texts into vectors, one each, or one of all of them where `fuse` is set.
pub async fn multimodal(
    client: &ApiClient,
    endpoint: &Endpoint,
    model: &ModelId,
    contents: &[Content],
    dimensions: Option<u32>,
    fuse: bool,
) -> Result<Embedded, ApiError> {
    let (body, stored) = multimodal_body(model, contents, dimensions, fuse);
    let call = Call::native(MULTIMODAL, body).resolving(stored);
    read(&client.document(endpoint, call).await?, None)
}

fn multimodal_body(
    model: &ModelId,
    contents: &[Content],
    dimensions: Option<u32>,
    fuse: bool,
) -> (Vec<u8>, bool) {
    let part = |content: &Content| match content {
        Content::Text(text) => json!({ "text": text }),
        Content::Image(url) => json!({ "image": url }),
        Content::Video(url) => json!({ "video": url }),
        Content::Images(urls) => json!({ "multi_images": urls }),
    };
    let stored = |url: &String| url.starts_with("oss://");
    let resolve = contents.iter().any(|content| match content {
        Content::Text(_) => false,
        Content::Image(url) | Content::Video(url) => stored(url),
        Content::Images(urls) => urls.iter().any(stored),
    });
    let contents: Vec<Value> = contents.iter().map(part).collect();
    let mut parameters = Map::new();
    if let Some(dimension) = dimensions {
        parameters.insert("dimension".to_owned(), json!(dimension));
    }
    if fuse {
        parameters.insert("enable_fusion".to_owned(), json!(true));
    }
    let input = json!({ "contents": contents });
    let body = json!({"model": model.as_str(), "input": input, "parameters": parameters});
    (body.to_string().into_bytes(), resolve)
}

/// Has a file of lines turned into vectors by a task; its result is a file of JSON lines.
pub async fn batch(
    client: &ApiClient,
    endpoint: &Endpoint,
    model: &ModelId,
    url: &str,
    text_type: Option<TextType>,
) -> Result<Created, MakeError> {
    let mut parameters = Map::new();
    if let Some(kind) = text_type {
        parameters.insert("text_type".to_owned(), json!(kind.name()));
    }
    let body = json!({"model": model.as_str(), "input": {"url": url}, "parameters": parameters});
    let call = Call::native(NATIVE, body.to_string().into_bytes())
        .as_task()
        .resolving(url.starts_with("oss://"));
    created(client.document(endpoint, call).await?)
}

#[cfg(test)]
mod tests;
