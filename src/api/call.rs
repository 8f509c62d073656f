//! One call of the service: where on which surface, with which body, and the headers that go with
//! its kind (wire README, "Request headers"). It refuses to send itself; `client` does that.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use url::Url;

use super::error::ApiError;
use super::inspector::Tap;
use super::region::Endpoint;
use crate::domain::models::Surface;

/// The longest a request waits in the service's queue; the page advises 3 to 120 s, and the first
/// byte is waited for longer than that.
const QUEUE_SECONDS: &str = "30";

/// A request before it has an address.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub(super) method: Method,
    surface: Surface,
    /// Below the surface's base, beginning with a slash.
    path: String,
    query: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    kind: Kind,
    resolve: bool,
    queue: bool,
    /// How long the first byte may be waited for, where that is longer than usual.
    pub(super) patience: Duration,
    /// Beside the compatible surface, not below it.
    beside: bool,
    /// Who notes what goes over the wire.
    pub(super) tap: Option<Tap>,
}

/// How the answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One document.
    Plain,
    /// Server-sent events.
    Stream,
    /// The id of a task that is followed by itself.
    Task,
}

impl Call {
    /// A POST of a JSON body to the compatible surface.
    #[must_use]
    pub fn compat(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self::new(Method::POST, Surface::Compat, path.into(), body)
    }

    /// A POST of a JSON body to the native surface. An empty body is sent as none, as cancelling
    /// a task wants it.
    #[must_use]
    pub fn native(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self::new(Method::POST, Surface::Native, path.into(), body)
    }

    /// A GET on either surface.
    #[must_use]
    pub fn get(surface: Surface, path: impl Into<String>) -> Self {
        Self::new(Method::GET, surface, path.into(), Vec::new())
    }

    const fn new(method: Method, surface: Surface, path: String, body: Vec<u8>) -> Self {
        let kind = Kind::Plain;
        let query = Vec::new();
        let patience = Duration::ZERO;
        let (resolve, queue, beside, tap) = (false, false, false, None);
        Self { method, surface, path, query, body, kind, resolve, queue, patience, beside, tap }
    }

    /// A POST of a JSON body to the third surface, which serves reranking alone
    /// (wire README, "rerank compat").
    #[must_use]
    pub fn beside_compat(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self { beside: true, ..Self::compat(path, body) }
    }

    /// The answer is made before its first byte comes: a picture takes minutes.
    #[must_use]
    pub const fn patient(mut self, first_byte: Duration) -> Self {
        self.patience = first_byte;
        self
    }

