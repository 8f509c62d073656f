//! What the user asks for, one command a function. It refuses what a task's stage does not allow,
//! silently: the screen that asked is told how the task is.

use super::{Actor, Purpose};
use crate::api::tasks;
use crate::domain::ids::TaskKey;
use crate::domain::jobs::Form;
use crate::domain::ledger::{Outcome, Settlement, Units};
use crate::domain::models::ModelId;
use crate::domain::notice::{Notice, NoticeKind, TaskNotice};
use crate::domain::tasks::book::{
    AssetState, Review, Stage, TaskCommand, TaskEvent, TaskRecord, Times, Verdict,
};
use crate::domain::tasks::{CancelOutcome, TaskId, TaskRow};
use crate::service::tasks::change::Next;
use crate::service::tasks::{read, rows, send};

impl Actor {
    pub(super) async fn on_command(&mut self, command: TaskCommand) {
        match command {
            TaskCommand::List => self.list().await,
            TaskCommand::Submit { orders, gate } => self.submit(orders, gate).await,
            TaskCommand::SetPaused { keys, paused } => self.set_paused(keys, paused).await,
            TaskCommand::First(key) => self.first(key).await,
            TaskCommand::Cancel(key) => self.cancel(key).await,
            TaskCommand::LookAround => self.look(Purpose::Show),
            TaskCommand::Adopt(rows) => self.adopt(rows).await,
            TaskCommand::Decide { key, verdict } => self.decide(key, verdict).await,
            TaskCommand::Download(key) => self.download_again(key).await,
            TaskCommand::Review { key, review } => self.review(key, review).await,
            TaskCommand::Forget(key) => self.forget(key).await,
        }
    }

    async fn list(&mut self) {
        match read(&self.deps.desk).await {
            Ok(all) => self.say(TaskEvent::Listed(all)).await,
            Err(notice) => self.say(TaskEvent::Trouble(notice)).await,
        }
    }

    async fn set_paused(&mut self, keys: Vec<TaskKey>, paused: bool) {
        let (from, to) =
            if paused { (Stage::Waiting, Stage::Paused) } else { (Stage::Paused, Stage::Waiting) };
        for key in keys {
            self.alter(key, move |before, _| {
                if before.stage != from {
                    return Next::Nothing;
                }
                Next::Save(Box::new(TaskRecord { stage: to, ..before.clone() }))
            })
            .await;
        }
        self.go_on().await;
    }

    async fn first(&mut self, key: TaskKey) {
        let place = self.deps.desk.ask(|change| rows::place(change, true)).await;
        let Ok(position) = place else { return };
        self.alter(key, move |before, _| {
            if !before.stage.is_in_line() {
                return Next::Nothing;
            }
            Next::Save(Box::new(TaskRecord { position, ..before.clone() }))
        })
        .await;
    }

    /// A waiting task leaves the line and costs nothing; one that was sent is for the service to
    /// cancel, which it does only before it begins.
    async fn cancel(&mut self, key: TaskKey) {
        let left = self
            .alter(
                key,
                |before, _| {
                    if before.stage.is_in_line() { unsent(before) } else { Next::Nothing }
                },
            )
            .await;
        if left.is_some() {
            return self.go_on().await;
        }
        let task = self.active.iter().find(|task| task.key == key);
        let Some((id, model)) =
            task.and_then(|task| Some((task.remote.clone()?, task.model.clone())))
        else {
            return;
        };
        if let Err(notice) = self.cancel_there(key, &id, &model).await {
            self.say(TaskEvent::Trouble(notice)).await;
        }
    }

    async fn cancel_there(
        &mut self,
        key: TaskKey,
        id: &TaskId,
        model: &ModelId,
    ) -> Result<(), Notice> {
        let deps = self.deps.clone();
        let endpoint = Self::endpoint(&deps).await?;
        let explain =
            |error| send::explain(&deps, &endpoint, model, &format!("/tasks/{id}/cancel"), &error);
        match tasks::cancel(&deps.client, &endpoint, id).await.map_err(explain)? {
            CancelOutcome::Canceled => {}
            CancelOutcome::NotPending => {
                return Err(Notice::new(NoticeKind::Task(TaskNotice::TooLateToCancel)));
            }
        }
        // What it is now is what the service says, at once.
        let snapshot = tasks::fetch(&deps.client, &endpoint, id).await;
        self.heard(key, snapshot.map_err(explain)?).await;
        Ok(())
    }

