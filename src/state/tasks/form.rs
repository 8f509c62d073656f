//! The form for a task: the model, every field of its schema, what is typed, what is wrong with
//! it, what it costs. One schema makes all of it; it refuses to know any field by its name.

mod filling;

use std::collections::{BTreeMap, BTreeSet};

use super::super::field::Field;
use super::super::picker::Picker;
use crate::action::Context;
use crate::catalog::jobs::JobCost;
use crate::domain::jobs::{Fault, Field as JobField, Form, Job, Kind, Media, Value};
use crate::text::fuzzy::{self, Match};

/// The form while it is open. Its rows are the model, the fields, and the one that sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskForm {
    rows: Picker,
    /// The schema.
    pub job: Job,
    /// What was filled in.
    pub form: Form,
    /// The value that is being typed.
    pub field: Option<Field>,
    /// Values to choose from, while they are shown.
    pub choosing: Option<Choosing>,
    /// What was typed and is no value, by the fields' names.
    unread: BTreeMap<String, (String, Fault)>,
    /// Files that are not there.
    absent: BTreeSet<String>,
    /// Everything that is wrong with it.
    faults: Vec<Fault>,
    /// It was to be sent: what is missing is said.
    pub tried: bool,
    /// What it costs, as far as that is known.
    pub cost: Option<JobCost>,
}

/// Values to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choosing {
    /// The words and the mark.
    pub picker: Picker,
    all: Vec<String>,
    found: Vec<Match>,
    /// What is typed is a value too.
    free: bool,
}

/// A row of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row<'a> {
    /// The model.
    Model,
    /// A field.
    Field(&'a JobField),
    /// Sends the form.
    Send,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong<'a> {
    /// What the schema says.
    Fault(&'a Fault),
    /// There is no such file.
    Absent(&'a str),
}

impl Choosing {
    fn new(all: Vec<String>, current: Option<&str>, free: bool) -> Self {
        let mut choosing = Self { picker: Picker::default(), all, found: Vec::new(), free };
        choosing.narrow();
        let at = current.and_then(|value| choosing.all.iter().position(|of| of == value));
        choosing.picker.mark(at.unwrap_or(0));
        choosing
    }

    fn narrow(&mut self) {
        let query = self.picker.query();
        self.found = fuzzy::rank(query, self.all.iter().map(String::as_str));
        if query.is_empty() {
            self.found.sort_by_key(|found| found.index);
        }
        self.picker.set_rows(self.found.len());
    }

    /// The values that fit the words, each with the letters that were found.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&str, &[u32])> {
        self.found.iter().map(|found| (self.all[found.index].as_str(), &*found.at))
    }

    /// How many there are without words.
    #[must_use]
    pub fn all(&self) -> usize {
        self.all.len()
    }

    /// What is typed is a value too.
    #[must_use]
    pub const fn is_free(&self) -> bool {
        self.free
    }
}

impl TaskForm {
    fn new(job: Job, form: Form) -> Self {
        let rows = Picker::of(job.fields.len() + 2);
        Self {
            rows,
            job,
            form,
            field: None,
            choosing: None,
            unread: BTreeMap::new(),
            absent: BTreeSet::new(),
            faults: Vec::new(),
            tried: false,
            cost: None,
        }
    }

    /// The contexts in force while it is open, most special first.
    #[must_use]
    pub const fn contexts(&self) -> &'static [Context] {
        if self.field.is_some() {
            // A value is typed with the keys of the message.
            &[Context::Composer, Context::Global]
        } else if self.choosing.is_some() {
            &[Context::List, Context::Global]
        } else {
            &[Context::TaskForm, Context::List, Context::Global]
        }
    }

    /// The list that has the keys.
    #[must_use]
    pub fn picker(&self) -> &Picker {
        self.choosing.as_ref().map_or(&self.rows, |choosing| &choosing.picker)
    }

    /// The same, to change it.
    pub fn picker_mut(&mut self) -> &mut Picker {
        self.choosing.as_mut().map_or(&mut self.rows, |choosing| &mut choosing.picker)
    }

    /// The rows of the form itself.
    #[must_use]
    pub const fn rows(&self) -> &Picker {
        &self.rows
    }

    /// A row.
    #[must_use]
    pub fn row(&self, at: usize) -> Row<'_> {
        match at.checked_sub(1) {
            None => Row::Model,
            Some(at) => self.job.fields.get(at).map_or(Row::Send, Row::Field),
        }
    }

    /// The marked row.
    #[must_use]
    pub fn marked(&self) -> Row<'_> {
        self.row(self.rows.marked())
    }

    fn marked_field(&self) -> Option<JobField> {
        match self.marked() {
            Row::Field(field) => Some(field.clone()),
            Row::Model | Row::Send => None,
        }
    }

    /// The words of what is chosen from changed.
    pub fn narrow(&mut self) {
        match &mut self.choosing {
            Some(choosing) => choosing.narrow(),
            // The rows of the form are not searched.
            None => self.rows.set_query(""),
        }
    }

    /// What was typed in a field and is no value.
    #[must_use]
    pub fn unread(&self, name: &str) -> Option<&str> {
        self.unread.get(name).map(|(text, _)| text.as_str())
    }

    /// What is wrong with a field. What is only missing is said once the form was to be sent.
    #[must_use]
    pub fn wrong(&self, name: &str) -> Option<Wrong<'_>> {
        if let Some((_, fault)) = self.unread.get(name) {
            return Some(Wrong::Fault(fault));
        }
        if let Some(Value::Media(all)) = self.form.get(name) {
            let absent = all.iter().find_map(|media| match media {
                Media::File { path, .. } if self.absent.contains(path) => Some(path.as_str()),
                Media::File { .. } | Media::Url(_) => None,
            });
            if let Some(path) = absent {
                return Some(Wrong::Absent(path));
            }
        }
        let of = |fault: &&Fault| fields_of(fault).iter().any(|field| field == name);
        let said = |fault: &&Fault| self.tried || !is_missing(fault);
        self.faults.iter().filter(said).find(of).map(Wrong::Fault)
    }

    /// It can be sent as it is.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty() && self.unread.is_empty() && self.absent_here().is_none()
    }

    fn absent_here(&self) -> Option<usize> {
        let fields = &self.job.fields;
        fields.iter().position(|field| matches!(self.wrong(&field.name), Some(Wrong::Absent(_))))
    }

    /// The row of the first thing that is wrong, else the one that sends.
    fn next_row(&self) -> usize {
        let faulty = |field: &JobField| {
            self.unread.contains_key(&field.name)
                || self.faults.iter().any(|f| fields_of(f).contains(&field.name))
        };
        let at = self.job.fields.iter().position(faulty).or_else(|| self.absent_here());
        at.map_or(self.job.fields.len() + 1, |at| at + 1)
    }

    /// The prompts of a batch: the lines of the first text, if there are several.
    fn lines(&self) -> Vec<Form> {
        let mut fields = self.job.fields.iter();
        let Some(prompt) = fields.find(|field| matches!(field.kind, Kind::Text { .. })) else {
            return Vec::new();
        };
        let Some(Value::Text(text)) = self.form.get(&prompt.name) else { return Vec::new() };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let with = |line: &str| {
            let mut form = self.form.clone();
            form.set(&prompt.name, Some(Value::Text(line.to_owned())));
            form
        };
        lines.map(with).collect()
    }

    /// How many tasks it makes.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.lines().len().max(1)
    }
}

