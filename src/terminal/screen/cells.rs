//! What a cell of the next frame shall show on this terminal: text, width and pen after everything is
//! taken out that a terminal would misread. It refuses control characters, whoever put them there.

use std::borrow::Cow;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::style::Color;
use unicode_width::UnicodeWidthChar;

use super::pen::Pen;
use crate::terminal::caps::Caps;

/// The look of one glyph, and how many cells it takes.
pub(super) struct Wanted<'a> {
    pub(super) text: Cow<'a, str>,
    /// Cells from its first one; at least 1.
    pub(super) span: u16,
    pub(super) pen: Pen,
    /// A space.
    pub(super) blank: bool,
}

impl Wanted<'_> {
    fn space(pen: Pen) -> Self {
        Self { text: Cow::Borrowed(" "), span: 1, pen: pen.blank(), blank: true }
    }
}

/// What `next` wants at column `x` of row `y`. A wide glyph that does not fit before the right edge, or
/// whose right half was painted over, becomes a space.
pub(super) fn wanted(next: &Buffer, x: u16, y: u16, caps: Caps) -> Wanted<'_> {
    let cell = at(next, x, y);
    let pen = Pen::of(cell, caps);
    let symbol = cell.symbol();
    if let [byte] = symbol.as_bytes() {
        return match byte {
            b' ' => Wanted::space(pen),
            byte if byte.is_ascii_control() => strange(pen),
            _ => Wanted { text: Cow::Borrowed(symbol), span: 1, pen, blank: false },
        };
    }
    if symbol.chars().any(char::is_control) {
        return strange(pen);
    }
    let text = if symbol.contains('\u{fe0f}') {
        Cow::Owned(symbol.replace('\u{fe0f}', ""))
    } else {
        Cow::Borrowed(symbol)
    };
    let span = text.cell_width();
    let fits = span > 0 && x + span <= next.area.width;
    let whole = || (x + 1..x + span).all(|x| matches!(at(next, x, y).symbol(), " " | ""));
    if fits && whole() {
        Wanted { blank: text == " ", text, span, pen }
    } else {
        Wanted::space(pen)
    }
}

/// A control character got this far: show that something was there.
fn strange(pen: Pen) -> Wanted<'static> {
    Wanted { text: Cow::Borrowed("?"), span: 1, pen, blank: false }
}

/// The cell at a place that is known to lie inside.
pub(super) fn at(buffer: &Buffer, x: u16, y: u16) -> &Cell {
    &buffer.content[usize::from(y) * usize::from(buffer.area.width) + usize::from(x)]
}

/// The cells of a row that is known to lie inside.
pub(super) fn line(buffer: &Buffer, y: u16) -> &[Cell] {
    let width = usize::from(buffer.area.width);
    &buffer.content[usize::from(y) * width..][..width]
}

/// A cell, to be changed.
pub(super) fn at_mut(buffer: &mut Buffer, x: u16, y: u16) -> &mut Cell {
    &mut buffer.content[usize::from(y) * usize::from(buffer.area.width) + usize::from(x)]
}

/// How many cells from column `x` on the terminal's row `old` shows as the row `new` wants them, told
/// from the cells as they are: nearly all of them stay the same from frame to frame. 0 says only that
/// one has to look closer.
pub(super) fn same(new: &[Cell], old: &[Cell], x: u16, caps: Caps) -> u16 {
    let x = usize::from(x);
    let mut end = x;
    while let (Some(wants), Some(has)) = (new.get(end), old.get(end)) {
        match (wants.symbol().as_bytes(), has.symbol().as_bytes()) {
            ([a], [b]) if a == b && alike(wants, has, caps) => end += 1,
            (a @ [_, _, ..], b) if a == b && alike(wants, has, caps) => {
                // What is on the terminal has been cleaned; its right halves say how wide it is.
                let right = old[end + 1..].iter().take_while(|cell| cell.symbol().is_empty());
                let span = 1 + right.count();
                let halves = new.get(end + 1..end + span).unwrap_or_default();
                if !halves.iter().all(|cell| matches!(cell.symbol(), " " | "")) {
                    break;
                }
                end += span;
            }
            _ => break,
        }
    }
    (end - x) as u16
}

