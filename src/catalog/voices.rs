//! The rows of voices: which a model has, in what languages and dialects they speak, how long a
//! text may be. It refuses to know what a voice sounds like and to send anything.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Catalog, CatalogError, alias};
use crate::domain::models::ModelId;

/// One voice of `voices.toml`, where the keys are described.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// As sent on the wire; case and spaces count.
    pub id: String,
    /// The dialect it speaks instead of every language: a key of the file's dialects.
    pub dialect: Option<String>,
    /// Its name in English, if that is not its id.
    pub en: Option<String>,
    /// Its name in Chinese, if that is not its id.
    pub zh: Option<String>,
    /// Who says so: a key of the file's sources.
    pub source: String,
    /// How old the fact is: year-month or year-month-day.
    pub as_of: String,
}

/// A dialect of Chinese.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// Its name in English.
    pub en: String,
    /// Its name in Chinese.
    pub zh: String,
    /// A sentence in which it can be heard.
    pub sample: String,
}

/// A language that a request can name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// The value of `language_type`.
    pub id: String,
    /// Its name in English.
    pub en: String,
    /// Its name in Chinese.
    pub zh: String,
    /// A sentence in which it can be heard.
    pub sample: String,
}

/// The longest piece for a model of which no row tells: below every documented limit.
const UNKNOWN_PIECE: usize = 500;

/// The longest text of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextLimit {
    /// Unicode characters, each counted once whatever it costs.
    Characters(u32),
    /// Tokens of the model, which only the service can count.
    Tokens(u32),
}

/// One model of `voices.toml`, where the keys are described.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpeakerRow {
    model: String,
    voices: Option<Vec<String>>,
    like: Option<String>,
    default: String,
    characters: Option<u32>,
    tokens: Option<u32>,
    #[serde(default = "yes")]
    complete: bool,
    note: Option<String>,
    source: String,
    as_of: String,
}

const fn yes() -> bool {
    true
}

impl SpeakerRow {
    /// What makes no sense in it.
    fn fault(&self) -> Option<&'static str> {
        if self.voices.is_some() == self.like.is_some() {
            Some("needs either voices or a model it is like")
        } else if self.voices.as_ref().is_some_and(|ids| ids.iter().any(|id| padded(id))) {
            Some("has a voice that is empty or padded")
        } else if self.voices.as_ref().is_some_and(|ids| !ids.contains(&self.default)) {
            Some("begins with a voice that it does not have")
        } else if self.characters.is_some() && self.tokens.is_some() {
            Some("limits the text twice")
        } else if self.characters == Some(0) || self.tokens == Some(0) {
            Some("has a limit of nothing")
        } else {
            None
        }
    }
}

fn padded(id: &str) -> bool {
    id.is_empty() || id.trim() != id
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    models: Vec<toml::Spanned<SpeakerRow>>,
    #[serde(default)]
    voices: Vec<toml::Spanned<Voice>>,
    #[serde(default)]
    languages: Vec<Language>,
    #[serde(default)]
    dialects: HashMap<String, Dialect>,
    #[serde(default)]
    sources: HashMap<String, String>,
}

/// All rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Voices {
    models: HashMap<String, SpeakerRow>,
    known: HashMap<String, Voice>,
    languages: Vec<Language>,
    dialects: HashMap<String, Dialect>,
    sources: HashMap<String, String>,
    /// The voices of each model, in the order of its row.
    of: HashMap<String, Vec<Voice>>,
}

impl Voices {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, CatalogError> {
        let read: File = super::read(file, text)?;
        let mut all = Self {
            languages: read.languages,
            dialects: read.dialects,
            sources: read.sources,
            ..Self::default()
        };
        for row in read.models {
            let at = row.span().start;
            let row = row.into_inner();
            let twice = all.models.contains_key(&row.model).then_some("is there twice");
            if let Some(fault) = row.fault().or(twice) {
                return Err(CatalogError::row(file, text, at, row.model, fault));
            }
            all.models.insert(row.model.clone(), row);
        }
        for voice in read.voices {
            let at = voice.span().start;
            let voice = voice.into_inner();
            let empty = padded(&voice.id).then_some("has an id that is empty or padded");
            let twice = all.known.contains_key(&voice.id).then_some("is there twice");
            if let Some(fault) = empty.or(twice) {
                return Err(CatalogError::row(file, text, at, voice.id, fault));
            }
            all.known.insert(voice.id.clone(), voice);
        }
        all.resolve();
        Ok(all)
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.models.extend(other.models);
        self.known.extend(other.known);
        self.dialects.extend(other.dialects);
        self.sources.extend(other.sources);
        for new in other.languages {
            match self.languages.iter_mut().find(|old| old.id == new.id) {
                Some(old) => *old = new,
                None => self.languages.push(new),
            }
        }
        self.resolve();
    }

