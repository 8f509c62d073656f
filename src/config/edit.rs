//! Writes one setting into the user's file and leaves everything else as it is: comments, order,
//! spaces, the link a file may be. It refuses to write what would be refused at the next start.
#![expect(clippy::disallowed_methods, reason = "the room that reads configuration files")]

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, Value};

use super::ConfigError;
use super::file::File;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The file, as it is or as it would be, is wrong.
    #[error(transparent)]
    Wrong(#[from] ConfigError),
    /// Something on the way is a value and no table.
    #[error("{path}: `{name}` is no table")]
    NoTable {
        /// The file.
        path: String,
        /// What is in the way.
        name: String,
    },
    /// It cannot be written.
    #[error("{path}: {error}")]
    Unwritable {
        /// The file.
        path: String,
        /// The system's words.
        error: io::Error,
    },
}

/// Sets the value at a place of the file, which is made if it is not there. Returns whether
/// anything changed.
pub fn set(path: &Path, at: &[&str], value: impl Into<Value>) -> Result<bool, EditError> {
    let shown = path.display().to_string();
    let unwritable = |error| EditError::Unwritable { path: shown.clone(), error };
    // The file behind a link is the one to replace.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unwritable(error)),
    };
    // What cannot be read now must not be made worse, and its fault is named better there.
    File::parse(&before, &shown)?;
    let after = changed(&before, &shown, at, value.into())?;
    if after == before {
        return Ok(false);
    }
    File::parse(&after, &shown)?;
    replace(&path, &after).map_err(unwritable)?;
    Ok(true)
}

/// A value of a setting as it is written.
#[must_use]
pub fn written(value: &toml::Value) -> Value {
    match value {
        toml::Value::Integer(n) => (*n).into(),
        toml::Value::Float(n) => (*n).into(),
        toml::Value::Boolean(on) => (*on).into(),
        toml::Value::Array(items) => items.iter().map(written).collect(),
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Datetime(_) | toml::Value::Table(_) => value.to_string().into(),
    }
}

/// The text with the value in it.
fn changed(before: &str, shown: &str, at: &[&str], value: Value) -> Result<String, EditError> {
    let mut document: DocumentMut = before.parse().map_err(|error: toml_edit::TomlError| {
        ConfigError::Wrong { path: shown.to_owned(), line: 1, reason: error.message().to_owned() }
    })?;
    let Some((name, tables)) = at.split_last() else { return Ok(before.to_owned()) };
    let mut item = document.as_item_mut();
    for (depth, table) in tables.iter().enumerate() {
        let no_table =
            || EditError::NoTable { path: shown.to_owned(), name: at[..=depth].join(".") };
        let of = item.as_table_like_mut().ok_or_else(no_table)?;
        if !of.contains_key(table) {
            let mut fresh = Table::new();
            // Only the last of a new path needs a head of its own.
            fresh.set_implicit(depth + 1 < tables.len());
            of.insert(table, Item::Table(fresh));
        }
        item = of.get_mut(table).ok_or_else(no_table)?;
    }
    let no_table = || EditError::NoTable { path: shown.to_owned(), name: tables.join(".") };
    let table = item.as_table_like_mut().ok_or_else(no_table)?;
    let mut value = value;
    match table.get_mut(name) {
        Some(Item::Value(old)) => {
            // A comment behind the value belongs to the old value's decoration.
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        Some(other) => *other = Item::Value(value),
        None => drop(table.insert(name, Item::Value(value))),
    }
    Ok(document.to_string())
}

/// Puts the whole text in place at once: whoever reads sees the old file or the new one.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    let dir = dir.map_or_else(|| PathBuf::from("."), Path::to_owned);
    if !dir.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(&dir)?;
    }
    let mode = std::fs::metadata(path).map_or(0o600, |found| found.permissions().mode() & 0o777);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.ok_or(io::ErrorKind::InvalidFilename)?;
    let fresh = dir.join(format!(".{name}.{}.new", std::process::id()));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&fresh)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let placed = written.and_then(|()| std::fs::rename(&fresh, path));
    if placed.is_err() {
        drop(std::fs::remove_file(&fresh));
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(before: &str, at: &[&str], value: impl Into<Value>) -> String {
        changed(before, "c.toml", at, value.into()).unwrap()
    }

    #[test]
    fn comments_and_order_stay() {
        let before = "# mine\ntheme = \"dark\"   # at night\n\n# talk\n[chat]\nmodel = 'qwen-plus' # cheap\n# last\n";
        assert_eq!(after(before, &["theme"], "light"), before.replace("\"dark\"", "\"light\""));
        assert_eq!(
            after(before, &["chat", "model"], "qwen-max"),
            before.replace("'qwen-plus'", "\"qwen-max\"")
        );
        assert_eq!(
            after(before, &["chat", "thinking"], true),
            before.replace("# last\n", "thinking = true\n# last\n")
        );
    }

    #[test]
    fn new_places_are_made() {
        assert_eq!(after("", &["theme"], "light"), "theme = \"light\"\n");
        assert_eq!(
            after("[chat]\nseed = 1\n", &["theme"], "light"),
            "theme = \"light\"\n[chat]\nseed = 1\n"
        );
        assert_eq!(
            after("", &["profiles", "work", "region"], "us-east-1"),
            "[profiles.work]\nregion = \"us-east-1\"\n"
        );
        assert_eq!(
            after("chat = { seed = 1 }\n", &["chat", "model"], "m"),
            "chat = { seed = 1 , model = \"m\" }\n"
        );
    }

    #[test]
    fn a_file_is_replaced_whole_and_a_link_stays_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("dotfiles.toml");
        let link = dir.path().join("config.toml");
        std::fs::write(&real, "theme = \"dark\" # x\n").unwrap();
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(set(&link, &["theme"], "light").unwrap());
        assert!(!set(&link, &["theme"], "light").unwrap(), "nothing to change");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "theme = \"light\" # x\n");
        assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left over");
    }

    #[test]
    fn what_is_wrong_is_not_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/config.toml");
        let error = set(&path, &["chat", "temperature"], 9.0).unwrap_err().to_string();
        assert!(error.contains("temperature is 9.0") && !path.exists(), "{error}");
        assert!(set(&path, &["theme"], "light").unwrap());
        std::fs::write(&path, "theme = \n").unwrap();
        let error = set(&path, &["theme"], "dark").unwrap_err().to_string();
        assert!(error.contains("config.toml:1:"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theme = \n");
        std::fs::write(&path, "theme = \"dark\"\n").unwrap();
        assert!(set(&path, &["theme", "x"], 1).unwrap_err().to_string().contains("no table"));
    }
}
