//! What is said of making videos and pictures, in every language: what is wrong with a form, what
//! it will cost, how far a task is. It refuses to check or to price anything.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::{Language, grouped};
use crate::domain::jobs::{Fault, Free, Value};
use crate::domain::money::{Money, Unit};
use crate::domain::tasks::TaskStatus;

/// Texts about jobs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Jobs<'a> {
    /// What is wrong with a form.
    Fault(&'a Fault),
    /// What it will cost.
    Price {
        /// All of it.
        cost: Money,
        /// Of one second or picture.
        each: Money,
        /// How many of them.
        units: Decimal,
        /// Seconds or pictures.
        unit: Unit,
        /// The class of resolution.
        resolution: Option<&'a str>,
        /// What is given is billed on top.
        at_least: bool,
    },
    /// Nobody knows a price.
    NoPrice,
    /// How far a task is.
    Status(&'a TaskStatus),
}

impl Jobs<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> Cow<'static, str> {
        match (self, language) {
            (Self::Fault(fault), Language::En) => Cow::Owned(fault_en(fault)),
            (Self::Fault(fault), Language::ZhCn) => Cow::Owned(fault_zh(fault)),
            (Self::Price { cost, each, units, unit, resolution, at_least }, language) => {
                let of = of(language, units, unit, resolution);
                Cow::Owned(match (language, at_least) {
                    (Language::En, false) => format!("≈ {cost}: {of} at {each} each"),
                    (Language::En, true) => {
                        format!("at least {cost}: {of} at {each} each, and the given video")
                    }
                    (Language::ZhCn, false) => format!("约 {cost}：{of}，每{} {each}", one(unit)),
                    (Language::ZhCn, true) => {
                        format!("至少 {cost}：{of}，每{} {each}，输入视频另计", one(unit))
                    }
                })
            }
            (Self::NoPrice, Language::En) => "no price is known".into(),
            (Self::NoPrice, Language::ZhCn) => "价格未知".into(),
            (Self::Status(status), language) => self::status(status, language),
        }
    }
}

fn one(unit: Unit) -> &'static str {
    match unit {
        Unit::Image => "张",
        Unit::Second => "秒",
        Unit::MillionTokens | Unit::TenThousandCharacters | Unit::Call => "份",
    }
}

/// `5 s of 720p`, `2 pictures`.
fn of(language: Language, units: Decimal, unit: Unit, resolution: Option<&str>) -> String {
    let class = resolution.map(str::to_uppercase);
    match (language, unit) {
        (Language::En, Unit::Second) => {
            let class = class.map(|class| format!(" of {class}")).unwrap_or_default();
            format!("{units} s{class}")
        }
        (Language::En, Unit::Image) if units == Decimal::ONE => "1 picture".to_owned(),
        (Language::En, Unit::Image) => format!("{units} pictures"),
        (Language::ZhCn, Unit::Second) => {
            let class = class.map(|class| format!("{class} ")).unwrap_or_default();
            format!("{class}{units} 秒")
        }
        (Language::ZhCn, Unit::Image) => format!("{units} 张"),
        (_, Unit::MillionTokens | Unit::TenThousandCharacters | Unit::Call) => units.to_string(),
    }
}

fn status(status: &TaskStatus, language: Language) -> Cow<'static, str> {
    let (en, zh) = match status {
        TaskStatus::Pending => ("waiting", "排队中"),
        TaskStatus::Running => ("running", "生成中"),
        TaskStatus::Suspended => ("suspended", "已挂起"),
        TaskStatus::Succeeded => ("done", "已完成"),
        TaskStatus::Failed => ("failed", "失败"),
        TaskStatus::Canceled => ("canceled", "已取消"),
        TaskStatus::Unknown => ("not known to the service", "服务端查无此任务"),
        TaskStatus::Other(word) => return Cow::Owned(word.clone()),
    };
    match language {
        Language::En => en.into(),
        Language::ZhCn => zh.into(),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Whole(number) => number.to_string(),
        Value::Flag(true) => "on".to_owned(),
        Value::Flag(false) => "off".to_owned(),
        Value::Media(all) => all.len().to_string(),
    }
}

