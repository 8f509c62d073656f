//! Sums of the ledger as tables: by model, day, profile, or by what the requests were for. It
//! refuses to convert currencies: each has an amount of its own.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use rust_decimal::Decimal;

use super::read::{add, currency, day_number, month_number};
use super::rows::amount;
use crate::domain::day::Day;
use crate::domain::ledger::{Spending, Units};
use crate::domain::meters::count::{By, Span, Sum};
use crate::domain::money::{Currency, Money};

/// Conversations and tasks a table tells of: what cost most, not everything that cost.
const MOST: usize = 100;

/// A row of a table, and how old the prices in it are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The sums.
    pub sum: Sum,
    /// The oldest price row among them: who says so, and the year-month or year-month-day of it.
    pub price: Option<(String, String)>,
}

/// The days since one, as they are.
pub(super) const DAYS: &str = "SELECT day, profile, model, currency, price_source, price_as_of,
    requests, failed, unpriced, estimated, counts, saved, input, output, cached, reasoning,
    characters, duration_ms, pieces FROM ledger_days WHERE day >= ?1";

/// Single requests since a moment, with the conversation they belong to.
pub(super) const SUBJECTS: &str = "SELECT l.spending, coalesce(m.conversation, l.subject),
    l.profile, l.currency, l.price_source, l.price_as_of,
    l.outcome IS NULL OR l.outcome NOT IN ('refused', 'unsent'), l.reserved IS NULL AND
    l.cost IS NULL, l.state = 'open' OR l.estimated != 0, l.counts, coalesce(l.saved, 0),
    coalesce(l.input, 0), coalesce(l.output, 0), coalesce(l.cached, 0), coalesce(l.reasoning, 0),
    coalesce(l.characters, 0), coalesce(l.duration_ms, 0), coalesce(l.pieces, 0)
    FROM ledger AS l LEFT JOIN messages AS m
    ON l.spending IN ('chat', 'speech') AND m.id = l.subject WHERE l.at_ms >= ?1";

/// The first day of a span.
pub(super) fn first_day(span: Span, now_ms: i64) -> i64 {
    match span {
        Span::Today => day_number(now_ms),
        Span::Month => month_number(now_ms),
        Span::All => i64::MIN,
    }
}

/// What one row of the store adds.
struct Share {
    requests: u64,
    failed: u64,
    unpriced: u64,
    estimated: u64,
    money: Option<Money>,
    saved: Option<Money>,
    units: [u64; 7],
    price: Option<(String, String)>,
}

impl Line {
    fn take(&mut self, share: Share) {
        let sum = &mut self.sum;
        sum.requests += share.requests;
        sum.failed += share.failed;
        sum.unpriced += share.unpriced;
        sum.estimated += share.estimated;
        share.money.into_iter().for_each(|money| add(&mut sum.money, money));
        share.saved.into_iter().for_each(|saved| add(&mut sum.saved, saved));
        let Units { input, output, cached, reasoning, characters, duration, pieces, .. } =
            &mut sum.units;
        let mut ms = None;
        let all = [input, output, cached, reasoning, characters, &mut ms, pieces];
        for (all, more) in all.into_iter().zip(share.units).filter(|(_, more)| *more > 0) {
            *all = Some(all.unwrap_or(0).saturating_add(more));
        }
        if let Some(more) = ms.map(Duration::from_millis) {
            *duration = Some(duration.unwrap_or_default().saturating_add(more));
        }
        if let Some(price) = share.price
            && self.price.as_ref().is_none_or(|known| price.1 < known.1)
        {
            self.price = Some(price);
        }
    }
}

