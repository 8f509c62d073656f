//! Result files, fetched by the signed addresses that tasks and speech give (wire video.md, tts.md):
//! without our key, over https where the host speaks it, never from a place within the user's own
//! network, following nothing. It refuses to write files; `service::downloads` does.

use std::error::Error as StdError;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_RANGE,
    LOCATION, RANGE,
};
use reqwest::redirect::Policy;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use super::client::{Deadlines, Limits, Roots, install_crypto};
use super::envelope;
use super::error::{ApiError, while_sending};
use super::region::{Endpoint, is_loopback, origin_text};
use super::reply::Reply;
use crate::text::sanitize;

/// A whole file may take this long.
const OVERALL: Duration = Duration::from_secs(2 * 3_600);
/// Without a byte for this long it is given up, and goes on later from where it was.
const IDLE: Duration = Duration::from_secs(30);
/// How long the secure way is tried where the address names the plain one.
const SECURE: Duration = Duration::from_secs(5);
/// The largest file that is fetched.
const LARGEST: u64 = 8 << 30;

/// Where to go on in a file that was fetched in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// Bytes that are there.
    pub from: u64,
    /// What the server called the content then; it must be the same now.
    pub validator: String,
}

/// The beginning of a file.
#[derive(Debug)]
pub struct File {
    /// The first byte that comes: 0, or where it goes on.
    pub from: u64,
    /// Bytes of the whole file, where the server tells.
    pub total: Option<u64>,
    /// What the server calls this content, if that is good enough to go on with later.
    pub validator: Option<String>,
    /// MD5 of the whole file in Base64 (`Content-MD5`), where the server tells.
    pub md5: Option<String>,
    reply: Reply,
}

impl File {
    /// The next bytes; `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<bytes::Bytes>, ApiError> {
        let chunk = self.reply.chunk().await;
        self.reply.progressed();
        chunk
    }
}

/// Fetches files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct FileClient {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// The API itself is on this machine or in this network, as the simulator is.
    within: bool,
    roots: Roots,
    deadlines: Deadlines,
    http: OnceCell<reqwest::Client>,
}

impl FileClient {
    /// For files that this endpoint's tasks make.
    #[must_use]
    pub fn for_endpoint(endpoint: &Endpoint, connect: Duration) -> Self {
        install_crypto();
        let api = endpoint.native().unwrap_or_else(|| endpoint.compat());
        let within = is_loopback(api) || literal(api).is_some_and(|ip| !is_public(ip));
        let deadlines = Deadlines {
            connect,
            first_byte: Duration::from_secs(60),
            idle: IDLE,
            overall: OVERALL,
            after_finish: IDLE,
        };
        // A plain address of a simulator needs no certificates, and reading them takes time.
        let roots = if api.scheme() == "https" { Roots::System } else { Roots::Extra };
        Self { inner: Arc::new(Inner { within, roots, deadlines, http: OnceCell::new() }) }
    }

