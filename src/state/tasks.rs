//! The tasks as the screen knows them: what the service tells is put in its place, how long such
//! tasks usually take, what is asked. It refuses to send, to follow and to fetch: each wish is a
//! command to the service.

pub mod ask;
pub mod board;
pub mod form;
mod going;
mod orders;
mod posters;
pub mod shelf;
mod wishes;

use std::collections::HashMap;
use std::time::Duration;

use super::focus::Overlay;
use super::{AppState, Effects};
use crate::domain::errands::{ErrandEvent, Poster};
use crate::domain::ids::TaskKey;
use crate::domain::jobs::{Form, Value};
use crate::domain::ledger::Standing;
use crate::domain::models::ModelId;
use crate::domain::notice::{ErrandNotice, Notice, NoticeKind};
use crate::domain::tasks::book::{KEPT_BY_SERVICE, Stage, TaskEvent, TaskRecord};
use crate::domain::tasks::{TaskRow, resolution_of};
use crate::domain::time::Now;
use shelf::{Arriving, Shelf};

/// Tasks that took most alike: of one model, of one class of resolution, as many seconds.
type Group = (ModelId, Option<String>, Option<u64>);

/// The tasks.
#[derive(Debug, Default)]
pub struct Tasks {
    shelf: Shelf,
    /// How long the user's own tasks took, in seconds, sorted; `None` is all of a model.
    took: HashMap<Group, Vec<u32>>,
    /// Tasks of the account that may be one of which nobody knows whether it exists.
    candidates: HashMap<TaskKey, Vec<TaskRow>>,
    /// Small pictures; `None` where none can be made.
    posters: HashMap<TaskKey, Option<Poster>>,
    /// What was spent, as told last.
    spent: Option<Standing>,
    /// The service has told what there is.
    listed: bool,
}

impl Tasks {
    /// The tasks in their orders.
    #[must_use]
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// What was spent, as told last.
    #[must_use]
    pub fn spent(&self) -> Option<&Standing> {
        self.spent.as_ref()
    }

    /// The small picture of a task, if it was asked for and is there.
    #[must_use]
    pub fn poster(&self, key: TaskKey) -> Option<&Poster> {
        self.posters.get(&key)?.as_ref()
    }

    /// Pictures are wanted in another form: what was asked for is asked for again.
    pub(super) fn forget_posters(&mut self) {
        self.posters.clear();
    }

    /// How long tasks like this one usually take from being accepted to their end: the median of
    /// the user's own.
    #[must_use]
    pub fn usual(&self, task: &TaskRecord) -> Option<Duration> {
        let near = self.took.get(&group(&task.model, &task.form));
        let took = near.or_else(|| self.took.get(&(task.model.clone(), None, None)))?;
        let median = took.get(took.len() / 2)?;
        Some(Duration::from_secs(u64::from(*median)))
    }

    /// How long a task will take from now on, if there were others like it; zero where it takes
    /// longer than they did.
    #[must_use]
    pub fn left(&self, task: &TaskRecord, now: Now) -> Option<Duration> {
        if task.stage != Stage::Following {
            return None;
        }
        let since = task.times.submitted?;
        let gone = u64::try_from(now.wall_ms.saturating_sub(since)).unwrap_or(0);
        Some(self.usual(task)?.saturating_sub(Duration::from_millis(gone)))
    }

    /// A task is as it is now; tells what was known of it before.
    fn put(&mut self, record: TaskRecord) -> Option<TaskRecord> {
        let took = took(&record);
        let groups = [group(&record.model, &record.form), (record.model.clone(), None, None)];
        if record.stage != Stage::Maybe {
            self.candidates.remove(&record.key);
        }
        let before = self.shelf.put(record);
        // An end is counted once.
        let new = before.as_ref().and_then(self::took).is_none();
        if let Some(took) = took.filter(|_| new) {
            for group in groups {
                let all = self.took.entry(group).or_default();
                let at = all.partition_point(|known| *known < took);
                all.insert(at, took);
            }
        }
        before
    }
}

/// How long it took, of a task that succeeded.
fn took(task: &TaskRecord) -> Option<u32> {
    if !matches!(task.stage, Stage::Saving | Stage::Saved | Stage::Expired) {
        return None;
    }
    let took = task.times.ended?.saturating_sub(task.times.submitted?);
    u32::try_from(took / 1_000).ok().filter(|took| *took > 0)
}

/// Which tasks take as long as one of this form, as far as the form tells.
fn group(model: &ModelId, form: &Form) -> Group {
    let class = match (form.get("size"), form.get("resolution")) {
        (Some(Value::Text(size)), _) => size.split_once('*').and_then(|(width, height)| {
            let size = (width.parse().ok()?, height.parse().ok()?);
            Some(resolution_of(size).to_owned())
        }),
        (_, Some(Value::Text(class))) => Some(class.to_lowercase()),
        (_, _) => None,
    };
    let seconds = match form.get("duration") {
        Some(Value::Whole(seconds)) => Some(*seconds),
        Some(Value::Text(_) | Value::Flag(_) | Value::Media(_)) | None => None,
    };
    (model.clone(), class, seconds)
}

