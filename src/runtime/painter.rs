//! From the state to the terminal: the view's picture becomes a frame, the frame becomes bytes,
//! the bytes go out without waiting. It refuses to decide when.

use std::io;

use crate::domain::time::Now;
use crate::input::Size;
use crate::input::keymap::KeyMap;
use crate::state::{AppState, Painted};
use crate::terminal::caps::Caps;
use crate::terminal::modes::Modes;
use crate::terminal::out::Out;
use crate::terminal::screen::{Frame, Gone, Move, RowSet, Screen};
use crate::terminal::{self, rescue};
use crate::text::width::Widths;
use crate::theme::Theme;
use crate::view::{Scene, View};

/// The screen with everything it needs.
#[derive(Debug)]
pub(super) struct Painter {
    screen: Screen,
    view: View,
    theme: Theme,
    out: Out,
    size: Size,
    dirty: RowSet,
}

impl Painter {
    /// Takes the terminal.
    pub(super) fn enter(caps: Caps, theme: Theme, mouse: bool) -> io::Result<Self> {
        let size = terminal::size();
        let out = Out::open()?;
        rescue::enter(Modes::new(caps, mouse))?;
        let screen = Screen::new(size, caps);
        Ok(Self { screen, view: View::default(), theme, out, size, dirty: RowSet::none() })
    }

    /// Paints with other looks, words or keys from now on.
    pub(super) fn look(&mut self, theme: Option<Theme>) {
        if let Some(theme) = theme {
            self.theme = theme;
        }
        self.view.forget();
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        self.screen.resize(size);
    }

    /// Forgets what the terminal shows; its size may be another too.
    pub(super) fn invalidate(&mut self) {
        self.size = terminal::size();
        self.screen.resize(self.size);
    }

    /// Takes the mouse or leaves it to the terminal. The last frame goes out whole before, or
    /// this waits for the next key.
    pub(super) fn set_mouse(&mut self, on: bool) -> Result<(), Gone> {
        self.screen.flush(&mut self.out)?;
        rescue::set_mouse(on).map_err(Gone)
    }

    /// The last frame has not gone out yet.
    pub(super) fn blocked(&self) -> bool {
        !self.screen.drained()
    }

    /// Waits until the terminal takes bytes.
    pub(super) async fn writable(&self) {
        // An error shows itself at the next write.
        drop(self.out.writable().await);
    }

    /// Sends what is left of the last frame.
    pub(super) fn flush(&mut self) -> Result<(), Gone> {
        self.screen.flush(&mut self.out).map(drop)
    }

    /// Paints the state.
    pub(super) fn paint(
        &mut self,
        state: &AppState,
        keys: &KeyMap,
        now: Now,
    ) -> Result<Painted, Gone> {
        let widths = Widths { ambiguous_wide: state.settings().ambiguous_wide };
        let scene = Scene { state, keys, theme: &self.theme, widths, now };
        let picture = self.view.render(&scene, self.size.width, self.size.height);
        self.dirty.clear();
        for row in picture.dirty {
            self.dirty.insert(*row);
        }
        let moved = picture.moved.map(|(top, bottom, by)| Move { top, bottom, by });
        let painted = picture.painted;
        let frame =
            Frame { next: picture.buffer, dirty: &self.dirty, moved, cursor: picture.cursor };
        self.screen.paint(frame);
        self.screen.flush(&mut self.out)?;
        Ok(painted)
    }
}
