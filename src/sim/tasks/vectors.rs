//! Batches of texts whose vectors come as a packed file of JSON lines.
//! It refuses to work out a vector; `embed` does.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::fields::Fields;
use super::job::{Job, Lines, Product, Service};
use crate::sim::models::Model;
use crate::sim::ordered::{Json, object};
use crate::sim::refusal::Refusal;
use crate::sim::request::missing;
use crate::sim::visit::Visit;
use crate::sim::{Shared, embed, tokens, uploads};

/// Numbers of a vector.
const DIMENSIONS: usize = 1536;
/// Most lines of a batch. The service takes a hundred times more; their vectors would not fit here.
const MOST: usize = 1000;

/// Reads a batch. A file that was uploaded here is read; one elsewhere is not fetched and counts as
/// three lines made of its address.
pub(super) fn read(
    sim: &Shared,
    visit: &Visit,
    model: &'static Model,
    fields: &Fields<'_>,
) -> Result<Job, Refusal> {
    let link = fields.input.get("url").and_then(Value::as_str).filter(|link| !link.is_empty());
    let link = link.ok_or_else(|| missing("url"))?;
    if fields.word("text_type")?.is_some_and(|kind| !["query", "document"].contains(&kind)) {
        return Err(missing("text_type"));
    }
    let texts: Vec<String> = if link.starts_with("oss://") {
        let file = uploads::resolve(sim, visit, model.id, link)?;
        let text = String::from_utf8_lossy(&file).into_owned();
        text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
    } else {
        (1..=3).map(|line| format!("line {line} of {link}")).collect()
    };
    if texts.is_empty() || texts.len() > MOST {
        return Err(missing("url"));
    }
    let tokens = texts.iter().map(|text| tokens::count(text) as u64).sum();
    Ok(Job {
        model,
        service: Service::TextEmbedding,
        prompt: None,
        extended: None,
        product: Product::Vectors(Lines { texts, tokens }),
        fault: None,
    })
}

/// The file: gzip of one JSON object a line.
pub(super) fn pack(model: &Model, lines: &Lines) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    for (index, text) in lines.texts.iter().enumerate() {
        let numbers = embed::vector(model, text, DIMENSIONS);
        let numbers: Vec<Json> =
            numbers.into_iter().map(|number| Json::Real(number.into())).collect();
        let line = object([("text_index", (index as u64).into()), ("embedding", numbers.into())]);
        // Writing to memory does not fail.
        let _ = packed.write_all(&line.bytes()).and_then(|()| packed.write_all(b"\n"));
    }
    packed.finish().unwrap_or_default()
}
