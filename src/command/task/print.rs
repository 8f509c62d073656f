//! How tasks are told to shells: lines with tabs, a table for eyes, JSON with names that stay. It
//! refuses signed addresses, and anything that could drive a terminal.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde_json::{Value, json};

use super::find::name;
use crate::domain::jobs::{Form, Media, Value as Filled};
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::domain::notice::Notice;
use crate::domain::settings::Language;
use crate::domain::tasks::book::{AssetState, Review, Stage, TaskRecord};
use crate::domain::tasks::{TaskRow, TaskStatus};
use crate::domain::time::Now;
use crate::text::sanitize;
use crate::text::width::Widths;
use crate::words;
use crate::words::task_line::Line;
use crate::words::tasks_pane::{Label, Pane};

/// Columns of a prompt in a table.
const PROMPT: usize = 40;

/// How far a task is, in a word.
pub(super) fn state(task: &TaskRecord, language: Language) -> String {
    Pane::State(task.stage, task.status.as_ref()).say(language)
}

/// The same for programs, in no language: the service's word while it is there, else the stage's.
pub(super) fn word(task: &TaskRecord) -> String {
    match (&task.status, task.stage) {
        (Some(status), Stage::Following) => status.word().to_owned(),
        (_, stage) => stage.name().to_owned(),
    }
}

/// Day and time, local: `2026-11-28 14:03`.
pub(super) fn moment(now: Now, ms: i64) -> String {
    let ((year, month, day), (hour, minute)) = (now.date(ms), now.clock(ms));
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

/// The fields of a task's line, with its state as it is given.
pub(super) fn fields(task: &TaskRecord, now: Now, state: String) -> [String; 8] {
    let money = task.cost.or(task.price).map(|money| money.to_string()).unwrap_or_default();
    [
        name(task),
        task.key.to_string(),
        state,
        task.model.to_string(),
        moment(now, task.times.created),
        money,
        task.saved().next().unwrap_or_default().to_owned(),
        task.title.clone(),
    ]
    .map(|field| sanitize::line(&field).replace('\t', " "))
}

/// The fields of a line about a task of the account, with its state as it is given.
pub(super) fn row_fields(row: &TaskRow, now: Now, state: &str) -> [String; 4] {
    [
        row.id.to_string(),
        state.to_owned(),
        row.model.as_ref().map(ToString::to_string).unwrap_or_default(),
        row.created_ms.map(|ms| moment(now, ms)).unwrap_or_default(),
    ]
    .map(|field| sanitize::line(&field).replace('\t', " "))
}

/// One line a thing.
pub(super) fn a_line_each<T: std::fmt::Display>(things: impl Iterator<Item = T>) -> String {
    things.fold(String::new(), |mut text, thing| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{thing}");
        text
    })
}

/// Lines with tabs.
pub(super) fn lines<const N: usize>(rows: &[[String; N]]) -> String {
    rows.iter().map(|row| row.join("\t") + "\n").collect()
}

