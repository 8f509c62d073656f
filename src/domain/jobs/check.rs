//! Whether a filled form can be sent: everything that is wrong with it, in the order of its fields.
//! It refuses to guess: where the schema sets no limit, none is checked.

use super::read::{size, written};
use super::{Fault, Field, Form, Free, Job, Kind, MAX_SEED, Media, MediaRule, Sizes, Value};
use crate::domain::tasks::FileKind;

impl Job {
    /// Everything that is wrong with a form; empty: it can be sent.
    #[must_use]
    pub fn check(&self, form: &Form) -> Vec<Fault> {
        let mut faults = Vec::new();
        for field in &self.fields {
            let name = || field.name.clone();
            match form.get(&field.name) {
                None if field.required => faults.push(Fault::Missing { field: name() }),
                None => {}
                Some(value) if field.required && is_blank(value) => {
                    faults.push(Fault::Missing { field: name() });
                }
                Some(value) => {
                    field.check(value, &mut faults);
                    if let Some((other, wanted)) = &field.needs
                        && field.default.as_ref() != Some(value)
                        && self.effective(form, other) != Some(wanted)
                    {
                        let (other, value) = (other.clone(), wanted.clone());
                        faults.push(Fault::Needs { field: name(), other, value });
                    }
                }
            }
        }
        let unknown = form.values.keys().filter(|name| self.field(name).is_none());
        faults.extend(unknown.map(|name| Fault::NoField { field: name.clone() }));
        self.check_files(form, &mut faults);
        faults
    }

    /// Files of several fields: which go together, and how many.
    fn check_files(&self, form: &Form, faults: &mut Vec<Fault>) {
        let files = |name: &str| match form.get(name) {
            Some(Value::Media(all)) => all.len() as u64,
            Some(Value::Text(_) | Value::Whole(_) | Value::Flag(_)) | None => 0,
        };
        if !self.sets.is_empty() {
            let media = self.fields.iter().filter(|field| matches!(field.kind, Kind::Media(_)));
            let given: Vec<String> =
                media.map(|field| field.name.clone()).filter(|name| files(name) > 0).collect();
            let is = |set: &Vec<String>| {
                set.len() == given.len() && given.iter().all(|name| set.contains(name))
            };
            if !self.sets.iter().any(is) {
                faults.push(Fault::Combination { given, sets: self.sets.clone() });
            }
        }
        if let Some(together) = &self.together {
            let count: u64 = together.fields.iter().map(|name| files(name)).sum();
            if count < u64::from(together.min) || count > u64::from(together.max) {
                let (fields, min, max) = (together.fields.clone(), together.min, together.max);
                faults.push(Fault::Together { fields, min, max });
            }
        }
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.trim().is_empty(),
        Value::Media(all) => all.is_empty(),
        Value::Whole(_) | Value::Flag(_) => false,
    }
}

impl Field {
    /// Whether a value can be one of this field.
    #[must_use]
    pub fn holds(&self, value: &Value) -> bool {
        let mut faults = Vec::new();
        self.check(value, &mut faults);
        faults.is_empty()
    }

    /// What is wrong with one value.
    fn check(&self, value: &Value, faults: &mut Vec<Fault>) {
        let field = || self.name.clone();
        match (&self.kind, value) {
            (Kind::Text { max }, Value::Text(text)) => {
                let chars = text.chars().count() as u64;
                if let Some(max) = max.filter(|max| chars > u64::from(*max)) {
                    faults.push(Fault::TooLong { field: field(), chars, max });
                }
            }
            (Kind::Choice(choices), Value::Text(given)) => {
                if !choices.contains(given) {
                    let (given, choices) = (given.clone(), choices.clone());
                    faults.push(Fault::NoChoice { field: field(), given, choices });
                }
            }
            (Kind::Whole { min, max }, Value::Whole(n)) => {
                if !(min..=max).contains(&n) {
                    faults.push(Fault::Range { field: field(), min: *min, max: *max });
                }
            }
            (Kind::Seed, Value::Whole(n)) => {
                if *n > MAX_SEED {
                    faults.push(Fault::Range { field: field(), min: 0, max: MAX_SEED });
                }
            }
            (Kind::OneOf(all), Value::Whole(n)) => {
                if !all.contains(n) {
                    let choices = all.iter().map(ToString::to_string).collect();
                    faults.push(Fault::NoChoice { field: field(), given: n.to_string(), choices });
                }
            }
            (Kind::Flag, Value::Flag(_)) => {}
            (Kind::Size(sizes), Value::Text(given)) => {
                faults.extend(sizes.fault(&self.name, given));
            }
            (Kind::Media(rule), Value::Media(all)) => rule.check(&self.name, all, faults),
            (
                Kind::Text { .. }
                | Kind::Choice(_)
                | Kind::Whole { .. }
                | Kind::OneOf(_)
                | Kind::Seed
                | Kind::Flag
                | Kind::Size(_)
                | Kind::Media(_),
                _,
            ) => faults.push(Fault::WrongKind { field: field() }),
        }
    }
}

