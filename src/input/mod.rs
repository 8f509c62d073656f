//! From what the terminal sends to what the user meant.
//! It refuses behaviour: it names actions, it never does them.

pub mod bindings;
pub mod key;
pub mod keymap;
pub mod translate;

use key::Key;

/// Something the user did, in our own words instead of the terminal library's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed or repeated.
    Key(Key),
    /// Text was pasted (bracketed paste); not sanitized yet.
    Paste(String),
    /// The mouse did something.
    Mouse(Pointer),
    /// The terminal has a new size in cells.
    Resize(Size),
    /// The terminal window got or lost the focus.
    Focus(bool),
}

/// What the mouse did and where, in cells from the top left corner, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pointer {
    /// What.
    pub kind: PointerKind,
    /// Column.
    pub column: u16,
    /// Row.
    pub row: u16,
}

/// What the mouse can do that we listen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PointerKind {
    /// The left button went down.
    Press,
    /// The wheel turned up.
    WheelUp,
    /// The wheel turned down.
    WheelDown,
}

/// A terminal's size in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}
