//! Dated facts that drift: which models there are, what they cost, how much of them one may
//! use, with which voices they speak.
//! It owns the shipped rows and the questions asked of them; it refuses to know the clock, the
//! account and anything that was really spent.

mod alias;
pub mod embeddings;
pub mod jobs;
pub mod limits;
mod media;
pub mod models;
mod near;
mod params;
pub mod prices;
mod shared;
mod snapshots;
pub mod speech;
pub mod tag;
pub mod voices;

pub use shared::Shared;

use std::sync::{Arc, LazyLock};

use crate::domain::chat::Usage;
use crate::domain::models::{Ability, Model, ModelId};
use crate::domain::money::Money;
use crate::domain::settings::Figures;

use embeddings::Embeddings;
use jobs::InForce;
use limits::{Limit, Limits, ServiceLimit};
use models::{Family, ModelRow, Models};
use prices::{Price, PriceRow, Prices};
use voices::Voices;

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
    #[error("{file}:{line}: {reason}")]
    Syntax {
        /// Which text.
        file: String,
        /// Where, from 1.
        line: usize,
        /// What was expected.
        reason: String,
    },
    /// A row that can be read but makes no sense.
    #[error("{file}:{line}: the row of {model} {fault}")]
    Row {
        /// Which text.
        file: String,
        /// Where, from 1.
        line: usize,
        /// The model of the row.
        model: String,
        /// What is wrong with it.
        fault: &'static str,
    },
}

impl CatalogError {
    /// A row of `text`, at that byte, makes no sense.
    fn row(file: &str, text: &str, at: usize, model: String, fault: &'static str) -> Self {
        Self::Row { file: file.to_owned(), line: line_of(text, at), model, fault }
    }

    /// Where: `models.toml:12`.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Syntax { file, line, .. } | Self::Row { file, line, .. } => {
                format!("{file}:{line}")
            }
        }
    }

    /// What is wrong there.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Syntax { reason, .. } => reason.clone(),
            Self::Row { model, fault, .. } => format!("the row of {model} {fault}"),
        }
    }
}

/// The number of the line that holds a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).split('\n').count()
}

/// Models, prices, limits, voices and jobs in force.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    models: Models,
    prices: Prices,
    limits: Limits,
    voices: Voices,
    jobs: InForce,
    embeddings: Embeddings,
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
            voices: Voices::parse("voices.toml", include_str!("voices.toml"))?,
            jobs: InForce::default(),
            embeddings: Embeddings::parse("embeddings.toml", include_str!("embeddings.toml"))?,
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

    /// Takes over the voices of `text`; a row replaces the one of the same model, voice, language or
    /// dialect.
    pub fn override_voices(&mut self, file: &str, text: &str) -> Result<(), CatalogError> {
        self.voices.merge(Voices::parse(file, text)?);
        Ok(())
    }

    /// Takes over the jobs of `text`, which may use the fields there are; a job replaces the one of
    /// the same model.
    pub fn override_jobs(&mut self, file: &str, text: &str) -> Result<(), CatalogError> {
        self.jobs.merge(file, text)
    }

    /// Takes over the embedding models of `text`; a row replaces the one of the same model.
    pub fn override_embeddings(&mut self, file: &str, text: &str) -> Result<(), CatalogError> {
        self.embeddings.merge(Embeddings::parse(file, text)?);
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

    /// Every row of models, in the order of the file.
    #[must_use]
    pub fn model_rows(&self) -> &[ModelRow] {
        self.models.rows()
    }

    /// What a row, or else those it is like, can do; `None` where nobody tells.
    #[must_use]
    pub fn can(&self, row: &ModelRow, ability: Ability) -> Option<bool> {
        self.models.can(row, ability)
    }

    /// What a family is called.
    #[must_use]
    pub fn family(&self, family: &str) -> Option<&Family> {
        self.models.family(family)
    }

    /// Other words to find a row by: its family's names and its own.
    #[must_use]
    pub fn names(&self, row: &ModelRow) -> String {
        let mut words = vec![row.family.as_str()];
        if let Some(family) = self.family(&row.family) {
            words.extend([family.en.as_str(), family.zh.as_str()]);
            words.extend(family.names.iter().map(String::as_str));
        }
        words.extend(row.names.iter().map(String::as_str));
        words.join(" ")
    }

    /// The source of a row in words; the key itself where no file explains it.
    #[must_use]
    pub fn source<'a>(&'a self, key: &'a str) -> &'a str {
        let models = self.models.source(key).or_else(|| self.prices.source(key));
        let found = models.or_else(|| self.limits.source(key)).or_else(|| self.voices.source(key));
        let found = found.or_else(|| self.embeddings.source(key));
        found.or_else(|| self.jobs.get().source(key)).unwrap_or(key)
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
    toml::from_str(text).map_err(|error| CatalogError::Syntax {
        file: file.to_owned(),
        line: line_of(text, error.span().map_or(text.len(), |span| span.start)),
        reason: error.message().lines().collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests;
