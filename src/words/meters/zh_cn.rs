//! What the meters say in Chinese. It refuses figures: they are given to it.

use super::{Head, Hint, Meters, Sums, cap_zh, hundredths, kind, set, short, span_zh};
use crate::domain::ledger::Reached;
use crate::domain::meters::count::{By, LimitKind, Span};
use crate::domain::notice::Throttle;
use crate::domain::settings::Language;
use crate::words::{grouped, seconds};

impl Meters<'_> {
    pub(super) fn zh_cn(&self) -> String {
        let fixed = match self {
            Self::Short(of) => kind(*of, Language::ZhCn),
            Self::Cost(money, true) => return format!("≥ {money}"),
            Self::Cost(money, false) => return format!("≈ {money}"),
            Self::Tokens(tokens) => return format!("{} tok", grouped(*tokens)),
            Self::Title => "用量与限额",
            Self::Long(of) => long(*of),
            Self::Context => "上下文",
            Self::Left(tokens) => return format!("剩 {}", short(*tokens)),
            Self::CacheHits(percent) => return format!("缓存 {percent}%"),
            Self::Saved(money) => return format!("省 {money}"),
            Self::CacheLife => "自动缓存没有公布固定的有效期，无法倒计时",
            Self::LastMinutes(minutes) => return format!("{minutes} 分钟"),
            Self::ThisMachine => "仅统计本机",
            Self::ThisMachineOnly => "只统计本机所有 lian 的用量；限额由整个账户共用。",
            Self::Of(of) => sum(*of),
            Self::NoLimit => "限额未知",
            Self::OwnSetting => "自己的设置",
            Self::LearnedAgo(ago) => return format!("{}前的 429 得知", span_zh(*ago)),
            Self::ServiceAgo(ago) => return format!("{}前由服务告知", span_zh(*ago)),
            Self::Listed(figures, as_of) => return format!("{} {as_of}", set(*figures)),
            Self::NotServed => "服务不提供限额查询",
            Self::LimitsFrom(source) => return format!("限额：{source}"),
            Self::Throttled(of) => throttled(*of),
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
            Self::By(of) => by(*of),
            Self::Span(of) => span_of(*of),
            Self::Head(of) => head(*of),
            Self::Nothing => "没有用量",
            Self::Money => "花费",
            Self::Reading => "正在汇总…",
            Self::NoPrice(count) => return format!("{count} 个没有价格"),
            Self::Guessed(count) => return format!("{count} 个为估算"),
            Self::Prices => "价格",
            Self::NoPriceKnown => "没有价格：只统计 Token，不统计花费",
            Self::Old => "超过半年，可能已变",
            Self::OldShort => "（较旧）",
            Self::Free => "免费额度",
            Self::FreeUsed(tokens) => {
                return format!("本机共用了此模型 {} Token", grouped(*tokens));
            }
            Self::FreeUnknown => "账户还剩多少、何时到期只能在控制台查看；用完后照常计费",
            Self::Hint(of) => hint(*of),
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
                let most = most.map(|most| format!("，95% 在 {} 秒内", seconds(most)));
                let half = seconds(*half);
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

const fn long(of: LimitKind) -> &'static str {
    match of {
        LimitKind::Requests => "每分钟请求数",
        LimitKind::Tokens => "每分钟 Token",
        LimitKind::DayTokens => "今日 Token",
        LimitKind::Running => "并发任务",
    }
}

const fn throttled(of: Throttle) -> &'static str {
    match of {
        Throttle::Requests => "每分钟请求数",
        Throttle::Burst => "增长过快",
        Throttle::Tokens => "每分钟 Token",
        Throttle::Concurrency => "并发过多",
        Throttle::Capacity => "服务繁忙",
        Throttle::Generic => "限流",
    }
}

const fn sum(of: Sums) -> &'static str {
    match of {
        Sums::Day => "今日",
        Sums::Month => "本月",
        Sums::Session => "本次",
        Sums::Conversation => "对话",
    }
}

const fn by(of: By) -> &'static str {
    match of {
        By::Model => "按模型",
        By::Day => "按日期",
        By::Profile => "按配置",
        By::Subject => "花费最多",
    }
}

const fn span_of(of: Span) -> &'static str {
    match of {
        Span::Today => "今天",
        Span::Month => "本月",
        Span::All => "全部",
    }
}

const fn head(of: Head) -> &'static str {
    match of {
        Head::Requests => "请求",
        Head::Input => "输入",
        Head::Output => "输出",
        Head::Cached => "缓存",
        Head::Money => "花费",
    }
}

const fn hint(of: Hint) -> &'static str {
    match of {
        Hint::By => "换分组",
        Hint::Span => "换时段",
        Hint::Ask => "查询限额",
        Hint::Scroll => "滚动",
        Hint::Choose => "选择",
    }
}
