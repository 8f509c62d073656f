//! What there is to say while a message is written, in every language: a sentence and what to do
//! now. It refuses to show more of a key than it was given.

use std::borrow::Cow;

use crate::domain::notice::{InputNotice, Secret, SecretKind};
use crate::domain::settings::Language;

type Sentence = (Cow<'static, str>, Cow<'static, str>);

fn say(sentence: impl Into<Cow<'static, str>>, next: impl Into<Cow<'static, str>>) -> Sentence {
    (sentence.into(), next.into())
}

pub(super) fn en(notice: &InputNotice) -> Sentence {
    const SET: &str = "Set VISUAL or EDITOR, for example with `export EDITOR=vim`.";
    const KEPT: &str = "Your message is as it was.";
    match notice {
        InputNotice::Secrets { found } => say(
            format!("This looks like a key: {}.", list(found, en_kind, ", ")),
            "Enter sends it all the same.",
        ),
        InputNotice::NoPaste => say("There is no folded paste in the message.", ""),
        InputNotice::PasteTooLong => say(
            "This paste is too long to be unfolded here.",
            "It is sent whole as it is; your editor can change it.",
        ),
        InputNotice::NoEditor { said: None } => say("No editor is set.", SET),
        InputNotice::NoEditor { said: Some(said) } => {
            say(format!("The editor {said:?} cannot be read: a quote is not closed."), SET)
        }
        InputNotice::EditorNotFound { program } => {
            say(format!("The editor {program} cannot be started."), SET)
        }
        InputNotice::EditorFailed { program, code: Some(code) } => {
            say(format!("{program} ended with exit code {code}."), KEPT)
        }
        InputNotice::EditorFailed { program, code: None } => {
            say(format!("{program} was ended by a signal."), KEPT)
        }
        InputNotice::EditorNotHere => say("The editor opens from the full screen only.", ""),
        InputNotice::EditorEmpty => say("The editor left the file empty.", KEPT),
        InputNotice::EditorFile => say("The file for the editor cannot be used.", KEPT),
        InputNotice::NearCap(reached) => super::meters::near(Language::En, reached),
    }
}

pub(super) fn zh_cn(notice: &InputNotice) -> Sentence {
    const SET: &str = "请设置 VISUAL 或 EDITOR，例如 `export EDITOR=vim`。";
    const KEPT: &str = "消息保持原样。";
    match notice {
        InputNotice::Secrets { found } => say(
            format!("消息里有像密钥的内容：{}。", list(found, zh_kind, "、")),
            "再按 Enter 仍会发送。",
        ),
        InputNotice::NoPaste => say("消息里没有折叠的粘贴内容。", ""),
        InputNotice::PasteTooLong => {
            say("这段粘贴内容太长，不能在这里展开。", "发送时仍是全文；要修改可用编辑器。")
        }
        InputNotice::NoEditor { said: None } => say("没有设置编辑器。", SET),
        InputNotice::NoEditor { said: Some(said) } => {
            say(format!("编辑器设置 {said:?} 有误：引号没有配对。"), SET)
        }
        InputNotice::EditorNotFound { program } => say(format!("无法启动编辑器 {program}。"), SET),
        InputNotice::EditorFailed { program, code: Some(code) } => {
            say(format!("{program} 以退出码 {code} 结束。"), KEPT)
        }
        InputNotice::EditorFailed { program, code: None } => {
            say(format!("{program} 被信号终止。"), KEPT)
        }
        InputNotice::EditorNotHere => say("只有全屏界面才能打开编辑器。", ""),
        InputNotice::EditorEmpty => say("编辑器留下的是空文件。", KEPT),
        InputNotice::EditorFile => say("无法使用给编辑器的临时文件。", KEPT),
        InputNotice::NearCap(reached) => super::meters::near(Language::ZhCn, reached),
    }
}

fn list(found: &[Secret], kind: fn(SecretKind) -> &'static str, between: &str) -> String {
    let one = |secret: &Secret| format!("{} {}", kind(secret.kind), secret.shown);
    found.iter().map(one).collect::<Vec<_>>().join(between)
}

fn en_kind(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::ApiKey => "API key",
        SecretKind::AlibabaAccessKey => "Alibaba Cloud access key",
        SecretKind::AwsAccessKey => "AWS access key",
        SecretKind::PrivateKey => "private key",
        SecretKind::Variable => "value of a key variable",
    }
}

fn zh_kind(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::ApiKey => "API 密钥",
        SecretKind::AlibabaAccessKey => "阿里云 AccessKey",
        SecretKind::AwsAccessKey => "AWS AccessKey",
        SecretKind::PrivateKey => "私钥",
        SecretKind::Variable => "密钥变量的值",
    }
}

/// What the actions around a message do, in Chinese; the English stands beside the actions.
pub(super) fn action(name: &str) -> Option<&'static str> {
    Some(match name {
        "search_history" => "搜索以前的提问",
        "open_editor" => "用自己的编辑器写消息",
        "inspect_paste" => "查看折叠的粘贴内容",
        "unfold_paste" => "把粘贴内容展开到消息里",
        _ => return None,
    })
}
