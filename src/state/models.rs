//! The model picker: which models are offered, in which order, and what taking one means for the
//! conversation that is shown. It refuses figures, which the painter reads from the catalog.

use super::focus::Overlay;
use super::lanes::MOST;
use super::picker::Picker;
use super::{AppState, Effects};
use crate::action::{Composer as ComposerAction, Models as Action};
use crate::catalog::models::ModelRow;
use crate::catalog::{Catalog, Shared};
use crate::domain::conversations::StoreCommand;
use crate::domain::day::Day;
use crate::domain::models::{ModelId, Purpose};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::SettingsNotice;
use crate::domain::time::Now;
use crate::effect::{Effect, SettingsCommand};
use crate::text::fuzzy;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A model of the catalog, with the characters of its id that were found.
    Known(String, Vec<u32>),
    /// What was typed, as an id.
    Typed(String),
}

/// Why what was wanted did not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The model is no chat model.
    NotForChat(String, Purpose),
    /// The catalog knows no snapshot of the model.
    NoSnapshots(String),
    /// Two to four models are compared.
    MarkSome,
}

/// The picker while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Models {
    /// The words and the mark.
    pub picker: Picker,
    /// Only models one can talk to.
    pub chat_only: bool,
    /// The snapshots of this alias are offered instead of all models.
    pub pinning: Option<String>,
    /// Models that are marked to be compared, in the order they were marked.
    pub marks: Vec<ModelId>,
    /// What there is to say about the last wish.
    pub said: Option<Said>,
    /// The model of the conversation.
    pub current: ModelId,
    /// Models of the open conversations and the default, the latest first.
    recent: Vec<ModelId>,
    today: Day,
    rows: Vec<Row>,
    all: usize,
}

impl Models {
    fn new(current: ModelId, recent: Vec<ModelId>, today: Day) -> Self {
        Self {
            picker: Picker::default(),
            chat_only: false,
            pinning: None,
            marks: Vec::new(),
            said: None,
            current,
            recent,
            today,
            rows: Vec::new(),
            all: 0,
        }
    }

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

    /// The model was used lately.
    #[must_use]
    pub fn is_recent(&self, id: &str) -> bool {
        self.recent.iter().any(|recent| recent.as_str() == id)
    }

    /// Finds the rows that fit the words.
    pub(super) fn narrow(&mut self, catalog: &Catalog) {
        self.said = None;
        let rows = match &self.pinning {
            Some(alias) => {
                let mut rows = catalog.snapshots(alias);
                // The way back to what moves with the time.
                rows.extend(catalog.model_row(&ModelId::new(alias)));
                rows
            }
            None => self.offered(catalog),
        };
        self.all = rows.len();
        let names: Vec<String> = rows.iter().map(|row| catalog.names(row)).collect();
        let query = self.picker.query();
        let texts = rows.iter().zip(&names).map(|(row, names)| (row.id.as_str(), names.as_str()));
        let mut found = fuzzy::rank_named(query, texts);
        // Whoever types a whole id means it, however many others hold these letters.
        found.sort_by_key(|hit| rows[hit.index].id != query.trim());
        self.rows =
            found.into_iter().map(|hit| Row::Known(rows[hit.index].id.clone(), hit.at)).collect();
        let typed = query.trim();
        let is_id = !typed.is_empty() && !typed.contains(char::is_whitespace);
        if is_id && self.pinning.is_none() && catalog.model_row(&ModelId::new(typed)).is_none() {
            self.rows.push(Row::Typed(typed.to_owned()));
        }
        self.picker.set_rows(self.rows.len());
    }

    /// The models in the order they are shown in without words: used lately, for chat, in
    /// service, not pinned to a day; then as the catalog has them.
    fn offered<'a>(&self, catalog: &'a Catalog) -> Vec<&'a ModelRow> {
        let chat_only = self.chat_only;
        let mut rows: Vec<&ModelRow> = catalog
            .model_rows()
            .iter()
            .filter(|row| !chat_only || row.purpose() == Purpose::Chat)
            .collect();
        rows.sort_by_cached_key(|row| {
            let used = self.recent.iter().position(|recent| recent.as_str() == row.id);
            let over = ends(row, self.today).is_some_and(|days| days < 0);
            (
                used.unwrap_or(usize::MAX),
                row.purpose() != Purpose::Chat,
                over,
                catalog.alias_of(&row.id).is_some(),
            )
        });
        rows
    }
}

