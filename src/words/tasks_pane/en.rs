//! The tasks on the screen in English.

use std::borrow::Cow;

use super::super::Language;
use super::{Hint, Label, Pane, age, price, size, span};
use crate::domain::ledger::Cap;
use crate::domain::tasks::TaskStatus;
use crate::domain::tasks::book::{Review, Stage};

fn state_en(stage: Stage, status: Option<&TaskStatus>) -> Cow<'static, str> {
    match stage {
        Stage::Waiting => "in line".into(),
        Stage::Paused => "held".into(),
        Stage::Sending => "sending".into(),
        Stage::Maybe => "unsure".into(),
        Stage::Refused => "not sent".into(),
        Stage::Following => status.map_or("SENT", TaskStatus::word).to_owned().into(),
        Stage::Saving => "saving".into(),
        Stage::Saved => "saved".into(),
        Stage::Failed => "failed".into(),
        Stage::Canceled => "canceled".into(),
        Stage::Expired => "expired".into(),
        Stage::Lost => "lost".into(),
    }
}

pub(super) fn say(said: Pane<'_>) -> Cow<'static, str> {
    let many = |count: usize, one: &str, more: &str| {
        if count == 1 { one.to_owned() } else { format!("{count} {more}") }
    };
    Cow::Owned(match said {
        Pane::Title => return "Tasks".into(),
        Pane::Placeholder(by, backwards) => {
            format!("by {by}{}", if backwards { ", backwards" } else { "" })
        }
        Pane::Nothing => return "No task yet: /video or /image makes one".into(),
        Pane::NothingFits => return "No task has these words".into(),
        Pane::Reading => return "Reading…".into(),
        Pane::State(stage, status) => return state_en(stage, status),
        Pane::Running(count) => format!("{count} running"),
        Pane::Waiting(count) => format!("{count} waiting"),
        Pane::Paused(count) => format!("{count} held"),
        Pane::Undecided(count) => format!("{count} unsure"),
        Pane::Saved(count) => format!("{count} saved"),
        Pane::Failed(count) => format!("{count} failed"),
        Pane::Canceled(count) => format!("{count} canceled"),
        Pane::Left(left) => format!("~{} left", span(Language::En, left)),
        Pane::AnyMoment => return "any moment".into(),
        Pane::Expires(left) => format!("{} left", span(Language::En, left)),
        Pane::Gone => return "gone there".into(),
        Pane::Arrived(percent) => format!("{percent}%"),
        Pane::Marked(count) => format!("{count} marked"),
        Pane::Label(label) => return label_en(label).into(),
        Pane::Waited(wait) => format!("after {}", age(Language::En, wait)),
        Pane::Bytes(bytes) => size(bytes),
        Pane::Judged(Review::Accepted) => return "accepted".into(),
        Pane::Judged(Review::Rejected) => return "rejected".into(),
        Pane::Adopted => return "made by another program".into(),
        Pane::RawTitle => return "The service's last answer".into(),
        Pane::NoRaw => return "The service has not answered yet".into(),
        Pane::AccountTitle => return "Tasks of the account that are not here".into(),
        Pane::AccountHint => return "Enter takes one, Space marks, a takes all".into(),
        Pane::AccountNone => return "Every task of the last 24 hours is here".into(),
        Pane::ReviewTitle(at, of) => format!("Result {at} of {of}"),
        Pane::NoPoster => return "no picture of it here; o shows the file".into(),
        Pane::Before => return "Before anything happens".into(),
        Pane::AskCancel(count, 0) => {
            format!("Take {} out of line? Nothing was sent.", many(count, "the task", "tasks"))
        }
        Pane::AskCancel(count, _) => format!(
            "Cancel {}? The service cancels only what has not begun; the rest goes on.",
            many(count, "the task", "tasks")
        ),
        Pane::AskForget(count) => format!(
            "Take {} out of the list? Files stay, and what runs goes on.",
            many(count, "the task", "tasks")
        ),
        Pane::AskAgain(count, cost) => format!(
            "Make {} again with a new seed?{}",
            many(count, "it", "tasks"),
            price(cost, " ≈ ")
        ),
        Pane::AskBatch(count, cost) => {
            format!("{count} lines: {count} tasks{}?", price(cost, " · "))
        }
        Pane::AskBudget(reached, count) => format!(
            "{} would go beyond the limit of {} ({} of {} spent). Type yes to send {} all the same.",
            reached.asked,
            cap_en(reached.cap),
            reached.spent,
            reached.limit,
            many(count, "it", "tasks")
        ),
        Pane::AskLoop(times) => {
            format!("The same task was asked for {times} times within a minute. Once more?")
        }
        Pane::AskWhatItIs(title) => format!(
            "\"{title}\" was sent, and the answer was lost: it may exist. Which of these is it?"
        ),
        Pane::AskSendAgain(title, cost) => format!(
            "If \"{title}\" exists after all, it is made and paid twice{}. Send it again?",
            price(cost, ": ")
        ),
        Pane::Leave => return "leave it as it is".into(),
        Pane::Do => return "yes".into(),
        Pane::DoTyped => return "yes, send it all the same".into(),
        Pane::DoBatch(count, cost) => format!("{count} tasks{}", price(cost, " · ")),
        Pane::OneTask(cost) => format!("one task with all lines{}", price(cost, " · ")),
        Pane::IsThis(row) => format!("it is {row}"),
        Pane::SendAgain => return "none: send it again".into(),
        Pane::Drop => return "none: leave it for good".into(),
        Pane::Ended { title, well: true } => format!("lian: saved - {title}"),
        Pane::Ended { title, well: false } => format!("lian: not made - {title}"),
        Pane::GoOn { running, waiting, first } => {
            let mut text = match running {
                0 => String::new(),
                1 => format!("1 task goes on at the service ({first})"),
                _ => format!("{running} tasks go on at the service ({first}, …)"),
            };
            if waiting > 0 {
                if running > 0 {
                    text.push_str("; ");
                }
                text.push_str(&format!("{waiting} in line are sent at the next start"));
            }
            if running > 0 {
                text.push_str("; files are fetched at the next start, within 24 hours");
            }
            text.push('.');
            text
        }
        Pane::Hint(hint) => return hint_en(hint).into(),
    })
}

const fn cap_en(cap: Cap) -> &'static str {
    match cap {
        Cap::Session => "this run",
        Cap::Day => "today",
        Cap::Month => "this month",
    }
}

