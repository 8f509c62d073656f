//! Where the sentence that is read aloud stands among the rows of its message, found by its letters:
//! marks and addresses of the source are not among them. It refuses to paint.

use std::ops::Range;

use crate::state::speech::Placed;
use crate::text::rows::Row;

/// Letters that source and rows may differ by at the beginning of a text.
const SLACK: usize = 400;

/// From a byte of one row up to a byte of another, or of the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// First row and its byte.
    pub(super) first: (usize, usize),
    /// Last row and the byte after the last.
    pub(super) last: (usize, usize),
}

impl Stretch {
    /// The bytes of a row that belong to it; marks before the text of a row do not.
    pub(super) fn within(&self, at: usize, row: &Row) -> Option<Range<usize>> {
        if at < self.first.0 || at > self.last.0 {
            return None;
        }
        let start = if at == self.first.0 { self.first.1 } else { text_of(row).start };
        let end = if at == self.last.0 { self.last.1 } else { text_of(row).end };
        (start < end).then_some(start..end)
    }

    /// The same, so many rows further down.
    pub(super) fn down(self, rows: usize) -> Self {
        let Self { first, last } = self;
        Self { first: (first.0 + rows, first.1), last: (last.0 + rows, last.1) }
    }
}

/// From the first letter of a row to the end of its text.
fn text_of(row: &Row) -> Range<usize> {
    let start = row.text.find(char::is_alphanumeric).unwrap_or(row.text.len());
    start..row.text.trim_end().len()
}

/// A letter and where it is.
struct Letter {
    sign: char,
    row: usize,
    byte: usize,
}

/// Finds a sentence in rows that are laid out. The same words may come more than once: the place is
/// the one nearest to where the source has it. `None` where the rows do not have it (any more).
pub(super) fn find<'a>(
    rows: impl Iterator<Item = &'a Row> + Clone,
    sentence: &Placed,
) -> Option<Stretch> {
    let wanted: Vec<char> = letters(&sentence.text).map(|(_, c)| c).collect();
    if wanted.is_empty() {
        return None;
    }
    // What is hidden of the source (addresses, definitions) or said again (heads of narrow tables)
    // adds up on the way.
    let from = (sentence.before * 3 / 4).saturating_sub(SLACK);
    let to = sentence.before * 5 / 4 + SLACK + wanted.len();
    let near = near(rows.clone(), from, to);
    let fits = |at: usize| near[at..].iter().zip(&wanted).all(|(near, c)| near.sign == *c);
    let last = near.len().checked_sub(wanted.len());
    let places = last.into_iter().flat_map(|last| (0..=last).filter(|at| fits(*at)));
    let at = places.min_by_key(|at| (from + at).abs_diff(sentence.before));
    match at {
        Some(at) => Some(stretch(rows, &near[at], &near[at + wanted.len() - 1])),
        None => find_source(rows, sentence),
    }
}

/// Finds a sentence in rows that show the source as it came, or about where it must be in others.
pub(super) fn find_source<'a>(
    rows: impl Iterator<Item = &'a Row> + Clone,
    sentence: &Placed,
) -> Option<Stretch> {
    let near = near(rows.clone(), sentence.before, sentence.before + sentence.letters);
    Some(stretch(rows, near.first()?, near.last()?))
}

/// The letters of rows from one to another.
fn near<'a>(rows: impl Iterator<Item = &'a Row>, from: usize, to: usize) -> Vec<Letter> {
    let mut before = 0;
    let mut near = Vec::new();
    for (row, shown) in rows.enumerate() {
        if before >= to {
            break;
        }
        for (byte, sign) in letters(&shown.text) {
            if (from..to).contains(&before) {
                near.push(Letter { sign, row, byte });
            }
            before += 1;
        }
    }
    near
}

fn letters(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(|(_, c)| c.is_alphanumeric())
}

