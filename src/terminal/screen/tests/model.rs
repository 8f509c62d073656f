//! A terminal that takes nothing lightly: it fails on every sequence whose effect differs between real
//! terminals, and does the worst where they disagree about a picture.

use ratatui::style::{Color, Modifier};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::pen::Pen;
use crate::input::Size;

/// Where terminals disagree.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent habits of terminals")]
pub(super) struct Quirks {
    /// Setting margins takes the cursor home; else it is left where it was.
    pub(super) homes: bool,
    /// Clusters are drawn as one glyph; else each character for itself.
    pub(super) composes: bool,
    /// Erasing and scrolling fill with the current background; else with the default one.
    pub(super) fills: bool,
    /// Half of an overwritten wide glyph stays as rubbish; else it becomes a space.
    pub(super) stale: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Cell {
    text: String,
    pen: Pen,
}

#[derive(Debug)]
pub(super) struct Model {
    quirks: Quirks,
    size: Size,
    cells: Vec<Cell>,
    x: u16,
    y: u16,
    /// The last column was written: where the cursor is depends on the terminal.
    pending: bool,
    pen: Pen,
    margins: (u16, u16),
    saved: Option<(u16, u16, Pen)>,
    hidden: bool,
}

impl Model {
    pub(super) fn new(size: Size, quirks: Quirks) -> Self {
        let blank = Cell { text: " ".to_owned(), pen: Pen::DEFAULT };
        Self {
            quirks,
            size,
            cells: vec![blank; usize::from(size.width) * usize::from(size.height)],
            x: 0,
            y: 0,
            pending: false,
            pen: Pen::DEFAULT,
            margins: (0, size.height - 1),
            saved: None,
            hidden: false,
        }
    }

    /// Everything is lost, as after the worst reflow.
    pub(super) fn resize(&mut self, size: Size) {
        *self = Self { hidden: self.hidden, ..Self::new(size, self.quirks) };
        for cell in &mut self.cells {
            "#".clone_into(&mut cell.text);
        }
        (self.x, self.y) = (size.width - 1, size.height - 1);
        self.margins = (0, size.height / 2);
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let mut rest = std::str::from_utf8(bytes).unwrap();
        while let Some(c) = rest.chars().next() {
            let used = match c {
                '\x1b' => self.escape(&rest[1..]) + 1,
                '\r' => {
                    assert!(!self.pending, "CR with a wrap pending");
                    self.x = 0;
                    1
                }
                '\n' => {
                    self.down();
                    1
                }
                '\x08' => {
                    self.relative();
                    assert!(self.x > 0, "BS at the left edge");
                    self.x -= 1;
                    1
                }
                c if c.is_control() => panic!("control character {c:?}"),
                _ => {
                    let glyph = if self.quirks.composes {
                        rest.graphemes(true).next().unwrap()
                    } else {
                        &rest[..c.len_utf8()]
                    };
                    self.print(glyph);
                    glyph.len()
                }
            };
            rest = &rest[used..];
        }
    }

    fn relative(&self) {
        assert!(!self.pending, "a relative move with a wrap pending");
    }

    fn index(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.size.width) + usize::from(x)
    }

    fn print(&mut self, glyph: &str) {
        let width = if self.quirks.composes {
            glyph.width()
        } else {
            glyph.chars().next().and_then(UnicodeWidthChar::width).unwrap_or(0)
        } as u16;
        if width == 0 {
            // A mark on the glyph before.
            let end = if self.pending { self.size.width } else { self.x };
            let base = (0..end).rev().find(|x| !self.cells[self.index(*x, self.y)].text.is_empty());
            let base = self.index(base.expect("a mark without a glyph"), self.y);
            self.cells[base].text.push_str(glyph);
            return;
        }
        assert!(!self.pending, "text wraps");
        assert!(self.x + width <= self.size.width, "a wide glyph wraps");
        for x in self.x..self.x + width {
            self.tear(x);
        }
        for x in self.x..self.x + width {
            let at = self.index(x, self.y);
            let text = if x == self.x { glyph.to_owned() } else { String::new() };
            self.cells[at] = Cell { text, pen: self.pen };
        }
        self.x += width;
        if self.x == self.size.width {
            self.x -= 1;
            self.pending = true;
        }
    }

