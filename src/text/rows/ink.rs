//! What a text looks like without naming a colour: roles for the theme and the marks that
//! terminals draw themselves. It refuses layout.

use crate::domain::chat::CodeRole;

/// What a piece of text is; the theme decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum InkRole {
    /// Running text.
    #[default]
    Text,
    /// Text of less weight.
    Muted,
    /// A heading of level 1 to 6, and the line under one of level 1.
    Heading(u8),
    /// Code inside a sentence.
    InlineCode,
    /// Code in a block.
    Code(CodeRole),
    /// The label and the ends of a code block.
    CodeFrame,
    /// The text of a link.
    Link,
    /// The address of a link, shown after its text.
    LinkTarget,
    /// The bar beside a quote.
    Quote,
    /// Bullets and numbers of lists.
    Marker,
    /// The lines of a table.
    TableFrame,
    /// The header cells of a table.
    TableHead,
    /// A line across.
    Rule,
    /// The box of a task that is done.
    TaskDone,
    /// The box of a task that is open.
    TaskOpen,
}

/// A role and what is drawn beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four independent attributes of a terminal cell")]
pub struct Ink {
    /// What the text is.
    pub role: InkRole,
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Struck through.
    pub strike: bool,
    /// Underlined.
    pub underline: bool,
}

impl Ink {
    /// A role and nothing beside it.
    #[must_use]
    pub const fn of(role: InkRole) -> Self {
        Self { role, bold: false, italic: false, strike: false, underline: false }
    }
}

/// A stretch of text of one ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Run {
    /// Its length in bytes.
    pub len: u32,
    /// Its ink.
    pub ink: Ink,
}

/// A text with ink, not broken into rows. `\n` in it ends a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    text: String,
    runs: Vec<Run>,
}

impl Flow {
    /// A text of one ink.
    #[must_use]
    pub fn of(text: &str, ink: Ink) -> Self {
        let mut it = Self::default();
        it.push(text, ink);
        it
    }

    /// Appends text; equal ink goes into one run.
    pub fn push(&mut self, text: &str, ink: Ink) {
        self.text.push_str(text);
        push_run(&mut self.runs, text.len(), ink);
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The runs; their lengths add up to the text's.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Drops blanks and line ends at the end.
    pub fn trim_end(&mut self) {
        let len = self.text.trim_end_matches([' ', '\n']).len();
        let mut over = self.text.len() - len;
        self.text.truncate(len);
        while over > 0
            && let Some(run) = self.runs.last_mut()
        {
            let cut = over.min(run.len as usize);
            run.len -= cut as u32;
            over -= cut;
            if run.len == 0 {
                self.runs.pop();
            }
        }
    }

    /// Gives memory back that growing took.
    pub fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.runs.shrink_to_fit();
    }

    /// Bytes at the start that both have in the same ink.
    #[must_use]
    pub fn common(&self, other: &Self) -> usize {
        let mut same = 0;
        for (a, b) in self.runs.iter().zip(&other.runs) {
            if a.ink != b.ink {
                break;
            }
            same += a.len.min(b.len) as usize;
            if a.len != b.len {
                break;
            }
        }
        let pairs = self.text.as_bytes().iter().zip(other.text.as_bytes());
        pairs.take(same).take_while(|(a, b)| a == b).count()
    }
}

/// Appends `len` bytes of `ink` to `runs`.
pub(super) fn push_run(runs: &mut Vec<Run>, len: usize, ink: Ink) {
    if len == 0 {
        return;
    }
    match runs.last_mut() {
        Some(last) if last.ink == ink => last.len += len as u32,
        _ => runs.push(Run { len: len as u32, ink }),
    }
}