/// How far back what is over counts as news: as long as the service keeps files.
#[must_use]
pub fn since_ms(now: Now) -> i64 {
    let kept = i64::try_from(KEPT_BY_SERVICE.as_millis()).unwrap_or(i64::MAX);
    now.wall_ms.saturating_sub(kept)
}

impl AppState {
    /// The tasks.
    #[must_use]
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// The task service says something.
    pub(super) fn on_task(&mut self, event: TaskEvent, now: Now) -> Effects {
        match event {
            TaskEvent::Listed(all) => {
                self.tasks.listed = true;
                for task in all {
                    self.task_is(task);
                }
                self.board_moved(None);
                Vec::new()
            }
            TaskEvent::Changed(task) => self.task_changed(*task, now),
            TaskEvent::Removed(key) => {
                let marked = self.marked_task();
                self.tasks.shelf.remove(key);
                self.tasks.posters.remove(&key);
                self.board_moved(marked.filter(|marked| *marked != key));
                Vec::new()
            }
            TaskEvent::Progress { key, part, done, total, speed } => {
                self.tasks.shelf.arrives(key, Arriving { part, done, total, speed });
                Vec::new()
            }
            TaskEvent::Account(rows) => {
                self.account_came(rows);
                Vec::new()
            }
            TaskEvent::Candidates { key, rows } => {
                self.candidates_came(key, rows, now);
                Vec::new()
            }
            TaskEvent::OverBudget { orders, reached } => {
                self.ask_over_budget(orders, reached);
                Vec::new()
            }
            TaskEvent::Loop { orders, times } => {
                self.ask_loop(orders, times);
                Vec::new()
            }
            TaskEvent::NotTaken { orders, notice } => {
                self.notices.tell(notice, now);
                self.form_back(orders);
                Vec::new()
            }
            TaskEvent::Trouble(notice) => {
                self.notices.tell(notice, now);
                Vec::new()
            }
        }
    }

    /// Takes in what there is of a task, if it is one of this profile: another needs another key.
    fn task_is(&mut self, task: TaskRecord) -> Option<TaskRecord> {
        if task.profile != self.settings.place.profile {
            return None;
        }
        self.tasks.put(task)
    }

    fn task_changed(&mut self, task: TaskRecord, now: Now) -> Effects {
        let marked = self.marked_task();
        let key = task.key;
        let before = self.task_is(task);
        self.board_moved(marked);
        let Some(task) = self.tasks.shelf.get(key).cloned() else { return Vec::new() };
        let was = before.map(|task| task.stage);
        // What ended before this program knew of it is no news.
        let ended = task.stage.is_final() && was.is_some_and(|stage| !stage.is_final());
        if ended { self.task_ended(&task, now) } else { Vec::new() }
    }

    /// An errand was done.
    pub(super) fn on_errand(&mut self, event: ErrandEvent) -> Effects {
        match event {
            ErrandEvent::Looked { path, bytes } => self.file_looked_at(&path, bytes),
            ErrandEvent::Poster { key, poster } => self.poster_came(key, poster),
            ErrandEvent::Spent(standing) => self.tasks.spent = Some(standing),
        }
        Vec::new()
    }

    /// Tasks of the account that may be one that may exist.
    fn candidates_came(&mut self, key: TaskKey, rows: Vec<TaskRow>, now: Now) {
        let known = self.tasks.candidates.insert(key, rows).is_some();
        if let Some(title) = self.tasks.shelf.get(key).map(|task| task.title.clone())
            && !known
        {
            let kind = NoticeKind::Errand(ErrandNotice::Undecided { title });
            self.notices.tell(Notice::new(kind), now);
        }
    }

    /// When something on the screen that counts moves on: each second while a task is under way,
    /// each minute while a file expires. Never where none of it is in sight.
    pub(super) fn tasks_deadline(&self, now: Now) -> Option<Duration> {
        let in_sight = matches!(self.focus.overlay, None | Some(Overlay::Tasks(_)));
        if !in_sight || self.tasks.shelf.is_empty() {
            return None;
        }
        let counts = self.tasks.shelf.counts(since_ms(now));
        let left_of = |whole: u64| {
            let gone = u64::try_from(now.wall_ms.rem_euclid(whole.cast_signed())).unwrap_or(0);
            Some(now.since_start + Duration::from_millis(whole - gone))
        };
        if counts.running + counts.waiting > 0 {
            left_of(1_000)
        } else if counts.all() > 0 {
            left_of(60_000)
        } else {
            None
        }
    }
}
