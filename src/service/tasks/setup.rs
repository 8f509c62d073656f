//! From the settings to what the service needs, for the screen and for commands alike. It refuses
//! to start anything.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Deps;
use crate::api::files::FileClient;
use crate::api::region::{Endpoint, is_loopback};
use crate::domain::settings::{Figures, Settings};
use crate::domain::time::Now;
use crate::service::attachments::look::Base;
use crate::service::chat;
use crate::service::downloads::{self, Downloads};
use crate::service::ledger::Ledger;
use crate::service::store::Desk;

/// The clocks of whoever starts the service.
#[derive(Debug, Clone, Copy)]
pub struct Clocks {
    /// Milliseconds since 1970 (UTC).
    pub wall_ms: fn() -> i64,
    /// Now, with the offset of local time; `since_start` means nothing in it.
    pub now: fn() -> Now,
}

/// What the service of tasks needs besides what it shares with the others.
#[derive(Debug)]
pub struct Setup {
    /// Client, endpoint, keys, catalog.
    pub chat: chat::Deps,
    /// Whose tasks, which prices.
    pub profile: String,
    /// Which prices.
    pub figures: Figures,
    /// Where files go and what they are called.
    pub downloads: downloads::Settings,
    /// The longest wait for a connection.
    pub connect: Duration,
    /// The data directory.
    pub data: PathBuf,
    /// Where paths that are typed begin.
    pub files: Base,
    /// How much faster than usual time runs where tasks are asked for.
    pub rush: u32,
}

impl Setup {
    /// From the settings in force.
    #[must_use]
    pub fn new(
        chat: &chat::Deps,
        settings: &Settings,
        connect_seconds: u32,
        data: PathBuf,
        files: Base,
    ) -> Self {
        Self {
            chat: chat.clone(),
            profile: settings.place.profile.clone(),
            figures: settings.figures,
            downloads: places(settings, &data, &files),
            connect: Duration::from_secs(u64::from(connect_seconds.max(1))),
            data,
            files,
            rush: 1,
        }
    }

    /// Scheme, host and port tasks are sent to: no other place knows their ids.
    #[must_use]
    pub fn origin(&self) -> String {
        origin_of(&self.chat.endpoint)
    }

    /// Time runs that many times as fast there, as `lian sim --time-scale` lets it. Only on this
    /// machine: the service takes 20 queries a second, whatever anybody says.
    #[must_use]
    pub fn hurried(self, rush: u32) -> Self {
        let here = self.chat.endpoint.native_call("/tasks").is_some_and(|url| is_loopback(&url));
        Self { rush: if here { rush.clamp(1, 1_000) } else { 1 }, ..self }
    }

    /// With a store and clocks it is complete. `seed` is nobody else's.
    #[must_use]
    pub fn deps(self, desk: Desk, clocks: Clocks, seed: u64) -> Deps {
        let Self { chat, profile, figures, downloads, connect, data, files, rush } = self;
        let client = FileClient::for_endpoint(&chat.endpoint, connect);
        Deps {
            client: chat.client,
            endpoint: chat.endpoint,
            keys: chat.keys,
            catalog: chat.catalog,
            figures,
            ledger: Ledger::new(desk.clone()),
            desk,
            uploads: chat.uploads,
            files,
            downloads: Downloads::new(client, downloads, clocks.now),
            profile,
            data,
            now: clocks.wall_ms,
            seed,
            rush,
        }
    }
}

/// Where tasks of an endpoint live.
pub(super) fn origin_of(endpoint: &Endpoint) -> String {
    endpoint.native().map_or_else(|| endpoint.origin(), |url| url.origin().ascii_serialization())
}

/// Where files go and what they are called.
#[must_use]
pub fn places(settings: &Settings, data: &Path, files: &Base) -> downloads::Settings {
    let given = settings.tasks.dir.as_deref();
    let dir = given.map_or_else(|| data.join("files"), |dir| directory(dir, data, files));
    let template = settings.tasks.template.clone();
    let template = template.unwrap_or_else(|| downloads::name::TEMPLATE.to_owned());
    downloads::Settings { dir, template }
}

/// A directory as the configuration names it: `~/` is the home directory, a relative one begins at
/// the data directory, wherever lian was started.
fn directory(dir: &str, data: &Path, files: &Base) -> PathBuf {
    match (dir.strip_prefix("~/"), &files.home) {
        (Some(rest), Some(home)) => home.join(rest),
        (Some(_) | None, _) => data.join(dir),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_begins_at_home_or_at_the_data() {
        let files = Base { cwd: "/work".into(), home: Some("/home/li".into()) };
        let at = |dir: &str| directory(dir, Path::new("/data"), &files).display().to_string();
        assert_eq!(at("~/films"), "/home/li/films");
        assert_eq!(at("films"), "/data/films");
        assert_eq!(at("/mnt/films"), "/mnt/films");
    }
}
