//! The texts of both languages, from `en.md` and `zh.md`: sections that begin with `%% name`;
//! sections of one name are variants. It refuses to fill them.

use std::sync::OnceLock;

use crate::sim::tokens::is_cjk;

/// The language of a question and of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

type Sections = Vec<(&'static str, &'static str)>;

fn split(file: &'static str) -> Sections {
    let section = |part: &'static str| {
        let (name, text) = part.split_once('\n')?;
        Some((name.trim(), text.strip_suffix('\n').unwrap_or(text)))
    };
    // Trailing spaces count: a text may be the middle of a line.
    file.split("%% ").filter_map(section).collect()
}

impl Language {
    /// Chinese if it is written in Han characters to a good part.
    pub(super) fn of(text: &str) -> Self {
        let han = text.chars().filter(|c| is_cjk(*c)).count();
        let words = text
            .split_whitespace()
            .filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()))
            .count();
        if han >= 2 && han >= words { Self::Chinese } else { Self::English }
    }

    fn sections(self) -> &'static Sections {
        static ENGLISH: OnceLock<Sections> = OnceLock::new();
        static CHINESE: OnceLock<Sections> = OnceLock::new();
        match self {
            Self::English => ENGLISH.get_or_init(|| split(include_str!("en.md"))),
            Self::Chinese => CHINESE.get_or_init(|| split(include_str!("zh.md"))),
        }
    }

    /// A text by name; `variant` counts round its variants.
    pub(super) fn section(self, name: &str, variant: usize) -> &'static str {
        let texts: Vec<&str> =
            self.sections().iter().filter(|(own, _)| *own == name).map(|(_, text)| *text).collect();
        texts.get(variant % texts.len().max(1)).copied().unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn names(self) -> Vec<&'static str> {
        self.sections().iter().map(|(name, _)| *name).collect()
    }
}
