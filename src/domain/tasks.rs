//! Tasks: jobs that run at the service by themselves, how far they have come, what they made and
//! what they used. It refuses wire field names, polling and files; those are of `api` and `service`.

pub mod book;

use std::fmt;

use rust_decimal::Decimal;

use super::models::ModelId;

/// The longest id that is believed, in bytes. Real ones are UUIDs of 36.
const LONGEST_ID: usize = 128;

/// The id of a task, as the service made it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(String);

impl TaskId {
    /// Takes an id if it can stand in a path as it is: letters, digits, `-`, `_`, `.` and `:`.
    /// Anything else is no id of the service and would lead a request elsewhere.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty()
            && text.len() <= LONGEST_ID
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
            && text.bytes().any(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as sent on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a task has come.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    /// It waits for its turn; only now can it be canceled.
    Pending,
    /// It is worked on.
    Running,
    /// It was stopped for a while.
    Suspended,
    /// It is done; at least one part of it succeeded.
    Succeeded,
    /// It failed and costs nothing.
    Failed,
    /// It was canceled before it began.
    Canceled,
    /// The service does not know the id: expired after 24 hours, of another account, or never there.
    Unknown,
    /// A word that is not known here, in capitals.
    Other(String),
}

impl TaskStatus {
    /// The states with words of their own.
    pub const KNOWN: [Self; 7] = [
        Self::Pending,
        Self::Running,
        Self::Suspended,
        Self::Succeeded,
        Self::Failed,
        Self::Canceled,
        Self::Unknown,
    ];

    /// Reads the service's word in any case. An empty word is [`TaskStatus::Unknown`].
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        let word = word.trim().to_uppercase();
        match word.as_str() {
            "CANCELLED" => return Self::Canceled,
            "SUCCESS" | "SUCCEED" => return Self::Succeeded,
            "" => return Self::Unknown,
            _ => {}
        }
        Self::KNOWN.into_iter().find(|status| status.word() == word).unwrap_or(Self::Other(word))
    }

    /// The service's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Suspended => "SUSPENDED",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Canceled => "CANCELED",
            Self::Unknown => "UNKNOWN",
            Self::Other(word) => word,
        }
    }

    /// Nothing will change any more. [`TaskStatus::Unknown`] is no end: a task that was just made
    /// may not be visible yet, and one that had ended keeps the end that was seen.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Succeeded | Self::Failed | Self::Canceled => true,
            Self::Pending | Self::Running | Self::Suspended | Self::Unknown | Self::Other(_) => {
                false
            }
        }
    }

    /// Whether a task that was seen like this may be seen like that next. Ends stay, and what runs
    /// does not wait again: a late answer to an old question is not the news.
    #[must_use]
    pub fn can_become(&self, next: &Self) -> bool {
        if self == next {
            return true;
        }
        match self {
            Self::Succeeded | Self::Failed | Self::Canceled => false,
            Self::Running => *next != Self::Pending,
            Self::Pending | Self::Suspended | Self::Unknown | Self::Other(_) => true,
        }
    }
}

impl fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How many parts of a task there are, and how they ended. A task of one part may have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TaskMetrics {
    /// All.
    pub total: u64,
    /// Done.
    pub succeeded: u64,
    /// Failed.
    pub failed: u64,
}

/// What a file holds, as far as its place in the answer or its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A video.
    Video,
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// Anything else, e.g. vectors.
    Other,
}

/// Why a task or one of its parts failed, in the service's words, sanitized.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskFailure {
    /// The error code; may be empty.
    pub code: String,
    /// The message; may be empty.
    pub message: String,
}

/// One file a task made. Its address is good for 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFile {
    /// Where it can be fetched: http or https, never with our key.
    pub url: String,
    /// What it is.
    pub kind: FileKind,
    /// The prompt it was really made from, where the service rewrote the given one.
    pub prompt: Option<String>,
}

/// One part of a task's result, in the order of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskPart {
    /// A file.
    File(TaskFile),
    /// This part failed though the task succeeded.
    Failed(TaskFailure),
}

/// What a task used, in whatever spelling the service told it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskUsage {
    /// Billed seconds of video or sound.
    pub seconds: Option<Decimal>,
    /// The class of resolution as prices name it, e.g. `720p`.
    pub resolution: Option<String>,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// Videos made.
    pub videos: Option<u64>,
    /// Pictures made.
    pub images: Option<u64>,
    /// Tokens.
    pub tokens: Option<u64>,
    /// The video has sound.
    pub sound: Option<bool>,
}

/// The class of resolution of a size in pixels, as prices name it: the nearest of `480p`, `720p`
/// and `1080p` by area, for every class has sizes of many shapes and one area.
#[must_use]
pub fn resolution_of((width, height): (u32, u32)) -> &'static str {
    let area = u64::from(width) * u64::from(height);
    // Half way between the areas of two classes.
    if area < 650_000 {
        "480p"
    } else if area < 1_450_000 {
        "720p"
    } else {
        "1080p"
    }
}

