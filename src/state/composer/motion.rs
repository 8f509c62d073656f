//! Steps within a line as a person means them: whole clusters, words of every script, a folded
//! paste as one piece. It refuses to move anything: it counts characters.

use unicode_segmentation::UnicodeSegmentation as _;

use super::pastes::{CLOSE, is_open};

/// Kinds of characters between which a word begins. A run of Chinese is one word up to the next
/// punctuation: without a dictionary that is what readers expect of word motion.
#[derive(PartialEq, Eq, Clone, Copy, Debug)]
pub(in crate::state) enum Kind {
    Space,
    Punctuation,
    Ideograph,
    Letter,
    /// A folded paste, which is a word of its own.
    Folded,
}

fn kind(c: char) -> Kind {
    match c {
        _ if c.is_whitespace() => Kind::Space,
        '_' => Kind::Letter,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => {
            Kind::Ideograph
        }
        '\u{20000}'..='\u{323af}' => Kind::Ideograph,
        _ if c.is_alphanumeric() => Kind::Letter,
        // A mark belongs to the letter it sits on.
        '\u{300}'..='\u{36f}' | '\u{200d}' => Kind::Letter,
        _ => Kind::Punctuation,
    }
}

/// One step of the caret: so many characters of one kind.
#[derive(PartialEq, Eq, Clone, Copy, Debug)]
pub(in crate::state) struct Unit {
    /// Its characters.
    pub(in crate::state) chars: usize,
    /// What it is.
    pub(in crate::state) kind: Kind,
}

/// The steps of a line, from its beginning.
pub(in crate::state) fn units(line: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut rest = line;
    while let Some(cluster) = rest.graphemes(true).next() {
        let length = folded_at_start(rest).unwrap_or(cluster.len());
        let first = rest.chars().next().unwrap_or(' ');
        let kind = if length > cluster.len() { Kind::Folded } else { kind(first) };
        units.push(Unit { chars: rest[..length].chars().count(), kind });
        rest = &rest[length..];
    }
    units
}

/// Bytes of the folded paste a text begins with.
fn folded_at_start(text: &str) -> Option<usize> {
    text.chars().next().filter(|c| is_open(*c))?;
    text.find(CLOSE).map(|at| at + CLOSE.len_utf8())
}

/// Characters of the last step of a text; `None` if it is empty.
pub(super) fn last_step(before: &str) -> Option<usize> {
    if before.ends_with(CLOSE)
        && let Some(at) = before.rfind(is_open)
    {
        return Some(before[at..].chars().count());
    }
    before.graphemes(true).next_back().map(|cluster| cluster.chars().count())
}

/// Characters of the first step of a text; `None` if it is empty.
pub(super) fn first_step(after: &str) -> Option<usize> {
    if let Some(length) = folded_at_start(after) {
        return Some(after[..length].chars().count());
    }
    after.graphemes(true).next().map(|cluster| cluster.chars().count())
}

/// Characters back to where the last word of a text begins.
pub(super) fn last_word(before: &str) -> usize {
    word(units(before).into_iter().rev())
}

/// Characters on to where the first word of a text ends.
pub(super) fn first_word(after: &str) -> usize {
    word(units(after).into_iter())
}

/// Spaces, then a run of one kind.
fn word(units: impl Iterator<Item = Unit>) -> usize {
    let mut run = None;
    let mut count = 0;
    for unit in units {
        match run {
            None if unit.kind == Kind::Space => {}
            None => run = Some(unit.kind),
            Some(Kind::Folded) => break,
            Some(of) if of == unit.kind => {}
            Some(_) => break,
        }
        count += unit.chars;
    }
    count
}
