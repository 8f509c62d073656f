//! The project's file, `.lian.toml`: which one counts and the little it may set. It refuses
//! everything that could run a command, move a key or change where requests go: whoever clones a
//! repository has not read its files.
#![expect(clippy::disallowed_methods, reason = "the room that reads configuration files")]

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::file::File;
use super::options::setting;
use super::{ConfigError, Env};
use crate::theme::SHIPPED;

/// Its name.
pub const NAME: &str = ".lian.toml";

/// The project's file that counts: the nearest in the working directory and those above it, up to
/// the root of the repository (the directory with `.git`). The home directory and what is above it
/// are no project. A file of another user is passed over: shared directories are anybody's.
#[must_use]
pub fn find(from: &Path, env: Env<'_>) -> Option<PathBuf> {
    let home = env("HOME").map(PathBuf::from);
    for dir in from.ancestors() {
        if home.as_deref() == Some(dir) || home.as_ref().is_some_and(|home| home.starts_with(dir)) {
            return None;
        }
        let file = dir.join(NAME);
        if std::fs::metadata(&file).is_ok_and(|found| found.is_file() && is_ours(found.uid())) {
            return Some(file);
        }
        if dir.join(".git").exists() {
            return None;
        }
    }
    None
}

fn is_ours(owner: u32) -> bool {
    #[expect(unsafe_code, reason = "std does not tell who runs us")]
    // SAFETY: it takes nothing, touches no memory and cannot fail.
    let us = unsafe { libc::geteuid() };
    us == 0 || owner == us || owner == 0
}

/// Reads it.
pub fn read(path: &Path) -> Result<File, ConfigError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        path: shown.clone(),
        reason: error.to_string(),
    })?;
    parse(&text, &shown)
}

/// Reads its text; `path` is for the messages.
pub fn parse(text: &str, path: &str) -> Result<File, ConfigError> {
    let file = File::checked(text, path, allowed)?;
    let theme = file.get(&["theme"]).and_then(toml::Value::as_str);
    if let Some(theme) = theme.filter(|name| !is_shipped(name)) {
        let known: Vec<_> = SHIPPED.iter().map(|(name, _)| *name).collect();
        let reason = format!(
            "a project may name a shipped theme only ({}, auto), not {theme:?}",
            known.join(", ")
        );
        return Err(file.wrong(&["theme"], reason));
    }
    Ok(file)
}

fn is_shipped(name: &str) -> bool {
    name == "auto" || SHIPPED.iter().any(|(known, _)| *known == name)
}

fn allowed(path: &[&str]) -> Result<(), String> {
    if path == ["chat"] || setting(path).is_some_and(super::options::Setting::for_projects) {
        return Ok(());
    }
    let name = path.join(".");
    Err(format!(
        "a project's file may not set `{name}`, because a cloned repository must not run a command \
         or move a key; it may set `theme` and, in [chat], the model, `system` and parameters"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_harms_nobody_may_be_set() {
        let good = "theme = \"light\"\n[chat]\nmodel = \"qwen-max\"\nsystem = \"be brief\"\ntemperature = 0.2";
        assert!(parse(good, NAME).is_ok());
        for (text, line, name) in [
            ("profile = \"prod\"", 1, "`profile`"),
            ("theme = \"dark\"\n\n[profiles.default]\napi_key_command = [\"sh\"]", 3, "`profiles`"),
            ("[keys.global]\nquit = [\"q\"]", 1, "`keys`"),
            ("[deadlines]\nidle = 3", 1, "`deadlines`"),
            ("figures = \"seed\"", 1, "`figures`"),
        ] {
            let said = parse(text, NAME).unwrap_err().to_string();
            assert!(
                said.starts_with(&format!(
                    ".lian.toml:{line}: a project's file may not set {name}"
                )),
                "{said}"
            );
            assert!(said.contains("move a key"), "{said}");
        }
        let theme = parse("theme = \"/etc/passwd\"", NAME).unwrap_err().to_string();
        assert!(theme.contains("a shipped theme only (default, "), "{theme}");
    }

    #[test]
    fn the_nearest_file_below_home_and_within_the_repository_counts() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().display().to_string();
        let env = |name: &str| (name == "HOME").then(|| home.clone());
        let deep = dir.path().join("work/repo/src");
        std::fs::create_dir_all(&deep).unwrap();
        let put = |below: &str| std::fs::write(dir.path().join(below), "").unwrap();
        put(".lian.toml");
        assert_eq!(find(&deep, &env), None, "home is no project");
        put("work/.lian.toml");
        assert_eq!(find(&deep, &env), Some(dir.path().join("work/.lian.toml")));
        std::fs::create_dir(dir.path().join("work/repo/.git")).unwrap();
        assert_eq!(find(&deep, &env), None, "a repository ends the search");
        put("work/repo/.lian.toml");
        assert_eq!(find(&deep, &env), Some(dir.path().join("work/repo/.lian.toml")));
    }
}
