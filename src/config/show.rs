//! Every setting in force with the one who said it, for people and for `--json`. It refuses to
//! show a key: none ever gets this far, and passwords in addresses are taken out.

use super::layers::Layers;
use super::options::SETTINGS;
use super::{ConfigError, file};
use crate::action::Context;
use crate::input::key::Key;
use crate::input::keymap::KeyMap;

/// One setting in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Its place in the file.
    pub key: String,
    /// The value; `None` where nothing is set.
    pub value: Option<toml::Value>,
    /// Who said it.
    pub source: String,
}

/// The keys of one action in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Where they hold.
    pub context: &'static str,
    /// As the file spells them; none where it is switched off.
    pub keys: Vec<String>,
    /// The action's name.
    pub action: &'static str,
    /// What it does, in English.
    pub doc: &'static str,
}

/// The keys in force, by context, in the order of the table.
#[must_use]
pub fn keys(keys: &KeyMap) -> Vec<Bound> {
    let of = |context: Context| {
        keys.rows(context).filter_map(move |(keys, action)| {
            let keys = keys.iter().map(Key::to_string).collect();
            Some(Bound {
                context: context.name(),
                keys,
                action: action.name()?,
                doc: action.doc()?,
            })
        })
    };
    Context::ALL.into_iter().flat_map(of).collect()
}

/// All of them, in the order of the file.
pub(super) fn all(layers: &Layers<'_>) -> Result<Vec<Shown>, ConfigError> {
    let mut rows = Vec::new();
    for setting in SETTINGS {
        let found = layers.find(setting)?;
        let key = setting.path(layers.profile).join(".");
        rows.push(match found {
            Some(found) => {
                Shown { key, value: Some(redacted(found.value)), source: found.source.text() }
            }
            None => Shown { key, value: None, source: "not set".to_owned() },
        });
    }
    Ok(rows)
}

/// The value without what nobody should see.
fn redacted(value: toml::Value) -> toml::Value {
    match value {
        toml::Value::String(text) if file::looks_like_key(&text) => "[key]".into(),
        toml::Value::String(text) => match text.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                match host.rsplit_once('@') {
                    Some((_, host)) => format!("{scheme}://[password]@{host}{path}").into(),
                    None => text.into(),
                }
            }
            None => text.into(),
        },
        toml::Value::Array(items) => items.into_iter().map(redacted).collect::<Vec<_>>().into(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_keys_are_taken_out() {
        let of = |text: &str| redacted(text.into()).as_str().unwrap().to_owned();
        assert_eq!(of("http://me:secret@h.example/v1"), "http://[password]@h.example/v1");
        assert_eq!(of("http://h.example/a@b"), "http://h.example/a@b");
        assert_eq!(of("sk-0123456789"), "[key]");
        assert_eq!(of("qwen-plus"), "qwen-plus");
    }
}
