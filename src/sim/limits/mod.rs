//! The limits of the service, counted by the simulator itself: calls and tokens in a sliding minute
//! and in slices of seconds, bursts, tasks at once, and the doors of tasks and uploads.
//! It owns figures and counters; it refuses to share either with the client.
//!
//! All spans are divided by the time scale, as every delay is. What is refused does not count.

mod quotas;
mod read;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::ask::Account;
use super::refusal::{self, Refusal, Surface};

pub(super) use quotas::routes;
pub use read::LimitsError;

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);
/// So many calls within a second are never a burst.
const CALM: usize = 50;
/// More than this many times the usual rate is one.
const STEEP: usize = 4;
/// Tasks of a model that run at once where no figure says how many.
const USUAL_WIDTH: usize = 5;
/// Tasks that wait at most where no figure says how many.
const USUAL_QUEUE: usize = 1000;
/// Counters kept at most; then those at rest are dropped.
const MOST_METERS: usize = 4096;

/// So much in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slice {
    most: u64,
    seconds: u64,
}

/// The limits of one model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Figures {
    rpm: Option<u64>,
    tpm: Option<u64>,
    running: Option<usize>,
    waiting: Option<usize>,
    calls: Option<Slice>,
    tokens: Option<Slice>,
}

/// The part of a minute that is looked at too: the shortest that still allows `burst`.
fn slice(per_minute: u64, burst: u64) -> Slice {
    let seconds = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30]
        .into_iter()
        .find(|seconds| per_minute * seconds / 60 >= burst)
        .unwrap_or(60);
    Slice { most: per_minute * seconds / 60, seconds }
}

impl Figures {
    fn call_slice(&self) -> Option<Slice> {
        self.calls.or_else(|| self.rpm.map(|rpm| slice(rpm, 10)))
    }

    fn token_slice(&self) -> Option<Slice> {
        self.tokens.or_else(|| self.tpm.map(|tpm| slice(tpm, 100_000)))
    }
}

/// Which figures are enforced.
#[derive(Debug, Clone, Default)]
pub enum Limits {
    /// None; only tasks at once are as documented.
    #[default]
    Off,
    /// The service's own market data.
    Documented,
    /// A fresh workspace without any quota asked for, as the seed article measured it.
    Seed,
    /// Rows of a file.
    Rows(Rows),
}

/// Rows of a file of limits, the first that matches a model counts.
#[derive(Debug, Clone, Default)]
pub struct Rows(Vec<(String, Figures)>);

/// Endpoints with a rate of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Door {
    /// Asking for a task.
    Query,
    /// Listing tasks.
    List,
    /// Canceling a task.
    Cancel,
    /// A certificate for an upload.
    Policy,
}

impl Door {
    /// Calls a second.
    const fn most(self) -> usize {
        match self {
            Self::Query | Self::List | Self::Cancel => 20,
            Self::Policy => 100,
        }
    }
}

/// Why a call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Excess {
    Calls,
    Burst,
    Tokens,
}

impl Excess {
    fn refusal(self, surface: Surface) -> Refusal {
        match (self, surface) {
            (Self::Calls, Surface::Compat) => Refusal::of(&refusal::RATE),
            (Self::Calls, Surface::Native) => door_refusal(),
            (Self::Burst, _) => Refusal::of(&refusal::BURST),
            (Self::Tokens, Surface::Compat) => Refusal::of(&refusal::QUOTA),
            (Self::Tokens, Surface::Native) => Refusal::text(
                &refusal::QUOTA,
                "Allocated quota exceeded, please increase your quota limit.",
            ),
        }
    }
}

fn door_refusal() -> Refusal {
    Refusal::text(&refusal::RATE, "Requests rate limit exceeded, please try again later.")
}

/// What one account did with one model.
#[derive(Debug, Default)]
struct Meter {
    calls: VecDeque<Instant>,
    tokens: VecDeque<(Instant, u64)>,
}

impl Meter {
    fn calls_since(&self, since: Option<Instant>) -> usize {
        self.calls.iter().rev().take_while(|at| since.is_none_or(|since| **at > since)).count()
    }

    fn tokens_since(&self, since: Option<Instant>) -> u64 {
        let recent = self.tokens.iter().rev();
        recent.take_while(|(at, _)| since.is_none_or(|since| *at > since)).map(|(_, n)| n).sum()
    }

    /// Forgets what is older than a minute.
    fn age(&mut self, minute_ago: Option<Instant>) {
        let Some(ago) = minute_ago else {
            return;
        };
        while self.calls.front().is_some_and(|at| *at <= ago) {
            self.calls.pop_front();
        }
        while self.tokens.front().is_some_and(|(at, _)| *at <= ago) {
            self.tokens.pop_front();
        }
    }

