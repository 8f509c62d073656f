//! Writing text into cells: graphemes, widths, edges. It refuses to know what is written.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Style;

use crate::layout::Area;
use crate::text::rows::Row;
use crate::text::width::{Cluster, Widths};
use crate::theme::Theme;

/// One screen row that is being written from left to right.
pub(super) struct Pen<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
    widths: Widths,
}

impl<'a> Pen<'a> {
    /// Empties row `y` of `area` and starts at its left edge. A row outside the buffer takes
    /// nothing.
    pub(super) fn row(buffer: &'a mut Buffer, area: Area, y: u16, widths: Widths) -> Self {
        let bounds = buffer.area;
        let inside = y < bounds.height && y >= area.y && y < area.bottom();
        let end = if inside { (area.x + area.width).min(bounds.width) } else { area.x };
        let row = usize::from(y) * usize::from(bounds.width);
        let cells = row + usize::from(area.x)..row + usize::from(end);
        if let Some(cells) = buffer.content.get_mut(cells) {
            cells.fill(Cell::EMPTY);
        }
        Self { buffer, x: area.x, y, end, widths }
    }

    /// Cells left.
    pub(super) fn left(&self) -> u16 {
        self.end.saturating_sub(self.x)
    }

    /// Goes right by some cells.
    pub(super) fn skip(&mut self, cells: u16) -> &mut Self {
        self.x = (self.x + cells).min(self.end);
        self
    }

    /// Writes as much of `text` as fits.
    pub(super) fn write(&mut self, text: &str, style: Style) -> &mut Self {
        for cluster in self.widths.clusters(text) {
            self.put(cluster, style);
            if self.left() == 0 {
                break;
            }
        }
        self
    }

    /// Writes one cluster; one that does not fit ends the row.
    fn put(&mut self, cluster: Cluster<'_>, style: Style) {
        let cells = cluster.cells as u16;
        if cells > self.left() {
            self.x = self.end;
            return;
        }
        if let Some(cell) = self.buffer.cell_mut((self.x, self.y)) {
            cell.set_symbol(cluster.text).set_style(style);
        }
        for x in self.x + 1..self.x + cells {
            if let Some(cell) = self.buffer.cell_mut((x, self.y)) {
                cell.reset();
                cell.set_style(style);
            }
        }
        self.x += cells;
    }

    /// Writes `text` cut with an ellipsis to at most `cells` cells.
    pub(super) fn write_cut(&mut self, text: &str, cells: u16, style: Style) -> &mut Self {
        if self.widths.text(text) <= usize::from(cells) {
            return self.write(text, style);
        }
        let cut = cut(text, cells, self.widths);
        self.write(&cut, style)
    }

    /// Fills up to column `to` with a character.
    pub(super) fn fill(&mut self, to: u16, symbol: &str, style: Style) -> &mut Self {
        let cluster = self.widths.clusters(symbol).next().filter(|cluster| cluster.cells > 0);
        let Some(cluster) = cluster else { return self };
        while self.x < to.min(self.end) {
            self.put(cluster, style);
        }
        self
    }

    /// Writes a row of laid out text; `over` is patched over every style.
    pub(super) fn row_of(&mut self, row: &Row, theme: &Theme, over: Option<Style>) -> &mut Self {
        let mut at = 0;
        for run in &row.runs {
            let to = at + run.len as usize;
            let style = over.unwrap_or_else(|| theme.ink(run.ink));
            self.write(row.text.get(at..to).unwrap_or_default(), style);
            at = to;
        }
        self
    }
}

/// The beginning of a text that fits into so many cells, with an ellipsis if it was cut.
pub(super) fn cut(text: &str, cells: u16, widths: Widths) -> String {
    let room = usize::from(cells);
    if widths.text(text) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for cluster in widths.clusters(text) {
        used += cluster.cells;
        if used > room {
            break;
        }
        out.push_str(cluster.text);
    }
    if room > 0 {
        out.push('…');
    }
    out
}
