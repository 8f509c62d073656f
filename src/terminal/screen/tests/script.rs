//! Random lives of a screen: text in all scripts, overlays, scrolls with true and false hints, resizes.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::super::cells::{at, at_mut};
use super::super::{Move, RowSet};
use crate::input::Size;

/// A first size and what happens then.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) size: Size,
    /// Rows that are there from the start, so that scrolling has something to move.
    rows: Vec<String>,
    pub(super) steps: Vec<Step>,
}

/// What happens between two frames.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) before: Before,
    edits: Vec<Edit>,
    pub(super) lie: Option<Move>,
    pub(super) cursor: Option<(u16, u16)>,
    exact: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Before {
    Nothing,
    Invalidate,
    Resize(Size),
}

#[derive(Debug, Clone)]
enum Edit {
    Text { x: u16, y: u16, text: String, style: Style },
    Raw { x: u16, y: u16, symbol: String },
    Fill { area: Rect, style: Style },
    Scroll { moved: Move, text: String },
    Overlay { area: Rect, style: Style },
    Clear,
}

impl Script {
    pub(super) fn start(&self) -> Buffer {
        let mut picture = Buffer::empty(Rect::new(0, 0, self.size.width, self.size.height));
        for (y, text) in (0..self.size.height).zip(&self.rows) {
            picture.set_stringn(0, y, text, usize::from(self.size.width), Style::new());
        }
        picture
    }

    /// One picture and no more.
    pub(super) fn still(width: u16, rows: &[&str]) -> Self {
        let step = Step {
            before: Before::Nothing,
            edits: Vec::new(),
            lie: None,
            cursor: Some((0, 0)),
            exact: false,
        };
        Self {
            size: Size { width, height: rows.len() as u16 },
            rows: rows.iter().map(|row| (*row).to_owned()).collect(),
            steps: vec![step],
        }
    }
}

impl Step {
    /// Changes the picture; answers how a region moved, if just that is known.
    pub(super) fn apply(&self, next: &mut Buffer) -> Option<Move> {
        if let Before::Resize(size) = self.before {
            *next = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        }
        let mut truth = None;
        for edit in &self.edits {
            if let Some(moved) = edit.apply(next) {
                truth = Some(moved);
            }
        }
        truth
    }

    pub(super) fn dirty(&self, before: &Buffer, next: &Buffer) -> RowSet {
        if !self.exact || before.area != next.area {
            return RowSet::all();
        }
        let differs = |y: &u16| (0..next.area.width).any(|x| at(before, x, *y) != at(next, x, *y));
        (0..next.area.height).filter(differs).collect()
    }
}

impl Edit {
    fn apply(&self, next: &mut Buffer) -> Option<Move> {
        let Rect { width, height, .. } = next.area;
        match self {
            Self::Text { x, y, text, style } => {
                next.set_stringn(x % width, y % height, text, usize::from(width), *style);
            }
            Self::Raw { x, y, symbol } => {
                at_mut(next, x % width, y % height).set_symbol(symbol);
            }
            Self::Fill { area, style } => next.set_style(*area, *style),
            Self::Overlay { area, style } => {
                let area = area.intersection(next.area);
                for y in area.top()..area.bottom() {
                    for x in area.left()..area.right() {
                        let edge = x == area.left() || x + 1 == area.right();
                        *at_mut(next, x, y) = Cell::new(if edge { "│" } else { " " });
                    }
                }
                next.set_style(area, *style);
            }
            Self::Scroll { moved, text } => return Some(scroll(next, *moved, text)),
            Self::Clear => next.reset(),
        }
        None
    }
}

/// Moves rows of the picture and writes a new one.
fn scroll(next: &mut Buffer, moved: Move, text: &str) -> Move {
    let Rect { width, height, .. } = next.area;
    let bottom = moved.bottom.min(height);
    let top = moved.top.min(bottom);
    let before = next.clone();
    for y in top..bottom {
        let from = u16::try_from(i32::from(y) + moved.by).ok();
        let from = from.filter(|from| (top..bottom).contains(from));
        for x in 0..width {
            *at_mut(next, x, y) = from.map_or(Cell::EMPTY, |from| at(&before, x, from).clone());
        }
    }
    if top < bottom {
        let row = if moved.by > 0 { bottom - 1 } else { top };
        next.set_stringn(0, row, text, usize::from(width), Style::new());
    }
    Move { top, bottom, by: moved.by }
}

