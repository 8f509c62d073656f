//! Rows of tables in the source: where the cells are, what the delimiter row says.
//! It refuses inline markup.

use super::piece::Align;

/// More columns than this are no table: a short row would be filled up to all of them.
pub(super) const MOST_COLUMNS: usize = 64;

const BLANKS: [char; 4] = [' ', '\t', '\u{b}', '\u{c}'];

/// The cells of a line, trimmed, with `\|` still escaped. Nothing where a line has none.
pub(super) fn split(line: &str) -> Option<Vec<&str>> {
    let mut rest = line.strip_prefix('|').map_or(line, |r| r.trim_start_matches(BLANKS));
    let mut cells = Vec::new();
    while !rest.is_empty() {
        let end = cell_end(rest);
        cells.push(rest[..end].trim_matches(BLANKS));
        rest = rest[end..].strip_prefix('|').unwrap_or_default().trim_start_matches(BLANKS);
    }
    if cells.is_empty() { None } else { Some(cells) }
}

/// The next pipe that no backslash escapes.
fn cell_end(text: &str) -> usize {
    let mut before = 0;
    for (i, b) in text.bytes().enumerate() {
        if b == b'|' && before != b'\\' {
            return i;
        }
        before = b;
    }
    text.len()
}

/// A cell's text with its pipes plain; pairs of backslashes stay for the inline parser.
pub(super) fn unescape(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    let mut chars = cell.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' {
            match chars.peek() {
                Some('|') => {}
                Some(next) => {
                    out.push(c);
                    out.push(*next);
                    chars.next();
                }
                None => out.push(c),
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a line has the shape of a delimiter row.
pub(super) fn is_delimiters(line: &str) -> bool {
    let line = line.trim_end_matches(BLANKS);
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    line.split('|').all(|cell| {
        let cell = cell.trim_matches(BLANKS);
        let cell = cell.strip_prefix(':').unwrap_or(cell);
        let cell = cell.strip_suffix(':').unwrap_or(cell);
        !cell.is_empty() && cell.bytes().all(|b| b == b'-')
    })
}

/// The alignment that a cell of the delimiter row asks for.
pub(super) fn align(cell: &str) -> Align {
    match (cell.starts_with(':'), cell.ends_with(':')) {
        (true, true) => Align::Center,
        (false, true) => Align::Right,
        (true | false, false) => Align::Left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_rows() {
        assert_eq!(split("| a | b\\|c |"), Some(vec!["a", "b\\|c"]));
        assert_eq!(split("a|b"), Some(vec!["a", "b"]));
        assert_eq!(split("||"), Some(vec![""]));
        assert_eq!(split("| a || b"), Some(vec!["a", "", "b"]));
        assert_eq!(split("|"), None);
        assert_eq!(split("plain"), Some(vec!["plain"]));
        assert_eq!(unescape("a\\|b\\\\|"), "a|b\\\\|");
    }

    #[test]
    fn knows_delimiters() {
        for yes in ["|--|:-:|", "---|---", ":--", "| - | -: | "] {
            assert!(is_delimiters(yes), "{yes}");
        }
        for no in ["| a |", "|", "", "|--|  |", "- -"] {
            assert!(!is_delimiters(no), "{no}");
        }
        assert_eq!(
            (align(":-"), align(":-:"), align("-:")),
            (Align::Left, Align::Center, Align::Right)
        );
    }
}
