//! The door of the simulator: reads a request once, remembers it, applies the scenario, checks the
//! key. Every endpoint takes a [`Visit`]; what the scenario refuses never reaches it.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, Response};
use futures_util::StreamExt;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::time::Instant;

use super::ask::Account;
use super::conn::Line;
use super::refusal::{self, Refusal, Surface, reply};
use super::request::Manner;
use super::scenario::{Garbage, Rule};
use super::seen::Seen;
use super::{Shared, bomb, guest, models};

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 20 * 1024 * 1024;
/// A larger one is swallowed up to here, so that the client can finish sending and read the answer.
const MAX_DRAIN: usize = 256 * 1024 * 1024;

/// One request.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) request_id: String,
    pub(super) surface: Surface,
    pub(super) rule: Arc<Rule>,
    pub(super) line: Line,
    pub(super) account: Account,
    pub(super) headers: HeaderMap,
    key: Result<(), Refusal>,
    body: Result<Value, Refusal>,
}

impl Visit {
    /// The body, if the key is good and the body is JSON.
    pub(super) fn body(&self) -> Result<&Value, Refusal> {
        self.admit()?;
        self.body.as_ref().map_err(Clone::clone)
    }

    /// Whether the key is good.
    pub(super) fn admit(&self) -> Result<(), Refusal> {
        self.key.clone()
    }

    /// Whether a header has a word in its value.
    pub(super) fn says(&self, header: &str, word: &str) -> bool {
        let values = self.headers.get_all(header).iter();
        values
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.split([',', ';']).any(|part| part.trim().eq_ignore_ascii_case(word)))
    }

    /// What the headers say of the body.
    pub(super) fn manner(&self) -> Manner {
        Manner {
            streams: self.says("x-dashscope-sse", "enable")
                || self.says("accept", "text/event-stream"),
            resolves: self.says("x-dashscope-ossresourceresolve", "enable"),
        }
    }

    /// Where this client reaches the server: scheme, host and port.
    pub(super) fn origin(&self, sim: &Shared) -> String {
        guest::origin(sim, &self.headers)
    }

    /// An error as the answer.
    pub(super) fn refuse(&self, refusal: &Refusal) -> Response<Body> {
        refusal.response(self.surface, &self.request_id)
    }
}

impl FromRequest<Arc<Shared>> for Visit {
    type Rejection = Response<Body>;

    async fn from_request(request: Request, sim: &Arc<Shared>) -> Result<Self, Self::Rejection> {
        let line = request
            .extensions()
            .get::<ConnectInfo<Line>>()
            .map_or_else(Line::default, |info| info.0.clone());
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let read = read(body).await;
        let bytes = read.as_ref().map_or(0, Bytes::len);
        let body = read.and_then(|bytes| parse(&bytes));
        let model = body.as_ref().ok().and_then(|body| body.get("model")).and_then(Value::as_str);
        let model = model.unwrap_or_default().to_owned();
        let request_id = sim.ids.next();
        let seen = Seen {
            method: parts.method.to_string(),
            path: path.clone(),
            model: model.clone(),
            body: body.as_ref().map_or(Value::Null, Clone::clone),
            had_auth: parts.headers.contains_key("authorization"),
            request_id: request_id.clone(),
        };
        sim.seen.push(seen, bytes);
        // Who asks for a task names no model, but its task has one.
        let named =
            if model.is_empty() { sim.tasks.model_of(&path).unwrap_or_default() } else { &model };
        let rule = sim.options.scenario.as_ref().and_then(|scenario| scenario.pick(named, &path));
        let visit = Self {
            request_id,
            surface: Surface::of(&path),
            rule: rule.unwrap_or_default(),
            line,
            account: Account::of(&parts.headers),
            key: check_key(sim, &parts.headers),
            headers: parts.headers,
            body,
        };
        visit.line.slow_down(visit.rule.slow_bytes_per_s.unwrap_or(0));
        sim.pause(visit.rule.delay()).await;
        match visit.scripted() {
            Some(response) => Err(response),
            None => match visit.limited(sim, &model) {
                Some(refusal) => Err(visit.refuse(&refusal)),
                None => Ok(visit),
            },
        }
    }
}

impl Visit {
    /// The refusal of a call that is one too many for its model. Only calls with a good key count.
    fn limited(&self, sim: &Shared, model: &str) -> Option<Refusal> {
        let model = models::find(model).filter(|_| self.key.is_ok())?;
        sim.limits.admit(self.account, model.id, self.surface, Instant::now()).err()
    }

    /// What the scenario answers in place of any endpoint.
    fn scripted(&self) -> Option<Response<Body>> {
        if let Some(url) = &self.rule.redirect {
            let mut response =
                reply(self.rule.redirect_status(), "text/plain", &self.request_id, Body::empty());
            if let Ok(url) = HeaderValue::from_str(url) {
                response.headers_mut().insert("location", url);
            }
            return Some(response);
        }
        if let Some(refusal) = self.rule.refusal().filter(|_| !self.rule.accept_first) {
            return Some(self.refuse(&refusal));
        }
        if self.rule.garbage == Some(Garbage::Html) {
            return Some(reply(200, "text/html; charset=utf-8", &self.request_id, HTML));
        }
        if let Some(megabytes) = self.rule.gzip_bomb_mb {
            let mut response = reply(
                200,
                "text/event-stream;charset=UTF-8",
                &self.request_id,
                bomb::gzip(megabytes),
            );
            response.headers_mut().insert("content-encoding", HeaderValue::from_static("gzip"));
            return Some(response);
        }
        None
    }
}

pub(super) const HTML: &str = "<!doctype html>\n<html><head><title>Sign in to the network</title></head>\n\
<body><h1>Welcome to Hotel Wi-Fi</h1><p>Please accept the terms to continue.</p></body></html>\n";

async fn read(body: Body) -> Result<Bytes, Refusal> {
    let mut stream = body.into_data_stream();
    let mut bytes: Vec<u8> = Vec::new();
    let mut size = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Refusal::of(&refusal::PARAMETER))?;
        size += chunk.len();
        if size <= MAX_BODY {
            bytes.extend_from_slice(&chunk);
        } else if size > MAX_DRAIN {
            break;
        }
    }
    if size > MAX_BODY { Err(Refusal::of(&refusal::TOO_LARGE)) } else { Ok(bytes.into()) }
}

fn parse(bytes: &[u8]) -> Result<Value, Refusal> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(|_| Refusal::of(&refusal::PARAMETER))
}

/// Good keys begin with `sk-`. A key with `bad` or `wrong` in it plays a wrong one, and keys of
/// subscription plans belong to another host.
fn check_key(sim: &Shared, headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get("authorization") else {
        return Err(Refusal::text(&refusal::KEY, "No API-key provided."));
    };
    let key = value.to_str().ok().and_then(|value| {
        let (scheme, key) = value.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    let good = match (key, &sim.options.accept_key) {
        (None, _) => false,
        (Some(key), Some(accepted)) => key == accepted.expose_secret(),
        (Some(key), None) => {
            key.starts_with("sk-")
                && !key.starts_with("sk-sp-")
                && !["bad", "wrong"].iter().any(|word| key.contains(word))
        }
    };
    if good { Ok(()) } else { Err(Refusal::of(&refusal::KEY)) }
}
