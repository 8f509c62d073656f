//! The headless subcommands, one file each.

pub mod sim;
