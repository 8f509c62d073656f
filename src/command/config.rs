//! `lian config`: what is in force and why, on stdout. It refuses to print a key.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::config::ConfigCommand;
use crate::config::layers::Source;
use crate::config::options::{SETTINGS, setting};
use crate::config::paths::Paths;
use crate::config::{Config, EXAMPLE, Flags, edit, show};
use crate::domain::notice::{Notice, NoticeKind};
use crate::service::connect;
use crate::service::keys::Keys;
use crate::service::log::Hidden;
use crate::words;

/// What was answered: text for stdout, sentences for stderr, the exit code.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// For stdout.
    pub out: String,
    /// For stderr, one sentence a line.
    pub err: Vec<String>,
    /// The exit code.
    pub code: u8,
}

const USAGE: u8 = 2;
const CONFIGURATION: u8 = 6;

fn wrong(code: u8, sentence: String) -> Answer {
    Answer { err: vec![sentence], code, ..Answer::default() }
}

/// Does it.
pub async fn run(what: &ConfigCommand, flags: &Flags) -> Answer {
    let text = |out: String| Answer { out, ..Answer::default() };
    match what {
        ConfigCommand::Path => match Paths::find(flags, &super::env) {
            Some(paths) => text(format!("{}\n", paths.config.display())),
            None => wrong(CONFIGURATION, crate::config::ConfigError::Homeless.to_string()),
        },
        ConfigCommand::Example => text(EXAMPLE.to_owned()),
        ConfigCommand::Set { name, value } => set(name, value, flags),
        ConfigCommand::Show { .. } | ConfigCommand::Check | ConfigCommand::Keys { .. } => {
            let config = match crate::config::load(flags, &super::env) {
                Ok(config) => config,
                Err(error) => return wrong(CONFIGURATION, error.to_string()),
            };
            match what {
                ConfigCommand::Keys { json } => text(keys(&config, *json)),
                ConfigCommand::Check => check(&config).await,
                _ => shown(&config, matches!(what, ConfigCommand::Show { json: true })).await,
            }
        }
    }
}

/// Where the key is: its place, or why there is none.
async fn key(config: &Config) -> Result<Option<String>, Notice> {
    let keys = Keys::of(config.target.keys.clone(), Hidden::default(), false);
    let found = keys.get().await.map_err(|fault| Notice::new(NoticeKind::Key(fault)))?;
    Ok(found.map(|key| key.source))
}

async fn check(config: &Config) -> Answer {
    let language = config.settings.language;
    let endpoint = match connect::endpoint(&config.target) {
        Ok(endpoint) => endpoint,
        Err(error) => return wrong(CONFIGURATION, error.to_string()),
    };
    let mut answer = Answer { out: "ok\n".to_owned(), ..Answer::default() };
    match key(config).await {
        Err(notice) => return wrong(CONFIGURATION, words::line(language, &notice)),
        Ok(None) if endpoint.needs_key() => {
            let kind = NoticeKind::KeyMissing {
                origin: endpoint.origin(),
                variable: endpoint.key_source().to_owned(),
            };
            answer.err.push(words::line(language, &Notice::new(kind)));
        }
        Ok(source) => {
            let remark = source.and_then(|source| crate::service::keys::remark(&source));
            answer.err.extend(remark.map(|notice| words::line(language, &notice)));
        }
    }
    answer
}

