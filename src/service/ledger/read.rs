//! What the meters and `lian usage` read of the ledger: single requests, sums over days, how models
//! have done. It refuses to write, and to look through the whole table for what is shown at a start.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::days::{day_begin, month_begin};
use super::rows::amount;
use crate::domain::ids::EntryId;
use crate::domain::ledger::{Outcome, PriceTag, Spending, Units};
use crate::domain::meters::count::{Entry, Habit};
use crate::domain::models::{ModelId, Surface};
use crate::domain::money::{Currency, Money};
use crate::domain::settings::Figures;

/// Answers a model's habit is drawn from.
const ANSWERS: i64 = 200;
/// Models nobody has asked for so long have no habit, in days.
const REMEMBERED: i64 = 90;
/// More requests of the last hour than this are not told one by one.
const MOST: i64 = 10_000;
/// Beijing is so far ahead of UTC, in milliseconds.
const AHEAD: i64 = 8 * 3_600_000;
const DAY: i64 = 24 * 3_600_000;

/// The columns of an entry, in the order [`entry`] reads them.
macro_rules! columns {
    () => {
        "id, at_ms, settled_ms, profile, spending, model, answered, surface, outcome, input,
        output, cached, reasoning, characters, duration_ms, pieces, resolution, reserved, cost,
        counts, currency, estimated, state, figures, price_source, price_as_of, session, first_ms,
        total_ms, subject, request_id"
    };
}

/// The newest change.
pub(super) const REVISION: &str = "SELECT coalesce(max(revision), 0) FROM ledger";
/// The latest requests since a moment.
pub(super) const RECENT: &str = concat!(
    "SELECT * FROM (SELECT ",
    columns!(),
    " FROM ledger WHERE at_ms > ?1 ORDER BY at_ms DESC LIMIT ?2) ORDER BY at_ms, id"
);
/// Requests that changed after a change.
pub(super) const CHANGED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM ledger WHERE revision > ?1 ORDER BY revision, at_ms, id LIMIT ?2"
);
/// Models that were asked since a day.
pub(super) const MODELS: &str = "SELECT DISTINCT model FROM ledger_days WHERE day >= ?1";
/// The latest answers of a model.
pub(super) const ANSWERED: &str =
    "SELECT first_ms, total_ms, output, counts, currency, input, letters, estimated FROM ledger
    WHERE model = ?1 AND spending = 'chat' AND outcome = 'done' ORDER BY at_ms DESC LIMIT ?2";
/// What this program spent.
pub(super) const SESSION: &str =
    "SELECT currency, counts FROM ledger WHERE session = ?1 AND profile = ?2";

/// The service's day of a moment, counted from 1970.
pub(super) const fn day_number(ms: i64) -> i64 {
    (ms + AHEAD).div_euclid(DAY)
}

/// The day on which the service's month of a moment began.
pub(super) fn month_number(ms: i64) -> i64 {
    day_number(month_begin(ms))
}

/// The number of the newest change.
pub(super) fn revision(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached(REVISION)?.query_row([], |row| row.get(0))
}

/// The requests since a moment, in milliseconds since 1970, oldest first.
pub(super) fn recent(db: &Connection, me: i64, since: i64) -> rusqlite::Result<Vec<Entry>> {
    let mut rows = db.prepare_cached(RECENT)?;
    rows.query_map([since, MOST], |row| entry(row, me))?.collect()
}

/// The requests that changed after a change, oldest change first.
pub(super) fn changed(db: &Connection, me: i64, after: i64) -> rusqlite::Result<Vec<Entry>> {
    let mut rows = db.prepare_cached(CHANGED)?;
    rows.query_map([after, MOST], |row| entry(row, me))?.collect()
}

/// What this program spent for a profile, an amount a currency.
pub(super) fn session(db: &Connection, me: i64, profile: &str) -> rusqlite::Result<Vec<Money>> {
    let mut rows = db.prepare_cached(SESSION)?;
    let mut sums = Vec::new();
    let mut found = rows.query(params![me, profile])?;
    while let Some(row) = found.next()? {
        if let Some(currency) = currency(row.get::<_, Option<String>>(0)?.as_deref()) {
            add(&mut sums, Money { amount: amount(row.get(1)?), currency });
        }
    }
    Ok(sums)
}

