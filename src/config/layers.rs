//! Who says what a setting is: flag, environment, project's file, user's file, default, in this
//! order. It refuses to know what any setting means.

use std::sync::OnceLock;

use super::file::File;
use super::options::Setting;
use super::{ConfigError, EXAMPLE, Env, Flags};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A flag's name.
    Flag(&'static str),
    /// A variable's name.
    Variable(&'static str),
    /// The project's file.
    Project {
        /// Its name.
        path: String,
        /// The line, from 1.
        line: usize,
    },
    /// The user's file.
    User {
        /// Its name.
        path: String,
        /// The line, from 1.
        line: usize,
    },
    /// Nobody said anything.
    Default,
}

impl Source {
    /// In a few words.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Flag(name) | Self::Variable(name) => (*name).to_owned(),
            Self::Project { path, line } | Self::User { path, line } => format!("{path}:{line}"),
            Self::Default => "default".to_owned(),
        }
    }

    /// An error about a value from here.
    pub(super) fn wrong(&self, reason: String) -> ConfigError {
        match self {
            Self::Flag(name) | Self::Variable(name) => {
                ConfigError::Given { from: (*name).to_owned(), reason }
            }
            Self::Project { path, line } | Self::User { path, line } => {
                ConfigError::Wrong { path: path.clone(), line: *line, reason }
            }
            Self::Default => ConfigError::Given { from: "default".to_owned(), reason },
        }
    }
}

/// A value and who said it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The value.
    pub value: toml::Value,
    /// Who.
    pub source: Source,
}

/// Everybody who may say something.
#[derive(Clone, Copy)]
pub struct Layers<'a> {
    /// The command line.
    pub flags: &'a Flags,
    /// The environment.
    pub env: Env<'a>,
    /// The project's file, if there is one.
    pub project: Option<&'a File>,
    /// The user's file.
    pub user: &'a File,
    /// The profile in force.
    pub profile: &'a str,
}

/// The example, read once.
fn defaults() -> Option<&'static File> {
    static DEFAULTS: OnceLock<Option<File>> = OnceLock::new();
    // A test proves that it can be read.
    DEFAULTS.get_or_init(|| File::parse(EXAMPLE, "config.example.toml").ok()).as_ref()
}

impl Layers<'_> {
    /// What a setting is, and by whom; `None` if it is not set at all.
    pub fn find(&self, setting: &Setting) -> Result<Option<Found>, ConfigError> {
        if let Some(value) = self.flags.value(setting.key) {
            let source = Source::Flag(setting.flag.unwrap_or("the command line"));
            let judged = setting.check(&value);
            judged.map_err(|reason| source.wrong(reason))?;
            return Ok(Some(Found { value, source }));
        }
        for name in setting.variables {
            if let Some(text) = (self.env)(name) {
                let source = Source::Variable(name);
                let value = setting.read(&text).map_err(|reason| source.wrong(reason))?;
                return Ok(Some(Found { value, source }));
            }
        }
        Ok(self.written(setting))
    }

    /// What the files say.
    fn written(&self, setting: &Setting) -> Option<Found> {
        let path = setting.path(self.profile);
        if setting.for_projects()
            && let Some(file) = self.project
            && let Some(value) = file.get(&path)
        {
            let line = file.line(&path).unwrap_or(1);
            let source = Source::Project { path: file.path.clone(), line };
            return Some(Found { value: value.clone(), source });
        }
        // The model and the figures of a profile are nearer than those for all profiles.
        let name = match setting.key {
            "chat.model" => Some("model"),
            "figures" => Some("figures"),
            _ => None,
        };
        let nearer = name.map(|name| ["profiles", self.profile, name]);
        let nearer = nearer.as_ref().map(|path| &path[..]);
        for path in nearer.into_iter().chain([&*path]) {
            if let Some(value) = self.user.get(path) {
                let line = self.user.line(path).unwrap_or(1);
                let source = Source::User { path: self.user.path.clone(), line };
                return Some(Found { value: value.clone(), source });
            }
        }
        let value = defaults()?.get(&setting.path("default"))?.clone();
        Some(Found { value, source: Source::Default })
    }

    /// A setting as text; empty counts as not set.
    pub(super) fn text(&self, key: &str) -> Result<Option<(String, Source)>, ConfigError> {
        let found = self.value(key)?;
        Ok(found.and_then(|found| {
            let text = found.value.as_str()?.to_owned();
            (!text.trim().is_empty()).then_some((text, found.source))
        }))
    }

    /// A switch; off where nobody said anything.
    pub(super) fn switch(&self, key: &str) -> Result<Option<bool>, ConfigError> {
        Ok(self.value(key)?.and_then(|found| found.value.as_bool()))
    }

    /// A whole number.
    pub(super) fn whole<N: TryFrom<i64>>(&self, key: &str) -> Result<Option<N>, ConfigError> {
        let found = self.value(key)?;
        Ok(found.and_then(|found| N::try_from(found.value.as_integer()?).ok()))
    }

    /// A number.
    pub(super) fn number(&self, key: &str) -> Result<Option<f64>, ConfigError> {
        Ok(self.value(key)?.and_then(|found| super::options::number(&found.value)))
    }

    /// Some texts; none where nobody said anything.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, ConfigError> {
        let found = self.value(key)?;
        let texts = found.as_ref().and_then(|found| found.value.as_array());
        let text = |value: &toml::Value| value.as_str().map(str::to_owned);
        Ok(texts.into_iter().flatten().filter_map(text).collect())
    }

    /// The setting of this name in the table.
    pub(super) fn value(&self, key: &str) -> Result<Option<Found>, ConfigError> {
        match super::options::SETTINGS.iter().find(|setting| setting.key == key) {
            Some(setting) => self.find(setting),
            None => Ok(None),
        }
    }
}