    fn is_at_rest(&self) -> bool {
        self.calls.is_empty() && self.tokens.is_empty()
    }
}

#[derive(Debug, Default)]
struct Counters {
    models: HashMap<(Account, &'static str), Meter>,
    doors: HashMap<(Account, Door, String), Meter>,
}

/// The limits of one server.
#[derive(Debug)]
pub(super) struct Guards {
    limits: Limits,
    scale: f64,
    counters: Mutex<Counters>,
}

impl Guards {
    pub(super) fn new(limits: Limits, time_scale: f64) -> Self {
        Self { limits, scale: time_scale, counters: Mutex::default() }
    }

    fn ago(&self, now: Instant, span: Duration) -> Option<Instant> {
        now.checked_sub(Duration::try_from_secs_f64(span.as_secs_f64() / self.scale).ok()?)
    }

    /// The figures that are enforced for a model.
    fn figures(&self, model: &str) -> Figures {
        match &self.limits {
            Limits::Off => Figures::default(),
            Limits::Documented => read::documented(model),
            Limits::Seed => read::seed(model),
            Limits::Rows(rows) => rows.find(model).unwrap_or_default(),
        }
    }

    /// Tasks of a model that run at once.
    pub(super) fn width(&self, model: &str) -> usize {
        let own = self.figures(model).running.or_else(|| read::documented(model).running);
        own.unwrap_or(USUAL_WIDTH).max(1)
    }

    /// Tasks of a model that wait at most.
    pub(super) fn queue(&self, model: &str) -> usize {
        let own = self.figures(model).waiting.or_else(|| read::documented(model).waiting);
        own.unwrap_or(USUAL_QUEUE)
    }

    /// Counts a call of a model, or refuses it.
    pub(super) fn admit(
        &self,
        account: Account,
        model: &'static str,
        surface: Surface,
        now: Instant,
    ) -> Result<(), Refusal> {
        if matches!(self.limits, Limits::Off) {
            return Ok(());
        }
        let figures = self.figures(model);
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.models.len() >= MOST_METERS {
            let minute_ago = self.ago(now, MINUTE);
            counters.models.retain(|_, meter| {
                meter.age(minute_ago);
                !meter.is_at_rest()
            });
        }
        let meter = counters.models.entry((account, model)).or_default();
        meter.age(self.ago(now, MINUTE));
        if let Some(excess) = self.excess(meter, &figures, now) {
            return Err(excess.refusal(surface));
        }
        meter.calls.push_back(now);
        Ok(())
    }

    fn excess(&self, meter: &Meter, figures: &Figures, now: Instant) -> Option<Excess> {
        let calls = |span| meter.calls_since(self.ago(now, span)) as u64;
        let tokens = |span| meter.tokens_since(self.ago(now, span));
        let seconds = |slice: Slice| Duration::from_secs(slice.seconds);
        let full = figures.rpm.is_some_and(|most| calls(MINUTE) >= most)
            || figures.call_slice().is_some_and(|slice| calls(seconds(slice)) >= slice.most);
        if full {
            return Some(Excess::Calls);
        }
        let spent = figures.tpm.is_some_and(|most| tokens(MINUTE) >= most)
            || figures.token_slice().is_some_and(|slice| tokens(seconds(slice)) >= slice.most);
        if spent {
            return Some(Excess::Tokens);
        }
        let last = meter.calls_since(self.ago(now, SECOND));
        let before = meter.calls_since(self.ago(now, 10 * SECOND)) - last;
        (last >= CALM && last > STEEP * before / 9).then_some(Excess::Burst)
    }

    /// Counts tokens that a call of a model took, in and out.
    pub(super) fn spend(&self, account: Account, model: &'static str, tokens: usize, now: Instant) {
        if matches!(self.limits, Limits::Off) {
            return;
        }
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let meter = counters.models.entry((account, model)).or_default();
        meter.age(self.ago(now, MINUTE));
        meter.tokens.push_back((now, tokens as u64));
    }

    /// Counts a call of an endpoint with a rate of its own, or refuses it. `of` tells apart what is
    /// counted apart: certificates are, by model.
    pub(super) fn knock(
        &self,
        account: Account,
        door: Door,
        of: &str,
        now: Instant,
    ) -> Result<(), Refusal> {
        if matches!(self.limits, Limits::Off) {
            return Ok(());
        }
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.doors.len() >= MOST_METERS {
            counters.doors.clear();
        }
        let meter = counters.doors.entry((account, door, of.to_owned())).or_default();
        meter.age(self.ago(now, SECOND));
        if meter.calls.len() >= door.most() {
            return Err(door_refusal());
        }
        meter.calls.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
