//! The rules of picture models, made in tasks and made while the client waits.
//! It refuses to make a picture.

use serde_json::Value;

use super::fields::Fields;
use super::job::{Job, Pictures, Product, Service, extend};
use crate::sim::film::Wish;
use crate::sim::models::Model;
use crate::sim::refusal::Refusal;
use crate::sim::request::missing;
use crate::sim::rng;

/// Sides that any picture may have, in pixels.
const SIDES: std::ops::RangeInclusive<u32> = 256..=4096;

/// Where a model's tasks are created; `None` when it makes no pictures in tasks.
pub(super) fn services(id: &str) -> &'static [Service] {
    let has = |part: &str| id.contains(part);
    if id.starts_with("wan2.6-t2i")
        || id.starts_with("wan2.6-image")
        || id.starts_with("wan2.7-image")
    {
        &[Service::ImageGeneration]
    } else if has("t2i") || id.starts_with("wanx-v1") {
        &[Service::TextToImage]
    } else if has("i2i") || has("imageedit") {
        &[Service::ImageToImage]
    } else if id.starts_with("wanx-") {
        &[Service::TextToImage, Service::ImageToImage]
    } else {
        &[]
    }
}

/// How many pictures come when the request does not say.
fn usual_count(id: &str) -> u64 {
    if id.starts_with("qwen") || id.contains("2.6") || id.contains("2.7") || id.contains("edit") {
        1
    } else {
        4
    }
}

fn usual_size(id: &str) -> (u32, u32) {
    match id {
        _ if id.starts_with("qwen-image-2") => (2048, 2048),
        _ if id.starts_with("qwen-image") => (1664, 928),
        _ if id.contains("2.5") || id.contains("2.6") || id.contains("2.7") => (1280, 1280),
        _ => (1024, 1024),
    }
}

/// Sizes, count and seed; and what is wrong with the size, if anything is.
fn pictures(
    model: &Model,
    fields: &Fields<'_>,
    looks: &str,
    seed: u64,
) -> Result<(Pictures, Option<Refusal>), Refusal> {
    let count = fields.within("n", 1, 4)?.unwrap_or_else(|| usual_count(model.id));
    let seed = fields.seed()?.unwrap_or(seed);
    let watermark = fields.flag("watermark")?.unwrap_or(false);
    let (width, height) = fields.size()?.unwrap_or_else(|| usual_size(model.id));
    let good = SIDES.contains(&width) && SIDES.contains(&height) && width * height <= 2048 * 2048;
    let fault =
        (!good).then(|| Refusal::parameter(format!("The size is not match {width}*{height}")));
    let prompts = ["2.2", "2.5"].iter().any(|version| model.id.contains(version));
    let wish = Wish { width, height, seed: rng::hash(seed, looks.as_bytes()), watermark };
    Ok((Pictures { wish, count: u32::try_from(count).unwrap_or(1), prompts }, fault))
}

/// Reads a task of `text2image` or `image2image`.
pub(super) fn read(
    model: &'static Model,
    service: Service,
    fields: &Fields<'_>,
    seed: u64,
) -> Result<Job, Refusal> {
    let prompt = fields.text("prompt", 2000)?;
    fields.text("negative_prompt", 500)?;
    if service == Service::TextToImage && prompt.is_none() && !model.id.starts_with("wanx-") {
        return Err(missing("prompt"));
    }
    let pictured = fields.input.iter().any(|(key, value)| {
        (key.ends_with("url") || key == "images") && !value.is_null() && value != ""
    });
    if service == Service::ImageToImage && !pictured {
        return Err(missing(if model.id.contains("i2i") { "images" } else { "base_image_url" }));
    }
    let extended = fields.flag("prompt_extend")?.unwrap_or(true);
    let looks = prompt.clone().unwrap_or_default();
    let (pictures, fault) = pictures(model, fields, &looks, seed)?;
    Ok(Job {
        model,
        service,
        extended: prompt.as_deref().filter(|_| extended).map(extend),
        prompt,
        product: Product::Pictures(pictures),
        fault,
    })
}

/// The text of the one user message of `messages`.
fn text(fields: &Fields<'_>) -> Result<String, Refusal> {
    let messages = fields.input.get("messages").and_then(Value::as_array);
    let message = messages.and_then(|list| list.last()).ok_or_else(|| missing("messages"))?;
    let content = message.get("content").ok_or_else(|| missing("messages.content"))?;
    let text = match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part.get("text")?.as_str())
            .collect::<Vec<_>>()
            .join("\n"),
        _ => return Err(missing("messages.content")),
    };
    if text.trim().is_empty() { Err(missing("messages.content")) } else { Ok(text) }
}

/// Reads a task of `image-generation`.
pub(super) fn read_messages(
    model: &'static Model,
    fields: &Fields<'_>,
    seed: u64,
) -> Result<Job, Refusal> {
    let prompt = text(fields)?;
    let (pictures, fault) = pictures(model, fields, &prompt, seed)?;
    Ok(Job {
        model,
        service: Service::ImageGeneration,
        prompt: Some(prompt),
        extended: None,
        product: Product::Choices(pictures),
        fault,
    })
}

/// Reads a request for pictures that the client waits for.
pub(in crate::sim) fn read_now(
    model: &Model,
    fields: &Fields<'_>,
    seed: u64,
) -> Result<Pictures, Refusal> {
    let prompt = text(fields)?;
    match pictures(model, fields, &prompt, seed)? {
        (_, Some(fault)) => Err(fault),
        (pictures, None) => Ok(pictures),
    }
}
