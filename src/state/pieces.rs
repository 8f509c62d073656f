//! A long text in pieces of a few rows, and the first one that is shown. It refuses to wrap: the
//! painter does that for the pieces in sight, however long the text is.

use crate::action::Chat;

/// Bytes of a piece: a longer line is shown in several, so that no key looks at more.
const PIECE: usize = 240;

/// Pieces a page moves by, until the painter has told how many are shown.
const PAGE: usize = 20;

/// Where the pieces of a text are, and which is the first on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces {
    /// Where they begin and end, in bytes.
    spans: Vec<(usize, usize)>,
    top: usize,
    page: usize,
}

impl Default for Pieces {
    fn default() -> Self {
        Self { spans: Vec::new(), top: 0, page: PAGE }
    }
}

impl Pieces {
    /// Those of all lines.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::kept(text, |_| true)
    }

    /// Those of some lines.
    #[must_use]
    pub fn kept(text: &str, keep: impl Fn(&str) -> bool) -> Self {
        Self { spans: spans(text, keep), ..Self::default() }
    }

    /// The place in another text stays as far as it goes.
    pub fn replace(&mut self, with: Self) {
        self.spans = with.spans;
        self.limit(self.spans.len().saturating_sub(1));
    }

    /// The first piece shown, from 0.
    #[must_use]
    pub const fn top(&self) -> usize {
        self.top
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// There is none: no line was kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// From a piece to the end of its line, in the text they were made of; and the first piece of
    /// the next line.
    #[must_use]
    pub fn line<'a>(&self, text: &'a str, at: usize) -> Option<(&'a str, usize)> {
        let (from, mut to) = *self.spans.get(at)?;
        let mut next = at + 1;
        while let Some(more) = self.spans.get(next).filter(|(from, _)| *from == to) {
            to = more.1;
            next += 1;
        }
        Some((text.get(from..to)?, next))
    }

    /// A piece goes on in the line of the piece before it.
    #[must_use]
    pub fn goes_on(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.spans.get(before));
        before.zip(self.spans.get(at)).is_some_and(|(before, this)| before.1 == this.0)
    }

    /// How many pieces begin within so many bytes from the beginning of one.
    #[must_use]
    pub fn within(&self, at: usize, bytes: usize) -> usize {
        let Some((from, _)) = self.spans.get(at) else { return 0 };
        let more = self.spans[at + 1..].iter().take_while(|span| span.0 < from + bytes);
        1 + more.count()
    }

    /// The lines that were kept of the text they were made of.
    #[must_use]
    pub fn text(&self, of: &str) -> String {
        let mut out = String::new();
        let mut end = None;
        for (from, to) in &self.spans {
            if end.is_some_and(|end| end != *from) {
                out.push('\n');
            }
            out.push_str(of.get(*from..*to).unwrap_or_default());
            end = Some(*to);
        }
        out
    }

    /// Moves in it; the painter limits it to what there is.
    pub fn scroll(&mut self, action: Chat) {
        let (top, page) = (self.top, self.page.max(2) - 1);
        self.top = match action {
            Chat::LineUp => top.saturating_sub(1),
            Chat::LineDown => top + 1,
            Chat::HalfUp => top.saturating_sub(page.div_ceil(2)),
            Chat::HalfDown => top + page.div_ceil(2),
            Chat::PageUp => top.saturating_sub(page),
            Chat::PageDown => top + page,
            Chat::Top => 0,
            Chat::End => self.spans.len(),
            Chat::Stop
            | Chat::Continue
            | Chat::SendNow
            | Chat::Reasoning
            | Chat::MessageBefore
            | Chat::MessageAfter
            | Chat::QuestionBefore
            | Chat::QuestionAfter => top,
        };
        self.limit(self.spans.len().saturating_sub(1));
    }

    /// The painter tells the last piece that can be the first shown.
    pub fn limit(&mut self, last: usize) {
        self.top = self.top.min(last);
    }

    /// The painter tells how many pieces are in sight.
    pub fn seen(&mut self, pieces: usize) {
        self.page = pieces;
    }
}

/// The lines of a text that are kept, long ones in several.
fn spans(text: &str, keep: impl Fn(&str) -> bool) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut line = 0;
    for part in text.split('\n') {
        let end = line + part.len();
        let mut from = line;
        line = end + 1;
        if !keep(part) {
            continue;
        }
        while end - from > PIECE {
            let mut to = from + PIECE;
            while !text.is_char_boundary(to) {
                to -= 1;
            }
            spans.push((from, to));
            from = to;
        }
        spans.push((from, end));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_text_and_none_is_long() {
        for text in ["", "a\n\nb", &"汉".repeat(1000), &format!("{}\nx", "long ".repeat(100))] {
            let pieces = Pieces::of(text);
            assert!(pieces.spans.iter().all(|(from, to)| to - from <= PIECE));
            assert_eq!(pieces.text(text), text);
        }
    }

    #[test]
    fn only_lines_that_are_kept_are_there() {
        let text = format!("one\n{}x\ntwo\nthree", "y".repeat(1000));
        let pieces = Pieces::kept(&text, |line| line.contains('x') || line.starts_with('t'));
        assert_eq!(pieces.line(&text, 0).map(|(line, next)| (line.len(), next)), Some((1001, 5)));
        assert!(pieces.goes_on(4) && !pieces.goes_on(5) && !pieces.goes_on(0));
        assert_eq!((pieces.within(0, PIECE), pieces.within(0, PIECE + 1)), (1, 2));
        assert_eq!(pieces.text(&text), format!("{}x\ntwo\nthree", "y".repeat(1000)));
        assert!(Pieces::kept(&text, |_| false).is_empty());
    }

    #[test]
    fn a_page_is_what_was_in_sight_less_one() {
        let text = "line\n".repeat(100);
        let mut pieces = Pieces::of(&text);
        pieces.seen(10);
        pieces.scroll(Chat::PageDown);
        assert_eq!(pieces.top(), 9);
        pieces.scroll(Chat::End);
        assert_eq!(pieces.top(), 100);
        pieces.limit(91);
        pieces.scroll(Chat::HalfUp);
        assert_eq!(pieces.top(), 86);
        pieces.replace(Pieces::of("a\nb"));
        assert_eq!(pieces.top(), 1);
    }
}
