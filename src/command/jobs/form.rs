//! From flags to forms, by the schema of the model: every value is read as the form on the screen
//! would read it. It refuses what the service would refuse, with what is allowed.

use crate::cli::jobs::CreateArgs;
use crate::domain::jobs::{Form, Job, Kind, Media, Value};
use crate::domain::settings::Language;
use crate::service::attachments::look::{Base, look};
use crate::text::sanitize;
use crate::words;
use crate::words::jobs::Jobs;
use crate::words::task_line::Line;

/// What the flags say, by the names of fields. Several files of one field stand on lines of their own.
fn given(args: &CreateArgs, language: Language) -> Result<Vec<(String, String)>, String> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, text: &Option<String>| {
        all.extend(text.iter().map(|text| (name.to_owned(), text.clone())));
    };
    add("negative_prompt", &args.negative);
    add("last_image", &args.last_image);
    add("audio", &args.audio);
    add("size", &args.size);
    add("resolution", &args.resolution);
    add("duration", &args.duration);
    add("seed", &args.seed);
    add("n", &args.n);
    if !args.image.is_empty() {
        all.push(("image".to_owned(), args.image.join("\n")));
    }
    for pair in &args.set {
        let Some((name, text)) = pair.split_once('=') else {
            return Err(Line::NotPair(&sanitize::line(pair)).say(language).into_owned());
        };
        let name = name.trim().replace('-', "_");
        // The same name again is one more file of a field, or another word on it.
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, before)) => *before = format!("{before}\n{text}"),
            None => all.push((name, text.to_owned())),
        }
    }
    Ok(all)
}

/// A form for each prompt; one without, where there is none. Or what is wrong, a sentence each.
pub(super) fn forms(
    job: &Job,
    args: &CreateArgs,
    prompts: &[String],
    base: &Base,
    language: Language,
) -> Result<Vec<Form>, Vec<String>> {
    let mut form = Form::new(job);
    let mut wrong = Vec::new();
    let given = given(args, language).map_err(|sentence| vec![sentence])?;
    for (name, text) in &given {
        let Some(field) = job.field(name) else {
            let field = sanitize::line(name);
            wrong.push(said(&crate::domain::jobs::Fault::NoField { field }, language));
            continue;
        };
        match field.read(text) {
            Ok(value) => match files_of(value, base, language) {
                Ok(value) => form.set(name, value),
                Err(sentence) => wrong.push(sentence),
            },
            Err(fault) => wrong.push(said(&fault, language)),
        }
    }
    let forms: Vec<Form> = match prompt_field(job) {
        Some(name) if !prompts.is_empty() => prompts
            .iter()
            .map(|prompt| {
                let mut form = form.clone();
                form.set(&name, Some(Value::Text(prompt.clone())));
                form
            })
            .collect(),
        Some(_) | None => vec![form],
    };
    for form in &forms {
        for fault in job.check(form) {
            let sentence = said(&fault, language);
            if !wrong.contains(&sentence) {
                wrong.push(sentence);
            }
        }
    }
    if wrong.is_empty() {
        return Ok(forms);
    }
    let fields: Vec<&str> = job.fields.iter().map(|field| field.name.as_str()).collect();
    wrong.push(Line::Takes(&fields.join(", ")).say(language).into_owned());
    Err(wrong)
}

fn said(fault: &crate::domain::jobs::Fault, language: Language) -> String {
    sanitize::line(&Jobs::Fault(fault).say(language))
}

/// The first text of a form is its prompt.
fn prompt_field(job: &Job) -> Option<String> {
    let mut texts = job.fields.iter().filter(|field| matches!(field.kind, Kind::Text { .. }));
    texts.next().map(|field| field.name.clone())
}

/// Files of this machine are looked at before anything costs money: they are there, can be read, and
/// are what their first bytes say.
fn files_of(
    value: Option<Value>,
    base: &Base,
    language: Language,
) -> Result<Option<Value>, String> {
    let Some(Value::Media(mut files)) = value else { return Ok(value) };
    for file in &mut files {
        if let Media::File { path, bytes } = file {
            let found = look(path, base).map_err(|notice| words::line(language, &notice))?;
            *bytes = found.bytes;
            *path = base.from_root(path);
        }
    }
    Ok(Some(Value::Media(files)))
}

