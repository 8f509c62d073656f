//! Where a profile's key is to be looked for, and the file `secrets.toml` that only its owner may
//! read. It refuses to run commands (a service does) and to repeat a line of that file.
#![expect(clippy::disallowed_methods, reason = "the room that reads configuration files")]

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::ConfigError;
use super::layers::{Layers, Source};
use crate::domain::keys::KeyFault;

/// The usual variable.
pub const USUAL: &str = "DASHSCOPE_API_KEY";
/// Other variables that people have their keys in.
pub const OTHERS: [&str; 2] = ["BAILIAN_API_KEY", "QWEN_API_KEY"];

/// Where to look for a key, in this order: environment, command, keyring, file.
#[derive(Debug, Clone)]
pub struct KeyPlan {
    /// Found in the environment, with the variable's name.
    pub environment: Option<(SecretString, String)>,
    /// The variable that was looked at, for people without a key.
    pub variable: String,
    /// A program that prints the key, with its arguments.
    pub command: Option<Vec<String>>,
    /// The name of the profile in keyring and file.
    pub profile: String,
    /// The file with keys.
    pub file: PathBuf,
}

impl PartialEq for KeyPlan {
    fn eq(&self, other: &Self) -> bool {
        let key =
            |plan: &Self| plan.environment.as_ref().map(|(key, _)| key.expose_secret().to_owned());
        let rest = |plan: &Self| {
            let Self { variable, command, profile, file, .. } = plan.clone();
            (variable, command, profile, file)
        };
        key(self) == key(other) && rest(self) == rest(other)
    }
}

impl KeyPlan {
    /// What the settings say. A profile whose chat surface is another server sends only a key
    /// that it names itself.
    pub fn of(layers: &Layers<'_>, elsewhere: bool, file: PathBuf) -> Result<Self, ConfigError> {
        let named = layers.text("profiles.*.api_key_env")?;
        let command = layers.value("profiles.*.api_key_command")?.and_then(|found| {
            let words = found.value.as_array()?.clone();
            Some(words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect())
        });
        let is_default = |source: &Source| *source == Source::Default;
        let variable = match named {
            Some((name, source)) if !(elsewhere && is_default(&source)) => Some(name),
            Some(_) | None if elsewhere => None,
            Some((name, _)) => Some(name),
            None => Some(USUAL.to_owned()),
        };
        let mut environment = None;
        if let Some(name) = &variable {
            let mut names = vec![name.as_str()];
            // Other names are a guess, which a command that was named makes needless.
            if name == USUAL && command.is_none() {
                names.extend(OTHERS);
            }
            environment = names.into_iter().find_map(|name| {
                let key = (layers.env)(name)?.trim().to_owned();
                (!key.is_empty()).then(|| (SecretString::from(key), name.to_owned()))
            });
        }
        Ok(Self {
            environment,
            variable: variable.unwrap_or_else(|| "none".to_owned()),
            command,
            profile: layers.profile.to_owned(),
            file,
        })
    }

    /// A key that is known, from this place.
    #[must_use]
    pub fn at_hand(key: &str, source: &str) -> Self {
        Self {
            environment: Some((SecretString::from(key), source.to_owned())),
            variable: source.to_owned(),
            command: None,
            profile: String::new(),
            file: PathBuf::new(),
        }
    }

    /// The places in words, in the order in which they are tried.
    #[must_use]
    pub fn places(&self) -> Vec<String> {
        let mut places = vec![self.variable.clone()];
        places.extend(self.command.as_ref().and_then(|words| words.first()).cloned());
        if cfg!(feature = "keyring") {
            places.push("keyring".to_owned());
        }
        places.push(self.file.display().to_string());
        places
    }
}

/// The key of a profile from the file; `None` if the file or the profile in it is not there.
pub fn from_file(path: &Path, profile: &str) -> Result<Option<SecretString>, KeyFault> {
    let shown = || path.display().to_string();
    let unreadable = |_| KeyFault::FileUnreadable { path: shown() };
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFault::FileOpen { path: shown(), mode });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    let wrong = |at: usize| {
        let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        KeyFault::FileWrong { path: shown(), line }
    };
    let table = toml::de::DeTable::parse(&text);
    // The parser's own words may repeat the line.
    let table = table.map_err(|error| wrong(error.span().map_or(0, |span| span.start)))?;
    for (name, value) in table.get_ref() {
        let key = value.get_ref().as_str().ok_or_else(|| wrong(name.span().start))?;
        if name.get_ref() == profile {
            let key = key.trim();
            return Ok((!key.is_empty()).then(|| SecretString::from(key)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_only_if_nobody_else_can() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets.toml");
        assert!(from_file(&path, "default").unwrap().is_none());
        std::fs::write(&path, "default = \"sk-one\"\nprod = \"sk-two\"\n").unwrap();
        let mode = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        for open in [0o644, 0o640, 0o604, 0o620] {
            mode(open);
            let fault = from_file(&path, "prod").unwrap_err();
            assert!(matches!(fault, KeyFault::FileOpen { mode, .. } if mode == open), "{fault:?}");
        }
        mode(0o600);
        let key = from_file(&path, "prod").unwrap().unwrap();
        assert_eq!(key.expose_secret(), "sk-two");
        assert!(from_file(&path, "other").unwrap().is_none());
    }

    #[test]
    fn a_wrong_line_is_numbered_and_not_repeated() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets.toml");
        for (text, at) in [
            ("a = \"sk-x\"\nb = 3\n", 2),
            ("a = \"sk-x\"\n\nsk-secret\n", 3),
            ("[a]\nkey = \"sk-x\"", 1),
        ] {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            let fault = from_file(&path, "none").unwrap_err();
            assert!(matches!(&fault, KeyFault::FileWrong { line, .. } if *line == at), "{fault:?}");
            assert!(!format!("{fault:?}").contains("sk-"));
        }
    }
}
