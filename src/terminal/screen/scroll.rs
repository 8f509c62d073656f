//! Moving a full-width region by its margins, which costs a few bytes where repainting costs thousands.
//! It refuses a hint that would not pay, so a wrong one costs time but never a wrong cell.

use ratatui::buffer::{Buffer, Cell};

use super::cells::{self, line, plain, wanted};
use super::pen::Pen;
use super::{Move, Pos, Screen};

/// Bytes that must be saved before a scroll pays for its own.
const PRICE: usize = 12;
/// Bytes of a move to the next difference, about.
const MOVE: usize = 4;

impl Screen {
    /// Scrolls as hinted if fewer cells differ from `next` afterwards. Answers whether it did.
    pub(super) fn scroll(&mut self, moved: Move, next: &Buffer) -> bool {
        let height = self.shown.area.height;
        let Move { top, bottom, by } = moved;
        let Ok(far) = u16::try_from(by.unsigned_abs()) else { return false };
        if bottom > height || top >= bottom || far == 0 || far >= bottom - top {
            return false;
        }
        if !self.pays(moved, next) {
            return false;
        }
        self.bound(top, bottom - 1);
        self.hold(Pen::DEFAULT, false);
        let (row, step): (u16, &[u8]) = if by > 0 { (bottom - 1, b"\n") } else { (top, b"\x1bM") };
        // Any column will do; the one it is in is often the nearest.
        let x = self.cursor.filter(|at| at.y == row).map_or(0, |at| at.x);
        self.go(Pos { x, y: row });
        for _ in 0..far {
            self.out.extend_from_slice(step);
        }
        self.shift(top, bottom, by > 0, far);
        true
    }

    /// Sets the margins unless they are set already. They stay: most frames scroll the same rows.
    fn bound(&mut self, top: u16, last: u16) {
        let whole = top == 0 && last + 1 == self.shown.area.height;
        let wanted = (!whole).then_some((top, last));
        if self.margins == wanted {
            return;
        }
        self.keep_home(None);
        self.out.extend_from_slice(b"\x1b[");
        if !whole {
            self.out.extend_from_slice(format!("{};{}", top + 1, last + 1).as_bytes());
        }
        self.out.push(b'r');
        self.margins = wanted;
        // Terminals differ in where this leaves the cursor.
        self.cursor = None;
    }

    /// What the terminal did to its rows, done to ours.
    fn shift(&mut self, top: u16, bottom: u16, up: bool, far: u16) {
        let width = usize::from(self.shown.area.width);
        let rows = &mut self.shown.content[usize::from(top) * width..usize::from(bottom) * width];
        let cells = usize::from(far) * width;
        if up {
            rows.rotate_left(cells);
            let kept = rows.len() - cells;
            rows[kept..].iter_mut().for_each(ratatui::buffer::Cell::reset);
        } else {
            rows.rotate_right(cells);
            rows[..cells].iter_mut().for_each(ratatui::buffer::Cell::reset);
        }
    }

    fn pays(&self, Move { top, bottom, by }: Move, next: &Buffer) -> bool {
        let from = |y: u16| {
            let from = i32::from(y) + by;
            u16::try_from(from).ok().filter(|from| (top..bottom).contains(from))
        };
        let after: usize = (top..bottom).map(|y| self.differing(next, y, from(y))).sum();
        let mut before = 0;
        // A scroll that pays does so by its first few rows.
        (top..bottom).any(|y| {
            before += self.differing(next, y, Some(y));
            after + PRICE < before
        })
    }

    /// About how many bytes it takes to make row `from` of the terminal, or a blank row, row `y` of `next`.
    fn differing(&self, next: &Buffer, y: u16, from: Option<u16>) -> usize {
        let wants = line(next, y);
        let mut cost = 0;
        let mut was_same = true;
        let mut x = 0;
        while x < self.shown.area.width {
            let known = match from {
                Some(row) => cells::same(wants, line(&self.shown, row), x, self.caps),
                None => {
                    wants[usize::from(x)..].iter().take_while(|cell| blank(cell)).count() as u16
                }
            };
            if known > 0 {
                was_same = true;
                x += known;
                continue;
            }
            let want = wanted(next, x, y, self.caps);
            let same = match from {
                Some(row) => self.shows(x, row, &want),
                None => want.blank && want.pen == Pen::DEFAULT,
            };
            if !same {
                cost += want.text.len() + if was_same { MOVE } else { 0 };
            }
            was_same = same;
            x += want.span;
        }
        cost
    }
}

/// A blank of the default look, which is what scrolling leaves behind.
fn blank(cell: &Cell) -> bool {
    cell.symbol() == " " && plain(cell)
}
