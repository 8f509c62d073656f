//! When each sound of a sentence comes and how high it is: durations, the tones of Chinese, the
//! stress of words, the fall of a statement, the rise of a question. It refuses to make a sound.

use super::sounds::{Kind, Sound, sound};
use super::spell::Unit;
use super::tract::Frame;
use crate::sim::voices::Traits;

/// A sentence to sing.
#[derive(Debug)]
pub(super) struct Score {
    /// The mouth at moments, in seconds, in order.
    keys: Vec<(f32, Frame)>,
    notes: Vec<Note>,
    /// In seconds.
    pub(super) length: f32,
    question: bool,
}

/// The pitch of one unit, relative to the voice's own.
#[derive(Debug)]
struct Note {
    from: f32,
    to: f32,
    /// Evenly spaced.
    heights: Vec<f32>,
}

/// Silence before the first sound, in seconds.
const LEAD_IN: f32 = 0.03;
/// The mouth of who has not begun to speak.
const AT_REST: [f32; 3] = [500.0, 1450.0, 2500.0];

impl Score {
    /// Sets a sentence; `question` makes its end rise.
    pub(super) fn new(units: &[Unit], traits: &Traits, question: bool) -> Self {
        let mut score = Self { keys: Vec::new(), notes: Vec::new(), length: LEAD_IN, question };
        score.silence(0.0, AT_REST);
        score.silence(LEAD_IN, AT_REST);
        let last = units.iter().rposition(|unit| matches!(unit, Unit::Said { .. }));
        for (at, unit) in units.iter().enumerate() {
            match unit {
                Unit::Gap(seconds) => {
                    let seconds = seconds / traits.pace;
                    let rest = score.keys.last().map_or(AT_REST, |(_, frame)| frame.formants);
                    if seconds > 0.03 {
                        score.silence(score.length + 0.02, rest);
                        score.silence(score.length + seconds, rest);
                    }
                    score.length += seconds;
                }
                Unit::Said { sounds, seconds, tone, heavy } => {
                    // The last word of a sentence is drawn out.
                    let seconds = seconds * if Some(at) == last { 1.2 } else { 1.0 } / traits.pace;
                    let heights = heights(*tone, *heavy, traits);
                    let (from, to) = (score.length, score.length + seconds);
                    score.notes.push(Note { from, to, heights });
                    score.say(sounds, seconds, if *heavy { 1.0 } else { 0.8 }, traits);
                }
            }
        }
        let rest = score.keys.last().map_or(AT_REST, |(_, frame)| frame.formants);
        score.silence(score.length + 0.04, rest);
        score.length += 0.06;
        score
    }

    fn key(&mut self, at: f32, frame: Frame) {
        let after = self.keys.last().map_or(0.0, |(time, _)| *time);
        self.keys.push((at.max(after), frame));
    }

    fn silence(&mut self, at: f32, formants: [f32; 3]) {
        self.key(at, Frame::silent(formants));
    }

    /// Places the sounds of one unit.
    fn say(&mut self, letters: &str, seconds: f32, loud: f32, traits: &Traits) {
        let sounds: Vec<Sound> = letters.chars().filter_map(sound).collect();
        let lengths = lengths(&sounds, seconds);
        let mut start = self.length;
        for (at, (sound, length)) in sounds.iter().zip(lengths).enumerate() {
            let near = neighbour(&sounds, at);
            self.place(sound, near, start, length, loud, traits);
            start += length;
        }
        self.length += seconds;
    }

    fn place(
        &mut self,
        sound: &Sound,
        near: [f32; 3],
        from: f32,
        length: f32,
        loud: f32,
        traits: &Traits,
    ) {
        let to = from + length;
        let open = Frame {
            voice: sound.voice * loud,
            breath: sound.breath + traits.breath * sound.voice,
            hiss: sound.hiss * loud,
            hertz: sound.hertz,
            width: sound.width,
            formants: near,
        };
        let shut = Frame { voice: 0.0, breath: 0.0, hiss: 0.0, ..open };
        match sound.kind {
            Kind::Vowel | Kind::Hum | Kind::Hiss => {
                let ease = (length * 0.3).min(0.028);
                self.key(from + ease, open);
                self.key(to - ease, open);
            }
            Kind::Stop | Kind::Affricate => {
                let affricate = sound.kind == Kind::Affricate;
                let opens = from + length * if affricate { 0.4 } else { 0.55 };
                self.key(from + length * 0.15, shut);
                self.key(opens, shut);
                let burst = Frame { breath: 0.0, ..open };
                self.key(opens + 0.003, burst);
                let hold = if affricate { length * 0.4 } else { 0.007 };
                self.key(opens + hold, burst);
                self.key(to, Frame { hiss: 0.0, ..open });
            }
        }
    }

    /// Mouth and pitch at a moment; `cursor` remembers where the last one was.
    pub(super) fn at(&self, time: f32, cursor: &mut Cursor) -> (Frame, f32) {
        while self.keys.get(cursor.key + 1).is_some_and(|(at, _)| *at <= time) {
            cursor.key += 1;
        }
        while self.notes.get(cursor.note).is_some_and(|note| note.to <= time)
            && cursor.note + 1 < self.notes.len()
        {
            cursor.note += 1;
        }
        let (from, frame) = self.keys[cursor.key];
        let frame = match self.keys.get(cursor.key + 1) {
            Some((to, next)) if *to > from => frame.towards(next, (time - from) / (to - from)),
            _ => frame,
        };
        (frame, self.height(time, cursor.note))
    }

