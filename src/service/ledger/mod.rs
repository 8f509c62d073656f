//! The ledger: the only gate for everything that costs money, on the screen and without one.
//! [`Ledger::reserve`] counts an amount before anything is sent, in one transaction that no other
//! process can come between; [`Ledger::settle`] puts the real one in its place. It refuses
//! sentences, and to let anything pass that is not on disk.

mod rows;

pub use crate::domain::meters::days;

use crate::domain::ledger::{Estimate, Gate, Settlement, Standing, Verdict};
use crate::domain::money::Currency;
use crate::domain::notice::Notice;
use crate::service::store::{Change, Desk};

/// The way to the ledger. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ledger {
    desk: Desk,
}

impl Ledger {
    /// The ledger of a store.
    #[must_use]
    pub const fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Asks whether a request may be sent, and counts it if so. What is reserved counts until it
    /// is settled; if this program dies before, it counts as spent.
    ///
    /// # Errors
    /// Nothing could be written: then nothing may be sent.
    pub async fn reserve(&self, estimate: Estimate, gate: Gate) -> Result<Verdict, Notice> {
        self.desk.ask(move |change| rows::reserve(change, &estimate, &gate)).await
    }

    /// Tells how a request ended. The first settlement of an entry counts; further ones change
    /// nothing, so that a task that is seen twice is paid once.
    ///
    /// # Errors
    /// Nothing could be written; what was reserved goes on counting.
    pub async fn settle(&self, settlement: Settlement) -> Result<(), Notice> {
        self.desk.ask(move |change| rows::settle(change, &settlement)).await
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
