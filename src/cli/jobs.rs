//! The arguments of `lian video` and `lian image`. What a model takes is in the catalog; here every
//! value is text, and they refuse only what no model could mean.

use clap::{Args, Subcommand};

/// Make videos.
#[derive(Debug, Clone, Args)]
pub struct VideoArgs {
    /// What to do
    #[command(subcommand)]
    pub what: MakeCommand,
}

/// Make pictures.
#[derive(Debug, Clone, Args)]
pub struct ImageArgs {
    /// What to do
    #[command(subcommand)]
    pub what: MakeCommand,
}

/// What can be done with jobs of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum MakeCommand {
    /// Send a task: price first, then its id on stdout; with --wait the file
    Create(CreateArgs),
}

/// Send a task: its price on stderr, then its id on stdout; with --wait the path of the file.
///
/// What can be given follows from the model; `lian models --for video` and `--for image` list them. The
/// wish and its money are on disk before the request leaves, and nothing is sent twice by itself. Without
/// --wait the task goes on at the service; `lian task watch`, `lian task wait` or any other lian fetches
/// its file within 24 hours. Exit code: 0 sent (with --wait: on disk), 1 it failed or may exist, 2 usage,
/// 3 key or permission, 4 throttled, 5 network, 6 configuration, 7 content refused, 8 a limit of the
/// budget, 9 the time of --timeout is over and the task still runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct CreateArgs {
    /// What is to be seen
    #[arg(long, value_name = "TEXT")]
    pub prompt: Option<String>,
    /// A file with one prompt a line, or `-` for stdin: a task for each
    #[arg(long, value_name = "FILE", conflicts_with = "prompt")]
    pub prompts: Option<String>,
    /// A picture to begin with: a file or an address; may be given several times
    #[arg(long, value_name = "FILE|URL")]
    pub image: Vec<String>,
    /// A picture to end with
    #[arg(long, value_name = "FILE|URL")]
    pub last_image: Option<String>,
    /// A sound that goes with it
    #[arg(long, value_name = "FILE|URL")]
    pub audio: Option<String>,
    /// Width and height in pixels, e.g. 1280*720
    #[arg(long, value_name = "W*H")]
    pub size: Option<String>,
    /// The class of resolution, e.g. 720P, where a model takes no size
    #[arg(long, value_name = "CLASS")]
    pub resolution: Option<String>,
    /// Length in seconds
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub duration: Option<String>,
    /// The same seed makes results that are alike
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub seed: Option<String>,
    /// What is not to be seen
    #[arg(long, value_name = "TEXT", alias = "negative-prompt")]
    pub negative: Option<String>,
    /// How many pictures
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub n: Option<String>,
    /// Anything else the model takes, by its name, e.g. `prompt_extend=off`; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Wait until the files are on disk, and print their paths
    #[arg(long)]
    pub wait: bool,
    /// With --wait: so many seconds at most
    #[arg(long, value_name = "SECONDS", requires = "wait")]
    pub timeout: Option<u64>,
    /// Send it even if a limit of the budget is reached or the same was sent several times just now
    #[arg(long)]
    pub yes: bool,
    /// One JSON object per line: price, task, candidates, stopped
    #[arg(long)]
    pub json: bool,
}
