//! Embeddings of texts, images and videos in one space. A picture is close to the words of its
//! file's name, which is all that is known of it; it refuses to look closer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde::Serialize;
use serde_json::Value;

use super::features::Features;
use super::text::space;
use super::{Native, Shared, Visit, dimension, reply, too_many};
use crate::sim::media::{Hints, Media, Reader};
use crate::sim::models::{Model, Route};
use crate::sim::refusal::Refusal;
use crate::sim::{request, tokens, uploads};

/// Pieces of one request.
const MOST: usize = 20;

/// Sizes of a model's vectors, the usual one first.
fn sizes(model: &Model) -> &'static [usize] {
    match model.id {
        "qwen3-vl-embedding" => &[2560, 2048, 1536, 1024, 768, 512, 256],
        "qwen2.5-vl-embedding" => &[1024, 2048, 768, 512],
        "tongyi-embedding-vision-plus" => &[1152, 1024, 512, 256, 128, 64],
        "tongyi-embedding-vision-flash" => &[768, 512, 256, 128, 64],
        _ => &[1024],
    }
}

#[derive(Serialize)]
struct Item {
    index: usize,
    embedding: Vec<f32>,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Output {
    embeddings: Vec<Item>,
}

#[expect(clippy::struct_field_names, reason = "the names are those of the wire")]
#[derive(Default, Serialize)]
struct Usage {
    input_tokens: usize,
    image_tokens: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_tokens: Option<usize>,
}

#[derive(Serialize)]
struct List<'a> {
    output: Output,
    usage: Usage,
    request_id: &'a str,
}

/// `POST /api/v1/services/embeddings/multimodal-embedding/multimodal-embedding`
pub(super) async fn native(State(sim): State<Arc<Shared>>, visit: Visit) -> Response<Body> {
    let result = list(&visit).and_then(|list| uploads::check(&sim, &visit).map(|()| list));
    reply(&sim, &visit, result).await
}

fn list(visit: &Visit) -> Result<List<'_>, Refusal> {
    let Native { model, input, parameters } = Native::read(visit, Route::Vision)?;
    let contents = input.get("contents").and_then(Value::as_array).filter(|list| !list.is_empty());
    let contents = contents.ok_or_else(|| request::missing("contents"))?;
    if contents.len() > MOST {
        return Err(too_many(MOST, "contents"));
    }
    let size = dimension(parameters.get("dimension"), sizes(model))?;
    let reader = Reader { model, resolves: visit.manner().resolves };
    let mut usage = Usage::default();
    let mut embeddings = Vec::new();
    for (index, content) in contents.iter().enumerate() {
        let (kind, features) = item(content, &reader, &mut usage)?;
        embeddings.push(Item {
            index,
            embedding: features.dense(space(model), size),
            r#type: kind,
        });
    }
    Ok(List { output: Output { embeddings }, usage, request_id: &visit.request_id })
}

/// One piece: its kind, what it is like, and its tokens added to the usage.
fn item(
    content: &Value,
    reader: &Reader<'_>,
    usage: &mut Usage,
) -> Result<(&'static str, Features), Refusal> {
    let text = |key: &str| content.get(key).and_then(Value::as_str);
    let hints = Hints::read(content, false);
    match (text("text"), text("image"), text("video")) {
        (Some(text), None, None) => {
            usage.input_tokens += tokens::count(text);
            Ok(("text", Features::of(text)))
        }
        (None, Some(url), None) => {
            let media = reader.image(url, &hints)?;
            usage.image_tokens += media.tokens;
            Ok(("image", like(&media, "image picture photo 图片")))
        }
        (None, None, Some(url)) => {
            let media = reader.video(url, &hints)?;
            *usage.video_tokens.get_or_insert(0) += media.tokens;
            Ok(("video", like(&media, "video clip film 视频")))
        }
        _ => Err(request::missing("contents")),
    }
}

fn like(media: &Media, kind: &str) -> Features {
    let name = media.name.as_deref().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut features = Features::of(&format!("{stem} {kind}").replace(['_', '-'], " "));
    features.mark(media.mark);
    features
}
