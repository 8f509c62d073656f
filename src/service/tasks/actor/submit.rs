//! From a wish to a request: money is reserved and the wish written down in one step, then sent
//! when the line lets it go. It refuses to send what is not on disk.

use std::time::Duration;

use tokio::time::Instant;

use super::{Actor, Done};
use crate::domain::ids::TaskKey;
use crate::domain::jobs::{Created, Form, Media, Value};
use crate::domain::ledger::{Estimate, Gate, Outcome, Settlement, Spending, Units, Verdict};
use crate::domain::models::Surface;
use crate::domain::notice::{BudgetNotice, Notice, NoticeKind};
use crate::domain::tasks::book::{Asset, AssetState, Order, Stage, TaskEvent, TaskRecord, Times};
use crate::domain::tasks::{TaskPart, TaskUsage};
use crate::service::attachments::look::Base;
use crate::service::ledger;
use crate::service::ledger::question::Refused;
use crate::service::store::Change;
use crate::service::tasks::change::{Next, change as change_task};
use crate::service::tasks::line;
use crate::service::tasks::rows;
use crate::service::tasks::seen;
use crate::service::tasks::send::{self, Sent};
use crate::service::tasks::setup::origin_of;

/// A request that certainly did not arrive is sent so often at most.
const MOST: u32 = 4;
/// The first wait before another try; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(2);

impl Actor {
    /// Writes wishes down, each with its money reserved, in order; stops at the first that a limit
    /// of the budget does not allow.
    pub(super) async fn submit(&mut self, orders: Vec<Order>, gate: Gate) {
        let mut left = orders.into_iter();
        while let Some(order) = left.next() {
            let estimate = self.estimate(&order);
            let task = self.record(&order, &estimate);
            let written =
                self.deps.desk.ask(move |change| enter(change, task, &estimate, &gate)).await;
            match written {
                Ok(verdict @ Verdict::Granted { .. }) => self.warn(&gate, &verdict).await,
                Ok(Verdict::OverBudget(reached)) => {
                    let orders = std::iter::once(order).chain(left).collect();
                    self.say(TaskEvent::OverBudget { orders, reached }).await;
                    break;
                }
                Ok(Verdict::Loop { times }) => {
                    let orders = std::iter::once(order).chain(left).collect();
                    self.say(TaskEvent::Loop { orders, times }).await;
                    break;
                }
                Err(notice) => {
                    let orders = std::iter::once(order).chain(left).collect();
                    self.say(TaskEvent::NotTaken { orders, notice }).await;
                    break;
                }
            }
        }
        self.bell.ring();
        self.refresh().await;
    }

    fn estimate(&mut self, order: &Order) -> Estimate {
        Estimate {
            id: self.ids.entry(),
            profile: self.deps.profile.clone(),
            spending: Spending::Task,
            model: order.model.clone(),
            surface: Surface::Native,
            money: order.price,
            price: order.tag.clone(),
            subject: Some(order.key.0),
            fingerprint: Some(fingerprint(order)),
            lasting: true,
        }
    }

    fn record(&self, order: &Order, estimate: &Estimate) -> TaskRecord {
        TaskRecord {
            key: order.key,
            profile: self.deps.profile.clone(),
            origin: self.origin(),
            model: order.model.clone(),
            title: order.title.clone(),
            form: at_home(&order.form, &self.deps.files),
            batch: order.batch,
            position: 0,
            stage: Stage::Waiting,
            remote: None,
            status: None,
            times: Times { created: (self.deps.now)(), ..Times::default() },
            request_id: None,
            price: order.price,
            cost: None,
            entry: Some(estimate.id),
            adopted: false,
            rewritten: None,
            assets: Vec::new(),
            notice: None,
            review: None,
            raw: String::new(),
        }
    }

    /// Where tasks of this process live: no other place knows their ids.
    pub(super) fn origin(&self) -> String {
        origin_of(&self.deps.endpoint)
    }

