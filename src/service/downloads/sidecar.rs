//! The note beside the files of a finished task: what they were made from, by what, when and for
//! how much, as JSON with names that stay. It refuses signed addresses and anything of the key.

use std::io::{self, Write as _};
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::jobs::{Media, Value as Filled};
use crate::domain::money::Money;
use crate::domain::tasks::book::{AssetState, TaskRecord};
use crate::service::private;

/// Writes it beside the first file: `boat.mp4` gets `boat.json`. One that is there is another's
/// and stays; ours of before is replaced.
pub(super) fn write(task: &TaskRecord) -> io::Result<()> {
    let Some(first) = task.saved().next() else { return Ok(()) };
    let path = Path::new(first).with_extension("json");
    if path.exists() && !is_ours(&path, task) {
        return Ok(());
    }
    let mut text = serde_json::to_string_pretty(&value(task)).unwrap_or_default();
    text.push('\n');
    let fresh = path.with_extension("json.new");
    let mut file = private::make_file(&fresh, std::fs::File::options().write(true).truncate(true))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&fresh, &path)
}

fn is_ours(path: &Path, task: &TaskRecord) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    value["schema"] == SCHEMA && value["task"]["key"] == task.key.to_string()
}

const SCHEMA: &str = "lian.asset/1";

fn value(task: &TaskRecord) -> Value {
    let times = &task.times;
    json!({
        "schema": SCHEMA,
        "task": {
            "key": task.key.to_string(),
            "id": task.remote.as_ref().map(ToString::to_string),
            "request_id": task.request_id,
            "profile": task.profile,
            "origin": task.origin,
            "adopted": task.adopted,
        },
        "model": task.model.as_str(),
        "prompt": task.title,
        "rewritten_prompt": task.rewritten,
        "form": form(task),
        "times": {
            "created": stamp(Some(times.created)),
            "submitted": stamp(times.submitted),
            "scheduled": stamp(times.scheduled),
            "ended": stamp(times.ended),
            "saved": stamp(times.saved),
        },
        "price": task.price.map(money),
        "cost": task.cost.map(money),
        "files": task.assets.iter().filter_map(|asset| match &asset.state {
            AssetState::Saved { path, bytes, sha256 } => Some(json!({
                "name": Path::new(path).file_name().map(|name| name.to_string_lossy()),
                "part": asset.part, "bytes": bytes, "sha256": sha256,
            })),
            AssetState::Wanted | AssetState::Failed(_) | AssetState::Expired => None,
        }).collect::<Vec<_>>(),
    })
}

fn form(task: &TaskRecord) -> Value {
    let held = |value: &Filled| match value {
        Filled::Text(text) => json!(text),
        Filled::Whole(number) => json!(number),
        Filled::Flag(on) => json!(on),
        Filled::Media(files) => files.iter().map(media).collect(),
    };
    task.form.values.iter().map(|(name, value)| (name.clone(), held(value))).collect()
}

/// An address without its query, which may be a signature; a content that was given by itself is
/// not repeated.
fn media(media: &Media) -> Value {
    match media {
        Media::File { path, .. } => json!(path),
        Media::Url(url) if url.starts_with("data:") => json!("data:"),
        Media::Url(url) => json!(url.split(['?', '#']).next().unwrap_or_default()),
    }
}

fn money(money: Money) -> Value {
    json!({ "amount": money.amount.to_string(), "currency": money.currency.code() })
}

fn stamp(ms: Option<i64>) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(ms?).ok()?;
    Some(format!("{at:.0}"))
}
