//! Tasks of the native surface (wire tasks.md): one of them, the account's list, the wish to cancel
//! one. It refuses to wait or to ask twice: when to ask is the service's business in `service`.

use serde_json::Value;

use super::call::Call;
use super::client::ApiClient;
use super::document::Document;
use super::envelope;
use super::error::ApiError;
use super::fields::{at, block, count, line, moment};
use super::region::Endpoint;
use super::results;
use crate::domain::models::{ModelId, Surface};
use crate::domain::tasks::{
    CancelOutcome, TaskFailure, TaskFilter, TaskId, TaskPage, TaskRow, TaskSnapshot, TaskStatus,
    TaskUsage,
};
use crate::domain::time::to_beijing_digits;

const PATH: &str = "/tasks";
/// Tasks on one page at most: more is not documented.
pub const MOST_ON_A_PAGE: u32 = 100;

/// How one task is. A task that failed is an answer, no error; so is one the service does not know
/// ([`TaskStatus::Unknown`]).
pub async fn fetch(
    client: &ApiClient,
    endpoint: &Endpoint,
    id: &TaskId,
) -> Result<TaskSnapshot, ApiError> {
    let call = Call::get(Surface::Native, format!("{PATH}/{id}"));
    let (bytes, header_id) = Document::bytes(client.call(endpoint, call).await?).await?;
    snapshot(&bytes, header_id.as_deref(), Some(id))
}

/// Reads the answer to [`fetch`]. `asked` stands in for an id the answer leaves out.
pub fn snapshot(
    bytes: &[u8],
    header_id: Option<&str>,
    asked: Option<&TaskId>,
) -> Result<TaskSnapshot, ApiError> {
    let document = Document::unjudged(bytes, header_id)?;
    let value = document.value();
    // One gateway leaves the wrapping out.
    let output = at(value, "output").unwrap_or(value);
    let Some(word) = line(output, "task_status").or_else(|| line(output, "status")) else {
        // Only where no task speaks is a code beside it the error of the request.
        return Err(match envelope::in_answer(value, header_id) {
            Some(refusal) => ApiError::Stream(Box::new(refusal)),
            None => ApiError::Garbled { detail: "a task without a status".to_owned() },
        });
    };
    let told = line(output, "task_id").and_then(|id| TaskId::new(&id));
    let Some(id) = asked.cloned().or(told) else {
        return Err(ApiError::Garbled { detail: "a task without an id".to_owned() });
    };
    let status = TaskStatus::from_word(&word);
    Ok(TaskSnapshot {
        id,
        submitted_ms: moment(output, "submit_time"),
        scheduled_ms: moment(output, "scheduled_time"),
        ended_ms: moment(output, "end_time"),
        metrics: results::metrics(output),
        parts: if status == TaskStatus::Succeeded { results::parts(output) } else { Vec::new() },
        prompt: block(output, "orig_prompt"),
        rewritten: block(output, "actual_prompt"),
        failure: failure(&status, output, value),
        usage: at(value, "usage")
            .or_else(|| at(output, "usage"))
            .map_or_else(TaskUsage::default, results::usage),
        status,
        request_id: document.request_id.clone(),
        raw: document.raw,
    })
}

/// Why it failed; a failure without a word has an empty one.
fn failure(status: &TaskStatus, output: &Value, root: &Value) -> Option<TaskFailure> {
    let told = results::failure(output).or_else(|| results::failure(root));
    match status {
        TaskStatus::Failed => Some(told.unwrap_or_default()),
        TaskStatus::Pending
        | TaskStatus::Running
        | TaskStatus::Suspended
        | TaskStatus::Canceled
        | TaskStatus::Unknown
        | TaskStatus::Other(_) => told,
        TaskStatus::Succeeded => None,
    }
}

/// One page of the account's tasks, newest first as the service has them.
pub async fn list(
    client: &ApiClient,
    endpoint: &Endpoint,
    filter: &TaskFilter,
    page: u32,
    page_size: u32,
) -> Result<TaskPage, ApiError> {
    let mut call = Call::get(Surface::Native, PATH);
    let from = filter.from_ms.and_then(to_beijing_digits);
    let until = filter.until_ms.and_then(to_beijing_digits);
    let filters = [
        ("start_time", from),
        ("end_time", until),
        ("model_name", filter.model.as_ref().map(ToString::to_string)),
        ("status", filter.status.as_ref().map(ToString::to_string)),
        ("page_no", Some(page.max(1).to_string())),
        ("page_size", Some(page_size.clamp(1, MOST_ON_A_PAGE).to_string())),
    ];
    for (key, value) in filters {
        if let Some(value) = value {
            call = call.with(key, value);
        }
    }
    let document = client.document(endpoint, call).await?;
    read_page(document.value())
}

/// Reads the answer to [`list`]: flat with `data`, as documented and recorded; `tasks`, as one
/// library reads it; either of them in `output`.
pub(super) fn read_page(value: &Value) -> Result<TaskPage, ApiError> {
    let output = at(value, "output").unwrap_or(value);
    let places = [value, output];
    let items = places.iter().find_map(|place| {
        ["data", "tasks"].iter().find_map(|key| place.get(key).and_then(Value::as_array))
    });
    let items = items.or_else(|| output.as_array());
    let of = |key: &str| places.iter().find_map(|place| count(place, key));
    let total = of("total");
    let Some(items) = items else {
        // An account without tasks may have no list at all.
        if total == Some(0) {
            return Ok(TaskPage { page: 1, ..TaskPage::default() });
        }
        return Err(ApiError::Garbled { detail: "a list of tasks without a list".to_owned() });
    };
    let rows: Vec<TaskRow> = items.iter().filter_map(row).collect();
    Ok(TaskPage {
        unreadable: items.len() - rows.len(),
        page: of("page_no").unwrap_or(1),
        pages: of("total_page").unwrap_or(1),
        total: total.unwrap_or(rows.len() as u64),
        rows,
    })
}

fn row(item: &Value) -> Option<TaskRow> {
    let first = |keys: &[&str]| keys.iter().find_map(|key| line(item, key));
    Some(TaskRow {
        id: TaskId::new(&line(item, "task_id")?)?,
        status: TaskStatus::from_word(&first(&["status", "task_status"]).unwrap_or_default()),
        model: first(&["model_name", "model"]).map(|id| ModelId::new(&id)),
        created_ms: moment(item, "gmt_create").or_else(|| moment(item, "submit_time")),
        started_ms: moment(item, "start_time").or_else(|| moment(item, "scheduled_time")),
        ended_ms: moment(item, "end_time"),
        region: line(item, "region"),
        request_id: line(item, "request_id"),
    })
}

/// Cancels a task that waits. That it does not wait is an outcome; everything else that is refused
/// is an error.
pub async fn cancel(
    client: &ApiClient,
    endpoint: &Endpoint,
    id: &TaskId,
) -> Result<CancelOutcome, ApiError> {
    let call = Call::native(format!("{PATH}/{id}/cancel"), Vec::new());
    match client.document(endpoint, call).await {
        Ok(_) => Ok(CancelOutcome::Canceled),
        Err(error) if error.refusal().is_some_and(|refusal| too_late(&refusal.code)) => {
            Ok(CancelOutcome::NotPending)
        }
        Err(error) => Err(error),
    }
}

fn too_late(code: &str) -> bool {
    code.eq_ignore_ascii_case("UnsupportedOperation")
        || code.eq_ignore_ascii_case("unsupported_operation")
}

#[cfg(test)]
mod tests;
