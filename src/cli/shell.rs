//! The arguments of `lian completions` and `lian man`, which tell shells and readers what all the
//! others are. They refuse nothing a shell may be called.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Print the completions of a shell.
///
/// The README says where each shell looks for them.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// Shells that completions are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
    /// `PowerShell`.
    Powershell,
    /// Elvish.
    Elvish,
    /// Nushell.
    Nushell,
}

/// Print the manual page.
///
/// `lian man | man -l -` shows it at once.
#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// Write a page for every subcommand into this directory instead
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
