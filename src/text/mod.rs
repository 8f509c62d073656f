//! Letters: what is done to text before anybody paints it.
//! It refuses colours and everything of the terminal.

pub mod highlight;
pub mod sanitize;
