//! The arguments of `lian config`. What a setting may be is judged elsewhere.

use clap::{Args, Subcommand};

/// Look at the settings, check them, change one.
///
/// Exit code: 0 fine, 2 usage, 6 something in the configuration is wrong; the sentence on stderr
/// names the file, the line and the valid choices.
#[derive(Debug, Clone, Args)]
pub struct ConfigArgs {
    /// What to do
    #[command(subcommand)]
    pub what: ConfigCommand,
}

/// What can be done with the settings.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Print the path of the configuration file
    Path,
    /// Print every setting in force and who decided it; never a key
    Show {
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Read everything, ask for the key, and say `ok` or the first mistake
    Check,
    /// Print the example, which holds every setting with its default
    Example,
    /// Print the keys in force
    Keys {
        /// As a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Write one setting into the configuration file; comments stay
    Set {
        /// Its name as `lian config show` prints it, e.g. chat.model
        #[arg(value_name = "NAME")]
        name: String,
        /// Its value; the words of a command are split at spaces
        #[arg(value_name = "VALUE", allow_hyphen_values = true)]
        value: String,
    },
}
