//! Making videos and pictures (wire video.md): a filled form as the body its schema says, the task
//! or the pictures that come of it, and what an error leaves open. It refuses to send anything a
//! second time: whether that may be is [`fate`], and the decision is the caller's.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::call::Call;
use super::client::ApiClient;
use super::diagnose::kind;
use super::document::Document;
use super::error::ApiError;
use super::fields::{at, line};
use super::images::{self, Pictures};
use super::region::Endpoint;
use crate::domain::jobs::{Answers, Created, Fate, Form, Job, Media, Place, Value as Filled};
use crate::domain::tasks::{TaskId, TaskStatus};

/// Pictures made at once take up to some minutes, and the gateway itself gives up after 298 s
/// (wire README, `x-dashscope-timeout`).
const PATIENCE: Duration = Duration::from_secs(300);

/// What a request to make something brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Made {
    /// A task that makes it.
    Task(Created),
    /// The pictures.
    Pictures(Pictures),
}

/// Why nothing is known to have been made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MakeError {
    /// A file of this machine is still in the form; nothing was sent.
    #[error("{path} is on this machine alone")]
    NotUploaded {
        /// Its path.
        path: String,
    },
    /// The request failed.
    #[error(transparent)]
    Call(#[from] ApiError),
    /// The service accepted the request and named no task and no result: it may run, and it may
    /// cost money.
    #[error("accepted, without an id")]
    NoId {
        /// The id of the request.
        request_id: Option<String>,
        /// The answer as it came; not sanitized.
        raw: String,
    },
}

impl MakeError {
    /// Whether something that costs money may have been made all the same.
    #[must_use]
    pub fn fate(&self) -> Fate {
        match self {
            Self::NotUploaded { .. } => Fate::Never,
            Self::Call(error) => fate(error),
            Self::NoId { .. } => Fate::Maybe,
        }
    }
}

/// Whether a request that ended in this error may have been carried out. Only what never left and
/// what the service itself refused is certain: a lost answer, a failure of the service and a page
/// of some gateway tell nothing of what happened behind them.
#[must_use]
pub fn fate(error: &ApiError) -> Fate {
    match error {
        ApiError::NoKey
        | ApiError::BadKey
        | ApiError::NoNative
        | ApiError::Setup { .. }
        | ApiError::Dns { .. }
        | ApiError::Refused { .. }
        | ApiError::Tls { .. }
        | ApiError::Connect { .. }
        | ApiError::ConnectTimeout { .. } => Fate::Never,
        // The server that answered wants nothing to do with it.
        ApiError::Redirect { .. } => Fate::Refused,
        ApiError::Status(refusal) if refusal.status >= 500 => Fate::Maybe,
        ApiError::Status(refusal) | ApiError::Stream(refusal) => {
            if kind(refusal).leaves_it_open() {
                Fate::Maybe
            } else {
                Fate::Refused
            }
        }
        ApiError::FirstByte { .. }
        | ApiError::Idle { .. }
        | ApiError::Overall { .. }
        | ApiError::Cut { .. }
        | ApiError::Garbled { .. }
        | ApiError::TooLarge { .. }
        | ApiError::WebPage => Fate::Maybe,
    }
}

/// Asks for what a form says. The form is sent as it is: `Job::check` has been asked before.
pub async fn make(
    client: &ApiClient,
    endpoint: &Endpoint,
    job: &Job,
    form: &Form,
) -> Result<Made, MakeError> {
    let body = body(job, form)?;
    // The gateway looks for files of ours only where it is told to.
    let call = Call::native(&*job.path, body).resolving(names_storage(form));
    let call = match job.answers {
        Answers::Task => call.as_task(),
        Answers::Now => call.patient(PATIENCE),
    };
    let document = client.document(endpoint, call).await?;
    read(document)
}

