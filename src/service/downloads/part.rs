//! A file that has not come whole: hidden, with a note of the content it belongs to, so that any
//! later process can go on with it. It refuses to follow a link that lies in its place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use ring::digest::{Context, SHA256};

use super::mark::{Mark, Whole};
use crate::api::files::Resume;

/// What a server's content is known by, in a line of its own, and its length.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Note {
    validator: String,
    total: Option<u64>,
}

/// Checksums of a whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sums {
    /// Hexadecimal.
    pub(super) sha256: String,
    /// Base64, as `Content-MD5` has it.
    pub(super) md5: String,
}

/// A file that is arriving.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
    note_path: PathBuf,
    note: Option<Note>,
    file: File,
    length: u64,
}

fn options() -> OpenOptions {
    let mut options = File::options();
    options.read(true).write(true).create(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
    options
}

impl Part {
    /// Takes away what is left of a file that has its name already.
    pub(super) fn clean(dir: &Path, key: &str) {
        // What stays behind is found and taken away another time.
        let _ = remove(&dir.join(format!(".{key}.part")));
        let _ = remove(&dir.join(format!(".{key}.note")));
    }

    /// Opens what is there of it, or begins.
    pub(super) fn open(dir: &Path, key: &str) -> io::Result<Self> {
        let path = dir.join(format!(".{key}.part"));
        let note_path = dir.join(format!(".{key}.note"));
        let mut file = options().open(&path)?;
        let length = file.seek(SeekFrom::End(0))?;
        let note = read_note(&note_path);
        Ok(Self { path, note_path, note, file, length })
    }

    /// Bytes that are there.
    pub(super) const fn len(&self) -> u64 {
        self.length
    }

    /// Where to go on; `None` where it is not known what is there.
    pub(super) fn resume(&self) -> Option<Resume> {
        let note = self.note.as_ref()?;
        let whole = note.total.is_some_and(|total| total <= self.length);
        (self.length > 0 && !whole)
            .then(|| Resume { from: self.length, validator: note.validator.clone() })
    }

    /// Begins with a content.
    pub(super) fn restart(
        &mut self,
        validator: Option<&str>,
        total: Option<u64>,
    ) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.length = 0;
        self.note = validator.map(|validator| Note { validator: validator.to_owned(), total });
        match &self.note {
            Some(note) => {
                let total = note.total.map(|total| total.to_string()).unwrap_or_default();
                let mut file = options().truncate(true).open(&self.note_path)?;
                file.write_all(format!("{}\n{total}\n", note.validator).as_bytes())
            }
            // Without a name for the content nobody can go on with it.
            None => remove(&self.note_path),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Brings what has come to the disk, to go on later.
    pub(super) fn keep(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Takes it all away.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.note = None;
        remove(&self.note_path)
    }

    /// Reads the whole file once: what is on disk is what counts, not what was sent.
    pub(super) fn sums(&mut self) -> io::Result<Sums> {
        self.file.seek(SeekFrom::Start(0))?;
        sums(&mut self.file)
    }

    /// The first bytes, which tell what it is.
    pub(super) fn head(&mut self) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut head = Vec::new();
        (&self.file).take(32).read_to_end(&mut head)?;
        Ok(head)
    }

    /// Gives it a name; from now on it is a file like any other.
    pub(super) fn publish(self, mark: &Mark, name: &str, sha256: &str) -> io::Result<PathBuf> {
        self.file.sync_all()?;
        let path = mark.publish(&self.path, name, Whole { bytes: self.length, sha256 })?;
        // A note that stays behind belongs to no part and harms nobody.
        let _ = remove(&self.note_path);
        Ok(path)
    }
}

/// The checksums of a file from where it is being read.
pub(super) fn sums(file: &mut File) -> io::Result<Sums> {
    let mut sha256 = Context::new(&SHA256);
    let mut md5 = md5::Context::new();
    let mut buffer = vec![0; 128 << 10];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        sha256.update(&buffer[..read]);
        md5.consume(&buffer[..read]);
    }
    let hex = hex(sha256.finish().as_ref());
    let md5 = base64::engine::general_purpose::STANDARD.encode(md5.finalize().0);
    Ok(Sums { sha256: hex, md5 })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn read_note(path: &Path) -> Option<Note> {
    let mut text = String::new();
    let file = File::options().read(true).custom_flags(libc::O_NOFOLLOW).open(path).ok()?;
    file.take(4 << 10).read_to_string(&mut text).ok()?;
    let mut lines = text.lines();
    let validator = lines.next().filter(|line| !line.is_empty())?.to_owned();
    Some(Note { validator, total: lines.next().and_then(|total| total.parse().ok()) })
}
