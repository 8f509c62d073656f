//! What has to be decided about tasks before anything happens: money, what cannot be taken back,
//! what nobody but the user knows. It refuses to decide by itself, and what may cost a second time
//! is never the row that is marked first.

use super::super::focus::Overlay;
use super::super::picker::{Picked, Picker};
use super::super::{AppState, Effects};
use super::orders::sum;
use crate::action::List;
use crate::domain::ids::TaskKey;
use crate::domain::jobs::{Form, Job};
use crate::domain::ledger::Reached;
use crate::domain::money::Money;
use crate::domain::tasks::TaskRow;
use crate::domain::tasks::book::{Order, TaskCommand, TaskRecord, Verdict};
use crate::domain::time::Now;
use crate::effect::Effect;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Whether to cancel.
    Cancel {
        /// Which.
        keys: Vec<TaskKey>,
        /// How many of them are at the service already.
        sent: usize,
    },
    /// Whether to take them out of the list.
    Forget {
        /// Which.
        keys: Vec<TaskKey>,
    },
    /// Whether to make the same again.
    Again {
        /// What is sent.
        orders: Vec<Order>,
    },
    /// Whether several lines are several tasks.
    Batch {
        /// The schema.
        job: Box<Job>,
        /// The form with all lines.
        whole: Form,
        /// A form a line.
        lines: Vec<Form>,
        /// What all lines cost, and what one task costs.
        prices: (Option<Money>, Option<Money>),
    },
    /// Whether to go beyond a limit of the budget. The answer is typed.
    OverBudget {
        /// What was not taken.
        orders: Vec<Order>,
        /// The limit.
        reached: Reached,
    },
    /// Whether the same wish is meant once more.
    Loop {
        /// What was not taken.
        orders: Vec<Order>,
        /// How often it was made within a minute.
        times: u32,
    },
    /// What a task that may exist is.
    WhatItIs {
        /// Which.
        key: TaskKey,
        /// The beginning of its prompt.
        title: String,
    },
    /// Whether to send a task again that may exist.
    SendAgain {
        /// Which.
        key: TaskKey,
        /// The beginning of its prompt.
        title: String,
        /// What it costs a second time.
        price: Option<Money>,
    },
}

/// A way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Leave everything as it is.
    Leave,
    /// Do it.
    Do,
    /// All lines are one prompt.
    OneTask,
    /// This task of the account is it.
    IsThis(TaskRow),
    /// It does not exist: send it again.
    SendAgain,
    /// Leave it for good.
    Drop,
}

/// The question while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskAsk {
    /// The mark; where an answer is typed, its words.
    pub picker: Picker,
    /// What is asked.
    pub question: Question,
    /// The ways out.
    pub ways: Vec<Way>,
    /// What lay over the panes before.
    under: Option<Overlay>,
}

impl Question {
    fn ways(&self) -> Vec<Way> {
        match self {
            Self::Cancel { .. } | Self::Forget { .. } | Self::Again { .. } => {
                vec![Way::Do, Way::Leave]
            }
            Self::Batch { .. } => vec![Way::Do, Way::OneTask, Way::Leave],
            Self::OverBudget { .. } | Self::Loop { .. } => vec![Way::Leave, Way::Do],
            Self::WhatItIs { .. } => vec![Way::Leave, Way::SendAgain, Way::Drop],
            Self::SendAgain { .. } => vec![Way::Leave, Way::SendAgain],
        }
    }

    /// What has to be typed before a way is taken.
    const fn typed(&self) -> bool {
        matches!(self, Self::OverBudget { .. })
    }
}

impl TaskAsk {
    /// The answer is typed.
    #[must_use]
    pub const fn is_typed(&self) -> bool {
        self.question.typed()
    }

    /// What was typed says yes.
    #[must_use]
    pub fn says_yes(&self) -> bool {
        let words = self.picker.query().trim().to_lowercase();
        matches!(words.as_str(), "yes" | "是" | "确定")
    }

    /// A few ways out are not searched; an answer is typed where one is wanted.
    pub fn narrow(&mut self) {
        if !self.is_typed() {
            self.picker.set_query("");
        }
        self.picker.set_rows(self.ways.len());
        if self.is_typed() {
            let way = if self.says_yes() { Way::Do } else { Way::Leave };
            self.picker.mark(self.ways.iter().position(|of| *of == way).unwrap_or(0));
        }
    }
}

impl AppState {
    /// Asks something; what lies over the panes comes back afterwards.
    pub(super) fn ask_about(&mut self, question: Question) {
        let ways = question.ways();
        self.ask_with(question, ways);
    }

    fn ask_with(&mut self, question: Question, ways: Vec<Way>) {
        let under = match self.focus.overlay.take() {
            Some(Overlay::TaskAsk(ask)) => ask.under,
            other => other,
        };
        let picker = Picker::of(ways.len());
        let ask = TaskAsk { picker, question, ways, under };
        self.focus.overlay = Some(Overlay::TaskAsk(Box::new(ask)));
    }

    /// Esc: nothing is done; tells whether something was asked.
    pub(super) fn leave_ask(&mut self) -> bool {
        match self.close_ask() {
            Some(question) => {
                self.leave_it(question);
                true
            }
            None => false,
        }
    }

