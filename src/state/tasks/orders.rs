//! From a filled form to wishes: keys, prices, batches, the conditions for money; the same again
//! with another seed. It refuses to send: the service writes a wish down before anything leaves.

use super::super::{AppState, Effects};
use super::ask::Question;
use super::going::short;
use crate::domain::ids::BatchId;
use crate::domain::jobs::{Form, Job, Kind, MAX_SEED, Value};
use crate::domain::ledger::Gate;
use crate::domain::money::Money;
use crate::domain::notice::{ErrandNotice, Notice, NoticeKind};
use crate::domain::tasks::book::{Order, Stage, TaskCommand, TaskRecord};
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::text::sanitize;

/// The same wish so often within a minute looks like a loop.
const LOOP: u32 = 3;

/// The prompt of a form in one clean line.
pub(super) fn title(job: &Job, form: &Form) -> String {
    let mut texts = job.fields.iter().filter(|field| matches!(field.kind, Kind::Text { .. }));
    let prompt = texts.find_map(|field| match form.get(&field.name) {
        Some(Value::Text(text)) => Some(text.as_str()),
        Some(Value::Whole(_) | Value::Flag(_) | Value::Media(_)) | None => None,
    });
    let words: Vec<&str> = prompt.unwrap_or_default().split_whitespace().collect();
    sanitize::line(&words.join(" "))
}

/// The sum of prices, if all are known and of one currency.
pub(super) fn sum(prices: impl Iterator<Item = Option<Money>>) -> Option<Money> {
    let mut prices = prices;
    let first = prices.next()??;
    prices.try_fold(first, |sum, price| sum.plus(price?))
}

impl AppState {
    /// The conditions under which money may be spent.
    pub(in crate::state) fn gate(&self) -> Gate {
        // A film is dear: fewer than of questions are a loop.
        Gate { loop_after: Some(LOOP), ..self.settings.budget.gate() }
    }

    /// A wish with its price.
    pub(super) fn order(&mut self, job: &Job, form: Form, batch: Option<BatchId>) -> Order {
        let cost = self.catalog.get().estimate(self.settings.figures, job, &form);
        let (price, tag) = cost.map(|cost| (cost.cost, cost.price)).unzip();
        let (key, model) = (self.ids.task(), job.model.clone());
        Order { key, model, title: title(job, &form), form, batch, price, tag }
    }

    /// Wishes go to the service.
    pub(super) fn submit(&mut self, orders: Vec<Order>, gate: Gate, now: Now) -> Effects {
        self.say(ErrandNotice::InLine { count: orders.len() }, now);
        vec![Effect::Task(TaskCommand::Submit { orders, gate })]
    }

    /// A command came back: the service's inbox was full, or it has not begun.
    pub(in crate::state) fn task_refused(&mut self, command: TaskCommand, now: Now) -> Effects {
        self.notices.tell(Notice::new(NoticeKind::Busy), now);
        if let TaskCommand::Submit { orders, .. } = command {
            self.form_back(orders);
        }
        Vec::new()
    }

    /// The wanted tasks once more, each with a new seed, after a question.
    pub(super) fn wish_retry(&mut self, now: Now) {
        let wanted: Vec<TaskRecord> = self.wanted_tasks().into_iter().cloned().collect();
        // One that may exist is decided on first: it is never sent again by a detour.
        if wanted.iter().any(|task| task.stage == Stage::Maybe) {
            return self.say(ErrandNotice::NotNow, now);
        }
        let mut orders = Vec::new();
        for task in &wanted {
            let Some(job) = self.job_of(task) else {
                return self.say(ErrandNotice::NotOurs, now);
            };
            let mut form = task.form.clone();
            if let Some(seed) = job.fields.iter().find(|field| field.kind == Kind::Seed) {
                let random = self.ids.task().0.unsigned_abs() % (MAX_SEED + 1);
                form.set(&seed.name, Some(Value::Whole(random)));
            }
            orders.push(self.order(&job, form, None));
        }
        if !orders.is_empty() {
            self.ask_about(Question::Again { orders });
        }
    }

    /// The schema of a task that was made from a form here.
    fn job_of(&self, task: &TaskRecord) -> Option<Job> {
        self.catalog.get().job(&task.model).filter(|_| !task.form.values.is_empty())
    }

    /// A form filled as the marked task was, with its seed.
    pub(super) fn wish_edit(&mut self, now: Now) -> Effects {
        let Some(task) = self.wanted_tasks().first().copied().cloned() else { return Vec::new() };
        let Some(job) = self.job_of(&task) else {
            self.say(ErrandNotice::NotOurs, now);
            return Vec::new();
        };
        self.open_filled(job, task.form)
    }

    /// Wishes that were not taken: the first one's form is there again.
    pub(super) fn form_back(&mut self, orders: Vec<Order>) {
        let Some(order) = orders.into_iter().next() else { return };
        if self.focus.overlay.is_none()
            && let Some(job) = self.catalog.get().job(&order.model)
        {
            drop(self.open_filled(job, order.form));
        }
    }

    /// The beginning of a task's prompt.
    pub(super) fn short_title(task: &TaskRecord) -> String {
        if task.title.is_empty() { task.model.to_string() } else { short(&task.title) }
    }
}
