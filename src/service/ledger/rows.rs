//! The rows of the ledger. Amounts are whole numbers of a millionth of a millionth of a unit, so
//! that SQLite adds them exactly. It refuses to begin or end a transaction.

use rusqlite::{OptionalExtension as _, params};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::days::{day_begin, month_begin};
use crate::domain::ledger::{Estimate, Gate, Outcome, Settlement, Standing, Verdict};
use crate::domain::models::ModelId;
use crate::domain::money::Currency;
use crate::domain::settings::Figures;
use crate::service::store::Change;

/// So many of ours make one unit of a currency.
const PARTS: i64 = 1_000_000_000_000;

/// No request is booked with more tokens, characters or pieces, so that no sum runs over.
const MOST: i64 = 1_000_000_000_000;

/// Requests are compared with those of the last minute, in milliseconds.
const MINUTE: i64 = 60_000;

/// An amount as it is kept. What is beyond nine million units is kept as that: no cap is higher.
pub(super) fn parts(amount: Decimal) -> i64 {
    let scaled = amount.checked_mul(Decimal::from(PARTS)).map(|scaled| scaled.ceil());
    scaled.and_then(|scaled| scaled.to_i64()).unwrap_or(i64::MAX / 1_000)
}

/// An amount as it is used.
pub(super) fn amount(parts: i64) -> Decimal {
    (Decimal::from(parts) / Decimal::from(PARTS)).normalize()
}

pub(super) const fn figures_word(figures: Figures) -> &'static str {
    match figures {
        Figures::Documented => "documented",
        Figures::Seed => "seed",
    }
}

/// Looks at the caps and at loops; where neither stops it, enters the request.
pub(super) fn reserve(
    change: &Change<'_>,
    estimate: &Estimate,
    gate: &Gate,
) -> rusqlite::Result<Verdict> {
    release(change)?;
    if let (Some(most), Some(print)) = (gate.loop_after, estimate.fingerprint) {
        let times: u32 = change.db.query_row(
            // What lies far in the future was sent before the clock was set back: no loop.
            "SELECT count(*) FROM ledger WHERE at_ms > ?1 AND at_ms <= ?4 AND fingerprint = ?2
             AND profile = ?3",
            params![
                change.now_ms - MINUTE,
                print,
                estimate.profile,
                change.now_ms.saturating_add(MINUTE)
            ],
            |row| row.get(0),
        )?;
        if times >= most && !gate.override_caps {
            return Ok(Verdict::Loop { times });
        }
    }
    let currency = estimate.money.map_or(Currency::default(), |money| money.currency);
    let before = standing(change, &estimate.profile, currency)?;
    let asked = estimate.money.map(|money| money.amount);
    if let (Some(reached), false) = (gate.caps.stop(&before, asked), gate.override_caps) {
        return Ok(Verdict::OverBudget(reached));
    }
    enter(change, estimate)?;
    let standing = before.plus(asked.unwrap_or_default());
    Ok(Verdict::Granted { standing, near: gate.caps.near(&standing) })
}

fn enter(change: &Change<'_>, estimate: &Estimate) -> rusqlite::Result<()> {
    let reserved = estimate.money.map(|money| parts(money.amount));
    let price = estimate.price.as_ref();
    change
        .db
        .prepare_cached(
            "INSERT INTO ledger (id, at_ms, profile, spending, model, surface, session, holder,
             state, reserved, counts, currency, figures, price_source, price_as_of, subject,
             fingerprint, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'open', ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
             (SELECT coalesce(max(revision), 0) + 1 FROM ledger))",
        )?
        .execute(params![
            estimate.id.0,
            change.now_ms,
            estimate.profile,
            estimate.spending.name(),
            estimate.model.as_str(),
            estimate.surface.name(),
            change.me,
            (!estimate.lasting).then_some(change.me),
            reserved,
            reserved.unwrap_or(0),
            estimate.money.map(|money| money.currency.code()),
            price.map(|price| figures_word(price.figures)),
            price.map(|price| price.source.as_str()),
            price.map(|price| price.as_of.as_str()),
            estimate.subject,
            estimate.fingerprint,
        ])?;
    Ok(())
}

