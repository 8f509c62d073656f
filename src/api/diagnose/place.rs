//! Where a request went, as far as an explanation needs it: region, workspace, the kind of host and
//! the kind of key. It refuses the key itself: it looks at how it begins and keeps none of it.

use secrecy::ExposeSecret;
use url::Url;

use crate::api::region::{Endpoint, REGIONS, Region};
use crate::text::sanitize;

/// What a key can be told by, as it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// There is none.
    None,
    /// A subscription's (`sk-sp-`): good on the subscription's own host alone.
    Plan,
    /// Any other.
    Plain,
}

/// Where a request went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The service's region, where the host tells.
    pub region: Option<&'static str>,
    /// The workspace, where the profile or the host names one.
    pub workspace: Option<String>,
    /// The host takes only keys of a subscription.
    pub plan_host: bool,
    /// The host is the service's own: no gateway, no other server.
    pub of_service: bool,
    /// The kind of key that was sent.
    pub key: KeyKind,
}

impl Place {
    /// The place behind an endpoint's key and the URL of a call.
    #[must_use]
    pub fn of(endpoint: &Endpoint, url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        let plan_host = host.starts_with("token-plan.") || host.starts_with("coding");
        let of_service = host.ends_with(".aliyuncs.com");
        Self {
            region: Region::of_host(host).map(|region| region.id),
            workspace: endpoint
                .workspace()
                .map(sanitize::line)
                .or_else(|| workspace(host).filter(|_| !plan_host)),
            plan_host: plan_host && of_service,
            of_service,
            key: key_kind(endpoint),
        }
    }

    /// The regions besides this one.
    #[must_use]
    pub fn others(&self) -> Box<[String]> {
        let others = REGIONS.iter().filter(|region| Some(region.id) != self.region);
        others.map(|region| region.id.to_owned()).collect()
    }
}

fn key_kind(endpoint: &Endpoint) -> KeyKind {
    match endpoint.key() {
        None => KeyKind::None,
        Some(key) if key.expose_secret().starts_with("sk-sp-") => KeyKind::Plan,
        Some(_) => KeyKind::Plain,
    }
}

/// The workspace in a host's name: `llm-1.cn-beijing.maas.aliyuncs.com`.
fn workspace(host: &str) -> Option<String> {
    let head = host.strip_suffix(".maas.aliyuncs.com")?;
    REGIONS.iter().find_map(|region| {
        let id = head.strip_suffix(region.id)?.strip_suffix('.')?;
        (!id.is_empty()).then(|| id.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(origin: &str, key: Option<&str>) -> Place {
        let endpoint = Endpoint::at_origin(origin, key.map(Into::into), "K").expect("a URL");
        Place::of(&endpoint, endpoint.compat())
    }

    #[test]
    fn hosts_and_keys_are_told_apart() {
        let shared = place("https://dashscope-intl.aliyuncs.com", Some("sk-sp-abc"));
        assert_eq!((shared.region, shared.key), (Some("ap-southeast-1"), KeyKind::Plan));
        assert!(shared.of_service && !shared.plan_host && shared.workspace.is_none());
        assert_eq!(shared.others().len(), REGIONS.len() - 1);
        let own = place("https://llm-1.us-east-1.maas.aliyuncs.com", Some("sk-abc"));
        assert_eq!(own.workspace.as_deref(), Some("llm-1"));
        assert_eq!((own.region, own.key), (Some("us-east-1"), KeyKind::Plain));
        let plan = place("https://token-plan.cn-beijing.maas.aliyuncs.com", None);
        assert!(plan.plan_host && plan.workspace.is_none());
        assert_eq!(plan.key, KeyKind::None);
        assert!(place("https://coding.dashscope.aliyuncs.com", None).plan_host);
        let other = place("http://127.0.0.1:1", None);
        assert!(!other.of_service && !other.plan_host && other.region.is_none());
        assert!(!place("https://coding.example", None).plan_host, "somebody else's host");
    }

    #[test]
    fn nothing_of_the_key_is_kept() {
        let place = place("https://dashscope.aliyuncs.com", Some("sk-sp-secret"));
        assert!(!format!("{place:?}").contains("secret"));
    }
}
