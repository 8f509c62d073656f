//! Block structure, line by line: which quotes, lists and items are open, what a line continues
//! and what it begins. Each line is looked at once, so the work does not depend on how long a
//! list, a quote or a fence has grown. It refuses inline markup (`inline`) and the content of
//! leaves (`leaf`).

use std::sync::Arc;

use super::cursor::Cursor;
use super::leaf::{Leaf, Place};
use super::piece::{Body, Mark, Piece};
use super::sink::Sink;
use super::starts::{self, Marker};
use crate::text::rows::Flow;

/// Quotes, lists and items inside one another. Deeper ones are text.
const DEEPEST: usize = 40;

/// Something that holds blocks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Container {
    Quote,
    List {
        marker: Marker,
        /// Number of the next item.
        next: u32,
    },
    Item {
        /// Columns its content is set in by, from the list's own place.
        indent: usize,
        mark: Mark,
        task: Option<bool>,
        /// Its marker is shown already.
        led: bool,
        /// It has content.
        filled: bool,
    },
}

/// Whether the open leaf takes a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It took the line; nothing is left to do.
    Taken,
    /// It may take the line unless the line begins something.
    Open,
    /// It is over.
    Over,
}

/// What is open after the lines so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    pub(super) open: Vec<Container>,
    pub(super) leaf: Leaf,
    /// A blank line came since the last piece.
    blank: bool,
    /// There is a piece before.
    started: bool,
    /// Containers that are open since before the last piece.
    kept: usize,
    /// Marks of the last piece, shared where the next has the same.
    marks: Option<Arc<[Mark]>>,
    /// Code blocks begun so far.
    pub(super) codes: usize,
}

impl Blocks {
    /// Takes one line without its end.
    pub(super) fn line(&mut self, line: &str, sink: &mut Sink<'_>) {
        let mut at = Cursor::new(line);
        let matched = self.matched(&mut at);
        let all = matched == self.open.len();
        let fit = if all { self.fits(&mut at, sink) } else { Fit::Over };
        if fit == Fit::Taken {
            return;
        }
        let lazy = matches!(self.leaf, Leaf::Paragraph { .. });
        let mut inside = all && fit == Fit::Open;
        let mut depth = matched;
        let mut opened = false;
        loop {
            if inside && self.underlined(&at, sink) {
                return;
            }
            if self.leaf_begins(&mut at, depth, inside, sink) {
                return;
            }
            if at.indent >= 4 && !at.blank() && (opened || !lazy) {
                self.begin(depth, sink);
                at.columns(4);
                self.begin_indented(&at.rest(), sink);
                return;
            }
            if !self.container_begins(&mut at, depth, inside, sink) {
                break;
            }
            inside = false;
            opened = true;
            depth = self.open.len();
        }
        if inside && self.table_line(&at, sink) {
            return;
        }
        self.text(&at, depth, inside, opened, sink);
    }

    /// Goes on with a line whose beginning was handed in already because it was very long.
    pub(super) fn more(&mut self, text: &str, sink: &mut Sink<'_>) {
        if !self.leaf_more(text, sink) && !text.trim().is_empty() {
            self.begin(self.open.len(), sink);
            self.leaf = Leaf::paragraph(text.trim_start(), Place::Within);
        }
    }

    /// Everything that is open is over.
    pub(super) fn finish(&mut self, sink: &mut Sink<'_>) {
        self.close(0, sink);
        self.blank = self.started;
    }

    /// How many of the open containers the line continues.
    fn matched(&self, at: &mut Cursor<'_>) -> usize {
        for (i, container) in self.open.iter().enumerate() {
            match container {
                Container::List { .. } => {}
                Container::Quote => {
                    if at.indent > 3 || !at.text().starts_with('>') {
                        return i;
                    }
                    at.bytes(1);
                    at.columns(1);
                }
                Container::Item { indent, filled, .. } => {
                    if at.indent >= *indent {
                        at.columns(*indent);
                    } else if at.blank() && *filled {
                        at.skip_blanks();
                    } else {
                        return i;
                    }
                }
            }
        }
        self.open.len()
    }

