//! A request for speech as the service accepts it, or the documented refusal of it.
//! It owns the rules; it refuses to speak.

use serde_json::Value;

use crate::sim::models::Model;
use crate::sim::refusal::{self, Refusal};
use crate::sim::tokens;
use crate::sim::voice::{RATE, Speaker, is_han, wav};
use crate::sim::voices;

/// The longest text of Qwen-TTS, in characters.
const MOST_CHARACTERS: usize = 600;
/// The longest text of the first Qwen-TTS, in tokens.
const MOST_TOKENS: usize = 512;
/// The longest instructions, in tokens.
const MOST_INSTRUCTIONS: usize = 1600;
/// The longest text of CosyVoice, in characters: the documentation we have does not tell it.
const MOST_COSY: usize = 2000;

const LANGUAGES: [&str; 11] = [
    "Auto",
    "Chinese",
    "English",
    "German",
    "Italian",
    "Portuguese",
    "Spanish",
    "Japanese",
    "Korean",
    "French",
    "Russian",
];

/// The rates in hertz that CosyVoice can be asked for.
const RATES: [u32; 7] = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

/// Which service was asked: they write and bill differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Billed by characters.
    Qwen,
    /// The first Qwen-TTS, billed by tokens.
    FirstQwen,
    /// CosyVoice.
    Cosy,
}

/// How samples are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// With a header.
    Wav,
    /// Without one.
    Pcm,
}

/// An accepted request.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) speaker: Speaker,
    /// Of the file, in hertz.
    pub(super) rate: u32,
    pub(super) container: Container,
    /// What the text costs: characters, Chinese ones twice, or tokens.
    pub(super) units: usize,
}

/// A documented refusal of one parameter.
fn missing(name: &str) -> Refusal {
    Refusal::parameter(format!(
        "Required parameter({name}) missing or invalid, please check the request parameters."
    ))
}

fn too_long(most: usize) -> Refusal {
    Refusal::parameter(format!("Range of input length should be [1, {most}]"))
}

/// What was given: SDKs put some keys into `parameters`, the documentation all into `input`.
struct Given<'a>(&'a Value);

impl<'a> Given<'a> {
    fn new(body: &'a Value) -> Result<Self, Refusal> {
        match body.get("input") {
            Some(input) if input.is_object() => Ok(Self(body)),
            Some(Value::Null) | None => Err(Refusal::of(&refusal::NO_INPUT)),
            Some(_) => Err(Refusal::of(&refusal::PARAMETER)),
        }
    }

    /// The value of a key, with JSON null as absent.
    fn get(&self, key: &str) -> Option<&'a Value> {
        ["input", "parameters"]
            .iter()
            .filter_map(|place| self.0.get(place)?.get(key))
            .find(|value| !value.is_null())
    }

    /// A text that must be there.
    fn text(&self, key: &str) -> Result<&'a str, Refusal> {
        self.get(key).and_then(Value::as_str).ok_or_else(|| missing(key))
    }

    /// A text that may be there.
    fn wish(&self, key: &str) -> Result<Option<&'a str>, Refusal> {
        self.get(key).map(|value| value.as_str().ok_or_else(|| missing(key))).transpose()
    }

    fn number(&self, key: &str, usual: f32, least: f32, most: f32) -> Result<f32, Refusal> {
        let Some(value) = self.get(key) else { return Ok(usual) };
        let number = value.as_f64().map(|number| number as f32);
        number.filter(|number| (least..=most).contains(number)).ok_or_else(|| missing(key))
    }
}

impl Ask {
    /// A request to Qwen-TTS.
    pub(super) fn qwen(body: &Value, model: &Model) -> Result<Self, Refusal> {
        let given = Given::new(body)?;
        let text = given.text("text")?;
        let first = model.id.starts_with("qwen-tts");
        let (length, most) = if first {
            (tokens::count(text), MOST_TOKENS)
        } else {
            (text.chars().count(), MOST_CHARACTERS)
        };
        if text.is_empty() || length > most {
            return Err(too_long(most));
        }
        let voice = given.text("voice")?;
        if !voices::has(model.id, voice) {
            return Err(unknown_voice(voice, first));
        }
        if given.wish("language_type")?.is_some_and(|language| !LANGUAGES.contains(&language)) {
            return Err(missing("language_type"));
        }
        let mut speaker = Speaker::new(voice);
        if model.id.contains("instruct") {
            if given.get("optimize_instructions").is_some_and(|flag| !flag.is_boolean()) {
                return Err(missing("optimize_instructions"));
            }
            let instructions = given.wish("instructions")?.unwrap_or_default();
            if tokens::count(instructions) > MOST_INSTRUCTIONS {
                return Err(missing("instructions"));
            }
            speaker = heeding(speaker, instructions);
        }
        let (kind, units) =
            if first { (Kind::FirstQwen, length) } else { (Kind::Qwen, characters(text)) };
        let text = text.to_owned();
        Ok(Self { kind, text, speaker, rate: RATE, container: Container::Wav, units })
    }

