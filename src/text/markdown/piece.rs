//! The flat form of markdown: small pieces, one after another, each with the marks that stand
//! before its rows. Nested lists, quotes and code in lists are pieces with longer marks.
//! It refuses parsing and widths.

use std::sync::Arc;

use crate::domain::chat::CodeRole;
use crate::text::rows::Flow;

/// Something that can be laid out on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// A blank row comes before; in it the first so many [`Piece::marks`] go on (quote bars).
    pub gap: Option<u8>,
    /// What stands before the rows, outermost first. Bullets, numbers and boxes stand before the
    /// first row only, the others have blanks in their place.
    pub marks: Arc<[Mark]>,
    /// What it is.
    pub body: Body,
}

/// One mark before the rows of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// A bar on every row.
    Quote,
    /// A bullet.
    Bullet,
    /// The number of an item and the character after it, `.` or `)`.
    Number(u32, char),
    /// The box of a task, done or open.
    Task(bool),
    /// So many blanks: below a marker that an earlier piece showed.
    Indent(u8),
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Text. Line ends of the source are line ends here: models do not wrap their lines.
    Paragraph(Flow),
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text.
        flow: Flow,
    },
    /// The beginning of a code block.
    CodeHead {
        /// Number of the block in the document, from 0.
        block: usize,
        /// The language as written after the fence, may be empty.
        language: Box<str>,
    },
    /// One line of a code block.
    CodeLine {
        /// Number of the block in the document, from 0.
        block: usize,
        /// Number of the line in the block, from 0.
        line: usize,
        /// The line without its end; tabs are in it.
        text: Box<str>,
        /// Runs of (bytes, role) once they are known.
        colours: Option<Box<[(u32, CodeRole)]>>,
    },
    /// The end of a code block.
    CodeFoot {
        /// Number of the block in the document, from 0.
        block: usize,
    },
    /// A table, as far as the cap of rows.
    Table(Arc<Table>),
    /// A row beyond the cap; its columns are those of the table above.
    TableRow {
        /// The table above.
        table: Arc<Table>,
        /// The cells.
        cells: Cells,
    },
    /// The lower edge of a table that went beyond the cap.
    TableFoot(Arc<Table>),
    /// A line across.
    Rule,
}

impl Body {
    /// About how many bytes of text laying it out looks at.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let cells = |cells: &Cells| cells.iter().map(|c| c.text().len()).sum::<usize>();
        match self {
            Self::Paragraph(flow) | Self::Heading { flow, .. } => flow.text().len(),
            Self::CodeHead { language, .. } => language.len(),
            Self::CodeLine { text, .. } => text.len(),
            Self::Table(table) => cells(&table.head) + table.rows.iter().map(cells).sum::<usize>(),
            Self::TableRow { cells: row, .. } => cells(row),
            Self::CodeFoot { .. } | Self::TableFoot(_) | Self::Rule => 0,
        }
    }
}

/// The cells of one row of a table; a short row has fewer than the header.
pub type Cells = Arc<[Flow]>;

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Center,
    /// At the right.
    Right,
}

/// A table up to the cap of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// One for each column.
    pub aligns: Arc<[Align]>,
    /// The header cells, one for each column.
    pub head: Cells,
    /// The rows.
    pub rows: Vec<Cells>,
    /// Cells that the widest content of each column takes, with ambiguous characters narrow and wide.
    pub natural: Vec<(u16, u16)>,
    /// Rows go on in pieces of their own, so no lower edge is drawn.
    pub goes_on: bool,
}
