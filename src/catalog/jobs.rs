//! The rows of jobs: reading them into schemas, finding the one of a model, and what a form or a
//! finished task costs by the prices in force. It refuses to know what was sent or answered.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use rust_decimal::Decimal;
use serde::Deserialize;

use super::prices::{Mode, PriceRow};
use super::{Catalog, CatalogError, alias, line_of};
use crate::domain::jobs::{
    Answers, Dimension, Field, Form, Free, Job, Kind, Makes, Measure, MediaRule, Place, Size,
    Sizes, Together, Value,
};
use crate::domain::ledger::PriceTag;
use crate::domain::models::ModelId;
use crate::domain::money::{Money, Unit};
use crate::domain::settings::Figures;
use crate::domain::tasks::{FileKind, TaskUsage};

/// Keys of a field that say what it holds; one that is overridden drives out the others.
const KINDS: [&str; 8] = ["text", "choice", "whole", "one_of", "seed", "flag", "sizes", "media"];

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MakesWord {
    Video,
    Image,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AnswersWord {
    Task,
    Now,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DimensionWord {
    Seconds,
    Resolution,
    Sound,
    Count,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FileWord {
    Video,
    Image,
    Audio,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TogetherRow {
    fields: Vec<String>,
    min: u32,
    max: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobRow {
    models: Vec<String>,
    makes: MakesWord,
    answers: AnswersWord,
    path: String,
    fields: Vec<toml::Value>,
    #[serde(default)]
    sets: Vec<Vec<String>>,
    together: Option<TogetherRow>,
    seconds: Option<u64>,
    #[serde(default)]
    bills_input: bool,
    source: String,
    as_of: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MediaRow {
    kinds: Vec<FileWord>,
    #[serde(default)]
    formats: Vec<String>,
    mib: Option<u64>,
    most: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldRow {
    name: String,
    to: String,
    text: Option<u32>,
    choice: Option<Vec<String>>,
    whole: Option<(u64, u64)>,
    one_of: Option<Vec<u64>>,
    #[serde(default)]
    seed: bool,
    #[serde(default)]
    flag: bool,
    sizes: Option<toml::Table>,
    media: Option<MediaRow>,
    default: Option<toml::Value>,
    preset: Option<toml::Value>,
    #[serde(default)]
    required: bool,
    price: Option<DimensionWord>,
    needs: Option<BTreeMap<String, toml::Value>>,
    en: String,
    zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    field: HashMap<String, toml::Table>,
    #[serde(default)]
    job: Vec<toml::Spanned<JobRow>>,
    #[serde(default)]
    sources: HashMap<String, String>,
}

static SHIPPED: LazyLock<Arc<Jobs>> = LazyLock::new(|| {
    // A test reads every shipped row, so a program that was built has them all.
    Arc::new(Jobs::shipped().unwrap_or_default())
});

/// The jobs in force: the shipped ones, which are read when a job is first asked for, or those with
/// the user's own over them.
#[derive(Debug, Clone, Default)]
pub(super) struct InForce(Option<Arc<Jobs>>);

impl InForce {
    pub(super) fn get(&self) -> &Jobs {
        self.0.as_ref().unwrap_or(&SHIPPED)
    }

    pub(super) fn merge(&mut self, file: &str, text: &str) -> Result<(), CatalogError> {
        let mut jobs = self.get().clone();
        jobs.merge(Jobs::parse(file, text, &jobs)?);
        self.0 = Some(Arc::new(jobs));
        Ok(())
    }
}

/// All jobs, by model, in the order of the file, and the fields they were made of.
#[derive(Debug, Clone, Default)]
pub(super) struct Jobs {
    jobs: Vec<Job>,
    fields: HashMap<String, toml::Table>,
    sources: HashMap<String, String>,
}

impl Jobs {
    /// Reads the rows in the binary.
    fn shipped() -> Result<Self, CatalogError> {
        Self::parse("jobs.toml", include_str!("jobs.toml"), &Self::default())
    }

    /// Reads a text; its jobs may use the fields of `base`.
    fn parse(file: &str, text: &str, base: &Self) -> Result<Self, CatalogError> {
        let read: File = super::read(file, text)?;
        let mut fields = base.fields.clone();
        fields.extend(read.field);
        let mut jobs: Vec<Job> = Vec::new();
        for row in read.job {
            let at = row.span().start;
            let row = row.into_inner();
            let model = row.models.first().cloned().unwrap_or_default();
            let fault = |fault| CatalogError::row(file, text, at, model.clone(), fault);
            for job in made(row, &fields).map_err(|wrong| match wrong {
                Wrong::Fault(what) => fault(what),
                Wrong::Syntax(reason) => {
                    let (file, line) = (file.to_owned(), line_of(text, at));
                    CatalogError::Syntax { file, line, reason }
                }
            })? {
                if jobs.iter().any(|other| other.model == job.model) {
                    return Err(fault("names a model twice"));
                }
                jobs.push(job);
            }
        }
        Ok(Self { jobs, fields, sources: read.sources })
    }

    fn merge(&mut self, other: Self) {
        for job in other.jobs {
            match self.jobs.iter_mut().find(|old| old.model == job.model) {
                Some(old) => *old = job,
                None => self.jobs.push(job),
            }
        }
        self.fields.extend(other.fields);
        self.sources.extend(other.sources);
    }

    pub(super) fn source(&self, key: &str) -> Option<&str> {
        self.sources.get(key).map(String::as_str)
    }

    fn of(&self, id: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.model.as_str() == id)
    }
}

/// Why a row makes no job.
enum Wrong {
    Fault(&'static str),
    Syntax(String),
}

impl From<&'static str> for Wrong {
    fn from(fault: &'static str) -> Self {
        Self::Fault(fault)
    }
}

/// The jobs of one row, one for each of its models.
fn made(row: JobRow, shared: &HashMap<String, toml::Table>) -> Result<Vec<Job>, Wrong> {
    if row.models.is_empty() {
        return Err("is of no model".into());
    }
    if !row.path.starts_with('/') || row.path.contains(['?', '#', ' ']) || row.path.contains("..") {
        return Err("has a path that is none".into());
    }
    let fields = row.fields.iter().map(|field| self::field(field, shared));
    let fields = fields.collect::<Result<Vec<Field>, Wrong>>()?;
    let known = |name: &String| fields.iter().any(|field| field.name == *name);
    let twice = |(n, field): (usize, &Field)| fields[..n].iter().any(|f| f.name == field.name);
    if fields.iter().enumerate().any(twice) {
        return Err("has a field twice".into());
    }
    let named = row.sets.iter().flatten().chain(row.together.iter().flat_map(|t| &t.fields));
    let needed = fields.iter().filter_map(|field| field.needs.as_ref()).map(|(other, _)| other);
    if !named.chain(needed).all(known) {
        return Err("names a field it has not".into());
    }
    let job = Job {
        model: ModelId::new(""),
        makes: match row.makes {
            MakesWord::Video => Makes::Video,
            MakesWord::Image => Makes::Image,
        },
        answers: match row.answers {
            AnswersWord::Task => Answers::Task,
            AnswersWord::Now => Answers::Now,
        },
        path: row.path,
        fields,
        sets: row.sets,
        together: row.together.map(|TogetherRow { fields, min, max }| Together {
            fields,
            min,
            max,
        }),
        seconds: row.seconds,
        bills_input: row.bills_input,
        source: row.source,
        as_of: row.as_of,
    };
    Ok(row.models.iter().map(|id| Job { model: ModelId::new(id), ..job.clone() }).collect())
}

/// One field: the shared one, with what this job has other.
fn field(given: &toml::Value, shared: &HashMap<String, toml::Table>) -> Result<Field, Wrong> {
    let mut own = match given {
        toml::Value::String(key) => {
            toml::Table::from_iter([("use".to_owned(), key.clone().into())])
        }
        toml::Value::Table(table) => table.clone(),
        _ => return Err("has a field that is neither a name nor a table".into()),
    };
    let mut table = match own.remove("use") {
        None => toml::Table::new(),
        Some(toml::Value::String(key)) => {
            let base = shared.get(&key).ok_or("uses a field that is not there")?;
            let mut base = base.clone();
            base.entry("name").or_insert_with(|| key.into());
            base
        }
        Some(_) => return Err("uses a field that is not there".into()),
    };
    // Without what the shared field does by itself.
    if own.remove("plain").is_some() {
        for key in ["needs", "default"] {
            table.remove(key);
        }
    }
    if let Some(dropped) = own.remove("drop")
        && let Some(toml::Value::Table(sizes)) = table.get_mut("sizes")
    {
        let dropped = dropped.as_array().into_iter().flatten().filter_map(toml::Value::as_str);
        dropped.for_each(|class| drop(sizes.remove(class)));
    }
    if own.keys().any(|key| KINDS.contains(&key.as_str())) {
        KINDS.iter().for_each(|kind| drop(table.remove(*kind)));
    }
    table.extend(own);
    let row: FieldRow = table
        .try_into()
        .map_err(|error: toml::de::Error| Wrong::Syntax(error.message().to_owned()))?;
    complete(row)
}

fn complete(row: FieldRow) -> Result<Field, Wrong> {
    let needs = match row.needs.as_ref().and_then(|needs| needs.iter().next()) {
        Some((other, value)) => Some((other.clone(), self::value(value)?)),
        None => None,
    };
    let field = Field {
        place: place(&row.to)?,
        default: row.default.as_ref().map(value).transpose()?,
        preset: row.preset.as_ref().map(value).transpose()?,
        required: row.required,
        price: row.price.map(|word| match word {
            DimensionWord::Seconds => Dimension::Seconds,
            DimensionWord::Resolution => Dimension::Resolution,
            DimensionWord::Sound => Dimension::Sound,
            DimensionWord::Count => Dimension::Count,
        }),
        needs,
        kind: kind(&row)?,
        name: row.name,
        en: row.en,
        zh: row.zh,
    };
    let whole = |value: &Option<Value>| value.as_ref().is_none_or(|value| field.holds(value));
    if !whole(&field.default) || !whole(&field.preset) {
        return Err("has a field whose default it does not allow".into());
    }
    Ok(field)
}

fn kind(row: &FieldRow) -> Result<Kind, Wrong> {
    let mut kinds = Vec::new();
    kinds.extend(row.text.map(|max| Kind::Text { max: (max > 0).then_some(max) }));
    kinds.extend(row.choice.clone().map(Kind::Choice));
    kinds.extend(row.whole.map(|(min, max)| Kind::Whole { min, max }));
    kinds.extend(row.one_of.clone().map(Kind::OneOf));
    kinds.extend(row.seed.then_some(Kind::Seed));
    kinds.extend(row.flag.then_some(Kind::Flag));
    if let Some(table) = &row.sizes {
        kinds.push(Kind::Size(sizes(table)?));
    }
    kinds.extend(row.media.as_ref().map(|media| {
        Kind::Media(MediaRule {
            kinds: media.kinds.iter().map(file_kind).collect(),
            formats: media.formats.clone(),
            max_bytes: media.mib.map(|mib| mib << 20),
            most: media.most,
        })
    }));
    match kinds.pop() {
        Some(kind) if kinds.is_empty() => Ok(kind),
        Some(_) => Err("has a field that holds two things".into()),
        None => Err("has a field that holds nothing".into()),
    }
}

const fn file_kind(word: &FileWord) -> FileKind {
    match word {
        FileWord::Video => FileKind::Video,
        FileWord::Image => FileKind::Image,
        FileWord::Audio => FileKind::Audio,
    }
}

fn sizes(table: &toml::Table) -> Result<Sizes, Wrong> {
    let wrong = || Wrong::Fault("has a size that is none");
    let texts = |value: &toml::Value| -> Result<Vec<String>, Wrong> {
        let all = value.as_array().ok_or_else(wrong)?.iter();
        all.map(|text| text.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
    };
    let pair = |value: &toml::Value| -> Result<(u64, u64), Wrong> {
        value.clone().try_into().map_err(|_| wrong())
    };
    let mut found = Sizes::default();
    let mut free = Free::default();
    for (key, value) in table {
        match key.as_str() {
            "words" => found.words = texts(value)?,
            "area" => free.area = Some(pair(value)?),
            "side" => {
                let (min, max) = pair(value)?;
                let side = |n: u64| u32::try_from(n).map_err(|_| wrong());
                free.side = Some((side(min)?, side(max)?));
            }
            "ratio" => {
                let ratio = value.as_integer().and_then(|n| u32::try_from(n).ok());
                free.ratio = Some(ratio.ok_or_else(wrong)?);
            }
            class => {
                let all: Option<Vec<Size>> = texts(value)?.iter().map(|text| size(text)).collect();
                found.listed.push((class.to_owned(), all.ok_or_else(wrong)?));
            }
        }
    }
    // Tables are sorted by letters, classes by pixels.
    found.listed.sort_by_key(|(class, _)| (class.len(), class.clone()));
    found.free = (free != Free::default()).then_some(free);
    Ok(found)
}

fn size(text: &str) -> Option<Size> {
    let (width, height) = text.split_once('*')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

fn place(to: &str) -> Result<Place, Wrong> {
    let (place, key) = to.split_once('.').unwrap_or_default();
    if key.is_empty() {
        return Err("has a field that goes nowhere".into());
    }
    Ok(match (place, key.strip_suffix("[]")) {
        ("input", Some(list)) => Place::InputList(list.to_owned()),
        ("input", None) => Place::Input(key.to_owned()),
        ("parameters", None) => Place::Parameter(key.to_owned()),
        ("media", None) => Place::Media(key.to_owned()),
        ("content", None) => Place::Content(key.to_owned()),
        _ => return Err("has a field that goes nowhere".into()),
    })
}

fn value(value: &toml::Value) -> Result<Value, Wrong> {
    Ok(match value {
        toml::Value::String(text) => Value::Text(text.clone()),
        toml::Value::Boolean(flag) => Value::Flag(*flag),
        toml::Value::Integer(n) => {
            Value::Whole(u64::try_from(*n).map_err(|_| "has a value that is negative")?)
        }
        _ => return Err("has a value of a kind there is not".into()),
    })
}

/// What a job will cost, or has cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCost {
    /// How much.
    pub cost: Money,
    /// Of one second or picture.
    pub each: Money,
    /// How many of them.
    pub units: Decimal,
    /// Seconds or pictures.
    pub unit: Unit,
    /// The class of resolution it is for.
    pub resolution: Option<String>,
    /// What is given is billed on top.
    pub at_least: bool,
    /// The row is not the model's own but that of this one.
    pub borrowed: Option<ModelId>,
    /// Where the row comes from.
    pub price: PriceTag,
}

impl Catalog {
    /// What a model takes, by its own row or that of its alias. A model whose row is like another
    /// one takes what that one takes.
    #[must_use]
    pub fn job(&self, model: &ModelId) -> Option<Job> {
        let own = |id: &str| self.jobs.get().of(id);
        let found = own(model.as_str())
            .or_else(|| own(&alias::of(model.as_str())?.id))
            .or_else(|| own(self.model_row(model)?.like.as_deref()?))?;
        Some(Job { model: model.clone(), ..found.clone() })
    }

    /// Every model that makes videos or pictures and can be told here, in the order of the file.
    #[must_use]
    pub fn jobs(&self) -> &[Job] {
        &self.jobs.get().jobs
    }

    /// What a filled form will cost. `None` where no row tells, or where it depends on what is
    /// given.
    #[must_use]
    pub fn estimate(&self, figures: Figures, job: &Job, form: &Form) -> Option<JobCost> {
        let measure = job.measure(form);
        let units = match job.makes {
            Makes::Video => measure.seconds,
            Makes::Image => measure.images,
        };
        self.price_of(figures, &job.model, &measure, Decimal::from(units?))
    }

    /// What a task cost by what it used.
    #[must_use]
    pub fn task_cost(
        &self,
        figures: Figures,
        model: &ModelId,
        usage: &TaskUsage,
    ) -> Option<JobCost> {
        let measure = Measure {
            resolution: usage.resolution.clone(),
            sound: usage.sound,
            ..Measure::default()
        };
        let units = usage.seconds.or_else(|| usage.images.map(Decimal::from))?;
        self.price_of(figures, model, &measure, units)
    }

    /// The row of the model itself, else of its alias, else of the model it is like, in the set
    /// asked for, else in the documentation's.
    fn price_of(
        &self,
        figures: Figures,
        model: &ModelId,
        measure: &Measure,
        units: Decimal,
    ) -> Option<JobCost> {
        let like = self.model_row(model).and_then(|row| row.like.clone());
        let like = like.map(|id| ModelId::new(&id));
        let sets: &[Figures] = match figures {
            Figures::Documented => &[Figures::Documented],
            Figures::Seed => &[Figures::Seed, Figures::Documented],
        };
        let alias = alias::of(model.as_str()).map(|alias| ModelId::new(&alias.id));
        let ids = [Some(model.clone()), alias, like];
        sets.iter().find_map(|&figures| {
            ids.iter().flatten().find_map(|id| {
                let row = fitting(self.price_rows(figures, id), measure)?;
                let price = row.output.or(row.input)?;
                let currency = row.currency();
                let amount = price.checked_mul(units)?.normalize();
                Some(JobCost {
                    cost: Money { amount, currency },
                    each: Money { amount: price.normalize(), currency },
                    units,
                    unit: row.unit,
                    resolution: measure.resolution.clone(),
                    at_least: measure.at_least,
                    borrowed: (id != model).then(|| id.clone()),
                    price: PriceTag {
                        figures,
                        source: row.source.clone(),
                        as_of: row.as_of.clone(),
                    },
                })
            })
        })
    }
}

/// The row of an ordinary job of that class; of two that differ in sound, the one that fits.
fn fitting<'a>(rows: &'a [PriceRow], measure: &Measure) -> Option<&'a PriceRow> {
    let fits = |row: &&PriceRow| {
        row.mode == Mode::Ordinary
            && row.quality.is_none()
            && matches!(row.unit, Unit::Second | Unit::Image)
            && row
                .resolution
                .as_ref()
                .is_none_or(|class| measure.resolution.as_ref() == Some(class))
            && row.sound.is_none_or(|sound| measure.sound == Some(sound))
    };
    let sound = |row: &&PriceRow| row.sound.is_some();
    let fitting = || rows.iter().filter(fits);
    fitting().find(sound).or_else(|| fitting().next())
}

#[cfg(test)]
mod tests;
