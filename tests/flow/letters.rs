//! Letters of many kinds mixed: wide ones, clusters, marks, and writing from right to left. Where
//! the caret stands, how rows break and what a copy holds, on the painter's own cells and behind a
//! terminal's parser. It refuses to order letters: that is the terminal's affair.

use std::num::NonZeroU16;

use lian::effect::{Effect, TerminalCommand};
use lian::terminal::caps::Caps;
use lian::terminal::screen::{Frame, RowSet, Screen};
use lian::text::sanitize;
use lian::text::width::Widths;
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::harness::{Harness, settings};

/// One line each, clean, in letters that every terminal draws as wide as we do.
const SURE: [&str; 9] = [
    "混合 mixed 文字，标点。",
    "שלום עולם and 世界",
    "ש\u{5c1}\u{5b8}ל\u{5b9}ום עם ניקוד",
    "مرحبا بالعالم ٣٤",
    "ب\u{651}\u{64e}ت\u{650} و 炼",
    "cafe\u{301} e\u{301}\u{323} naïve",
    "한글 ｱｲｳ ﾊﾝｶｸ",
    "עברית 123 العربية 中文 abc",
    "👍 🦀 炼👍炼",
];

/// The same where terminals disagree.
const FRAIL: [&str; 7] = [
    "👩‍💻 writes 代码",
    "👨‍👩‍👧‍👦家",
    "👍🏽👍🏿 skin",
    "🇨🇳🇭🇰 flags 🇮🇱",
    "1\u{20e3}2\u{20e3} keys",
    "🏴‍☠ שלום 👩‍💻 مرحبا",
    "क\u{94d}ष न\u{92e}स\u{94d}त\u{947} ก\u{e33}",
];

/// What a terminal shows of the frame.
fn terminal(h: &Harness) -> vt100::Screen {
    let area = h.buffer().area;
    let size = |cells| NonZeroU16::new(cells).expect("a screen");
    let mut parser = vt100::Parser::new(size(area.height), size(area.width), 0);
    let at = lian::input::Size { width: area.width, height: area.height };
    let mut screen = Screen::new(at, Caps::default());
    let dirty = RowSet::all();
    let frame = Frame { next: h.buffer(), dirty: &dirty, moved: None, cursor: h.cursor() };
    parser.process(screen.paint(frame));
    parser.screen().clone()
}

/// What stands in the composer's row before the caret.
fn before_caret(h: &Harness) -> String {
    let (caret, y) = h.cursor().expect("a caret");
    let (mut text, mut x) = (String::new(), 1);
    while x < caret {
        let symbol = h.buffer()[(x, y)].symbol();
        text.push_str(symbol);
        x += (Widths::default().text(symbol) as u16).max(1);
    }
    assert_eq!(x, caret, "the caret is not within a letter: {text:?}");
    text
}

/// Every row fits, and so does it behind a parser, whose letters are the same.
fn check_rows(h: &Harness, sure: bool) {
    let width = h.buffer().area.width;
    let shown = terminal(h);
    let told = shown.rows(0, width).collect::<Vec<_>>();
    for (row, told) in h.rows().iter().zip(&told) {
        assert!(Widths::default().text(row) <= usize::from(width), "{row:?}");
        if sure {
            assert_eq!(row, told.trim_end());
        }
    }
}

/// A text without its blanks: breaking rows loses and adds only those.
fn solid(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn the_caret_stands_behind_what_is_before_it() {
    for text in SURE.into_iter().chain(FRAIL) {
        assert_eq!(sanitize::block(text), text, "a clean text");
        let sure = SURE.contains(&text);
        let mut h = Harness::new();
        h.paste(text);
        let mut steps: Vec<&str> = text.graphemes(true).collect();
        loop {
            let before = steps.concat();
            assert_eq!(before_caret(&h), before, "{text}\n{}", h.screen());
            let (x, y) = h.cursor().expect("a caret");
            assert_eq!(usize::from(x), 1 + Widths::default().text(&before), "{text}");
            let shown = terminal(&h);
            assert_eq!(shown.cursor_position(), (y, x), "{text}");
            if sure {
                assert_eq!(shown.contents_between(y, 1, y, x), before, "{text}");
            }
            if steps.pop().is_none() {
                break;
            }
            h.keys("<left>");
        }
        h.keys("<end>");
        assert_eq!(before_caret(&h), text);
    }
}

#[test]
fn typed_letter_by_letter_it_is_the_same() {
    for text in SURE.into_iter().chain(FRAIL) {
        let (mut typed, mut pasted) = (Harness::new(), Harness::new());
        pasted.paste(text);
        typed.keys(text);
        assert_eq!(typed.state.composer().text(), text);
        assert_eq!((typed.cursor(), typed.rows()), (pasted.cursor(), pasted.rows()), "{text}");
    }
}

#[test]
fn a_copy_is_byte_for_byte_what_came() {
    // What no cell shows is in it too: selectors, joiners, directions.
    let unseen =
        "⚠\u{fe0f} \u{200f}שלום\u{200e} \u{2067}مرحبا\u{2069} می\u{200c}خواهم 👩\u{200d}💻  ";
    for text in SURE.into_iter().chain(FRAIL).chain([unseen]) {
        let source = format!("**{text}**\r\n\n- {text}\t\n\n```\n{text}\n```\n\n| {text} |\n");
        let mut h = Harness::with(settings(), (60, 40));
        h.exchange("question", &source).effects();
        check_rows(&h, SURE.contains(&text));
        h.keys("<alt+2>y");
        let copied: Vec<String> = h
            .effects()
            .into_iter()
            .filter_map(|effect| match effect {
                Effect::Terminal(TerminalCommand::Clipboard(text)) => Some(text),
                _ => None,
            })
            .collect();
        assert_eq!(copied, [source]);
    }
}

fn words(from: &[&'static str]) -> impl Strategy<Value = String> {
    let letters = proptest::sample::select(
        from.iter().flat_map(|text| text.graphemes(true)).filter(|c| *c != " ").collect::<Vec<_>>(),
    );
    let word = proptest::collection::vec(letters, 1..14).prop_map(|letters| letters.concat());
    proptest::collection::vec(word, 1..12).prop_map(|words| words.join(" "))
}

/// An answer and a message of this text on a screen so wide: nothing is lost.
fn check_wrap(text: &str, width: u16, sure: bool) {
    // Neighbours may join; what is clean stays as it is.
    let text = sanitize::block(text);
    let mut h = Harness::with(settings(), (width, 150));
    h.exchange("question", &text);
    check_rows(&h, sure);
    assert!(solid(&h.screen()).contains(&solid(&text)), "{text:?} in\n{}", h.screen());
    let mut h = Harness::with(settings(), (width, 150));
    h.paste(&text);
    check_rows(&h, sure);
    assert!(solid(&h.screen()).contains(&solid(&text)), "{text:?} in\n{}", h.screen());
    let (x, _) = h.cursor().expect("a caret");
    assert!(x < width);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rows_break_between_letters_and_lose_none(text in words(&SURE), width in 20_u16..90) {
        check_wrap(&text, width, true);
    }

    #[test]
    fn nor_where_terminals_disagree(
        text in words(&[&FRAIL[..], &SURE[..]].concat()),
        width in 20_u16..90,
    ) {
        check_wrap(&text, width, false);
    }
}
