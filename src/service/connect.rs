//! From the configuration to a client and an endpoint: the one place where a profile becomes an
//! address. It refuses to connect; that happens with the first request.

use std::time::Duration;

use crate::api::client::{ApiClient, ClientOptions, Deadlines};
use crate::api::region::{BadUrl, CODING_PLAN, Endpoint, PLAN_REGION, REGIONS, TOKEN_PLAN, region};
use crate::catalog::Shared;
use crate::config::profile::{Plan, Target};
use crate::service::attachments::uploads::Uploads;
use crate::service::chat::Deps;
use crate::service::keys::Keys;

/// Why a profile has no address.
#[derive(Debug, thiserror::Error)]
pub enum NoAddress {
    /// A base URL is wrong.
    #[error("base URL: {0}")]
    Url(#[from] BadUrl),
    /// Nobody knows the region.
    #[error("unknown region {given:?}; the regions are {known}")]
    Region {
        /// As given.
        given: String,
        /// All regions.
        known: String,
    },
    /// The region has only hosts of workspaces.
    #[error(
        "region {0} has no shared host: name the workspace in the profile (workspace = \"...\")"
    )]
    Workspace(String),
    /// Plans are sold in one region.
    #[error(
        "plans are served in {PLAN_REGION}, not in {0}; take `plan` out, or give the address of \
         your plan as base_url or compat_base_url"
    )]
    Plan(String),
}

/// The addresses of a profile's two surfaces, without a key.
pub fn endpoint(target: &Target) -> Result<Endpoint, NoAddress> {
    let found = surfaces(target)?;
    let found = match &target.native_base_url {
        Some(base) => found.with_native(base)?,
        None => found,
    };
    let found = found.with_workspace(target.workspace.clone()).with_surface(target.surface);
    Ok(found.queued(target.queue))
}

/// The addresses as base URL, plan or region give them. A foreign server that is named for the
/// compatible surface alone has no native one: its key must not go to the service.
fn surfaces(target: &Target) -> Result<Endpoint, NoAddress> {
    let looked_at = &target.keys.variable;
    let known = region(&target.region);
    if let Some(base) = &target.compat_base_url {
        return Ok(Endpoint::at_compat_base(base, None, looked_at)?);
    }
    if let Some(origin) = &target.base_url {
        return Ok(Endpoint::at_origin(origin, None, looked_at)?);
    }
    let Some(region) = known else {
        let known = REGIONS.map(|region| region.id).join(", ");
        return Err(NoAddress::Region { given: target.region.clone(), known });
    };
    match target.plan {
        Some(_) if region.id != PLAN_REGION => Err(NoAddress::Plan(target.region.clone())),
        Some(Plan::Token) => Ok(Endpoint::at_origin(TOKEN_PLAN, None, looked_at)?),
        Some(Plan::Coding) => Ok(Endpoint::at_compat_base(CODING_PLAN, None, looked_at)?),
        None => {
            let origin = region.origin(target.workspace.as_deref());
            let origin = origin.ok_or_else(|| NoAddress::Workspace(target.region.clone()))?;
            Ok(Endpoint::at_origin(&origin, None, looked_at)?)
        }
    }
}

/// How the client for an endpoint is made: its roots and proxies, the profile's deadlines.
#[must_use]
pub fn options(target: &Target, endpoint: &Endpoint) -> ClientOptions {
    let mut options = ClientOptions::for_endpoint(endpoint);
    let seconds = |s: u32| Duration::from_secs(u64::from(s.max(1)));
    let deadlines = target.deadlines;
    options.deadlines = Deadlines {
        connect: seconds(deadlines.connect),
        first_byte: seconds(deadlines.first_byte),
        idle: seconds(deadlines.idle),
        overall: seconds(deadlines.overall),
        ..options.deadlines
    };
    options
}

