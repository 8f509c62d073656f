//! One profile with flags and environment over it: where requests go, and where its key is to be
//! looked for. It refuses to make a request, to run a command and to print a key.

use super::file::Deadlines;
use super::layers::{Layers, Source};
use super::secrets::KeyPlan;
use super::{ConfigError, Env, Flags};
use crate::config::file::File;
use crate::domain::models::Surface;

/// Where requests go.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The profile's name.
    pub profile: String,
    /// The region's id.
    pub region: String,
    /// The workspace's id.
    pub workspace: Option<String>,
    /// A subscription with hosts of its own.
    pub plan: Option<Plan>,
    /// Scheme, host and port, where they do not follow from the region.
    pub base_url: Option<String>,
    /// The chat surface alone, elsewhere.
    pub compat_base_url: Option<String>,
    /// The native surface alone, elsewhere.
    pub native_base_url: Option<String>,
    /// The surface chat goes to wherever it can be; none chooses by what is asked.
    pub surface: Option<Surface>,
    /// The service may let a rush of requests wait a moment.
    pub queue: bool,
    /// Limits of a request.
    pub deadlines: Deadlines,
    /// Where the key is to be looked for.
    pub keys: KeyPlan,
}

/// Subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Token plan.
    Token,
    /// Coding plan.
    Coding,
}

impl Target {
    /// The name of the profile in force.
    pub fn name(flags: &Flags, env: Env<'_>, file: &File) -> Result<String, ConfigError> {
        let layers = Layers { flags, env, project: None, user: file, profile: "default" };
        let found = layers.text("profile")?;
        let (name, source) = found.unwrap_or_else(|| ("default".to_owned(), Source::Default));
        let known = file.profiles();
        if known.contains(&name.as_str()) {
            return Ok(name);
        }
        let known = known.join(", ");
        Err(source.wrong(format!("unknown profile {name:?}; the profiles are {known}")))
    }

    /// Finds out everything about the profile in force.
    pub fn resolve(layers: &Layers<'_>, keys: KeyPlan) -> Result<Self, ConfigError> {
        let text = |key| layers.text(key).map(|found| found.map(|(text, _)| text));
        let base_url = layers.text("profiles.*.base_url")?;
        // Whoever names an address now means everything, chat included.
        let everything = base_url.as_ref().is_some_and(|(_, source)| {
            matches!(source, Source::Flag(_) | Source::Variable("LIAN_BASE_URL"))
        });
        let elsewhere = text("profiles.*.compat_base_url")?.filter(|_| !everything);
        let plan = layers.text("profiles.*.plan")?;
        let workspace = layers.text("profiles.*.workspace")?;
        if let (Some((_, source)), Some(_), None) = (&plan, &workspace, &base_url) {
            let reason = "a plan has a host of its own, which no workspace changes; \
                 take `workspace` or `plan` out";
            return Err(source.wrong(reason.to_owned()));
        }
        let seconds = |key, usual| layers.whole::<u32>(key).map(|found| found.unwrap_or(usual));
        Ok(Self {
            profile: layers.profile.to_owned(),
            region: text("profiles.*.region")?.unwrap_or_else(|| "cn-beijing".to_owned()),
            workspace: workspace.map(|(text, _)| text),
            plan: plan.map(|(word, _)| if word == "token" { Plan::Token } else { Plan::Coding }),
            base_url: base_url.map(|(text, _)| text),
            compat_base_url: elsewhere,
            native_base_url: text("profiles.*.native_base_url")?.filter(|_| !everything),
            surface: text("profiles.*.surface")?.and_then(|word| match word.as_str() {
                "compat" => Some(Surface::Compat),
                "native" => Some(Surface::Native),
                _ => None,
            }),
            queue: layers.switch("limits.queue")?.unwrap_or(false),
            deadlines: Deadlines {
                connect: seconds("deadlines.connect", 10)?,
                first_byte: seconds("deadlines.first_byte", 90)?,
                idle: seconds("deadlines.idle", 60)?,
                overall: seconds("deadlines.overall", 1800)?,
            },
            keys,
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
