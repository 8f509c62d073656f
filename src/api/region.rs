//! Where requests go: the regions and their hosts, and one profile's endpoint with its key.
//! It refuses to read any configuration, and to let a key out of the endpoint it belongs to.

use std::borrow::Cow;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::domain::models::Surface;

/// The path of the OpenAI-compatible surface below an origin.
pub const COMPAT_PATH: &str = "/compatible-mode/v1";
/// The path of the surface that serves reranking alone, below an origin.
pub const RERANK_PATH: &str = "/compatible-api/v1";
/// The path of the native surface below an origin.
pub const NATIVE_PATH: &str = "/api/v1";

/// A region of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Its id, e.g. `cn-beijing`.
    pub id: &'static str,
    /// The host shared by all accounts; newer regions have none.
    pub shared: Option<&'static str>,
}

/// The regions, the default first.
pub const REGIONS: [Region; 6] = [
    Region { id: "cn-beijing", shared: Some("dashscope.aliyuncs.com") },
    Region { id: "ap-southeast-1", shared: Some("dashscope-intl.aliyuncs.com") },
    Region { id: "us-east-1", shared: Some("dashscope-us.aliyuncs.com") },
    Region { id: "cn-hongkong", shared: Some("cn-hongkong.dashscope.aliyuncs.com") },
    Region { id: "eu-central-1", shared: None },
    Region { id: "ap-northeast-1", shared: None },
];

/// The region with that id.
#[must_use]
pub fn region(id: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.id == id)
}

impl Region {
    /// The origin for requests: the workspace's own host where a workspace is named, else the
    /// shared one. `None` if the region has only workspace hosts and no workspace is named.
    #[must_use]
    pub fn origin(&self, workspace: Option<&str>) -> Option<String> {
        match workspace {
            Some(id) => Some(format!("https://{id}.{}.maas.aliyuncs.com", self.id)),
            None => self.shared.map(|host| format!("https://{host}")),
        }
    }

    /// The region a host belongs to, by its name alone.
    #[must_use]
    pub fn of_host(host: &str) -> Option<&'static Self> {
        REGIONS.iter().find(|region| {
            region.shared == Some(host)
                || host.strip_suffix(".maas.aliyuncs.com").is_some_and(|head| {
                    head == region.id || head.ends_with(&format!(".{}", region.id))
                })
        })
    }
}

/// The host of the token plan; its keys begin with `sk-sp-` and are good nowhere else.
pub const TOKEN_PLAN: &str = "https://token-plan.cn-beijing.maas.aliyuncs.com";
/// The whole base URL of the coding plan.
pub const CODING_PLAN: &str = "https://coding.dashscope.aliyuncs.com/v1";
/// The region both plans are in.
pub const PLAN_REGION: &str = "cn-beijing";

/// A base URL that cannot be used. The value itself is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// It is not a URL.
    #[error("not a URL: {0}")]
    Syntax(String),
    /// Only http and https are spoken.
    #[error("the scheme `{0}` is not http or https")]
    Scheme(String),
    /// A user name or password would be sent along with every request.
    #[error("a user name or password in the URL is not accepted")]
    Credentials,
}

/// Whether a URL is of the service itself, as far as its hosts are documented: only such places may
/// learn of a key that was meant for one of them.
#[must_use]
pub fn is_official(url: &Url) -> bool {
    let plan = [TOKEN_PLAN, CODING_PLAN].iter().filter_map(|base| Url::parse(base).ok());
    let host = url.host_str().unwrap_or_default();
    url.scheme() == "https"
        && url.port().is_none()
        && (Region::of_host(host).is_some()
            || plan.into_iter().any(|plan| plan.host_str() == Some(host)))
}

/// The documented places of the other regions, without a key. Regions that have only hosts of
/// workspaces are there if a workspace is named.
#[must_use]
pub fn elsewhere(endpoint: &Endpoint) -> Vec<(&'static str, Endpoint)> {
    let here = endpoint.region().map(|region| region.id);
    let place = |region: &'static Region| {
        let origin = region.origin(None).or_else(|| region.origin(endpoint.workspace()))?;
        let place = Endpoint::at_origin(&origin, None, endpoint.key_source()).ok()?;
        Some((region.id, place))
    };
    REGIONS.iter().filter(|region| Some(region.id) != here).filter_map(place).collect()
}

