//! The way to the service: proxy, name, connection, certificates, one round trip, the clock. The
//! request itself is made by the client that chat uses; it refuses another one.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use url::Url;

use super::{Deps, Out, Ready, trouble};
use crate::api::doctor::{Head, Looked, models};
use crate::api::error::{ApiError, host_port};
use crate::api::proxy::Way;
use crate::domain::day::Day;
use crate::domain::doctor::finding::{Finding, NetworkFinding};
use crate::domain::doctor::{Check, Name, Next, Trouble};
use crate::domain::notice::{Notice, NoticeKind};
use crate::text::sanitize;

/// What follows a connection.
const LATER: [Name; 3] = [Name::Tls, Name::Http, Name::Clock];

/// More addresses are not shown.
const SHOWN: usize = 4;
/// A clock that is off by more than this is worth a word.
const SKEW: i64 = 30;
/// By more than this, certificates and signatures begin to fail.
const FAR_SKEW: i64 = 5 * 60;

/// Whom a connection is made to: the service, or the proxy before it.
struct Target {
    host: String,
    port: u16,
    /// As people write it.
    shown: String,
}

/// Goes the way step by step. Gives the answer to the first free call, or the step that failed.
pub(super) async fn examine(deps: &Deps, ready: &Ready, out: &Out<'_>) -> Result<Looked, Name> {
    let url = ready.endpoint.compat();
    let way = deps.proxies.way(&ready.options, url);
    out.tell(proxy(&way)).await;
    let target = target(&way, url);
    let addresses = match resolve(deps, &target).await {
        Ok((check, addresses)) => {
            out.tell(check).await;
            addresses
        }
        Err(check) => {
            out.tell(proxied(check, &way)).await;
            out.tell(Check::after(Name::Connect, Name::Dns)).await;
            out.tell(authorities(deps, url)).await;
            out.after(&LATER, Name::Dns).await;
            return Err(Name::Dns);
        }
    };
    let connected = connect(deps, ready, &target, &addresses).await;
    let failed = connected.trouble().is_some();
    out.tell(proxied(connected, &way)).await;
    out.tell(authorities(deps, url)).await;
    if failed {
        out.after(&LATER, Name::Connect).await;
        return Err(Name::Connect);
    }
    round_trip(deps, ready, out, &way).await
}

fn proxy(way: &Way) -> Check {
    let found = match way {
        Way::Direct => NetworkFinding::Direct,
        Way::Spared => NetworkFinding::Spared,
        Way::Through(proxy) => {
            NetworkFinding::Proxy { proxy: proxy.to_string(), signs_in: proxy.signs_in }
        }
    };
    Check::ok(Name::Proxy, found)
}

/// Behind a proxy it is the proxy that has to be looked at.
fn proxied(check: Check, way: &Way) -> Check {
    match way {
        Way::Through(_) if check.trouble().is_some() => check.with_next(Next::CheckProxy),
        Way::Through(_) | Way::Direct | Way::Spared => check,
    }
}

fn target(way: &Way, url: &Url) -> Target {
    match way {
        Way::Through(proxy) => Target {
            host: proxy.host.clone(),
            port: proxy.port,
            shown: format!("{}:{}", proxy.host, proxy.port),
        },
        Way::Direct | Way::Spared => Target {
            host: url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned(),
            port: url.port_or_known_default().unwrap_or(443),
            shown: host_port(url),
        },
    }
}

/// The addresses of the target.
async fn resolve(deps: &Deps, target: &Target) -> Result<(Check, Vec<SocketAddr>), Check> {
    let name = Name::Dns;
    if let Ok(ip) = target.host.parse::<IpAddr>() {
        let address = SocketAddr::new(ip, target.port);
        return Ok((Check::ok(name, NetworkFinding::Address), vec![address]));
    }
    let failed = |detail: String| {
        let notice = Notice::new(NoticeKind::DnsFailed { host: target.host.clone() });
        Check::fail(name, Trouble::Network, notice.with_detail(sanitize::line(&detail)))
    };
    match timeout(deps.patience, (deps.resolve)(target.host.clone(), target.port)).await {
        Err(_) => Err(Check::fail(name, Trouble::Network, Finding::Late(deps.patience))),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Ok(Ok(addresses)) if addresses.is_empty() => Err(failed("no address".to_owned())),
        Ok(Ok(addresses)) => {
            let shown = addresses.iter().take(SHOWN).map(|address| address.ip().to_string());
            let found =
                NetworkFinding::Resolved { host: target.host.clone(), addresses: shown.collect() };
            Ok((Check::ok(name, found), addresses))
        }
    }
}

