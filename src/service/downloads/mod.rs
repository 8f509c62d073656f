//! Files that tasks made, on their way to the disk: whole or not at all, under names of our own.
//! It refuses the server's file names, to follow a link on the disk, and to write over anything.

#![expect(clippy::disallowed_methods, reason = "files are what this is for")]

mod mark;
pub mod name;
mod part;
mod place;
mod sidecar;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::api::error::ApiError;
use crate::api::files::{File, FileClient};
use crate::domain::ids::TaskKey;
use crate::domain::notice::{DownloadNotice, Notice, NoticeKind};
use crate::domain::tasks::book::{Asset, TaskRecord};
use crate::domain::time::Now;
use mark::Mark;
use part::Part;

/// So often at most progress is told.
const TELL: Duration = Duration::from_millis(250);

/// Where files go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The directory. It is made (0700) if it is not there.
    pub dir: PathBuf,
    /// The template of names, see [`name::fill`].
    pub template: String,
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Of which task.
    pub key: TaskKey,
    /// Which part of its result.
    pub part: u32,
    /// Bytes on disk.
    pub done: u64,
    /// Bytes in all, where the server told.
    pub total: Option<u64>,
    /// Bytes a second since this try began.
    pub speed: u64,
}

/// A file that is whole and on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Where.
    pub path: String,
    /// How large, in bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Why a file is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// The address is dead: expired, or the file is gone.
    Expired,
    /// It may come at another time; what has come stays.
    Passing(Notice),
    /// There is no room for it here, or nothing can be written. What has come stays, and it is
    /// tried again: whoever is asleep loses nothing by it.
    Place(Notice),
    /// It will not come by itself.
    Final(Notice),
}

/// What is to be fetched.
#[derive(Debug)]
pub struct Want<'a> {
    /// Of which task.
    pub task: &'a TaskRecord,
    /// Which file.
    pub asset: &'a Asset,
    /// Where to tell how far it has come.
    pub progress: &'a mpsc::Sender<Progress>,
}

/// Fetches files into a directory. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Downloads {
    client: FileClient,
    /// Shared by all clones: files that are begun after a change go to the new place.
    settings: Arc<Mutex<Settings>>,
    now: fn() -> Now,
}

impl Downloads {
    /// `now` names the files by date.
    #[must_use]
    pub fn new(client: FileClient, settings: Settings, now: fn() -> Now) -> Self {
        Self { client, settings: Arc::new(Mutex::new(settings)), now }
    }

