//! Tasks: who owns them, which wait and which run, and how each ends, all told from the clock alone.
//! It owns states and queues; it refuses bytes (`create` and `query` speak, `make` makes results).
//!
//! Nothing runs in the background. A lane (one account, one model) has as many places as tasks may
//! run at once; whenever somebody asks, the lane is brought up to the present moment.

mod create;
mod fields;
mod job;
mod make;
mod now;
mod picture;
mod query;
mod reply;
mod vectors;
mod video;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use tokio::time::Instant;

use super::ask::Account;
use super::results::{DAY, Link};
use super::scenario::{Fate, Rule};
use super::{Shared, chat, rng};
use job::Job;

pub(super) use create::batch;
pub(super) use now::pictures_now;

/// From the request to the moment the task is taken into the queue.
const SCHEDULING: Duration = Duration::from_millis(37);
/// From there to a free place, when there is one.
const STARTING: Duration = Duration::from_millis(1400);
/// A task that runs longer has failed, by the documentation.
const LONGEST: Duration = Duration::from_secs(3 * 3600);
/// Tasks remembered at most; then the oldest are forgotten.
const MOST: usize = 5000;

/// Every path of this part.
pub(super) fn routes() -> Router<Arc<Shared>> {
    const SERVICES: &str = "/api/v1/services";
    let mut router = Router::new();
    for path in [
        "aigc/video-generation/video-synthesis",
        "aigc/image2video/video-synthesis",
        "aigc/text2video/{*rest}",
        "aigc/text2image/image-synthesis",
        "aigc/image2image/image-synthesis",
        "aigc/image-generation/generation",
    ] {
        router = router.route(
            &format!("{SERVICES}/{path}"),
            post(create::create).fallback(chat::wrong_method),
        );
    }
    let list = || get(query::list).fallback(chat::wrong_method);
    router
        .route("/api/v1/tasks", list())
        .route("/api/v1/tasks/", list())
        .route("/api/v1/tasks/{id}", get(query::one).fallback(chat::wrong_method))
        .route("/api/v1/tasks/{id}/cancel", post(query::cancel).fallback(chat::wrong_method))
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Running,
    Succeeded,
    Failed,
    Canceled,
    /// Nobody knows it any more.
    Gone,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Canceled => "CANCELED",
            Self::Gone => "UNKNOWN",
        }
    }
}

/// One result: its link, or that it failed.
type Part = Option<Link>;

/// One task.
#[derive(Debug, Clone)]
struct Task {
    id: String,
    account: Account,
    /// Of the request that created it.
    request_id: String,
    job: Arc<Job>,
    rule: Arc<Rule>,
    submitted: Instant,
    scheduled: Instant,
    /// How long it runs.
    run: Duration,
    begun: Option<Instant>,
    ended: Option<Instant>,
    canceled: bool,
    /// Made when it is first asked for after the end.
    parts: Option<Arc<Vec<Part>>>,
}

impl Task {
    fn state(&self, now: Instant, day: Duration) -> State {
        let over = |moment: Option<Instant>| moment.is_some_and(|moment| moment <= now);
        let last = self.ended.unwrap_or(self.submitted);
        if last + day <= now {
            return State::Gone;
        }
        if self.canceled {
            return State::Canceled;
        }
        if !over(self.begun) {
            return State::Pending;
        }
        let vanishes = self.rule.task == Some(Fate::Vanishes);
        if vanishes && over(self.begun.map(|begun| begun + self.run / 2)) {
            return State::Gone;
        }
        match (over(self.ended), self.failure().is_some()) {
            (false, _) => State::Running,
            (true, false) => State::Succeeded,
            (true, true) => State::Failed,
        }
    }

    /// Code and text of a task that fails as a whole.
    fn failure(&self) -> Option<(String, String)> {
        let parts = self.job.parts();
        let all = parts > 0 && self.rule.partly.is_some_and(|failed| failed >= parts);
        if self.rule.task == Some(Fate::Running) {
            return Some(make::timeout());
        }
        if all || (self.rule.task_code.is_some() && self.rule.partly.is_none()) {
            return Some(self.rule.task_failure());
        }
        let fault = self.job.fault.as_ref()?;
        Some((fault.native.to_string(), fault.message.to_string()))
    }

    /// How many of its results are there at a moment, of those that will be.
    fn done(&self, now: Instant) -> u32 {
        let parts = self.job.parts();
        let will = parts - self.rule.partly.unwrap_or(0).min(parts);
        let Some(begun) = self.begun.filter(|begun| *begun <= now) else {
            return 0;
        };
        let share =
            now.saturating_duration_since(begun).as_secs_f64() / self.run.as_secs_f64().max(1e-9);
        ((f64::from(parts) * share.min(1.0)).floor() as u32).min(will)
    }
}

/// The places of one model for one account.
#[derive(Debug)]
struct Lane {
    /// When each place is free.
    places: Vec<Instant>,
    /// Ids in the order in which they came.
    waiting: VecDeque<String>,
}

