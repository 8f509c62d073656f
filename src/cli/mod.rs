//! Arguments: what can be written on the command line. It refuses to act on any of it.

pub mod chat;
pub mod sim;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A terminal workbench for Alibaba Cloud Bailian (DashScope): talk to Qwen.
#[derive(Debug, Parser)]
#[command(
    name = "lian",
    version,
    override_usage = "lian [OPTIONS] [PROMPT]
       lian [OPTIONS] COMMAND ..."
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
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value = "auto")]
    pub color: When,
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
    /// Run the simulator
    Sim(sim::SimArgs),
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
