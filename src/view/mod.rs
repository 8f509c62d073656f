//! Paints the state into cells. It refuses to change anything and to do IO; what it finds out
//! (where a scroll wish led to) it answers with.
//!
//! ```text
//!  lian   qwen-plus   demo · 127.0.0.1        ¥0.43 / ¥20.00 today   simulator · prices: seed     header
//!  RPM ▕██░░░░░░▏ 12/200   TPM ▕█░░░░░░░▏ 9.1K/200K   TPD 88K ↺9h58   ctx ▕███░░▏ 41K/131K   meters
//! ─────────────────────────────────────────────────────────────────────────────────────   rule
//!  You  14:01                                                                               transcript
//!    Explain the async task pattern
//!
//!  qwen-plus  14:01  ·  first token 0.4 s  ·  58 tok/s  ·  412 tok  ·  ¥0.001
//!    Async tasks
//!    1. POST with X-DashScope-Async: enable
//! ─ Tasks  1 running · 1 saved ────────────────────────────────────────────────────────────   tasks
//!  ▶ wan2.5-t2v  a paper boat in the rain     RUNNING  1:42   ~2 min left     ¥1.50
//!  Press Ctrl+C again to quit.                                                              notice
//!  ▶ Cherry  3/12  0:14 / 0:31  device  ≈ ¥0.0065                              Esc be silent    speech
//! ─ Message ─────────────────────────────────────────── fits now · ≈ ¥0.002 · 214 tok     title
//!  ▏                                                                                        composer
//!  Enter send · Alt+Enter new line · Ctrl+N new · ? help                                    footer
//! ```

mod attachments;
mod cache;
mod canvas;
mod chat;
mod composer;
mod conversations;
mod copy;
mod doctor;
mod heard;
mod help;
mod history;
mod inspector;
mod lanes;
mod message;
mod meters;
mod models;
mod notices;
mod overlay;
mod palette;
mod params;
mod paste;
mod pieces;
pub mod plain;
mod queue;
mod side;
mod speech;
mod status;
mod task_form;
mod tasks;
mod voices;
mod widgets;

use std::borrow::Cow;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use cache::RowCache;
use chat::Window;

use crate::action::{Action, Context};
use crate::domain::notice::Level;
use crate::domain::pictures::Still;
use crate::domain::time::Now;
use crate::input::key::{Code, Key};
use crate::input::keymap::KeyMap;
use crate::layout::{self, Area, Panes, Wish};
use crate::state::focus::ListPlace;
use crate::state::scroll::{Position, Seen};
use crate::state::{AppState, Painted};
use crate::text::width::Widths;
use crate::theme::{Role, Theme};

/// Keys for the footer: where they hold, what they are for, in a word or two.
type Hints = Vec<(Context, Action, Cow<'static, str>)>;

/// Everything a frame is painted from.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The state.
    pub state: &'a AppState,
    /// The keys in force, for hints and help.
    pub keys: &'a KeyMap,
    /// The looks.
    pub theme: &'a Theme,
    /// How wide characters are.
    pub widths: Widths,
    /// When.
    pub now: Now,
}

/// A painted frame and what changed in it.
#[derive(Debug)]
pub struct Picture<'a> {
    /// The whole screen.
    pub buffer: &'a Buffer,
    /// Rows that may differ from the frame before, in no order.
    pub dirty: &'a [u16],
    /// The transcript's rows moved: first row, row after the last, how many rows up.
    pub moved: Option<(u16, u16, i32)>,
    /// Where the hardware cursor belongs.
    pub cursor: Option<(u16, u16)>,
    /// A picture for the terminal, and the cells that were left blank for it.
    pub still: Option<(&'a Still, Area)>,
    /// For the state.
    pub painted: Painted,
}

/// The painter with what it keeps between frames.
#[derive(Debug)]
pub struct View {
    buffer: Buffer,
    rows: RowCache,
    /// Rows of answers that stand side by side.
    lanes: lanes::Cache,
    /// One number per screen row of the transcript as it is shown.
    hashes: Vec<u64>,
    dirty: Vec<u16>,
    panes: Panes,
    overlaid: bool,
    /// Which text area was drawn last.
    composer: u64,
    /// What surrounds the transcript, as it was painted last.
    around: Option<Around>,
    still: Option<(Still, Area)>,
}

/// Everything that the rows around the transcript depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Around {
    happened: u64,
    size: Rect,
    wish: Wish,
    /// The end of the conversation was in sight.
    at_end: bool,
    /// The message one is at can be folded.
    folds: bool,
    caret: (u16, u16),
}

impl Default for View {
    fn default() -> Self {
        Self {
            buffer: Buffer::empty(Rect::ZERO),
            rows: RowCache::default(),
            lanes: lanes::Cache::default(),
            hashes: Vec::new(),
            dirty: Vec::new(),
            panes: Panes::default(),
            overlaid: false,
            composer: u64::MAX,
            around: None,
            still: None,
        }
    }
}

/// A transcript row that nothing is known of: no row has this number.
const UNKNOWN: u64 = u64::MAX - 1;

