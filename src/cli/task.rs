//! The arguments of `lian task`. They refuse nothing about ids: which task one means is found out in
//! the store.

use clap::{Args, Subcommand};

/// Tasks without a screen: look, wait, follow, cancel, fetch, take over.
///
/// A task is named by lian's key or the service's id, or by the beginning of either as long as only one
/// task has it. Exit code: 0 fine, 1 a task failed or may exist, 2 usage, 3 key or permission, 4
/// throttled, 5 network, 6 configuration, 7 content refused, 9 the time is over and a task still runs,
/// 130 and 143 after Ctrl-C and SIGTERM.
#[derive(Debug, Clone, Args)]
pub struct TaskArgs {
    /// What to do
    #[command(subcommand)]
    pub what: TaskCommand,
}

/// What can be done with tasks.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum TaskCommand {
    /// List the tasks of this machine, or those of the account that are not here
    List(ListArgs),
    /// Print all about one task
    Show(ShowArgs),
    /// Wait until tasks have ended and their files are on disk; the exit code says how they ended
    Wait(WaitArgs),
    /// Follow all tasks and fetch their files until SIGTERM, without a terminal
    Watch(WatchArgs),
    /// Cancel tasks; the service cancels only what has not begun
    Cancel(CancelArgs),
    /// Fetch the files of tasks that are not on disk
    Download(DownloadArgs),
    /// Take over tasks of the account that another program or machine made
    Adopt(AdoptArgs),
    /// Decide what a task is whose answer was lost
    Settle(SettleArgs),
}

/// List the tasks of this machine, newest first, or those of the account that are not here.
///
/// On a terminal a table, into a pipe one line for each task with tabs between its fields: id (lian's
/// key where the service has given none yet), key, state (one word, in no language), model, day and time
/// of its making, price or cost, first file, prompt. Tasks of the account: id, state, model, day and time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ListArgs {
    /// Every task, however it ended; without it only the last 24 hours and what is under way
    #[arg(long, conflicts_with = "account")]
    pub all: bool,
    /// Ask the service for the tasks of the last 24 hours that are not here
    #[arg(long)]
    pub account: bool,
    /// One JSON object per line
    #[arg(long)]
    pub json: bool,
}

/// Print all about one task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ShowArgs {
    /// Which task
    #[arg(value_name = "ID")]
    pub id: String,
    /// One JSON object, with what was filled in and the service's last answer
    #[arg(long)]
    pub json: bool,
}

/// Wait until tasks have ended and their files are on disk.
///
/// The paths of the files come on stdout. Exit code: that of the first task that did not end well; 9
/// when the time is over while one still runs, which goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct WaitArgs {
    /// Which tasks
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// So many seconds at most
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// One JSON object per line: each task as it ended
    #[arg(long)]
    pub json: bool,
}

/// Follow all tasks of the profile and fetch their files, without a terminal, until SIGTERM or Ctrl-C.
///
/// One line an event on stdout. It may run beside any other lian of the same data directory: one of them
/// asks and fetches, the others hear of it. Exit code: 0; with --until-idle 1 if it is still not known
/// whether a task exists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Args)]
pub struct WatchArgs {
    /// End when nothing is left to do
    #[arg(long)]
    pub until_idle: bool,
    /// One JSON object per line: task, removed, trouble, candidates
    #[arg(long)]
    pub json: bool,
}

/// Cancel tasks. What waits in line is taken out of it; the service cancels only what has not begun.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct CancelArgs {
    /// Which tasks
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// One JSON object per line: each task as it is now
    #[arg(long)]
    pub json: bool,
}

/// Fetch the files of tasks that are not on disk, and print where they are.
///
/// The service keeps files for 24 hours. Files that are on disk are printed and not fetched again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DownloadArgs {
    /// Which tasks
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// So many seconds at most
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// One JSON object per line: each task as it ended
    #[arg(long)]
    pub json: bool,
}

/// Take over tasks of the account that another program or machine made within the last 24 hours.
///
/// Their ids come on stdout; they are followed and fetched like any other. With --wait the paths of
/// their files come instead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct AdoptArgs {
    /// Which tasks, by the service's ids, as `lian task list --account` prints them
    #[arg(value_name = "ID", required_unless_present = "all")]
    pub ids: Vec<String>,
    /// All that are not here
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
    /// Wait until their files are on disk
    #[arg(long)]
    pub wait: bool,
    /// With --wait: so many seconds at most
    #[arg(long, value_name = "SECONDS", requires = "wait")]
    pub timeout: Option<u64>,
    /// One JSON object per line: each task
    #[arg(long)]
    pub json: bool,
}

/// Decide what a task is whose answer was lost: it may exist and be paid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct SettleArgs {
    /// Which task, by lian's key
    #[arg(value_name = "ID")]
    pub id: String,
    /// It is this task of the account
    #[arg(long, value_name = "ID", required_unless_present_any = ["again", "drop"], conflicts_with_all = ["again", "drop"])]
    pub is: Option<String>,
    /// It does not exist: send it again. If it exists after all, it is paid twice
    #[arg(long, conflicts_with = "drop")]
    pub again: bool,
    /// Leave it for good; what was reserved for it counts as spent
    #[arg(long)]
    pub drop: bool,
    /// One JSON object: the task as it is now
    #[arg(long)]
    pub json: bool,
}
