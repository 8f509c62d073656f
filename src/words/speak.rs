//! What is said of speech without a screen, and of sound that finds no place, in every language. It
//! refuses prices and voices themselves: they are arguments.

use std::borrow::Cow;

use super::{Language, Told, grouped, told};
use crate::domain::audio::{FaultKind, SinkName};
use crate::domain::money::Money;
use crate::domain::notice::SpeechNotice;

/// Says what is wrong with the sound.
#[must_use]
pub fn tell(language: Language, notice: &SpeechNotice) -> Told {
    match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    }
}

fn en(notice: &SpeechNotice) -> Told {
    match notice {
        SpeechNotice::NoPlace { from, why } => told(
            match from {
                Some(from) => format!(
                    "The sound goes nowhere: {} does not take it, {}.",
                    place(Language::En, from),
                    fault(Language::En, *why)
                ),
                None => "There is no place where the sound could go.".to_owned(),
            },
            "Name one in the configuration, [speech] sinks; \"file\" always works. `lian speak -o FILE` writes a file, --stdout plain samples.",
        ),
        SpeechNotice::Format(format) => told(
            format!(
                "The model gave sound in a form that is not documented: {} Hz, {} channels, {} bits.",
                format.rate, format.channels, format.bits
            ),
            "Take another model, e.g. qwen3-tts-flash.",
        ),
        SpeechNotice::TooLong => {
            told("The sound is longer than anything that is spoken.", "Ask for a shorter text.")
        }
    }
}

fn zh_cn(notice: &SpeechNotice) -> Told {
    match notice {
        SpeechNotice::NoPlace { from, why } => told(
            match from {
                Some(from) => format!(
                    "声音无处播放：{}不可用，{}。",
                    place(Language::ZhCn, from),
                    fault(Language::ZhCn, *why)
                ),
                None => "没有可以播放声音的地方。".to_owned(),
            },
            "请在配置 [speech] sinks 中指定；\"file\" 总是可用。`lian speak -o 文件` 写入文件，--stdout 输出原始采样。",
        ),
        SpeechNotice::Format(format) => told(
            format!(
                "模型返回的声音格式与文档不符：{} Hz，{} 声道，{} 位。",
                format.rate, format.channels, format.bits
            ),
            "请换一个模型，例如 qwen3-tts-flash。",
        ),
        SpeechNotice::TooLong => told("声音长得超出了任何朗读。", "请缩短文本。"),
    }
}

/// What is read in the place of a block of code, where that is announced.
#[must_use]
pub const fn code_block(language: Language) -> &'static str {
    match language {
        Language::En => "A block of code.",
        Language::ZhCn => "这里有一段代码。",
    }
}

/// A place where sound goes, in words.
#[must_use]
pub fn place(language: Language, sink: &SinkName) -> String {
    match (language, sink) {
        (_, SinkName::Device { device, by }) if device.is_empty() => by.clone(),
        (Language::En, SinkName::Device { device, by }) => format!("{device} (by {by})"),
        (Language::ZhCn, SinkName::Device { device, by }) => format!("{device}（{by}）"),
        (_, SinkName::Program { name }) => name.clone(),
        (Language::En, SinkName::File { path }) if path.is_empty() => "a file".to_owned(),
        (Language::ZhCn, SinkName::File { path }) if path.is_empty() => "文件".to_owned(),
        (_, SinkName::File { path }) => path.clone(),
    }
}

