//! Looking for tasks whose answer was lost: the account's list is asked soon, and again later, for
//! it may show a task late. It refuses to take one over that could be another's.

use std::time::Duration;

use tokio::time::Instant;

use super::{Actor, Done, Purpose};
use crate::api::tasks;
use crate::domain::ids::TaskKey;
use crate::domain::notice::{Notice, NoticeKind, TaskNotice};
use crate::domain::tasks::book::{Stage, TaskEvent, TaskRecord};
use crate::domain::tasks::{TaskFilter, TaskId, TaskRow};
use crate::service::tasks::change::Next;
use crate::service::tasks::orphan::{self, Finding, Intent};
use crate::service::tasks::{rows, send};

/// When the list is asked, after the answer was given up.
const LOOKS: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(300),
];
/// As good as never.
const NEVER: Duration = Duration::from_secs(30 * 24 * 3_600);
/// A program that died did not say when it stopped waiting: the answer could have come until then.
const WAITED: i64 = 120_000;
/// Rows of one page, and pages at most: a day of a busy account.
const PAGE: u32 = 100;
const PAGES: u32 = 20;

/// The search for one task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    key: TaskKey,
    look: usize,
    /// When the list is asked next.
    pub(super) due: Instant,
}

impl Actor {
    /// Begins to look for every task that may exist and is not looked for.
    pub(super) fn begin_searches(&mut self) {
        let active = &self.active;
        self.searches.retain(|search| {
            active.iter().any(|task| task.key == search.key && task.stage == Stage::Maybe)
        });
        for task in active.iter().filter(|task| task.stage == Stage::Maybe) {
            if !self.searches.iter().any(|search| search.key == task.key) {
                let due = Instant::now() + LOOKS[0] / self.deps.rush;
                self.searches.push(Search { key: task.key, look: 0, due });
            }
        }
    }

    /// Asks for the list if a search is due.
    pub(super) fn search_now(&mut self) {
        let now = Instant::now();
        let rush = self.deps.rush;
        let mut due = false;
        for search in &mut self.searches {
            if search.due > now {
                continue;
            }
            due = true;
            search.look += 1;
            // After the last look the user decides; it is not looked for by itself any more.
            let wait = LOOKS.get(search.look).map_or(NEVER, |wait| *wait / rush);
            search.due = now + wait;
        }
        if due {
            self.look(Purpose::Search);
        }
    }

    /// Asks for the account's list.
    pub(super) fn look(&mut self, purpose: Purpose) {
        let deps = self.deps.clone();
        self.jobs.spawn(async move {
            let rows = match Self::endpoint(&deps).await {
                Ok(endpoint) => all(&deps, &endpoint).await,
                Err(notice) => Err(notice),
            };
            Done::Account(rows, purpose)
        });
    }

    /// The account's list has come.
    pub(super) async fn account(&mut self, rows: Result<Vec<TaskRow>, Notice>, purpose: Purpose) {
        let rows = match rows {
            Ok(rows) => rows,
            Err(notice) if purpose == Purpose::Show => {
                return self.say(TaskEvent::Trouble(notice)).await;
            }
            // The next look may find somebody at home.
            Err(_) => return,
        };
        let origin = self.origin();
        let known = match self.deps.desk.ask(move |change| rows::known(change, &origin)).await {
            Ok(known) => known,
            Err(notice) => return self.say(TaskEvent::Trouble(notice)).await,
        };
        if purpose == Purpose::Show {
            let strange = rows.into_iter().filter(|row| !known.contains(&row.id)).collect();
            return self.say(TaskEvent::Account(strange)).await;
        }
        let intents: Vec<Intent> = self.active.iter().filter_map(intent).collect();
        let is_known = |id: &TaskId| known.contains(id);
        for (key, finding) in orphan::search(&intents, &rows, &is_known) {
            match finding {
                Finding::Is(row) => self.is_this(key, row.id, Some(row.status)).await,
                Finding::OneOf(rows) => self.say(TaskEvent::Candidates { key, rows }).await,
                Finding::Nothing => {
                    if self.searches.iter().any(|s| s.key == key && s.look >= LOOKS.len()) {
                        self.say(TaskEvent::Candidates { key, rows: Vec::new() }).await;
                    }
                }
            }
        }
    }

    /// A task that may exist is that one of the account.
    pub(super) async fn is_this(
        &mut self,
        key: TaskKey,
        id: TaskId,
        status: Option<crate::domain::tasks::TaskStatus>,
    ) {
        let now = (self.deps.now)();
        let origin = self.origin();
        self.alter(key, move |before, _| {
            let mut task = before.clone();
            task.stage = Stage::Following;
            task.remote = Some(id);
            task.origin = origin;
            task.status = status;
            task.times.submitted.get_or_insert(before.times.sent.unwrap_or(now));
            task.notice = Some(Notice::new(NoticeKind::Task(TaskNotice::Found)));
            Next::Save(Box::new(task))
        })
        .await;
        self.go_on().await;
    }
}

/// The request of a task whose answer was lost, with the time in which it can have been made.
fn intent(task: &TaskRecord) -> Option<Intent> {
    if task.stage != Stage::Maybe {
        return None;
    }
    let from_ms = task.times.sent?;
    let until_ms = task.times.answered.unwrap_or(from_ms + WAITED);
    Some(Intent { key: task.key, model: task.model.clone(), from_ms, until_ms })
}

/// Every task of the account that the list tells: the last 24 hours.
async fn all(
    deps: &super::Deps,
    endpoint: &crate::api::region::Endpoint,
) -> Result<Vec<TaskRow>, Notice> {
    let mut rows = Vec::new();
    for page in 1..=PAGES {
        let read = tasks::list(&deps.client, endpoint, &TaskFilter::default(), page, PAGE).await;
        let model = crate::domain::models::ModelId::new("");
        let read = read.map_err(|error| send::explain(deps, endpoint, &model, "/tasks", &error))?;
        let last = read.rows.is_empty() || u64::from(page) >= read.pages;
        rows.extend(read.rows);
        if last {
            break;
        }
    }
    Ok(rows)
}
