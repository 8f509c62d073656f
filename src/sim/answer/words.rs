//! The words that the simulator listens for, from `words.txt`, and how they are found in a text.
//! It refuses to decide what they mean.

use std::sync::OnceLock;

struct Row {
    table: &'static str,
    name: &'static str,
    english: Vec<&'static str>,
    chinese: Vec<&'static str>,
}

fn row(line: &'static str) -> Option<Row> {
    let mut columns = line.split('|');
    let (table, name) = columns.next()?.trim().split_once(' ')?;
    let words = |column: &'static str| {
        column.split(',').map(str::trim).filter(|word| *word != "-").collect()
    };
    Some(Row { table, name, english: words(columns.next()?), chinese: words(columns.next()?) })
}

fn rows(table: &str) -> impl Iterator<Item = &'static Row> {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    let lines = || include_str!("words.txt").lines().filter(|line| !line.starts_with('#'));
    ROWS.get_or_init(|| lines().filter_map(row).collect())
        .iter()
        .filter(move |row| row.table == table)
}

/// The name of the first row of a table that has a word of this lower-case text.
pub(super) fn first(table: &str, text: &str) -> Option<&'static str> {
    let fits = |row: &&Row| {
        row.english.iter().any(|word| has_word(text, word))
            || row.chinese.iter().any(|word| text.contains(word))
    };
    rows(table).find(fits).map(|row| row.name)
}

fn has_word(text: &str, word: &str) -> bool {
    let (word, open) = word.strip_suffix('*').map_or((word, false), |stem| (stem, true));
    text.match_indices(word).any(|(at, found)| {
        !ends_in_letter(&text[..at]) && (open || !begins_with_letter(&text[at + found.len()..]))
    })
}

fn ends_in_letter(text: &str) -> bool {
    text.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric())
}

fn begins_with_letter(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

const AROUND: &[char] =
    &[' ', '?', '!', '.', ',', ':', ';', '？', '！', '。', '，', '：', '；', '…'];

/// What is left of a question without the words around its subject.
pub(super) fn subject(text: &str) -> &str {
    let mut rest = text.trim_matches(AROUND);
    while let Some(shorter) = longest("opening", |word| after(rest, word)) {
        rest = shorter.trim_matches(AROUND);
    }
    while let Some(shorter) = longest("ending", |word| before(rest, word)) {
        rest = shorter.trim_matches(AROUND);
    }
    rest
}

/// The shortest rest that any word of a table leaves.
fn longest<'a>(table: &str, cut: impl Fn(&str) -> Option<&'a str>) -> Option<&'a str> {
    let words = rows(table).flat_map(|row| row.english.iter().chain(&row.chinese));
    words.filter_map(|word| cut(word)).min_by_key(|rest| rest.len())
}

fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(word.len())?;
    let whole = !ends_in_letter(head) || !begins_with_letter(rest);
    (head.eq_ignore_ascii_case(word) && whole).then_some(rest)
}

fn before<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (rest, tail) = text.split_at_checked(text.len().checked_sub(word.len())?)?;
    let whole = !begins_with_letter(tail) || !ends_in_letter(rest);
    (tail.eq_ignore_ascii_case(word) && whole).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_row() {
        let lines = include_str!("words.txt")
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let tables =
            ["short", "self", "subject", "verb", "code", "program", "kind", "opening", "ending"];
        assert_eq!(lines.count(), tables.iter().map(|table| rows(table).count()).sum::<usize>());
    }

    #[test]
    fn words_are_whole_unless_they_are_open() {
        assert!(has_word("assess the sse stream", "sse"));
        assert!(!has_word("assess", "sse"));
        assert!(has_word("throttled", "throttl*"));
        assert!(!has_word("a hint", "hi"));
    }
}
