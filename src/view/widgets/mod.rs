//! Pieces that several panes are painted with. They refuse to know any feature.

pub(super) mod list;
