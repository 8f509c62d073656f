//! The rows of models and of their families: reading them, finding one, filling a snapshot from
//! its alias. It refuses prices and limits, which are rows of their own.

use std::collections::HashMap;

use serde::Deserialize;

use super::CatalogError;
use crate::domain::models::{Ability, Model, ModelId, Purpose, Surfaces, Thinking};

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
    can: Option<Vec<AbilityWord>>,
    /// More words it is found by.
    #[serde(default)]
    pub names: Vec<String>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Who says so: a key of the file's sources.
    pub source: String,
    /// How old the fact is: year-month or year-month-day.
    pub as_of: String,
}

/// One family, for lists and for finding its models by what people call them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Its name in English.
    pub en: String,
    /// Its name in Chinese.
    pub zh: String,
    /// More words its models are found by.
    #[serde(default)]
    pub names: Vec<String>,
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
enum AbilityWord {
    Tools,
    Json,
    Search,
    Prefix,
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

impl ModelRow {
    /// What it is for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        let (input, output) = self.modality.split_once("->").unwrap_or_default();
        let gives = |kind: &str| output.split('/').any(|out| out.starts_with(kind));
        let takes_text = input.split('/').any(|kind| kind == "text");
        let takes_image = input.split('/').any(|kind| kind == "image");
        match self.surfaces() {
            Surfaces::Socket if gives("voice") => Purpose::Voice,
            Surfaces::Socket => Purpose::Realtime,
            _ if gives("video") => Purpose::Video,
            _ if gives("image") => Purpose::Image,
            _ if gives("vector") => Purpose::Embedding,
            _ if gives("score") => Purpose::Scoring,
            _ if gives("voice") => Purpose::Voice,
            _ if gives("text") && !takes_text && !takes_image => Purpose::Transcription,
            _ if gives("audio") && !gives("text") => Purpose::Speech,
            Surfaces::Native => Purpose::Native,
            Surfaces::Compat | Surfaces::Both => Purpose::Chat,
        }
    }

    /// It takes this kind of input (`image`, `audio`, `video`).
    #[must_use]
    pub fn takes(&self, kind: &str) -> bool {
        let input = self.modality.split_once("->").map_or("", |(input, _)| input);
        input.split('/').any(|part| part == kind)
    }

    /// It answers in this kind.
    #[must_use]
    pub fn gives(&self, kind: &str) -> bool {
        let output = self.modality.split_once("->").map_or("", |(_, output)| output);
        output.split('/').any(|part| part == kind)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    models: Vec<toml::Spanned<ModelRow>>,
    #[serde(default)]
    families: HashMap<String, Family>,
    #[serde(default)]
    sources: HashMap<String, String>,
}

/// All rows, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Models {
    rows: Vec<ModelRow>,
    by_id: HashMap<String, usize>,
    families: HashMap<String, Family>,
    sources: HashMap<String, String>,
}

impl Models {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, CatalogError> {
        let read: File = super::read(file, text)?;
        let mut models = Self { families: read.families, sources: read.sources, ..Self::default() };
        for row in read.models {
            let at = row.span().start;
            let row = row.into_inner();
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
                return Err(CatalogError::row(file, text, at, row.id, fault));
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
        self.families.extend(other.families);
        self.sources.extend(other.sources);
    }

    pub(super) fn family(&self, family: &str) -> Option<&Family> {
        self.families.get(family)
    }

    pub(super) fn source(&self, key: &str) -> Option<&str> {
        self.sources.get(key).map(String::as_str)
    }

    pub(super) fn rows(&self) -> &[ModelRow] {
        &self.rows
    }

    /// What the row, or else those it is like, can do; `None` where none of them tells.
    pub(super) fn can(&self, row: &ModelRow, ability: Ability) -> Option<bool> {
        let word = match ability {
            Ability::Thinking => {
                return match row.thinking() {
                    Thinking::Unknown => None,
                    Thinking::Never => Some(false),
                    Thinking::Optional { .. } | Thinking::Always => Some(true),
                };
            }
            Ability::Vision => return Some(row.takes("image") || row.takes("video")),
            Ability::Audio => return Some(row.takes("audio") || row.gives("audio")),
            Ability::Json => AbilityWord::Json,
            Ability::Search => AbilityWord::Search,
            Ability::Tools => AbilityWord::Tools,
            Ability::Prefix => AbilityWord::Prefix,
        };
        if !row.gives("text") {
            // What is about words is nothing for pictures and vectors.
            return Some(false);
        }
        let told = self.first(row, |row| row.can.as_ref())?;
        Some(told.contains(&word))
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
            context_tokens: self.first(row, |row| row.context),
            max_output: self.first(row, |row| row.max_output),
            thinking: row.thinking(),
            async_only: row.async_only,
        }
    }

    /// What the row or those it is like say. Two steps reach every alias
    /// (`qwen-plus-2025-12-01-us`, `qwen-plus-us`, `qwen-plus`); a circle in an override ends too.
    fn first<'a, T>(
        &'a self,
        row: &'a ModelRow,
        of: impl Fn(&'a ModelRow) -> Option<T>,
    ) -> Option<T> {
        let mut row = row;
        for _ in 0..2 {
            if let Some(told) = of(row) {
                return Some(told);
            }
            row = self.row(row.like.as_deref()?)?;
        }
        of(row)
    }
}