/// Adds to the amount of its currency.
pub(super) fn add(sums: &mut Vec<Money>, more: Money) {
    if more.amount.is_zero() {
        return;
    }
    match sums.iter_mut().find(|sum| sum.currency == more.currency) {
        Some(sum) => sum.amount = sum.amount.saturating_add(more.amount),
        None => sums.push(more),
    }
}

/// The currency of a word in the store.
pub(super) fn currency(word: Option<&str>) -> Option<Currency> {
    [Currency::Cny, Currency::Usd].into_iter().find(|currency| Some(currency.code()) == word)
}

fn entry(row: &Row<'_>, me: i64) -> rusqlite::Result<Entry> {
    let text = |column: &str| row.get::<_, Option<String>>(column);
    let count = |column: &str| {
        row.get::<_, Option<i64>>(column).map(|n| n.and_then(|n| u64::try_from(n).ok()))
    };
    let time = |column: &str| count(column).map(|ms| ms.map(Duration::from_millis));
    let word: String = row.get("spending")?;
    let surface: String = row.get("surface")?;
    let outcome = text("outcome")?;
    let open = row.get::<_, String>("state")? == "open";
    let (reserved, cost): (Option<i64>, Option<i64>) = (row.get("reserved")?, row.get("cost")?);
    let priced = reserved.is_some() || cost.is_some();
    let money = currency(text("currency")?.as_deref()).filter(|_| priced);
    let counts = amount(row.get("counts")?);
    let figures = match text("figures")?.as_deref() {
        Some("seed") => Figures::Seed,
        Some(_) | None => Figures::Documented,
    };
    let price = match (text("price_source")?, text("price_as_of")?) {
        (Some(source), Some(as_of)) => Some(PriceTag { figures, source, as_of }),
        (None | Some(_), None) | (None, Some(_)) => None,
    };
    Ok(Entry {
        id: EntryId(row.get("id")?),
        at_ms: row.get("at_ms")?,
        settled_ms: row.get("settled_ms")?,
        profile: row.get("profile")?,
        spending: Spending::ALL.into_iter().find(|s| s.name() == word).unwrap_or(Spending::Chat),
        model: ModelId::new(&row.get::<_, String>("model")?),
        answered: text("answered")?.map(|id| ModelId::new(&id)),
        surface: if surface == Surface::Native.name() { Surface::Native } else { Surface::Compat },
        outcome: outcome.and_then(|word| Outcome::ALL.into_iter().find(|o| o.name() == word)),
        units: Units {
            input: count("input")?,
            output: count("output")?,
            cached: count("cached")?,
            reasoning: count("reasoning")?,
            characters: count("characters")?,
            duration: time("duration_ms")?,
            pieces: count("pieces")?,
            resolution: text("resolution")?,
        },
        money: money.map(|currency| Money { amount: counts, currency }),
        estimated: open || row.get("estimated")?,
        price,
        mine: row.get::<_, i64>("session")? == me,
        first: time("first_ms")?,
        total: time("total_ms")?,
        subject: row.get("subject")?,
        request_id: text("request_id")?,
    })
}

/// How the models that were asked lately have done.
pub(super) fn habits(db: &Connection, now_ms: i64) -> rusqlite::Result<Vec<Habit>> {
    let mut rows = db.prepare_cached(MODELS)?;
    let models = rows.query_map([day_number(day_begin(now_ms)) - REMEMBERED], |row| row.get(0))?;
    let mut habits = Vec::new();
    for model in models {
        let model: String = model?;
        habits.extend(habit(db, &model)?);
    }
    Ok(habits)
}

/// One answer, as far as a habit is drawn from it.
struct Answer {
    first: Option<u64>,
    speed: Option<u64>,
    cost: Option<Money>,
    /// Characters and tokens of its prompt.
    prompt: Option<(u64, u64)>,
}

fn answer(row: &Row<'_>) -> rusqlite::Result<Answer> {
    let count = |column: usize| {
        row.get::<_, Option<i64>>(column).map(|n| n.and_then(|n| u64::try_from(n).ok()))
    };
    let (first, total, output) = (count(0)?, count(1)?, count(2)?);
    let estimated: bool = row.get(7)?;
    let streaming = total.zip(first).map(|(total, first)| total.saturating_sub(first));
    let speed = output.zip(streaming).filter(|(_, ms)| *ms > 0 && !estimated);
    let currency = currency(row.get::<_, Option<String>>(4)?.as_deref());
    let cost = amount(row.get(3)?);
    Ok(Answer {
        first,
        speed: speed.map(|(tokens, ms)| tokens.saturating_mul(100_000) / ms),
        cost: currency.map(|currency| Money { amount: cost, currency }),
        prompt: count(6)?.zip(count(5)?).filter(|(_, tokens)| *tokens > 0 && !estimated),
    })
}

