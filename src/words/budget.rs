//! What is said of the budget, in every language: which limit, how much of it is used, what to do.
//! It refuses to round an amount up or down to look better than it is.

use super::{Language, Told, told};
use crate::domain::ledger::{Cap, Reached};
use crate::domain::notice::BudgetNotice;

/// Says what there is to say of the budget.
#[must_use]
pub fn tell(language: Language, notice: &BudgetNotice) -> Told {
    match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    }
}

/// What a limit is called.
#[must_use]
pub const fn cap(language: Language, cap: Cap) -> &'static str {
    match (language, cap) {
        (Language::En, Cap::Session) => "of this session",
        (Language::En, Cap::Day) => "of the day",
        (Language::En, Cap::Month) => "of the month",
        (Language::ZhCn, Cap::Session) => "本次运行",
        (Language::ZhCn, Cap::Day) => "今日",
        (Language::ZhCn, Cap::Month) => "本月",
    }
}

/// When a limit is free again.
const fn until(language: Language, cap: Cap) -> &'static str {
    match (language, cap) {
        (Language::En, Cap::Session) => "start lian again",
        (Language::En, Cap::Day) => "wait for midnight in Beijing",
        (Language::En, Cap::Month) => "wait for the first of the month in Beijing",
        (Language::ZhCn, Cap::Session) => "重新启动 lian",
        (Language::ZhCn, Cap::Day) => "等到北京时间零点",
        (Language::ZhCn, Cap::Month) => "等到北京时间下月一日",
    }
}

fn en(notice: &BudgetNotice) -> Told {
    match notice {
        BudgetNotice::Over(reached) => {
            let Reached { cap: which, spent, limit, asked } = **reached;
            let this = if asked.amount.is_zero() {
                String::new()
            } else {
                format!(", and this may cost {asked}")
            };
            told(
                format!(
                    "The budget {} is reached: {spent} of {limit} are used{this}. Nothing was sent.",
                    cap(Language::En, which)
                ),
                format!(
                    "Raise it in [budget], or {}; --over-budget goes beyond it once.",
                    until(Language::En, which)
                ),
            )
        }
        BudgetNotice::Loop { times } => told(
            format!(
                "The same request was sent {times} times within a minute, which looks like a loop. Nothing was sent."
            ),
            "Wait a minute, or set budget.loop_after; --over-budget sends it all the same.",
        ),
        BudgetNotice::Near(reached) => told(
            format!(
                "The budget {} is nearly used: {} of {}.",
                cap(Language::En, reached.cap),
                reached.spent,
                reached.limit
            ),
            "`lian usage` tells what for.",
        ),
        BudgetNotice::Uncounted => told(
            "The ledger cannot be written: what this costs is not counted.",
            "No limit is set, so it is sent all the same; with one it would not be.",
        ),
    }
}

fn zh_cn(notice: &BudgetNotice) -> Told {
    match notice {
        BudgetNotice::Over(reached) => {
            let Reached { cap: which, spent, limit, asked } = **reached;
            let this = if asked.amount.is_zero() {
                String::new()
            } else {
                format!("，而这次请求可能花费 {asked}")
            };
            told(
                format!(
                    "{}预算已到：已用 {spent}，上限 {limit}{this}。请求没有发出。",
                    cap(Language::ZhCn, which)
                ),
                format!(
                    "请在 [budget] 中调高上限，或{}；--over-budget 可超出一次。",
                    until(Language::ZhCn, which)
                ),
            )
        }
        BudgetNotice::Loop { times } => told(
            format!("一分钟内同一请求已发送 {times} 次，像是死循环。请求没有发出。"),
            "请等一分钟，或设置 budget.loop_after；--over-budget 仍可发送。",
        ),
        BudgetNotice::Near(reached) => told(
            format!(
                "{}预算快用完了：已用 {}，上限 {}。",
                cap(Language::ZhCn, reached.cap),
                reached.spent,
                reached.limit
            ),
            "`lian usage` 会列出花在了哪里。",
        ),
        BudgetNotice::Uncounted => told(
            "账本无法写入：这次的花费没有记账。",
            "没有设置上限，所以仍会发送；设了上限就不会发送。",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::{Currency, Money};

    #[test]
    fn a_reached_limit_names_itself_what_is_used_and_what_was_asked() {
        let yuan = |text: &str| Money { amount: text.parse().unwrap(), currency: Currency::Cny };
        let (spent, limit, asked) = (yuan("19.9"), yuan("20"), yuan("0.25"));
        let reached = Reached { cap: Cap::Day, spent, limit, asked };
        for language in [Language::En, Language::ZhCn] {
            let told = tell(language, &BudgetNotice::Over(Box::new(reached)));
            for part in [cap(language, Cap::Day), "¥19.90", "¥20.00", "¥0.25"] {
                assert!(told.sentence.contains(part), "{part}: {}", told.sentence);
            }
            assert!(told.next.contains("--over-budget"), "{}", told.next);
            let used_up = Reached { asked: yuan("0"), ..reached };
            let told = tell(language, &BudgetNotice::Over(Box::new(used_up)));
            assert!(!told.sentence.contains("¥0.00"), "{}", told.sentence);
        }
    }
}
