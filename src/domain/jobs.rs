//! Jobs: what a model that makes videos or pictures can be told, what was filled in, what is wrong
//! with it, how much of it is billed. One schema a model, from which forms and flags are made. It
//! refuses sentences, prices and wire bodies; which model takes what are dated rows in `catalog`.

mod check;
mod fault;
mod read;

pub use fault::Fault;

use std::collections::BTreeMap;

use super::models::ModelId;
use super::tasks::{FileKind, TaskId, TaskStatus, resolution_of};

/// The largest seed every documented model takes.
pub const MAX_SEED: u64 = i32::MAX as u64;

/// What a job makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Makes {
    /// One video.
    Video,
    /// One or more pictures.
    Image,
}

/// How its result comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answers {
    /// A task that is followed by itself.
    Task,
    /// In the answer to the request.
    Now,
}

/// What a job of one model takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The model.
    pub model: ModelId,
    /// What it makes.
    pub makes: Makes,
    /// How its result comes.
    pub answers: Answers,
    /// The call below the base of the native surface.
    pub path: String,
    /// What can be filled in, in the order of a form.
    pub fields: Vec<Field>,
    /// Which media fields may be filled in together; empty: any of them.
    pub sets: Vec<Vec<String>>,
    /// Files of several fields that are counted together.
    pub together: Option<Together>,
    /// The length of every video, where it cannot be chosen, in seconds.
    pub seconds: Option<u64>,
    /// Seconds of the given videos are billed too, or the length is that of the given one.
    pub bills_input: bool,
    /// Who says so: a key of the file's sources.
    pub source: String,
    /// How old the fact is: year-month or year-month-day.
    pub as_of: String,
}

/// Files that are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// Of these fields.
    pub fields: Vec<String>,
    /// So many at least.
    pub min: u32,
    /// So many at most.
    pub max: u32,
}

/// One thing that can be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in forms and, with `-` for `_`, of its flag.
    pub name: String,
    /// Where in the request it goes.
    pub place: Place,
    /// What it holds.
    pub kind: Kind,
    /// What the service takes where nothing is sent.
    pub default: Option<Value>,
    /// What a new form holds: where the service's default costs more than anybody means.
    pub preset: Option<Value>,
    /// Nothing is made without it.
    pub required: bool,
    /// What of the price it decides.
    pub price: Option<Dimension>,
    /// It counts only while another field has this value.
    pub needs: Option<(String, Value)>,
    /// What it is, in one line, in English.
    pub en: String,
    /// What it is, in one line, in Chinese.
    pub zh: String,
}

/// Where in the request a field goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A key of `input`.
    Input(String),
    /// A list below a key of `input`.
    InputList(String),
    /// A key of `parameters`.
    Parameter(String),
    /// An element of the list of media in `input`, of this type.
    Media(String),
    /// An element of the content of the one message in `input`, below this key.
    Content(String),
}

/// What of the price a field decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Seconds that are paid for.
    Seconds,
    /// The class of resolution.
    Resolution,
    /// Whether there is sound.
    Sound,
    /// Pictures that are paid for.
    Count,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A text of so many characters; more are cut off by the service without a word.
    Text {
        /// The most; none where the service counts otherwise.
        max: Option<u32>,
    },
    /// One of these words.
    Choice(Vec<String>),
    /// A whole number in this range.
    Whole {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// One of these numbers.
    OneOf(Vec<u64>),
    /// A number for results that are alike.
    Seed,
    /// On or off.
    Flag,
    /// Width and height.
    Size(Sizes),
    /// Files.
    Media(MediaRule),
}

/// A width and a height in pixels.
pub type Size = (u32, u32);

/// Which sizes there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sizes {
    /// Sizes by class of resolution.
    pub listed: Vec<(String, Vec<Size>)>,
    /// Words instead of a size, e.g. `2K`.
    pub words: Vec<String>,
    /// Every size within these limits; the listed ones are then suggestions.
    pub free: Option<Free>,
}

/// Limits of a size that can be chosen freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Free {
    /// Pixels in all, least and most.
    pub area: Option<(u64, u64)>,
    /// Pixels of each side, least and most.
    pub side: Option<(u32, u32)>,
    /// The longer side is at most so many times the shorter one.
    pub ratio: Option<u32>,
}

/// Which files a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaRule {
    /// What they may be.
    pub kinds: Vec<FileKind>,
    /// Ends of names, in small letters.
    pub formats: Vec<String>,
    /// The largest file, in bytes.
    pub max_bytes: Option<u64>,
    /// So many at most.
    pub most: u32,
}