fn text() -> impl Strategy<Value = String> {
    let glyphs = prop_oneof![
        // Few letters, so that rows often agree by chance.
        8 => proptest::char::range('a', 'b').prop_map(String::from),
        3 => proptest::char::range(' ', '~').prop_map(String::from),
        4 => Just("   ".to_owned()),
        4 => proptest::char::range('\u{4e00}', '\u{4e02}').prop_map(String::from),
        3 => proptest::sample::select(vec![
            "👍", "🦀", "é", "e\u{301}", "—", "…", "│", "█", "，", "。", "ﾊ", "　", "⚠\u{fe0f}",
            "❤\u{fe0f}", "ñ", "ё", "한", "\u{a0}",
        ]).prop_map(str::to_owned),
        // From right to left, with and without marks; what joins letters, and what stacks on them.
        2 => proptest::sample::select(vec![
            "ש", "לום", "ש\u{5c1}\u{5b8}", "ع", "مرحبا", "ب\u{651}\u{64e}", "لا", "٣", "ܐ",
            "a\u{301}\u{323}\u{308}", "ก\u{e34}\u{e48}", "न\u{94d}", "क\u{93c}",
        ]).prop_map(str::to_owned),
        2 => proptest::sample::select(vec![
            "👩‍💻", "👍🏽", "👩‍👩‍👧", "🇨🇳", "1\u{fe0f}\u{20e3}", "\u{fffd}", "🏳\u{fe0f}‍🌈",
            "🇭🇰🇨🇳", "🇨", "#\u{fe0f}\u{20e3}", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👨🏿‍🦰",
        ]).prop_map(str::to_owned),
    ];
    vec(glyphs, 0..20).prop_map(|glyphs| glyphs.concat())
}

fn colour() -> impl Strategy<Value = Color> {
    prop_oneof![
        4 => Just(Color::Reset),
        2 => Just(Color::Red),
        1 => Just(Color::LightCyan),
        1 => Just(Color::Gray),
        1 => Just(Color::Indexed(12)),
        1 => any::<u8>().prop_map(Color::Indexed),
        1 => any::<[u8; 3]>().prop_map(|[r, g, b]| Color::Rgb(r, g, b)),
    ]
}

fn style() -> impl Strategy<Value = Style> {
    let attributes = prop_oneof![2 => Just(0_u16), 1 => any::<u16>()];
    (option::of(colour()), option::of(colour()), attributes).prop_map(|(fg, bg, bits)| {
        let add_modifier = Modifier::from_bits_truncate(bits);
        Style { fg, bg, add_modifier, ..Style::new() }
    })
}

fn rect() -> impl Strategy<Value = Rect> {
    (0..30_u16, 0..14_u16, 1..20_u16, 1..8_u16).prop_map(|(x, y, w, h)| Rect::new(x, y, w, h))
}

fn moved() -> impl Strategy<Value = Move> {
    let by = prop_oneof![4 => Just(1), 4 => Just(-1), 2 => -4..=4, 1 => any::<i32>()];
    (0..6_u16, 4..16_u16, by).prop_map(|(top, bottom, by)| Move { top, bottom, by })
}

fn edit() -> impl Strategy<Value = Edit> {
    let raw = proptest::sample::select(vec!["\x1b", "\u{9b}", "", "\n", "炼", "\u{301}", "a\u{7}"]);
    prop_oneof![
        5 => (0..40_u16, 0..14_u16, text(), style())
            .prop_map(|(x, y, text, style)| Edit::Text { x, y, text, style }),
        1 => (0..40_u16, 0..14_u16, raw)
            .prop_map(|(x, y, symbol)| Edit::Raw { x, y, symbol: symbol.to_owned() }),
        1 => (rect(), style()).prop_map(|(area, style)| Edit::Fill { area, style }),
        5 => (moved(), text()).prop_map(|(moved, text)| {
            Edit::Scroll { moved: Move { by: moved.by.clamp(-20, 20), ..moved }, text }
        }),
        1 => (rect(), style()).prop_map(|(area, style)| Edit::Overlay { area, style }),
        1 => Just(Edit::Clear),
    ]
}

fn size() -> impl Strategy<Value = Size> {
    let usual = (4..36_u16, 3..13_u16);
    let tiny = (1..4_u16, 1..3_u16);
    prop_oneof![6 => usual, 1 => tiny].prop_map(|(width, height)| Size { width, height })
}

fn step() -> impl Strategy<Value = Step> {
    let before = prop_oneof![
        12 => Just(Before::Nothing),
        1 => Just(Before::Invalidate),
        1 => size().prop_map(Before::Resize),
    ];
    let lie = prop_oneof![4 => Just(None), 1 => moved().prop_map(Some)];
    let cursor = prop_oneof![
        5 => Just(Some((2, 2))),
        1 => option::of((0..40_u16, 0..14_u16)),
    ];
    (before, vec(edit(), 0..4), lie, cursor, any::<bool>())
        .prop_map(|(before, edits, lie, cursor, exact)| Step { before, edits, lie, cursor, exact })
}

pub(super) fn script() -> impl Strategy<Value = Script> {
    (size(), vec(text(), 0..14), vec(step(), 1..10)).prop_map(|(size, rows, steps)| Script {
        size,
        rows,
        steps,
    })
}
