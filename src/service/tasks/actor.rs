//! The actor: waits for a command, an answer, the bell or a time, and does one thing. It owns what
//! is under way in this process; what is known of tasks is in the store. It refuses to decide what
//! an answer means (`seen`, `send`, `orphan`).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::change::{Next, change};
use super::line::{self, Width};
use super::pace::Pace;
use super::send::Sent;
use super::{Deps, lease, rows};
use crate::api::error::ApiError;
use crate::api::region::Endpoint;
use crate::domain::ids::{IdSource, TaskKey};
use crate::domain::models::ModelId;
use crate::domain::notice::Notice;
use crate::domain::tasks::book::{Stage, TaskCommand, TaskEvent, TaskRecord};
use crate::domain::tasks::{TaskRow, TaskSnapshot};
use crate::service::bell::Bell;
use crate::service::downloads;

mod commands;
mod fetch;
mod follow;
mod maybe;
mod submit;

/// What is being sent at the end of the program may take this long for its answer; one that takes
/// longer "may exist" at the next start.
const LAST_WORD: Duration = Duration::from_millis(1_500);

/// Something under way has ended.
enum Done {
    Sent(TaskKey, Box<Sent>),
    Asked(TaskKey, Box<Result<TaskSnapshot, ApiError>>),
    Account(Result<Vec<TaskRow>, Notice>, Purpose),
    Fetched(TaskKey, u32, Result<downloads::Saved, downloads::Lost>),
}

/// Why the account's list was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// The user wants to see it.
    Show,
    /// A lost answer is looked for.
    Search,
}

pub(super) struct Actor {
    deps: Arc<Deps>,
    ids: IdSource,
    out: mpsc::Sender<TaskEvent>,
    cancel: CancellationToken,
    bell: Bell,
    started: Instant,
    random: u64,
    /// The newest change this process has read.
    revision: i64,
    /// Tasks that are active, as read last.
    active: Vec<TaskRecord>,
    /// This process asks and fetches.
    holder: bool,
    lease_due: Option<Instant>,
    /// When to look what changed without having been told: while something is under way, for a
    /// ring may be lost (a file of another machine is not watched here); always where the bell
    /// cannot be heard; and after a look that failed.
    look_due: Option<Instant>,
    /// Looks that failed one after the other.
    blind: u32,
    pace: Pace,
    line_due: Option<Instant>,
    /// Tasks whose lost answer is looked for, and when next.
    searches: Vec<maybe::Search>,
    sending: HashSet<TaskKey>,
    /// What became of requests and could not be written down, and when it is tried again.
    unwritten: Vec<(TaskKey, Sent)>,
    write_due: Option<Instant>,
    asking: HashSet<TaskKey>,
    /// Questions without an answer, one after the other.
    unheard: u32,
    fetching: HashSet<(TaskKey, u32)>,
    retries: Vec<fetch::Retry>,
    jobs: JoinSet<Done>,
    progress: (mpsc::Sender<downloads::Progress>, mpsc::Receiver<downloads::Progress>),
}

impl Actor {
    pub(super) fn new(
        deps: Arc<Deps>,
        ids: IdSource,
        out: mpsc::Sender<TaskEvent>,
        cancel: CancellationToken,
    ) -> Self {
        let bell = Bell::hang(&deps.data, super::BELL, &[]);
        let random = deps.seed;
        Self {
            deps,
            ids,
            out,
            cancel,
            bell,
            started: Instant::now(),
            random,
            revision: 0,
            active: Vec::new(),
            holder: false,
            lease_due: None,
            look_due: None,
            blind: 0,
            pace: Pace::default(),
            line_due: None,
            searches: Vec::new(),
            sending: HashSet::new(),
            unwritten: Vec::new(),
            write_due: None,
            asking: HashSet::new(),
            unheard: 0,
            fetching: HashSet::new(),
            retries: Vec::new(),
            jobs: JoinSet::new(),
            // Progress that finds no room is dropped: the next one says more.
            progress: mpsc::channel(16),
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<TaskCommand>) {
        self.recover().await;
        self.refresh().await;
        loop {
            let wake = self.wake();
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => break,
                command = commands.recv() => match command {
                    Some(command) => self.on_command(command).await,
                    None => break,
                },
                Some(done) = self.jobs.join_next(), if !self.jobs.is_empty() => {
                    self.on_done(done).await;
                }
                Some(progress) = self.progress.1.recv() => {
                    self.say(TaskEvent::Progress {
                        key: progress.key,
                        part: progress.part,
                        done: progress.done,
                        total: progress.total,
                        speed: progress.speed,
                    })
                    .await;
                }
                () = self.bell.heard() => self.refresh().await,
                () = until(wake) => self.on_time().await,
            }
        }
        self.end().await;
    }

