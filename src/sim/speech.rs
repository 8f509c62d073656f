//! Spoken answers of the omni models: who may speak, what a second costs, and the sound in pieces.
//! It owns the rules of voices; the sound itself is `voice`'s.

use std::ops::Range;

use serde_json::{Map, Value};

use super::models::Model;
use super::refusal::Refusal;
use super::voice;

/// Samples of a second.
const RATE: f64 = 24_000.0;
/// Samples of one event: a quarter of a second, whose bytes are whole groups of base64, so that
/// both pieces and all of them together can be decoded.
const PIECE: usize = 6_000;

const TURBO: &[&str] = &["Cherry", "Serena", "Ethan", "Chelsie"];
const STABLE: &[&str] = &[
    "Cherry", "Ethan", "Nofish", "Jennifer", "Ryan", "Katerina", "Elias", "Jada", "Dylan", "Sunny",
    "Li", "Marcus", "Roy", "Peter", "Rocky", "Kiki", "Eric",
];
const ALL: &[&str] = &[
    "Cherry",
    "Serena",
    "Ethan",
    "Chelsie",
    "Momo",
    "Vivian",
    "Moon",
    "Maia",
    "Kai",
    "Nofish",
    "Bella",
    "Jennifer",
    "Ryan",
    "Katerina",
    "Aiden",
    "Eldric Sage",
    "Mia",
    "Mochi",
    "Bellona",
    "Vincent",
    "Bunny",
    "Neil",
    "Elias",
    "Arthur",
    "Nini",
    "Ebona",
    "Seren",
    "Pip",
    "Stella",
    "Bodega",
    "Sonrisa",
    "Alek",
    "Dolce",
    "Sohee",
    "Ono Anna",
    "Lenn",
    "Emilien",
    "Andre",
    "Radio Gol",
    "Jada",
    "Dylan",
    "Li",
    "Marcus",
    "Roy",
    "Peter",
    "Sunny",
    "Eric",
    "Rocky",
    "Kiki",
];

/// A spoken answer that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Speech {
    pub(super) voice: String,
}

/// The voices of a model; the first is the one it has unless asked.
fn voices(model: &str) -> Vec<&'static str> {
    if model.starts_with("qwen-omni-turbo") || model.starts_with("qwen2.5-omni") {
        let mut voices = TURBO.to_vec();
        voices.rotate_right(1);
        voices
    } else if model.starts_with("qwen3.5-omni") {
        [&["Tina"], ALL].concat()
    } else if model.ends_with("2025-12-01") {
        ALL.to_vec()
    } else {
        STABLE.to_vec()
    }
}

/// The speech that a request asks for; none when only text is wanted or the model has no voice.
pub(super) fn read(body: &Map<String, Value>, model: &Model) -> Result<Option<Speech>, Refusal> {
    let aloud = body
        .get("modalities")
        .and_then(Value::as_array)
        .is_some_and(|kinds| kinds.iter().any(|kind| kind == "audio"));
    if !aloud || !model.speaks {
        return Ok(None);
    }
    let wish = |key: &str| {
        body.get("audio").and_then(|audio| audio.get(key)).filter(|value| !value.is_null())
    };
    if wish("format").is_some_and(|format| format != "wav") {
        return Err(Refusal::parameter("Input should be 'wav': parameters.audio.format"));
    }
    let voices = voices(model.id);
    let voice = match wish("voice") {
        None => voices.first().copied(),
        Some(voice) => voices.iter().find(|own| voice == **own).copied(),
    };
    let voice = voice.ok_or_else(|| unknown(model.id))?;
    Ok(Some(Speech { voice: voice.to_owned() }))
}

/// The refusal of a voice names all there are, in the order of the list.
fn unknown(model: &str) -> Refusal {
    let mut voices = voices(model);
    if voices.len() == TURBO.len() {
        voices = TURBO.to_vec();
    }
    let names: Vec<String> = voices.iter().map(|voice| format!("'{voice}'")).collect();
    let list = names
        .split_last()
        .map_or_else(String::new, |(last, rest)| format!("{} or {last}", rest.join(", ")));
    Refusal::parameter(format!("Input should be {list}: parameters.audio.voice"))
}

