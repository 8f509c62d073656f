//! What is said of pictures, videos and sounds that go with a question, and of answers that are
//! spoken, in every language. It refuses to judge them.

use std::borrow::Cow;

use super::{Language, Told, grouped};
use crate::domain::attachments::{AttachNotice, Attachment, Medium, Misfit, Unfitting};
use crate::domain::money::Money;

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

/// What the actions on attachments do, in Chinese, by their names.
pub(super) fn action_zh(name: &str) -> Option<&'static str> {
    Some(match name {
        "attach_file" => "添加图片、视频或音频",
        "attach_here" => "在词首输入 @ 添加文件",
        "remove_attachment" => "移除最后一个附件",
        _ => return None,
    })
}

/// Short texts around what is attached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Attaching<'a> {
    /// Title of the list of files.
    Title,
    /// Shown while nothing is typed.
    Placeholder,
    /// The directory is being read.
    Reading,
    /// No name fits.
    NoFile,
    /// There are more than are shown.
    More {
        /// How many.
        more: usize,
    },
    /// The key that takes back the last one.
    TakeBack {
        /// The key.
        key: &'a str,
    },
    /// A way out: another model, with what its input costs.
    OtherModel {
        /// Which.
        model: &'a str,
        /// A million tokens of its input.
        price: Option<Money>,
        /// The same of the model that was chosen.
        instead: Option<Money>,
    },
    /// A way out: the text alone.
    TextAlone,
    /// A way out: all of it all the same.
    AsItIs,
    /// Footer: take it.
    Take,
    /// Footer: back to the message.
    Back,
}

impl Attaching<'_> {
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
            Self::Title => "Attach".into(),
            Self::Placeholder => "a file, ~/…, /…, or an address".into(),
            Self::Reading => "reading…".into(),
            Self::NoFile => "no such file".into(),
            Self::More { more } => format!("and {more} more").into(),
            Self::TakeBack { key } => format!("{key} take back").into(),
            Self::OtherModel { model, price, instead } => match (price, instead) {
                (Some(price), Some(instead)) => {
                    format!("Ask {model}: input {price} instead of {instead} a million tokens")
                        .into()
                }
                (Some(price), None) => {
                    format!("Ask {model}: input {price} a million tokens").into()
                }
                (None, _) => format!("Ask {model}").into(),
            },
            Self::TextAlone => "Send the text alone".into(),
            Self::AsItIs => "Send it all the same".into(),
            Self::Take => "attach".into(),
            Self::Back => "back".into(),
        }
    }

    fn zh_cn(self) -> Cow<'static, str> {
        match self {
            Self::Title => "附件".into(),
            Self::Placeholder => "文件、~/…、/… 或网址".into(),
            Self::Reading => "正在读取…".into(),
            Self::NoFile => "没有这个文件".into(),
            Self::More { more } => format!("另有 {more} 个").into(),
            Self::TakeBack { key } => format!("{key} 移除").into(),
            Self::OtherModel { model, price, instead } => match (price, instead) {
                (Some(price), Some(instead)) => {
                    format!("改用 {model}：输入每百万 token {price}，现为 {instead}").into()
                }
                (Some(price), None) => format!("改用 {model}：输入每百万 token {price}").into(),
                (None, _) => format!("改用 {model}").into(),
            },
            Self::TextAlone => "只发送文字".into(),
            Self::AsItIs => "仍然照此发送".into(),
            Self::Take => "添加".into(),
            Self::Back => "返回".into(),
        }
    }
}

/// What a medium is called.
#[must_use]
pub const fn medium(language: Language, medium: Medium) -> &'static str {
    match (language, medium) {
        (Language::En, Medium::Image) => "image",
        (Language::En, Medium::Video) => "video",
        (Language::En, Medium::Audio) => "audio",
        (Language::En, Medium::Frames) => "frames",
        (Language::ZhCn, Medium::Image) => "图片",
        (Language::ZhCn, Medium::Video) => "视频",
        (Language::ZhCn, Medium::Audio) => "音频",
        (Language::ZhCn, Medium::Frames) => "视频帧",
    }
}

/// Everything known of a thing in one line: kind, name, size, pixels or seconds, and what it is
/// expected to be in tokens and money.
#[must_use]
pub fn describe(
    language: Language,
    of: &Attachment,
    tokens: Option<u64>,
    price: Option<Money>,
) -> String {
    let mut parts = Vec::new();
    if of.medium == Medium::Frames {
        parts.push(match language {
            Language::En => format!("{} frames", of.frames()),
            Language::ZhCn => format!("{} 帧", of.frames()),
        });
    }
    parts.extend(of.bytes.map(bytes));
    parts.extend(of.pixels.map(|(width, height)| format!("{width}×{height}")));
    parts.extend(of.plays.map(|plays| format!("{} s", super::seconds(plays))));
    parts.extend(tokens.map(|tokens| format!("≈{} tokens", grouped(tokens))));
    parts.extend(price.map(|price| format!("≈{price}")));
    let mut line = format!("{} {}", medium(language, of.medium), of.name);
    if !parts.is_empty() {
        line.push_str(" · ");
        line.push_str(&parts.join(" · "));
    }
    line
}

/// A number of bytes, short.
#[must_use]
pub fn bytes(n: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for reading, to one decimal")]
    let of = |unit: u64| n as f64 / unit as f64;
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{:.0} kB", of(1_000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", of(1_000_000)),
        _ => format!("{:.1} GB", of(1_000_000_000)),
    }
}

/// Says a notice about a thing that goes with a question.
#[must_use]
pub fn tell(language: Language, notice: &AttachNotice) -> Told {
    let (sentence, next) = match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    };
    Told { sentence: sentence.into(), next: next.into() }
}

