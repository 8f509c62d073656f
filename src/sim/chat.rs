//! The compatible surface: chat completions, streamed and whole, and the list of models.
//! It refuses to invent errors or answers; `request` and `answer` know those.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Method, Response};
use serde::Serialize;
use tokio::time::Instant;

use super::answer::{self, Answer};
use super::models::{self, Model, Route};
use super::pace::Pace;
use super::refusal::{self, Refusal, json, reply};
use super::request::Call;
use super::scenario::{Garbage, Rule};
use super::script::Script;
use super::stream::{self, Active, Stream};
use super::visit::Visit;
use super::wire::{Frame, Head, Usage, completion};
use super::{Shared, rng, unix_seconds};

/// When the models of the list were made, in seconds since 1970; any steady moment will do.
const MODELS_CREATED: u64 = 1_795_312_800;

/// `POST /compatible-mode/v1/chat/completions`
pub(super) async fn completions(State(sim): State<Arc<Shared>>, visit: Visit) -> Response<Body> {
    match visit.body().and_then(Call::read) {
        Ok(call) => answer(&sim, visit, &call).await,
        Err(refusal) => visit.refuse(&refusal),
    }
}

async fn answer(sim: &Arc<Shared>, visit: Visit, call: &Call) -> Response<Body> {
    let rule = Arc::clone(&visit.rule);
    let prompt = sim.cache.count(call, Instant::now());
    let seed = rng::hash(sim.options.seed, &call.seed.to_le_bytes());
    let answers = (0..call.choices).map(|n| compose(sim, &rule, call, seed ^ u64::from(n)));
    let script = Script::new(call, answers.collect());
    let (reasoning, text) = script.tokens();
    let spent = prompt.tokens + reasoning.unwrap_or(0) + text;
    sim.limits.spend(visit.account, call.model.id, spent, Instant::now());
    let usage = (!rule.no_usage).then(|| Usage::new(prompt, reasoning, text));
    let polluted = rule.garbage == Some(Garbage::Escapes);
    let stain = if polluted { "\u{1b}]0;taken\u{7}\u{1b}[31m" } else { "" };
    let head = Head {
        id: format!("chatcmpl-{}{stain}", visit.request_id),
        model: format!("{}{stain}", call.model.id),
        created: unix_seconds(),
    };
    let rate = rule.rate.or(sim.options.rate);
    let pace = Pace::new(call.model.id, rate, sim.options.time_scale, seed);
    let first_byte = sim.scaled(rule.first_byte());
    if call.stream {
        let stream = Stream {
            frame: Frame::new(&head, call.thinking),
            usage: usage.filter(|_| call.include_usage),
            script,
            pace,
            line: visit.line.clone(),
            request_id: visit.request_id.clone(),
            first_byte,
            active: Active::new(&sim.active),
            rule,
        };
        return reply(200, "text/event-stream;charset=UTF-8", &visit.request_id, stream.body());
    }
    if let Some(refusal) = rule.midway() {
        return visit.refuse(&refusal);
    }
    let active = Active::new(&sim.active);
    let tokens = script.steps.iter().filter(|step| step.is_token()).count();
    tokio::time::sleep(pace.end(tokens) + first_byte).await;
    drop(active);
    let body = completion(&head, &script.wholes(), usage);
    let body = stream::whole(body, &rule, &visit.line);
    reply(200, "application/json", &visit.request_id, body)
}

/// The words of one choice: what the rule or the options prescribe, or the simulator's own.
fn compose(sim: &Shared, rule: &Rule, call: &Call, seed: u64) -> Answer {
    if rule.empty {
        return Answer::default();
    }
    let mut answer = if let Some(tokens) = rule.tokens.or(sim.options.tokens) {
        answer::measured(call, seed, tokens as usize)
    } else {
        answer::compose(call, seed)
    };
    if rule.garbage == Some(Garbage::Escapes) {
        answer::hostile().clone_into(&mut answer.text);
        answer::hostile().clone_into(&mut answer.reasoning);
        answer.calls.clear();
    }
    if let Some(text) = &rule.answer {
        answer.calls.clear();
        answer.text = answer::after_partial(call, text);
    }
    if let Some(reasoning) = &rule.reasoning {
        answer.reasoning.clone_from(reasoning);
    }
    answer
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
    matches!(model.route, Route::Chat | Route::Embed)
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
        None => visit.refuse(&Refusal::text(
            &refusal::NO_MODEL,
            format!("The model `{id}` does not exist or you do not have access to it."),
        )),
    }
}

fn small(visit: &Visit, body: Vec<u8>) -> Response<Body> {
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
