//! What was spoken once: kept in memory and on disk, found by everything that shapes the sound, the
//! longest unused thrown away first. It refuses to give back anything that is not whole.

#![expect(clippy::disallowed_methods, reason = "the cache owns its files")]

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use ring::digest::{Context, SHA256, digest};

use crate::domain::speech::aloud::Manner;
use crate::service::private;

/// Files begin with this and the checksum of what follows: samples as they are played.
const MAGIC: &[u8; 8] = b"lianpcm1";
/// Bytes of a checksum.
const SUM: usize = 32;
/// Bytes that are kept in memory at most: more than ten minutes, for a machine without a cache
/// directory, too.
const MEMORY: usize = 32 << 20;
/// Nothing that is spoken is longer than this: ten times the longest piece of a slow voice.
pub(super) const LONGEST: usize = 64 << 20;

/// The name of a sound: a checksum of who reads what, and where.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key(String);

impl Key {
    /// `origin` is the service's address: a simulator's voice is none of the service's.
    pub(super) fn new(origin: &str, manner: &Manner, text: &str) -> Self {
        let Manner { model, voice, language, instructions } = manner;
        let mut sum = Context::new(&SHA256);
        let language = language.as_deref().unwrap_or_default();
        let instructions = instructions.as_deref().unwrap_or_default();
        for part in [origin, model.as_str(), voice, language, instructions, text] {
            // With its length, no two lists of parts are the same bytes.
            sum.update(&(part.len() as u64).to_le_bytes());
            sum.update(part.as_bytes());
        }
        let mut name = String::with_capacity(2 * SUM);
        for byte in sum.finish().as_ref() {
            // Writing into a string cannot fail.
            let _ = std::fmt::Write::write_fmt(&mut name, format_args!("{byte:02x}"));
        }
        Self(name)
    }
}

/// Samples of one piece of text.
pub(super) type Sound = Arc<Vec<u8>>;

/// See the header. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Cache {
    memory: Arc<Mutex<VecDeque<(Key, Sound)>>>,
    disk: Option<Arc<Disk>>,
}

#[derive(Debug)]
struct Disk {
    dir: PathBuf,
    /// Bytes of all files at most.
    most: u64,
}

impl Cache {
    /// Keeps at most `most` bytes in a directory (0700, files 0600), which is made when it is needed.
    /// Without room it keeps in memory alone, as [`Cache::default`] does.
    #[must_use]
    pub fn in_dir(dir: PathBuf, most: u64) -> Self {
        let disk = (most > 0).then(|| Arc::new(Disk { dir, most }));
        Self { memory: Arc::default(), disk }
    }

    fn memory(&self) -> MutexGuard<'_, VecDeque<(Key, Sound)>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was kept under a name, if it is whole.
    pub(super) async fn find(&self, key: &Key) -> Option<Sound> {
        {
            let mut memory = self.memory();
            if let Some(at) = memory.iter().position(|(own, _)| own == key) {
                let found = memory.remove(at)?;
                let sound = found.1.clone();
                memory.push_back(found);
                return Some(sound);
            }
        }
        let (disk, name) = (self.disk.clone()?, key.clone());
        let read = tokio::task::spawn_blocking(move || disk.read(&name)).await.ok()??;
        let sound = Arc::new(read);
        self.remember(key, &sound);
        Some(sound)
    }

    /// Keeps a sound that is whole: in memory when this is called, on disk when it returns. A disk
    /// that does not take it is none that fails anybody.
    pub(super) async fn keep(&self, key: &Key, sound: &Sound) {
        self.remember(key, sound);
        let Some(disk) = self.disk.clone() else { return };
        let (key, sound) = (key.clone(), sound.clone());
        let written = tokio::task::spawn_blocking(move || {
            disk.write(&key, &sound).and_then(|()| disk.trim())
        });
        if let Ok(Err(error)) = written.await {
            tracing::info!(%error, "what was spoken was not kept");
        }
    }