    /// Adds a pair to the query.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.push((key, value.into()));
        self
    }

    /// The answer is to be streamed (`X-DashScope-SSE: enable` on the native surface).
    #[must_use]
    pub const fn streamed(mut self) -> Self {
        self.kind = Kind::Stream;
        self
    }

    /// The job runs as a task (`X-DashScope-Async: enable`).
    #[must_use]
    pub const fn as_task(mut self) -> Self {
        self.kind = Kind::Task;
        self
    }

    /// The body names files in temporary storage (`oss://`), which are found only with
    /// `X-DashScope-OssResourceResolve: enable`, on both surfaces.
    #[must_use]
    pub const fn resolving(mut self, yes: bool) -> Self {
        self.resolve = yes;
        self
    }

    /// What goes over the wire is noted.
    #[must_use]
    pub fn noted_by(mut self, tap: Option<Tap>) -> Self {
        self.tap = tap;
        self
    }

    /// A request that meets the limit of growth (`Throttling.BurstRate`) may wait at the service
    /// instead of being refused: `X-DashScope-Queue-Enable: true`, which its page "Best practices for
    /// rate limits" has had since 2026, on both surfaces. The page's present edition names the
    /// longest wait in seconds instead, `X-DashScope-Wait-Timeout`; both are sent, for which of them
    /// a host knows nobody tells. Other limits refuse all the same.
    #[must_use]
    pub const fn queued(mut self, yes: bool) -> Self {
        self.queue = yes;
        self
    }

    /// Where it goes. An endpoint without a native surface has no such place.
    pub(super) fn url(&self, endpoint: &Endpoint) -> Result<Url, ApiError> {
        let url = match self.surface {
            Surface::Compat if self.beside => endpoint.rerank_call(&self.path),
            Surface::Compat => Some(endpoint.compat_call(&self.path)),
            Surface::Native => endpoint.native_call(&self.path),
        };
        let mut url = url.ok_or(ApiError::NoNative)?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    pub(super) fn headers(
        &self,
        authorization: Option<HeaderValue>,
        workspace: Option<&str>,
    ) -> HeaderMap {
        const ENABLE: HeaderValue = HeaderValue::from_static("enable");
        let mut headers = HeaderMap::new();
        if !self.body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        } else if self.method == Method::POST {
            // Gateways refuse a POST that says nothing of its length.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let accept = match self.kind {
            Kind::Stream => "text/event-stream, application/json",
            Kind::Plain | Kind::Task => "application/json",
        };
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        match (self.kind, self.surface) {
            (Kind::Stream, Surface::Native) => drop(headers.insert("x-dashscope-sse", ENABLE)),
            (Kind::Task, _) => drop(headers.insert("x-dashscope-async", ENABLE)),
            (Kind::Stream, Surface::Compat) | (Kind::Plain, _) => {}
        }
        if self.resolve {
            headers.insert("x-dashscope-ossresourceresolve", ENABLE);
        }
        if self.queue {
            headers.insert("x-dashscope-queue-enable", HeaderValue::from_static("true"));
            headers.insert("x-dashscope-wait-timeout", HeaderValue::from_static(QUEUE_SECONDS));
        }
        if let Some(id) = workspace.and_then(|id| HeaderValue::from_str(id).ok()) {
            headers.insert("x-dashscope-workspace", id);
        }
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, value);
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(call: &Call) -> Vec<String> {
        let headers = call.headers(Some(HeaderValue::from_static("Bearer k")), Some("llm-1"));
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let mut all: Vec<String> =
            headers.iter().map(|(name, value)| format!("{name}: {}", text(value))).collect();
        all.sort();
        all
    }

    #[test]
    fn each_kind_of_call_has_its_headers() {
        let always = ["authorization: Bearer k", "x-dashscope-workspace: llm-1"];
        let with = |more: &[&str]| {
            let mut all: Vec<String> =
                always.iter().chain(more).map(|line| (*line).to_owned()).collect();
            all.sort();
            all
        };
        let json = "content-type: application/json";
        let events = "accept: text/event-stream, application/json";
        let document = "accept: application/json";
        let body = || b"{}".to_vec();
        assert_eq!(headers(&Call::compat("/x", body()).streamed()), with(&[json, events]));
        assert_eq!(
            headers(&Call::native("/x", body()).streamed()),
            with(&[json, events, "x-dashscope-sse: enable"])
        );
        assert_eq!(
            headers(&Call::native("/x", body()).as_task().resolving(true)),
            with(&[
                json,
                document,
                "x-dashscope-async: enable",
                "x-dashscope-ossresourceresolve: enable"
            ])
        );
        assert_eq!(
            headers(&Call::compat("/x", body()).streamed().queued(true)),
            with(&[json, events, "x-dashscope-queue-enable: true", "x-dashscope-wait-timeout: 30"])
        );
        let empty = "content-length: 0";
        assert_eq!(headers(&Call::native("/x", Vec::new())), with(&[document, empty]));
        assert_eq!(headers(&Call::get(Surface::Native, "/tasks")), with(&[document]));
    }

    #[test]
    fn a_call_has_a_url_where_its_surface_is_served() {
        let service = Endpoint::at_origin("https://h.example", None, "").unwrap();
        let call =
            Call::get(Surface::Native, "/tasks").with("model_name", "a b").with("page_no", "2");
        assert_eq!(
            call.url(&service).unwrap().as_str(),
            "https://h.example/api/v1/tasks?model_name=a+b&page_no=2"
        );
        let rerank = Call::beside_compat("/reranks", Vec::new());
        let there = rerank.url(&service).unwrap();
        assert_eq!(there.as_str(), "https://h.example/compatible-api/v1/reranks");
        let foreign = Endpoint::at_compat_base("http://127.0.0.1:1/v1", None, "").unwrap();
        assert_eq!(call.url(&foreign), Err(ApiError::NoNative));
        assert_eq!(rerank.url(&foreign), Err(ApiError::NoNative));
        let chat = Call::compat("/chat/completions", Vec::new()).url(&foreign).unwrap();
        assert_eq!(chat.as_str(), "http://127.0.0.1:1/v1/chat/completions");
    }
}
