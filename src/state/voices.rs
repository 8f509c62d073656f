//! The list of voices: those of one speech model after the other, favourites first; hearing one,
//! choosing one for the conversation or for all. It refuses to know what a voice sounds like.

use super::focus::Overlay;
use super::picker::Picker;
use super::speech::{By, Spoken, What};
use super::{AppState, Effects};
use crate::action::Speech as Action;
use crate::catalog::Catalog;
use crate::catalog::voices::Voice;
use crate::domain::models::{ModelId, Purpose, Surfaces};
use crate::domain::notice::{AloudNotice, Notice};
use crate::domain::settings::Language;
use crate::domain::speech::aloud::{Manner, Sentence, SpeechCommand};
use crate::domain::time::Now;
use crate::effect::{Effect, KeptVoice, SettingsCommand};
use crate::text::fuzzy;

/// One voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The voice.
    pub voice: Voice,
    /// The characters of its id that were found.
    pub found: Vec<u32>,
    /// It comes first.
    pub favourite: bool,
}

/// The list while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voices {
    /// The words and the mark.
    pub picker: Picker,
    /// The models whose voices there are.
    models: Vec<ModelId>,
    /// Which of them, from 0.
    model: usize,
    /// The model and the voice that read the conversation.
    pub current: (ModelId, Option<String>),
    /// The language that is read in; `None` lets the service find out.
    pub language: Option<String>,
    /// Why the marked voice could not be heard.
    pub said: Option<Notice>,
    rows: Vec<Row>,
    all: usize,
}

impl Voices {
    /// The rows that fit the words.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The marked row.
    #[must_use]
    pub fn marked(&self) -> Option<&Row> {
        self.rows.get(self.picker.marked())
    }

    /// Rows without words.
    #[must_use]
    pub fn all(&self) -> usize {
        self.all
    }

    /// The model whose voices these are.
    #[must_use]
    pub fn model(&self) -> &ModelId {
        self.models.get(self.model).unwrap_or(&self.current.0)
    }

    /// Which of the models it is, from 1, and how many there are.
    #[must_use]
    pub fn which(&self) -> (usize, usize) {
        (self.model + 1, self.models.len())
    }

    /// It is the voice that reads the conversation.
    #[must_use]
    pub fn is_current(&self, voice: &str) -> bool {
        self.current.0 == *self.model() && self.current.1.as_deref() == Some(voice)
    }

    /// Finds the rows that fit the words.
    pub(super) fn narrow(&mut self, catalog: &Catalog, favourites: &[String]) {
        self.said = None;
        let voices = catalog.voices(self.model());
        self.all = voices.len();
        let names: Vec<String> = voices.iter().map(|voice| names(catalog, voice)).collect();
        let texts = voices.iter().zip(&names).map(|(voice, names)| (&*voice.id, &**names));
        let mut rows: Vec<Row> = fuzzy::rank_named(self.picker.query(), texts)
            .into_iter()
            .map(|hit| {
                let voice = voices[hit.index].clone();
                let favourite = favourites.contains(&voice.id);
                Row { voice, found: hit.at, favourite }
            })
            .collect();
        rows.sort_by_key(|row| !row.favourite);
        self.rows = rows;
        self.picker.set_rows(self.rows.len());
    }

    /// Marks a voice, if it is there.
    fn mark(&mut self, voice: Option<&str>) {
        let at = self.rows.iter().position(|row| Some(&*row.voice.id) == voice);
        self.picker.mark(at.unwrap_or(0));
    }
}

/// Other words by which a voice is found.
fn names(catalog: &Catalog, voice: &Voice) -> String {
    let dialect = catalog.dialect(voice);
    let names = [voice.en.as_deref(), voice.zh.as_deref()].into_iter().flatten();
    let dialect = dialect.into_iter().flat_map(|dialect| [&*dialect.en, &*dialect.zh]);
    names.chain(dialect).collect::<Vec<_>>().join(" ")
}

/// The models that read aloud, in the catalog's order.
fn models(catalog: &Catalog) -> Vec<ModelId> {
    let rows = catalog
        .model_rows()
        .iter()
        .filter(|row| row.purpose() == Purpose::Speech && row.surfaces() != Surfaces::Socket);
    let ids = rows.map(|row| ModelId::new(&row.id));
    ids.filter(|id| !catalog.voices(id).is_empty()).collect()
}

