//! Pictures between the frames: letters stand for one here, since a parser of text shows no picture.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::{Frame, Move, RowSet, Screen};
use crate::input::Size;
use crate::layout::Area;
use crate::terminal::caps::Caps;
use crate::terminal::images::Change;

const SIZE: Size = Size { width: 20, height: 8 };
const ROOM: Area = Area { x: 4, y: 2, width: 6, height: 3 };

fn frame(rows: &[(u16, &str)]) -> Buffer {
    let mut next = Buffer::empty(Rect::new(0, 0, SIZE.width, SIZE.height));
    for (y, text) in rows {
        next.set_string(0, *y, text, Style::new());
    }
    next
}

fn paint(screen: &mut Screen, next: &Buffer, dirty: &RowSet, moved: Option<Move>) -> Vec<u8> {
    screen.paint(Frame { next, dirty, moved, cursor: Some((2, 7)) }).to_vec()
}

/// Letters over the whole room and beyond its last column, as if they were a picture.
fn drawn() -> Change {
    let mut after = Vec::new();
    for y in ROOM.y..ROOM.bottom() {
        after.extend_from_slice(format!("\x1b[{};{}HXXXXXX", y + 1, ROOM.x + 1).as_bytes());
    }
    Change { at: (ROOM.x, ROOM.y), after, ..Change::default() }
}

#[test]
fn what_a_picture_covered_is_painted_anew() {
    // Beside the room stand letters, and a line that reaches up to it.
    let next = frame(&[(0, "title"), (2, "────"), (3, "left      right"), (5, "words")]);
    let mut screen = Screen::new(SIZE, Caps::default());
    let mut terminal =
        vt100::Parser::new(SIZE.height.try_into().unwrap(), SIZE.width.try_into().unwrap(), 0);
    terminal.process(&paint(&mut screen, &next, &RowSet::all(), None));
    let before = terminal.screen().contents();
    screen.picture(drawn());
    let bytes = paint(&mut screen, &next, &RowSet::none(), None);
    assert!(bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l"), "held still");
    terminal.process(&bytes);
    assert!(terminal.screen().contents().contains("leftXXXXXXright"));
    assert_eq!(terminal.screen().cursor_position(), (7, 2), "the caret is where it belongs");
    assert_eq!(paint(&mut screen, &next, &RowSet::all(), None), b"", "not sent again");
    // Gone: other letters are there now, and blanks elsewhere.
    let last = frame(&[(0, "title"), (2, "────"), (3, "left ab"), (5, "words")]);
    let mut dirty = RowSet::none();
    dirty.insert_range(ROOM.y, ROOM.bottom());
    screen.picture(Change {
        forget: Some(ROOM),
        before: b"\x1b_Gq\x1b\\".into(),
        ..Change::default()
    });
    let bytes = paint(&mut screen, &last, &dirty, None);
    assert!(bytes.windows(3).any(|bytes| bytes == b"\x1b_G"), "taken away before");
    terminal.process(&bytes);
    let expected = before.replace("left      right", "left ab");
    assert_eq!(terminal.screen().contents(), expected);
    assert_eq!(terminal.screen().cursor_position(), (7, 2));
}

#[test]
fn a_picture_is_sent_without_margins() {
    let rows: Vec<(u16, &str)> =
        (0..7).zip(["aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff", "gggg"]).collect();
    let mut screen = Screen::new(SIZE, Caps::default());
    paint(&mut screen, &frame(&rows), &RowSet::all(), None);
    let mut next = frame(&rows);
    next.content[..usize::from(SIZE.width) * 6].rotate_left(usize::from(SIZE.width));
    let moved = Some(Move { top: 0, bottom: 6, by: 1 });
    paint(&mut screen, &next, &RowSet::none(), moved);
    assert_eq!(screen.stats().scrolled, 1, "margins are set");
    screen.picture(drawn());
    let bytes = paint(&mut screen, &next, &RowSet::none(), None);
    let text = String::from_utf8(bytes).unwrap();
    let (margins, picture) = (text.find("\x1b[r").unwrap(), text.find('X').unwrap());
    assert!(margins < picture, "{text:?}");
}
