//! What the tasks on the screen say, in every language: states, times, questions, labels. It
//! refuses the sentences of notices and what a form says.

mod en;
mod zh_cn;

pub(super) use zh_cn::action;

use std::time::Duration;

use super::{Language, grouped};
use crate::domain::ledger::Reached;
use crate::domain::money::Money;
use crate::domain::tasks::TaskStatus;
use crate::domain::tasks::book::{Review, Stage};

/// Short texts of the tasks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pane<'a> {
    /// Its title.
    Title,
    /// In the empty words.
    Placeholder(&'a str, bool),
    /// There are none.
    Nothing,
    /// None fits what was typed.
    NothingFits,
    /// Something has not been answered yet.
    Reading,
    /// How far a task is.
    State(Stage, Option<&'a TaskStatus>),
    /// So many run.
    Running(usize),
    /// So many wait.
    Waiting(usize),
    /// So many are held.
    Paused(usize),
    /// So many may exist.
    Undecided(usize),
    /// So many are on disk.
    Saved(usize),
    /// So many came to nothing.
    Failed(usize),
    /// So many were canceled.
    Canceled(usize),
    /// It will take so long.
    Left(Duration),
    /// It takes longer than others like it.
    AnyMoment,
    /// The service keeps its files so long.
    Expires(Duration),
    /// The service does not keep its files any more.
    Gone,
    /// So much of a file has arrived, in a hundred.
    Arrived(u64),
    /// So many have a mark.
    Marked(usize),
    /// The name of a column or of a line of details.
    Label(Label),
    /// A wait between two moments.
    Waited(Duration),
    /// A size.
    Bytes(u64),
    /// What the user thinks of it.
    Judged(Review),
    /// Somebody else made it.
    Adopted,
    /// Title of the service's answer.
    RawTitle,
    /// There is no answer of the service yet.
    NoRaw,
    /// Title of the account's tasks.
    AccountTitle,
    /// Below it.
    AccountHint,
    /// There are none that are not here.
    AccountNone,
    /// Which result is shown.
    ReviewTitle(usize, usize),
    /// There is no small picture.
    NoPoster,
    /// Before what has to be decided.
    Before,
    /// Whether to cancel so many, of which so many are at the service.
    AskCancel(usize, usize),
    /// Whether to take so many out of the list.
    AskForget(usize),
    /// Whether to make so many again.
    AskAgain(usize, Option<Money>),
    /// Whether so many lines are so many tasks.
    AskBatch(usize, Option<Money>),
    /// Whether to go beyond a limit.
    AskBudget(&'a Reached, usize),
    /// Whether the same is meant once more.
    AskLoop(u32),
    /// What a task is that may exist.
    AskWhatItIs(&'a str),
    /// Whether to send one again that may exist.
    AskSendAgain(&'a str, Option<Money>),
    /// A way out: leave it.
    Leave,
    /// A way out: do it.
    Do,
    /// A way out: yes, typed.
    DoTyped,
    /// A way out: so many tasks.
    DoBatch(usize, Option<Money>),
    /// A way out: one task.
    OneTask(Option<Money>),
    /// A way out: this task is it.
    IsThis(&'a str),
    /// A way out: send it again.
    SendAgain,
    /// A way out: leave it for good.
    Drop,
    /// What a desktop shows.
    Ended {
        /// The beginning of the prompt.
        title: &'a str,
        /// It was made.
        well: bool,
    },
    /// What goes on after the program.
    GoOn {
        /// So many at the service.
        running: usize,
        /// So many in line here.
        waiting: usize,
        /// The beginning of the first one's prompt.
        first: &'a str,
    },
    /// A hint of the footer.
    Hint(Hint),
}

/// Names of columns and of lines of details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// How far.
    State,
    /// Which model.
    Model,
    /// What is to be made.
    Prompt,
    /// What the service made of the prompt.
    Rewritten,
    /// How old.
    Age,
    /// How long it will take.
    Eta,
    /// What it costs.
    Price,
    /// How long files are kept.
    Expiry,
    /// The file.
    File,
    /// Written down here.
    Created,
    /// The request left.
    Sent,
    /// The service accepted it.
    Submitted,
    /// The service began.
    Scheduled,
    /// The service ended.
    Done,
    /// On disk.
    Saved,
    /// What it was expected to cost.
    Expected,
    /// What it cost.
    Cost,
    /// The task's id.
    TaskId,
    /// The request's id.
    RequestId,
    /// Where it runs.
    Origin,
    /// What was filled in.
    Fields,
    /// Its files.
    Files,
    /// A checksum.
    Sum,
    /// Why not.
    Cause,
    /// What the user thinks of it.
    Judgement,
}

/// Hints of the footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// All about it.
    Details,
    /// Narrow down.
    Filter,
    /// Mark.
    Mark,
    /// Cancel.
    Cancel,
    /// Again.
    Retry,
    /// Another prompt.
    Edit,
    /// Show the file.
    View,
    /// Copy the path.
    CopyPath,
    /// Out of the list.
    Forget,
    /// The raw answer.
    Raw,
    /// The account's tasks.
    Adopt,
    /// Take one.
    Take,
    /// Take all.
    TakeAll,
    /// Look at results.
    Review,
    /// It is good.
    Accept,
    /// It is not.
    Reject,
    /// The next one.
    Next,
    /// A new video.
    Video,
    /// Take the marked way.
    Choose,
    /// Show the tasks.
    All,
    /// Hold.
    Pause,
}

impl Pane<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> String {
        match language {
            Language::En => en::say(self).into_owned(),
            Language::ZhCn => zh_cn::say(self).into_owned(),
        }
    }
}

/// Whole units that people say: the largest one that fits.
fn units(time: Duration) -> (u64, u8) {
    let seconds = time.as_secs();
    match seconds {
        0..60 => (seconds, 0),
        60..5_400 => (time.as_secs().div_ceil(60), 1),
        5_400..172_800 => (seconds / 3_600, 2),
        _ => (seconds / 86_400, 3),
    }
}

fn span(language: Language, time: Duration) -> String {
    let (count, unit) = units(time);
    let unit = usize::from(unit);
    match language {
        Language::En => format!("{count} {}", ["s", "min", "h", "d"][unit]),
        Language::ZhCn => format!("{count} {}", ["秒", "分钟", "小时", "天"][unit]),
    }
}

/// How old something is, short: `0:12`, `1:42`, `3 h`.
#[must_use]
pub fn age(language: Language, time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 3_600 {
        return format!("{}:{:02}", seconds / 60, seconds % 60);
    }
    let hours = seconds / 3_600;
    match (language, hours) {
        (Language::En, 0..48) => format!("{hours} h"),
        (Language::En, _) => format!("{} d", hours / 24),
        (Language::ZhCn, 0..48) => format!("{hours} 小时"),
        (Language::ZhCn, _) => format!("{} 天", hours / 24),
    }
}

pub(super) fn size(bytes: u64) -> String {
    if bytes < 10_000 {
        return format!("{} B", grouped(bytes));
    }
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_mul(10) / unit;
        format!("{}.{}", grouped(tenths / 10), tenths % 10)
    };
    if bytes < 1_000_000 {
        format!("{} kB", tenths(1_000))
    } else {
        format!("{} MB", tenths(1_000_000))
    }
}

fn price(price: Option<Money>, before: &str) -> String {
    price.map(|money| format!("{before}{money}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_the_largest_unit_that_fits() {
        let said = |seconds| Pane::Left(Duration::from_secs(seconds)).say(Language::En);
        assert_eq!(said(12), "~12 s left");
        assert_eq!(said(61), "~2 min left");
        assert_eq!(said(79_200), "~22 h left");
        assert_eq!(age(Language::En, Duration::from_secs(102)), "1:42");
        assert_eq!(age(Language::ZhCn, Duration::from_secs(7_200)), "2 小时");
        assert_eq!(size(9_999), "9,999 B");
        assert_eq!(size(12_345_678), "12.3 MB");
    }

    #[test]
    fn the_farewell_names_what_goes_on() {
        let said = Pane::GoOn { running: 2, waiting: 1, first: "a boat" };
        assert_eq!(
            said.say(Language::En),
            "2 tasks go on at the service (a boat, …); 1 in line are sent at the next start; \
             files are fetched at the next start, within 24 hours."
        );
        assert!(said.say(Language::ZhCn).contains("2 个任务（a boat 等）"));
    }
}