/// A task as the service told it at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskSnapshot {
    /// Which task.
    pub id: TaskId,
    /// How far it is.
    pub status: TaskStatus,
    /// When it was accepted, in milliseconds since 1970 (UTC).
    pub submitted_ms: Option<i64>,
    /// When it was given a place, in milliseconds since 1970 (UTC).
    pub scheduled_ms: Option<i64>,
    /// When it ended, in milliseconds since 1970 (UTC).
    pub ended_ms: Option<i64>,
    /// Its parts, where there are several.
    pub metrics: Option<TaskMetrics>,
    /// What it made and what of it failed.
    pub parts: Vec<TaskPart>,
    /// The prompt as it was given.
    pub prompt: Option<String>,
    /// The prompt as the service rewrote it.
    pub rewritten: Option<String>,
    /// Why it failed.
    pub failure: Option<TaskFailure>,
    /// What it used; all absent until it has succeeded.
    pub usage: TaskUsage,
    /// The id of this answer, to quote to support.
    pub request_id: Option<String>,
    /// The answer as it came; not sanitized.
    pub raw: String,
}

impl TaskSnapshot {
    /// The files it made.
    pub fn files(&self) -> impl Iterator<Item = &TaskFile> {
        self.parts.iter().filter_map(|part| match part {
            TaskPart::File(file) => Some(file),
            TaskPart::Failed(_) => None,
        })
    }

    /// The parts that failed.
    pub fn failures(&self) -> impl Iterator<Item = &TaskFailure> {
        self.parts.iter().filter_map(|part| match part {
            TaskPart::Failed(failure) => Some(failure),
            TaskPart::File(_) => None,
        })
    }
}

/// Which tasks to list. The service looks back 24 hours at most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskFilter {
    /// Made at or after this moment, in milliseconds since 1970 (UTC).
    pub from_ms: Option<i64>,
    /// Made at or before this moment, in milliseconds since 1970 (UTC).
    pub until_ms: Option<i64>,
    /// Of this model.
    pub model: Option<ModelId>,
    /// In this state.
    pub status: Option<TaskStatus>,
}

/// One task of the account, as the list tells it: neither prompt nor result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// Which task.
    pub id: TaskId,
    /// How far it is.
    pub status: TaskStatus,
    /// Its model, where told.
    pub model: Option<ModelId>,
    /// When it was made, in milliseconds since 1970 (UTC).
    pub created_ms: Option<i64>,
    /// When it began, in milliseconds since 1970 (UTC).
    pub started_ms: Option<i64>,
    /// When it ended, in milliseconds since 1970 (UTC).
    pub ended_ms: Option<i64>,
    /// The region it runs in.
    pub region: Option<String>,
    /// The id of the request that made it.
    pub request_id: Option<String>,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskPage {
    /// Its tasks.
    pub rows: Vec<TaskRow>,
    /// Rows without an id that can be used.
    pub unreadable: usize,
    /// Its number, from 1.
    pub page: u64,
    /// How many pages there are.
    pub pages: u64,
    /// How many tasks there are on all pages.
    pub total: u64,
}

/// What became of a wish to cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It is canceled.
    Canceled,
    /// It had begun or ended, or there is no such task: it was too late.
    NotPending,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_that_stand_in_a_path() {
        let id = TaskId::new(" 0b7d9a6e-41c3-4f58-9e2a-7c1d5b3f8a60 ").unwrap();
        assert_eq!(id.as_str(), "0b7d9a6e-41c3-4f58-9e2a-7c1d5b3f8a60");
        let long = "a".repeat(LONGEST_ID + 1);
        for bad in ["", " ", "..", ".", "a/b", "a b", "a%2f", "a?b", "任务", "a\u{1b}b", &long] {
            assert_eq!(TaskId::new(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn words_of_any_case_are_read_and_unknown_ones_kept() {
        for status in TaskStatus::KNOWN {
            assert_eq!(TaskStatus::from_word(status.word()), status);
            assert_eq!(TaskStatus::from_word(&status.word().to_lowercase()), status);
        }
        assert_eq!(TaskStatus::from_word("cancelled"), TaskStatus::Canceled);
        assert_eq!(TaskStatus::from_word(""), TaskStatus::Unknown);
        let other = TaskStatus::from_word("Throttled");
        assert_eq!((other.word(), other.is_final()), ("THROTTLED", false));
    }

    #[test]
    fn a_task_never_goes_back() {
        use TaskStatus::{
            Canceled, Failed, Other, Pending, Running, Succeeded, Suspended, Unknown,
        };
        let ends = [Succeeded, Failed, Canceled];
        let other = || Other("QUEUED".to_owned());
        for end in &ends {
            for next in TaskStatus::KNOWN.into_iter().chain([other()]) {
                assert_eq!(end.can_become(&next), *end == next, "{end} to {next}");
            }
        }
        for open in [Pending, Running, Suspended, Unknown, other()] {
            assert!(open.can_become(&open));
            assert!(ends.iter().all(|end| open.can_become(end)), "{open}");
            assert!(open.can_become(&Running) && open.can_become(&other()));
        }
        assert!(!Running.can_become(&Pending));
        assert!(Suspended.can_become(&Pending) && Unknown.can_become(&Pending));
        assert!(Running.can_become(&Unknown));
    }

    #[test]
    fn every_documented_size_falls_into_its_class() {
        for (size, class) in [
            ((832, 480), "480p"),
            ((624, 624), "480p"),
            ((1280, 720), "720p"),
            ((960, 960), "720p"),
            ((1088, 832), "720p"),
            ((1104, 832), "720p"),
            ((1920, 1080), "1080p"),
            ((1440, 1440), "1080p"),
            ((1632, 1248), "1080p"),
        ] {
            assert_eq!(resolution_of(size), class, "{size:?}");
        }
    }
}
