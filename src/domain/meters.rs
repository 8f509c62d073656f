//! Limits of an account as the service itself tells them, where it does. It refuses counting: what
//! is used of a limit is measured elsewhere.

pub mod count;
pub mod days;
pub mod governor;
pub mod learned;
pub mod limits;
pub mod window;

use super::models::ModelId;

/// So many in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    /// How many.
    pub amount: u64,
    /// In how many seconds.
    pub seconds: u64,
}

impl Rate {
    /// How many that are in a minute.
    #[must_use]
    pub const fn per_minute(self) -> u64 {
        match self.seconds {
            0 => self.amount,
            seconds => self.amount.saturating_mul(60) / seconds,
        }
    }
}

/// The limits of one model, as far as they were told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Which model.
    pub model: ModelId,
    /// Requests.
    pub requests: Option<Rate>,
    /// Tokens of input and output.
    pub tokens: Option<Rate>,
    /// Tokens of a day of the service, which begins at midnight in Beijing.
    pub day_tokens: Option<u64>,
    /// Tasks that run at once.
    pub running: Option<u64>,
    /// Tasks that wait for their turn.
    pub queued: Option<u64>,
}

/// What the service says of limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quotas {
    /// These are the limits.
    Told(Vec<Quota>),
    /// It does not say them: there is no such call, not for this key, or its answer is of a shape
    /// that is not known here. The rows of the catalog count.
    NotServed,
}
