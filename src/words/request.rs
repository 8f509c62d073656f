//! What is said of requests that the service does not take as they are, in every language. It
//! refuses to say that the user is wrong where a gateway or lian itself may be.

use super::{Language, Told, grouped, told};
use crate::domain::notice::{Demand, RequestNotice, Side};

/// Says it.
#[must_use]
pub fn tell(language: Language, notice: &RequestNotice) -> Told {
    match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    }
}

fn en(notice: &RequestNotice) -> Told {
    match notice {
        RequestNotice::Parameter { name, demand } => parameter_en(name, demand),
        RequestNotice::JsonWord => told(
            "JSON mode needs the word JSON somewhere in the conversation.",
            "Ask for JSON in the question or in the instructions, or switch JSON mode off.",
        ),
        RequestNotice::JsonWhileThinking => told(
            "The service has no JSON mode while the model thinks.",
            "Switch thinking off, or JSON mode.",
        ),
        RequestNotice::NoQuestion => told(
            "The service finds no question in the request.",
            "Write one; if raw JSON replaces the messages, take that out.",
        ),
        RequestNotice::Voice { voice, model, near } => told(
            match voice {
                Some(voice) => format!("{model} has no voice {voice}."),
                None => format!("The voice is none of {model}."),
            },
            if near.is_empty() {
                "Choose another voice; each model has voices of its own.".to_owned()
            } else {
                format!("It has {}.", near.join(", "))
            },
        ),
        RequestNotice::Batch { most } => told(
            match most {
                Some(most) => {
                    format!("The service takes at most {} texts at once.", grouped(*most))
                }
                None => "The request holds more texts than the service takes at once.".to_owned(),
            },
            "Send them in several requests.",
        ),
        RequestNotice::TextTooLong { model, most } => told(
            match most {
                Some(most) => {
                    format!("The text is longer than {model} takes ({} at most).", grouped(*most))
                }
                None => format!("The text is longer than {model} takes."),
            },
            "Split it at the end of a sentence.",
        ),
        RequestNotice::BodyTooLarge => told(
            "The request is larger than the service takes.",
            "Begin a new conversation (Ctrl+N), or attach smaller files.",
        ),
        RequestNotice::Gone => told(
            "What the request points at does not exist.",
            "Check the id; files and tasks are kept for a limited time.",
        ),
        RequestNotice::NotPending => told(
            "The task cannot be cancelled any more: it is running or has ended.",
            "Only a task that still waits can be cancelled; let this one end.",
        ),
        RequestNotice::Unsupported => told(
            "The service cannot do this with it.",
            "What it says is in brackets; another model or another kind of task may work.",
        ),
        RequestNotice::Conflict => told(
            "Something of this name exists already.",
            "Take another name, or use what is there.",
        ),
        RequestNotice::Infringement { side } => told(
            match side {
                Side::Input => {
                    "The service suspects that the question uses what belongs to others."
                }
                Side::Output => "The service suspects that the answer uses what belongs to others.",
                Side::Unknown => "The service suspects that this uses what belongs to others.",
            },
            "Describe it without brands and known figures; sending the same again will not help.",
        ),
        RequestNotice::Rule { faq: false } => told(
            "A rule of the workspace blocks what was said.",
            "Say it in another way, or change the rule in the console.",
        ),
        RequestNotice::Rule { faq: true } => told(
            "A rule for questions and answers of the workspace blocks this.",
            "Ask in another way, or change the rule in the console.",
        ),
        RequestNotice::TimedOut => told(
            "The service took too long to answer.",
            "Try again; a shorter question or a faster model helps.",
        ),
        RequestNotice::TaskTimedOut => told(
            "The task took longer than the service allows (three hours) and was ended.",
            "Submit it again, smaller if possible.",
        ),
        RequestNotice::Disconnected => told(
            "The service saw the connection closed before it was done.",
            "Look for a proxy with a short time limit, then try again.",
        ),
    }
}

fn parameter_en(name: &str, demand: &Demand) -> Told {
    const CHANGE: &str = "Change it (in a conversation with Alt+O) and send again.";
    match demand {
        Demand::Range(range) => told(
            format!("The service does not take the value of {name}: its range is {range}."),
            CHANGE,
        ),
        Demand::Only(only) => {
            told(format!("The service does not take the value of {name}, only {only}."), CHANGE)
        }
        Demand::Nothing => told(
            format!("The model does not take {name}."),
            "Leave it out (in a conversation with Alt+O) and send again.",
        ),
        Demand::Some => told(
            format!("The service misses {name}, or cannot read it."),
            "Set it (in a conversation with Alt+O) and send again.",
        ),
        Demand::Other => told(format!("The service does not take {name} as it is."), CHANGE),
    }
}

