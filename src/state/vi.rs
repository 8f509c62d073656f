//! vi's commands as a machine without a text: keys go in, with the lines and the caret to look at;
//! what is to be done to the text comes out. It refuses to change anything itself.

use super::composer::motion::{Kind, Unit, units};
use crate::action::{Context, Vi};

/// What keys do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// They write, and vi is not wanted.
    #[default]
    Plain,
    /// They write.
    Insert,
    /// They are commands.
    Normal,
}

/// A line and a column of it, in characters, from 0.
pub type Place = (usize, usize);

/// A larger count is no count but a key that is held.
const MOST: usize = 9_999;

/// What is to be done to the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// Nothing.
    Nothing,
    /// The caret goes there.
    Go(Place),
    /// To the question before or after, at the edge of the text.
    Before,
    /// The same, after.
    After,
    /// What is between two places goes; the caret is at the first one then.
    Delete(Place, Place),
    /// Lines go, from the first to the last.
    DeleteLines(usize, usize),
    /// What lines hold goes; one empty line is left.
    EmptyLines(usize, usize),
    /// The text is put in after the caret's character, or before it.
    Put {
        /// What.
        text: String,
        /// Where.
        at: Place,
    },
    /// So many undos.
    Undo(usize),
    /// So many redos.
    Redo(usize),
    /// An empty line below or above the caret's.
    Open {
        /// Below it.
        below: bool,
    },
}

/// What a deleting or copying command waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Delete,
    Change,
    Yank,
}

impl Operator {
    fn of(key: Vi) -> Option<Self> {
        match key {
            Vi::Delete | Vi::DeleteToEnd | Vi::DeleteLetter => Some(Self::Delete),
            Vi::Change | Vi::ChangeToEnd => Some(Self::Change),
            Vi::Yank => Some(Self::Yank),
            _ => None,
        }
    }
}

/// What was deleted or copied last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Register {
    text: String,
    lines: bool,
}

/// The machine.
#[derive(Debug, Clone, Default)]
pub(super) struct Machine {
    mode: Mode,
    count: Option<usize>,
    operator: Option<(Operator, usize)>,
    /// One `g` was typed.
    going: bool,
    register: Register,
}

/// Where a motion leads and whether it takes whole lines or the character it ends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Up to this place.
    To(Place),
    /// This place too.
    With(Place),
    /// Whole lines up to this one.
    Line(usize),
}