    fn remember(&self, key: &Key, sound: &Sound) {
        let mut memory = self.memory();
        memory.retain(|(own, _)| own != key);
        memory.push_back((key.clone(), sound.clone()));
        let mut bytes: usize = memory.iter().map(|(_, sound)| sound.len()).sum();
        while bytes > MEMORY && memory.len() > 1 {
            bytes -= memory.pop_front().map_or(0, |(_, sound)| sound.len());
        }
    }
}

impl Disk {
    fn path(&self, key: &Key) -> PathBuf {
        self.dir.join(format!("{}.pcm", key.0))
    }

    /// Reads a file; one that is not whole is taken away.
    fn read(&self, key: &Key) -> Option<Vec<u8>> {
        let path = self.path(key);
        let file = File::open(&path).ok()?;
        let sound = whole(&file);
        if sound.is_some() {
            // It was used now: what is unused goes first. A disk that does not say so is none the
            // worse.
            drop(file.set_modified(SystemTime::now()));
        } else {
            tracing::info!(path = %path.display(), "a kept sound is not whole");
            drop(std::fs::remove_file(&path));
        }
        sound
    }

    fn write(&self, key: &Key, sound: &[u8]) -> io::Result<()> {
        private::make_dir(&self.dir)?;
        let part = self.dir.join(format!("{}.{}.part", key.0, std::process::id()));
        // One that is left of a program that died is in nobody's way.
        drop(std::fs::remove_file(&part));
        let mut file = private::make_file(&part, OpenOptions::new().write(true).create_new(true))?;
        let written = file
            .write_all(MAGIC)
            .and_then(|()| file.write_all(digest(&SHA256, sound).as_ref()))
            .and_then(|()| file.write_all(sound))
            .and_then(|()| std::fs::rename(&part, self.path(key)));
        if written.is_err() {
            drop(std::fs::remove_file(&part));
        }
        written
    }

    /// Takes away what was not used for longest, until all of it fits.
    fn trim(&self) -> io::Result<()> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&self.dir)? {
            let entry = entry?;
            if !is_ours(&entry.path()) {
                continue;
            }
            // Another program may have taken it away just now.
            let Ok(about) = entry.metadata() else { continue };
            let used = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            all.push((used, about.len(), entry.path()));
        }
        all.sort();
        let mut bytes: u64 = all.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in all {
            if bytes <= self.most {
                break;
            }
            if std::fs::remove_file(path).is_ok() {
                bytes -= length;
            }
        }
        Ok(())
    }
}

/// Made by a cache; nothing else in the directory is touched.
fn is_ours(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "pcm" || end == "part")
}