    /// A request to CosyVoice. Which voices it has our sources do not list, so any id in the manner
    /// of its own will do.
    pub(super) fn cosy(body: &Value) -> Result<Self, Refusal> {
        let given = Given::new(body)?;
        let text = given.text("text")?;
        if text.is_empty() || text.chars().count() > MOST_COSY {
            return Err(too_long(MOST_COSY));
        }
        let voice = given.text("voice")?;
        if !(voice.starts_with("long") || voice.starts_with("loong")) {
            return Err(unknown_voice(voice, false));
        }
        // The usual MP3 is not ours to make: who wants a sound has to ask for one that is true.
        let container = match given.wish("format")? {
            Some("wav") => Container::Wav,
            Some("pcm") => Container::Pcm,
            Some(_) | None => return Err(missing("format")),
        };
        let rate = match given.get("sample_rate") {
            None => 22_050,
            Some(value) => RATES
                .into_iter()
                .find(|rate| value.as_u64() == Some(u64::from(*rate)))
                .ok_or_else(|| missing("sample_rate"))?,
        };
        let speaker = Speaker::new(voice)
            .at_volume(given.number("volume", 50.0, 0.0, 100.0)? / 50.0)
            .paced(given.number("rate", 1.0, 0.5, 2.0)?)
            .pitched(given.number("pitch", 1.0, 0.5, 2.0)?);
        let units = characters(text);
        Ok(Self { kind: Kind::Cosy, text: text.to_owned(), speaker, rate, container, units })
    }

    /// Samples as they are sent: at the rate that was asked for.
    pub(super) fn encoded(&self, samples: &[i16]) -> Vec<u8> {
        if self.rate == RATE {
            return wav::bytes(samples);
        }
        wav::bytes(&wav::resample(samples, RATE, self.rate))
    }
}

/// Both texts are documented; which model gives which is not.
fn unknown_voice(voice: &str, first: bool) -> Refusal {
    if first {
        return Refusal::parameter(
            "Input should be 'Cherry', 'Serena', 'Ethan' or 'Chelsie': parameters.audio.voice",
        );
    }
    Refusal::text(&refusal::VOICE, format!("The requested voice '{voice}' is not supported."))
}

/// What is billed: a Chinese character counts as two.
fn characters(text: &str) -> usize {
    text.chars().map(|c| if is_han(c) { 2 } else { 1 }).sum()
}

