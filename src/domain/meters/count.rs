//! What the meters count: the requests of all programs of this machine as the ledger has them, and
//! sums over them. It refuses windows and limits (their arithmetic is beside it), SQL and clocks.

use std::time::Duration;

use crate::domain::ids::EntryId;
use crate::domain::ledger::{Outcome, PriceTag, Spending, Units};
use crate::domain::meters::Quotas;
use crate::domain::models::{ModelId, Surface};
use crate::domain::money::Money;

/// One request as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub id: EntryId,
    /// When it was sent, in milliseconds since 1970 (UTC).
    pub at_ms: i64,
    /// When its end was known, on the same clock; `None` while it runs.
    pub settled_ms: Option<i64>,
    /// Whose money and whose limits.
    pub profile: String,
    /// What for.
    pub spending: Spending,
    /// Which model was asked.
    pub model: ModelId,
    /// The model that really answered, where it said so.
    pub answered: Option<ModelId>,
    /// Over which surface.
    pub surface: Surface,
    /// How it ended; `None` while it runs.
    pub outcome: Option<Outcome>,
    /// What it used, as far as it was told.
    pub units: Units,
    /// What it adds to the sums: reserved while it runs, later what it cost; `None` without a price.
    pub money: Option<Money>,
    /// The amount or the units are our own guess.
    pub estimated: bool,
    /// The row of the price list that was used.
    pub price: Option<PriceTag>,
    /// This program sent it.
    pub mine: bool,
    /// Until the first token.
    pub first: Option<Duration>,
    /// Until the end.
    pub total: Option<Duration>,
    /// The message or task it is for.
    pub subject: Option<i64>,
    /// The id to quote to support.
    pub request_id: Option<String>,
}

impl Entry {
    /// Tokens that count against limits: input and output together; 0 where nothing was told.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        let Units { input, output, .. } = &self.units;
        input.unwrap_or(0).saturating_add(output.unwrap_or(0))
    }
}

/// How the rows of a table of use are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum By {
    /// One row a model.
    #[default]
    Model,
    /// One row a day of the service (it begins at midnight in Beijing).
    Day,
    /// One row a profile.
    Profile,
    /// One row a conversation or task: what cost most.
    Subject,
}

/// A span of time the service bills by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Span {
    /// Since midnight in Beijing.
    #[default]
    Today,
    /// Since the first of the month in Beijing.
    Month,
    /// All that is kept.
    All,
}

/// Sums over requests that belong together. Requests that were refused or never sent are counted in
/// `failed` and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sum {
    /// What they have in common: a model's id, a day (`2026-11-28`), a profile's name, or a title.
    pub key: String,
    /// Requests that were answered, wholly or in part, or may have been.
    pub requests: u64,
    /// Requests that were refused or failed.
    pub failed: u64,
    /// What they used together.
    pub units: Units,
    /// What they cost, one amount a currency; empty where no price is known.
    pub money: Vec<Money>,
    /// Requests among them without a known price.
    pub unpriced: u64,
    /// Requests among them whose figures are our own guess.
    pub estimated: u64,
    /// What the context cache saved, one amount a currency.
    pub saved: Vec<Money>,
}

/// How a model has done for this user so far, from the latest requests of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habit {
    /// Which model.
    pub model: ModelId,
    /// Answers it is drawn from (the latest 200 at most).
    pub answers: u32,
    /// Half of them began sooner.
    pub first_p50: Option<Duration>,
    /// Nineteen of twenty began sooner.
    pub first_p95: Option<Duration>,
    /// Half of them were slower: tokens of output a second, in hundredths.
    pub speed_p50: Option<u64>,
    /// What an answer cost on the average.
    pub cost: Option<Money>,
    /// Characters of a prompt for each token of it, in hundredths, where both are known.
    pub characters_per_token: Option<u32>,
}

/// Kinds of limits of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitKind {
    /// Requests a minute.
    Requests,
    /// Tokens a minute, input and output together.
    Tokens,
    /// Tokens a day of the service.
    DayTokens,
    /// Tasks that run at once.
    Running,
}

/// A limit that a refusal taught: less than this was let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// Of which model.
    pub model: ModelId,
    /// Of which profile.
    pub profile: String,
    /// Which kind.
    pub kind: LimitKind,
    /// So much was in the window when the service refused more.
    pub amount: u64,
    /// When, in milliseconds since 1970 (UTC).
    pub at_ms: i64,
}

/// What the meters service is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetersCommand {
    /// Put a table of use together.
    Table {
        /// Its rows.
        by: By,
        /// Over which span.
        span: Span,
    },
    /// Ask the service for its limits again, if it tells them.
    Quotas,
}

/// What the meters service says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetersEvent {
    /// Requests that are new or have changed since they were told last, oldest first, of every
    /// program of this machine; after the start those of the last hour.
    Entries(Vec<Entry>),
    /// What this profile has used, a row a model, sent with `Entries` whenever one changed.
    Today {
        /// A row a model, since midnight in Beijing.
        models: Vec<Sum>,
        /// All of today.
        day: Vec<Money>,
        /// All of this month.
        month: Vec<Money>,
        /// By this program since it started.
        session: Vec<Money>,
    },
    /// How models have done; sent after the start, and again when an answer has ended.
    Habits(Vec<Habit>),
    /// Limits as the service tells them, and when it was asked, in milliseconds since 1970 (UTC).
    Quotas {
        /// What it said.
        quotas: Quotas,
        /// When.
        at_ms: i64,
    },
    /// Limits that refusals taught, all that are in force.
    Learned(Vec<Learned>),
    /// A table that was asked for.
    Table {
        /// Its rows are put together like this.
        by: By,
        /// Over this span.
        span: Span,
        /// Dearest first; days latest first.
        rows: Vec<Sum>,
    },
}
