//! What was uploaded already: the same bytes go to the same model once in two days. It owns a small
//! file in the cache directory, and refuses to fail where that cannot be used.

#![expect(clippy::disallowed_methods, reason = "it owns its file and looks at the clock for it")]

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::service::private::{make_dir, make_file};

/// The service keeps files for 48 hours; an hour is for questions that are asked again.
const KEPT: Duration = Duration::from_secs(47 * 3600);
/// No more are remembered.
const MOST: usize = 500;
/// A longer file is not ours.
const LONGEST: u64 = 1 << 20;

/// Uploads that are still there. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Uploads(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    path: Option<PathBuf>,
    known: Mutex<Option<Vec<Known>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// Of the bytes, SHA-256 in hexadecimal.
    hash: String,
    /// The model the upload is for.
    model: String,
    /// The service it was made at.
    origin: String,
    url: String,
    until_s: u64,
}

impl Uploads {
    /// Kept in a file in this directory from one start to the next.
    #[must_use]
    pub fn in_dir(dir: &Path) -> Self {
        Self(Arc::new(Inner { path: Some(dir.join("uploads.json")), known: Mutex::default() }))
    }

    /// Where these bytes are for that model, if they still are. Reads a file at the first call.
    #[must_use]
    pub fn find(&self, hash: &str, model: &str, origin: &str) -> Option<String> {
        self.with(|known| {
            let same = |it: &&Known| it.hash == hash && it.model == model && it.origin == origin;
            known.iter().find(same).map(|it| it.url.clone())
        })
    }

    /// Remembers an upload.
    pub fn keep(&self, hash: &str, model: &str, origin: &str, url: &str) {
        let until_s = now_s() + KEPT.as_secs();
        let (hash, model, origin) = (hash.to_owned(), model.to_owned(), origin.to_owned());
        self.change(|known| {
            known.push(Known { hash, model, origin, url: url.to_owned(), until_s });
            let over = known.len().saturating_sub(MOST);
            known.drain(..over);
        });
    }

    /// The service did not find these: they are gone, or belong to another account.
    pub fn forget(&self, urls: &[String]) {
        self.change(|known| known.retain(|it| !urls.contains(&it.url)));
    }

    fn with<T>(&self, read: impl FnOnce(&mut Vec<Known>) -> T) -> T {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_with(|| self.load().unwrap_or_default());
        let now = now_s();
        known.retain(|it| it.until_s > now && it.until_s <= now + KEPT.as_secs());
        read(known)
    }

    fn change(&self, write: impl FnOnce(&mut Vec<Known>)) {
        let written = self.with(|known| {
            write(known);
            self.save(known)
        });
        if let Err(error) = written {
            // The next start uploads once more, that is all.
            tracing::warn!(%error, "uploads are not remembered");
        }
    }

    fn load(&self) -> io::Result<Vec<Known>> {
        let Some(path) = &self.0.path else { return Ok(Vec::new()) };
        let mut text = String::new();
        let file = OpenOptions::new().read(true).open(path)?;
        file.take(LONGEST).read_to_string(&mut text)?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    fn save(&self, known: &[Known]) -> io::Result<()> {
        let Some(path) = &self.0.path else { return Ok(()) };
        if let Some(dir) = path.parent() {
            make_dir(dir)?;
        }
        // Whole or not at all, whoever else writes at the same time.
        let aside = path.with_extension(format!("{}.tmp", std::process::id()));
        let mut file = make_file(&aside, OpenOptions::new().write(true).truncate(true))?;
        file.write_all(serde_json::to_string(known)?.as_bytes())?;
        std::fs::rename(&aside, path)
    }
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The hash of what is read.
pub(super) fn hash(mut from: impl io::Read) -> io::Result<String> {
    let mut hasher = Context::new(&SHA256);
    let mut block = vec![0; 64 << 10];
    loop {
        let count = from.read(&mut block)?;
        if count == 0 {
            break;
        }
        hasher.update(&block[..count]);
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finish().as_ref() {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_are_known_from_one_start_to_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("cache/lian");
        let uploads = Uploads::in_dir(&place);
        assert_eq!(uploads.find("h", "m", "o"), None);
        uploads.keep("h", "m", "o", "oss://a");
        uploads.keep("h", "other", "o", "oss://b");
        let again = Uploads::in_dir(&place);
        assert_eq!(again.find("h", "m", "o").as_deref(), Some("oss://a"));
        assert_eq!(again.find("h", "m", "elsewhere"), None, "another service has its own");
        again.forget(&["oss://a".to_owned()]);
        assert_eq!(Uploads::in_dir(&place).find("h", "m", "o"), None);
        assert_eq!(Uploads::in_dir(&place).find("h", "other", "o").as_deref(), Some("oss://b"));
        let nowhere = Uploads::default();
        nowhere.keep("h", "m", "o", "oss://c");
        assert_eq!(nowhere.find("h", "m", "o").as_deref(), Some("oss://c"));
    }

    #[test]
    fn what_is_old_or_odd_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("uploads.json");
        let row = |until_s: u64| {
            format!(
                r#"[{{"hash":"h","model":"m","origin":"o","url":"oss://a","until_s":{until_s}}}]"#
            )
        };
        let now = now_s();
        for (text, found) in [
            (row(now + 3600), true),
            (row(now), false),
            (row(now + 1_000_000), false),
            ("nonsense".to_owned(), false),
            ("[{}]".to_owned(), false),
        ] {
            std::fs::write(&path, &text).unwrap();
            let uploads = Uploads::in_dir(dir.path());
            assert_eq!(uploads.find("h", "m", "o").is_some(), found, "{text}");
        }
    }

    #[test]
    fn a_hash_is_that_of_the_bytes() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash(&b"abc"[..]).unwrap(), abc);
    }
}
