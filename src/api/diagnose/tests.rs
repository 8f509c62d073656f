//! The table of errors, row by row, in both spellings, and the errors of the network.

use std::time::Duration;

use super::*;
use crate::api::envelope;
use crate::api::testing::sample;

fn endpoint(key: bool) -> Endpoint {
    let key = key.then(|| "sk-test-key".into());
    Endpoint::at_origin("https://dashscope.aliyuncs.com", key, "DASHSCOPE_API_KEY").expect("a URL")
}

fn tell(error: &ApiError, key: bool) -> Notice {
    let asked = Asked {
        model: &ModelId::new("qwen-pluss"),
        endpoint: &endpoint(key),
        near: |_| vec!["qwen-plus".to_owned()],
        request_id: Some("opened-id"),
        tries: 4,
    };
    diagnose(error, &asked)
}

fn refusal(status: u16, code: &str, message: &str) -> Refusal {
    Refusal {
        status,
        code: code.to_owned(),
        message: message.to_owned(),
        envelope: true,
        ..Refusal::default()
    }
}

fn of(status: u16, code: &str, message: &str) -> NoticeKind {
    tell(&ApiError::Status(Box::new(refusal(status, code, message))), true).kind
}

const INPUT: &str = "Input text data may contain inappropriate content.";
const OUTPUT: &str = "Output data may contain inappropriate content.";
const BOTH: &str = "Input or output data may contain inappropriate content with custom rule.";
const GONE: &str = "The model `xxx` does not exist or you do not have access to it.";
const PLAN: &str = "You exceeded your current quota, please check your plan and billing details.";
const FREE: &str = "Free allocated quota exceeded.";
const TIER: &str = "The free tier of the model has been exhausted. If you wish to continue ...";
const SYNC: &str = "current user api does not support synchronous calls.";
const LONG: &str = "Range of input length should be [1, 129024]";
const CAPACITY: &str =
    "Too many requests. Your requests are being throttled due to system capacity limits.";