/// Paths of the service's APIs; a base URL that ends in one (or in a call below it) is cut there.
const API_PATHS: [&str; 5] =
    [COMPAT_PATH, NATIVE_PATH, RERANK_PATH, "/api-ws/v1", "/apps/anthropic"];

/// The origin of a base URL as users paste it: without query and without an API path. A value
/// without a scheme gets `https`, or `http` if it names this machine. A path that is not the
/// API's own (a gateway's prefix) is kept.
pub fn origin_of(value: &str) -> Result<Url, BadUrl> {
    let mut url = web_url(value)?;
    let path = url.path().trim_end_matches('/').to_owned();
    let cut = API_PATHS
        .iter()
        .filter_map(|api| {
            let at = path.find(api)?;
            let rest = &path[at + api.len()..];
            (rest.is_empty() || rest.starts_with('/')).then_some(at)
        })
        .min();
    url.set_path(&path[..cut.unwrap_or(path.len())]);
    Ok(url)
}

/// Checks a whole base URL, such as `http://127.0.0.1:11434/v1`, and keeps its path. A value
/// ending in the chat call itself is cut to its base.
pub fn base_of(value: &str) -> Result<Url, BadUrl> {
    let mut url = web_url(value)?;
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/chat/completions").unwrap_or(path).to_owned();
    url.set_path(&path);
    Ok(url)
}

