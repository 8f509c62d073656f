//! The message being written: text, caret, undo, history of questions. It owns the text area of
//! the terminal library (the one exception to "no ratatui in state"), whose look only the
//! painter knows. It refuses to send: it hands the text over.

mod history;
pub(super) mod motion;
pub mod pastes;
mod vi;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use tui_textarea::{CursorMove, TextArea, WrapMode};

use super::vi::{Machine, Mode};
use crate::action::{Composer as ComposerAction, Edit};
use crate::domain::settings::{Editing, Language};
use crate::text::sanitize;
use history::{History, Shown};
use pastes::{Paste, Pastes};

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

/// The composer.
#[derive(Debug)]
pub struct Composer {
    area: TextArea<'static>,
    history: History,
    pastes: Pastes,
    vi: Machine,
    /// Texts whose keys were warned about, by their hashes.
    warned: HashSet<u64>,
    revision: u64,
    /// Grows when the text area is another one, which the painter has to draw before asking it.
    generation: u64,
}

impl Default for Composer {
    fn default() -> Self {
        Self::new(Language::default(), Editing::default())
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
    /// An empty one that names folded pastes in this language and is written with these keys.
    #[must_use]
    pub fn new(language: Language, editing: Editing) -> Self {
        let mode = match editing {
            Editing::Emacs => Mode::Plain,
            Editing::Vi => Mode::Insert,
        };
        Self {
            area: area_of(""),
            history: History::default(),
            pastes: Pastes::new(language),
            vi: Machine::new(mode),
            warned: HashSet::new(),
            revision: 0,
            generation: 0,
        }
    }

    /// The widget, for the painter. Marks of folded pastes are characters in it.
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

    /// The text as it would be sent, every paste in its place.
    #[must_use]
    pub fn text(&self) -> String {
        self.pastes.expand(self.area.lines())
    }

    /// Estimated tokens of the text. Cheap however large the pastes are.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.pastes.tokens(self.area.lines())
    }

    /// Characters of the text. As cheap.
    #[must_use]
    pub fn characters(&self) -> u64 {
        self.pastes.characters(self.area.lines())
    }

    /// Questions asked before, oldest first.
    #[must_use]
    pub fn history(&self) -> &[String] {
        self.history.entries()
    }

    /// The folded paste meant by the user: the one that touches the caret, else the last one.
    #[must_use]
    pub fn paste(&self) -> Option<Arc<Paste>> {
        let (.., mark) = self.token()?;
        self.pastes.of(mark).cloned()
    }

    /// Line, first and last column, and mark of that paste's token.
    fn token(&self) -> Option<(usize, usize, usize, char)> {
        let (row, column) = self.place();
        let lines = self.area.lines();
        let here = pastes::touching(lines.get(row)?, column);
        if let Some((from, to, mark)) = here {
            return Some((row, from, to, mark));
        }
        lines.iter().enumerate().rev().find_map(|(row, line)| {
            let close = line.rfind(pastes::CLOSE)?;
            let column = line[..close].chars().count();
            let (from, to, mark) = pastes::touching(line, column)?;
            Some((row, from, to, mark))
        })
    }

    /// Puts the text of that paste into the message, to be worked on; `false` where it is too long
    /// for that, or there is none.
    pub fn unfold(&mut self) -> bool {
        let Some((row, from, to, mark)) = self.token() else { return false };
        let Some(paste) = self.pastes.of(mark).filter(|paste| paste.can_unfold()).cloned() else {
            return false;
        };
        self.revision += 1;
        self.go_to(row, from);
        self.area.start_selection();
        self.forward_by(to - from);
        self.area.insert_str(&paste.text);
        true
    }

    /// Line and column of the caret, in characters.
    pub(super) fn place(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    /// Puts the caret at a line and column, as far as there are such.
    pub(super) fn go_to(&mut self, row: usize, column: usize) {
        let clamped = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(clamped(row), clamped(column)));
    }

    /// A word would begin at the caret, and letters are written there.
    #[must_use]
    pub fn begins_word(&self) -> bool {
        let (before, _) = self.split_line();
        self.mode() != Mode::Normal && before.chars().next_back().is_none_or(char::is_whitespace)
    }