/// Rows of the error table that a chat can meet: status, native code, compatible code, message,
/// kind.
const ROWS: &[(u16, &str, &str, &str, Kind)] = &[
    (
        400,
        "InvalidParameter",
        "invalid_parameter_error",
        "Range of top_p should be (0.0, 1.0]",
        Kind::Refused,
    ),
    (
        400,
        "InvalidParameter",
        "invalid_request_error",
        "you must provide a model parameter.",
        Kind::Refused,
    ),
    (
        400,
        "InvalidParameter.NotSupportEnableThinking",
        "",
        "The model xxx does not support enable_thinking.",
        Kind::Refused,
    ),
    (
        400,
        "InvalidParameter.DataInspection",
        "",
        "Unable to download the media resource during the data inspection process.",
        Kind::Refused,
    ),
    (400, "InvalidParameter", "invalid_parameter_error", "Model not exist.", Kind::ModelUnknown),
    (400, "InvalidParameter", "invalid_parameter_error", LONG, Kind::TooLong),
    (500, "InternalError.Algo.InvalidParameter", "internal_error", LONG, Kind::TooLong),
    (400, "InvalidParameter", "", "url error, please check url！", Kind::NotOnSurface),
    (
        400,
        "InvalidParameter",
        "",
        "current user api does not support http call.",
        Kind::NotOnSurface,
    ),
    (400, "DataInspectionFailed", "data_inspection_failed", INPUT, Kind::Content(Side::Input)),
    (400, "DataInspectionFailed", "data_inspection_failed", OUTPUT, Kind::Content(Side::Output)),
    (400, "InternalError.Algo.DataInspectionFailed", "", OUTPUT, Kind::Content(Side::Output)),
    (400, "DataInspectionFailed", "data_inspection_failed", "", Kind::Content(Side::Unknown)),
    (400, "CustomRoleBlocked", "", BOTH, Kind::Content(Side::Unknown)),
    (
        400,
        "FaqRuleBlocked",
        "",
        "Input or output data is blocked by faq rule.",
        Kind::Content(Side::Unknown),
    ),
    (
        400,
        "IPInfringementSuspect",
        "",
        "Input data is suspected of being involved in IP infringement.",
        Kind::Content(Side::Input),
    ),
    (
        400,
        "Arrearage",
        "",
        "Access denied, please make sure your account is in good standing.",
        Kind::Arrears,
    ),
    (400, "BadRequest.TooLarge", "", "Payload Too Large.", Kind::TooLong),
    (413, "", "", "", Kind::TooLong),
    (400, "Throttling.AllocationQuota", "", FREE, Kind::FreeQuota),
    (401, "InvalidApiKey", "invalid_api_key", "Incorrect API key provided. ", Kind::Key),
    (401, "", "", "", Kind::Key),
    (
        401,
        "NOT AUTHORIZED",
        "",
        "Access denied: Either you are not authorized to access this workspace, ...",
        Kind::Permission,
    ),
    (403, "AccessDenied", "access_denied", SYNC, Kind::NotOnSurface),
    (403, "AccessDenied", "access_denied", "Access denied.", Kind::Permission),
    (403, "AccessDenied.Unpurchased", "", "Access to model denied.", Kind::Permission),
    (403, "Model.AccessDenied", "", "Model access denied.", Kind::Permission),
    (403, "App.AccessDenied", "Workspace.AccessDenied", "access denied.", Kind::Permission),
    (403, "Forbidden.RAM", "", "", Kind::Permission),
    (403, "SomethingNew", "", "no", Kind::Permission),
    (403, "AllocationQuota.FreeTierOnly", "", TIER, Kind::FreeQuota),
    (404, "ModelNotFound", "model_not_found", GONE, Kind::ModelUnknown),
    (404, "", "", "model 'x' not found, try pulling it first", Kind::ModelUnknown),
    (404, "NotFoundError", "", "The model `x` does not exist.", Kind::ModelUnknown),
    (
        404,
        "",
        "model_not_supported",
        "Unsupported model xxx for OpenAI compatibility mode.",
        Kind::NotOnSurface,
    ),
    (404, "WorkSpaceNotFound", "", "WorkSpace can not be found.", Kind::Refused),
    (404, "NotFound", "", "Request path not found.", Kind::NoPath),
    (404, "", "", "Not Found", Kind::NoPath),
    (405, "", "", "Method Not Allowed", Kind::NoPath),
    (429, "Throttling", "", "Requests throttling triggered.", Kind::Throttled(Throttle::Generic)),
    (
        429,
        "Throttling.RateQuota",
        "limit_requests",
        "You have exceeded your request limit.",
        Kind::Throttled(Throttle::Requests),
    ),
    (
        429,
        "LimitRequests",
        "limit_requests",
        "You exceeded your current requests list.",
        Kind::Throttled(Throttle::Requests),
    ),
    (
        429,
        "Throttling.BurstRate",
        "limit_burst_rate",
        "Request rate increased too quickly.",
        Kind::Throttled(Throttle::Burst),
    ),
    (
        429,
        "Throttling.AllocationQuota",
        "insufficient_quota",
        "Allocated quota exceeded, ...",
        Kind::Throttled(Throttle::Tokens),
    ),
    (
        429,
        "Throttling.AllocationQuota",
        "insufficient_quota",
        PLAN,
        Kind::Throttled(Throttle::Tokens),
    ),
    (429, "Throttling.AllocationQuota", "insufficient_quota", FREE, Kind::FreeQuota),
    (429, "CommodityNotPurchased", "", "Commodity has not purchased yet.", Kind::Permission),
    (
        429,
        "PrepaidBillOverdue",
        "PostpaidBillOverdue",
        "The postpaid bill is overdue.",
        Kind::Arrears,
    ),
    (429, "", "", "", Kind::Throttled(Throttle::Generic)),
    (500, "InternalError", "internal_error", "An internal error has occured, ...", Kind::Server),
    (500, "InternalError.Algo", "", "inference internal error.", Kind::Server),
    (500, "SystemError", "ModelServiceFailed", "Failed to request model service.", Kind::Server),
    (
        500,
        "RequestTimeOut",
        "ResponseTimeout",
        "Request timed out, please try again later.",
        Kind::Server,
    ),
    (503, "ModelServingError", "", CAPACITY, Kind::Throttled(Throttle::Generic)),
    (503, "ModelUnavailable", "", "Model is unavailable, please try again later.", Kind::Server),
    (502, "", "", "Bad Gateway", Kind::Server),
    (409, "Conflict", "", "Model instance xxx already exists", Kind::Refused),
    (418, "", "", "", Kind::Refused),
    (400, "", "context_length_exceeded", "", Kind::TooLong),
    (400, "", "", "This model's maximum context length is 4096 tokens.", Kind::TooLong),
    (0, "data_inspection_failed", "DataInspectionFailed", OUTPUT, Kind::Content(Side::Output)),
    (0, "internal_error", "InternalError", "", Kind::Server),
    (0, "", "", "something", Kind::Server),
    (0, "invalid_parameter_error", "InvalidParameter", "", Kind::Refused),
];

#[test]
fn the_table_row_by_row() {
    for (status, native, compat, message, want) in ROWS {
        for code in [native, compat] {
            if code.is_empty() && !(native.is_empty() && compat.is_empty()) {
                continue;
            }
            assert_eq!(kind(&refusal(*status, code, message)), *want, "{status} {code} {message}");
        }
    }
}