    /// Finds the voices of every model again.
    fn resolve(&mut self) {
        let of = self.models.values().map(|row| {
            let ids = self.ids(row);
            (row.model.clone(), ids.iter().map(|id| self.voice(id, row)).collect())
        });
        self.of = of.collect();
    }

    /// Ids of a row, its own or those of the row it is like; one step, so that no circle matters.
    fn ids<'a>(&'a self, row: &'a SpeakerRow) -> &'a [String] {
        let like = || row.like.as_ref().and_then(|like| self.models.get(like)?.voices.as_deref());
        row.voices.as_deref().or_else(like).unwrap_or_default()
    }

    /// A voice; one that has no row of its own is as old as the row that names it.
    fn voice(&self, id: &str, row: &SpeakerRow) -> Voice {
        self.known.get(id).cloned().unwrap_or_else(|| Voice {
            id: id.to_owned(),
            dialect: None,
            en: None,
            zh: None,
            source: row.source.clone(),
            as_of: row.as_of.clone(),
        })
    }

    /// The row of a model, or that of its alias.
    fn row(&self, model: &str) -> Option<&SpeakerRow> {
        self.models.get(model).or_else(|| self.models.get(&alias::of(model)?.id))
    }

    pub(super) fn source(&self, key: &str) -> Option<&str> {
        self.sources.get(key).map(String::as_str)
    }

    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize, usize, usize) {
        (self.models.len(), self.known.len(), self.languages.len(), self.dialects.len())
    }

    #[cfg(test)]
    pub(super) fn facts(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let rows = self.models.values().map(|row| (&*row.model, &*row.source, &*row.as_of));
        rows.chain(self.known.values().map(|row| (&*row.id, &*row.source, &*row.as_of)))
    }
}

impl Catalog {
    /// The voices of a model, or of the alias it is a snapshot of; empty where no row tells.
    #[must_use]
    pub fn voices(&self, model: &ModelId) -> &[Voice] {
        let row = self.voices.row(model.as_str());
        row.and_then(|row| self.voices.of.get(&row.model)).map_or(&[], Vec::as_slice)
    }

    /// Whether a model has a voice, spelled exactly so. `None` where nobody knows: the model has no
    /// row, or its list may lack some.
    #[must_use]
    pub fn valid_voice(&self, model: &ModelId, voice: &str) -> Option<bool> {
        if self.voices(model).iter().any(|own| own.id == voice) {
            return Some(true);
        }
        self.voices.row(model.as_str()).filter(|row| row.complete).map(|_| false)
    }