    /// The glyph that covers this cell goes away.
    fn tear(&mut self, x: u16) {
        let mut start = x;
        while start > 0 && self.cells[self.index(start, self.y)].text.is_empty() {
            start -= 1;
        }
        let mut end = start + 1;
        while end < self.size.width && self.cells[self.index(end, self.y)].text.is_empty() {
            end += 1;
        }
        if end - start > 1 {
            for x in start..end {
                let at = self.index(x, self.y);
                self.cells[at].text = if self.quirks.stale { "?" } else { " " }.to_owned();
            }
        }
    }

    fn fill(&self) -> Cell {
        let bg = if self.quirks.fills { self.pen.bg } else { Color::Reset };
        Cell { text: " ".to_owned(), pen: Pen { bg, ..Pen::DEFAULT } }
    }

    fn down(&mut self) {
        self.relative();
        if self.y == self.margins.1 {
            self.rotate(true);
        } else {
            assert!(self.y + 1 < self.size.height, "LF at the bottom outside the margins");
            self.y += 1;
        }
    }

    fn up(&mut self) {
        self.relative();
        if self.y == self.margins.0 {
            self.rotate(false);
        } else {
            assert!(self.y > 0, "RI at the top outside the margins");
            self.y -= 1;
        }
    }

    fn rotate(&mut self, up: bool) {
        assert_eq!(self.pen, Pen::DEFAULT, "scrolled with a pen in hand");
        let (from, to) = (self.index(0, self.margins.0), self.index(0, self.margins.1 + 1));
        let width = usize::from(self.size.width);
        let fill = self.fill();
        let rows = &mut self.cells[from..to];
        let gone = rows.len() - width;
        if up {
            rows.rotate_left(width);
            rows[gone..].fill(fill);
        } else {
            rows.rotate_right(width);
            rows[..width].fill(fill);
        }
    }

    /// One escape sequence after its ESC; answers its length.
    fn escape(&mut self, rest: &str) -> usize {
        match rest.as_bytes()[0] {
            b'7' => {
                assert!(!self.pending, "saved with a wrap pending");
                self.saved = Some((self.x, self.y, self.pen));
            }
            b'8' => {
                (self.x, self.y, self.pen) = self.saved.expect("restored what was not saved");
                self.pending = false;
            }
            b'M' => self.up(),
            b'[' => {
                let end = rest[1..].find(|c: char| ('@'..='~').contains(&c)).unwrap() + 1;
                self.csi(&rest[1..end], rest.as_bytes()[end]);
                return end + 1;
            }
            other => panic!("ESC {}", other as char),
        }
        1
    }

    fn csi(&mut self, text: &str, last: u8) {
        let numbers: Vec<u16> = text.split(';').map(|n| n.parse().unwrap_or(0)).collect();
        let number = |at: usize| numbers.get(at).copied().filter(|n| *n > 0).unwrap_or(1);
        let same_zone = |from: u16, to: u16, (top, bottom): (u16, u16)| {
            (from < top) == (to < top) && (from > bottom) == (to > bottom)
        };
        match (text, last) {
            ("?25", b'h') => self.hidden = false,
            ("?25", b'l') => self.hidden = true,
            ("?2026", b'h' | b'l') => {}
            (_, b'm') => self.sgr(text, &numbers),
            (_, b'H') => self.set(number(1) - 1, number(0) - 1),
            (_, b'd') => {
                self.relative();
                self.set(self.x, number(0) - 1);
            }
            (_, b'G') => {
                self.relative();
                self.set(number(0) - 1, self.y);
            }
            (_, b'A' | b'B' | b'C' | b'D') => {
                self.relative();
                let (mut x, mut y) = (self.x, self.y);
                match last {
                    b'A' => y -= number(0),
                    b'B' => y += number(0),
                    b'C' => x += number(0),
                    _ => x -= number(0),
                }
                assert!(same_zone(self.y, y, self.margins), "crosses a margin");
                self.set(x, y);
            }
            ("", b'K') => {
                self.relative();
                assert!(!self.pen.inked(), "erased with ink");
                for x in self.x..self.size.width {
                    self.tear(x);
                    let at = self.index(x, self.y);
                    self.cells[at] = self.fill();
                }
            }
            ("2", b'J') => {
                assert_eq!(self.pen, Pen::DEFAULT, "cleared with a pen in hand");
                let fill = self.fill();
                self.cells.fill(fill);
            }
            (_, b'r') => {
                let bottom = numbers.get(1).copied().unwrap_or(self.size.height);
                self.margins = (number(0) - 1, bottom - 1);
                assert!(self.margins.0 < self.margins.1 || self.size.height == 1);
                assert!(bottom <= self.size.height);
                self.pending = false;
                if self.quirks.homes {
                    (self.x, self.y) = (0, 0);
                }
            }
            _ => panic!("CSI {text} {}", last as char),
        }
    }

