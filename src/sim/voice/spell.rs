//! From a sentence to what is said of it: syllables, words and pauses, in the letters of `sounds`.
//! It reads by rules that hold for most words; it refuses to be a dictionary of any language.

use super::han;
use super::script;

/// What is said, in order.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Unit {
    /// A syllable or a word.
    Said {
        /// In the letters of `sounds`.
        sounds: String,
        /// How long, at the usual pace.
        seconds: f32,
        /// From 1 to 5, for a Chinese syllable.
        tone: Option<u8>,
        /// It carries the sentence; others are said in passing.
        heavy: bool,
    },
    /// Silence, in seconds.
    Gap(f32),
}

/// A pause between sentences, in seconds.
pub(super) const FULL_STOP: f32 = 0.38;
const COMMA: f32 = 0.18;
const SPACE: f32 = 0.015;
const SYLLABLE: f32 = 0.19;

/// What ends a sentence wherever it stands.
pub(super) fn ends(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '!' | '?' | '…' | '\n' | '．')
}

fn pause(c: char, next: Option<char>) -> Option<f32> {
    Some(match c {
        '.' if next.is_some_and(char::is_alphanumeric) => 0.05,
        c if ends(c) || c == '.' => FULL_STOP,
        '，' | ',' | '、' | '；' | ';' | '：' | ':' | '—' | '–' => COMMA,
        '(' | ')' | '（' | '）' | '“' | '”' | '"' | '《' | '》' => 0.04,
        c if c.is_whitespace() || c == '-' || c == '/' => SPACE,
        _ => return None,
    })
}

/// Reads a sentence.
pub(super) fn spell(sentence: &str) -> Vec<Unit> {
    let chinese = sentence.chars().any(han::is_han);
    let mut units = Vec::new();
    let mut rest = sentence;
    while let Some(c) = rest.chars().next() {
        let word: usize = rest.chars().take_while(|c| in_word(*c)).map(char::len_utf8).sum();
        let (piece, tail) = rest.split_at(word.max(c.len_utf8()));
        rest = tail;
        if word > 0 {
            units.push(self::word(piece));
        } else if han::is_han(c) {
            units.push(character(c));
        } else if let Some(digit) = c.to_digit(10) {
            units.push(number(digit, chinese));
        } else if let Some(unit) = script::syllable(c) {
            units.push(unit);
        } else if let Some(gap) = pause(c, tail.chars().next()) {
            rest_for(gap, &mut units);
        }
    }
    sandhi(&mut units);
    units
}

/// A pause, which swallows a shorter one before it.
fn rest_for(gap: f32, units: &mut Vec<Unit>) {
    match units.last_mut() {
        Some(Unit::Gap(before)) => *before = before.max(gap),
        Some(Unit::Said { .. }) => units.push(Unit::Gap(gap)),
        None => {}
    }
}

/// Of two low tones in a row the first is said as a rising one.
fn sandhi(units: &mut [Unit]) {
    for at in 1..units.len() {
        let (before, after) = units.split_at_mut(at);
        if let (
            Some(Unit::Said { tone: first @ Some(3), .. }),
            Some(Unit::Said { tone: Some(3), .. }),
        ) = (before.last_mut(), after.first())
        {
            *first = Some(2);
        }
    }
}

fn character(c: char) -> Unit {
    let spoken = han::spoken(c);
    let light = spoken.tone == 5;
    let seconds = if light { SYLLABLE * 0.75 } else { SYLLABLE };
    Unit::Said { sounds: spoken.sounds(), seconds, tone: Some(spoken.tone), heavy: !light }
}

fn number(digit: u32, chinese: bool) -> Unit {
    const HAN: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    const SOUNDS: [&str; 10] =
        ["ziro", "wan", "tu", "Tri", "for", "faiv", "siks", "sev@n", "eit", "nain"];
    let digit = digit as usize % 10;
    if chinese {
        return character(HAN[digit]);
    }
    Unit::Said { sounds: SOUNDS[digit].to_owned(), seconds: 0.3, tone: None, heavy: true }
}

/// A letter of a script that writes words with spaces between them.
fn in_word(c: char) -> bool {
    matches!(c, '\'' | '’') || (c.is_alphabetic() && !crate::sim::tokens::is_cjk(c))
}

fn word(word: &str) -> Unit {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let length = f32::from(u16::try_from(letters).unwrap_or(u16::MAX));
    let initials = (2..=5).contains(&letters) && word.chars().all(|c| c.is_ascii_uppercase());
    if initials {
        let sounds = word.bytes().map(|letter| NAMES[usize::from(letter - b'A') % 26]).collect();
        return Unit::Said { sounds, seconds: 0.17 * length, tone: None, heavy: true };
    }
    let sounds = voiced(&script::fold(&word.to_lowercase()));
    Unit::Said { sounds, seconds: 0.045 + 0.062 * length, tone: None, heavy: letters > 3 }
}

/// What the letters are called.
const NAMES: [&str; 26] = [
    "ei", "bi", "si", "di", "i", "ef", "Ji", "eiC", "ai", "Jei", "kei", "el", "em", "en", "ou",
    "pi", "kju", "ar", "es", "ti", "ju", "vi", "d@blju", "eks", "wai", "zi",
];