/// Requests of programs that died before they could settle: nobody knows how they ended, so what
/// was reserved for them counts as spent.
fn release(change: &Change<'_>) -> rusqlite::Result<()> {
    let mut open = change.db.prepare_cached(
        "SELECT DISTINCT holder FROM ledger
         WHERE state = 'open' AND holder IS NOT NULL AND holder != ?1",
    )?;
    let holders: Vec<i64> =
        open.query_map([change.me], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for holder in holders.into_iter().filter(|holder| !change.lives(*holder)) {
        change.db.execute(
            "UPDATE ledger SET state = 'settled', outcome = ?2, estimated = 1, settled_ms = ?3,
             revision = (SELECT coalesce(max(revision), 0) + 1 FROM ledger) WHERE state = 'open' AND holder = ?1",
            params![holder, Outcome::Unknown.name(), change.now_ms],
        )?;
    }
    Ok(())
}

/// Puts the real figures in the place of the reserved ones, once.
pub(super) fn settle(change: &Change<'_>, settlement: &Settlement) -> rusqlite::Result<()> {
    let Settlement { id, outcome, units, money, .. } = settlement;
    let open = change
        .db
        .prepare_cached("SELECT reserved FROM ledger WHERE id = ?1 AND state = 'open'")?
        .query_row([id.0], |row| row.get::<_, Option<i64>>(0))
        .optional()?;
    let Some(reserved) = open else { return Ok(()) };
    let cost = money.map(|money| parts(money.amount));
    let counts = if outcome.is_paid() { cost.or(reserved).unwrap_or(0) } else { 0 };
    let estimated = settlement.estimated || (outcome.is_paid() && cost.is_none());
    let millis = |time: Option<std::time::Duration>| {
        time.map(|time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
    };
    let count = |n: Option<u64>| n.map(|n| i64::try_from(n).unwrap_or(MOST).min(MOST));
    change
        .db
        .prepare_cached(
            "UPDATE ledger SET state = 'settled', settled_ms = ?2, outcome = ?3, cost = ?4,
             counts = ?5, currency = coalesce(?6, currency), estimated = ?7, answered = ?8,
             request_id = ?9, first_ms = ?10, total_ms = ?11, input = ?12, output = ?13,
             cached = ?14, reasoning = ?15, characters = ?16, duration_ms = ?17, pieces = ?18,
             resolution = ?19,
             revision = (SELECT coalesce(max(revision), 0) + 1 FROM ledger) WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            change.now_ms,
            outcome.name(),
            cost,
            counts,
            money.map(|money| money.currency.code()),
            estimated,
            settlement.answered.as_ref().map(ModelId::as_str),
            settlement.request_id,
            millis(settlement.first),
            millis(settlement.total),
            count(units.input),
            count(units.output),
            count(units.cached),
            count(units.reasoning),
            count(units.characters),
            millis(units.duration),
            count(units.pieces),
            units.resolution,
        ])?;
    Ok(())
}

/// What a profile has spent in one currency: sums of what counts. What was booked before the clock
/// was set back lies in the future now and counts all the same.
pub(super) fn standing(
    change: &Change<'_>,
    profile: &str,
    currency: Currency,
) -> rusqlite::Result<Standing> {
    let word = currency.code();
    let (day, month) = change
        .db
        .prepare_cached(
            "SELECT coalesce(sum(counts) FILTER (WHERE at_ms >= ?3), 0), coalesce(sum(counts), 0)
             FROM ledger WHERE profile = ?1 AND currency = ?2 AND at_ms >= ?4",
        )?
        .query_row(
            params![profile, word, day_begin(change.now_ms), month_begin(change.now_ms)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    let session = change
        .db
        .prepare_cached(
            "SELECT coalesce(sum(counts), 0) FROM ledger
             WHERE session = ?1 AND profile = ?2 AND currency = ?3",
        )?
        .query_row(params![change.me, profile, word], |row| row.get(0))?;
    Ok(Standing { session: amount(session), day: amount(day), month: amount(month), currency })
}
