//! From flags, environment and files to settings: precedence, paths, profiles, keys. It refuses
//! to decide anything else and to keep a key longer than it is asked for.
#![expect(clippy::disallowed_methods, reason = "the room that reads configuration files")]

pub mod comfort;
pub mod edit;
pub mod file;
pub mod layers;
pub mod models;
pub mod options;
pub mod paths;
pub mod profile;
pub mod project;
pub mod secrets;
pub mod show;
pub mod sound;
pub mod voices;

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::chat::ChatParams;
use crate::domain::meters::limits::Amounts;
use crate::domain::models::ModelId;
use crate::domain::settings::{
    Budget, Editing, Figures, Language, Limits, Place, Settings, Speech, Tasks,
};
use crate::input::keymap::KeyMap;
use crate::theme::{Ground, SHIPPED, Theme, ThemeError};
use file::File;
use layers::{Layers, Source};
use paths::Paths;
use profile::Target;
use secrets::KeyPlan;

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
    /// `--budget`.
    pub budget: Option<String>,
    /// `--demo`: the embedded simulator, on the figures of the seed.
    pub demo: bool,
    /// The working directory, where the search for the project's file begins; none without it.
    pub directory: Option<PathBuf>,
    /// What is behind the text, as far as the terminal's environment tells.
    pub ground: Option<Ground>,
}

impl Flags {
    /// The value of a setting, if there is a flag for it that was given.
    fn value(&self, key: &str) -> Option<toml::Value> {
        let text = |flag: &Option<String>| flag.clone().map(toml::Value::from);
        match key {
            "profile" => text(&self.profile),
            "chat.model" => text(&self.model),
            "chat.system" => text(&self.system),
            "chat.thinking" => self.thinking.then(|| true.into()),
            "chat.search" => self.search.then(|| true.into()),
            "profiles.*.region" => text(&self.region),
            "profiles.*.base_url" => text(&self.base_url),
            "profiles.*.budget.session" => text(&self.budget),
            _ => None,
        }
    }
}

