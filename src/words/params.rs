//! What is said of parameters, in every language: their names, what they do, what may stand in
//! them, what does not go together. It refuses to check any of it.

use std::borrow::Cow;

use super::Language;
use super::grouped;
use crate::domain::params::{Conflict, Fault, Kind, Param, Value, Way};

/// Texts of the drawer of parameters and of what stands in the way of sending.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Params<'a> {
    /// Title of the drawer.
    Title,
    /// Its values hold for the conversation.
    Conversation,
    /// Its values hold for the next message alone.
    NextMessage,
    /// A name.
    Label(Param),
    /// What it does.
    About(Param),
    /// What may stand in it.
    Range(Kind),
    /// A value, short.
    Value(&'a Value),
    /// Nothing is set.
    Unset,
    /// Nothing is set, and what the service does then is known.
    UnsetSwitch(bool),
    /// Nothing is set, and the service has nothing to choose.
    Nothing,
    /// The model is known not to take it.
    NotTaken,
    /// The model cannot be told otherwise.
    AlwaysThinks,
    /// The instructions are no matter of one message.
    WholeConversation,
    /// Why what was typed is no value.
    Fault(Fault),
    /// Two ways of steering randomness at once.
    SteersTwice,
    /// What is set, in a word or two.
    Mark(Param, &'a Value),
    /// Reasoning is off.
    MarkNoThinking,
    /// Instructions are set.
    MarkSystem,
    /// More is set than there is room for.
    More(usize),
    /// Before the marks of what holds for the next message alone.
    NextOnly,
    /// Title of what stands in the way of sending.
    Before,
    /// What stands in the way.
    Conflict(Conflict, &'a str),
    /// A way out.
    Way(Way),
    /// The sentence that has the word JSON in it.
    AddedWord,
    /// An answer in JSON mode is JSON.
    ValidJson,
    /// It is JSON in a code block.
    FencedJson,
    /// It is none.
    InvalidJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// A long answer in JSON is folded: lines that are not shown.
    FoldedJson {
        /// How many.
        lines: usize,
        /// It is open.
        open: bool,
    },
    /// Without a screen: how a value is given.
    TypeValue,
    /// Footer: change.
    Change,
    /// Footer: back to the service's choice.
    Clear,
    /// Footer: take what was typed.
    Take,
    /// Footer: leave the value as it was.
    Leave,
    /// Footer: new line.
    Newline,
    /// Footer: back to the message.
    BackToMessage,
}

impl Params<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> Cow<'static, str> {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    fn en(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Title => "Parameters",
            Self::Conversation => "this conversation",
            Self::NextMessage => "the next message only",
            Self::Label(param) => label_en(param),
            Self::About(param) => about_en(param),
            Self::Range(kind) => return range(kind, Language::En),
            Self::Value(value) => return value_text(value, ["on", "off"]),
            Self::Unset => "service's choice",
            Self::UnsetSwitch(true) => "service's choice (on)",
            Self::UnsetSwitch(false) => "service's choice (off)",
            Self::Nothing => "none",
            Self::NotTaken => "not taken by this model",
            Self::AlwaysThinks => "this model always thinks",
            Self::WholeConversation => "for the whole conversation",
            Self::Fault(fault) => match fault {
                Fault::NotWhole => "This is no whole number.",
                Fault::NotNumber => "This is no number.",
                Fault::Range => "This is outside of the range.",
                Fault::NotObject => {
                    "This is JSON, but no object: it begins with { and ends with }."
                }
                Fault::NotJson { line, column } => {
                    return format!("This is no JSON from line {line}, column {column} on.").into();
                }
            },
            Self::SteersTwice => {
                "Temperature and top_p are both set; the service advises to set only one of them."
            }
            Self::Mark(param, value) => return mark(param, value, mark_en(param)),
            Self::MarkNoThinking => "no thinking",
            Self::MarkSystem => "instructions",
            Self::More(more) => return format!("+{more}").into(),
            Self::NextOnly => "next message: ",
            Self::Before => "Before this is sent",
            Self::Conflict(conflict, model) => return conflict_en(conflict, model),
            Self::Way(way) => return way_en(way),
            Self::AddedWord => "Answer in JSON.",
            Self::ValidJson => "valid JSON",
            Self::FencedJson => "valid JSON, but in a code block",
            Self::InvalidJson { line, column } => {
                return format!("not valid JSON at {line}:{column}").into();
            }
            Self::FoldedJson { lines, open: false } => {
                return format!("▸ {} more lines", grouped(lines as u64)).into();
            }
            Self::FoldedJson { open: true, .. } => "▾ all lines",
            Self::TypeValue => "Type the value; - for none, an empty line to leave it as it is.",
            Self::Change => "change",
            Self::Clear => "unset",
            Self::Take => "take it",
            Self::Leave => "leave it",
            Self::Newline => "new line",
            Self::BackToMessage => "back to the message",
        })
    }

    fn zh_cn(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Title => "参数",
            Self::Conversation => "本对话",
            Self::NextMessage => "仅下一条消息",
            Self::Label(param) => label_zh(param),
            Self::About(param) => about_zh(param),
            Self::Range(kind) => return range(kind, Language::ZhCn),
            Self::Value(value) => return value_text(value, ["开", "关"]),
            Self::Unset => "由服务决定",
            Self::UnsetSwitch(true) => "由服务决定（开）",
            Self::UnsetSwitch(false) => "由服务决定（关）",
            Self::Nothing => "无",
            Self::NotTaken => "此模型不支持",
            Self::AlwaysThinks => "此模型总会思考",
            Self::WholeConversation => "对整个对话有效",
            Self::Fault(fault) => match fault {
                Fault::NotWhole => "这不是整数。",
                Fault::NotNumber => "这不是数字。",
                Fault::Range => "超出了允许的范围。",
                Fault::NotObject => "这是 JSON，但不是对象：对象以 { 开头、以 } 结尾。",
                Fault::NotJson { line, column } => {
                    return format!("从第 {line} 行第 {column} 列起不是合法的 JSON。").into();
                }
            },
            Self::SteersTwice => "temperature 和 top_p 都设置了；服务方建议只设其一。",
            Self::Mark(param, value) => return mark(param, value, mark_zh(param)),
            Self::MarkNoThinking => "不思考",
            Self::MarkSystem => "系统提示",
            Self::More(more) => return format!("+{more}").into(),
            Self::NextOnly => "下一条：",
            Self::Before => "发送之前",
            Self::Conflict(conflict, model) => return conflict_zh(conflict, model),
            Self::Way(way) => return way_zh(way),
            Self::AddedWord => "请用 JSON 回答。",
            Self::ValidJson => "合法的 JSON",
            Self::FencedJson => "合法的 JSON，但包在代码块里",
            Self::InvalidJson { line, column } => {
                return format!("{line}:{column} 处不是合法的 JSON").into();
            }
            Self::FoldedJson { lines, open: false } => {
                return format!("▸ 还有 {} 行", grouped(lines as u64)).into();
            }
            Self::FoldedJson { open: true, .. } => "▾ 全部内容",
            Self::TypeValue => "请输入值；- 表示不设置，空行保持原样。",
            Self::Change => "修改",
            Self::Clear => "取消设置",
            Self::Take => "确定",
            Self::Leave => "不改",
            Self::Newline => "换行",
            Self::BackToMessage => "回到消息",
        })
    }
}

