//! What there is to say of the budget: a limit that is near or reached, the same request again and
//! again, requests that could not be counted. It refuses sentences and arithmetic (`ledger`).

use super::{Class, Exit, Fault, Level};
use crate::domain::ledger::Reached;

/// What there is to say of the budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BudgetNotice {
    /// The request would go beyond a limit; nothing was sent.
    Over(Box<Reached>),
    /// The same request was sent so often within a minute that it looks like a loop; nothing more
    /// was sent.
    Loop {
        /// How many times.
        times: u32,
    },
    /// A limit is used to four fifths or more; said once until the use falls again.
    Near(Box<Reached>),
    /// The ledger cannot be written. No limit is set, so requests go out uncounted; why is the
    /// notice's detail.
    Uncounted,
}

impl BudgetNotice {
    pub(super) const fn class(&self) -> Class {
        match self {
            Self::Over(_) | Self::Loop { .. } => Class::error(Some(Fault::You), Exit::Budget),
            Self::Near(_) | Self::Uncounted => Class::of(Level::Warning),
        }
    }
}
