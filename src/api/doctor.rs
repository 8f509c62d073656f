//! Calls that cost nothing, made to learn about the way to the service and about the key: any
//! answer is looked at, refusals too, with what its head tells. It refuses every call that is
//! billed.

use std::time::Duration;

use reqwest::header::DATE;
use tokio::time::Instant;

use super::call::Call;
use super::certificate::{self, Certificate};
use super::client::{ApiClient, judge};
use super::diagnose::{Kind, kind};
use super::document::Document;
use super::error::{ApiError, Refusal};
use super::region::Endpoint;
use super::reply::Reply;
use crate::domain::models::Surface;
use crate::text::sanitize;

/// What the head of an answer tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// From the call to the head of the answer: a connection, if there was none, and one round.
    pub took: Duration,
    /// The server's own time, in seconds since 1970 (UTC).
    pub date_s: Option<i64>,
    /// What secured the connection, where the client was made to tell.
    pub certificate: Option<Certificate>,
}

/// An answer of any status.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// Its head.
    pub head: Head,
    /// What it says.
    pub answer: Result<Document, ApiError>,
}

/// What an answer says of the key that came with the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The service knows it, whatever else it may have against it.
    Known,
    /// The service does not know it.
    Unknown,
    /// The answer does not tell.
    Unclear,
}

impl ApiClient {
    /// Makes a call and looks at the answer. Other than [`ApiClient::call`] it asks without a key
    /// too: a refusal is an answer. An error means that no answer came.
    pub async fn look(&self, endpoint: &Endpoint, call: Call) -> Result<Looked, ApiError> {
        let url = call.url(endpoint)?;
        let started = Instant::now();
        let reply = self.send(endpoint, call, &url).await?;
        let head = Head::of(&reply, started.elapsed());
        let answer = match judge(reply, &url, endpoint).await {
            Ok(reply) => Document::read(reply).await,
            Err(error) => Err(error),
        };
        Ok(Looked { head, answer })
    }
}

impl Head {
    fn of(reply: &Reply, took: Duration) -> Self {
        let date = reply.headers().get(DATE).and_then(|date| date.to_str().ok());
        let read = |date| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok();
        Self {
            status: reply.status().as_u16(),
            took,
            date_s: date.and_then(read).map(jiff::Timestamp::as_second),
            certificate: reply.certificate().and_then(certificate::read),
        }
    }
}

/// The models as the compatible surface lists them (wire chat-compat.md: undocumented; 200 with a
/// good key, 401 with another).
#[must_use]
pub fn models() -> Call {
    Call::get(Surface::Compat, "/models")
}

/// One task of the account (wire tasks.md): documented, free, and answered with 401 to a key that
/// is not of this place.
#[must_use]
pub fn tasks() -> Call {
    Call::get(Surface::Native, "/tasks").with("page_size", "1")
}

/// The limits of the account, which not every place tells.
#[must_use]
pub fn quotas() -> Call {
    Call::get(Surface::Native, "/quotas")
}

/// The free call that says most surely whether a place knows the key.
#[must_use]
pub fn of_key(endpoint: &Endpoint) -> Call {
    if endpoint.native().is_some() { tasks() } else { models() }
}

/// The ids in a list of models; empty where the document is none.
#[must_use]
pub fn listed(document: &Document) -> Vec<String> {
    let rows = document.value().get("data").and_then(serde_json::Value::as_array);
    let ids = rows.into_iter().flatten().filter_map(|row| row.get("id")?.as_str());
    ids.map(sanitize::line).collect()
}

/// What an answer says of the key.
#[must_use]
pub fn verdict(answer: &Result<Document, ApiError>) -> Verdict {
    let Err(error) = answer else { return Verdict::Known };
    match error.refusal() {
        Some(refusal) if refusal.envelope => {
            let kind = kind(refusal);
            let says_nothing =
                matches!(kind, Kind::Server | Kind::NoPath | Kind::Malformed | Kind::Refused);
            match (kind == Kind::Key, says_nothing) {
                (true, _) => Verdict::Unknown,
                (false, true) => Verdict::Unclear,
                // Everything else is judged only after the key was.
                (false, false) => Verdict::Known,
            }
        }
        Some(_) | None => Verdict::Unclear,
    }
}