/// Whether two cells with the same symbol look the same; that of `has` is what the terminal shows.
fn alike(wants: &Cell, has: &Cell, caps: Caps) -> bool {
    if plain(wants) && plain(has) {
        return true;
    }
    let pen = Pen::of(wants, caps);
    let pen = if wants.symbol() == " " { pen.blank() } else { pen };
    (pen.fg, pen.bg, pen.mods) == (has.fg, has.bg, has.modifier)
}

/// Whether a cell has the default look, whatever the terminal can show.
pub(super) fn plain(cell: &Cell) -> bool {
    cell.fg == Color::Reset && cell.bg == Color::Reset && cell.modifier.is_empty()
}

/// Whether terminals disagree about the width of this text: families, skin tones, flags, key caps and
/// everything else that is more than one character with marks over it.
pub(super) fn frail(text: &str) -> bool {
    if text.len() == 1 {
        return false;
    }
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    first.width() != Some(usize::from(text.cell_width()))
        || chars.any(|c| c.width() != Some(0) || joins(c))
        || flag(first)
        // Some parsers drop it, some give it two columns.
        || first == char::REPLACEMENT_CHARACTER
}

/// The most columns that a terminal may draw frail text in.
pub(super) fn worst(text: &str) -> u16 {
    text.chars().map(columns).sum()
}

/// The most columns that the first character of frail text may take.
pub(super) fn first(text: &str) -> (&str, u16) {
    let end = text.chars().next().map_or(0, char::len_utf8);
    (&text[..end], text.chars().next().map_or(1, columns))
}

fn columns(c: char) -> u16 {
    if flag(c) || c == char::REPLACEMENT_CHARACTER {
        2
    } else {
        c.width().unwrap_or(1).max(1) as u16
    }
}

fn flag(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

fn joins(c: char) -> bool {
    matches!(c,
        '\u{200d}' | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    fn row(symbols: &[&str]) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, symbols.len() as u16, 1));
        for (x, symbol) in symbols.iter().enumerate() {
            at_mut(&mut buffer, x as u16, 0).set_symbol(symbol);
        }
        buffer
    }

    fn texts(symbols: &[&str]) -> Vec<(String, u16)> {
        let buffer = row(symbols);
        let mut out = Vec::new();
        let mut x = 0;
        while x < buffer.area.width {
            let want = wanted(&buffer, x, 0, Caps::default());
            out.push((want.text.to_string(), want.span));
            x += want.span;
        }
        out
    }

    #[test]
    fn what_terminals_misread_is_taken_out() {
        let pair = |text: &str, span| (text.to_owned(), span);
        assert_eq!(
            texts(&["\u{26a0}\u{fe0f}", " ", "x"])[..2],
            [pair("\u{26a0}", 1), pair(" ", 1)]
        );
        assert_eq!(texts(&["\x1b", "a\x07", "\u{9b}"]), vec![pair("?", 1); 3]);
        assert_eq!(
            texts(&["炼", " ", "炼"]),
            [pair("炼", 2), pair(" ", 1)],
            "no room for the last"
        );
        assert_eq!(texts(&["炼", "│"]), [pair(" ", 1), pair("│", 1)], "cut by an overlay");
        assert_eq!(texts(&["\u{301}", ""]), [pair(" ", 1), pair(" ", 1)]);
    }

    #[test]
    fn frail_is_what_terminals_disagree_about() {
        for text in ["👩‍💻", "👍🏽", "👩‍👩‍👧", "🇨🇳", "1\u{20e3}", "\u{fffd}"]
        {
            assert!(frail(text), "{text}");
            assert!(worst(text) >= text.cell_width(), "{text}");
        }
        for text in ["a", "é", "e\u{301}", "炼", "👍", "—", "│"] {
            assert!(!frail(text), "{text}");
        }
        assert_eq!(first("👩‍💻"), ("👩", 2));
        assert_eq!(worst("👍🏽"), 4);
    }
}
