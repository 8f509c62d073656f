//! What the meters say, in every language: names of limits, where a limit is from, whether a message
//! fits, tables. It refuses figures: they are given to it.

mod en;
mod zh_cn;

use std::time::Duration;

use super::Language;
use crate::domain::ledger::{Cap, Reached};
use crate::domain::meters::count::{By, LimitKind, Span};
use crate::domain::money::Money;
use crate::domain::notice::Throttle;
use crate::domain::settings::Figures;

/// Short texts of the meters.
#[derive(Debug, Clone, PartialEq)]
pub enum Meters<'a> {
    /// Title of the view.
    Title,
    /// The short name of a limit.
    Short(LimitKind),
    /// Its whole name.
    Long(LimitKind),
    /// The model's window.
    Context,
    /// So much is left of it.
    Left(u64),
    /// Input tokens from the cache, in hundredths.
    CacheHits(u64),
    /// What the cache saved.
    Saved(&'a str),
    /// How long a cache lives.
    CacheLife,
    /// Above the small chart.
    LastMinutes(usize),
    /// Only this machine is counted.
    ThisMachine,
    /// The same, at length.
    ThisMachineOnly,
    /// What a sum is of.
    Of(Sums),
    /// A limit is unknown.
    NoLimit,
    /// The user's own setting.
    OwnSetting,
    /// A refusal so long ago.
    LearnedAgo(Duration),
    /// The service said so, so long ago.
    ServiceAgo(Duration),
    /// A row of the catalog.
    Listed(Figures, &'a str),
    /// The service does not tell its limits.
    NotServed,
    /// Where the limits are from.
    LimitsFrom(&'a str),
    /// Why the service made it wait.
    Throttled(Throttle),
    /// A slice of seconds: used, of how many, in how many seconds.
    Slice(u64, u64, u64),
    /// A message fits now.
    FitsNow,
    /// It fits after so many seconds.
    FitsIn(u64, LimitKind),
    /// It fits when a task ends.
    FitsWhenOneEnds,
    /// It is held for so many seconds.
    GoesIn(u64, LimitKind),
    /// What it costs at least, or about.
    Cost(Money, bool),
    /// Its tokens.
    Tokens(u64),
    /// The heading of limits.
    Limits,
    /// The heading of the charts of an hour.
    Hour,
    /// Requests, below a chart.
    Requests,
    /// Tokens, below a chart.
    TokensWord,
    /// The highest bar.
    Peak(&'a str),
    /// Money by day.
    ByDay,
    /// The table's rows.
    By(By),
    /// The table's span.
    Span(Span),
    /// Heads of the table's columns.
    Head(Head),
    /// Nothing was used.
    Nothing,
    /// The heading of money.
    Money,
    /// The table has not come.
    Reading,
    /// Without a price.
    NoPrice(u64),
    /// Guessed.
    Guessed(u64),
    /// The heading of prices.
    Prices,
    /// Nobody knows a price.
    NoPriceKnown,
    /// It may be out of date.
    Old,
    /// The same in a word.
    OldShort,
    /// The heading of the free quota.
    Free,
    /// So many tokens were used here in all.
    FreeUsed(u64),
    /// What is known of free quotas.
    FreeUnknown,
    /// A key of the footer.
    Hint(Hint),
    /// The title of a question.
    AskTitle,
    /// Beyond a limit of the budget.
    AskBudget(&'a Reached),
    /// The same again and again.
    AskLoop(u32),
    /// Leave it.
    Leave,
    /// Send it, once yes is typed.
    SendTyped,
    /// Send it.
    Send,
    /// First tokens: half, and nineteen of twenty.
    FirstTokens(Duration, Option<Duration>),
    /// Tokens a second, in hundredths.
    Speed(u64),
    /// What an answer costs on the average.
    AnAnswer(Money),
    /// From so many answers.
    FromAnswers(u32),
    /// What is left of a limit.
    Headroom(u64, u64, LimitKind),
    /// Above the user's own figures.
    Own,
}

/// Sums of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sums {
    /// Today.
    Day,
    /// This month.
    Month,
    /// This program.
    Session,
    /// The conversation.
    Conversation,
}

/// Heads of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// Requests.
    Requests,
    /// Input tokens.
    Input,
    /// Output tokens.
    Output,
    /// Cached tokens.
    Cached,
    /// Money.
    Money,
}

/// Keys of the footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Another table.
    By,
    /// Another span.
    Span,
    /// Ask the service.
    Ask,
    /// Scroll.
    Scroll,
    /// Choose.
    Choose,
}

/// What the actions do, in Chinese.
pub(super) fn action_zh(name: &str) -> Option<&'static str> {
    Some(match name {
        "meters" => "用量、花费与当前限额",
        "meters_by" => "按模型、日期、配置或花费最多的对话汇总",
        "meters_span" => "汇总今天、本月或全部",
        "meters_ask" => "再向服务查询限额",
        _ => return None,
    })
}

