//! What has to be decided before more is spent on answers: beyond a limit of the budget, or on the
//! same question again and again. The message is back in the composer, and nothing goes out unless
//! the user says so; beyond a limit that has to be typed. It refuses to look at any sum: the ledger
//! has stopped the request.

use super::super::focus::Overlay;
use super::super::picker::{Picked, Picker};
use super::super::{AppState, Effects};
use crate::action::List;
use crate::domain::chat::TurnEnd;
use crate::domain::ids::TurnId;
use crate::domain::ledger::Reached;
use crate::domain::notice::{BudgetNotice, Notice, NoticeKind};
use crate::domain::time::Now;

/// Why a request was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It would go beyond a limit of the budget.
    OverBudget(Reached),
    /// The same was sent so many times within the last minute.
    Loop {
        /// How many times.
        times: u32,
    },
}

impl Stop {
    /// Of a turn that ended because the ledger did not let its question pass.
    #[must_use]
    pub fn of(end: &TurnEnd) -> Option<Self> {
        let TurnEnd::Failed(Notice { kind: NoticeKind::Budget(why), .. }) = end else {
            return None;
        };
        match why {
            BudgetNotice::Over(reached) => Some(Self::OverBudget(**reached)),
            BudgetNotice::Loop { times } => Some(Self::Loop { times: *times }),
            BudgetNotice::Near(_) | BudgetNotice::Uncounted => None,
        }
    }
}

/// What the user let pass for the next request alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Override {
    /// It may go beyond the limits of the budget.
    pub caps: bool,
    /// It may be the same as many before it.
    pub repeat: bool,
}

/// The question while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendAsk {
    /// The mark; where the answer is typed, its words.
    pub picker: Picker,
    /// Why it was not sent.
    pub stop: Stop,
}

/// Rows of the question: to leave it, and to send it all the same.
const WAYS: usize = 2;
/// The second row.
pub const SEND: usize = 1;

impl SpendAsk {
    /// The answer is typed.
    #[must_use]
    pub const fn is_typed(&self) -> bool {
        matches!(self.stop, Stop::OverBudget(_))
    }

    fn says_yes(&self) -> bool {
        let words = self.picker.query().trim().to_lowercase();
        matches!(words.as_str(), "yes" | "是" | "确定")
    }

    /// The mark follows what is typed; a choice of two is not searched.
    pub fn narrow(&mut self) {
        if !self.is_typed() {
            self.picker.set_query("");
        }
        self.picker.set_rows(WAYS);
        if self.is_typed() {
            self.picker.mark(if self.says_yes() { SEND } else { 0 });
        }
    }
}

impl AppState {
    /// The ledger let a question not pass, and its turn has ended without anything sent: the message
    /// comes back into the composer, and it is asked whether it is to go out all the same.
    pub(in crate::state) fn spend_stopped(&mut self, of: TurnId, stop: Stop, now: Now) -> Effects {
        let chat = self.conversations.shown();
        let asked = chat.shows(of) || (chat.running().is_none() && chat.can_continue());
        let free = self.focus.overlay.is_none();
        self.hold_queue(self.conversations.shown().conversation().id);
        if !asked || !free {
            return Vec::new();
        }
        let effects = match self.conversations.shown().editing {
            Some(_) => Vec::new(),
            None => self.edit_last_question(now),
        };
        let ask = SpendAsk { picker: Picker::of(WAYS), stop };
        self.focus.overlay = Some(Overlay::SpendAsk(Box::new(ask)));
        effects
    }

    /// What the user let pass for the request that is being made; asked once.
    pub(in crate::state) fn take_override(&mut self) -> Override {
        std::mem::take(&mut self.meters.pass)
    }

    /// The mark is moved or taken; `None` if nothing is asked.
    pub(in crate::state) fn on_spend_list(&mut self, action: List, now: Now) -> Option<Effects> {
        let Some(Overlay::SpendAsk(ask)) = &mut self.focus.overlay else { return None };
        let Picked::Accepted(row) = ask.picker.on_list(action) else { return Some(Vec::new()) };
        if row == SEND && ask.is_typed() && !ask.says_yes() {
            return Some(Vec::new());
        }
        let stop = ask.stop;
        self.focus.overlay = None;
        if row != SEND {
            return Some(Vec::new());
        }
        self.meters.pass = match stop {
            Stop::OverBudget(_) => Override { caps: true, repeat: true },
            Stop::Loop { .. } => Override { caps: false, repeat: true },
        };
        // The question is where it was: its answer is asked for again.
        self.leave_editing(now);
        Some(self.go_on(now))
    }
}