/// Heeds what can be heard of instructions: fast and slow, high and low.
fn heeding(speaker: Speaker, instructions: &str) -> Speaker {
    let words = instructions.to_lowercase();
    let asks = |any: [&str; 4]| any.iter().any(|word| words.contains(word));
    let pace = match (asks(["fast", "quick", "快", "急"]), asks(["slow", "calm", "慢", "缓"])) {
        (true, false) => 1.2,
        (false, true) => 0.82,
        (true, true) | (false, false) => 1.0,
    };
    let pitch = match (asks(["high", "bright", "高", "尖"]), asks(["low", "deep", "低", "沉"]))
    {
        (true, false) => 1.12,
        (false, true) => 0.88,
        (true, true) | (false, false) => 1.0,
    };
    speaker.paced(pace).pitched(pitch)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sim::models;

    fn qwen(model: &str, input: &Value, parameters: &Value) -> Result<Ask, String> {
        let body = json!({"model": model, "input": input, "parameters": parameters});
        Ask::qwen(&body, models::find(model).unwrap()).map_err(|refusal| told(&refusal))
    }

    fn told(refusal: &Refusal) -> String {
        format!("{} {}", refusal.native, refusal.native_message)
    }

    #[test]
    fn keys_may_stand_in_either_place_and_characters_have_their_weight() {
        let ask =
            qwen("qwen3-tts-flash", &json!({"text": "你好, hi!", "voice": "Cherry"}), &json!({}));
        assert_eq!(ask.unwrap().units, 4 + 5);
        let ask = qwen(
            "qwen3-tts-instruct-flash",
            &json!({"text": "hi"}),
            &json!({"voice": "Bella", "instructions": "慢一点", "optimize_instructions": true}),
        )
        .unwrap();
        let plain = Speaker::new("Bella").speak("hi").len();
        assert!(ask.speaker.speak("hi").len() > plain);
        let ask =
            qwen("qwen-tts", &json!({"text": "Good morning", "voice": "Sunny"}), &Value::Null);
        assert_eq!(ask.unwrap().units, tokens::count("Good morning"));
    }

    #[test]
    fn texts_have_an_end() {
        let long = |model: &str, text: String| {
            qwen(model, &json!({"text": text, "voice": "Cherry"}), &Value::Null).map(|_| ())
        };
        assert_eq!(long("qwen3-tts-flash", "字".repeat(600)), Ok(()));
        let over = "InvalidParameter Range of input length should be [1, 600]".to_owned();
        assert_eq!(long("qwen3-tts-flash", "字".repeat(601)), Err(over.clone()));
        assert_eq!(long("qwen3-tts-flash", String::new()), Err(over));
        assert_eq!(long("qwen-tts", " b".repeat(512)), Ok(()));
        let over = "InvalidParameter Range of input length should be [1, 512]".to_owned();
        assert_eq!(long("qwen-tts", " b".repeat(513)), Err(over));
    }

    #[test]
    fn refusals_have_the_documented_texts() {
        let refused = |model: &str, input: Value| qwen(model, &input, &Value::Null).unwrap_err();
        for voice in ["cherry", "Serena", "ELDRIC SAGE"] {
            assert_eq!(
                refused("qwen3-tts-flash", json!({"text": "a", "voice": voice})),
                format!("invalid_value The requested voice '{voice}' is not supported.")
            );
        }
        assert_eq!(
            refused("qwen-tts", json!({"text": "a", "voice": "Momo"})),
            "InvalidParameter Input should be 'Cherry', 'Serena', 'Ethan' or 'Chelsie': parameters.audio.voice"
        );
        for (input, name) in [
            (json!({"voice": "Cherry"}), "text"),
            (json!({"text": 1, "voice": "Cherry"}), "text"),
            (json!({"text": "a"}), "voice"),
            (json!({"text": "a", "voice": "Cherry", "language_type": "chinese"}), "language_type"),
        ] {
            let text = format!(
                "InvalidParameter Required parameter({name}) missing or invalid, please check the request parameters."
            );
            assert_eq!(refused("qwen3-tts-flash", input), text);
        }
        assert_eq!(
            refused("qwen3-tts-flash", Value::Null),
            "BadRequest.EmptyInput Required input parameter missing from request."
        );
        for language in LANGUAGES {
            let input = json!({"text": "a", "voice": "Cherry", "language_type": language});
            assert!(qwen("qwen3-tts-flash", &input, &Value::Null).is_ok());
        }
    }

    #[test]
    fn cosyvoice_gives_only_what_it_can() {
        let cosy = |more: Value| {
            let mut input = json!({"text": "你好", "voice": "longanyang", "format": "wav"});
            for (key, value) in more.as_object().unwrap() {
                input[key] = value.clone();
            }
            Ask::cosy(&json!({"input": input})).map_err(|refusal| told(&refusal))
        };
        let plain = cosy(json!({})).unwrap();
        assert_eq!((plain.rate, plain.units), (22_050, 4));
        let samples = plain.speaker.speak(&plain.text);
        assert_eq!(plain.encoded(&samples).len() / 2, samples.len() * 22_050 / 24_000);
        let fast =
            cosy(json!({"rate": 2, "pitch": 1.5, "volume": 100, "sample_rate": 8000})).unwrap();
        assert!(fast.speaker.speak("你好").len() < samples.len() * 6 / 10);
        for (more, name) in [
            (json!({"format": "mp3"}), "format"),
            (json!({"format": "opus"}), "format"),
            (json!({"format": null}), "format"),
            (json!({"sample_rate": 11_025}), "sample_rate"),
            (json!({"rate": 3}), "rate"),
            (json!({"volume": "loud"}), "volume"),
        ] {
            assert!(cosy(more).unwrap_err().contains(&format!("parameter({name})")));
        }
        assert!(cosy(json!({"voice": "Cherry"})).unwrap_err().starts_with("invalid_value"));
    }
}
