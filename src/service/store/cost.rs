//! What the answers of a conversation cost together, as exact decimals: an aggregate for SQL and
//! the sum kept in the conversation's row. It refuses floats and other currencies than are known.

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::{Connection, params};
use rust_decimal::Decimal;

use super::facts;
use crate::domain::chat::AnswerFacts;
use crate::domain::ids::ConversationId;
use crate::domain::money::{Currency, Money};

struct Sum(Currency);

impl Aggregate<Decimal, String> for Sum {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Decimal> {
        Ok(Decimal::ZERO)
    }

    fn step(&self, row: &mut Context<'_>, sum: &mut Decimal) -> rusqlite::Result<()> {
        if let Some(json) = row.get::<Option<String>>(0)? {
            let cost = of(Some(&facts::from_json(&json)), self.0);
            *sum = sum.checked_add(cost).unwrap_or(*sum);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<Decimal>) -> rusqlite::Result<String> {
        Ok(sum.unwrap_or_default().to_string())
    }
}

/// Teaches a connection to add money: `money_sum_cny(facts)` and `money_sum_usd(facts)`.
pub(super) fn teach(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_aggregate_function("money_sum_cny", 1, flags, Sum(Currency::Cny))?;
    db.create_aggregate_function("money_sum_usd", 1, flags, Sum(Currency::Usd))
}

/// The part of facts that is money of this currency.
fn of(facts: Option<&AnswerFacts>, currency: Currency) -> Decimal {
    let cost = facts.and_then(|facts| facts.cost).filter(|cost| cost.currency == currency);
    cost.map(|cost| cost.amount).unwrap_or_default()
}

/// The facts of an answer changed: so does what its conversation cost.
pub(super) fn change(
    db: &Connection,
    home: ConversationId,
    before: Option<&AnswerFacts>,
    now: Option<&AnswerFacts>,
) -> rusqlite::Result<()> {
    let by = |currency| of(now, currency).checked_sub(of(before, currency)).unwrap_or_default();
    let (cny, usd) = (by(Currency::Cny), by(Currency::Usd));
    if cny.is_zero() && usd.is_zero() {
        return Ok(());
    }
    let known = db
        .prepare_cached("SELECT cost_cny, cost_usd FROM conversations WHERE id = ?1")?
        .query_row([home.0], |row| Ok((decimal(row, 0)?, decimal(row, 1)?)))?;
    let sum = |a: Decimal, b: Decimal| a.checked_add(b).unwrap_or(a).to_string();
    db.prepare_cached("UPDATE conversations SET cost_cny = ?2, cost_usd = ?3 WHERE id = ?1")?
        .execute(params![home.0, sum(known.0, cny), sum(known.1, usd)])?;
    Ok(())
}

fn decimal(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Decimal> {
    Ok(row.get_ref(column)?.as_str()?.parse().unwrap_or_default())
}

/// Both sums of a row, without those that are nothing.
pub(super) fn sums(
    row: &rusqlite::Row<'_>,
    cny: usize,
    usd: usize,
) -> rusqlite::Result<Vec<Money>> {
    let money = |amount, currency| Money { amount, currency };
    let mut sums =
        vec![money(decimal(row, cny)?, Currency::Cny), money(decimal(row, usd)?, Currency::Usd)];
    sums.retain(|sum| !sum.amount.is_zero());
    Ok(sums)
}