/// In how many days a model is taken out of service; negative if that was before today.
#[must_use]
pub fn ends(row: &ModelRow, today: Day) -> Option<i64> {
    row.retires.as_deref().and_then(Day::parse).map(|last| today.until(last))
}

/// What is dated so long ago may be wrong by now.
#[must_use]
pub fn is_old(as_of: &str, today: Day) -> bool {
    const OLD: i64 = 183;
    Day::parse(as_of).is_some_and(|day| day.until(today) > OLD)
}

impl AppState {
    /// The catalog that is asked; without a word it is the shipped one.
    #[must_use]
    pub fn with_catalog(mut self, catalog: Shared) -> Self {
        self.catalog = catalog;
        self
    }

    /// The catalog in force.
    #[must_use]
    pub fn catalog(&self) -> std::sync::Arc<Catalog> {
        self.catalog.get()
    }

    pub(super) fn on_models(&mut self, action: Action, now: Now) -> Effects {
        match action {
            Action::Open => {
                let open = matches!(self.focus.overlay, Some(Overlay::Models(_)));
                self.focus.overlay = (!open).then(|| self.models_overlay(now));
            }
            Action::Kinds => {
                if let Some(Overlay::Models(models)) = &mut self.focus.overlay {
                    models.chat_only = !models.chat_only;
                    models.pinning = None;
                    models.picker.mark(0);
                    models.narrow(&self.catalog.get());
                }
            }
            Action::Pin => self.pin(now),
            Action::Mark => return self.mark_or_type(now),
            Action::Keep => return self.keep_model(now),
        }
        Vec::new()
    }

    /// Takes the marked model, if the list is open, and begins new conversations with the model
    /// from now on.
    fn keep_model(&mut self, now: Now) -> Effects {
        let mut effects = Vec::new();
        if let Some(Overlay::Models(models)) = &self.focus.overlay {
            let (models, row) = (models.clone(), models.picker.marked());
            self.focus.overlay = None;
            effects = self.choose_model(models, row);
            if self.focus.overlay.is_some() {
                // It was not taken, and the list says why.
                return effects;
            }
        }
        let id = self.conversations.shown().conversation().model.clone();
        let model = id.as_str().to_owned();
        self.settings.model = id;
        let kind = NoticeKind::Settings(SettingsNotice::DefaultModel { model: model.clone() });
        self.notices.tell(Notice::new(kind), now);
        effects.push(Effect::Settings(SettingsCommand::KeepModel(model)));
        effects
    }

    fn models_overlay(&self, now: Now) -> Overlay {
        let shown = self.conversations.shown().conversation().model.clone();
        let mut recent = vec![shown.clone()];
        let others = self.conversations.all().map(|chat| chat.conversation().model.clone());
        for model in others.chain([self.settings.model.clone()]) {
            if !recent.contains(&model) {
                recent.push(model);
            }
        }
        let mut models = Models::new(shown, recent, Day::of(now));
        models.narrow(&self.catalog.get());
        Overlay::Models(models)
    }

    /// Opens the list with models marked to be compared.
    pub(super) fn pick_models(&mut self, marks: Vec<ModelId>, said: Option<Said>, now: Now) {
        let mut overlay = self.models_overlay(now);
        if let Overlay::Models(models) = &mut overlay {
            models.marks = marks;
            models.chat_only = true;
            models.narrow(&self.catalog.get());
            models.said = Some(said.unwrap_or(Said::MarkSome));
        }
        self.focus.overlay = Some(overlay);
    }

    /// A blank between two words that are typed is a blank; after the mark was moved, after a whole
    /// id or another blank, or while models are being marked, it marks one.
    fn mark_or_type(&mut self, now: Now) -> Effects {
        let Some(Overlay::Models(models)) = &self.focus.overlay else { return Vec::new() };
        let query = models.picker.query();
        let whole = |row: &Row| matches!(row, Row::Known(id, _) if id == query);
        let marks = query.is_empty()
            || query.ends_with(' ')
            || models.picker.marked() > 0
            || !models.marks.is_empty()
            || models.marked().is_some_and(whole);
        if !marks {
            return self.on_query(&ComposerAction::Insert(' '), now);
        }
        self.mark_model();
        Vec::new()
    }

