//! Filling a form in: typing, choosing, switching, another model, the files that are named, and
//! sending it. It refuses to look at a file or to price anything itself.

use std::collections::BTreeSet;

use super::super::super::field::{Edited, Field};
use super::super::super::focus::Overlay;
use super::super::super::picker::Picked;
use super::super::super::{AppState, Effects};
use super::super::ask::Question;
use super::super::orders::sum;
use super::{Choosing, Row, TaskForm, typed};
use crate::action::{Composer as ComposerAction, Edit, List};
use crate::domain::errands::Errand;
use crate::domain::jobs::{Field as JobField, Form, Job, Kind, Makes, Media, Value};
use crate::domain::models::ModelId;
use crate::domain::money::Currency;
use crate::domain::notice::ErrandNotice;
use crate::domain::time::Now;
use crate::effect::Effect;

/// What there is to choose from in a field; empty where it is typed.
fn choices(kind: &Kind) -> Vec<String> {
    match kind {
        Kind::Choice(choices) => choices.clone(),
        Kind::OneOf(all) => all.iter().map(ToString::to_string).collect(),
        Kind::Size(sizes) => sizes.choices(),
        Kind::Text { .. } | Kind::Whole { .. } | Kind::Seed | Kind::Flag | Kind::Media(_) => {
            Vec::new()
        }
    }
}

/// The value one step further: the next choice, the next number, the other switch.
fn stepped(field: &JobField, value: Option<&Value>, up: bool) -> Option<Value> {
    let now = value.or(field.default.as_ref());
    let all = choices(&field.kind);
    if !all.is_empty() {
        let at = now.and_then(|value| all.iter().position(|of| *of == typed(value)));
        let next = match (at, up) {
            (None, _) => 0,
            (Some(at), true) => (at + 1).min(all.len() - 1),
            (Some(at), false) => at.saturating_sub(1),
        };
        return field.read(&all[next]).ok().flatten();
    }
    match (&field.kind, now) {
        (Kind::Flag, _) => Some(Value::Flag(up)),
        (Kind::Whole { min, max }, Some(Value::Whole(n))) => {
            let next = if up { n.saturating_add(1) } else { n.saturating_sub(1) };
            Some(Value::Whole(next.clamp(*min, *max)))
        }
        (Kind::Whole { min, .. }, _) => Some(Value::Whole(*min)),
        (
            Kind::Text { .. }
            | Kind::Choice(_)
            | Kind::OneOf(_)
            | Kind::Seed
            | Kind::Size(_)
            | Kind::Media(_),
            _,
        ) => None,
    }
}

impl AppState {
    pub(in crate::state) fn task_form(&mut self) -> Option<&mut TaskForm> {
        match &mut self.focus.overlay {
            Some(Overlay::TaskForm(form)) => Some(form),
            Some(_) | None => None,
        }
    }

    /// A form for a video or a picture, with this prompt.
    pub(in crate::state) fn open_form(
        &mut self,
        makes: Makes,
        prompt: Option<&str>,
        now: Now,
    ) -> Effects {
        if matches!(&self.focus.overlay, Some(Overlay::TaskForm(form)) if form.job.makes == makes) {
            self.focus.overlay = None;
            return Vec::new();
        }
        let catalog = self.catalog.get();
        // The model that was taken last, as the newest task shows.
        let newest = self.tasks.shelf.all().filter(|task| !task.adopted);
        let newest = newest.filter_map(|task| {
            Some((task.times.created, catalog.job(&task.model).filter(|job| job.makes == makes)?))
        });
        let job = newest.max_by_key(|(created, _)| *created).map(|(_, job)| job);
        let job = job.or_else(|| catalog.jobs().iter().find(|job| job.makes == makes).cloned());
        let Some(job) = job else {
            self.say(ErrandNotice::NoModel, now);
            return Vec::new();
        };
        let mut form = Form::new(&job);
        let mut texts = job.fields.iter().filter(|field| matches!(field.kind, Kind::Text { .. }));
        if let (Some(text), Some(field)) = (prompt, texts.next()) {
            form.set(&field.name, Some(Value::Text(text.trim().to_owned())));
        }
        let effects = self.open_filled(job, form);
        if prompt.is_none() {
            self.begin_value(None);
        }
        effects
    }

    /// A form that is filled already: the next row is what is missing, or the one that sends.
    pub(in crate::state) fn open_filled(&mut self, job: Job, form: Form) -> Effects {
        self.focus.overlay = Some(Overlay::TaskForm(Box::new(TaskForm::new(job, form))));
        let mut effects = self.form_changed();
        if let Some(form) = self.task_form() {
            let row = form.next_row();
            form.rows.mark(row);
        }
        let currency = self.task_form().and_then(|form| form.cost.as_ref());
        let currency = currency.map_or(Currency::Cny, |cost| cost.cost.currency);
        effects.push(Effect::Errand(Errand::Spent(currency)));
        effects
    }