    /// The voice of a model that was meant by what was typed: the same but for case and spaces.
    #[must_use]
    pub fn voice(&self, model: &ModelId, typed: &str) -> Option<&Voice> {
        let plain = |id: &str| -> String {
            id.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let wanted = plain(typed);
        let voices = self.voices(model);
        let exact = voices.iter().find(|voice| voice.id == typed);
        exact.or_else(|| voices.iter().find(|voice| plain(&voice.id) == wanted))
    }

    /// The voices of a model for somebody who named one that it has not: those that look like it,
    /// then the others in the order of the row.
    #[must_use]
    pub fn likely_voices(&self, model: &ModelId, named: &str) -> Vec<String> {
        let ids = || self.voices(model).iter().map(|voice| voice.id.as_str());
        let meant = self.voice(model, named).map(|voice| voice.id.clone());
        let mut likely: Vec<String> = meant.into_iter().collect();
        let others =
            super::near::near(ids(), named, None).into_iter().chain(ids().map(str::to_owned));
        for id in others {
            if !likely.contains(&id) {
                likely.push(id);
            }
        }
        likely
    }

    /// The voice to begin with.
    #[must_use]
    pub fn default_voice(&self, model: &ModelId) -> Option<&Voice> {
        let row = self.voices.row(model.as_str())?;
        let voices = self.voices(model);
        voices.iter().find(|voice| voice.id == row.default).or(voices.first())
    }

    /// The longest text that a model speaks in one request; `None` where no row tells.
    #[must_use]
    pub fn text_limit(&self, model: &ModelId) -> Option<TextLimit> {
        let row = self.voices.row(model.as_str())?;
        let characters = row.characters.map(TextLimit::Characters);
        characters.or_else(|| row.tokens.map(TextLimit::Tokens))
    }

    /// The most characters of one piece of a text, a Han one counted as two as it is billed: below
    /// the model's limit however the service counts lengths. A token is no less than a character.
    #[must_use]
    pub fn longest_piece(&self, model: &ModelId) -> usize {
        match self.text_limit(model) {
            Some(TextLimit::Characters(most) | TextLimit::Tokens(most)) => most as usize,
            None => UNKNOWN_PIECE,
        }
    }

    /// What there is to say of a model's list of voices.
    #[must_use]
    pub fn voices_note(&self, model: &ModelId) -> Option<&str> {
        self.voices.row(model.as_str())?.note.as_deref()
    }

    /// The dialect of a voice.
    #[must_use]
    pub fn dialect(&self, voice: &Voice) -> Option<&Dialect> {
        self.voices.dialects.get(voice.dialect.as_ref()?)
    }

    /// The languages that a request can name, in the order of the file.
    #[must_use]
    pub fn languages(&self) -> &[Language] {
        &self.voices.languages
    }

    /// The languages that a voice speaks: one of a dialect only that of China.
    #[must_use]
    pub fn languages_of(&self, voice: &Voice) -> &[Language] {
        let all = self.languages();
        if voice.dialect.is_none() {
            return all;
        }
        let chinese = all.iter().position(|language| language.id == "Chinese");
        chinese.map_or(&[], |at| &all[at..=at])
    }

    /// A sentence to hear a voice by: in its dialect, or in this language (an id), or in the first.
    #[must_use]
    pub fn sample(&self, voice: &Voice, language: &str) -> Option<&str> {
        if let Some(dialect) = self.dialect(voice) {
            return Some(&dialect.sample);
        }
        let all = self.languages();
        let named = all.iter().find(|own| own.id == language).or(all.first());
        named.map(|language| language.sample.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog() -> Catalog {
        Catalog::shipped().expect("the shipped rows can be read")
    }

    fn id(text: &str) -> ModelId {
        ModelId::new(text)
    }

    #[test]
    fn voices_that_look_like_the_one_that_was_named_come_first() {
        let catalog = catalog();
        let likely = |named: &str| catalog.likely_voices(&id("qwen3-tts-flash"), named);
        assert_eq!(likely("Chery")[0], "Cherry");
        assert_eq!(likely("ROCKY")[0], "Rocky");
        let all = likely("nobody");
        assert_eq!(all, ids(&catalog, "qwen3-tts-flash"));
    }

    #[test]
    fn a_piece_is_within_the_limit_of_its_model() {
        let catalog = catalog();
        for (model, most) in [("qwen3-tts-flash", 600), ("qwen-tts", 512), ("new-tts", 500)] {
            assert_eq!(catalog.longest_piece(&id(model)), most, "{model}");
        }
    }

    fn ids(catalog: &Catalog, model: &str) -> Vec<String> {
        catalog.voices(&id(model)).iter().map(|voice| voice.id.clone()).collect()
    }

    #[test]
    fn no_row_got_lost_and_all_have_a_source_and_a_date() {
        let catalog = catalog();
        assert_eq!(catalog.voices.counts(), (11, 50, 10, 8));
        for (row, source, as_of) in catalog.voices.facts() {
            assert!(catalog.voices.source(source).is_some(), "{row}: {source}");
            assert!(as_of.len() >= 7 && as_of.starts_with("2026-") && as_of <= "2026-12", "{row}");
        }
    }

    #[test]
    fn every_model_of_the_rows_is_known_and_every_speech_model_without_cloning_has_voices() {
        use crate::domain::models::Purpose;
        let catalog = catalog();
        for model in catalog.voices.models.keys() {
            assert!(catalog.model_like(&id(model)).is_some(), "{model}");
            assert!(catalog.default_voice(&id(model)).is_some(), "{model}");
        }
        for row in catalog.model_rows().iter().filter(|row| row.purpose() == Purpose::Speech) {
            let own = row.id.contains("-vc-") || row.id.contains("-vd-");
            let qwen = row.family == "qwen-tts";
            assert_eq!(!catalog.voices(&id(&row.id)).is_empty(), qwen && !own, "{}", row.id);
        }
    }

    #[test]
    fn each_model_has_its_documented_voices() {
        let catalog = catalog();
        let count = |model: &str| catalog.voices(&id(model)).len();
        assert_eq!(count("qwen3-tts-flash"), 17);
        assert_eq!(ids(&catalog, "qwen3-tts-flash-2025-09-18"), ids(&catalog, "qwen3-tts-flash"));
        assert_eq!(count("qwen3-tts-flash-2025-11-27"), 49);
        assert_eq!(count("qwen3-tts-instruct-flash"), 11);
        assert_eq!(
            ids(&catalog, "qwen-tts"),
            ["Cherry", "Serena", "Ethan", "Chelsie", "Dylan", "Jada", "Sunny"]
        );
        assert_eq!(count("qwen3-tts-flash-2031-02-03"), 17, "as its alias");
        assert_eq!((count("qwen-plus"), count("no-such-model")), (0, 0));
        let valid = |model: &str, voice: &str| catalog.valid_voice(&id(model), voice);
        assert_eq!(valid("qwen3-tts-flash", "Cherry"), Some(true));
        assert_eq!(valid("qwen3-tts-flash", "cherry"), Some(false), "case counts");
        assert_eq!(valid("qwen3-tts-flash", "Serena"), Some(false));
        assert_eq!(valid("qwen3-tts-flash-2025-11-27", "Radio Gol"), Some(true));
        assert_eq!(valid("qwen3-tts-instruct-flash", "Mia"), None, "its list may lack some");
        assert_eq!(valid("my-own-model", "Cherry"), None);
    }

    #[test]
    fn what_was_typed_finds_the_voice_it_meant() {
        let catalog = catalog();
        let found = |typed: &str| {
            catalog.voice(&id("qwen3-tts-flash-2025-11-27"), typed).map(|voice| voice.id.as_str())
        };
        assert_eq!(found("cherry"), Some("Cherry"));
        assert_eq!(found(" eldric-sage"), Some("Eldric Sage"));
        assert_eq!(found("radiogol"), Some("Radio Gol"));
        assert_eq!((found("nobody"), found("")), (None, None));
    }

    #[test]
    fn defaults_and_limits() {
        let catalog = catalog();
        let default = |model: &str| catalog.default_voice(&id(model)).map(|voice| &*voice.id);
        assert_eq!(default("qwen3-tts-flash"), Some("Cherry"));
        assert_eq!(default("qwen-omni-turbo"), Some("Chelsie"));
        assert_eq!(default("qwen3.5-omni-plus"), Some("Tina"));
        assert_eq!(default("qwen-plus"), None);
        let limit = |model: &str| catalog.text_limit(&id(model));
        assert_eq!(limit("qwen3-tts-flash"), Some(TextLimit::Characters(600)));
        assert_eq!(limit("qwen3-tts-instruct-flash"), Some(TextLimit::Characters(600)));
        assert_eq!(limit("qwen-tts-latest"), Some(TextLimit::Tokens(512)));
        assert_eq!((limit("qwen3-omni-flash"), limit("no-such-model")), (None, None));
        assert!(catalog.voices_note(&id("qwen3-tts-instruct-flash")).is_some());
    }

    #[test]
    fn dialects_have_their_voices_and_a_sentence_to_hear_them_by() {
        let catalog = catalog();
        let model = id("qwen3-tts-flash-2025-11-27");
        let of = |dialect: &str| -> Vec<&str> {
            let voices = catalog.voices(&model).iter();
            let speak = voices.filter(|voice| voice.dialect.as_deref() == Some(dialect));
            speak.map(|voice| voice.id.as_str()).collect()
        };
        assert_eq!(of("sichuan"), ["Sunny", "Eric"]);
        assert_eq!(of("cantonese"), ["Rocky", "Kiki"]);
        for (dialect, row) in &catalog.voices.dialects {
            assert!(
                !of(dialect).is_empty() && !row.en.is_empty() && !row.zh.is_ascii(),
                "{dialect}"
            );
            assert!((10..60).contains(&row.sample.chars().count()), "{dialect}");
        }
        let voice = |name: &str| catalog.voice(&model, name).expect("known");
        for own in catalog.voices(&model) {
            assert_eq!(own.dialect.is_some(), catalog.dialect(own).is_some(), "{own:?}");
        }
        let spoken = |name: &str| catalog.languages_of(voice(name)).len();
        assert_eq!((spoken("Cherry"), spoken("Kiki")), (10, 1));
        let sample =
            |name: &str, language: &str| catalog.sample(voice(name), language).expect("one");
        assert!(sample("Kiki", "English").contains("我哋"));
        assert!(sample("Cherry", "German").contains("Wetter"));
        assert_eq!(sample("Cherry", "Auto"), sample("Cherry", "Chinese"));
    }

    #[test]
    fn an_override_replaces_by_model_and_by_voice() {
        let mut catalog = catalog();
        let text = r#"
models = [ { model = "qwen3-tts-flash", voices = ["Cherry", "Mine"], default = "Mine", characters = 700, source = "me", as_of = "2027-01" } ]
voices = [ { id = "Cherry", zh = "芊悦", dialect = "wu", source = "me", as_of = "2027-01" } ]
languages = [ { id = "Thai", en = "Thai", zh = "泰语", sample = "สวัสดี" } ]
[dialects]
wu = { en = "Wu", zh = "吴语", sample = "侬好" }
"#;
        catalog.override_voices("my-voices.toml", text).expect("good rows");
        assert_eq!(ids(&catalog, "qwen3-tts-flash"), ["Cherry", "Mine"]);
        assert_eq!(
            ids(&catalog, "qwen3-tts-flash-2025-09-18"),
            ["Cherry", "Mine"],
            "it is like it"
        );
        assert_eq!(catalog.default_voice(&id("qwen3-tts-flash")).map(|v| &*v.id), Some("Mine"));
        assert_eq!(catalog.text_limit(&id("qwen3-tts-flash")), Some(TextLimit::Characters(700)));
        let cherry = &catalog.voices(&id("qwen-tts"))[0];
        assert_eq!((cherry.zh.as_deref(), cherry.as_of.as_str()), (Some("芊悦"), "2027-01"));
        assert_eq!(catalog.sample(cherry, "English"), Some("侬好"));
        assert_eq!((catalog.languages().len(), ids(&catalog, "qwen-tts").len()), (11, 7));
    }

    #[test]
    fn bad_overrides_are_refused_whole_and_in_words() {
        let model = |rest: &str| {
            let row = format!("{{ model = \"m\", source = \"me\", as_of = \"2027-01\", {rest} }}");
            let mut catalog = catalog();
            let text = format!("models = [ {row} ]");
            let error = catalog.override_voices("mine.toml", &text).expect_err(rest);
            assert!(catalog.voices(&id("m")).is_empty());
            error.to_string()
        };
        for (rest, fault) in [
            ("default = \"a\"", "needs either voices or a model it is like"),
            (
                "default = \"a\", voices = [\"a\"], like = \"b\"",
                "needs either voices or a model it is like",
            ),
            ("default = \"b\", voices = [\"a\"]", "begins with a voice that it does not have"),
            ("default = \"a\", voices = [\"a\", \" b\"]", "has a voice that is empty or padded"),
            ("default = \"a\", voices = [\"a\"], characters = 0", "has a limit of nothing"),
            (
                "default = \"a\", voices = [\"a\"], characters = 1, tokens = 1",
                "limits the text twice",
            ),
        ] {
            assert_eq!(model(rest), format!("mine.toml:1: the row of m {fault}"));
        }
        for rest in ["default = 1", "default = \"a\", voice = [\"a\"]", "="] {
            assert!(model(rest).starts_with("mine.toml:1: "), "{rest}");
        }
        let voice = "{ id = \"v\", source = \"me\", as_of = \"2027-01\" }";
        let text = format!("voices = [\n{voice},\n{voice}\n]\n");
        let error = catalog().override_voices("mine.toml", &text).expect_err("twice");
        assert_eq!(error.to_string(), "mine.toml:3: the row of v is there twice");
    }
}
