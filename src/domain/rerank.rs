//! Texts in the order in which they answer a question. It refuses wire field names.

use super::models::ModelId;

/// Texts to be put in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RerankRequest {
    /// Which model.
    pub model: ModelId,
    /// The question.
    pub query: String,
    /// The texts.
    pub documents: Vec<String>,
    /// Only the best so many.
    pub top: Option<u32>,
    /// What counts as a good answer, for models that take it.
    pub instruct: Option<String>,
}

/// One text with its mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Which text, from 0.
    pub index: usize,
    /// From 0 to 1; it compares texts of one request and nothing else.
    pub score: f64,
}

/// Texts in order, best first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reranked {
    /// The texts.
    pub hits: Vec<Ranked>,
    /// Tokens of the request.
    pub tokens: Option<u64>,
    /// The id to quote to support.
    pub request_id: Option<String>,
}
