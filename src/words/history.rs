//! What the search among earlier questions says, in every language. It refuses the questions.

use super::Language;

/// Short texts of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Its title.
    Title,
    /// In the empty query.
    Placeholder,
    /// Nothing fits what was typed, or nothing was ever asked.
    Nothing,
    /// Footer: take the question into the message.
    Take,
    /// Footer: to the one before.
    Older,
}

impl History {
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
            Self::Title => "Earlier questions",
            Self::Placeholder => "Type a few letters of it",
            Self::Nothing => "No such question",
            Self::Take => "take it into the message",
            Self::Older => "older",
        }
    }

    const fn zh_cn(self) -> &'static str {
        match self {
            Self::Title => "以前的提问",
            Self::Placeholder => "输入其中几个字",
            Self::Nothing => "没有这样的提问",
            Self::Take => "放进消息里",
            Self::Older => "更早的",
        }
    }
}
