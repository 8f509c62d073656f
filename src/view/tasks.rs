//! Paints the tasks: the strip above the composer, the list of all of them, and what takes its
//! place. It refuses to know what can be done with a task.
//!
//! ```text
//! ─ Tasks  2 running · 1 saved ─────────────────────────────────────────────────────
//!  ▶ wan2.5-t2v  a paper boat in the rain     RUNNING  1:42   ~2 min left     ¥1.50
//!  … wan2.5-i2v  the cat turns its head       PENDING  0:12                   ¥1.50
//!  ✓ wan2.5-t2v  lanterns over the river      saved    lanterns.mp4   22 h left
//! ```

mod account;
mod ask;
pub(super) mod beside;
mod cells;
mod details;
mod review;

use ratatui::buffer::Buffer;

use super::canvas::Pen;
use super::widgets::list::{self, Line, List};
use super::{Scene, show_key};
use crate::action::{Action, Context, List as ListAction, Tasks as Wish};
use crate::domain::pictures::Still;
use crate::domain::tasks::book::TaskRecord;
use crate::layout::Area;
use crate::state::focus::ListPlace;
use crate::state::tasks::board::{Board, Page};
use crate::state::tasks::shelf::Sort;
use crate::state::tasks::since_ms;
use crate::theme::Role;
use crate::words::tasks_pane::{Hint, Label, Pane};
use cells::Cells;

pub(super) use ask::{hints as ask_hints, paint as paint_ask};

/// Rows of tasks in the strip, on a screen of ordinary and of great height.
const ROWS: usize = 3;
const MORE_ROWS: usize = 6;
/// A screen of so many rows has room for more of them.
const TALL: u16 = 48;

/// What was painted of the tasks, for the mouse and the keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// Where the rows are.
    pub(super) place: ListPlace,
    /// Where the caret is, if something is typed.
    pub(super) caret: Option<(u16, u16)>,
    /// The last row a text can begin with.
    pub(super) last_top: usize,
    /// A picture for the terminal and the cells that were left blank for it.
    pub(super) still: Option<(Still, Area)>,
}

/// On a small screen the strip is one line.
fn folds(width: u16, height: u16) -> bool {
    width <= 80 || height <= 24
}

fn most(height: u16) -> usize {
    if height >= TALL { MORE_ROWS } else { ROWS }
}

/// Rows wanted for the strip; none while there is nothing new, or where it is all at the side.
pub(super) fn height(scene: &Scene<'_>, width: u16, height: u16) -> u16 {
    if beside::is_beside(scene, width) {
        return 0;
    }
    let shelf = scene.state.tasks().shelf();
    let news = shelf.strip(since_ms(scene.now), most(height)).len();
    match news {
        0 => 0,
        _ if folds(width, height) => 1,
        _ => news as u16 + 1,
    }
}

/// Paints the strip: how many of each kind, then those that matter most.
pub(super) fn strip(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let shelf = scene.state.tasks().shelf();
    let line = scene.theme.style(Role::Line);
    let language = scene.state.settings().language;
    let screen = buffer.area.height;
    let rows = shelf.strip(since_ms(scene.now), most(screen));
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.write("─ ", line).write(&Pane::Title.say(language), scene.theme.style(Role::Muted));
    pen.skip(2);
    if area.height == 1 {
        // The words would leave no room for a task.
        for (glyph, count, role) in signs(scene) {
            pen.write(&format!("{glyph} {count}"), scene.theme.style(role)).skip(2);
        }
    } else {
        for (i, (text, role)) in counts(scene).into_iter().enumerate() {
            pen.write(if i > 0 { " · " } else { "" }, line).write(&text, scene.theme.style(role));
        }
        pen.write(" ", line);
    }
    if area.height == 1
        && let Some(task) = rows.first()
        && pen.left() > 24
    {
        // The most telling one shares the only line.
        let cells = Cells::of(scene, task);
        let right = format!("{}  {}", cells.age, cells.left.as_ref().map_or("", |left| &left.0));
        let right = right.trim_end();
        let room = pen.left().saturating_sub(scene.widths.text(right) as u16 + 8);
        pen.write("─ ", line).write(cells.glyph, scene.theme.style(cells.role)).skip(1);
        pen.write_cut(&cells.title, room, scene.theme.style(Role::Text)).skip(2);
        pen.write(right, scene.theme.style(Role::Muted)).write(" ", line);
    }
    let key = scene.keys.hint(Context::Global, &Action::Tasks(Wish::Open)).map(show_key);
    if let Some(key) = key.filter(|_| area.height > 1) {
        let hint = format!("{key} {}", Pane::Hint(Hint::All).say(language));
        let right = scene.widths.text(&hint) as u16 + 3;
        pen.fill(area.width.saturating_sub(right), "─", line);
        pen.write(" ", line).write(&hint, scene.theme.style(Role::Muted)).write(" ", line);
    }
    pen.fill(area.width, "─", line);
    for (y, task) in (area.y + 1..area.bottom()).zip(rows) {
        strip_row(scene, area, y, task, buffer);
    }
}

