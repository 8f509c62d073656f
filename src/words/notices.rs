//! What stands around notices: their list, the text for support, the line a desktop shows. It
//! refuses the notices themselves.

use super::Language;

/// Short texts of the list of notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notices {
    /// Its title.
    Title,
    /// It is empty.
    None,
    /// Below the title.
    Newest,
    /// Before the other side's words.
    Cause,
    /// Before the next step.
    Next,
    /// Before the request id.
    RequestId,
    /// Before the model.
    Model,
    /// Before the time.
    Time,
    /// Before the dialect that was spoken.
    Surface,
    /// Before the URL.
    Address,
    /// Before the region.
    Region,
    /// Before the workspace.
    Workspace,
    /// Before the HTTP status.
    Status,
    /// Before the error code.
    Code,
    /// Before the message of the service.
    Said,
    /// Before whose side it is on.
    Side,
    /// Before this program's version.
    Program,
    /// Footer: more room for the marked one.
    Whole,
    /// Footer: copy it.
    Copy,
    /// Footer: move the mark.
    Move,
}

impl Notices {
    /// Says it.
    #[must_use]
    pub const fn say(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    const fn en(self) -> &'static str {
        match self {
            Self::Title => "What lian said",
            Self::None => "Nothing yet",
            Self::Newest => "The newest comes first",
            Self::Cause => "Cause",
            Self::Next => "Next",
            Self::RequestId => "Request id",
            Self::Model => "Model",
            Self::Time => "Time",
            Self::Surface => "Surface",
            Self::Address => "Address",
            Self::Region => "Region",
            Self::Workspace => "Workspace",
            Self::Status => "HTTP status",
            Self::Code => "Code",
            Self::Said => "Message",
            Self::Side => "On the side of",
            Self::Program => "Program",
            Self::Whole => "whole",
            Self::Copy => "copy for support",
            Self::Move => "choose",
        }
    }

    const fn zh_cn(self) -> &'static str {
        match self {
            Self::Title => "lian 说过的话",
            Self::None => "还没有",
            Self::Newest => "最新的在最前",
            Self::Cause => "原因",
            Self::Next => "下一步",
            Self::RequestId => "请求 ID",
            Self::Model => "模型",
            Self::Time => "时间",
            Self::Surface => "接口",
            Self::Address => "地址",
            Self::Region => "地域",
            Self::Workspace => "业务空间",
            Self::Status => "HTTP 状态",
            Self::Code => "错误码",
            Self::Said => "错误信息",
            Self::Side => "原因在",
            Self::Program => "程序",
            Self::Whole => "看全文",
            Self::Copy => "复制给技术支持",
            Self::Move => "选择",
        }
    }
}

/// What a desktop shows when an answer ended while nobody looked.
#[must_use]
pub fn ended(language: Language, title: &str, well: bool) -> String {
    match (language, well) {
        (Language::En, true) => format!("lian: answered - {title}"),
        (Language::En, false) => format!("lian: failed - {title}"),
        (Language::ZhCn, true) => format!("lian：已回答 - {title}"),
        (Language::ZhCn, false) => format!("lian：未完成 - {title}"),
    }
}
