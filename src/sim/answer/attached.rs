//! Words about attachments in both languages: how many of what kind, and a line on each.
//! It tells what the file says of itself and refuses to guess what it shows.

use super::phrases::Language;
use crate::sim::media::{Kind, Media};

/// What arrived, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attached {
    /// “2 images and 1 sound”.
    pub(super) short: String,
    /// A line of markdown for each, without the last line end.
    pub(super) list: String,
}

/// One kind: its position, and its names for one, for many, and in Chinese with its measure word.
const NAMES: [(&str, &str, &str, &str); 3] = [
    ("image", "images", "图片", "张"),
    ("video", "videos", "视频", "段"),
    ("sound", "sounds", "音频", "段"),
];

const fn position(kind: Kind) -> usize {
    match kind {
        Kind::Image => 0,
        Kind::Video | Kind::Frames(_) => 1,
        Kind::Audio => 2,
    }
}

impl Attached {
    pub(super) fn new(media: &[Media], language: Language) -> Self {
        let mut counts = [0usize; 3];
        let mut lines = Vec::new();
        for one in media {
            let at = position(one.kind);
            counts[at] += 1;
            lines.push(line(one, NAMES[at], counts[at], language));
        }
        let kinds: Vec<String> = counts
            .iter()
            .zip(NAMES)
            .filter(|(count, _)| **count > 0)
            .map(|(count, (one, many, chinese, measure))| match (language, count) {
                (Language::English, 1) => format!("1 {one}"),
                (Language::English, _) => format!("{count} {many}"),
                (Language::Chinese, _) => format!("{count} {measure}{chinese}"),
            })
            .collect();
        let and = match language {
            Language::English => " and ",
            Language::Chinese => "和",
        };
        Self { short: kinds.join(and), list: lines.join("\n") }
    }
}

fn line(
    media: &Media,
    (one, _, chinese, _): (&str, &str, &str, &str),
    number: usize,
    language: Language,
) -> String {
    let english = language == Language::English;
    let pick = |en: String, zh: String| if english { en } else { zh };
    let mut facts = Vec::new();
    facts.extend(media.name.as_ref().map(|name| format!("`{name}`")));
    facts.extend(media.format.map(str::to_owned));
    if let Kind::Frames(count) = media.kind {
        facts.push(pick(format!("{count} frames"), format!("{count} 帧")));
    }
    if let Some((width, height)) = media.size {
        facts.push(pick(format!("{width} × {height} pixels"), format!("{width} × {height} 像素")));
        let (en, zh) = match width.cmp(&height) {
            std::cmp::Ordering::Greater => ("landscape", "横向"),
            std::cmp::Ordering::Equal => ("square", "方形"),
            std::cmp::Ordering::Less => ("portrait", "纵向"),
        };
        facts.push(pick(en.to_owned(), zh.to_owned()));
    }
    facts.extend(
        media.seconds.map(|seconds| pick(format!("{seconds:.1} s"), format!("{seconds:.1} 秒"))),
    );
    let tokens = media.tokens;
    if let Some(bytes) = media.bytes {
        facts.push(size(bytes, english));
        facts.push(format!("{tokens} {}", if english { "tokens" } else { "token" }));
    } else {
        facts.push(pick("by its link".to_owned(), "以链接给出".to_owned()));
        facts.push(pick(format!("counted as {tokens} tokens"), format!("按 {tokens} token 计")));
    }
    if english {
        format!("- {one} {number}: {}", facts.join(", "))
    } else {
        format!("- {chinese} {number}：{}", facts.join("，"))
    }
}

fn size(bytes: usize, english: bool) -> String {
    match bytes {
        0..1_000 if english => format!("{bytes} bytes"),
        0..1_000 => format!("{bytes} 字节"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