fn counts(scene: &Scene<'_>) -> Vec<(String, Role)> {
    let language = scene.state.settings().language;
    let counts = scene.state.tasks().shelf().counts(since_ms(scene.now));
    let all = [
        (counts.undecided, Pane::Undecided(counts.undecided), Role::Warning),
        (counts.running, Pane::Running(counts.running), Role::Info),
        (counts.waiting, Pane::Waiting(counts.waiting), Role::Muted),
        (counts.paused, Pane::Paused(counts.paused), Role::Muted),
        (counts.saved, Pane::Saved(counts.saved), Role::TaskDone),
        (counts.failed, Pane::Failed(counts.failed), Role::Error),
        (counts.canceled, Pane::Canceled(counts.canceled), Role::Muted),
    ];
    let some = all.into_iter().filter(|(count, ..)| *count > 0);
    some.map(|(_, said, role)| (said.say(language), role)).collect()
}

/// The same by their signs, for the one line of a small screen.
fn signs(scene: &Scene<'_>) -> impl Iterator<Item = (&'static str, usize, Role)> {
    let counts = scene.state.tasks().shelf().counts(since_ms(scene.now));
    let all = [
        ("?", counts.undecided, Role::Warning),
        ("▶", counts.running, Role::Info),
        ("…", counts.waiting + counts.paused, Role::Muted),
        ("✓", counts.saved, Role::TaskDone),
        ("✗", counts.failed, Role::Error),
    ];
    all.into_iter().filter(|(_, count, _)| *count > 0)
}

fn strip_row(scene: &Scene<'_>, area: Area, y: u16, task: &TaskRecord, buffer: &mut Buffer) {
    let cells = Cells::of(scene, task);
    let style = |role| scene.theme.style(role);
    let mut pen = Pen::row(buffer, area, y, scene.widths);
    pen.skip(1).write(cells.glyph, style(cells.role)).skip(1);
    let model = if area.width >= 120 { 20 } else { 14 };
    let end = area.width.saturating_sub(1);
    let right = |from: u16| end.saturating_sub(from);
    pen.write_cut(&cells.model, model, style(Role::Model)).fill(
        3 + model + 1,
        " ",
        style(Role::Text),
    );
    // State, age, what is left or the file, price.
    let (state, age, left, price) = (10, 8, 18, 9);
    let room = right(state + age + left + price).saturating_sub(4 + model);
    pen.write_cut(&cells.title, room.saturating_sub(1), style(Role::Text));
    pen.fill(right(state + age + left + price), " ", style(Role::Text));
    pen.write_cut(&cells.state, state - 1, style(cells.role));
    pen.fill(right(age + left + price), " ", style(Role::Text));
    pen.write_cut(&cells.age, age - 1, style(Role::Muted));
    pen.fill(right(left + price), " ", style(Role::Text));
    if let Some((text, role)) = &cells.left {
        pen.write_cut(text, left - 1, style(*role));
    }
    let used = scene.widths.text(&cells.price) as u16;
    pen.fill(right(used.min(price)), " ", style(Role::Text));
    pen.write_cut(&cells.price, price, style(Role::Muted));
}

/// What the list is sorted by, in a word.
fn sorted_by(scene: &Scene<'_>) -> String {
    let language = scene.state.settings().language;
    let (sort, backwards) = scene.state.tasks().shelf().sort();
    let label = match sort {
        Sort::State => Label::State,
        Sort::Model => Label::Model,
        Sort::Age => Label::Age,
        Sort::Price => Label::Price,
        Sort::Expiry => Label::Expiry,
    };
    Pane::Placeholder(&Pane::Label(label).say(language), backwards).say(language)
}

/// Paints the list, or what takes its place.
pub(super) fn paint(scene: &Scene<'_>, area: Area, board: &Board, buffer: &mut Buffer) -> Shown {
    match &board.page {
        Page::List => all(scene, area, board, buffer),
        Page::Details { top } => details::paint(scene, area, board, *top, buffer),
        Page::Raw { text, top } => details::raw(scene, area, text, *top, buffer),
        Page::Account(account) => account::paint(scene, area, account, buffer),
        Page::Review { keys, at } => review::paint(scene, area, keys, *at, buffer),
    }
}

