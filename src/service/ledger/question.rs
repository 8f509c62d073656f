//! Questions to a model in the ledger: what one may cost is reckoned from the model's own habit in
//! the transaction that reserves it; its end carries the price row that was used, what the cache
//! saved, and what a refusal teaches. It refuses to know how a question is sent.

use std::sync::Arc;

use rusqlite::{OptionalExtension as _, params};

use super::{learn, rows};
use crate::catalog::Catalog;
use crate::catalog::prices::Price;
use crate::domain::chat::{MediaTokens, Usage};
use crate::domain::ids::EntryId;
use crate::domain::ledger::{Estimate, PriceTag, Purse, Settlement, Spending, Verdict, guess};
use crate::domain::models::{ModelId, Surface, Thinking};
use crate::domain::money::Money;
use crate::domain::notice::Throttle;
use crate::service::store::Change;

/// Of so many of the latest answers the length is looked at.
const LATEST: i64 = 50;

/// A question that is about to be sent, as far as its price depends on it.
#[derive(Debug, Clone)]
pub struct Question {
    /// The entry it becomes.
    pub id: EntryId,
    /// Whose money, and under which conditions.
    pub purse: Purse,
    /// Which model is asked.
    pub model: ModelId,
    /// Over which surface.
    pub surface: Surface,
    /// The same for the same question.
    pub fingerprint: i64,
    /// Tokens of the prompt, as guessed.
    pub tokens: u64,
    /// Those of them that are no text.
    pub media: MediaTokens,
    /// Characters of the prompt, where it is nothing but text.
    pub letters: Option<u64>,
    /// Output tokens it may have at most, where that was said.
    pub most: Option<u64>,
    /// Whether to reason, where that was said.
    pub thinking: Option<bool>,
    /// The answer is spoken.
    pub spoken: bool,
}

/// What the ledger keeps of an answer besides its settlement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reckoned {
    /// The price row that was used in the end: the tier may be another than was expected.
    pub price: Option<PriceTag>,
    /// What the context cache saved.
    pub saved: Option<Money>,
    /// The service had no room for it.
    pub refused: Option<Refused>,
}

/// A refusal that may teach a limit, with the limits that are documented for the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// What there was too much of.
    pub throttle: Throttle,
    /// Requests a minute.
    pub rpm: Option<u64>,
    /// Tokens a minute.
    pub tpm: Option<u64>,
    /// Tasks that run at once.
    pub running: Option<u64>,
}

impl Refused {
    /// With what the catalog says of the model.
    #[must_use]
    pub fn of(
        throttle: Throttle,
        catalog: &Catalog,
        figures: crate::domain::settings::Figures,
        model: &ModelId,
    ) -> Self {
        let row = catalog.limits(figures, model).map(|limit| limit.row);
        let row = row.as_ref();
        Self {
            throttle,
            rpm: row.and_then(|row| row.rpm),
            tpm: row.and_then(|row| row.tpm),
            running: row.and_then(|row| row.running).map(u64::from),
        }
    }
}

impl Question {
    /// Whether the model will reason, as far as anybody knows.
    #[must_use]
    pub fn thinks(&self, catalog: &Catalog) -> bool {
        let able = catalog.model_like(&self.model).map(|model| model.thinking);
        match able.unwrap_or_default() {
            Thinking::Always => true,
            Thinking::Never => false,
            Thinking::Optional { on } => self.thinking.unwrap_or(on),
            Thinking::Unknown => self.thinking.unwrap_or(false),
        }
    }

    /// What it becomes in the ledger if its answer has so many tokens.
    fn estimate(&self, catalog: &Catalog, output: u64) -> Estimate {
        let thinking = self.thinks(catalog);
        let price = catalog.price(self.purse.figures, &self.model, self.tokens, thinking);
        let spoken = self.spoken.then_some(output);
        let usage = Usage {
            input: self.tokens,
            output,
            media: MediaTokens { spoken, ..self.media },
            ..Usage::default()
        };
        Estimate {
            id: self.id,
            profile: self.purse.profile.clone(),
            spending: Spending::Chat,
            model: self.model.clone(),
            surface: self.surface,
            money: price.as_ref().and_then(|price| price.cost(&usage)),
            price: price.as_ref().map(tag),
            subject: self.purse.subject,
            fingerprint: Some(self.fingerprint),
            lasting: false,
        }
    }
}

