//! One profile with flags and environment over it: where requests go and with which key. It
//! refuses to make a request and to print a key.

use secrecy::SecretString;

use super::file::{File, Profile};
use super::{ConfigError, Env, Flags};

/// Where requests go, with the key.
#[derive(Debug, Clone)]
pub struct Target {
    /// The profile's name.
    pub profile: String,
    /// The region's id.
    pub region: String,
    /// The workspace's id.
    pub workspace: Option<String>,
    /// Scheme, host and port, where they do not follow from the region.
    pub base_url: Option<String>,
    /// The chat surface alone, elsewhere.
    pub compat_base_url: Option<String>,
    /// The key; its `Debug` shows nothing of it.
    pub key: Option<SecretString>,
    /// Where the key came from, or where it was looked for.
    pub key_source: String,
    /// The model this profile begins with.
    pub model: Option<String>,
}

impl Target {
    /// Finds the profile and lays flags and environment over it.
    pub fn resolve(flags: &Flags, env: Env<'_>, file: &File) -> Result<Self, ConfigError> {
        let (name, from) = match (&flags.profile, env("LIAN_PROFILE")) {
            (Some(name), _) => (name.clone(), "--profile".to_owned()),
            (None, Some(name)) => (name, "LIAN_PROFILE".to_owned()),
            (None, None) => (file.profile.clone(), format!("{}: profile", file.path)),
        };
        let Some(profile) = file.profiles.get(&name) else {
            let known: Vec<_> = file.profiles.keys().map(String::as_str).collect();
            let known = known.join(", ");
            let reason = format!("unknown profile {name:?}; the profiles are {known}");
            return Err(ConfigError::Given { from, reason });
        };
        let region = flags.region.clone().or_else(|| env("LIAN_REGION"));
        let region = region.or_else(|| profile.region.clone());
        let base_url = flags.base_url.clone();
        let from_env = || {
            ["LIAN_BASE_URL", "DASHSCOPE_BASE_URL", "DASHSCOPE_HTTP_BASE_URL"]
                .iter()
                .find_map(|name| env(name))
        };
        let base_url = base_url.or_else(from_env).or_else(|| profile.base_url.clone());
        let workspace = env("BAILIAN_WORKSPACE_ID").or_else(|| profile.workspace.clone());
        // A base URL on the command line is where everything goes, chat included.
        let elsewhere = profile.compat_base_url.clone().filter(|_| flags.base_url.is_none());
        let (key, key_source) = key(profile, elsewhere.is_some(), env);
        Ok(Self {
            profile: name,
            region: region.unwrap_or_else(|| "cn-beijing".to_owned()),
            workspace,
            base_url,
            compat_base_url: elsewhere,
            key,
            key_source,
            model: profile.model.clone(),
        })
    }

    /// Where requests go in a few words: the region, or the host that was named.
    #[must_use]
    pub fn place(&self) -> String {
        let named = self.compat_base_url.as_deref().or(self.base_url.as_deref());
        let Some(url) = named else {
            return self.region.clone();
        };
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest).rsplit('@').next().unwrap_or_default().to_owned()
    }
}

/// The key from the environment. A profile whose chat surface is another server sends only a key
/// that it names itself.
fn key(profile: &Profile, elsewhere: bool, env: Env<'_>) -> (Option<SecretString>, String) {
    const USUAL: &str = "DASHSCOPE_API_KEY";
    let name = match &profile.api_key_env {
        Some(name) => name.clone(),
        None if elsewhere => return (None, "none".to_owned()),
        None => USUAL.to_owned(),
    };
    let key = env(&name).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
    (key.map(SecretString::from), name)
}
