//! Nothing flickers: the recorded bytes of a run, taken apart frame by frame. A frame that scrolls
//! or touches more than two rows is held still by a synchronized update. It refuses to look at the
//! picture; other tests do.

use std::collections::BTreeSet;

use crate::harness::term::Term;
use crate::harness::wire::{self, Piece};
use crate::harness::world::{Home, Sim, Start};

/// Frames that touch more rows than this must be held still.
const FEW_ROWS: usize = 2;

/// What a run did and where it broke the rule.
#[derive(Debug, Default)]
struct Report {
    /// Synchronized updates.
    held: usize,
    /// Of those the ones that scrolled.
    scrolled: usize,
    /// Rows written outside of them, one count for each visit.
    bare: usize,
    /// Strings for the terminal (the clipboard), between the frames.
    strings: usize,
    faults: Vec<String>,
}

/// A terminal that knows only rows: where the cursor is, what was touched, what scrolled.
#[derive(Debug)]
struct Rows {
    /// The height now, and after each clear of the screen that comes.
    heights: Vec<usize>,
    row: usize,
    saved: usize,
    margins: Option<(usize, usize)>,
    shown: bool,
    /// Within a synchronized update.
    held: bool,
    /// Rows written since the frame began.
    touched: BTreeSet<usize>,
    scrolled: bool,
    /// The row of the caret: frames begin and end there.
    home: usize,
    report: Report,
}

impl Rows {
    /// `heights` are those of the window: at first, and after each paint of everything.
    fn new(heights: Vec<usize>) -> Self {
        Self {
            heights,
            row: 0,
            saved: 0,
            margins: None,
            shown: true,
            held: false,
            touched: BTreeSet::new(),
            scrolled: false,
            home: 0,
            report: Report::default(),
        }
    }

    fn height(&self) -> usize {
        self.heights.first().copied().unwrap_or(1)
    }

    /// First and last row that scroll.
    fn region(&self) -> (usize, usize) {
        self.margins.unwrap_or((0, self.height() - 1))
    }