impl AppState {
    /// The language a sample is spoken in: the one that is read in, else the interface's.
    #[must_use]
    pub fn sample_language<'a>(&self, voices: &'a Voices) -> &'a str {
        voices.language.as_deref().unwrap_or(match self.settings.language {
            Language::En => "English",
            Language::ZhCn => "Chinese",
        })
    }

    pub(super) fn on_voices(&mut self, action: Action, now: Now) -> Effects {
        if action == Action::Voices {
            let open = matches!(self.focus.overlay, Some(Overlay::Voices(_)));
            self.focus.overlay = (!open).then(|| self.voices_overlay(now));
            return Vec::new();
        }
        let catalog = self.catalog.get();
        let favourites = self.settings.speech.favourites.clone();
        let Some(Overlay::Voices(voices)) = &mut self.focus.overlay else { return Vec::new() };
        match action {
            Action::Hear => return self.hear_voice(),
            Action::Keep => {
                let row = voices.picker.marked();
                return self.keep_voice(row, now);
            }
            Action::Favour => return self.favour(),
            Action::ModelAfter | Action::ModelBefore => {
                let count = voices.models.len().max(1);
                let by = if action == Action::ModelAfter { 1 } else { count - 1 };
                voices.model = (voices.model + by) % count;
                let marked = voices.marked().map(|row| row.voice.id.clone());
                voices.narrow(&catalog, &favourites);
                voices.mark(marked.as_deref());
            }
            Action::Language => {
                let all = catalog.languages();
                let at = all.iter().position(|of| Some(&of.id) == voices.language.as_ref());
                let next = at.map_or(0, |at| at + 1);
                voices.language = all.get(next).map(|of| of.id.clone());
            }
            Action::Speak
            | Action::Auto
            | Action::Pause
            | Action::Before
            | Action::After
            | Action::Again
            | Action::Stop
            | Action::Voices => {}
        }
        Vec::new()
    }

    fn voices_overlay(&mut self, now: Now) -> Overlay {
        let chat = self.conversations.shown();
        let (conversation, own) = (chat.conversation().id, chat.speech.clone());
        let catalog = self.catalog.get();
        let usual = self.settings.speech.clone();
        let model = own.model.unwrap_or(usual.model);
        let voice = self.manner(conversation, now).ok().map(|manner| manner.voice);
        let mut models = models(&catalog);
        if !models.contains(&model) {
            models.insert(0, model.clone());
        }
        let at = models.iter().position(|known| *known == model).unwrap_or(0);
        let mut voices = Voices {
            picker: Picker::default(),
            models,
            model: at,
            current: (model, voice.clone()),
            language: own.language.or(usual.language),
            said: None,
            rows: Vec::new(),
            all: 0,
        };
        voices.narrow(&catalog, &usual.favourites);
        voices.mark(voice.as_deref());
        Overlay::Voices(Box::new(voices))
    }

    /// Speaks the sample of the marked voice; the one that is being heard falls silent.
    fn hear_voice(&mut self) -> Effects {
        let Some(Overlay::Voices(voices)) = &self.focus.overlay else { return Vec::new() };
        let Some(row) = voices.marked() else { return Vec::new() };
        let (voice, model) = (row.voice.clone(), voices.model().clone());
        let what = What::Sample { voice: voice.id.clone() };
        let same = self.speech.now().is_some_and(|s| s.what == what) && self.speech.is_on();
        if same {
            return self.silence();
        }
        let language = self.sample_language(voices).to_owned();
        let catalog = self.catalog.get();
        let Some(text) = catalog.sample(&voice, &language).map(str::to_owned) else {
            return Vec::new();
        };
        // In its dialect a voice speaks Chinese, whatever else is read.
        let language = voice.dialect.is_none().then_some(language);
        let manner = Manner { model, voice: voice.id, language, instructions: None };
        let mut spoken =
            Spoken::new(self.ids.speech(), what, By::Reader(manner.clone()), String::new());
        let speech = spoken.id;
        let sentences = vec![Sentence { source: 0..text.len(), text: text.clone() }];
        spoken.take(&text, &sentences);
        spoken.whole = true;
        self.speech.set(spoken);
        if let Some(Overlay::Voices(voices)) = &mut self.focus.overlay {
            voices.said = None;
        }
        let say = SpeechCommand::Say { speech, sentences };
        [SpeechCommand::Begin { speech, manner }, say, SpeechCommand::Finish(speech)]
            .map(Effect::Speech)
            .into()
    }

    /// A voice is taken for the conversation.
    pub(super) fn choose_voice(&mut self, voices: &Voices, row: usize, now: Now) -> Effects {
        let Some(row) = voices.rows.get(row) else { return Vec::new() };
        let voice = row.voice.id.clone();
        let chat = self.conversations.shown_mut();
        chat.speech.model = Some(voices.model().clone());
        chat.speech.voice = Some(voice.clone());
        chat.speech.language.clone_from(&voices.language);
        self.say_aloud(AloudNotice::Chosen { voice }, now);
        self.keep_choice_of_voice()
    }

    /// The same, and for every conversation that has no choice of its own.
    fn keep_voice(&mut self, row: usize, now: Now) -> Effects {
        let Some(Overlay::Voices(voices)) = self.focus.overlay.take() else { return Vec::new() };
        let Some(chosen) = voices.rows.get(row) else {
            self.focus.overlay = Some(Overlay::Voices(voices));
            return Vec::new();
        };
        let (model, voice) = (voices.model().clone(), chosen.voice.id.clone());
        let mut effects = self.choose_voice(&voices, row, now);
        self.settings.speech.model = model.clone();
        self.settings.speech.voice = Some(voice.clone());
        let kept = KeptVoice { model: model.as_str().to_owned(), voice: voice.clone() };
        effects.push(Effect::Settings(SettingsCommand::KeepVoice(Box::new(kept))));
        self.say_aloud(AloudNotice::Default { voice, model }, now);
        effects
    }

    /// The marked voice comes first from now on, or no more.
    fn favour(&mut self) -> Effects {
        let catalog = self.catalog.get();
        let Some(Overlay::Voices(voices)) = &mut self.focus.overlay else { return Vec::new() };
        let Some(id) = voices.marked().map(|row| row.voice.id.clone()) else { return Vec::new() };
        let favourites = &mut self.settings.speech.favourites;
        match favourites.iter().position(|known| *known == id) {
            Some(at) => drop(favourites.remove(at)),
            None => favourites.push(id.clone()),
        }
        voices.narrow(&catalog, favourites);
        voices.mark(Some(&id));
        vec![Effect::Settings(SettingsCommand::KeepFavourites(favourites.clone()))]
    }
}