impl Machine {
    pub(super) fn new(mode: Mode) -> Self {
        Self { mode, ..Self::default() }
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    /// Keys write again, as far as vi is wanted at all.
    pub(super) fn insert(&mut self) {
        if self.mode == Mode::Normal {
            self.mode = Mode::Insert;
        }
        self.forget();
    }

    /// Half a command is forgotten; tells whether there was one.
    pub(super) fn forget(&mut self) -> bool {
        let half = self.count.is_some() || self.operator.is_some() || self.going;
        (self.count, self.operator, self.going) = (None, None, false);
        half
    }

    /// A character without a meaning of its own: a digit counts, everything else ends the command.
    pub(super) fn typed(&mut self, c: char) {
        match c.to_digit(10) {
            Some(digit) => self.digit(digit as usize),
            None => {
                self.forget();
            }
        }
    }

    fn digit(&mut self, digit: usize) {
        self.count = Some((self.count.unwrap_or(0) * 10 + digit).min(MOST));
    }

    /// A key with a meaning.
    pub(super) fn key(&mut self, key: Vi, text: &[String], at: Place) -> Command {
        if key == Vi::Head && self.count.is_some() {
            self.digit(0);
            return Command::Nothing;
        }
        if key == Vi::Go && !std::mem::replace(&mut self.going, true) {
            return Command::Nothing;
        }
        self.going = false;
        let lines = Lines { text, at };
        if let Some((operator, times)) = self.operator {
            return self.operate(operator, times, key, &lines);
        }
        if matches!(key, Vi::Delete | Vi::Change | Vi::Yank) {
            let operator = Operator::of(key);
            self.operator = operator.map(|operator| (operator, self.count.take().unwrap_or(1)));
            return Command::Nothing;
        }
        let given = self.count.take();
        self.alone(key, given, &lines)
    }

    /// A key after an operator: the operator again means lines, a motion tells how far.
    fn operate(&mut self, operator: Operator, times: usize, key: Vi, lines: &Lines<'_>) -> Command {
        let given = self.count;
        let count = (times * given.unwrap_or(1)).min(MOST);
        self.forget();
        let (row, _) = lines.at;
        if matches!(key, Vi::Delete | Vi::Change | Vi::Yank) {
            if Operator::of(key) != Some(operator) {
                return Command::Nothing;
            }
            return self.take(operator, Reach::Line(row + count - 1), lines);
        }
        // To change a word means the word, not the blank after it.
        let word = operator == Operator::Change && key == Vi::WordNext && lines.on_word();
        let reach = if word {
            Some(Reach::With(lines.word_end(count, true)))
        } else {
            lines.reach(key, count, given)
        };
        match (reach, key) {
            (None, _) => Command::Nothing,
            // A word at the end of its line does not take the line end with it.
            (Some(Reach::To((to, _))), Vi::WordNext) if to > row => {
                self.take(operator, Reach::To((row, lines.length(row))), lines)
            }
            (Some(reach), _) => self.take(operator, reach, lines),
        }
    }

    /// A key without an operator.
    fn alone(&mut self, key: Vi, given: Option<usize>, lines: &Lines<'_>) -> Command {
        let count = given.unwrap_or(1).max(1);
        let (row, column) = lines.at;
        let end = lines.length(row);
        match key {
            Vi::Normal => {
                self.mode = Mode::Normal;
                Command::Go((row, lines.before(row, column)))
            }
            Vi::Insert => self.write(Command::Nothing),
            Vi::Append => self.write(Command::Go((row, lines.after(row, column)))),
            Vi::InsertHead => self.write(Command::Go((row, lines.first(row)))),
            Vi::AppendEnd => self.write(Command::Go((row, end))),
            Vi::OpenBelow => self.write(Command::Open { below: true }),
            Vi::OpenAbove => self.write(Command::Open { below: false }),
            Vi::DeleteLetter => {
                let to = (0..count).fold(column, |column, _| lines.after(row, column));
                self.take(Operator::Delete, Reach::To((row, to)), lines)
            }
            Vi::DeleteToEnd => self.take(Operator::Delete, Reach::To((row, end)), lines),
            Vi::ChangeToEnd => self.take(Operator::Change, Reach::To((row, end)), lines),
            Vi::Put => self.put(count, true, lines),
            Vi::PutBefore => self.put(count, false, lines),
            Vi::Undo => Command::Undo(count),
            Vi::Redo => Command::Redo(count),
            Vi::Up if row == 0 => Command::Before,
            Vi::Down if row + 1 >= lines.text.len() => Command::After,
            Vi::Delete | Vi::Change | Vi::Yank => Command::Nothing,
            Vi::Left
            | Vi::Right
            | Vi::Up
            | Vi::Down
            | Vi::WordNext
            | Vi::WordBefore
            | Vi::WordEnd
            | Vi::Head
            | Vi::First
            | Vi::End
            | Vi::Go
            | Vi::Bottom => match lines.reach(key, count, given) {
                Some(Reach::To(to) | Reach::With(to)) => Command::Go(lines.on_letter(to)),
                // Up and down keep the column as far as the line is long.
                Some(Reach::Line(to)) if matches!(key, Vi::Up | Vi::Down) => {
                    Command::Go(lines.on_letter((to, column)))
                }
                Some(Reach::Line(to)) => Command::Go((to, lines.first(to))),
                None => Command::Nothing,
            },
        }
    }

    fn write(&mut self, command: Command) -> Command {
        self.mode = Mode::Insert;
        command
    }

    /// What a command covers is copied, and deleted unless it is only to be copied.
    fn take(&mut self, operator: Operator, reach: Reach, lines: &Lines<'_>) -> Command {
        let (from, to) = match reach {
            Reach::Line(to) => {
                let last = lines.text.len() - 1;
                let (from, to) = (lines.at.0.min(to), lines.at.0.max(to).min(last));
                let text = lines.text[from..=to].join("\n");
                self.register = Register { text, lines: true };
                return match operator {
                    Operator::Delete => Command::DeleteLines(from, to),
                    Operator::Change => self.write(Command::EmptyLines(from, to)),
                    Operator::Yank => Command::Go((from, lines.at.1.min(lines.length(from)))),
                };
            }
            Reach::To(to) => (lines.at.min(to), lines.at.max(to)),
            Reach::With((row, column)) => (lines.at, (row, lines.after(row, column))),
        };
        if from < to {
            self.register = Register { text: lines.between(from, to), lines: false };
        }
        match operator {
            Operator::Yank => Command::Go(from),
            Operator::Change => self.write(Command::Delete(from, to)),
            Operator::Delete => Command::Delete(from, to),
        }
    }

    fn put(&self, count: usize, after: bool, lines: &Lines<'_>) -> Command {
        let Register { text, lines: whole } = &self.register;
        if text.is_empty() && !whole {
            return Command::Nothing;
        }
        let (row, column) = lines.at;
        // Whoever types a large count meant something else than a text of gigabytes.
        let count = count.min(1 + (1 << 20) / text.len().max(1));
        if !whole {
            let column = if after { lines.after(row, column) } else { column };
            return Command::Put { text: text.repeat(count), at: (row, column) };
        }
        let (text, at) = if after {
            (format!("\n{text}").repeat(count), (row, lines.length(row)))
        } else {
            (format!("{text}\n").repeat(count), (row, 0))
        };
        Command::Put { text, at }
    }
}

/// The text and the caret in it.
struct Lines<'a> {
    text: &'a [String],
    at: Place,
}

