//! What the meters show at a moment: use against limits for a model, what is left of its window,
//! what the cache did, whether the message that is being written fits and what it may cost. It
//! refuses to keep any of it: a reading is true for one frame.

use std::time::Duration;

use super::super::AppState;
use super::live;
use crate::catalog::limits::Limit as CatalogLimit;
use crate::catalog::limits::Window as CatalogWindow;
use crate::domain::chat::Usage;
use crate::domain::ledger::{Outcome, Spending};
use crate::domain::meters::Rate;
use crate::domain::meters::count::{Entry, LimitKind};
use crate::domain::meters::days::{day_begin, day_end};
use crate::domain::meters::governor::{self, Asked, Fit, Load};
use crate::domain::meters::limits::{Amounts, Limit, Limits, Row, Source, Voices, resolve};
use crate::domain::meters::window::{Use, Window};
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::domain::tasks::TaskStatus;
use crate::domain::tasks::book::Stage;
use crate::domain::time::Now;

/// A message of fewer tokens is not seen in the window of a model.
const LONG: u64 = 1_000;

/// Minutes of the small chart.
const SPARK: usize = 12;

/// Use against a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gauge {
    /// What is limited.
    pub kind: LimitKind,
    /// So much is used.
    pub used: u64,
    /// The limit, where one is known.
    pub limit: Option<Limit>,
    /// So much of the limit's slice of seconds is used, where it has one.
    pub in_slice: u64,
}

impl Gauge {
    /// How near the limit or its slice is, in hundredths; `None` without a limit.
    #[must_use]
    pub fn percent(&self) -> Option<u64> {
        let limit = self.limit.as_ref()?;
        let whole = governor::percent(self.used, limit.rate.amount);
        let slice = limit.slice.map(|slice| governor::percent(self.in_slice, slice.amount));
        // A full slice passes within seconds: it is near, never over.
        Some(whole.max(slice.unwrap_or(0).min(99)))
    }
}

/// What the context cache did today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// Input tokens that were read from it, in hundredths.
    pub percent: u64,
    /// What that saved, one amount a currency.
    pub saved: Vec<Money>,
}

/// The meters at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Requests of the last minute.
    pub requests: Gauge,
    /// Tokens of the last minute.
    pub tokens: Gauge,
    /// Tokens of this day.
    pub day: Gauge,
    /// Tasks that run.
    pub running: Gauge,
    /// Until the day ends in Beijing.
    pub day_left: Duration,
    /// Tokens the next question carries along, and the window of the model where it is known.
    pub context: (u64, Option<u64>),
    /// The cache; `None` where nobody told.
    pub cache: Option<Cache>,
    /// Tokens of each of the last minutes, oldest first.
    pub spark: Vec<u64>,
}

/// What is known of a message before it goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prospect {
    /// Whether it fits.
    pub fit: Fit,
    /// Its own tokens, estimated.
    pub tokens: u64,
    /// What the answer may cost.
    pub cost: Option<Money>,
    /// Only the input is in the price: how long the answer will be nobody knows.
    pub input_only: bool,
}

const fn rate(window: CatalogWindow) -> Rate {
    Rate { amount: window.amount, seconds: window.seconds as u64 }
}

/// A row of the catalog as the meters take it.
fn row(limit: CatalogLimit) -> Row {
    let CatalogLimit { row, basis } = limit;
    Row {
        amounts: Amounts {
            requests: row.rpm,
            tokens: row.tpm,
            day_tokens: None,
            running: row.running.map(u64::from),
        },
        requests: row.requests.map(rate),
        tokens: row.tokens.map(rate),
        source: Source::Catalog { figures: basis.figures, source: row.source, as_of: row.as_of },
    }
}

/// A request that the service counts: refused and unsent ones are none.
fn counts(entry: &Entry) -> bool {
    !matches!(entry.outcome, Some(Outcome::Refused | Outcome::Unsent))
}

impl AppState {
    /// The limits of a model in force.
    #[must_use]
    pub fn limits_of(&self, model: &ModelId, now: Now) -> Limits {
        let row = self.catalog.get().limits(self.settings.figures, model).map(row);
        let voices = Voices {
            own: self.settings.limits.own,
            learned: &self.meters.learned,
            told: self.meters.told(),
            row: row.as_ref(),
        };
        resolve(&voices, model, &self.settings.place.profile, now.wall_ms)
    }