const fn label_en(label: Label) -> &'static str {
    match label {
        Label::State => "state",
        Label::Model => "model",
        Label::Prompt => "prompt",
        Label::Rewritten => "rewritten",
        Label::Age => "age",
        Label::Eta => "left",
        Label::Price => "price",
        Label::Expiry => "kept",
        Label::File => "file",
        Label::Created => "written down",
        Label::Sent => "sent",
        Label::Submitted => "submitted",
        Label::Scheduled => "scheduled",
        Label::Done => "done",
        Label::Saved => "saved",
        Label::Expected => "expected",
        Label::Cost => "cost",
        Label::TaskId => "task id",
        Label::RequestId => "request id",
        Label::Origin => "at",
        Label::Fields => "filled in",
        Label::Files => "files",
        Label::Sum => "sha256",
        Label::Cause => "why",
        Label::Judgement => "judged",
    }
}

const fn hint_en(hint: Hint) -> &'static str {
    match hint {
        Hint::Details => "details",
        Hint::Filter => "filter",
        Hint::Mark => "mark",
        Hint::Cancel => "cancel",
        Hint::Retry => "new seed",
        Hint::Edit => "new prompt",
        Hint::View => "show",
        Hint::CopyPath => "copy path",
        Hint::Forget => "out of the list",
        Hint::Raw => "JSON",
        Hint::Adopt => "account",
        Hint::Take => "take",
        Hint::TakeAll => "take all",
        Hint::Review => "review",
        Hint::Accept => "good",
        Hint::Reject => "not good",
        Hint::Next => "next",
        Hint::Video => "new video",
        Hint::Choose => "choose",
        Hint::All => "all",
        Hint::Pause => "hold",
    }
}
