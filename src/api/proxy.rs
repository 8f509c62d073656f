//! Which proxy requests take, by the very rules of the client's own library. It refuses to show
//! or to keep the name and password that a proxy may want.

use std::fmt;
use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::client::ClientOptions;
use crate::text::sanitize;

/// How requests to a place leave this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Straight: no proxy is set.
    Direct,
    /// Straight: there is a proxy, but not for this place.
    Spared,
    /// Through a proxy.
    Through(Proxy),
}

/// A proxy, without its name and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// `http`, `https`, `socks5`, ...
    pub scheme: String,
    /// Its host; an IPv6 address without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// It gets a name and a password.
    pub signs_in: bool,
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port, .. } = self;
        if host.contains(':') {
            write!(f, "{scheme}://[{host}]:{port}")
        } else {
            write!(f, "{scheme}://{host}:{port}")
        }
    }
}

/// The rules for proxies. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Proxies {
    matcher: Arc<Matcher>,
}

impl Proxies {
    /// Those of the environment, in both letter cases, else of the system.
    #[must_use]
    pub fn of_system() -> Self {
        Self { matcher: Arc::new(Matcher::from_system()) }
    }

    /// This one for https, except to the hosts of `no`.
    #[must_use]
    pub fn of(https: &str, no: &str) -> Self {
        let rules = Matcher::builder().https(https.to_owned()).no(no.to_owned());
        Self { matcher: Arc::new(rules.build()) }
    }

    /// The way of a client with these options to a place.
    #[must_use]
    pub fn way(&self, options: &ClientOptions, to: &Url) -> Way {
        let proxy = |url: &str| {
            let found = self.matcher.intercept(&url.parse().ok()?)?;
            let signs_in = found.basic_auth().is_some() || found.raw_auth().is_some();
            let uri = found.uri();
            let scheme = uri.scheme_str().unwrap_or("http").to_owned();
            let usual = match scheme.as_str() {
                "https" => 443,
                "http" => 80,
                _ => 1080,
            };
            let host = uri.host()?.trim_matches(['[', ']']);
            let port = uri.port_u16().unwrap_or(usual);
            Some(Proxy { scheme, host: sanitize::line(host), port, signs_in })
        };
        let origin = to.origin().ascii_serialization();
        let through = proxy(&origin).filter(|_| options.system_proxies);
        match through {
            Some(proxy) => Way::Through(proxy),
            // A name that nobody excepts tells whether there is a proxy at all.
            None if proxy("https://elsewhere.invalid").is_some() => Way::Spared,
            None => Way::Direct,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::region::Endpoint;

    fn way(proxies: &Proxies, origin: &str) -> Way {
        let endpoint = Endpoint::at_origin(origin, None, "").expect("a URL");
        proxies.way(&ClientOptions::for_endpoint(&endpoint), endpoint.compat())
    }

    #[test]
    fn a_proxy_is_named_without_its_password() {
        let proxies = Proxies::of("http://me:secret@proxy.example:3128", "");
        let Way::Through(proxy) = way(&proxies, "https://h.example") else { panic!("a proxy") };
        assert_eq!(proxy.to_string(), "http://proxy.example:3128");
        assert!(proxy.signs_in && !format!("{proxy:?}{proxies:?}").contains("secret"));
        let socks = Proxies::of("socks5h://[::1]", "");
        let Way::Through(proxy) = way(&socks, "https://h.example") else { panic!("a proxy") };
        assert_eq!((proxy.to_string().as_str(), proxy.signs_in), ("socks5h://[::1]:1080", false));
    }

    #[test]
    fn exceptions_and_this_machine_are_reached_straight() {
        let proxies = Proxies::of("http://proxy.example:3128", ".aliyuncs.com");
        assert_eq!(way(&proxies, "https://dashscope.aliyuncs.com"), Way::Spared);
        assert_eq!(way(&proxies, "http://127.0.0.1:1"), Way::Spared);
        assert_eq!(way(&Proxies::of("", ""), "https://h.example"), Way::Direct);
    }
}
