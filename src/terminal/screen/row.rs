//! Painting one row: what differs, short gaps rewritten instead of jumped over, the blank tail erased.
//! It refuses to trust a terminal's idea of how wide a cluster is.

use ratatui::buffer::Buffer;

use super::cells::{self, Wanted, at, at_mut, line, wanted};
use super::pen::Pen;
use super::{Pos, Screen};

/// Gaps up to this many cells are worth looking at for rewriting.
const GAP: u16 = 12;
/// What `CSI K` costs.
const ERASE: u16 = 3;

impl Screen {
    /// Makes row `y` of the terminal what `next` wants. Answers whether anything had to be written.
    pub(super) fn row(&mut self, next: &Buffer, y: u16) -> bool {
        let width = self.shown.area.width;
        let mut tail = None;
        let mut touched = false;
        // Columns before this one may be covered by a cluster drawn too wide: written whatever is known.
        let mut doubtful = 0;
        let mut x = 0;
        while x < width {
            if x >= doubtful {
                let same = cells::same(line(next, y), line(&self.shown, y), x, self.caps);
                if same > 0 {
                    x += same;
                    continue;
                }
            }
            let want = wanted(next, x, y, self.caps);
            if x >= doubtful && self.shows(x, y, &want) {
                x += want.span;
                continue;
            }
            touched = true;
            let tail = *tail.get_or_insert_with(|| self.tail(next, y));
            if x >= tail && self.erase(Pos { x, y }, doubtful) {
                break;
            }
            if cells::frail(&want.text) {
                doubtful = self.put_frail(Pos { x, y }, &want).max(doubtful);
            } else {
                self.approach(Pos { x, y }, want.pen, want.blank);
                self.put(&want.text, want.span, want.pen, want.blank);
            }
            self.remember(x, y, &want);
            x += want.span;
        }
        touched
    }

    /// Whether the terminal shows `want` at this place.
    pub(super) fn shows(&self, x: u16, y: u16, want: &Wanted<'_>) -> bool {
        let cell = at(&self.shown, x, y);
        cell.symbol() == want.text
            && cell.fg == want.pen.fg
            && cell.bg == want.pen.bg
            && cell.modifier == want.pen.mods
    }

    /// The first column from which `next` is blank and without background to the right edge.
    fn tail(&self, next: &Buffer, y: u16) -> u16 {
        let blank = |x: &u16| {
            let cell = at(next, *x, y);
            matches!(cell.symbol(), " " | "")
                && (cells::plain(cell) || Pen::of(cell, self.caps).blank() == Pen::DEFAULT)
        };
        let width = self.shown.area.width;
        width - (0..width).rev().take_while(blank).count() as u16
    }

    /// Erases from `from` to the right edge if that is shorter than writing spaces.
    fn erase(&mut self, from: Pos, doubtful: u16) -> bool {
        let width = self.shown.area.width;
        let dirty = |x: &u16| {
            let cell = at(&self.shown, *x, from.y);
            cell.symbol() != " " || self.pen_at(*x, from.y) != Pen::DEFAULT
        };
        let last = (from.x..width).rev().find(dirty).unwrap_or(from.x);
        if (last + 1).max(doubtful) - from.x <= ERASE {
            return false;
        }
        self.approach(from, Pen::DEFAULT, true);
        self.hold(Pen::DEFAULT, true);
        self.out.extend_from_slice(b"\x1b[K");
        for x in from.x..width {
            at_mut(&mut self.shown, x, from.y).reset();
        }
        true
    }

