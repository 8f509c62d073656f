//! What the list of conversations says, in every language. It refuses the names of actions: those
//! stand beside the actions.

use super::Language;

/// What the actions on conversations do, in Chinese.
pub(super) fn action_zh(name: &str) -> Option<&'static str> {
    Some(match name {
        "new_conversation" => "开始新对话",
        "conversation_before" => "到前一个对话",
        "conversation_after" => "到后一个对话",
        "conversations" => "所有对话：搜索、打开",
        "rename_conversation" => "给选中的对话改标题",
        "delete_conversation" => "删除选中的对话",
        "undelete_conversation" => "取回刚删除的对话",
        _ => return None,
    })
}

/// Short texts of the list of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversations<'a> {
    /// Its title.
    Title,
    /// In the empty query.
    Placeholder,
    /// Nothing fits what was typed.
    Nothing,
    /// The store has not answered yet.
    Reading,
    /// A conversation that holds only unsent text.
    Unsent,
    /// Before the new title.
    NewTitle,
    /// Whether to delete this one.
    Delete(&'a str),
    /// So many messages.
    Messages(usize),
    /// An answer arrives in it.
    Answering,
    /// Another running program has it open.
    Elsewhere,
    /// So many answers arrive in conversations that are not shown.
    Others(usize),
    /// Footer: open the marked row.
    Open,
    /// Footer: another title.
    Rename,
    /// Footer: delete.
    Remove,
    /// Footer: take back what was deleted.
    TakeBack,
    /// Footer: give this title.
    GiveTitle,
    /// Footer: yes, delete it.
    Yes,
    /// Footer: rather not.
    No,
}

impl Conversations<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> String {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    fn en(self) -> String {
        match self {
            Self::Title => "Conversations",
            Self::Placeholder => "Type a word of the title or of what was said",
            Self::Nothing => "No conversation has these words",
            Self::Reading => "Reading…",
            Self::Unsent => "not sent yet",
            Self::NewTitle => "Title ›",
            Self::Delete(title) => return format!("Delete \"{title}\"?"),
            Self::Messages(1) => "1 message",
            Self::Messages(count) => return format!("{count} messages"),
            Self::Answering => "answering",
            Self::Elsewhere => "open in another lian",
            Self::Others(1) => "1 more answering",
            Self::Others(count) => return format!("{count} more answering"),
            Self::Open => "open",
            Self::Rename => "rename",
            Self::Remove => "delete",
            Self::TakeBack => "take back",
            Self::GiveTitle => "give this title",
            Self::Yes => "delete it",
            Self::No => "leave it",
        }
        .to_owned()
    }

    fn zh_cn(self) -> String {
        match self {
            Self::Title => "对话",
            Self::Placeholder => "输入标题或内容里的字词",
            Self::Nothing => "没有对话包含这些字词",
            Self::Reading => "正在读取…",
            Self::Unsent => "尚未发送",
            Self::NewTitle => "标题 ›",
            Self::Delete(title) => return format!("删除“{title}”？"),
            Self::Messages(count) => return format!("{count} 条消息"),
            Self::Answering => "正在回答",
            Self::Elsewhere => "在另一个 lian 里打开着",
            Self::Others(count) => return format!("另有 {count} 个正在回答"),
            Self::Open => "打开",
            Self::Rename => "改标题",
            Self::Remove => "删除",
            Self::TakeBack => "取回",
            Self::GiveTitle => "用这个标题",
            Self::Yes => "确定删除",
            Self::No => "保留",
        }
        .to_owned()
    }
}
