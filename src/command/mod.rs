//! Headless commands, one a file, each the twin of a pane. They refuse the screen: results go to
//! stdout, everything else to stderr.

pub mod chat;
pub mod config;
pub mod doctor;
pub mod embed;
pub mod models;
pub mod shell;
pub mod sim;
pub mod speak;

use crate::cli::{Cli, Global};
use crate::config::Flags;

/// What the flags say, for the configuration.
#[must_use]
pub fn flags(cli: &Cli) -> Flags {
    let Global { model, profile, region, base_url, config, data_dir, .. } = cli.global.clone();
    Flags {
        model,
        profile,
        region,
        base_url,
        config,
        data_dir,
        demo: cli.demo,
        directory: std::env::current_dir().ok(),
        ..Flags::default()
    }
}

/// Reads a variable of the environment; an empty one counts as absent.
#[must_use]
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
