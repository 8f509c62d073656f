//! What an answer about a task changes in what is kept of it: pure, from record and snapshot to the
//! next record. It refuses to go back, to lose a file's address, and to charge for what failed.

use crate::domain::ledger::{Outcome, Settlement, Units};
use crate::domain::money::Money;
use crate::domain::notice::{Notice, NoticeKind, TaskNotice};
use crate::domain::tasks::book::{Asset, AssetState, Stage, TaskRecord};
use crate::domain::tasks::{TaskPart, TaskSnapshot, TaskStatus, TaskUsage};

/// A task the service does not know within this time of its making is not visible yet.
const VISIBLE: i64 = 60_000;

/// A task that waits at the service for so long is told of, in milliseconds: usual are seconds, and
/// minutes in a crowd.
const STUCK: i64 = 30 * 60_000;

/// What became of a record by an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// The record now.
    pub(super) task: TaskRecord,
    /// What the ledger is told: once, at the end.
    pub(super) settlement: Option<Settlement>,
}

/// Takes over what the service said; `None` where nothing changed. `cost` is what its usage comes
/// to, where that is known; `why` explains a failure.
pub(super) fn apply(
    before: &TaskRecord,
    snapshot: &TaskSnapshot,
    now_ms: i64,
    cost: Option<Money>,
    why: impl FnOnce() -> Notice,
) -> Option<Seen> {
    // A late answer to an old question: two programs may have asked when the lease changed hands.
    // Only one that was given up can come back.
    if before.stage.is_final() && before.stage != Stage::Lost {
        return None;
    }
    let mut task = before.clone();
    let known = before.status.clone().unwrap_or(TaskStatus::Pending);
    if snapshot.status == TaskStatus::Unknown {
        return unknown(before, now_ms);
    }
    if known != TaskStatus::Unknown && !known.can_become(&snapshot.status) {
        return None;
    }
    let times = &mut task.times;
    times.submitted = snapshot.submitted_ms.or(times.submitted);
    times.scheduled = snapshot.scheduled_ms.or(times.scheduled);
    times.ended = snapshot.ended_ms.or(times.ended);
    task.status = Some(snapshot.status.clone());
    task.rewritten = snapshot.rewritten.clone().or(task.rewritten);
    if task.title.is_empty()
        && let Some(prompt) = &snapshot.prompt
    {
        task.title.clone_from(prompt);
    }
    task.raw.clone_from(&snapshot.raw);
    let mut settlement = None;
    match snapshot.status {
        TaskStatus::Succeeded => {
            task.times.ended.get_or_insert(now_ms);
            task.assets = assets(before, snapshot);
            task.cost = cost.or(task.cost);
            task.notice = shortfall(&task, snapshot);
            task.stage = if task.assets.is_empty() { Stage::Expired } else { Stage::Saving };
            settlement = settle(&task, Outcome::Done, cost, &snapshot.usage);
        }
        TaskStatus::Failed => {
            task.times.ended.get_or_insert(now_ms);
            task.stage = Stage::Failed;
            task.notice = Some(why());
            settlement = settle(&task, Outcome::Refused, None, &snapshot.usage);
        }
        TaskStatus::Canceled => {
            task.times.ended.get_or_insert(now_ms);
            task.stage = Stage::Canceled;
            settlement = settle(&task, Outcome::Refused, None, &snapshot.usage);
        }
        TaskStatus::Pending => {
            task.stage = Stage::Following;
            let since = task.times.submitted.unwrap_or(task.times.created);
            if task.notice.is_none() && now_ms - since >= STUCK {
                let minutes = u64::try_from((now_ms - since) / 60_000).unwrap_or(0);
                task.notice = Some(about(TaskNotice::StillPending { minutes }, snapshot));
            }
        }
        TaskStatus::Running
        | TaskStatus::Suspended
        | TaskStatus::Other(_)
        | TaskStatus::Unknown => {
            task.stage = Stage::Following;
            task.notice.take_if(|notice| is_waiting(notice));
        }
    }
    let is_news = task != *before;
    is_news.then_some(Seen { task, settlement })
}

