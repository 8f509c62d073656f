//! A text that is edited in the place of a value: letters, caret, lines. It refuses to know what the
//! text is for.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::action::{Composer as ComposerAction, Edit};
use crate::text::sanitize;

/// The text while it is edited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    text: String,
    /// Bytes before the caret.
    caret: usize,
    /// More than one line may stand in it.
    lines: bool,
}

/// What an edit led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// The text changed.
    Changed,
    /// Nothing, or only the caret moved.
    Moved,
    /// It is to be taken.
    Taken,
}

impl Field {
    /// A text with the caret at its end.
    #[must_use]
    pub fn new(text: &str, lines: bool) -> Self {
        Self { text: text.to_owned(), caret: text.len(), lines }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before the caret.
    #[must_use]
    pub fn before_caret(&self) -> &str {
        self.text.get(..self.caret).unwrap_or(&self.text)
    }

    /// More than one line may stand in it.
    #[must_use]
    pub fn has_lines(&self) -> bool {
        self.lines
    }

    /// Something was typed or pasted.
    pub fn on_edit(&mut self, action: &ComposerAction) -> Edited {
        let before = self.text.len();
        match action {
            ComposerAction::Insert(c) => self.insert(&c.to_string()),
            // Blanks around a pasted number say nothing.
            ComposerAction::Paste(text) if !self.lines => self.insert(text.trim()),
            ComposerAction::Paste(text) => self.insert(text),
            ComposerAction::Edit(Edit::Send) => return Edited::Taken,
            ComposerAction::Edit(edit) => self.edit(*edit),
        }
        if self.text.len() == before { Edited::Moved } else { Edited::Changed }
    }

    fn insert(&mut self, text: &str) {
        // A paste is foreign text like any other.
        let text = sanitize::block(text).replace('\t', " ");
        let text = if self.lines { text } else { text.replace('\n', " ") };
        self.text.insert_str(self.caret, &text);
        self.caret += text.len();
    }

    fn edit(&mut self, edit: Edit) {
        let (before, after) = self.text.split_at(self.caret);
        let left = before.graphemes(true).next_back().map_or(0, str::len);
        let right = after.graphemes(true).next().map_or(0, str::len);
        let head = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        let end = after.find('\n').unwrap_or(after.len());
        match edit {
            Edit::Left => self.caret -= left,
            Edit::Right => self.caret += right,
            Edit::WordLeft => self.caret -= word_before(before),
            Edit::WordRight => self.caret += word_after(after),
            Edit::Head => self.caret -= head,
            Edit::End => self.caret += end,
            Edit::First => self.caret = 0,
            Edit::Last => self.caret = self.text.len(),
            Edit::Up => self.line(false),
            Edit::Down => self.line(true),
            Edit::Newline if self.lines => self.insert("\n"),
            Edit::DeleteBefore => self.delete(left, 0),
            Edit::DeleteAfter => self.delete(0, right),
            Edit::DeleteWordBefore => self.delete(word_before(before), 0),
            Edit::DeleteWordAfter => self.delete(0, word_after(after)),
            // At the edge of a line they join it with the next one.
            Edit::DeleteToHead => self.delete(if head == 0 { left } else { head }, 0),
            Edit::DeleteToEnd => self.delete(0, if end == 0 { right } else { end }),
            // A value is short: what is wrong is typed again, or Esc takes everything back.
            Edit::Newline | Edit::Send | Edit::Undo | Edit::Redo | Edit::PutBack => {}
        }
    }

    /// To the line above or below, as many letters into it.
    fn line(&mut self, down: bool) {
        let before = self.before_caret();
        let head = before.rfind('\n').map_or(0, |at| at + 1);
        let letters = before.get(head..).unwrap_or_default().graphemes(true).count();
        let begin = if down {
            let after = self.text.get(self.caret..).unwrap_or_default();
            after.find('\n').map(|at| self.caret + at + 1)
        } else {
            let above = head.checked_sub(1).and_then(|end| self.text.get(..end));
            above.map(|above| above.rfind('\n').map_or(0, |at| at + 1))
        };
        let Some(begin) = begin else { return };
        let line = self.text.get(begin..).unwrap_or_default().split('\n').next().unwrap_or("");
        self.caret = begin + line.graphemes(true).take(letters).map(str::len).sum::<usize>();
    }

    /// Deletes so many bytes before and after the caret.
    fn delete(&mut self, before: usize, after: usize) {
        self.text.replace_range(self.caret - before..self.caret + after, "");
        self.caret -= before;
    }
}

/// Bytes from the beginning of the last word on.
fn word_before(text: &str) -> usize {
    let word = text.trim_end().char_indices().rev().find(|(_, c)| c.is_whitespace());
    text.len() - word.map_or(0, |(at, c)| at + c.len_utf8())
}

/// Bytes up to the end of the first word.
fn word_after(text: &str) -> usize {
    let blank = text.len() - text.trim_start().len();
    let word = text.get(blank..).unwrap_or_default();
    blank + word.find(char::is_whitespace).unwrap_or(word.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edits(field: &mut Field, edits: &[Edit]) {
        for edit in edits {
            field.on_edit(&ComposerAction::Edit(*edit));
        }
    }

    #[test]
    fn lines_are_walked_and_joined() {
        let mut field = Field::new("one\n第二行\nthree", true);
        edits(&mut field, &[Edit::Up, Edit::Up]);
        assert_eq!(field.before_caret(), "one");
        edits(&mut field, &[Edit::Head, Edit::Right, Edit::Down]);
        assert_eq!(field.before_caret(), "one\n第");
        edits(&mut field, &[Edit::DeleteToHead, Edit::DeleteToHead]);
        assert_eq!(field.text(), "one二行\nthree");
        edits(&mut field, &[Edit::DeleteToEnd, Edit::DeleteToEnd]);
        assert_eq!(field.text(), "onethree");
        edits(&mut field, &[Edit::Newline, Edit::Last, Edit::DeleteWordBefore]);
        assert_eq!(field.text(), "one\n");
    }

    #[test]
    fn a_paste_keeps_its_lines_where_there_may_be_some() {
        let paste = ComposerAction::Paste("a\r\nb\x1b[31m\tc".into());
        let mut field = Field::new("", true);
        field.on_edit(&paste);
        assert!(field.text().starts_with("a\nb") && !field.text().contains('\x1b'));
        let mut field = Field::new("", false);
        field.on_edit(&ComposerAction::Paste(" 0.7\n".into()));
        assert_eq!(field.text(), "0.7");
        assert_eq!(field.on_edit(&ComposerAction::Edit(Edit::Newline)), Edited::Moved);
    }

    proptest! {
        /// Whatever is done, the caret stands between letters.
        #[test]
        fn the_caret_stays_between_letters(
            text in "[a中e\u{301}👩‍🚀 \n]{0,12}",
            steps in prop::collection::vec(0..21_usize, 0..40),
        ) {
            let mut field = Field::new(&text, true);
            for step in steps {
                field.on_edit(&ComposerAction::Edit(Edit::ALL[step % Edit::ALL.len()]));
                prop_assert!(field.text().is_char_boundary(field.caret));
            }
        }
    }
}
