//! Markdown read aloud: source in as it streams, sentences out that have no syntax in them and know
//! where in the source they stand. It refuses to show anything and to speak.
//!
//! A reading of its own beside [`markdown`](super::markdown): what is shown may be made anew with
//! every push, what was said is said. So a decision is taken once, as soon as no continuation can
//! change it, and never looks further ahead than `FAR` bytes: work is linear, and bounded a push.

mod inline;
mod line;

use std::ops::Range;

use super::sentence::{Cutter, is_wide};
use crate::domain::speech::aloud::Sentence;
use line::Class;

pub use super::sentence::billed;

/// Nothing that is looked for is looked for beyond this many bytes.
const FAR: usize = 1024;

/// What is said of code blocks, whose content is never read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeBlocks {
    /// Nothing.
    Skip,
    /// That there is one.
    Announce {
        /// The sentence.
        text: String,
    },
}

/// Where the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the beginning of a line.
    Line,
    /// In the text of a line.
    Text(Kind),
    /// At the beginning of a line of a fenced code block.
    Fence { mark: u8, len: usize, quoted: bool },
    /// In such a line, which does not end the block.
    InFence { mark: u8, len: usize, quoted: bool },
    /// In a line of which nothing is read.
    Skip,
    /// In a comment.
    Comment,
}

/// What kind of text a line has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It may go on in the next line.
    Paragraph,
    Heading,
    /// A row of a table.
    Row,
}

/// What stands between the last letter and the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    None,
    /// A line end.
    Line,
    /// The edge of a cell.
    Cell,
}

/// Reads one text from its beginning.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of the place in the text")]
pub struct Reader {
    cutter: Cutter,
    blocks: CodeBlocks,
    /// Source that was pushed and is not decided yet; it begins at byte `at` of the whole.
    rest: String,
    at: usize,
    place: Place,
    joint: Joint,
    /// The character before, in this line.
    before: Option<char>,
    /// Brackets that are open.
    brackets: usize,
    /// The line before was blank, or there is none.
    blank: bool,
    /// A list is open: indented lines belong to it and are no code.
    list: bool,
    /// A block of indented code is open.
    indented: bool,
    /// A table is open whose rows need no bar before them.
    table: bool,
}

impl Reader {
    /// At the beginning of a text. No piece has more than `most` characters, where a Han character
    /// counts as two (see [`billed`]); a limit below 8 is taken as 8.
    #[must_use]
    pub fn new(most: usize, blocks: CodeBlocks) -> Self {
        Self {
            cutter: Cutter::new(most),
            blocks,
            rest: String::new(),
            at: 0,
            place: Place::Line,
            joint: Joint::None,
            before: None,
            brackets: 0,
            blank: true,
            list: false,
            indented: false,
            table: false,
        }
    }

    /// Takes more of the source and gives the sentences that are whole. However a source is cut,
    /// all of its sentences together are the same.
    pub fn push(&mut self, more: &str) -> Vec<Sentence> {
        self.rest.push_str(more);
        self.run(false);
        self.cutter.take()
    }

    /// The source is complete: gives the sentences that are left.
    #[must_use]
    pub fn finish(mut self) -> Vec<Sentence> {
        self.run(true);
        self.cutter.end();
        self.cutter.take()
    }

    /// Takes steps until one would need more source than there is.
    fn run(&mut self, finished: bool) {
        let mut source = std::mem::take(&mut self.rest);
        let mut taken = 0;
        while taken < source.len() {
            match self.step(&source[taken..], finished) {
                Some(bytes) => {
                    taken += bytes;
                    self.at += bytes;
                }
                None => break,
            }
        }
        source.drain(..taken);
        self.rest = source;
    }

    /// One step at the beginning of `rest`, which is not empty: how many bytes it took, or `None` if
    /// more are needed. It must not depend on anything behind what it needs.
    fn step(&mut self, rest: &str, finished: bool) -> Option<usize> {
        match self.place {
            Place::Line => self.line(rest, finished),
            Place::Text(kind) => self.text(kind, rest, finished),
            Place::Fence { mark, len, quoted } => self.fence(rest, finished, mark, len, quoted),
            Place::InFence { mark, len, quoted } => {
                Some(self.skip(rest, Place::Fence { mark, len, quoted }))
            }
            Place::Skip => Some(self.skip(rest, Place::Line)),
            Place::Comment => self.comment(rest, finished),
        }
    }

    /// Passes over the line; behind its end is `next`.
    fn skip(&mut self, rest: &str, next: Place) -> usize {
        let Some(end) = rest.find('\n') else { return rest.len() };
        self.place = next;
        self.before = None;
        end + 1
    }