/// Tokens of a second that is spoken by a model.
pub(super) fn rate_out(model: &str) -> f64 {
    if model.contains("turbo") || model.starts_with("qwen2.5") { 25.0 } else { 12.5 }
}

/// Tokens of a second that is heard by a model.
pub(super) fn rate_in(model: &str) -> f64 {
    if model.starts_with("qwen3.5-omni") || model.starts_with("qwen3.8-omni") {
        7.0
    } else if model.contains("turbo") || model.starts_with("qwen2.5") {
        25.0
    } else {
        12.5
    }
}

/// Tokens of so many samples.
pub(super) fn tokens(samples: usize, rate: f64) -> usize {
    let samples = f64::from(u32::try_from(samples).unwrap_or(u32::MAX));
    (samples * rate / RATE).ceil() as usize
}

/// The sentences of a text that have something to say.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '。' | '！' | '？' | '\n' => true,
            '.' | '!' | '?' => next.is_none_or(char::is_whitespace),
            _ => next.is_none(),
        };
        if ends {
            let end = at + c.len_utf8();
            if text[start..end].chars().any(char::is_alphanumeric) {
                all.push(start..end);
                start = end;
            }
        }
    }
    all
}

/// A sentence as 16-bit samples in little-endian bytes, in pieces, each with its number of samples.
pub(super) fn pieces(sentence: &str, speech: &Speech) -> Vec<(usize, Vec<u8>)> {
    let plain: String = sentence.chars().filter(|c| !"*_`#|>~".contains(*c)).collect();
    let mut samples = voice::speak(plain.trim(), &speech.voice);
    // Three samples are six bytes are eight letters.
    samples.resize(samples.len().div_ceil(3) * 3, 0);
    samples
        .chunks(PIECE)
        .map(|piece| (piece.len(), piece.iter().flat_map(|sample| sample.to_le_bytes()).collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sim::models;

    fn ask(model: &str, audio: &Value) -> Result<Option<String>, String> {
        let body = json!({"modalities": ["text", "audio"], "audio": audio});
        read(body.as_object().unwrap(), models::find(model).unwrap())
            .map(|speech| speech.map(|speech| speech.voice))
            .map_err(|refusal| refusal.message.into())
    }

    #[test]
    fn voices_belong_to_models() {
        let voice =
            |model: &str, voice: &str| ask(model, &json!({"voice": voice, "format": "wav"}));
        assert_eq!(voice("qwen3-omni-flash", "Cherry"), Ok(Some("Cherry".to_owned())));
        assert_eq!(
            voice("qwen3-omni-flash-2025-12-01", "Radio Gol"),
            Ok(Some("Radio Gol".to_owned()))
        );
        assert_eq!(
            voice("qwen-omni-turbo", "cherry").unwrap_err(),
            "Input should be 'Cherry', 'Serena', 'Ethan' or 'Chelsie': parameters.audio.voice"
        );
        assert!(voice("qwen3-omni-flash", "Tina").is_err());
        for (model, own) in [
            ("qwen3-omni-flash", Some("Cherry")),
            ("qwen3.5-omni-plus", Some("Tina")),
            ("qwen-omni-turbo", Some("Chelsie")),
            ("qwen3-vl-plus", None),
        ] {
            assert_eq!(ask(model, &json!({})), Ok(own.map(str::to_owned)), "{model}");
        }
        assert!(ask("qwen3-omni-flash", &json!({"format": "mp3"})).is_err());
    }

    #[test]
    fn sentences_hold_the_whole_text_and_each_says_something() {
        let text = "One. Two 3.5 times!\n\n* * *\n第三句。还有";
        let parts: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, ["One.", " Two 3.5 times!", "\n\n* * *\n第三句。", "还有"]);
        assert!(sentences("---").is_empty());
    }

    #[test]
    fn pieces_can_be_joined_before_they_are_decoded() {
        let speech = Speech { voice: "Cherry".to_owned() };
        let pieces = pieces("**A sentence** of some length, spoken.", &speech);
        assert!(pieces.len() > 2);
        for (samples, bytes) in pieces {
            assert_eq!(bytes.len(), samples * 2);
            assert_eq!(bytes.len() % 3, 0);
        }
        assert_eq!(tokens(24_000, rate_out("qwen3-omni-flash")), 13);
        assert_eq!(tokens(24_000, rate_out("qwen-omni-turbo")), 25);
    }
}
