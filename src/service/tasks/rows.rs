//! The rows of tasks: one for each, from the wish to the file, and the number of its last change
//! by which other processes see that it changed. It refuses to begin or end a transaction, and to
//! decide what may follow what.

use rusqlite::types::Type;
use rusqlite::{OptionalExtension as _, Row, params};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::ids::{BatchId, EntryId, TaskKey};
use crate::domain::jobs::{Form, Media, Value};
use crate::domain::models::ModelId;
use crate::domain::money::{Currency, Money};
use crate::domain::tasks::book::{Asset, AssetState, Review, Stage, TaskRecord, Times};
use crate::domain::tasks::{FileKind, TaskId, TaskStatus};
use crate::service::store::{self, Change};

/// The number of the newest change.
pub(super) fn revision(change: &Change<'_>) -> rusqlite::Result<i64> {
    change
        .db
        .prepare_cached("SELECT coalesce(max(revision), 0) FROM tasks")?
        .query_row([], |row| row.get(0))
}

/// Writes a task as it is now; a new one comes at the end of the line if its place is 0.
pub(super) fn save(change: &Change<'_>, task: &TaskRecord) -> rusqlite::Result<()> {
    let revision = revision(change)? + 1;
    let times = &task.times;
    change
        .db
        .prepare_cached(
            "INSERT INTO tasks (key, profile, origin, model, title, form, batch, position, stage,
             remote, status, created_ms, sent_ms, answered_ms, submitted_ms, scheduled_ms,
             ended_ms, saved_ms, asked_ms, request_id, price, cost, entry, adopted, rewritten,
             assets, notice, review, raw, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
             ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30)
             ON CONFLICT (key) DO UPDATE SET position = excluded.position, stage = excluded.stage,
             remote = excluded.remote, status = excluded.status, sent_ms = excluded.sent_ms,
             answered_ms = excluded.answered_ms, submitted_ms = excluded.submitted_ms,
             scheduled_ms = excluded.scheduled_ms, ended_ms = excluded.ended_ms,
             saved_ms = excluded.saved_ms, asked_ms = excluded.asked_ms,
             request_id = excluded.request_id, cost = excluded.cost, entry = excluded.entry,
             adopted = excluded.adopted, title = excluded.title, rewritten = excluded.rewritten,
             assets = excluded.assets, notice = excluded.notice, review = excluded.review,
             raw = excluded.raw, revision = excluded.revision",
        )?
        .execute(params![
            task.key.0,
            task.profile,
            task.origin,
            task.model.as_str(),
            task.title,
            form_json(&task.form),
            task.batch.map(|batch| batch.0),
            task.position,
            task.stage.name(),
            task.remote.as_ref().map(TaskId::as_str),
            task.status.as_ref().map(TaskStatus::word),
            times.created,
            times.sent,
            times.answered,
            times.submitted,
            times.scheduled,
            times.ended,
            times.saved,
            times.asked,
            task.request_id,
            task.price.map(money_text),
            task.cost.map(money_text),
            task.entry.map(|entry| entry.0),
            task.adopted,
            task.rewritten,
            assets_json(&task.assets),
            task.notice.as_ref().and_then(store::notice_to_json),
            task.review.map(Review::name),
            task.raw,
            revision,
        ])?;
    Ok(())
}

const COLUMNS: &str = "key, profile, origin, model, title, form, batch, position, stage, remote,
    status, created_ms, sent_ms, answered_ms, submitted_ms, scheduled_ms, ended_ms, saved_ms,
    asked_ms, request_id, price, cost, entry, adopted, rewritten, assets, notice, review, raw";

/// One task.
pub(super) fn load(change: &Change<'_>, key: TaskKey) -> rusqlite::Result<Option<TaskRecord>> {
    change
        .db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM tasks WHERE key = ?1 AND hidden = 0"))?
        .query_row([key.0], read)
        .optional()
}

/// All tasks that changed after that number, oldest first.
pub(super) fn changed(change: &Change<'_>, after: i64) -> rusqlite::Result<Vec<TaskRecord>> {
    let mut rows = change.db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM tasks WHERE revision > ?1 AND hidden = 0 ORDER BY created_ms, key"
    ))?;
    rows.query_map([after], read)?.collect()
}

