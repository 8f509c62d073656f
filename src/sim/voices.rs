//! Which voices there are, for which models, and what they sound like, read from `voices.txt`
//! beside this file. It refuses to know the client's list: the two are written apart.

use std::sync::OnceLock;

use super::rng;

/// One voice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Voice {
    pub(super) id: &'static str,
    lists: &'static str,
    pub(super) traits: Traits,
}

/// What a voice sounds like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Traits {
    /// In hertz.
    pub(super) pitch: f32,
    /// By what the resonances of a large mouth are multiplied.
    pub(super) size: f32,
    /// How fast it speaks; 1 is usual.
    pub(super) pace: f32,
    /// From 0 to 1.
    pub(super) breath: f32,
    /// The four tones of its dialect, each as levels from 1 (low) to 5 (high).
    pub(super) tones: [&'static str; 4],
}

/// The tones of the standard language and of the dialects.
const TONES: [(&str, [&str; 4]); 9] = [
    ("-", ["55", "35", "214", "51"]),
    ("beijing", ["55", "35", "214", "51"]),
    ("shanghai", ["53", "34", "23", "13"]),
    ("nanjing", ["31", "24", "212", "44"]),
    ("shaanxi", ["21", "24", "53", "44"]),
    ("hokkien", ["44", "24", "53", "21"]),
    ("tianjin", ["21", "45", "13", "53"]),
    ("sichuan", ["55", "21", "53", "213"]),
    ("cantonese", ["55", "21", "25", "33"]),
];

impl Traits {
    /// Those of a voice; an id that no list has gets some of its own, always the same.
    pub(super) fn of(id: &str) -> Self {
        if let Some(voice) = all().iter().find(|voice| voice.id == id) {
            return voice.traits;
        }
        let mut chance = rng::Rng::new(rng::hash(11, id.as_bytes()));
        let unit = chance.unit() as f32;
        Self {
            pitch: 100.0 + 150.0 * unit,
            size: 0.97 + 0.21 * unit,
            pace: 0.95 + 0.1 * chance.unit() as f32,
            breath: 0.05 + 0.1 * chance.unit() as f32,
            tones: TONES[0].1,
        }
    }
}

fn all() -> &'static [Voice] {
    static VOICES: OnceLock<Vec<Voice>> = OnceLock::new();
    VOICES.get_or_init(|| include_str!("voices.txt").lines().filter_map(line).collect())
}

/// One line of the file; a comment or a broken line is none (a test reads them all).
fn line(line: &'static str) -> Option<Voice> {
    if line.starts_with('#') {
        return None;
    }
    let mut rest = line;
    let mut column = || {
        let (column, after) = rest.trim_start().split_once(' ')?;
        rest = after;
        Some(column)
    };
    let lists = column()?;
    let mut number = || column()?.parse().ok();
    let (pitch, size, pace, breath) = (number()?, number()?, number()?, number()?);
    let dialect = column()?;
    let tones = TONES.iter().find(|(name, _)| *name == dialect)?.1;
    let id = rest.trim();
    (!id.is_empty()).then_some(Voice {
        id,
        lists,
        traits: Traits { pitch, size, pace, breath, tones },
    })
}

/// The letter of the list that a model takes its voices from; none where each account has its own.
fn list(model: &str) -> Option<char> {
    match model {
        "qwen3-tts-flash" | "qwen3-tts-flash-2025-09-18" => Some('F'),
        "qwen3-tts-flash-2025-11-27" => Some('N'),
        "qwen3-tts-instruct-flash" => Some('I'),
        "qwen-tts" | "qwen-tts-latest" => Some('Q'),
        _ => None,
    }
}

/// Whether a model has a voice. Ids are told apart by their case.
pub(super) fn has(model: &str, id: &str) -> bool {
    list(model)
        .is_some_and(|list| all().iter().any(|voice| voice.id == id && voice.lists.contains(list)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_a_voice() {
        let lines = include_str!("voices.txt").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.count(), all().len());
        for voice in all() {
            let Traits { pitch, size, pace, breath, .. } = voice.traits;
            assert!((80.0..300.0).contains(&pitch) && (0.9..1.3).contains(&size), "{voice:?}");
            assert!((0.8..1.2).contains(&pace) && (0.0..0.4).contains(&breath), "{voice:?}");
            let alike = all().iter().filter(|other| other.traits == voice.traits);
            assert_eq!(alike.count(), 1, "{voice:?} sounds like another");
        }
    }

    #[test]
    fn the_lists_have_their_documented_size() {
        let count = |model: &str| all().iter().filter(|voice| has(model, voice.id)).count();
        assert_eq!(count("qwen3-tts-flash"), 17);
        assert_eq!(count("qwen3-tts-flash-2025-11-27"), 49);
        assert_eq!(count("qwen3-tts-instruct-flash"), 11);
        assert_eq!(count("qwen-tts"), 7);
        assert_eq!(count("qwen3-tts-vc-2026-01-22"), 0);
        assert!(has("qwen3-tts-flash-2025-11-27", "Eldric Sage"));
        assert!(!has("qwen3-tts-flash", "Serena") && !has("qwen3-tts-flash", "cherry"));
    }

    #[test]
    fn an_id_of_no_list_has_traits_of_its_own() {
        assert_eq!(Traits::of("longanyang"), Traits::of("longanyang"));
        assert_ne!(Traits::of("longanyang"), Traits::of("longwan"));
    }
}
