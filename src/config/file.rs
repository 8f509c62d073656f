//! The configuration file: its shape, its defaults, where in it something is wrong. It refuses
//! flags and the environment.
#![expect(clippy::disallowed_methods, reason = "the room that reads configuration files")]

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;
use crate::action::{Action, Context};
use crate::domain::chat::ChatParams;
use crate::domain::settings::{Figures, Language};
use crate::input::key::Key;
use crate::input::keymap::{Change, KeyMap};

/// The file, read and checked.
#[derive(Debug, Clone)]
pub struct File {
    /// The profile in force.
    pub profile: String,
    /// The language; `None` is by the environment.
    pub language: Option<Language>,
    /// The theme's name or path.
    pub theme: String,
    /// Prices and limits.
    pub figures: Figures,
    /// Colour code.
    pub highlight: bool,
    /// What a conversation begins with.
    pub chat: Chat,
    /// Limits of a request.
    pub deadlines: Deadlines,
    /// Profiles by name.
    pub profiles: BTreeMap<String, Profile>,
    /// Keys in force.
    pub keys: KeyMap,
    /// The file's name, for errors about what it says.
    pub path: String,
}

/// What a new conversation begins with.
#[derive(Debug, Clone, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Chat {
    #[serde(default = "default_model")]
    pub(super) model: String,
    #[serde(default)]
    pub(super) system: String,
    thinking: Option<bool>,
    thinking_budget: Option<u32>,
    search: Option<bool>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    max_tokens: Option<u32>,
    seed: Option<u64>,
    top_k: Option<u32>,
    #[serde(default)]
    stop: Vec<String>,
    presence_penalty: Option<f64>,
    repetition_penalty: Option<f64>,
    #[serde(default)]
    json: bool,
    extra: Option<toml::Table>,
}

fn default_model() -> String {
    "qwen-plus".to_owned()
}

impl Chat {
    pub(super) fn params(&self) -> ChatParams {
        ChatParams {
            thinking: self.thinking,
            thinking_budget: self.thinking_budget,
            search: self.search,
            temperature: self.temperature,
            top_p: self.top_p,
            max_tokens: self.max_tokens,
            seed: self.seed,
            top_k: self.top_k,
            stop: self.stop.clone(),
            presence_penalty: self.presence_penalty,
            repetition_penalty: self.repetition_penalty,
            json: self.json,
            extra: self.extra.as_ref().and_then(|extra| serde_json::to_string(extra).ok()),
        }
    }
}

/// Limits of one request, in seconds.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Deadlines {
    /// To make the connection.
    pub connect: u32,
    /// From sending to the first byte of the answer.
    pub first_byte: u32,
    /// Between two pieces of the answer.
    pub idle: u32,
    /// For the whole answer.
    pub overall: u32,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { connect: 10, first_byte: 90, idle: 60, overall: 1800 }
    }
}

/// Where requests of one name go.
#[derive(Debug, Clone, Deserialize, Default, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The region's id.
    pub region: Option<String>,
    /// The variable that holds the key.
    pub api_key_env: Option<String>,
    /// The workspace's id.
    pub workspace: Option<String>,
    /// Scheme, host and port of everything.
    pub base_url: Option<String>,
    /// The chat surface alone, elsewhere.
    pub compat_base_url: Option<String>,
    /// The model it begins with.
    pub model: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    profile: Option<String>,
    language: Option<Spanned<String>>,
    theme: Option<String>,
    figures: Option<Spanned<String>>,
    highlight: Option<bool>,
    chat: Option<Chat>,
    #[serde(default)]
    deadlines: Deadlines,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
    #[serde(default)]
    keys: BTreeMap<Spanned<String>, Bound>,
}

/// Keys by action, as written.
type Bound = BTreeMap<Spanned<String>, Vec<Spanned<String>>>;

/// A language's name; `None` for "auto".
pub fn language(word: &str) -> Result<Option<Language>, String> {
    match word.to_ascii_lowercase().replace('_', "-").as_str() {
        "auto" => Ok(None),
        "en" | "en-us" | "en-gb" => Ok(Some(Language::En)),
        "zh" | "zh-cn" | "zh-hans" => Ok(Some(Language::ZhCn)),
        _ => Err(format!("unknown language {word:?}; it is \"auto\", \"en\" or \"zh-CN\"")),
    }
}

