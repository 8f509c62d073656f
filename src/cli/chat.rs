//! The arguments of `lian chat`.

use clap::Args;

/// Ask one question and print the answer as it comes.
///
/// The answer goes to stdout, everything else to stderr. Exit code: 0 the whole answer, 1 it
/// failed or was cut, 2 usage, 3 key or permission, 4 throttled, 5 network, 6 configuration,
/// 7 content refused.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct ChatArgs {
    /// The question; `-`, or nothing with a pipe, reads it from stdin; with both, stdin follows
    #[arg(value_name = "PROMPT")]
    pub prompt: Option<String>,
    /// Instructions above the conversation
    #[arg(short, long, value_name = "TEXT")]
    pub system: Option<String>,
    /// Let the model reason first
    #[arg(long)]
    pub think: bool,
    /// Let the service search the web
    #[arg(long)]
    pub search: bool,
    /// One JSON object per line: opened, text, reasoning, tool calls, waiting, end
    #[arg(long)]
    pub json: bool,
    /// Only the answer's text, no hint on stderr while it waits; from the option that holds
    /// everywhere.
    #[arg(skip)]
    pub plain: bool,
}
