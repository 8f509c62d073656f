//! The wish for a web search and its options. It refuses models that cannot search, and strategies
//! that do not exist.

use serde_json::{Map, Value};

use super::{Refusal, flag, get, missing};
use crate::sim::models::Model;

/// A search that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) struct Search {
    /// As the usage names it.
    pub(in crate::sim) strategy: &'static str,
    /// What was found is told.
    pub(in crate::sim) sources: bool,
    /// Marks in the text, with their form.
    pub(in crate::sim) citations: Option<Citation>,
    /// What was found comes in an event of its own.
    pub(in crate::sim) first: bool,
}

/// How a mark in the text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum Citation {
    /// `[1]`
    Number,
    /// `[ref_1]`
    Reference,
}

const STRATEGIES: &[&str] = &["turbo", "max", "agent", "agent_max", "standard", "pro"];

pub(super) fn read(body: &Map<String, Value>, model: &Model) -> Result<Option<Search>, Refusal> {
    if flag(body, "enable_search")? != Some(true) {
        return Ok(None);
    }
    if !model.search {
        return Err(Refusal::parameter("This model does not support enable_search."));
    }
    let none = Map::new();
    let options = match get(body, "search_options") {
        None => &none,
        Some(options) => options.as_object().ok_or_else(|| missing("search_options"))?,
    };
    let strategy = match get(options, "search_strategy").map(Value::as_str) {
        None => Some("turbo"),
        Some(wish) => STRATEGIES.iter().find(|own| wish == Some(**own)).copied(),
    };
    let strategy = strategy.ok_or_else(|| missing("search_options.search_strategy"))?;
    let wish = |key: &str| flag(options, key).map(Option::unwrap_or_default);
    let sources = wish("enable_source")?;
    let form = match get(options, "citation_format").map(Value::as_str) {
        None | Some(Some("[<number>]")) => Citation::Number,
        Some(Some("[ref_<number>]")) => Citation::Reference,
        Some(_) => return Err(missing("search_options.citation_format")),
    };
    // Marks without what they point to would point to nothing.
    let citations = (wish("enable_citation")? && sources).then_some(form);
    Ok(Some(Search {
        strategy,
        sources,
        citations,
        first: wish("prepend_search_result")? && sources,
    }))
}