    /// Looks again at what is wrong with the form, what it costs, and at its files.
    fn form_changed(&mut self) -> Effects {
        let (catalog, figures) = (self.catalog.get(), self.settings.figures);
        let Some(form) = self.task_form() else { return Vec::new() };
        form.faults = form.job.check(&form.form);
        form.cost = catalog.estimate(figures, &form.job, &form.form);
        let media = form.form.values.values().filter_map(|value| match value {
            Value::Media(all) => Some(all),
            Value::Text(_) | Value::Whole(_) | Value::Flag(_) => None,
        });
        let unknown = media.flatten().filter_map(|media| match media {
            Media::File { path, bytes: None } => Some(path.clone()),
            Media::File { .. } | Media::Url(_) => None,
        });
        let unknown: BTreeSet<String> =
            unknown.filter(|path| !form.absent.contains(path)).collect();
        unknown.into_iter().map(|path| Effect::Errand(Errand::Look { path })).collect()
    }

    /// A file was looked at.
    pub(in crate::state) fn file_looked_at(&mut self, looked: &str, found: Option<u64>) {
        let Some(form) = self.task_form() else { return };
        for value in form.form.values.values_mut() {
            let Value::Media(all) = value else { continue };
            for media in all {
                if let Media::File { path, bytes } = media
                    && path == looked
                {
                    *bytes = found;
                }
            }
        }
        if found.is_none() {
            form.absent.insert(looked.to_owned());
        }
        form.faults = form.job.check(&form.form);
    }

    /// Esc: what is typed or chosen is forgotten, the value stays; tells whether there was one.
    pub(in crate::state) fn leave_form(&mut self) -> bool {
        let Some(form) = self.task_form() else { return false };
        form.choosing.take().is_some() || form.field.take().is_some()
    }

    /// A value of the form is being typed.
    #[must_use]
    pub fn filling_in(&self) -> bool {
        matches!(&self.focus.overlay, Some(Overlay::TaskForm(form)) if form.field.is_some())
    }

    /// Begins to type the marked value; `text` takes the place of the one that is there.
    fn begin_value(&mut self, text: Option<&str>) {
        let Some(form) = self.task_form() else { return };
        let Some(field) = form.marked_field() else { return };
        let lines = matches!(field.kind, Kind::Text { .. } | Kind::Media(_));
        let unread = form.unread.get(&field.name).map(|(text, _)| text.clone());
        let value = unread.or_else(|| form.form.get(&field.name).map(typed)).unwrap_or_default();
        form.field = Some(Field::new(text.unwrap_or(&value), lines));
    }

    fn set_value(&mut self, name: &str, value: Option<Value>) -> Effects {
        let Some(form) = self.task_form() else { return Vec::new() };
        form.unread.remove(name);
        form.form.set(name, value);
        self.form_changed()
    }

    /// What was typed is taken; what is no value stays and says why not.
    fn take_value(&mut self) -> Effects {
        let Some(form) = self.task_form() else { return Vec::new() };
        let (Some(of), Some(field)) = (form.marked_field(), form.field.take()) else {
            return Vec::new();
        };
        let read = of.read(field.text());
        match read {
            Ok(value) => {
                let effects = self.set_value(&of.name, value);
                if let Some(form) = self.task_form()
                    && matches!(of.kind, Kind::Text { .. } | Kind::Media(_))
                {
                    let row = form.next_row();
                    form.rows.mark(row);
                }
                effects
            }
            Err(fault) => {
                form.unread.insert(of.name, (field.text().to_owned(), fault));
                Vec::new()
            }
        }
    }

    /// Something was typed while the form is open; `None` if it is not for the form itself.
    pub(in crate::state) fn on_form_edit(&mut self, action: &ComposerAction) -> Option<Effects> {
        let form = self.task_form()?;
        if let Some(field) = &mut form.field {
            return Some(match field.on_edit(action) {
                Edited::Changed | Edited::Moved => Vec::new(),
                Edited::Taken => self.take_value(),
            });
        }
        if form.choosing.is_some() {
            return None;
        }
        if let (Row::Model, ComposerAction::Edit(edit @ (Edit::Left | Edit::Right))) =
            (form.marked(), action)
        {
            let up = *edit == Edit::Right;
            return Some(self.next_model(up));
        }
        let Some(field) = form.marked_field() else { return Some(Vec::new()) };
        Some(match action {
            ComposerAction::Edit(Edit::DeleteBefore | Edit::DeleteAfter) => {
                self.set_value(&field.name, None)
            }
            ComposerAction::Edit(edit @ (Edit::Left | Edit::Right)) => {
                let next = stepped(&field, form.form.get(&field.name), *edit == Edit::Right);
                if next.is_none() { Vec::new() } else { self.set_value(&field.name, next) }
            }
            // Whoever types means the value.
            ComposerAction::Insert(_) | ComposerAction::Paste(_) => {
                let keep = matches!(field.kind, Kind::Text { .. } | Kind::Media(_));
                if field.kind == Kind::Flag {
                    return Some(self.take_row());
                }
                self.begin_value((!keep).then_some(""));
                return self.on_form_edit(action);
            }
            ComposerAction::Edit(_) => Vec::new(),
        })
    }

