//! The examination behind `lian doctor`: looks at everything that an answer needs, one concern a
//! file, and tells each finding as soon as it has it, in the order of the list. It costs nothing
//! and changes nothing; it refuses to print.

mod actor;
mod catalog;
mod key;
mod machine;
mod network;
mod probe;
mod regions;
mod screen;
mod settings;
mod surfaces;

pub use actor::{Gather, Handle, spawn};
pub use probe::Probe;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc::Sender;

use super::connect;
use super::keys::Key;
use super::log::Hidden;
use crate::api::client::{ApiClient, ClientOptions};
use crate::api::diagnose::{Asked, Purpose, diagnose};
use crate::api::error::ApiError;
use crate::api::proxy::Proxies;
use crate::api::region::Endpoint;
use crate::catalog::Shared;
use crate::config::paths::Paths;
use crate::config::{Config, ConfigError};
use crate::domain::doctor::{Check, Group, Name, Screen, Trouble};
use crate::domain::models::ModelId;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::Language;
use crate::domain::time::Now;

/// Nothing in the network is awaited longer: whoever asks a doctor is waiting.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// What only a request with the key can tell.
const OF_KEY: [Name; 5] = [Name::Compat, Name::Native, Name::Region, Name::Workspace, Name::Limits];

/// Reads a variable; empty ones count as absent.
pub type Env = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;
/// Finds the addresses of a host.
pub type Resolve =
    Arc<dyn Fn(String, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// What is looked at, and with what.
pub struct Deps {
    /// The configuration, or why there is none.
    pub loaded: Result<Config, ConfigError>,
    /// The directories, which are known without a configuration too.
    pub paths: Option<Paths>,
    /// The environment.
    pub env: Env,
    /// What is in front of the user.
    pub screen: Screen,
    /// The clock.
    pub now: fn() -> Now,
    /// The system's resolver.
    pub resolve: Resolve,
    /// The rules for proxies.
    pub proxies: Proxies,
    /// Where else the key may be shown.
    pub elsewhere: Elsewhere,
    /// Other regions are asked although the key is good.
    pub search: bool,
    /// The workbench is on the screen: a key command may not ask for anything there.
    pub on_screen: bool,
    /// Learns the key, so that no log shows it.
    pub hidden: Hidden,
    /// Where the program itself is: its player lies beside it.
    pub beside: Option<PathBuf>,
    /// The system's list of sound cards.
    pub cards: PathBuf,
    /// How long a question in the network may take.
    pub patience: Duration,
    /// Random, for ids.
    pub seed: u64,
}

/// Places that may be shown the key to find its region.
#[derive(Debug, Clone)]
pub enum Elsewhere {
    /// The documented hosts of the service, if requests go to one of them.
    Official,
    /// These, by their regions.
    These(Vec<(String, Endpoint)>),
}

/// The system's own resolver, the one that the client's library uses.
#[must_use]
pub fn system_resolver() -> Resolve {
    Arc::new(|host, port| {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    })
}

/// What is ready for requests: where they go and what makes them.
pub(super) struct Ready {
    pub(super) client: ApiClient,
    pub(super) options: ClientOptions,
    /// With the key, if there is one.
    pub(super) endpoint: Endpoint,
    pub(super) key: Option<Key>,
    pub(super) model: ModelId,
    pub(super) profile: String,
    pub(super) catalog: Shared,
}

impl Ready {
    /// What the user is told elsewhere of such an error.
    pub(super) fn notice(&self, error: &ApiError) -> Notice {
        let (model, endpoint, catalog) = (&self.model, &self.endpoint, &self.catalog);
        let asked = Asked { purpose: Purpose::Other, ..Asked::chat(model, endpoint, catalog) };
        diagnose(error, &Asked { tries: 1, ..asked })
    }

    /// Whether a question can be asked: the service answers nobody without a key.
    pub(super) fn may_ask(&self) -> bool {
        self.endpoint.has_key() || !self.endpoint.needs_key()
    }
}

/// Where to look for the cause of what a notice tells.
pub(super) fn trouble(notice: &Notice) -> Trouble {
    match notice.kind.exit_code(false) {
        3 => Trouble::Key,
        6 => Trouble::Setup,
        _ if matches!(notice.kind, NoticeKind::NotTheService { .. }) => Trouble::Setup,
        _ => Trouble::Network,
    }
}

/// The way findings are told.
pub(super) struct Out<'a>(&'a Sender<Check>);