    /// Takes over tasks that somebody else made.
    async fn adopt(&mut self, found: Vec<TaskRow>) {
        let origin = self.origin();
        let now = (self.deps.now)();
        let profile = self.deps.profile.clone();
        let strangers: Vec<TaskRecord> = found
            .into_iter()
            .map(|row| stranger(row, self.ids.task(), &profile, &origin, now))
            .collect();
        let written = self
            .deps
            .desk
            .ask(move |change| {
                let known = rows::known(change, &origin)?;
                for task in strangers {
                    if task.remote.as_ref().is_some_and(|id| !known.contains(id)) {
                        rows::save(change, &task)?;
                    }
                }
                Ok(())
            })
            .await;
        if let Err(notice) = written {
            return self.say(TaskEvent::Trouble(notice)).await;
        }
        self.bell.ring();
        self.refresh().await;
    }

    async fn decide(&mut self, key: TaskKey, verdict: Verdict) {
        match verdict {
            Verdict::IsThis(id) => return self.is_this(key, id, None).await,
            Verdict::SendAgain => {
                self.alter(key, |before, _| {
                    if before.stage != Stage::Maybe {
                        return Next::Nothing;
                    }
                    let mut task = before.clone();
                    task.stage = Stage::Waiting;
                    task.notice = None;
                    Next::Back(Box::new(task), 0)
                })
                .await;
            }
            Verdict::Drop => {
                self.alter(key, |before, _| {
                    if before.stage != Stage::Maybe {
                        return Next::Nothing;
                    }
                    let mut task = before.clone();
                    task.stage = Stage::Refused;
                    // It may exist and be paid: what was reserved stays counted.
                    match settlement(&task, Outcome::Unknown) {
                        Some(settlement) => Next::Settle(Box::new(task), Box::new(settlement)),
                        None => Next::Save(Box::new(task)),
                    }
                })
                .await;
            }
        }
        self.go_on().await;
    }

    async fn download_again(&mut self, key: TaskKey) {
        self.alter(key, |before, _| {
            let mut task = before.clone();
            let again = |state: &AssetState| match state {
                AssetState::Saved { .. } => false,
                AssetState::Wanted | AssetState::Failed(_) | AssetState::Expired => true,
            };
            let mut any = false;
            for asset in task.assets.iter_mut().filter(|asset| again(&asset.state)) {
                asset.state = AssetState::Wanted;
                any = true;
            }
            if !any {
                return Next::Nothing;
            }
            task.stage = Stage::Saving;
            task.notice = None;
            Next::Save(Box::new(task))
        })
        .await;
        self.go_on().await;
    }

    async fn review(&mut self, key: TaskKey, review: Option<Review>) {
        self.alter(key, move |before, _| {
            Next::Save(Box::new(TaskRecord { review, ..before.clone() }))
        })
        .await;
    }

    async fn forget(&mut self, key: TaskKey) {
        if let Err(notice) = self.deps.desk.ask(move |change| rows::hide(change, key)).await {
            return self.say(TaskEvent::Trouble(notice)).await;
        }
        self.bell.ring();
        self.refresh().await;
    }
}

/// A task that was taken out of the line: it never left this machine.
fn unsent(before: &TaskRecord) -> Next {
    let task = TaskRecord { stage: Stage::Refused, notice: None, ..before.clone() };
    match settlement(&task, Outcome::Unsent) {
        Some(settlement) => Next::Settle(Box::new(task), Box::new(settlement)),
        None => Next::Save(Box::new(task)),
    }
}

fn settlement(task: &TaskRecord, outcome: Outcome) -> Option<Settlement> {
    Some(Settlement {
        id: task.entry?,
        outcome,
        units: Units::default(),
        money: None,
        estimated: false,
        answered: None,
        request_id: None,
        first: None,
        total: None,
    })
}

/// The record of a task that somebody else made: the list tells neither prompt nor price.
fn stranger(row: TaskRow, key: TaskKey, profile: &str, origin: &str, now: i64) -> TaskRecord {
    TaskRecord {
        key,
        profile: profile.to_owned(),
        origin: origin.to_owned(),
        model: row.model.unwrap_or_else(|| ModelId::new("")),
        title: String::new(),
        form: Form::default(),
        batch: None,
        position: 0,
        stage: Stage::Following,
        remote: Some(row.id),
        // It is asked for; what the list says of it may be old.
        status: None,
        times: Times {
            created: row.created_ms.unwrap_or(now),
            submitted: row.created_ms,
            ..Times::default()
        },
        request_id: row.request_id,
        price: None,
        cost: None,
        entry: None,
        adopted: true,
        rewritten: None,
        assets: Vec::new(),
        notice: None,
        review: None,
        raw: String::new(),
    }
}