    /// Brings the cursor to `to`, by a move or by writing again what stands between, whichever is
    /// shorter given that text in `pen` follows.
    pub(super) fn approach(&mut self, to: Pos, pen: Pen, blank: bool) {
        if self.cursor == Some(to) {
            return;
        }
        let pen_cost = if self.pen.serves(pen, blank) { 0 } else { self.pen.change(pen).len() };
        let mut best = self.way(to).len() + pen_cost;
        let mut start = None;
        let here = self.cursor.filter(|at| at.y == to.y && at.x < to.x).map(|at| at.x);
        for from in here.into_iter().chain([0]) {
            if from >= to.x || to.x - from > GAP {
                continue;
            }
            let reach = self.way(Pos { x: from, y: to.y }).len();
            if let Some(cost) = self.rewriting(from, to, pen, blank)
                && reach + cost < best
            {
                best = reach + cost;
                start = Some(from);
            }
        }
        let Some(from) = start else { return self.go(to) };
        self.go(Pos { x: from, y: to.y });
        let mut x = from;
        while x < to.x {
            let (pen, span) = (self.pen_at(x, to.y), self.span_at(x, to.y));
            let text = at(&self.shown, x, to.y).symbol().to_owned();
            self.put(&text, span, pen, text == " ");
            x += span;
        }
    }

    /// What writing the cells from column `from` up to `to` again costs, changes of the pen included.
    fn rewriting(&self, from: u16, to: Pos, pen: Pen, blank: bool) -> Option<usize> {
        let mut held = self.pen;
        let mut cost = 0;
        let mut x = from;
        while x < to.x {
            let text = at(&self.shown, x, to.y).symbol();
            if text.is_empty() || cells::frail(text) {
                return None;
            }
            let wants = self.pen_at(x, to.y);
            if !held.serves(wants, text == " ") {
                cost += held.change(wants).len();
                held = wants;
            }
            cost += text.len();
            x += self.span_at(x, to.y);
        }
        if x != to.x {
            return None;
        }
        Some(if held.serves(pen, blank) { cost } else { cost + held.change(pen).len() })
    }

    /// Writes text at the cursor.
    fn put(&mut self, text: &str, span: u16, pen: Pen, blank: bool) {
        self.hold(pen, blank);
        self.out.extend_from_slice(text.as_bytes());
        let width = self.shown.area.width;
        // In the last column the terminal may or may not have wrapped in its mind.
        self.cursor = self.cursor.map(|at| Pos { x: at.x + span, ..at }).filter(|at| at.x < width);
    }

    /// Writes a cluster that terminals draw in different widths, over blanks, and answers up to which
    /// column it may have covered something. Near the right edge only its first character is sent, for
    /// a wrap there would spoil the next row.
    fn put_frail(&mut self, to: Pos, want: &Wanted<'_>) -> u16 {
        let room = self.shown.area.width - to.x;
        self.approach(to, want.pen.blank(), true);
        for _ in 0..want.span {
            self.put(" ", 1, want.pen, false);
        }
        let (head, narrow) = cells::first(&want.text);
        let wide = cells::worst(&want.text);
        let (text, reach) = if wide <= room { (&*want.text, wide) } else { (head, narrow) };
        if reach > room {
            return to.x + want.span;
        }
        self.go(to);
        self.hold(want.pen, false);
        self.out.extend_from_slice(text.as_bytes());
        self.cursor = None;
        to.x + reach.max(want.span)
    }

    /// Takes the pen in hand.
    pub(super) fn hold(&mut self, pen: Pen, blank: bool) {
        if !self.pen.serves(pen, blank) {
            let seq = self.pen.change(pen);
            self.out.extend_from_slice(seq.as_bytes());
            self.pen = pen;
        }
    }

    fn remember(&mut self, x: u16, y: u16, want: &Wanted<'_>) {
        for column in x..x + want.span {
            let cell = at_mut(&mut self.shown, column, y);
            cell.set_symbol(if column == x { &want.text } else { "" });
            (cell.fg, cell.bg, cell.modifier) = (want.pen.fg, want.pen.bg, want.pen.mods);
        }
    }

    fn pen_at(&self, x: u16, y: u16) -> Pen {
        let cell = at(&self.shown, x, y);
        Pen { fg: cell.fg, bg: cell.bg, mods: cell.modifier }
    }

    fn span_at(&self, x: u16, y: u16) -> u16 {
        let halves = (x + 1..self.shown.area.width)
            .take_while(|x| at(&self.shown, *x, y).symbol().is_empty());
        1 + halves.count() as u16
    }
}