/// Reads the answer: a task where it names one, pictures where it holds some.
fn read(document: Document) -> Result<Made, MakeError> {
    let value = document.value();
    let output = at(value, "output").unwrap_or(value);
    if let Some(task) = line(output, "task_id").and_then(|id| TaskId::new(&id)) {
        let word = line(output, "task_status").unwrap_or_else(|| "PENDING".to_owned());
        let status = TaskStatus::from_word(&word);
        let request_id = document.request_id;
        return Ok(Made::Task(Created { task, status, request_id }));
    }
    match images::read(&document) {
        Some(pictures) => Ok(Made::Pictures(pictures)),
        None => Err(MakeError::NoId { request_id: document.request_id, raw: document.raw }),
    }
}

/// The task that a request made, where it can have made nothing else.
pub(super) fn created(document: Document) -> Result<Created, MakeError> {
    match read(document)? {
        Made::Task(created) => Ok(created),
        Made::Pictures(Pictures { request_id, raw, .. }) => {
            Err(MakeError::NoId { request_id, raw })
        }
    }
}

/// Whether a form names files in temporary storage.
fn names_storage(form: &Form) -> bool {
    let stored = |media: &Media| match media {
        Media::Url(url) => url.get(..6).is_some_and(|head| head.eq_ignore_ascii_case("oss://")),
        Media::File { .. } => false,
    };
    form.values.values().any(|value| match value {
        Filled::Media(all) => all.iter().any(stored),
        Filled::Text(_) | Filled::Whole(_) | Filled::Flag(_) => false,
    })
}

/// The JSON body of a form, every field in its place. What is not filled in is not sent.
pub fn body(job: &Job, form: &Form) -> Result<Vec<u8>, MakeError> {
    let mut input = Map::new();
    let mut parameters = Map::new();
    let (mut media, mut pictures, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for field in &job.fields {
        let Some(value) = form.get(&field.name) else { continue };
        match &field.place {
            Place::Input(key) => drop(input.insert(key.clone(), single(value)?)),
            Place::Parameter(key) => drop(parameters.insert(key.clone(), single(value)?)),
            Place::InputList(key) => {
                drop(input.insert(key.clone(), Value::Array(every(value)?)));
            }
            Place::Media(kind) => {
                media
                    .extend(every(value)?.into_iter().map(|url| json!({"type": kind, "url": url})));
            }
            Place::Content(key) => {
                // Pictures stand before the words about them, as in every documented request.
                let into = match value {
                    Filled::Media(_) => &mut pictures,
                    Filled::Text(_) | Filled::Whole(_) | Filled::Flag(_) => &mut texts,
                };
                into.extend(every(value)?.into_iter().map(|part| json!({ key.as_str(): part })));
            }
        }
    }
    if !media.is_empty() {
        input.insert("media".to_owned(), Value::Array(media));
    }
    pictures.append(&mut texts);
    if !pictures.is_empty() {
        let message = json!({"role": "user", "content": pictures});
        input.insert("messages".to_owned(), json!([message]));
    }
    let body = json!({"model": job.model.as_str(), "input": input, "parameters": parameters});
    Ok(body.to_string().into_bytes())
}

/// A value where one is expected; of several files the first.
fn single(value: &Filled) -> Result<Value, MakeError> {
    Ok(every(value)?.into_iter().next().unwrap_or(Value::Null))
}

/// A value as a list.
fn every(value: &Filled) -> Result<Vec<Value>, MakeError> {
    Ok(match value {
        Filled::Text(text) => vec![json!(text)],
        Filled::Whole(number) => vec![json!(number)],
        Filled::Flag(flag) => vec![json!(flag)],
        Filled::Media(all) => all.iter().map(url).collect::<Result<_, _>>()?,
    })
}

fn url(media: &Media) -> Result<Value, MakeError> {
    match media {
        Media::Url(url) => Ok(json!(url)),
        Media::File { path, .. } => Err(MakeError::NotUploaded { path: path.clone() }),
    }
}

#[cfg(test)]
mod tests;
