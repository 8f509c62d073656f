//! A place in one line, in bytes and in columns, as block structure counts: tabs reach to every
//! fourth column and may be eaten in parts. It refuses to know what a block is.

use std::borrow::Cow;

const TAB: usize = 4;

/// One line without its end, read from the left.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    line: &'a str,
    /// Byte that comes next.
    at: usize,
    /// Its column.
    column: usize,
    /// Columns of a tab at `at` that are eaten already.
    in_tab: bool,
    /// First byte that is neither blank nor tab.
    pub(super) text_at: usize,
    /// Columns from here to there.
    pub(super) indent: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        let mut it = Self { line, at: 0, column: 0, in_tab: false, text_at: 0, indent: 0 };
        it.look();
        it
    }

    /// Finds the text that comes next.
    fn look(&mut self) {
        let bytes = self.line.as_bytes();
        let mut at = self.at;
        let mut column = self.column;
        while let Some(b) = bytes.get(at) {
            match b {
                b' ' => column += 1,
                b'\t' => column += TAB - column % TAB,
                _ => break,
            }
            at += 1;
        }
        self.text_at = at;
        self.indent = column - self.column;
    }

    /// Whether nothing but blanks is left.
    pub(super) fn blank(&self) -> bool {
        self.text_at >= self.line.len()
    }

    /// What is left, from the first text on.
    pub(super) fn text(&self) -> &'a str {
        self.line.get(self.text_at..).unwrap_or_default()
    }

    /// What is left, blanks included; the rest of a tab that is eaten in part comes as blanks.
    pub(super) fn rest(&self) -> Cow<'a, str> {
        if self.in_tab {
            let blanks = TAB - self.column % TAB;
            let rest = self.line.get(self.at + 1..).unwrap_or_default();
            Cow::Owned(format!("{:blanks$}{rest}", ""))
        } else {
            Cow::Borrowed(self.line.get(self.at..).unwrap_or_default())
        }
    }

    /// Goes to the text.
    pub(super) fn skip_blanks(&mut self) {
        self.columns(self.indent);
    }

    /// Goes on by bytes that are no tabs.
    pub(super) fn bytes(&mut self, count: usize) {
        self.skip_blanks();
        self.at += count;
        self.column += count;
        self.in_tab = false;
        self.look();
    }

    /// Goes on by up to so many columns of blanks and returns how many there were.
    pub(super) fn columns(&mut self, count: usize) -> usize {
        let bytes = self.line.as_bytes();
        let mut left = count;
        while left > 0 {
            match bytes.get(self.at) {
                Some(b' ') => {
                    self.at += 1;
                    self.column += 1;
                    left -= 1;
                }
                Some(b'\t') => {
                    let to_stop = TAB - self.column % TAB;
                    let eaten = to_stop.min(left);
                    self.column += eaten;
                    left -= eaten;
                    self.in_tab = eaten < to_stop;
                    if !self.in_tab {
                        self.at += 1;
                    }
                }
                _ => break,
            }
        }
        self.look();
        count - left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_are_eaten_in_parts() {
        let mut at = Cursor::new("\tx");
        assert_eq!((at.indent, at.text()), (4, "x"));
        assert_eq!(at.columns(2), 2);
        assert_eq!((at.indent, at.rest().as_ref()), (2, "  x"));
        at.skip_blanks();
        assert_eq!(at.rest(), "x");
        at.bytes(1);
        assert!(at.blank());
    }
}
