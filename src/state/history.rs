//! The search among earlier questions: the latest first, each once, found by a few letters. It
//! refuses to send what is taken: that goes into the composer.

use super::picker::Picker;
use crate::text::fuzzy::{self, Match};

/// Characters of a question that are searched and shown in its row.
const SEARCHED: usize = 1_000;
/// Between two lines of a question shown as one.
const LINE_END: &str = " ⏎ ";

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// As it was sent.
    pub text: String,
    /// Its beginning in one line.
    pub line: String,
}

/// The list while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The words and the mark.
    pub picker: Picker,
    /// The latest first.
    questions: Vec<Question>,
    found: Vec<Match>,
}

impl History {
    /// Opens it over these questions, oldest first.
    #[must_use]
    pub fn new(entries: &[String]) -> Self {
        let mut seen = std::collections::HashSet::new();
        let latest = entries.iter().rev().filter(|text| seen.insert(text.as_str()));
        let questions: Vec<_> =
            latest.map(|text| Question { text: text.clone(), line: one_line(text) }).collect();
        let mut history = Self { picker: Picker::default(), questions, found: Vec::new() };
        history.narrow();
        history
    }

    /// The questions that fit the words, each with the characters of its line that were found.
    /// Those that fit alike come with the latest first.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&Question, &[u32])> {
        self.found.iter().map(|found| (&self.questions[found.index], &*found.at))
    }

    /// The question of a row.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<(&Question, &[u32])> {
        let found = self.found.get(row)?;
        Some((self.questions.get(found.index)?, &found.at))
    }

    /// Questions without words.
    #[must_use]
    pub fn all(&self) -> usize {
        self.questions.len()
    }

    /// Finds the questions that fit the words.
    pub fn narrow(&mut self) {
        let lines = self.questions.iter().map(|question| question.line.as_str());
        self.found = fuzzy::rank(self.picker.query(), lines);
        self.picker.set_rows(self.found.len());
    }
}

/// The beginning of a text in one line, its line ends visible.
fn one_line(text: &str) -> String {
    let cut = text.char_indices().nth(SEARCHED).map_or(text.len(), |(at, _)| at);
    let lines = text[..cut].lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(LINE_END).replace('\t', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Composer;

    fn of(entries: &[&str]) -> History {
        History::new(&entries.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    fn lines(history: &History) -> Vec<&str> {
        history.rows().map(|(question, _)| question.line.as_str()).collect()
    }

    #[test]
    fn the_latest_comes_first_and_each_once() {
        let history = of(&["one", "two", "one", "three\n\n  of many lines"]);
        assert_eq!(lines(&history), ["three ⏎ of many lines", "one", "two"]);
        assert_eq!(history.row(0).unwrap().0.text, "three\n\n  of many lines");
        assert_eq!(history.all(), 3);
    }

    #[test]
    fn letters_of_both_scripts_find_across_lines() {
        let mut history = of(&["解释异步任务", "explain\nasync tasks", "other"]);
        for c in "异任".chars() {
            history.picker.on_edit(&Composer::Insert(c));
        }
        history.narrow();
        assert_eq!(lines(&history), ["解释异步任务"]);
        history.picker.set_query("expl task");
        history.narrow();
        assert_eq!(lines(&history), ["explain ⏎ async tasks"]);
    }

    #[test]
    fn of_a_huge_question_only_its_beginning_is_searched() {
        let huge = format!("begin {} needle", "x".repeat(5 << 20));
        let mut history = of(&[&huge]);
        history.picker.set_query("needle");
        history.narrow();
        assert_eq!(history.rows().len(), 0);
        history.picker.set_query("begin");
        history.narrow();
        assert_eq!(history.row(0).unwrap().0.text.len(), huge.len());
    }
}