#[derive(Debug, Default)]
struct Board {
    tasks: HashMap<String, Task>,
    /// Ids, oldest first.
    order: VecDeque<String>,
    lanes: HashMap<(Account, &'static str), Lane>,
}

impl Board {
    /// Lets tasks of a lane begin that found a place by now.
    fn advance(&mut self, lane: (Account, &'static str), now: Instant, starting: Duration) {
        let Some(lane) = self.lanes.get_mut(&lane) else {
            return;
        };
        while let Some(id) = lane.waiting.front() {
            let Some(task) = self.tasks.get_mut(id) else {
                lane.waiting.pop_front();
                continue;
            };
            let Some(place) = lane.places.iter_mut().min() else {
                return;
            };
            let begun = (*place).max(task.scheduled + starting);
            if begun > now {
                return;
            }
            let ended = begun + task.run;
            (task.begun, task.ended, *place) = (Some(begun), Some(ended), ended);
            lane.waiting.pop_front();
        }
    }

    fn forget_oldest(&mut self) {
        while self.tasks.len() >= MOST
            && let Some(id) = self.order.pop_front()
        {
            self.tasks.remove(&id);
        }
    }
}

/// The tasks of one server.
#[derive(Debug, Default)]
pub(super) struct Tasks(Mutex<Board>);

impl Tasks {
    fn board(&self) -> std::sync::MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The model of a task whose path this is; scenarios match it too.
    pub(super) fn model_of(&self, path: &str) -> Option<&'static str> {
        let id = path.strip_prefix("/api/v1/tasks/")?;
        let id = id.split('/').next()?;
        self.board().tasks.get(id).map(|task| task.job.model.id)
    }

    /// Takes a task into the queue and gives its id; `None` when the queue of its model is full.
    fn add(
        &self,
        sim: &Shared,
        account: Account,
        request_id: &str,
        rule: &Arc<Rule>,
        job: Job,
    ) -> Option<String> {
        let now = Instant::now();
        let model = job.model.id;
        let id = sim.ids.next();
        let luck = rng::Rng::new(rng::hash(sim.options.seed, id.as_bytes())).unit();
        let seconds = rule.task_s.unwrap_or_else(|| job.seconds(luck));
        let run = match rule.task {
            Some(Fate::Running) => LONGEST,
            Some(Fate::Pending | Fate::Vanishes) | None => {
                Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST).min(LONGEST)
            }
        };
        let task = Task {
            id: id.clone(),
            account,
            request_id: request_id.to_owned(),
            job: Arc::new(job),
            rule: Arc::clone(rule),
            submitted: now,
            scheduled: now + sim.scaled(SCHEDULING),
            run: sim.scaled(run),
            begun: None,
            ended: None,
            canceled: false,
            parts: None,
        };
        let mut board = self.board();
        board.advance((account, model), now, sim.scaled(STARTING));
        board.forget_oldest();
        let lane = board.lanes.entry((account, model)).or_insert_with(|| Lane {
            places: vec![now; sim.limits.width(model)],
            waiting: VecDeque::new(),
        });
        if lane.waiting.len() >= sim.limits.queue(model) {
            return None;
        }
        if rule.task != Some(Fate::Pending) {
            lane.waiting.push_back(id.clone());
        }
        board.order.push_back(id.clone());
        board.tasks.insert(id.clone(), task);
        Some(id)
    }

    /// A task of an account as it is now, unless it is gone or another's.
    fn find(
        &self,
        sim: &Shared,
        account: Account,
        id: &str,
        now: Instant,
    ) -> Option<(Task, State)> {
        let mut board = self.board();
        let lane = board.tasks.get(id).map(|task| (task.account, task.job.model.id))?;
        board.advance(lane, now, sim.scaled(STARTING));
        let task = board.tasks.get(id).filter(|task| task.account == account)?;
        let state = task.state(now, sim.scaled(DAY));
        (state != State::Gone).then(|| (task.clone(), state))
    }

    /// All tasks of an account that are not gone, newest first.
    fn all(&self, sim: &Shared, account: Account, now: Instant) -> Vec<(Task, State)> {
        let mut board = self.board();
        let lanes: Vec<_> = board.lanes.keys().filter(|lane| lane.0 == account).copied().collect();
        for lane in lanes {
            board.advance(lane, now, sim.scaled(STARTING));
        }
        let day = sim.scaled(DAY);
        let tasks = board.order.iter().rev().filter_map(|id| board.tasks.get(id));
        tasks
            .filter(|task| task.account == account)
            .map(|task| (task.clone(), task.state(now, day)))
            .filter(|(_, state)| *state != State::Gone)
            .collect()
    }

    /// Cancels a task that still waits; says whether it did.
    fn cancel(&self, sim: &Shared, account: Account, id: &str, now: Instant) -> bool {
        if !matches!(self.find(sim, account, id, now), Some((_, State::Pending))) {
            return false;
        }
        let mut board = self.board();
        let Some(task) = board.tasks.get_mut(id).filter(|task| task.begun.is_none()) else {
            return false;
        };
        task.canceled = true;
        task.ended = Some(now);
        let lane = (task.account, task.job.model.id);
        if let Some(lane) = board.lanes.get_mut(&lane) {
            lane.waiting.retain(|waiting| waiting != id);
        }
        true
    }

    /// Keeps the results of a task; if somebody was quicker, theirs stand.
    fn keep(&self, id: &str, parts: Arc<Vec<Part>>) -> Arc<Vec<Part>> {
        match self.board().tasks.get_mut(id) {
            Some(task) => Arc::clone(task.parts.get_or_insert(parts)),
            None => parts,
        }
    }
}