/// The limits of a size, joined.
fn limits(free: Free, words: [&str; 3], joint: &str) -> String {
    let [pixels, sides, shape] = words;
    let mut all = Vec::new();
    if let Some((min, max)) = free.area {
        all.push(format!("{} – {} {pixels}", grouped(min), grouped(max)));
    }
    if let Some((min, max)) = free.side {
        all.push(format!("{sides} {min} – {max}"));
    }
    if let Some(ratio) = free.ratio {
        all.push(format!("{shape} 1:{ratio} – {ratio}:1"));
    }
    all.join(joint)
}

fn sets(sets: &[Vec<String>], and: &str, or: &str) -> String {
    sets.iter().map(|set| set.join(and)).collect::<Vec<_>>().join(or)
}

fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

fn fault_en(fault: &Fault) -> String {
    match fault {
        Fault::NoField { field } => format!("This model has no {field}."),
        Fault::Missing { field } => format!("{field} must be given."),
        Fault::WrongKind { field } => format!("{field} holds a value of another kind."),
        Fault::TooLong { field, chars, max } => {
            let (chars, max) = (grouped(*chars), grouped(u64::from(*max)));
            format!("{field} has {chars} characters; the service cuts it off after {max}.")
        }
        Fault::NoChoice { field, given, choices } => {
            format!("{field} cannot be {given}; it is one of {}.", choices.join(", "))
        }
        Fault::NotWhole { field, given } => format!("{field} is a whole number, not {given}."),
        Fault::Range { field, min, max } => {
            format!("{field} is from {} to {}.", grouped(*min), grouped(*max))
        }
        Fault::NotFlag { field, given } => format!("{field} is on or off, not {given}."),
        Fault::NotSize { field, given } => {
            format!("{field} is a size such as 1280*720, not {given}.")
        }
        Fault::SizeRange { field, free } => {
            let limits = limits(*free, ["pixels in all", "sides", "shape"], ", ");
            format!("{field} is outside of its limits: {limits}.")
        }
        Fault::TooMany { field, most: 1 } => format!("{field} takes one file."),
        Fault::TooMany { field, most } => format!("{field} takes {most} files at most."),
        Fault::TooLarge { field, bytes, max } => {
            format!("{field} has {} MiB; it may have {}.", mib(*bytes), mib(*max))
        }
        Fault::Format { field, given, formats } if given.is_empty() => {
            format!("{field} has a name without a format; it reads {}.", formats.join(", "))
        }
        Fault::Format { field, given, formats } => {
            format!("{field} cannot be {given}; it reads {}.", formats.join(", "))
        }
        Fault::Combination { given, sets: all } if given.is_empty() => {
            format!("Files must be given: {}.", sets(all, " with ", ", or "))
        }
        Fault::Combination { given, sets: all } => format!(
            "{} do not go together; these do: {}.",
            given.join(" and "),
            sets(all, " with ", ", or ")
        ),
        Fault::Together { fields, min, max } => {
            format!("{} together are {min} to {max} files.", fields.join(" and "))
        }
        Fault::Needs { field, other, value: wanted } => {
            format!("{field} counts only while {other} is {}.", value(wanted))
        }
    }
}

