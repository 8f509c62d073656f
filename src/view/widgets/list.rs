//! A list one picks from, laid over the panes: title and count, the words that narrow it down, the
//! rows, details of the marked one. It refuses to know what the rows are.
//!
//! ```text
//! ─ Everything lian can do ──────────────────────────────────────── 3 of 41 ─
//!  › new
//!  ▸ Begin a new conversation                              /new  Ctrl+N
//!    To the next conversation                                    Alt+PageDown
//! ```

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use crate::layout::Area;
use crate::state::focus::ListPlace;
use crate::state::picker::Picker;
use crate::text::width::Widths;
use crate::theme::{Role, Theme};
use crate::view::Scene;
use crate::view::canvas::{self, Pen};

/// What a list says around its rows.
pub(in crate::view) struct List<'a> {
    /// Above it.
    pub title: &'a str,
    /// The words and the mark.
    pub picker: &'a Picker,
    /// Before the words.
    pub prompt: &'a str,
    /// In place of the words while there are none.
    pub placeholder: &'a str,
    /// In place of the rows while there are none.
    pub empty: &'a str,
    /// Rows without words.
    pub all: usize,
    /// Rows for details of the marked row, below a line; 0 for none.
    pub details: u16,
}

/// Where things came to lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::view) struct Laid {
    /// The caret in the words.
    pub caret: (u16, u16),
    /// The rows, for the mouse.
    pub place: ListPlace,
    /// Where the details go; of height 0 where there is no room for them.
    pub details: Area,
}

/// One row of the list while it is written. A marked one has one look for everything.
pub(in crate::view) struct Line<'a, 'b> {
    pen: &'a mut Pen<'b>,
    theme: &'a Theme,
    widths: Widths,
    marked: bool,
    width: u16,
}

impl Line<'_, '_> {
    /// Cells of the whole row.
    pub(in crate::view) fn width(&self) -> u16 {
        self.width
    }

    /// Cells left.
    pub(in crate::view) fn left(&self) -> u16 {
        self.pen.left()
    }

    fn style(&self, role: Role) -> Style {
        self.theme.style(if self.marked { Role::Marked } else { role })
    }

    /// Writes a text, cut to at most `cells`.
    pub(in crate::view) fn text(&mut self, text: &str, cells: u16, role: Role) -> &mut Self {
        let style = self.style(role);
        self.pen.write_cut(text, cells.min(self.pen.left()), style);
        self
    }

    /// Writes a text cut to `cells` and fills what is left of them.
    pub(in crate::view) fn column(&mut self, text: &str, cells: u16, role: Role) -> &mut Self {
        let cells = cells.min(self.pen.left());
        let end = self.width - self.pen.left() + cells;
        self.text(text, cells, role);
        self.to(end)
    }

    /// Writes a text at the right edge of `cells`.
    pub(in crate::view) fn right(&mut self, text: &str, cells: u16, role: Role) -> &mut Self {
        let cells = cells.min(self.pen.left());
        let used = (self.widths.text(text) as u16).min(cells);
        self.gap(cells - used).text(text, used, role)
    }

    /// Writes a text in which some characters were found; those beyond it are ignored.
    pub(in crate::view) fn found(
        &mut self,
        text: &str,
        at: &[u32],
        cells: u16,
        role: Role,
    ) -> &mut Self {
        let cells = cells.min(self.pen.left());
        let text = canvas::cut(text, cells, self.widths);
        let (plain, found) = (self.style(role), self.style(Role::Found));
        let mut rest = at.iter().copied().peekable();
        let mut chars = 0;
        for cluster in self.widths.clusters(&text) {
            let next = chars + cluster.text.chars().count() as u32;
            let mut hit = false;
            while rest.next_if(|at| *at < next).is_some() {
                hit = true;
            }
            chars = next;
            self.pen.write(cluster.text, if hit { found } else { plain });
        }
        self
    }

    /// Goes right by some cells.
    pub(in crate::view) fn gap(&mut self, cells: u16) -> &mut Self {
        let to = self.width - self.pen.left() + cells;
        self.to(to)
    }

    /// Goes right to a column of the row.
    pub(in crate::view) fn to(&mut self, column: u16) -> &mut Self {
        let missing = column.saturating_sub(self.width - self.pen.left()).min(self.pen.left());
        let style = self.style(Role::Text);
        for _ in 0..missing {
            self.pen.write(" ", style);
        }
        self
    }
}