    /// The requests of a model that the ledger told of.
    fn entries_of<'a>(&'a self, model: &'a ModelId) -> impl Iterator<Item = &'a Entry> {
        let profile = &self.settings.place.profile;
        let own = move |entry: &&Entry| entry.model == *model && entry.profile == *profile;
        self.meters.entries.values().filter(own).filter(|entry| counts(entry))
    }

    /// What is in use of a model's limits.
    #[must_use]
    pub fn load_of(&self, model: &ModelId, now: Now) -> Load {
        let (mut requests, mut tokens) = (Vec::new(), Vec::new());
        let mut fresh: u64 = 0;
        // Answers of this program that the ledger has told of, by their places.
        let mut written = Vec::new();
        for entry in self.entries_of(model) {
            requests.push(Use { at_ms: entry.at_ms, amount: 1 });
            // What runs here is known better than the ledger can.
            let runs = entry.settled_ms.is_none();
            let here = runs.then(|| live::meant(&self.meters.live, entry)).flatten();
            written.extend(here);
            if here.is_none() && entry.spending != Spending::Task {
                let at_ms = entry.settled_ms.unwrap_or(now.wall_ms);
                tokens.push(Use { at_ms, amount: entry.tokens() });
            }
        }
        for (at, live) in self.meters.live.iter().enumerate() {
            if live.model != *model {
                continue;
            }
            if !written.contains(&at) {
                requests.push(Use { at_ms: live.since_ms, amount: 1 });
            }
            let at_ms = live.ended_ms.unwrap_or(now.wall_ms);
            tokens.push(Use { at_ms, amount: live.tokens() });
            if at_ms >= day_begin(now.wall_ms) {
                fresh = fresh.saturating_add(live.tokens());
            }
        }
        Load {
            day_tokens: self.day_tokens(model, now).saturating_add(fresh),
            requests: Window::of(requests),
            tokens: Window::of(tokens),
            running: self.running_tasks(model),
        }
    }

    /// Tokens of this day that the ledger told of.
    fn day_tokens(&self, model: &ModelId, now: Now) -> u64 {
        if let Some(sum) = self.meters.today(model) {
            return sum.units.input.unwrap_or(0).saturating_add(sum.units.output.unwrap_or(0));
        }
        let begin = day_begin(now.wall_ms);
        let today = self.entries_of(model).filter(|entry| entry.at_ms >= begin);
        today.fold(0, |sum, entry| sum.saturating_add(entry.tokens()))
    }

    fn running_tasks(&self, model: &ModelId) -> u64 {
        let running = self.tasks.shelf().under_way().filter(|task| {
            task.model == *model
                && task.stage == Stage::Following
                && task.status == Some(TaskStatus::Running)
        });
        running.count() as u64
    }

    /// The meters for the model of the conversation that is shown.
    #[must_use]
    pub fn reading(&self, now: Now) -> Reading {
        let chat = self.conversations.shown();
        let model = &chat.conversation().model;
        let limits = self.limits_of(model, now);
        let load = self.load_of(model, now);
        let gauge = |kind, window: &Window, limit: &Option<Limit>| {
            let limit = limit.clone();
            let slice = limit.as_ref().and_then(|limit| limit.slice);
            let in_slice = slice.map_or(0, |slice| window.used(slice.seconds, now.wall_ms));
            let seconds = limit.as_ref().map_or(60, |limit| limit.rate.seconds);
            Gauge { kind, used: window.used(seconds, now.wall_ms), limit, in_slice }
        };
        let count = |kind, used, limit: &Option<Limit>| Gauge {
            kind,
            used,
            limit: limit.clone(),
            in_slice: 0,
        };
        let left = day_end(now.wall_ms).saturating_sub(now.wall_ms);
        Reading {
            requests: gauge(LimitKind::Requests, &load.requests, &limits.requests),
            tokens: gauge(LimitKind::Tokens, &load.tokens, &limits.tokens),
            day: count(LimitKind::DayTokens, load.day_tokens, &limits.day_tokens),
            running: count(LimitKind::Running, load.running, &limits.running),
            day_left: Duration::from_millis(u64::try_from(left).unwrap_or(0)),
            context: (self.carried(), self.context_of(model)),
            cache: self.cache_of(model),
            spark: load.tokens.slots(SPARK, 60, now.wall_ms),
        }
    }

