//! Large pastes: each stands in the text as a short token between two marks that nobody can type,
//! and is put back in its place when the text is sent or kept. It refuses to know a paste by how
//! its token reads: whoever types the same characters has typed characters.
//!
//! A mark is a character of the last private plane. Everything typed or pasted is cleaned of that
//! plane before it gets into the text, so a mark always is one of ours; its number leads to the
//! paste. Undo and "put back" move tokens as text and need to know nothing of this.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::domain::settings::Language;
use crate::text::estimate;
use crate::words::paste::Paste as Words;

/// A paste of more lines is folded.
pub const LINES: usize = 10;
/// A paste of more characters is folded.
pub const CHARS: usize = 1_500;
/// A text of more lines that is brought back whole is folded too.
const REFOLD_LINES: usize = 200;
/// A text of more characters that is brought back whole is folded too, and no paste of more is
/// unfolded: the text area looks at all of it for every key.
const REFOLD_CHARS: usize = 20_000;
/// Bytes of pastes kept to be recognised in texts that are brought back.
const KNOWN: usize = 16 << 20;

const FIRST: u32 = 0x0010_e000;
const MOST: usize = 0x1000;
/// Ends a token.
pub(in crate::state) const CLOSE: char = '\u{10f000}';

/// Begins a token.
pub(in crate::state) fn is_open(c: char) -> bool {
    (FIRST..FIRST + MOST as u32).contains(&u32::from(c))
}

/// A mark of a token, which no text from elsewhere may hold.
pub(super) fn is_mark(c: char) -> bool {
    is_open(c) || c == CLOSE
}

/// What a mark looks like on the screen; `None` for every other character.
#[must_use]
pub fn bracket(c: char) -> Option<char> {
    if is_open(c) { Some('[') } else { (c == CLOSE).then_some(']') }
}

/// One paste, as it will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paste {
    /// The text, sanitized.
    pub text: String,
    /// Lines of it.
    pub lines: usize,
    /// Characters of it.
    pub chars: usize,
    tokens: u64,
}

impl Paste {
    fn new(text: String) -> Self {
        let (lines, chars) = size(&text);
        let tokens = estimate::tokens(&text);
        Self { text, lines, chars, tokens }
    }

    /// It can be worked on as text.
    pub(super) fn can_unfold(&self) -> bool {
        self.lines <= REFOLD_LINES * 5 && self.chars <= REFOLD_CHARS
    }
}

/// Lines and characters. What ends the last line begins no other.
fn size(text: &str) -> (usize, usize) {
    let lines = ended(text).bytes().filter(|byte| *byte == b'\n').count() + 1;
    (lines, text.chars().count())
}