/// A connection to one of the addresses.
async fn connect(deps: &Deps, ready: &Ready, target: &Target, addresses: &[SocketAddr]) -> Check {
    let limit = ready.client.deadlines().connect.min(deps.patience);
    let started = Instant::now();
    let mut last = None;
    for (tried, address) in addresses.iter().enumerate() {
        let left = limit.saturating_sub(started.elapsed());
        // The time is shared by those that are left, so that one that is silent does not take all.
        let share = left / u32::try_from(addresses.len() - tried).unwrap_or(1);
        let begun = Instant::now();
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(_)) => {
                let found =
                    NetworkFinding::Connected { to: address.to_string(), took: begun.elapsed() };
                return Check::ok(Name::Connect, found);
            }
            Ok(Err(error)) => last = Some(error),
            Err(_) => {}
        }
    }
    let host = target.shown.clone();
    let notice = match last {
        None => Notice::new(NoticeKind::ConnectTimeout { host, after: limit }),
        Some(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            Notice::new(NoticeKind::ConnectionRefused { host })
        }
        Some(error) => Notice::new(NoticeKind::ConnectFailed { host })
            .with_detail(sanitize::line(&error.to_string())),
    };
    Check::fail(Name::Connect, Trouble::Network, notice)
}

/// Certificates beyond the system's own: the variables that the client's library honours.
pub(super) fn authorities(deps: &Deps, url: &Url) -> Check {
    let name = Name::Authorities;
    if url.scheme() != "https" {
        return Check::skipped(name, NetworkFinding::Plain);
    }
    let set = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
        .into_iter()
        .find_map(|variable| Some((variable, (deps.env)(variable)?)));
    let Some((variable, path)) = set else {
        return Check::ok(name, NetworkFinding::SystemAuthorities);
    };
    // The directory variable is a list, as PATH is.
    let there = std::env::split_paths(&path).any(|path| readable(&path));
    let path = sanitize::line(&path);
    if there {
        return Check::ok(name, NetworkFinding::OwnAuthorities { variable, path });
    }
    Check::warn(name, NetworkFinding::AuthoritiesUnreadable { variable, path })
        .with_next(Next::NameCertificates { variable })
}

fn readable(path: &std::path::Path) -> bool {
    if path.is_dir() {
        return std::fs::read_dir(path).is_ok();
    }
    std::fs::OpenOptions::new().read(true).open(path).is_ok()
}

/// The first free call, and what its answer tells of the connection.
async fn round_trip(deps: &Deps, ready: &Ready, out: &Out<'_>, way: &Way) -> Result<Looked, Name> {
    let look = ready.client.look(&ready.endpoint, models());
    let looked = match timeout(deps.patience, look).await {
        Ok(Ok(looked)) => looked,
        Ok(Err(error)) => {
            let (name, check) = unanswered(&error, ready);
            out.tell_broken(name, proxied(check, way)).await;
            return Err(name);
        }
        Err(_) => {
            let check = Check::fail(Name::Http, Trouble::Network, Finding::Late(deps.patience));
            out.tell_broken(Name::Http, check.with_next(Next::TryLater)).await;
            return Err(Name::Http);
        }
    };
    out.tell(tls(deps, ready.endpoint.compat(), &looked.head)).await;
    let check = answered(ready, &looked);
    let failed = check.trouble().is_some();
    out.tell(check).await;
    out.tell(clock(deps, &looked.head)).await;
    if failed { Err(Name::Http) } else { Ok(looked) }
}

