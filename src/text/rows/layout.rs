//! From a piece to rows: marks before the rows, wrapped text, code, rules.
//! It refuses tables (`table`) and remembering what was laid out before (`tail`).

use crate::domain::chat::CodeRole;
use crate::text::markdown::{Body, Mark, Piece};
use crate::text::width::Widths;
use crate::text::wrap::{Line, Mode, next_line, shown};

use super::table;
use super::{Builder, Flow, Ink, InkRole, Row, Run};

/// Below this content width code is not set in by blanks.
const ROOM_FOR_INDENT: usize = 12;

/// Lays a piece out, its gap row included. At width 0 there are no rows.
///
/// No row is wider than `width`; nothing is lost but blanks at breaks and, at width 1, glyphs of
/// two cells, which become `?`. Where ambiguous characters are wide the lines are drawn in ASCII.
pub fn lay_out(piece: &Piece, width: u16, widths: Widths, out: &mut Vec<Row>) {
    let width = usize::from(width);
    if width == 0 {
        return;
    }
    let mut page = Page::new(piece, width, widths);
    page.gap(piece, out);
    match &piece.body {
        Body::Paragraph(flow) => page.flow(flow, Mode::Prose, out),
        Body::Heading { level, flow } => page.heading(*level, flow, out),
        Body::CodeHead { language, .. } => page.code_edge(widths.glyphs().code_head, language, out),
        Body::CodeLine { text, colours, .. } => page.code(text, colours.as_deref(), out),
        Body::CodeFoot { .. } => page.code_edge(widths.glyphs().code_foot, "", out),
        Body::Table(it) => table::whole(it, &mut page, out),
        Body::TableRow { table, cells } => table::row(table, cells, &mut page, out),
        Body::TableFoot(it) => table::foot(it, &mut page, out),
        Body::Rule => page.rule(InkRole::Rule, page.room, out),
    }
}

/// Lays out text that is no markdown, such as what the user wrote. It is cleaned on the way.
pub fn plain(text: &str, width: u16, widths: Widths, ink: Ink, out: &mut Vec<Row>) {
    let width = usize::from(width);
    if width == 0 {
        return;
    }
    let text = crate::text::sanitize::clean_block(text);
    let flow = Flow::of(&text, ink);
    let mut page =
        Page { marks: &[], width, room: width, first: true, widths, row: Builder::default() };
    page.flow(&flow, Mode::Prose, out);
    if text.ends_with('\n') {
        page.end(out);
    }
}

/// The characters that lines are drawn with.
pub(super) struct Glyphs {
    pub(super) bar: &'static str,
    pub(super) bullet: &'static str,
    pub(super) rule: &'static str,
    pub(super) double: &'static str,
    pub(super) code_head: &'static str,
    pub(super) code_foot: &'static str,
    /// Upper, middle, lower edge: left, line, crossing, right.
    pub(super) edges: [[&'static str; 4]; 3],
}

impl Widths {
    pub(super) const fn glyphs(self) -> &'static Glyphs {
        if self.ambiguous_wide {
            &Glyphs {
                bar: "|",
                bullet: "*",
                rule: "-",
                double: "=",
                code_head: "+-",
                code_foot: "+-",
                edges: [["+", "-", "+", "+"]; 3],
            }
        } else {
            &Glyphs {
                bar: "│",
                bullet: "•",
                rule: "─",
                double: "═",
                code_head: "╭─",
                code_foot: "╰─",
                edges: [["┌", "─", "┬", "┐"], ["├", "─", "┼", "┤"], ["└", "─", "┴", "┘"]],
            }
        }
    }
}

/// The rows of one piece in the making.
pub(super) struct Page<'a> {
    marks: &'a [Mark],
    width: usize,
    /// Cells beside the marks.
    pub(super) room: usize,
    /// The next row is the piece's first.
    first: bool,
    pub(super) widths: Widths,
    pub(super) row: Builder,
}

