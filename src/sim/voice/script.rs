//! Scripts other than Latin and Chinese: kana and hangul by their own order, the letters of others
//! by the Latin ones they resemble in sound. It refuses spelling rules; `spell` has those.

use super::spell::Unit;

/// Hiragana from U+3041 on, with its sounds.
const KANA: &str = "a a i i u u e e o o ka ga ki gi ku gu ke ge ko go sa za Si Ji su zu se ze so zo ta da Ci Ji \
- cu zu te de to do na ni nu ne no ha ba pa hi bi pi fu bu pu he be pe ho bo po ma mi mu me mo ja ja ju ju jo jo \
ra ri ru re ro wa wa i e o n vu";

/// The sounds that begin a hangul syllable, in the order of the script.
const LEADS: [&str; 19] =
    ["g", "k", "n", "d", "t", "r", "m", "b", "p", "s", "s", "", "J", "J", "C", "k", "t", "p", "h"];
/// Its vowels.
const MIDDLES: [&str; 21] = [
    "a", "&", "ja", "j&", "@", "e", "j@", "je", "o", "wa", "w&", "we", "jo", "u", "w@", "we", "wi",
    "ju", "I", "Ii", "i",
];
/// What ends it.
const TAILS: [&str; 28] = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "p", "l", "l", "l", "l", "m", "p", "p",
    "t", "t", "N", "t", "t", "k", "t", "p", "t",
];

fn said(sounds: String, seconds: f32) -> Unit {
    Unit::Said { sounds, seconds, tone: None, heavy: true }
}

/// A letter that is a syllable, or a part of one that takes its time.
pub(super) fn syllable(c: char) -> Option<Unit> {
    let code = u32::from(c);
    match code {
        0x3041..=0x3094 => kana(code - 0x3041),
        0x30a1..=0x30f4 => kana(code - 0x30a1),
        // The long sign: the vowel before it goes on, which a pause of its length stands for.
        0x30fc => Some(Unit::Gap(0.06)),
        0xac00..=0xd7a3 => {
            let at = (code - 0xac00) as usize;
            let (lead, middle, tail) = (at / 588, at % 588 / 28, at % 28);
            Some(said(format!("{}{}{}", LEADS[lead], MIDDLES[middle], TAILS[tail]), 0.18))
        }
        _ => None,
    }
}

fn kana(at: u32) -> Option<Unit> {
    match KANA.split_whitespace().nth(at as usize)? {
        "-" => Some(Unit::Gap(0.07)),
        sounds => Some(said(sounds.to_owned(), 0.125)),
    }
}

/// Letters of other alphabets and what they sound like, in pairs.
const LIKE: [(&str, &str); 44] = [
    ("àáâãäåāă", "a"),
    ("æ", "&"),
    ("çčćц", "c"),
    ("èéêëēėęě", "e"),
    ("ìíîïīі", "i"),
    ("ñ", "nj"),
    ("òóôõōő", "o"),
    ("öøœ", "R"),
    ("ùúûūůű", "u"),
    ("ü", "ju"),
    ("ýÿ", "i"),
    ("ß", "s"),
    ("šшщ", "S"),
    ("žж", "Z"),
    ("ł", "w"),
    ("þð", "T"),
    ("а", "a"),
    ("б", "b"),
    ("в", "v"),
    ("г", "g"),
    ("д", "d"),
    ("её", "je"),
    ("з", "z"),
    ("иы", "i"),
    ("й", "j"),
    ("к", "k"),
    ("л", "l"),
    ("м", "m"),
    ("н", "n"),
    ("о", "o"),
    ("п", "p"),
    ("р", "r"),
    ("с", "s"),
    ("т", "t"),
    ("у", "u"),
    ("ф", "f"),
    ("х", "h"),
    ("ч", "C"),
    ("э", "e"),
    ("ю", "ju"),
    ("я", "ja"),
    ("ъь", ""),
    ("αάὰ", "a"),
    ("ε", "e"),
];

/// A word in Latin letters and sounds. Letters nobody listed are made sayable by chance.
pub(super) fn fold(word: &str) -> String {
    const ANY: [&str; 12] = ["ma", "n", "ti", "l", "ko", "s", "ra", "be", "d", "u", "v", "i"];
    let mut folded = String::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii() || c == '’' {
            folded.push(c);
        } else if let Some((_, like)) = LIKE.iter().find(|(letters, _)| letters.contains(c)) {
            folded.push_str(like);
        } else {
            folded.push_str(ANY[u32::from(c) as usize % ANY.len()]);
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sounds(text: &str) -> String {
        let units = text.chars().filter_map(syllable);
        units
            .map(|unit| match unit {
                Unit::Said { sounds, .. } => sounds,
                Unit::Gap(_) => "-".to_owned(),
            })
            .collect()
    }

    #[test]
    fn kana_and_hangul_follow_their_order() {
        assert_eq!(KANA.split_whitespace().count(), 0x3094 - 0x3041 + 1);
        assert_eq!(sounds("こんにちは"), "konniCiha");
        assert_eq!(sounds("ガッコー"), "ga-ko-");
        assert_eq!(sounds("わをんヴ"), "waonvu");
        assert_eq!(sounds("안녕"), "annj@N");
        assert_eq!(sounds("가힣"), "gahit");
    }

    #[test]
    fn other_alphabets_are_folded() {
        assert_eq!(fold("привет"), "privjet");
        assert_eq!(fold("façade"), "facade");
        assert_eq!(fold("naïve"), "naive");
    }
}
