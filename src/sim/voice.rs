//! What a voice sounds like: text in, samples out, at 24 kHz, one channel, 16 bit.
//! It refuses to know languages; every syllable is a short quiet tone.

/// Samples of a second.
const RATE: u16 = 24_000;
/// Samples of a syllable and of the silence after a pause mark.
const SYLLABLE: usize = 3_600;

/// Speaks a text: a tone for each syllable, lower or higher by the voice, silence at pauses.
pub(super) fn speak(text: &str, voice: &str) -> Vec<i16> {
    let base = 150 + voice.bytes().fold(0u32, |sum, byte| (sum * 31 + u32::from(byte)) % 90);
    let mut samples = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        let vowel = |c: char| "aeiouyAEIOUY".contains(c);
        let syllable =
            (c.is_alphanumeric() && !c.is_ascii_alphabetic()) || (vowel(c) && !vowel(before));
        if syllable {
            let pitch = f64::from(base + u32::from(c) % 7 * 12);
            samples.extend((0..SYLLABLE).map(|at| tone(at, pitch)));
        } else if ",.;:!?，。；：！？\n".contains(c) && !samples.is_empty() {
            samples.resize(samples.len() + SYLLABLE, 0);
        }
        before = c;
    }
    samples
}

/// One sample of a tone that swells and fades.
fn tone(at: usize, pitch: f64) -> i16 {
    let part = f64::from(u32::try_from(at).unwrap_or(0));
    let swell =
        (std::f64::consts::PI * part / f64::from(u32::try_from(SYLLABLE).unwrap_or(1))).sin();
    let wave = (std::f64::consts::TAU * pitch * part / f64::from(RATE)).sin();
    (wave * swell * 4_000.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_texts_take_longer_and_are_heard() {
        let (short, long) = (speak("hello", "Cherry"), speak("hello, wonderful world", "Cherry"));
        assert!(short.len() > 1_000 && long.len() > 2 * short.len());
        assert!(speak("你好", "Cherry").iter().any(|sample| sample.abs() > 1_000));
        assert!(speak("", "Cherry").is_empty());
        assert_ne!(short, speak("hello", "Ethan"));
    }
}
