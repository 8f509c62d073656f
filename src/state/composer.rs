//! The message being written: text, caret, undo, history of questions. It owns the text area of
//! the terminal library (the one exception to "no ratatui in state"), whose look only the
//! painter knows. It refuses to send: it hands the text over.

use tui_textarea::{CursorMove, TextArea, WrapMode};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::action::{Composer as ComposerAction, Edit};
use crate::text::sanitize;

/// What an action on the composer led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing, or only the caret moved.
    Moved,
    /// The text changed.
    Changed,
    /// The user wants this sent; it is still in the composer.
    Send(String),
}

/// Questions asked before, and where the user is among them.
#[derive(Debug, Default)]
struct History {
    /// Oldest first.
    entries: Vec<String>,
    /// Which entry is shown; `None` while the user's own draft is.
    at: Option<usize>,
    /// The draft that was there before going back.
    draft: String,
}

/// The composer.
#[derive(Debug)]
pub struct Composer {
    area: TextArea<'static>,
    history: History,
    revision: u64,
    /// Grows when the text area is another one, which the painter has to draw before asking it.
    generation: u64,
}

impl Default for Composer {
    fn default() -> Self {
        Self { area: area_of(""), history: History::default(), revision: 0, generation: 0 }
    }
}

fn area_of(text: &str) -> TextArea<'static> {
    let mut area = TextArea::from(text.split('\n').map(str::to_owned).collect::<Vec<_>>());
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    // The hardware cursor marks the caret (input methods follow it), so the widget draws none.
    area.set_cursor_style(ratatui::style::Style::default());
    area.set_cursor_line_style(ratatui::style::Style::default());
    area.set_max_histories(200);
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}