/// Two texts, the second in brackets.
#[must_use]
pub fn with_brackets(language: Language, said: &str, more: &str) -> String {
    match language {
        Language::En => format!("{said} ({more})"),
        Language::ZhCn => format!("{said}（{more}）"),
    }
}

const fn label_en(param: Param) -> &'static str {
    match param {
        Param::Thinking => "Thinking",
        Param::ThinkingBudget => "Thinking budget",
        Param::Search => "Web search",
        Param::Json => "JSON mode",
        Param::Temperature => "Temperature",
        Param::TopP => "Top p",
        Param::TopK => "Top k",
        Param::MaxTokens => "Max tokens",
        Param::Seed => "Seed",
        Param::Stop => "Stop texts",
        Param::PresencePenalty => "Presence penalty",
        Param::RepetitionPenalty => "Repetition penalty",
        Param::System => "Instructions",
        Param::Extra => "Raw JSON",
    }
}

const fn label_zh(param: Param) -> &'static str {
    match param {
        Param::Thinking => "思考",
        Param::ThinkingBudget => "思考预算",
        Param::Search => "联网搜索",
        Param::Json => "JSON 模式",
        Param::Temperature => "温度",
        Param::TopP => "Top p",
        Param::TopK => "Top k",
        Param::MaxTokens => "最大 Token 数",
        Param::Seed => "随机种子",
        Param::Stop => "停止词",
        Param::PresencePenalty => "存在惩罚",
        Param::RepetitionPenalty => "重复惩罚",
        Param::System => "系统提示",
        Param::Extra => "原始 JSON",
    }
}