impl Out<'_> {
    pub(super) async fn tell(&self, check: Check) {
        // Whoever listened has gone: the rest is looked at for nobody.
        drop(self.0.send(check).await);
    }

    /// The same for several.
    pub(super) async fn all(&self, checks: Vec<Check>) {
        for check in checks {
            self.tell(check).await;
        }
    }

    /// These were not looked at, because that comes first.
    pub(super) async fn after(&self, names: &[Name], first: Name) {
        self.all(names.iter().map(|name| Check::after(*name, first)).collect()).await;
    }
}

/// The language the findings are to be told in.
#[must_use]
pub fn language(deps: &Deps) -> Language {
    match &deps.loaded {
        Ok(config) => config.settings.language,
        Err(_) => crate::config::language_of(&*deps.env),
    }
}

/// Looks at everything and tells it to `out`. Gives real requests to be made, if the service takes
/// the key.
pub async fn examine(deps: Deps, out: &Sender<Check>) -> Option<Probe> {
    let (deps, out) = (Arc::new(deps), Out(out));
    // Disks and files may be slow; the network is asked meanwhile.
    let here = tokio::task::spawn_blocking({
        let deps = Arc::clone(&deps);
        move || {
            let mut checks = machine::checks(&deps);
            checks.extend(screen::checks(&deps));
            checks
        }
    });
    out.all(settings::checks(&deps).into()).await;
    let (checks, ready) = key::look(&deps).await;
    out.all(checks).await;
    let mut probe = None;
    match ready {
        Ok(ready) => {
            let (rows, known) = service(&deps, &ready, &out).await;
            if known {
                probe = Probe::new(&deps, ready, rows.catalog);
            }
        }
        Err(first) => {
            let of_service = |name: &&Name| matches!(name.group(), Group::Network | Group::Service);
            let later: Vec<Name> = Name::ALL.iter().filter(of_service).copied().collect();
            out.after(&later, first).await;
        }
    }
    out.all(here.await.unwrap_or_default()).await;
    probe
}

/// The way to the service, and the service. Gives the catalog, and whether the service takes the
/// key.
async fn service(deps: &Deps, ready: &Ready, out: &Out<'_>) -> (catalog::Rows, bool) {
    let paths = deps.paths.clone();
    let rows = tokio::task::spawn_blocking(move || catalog::load(paths.as_ref()));
    let mut seen = surfaces::Seen::default();
    match network::examine(deps, ready, out).await {
        Err(first) => out.after(&OF_KEY, first).await,
        Ok(looked) => seen = surfaces::examine(deps, ready, &looked, out).await,
    }
    let rows = rows.await.unwrap_or_default();
    out.all(catalog::checks(deps, ready, &rows, seen.models.as_deref()).into()).await;
    (rows, seen.known)
}

/// The client and the address for a configuration, without a key yet.
pub(super) fn ready(config: &Config) -> Result<Ready, connect::NoAddress> {
    let endpoint = connect::endpoint(&config.target)?;
    let options =
        ClientOptions { certificates: true, ..connect::options(&config.target, &endpoint) };
    Ok(Ready {
        client: ApiClient::new(options.clone()),
        options,
        endpoint,
        key: None,
        model: config.settings.model.clone(),
        profile: config.target.profile.clone(),
        catalog: Shared::default(),
    })
}

#[cfg(test)]
mod tests;
