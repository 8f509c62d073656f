//! The rows of embeddings: how much one request of a model holds, and what texts cost. It refuses
//! to count tokens; an estimate or the service's own count is an argument.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Catalog, CatalogError, alias};
use crate::domain::chat::Usage;
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::domain::settings::Figures;

/// One row of `embeddings.toml`, where the keys are described.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingRow {
    /// The model's id.
    pub model: String,
    /// Texts of one request at most.
    pub texts: usize,
    /// Tokens of one text at most.
    pub tokens: u64,
    /// What can be chosen, the default first; empty where nobody tells.
    #[serde(default)]
    pub dimensions: Vec<u32>,
    /// It tells a question from what is searched.
    #[serde(default)]
    pub query: bool,
    /// It gives sparse vectors.
    #[serde(default)]
    pub sparse: bool,
    /// It takes a description of what is searched for.
    #[serde(default)]
    pub instruct: bool,
    /// Who says so: a key of the file's sources.
    pub source: String,
    /// How old the fact is: year-month or year-month-day.
    pub as_of: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    models: Vec<toml::Spanned<EmbeddingRow>>,
    #[serde(default)]
    sources: HashMap<String, String>,
}

/// All rows, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Embeddings {
    rows: Vec<EmbeddingRow>,
    sources: HashMap<String, String>,
}

impl Embeddings {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, CatalogError> {
        let read: File = super::read(file, text)?;
        let mut rows: Vec<EmbeddingRow> = Vec::new();
        for row in read.models {
            let at = row.span().start;
            let row = row.into_inner();
            let fault = if row.texts == 0 {
                Some("takes no texts")
            } else if rows.iter().any(|other| other.model == row.model) {
                Some("is there twice")
            } else {
                None
            };
            if let Some(fault) = fault {
                return Err(CatalogError::row(file, text, at, row.model, fault));
            }
            rows.push(row);
        }
        Ok(Self { rows, sources: read.sources })
    }

    pub(super) fn merge(&mut self, other: Self) {
        for row in other.rows {
            match self.rows.iter_mut().find(|old| old.model == row.model) {
                Some(old) => *old = row,
                None => self.rows.push(row),
            }
        }
        self.sources.extend(other.sources);
    }

    pub(super) fn source(&self, key: &str) -> Option<&str> {
        self.sources.get(key).map(String::as_str)
    }
}

impl Catalog {
    /// How much one request of an embedding model holds, by its own row or that of its alias.
    #[must_use]
    pub fn embedding(&self, model: &ModelId) -> Option<&EmbeddingRow> {
        let of = |id: &str| self.embeddings.rows.iter().find(|row| row.model == id);
        of(model.as_str()).or_else(|| of(&alias::of(model.as_str())?.id))
    }

    /// Models that turn texts into vectors at once, the usual one first.
    #[must_use]
    pub fn embedding_models(&self) -> Vec<&str> {
        let rows = self.embeddings.rows.iter().map(|row| row.model.as_str());
        rows.filter(|id| self.model_row(&ModelId::new(id)).is_none_or(|row| !row.async_only))
            .collect()
    }

    /// The model that is taken where none is named.
    #[must_use]
    pub fn default_embedding(&self) -> ModelId {
        ModelId::new(self.embedding_models().first().copied().unwrap_or_default())
    }

    /// What so many tokens of texts cost; `None` where no row tells.
    #[must_use]
    pub fn embedding_cost(&self, figures: Figures, model: &ModelId, tokens: u64) -> Option<Money> {
        let usage = Usage { input: tokens, ..Usage::default() };
        self.price(figures, model, 0, false)?.cost(&usage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::models::Purpose;

    #[test]
    fn rows_are_of_models_there_are_and_tell_the_documented_caps() {
        let catalog = Catalog::shipped().unwrap();
        assert_eq!(catalog.embeddings.rows.len(), 6);
        for row in &catalog.embeddings.rows {
            let model = catalog.model_row(&ModelId::new(&row.model)).expect("a model");
            assert_eq!(model.purpose(), Purpose::Embedding, "{}", row.model);
            assert!(catalog.embeddings.source(&row.source).is_some());
            assert!(!row.dimensions.is_empty() && row.as_of.starts_with("2026-"));
        }
        let texts = |id: &str| catalog.embedding(&ModelId::new(id)).map(|row| row.texts);
        assert_eq!(texts("text-embedding-v4"), Some(10));
        assert_eq!(texts("text-embedding-v2"), Some(25));
        assert_eq!(texts("text-embedding-v4-2027-01-01"), Some(10));
        assert_eq!(texts("qwen-plus"), None);
        assert_eq!(catalog.default_embedding().as_str(), "text-embedding-v4");
        assert!(!catalog.embedding_models().contains(&"text-embedding-async-v2"));
    }

    #[test]
    fn tokens_cost_what_the_set_says() {
        let catalog = Catalog::shipped().unwrap();
        let cost = |figures| {
            let id = ModelId::new("text-embedding-v4");
            catalog.embedding_cost(figures, &id, 1_000_000).unwrap().to_string()
        };
        assert_eq!(cost(Figures::Documented), "¥0.50");
        assert_eq!(cost(Figures::Seed), "¥0.70");
    }

    #[test]
    fn broken_rows_are_named() {
        let row = "model = \"m\", tokens = 1, source = \"s\", as_of = \"2027-01\"";
        for (rows, reason) in [
            (format!("{{ {row}, texts = 0 }}"), "takes no texts"),
            (format!("{{ {row}, texts = 1 }}, {{ {row}, texts = 2 }}"), "is there twice"),
        ] {
            let error = Embeddings::parse("f", &format!("models = [{rows}]")).unwrap_err();
            assert!(error.reason().ends_with(reason), "{error}");
        }
    }
}
