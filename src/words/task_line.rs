//! What the commands for tasks say on stderr, in every language: what cannot be asked, what was
//! sent, what is left to decide. It refuses states and times (`tasks_pane`) and notices (`tasks`).

use std::borrow::Cow;

use super::Language;
use crate::domain::jobs::Makes;
use crate::domain::ledger::{Cap, Reached};
use crate::domain::money::Money;

/// Sentences of the command line about tasks. Ids and names come clean and joined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Line<'a> {
    /// Nobody knows what the model takes.
    NoModel {
        /// Which model.
        model: &'a str,
        /// What was to be made.
        makes: Makes,
        /// Models that make it.
        others: &'a str,
    },
    /// The model makes the other kind.
    Makes {
        /// Which model.
        model: &'a str,
        /// What it makes.
        makes: Makes,
    },
    /// What the model takes.
    Takes(&'a str),
    /// `--set` without a value.
    NotPair(&'a str),
    /// There is no prompt in the file.
    NoPrompts(&'a str),
    /// What several tasks will cost.
    PriceOfAll {
        /// How many.
        count: usize,
        /// All of it, where it is known.
        cost: Option<Money>,
    },
    /// A task has its id.
    Sent {
        /// Its id.
        id: &'a str,
    },
    /// So many wait for their turn.
    InLine {
        /// How many.
        count: usize,
    },
    /// They go on without this program.
    GoOn {
        /// Their ids.
        ids: &'a str,
    },
    /// The answer was lost, and these may be the task.
    Candidates {
        /// Its key.
        key: &'a str,
        /// Ids of the account that fit.
        ids: &'a str,
    },
    /// The answer was lost, and no task of the account fits.
    NoCandidate {
        /// Its key.
        key: &'a str,
    },
    /// A limit of the budget stopped them.
    OverBudget {
        /// The limit.
        reached: &'a Reached,
        /// The profile.
        profile: &'a str,
        /// So many were not sent.
        left: usize,
        /// Of so many.
        of: usize,
    },
    /// The same again and again.
    Loop {
        /// How often within a minute.
        times: u32,
        /// So many were not sent.
        left: usize,
        /// Of so many.
        of: usize,
    },
    /// They could not be written down.
    NotTaken {
        /// So many were not sent.
        left: usize,
        /// Of so many.
        of: usize,
    },
    /// The time is over.
    Late {
        /// Ids of those that go on.
        ids: &'a str,
    },
    /// There is no such task.
    NoTask(&'a str),
    /// Several tasks begin like this.
    Several {
        /// What was given.
        given: &'a str,
        /// Their ids.
        ids: &'a str,
    },
    /// It is another profile's.
    OtherProfile {
        /// Its id.
        id: &'a str,
        /// Whose.
        profile: &'a str,
    },
    /// It was sent elsewhere.
    OtherPlace {
        /// Its id.
        id: &'a str,
        /// Where.
        origin: &'a str,
    },
    /// It cannot be canceled as it is.
    NothingToCancel {
        /// Its id.
        id: &'a str,
        /// How it is, in a word.
        state: &'a str,
    },
    /// It has no file that could be fetched.
    NothingToFetch {
        /// Its id.
        id: &'a str,
        /// How it is, in a word.
        state: &'a str,
    },
    /// There is nothing to decide.
    NothingToSettle {
        /// Its id.
        id: &'a str,
        /// How it is, in a word.
        state: &'a str,
    },
    /// It is as it was, though it was asked otherwise.
    StillThere {
        /// Its id.
        id: &'a str,
    },
    /// It is held in line.
    Held {
        /// Its id.
        id: &'a str,
    },
    /// The account has no such task that is not here.
    NotOfAccount(&'a str),
    /// The list is empty.
    NoTasks,
    /// Every task of the account is here.
    NoStrangers,
    /// Below the account's tasks.
    HowToAdopt,
    /// What is being watched.
    Watching {
        /// How many tasks are under way.
        count: usize,
    },
    /// The name of the key lian gives a task.
    Key,
    /// A task was taken out of the list.
    Removed,
}

impl Line<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> Cow<'static, str> {
        match language {
            Language::En => en(self),
            Language::ZhCn => zh_cn(self),
        }
    }
}

fn tasks(count: usize) -> String {
    if count == 1 { "1 task".to_owned() } else { format!("{count} tasks") }
}

fn unsent(left: usize, of: usize) -> String {
    match (left, of) {
        (1, 1) => "It was not sent.".to_owned(),
        (left, of) if left == of => format!("None of the {of} tasks was sent."),
        (1, of) => format!("1 of {of} tasks was not sent."),
        (left, of) => format!("{left} of {of} tasks were not sent."),
    }
}

fn unsent_zh(left: usize, of: usize) -> String {
    match (left, of) {
        (1, 1) => "任务没有提交。".to_owned(),
        (left, of) if left == of => format!("{of} 个任务都没有提交。"),
        (left, of) => format!("{of} 个任务中有 {left} 个没有提交。"),
    }
}

/// The limit in a sentence, and its name in the configuration; a session has none there.
const fn cap(cap: Cap) -> (&'static str, &'static str, Option<&'static str>) {
    match cap {
        Cap::Session => ("this run", "本次运行", None),
        Cap::Day => ("a day", "每日", Some("day")),
        Cap::Month => ("a month", "每月", Some("month")),
    }
}

fn en(line: Line<'_>) -> Cow<'static, str> {
    Cow::Owned(match line {
        Line::NoModel { model, makes: Makes::Video, others } => {
            format!("nobody says how {model} makes a video; these do: {others}")
        }
        Line::NoModel { model, makes: Makes::Image, others } => {
            format!("nobody says how {model} makes a picture; these do: {others}")
        }
        Line::Makes { model, makes: Makes::Video } => {
            format!("{model} makes videos: lian video create -m {model}")
        }
        Line::Makes { model, makes: Makes::Image } => {
            format!("{model} makes pictures: lian image create -m {model}")
        }
        Line::Takes(fields) => format!("it takes {fields}; --set NAME=VALUE sets any of them"),
        Line::NotPair(given) => format!("--set takes NAME=VALUE, not {given}"),
        Line::NoPrompts(file) => format!("there is no prompt in {file}: one a line"),
        Line::PriceOfAll { count, cost: Some(cost) } => {
            format!("{}, ≈ {cost} together", tasks(count))
        }
        Line::PriceOfAll { count, cost: None } => {
            format!("{}; no price is known", tasks(count))
        }
        Line::Sent { id } => format!("sent as {id}"),
        Line::InLine { count } => format!(
            "{} in line: sent when there is room, by any lian that runs (lian task watch)",
            tasks(count)
        ),
        Line::GoOn { ids } => {
            format!("goes on without this program; lian task wait {ids} waits for it")
        }
        Line::Candidates { key, ids } => format!(
            "the answer to the request was lost, and one of these tasks of the account may be it: \
             {ids}. Decide: lian task settle {key} --is ID, or --again, or --drop"
        ),
        Line::NoCandidate { key } => format!(
            "the answer to the request was lost, and no task of the account fits it so far. It is \
             not sent again by itself; lian task list --account looks again, lian task settle {key} \
             --again sends it, --drop leaves it"
        ),
        Line::OverBudget { reached, profile, left, of } => {
            let (name, _, key) = cap(reached.cap);
            let raise = key.map(|key| {
                format!("raise it (lian config set profiles.{profile}.budget.{key} AMOUNT) or ")
            });
            format!(
                "{} more would go beyond the limit of {} for {name} ({} spent). {} To go on, {}add \
                 --yes to send it all the same.",
                reached.asked,
                reached.limit,
                reached.spent,
                unsent(left, of),
                raise.unwrap_or_default()
            )
        }
        Line::Loop { times, left, of } => format!(
            "the same task was asked for {times} times within a minute, which looks like a loop. \
             {} Add --yes if it is meant.",
            unsent(left, of)
        ),
        Line::NotTaken { left, of } => format!("{} Nothing is paid for it.", unsent(left, of)),
        Line::Late { ids } => {
            format!("the time is over; still under way: {ids}. lian task wait goes on waiting")
        }
        Line::NoTask(given) => {
            format!("there is no task {given}; lian task list --all shows all of them")
        }
        Line::Several { given, ids } => format!("{given} may be any of {ids}: give more of the id"),
        Line::OtherProfile { id, profile } => {
            format!("{id} is of the profile {profile}: add -p {profile}")
        }
        Line::OtherPlace { id, origin } => {
            format!("{id} was sent to {origin}, which is not where this profile asks")
        }
        Line::NothingToCancel { id, state } => {
            format!("{id} cannot be canceled any more: {state}")
        }
        Line::NothingToFetch { id, state } => format!("{id} has no file to fetch: {state}"),
        Line::NothingToSettle { id, state } => format!("{id} is not in doubt: {state}"),
        Line::StillThere { id } => format!("{id} did not change; lian task show {id} tells more"),
        Line::Held { id } => format!("{id} is held in line and goes on only when it is let go"),
        Line::NotOfAccount(given) => format!(
            "the account has no task {given} of the last 24 hours that is not here; \
             lian task list --account shows them"
        ),
        Line::NoTasks => return "no task; lian video create makes one".into(),
        Line::NoStrangers => return "every task of the last 24 hours is here".into(),
        Line::HowToAdopt => return "lian task adopt ID takes one over, --all takes all".into(),
        Line::Watching { count } => {
            format!("{} under way; SIGTERM or Ctrl-C ends the watch, not the tasks", tasks(count))
        }
        Line::Key => return "key".into(),
        Line::Removed => return "removed".into(),
    })
}

fn zh_cn(line: Line<'_>) -> Cow<'static, str> {
    Cow::Owned(match line {
        Line::NoModel { model, makes: Makes::Video, others } => {
            format!("不知道 {model} 如何生成视频；可用模型：{others}")
        }
        Line::NoModel { model, makes: Makes::Image, others } => {
            format!("不知道 {model} 如何生成图片；可用模型：{others}")
        }
        Line::Makes { model, makes: Makes::Video } => {
            format!("{model} 生成的是视频：lian video create -m {model}")
        }
        Line::Makes { model, makes: Makes::Image } => {
            format!("{model} 生成的是图片：lian image create -m {model}")
        }
        Line::Takes(fields) => format!("该模型接受 {fields}；都可以用 --set 名称=值 设置"),
        Line::NotPair(given) => format!("--set 的写法是 名称=值，而不是 {given}"),
        Line::NoPrompts(file) => format!("{file} 里没有提示词：每行一条"),
        Line::PriceOfAll { count, cost: Some(cost) } => format!("{count} 个任务，共约 {cost}"),
        Line::PriceOfAll { count, cost: None } => format!("{count} 个任务，价格未知"),
        Line::Sent { id } => format!("已提交：{id}"),
        Line::InLine { count } => {
            format!("{count} 个任务在排队：有空位时由任何运行中的 lian 提交（lian task watch）")
        }
        Line::GoOn { ids } => format!("任务会继续运行；lian task wait {ids} 可等待其完成"),
        Line::Candidates { key, ids } => format!(
            "请求的回复丢失了，账号中的这些任务之一可能就是它：{ids}。请决定：\
             lian task settle {key} --is 编号，或 --again，或 --drop"
        ),
        Line::NoCandidate { key } => format!(
            "请求的回复丢失了，目前账号中没有与之相符的任务。不会自行重发；\
             lian task list --account 可再次查看，lian task settle {key} --again 重发，--drop 放弃"
        ),
        Line::OverBudget { reached, profile, left, of } => {
            let (_, name, key) = cap(reached.cap);
            let raise = key.map(|key| {
                format!("请提高预算（lian config set profiles.{profile}.budget.{key} 金额），或")
            });
            format!(
                "再花 {} 会超出{name}预算 {}（已用 {}）。{}{}加上 --yes 仍然提交。",
                reached.asked,
                reached.limit,
                reached.spent,
                unsent_zh(left, of),
                raise.unwrap_or_default()
            )
        }
        Line::Loop { times, left, of } => format!(
            "一分钟内已提交相同的任务 {times} 次，像是陷入了循环。{}确实需要时请加上 --yes。",
            unsent_zh(left, of)
        ),
        Line::NotTaken { left, of } => format!("{}没有产生费用。", unsent_zh(left, of)),
        Line::Late { ids } => {
            format!("等待时间已到，仍在进行：{ids}。可用 lian task wait 继续等待")
        }
        Line::NoTask(given) => format!("没有任务 {given}；lian task list --all 会列出全部任务"),
        Line::Several { given, ids } => format!("{given} 可能是 {ids} 中的任何一个：请多写几位"),
        Line::OtherProfile { id, profile } => {
            format!("{id} 属于配置 {profile}：请加上 -p {profile}")
        }
        Line::OtherPlace { id, origin } => {
            format!("{id} 提交到了 {origin}，与当前配置的地址不同")
        }
        Line::NothingToCancel { id, state } => format!("{id} 已不能取消：{state}"),
        Line::NothingToFetch { id, state } => format!("{id} 没有可下载的文件：{state}"),
        Line::NothingToSettle { id, state } => format!("{id} 没有需要决定的事：{state}"),
        Line::StillThere { id } => format!("{id} 没有变化；lian task show {id} 可查看详情"),
        Line::Held { id } => format!("{id} 在队列中被暂停，恢复后才会继续"),
        Line::NotOfAccount(given) => format!(
            "账号最近 24 小时内没有本机尚未收录的任务 {given}；lian task list --account 会列出它们"
        ),
        Line::NoTasks => return "还没有任务；用 lian video create 创建".into(),
        Line::NoStrangers => return "最近 24 小时的任务都已在本机".into(),
        Line::HowToAdopt => return "lian task adopt 编号 可接管一个，--all 接管全部".into(),
        Line::Watching { count } => {
            format!("{count} 个任务进行中；SIGTERM 或 Ctrl-C 只结束跟踪，不影响任务")
        }
        Line::Key => return "本机编号".into(),
        Line::Removed => return "已移除".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn a_limit_names_the_setting_that_raises_it_and_the_flag_that_goes_beyond() {
        let money = |text: &str| Money { amount: text.parse().unwrap(), currency: Currency::Cny };
        let reached =
            Reached { cap: Cap::Day, spent: money("1.5"), limit: money("2"), asked: money("3") };
        let line = Line::OverBudget { reached: &reached, profile: "dev", left: 2, of: 3 };
        assert_eq!(
            line.say(Language::En),
            "¥3.00 more would go beyond the limit of ¥2.00 for a day (¥1.50 spent). 2 of 3 tasks \
             were not sent. To go on, raise it (lian config set profiles.dev.budget.day AMOUNT) or \
             add --yes to send it all the same."
        );
        let said = line.say(Language::ZhCn);
        assert!(said.contains("profiles.dev.budget.day") && said.contains("--yes"), "{said}");
        let session = Reached { cap: Cap::Session, ..reached };
        let line = Line::OverBudget { reached: &session, profile: "dev", left: 1, of: 1 };
        assert!(!line.say(Language::En).contains("config set"), "a run has no setting");
    }
}
