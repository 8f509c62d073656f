//! `lian completions` and `lian man`, made from the arguments themselves, and the long version.
//! They refuse to install anything: where it belongs is the system's business.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use clap::{Command, CommandFactory as _, FromArgMatches as _};

use crate::cli::Cli;
use crate::cli::shell::Shell;
use crate::config::Flags;
use crate::config::paths::Paths;

/// The commit that was built, where the build was told.
const COMMIT: Option<&str> = option_env!("LIAN_COMMIT");

/// Reads the command line. What cannot be read is answered by clap, which ends the process.
#[must_use]
pub fn arguments() -> Cli {
    let matches = command().get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// The definition of the command line with the long version.
fn command() -> Command {
    // Once in the life of the process.
    let version: &'static str = long_version().leak();
    Cli::command().long_version(version)
}

/// Version, commit, features and where the configuration is looked for.
fn long_version() -> String {
    let mut text = env!("CARGO_PKG_VERSION").to_owned();
    let commit = COMMIT.filter(|commit| !commit.is_empty()).unwrap_or("unknown");
    let features = if cfg!(feature = "keyring") { "keyring" } else { "none" };
    // Writing into a text cannot fail.
    let _ = write!(text, "\ncommit: {commit}\nfeatures: {features}");
    if let Some(paths) = Paths::find(&Flags::default(), &super::env) {
        let there = if paths.config.exists() { "" } else { " (not there; the defaults hold)" };
        let _ = write!(text, "\nconfiguration: {}{there}", paths.config.display());
    }
    text
}

/// The completions of a shell.
#[must_use]
pub fn completions(shell: Shell) -> Vec<u8> {
    use clap_complete::{Shell as Known, generate};
    let (mut command, mut out) = (Cli::command(), Vec::new());
    let known = match shell {
        Shell::Bash => Known::Bash,
        Shell::Zsh => Known::Zsh,
        Shell::Fish => Known::Fish,
        Shell::Powershell => Known::PowerShell,
        Shell::Elvish => Known::Elvish,
        Shell::Nushell => {
            generate(clap_complete_nushell::Nushell, &mut command, "lian", &mut out);
            return out;
        }
    };
    generate(known, &mut command, "lian", &mut out);
    out
}

/// The manual page of the program.
pub fn man() -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut out)?;
    Ok(out)
}

/// Pages for the program and every subcommand, into a directory that is made if need be.
pub fn man_pages(dir: &Path) -> io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a command whose result is files")]
    std::fs::create_dir_all(dir)?;
    clap_mangen::generate_to(Cli::command(), dir)
}
