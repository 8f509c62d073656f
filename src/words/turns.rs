//! What is said about turns: the queue, a question that is being changed, seeds; in every
//! language; the names of their actions in Chinese. It refuses those in English: they stand beside
//! the actions.

use super::Language;

/// What an action does, by its name, in Chinese.
pub(super) fn action_zh(name: &str) -> Option<&'static str> {
    Some(match name {
        "regenerate" => "同一问题再答一次",
        "regenerate_with_seed" => "换一个随机种子再答一次",
        "edit_question" => "修改这个问题再问",
        "branch_before" => "到前一个分支",
        "branch_after" => "到后一个分支",
        "fork_conversation" => "从这里复制成新对话",
        "queue" => "排队等待发送的消息",
        "queue_edit" => "取回最后一条排队的消息",
        "queue_send" => "发送排队的消息",
        "queue_up" => "选中的消息提前发送",
        "queue_down" => "选中的消息推后发送",
        "queue_remove" => "不再发送选中的消息",
        _ => return None,
    })
}

/// Short texts about turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turns<'a> {
    /// The queue is held back; the key that sends it.
    Held {
        /// How many wait.
        waiting: usize,
        /// The key.
        key: &'a str,
    },
    /// So many more wait.
    More {
        /// How many.
        more: usize,
        /// The key that lists them.
        key: &'a str,
    },
    /// Title of the composer while an earlier question is changed.
    Editing {
        /// The key that leaves it.
        key: &'a str,
    },
    /// The seed of an answer.
    Seed(u64),
    /// Title of the list of waiting messages.
    Title,
    /// In its empty query.
    Placeholder,
    /// Nothing waits, or nothing fits.
    Nothing,
    /// Footer: take the marked one back.
    TakeBack,
    /// Footer: earlier.
    Earlier,
    /// Footer: later.
    Later,
    /// Footer: do not send it.
    Remove,
}

impl Turns<'_> {
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
            Self::Held { waiting: 1, key } => return format!("1 message waits; {key} sends it"),
            Self::Held { waiting, key } => {
                return format!("{waiting} messages wait; {key} sends them");
            }
            Self::More { more, key } => return format!("and {more} more; {key} lists them"),
            Self::Editing { key } => return format!("Change the question · {key} leaves it"),
            Self::Seed(seed) => return format!("seed {seed}"),
            Self::Title => "Messages that wait",
            Self::Placeholder => "Type a word of a message",
            Self::Nothing => "Nothing waits",
            Self::TakeBack => "change it",
            Self::Earlier => "earlier",
            Self::Later => "later",
            Self::Remove => "do not send",
        }
        .to_owned()
    }

    fn zh_cn(self) -> String {
        match self {
            Self::Held { waiting, key } => return format!("{waiting} 条消息在等待；{key} 发送"),
            Self::More { more, key } => return format!("还有 {more} 条；{key} 查看全部"),
            Self::Editing { key } => return format!("修改问题 · {key} 放弃"),
            Self::Seed(seed) => return format!("种子 {seed}"),
            Self::Title => "排队的消息",
            Self::Placeholder => "输入消息里的字词",
            Self::Nothing => "没有排队的消息",
            Self::TakeBack => "修改",
            Self::Earlier => "提前",
            Self::Later => "推后",
            Self::Remove => "不发送",
        }
        .to_owned()
    }
}
