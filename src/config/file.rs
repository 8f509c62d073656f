//! One configuration file: what may stand in it, where in it something stands or is wrong. It
//! refuses flags, the environment, and keys of the service: those never belong in this file.
#![expect(clippy::disallowed_methods, reason = "the room that reads configuration files")]

use std::collections::HashMap;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ConfigError;
use super::options::{below, setting};
use crate::action::{Action, Context};
use crate::domain::settings::Language;
use crate::input::key::Key;
use crate::input::keymap::{Change, KeyMap};

/// A file, read and checked.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, for errors and sources.
    pub path: String,
    /// Keys in force.
    pub keys: KeyMap,
    values: toml::Table,
    lines: HashMap<Vec<String>, usize>,
}

/// Limits of one request, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// A language's name; `None` for "auto".
pub fn language(word: &str) -> Result<Option<Language>, String> {
    match word.to_ascii_lowercase().replace('_', "-").as_str() {
        "auto" => Ok(None),
        "en" | "en-us" | "en-gb" => Ok(Some(Language::En)),
        "zh" | "zh-cn" | "zh-hans" => Ok(Some(Language::ZhCn)),
        _ => Err(format!("unknown language {word:?}; it is \"auto\", \"en\" or \"zh-CN\"")),
    }
}

pub(super) fn check_language(word: &str) -> Result<(), String> {
    language(word).map(drop)
}

pub(super) fn check_filled(word: &str) -> Result<(), String> {
    if word.trim().is_empty() { Err("the model's id is empty".to_owned()) } else { Ok(()) }
}

pub(super) fn check_object(text: &str) -> Result<(), String> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Object(_)) => Ok(()),
        Ok(_) => Err("extra is JSON, but no object: '{\"top_k\": 20}'".to_owned()),
        Err(error) => Err(format!("extra is no JSON object: {error}")),
    }
}

/// The value is not repeated: somebody may have put the key itself here.
pub(super) fn check_variable(word: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !word.is_empty() && word.chars().all(good) {
        return Ok(());
    }
    Err("api_key_env is the name of an environment variable: letters, digits and _".to_owned())
}

/// A text that is a key of the service as far as anybody can see.
#[must_use]
pub fn looks_like_key(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.trim().strip_prefix("sk-").is_some_and(|rest| rest.len() >= 6 && rest.chars().all(good))
}

/// What to do with a key instead.
const NO_KEY_HERE: &str = "a key does not belong in this file; name its variable (api_key_env), \
     a command that prints it (api_key_command), or put it into secrets.toml";

