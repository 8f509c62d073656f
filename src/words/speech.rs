//! Short texts about reading aloud: the bar above the message, the list of voices, prices of sound,
//! the names of actions in Chinese. It refuses notices (`aloud`) and samples (`catalog`).

use super::Language;
use crate::domain::audio::SinkName;
use crate::domain::money::{Money, Unit};

/// Texts of the bar and of the list of voices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speech<'a> {
    /// It is paused.
    Paused,
    /// It was heard to its end.
    Over,
    /// The sound has not begun.
    Waiting,
    /// A sample of a voice is heard.
    Sample,
    /// The model spoke the answer itself.
    Itself,
    /// It is another conversation's.
    Of {
        /// Its title.
        title: &'a str,
    },
    /// Sentences that cost nothing, for they were there.
    Kept {
        /// How many.
        kept: usize,
    },
    /// Nothing was paid: all of it was there.
    Free,
    /// Bar: pause or go on.
    Pause {
        /// It is paused.
        paused: bool,
    },
    /// Bar: back and forth.
    Sentences,
    /// Bar: be silent.
    Stop,
    /// Title of the list.
    Title {
        /// The model.
        model: &'a str,
        /// Which of the models, from 1, and how many.
        which: (usize, usize),
    },
    /// In place of the words.
    Placeholder,
    /// In place of the rows.
    Nothing,
    /// Every language.
    EveryLanguage {
        /// How many.
        count: usize,
    },
    /// A dialect.
    Dialect {
        /// Its name.
        name: &'a str,
    },
    /// It reads this conversation.
    Current,
    /// It is a favourite.
    Favourite,
    /// It is being heard.
    Heard,
    /// Before the language that is read in.
    ReadsIn {
        /// Its name; empty where the service finds out.
        name: &'a str,
    },
    /// Before the price.
    Price,
    /// What a sample costs the first time; nothing afterwards.
    SamplePrice {
        /// The amount.
        money: &'a str,
    },
    /// No price is known.
    NoPrice,
    /// Footer: take it for the conversation.
    Choose,
    /// Footer: hear it.
    Hear,
    /// Footer: be silent.
    Silence,
    /// Footer: make it the default.
    Keep,
    /// Footer: favour it, or no more.
    Favour {
        /// It is a favourite.
        is: bool,
    },
    /// Footer: the next model.
    Model,
    /// Footer: another language.
    Language,
}

impl Speech<'_> {
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
            Self::Of { title } => return format!("in \"{title}\""),
            Self::Kept { kept } => return format!("{kept} cached"),
            Self::Title { model, which: (at, of) } => {
                return format!("Voices of {model}  {at}/{of}");
            }
            Self::EveryLanguage { count } => return format!("{count} languages"),
            Self::Dialect { name } => return format!("{name} dialect"),
            Self::ReadsIn { name: "" } => "language found out by the service",
            Self::ReadsIn { name } => return format!("reads in {name}"),
            Self::SamplePrice { money } => {
                return format!("to hear it ≈ {money}, once");
            }
            Self::Paused => "paused",
            Self::Over => "read",
            Self::Waiting => "waiting for sound",
            Self::Sample => "sample",
            Self::Itself => "own voice",
            Self::Free => "nothing paid",
            Self::Pause { paused: true } => "go on",
            Self::Pause { paused: false } => "pause",
            Self::Sentences => "sentence",
            Self::Stop | Self::Silence => "be silent",
            Self::Placeholder => "Type a name or a dialect",
            Self::Nothing => "No voice is called that",
            Self::Current => "reads this conversation",
            Self::Heard => "heard now",
            Self::Price => "Price",
            Self::NoPrice => "no price is known",
            Self::Choose => "choose",
            Self::Hear => "hear",
            Self::Keep => "make it the default",
            Self::Favour { is: true } => "no favourite",
            Self::Favourite | Self::Favour { is: false } => "favourite",
            Self::Model => "next model",
            Self::Language => "language",
        }
        .to_owned()
    }

    fn zh_cn(self) -> String {
        match self {
            Self::Of { title } => return format!("对话“{title}”"),
            Self::Kept { kept } => return format!("{kept} 句来自缓存"),
            Self::Title { model, which: (at, of) } => return format!("{model} 的声音  {at}/{of}"),
            Self::EveryLanguage { count } => return format!("{count} 种语言"),
            Self::Dialect { name } => return format!("说{name}"),
            Self::ReadsIn { name: "" } => "语言由服务方判断",
            Self::ReadsIn { name } => return format!("用{name}朗读"),
            Self::SamplePrice { money } => return format!("试听 ≈ {money}，只付一次"),
            Self::Paused => "已暂停",
            Self::Over => "读完",
            Self::Waiting => "等待声音",
            Self::Itself => "模型自己的声音",
            Self::Free => "没有花费",
            Self::Pause { paused: true } => "继续",
            Self::Pause { paused: false } => "暂停",
            Self::Sentences => "前后句",
            Self::Stop | Self::Silence => "停止",
            Self::Placeholder => "输入名字或方言",
            Self::Nothing => "没有这样的声音",
            Self::Current => "朗读这个对话",
            Self::Favourite => "已收藏",
            Self::Heard => "正在试听",
            Self::Price => "价格",
            Self::NoPrice => "价格未知",
            Self::Choose => "选用",
            Self::Sample | Self::Hear => "试听",
            Self::Keep => "设为默认",
            Self::Favour { is: true } => "取消收藏",
            Self::Favour { is: false } => "收藏",
            Self::Model => "下一个模型",
            Self::Language => "语言",
        }
        .to_owned()
    }
}