/// Tasks that were taken out of the list after that number.
pub(super) fn hidden(change: &Change<'_>, after: i64) -> rusqlite::Result<Vec<TaskKey>> {
    let mut rows =
        change.db.prepare_cached("SELECT key FROM tasks WHERE revision > ?1 AND hidden = 1")?;
    rows.query_map([after], |row| row.get(0).map(TaskKey))?.collect()
}

/// Takes a task out of the list. The row stays, so that its id is known when the account's list
/// tells it again.
pub(super) fn hide(change: &Change<'_>, key: TaskKey) -> rusqlite::Result<()> {
    let revision = revision(change)? + 1;
    change
        .db
        .prepare_cached("UPDATE tasks SET hidden = 1, revision = ?2 WHERE key = ?1")?
        .execute([key.0, revision])?;
    Ok(())
}

/// The ids at one place that are known here, whether they are shown or not.
pub(super) fn known(change: &Change<'_>, origin: &str) -> rusqlite::Result<Vec<TaskId>> {
    let mut rows = change
        .db
        .prepare_cached("SELECT remote FROM tasks WHERE origin = ?1 AND remote IS NOT NULL")?;
    let ids = rows.query_map([origin], |row| row.get::<_, String>(0))?;
    Ok(ids.collect::<rusqlite::Result<Vec<_>>>()?.iter().filter_map(|id| TaskId::new(id)).collect())
}

/// The first place in the line, or the place after the last.
pub(super) fn place(change: &Change<'_>, first: bool) -> rusqlite::Result<i64> {
    let query = if first {
        "SELECT coalesce(min(position), 1) - 1 FROM tasks"
    } else {
        "SELECT coalesce(max(position), 0) + 1 FROM tasks"
    };
    change.db.prepare_cached(query)?.query_row([], |row| row.get(0))
}

fn read(row: &Row<'_>) -> rusqlite::Result<TaskRecord> {
    let text = |name: &str| row.get::<_, Option<String>>(name);
    let stage: String = row.get("stage")?;
    let stage = Stage::from_name(&stage).ok_or_else(|| odd(8, &stage))?;
    let notice = text("notice")?.and_then(|json| store::notice_from_json(&json));
    Ok(TaskRecord {
        key: TaskKey(row.get("key")?),
        profile: row.get("profile")?,
        origin: row.get("origin")?,
        model: ModelId::new(&row.get::<_, String>("model")?),
        title: row.get("title")?,
        form: form(&row.get::<_, String>("form")?),
        batch: row.get::<_, Option<i64>>("batch")?.map(BatchId),
        position: row.get("position")?,
        stage,
        remote: text("remote")?.and_then(|id| TaskId::new(&id)),
        status: text("status")?.map(|word| TaskStatus::from_word(&word)),
        times: Times {
            created: row.get("created_ms")?,
            sent: row.get("sent_ms")?,
            answered: row.get("answered_ms")?,
            submitted: row.get("submitted_ms")?,
            scheduled: row.get("scheduled_ms")?,
            ended: row.get("ended_ms")?,
            saved: row.get("saved_ms")?,
            asked: row.get("asked_ms")?,
        },
        request_id: row.get("request_id")?,
        price: text("price")?.and_then(|text| money(&text)),
        cost: text("cost")?.and_then(|text| money(&text)),
        entry: row.get::<_, Option<i64>>("entry")?.map(EntryId),
        adopted: row.get("adopted")?,
        rewritten: row.get("rewritten")?,
        assets: assets(&row.get::<_, String>("assets")?),
        notice,
        review: text("review")?.and_then(|word| review(&word)),
        raw: row.get("raw")?,
    })
}

/// A word that only a newer program writes. The task is not shown half understood.
fn odd(column: usize, word: &str) -> rusqlite::Error {
    let reason = format!("unknown stage {word:?}");
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, reason.into())
}

fn review(word: &str) -> Option<Review> {
    [Review::Accepted, Review::Rejected].into_iter().find(|review| review.name() == word)
}

fn money_text(money: Money) -> String {
    format!("{} {}", money.amount, money.currency.code())
}

