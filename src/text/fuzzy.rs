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
}