impl Out<'_> {
    /// Tells the step that failed, and that those after it were not looked at.
    async fn tell_broken(&self, name: Name, check: Check) {
        if name != Name::Tls {
            self.tell(Check::after(Name::Tls, name)).await;
        }
        self.tell(check).await;
        if name == Name::Tls {
            self.tell(Check::after(Name::Http, name)).await;
        }
        self.tell(Check::after(Name::Clock, name)).await;
    }
}

/// Why no answer came, at the step it belongs to.
fn unanswered(error: &ApiError, ready: &Ready) -> (Name, Check) {
    let secured = matches!(error, ApiError::Tls { .. } | ApiError::Setup { .. });
    let name = if secured { Name::Tls } else { Name::Http };
    let notice = ready.notice(error);
    let check = Check::fail(name, trouble(&notice), notice);
    let detail = error.to_string();
    if !secured {
        return (name, check);
    }
    // A certificate is "expired" or "not valid yet" to a clock that goes wrong.
    let next = if detail.contains("xpired")
        || detail.contains("NotValidYet")
        || detail.contains("not valid yet")
    {
        Next::SetClock
    } else {
        Next::TrustAuthority
    };
    (name, check.with_next(next))
}

fn tls(deps: &Deps, url: &Url, head: &Head) -> Check {
    let name = Name::Tls;
    if url.scheme() != "https" {
        return Check::skipped(name, NetworkFinding::Plain);
    }
    let Some(certificate) = &head.certificate else {
        return Check::ok(name, NetworkFinding::Secured);
    };
    let now_s = (deps.now)().wall_ms.div_euclid(1000);
    let days = (certificate.until_s - now_s).div_euclid(24 * 3600);
    let until = Day(certificate.until_s.div_euclid(24 * 3600)).to_string();
    let issuer = certificate.issuer.clone();
    Check::ok(name, NetworkFinding::Certificate { issuer, until, days })
}

fn answered(ready: &Ready, looked: &Looked) -> Check {
    let name = Name::Http;
    let host = || host_port(ready.endpoint.compat());
    match &looked.answer {
        Err(ApiError::WebPage) => {
            Check::fail(name, Trouble::Network, NetworkFinding::Page { host: host() })
                .with_next(Next::SignIn)
        }
        // 511: the network itself wants something first (RFC 6585).
        Err(ApiError::Status(refusal)) if refusal.status == 511 => {
            Check::fail(name, Trouble::Network, NetworkFinding::Page { host: host() })
                .with_next(Next::SignIn)
        }
        Err(ApiError::Status(refusal)) if refusal.status == 407 => {
            let notice = ready.notice(&ApiError::Status(refusal.clone()));
            Check::fail(name, Trouble::Network, notice).with_next(Next::CheckProxy)
        }
        Err(error @ ApiError::Redirect { .. }) => {
            Check::fail(name, Trouble::Network, ready.notice(error)).with_next(Next::SignIn)
        }
        Ok(_) | Err(_) => {
            let Head { status, took, .. } = looked.head;
            Check::ok(name, NetworkFinding::Answered { status, took })
        }
    }
}

/// This machine's clock against the service's, whole seconds.
fn clock(deps: &Deps, head: &Head) -> Check {
    let name = Name::Clock;
    let Some(theirs) = head.date_s else {
        return Check::unknown(name, NetworkFinding::ClockUnsaid);
    };
    let ahead_s = (deps.now)().wall_ms.div_euclid(1000) - theirs;
    let found = NetworkFinding::Clock { ahead_s };
    // The answer was on its way for a while; that is no fault of the clock.
    let way = i64::try_from(Duration::as_secs(&head.took)).unwrap_or(i64::MAX);
    let off = ahead_s.abs().saturating_sub(way);
    if off > FAR_SKEW {
        Check::fail(name, Trouble::Setup, found).with_next(Next::SetClock)
    } else if off > SKEW {
        Check::warn(name, found).with_next(Next::SetClock)
    } else {
        Check::ok(name, found)
    }
}