    /// Where files go now.
    fn settings(&self) -> Settings {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Files that are begun from now on go there, for all clones. What had begun to arrive elsewhere
    /// arrives there, or begins anew.
    pub fn move_to(&self, settings: Settings) {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    /// Fetches one file, or goes on with it where it was left, by whichever process.
    pub async fn fetch(&self, want: Want<'_>) -> Result<Saved, Lost> {
        let settings = self.settings();
        let dir = &settings.dir;
        place::prepare(dir).map_err(|error| disk(dir, &error))?;
        let key = key_of(want.task.key, want.asset.part);
        let mark = Mark::of(dir, &key);
        // A program that died between the name and the store's record has left it whole.
        if let Some(saved) = mark.found() {
            Part::clean(dir, &key);
            return Ok(saved);
        }
        let mut part = Part::open(dir, &key).map_err(|error| disk(dir, &error))?;
        let resume = part.resume();
        let mut file = match self.client.get(&want.asset.url, resume.as_ref()).await {
            Ok(file) => file,
            // What is there does not fit what the server has: from the beginning, later.
            Err(error @ ApiError::Garbled { .. }) if resume.is_some() => {
                part.forget().map_err(|error| disk(dir, &error))?;
                return Err(lost(&error));
            }
            Err(error) => return Err(lost(&error)),
        };
        if file.from == 0 {
            part.restart(file.validator.as_deref(), file.total)
                .map_err(|error| disk(dir, &error))?;
        }
        if let Some(total) = file.total
            && place::free(dir).is_some_and(|free| free < total.saturating_sub(part.len()))
        {
            let kind = DownloadNotice::NoRoom { dir: dir.display().to_string(), bytes: total };
            return Err(Lost::Place(Notice::new(NoticeKind::Download(kind))));
        }
        Self::receive(&mut file, &mut part, &want, dir).await?;
        self.finish(&file, part, &mark, &want, &settings)
    }

    /// The store knows that a file is on disk.
    pub fn settled(&self, task: TaskKey, part: u32) {
        Mark::of(&self.settings().dir, &key_of(task, part)).clear();
    }

    async fn receive(
        file: &mut File,
        part: &mut Part,
        want: &Want<'_>,
        dir: &Path,
    ) -> Result<(), Lost> {
        let (begun, from) = (Instant::now(), part.len());
        let mut told = begun;
        loop {
            let bytes = match file.chunk().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => break,
                Err(error) => {
                    // What has come is worth keeping, with the validator it came under.
                    part.keep().map_err(|error| disk(dir, &error))?;
                    return Err(lost(&error));
                }
            };
            // A write takes less time than handing it to another thread would.
            part.write(&bytes).map_err(|error| disk(dir, &error))?;
            let now = Instant::now();
            if now.saturating_duration_since(told) >= TELL {
                told = now;
                let passed = now.saturating_duration_since(begun).as_millis().max(1);
                let speed = u128::from(part.len() - from) * 1_000 / passed;
                let progress = Progress {
                    key: want.task.key,
                    part: want.asset.part,
                    done: part.len(),
                    total: file.total,
                    speed: u64::try_from(speed).unwrap_or(u64::MAX),
                };
                // The next one says more.
                let _ = want.progress.try_send(progress);
            }
        }
        if file.total.is_some_and(|total| total != part.len()) {
            part.forget().map_err(|error| disk(dir, &error))?;
            let kind = DownloadNotice::WrongLength {
                got: part.len(),
                told: file.total.unwrap_or_default(),
            };
            return Err(Lost::Passing(Notice::new(NoticeKind::Download(kind))));
        }
        if part.len() == 0 {
            let notice = Notice::new(NoticeKind::Download(DownloadNotice::Empty));
            return Err(Lost::Passing(notice));
        }
        Ok(())
    }

    /// The file is whole: its name, and only then it is there.
    fn finish(
        &self,
        file: &File,
        mut part: Part,
        mark: &Mark,
        want: &Want<'_>,
        settings: &Settings,
    ) -> Result<Saved, Lost> {
        let dir = &settings.dir;
        let sums = part.sums().map_err(|error| disk(dir, &error))?;
        if file.md5.as_deref().is_some_and(|told| told.trim() != sums.md5) {
            part.forget().map_err(|error| disk(dir, &error))?;
            let notice = Notice::new(NoticeKind::Download(DownloadNotice::WrongSum));
            return Err(Lost::Passing(notice));
        }
        let head = part.head().map_err(|error| disk(dir, &error))?;
        let now = (self.now)();
        let task = want.task;
        let facts = name::Facts {
            date: now.date(task.times.ended.unwrap_or(now.wall_ms)),
            model: task.model.as_str(),
            prompt: &task.title,
            id: task.remote.as_ref().map_or("", crate::domain::tasks::TaskId::as_str),
            part: (want.asset.part, u32::try_from(task.assets.len()).unwrap_or(u32::MAX)),
        };
        let ending = name::ending(want.asset.kind, &head);
        let name = name::fill(&settings.template, &facts, ending);
        let bytes = part.len();
        let path = part.publish(mark, &name, &sums.sha256).map_err(|error| disk(dir, &error))?;
        Ok(Saved { path: path.display().to_string(), bytes, sha256: sums.sha256 })
    }

    /// Writes down what a finished task was, in a file beside what it made.
    pub fn note(&self, task: &TaskRecord) {
        if let Err(error) = sidecar::write(task) {
            tracing::warn!(task = %task.key, %error, "the note beside the files was not written");
        }
    }
}

/// Under what the traces of a file on its way are kept.
fn key_of(task: TaskKey, part: u32) -> String {
    format!("{task}-{part}")
}

/// What an error of the fetch means.
fn lost(error: &ApiError) -> Lost {
    let passing = |kind| Lost::Passing(Notice::new(NoticeKind::Download(kind)));
    match error {
        ApiError::Status(refusal) if matches!(refusal.status, 401 | 403 | 404 | 410) => {
            Lost::Expired
        }
        ApiError::Redirect { to } => {
            let kind = DownloadNotice::Elsewhere { to: to.clone() };
            Lost::Final(Notice::new(NoticeKind::Download(kind)))
        }
        ApiError::TooLarge { cap } => Lost::Final(Notice::new(NoticeKind::TooLarge { cap: *cap })),
        error => passing(DownloadNotice::Interrupted { why: error.to_string() }),
    }
}

/// What a fault of the disk means. A full or forbidden place stays so until somebody acts, and then
/// the file comes by itself.
fn disk(dir: &std::path::Path, error: &std::io::Error) -> Lost {
    use std::io::ErrorKind;

    let path = dir.display().to_string();
    let kind = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => NoticeKind::DiskFull { path },
        _ => NoticeKind::Download(DownloadNotice::Unwritable { dir: path }),
    };
    Lost::Place(Notice::new(kind).with_detail(error.to_string()))
}
