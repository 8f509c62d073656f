//! Guesses about text that is still being written: which emphasis is open, where a long paragraph
//! may be parted, which lines should better not be shown yet.
//! It refuses decisions that last: what is settled never comes from here but for the place of a cut.

use std::borrow::Cow;

/// Chinese marks after which a sentence is over.
const SENTENCE_ENDS: [&str; 4] = ["。", "！", "？", "；"];

/// Emphasis, code and links that are open at a place in a text.
#[derive(Debug, Default)]
struct Open {
    /// Delimiters in the order they were opened.
    marks: Vec<(u8, usize)>,
    brackets: usize,
    /// Backticks of a code span that is open.
    code: usize,
    /// In the address of a link.
    address: bool,
}

impl Open {
    fn balanced(&self) -> bool {
        self.marks.is_empty() && self.brackets == 0 && self.code == 0 && !self.address
    }
}

/// Reads the text once; `place` hears of each place that a cut might be at, a byte after a blank,
/// a line end or CJK punctuation, and whether everything is closed there.
fn scan(text: &str, mut place: impl FnMut(usize, &Open)) -> Open {
    let bytes = text.as_bytes();
    let mut open = Open::default();
    let mut ticks = Ticks::default();
    let last_line = bytes.iter().rposition(|b| *b == b'\n');
    let mut at = 0;
    while let Some(b) = bytes.get(at) {
        match b {
            b'\\' => at += 1,
            b'`' => {
                let len = run(bytes, at);
                match ticks.close(bytes, at + len, len) {
                    Some(end) => at = end - 1,
                    None if last_line.is_some_and(|end| at < end) => at += len - 1,
                    None => {
                        open.code = len;
                        return open;
                    }
                }
            }
            b'*' | b'_' | b'~' => {
                let len = run(bytes, at);
                delimiters(text, at, len, &mut open.marks);
                at += len - 1;
            }
            b'[' => open.brackets += 1,
            b']' if open.brackets > 0 => {
                open.brackets -= 1;
                if bytes.get(at + 1) == Some(&b'(') {
                    match address_end(&bytes[at + 2..]) {
                        Address::Ends(len) => at += len + 2,
                        Address::Open => {
                            open.address = true;
                            return open;
                        }
                        Address::None => {}
                    }
                }
            }
            b' ' | b'\n' => place(at + 1, &open),
            0x80.. if SENTENCE_ENDS.iter().any(|end| bytes[..=at].ends_with(end.as_bytes())) => {
                place(at + 1, &open);
            }
            _ => {}
        }
        at += 1;
    }
    open
}

fn run(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|b| **b == bytes[at]).count()
}

/// Where code spans end, without looking twice for runs of backticks that are not there.
#[derive(Default)]
struct Ticks {
    /// Lengths of which no run lies ahead, as bits.
    none_ahead: u64,
}

impl Ticks {
    fn close(&mut self, bytes: &[u8], mut at: usize, len: usize) -> Option<usize> {
        let bit = 1_u64.checked_shl(len as u32)?;
        while self.none_ahead & bit == 0 && at < bytes.len() {
            if bytes[at] == b'`' {
                let found = run(bytes, at);
                at += found;
                if found == len {
                    return Some(at);
                }
            } else {
                at += 1;
            }
        }
        self.none_ahead |= bit;
        None
    }
}

enum Address {
    Ends(usize),
    Open,
    None,
}

/// Looks for the end of a link's address. Blanks part it from a title and nothing else.
fn address_end(bytes: &[u8]) -> Address {
    const FARTHEST: usize = 1024;
    let mut depth = 0;
    for (i, b) in bytes.iter().enumerate().take(FARTHEST) {
        match b {
            b'(' => depth += 1,
            b')' if depth == 0 => return Address::Ends(i),
            b')' => depth -= 1,
            b' ' if !matches!(bytes.get(i + 1), Some(b'"' | b'\'')) => return Address::None,
            b' ' => {
                let end = bytes.iter().take(FARTHEST).position(|b| *b == b')');
                return end.map_or(Address::None, Address::Ends);
            }
            b'\n' => return Address::None,
            _ => {}
        }
    }
    if bytes.len() < FARTHEST { Address::Open } else { Address::None }
}

