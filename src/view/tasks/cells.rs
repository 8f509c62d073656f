//! What a row says of a task: sign, state, age, what is left, price, file. It refuses to lay it
//! out: the strip and the list do that each in its own way.

use std::time::Duration;

use super::Scene;
use crate::domain::settings::Language;
use crate::domain::tasks::TaskStatus;
use crate::domain::tasks::book::{Stage, TaskRecord};
use crate::text::sanitize;
use crate::theme::Role;
use crate::words::tasks_pane::{Pane, age};

/// Less than this is left of the service's keeping: red.
const SOON: Duration = Duration::from_secs(2 * 3_600);

/// The parts of a row.
pub(super) struct Cells {
    pub(super) glyph: &'static str,
    /// How the sign and the state look.
    pub(super) role: Role,
    pub(super) state: String,
    pub(super) model: String,
    pub(super) title: String,
    pub(super) age: String,
    /// Until it is done, how much has arrived, or how long it is kept.
    pub(super) left: Option<(String, Role)>,
    pub(super) price: String,
    pub(super) file: String,
}

impl Cells {
    pub(super) fn of(scene: &Scene<'_>, task: &TaskRecord) -> Self {
        let language = scene.state.settings().language;
        let (glyph, role) = sign(task);
        let price = task.cost.or(task.price).map(|money| money.to_string());
        let model = if task.model.as_str().is_empty() { "?" } else { task.model.as_str() };
        let title = match (task.title.as_str(), &task.remote) {
            ("", Some(id)) => id.to_string(),
            (title, _) => sanitize::line(title),
        };
        Self {
            glyph,
            role,
            state: Pane::State(task.stage, task.status.as_ref()).say(language),
            model: sanitize::line(model),
            title,
            age: how_old(scene, task, language),
            left: left(scene, task, language),
            price: price.unwrap_or_default(),
            file: sanitize::line(name(task.saved().next().unwrap_or_default())),
        }
    }
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The sign of a task and how it looks.
pub(super) fn sign(task: &TaskRecord) -> (&'static str, Role) {
    match task.stage {
        Stage::Waiting => ("·", Role::Muted),
        Stage::Paused => ("‖", Role::Muted),
        Stage::Sending => ("↑", Role::Info),
        Stage::Maybe => ("?", Role::Warning),
        Stage::Refused | Stage::Failed | Stage::Lost => ("✗", Role::Error),
        Stage::Following if task.status == Some(TaskStatus::Running) => ("▶", Role::Info),
        Stage::Following => ("…", Role::Info),
        Stage::Saving => ("↓", Role::Info),
        Stage::Saved => ("✓", Role::TaskDone),
        Stage::Canceled => ("–", Role::Muted),
        Stage::Expired => ("✗", Role::Warning),
    }
}

/// Milliseconds between two moments, none if the clock went back.
pub(super) fn between(from: i64, to: i64) -> Duration {
    Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}

/// How long it is under way, or took.
fn how_old(scene: &Scene<'_>, task: &TaskRecord, language: Language) -> String {
    let times = &task.times;
    let since = times.submitted.or(times.sent).unwrap_or(times.created);
    let until = match task.stage {
        Stage::Waiting
        | Stage::Paused
        | Stage::Sending
        | Stage::Maybe
        | Stage::Following
        | Stage::Saving => scene.now.wall_ms,
        Stage::Refused
        | Stage::Saved
        | Stage::Failed
        | Stage::Canceled
        | Stage::Expired
        | Stage::Lost => times.ended.or(times.answered).unwrap_or(since),
    };
    age(language, between(since, until))
}

/// What is left: until it is done, of its files, or of the service's keeping them.
fn left(scene: &Scene<'_>, task: &TaskRecord, language: Language) -> Option<(String, Role)> {
    match task.stage {
        Stage::Following => {
            let left = scene.state.tasks().left(task, scene.now)?;
            let said = if left.is_zero() { Pane::AnyMoment } else { Pane::Left(left) };
            Some((said.say(language), Role::Muted))
        }
        Stage::Saving => {
            let arriving = scene.state.tasks().shelf().arriving(task.key)?;
            let percent = arriving.done.saturating_mul(100).checked_div(arriving.total?)?;
            Some((Pane::Arrived(percent.min(100)).say(language), Role::Info))
        }
        Stage::Saved | Stage::Expired => kept(scene, task, language),
        Stage::Waiting
        | Stage::Paused
        | Stage::Sending
        | Stage::Maybe
        | Stage::Refused
        | Stage::Failed
        | Stage::Canceled
        | Stage::Lost => None,
    }
}

/// How long the service keeps its files.
pub(super) fn kept(
    scene: &Scene<'_>,
    task: &TaskRecord,
    language: Language,
) -> Option<(String, Role)> {
    let left = between(scene.now.wall_ms, task.expires_ms()?);
    if left.is_zero() {
        return Some((Pane::Gone.say(language), Role::Muted));
    }
    let role = if left < SOON { Role::Error } else { Role::Muted };
    Some((Pane::Expires(left).say(language), role))
}