impl<'a> Page<'a> {
    pub(super) fn new(piece: &'a Piece, width: usize, widths: Widths) -> Self {
        // Deep nesting may not eat the text: the outermost marks go first, and the text keeps
        // half of the width.
        let mut marks = &*piece.marks;
        while !marks.is_empty() && cells_of(marks) * 2 > width {
            marks = &marks[1..];
        }
        let room = width - cells_of(marks);
        Self { marks, width, room, first: true, widths, row: Builder::default() }
    }

    /// The rows that follow are not the first of the piece.
    pub(super) const fn resume(&mut self) {
        self.first = false;
    }

    pub(super) fn gap(&mut self, piece: &Piece, out: &mut Vec<Row>) {
        let Some(kept) = piece.gap else { return };
        let dropped = piece.marks.len() - self.marks.len();
        let kept = usize::from(kept).saturating_sub(dropped).min(self.marks.len());
        let last = self.marks[..kept].iter().rposition(|m| *m == Mark::Quote);
        for (i, mark) in self.marks.iter().enumerate().take(last.map_or(0, |l| l + 1)) {
            self.mark(*mark, true, last == Some(i));
        }
        out.push(self.row.row());
    }

    fn mark(&mut self, mark: Mark, blank: bool, last: bool) {
        let glyphs = self.widths.glyphs();
        match mark {
            Mark::Quote => {
                self.row.push(glyphs.bar, Ink::of(InkRole::Quote));
                self.row.blanks(usize::from(!last), Ink::default());
            }
            Mark::Indent(_) => self.row.blanks(cells_of(&[mark]), Ink::default()),
            _ if blank => self.row.blanks(cells_of(&[mark]), Ink::default()),
            Mark::Bullet => {
                self.row.push(glyphs.bullet, Ink::of(InkRole::Marker));
                self.row.blanks(1, Ink::default());
            }
            Mark::Number(n, after) => {
                self.row.push(&format!("{n}{after}"), Ink::of(InkRole::Marker));
                self.row.blanks(1, Ink::default());
            }
            Mark::Task(done) => {
                let (glyph, role) =
                    if done { ("☑", InkRole::TaskDone) } else { ("☐", InkRole::TaskOpen) };
                self.row.push(glyph, Ink::of(role));
                self.row.blanks(1, Ink::default());
            }
        }
    }

    /// The marks before the coming row.
    pub(super) fn begin(&mut self) {
        let blank = !std::mem::take(&mut self.first);
        for mark in self.marks {
            self.mark(*mark, blank, false);
        }
    }

    pub(super) fn end(&mut self, out: &mut Vec<Row>) {
        out.push(self.row.row());
    }

    pub(super) fn flow(&mut self, flow: &Flow, mode: Mode, out: &mut Vec<Row>) {
        self.flow_from(flow, 0, mode, |_| {}, out);
    }

    /// Rows from byte `at` on, which begins a row; `seen` hears where each row began.
    pub(super) fn flow_from(
        &mut self,
        flow: &Flow,
        mut at: usize,
        mode: Mode,
        mut seen: impl FnMut(usize),
        out: &mut Vec<Row>,
    ) {
        let mut pen = Pen::new(flow.runs());
        loop {
            seen(at);
            let line = next_line(flow.text(), at, self.room, self.widths, mode);
            self.begin();
            self.cut(flow.text(), &line, &mut pen, self.room);
            self.end(out);
            at = line.next;
            if at >= flow.text().len() {
                break;
            }
        }
    }

    /// Puts one line of a text into the row.
    pub(super) fn cut(&mut self, text: &str, line: &Line, pen: &mut Pen<'_>, room: usize) {
        let slice = &text[line.start..line.end];
        pen.seek(line.start);
        if line.odd {
            for (len, out) in shown(slice, room, self.widths) {
                let ink = pen.ink();
                self.row.push(out, ink);
                pen.seek(pen.at + len);
            }
            return;
        }
        let mut from = line.start;
        while from < line.end {
            let to = pen.end().min(line.end);
            self.row.push(&text[from..to], pen.ink());
            pen.seek(to);
            from = to;
        }
    }

