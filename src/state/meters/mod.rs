//! What was used and what may be: the requests of all programs of this machine as they are told,
//! the answers of this one while they stream, limits, sums of money, habits. It refuses to count
//! on disk (the service does) and to say anything by itself but that a budget comes to its end.

pub mod ask;
mod live;
pub mod pace;
pub mod panel;
mod reading;

use std::collections::HashMap;

pub use reading::{Cache, Gauge, Prospect, Reading};

use super::{AppState, Effects};
use crate::domain::ids::EntryId;
use crate::domain::ledger::{Reached, Standing};
use crate::domain::meters::count::{By, Entry, Habit, Learned, MetersEvent, Span, Sum};
use crate::domain::meters::days::day_begin;
use crate::domain::meters::{Quota, Quotas};
use crate::domain::models::ModelId;
use crate::domain::money::{Currency, Money};
use crate::domain::notice::{BudgetNotice, Notice, NoticeKind};
use crate::domain::time::Now;
use crate::effect::Effect;
use live::Live;
use pace::Held;

/// Requests are kept so long, in milliseconds: as long as the charts are wide.
const KEPT_MS: i64 = 3_600_000;
/// More requests than this are not kept, whatever is told.
const MOST: usize = 50_000;

/// Amounts of money, one a currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spent {
    /// Today.
    pub day: Vec<Money>,
    /// This month.
    pub month: Vec<Money>,
    /// By this program since it started.
    pub session: Vec<Money>,
}

/// The meters.
#[derive(Debug, Default)]
pub struct Meters {
    entries: HashMap<EntryId, Entry>,
    live: Vec<Live>,
    held: Vec<Held>,
    models: Vec<Sum>,
    spent: Option<Spent>,
    habits: HashMap<ModelId, Habit>,
    quotas: Option<(Quotas, i64)>,
    learned: Vec<Learned>,
    tables: HashMap<(By, Span), Vec<Sum>>,
    /// What was said of which limit on which day: once is enough.
    said: Option<(crate::domain::ledger::Cap, i64)>,
    pass: ask::Override,
}

impl Meters {
    /// What was spent; `None` until it is told.
    #[must_use]
    pub fn spent(&self) -> Option<&Spent> {
        self.spent.as_ref()
    }

    /// How a model has done so far.
    #[must_use]
    pub fn habit(&self, model: &ModelId) -> Option<&Habit> {
        self.habits.get(model)
    }

    /// What a model has used today.
    #[must_use]
    pub fn today(&self, model: &ModelId) -> Option<&Sum> {
        self.models.iter().find(|sum| sum.key == model.as_str())
    }

    /// What the service said of limits, and when.
    #[must_use]
    pub fn quotas(&self) -> Option<(&Quotas, i64)> {
        self.quotas.as_ref().map(|(quotas, at_ms)| (quotas, *at_ms))
    }

    /// The limits it told, and when.
    fn told(&self) -> Option<(&[Quota], i64)> {
        match self.quotas()? {
            (Quotas::Told(quotas), at_ms) => Some((quotas, at_ms)),
            (Quotas::NotServed, _) => None,
        }
    }

    /// A table that was asked for and has come.
    #[must_use]
    pub fn table(&self, by: By, span: Span) -> Option<&[Sum]> {
        self.tables.get(&(by, span)).map(Vec::as_slice)
    }

    /// Answers the ledger never told of go as well, in the end.
    fn forget_answers(&mut self, now: Now) {
        let since = now.wall_ms.saturating_sub(KEPT_MS);
        self.live.retain(|live| live.last_ms(now) > since);
    }

    /// Takes requests in; those that are too old go.
    fn take(&mut self, entries: Vec<Entry>, now: Now) {
        for entry in entries {
            let over = entry.settled_ms.and_then(|_| live::meant(&self.live, &entry));
            if let Some(at) = over {
                self.live.remove(at);
            }
            self.entries.insert(entry.id, entry);
        }
        let since = now.wall_ms.saturating_sub(KEPT_MS);
        self.entries.retain(|_, entry| {
            let last = entry.settled_ms.unwrap_or(entry.at_ms).max(entry.at_ms);
            last > since
        });
        self.forget_answers(now);
        if self.entries.len() > MOST {
            let mut times: Vec<i64> = self.entries.values().map(|entry| entry.at_ms).collect();
            times.sort_unstable();
            let from = times[times.len() - MOST];
            self.entries.retain(|_, entry| entry.at_ms >= from);
        }
    }
}

impl AppState {
    /// The meters.
    #[must_use]
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// The meters service said something.
    pub(super) fn on_meters_event(&mut self, event: MetersEvent, now: Now) -> Effects {
        match event {
            MetersEvent::Entries(entries) => {
                let over = entries.iter().any(|entry| entry.settled_ms.is_some());
                self.meters.take(entries, now);
                let mut effects = self.release_held(now);
                if over {
                    effects.extend(self.wanted_tables().into_iter().map(Effect::Meters));
                }
                return effects;
            }
            MetersEvent::Today { models, day, month, session } => {
                self.meters.models = models;
                self.meters.spent = Some(Spent { day, month, session });
                self.warn_near(now);
            }
            MetersEvent::Habits(habits) => {
                let by_model = habits.into_iter().map(|habit| (habit.model.clone(), habit));
                self.meters.habits = by_model.collect();
            }
            MetersEvent::Quotas { quotas, at_ms } => self.meters.quotas = Some((quotas, at_ms)),
            MetersEvent::Learned(learned) => self.meters.learned = learned,
            MetersEvent::Table { by, span, rows } => {
                self.meters.tables.insert((by, span), rows);
            }
        }
        Vec::new()
    }

    /// Says once a day that a limit of the budget is used to four fifths. Nothing is said at the
    /// limit itself: there the next message is stopped, which says it.
    fn warn_near(&mut self, now: Now) {
        if let Some(near) = self.near_cap() {
            let kind = NoticeKind::Budget(BudgetNotice::Near(Box::new(near)));
            self.on_notice(Notice::new(kind), now);
        }
    }

    /// Something is told that belongs to no pane. That a limit is near the ledger says as well, when
    /// it lets a request pass.
    pub(super) fn on_notice(&mut self, notice: Notice, now: Now) {
        if let NoticeKind::Budget(BudgetNotice::Near(near)) = &notice.kind {
            let said = (near.cap, day_begin(now.wall_ms));
            if self.meters.said == Some(said) {
                return;
            }
            self.meters.said = Some(said);
        }
        self.notices.tell(notice, now);
    }

    /// The limit of the budget that is used most, from four fifths on.
    #[must_use]
    pub fn near_cap(&self) -> Option<Reached> {
        let near = |currency| self.gate().caps.near(&self.standing(currency)?);
        let all = [Currency::Cny, Currency::Usd].into_iter().filter_map(near);
        all.max_by(|a, b| {
            let share = |of: &Reached| of.spent.amount.checked_div(of.limit.amount);
            share(a).cmp(&share(b))
        })
    }

    /// What was spent in one currency; `None` where nothing was or nobody has told.
    fn standing(&self, currency: Currency) -> Option<Standing> {
        let spent = self.meters.spent.as_ref()?;
        let of = |all: &[Money]| {
            let found = all.iter().find(|money| money.currency == currency);
            found.map(|money| money.amount)
        };
        let (session, day, month) = (of(&spent.session), of(&spent.day), of(&spent.month));
        month?;
        let [session, day, month] = [session, day, month].map(Option::unwrap_or_default);
        Some(Standing { session, day, month, currency })
    }
}
