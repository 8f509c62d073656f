//! The painter: the terminal as we know it, and the fewest bytes that make it the next frame.
//! It refuses to draw anything itself, to read from the terminal, and to keep time.
//!
//! After [`Screen::paint`] the terminal shows `next`, the pen is the default one and the cursor is where
//! the frame wants it; an unchanged frame is no bytes. Margins are set when a region first scrolls and
//! left set: relative moves never cross them, and everything else takes no notice of them.

mod cells;
mod go;
mod pen;
mod row;
mod rows;
mod scroll;
mod seq;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::pen::Pen;
pub use self::rows::RowSet;
use super::caps::Caps;
use super::images::Change;
use crate::input::Size;

/// `CSI ? 2026 h`: hold the picture still until the end.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
/// What a cell under a picture shows, as far as we know: no frame asks for this.
const COVERED: &str = "\0";
/// Frames that touch more rows than this are worth holding still.
const FEW_ROWS: usize = 2;

/// A place on the screen, in cells from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pos {
    x: u16,
    y: u16,
}

/// The rows from `top` up to, without, `bottom` were moved by some rows at their full width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// First row, from 0.
    pub top: u16,
    /// The row after the last.
    pub bottom: u16,
    /// How many rows the content went up; down if negative.
    pub by: i32,
}

/// One frame to be shown.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The whole picture, from (0, 0).
    pub next: &'a Buffer,
    /// Rows that may differ from the frame before. The rows of `moved` are looked at anyhow.
    pub dirty: &'a RowSet,
    /// That a region scrolled: a hint which saves bytes and may be wrong.
    pub moved: Option<Move>,
    /// Where the hardware cursor stands, column and row; `None` hides it.
    pub cursor: Option<(u16, u16)>,
}

/// What has gone through a [`Screen`] since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Frames painted that had something to send.
    pub frames: u64,
    /// Frames that were shown already.
    pub unchanged: u64,
    /// Bytes of all frames.
    pub bytes: u64,
    /// Frames that scrolled a region.
    pub scrolled: u64,
}