    fn comment(&mut self, rest: &str, finished: bool) -> Option<usize> {
        if let Some(end) = rest.find("-->") {
            self.place = Place::Text(Kind::Paragraph);
            return Some(end + 3);
        }
        // Two dashes may be the beginning of the end.
        let keep = rest.len() - rest.trim_end_matches('-').len().min(rest.len());
        let take = if finished { rest.len() } else { rest.len() - keep.min(2) };
        (take > 0).then_some(take)
    }

    /// The first line of a block, or the next of a paragraph.
    fn line(&mut self, rest: &str, finished: bool) -> Option<usize> {
        let known = line::Known { blank: self.blank, list: self.list, indented: self.indented };
        let line = line::read(rest, finished, known)?;
        let begins = line.marked || !matches!(line.class, Class::Text);
        let text = matches!(line.class, Class::Text);
        if begins || self.blank || self.table {
            self.end_block();
        }
        self.list = match line.class {
            Class::Blank | Class::Code => self.list,
            _ => line.item || (self.list && (line.columns > 0 || !self.blank || !text)),
        };
        let code = matches!(line.class, Class::Code);
        let announce = match line.class {
            Class::Code => !self.indented,
            Class::Fence { .. } => true,
            _ => false,
        };
        if announce && let CodeBlocks::Announce { text } = &self.blocks {
            // Of an indented block nothing is known yet but that it begins.
            let end = if code { line.prefix + 1 } else { line::NEAR };
            let end = end.min(rest.find('\n').unwrap_or(rest.len()));
            let len = super::boundary(rest, end);
            self.cutter.say(text, self.at..self.at + len);
        }
        self.indented = code || (self.indented && matches!(line.class, Class::Blank));
        self.table = match line.class {
            Class::Edge => true,
            Class::Row => self.table,
            _ => self.table && text && !line.marked,
        };
        if let Some(number) = &line.number {
            for (at, c) in rest[number.clone()].char_indices() {
                let from = self.at + number.start + at;
                self.letter(c, from..from + c.len_utf8());
            }
            self.cutter.push(' ', self.at + number.end..self.at + number.end);
        }
        self.blank = matches!(line.class, Class::Blank);
        self.place = match line.class {
            Class::Text if self.table => Place::Text(Kind::Row),
            Class::Text => Place::Text(Kind::Paragraph),
            Class::Row => Place::Text(Kind::Row),
            Class::Heading => Place::Text(Kind::Heading),
            Class::Blank | Class::Rule | Class::Edge | Class::Definition | Class::Code => {
                Place::Skip
            }
            Class::Fence { mark, len } => Place::InFence { mark, len, quoted: line.quoted },
            Class::Comment => Place::Comment,
        };
        self.before = None;
        Some(line.prefix)
    }

    /// A line of a fenced code block: whether it ends the block.
    fn fence(
        &mut self,
        rest: &str,
        finished: bool,
        mark: u8,
        len: usize,
        quoted: bool,
    ) -> Option<usize> {
        match line::closes(rest, finished, mark, len, quoted)? {
            line::Closing::Goes => self.place = Place::InFence { mark, len, quoted },
            line::Closing::Ends => {
                self.blank = true;
                self.place = Place::Skip;
            }
            line::Closing::Left => {
                self.blank = true;
                self.place = Place::Line;
            }
        }
        Some(0)
    }

    /// A letter that is read.
    fn letter(&mut self, c: char, source: Range<usize>) {
        if c.is_whitespace() && self.joint != Joint::None {
            return;
        }
        let start = source.start;
        match (std::mem::replace(&mut self.joint, Joint::None), self.cutter.last()) {
            (Joint::None, _) | (_, None) => {}
            (Joint::Line, Some(last)) => {
                if !(is_wide(last) && is_wide(c)) {
                    self.cutter.push(' ', start..start);
                }
            }
            (Joint::Cell, Some(_)) => self.comma(start),
        }
        self.cutter.push(c, source);
    }

    /// What is said at the edge of a cell, unless a sign is there already.
    fn comma(&mut self, at: usize) {
        self.cutter.trim();
        let Some(last) = self.cutter.last() else { return };
        if last.is_alphanumeric() || matches!(last, '%' | ')' | '）' | '"' | '”') {
            self.cutter.push(if is_wide(last) { '，' } else { ',' }, at..at);
        }
        if !is_wide(last) {
            self.cutter.push(' ', at..at);
        }
    }

    /// What is open ends here.
    fn end_block(&mut self) {
        self.cutter.end();
        self.joint = Joint::None;
        self.brackets = 0;
    }
}

/// All sentences of a text that is complete; see [`Reader`].
#[must_use]
pub fn read_all(source: &str, most: usize, blocks: CodeBlocks) -> Vec<Sentence> {
    let mut reader = Reader::new(most, blocks);
    let mut sentences = reader.push(source);
    sentences.extend(reader.finish());
    sentences
}

#[cfg(test)]
mod tests;
