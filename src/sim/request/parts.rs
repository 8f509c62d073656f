//! The parts of a message in both dialects: typed ones on the compatible surface, parts of one key
//! on the native one. What a medium is and counts is `media`'s to say.

use serde_json::Value;

use super::messages::Message;
use super::{Refusal, missing};
use crate::sim::media::{Hints, Kind, Media, Reader};

/// How the parts of a request are written, and by what rules they are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect<'a> {
    pub(super) reader: Reader<'a>,
    /// The native parts of one key.
    pub(super) native: bool,
    /// `vl_high_resolution_images` of the request.
    pub(super) fine: bool,
}

/// A part before it is looked into.
enum Part<'a> {
    Text(&'a str),
    Image(&'a str),
    Video(&'a str),
    Frames(Vec<&'a str>),
    Audio(&'a str),
}

/// Adds a part to its message.
pub(super) fn read(
    part: &Value,
    dialect: &Dialect<'_>,
    message: &mut Message,
) -> Result<(), Refusal> {
    let found = if dialect.native { native(part)? } else { compat(part)? };
    let (reader, takes) = (&dialect.reader, dialect.reader.model.takes);
    let hints = Hints::read(part, dialect.fine);
    let (media, taken) = match found {
        Part::Text(text) => {
            message.text.push_str(text);
            return Ok(());
        }
        Part::Image(url) => (reader.image(url, &hints), takes.image),
        Part::Video(url) => (reader.video(url, &hints), takes.video),
        Part::Frames(urls) => (reader.frames(&urls, &hints), takes.video),
        Part::Audio(url) => (reader.audio(url), takes.audio),
    };
    if !taken {
        return Err(Refusal::parameter(
            "<400> InternalError.Algo.InvalidParameter: The provided messages input is invalid. The error info is [Unexpected item type in content.]",
        ));
    }
    message.media.push(media?);
    Ok(())
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

fn compat(part: &Value) -> Result<Part<'_>, Refusal> {
    let inner = |key: &str, inner: &str| {
        part.get(key).and_then(|value| value.get(inner)).and_then(Value::as_str)
    };
    let found = match part.get("type").and_then(Value::as_str) {
        Some("text") => {
            let text = part.get("text").and_then(Value::as_str);
            return text.map(Part::Text).ok_or_else(|| missing("messages.content.text"));
        }
        Some("image_url") => inner("image_url", "url").map(Part::Image),
        Some("video_url") => inner("video_url", "url").map(Part::Video),
        Some("input_audio") => inner("input_audio", "data").map(Part::Audio),
        Some("video") => part.get("video").and_then(texts).map(Part::Frames),
        _ => None,
    };
    found.ok_or_else(|| missing("messages.content"))
}

fn native(part: &Value) -> Result<Part<'_>, Refusal> {
    let text = |key: &str| part.get(key).and_then(Value::as_str);
    let found = text("text")
        .map(Part::Text)
        .or_else(|| text("image").map(Part::Image))
        .or_else(|| text("video").map(Part::Video))
        .or_else(|| part.get("video").and_then(texts).map(Part::Frames))
        .or_else(|| text("audio").map(Part::Audio));
    found.ok_or_else(|| {
        Refusal::parameter("The item of content should be a message of a certain modal.")
    })
}

/// The first omni models take one other kind beside text in a message.
pub(super) fn check_mix(message: &Message, dialect: &Dialect<'_>) -> Result<(), Refusal> {
    let model = dialect.reader.model.id;
    if !model.starts_with("qwen3-omni-flash") && !model.starts_with("qwen-omni-turbo") {
        return Ok(());
    }
    let modality = |media: &Media| match media.kind {
        Kind::Image => 0,
        Kind::Video | Kind::Frames(_) => 1,
        Kind::Audio => 2,
    };
    let mut modalities = message.media.iter().map(modality);
    let first = modalities.next();
    if modalities.all(|other| Some(other) == first) {
        return Ok(());
    }
    Err(Refusal::parameter(
        "<400> InternalError.Algo.InvalidParameter: A message can hold text and one other modality only.",
    ))
}
