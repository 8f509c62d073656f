//! From an error to what the user is told: the service's many codes sorted into kinds by one table,
//! and each kind with its arguments into a notice. Pure. It refuses sentences; `words` has them.

mod explain;
mod kind;
mod parameter;
mod place;
mod table;

pub use kind::{Kind, Retry};
pub use place::{KeyKind, Place};
pub use table::kind;

use url::Url;

use super::error::{ApiError, Refusal};
use super::region::Endpoint;
use crate::catalog::Shared;
use crate::domain::models::ModelId;
use crate::domain::notice::{Exchange, Notice, NoticeKind};

/// What kind of call was made; the same refusal means different things to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// A question.
    #[default]
    Chat,
    /// Text to be spoken.
    Speech,
    /// A task: its submission, its state, its end.
    Task,
    /// Texts to be embedded or ranked.
    Embedding,
    /// A file on its way to the storage, leave to send it included.
    Upload,
    /// A result on its way from the storage.
    Download,
    /// Anything else, e.g. the list of models.
    Other,
}

/// What was asked when the error came.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Which model.
    pub model: &'a ModelId,
    /// Where, and with which key.
    pub endpoint: &'a Endpoint,
    /// Knows ids that look like one that the service does not know; asked only then.
    pub catalog: &'a Shared,
    /// The id of the request, where the answer had begun.
    pub request_id: Option<&'a str>,
    /// Requests made before giving up; 0 while more tries follow.
    pub tries: u32,
    /// What kind of call.
    pub purpose: Purpose,
    /// The URL of the call, where it is not chat over the compatible surface. Its query, which may
    /// hold a signature, is told to nobody.
    pub url: Option<&'a Url>,
    /// The voice that was asked for, if one was.
    pub voice: Option<&'a str>,
    /// Voices of the model, the likeliest first; asked only where a voice is refused.
    pub voices: &'a [String],
}

impl<'a> Asked<'a> {
    /// A question over the compatible surface; what differs is set with `..`.
    #[must_use]
    pub const fn chat(model: &'a ModelId, endpoint: &'a Endpoint, catalog: &'a Shared) -> Self {
        Self {
            model,
            endpoint,
            catalog,
            request_id: None,
            tries: 0,
            purpose: Purpose::Chat,
            url: None,
            voice: None,
            voices: &[],
        }
    }

    /// The URL of the call without query and fragment.
    fn to(&self) -> Url {
        let mut url =
            self.url.cloned().unwrap_or_else(|| self.endpoint.compat_call(super::chat::PATH));
        url.set_query(None);
        url.set_fragment(None);
        url
    }
}

/// An error with all that explains it.
struct Case<'a> {
    asked: &'a Asked<'a>,
    url: Url,
    place: Place,
}

/// The notice for an error.
#[must_use]
pub fn diagnose(error: &ApiError, asked: &Asked<'_>) -> Notice {
    let url = asked.to();
    let place = Place::of(asked.endpoint, &url);
    let case = Case { asked, url, place };
    let refusal = error.refusal().map(|refusal| without_key(refusal, asked.endpoint));
    let notice = match error {
        ApiError::Status(_) | ApiError::Stream(_) => {
            case.refused(refusal.as_ref().unwrap_or(&Refusal::default()))
        }
        ApiError::NoKey => return Notice::new(case.key_missing()),
        ApiError::BadKey => return Notice::new(case.key_rejected()).with_detail(error.to_string()),
        ApiError::NoNative => return Notice::new(case.no_native()),
        ApiError::Setup { .. }
        | ApiError::Dns { .. }
        | ApiError::Refused { .. }
        | ApiError::Tls { .. }
        | ApiError::Connect { .. }
        | ApiError::ConnectTimeout { .. }
        | ApiError::FirstByte { .. }
        | ApiError::Idle { .. }
        | ApiError::Overall { .. }
        | ApiError::Cut { .. }
        | ApiError::Garbled { .. }
        | ApiError::TooLarge { .. }
        | ApiError::Redirect { .. }
        | ApiError::WebPage => case.on_the_way(error),
    };
    notice.with_exchange(case.exchange(refusal.as_ref()))
}

