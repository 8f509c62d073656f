//! What the tasks on the screen say, in every language: states, times, questions, labels. It
//! refuses the sentences of notices and what a form says.

use std::borrow::Cow;
use std::time::Duration;

use super::{Language, grouped};
use crate::domain::ledger::{Cap, Reached};
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
            Language::En => en(self).into_owned(),
            Language::ZhCn => zh_cn(self).into_owned(),
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

fn size(bytes: u64) -> String {
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

fn state_zh(stage: Stage, status: Option<&TaskStatus>) -> Cow<'static, str> {
    match stage {
        Stage::Waiting => "排队中".into(),
        Stage::Paused => "已暂缓".into(),
        Stage::Sending => "提交中".into(),
        Stage::Maybe => "待确认".into(),
        Stage::Refused => "未提交".into(),
        Stage::Following => match status {
            None => "已提交".into(),
            Some(status) => super::jobs::Jobs::Status(status).say(Language::ZhCn),
        },
        Stage::Saving => "下载中".into(),
        Stage::Saved => "已保存".into(),
        Stage::Failed => "失败".into(),
        Stage::Canceled => "已取消".into(),
        Stage::Expired => "已过期".into(),
        Stage::Lost => "查无此任务".into(),
    }
}

fn en(said: Pane<'_>) -> Cow<'static, str> {
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

const fn cap_zh(cap: Cap) -> &'static str {
    match cap {
        Cap::Session => "本次运行",
        Cap::Day => "今日",
        Cap::Month => "本月",
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

fn zh_cn(said: Pane<'_>) -> Cow<'static, str> {
    Cow::Owned(match said {
        Pane::Title => return "任务".into(),
        Pane::Placeholder(by, backwards) => {
            format!("按{by}排序{}", if backwards { "（倒序）" } else { "" })
        }
        Pane::Nothing => return "还没有任务：用 /video 或 /image 创建".into(),
        Pane::NothingFits => return "没有任务包含这些字词".into(),
        Pane::Reading => return "正在读取…".into(),
        Pane::State(stage, status) => return state_zh(stage, status),
        Pane::Running(count) => format!("{count} 个生成中"),
        Pane::Waiting(count) => format!("{count} 个排队"),
        Pane::Paused(count) => format!("{count} 个暂缓"),
        Pane::Undecided(count) => format!("{count} 个待确认"),
        Pane::Saved(count) => format!("{count} 个已保存"),
        Pane::Failed(count) => format!("{count} 个失败"),
        Pane::Canceled(count) => format!("{count} 个已取消"),
        Pane::Left(left) => format!("约剩 {}", span(Language::ZhCn, left)),
        Pane::AnyMoment => return "即将完成".into(),
        Pane::Expires(left) => format!("还剩 {}", span(Language::ZhCn, left)),
        Pane::Gone => return "服务端已清除".into(),
        Pane::Arrived(percent) => format!("{percent}%"),
        Pane::Marked(count) => format!("已标记 {count} 个"),
        Pane::Label(label) => return label_zh(label).into(),
        Pane::Waited(wait) => format!("等待 {}", age(Language::ZhCn, wait)),
        Pane::Bytes(bytes) => size(bytes),
        Pane::Judged(Review::Accepted) => return "采用".into(),
        Pane::Judged(Review::Rejected) => return "不采用".into(),
        Pane::Adopted => return "由别的程序创建".into(),
        Pane::RawTitle => return "服务方最近一次回复".into(),
        Pane::NoRaw => return "服务方还没有回复".into(),
        Pane::AccountTitle => return "账号里不在此处的任务".into(),
        Pane::AccountHint => return "Enter 收下一个，空格标记，a 收下全部".into(),
        Pane::AccountNone => return "最近 24 小时的任务都已在此".into(),
        Pane::ReviewTitle(at, of) => format!("结果 {at}/{of}"),
        Pane::NoPoster => return "没有预览图；按 o 打开文件".into(),
        Pane::Before => return "先请确认".into(),
        Pane::AskCancel(count, 0) => format!("取消排队中的 {count} 个任务？它们还没有提交。"),
        Pane::AskCancel(count, _) => {
            format!("取消 {count} 个任务？服务方只能取消还没开始的，其余会继续。")
        }
        Pane::AskForget(count) => {
            format!("从列表移除 {count} 个任务？文件会保留，运行中的会继续。")
        }
        Pane::AskAgain(count, cost) => {
            format!("换新种子重做 {count} 个任务？{}", price(cost, "约 "))
        }
        Pane::AskBatch(count, cost) => {
            format!("共 {count} 行：作为 {count} 个任务提交？{}", price(cost, "合计约 "))
        }
        Pane::AskBudget(reached, count) => format!(
            "再花 {} 会超出{}预算 {}（已用 {}）。输入“是”仍然提交 {count} 个任务。",
            reached.asked,
            cap_zh(reached.cap),
            reached.limit,
            reached.spent
        ),
        Pane::AskLoop(times) => format!("一分钟内已提交相同的任务 {times} 次，还要再来一次吗？"),
        Pane::AskWhatItIs(title) => {
            format!("“{title}”已发出，但回复丢失，可能已经创建。它是哪一个？")
        }
        Pane::AskSendAgain(title, cost) => {
            format!("如果“{title}”其实已创建，会生成并计费两次{}。仍要重发？", price(cost, "："))
        }
        Pane::Leave => return "保持原样".into(),
        Pane::Do => return "确定".into(),
        Pane::DoTyped => return "是，仍然提交".into(),
        Pane::DoBatch(count, cost) => format!("{count} 个任务{}", price(cost, " · ")),
        Pane::OneTask(cost) => format!("所有行合为一个任务{}", price(cost, " · ")),
        Pane::IsThis(row) => format!("就是 {row}"),
        Pane::SendAgain => return "都不是：重新提交".into(),
        Pane::Drop => return "都不是：不再处理".into(),
        Pane::Ended { title, well: true } => format!("lian：已保存 - {title}"),
        Pane::Ended { title, well: false } => format!("lian：未生成 - {title}"),
        Pane::GoOn { running, waiting, first } => {
            let mut parts = Vec::new();
            match running {
                0 => {}
                1 => parts.push(format!("1 个任务（{first}）在服务方继续运行")),
                _ => parts.push(format!("{running} 个任务（{first} 等）在服务方继续运行")),
            }
            if waiting > 0 {
                parts.push(format!("排队中的 {waiting} 个下次启动时提交"));
            }
            if running > 0 {
                parts.push("下次启动时下载文件（24 小时内）".to_owned());
            }
            format!("{}。", parts.join("；"))
        }
        Pane::Hint(hint) => return hint_zh(hint).into(),
    })
}

const fn label_zh(label: Label) -> &'static str {
    match label {
        Label::State => "状态",
        Label::Model => "模型",
        Label::Prompt => "提示词",
        Label::Rewritten => "改写后",
        Label::Age => "时长",
        Label::Eta => "剩余",
        Label::Price => "价格",
        Label::Expiry => "保留",
        Label::File => "文件",
        Label::Created => "记录",
        Label::Sent => "发出",
        Label::Submitted => "提交",
        Label::Scheduled => "开始",
        Label::Done => "完成",
        Label::Saved => "保存",
        Label::Expected => "预计",
        Label::Cost => "费用",
        Label::TaskId => "任务 ID",
        Label::RequestId => "请求 ID",
        Label::Origin => "地址",
        Label::Fields => "参数",
        Label::Files => "文件",
        Label::Sum => "sha256",
        Label::Cause => "原因",
        Label::Judgement => "评价",
    }
}

const fn hint_zh(hint: Hint) -> &'static str {
    match hint {
        Hint::Details => "详情",
        Hint::Filter => "筛选",
        Hint::Mark => "标记",
        Hint::Cancel => "取消",
        Hint::Retry => "换种子",
        Hint::Edit => "改提示词",
        Hint::View => "打开",
        Hint::CopyPath => "复制路径",
        Hint::Forget => "移出列表",
        Hint::Raw => "JSON",
        Hint::Adopt => "账号任务",
        Hint::Take => "收下",
        Hint::TakeAll => "全部收下",
        Hint::Review => "逐个看",
        Hint::Accept => "采用",
        Hint::Reject => "不采用",
        Hint::Next => "下一个",
        Hint::Video => "新视频",
        Hint::Choose => "选择",
        Hint::All => "全部",
        Hint::Pause => "暂缓",
    }
}

/// What an action on tasks does, in Chinese.
pub(super) fn action(name: &str) -> Option<&'static str> {
    Some(match name {
        "tasks" => "所有任务",
        "new_video" => "生成视频",
        "new_image" => "生成图片",
        "submit_task" => "提交表单",
        "task_details" => "任务详情，或返回",
        "task_json" => "服务方最近一次回复的原文，或返回",
        "filter_tasks" => "只看包含这些字词的任务",
        "mark_task" => "标记任务，或取消标记",
        "mark_tasks" => "标记全部，或全部取消",
        "cancel_task" => "取消任务",
        "retry_task" => "换新种子重做",
        "edit_task" => "种子不变，换提示词重做",
        "open_file" => "打开文件",
        "open_directory" => "打开文件所在目录",
        "copy_path" => "复制文件路径",
        "forget_task" => "移出列表，文件保留",
        "download_task" => "重新下载文件",
        "pause_task" => "暂缓排队的任务，或让它继续",
        "task_first" => "排到最前",
        "adopt_tasks" => "账号里不在此处的任务；在那里：全部收下",
        "review_tasks" => "逐个看结果",
        "sort_by_state" => "按状态排序，或倒序",
        "sort_by_model" => "按模型排序，或倒序",
        "sort_by_age" => "按时间排序，或倒序",
        "sort_by_price" => "按价格排序，或倒序",
        "sort_by_expiry" => "按到期先后排序，或倒序",
        "accept_result" => "采用",
        "reject_result" => "不采用，但保留文件",
        "unjudge_result" => "撤回评价",
        _ => return None,
    })
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