/// Paints a list; `row` writes the row of that number.
pub(in crate::view) fn paint(
    scene: &Scene<'_>,
    area: Area,
    list: &List<'_>,
    buffer: &mut Buffer,
    mut row: impl FnMut(usize, &mut Line<'_, '_>),
) -> Laid {
    let title = Area { height: area.height.min(1), ..area };
    let query = Area { y: title.bottom(), height: area.height.saturating_sub(1).min(1), ..area };
    let left = area.height.saturating_sub(2);
    // Details come after some rows: a list of one row is no list.
    let details = if left >= list.details + 5 && list.details > 0 { list.details + 1 } else { 0 };
    let rows = Area { y: query.bottom(), height: left - details, ..area };
    head(scene, title, list, buffer);
    let caret = words(scene, query, list, buffer);
    let place = window(list.picker, rows);
    for (i, y) in (rows.y..rows.bottom()).enumerate() {
        let at = place.first + i;
        let mut pen = Pen::row(buffer, rows, y, scene.widths);
        if list.picker.rows() == 0 {
            if i == 0 {
                pen.skip(3).write(list.empty, scene.theme.style(Role::Muted));
            }
            continue;
        }
        if at >= list.picker.rows() {
            continue;
        }
        let marked = at == list.picker.marked();
        let mark = scene.theme.style(if marked { Role::Marked } else { Role::Text });
        pen.write(if marked { " ▸ " } else { "   " }, mark);
        let Scene { theme, widths, .. } = *scene;
        let mut line = Line { pen: &mut pen, theme, widths, marked, width: area.width };
        row(at, &mut line);
        line.to(area.width);
    }
    let details = Area { y: rows.bottom(), height: details, ..area };
    let details = if details.height == 0 { details } else { below(scene, details, buffer) };
    Laid { caret, place, details }
}

/// The rows in sight: the mark is in the middle of them as far as there are rows around it.
fn window(picker: &Picker, area: Area) -> ListPlace {
    let height = usize::from(area.height);
    let last = picker.rows().saturating_sub(height);
    let first = picker.marked().saturating_sub(height / 2).min(last);
    ListPlace { y: area.y, first, height: area.height }
}

fn head(scene: &Scene<'_>, area: Area, list: &List<'_>, buffer: &mut Buffer) {
    let line = scene.theme.style(Role::LineFocused);
    let count = if list.picker.rows() == list.all {
        list.all.to_string()
    } else {
        format!("{}/{}", list.picker.rows(), list.all)
    };
    let right = scene.widths.text(&count) as u16 + 3;
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.write("─ ", line);
    let room = pen.left().saturating_sub(right + 1);
    pen.write_cut(list.title, room, scene.theme.style(Role::Accent)).write(" ", line);
    pen.fill(area.width.saturating_sub(right), "─", line);
    pen.write(" ", line).write(&count, scene.theme.style(Role::Muted)).write(" ─", line);
}

/// Paints the words and tells where the caret is.
fn words(scene: &Scene<'_>, area: Area, list: &List<'_>, buffer: &mut Buffer) -> (u16, u16) {
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.skip(1).write(list.prompt, scene.theme.style(Role::Key)).skip(1);
    let from = area.x + area.width - pen.left();
    let query = list.picker.query();
    if area.height == 0 {
        // No row is left for the words: the caret stays on the screen.
        return (area.x, area.y.saturating_sub(1));
    }
    if query.is_empty() {
        pen.write(list.placeholder, scene.theme.style(Role::Muted));
        return (from, area.y);
    }
    let before = scene.widths.text(list.picker.before_caret()) as u16;
    // Words that are too long are shown from where the caret is in sight.
    let room = pen.left().saturating_sub(1).max(1);
    let hidden = before.saturating_sub(room);
    let mut gone = 0;
    for cluster in scene.widths.clusters(query) {
        if gone < hidden {
            gone += cluster.cells as u16;
        } else {
            pen.write(cluster.text, scene.theme.style(Role::Text));
        }
    }
    ((from + before - gone).min(area.x + area.width - 1), area.y)
}

/// Draws the line above the details and answers with their area.
fn below(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) -> Area {
    let line = scene.theme.style(Role::Line);
    Pen::row(buffer, area, area.y, scene.widths).fill(area.width, "─", line);
    let details = Area { y: area.y + 1, height: area.height - 1, ..area };
    for y in details.y..details.bottom() {
        Pen::row(buffer, details, y, scene.widths);
    }
    details
}
