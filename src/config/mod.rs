//! From flags, environment and files to settings: precedence, paths, profiles, keys. It refuses
//! to decide anything else and to keep a key longer than it is asked for.
#![expect(clippy::disallowed_methods, reason = "the room that reads configuration files")]

pub mod file;
pub mod paths;
pub mod profile;

use std::path::PathBuf;

use crate::domain::models::ModelId;
use crate::domain::settings::{Figures, Language, Place, Settings};
use crate::input::keymap::KeyMap;
use crate::theme::{Theme, ThemeError};
use file::File;
use paths::Paths;
use profile::Target;

/// The example, which is the default.
pub const EXAMPLE: &str = include_str!("../../config.example.toml");

/// What flags say; the strongest voice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// `-m`.
    pub model: Option<String>,
    /// `-p`.
    pub profile: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--base-url`.
    pub base_url: Option<String>,
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `-s`.
    pub system: Option<String>,
    /// `--think`.
    pub thinking: bool,
    /// `--search`.
    pub search: bool,
    /// `--demo`: the embedded simulator, on the figures of the seed.
    pub demo: bool,
}

/// Reads a variable; empty ones count as absent.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Everything the program needs to start.
#[derive(Debug)]
pub struct Config {
    /// For the state.
    pub settings: Settings,
    /// Where requests go, with the key.
    pub target: Target,
    /// Limits of requests, in seconds.
    pub deadlines: file::Deadlines,
    /// Directories.
    pub paths: Paths,
    /// The looks.
    pub theme: Theme,
    /// The keys.
    pub keys: KeyMap,
}

/// Why there is no configuration. Each says the file and line where it can, and what would do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was named cannot be read.
    #[error("{path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// Something in the file is wrong.
    #[error("{path}:{line}: {reason}")]
    Wrong {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What, with the valid choices.
        reason: String,
    },
    /// A flag or a variable is wrong.
    #[error("{from}: {reason}")]
    Given {
        /// The flag's or the variable's name.
        from: String,
        /// What, with the valid choices.
        reason: String,
    },
    /// A theme is wrong.
    #[error("theme {name}: {error}")]
    Theme {
        /// The name or path.
        name: String,
        /// What.
        error: ThemeError,
    },
    /// No home directory to put anything in.
    #[error("there is no home directory; set HOME, or XDG_CONFIG_HOME and XDG_DATA_HOME")]
    Homeless,
}

/// Reads everything: flag > environment > file > default.
pub fn load(flags: &Flags, env: Env<'_>) -> Result<Config, ConfigError> {
    let paths = Paths::find(flags, env).ok_or(ConfigError::Homeless)?;
    let file = File::read(&paths.config, flags.config.is_some())?;
    let from = |flag: &Option<String>, variable: &str, name: &str| {
        let flag = flag.clone().map(|value| (value, format!("--{name}")));
        flag.or_else(|| env(variable).map(|value| (value, variable.to_owned())))
    };
    let target = Target::resolve(flags, env, &file)?;
    let given = from(&flags.model, "LIAN_MODEL", "model");
    let model = given
        .as_ref()
        .map(|(model, _)| model.clone())
        .or_else(|| target.model.clone())
        .unwrap_or_else(|| file.chat.model.clone());
    if model.trim().is_empty() {
        let from = given.map_or_else(|| "chat.model".to_owned(), |(_, from)| from);
        return Err(ConfigError::Given { from, reason: "the model's id is empty".into() });
    }
    let figures = if flags.demo { Figures::Seed } else { file.figures };
    let language = match env("LIAN_LANGUAGE") {
        Some(word) => file::language(&word)
            .map_err(|reason| ConfigError::Given { from: "LIAN_LANGUAGE".into(), reason })?,
        None => file.language,
    };
    let mut params = file.chat.params();
    params.thinking = if flags.thinking { Some(true) } else { params.thinking };
    params.search = if flags.search { Some(true) } else { params.search };
    let system = flags.system.clone().or(Some(file.chat.system.clone()));
    let settings = Settings {
        model: ModelId::new(&model),
        model_given: flags.model.is_some(),
        params,
        system: system.filter(|text| !text.trim().is_empty()),
        place: Place {
            profile: if flags.demo { "demo".into() } else { target.profile.clone() },
            // The simulator's address changes with every start and tells nobody anything.
            region: if flags.demo { String::new() } else { target.place() },
            simulator: flags.demo,
        },
        language: language.unwrap_or_else(|| language_of(env)),
        figures,
        highlight: file.highlight,
        ambiguous_wide: false,
        editing: file.editing,
    };
    let name = env("LIAN_THEME").unwrap_or_else(|| file.theme.clone());
    let theme = theme(&name)?;
    Ok(Config { settings, target, deadlines: file.deadlines, paths, theme, keys: file.keys })
}

fn theme(name: &str) -> Result<Theme, ConfigError> {
    let wrap = |error| ConfigError::Theme { name: name.to_owned(), error };
    let is_file = std::path::Path::new(name).extension().is_some_and(|end| end == "toml");
    if !is_file {
        return Theme::shipped(name).map_err(wrap);
    }
    let text = std::fs::read_to_string(name).map_err(|error| ConfigError::Unreadable {
        path: name.to_owned(),
        reason: error.to_string(),
    })?;
    Theme::parse(&text).map_err(wrap)
}

/// The language the environment asks for: the first of these variables that is set decides.
fn language_of(env: Env<'_>) -> Language {
    let word = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| env(name));
    match word {
        Some(word) if word.to_ascii_lowercase().starts_with("zh") => Language::ZhCn,
        _ => Language::En,
    }
}

#[cfg(test)]
mod tests;
