//! From an error to what the user is told: the service's many codes sorted into a few kinds,
//! and each with its arguments into a notice. Pure. It refuses sentences; `words` has them.

use super::error::{ApiError, Refusal};
use super::region::Endpoint;
use crate::catalog::Shared;
use crate::domain::models::ModelId;
use crate::domain::notice::{Notice, NoticeKind, Side, Throttle};
use crate::text::sanitize;

/// What the service means by a refusal, as far as the user or a retry cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The key is missing or unknown.
    Key,
    /// The key may not do this.
    Permission,
    /// A bill is open.
    Arrears,
    /// The free quota is used up.
    FreeQuota,
    /// No such model, or not for this account.
    ModelUnknown,
    /// The model is served elsewhere, not by chat over the compatible surface.
    NotOnSurface,
    /// More input than the model or the service takes.
    TooLong,
    /// The content inspection refused.
    Content(Side),
    /// Too much at once; passes.
    Throttled(Throttle),
    /// The service failed.
    Server,
    /// The path is not served there.
    NoPath,
    /// The request is refused for another reason.
    Refused,
}

/// Sorts a refusal: by code, then by what the message contains, then by status.
#[must_use]
pub fn kind(refusal: &Refusal) -> Kind {
    let message = refusal.message.to_ascii_lowercase();
    by_code(&squash(&refusal.code), &message)
        .or_else(|| by_message(&message))
        .unwrap_or_else(|| by_status(refusal, &message))
}

