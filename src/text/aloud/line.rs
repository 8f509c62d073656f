//! How a line begins: marks of quotes, lists and headings, fences, rows of tables. It refuses what
//! stands behind, and answers only when nothing that may follow can change the answer.

use std::ops::Range;

/// A line is known by so many bytes, whatever follows.
pub(super) const NEAR: usize = 256;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Blank,
    Text,
    Heading,
    /// A row of a table, which begins with a bar.
    Row,
    /// The line below the head of a table.
    Edge,
    /// A line across, or below a heading.
    Rule,
    /// Where a link leads that is used elsewhere.
    Definition,
    /// The first line of a fenced block.
    Fence {
        mark: u8,
        len: usize,
    },
    /// A line of an indented block.
    Code,
    Comment,
}

/// What is known before the line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) blank: bool,
    pub(super) list: bool,
    pub(super) indented: bool,
}

/// The beginning of a line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) class: Class,
    /// Bytes before its text.
    pub(super) prefix: usize,
    /// Blanks before everything, in columns.
    pub(super) columns: usize,
    /// It begins something of its own: an item.
    pub(super) marked: bool,
    pub(super) item: bool,
    pub(super) quoted: bool,
    /// The bytes of an item's number, with the sign behind it.
    pub(super) number: Option<Range<usize>>,
}

/// Reads the beginning of a line; `None` if it may still become something else.
pub(super) fn read(rest: &str, finished: bool, known: Known) -> Option<Line> {
    let near = &rest[..crate::text::boundary(rest, NEAR)];
    let end = near.find('\n');
    let line = &near[..end.unwrap_or(near.len())];
    let whole = end.is_some() || rest.len() >= NEAR || finished;
    let bytes = line.as_bytes();
    let mut found = Line {
        class: Class::Text,
        prefix: 0,
        columns: 0,
        marked: false,
        item: false,
        quoted: false,
        number: None,
    };
    let mut columns = 0;
    loop {
        let Some(byte) = bytes.get(found.prefix) else {
            if !whole {
                return None;
            }
            found.class = Class::Blank;
            return Some(found);
        };
        let tail = &line[found.prefix..];
        match byte {
            b' ' | b'\r' => columns += 1,
            b'\t' => columns += 4,
            b'>' => {
                found.quoted = true;
                columns = 0;
            }
            _ => {
                let first = !found.quoted && !found.item;
                if first {
                    found.columns = columns;
                }
                let code = known.blank || known.indented;
                if first && columns >= 4 && code && !known.list {
                    found.class = Class::Code;
                    return Some(found);
                }
                let Some((len, number)) = item(tail, whole)? else {
                    let (class, len) = class(tail, whole)?;
                    found.class = class;
                    found.prefix += len;
                    return Some(found);
                };
                found.number = number.map(|n| found.prefix..found.prefix + n);
                (found.item, found.marked) = (true, true);
                found.prefix += len;
                columns = 0;
                continue;
            }
        }
        found.prefix += 1;
    }
}

/// The mark of an item: its length with the blank and the box behind it, and that of its number.
/// The outer `None`: it may still become one.
#[expect(clippy::option_option, reason = "not known, no item, an item: three answers")]
fn item(tail: &str, whole: bool) -> Option<Option<(usize, Option<usize>)>> {
    let bytes = tail.as_bytes();
    let digits = bytes.iter().take(10).take_while(|b| b.is_ascii_digit()).count();
    let mark = match bytes[0] {
        b'-' | b'*' | b'+' => {
            // Only such marks and blanks: a line across.
            let same = |b: &u8| *b == bytes[0] || matches!(b, b' ' | b'\t' | b'\r');
            if bytes.iter().all(same) && bytes[0] != b'+' {
                return if whole && (bytes.len() > 1 || tail.len() == 1) {
                    Some(None)
                } else {
                    None
                };
            }
            1
        }
        b'0'..=b'9' if digits <= 9 => match bytes.get(digits) {
            None => return if whole { Some(None) } else { None },
            Some(b'.' | b')') => digits + 1,
            Some(_) => return Some(None),
        },
        _ => return Some(None),
    };
    match bytes.get(mark) {
        None => return if whole { Some(None) } else { None },
        Some(b' ' | b'\t') => {}
        Some(_) => return Some(None),
    }
    let number = (digits > 0).then_some(mark);
    let after = &bytes[mark + 1..];
    let open = |n: usize| after.get(n).copied();
    match (open(0), open(1), open(2), open(3)) {
        (Some(b'['), Some(b' ' | b'x' | b'X'), Some(b']'), Some(b' ')) => {
            Some(Some((mark + 5, number)))
        }
        (None, ..) | (Some(b'['), None, ..) | (Some(b'['), Some(b' ' | b'x' | b'X'), None, _)
            if !whole =>
        {
            None
        }
        (Some(b'['), Some(b' ' | b'x' | b'X'), Some(b']'), None) if !whole => None,
        _ => Some(Some((mark + 1, number))),
    }
}

