//! The painter against terminals: a vt100 parser that others wrote, and a model of our own that knows
//! what vt100 does not (strike-through, bold and dim together) and where terminals disagree.

mod figures;
mod flush;
mod model;
mod pictures;
mod script;

use std::num::NonZeroU16;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use self::model::{Model, Quirks};
use self::script::{Before, Script, Step, script};
use super::cells::{at, frail};
use super::pen::Pen;
use super::{BEGIN, END, Frame, Screen};
use crate::input::Size;
use crate::terminal::caps::{Caps, Colours};

/// What a cell must show: the text of a glyph, or "" for the rest of a wide one.
struct Expected {
    text: String,
    pen: Pen,
    wide: bool,
    frail: bool,
}

/// The picture `next` asks for, worked out another way than the painter does.
fn expected(next: &Buffer, y: u16, caps: Caps) -> Vec<Expected> {
    let width = usize::from(next.area.width);
    let glyph = |x| {
        let symbol = at(next, x, y).symbol();
        if symbol.contains(|c: char| c.is_control()) {
            "?".to_owned()
        } else {
            symbol.chars().filter(|c| *c != '\u{fe0f}').collect()
        }
    };
    let row: Vec<String> = (0..next.area.width).map(glyph).collect();
    let mut out: Vec<Expected> = Vec::new();
    while out.len() < width {
        let x = out.len();
        let pen = Pen::of(at(next, x as u16, y), caps);
        let span = row[x].width();
        let usable = span >= 1
            && x + span <= width
            && row[x + 1..x + span].iter().all(|other| matches!(other.as_str(), " " | ""));
        let text = if usable { row[x].clone() } else { " ".to_owned() };
        let span = if usable { span } else { 1 };
        let pen = if text == " " { pen.blank() } else { pen };
        let frail = frail(&text);
        out.push(Expected { text, pen, wide: span > 1, frail });
        for _ in 1..span {
            out.push(Expected { text: String::new(), pen, wide: false, frail });
        }
    }
    out
}

fn vt_colour(colour: Color) -> vt100::Color {
    match colour {
        Color::Indexed(n) => vt100::Color::Idx(n),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        _ => vt100::Color::Default,
    }
}

fn size(size: Size) -> (NonZeroU16, NonZeroU16) {
    (NonZeroU16::new(size.height).unwrap(), NonZeroU16::new(size.width).unwrap())
}

fn parser(at: Size) -> vt100::Parser {
    let (rows, columns) = size(at);
    let mut parser = vt100::Parser::new(rows, columns, 0);
    parser.process(b"\x1b[?1049h");
    parser
}

/// Asserts that the parser shows `next` and the cursor where it shall be.
fn compare_vt(vt: &vt100::Screen, next: &Buffer, cursor: Option<(u16, u16)>, caps: Caps) {
    for y in 0..next.area.height {
        for (x, want) in expected(next, y, caps).into_iter().enumerate() {
            let cell = vt.cell(y, x as u16).unwrap();
            let place = format!("row {y} column {x} {:?} for {:?}", cell.contents(), want.text);
            if want.frail {
                // This parser does not compose clusters; the first character must be there.
                if let Some(c) = want.text.chars().next().filter(|_| cell.has_contents()) {
                    assert!(cell.contents().starts_with([c, ' ']), "{place}");
                }
                continue;
            }
            let text = if cell.contents().is_empty() && !cell.is_wide_continuation() {
                " "
            } else {
                cell.contents()
            };
            assert_eq!(text, want.text, "{place}");
            assert_eq!(cell.is_wide(), want.wide, "{place}");
            if want.text.is_empty() {
                continue;
            }
            let blank = text == " ";
            let mods = want.pen.mods;
            assert_eq!(cell.bgcolor(), vt_colour(want.pen.bg), "background, {place}");
            assert_eq!(cell.inverse(), mods.contains(Modifier::REVERSED), "reverse, {place}");
            assert_eq!(cell.underline(), mods.contains(Modifier::UNDERLINED), "underline, {place}");
            if blank && !want.pen.inked() {
                continue;
            }
            assert_eq!(cell.fgcolor(), vt_colour(want.pen.fg), "colour, {place}");
            assert!(blank || cell.italic() == mods.contains(Modifier::ITALIC), "italic, {place}");
            // Bold and dim are one value to this parser; the model tells them apart.
            let strong = mods.intersects(Modifier::BOLD | Modifier::DIM);
            assert_eq!(cell.bold() || cell.dim(), strong, "intensity, {place}");
        }
    }
    assert_eq!(vt.hide_cursor(), cursor.is_none());
    if let Some((x, y)) = cursor {
        let inside = (y.min(next.area.height - 1), x.min(next.area.width - 1));
        assert_eq!(vt.cursor_position(), inside, "cursor");
    }
}

/// Applies one step to the picture and to the painter, and answers the frame's bytes.
fn paint(screen: &mut Screen, next: &mut Buffer, step: &Step, hints: bool) -> Vec<u8> {
    let before = next.clone();
    let truth = step.apply(next);
    let dirty = step.dirty(&before, next);
    let moved = step.lie.or(truth).filter(|_| hints);
    match step.before {
        Before::Nothing => {}
        Before::Invalidate => screen.invalidate(),
        Before::Resize(size) => screen.resize(size),
    }
    screen.paint(Frame { next, dirty: &dirty, moved, cursor: step.cursor }).to_vec()
}