/// Whether a refusal is about the workspace that was named (wire errors.md).
#[must_use]
pub fn workspace_refused(refusal: &Refusal) -> bool {
    let code: String = refusal.code.chars().filter(char::is_ascii_alphanumeric).collect();
    let code = code.to_ascii_lowercase();
    ["workspacenotfound", "workspaceaccessdenied"].contains(&code.as_str())
        || refusal.message.to_ascii_lowercase().contains("access this workspace")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::client::Deadlines;
    use crate::api::testing::{KEY, Server, answer, client, head, refuse, sample};

    async fn look(script: Vec<crate::api::testing::Step>, call: Call) -> (Looked, String) {
        let server = Server::start(vec![script]).await;
        let endpoint = server.endpoint();
        let looked = client(&endpoint, Deadlines::default()).look(&endpoint, call).await;
        (looked.expect("an answer"), server.heard().remove(0))
    }

    #[tokio::test]
    async fn the_list_of_models_is_read_with_the_head() {
        let date = "date: Sun, 22 Nov 2026 12:00:00 GMT\r\n";
        let script = answer(head(200, date), sample("compat-models.json"));
        let (looked, heard) = look(script, models()).await;
        assert!(heard.starts_with("GET /compatible-mode/v1/models HTTP/1.1"), "{heard}");
        assert!(heard.contains(KEY));
        assert_eq!((looked.head.status, looked.head.date_s), (200, Some(1_795_348_800)));
        assert_eq!(looked.head.certificate, None);
        assert_eq!(verdict(&looked.answer), Verdict::Known);
        assert_eq!(listed(&looked.answer.expect("a list")), ["qwen-plus", "qwen3-max"]);
    }

    #[tokio::test]
    async fn refusals_are_answers() {
        let script = refuse(401, "", sample("native-error-401.json"));
        let (looked, heard) = look(script, tasks()).await;
        assert!(heard.starts_with("GET /api/v1/tasks?page_size=1 HTTP/1.1"), "{heard}");
        assert_eq!((looked.head.status, looked.head.date_s), (401, None));
        assert_eq!(verdict(&looked.answer), Verdict::Unknown);
        let script = refuse(403, "", sample("native-error-403-unpurchased.json"));
        assert_eq!(verdict(&look(script, tasks()).await.0.answer), Verdict::Known);
        let script = answer(head(404, ""), "<html>");
        assert_eq!(verdict(&look(script, quotas()).await.0.answer), Verdict::Unclear);
        let script = answer(head(200, ""), "<html>");
        assert_eq!(look(script, quotas()).await.0.answer, Err(ApiError::WebPage));
    }

    #[tokio::test]
    async fn without_a_key_the_question_is_asked_all_the_same() {
        let server = Server::start(vec![refuse(401, "", sample("native-error-401-missing.json"))]);
        let server = server.await;
        let endpoint = Endpoint::at_origin(&server.origin(), None, "").expect("a URL");
        let looked = client(&endpoint, Deadlines::default()).look(&endpoint, tasks()).await;
        assert_eq!(looked.expect("an answer").head.status, 401);
        assert!(!server.heard()[0].to_ascii_lowercase().contains("authorization"));
    }

    #[test]
    fn refusals_of_a_workspace_are_known_by_code_or_words() {
        let of = |code: &str, message: &str| {
            let (code, message) = (code.to_owned(), message.to_owned());
            workspace_refused(&Refusal { code, message, ..Refusal::default() })
        };
        let words = "Access denied: Either you are not authorized to access this workspace, or \
                     the workspace does not exist.";
        assert!(of("NOT AUTHORIZED", words) && of("WorkSpaceNotFound", ""));
        assert!(of("Workspace.AccessDenied", "") && !of("AccessDenied", "Access denied."));
    }
}
