//! The arguments of `lian chat`.

use std::path::PathBuf;

use clap::Args;

/// Ask one question and print the answer as it comes.
///
/// The answer goes to stdout, everything else to stderr. Exit code: 0 the whole answer, 1 it
/// failed or was cut, 2 usage, 3 key or permission, 4 throttled, 5 network, 6 configuration,
/// 7 content refused, 8 the budget.
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
    /// Do not let it, where it would by itself
    #[arg(long, conflicts_with = "think")]
    pub no_think: bool,
    /// At most this many tokens of reasoning
    #[arg(long, value_name = "TOKENS")]
    pub think_budget: Option<u32>,
    /// Let the service search the web
    #[arg(long)]
    pub search: bool,
    /// Randomness, from 0 to below 2
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub temperature: Option<f64>,
    /// Nucleus, above 0, at most 1
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub top_p: Option<f64>,
    /// Largest answer in tokens
    #[arg(long, value_name = "TOKENS")]
    pub max_tokens: Option<u32>,
    /// For repeatable answers
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// End the answer before this text; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub stop: Vec<String>,
    /// Candidates for each token
    #[arg(long, value_name = "NUMBER")]
    pub top_k: Option<u32>,
    /// Against words that were said already, from -2 to 2
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub presence_penalty: Option<f64>,
    /// Against repetition, above 0
    #[arg(long, value_name = "NUMBER")]
    pub repetition_penalty: Option<f64>,
    /// A picture, video or sound that goes with the question: a file, a directory of frames, an
    /// address; may be given several times
    #[arg(short, long, value_name = "FILE|URL")]
    pub attach: Vec<String>,
    /// Write the spoken answer into this WAV file; the model must be one that speaks
    #[arg(long, value_name = "FILE")]
    pub audio_out: Option<PathBuf>,
    /// Speak in this voice instead of the model's usual one
    #[arg(long, value_name = "NAME", requires = "audio_out")]
    pub voice: Option<String>,
    /// The answer is one JSON object; one that is not ends with exit code 1
    #[arg(long)]
    pub json_mode: bool,
    /// A JSON object laid over the request last, for everything without a flag
    #[arg(long, value_name = "JSON")]
    pub param: Option<String>,
    /// Send it even if it goes beyond a limit of the budget or looks like a loop
    #[arg(long)]
    pub over_budget: bool,
    /// One JSON object per line: attachment, opened, text, reasoning, tool calls, sources,
    /// waiting, audio, notice, end
    #[arg(long)]
    pub json: bool,
    /// Only the answer's text, no hint on stderr while it waits; from the option that holds
    /// everywhere.
    #[arg(skip)]
    pub plain: bool,
}
