//! Sends one task whose intent is on disk, once, and tells what became of it. It refuses to try
//! again: whether that may be is told, and decided elsewhere.

use std::time::Duration;

use super::Deps;
use crate::api::diagnose::{Asked, Purpose, diagnose};
use crate::api::error::{ApiError, Refusal};
use crate::api::jobs::{self, Made, MakeError};
use crate::api::region::Endpoint;
use crate::domain::jobs::{Created, Fate};
use crate::domain::models::ModelId;
use crate::domain::notice::{Notice, NoticeKind, TaskNotice};
use crate::domain::tasks::book::TaskRecord;
use crate::domain::tasks::{TaskPart, TaskUsage};

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sent {
    /// There is a task.
    Task(Created),
    /// The result came at once.
    Now {
        /// Files, and parts that failed.
        parts: Vec<TaskPart>,
        /// What was used.
        usage: TaskUsage,
        /// The id to quote to support.
        request_id: Option<String>,
        /// The answer as it came.
        raw: String,
    },
    /// There is none: it never left, or the service refused it.
    Refused(Notice),
    /// There is none, and it may be sent again after a wait.
    Again {
        /// How long at least, as far as the service says.
        wait: Option<Duration>,
        /// Why.
        notice: Notice,
    },
    /// It may exist.
    Maybe(Notice),
}

/// Sends it. Files of this machine are brought up first; nothing is paid until the last step.
pub(super) async fn send(deps: &Deps, endpoint: &Endpoint, task: &TaskRecord) -> Sent {
    let Some(job) = deps.catalog.get().job(&task.model) else {
        let model = task.model.as_str().to_owned();
        return Sent::Refused(Notice::new(NoticeKind::Task(TaskNotice::NoSchema { model })));
    };
    let form = match super::media::bring_up(deps, endpoint, &task.model, &task.form).await {
        Ok(form) => form,
        Err(notice) => return Sent::Refused(notice),
    };
    match jobs::make(&deps.client, endpoint, &job, &form).await {
        Ok(Made::Task(created)) => Sent::Task(created),
        Ok(Made::Pictures(pictures)) => Sent::Now {
            parts: pictures.parts,
            usage: pictures.usage,
            request_id: pictures.request_id,
            raw: pictures.raw,
        },
        Err(error) => failed(deps, endpoint, &task.model, &job.path, &error),
    }
}

fn failed(
    deps: &Deps,
    endpoint: &Endpoint,
    model: &ModelId,
    path: &str,
    error: &MakeError,
) -> Sent {
    let notice = match error {
        MakeError::Call(error) => explain(deps, endpoint, model, path, error),
        MakeError::NoId { request_id, .. } => {
            Notice::new(NoticeKind::Task(TaskNotice::NoId)).with_request_id(request_id.clone())
        }
        MakeError::NotUploaded { path } => {
            Notice::new(NoticeKind::Task(TaskNotice::NotUploaded { path: path.clone() }))
        }
    };
    match error.fate() {
        Fate::Maybe => Sent::Maybe(notice),
        Fate::Never if never_connected(error) => Sent::Again { wait: None, notice },
        Fate::Refused if is_throttled(error) => Sent::Again { wait: asked_wait(error), notice },
        Fate::Never | Fate::Refused => Sent::Refused(notice),
    }
}

/// What an error means, in words for the user. `path` is that of the call on the native surface.
pub(super) fn explain(
    deps: &Deps,
    endpoint: &Endpoint,
    model: &ModelId,
    path: &str,
    error: &ApiError,
) -> Notice {
    let url = endpoint.native_call(path);
    let chat = Asked::chat(model, endpoint, &deps.catalog);
    diagnose(error, &Asked { purpose: Purpose::Task, url: url.as_ref(), ..chat })
}

/// The network was not there: a server that could not be reached is one later.
const fn never_connected(error: &MakeError) -> bool {
    matches!(
        error,
        MakeError::Call(
            ApiError::Dns { .. }
                | ApiError::Refused { .. }
                | ApiError::Connect { .. }
                | ApiError::ConnectTimeout { .. }
        )
    )
}

/// It was too much at once, which passes.
fn is_throttled(error: &MakeError) -> bool {
    use crate::api::diagnose::{Kind, kind};

    refusal(error).is_some_and(|refusal| matches!(kind(refusal), Kind::Throttled(_)))
}

/// How long the service asks to wait.
fn asked_wait(error: &MakeError) -> Option<Duration> {
    refusal(error)?.retry_after
}

fn refusal(error: &MakeError) -> Option<&Refusal> {
    match error {
        MakeError::Call(error) => error.refusal(),
        MakeError::NotUploaded { .. } | MakeError::NoId { .. } => None,
    }
}
