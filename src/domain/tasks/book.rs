//! Tasks as this machine keeps them: from the wish, which is on disk before anything is sent, to
//! the files on disk. It owns the stages and who may follow whom; it refuses SQL, polling and
//! sentences.

use std::time::Duration;

use super::{FileKind, TaskId, TaskRow, TaskStatus};
use crate::domain::ids::{BatchId, EntryId, TaskKey};
use crate::domain::jobs::Form;
use crate::domain::ledger::{Gate, PriceTag, Reached};
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::domain::notice::Notice;

/// A result can be fetched for so long after the task ended (wire tasks.md).
pub const KEPT_BY_SERVICE: Duration = Duration::from_secs(24 * 3_600);

/// How far a task has come on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// In line; nothing was sent.
    Waiting,
    /// In line, and held there by the user.
    Paused,
    /// The intent is on disk and the request may be on its way.
    Sending,
    /// The request was sent and no word came back: the task may exist. It is never sent again by
    /// itself.
    Maybe,
    /// The service refused it, or it never left this machine: there is no such task.
    Refused,
    /// It has an id and is followed until its end.
    Following,
    /// It succeeded and its files are being fetched.
    Saving,
    /// Everything that could be fetched is on disk.
    Saved,
    /// It failed at the service.
    Failed,
    /// It was canceled.
    Canceled,
    /// It succeeded, and its files were not fetched before the service forgot them.
    Expired,
    /// The service does not know its id any more, and no end of it was seen.
    Lost,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Waiting,
        Self::Paused,
        Self::Sending,
        Self::Maybe,
        Self::Refused,
        Self::Following,
        Self::Saving,
        Self::Saved,
        Self::Failed,
        Self::Canceled,
        Self::Expired,
        Self::Lost,
    ];

    /// Its word in the store and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::Sending => "sending",
            Self::Maybe => "maybe",
            Self::Refused => "refused",
            Self::Following => "following",
            Self::Saving => "saving",
            Self::Saved => "saved",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::Lost => "lost",
        }
    }

    /// The stage of a word.
    #[must_use]
    pub fn from_name(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == word)
    }

    /// Nothing more is done by itself.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Refused
            | Self::Saved
            | Self::Failed
            | Self::Canceled
            | Self::Expired
            | Self::Lost => true,
            Self::Waiting
            | Self::Paused
            | Self::Sending
            | Self::Maybe
            | Self::Following
            | Self::Saving => false,
        }
    }

    /// Nothing of it has left this machine: it is in line, going or held.
    #[must_use]
    pub const fn is_in_line(self) -> bool {
        match self {
            Self::Waiting | Self::Paused => true,
            Self::Sending
            | Self::Maybe
            | Self::Refused
            | Self::Following
            | Self::Saving
            | Self::Saved
            | Self::Failed
            | Self::Canceled
            | Self::Expired
            | Self::Lost => false,
        }
    }

    /// Something is being done by itself: while there is one such task, somebody must be at work.
    #[must_use]
    pub const fn is_active(self) -> bool {
        match self {
            Self::Waiting | Self::Sending | Self::Following | Self::Saving => true,
            Self::Paused
            | Self::Maybe
            | Self::Refused
            | Self::Saved
            | Self::Failed
            | Self::Canceled
            | Self::Expired
            | Self::Lost => false,
        }
    }

    /// Whether a task at this stage may be at that one next. What was paid for is never sent
    /// again: no way leads back to the line once a request may have left, except from where it is
    /// certain that none arrived.
    #[must_use]
    pub const fn can_become(self, next: Self) -> bool {
        match self {
            Self::Waiting => matches!(next, Self::Paused | Self::Sending | Self::Refused),
            Self::Paused => matches!(next, Self::Waiting | Self::Refused),
            Self::Sending => matches!(
                next,
                Self::Waiting | Self::Maybe | Self::Refused | Self::Following | Self::Saving
            ),
            // The user, or the account's list, settles it.
            Self::Maybe => matches!(next, Self::Waiting | Self::Refused | Self::Following),
            Self::Following => matches!(
                next,
                Self::Saving | Self::Failed | Self::Canceled | Self::Expired | Self::Lost
            ),
            Self::Saving => matches!(next, Self::Saved | Self::Expired),
            // Another download, as long as the service keeps the files.
            Self::Saved | Self::Expired => matches!(next, Self::Saving),
            // It was not visible yet, or it was a mistake of the service.
            Self::Lost => matches!(next, Self::Following | Self::Saving | Self::Failed),
            Self::Refused | Self::Failed | Self::Canceled => false,
        }
    }
}