fn en(notice: &AttachNotice) -> (String, String) {
    let none = String::new();
    match notice {
        AttachNotice::NotThere { path } => (
            format!("There is no file {path}."),
            "Look at its name, or pick it from the list.".to_owned(),
        ),
        AttachNotice::Unreadable { path } => (
            format!("{path} cannot be read."),
            "Look at who may read it, or attach a copy.".to_owned(),
        ),
        AttachNotice::UnknownKind { name } => (
            format!("{name} is no picture, video or sound that models take."),
            "For an address whose end does not tell, write image:, video: or audio: before it."
                .to_owned(),
        ),
        AttachNotice::TooLarge { name, bytes: size, most } => {
            let next = "Make it smaller, or give an address that the service can read.";
            let sentence =
                format!("{name} is too large: {} of at most {}.", bytes(*size), bytes(*most));
            (sentence, next.to_owned())
        }
        AttachNotice::NotUploaded { name } => (
            format!("{name} could not be uploaded; nothing was asked."),
            "Try again, or give an address that the service can read.".to_owned(),
        ),
        AttachNotice::Misfit(unfitting) => {
            let Unfitting { name, model, why, others } = &**unfitting;
            let next = match (why, others.as_slice()) {
                (Misfit::NotTaken(_), [_, ..]) => format!("Models that do: {}.", others.join(", ")),
                _ => String::new(),
            };
            (format!("{name}: {}", misfit_en(model, why)), next)
        }
        AttachNotice::TooMany { most } => {
            (format!("No more than {most} things go with one message."), none)
        }
    }
}

fn misfit_en(model: &str, why: &Misfit) -> String {
    match why {
        Misfit::NotTaken(kind) => {
            let what = match kind {
                Medium::Image => "pictures",
                Medium::Video | Medium::Frames => "videos",
                Medium::Audio => "sound",
            };
            format!("{model} takes no {what}.")
        }
        Misfit::Mixed => format!("{model} takes one kind beside text in a message."),
        Misfit::TooSmall => format!("{model} wants at least 10 pixels on each side."),
        Misfit::TooNarrow => {
            format!("{model} takes one side at most 200 times as long as the other.")
        }
        Misfit::Frames { have, least, most } => {
            format!("{have} frames, but {model} takes {least} to {most}.")
        }
        Misfit::TooLong { most } => {
            format!("{model} takes at most {} s of it.", grouped(most.as_secs()))
        }
    }
}

fn zh_cn(notice: &AttachNotice) -> (String, String) {
    let none = String::new();
    match notice {
        AttachNotice::NotThere { path } => {
            (format!("没有文件 {path}。"), "请检查名称，或从列表中选择。".to_owned())
        }
        AttachNotice::Unreadable { path } => {
            (format!("无法读取 {path}。"), "请检查读取权限，或添加它的副本。".to_owned())
        }
        AttachNotice::UnknownKind { name } => (
            format!("{name} 不是模型能接收的图片、视频或音频。"),
            "网址结尾看不出类型时，在前面写 image:、video: 或 audio:。".to_owned(),
        ),
        AttachNotice::TooLarge { name, bytes: size, most } => {
            let next = "请缩小文件，或给出服务能访问的网址。".to_owned();
            (format!("{name} 太大：{}，上限 {}。", bytes(*size), bytes(*most)), next)
        }
        AttachNotice::NotUploaded { name } => (
            format!("{name} 上传失败，问题没有发出。"),
            "请重试，或给出服务能访问的网址。".to_owned(),
        ),
        AttachNotice::Misfit(unfitting) => {
            let Unfitting { name, model, why, others } = &**unfitting;
            let next = match (why, others.as_slice()) {
                (Misfit::NotTaken(_), [_, ..]) => format!("可用的模型：{}。", others.join("、")),
                _ => String::new(),
            };
            (format!("{name}：{}", misfit_zh(model, why)), next)
        }
        AttachNotice::TooMany { most } => (format!("一条消息最多附带 {most} 个文件。"), none),
    }
}

fn misfit_zh(model: &str, why: &Misfit) -> String {
    match why {
        Misfit::NotTaken(kind) => {
            format!("{model} 不接收{}。", medium(Language::ZhCn, *kind))
        }
        Misfit::Mixed => format!("{model} 一条消息里除文字外只接收一种类型。"),
        Misfit::TooSmall => format!("{model} 要求宽和高都至少 10 像素。"),
        Misfit::TooNarrow => format!("{model} 要求长边不超过短边的 200 倍。"),
        Misfit::Frames { have, least, most } => {
            format!("共 {have} 帧，{model} 只接收 {least} 到 {most} 帧。")
        }
        Misfit::TooLong { most } => {
            format!("{model} 最长接收 {} 秒。", grouped(most.as_secs()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::attachments::Source;

    #[test]
    fn a_thing_is_told_in_one_line() {
        let of = Attachment {
            medium: Medium::Image,
            source: Source::File("/x/a.png".into()),
            name: "a.png".into(),
            mime: "image/png".into(),
            bytes: Some(1_234_567),
            pixels: Some((640, 480)),
            plays: None,
        };
        assert_eq!(
            describe(Language::En, &of, Some(1302), None),
            "image a.png · 1.2 MB · 640×480 · ≈1,302 tokens"
        );
        let sound = Attachment {
            medium: Medium::Audio,
            plays: Some(Duration::from_millis(2500)),
            bytes: None,
            pixels: None,
            ..of
        };
        assert_eq!(describe(Language::ZhCn, &sound, None, None), "音频 a.png · 2.5 s");
        assert_eq!(
            (bytes(999), bytes(64_000), bytes(2_500_000_000)),
            ("999 B".into(), "64 kB".into(), "2.5 GB".into())
        );
    }
}