fn fault_zh(fault: &Fault) -> String {
    match fault {
        Fault::NoField { field } => format!("该模型没有参数 {field}。"),
        Fault::Missing { field } => format!("缺少 {field}。"),
        Fault::WrongKind { field } => format!("{field} 的取值类型不对。"),
        Fault::TooLong { field, chars, max } => {
            let (chars, max) = (grouped(*chars), grouped(u64::from(*max)));
            format!("{field} 有 {chars} 个字符，服务端会截断到 {max} 个。")
        }
        Fault::NoChoice { field, given, choices } => {
            format!("{field} 不能是 {given}，可选：{}。", choices.join("、"))
        }
        Fault::NotWhole { field, given } => format!("{field} 应为整数，而不是 {given}。"),
        Fault::Range { field, min, max } => {
            format!("{field} 的范围是 {} 到 {}。", grouped(*min), grouped(*max))
        }
        Fault::NotFlag { field, given } => format!("{field} 应为开或关，而不是 {given}。"),
        Fault::NotSize { field, given } => {
            format!("{field} 应为 1280*720 这样的尺寸，而不是 {given}。")
        }
        Fault::SizeRange { field, free } => {
            let limits = limits(*free, ["总像素", "边长", "宽高比"], "，");
            format!("{field} 超出范围：{limits}。")
        }
        Fault::TooMany { field, most } => format!("{field} 最多 {most} 个文件。"),
        Fault::TooLarge { field, bytes, max } => {
            format!("{field} 有 {} MiB，上限为 {} MiB。", mib(*bytes), mib(*max))
        }
        Fault::Format { field, given, formats } if given.is_empty() => {
            format!("{field} 的文件名没有格式，支持：{}。", formats.join("、"))
        }
        Fault::Format { field, given, formats } => {
            format!("{field} 不支持 {given}，支持：{}。", formats.join("、"))
        }
        Fault::Combination { given, sets: all } if given.is_empty() => {
            format!("需要提供文件：{}。", sets(all, " + ", "，或 "))
        }
        Fault::Combination { given, sets: all } => {
            format!("{} 不能这样组合，可用：{}。", given.join(" + "), sets(all, " + ", "，或 "))
        }
        Fault::Together { fields, min, max } => {
            format!("{} 合计应为 {min} 到 {max} 个文件。", fields.join(" 和 "))
        }
        Fault::Needs { field, other, value: wanted } => {
            let wanted = match wanted {
                Value::Flag(true) => "开启".to_owned(),
                Value::Flag(false) => "关闭".to_owned(),
                Value::Text(_) | Value::Whole(_) | Value::Media(_) => value(wanted),
            };
            format!("{field} 仅在 {other} 为{wanted}时生效。")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn prices_and_faults_are_sentences_in_both_languages() {
        let yuan = |text: &str| Money { amount: text.parse().unwrap(), currency: Currency::Cny };
        let price = |unit, units: u64, resolution, at_least| Jobs::Price {
            cost: yuan("3"),
            each: yuan("0.6"),
            units: Decimal::from(units),
            unit,
            resolution,
            at_least,
        };
        let video = price(Unit::Second, 5, Some("720p"), false);
        assert_eq!(video.say(Language::En), "≈ ¥3.00: 5 s of 720P at ¥0.60 each");
        assert_eq!(video.say(Language::ZhCn), "约 ¥3.00：720P 5 秒，每秒 ¥0.60");
        let more = price(Unit::Second, 5, None, true).say(Language::En);
        assert_eq!(more, "at least ¥3.00: 5 s at ¥0.60 each, and the given video");
        assert_eq!(
            price(Unit::Image, 1, None, false).say(Language::En),
            "≈ ¥3.00: 1 picture at ¥0.60 each"
        );
        let fault = Fault::Needs {
            field: "shot_type".to_owned(),
            other: "prompt_extend".to_owned(),
            value: Value::Flag(true),
        };
        let said = Jobs::Fault(&fault);
        assert_eq!(said.say(Language::En), "shot_type counts only while prompt_extend is on.");
        assert_eq!(said.say(Language::ZhCn), "shot_type 仅在 prompt_extend 为开启时生效。");
        let free = Free { area: Some((1_638_400, 2_073_600)), side: None, ratio: Some(4) };
        let fault = Fault::SizeRange { field: "size".to_owned(), free };
        assert_eq!(
            Jobs::Fault(&fault).say(Language::En),
            "size is outside of its limits: 1,638,400 – 2,073,600 pixels in all, shape 1:4 – 4:1."
        );
        let status = TaskStatus::Other("QUEUEING".to_owned());
        assert_eq!(Jobs::Status(&status).say(Language::ZhCn), "QUEUEING");
    }
}