/// What was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, a word or a size.
    Text(String),
    /// A number.
    Whole(u64),
    /// On or off.
    Flag(bool),
    /// Files.
    Media(Vec<Media>),
}

/// One file that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Media {
    /// An address the service can read: http, https, `oss://`, or the content itself as `data:`.
    Url(String),
    /// A file of this machine, which must be brought up first.
    File {
        /// Its path.
        path: String,
        /// Its size, where it was looked at.
        bytes: Option<u64>,
    },
}

impl Media {
    /// Takes what was typed: an address where it has a scheme of one, else a path.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let is = |scheme: &&str| {
            text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        };
        if ["http://", "https://", "oss://", "data:"].iter().any(is) {
            Self::Url(text.to_owned())
        } else {
            Self::File { path: text.to_owned(), bytes: None }
        }
    }
}

/// A form of a job: what was filled in, by the fields' names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    /// The values; what is not in it is left to the service.
    pub values: BTreeMap<String, Value>,
}

impl Form {
    /// A form of a job that holds only what a new one holds.
    #[must_use]
    pub fn new(job: &Job) -> Self {
        let preset = |field: &Field| Some((field.name.clone(), field.preset.clone()?));
        Self { values: job.fields.iter().filter_map(preset).collect() }
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// Fills a field in, or leaves it to the service.
    pub fn set(&mut self, name: &str, value: Option<Value>) {
        match value {
            Some(value) => drop(self.values.insert(name.to_owned(), value)),
            None => drop(self.values.remove(name)),
        }
    }
}

/// What of a job is billed. `None` is not known before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measure {
    /// Seconds of video.
    pub seconds: Option<u64>,
    /// The class of resolution as prices name it, e.g. `720p`.
    pub resolution: Option<String>,
    /// With or without sound, where that can be chosen.
    pub sound: Option<bool>,
    /// Pictures.
    pub images: Option<u64>,
    /// What is given is billed on top.
    pub at_least: bool,
}

impl Job {
    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What a field will be: what was filled in, else the service's choice.
    fn effective<'a>(&'a self, form: &'a Form, name: &str) -> Option<&'a Value> {
        form.get(name).or_else(|| self.field(name)?.default.as_ref())
    }

    /// What of this form is billed.
    #[must_use]
    pub fn measure(&self, form: &Form) -> Measure {
        let mut measure =
            Measure { seconds: self.seconds, at_least: self.bills_input, ..Measure::default() };
        for field in &self.fields {
            let Some(dimension) = field.price else { continue };
            let value = self.effective(form, &field.name);
            match (dimension, value) {
                (Dimension::Seconds, Some(Value::Whole(n))) => {
                    measure.seconds = Some(*n).filter(|n| *n > 0);
                }
                (Dimension::Count, Some(Value::Whole(n))) => measure.images = Some(*n),
                (Dimension::Sound, Some(Value::Flag(on))) => measure.sound = Some(*on),
                (Dimension::Resolution, Some(Value::Text(text))) => {
                    measure.resolution = field.kind.class_of(text);
                }
                (
                    Dimension::Seconds
                    | Dimension::Count
                    | Dimension::Sound
                    | Dimension::Resolution,
                    _,
                ) => {}
            }
        }
        if self.makes == Makes::Image && measure.images.is_none() {
            measure.images = Some(1);
        }
        measure
    }
}

impl Kind {
    /// The class of resolution a value of a resolution or a size falls into.
    fn class_of(&self, text: &str) -> Option<String> {
        match self {
            Self::Size(sizes) => {
                let size = read::size(text)?;
                let listed = sizes.listed.iter().find(|(_, all)| all.contains(&size));
                Some(listed.map_or_else(|| resolution_of(size).to_owned(), |(c, _)| c.clone()))
            }
            Self::Choice(_) => Some(text.to_lowercase()),
            Self::Text { .. }
            | Self::Whole { .. }
            | Self::OneOf(_)
            | Self::Seed
            | Self::Flag
            | Self::Media(_) => None,
        }
    }
}

/// What a request to make something brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The task that makes it.
    pub task: TaskId,
    /// How far it is.
    pub status: TaskStatus,
    /// The id of the request, which the account's list of tasks knows too.
    pub request_id: Option<String>,
}

/// Whether a request that failed may have made something that costs money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It never left, or nobody was there: it may be sent again.
    Never,
    /// The service answered that it does not do it: it may be sent again, changed.
    Refused,
    /// It may have been taken: it is never sent again without looking for what it made.
    Maybe,
}