const fn about_en(param: Param) -> &'static str {
    match param {
        Param::Thinking => "The model thinks before it answers; what it thinks is paid for too.",
        Param::ThinkingBudget => "Thinking ends after this many tokens.",
        Param::Search => {
            "The service may search the web for the answer. It names no sources on this surface."
        }
        Param::Json => {
            "The answer is one JSON object. The word JSON must stand in the conversation."
        }
        Param::Temperature => "Higher is more varied, lower is more predictable.",
        Param::TopP => "Only the likeliest words up to this share are chosen from.",
        Param::TopK => "Only so many of the likeliest words are chosen from; 0 is no limit.",
        Param::MaxTokens => "The answer ends after this many tokens, thinking not counted.",
        Param::Seed => "The same seed and question give the same answer, as far as possible.",
        Param::Stop => "The answer ends before one of these texts; one a line.",
        Param::PresencePenalty => "Above 0 the model avoids what was said already.",
        Param::RepetitionPenalty => "Above 1 the model repeats itself less; 1 does nothing.",
        Param::System => "What the model is told above the whole conversation.",
        Param::Extra => {
            "A JSON object laid over the request last, for all that has no row here: tools, for example. null takes a key away."
        }
    }
}

const fn about_zh(param: Param) -> &'static str {
    match param {
        Param::Thinking => "模型先思考再回答；思考的内容也计费。",
        Param::ThinkingBudget => "思考到这么多 Token 为止。",
        Param::Search => "服务可以联网搜索后再回答；这个接口不给出来源。",
        Param::Json => "回答是一个 JSON 对象；对话里必须出现 JSON 这个词。",
        Param::Temperature => "越高越多样，越低越稳定。",
        Param::TopP => "只从概率累计到这个比例的词里选。",
        Param::TopK => "只从概率最高的这么多个词里选；0 为不限。",
        Param::MaxTokens => "回答到这么多 Token 为止，不含思考。",
        Param::Seed => "种子和问题相同时，回答尽量相同。",
        Param::Stop => "遇到其中一个文本就停止回答；每行一个。",
        Param::PresencePenalty => "大于 0 时模型避开说过的内容。",
        Param::RepetitionPenalty => "大于 1 时模型更少重复；1 为不惩罚。",
        Param::System => "放在整个对话之上、告诉模型的话。",
        Param::Extra => {
            "最后叠加到请求上的 JSON 对象，用于这里没有的参数，例如 tools。null 会去掉一个键。"
        }
    }
}