    pub(in crate::state) fn on_form_list(&mut self, action: List, now: Now) -> Effects {
        let Some(form) = self.task_form() else { return Vec::new() };
        if form.field.is_some() {
            // The mouse, for the keys of a field are those of the message.
            return if action == List::Accept { self.take_value() } else { Vec::new() };
        }
        if let Some(choosing) = &mut form.choosing {
            let free = choosing.free && choosing.found.is_empty();
            if action == List::Accept && free {
                let text = choosing.picker.query().to_owned();
                return self.choose(&text);
            }
            let row = choosing.picker.on_list(action);
            let text = match row {
                Picked::Accepted(row) => choosing.rows().nth(row).map(|(text, _)| text.to_owned()),
                Picked::Moved | Picked::Narrowed => None,
            };
            return text.map(|text| self.choose(&text)).unwrap_or_default();
        }
        match form.rows.on_list(action) {
            Picked::Accepted(_) if form.marked() == Row::Send => self.submit_form(now),
            Picked::Accepted(_) => self.take_row(),
            Picked::Moved | Picked::Narrowed => Vec::new(),
        }
    }

    /// Enter on a row: it is typed, chosen or switched.
    fn take_row(&mut self) -> Effects {
        let models = self.models_alike();
        let Some(form) = self.task_form() else { return Vec::new() };
        let Some(field) = form.marked_field() else {
            let current = form.job.model.to_string();
            form.choosing = Some(Choosing::new(models, Some(&current), false));
            return Vec::new();
        };
        let value = form.form.get(&field.name).or(field.default.as_ref());
        if field.kind == Kind::Flag {
            let on = value == Some(&Value::Flag(true));
            return self.set_value(&field.name, Some(Value::Flag(!on)));
        }
        let all = choices(&field.kind);
        if all.is_empty() {
            self.begin_value(None);
            return Vec::new();
        }
        let free = matches!(&field.kind, Kind::Size(sizes) if sizes.free.is_some());
        let current = value.map(typed);
        form.choosing = Some(Choosing::new(all, current.as_deref(), free));
        Vec::new()
    }

    /// Models that make the same.
    fn models_alike(&mut self) -> Vec<String> {
        let catalog = self.catalog.get();
        let Some(form) = self.task_form() else { return Vec::new() };
        let alike = catalog.jobs().iter().filter(|job| job.makes == form.job.makes);
        alike.map(|job| job.model.to_string()).collect()
    }

    fn next_model(&mut self, up: bool) -> Effects {
        let models = self.models_alike();
        let Some(form) = self.task_form() else { return Vec::new() };
        let at = models.iter().position(|id| *id == form.job.model.as_str()).unwrap_or(0);
        let next = if up { at + 1 } else { at.saturating_sub(1) };
        models.get(next).map(|id| self.take_model(id)).unwrap_or_default()
    }

    fn choose(&mut self, text: &str) -> Effects {
        let Some(form) = self.task_form() else { return Vec::new() };
        form.choosing = None;
        let Some(field) = form.marked_field() else { return self.take_model(text) };
        match field.read(text) {
            Ok(value) => self.set_value(&field.name, value),
            Err(fault) => {
                form.unread.insert(field.name, (text.to_owned(), fault));
                Vec::new()
            }
        }
    }

    /// Another model: what fits its schema stays.
    fn take_model(&mut self, id: &str) -> Effects {
        let Some(job) = self.catalog.get().job(&ModelId::new(id)) else { return Vec::new() };
        let Some(form) = self.task_form() else { return Vec::new() };
        let mut filled = Form::new(&job);
        for (name, value) in &form.form.values {
            if job.field(name).is_some_and(|field| field.holds(value)) {
                filled.set(name, Some(value.clone()));
            }
        }
        let tried = form.tried;
        *form = TaskForm { tried, ..TaskForm::new(job, filled) };
        self.form_changed()
    }

    /// The form is sent, after a question if it makes several tasks.
    pub(in crate::state) fn submit_form(&mut self, now: Now) -> Effects {
        let mut effects = if self.filling_in() { self.take_value() } else { Vec::new() };
        let (catalog, figures) = (self.catalog.get(), self.settings.figures);
        let Some(form) = self.task_form() else { return effects };
        form.tried = true;
        if !form.is_whole() {
            let row = form.next_row();
            form.rows.mark(row);
            return effects;
        }
        let (job, whole, lines) = (form.job.clone(), form.form.clone(), form.lines());
        if lines.len() > 1 {
            let cost = |form: &Form| catalog.estimate(figures, &job, form).map(|cost| cost.cost);
            let prices = (sum(lines.iter().map(cost)), cost(&whole));
            let job = Box::new(job);
            self.ask_about(Question::Batch { job, whole, lines, prices });
            return effects;
        }
        let order = self.order(&job, whole, None);
        let gate = self.gate();
        self.focus.overlay = None;
        effects.extend(self.submit(vec![order], gate, now));
        effects
    }
}