    /// Takes the question away; what lay below it is back.
    fn close_ask(&mut self) -> Option<Question> {
        match self.focus.overlay.take() {
            Some(Overlay::TaskAsk(ask)) => {
                self.focus.overlay = ask.under;
                self.board_moved(None);
                Some(ask.question)
            }
            other => {
                self.focus.overlay = other;
                None
            }
        }
    }

    /// What was filled in and is not sent is there again to be changed.
    fn leave_it(&mut self, question: Question) {
        if let Question::OverBudget { orders, .. } | Question::Loop { orders, .. } = question {
            self.form_back(orders);
        }
    }

    pub(super) fn ask_over_budget(&mut self, orders: Vec<Order>, reached: Reached) {
        self.ask_about(Question::OverBudget { orders, reached });
    }

    pub(super) fn ask_loop(&mut self, orders: Vec<Order>, times: u32) {
        self.ask_about(Question::Loop { orders, times });
    }

    /// What a task that may exist is: one of the account's that fit, or none.
    pub(super) fn ask_what_it_is(&mut self, task: &TaskRecord, _: Now) -> Effects {
        let question = Question::WhatItIs { key: task.key, title: Self::short_title(task) };
        let fit = self.tasks.candidates.get(&task.key).into_iter().flatten().cloned();
        let mut ways: Vec<Way> = fit.map(Way::IsThis).collect();
        ways.extend(question.ways());
        self.ask_with(question, ways);
        Vec::new()
    }

    pub(super) fn on_ask_list(&mut self, action: List, now: Now) -> Effects {
        let Some(Overlay::TaskAsk(ask)) = &mut self.focus.overlay else { return Vec::new() };
        match ask.picker.on_list(action) {
            Picked::Accepted(row) => self.take_way(row, now),
            Picked::Moved | Picked::Narrowed => Vec::new(),
        }
    }

    /// A way is taken.
    fn take_way(&mut self, row: usize, now: Now) -> Effects {
        let Some(Overlay::TaskAsk(ask)) = &self.focus.overlay else { return Vec::new() };
        let Some(way) = ask.ways.get(row).cloned() else { return Vec::new() };
        if ask.is_typed() && way == Way::Do && !ask.says_yes() {
            return Vec::new();
        }
        let Some(question) = self.close_ask() else { return Vec::new() };
        if let (Question::WhatItIs { key, title }, Way::SendAgain) = (&question, &way) {
            // It may cost a second time: that is asked for itself.
            let price = self.tasks.shelf.get(*key).and_then(|task| task.price);
            let (key, title) = (*key, title.clone());
            self.ask_about(Question::SendAgain { key, title, price });
            return Vec::new();
        }
        self.do_way(question, way, now)
    }

    fn do_way(&mut self, question: Question, way: Way, now: Now) -> Effects {
        let decide = |key, verdict| vec![Effect::Task(TaskCommand::Decide { key, verdict })];
        match (question, way) {
            (question, Way::Leave) => {
                self.leave_it(question);
                Vec::new()
            }
            (Question::Cancel { keys, .. }, _) => {
                keys.into_iter().map(|key| Effect::Task(TaskCommand::Cancel(key))).collect()
            }
            (Question::Forget { keys }, _) => {
                if let Some(board) = self.board() {
                    board.marks.clear();
                }
                keys.into_iter().map(|key| Effect::Task(TaskCommand::Forget(key))).collect()
            }
            (Question::Again { orders }, _) => {
                let gate = self.gate();
                self.submit(orders, gate, now)
            }
            (Question::Batch { job, whole, lines, .. }, way) => {
                let forms = if way == Way::OneTask { vec![whole] } else { lines };
                let batch = (forms.len() > 1).then(|| self.ids.batch());
                let orders = forms.into_iter().map(|form| self.order(&job, form, batch)).collect();
                let gate = self.gate();
                self.focus.overlay = None;
                self.submit(orders, gate, now)
            }
            (Question::OverBudget { orders, .. }, _) => {
                let gate = crate::domain::ledger::Gate { override_caps: true, ..self.gate() };
                self.submit(orders, gate, now)
            }
            (Question::Loop { orders, .. }, _) => {
                let gate = crate::domain::ledger::Gate { loop_after: None, ..self.gate() };
                self.submit(orders, gate, now)
            }
            (Question::WhatItIs { key, .. } | Question::SendAgain { key, .. }, way) => match way {
                Way::IsThis(row) => decide(key, Verdict::IsThis(row.id)),
                Way::SendAgain => decide(key, Verdict::SendAgain),
                Way::Drop => decide(key, Verdict::Drop),
                Way::Leave | Way::Do | Way::OneTask => Vec::new(),
            },
        }
    }
}

impl Question {
    /// What a yes costs, where it costs something and that is known.
    #[must_use]
    pub fn price(&self) -> Option<Money> {
        match self {
            Self::Again { orders }
            | Self::OverBudget { orders, .. }
            | Self::Loop { orders, .. } => sum(orders.iter().map(|order| order.price)),
            Self::Batch { prices, .. } => prices.0,
            Self::SendAgain { price, .. } => *price,
            Self::Cancel { .. } | Self::Forget { .. } | Self::WhatItIs { .. } => None,
        }
    }
}
