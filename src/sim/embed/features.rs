//! What texts have in common: words, their parts, and pairs of Chinese characters. From these come
//! dense vectors, sparse vectors and likeness. It refuses to know what words mean.

use std::collections::BTreeMap;

use crate::sim::rng::{self, Rng};
use crate::sim::tokens::is_cjk;

/// Numbers of the largest vector.
const LARGEST: usize = 4_096;
/// Words that are in every text.
const EMPTY: &[&str] = &[
    "a", "an", "the", "of", "to", "in", "on", "is", "are", "was", "were", "be", "and", "or", "for",
    "with", "it", "its", "this", "that", "as", "at", "by", "from", "do", "does", "how", "what",
    "i", "you", "的", "了", "是", "在", "和", "与", "吗", "呢", "我", "你", "这", "那", "有", "也",
    "就",
];

/// Weights by the hash of a feature; the same text has the same ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Features {
    weights: BTreeMap<u64, f64>,
    /// Whole words with their weights, for sparse vectors.
    words: BTreeMap<String, f64>,
}

/// One number of a sparse vector.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sparse {
    pub(super) index: u64,
    pub(super) value: f32,
    pub(super) token: String,
}

impl Features {
    /// Looks at a text.
    pub(super) fn of(text: &str) -> Self {
        let mut features = Self::default();
        let text = text.to_lowercase();
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            let kind = kind(first);
            let end = rest.find(|c| self::kind(c) != kind).unwrap_or(rest.len());
            let (run, tail) = rest.split_at(end);
            match kind {
                Run::Word => features.word(run),
                Run::Han => features.han(run),
                Run::Gap => {}
            }
            rest = tail;
        }
        // What is repeated counts more, but not as often as it is repeated.
        for weight in features.weights.values_mut() {
            *weight = weight.sqrt();
        }
        features
    }

    /// Adds something that is no text, such as the bytes of a picture.
    pub(super) fn mark(&mut self, mark: u64) {
        self.weights.insert(mark, 1.0);
    }

    fn add(&mut self, part: &str, weight: f64) {
        *self.weights.entry(rng::hash(3, part.as_bytes())).or_default() += weight * weight;
    }

    fn whole(&mut self, word: &str, weight: f64) {
        self.add(word, weight);
        *self.words.entry(word.to_owned()).or_default() += weight;
    }

    /// A word counts whole and by its parts, so that its other forms are near.
    fn word(&mut self, word: &str) {
        let common = EMPTY.contains(&word);
        self.whole(word, if common { 0.1 } else { 1.0 });
        if common {
            return;
        }
        let framed: Vec<char> = format!("^{word}$").chars().collect();
        for part in framed.windows(3) {
            self.add(&part.iter().collect::<String>(), 0.35);
        }
    }

    /// Chinese has no gaps between words: most words are pairs.
    fn han(&mut self, run: &str) {
        let chars: Vec<char> = run.chars().collect();
        for c in &chars {
            let one = c.to_string();
            let weight = if EMPTY.contains(&one.as_str()) { 0.1 } else { 0.5 };
            self.whole(&one, weight);
        }
        for pair in chars.windows(2) {
            self.whole(&pair.iter().collect::<String>(), 1.0);
        }
    }

    /// A vector of length one. Each feature has a direction of its own; the first numbers of a long
    /// vector are a short vector of the same text.
    pub(super) fn dense(&self, space: u64, dimensions: usize) -> Vec<f32> {
        let dimensions = dimensions.min(LARGEST);
        let mut sums = vec![0.0f64; dimensions];
        for (feature, weight) in &self.weights {
            let mut signs = Rng::new(feature ^ space);
            for block in sums.chunks_mut(64) {
                let mut bits = signs.next();
                for sum in block {
                    *sum += if bits & 1 == 1 { *weight } else { -*weight };
                    bits >>= 1;
                }
            }
        }
        let length = sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
        if length == 0.0 {
            // A text of nothing but marks still has a place.
            let mut nothing = Self::default();
            nothing.mark(1);
            return nothing.dense(space, dimensions);
        }
        sums.iter().map(|sum| (sum / length) as f32).collect()
    }

    /// The whole words, the weightiest first.
    pub(super) fn sparse(&self) -> Vec<Sparse> {
        let mut all: Vec<Sparse> = self
            .words
            .iter()
            .map(|(word, weight)| Sparse {
                index: rng::hash(5, word.as_bytes()) % 250_002,
                value: ((weight.sqrt() * 0.83 * 1e4).round() / 1e4) as f32,
                token: word.clone(),
            })
            .collect();
        all.sort_by(|a, b| b.value.total_cmp(&a.value).then(a.index.cmp(&b.index)));
        all
    }

    /// How much of a question a document has, and how alike they are, from 0 to 1. `rarity` tells
    /// how much a feature says among all documents.
    pub(super) fn covered_by(&self, document: &Self, rarity: impl Fn(u64) -> f64) -> f64 {
        let (mut found, mut all, mut dot) = (0.0, 0.0, 0.0);
        for (feature, weight) in &self.weights {
            let worth = weight * rarity(*feature);
            all += worth;
            if let Some(other) = document.weights.get(feature) {
                found += worth;
                dot += weight * other;
            }
        }
        let lengths = self.length() * document.length();
        if all == 0.0 || lengths == 0.0 {
            return 0.0;
        }
        0.75 * found / all + 0.25 * dot / lengths
    }

    fn length(&self) -> f64 {
        self.weights.values().map(|weight| weight * weight).sum::<f64>().sqrt()
    }

    /// Whether it has a feature.
    pub(super) fn has(&self, feature: u64) -> bool {
        self.weights.contains_key(&feature)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    Word,
    Han,
    Gap,
}