#[test]
fn kinds_become_notices_with_their_arguments() {
    let origin = || "https://dashscope.aliyuncs.com".to_owned();
    let model = || "qwen-pluss".to_owned();
    let variable = || "DASHSCOPE_API_KEY".to_owned();
    let missing = || NoticeKind::KeyMissing { origin: origin(), variable: variable() };
    assert_eq!(
        of(401, "invalid_api_key", ""),
        NoticeKind::KeyRejected { origin: origin(), source: "DASHSCOPE_API_KEY".to_owned() }
    );
    let keyless = ApiError::Status(Box::new(refusal(401, "InvalidApiKey", "No API-key provided.")));
    assert_eq!(tell(&keyless, false).kind, missing());
    assert_eq!(tell(&ApiError::NoKey, false).kind, missing());
    let NoticeKind::ModelUnknown { model: asked, near } = of(404, "model_not_found", "") else {
        panic!("a model that is unknown");
    };
    assert_eq!(asked, model());
    assert_eq!(near[0], "qwen-plus");
    assert_eq!(
        of(404, "model_not_supported", ""),
        NoticeKind::ModelNotOnSurface { model: model() }
    );
    assert_eq!(
        of(403, "AllocationQuota.FreeTierOnly", ""),
        NoticeKind::FreeQuotaUsedUp { model: model() }
    );
    assert_eq!(
        of(429, "limit_requests", ""),
        NoticeKind::Throttled { kind: Throttle::Requests, tries: 4 }
    );
    assert_eq!(of(503, "", ""), NoticeKind::ServerFailed { status: 503 });
    assert_eq!(of(400, "invalid_parameter_error", ""), NoticeKind::RequestRefused { status: 400 });
    let url = "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions".to_owned();
    assert_eq!(of(404, "", ""), NoticeKind::NotTheService { url: url.clone() });
    assert_eq!(tell(&ApiError::WebPage, true).kind, NoticeKind::NotTheService { url });
}

#[test]
fn the_service_is_quoted_with_its_own_id() {
    let mut refused = refusal(400, "InvalidParameter", "Range of n should be [1, 4]");
    refused.request_id = Some("its-id".to_owned());
    let notice = tell(&ApiError::Status(Box::new(refused)), true);
    assert_eq!(notice.request_id.as_deref(), Some("its-id"));
    assert_eq!(notice.detail.as_deref(), Some("Range of n should be [1, 4] (InvalidParameter)"));
    let cut = tell(&ApiError::Cut { detail: "early".to_owned() }, true);
    assert_eq!(cut.request_id.as_deref(), Some("opened-id"));
    assert_eq!(cut.detail.as_deref(), Some("early"));
}

#[test]
fn errors_of_the_network_keep_their_figures() {
    let host = || "h.example:1".to_owned();
    let after = Duration::from_secs(7);
    let detail = String::new;
    for (error, want) in [
        (ApiError::Dns { host: host(), detail: detail() }, NoticeKind::DnsFailed { host: host() }),
        (ApiError::Refused { host: host() }, NoticeKind::ConnectionRefused { host: host() }),
        (ApiError::Tls { host: host(), detail: detail() }, NoticeKind::TlsFailed { host: host() }),
        (
            ApiError::Connect { host: host(), detail: detail() },
            NoticeKind::ConnectFailed { host: host() },
        ),
        (
            ApiError::ConnectTimeout { host: host(), after },
            NoticeKind::ConnectTimeout { host: host(), after },
        ),
        (ApiError::FirstByte { after }, NoticeKind::FirstByteTimeout { after }),
        (ApiError::Idle { after }, NoticeKind::Stalled { after }),
        (ApiError::Overall { after }, NoticeKind::OverallTimeout { after }),
        (ApiError::Cut { detail: detail() }, NoticeKind::Cut),
        (ApiError::Garbled { detail: detail() }, NoticeKind::Garbled),
        (ApiError::TooLarge { cap: 9 }, NoticeKind::TooLarge { cap: 9 }),
        (ApiError::Redirect { to: host() }, NoticeKind::Redirected { to: host() }),
    ] {
        let notice = tell(&error, true);
        assert_eq!(notice.kind, want);
        assert_eq!(notice.detail, None, "{error}");
    }
    let bad = tell(&ApiError::BadKey, true);
    assert!(matches!(bad.kind, NoticeKind::KeyRejected { .. }) && bad.detail.is_some());
}

#[test]
fn the_samples_are_sorted() {
    for (name, status, want) in [
        ("compat-error-400-needs-stream.json", 400, Kind::Refused),
        ("compat-error-401.json", 401, Kind::Key),
        ("compat-error-404-model.json", 404, Kind::ModelUnknown),
        ("compat-error-429-quota.json", 429, Kind::Throttled(Throttle::Tokens)),
        ("compat-error-429-rate.json", 429, Kind::Throttled(Throttle::Requests)),
        ("native-error-400-model.json", 400, Kind::ModelUnknown),
        ("native-error-400-path.json", 400, Kind::NotOnSurface),
        ("native-error-401-missing.json", 401, Kind::Key),
        ("native-error-403-async-required.json", 403, Kind::NotOnSurface),
        ("native-error-403-unpurchased.json", 403, Kind::Permission),
        ("native-error-429-allocation.json", 429, Kind::Throttled(Throttle::Tokens)),
        ("native-error-429-burst.json", 429, Kind::Throttled(Throttle::Burst)),
        ("native-error-500.json", 500, Kind::Server),
    ] {
        assert_eq!(kind(&envelope::refusal(status, &sample(name), None)), want, "{name}");
    }
}