/// How far a file of a task has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssetState {
    /// It is to be fetched.
    Wanted,
    /// It is whole and on disk.
    Saved {
        /// Where.
        path: String,
        /// How large, in bytes.
        bytes: u64,
        /// SHA-256 in hexadecimal.
        sha256: String,
    },
    /// It could not be fetched; another try may be asked for.
    Failed(Notice),
    /// The service does not have it any more.
    Expired,
}

/// A file a task made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Which part of the result, from 0.
    pub part: u32,
    /// Where it can be fetched; signed, so it is never logged whole.
    pub url: String,
    /// What it is.
    pub kind: FileKind,
    /// How far it has come.
    pub state: AssetState,
}

/// What the user thinks of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Review {
    /// It is good.
    Accepted,
    /// It is not; it is kept all the same.
    Rejected,
}

impl Review {
    /// Its word in the store and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }
}

/// When things happened to a task, in milliseconds since 1970 (UTC) by the clock that saw them:
/// ours, or the service's where it told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times {
    /// It was written down here.
    pub created: i64,
    /// The request left.
    pub sent: Option<i64>,
    /// The answer to it, or the end of waiting for one.
    pub answered: Option<i64>,
    /// The service accepted it.
    pub submitted: Option<i64>,
    /// The service began.
    pub scheduled: Option<i64>,
    /// The service ended.
    pub ended: Option<i64>,
    /// The last file was saved.
    pub saved: Option<i64>,
    /// It was asked for last.
    pub asked: Option<i64>,
}

/// A task as this machine keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRecord {
    /// Its key here.
    pub key: TaskKey,
    /// Whose money and which key.
    pub profile: String,
    /// Scheme, host and port it was sent to: no other place knows its id.
    pub origin: String,
    /// Which model.
    pub model: ModelId,
    /// What is to be made: the prompt in one clean line.
    pub title: String,
    /// Every field that was filled; the schema of the model explains it.
    pub form: Form,
    /// Submitted together with others.
    pub batch: Option<BatchId>,
    /// Its place in line; smaller is earlier.
    pub position: i64,
    /// How far it has come here.
    pub stage: Stage,
    /// Its id at the service.
    pub remote: Option<TaskId>,
    /// How far it has come there, as seen last.
    pub status: Option<TaskStatus>,
    /// When.
    pub times: Times,
    /// The id of the request that made it.
    pub request_id: Option<String>,
    /// What it was expected to cost.
    pub price: Option<Money>,
    /// What it cost, once it is known.
    pub cost: Option<Money>,
    /// Its entry in the ledger.
    pub entry: Option<EntryId>,
    /// Somebody else made it: another program, another machine.
    pub adopted: bool,
    /// The prompt as the service rewrote it.
    pub rewritten: Option<String>,
    /// What it made.
    pub assets: Vec<Asset>,
    /// Why it failed, was refused, or cannot be saved.
    pub notice: Option<Notice>,
    /// What the user thinks of it.
    pub review: Option<Review>,
    /// The service's last answer about it, as it came; not sanitized.
    pub raw: String,
}

impl TaskRecord {
    /// Until when its files can be fetched, in milliseconds since 1970 (UTC).
    #[must_use]
    pub fn expires_ms(&self) -> Option<i64> {
        let kept = i64::try_from(KEPT_BY_SERVICE.as_millis()).unwrap_or(i64::MAX);
        self.times.ended.map(|ended| ended.saturating_add(kept))
    }

    /// Its files that are on disk.
    pub fn saved(&self) -> impl Iterator<Item = &str> {
        self.assets.iter().filter_map(|asset| match &asset.state {
            AssetState::Saved { path, .. } => Some(path.as_str()),
            AssetState::Wanted | AssetState::Failed(_) | AssetState::Expired => None,
        })
    }
}

/// A wish for one task, with its price known as far as it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The key it will have.
    pub key: TaskKey,
    /// Which model.
    pub model: ModelId,
    /// The prompt in one clean line.
    pub title: String,
    /// Every field that was filled.
    pub form: Form,
    /// Submitted together with others.
    pub batch: Option<BatchId>,
    /// What it will cost.
    pub price: Option<Money>,
    /// Where the price is from.
    pub tag: Option<PriceTag>,
}

