//! The names of vi's modes, in every language. It refuses to know what a mode does.

use super::Language;

/// Modes as the title of the message names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vi {
    /// Keys write.
    Insert,
    /// Keys are commands.
    Normal,
}

impl Vi {
    /// Says it.
    #[must_use]
    pub const fn say(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Insert, Language::En) => "INSERT",
            (Self::Normal, Language::En) => "NORMAL",
            (Self::Insert, Language::ZhCn) => "输入",
            (Self::Normal, Language::ZhCn) => "命令",
        }
    }
}