/// Where a price is from.
#[must_use]
pub fn tag(price: &Price) -> PriceTag {
    PriceTag {
        figures: price.basis.figures,
        source: price.source.clone(),
        as_of: price.as_of.clone(),
    }
}

/// What the context cache saved: the same tokens at the price of fresh ones, less what they cost.
#[must_use]
pub fn saved(price: &Price, usage: &Usage) -> Option<Money> {
    usage.cached.filter(|cached| *cached > 0)?;
    let fresh = price.cost(&Usage { cached: None, ..*usage })?;
    let amount = fresh.amount.checked_sub(price.cost(usage)?.amount)?;
    (!amount.is_zero()).then_some(Money { amount: amount.normalize(), ..fresh })
}

/// Reckons and reserves in one step.
pub(super) fn reserve(
    change: &Change<'_>,
    question: &Question,
    catalog: &Arc<Catalog>,
) -> rusqlite::Result<Verdict> {
    let latest = latest(change, &question.model)?;
    let largest = catalog.model_like(&question.model).and_then(|model| model.max_output);
    let output = guess::output(question.most, latest, question.thinks(catalog), largest);
    let estimate = question.estimate(catalog, output);
    let verdict = rows::reserve(change, &estimate, &question.purse.gate)?;
    if let (Verdict::Granted { .. }, Some(letters)) = (&verdict, question.letters) {
        let letters = i64::try_from(letters).unwrap_or(i64::MAX);
        change
            .db
            .prepare_cached("UPDATE ledger SET letters = ?2 WHERE id = ?1")?
            .execute(params![question.id.0, letters])?;
    }
    Ok(verdict)
}

/// How long the latest answers of a model were, in tokens.
fn latest(change: &Change<'_>, model: &ModelId) -> rusqlite::Result<Vec<u64>> {
    let mut rows = change.db.prepare_cached(
        "SELECT output FROM ledger WHERE model = ?1 AND spending = 'chat' AND outcome = 'done'
         ORDER BY at_ms DESC LIMIT ?2",
    )?;
    let found = rows.query_map(params![model.as_str(), LATEST], |row| row.get(0))?;
    let found = found.collect::<rusqlite::Result<Vec<Option<i64>>>>()?;
    Ok(found.into_iter().flatten().filter_map(|tokens| u64::try_from(tokens).ok()).collect())
}

/// Settles it, once, and keeps what else there is to keep.
pub(super) fn settle(
    change: &Change<'_>,
    settlement: &Settlement,
    reckoned: &Reckoned,
) -> rusqlite::Result<()> {
    let open = change
        .db
        .prepare_cached("SELECT profile, model FROM ledger WHERE id = ?1 AND state = 'open'")?
        .query_row([settlement.id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((profile, model)): Option<(String, String)> = open else { return Ok(()) };
    if let Some(refused) = &reckoned.refused {
        learn::learn(change, (&profile, &ModelId::new(&model)), Some(settlement.id), refused)?;
    }
    let tag = reckoned.price.as_ref();
    change
        .db
        .prepare_cached(
            "UPDATE ledger SET saved = ?2, figures = coalesce(?3, figures),
             price_source = coalesce(?4, price_source), price_as_of = coalesce(?5, price_as_of)
             WHERE id = ?1",
        )?
        .execute(params![
            settlement.id.0,
            reckoned.saved.map(|saved| rows::parts(saved.amount)),
            tag.map(|tag| rows::figures_word(tag.figures)),
            tag.map(|tag| tag.source.as_str()),
            tag.map(|tag| tag.as_of.as_str()),
        ])?;
    rows::settle(change, settlement)
}