/// Groups of letters, longest first, and their sounds.
const GROUPS: [(&str, &str); 45] = [
    ("tion", "S@n"),
    ("sion", "Z@n"),
    ("ough", "o"),
    ("augh", "o"),
    ("eigh", "ei"),
    ("igh", "ai"),
    ("tch", "C"),
    ("sch", "S"),
    ("dge", "J"),
    ("sh", "S"),
    ("ch", "C"),
    ("th", "T"),
    ("ph", "f"),
    ("wh", "w"),
    ("ck", "k"),
    ("qu", "kw"),
    ("ng", "N"),
    ("gh", ""),
    ("ee", "i"),
    ("ea", "i"),
    ("oo", "u"),
    ("ou", "au"),
    ("ow", "ou"),
    ("oi", "oi"),
    ("oy", "oi"),
    ("ai", "ei"),
    ("ay", "ei"),
    ("au", "o"),
    ("aw", "o"),
    ("ie", "i"),
    ("ei", "ei"),
    ("ey", "i"),
    ("ew", "ju"),
    ("oa", "ou"),
    ("ue", "u"),
    ("ar", "ar"),
    ("er", "R"),
    ("ir", "R"),
    ("ur", "R"),
    ("or", "or"),
    ("ce", "s@"),
    ("ci", "si"),
    ("cy", "si"),
    ("ge", "J@"),
    ("gi", "Ji"),
];

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// The sounds of a word of small letters; capitals in it are sounds already.
fn voiced(word: &str) -> String {
    let mut sounds = String::new();
    let mut rest = word;
    let mut last = ' ';
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        if after.is_empty() && letter == 'e' && !is_vowel(last) && has_vowel(&sounds) {
            break;
        }
        if let Some((group, sound)) = GROUPS.iter().find(|(group, _)| rest.starts_with(group)) {
            // An e that only makes the c or g soft is not said at the end.
            let silent = group.len() == rest.len() && sound.ends_with('@') && has_vowel(&sounds);
            sounds.push_str(if silent { &sound[..1] } else { sound });
            rest = &rest[group.len()..];
            last = group.chars().next_back().unwrap_or(' ');
            continue;
        }
        if letter != last || is_vowel(letter) {
            single(letter, after, sounds.is_empty(), &mut sounds);
        }
        last = letter;
        rest = after;
    }
    if has_vowel(&sounds) {
        return sounds;
    }
    // No mouth says this without opening.
    sounds.chars().flat_map(|sound| [sound, '@']).collect()
}

fn has_vowel(sounds: &str) -> bool {
    sounds
        .chars()
        .any(|sound| matches!(sound, 'a'..='u' if is_vowel(sound)) || "@&yIR".contains(sound))
}

/// A letter by itself: `after` is the rest of its word.
fn single(letter: char, after: &str, first: bool, sounds: &mut String) {
    let mut next = after.chars();
    // A silent e at the end makes the vowel two letters before it long.
    let long = next.next().is_some_and(|c| !is_vowel(c)) && next.as_str() == "e";
    let said = match letter {
        'a' if long => "ei",
        'a' if after.is_empty() => "@",
        'a' => "&",
        'e' if after.is_empty() && sounds == "T" => "@",
        'e' if after.is_empty() && !has_vowel(sounds) => "i",
        'i' if long => "ai",
        'o' if long => "ou",
        'u' if long => "ju",
        'u' if !after.is_empty() && !first => "@",
        'y' if first && !after.is_empty() => "j",
        'y' if after.is_empty() && !has_vowel(sounds) => "ai",
        'y' => "i",
        'c' | 'q' => "k",
        'x' => "ks",
        'j' => "J",
        '\'' | '’' => "",
        letter => {
            if super::sounds::sound(letter).is_some() {
                sounds.push(letter);
            }
            ""
        }
    };
    sounds.push_str(said);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_sound_roughly_as_they_do() {
        for (word, sounds) in [
            ("make", "meik"),
            ("time", "taim"),
            ("hello", "helo"),
            ("speech", "spiC"),
            ("the", "T@"),
            ("me", "mi"),
            ("night", "nait"),
            ("nice", "nais"),
            ("hmm", "h@m@"),
            ("quick", "kwik"),
            ("yes", "jes"),
            ("why", "wai"),
        ] {
            let word = super::word(word);
            let Unit::Said { sounds: said, .. } = &word else { panic!("{word:?}") };
            assert_eq!(said, sounds);
        }
    }

    #[test]
    fn a_sentence_is_words_and_pauses_and_the_longer_pause_counts() {
        let units = spell("Well, 你好。  TTS 3");
        let kinds: Vec<String> = units
            .iter()
            .map(|unit| match unit {
                Unit::Said { sounds, tone, .. } => format!("{sounds}{}", tone.unwrap_or(0)),
                Unit::Gap(gap) => format!("{gap}"),
            })
            .collect();
        assert_eq!(kinds, ["wel0", "0.18", "ni2", "xau3", "0.38", "tities0", "0.015", "san1"]);
        assert_eq!(spell("3.5").len(), 3);
        assert!(spell("，，🎉").is_empty());
    }

    #[test]
    fn whatever_is_said_has_sounds_with_a_vowel() {
        let scripts =
            "Ångström façade 東京 こんにちは カタカナ 안녕하세요 привет мир γειά שלום مرحبا นะ";
        for unit in spell(scripts) {
            if let Unit::Said { sounds, .. } = &unit {
                assert!(has_vowel(sounds) || sounds == "n", "{unit:?}");
                let known = |c| super::super::sounds::sound(c).is_some();
                assert!(sounds.chars().all(known), "{unit:?}");
            }
        }
    }
}