    /// Sends whoever the line lets go.
    pub(super) async fn send_next(&mut self) {
        loop {
            if self.cancel.is_cancelled() {
                return;
            }
            let deps = self.deps.clone();
            let profile = deps.profile.clone();
            let next = self
                .deps
                .desk
                .ask(move |change| line::take(change, &profile, &|model| Self::width(&deps, model)))
                .await;
            match next {
                Ok(line::Next::Send(task)) => {
                    self.bell.ring();
                    self.take_in((*task).clone()).await;
                    self.send(*task);
                }
                Ok(line::Next::Later(at)) => {
                    let wait = u64::try_from(at - (self.deps.now)()).unwrap_or(0).max(1);
                    self.line_due = Some(Instant::now() + Duration::from_millis(wait));
                    return;
                }
                // The end of a task is heard, and the line is looked at then.
                Ok(line::Next::Full | line::Next::Empty) => return,
                Err(notice) => {
                    self.line_due = Some(Instant::now() + FIRST_WAIT);
                    return self.say(TaskEvent::Trouble(notice)).await;
                }
            }
        }
    }

    fn send(&mut self, task: TaskRecord) {
        let deps = self.deps.clone();
        self.sending.insert(task.key);
        self.jobs.spawn(async move {
            let sent = match Self::endpoint(&deps).await {
                Ok(endpoint) => send::send(&deps, &endpoint, &task).await,
                Err(notice) => Sent::Refused(notice),
            };
            Done::Sent(task.key, Box::new(sent))
        });
    }

    /// A request has ended, one way or another.
    pub(super) async fn sent(&mut self, key: TaskKey, sent: Sent) {
        self.sending.remove(&key);
        self.learn(key, &sent).await;
        let kept = sent.clone();
        let now = (self.deps.now)();
        let random = self.random();
        let cost = self.cost_of(key, &sent);
        let origin = self.origin();
        let changed = change_task(&self.deps.desk, key, move |before, tries| {
            after(before, sent, now, tries, random, cost, &origin)
        })
        .await;
        match changed {
            Ok(Some(task)) => {
                self.bell.ring();
                self.take_in(task).await;
                self.go_on().await;
            }
            Ok(None) => {}
            // An id that was told once is not told again: it is written as soon as that can be.
            // Until then the task stays "being sent", and is "maybe" for whoever finds it.
            Err(notice) => {
                self.unwritten.push((key, kept));
                self.write_due = Some(Instant::now() + FIRST_WAIT);
                self.say(TaskEvent::Trouble(notice)).await;
            }
        }
    }

    /// What could not be written down is written down now, or again later.
    pub(super) async fn write_again(&mut self) {
        for (key, sent) in std::mem::take(&mut self.unwritten) {
            // Boxed, for it is how this came to be called.
            Box::pin(self.sent(key, sent)).await;
        }
    }

    /// A limit of the budget that is near now is told once.
    async fn warn(&self, gate: &Gate, verdict: &Verdict) {
        let near = self.deps.ledger.news(&self.deps.profile, &gate.caps, verdict);
        if let Some(near) = near {
            let notice = Notice::new(NoticeKind::Budget(BudgetNotice::Near(Box::new(near))));
            self.say(TaskEvent::Trouble(notice)).await;
        }
    }

    /// A refusal for want of room teaches a limit.
    async fn learn(&self, key: TaskKey, sent: &Sent) {
        let (Sent::Again { notice, .. } | Sent::Refused(notice)) = sent else { return };
        let NoticeKind::Throttled { kind, .. } = notice.kind else { return };
        let Some(task) = self.active.iter().find(|task| task.key == key) else { return };
        let deps = &self.deps;
        let what = Refused::of(kind, &deps.catalog.get(), deps.figures, &task.model);
        let (profile, model) = (task.profile.clone(), task.model.clone());
        if let Err(notice) = deps.ledger.refused(profile, model, what).await {
            tracing::warn!(?notice, "a limit could not be kept");
        }
    }

    fn cost_of(&self, key: TaskKey, sent: &Sent) -> Option<crate::domain::money::Money> {
        let Sent::Now { usage, .. } = sent else { return None };
        let task = self.active.iter().find(|task| task.key == key)?;
        self.price_of(&task.model, usage)
    }