impl File {
    /// Reads a file; one that is not there is the default unless it was asked for by name.
    pub fn read(path: &Path, named: bool) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &shown),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => {
                Self::parse(super::EXAMPLE, "config.example.toml")
            }
            Err(error) => Err(ConfigError::Unreadable { path: shown, reason: error.to_string() }),
        }
    }

    /// Reads a text; `path` is for the messages.
    pub fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        let wrong = |at: usize, reason: String| ConfigError::Wrong {
            path: path.to_owned(),
            line: line_of(text, at),
            reason,
        };
        let raw: Raw = toml::from_str(text).map_err(|error| {
            wrong(error.span().map_or(0, |span| span.start), error.message().to_owned())
        })?;
        let language = match &raw.language {
            Some(word) => language(word.get_ref()).map_err(|e| wrong(word.span().start, e))?,
            None => None,
        };
        let figures = match &raw.figures {
            None => Figures::default(),
            Some(word) => match word.get_ref().as_str() {
                "documented" => Figures::Documented,
                "seed" => Figures::Seed,
                other => {
                    let reason = format!("unknown figures {other:?}; \"documented\" or \"seed\"");
                    return Err(wrong(word.span().start, reason));
                }
            },
        };
        let changes = changes(&raw).map_err(|(at, reason)| wrong(at, reason))?;
        let keys = KeyMap::with(&changes).map_err(|conflict| {
            let at = text.find("[keys").unwrap_or(0);
            wrong(at, conflict.to_string())
        })?;
        let mut profiles = raw.profiles;
        profiles.entry("default".to_owned()).or_default();
        Ok(Self {
            profile: raw.profile.unwrap_or_else(|| "default".to_owned()),
            language,
            theme: raw.theme.unwrap_or_else(|| "default".to_owned()),
            figures,
            highlight: raw.highlight.unwrap_or(true),
            chat: raw.chat.unwrap_or_else(default_chat),
            deadlines: raw.deadlines,
            profiles,
            keys,
            path: path.to_owned(),
        })
    }
}

fn default_chat() -> Chat {
    Chat {
        model: default_model(),
        system: String::new(),
        thinking: None,
        thinking_budget: None,
        search: None,
        temperature: None,
        top_p: None,
        max_tokens: None,
        seed: None,
        top_k: None,
        stop: Vec::new(),
        presence_penalty: None,
        repetition_penalty: None,
        json: false,
        extra: None,
    }
}

/// The line an offset is in, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The `[keys.*]` tables as changes; an error comes with its offset in the text.
fn changes(raw: &Raw) -> Result<Vec<Change>, (usize, String)> {
    let mut changes = Vec::new();
    for (name, table) in &raw.keys {
        let contexts = Context::ALL;
        let context = contexts.iter().find(|c| c.name() == name.get_ref()).ok_or_else(|| {
            let known: Vec<_> = contexts.iter().map(|c| c.name()).collect();
            let reason = format!(
                "unknown context {:?}; the contexts are {}",
                name.get_ref(),
                known.join(", ")
            );
            (name.span().start, reason)
        })?;
        for (name, keys) in table {
            let action = Action::named().find(|a| a.name() == Some(name.get_ref().as_str()));
            let action = action.ok_or_else(|| {
                let known: Vec<_> = Action::named().filter_map(|a| a.name()).collect();
                let reason = format!(
                    "unknown action {:?}; the actions are {}",
                    name.get_ref(),
                    known.join(", ")
                );
                (name.span().start, reason)
            })?;
            let keys = keys.iter().map(|key| {
                let at = key.span().start;
                key.get_ref().parse::<Key>().map_err(|error| (at, error.to_string()))
            });
            let keys = keys.collect::<Result<_, _>>()?;
            changes.push(Change { context: *context, action, keys });
        }
    }
    Ok(changes)
}
