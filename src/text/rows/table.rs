//! Tables: columns by cell width, cells wrapped where the screen is too narrow, and rows of
//! `header: value` where not even that fits. It refuses parsing.

use crate::text::markdown::{Align, Cells, Table};
use crate::text::wrap::{Line, Mode, next_line};

use super::layout::{Page, Pen};
use super::{Flow, Ink, InkRole, Row};

/// Narrower than this no column is made, unless its content is.
const NARROWEST: usize = 5;

/// The table with its frame, without the lower edge if rows go on below.
pub(super) fn whole(table: &Table, page: &mut Page<'_>, out: &mut Vec<Row>) {
    if let Some(columns) = columns(table, page) {
        edge(&columns, 0, page, out);
        cells(table, &columns, &table.head, page, out);
        edge(&columns, 1, page, out);
        for row in &table.rows {
            cells(table, &columns, row, page, out);
        }
        if !table.goes_on {
            edge(&columns, 2, page, out);
        }
    } else if table.rows.is_empty() {
        for head in &*table.head {
            page.flow(head, Mode::Prose, out);
        }
    } else {
        for row in &table.rows {
            record(table, row, page, out);
        }
    }
}

/// A row below the cap.
pub(super) fn row(table: &Table, row: &Cells, page: &mut Page<'_>, out: &mut Vec<Row>) {
    match columns(table, page) {
        Some(columns) => cells(table, &columns, row, page, out),
        None => record(table, row, page, out),
    }
}

/// The lower edge after rows below the cap.
pub(super) fn foot(table: &Table, page: &mut Page<'_>, out: &mut Vec<Row>) {
    if let Some(columns) = columns(table, page) {
        edge(&columns, 2, page, out);
    }
}

/// The width of each column, or nothing if they do not fit side by side.
fn columns(table: &Table, page: &Page<'_>) -> Option<Vec<usize>> {
    let wide = page.widths.ambiguous_wide;
    let natural: Vec<usize> = table
        .natural
        .iter()
        .map(|(narrow, ambiguous)| usize::from(if wide { *ambiguous } else { *narrow }).max(1))
        .collect();
    let room = page.room.checked_sub(3 * natural.len() + 1)?;
    if natural.iter().sum::<usize>() <= room {
        return Some(natural);
    }
    if natural.iter().map(|n| (*n).min(NARROWEST)).sum::<usize>() > room {
        return None;
    }
    // Every column gets what it needs up to a common limit, the largest that fits.
    let taken = |limit: usize| natural.iter().map(|n| (*n).min(limit)).sum::<usize>();
    let mut limit = NARROWEST;
    let mut too_much = room + 1;
    while too_much - limit > 1 {
        let middle = usize::midpoint(limit, too_much);
        if taken(middle) <= room { limit = middle } else { too_much = middle }
    }
    let mut spare = room - taken(limit);
    let fair = natural.iter().map(|n| {
        let extra = usize::from(*n > limit && spare > 0);
        spare -= extra;
        (*n).min(limit + extra)
    });
    Some(fair.collect())
}

fn edge(columns: &[usize], which: usize, page: &mut Page<'_>, out: &mut Vec<Row>) {
    let [left, line, crossing, right] = page.widths.glyphs().edges[which];
    let mut text = String::from(left);
    for (i, width) in columns.iter().enumerate() {
        if i > 0 {
            text.push_str(crossing);
        }
        (0..width + 2).for_each(|_| text.push_str(line));
    }
    text.push_str(right);
    page.begin();
    page.row.push(&text, Ink::of(InkRole::TableFrame));
    page.end(out);
}

/// One row of the table: as many rows of the screen as its highest cell needs.
fn cells(table: &Table, columns: &[usize], row: &Cells, page: &mut Page<'_>, out: &mut Vec<Row>) {
    let frame = Ink::of(InkRole::TableFrame);
    let bar = page.widths.glyphs().bar;
    let empty = Flow::default();
    let mut open: Vec<(&Flow, Pen<'_>, usize)> = (0..columns.len())
        .map(|i| row.get(i).unwrap_or(&empty))
        .map(|flow| (flow, Pen::new(flow.runs()), 0))
        .collect();
    loop {
        page.begin();
        for (i, (flow, pen, at)) in open.iter_mut().enumerate() {
            page.row.push(bar, frame);
            page.row.blanks(1, Ink::default());
            let room = columns[i];
            let line = if *at < flow.text().len() {
                next_line(flow.text(), *at, room, page.widths, Mode::Prose)
            } else {
                Line { start: *at, end: *at, next: *at, odd: false }
            };
            let used =
                if line.odd { room } else { page.widths.text(&flow.text()[line.start..line.end]) };
            let spare = room - used.min(room);
            let before = match table.aligns.get(i) {
                Some(Align::Right) => spare,
                Some(Align::Center) => spare / 2,
                Some(Align::Left) | None => 0,
            };
            page.row.blanks(before, Ink::default());
            page.cut(flow.text(), &line, pen, room);
            page.row.blanks(spare - before + 1, Ink::default());
            *at = line.next;
        }
        page.row.push(bar, frame);
        page.end(out);
        if open.iter().all(|(flow, _, at)| *at >= flow.text().len()) {
            break;
        }
    }
}

/// One row of the table as a row of the screen for each cell, and a short line after them.
fn record(table: &Table, row: &Cells, page: &mut Page<'_>, out: &mut Vec<Row>) {
    for (head, cell) in table.head.iter().zip(&**row) {
        if cell.text().is_empty() {
            continue;
        }
        let mut flow = head.clone();
        if !head.text().is_empty() {
            flow.push(": ", Ink::of(InkRole::TableHead));
        }
        let mut at = 0;
        for run in cell.runs() {
            let end = at + run.len as usize;
            flow.push(&cell.text()[at..end], run.ink);
            at = end;
        }
        page.flow(&flow, Mode::Prose, out);
    }
    page.rule(InkRole::TableFrame, page.room.min(3), out);
}