impl View {
    /// Forgets everything kept; the next frame is painted from nothing and is the same.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Paints a frame of so many columns and rows.
    pub fn render(&mut self, scene: &Scene<'_>, width: u16, height: u16) -> Picture<'_> {
        self.dirty.clear();
        let size = Rect::new(0, 0, width, height);
        let generation = scene.state.composer().generation();
        let resized = self.buffer.area.width != width || self.composer != generation;
        self.composer = generation;
        if self.buffer.area != size {
            self.buffer = Buffer::empty(size);
            self.hashes.clear();
        }
        // While an answer streams most frames change the transcript alone.
        let happened = scene.state.happened();
        let around = self.around.take().filter(|a| (a.happened, a.size) == (happened, size));
        let wish = around.map_or_else(
            || Wish {
                composer: composer::height(scene, width, height / 3 + 1, resized),
                meters: meters::height(scene, width, height),
                tasks: tasks::height(scene, width, height),
                notice: notices::height(scene, width),
                queue: queue::height(scene),
                attached: attachments::height(scene),
                speech: speech::height(scene),
                side: scene.state.columns(),
            },
            |around| around.wish,
        );
        let panes = layout::split(width, height, wish);
        let overlaid = scene.state.focus().overlay.is_some();
        if overlaid || self.overlaid {
            // Rows lie or lay under an overlay.
            self.hashes.clear();
        }
        self.hashes.resize(usize::from(height), UNKNOWN);
        if panes != self.panes {
            // Rows of another pane are not what the transcript remembers; its own still are, so
            // that the terminal can move them when the composer grows.
            let before = self.panes.transcript;
            let narrowed = before.width != panes.transcript.width;
            for (y, hash) in (0..height).zip(&mut self.hashes) {
                if narrowed || y < before.y || y >= before.bottom() {
                    *hash = UNKNOWN;
                }
            }
        }
        self.panes = panes;
        self.overlaid = overlaid;
        let (window, moved) = self.transcript(scene, panes.transcript);
        // A region scrolls in full width: a pane beside the transcript would go along.
        let moved = moved.filter(|_| panes.side.width == 0);
        let position = self.position(scene, &window);
        let at_end = window.at_end;
        let folds = status::folds(scene);
        let same = |around: &Around| (around.at_end, around.folds) == (at_end, folds);
        let caret = match around.filter(|around| same(around) && !overlaid) {
            Some(around) => {
                self.moving(scene, at_end);
                around.caret
            }
            None => self.surround(scene, at_end),
        };
        self.around = (!overlaid).then_some(Around { happened, size, wish, at_end, folds, caret });
        let mut painted = Painted {
            position,
            mark: window.mark(scene),
            help_top: 0,
            paste_top: 0,
            composer_top: panes.title.y,
            list: ListPlace::default(),
            width,
        };
        let mut cursor = Some(caret);
        self.still = None;
        if let Some(overlay) = &scene.state.focus().overlay {
            cursor = self.overlay(scene, overlay, &mut painted);
            self.dirty.clear();
            self.dirty.extend(0..height);
        }
        self.ground(scene);
        let still = self.still.as_ref().map(|(still, room)| (still, *room));
        Picture { buffer: &self.buffer, dirty: &self.dirty, moved, cursor, still, painted }
    }

    /// Puts the theme's own ground behind what was painted now, where nothing else is behind it.
    fn ground(&mut self, scene: &Scene<'_>) {
        let Some(ground) = scene.theme.ground() else { return };
        let width = usize::from(self.buffer.area.width);
        for row in &self.dirty {
            let from = usize::from(*row) * width;
            for cell in self.buffer.content.iter_mut().skip(from).take(width) {
                if cell.bg == Color::Reset {
                    cell.bg = ground;
                }
            }
        }
    }
}

impl View {
    /// Paints what moves with the clock and with an answer that arrives, though nothing else does:
    /// the meters, and what is said beside the message.
    fn moving(&mut self, scene: &Scene<'_>, at_end: bool) {
        let Self { panes, buffer, dirty, .. } = self;
        meters::strip(scene, panes.meters, buffer);
        status::title(scene, panes.title, at_end, buffer);
        dirty.extend(panes.meters.y..panes.meters.bottom());
        dirty.extend(panes.title.y..panes.title.bottom());
        if panes.side.width > 0 {
            side::paint(scene, panes.side, buffer);
            dirty.extend(panes.side.y..panes.side.bottom());
        }
    }

    /// Paints everything but the transcript and tells where the caret is.
    fn surround(&mut self, scene: &Scene<'_>, at_end: bool) -> (u16, u16) {
        let Self { panes, buffer, dirty, .. } = self;
        status::header(scene, panes.header, buffer);
        meters::strip(scene, panes.meters, buffer);
        status::rule(scene, panes.rule, buffer);
        tasks::strip(scene, panes.tasks, buffer);
        notices::paint(scene, panes.notice, buffer);
        queue::strip(scene, panes.queue, buffer);
        attachments::strip(scene, panes.attached, buffer);
        speech::paint(scene, panes.speech, buffer);
        status::title(scene, panes.title, at_end, buffer);
        let caret = composer::paint(scene, panes.composer, buffer);
        status::footer(scene, panes.footer, buffer);
        if panes.side.width > 0 {
            side::paint(scene, panes.side, buffer);
            dirty.extend(panes.side.y..panes.side.bottom());
        }
        // A few rows, compared cell by cell later.
        dirty.extend(0..panes.transcript.y);
        dirty.extend(panes.transcript.bottom()..buffer.area.height);
        caret
    }

