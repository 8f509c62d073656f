//! From the settings to what the service needs, the same with a screen and without one. It refuses to
//! open anything.

use std::path::{Path, PathBuf};

use super::{Cache, Deps, Ear};
use crate::domain::ledger::{Caps, Gate};
use crate::domain::settings::Settings;
use crate::service::ledger::Ledger;
use crate::service::{audio, chat};

/// The directory of what was spoken, in the cache.
const KEPT: &str = "speech";
/// The directory of files of sound, in the data directory.
const FILES: &str = "speech";

impl Deps {
    /// The service of a profile that goes where its chat goes. `cache` is the directory of what can be
    /// thrown away at any time; without one, memory keeps what was spoken.
    #[must_use]
    pub fn of(
        chat: &chat::Deps,
        settings: &Settings,
        ledger: Ledger,
        cache: Option<&Path>,
        ear: Ear,
    ) -> Self {
        let most = u64::from(settings.sound.cache_mb) << 20;
        let cache = cache.map_or_else(Cache::default, |dir| Cache::in_dir(dir.join(KEPT), most));
        let budget = settings.budget;
        Self {
            client: chat.client.clone(),
            endpoint: chat.endpoint.clone(),
            keys: chat.keys.clone(),
            catalog: chat.catalog.clone(),
            figures: settings.figures,
            ledger,
            profile: settings.place.profile.clone(),
            gate: Gate {
                caps: Caps { session: None, day: budget.day, month: budget.month },
                ..Gate::default()
            },
            cache,
            ear,
            // The chat service makes ids from the same seed.
            seed: chat.seed ^ 0x5bee_c4ed_50a7_d1e5,
        }
    }
}

impl Ear {
    /// The places of the settings; files go below the data directory unless they say otherwise.
    #[must_use]
    pub fn of(settings: &Settings, data: &Path) -> Self {
        let dir = match settings.sound.dir.as_deref() {
            Some(dir) => below(dir, data, std::env::var_os("HOME").map(PathBuf::from)),
            None => data.join(FILES),
        };
        Self::Sinks(audio::Deps::here(settings.sound.sinks.clone(), dir))
    }
}

/// A directory as the configuration names it: `~/` is the home directory, a relative one begins at the
/// data directory, wherever lian was started.
fn below(dir: &str, data: &Path, home: Option<PathBuf>) -> PathBuf {
    match (dir.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        (Some(_) | None, _) => data.join(dir),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_begin_at_home_or_at_the_data() {
        let at = |dir: &str| below(dir, Path::new("/data"), Some(PathBuf::from("/home/me")));
        assert_eq!(at("~/sound"), Path::new("/home/me/sound"));
        assert_eq!(at("sound"), Path::new("/data/sound"));
        assert_eq!(at("/sound"), Path::new("/sound"));
    }
}
