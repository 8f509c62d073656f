//! The arguments of `lian usage`.

use clap::Args;
use clap::builder::PossibleValuesParser;

/// What was used and what it cost, from this machine's own ledger; works offline.
///
/// On a terminal a table, into a pipe one line for each row with tabs between its fields: key,
/// requests, failed, input, output, cached, amounts, saved, unpriced, estimated, price as of. Days
/// and months are those of the bill, which begin at midnight in Beijing. What other machines used
/// is not in it. Exit code: 0 also where nothing was used, 1 the ledger cannot be read, 2 usage, 6
/// configuration.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct UsageArgs {
    /// What the rows are: models, days, profiles, or conversations and tasks, dearest first
    #[arg(long, value_name = "WHAT", default_value = "model",
          value_parser = PossibleValuesParser::new(["model", "day", "profile", "subject"]))]
    pub by: String,
    /// Since when
    #[arg(long, value_name = "SPAN", default_value = "today",
          value_parser = PossibleValuesParser::new(["today", "month", "all"]))]
    pub span: String,
    /// Of every profile, not only of the one in force
    #[arg(long)]
    pub all_profiles: bool,
    /// How much of the free quota may be left: what was used here of each model, and since when
    #[arg(long, conflicts_with_all = ["by", "span", "line"])]
    pub free: bool,
    /// One JSON object per line
    #[arg(long, conflicts_with_all = ["csv", "line"])]
    pub json: bool,
    /// Comma-separated values with a head
    #[arg(long, conflicts_with = "line")]
    pub csv: bool,
    /// One short line of today for tmux or starship: money of the limit, tokens; it says nothing
    /// where there is nothing to say, and never fails
    #[arg(long, conflicts_with_all = ["by", "span"])]
    pub line: bool,
}