    fn feed(&mut self, pieces: &[Piece]) {
        let mut pieces = pieces.iter();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Text(_) => self.touch(self.row..=self.row),
                Piece::Control(b'\n') => self.down(),
                Piece::Control(_) => {}
                Piece::Escape(rest) if rest == "M" => self.up(),
                Piece::Escape(rest) if rest == "7" => self.saved = self.row,
                Piece::Escape(rest) if rest == "8" => {
                    // Only the end of a frame is a way back.
                    self.go(self.saved);
                    if !self.held {
                        self.end_of_frame();
                    }
                }
                Piece::Escape(rest) => self.fault(&format!("ESC {rest}")),
                Piece::Csi(parameters, last) => self.csi(parameters, *last),
                Piece::Opener(_) => {
                    self.report.strings += 1;
                    if self.held {
                        self.fault("a string within an update");
                    }
                    let end = |piece: &Piece| {
                        *piece == Piece::Control(7) || *piece == Piece::Escape("\\".to_owned())
                    };
                    assert!(pieces.any(end), "a string without an end");
                }
            }
        }
        if self.held {
            self.fault("an update that was left open");
        }
        self.end_of_frame();
    }

    fn csi(&mut self, parameters: &str, last: char) {
        let number = |at: usize| {
            let part = parameters.split(';').nth(at).and_then(|part| part.parse().ok());
            part.unwrap_or(1_usize).max(1)
        };
        match (parameters, last) {
            ("?2026", 'h') => {
                if self.held {
                    self.fault("an update within an update");
                }
                self.end_of_frame();
                self.held = true;
            }
            ("?2026", 'l') => {
                if !self.held {
                    self.fault("an end without a beginning");
                }
                self.report.held += 1;
                self.report.scrolled += usize::from(self.scrolled);
                self.touched.clear();
                self.scrolled = false;
                self.held = false;
                self.home = self.row;
            }
            ("?25", 'h' | 'l') => self.shown = last == 'h',
            (_, 'h' | 'l' | 'u' | 'm' | 'G' | 'C' | 'D') => {}
            (_, 'K' | 'X' | '@' | 'P') => self.touch(self.row..=self.row),
            (_, 'J') => {
                if parameters == "2" && self.heights.len() > 1 {
                    self.heights.remove(0);
                }
                self.touch(0..self.height());
            }
            (_, 'H' | 'd') => self.go(number(0) - 1),
            (_, 'A' | 'F') => self.go(self.row.saturating_sub(number(0))),
            (_, 'B' | 'E') => self.go(self.row + number(0)),
            (_, 'S' | 'T' | 'L' | 'M') => self.scroll(),
            ("", 'r') => {
                self.margins = None;
                self.go(0);
            }
            (_, 'r') => {
                self.margins = Some((number(0) - 1, number(1) - 1));
                self.go(0);
            }
            _ => self.fault(&format!("CSI {parameters} {last}")),
        }
    }

    fn touch(&mut self, rows: impl IntoIterator<Item = usize>) {
        self.report.bare += usize::from(!self.held);
        self.touched.extend(rows);
        if !self.held && self.touched.len() > FEW_ROWS {
            self.fault(&format!("rows {:?} in one frame", self.touched));
        }
    }

    fn scroll(&mut self) {
        self.scrolled = true;
        if !self.held {
            self.fault("a scroll");
        }
    }

    fn down(&mut self) {
        if self.row == self.region().1 {
            self.scroll();
        } else {
            self.go(self.row + 1);
        }
    }

    fn up(&mut self) {
        if self.row == self.region().0 {
            self.scroll();
        } else {
            self.go(self.row.saturating_sub(1));
        }
    }

    /// Outside of updates nothing but the caret tells where a frame ends: whoever leaves its row
    /// begins another. A frame goes through the rows from the top and ends at the caret.
    fn go(&mut self, row: usize) {
        if !self.held && self.shown && self.row == self.home && row != self.row {
            self.end_of_frame();
        }
        self.row = row.min(self.height() - 1);
    }

    fn end_of_frame(&mut self) {
        self.touched.clear();
        self.scrolled = false;
    }

    fn fault(&mut self, what: &str) {
        let Self { row, home, report, .. } = self;
        let (held, written) = (report.held, report.bare);
        report.faults.push(format!(
            "{what}, row {row}, caret in row {home}, after {held} updates and {written} writes"
        ));
    }
}

/// What a recorded run did in windows of these heights.
fn judged(raw: &[u8], heights: Vec<usize>) -> Report {
    let mut rows = Rows::new(heights);
    rows.feed(&wire::pieces(raw));
    rows.report
}

#[test]
fn what_would_flicker_is_found() {
    let start = "\x1b[?2026h\x1b[r\x1b[m\x1b[H\x1b[2J\x1b[?25h\x1b[9;2H\x1b[?2026l";
    for bad in [
        // Three rows.
        "\x1b[Ha\x1b[2Hb\x1b[3Hc\x1b[9;2H",
        // At the bottom margin, by the sequence, and at the top one.
        "\x1b[2;5r\x1b[5H\n\x1b[9H",
        "\x1b[2;5r\x1b[S\x1b[9H",
        "\x1b[2;5r\x1b[2H\x1bM\x1b[9H",
        "\x1b[2J",
        "\x1b[?2026h\x1b[?2026hx\x1b[?2026l",
        "\x1b[?2026l",
        "\x1b[?2026hx",
        "\x1b[?2026h\x1b]52;c;eA==\x07\x1b[?2026l",
    ] {
        let report = judged(format!("{start}{bad}").as_bytes(), vec![10]);
        assert!(!report.faults.is_empty(), "{bad:?}");
    }
    let two = "\x1b7\x1b[2Ha\x1b[Ka\x1b[3Hb\x1b8";
    let fine = format!(
        "{start}{two}{two}xy\x1b]52;c;eA==\x07\x1b[?2026h\x1b[2;5r\x1b[5H\n\x1b[9;2H\x1b[?2026l{two}"
    );
    let report = judged(fine.as_bytes(), vec![10]);
    assert_eq!(report.faults, Vec::<String>::new());
    assert_eq!((report.held, report.scrolled, report.strings), (2, 1, 1));
}