    /// Begins a quote or a list item, if the line does.
    fn container_begins(
        &mut self,
        at: &mut Cursor<'_>,
        depth: usize,
        inside: bool,
        sink: &mut Sink<'_>,
    ) -> bool {
        if at.indent > 3 || depth + 2 > DEEPEST {
            return false;
        }
        if at.text().starts_with('>') {
            self.begin(depth, sink);
            self.open.push(Container::Quote);
            at.bytes(1);
            at.columns(1);
            return true;
        }
        let in_paragraph = inside && matches!(self.leaf, Leaf::Paragraph { .. });
        let Some(marker) = starts::marker(at.text(), in_paragraph) else { return false };
        let mut indent = at.indent + marker.len;
        at.bytes(marker.len);
        let mut ahead = at.clone();
        let blanks = ahead.columns(5);
        if (1..5).contains(&blanks) && !ahead.blank() {
            indent += blanks;
            *at = ahead;
        } else {
            indent += 1;
            at.columns(1);
        }
        self.close(depth, sink);
        let goes_on = matches!(self.open.last(), Some(Container::List { marker: of, .. }) if of.continues(&marker));
        if !goes_on {
            self.begin(depth, sink);
            self.open.push(Container::List { marker, next: marker.number.unwrap_or(1) });
        }
        let mut mark = Mark::Bullet;
        if let (Some(Container::List { next, .. }), Some(_)) = (self.open.last_mut(), marker.number)
        {
            mark = Mark::Number(*next, char::from(marker.mark));
            *next = next.saturating_add(1);
        }
        self.open.push(Container::Item { indent, mark, task: None, led: false, filled: false });
        true
    }

    /// Text that begins nothing.
    fn text(
        &mut self,
        at: &Cursor<'_>,
        depth: usize,
        inside: bool,
        opened: bool,
        sink: &mut Sink<'_>,
    ) {
        if at.blank() {
            if !opened {
                self.close(depth, sink);
                self.blank = self.started;
            }
            return;
        }
        if (inside || !opened) && self.leaf_line(at.text(), sink) {
            return;
        }
        self.close(depth, sink);
        let place = match self.open.last() {
            Some(Container::Item { filled: false, .. }) => Place::Item,
            _ => Place::Start,
        };
        self.begin(depth, sink);
        self.leaf = Leaf::paragraph(at.text(), place);
    }

    /// Makes the place at `depth` ready for a block that is no list item.
    pub(super) fn begin(&mut self, depth: usize, sink: &mut Sink<'_>) {
        self.close(depth, sink);
        if let Some(Container::List { .. }) = self.open.last() {
            self.close(self.open.len() - 1, sink);
        }
        if let Some(Container::Item { filled, .. }) = self.open.last_mut() {
            *filled = true;
        }
    }

    /// Closes the leaf and all containers but the first `depth`.
    fn close(&mut self, depth: usize, sink: &mut Sink<'_>) {
        self.close_leaf(sink);
        while self.open.len() > depth {
            if let Some(Container::Item { led: false, .. }) = self.open.last() {
                self.emit(Body::Paragraph(Flow::default()), sink);
            }
            self.open.pop();
        }
        self.kept = self.kept.min(depth);
    }

    /// Whether the innermost item is a task and done, to be set before it is shown.
    pub(super) fn item_task(&mut self) -> Option<&mut Option<bool>> {
        match self.open.last_mut() {
            Some(Container::Item { task, .. }) => Some(task),
            _ => None,
        }
    }

    /// Hands a piece out.
    pub(super) fn emit(&mut self, body: Body, sink: &mut Sink<'_>) {
        let gap = match &body {
            Body::CodeLine { .. }
            | Body::CodeFoot { .. }
            | Body::TableRow { .. }
            | Body::TableFoot(_) => false,
            Body::Heading { .. } => self.started,
            Body::Paragraph(_) | Body::CodeHead { .. } | Body::Table(_) | Body::Rule => self.blank,
        };
        let lists = |c: &&Container| !matches!(c, Container::List { .. });
        let kept = self.open.iter().take(self.kept).filter(lists).count();
        let marks = self.lead();
        sink.pieces.push(Piece { gap: gap.then_some(kept as u8), marks, body });
        self.blank = false;
        self.started = true;
        self.kept = self.open.len();
    }

    /// A blank line inside a block counts for the piece after it.
    pub(super) const fn note_blank(&mut self) {
        self.blank = true;
    }

    /// The marks of the coming piece; markers count as shown from now on.
    fn lead(&mut self) -> Arc<[Mark]> {
        let mut marks = Vec::with_capacity(self.open.len());
        for container in &mut self.open {
            match container {
                Container::List { .. } => {}
                Container::Quote => marks.push(Mark::Quote),
                Container::Item { mark, task, led: false, .. } => {
                    if let (Mark::Number(..), _) | (_, None) = (*mark, *task) {
                        marks.push(*mark);
                    }
                    marks.extend(task.map(Mark::Task));
                }
                Container::Item { mark, task, .. } => {
                    let cells = match mark {
                        Mark::Number(n, _) => {
                            n.checked_ilog10().unwrap_or(0) as u8 + 3 + 2 * u8::from(task.is_some())
                        }
                        _ => 2,
                    };
                    marks.push(Mark::Indent(cells));
                }
            }
            if let Container::Item { led, .. } = container {
                *led = true;
            }
        }
        if let Some(last) = &self.marks
            && **last == *marks
        {
            return Arc::clone(last);
        }
        let marks: Arc<[Mark]> = marks.into();
        self.marks = Some(Arc::clone(&marks));
        marks
    }
}