/// The terminal has gone away: nothing can be written any more.
#[derive(Debug, thiserror::Error)]
#[error("the terminal has gone away")]
pub struct Gone(#[source] pub io::Error);

/// The terminal as we know it.
#[derive(Debug)]
pub struct Screen {
    caps: Caps,
    shown: Buffer,
    /// Bytes of frames; those before `sent` have been written.
    out: Vec<u8>,
    sent: usize,
    /// `None`: unknown, or a wrap is pending.
    cursor: Option<Pos>,
    visible: Option<bool>,
    pen: Pen,
    /// First and last row of the scroll region; `None` is the whole screen.
    margins: Option<(u16, u16)>,
    /// The place of the last `ESC 7`, saved with the default pen.
    saved: Option<Pos>,
    /// Where this frame starts and ends, as long as the cursor has not left it.
    home: Option<Pos>,
    stale: bool,
    /// What becomes of the picture with the next frame.
    picture: Option<Change>,
    stats: Stats,
}

impl Screen {
    /// A screen of which nothing is known yet: the first frame is painted whole.
    #[must_use]
    pub fn new(size: Size, caps: Caps) -> Self {
        Self {
            caps,
            shown: Buffer::empty(area(size)),
            out: Vec::new(),
            sent: 0,
            cursor: None,
            visible: None,
            pen: Pen::DEFAULT,
            margins: None,
            saved: None,
            home: None,
            stale: true,
            picture: None,
            stats: Stats::default(),
        }
    }

    /// The terminal has a new size; whatever it shows is forgotten.
    pub fn resize(&mut self, size: Size) {
        self.shown = Buffer::empty(area(size));
        self.invalidate();
    }

    /// Whatever the terminal shows is forgotten (redraw, resume, something else wrote to it): the next
    /// frame clears it and is painted whole.
    pub fn invalidate(&mut self) {
        self.stale = true;
    }

    /// What the terminal shows. The right half of a wide glyph is an empty symbol.
    #[must_use]
    pub fn shown(&self) -> &Buffer {
        &self.shown
    }

    /// What has gone through so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// What the terminal can do.
    #[must_use]
    pub fn caps(&self) -> Caps {
        self.caps
    }

    /// The bytes that make the terminal show `frame`. They are kept too, for [`Screen::flush`].
    pub fn paint(&mut self, frame: Frame<'_>) -> &[u8] {
        if self.sent == self.out.len() {
            self.out.clear();
            self.sent = 0;
        }
        let start = self.out.len();
        self.out.extend_from_slice(BEGIN);
        let body = self.out.len();
        let busy = self.body(frame);
        if self.out.len() == body {
            self.out.truncate(start);
            self.stats.unchanged += 1;
        } else {
            if busy && self.caps.synchronized {
                self.out.extend_from_slice(END);
            } else {
                self.out.drain(start..body);
            }
            self.stats.frames += 1;
            self.stats.bytes += (self.out.len() - start) as u64;
        }
        &self.out[start..]
    }

    /// Adds bytes that change nothing on the screen, between the frames: no frame is torn by them.
    pub fn say(&mut self, bytes: &[u8]) {
        if self.sent == self.out.len() {
            self.out.clear();
            self.sent = 0;
        }
        self.out.extend_from_slice(bytes);
    }

    /// With the next frame another picture is shown, or none: cells that one covered are painted
    /// anew there, if their rows are dirty.
    pub fn picture(&mut self, change: Change) {
        if let Some(area) = change.forget {
            let Rect { width, height, .. } = self.shown.area;
            for y in area.y..area.bottom().min(height) {
                for x in area.x..(area.x + area.width).min(width) {
                    cells::at_mut(&mut self.shown, x, y).set_symbol(COVERED);
                }
            }
        }
        self.picture = Some(change);
    }

    /// Writes what was painted and not yet sent, in one `write` if the terminal takes it. Answers
    /// whether everything is out; if not, wait until the terminal can be written to and flush again.
    pub fn flush(&mut self, to: &mut impl Write) -> Result<bool, Gone> {
        while self.sent < self.out.len() {
            match to.write(&self.out[self.sent..]) {
                Ok(0) => return Err(Gone(io::ErrorKind::WriteZero.into())),
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(Gone(error)),
            }
        }
        Ok(true)
    }

    /// Whether everything painted has been written: a frame on top of unsent ones only adds delay.
    #[must_use]
    pub fn drained(&self) -> bool {
        self.sent == self.out.len()
    }

    /// Everything between the marks of a synchronized update. Answers whether it is worth those.
    fn body(&mut self, frame: Frame<'_>) -> bool {
        if self.shown.area != Rect::new(0, 0, frame.next.area.width, frame.next.area.height) {
            self.resize(Size { width: frame.next.area.width, height: frame.next.area.height });
        }
        let Rect { width, height, .. } = self.shown.area;
        if width == 0 || height == 0 {
            return false;
        }
        let fresh = std::mem::take(&mut self.stale);
        if fresh {
            self.clear();
        }
        let picture = self.picture.take();
        self.out.extend_from_slice(picture.as_ref().map_or(&[], |picture| &picture.before));
        let target = frame.cursor.map(|(x, y)| Pos { x: x.min(width - 1), y: y.min(height - 1) });
        self.home = target.filter(|at| self.cursor == Some(*at) && self.saved != Some(*at));
        let moved = frame.moved.filter(|_| !fresh);
        let scrolled = moved.is_some_and(|moved| self.scroll(moved, frame.next));
        self.stats.scrolled += u64::from(scrolled);
        let region = moved.map_or(0..0, |moved| moved.top..moved.bottom);
        let mut touched = 0;
        for y in 0..height {
            if fresh || frame.dirty.contains(y) || region.contains(&y) {
                touched += usize::from(self.row(frame.next, y));
            }
        }
        let pictured = picture.is_some();
        if let Some(Change { at: (x, y), after, .. }) = picture.filter(|p| !p.after.is_empty()) {
            self.draw(Pos { x: x.min(width - 1), y: y.min(height - 1) }, &after);
        }
        self.finish(target);
        fresh || scrolled || pictured || touched > FEW_ROWS
    }

    /// Writes a picture. Whether the cursor stays where it is, terminals do not agree.
    fn draw(&mut self, at: Pos, bytes: &[u8]) {
        self.hold(Pen::DEFAULT, false);
        self.keep_home(None);
        if self.margins.take().is_some() {
            // A picture that reaches over the lower margin would scroll what is between them.
            self.out.extend_from_slice(b"\x1b[r");
            self.cursor = None;
        }
        self.go(at);
        self.out.extend_from_slice(bytes);
        self.cursor = None;
    }

    /// Puts a terminal of which nothing is known into a known state.
    fn clear(&mut self) {
        self.out.extend_from_slice(b"\x1b[r\x1b[m\x1b[H\x1b[2J");
        self.shown.reset();
        self.cursor = Some(Pos { x: 0, y: 0 });
        self.visible = None;
        self.pen = Pen::DEFAULT;
        self.margins = None;
        self.saved = None;
    }

    /// Back to the default pen and the caret, by the shorter of a restore and a move.
    fn finish(&mut self, target: Option<Pos>) {
        self.home = None;
        if let Some(target) = target {
            let reset = self.pen.change(Pen::DEFAULT).len();
            let away = self.cursor != Some(target);
            if away && self.saved == Some(target) && self.way(target).len() + reset > 2 {
                self.out.extend_from_slice(b"\x1b8");
                self.cursor = Some(target);
                self.pen = Pen::DEFAULT;
            }
            self.hold(Pen::DEFAULT, false);
            self.approach(target, Pen::DEFAULT, true);
        }
        self.hold(Pen::DEFAULT, false);
        if self.visible != Some(target.is_some()) {
            self.out.extend_from_slice(if target.is_some() { b"\x1b[?25h" } else { b"\x1b[?25l" });
            self.visible = Some(target.is_some());
        }
    }
}

const fn area(size: Size) -> Rect {
    Rect::new(0, 0, size.width, size.height)
}