    fn set(&mut self, x: u16, y: u16) {
        assert!(x < self.size.width && y < self.size.height, "moved outside to {x}, {y}");
        (self.x, self.y, self.pending) = (x, y, false);
    }

    fn sgr(&mut self, text: &str, numbers: &[u16]) {
        if text.is_empty() {
            self.pen = Pen::DEFAULT;
            return;
        }
        let mut rest = numbers;
        while let [code, tail @ ..] = rest {
            rest = tail;
            let colour = |base: u16| Color::Indexed((code - base) as u8);
            match code {
                0 => self.pen = Pen::DEFAULT,
                1 => self.pen.mods |= Modifier::BOLD,
                2 => self.pen.mods |= Modifier::DIM,
                3 => self.pen.mods |= Modifier::ITALIC,
                4 => self.pen.mods |= Modifier::UNDERLINED,
                7 => self.pen.mods |= Modifier::REVERSED,
                9 => self.pen.mods |= Modifier::CROSSED_OUT,
                22 => self.pen.mods -= Modifier::BOLD | Modifier::DIM,
                23 => self.pen.mods -= Modifier::ITALIC,
                24 => self.pen.mods -= Modifier::UNDERLINED,
                27 => self.pen.mods -= Modifier::REVERSED,
                29 => self.pen.mods -= Modifier::CROSSED_OUT,
                30..=37 => self.pen.fg = colour(30),
                39 => self.pen.fg = Color::Reset,
                40..=47 => self.pen.bg = colour(40),
                49 => self.pen.bg = Color::Reset,
                90..=97 => self.pen.fg = colour(82),
                100..=107 => self.pen.bg = colour(92),
                38 | 48 => {
                    let (mixed, used) = match tail {
                        [5, n, ..] => (Color::Indexed(*n as u8), 2),
                        [2, r, g, b, ..] => (Color::Rgb(*r as u8, *g as u8, *b as u8), 4),
                        _ => panic!("SGR {text}"),
                    };
                    *(if *code == 38 { &mut self.pen.fg } else { &mut self.pen.bg }) = mixed;
                    rest = &tail[used..];
                }
                _ => panic!("SGR {text}"),
            }
        }
    }

    /// Asserts what one cell shows.
    pub(super) fn check(&self, x: u16, y: u16, text: &str, pen: Pen, frail: bool) {
        let cell = &self.cells[self.index(x, y)];
        if frail {
            return;
        }
        assert_eq!(cell.text, text, "column {x} of row {y}");
        if text == " " {
            assert_eq!(cell.pen.blank(), pen.blank(), "blank column {x} of row {y}");
        } else if !text.is_empty() {
            assert_eq!(cell.pen, pen, "{text:?} in column {x} of row {y}");
        }
    }

    /// Asserts where the cursor is, and that the pen was put down.
    pub(super) fn check_cursor(&self, cursor: Option<(u16, u16)>) {
        assert_eq!(self.pen, Pen::DEFAULT);
        assert_eq!(self.hidden, cursor.is_none());
        if let Some((x, y)) = cursor {
            let inside = (x.min(self.size.width - 1), y.min(self.size.height - 1));
            assert_eq!((self.x, self.y), inside);
            assert!(!self.pending);
        }
    }
}