    /// Begins to fetch a file, or goes on with it. Where the content has changed, or the server
    /// knows no ranges, it begins anew: look at [`File::from`].
    pub async fn get(&self, url: &str, resume: Option<&Resume>) -> Result<File, ApiError> {
        let url = Url::parse(url).map_err(|_| odd("not an address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(odd("neither http nor https"));
        }
        if let Some(ip) = literal(&url)
            && !self.may(ip)
        {
            return Err(odd("an address within a network of its own"));
        }
        // Signed links come as plain http in every sample; the hosts speak https as well.
        if let Some(secure) = self.secure(&url) {
            match self.fetch(&secure, resume, SECURE).await {
                Err(
                    ApiError::Refused { .. }
                    | ApiError::Tls { .. }
                    | ApiError::Connect { .. }
                    | ApiError::ConnectTimeout { .. }
                    | ApiError::FirstByte { .. },
                ) => {}
                done => return done,
            }
        }
        self.fetch(&url, resume, self.inner.deadlines.first_byte).await
    }

    fn secure(&self, url: &Url) -> Option<Url> {
        if url.scheme() != "http" || self.inner.within || url.port().is_some() {
            return None;
        }
        let mut secure = url.clone();
        secure.set_scheme("https").ok()?;
        Some(secure)
    }

    fn may(&self, ip: IpAddr) -> bool {
        self.inner.within || is_public(ip)
    }

    async fn fetch(
        &self,
        url: &Url,
        resume: Option<&Resume>,
        patience: Duration,
    ) -> Result<File, ApiError> {
        let deadlines = self.inner.deadlines;
        let started = Instant::now();
        let send = async {
            let request = self.http().await?.get(url.clone()).headers(headers(resume));
            request.send().await.map_err(|error| while_sending(&error, url, deadlines.connect))
        };
        let response = timeout_at(started + patience, send)
            .await
            .unwrap_or(Err(ApiError::FirstByte { after: patience }))?;
        let limits = Limits { answer: LARGEST, ..Limits::default() };
        judge(Reply::new(response, started, deadlines, limits), url, resume).await
    }

    async fn http(&self) -> Result<&reqwest::Client, ApiError> {
        let inner = &self.inner;
        inner
            .http
            .get_or_try_init(|| async {
                let (roots, within, connect) = (inner.roots, inner.within, inner.deadlines.connect);
                tokio::task::spawn_blocking(move || build(roots, within, connect))
                    .await
                    .unwrap_or_else(|error| Err(ApiError::Setup { detail: error.to_string() }))
            })
            .await
    }
}

fn odd(detail: &str) -> ApiError {
    ApiError::Garbled { detail: format!("the address of the file: {detail}") }
}

fn headers(resume: Option<&Resume>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    // Lengths and ranges are of the file itself.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(Resume { from, validator }) = resume
        && let (Ok(range), Ok(validator)) =
            (HeaderValue::from_str(&format!("bytes={from}-")), HeaderValue::from_str(validator))
    {
        headers.insert(RANGE, range);
        headers.insert(IF_RANGE, validator);
    }
    headers
}

async fn judge(reply: Reply, url: &Url, resume: Option<&Resume>) -> Result<File, ApiError> {
    let status = reply.status();
    if status.is_redirection() {
        let to = reply.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        let to = to.and_then(|to| url.join(to).ok());
        let to = to.as_ref().map(origin_text).unwrap_or_default();
        return Err(ApiError::Redirect { to: sanitize::line(&to) });
    }
    if !status.is_success() {
        let id = reply.request_id().map(str::to_owned);
        let body = reply.error_body().await;
        let refusal = envelope::refusal(status.as_u16(), &body, id.as_deref());
        return Err(ApiError::Status(Box::new(refusal)));
    }
    let text = |name| reply.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let length = text(CONTENT_LENGTH).and_then(|length| length.trim().parse::<u64>().ok());
    let validator = text(ETAG)
        // A weak one does not promise the same bytes.
        .filter(|tag| tag.starts_with('"') && tag.len() > 2)
        .map(str::to_owned);
    let md5 = text(reqwest::header::HeaderName::from_static("content-md5")).map(str::to_owned);
    let (from, total) = if status.as_u16() == 206 {
        let range = text(CONTENT_RANGE).and_then(content_range);
        let (Some((from, end, total)), Some(resume)) = (range, resume) else {
            return Err(ApiError::Garbled { detail: "a part of a file without its place".into() });
        };
        let same = validator.as_deref().is_none_or(|tag| tag == resume.validator);
        let whole = length.is_none_or(|length| Some(length) == end.checked_sub(from - 1));
        if from != resume.from || !same || !whole {
            return Err(ApiError::Garbled { detail: "another part than was asked for".into() });
        }
        (from, total.or(Some(end + 1)))
    } else {
        (0, length)
    };
    Ok(File { from, total, validator, md5, reply })
}

/// First byte, last byte, and all of them where told: `bytes 5-9/10`.
fn content_range(text: &str) -> Option<(u64, u64, Option<u64>)> {
    let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (from, end) = range.split_once('-')?;
    let (from, end) = (from.trim().parse::<u64>().ok()?, end.trim().parse::<u64>().ok()?);
    (from >= 1 && end >= from).then(|| (from, end, total.trim().parse().ok()))
}

/// The address in a URL, where it names no host.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
        Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
        Host::Domain(_) => None,
    }
}

/// Whether an address is of the open network: a link that a server gives must not make us ask
/// something within the user's own.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    // Shared between carriers and their customers; benchmarks; the future.
    let special = (a == 100 && (64..128).contains(&b)) || (a == 198 && (18..20).contains(&b));
    !(special
        || a == 0
        || a >= 240
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(ip) = ip.to_ipv4_mapped() {
        return is_public_v4(ip);
    }
    let first = ip.segments()[0];
    // Local by its prefix: fc00::/7, fe80::/10, fec0::/10; 64:ff9b::/96 leads to IPv4 again.
    let local = first & 0xfe00 == 0xfc00 || first & 0xff80 == 0xfe80;
    !(local
        || first == 0x64
        || ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || (first == 0x2001 && ip.segments()[1] == 0xdb8))
}

/// Resolves names, and leaves out addresses that are not of the open network.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|at| is_public(at.ip())).collect();
            if public.is_empty() {
                let error: Box<dyn StdError + Send + Sync> =
                    "the host is within a network of its own".into();
                return Err(error);
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn build(roots: Roots, within: bool, connect: Duration) -> Result<reqwest::Client, ApiError> {
    let base = || {
        let builder = reqwest::Client::builder()
            .user_agent(concat!("lian/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(connect)
            .gzip(false);
        if within { builder.no_proxy() } else { builder.dns_resolver(Arc::new(PublicOnly)) }
    };
    let setup =
        |error: reqwest::Error| ApiError::Setup { detail: sanitize::line(&error.to_string()) };
    match roots {
        Roots::Extra => base().tls_certs_only([]).build().map_err(setup),
        Roots::System => base()
            .build()
            .or_else(|_| base().tls_certs_only(super::client::bundled()).build().map_err(setup)),
    }
}

#[cfg(test)]
mod tests;