/// Opens and closes emphasis by a run of delimiters, roughly as the real rules do.
fn delimiters(text: &str, at: usize, len: usize, marks: &mut Vec<(u8, usize)>) {
    let mark = text.as_bytes()[at];
    let before = text[..at].chars().next_back().unwrap_or(' ');
    let after = text[at + len..].chars().next().unwrap_or(' ');
    let word = |c: char| c.is_ascii_alphanumeric();
    let single_in_word = word(before) && word(after) && (mark == b'_' || len == 1);
    if single_in_word || (mark == b'~' && len > 2) {
        return;
    }
    let mut left = len;
    if !before.is_whitespace() {
        while let Some((_, size)) = marks.last().filter(|(m, size)| *m == mark && *size <= left) {
            left -= size;
            marks.pop();
            if left == 0 {
                return;
            }
        }
    }
    if !after.is_whitespace() && left <= 3 {
        if left >= 2 {
            marks.push((mark, 2));
        }
        if left != 2 {
            marks.push((mark, 1));
        }
    }
}

/// The text with its open emphasis, code and links closed, so that it looks as it most likely will
/// once they are: no asterisks that come and go.
pub(super) fn closed(text: &str) -> Cow<'_, str> {
    let mut shown = text.trim_end();
    let bare = shown.trim_end_matches(['*', '_', '~', '`']);
    if !bare.ends_with('\\') {
        shown = bare.trim_end();
    }
    let open = scan(shown, |_, _| {});
    if open.balanced() && shown.len() == text.len() {
        return Cow::Borrowed(text);
    }
    let mut out = String::from(shown);
    out.extend(std::iter::repeat_n('`', open.code));
    if open.address {
        out.push(')');
    }
    for (mark, len) in open.marks.iter().rev() {
        out.extend(std::iter::repeat_n(char::from(*mark), *len));
    }
    Cow::Owned(out)
}

/// Where to part a paragraph that has grown too long: the first part is final then. The best place
/// is a line end, then the end of a sentence, then any blank, each in the second half and with
/// nothing open; failing that the last such place with something open; failing that the middle.
pub(super) fn cut(text: &str) -> usize {
    let mut best = [0; 6];
    scan(text, |at, open| {
        let before = &text.as_bytes()[..at];
        let kind = match before {
            [.., b'\n'] => 0,
            [.., b'.' | b'!' | b'?' | b';' | b':', b' '] | [.., 0x80..=0xff] => 1,
            _ => 2,
        };
        let kind = if open.balanced() { kind } else { kind + 3 };
        if at >= text.len() / 2 && at < text.len() {
            best[kind] = at;
        }
    });
    let fallback = crate::text::boundary(text, text.len() / 2);
    best.into_iter().find(|at| *at > 0).unwrap_or(fallback)
}

/// Whether a line that is not complete could still become anything: only marker characters so
/// far. Showing it would make headings and lists flash up and vanish.
pub(super) fn undecided(line: &str) -> bool {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let inner = rest.strip_prefix('>').or_else(|| {
            let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            if digits.len() == rest.len() {
                ["- ", "* ", "+ "].into_iter().find_map(|bullet| rest.strip_prefix(bullet))
            } else {
                digits.strip_prefix(". ").or_else(|| digits.strip_prefix(") "))
            }
        });
        match inner {
            Some(inner) if !inner.is_empty() => rest = inner,
            Some(_) | None => break,
        }
    }
    let marks = |c: char| "-=_*#`~|:+> \t".contains(c);
    let number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    !line.is_empty()
        && (rest.chars().all(marks)
            || (rest.len() - number.len() < 10 && matches!(number, "" | "." | ")" | ". " | ") "))
            || matches!(rest, "[" | "[ " | "[x" | "[X" | "[ ]" | "[x]" | "[X]" | "[ ] " | "[x] "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closes_what_is_open() {
        for (text, shown) in [
            ("a **bold", "a **bold**"),
            ("a **bold ", "a **bold**"),
            ("a **bold*", "a **bold**"),
            ("a **b *c", "a **b *c***"),
            ("a `code", "a `code`"),
            ("a [text](http://x", "a [text](http://x)"),
            ("a **", "a"),
            ("2 * 3 and snake_case_", "2 * 3 and snake_case"),
            ("plain", "plain"),
            ("**提示（Notice）：", "**提示（Notice）：**"),
        ] {
            assert_eq!(closed(text), shown);
        }
    }

    #[test]
    fn cuts_where_nothing_is_open() {
        assert_eq!(cut("aaaa bbbb\ncccc dddd\neeee"), 20);
        assert_eq!(cut("One two. Three four. Five six seven"), 21);
        assert_eq!(cut("一二三四五六七。**八九 十。十"), 24);
        assert_eq!(cut("aaaaaaaa"), 4);
    }

    #[test]
    fn waits_for_lines_that_may_become_anything() {
        for yes in ["-", "- ", "12", "12.", "##", "```", "> -", "- [", "- [ ]", "|--", "  *"] {
            assert!(undecided(yes), "{yes}");
        }
        for no in ["", "a", "- a", "12 a", "# T", "```r", "> a", "- [l"] {
            assert!(!undecided(no), "{no}");
        }
    }
}
