//! What the screen for screen readers says of its own, in every language. It refuses everything
//! that the other screen says too.

use std::borrow::Cow;

use super::Language;

/// Short texts of the plain screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain<'a> {
    /// The first line.
    Hello {
        /// The model questions go to.
        model: &'a str,
        /// Requests go to the simulator.
        simulator: bool,
    },
    /// Another conversation is shown.
    Conversation {
        /// Its title; empty if nobody has asked anything in it.
        title: &'a str,
        /// How many messages it has.
        messages: usize,
    },
    /// An answer begins.
    Answer {
        /// Who answers.
        model: &'a str,
    },
    /// The model reasons.
    Reasoning,
    /// How to take a row of the list above.
    Pick {
        /// Rows that were not read out.
        more: usize,
    },
    /// Nothing is called so.
    NoCommand {
        /// What was typed.
        name: &'a str,
    },
}

impl Plain<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> Cow<'static, str> {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    fn en(self) -> Cow<'static, str> {
        Cow::Owned(match self {
            Self::Hello { model, simulator } => {
                let place = if simulator { " (the simulator plays it)" } else { "" };
                format!(
                    "lian. Questions go to {model}{place}. A line is sent with Enter; a \\ at its end goes on in the next. /help lists the commands, /quit or Ctrl+D ends."
                )
            }
            Self::Conversation { title: "", .. } => return "A new conversation.".into(),
            Self::Conversation { title, messages } => {
                format!("Conversation: {title} ({messages} messages).")
            }
            Self::Answer { model } => format!("{model}:"),
            Self::Reasoning => return "(reasoning)".into(),
            Self::Pick { more: 0 } => {
                return "A number takes a row, words find rows, an empty line closes.".into();
            }
            Self::Pick { more } => {
                format!("{more} more. A number takes a row, words find rows, an empty line closes.")
            }
            Self::NoCommand { name } => {
                format!(
                    "There is no command /{name}. /help lists them; // begins a message with a slash."
                )
            }
        })
    }

    fn zh_cn(self) -> Cow<'static, str> {
        Cow::Owned(match self {
            Self::Hello { model, simulator } => {
                let place = if simulator { "（由模拟器扮演）" } else { "" };
                format!(
                    "lian。问题发给 {model}{place}。按 Enter 发送一行；行末的 \\ 表示下一行继续。/help 列出命令，/quit 或 Ctrl+D 退出。"
                )
            }
            Self::Conversation { title: "", .. } => return "新对话。".into(),
            Self::Conversation { title, messages } => {
                format!("对话：{title}（{messages} 条消息）。")
            }
            Self::Answer { model } => format!("{model}："),
            Self::Reasoning => return "（思考中）".into(),
            Self::Pick { more: 0 } => return "输入编号选定，输入文字查找，空行关闭。".into(),
            Self::Pick { more } => {
                format!("还有 {more} 行。输入编号选定，输入文字查找，空行关闭。")
            }
            Self::NoCommand { name } => {
                format!("没有命令 /{name}。/help 列出命令；以 // 开头可发送带斜杠的消息。")
            }
        })
    }
}