    /// Gives what is being sent a moment for its answer, and the lease back.
    async fn end(&mut self) {
        let deadline = Instant::now() + LAST_WORD;
        while !self.sending.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            match timeout(left, self.jobs.join_next()).await {
                Ok(Some(Ok(Done::Sent(key, sent)))) => self.sent(key, *sent).await,
                Ok(Some(Ok(Done::Fetched(key, part, Ok(saved))))) => {
                    self.on_disk(key, part, saved).await;
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => break,
            }
        }
        self.write_again().await;
        // A file that has its name is noted as one; what is still coming goes on another time.
        while let Some(done) = self.jobs.try_join_next() {
            if let Ok(Done::Fetched(key, part, Ok(saved))) = done {
                self.on_disk(key, part, saved).await;
            }
        }
        if self.holder {
            self.give_back().await;
        }
    }

    /// When something is to be done by itself.
    fn wake(&self) -> Option<Instant> {
        let pace = self.pace.next().filter(|_| self.holder);
        let pace = pace.map(|at| self.started + at / self.deps.rush);
        let searches = self.searches.iter().map(|search| search.due);
        let retries = self.retries.iter().map(|retry| retry.due);
        [pace, self.lease_due, self.look_due, self.line_due, self.write_due]
            .into_iter()
            .flatten()
            .chain(searches)
            .chain(retries)
            .min()
    }

    async fn on_time(&mut self) {
        let now = Instant::now();
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if due(self.lease_due) {
            self.renew().await;
        }
        if due(self.look_due) {
            self.refresh().await;
        }
        if due(self.write_due) {
            self.write_due = None;
            self.write_again().await;
        }
        if due(self.line_due) {
            self.line_due = None;
            self.send_next().await;
        }
        self.ask_next();
        self.search_now();
        self.fetch_again();
    }

    async fn on_done(&mut self, done: Result<Done, tokio::task::JoinError>) {
        match done {
            Ok(Done::Sent(key, sent)) => self.sent(key, *sent).await,
            Ok(Done::Asked(key, answer)) => self.asked(key, *answer).await,
            Ok(Done::Account(rows, purpose)) => self.account(rows, purpose).await,
            Ok(Done::Fetched(key, part, result)) => self.fetched(key, part, result).await,
            Err(error) => tracing::error!(%error, "a task's work failed"),
        }
    }

    /// What a program was sending when it died may exist now.
    async fn recover(&mut self) {
        let profile = self.deps.profile.clone();
        match self.deps.desk.ask(move |change| line::recover(change, &profile)).await {
            Ok(found) if !found.is_empty() => self.bell.ring(),
            Ok(_) => {}
            Err(notice) => self.say(TaskEvent::Trouble(notice)).await,
        }
    }

    /// Reads what changed, by whomever, and goes on with it.
    async fn refresh(&mut self) {
        if !self.read_changes().await {
            return;
        }
        let under_way = self.active.iter().any(|task| task.stage.is_active());
        let looks = under_way || !self.bell.watches();
        self.look_due = looks.then(|| Instant::now() + lease::TICK);
        self.go_on().await;
    }

    /// Reads what changed, by whomever. `false`: it could not be read, and will be again.
    async fn read_changes(&mut self) -> bool {
        let after = self.revision;
        let read = self
            .deps
            .desk
            .ask(move |change| {
                let newest = rows::revision(change)?;
                Ok((newest, rows::changed(change, after)?, rows::hidden(change, after)?))
            })
            .await;
        let (newest, changed, hidden) = match read {
            Ok(read) => read,
            Err(notice) => {
                // What was rung for is still unread, and nobody need ring again.
                self.look_due = Some(Instant::now() + lease::TICK * (1 << self.blind.min(4)));
                self.blind += 1;
                if self.blind == 1 {
                    self.say(TaskEvent::Trouble(notice)).await;
                }
                return false;
            }
        };
        self.blind = 0;
        self.revision = newest;
        for key in hidden {
            self.active.retain(|task| task.key != key);
            self.pace.leave(key);
            self.say(TaskEvent::Removed(key)).await;
        }
        for task in changed {
            self.take_in(task).await;
        }
        true
    }

