//! The list of tasks while it is open: the marked row, the words that narrow it down, marks, and
//! what is shown in its place - all about one task, the account's tasks, results one after the
//! other. It refuses what any of it means for the service (`wishes`).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::focus::Overlay;
use super::super::picker::{Picked, Picker};
use super::super::{AppState, Effects};
use crate::action::{Context, List};
use crate::domain::ids::TaskKey;
use crate::domain::tasks::TaskRow;
use crate::domain::tasks::book::{Stage, TaskCommand, TaskRecord};
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::text::{json, sanitize};

/// Rows a page of a text moves by.
const PAGE: usize = 10;

/// The list of tasks while it is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Board {
    /// The words and the mark.
    list: Picker,
    /// What is typed narrows the list down.
    pub typing: bool,
    /// Tasks that are marked.
    pub marks: BTreeSet<TaskKey>,
    /// What is shown.
    pub page: Page,
}

/// What is shown of the tasks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Page {
    /// All of them.
    #[default]
    List,
    /// All about the marked one.
    Details {
        /// The first row shown.
        top: usize,
    },
    /// The service's last answer about it.
    Raw {
        /// Its text, clean.
        text: Arc<str>,
        /// The first row shown.
        top: usize,
    },
    /// Tasks of the account that are not here.
    Account(Account),
    /// Results, one after the other.
    Review {
        /// Of these tasks.
        keys: Vec<TaskKey>,
        /// The one that is shown.
        at: usize,
    },
}

/// Tasks of the account that are not here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// The marked row; nothing is typed.
    pub picker: Picker,
    /// `None` until the service has answered.
    pub rows: Option<Vec<TaskRow>>,
    /// Marked rows.
    pub marks: BTreeSet<usize>,
}

impl Board {
    /// The contexts in force while it is open, most special first.
    #[must_use]
    pub const fn contexts(&self) -> &'static [Context] {
        match self.page {
            _ if self.typing => &[Context::List, Context::Global],
            Page::Review { .. } => &[Context::TaskReview, Context::Global],
            Page::List | Page::Details { .. } | Page::Raw { .. } | Page::Account(_) => {
                &[Context::Tasks, Context::Global]
            }
        }
    }

    /// Its words and mark, where rows are shown.
    #[must_use]
    pub const fn picker(&self) -> Option<&Picker> {
        match &self.page {
            Page::List => Some(&self.list),
            Page::Account(account) => Some(&account.picker),
            Page::Details { .. } | Page::Raw { .. } | Page::Review { .. } => None,
        }
    }

    /// The same, to change them.
    pub const fn picker_mut(&mut self) -> Option<&mut Picker> {
        match &mut self.page {
            Page::List => Some(&mut self.list),
            Page::Account(account) => Some(&mut account.picker),
            Page::Details { .. } | Page::Raw { .. } | Page::Review { .. } => None,
        }
    }

    /// The words and mark of the list itself, whatever is shown.
    #[must_use]
    pub const fn list(&self) -> &Picker {
        &self.list
    }

    /// The painter tells the last row a shown text can begin with.
    pub fn limit(&mut self, last: usize) {
        if let Page::Details { top } | Page::Raw { top, .. } = &mut self.page {
            *top = (*top).min(last);
        }
    }

    /// Esc: the nearest thing is undone; tells whether there was one.
    fn back(&mut self) -> bool {
        if self.typing {
            self.typing = false;
            self.list.set_query("");
            return true;
        }
        if self.page != Page::List {
            self.page = Page::List;
            return true;
        }
        if !self.list.query().is_empty() {
            self.list.set_query("");
            return true;
        }
        !std::mem::take(&mut self.marks).is_empty()
    }
}

/// One step in a text of unknown length; the painter limits it.
fn scrolled(top: usize, action: List) -> usize {
    match action {
        List::Up => top.saturating_sub(1),
        List::Down => top.saturating_add(1),
        List::PageUp => top.saturating_sub(PAGE),
        List::PageDown => top.saturating_add(PAGE),
        List::First => 0,
        List::Last => usize::MAX / 2,
        List::Accept => top,
    }
}

impl AppState {
    pub(super) fn board(&mut self) -> Option<&mut Board> {
        match &mut self.focus.overlay {
            Some(Overlay::Tasks(board)) => Some(board),
            Some(_) | None => None,
        }
    }

    /// Opens the list, or closes it.
    pub(super) fn toggle_board(&mut self) {
        if matches!(self.focus.overlay, Some(Overlay::Tasks(_))) {
            self.focus.overlay = None;
            return;
        }
        self.tasks.shelf.filter("");
        let list = Picker::of(self.tasks.shelf.rows());
        self.focus.overlay = Some(Overlay::Tasks(Box::new(Board { list, ..Board::default() })));
    }

