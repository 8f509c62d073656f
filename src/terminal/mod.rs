//! The terminal room: everything that writes to the terminal or reads from it, and nothing else.
//! It refuses to know what is drawn and what a key means.
//!
//! `caps` reads from the environment what the terminal can do; `modes` and `rescue` enter and leave it;
//! `screen` turns frames into bytes and `out` takes them away without waiting; `events` brings what the
//! user did; `hangup` notices that the terminal is gone and cuts it off. `clipboard` and `notify` are for
//! what is around the screen, `passthrough` brings them there from within tmux and GNU screen.

mod bursts;
pub mod caps;
pub mod clipboard;
pub mod events;
pub mod hangup;
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

/// A size as reported, unless it is none.
fn sane(width: u16, height: u16) -> Size {
    if width == 0 || height == 0 { FALLBACK } else { Size { width, height } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_size_is_the_usual_one() {
        assert_eq!(sane(0, 0), FALLBACK);
        assert_eq!(sane(120, 0), FALLBACK);
        assert_eq!(sane(20, 5), Size { width: 20, height: 5 });
    }
}
