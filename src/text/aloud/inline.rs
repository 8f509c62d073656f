//! The inside of a line: what emphasis, links, code, tags and entities leave to be read. It refuses
//! blocks, and decides nothing that what follows could change.

use super::{FAR, Joint, Kind, Place, Reader};

/// How far the ends of small things are looked for, in bytes.
const CLOSE: usize = 64;

/// What was looked for in what follows.
enum Found<T> {
    /// It is there.
    Yes(T),
    /// It is not, whatever follows.
    No,
    /// It may still come.
    Later,
}

impl Reader {
    /// The next thing of a line's text.
    pub(super) fn text(&mut self, kind: Kind, rest: &str, finished: bool) -> Option<usize> {
        let mut chars = rest.chars();
        let c = chars.next()?;
        let next = chars.next();
        // Everything that is decided by one letter more.
        if next.is_none() && !finished && matches!(c, '\\' | '!' | ']' | '<' | '|') {
            return None;
        }
        let taken = match c {
            '\n' => self.line_end(kind),
            '\\' => self.escape(next),
            '`' => return self.code(rest, finished),
            '*' | '_' | '~' => return self.emphasis(c, rest, finished),
            '!' if next == Some('[') => 1,
            '[' => return self.open(rest, finished),
            ']' => return self.close(rest, finished),
            '<' => return self.tag(rest, finished),
            '&' => return self.entity(rest, finished),
            '|' => self.bar(kind, next),
            '#' if kind == Kind::Heading => return self.hashes(rest, finished),
            'h' | 'w' if self.before.is_none_or(|b| !b.is_ascii_alphanumeric()) => {
                return self.address(rest, finished);
            }
            c => self.plain(c),
        };
        self.before = (c != '\n').then_some(c);
        Some(taken)
    }

    /// A letter as it stands.
    fn plain(&mut self, c: char) -> usize {
        let len = c.len_utf8();
        self.letter(c, self.at..self.at + len);
        len
    }

    /// Passes over something in which nothing is read.
    fn pass(&mut self, text: &str) -> usize {
        self.before = text.chars().next_back();
        text.len()
    }

    /// The end of the line.
    fn line_end(&mut self, kind: Kind) -> usize {
        self.place = Place::Line;
        match kind {
            Kind::Paragraph => self.joint = Joint::Line,
            Kind::Heading | Kind::Row => self.end_block(),
        }
        1
    }

    fn escape(&mut self, next: Option<char>) -> usize {
        match next {
            Some(c) if c.is_ascii_punctuation() => {
                self.letter(c, self.at..self.at + 2);
                2
            }
            // The line is to end here.
            Some('\n') | None => {
                self.end_block();
                1
            }
            Some(_) => self.plain('\\'),
        }
    }

    /// The edge of a cell, or a bar in a text.
    fn bar(&mut self, kind: Kind, next: Option<char>) -> usize {
        let between = |c: Option<char>| c.is_none_or(char::is_whitespace);
        if kind == Kind::Row || (between(self.before) && between(next)) {
            self.joint = Joint::Cell;
            return 1;
        }
        self.plain('|')
    }

    /// A span of code: its letters, as they stand.
    fn code(&mut self, rest: &str, finished: bool) -> Option<usize> {
        let marks = run(rest, b'`');
        if marks == rest.len() && !finished {
            return None;
        }
        match span(rest, marks, finished) {
            Found::Later => None,
            Found::No => Some(self.pass(&rest[..marks])),
            Found::Yes(end) => {
                for (at, c) in rest[marks..end].char_indices() {
                    let from = self.at + marks + at;
                    let c = if c == '\n' { ' ' } else { c };
                    self.letter(c, from..from + c.len_utf8());
                }
                Some(self.pass(&rest[..end + marks]))
            }
        }
    }

    fn emphasis(&mut self, mark: char, rest: &str, finished: bool) -> Option<usize> {
        let marks = run(rest, mark as u8);
        let after = rest[marks..].chars().next();
        if after.is_none() && !finished && marks < CLOSE {
            return None;
        }
        let marks = marks.min(CLOSE);
        let before = self.before;
        let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let all = |is: fn(char) -> bool| before.is_some_and(is) && after.is_some_and(is);
        let literal = match mark {
            '_' => all(char::is_alphanumeric),
            '*' => marks == 1 && all(|c| c.is_ascii_digit()),
            _ => marks == 1,
        };
        if literal || (blank(before) && blank(after)) {
            for at in 0..marks {
                let from = self.at + at;
                self.letter(mark, from..from + 1);
            }
        } else if before.is_some() || mark == '~' {
            // Letters on both sides of a mark that is gone still touch.
            self.before = before;
            return Some(marks);
        }
        Some(self.pass(&rest[..marks]))
    }