fn kind(c: char) -> Run {
    if is_cjk(c) {
        Run::Han
    } else if c.is_alphanumeric() {
        Run::Word
    } else {
        Run::Gap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str, dimensions: usize) -> f64 {
        let (a, b) = (Features::of(a).dense(0, dimensions), Features::of(b).dense(0, dimensions));
        a.iter().zip(&b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    }

    #[test]
    fn vectors_have_length_one_and_are_the_same_each_time() {
        for text in ["The wind is strong", "风急天高猿啸哀", "", "?!", "🚀"] {
            let vector = Features::of(text).dense(7, 1024);
            let length: f64 = vector.iter().map(|x| f64::from(*x).powi(2)).sum();
            assert!((length - 1.0).abs() < 1e-5, "{text} {length}");
            assert_eq!(vector, Features::of(text).dense(7, 1024));
            assert_ne!(vector, Features::of(text).dense(8, 1024));
        }
    }

    #[test]
    fn alike_texts_are_near_in_every_size_and_language() {
        for dimensions in [64, 256, 1024, 2048] {
            for (near, alike, far) in [
                (
                    "How do I reset my password?",
                    "Resetting a forgotten password",
                    "The cat sleeps on the warm stove",
                ),
                ("如何重置我的密码", "忘记密码后怎样重置密码", "今天杭州的天气很好"),
            ] {
                let (close, distant) =
                    (cosine(near, alike, dimensions), cosine(near, far, dimensions));
                assert!(close > distant + 0.15, "{near} {dimensions}: {close} {distant}");
            }
        }
        assert!(cosine("same words here", "here same words", 256) > 0.9);
    }

    #[test]
    fn a_short_vector_is_the_beginning_of_a_long_one() {
        let features = Features::of("the beginning of a long one");
        let (short, long) = (features.dense(1, 64), features.dense(1, 1024));
        let ratio = short[0] / long[0];
        assert!(short.iter().zip(&long).all(|(s, l)| (s / l - ratio).abs() < 1e-3));
    }

    #[test]
    fn sparse_vectors_name_their_words() {
        let sparse = Features::of("wind and sky, wind").sparse();
        let words: Vec<&str> = sparse.iter().map(|one| one.token.as_str()).collect();
        assert_eq!(words, ["wind", "sky", "and"]);
        assert!(sparse.iter().all(|one| one.index < 250_002 && one.value > 0.0));
    }
}