fn range(kind: Kind, language: Language) -> Cow<'static, str> {
    let zh = language == Language::ZhCn;
    let said = |en: &'static str, cn: &'static str| Cow::Borrowed(if zh { cn } else { en });
    match kind {
        Kind::Switch => said("on or off", "开或关"),
        Kind::Text => said("any text", "任意文本"),
        Kind::Lines => said("one text a line", "每行一个"),
        Kind::Object => said("a JSON object", "JSON 对象"),
        Kind::Whole { min, max } if max >= u64::from(u32::MAX) => {
            if zh {
                format!("不小于 {min} 的整数").into()
            } else {
                format!("{min} or more").into()
            }
        }
        Kind::Whole { min, max } => format!("{min} – {}", grouped(max)).into(),
        Kind::Real { min, above, max, .. } if max >= f64::MAX => {
            let sign = if above { '>' } else { '≥' };
            format!("{sign} {min}").into()
        }
        Kind::Real { min, above, max, below } => {
            let sign = |open| if open { '<' } else { '≤' };
            format!("{min} {} x {} {max}", sign(above), sign(below)).into()
        }
    }
}

fn value_text(value: &Value, flags: [&'static str; 2]) -> Cow<'static, str> {
    match value {
        Value::Flag(true) => flags[0].into(),
        Value::Flag(false) => flags[1].into(),
        Value::Whole(n) => n.to_string().into(),
        Value::Real(n) => n.to_string().into(),
        Value::Text(text) => text.replace('\n', "⏎").into(),
        Value::Texts(texts) => texts.join("⏎").into(),
    }
}

const fn mark_en(param: Param) -> &'static str {
    match param {
        Param::Thinking => "think",
        Param::ThinkingBudget => "budget",
        Param::Search => "search",
        Param::Json => "JSON",
        Param::Temperature => "T",
        Param::TopP => "top_p",
        Param::TopK => "top_k",
        Param::MaxTokens => "max",
        Param::Seed => "seed",
        Param::Stop => "stop",
        Param::PresencePenalty => "presence",
        Param::RepetitionPenalty => "repetition",
        Param::System => "instructions",
        Param::Extra => "raw",
    }
}

const fn mark_zh(param: Param) -> &'static str {
    match param {
        Param::Thinking => "思考",
        Param::ThinkingBudget => "预算",
        Param::Search => "搜索",
        Param::Json => "JSON",
        Param::Temperature => "T",
        Param::TopP => "top_p",
        Param::TopK => "top_k",
        Param::MaxTokens => "最多",
        Param::Seed => "种子",
        Param::Stop => "停止词",
        Param::PresencePenalty => "存在",
        Param::RepetitionPenalty => "重复",
        Param::System => "系统提示",
        Param::Extra => "原始",
    }
}

fn mark(param: Param, value: &Value, name: &'static str) -> Cow<'static, str> {
    match value {
        Value::Flag(true) | Value::Text(_) => name.into(),
        // Of the switches only thinking is worth saying when it is off; it has a word of its own.
        Value::Flag(false) => format!("{name} ✗").into(),
        Value::Texts(texts) => format!("{name} {}", texts.len()).into(),
        Value::Whole(n) if param == Param::Seed => format!("{name} {n}").into(),
        Value::Whole(n) => format!("{name} {}", grouped(*n)).into(),
        Value::Real(n) => format!("{name} {n}").into(),
    }
}

fn conflict_en(conflict: Conflict, model: &str) -> Cow<'static, str> {
    Cow::Borrowed(match conflict {
        Conflict::NotTaken(Param::Json) => {
            return format!("{model} always thinks, and a model that thinks has no JSON mode.")
                .into();
        }
        Conflict::NotTaken(param) => {
            return format!("{model} does not take “{}”.", label_en(param)).into();
        }
        Conflict::OutOfRange(param) => {
            return format!("The value of “{}” is outside of what {model} takes.", label_en(param))
                .into();
        }
        Conflict::ThinkingAlways => {
            return format!("{model} always thinks; it cannot be switched off.").into();
        }
        Conflict::BudgetWithoutThinking => "A thinking budget is set, but thinking is off.",
        Conflict::ThinkingWithJson => "The service has no JSON mode while the model thinks.",
        Conflict::JsonWithoutWord => {
            "In JSON mode the word JSON must stand somewhere in the conversation, and it does not."
        }
    })
}