/// Why a place takes no sound, as the end of a sentence.
#[must_use]
pub const fn fault(language: Language, why: FaultKind) -> &'static str {
    match (language, why) {
        (Language::En, FaultKind::NoDevice) => "there is no device",
        (Language::En, FaultKind::DeviceLost) => "the device went away",
        (Language::En, FaultKind::Slow) => "it did not do its part in time",
        (Language::En, FaultKind::Format) => "it does not play sound of this form",
        (Language::En, FaultKind::Garbage) => "it does not speak the player's language",
        (Language::En, FaultKind::Ended) => "it ended before the sound did",
        (Language::En, FaultKind::NotStarted) => "it cannot be started",
        (Language::En, FaultKind::NotWritten) => "it cannot be written",
        (Language::En, FaultKind::NoSink) => "none is left",
        (Language::ZhCn, FaultKind::NoDevice) => "没有声音设备",
        (Language::ZhCn, FaultKind::DeviceLost) => "设备断开了",
        (Language::ZhCn, FaultKind::Slow) => "没有及时响应",
        (Language::ZhCn, FaultKind::Format) => "不支持这种声音格式",
        (Language::ZhCn, FaultKind::Garbage) => "不懂播放器的协议",
        (Language::ZhCn, FaultKind::Ended) => "提前结束了",
        (Language::ZhCn, FaultKind::NotStarted) => "无法启动",
        (Language::ZhCn, FaultKind::NotWritten) => "无法写入",
        (Language::ZhCn, FaultKind::NoSink) => "没有其他地方了",
    }
}

/// What `lian speak` says besides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speak<'a> {
    /// Nothing was given.
    NoText,
    /// There is nothing to read in it: code or pictures alone.
    NothingToRead,
    /// Before anything is sent.
    Before {
        /// Which model.
        model: &'a str,
        /// Which voice.
        voice: &'a str,
        /// Characters, a Han one as two.
        characters: u64,
        /// What they will cost; `None` where no price is known.
        cost: Option<Money>,
        /// More follows, as it is read from a pipe.
        so_far: bool,
    },
    /// When it is over.
    After {
        /// Seconds of sound.
        seconds: f64,
        /// What it cost.
        cost: Option<Money>,
        /// The service did not say what was used.
        estimated: bool,
        /// Sentences that were there already.
        kept: usize,
    },
    /// Where the sound goes.
    Goes {
        /// Where.
        sink: &'a SinkName,
    },
    /// It goes on elsewhere.
    FellBack {
        /// What did not take it.
        from: &'a SinkName,
        /// Why.
        why: FaultKind,
        /// What does.
        to: &'a SinkName,
    },
    /// The file is written.
    Written {
        /// Its name.
        file: &'a str,
    },
    /// The file cannot be written.
    NotWritten {
        /// Its name.
        file: &'a str,
        /// The system's words.
        said: &'a str,
    },
    /// The model has no voice that is known.
    NoVoice {
        /// Which.
        model: &'a str,
        /// Models that do.
        others: &'a str,
    },
    /// Sound is no text for a terminal.
    Terminal,
    /// A voice that speaks every language of the model.
    EveryLanguage,
}

