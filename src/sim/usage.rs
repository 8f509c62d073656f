//! What an answer costs in tokens, and how each surface writes it down.
//! It refuses to count: prompts are counted by `cache`, answers by `script` and `stream`.

use serde::Serialize;

use super::models::{Model, Route};
use super::speech;

/// Tokens of a prompt by what they are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Prompt {
    pub(super) text: usize,
    pub(super) image: usize,
    pub(super) video: usize,
    pub(super) audio: usize,
    /// How many of all were read from the cache.
    pub(super) cached: usize,
}

impl Prompt {
    /// All tokens.
    pub(super) const fn total(&self) -> usize {
        self.text + self.image + self.video + self.audio
    }
}

/// What was said so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spent {
    pub(super) reasoning: usize,
    pub(super) text: usize,
    /// Samples of speech.
    pub(super) samples: usize,
}

/// Which details the usage of a model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Text,
    Vision,
    Omni,
}

/// The account of one answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bill {
    prompt: Prompt,
    thinking: bool,
    family: Family,
    /// Tokens of a second of speech.
    speech_rate: f64,
    /// The strategy of a search that was done.
    searched: Option<&'static str>,
}

/// `usage` of the compatible surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Compat {
    prompt_tokens: usize,
    completion_tokens: usize,
    total_tokens: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_tokens_details: Option<Output>,
    prompt_tokens_details: CompatInput,
}

#[expect(clippy::struct_field_names, reason = "the names are those of the wire")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct CompatInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    text_tokens: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_tokens: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_tokens: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_tokens: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cached_tokens: Option<usize>,
}

#[expect(clippy::struct_field_names, reason = "the names are those of the wire")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_tokens: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_tokens: Option<usize>,
    text_tokens: usize,
}

/// `usage` of the native surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Native {
    #[serde(skip_serializing_if = "Option::is_none")]
    input_tokens_details: Option<NativeInput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_tokens_details: Option<Cached>,
    total_tokens: usize,
    output_tokens: usize,
    input_tokens: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_tokens_details: Option<Output>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plugins: Option<Plugins>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_tokens: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_tokens: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_tokens: Option<usize>,
}

#[expect(clippy::struct_field_names, reason = "the names are those of the wire")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct NativeInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    image_tokens: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_tokens: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_tokens: Option<usize>,
    text_tokens: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Cached {
    cached_tokens: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Plugins {
    search: Search,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Search {
    count: usize,
    strategy: &'static str,
}

const fn some(tokens: usize) -> Option<usize> {
    if tokens > 0 { Some(tokens) } else { None }
}

impl Bill {
    pub(super) fn new(
        model: &Model,
        prompt: Prompt,
        thinking: bool,
        searched: Option<&'static str>,
    ) -> Self {
        let family = match model.route {
            Route::Multi if model.takes.audio => Family::Omni,
            Route::Multi => Family::Vision,
            Route::Chat
            | Route::Embed
            | Route::Vision
            | Route::Rerank
            | Route::Native
            | Route::Realtime => Family::Text,
        };
        Self { prompt, thinking, family, speech_rate: speech::rate_out(model.id), searched }
    }

    fn audio(&self, spent: &Spent) -> usize {
        speech::tokens(spent.samples, self.speech_rate)
    }

    fn output(&self, spent: &Spent) -> usize {
        spent.reasoning + spent.text + self.audio(spent)
    }

    fn details(&self, spent: &Spent) -> Output {
        Output {
            reasoning_tokens: self.thinking.then_some(spent.reasoning),
            audio_tokens: some(self.audio(spent)),
            text_tokens: spent.text,
        }
    }

    /// As the compatible surface writes it.
    pub(super) fn compat(&self, spent: &Spent) -> Compat {
        let Prompt { text, image, video, audio, cached } = self.prompt;
        let detailed = self.thinking || self.family == Family::Omni;
        let inputs = match self.family {
            Family::Text => CompatInput { cached_tokens: Some(cached), ..CompatInput::default() },
            Family::Vision | Family::Omni => CompatInput {
                text_tokens: Some(text),
                image_tokens: some(image),
                video_tokens: some(video),
                audio_tokens: some(audio),
                cached_tokens: if self.family == Family::Omni {
                    some(cached)
                } else {
                    Some(cached)
                },
            },
        };
        Compat {
            prompt_tokens: self.prompt.total(),
            completion_tokens: self.output(spent),
            total_tokens: self.prompt.total() + self.output(spent),
            completion_tokens_details: detailed.then(|| self.details(spent)),
            prompt_tokens_details: inputs,
        }
    }

    /// As a native answer that is not streamed has it.
    pub(super) fn whole(&self, spent: &Spent) -> Native {
        let multi = self.family != Family::Text;
        self.native(spent, !multi || self.prompt.cached > 0, multi, self.thinking || multi)
    }

    /// As each event of a native stream has it; recordings of text, of images and of sound differ
    /// in their details.
    pub(super) fn event(&self, spent: &Spent) -> Native {
        let multi = self.family != Family::Text;
        let detailed = self.family == Family::Omni || (self.thinking && multi);
        let cached = self.prompt.cached > 0 || self.searched.is_some();
        self.native(spent, cached, detailed, self.thinking || detailed)
    }

    fn native(&self, spent: &Spent, cached: bool, inputs: bool, outputs: bool) -> Native {
        let Prompt { text, image, video, audio, .. } = self.prompt;
        Native {
            input_tokens_details: inputs.then_some(NativeInput {
                image_tokens: some(image),
                video_tokens: some(video),
                audio_tokens: some(audio),
                text_tokens: text,
            }),
            prompt_tokens_details: cached.then_some(Cached { cached_tokens: self.prompt.cached }),
            total_tokens: self.prompt.total() + self.output(spent),
            output_tokens: self.output(spent),
            input_tokens: self.prompt.total(),
            output_tokens_details: outputs.then(|| self.details(spent)),
            plugins: self
                .searched
                .map(|strategy| Plugins { search: Search { count: 1, strategy } }),
            image_tokens: some(image),
            video_tokens: some(video),
            audio_tokens: some(audio),
        }
    }
}
