//! The voice, measured: speed, pauses, pitch, loudness, and that it can be heard as it is made.

use super::speak as say;
use super::*;

const CHINESE: &str = "今天我们来谈一谈这个问题，因为大家都想知道答案。首先要说明的是，机器会说话并不难；难的是说得自然。你觉得怎么样？我想，再过几年，人和机器说话就会像和朋友说话一样。";
const ENGLISH: &str = "The simulator speaks with a voice of its own, so that nobody has to pay for a test. It reads letters by rules that hold for most words, and it pauses where a comma or a full stop asks for it. Does it sound natural? Not quite, but the rhythm is there.";

/// A count to compute with.
fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

fn seconds(samples: &[i16]) -> f64 {
    real(samples.len()) / f64::from(RATE)
}

/// The longest silences within, in seconds, longest first.
fn silences(samples: &[i16]) -> Vec<f64> {
    let quiet: Vec<bool> = samples
        .chunks(240)
        .map(|piece| piece.iter().all(|sample| sample.unsigned_abs() < 200))
        .collect();
    let mut lengths: Vec<f64> = quiet
        .chunk_by(|a, b| a == b)
        .filter(|run| run[0])
        .map(|run| real(run.len()) / 100.0)
        .collect();
    lengths.sort_by(|a, b| b.total_cmp(a));
    lengths
}

/// The pitch in hertz of a piece, by the shift at which it resembles itself most.
fn pitch(piece: &[i16]) -> f64 {
    let likeness = |shift: usize| -> f64 {
        let pairs = piece.iter().zip(&piece[shift..]);
        let (mut both, mut first, mut second) = (0.0, 1.0, 1.0);
        for (a, b) in pairs {
            let (a, b) = (f64::from(*a), f64::from(*b));
            both += a * b;
            first += a * a;
            second += b * b;
        }
        both / (first * second).sqrt()
    };
    let likenesses: Vec<(usize, f64)> = (60..300).map(|shift| (shift, likeness(shift))).collect();
    let best = likenesses.iter().map(|(_, likeness)| *likeness).fold(0.0, f64::max);
    // The first shift that is nearly as good: multiples of it are too.
    let (shift, _) = likenesses.iter().find(|(_, likeness)| *likeness > best * 0.97).unwrap();
    let after = likenesses[shift - 60..].iter().take(12);
    let (shift, _) = after.max_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap();
    f64::from(RATE) / real(*shift)
}

#[test]
fn it_speaks_as_fast_as_people_do() {
    let chinese = say(CHINESE, "Cherry");
    let rate = real(CHINESE.chars().count()) / seconds(&chinese);
    assert!((4.0..5.3).contains(&rate), "{rate} Chinese characters a second");
    let english = say(ENGLISH, "Cherry");
    let rate = real(ENGLISH.chars().count()) / seconds(&english);
    assert!((12.0..16.5).contains(&rate), "{rate} letters a second");
    let slow = Speaker::new("Cherry").paced(0.5).speak(ENGLISH);
    let ratio = seconds(&slow) / seconds(&english);
    assert!((1.9..2.05).contains(&ratio), "{ratio}");
}

#[test]
fn it_never_clips_nor_clicks_and_begins_and_ends_in_silence() {
    for text in ["今天我们来谈一谈这个问题。", "Hssss! Pop, pop.", "東京 안녕 привет 👩‍💻 42"]
    {
        for voice in ["Cherry", "Eldric Sage", "Bunny", "longanyang"] {
            for (_, sentence) in Speaker::new(voice).at_volume(9.0).sentences(text) {
                let loudest = sentence.iter().map(|sample| sample.unsigned_abs()).max();
                assert!(loudest.is_some_and(|loudest| (20_000..31_000).contains(&loudest)));
                let steps = sentence.windows(2).map(|pair| pair[0].abs_diff(pair[1]));
                assert!(steps.max() < Some(28_000), "{voice}: {text}");
                for edge in [&sentence[..10], &sentence[sentence.len() - 10..]] {
                    assert!(edge.iter().all(|sample| sample.unsigned_abs() < 200), "{edge:?}");
                }
            }
        }
    }
}

#[test]
fn sentences_can_be_heard_one_after_the_other_and_are_the_whole() {
    let speaker = Speaker::new("Serena");
    let parts: Vec<Vec<i16>> = speaker.sentences(CHINESE).map(|(_, samples)| samples).collect();
    assert_eq!(parts.len(), 4);
    assert_eq!(parts.concat(), speaker.speak(CHINESE));
    assert_eq!(say(CHINESE, "Serena"), say(CHINESE, "Serena"), "it is always the same");
    assert_ne!(say(CHINESE, "Serena"), say(CHINESE, "Cherry"));
}

#[test]
fn texts_are_cut_at_their_ends_and_nothing_is_lost() {
    assert_eq!(split("One. Two 3.5! “Three?” Four"), ["One.", " Two 3.5!", " “Three?”", " Four"]);
    assert_eq!(split("好。好！"), ["好。", "好！"]);
    assert!(split("").is_empty());
    let long = "word, ".repeat(200) + &"字".repeat(500);
    let parts = split(&long);
    assert_eq!(parts.concat(), long);
    assert!(parts.iter().all(|part| part.chars().count() <= 2 * LONG));
}

#[test]
fn pauses_are_where_the_marks_are() {
    let silences = silences(&say("天天天天，人人人人。天天天天人人人人。", "Cherry"));
    assert!(silences[0] > 0.25 && silences[1] > 0.25, "{silences:?}");
    assert!((0.1..0.25).contains(&silences[2]), "{silences:?}");
    assert!(silences[3] < 0.09, "{silences:?}");
}

#[test]
fn voices_have_their_pitch_and_tones_move_it() {
    let middle = |text: &str, voice: &str, from: f64, to: f64| {
        let samples = say(text, voice);
        let at = |share: f64| (real(samples.len()) * share) as usize;
        pitch(&samples[at(from)..at(to)])
    };
    // A long level syllable.
    let high = middle("妈妈妈妈", "Cherry", 0.3, 0.5);
    let low = middle("妈妈妈妈", "Arthur", 0.3, 0.5);
    assert!(high > 190.0 && low < 130.0 && low > 80.0, "{high} and {low}");
    let slow = |text: &str| Speaker::new("Ethan").paced(0.4).speak(text);
    let (rising, falling) = (slow("人"), slow("要"));
    let ends = |samples: &[i16]| {
        let piece = samples.len() / 5;
        (pitch(&samples[piece * 2 - 400..][..2000]), pitch(&samples[piece * 4 - 2000..][..2000]))
    };
    let (from, to) = ends(&rising);
    assert!(to > from * 1.03, "{from} to {to}");
    let (from, to) = ends(&falling);
    assert!(to < from * 0.95, "{from} to {to}");
}

#[test]
fn what_cannot_be_said_is_silence_and_anything_can_be_asked() {
    assert!(say("", "Cherry").is_empty());
    assert!(say("🎉 …… 🎉", "Cherry").is_empty());
    for text in ["\u{0}\u{1b}[31m", "a\u{301}", "ＡＢＣ１２３", "''''", "ﷺ", "\u{10ffff}字"]
    {
        let samples = say(text, "Kiki");
        assert!(seconds(&samples) < 4.0, "{text:?}");
    }
}
