//! From a row of `jobs.toml` to the schema of a job: shared fields with what is other laid over
//! them. It refuses rows that make no sense, and says why.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::domain::jobs::{
    Answers, Dimension, Field, Free, Job, Kind, Makes, MediaRule, Place, Size, Sizes, Together,
    Value,
};
use crate::domain::models::ModelId;
use crate::domain::tasks::FileKind;

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
pub(super) struct JobRow {
    pub(super) models: Vec<String>,
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

/// Why a row makes no job.
pub(super) enum Wrong {
    Fault(&'static str),
    Syntax(String),
}

impl From<&'static str> for Wrong {
    fn from(fault: &'static str) -> Self {
        Self::Fault(fault)
    }
}

/// The jobs of one row, one for each of its models.
pub(super) fn made(row: JobRow, shared: &HashMap<String, toml::Table>) -> Result<Vec<Job>, Wrong> {
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
        table.retain(|key, _| !KINDS.contains(&key));
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
            kinds: media.kinds.iter().copied().map(file_kind).collect(),
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

const fn file_kind(word: FileWord) -> FileKind {
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