impl File {
    /// Reads a file; one that is not there is empty unless it was asked for by name.
    pub fn read(path: &Path, named: bool) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &shown),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => {
                Self::parse("", &shown)
            }
            Err(error) => Err(ConfigError::Unreadable { path: shown, reason: error.to_string() }),
        }
    }

    /// Reads a text; `path` is for the messages.
    pub fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        Self::checked(text, path, |_| Ok(()))
    }

    /// Reads a text in which `allowed` may refuse further places.
    pub(super) fn checked(
        text: &str,
        path: &str,
        allowed: impl Fn(&[&str]) -> Result<(), String>,
    ) -> Result<Self, ConfigError> {
        let wrong = |at: usize, reason: String| ConfigError::Wrong {
            path: path.to_owned(),
            line: line_of(text, at),
            reason,
        };
        let syntax = |error: toml::de::Error| {
            wrong(error.span().map_or(0, |span| span.start), error.message().to_owned())
        };
        let table = DeTable::parse(text).map_err(syntax)?;
        let values: toml::Table = text.parse().map_err(syntax)?;
        let mut walk = Walk { allowed: &allowed, places: Vec::new() };
        let changes = walk.table(table.get_ref(), &values, &mut Vec::new());
        let changes = changes.map_err(|(at, reason)| wrong(at, reason))?;
        let only: Vec<Change> = changes.iter().map(|(change, _)| change.clone()).collect();
        let keys = KeyMap::with(&only).map_err(|conflict| {
            // The second of the two is where the reader has to decide.
            let second = changes.iter().rev().find_map(|(change, places)| {
                let here = change.context.name() == conflict.context
                    && change.action.name() == Some(conflict.second);
                let at = change.keys.iter().position(|key| *key == conflict.key)?;
                here.then_some(places.get(at).copied()?)
            });
            wrong(second.unwrap_or(0), conflict.to_string())
        })?;
        let lines = walk.places.into_iter().map(|(path, at)| (path, line_of(text, at))).collect();
        Ok(Self { path: path.to_owned(), keys, values, lines })
    }

    /// The value at a place.
    #[must_use]
    pub fn get(&self, path: &[&str]) -> Option<&toml::Value> {
        let (last, tables) = path.split_last()?;
        let mut table = &self.values;
        for name in tables {
            table = table.get(*name)?.as_table()?;
        }
        table.get(*last)
    }

    /// The line of a place, from 1.
    #[must_use]
    pub fn line(&self, path: &[&str]) -> Option<usize> {
        let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
        self.lines.get(&path).copied()
    }

    /// The profiles it names, and the one that is always there.
    #[must_use]
    pub fn profiles(&self) -> Vec<&str> {
        let named = self.values.get("profiles").and_then(toml::Value::as_table);
        let mut names: Vec<&str> =
            named.into_iter().flat_map(toml::Table::keys).map(String::as_str).collect();
        if !names.contains(&"default") {
            names.push("default");
        }
        names.sort_unstable();
        names
    }

    /// An error about the value at a place.
    pub(super) fn wrong(&self, path: &[&str], reason: String) -> ConfigError {
        ConfigError::Wrong { path: self.path.clone(), line: self.line(path).unwrap_or(1), reason }
    }
}

/// The line an offset is in, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// A fault with its offset in the text.
type Fault = (usize, String);
/// A change of keys with the offset of each key.
type Placed = (Change, Vec<usize>);

/// Goes through a file, judges every value and notes where it stands.
struct Walk<'a> {
    allowed: &'a dyn Fn(&[&str]) -> Result<(), String>,
    places: Vec<(Vec<String>, usize)>,
}

impl Walk<'_> {
    fn table(
        &mut self,
        table: &DeTable<'_>,
        values: &toml::Table,
        path: &mut Vec<String>,
    ) -> Result<Vec<Placed>, Fault> {
        let mut changes = Vec::new();
        for (name, value) in table {
            let (at, name) = (name.span().start, name.get_ref().to_string());
            path.push(name.clone());
            let here: Vec<&str> = path.iter().map(String::as_str).collect();
            no_key(value)?;
            if names_a_key(&here) {
                return Err((at, NO_KEY_HERE.to_owned()));
            }
            let known = here == ["keys"] || setting(&here).is_some() || !below(&here).is_empty();
            (self.allowed)(&here).map_err(|reason| (at, reason))?;
            if !known {
                return Err((at, unknown(&here)));
            }
            self.places.push((path.clone(), at));
            if here == ["keys"] {
                changes = bindings(value)?;
            } else if let Some(setting) = setting(&here) {
                let judged = values.get(&name).map_or(Ok(()), |value| setting.check(value));
                judged.map_err(|reason| (value.span().start, reason))?;
            } else {
                let inner = value.get_ref().as_table();
                let of = values.get(&name).and_then(toml::Value::as_table);
                let (Some(inner), Some(of)) = (inner, of) else {
                    let reason = format!("{} is a table: [{}]", name, here.join("."));
                    return Err((value.span().start, reason));
                };
                changes.extend(self.table(inner, of, path)?);
            }
            path.pop();
        }
        Ok(changes)
    }
}

/// A name under which people put keys.
fn names_a_key(path: &[&str]) -> bool {
    let secret = ["api_key", "apikey", "key", "secret", "token", "access_key", "password"];
    path.first() == Some(&"profiles")
        && path.len() > 2
        && path.last().is_some_and(|name| secret.contains(&name.to_ascii_lowercase().as_str()))
}