fn about(notice: TaskNotice, snapshot: &TaskSnapshot) -> Notice {
    Notice::new(NoticeKind::Task(notice)).with_request_id(snapshot.request_id.clone())
}

/// It was said that the service has not begun.
const fn is_waiting(notice: &Notice) -> bool {
    matches!(notice.kind, NoticeKind::Task(TaskNotice::StillPending { .. }))
}

/// What a success does not hold: any file at all, or some of its parts.
fn shortfall(task: &TaskRecord, snapshot: &TaskSnapshot) -> Option<Notice> {
    if task.assets.is_empty() {
        return Some(about(TaskNotice::NoFile, snapshot));
    }
    let told = snapshot.metrics.map_or(0, |metrics| metrics.failed);
    let failed = told.max(snapshot.failures().count() as u64);
    if failed == 0 {
        return None;
    }
    let made = task.assets.len() as u64;
    let notice = about(TaskNotice::Partly { made, of: made + failed }, snapshot);
    let why = snapshot.failures().next().map(|failure| {
        let words = [failure.code.as_str(), failure.message.as_str()];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(": ")
    });
    Some(match why.filter(|why| !why.is_empty()) {
        Some(why) => notice.with_detail(why),
        None => notice,
    })
}

/// The service does not know the id: it is too new, too old, or was never there.
fn unknown(before: &TaskRecord, now_ms: i64) -> Option<Seen> {
    let since = before.times.submitted.or(before.times.answered).unwrap_or(before.times.created);
    if before.stage != Stage::Following || now_ms - since < VISIBLE {
        return None;
    }
    let mut task = before.clone();
    task.stage = Stage::Lost;
    task.status = Some(TaskStatus::Unknown);
    task.notice = Some(Notice::new(NoticeKind::Task(TaskNotice::Vanished)));
    // It may have been done and paid: what was reserved stays.
    let settlement = settle(&task, Outcome::Unknown, None, &TaskUsage::default());
    Some(Seen { task, settlement })
}

/// The files of an answer. Those that are on disk stay so; a fresh address takes the place of an
/// old one.
fn assets(before: &TaskRecord, snapshot: &TaskSnapshot) -> Vec<Asset> {
    let parts = snapshot.parts.iter().zip(0_u32..);
    parts
        .filter_map(|(part, number)| match part {
            TaskPart::File(file) => Some((file, number)),
            TaskPart::Failed(_) => None,
        })
        .map(|(file, part)| {
            let old = before.assets.iter().find(|asset| asset.part == part);
            let state = match old.map(|asset| &asset.state) {
                Some(saved @ AssetState::Saved { .. }) => saved.clone(),
                Some(AssetState::Wanted | AssetState::Failed(_) | AssetState::Expired) | None => {
                    AssetState::Wanted
                }
            };
            Asset { part, url: file.url.clone(), kind: file.kind, state }
        })
        .collect()
}

/// The end of a task's entry in the ledger.
pub(super) fn settle(
    task: &TaskRecord,
    outcome: Outcome,
    money: Option<Money>,
    usage: &TaskUsage,
) -> Option<Settlement> {
    let id = task.entry?;
    let span = |from: Option<i64>, to: Option<i64>| {
        let ms = u64::try_from(to?.checked_sub(from?)?).ok()?;
        Some(std::time::Duration::from_millis(ms))
    };
    Some(Settlement {
        id,
        outcome,
        units: units(usage),
        money,
        estimated: false,
        answered: None,
        request_id: task.request_id.clone(),
        first: None,
        total: span(task.times.submitted.or(task.times.sent), task.times.ended),
    })
}

fn units(usage: &TaskUsage) -> Units {
    use rust_decimal::prelude::ToPrimitive as _;

    let millis = usage.seconds.and_then(|seconds| {
        seconds.checked_mul(rust_decimal::Decimal::ONE_THOUSAND).and_then(|ms| ms.to_u64())
    });
    Units {
        input: usage.tokens,
        duration: millis.map(std::time::Duration::from_millis),
        pieces: usage.videos.or(usage.images),
        resolution: usage.resolution.clone(),
        ..Units::default()
    }
}

#[cfg(test)]
mod tests;