/// Some servers repeat in an error what they were sent: whatever way it came, the key goes no
/// further than here.
fn without_key(refusal: &Refusal, endpoint: &Endpoint) -> Refusal {
    let redact = |text: &String| endpoint.redact(text);
    Refusal {
        code: redact(&refusal.code),
        message: redact(&refusal.message),
        param: refusal.param.as_ref().map(redact),
        request_id: refusal.request_id.as_ref().map(redact),
        ..refusal.clone()
    }
}

impl Case<'_> {
    /// Errors of the network, and answers that are none.
    fn on_the_way(&self, error: &ApiError) -> Notice {
        let (kind, detail) = match error {
            ApiError::Setup { detail } => {
                let host = self.url.host_str().unwrap_or_default().to_owned();
                (NoticeKind::TlsFailed { host }, detail.as_str())
            }
            ApiError::Dns { host, detail } => {
                (NoticeKind::DnsFailed { host: host.clone() }, detail.as_str())
            }
            ApiError::Refused { host } => {
                (NoticeKind::ConnectionRefused { host: host.clone() }, "")
            }
            ApiError::Tls { host, detail } => {
                (NoticeKind::TlsFailed { host: host.clone() }, detail.as_str())
            }
            ApiError::Connect { host, detail } => {
                (NoticeKind::ConnectFailed { host: host.clone() }, detail.as_str())
            }
            ApiError::ConnectTimeout { host, after } => {
                (NoticeKind::ConnectTimeout { host: host.clone(), after: *after }, "")
            }
            ApiError::FirstByte { after } => (NoticeKind::FirstByteTimeout { after: *after }, ""),
            ApiError::Idle { after } => (NoticeKind::Stalled { after: *after }, ""),
            ApiError::Overall { after } => (NoticeKind::OverallTimeout { after: *after }, ""),
            ApiError::Cut { detail } => (NoticeKind::Cut, detail.as_str()),
            ApiError::Garbled { detail } => (NoticeKind::Garbled, detail.as_str()),
            ApiError::TooLarge { cap } => (NoticeKind::TooLarge { cap: *cap }, ""),
            ApiError::Redirect { to } => (NoticeKind::Redirected { to: to.clone() }, ""),
            ApiError::WebPage
            | ApiError::NoKey
            | ApiError::BadKey
            | ApiError::NoNative
            | ApiError::Status(_)
            | ApiError::Stream(_) => (self.not_the_service(), ""),
        };
        let id = self.asked.request_id.map(str::to_owned);
        let notice = Notice::new(kind).with_request_id(id);
        if detail.is_empty() { notice } else { notice.with_detail(detail) }
    }

    fn refused(&self, refusal: &Refusal) -> Notice {
        let id = refusal.request_id.clone().or_else(|| self.asked.request_id.map(str::to_owned));
        let notice = Notice::new(self.kind(refusal)).with_request_id(id);
        let words = match (refusal.code.as_str(), refusal.message.as_str()) {
            ("", "") => return notice,
            ("", message) => message.to_owned(),
            (code, "") => code.to_owned(),
            (code, message) => format!("{message} ({code})"),
        };
        notice.with_detail(words)
    }

    /// What support asks for.
    fn exchange(&self, refusal: Option<&Refusal>) -> Exchange {
        let text = |of: fn(&Refusal) -> &String| refusal.map(of).cloned().unwrap_or_default();
        Exchange {
            url: self.url_text(),
            surface: Exchange::surface_of(self.url.path()),
            region: self.place.region.map(str::to_owned),
            workspace: self.place.workspace.clone(),
            status: refusal.map(|refusal| refusal.status).unwrap_or_default(),
            code: text(|refusal| &refusal.code),
            message: text(|refusal| &refusal.message),
        }
    }
}

#[cfg(test)]
mod tests;
