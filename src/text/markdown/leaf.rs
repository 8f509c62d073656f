//! Blocks that hold text: paragraphs, headings, code, HTML, tables. What a line adds to the open
//! one, what one begins, and the pieces they become: code and rows below a table's cap at once,
//! a long paragraph in parts, the others when they are over. It refuses nesting (`blocks`).

use std::sync::Arc;

use super::blocks::{Blocks, Fit};
use super::calm;
use super::cells::{self, MOST_COLUMNS};
use super::cursor::Cursor;
use super::inline::{definitions, language};
use super::piece::{Body, Cells, Table};
use super::sink::Sink;
use super::starts::{self, Fence, Html};
use crate::text::rows::{Flow, Ink, InkRole};
use crate::text::sanitize::clean_block;
use crate::text::width::Widths;

/// A paragraph longer than this many bytes is parted, so that growing it costs the same forever.
const LONGEST_PARAGRAPH: usize = 4096;
/// Rows of a table that share in its column widths.
const TABLE_ROWS: usize = 64;
/// Bytes of cells that do.
const TABLE_BYTES: usize = 16 * 1024;
/// Goes between the lines of a paragraph: set in so far, no line begins a block of its own.
const BREAK: &str = "\n    ";

/// Where a paragraph begins, which tells what its first characters may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// First in a list item: it may begin with the box of a task.
    Item,
    /// Anywhere else where a paragraph begins.
    Start,
    /// In the middle of what was one paragraph or line.
    Within,
}

/// The open block that holds text.
#[derive(Debug, Clone, Default)]
pub(super) enum Leaf {
    #[default]
    None,
    Paragraph {
        /// Its lines, joined by [`BREAK`].
        raw: String,
        /// Where it stands.
        place: Place,
        /// Its last line was tried as the header of a table.
        tried: bool,
    },
    Fenced {
        fence: Fence,
        block: usize,
        line: usize,
    },
    Indented {
        block: usize,
        line: usize,
        /// Blank lines that belong to it if more follows.
        blanks: usize,
    },
    Html(Html),
    Table(Table),
    /// A table beyond the cap.
    Rows(Arc<Table>),
}

impl Leaf {
    pub(super) fn paragraph(text: &str, place: Place) -> Self {
        Self::Paragraph { raw: text.to_owned(), place, tried: false }
    }
}

impl Blocks {
    /// Offers a line to the open leaf, all containers of which it continues.
    pub(super) fn fits(&mut self, at: &mut Cursor<'_>, sink: &mut Sink<'_>) -> Fit {
        match &mut self.leaf {
            Leaf::Paragraph { .. } | Leaf::Html(Html::UntilBlank) if at.blank() => Fit::Over,
            Leaf::None | Leaf::Paragraph { .. } => Fit::Open,
            Leaf::Table(_) | Leaf::Rows(_) => match cells::split(at.text()) {
                Some(_) => Fit::Open,
                None => Fit::Over,
            },
            Leaf::Fenced { fence, .. } => {
                if at.indent <= 3 && fence.closes(at.text()) {
                    self.close_leaf(sink);
                } else {
                    let indent = fence.indent;
                    at.columns(indent);
                    self.code_line(&at.rest(), sink);
                }
                Fit::Taken
            }
            Leaf::Indented { blanks, .. } => {
                if at.blank() {
                    *blanks += 1;
                } else if at.indent >= 4 {
                    at.columns(4);
                    self.code_line(&at.rest(), sink);
                } else {
                    return Fit::Over;
                }
                Fit::Taken
            }
            Leaf::Html(_) => {
                self.html_line(&at.rest(), sink);
                Fit::Taken
            }
        }
    }

    /// Begins a heading, a fence, HTML or a rule, if the line does.
    pub(super) fn leaf_begins(
        &mut self,
        at: &mut Cursor<'_>,
        depth: usize,
        inside: bool,
        sink: &mut Sink<'_>,
    ) -> bool {
        if at.indent > 3 {
            return false;
        }
        let text = at.text();
        if let Some((level, text)) = starts::heading(text) {
            self.begin(depth, sink);
            self.heading(level, text, sink);
        } else if let Some((fence, info)) = starts::fence(text, at.indent) {
            self.begin(depth, sink);
            let block = self.code_head(language(info).into(), sink);
            self.leaf = Leaf::Fenced { fence, block, line: 0 };
        } else if let Some(html) =
            starts::html(text, inside && matches!(self.leaf, Leaf::Paragraph { .. }))
        {
            self.begin(depth, sink);
            self.leaf = Leaf::Html(html);
            self.html_line(&at.rest(), sink);
        } else if starts::is_rule(text) {
            self.begin(depth, sink);
            self.emit(Body::Rule, sink);
        } else {
            return false;
        }
        true
    }

