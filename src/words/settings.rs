//! Sentences on settings, themes and profiles, in every language. It refuses the reasons for which
//! a file is wrong: those are the configuration's own, with file and line.

use crate::domain::settings::{Language, SettingsNotice};

/// Short texts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase<'a> {
    /// Badge of a profile in which mistakes are expensive.
    Production,
    /// Where the key came from.
    KeyFrom(&'a str),
}

/// Says a short text.
#[must_use]
pub fn say(language: Language, phrase: Phrase<'_>) -> String {
    match (language, phrase) {
        (Language::En, Phrase::Production) => "prod".to_owned(),
        (Language::ZhCn, Phrase::Production) => "生产环境".to_owned(),
        (Language::En, Phrase::KeyFrom(source)) => format!("key: {source}"),
        (Language::ZhCn, Phrase::KeyFrom(source)) => format!("密钥：{source}"),
    }
}

/// Sentence and next step in English.
pub(super) fn en(notice: &SettingsNotice) -> (String, String) {
    match notice {
        SettingsNotice::KeyVariable { found, usual } => (
            format!("The key comes from {found}."),
            format!("{usual} is the usual variable; api_key_env in the profile names any other."),
        ),
        SettingsNotice::Wrong => (
            "A configuration file is wrong; the settings stay as they were.".to_owned(),
            "Mend it; lian reads it again by itself.".to_owned(),
        ),
        SettingsNotice::Changed { later: false } => {
            ("The settings were read again.".to_owned(), String::new())
        }
        SettingsNotice::Changed { later: true } => (
            "The settings were read again.".to_owned(),
            "Profile, addresses and deadlines count from the next start on.".to_owned(),
        ),
        SettingsNotice::Theme { name, held_by: None } => (format!("Theme: {name}."), String::new()),
        SettingsNotice::Theme { name, held_by: Some(held_by) } => {
            (format!("Theme: {name}."), format!("At the next start {held_by} decides again."))
        }
        SettingsNotice::Unwritten => (
            "The choice could not be written down; it counts until lian ends.".to_owned(),
            "Mend what is named here and choose again.".to_owned(),
        ),
    }
}

/// Sentence and next step in Chinese.
pub(super) fn zh_cn(notice: &SettingsNotice) -> (String, String) {
    match notice {
        SettingsNotice::KeyVariable { found, usual } => (
            format!("密钥来自 {found}。"),
            format!("通常使用 {usual}；其他变量名请在配置的 api_key_env 里写明。"),
        ),
        SettingsNotice::Wrong => {
            ("配置文件有错，设置保持不变。".to_owned(), "改好后 lian 会自动重新读取。".to_owned())
        }
        SettingsNotice::Changed { later: false } => ("已重新读取设置。".to_owned(), String::new()),
        SettingsNotice::Changed { later: true } => {
            ("已重新读取设置。".to_owned(), "配置名、地址和时限从下次启动起生效。".to_owned())
        }
        SettingsNotice::Theme { name, held_by: None } => (format!("主题：{name}。"), String::new()),
        SettingsNotice::Theme { name, held_by: Some(held_by) } => {
            (format!("主题：{name}。"), format!("下次启动仍以 {held_by} 为准。"))
        }
        SettingsNotice::Unwritten => (
            "本次选择未能写入文件，只在退出前有效。".to_owned(),
            "请先解决这里指出的问题，再选一次。".to_owned(),
        ),
    }
}