    /// Nothing is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// Replaces the text; the caret goes to its end.
    pub fn set(&mut self, text: &str) {
        self.show(text);
        self.history.leave();
    }

    fn show(&mut self, text: &str) {
        self.area = area_of(&self.pastes.refold(text));
        self.generation += 1;
        self.revision += 1;
    }

    /// Replaces the text with one that was worked on elsewhere; the one before is an undo away.
    pub fn replace(&mut self, text: &str) {
        self.revision += 1;
        let folded = self.pastes.refold_more(text);
        self.area.select_all();
        self.area.insert_str(folded);
    }

    /// Takes earlier questions, oldest first.
    pub fn set_history(&mut self, entries: Vec<String>) {
        self.history = History::of(entries);
    }

    /// Empties the composer and remembers what was sent.
    pub fn sent(&mut self, text: &str) {
        self.remember(text);
        self.set("");
        self.vi.insert();
    }

    /// Puts a text into the history, as if it had been sent.
    pub fn remember(&mut self, text: &str) {
        self.history.add(text);
    }

    /// A text is to be warned about: `false` if it was before.
    pub fn warn_once(&mut self, text: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        self.warned.insert(hasher.finish())
    }

    /// Does what the user meant.
    pub fn on_action(&mut self, action: ComposerAction) -> Outcome {
        self.revision += 1;
        match action {
            ComposerAction::Insert(c) if self.mode() == Mode::Normal => self.command_typed(c),
            ComposerAction::Insert(c) => {
                self.area.insert_char(if pastes::is_mark(c) { '\u{fffd}' } else { c });
                Outcome::Changed
            }
            ComposerAction::Paste(text) => {
                // A paste is foreign text like any other; cleaned, it holds none of our marks.
                let text = sanitize::clean_block(&text);
                let token = self.pastes.fold(&text);
                self.area.insert_str(token.as_deref().unwrap_or(&text));
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
        let chars = motion::last_step(before).unwrap_or(1);
        self.back_by(chars)
    }

    fn right(&mut self) -> bool {
        let (_, after) = self.split_line();
        let chars = motion::first_step(after).unwrap_or(1);
        self.forward_by(chars)
    }

    fn delete_before(&mut self) -> bool {
        let (before, _) = self.split_line();
        // The widget deletes one char; a person means the whole cluster, or the whole paste.
        let Some(chars) = motion::last_step(before) else {
            return self.area.delete_newline();
        };
        if chars == 1 {
            return self.area.delete_char();
        }
        self.back_by(chars);
        self.area.delete_str(chars)
    }

    fn delete_after(&mut self) -> bool {
        let (_, after) = self.split_line();
        let chars = motion::first_step(after).unwrap_or(0);
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
        motion::last_word(before)
    }

    /// How many chars ahead the word after the caret ends; across a line end it is one.
    fn word_after(&self) -> usize {
        let (_, after) = self.split_line();
        if after.is_empty() {
            return usize::from(self.area.cursor().0 + 1 < self.area.lines().len());
        }
        motion::first_word(after)
    }

    /// Up moves the caret; at the top edge it goes back in the history.
    fn up(&mut self) -> Outcome {
        if self.moved(CursorMove::Up) {
            return Outcome::Moved;
        }
        let Self { history, pastes, area, .. } = self;
        let shown = history.back(|| pastes.expand(area.lines()));
        self.bring_back(shown)
    }

    /// Down moves the caret; at the bottom edge it comes forward in the history to the draft.
    fn down(&mut self) -> Outcome {
        if self.moved(CursorMove::Down) {
            return Outcome::Moved;
        }
        let shown = self.history.forward();
        self.bring_back(shown)
    }

    /// Moves the caret to another row, but never into a folded paste.
    fn moved(&mut self, to: CursorMove) -> bool {
        let before = self.place();
        self.area.move_cursor(to);
        let (row, column) = self.place();
        let outside =
            pastes::outside(self.area.lines().get(row).map_or("", String::as_str), column);
        if outside != column {
            self.go_to(row, outside);
        }
        self.place() != before
    }

    fn bring_back(&mut self, shown: Option<Shown>) -> Outcome {
        match shown {
            None => Outcome::Moved,
            Some(Shown::Entry(text) | Shown::Draft(text)) => {
                self.show(&text);
                Outcome::Changed
            }
        }
    }
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
