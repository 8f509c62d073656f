//! Finding rows by a few letters: the same letters in the same order, best first. Chinese is
//! matched as it is written. It refuses to know what the rows are.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// A row that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Its place among the rows that were searched.
    pub index: usize,
    /// Characters (not bytes) of the row that were found, ascending.
    pub at: Vec<u32>,
}

/// The rows that hold all words of `query`, best first; rows that fit alike stay in their order.
/// An empty query finds every row. Capital letters in the query are meant, small ones mean both.
#[must_use]
pub fn rank<'a>(query: &str, rows: impl Iterator<Item = &'a str>) -> Vec<Match> {
    if query.trim().is_empty() {
        return rows.enumerate().map(|(index, _)| Match { index, at: Vec::new() }).collect();
    }
    let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut found = Vec::new();
    for (index, row) in rows.enumerate() {
        let mut at = Vec::new();
        let row = Utf32Str::new(row, &mut letters);
        if let Some(score) = pattern.indices(row, &mut matcher, &mut at) {
            at.sort_unstable();
            at.dedup();
            found.push((score, Match { index, at }));
        }
    }
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, found)| found).collect()
}

/// The same for rows that have other names besides their text: those whose text is found come
/// first; then, in their order, those of which each word is part of the text or of the names.
#[must_use]
pub fn rank_named<'a>(query: &str, rows: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Match> {
    let rows: Vec<_> = rows.collect();
    let mut found = rank(query, rows.iter().map(|(text, _)| *text));
    if query.trim().is_empty() {
        return found;
    }
    let mut known = vec![false; rows.len()];
    for row in &found {
        known[row.index] = true;
    }
    let query = query.to_lowercase();
    for (index, (text, names)) in rows.iter().enumerate() {
        let (text, names) = (text.to_lowercase(), names.to_lowercase());
        let has = |word: &str| text.contains(word) || names.contains(word);
        if !known[index] && query.split_whitespace().all(has) {
            found.push(Match { index, at: Vec::new() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str, rows: &[&str]) -> Vec<usize> {
        rank(query, rows.iter().copied()).into_iter().map(|found| found.index).collect()
    }

    #[test]
    fn letters_in_order_are_found_and_the_closest_comes_first() {
        let rows = ["qwen-turbo", "qwen3-max", "qwen-max", "wan2.5-t2v-plus"];
        assert_eq!(found("max", &rows), [1, 2]);
        assert_eq!(found("qwmax", &rows)[..2].iter().min(), Some(&1));
        assert_eq!(found("t2v", &rows), [3]);
        assert_eq!(found("xyz", &rows), [0usize; 0]);
        assert_eq!(found("max qwen3", &rows), [1], "words in any order");
    }

    #[test]
    fn an_empty_query_keeps_every_row_in_its_place() {
        assert_eq!(found("  ", &["b", "a"]), [0, 1]);
    }

    #[test]
    fn chinese_is_found_and_places_are_characters() {
        let rows = ["通义万相 视频", "通义千问 对话"];
        let all = rank("千问", rows.into_iter());
        assert_eq!(all, [Match { index: 1, at: vec![2, 3] }]);
    }

    #[test]
    fn letters_without_capitals_mean_both() {
        assert_eq!(found("qwen", &["Qwen", "QWEN"]), [0, 1]);
        assert_eq!(found("QWEN", &["Qwen", "QWEN"]), [1]);
    }

    #[test]
    fn names_find_what_the_text_does_not() {
        let rows = [
            ("qwen-max", "通义千问 文本 text"),
            ("wan2.5-t2v", "通义万相 视频 Video"),
            ("qwen-vl-max", "通义千问 视觉 vision"),
            ("embedding-vision", "向量"),
        ];
        let found = |query: &str| -> Vec<usize> {
            rank_named(query, rows.into_iter()).into_iter().map(|found| found.index).collect()
        };
        assert_eq!(found("千问"), [0, 2]);
        assert_eq!(found("千问 vl"), [2], "a word of each");
        assert_eq!(found("video"), [1]);
        assert_eq!(found("vision"), [3, 2], "the text comes before the names");
        assert_eq!(found("视频 max"), [0usize; 0]);
        assert_eq!(found(" ").len(), 4);
    }
}
