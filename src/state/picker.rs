//! What every list one picks from has in common: the words that narrow it down, and the row that
//! is marked. It refuses to know what the rows are: whoever owns it ranks them and tells how many
//! are left.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::action::{Composer as ComposerAction, Edit, List};
use crate::text::sanitize;

/// Rows a page moves by, until the painter has told how many are shown.
const PAGE: usize = 10;

/// The words typed and the row marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    query: String,
    /// Bytes before the caret.
    caret: usize,
    marked: usize,
    rows: usize,
    /// Rows shown at once.
    page: usize,
}

/// What an action on a list led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picked {
    /// The words changed: the rows must be ranked again.
    Narrowed,
    /// Nothing, or only the mark or the caret moved.
    Moved,
    /// The marked row is wanted. Not said while there is none.
    Accepted(usize),
}

impl Default for Picker {
    fn default() -> Self {
        Self { query: String::new(), caret: 0, marked: 0, rows: 0, page: PAGE }
    }
}

impl Picker {
    /// A list of so many rows, narrowed down by nothing.
    #[must_use]
    pub fn of(rows: usize) -> Self {
        Self { rows, ..Self::default() }
    }

    /// The words that narrow the list down.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The words before the caret.
    #[must_use]
    pub fn before_caret(&self) -> &str {
        self.query.get(..self.caret).unwrap_or(&self.query)
    }

    /// The marked row, counted from 0; 0 if there is none.
    #[must_use]
    pub fn marked(&self) -> usize {
        self.marked
    }

    /// How many rows are left.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Replaces the words; the caret goes to their end.
    pub fn set_query(&mut self, query: &str) {
        self.query = one_line(query);
        self.caret = self.query.len();
        self.marked = 0;
    }

    /// Tells how many rows are left; the mark stays inside.
    pub fn set_rows(&mut self, rows: usize) {
        self.rows = rows;
        self.marked = self.marked.min(rows.saturating_sub(1));
    }

    /// Marks a row.
    pub fn mark(&mut self, row: usize) {
        self.marked = row.min(self.rows.saturating_sub(1));
    }

    /// The painter tells how many rows fit.
    pub fn set_page(&mut self, rows: usize) {
        self.page = rows.max(1);
    }

    /// Something was typed.
    pub fn on_edit(&mut self, action: &ComposerAction) -> Picked {
        let before = self.query.len();
        match action {
            ComposerAction::Insert(c) => self.insert(&c.to_string()),
            ComposerAction::Paste(text) => self.insert(text),
            ComposerAction::Edit(edit) => self.edit(*edit),
        }
        if self.query.len() == before {
            return Picked::Moved;
        }
        self.marked = 0;
        Picked::Narrowed
    }

    /// The mark is moved or taken.
    pub fn on_list(&mut self, action: List) -> Picked {
        let last = self.rows.saturating_sub(1);
        self.marked = match action {
            // Round the corner: the last row is one step from the first.
            List::Up => self.marked.checked_sub(1).unwrap_or(last),
            List::Down if self.marked >= last => 0,
            List::Down => self.marked + 1,
            List::PageUp => self.marked.saturating_sub(self.page),
            List::PageDown => (self.marked + self.page).min(last),
            List::Last => last,
            List::Accept if self.rows > 0 => return Picked::Accepted(self.marked),
            List::First | List::Accept => 0,
        };
        Picked::Moved
    }

    fn insert(&mut self, text: &str) {
        let text = one_line(text);
        self.query.insert_str(self.caret, &text);
        self.caret += text.len();
    }

    fn edit(&mut self, edit: Edit) {
        let (before, after) = self.query.split_at(self.caret);
        let left = before.graphemes(true).next_back().map_or(0, str::len);
        let right = after.graphemes(true).next().map_or(0, str::len);
        match edit {
            Edit::Left => self.caret -= left,
            Edit::Right => self.caret += right,
            Edit::Head => self.caret = 0,
            Edit::End => self.caret = self.query.len(),
            Edit::DeleteBefore => self.delete(left, 0),
            Edit::DeleteAfter => self.delete(0, right),
            Edit::DeleteWordBefore => {
                let kept = before.trim_end();
                let word = kept.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                self.delete(before.len() - word, 0);
            }
            Edit::DeleteToHead => self.delete(self.caret, 0),
            Edit::DeleteToEnd => self.delete(0, after.len()),
            // They have no meaning in one line of a few words.
            Edit::Send
            | Edit::Newline
            | Edit::DeleteWordAfter
            | Edit::Up
            | Edit::Down
            | Edit::WordLeft
            | Edit::WordRight
            | Edit::First
            | Edit::Last
            | Edit::Undo
            | Edit::Redo
            | Edit::PutBack => {}
        }
    }

    /// Deletes so many bytes before and after the caret.
    fn delete(&mut self, before: usize, after: usize) {
        self.query.replace_range(self.caret - before..self.caret + after, "");
        self.caret -= before;
    }
}

/// The first line of a text without anything a terminal would obey.
fn one_line(text: &str) -> String {
    sanitize::block(text).lines().next().unwrap_or_default().replace('\t', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Picker {
        let mut picker = Picker::of(5);
        for c in text.chars() {
            picker.on_edit(&ComposerAction::Insert(c));
        }
        picker
    }

    #[test]
    fn what_is_typed_narrows_and_marks_the_best() {
        let mut picker = typed("千问");
        picker.mark(3);
        assert_eq!(picker.on_edit(&ComposerAction::Edit(Edit::DeleteBefore)), Picked::Narrowed);
        assert_eq!((picker.query(), picker.marked()), ("千", 0));
        picker.on_edit(&ComposerAction::Edit(Edit::Left));
        picker.on_edit(&ComposerAction::Insert('大'));
        assert_eq!((picker.query(), picker.before_caret()), ("大千", "大"));
        assert_eq!(picker.on_edit(&ComposerAction::Edit(Edit::DeleteToEnd)), Picked::Narrowed);
        assert_eq!(picker.on_edit(&ComposerAction::Edit(Edit::DeleteToEnd)), Picked::Moved);
    }

    #[test]
    fn words_go_one_by_one() {
        let mut picker = typed("qwen max  ");
        picker.on_edit(&ComposerAction::Edit(Edit::DeleteWordBefore));
        assert_eq!(picker.query(), "qwen ");
    }

    #[test]
    fn a_paste_is_one_line_without_control_characters() {
        let mut picker = typed("");
        picker.on_edit(&ComposerAction::Paste("qw\x1b[31men\r\nrm -rf".into()));
        assert!(picker.query().starts_with("qw") && !picker.query().contains('\x1b'));
        assert!(!picker.query().contains("rm"));
    }

    #[test]
    fn the_mark_goes_round_and_stays_inside() {
        let mut picker = Picker::of(3);
        picker.on_list(List::Up);
        assert_eq!(picker.marked(), 2);
        picker.on_list(List::Down);
        assert_eq!(picker.marked(), 0);
        picker.on_list(List::PageDown);
        assert_eq!(picker.on_list(List::Accept), Picked::Accepted(2));
        picker.set_rows(0);
        assert_eq!((picker.marked(), picker.on_list(List::Accept)), (0, Picked::Moved));
        picker.on_list(List::Down);
        picker.on_list(List::Up);
        assert_eq!(picker.marked(), 0);
    }
}
