//! Paints the form for a task: a row a field with its value and what is wrong with it, the line
//! that explains the marked one, and what it costs. It refuses to know any field by its name.

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use super::widgets::list::{self, Line, List};
use crate::action::{Action, App, Composer, Context, Edit, List as ListAction, Tasks as Wish};
use crate::domain::jobs::{Field as JobField, Kind, Value};
use crate::domain::money::Money;
use crate::domain::settings::Language;
use crate::layout::Area;
use crate::state::field::Field;
use crate::state::focus::ListPlace;
use crate::state::tasks::form::{Choosing, Row as FormRow, TaskForm, Wrong, typed};
use crate::text::rows::{Ink, Row, plain};
use crate::text::sanitize;
use crate::theme::Role;
use crate::words::jobs::Jobs;
use crate::words::task_form::TaskForm as Words;

/// Cells of the names' column.
const NAMES: u16 = 18;
/// Rows below the list: what is wrong, what a field is, what it takes, the text itself.
const DETAILS: u16 = 6;

/// Paints it; the caret is where a value is typed.
pub(super) fn paint(
    scene: &Scene<'_>,
    area: Area,
    form: &TaskForm,
    buffer: &mut Buffer,
) -> (ListPlace, Option<(u16, u16)>) {
    if let Some(choosing) = &form.choosing {
        return choose(scene, area, form, choosing, buffer);
    }
    let language = scene.state.settings().language;
    let price = price(scene, form);
    let list = List {
        title: &Words::Title(form.job.makes).say(language),
        picker: form.rows(),
        prompt: "¥",
        placeholder: &price,
        empty: "",
        all: form.job.fields.len() + 2,
        details: DETAILS,
    };
    let mut caret = None;
    let laid = list::paint(scene, area, &list, buffer, |at, line| match form.row(at) {
        FormRow::Model => {
            line.column(&Words::Model.say(language), NAMES, Role::Text).gap(1);
            let room = line.left();
            line.text(form.job.model.as_str(), room, Role::Model);
        }
        FormRow::Field(field) => {
            let typing = form.field.as_ref().filter(|_| at == form.rows().marked());
            if let Some(x) = field_row(scene, form, field, typing, line) {
                caret = Some(x);
            }
        }
        FormRow::Send => {
            let role = if form.is_whole() { Role::Accent } else { Role::Muted };
            let room = line.left();
            let said = Words::Send(form.tasks()).say(language);
            line.text(&format!("{said}  ·  {price}"), room, role);
        }
    });
    let row = form.rows().marked().saturating_sub(laid.place.first);
    let last = (area.x + area.width.saturating_sub(1), area.bottom().saturating_sub(1));
    let caret =
        caret.map(|x: u16| ((area.x + x).min(last.0), (laid.place.y + row as u16).min(last.1)));
    details(scene, laid.details, form, buffer);
    (laid.place, caret)
}

/// `≈ ¥3.00: 5 s of 720P at ¥0.60 each · today ¥0.43 of ¥20.00`
fn price(scene: &Scene<'_>, form: &TaskForm) -> String {
    let language = scene.state.settings().language;
    let said = match &form.cost {
        None => Jobs::NoPrice.say(language),
        Some(cost) => Jobs::Price {
            cost: cost.cost,
            each: cost.each,
            units: cost.units,
            unit: cost.unit,
            resolution: cost.resolution.as_deref(),
            at_least: cost.at_least,
        }
        .say(language),
    };
    let mut parts = vec![said.into_owned()];
    if let Some(standing) = scene.state.tasks().spent() {
        let money = |amount| Money { amount, currency: standing.currency };
        let limit = scene.state.settings().budget.day.map(money);
        parts.push(Words::Today(money(standing.day), limit).say(language).into_owned());
    }
    parts.join(" · ")
}

/// One field; tells the column of the caret if it is typed in.
fn field_row(
    scene: &Scene<'_>,
    form: &TaskForm,
    field: &JobField,
    typing: Option<&Field>,
    line: &mut Line<'_, '_>,
) -> Option<u16> {
    let language = scene.state.settings().language;
    let wrong = form.wrong(&field.name);
    let name = if wrong.is_some() { Role::Error } else { Role::Text };
    let names = NAMES.min(line.left() / 2);
    line.column(&field.name, names, name).gap(1);
    if let Some(typing) = typing {
        return Some(super::params::typed(scene, line, typing));
    }
    let note = match wrong {
        Some(wrong) => wrong_said(wrong, language),
        None => String::new(),
    };
    let left = line.left();
    let notes = (scene.widths.text(&note) as u16 + 2).min(left / 2);
    let room = left.saturating_sub(if note.is_empty() { 1 } else { notes + 1 }).max(6);
    match (form.unread(&field.name), form.form.get(&field.name)) {
        (Some(text), _) => line.text(&one_line(text), room, Role::Error),
        (None, Some(value)) => line.text(&shown(value, language), room, Role::Accent),
        (None, None) => line.text(&unset(field, language), room, Role::Muted),
    };
    if !note.is_empty() {
        let cells = line.left().saturating_sub(1);
        line.gap(2).text(&note, cells.saturating_sub(2), Role::Error);
    }
    None
}

fn one_line(text: &str) -> String {
    sanitize::block(text).replace('\n', " ⏎ ")
}

fn shown(value: &Value, language: Language) -> String {
    match value {
        Value::Flag(on) => Words::Flag(*on).say(language).into_owned(),
        Value::Text(_) | Value::Whole(_) | Value::Media(_) => one_line(&typed(value)),
    }
}

