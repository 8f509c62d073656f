//! What is said around several answers to one question, in every language. It refuses to say which
//! is better.

use super::Language;

/// Short texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lanes<'a> {
    /// Above the answers.
    Title {
        /// How many.
        answers: usize,
    },
    /// Title of the composer: the models the next question goes to.
    To {
        /// Their names.
        models: &'a str,
        /// How many.
        count: usize,
    },
    /// What asking costs at least.
    AtLeast {
        /// The amount.
        money: &'a str,
    },
    /// Title of the list of models while some are marked.
    Marked(usize),
    /// Two to four have to be marked.
    MarkSome,
    /// Footer: mark a model.
    Mark,
    /// Footer: ask those that are marked.
    AskThem,
    /// Footer: another answer.
    Other,
    /// Footer: go on with it.
    Pick,
    /// Footer: stop all.
    StopAll,
    /// Footer: move in it.
    Scroll,
    /// Footer: copy it.
    Copy,
}

impl Lanes<'_> {
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
            Self::Title { answers } => return format!("{answers} answers"),
            Self::To { models, count } => return format!("to {count} models: {models}"),
            Self::AtLeast { money } => return format!("≥ {money}"),
            Self::Marked(count) => {
                return format!("{count} marked; 2 to 4 are asked at once");
            }
            Self::MarkSome => "Two to four models answer side by side: mark them.",
            Self::Mark => "mark to compare",
            Self::AskThem => "compare",
            Self::Other => "other answer",
            Self::Pick => "go on with it",
            Self::StopAll => "stop all",
            Self::Scroll => "scroll",
            Self::Copy => "copy",
        }
        .to_owned()
    }

    fn zh_cn(self) -> String {
        match self {
            Self::Title { answers } => return format!("{answers} 个回答"),
            Self::To { models, count } => return format!("同时问 {count} 个模型：{models}"),
            Self::AtLeast { money } => return format!("≥ {money}"),
            Self::Marked(count) => {
                return format!("已标记 {count} 个；可同时问 2 到 4 个模型");
            }
            Self::MarkSome => "并排回答需要 2 到 4 个模型，请先标记。",
            Self::Mark => "标记以比较",
            Self::AskThem => "比较",
            Self::Other => "另一个回答",
            Self::Pick => "用它继续",
            Self::StopAll => "全部停止",
            Self::Scroll => "滚动",
            Self::Copy => "复制",
        }
        .to_owned()
    }
}

/// What the actions do, in Chinese.
pub(super) fn action_zh(name: &str) -> Option<&'static str> {
    Some(match name {
        "compare" => "同一问题问多个模型，并排回答",
        "side_by_side" => "把这个问题的各个回答并排显示",
        "lane_before" => "到左边的回答",
        "lane_after" => "到右边的回答",
        "pick_answer" => "用这个回答和它的模型继续对话",
        "mark_model" => "标记模型以便比较，或取消标记",
        _ => return None,
    })
}
