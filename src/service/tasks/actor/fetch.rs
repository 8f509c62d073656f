//! Files of finished tasks: whoever holds the lease fetches them at once, again after a fault as
//! long as the service keeps them, and asks for a fresh address where one died. It refuses to
//! touch the disk; `downloads` does.

use std::mem::discriminant;
use std::time::Duration;

use tokio::time::Instant;

use super::{Actor, Done};
use crate::api::tasks;
use crate::domain::ids::TaskKey;
use crate::domain::notice::{Notice, NoticeKind, TaskNotice};
use crate::domain::tasks::book::{AssetState, Stage, TaskEvent, TaskRecord};
use crate::service::downloads::{Lost, Saved, Want};
use crate::service::tasks::change::Next;

/// Files that are fetched at the same time.
const AT_ONCE: usize = 3;
/// The first wait after a fault; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// The longest wait for a place that cannot be written: somebody may be making room.
const PLACE: Duration = Duration::from_secs(60);

/// A file that is fetched again later.
#[derive(Debug, Clone, Copy)]
pub(super) struct Retry {
    key: TaskKey,
    part: u32,
    faults: u32,
    /// A fresh address was asked for already.
    renewed: bool,
    /// When.
    pub(super) due: Instant,
    waiting: bool,
}

impl Actor {
    /// Begins to fetch what is wanted, as far as there is room.
    pub(super) fn fetch_all(&mut self) {
        if !self.holder {
            return;
        }
        let active = &self.active;
        self.retries.retain(|retry| active.iter().any(|task| task.key == retry.key));
        let mut wanted = Vec::new();
        for task in active.iter().filter(|task| task.stage == Stage::Saving) {
            for asset in task.assets.iter().filter(|asset| asset.state == AssetState::Wanted) {
                let waits = self.retries.iter().any(|retry| {
                    (retry.key, retry.part) == (task.key, asset.part) && retry.waiting
                });
                if !waits && !self.fetching.contains(&(task.key, asset.part)) {
                    wanted.push((task.clone(), asset.part));
                }
            }
        }
        for (task, part) in wanted {
            if self.fetching.len() >= AT_ONCE {
                return;
            }
            self.fetch(task, part);
        }
    }

    fn fetch(&mut self, task: TaskRecord, part: u32) {
        let Some(asset) = task.assets.iter().find(|asset| asset.part == part).cloned() else {
            return;
        };
        self.fetching.insert((task.key, part));
        let deps = self.deps.clone();
        let progress = self.progress.0.clone();
        let key = task.key;
        self.jobs.spawn(async move {
            let want = Want { task: &task, asset: &asset, progress: &progress };
            Done::Fetched(key, part, deps.downloads.fetch(want).await)
        });
    }

    /// Retries whose time has come.
    pub(super) fn fetch_again(&mut self) {
        let now = Instant::now();
        let mut any = false;
        for retry in self.retries.iter_mut().filter(|retry| retry.waiting && retry.due <= now) {
            retry.waiting = false;
            retry.due = now + Duration::from_secs(24 * 3_600);
            any = true;
        }
        if any {
            self.fetch_all();
        }
    }

    /// A file is there, or not.
    pub(super) async fn fetched(&mut self, key: TaskKey, part: u32, result: Result<Saved, Lost>) {
        self.fetching.remove(&(key, part));
        match result {
            Ok(saved) => self.on_disk(key, part, saved).await,
            Err(Lost::Expired) => self.renew_address(key, part).await,
            Err(Lost::Passing(notice)) => {
                let expired = self.is_over(key);
                if expired {
                    self.set(key, part, AssetState::Expired).await;
                } else {
                    tracing::info!(task = %key, part, kind = ?notice.kind, "a download is tried again");
                    self.retry_later(key, part, false);
                }
            }
            Err(Lost::Place(notice)) => {
                if self.is_over(key) {
                    self.set(key, part, AssetState::Expired).await;
                } else {
                    self.retry_in(key, part, false, PLACE);
                    self.tell_place(key, notice).await;
                }
            }
            Err(Lost::Final(notice)) => {
                self.set(key, part, AssetState::Failed(notice)).await;
            }
        }
        self.go_on().await;
    }

    /// A file is whole and has its name.
    pub(super) async fn on_disk(&mut self, key: TaskKey, part: u32, saved: Saved) {
        self.retries.retain(|retry| (retry.key, retry.part) != (key, part));
        let Saved { path, bytes, sha256 } = saved;
        if self.set(key, part, AssetState::Saved { path, bytes, sha256 }).await {
            self.deps.downloads.settled(key, part);
        }
    }

    /// The service does not keep the files of a task any more.
    fn is_over(&self, key: TaskKey) -> bool {
        let now = (self.deps.now)();
        let task = self.active.iter().find(|task| task.key == key);
        task.and_then(TaskRecord::expires_ms).is_some_and(|at| at <= now)
    }

