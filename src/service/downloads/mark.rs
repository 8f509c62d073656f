//! The mark of a file that came whole: the name it gets is on disk before it has it, so that a
//! program that dies between the name and the store's record does not leave the next one to fetch
//! it a second time. It refuses to believe the mark alone: what lies under the name must be that
//! content.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::part;
use super::{Saved, place};

/// The mark of one file of a task.
#[derive(Debug)]
pub(super) struct Mark {
    dir: PathBuf,
    path: PathBuf,
}

/// A whole file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole<'a> {
    pub(super) bytes: u64,
    /// Hexadecimal.
    pub(super) sha256: &'a str,
}

fn options() -> OpenOptions {
    let mut options = File::options();
    options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
    options
}

impl Mark {
    /// Of a file with that key.
    pub(super) fn of(dir: &Path, key: &str) -> Self {
        Self { dir: dir.to_owned(), path: dir.join(format!(".{key}.done")) }
    }

    /// Says that the file is about to get that name.
    pub(super) fn set(&self, name: &str, whole: Whole<'_>) -> io::Result<()> {
        let mut file = options().write(true).create(true).truncate(true).open(&self.path)?;
        file.write_all(format!("{name}\n{}\n{}\n", whole.bytes, whole.sha256).as_bytes())?;
        file.sync_all()
    }

    /// The file, if it got its name and is still there, whole.
    pub(super) fn found(&self) -> Option<Saved> {
        let mut text = String::new();
        let file = options().read(true).open(&self.path).ok()?;
        file.take(4 << 10).read_to_string(&mut text).ok()?;
        let mut lines = text.lines();
        let (name, bytes, sha256) = (lines.next()?, lines.next()?, lines.next()?);
        let bytes: u64 = bytes.parse().ok()?;
        if name.contains('/') || name.starts_with('.') {
            return None;
        }
        let path = self.dir.join(name);
        let mut file = options().read(true).open(&path).ok()?;
        let meta = file.metadata().ok()?;
        if !meta.is_file() || meta.len() != bytes || part::sums(&mut file).ok()?.sha256 != sha256 {
            return None;
        }
        Some(Saved { path: path.display().to_string(), bytes, sha256: sha256.to_owned() })
    }

    /// The store knows of the file: the mark has done its work.
    pub(super) fn clear(&self) {
        // One that stays behind names a file that is in the store, and harms nobody.
        let _ = fs::remove_file(&self.path);
    }

    /// Gives a whole file its name, or the next free one like it; never takes another's.
    pub(super) fn publish(&self, part: &Path, name: &str, whole: Whole<'_>) -> io::Result<PathBuf> {
        place::publish(part, &self.dir, name, |name| self.set(name, whole))
    }
}
