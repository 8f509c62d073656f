//! The simulator's voice: a small synthesiser that speaks any text in any voice, always the same
//! way, at a believable speed. It refuses to know the service; `speech` does.
//!
//! The way of a sentence: `spell` (units of sounds) -> `tune` (times, pitch) -> `tract` (samples).
//! It is no good reader of any language, but rhythm, tones, pauses and voices can be told apart.

mod espeak;
mod han;
mod script;
mod sounds;
mod spell;
mod tract;
mod tune;
pub(super) mod wav;

use super::rng;
use super::voices::Traits;

pub(super) use han::is_han;

/// Samples a second of everything that is spoken; one channel.
pub(super) const RATE: u32 = 24_000;
/// The same as a number to compute with.
const HERTZ: f32 = 24_000.0;
/// The loudest sample of a sentence.
const LOUDEST: f32 = 20_000.0;
/// A text without ends is cut after about this many characters, so that it can be streamed.
const LONG: usize = 90;

/// Who speaks, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker {
    traits: Traits,
    seed: u64,
    /// Of the loudest possible, from 0 to 1.5.
    volume: f32,
    /// Asks the program `espeak-ng` first.
    espeak: bool,
}

impl Speaker {
    /// The voice of this id.
    pub(super) fn new(voice: &str) -> Self {
        let seed = rng::hash(23, voice.as_bytes());
        Self { traits: Traits::of(voice), seed, volume: 1.0, espeak: false }
    }

    /// So many times faster.
    pub(super) fn paced(mut self, pace: f32) -> Self {
        self.traits.pace *= pace;
        self
    }

    /// So many times higher.
    pub(super) fn pitched(mut self, pitch: f32) -> Self {
        self.traits.pitch *= pitch;
        self
    }

    /// So many times louder; at most 1.5, so that nothing clips.
    pub(super) fn at_volume(mut self, volume: f32) -> Self {
        self.volume = volume.clamp(0.0, 1.5);
        self
    }

    /// Lets the program `espeak-ng` speak where there is one. It takes a moment a sentence, in
    /// which it blocks.
    pub(super) const fn by_espeak(mut self, espeak: bool) -> Self {
        self.espeak = espeak;
        self
    }

    /// Speaks a text.
    pub(super) fn speak(self, text: &str) -> Vec<i16> {
        self.sentences(text).flat_map(|(_, samples)| samples).collect()
    }

    /// Speaks a text, sentence by sentence, each computed when it is asked for. Together they are
    /// what [`Speaker::speak`] gives.
    pub(super) fn sentences(self, text: &str) -> impl Iterator<Item = (&str, Vec<i16>)> {
        split(text).into_iter().map(move |sentence| (sentence, self.sentence(sentence)))
    }

    fn sentence(self, text: &str) -> Vec<i16> {
        if self.espeak
            && let Some(samples) = espeak::say(espeak::PROGRAM, text, &self.traits)
        {
            let wide: Vec<f32> = samples.into_iter().map(f32::from).collect();
            return self.level(&wide);
        }
        let units = spell::spell(text);
        if units.is_empty() {
            return Vec::new();
        }
        let question = text.trim_end().ends_with(['?', '？']);
        let score = tune::Score::new(&units, &self.traits, question);
        let mut tract = tract::Tract::new(self.traits.size, rng::hash(self.seed, text.as_bytes()));
        let step = f32::from(tract::STEP) / HERTZ;
        let mut wide = Vec::with_capacity((score.length * HERTZ) as usize + 1000);
        let mut cursor = tune::Cursor::default();
        let (mut time, mut height) = (0.0, 1.0);
        while time < score.length {
            let (frame, aim) = score.at(time, &mut cursor);
            // A throat does not jump from one height to the next.
            height += 0.3 * (aim - height);
            tract.run(frame, self.traits.pitch * height, &mut wide);
            time += step;
        }
        self.level(&wide)
    }

    /// To whole numbers, every sentence equally loud, without a click at either end.
    fn level(self, wide: &[f32]) -> Vec<i16> {
        let loudest = wide.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        let gain = if loudest > 1e-3 { LOUDEST * self.volume / loudest } else { 0.0 };
        let mut samples: Vec<i16> = wide.iter().map(|sample| (sample * gain) as i16).collect();
        fade(samples.iter_mut());
        fade(samples.iter_mut().rev());
        samples
    }
}

/// Lets the first 5 ms begin from nothing.
fn fade<'a>(samples: impl Iterator<Item = &'a mut i16>) {
    let steps = 120_u8;
    for (sample, way) in samples.zip(0..steps) {
        *sample = (f32::from(*sample) * f32::from(way) / f32::from(steps)) as i16;
    }
}

/// Speaks a text in the voice of this id: 16-bit samples, [`RATE`] a second, one channel.
pub(super) fn speak(text: &str, voice: &str) -> Vec<i16> {
    Speaker::new(voice).speak(text)
}

/// Sentences, and parts of those that do not end; together they are the text.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut long, mut ended) = (0, 0, false);
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        long += 1;
        let next = characters.peek().map(|(_, next)| *next);
        let closes = |c: char| spell::ends(c) || "”’」』\"')）.".contains(c);
        let ends = spell::ends(c) || (c == '.' && next.is_none_or(char::is_whitespace));
        // Quotes and further marks belong to the sentence that they close.
        ended = ends || (ended && closes(c));
        let breathes = long >= LONG && (c.is_whitespace() || "，,、；;：:".contains(c));
        if (ended && !next.is_some_and(closes)) || breathes || long >= 2 * LONG {
            let end = at + c.len_utf8();
            parts.push(&text[start..end]);
            (start, long, ended) = (end, 0, false);
        }
    }
    if start < text.len() {
        parts.push(&text[start..]);
    }
    parts
}

#[cfg(test)]
mod tests;