/// Refuses a value that looks like a key, without repeating it.
fn no_key(value: &Spanned<DeValue<'_>>) -> Result<(), Fault> {
    match value.get_ref() {
        DeValue::String(text) if looks_like_key(text) => {
            Err((value.span().start, NO_KEY_HERE.to_owned()))
        }
        DeValue::Array(items) => items.iter().try_for_each(no_key),
        _ => Ok(()),
    }
}

fn unknown(path: &[&str]) -> String {
    let (name, table) = path.split_last().map_or(("", path), |(name, table)| (*name, table));
    let mut names = below(table);
    if table.is_empty() {
        names.push("keys");
    }
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let place = match table {
        [] => "here".to_owned(),
        table => format!("in [{}]", table.join(".")),
    };
    let elsewhere = if table.is_empty() && setting(&["chat", name]).is_some() {
        format!("; `{name}` belongs in [chat]")
    } else {
        String::new()
    };
    format!("unknown setting `{name}`; {place} belong {}{elsewhere}", names.join(", "))
}

/// The `[keys.*]` tables as changes.
fn bindings(keys: &Spanned<DeValue<'_>>) -> Result<Vec<Placed>, Fault> {
    let table = |value: &Spanned<DeValue<'_>>, what: &str| {
        (value.span().start, format!("{what} is a table: action = [\"ctrl+o\"]"))
    };
    let contexts = keys.get_ref().as_table();
    let contexts = contexts.ok_or_else(|| table(keys, "[keys.composer]"))?;
    let mut changes = Vec::new();
    for (name, actions) in contexts {
        let context = Context::ALL.into_iter().find(|c| c.name() == name.get_ref().as_ref());
        let context = context.ok_or_else(|| {
            let known: Vec<_> = Context::ALL.iter().map(|c| c.name()).collect();
            let (name, known) = (name.get_ref(), known.join(", "));
            let at = actions.span().start.min(name_start(contexts, name));
            (at, format!("unknown context {name:?}; the contexts are {known}"))
        })?;
        let rows = actions.get_ref().as_table();
        for (name, keys) in rows.ok_or_else(|| table(actions, context.name()))? {
            changes.push(binding(context, name, keys)?);
        }
    }
    // The order of the file, so that of two bindings the later one is the second.
    changes.sort_by_key(|(_, at): &(Placed, usize)| *at);
    Ok(changes.into_iter().map(|(placed, _)| placed).collect())
}

fn name_start(table: &DeTable<'_>, name: &str) -> usize {
    table
        .iter()
        .find(|(known, _)| known.get_ref().as_ref() == name)
        .map_or(0, |(k, _)| k.span().start)
}

fn binding(
    context: Context,
    name: &Spanned<std::borrow::Cow<'_, str>>,
    keys: &Spanned<DeValue<'_>>,
) -> Result<(Placed, usize), Fault> {
    let action = Action::named().find(|a| a.name() == Some(name.get_ref().as_ref()));
    let action = action.ok_or_else(|| {
        let known: Vec<_> = Action::named().filter_map(|a| a.name()).collect();
        let reason =
            format!("unknown action {:?}; the actions are {}", name.get_ref(), known.join(", "));
        (name.span().start, reason)
    })?;
    let list =
        || (keys.span().start, format!("the keys of {} are a list: [\"ctrl+o\"]", name.get_ref()));
    let mut change = Change { context, action, keys: Vec::new() };
    let mut places = Vec::new();
    for key in keys.get_ref().as_array().ok_or_else(list)? {
        let text = key.get_ref().as_str().ok_or_else(list)?;
        let parsed = text.parse::<Key>().map_err(|error| (key.span().start, error.to_string()))?;
        change.keys.push(parsed);
        places.push(key.span().start);
    }
    Ok(((change, places), name.span().start))
}