/// From one letter to another, with the marks that close the sentence.
fn stretch<'a>(mut rows: impl Iterator<Item = &'a Row>, first: &Letter, last: &Letter) -> Stretch {
    let end = last.byte + last.sign.len_utf8();
    let row = rows.nth(last.row).map_or("", |row| &row.text);
    let rest = row.get(end..).unwrap_or_default();
    let closing = rest.find(|c: char| c.is_alphanumeric() || c.is_whitespace());
    let end = end + closing.unwrap_or(rest.trim_end().len());
    Stretch { first: (first.row, first.byte), last: (last.row, end) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::markdown::Document;
    use crate::text::rows::lay_out;
    use crate::text::width::Widths;

    fn rows(source: &str, width: u16) -> Vec<Row> {
        let mut document = Document::new();
        document.push(source);
        document.finish();
        let mut rows = Vec::new();
        for piece in document.pieces() {
            lay_out(piece, width, Widths::default(), &mut rows);
        }
        rows
    }

    /// The sentence as it is read, which stands at `part` in the source.
    fn placed(source: &str, part: &str, nth: usize, said: &str) -> Placed {
        let (start, _) = source.match_indices(part).nth(nth).unwrap();
        let count = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        Placed {
            text: said.to_owned(),
            source: start..start + part.len(),
            before: count(&source[..start]),
            letters: count(part),
        }
    }

    /// What is underlined, row by row.
    fn marked(rows: &[Row], sentence: &Placed) -> Vec<String> {
        let Some(stretch) = find(rows.iter(), sentence) else { return Vec::new() };
        let part = |(at, row): (usize, &Row)| Some(row.text[stretch.within(at, row)?].to_owned());
        rows.iter().enumerate().filter_map(part).collect()
    }

    #[test]
    fn marks_of_the_source_are_passed_over() {
        let source = "# Head\n\nSee **the [page](https://a.example/x)** now. Next one.\n\n- 第一句。第二句！\n";
        let rows = rows(source, 60);
        let part = "See **the [page](https://a.example/x)** now.";
        let first = placed(source, part, 0, "See the page now.");
        let shown = marked(&rows, &first);
        assert!(shown.concat().starts_with("See the page"), "{shown:?}");
        let second = placed(source, "Next one.", 0, "Next one.");
        assert_eq!(marked(&rows, &second), ["Next one."]);
        assert_eq!(marked(&rows, &placed(source, "第二句！", 0, "第二句！")), ["第二句！"]);
    }

    #[test]
    fn the_same_words_are_found_where_they_are_meant() {
        let source = "Yes. No. Yes. No. Yes.";
        let rows = rows(source, 60);
        for nth in 0..3 {
            let stretch = find(rows.iter(), &placed(source, "Yes.", nth, "Yes.")).unwrap();
            let start = source.match_indices("Yes.").nth(nth).unwrap().0;
            assert_eq!((stretch.first, stretch.last), ((0, start), (0, start + 4)));
        }
    }

    #[test]
    fn a_sentence_over_rows_leaves_the_marks_before_them_alone() {
        let source = "> Quoted words that go on over several rows of the screen.\n";
        let rows = rows(source, 24);
        let part = source.trim_start_matches("> ").trim_end();
        let shown = marked(&rows, &placed(source, part, 0, part));
        assert!(shown.len() > 2, "{shown:?}");
        assert!(shown.iter().all(|row| !row.contains('│')), "{shown:?}");
        assert_eq!(shown.join(" "), part);
    }

    #[test]
    fn what_is_said_otherwise_is_marked_about_where_it_stands() {
        let source = "One two. Three &amp; four. Five six.";
        let rows = rows(source, 60);
        let said = placed(source, "Three &amp; four.", 0, "Three and four.");
        let shown = marked(&rows, &said);
        assert!(shown.concat().starts_with("Three"), "{shown:?}");
        let nothing = Placed { text: "👍".to_owned(), ..said };
        assert!(marked(&rows, &nothing).is_empty());
    }
}
