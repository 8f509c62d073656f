//! The arguments of `lian speak`.

use std::path::PathBuf;

use clap::Args;

/// Read a text aloud, sentence by sentence; from a pipe it begins with the first whole one.
///
/// Markdown is read without its syntax, blocks of code are passed over. It is heard where
/// speech.sinks of the configuration says: by lian-player, a program of this machine, or from a file. Price
/// and cost go to stderr; what was spoken once is kept and costs nothing again. Exit code: 0 all of
/// it, 1 it failed, 2 usage, 3 key or permission, 4 throttled, 5 network, 6 configuration, 7 content
/// refused, 8 budget.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct SpeakArgs {
    /// The text; `-`, or nothing with a pipe, reads it from stdin
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    /// The voice, e.g. Cherry
    #[arg(long, value_name = "VOICE")]
    pub voice: Option<String>,
    /// The language, e.g. Chinese or English; without one the service finds out
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// How it is to be spoken, in words; for models that take it, e.g. qwen3-tts-instruct-flash
    #[arg(long, value_name = "TEXT")]
    pub instructions: Option<String>,
    /// A WAV file for the sound, instead of playing it
    #[arg(short = 'o', long = "output", value_name = "FILE", conflicts_with = "stdout")]
    pub out: Option<PathBuf>,
    /// Plain samples on stdout, instead of playing them: 16 bits, little-endian, 24 kHz, one channel
    #[arg(long, conflicts_with = "json")]
    pub stdout: bool,
    /// List the voices of the model instead, with languages, dialects and a sentence to try
    #[arg(long)]
    pub list_voices: bool,
    /// One JSON object per line: where it goes, each sentence as it is heard, the end
    #[arg(long)]
    pub json: bool,
    /// Go beyond the budget this time
    #[arg(long)]
    pub over_budget: bool,
    /// The model, from the option that holds everywhere.
    #[arg(skip)]
    pub model: Option<String>,
    /// Only what is wrong on stderr, from the option that holds everywhere.
    #[arg(skip)]
    pub plain: bool,
}
