//! The errors of the service, the errors of the network, and what becomes of both: kinds are in
//! `rows`, here are the notices with their arguments.

mod hostile;
mod rows;

use std::time::Duration;

use url::Url;

use super::*;
use crate::api::envelope;
use crate::api::testing::sample;
use crate::domain::models::Surface;
use crate::domain::notice::{
    AccountNotice, Demand, Fault, FileFault, MediaNotice, RequestNotice, RouteNotice, Side,
    Throttle,
};

const BEIJING: &str = "https://dashscope.aliyuncs.com";

fn at(origin: &str, key: Option<&str>) -> Endpoint {
    Endpoint::at_origin(origin, key.map(Into::into), "DASHSCOPE_API_KEY").expect("a URL")
}

fn tell(error: &ApiError, key: bool) -> Notice {
    let endpoint = at(BEIJING, key.then_some("sk-test-key"));
    let (model, catalog) = (ModelId::new("qwen-pluss"), Shared::default());
    let asked = Asked {
        request_id: Some("opened-id"),
        tries: 4,
        ..Asked::chat(&model, &endpoint, &catalog)
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

fn error(status: u16, code: &str, message: &str) -> ApiError {
    ApiError::Status(Box::new(refusal(status, code, message)))
}

fn of(status: u16, code: &str, message: &str) -> NoticeKind {
    tell(&error(status, code, message), true).kind
}

/// What a call that is no question is told.
fn of_purpose(purpose: Purpose, path: &str, status: u16, code: &str, message: &str) -> NoticeKind {
    let endpoint = at(BEIJING, Some("sk-test-key"));
    let url = Url::parse(&format!("{BEIJING}{path}")).expect("a URL");
    let (model, catalog) = (ModelId::new("wan9-t2v"), Shared::default());
    let asked = Asked { purpose, url: Some(&url), ..Asked::chat(&model, &endpoint, &catalog) };
    diagnose(&error(status, code, message), &asked).kind
}

#[test]
fn kinds_become_notices_with_their_arguments() {
    let origin = || BEIJING.to_owned();
    let model = || "qwen-pluss".to_owned();
    let source = || "DASHSCOPE_API_KEY".to_owned();
    let missing = || NoticeKind::KeyMissing { origin: origin(), variable: source() };
    let keyless = error(401, "InvalidApiKey", "No API-key provided.");
    assert_eq!(tell(&keyless, false).kind, missing());
    assert_eq!(tell(&ApiError::NoKey, false).kind, missing());
    let NoticeKind::ModelUnknown { model: asked, near } = of(404, "model_not_found", "") else {
        panic!("a model that is unknown");
    };
    assert_eq!(asked, model());
    assert_eq!(near[0], "qwen-plus");
    assert_eq!(
        of(404, "model_not_supported", ""),
        NoticeKind::Route(RouteNotice::NativeOnly { model: model() })
    );
    assert_eq!(
        of(403, "AllocationQuota.FreeTierOnly", ""),
        NoticeKind::Account(AccountNotice::FreeTierOnly { model: model() })
    );
    assert_eq!(
        of(429, "insufficient_quota", "Free allocated quota exceeded."),
        NoticeKind::FreeQuotaUsedUp { model: model() }
    );
    assert_eq!(
        of(429, "limit_requests", ""),
        NoticeKind::Throttled { kind: Throttle::Requests, tries: 4 }
    );
    assert_eq!(of(400, "Arrearage", ""), NoticeKind::Arrears { source: source() });
    assert_eq!(of(503, "", ""), NoticeKind::ServerFailed { status: 503 });
    assert_eq!(of(400, "invalid_parameter_error", ""), NoticeKind::RequestRefused { status: 400 });
    let url = "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions".to_owned();
    assert_eq!(of(404, "", ""), NoticeKind::NotTheService { url: url.clone() });
    assert_eq!(tell(&ApiError::WebPage, true).kind, NoticeKind::NotTheService { url });
}

#[test]
fn a_bad_key_is_explained_by_its_place() {
    let told = |origin: &str, key: &str| {
        let endpoint = at(origin, Some(key));
        let (model, catalog) = (ModelId::new("qwen-plus"), Shared::default());
        let asked = Asked::chat(&model, &endpoint, &catalog);
        diagnose(&error(401, "invalid_api_key", "Incorrect API key provided."), &asked).kind
    };
    let source = || "DASHSCOPE_API_KEY".to_owned();
    let NoticeKind::Account(AccountNotice::KeyRegion { region, others, .. }) =
        told(BEIJING, "sk-abc")
    else {
        panic!("a region");
    };
    assert_eq!(&*region, "cn-beijing");
    assert!(others.contains(&"ap-southeast-1".to_owned()) && !others.contains(&region.into()));
    assert_eq!(
        told(BEIJING, "sk-sp-abc"),
        NoticeKind::Account(AccountNotice::PlanKey { origin: BEIJING.into(), source: source() })
    );
    for plan in
        ["https://token-plan.cn-beijing.maas.aliyuncs.com", "https://coding.dashscope.aliyuncs.com"]
    {
        assert_eq!(
            told(plan, "sk-abc"),
            NoticeKind::Account(AccountNotice::PlanHost { origin: plan.into(), source: source() })
        );
        assert!(matches!(told(plan, "sk-sp-abc"), NoticeKind::KeyRejected { .. }), "{plan}");
    }
    // Another server has neither regions nor plans.
    for key in ["sk-abc", "sk-sp-abc"] {
        assert!(matches!(told("http://127.0.0.1:9", key), NoticeKind::KeyRejected { .. }));
    }
}

#[test]
fn a_plan_key_that_is_denied_is_explained_as_one() {
    let endpoint = at(BEIJING, Some("sk-sp-abc"));
    let (model, catalog) = (ModelId::new("qwen-plus"), Shared::default());
    let asked = Asked::chat(&model, &endpoint, &catalog);
    let kind = diagnose(&error(403, "AccessDenied", "Access denied."), &asked).kind;
    assert!(matches!(kind, NoticeKind::Account(AccountNotice::PlanKey { .. })), "{kind:?}");
}

#[test]
fn a_model_that_is_known_is_served_elsewhere() {
    let told = |origin: &str, model: &str| {
        let endpoint = at(origin, Some("sk-abc"));
        let (model, catalog) = (ModelId::new(model), Shared::default());
        let asked = Asked::chat(&model, &endpoint, &catalog);
        diagnose(&error(400, "InvalidParameter", "Model not exist."), &asked).kind
    };
    let us = "https://dashscope-us.aliyuncs.com";
    let NoticeKind::Route(RouteNotice::ModelElsewhere { model, region, served }) =
        told(us, "wan2.5-t2v-plus")
    else {
        panic!("served elsewhere");
    };
    assert_eq!((model.as_str(), &*region), ("wan2.5-t2v-plus", "us-east-1"));
    assert_eq!(*served, ["cn-beijing"]);
    assert!(matches!(told(us, "qwen-pluss"), NoticeKind::ModelUnknown { .. }));
    // Nobody knows the regions of another server.
    let local = told("http://127.0.0.1:9", "wan2.5-t2v-plus");
    assert!(matches!(local, NoticeKind::ModelUnknown { .. }), "{local:?}");
}

#[test]
fn the_workspace_is_filled_in() {
    let host = "https://llm-7.cn-beijing.maas.aliyuncs.com";
    for (origin, named, want) in
        [(host, None, "llm-7"), (BEIJING, Some("llm-8"), "llm-8"), (host, Some("llm-8"), "llm-8")]
    {
        let endpoint = at(origin, Some("sk-abc")).with_workspace(named.map(str::to_owned));
        let (model, catalog) = (ModelId::new("qwen-plus"), Shared::default());
        let asked = Asked::chat(&model, &endpoint, &catalog);
        let notice = diagnose(&error(403, "Forbidden.RAM", ""), &asked);
        let ram = AccountNotice::Ram { workspace: Some(want.to_owned()) };
        assert_eq!(notice.kind, NoticeKind::Account(ram));
        let exchange = notice.exchange.expect("an exchange");
        assert_eq!(exchange.workspace.as_deref(), Some(want));
    }
}

#[test]
fn the_same_refusal_means_different_things_to_different_calls() {
    let sync = "current user api does not support synchronous calls.";
    assert!(matches!(
        of(403, "AccessDenied", sync),
        NoticeKind::Route(RouteNotice::TaskOnly { .. })
    ));
    let video = "/api/v1/services/aigc/video-generation/video-synthesis";
    let lost = of_purpose(Purpose::Task, video, 403, "AccessDenied", sync);
    assert_eq!(lost.fault(), Some(Fault::Program));
    let (model, origin) = ("wan9-t2v".to_owned(), BEIJING.to_owned());
    assert_eq!(lost, NoticeKind::Route(RouteNotice::AsyncMissing { model, origin }));
    let path = "url error, please check url！";
    assert!(matches!(of(400, "InvalidParameter", path), NoticeKind::ModelNotOnSurface { .. }));
    let NoticeKind::Route(RouteNotice::WrongPath { url, .. }) =
        of_purpose(Purpose::Task, &format!("{video}?x=1"), 400, "InvalidParameter", path)
    else {
        panic!("a wrong path");
    };
    assert_eq!(url, format!("{BEIJING}{video}"), "the query is told to nobody");
    let long = "Range of input length should be [1, 600]";
    assert!(matches!(of(400, "InvalidParameter", long), NoticeKind::TooLong { .. }));
    let NoticeKind::Request(RequestNotice::TextTooLong { most, .. }) =
        of_purpose(Purpose::Speech, "/api/v1/x", 400, "InvalidParameter", long)
    else {
        panic!("a text");
    };
    assert_eq!(most, Some(600));
}

#[test]
fn a_voice_is_answered_with_the_model_s_voices() {
    let endpoint = at(BEIJING, Some("sk-abc"));
    let (model, catalog) = (ModelId::new("qwen3-tts-flash"), Shared::default());
    let voices = ["Cherry".to_owned(), "Chelsie".to_owned()];
    let told = |asked: Option<&str>, voices: &[String], code: &str, message: &str| {
        let asked = Asked {
            purpose: Purpose::Speech,
            voice: asked,
            voices,
            ..Asked::chat(&model, &endpoint, &catalog)
        };
        let NoticeKind::Request(RequestNotice::Voice { voice, near, .. }) =
            diagnose(&error(400, code, message), &asked).kind
        else {
            panic!("a voice: {message}");
        };
        (voice, near.into_vec())
    };
    let unknown = "The requested voice 'Chery' is not supported.";
    let listed = "Input should be 'Cherry', 'Serena', 'Ethan' or 'Chelsie': parameters.audio.voice";
    let some = |voice: &str| Some(Box::from(voice));
    assert_eq!(told(None, &[], "invalid_value", unknown), (some("Chery"), Vec::new()));
    assert_eq!(
        told(Some("Chery"), &voices, "invalid_value", unknown),
        (some("Chery"), voices.to_vec())
    );
    let (voice, near) = told(None, &[], "InvalidParameter", listed);
    assert_eq!((voice, near.join(" ").as_str()), (None, "Cherry Serena Ethan Chelsie"));
    for engine in ["[cosyvoice:] Engine error [411]", "[tts:]Engine return error code: 418"] {
        assert_eq!(told(None, &[], "InternalError", engine), (None, Vec::new()));
    }
}

#[test]
fn figures_in_messages_reach_the_notice() {
    assert_eq!(
        of(400, "InvalidParameter", "Range of top_p should be (0.0, 1.0]"),
        NoticeKind::Request(RequestNotice::Parameter {
            name: "top_p".into(),
            demand: Demand::Range("(0.0, 1.0]".into())
        })
    );
    let batch =
        "Value error, batch size is invalid, it should not be larger than 10.: input.contents";
    assert_eq!(
        of(400, "InvalidParameter", batch),
        NoticeKind::Request(RequestNotice::Batch { most: Some(10) })
    );
    let inline = "Exceeded limit on max bytes per data-uri item : 10485760'.";
    assert_eq!(
        of(400, "InvalidParameter", inline),
        NoticeKind::Media(MediaNotice::InlineTooLarge { most: Some(10_485_760) })
    );
}

#[test]
fn the_storage_has_codes_of_its_own() {
    let xml = |status: u16, code: &str, message: &str| {
        let body = format!(
            "<?xml version=\"1.0\"?>\n<Error>\n  <Code>{code}</Code>\n  <Message>{message}</Message>\n  \
             <RequestId>66A1</RequestId>\n  <HostId>h</HostId>\n</Error>"
        );
        let found = envelope::refusal(status, body.as_bytes(), None);
        assert_eq!(found.request_id.as_deref(), Some("66A1"));
        kind(&found)
    };
    for (status, code, message, want) in [
        (403, "AccessDenied", "Invalid according to Policy: Policy expired.", Kind::UploadExpired),
        (403, "AccessDenied", "Request has expired.", Kind::LinkExpired),
        (403, "AccessDenied", "AccessDenied", Kind::Storage),
        (403, "SignatureDoesNotMatch", "The request signature ...", Kind::Storage),
        (403, "RequestTimeTooSkewed", "The difference between ...", Kind::Clock),
        (404, "NoSuchKey", "The specified key does not exist.", Kind::FileGone),
        (400, "EntityTooLarge", "Your proposed upload exceeds ...", Kind::File(FileFault::Size)),
        (503, "Whatever", "", Kind::Server),
        // Alibaba Cloud's own gateway may speak XML too.
        (403, "Forbidden.RAM", "User not authorized", Kind::Ram),
    ] {
        assert_eq!(xml(status, code, message), want, "{code} {message}");
    }
}

#[test]
fn a_failed_task_goes_through_the_same_table() {
    for (code, message, want) in [
        ("InvalidParameter", "The size is not match 1280*720", Kind::Parameter),
        (
            "DataInspectionFailed",
            "Output data may contain inappropriate content.",
            Kind::Content(Side::Output),
        ),
        (
            "IPInfringementSuspect",
            "Input data is suspected of being involved in IP infringement.",
            Kind::Infringement(Side::Input),
        ),
        ("InternalError.Timeout", "An internal timeout error has occured", Kind::TaskTimedOut),
        ("InternalError", "", Kind::Server),
        ("InvalidURL.Timeout", "Download x timeout", Kind::HostSlow),
        ("InvalidFile.Resolution", "", Kind::File(FileFault::Resolution)),
    ] {
        let failed = Refusal::of_task(code, message, Some("poll-id"));
        assert_eq!(kind(&failed), want, "{code}");
        assert_eq!(failed.request_id.as_deref(), Some("poll-id"));
        let body = serde_json::json!({
            "request_id": "poll-id",
            "output": {"task_id": "t", "task_status": "FAILED", "code": code, "message": message},
        });
        let read = envelope::refusal(200, body.to_string().as_bytes(), None);
        assert_eq!((read.code.as_str(), read.message.as_str()), (code, message));
    }
}

#[test]
fn support_is_told_where_it_happened_and_no_secret() {
    let endpoint = at("https://llm-1.cn-beijing.maas.aliyuncs.com", Some("sk-sp-secret"));
    let url = Url::parse("https://h.example/a/b?Signature=secret#x").expect("a URL");
    let (model, catalog) = (ModelId::new("qwen-plus"), Shared::default());
    let chat = Asked::chat(&model, &endpoint, &catalog);
    let notice = diagnose(&error(429, "limit_requests", "slow down"), &chat);
    let exchange = notice.exchange.expect("an exchange");
    assert_eq!(
        (exchange.surface, exchange.region.as_deref(), exchange.workspace.as_deref()),
        (Some(Surface::Compat), Some("cn-beijing"), Some("llm-1"))
    );
    assert_eq!(
        (exchange.status, exchange.code.as_str(), exchange.message.as_str()),
        (429, "limit_requests", "slow down")
    );
    let download = Asked { purpose: Purpose::Download, url: Some(&url), ..chat };
    let notice = diagnose(&ApiError::Cut { detail: String::new() }, &download);
    let exchange = notice.exchange.as_ref().expect("an exchange");
    assert_eq!((exchange.url.as_str(), exchange.status), ("https://h.example/a/b", 0));
    assert_eq!(exchange.surface, None);
    assert!(!format!("{notice:?}").contains("secret"));
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
    let foreign = tell(&ApiError::NoNative, true).kind;
    assert!(matches!(foreign, NoticeKind::Route(RouteNotice::NoNative { .. })), "{foreign:?}");
    let bad = tell(&ApiError::BadKey, true);
    assert!(matches!(bad.kind, NoticeKind::KeyRejected { .. }) && bad.detail.is_some());
}

#[test]
fn a_key_that_is_repeated_goes_no_further() {
    let endpoint = at(BEIJING, Some("sk-5ecre7"));
    let (model, catalog) = (ModelId::new("qwen-plus"), Shared::default());
    let asked = Asked::chat(&model, &endpoint, &catalog);
    let refused = Refusal {
        param: Some("sk-5ecre7".into()),
        request_id: Some("r-sk-5ecre7".into()),
        ..refusal(400, "no-sk-5ecre7", "Range of sk-5ecre7 should be [1, 2]")
    };
    for error in [ApiError::Status(refused.clone().into()), ApiError::Stream(refused.into())] {
        let told = format!("{:?}", diagnose(&error, &asked));
        assert!(told.contains("[key]") && !told.contains("5ecre7"), "{told}");
    }
}