impl Speak<'_> {
    /// Says it.
    #[must_use]
    pub fn say(&self, language: Language) -> Cow<'static, str> {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    fn en(&self) -> Cow<'static, str> {
        match self {
            Self::NoText => "there is nothing to read: lian speak \"...\", or pipe it in".into(),
            Self::NothingToRead => {
                "there is nothing to read in this: code blocks and pictures are passed over".into()
            }
            Self::Before { model, voice, characters, cost, so_far } => {
                let cost = match cost {
                    Some(cost) => format!("≈ {cost}"),
                    None => "price unknown".to_owned(),
                };
                let more = if *so_far { " so far" } else { "" };
                format!("{model}, {voice}: {} characters{more}, {cost}", grouped(*characters)).into()
            }
            Self::After { seconds, cost, estimated, kept } => {
                let about = if *estimated { "≈ " } else { "" };
                let cost = cost.map_or(String::new(), |cost| format!(", {about}{cost}"));
                let kept = match kept {
                    0 => String::new(),
                    1 => ", 1 sentence was there already".to_owned(),
                    kept => format!(", {kept} sentences were there already"),
                };
                format!("{seconds:.1} s{cost}{kept}").into()
            }
            Self::Goes { sink } => format!("heard by {}", place(Language::En, sink)).into(),
            Self::FellBack { from, why, to } => format!(
                "{} does not play it: {}. It goes on by {}.",
                place(Language::En, from),
                fault(Language::En, *why),
                place(Language::En, to)
            )
            .into(),
            Self::Written { file } => format!("written to {file}").into(),
            Self::NotWritten { file, said } => format!("{file}: {said}").into(),
            Self::NoVoice { model, others } => format!(
                "no voice of {model} is known; name one with --voice, or take one of {others}"
            )
            .into(),
            Self::Terminal => {
                "plain samples are nothing for a terminal: lian speak --stdout ... | aplay -q -t raw -f S16_LE -r 24000 -c 1 -".into()
            }
            Self::EveryLanguage => "all languages".into(),
        }
    }

    fn zh_cn(&self) -> Cow<'static, str> {
        match self {
            Self::NoText => "没有可朗读的文本：lian speak \"……\"，或用管道输入".into(),
            Self::NothingToRead => "里面没有可朗读的内容：代码块和表情会跳过".into(),
            Self::Before { model, voice, characters, cost, so_far } => {
                let cost = match cost {
                    Some(cost) => format!("≈ {cost}"),
                    None => "价格未知".to_owned(),
                };
                let more = if *so_far { "目前 " } else { "" };
                format!("{model}，{voice}：{more}{} 字符，{cost}", grouped(*characters)).into()
            }
            Self::After { seconds, cost, estimated, kept } => {
                let about = if *estimated { "≈ " } else { "" };
                let cost = cost.map_or(String::new(), |cost| format!("，{about}{cost}"));
                let kept = match kept {
                    0 => String::new(),
                    kept => format!("，{kept} 句取自缓存"),
                };
                format!("{seconds:.1} 秒{cost}{kept}").into()
            }
            Self::Goes { sink } => format!("由 {} 播放", place(Language::ZhCn, sink)).into(),
            Self::FellBack { from, why, to } => format!(
                "{} 无法播放：{}。改由 {} 继续。",
                place(Language::ZhCn, from),
                fault(Language::ZhCn, *why),
                place(Language::ZhCn, to)
            )
            .into(),
            Self::Written { file } => format!("已写入 {file}").into(),
            Self::NotWritten { file, said } => format!("{file}：{said}").into(),
            Self::NoVoice { model, others } => {
                format!("不知道 {model} 有哪些音色；请用 --voice 指定，或换用 {others}").into()
            }
            Self::Terminal => {
                "终端无法显示原始采样：lian speak --stdout …… | aplay -q -t raw -f S16_LE -r 24000 -c 1 -".into()
            }
            Self::EveryLanguage => "所有语言".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn both_languages_name_the_same_things() {
        let cost = Some(Money { amount: "0.0156".parse().unwrap(), currency: Currency::Cny });
        let file = SinkName::File { path: "/a/b.wav".to_owned() };
        let aplay = SinkName::Program { name: "aplay".to_owned() };
        let before = Speak::Before {
            model: "qwen3-tts-flash",
            voice: "Cherry",
            characters: 1_195,
            cost,
            so_far: true,
        };
        let after = Speak::After { seconds: 2.5, cost, estimated: true, kept: 2 };
        let fell = Speak::FellBack { from: &aplay, why: FaultKind::Ended, to: &file };
        for language in [Language::En, Language::ZhCn] {
            let says = |words: Speak<'_>, parts: &[&str]| {
                let said = words.say(language);
                for part in parts {
                    assert!(said.contains(part), "{part}: {said}");
                }
            };
            says(before, &["qwen3-tts-flash", "Cherry", "1,195", "¥0.016"]);
            says(after, &["2.5", "≈ ¥0.016", "2"]);
            says(fell, &["aplay", "/a/b.wav", fault(language, FaultKind::Ended)]);
            let notice = SpeechNotice::NoPlace {
                from: Some(Box::new(aplay.clone())),
                why: FaultKind::NoDevice,
            };
            let told = tell(language, &notice);
            assert!(told.sentence.contains("aplay") && told.next.contains("sinks"), "{told:?}");
        }
    }
}