/// What the user decides of a task that may exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// This task of the account is it.
    IsThis(TaskId),
    /// It does not exist: send it again.
    SendAgain,
    /// Leave it; nothing more is done.
    Drop,
}

/// What the task service is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskCommand {
    /// Tell all tasks, answered by [`TaskEvent::Listed`].
    List,
    /// Write these down and send them, in order and at the service's pace.
    Submit {
        /// The wishes.
        orders: Vec<Order>,
        /// Under which conditions money may be spent.
        gate: Gate,
    },
    /// Hold tasks in line, or let them go on.
    SetPaused {
        /// Which.
        keys: Vec<TaskKey>,
        /// Hold.
        paused: bool,
    },
    /// Put a waiting task to the beginning of the line.
    First(TaskKey),
    /// Ask the service to cancel; a task that was not sent is just taken out of line.
    Cancel(TaskKey),
    /// Tell the account's tasks that are not here, answered by [`TaskEvent::Account`].
    LookAround,
    /// Take over tasks that somebody else made.
    Adopt(Vec<TaskRow>),
    /// Settle a task that may exist.
    Decide {
        /// Which.
        key: TaskKey,
        /// How.
        verdict: Verdict,
    },
    /// Fetch its files again.
    Download(TaskKey),
    /// Note what the user thinks of it.
    Review {
        /// Which.
        key: TaskKey,
        /// What; `None` takes it back.
        review: Option<Review>,
    },
    /// Take it out of the list. Files on disk stay; a task that runs is not canceled by it.
    Forget(TaskKey),
}

/// What the task service says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskEvent {
    /// All tasks, newest first.
    Listed(Vec<TaskRecord>),
    /// A task is new or has changed.
    Changed(Box<TaskRecord>),
    /// A task was taken out of the list.
    Removed(TaskKey),
    /// A file is arriving.
    Progress {
        /// Of which task.
        key: TaskKey,
        /// Which part.
        part: u32,
        /// Bytes on disk.
        done: u64,
        /// Bytes in all, where the server told.
        total: Option<u64>,
        /// Bytes a second.
        speed: u64,
    },
    /// Tasks of the account that are not here.
    Account(Vec<TaskRow>),
    /// A task may exist, and these may be it.
    Candidates {
        /// Which.
        key: TaskKey,
        /// Tasks of the account that fit; may be none.
        rows: Vec<TaskRow>,
    },
    /// A limit of the budget stops these; they were not written down.
    OverBudget {
        /// The wishes that were not taken.
        orders: Vec<Order>,
        /// The limit.
        reached: Reached,
    },
    /// The same wish so often within a minute looks like a loop; these were not written down.
    Loop {
        /// The wishes that were not taken.
        orders: Vec<Order>,
        /// How often it was made within the last minute.
        times: u32,
    },
    /// These could not be written down, so they were not sent.
    NotTaken {
        /// The wishes.
        orders: Vec<Order>,
        /// Why.
        notice: Notice,
    },
    /// Something to tell that belongs to no single task.
    Trouble(Notice),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_stages_are_one_to_one() {
        for stage in Stage::ALL {
            assert_eq!(Stage::from_name(stage.name()), Some(stage));
        }
        assert_eq!(Stage::from_name("elsewhere"), None);
    }

    #[test]
    fn nothing_that_may_have_been_paid_goes_back_into_the_line_by_a_detour() {
        // Every stage that can be reached after a request was accepted.
        let mut reached = vec![Stage::Following];
        while let Some(next) = Stage::ALL.into_iter().find(|next| {
            !reached.contains(next) && reached.iter().any(|stage| stage.can_become(*next))
        }) {
            reached.push(next);
        }
        for stage in [Stage::Waiting, Stage::Paused, Stage::Sending, Stage::Maybe] {
            assert!(!reached.contains(&stage), "{stage:?}");
        }
    }

    #[test]
    fn every_active_task_can_come_to_an_end() {
        for begin in Stage::ALL.into_iter().filter(|stage| stage.is_active()) {
            let mut reached = vec![begin];
            while let Some(next) = Stage::ALL.into_iter().find(|next| {
                !reached.contains(next) && reached.iter().any(|stage| stage.can_become(*next))
            }) {
                reached.push(next);
            }
            assert!(reached.contains(&Stage::Saved), "{begin:?}");
        }
    }
}