fn zh_cn(notice: &RequestNotice) -> Told {
    match notice {
        RequestNotice::Parameter { name, demand } => parameter_zh(name, demand),
        RequestNotice::JsonWord => told(
            "JSON 模式要求对话里出现 JSON 这个词。",
            "请在问题或系统提示里要求用 JSON 回答，或关闭 JSON 模式。",
        ),
        RequestNotice::JsonWhileThinking => {
            told("模型思考时不能用 JSON 模式。", "请关闭思考，或关闭 JSON 模式。")
        }
        RequestNotice::NoQuestion => told(
            "服务方在请求里找不到问题。",
            "请写下问题；如果原始 JSON 覆盖了 messages，请去掉它。",
        ),
        RequestNotice::Voice { voice, model, near } => told(
            match voice {
                Some(voice) => format!("{model} 没有音色 {voice}。"),
                None => format!("{model} 没有这个音色。"),
            },
            if near.is_empty() {
                "请换一个音色；各模型的音色不同。".to_owned()
            } else {
                format!("可用的有 {}。", near.join("、"))
            },
        ),
        RequestNotice::Batch { most } => told(
            match most {
                Some(most) => format!("服务方一次最多接受 {} 条文本。", grouped(*most)),
                None => "一次请求里的文本条数超过了服务方的上限。".to_owned(),
            },
            "请分几次请求发送。",
        ),
        RequestNotice::TextTooLong { model, most } => told(
            match most {
                Some(most) => format!("文本超出了 {model} 的上限（最多 {}）。", grouped(*most)),
                None => format!("文本超出了 {model} 的上限。"),
            },
            "请在句末处拆分。",
        ),
        RequestNotice::BodyTooLarge => {
            told("请求体超过了服务方的上限。", "请开始新对话（Ctrl+N），或附上更小的文件。")
        }
        RequestNotice::Gone => {
            told("请求所指的资源不存在。", "请检查 ID；文件和任务只保留有限的时间。")
        }
        RequestNotice::NotPending => told(
            "这个任务已不能取消：它正在运行，或已经结束。",
            "只有排队中的任务可以取消；请等它结束。",
        ),
        RequestNotice::Unsupported => {
            told("服务方不支持对它这样操作。", "原因见括号；换一个模型或任务类型也许可行。")
        }
        RequestNotice::Conflict => told("同名的资源已经存在。", "请换一个名字，或使用已有的。"),
        RequestNotice::Infringement { side } => told(
            match side {
                Side::Input => "服务方怀疑这个问题涉及知识产权侵权。",
                Side::Output => "服务方怀疑这个回答涉及知识产权侵权。",
                Side::Unknown => "服务方怀疑内容涉及知识产权侵权。",
            },
            "请避开品牌和知名形象重新描述；原样重发没有用。",
        ),
        RequestNotice::Rule { faq: false } => {
            told("业务空间的自定义规则拦截了这些内容。", "请换一种说法，或在控制台修改该规则。")
        }
        RequestNotice::Rule { faq: true } => {
            told("业务空间的问答规则拦截了这次请求。", "请换一种问法，或在控制台修改该规则。")
        }
        RequestNotice::TimedOut => {
            told("服务方处理超时。", "请重试；问题短一些，或换更快的模型，会有帮助。")
        }
        RequestNotice::TaskTimedOut => {
            told("任务超过了服务方允许的时间（三小时），已被终止。", "请重新提交，尽量缩小规模。")
        }
        RequestNotice::Disconnected => {
            told("服务方发现连接在处理完之前就断开了。", "请检查代理是否限时过短，然后重试。")
        }
    }
}

fn parameter_zh(name: &str, demand: &Demand) -> Told {
    const CHANGE: &str = "请修改后再发送（对话中按 Alt+O）。";
    match demand {
        Demand::Range(range) => {
            told(format!("服务方不接受 {name} 的值，取值范围是 {range}。"), CHANGE)
        }
        Demand::Only(only) => told(format!("服务方不接受 {name} 的值，只能是 {only}。"), CHANGE),
        Demand::Nothing => {
            told(format!("这个模型不支持 {name}。"), "请去掉它再发送（对话中按 Alt+O）。")
        }
        Demand::Some => told(
            format!("服务方没有收到 {name}，或无法识别它的值。"),
            "请设置后再发送（对话中按 Alt+O）。",
        ),
        Demand::Other => told(format!("服务方不接受现在的 {name}。"), CHANGE),
    }
}