impl Composer {
    /// The widget, for the painter.
    #[must_use]
    pub fn area(&self) -> &TextArea<'static> {
        &self.area
    }

    /// Grows with every change of text or caret.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Grows whenever the widget is a new one.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The text as it would be sent.
    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Nothing is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// Replaces the text; the caret goes to its end.
    pub fn set(&mut self, text: &str) {
        self.area = area_of(text);
        self.generation += 1;
        self.history.at = None;
        self.revision += 1;
    }

    /// Takes earlier questions, oldest first.
    pub fn set_history(&mut self, entries: Vec<String>) {
        self.history = History { entries, ..History::default() };
    }

    /// Empties the composer and remembers what was sent.
    pub fn sent(&mut self, text: &str) {
        self.remember(text);
        self.set("");
    }

    /// Puts a text into the history, as if it had been sent.
    pub fn remember(&mut self, text: &str) {
        if self.history.entries.last().is_none_or(|last| last != text) {
            self.history.entries.push(text.to_owned());
        }
    }

    /// Does what the user meant.
    pub fn on_action(&mut self, action: ComposerAction) -> Outcome {
        self.revision += 1;
        match action {
            ComposerAction::Insert(c) => {
                self.area.insert_char(c);
                Outcome::Changed
            }
            ComposerAction::Paste(text) => {
                // A paste is foreign text like any other.
                self.area.insert_str(sanitize::block(&text));
                Outcome::Changed
            }
            ComposerAction::Edit(edit) => self.edit(edit),
        }
    }

    fn edit(&mut self, edit: Edit) -> Outcome {
        let changed = match edit {
            Edit::Send => return self.send(),
            Edit::Newline => {
                self.area.insert_newline();
                true
            }
            Edit::DeleteBefore => self.delete_before(),
            Edit::DeleteAfter => self.delete_after(),
            Edit::DeleteWordBefore => self.delete_word_before(),
            Edit::DeleteWordAfter => self.delete_word_after(),
            Edit::DeleteToHead => self.area.delete_line_by_head(),
            Edit::DeleteToEnd => self.area.delete_line_by_end(),
            Edit::Undo => self.area.undo(),
            Edit::Redo => self.area.redo(),
            Edit::PutBack => self.area.paste(),
            Edit::Up => return self.up(),
            Edit::Down => return self.down(),
            Edit::Left => self.left(),
            Edit::Right => self.right(),
            Edit::WordLeft => self.back_by(self.word_before()),
            Edit::WordRight => self.forward_by(self.word_after()),
            Edit::Head => self.go(CursorMove::Head),
            Edit::End => self.go(CursorMove::End),
            Edit::First => {
                self.go(CursorMove::Top);
                self.go(CursorMove::Head)
            }
            Edit::Last => {
                self.go(CursorMove::Bottom);
                self.go(CursorMove::End)
            }
        };
        if changed { Outcome::Changed } else { Outcome::Moved }
    }

    /// Enter: a backslash before the caret at the end of its line asks for a new line instead,
    /// which works in every terminal.
    fn send(&mut self) -> Outcome {
        let (before, after) = self.split_line();
        if before.ends_with('\\') && after.is_empty() {
            self.area.delete_char();
            self.area.insert_newline();
            return Outcome::Changed;
        }
        // Blank lines at the end of a paste say nothing and would be paid for.
        let text = self.text().trim_end().to_owned();
        if text.trim().is_empty() { Outcome::Moved } else { Outcome::Send(text) }
    }

    /// The caret's line before and after the caret.
    fn split_line(&self) -> (&str, &str) {
        let cursor = self.area.cursor();
        let line = self.area.lines().get(cursor.0).map_or("", String::as_str);
        let at = line.char_indices().nth(cursor.1).map_or(line.len(), |(i, _)| i);
        line.split_at(at)
    }

    fn go(&mut self, to: CursorMove) -> bool {
        self.area.move_cursor(to);
        false
    }

    fn back_by(&mut self, chars: usize) -> bool {
        for _ in 0..chars {
            self.area.move_cursor(CursorMove::Back);
        }
        false
    }

    fn forward_by(&mut self, chars: usize) -> bool {
        for _ in 0..chars {
            self.area.move_cursor(CursorMove::Forward);
        }
        false
    }

    fn left(&mut self) -> bool {
        let (before, _) = self.split_line();
        // At the head of a line one step leads to the end of the line above.
        let chars = before.graphemes(true).next_back().map_or(1, |g| g.chars().count());
        self.back_by(chars)
    }

    fn right(&mut self) -> bool {
        let (_, after) = self.split_line();
        let chars = after.graphemes(true).next().map_or(1, |g| g.chars().count());
        self.forward_by(chars)
    }

    fn delete_before(&mut self) -> bool {
        let (before, _) = self.split_line();
        let Some(last) = before.graphemes(true).next_back() else {
            return self.area.delete_newline();
        };
        // The widget deletes one char; a person means the whole cluster.
        let chars = last.chars().count();
        if chars == 1 {
            return self.area.delete_char();
        }
        self.back_by(chars);
        self.area.delete_str(chars)
    }

    fn delete_after(&mut self) -> bool {
        let (_, after) = self.split_line();
        let chars = after.graphemes(true).next().map_or(0, |g| g.chars().count());
        if chars <= 1 {
            return self.area.delete_next_char();
        }
        self.area.delete_str(chars)
    }

    fn delete_word_before(&mut self) -> bool {
        let chars = self.word_before();
        self.back_by(chars);
        chars > 0 && self.area.delete_str(chars)
    }

    fn delete_word_after(&mut self) -> bool {
        let chars = self.word_after();
        chars > 0 && self.area.delete_str(chars)
    }

    /// How many chars back the word before the caret begins; across a line end it is one.
    fn word_before(&self) -> usize {
        let (before, _) = self.split_line();
        if before.is_empty() {
            return usize::from(self.area.cursor().0 > 0);
        }
        word_length(before.chars().rev())
    }

    /// How many chars ahead the word after the caret ends; across a line end it is one.
    fn word_after(&self) -> usize {
        let (_, after) = self.split_line();
        if after.is_empty() {
            return usize::from(self.area.cursor().0 + 1 < self.area.lines().len());
        }
        word_length(after.chars())
    }

    /// Up moves the caret; at the top edge it goes back in the history.
    fn up(&mut self) -> Outcome {
        let before = self.area.cursor();
        self.area.move_cursor(CursorMove::Up);
        if self.area.cursor() != before {
            return Outcome::Moved;
        }
        let at = match self.history.at {
            None => self.history.entries.len().checked_sub(1),
            Some(at) => at.checked_sub(1),
        };
        let Some(at) = at else {
            return Outcome::Moved;
        };
        if self.history.at.is_none() {
            self.history.draft = self.text();
        }
        self.show_history(at);
        Outcome::Changed
    }

    /// Down moves the caret; at the bottom edge it comes forward in the history to the draft.
    fn down(&mut self) -> Outcome {
        let before = self.area.cursor();
        self.area.move_cursor(CursorMove::Down);
        if self.area.cursor() != before {
            return Outcome::Moved;
        }
        match self.history.at {
            None => Outcome::Moved,
            Some(at) if at + 1 < self.history.entries.len() => {
                self.show_history(at + 1);
                Outcome::Changed
            }
            Some(_) => {
                let draft = std::mem::take(&mut self.history.draft);
                self.set(&draft);
                Outcome::Changed
            }
        }
    }

    fn show_history(&mut self, at: usize) {
        let text = self.history.entries.get(at).cloned().unwrap_or_default();
        self.set(&text);
        self.history.at = Some(at);
    }
}

