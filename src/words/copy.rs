//! What is said about copying, in every language. It refuses to say "copied": a terminal never
//! tells.

use super::{Language, Told, grouped};
use crate::domain::copy::{Copied, CopyNotice};

/// What the actions that copy do, in Chinese.
pub(super) fn action_zh(name: &str) -> Option<&'static str> {
    Some(match name {
        "copy_message" => "复制消息",
        "copy_code" => "复制最后一段代码",
        "copy_link" => "复制链接",
        "copy_conversation" => "复制整个对话",
        "toggle_source" => "按原文显示消息，便于用鼠标选取",
        _ => return None,
    })
}

/// Short texts around copying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copy {
    /// Title of the list of links.
    Links,
    /// In the empty query.
    Placeholder,
    /// Nothing fits what was typed.
    NothingFits,
    /// Footer: copy the marked one.
    Take,
    /// Header: messages are shown as they came.
    Source,
}

impl Copy {
    /// Says it.
    #[must_use]
    pub const fn say(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::En, Self::Links) => "Links",
            (Language::En, Self::Placeholder) => "Type a part of it",
            (Language::En, Self::NothingFits) => "No link has that in it",
            (Language::En, Self::Take) => "copy",
            (Language::En, Self::Source) => "source text",
            (Language::ZhCn, Self::Links) => "链接",
            (Language::ZhCn, Self::Placeholder) => "输入其中一部分",
            (Language::ZhCn, Self::NothingFits) => "没有这样的链接",
            (Language::ZhCn, Self::Take) => "复制",
            (Language::ZhCn, Self::Source) => "原文",
        }
    }
}

/// Says a notice about copying.
#[must_use]
pub fn tell(language: Language, notice: &CopyNotice) -> Told {
    match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    }
}

fn told(sentence: String, next: &'static str) -> Told {
    Told { sentence: sentence.into(), next: next.into() }
}

const fn what_en(what: Copied) -> &'static str {
    match what {
        Copied::Message => "message",
        Copied::Code => "code",
        Copied::Link => "link",
        Copied::Conversation => "conversation",
        Copied::Notice => "notice",
        Copied::Path => "path",
        Copied::Exchange => "text",
    }
}

fn en(notice: &CopyNotice) -> Told {
    let count = |characters: usize| match characters {
        1 => "1 character".to_owned(),
        many => format!("{} characters", grouped(many as u64)),
    };
    match notice {
        CopyNotice::Sent { what, characters } => told(
            format!(
                "The {} was sent to the terminal's clipboard ({}).",
                what_en(*what),
                count(*characters)
            ),
            "",
        ),
        CopyNotice::Given { what, characters, to } => {
            told(format!("{to} took the {} ({}).", what_en(*what), count(*characters)), "")
        }
        CopyNotice::TooLarge { bytes } => told(
            format!(
                "This is {} bytes: more than terminals take for their clipboard. Nothing was sent.",
                grouped(*bytes as u64)
            ),
            "/export writes the conversation to a file.",
        ),
        CopyNotice::Failed { to } => told(
            format!("{to} did not take the text."),
            "Check `clipboard` in the configuration; \"osc52\" needs no program.",
        ),
        CopyNotice::Off => told(
            "Copying is switched off in the configuration.".to_owned(),
            "Set clipboard = \"auto\" to copy through the terminal.",
        ),
        CopyNotice::Nothing { what } => {
            told(format!("There is no {} to copy.", what_en(*what)), "")
        }
    }
}

const fn what_zh(what: Copied) -> &'static str {
    match what {
        Copied::Message => "消息",
        Copied::Code => "代码",
        Copied::Link => "链接",
        Copied::Conversation => "对话",
        Copied::Notice => "提示",
        Copied::Path => "路径",
        Copied::Exchange => "原文",
    }
}

fn zh_cn(notice: &CopyNotice) -> Told {
    match notice {
        CopyNotice::Sent { what, characters } => told(
            format!(
                "{}已发往终端的剪贴板（{} 个字符）。",
                what_zh(*what),
                grouped(*characters as u64)
            ),
            "",
        ),
        CopyNotice::Given { what, characters, to } => told(
            format!("{to} 已收下{}（{} 个字符）。", what_zh(*what), grouped(*characters as u64)),
            "",
        ),
        CopyNotice::TooLarge { bytes } => told(
            format!("共 {} 字节，超出终端剪贴板能接收的长度，没有发送。", grouped(*bytes as u64)),
            "用 /export 把对话写入文件。",
        ),
        CopyNotice::Failed { to } => told(
            format!("{to} 没有收下文本。"),
            "请检查配置里的 clipboard；\"osc52\" 不需要任何程序。",
        ),
        CopyNotice::Off => {
            told("配置里关闭了复制。".to_owned(), "把 clipboard 设为 \"auto\"，即可通过终端复制。")
        }
        CopyNotice::Nothing { what } => told(format!("没有可复制的{}。", what_zh(*what)), ""),
    }
}
