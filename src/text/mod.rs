//! Letters: what may be shown and how. It refuses colours and whole-document passes.

pub mod sanitize;
