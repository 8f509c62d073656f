//! The names of vi's modes and commands, in every language. It refuses to know what they do.

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

/// What vi's commands do, in Chinese; the English stands beside the actions.
pub(super) fn action(name: &str) -> Option<&'static str> {
    Some(match name {
        "vi_normal_mode" => "回到 vi 命令模式",
        "vi_insert" => "在光标前输入",
        "vi_append" => "在光标后输入",
        "vi_insert_line_begin" => "在行首输入",
        "vi_append_line_end" => "在行尾输入",
        "vi_open_below" => "在下方新起一行",
        "vi_open_above" => "在上方新起一行",
        "vi_left" => "行内左移",
        "vi_right" => "行内右移",
        "vi_down" => "下移一行，或到下一条提问",
        "vi_up" => "上移一行，或到上一条提问",
        "vi_word_next" => "到下一个词",
        "vi_word_before" => "到词首",
        "vi_word_end" => "到词尾",
        "vi_first_letter" => "到行内第一个字",
        "vi_last_letter" => "到行内最后一个字",
        "vi_first_line" => "按两次：到第一行",
        "vi_last_line" => "到最后一行，或数字所指的行",
        "vi_delete_letter" => "删除一个字",
        "vi_delete" => "删除移动所及的文字；按两次：整行",
        "vi_change" => "改写移动所及的文字；按两次：整行",
        "vi_change_to_end" => "改写到行尾",
        "vi_yank" => "复制移动所及的文字；按两次：整行",
        "vi_put" => "放到光标后",
        "vi_put_before" => "放到光标前",
        "vi_first_column" => "到行首",
        "vi_delete_to_end" => "删到行尾",
        "vi_undo" => "撤销",
        "vi_redo" => "重做",
        _ => return None,
    })
}