    /// Where the reader is, to be found again at any width.
    fn position(&mut self, scene: &Scene<'_>, window: &Window) -> Position {
        if window.at_end {
            return Position::End;
        }
        let spot = self.rows.spot(scene, window.top);
        Position::At(Seen { place: window.top, width: self.rows.measure(), spot })
    }

    /// Paints the rows of the transcript that changed.
    fn transcript(&mut self, scene: &Scene<'_>, area: Area) -> (Window, Option<(u16, u16, i32)>) {
        let Self { buffer, rows, hashes, dirty, .. } = self;
        rows.begin(scene, area.width);
        let window = chat::window(scene, rows, area.height);
        let range = usize::from(area.y)..usize::from(area.bottom());
        let before = hashes[range.clone()].to_vec();
        chat::paint(scene, rows, &window, area, buffer, |y, hash| {
            let shown = &mut hashes[usize::from(y)];
            let changed = std::mem::replace(shown, hash) != hash;
            if changed {
                dirty.push(y);
            }
            changed
        });
        let by = shift(&before, &hashes[range]);
        (window, (by != 0).then_some((area.y, area.bottom(), by)))
    }
}

/// By how many rows the content went up (down if negative): the shift under which most rows that
/// are not blank agree. 0 if staying in place is as good.
fn shift(before: &[u64], after: &[u64]) -> i32 {
    let agree = |by: i32| {
        let pairs = after.iter().enumerate().filter(|(y, hash)| {
            let from = *y as i32 + by;
            **hash != 0
                && **hash != UNKNOWN
                && usize::try_from(from).is_ok_and(|from| before.get(from) == Some(*hash))
        });
        pairs.count()
    };
    let rows = i32::try_from(after.len()).unwrap_or(0);
    let here = agree(0);
    let solid = after.iter().filter(|hash| **hash != 0 && **hash != UNKNOWN).count();
    if here + 1 >= solid {
        // At most one row changed: nothing moved.
        return 0;
    }
    // Nearly every frame of a stream stays or moves by a few rows.
    let best = (1 - rows..rows)
        .filter(|by| *by != 0)
        .map(|by| (agree(by), by))
        .max_by_key(|(count, by)| (*count, -by.abs()));
    best.filter(|(count, _)| *count > here).map_or(0, |(_, by)| by)
}

/// Cells before the text of a message.
fn indent(width: u16) -> u16 {
    if width >= 60 { 3 } else { 1 }
}

/// Longest line of text: beyond it the eye loses the way back.
const READABLE: u16 = 120;

/// Cells for the text of a message.
fn text_width(width: u16) -> u16 {
    width.saturating_sub(indent(width) + 1).clamp(1, READABLE)
}

/// Whole seconds until a moment, rounded up.
fn seconds_left(until: Duration, now: Now) -> u64 {
    until.saturating_sub(now.since_start).as_millis().div_ceil(1000) as u64
}

fn level_role(level: Level) -> Role {
    match level {
        Level::Info => Role::Info,
        Level::Warning => Role::Warning,
        Level::Error => Role::Error,
    }
}

/// A key as people write it: `Ctrl+P`, `Alt+Enter`, `PageUp`, `?`.
#[must_use]
pub fn show_key(key: Key) -> String {
    let mut text = String::new();
    for (held, name) in [(key.ctrl, "Ctrl+"), (key.alt, "Alt+"), (key.shift, "Shift+")] {
        if held {
            text.push_str(name);
        }
    }
    match key.code {
        Code::Char(' ') => text.push_str("Space"),
        Code::Char(c) if key.ctrl || key.alt => text.extend(c.to_uppercase()),
        Code::Char(c) => text.push(c),
        Code::Enter => text.push_str("Enter"),
        Code::Esc => text.push_str("Esc"),
        Code::Tab => text.push_str("Tab"),
        Code::BackTab => text.push_str("Shift+Tab"),
        Code::Backspace => text.push_str("Backspace"),
        Code::Delete => text.push_str("Delete"),
        Code::Insert => text.push_str("Insert"),
        Code::Left => text.push('←'),
        Code::Right => text.push('→'),
        Code::Up => text.push('↑'),
        Code::Down => text.push('↓'),
        Code::Home => text.push_str("Home"),
        Code::End => text.push_str("End"),
        Code::PageUp => text.push_str("PageUp"),
        Code::PageDown => text.push_str("PageDown"),
        Code::F(n) => {
            text.push('F');
            text.push_str(&n.to_string());
        }
    }
    text
}
