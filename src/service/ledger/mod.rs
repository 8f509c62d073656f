//! The ledger: the only gate for everything that costs money, on the screen and without one.
//! [`Ledger::reserve`] counts an amount before anything is sent, in one transaction that no other
//! process can come between; [`Ledger::settle`] puts the real one in its place. It refuses
//! sentences, and to let anything pass that is not on disk.

pub mod alone;
pub mod ends;
mod learn;
pub mod question;
mod read;
pub mod report;
mod rows;
mod sums;
mod warn;

pub use crate::domain::meters::days;

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::domain::ledger::{Caps, Estimate, Gate, Reached, Settlement, Standing, Verdict};
use crate::domain::models::ModelId;
use crate::domain::money::Currency;
use crate::domain::notice::Notice;
use crate::service::bell;
use crate::service::store::{Change, Desk};
use question::{Question, Reckoned, Refused};

/// The bell that is rung when a request was booked or settled; its file in the data directory.
pub(in crate::service) const BELL: &str = "ledger.bell";

/// The way to the ledger. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ledger {
    desk: Desk,
    told: Arc<warn::Told>,
}

impl Ledger {
    /// The ledger of a store.
    #[must_use]
    pub fn new(desk: Desk) -> Self {
        Self { desk, told: Arc::default() }
    }

    /// Does what changes the ledger, and rings for whoever shows it.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Change<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Notice> {
        let done = self.desk.ask(work).await;
        if done.is_ok() {
            bell::ring(&self.desk.dir().join(BELL));
        }
        done
    }

    /// Asks whether a request may be sent, and counts it if so. What is reserved counts until it
    /// is settled; if this program dies before, it counts as spent.
    ///
    /// # Errors
    /// Nothing could be written: then nothing may be sent.
    pub async fn reserve(&self, estimate: Estimate, gate: Gate) -> Result<Verdict, Notice> {
        self.change(move |change| rows::reserve(change, &estimate, &gate)).await
    }

    /// [`Ledger::reserve`] of a question to a model. What it may cost is reckoned from how long the
    /// model's latest answers were, in the same transaction.
    ///
    /// # Errors
    /// Nothing could be written.
    pub async fn ask(&self, question: Question, catalog: Arc<Catalog>) -> Result<Verdict, Notice> {
        self.change(move |change| question::reserve(change, &question, &catalog)).await
    }

    /// [`Ledger::settle`] of a question, with what else is kept of it.
    ///
    /// # Errors
    /// Nothing could be written; what was reserved goes on counting.
    pub async fn answered(&self, settlement: Settlement, more: Reckoned) -> Result<(), Notice> {
        self.change(move |change| question::settle(change, &settlement, &more)).await
    }

    /// A request that has no entry of its own was refused for want of room: the limit it names is
    /// learnt.
    ///
    /// # Errors
    /// Nothing could be written.
    pub async fn refused(
        &self,
        profile: String,
        model: ModelId,
        what: Refused,
    ) -> Result<(), Notice> {
        self.change(move |change| learn::learn(change, (&profile, &model), None, &what)).await
    }

    /// A limit that is used to four fifths or more and was not told of yet by this program.
    #[must_use]
    pub fn news(&self, profile: &str, caps: &Caps, verdict: &Verdict) -> Option<Reached> {
        self.told.news(profile, caps, verdict)
    }

    /// Tells how a request ended. The first settlement of an entry counts; further ones change
    /// nothing, so that a task that is seen twice is paid once.
    ///
    /// # Errors
    /// Nothing could be written; what was reserved goes on counting.
    pub async fn settle(&self, settlement: Settlement) -> Result<(), Notice> {
        self.change(move |change| rows::settle(change, &settlement)).await
    }

    /// What a profile has spent in one currency.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn standing(&self, profile: String, currency: Currency) -> Result<Standing, Notice> {
        self.desk.ask(move |change| rows::standing(change, &profile, currency)).await
    }
}

/// [`Ledger::reserve`] within a transaction that does more.
pub(in crate::service) fn reserve_in(
    change: &Change<'_>,
    estimate: &Estimate,
    gate: &Gate,
) -> rusqlite::Result<Verdict> {
    rows::reserve(change, estimate, gate)
}

/// [`Ledger::settle`] within a transaction that does more.
pub(in crate::service) fn settle_in(
    change: &Change<'_>,
    settlement: &Settlement,
) -> rusqlite::Result<()> {
    rows::settle(change, settlement)
}

#[cfg(test)]
mod tests;