    fn height(&self, time: f32, note: usize) -> f32 {
        let Some(note) = self.notes.get(note) else { return 1.0 };
        let within = ((time - note.from) / (note.to - note.from).max(0.01)).clamp(0.0, 1.0);
        let height = between(&note.heights, within);
        // A statement falls as breath goes out; a question comes back up on its last word.
        let breath = (self.length / 2.5).min(1.0);
        let fall = 1.0 + breath * (0.06 - 0.14 * time / self.length.max(0.01));
        let is_last = self.notes.last().is_some_and(|last| last.from <= note.from);
        let rise = if self.question && is_last { 1.0 + 0.28 * within } else { 1.0 };
        height * fall * rise
    }
}

/// Where a reader of a score is.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    key: usize,
    note: usize,
}

/// The value at a place from 0 to 1 of a line through evenly spaced points.
fn between(points: &[f32], at: f32) -> f32 {
    let mut pairs = points.windows(2);
    let steps = f32::from(u8::try_from(pairs.len()).unwrap_or(u8::MAX));
    let place = at * steps;
    let pair = pairs.nth((place as usize).min(points.len().saturating_sub(2)));
    match pair {
        Some([from, to]) => from + (to - from) * (place - place.floor().min(steps - 1.0)),
        _ => points.first().copied().unwrap_or(1.0),
    }
}

/// Heights of a unit.
fn heights(tone: Option<u8>, heavy: bool, traits: &Traits) -> Vec<f32> {
    let levels = tone.and_then(|tone| traits.tones.get(usize::from(tone).wrapping_sub(1)));
    match (levels, tone) {
        (Some(levels), _) => levels
            .bytes()
            .map(|level| 0.76 + 0.11 * f32::from(level.saturating_sub(b'1')))
            .collect(),
        (None, Some(_)) => vec![0.96, 0.9],
        (None, None) if heavy => vec![1.0, 1.14, 1.04, 0.95],
        (None, None) => vec![0.97, 0.95],
    }
}

/// How long each sound of a unit is. Consonants keep their time as far as they can, vowels give.
fn lengths(sounds: &[Sound], seconds: f32) -> Vec<f32> {
    let sum = |vowels: bool| -> f32 {
        let chosen = sounds.iter().filter(|sound| (sound.kind == Kind::Vowel) == vowels);
        chosen.map(|sound| sound.seconds).sum()
    };
    let (vowels, others) = (sum(true), sum(false));
    let most = if vowels > 0.0 { seconds * 0.55 } else { seconds };
    let others_get = (others * 0.9).min(most);
    let scale = |whole: f32, share: f32| if whole > 0.0 { share / whole } else { 0.0 };
    let (vowel, other) = (scale(vowels, seconds - others_get), scale(others, others_get));
    sounds
        .iter()
        .map(|sound| sound.seconds * if sound.kind == Kind::Vowel { vowel } else { other })
        .collect()
}

/// The resonances of a sound, or of the next one that has some, or of the one before.
fn neighbour(sounds: &[Sound], at: usize) -> [f32; 3] {
    let after = sounds[at..].iter().find_map(|sound| sound.formants);
    let before = || sounds[..at].iter().rev().find_map(|sound| sound.formants);
    after.or_else(before).unwrap_or(AT_REST)
}

#[cfg(test)]
mod tests {
    use super::super::spell::spell;
    use super::*;

    fn score(text: &str, question: bool) -> Score {
        Score::new(&spell(text), &Traits::of("Cherry"), question)
    }

    #[test]
    fn lines_go_through_their_points() {
        let points = [1.0, 2.0, 4.0];
        for (at, value) in [(0.0, 1.0), (0.25, 1.5), (0.5, 2.0), (0.75, 3.0), (1.0, 4.0)] {
            assert!((between(&points, at) - value).abs() < 1e-5, "{at}");
        }
        assert!((between(&[3.0], 0.5) - 3.0).abs() < 1e-5);
    }

    #[test]
    fn sounds_take_all_the_time_of_their_unit() {
        for word in ["strength", "a", "你", "hmm", "internationalization"] {
            for unit in spell(word) {
                let Unit::Said { sounds, seconds, .. } = unit else { continue };
                let sounds: Vec<Sound> = sounds.chars().filter_map(sound).collect();
                let all: f32 = lengths(&sounds, seconds).iter().sum();
                assert!((all - seconds).abs() < 1e-4, "{word}: {all} of {seconds}");
            }
        }
    }

    #[test]
    fn the_mouth_moves_in_order_and_ends_shut() {
        for text in ["你好，世界。", "Strength and honour, please.", "hmm", ""] {
            let score = score(text, false);
            assert!(score.keys.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{text}");
            let (_, last) = score.keys.last().unwrap();
            assert!(last.voice == 0.0 && last.breath == 0.0 && last.hiss == 0.0);
        }
    }

    #[test]
    fn tones_and_questions_have_their_shape() {
        let height = |score: &Score, at: f32| {
            let note = score.notes.len() - 1;
            let Note { from, to, .. } = score.notes[note];
            score.height(from + (to - from) * at, note)
        };
        let rises = |text: &str, question| {
            let score = score(text, question);
            height(&score, 0.95) > height(&score, 0.05)
        };
        assert!(rises("人", false), "the second tone");
        assert!(!rises("是", false), "the fourth tone");
        let low = score("我", false);
        assert!(height(&low, 0.4) < height(&low, 0.0) && height(&low, 0.4) < height(&low, 1.0));
        assert!(rises("really", true) && !rises("really", false));
        let sichuan = Score::new(&spell("人"), &Traits::of("Eric"), false);
        assert!(height(&sichuan, 0.95) < height(&sichuan, 0.05), "another tone in Sichuan");
    }
}
