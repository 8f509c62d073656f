//! What is said of pictures, videos and sounds that go with a question, and of answers that are
//! spoken, in every language. It refuses to judge them.

use std::borrow::Cow;

use super::Language;

/// Sentences about spoken answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speech<'a> {
    /// The sound is in a file.
    Written {
        /// Its name.
        file: &'a str,
        /// How long it plays, in seconds.
        seconds: f64,
    },
    /// A file was asked for and no sound came.
    None,
    /// The file could not be written.
    Failed {
        /// Its name.
        file: &'a str,
        /// The system's words.
        said: &'a str,
    },
    /// The model does not speak.
    Mute {
        /// Which.
        model: &'a str,
    },
    /// Nobody knows the voices of the model.
    NoVoice {
        /// Which.
        model: &'a str,
    },
    /// A model that reasons first does not speak.
    Thinks,
}

impl Speech<'_> {
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
            Self::Written { file, seconds } => {
                format!("{seconds:.1} s of speech are in {file}.").into()
            }
            Self::None => "The answer came without speech.".into(),
            Self::Failed { file, said } => format!("{file} could not be written: {said}").into(),
            Self::Mute { model } => format!(
                "{model} does not speak. Name a model that does with -m, for example qwen3-omni-flash."
            )
            .into(),
            Self::NoVoice { model } => {
                format!("The voices of {model} are not known here. Name one with --voice.").into()
            }
            Self::Thinks => {
                "An answer that begins with reasoning is not spoken. Leave out --think.".into()
            }
        }
    }

    fn zh_cn(self) -> Cow<'static, str> {
        match self {
            Self::Written { file, seconds } => format!("{seconds:.1} 秒语音已写入 {file}。").into(),
            Self::None => "回答里没有语音。".into(),
            Self::Failed { file, said } => format!("无法写入 {file}：{said}").into(),
            Self::Mute { model } => {
                format!("{model} 不能说话。请用 -m 指定能说话的模型，例如 qwen3-omni-flash。")
                    .into()
            }
            Self::NoVoice { model } => {
                format!("不知道 {model} 有哪些音色，请用 --voice 指定。").into()
            }
            Self::Thinks => "先思考再回答时没有语音，请去掉 --think。".into(),
        }
    }
}