    /// A task is as it is now: keeps it if it is active, tells the others.
    async fn take_in(&mut self, task: TaskRecord) {
        self.active.retain(|known| known.key != task.key);
        let mine = task.profile == self.deps.profile;
        if task.stage != Stage::Following || !mine {
            self.pace.leave(task.key);
        }
        if mine && (task.stage.is_active() || task.stage == Stage::Maybe) {
            self.active.push(task.clone());
        }
        self.say(TaskEvent::Changed(Box::new(task))).await;
    }

    /// Does what the active tasks want; nothing is left to wake up for when there are none.
    async fn go_on(&mut self) {
        if !self.active.iter().any(|task| task.stage.is_active()) {
            self.rest().await;
            self.begin_searches();
            return;
        }
        if self.lease_due.is_none() {
            self.renew().await;
        }
        self.follow_all();
        self.begin_searches();
        self.fetch_all();
        self.send_next().await;
        self.ask_next();
    }

    /// Takes the lease, renews it, or looks whether it is free.
    async fn renew(&mut self) {
        let profile = self.deps.profile.clone();
        let was = self.holder;
        self.holder = match self.deps.desk.ask(move |change| lease::take(change, &profile)).await {
            Ok(holder) => holder,
            Err(notice) => {
                if was {
                    self.say(TaskEvent::Trouble(notice)).await;
                }
                false
            }
        };
        self.lease_due = Some(Instant::now() + lease::TICK);
        if self.holder && !was {
            // Whoever had it may have died in the middle of sending.
            self.recover().await;
            // Or brought all to its end just now: what is known here may be older than that, and
            // would be asked for and fetched a second time.
            if !self.read_changes().await || !self.active.iter().any(|task| task.stage.is_active())
            {
                self.rest().await;
                return;
            }
            self.follow_all();
            self.fetch_all();
        }
    }

    /// Nothing is active: the lease goes back and no timer is left.
    async fn rest(&mut self) {
        self.lease_due = None;
        self.line_due = None;
        if std::mem::take(&mut self.holder) {
            self.give_back().await;
        }
    }

    async fn give_back(&self) {
        let profile = self.deps.profile.clone();
        // Where it cannot be given back it runs out by itself.
        drop(self.deps.desk.ask(move |change| lease::give_back(change, &profile)).await);
    }

    /// Writes a change, tells it, and goes on with it.
    async fn alter(
        &mut self,
        key: TaskKey,
        decide: impl FnOnce(&TaskRecord, u32) -> Next + Send + 'static,
    ) -> Option<TaskRecord> {
        match change(&self.deps.desk, key, decide).await {
            Ok(Some(task)) => {
                self.bell.ring();
                self.take_in(task.clone()).await;
                Some(task)
            }
            Ok(None) => None,
            Err(notice) => {
                self.say(TaskEvent::Trouble(notice)).await;
                None
            }
        }
    }

    /// The endpoint with its key.
    async fn endpoint(deps: &Deps) -> Result<Endpoint, Notice> {
        deps.keys
            .unlock(&deps.endpoint)
            .await
            .map_err(|fault| Notice::new(crate::domain::notice::NoticeKind::Key(fault)))
    }

    /// How many tasks of a model may be under way.
    fn width(deps: &Deps, model: &ModelId) -> Width {
        let limit = deps.catalog.get().limits(deps.figures, model);
        let running = limit.and_then(|limit| limit.row.running).unwrap_or(2).max(1);
        Width { a_second: running, running }
    }

    /// The next number from 0 up to below 1 of a small generator (an LCG's upper bits).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a float exactly")]
    fn random(&mut self) -> f64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn since_start(&self) -> Duration {
        Instant::now().saturating_duration_since(self.started) * self.deps.rush
    }

    /// Nobody listens when this fails: the program is ending.
    async fn say(&self, event: TaskEvent) {
        drop(self.out.send(event).await);
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