/// A code without what tells its native and compatible spellings apart:
/// `InvalidApiKey` and `invalid_api_key` are one.
fn squash(code: &str) -> String {
    let code = code.strip_prefix("InternalError.Algo.").unwrap_or(code);
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn by_code(code: &str, message: &str) -> Option<Kind> {
    Some(match code {
        "invalidapikey" | "incorrectapikey" => Kind::Key,
        "accessdenied" if wrong_call(message) => Kind::NotOnSurface,
        "accessdenied"
        | "notauthorized"
        | "accessdeniedunpurchased"
        | "modelaccessdenied"
        | "appaccessdenied"
        | "workspaceaccessdenied"
        | "forbiddenram"
        | "commoditynotpurchased" => Kind::Permission,
        "arrearage" | "prepaidbilloverdue" | "postpaidbilloverdue" => Kind::Arrears,
        "allocationquotafreetieronly" => Kind::FreeQuota,
        "throttlingallocationquota" | "insufficientquota" if free_quota(message) => Kind::FreeQuota,
        "throttlingallocationquota" | "insufficientquota" => Kind::Throttled(Throttle::Tokens),
        "throttlingratequota" | "limitrequests" => Kind::Throttled(Throttle::Requests),
        "throttlingburstrate" | "limitburstrate" => Kind::Throttled(Throttle::Burst),
        "modelservingerror" => Kind::Throttled(Throttle::Generic),
        code if code.starts_with("throttling") => Kind::Throttled(Throttle::Generic),
        "datainspectionfailed" | "ipinfringementsuspect" | "contentfilter" => {
            Kind::Content(side(message))
        }
        "customroleblocked" | "customruleblocked" | "faqruleblocked" => {
            Kind::Content(Side::Unknown)
        }
        "modelnotfound" | "modelnotexist" => Kind::ModelUnknown,
        "modelnotsupported" => Kind::NotOnSurface,
        "workspacenotfound" => Kind::Refused,
        "badrequesttoolarge" | "contextlengthexceeded" | "exceedcontextsizeerror" => Kind::TooLong,
        "internalerror"
        | "internalerroralgo"
        | "internalerrortimeout"
        | "systemerror"
        | "modelservicefailed"
        | "modelunavailable"
        | "requesttimeout"
        | "responsetimeout"
        | "servererror"
        | "internalservererror"
            if !message_is_about_request(message) =>
        {
            Kind::Server
        }
        _ => return None,
    })
}

/// Messages that say more than a general code beside them.
fn message_is_about_request(message: &str) -> bool {
    by_message(message).is_some()
}

fn by_message(message: &str) -> Option<Kind> {
    let has = |part: &str| message.contains(part);
    Some(if has("model not exist") {
        Kind::ModelUnknown
    } else if has("range of input length")
        || has("maximum context length")
        || has("context size")
        || has("payload too large")
    {
        Kind::TooLong
    } else if has("inappropriate content") || has("ip infringement") {
        Kind::Content(side(message))
    } else if free_quota(message) {
        Kind::FreeQuota
    } else if has("account is in good standing") || has("bill is overdue") {
        Kind::Arrears
    } else if wrong_call(message) || has("url error, please check url") {
        Kind::NotOnSurface
    } else {
        return None;
    })
}

fn by_status(refusal: &Refusal, message: &str) -> Kind {
    match refusal.status {
        401 => Kind::Key,
        402 => Kind::Arrears,
        403 => Kind::Permission,
        404 if refusal.envelope && message.contains("model") => Kind::ModelUnknown,
        404 | 405 => Kind::NoPath,
        413 => Kind::TooLong,
        429 => Kind::Throttled(Throttle::Generic),
        408 | 500..=599 => Kind::Server,
        // An event in a stream that names neither status nor a code known here.
        0 if !squash(&refusal.code).starts_with("invalid") => Kind::Server,
        _ => Kind::Refused,
    }
}

/// Models that are not called by a plain synchronous request.
fn wrong_call(message: &str) -> bool {
    message.contains("does not support synchronous call")
        || message.contains("does not support asynchronous call")
        || message.contains("does not support http call")
}

fn free_quota(message: &str) -> bool {
    message.contains("free allocated quota")
        || message.contains("free tier")
        || message.contains("free quota")
}

fn side(message: &str) -> Side {
    match (message.contains("input"), message.contains("output")) {
        (true, false) => Side::Input,
        (false, true) => Side::Output,
        (true, true) | (false, false) => Side::Unknown,
    }
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
}

/// The notice for an error.
#[must_use]
pub fn diagnose(error: &ApiError, asked: &Asked<'_>) -> Notice {
    let id = || asked.request_id.map(str::to_owned);
    let network = |kind: NoticeKind, detail: &str| {
        let notice = Notice::new(kind).with_request_id(id());
        if detail.is_empty() { notice } else { notice.with_detail(detail) }
    };
    match error {
        ApiError::NoKey => Notice::new(key_missing(asked)),
        ApiError::BadKey => Notice::new(key_rejected(asked)).with_detail(error.to_string()),
        ApiError::NoNative => Notice::new(NoticeKind::ModelNotOnSurface {
            model: sanitize::line(asked.model.as_str()),
        }),
        ApiError::Setup { detail } => network(
            NoticeKind::TlsFailed { host: asked.endpoint.compat().host_str().unwrap_or("").into() },
            detail,
        ),
        ApiError::Dns { host, detail } => {
            network(NoticeKind::DnsFailed { host: host.clone() }, detail)
        }
        ApiError::Refused { host } => {
            network(NoticeKind::ConnectionRefused { host: host.clone() }, "")
        }
        ApiError::Tls { host, detail } => {
            network(NoticeKind::TlsFailed { host: host.clone() }, detail)
        }
        ApiError::Connect { host, detail } => {
            network(NoticeKind::ConnectFailed { host: host.clone() }, detail)
        }
        ApiError::ConnectTimeout { host, after } => {
            network(NoticeKind::ConnectTimeout { host: host.clone(), after: *after }, "")
        }
        ApiError::FirstByte { after } => {
            network(NoticeKind::FirstByteTimeout { after: *after }, "")
        }
        ApiError::Idle { after } => network(NoticeKind::Stalled { after: *after }, ""),
        ApiError::Overall { after } => network(NoticeKind::OverallTimeout { after: *after }, ""),
        ApiError::Cut { detail } => network(NoticeKind::Cut, detail),
        ApiError::Garbled { detail } => network(NoticeKind::Garbled, detail),
        ApiError::TooLarge { cap } => network(NoticeKind::TooLarge { cap: *cap }, ""),
        ApiError::Redirect { to } => network(NoticeKind::Redirected { to: to.clone() }, ""),
        ApiError::WebPage => network(not_the_service(asked), ""),
        ApiError::Status(refusal) | ApiError::Stream(refusal) => refused(refusal, asked),
    }
}

fn refused(refusal: &Refusal, asked: &Asked<'_>) -> Notice {
    let model = || sanitize::line(asked.model.as_str());
    let what = match kind(refusal) {
        Kind::Key if asked.endpoint.has_key() => key_rejected(asked),
        Kind::Key => key_missing(asked),
        Kind::Permission => NoticeKind::PermissionDenied,
        Kind::Arrears => NoticeKind::Arrears,
        Kind::FreeQuota => NoticeKind::FreeQuotaUsedUp { model: model() },
        Kind::ModelUnknown => NoticeKind::ModelUnknown {
            model: model(),
            near: asked.catalog.get().near(asked.model.as_str()),
        },
        Kind::NotOnSurface => NoticeKind::ModelNotOnSurface { model: model() },
        Kind::TooLong => NoticeKind::TooLong { model: model() },
        Kind::Content(side) => NoticeKind::ContentRefused { side },
        Kind::Throttled(kind) => NoticeKind::Throttled { kind, tries: asked.tries },
        Kind::Server => NoticeKind::ServerFailed { status: refusal.status },
        Kind::NoPath => not_the_service(asked),
        Kind::Refused => NoticeKind::RequestRefused { status: refusal.status },
    };
    let id = refusal.request_id.clone().or_else(|| asked.request_id.map(str::to_owned));
    let notice = Notice::new(what).with_request_id(id);
    let words = match (refusal.code.as_str(), refusal.message.as_str()) {
        ("", "") => return notice,
        ("", message) => message.to_owned(),
        (code, "") => code.to_owned(),
        (code, message) => format!("{message} ({code})"),
    };
    notice.with_detail(words)
}

fn key_missing(asked: &Asked<'_>) -> NoticeKind {
    let variable = asked.endpoint.key_source().to_owned();
    NoticeKind::KeyMissing { origin: asked.endpoint.origin(), variable }
}

fn key_rejected(asked: &Asked<'_>) -> NoticeKind {
    NoticeKind::KeyRejected {
        origin: asked.endpoint.origin(),
        source: asked.endpoint.key_source().to_owned(),
    }
}

fn not_the_service(asked: &Asked<'_>) -> NoticeKind {
    NoticeKind::NotTheService { url: asked.endpoint.compat_call(super::chat::PATH).to_string() }
}

#[cfg(test)]
mod tests;
