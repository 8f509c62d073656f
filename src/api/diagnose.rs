//! From an error to what the user is told: the service's many codes sorted into a few kinds,
//! and each with its arguments into a notice. Pure. It refuses sentences; `words` has them.

use super::error::{ApiError, Refusal};
use super::region::Endpoint;
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
    /// Ids that exist, to find the one that was meant.
    pub known: &'a [ModelId],
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
        Kind::ModelUnknown => {
            NoticeKind::ModelUnknown { model: model(), near: near(asked.model, asked.known) }
        }
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
    NoticeKind::KeyMissing { origin: asked.endpoint.origin() }
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

/// The known ids that look most like what was asked for: best first, at most three.
#[must_use]
pub fn near(asked: &ModelId, known: &[ModelId]) -> Vec<String> {
    let plain = |id: &str| id.to_ascii_lowercase().replace(['_', ' ', '.'], "-");
    let wanted = plain(asked.as_str());
    // Typed ids have no bound; comparing is quadratic in their length.
    if wanted.is_empty() || wanted.len() > 100 {
        return Vec::new();
    }
    // Where a dash was put or left out comes after which letters there are.
    let letters = |id: &str| id.replace('-', "");
    let mut found: Vec<(usize, usize, &str)> = known
        .iter()
        .filter_map(|id| {
            let name = plain(id.as_str());
            let apart = distance(wanted.as_bytes(), name.as_bytes());
            let alike = apart <= (wanted.len() / 4).max(2);
            // An id without its family or its snapshot: `max` for `qwen-max`.
            let within = name.contains(&wanted) || wanted.contains(&name);
            let bare = distance(letters(&wanted).as_bytes(), letters(&name).as_bytes());
            (alike || within).then_some((bare, apart, id.as_str()))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(3).map(|(_, _, id)| id.to_owned()).collect()
}

/// How many single letters must be changed, added, left out or swapped with their neighbour.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = last[j] + usize::from(x != y);
            let mut best = change.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && *x == b[j - 1] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests;