/// Reads a variable; empty ones count as absent.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Everything the program needs to start.
#[derive(Debug)]
pub struct Config {
    /// For the state.
    pub settings: Settings,
    /// Where requests go, and where the key is.
    pub target: Target,
    /// Directories.
    pub paths: Paths,
    /// The looks.
    pub theme: Theme,
    /// The keys.
    pub keys: KeyMap,
    /// Every file that was read or would have been, for whoever watches them.
    pub files: Vec<PathBuf>,
    /// Every setting in force, and by whom.
    pub shown: Vec<show::Shown>,
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

/// Reads everything: flag > environment > project > user's file > default.
pub fn load(flags: &Flags, env: Env<'_>) -> Result<Config, ConfigError> {
    let paths = Paths::find(flags, env).ok_or(ConfigError::Homeless)?;
    let named = flags.config.is_some() || env("LIAN_CONFIG").is_some();
    let user = File::read(&paths.config, named)?;
    let project = flags.directory.as_deref().and_then(|from| project::find(from, env));
    let mut files = vec![paths.config.clone()];
    files.extend(project.clone());
    let project = project.as_deref().map(project::read).transpose()?;
    let profile = Target::name(flags, env, &user)?;
    let layers = Layers { flags, env, project: project.as_ref(), user: &user, profile: &profile };
    let elsewhere = layers.text("profiles.*.compat_base_url")?.is_some();
    let mut plan = KeyPlan::of(&layers, elsewhere, paths.secrets.clone())?;
    if flags.demo {
        // The simulator takes any key; a real one has no business there.
        plan = KeyPlan::at_hand("sk-simulator", "the simulator");
    }
    let mut target = Target::resolve(&layers, plan)?;
    if flags.demo {
        target.compat_base_url = None;
        target.plan = None;
    }
    let (theme_name, source) =
        layers.text("theme")?.unwrap_or_else(|| ("default".to_owned(), Source::Default));
    let theme = theme(&theme_name, flags.ground, &paths, &source)?;
    files.extend(theme_file(&theme_name, &paths));
    let mut settings = settings(&layers, &target)?;
    settings.themes = theme_names(&theme_name);
    settings.theme = theme_name;
    settings.theme_held_by = match source {
        Source::Flag(_) | Source::Variable(_) | Source::Project { .. } => Some(source.text()),
        Source::User { .. } | Source::Default => None,
    };
    let shown = show::all(&layers)?;
    Ok(Config { settings, target, paths, theme, keys: user.keys, files, shown })
}

/// What the state needs to know.
fn settings(layers: &Layers<'_>, target: &Target) -> Result<Settings, ConfigError> {
    let demo = layers.flags.demo;
    let known = target.keys.environment.as_ref();
    let word = |key| layers.text(key).map(|found| found.map(|(text, _)| text));
    let figures = match word("figures")?.as_deref() {
        Some("seed") => Figures::Seed,
        _ if demo => Figures::Seed,
        _ => Figures::Documented,
    };
    let language = word("language")?.and_then(|word| file::language(&word).ok().flatten());
    Ok(Settings {
        model: ModelId::new(&word("chat.model")?.unwrap_or_else(|| "qwen-plus".to_owned())),
        model_given: layers.flags.model.is_some(),
        params: ChatParams {
            thinking: layers.switch("chat.thinking")?,
            thinking_budget: layers.whole("chat.thinking_budget")?,
            search: layers.switch("chat.search")?,
            temperature: layers.number("chat.temperature")?,
            top_p: layers.number("chat.top_p")?,
            max_tokens: layers.whole("chat.max_tokens")?,
            seed: layers.whole("chat.seed")?,
            top_k: layers.whole("chat.top_k")?,
            stop: layers.texts("chat.stop")?,
            presence_penalty: layers.number("chat.presence_penalty")?,
            repetition_penalty: layers.number("chat.repetition_penalty")?,
            json: layers.switch("chat.json")?.unwrap_or(false),
            extra: word("chat.extra")?,
            voice: None,
        },
        system: word("chat.system")?,
        place: Place {
            profile: if demo { "demo".into() } else { target.profile.clone() },
            // The simulator's address changes with every start and tells nobody anything.
            region: if demo { String::new() } else { target.place() },
            simulator: demo,
            production: !demo && layers.switch("profiles.*.production")?.unwrap_or(false),
            // What is in the environment is known already; other places are asked later.
            key: known.filter(|_| !demo).map(|(_, from)| from.clone()),
        },
        language: language.unwrap_or_else(|| language_of(layers.env)),
        figures,
        highlight: layers.switch("highlight")?.unwrap_or(true),
        mouse: layers.switch("mouse")?.unwrap_or(true),
        columns: word("layout")?.as_deref() == Some("columns"),
        editing: match word("editing")?.as_deref() {
            Some("vi") => Editing::Vi,
            Some(_) | None => Editing::Emacs,
        },
        ambiguous_wide: false,
        clipboard: comfort::clipboard(
            layers.value("clipboard")?.as_ref().map(|found| &found.value),
            (layers.env)("TMUX").is_some(),
        ),
        notify: comfort::notify(word("notify")?.as_deref()),
        notify_after: Duration::from_secs(layers.whole("notify_after")?.unwrap_or(10)),
        pictures: comfort::pictures(word("pictures")?.as_deref()),
        theme: String::new(),
        themes: Vec::new(),
        theme_held_by: None,
        budget: budget(layers)?,
        tasks: Tasks {
            dir: word("tasks.dir")?.filter(|dir| !dir.trim().is_empty()),
            template: word("tasks.template")?.filter(|text| !text.trim().is_empty()),
            on_done: layers.texts("tasks.on_done")?,
        },
        limits: Limits {
            pace: comfort::pace(word("limits.pace")?.as_deref()),
            own: Amounts {
                requests: layers.whole("profiles.*.limits.rpm")?,
                tokens: layers.whole("profiles.*.limits.tpm")?,
                day_tokens: layers.whole("profiles.*.limits.tpd")?,
                running: layers.whole("profiles.*.limits.running")?,
            },
        },
        speech: speech(layers)?,
        sound: sound::read(layers)?,
    })
}

/// What the profile may spend: its own limits, else those of all profiles.
fn budget(layers: &Layers<'_>) -> Result<Budget, ConfigError> {
    let amount = |own, all| {
        let found = match layers.value(own)? {
            Some(found) => Some(found),
            None => layers.value(all)?,
        };
        Ok(found.and_then(|found| options::amount(&found.value)))
    };
    let times = match layers.whole("profiles.*.budget.loop_after")? {
        Some(times) => Some(times),
        None => layers.whole("budget.loop_after")?,
    };
    Ok(Budget {
        session: amount("profiles.*.budget.session", "budget.session")?,
        day: amount("profiles.*.budget.day", "budget.day")?,
        month: amount("profiles.*.budget.month", "budget.month")?,
        loop_after: times.filter(|times: &u32| *times > 0),
    })
}

/// How answers are read aloud; an empty text is as good as none.
fn speech(layers: &Layers<'_>) -> Result<Speech, ConfigError> {
    let word = |key| {
        let found = layers.text(key).map(|found| found.map(|(text, _)| text));
        found.map(|word| word.filter(|word| !word.trim().is_empty()))
    };
    let usual = Speech::default();
    Ok(Speech {
        model: word("speech.model")?.map_or(usual.model, |id| ModelId::new(&id)),
        voice: word("speech.voice")?,
        language: word("speech.language")?,
        auto: layers.switch("speech.auto")?.unwrap_or(usual.auto),
        favourites: layers.texts("speech.favourites")?,
    })
}

/// The shipped themes, and the one in force if it is none of them.
fn theme_names(in_force: &str) -> Vec<String> {
    let mut names: Vec<String> = SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect();
    if in_force != "auto" && !names.iter().any(|name| name == in_force) {
        names.push(in_force.to_owned());
    }
    names
}

/// The file of a theme that is not shipped. A relative path begins at the configuration's own
/// directory, wherever lian was started.
#[must_use]
pub fn theme_file(name: &str, paths: &Paths) -> Option<PathBuf> {
    let path = std::path::Path::new(name);
    let is_file = path.extension().is_some_and(|end| end == "toml");
    is_file.then(|| match paths.config.parent() {
        Some(dir) => dir.join(path),
        None => path.to_owned(),
    })
}

/// A theme by its name, by the path of its file, or `auto`: by what is behind the text.
fn theme(
    name: &str,
    ground: Option<Ground>,
    paths: &Paths,
    source: &Source,
) -> Result<Theme, ConfigError> {
    let wrap = |error: ThemeError| match error {
        ThemeError::UnknownTheme { .. } => source.wrong(error.to_string()),
        error => ConfigError::Theme { name: name.to_owned(), error },
    };
    let Some(file) = theme_file(name, paths) else {
        return Theme::named(name, ground).map_err(wrap);
    };
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(&file).map_err(|error| ConfigError::Unreadable {
        path: shown.clone(),
        reason: error.to_string(),
    })?;
    Theme::parse(&text).map_err(|error| match error {
        ThemeError::At { line, reason } => ConfigError::Wrong { path: shown, line, reason },
        error => ConfigError::Theme { name: shown, error },
    })
}

/// The language the environment asks for: the first of these variables that is set decides.
#[must_use]
pub fn language_of(env: Env<'_>) -> Language {
    let word = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| env(name));
    match word {
        Some(word) if word.to_ascii_lowercase().starts_with("zh") => Language::ZhCn,
        _ => Language::En,
    }
}

#[cfg(test)]
mod tests;
