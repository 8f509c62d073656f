//! Pictures that come with the answer itself (wire video.md, "Images", sync): their addresses, the
//! parts that failed, what was billed. It refuses to make the request; `jobs` does.

use super::document::Document;
use super::fields::at;
use super::results;
use crate::domain::tasks::{TaskMetrics, TaskPart, TaskUsage};

/// Pictures of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// The files, and the parts that failed.
    pub parts: Vec<TaskPart>,
    /// How the parts ended, where told.
    pub metrics: Option<TaskMetrics>,
    /// What was used.
    pub usage: TaskUsage,
    /// The id to quote to support.
    pub request_id: Option<String>,
    /// The answer as it came; not sanitized.
    pub raw: String,
}

/// Reads an answer; `None` if it holds no file.
pub(super) fn read(document: &Document) -> Option<Pictures> {
    let value = document.value();
    let output = at(value, "output").unwrap_or(value);
    let parts = results::parts(output);
    let found = parts.iter().any(|part| matches!(part, TaskPart::File(_)));
    found.then(|| Pictures {
        parts,
        metrics: results::metrics(output),
        usage: at(value, "usage").map(results::usage).unwrap_or_default(),
        request_id: document.request_id.clone(),
        raw: document.raw.clone(),
    })
}
