//! What `lian usage` says, in every language: heads of its columns and what stands below. It
//! refuses numbers; they are arguments.

use std::borrow::Cow;

use super::Language;
use crate::domain::ledger::{Cap, Spending};

/// Words of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage<'a> {
    /// Head of the models.
    Model,
    /// Head of the days.
    Day,
    /// Head of the profiles.
    Profile,
    /// Head of conversations and tasks.
    Subject,
    /// Head of the requests.
    Requests,
    /// Head of the refused ones.
    Failed,
    /// Head of the input tokens.
    Input,
    /// Head of the output tokens.
    Output,
    /// Head of the tokens from the cache.
    Cached,
    /// Head of the money.
    Money,
    /// Head of what the cache saved.
    Saved,
    /// Head of the age of prices.
    AsOf,
    /// The last row.
    Total,
    /// No price is known.
    NoPrice,
    /// Nothing was used.
    Nothing,
    /// Some figures are guesses.
    Estimated(u64),
    /// Some requests have no price.
    Unpriced(u64),
    /// Prices are old.
    Stale {
        /// The oldest, year-month or year-month-day.
        as_of: &'a str,
        /// Days since.
        days: i64,
    },
    /// How far a limit is used.
    Limit {
        /// Which.
        cap: Cap,
        /// Spent.
        spent: &'a str,
        /// The limit.
        limit: &'a str,
    },
    /// It is of this machine alone.
    ThisMachine,
    /// Head of the first day.
    Since,
    /// Head of the days left.
    Left,
    /// At most so many days are left of the free quota.
    AtMost(i64),
    /// It is over by now.
    Over,
    /// What the free quota is.
    Free,
    /// Requests that belong to no conversation and no task.
    Kind(Spending),
}

impl Usage<'_> {
    /// Says it.
    #[must_use]
    pub fn say(&self, language: Language) -> Cow<'static, str> {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    fn en(&self) -> Cow<'static, str> {
        match self {
            Self::Model => "Model".into(),
            Self::Day => "Day".into(),
            Self::Profile => "Profile".into(),
            Self::Subject => "What for".into(),
            Self::Requests => "Requests".into(),
            Self::Failed => "Failed".into(),
            Self::Input => "In".into(),
            Self::Output => "Out".into(),
            Self::Cached => "Cached".into(),
            Self::Money => "Money".into(),
            Self::Saved => "Saved".into(),
            Self::AsOf => "Prices of".into(),
            Self::Total => "Total".into(),
            Self::NoPrice => "no price".into(),
            Self::Nothing => "Nothing was used.".into(),
            Self::Estimated(1) => "~ one request is estimated: the service did not say what it used, or it is under way.".into(),
            Self::Estimated(n) => format!("~ {n} requests are estimated: the service did not say what they used, or they are under way.").into(),
            Self::Unpriced(1) => "* one request has no known price, so its money is missing; a prices.toml of your own can add one.".into(),
            Self::Unpriced(n) => format!("* {n} requests have no known price, so their money is missing; a prices.toml of your own can add one.").into(),
            Self::Stale { as_of, days } => format!("! prices of {as_of} are {days} days old; check them in the console.").into(),
            Self::Limit { cap, spent, limit } => {
                format!("Budget {}: {spent} of {limit}.", super::budget::cap(Language::En, *cap)).into()
            }
            Self::ThisMachine => "Of this machine only; days begin at midnight in Beijing.".into(),
            Self::Since => "Since".into(),
            Self::Left => "Free quota".into(),
            Self::AtMost(1) => "1 day left at most".into(),
            Self::AtMost(days) => format!("{days} days left at most").into(),
            Self::Over => "over".into(),
            Self::Free => "A free quota is granted once for a model, at its first activation, in mainland regions, for 30 to 90 days; how much of it is left only the console tells. What comes after it is billed unless the console is set to stop.".into(),
            Self::Kind(Spending::Chat) => "questions (lian chat)".into(),
            Self::Kind(Spending::Task) => "tasks".into(),
            Self::Kind(Spending::Speech) => "speech".into(),
            Self::Kind(Spending::Embedding) => "vectors (lian embed)".into(),
        }
    }

    fn zh_cn(&self) -> Cow<'static, str> {
        match self {
            Self::Model => "模型".into(),
            Self::Day => "日期".into(),
            Self::Profile => "配置".into(),
            Self::Subject => "用途".into(),
            Self::Requests => "请求".into(),
            Self::Failed => "失败".into(),
            Self::Input => "输入".into(),
            Self::Output => "输出".into(),
            Self::Cached => "缓存".into(),
            Self::Money => "金额".into(),
            Self::Saved => "节省".into(),
            Self::AsOf => "价格日期".into(),
            Self::Total => "合计".into(),
            Self::NoPrice => "无价格".into(),
            Self::Nothing => "没有用量。".into(),
            Self::Estimated(n) => format!("~ {n} 个请求是估算值：服务方没有给出用量，或请求仍在进行。").into(),
            Self::Unpriced(n) => format!("* {n} 个请求没有已知价格，金额未计入；可用自己的 prices.toml 补充。").into(),
            Self::Stale { as_of, days } => format!("! {as_of} 的价格已过 {days} 天，请到控制台核对。").into(),
            Self::Limit { cap, spent, limit } => {
                format!("{}预算：已用 {spent}，上限 {limit}。", super::budget::cap(Language::ZhCn, *cap)).into()
            }
            Self::ThisMachine => "仅统计本机；每天从北京时间零点开始。".into(),
            Self::Since => "首次使用".into(),
            Self::Left => "免费额度".into(),
            Self::AtMost(days) => format!("最多剩 {days} 天").into(),
            Self::Over => "已过期".into(),
            Self::Free => "每个模型首次开通时赠送一次免费额度，仅限中国内地地域，有效期 30 至 90 天；剩余多少只有控制台知道。用完后会继续计费，除非在控制台设置用完即停。".into(),
            Self::Kind(Spending::Chat) => "提问（lian chat）".into(),
            Self::Kind(Spending::Task) => "任务".into(),
            Self::Kind(Spending::Speech) => "朗读".into(),
            Self::Kind(Spending::Embedding) => "向量（lian embed）".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_everything_in_their_own_words() {
        let mut all = vec![
            Usage::Model,
            Usage::Day,
            Usage::Profile,
            Usage::Subject,
            Usage::Requests,
            Usage::Failed,
            Usage::Input,
            Usage::Output,
            Usage::Cached,
            Usage::Money,
            Usage::Saved,
            Usage::AsOf,
            Usage::Total,
            Usage::NoPrice,
            Usage::Nothing,
            Usage::Estimated(1),
            Usage::Estimated(2),
            Usage::Unpriced(1),
            Usage::Unpriced(2),
            Usage::Stale { as_of: "2026-05", days: 99 },
            Usage::ThisMachine,
            Usage::Since,
            Usage::Left,
            Usage::AtMost(1),
            Usage::AtMost(9),
            Usage::Over,
            Usage::Free,
        ];
        all.extend(Spending::ALL.map(Usage::Kind));
        all.extend(Cap::ALL.map(|cap| Usage::Limit { cap, spent: "¥1.00", limit: "¥2.00" }));
        let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for words in all {
            let (en, zh) = (words.say(Language::En), words.say(Language::ZhCn));
            assert!(!en.is_empty() && !en.contains(chinese), "{en}");
            assert!(zh.contains(chinese), "{zh}");
        }
    }
}