fn whole(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// Reads amounts of a currency at `at`, units from `units` on, the price before the counts.
fn money(
    row: &Row<'_>,
    currency: Option<Currency>,
    column: usize,
) -> rusqlite::Result<Option<Money>> {
    let amount: Decimal = amount(row.get(column)?);
    Ok(currency.map(|currency| Money { amount, currency }))
}

fn units(row: &Row<'_>, from: usize) -> rusqlite::Result<[u64; 7]> {
    let mut units = [0; 7];
    for (at, unit) in units.iter_mut().enumerate() {
        *unit = whole(row, from + at)?;
    }
    Ok(units)
}

fn price(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<(String, String)>> {
    let (source, as_of) =
        (row.get::<_, Option<String>>(at)?, row.get::<_, Option<String>>(at + 1)?);
    Ok(source.zip(as_of).filter(|(_, as_of)| !as_of.is_empty()))
}

/// A table of one profile, or of all.
pub(super) fn table(
    db: &Connection,
    by: By,
    first: i64,
    profile: Option<&str>,
) -> rusqlite::Result<Vec<Line>> {
    let mut lines = match by {
        By::Model => days(db, first, profile, |row| row.get(2))?,
        By::Profile => days(db, first, profile, |row| row.get(1))?,
        By::Day => days(db, first, profile, |row| Ok(Day(row.get(0)?).to_string()))?,
        By::Subject => subjects(db, first, profile)?,
    };
    if by == By::Day {
        lines.sort_by(|a, b| b.sum.key.cmp(&a.sum.key));
    } else {
        lines.sort_by(dearest_first);
    }
    Ok(lines)
}

fn dearest_first(a: &Line, b: &Line) -> std::cmp::Ordering {
    let of = |line: &Line, currency| {
        let found = line.sum.money.iter().find(|money| money.currency == currency);
        found.map(|money| money.amount).unwrap_or_default()
    };
    let by = |currency| of(b, currency).cmp(&of(a, currency));
    by(Currency::Cny)
        .then_with(|| by(Currency::Usd))
        .then_with(|| b.sum.units.output.cmp(&a.sum.units.output))
        .then_with(|| b.sum.requests.cmp(&a.sum.requests))
        .then_with(|| a.sum.key.cmp(&b.sum.key))
}

fn days(
    db: &Connection,
    first: i64,
    profile: Option<&str>,
    key: impl Fn(&Row<'_>) -> rusqlite::Result<String>,
) -> rusqlite::Result<Vec<Line>> {
    let mut all: HashMap<String, Line> = HashMap::new();
    let mut rows = db.prepare_cached(DAYS)?;
    let mut found = rows.query([first])?;
    while let Some(row) = found.next()? {
        if profile.is_some_and(|profile| row.get_ref(1).is_ok_and(|p| p.as_str() != Ok(profile))) {
            continue;
        }
        let currency = currency(Some(row.get_ref(3)?.as_str()?));
        let share = Share {
            requests: whole(row, 6)?,
            failed: whole(row, 7)?,
            unpriced: whole(row, 8)?,
            estimated: whole(row, 9)?,
            money: money(row, currency, 10)?,
            saved: money(row, currency, 11)?,
            units: units(row, 12)?,
            price: price(row, 4)?,
        };
        // What every request has left for another row of the day.
        if share.requests + share.failed > 0 {
            all.entry(key(row)?).or_default().take(share);
        }
    }
    Ok(named(all))
}

fn named(all: HashMap<String, Line>) -> Vec<Line> {
    let named = |(key, mut line): (String, Line)| {
        line.sum.key = key;
        line
    };
    all.into_iter().map(named).collect()
}

/// What requests were for: a kind, and a conversation or task if there is one.
type Subject = (String, Option<i64>);

fn subjects(db: &Connection, first: i64, profile: Option<&str>) -> rusqlite::Result<Vec<Line>> {
    let begin = first.saturating_mul(86_400_000).saturating_sub(28_800_000);
    let mut all: HashMap<Subject, Line> = HashMap::new();
    let mut rows = db.prepare_cached(SUBJECTS)?;
    let mut found = rows.query([begin])?;
    while let Some(row) = found.next()? {
        if profile.is_some_and(|profile| row.get_ref(2).is_ok_and(|p| p.as_str() != Ok(profile))) {
            continue;
        }
        let spending: String = row.get(0)?;
        let paid: bool = row.get(6)?;
        let one = u64::from(paid);
        let currency = currency(row.get::<_, Option<String>>(3)?.as_deref()).filter(|_| paid);
        let flag = |at: usize| row.get::<_, bool>(at).map(|is| u64::from(is && paid));
        let share = Share {
            requests: one,
            failed: 1 - one,
            unpriced: flag(7)?,
            estimated: flag(8)?,
            money: money(row, currency, 9)?,
            saved: money(row, currency, 10)?,
            units: if paid { units(row, 11)? } else { [0; 7] },
            price: price(row, 4)?,
        };
        // What is read aloud belongs to the conversation it is in.
        let spending = if spending == Spending::Speech.name() {
            Spending::Chat.name().to_owned()
        } else {
            spending
        };
        all.entry((spending, row.get(1)?)).or_default().take(share);
    }
    let mut lines: Vec<(Subject, Line)> = all.into_iter().collect();
    lines.sort_by(|(_, a), (_, b)| dearest_first(a, b));
    lines.truncate(MOST);
    lines
        .into_iter()
        .map(|(subject, mut line)| {
            line.sum.key = title(db, &subject)?;
            Ok(line)
        })
        .collect()
}

/// What a subject is called: its title, or the kind of requests where there is none.
fn title(db: &Connection, (spending, id): &Subject) -> rusqlite::Result<String> {
    let Some(id) = id else { return Ok(spending.clone()) };
    let query = if spending == Spending::Task.name() {
        "SELECT title FROM tasks WHERE key = ?1"
    } else {
        "SELECT title FROM conversations WHERE id = ?1"
    };
    let title = db.prepare_cached(query)?.query_row(params![id], |row| row.get(0)).optional()?;
    let title: Option<String> = title.filter(|title: &String| !title.is_empty());
    // It was deleted since.
    Ok(title.unwrap_or_else(|| format!("{spending} {id:016x}")))
}

/// All amounts of a table together.
pub(super) fn total(lines: &[Line]) -> Vec<Money> {
    let mut sums = Vec::new();
    lines.iter().flat_map(|line| &line.sum.money).for_each(|money| add(&mut sums, *money));
    sums
}
