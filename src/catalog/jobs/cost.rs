//! What a filled form will cost and what a finished task has cost, by the price rows in force. It
//! refuses to know what was sent or answered: what is billed is an argument.

use rust_decimal::Decimal;

use super::super::prices::{Mode, PriceRow};
use super::super::{Catalog, alias};
use crate::domain::jobs::{Form, Job, Makes, Measure};
use crate::domain::ledger::PriceTag;
use crate::domain::models::ModelId;
use crate::domain::money::{Money, Unit};
use crate::domain::settings::Figures;
use crate::domain::tasks::TaskUsage;

/// What a job will cost, or has cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCost {
    /// How much.
    pub cost: Money,
    /// Of one second or picture.
    pub each: Money,
    /// How many of them.
    pub units: Decimal,
    /// Seconds or pictures.
    pub unit: Unit,
    /// The class of resolution it is for.
    pub resolution: Option<String>,
    /// What is given is billed on top.
    pub at_least: bool,
    /// The row is not the model's own but that of this one.
    pub borrowed: Option<ModelId>,
    /// Where the row comes from.
    pub price: PriceTag,
}

impl Catalog {
    /// What a filled form will cost. `None` where no row tells, or where it depends on what is
    /// given.
    #[must_use]
    pub fn estimate(&self, figures: Figures, job: &Job, form: &Form) -> Option<JobCost> {
        let measure = job.measure(form);
        let units = match job.makes {
            Makes::Video => measure.seconds,
            Makes::Image => measure.images,
        };
        self.price_of(figures, &job.model, &measure, Decimal::from(units?))
    }

    /// What a task cost by what it used.
    #[must_use]
    pub fn task_cost(
        &self,
        figures: Figures,
        model: &ModelId,
        usage: &TaskUsage,
    ) -> Option<JobCost> {
        let measure = Measure {
            resolution: usage.resolution.clone(),
            sound: usage.sound,
            ..Measure::default()
        };
        let units = usage.seconds.or_else(|| usage.images.map(Decimal::from))?;
        self.price_of(figures, model, &measure, units)
    }

    /// The row of the model itself, else of its alias, else of the model it is like, in the set
    /// asked for, else in the documentation's.
    fn price_of(
        &self,
        figures: Figures,
        model: &ModelId,
        measure: &Measure,
        units: Decimal,
    ) -> Option<JobCost> {
        let like = self.model_row(model).and_then(|row| row.like.clone());
        let like = like.map(|id| ModelId::new(&id));
        let sets: &[Figures] = match figures {
            Figures::Documented => &[Figures::Documented],
            Figures::Seed => &[Figures::Seed, Figures::Documented],
        };
        let alias = alias::of(model.as_str()).map(|alias| ModelId::new(&alias.id));
        let ids = [Some(model.clone()), alias, like];
        sets.iter().find_map(|&figures| {
            ids.iter().flatten().find_map(|id| {
                let row = fitting(self.price_rows(figures, id), measure)?;
                let price = row.output.or(row.input)?;
                let currency = row.currency();
                let amount = price.checked_mul(units)?.normalize();
                Some(JobCost {
                    cost: Money { amount, currency },
                    each: Money { amount: price.normalize(), currency },
                    units,
                    unit: row.unit,
                    resolution: measure.resolution.clone(),
                    at_least: measure.at_least,
                    borrowed: (id != model).then(|| id.clone()),
                    price: PriceTag {
                        figures,
                        source: row.source.clone(),
                        as_of: row.as_of.clone(),
                    },
                })
            })
        })
    }
}

/// The row of an ordinary job of that class; of two that differ in sound, the one that fits.
fn fitting<'a>(rows: &'a [PriceRow], measure: &Measure) -> Option<&'a PriceRow> {
    let fits = |row: &&PriceRow| {
        row.mode == Mode::Ordinary
            && row.quality.is_none()
            && matches!(row.unit, Unit::Second | Unit::Image)
            && row
                .resolution
                .as_ref()
                .is_none_or(|class| measure.resolution.as_ref() == Some(class))
            && row.sound.is_none_or(|sound| measure.sound == Some(sound))
    };
    let sound = |row: &&PriceRow| row.sound.is_some();
    let fitting = || rows.iter().filter(fits);
    fitting().find(sound).or_else(|| fitting().next())
}
