//! The rows of jobs: the shipped ones and the user's own, and finding the one of a model. It refuses
//! to know what was sent or answered.

mod cost;
mod rows;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

pub use cost::JobCost;

use super::{Catalog, CatalogError, alias, line_of};
use crate::domain::jobs::Job;
use crate::domain::models::ModelId;
use rows::{JobRow, Wrong, made};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    field: HashMap<String, toml::Table>,
    #[serde(default)]
    job: Vec<toml::Spanned<JobRow>>,
    #[serde(default)]
    sources: HashMap<String, String>,
}

static SHIPPED: LazyLock<Arc<Jobs>> = LazyLock::new(|| {
    // A test reads every shipped row, so a program that was built has them all.
    Arc::new(Jobs::shipped().unwrap_or_default())
});

/// The jobs in force: the shipped ones, which are read when a job is first asked for, or those with
/// the user's own over them.
#[derive(Debug, Clone, Default)]
pub(super) struct InForce(Option<Arc<Jobs>>);

impl InForce {
    pub(super) fn get(&self) -> &Jobs {
        self.0.as_ref().unwrap_or(&SHIPPED)
    }

    pub(super) fn merge(&mut self, file: &str, text: &str) -> Result<(), CatalogError> {
        let mut jobs = self.get().clone();
        jobs.merge(Jobs::parse(file, text, &jobs)?);
        self.0 = Some(Arc::new(jobs));
        Ok(())
    }
}

/// All jobs, by model, in the order of the file, and the fields they were made of.
#[derive(Debug, Clone, Default)]
pub(super) struct Jobs {
    all: Vec<Job>,
    fields: HashMap<String, toml::Table>,
    sources: HashMap<String, String>,
}

impl Jobs {
    /// Reads the rows in the binary.
    fn shipped() -> Result<Self, CatalogError> {
        Self::parse("jobs.toml", include_str!("jobs.toml"), &Self::default())
    }

    /// Reads a text; its jobs may use the fields of `base`.
    fn parse(file: &str, text: &str, base: &Self) -> Result<Self, CatalogError> {
        let read: File = super::read(file, text)?;
        let mut fields = base.fields.clone();
        fields.extend(read.field);
        let mut jobs: Vec<Job> = Vec::new();
        for row in read.job {
            let at = row.span().start;
            let row = row.into_inner();
            let model = row.models.first().cloned().unwrap_or_default();
            let fault = |fault| CatalogError::row(file, text, at, model.clone(), fault);
            for job in made(row, &fields).map_err(|wrong| match wrong {
                Wrong::Fault(what) => fault(what),
                Wrong::Syntax(reason) => {
                    let (file, line) = (file.to_owned(), line_of(text, at));
                    CatalogError::Syntax { file, line, reason }
                }
            })? {
                if jobs.iter().any(|other| other.model == job.model) {
                    return Err(fault("names a model twice"));
                }
                jobs.push(job);
            }
        }
        Ok(Self { all: jobs, fields, sources: read.sources })
    }

    fn merge(&mut self, other: Self) {
        for job in other.all {
            match self.all.iter_mut().find(|old| old.model == job.model) {
                Some(old) => *old = job,
                None => self.all.push(job),
            }
        }
        self.fields.extend(other.fields);
        self.sources.extend(other.sources);
    }

    pub(super) fn source(&self, key: &str) -> Option<&str> {
        self.sources.get(key).map(String::as_str)
    }

    fn of(&self, id: &str) -> Option<&Job> {
        self.all.iter().find(|job| job.model.as_str() == id)
    }
}

impl Catalog {
    /// What a model takes, by its own row or that of its alias. A model whose row is like another
    /// one takes what that one takes.
    #[must_use]
    pub fn job(&self, model: &ModelId) -> Option<Job> {
        let own = |id: &str| self.jobs.get().of(id);
        let found = own(model.as_str())
            .or_else(|| own(&alias::of(model.as_str())?.id))
            .or_else(|| own(self.model_row(model)?.like.as_deref()?))?;
        Some(Job { model: model.clone(), ..found.clone() })
    }

    /// Every model that makes videos or pictures and can be told here, in the order of the file.
    #[must_use]
    pub fn jobs(&self) -> &[Job] {
        &self.jobs.get().all
    }
}

#[cfg(test)]
mod tests;