/// The prompt of a form in one clean line.
pub(super) fn title(job: &Job, form: &Form) -> String {
    let prompt = prompt_field(job).and_then(|name| match form.get(&name) {
        Some(Value::Text(text)) => Some(text.clone()),
        Some(Value::Whole(_) | Value::Flag(_) | Value::Media(_)) | None => None,
    });
    let prompt = prompt.unwrap_or_default();
    sanitize::line(&prompt.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests look at files of their own")]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::domain::models::ModelId;

    fn made(model: &str, args: &CreateArgs, prompts: &[&str]) -> Result<Vec<Form>, Vec<String>> {
        let job = Catalog::embedded().job(&ModelId::new(model)).unwrap();
        let prompts: Vec<String> = prompts.iter().map(|p| (*p).to_owned()).collect();
        forms(&job, args, &prompts, &Base::default(), Language::En)
    }

    #[test]
    fn flags_fill_the_fields_of_the_schema_and_each_prompt_is_a_form() {
        let args = CreateArgs {
            size: Some("832x480".to_owned()),
            duration: Some("5".to_owned()),
            seed: Some("7".to_owned()),
            negative: Some("rain".to_owned()),
            set: vec!["prompt-extend=off".to_owned()],
            ..CreateArgs::default()
        };
        let forms = made("wan2.5-t2v-preview", &args, &["a boat", "a kite"]).unwrap();
        assert_eq!(forms.len(), 2);
        assert_eq!(forms[0].get("size"), Some(&Value::Text("832*480".to_owned())));
        assert_eq!(forms[1].get("prompt"), Some(&Value::Text("a kite".to_owned())));
        assert_eq!(forms[1].get("prompt_extend"), Some(&Value::Flag(false)));
        assert_eq!(forms[1].get("seed"), Some(&Value::Whole(7)));
    }

    #[test]
    fn what_the_model_does_not_take_is_told_with_what_it_takes() {
        let with = |change: fn(&mut CreateArgs)| {
            let mut args = CreateArgs::default();
            change(&mut args);
            made("wan2.5-t2v-preview", &args, &["x"]).unwrap_err().join("\n")
        };
        let size = with(|args| args.size = Some("1x1".to_owned()));
        assert!(size.contains("1280*720"), "{size}");
        let duration = with(|args| args.duration = Some("7".to_owned()));
        assert!(duration.contains("duration") && duration.contains('5'), "{duration}");
        let unknown = with(|args| args.set = vec!["colour=red".to_owned()]);
        assert!(unknown.contains("no colour") && unknown.contains("it takes prompt"), "{unknown}");
        let pair = with(|args| args.set = vec!["colour".to_owned()]);
        assert!(pair.contains("NAME=VALUE"), "{pair}");
        let missing = made("wan2.5-t2v-preview", &CreateArgs::default(), &[]).unwrap_err();
        assert!(missing[0].contains("prompt must be given"), "{missing:?}");
    }

    #[test]
    fn a_file_is_looked_at_before_anything_is_sent() {
        let dir = tempfile::TempDir::new().unwrap();
        let base = Base { cwd: dir.path().to_owned(), home: None };
        let job = Catalog::embedded().job(&ModelId::new("wan2.5-i2v-preview")).unwrap();
        let with = |image: &str| {
            let args = CreateArgs { image: vec![image.to_owned()], ..CreateArgs::default() };
            forms(&job, &args, &["x".to_owned()], &base, Language::En)
        };
        assert!(with("gone.png").unwrap_err()[0].contains("gone.png"));
        std::fs::write(dir.path().join("text.png"), "no picture").unwrap();
        assert!(with("text.png").unwrap_err()[0].contains("text.png"));
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x02\0\x08\x02\0\0\0";
        std::fs::write(dir.path().join("cat.png"), png).unwrap();
        let found = with("cat.png").unwrap();
        let Some(Value::Media(files)) = found[0].get("image") else { panic!() };
        let path = dir.path().join("cat.png").display().to_string();
        assert_eq!(files[0], Media::File { path, bytes: Some(29) });
    }
}