/// What the text of a line begins with, and the bytes before what is read of it.
fn class(tail: &str, whole: bool) -> Option<(Class, usize)> {
    let bytes = tail.as_bytes();
    let text = Some((Class::Text, 0));
    let count = |mark: u8| bytes.iter().take_while(|b| **b == mark).count();
    match bytes[0] {
        b'#' => {
            let marks = count(b'#');
            match bytes.get(marks) {
                None if !whole => None,
                None | Some(b' ' | b'\t') if marks <= 6 => Some((Class::Heading, marks)),
                _ => text,
            }
        }
        mark @ (b'`' | b'~') => {
            let len = count(mark);
            if len < 3 {
                return if len == bytes.len() && !whole { None } else { text };
            }
            if mark == b'`' && bytes[len..].contains(&b'`') {
                return text;
            }
            whole.then_some((Class::Fence { mark, len }, 0))
        }
        b'|' | b':' | b'-' => {
            let signs =
                bytes.iter().all(|b| matches!(b, b'|' | b':' | b'-' | b' ' | b'\t' | b'\r'));
            if !signs {
                return Some(if bytes[0] == b'|' { (Class::Row, 1) } else { (Class::Text, 0) });
            }
            if !whole {
                return None;
            }
            let bar = bytes.contains(&b'|');
            if bar && bytes.contains(&b'-') {
                return Some((Class::Edge, 0));
            }
            Some(if bytes[0] == b'-' { (Class::Rule, 0) } else { (Class::Row, 0) })
        }
        mark @ (b'*' | b'_' | b'=') => {
            let same = |b: &u8| *b == mark || matches!(b, b' ' | b'\t' | b'\r');
            if !bytes.iter().all(same) {
                return text;
            }
            whole.then_some((Class::Rule, 0))
        }
        b'<' => {
            let open = "<!--";
            if tail.starts_with(open) {
                return Some((Class::Comment, open.len()));
            }
            if open.starts_with(tail) && !whole { None } else { text }
        }
        b'[' => match tail.find(']') {
            None if whole => text,
            None => None,
            Some(at) => match bytes.get(at + 1) {
                None if !whole => None,
                Some(b':') if bytes[1] == b'^' => Some((Class::Text, at + 2)),
                Some(b':') => Some((Class::Definition, 0)),
                _ => text,
            },
        },
        _ => text,
    }
}

/// What a line does to the fenced block it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// Nothing.
    Goes,
    /// Ends it.
    Ends,
    /// Stands outside of the quote the block was in.
    Left,
}

/// Whether a line ends a fenced block; `None` if it may still.
pub(super) fn closes(
    rest: &str,
    finished: bool,
    mark: u8,
    len: usize,
    quoted: bool,
) -> Option<Closing> {
    let near = &rest[..crate::text::boundary(rest, NEAR)];
    let end = near.find('\n');
    let line = &near[..end.unwrap_or(near.len())];
    let whole = end.is_some() || rest.len() >= NEAR || finished;
    let mut tail = line.trim_start_matches([' ', '\t']);
    if quoted {
        if tail.is_empty() && !whole {
            return None;
        }
        let Some(inner) = tail.strip_prefix('>') else { return Some(Closing::Left) };
        tail = inner.trim_start_matches([' ', '\t', '>']);
    }
    let marks = tail.bytes().take_while(|b| *b == mark).count();
    if !tail[marks..].bytes().all(|b| matches!(b, b' ' | b'\t' | b'\r')) {
        return Some(Closing::Goes);
    }
    if !whole {
        return None;
    }
    Some(if marks >= len { Closing::Ends } else { Closing::Goes })
}