/// The price of so much sound.
#[must_use]
pub fn rate(language: Language, money: Money, unit: Unit) -> String {
    match (language, unit) {
        (Language::En, Unit::TenThousandCharacters) => format!("{money} per 10,000 characters"),
        (Language::En, Unit::MillionTokens) => format!("{money} per million tokens of sound"),
        (Language::En, Unit::Second) => format!("{money} a second of sound"),
        (Language::En, Unit::Image) => format!("{money} a picture"),
        (Language::En, Unit::Call) => format!("{money} a request"),
        (Language::ZhCn, Unit::TenThousandCharacters) => format!("每 1 万字符 {money}"),
        (Language::ZhCn, Unit::MillionTokens) => format!("每百万语音 token {money}"),
        (Language::ZhCn, Unit::Second) => format!("每秒语音 {money}"),
        (Language::ZhCn, Unit::Image) => format!("每张图片 {money}"),
        (Language::ZhCn, Unit::Call) => format!("每次请求 {money}"),
    }
}

/// Where sound goes, in a word or two.
#[must_use]
pub fn sink(language: Language, sink: &SinkName) -> String {
    match (language, sink) {
        (_, SinkName::File { path }) if !path.is_empty() => path.clone(),
        (_, SinkName::Program { name }) => name.clone(),
        (language, SinkName::Device { by, .. }) => match (elsewhere(by), language) {
            (Some(by), Language::En) => format!("over {by}"),
            (Some(by), Language::ZhCn) => format!("通过 {by}"),
            (None, Language::En) => "device".to_owned(),
            (None, Language::ZhCn) => "声音设备".to_owned(),
        },
        (Language::En, SinkName::File { .. }) => "file".to_owned(),
        (Language::ZhCn, SinkName::File { .. }) => "文件".to_owned(),
    }
}

/// The command that plays, if it is not the player of this machine.
fn elsewhere(by: &str) -> Option<&str> {
    (!by.is_empty() && by != "lian-player").then_some(by)
}

/// The names of its actions.
#[must_use]
pub fn action_zh(name: &str) -> Option<&'static str> {
    Some(match name {
        "speak_answer" => "朗读这个回答，或停止",
        "auto_speak" => "自动朗读每个回答，或不再自动",
        "pause_speech" => "暂停朗读，或继续",
        "sentence_before" => "从前一句读起",
        "sentence_after" => "从下一句读起",
        "sentence_again" => "这一句再读一遍",
        "stop_speech" => "停止朗读",
        "voices" => "声音：试听、选择",
        "hear_voice" => "试听选中的声音，或停止",
        "default_voice" => "选用这个声音并设为默认",
        "favourite_voice" => "收藏这个声音，或取消收藏",
        "voices_of_next_model" => "下一个模型的声音",
        "voices_of_model_before" => "前一个模型的声音",
        "speech_language" => "换一种朗读语言，或由服务方判断",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sinks_are_named_shortly() {
        let device = |by: &str| SinkName::Device { device: "Speakers".into(), by: by.into() };
        assert_eq!(sink(Language::En, &device("lian-player")), "device");
        assert_eq!(sink(Language::En, &device("ssh")), "over ssh");
        assert_eq!(sink(Language::ZhCn, &device("ssh")), "通过 ssh");
        let file = SinkName::File { path: "/a/b.wav".into() };
        assert_eq!(sink(Language::ZhCn, &file), "/a/b.wav");
    }
}
