//! Directories: configuration, data, state. XDG on every system, so that a server and a laptop
//! look alike. It refuses to create any.

use std::path::PathBuf;

use super::{Env, Flags};

/// Where things are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The configuration file.
    pub config: PathBuf,
    /// Keys, for the owner alone; beside the usual configuration file.
    pub secrets: PathBuf,
    /// Conversations and what belongs to them.
    pub data: PathBuf,
    /// Logs and crash reports.
    pub state: PathBuf,
    /// What can be thrown away at any time; none without a home directory.
    pub cache: Option<PathBuf>,
}

impl Paths {
    /// Finds them; `None` without a home directory.
    #[must_use]
    pub fn find(flags: &Flags, env: Env<'_>) -> Option<Self> {
        let home = env("HOME").map(PathBuf::from);
        let dir = |variable: &str, below: &str| {
            // The XDG rules: a relative path counts as not set.
            let given = env(variable).map(PathBuf::from).filter(|path| path.is_absolute());
            given.or_else(|| home.as_ref().map(|home| home.join(below))).map(|dir| dir.join("lian"))
        };
        let named = flags.config.clone().or_else(|| env("LIAN_CONFIG").map(PathBuf::from));
        let usual = dir("XDG_CONFIG_HOME", ".config");
        let config = match (named, &usual) {
            (Some(file), _) => file,
            (None, Some(dir)) => dir.join("config.toml"),
            (None, None) => return None,
        };
        let beside = || config.parent().map(std::path::Path::to_owned).unwrap_or_default();
        let secrets = usual.unwrap_or_else(beside).join("secrets.toml");
        let mut data = flags.data_dir.clone().or_else(|| env("LIAN_DATA_DIR").map(PathBuf::from));
        if data.is_none() {
            data = dir("XDG_DATA_HOME", ".local/share");
            // What the simulator said never mixes with real conversations.
            data = data.map(|dir| if flags.demo { dir.join("demo") } else { dir });
        }
        let data = data?;
        let state = dir("XDG_STATE_HOME", ".local/state").unwrap_or_else(|| data.clone());
        let cache = dir("XDG_CACHE_HOME", ".cache");
        Some(Self { config, secrets, data, state, cache })
    }
}