    /// Says once why a file cannot be written, with the task and to whoever looks on.
    async fn tell_place(&mut self, key: TaskKey, notice: Notice) {
        let said = notice.clone();
        let changed = self
            .alter(key, move |before, _| {
                // How much is free changes from try to try; the fault is the same.
                let same = |old: &Notice| discriminant(&old.kind) == discriminant(&said.kind);
                if before.stage != Stage::Saving || before.notice.as_ref().is_some_and(same) {
                    return Next::Nothing;
                }
                Next::Save(Box::new(TaskRecord { notice: Some(said), ..before.clone() }))
            })
            .await;
        if changed.is_some() {
            self.say(TaskEvent::Trouble(notice)).await;
        }
    }

    fn retry_later(&mut self, key: TaskKey, part: u32, renewed: bool) {
        self.retry_in(key, part, renewed, LONGEST_WAIT);
    }

    /// Tries again after a wait that grows up to `longest`.
    fn retry_in(&mut self, key: TaskKey, part: u32, renewed: bool, longest: Duration) {
        let old = self.retries.iter().position(|r| (r.key, r.part) == (key, part));
        let old = old.map(|at| self.retries.swap_remove(at));
        let faults = old.map_or(0, |retry| retry.faults) + 1;
        let step = FIRST_WAIT.saturating_mul(1 << faults.min(8)).min(longest);
        let wait = step.mul_f64(0.5 + 0.5 * self.random()) / self.deps.rush;
        let renewed = renewed || old.is_some_and(|retry| retry.renewed);
        let due = Instant::now() + wait;
        self.retries.push(Retry { key, part, faults, renewed, due, waiting: true });
    }

    /// An address that died is asked for once more; where the fresh one is dead too, the file is
    /// gone.
    async fn renew_address(&mut self, key: TaskKey, part: u32) {
        let renewed = self
            .retries
            .iter()
            .any(|retry| (retry.key, retry.part) == (key, part) && retry.renewed);
        let task = self.active.iter().find(|task| task.key == key);
        let id = task.and_then(|task| task.remote.clone()).filter(|_| !renewed);
        let Some(id) = id else {
            self.set(key, part, AssetState::Expired).await;
            return;
        };
        let deps = self.deps.clone();
        let fresh = match Self::endpoint(&deps).await {
            Ok(endpoint) => tasks::fetch(&deps.client, &endpoint, &id).await.ok(),
            Err(_) => None,
        };
        let url = fresh.and_then(|snapshot| {
            let file = snapshot.parts.into_iter().nth(usize::try_from(part).ok()?)?;
            match file {
                crate::domain::tasks::TaskPart::File(file) => Some(file.url),
                crate::domain::tasks::TaskPart::Failed(_) => None,
            }
        });
        let Some(url) = url else {
            self.set(key, part, AssetState::Expired).await;
            return;
        };
        self.alter(key, move |before, _| {
            let mut task = before.clone();
            for asset in task.assets.iter_mut().filter(|asset| asset.part == part) {
                asset.url.clone_from(&url);
            }
            Next::Save(Box::new(task))
        })
        .await;
        self.retry_later(key, part, true);
    }

    /// Notes how far a file has come; with the last one the task is at its end.
    /// Tells whether it is on disk.
    async fn set(&mut self, key: TaskKey, part: u32, state: AssetState) -> bool {
        let now = (self.deps.now)();
        let changed = self
            .alter(key, move |before, _| {
                let mut task = before.clone();
                for asset in task.assets.iter_mut().filter(|asset| asset.part == part) {
                    asset.state = state.clone();
                }
                finish(&mut task, now);
                Next::Save(Box::new(task))
            })
            .await;
        if let Some(task) = changed.as_ref().filter(|task| task.stage == Stage::Saved) {
            self.deps.downloads.note(task);
        }
        changed.is_some()
    }
}

/// The stage that follows from the files.
fn finish(task: &mut TaskRecord, now: i64) {
    let open = task.assets.iter().any(|asset| asset.state == AssetState::Wanted);
    if open || task.stage != Stage::Saving {
        return;
    }
    let gone = task.assets.iter().all(|asset| asset.state == AssetState::Expired);
    task.stage = if gone { Stage::Expired } else { Stage::Saved };
    if task.saved().next().is_some() {
        task.times.saved = Some(now);
    }
    let failed = task.assets.iter().find_map(|asset| match &asset.state {
        AssetState::Failed(notice) => Some(notice.clone()),
        AssetState::Wanted | AssetState::Saved { .. } | AssetState::Expired => None,
    });
    let expired = task.assets.iter().any(|asset| asset.state == AssetState::Expired);
    let expired = expired.then(|| Notice::new(NoticeKind::Task(TaskNotice::Expired)));
    // That parts of it were never made stays true; a fault of the place is over.
    let partly = task
        .notice
        .take()
        .filter(|notice| matches!(notice.kind, NoticeKind::Task(TaskNotice::Partly { .. })));
    task.notice = failed.or(expired).or(partly);
}