/// Asserts that a frame which changed more than two rows lies within one synchronized update, and
/// that a small one lies in none.
fn check_held(bytes: &[u8], before: &vt100::Screen, after: &vt100::Screen, caps: Caps) {
    let count = |part: &[u8]| bytes.windows(part.len()).filter(|bytes| *bytes == part).count();
    let (begins, ends) = (count(BEGIN), count(END));
    let place = || String::from_utf8_lossy(bytes).into_owned();
    if begins == 0 || !caps.synchronized {
        assert_eq!((begins, ends), (0, 0), "{:?}", place());
    } else {
        assert!((begins, ends) == (1, 1), "{:?}", place());
        assert!(bytes.starts_with(BEGIN) && bytes.ends_with(END), "{:?}", place());
    }
    // An erased cell and a space look the same: one is written over the other on the way.
    let look = |screen: &vt100::Screen, y, x| {
        let cell = screen.cell(y, x).unwrap();
        let text = if cell.has_contents() { cell.contents().to_owned() } else { " ".to_owned() };
        let marks = (cell.inverse(), cell.underline());
        let unseen = text == " " && marks == (false, false);
        let ink = (cell.fgcolor(), cell.bold() || cell.dim(), cell.italic());
        (text, cell.bgcolor(), marks, (!unseen).then_some(ink))
    };
    let (rows, columns) = after.size();
    let differs = |y: &u16| (0..columns.get()).any(|x| look(before, *y, x) != look(after, *y, x));
    let changed = (0..rows.get()).filter(differs).count();
    if caps.synchronized && changed > 2 {
        assert_eq!(begins, 1, "{changed} rows changed: {:?}", place());
    }
}

fn run_vt(script: &Script, caps: Caps, hints: bool) {
    let mut screen = Screen::new(script.size, caps);
    let mut parser = parser(script.size);
    let mut next = script.start();
    for step in &script.steps {
        if let Before::Resize(to) = step.before {
            let (rows, columns) = size(to);
            parser.screen_mut().set_size(rows, columns);
        }
        let before = parser.screen().clone();
        let bytes = paint(&mut screen, &mut next, step, hints);
        parser.process(&bytes);
        check_held(&bytes, &before, parser.screen(), caps);
        compare_vt(parser.screen(), &next, step.cursor, caps);
        let again =
            Frame { next: &next, dirty: &super::RowSet::all(), moved: None, cursor: step.cursor };
        assert_eq!(screen.paint(again), b"", "an unchanged frame is nothing");
    }
}

fn run_model(script: &Script, caps: Caps, quirks: Quirks) {
    let mut screen = Screen::new(script.size, caps);
    let mut model = Model::new(script.size, quirks);
    let mut next = script.start();
    for step in &script.steps {
        if let Before::Resize(to) = step.before {
            model.resize(to);
        }
        let bytes = paint(&mut screen, &mut next, step, true);
        model.feed(&bytes);
        for y in 0..next.area.height {
            for (x, want) in expected(&next, y, caps).into_iter().enumerate() {
                model.check(x as u16, y, &want.text, want.pen, want.frail);
            }
        }
        model.check_cursor(step.cursor);
    }
}

/// Every kind of terminal.
fn quirks() -> impl Iterator<Item = Quirks> {
    (0..16).map(|bits| Quirks {
        homes: bits & 1 != 0,
        composes: bits & 2 != 0,
        fills: bits & 4 != 0,
        stale: bits & 8 != 0,
    })
}

#[test]
fn clusters_at_the_right_edge_do_not_spoil_the_next_row() {
    for cluster in ["👩‍💻", "👍🏽", "👩‍👩‍👧", "🇨🇳", "⚠\u{fe0f}", "1\u{fe0f}\u{20e3}", "\u{fffd}", "炼", "x"]
    {
        for width in 2..12 {
            let texts: Vec<String> =
                (0..8).map(|before| format!("{}{cluster}abcdefghij", "-".repeat(before))).collect();
            let rows: Vec<&str> = texts.iter().map(String::as_str).collect();
            let script = Script::still(width, &rows);
            run_vt(&script, Caps::default(), true);
            for quirks in quirks() {
                run_model(&script, Caps::default(), quirks);
            }
        }
    }
}

#[test]
fn at_the_right_edge_a_cluster_is_its_first_character() {
    for (text, shown) in [("--👍🏽", "👍"), ("--👩‍💻", "👩")] {
        let mut screen = Screen::new(Size { width: 4, height: 1 }, Caps::default());
        let next = Script::still(4, &[text]).start();
        let dirty = super::RowSet::all();
        let bytes = screen.paint(Frame { next: &next, dirty: &dirty, moved: None, cursor: None });
        let sent = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(sent.contains(shown) && !sent.contains(&text[2..]), "{sent:?}");
    }
}

fn caps() -> impl Strategy<Value = Caps> {
    let colours = prop_oneof![
        3 => Just(Colours::True),
        1 => Just(Colours::Ansi256),
        1 => Just(Colours::Ansi16),
        1 => Just(Colours::None),
    ];
    (colours, any::<bool>(), any::<bool>()).prop_map(|(colours, italic, synchronized)| Caps {
        colours,
        italic,
        synchronized,
        ..Caps::default()
    })
}

proptest! {
    #[test]
    fn the_terminal_shows_the_frame(script in script(), caps in caps(), hints in any::<bool>()) {
        run_vt(&script, caps, hints);
    }

    #[test]
    fn so_does_a_terminal_with_quirks(
        script in script(),
        caps in caps(),
        homes in any::<bool>(),
        composes in any::<bool>(),
        fills in any::<bool>(),
        stale in any::<bool>(),
    ) {
        run_model(&script, caps, Quirks { homes, composes, fills, stale });
    }
}