fn unset(field: &JobField, language: Language) -> String {
    match &field.default {
        _ if field.required => Words::Required.say(language).into_owned(),
        None => Words::Unset.say(language).into_owned(),
        Some(value) => Words::UnsetIs(&shown(value, language)).say(language).into_owned(),
    }
}

fn wrong_said(wrong: Wrong<'_>, language: Language) -> String {
    match wrong {
        Wrong::Fault(fault) => Jobs::Fault(fault).say(language).into_owned(),
        Wrong::Absent(path) => Words::Absent(&sanitize::line(path)).say(language).into_owned(),
    }
}

/// What a field takes, in a few words.
fn takes(field: &JobField, language: Language) -> Option<String> {
    let said = match &field.kind {
        Kind::Text { max: Some(max) } => Words::Characters(*max).say(language),
        Kind::Whole { min, max } => Words::Range(*min, *max).say(language),
        Kind::Choice(choices) => return Some(choices.join(" · ")),
        Kind::OneOf(all) => {
            return Some(all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" · "));
        }
        Kind::Size(sizes) => Words::Choices(sizes.choices().len()).say(language),
        Kind::Media(rule) => {
            let mib = rule.max_bytes.map(|bytes| bytes >> 20);
            Words::Files(rule.most, &rule.formats.join(", "), mib).say(language)
        }
        Kind::Text { max: None } | Kind::Seed | Kind::Flag => return None,
    };
    Some(said.into_owned())
}

/// What is wrong with the marked row, what it is, what it takes, the text itself.
fn details(scene: &Scene<'_>, area: Area, form: &TaskForm, buffer: &mut Buffer) {
    let language = scene.state.settings().language;
    let mut lines: Vec<(String, Role)> = Vec::new();
    match form.marked() {
        FormRow::Model => lines.push((Words::AboutModel.say(language).into_owned(), Role::Text)),
        FormRow::Send => {
            lines.push((price(scene, form), Role::Text));
            let fields = form.job.fields.iter();
            let wrong = fields.filter_map(|field| form.wrong(&field.name));
            lines.extend(wrong.map(|wrong| (wrong_said(wrong, language), Role::Error)));
        }
        FormRow::Field(field) => {
            let wrong =
                form.wrong(&field.name).map(|wrong| (wrong_said(wrong, language), Role::Error));
            lines.extend(wrong);
            let about = match language {
                Language::En => &field.en,
                Language::ZhCn => &field.zh,
            };
            lines.push((about.clone(), Role::Text));
            lines.extend(takes(field, language).map(|text| (text, Role::Muted)));
            // A text of several lines is shown as it is.
            let typing = form.field.as_ref().map(|field| field.text().to_owned());
            let value = form.form.get(&field.name).map(typed);
            let text = typing
                .or(value)
                .filter(|_| matches!(field.kind, Kind::Text { .. } | Kind::Media(_)));
            lines.extend(text.map(|text| (sanitize::block(&text), Role::Accent)));
        }
    }
    let mut y = area.y;
    for (text, role) in lines {
        let mut rows: Vec<Row> = Vec::new();
        let width = area.width.saturating_sub(2).max(1);
        plain(&text, width, scene.widths, Ink::default(), &mut rows);
        for row in rows {
            if y >= area.bottom() {
                return;
            }
            let style = scene.theme.style(role);
            Pen::row(buffer, area, y, scene.widths).skip(1).write(&row.text, style);
            y += 1;
        }
    }
}

/// Values to choose from.
fn choose(
    scene: &Scene<'_>,
    area: Area,
    form: &TaskForm,
    choosing: &Choosing,
    buffer: &mut Buffer,
) -> (ListPlace, Option<(u16, u16)>) {
    let language = scene.state.settings().language;
    let title = match form.marked() {
        FormRow::Field(field) => field.name.clone(),
        FormRow::Model | FormRow::Send => Words::Model.say(language).into_owned(),
    };
    let empty = if choosing.is_free() { Words::TypedToo } else { Words::NothingFits };
    let list = List {
        title: &title,
        picker: &choosing.picker,
        prompt: "›",
        placeholder: &Words::Choose.say(language),
        empty: &empty.say(language),
        all: choosing.all(),
        details: 0,
    };
    let rows: Vec<_> = choosing.rows().collect();
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        if let Some((text, found)) = rows.get(at) {
            let room = line.left().saturating_sub(1);
            line.found(text, found, room, Role::Text);
        }
    });
    (laid.place, Some(laid.caret))
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>, form: &TaskForm) -> Vec<(Context, Action, String)> {
    let language = scene.state.settings().language;
    let say = |said: Words<'_>| said.say(language).into_owned();
    let edit = |edit| Action::Composer(Composer::Edit(edit));
    let accept = Action::List(ListAction::Accept);
    if let Some(field) = &form.field {
        let mut hints = vec![(Context::Composer, edit(Edit::Send), say(Words::Take))];
        if field.has_lines() {
            hints.push((Context::Composer, edit(Edit::Newline), say(Words::Newline)));
        }
        // Esc takes back what was typed; the form stays.
        hints.push((Context::Global, Action::App(App::Back), say(Words::Leave)));
        return hints;
    }
    if form.choosing.is_some() {
        return vec![(Context::List, accept, say(Words::Take))];
    }
    let enter = if form.marked() == FormRow::Send { Words::SendHint } else { Words::Change };
    vec![
        (Context::List, accept, say(enter)),
        (Context::TaskForm, Action::Tasks(Wish::Submit), say(Words::SendHint)),
        (Context::List, edit(Edit::DeleteBefore), say(Words::Clear)),
    ]
}