    /// Makes the open paragraph a heading, if the line underlines it.
    pub(super) fn underlined(&mut self, at: &Cursor<'_>, sink: &mut Sink<'_>) -> bool {
        let Leaf::Paragraph { raw, .. } = &mut self.leaf else { return false };
        let Some(level) = starts::underline(at.text()).filter(|_| at.indent < 4) else {
            return false;
        };
        let raw = std::mem::take(raw);
        let begin = definitions(&raw).last().map_or(0, |(_, _, end)| end);
        if !sink.calm {
            sink.links.learn(&raw);
        }
        let text = raw[begin..].trim();
        if text.is_empty() {
            // Definitions are no text that could be underlined.
            self.leaf = Leaf::paragraph(at.text(), Place::Within);
        } else {
            self.leaf = Leaf::None;
            self.heading(level, text, sink);
        }
        true
    }

    fn heading(&mut self, level: u8, text: &str, sink: &mut Sink<'_>) {
        let ink = Ink {
            role: InkRole::Heading(level),
            bold: true,
            italic: level > 3,
            strike: false,
            underline: level == 2,
        };
        let flow = sink.flow(text, ink, true);
        self.emit(Body::Heading { level, flow }, sink);
    }

    fn code_head(&mut self, language: Box<str>, sink: &mut Sink<'_>) -> usize {
        let block = self.codes;
        self.codes += 1;
        self.emit(Body::CodeHead { block, language }, sink);
        block
    }

    /// Begins a block of code that is set in.
    pub(super) fn begin_indented(&mut self, text: &str, sink: &mut Sink<'_>) {
        let block = self.code_head("".into(), sink);
        self.leaf = Leaf::Indented { block, line: 0, blanks: 0 };
        self.code_line(text, sink);
    }

    fn code_line(&mut self, text: &str, sink: &mut Sink<'_>) {
        let (block, first, blanks) = match &mut self.leaf {
            Leaf::Fenced { block, line, .. } => {
                *line += 1;
                (*block, *line - 1, 0)
            }
            Leaf::Indented { block, line, blanks } => {
                let (first, before) = (*line, std::mem::take(blanks));
                *line += before + 1;
                (*block, first, before)
            }
            _ => return,
        };
        for blank in 0..blanks {
            self.emit(
                Body::CodeLine { block, line: first + blank, text: "".into(), colours: None },
                sink,
            );
        }
        let text = clean_block(text).replace('\n', " ").into();
        self.emit(Body::CodeLine { block, line: first + blanks, text, colours: None }, sink);
    }

    fn html_line(&mut self, text: &str, sink: &mut Sink<'_>) {
        let clean = clean_block(text).replace('\n', " ");
        self.emit(Body::Paragraph(Flow::of(clean.trim_end(), Ink::default())), sink);
        if let Leaf::Html(html) = self.leaf
            && html.ends_with(text)
        {
            self.leaf = Leaf::None;
        }
    }

    /// Takes the line as the delimiter row of a table whose header is open, or as one of its rows.
    pub(super) fn table_line(&mut self, at: &Cursor<'_>, sink: &mut Sink<'_>) -> bool {
        if at.indent > 3 {
            return false;
        }
        match &mut self.leaf {
            Leaf::Paragraph { tried, .. } if !*tried && cells::is_delimiters(at.text()) => {
                *tried = true;
                self.begin_table(at.text(), sink)
            }
            Leaf::Table(_) | Leaf::Rows(_) => {
                self.table_row(at.text(), sink);
                true
            }
            _ => false,
        }
    }

    fn begin_table(&mut self, delimiters: &str, sink: &mut Sink<'_>) -> bool {
        let Leaf::Paragraph { raw, place, .. } = &self.leaf else { return false };
        let (before, header) = raw.rsplit_once(BREAK).unwrap_or(("", raw));
        let (Some(delimiters), Some(header)) = (cells::split(delimiters), cells::split(header))
        else {
            return false;
        };
        if delimiters.len() != header.len() || header.len() > MOST_COLUMNS {
            return false;
        }
        let ink = Ink { bold: true, ..Ink::of(InkRole::TableHead) };
        let head: Cells =
            header.into_iter().map(|c| sink.flow(&cells::unescape(c), ink, true)).collect();
        let aligns = delimiters.into_iter().map(cells::align).collect();
        let natural = vec![(0, 0); head.len()];
        let mut table =
            Table { aligns, head: Arc::clone(&head), rows: Vec::new(), natural, goes_on: false };
        measure(&mut table, &head);
        let (before, place) = (before.to_owned(), *place);
        self.leaf = Leaf::None;
        if !before.is_empty() {
            self.paragraph(&before, place, sink);
        }
        self.leaf = Leaf::Table(table);
        true
    }