    /// An opening bracket: a link's text follows, or it is the number of a source.
    fn open(&mut self, rest: &str, finished: bool) -> Option<usize> {
        match citation(rest, finished) {
            Found::Later => None,
            Found::Yes(len) if !self.before.is_some_and(|c| c.is_ascii_alphanumeric()) => {
                if !rest[len..].starts_with(char::is_alphanumeric) {
                    self.cutter.trim();
                }
                Some(self.pass(&rest[..len]))
            }
            Found::Yes(_) | Found::No => {
                self.brackets += 1;
                Some(self.pass("["))
            }
        }
    }

    /// A closing bracket, and where the link leads.
    fn close(&mut self, rest: &str, finished: bool) -> Option<usize> {
        if self.brackets == 0 {
            return Some(self.pass("]"));
        }
        self.brackets -= 1;
        let found = match rest.as_bytes().get(1) {
            Some(b'(') => target(&rest[1..], finished),
            Some(b'[') => within(&rest[1..], "]", FAR, finished),
            _ => Found::No,
        };
        match found {
            Found::Later => {
                self.brackets += 1;
                None
            }
            Found::No => Some(self.pass("]")),
            Found::Yes(len) => Some(self.pass(&rest[..=len])),
        }
    }

    /// A tag, an address in angle brackets, or a sign.
    fn tag(&mut self, rest: &str, finished: bool) -> Option<usize> {
        let named = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?');
        if !rest[1..].starts_with(named) {
            let taken = self.plain('<');
            self.before = Some('<');
            return Some(taken);
        }
        match within(rest, ">", FAR, finished) {
            Found::Later => None,
            Found::No => {
                self.before = Some('<');
                Some(self.plain('<'))
            }
            Found::Yes(len) => {
                let inner = &rest[1..len - 1];
                let lower = inner.to_ascii_lowercase();
                if lower.starts_with("http://") || lower.starts_with("https://") {
                    self.host(inner, 1, len);
                } else if inner.contains('@') && !inner.contains(char::is_whitespace) {
                    for (at, c) in inner.char_indices() {
                        let from = self.at + 1 + at;
                        self.letter(c, from..from + c.len_utf8());
                    }
                } else if lower.starts_with("br") || lower.starts_with("/p") {
                    self.end_block();
                }
                Some(self.pass(&rest[..len]))
            }
        }
    }

    fn entity(&mut self, rest: &str, finished: bool) -> Option<usize> {
        match within(rest, ";", 12, finished) {
            Found::Later if rest[1..].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#') => {
                return None;
            }
            Found::Yes(len) => {
                if let Some(c) = decoded(&rest[1..len - 1]) {
                    self.letter(c, self.at..self.at + len);
                    return Some(self.pass(&rest[..len]));
                }
            }
            Found::Later | Found::No => {}
        }
        self.before = Some('&');
        Some(self.plain('&'))
    }

    /// Marks of a heading that close it.
    fn hashes(&mut self, rest: &str, finished: bool) -> Option<usize> {
        let marks = run(rest, b'#');
        let blanks =
            rest[marks..].bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
        let len = marks + blanks;
        match rest.as_bytes().get(len) {
            None if !finished && len < CLOSE => None,
            None | Some(b'\n') if self.before.is_none_or(char::is_whitespace) => {
                Some(self.pass(&rest[..len]))
            }
            None | Some(_) => {
                self.before = Some('#');
                Some(self.plain('#'))
            }
        }
    }

    /// A bare address, of which the host is read.
    fn address(&mut self, rest: &str, finished: bool) -> Option<usize> {
        const BEGIN: [&str; 3] = ["https://", "http://", "www."];
        let begin = BEGIN.iter().find(|begin| rest.starts_with(**begin));
        if begin.is_none() {
            if !finished && BEGIN.iter().any(|begin| begin.starts_with(rest)) {
                return None;
            }
            let c = rest.chars().next()?;
            self.before = Some(c);
            return Some(self.plain(c));
        }
        let ends = |c: char| {
            let sign =
                matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}' | '[' | ']');
            c.is_whitespace() || c.is_control() || sign || super::is_wide(c) || c == '*'
        };
        let near = &rest[..crate::text::boundary(rest, FAR)];
        let end = match near.find(ends) {
            Some(end) => end,
            None if finished || rest.len() >= FAR => near.len(),
            None => return None,
        };
        let mut url = &rest[..end];
        // What follows an address in a sentence is none of it.
        loop {
            let shorter = url.trim_end_matches(['.', ',', ':', ';', '!', '?', '\'', '_', '~']);
            let open = |c: char| shorter.matches(c).count();
            let shorter = match shorter.strip_suffix(')') {
                Some(inner) if open(')') > open('(') => inner,
                _ => shorter,
            };
            if shorter.len() == url.len() {
                break;
            }
            url = shorter;
        }
        if url.len() < 4 {
            return Some(self.pass(&rest[..end.max(1)]));
        }
        self.host(url, 0, url.len());
        Some(self.pass(url))
    }

    /// Reads the host of an address that stands `offset` bytes from here; all of it, `len` bytes from
    /// here on, is where that is from.
    fn host(&mut self, url: &str, offset: usize, len: usize) {
        let start = url.find("://").map_or(0, |at| at + 3);
        let rest = &url[start..];
        let host = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let skip = if host.starts_with("www.") { 4 } else { 0 };
        let host = &host[skip..];
        for (at, c) in host.char_indices() {
            let from = self.at + offset + start + skip + at;
            let to = from + c.len_utf8();
            let first = if at == 0 { self.at } else { from };
            let last = if at + c.len_utf8() == host.len() { self.at + len } else { to };
            self.letter(c, first..last);
        }
    }
}