/// The samples of a file whose checksum is right.
fn whole(mut file: &File) -> Option<Vec<u8>> {
    let length = file.metadata().ok()?.len();
    if length > (LONGEST + MAGIC.len() + SUM) as u64 {
        return None;
    }
    let mut head = [0; MAGIC.len() + SUM];
    file.read_exact(&mut head).ok()?;
    let mut sound = Vec::new();
    file.take(LONGEST as u64).read_to_end(&mut sound).ok()?;
    let (magic, sum) = head.split_at(MAGIC.len());
    let right = magic == MAGIC && sum == digest(&SHA256, &sound).as_ref();
    (right && sound.len().is_multiple_of(2) && !sound.is_empty()).then_some(sound)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    use super::*;
    use crate::domain::models::ModelId;

    fn key(text: &str) -> Key {
        Key::new("http://a", &manner("Cherry", None), text)
    }

    fn manner(voice: &str, language: Option<&str>) -> Manner {
        Manner {
            model: ModelId::new("m"),
            voice: voice.to_owned(),
            language: language.map(str::to_owned),
            instructions: None,
        }
    }

    fn sound(value: u8, samples: usize) -> Sound {
        Arc::new(vec![value; samples * 2])
    }

    #[test]
    fn everything_that_shapes_a_sound_shapes_its_name() {
        let names = [
            Key::new("a", &manner("v", None), "text"),
            Key::new("b", &manner("v", None), "text"),
            Key::new("a", &manner("w", None), "text"),
            Key::new("a", &manner("v", Some("Chinese")), "text"),
            Key::new(
                "a",
                &Manner { instructions: Some("Chinese".into()), ..manner("v", None) },
                "text",
            ),
            Key::new("a", &Manner { model: ModelId::new("n"), ..manner("v", None) }, "text"),
            Key::new("a", &manner("v", None), "texts"),
            Key::new("a", &manner("vt", None), "ext"),
        ];
        let different: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
        assert_eq!(names[0], Key::new("a", &manner("v", None), "text"));
    }

    #[tokio::test]
    async fn what_was_kept_is_found_by_another_program_and_is_for_the_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("cache/speech");
        let cache = Cache::in_dir(place.clone(), 1 << 20);
        assert_eq!(cache.find(&key("a")).await, None);
        cache.keep(&key("a"), &sound(7, 100)).await;
        let other = Cache::in_dir(place.clone(), 1 << 20);
        assert_eq!(other.find(&key("a")).await, Some(sound(7, 100)));
        assert_eq!(other.find(&key("b")).await, None);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&place), 0o700);
        let files: Vec<_> = std::fs::read_dir(&place).unwrap().map(|f| f.unwrap().path()).collect();
        assert!(files.len() == 1 && mode(&files[0]) == 0o600, "{files:?}");
    }

    #[tokio::test]
    async fn a_file_that_is_not_whole_is_as_good_as_none() {
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk { dir: dir.path().to_owned(), most: 1 << 20 };
        disk.write(&key("a"), &sound(7, 100)).unwrap();
        let path = disk.path(&key("a"));
        let good = std::fs::read(&path).unwrap();
        let mut flipped = good.clone();
        flipped[60] ^= 1;
        for bad in
            [&good[..good.len() - 2], &good[..20], b"", &flipped, &[&good[..], b"xx"].concat()]
        {
            std::fs::write(&path, bad).unwrap();
            let cache = Cache::in_dir(dir.path().to_owned(), 1 << 20);
            assert_eq!(cache.find(&key("a")).await, None, "{} bytes", bad.len());
            assert!(!path.exists());
        }
        std::fs::write(&path, &good).unwrap();
        assert!(Cache::in_dir(dir.path().to_owned(), 1 << 20).find(&key("a")).await.is_some());
    }

    #[tokio::test]
    async fn the_longest_unused_goes_first_and_other_files_stay() {
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk { dir: dir.path().to_owned(), most: 3 * 1_100 };
        std::fs::write(dir.path().join("mine.txt"), vec![0; 5_000]).unwrap();
        for (age, name) in [(400, "a"), (300, "b"), (200, "c")] {
            disk.write(&key(name), &sound(1, 500)).unwrap();
            let file = File::open(disk.path(&key(name))).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
        }
        assert!(disk.read(&key("a")).is_some(), "used now");
        disk.write(&key("d"), &sound(1, 500)).unwrap();
        disk.trim().unwrap();
        let there = ["a", "b", "c", "d"].map(|name| disk.path(&key(name)).exists());
        assert_eq!(there, [true, false, true, true]);
        assert!(dir.path().join("mine.txt").exists());
    }

    #[tokio::test]
    async fn without_a_directory_memory_keeps_the_latest() {
        let cache = Cache::in_dir(PathBuf::from("/nonexistent"), 0);
        cache.keep(&key("a"), &sound(1, 100)).await;
        assert_eq!(cache.find(&key("a")).await, Some(sound(1, 100)));
        cache.keep(&key("b"), &sound(2, MEMORY / 2)).await;
        assert_eq!(cache.find(&key("a")).await, None, "no room for both");
        assert!(cache.find(&key("b")).await.is_some());
        // A disk that cannot be written fails nobody.
        let cache = Cache::in_dir(PathBuf::from("/proc/none"), 1 << 20);
        cache.keep(&key("a"), &sound(1, 100)).await;
        assert!(cache.find(&key("a")).await.is_some());
    }
}
