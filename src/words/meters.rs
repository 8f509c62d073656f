//! What the meters say, in every language: names of limits, where a limit is from, whether a message
//! fits, tables. It refuses figures: they are given to it.

use std::time::Duration;

use super::{Language, Told, grouped, told};
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

/// A limit of the budget is near.
pub(super) fn near(
    language: Language,
    reached: &Reached,
) -> (std::borrow::Cow<'static, str>, std::borrow::Cow<'static, str>) {
    let Reached { spent, limit, cap, .. } = reached;
    let Told { sentence, next } = match language {
        Language::En => told(
            format!("{spent} of {limit} are spent {}.", cap_en(*cap)),
            "At the limit nothing more is sent unless you say so; the limits are in [profiles.NAME.budget].",
        ),
        Language::ZhCn => told(
            format!("{}已花费 {spent}，预算 {limit}。", cap_zh(*cap)),
            "到达预算后，未经你确认不再发送；预算在 [profiles.NAME.budget] 里设置。",
        ),
    };
    (sentence, next)
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

    fn en(&self) -> String {
        let fixed = match self {
            Self::Short(of) => kind(*of, Language::En),
            Self::Cost(money, true) => return format!("≥ {money}"),
            Self::Cost(money, false) => return format!("≈ {money}"),
            Self::Tokens(tokens) => return format!("{} tok", grouped(*tokens)),
            Self::Title => "Use and limits",
            Self::Long(LimitKind::Requests) => "requests a minute",
            Self::Long(LimitKind::Tokens) => "tokens a minute",
            Self::Long(LimitKind::DayTokens) => "tokens today",
            Self::Long(LimitKind::Running) => "tasks at once",
            Self::Context => "ctx",
            Self::Left(tokens) => return format!("{} left", short(*tokens)),
            Self::CacheHits(percent) => return format!("cache {percent} %"),
            Self::Saved(money) => return format!("{money} saved"),
            Self::CacheLife => {
                "no fixed lifetime is documented for the automatic cache: there is nothing to count down"
            }
            Self::LastMinutes(minutes) => return format!("{minutes} min"),
            Self::ThisMachine => "this machine only",
            Self::ThisMachineOnly => {
                "Counted on this machine only, over all lian; the limits hold for the whole account."
            }
            Self::Of(Sums::Day) => "today",
            Self::Of(Sums::Month) => "month",
            Self::Of(Sums::Session) => "session",
            Self::Of(Sums::Conversation) => "conversation",
            Self::NoLimit => "no limit is known",
            Self::OwnSetting => "own setting",
            Self::LearnedAgo(ago) => return format!("learned from a 429, {} ago", span(*ago)),
            Self::ServiceAgo(ago) => return format!("told by the service, {} ago", span(*ago)),
            Self::Listed(figures, as_of) => return format!("{} {as_of}", set(*figures)),
            Self::NotServed => "the service does not tell its limits",
            Self::LimitsFrom(source) => return format!("limits: {source}"),
            Self::Throttled(Throttle::Requests) => "requests a minute",
            Self::Throttled(Throttle::Burst) => "too sudden a rush",
            Self::Throttled(Throttle::Tokens) => "tokens a minute",
            Self::Throttled(Throttle::Concurrency) => "too many at once",
            Self::Throttled(Throttle::Capacity) => "the service is full",
            Self::Throttled(Throttle::Generic) => "throttled",
            Self::Slice(used, most, seconds) => return format!("{used}/{most} in {seconds} s"),
            Self::FitsNow => "fits now",
            Self::FitsIn(seconds, of) => {
                return format!("fits in {seconds} s ({})", kind(*of, Language::En));
            }
            Self::FitsWhenOneEnds => "fits when a task ends",
            Self::GoesIn(seconds, of) => {
                return format!("goes out in {seconds} s ({})", kind(*of, Language::En));
            }
            Self::Limits => "Limits",
            Self::Hour => "Last hour, by minute",
            Self::Requests => "requests",
            Self::TokensWord => "tokens",
            Self::Peak(most) => return format!("most {most}"),
            Self::ByDay => "Money by day, this month",
            Self::By(By::Model) => "by model",
            Self::By(By::Day) => "by day",
            Self::By(By::Profile) => "by profile",
            Self::By(By::Subject) => "what cost most",
            Self::Span(Span::Today) => "today",
            Self::Span(Span::Month) => "this month",
            Self::Span(Span::All) => "all",
            Self::Head(Head::Requests) => "requests",
            Self::Head(Head::Input) => "in",
            Self::Head(Head::Output) => "out",
            Self::Head(Head::Cached) => "cached",
            Self::Head(Head::Money) => "money",
            Self::Nothing => "nothing was used",
            Self::Money => "Money",
            Self::Reading => "adding up …",
            Self::NoPrice(count) => return format!("{count} without a price"),
            Self::Guessed(count) => return format!("{count} estimated"),
            Self::Prices => "Price",
            Self::NoPriceKnown => "nobody knows a price: tokens are counted, money is not",
            Self::Old => "older than half a year: it may have changed",
            Self::Free => "Free quota",
            Self::FreeUsed(tokens) => {
                return format!("{} tokens of this model used here in all", grouped(*tokens));
            }
            Self::FreeUnknown => {
                "what the account has left and until when is only in the console; after it, use is billed"
            }
            Self::Hint(Hint::By) => "other rows",
            Self::Hint(Hint::Span) => "other span",
            Self::Hint(Hint::Ask) => "ask for limits",
            Self::Hint(Hint::Scroll) => "scroll",
            Self::Hint(Hint::Choose) => "choose",
            Self::AskTitle => "Not sent",
            Self::AskBudget(reached) => {
                let Reached { cap, spent, limit, asked } = reached;
                return format!(
                    "An answer for about {asked} would go beyond the limit of {limit} ({spent} spent {}). Type yes to send it all the same.",
                    cap_en(*cap)
                );
            }
            Self::AskLoop(times) => {
                return format!(
                    "The same was sent {times} times within a minute: that looks like a loop."
                );
            }
            Self::Leave => "Leave it in the composer",
            Self::SendTyped => "Type yes, then Enter: send it once, beyond the limit",
            Self::Send => "Send it all the same",
            Self::FirstTokens(half, most) => {
                let most = most.map(|most| format!(", 95 % within {} s", super::seconds(most)));
                let half = super::seconds(*half);
                return format!("first token {half} s{}", most.unwrap_or_default());
            }
            Self::Speed(speed) => return format!("{} tok/s", hundredths(*speed)),
            Self::AnAnswer(money) => return format!("{money} an answer"),
            Self::FromAnswers(count) => return format!("{count} answers"),
            Self::Headroom(left, limit, of) => {
                let of = kind(*of, Language::En);
                return format!("{} of {} {of} free", short(*left), short(*limit));
            }
            Self::Own => "Your own figures",
        };
        fixed.to_owned()
    }

    fn zh_cn(&self) -> String {
        let fixed = match self {
            Self::Short(of) => kind(*of, Language::ZhCn),
            Self::Cost(money, true) => return format!("≥ {money}"),
            Self::Cost(money, false) => return format!("≈ {money}"),
            Self::Tokens(tokens) => return format!("{} tok", grouped(*tokens)),
            Self::Title => "用量与限额",
            Self::Long(LimitKind::Requests) => "每分钟请求数",
            Self::Long(LimitKind::Tokens) => "每分钟 Token",
            Self::Long(LimitKind::DayTokens) => "今日 Token",
            Self::Long(LimitKind::Running) => "并发任务",
            Self::Context => "上下文",
            Self::Left(tokens) => return format!("剩 {}", short(*tokens)),
            Self::CacheHits(percent) => return format!("缓存 {percent}%"),
            Self::Saved(money) => return format!("省 {money}"),
            Self::CacheLife => "自动缓存没有公布固定的有效期，无法倒计时",
            Self::LastMinutes(minutes) => return format!("{minutes} 分钟"),
            Self::ThisMachine => "仅统计本机",
            Self::ThisMachineOnly => "只统计本机所有 lian 的用量；限额由整个账户共用。",
            Self::Of(Sums::Day) => "今日",
            Self::Of(Sums::Month) => "本月",
            Self::Of(Sums::Session) => "本次",
            Self::Of(Sums::Conversation) => "对话",
            Self::NoLimit => "限额未知",
            Self::OwnSetting => "自己的设置",
            Self::LearnedAgo(ago) => return format!("{}前的 429 得知", span_zh(*ago)),
            Self::ServiceAgo(ago) => return format!("{}前由服务告知", span_zh(*ago)),
            Self::Listed(figures, as_of) => return format!("{} {as_of}", set(*figures)),
            Self::NotServed => "服务不提供限额查询",
            Self::LimitsFrom(source) => return format!("限额：{source}"),
            Self::Throttled(Throttle::Requests) => "每分钟请求数",
            Self::Throttled(Throttle::Burst) => "增长过快",
            Self::Throttled(Throttle::Tokens) => "每分钟 Token",
            Self::Throttled(Throttle::Concurrency) => "并发过多",
            Self::Throttled(Throttle::Capacity) => "服务繁忙",
            Self::Throttled(Throttle::Generic) => "限流",
            Self::Slice(used, most, seconds) => return format!("{seconds} 秒内 {used}/{most}"),
            Self::FitsNow => "可立即发送",
            Self::FitsIn(seconds, of) => {
                return format!("{seconds} 秒后可发（{}）", kind(*of, Language::ZhCn));
            }
            Self::FitsWhenOneEnds => "等一个任务结束后可发",
            Self::GoesIn(seconds, of) => {
                return format!("{seconds} 秒后发出（{}）", kind(*of, Language::ZhCn));
            }
            Self::Limits => "限额",
            Self::Hour => "最近一小时，按分钟",
            Self::Requests => "请求",
            Self::TokensWord => "Token",
            Self::Peak(most) => return format!("最高 {most}"),
            Self::ByDay => "本月每日花费",
            Self::By(By::Model) => "按模型",
            Self::By(By::Day) => "按日期",
            Self::By(By::Profile) => "按配置",
            Self::By(By::Subject) => "花费最多",
            Self::Span(Span::Today) => "今天",
            Self::Span(Span::Month) => "本月",
            Self::Span(Span::All) => "全部",
            Self::Head(Head::Requests) => "请求",
            Self::Head(Head::Input) => "输入",
            Self::Head(Head::Output) => "输出",
            Self::Head(Head::Cached) => "缓存",
            Self::Head(Head::Money) => "花费",
            Self::Nothing => "没有用量",
            Self::Money => "花费",
            Self::Reading => "正在汇总…",
            Self::NoPrice(count) => return format!("{count} 个没有价格"),
            Self::Guessed(count) => return format!("{count} 个为估算"),
            Self::Prices => "价格",
            Self::NoPriceKnown => "没有价格：只统计 Token，不统计花费",
            Self::Old => "超过半年，可能已变",
            Self::Free => "免费额度",
            Self::FreeUsed(tokens) => {
                return format!("本机共用了此模型 {} Token", grouped(*tokens));
            }
            Self::FreeUnknown => "账户还剩多少、何时到期只能在控制台查看；用完后照常计费",
            Self::Hint(Hint::By) => "换分组",
            Self::Hint(Hint::Span) => "换时段",
            Self::Hint(Hint::Ask) => "查询限额",
            Self::Hint(Hint::Scroll) => "滚动",
            Self::Hint(Hint::Choose) => "选择",
            Self::AskTitle => "没有发送",
            Self::AskBudget(reached) => {
                let Reached { cap, spent, limit, asked } = reached;
                return format!(
                    "这个回答约 {asked}，会超出预算 {limit}（{}已花费 {spent}）。仍要发送请输入“是”。",
                    cap_zh(*cap)
                );
            }
            Self::AskLoop(times) => {
                return format!("一分钟内已发送 {times} 次相同的内容，像是死循环。");
            }
            Self::Leave => "留在输入框里",
            Self::SendTyped => "输入“是”再按 Enter：超出预算发送这一次",
            Self::Send => "仍然发送",
            Self::FirstTokens(half, most) => {
                let most = most.map(|most| format!("，95% 在 {} 秒内", super::seconds(most)));
                let half = super::seconds(*half);
                return format!("首字 {half} 秒{}", most.unwrap_or_default());
            }
            Self::Speed(speed) => return format!("{} tok/s", hundredths(*speed)),
            Self::AnAnswer(money) => return format!("每次回答 {money}"),
            Self::FromAnswers(count) => return format!("{count} 次回答"),
            Self::Headroom(left, limit, of) => {
                let of = kind(*of, Language::ZhCn);
                return format!("{of} 余 {}/{}", short(*left), short(*limit));
            }
            Self::Own => "自己的数据",
        };
        fixed.to_owned()
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
