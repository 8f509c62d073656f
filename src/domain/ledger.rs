//! What was spent: every request that costs money is reserved before it is sent and settled
//! afterwards. It owns the shapes and the arithmetic of caps; it refuses SQL and clocks.

pub mod guess;

use std::time::Duration;

use rust_decimal::Decimal;

use super::ids::EntryId;
use super::models::{ModelId, Surface};
use super::money::{Currency, Money};
use super::settings::Figures;

/// Kinds of requests that cost money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spending {
    /// An answer in a conversation.
    Chat,
    /// A video or picture.
    Task,
    /// Text read aloud.
    Speech,
    /// Vectors, or marks for texts.
    Embedding,
}

impl Spending {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Task, Self::Speech, Self::Embedding];

    /// Its word in the store and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Task => "task",
            Self::Speech => "speech",
            Self::Embedding => "embedding",
        }
    }
}

/// Which row of which price list an amount is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceTag {
    /// The set.
    pub figures: Figures,
    /// Who says so.
    pub source: String,
    /// How old the fact is: year-month or year-month-day.
    pub as_of: String,
}

/// A request that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// The entry it becomes.
    pub id: EntryId,
    /// Whose money.
    pub profile: String,
    /// What for.
    pub spending: Spending,
    /// Which model is asked.
    pub model: ModelId,
    /// Over which surface.
    pub surface: Surface,
    /// What it may cost at most, as far as that is known; `None` where no price is known.
    pub money: Option<Money>,
    /// Where the price is from.
    pub price: Option<PriceTag>,
    /// The message or task it is for, to find it again.
    pub subject: Option<i64>,
    /// The same for the same request: a loop is known by it.
    pub fingerprint: Option<i64>,
    /// It outlives this program, as a task does: what is reserved stays so until it is settled.
    pub lasting: bool,
}

/// What may be spent. `None` is without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caps {
    /// By this running program since it started.
    pub session: Option<Decimal>,
    /// In one day of the service, which begins at midnight in Beijing.
    pub day: Option<Decimal>,
    /// In one month of the service.
    pub month: Option<Decimal>,
}

/// Which limit it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cap {
    /// This running program.
    Session,
    /// Today.
    Day,
    /// This month.
    Month,
}

/// The conditions under which a request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gate {
    /// What may be spent.
    pub caps: Caps,
    /// The user typed that it may be more this time.
    pub override_caps: bool,
    /// The same request so many times within a minute is a loop; `None` never is.
    pub loop_after: Option<u32>,
}

/// Whose money a question spends, and under which conditions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Purse {
    /// The profile.
    pub profile: String,
    /// The prices it is reckoned by.
    pub figures: Figures,
    /// Caps, whether they were overridden by what the user typed, and what a loop is.
    pub gate: Gate,
    /// The message it is for, to find it again.
    pub subject: Option<i64>,
}

/// What was spent so far in one currency, reserved amounts included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// By this running program.
    pub session: Decimal,
    /// Today.
    pub day: Decimal,
    /// This month.
    pub month: Decimal,
    /// Of what.
    pub currency: Currency,
}

/// A limit and how far it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Which limit.
    pub cap: Cap,
    /// Spent before, with what was reserved.
    pub spent: Money,
    /// The limit.
    pub limit: Money,
    /// What the request would have added.
    pub asked: Money,
}

/// What the gate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may be sent. The amount is reserved and counts already.
    Granted {
        /// With this request.
        standing: Standing,
        /// A limit that is used to four fifths or more by now, the nearest one.
        near: Option<Reached>,
    },
    /// It would go beyond a limit.
    OverBudget(Reached),
    /// It looks like a loop.
    Loop {
        /// How many times it was sent within the last minute.
        times: u32,
    },
}

impl Standing {
    /// What counts against a limit.
    #[must_use]
    pub const fn of(&self, cap: Cap) -> Decimal {
        match cap {
            Cap::Session => self.session,
            Cap::Day => self.day,
            Cap::Month => self.month,
        }
    }

    /// With `amount` more.
    #[must_use]
    pub fn plus(self, amount: Decimal) -> Self {
        let add = |sum: Decimal| sum.saturating_add(amount);
        let Self { session, day, month, currency } = self;
        Self { session: add(session), day: add(day), month: add(month), currency }
    }
}

impl Cap {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Session, Self::Day, Self::Month];

    /// Its word in the store and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