/// A count in few letters: `12`, `9.1K`, `131K`, `1.5M`.
#[must_use]
pub fn short(count: u64) -> String {
    let tenths = |unit: u64, letter: char| {
        let tenths = count / (unit / 10);
        match (tenths / 10, tenths % 10) {
            (whole, 0) => format!("{whole}{letter}"),
            (whole @ 0..100, part) => format!("{whole}.{part}{letter}"),
            (whole, _) => format!("{whole}{letter}"),
        }
    };
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => tenths(1_000, 'K'),
        1_000_000..1_000_000_000 => tenths(1_000_000, 'M'),
        _ => tenths(1_000_000_000, 'B'),
    }
}

/// A while in few letters: `58s`, `12m`, `9h58`, `3d`.
#[must_use]
pub fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h{:02}", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// The same in Chinese words.
fn span_zh(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} 秒"),
        60..3_600 => format!("{} 分钟", seconds / 60),
        3_600..86_400 => format!("{} 小时", seconds / 3_600),
        _ => format!("{} 天", seconds / 86_400),
    }
}

/// Amounts of several currencies in a row; empty where there is none.
#[must_use]
pub fn amounts(money: &[Money]) -> String {
    money.iter().map(Money::to_string).collect::<Vec<_>>().join(" + ")
}

const fn cap_en(cap: Cap) -> &'static str {
    match cap {
        Cap::Session => "in this session",
        Cap::Day => "today",
        Cap::Month => "this month",
    }
}

const fn cap_zh(cap: Cap) -> &'static str {
    match cap {
        Cap::Session => "本次运行",
        Cap::Day => "今天",
        Cap::Month => "本月",
    }
}

const fn kind(kind: LimitKind, language: Language) -> &'static str {
    match (kind, language) {
        (LimitKind::Requests, _) => "RPM",
        (LimitKind::Tokens, _) => "TPM",
        (LimitKind::DayTokens, _) => "TPD",
        (LimitKind::Running, Language::En) => "tasks",
        (LimitKind::Running, Language::ZhCn) => "任务",
    }
}

const fn set(figures: Figures) -> &'static str {
    match figures {
        Figures::Documented => "documented",
        Figures::Seed => "seed",
    }
}

/// Hundredths with one decimal below ten: `4.2`, `58`.
fn hundredths(number: u64) -> String {
    if number < 1_000 {
        format!("{}.{}", number / 100, number % 100 / 10)
    } else {
        (number / 100).to_string()
    }
}

impl Meters<'_> {
    /// Says it.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_spans_are_short() {
        for (count, said) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1K"),
            (9_150, "9.1K"),
            (131_072, "131K"),
            (200_000, "200K"),
            (1_500_000, "1.5M"),
            (5_000_000_000, "5B"),
        ] {
            assert_eq!(short(count), said);
        }
        let said = |seconds| span(Duration::from_secs(seconds));
        assert_eq!([said(7), said(125), said(35_900), said(200_000)], ["7s", "2m", "9h58", "2d"]);
        assert_eq!((hundredths(420), hundredths(5_830)), ("4.2".into(), "58".into()));
    }
}
