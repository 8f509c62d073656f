//! The price of a model at a glance, and all its rows with where they come from. It refuses to
//! make one number of a list of tiers: a tag is the first tier, and says so by nothing.

use rust_decimal::Decimal;

use super::models::ModelRow;
use super::prices::{Mode, PriceRow};
use super::{Basis, Catalog, alias};
use crate::domain::models::{ModelId, Thinking};
use crate::domain::money::{Currency, Unit};
use crate::domain::settings::Figures;

/// What a list shows of a price: that of an ordinary, short request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Of input.
    pub input: Option<Decimal>,
    /// Of output.
    pub output: Option<Decimal>,
    /// What the amounts are in.
    pub currency: Currency,
    /// What the amounts are for.
    pub unit: Unit,
    /// It is not that of the set asked for, or not that of the model itself.
    pub borrowed: bool,
}

impl Catalog {
    /// All price rows of a model: its own of the set asked for, else its alias', else those of the
    /// documentation; empty if nobody knows a price.
    #[must_use]
    pub fn price_list(&self, figures: Figures, model: &ModelId) -> (Basis, &[PriceRow]) {
        let alias = alias::of(model.as_str()).map(|alias| ModelId::new(&alias.id));
        let sets: &[Figures] = match figures {
            Figures::Documented => &[Figures::Documented],
            Figures::Seed => &[Figures::Seed, Figures::Documented],
        };
        for &figures in sets {
            let own = self.price_rows(figures, model);
            if !own.is_empty() {
                return (Basis { figures, alias: None }, own);
            }
            let rows = alias.as_ref().map_or(&[][..], |alias| self.price_rows(figures, alias));
            if !rows.is_empty() {
                return (Basis { figures, alias }, rows);
            }
        }
        (Basis { figures, alias: None }, &[])
    }

    /// The price for a list; `None` if nobody knows one.
    #[must_use]
    pub fn tag(&self, figures: Figures, row: &ModelRow) -> Option<Tag> {
        let id = ModelId::new(&row.id);
        let thinks = matches!(row.thinking(), Thinking::Always | Thinking::Optional { on: true });
        let borrowed = |basis: &Basis| basis.alias.is_some() || basis.figures != figures;
        if let Some(price) = self.price(figures, &id, 0, thinks) {
            return Some(Tag {
                input: price.input,
                output: price.output,
                currency: price.currency,
                unit: Unit::MillionTokens,
                borrowed: borrowed(&price.basis),
            });
        }
        let (basis, rows) = self.price_list(figures, &id);
        let ordinary = rows.iter().filter(|row| row.mode == Mode::Ordinary);
        let least = ordinary.min_by_key(|row| row.output.or(row.input))?;
        Some(Tag {
            input: least.input,
            output: least.output,
            currency: least.currency(),
            unit: least.unit,
            borrowed: borrowed(&basis),
        })
    }
}