/// Which fields a fault is about.
fn fields_of(fault: &Fault) -> Vec<String> {
    match fault {
        Fault::NoField { field }
        | Fault::Missing { field }
        | Fault::WrongKind { field }
        | Fault::TooLong { field, .. }
        | Fault::NoChoice { field, .. }
        | Fault::NotWhole { field, .. }
        | Fault::Range { field, .. }
        | Fault::NotFlag { field, .. }
        | Fault::NotSize { field, .. }
        | Fault::SizeRange { field, .. }
        | Fault::TooMany { field, .. }
        | Fault::TooLarge { field, .. }
        | Fault::Format { field, .. }
        | Fault::Needs { field, .. } => vec![field.clone()],
        Fault::Combination { given, sets } => {
            let all = if given.is_empty() {
                sets.iter().flatten().cloned().collect()
            } else {
                given.clone()
            };
            all.into_iter().take(1).collect()
        }
        Fault::Together { fields, .. } => fields.first().cloned().into_iter().collect(),
    }
}

/// Something is only not there yet.
fn is_missing(fault: &Fault) -> bool {
    match fault {
        Fault::Missing { .. } => true,
        Fault::Combination { given, .. } => given.is_empty(),
        Fault::Together { .. }
        | Fault::NoField { .. }
        | Fault::WrongKind { .. }
        | Fault::TooLong { .. }
        | Fault::NoChoice { .. }
        | Fault::NotWhole { .. }
        | Fault::Range { .. }
        | Fault::NotFlag { .. }
        | Fault::NotSize { .. }
        | Fault::SizeRange { .. }
        | Fault::TooMany { .. }
        | Fault::TooLarge { .. }
        | Fault::Format { .. }
        | Fault::Needs { .. } => false,
    }
}

/// A value as it is typed.
#[must_use]
pub fn typed(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Whole(number) => number.to_string(),
        Value::Flag(on) => if *on { "on" } else { "off" }.to_owned(),
        Value::Media(all) => {
            let one = |media: &Media| match media {
                Media::Url(url) => url.clone(),
                Media::File { path, .. } => path.clone(),
            };
            all.iter().map(one).collect::<Vec<_>>().join("\n")
        }
    }
}
