//! The sounds of speech as a mouth makes them: where it resonates, where it hisses, how long it
//! takes. It refuses letters of any language; `spell` and `han` know those.

/// How a sound is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An open mouth.
    Vowel,
    /// Voice through a narrow mouth or the nose.
    Hum,
    /// Noise at a narrow place, with or without voice.
    Hiss,
    /// A closed mouth that opens at once.
    Stop,
    /// A closed mouth that opens into a hiss.
    Affricate,
}

/// One sound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sound {
    pub(super) kind: Kind,
    /// How long it takes when nobody hurries.
    pub(super) seconds: f32,
    /// The first three resonances in hertz; sounds without their own take their neighbour's.
    pub(super) formants: Option<[f32; 3]>,
    /// Strength of the voice, from 0 to 1.
    pub(super) voice: f32,
    /// Strength of the breath behind it, from 0 to 1.
    pub(super) breath: f32,
    /// Strength of the hiss, from 0 to 1.
    pub(super) hiss: f32,
    /// Where the hiss is, in hertz.
    pub(super) hertz: f32,
    /// How wide the hiss is, in hertz.
    pub(super) width: f32,
}

const SILENT: Sound = Sound {
    kind: Kind::Stop,
    seconds: 0.07,
    formants: None,
    voice: 0.0,
    breath: 0.0,
    hiss: 0.0,
    hertz: 3000.0,
    width: 1500.0,
};

const fn vowel(first: f32, second: f32, third: f32) -> Sound {
    let formants = Some([first, second, third]);
    Sound { kind: Kind::Vowel, seconds: 0.11, formants, voice: 1.0, breath: 0.05, ..SILENT }
}

const fn hum(voice: f32, formants: [f32; 3]) -> Sound {
    Sound { kind: Kind::Hum, seconds: 0.065, formants: Some(formants), voice, ..SILENT }
}

const fn hiss(voice: f32, hiss: f32, hertz: f32, width: f32) -> Sound {
    Sound { kind: Kind::Hiss, seconds: 0.095, voice, hiss, hertz, width, ..SILENT }
}

const fn stop(breath: f32, hiss: f32, hertz: f32) -> Sound {
    Sound { kind: Kind::Stop, seconds: 0.08, breath, hiss, hertz, width: 1800.0, ..SILENT }
}

const fn affricate(breath: f32, hiss: f32, hertz: f32) -> Sound {
    Sound { kind: Kind::Affricate, seconds: 0.1, breath, hiss, hertz, width: 2000.0, ..SILENT }
}

/// The sound of a letter of the alphabet that `spell` and `han` write in. Vowels are `a e i o u`,
/// `&` as in cat, `@` as in about, `y` as in über, `I` as in the Chinese shi, `R` as in bird;
/// `S C J T Z` are sh, ch, j, th and the s of measure, `c D` are ts and dz, `x` the ch of loch,
/// `N` is ng.
pub(super) fn sound(letter: char) -> Option<Sound> {
    Some(match letter {
        'a' => vowel(760.0, 1260.0, 2500.0),
        '&' => vowel(680.0, 1700.0, 2450.0),
        'e' => vowel(520.0, 1850.0, 2500.0),
        '@' => vowel(510.0, 1320.0, 2450.0),
        'i' => vowel(290.0, 2280.0, 3000.0),
        'I' => vowel(370.0, 1400.0, 2700.0),
        'o' => vowel(490.0, 880.0, 2450.0),
        'u' => vowel(330.0, 780.0, 2300.0),
        'y' => vowel(300.0, 1900.0, 2350.0),
        'R' => vowel(480.0, 1350.0, 1750.0),
        'm' => hum(0.45, [270.0, 1050.0, 2200.0]),
        'n' => hum(0.45, [270.0, 1550.0, 2500.0]),
        'N' => hum(0.4, [280.0, 1900.0, 2700.0]),
        'l' => hum(0.55, [360.0, 1250.0, 2750.0]),
        'r' => hum(0.55, [340.0, 1150.0, 1550.0]),
        'w' => hum(0.6, [310.0, 680.0, 2250.0]),
        'j' => hum(0.6, [280.0, 2250.0, 2950.0]),
        's' => hiss(0.0, 0.6, 6200.0, 2600.0),
        'S' => hiss(0.0, 0.75, 3300.0, 1600.0),
        'f' => hiss(0.0, 0.22, 5200.0, 6000.0),
        'T' => hiss(0.0, 0.2, 6500.0, 5000.0),
        'x' => hiss(0.0, 0.35, 1500.0, 1100.0),
        'h' => Sound { breath: 0.55, seconds: 0.07, ..hiss(0.0, 0.0, 1500.0, 1500.0) },
        'z' => hiss(0.4, 0.3, 6000.0, 2600.0),
        'Z' => hiss(0.45, 0.3, 3000.0, 1600.0),
        'v' => hiss(0.45, 0.1, 4800.0, 5000.0),
        'p' => stop(0.45, 0.35, 900.0),
        't' => stop(0.45, 0.6, 4200.0),
        'k' => stop(0.5, 0.6, 2000.0),
        'b' => stop(0.0, 0.25, 800.0),
        'd' => stop(0.0, 0.4, 3800.0),
        'g' => stop(0.0, 0.4, 1800.0),
        'c' => affricate(0.3, 0.6, 6000.0),
        'D' => affricate(0.0, 0.5, 5800.0),
        'C' => affricate(0.35, 0.7, 3400.0),
        'J' => affricate(0.0, 0.55, 3200.0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vowel_resonates_where_it_is_told_apart() {
        let mut seen = Vec::new();
        for letter in "aeiouyIR&@".chars() {
            let sound = sound(letter).unwrap();
            let [first, second, third] = sound.formants.unwrap();
            assert!(first < second && second < third && sound.kind == Kind::Vowel, "{letter}");
            let far =
                |[a, b, c]: &[f32; 3]| (first - a).abs() + (second - b).abs() + (third - c).abs();
            assert!(seen.iter().all(|other| far(other) > 150.0), "{letter}");
            seen.push([first, second, third]);
        }
    }
}