/// What the chat service needs. The key comes later, from `keys`.
pub fn chat_deps(target: &Target, keys: Keys, seed: u64) -> Result<Deps, NoAddress> {
    let endpoint = endpoint(target)?;
    let client = ApiClient::new(options(target, &endpoint));
    let uploads = Uploads::default();
    let catalog = Shared::default();
    // The store is opened later, by whoever sends something.
    Ok(Deps { client, endpoint, keys, catalog, uploads, ledger: None, seed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;
    use crate::config::layers::Layers;
    use crate::config::secrets::KeyPlan;
    use crate::config::{Flags, profile};

    fn target(toml: &str) -> Result<Target, String> {
        let user = File::parse(toml, "c").unwrap();
        let flags = Flags::default();
        let layers = Layers {
            flags: &flags,
            env: &|_| None,
            project: None,
            user: &user,
            profile: "default",
        };
        profile::Target::resolve(&layers, KeyPlan::at_hand("sk-x", "test"))
            .map_err(|error| error.to_string())
    }

    fn of(toml: &str) -> String {
        match target(toml).and_then(|target| endpoint(&target).map_err(|error| error.to_string())) {
            Ok(endpoint) => endpoint.compat_call("/chat/completions").to_string(),
            Err(error) => error,
        }
    }

    #[test]
    fn plans_have_hosts_of_their_own() {
        assert_eq!(
            of("[profiles.default]\nplan = \"token\""),
            "https://token-plan.cn-beijing.maas.aliyuncs.com/compatible-mode/v1/chat/completions"
        );
        assert_eq!(
            of("[profiles.default]\nplan = \"coding\""),
            "https://coding.dashscope.aliyuncs.com/v1/chat/completions"
        );
        let elsewhere = "[profiles.default]\nplan = \"coding\"\nregion = \"us-east-1\"";
        assert!(of(elsewhere).contains("cn-beijing"), "{}", of(elsewhere));
        let both = "[profiles.default]\nworkspace = \"llm-1\"\nplan = \"coding\"";
        assert!(of(both).starts_with("c:3: a plan has a host of its own"), "{}", of(both));
    }

    #[test]
    fn a_wrong_native_address_is_told_at_once() {
        assert!(of("[profiles.default]\nnative_base_url = \"ftp://h\"").contains("ftp"));
    }

    #[test]
    fn the_native_surface_follows_the_service_and_no_foreign_server() {
        let native = |toml: &str| {
            let target = target(toml).unwrap();
            let endpoint = endpoint(&target).unwrap();
            (
                endpoint.native_call("/tasks").map(String::from),
                endpoint.workspace().map(str::to_owned),
            )
        };
        let profile = |lines: &str| format!("[profiles.default]\n{lines}");
        assert_eq!(
            native(&profile("workspace = \"llm-1\"")),
            (
                Some("https://llm-1.cn-beijing.maas.aliyuncs.com/api/v1/tasks".to_owned()),
                Some("llm-1".to_owned())
            )
        );
        let foreign = "compat_base_url = \"http://127.0.0.1:11434/v1\"";
        assert_eq!(native(&profile(foreign)), (None, None));
        let named = format!("{foreign}\nnative_base_url = \"http://127.0.0.1:9/api/v1\"");
        assert_eq!(native(&profile(&named)).0.as_deref(), Some("http://127.0.0.1:9/api/v1/tasks"));
    }

    #[test]
    fn a_profile_may_name_the_surface_of_chat() {
        let surface = |toml: &str| endpoint(&target(toml).unwrap()).unwrap().surface();
        assert_eq!(surface(""), None);
        assert_eq!(surface("[profiles.default]\nsurface = \"auto\""), None);
        let native = Some(crate::domain::models::Surface::Native);
        assert_eq!(surface("[profiles.default]\nsurface = \"native\""), native);
    }

    #[test]
    fn a_rush_waits_at_the_service_only_where_that_is_asked_for() {
        let queues = |toml: &str| endpoint(&target(toml).unwrap()).unwrap().queues();
        assert!(!queues("") && queues("[limits]\nqueue = true"));
    }

    #[test]
    fn profiles_become_addresses() {
        assert_eq!(of(""), "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions");
        assert_eq!(
            of("[profiles.default]\nregion = \"ap-southeast-1\"\nworkspace = \"llm-1\""),
            "https://llm-1.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1/chat/completions"
        );
        assert_eq!(
            of("[profiles.default]\nbase_url = \"http://127.0.0.1:8787/api/v1\""),
            "http://127.0.0.1:8787/compatible-mode/v1/chat/completions"
        );
        assert_eq!(
            of("[profiles.default]\ncompat_base_url = \"http://127.0.0.1:11434/v1/\""),
            "http://127.0.0.1:11434/v1/chat/completions"
        );
        assert!(of("[profiles.default]\nregion = \"moon\"").contains("cn-beijing, ap-southeast-1"));
        assert!(of("[profiles.default]\nregion = \"eu-central-1\"").contains("workspace"));
    }
}
