//! The money of `lian embed`: each part is reserved in the ledger before it leaves and settled when
//! its end is known. It refuses to let a part pass that a limit does not allow.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::api::diagnose::{Kind, kind};
use crate::api::error::ApiError;
use crate::catalog::Catalog;
use crate::domain::embeddings::Embedded;
use crate::domain::ids::{EntryId, IdSource};
use crate::domain::ledger::{Estimate, Outcome, Purse, Settlement, Spending, Units, Verdict};
use crate::domain::models::{ModelId, Surface};
use crate::domain::notice::{BudgetNotice, Notice, NoticeKind};
use crate::service::ledger::question::{Reckoned, Refused, tag};
use crate::service::ledger::{Ledger, ends};
use crate::text::estimate;

/// A part that was reserved.
#[derive(Debug)]
struct Open {
    id: EntryId,
    /// Its tokens, as guessed.
    tokens: u64,
    since: Instant,
}

/// What the ledger knows of the work.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) ledger: Ledger,
    pub(super) purse: Purse,
    pub(super) catalog: Arc<Catalog>,
    pub(super) model: ModelId,
    pub(super) surface: Surface,
    pub(super) ids: IdSource,
    open: Option<Open>,
    /// It was told that nothing is counted.
    uncounted: bool,
}

impl Books {
    pub(super) fn new(
        (ledger, purse): (Ledger, Purse),
        catalog: Arc<Catalog>,
        (model, surface): (ModelId, Surface),
        seed: u64,
    ) -> Self {
        let ids = IdSource::new(seed.rotate_left(29));
        Self { ledger, purse, catalog, model, surface, ids, open: None, uncounted: false }
    }

    /// Counts a part that is about to be sent; a notice to tell, if there is one. `again`: it was
    /// sent before and did not arrive.
    ///
    /// # Errors
    /// It may not be sent.
    #[expect(clippy::disallowed_methods, reason = "how long the service took is measured here")]
    pub(super) async fn reserve(
        &mut self,
        texts: &[String],
        again: bool,
    ) -> Result<Option<Notice>, Notice> {
        let tokens = texts.iter().map(|text| estimate::tokens(text)).sum();
        let estimate = self.estimate(texts, tokens);
        let id = estimate.id;
        let mut gate = self.purse.gate;
        if again {
            gate.loop_after = None;
        }
        let budget = |notice| Notice::new(NoticeKind::Budget(notice));
        match self.ledger.reserve(estimate, gate).await {
            Ok(verdict @ Verdict::Granted { .. }) => {
                self.open = Some(Open { id, tokens, since: Instant::now() });
                let near = self.ledger.news(&self.purse.profile, &gate.caps, &verdict);
                Ok(near.map(|near| budget(BudgetNotice::Near(Box::new(near)))))
            }
            Ok(Verdict::OverBudget(reached)) => Err(budget(BudgetNotice::Over(Box::new(reached)))),
            Ok(Verdict::Loop { times }) => Err(budget(BudgetNotice::Loop { times })),
            // With a limit nothing may be sent that is not on disk.
            Err(why) if !gate.caps.is_empty() => Err(why),
            Err(why) => {
                let notice = budget(BudgetNotice::Uncounted);
                let notice = Notice { detail: why.detail, ..notice };
                Ok((!std::mem::replace(&mut self.uncounted, true)).then_some(notice))
            }
        }
    }

    fn estimate(&mut self, texts: &[String], tokens: u64) -> Estimate {
        let mut print = DefaultHasher::new();
        (self.model.as_str(), texts).hash(&mut print);
        let figures = self.purse.figures;
        let price = self.catalog.price(figures, &self.model, 0, false);
        Estimate {
            id: self.ids.entry(),
            profile: self.purse.profile.clone(),
            spending: Spending::Embedding,
            model: self.model.clone(),
            surface: self.surface,
            money: self.catalog.embedding_cost(figures, &self.model, tokens),
            price: price.as_ref().map(tag),
            subject: None,
            fingerprint: Some((print.finish() >> 1).cast_signed()),
            lasting: false,
        }
    }

    /// A part is there.
    pub(super) async fn done(&mut self, embedded: &Embedded) {
        let told = embedded.usage.tokens.filter(|tokens| *tokens > 0);
        let Some(open) = self.open.take() else { return };
        let tokens = told.unwrap_or(open.tokens);
        let settlement = Settlement {
            units: Units { input: Some(tokens), ..Units::default() },
            money: self.catalog.embedding_cost(self.purse.figures, &self.model, tokens),
            estimated: told.is_none(),
            request_id: embedded.request_id.clone(),
            ..end(&open, Outcome::Done)
        };
        self.settle(settlement, Reckoned::default()).await;
    }

    /// A part did not come.
    pub(super) async fn failed(&mut self, error: &ApiError) {
        let Some(open) = self.open.take() else { return };
        let throttle = error.refusal().and_then(|refusal| match kind(refusal) {
            Kind::Throttled(throttle) => Some(throttle),
            _ => None,
        });
        let (figures, model) = (self.purse.figures, &self.model);
        let refused = throttle.map(|throttle| Refused::of(throttle, &self.catalog, figures, model));
        let settlement = end(&open, ends::unanswered(error));
        self.settle(settlement, Reckoned { refused, ..Reckoned::default() }).await;
    }

    /// The work ends while a part is under way.
    pub(super) async fn left(&mut self) {
        let Some(open) = self.open.take() else { return };
        self.settle(end(&open, Outcome::Unknown), Reckoned::default()).await;
    }

    async fn settle(&self, settlement: Settlement, more: Reckoned) {
        if let Err(notice) = self.ledger.answered(settlement, more).await {
            tracing::warn!(?notice, "a request stays reserved in the ledger");
        }
    }
}

fn end(open: &Open, outcome: Outcome) -> Settlement {
    let total: Duration = open.since.elapsed();
    Settlement {
        id: open.id,
        outcome,
        units: Units::default(),
        money: None,
        estimated: false,
        answered: None,
        request_id: None,
        first: None,
        total: Some(total).filter(|_| outcome != Outcome::Unsent),
    }
}