/// How often a mark stands at the beginning.
fn run(rest: &str, mark: u8) -> usize {
    rest.bytes().take_while(|b| *b == mark).count()
}

/// The byte behind the first `what` within the line and `far` bytes.
fn within(rest: &str, what: &str, far: usize, finished: bool) -> Found<usize> {
    let near = &rest[..crate::text::boundary(rest, far)];
    let line = near.find('\n');
    match near[..line.unwrap_or(near.len())].find(what) {
        Some(at) => Found::Yes(at + what.len()),
        None if line.is_some() || rest.len() >= far || finished => Found::No,
        None => Found::Later,
    }
}

/// Where the marks begin that close a span of code.
fn span(rest: &str, marks: usize, finished: bool) -> Found<usize> {
    let far = FAR + marks;
    let near = &rest[..crate::text::boundary(rest, far)];
    let bytes = near.as_bytes();
    let whole = rest.len() >= far || finished;
    let mut at = marks;
    while at < bytes.len() {
        match bytes[at] {
            b'`' => {
                let here = run(&near[at..], b'`');
                if at + here == bytes.len() && !whole {
                    return Found::Later;
                }
                if here == marks {
                    return Found::Yes(at);
                }
                at += here;
            }
            b'\n' => match bytes.get(at + 1) {
                None if !whole => return Found::Later,
                // No span goes on behind a blank line, nor into another block.
                None | Some(b'\n' | b'\r' | b'`' | b'~' | b'#' | b'|') => return Found::No,
                Some(_) => at += 1,
            },
            _ => at += 1,
        }
    }
    if whole { Found::No } else { Found::Later }
}

/// `(address "title")`: its length.
fn target(rest: &str, finished: bool) -> Found<usize> {
    let near = &rest[..crate::text::boundary(rest, FAR)];
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, c) in near.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Found::Yes(at + 1);
                }
            }
            '\n' => return Found::No,
            _ => {}
        }
    }
    if finished || rest.len() >= FAR { Found::No } else { Found::Later }
}

/// `[3]`, `[^note]`, `[ref_3]`: the number of a source, and its length.
fn citation(rest: &str, finished: bool) -> Found<usize> {
    const REF: &str = "ref_";
    let inner = &rest[1..];
    let tail = if let Some(name) = inner.strip_prefix('^') {
        let len = name.bytes().take(32).take_while(|b| *b > b' ' && *b != b']').count();
        &name.as_bytes()[len..]
    } else {
        if REF.starts_with(inner) && !finished {
            return Found::Later;
        }
        let from = if inner.starts_with(REF) { REF.len() } else { 0 };
        let digits = inner.as_bytes()[from..].iter();
        let digits = digits.take(4).take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 && inner.len() > from {
            return Found::No;
        }
        &inner.as_bytes()[from + digits..]
    };
    match tail.first() {
        None if finished => Found::No,
        None => Found::Later,
        // `[1](address)` is a link after all, and `[1]: address` was seen where the line began.
        Some(b']') => match tail.get(1) {
            None if !finished => Found::Later,
            Some(b'(') => Found::No,
            _ => Found::Yes(rest.len() - tail.len() + 1),
        },
        Some(_) => Found::No,
    }
}

/// The character of an entity.
fn decoded(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = match hex {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" => ' ',
        "hellip" => '…',
        "mdash" => '—',
        "ndash" => '–',
        "ldquo" => '“',
        "rdquo" => '”',
        "lsquo" => '‘',
        "rsquo" => '’',
        "times" => '×',
        "divide" => '÷',
        "deg" => '°',
        "copy" => '©',
        "reg" => '®',
        "yen" => '¥',
        "euro" => '€',
        "middot" => '·',
        _ => return None,
    };
    Some(c)
}