fn conflict_zh(conflict: Conflict, model: &str) -> Cow<'static, str> {
    Cow::Borrowed(match conflict {
        Conflict::NotTaken(Param::Json) => {
            return format!("{model} 总会思考，而思考时不能用 JSON 模式。").into();
        }
        Conflict::NotTaken(param) => {
            return format!("{model} 不支持“{}”。", label_zh(param)).into();
        }
        Conflict::OutOfRange(param) => {
            return format!("“{}”的值超出了 {model} 允许的范围。", label_zh(param)).into();
        }
        Conflict::ThinkingAlways => return format!("{model} 总会思考，无法关闭。").into(),
        Conflict::BudgetWithoutThinking => "设置了思考预算，但思考没有开启。",
        Conflict::ThinkingWithJson => "模型思考时不能用 JSON 模式。",
        Conflict::JsonWithoutWord => "JSON 模式要求对话里出现 JSON 这个词，现在还没有。",
    })
}

fn way_en(way: Way) -> Cow<'static, str> {
    Cow::Borrowed(match way {
        Way::LeaveOut(Param::Json) => "Send without JSON mode",
        Way::LeaveOut(param) => {
            return format!("Send without “{}”", label_en(param)).into();
        }
        Way::ThinkingOff => "Switch thinking off and send",
        Way::ThinkingOn => "Switch thinking on and send",
        Way::AddWord => "Add “Answer in JSON.” and send",
        Way::AsItIs => "Send as it is",
    })
}

fn way_zh(way: Way) -> Cow<'static, str> {
    Cow::Borrowed(match way {
        Way::LeaveOut(Param::Json) => "不用 JSON 模式，直接发送",
        Way::LeaveOut(param) => return format!("去掉“{}”再发送", label_zh(param)).into(),
        Way::ThinkingOff => "关闭思考并发送",
        Way::ThinkingOn => "开启思考并发送",
        Way::AddWord => "加上“请用 JSON 回答。”并发送",
        Way::AsItIs => "照原样发送",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::params::Able;

    #[test]
    fn ranges_and_marks_are_short_and_clear() {
        let range = |param: Param| {
            let kind = param.kind(&Able { max_output: Some(8192), ..Able::default() });
            Params::Range(kind).say(Language::En).into_owned()
        };
        assert_eq!(range(Param::Temperature), "0 ≤ x < 2");
        assert_eq!(range(Param::TopP), "0 < x ≤ 1");
        assert_eq!(range(Param::PresencePenalty), "-2 ≤ x ≤ 2");
        assert_eq!(range(Param::RepetitionPenalty), "> 0");
        assert_eq!(range(Param::MaxTokens), "1 – 8,192");
        assert_eq!(range(Param::TopK), "0 or more");
        let mark = |param, value| Params::Mark(param, &value).say(Language::En).into_owned();
        assert_eq!(mark(Param::Temperature, Value::Real(0.7)), "T 0.7");
        assert_eq!(mark(Param::Seed, Value::Whole(123_456)), "seed 123456");
        assert_eq!(mark(Param::Stop, Value::Texts(vec!["a".into(), "b".into()])), "stop 2");
    }

    #[test]
    fn every_parameter_is_called_and_explained_differently() {
        for language in [Language::En, Language::ZhCn] {
            let mut seen = std::collections::HashSet::new();
            for param in Param::ALL {
                assert!(seen.insert(Params::Label(param).say(language)));
                assert!(seen.insert(Params::About(param).say(language)));
            }
        }
    }
}
