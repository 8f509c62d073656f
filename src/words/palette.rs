//! What the palette says, in every language. It refuses the names of actions: those stand beside
//! the actions.

use super::Language;

/// Short texts of the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// Its title when it offers every action.
    Title,
    /// Its title after `/`.
    Commands,
    /// In the empty query.
    Placeholder,
    /// Nothing fits what was typed.
    Nothing,
    /// Nothing fits what was typed after `/`: Enter writes it.
    NoCommand,
    /// Footer: take the marked row.
    Run,
    /// Footer: move the mark.
    Move,
}

impl Palette {
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
            Self::Title => "Everything lian can do",
            Self::Commands => "Commands",
            Self::Placeholder => "Type what you want to do",
            Self::Nothing => "Nothing is called that",
            Self::NoCommand => "No command is called that; Enter writes it into the message",
            Self::Run => "do it",
            Self::Move => "choose",
        }
    }

    const fn zh_cn(self) -> &'static str {
        match self {
            Self::Title => "全部操作",
            Self::Commands => "命令",
            Self::Placeholder => "输入想做的事",
            Self::Nothing => "没有这样的操作",
            Self::NoCommand => "没有这个命令；按 Enter 把它写进消息",
            Self::Run => "执行",
            Self::Move => "选择",
        }
    }
}
