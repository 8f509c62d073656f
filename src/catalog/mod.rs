//! Dated facts that drift: which models there are, what they cost, how much of them one may use.
//! It owns the shipped rows and the questions asked of them; it refuses to know the clock, the
//! account and anything that was really spent.

mod alias;
pub mod limits;
pub mod models;
mod near;
mod params;
pub mod prices;

use std::sync::{Arc, LazyLock};

use crate::domain::chat::Usage;
use crate::domain::models::{Model, ModelId};
use crate::domain::money::Money;
use crate::domain::settings::Figures;

use limits::{Limit, Limits, ServiceLimit};
use models::{ModelRow, Models};
use prices::{Price, PriceRow, Prices};

/// Where an answer of the catalog really comes from, for the words "about" and "estimated".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The set the row is in. Differs from the set asked for where that one has no row.
    pub figures: Figures,
    /// The row is not the model's own but that of this alias.
    pub alias: Option<ModelId>,
}

/// A text that is not a catalog.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Not TOML, an unknown key, or a value of the wrong kind.
    #[error("{file}: {source}")]
    Syntax {
        /// Which text.
        file: String,
        /// Line, column and what was expected.
        source: Box<toml::de::Error>,
    },
    /// A row that can be read but makes no sense.
    #[error("{file}: the row of {model} {fault}")]
    Row {
        /// Which text.
        file: String,
        /// The model of the row.
        model: String,
        /// What is wrong with it.
        fault: &'static str,
    },
}

/// Models, prices and limits in force.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    models: Models,
    prices: Prices,
    limits: Limits,
}

static SHIPPED: LazyLock<Arc<Catalog>> = LazyLock::new(|| {
    // A test reads every shipped row, so a program that was built has them all; should that ever
    // fail, a catalog without rows only makes prices and limits unknown.
    Arc::new(Catalog::shipped().unwrap_or_default())
});

impl Catalog {
    /// The rows in the binary, read at the first call (some milliseconds: not before the first
    /// frame) and shared afterwards.
    #[must_use]
    pub fn embedded() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// Reads the rows in the binary.
    pub fn shipped() -> Result<Self, CatalogError> {
        Ok(Self {
            models: Models::parse("models.toml", include_str!("models.toml"))?,
            prices: Prices::parse("prices.toml", include_str!("prices.toml"))?,
            limits: Limits::parse("limits.toml", include_str!("limits.toml"))?,
        })
    }

    /// Takes over the models of `text`; a row replaces the one of the same id. `file` names the
    /// text in errors, and nothing is taken from a text with an error.
    pub fn override_models(&mut self, file: &str, text: &str) -> Result<(), CatalogError> {
        self.models.merge(Models::parse(file, text)?);
        Ok(())
    }

    /// Takes over the prices of `text`: all rows a set has of a model replace all those it had
    /// before, so that no tier of an older price list survives.
    pub fn override_prices(&mut self, file: &str, text: &str) -> Result<(), CatalogError> {
        self.prices.merge(Prices::parse(file, text)?);
        Ok(())
    }

    /// Takes over the limits of `text`; in each set a row replaces the one of the same model.
    pub fn override_limits(&mut self, file: &str, text: &str) -> Result<(), CatalogError> {
        self.limits.merge(Limits::parse(file, text)?);
        Ok(())
    }

    /// What is known of a model.
    #[must_use]
    pub fn model(&self, id: &ModelId) -> Option<Model> {
        self.models.model(id.as_str())
    }

    /// What is known of a model, or else what its alias leads to expect: a snapshot that is newer
    /// than the catalog reasons and streams like the alias it was cut from.
    #[must_use]
    pub fn model_like(&self, id: &ModelId) -> Option<Model> {
        self.model(id).or_else(|| {
            let alias = alias::of(id.as_str())?;
            self.models.model(&alias.id).map(|model| Model { id: id.clone(), ..model })
        })
    }

    /// All that the catalog says of a model, as it stands in the file.
    #[must_use]
    pub fn model_row(&self, id: &ModelId) -> Option<&ModelRow> {
        self.models.row(id.as_str())
    }

    /// Every model, in the order of the file.
    #[must_use]
    pub fn models(&self) -> Vec<Model> {
        self.models.all()
    }

    /// Ids that `id` may have been meant to be: best first, three at most, never `id` itself.
    #[must_use]
    pub fn near(&self, id: &str) -> Vec<String> {
        let relative = self.models.row(id.trim()).and_then(|row| row.like.as_deref());
        near::near(self.models.ids(), id, relative)
    }

    /// The price per million tokens of an ordinary text request with that many input tokens.
    /// `None` where the model is unknown or is not billed by tokens.
    #[must_use]
    pub fn price(
        &self,
        figures: Figures,
        model: &ModelId,
        input_tokens: u64,
        thinking: bool,
    ) -> Option<Price> {
        self.prices.price(figures, model.as_str(), input_tokens, thinking)
    }

    /// What an answer cost, in decimal. `None` where a price that is needed is not known.
    #[must_use]
    pub fn cost(
        &self,
        figures: Figures,
        model: &ModelId,
        usage: &Usage,
        thought: bool,
    ) -> Option<Money> {
        self.price(figures, model, usage.input, thought)?.cost(usage)
    }

    /// All price rows of a model in one set, for lists and for what is not billed by tokens.
    /// No fallback: empty where the set has none.
    #[must_use]
    pub fn price_rows(&self, figures: Figures, model: &ModelId) -> &[PriceRow] {
        self.prices.rows(figures, model.as_str())
    }

    /// The limits of a model.
    #[must_use]
    pub fn limits(&self, figures: Figures, model: &ModelId) -> Option<Limit> {
        self.limits.limit(figures, model.as_str())
    }

    /// The limits of calls that belong to no model.
    #[must_use]
    pub fn service_limits(&self) -> &[ServiceLimit] {
        self.limits.service()
    }
}

/// Reads a catalog text; errors name the file.
fn read<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, CatalogError> {
    toml::from_str(text)
        .map_err(|source| CatalogError::Syntax { file: file.to_owned(), source: Box::new(source) })
}

#[cfg(test)]
mod tests;
