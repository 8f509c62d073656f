//! Which limits count for a model, and who says so: the user's own setting, else what a refusal
//! taught, else what the service tells, else a row of the catalog. It refuses to invent a limit:
//! where nobody knows one there is none.

use super::count::{Learned, LimitKind};
use super::learned::in_force;
use super::{Quota, Rate};
use crate::domain::models::ModelId;
use crate::domain::settings::Figures;

/// Who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The user's settings.
    Own,
    /// A refusal, at a moment in milliseconds since 1970 (UTC); it is eased since.
    Learned {
        /// When.
        at_ms: i64,
    },
    /// The service, asked at a moment in milliseconds since 1970 (UTC).
    Service {
        /// When.
        at_ms: i64,
    },
    /// A row of the catalog.
    Catalog {
        /// Of which set.
        figures: Figures,
        /// Where that has it from: a key of the catalog's sources.
        source: String,
        /// How old the fact is: year-month or year-month-day.
        as_of: String,
    },
}

/// One limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// So much in so many seconds. Of a day and of tasks at once only the amount counts.
    pub rate: Rate,
    /// A shorter window below it, where one is known.
    pub slice: Option<Rate>,
    /// Who says so.
    pub source: Source,
}

/// The limits of one model for one profile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// Requests a minute.
    pub requests: Option<Limit>,
    /// Tokens a minute, input and output together.
    pub tokens: Option<Limit>,
    /// Tokens a day.
    pub day_tokens: Option<Limit>,
    /// Tasks at once.
    pub running: Option<Limit>,
}

impl Limits {
    /// The limit of a kind.
    #[must_use]
    pub const fn of(&self, kind: LimitKind) -> Option<&Limit> {
        match kind {
            LimitKind::Requests => self.requests.as_ref(),
            LimitKind::Tokens => self.tokens.as_ref(),
            LimitKind::DayTokens => self.day_tokens.as_ref(),
            LimitKind::Running => self.running.as_ref(),
        }
    }
}

/// Amounts by kind, a minute where a time belongs to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// Requests a minute.
    pub requests: Option<u64>,
    /// Tokens a minute.
    pub tokens: Option<u64>,
    /// Tokens a day.
    pub day_tokens: Option<u64>,
    /// Tasks at once.
    pub running: Option<u64>,
}

impl Amounts {
    const fn of(&self, kind: LimitKind) -> Option<u64> {
        match kind {
            LimitKind::Requests => self.requests,
            LimitKind::Tokens => self.tokens,
            LimitKind::DayTokens => self.day_tokens,
            LimitKind::Running => self.running,
        }
    }
}

/// A row of the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it limits.
    pub amounts: Amounts,
    /// The window requests are really counted in.
    pub requests: Option<Rate>,
    /// The window tokens are really counted in.
    pub tokens: Option<Rate>,
    /// [`Source::Catalog`].
    pub source: Source,
}

/// All that may have something to say of limits.
#[derive(Debug, Clone, Copy)]
pub struct Voices<'a> {
    /// The user.
    pub own: Amounts,
    /// Refusals, of any model and profile.
    pub learned: &'a [Learned],
    /// The service, and when it was asked.
    pub told: Option<(&'a [Quota], i64)>,
    /// The catalog.
    pub row: Option<&'a Row>,
}

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * 60;

const fn seconds(kind: LimitKind) -> u64 {
    match kind {
        LimitKind::Requests | LimitKind::Tokens => MINUTE,
        LimitKind::DayTokens => DAY,
        LimitKind::Running => 0,
    }
}

/// The limits in force for a model and a profile.
#[must_use]
pub fn resolve(voices: &Voices<'_>, model: &ModelId, profile: &str, now_ms: i64) -> Limits {
    let of = |kind| limit(voices, model, profile, kind, now_ms);
    Limits {
        requests: of(LimitKind::Requests),
        tokens: of(LimitKind::Tokens),
        day_tokens: of(LimitKind::DayTokens),
        running: of(LimitKind::Running),
    }
}

fn limit(
    voices: &Voices<'_>,
    model: &ModelId,
    profile: &str,
    kind: LimitKind,
    now_ms: i64,
) -> Option<Limit> {
    let whole = |amount| Rate { amount, seconds: seconds(kind) };
    if let Some(own) = voices.own.of(kind) {
        return Some(Limit { rate: whole(own), slice: None, source: Source::Own });
    }
    let base = told(voices, model, kind).or_else(|| listed(voices, kind));
    let learned = voices
        .learned
        .iter()
        .filter(|of| of.kind == kind && of.model == *model && of.profile == profile)
        .max_by_key(|of| of.at_ms);
    let Some(learned) = learned else { return base };
    let before = base.as_ref().map(|base| base.rate.amount);
    match in_force(learned, before, now_ms) {
        Some(amount) => {
            // Nothing at all is never learned: somebody else used the account, and one request has
            // to try.
            let amount = amount.max(1);
            let slice = base.and_then(|base| base.slice);
            let source = Source::Learned { at_ms: learned.at_ms };
            Some(Limit { rate: whole(amount), slice, source })
        }
        None => base,
    }
}

