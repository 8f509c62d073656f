//! The files of the log: made when the first line comes, bounded in size and number.
//! It refuses to fail: a log that cannot be written is no log, and nothing else.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::service::private;

/// Files that are kept, the one being written included.
pub(super) const FILES: usize = 10;

/// Bytes after which a process begins another file; with the number of files this bounds all.
pub(super) const SIZE: u64 = 2 * 1024 * 1024;

/// The file one process writes.
#[derive(Debug)]
pub(super) struct LogFile {
    dir: PathBuf,
    stem: String,
    part: u32,
    open: Option<File>,
    size: u64,
    failed: bool,
}

impl LogFile {
    /// Names the file; it is made with the first line.
    pub(super) fn new(dir: PathBuf, stem: String) -> Self {
        Self { dir, stem, part: 0, open: None, size: 0, failed: false }
    }

    /// Writes a whole line, or drops it.
    pub(super) fn write(&mut self, line: &[u8]) {
        if self.open.is_none() || self.size > SIZE {
            self.next();
        }
        if let Some(file) = &mut self.open
            && file.write_all(line).is_ok()
        {
            self.size += line.len() as u64;
        }
    }

    fn next(&mut self) {
        if self.failed {
            return;
        }
        self.part += 1;
        let name = match self.part {
            1 => format!("{}.log", self.stem),
            part => format!("{}-{part}.log", self.stem),
        };
        self.open = private::make_dir(&self.dir)
            .and_then(|()| {
                let path = self.dir.join(name);
                prune(&self.dir, "lian-", ".log", FILES, &path);
                private::make_file(&path, File::options().append(true))
            })
            .ok();
        self.size = self.open.as_ref().and_then(|file| file.metadata().ok()).map_or(0, |d| d.len());
        // One try: a directory that cannot be written is not asked again at each line.
        self.failed = self.open.is_none();
    }
}

/// Removes the oldest files of a kind until `keep` are left, `coming` counted.
pub(super) fn prune(dir: &Path, start: &str, end: &str, keep: usize, coming: &Path) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let mut files: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(start) && name.ends_with(end) && entry.path() != coming
        })
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort();
    let surplus = (files.len() + 1).saturating_sub(keep);
    for (_, path) in files.into_iter().take(surplus) {
        let _ = std::fs::remove_file(path);
    }
}
