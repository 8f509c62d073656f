//! `lian speak`: a text is read aloud by the engine of the workbench, as it arrives; or the voices of
//! a model are listed. It refuses to know how sound is made and where a device is.

mod input;
mod tell;
mod voices;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::chat::sound::Wav;
use super::chat::{BROKEN_PIPE, Delivered, Signals, deliver};
use crate::catalog::Catalog;
use crate::cli::speak::SpeakArgs;
use crate::config::Config;
use crate::domain::ids::IdSource;
use crate::domain::models::{ModelId, Purpose};
use crate::domain::notice::{Notice, NoticeKind, RequestNotice};
use crate::domain::settings::Settings;
use crate::domain::speech::aloud::{Manner, Sentence, SpeechCommand, SpeechEnd, SpeechNews};
use crate::event::ServiceEvent;
use crate::service::chat;
use crate::service::ledger::Ledger;
use crate::service::speech::{self, Deps, Ear, Handle};
use crate::service::store;
use crate::text::aloud::{CodeBlocks, Reader};
use crate::words::speak::Speak;
use crate::words::{self};
use input::Input;
use tell::{Teller, say};

/// Exit code for what cannot be asked.
const USAGE: u8 = 2;
/// Voices that are named instead of one that there is not.
const MOST_VOICES: usize = 8;
/// What is under way at the end is settled within this time.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who reads, or a sentence why nobody can.
fn manner(settings: &Settings, args: &SpeakArgs, catalog: &Catalog) -> Result<Manner, String> {
    let language = settings.language;
    let usual = &settings.speech;
    let model = args.model.as_deref().map_or_else(|| usual.model.clone(), ModelId::new);
    // The voice of the settings is one of their model.
    let usual_voice = usual.voice.as_deref().filter(|_| model == usual.model);
    let first = || catalog.default_voice(&model).map(|voice| voice.id.as_str());
    let Some(named) = args.voice.as_deref().or(usual_voice).or_else(first) else {
        let speaks = |id: &str| {
            let row = catalog.model_row(&ModelId::new(id));
            row.is_some_and(|row| row.purpose() == Purpose::Speech)
                && !catalog.voices(&ModelId::new(id)).is_empty()
        };
        let others = catalog.model_rows().iter().map(|row| row.id.as_str());
        let others: Vec<&str> = others.filter(|id| speaks(id)).collect();
        let (model, others) = (model.as_str(), others.join(", "));
        return Err(Speak::NoVoice { model, others: &others }.say(language).into_owned());
    };
    let voice = catalog.voice(&model, named).map_or(named, |voice| voice.id.as_str()).to_owned();
    if catalog.valid_voice(&model, &voice) == Some(false) {
        let near = catalog.likely_voices(&model, &voice).into_iter().take(MOST_VOICES).collect();
        let (voice, model) = (Some(voice.into_boxed_str()), model.as_str().to_owned());
        let kind = NoticeKind::Request(RequestNotice::Voice { voice, model, near });
        return Err(words::line(language, &Notice::new(kind)));
    }
    Ok(Manner {
        voice,
        language: args.language.clone().or_else(|| usual.language.clone()),
        instructions: args.instructions.clone(),
        model,
    })
}