fn all(scene: &Scene<'_>, area: Area, board: &Board, buffer: &mut Buffer) -> Shown {
    let language = scene.state.settings().language;
    let shelf = scene.state.tasks().shelf();
    let mut title = vec![Pane::Title.say(language)];
    title.extend(counts(scene).into_iter().map(|(text, _)| text));
    if !board.marks.is_empty() {
        title.push(Pane::Marked(board.marks.len()).say(language));
    }
    let empty = if shelf.is_empty() { Pane::Nothing } else { Pane::NothingFits };
    let list = List {
        title: &title.join(" · "),
        picker: board.list(),
        prompt: if board.typing || !board.list().query().is_empty() { "/" } else { "·" },
        placeholder: &sorted_by(scene),
        empty: &empty.say(language),
        all: shelf.len(),
        details: 0,
    };
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        if let Some(task) = shelf.row(at) {
            row(scene, task, board.marks.contains(&task.key), line);
        }
    });
    Shown { place: laid.place, caret: board.typing.then_some(laid.caret), ..Shown::default() }
}

/// Columns on the right of the prompt or before it, the most important first: cells of each.
const AGE: u16 = 8;
const PRICE: u16 = 10;
const LEFT: u16 = 16;
const MODEL: u16 = 21;
const FILE: u16 = 30;
/// A prompt of fewer cells says nothing.
const PROMPT: u16 = 20;
/// Cells of the state.
const STATE: u16 = 11;

fn row(scene: &Scene<'_>, task: &TaskRecord, marked: bool, line: &mut Line<'_, '_>) {
    let cells = Cells::of(scene, task);
    line.text(if marked { "● " } else { "  " }, 2, Role::Accent);
    line.text(cells.glyph, 1, cells.role).gap(1);
    line.column(&cells.state, STATE - 1, cells.role).gap(1);
    // What matters least goes first where there is little room.
    let mut room = line.left().saturating_sub(PROMPT + 1);
    let mut fits = |cells: u16| {
        let fits = room >= cells;
        room = if fits { room - cells } else { 0 };
        fits
    };
    let (age, left) = (fits(AGE), fits(LEFT));
    let (price, model, file) = (fits(PRICE), fits(MODEL), fits(FILE));
    let wide = |shown: bool, cells: u16| if shown { cells } else { 0 };
    if model {
        line.column(&cells.model, MODEL - 1, Role::Model).gap(1);
    }
    let right = wide(age, AGE) + wide(left, LEFT) + wide(price, PRICE) + wide(file, FILE);
    let to = line.width().saturating_sub(right + 1);
    let room = line.left().saturating_sub(right + 2);
    line.text(&cells.title, room, Role::Text).to(to);
    if file {
        line.column(&cells.file, FILE - 1, Role::Muted).gap(1);
    }
    if age {
        line.right(&cells.age, AGE - 1, Role::Muted).gap(1);
    }
    if left {
        let (text, role) = cells.left.as_ref().map_or(("", Role::Muted), |(t, r)| (t, *r));
        line.right(text, LEFT - 1, role).gap(1);
    }
    if price {
        line.right(&cells.price, PRICE - 1, Role::Muted);
    }
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>, board: &Board) -> Vec<(Context, Action, String)> {
    let language = scene.state.settings().language;
    let say = |hint| Pane::Hint(hint).say(language);
    let wish = |wish, hint| (Context::Tasks, Action::Tasks(wish), say(hint));
    let accept = |context, hint| (context, Action::List(ListAction::Accept), say(hint));
    match &board.page {
        Page::List if board.typing => vec![accept(Context::List, Hint::Take)],
        Page::List => vec![
            accept(Context::Tasks, Hint::Details),
            wish(Wish::Filter, Hint::Filter),
            wish(Wish::Cancel, Hint::Cancel),
            wish(Wish::Retry, Hint::Retry),
            wish(Wish::View, Hint::View),
            wish(Wish::Video, Hint::Video),
            wish(Wish::Review, Hint::Review),
            wish(Wish::Adopt, Hint::Adopt),
            wish(Wish::Mark, Hint::Mark),
            wish(Wish::Pause, Hint::Pause),
            wish(Wish::Forget, Hint::Forget),
        ],
        Page::Details { .. } | Page::Raw { .. } => vec![
            wish(Wish::Raw, Hint::Raw),
            wish(Wish::View, Hint::View),
            wish(Wish::CopyPath, Hint::CopyPath),
            wish(Wish::Retry, Hint::Retry),
            wish(Wish::Edit, Hint::Edit),
            wish(Wish::Cancel, Hint::Cancel),
        ],
        Page::Account(_) => vec![
            accept(Context::Tasks, Hint::Take),
            wish(Wish::Adopt, Hint::TakeAll),
            wish(Wish::Mark, Hint::Mark),
        ],
        Page::Review { .. } => {
            let of = |wish, hint| (Context::TaskReview, Action::Tasks(wish), say(hint));
            let next = (Context::TaskReview, Action::List(ListAction::Down), say(Hint::Next));
            vec![
                of(Wish::Accept, Hint::Accept),
                of(Wish::Reject, Hint::Reject),
                of(Wish::Retry, Hint::Retry),
                of(Wish::View, Hint::View),
                next,
            ]
        }
    }
}
