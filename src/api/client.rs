//! The HTTP client: how connections are made, what a request carries, which answers count as
//! answers. It follows no redirect, keeps the key to the endpoint's own origin, and refuses to
//! read bodies of accepted requests; `reply` does that under deadlines.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::call::Call;
use super::document::Document;
use super::envelope;
use super::error::{ApiError, while_sending};
use super::region::{Endpoint, is_loopback, origin_text};
use super::reply::Reply;
use super::retry;
use super::sse::SseLimits;
use crate::text::sanitize;

/// Installs the ring provider for TLS, once for the process. To be called first thing in `main`
/// and in tests; calling it again does nothing.
pub fn install_crypto() {
    // An error only says that a provider is there already.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// How long each part of a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Resolving the name, connecting, securing the connection: together.
    pub connect: Duration,
    /// From sending until the first event has arrived: one deadline over connecting, headers
    /// and the first event, so that headers that trickle do not extend it. Models that reason
    /// open their stream at once and need no more than others.
    pub first_byte: Duration,
    /// Without any progress in the middle of an answer.
    pub idle: Duration,
    /// The whole answer, however busy it is.
    pub overall: Duration,
    /// After the model said it stopped: token counts that come later than this are not awaited.
    pub after_finish: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            overall: Duration::from_secs(30 * 60),
            after_finish: Duration::from_secs(5),
        }
    }
}

/// How much is accepted, in bytes after decompression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Lines and events of a stream.
    pub sse: SseLimits,
    /// A whole streamed answer. A million tokens come in some 300 MiB of events.
    pub answer: u64,
    /// An answer that is one JSON document and is held in memory as a whole.
    pub document: u64,
    /// An error body; what is beyond is not read.
    pub error_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sse: SseLimits::default(),
            answer: 1 << 30,
            document: 16 << 20,
            error_body: 64 << 10,
        }
    }
}

/// Which certificates are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roots {
    /// The system's (`SSL_CERT_FILE` and `SSL_CERT_DIR` count); the bundled ones where the
    /// system has none.
    System,
    /// None but the extra ones: for endpoints that are plain http, where loading the others
    /// would cost time and memory for nothing.
    Extra,
}

/// How a client is to be made.
#[derive(Clone)]
pub struct ClientOptions {
    /// Time limits.
    pub deadlines: Deadlines,
    /// Size limits.
    pub limits: Limits,
    /// Trusted certificates.
    pub roots: Roots,
    /// More trusted certificates, PEM.
    pub extra_ca: Option<Vec<u8>>,
    /// Honour the system's proxies (`HTTPS_PROXY`, `https_proxy`, `NO_PROXY`, ...).
    pub system_proxies: bool,
    /// Answers tell with which certificate they were secured.
    pub certificates: bool,
}

impl ClientOptions {
    /// What suits an endpoint: no proxy to this machine, no certificates for plain http.
    #[must_use]
    pub fn for_endpoint(endpoint: &Endpoint) -> Self {
        let url = endpoint.compat();
        Self {
            deadlines: Deadlines::default(),
            limits: Limits::default(),
            roots: if url.scheme() == "https" { Roots::System } else { Roots::Extra },
            extra_ca: None,
            system_proxies: !is_loopback(url),
            certificates: false,
        }
    }
}

/// Makes requests. Cheap to clone; connections are shared. The library's client underneath is
/// made at the first request or by [`ApiClient::warm`], because reading the system's
/// certificates takes longer than the first frame may.
#[derive(Clone)]
pub struct ApiClient {
    inner: Arc<Inner>,
}

struct Inner {
    options: ClientOptions,
    http: OnceCell<reqwest::Client>,
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClient").field("deadlines", &self.inner.options.deadlines).finish()
    }
}

impl ApiClient {
    /// A client that is made when it is first needed.
    #[must_use]
    pub fn new(options: ClientOptions) -> Self {
        install_crypto();
        Self { inner: Arc::new(Inner { options, http: OnceCell::new() }) }
    }

    /// Time limits in force.
    #[must_use]
    pub fn deadlines(&self) -> &Deadlines {
        &self.inner.options.deadlines
    }

