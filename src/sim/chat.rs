//! The compatible surface: chat completions and the list of models.
//! It refuses to invent errors or answers; `request` and `tell` know those.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Method, Response};
use serde::Serialize;

use super::models::{self, Model, Route};
use super::refusal::{self, Refusal, json, reply};
use super::request::{self, Call};
use super::tell::tell;
use super::visit::Visit;
use super::{Shared, stream, uploads};

/// When the models of the list were made, in seconds since 1970; any steady moment will do.
const MODELS_CREATED: u64 = 1_795_312_800;

/// `POST /compatible-mode/v1/chat/completions`
pub(super) async fn completions(State(sim): State<Arc<Shared>>, visit: Visit) -> Response<Body> {
    let call = visit.body().and_then(|body| Call::compat(body, visit.manner()));
    match call.and_then(|call| uploads::check(&sim, &visit).map(|()| call)) {
        Ok(call) => tell(&sim, visit, &call).await,
        Err(refusal) => visit.refuse(&refusal),
    }
}

#[derive(Serialize)]
struct List {
    object: &'static str,
    data: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: &'static str,
    object: &'static str,
    created: u64,
    owned_by: &'static str,
}

impl Entry {
    const fn new(model: &Model) -> Self {
        Self { id: model.id, object: "model", created: MODELS_CREATED, owned_by: "system" }
    }
}

/// What the compatible surface can be asked for.
const fn listed(model: &Model) -> bool {
    matches!(model.route, Route::Chat | Route::Multi | Route::Embed)
}

/// `GET /compatible-mode/v1/models`
pub(super) async fn list(visit: Visit) -> Response<Body> {
    if let Err(refusal) = visit.admit() {
        return visit.refuse(&refusal);
    }
    let data = models::all().iter().filter(|model| listed(model)).map(Entry::new).collect();
    small(&visit, json(&List { object: "list", data }))
}

/// `GET /compatible-mode/v1/models/{id}`
pub(super) async fn one(Path(id): Path<String>, visit: Visit) -> Response<Body> {
    if let Err(refusal) = visit.admit() {
        return visit.refuse(&refusal);
    }
    match models::find(&id).filter(|model| listed(model)) {
        Some(model) => small(&visit, json(&Entry::new(model))),
        None => visit.refuse(&request::no_model(&id)),
    }
}

/// A short answer that is known as a whole.
pub(super) fn small(visit: &Visit, body: Vec<u8>) -> Response<Body> {
    let body = stream::whole(body, &visit.rule, &visit.line);
    reply(200, "application/json", &visit.request_id, body)
}

/// A known path with a method it does not have.
pub(super) async fn wrong_method(method: Method, visit: Visit) -> Response<Body> {
    visit.refuse(&Refusal::parameter(format!("Request method '{method}' is not supported.")))
}

/// Any other path.
pub(super) async fn not_found(visit: Visit) -> Response<Body> {
    visit.refuse(&Refusal::of(&refusal::NOT_FOUND))
}
