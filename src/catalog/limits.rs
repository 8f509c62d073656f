//! The rows of limits: how much of a model a fresh account may use.
//! It refuses counting: what was used, and what is left, are meters.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Basis, CatalogError, alias};
use crate::domain::models::ModelId;
use crate::domain::settings::Figures;

/// So many in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(from = "(u64, u32)")]
pub struct Window {
    /// How many requests or tokens.
    pub amount: u64,
    /// In how many seconds.
    pub seconds: u32,
}

impl From<(u64, u32)> for Window {
    fn from((amount, seconds): (u64, u32)) -> Self {
        Self { amount, seconds }
    }
}

/// One row of `limits.toml`, where the keys are described.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRow {
    /// The model's id.
    pub model: String,
    /// Requests a minute.
    pub rpm: Option<u64>,
    /// Input and output tokens a minute.
    pub tpm: Option<u64>,
    /// Tasks that run at once.
    pub running: Option<u32>,
    /// The window in which requests are really counted.
    pub requests: Option<Window>,
    /// The window in which tokens are really counted.
    pub tokens: Option<Window>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Who says so: a key of the file's sources.
    pub source: String,
    /// How old the fact is: year-month or year-month-day.
    pub as_of: String,
}

/// The limits found for a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The row.
    pub row: LimitRow,
    /// Where it comes from.
    pub basis: Basis,
}

/// The limit of calls that belong to no model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceLimit {
    /// `tasks` (query, list, cancel) or `uploads` (leave to upload a file).
    pub call: String,
    /// Requests a minute.
    pub rpm: u64,
    /// The window in which they are really counted.
    pub requests: Window,
    /// Who shares it.
    pub note: Option<String>,
    /// Who says so: a key of the file's sources.
    pub source: String,
    /// How old the fact is: year-month or year-month-day.
    pub as_of: String,
}

/// What a dated snapshot gets that has no row of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SnapshotRule {
    rpm: u64,
    source: String,
    as_of: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    documented: Vec<toml::Spanned<LimitRow>>,
    #[serde(default)]
    seed: Vec<toml::Spanned<LimitRow>>,
    #[serde(default)]
    service: Vec<ServiceLimit>,
    snapshots: Option<SnapshotRule>,
    #[serde(default)]
    sources: HashMap<String, String>,
}

type Set = HashMap<String, LimitRow>;

/// All rows of both sets.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    documented: Set,
    seed: Set,
    service: Vec<ServiceLimit>,
    snapshots: Option<SnapshotRule>,
    sources: HashMap<String, String>,
}

impl Limits {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, CatalogError> {
        let read: File = super::read(file, text)?;
        Ok(Self {
            documented: set(file, text, read.documented)?,
            seed: set(file, text, read.seed)?,
            service: read.service,
            snapshots: read.snapshots,
            sources: read.sources,
        })
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.documented.extend(other.documented);
        self.seed.extend(other.seed);
        self.sources.extend(other.sources);
        for new in other.service {
            self.service.retain(|old| old.call != new.call);
            self.service.push(new);
        }
        if other.snapshots.is_some() {
            self.snapshots = other.snapshots;
        }
    }

    pub(super) fn service(&self) -> &[ServiceLimit] {
        &self.service
    }

    pub(super) fn source(&self, key: &str) -> Option<&str> {
        self.sources.get(key).map(String::as_str)
    }

    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        (self.documented.len(), self.seed.len(), self.service.len())
    }

    /// The row in the set asked for, else that of the documentation.
    pub(super) fn limit(&self, figures: Figures, model: &str) -> Option<Limit> {
        match figures {
            Figures::Documented => self.documented(model),
            Figures::Seed => {
                own_or_alias(&self.seed, Figures::Seed, model).or_else(|| self.documented(model))
            }
        }
    }

    /// The documentation gives snapshots a fraction of their alias' limits, so the alias' row
    /// would promise far too much.
    fn documented(&self, model: &str) -> Option<Limit> {
        if !self.documented.contains_key(model)
            && alias::of(model).is_some_and(|alias| alias.dated)
            && let Some(rule) = &self.snapshots
        {
            return Some(Limit {
                row: LimitRow {
                    model: model.to_owned(),
                    rpm: Some(rule.rpm),
                    tpm: None,
                    running: None,
                    requests: None,
                    tokens: None,
                    note: None,
                    source: rule.source.clone(),
                    as_of: rule.as_of.clone(),
                },
                basis: Basis { figures: Figures::Documented, alias: None },
            });
        }
        own_or_alias(&self.documented, Figures::Documented, model)
    }
}

fn set(file: &str, text: &str, rows: Vec<toml::Spanned<LimitRow>>) -> Result<Set, CatalogError> {
    let mut set = Set::with_capacity(rows.len());
    for row in rows {
        let at = row.span().start;
        let row = row.into_inner();
        let windows = [row.requests, row.tokens];
        let fault = if set.contains_key(&row.model) {
            Some("is there twice")
        } else if row.rpm.is_none() && row.tpm.is_none() && row.running.is_none() {
            Some("limits nothing")
        } else if windows.iter().flatten().any(|w| w.amount == 0 || w.seconds == 0)
            || [row.rpm, row.tpm].contains(&Some(0))
        {
            Some("has a limit of nothing")
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(CatalogError::row(file, text, at, row.model, fault));
        }
        set.insert(row.model.clone(), row);
    }
    Ok(set)
}

fn own_or_alias(set: &Set, figures: Figures, model: &str) -> Option<Limit> {
    if let Some(row) = set.get(model) {
        return Some(Limit { row: row.clone(), basis: Basis { figures, alias: None } });
    }
    let alias = alias::of(model)?;
    let row = set.get(&alias.id)?.clone();
    Some(Limit { row, basis: Basis { figures, alias: Some(ModelId::new(&alias.id)) } })
}