    fn table_row(&mut self, text: &str, sink: &mut Sink<'_>) {
        let columns = match &self.leaf {
            Leaf::Table(table) => table.aligns.len(),
            Leaf::Rows(table) => table.aligns.len(),
            _ => return,
        };
        let cells: Cells = cells::split(text)
            .unwrap_or_default()
            .into_iter()
            .take(columns)
            .map(|cell| sink.flow(&cells::unescape(cell), Ink::default(), true))
            .collect();
        match &mut self.leaf {
            Leaf::Table(table) if table.rows.len() < TABLE_ROWS && bytes(table) < TABLE_BYTES => {
                measure(table, &cells);
                table.rows.push(cells);
                return;
            }
            Leaf::Table(table) => {
                table.goes_on = true;
                let whole = Arc::new(table.clone());
                self.leaf = Leaf::Rows(Arc::clone(&whole));
                self.emit(Body::Table(whole), sink);
            }
            _ => {}
        }
        if let Leaf::Rows(table) = &self.leaf {
            let table = Arc::clone(table);
            self.emit(Body::TableRow { table, cells }, sink);
        }
    }

    /// Adds a line to the open paragraph.
    pub(super) fn leaf_line(&mut self, text: &str, sink: &mut Sink<'_>) -> bool {
        let Leaf::Paragraph { raw, .. } = &mut self.leaf else { return false };
        raw.push_str(BREAK);
        raw.push_str(text);
        self.part(sink);
        true
    }

    /// Adds the next part of a very long line to the open leaf.
    pub(super) fn leaf_more(&mut self, text: &str, sink: &mut Sink<'_>) -> bool {
        match &mut self.leaf {
            Leaf::Paragraph { raw, .. } => {
                raw.push_str(text);
                self.part(sink);
            }
            Leaf::Fenced { .. } | Leaf::Indented { .. } => self.code_line(text, sink),
            Leaf::Html(_) => self.html_line(text, sink),
            Leaf::None | Leaf::Table(_) | Leaf::Rows(_) => return false,
        }
        true
    }

    /// Parts the open paragraph while it is too long.
    fn part(&mut self, sink: &mut Sink<'_>) {
        while let Leaf::Paragraph { raw, place, .. } = &mut self.leaf
            && raw.len() > LONGEST_PARAGRAPH
        {
            let rest = raw.split_off(calm::cut(raw)).trim_start().to_owned();
            let first = std::mem::replace(raw, rest);
            let place = std::mem::replace(place, Place::Within);
            // What is cut off is as final as it will ever be, so it is no guess.
            self.paragraph(&first, place, sink);
        }
    }

    fn paragraph(&mut self, raw: &str, mut place: Place, sink: &mut Sink<'_>) {
        let mut text = raw;
        if place == Place::Item
            && let Some(task) = self.item_task()
            && let Some((done, rest)) = starts::task(text)
        {
            *task = Some(done);
            text = rest;
            place = Place::Within;
        }
        let alone = place == Place::Within;
        if !alone && !sink.calm {
            sink.links.learn(text);
        }
        let flow = sink.flow(text, Ink::default(), alone);
        // Nothing but definitions is no piece.
        if !flow.text().is_empty() {
            self.emit(Body::Paragraph(flow), sink);
        }
    }

    /// The open leaf is over.
    pub(super) fn close_leaf(&mut self, sink: &mut Sink<'_>) {
        match std::mem::take(&mut self.leaf) {
            Leaf::None | Leaf::Html(_) => {}
            Leaf::Paragraph { raw, place, .. } => self.paragraph(&raw, place, sink),
            // More of it may come, so it has no end yet.
            Leaf::Fenced { .. } | Leaf::Indented { .. } if sink.calm => {}
            Leaf::Fenced { block, .. } => self.emit(Body::CodeFoot { block }, sink),
            Leaf::Indented { block, blanks, .. } => {
                self.emit(Body::CodeFoot { block }, sink);
                if blanks > 0 {
                    self.note_blank();
                }
            }
            Leaf::Table(table) => self.emit(Body::Table(Arc::new(table)), sink),
            Leaf::Rows(table) => self.emit(Body::TableFoot(table), sink),
        }
    }
}

/// Bytes in the rows of a table.
fn bytes(table: &Table) -> usize {
    table.rows.iter().flat_map(|row| row.iter()).map(|cell| cell.text().len()).sum()
}

/// Widens the columns for a row.
fn measure(table: &mut Table, row: &Cells) {
    let cells = |flow: &Flow, ambiguous_wide| {
        let widths = Widths { ambiguous_wide };
        let widest = flow.text().split('\n').map(|line| widths.text(line)).max();
        u16::try_from(widest.unwrap_or(0)).unwrap_or(u16::MAX)
    };
    for ((narrow, wide), flow) in table.natural.iter_mut().zip(&**row) {
        *narrow = (*narrow).max(cells(flow, false));
        *wide = (*wide).max(cells(flow, true));
    }
}