    /// The words of the list changed.
    pub(in crate::state) fn board_narrowed(&mut self) {
        let Some(Overlay::Tasks(board)) = &mut self.focus.overlay else { return };
        if board.page != Page::List {
            return;
        }
        self.tasks.shelf.filter(board.list.query());
        board.list.set_rows(self.tasks.shelf.rows());
    }

    /// The task that is acted upon.
    #[must_use]
    pub fn marked_task(&self) -> Option<TaskKey> {
        let Some(Overlay::Tasks(board)) = &self.focus.overlay else { return None };
        match &board.page {
            Page::Review { keys, at } => keys.get(*at).copied(),
            Page::Account(_) => None,
            Page::List | Page::Details { .. } | Page::Raw { .. } => {
                self.tasks.shelf.row(board.list.marked()).map(|task| task.key)
            }
        }
    }

    /// Rows came, went or moved: the mark stays with its task.
    pub(super) fn board_moved(&mut self, marked: Option<TaskKey>) {
        let row = marked.and_then(|key| self.tasks.shelf.row_of(key));
        let rows = self.tasks.shelf.rows();
        let Some(board) = self.board() else { return };
        board.list.set_rows(rows);
        if let Some(row) = row {
            board.list.mark(row);
        }
    }

    /// The tasks that are acted upon: those with a mark, else the marked row.
    pub(super) fn wanted_tasks(&self) -> Vec<&TaskRecord> {
        let Some(Overlay::Tasks(board)) = &self.focus.overlay else { return Vec::new() };
        let single = board.marks.is_empty() || matches!(board.page, Page::Review { .. });
        if single {
            let task = self.marked_task().and_then(|key| self.tasks.shelf.get(key));
            return task.into_iter().collect();
        }
        board.marks.iter().filter_map(|key| self.tasks.shelf.get(*key)).collect()
    }

    /// Esc in the tasks; tells whether something was left.
    pub(in crate::state) fn leave_tasks(&mut self) -> bool {
        if self.leave_ask() || self.leave_form() {
            return true;
        }
        let marked = self.marked_task();
        let left = self.board().is_some_and(Board::back);
        if left {
            let query = self.board().map(|board| board.list.query().to_owned());
            self.tasks.shelf.filter(&query.unwrap_or_default());
            self.board_moved(marked);
        }
        left
    }

    /// The mark is moved or taken in something of the tasks; `None` if none of it is open.
    pub(in crate::state) fn on_task_list(&mut self, action: List, now: Now) -> Option<Effects> {
        match &self.focus.overlay {
            Some(Overlay::Tasks(_)) => Some(self.on_board_list(action, now)),
            Some(Overlay::TaskForm(_)) => Some(self.on_form_list(action, now)),
            Some(Overlay::TaskAsk(_)) => Some(self.on_ask_list(action, now)),
            Some(_) | None => None,
        }
    }

    fn on_board_list(&mut self, action: List, now: Now) -> Effects {
        let Some(board) = self.board() else { return Vec::new() };
        match &mut board.page {
            Page::Details { .. } | Page::Raw { .. } if action == List::Accept => {
                board.page = Page::List;
                Vec::new()
            }
            Page::Details { top } | Page::Raw { top, .. } => {
                *top = scrolled(*top, action);
                Vec::new()
            }
            Page::Review { keys, at } => {
                let last = keys.len().saturating_sub(1);
                *at = match action {
                    List::Up => at.saturating_sub(1),
                    List::Down => (*at + 1).min(last),
                    List::PageUp | List::First => 0,
                    List::PageDown | List::Last => last,
                    List::Accept => *at,
                };
                self.wanted_posters()
            }
            Page::Account(account) => match account.picker.on_list(action) {
                Picked::Accepted(row) => self.adopt(Some(row)),
                Picked::Moved | Picked::Narrowed => Vec::new(),
            },
            Page::List if board.typing && action == List::Accept => {
                board.typing = false;
                Vec::new()
            }
            Page::List => match board.list.on_list(action) {
                Picked::Accepted(_) => self.look_into(now),
                Picked::Moved | Picked::Narrowed => Vec::new(),
            },
        }
    }

    /// Enter on a row: all about the task; of one that may exist, what it is.
    fn look_into(&mut self, now: Now) -> Effects {
        let marked = self.marked_task().and_then(|key| self.tasks.shelf.get(key));
        let Some(task) = marked.cloned() else { return Vec::new() };
        if task.stage == Stage::Maybe {
            return self.ask_what_it_is(&task, now);
        }
        self.show_details();
        Vec::new()
    }