fn money(text: &str) -> Option<Money> {
    let (amount, word) = text.split_once(' ')?;
    let currency = match word {
        "CNY" => Currency::Cny,
        "USD" => Currency::Usd,
        _ => return None,
    };
    Some(Money { amount: amount.parse::<Decimal>().ok()?, currency })
}

/// A form as one JSON object: texts, numbers, flags, and lists of addresses and paths.
pub(super) fn form_json(form: &Form) -> String {
    let value = |value: &Value| match value {
        Value::Text(text) => serde_json::Value::from(text.as_str()),
        Value::Whole(number) => serde_json::Value::from(*number),
        Value::Flag(on) => serde_json::Value::from(*on),
        Value::Media(files) => files
            .iter()
            .map(|file| match file {
                Media::Url(url) => url.as_str(),
                Media::File { path, .. } => path.as_str(),
            })
            .collect(),
    };
    let all: serde_json::Map<_, _> =
        form.values.iter().map(|(name, held)| (name.clone(), value(held))).collect();
    serde_json::Value::Object(all).to_string()
}

fn form(json: &str) -> Form {
    let all: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).unwrap_or_default();
    let value = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => Some(Value::Text(text)),
        serde_json::Value::Number(number) => number.as_u64().map(Value::Whole),
        serde_json::Value::Bool(on) => Some(Value::Flag(on)),
        serde_json::Value::Array(files) => {
            let files = files.iter().filter_map(|file| file.as_str()).map(Media::new).collect();
            Some(Value::Media(files))
        }
        serde_json::Value::Null | serde_json::Value::Object(_) => None,
    };
    let values = all.into_iter().filter_map(|(name, held)| Some((name, value(held)?))).collect();
    Form { values }
}

/// A file as it is kept. The names stay when the domain's change.
#[derive(Serialize, Deserialize)]
struct AssetRow {
    part: u32,
    url: String,
    kind: String,
    state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

const KINDS: [(FileKind, &str); 4] = [
    (FileKind::Video, "video"),
    (FileKind::Image, "image"),
    (FileKind::Audio, "audio"),
    (FileKind::Other, "other"),
];

fn assets_json(assets: &[Asset]) -> String {
    let rows: Vec<AssetRow> = assets.iter().map(asset_row).collect();
    // Texts and numbers: nothing that could fail to become JSON.
    serde_json::to_string(&rows).unwrap_or_else(|_| "[]".to_owned())
}

fn asset_row(asset: &Asset) -> AssetRow {
    let kind = KINDS.iter().find(|(kind, _)| *kind == asset.kind).map_or("other", |(_, word)| word);
    let mut row = AssetRow {
        part: asset.part,
        url: asset.url.clone(),
        kind: kind.to_owned(),
        state: "wanted".to_owned(),
        path: None,
        bytes: None,
        sha256: None,
        notice: None,
    };
    match &asset.state {
        AssetState::Wanted => {}
        AssetState::Saved { path, bytes, sha256 } => {
            "saved".clone_into(&mut row.state);
            row.path = Some(path.clone());
            row.bytes = Some(*bytes);
            row.sha256 = Some(sha256.clone());
        }
        AssetState::Failed(notice) => {
            "failed".clone_into(&mut row.state);
            row.notice = store::notice_to_json(notice);
        }
        AssetState::Expired => "expired".clone_into(&mut row.state),
    }
    row
}

fn assets(json: &str) -> Vec<Asset> {
    let rows: Vec<AssetRow> = serde_json::from_str(json).unwrap_or_default();
    rows.into_iter().map(asset).collect()
}

fn asset(row: AssetRow) -> Asset {
    let kind = KINDS.iter().find(|(_, word)| *word == row.kind);
    let state = match (row.state.as_str(), row.path, row.bytes, row.sha256) {
        ("saved", Some(path), Some(bytes), Some(sha256)) => {
            AssetState::Saved { path, bytes, sha256 }
        }
        ("failed", ..) => row
            .notice
            .and_then(|json| store::notice_from_json(&json))
            .map_or(AssetState::Wanted, AssetState::Failed),
        ("expired", ..) => AssetState::Expired,
        // What is not understood is fetched again: a file is never written over.
        _ => AssetState::Wanted,
    };
    Asset {
        part: row.part,
        url: row.url,
        kind: kind.map_or(FileKind::Other, |(kind, _)| *kind),
        state,
    }
}