    /// What a finished task's usage comes to.
    pub(super) fn price_of(
        &self,
        model: &crate::domain::models::ModelId,
        usage: &TaskUsage,
    ) -> Option<crate::domain::money::Money> {
        let cost = self.deps.catalog.get().task_cost(self.deps.figures, model, usage);
        cost.map(|cost| cost.cost)
    }
}

/// The form with the paths of its files from the root on: another program may send it, from another
/// directory.
fn at_home(form: &Form, base: &Base) -> Form {
    let mut form = form.clone();
    for value in form.values.values_mut() {
        let Value::Media(files) = value else { continue };
        for file in files {
            if let Media::File { path, .. } = file {
                *path = base.from_root(path);
            }
        }
    }
    form
}

/// The gate and the wish in one transaction.
fn enter(
    change: &Change<'_>,
    mut task: TaskRecord,
    estimate: &Estimate,
    gate: &Gate,
) -> rusqlite::Result<Verdict> {
    let verdict = ledger::reserve_in(change, estimate, gate)?;
    if matches!(verdict, Verdict::Granted { .. }) {
        task.position = rows::place(change, false)?;
        rows::save(change, &task)?;
    }
    Ok(verdict)
}

/// The same for the same wish.
fn fingerprint(order: &Order) -> i64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};

    let mut hasher = DefaultHasher::new();
    order.model.hash(&mut hasher);
    rows::form_json(&order.form).hash(&mut hasher);
    (hasher.finish() >> 1).cast_signed()
}

/// What a request's end makes of the task.
fn after(
    before: &TaskRecord,
    sent: Sent,
    now: i64,
    tries: u32,
    random: f64,
    cost: Option<crate::domain::money::Money>,
    origin: &str,
) -> Next {
    let mut task = before.clone();
    task.times.answered = Some(now);
    match sent {
        Sent::Task(Created { task: id, status, request_id }) => {
            task.stage = Stage::Following;
            task.remote = Some(id);
            origin.clone_into(&mut task.origin);
            task.status = Some(status);
            task.request_id = request_id;
            task.times.submitted.get_or_insert(now);
            task.notice = None;
            Next::Save(Box::new(task))
        }
        Sent::Now { parts, usage, request_id, raw } => {
            task.request_id = request_id;
            task.raw = raw;
            task.times.ended = Some(now);
            task.cost = cost;
            task.assets = wanted(&parts);
            task.stage = Stage::Saving;
            task.notice = None;
            match seen::settle(&task, Outcome::Done, cost, &usage) {
                Some(settlement) => Next::Settle(Box::new(task), Box::new(settlement)),
                None => Next::Save(Box::new(task)),
            }
        }
        Sent::Again { wait, notice } if tries < MOST => {
            task.stage = Stage::Waiting;
            task.notice = Some(notice);
            let step = FIRST_WAIT.saturating_mul(1 << tries.min(6));
            let spread = step.mul_f64(random);
            let wait = wait.map_or(spread, |asked| asked.saturating_add(spread));
            let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 4);
            Next::Back(Box::new(task), now.saturating_add(wait))
        }
        Sent::Refused(notice) | Sent::Again { notice, .. } => refused(task, notice),
        Sent::Maybe(notice) => {
            task.stage = Stage::Maybe;
            task.notice = Some(notice);
            Next::Save(Box::new(task))
        }
    }
}

fn refused(mut task: TaskRecord, notice: Notice) -> Next {
    task.stage = Stage::Refused;
    task.notice = Some(notice);
    match task.entry {
        Some(id) => {
            let settlement = Settlement {
                id,
                outcome: Outcome::Refused,
                units: Units::default(),
                money: None,
                estimated: false,
                answered: None,
                request_id: None,
                first: None,
                total: None,
            };
            Next::Settle(Box::new(task), Box::new(settlement))
        }
        None => Next::Save(Box::new(task)),
    }
}

fn wanted(parts: &[TaskPart]) -> Vec<Asset> {
    let numbered = parts.iter().zip(0_u32..);
    numbered
        .filter_map(|(part, number)| match part {
            TaskPart::File(file) => Some(Asset {
                part: number,
                url: file.url.clone(),
                kind: file.kind,
                state: AssetState::Wanted,
            }),
            TaskPart::Failed(_) => None,
        })
        .collect()
}