fn habit(db: &Connection, model: &str) -> rusqlite::Result<Option<Habit>> {
    let mut rows = db.prepare_cached(ANSWERED)?;
    let found = rows.query_map(params![model, ANSWERS], answer)?;
    let answers = found.collect::<rusqlite::Result<Vec<Answer>>>()?;
    if answers.is_empty() {
        return Ok(None);
    }
    let first: Vec<u64> = answers.iter().filter_map(|answer| answer.first).collect();
    let speed: Vec<u64> = answers.iter().filter_map(|answer| answer.speed).collect();
    let (letters, tokens) = answers.iter().filter_map(|answer| answer.prompt).fold(
        (0_u64, 0_u64),
        |(letters, tokens), (more, count)| {
            (letters.saturating_add(more), tokens.saturating_add(count))
        },
    );
    let hundredths = letters.saturating_mul(100).checked_div(tokens);
    Ok(Some(Habit {
        model: ModelId::new(model),
        answers: u32::try_from(answers.len()).unwrap_or(u32::MAX),
        first_p50: share(first.clone(), 50).map(Duration::from_millis),
        first_p95: share(first, 95).map(Duration::from_millis),
        speed_p50: share(speed, 50),
        cost: average(&answers),
        characters_per_token: hundredths.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0),
    }))
}

/// The value that so many of a hundred do not exceed.
fn share(mut values: Vec<u64>, percent: usize) -> Option<u64> {
    values.sort_unstable();
    let place = (values.len() * percent).div_ceil(100).checked_sub(1)?;
    values.get(place).copied()
}

/// What answers cost on the average, in the currency of the latest that has one.
fn average(answers: &[Answer]) -> Option<Money> {
    let latest = answers.iter().find_map(|answer| answer.cost)?;
    let same = || answers.iter().filter_map(|a| a.cost).filter(|c| c.currency == latest.currency);
    let sum =
        same().try_fold(rust_decimal::Decimal::ZERO, |sum, cost| sum.checked_add(cost.amount));
    let amount = sum?.checked_div(rust_decimal::Decimal::from(same().count()))?;
    Some(Money { amount: amount.round_dp(12).normalize(), ..latest })
}

/// The day on which each model was asked first for a profile, as its first moment in milliseconds
/// since 1970.
pub(super) fn first_asked(db: &Connection, profile: &str) -> rusqlite::Result<Vec<(String, i64)>> {
    let mut rows = db.prepare_cached(
        "SELECT model, min(day) FROM ledger_days WHERE profile = ?1 AND requests > 0
         GROUP BY model ORDER BY model",
    )?;
    let begin = |day: i64| day.saturating_mul(DAY).saturating_sub(AHEAD);
    rows.query_map([profile], |row| Ok((row.get(0)?, begin(row.get(1)?))))?.collect()
}

/// What was kept under a name, and when, in milliseconds since 1970.
pub(super) fn kept(db: &Connection, name: &str) -> rusqlite::Result<Option<(i64, String)>> {
    db.prepare_cached("SELECT at_ms, value FROM kept WHERE name = ?1")?
        .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_the_sorted_values() {
        assert_eq!(share(vec![], 50), None);
        assert_eq!(share(vec![7], 95), Some(7));
        assert_eq!(share(vec![4, 1, 3, 2], 50), Some(2));
        assert_eq!(share((1..=100).rev().collect(), 95), Some(95));
        assert_eq!(share((1..=20).collect(), 95), Some(19));
    }

    #[test]
    fn days_are_those_of_beijing() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let name = |day| crate::domain::day::Day(day).to_string();
        assert_eq!(name(day_number(at("2026-11-28T15:59:59.999Z"))), "2026-11-28");
        assert_eq!(name(day_number(at("2026-11-28T16:00:00Z"))), "2026-11-29");
        assert_eq!(name(month_number(at("2026-11-30T16:00:00Z"))), "2026-12-01");
    }
}
