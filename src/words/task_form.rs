//! What the form for a task says, in every language. It refuses what is wrong with a value
//! (`jobs`) and the lines about fields, which stand beside the fields in the catalog.

use std::borrow::Cow;

use super::Language;
use crate::domain::jobs::Makes;
use crate::domain::money::Money;

/// Short texts of the form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TaskForm<'a> {
    /// Its title.
    Title(Makes),
    /// The row of the model.
    Model,
    /// What the row of the model is for.
    AboutModel,
    /// The row that sends, with so many tasks.
    Send(usize),
    /// What was spent today, and of how much.
    Today(Money, Option<Money>),
    /// It must be filled in.
    Required,
    /// It is left to the service.
    Unset,
    /// It is left to the service, which takes this.
    UnsetIs(&'a str),
    /// A switch.
    Flag(bool),
    /// There is no such file.
    Absent(&'a str),
    /// Which files it takes.
    Files(u32, &'a str, Option<u64>),
    /// A text of so many characters.
    Characters(u32),
    /// A number from and to.
    Range(u64, u64),
    /// So many to choose from.
    Choices(usize),
    /// In the empty words of a choice.
    Choose,
    /// Nothing fits.
    NothingFits,
    /// What is typed can be taken.
    TypedToo,
    /// Footer: change.
    Change,
    /// Footer: take.
    Take,
    /// Footer: new line.
    Newline,
    /// Footer: leave the value.
    Leave,
    /// Footer: send.
    SendHint,
    /// Footer: empty the field.
    Clear,
}

impl TaskForm<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> Cow<'static, str> {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    fn en(self) -> Cow<'static, str> {
        match self {
            Self::Title(Makes::Video) => "New video".into(),
            Self::Title(Makes::Image) => "New picture".into(),
            Self::Model => "model".into(),
            Self::AboutModel => "who makes it; what can be filled in follows from it".into(),
            Self::Send(1) => "Send".into(),
            Self::Send(tasks) => format!("Send {tasks} tasks").into(),
            Self::Today(spent, None) => format!("today {spent}").into(),
            Self::Today(spent, Some(limit)) => format!("today {spent} of {limit}").into(),
            Self::Required => "must be filled in".into(),
            Self::Unset => "the service decides".into(),
            Self::UnsetIs(value) => format!("{value} (the service's choice)").into(),
            Self::Flag(true) => "on".into(),
            Self::Flag(false) => "off".into(),
            Self::Absent(path) => format!("There is no file {path}.").into(),
            Self::Files(most, formats, mib) => {
                let count = if most == 1 {
                    "one file".to_owned()
                } else {
                    format!("{most} files, one a line")
                };
                let size = mib.map(|mib| format!(", {mib} MiB at most")).unwrap_or_default();
                format!("{count}: {formats}{size}").into()
            }
            Self::Characters(max) => format!("{max} characters at most").into(),
            Self::Range(min, max) => format!("{min} to {max}").into(),
            Self::Choices(count) => format!("{count} choices").into(),
            Self::Choose => "Type a part of it".into(),
            Self::NothingFits => "None of the choices has that in it".into(),
            Self::TypedToo => "Enter takes what is typed".into(),
            Self::Change => "change".into(),
            Self::Take => "take".into(),
            Self::Newline => "new line".into(),
            Self::Leave => "leave as it was".into(),
            Self::SendHint => "send".into(),
            Self::Clear => "clear".into(),
        }
    }

    fn zh_cn(self) -> Cow<'static, str> {
        match self {
            Self::Title(Makes::Video) => "新视频".into(),
            Self::Title(Makes::Image) => "新图片".into(),
            Self::Model => "模型".into(),
            Self::AboutModel => "由它生成；可填的参数随模型而定".into(),
            Self::Send(1) => "提交".into(),
            Self::Send(tasks) => format!("提交 {tasks} 个任务").into(),
            Self::Today(spent, None) => format!("今日已用 {spent}").into(),
            Self::Today(spent, Some(limit)) => format!("今日已用 {spent}，预算 {limit}").into(),
            Self::Required => "必填".into(),
            Self::Unset => "由服务方决定".into(),
            Self::UnsetIs(value) => format!("{value}（服务方默认）").into(),
            Self::Flag(true) => "开".into(),
            Self::Flag(false) => "关".into(),
            Self::Absent(path) => format!("没有文件 {path}。").into(),
            Self::Files(most, formats, mib) => {
                let count = if most == 1 {
                    "一个文件".to_owned()
                } else {
                    format!("最多 {most} 个文件，每行一个")
                };
                let size = mib.map(|mib| format!("，不超过 {mib} MiB")).unwrap_or_default();
                format!("{count}：{formats}{size}").into()
            }
            Self::Characters(max) => format!("最多 {max} 个字符").into(),
            Self::Range(min, max) => format!("{min} 到 {max}").into(),
            Self::Choices(count) => format!("{count} 个选项").into(),
            Self::Choose => "输入其中一部分".into(),
            Self::NothingFits => "没有这样的选项".into(),
            Self::TypedToo => "按 Enter 采用输入的值".into(),
            Self::Change => "修改".into(),
            Self::Take => "确定".into(),
            Self::Newline => "换行".into(),
            Self::Leave => "保持原值".into(),
            Self::SendHint => "提交".into(),
            Self::Clear => "清空".into(),
        }
    }
}
