//! Following tasks: whoever holds the lease asks for each in its turn and takes over the answer.
//! It refuses to ask for a task twice at the same time.

use super::{Actor, Done};
use crate::api::diagnose::{Kind, kind};
use crate::api::error::ApiError;
use crate::api::tasks;
use crate::domain::ids::TaskKey;
use crate::domain::notice::{Exit, Notice, NoticeKind, TaskNotice};
use crate::domain::tasks::TaskSnapshot;
use crate::domain::tasks::book::{Stage, TaskEvent};
use crate::service::tasks::change::Next;
use crate::service::tasks::{seen, send};

/// So many questions without an answer, one after the other, are worth a word.
const UNHEARD: u32 = 3;
/// Questions under way at the same time.
const AT_ONCE: usize = 6;

impl Actor {
    /// Puts every task that is to be followed into the round.
    pub(super) fn follow_all(&mut self) {
        if !self.holder {
            return;
        }
        let now_ms = (self.deps.now)();
        let now = self.since_start();
        for task in self.active.iter().filter(|task| task.stage == Stage::Following) {
            let since = task.times.submitted.unwrap_or(task.times.created);
            let age = u64::try_from(now_ms - since).unwrap_or(0);
            self.pace.follow(task.key, std::time::Duration::from_millis(age), now);
        }
    }

    /// Asks for whoever's turn it is.
    pub(super) fn ask_next(&mut self) {
        while self.holder && self.asking.len() < AT_ONCE {
            let (now, random) = (self.since_start(), self.random());
            let Some(key) = self.pace.take(now, random) else { return };
            let found = self.active.iter().find(|task| task.key == key);
            let Some(id) = found.and_then(|task| task.remote.clone()) else {
                self.pace.leave(key);
                continue;
            };
            if !self.asking.insert(key) {
                continue;
            }
            let deps = self.deps.clone();
            self.jobs.spawn(async move {
                let answer = match Self::endpoint(&deps).await {
                    Ok(endpoint) => tasks::fetch(&deps.client, &endpoint, &id).await,
                    Err(_) => Err(ApiError::NoKey),
                };
                Done::Asked(key, Box::new(answer))
            });
        }
    }

    /// An answer about a task, or none.
    pub(super) async fn asked(&mut self, key: TaskKey, answer: Result<TaskSnapshot, ApiError>) {
        self.asking.remove(&key);
        let (now, random) = (self.since_start(), self.random());
        match answer {
            Ok(snapshot) => {
                self.unheard = 0;
                self.pace.answered(key, now, random);
                self.heard(key, snapshot).await;
            }
            Err(error) => {
                let wait = match &error {
                    ApiError::Status(refusal) | ApiError::Stream(refusal) => {
                        let throttled = matches!(kind(refusal), Kind::Throttled(_));
                        let second = throttled.then_some(std::time::Duration::from_secs(1));
                        refusal.retry_after.or(second)
                    }
                    _ => None,
                };
                tracing::debug!(task = %key, %error, "a task could not be asked for");
                self.pace.failed(key, now, random, wait);
                self.tell_unheard(key, &error).await;
            }
        }
        self.ask_next();
    }

    /// Says once why nothing is heard of tasks: at once where asking again will not help by itself,
    /// else after some questions without an answer.
    async fn tell_unheard(&mut self, key: TaskKey, error: &ApiError) {
        let Some(task) = self.active.iter().find(|task| task.key == key) else { return };
        let path = task.remote.as_ref().map(|id| format!("/tasks/{id}")).unwrap_or_default();
        let (deps, model) = (self.deps.clone(), task.model.clone());
        let notice = send::explain(&deps, &deps.endpoint, &model, &path, error);
        let hopeless = match notice.kind.class().exit {
            Exit::Access | Exit::Configuration => true,
            Exit::Failed
            | Exit::Throttled
            | Exit::Network
            | Exit::Content
            | Exit::Budget
            | Exit::Stopped => false,
        };
        let before = self.unheard;
        self.unheard = if hopeless { UNHEARD.max(before + 1) } else { before + 1 };
        if before < UNHEARD && self.unheard >= UNHEARD {
            self.say(TaskEvent::Trouble(notice)).await;
        }
    }

    /// Takes over what the service says of a task.
    pub(super) async fn heard(&mut self, key: TaskKey, snapshot: TaskSnapshot) {
        let Some(task) = self.active.iter().find(|task| task.key == key) else { return };
        let cost = self.price_of(&task.model, &snapshot.usage);
        let model = task.model.clone();
        let deps = self.deps.clone();
        let now = (self.deps.now)();
        let changed = self
            .alter(key, move |before, _| {
                let why = || failure(&deps, &model, &snapshot);
                match seen::apply(before, &snapshot, now, cost, why) {
                    None => Next::Nothing,
                    Some(seen::Seen { task, settlement: None }) => Next::Save(Box::new(task)),
                    Some(seen::Seen { task, settlement: Some(settlement) }) => {
                        Next::Settle(Box::new(task), Box::new(settlement))
                    }
                }
            })
            .await;
        if changed.is_some_and(|task| task.stage != Stage::Following) {
            self.go_on().await;
        }
    }
}

/// Why a task failed: by the table of errors, with the service's own words.
fn failure(
    deps: &super::Deps,
    model: &crate::domain::models::ModelId,
    snapshot: &TaskSnapshot,
) -> Notice {
    match &snapshot.failure {
        Some(failure) if !(failure.code.is_empty() && failure.message.is_empty()) => {
            let refusal = crate::api::error::Refusal {
                code: failure.code.clone(),
                message: failure.message.clone(),
                request_id: snapshot.request_id.clone(),
                envelope: true,
                ..crate::api::error::Refusal::default()
            };
            let error = ApiError::Stream(Box::new(refusal));
            send::explain(deps, &deps.endpoint, model, "/tasks", &error)
        }
        _ => Notice::new(NoticeKind::Task(TaskNotice::FailedWithoutWord))
            .with_request_id(snapshot.request_id.clone()),
    }
}