    /// Marks the model at the mark to be compared, or takes that back.
    fn mark_model(&mut self) {
        let Some(Overlay::Models(models)) = &mut self.focus.overlay else { return };
        let id = match models.marked() {
            Some(Row::Known(id, _) | Row::Typed(id)) => ModelId::new(id),
            None => return,
        };
        let purpose = self.catalog.get().model_row(&id).map(ModelRow::purpose);
        if let Some(at) = models.marks.iter().position(|marked| *marked == id) {
            models.marks.remove(at);
            models.said = None;
        } else if let Some(purpose) = purpose.filter(|purpose| *purpose != Purpose::Chat) {
            models.said = Some(Said::NotForChat(id.as_str().to_owned(), purpose));
        } else if models.marks.len() < MOST {
            models.marks.push(id);
            models.said = None;
        } else {
            models.said = Some(Said::MarkSome);
        }
    }

    /// Lists the snapshots of the marked model, or goes back to the list of all.
    fn pin(&mut self, now: Now) {
        if self.leave_pins() {
            return;
        }
        if !matches!(self.focus.overlay, Some(Overlay::Models(_))) {
            self.focus.overlay = Some(self.models_overlay(now));
        }
        let catalog = self.catalog.get();
        let Some(Overlay::Models(models)) = &mut self.focus.overlay else { return };
        let id = match models.marked() {
            Some(Row::Known(id, _) | Row::Typed(id)) => id.clone(),
            None => return,
        };
        let alias = match catalog.alias_of(&id) {
            Some(alias) => alias.id.clone(),
            None => id,
        };
        if catalog.snapshots(&alias).is_empty() {
            models.said = Some(Said::NoSnapshots(alias));
            return;
        }
        models.pinning = Some(alias);
        models.picker.set_query("");
        models.narrow(&catalog);
    }

    /// From the snapshots of one model back to all models; false if that is not where we are.
    pub(super) fn leave_pins(&mut self) -> bool {
        let Some(Overlay::Models(models)) = &mut self.focus.overlay else { return false };
        let Some(alias) = models.pinning.take() else { return false };
        models.picker.set_query("");
        models.narrow(&self.catalog.get());
        let of = |row: &Row| matches!(row, Row::Known(id, _) if *id == alias);
        models.picker.mark(models.rows.iter().position(of).unwrap_or(0));
        true
    }

    /// A row is taken: the next question of the conversation goes to that model.
    pub(super) fn choose_model(&mut self, mut models: Models, row: usize) -> Effects {
        let id = match models.rows.get(row) {
            Some(Row::Known(id, _) | Row::Typed(id)) => ModelId::new(id),
            None => return Vec::new(),
        };
        let purpose = self.catalog.get().model_row(&id).map(ModelRow::purpose);
        if let Some(purpose) = purpose.filter(|purpose| *purpose != Purpose::Chat) {
            models.said = Some(Said::NotForChat(id.as_str().to_owned(), purpose));
            self.focus.overlay = Some(Overlay::Models(models));
            return Vec::new();
        }
        let chat = self.conversations.shown_mut();
        chat.compare.clear();
        if chat.conversation().model == id {
            return Vec::new();
        }
        chat.set_model(id);
        if chat.entries().is_empty() {
            // It is stored with its first question, or with its draft.
            return Vec::new();
        }
        vec![Effect::Store(StoreCommand::SaveConversation(chat.conversation().clone()))]
    }

    /// The user's own rows are in force now: a list that is open shows them.
    pub(super) fn models_loaded(&mut self) -> Effects {
        match &mut self.focus.overlay {
            Some(Overlay::Models(models)) => models.narrow(&self.catalog.get()),
            Some(Overlay::Voices(voices)) => {
                voices.narrow(&self.catalog.get(), &self.settings.speech.favourites);
            }
            Some(_) | None => {}
        }
        Vec::new()
    }
}
