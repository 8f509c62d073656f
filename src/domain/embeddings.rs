//! Vectors: what is asked for, what comes back, how near two of them are; and marks for how well
//! texts answer a question. It refuses wire field names and the limits of models.

use super::models::ModelId;

/// What a text is for, for models that tell a question from what is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextType {
    /// A question.
    Query,
    /// What is searched.
    Document,
}

impl TextType {
    /// The service's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Document => "document",
        }
    }
}

/// Which vectors are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum VectorKind {
    /// A number for every dimension.
    #[default]
    Dense,
    /// Weights of words alone.
    Sparse,
    /// Both.
    Both,
}

/// Texts to be turned into vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedRequest {
    /// Which model.
    pub model: ModelId,
    /// The texts, in order.
    pub texts: Vec<String>,
    /// How many dimensions; the model's own choice without.
    pub dimensions: Option<u32>,
    /// What the texts are for.
    pub text_type: Option<TextType>,
    /// Which vectors.
    pub kind: VectorKind,
    /// What is searched for, for models that take it.
    pub instruct: Option<String>,
}

/// The weight of one word.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseTerm {
    /// Its number in the model's vocabulary.
    pub index: u64,
    /// Its weight.
    pub value: f64,
    /// The word, sanitized; may be empty.
    pub token: String,
}

/// The vector of one text or file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vector {
    /// Which one, from 0.
    pub index: usize,
    /// The dense vector; empty where only a sparse one was asked for.
    pub dense: Vec<f64>,
    /// The sparse vector.
    pub sparse: Vec<SparseTerm>,
    /// What it is of, where the service says: `text`, `image`, `video`, `fusion`.
    pub kind: Option<String>,
}

/// What was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EmbedUsage {
    /// Tokens of texts, or all of them where the service makes no difference.
    pub tokens: Option<u64>,
    /// Tokens of pictures and videos.
    pub image_tokens: Option<u64>,
}

impl EmbedUsage {
    /// Of two requests together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let sum = |a: Option<u64>, b: Option<u64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        Self {
            tokens: sum(self.tokens, other.tokens),
            image_tokens: sum(self.image_tokens, other.image_tokens),
        }
    }
}

/// The vectors of one request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Embedded {
    /// In the order of what was given.
    pub vectors: Vec<Vector>,
    /// What was used.
    pub usage: EmbedUsage,
    /// The id to quote to support.
    pub request_id: Option<String>,
}

/// One thing to be turned into a vector by a model that reads more than text. Addresses are http,
/// https, `oss://` or `data:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A text.
    Text(String),
    /// A picture.
    Image(String),
    /// A video.
    Video(String),
    /// Several pictures that are one thing.
    Images(Vec<String>),
}

/// How alike two vectors are: the cosine of the angle between them, from -1 to 1. `None` where
/// they are of different lengths or one of them has no direction.
#[must_use]
pub fn cosine(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let dot: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    let length = |v: &[f64]| v.iter().map(|n| n * n).sum::<f64>().sqrt();
    let lengths = length(a) * length(b);
    let cosine = dot / lengths;
    (lengths > 0.0 && cosine.is_finite()).then(|| cosine.clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_a_cosine() {
        let near = |a: &[f64], b: &[f64], want: f64| {
            assert!((cosine(a, b).unwrap() - want).abs() < 1e-12);
        };
        near(&[1.0, 0.0], &[2.0, 0.0], 1.0);
        near(&[1.0, 0.0], &[0.0, 3.0], 0.0);
        near(&[1.0, 1.0], &[-1.0, -1.0], -1.0);
        assert_eq!(cosine(&[0.0], &[1.0]), None);
        assert_eq!(cosine(&[1.0], &[1.0, 2.0]), None);
        assert_eq!(cosine(&[], &[]), None);
        assert_eq!(cosine(&[f64::NAN], &[1.0]), None);
    }

    #[test]
    fn usage_adds_up_and_what_is_not_told_stays_so() {
        let a = EmbedUsage { tokens: Some(3), image_tokens: None };
        assert_eq!(a.plus(EmbedUsage::default()), a);
        assert_eq!(a.plus(a).tokens, Some(6));
    }
}
