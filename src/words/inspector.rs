//! What is said around the raw requests and answers of the service, in every language. It refuses
//! to say what is in them.

use std::borrow::Cow;
use std::time::Duration;

use super::tasks_pane::size;
use super::{Language, grouped, seconds};
use crate::domain::inspector::{KEPT, Outcome};

/// Short texts of the inspector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Inspector<'a> {
    /// Title: which request of how many there were for the answer.
    Title(usize, usize),
    /// Title while there is none.
    NoTitle,
    /// The name of the side that shows what was sent, with its size in bytes.
    Sent(Option<u64>),
    /// The name of the side that shows what came back, with its size in bytes.
    Came(Option<u64>),
    /// How long the head of the answer took, and all of it.
    Took(Option<Duration>, Duration),
    /// How it ended; a failure has a notice of its own.
    Outcome(&'a Outcome),
    /// Nothing was sent.
    NotSent,
    /// Nothing came.
    NotCame {
        /// It may still come.
        running: bool,
    },
    /// The service is being asked.
    Asking,
    /// Nothing is remembered of the answer.
    Nothing,
    /// In place of data, within the text.
    Data(u64),
    /// In place of what is not kept, within the text.
    Cut(u64),
    /// Before the words that lines are searched for.
    Prompt,
    /// In place of the words while there are none.
    Placeholder,
    /// No line has them.
    NoLine,
    /// Footer: the other side.
    Side,
    /// Footer: another request.
    Others,
    /// Footer: search.
    Find,
    /// Footer: copy.
    Copy,
    /// Footer: ask again.
    Again,
    /// Footer: move in it.
    Scroll,
}

impl Inspector<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> Cow<'static, str> {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    fn en(self) -> Cow<'static, str> {
        let side = |name: &str, bytes: Option<u64>| match bytes {
            Some(bytes) => format!("{name} {}", size(bytes)),
            None => name.to_owned(),
        };
        match self {
            Self::Title(at, of) => format!("Request {at} of {of}").into(),
            Self::NoTitle => "Request and answer as they were".into(),
            Self::Sent(bytes) => side("Request", bytes).into(),
            Self::Came(bytes) => side("Answer", bytes).into(),
            Self::Took(Some(head), all) => {
                format!("headers {} s, all {} s", seconds(head), seconds(all)).into()
            }
            Self::Took(None, all) => format!("{} s", seconds(all)).into(),
            Self::Outcome(outcome) => match outcome {
                Outcome::Running => "under way".into(),
                Outcome::Whole => "the answer is whole".into(),
                Outcome::Stopped => "stopped".into(),
                Outcome::Failed(_) => "failed".into(),
            },
            Self::NotSent => "Nothing was sent.".into(),
            Self::NotCame { running: true } => "Nothing has come back yet.".into(),
            Self::NotCame { running: false } => "Nothing came back.".into(),
            Self::Asking => "…".into(),
            Self::Nothing => format!(
                "Nothing is remembered of how this answer came: lian keeps the last {KEPT} requests, and only while it runs."
            )
            .into(),
            Self::Data(bytes) => format!("⟨{} bytes of data⟩", grouped(bytes)).into(),
            Self::Cut(bytes) => format!("⟨{} bytes are not kept⟩", grouped(bytes)).into(),
            Self::Prompt => "›".into(),
            Self::Placeholder => "Only lines with these words".into(),
            Self::NoLine => "No line has that in it".into(),
            Self::Side => "request or answer".into(),
            Self::Others => "other request".into(),
            Self::Find => "find".into(),
            Self::Copy => "copy".into(),
            Self::Again => "look again".into(),
            Self::Scroll => "scroll".into(),
        }
    }

    fn zh_cn(self) -> Cow<'static, str> {
        let side = |name: &str, bytes: Option<u64>| match bytes {
            Some(bytes) => format!("{name} {}", size(bytes)),
            None => name.to_owned(),
        };
        match self {
            Self::Title(at, of) => format!("第 {at} 次请求，共 {of} 次").into(),
            Self::NoTitle => "请求与应答原文".into(),
            Self::Sent(bytes) => side("请求", bytes).into(),
            Self::Came(bytes) => side("应答", bytes).into(),
            Self::Took(Some(head), all) => {
                format!("响应头 {} 秒，共 {} 秒", seconds(head), seconds(all)).into()
            }
            Self::Took(None, all) => format!("{} 秒", seconds(all)).into(),
            Self::Outcome(outcome) => match outcome {
                Outcome::Running => "进行中".into(),
                Outcome::Whole => "回答完整".into(),
                Outcome::Stopped => "已停止".into(),
                Outcome::Failed(_) => "失败".into(),
            },
            Self::NotSent => "没有发出任何内容。".into(),
            Self::NotCame { running: true } => "还没有收到任何内容。".into(),
            Self::NotCame { running: false } => "没有收到任何内容。".into(),
            Self::Asking => "…".into(),
            Self::Nothing => {
                format!("没有这个回答的收发记录：lian 只在运行期间保留最近 {KEPT} 次请求。").into()
            }
            Self::Data(bytes) => format!("⟨数据 {} 字节⟩", grouped(bytes)).into(),
            Self::Cut(bytes) => format!("⟨此处 {} 字节未保留⟩", grouped(bytes)).into(),
            Self::Prompt => "›".into(),
            Self::Placeholder => "只显示含有这些字的行".into(),
            Self::NoLine => "没有这样的行".into(),
            Self::Side => "请求或应答".into(),
            Self::Others => "另一次请求".into(),
            Self::Find => "查找".into(),
            Self::Copy => "复制".into(),
            Self::Again => "重新读取".into(),
            Self::Scroll => "滚动".into(),
        }
    }
}

/// What the actions do, in Chinese.
pub(super) fn action_zh(name: &str) -> Option<&'static str> {
    Some(match name {
        "inspect" => "查看这个回答的请求与应答原文",
        "inspect_side" => "看请求，或看应答",
        "exchange_before" => "到前一次请求",
        "exchange_after" => "到后一次请求",
        "find_in_exchange" => "只显示含有某些字的行",
        "copy_exchange" => "复制所显示的内容",
        "inspect_again" => "重新读取到目前为止的内容",
        _ => return None,
    })
}