/// Reads aloud, or lists voices. `now` is the clock of the ledger, in milliseconds since 1970 (UTC).
/// Returns the exit code.
pub async fn run(config: &Config, chat: chat::Deps, args: &SpeakArgs, now: fn() -> i64) -> u8 {
    let settings = &config.settings;
    let catalog = chat.catalog.get();
    if args.list_voices {
        let model = args.model.as_deref().map(ModelId::new);
        let model = model.unwrap_or_else(|| settings.speech.model.clone());
        return voices::list(settings, args, &catalog, &model).await;
    }
    let refused = |sentence: &str| {
        say(sentence);
        USAGE
    };
    let manner = match manner(settings, args, &catalog) {
        Ok(manner) => manner,
        Err(sentence) => return refused(&sentence),
    };
    if args.stdout && std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        return refused(&Speak::Terminal.say(settings.language));
    }
    let Some(input) = Input::open(args) else {
        return refused(&Speak::NoText.say(settings.language));
    };
    let (out, events) = mpsc::channel(64);
    let deps = store::Deps { dir: config.paths.data.clone(), now };
    let store = store::spawn(deps, out.clone());
    let (taken, samples) = mpsc::channel(8);
    let plain = args.stdout || args.out.is_some();
    let ear = if plain { Ear::Samples(taken) } else { Ear::of(settings, &config.paths.data) };
    let ledger = Ledger::new(store.desk());
    let cache = config.paths.cache.as_deref();
    let speech = IdSource::new(chat.seed).speech();
    let mut deps = Deps::of(&chat, settings, ledger, cache, ear);
    deps.gate.override_caps = args.over_budget;
    let cancel = CancellationToken::new();
    let handle = speech::spawn(deps, out, cancel.clone());
    let begin = SpeechCommand::Begin { speech, manner: manner.clone() };
    // There is room: nothing was sent before.
    drop(handle.try_send(begin));
    let code = settings.sound.announce_code;
    let blocks = if code {
        CodeBlocks::Announce { text: words::speak::code_block(settings.language).to_owned() }
    } else {
        CodeBlocks::Skip
    };
    let mut work = Work {
        speech,
        reader: Some(Reader::new(catalog.longest_piece(&manner.model), blocks)),
        input,
        pending: Vec::new(),
        said: 0,
        finished: false,
        wav: args.out.clone().map(Wav::new),
        signals: Signals::new(),
        code: None,
        over: false,
        received: false,
        teller: Teller::new(settings, args, &manner, catalog),
    };
    let code = work.finish(&handle, events, samples).await;
    cancel.cancel();
    drop(tokio::time::timeout(PATIENCE, handle.ended()).await);
    drop(store.close(PATIENCE));
    code
}

/// What runs until all was heard.
struct Work {
    speech: crate::domain::ids::SpeechId,
    /// Gone when the text is complete.
    reader: Option<Reader>,
    input: Input,
    /// Sentences on their way to the service.
    pending: Vec<Sentence>,
    said: usize,
    /// The service knows that there are no more.
    finished: bool,
    wav: Option<Wav>,
    signals: Signals,
    /// The signal that came, as an exit code.
    code: Option<u8>,
    /// The end was told.
    over: bool,
    /// Some sound has come.
    received: bool,
    teller: Teller,
}

impl Work {
    /// Reads to the end, or to a signal.
    async fn finish(
        &mut self,
        handle: &Handle,
        events: mpsc::Receiver<ServiceEvent>,
        samples: mpsc::Receiver<Vec<u8>>,
    ) -> u8 {
        let code = self.hear(handle, events, samples).await;
        // One that came while something was written is told by the code alone.
        match self.code {
            Some(signal) if !self.over => self.stopped(signal).await,
            Some(_) | None => code,
        }
    }

    async fn hear(
        &mut self,
        handle: &Handle,
        mut events: mpsc::Receiver<ServiceEvent>,
        mut samples: mpsc::Receiver<Vec<u8>>,
    ) -> u8 {
        loop {
            let command = self.command();
            let reads = self.pending.is_empty() && self.reader.is_some();
            tokio::select! {
                biased;
                signal = self.signals.next() => {
                    self.code = Some(signal);
                    return signal;
                }
                Some(bytes) = samples.recv() => {
                    if let Err(code) = self.take(bytes).await {
                        return code;
                    }
                }
                event = events.recv() => match event {
                    Some(ServiceEvent::Speech(event)) => {
                        if let SpeechNews::Ended(end) = event.what {
                            // What was taken before the end is on its way still.
                            while let Ok(bytes) = samples.try_recv() {
                                if let Err(code) = self.take(bytes).await {
                                    return code;
                                }
                            }
                            return self.ended(&end).await;
                        }
                        self.received |= matches!(
                            &event.what,
                            SpeechNews::Position { known, .. } if !known.is_zero()
                        );
                        self.teller.news(event.what);
                    }
                    // The store has something to say only where the ledger has, too.
                    Some(_) => {}
                    None => return 1,
                },
                () = send(handle, command.as_ref()) => self.sent(),
                text = self.input.next(), if reads => self.read(text),
            }
            if let Some(code) = self.print().await {
                return code;
            }
        }
    }