    /// Requests and tokens of each minute of the last hour for a model, oldest first.
    #[must_use]
    pub fn hour_of(&self, model: &ModelId, now: Now) -> (Vec<u64>, Vec<u64>) {
        let load = self.load_of(model, now);
        (load.requests.slots(60, 60, now.wall_ms), load.tokens.slots(60, 60, now.wall_ms))
    }

    fn context_of(&self, model: &ModelId) -> Option<u64> {
        self.catalog.get().model_like(model).and_then(|model| model.context_tokens)
    }

    /// Tokens of the conversation that is shown, with what is being written and what arrives.
    fn carried(&self) -> u64 {
        let chat = self.conversations.shown();
        let turn = chat.running().map(|running| running.turn);
        let streaming =
            self.meters.live.iter().find(|live| turn.is_some_and(|turn| live.is_of(turn)));
        let so_far = match streaming {
            Some(live) => live.tokens(),
            None => self.before_draft(),
        };
        // A short message is said beside itself; here it would only make the digits flicker.
        let draft = Some(self.draft_tokens()).filter(|tokens| *tokens >= LONG);
        so_far.saturating_add(draft.unwrap_or(0))
    }

    /// Tokens that the next question carries along, without its own.
    fn before_draft(&self) -> u64 {
        let chat = self.conversations.shown();
        let model = &chat.conversation().model;
        let system = || {
            let system = chat.system.as_deref().unwrap_or_default();
            live::text(system, self.meters.habit(model))
        };
        chat.sums().usage.map_or_else(system, |usage| usage.total())
    }

    /// Tokens of what is being written, by the user's own figures where there are some.
    #[must_use]
    pub fn draft_tokens(&self) -> u64 {
        if self.composer.is_empty() {
            return 0;
        }
        let model = &self.conversations.shown().conversation().model;
        let (characters, guess) = (self.composer.characters(), self.composer.tokens());
        let text = live::by_habit(characters, guess, self.meters.habit(model));
        let attached = &self.conversations.shown().attached;
        if attached.is_empty() {
            return text;
        }
        let senses = self.catalog.get().senses(model);
        attached.iter().filter_map(|of| senses.tokens(of)).fold(text, u64::saturating_add)
    }

    fn cache_of(&self, model: &ModelId) -> Option<Cache> {
        let sum = self.meters.today(model)?;
        let (input, cached) = (sum.units.input?, sum.units.cached?);
        let percent = governor::percent(cached, input.max(1));
        Some(Cache { percent, saved: sum.saved.clone() })
    }

    /// What is known of the message that is being written; `None` while there is none.
    #[must_use]
    pub fn prospect(&self, now: Now) -> Option<Prospect> {
        (!self.composer.is_empty()).then(|| self.prospect_of(self.draft_tokens(), now))
    }

    /// What is known of a message of so many tokens in the conversation that is shown.
    pub(super) fn prospect_of(&self, tokens: u64, now: Now) -> Prospect {
        let chat = self.conversations.shown();
        let model = &chat.conversation().model;
        let params = chat.next.as_ref().unwrap_or(&chat.params);
        let before = chat.sums().usage;
        let input = self.before_draft().saturating_add(tokens);
        // The next answer is as long as the last one was, as far as anybody can tell.
        let cap = params.max_tokens.map(u64::from);
        let output = before.map(|usage| cap.map_or(usage.output, |cap| usage.output.min(cap)));
        let asked = Asked { tokens: input.saturating_add(output.unwrap_or(0)), task: false };
        let fit = governor::fit(
            &self.limits_of(model, now),
            &self.load_of(model, now),
            asked,
            now.wall_ms,
        );
        let usage = Usage { input, output: output.unwrap_or(0), ..Usage::default() };
        let figures = self.settings.figures;
        let thought = params.thinking.unwrap_or(false);
        let cost = self.catalog.get().cost(figures, model, &usage, thought);
        let usual = self.meters.habit(model).and_then(|habit| habit.cost);
        let (cost, input_only) = match (output, usual) {
            // An answer of this model costs the user so much on the average.
            (None, Some(usual)) => (Some(usual), false),
            (output, _) => (cost, output.is_none()),
        };
        Prospect { fit, tokens, cost, input_only }
    }
}
