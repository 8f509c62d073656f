//! Frames on their way out: one write each, and what happens when the terminal is slow or gone.

use std::collections::VecDeque;
use std::io::{self, Write};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::{Frame, Move, RowSet, Screen, Stats};
use crate::input::Size;
use crate::terminal::caps::Caps;

const SIZE: Size = Size { width: 20, height: 8 };

/// A terminal that takes as much as the next number says, or fails.
struct Slow {
    answers: VecDeque<Result<usize, io::ErrorKind>>,
    taken: Vec<u8>,
    writes: u32,
}

impl Slow {
    fn new(answers: impl IntoIterator<Item = Result<usize, io::ErrorKind>>) -> Self {
        Self { answers: answers.into_iter().collect(), taken: Vec::new(), writes: 0 }
    }
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        let count = self.answers.pop_front().unwrap_or(Ok(usize::MAX))?.min(bytes.len());
        self.taken.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn picture(rows: &[(u16, &str)]) -> Buffer {
    let mut next = Buffer::empty(Rect::new(0, 0, SIZE.width, SIZE.height));
    for (y, text) in rows {
        next.set_string(0, *y, text, Style::new());
    }
    next
}

fn paint(screen: &mut Screen, next: &Buffer) -> Vec<u8> {
    let dirty = RowSet::all();
    screen.paint(Frame { next, dirty: &dirty, moved: None, cursor: Some((0, 7)) }).to_vec()
}

#[test]
fn a_frame_is_one_write_and_an_unchanged_one_none() {
    let mut screen = Screen::new(SIZE, Caps::default());
    let mut terminal = Slow::new([]);
    let next = picture(&[(0, "one"), (1, "two")]);
    let bytes = paint(&mut screen, &next);
    assert!(screen.flush(&mut terminal).unwrap() && screen.drained());
    assert_eq!((terminal.writes, &terminal.taken), (1, &bytes));
    assert_eq!(paint(&mut screen, &next), b"");
    assert!(screen.flush(&mut terminal).unwrap());
    assert_eq!(terminal.writes, 1);
    let counted = Stats { frames: 1, unchanged: 1, bytes: bytes.len() as u64, scrolled: 0 };
    assert_eq!(screen.stats(), counted);
}

#[test]
fn a_slow_terminal_gets_every_byte_in_order() {
    let mut screen = Screen::new(SIZE, Caps::default());
    let stop = io::ErrorKind::WouldBlock;
    let mut terminal =
        Slow::new([Ok(5), Err(stop), Err(io::ErrorKind::Interrupted), Ok(1), Err(stop)]);
    let mut all = paint(&mut screen, &picture(&[(0, "one")]));
    assert!(!screen.flush(&mut terminal).unwrap() && !screen.drained());
    all.extend(paint(&mut screen, &picture(&[(0, "other"), (3, "more")])));
    assert!(!screen.flush(&mut terminal).unwrap());
    all.extend(paint(&mut screen, &picture(&[(3, "less")])));
    assert!(screen.flush(&mut terminal).unwrap() && screen.drained());
    assert_eq!(terminal.taken, all);
}

#[test]
fn a_terminal_that_is_gone_says_so() {
    for kind in [io::ErrorKind::BrokenPipe, io::ErrorKind::Other] {
        let mut screen = Screen::new(SIZE, Caps::default());
        paint(&mut screen, &picture(&[(0, "one")]));
        assert_eq!(screen.flush(&mut Slow::new([Err(kind)])).unwrap_err().0.kind(), kind);
    }
}

#[test]
fn only_large_frames_are_held_still() {
    let held = |bytes: &[u8]| bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l");
    let mut screen = Screen::new(SIZE, Caps::default());
    let rows: Vec<(u16, &str)> =
        (0..7).zip(["aaaaaaaaaa", "bbbbbbbbbb"].into_iter().cycle()).collect();
    assert!(held(&paint(&mut screen, &picture(&rows))), "the first");
    assert!(!held(&paint(&mut screen, &picture(&rows[..5]))), "two rows");
    assert!(held(&paint(&mut screen, &picture(&rows[..2]))), "three rows");
    paint(&mut screen, &picture(&rows));
    let mut next = picture(&rows);
    next.content.rotate_left(usize::from(SIZE.width));
    let moved = Some(Move { top: 0, bottom: 8, by: 1 });
    let dirty = RowSet::none();
    let bytes = screen.paint(Frame { next: &next, dirty: &dirty, moved, cursor: Some((0, 7)) });
    assert!(held(bytes), "scrolled");
    assert_eq!(screen.stats().scrolled, 1);
    let mut screen = Screen::new(SIZE, Caps { synchronized: false, ..Caps::default() });
    assert!(!held(&paint(&mut screen, &next)), "not known there");
}