/// Columns as wide as what is in them.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let widths = Widths::default();
    let mut columns = [0; N];
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            *column = widths.text(cell).max(*column);
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in columns.iter().zip(row) {
            line.push_str(cell);
            line.push_str(&" ".repeat(column - widths.text(cell) + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// What of a task's line is shown in a table: without its key, the prompt shortened.
pub(super) fn for_eyes(fields: [String; 8]) -> [String; 6] {
    let [id, _, state, model, made, money, file, prompt] = fields;
    let file = file.rsplit('/').next().unwrap_or_default().to_owned();
    let last = if file.is_empty() { shortened(&prompt) } else { file };
    [id, state, model, made, money, last]
}

fn shortened(text: &str) -> String {
    let widths = Widths::default();
    if widths.text(text) <= PROMPT {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut columns = 1;
    for cluster in widths.clusters(text) {
        columns += cluster.cells;
        if columns > PROMPT {
            break;
        }
        out.push_str(cluster.text);
    }
    out.push('…');
    out
}

/// A task as JSON. Times as RFC 3339 in UTC, money as a decimal in quotes.
pub(in crate::command) fn value(task: &TaskRecord, language: Language) -> Value {
    let times = &task.times;
    json!({
        "type": "task",
        "key": task.key.to_string(),
        "id": task.remote.as_ref().map(ToString::to_string),
        "profile": task.profile,
        "origin": task.origin,
        "model": task.model.as_str(),
        "prompt": task.title,
        "batch": task.batch.map(|batch| batch.to_string()),
        "stage": task.stage.name(),
        "status": task.status.as_ref().map(TaskStatus::word),
        "adopted": task.adopted,
        "request_id": task.request_id,
        "price": task.price.map(money),
        "cost": task.cost.map(money),
        "created": stamp(Some(times.created)),
        "submitted": stamp(times.submitted),
        "scheduled": stamp(times.scheduled),
        "ended": stamp(times.ended),
        "saved": stamp(times.saved),
        "expires": stamp(task.expires_ms()),
        "files": task.assets.iter().map(|asset| match &asset.state {
            AssetState::Saved { path, bytes, sha256 } => json!({
                "part": asset.part, "state": "saved", "path": path, "bytes": bytes, "sha256": sha256,
            }),
            AssetState::Wanted => json!({"part": asset.part, "state": "wanted"}),
            AssetState::Expired => json!({"part": asset.part, "state": "expired"}),
            AssetState::Failed(why) => json!({
                "part": asset.part, "state": "failed", "why": words::line(language, why),
            }),
        }).collect::<Vec<_>>(),
        "review": task.review.map(Review::name),
        "why": task.notice.as_ref().map(|notice| words::line(language, notice)),
    })
}

/// All about a task as JSON: with what was filled in and the service's last answer.
pub(super) fn whole_value(task: &TaskRecord, language: Language) -> Value {
    let mut value = value(task, language);
    value["rewritten_prompt"] = json!(task.rewritten);
    value["form"] = form(&task.form);
    // An answer that is no JSON is kept as the text it was.
    value["answer"] = serde_json::from_str(&task.raw)
        .unwrap_or_else(|_| if task.raw.is_empty() { Value::Null } else { json!(task.raw) });
    value
}

fn form(form: &Form) -> Value {
    let held = |value: &Filled| match value {
        Filled::Text(text) => json!(text),
        Filled::Whole(number) => json!(number),
        Filled::Flag(on) => json!(on),
        Filled::Media(files) => files.iter().map(|file| json!(place(file))).collect(),
    };
    form.values.iter().map(|(name, value)| (name.clone(), held(value))).collect()
}

/// Where a file is. An address without its query, which may be a signature; a content that was given
/// by itself is not repeated.
fn place(media: &Media) -> &str {
    match media {
        Media::File { path, .. } => path,
        Media::Url(url) if url.starts_with("data:") => "data:",
        Media::Url(url) => url.split(['?', '#']).next().unwrap_or_default(),
    }
}

/// A task of the account as JSON.
pub(super) fn row_value(row: &TaskRow) -> Value {
    json!({
        "type": "account",
        "id": row.id.to_string(),
        "model": row.model.as_ref().map(ModelId::as_str),
        "status": row.status.word(),
        "created": stamp(row.created_ms),
        "request_id": row.request_id,
    })
}

/// An amount.
pub(in crate::command) fn money(money: Money) -> Value {
    json!({"amount": money.amount.normalize().to_string(), "currency": money.currency.code()})
}

fn stamp(ms: Option<i64>) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(ms?).ok()?;
    Some(format!("{at:.0}"))
}

/// All about a task for eyes: one line a fact.
pub(super) fn details(task: &TaskRecord, now: Now, language: Language) -> String {
    let at = |ms: Option<i64>| ms.map(|ms| moment(now, ms));
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let times = &task.times;
    let filled = task.form.values.iter().map(|(name, value)| match value {
        Filled::Text(text) => format!("{name}={text}"),
        Filled::Whole(number) => format!("{name}={number}"),
        Filled::Flag(on) => format!("{name}={}", if *on { "on" } else { "off" }),
        Filled::Media(files) => {
            format!("{name}={}", files.iter().map(place).collect::<Vec<_>>().join(","))
        }
    });
    let mut facts = vec![
        (Label::TaskId, task.remote.as_ref().map(ToString::to_string)),
        (Label::State, Some(state(task, language))),
        (Label::Cause, task.notice.as_ref().map(|notice| words::line(language, notice))),
        (Label::Model, text(task.model.as_str())),
        (Label::Prompt, text(&task.title)),
        (Label::Rewritten, task.rewritten.clone()),
        (Label::Fields, text(&filled.collect::<Vec<_>>().join(" "))),
        (Label::Expected, task.price.map(|money| money.to_string())),
        (Label::Cost, task.cost.map(|money| money.to_string())),
        (Label::Created, at(Some(times.created))),
        (Label::Sent, at(times.sent)),
        (Label::Submitted, at(times.submitted)),
        (Label::Scheduled, at(times.scheduled)),
        (Label::Done, at(times.ended)),
        (Label::Saved, at(times.saved)),
        (Label::Expiry, at(task.expires_ms())),
        (Label::RequestId, task.request_id.clone()),
        (Label::Origin, text(&task.origin)),
    ];
    for asset in &task.assets {
        let line = match &asset.state {
            AssetState::Saved { path, .. } => path.clone(),
            AssetState::Failed(why) => words::line(language, why),
            AssetState::Wanted => Pane::State(task.stage, None).say(language),
            AssetState::Expired => Pane::Gone.say(language),
        };
        facts.push((Label::File, Some(line)));
    }
    let rows: Vec<[String; 2]> =
        std::iter::once([Line::Key.say(language).into_owned(), task.key.to_string()])
            .chain(facts.into_iter().filter_map(|(label, fact)| {
                Some([Pane::Label(label).say(language), sanitize::line(&fact?)])
            }))
            .collect();
    table(&rows)
}

/// A notice on stderr.
pub(in crate::command) fn tell_notice(notice: &Notice, language: Language) {
    tell(&words::line(language, notice));
}

/// A sentence on stderr. An error there has nobody left to hear it.
pub(in crate::command) fn tell(text: &str) {
    drop(writeln!(io::stderr(), "lian: {}", sanitize::line(text)));
}

#[cfg(test)]
mod tests {
    use super::super::testing::record;
    use super::*;
    use crate::domain::tasks::FileKind;
    use crate::domain::tasks::book::Asset;

    #[test]
    fn nothing_in_a_task_breaks_its_line_or_shows_a_signature() {
        let mut task = record(7);
        task.title = "a\tb\u{1b}[2J".to_owned();
        task.form.set("image", Some(Filled::Media(vec![Media::new("https://h/x.png?Sign=1")])));
        task.assets = vec![Asset {
            part: 0,
            url: "https://h/v.mp4?Signature=secret".to_owned(),
            kind: FileKind::Video,
            state: AssetState::Wanted,
        }];
        let now = Now::default();
        let fields = fields(&task, now, word(&task));
        let line = lines(std::slice::from_ref(&fields));
        assert_eq!(line.matches('\t').count(), 7, "{line:?}");
        assert!(!line.contains('\u{1b}'), "{line:?}");
        let all = whole_value(&task, Language::En).to_string()
            + &details(&task, now, Language::En)
            + &table(&[for_eyes(fields)]);
        assert!(!all.contains("Sign"), "{all}");
        assert!(all.contains("https://h/x.png"));
    }

    #[test]
    fn a_task_is_told_whole() {
        let mut task = record(7);
        (task.stage, task.raw) = (Stage::Saved, r#"{"output":{"task_status":"SUCCEEDED"}}"#.into());
        let value = whole_value(&task, Language::En);
        assert_eq!(value["answer"]["output"]["task_status"], "SUCCEEDED");
        assert_eq!(value["stage"], "saved");
        task.raw = "no JSON".to_owned();
        assert_eq!(whole_value(&task, Language::En)["answer"], "no JSON");
    }
}
