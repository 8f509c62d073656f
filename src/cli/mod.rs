//! Arguments: what can be written on the command line. It refuses to act on any of it.

pub mod chat;
pub mod config;
pub mod doctor;
pub mod embed;
pub mod models;
pub mod shell;
pub mod sim;
pub mod speak;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A terminal workbench for Alibaba Cloud Bailian (DashScope): talk to Qwen.
///
/// Without a command it opens the workbench, with a PROMPT it asks that at once. Without a terminal
/// use `lian chat`. The first time: `lian --demo` needs no key and no network.
#[derive(Debug, Parser)]
#[command(
    name = "lian",
    version,
    override_usage = "lian [OPTIONS] [PROMPT]
       lian [OPTIONS] COMMAND ...",
    after_help = "With a key in DASHSCOPE_API_KEY it talks to the service; --help tells more.",
    after_long_help = EXAMPLES
)]
pub struct Cli {
    /// What to do; nothing opens the workbench
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Use the embedded simulator: no key, no network, no cost
    #[arg(long, global = true)]
    pub demo: bool,
    /// Ask this at once in a new conversation
    #[arg(value_name = "PROMPT")]
    pub prompt: Option<String>,
    /// Options that hold everywhere
    #[command(flatten)]
    pub global: Global,
}

/// What the long help ends with.
const EXAMPLES: &str = "\
Examples:
  lian --demo                          the workbench on the simulator
  lian \"What is SSE?\"                  the workbench, asking at once
  git diff | lian chat \"Review this\"   one question, the answer on stdout
  lian config show                     every setting in force, and who decided it

Environment:
  DASHSCOPE_API_KEY                    the key; a profile may name another variable or a command
  LIAN_MODEL, LIAN_PROFILE, LIAN_...   every setting; the README has the table
  NO_COLOR, COLORTERM, COLORFGBG       colours
  HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE the way to the service

A flag beats the environment, the environment a project's .lian.toml, that the configuration file.";

/// Options that hold everywhere.
#[derive(Debug, Clone, Default, Args)]
pub struct Global {
    /// The model, an alias or a snapshot
    #[arg(short, long, global = true, value_name = "MODEL")]
    pub model: Option<String>,
    /// The profile of the configuration
    #[arg(short, long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// The region, e.g. cn-beijing or ap-southeast-1
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Scheme, host and port of another server
    #[arg(long, global = true, value_name = "ORIGIN")]
    pub base_url: Option<String>,
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where conversations are kept
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Colours in the workbench
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub color: Option<When>,
    /// Lines that are only ever added, for screen readers; `lian chat` prints the answer's text alone
    #[arg(long, global = true)]
    pub plain: bool,
    /// More in the log file; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum When {
    /// As the environment says.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Subcommands, each in a file of the same name in `command`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask one question and print the answer as it comes
    Chat(chat::ChatArgs),
    /// Read a text aloud
    Speak(speak::SpeakArgs),
    /// Turn texts into vectors
    Embed(embed::EmbedArgs),
    /// List the models with prices, limits and abilities
    Models(models::ModelsArgs),
    /// Find out why something does not work
    Doctor(doctor::DoctorArgs),
    /// Run the simulator
    Sim(sim::SimArgs),
    /// Look at the settings, check them, change one
    Config(config::ConfigArgs),
    /// Print the completions of a shell
    Completions(shell::CompletionsArgs),
    /// Print the manual page
    Man(shell::ManArgs),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn a_prompt_is_no_subcommand() {
        let cli = Cli::parse_from(["lian", "--demo", "what is SSE?"]);
        assert!(cli.demo && cli.command.is_none());
        assert_eq!(cli.prompt.as_deref(), Some("what is SSE?"));
        let cli = Cli::parse_from(["lian", "chat", "-m", "qwen-max", "hello"]);
        assert!(matches!(cli.command, Some(Command::Chat(_))));
        assert_eq!(cli.global.model.as_deref(), Some("qwen-max"));
    }
}