    fn heading(&mut self, level: u8, flow: &Flow, out: &mut Vec<Row>) {
        let from = out.len();
        self.flow(flow, Mode::Prose, out);
        if level == 1 {
            let before = self.width - self.room;
            let widest = out[from..].iter().map(|r| self.widths.text(&r.text)).max();
            let len = widest.unwrap_or(0).saturating_sub(before).max(1);
            self.begin();
            for _ in 0..len {
                self.row.push(self.widths.glyphs().double, Ink::of(InkRole::Heading(1)));
            }
            self.end(out);
        }
    }

    fn code_edge(&mut self, glyph: &str, label: &str, out: &mut Vec<Row>) {
        let ink = Ink::of(InkRole::CodeFrame);
        self.begin();
        if label.is_empty() || self.room < 6 {
            let len = glyph.chars().count().min(self.room);
            self.row.push(&glyph.chars().take(len).collect::<String>(), ink);
        } else {
            self.row.push(glyph, ink);
            self.row.push(" ", ink);
            let line = next_line(label, 0, self.room - 3, self.widths, Mode::Code);
            for (_, out) in shown(&label[..line.end], self.room - 3, self.widths) {
                self.row.push(out, ink);
            }
        }
        self.end(out);
    }

    fn code(&mut self, text: &str, colours: Option<&[(u32, CodeRole)]>, out: &mut Vec<Row>) {
        let whole = [Run { len: text.len() as u32, ink: Ink::of(InkRole::Code(CodeRole::Plain)) }];
        let coloured: Vec<Run>;
        let runs = match colours {
            Some(colours) => {
                coloured = runs_of(text, colours);
                coloured.as_slice()
            }
            None => &whole,
        };
        let indent = if self.room < ROOM_FOR_INDENT { 0 } else { 2 };
        let room = self.room - indent;
        let mut pen = Pen::new(runs);
        let mut at = 0;
        loop {
            let line = next_line(text, at, room, self.widths, Mode::Code);
            self.begin();
            self.row.blanks(indent, Ink::default());
            self.cut(text, &line, &mut pen, room);
            self.end(out);
            at = line.next;
            if at >= text.len() {
                break;
            }
        }
    }

    pub(super) fn rule(&mut self, role: InkRole, len: usize, out: &mut Vec<Row>) {
        self.begin();
        let line = self.widths.glyphs().rule.repeat(len);
        self.row.push(&line, Ink::of(role));
        self.end(out);
    }
}

/// Colours as runs that fit the text, whatever they came with.
fn runs_of(text: &str, colours: &[(u32, CodeRole)]) -> Vec<Run> {
    let mut runs = Vec::with_capacity(colours.len() + 1);
    let mut at = 0_usize;
    for (len, role) in colours {
        let end = crate::text::boundary(text, at.saturating_add(*len as usize));
        super::ink::push_run(&mut runs, end - at, Ink::of(InkRole::Code(*role)));
        at = end;
    }
    super::ink::push_run(&mut runs, text.len() - at, Ink::of(InkRole::Code(CodeRole::Plain)));
    runs
}

/// Cells of marks.
fn cells_of(marks: &[Mark]) -> usize {
    let cells = |mark: &Mark| match mark {
        Mark::Quote | Mark::Bullet | Mark::Task(_) => 2,
        Mark::Number(n, _) => n.checked_ilog10().unwrap_or(0) as usize + 3,
        Mark::Indent(n) => usize::from(*n),
    };
    marks.iter().map(cells).sum()
}

/// A place in runs that only moves forward.
pub(super) struct Pen<'a> {
    runs: &'a [Run],
    /// Bytes before the run the pen is in.
    before: usize,
    at: usize,
}

impl<'a> Pen<'a> {
    pub(super) const fn new(runs: &'a [Run]) -> Self {
        Self { runs, before: 0, at: 0 }
    }

    fn seek(&mut self, to: usize) {
        self.at = to;
        while let Some((run, rest)) = self.runs.split_first()
            && self.before + run.len as usize <= to
        {
            self.before += run.len as usize;
            self.runs = rest;
        }
    }

    fn ink(&self) -> Ink {
        self.runs.first().map_or_else(Ink::default, |run| run.ink)
    }

    /// Where the run ends; far away after the last.
    fn end(&self) -> usize {
        self.runs.first().map_or(usize::MAX, |run| self.before + run.len as usize)
    }
}