impl Caps {
    /// No limit is set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.session.is_none() && self.day.is_none() && self.month.is_none()
    }

    fn limits(&self) -> impl Iterator<Item = (Cap, Decimal)> {
        [(Cap::Session, self.session), (Cap::Day, self.day), (Cap::Month, self.month)]
            .into_iter()
            .filter_map(|(cap, limit)| limit.map(|limit| (cap, limit)))
    }

    /// The first limit that `asked` on top of `standing` would go beyond. A request without a
    /// known price goes beyond a limit only where that is used up already.
    #[must_use]
    pub fn stop(&self, standing: &Standing, asked: Option<Decimal>) -> Option<Reached> {
        let asked = asked.unwrap_or_default();
        let full =
            |spent: Decimal, limit: Decimal| spent >= limit || spent.saturating_add(asked) > limit;
        let mut limits = self.limits().filter(|(cap, limit)| full(standing.of(*cap), *limit));
        limits.next().map(|(cap, limit)| reached(cap, limit, standing, asked))
    }

    /// The limit that is used most, if that is four fifths or more.
    #[must_use]
    pub fn near(&self, standing: &Standing) -> Option<Reached> {
        let four_fifths = Decimal::new(8, 1);
        self.limits()
            .filter(|(_, limit)| !limit.is_zero())
            .filter_map(|(cap, limit)| {
                let share = standing.of(cap).checked_div(limit)?;
                (share >= four_fifths).then_some((share, cap, limit))
            })
            .max_by(|a, b| a.0.cmp(&b.0))
            .map(|(_, cap, limit)| reached(cap, limit, standing, Decimal::ZERO))
    }
}

fn reached(cap: Cap, limit: Decimal, standing: &Standing, asked: Decimal) -> Reached {
    let money = |amount| Money { amount, currency: standing.currency };
    Reached { cap, spent: money(standing.of(cap)), limit: money(limit), asked: money(asked) }
}

/// What a request used, in the units its family is billed by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Units {
    /// Input tokens, cached ones included.
    pub input: Option<u64>,
    /// Output tokens, reasoning included.
    pub output: Option<u64>,
    /// Input tokens from the context cache.
    pub cached: Option<u64>,
    /// Output tokens of reasoning.
    pub reasoning: Option<u64>,
    /// Characters of speech, as the service weighs them.
    pub characters: Option<u64>,
    /// Sound or video.
    pub duration: Option<Duration>,
    /// Pictures or videos.
    pub pieces: Option<u64>,
    /// Of a video, e.g. `720P`.
    pub resolution: Option<String>,
}

/// How a request ended, as far as the bill cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was answered whole.
    Done,
    /// It was stopped or cut; what came is paid.
    Partial,
    /// The service refused or failed; nothing is paid.
    Refused,
    /// It never left this machine.
    Unsent,
    /// Nobody knows: the program or the connection ended before the answer did.
    Unknown,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Done, Self::Partial, Self::Refused, Self::Unsent, Self::Unknown];

    /// Its word in the store and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partial => "partial",
            Self::Refused => "refused",
            Self::Unsent => "unsent",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the service charges for it.
    #[must_use]
    pub const fn is_paid(self) -> bool {
        match self {
            Self::Done | Self::Partial | Self::Unknown => true,
            Self::Refused | Self::Unsent => false,
        }
    }
}

/// The end of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The entry that was reserved.
    pub id: EntryId,
    /// How it ended.
    pub outcome: Outcome,
    /// What it used.
    pub units: Units,
    /// What it cost. `None` where that cannot be told: then what was reserved stays.
    pub money: Option<Money>,
    /// The amount is our own guess: the service did not say what was used.
    pub estimated: bool,
    /// The model that really answered.
    pub answered: Option<ModelId>,
    /// The id to quote to support.
    pub request_id: Option<String>,
    /// Until the first token.
    pub first: Option<Duration>,
    /// Until the end.
    pub total: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn standing(day: &str, month: &str) -> Standing {
        Standing { day: amount(day), month: amount(month), ..Standing::default() }
    }

    #[test]
    fn a_cap_stops_what_would_go_beyond_it_and_nothing_else() {
        let caps = Caps { day: Some(amount("2")), month: Some(amount("10")), ..Caps::default() };
        let stop = |day, month, asked: Option<&str>| {
            caps.stop(&standing(day, month), asked.map(amount)).map(|reached| reached.cap)
        };
        assert_eq!(stop("0.5", "9", Some("1")), None);
        assert_eq!(stop("0.5", "9", Some("1.5")), Some(Cap::Month));
        assert_eq!(stop("1.5", "5", Some("0.5")), None, "exactly the limit is within it");
        assert_eq!(stop("1.5", "5", Some("0.500001")), Some(Cap::Day));
        assert_eq!(stop("1.99", "5", None), None, "no price is known");
        assert_eq!(stop("2", "5", None), Some(Cap::Day), "used up is used up");
        assert_eq!(stop("2", "5", Some("0")), Some(Cap::Day));
        assert_eq!(Caps::default().stop(&standing("99", "99"), Some(amount("1"))), None);
    }

    #[test]
    fn four_fifths_are_near_and_the_nearest_is_named() {
        let caps = Caps { day: Some(amount("2")), month: Some(amount("10")), ..Caps::default() };
        let near = |day, month| caps.near(&standing(day, month)).map(|reached| reached.cap);
        assert_eq!(near("1.59", "7.9"), None);
        assert_eq!(near("1.60", "7.9"), Some(Cap::Day));
        assert_eq!(near("1.60", "9"), Some(Cap::Month));
        let nothing = Caps { day: Some(Decimal::ZERO), ..Caps::default() };
        assert_eq!(nothing.near(&standing("0", "0")), None);
        assert!(nothing.stop(&standing("0", "0"), None).is_some(), "a cap of nothing stops all");
    }
}
