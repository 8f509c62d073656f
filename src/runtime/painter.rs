//! From the state to the terminal: the view's picture becomes a frame, the frame becomes bytes,
//! the bytes go out without waiting. It refuses to decide when.

use std::io;

use super::pictures;
use crate::domain::settings::{Notify, Pictures};
use crate::domain::time::Now;
use crate::effect::TerminalCommand;
use crate::input::Size;
use crate::input::keymap::KeyMap;
use crate::state::{AppState, Painted};
use crate::terminal::caps::Caps;
use crate::terminal::images::Gallery;
use crate::terminal::modes::Modes;
use crate::terminal::notify::Way;
use crate::terminal::out::Out;
use crate::terminal::screen::{Frame, Gone, Move, RowSet, Screen};
use crate::terminal::{self, clipboard, rescue};
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
    gallery: Gallery,
}

impl Painter {
    /// Takes the terminal.
    pub(super) fn enter(caps: Caps, theme: Theme, mouse: bool) -> io::Result<Self> {
        let size = terminal::size();
        let out = Out::open()?;
        rescue::enter(Modes::new(caps, mouse))?;
        let screen = Screen::new(size, caps);
        let (view, dirty, gallery) = (View::default(), RowSet::none(), Gallery::default());
        Ok(Self { screen, view, theme, out, size, dirty, gallery })
    }

    /// Paints with other looks, words or keys from now on.
    pub(super) fn look(&mut self, theme: Option<Theme>) {
        if let Some(theme) = theme {
            self.theme = theme;
        }
        self.view.forget();
        self.gallery.doubt();
    }

    /// What a choice of how pictures are shown means on this terminal.
    pub(super) fn pictures(&self, choice: Pictures) -> Pictures {
        pictures::resolved(choice, self.screen.caps())
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        self.screen.resize(size);
        self.gallery.forget();
    }

    /// Forgets what the terminal shows; its size may be another too.
    pub(super) fn invalidate(&mut self) {
        self.size = terminal::size();
        self.screen.resize(self.size);
        self.gallery.forget();
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

    /// Says something to the terminal around the screen: after the frames before it and before
    /// those that follow, in one write if the terminal takes it.
    pub(super) fn tell(&mut self, command: &TerminalCommand) -> Result<(), Gone> {
        self.screen.say(&said(self.screen.caps(), command));
        self.flush()
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
        let choice = state.settings().pictures;
        let wanted = picture.still.and_then(|(still, room)| pictures::shown(choice, still, room));
        let cell = wanted.as_ref().and_then(|_| terminal::cell());
        let way = wanted.as_ref().map(|(way, _)| *way);
        if let Some(change) = self.gallery.turn(wanted, cell) {
            for y in change.forget.into_iter().flat_map(|area| area.y..area.bottom()) {
                self.dirty.insert(y);
            }
            if let Some(way) = way {
                rescue::set_pictures(way);
            }
            self.screen.picture(change);
        }
        let frame =
            Frame { next: picture.buffer, dirty: &self.dirty, moved, cursor: picture.cursor };
        self.screen.paint(frame);
        self.screen.flush(&mut self.out)?;
        Ok(painted)
    }
}

/// The bytes by which a terminal is told something.
pub(super) fn said(caps: Caps, command: &TerminalCommand) -> Vec<u8> {
    let Caps { multiplexer, notify, .. } = caps;
    match command {
        TerminalCommand::Clipboard(text) => clipboard::bytes(text, multiplexer),
        TerminalCommand::Notify { way, text } => {
            let way = match way {
                Notify::Auto => notify,
                Notify::Osc9 => Way::Osc9,
                Notify::Osc99 => Way::Osc99,
                Notify::Osc777 => Way::Osc777,
                Notify::Bell => Way::Bell,
                Notify::Off => return Vec::new(),
            };
            way.bytes(text, multiplexer)
        }
    }
}
