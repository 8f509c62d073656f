//! The terminal room: everything that writes to the terminal or reads from it, and nothing else.
//! It refuses to know what is drawn and what a key means.
//!
//! `caps` reads from the environment what the terminal can do; `modes` and `rescue` enter and leave it;
//! `screen` turns frames into bytes and `out` takes them away without waiting; `events` brings what the
//! user did; `hangup` notices that the terminal is gone and cuts it off. `clipboard` and `notify` are for
//! what is around the screen, `images` for pictures in it, `passthrough` brings them there from within tmux and GNU screen.

mod bursts;
pub mod caps;
pub mod clipboard;
pub mod events;
pub mod hangup;
pub mod images;
pub mod modes;
pub mod notify;
pub mod out;
pub mod passthrough;
pub mod rescue;
pub mod screen;
mod sys;

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use crate::input::Size;

/// The size of a terminal that does not tell.
pub const FALLBACK: Size = Size { width: 80, height: 24 };

/// Whether both standard input and standard output are a terminal: without, there is no workbench.
#[must_use]
pub fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// The terminal's size in cells, asked of the kernel and never of the terminal; 80x24 if it is unknown.
#[must_use]
pub fn size() -> Size {
    let (width, height) = sys::window(io::stdout().as_fd())
        .or_else(|| sys::window(io::stdin().as_fd()))
        .unwrap_or((0, 0));
    sane(width, height)
}

/// Columns and rows of pixels of one cell, where the kernel was told by the terminal.
#[must_use]
pub fn cell() -> Option<(u16, u16)> {
    let pixels = sys::pixels(io::stdout().as_fd()).or_else(|| sys::pixels(io::stdin().as_fd()))?;
    let Size { width, height } = size();
    per_cell(pixels, width, height)
}

/// The pixels of a cell, unless they are none or more than any letter has.
fn per_cell((across, down): (u16, u16), width: u16, height: u16) -> Option<(u16, u16)> {
    let cell = (across.checked_div(width)?, down.checked_div(height)?);
    let sane = |pixels: u16| (1..=200).contains(&pixels);
    (sane(cell.0) && sane(cell.1)).then_some(cell)
}

/// A size as reported, unless it is none.
fn sane(width: u16, height: u16) -> Size {
    if width == 0 || height == 0 { FALLBACK } else { Size { width, height } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_some_pixels_or_nobody_knows() {
        assert_eq!(per_cell((640, 384), 80, 24), Some((8, 16)));
        assert_eq!(per_cell((0, 0), 80, 24), None);
        assert_eq!(per_cell((640, 0), 80, 24), None);
        assert_eq!(per_cell((u16::MAX, 384), 80, 24), None);
        assert_eq!(per_cell((640, 384), 0, 0), None);
    }

    #[test]
    fn no_size_is_the_usual_one() {
        assert_eq!(sane(0, 0), FALLBACK);
        assert_eq!(sane(120, 0), FALLBACK);
        assert_eq!(sane(20, 5), Size { width: 20, height: 5 });
    }
}