/// What the service tells. It tells windows of any width: a short one is a slice of its minute.
fn told(voices: &Voices<'_>, model: &ModelId, kind: LimitKind) -> Option<Limit> {
    let (quotas, at_ms) = voices.told?;
    let quota = quotas.iter().find(|quota| quota.model == *model)?;
    let source = Source::Service { at_ms };
    let rate = match kind {
        LimitKind::Requests => quota.requests?,
        LimitKind::Tokens => quota.tokens?,
        LimitKind::DayTokens => Rate { amount: quota.day_tokens?, seconds: DAY },
        LimitKind::Running => Rate { amount: quota.running?, seconds: 0 },
    };
    let slice = (rate.seconds > 0 && rate.seconds < MINUTE).then_some(rate);
    let amount = if slice.is_some() { rate.per_minute() } else { rate.amount };
    let seconds = if slice.is_some() { MINUTE } else { rate.seconds };
    Some(Limit { rate: Rate { amount, seconds }, slice, source })
}

fn listed(voices: &Voices<'_>, kind: LimitKind) -> Option<Limit> {
    let row = voices.row?;
    let window = match kind {
        LimitKind::Requests => row.requests,
        LimitKind::Tokens => row.tokens,
        LimitKind::DayTokens | LimitKind::Running => None,
    };
    let slice = window.filter(|of| of.seconds < seconds(kind));
    let amount = row.amounts.of(kind).or_else(|| window.map(Rate::per_minute))?;
    let rate = Rate { amount, seconds: seconds(kind) };
    Some(Limit { rate, slice, source: row.source.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn row() -> Row {
        let source = Source::Catalog {
            figures: Figures::Seed,
            source: "seed".to_owned(),
            as_of: "2026-05".to_owned(),
        };
        Row {
            amounts: Amounts { requests: Some(200), tokens: Some(200_000), ..Amounts::default() },
            requests: Some(Rate { amount: 10, seconds: 3 }),
            tokens: Some(Rate { amount: 200_000, seconds: 60 }),
            source,
        }
    }

    fn learned(amount: u64, at_ms: i64) -> Learned {
        let (model, profile) = (ModelId::new("m"), "work".to_owned());
        Learned { model, profile, kind: LimitKind::Requests, amount, at_ms }
    }

    fn requests(voices: &Voices<'_>) -> Option<Limit> {
        resolve(voices, &ModelId::new("m"), "work", NOW).requests
    }

    #[test]
    fn the_nearest_voice_counts_and_is_named() {
        let row = row();
        let quota = Quota {
            model: ModelId::new("m"),
            requests: Some(Rate { amount: 5, seconds: 1 }),
            tokens: None,
            day_tokens: Some(7),
            running: Some(3),
            queued: None,
        };
        let quotas = [quota];
        let taught = [learned(40, NOW - 1_000)];
        let own = Amounts { requests: Some(9), ..Amounts::default() };
        let nobody = Voices { own: Amounts::default(), learned: &[], told: None, row: None };
        assert_eq!(resolve(&nobody, &ModelId::new("m"), "work", NOW), Limits::default());
        let catalog = Voices { row: Some(&row), ..nobody };
        let found = requests(&catalog).unwrap();
        assert_eq!((found.rate.amount, &found.source), (200, &row.source));
        assert_eq!(found.slice, Some(Rate { amount: 10, seconds: 3 }));
        let all = resolve(&catalog, &ModelId::new("m"), "work", NOW);
        assert_eq!(all.tokens.unwrap().slice, None, "a minute is no slice of a minute");
        assert_eq!((all.day_tokens, all.running), (None, None), "nothing is invented");
        let told = Voices { told: Some((&quotas, NOW - 60_000)), ..catalog };
        let found = requests(&told).unwrap();
        assert_eq!(found.rate, Rate { amount: 300, seconds: 60 });
        assert_eq!(found.slice, Some(Rate { amount: 5, seconds: 1 }));
        assert_eq!(found.source, Source::Service { at_ms: NOW - 60_000 });
        let all = resolve(&told, &ModelId::new("m"), "work", NOW);
        assert_eq!(all.day_tokens.unwrap().rate.amount, 7);
        assert_eq!(all.running.unwrap().rate.amount, 3);
        assert_eq!(all.tokens.unwrap().source, row.source, "what is not told is looked up");
        let taught = Voices { learned: &taught, ..told };
        let found = requests(&taught).unwrap();
        assert_eq!(found.rate.amount, 40);
        assert_eq!(found.source, Source::Learned { at_ms: NOW - 1_000 });
        let found = requests(&Voices { own, ..taught }).unwrap();
        assert_eq!((found.rate.amount, found.source), (9, Source::Own));
    }

    #[test]
    fn what_was_learned_grows_back_slowly_and_is_forgotten() {
        let row = row();
        let limit = |amount, minutes: i64| {
            let taught = [learned(amount, NOW - minutes * 60_000)];
            let own = Amounts::default();
            requests(&Voices { own, learned: &taught, told: None, row: Some(&row) }).unwrap()
        };
        assert_eq!(limit(40, 0).rate.amount, 40);
        assert_eq!(limit(40, 60).rate.amount, 60);
        assert_eq!(limit(40, 7 * 60).rate.amount, 180);
        assert_eq!(limit(40, 8 * 60).source, row.source, "grown back");
        assert_eq!(limit(900, 0).source, row.source, "more than the limit teaches nothing");
        assert_eq!(limit(0, 0).rate.amount, 1, "one has to try");
        assert_eq!(limit(40, -90).rate.amount, 40, "a clock that was set back");
        let taught = [learned(40, NOW)];
        let other = Voices { own: Amounts::default(), learned: &taught, told: None, row: None };
        assert_eq!(requests(&other).unwrap().rate.amount, 40);
        assert_eq!(resolve(&other, &ModelId::new("m"), "home", NOW).requests, None);
        assert_eq!(resolve(&other, &ModelId::new("n"), "work", NOW).requests, None);
    }
}
