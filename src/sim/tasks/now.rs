//! Pictures that the client waits for, at the path of messages with all media.
//! It refuses models that only work in tasks.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;

use super::fields::Fields;
use super::{make, picture, reply};
use crate::sim::ordered::{Json, object};
use crate::sim::refusal::{self, Refusal};
use crate::sim::visit::Visit;
use crate::sim::{Shared, native, request, results, stream};

/// Whether a model makes pictures while the client waits.
fn is_quick(id: &str) -> bool {
    ["qwen-image", "qwen-mt-image", "wan2.6-t2i", "wan2.6-image", "wan2.7-image"]
        .iter()
        .any(|start| id.starts_with(start))
}

/// The whole answer of `multimodal-generation` for a model of pictures: the endpoint of that path
/// hands such requests over here.
pub(in crate::sim) async fn pictures_now(sim: &Arc<Shared>, visit: &Visit) -> Response<Body> {
    let wanted = visit.body().and_then(|body| {
        let model = request::model(body)?;
        if !is_quick(model.id) {
            return Err(native::wrong_url());
        }
        let fields = Fields::read(body)?;
        picture::read_now(model, &fields, super::create::seed(sim, &body["input"].to_string()))
    });
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(refusal) => return visit.refuse(&refusal),
    };
    if let Some(refusal) = visit.rule.midway() {
        return visit.refuse(&refusal);
    }
    let takes = Duration::from_secs(5 + 3 * u64::from(wanted.count));
    tokio::time::sleep(sim.scaled(takes + visit.rule.first_byte())).await;
    let wish = wanted.clone();
    let files = tokio::task::spawn_blocking(move || make::pictures(&wish)).await;
    let Ok(files) = files else {
        return visit.refuse(&Refusal::of(&refusal::INTERNAL));
    };
    let link = |bytes| {
        let name = format!("{}.png", sim.ids.next());
        results::put(sim, &visit.headers, &name, "image/png", bytes)
    };
    let count = Json::from(files.len() as u64);
    let choices: Vec<Json> = files
        .into_iter()
        .map(|bytes| reply::choice(object([("image", link(bytes).into())])))
        .collect();
    let output = object([
        ("choices", choices.into()),
        (
            "task_metric",
            object([
                ("TOTAL", count.clone()),
                ("SUCCEEDED", count.clone()),
                ("FAILED", 0u32.into()),
            ]),
        ),
    ]);
    let mut body = object([("output", output)]);
    if !visit.rule.no_usage {
        let usage = object([
            ("height", wanted.wish.height.into()),
            ("image_count", count),
            ("width", wanted.wish.width.into()),
        ]);
        body.push("usage", usage);
    }
    body.push("request_id", visit.request_id.as_str());
    let body = stream::whole(body.bytes(), &visit.rule, &visit.line);
    refusal::reply(200, "application/json", &visit.request_id, body)
}