    /// All about the marked task, or back.
    pub(super) fn show_details(&mut self) {
        let there = self.marked_task().is_some();
        let Some(board) = self.board() else { return };
        board.page = match board.page {
            Page::Details { .. } => Page::List,
            Page::List | Page::Raw { .. } | Page::Review { .. } if there => {
                Page::Details { top: 0 }
            }
            Page::List | Page::Raw { .. } | Page::Review { .. } | Page::Account(_) => return,
        };
    }

    /// The service's last answer about the marked task, or back.
    pub(super) fn show_raw(&mut self) {
        let raw = self.marked_task().and_then(|key| self.tasks.shelf.get(key));
        let raw = raw.map(|task| {
            let text = json::pretty(&task.raw).unwrap_or_else(|| task.raw.clone());
            Arc::from(sanitize::block(&text))
        });
        let Some(board) = self.board() else { return };
        match (&board.page, raw) {
            (Page::Raw { .. }, _) => board.page = Page::List,
            (Page::List | Page::Details { .. }, Some(text)) => {
                board.page = Page::Raw { text, top: 0 };
            }
            (Page::List | Page::Details { .. } | Page::Account(_) | Page::Review { .. }, _) => {}
        }
    }

    /// Looks around in the account.
    pub(super) fn look_around(&mut self) -> Effects {
        let Some(board) = self.board() else { return Vec::new() };
        board.page = Page::Account(Account::default());
        vec![Effect::Task(TaskCommand::LookAround)]
    }

    /// Tasks of the account came.
    pub(super) fn account_came(&mut self, rows: Vec<TaskRow>) {
        if let Some(Board { page: Page::Account(account), .. }) = self.board() {
            account.marks.clear();
            account.picker.set_rows(rows.len());
            account.rows = Some(rows);
        }
    }

    /// Takes over tasks of the account: those with a mark, else the one in this row; `None` is all.
    pub(super) fn adopt(&mut self, row: Option<usize>) -> Effects {
        let Some(board) = self.board() else { return Vec::new() };
        let Page::Account(account) = &board.page else { return Vec::new() };
        let wanted = |at: usize| match row {
            None => true,
            Some(row) if account.marks.is_empty() => at == row,
            Some(_) => account.marks.contains(&at),
        };
        let rows = account.rows.iter().flatten().enumerate();
        let rows: Vec<TaskRow> =
            rows.filter(|(at, _)| wanted(*at)).map(|(_, row)| row.clone()).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        board.page = Page::List;
        vec![Effect::Task(TaskCommand::Adopt(rows))]
    }

    /// Space: the row gets a mark or loses it, and the next one is gone to.
    pub(super) fn toggle_mark(&mut self) {
        let key = self.marked_task();
        let Some(board) = self.board() else { return };
        match (&mut board.page, key) {
            (Page::Account(account), _) => {
                let row = account.picker.marked();
                if !account.marks.remove(&row) {
                    account.marks.insert(row);
                }
                account.picker.mark(row + 1);
            }
            (Page::List, Some(key)) => {
                if !board.marks.remove(&key) {
                    board.marks.insert(key);
                }
                board.list.mark(board.list.marked() + 1);
            }
            (Page::List | Page::Details { .. } | Page::Raw { .. } | Page::Review { .. }, _) => {}
        }
    }

    /// All that are shown get a mark, or lose it if they have one.
    pub(super) fn toggle_marks(&mut self) {
        let Some(Overlay::Tasks(board)) = &mut self.focus.overlay else { return };
        if board.page != Page::List {
            return;
        }
        let shelf = &self.tasks.shelf;
        let all = (0..shelf.rows()).filter_map(|row| shelf.row(row)).map(|task| task.key);
        let all: BTreeSet<TaskKey> = all.collect();
        board.marks = if board.marks.is_superset(&all) { BTreeSet::new() } else { all };
    }

    /// Results one after the other: those with a mark, else all without a judgement.
    pub(super) fn begin_review(&mut self) -> Effects {
        let Some(Overlay::Tasks(board)) = &self.focus.overlay else { return Vec::new() };
        let shelf = &self.tasks.shelf;
        let all = (0..shelf.rows()).filter_map(|row| shelf.row(row));
        let saved = all.filter(|task| task.stage == Stage::Saved);
        let keys: Vec<TaskKey> = if board.marks.is_empty() {
            saved.filter(|task| task.review.is_none()).map(|task| task.key).collect()
        } else {
            saved.filter(|task| board.marks.contains(&task.key)).map(|task| task.key).collect()
        };
        if keys.is_empty() {
            return Vec::new();
        }
        if let Some(board) = self.board() {
            board.page = Page::Review { keys, at: 0 };
        }
        self.wanted_posters()
    }
}