    /// Size limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.options.limits
    }

    /// Makes the library's client now, so that the first request need not.
    pub async fn warm(&self) -> Result<(), ApiError> {
        self.http().await.map(drop)
    }

    async fn http(&self) -> Result<&reqwest::Client, ApiError> {
        self.inner
            .http
            .get_or_try_init(|| async {
                let options = self.inner.options.clone();
                match options.roots {
                    Roots::Extra => build(&options),
                    // Reading certificates blocks for milliseconds.
                    Roots::System => tokio::task::spawn_blocking(move || build(&options))
                        .await
                        .unwrap_or_else(|error| Err(ApiError::Setup { detail: error.to_string() })),
                }
            })
            .await
    }

    /// Makes a call and waits for the head of the answer. Everything but a 2xx status is an
    /// error, read and typed.
    pub async fn call(&self, endpoint: &Endpoint, call: Call) -> Result<Reply, ApiError> {
        if endpoint.needs_key() && !endpoint.has_key() {
            return Err(ApiError::NoKey);
        }
        let url = call.url(endpoint)?;
        judge(self.send(endpoint, call, &url).await?, &url, endpoint).await
    }

    /// Sends a call, with the key if there is one, and waits for the head of any answer.
    pub(super) async fn send(
        &self,
        endpoint: &Endpoint,
        call: Call,
        url: &Url,
    ) -> Result<Reply, ApiError> {
        let headers = call.headers(authorization(endpoint)?, endpoint.workspace());
        let mut deadlines = self.inner.options.deadlines;
        deadlines.first_byte = deadlines.first_byte.max(call.patience);
        let limit = deadlines.first_byte.min(deadlines.overall);
        let started = Instant::now();
        let tap = call.tap;
        if let Some(tap) = &tap {
            tap.sends(endpoint, (&call.method, url), &headers, &call.body);
        }
        let send = async {
            let request = self.http().await?.request(call.method.clone(), url.clone());
            let request = request.headers(headers).body(call.body);
            request.send().await.map_err(|error| while_sending(&error, url, deadlines.connect))
        };
        let response = timeout_at(started + limit, send)
            .await
            .unwrap_or(Err(ApiError::FirstByte { after: limit }))?;
        Ok(Reply::new(response, started, deadlines, self.inner.options.limits).noted_by(tap))
    }

    /// Sends a form to a place that the service named for it. The key stays here: the form holds
    /// its own permission. It may take as long as a whole answer.
    pub(super) async fn form(
        &self,
        endpoint: &Endpoint,
        url: &Url,
        form: reqwest::multipart::Form,
    ) -> Result<Reply, ApiError> {
        let deadlines = self.inner.options.deadlines;
        let send = async {
            let request = self.http().await?.post(url.clone()).multipart(form);
            request.send().await.map_err(|error| while_sending(&error, url, deadlines.connect))
        };
        let response = timeout_at(Instant::now() + deadlines.overall, send)
            .await
            .unwrap_or(Err(ApiError::Overall { after: deadlines.overall }))?;
        // What is said to it is awaited from now on, however long the sending took.
        let reply = Reply::new(response, Instant::now(), deadlines, self.inner.options.limits);
        judge(reply, url, endpoint).await
    }

    /// Makes a call whose answer is one JSON document.
    pub async fn document(&self, endpoint: &Endpoint, call: Call) -> Result<Document, ApiError> {
        Document::read(self.call(endpoint, call).await?).await
    }
}

/// Lets 2xx pass and reads what the others have to say.
pub(super) async fn judge(reply: Reply, url: &Url, endpoint: &Endpoint) -> Result<Reply, ApiError> {
    let status = reply.status();
    if status.is_success() {
        return Ok(reply);
    }
    if status.is_redirection()
        && let Some(to) = reply.headers().get(LOCATION)
    {
        let to = to.to_str().ok().and_then(|to| url.join(to).ok());
        let to = to.as_ref().map(origin_text).unwrap_or_default();
        return Err(ApiError::Redirect { to: sanitize::line(&to) });
    }
    let retry_after = wait_asked(reply.headers());
    let request_id = reply.request_id().map(str::to_owned);
    let body = reply.error_body().await;
    let mut refusal = envelope::refusal(status.as_u16(), &body, request_id.as_deref());
    refusal.message = endpoint.redact(&refusal.message);
    refusal.code = endpoint.redact(&refusal.code);
    refusal.retry_after = retry_after;
    Err(ApiError::Status(Box::new(refusal)))
}

/// The header with the key, marked so that no log of the library shows it.
fn authorization(endpoint: &Endpoint) -> Result<Option<HeaderValue>, ApiError> {
    let Some(key) = endpoint.key() else { return Ok(None) };
    let key = key.expose_secret();
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ApiError::BadKey);
    }
    let mut value = HeaderValue::try_from(format!("Bearer {key}")).map_err(|_| ApiError::BadKey)?;
    value.set_sensitive(true);
    Ok(Some(value))
}

#[expect(
    clippy::disallowed_methods,
    reason = "api may look at the clock: the header may name a date"
)]
fn wait_asked(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let millis = text("retry-after-ms").and_then(|ms| ms.trim().parse::<u64>().ok());
    millis.map(Duration::from_millis).or_else(|| {
        text(RETRY_AFTER.as_str()).and_then(|value| retry::retry_after(value, SystemTime::now()))
    })
}

fn build(options: &ClientOptions) -> Result<reqwest::Client, ApiError> {
    let setup =
        |error: reqwest::Error| ApiError::Setup { detail: sanitize::line(&error.to_string()) };
    let extra = match &options.extra_ca {
        Some(pem) => reqwest::Certificate::from_pem_bundle(pem).map_err(setup)?,
        None => Vec::new(),
    };
    let base = || {
        let builder = reqwest::Client::builder()
            .user_agent(concat!("lian/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(options.deadlines.connect)
            // A connection that waited longer is often dead behind a gateway already.
            .pool_idle_timeout(Duration::from_secs(50))
            .tls_info(options.certificates)
            .gzip(true);
        if options.system_proxies { builder } else { builder.no_proxy() }
    };
    match options.roots {
        Roots::Extra => base().tls_certs_only(extra).build().map_err(setup),
        Roots::System => base().tls_certs_merge(extra.clone()).build().or_else(|_| {
            // Minimal systems have no certificates at all.
            base().tls_certs_only(bundled().chain(extra)).build().map_err(setup)
        }),
    }
}

/// The certificates of the public authorities, as shipped with the program.
pub(super) fn bundled() -> impl Iterator<Item = reqwest::Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| reqwest::Certificate::from_der(der).ok())
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod trust_tests;
