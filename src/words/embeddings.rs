//! What is said of turning texts into vectors, in every language. It refuses to decide what can be
//! asked for.

use std::borrow::Cow;

use super::{Language, grouped};
use crate::domain::money::Money;

/// Sentences about vectors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Embeddings<'a> {
    /// Before anything is sent.
    Estimate {
        /// How many texts.
        texts: u64,
        /// About how many tokens.
        tokens: u64,
        /// About what they cost, where a price is known.
        cost: Option<Money>,
    },
    /// What it was in the end.
    Used {
        /// How many texts have their vectors.
        texts: u64,
        /// Tokens, where the service told.
        tokens: Option<u64>,
        /// What they cost, where a price is known.
        cost: Option<Money>,
    },
    /// There is nothing to turn into vectors.
    NoTexts,
    /// The model makes no vectors.
    NoEmbedding {
        /// Which model.
        model: &'a str,
        /// Models that do.
        others: &'a str,
    },
    /// The model is asked with a file and answers with a task.
    AsTask {
        /// Which model.
        model: &'a str,
    },
    /// The model does not make vectors that long.
    NoDimensions {
        /// Which model.
        model: &'a str,
        /// How long they can be, the usual length first.
        choices: &'a [u32],
    },
    /// The model does not take an option.
    NoOption {
        /// Which model.
        model: &'a str,
        /// Which option.
        option: &'a str,
    },
    /// A text is longer than the model reads.
    TooLong {
        /// Which text, from 0.
        index: u64,
        /// About how many tokens it has.
        tokens: u64,
        /// How many the model reads.
        most: u64,
    },
}

impl Embeddings<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> Cow<'static, str> {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    fn en(self) -> Cow<'static, str> {
        let texts = |n| if n == 1 { "1 text".to_owned() } else { format!("{} texts", grouped(n)) };
        Cow::Owned(match self {
            Self::Estimate { texts: n, tokens, cost } => {
                let cost = cost.map(|cost| format!(", ≈ {cost}")).unwrap_or_default();
                format!("{}, about {} tokens{cost}", texts(n), grouped(tokens))
            }
            Self::Used { texts: n, tokens, cost } => {
                let tokens = tokens.map(|n| format!(", {} tokens", grouped(n)));
                let cost = cost.map(|cost| format!(", {cost}"));
                format!("{}{}{}", texts(n), tokens.unwrap_or_default(), cost.unwrap_or_default())
            }
            Self::NoTexts => {
                return "there are no texts: lian embed FILE, or pipe them in, one a line".into();
            }
            Self::NoEmbedding { model, others } => {
                format!("{model} makes no vectors; these do: {others}")
            }
            Self::AsTask { model } => format!(
                "{model} reads a file on the web and answers with a task; for texts take another model"
            ),
            Self::NoDimensions { model, choices } => {
                format!("vectors of {model} have {} dimensions", joined(choices, " or "))
            }
            Self::NoOption { model, option } => format!("{model} does not take {option}"),
            Self::TooLong { index, tokens, most } => format!(
                "text {index} has about {} tokens and the model reads {}",
                grouped(tokens),
                grouped(most)
            ),
        })
    }

    fn zh_cn(self) -> Cow<'static, str> {
        Cow::Owned(match self {
            Self::Estimate { texts, tokens, cost } => {
                let cost = cost.map(|cost| format!("，约 {cost}")).unwrap_or_default();
                format!("{} 条文本，约 {} token{cost}", grouped(texts), grouped(tokens))
            }
            Self::Used { texts, tokens, cost } => {
                let tokens = tokens.map(|n| format!("，{} token", grouped(n)));
                let cost = cost.map(|cost| format!("，{cost}"));
                let (tokens, cost) = (tokens.unwrap_or_default(), cost.unwrap_or_default());
                format!("{} 条文本{tokens}{cost}", grouped(texts))
            }
            Self::NoTexts => return "没有文本：lian embed 文件，或用管道输入，每行一条".into(),
            Self::NoEmbedding { model, others } => {
                format!("{model} 不生成向量；可用：{others}")
            }
            Self::AsTask { model } => {
                format!("{model} 读取网上的文件并以任务返回；处理文本请换一个模型")
            }
            Self::NoDimensions { model, choices } => {
                format!("{model} 的向量维度可选：{}", joined(choices, "、"))
            }
            Self::NoOption { model, option } => format!("{model} 不支持 {option}"),
            Self::TooLong { index, tokens, most } => format!(
                "第 {index} 条文本约 {} token，模型最多读取 {}",
                grouped(tokens),
                grouped(most)
            ),
        })
    }
}

/// Numbers from the smallest up.
fn joined(choices: &[u32], joint: &str) -> String {
    let mut choices = choices.to_vec();
    choices.sort_unstable();
    choices.iter().map(ToString::to_string).collect::<Vec<_>>().join(joint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn numbers_are_told_as_far_as_they_are_known() {
        let cost = Money { amount: "0.0006".parse().unwrap(), currency: Currency::Cny };
        let before = Embeddings::Estimate { texts: 1200, tokens: 1234, cost: Some(cost) };
        assert_eq!(before.say(Language::En), "1,200 texts, about 1,234 tokens, ≈ ¥0.0006");
        assert_eq!(before.say(Language::ZhCn), "1,200 条文本，约 1,234 token，约 ¥0.0006");
        let after = Embeddings::Used { texts: 1, tokens: None, cost: None };
        assert_eq!(after.say(Language::En), "1 text");
    }
}