    /// What the service is to be told next.
    fn command(&self) -> Option<SpeechCommand> {
        let speech = self.speech;
        if !self.pending.is_empty() {
            return Some(SpeechCommand::Say { speech, sentences: self.pending.clone() });
        }
        (self.reader.is_none() && !self.finished).then_some(SpeechCommand::Finish(speech))
    }

    /// It was told.
    fn sent(&mut self) {
        if self.pending.is_empty() {
            self.finished = true;
        }
        self.pending.clear();
    }

    /// More of the text, or its end.
    fn read(&mut self, text: Option<String>) {
        match text {
            Some(text) => {
                if let Some(reader) = &mut self.reader {
                    self.pending = reader.push(&text);
                }
                if self.input.is_whole() {
                    self.pending.extend(self.reader.take().into_iter().flat_map(Reader::finish));
                }
            }
            None => {
                self.pending = self.reader.take().map(Reader::finish).unwrap_or_default();
            }
        }
        self.said += self.pending.len();
        if !self.pending.is_empty() {
            self.teller.texts(&self.pending, self.input.is_whole());
        }
    }

    /// Samples for the file or for stdout.
    async fn take(&mut self, bytes: Vec<u8>) -> Result<(), u8> {
        self.received = true;
        match &mut self.wav {
            Some(wav) => wav.push(&bytes).map_err(|error| {
                self.teller.not_written(&wav.path(), &error.to_string());
                1
            }),
            None => match deliver(bytes, &mut self.signals, &mut self.code).await {
                Delivered::Whole => self.code.map_or(Ok(()), Err),
                Delivered::Not => Err(self.code.unwrap_or(BROKEN_PIPE)),
            },
        }
    }

    /// Prints what there is to print. Answers with an exit code if nobody reads it.
    async fn print(&mut self) -> Option<u8> {
        let bytes = self.teller.take();
        match deliver(bytes, &mut self.signals, &mut self.code).await {
            Delivered::Whole => self.code,
            Delivered::Not => Some(self.code.unwrap_or(BROKEN_PIPE)),
        }
    }

    async fn stopped(&mut self, signal: u8) -> u8 {
        self.finish_file();
        self.teller.ended(&SpeechEnd::Stopped, None);
        // Whether anybody reads it or not, this is the end.
        let _ = self.print().await;
        signal
    }

    async fn ended(&mut self, end: &SpeechEnd) -> u8 {
        self.over = true;
        let file = self.finish_file();
        let code = match end {
            // Nothing failed, but nothing was heard, and no file is there.
            SpeechEnd::Whole if self.said == 0 => {
                self.teller.nothing();
                1
            }
            SpeechEnd::Whole => 0,
            SpeechEnd::Stopped => 130,
            SpeechEnd::Failed(notice) => notice.kind.exit_code(self.received),
        };
        self.teller.ended(end, file);
        self.print().await.unwrap_or(code)
    }

    /// Ends the file, and names it if there is one.
    fn finish_file(&mut self) -> Option<PathBuf> {
        let wav = self.wav.as_mut()?;
        match wav.finish() {
            Ok(true) => Some(PathBuf::from(wav.path())),
            Ok(false) => None,
            Err(error) => {
                self.teller.not_written(&wav.path(), &error.to_string());
                None
            }
        }
    }
}

/// Hands a command over when there is room; nothing, for ever, if there is none. May be dropped and
/// called again: what was not taken was not taken at all.
async fn send(handle: &Handle, command: Option<&SpeechCommand>) {
    match command {
        // A service that has ended has said so.
        Some(command) => drop(handle.send(command.clone()).await),
        None => std::future::pending().await,
    }
}
