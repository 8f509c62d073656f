//! What `lian speak` says: prices and places on stderr, or everything as JSON lines on stdout. It
//! refuses to decide anything.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::catalog::Catalog;
use crate::catalog::speech::Spoken;
use crate::cli::speak::SpeakArgs;
use crate::command::chat::error_value;
use crate::domain::audio::SinkName;
use crate::domain::money::Money;
use crate::domain::settings::{Figures, Language, Settings};
use crate::domain::speech::aloud::{Manner, Sentence, SpeechEnd, SpeechNews};
use crate::text::aloud::billed;
use crate::words;
use crate::words::speak::Speak;

/// A sentence on stderr. An error there has nobody left to hear it.
pub(super) fn say(text: &str) {
    drop(writeln!(io::stderr(), "lian: {text}"));
}

/// See the header.
pub(super) struct Teller {
    json: bool,
    quiet: bool,
    language: Language,
    figures: Figures,
    catalog: Arc<Catalog>,
    manner: Manner,
    /// Bytes for stdout.
    out: Vec<u8>,
    /// For JSON: what is heard is named by its text.
    texts: Vec<String>,
    characters: u64,
    /// The price was told.
    before: bool,
    played: Duration,
    known: Duration,
    spent: (Option<Money>, bool, usize),
    /// Where the sound goes, until something of it was heard there.
    opened: Option<SinkName>,
    /// The file where the sound went because no other place took it.
    file: Option<String>,
}

impl Teller {
    pub(super) fn new(
        settings: &Settings,
        args: &SpeakArgs,
        manner: &Manner,
        catalog: Arc<Catalog>,
    ) -> Self {
        Self {
            json: args.json,
            quiet: args.json || args.plain,
            language: settings.language,
            figures: settings.figures,
            catalog,
            manner: manner.clone(),
            out: Vec::new(),
            texts: Vec::new(),
            characters: 0,
            before: false,
            played: Duration::ZERO,
            known: Duration::ZERO,
            spent: (None, false, 0),
            opened: None,
            file: None,
        }
    }

    /// What is to be written to stdout.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn line(&mut self, value: &Value) {
        if self.json {
            self.out.extend_from_slice(format!("{value}\n").as_bytes());
        }
    }

    fn say(&self, words: Speak<'_>) {
        if !self.quiet {
            say(&words.say(self.language));
        }
    }

    /// These will be read. The first of them come with the price, `whole` with that of all.
    pub(super) fn texts(&mut self, sentences: &[Sentence], whole: bool) {
        let count = |sentence: &Sentence| billed(&sentence.text) as u64;
        self.characters += sentences.iter().map(count).sum::<u64>();
        if self.json {
            self.texts.extend(sentences.iter().map(|sentence| sentence.text.clone()));
        }
        if self.before {
            return;
        }
        self.before = true;
        let guess = Spoken::guess(self.characters);
        let cost = self.catalog.speech_cost(self.figures, &self.manner.model, &guess);
        self.say(Speak::Before {
            model: self.manner.model.as_str(),
            voice: &self.manner.voice,
            characters: self.characters,
            cost: cost.map(|cost| cost.money),
            so_far: !whole,
        });
    }

    /// Something that happened before the end.
    pub(super) fn news(&mut self, news: SpeechNews) {
        match news {
            SpeechNews::Opened { sink } => {
                if matches!(&sink, SinkName::File { path } if path.is_empty()) {
                    // It goes where the arguments say.
                    return;
                }
                self.note_file(&sink);
                self.line(&json!({"type": "opened", "sink": sink_value(&sink)}));
                self.opened = Some(sink);
            }
            SpeechNews::Sentence(index) => {
                let text = self.texts.get(index).cloned().unwrap_or_default();
                self.line(&json!({"type": "sentence", "index": index, "text": text}));
            }
            SpeechNews::Position { played, known } => {
                (self.played, self.known) = (played, known);
                // A place that takes nothing is none that is worth a word.
                if let Some(sink) = self.opened.take() {
                    self.say(Speak::Goes { sink: &sink });
                }
            }
            SpeechNews::Spent { money, estimated, kept } => {
                self.spent = (money, estimated, kept);
            }
            SpeechNews::FellBack { from, why, to } => {
                self.note_file(&to);
                self.opened = None;
                // It is said whatever was asked for: the sound is not where it was meant to be.
                let words = Speak::FellBack { from: &from, why: why.kind, to: &to };
                say(&words.say(self.language));
                self.line(&json!({
                    "type": "fell_back", "from": sink_value(&from), "to": sink_value(&to),
                    "why": words::speak::fault(self.language, why.kind), "detail": why.said,
                }));
            }
            SpeechNews::Ended(_) => {}
        }
    }

    fn note_file(&mut self, sink: &SinkName) {
        self.file = match sink {
            SinkName::File { path } if !path.is_empty() => Some(path.clone()),
            SinkName::File { .. } | SinkName::Device { .. } | SinkName::Program { .. } => None,
        };
    }

    /// There was nothing to read in the text.
    pub(super) fn nothing(&self) {
        say(&Speak::NothingToRead.say(self.language));
    }

    pub(super) fn not_written(&self, file: &str, said: &str) {
        say(&Speak::NotWritten { file, said }.say(self.language));
    }

    /// The end. `file` is the one that was asked for.
    pub(super) fn ended(&mut self, end: &SpeechEnd, file: Option<PathBuf>) {
        let (money, estimated, kept) = self.spent;
        let seconds = self.known.max(self.played).as_secs_f64();
        let file = file.map(|file| file.display().to_string()).or_else(|| self.file.clone());
        if !self.known.is_zero() {
            self.say(Speak::After { seconds, cost: money, estimated, kept });
        }
        if let Some(file) = &file {
            self.say(Speak::Written { file });
        }
        let (status, notice) = match end {
            SpeechEnd::Whole => ("complete", None),
            SpeechEnd::Stopped => ("stopped", None),
            SpeechEnd::Failed(notice) => ("failed", Some(notice)),
        };
        if let Some(notice) = notice {
            say(&words::line(self.language, notice));
        }
        let cost = money.map(
            |cost| json!({"amount": cost.amount.to_string(), "currency": cost.currency.sign()}),
        );
        let error = notice.map(|notice| error_value(notice, self.language));
        self.line(&json!({
            "type": "end", "status": status, "model": self.manner.model.as_str(),
            "voice": self.manner.voice, "characters": self.characters, "seconds": seconds,
            "heard_s": self.played.as_secs_f64(), "cost": cost, "estimated": estimated,
            "kept": kept, "file": file, "error": error,
        }));
    }
}

fn sink_value(sink: &SinkName) -> Value {
    match sink {
        SinkName::Device { device, by } => json!({"kind": "device", "device": device, "by": by}),
        SinkName::Program { name } => json!({"kind": "program", "name": name}),
        SinkName::File { path } => json!({"kind": "file", "path": path}),
    }
}
