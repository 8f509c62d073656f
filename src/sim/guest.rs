//! The door for what needs no key: signed downloads and form uploads, as object storage has them.
//! It remembers the request and applies the scenario; it refuses to look at keys and answers errors in XML.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};

use super::Shared;
use super::conn::Line;
use super::scenario::{Garbage, Rule};
use super::seen::Seen;
use super::visit::HTML;

/// One request without a key.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) request_id: String,
    pub(super) rule: Arc<Rule>,
    pub(super) line: Line,
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// Not read yet.
    pub(super) body: Body,
}

impl FromRequest<Arc<Shared>> for Guest {
    type Rejection = Response<Body>;

    async fn from_request(request: Request, sim: &Arc<Shared>) -> Result<Self, Self::Rejection> {
        let line = request
            .extensions()
            .get::<ConnectInfo<Line>>()
            .map_or_else(Line::default, |info| info.0.clone());
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let request_id = sim.ids.next();
        let seen = Seen {
            method: parts.method.to_string(),
            path: path.clone(),
            model: String::new(),
            body: serde_json::Value::Null,
            had_auth: parts.headers.contains_key("authorization"),
            request_id: request_id.clone(),
        };
        sim.seen.push(seen, 0);
        let rule = sim.options.scenario.as_ref().and_then(|scenario| scenario.pick("", &path));
        let guest = Self {
            request_id,
            rule: rule.unwrap_or_default(),
            line,
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            body,
        };
        guest.line.slow_down(guest.rule.slow_bytes_per_s.unwrap_or(0));
        sim.pause(guest.rule.delay()).await;
        match guest.scripted() {
            Some(response) => Err(response),
            None => Ok(guest),
        }
    }
}

impl Guest {
    /// What the scenario answers in place of a file.
    fn scripted(&self) -> Option<Response<Body>> {
        if let Some(url) = &self.rule.redirect {
            let mut response = self.reply(self.rule.redirect_status(), "text/plain", "");
            if let Ok(url) = HeaderValue::from_str(url) {
                response.headers_mut().insert("location", url);
            }
            return Some(response);
        }
        if let Some(refusal) = self.rule.refusal() {
            return Some(self.refuse(refusal.status, &refusal.native, &refusal.message));
        }
        (self.rule.garbage == Some(Garbage::Html))
            .then(|| self.reply(200, "text/html; charset=utf-8", HTML))
    }

    /// An answer with the headers of the storage.
    pub(super) fn reply(
        &self,
        status: u16,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Response<Body> {
        let mut response = Response::new(body.into());
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert("server", HeaderValue::from_static("AliyunOSS"));
        if !content_type.is_empty()
            && let Ok(value) = HeaderValue::from_str(content_type)
        {
            headers.insert("content-type", value);
        }
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            headers.insert("x-oss-request-id", id);
        }
        response
    }

    /// An error of the storage: `<Error>` with a code, a text and the id of the request.
    pub(super) fn refuse(&self, status: u16, code: &str, message: &str) -> Response<Body> {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  <Code>{}</Code>\n  \
             <Message>{}</Message>\n  <RequestId>{}</RequestId>\n  <HostId>{}</HostId>\n</Error>\n",
            escape(code),
            escape(message),
            self.request_id,
            escape(host(&self.headers).unwrap_or_default()),
        );
        self.reply(status, "application/xml", body)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The host a client asked for, as it wrote it, if it can stand in a URL.
fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get("host")?.to_str().ok()?;
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    (!host.is_empty() && host.chars().all(plain)).then_some(host)
}

/// The address of this server as the client reached it: its `Host` header, else where we listen.
pub(super) fn origin(sim: &Shared, headers: &HeaderMap) -> String {
    match host(headers) {
        Some(host) => format!("http://{host}"),
        None => format!("http://{}", sim.addr),
    }
}
