//! `GET /api/v1/quotas` (also at the path `models/limits` that the Chinese page gives): which limits
//! the account has, page by page. It refuses to tell what was used; the service does not either.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use axum::routing::get;

use super::{Figures, Limits, Slice, read};
use crate::sim::ask::Ask;
use crate::sim::ordered::{Json, object};
use crate::sim::refusal::{self, Refusal, reply};
use crate::sim::{Shared, chat, models, stream};

/// The only workspace there is.
const WORKSPACE: &str = "ws-simulator";

/// Every path of this part.
pub(in crate::sim) fn routes() -> Router<Arc<Shared>> {
    let quotas = || get(list).fallback(chat::wrong_method);
    Router::new().route("/api/v1/quotas", quotas()).route("/api/v1/models/limits", quotas())
}

/// What there is to tell: without limits, the documented ones that are not enforced.
fn all(limits: &Limits) -> Vec<(&'static str, Figures)> {
    match limits {
        Limits::Off | Limits::Documented => read::listed(false).collect(),
        Limits::Seed => read::listed(true).collect(),
        Limits::Rows(rows) => models::all()
            .iter()
            .filter_map(|model| Some((model.id, rows.find(model.id)?)))
            .collect(),
    }
}

async fn list(State(sim): State<Arc<Shared>>, ask: Ask) -> Response<Body> {
    if let Err(refusal) = ask.visit.admit() {
        return ask.visit.refuse(&refusal);
    }
    if !sim.options.quotas {
        return ask.visit.refuse(&Refusal::of(&refusal::NOT_FOUND));
    }
    let number = |name: &str, usual: usize| {
        let text = ask.query(name);
        text.and_then(|text| text.parse::<usize>().ok()).filter(|n| *n > 0).unwrap_or(usual)
    };
    let (page, size) = (number("page_no", 1), number("page_size", 20).min(200));
    let (name, model) = (ask.query("name"), ask.query("model"));
    let name = name.map(|name| name.to_lowercase());
    let found: Vec<_> = all(&sim.options.limits)
        .into_iter()
        .filter(|(id, _)| name.as_deref().is_none_or(|name| id.contains(name)))
        .filter(|(id, _)| model.as_deref().is_none_or(|model| *id == model))
        .collect();
    let shown = found.iter().skip((page - 1).saturating_mul(size)).take(size);
    let quotas: Vec<Json> = shown.map(|(id, figures)| quota(id, figures)).collect();
    let body = object([
        ("request_id", ask.visit.request_id.as_str().into()),
        (
            "output",
            object([
                ("total", (found.len() as u64).into()),
                ("page_no", (page as u64).into()),
                ("page_size", (size as u64).into()),
                ("quotas", quotas.into()),
            ]),
        ),
    ]);
    let body = stream::whole(body.bytes(), &ask.visit.rule, &ask.visit.line);
    reply(200, "application/json", &ask.visit.request_id, body)
}

/// One model: the slice where the service documents one, else the minute.
fn quota(id: &str, figures: &Figures) -> Json {
    let minute = |most: Option<u64>| most.map(|most| Slice { most, seconds: 60 });
    let calls = figures.calls.or(minute(figures.rpm));
    let tokens = figures.tokens.or(minute(figures.tpm));
    let count = |number: Option<usize>| Json::from(number.map(|number| number as u64));
    let limit = object([
        ("request_limit", calls.map(|slice| slice.most).into()),
        ("request_limit_period", calls.map(|slice| slice.seconds).into()),
        ("usage_limit", tokens.map(|slice| slice.most).into()),
        ("usage_limit_field", tokens.map(|_| "total_tokens").into()),
        ("usage_limit_period", tokens.map(|slice| slice.seconds).into()),
        ("async_user_queue_limit", count(figures.waiting)),
        ("async_user_concurrency_limit", count(figures.running)),
    ]);
    object([
        ("model", id.into()),
        ("workspace_id", WORKSPACE.into()),
        ("model_limit", limit),
        ("workspace_limit", Json::Null),
    ])
}
