//! Carries out what vi's commands ask for, in the text area. It refuses to know vi's keys: the
//! machine does (`state::vi`).

use tui_textarea::CursorMove;

use super::{Composer, Outcome};
use crate::action::{Composer as ComposerAction, Edit, Vi};
use crate::state::vi::{Command, Mode, Place};

impl Composer {
    /// What keys do here.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.vi.mode()
    }

    /// Half a command is forgotten; tells whether there was one.
    pub fn forget_command(&mut self) -> bool {
        self.vi.forget()
    }

    /// A key that is a command of vi.
    pub fn on_vi(&mut self, key: Vi) -> Outcome {
        self.revision += 1;
        let at = self.place();
        let command = self.vi.key(key, self.area.lines(), at);
        self.carry_out(command)
    }

    /// A character that came where keys are commands.
    pub(super) fn command_typed(&mut self, c: char) -> Outcome {
        self.vi.typed(c);
        Outcome::Moved
    }

    fn carry_out(&mut self, command: Command) -> Outcome {
        match command {
            Command::Nothing => Outcome::Moved,
            Command::Go((row, column)) => {
                self.go_to(row, column);
                Outcome::Moved
            }
            Command::Before => self.on_action(ComposerAction::Edit(Edit::Up)),
            Command::After => self.on_action(ComposerAction::Edit(Edit::Down)),
            Command::Delete(from, to) => self.cut(from, to),
            Command::DeleteLines(first, last) => self.cut_lines(first, last),
            Command::EmptyLines(first, last) => {
                let end = self.area.lines().get(last).map_or(0, |line| line.chars().count());
                self.cut((first, 0), (last, end))
            }
            Command::Put { text, at: (row, column) } => {
                self.go_to(row, column);
                self.area.insert_str(&text);
                if text.starts_with('\n') {
                    self.go_to(row + 1, 0);
                } else if text.ends_with('\n') {
                    self.go_to(row, 0);
                } else {
                    self.left();
                }
                Outcome::Changed
            }
            Command::Undo(count) => self.repeat(count, |composer| composer.area.undo()),
            Command::Redo(count) => self.repeat(count, |composer| composer.area.redo()),
            Command::Open { below: true } => {
                self.area.move_cursor(CursorMove::End);
                self.area.insert_newline();
                Outcome::Changed
            }
            Command::Open { below: false } => {
                self.area.move_cursor(CursorMove::Head);
                self.area.insert_newline();
                let (row, _) = self.place();
                self.go_to(row.saturating_sub(1), 0);
                Outcome::Changed
            }
        }
    }

    fn repeat(&mut self, count: usize, step: impl Fn(&mut Self) -> bool) -> Outcome {
        let done = (0..count).take_while(|_| step(self)).count();
        if done > 0 { Outcome::Changed } else { Outcome::Moved }
    }

    fn cut(&mut self, from: Place, to: Place) -> Outcome {
        self.go_to(from.0, from.1);
        self.area.start_selection();
        self.go_to(to.0, to.1);
        if !self.area.cut() {
            return Outcome::Moved;
        }
        self.stand_on_letter();
        Outcome::Changed
    }

    /// Whole lines with the line end before or after them.
    fn cut_lines(&mut self, first: usize, last: usize) -> Outcome {
        let lines = self.area.lines();
        let width = |row: usize| lines.get(row).map_or(0, |line| line.chars().count());
        let (from, to) = if last + 1 < lines.len() {
            ((first, 0), (last + 1, 0))
        } else if first > 0 {
            ((first - 1, width(first - 1)), (last, width(last)))
        } else {
            ((0, 0), (last, width(last)))
        };
        let row = if last + 1 < lines.len() { first } else { first.saturating_sub(1) };
        let outcome = self.cut(from, to);
        self.go_to(row, 0);
        outcome
    }

    /// Commands stand on a letter, never behind the last one.
    pub(super) fn stand_on_letter(&mut self) {
        let (row, column) = self.place();
        let length = self.area.lines().get(row).map_or(0, |line| line.chars().count());
        if self.mode() == Mode::Normal && column > 0 && column >= length {
            self.left();
        }
    }
}