/// Everything that an answer can hold, in letters of many kinds, longer than any window here.
fn answer() -> String {
    let part = |n: usize| {
        format!(
            "## Part {n}\n\nWords that are **long enough** to be wrapped in the windows of this \
             test, 汉字也要折行，而且宽度不同, שלום עולם, e\u{301}, 👩‍💻 and `code`.\n\n\
             - one *item*\n- two items 🚀\n\n| left | 右边 |\n|---|---|\n| {n} | 单元格 |\n\n\
             ```rust\nfn part() -> usize {{\n    {n}\n}}\n```\n\n> quoted\n\n"
        )
    };
    (1..5).map(part).collect::<String>() + "That was all."
}

fn clears(term: &Term) -> usize {
    wire::count(&term.raw(), b"\x1b[2J")
}

#[test]
fn every_frame_that_scrolls_or_touches_many_rows_is_held_still() {
    let home = Home::new();
    let text = toml::Value::from(answer());
    let sim = Sim::with(&format!("[[rule]]\nrate = 200\nanswer = {text}"));
    let term = Start::new(&home, &sim).ready();
    // An answer that scrolls, with keys in between.
    term.ask("first question");
    term.wait_for("Part 2");
    for word in ["typed", " while", " it", " arrives"] {
        term.keys(word);
        term.wait_for(word.trim());
    }
    term.wait_for("That was all.");
    term.wait_for_end();
    term.keys("\x15");
    term.wait_for("Ask something");
    // Back and forth in it, and a copy of it.
    term.keys("\x1b[5~");
    term.wait_for("more below");
    term.keys("\x1b[6~");
    term.wait_without("more below");
    term.keys("\x0f");
    term.wait_raw("the clipboard", |raw| wire::count(raw, b"\x1b]52;") == 1);
    // An overlay, narrowed and closed.
    term.keys("\x10");
    term.wait_without("That was all.");
    term.keys("theme");
    term.wait_for("theme");
    term.keys("\x1b");
    term.wait_for("That was all.");
    // Another conversation, and an answer behind it.
    term.keys("\x0e");
    term.wait_without("That was all.");
    term.ask("second question");
    term.wait_for("Part 1");
    term.keys("\x1b[5;3~");
    term.wait_for("That was all.");
    term.keys("\x1b[6;3~");
    term.wait_for("That was all.");
    term.wait_for_end();
    // Another size.
    let before = clears(&term);
    assert_eq!(before, 1, "everything is painted once, at the start");
    term.resize(70, 20);
    term.wait_raw("a paint of the new size", |raw| wire::count(raw, b"\x1b[2J") > before);
    term.wait_for("That was all.");
    term.keys("x");
    term.wait_without("Ask something");

    let report = judged(&upto_whole_frame(&term), vec![30, 30, 20]);
    assert_eq!(report.faults, Vec::<String>::new());
    assert!(report.held > 10 && report.scrolled > 0, "the run shows little: {report:?}");
    assert!(report.bare > 20 && report.strings == 1, "the run shows little: {report:?}");
}

/// What was written, without a last update whose end has not been read yet.
fn upto_whole_frame(term: &Term) -> Vec<u8> {
    let (begin, end) = (b"\x1b[?2026h", b"\x1b[?2026l");
    term.wait_raw("a whole frame", |raw| wire::count(raw, begin) == wire::count(raw, end));
    term.raw()
}
