//! The rows of models: reading them, finding one, filling a snapshot from its alias.
//! It refuses prices and limits, which are rows of their own.

use std::collections::HashMap;

use serde::Deserialize;

use super::CatalogError;
use crate::domain::models::{Model, ModelId, Surfaces, Thinking};

/// One row of `models.toml`, where the keys are described.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelRow {
    /// As sent on the wire.
    pub id: String,
    /// For lists and filters.
    pub family: String,
    surfaces: SurfacesWord,
    /// Input kinds, an arrow, output kinds.
    pub modality: String,
    /// Context window in tokens, if the row itself tells.
    pub context: Option<u64>,
    /// Largest answer in tokens, if the row itself tells.
    pub max_output: Option<u64>,
    thinking: Option<ThinkingWord>,
    /// When a plain request (no stream) is refused.
    #[serde(default)]
    pub stream: Stream,
    /// Jobs are asynchronous tasks.
    #[serde(default, rename = "async")]
    pub async_only: bool,
    /// The nearest relative: tells the context and the largest answer where this row does not.
    pub like: Option<String>,
    /// Ids of the regions that serve it; empty means everywhere.
    #[serde(default)]
    pub regions: Vec<String>,
    /// The announced last day, year-month-day.
    pub retires: Option<String>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Who says so: a key of the file's sources.
    pub source: String,
    /// How old the fact is: year-month or year-month-day.
    pub as_of: String,
}

/// When a model refuses a request that does not stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// Never.
    #[default]
    Free,
    /// While it reasons.
    Thinking,
    /// While it reasons, says the audit; the documentation no longer does.
    ThinkingByAudit,
    /// Always.
    Always,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SurfacesWord {
    Compat,
    Native,
    Both,
    Socket,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ThinkingWord {
    Never,
    OffByDefault,
    OnByDefault,
    Always,
}

impl ModelRow {
    /// The surfaces that serve it.
    #[must_use]
    pub const fn surfaces(&self) -> Surfaces {
        match self.surfaces {
            SurfacesWord::Compat => Surfaces::Compat,
            SurfacesWord::Native => Surfaces::Native,
            SurfacesWord::Both => Surfaces::Both,
            SurfacesWord::Socket => Surfaces::Socket,
        }
    }

    /// Its reasoning ability.
    #[must_use]
    pub const fn thinking(&self) -> Thinking {
        match self.thinking {
            None => Thinking::Unknown,
            Some(ThinkingWord::Never) => Thinking::Never,
            Some(ThinkingWord::OffByDefault) => Thinking::Optional { on: false },
            Some(ThinkingWord::OnByDefault) => Thinking::Optional { on: true },
            Some(ThinkingWord::Always) => Thinking::Always,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    models: Vec<ModelRow>,
    #[serde(default, rename = "sources")]
    _sources: HashMap<String, String>,
}

/// All rows, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Models {
    rows: Vec<ModelRow>,
    by_id: HashMap<String, usize>,
}

impl Models {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, CatalogError> {
        let read: File = super::read(file, text)?;
        let mut models = Self::default();
        for row in read.models {
            let fault = if row.id.trim() != row.id || row.id.is_empty() {
                Some("has an id that is empty or padded")
            } else if !row.modality.contains("->") {
                Some("has a modality without an arrow")
            } else if row.context == Some(0) || row.max_output == Some(0) {
                Some("has a size of nothing")
            } else if models.by_id.contains_key(&row.id) {
                Some("is there twice")
            } else {
                None
            };
            if let Some(fault) = fault {
                return Err(CatalogError::Row { file: file.to_owned(), model: row.id, fault });
            }
            models.put(row);
        }
        Ok(models)
    }

    fn put(&mut self, row: ModelRow) {
        if let Some(&at) = self.by_id.get(&row.id) {
            self.rows[at] = row;
        } else {
            self.by_id.insert(row.id.clone(), self.rows.len());
            self.rows.push(row);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for row in other.rows {
            self.put(row);
        }
    }

    pub(super) fn row(&self, id: &str) -> Option<&ModelRow> {
        self.by_id.get(id).map(|&at| &self.rows[at])
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row.id.as_str())
    }

    pub(super) fn model(&self, id: &str) -> Option<Model> {
        self.row(id).map(|row| self.filled(row))
    }

    pub(super) fn all(&self) -> Vec<Model> {
        self.rows.iter().map(|row| self.filled(row)).collect()
    }

    fn filled(&self, row: &ModelRow) -> Model {
        Model {
            id: ModelId::new(&row.id),
            family: row.family.clone(),
            surfaces: row.surfaces(),
            modality: row.modality.clone(),
            context_tokens: self.size(row, |row| row.context),
            max_output: self.size(row, |row| row.max_output),
            thinking: row.thinking(),
            async_only: row.async_only,
        }
    }

    /// A size from the row or from those it is like. Two steps reach every alias
    /// (`qwen-plus-2025-12-01-us`, `qwen-plus-us`, `qwen-plus`); a circle in an override ends too.
    fn size(&self, row: &ModelRow, of: impl Fn(&ModelRow) -> Option<u64>) -> Option<u64> {
        let mut row = row;
        for _ in 0..2 {
            if let Some(size) = of(row) {
                return Some(size);
            }
            row = self.row(row.like.as_deref()?)?;
        }
        of(row)
    }
}