async fn shown(config: &Config, json: bool) -> Answer {
    let language = config.settings.language;
    let key = key(config).await;
    let address = connect::endpoint(&config.target);
    let address =
        address.map_or_else(|error| error.to_string(), |found| found.compat().to_string());
    let files = [
        ("configuration", config.paths.config.display().to_string()),
        ("secrets", config.paths.secrets.display().to_string()),
        ("data", config.paths.data.display().to_string()),
        ("state", config.paths.state.display().to_string()),
    ];
    let places = config.target.keys.places();
    if json {
        let rows = config.shown.iter().map(|row| {
            json!({"key": row.key, "value": row.value.as_ref().map(as_json), "source": row.source})
        });
        let (source, error) = match &key {
            Ok(source) => (source.clone(), None),
            Err(notice) => (None, Some(words::line(language, notice))),
        };
        let files: serde_json::Map<_, _> =
            files.into_iter().map(|(name, path)| (name.to_owned(), Value::from(path))).collect();
        let whole = json!({
            "profile": config.settings.place.profile,
            "address": address,
            "key": {"source": source, "places": places, "error": error},
            "settings": rows.collect::<Vec<_>>(),
            "files": files,
        });
        return Answer { out: format!("{whole:#}\n"), ..Answer::default() };
    }
    let key = match &key {
        Ok(Some(source)) => format!("from {source}"),
        Ok(None) => format!("none; looked for in {}", places.join(", ")),
        Err(notice) => words::line(language, notice),
    };
    let mut out = String::new();
    let rows: Vec<(String, &str)> = config.shown.iter().map(row).collect();
    let width = rows.iter().map(|(row, _)| row.chars().count()).max().unwrap_or(0).min(60);
    for (row, source) in &rows {
        // Writing into a text cannot fail.
        let _ = writeln!(out, "{row:width$}  # {source}");
    }
    let _ = writeln!(out, "\n# address: {address}\n# key: {key}");
    for (name, path) in files {
        let _ = writeln!(out, "# {name}: {path}");
    }
    Answer { out, ..Answer::default() }
}

fn row(row: &show::Shown) -> (String, &str) {
    let text = match &row.value {
        Some(value) => format!("{} = {value}", row.key),
        None => format!("# {} =", row.key),
    };
    (text, &row.source)
}

fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.clone().into(),
        toml::Value::Integer(n) => (*n).into(),
        toml::Value::Float(n) => (*n).into(),
        toml::Value::Boolean(on) => (*on).into(),
        toml::Value::Array(items) => items.iter().map(as_json).collect(),
        toml::Value::Datetime(_) | toml::Value::Table(_) => value.to_string().into(),
    }
}

/// The keys in force.
fn keys(config: &Config, json: bool) -> String {
    let doc = |row: &show::Bound| words::action(config.settings.language, row.action, row.doc);
    let rows = show::keys(&config.keys);
    if json {
        let rows = rows.iter().map(|row| {
            json!({"context": row.context, "keys": row.keys, "action": row.action, "doc": doc(row)})
        });
        return format!("{:#}\n", Value::from(rows.collect::<Vec<_>>()));
    }
    let mut out = String::new();
    let mut context = "";
    for row in &rows {
        if row.context != context {
            let gap = if context.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}[keys.{}]", row.context);
            context = row.context;
        }
        let keys: Vec<_> = row.keys.iter().map(|key| format!("{key:?}")).collect();
        let binding = format!("{} = [{}]", row.action, keys.join(", "));
        let _ = writeln!(out, "{binding:46}  # {}", doc(row));
    }
    out
}

/// Writes one setting.
fn set(name: &str, value: &str, flags: &Flags) -> Answer {
    let path: Vec<&str> = name.split('.').collect();
    let Some(setting) = setting(&path) else {
        let known: Vec<_> = SETTINGS.iter().map(|setting| setting.key).collect();
        let known = known.join(", ");
        return wrong(USAGE, format!("unknown setting {name:?}; the settings are {known}"));
    };
    let value = match setting.read(value) {
        Ok(value) => value,
        Err(reason) => return wrong(CONFIGURATION, reason),
    };
    let Some(paths) = Paths::find(flags, &super::env) else {
        return wrong(CONFIGURATION, crate::config::ConfigError::Homeless.to_string());
    };
    if let Err(error) = edit::set(&paths.config, &path, edit::written(&value)) {
        return wrong(CONFIGURATION, error.to_string());
    }
    let mut answer = Answer {
        out: format!("{name} = {value}  # {}\n", paths.config.display()),
        ..Answer::default()
    };
    // Whoever sets something wants to know when it does not count.
    let config = crate::config::load(flags, &super::env);
    let rows = config.map_or_else(|_| Vec::new(), |config| config.shown);
    let held = rows.iter().find(|row| row.key == name && row.value.as_ref() != Some(&value));
    if let Some(row) = held.filter(|row| row.source != Source::Default.text()) {
        answer.err.push(format!("{name} is decided by {}", row.source));
    }
    answer
}
