//! The terminal room: everything that writes to the terminal or reads from it, and nothing else.
//! It refuses to know what is drawn and what a key means.

pub mod caps;
pub mod screen;
