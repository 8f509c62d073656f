//! What the side pane says, in every language. It refuses figures: they are given to it.

use std::borrow::Cow;

use super::{Language, grouped};

/// Short texts of the side pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Above what is known of the conversation that is shown.
    Conversation,
    /// The model questions go to.
    Model,
    /// How many messages there are.
    Messages,
    /// Tokens the last request and its answer took of the model's window.
    Context,
    /// So many tokens, of how many where that is known.
    Tokens {
        /// Taken.
        used: u64,
        /// The window.
        of: Option<u64>,
    },
    /// What it has cost so far.
    Cost,
    /// Above the open conversations.
    Open,
    /// A conversation nobody has asked anything in.
    Untitled,
}

impl Side {
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
            Self::Conversation => "This conversation",
            Self::Model => "model",
            Self::Messages => "messages",
            Self::Context => "context",
            Self::Tokens { used, of: None } => return format!("{} tok", grouped(used)).into(),
            Self::Tokens { used, of: Some(of) } => {
                return format!("{} of {}", grouped(used), grouped(of)).into();
            }
            Self::Cost => "so far",
            Self::Open => "Open conversations",
            Self::Untitled => "new",
        })
    }

    fn zh_cn(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Conversation => "当前对话",
            Self::Model => "模型",
            Self::Messages => "消息",
            Self::Context => "上下文",
            Self::Tokens { used, of: None } => return format!("{} tok", grouped(used)).into(),
            Self::Tokens { used, of: Some(of) } => {
                return format!("{} / {}", grouped(used), grouped(of)).into();
            }
            Self::Cost => "已花费",
            Self::Open => "打开的对话",
            Self::Untitled => "新对话",
        })
    }
}