fn web_url(value: &str) -> Result<Url, BadUrl> {
    let value = value.trim();
    let parse = |text: &str| Url::parse(text).map_err(|error| BadUrl::Syntax(error.to_string()));
    let mut url = if value.contains("://") {
        parse(value)?
    } else {
        let url = parse(&format!("https://{value}"))?;
        if is_loopback(&url) { parse(&format!("http://{value}"))? } else { url }
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(BadUrl::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadUrl::Credentials);
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// Whether the URL names this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// A URL with `path` below the one it has.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}

/// Scheme, host and port of a URL, for people.
#[must_use]
pub fn origin_text(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Where one profile's requests go and with which key. The key leaves it only in the
/// `Authorization` header of requests to the two bases' own origins.
#[derive(Clone)]
pub struct Endpoint {
    compat: Url,
    /// The native surface; a foreign server by its compatible base alone has none.
    native: Option<Url>,
    /// Sent as `X-DashScope-WorkSpace` on every call.
    workspace: Option<String>,
    /// The surface chat goes to, where the profile names one.
    surface: Option<Surface>,
    /// A rush of chat requests may wait at the service.
    queue: bool,
    key: Option<SecretString>,
    key_source: String,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("compat", &self.compat.as_str())
            .field("native", &self.native.as_ref().map(Url::as_str))
            .field("workspace", &self.workspace)
            .field("surface", &self.surface)
            .field("queue", &self.queue)
            .field("key", &self.key.as_ref().map(|_| "[redacted]"))
            .field("key_source", &self.key_source)
            .finish()
    }
}

impl Endpoint {
    /// The service's surfaces below an origin; `origin` may be anything [`origin_of`] takes.
    /// `key_source` says where the key was found, e.g. the name of the variable.
    pub fn at_origin(
        origin: &str,
        key: Option<SecretString>,
        key_source: impl Into<String>,
    ) -> Result<Self, BadUrl> {
        let origin = origin_of(origin)?;
        let native = below(&origin, NATIVE_PATH);
        Ok(Self::new(below(&origin, COMPAT_PATH), Some(native), key, key_source.into()))
    }

    /// Any server that speaks the compatible surface, by its whole base URL. It has no native
    /// surface until one is named with [`Endpoint::with_native`].
    pub fn at_compat_base(
        base: &str,
        key: Option<SecretString>,
        key_source: impl Into<String>,
    ) -> Result<Self, BadUrl> {
        Ok(Self::new(base_of(base)?, None, key, key_source.into()))
    }

    fn new(
        compat: Url,
        native: Option<Url>,
        key: Option<SecretString>,
        key_source: String,
    ) -> Self {
        // White space around a key comes from files and shells; an empty key is none.
        let key = key.and_then(|key| {
            let text = key.expose_secret().trim();
            (!text.is_empty()).then(|| SecretString::from(text))
        });
        Self { compat, native, workspace: None, surface: None, queue: false, key, key_source }
    }

    /// The same place with this key from there.
    #[must_use]
    pub fn with_key(&self, key: SecretString, key_source: impl Into<String>) -> Self {
        let Self { compat, native, workspace, surface, queue, .. } = self.clone();
        Self {
            workspace,
            surface,
            queue,
            ..Self::new(compat, native, Some(key), key_source.into())
        }
    }

    /// The same place with its native surface elsewhere, by its whole base URL.
    pub fn with_native(self, base: &str) -> Result<Self, BadUrl> {
        Ok(Self { native: Some(base_of(base)?), ..self })
    }

    /// The same place, called on behalf of a workspace.
    #[must_use]
    pub fn with_workspace(self, workspace: Option<String>) -> Self {
        Self { workspace, ..self }
    }

    /// The same place, with chat on this surface wherever it can be.
    #[must_use]
    pub fn with_surface(self, surface: Option<Surface>) -> Self {
        Self { surface, ..self }
    }

    /// The same place; a rush of chat requests may wait there instead of being refused.
    #[must_use]
    pub fn queued(self, queue: bool) -> Self {
        Self { queue, ..self }
    }

    /// A rush of chat requests may wait there.
    #[must_use]
    pub const fn queues(&self) -> bool {
        self.queue
    }

    /// The surface chat goes to, where the profile names one.
    #[must_use]
    pub const fn surface(&self) -> Option<Surface> {
        self.surface
    }

    /// Base URL of the compatible surface.
    #[must_use]
    pub const fn compat(&self) -> &Url {
        &self.compat
    }

    /// Base URL of the native surface, where there is one.
    #[must_use]
    pub const fn native(&self) -> Option<&Url> {
        self.native.as_ref()
    }

    /// The workspace that calls are made for.
    #[must_use]
    pub fn workspace(&self) -> Option<&str> {
        self.workspace.as_deref()
    }

    /// The region, where the host tells.
    #[must_use]
    pub fn region(&self) -> Option<&'static Region> {
        self.compat.host_str().and_then(Region::of_host)
    }

    /// The URL of a call on the compatible surface; `path` begins with a slash.
    #[must_use]
    pub fn compat_call(&self, path: &str) -> Url {
        below(&self.compat, path)
    }

    /// The URL of a call on the native surface; `path` begins with a slash.
    #[must_use]
    pub fn native_call(&self, path: &str) -> Option<Url> {
        self.native.as_ref().map(|base| below(base, path))
    }

    /// The URL of a call on the surface that serves reranking, which stands beside the service's
    /// compatible one; other servers have none.
    #[must_use]
    pub fn rerank_call(&self, path: &str) -> Option<Url> {
        let base = self.compat.path().trim_end_matches('/').strip_suffix(COMPAT_PATH)?;
        let mut url = self.compat.clone();
        url.set_path(&format!("{base}{RERANK_PATH}{path}"));
        Some(url)
    }

    /// Scheme, host and port, for people.
    #[must_use]
    pub fn origin(&self) -> String {
        origin_text(&self.compat)
    }

    /// Where the key was found.
    #[must_use]
    pub fn key_source(&self) -> &str {
        &self.key_source
    }

    /// Whether there is a key.
    #[must_use]
    pub const fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The service itself answers nobody without a key; other servers may.
    #[must_use]
    pub fn needs_key(&self) -> bool {
        self.compat.host_str().is_some_and(|host| host.ends_with(".aliyuncs.com"))
    }

    pub(super) const fn key(&self) -> Option<&SecretString> {
        self.key.as_ref()
    }

    /// Takes the key out of a text: some servers repeat in an error what they were sent.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        match &self.key {
            Some(key) => text.replace(key.expose_secret(), "[key]"),
            None => text.to_owned(),
        }
    }

    /// As [`Endpoint::redact`], without a copy where nothing is to be done.
    pub(super) fn redacted<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        let holds = |key: &SecretString| text.contains(key.expose_secret());
        if self.key.as_ref().is_some_and(holds) { self.redact(&text).into() } else { text }
    }

    /// The key's bytes, to find a part of it; empty without one.
    pub(super) fn key_bytes(&self) -> &[u8] {
        self.key.as_ref().map_or(&[], |key| key.expose_secret().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(value: &str) -> String {
        origin_of(value).map_or_else(|error| error.to_string(), |url| url.to_string())
    }

    #[test]
    fn pasted_urls_are_cut_to_their_origin() {
        for (value, want) in [
            ("https://dashscope.aliyuncs.com", "https://dashscope.aliyuncs.com/"),
            ("https://dashscope.aliyuncs.com/", "https://dashscope.aliyuncs.com/"),
            (
                "https://dashscope.aliyuncs.com/compatible-mode/v1",
                "https://dashscope.aliyuncs.com/",
            ),
            (
                "https://dashscope.aliyuncs.com/compatible-mode/v1/",
                "https://dashscope.aliyuncs.com/",
            ),
            ("https://h.example/compatible-mode/v1/chat/completions?x=1#y", "https://h.example/"),
            (
                "https://h.example/api/v1/services/aigc/text-generation/generation",
                "https://h.example/",
            ),
            ("http://127.0.0.1:8080/api/v1", "http://127.0.0.1:8080/"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("localhost:8080/api/v1", "http://localhost:8080/"),
            ("[::1]:9", "http://[::1]:9/"),
            (" dashscope-intl.aliyuncs.com ", "https://dashscope-intl.aliyuncs.com/"),
            (
                "https://gateway.example/bailian/compatible-mode/v1",
                "https://gateway.example/bailian",
            ),
            ("https://gateway.example/api/v10", "https://gateway.example/api/v10"),
        ] {
            assert_eq!(origin(value), want, "{value}");
        }
    }

    #[test]
    fn unusable_urls_are_named_without_repeating_them() {
        assert_eq!(origin_of("https://me:secret@h.example"), Err(BadUrl::Credentials));
        assert_eq!(origin_of("ftp://h.example"), Err(BadUrl::Scheme("ftp".to_owned())));
        assert!(matches!(origin_of(""), Err(BadUrl::Syntax(_))));
        assert!(matches!(origin_of("https://h.example:99999"), Err(BadUrl::Syntax(_))));
        assert!(!origin("https://me:secret@h.example").contains("secret"));
    }

    #[test]
    fn both_kinds_of_base_give_the_chat_call() {
        let call = |endpoint: Result<Endpoint, BadUrl>| {
            endpoint.expect("a URL").compat_call("/chat/completions").to_string()
        };
        assert_eq!(
            call(Endpoint::at_origin("https://h.example/api/v1", None, "")),
            "https://h.example/compatible-mode/v1/chat/completions"
        );
        assert_eq!(
            call(Endpoint::at_origin("https://h.example/gate", None, "")),
            "https://h.example/gate/compatible-mode/v1/chat/completions"
        );
        for base in ["http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1/chat/completions"] {
            assert_eq!(
                call(Endpoint::at_compat_base(base, None, "")),
                "http://127.0.0.1:11434/v1/chat/completions"
            );
        }
    }

    #[test]
    fn the_native_surface_hangs_below_the_same_origin_or_where_it_is_named() {
        let native = |endpoint: &Endpoint| endpoint.native_call("/tasks").map(String::from);
        let service = Endpoint::at_origin("https://h.example/gate", None, "").expect("a URL");
        assert_eq!(native(&service).as_deref(), Some("https://h.example/gate/api/v1/tasks"));
        let foreign = Endpoint::at_compat_base("http://127.0.0.1:11434/v1", None, "");
        let foreign = foreign.expect("a URL");
        assert_eq!(native(&foreign), None);
        let both = foreign.with_native("https://n.example/api/v1/").expect("a URL");
        assert_eq!(native(&both).as_deref(), Some("https://n.example/api/v1/tasks"));
        let keyed = both.with_workspace(Some("llm-1".into())).with_key("sk-x".into(), "K");
        assert_eq!(native(&keyed).as_deref(), Some("https://n.example/api/v1/tasks"));
        assert_eq!(keyed.workspace(), Some("llm-1"));
    }

    #[test]
    fn regions_have_hosts_and_hosts_have_regions() {
        let beijing = region("cn-beijing").expect("the default");
        assert_eq!(beijing.origin(None).as_deref(), Some("https://dashscope.aliyuncs.com"));
        assert_eq!(
            beijing.origin(Some("ws-1")).as_deref(),
            Some("https://ws-1.cn-beijing.maas.aliyuncs.com")
        );
        assert_eq!(region("eu-central-1").and_then(|r| r.origin(None)), None);
        assert_eq!(region("cn-hangzhou"), None);
        let of = |host| Region::of_host(host).map(|r| r.id);
        assert_eq!(of("dashscope-intl.aliyuncs.com"), Some("ap-southeast-1"));
        assert_eq!(of("ws-1.us-east-1.maas.aliyuncs.com"), Some("us-east-1"));
        assert_eq!(of("trial.cn-beijing.maas.aliyuncs.com"), Some("cn-beijing"));
        assert_eq!(of("example.com"), None);
    }

    #[test]
    fn only_the_documented_hosts_are_official() {
        let is = |url: &str| is_official(&Url::parse(url).expect("a URL"));
        for url in [
            "https://dashscope.aliyuncs.com",
            "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
            "https://llm-1.cn-beijing.maas.aliyuncs.com",
            TOKEN_PLAN,
            CODING_PLAN,
        ] {
            assert!(is(url), "{url}");
        }
        for url in [
            "http://dashscope.aliyuncs.com",
            "https://dashscope.aliyuncs.com:8443",
            "https://dashscope.aliyuncs.com.example",
            "https://bucket.oss-cn-beijing.aliyuncs.com",
            "https://evil.aliyuncs.com",
            "https://gateway.example",
            "http://127.0.0.1:8787",
        ] {
            assert!(!is(url), "{url}");
        }
    }

    #[test]
    fn the_other_regions_are_official_and_hold_no_key() {
        let here = Endpoint::at_origin("https://dashscope.aliyuncs.com", Some("sk-x".into()), "K");
        let here = here.expect("a URL");
        let ids = |places: &[(&'static str, Endpoint)]| -> Vec<&'static str> {
            places.iter().map(|(id, _)| *id).collect()
        };
        let places = elsewhere(&here);
        assert_eq!(ids(&places), ["ap-southeast-1", "us-east-1", "cn-hongkong"]);
        let named = elsewhere(&here.with_workspace(Some("llm-1".into())));
        assert!(ids(&named).ends_with(&["eu-central-1", "ap-northeast-1"]));
        for (id, place) in places.iter().chain(&named) {
            assert!(is_official(place.compat()) && !place.has_key(), "{place:?}");
            assert_eq!(place.region().map(|region| region.id), Some(*id));
        }
    }

    #[test]
    fn the_key_is_trimmed_hidden_and_taken_out_of_texts() {
        let key = Some(SecretString::from(" sk-abc123\n"));
        let endpoint =
            Endpoint::at_origin("https://h.example", key, "DASHSCOPE_API_KEY").expect("a URL");
        assert!(endpoint.has_key());
        let debug = format!("{endpoint:?}");
        assert!(!debug.contains("sk-abc123") && debug.contains("DASHSCOPE_API_KEY"), "{debug}");
        assert_eq!(endpoint.redact("no sk-abc123 here"), "no [key] here");
        let blank = Endpoint::at_origin("https://h.example", Some("  ".into()), "");
        assert!(!blank.expect("a URL").has_key());
    }
}
