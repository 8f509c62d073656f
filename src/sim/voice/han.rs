//! How Chinese characters sound: common ones by a table, all others a syllable of their own by
//! chance, always the same. It refuses other scripts.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::sim::rng;

/// A syllable and its tone, from 1 to 5; 5 is the light one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spoken {
    pinyin: &'static str,
    pub(super) tone: u8,
}

/// Whether a character is Chinese: it has a syllable, and the bill counts it twice.
pub(in crate::sim) fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

struct Table {
    known: HashMap<char, Spoken>,
    syllables: Vec<&'static str>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table { known: HashMap::new(), syllables: Vec::new() };
        for line in include_str!("pinyin.txt").lines() {
            let Some((syllable, characters)) = line.split_once(' ') else { continue };
            let pinyin = syllable.trim_end_matches(|c: char| c.is_ascii_digit());
            let Ok(tone) = syllable[pinyin.len()..].parse() else { continue };
            table.known.extend(characters.chars().map(|c| (c, Spoken { pinyin, tone })));
            table.syllables.push(pinyin);
        }
        table
    })
}

/// The sound of a character.
pub(super) fn spoken(c: char) -> Spoken {
    let table = table();
    if let Some(spoken) = table.known.get(&c) {
        return *spoken;
    }
    let chance = rng::hash(7, &u32::from(c).to_le_bytes());
    let syllable = usize::try_from(chance >> 8).unwrap_or(0) % table.syllables.len().max(1);
    Spoken {
        pinyin: table.syllables.get(syllable).copied().unwrap_or("a"),
        tone: (chance % 4) as u8 + 1,
    }
}

/// Beginnings of syllables, longest first, and their sounds.
const ONSETS: [(&str, &str); 21] = [
    ("zh", "J"),
    ("ch", "C"),
    ("sh", "S"),
    ("b", "b"),
    ("p", "p"),
    ("m", "m"),
    ("f", "f"),
    ("d", "d"),
    ("t", "t"),
    ("n", "n"),
    ("l", "l"),
    ("g", "g"),
    ("k", "k"),
    ("h", "x"),
    ("j", "J"),
    ("q", "C"),
    ("x", "S"),
    ("z", "D"),
    ("c", "c"),
    ("s", "s"),
    ("r", "Z"),
];

/// Ends of syllables and their sounds; what is not here sounds as it is spelled.
const RHYMES: [(&str, &str); 41] = [
    ("e", "@"),
    ("ao", "au"),
    ("en", "@n"),
    ("ang", "aN"),
    ("eng", "@N"),
    ("ong", "uN"),
    ("er", "aR"),
    ("iao", "iau"),
    ("iu", "iou"),
    ("ian", "ien"),
    ("iang", "iaN"),
    ("ing", "iN"),
    ("iong", "iuN"),
    ("ui", "uei"),
    ("un", "u@n"),
    ("uang", "uaN"),
    ("v", "y"),
    ("yi", "i"),
    ("ya", "ja"),
    ("ye", "je"),
    ("yao", "jau"),
    ("you", "jou"),
    ("yan", "jen"),
    ("yin", "in"),
    ("yang", "jaN"),
    ("ying", "iN"),
    ("yong", "juN"),
    ("yu", "y"),
    ("yue", "ye"),
    ("yuan", "yen"),
    ("yun", "yn"),
    ("wu", "u"),
    ("wa", "wa"),
    ("wo", "wo"),
    ("wai", "wai"),
    ("wei", "wei"),
    ("wan", "wan"),
    ("wen", "w@n"),
    ("wang", "waN"),
    ("ve", "ye"),
    ("van", "yen"),
];

impl Spoken {
    /// Its sounds in the letters of `sounds`.
    pub(super) fn sounds(self) -> String {
        let whole = (self.pinyin, "", "");
        let (rhyme, onset, sound) = ONSETS
            .iter()
            .find_map(|(onset, sound)| Some((self.pinyin.strip_prefix(onset)?, *onset, *sound)))
            .unwrap_or(whole);
        if rhyme == "i" && ["zh", "ch", "sh", "r", "z", "c", "s"].contains(&onset) {
            return format!("{sound}I");
        }
        // After j, q and x a u is always a ü.
        let fronted = rhyme.strip_prefix('u').filter(|_| ["j", "q", "x"].contains(&onset));
        let rhyme = fronted.map_or_else(|| rhyme.to_owned(), |rest| format!("v{rest}"));
        let known = RHYMES.iter().find(|(spelled, _)| *spelled == rhyme);
        format!("{sound}{}", known.map_or(rhyme.replace('v', "y"), |(_, sounds)| (*sounds).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sounds::{Kind, sound};
    use super::*;

    #[test]
    fn characters_sound_as_they_do() {
        for (c, sounds, tone) in [
            ('你', "ni", 3),
            ('好', "xau", 3),
            ('是', "SI", 4),
            ('学', "Sye", 2),
            ('去', "Cy", 4),
            ('月', "ye", 4),
            ('中', "JuN", 1),
            ('全', "Cyen", 2),
            ('女', "ny", 3),
            ('的', "d@", 5),
        ] {
            let spoken = spoken(c);
            assert_eq!((spoken.sounds().as_str(), spoken.tone), (sounds, tone), "{c}");
        }
    }

    #[test]
    fn every_syllable_of_the_table_can_be_said_and_every_character_has_one() {
        let lines = include_str!("pinyin.txt").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.count(), table().syllables.len());
        let mut characters = 0;
        for line in include_str!("pinyin.txt").lines().filter(|line| !line.starts_with('#')) {
            characters += line.split_once(' ').unwrap().1.chars().count();
        }
        assert_eq!(table().known.len(), characters, "no character is there twice");
        for c in ('\u{4e00}'..='\u{9fff}').step_by(7).chain(table().known.keys().copied()) {
            let spoken = spoken(c);
            let sounds = spoken.sounds();
            assert!((1..=5).contains(&spoken.tone) && spoken == super::spoken(c), "{c}");
            let vowels = sounds
                .chars()
                .map(|letter| sound(letter).unwrap_or_else(|| panic!("{c}: {sounds}")))
                .filter(|sound| sound.kind == Kind::Vowel)
                .count();
            assert!((1..=3).contains(&vowels), "{c}: {sounds}");
        }
    }
}