/// Kinds of characters between which a word begins. A run of Chinese is one word up to the next
/// punctuation: without a dictionary that is what readers expect of word motion.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Kind {
    Space,
    Punctuation,
    Ideograph,
    Letter,
}

fn kind(c: char) -> Kind {
    match c {
        _ if c.is_whitespace() => Kind::Space,
        '_' => Kind::Letter,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => {
            Kind::Ideograph
        }
        '\u{20000}'..='\u{323af}' => Kind::Ideograph,
        _ if c.is_alphanumeric() => Kind::Letter,
        // A mark belongs to the letter it sits on.
        '\u{300}'..='\u{36f}' | '\u{200d}' => Kind::Letter,
        _ => Kind::Punctuation,
    }
}

/// Spaces, then a run of one kind.
fn word_length(chars: impl Iterator<Item = char>) -> usize {
    let mut run = None;
    let mut count = 0;
    for c in chars {
        let kind = kind(c);
        match run {
            None if kind == Kind::Space => {}
            None => run = Some(kind),
            Some(of) if of == kind => {}
            Some(_) => break,
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Composer {
        let mut composer = Composer::default();
        composer.set(text);
        composer
    }

    fn edit(composer: &mut Composer, edit: Edit) -> Outcome {
        composer.on_action(ComposerAction::Edit(edit))
    }

    #[test]
    fn backspace_takes_a_whole_cluster() {
        for (text, left) in
            [("a👨‍👩‍👧", "a"), ("né", "n"), ("ne\u{301}", "n"), ("你好", "你"), ("👍🏽", "")]
        {
            let mut composer = with(text);
            edit(&mut composer, Edit::DeleteBefore);
            assert_eq!(composer.text(), left, "{text:?}");
        }
        let mut composer = with("a\nb");
        edit(&mut composer, Edit::Head);
        edit(&mut composer, Edit::DeleteBefore);
        assert_eq!(composer.text(), "ab");
    }

    #[test]
    fn words_end_where_the_script_changes() {
        let mut composer = with("use 百炼 API，然后运行 cargo_test");
        let mut seen = Vec::new();
        for _ in 0..7 {
            edit(&mut composer, Edit::WordLeft);
            seen.push(composer.split_line().1.to_owned());
        }
        assert_eq!(
            seen,
            [
                "cargo_test",
                "然后运行 cargo_test",
                "，然后运行 cargo_test",
                "API，然后运行 cargo_test",
                "百炼 API，然后运行 cargo_test",
                "use 百炼 API，然后运行 cargo_test",
                "use 百炼 API，然后运行 cargo_test",
            ]
        );
        edit(&mut composer, Edit::DeleteWordAfter);
        assert_eq!(composer.text(), " 百炼 API，然后运行 cargo_test");
    }

    #[test]
    fn a_backslash_before_enter_is_a_new_line() {
        let mut composer = with("one\\");
        assert_eq!(edit(&mut composer, Edit::Send), Outcome::Changed);
        assert_eq!(composer.text(), "one\n");
        assert_eq!(edit(&mut with("  \n "), Edit::Send), Outcome::Moved);
        assert_eq!(edit(&mut with("two"), Edit::Send), Outcome::Send("two".into()));
    }

    #[test]
    fn history_goes_back_and_returns_to_the_draft() {
        let mut composer = Composer::default();
        composer.set_history(vec!["first".into(), "second".into()]);
        composer.set("my draft");
        edit(&mut composer, Edit::Up);
        assert_eq!(composer.text(), "second");
        edit(&mut composer, Edit::Up);
        edit(&mut composer, Edit::Up);
        assert_eq!(composer.text(), "first");
        edit(&mut composer, Edit::Down);
        edit(&mut composer, Edit::Down);
        assert_eq!(composer.text(), "my draft");
        assert_eq!(edit(&mut composer, Edit::Down), Outcome::Moved);
    }

    #[test]
    fn a_paste_brings_no_control_characters() {
        let mut composer = Composer::default();
        composer.on_action(ComposerAction::Paste("a\x1b[31mb\r\n你\u{202e}好".into()));
        assert_eq!(composer.text(), "a[31mb\n你好");
    }
}
