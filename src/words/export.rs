//! What is said in and about exported files, in every language. It refuses the shape of a file.

use super::{Language, Told};
use crate::domain::export::{ExportNotice, Labels};

/// The few words that stand in a file.
#[must_use]
pub const fn labels(language: Language) -> Labels {
    match language {
        Language::En => Labels {
            you: "You",
            system: "Instructions",
            reasoning: "Reasoning",
            untitled: "Conversation",
            hidden: "Texts that look like keys, left out:",
        },
        Language::ZhCn => Labels {
            you: "你",
            system: "系统指令",
            reasoning: "思考过程",
            untitled: "对话",
            hidden: "形似密钥而未写入的文本：",
        },
    }
}

/// Says a notice about a file.
#[must_use]
pub fn tell(language: Language, notice: &ExportNotice) -> Told {
    let (sentence, next) = match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    };
    Told { sentence: sentence.into(), next: next.into() }
}

fn en(notice: &ExportNotice) -> (String, &'static str) {
    match notice {
        ExportNotice::Written { path, hidden: 0 } => {
            (format!("The conversation is in {path}."), "")
        }
        ExportNotice::Written { path, hidden: 1 } => (
            format!("The conversation is in {path}. One text that looks like a key was left out."),
            "",
        ),
        ExportNotice::Written { path, hidden } => (
            format!(
                "The conversation is in {path}. {hidden} texts that look like keys were left out."
            ),
            "",
        ),
        ExportNotice::Failed { path } => (
            format!("{path} could not be written."),
            "Give another name or directory: /export PATH.",
        ),
        ExportNotice::Empty => ("There is nothing to export yet.".to_owned(), ""),
    }
}

fn zh_cn(notice: &ExportNotice) -> (String, &'static str) {
    match notice {
        ExportNotice::Written { path, hidden: 0 } => (format!("对话已写入 {path}。"), ""),
        ExportNotice::Written { path, hidden } => {
            (format!("对话已写入 {path}。其中 {hidden} 处形似密钥的文本没有写入。"), "")
        }
        ExportNotice::Failed { path } => {
            (format!("无法写入 {path}。"), "请换一个文件名或目录：/export 路径。")
        }
        ExportNotice::Empty => ("还没有可导出的内容。".to_owned(), ""),
    }
}
