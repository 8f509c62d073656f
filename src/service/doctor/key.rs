//! The key: where it was found, what it looks like, whether it fits where it would be sent. It
//! refuses to show any part of it.

use secrecy::ExposeSecret as _;
use url::Url;

use super::{Deps, Ready, trouble};
use crate::api::region::{
    CODING_PLAN, Endpoint, TOKEN_PLAN, is_loopback, is_official, origin_text,
};
use crate::config::Config;
use crate::domain::doctor::finding::{KeyFinding, KeyKind};
use crate::domain::doctor::{Check, Name, Next, Trouble};
use crate::domain::notice::{Notice, NoticeKind};
use crate::service::keys::{self, Key, Keys};
use crate::text::sanitize;

/// Looks for the key and at the address. Without an address: what is to be mended first.
pub(super) async fn look(deps: &Deps) -> (Vec<Check>, Result<Ready, Name>) {
    let Ok(config) = &deps.loaded else {
        let names = [Name::Key, Name::Plan, Name::Place];
        return (names.map(|name| Check::after(name, Name::Config)).into(), Err(Name::Config));
    };
    let found =
        Keys::of(config.target.keys.clone(), deps.hidden.clone(), deps.on_screen).get().await;
    let ready = super::ready(config);
    let mut checks = Vec::new();
    let needed = ready.as_ref().map_or(true, |ready| ready.endpoint.needs_key());
    let key = match found {
        Ok(Some(key)) => {
            checks.push(found_key(&key));
            Some(key)
        }
        Ok(None) if needed => {
            let (origin, variable) = match &ready {
                Ok(ready) => (ready.endpoint.origin(), ready.endpoint.key_source().to_owned()),
                Err(_) => (String::new(), config.target.keys.variable.clone()),
            };
            let notice = Notice::new(NoticeKind::KeyMissing { origin, variable });
            checks.push(Check::fail(Name::Key, Trouble::Key, notice));
            None
        }
        Ok(None) => {
            checks.push(Check::ok(Name::Key, KeyFinding::NotNeeded));
            None
        }
        Err(fault) => {
            let notice = Notice::new(NoticeKind::Key(fault));
            checks.push(Check::fail(Name::Key, trouble(&notice), notice));
            None
        }
    };
    let mut ready = match ready {
        Ok(ready) => ready,
        Err(error) => {
            let reason = sanitize::line(&error.to_string());
            checks.push(Check::after(Name::Plan, Name::Place));
            let wrong = KeyFinding::NoAddress { reason };
            checks
                .push(Check::fail(Name::Place, Trouble::Setup, wrong).with_next(Next::MendConfig));
            return (checks, Err(Name::Place));
        }
    };
    checks.push(plan(&ready, key.as_ref().map(kind)));
    checks.push(place(config, &ready.endpoint));
    if let Some(key) = key {
        ready.endpoint = ready.endpoint.with_key(key.secret.clone(), key.source.clone());
        ready.key = Some(key);
    }
    (checks, Ok(ready))
}

fn found_key(key: &Key) -> Check {
    let source = key.source.clone();
    let text = key.secret.expose_secret().trim();
    // The id of an access key of the cloud; people take it for a key of the service.
    if text.starts_with("LTAI") {
        return Check::fail(Name::Key, Trouble::Key, KeyFinding::AccessKey { source })
            .with_next(Next::MakeKey);
    }
    match keys::remark(&source) {
        Some(notice) => Check::warn(Name::Key, notice),
        None => Check::ok(Name::Key, KeyFinding::Found { source, kind: kind(key) }),
    }
}

/// What a key looks like.
pub(super) fn kind(key: &Key) -> KeyKind {
    let text = key.secret.expose_secret().trim();
    if text.starts_with("sk-sp-") {
        KeyKind::Plan
    } else if text.starts_with("sk-") {
        KeyKind::Ordinary
    } else {
        KeyKind::Other
    }
}

/// The plan whose host requests go to.
fn plan_of(endpoint: &Endpoint) -> Option<&'static str> {
    let is = |base: &str| {
        Url::parse(base).is_ok_and(|base| base.host_str() == endpoint.compat().host_str())
    };
    if is(TOKEN_PLAN) {
        Some("token")
    } else if is(CODING_PLAN) {
        Some("coding")
    } else {
        None
    }
}

/// Keys of plans are good at their own hosts and nowhere else (wire README, "Base URLs").
fn plan(ready: &Ready, kind: Option<KeyKind>) -> Check {
    let name = Name::Plan;
    let Some(kind) = kind else { return Check::after(name, Name::Key) };
    if !is_official(ready.endpoint.compat()) {
        return Check::skipped(name, KeyFinding::OtherServer);
    }
    match (kind, plan_of(&ready.endpoint)) {
        (KeyKind::Plan, Some(plan)) => Check::ok(name, KeyFinding::OnPlan { plan }),
        (KeyKind::Plan, None) => Check::fail(name, Trouble::Key, KeyFinding::PlanKeyElsewhere)
            .with_next(Next::NamePlan { profile: ready.profile.clone() }),
        // The plan may have keys that look otherwise; the surface tells.
        (KeyKind::Ordinary | KeyKind::Other, Some(plan)) => {
            Check::warn(name, KeyFinding::OrdinaryKeyOnPlan { plan }).with_next(Next::DropPlan)
        }
        (KeyKind::Ordinary | KeyKind::Other, None) => Check::ok(name, KeyFinding::PayAsYouGo),
    }
}

/// Whether region, workspace and host agree.
fn place(config: &Config, endpoint: &Endpoint) -> Check {
    let name = Name::Place;
    let origin = endpoint.origin();
    let url = endpoint.compat();
    let region = endpoint.region().map(|region| region.id.to_owned());
    let workspace = config.target.workspace.clone();
    let set = config.shown.iter().find(|row| {
        let of_profile = row.key.starts_with("profiles.") && row.key.ends_with(".region");
        of_profile && row.source != "default"
    });
    let set = set.and_then(|row| row.value.as_ref()?.as_str().map(str::to_owned));
    if let (Some(host), Some(set)) = (&region, set)
        && *host != set
    {
        let found = KeyFinding::OtherRegion { origin, host: host.clone(), set };
        return Check::warn(name, found).with_next(Next::Agree { setting: "region" });
    }
    if let (Some(set), Some(of_host)) = (&workspace, workspace_of(endpoint))
        && *set != of_host
    {
        let found = KeyFinding::OtherWorkspace { origin, set: set.clone() };
        return Check::warn(name, found).with_next(Next::Agree { setting: "workspace" });
    }
    if url.scheme() == "http" && !is_loopback(url) {
        return Check::warn(name, KeyFinding::Unencrypted { origin }).with_next(Next::UseHttps);
    }
    match endpoint.native().map(origin_text) {
        Some(native) if native != origin => {
            Check::warn(name, KeyFinding::TwoPlaces { compat: origin, native })
        }
        Some(_) | None => Check::ok(name, KeyFinding::At { origin, region, workspace }),
    }
}

/// The workspace in the name of a host, where it is one's own (`llm-1.cn-beijing.maas...`).
fn workspace_of(endpoint: &Endpoint) -> Option<String> {
    let host = endpoint.compat().host_str()?;
    let head = host.strip_suffix(".maas.aliyuncs.com")?;
    let (id, _) = head.split_once('.')?;
    (plan_of(endpoint).is_none() && id != "trial").then(|| id.to_owned())
}
