//! From the configuration to a client and an endpoint: the one place where a profile becomes an
//! address. It refuses to connect; that happens with the first request.

use std::time::Duration;

use crate::api::client::{ApiClient, ClientOptions, Deadlines};
use crate::api::region::{BadUrl, Endpoint, REGIONS, region};
use crate::catalog::Catalog;
use crate::config::file;
use crate::config::profile::Target;
use crate::service::chat::Deps;

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
}

/// The address of a profile's chat surface.
pub fn endpoint(target: &Target) -> Result<Endpoint, NoAddress> {
    let key = target.key.clone();
    if let Some(base) = &target.compat_base_url {
        return Ok(Endpoint::at_compat_base(base, key, &target.key_source)?);
    }
    if let Some(origin) = &target.base_url {
        return Ok(Endpoint::at_origin(origin, key, &target.key_source)?);
    }
    let Some(region) = region(&target.region) else {
        let known = REGIONS.map(|region| region.id).join(", ");
        return Err(NoAddress::Region { given: target.region.clone(), known });
    };
    let origin = region.origin(target.workspace.as_deref());
    let origin = origin.ok_or_else(|| NoAddress::Workspace(target.region.clone()))?;
    Ok(Endpoint::at_origin(&origin, key, &target.key_source)?)
}

/// What the chat service needs.
pub fn chat_deps(
    target: &Target,
    deadlines: file::Deadlines,
    seed: u64,
) -> Result<Deps, NoAddress> {
    let endpoint = endpoint(target)?;
    let mut options = ClientOptions::for_endpoint(&endpoint);
    let seconds = |s: u32| Duration::from_secs(u64::from(s.max(1)));
    options.deadlines = Deadlines {
        connect: seconds(deadlines.connect),
        first_byte: seconds(deadlines.first_byte),
        idle: seconds(deadlines.idle),
        overall: seconds(deadlines.overall),
        ..options.deadlines
    };
    Ok(Deps {
        client: ApiClient::new(options),
        endpoint,
        near: |model| Catalog::embedded().near(model),
        seed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;
    use crate::config::{Flags, profile};

    fn of(toml: &str) -> String {
        let file = File::parse(toml, "c").unwrap();
        let target = profile::Target::resolve(&Flags::default(), &|_| None, &file).unwrap();
        match endpoint(&target) {
            Ok(endpoint) => endpoint.compat_call("/chat/completions").to_string(),
            Err(error) => error.to_string(),
        }
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