impl Lines<'_> {
    fn line(&self, row: usize) -> &str {
        self.text.get(row).map_or("", String::as_str)
    }

    /// Columns of a line.
    fn length(&self, row: usize) -> usize {
        self.line(row).chars().count()
    }

    /// The steps of a line, each with the column it begins at.
    fn steps(&self, row: usize) -> Vec<(usize, Unit)> {
        let begin = |at: &mut usize, unit: Unit| {
            let from = *at;
            *at += unit.chars;
            Some((from, unit))
        };
        units(self.line(row)).into_iter().scan(0, begin).collect()
    }

    /// The column after the step at a column.
    fn after(&self, row: usize, column: usize) -> usize {
        let steps = self.steps(row);
        let step = steps.iter().find(|(from, unit)| from + unit.chars > column);
        step.map_or(self.length(row), |(from, unit)| from + unit.chars)
    }

    /// The column of the step before a column.
    fn before(&self, row: usize, column: usize) -> usize {
        let steps = self.steps(row);
        steps.iter().rev().find(|(from, _)| *from < column).map_or(0, |(from, _)| *from)
    }

    /// The first letter that is no blank.
    fn first(&self, row: usize) -> usize {
        let steps = self.steps(row);
        steps.iter().find(|(_, unit)| unit.kind != Kind::Space).map_or(0, |(from, _)| *from)
    }

    /// Commands stand on a letter, never behind the last one.
    fn on_letter(&self, (row, column): Place) -> Place {
        let row = row.min(self.text.len().saturating_sub(1));
        let steps = self.steps(row);
        let step = steps.iter().rev().find(|(from, _)| *from <= column);
        (row, step.map_or(0, |(from, _)| *from))
    }

    fn on_word(&self) -> bool {
        let (row, column) = self.at;
        let steps = self.steps(row);
        let step = steps.iter().find(|(from, unit)| from + unit.chars > column);
        step.is_some_and(|(_, unit)| unit.kind != Kind::Space)
    }

    /// Where a motion leads; `None` if the key is no motion.
    fn reach(&self, key: Vi, count: usize, given: Option<usize>) -> Option<Reach> {
        let (row, column) = self.at;
        let last = self.text.len().saturating_sub(1);
        let times = |step: &dyn Fn(usize) -> usize| (0..count).fold(column, |at, _| step(at));
        Some(match key {
            Vi::Left => Reach::To((row, times(&|at| self.before(row, at)))),
            Vi::Right => Reach::To((row, times(&|at| self.after(row, at)))),
            Vi::Up => Reach::Line(row.saturating_sub(count)),
            Vi::Down => Reach::Line((row + count).min(last)),
            Vi::WordNext => Reach::To(self.word_next(count)),
            Vi::WordBefore => Reach::To(self.word_before(count)),
            Vi::WordEnd => Reach::With(self.word_end(count, false)),
            Vi::Head => Reach::To((row, 0)),
            Vi::First => Reach::To((row, self.first(row))),
            Vi::End => Reach::To((row, self.length(row))),
            Vi::Go => Reach::Line(given.unwrap_or(1).saturating_sub(1).min(last)),
            Vi::Bottom => Reach::Line(given.map_or(last, |line| line.saturating_sub(1).min(last))),
            Vi::Normal
            | Vi::Insert
            | Vi::Append
            | Vi::InsertHead
            | Vi::AppendEnd
            | Vi::OpenBelow
            | Vi::OpenAbove
            | Vi::DeleteLetter
            | Vi::Delete
            | Vi::DeleteToEnd
            | Vi::Change
            | Vi::ChangeToEnd
            | Vi::Yank
            | Vi::Put
            | Vi::PutBefore
            | Vi::Undo
            | Vi::Redo => return None,
        })
    }

    /// Words of the whole text: where each begins and where its last step is. An empty line is one.
    fn words(&self) -> Vec<(Place, Place)> {
        let mut words = Vec::new();
        for row in 0..self.text.len() {
            let steps = self.steps(row);
            if steps.is_empty() {
                words.push(((row, 0), (row, 0)));
            }
            let mut run: Option<Kind> = None;
            for (from, unit) in steps {
                let goes_on = run == Some(unit.kind) && unit.kind != Kind::Folded;
                run = Some(unit.kind);
                if unit.kind == Kind::Space {
                    continue;
                }
                match words.last_mut() {
                    Some((_, end)) if goes_on => *end = (row, from),
                    _ => words.push(((row, from), (row, from))),
                }
            }
        }
        words
    }

    fn word_next(&self, count: usize) -> Place {
        let last = self.text.len().saturating_sub(1);
        let words = self.words();
        let next = words.iter().map(|(begin, _)| *begin).filter(|begin| *begin > self.at);
        next.take(count)
            .enumerate()
            .filter(|(i, _)| i + 1 == count)
            .map(|(_, begin)| begin)
            .next()
            .unwrap_or((last, self.length(last)))
    }

    fn word_before(&self, count: usize) -> Place {
        let words = self.words();
        let mut before = words.iter().rev().map(|(begin, _)| *begin).filter(|at| *at < self.at);
        before.nth(count - 1).unwrap_or((0, 0))
    }

    /// The last step of a word; `here` lets the word end where the caret is.
    fn word_end(&self, count: usize, here: bool) -> Place {
        let last = self.text.len().saturating_sub(1);
        let words = self.words();
        let mut ends = words
            .iter()
            .filter(|(begin, end)| begin < end || !self.line(begin.0).is_empty())
            .map(|(_, end)| *end)
            .filter(|end| if here { *end >= self.at } else { *end > self.at });
        let end = ends.nth(count - 1);
        end.unwrap_or_else(|| self.on_letter((last, self.length(last))))
    }

    fn between(&self, from: Place, to: Place) -> String {
        let part = |row: usize, from: usize, to: usize| {
            self.line(row).chars().take(to).skip(from).collect::<String>()
        };
        if from.0 == to.0 {
            return part(from.0, from.1, to.1);
        }
        let mut text = part(from.0, from.1, usize::MAX);
        for row in from.0 + 1..to.0 {
            text.push('\n');
            text.push_str(self.line(row));
        }
        text.push('\n');
        text + &part(to.0, 0, to.1)
    }
}

/// The contexts of the composer where vi's keys are wanted.
pub(super) fn contexts(plain: &'static [Context], mode: Mode) -> &'static [Context] {
    let empty = match plain.first() {
        Some(Context::EmptyComposer) => true,
        Some(Context::Composer) => false,
        Some(_) | None => return plain,
    };
    match (mode, empty) {
        (Mode::Plain, _) => plain,
        (Mode::Insert, true) => {
            &[Context::ViInsert, Context::EmptyComposer, Context::Composer, Context::Global]
        }
        (Mode::Insert, false) => &[Context::ViInsert, Context::Composer, Context::Global],
        (Mode::Normal, true) => {
            &[Context::ViNormal, Context::EmptyComposer, Context::Composer, Context::Global]
        }
        (Mode::Normal, false) => &[Context::ViNormal, Context::Composer, Context::Global],
    }
}