fn ended(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

/// The pastes of the text that is being written, and some of the texts before.
#[derive(Debug, Default)]
pub(super) struct Pastes {
    language: Language,
    /// Those of this text, by the number in their mark. None is taken out while the text lives:
    /// an undo may bring its token back.
    here: Vec<Arc<Paste>>,
    /// The latest first.
    known: VecDeque<Arc<Paste>>,
}

impl Pastes {
    pub(super) fn new(language: Language) -> Self {
        Self { language, ..Self::default() }
    }

    /// The token of a paste that is large; `None` leaves a small one as it is.
    pub(super) fn fold(&mut self, text: &str) -> Option<String> {
        // Whoever counts stops early: most pastes are small.
        let large = ended(text).bytes().filter(|byte| *byte == b'\n').nth(LINES - 1).is_some()
            || text.chars().nth(CHARS).is_some();
        if !large || self.here.len() >= MOST {
            return None;
        }
        let paste = Arc::new(Paste::new(text.to_owned()));
        self.remember(&paste);
        Some(self.token(paste))
    }

    fn token(&mut self, paste: Arc<Paste>) -> String {
        let number = self.here.len();
        self.here.push(paste);
        self.token_of(number)
    }

    /// The token of one that is here.
    fn token_of(&self, number: usize) -> String {
        let Some(paste) = self.here.get(number) else { return String::new() };
        let open = char::from_u32(FIRST + number as u32).unwrap_or(CLOSE);
        let words = Words::Token { number: number + 1, lines: paste.lines, chars: paste.chars };
        let words = words.say(self.language);
        format!("{open}{words}{CLOSE}")
    }

    fn remember(&mut self, paste: &Arc<Paste>) {
        if paste.text.trim_end().is_empty() {
            return;
        }
        self.known.retain(|known| known.text != paste.text);
        self.known.push_front(Arc::clone(paste));
        let mut bytes = 0;
        self.known.retain(|known| {
            bytes += known.text.len();
            bytes <= KNOWN
        });
    }

    /// A text that is brought back, with what is large in it folded again. From now on the numbers
    /// are those of this text.
    pub(super) fn refold(&mut self, text: &str) -> String {
        self.here.clear();
        self.refold_more(text)
    }

    /// The same beside the pastes that are here: an undo may bring their tokens back.
    pub(super) fn refold_more(&mut self, text: &str) -> String {
        // The largest first: a paste may be a part of another one.
        let mut known: Vec<_> = self.known.iter().cloned().collect();
        known.sort_by_key(|paste| std::cmp::Reverse(paste.text.len()));
        let mut parts = vec![Part::Text(text.replace(is_mark, "\u{fffd}"))];
        for paste in known {
            parts = parts.into_iter().flat_map(|part| part.split(&paste)).collect();
        }
        let parts: Vec<_> = parts.into_iter().map(|part| self.show(part)).collect();
        parts.concat()
    }

    fn show(&mut self, part: Part) -> String {
        match part {
            _ if self.here.len() >= MOST => part.whole(),
            Part::Paste(paste) => match self.here.iter().position(|here| *here == paste) {
                Some(number) => self.token_of(number),
                None => self.token(paste),
            },
            Part::Text(text) => {
                let (lines, chars) = size(&text);
                if lines <= REFOLD_LINES && chars <= REFOLD_CHARS {
                    return text;
                }
                let paste = Arc::new(Paste::new(text));
                self.remember(&paste);
                self.token(paste)
            }
        }
    }

    /// The text with every paste in its place.
    pub(super) fn expand(&self, lines: &[String]) -> String {
        let mut out = String::new();
        for (i, line) in lines.iter().enumerate() {
            if i > 0 {
                out.push('\n');
            }
            self.walk(line, |piece| match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Paste(paste) => out.push_str(&paste.text),
            });
        }
        out
    }

    /// Estimated tokens of the text with every paste in its place.
    pub(super) fn tokens(&self, lines: &[String]) -> u64 {
        let (mut text, mut tokens) = (String::new(), 0);
        for line in lines {
            self.walk(line, |piece| match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Paste(paste) => tokens += paste.tokens,
            });
            text.push('\n');
        }
        text.pop();
        tokens + estimate::tokens(&text)
    }

    /// Characters of the text with every paste in its place.
    pub(super) fn characters(&self, lines: &[String]) -> u64 {
        let mut characters = lines.len().saturating_sub(1);
        for line in lines {
            self.walk(line, |piece| match piece {
                Piece::Text(part) => characters += part.chars().count(),
                Piece::Paste(paste) => characters += paste.chars,
            });
        }
        characters as u64
    }

    fn walk<'a>(&'a self, line: &'a str, mut each: impl FnMut(Piece<'a>)) {
        let mut rest = line;
        while let Some(at) = rest.find(is_open) {
            each(Piece::Text(&rest[..at]));
            let open = rest[at..].chars().next();
            let end = rest[at..].find(CLOSE).map_or(rest.len(), |end| at + end + CLOSE.len_utf8());
            if let Some(paste) = open.and_then(|open| self.of(open)) {
                each(Piece::Paste(paste));
            }
            rest = &rest[end..];
        }
        each(Piece::Text(rest));
    }

    /// The paste a mark leads to.
    pub(super) fn of(&self, open: char) -> Option<&Arc<Paste>> {
        let number = u32::from(open).checked_sub(FIRST).filter(|_| is_open(open))?;
        self.here.get(number as usize)
    }
}

enum Piece<'a> {
    Text(&'a str),
    Paste(&'a Arc<Paste>),
}

enum Part {
    Text(String),
    Paste(Arc<Paste>),
}

impl Part {
    fn split(self, paste: &Arc<Paste>) -> Vec<Self> {
        let Self::Text(text) = self else { return vec![self] };
        // Blank lines at the end of a message are cut, and those of a paste with them.
        let trimmed = paste.text.trim_end();
        if text.len() < trimmed.len() {
            return vec![Self::Text(text)];
        }
        if trimmed.len() < paste.text.len()
            && let Some(before) = text.strip_suffix(trimmed)
        {
            let rest = Self::Text(before.to_owned()).split(paste);
            let cut = Arc::new(Paste::new(trimmed.to_owned()));
            return rest.into_iter().chain([Self::Paste(cut)]).collect();
        }
        let mut parts = Vec::new();
        for (i, piece) in text.split(paste.text.as_str()).enumerate() {
            if i > 0 {
                parts.push(Self::Paste(Arc::clone(paste)));
            }
            parts.push(Self::Text(piece.to_owned()));
        }
        parts
    }

    fn whole(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Paste(paste) => paste.text.clone(),
        }
    }
}

/// The token that touches the caret: first and last column, and its first mark.
pub(super) fn touching(line: &str, column: usize) -> Option<(usize, usize, char)> {
    let mut found = None;
    let mut open = None;
    for (at, c) in line.chars().enumerate() {
        if is_open(c) {
            open = Some((at, c));
        } else if c == CLOSE
            && let Some((from, mark)) = open.take()
            && from <= column
            && column <= at + 1
        {
            found = Some((from, at + 1, mark));
        }
    }
    found
}

/// A caret that came to stand within a token stands at its nearer end.
pub(super) fn outside(line: &str, column: usize) -> usize {
    match touching(line, column) {
        Some((from, to, _)) if from < column && column < to => {
            if column - from < to - column {
                from
            } else {
                to
            }
        }
        Some(_) | None => column,
    }
}
