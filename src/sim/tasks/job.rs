//! What a task was asked for, after every rule was checked, and how long it takes.
//! It refuses to read requests (`video`, `picture` and `vectors` do) and to make results (`make` does).

use crate::sim::film::Wish;
use crate::sim::models::Model;
use crate::sim::refusal::Refusal;
use crate::sim::rng;

/// Which service a task belongs to, as `user_api_unique_key` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum Service {
    Video,
    KeyFrames,
    TextToImage,
    ImageToImage,
    ImageGeneration,
    TextEmbedding,
}

impl Service {
    /// Group, task and function.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Video => "aigc:video-generation:video-synthesis",
            Self::KeyFrames => "aigc:image2video:video-synthesis",
            Self::TextToImage => "aigc:text2image:image-synthesis",
            Self::ImageToImage => "aigc:image2image:image-synthesis",
            Self::ImageGeneration => "aigc:image-generation:generation",
            Self::TextEmbedding => "embeddings:text-embedding:text-embedding",
        }
    }
}

/// How the usage of a video is written; each generation of models has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meter {
    /// Up to 2.2: `video_duration`, `video_ratio`, `video_count`.
    Ratio,
    /// 2.5 as recorded: `SR`, `duration`, `video_count`.
    Recorded,
    /// 2.6 from text: with `size`.
    Sized,
    /// 2.6 from a picture: without, and with `audio` where it can be chosen.
    Unsized { audio: Option<bool> },
    /// From 2.7 on: with `ratio`.
    Aspect(&'static str),
}

/// A film.
#[derive(Debug, Clone)]
pub(super) struct Film {
    pub(super) wish: Wish,
    pub(super) seconds: u32,
    /// 480, 720 or 1080.
    pub(super) lines: u32,
    pub(super) meter: Meter,
}

/// Pictures.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Pictures {
    pub(in crate::sim) wish: Wish,
    pub(in crate::sim) count: u32,
    /// Each item repeats the prompts.
    pub(super) prompts: bool,
}

/// Lines of text whose vectors are wanted.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    pub(super) texts: Vec<String>,
    pub(super) tokens: u64,
}

/// What comes out of a task.
#[derive(Debug, Clone)]
pub(super) enum Product {
    Film(Film),
    /// `results`.
    Pictures(Pictures),
    /// `choices`.
    Choices(Pictures),
    Vectors(Lines),
}

/// An accepted task.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) model: &'static Model,
    pub(super) service: Service,
    pub(super) prompt: Option<String>,
    /// The prompt as it was made longer, where the reply tells it.
    pub(super) extended: Option<String>,
    pub(super) product: Product,
    /// Found only when it ran: the task fails with this.
    pub(super) fault: Option<Refusal>,
}

impl Job {
    /// Seconds of running, believable for the model and the size; `luck` from 0 to 1 varies it.
    pub(super) fn seconds(&self, luck: f64) -> f64 {
        let quick = self.model.id.contains("flash") || self.model.id.contains("turbo");
        let base = match &self.product {
            _ if self.fault.is_some() => 2.0,
            Product::Film(film) => {
                let lines = match film.lines {
                    0..=480 => 55.0,
                    481..=720 => 85.0,
                    _ => 135.0,
                };
                lines * (0.4 + 0.12 * f64::from(film.seconds))
            }
            Product::Pictures(pictures) | Product::Choices(pictures) => {
                9.0 + 3.0 * f64::from(pictures.count)
            }
            Product::Vectors(lines) => {
                6.0 + 0.002 * f64::from(u32::try_from(lines.tokens).unwrap_or(u32::MAX))
            }
        };
        base * if quick { 0.5 } else { 1.0 } * (0.85 + 0.3 * luck)
    }

    /// How many results it tells progress of; 0 is none.
    pub(super) const fn parts(&self) -> u32 {
        match &self.product {
            Product::Film(_) | Product::Vectors(_) => 0,
            Product::Pictures(pictures) | Product::Choices(pictures) => pictures.count,
        }
    }
}

/// The prompt as the service would make it longer: light, lens and pace are added.
pub(super) fn extend(prompt: &str) -> String {
    let chinese = prompt.chars().any(crate::sim::tokens::is_cjk);
    let additions: [&str; 3] = if chinese {
        [
            "清晨柔和的自然光，中景镜头缓慢推进，画面层次分明，细节清晰。",
            "暖色调的黄昏光线，镜头从左向右平移，背景虚化，氛围宁静。",
            "明亮的漫射光，固定机位，主体居中，动作连贯自然。",
        ]
    } else {
        [
            "Soft morning light, a medium shot that slowly moves closer, clear layers and fine detail.",
            "Warm light of dusk, the camera pans from left to right, a quiet mood, the background out of focus.",
            "Bright diffuse light, a fixed camera, the subject in the middle, smooth and natural movement.",
        ]
    };
    let pick = rng::hash(0, prompt.as_bytes()) % 3;
    let addition = additions.get(usize::try_from(pick).unwrap_or(0)).copied().unwrap_or_default();
    let prompt = prompt.trim_end_matches(['.', '。', ' ']);
    if chinese { format!("{prompt}。{addition}") } else { format!("{prompt}. {addition}") }
}
