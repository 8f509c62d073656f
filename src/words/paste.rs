//! What is said of large pastes, in every language. It refuses to know where a paste stands.

use std::borrow::Cow;

use super::{Language, grouped};

/// Texts of folded pastes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paste {
    /// In place of the paste, between its brackets.
    Token {
        /// Its number in the message, from 1.
        number: usize,
        /// Lines.
        lines: usize,
        /// Characters.
        chars: usize,
    },
    /// Title of the overlay that shows it.
    Title {
        /// Lines.
        lines: usize,
        /// Characters.
        chars: usize,
    },
    /// Footer: move in it.
    Scroll,
    /// Footer: put its text into the message.
    Unfold,
}

impl Paste {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> Cow<'static, str> {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    fn en(self) -> Cow<'static, str> {
        let size = |lines: usize, chars: usize| {
            let plural = if lines == 1 { "line" } else { "lines" };
            let (lines, chars) = (grouped(lines as u64), grouped(chars as u64));
            format!("{lines} {plural}, {chars} characters")
        };
        match self {
            Self::Token { number, lines, chars } => {
                format!("paste {number}: {}", size(lines, chars)).into()
            }
            Self::Title { lines, chars } => format!("Paste: {}", size(lines, chars)).into(),
            Self::Scroll => "scroll".into(),
            Self::Unfold => "put it into the message".into(),
        }
    }

    fn zh_cn(self) -> Cow<'static, str> {
        let size = |lines: usize, chars: usize| {
            format!("{} 行，{} 个字符", grouped(lines as u64), grouped(chars as u64))
        };
        match self {
            Self::Token { number, lines, chars } => {
                format!("粘贴 {number}：{}", size(lines, chars)).into()
            }
            Self::Title { lines, chars } => format!("粘贴的内容：{}", size(lines, chars)).into(),
            Self::Scroll => "滚动".into(),
            Self::Unfold => "展开到消息里".into(),
        }
    }
}