impl Sizes {
    /// Every size and word to choose from.
    #[must_use]
    pub fn choices(&self) -> Vec<String> {
        let listed = self.listed.iter().flat_map(|(_, sizes)| sizes).copied().map(written);
        self.words.iter().cloned().chain(listed).collect()
    }

    fn fault(&self, name: &str, given: &str) -> Option<Fault> {
        let field = name.to_owned();
        if self.words.iter().any(|word| word == given) {
            return None;
        }
        let Some(size) = size(given) else {
            return Some(Fault::NotSize { field, given: given.to_owned() });
        };
        let listed = self.listed.iter().any(|(_, sizes)| sizes.contains(&size));
        match self.free {
            _ if listed => None,
            Some(free) if free.holds(size) => None,
            Some(free) => Some(Fault::SizeRange { field, free }),
            None => {
                Some(Fault::NoChoice { field, given: given.to_owned(), choices: self.choices() })
            }
        }
    }
}

impl Free {
    /// Whether a size is within the limits.
    #[must_use]
    pub fn holds(&self, (width, height): (u32, u32)) -> bool {
        let (short, long) = (u64::from(width.min(height)), u64::from(width.max(height)));
        let area = self.area.is_none_or(|(min, max)| (min..=max).contains(&(short * long)));
        let side = self.side.is_none_or(|(min, max)| {
            (u64::from(min)..=u64::from(max)).contains(&short) && long <= u64::from(max)
        });
        area && side && self.ratio.is_none_or(|ratio| long <= short * u64::from(ratio))
    }
}

impl MediaRule {
    fn check(&self, name: &str, all: &[Media], faults: &mut Vec<Fault>) {
        let field = || name.to_owned();
        if all.len() as u64 > u64::from(self.most) {
            faults.push(Fault::TooMany { field: field(), most: self.most });
        }
        for media in all {
            if let (Media::File { bytes: Some(bytes), .. }, Some(max)) = (media, self.max_bytes)
                && *bytes > max
            {
                faults.push(Fault::TooLarge { field: field(), bytes: *bytes, max });
            }
            if let Some(given) = format(media)
                && !self.formats.is_empty()
                && !self.formats.contains(&given)
            {
                let formats = self.formats.clone();
                faults.push(Fault::Format { field: field(), given, formats });
            }
        }
    }

    /// Whether the field takes files of that kind.
    #[must_use]
    pub fn takes(&self, kind: FileKind) -> bool {
        self.kinds.contains(&kind)
    }
}

/// The format of a file, by the end of its name or by what it says of itself. An address need not
/// tell; the service will look.
fn format(media: &Media) -> Option<String> {
    let name = match media {
        Media::Url(url) => match url.strip_prefix("data:") {
            Some(data) => {
                let kind = data.split([';', ',']).next()?;
                let format = kind.rsplit('/').next()?.to_lowercase();
                let format = format.trim_start_matches("x-");
                return (!format.is_empty()).then(|| format.replace("mpeg", "mp3"));
            }
            None => url.split(['?', '#']).next()?,
        },
        Media::File { path, .. } => path,
    };
    let file = name.rsplit('/').next()?;
    let end = file.rsplit_once('.').map(|(_, end)| end.to_lowercase());
    match media {
        // Not every address ends in a name: only a format that is one is believed.
        Media::Url(_) => end.filter(|end| KNOWN.contains(&end.as_str())),
        Media::File { .. } => Some(end.unwrap_or_default()),
    }
}

/// Ends of names that tell a format.
const KNOWN: [&str; 23] = [
    "jpg", "jpeg", "png", "bmp", "webp", "gif", "tif", "tiff", "heic", "svg", "mp4", "mov", "avi",
    "mkv", "webm", "mpg", "flv", "wav", "mp3", "m4a", "flac", "ogg", "pdf",
];

#[cfg(test)]
mod tests;
