//! Whatever comes back, a notice comes of it: JSON, XML, HTML and bytes of any kind, cut anywhere.
//! The raw code and message are kept, clean.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// A notice for a body, checked: it is an error, and its words are the refusal's.
fn told(status: u16, body: &[u8]) -> Notice {
    let found = envelope::refusal(status, body, Some("from-header"));
    for text in [&found.code, &found.message] {
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    let (code, message) = (found.code.clone(), found.message.clone());
    let notice = tell(&ApiError::Status(Box::new(found)), true);
    let exchange = notice.exchange.as_deref().expect("an exchange");
    assert_eq!((&exchange.code, &exchange.message), (&code, &message));
    let detail = notice.detail.clone().unwrap_or_default();
    assert!(detail.contains(&code) && detail.contains(&message), "{detail}");
    assert!(notice.request_id.is_some());
    assert!(matches!(notice.kind.exit_code(false), 1 | 3 | 4 | 5 | 7), "{:?}", notice.kind);
    notice
}

#[test]
fn bodies_from_the_field_are_explained() {
    let kind = |status: u16, body: &str| told(status, body.as_bytes()).kind;
    // Statuses nobody documents.
    for status in [100, 299, 305, 418, 451, 498, 520, 526, 599, 999] {
        kind(status, "");
    }
    // Missing fields, nulls, numbers as strings, strings as numbers.
    for body in [
        "{}",
        "null",
        "[]",
        "\"\"",
        "0",
        r#"{"error":null}"#,
        r#"{"error":{"message":null,"type":null,"param":null,"code":null}}"#,
        r#"{"error":{"code":429,"message":17}}"#,
        r#"{"code":null,"message":null,"request_id":null}"#,
        r#"{"code":"400","message":{"a":1},"request_id":5}"#,
        r#"{"error":[1,2]}"#,
        r#"{"error":true}"#,
        r#"{"output":{"task_status":"FAILED"}}"#,
        r#"{"output":null,"code":"","message":""}"#,
    ] {
        for status in [400, 401, 403, 404, 429, 500] {
            kind(status, body);
        }
    }
    // A web page for JSON.
    let page =
        "<!DOCTYPE html><html><head><title>413 Request Entity Too Large</title></head></html>";
    assert!(matches!(kind(413, page), NoticeKind::Request(RequestNotice::BodyTooLarge)));
    assert!(matches!(kind(502, "<html>"), NoticeKind::ServerFailed { status: 502 }));
    assert!(matches!(kind(403, "<html>\u{1b}[31m"), NoticeKind::PermissionDenied));
    // Alibaba Cloud's gateway.
    let ram = r#"{"RequestId":"R-1","HostId":"h","Code":"Forbidden.RAM","Message":"User not authorized"}"#;
    let notice = told(403, ram.as_bytes());
    assert!(matches!(notice.kind, NoticeKind::Account(AccountNotice::Ram { .. })));
    assert_eq!(notice.request_id.as_deref(), Some("R-1"));
    // An envelope inside an envelope.
    let inner = r#"{"error":{"code":"invalid_api_key","message":"Incorrect API key provided."}}"#;
    for body in [json!({"error": inner}), json!({"message": inner})] {
        let notice = told(401, body.to_string().as_bytes());
        assert!(matches!(notice.kind, NoticeKind::Account(AccountNotice::KeyRegion { .. })));
        assert!(notice.detail.is_some_and(|said| said.starts_with("Incorrect API key")));
    }
    // Speech over a socket.
    let socket = r#"{"header":{"event":"task-failed","error_code":"InvalidParameter","error_message":"Request voice is invalid!"},"payload":{}}"#;
    assert!(matches!(kind(400, socket), NoticeKind::Request(RequestNotice::Voice { .. })));
}

/// Any JSON, leaning towards what envelopes are made of.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|n| json!(n)),
        "\\PC{0,24}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop_oneof![
            Just("InvalidParameter"),
            Just("Throttling.AllocationQuota"),
            Just("Range of [ should be ,]"),
            Just("Required parameter("),
            Just("voice 'a' - '"),
            Just("<400> InternalError.Algo.: x"),
            Just("It should not be larger than 99999999999999999999999"),
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let key = prop_oneof![
            Just("error".to_owned()),
            Just("code".to_owned()),
            Just("Code".to_owned()),
            Just("message".to_owned()),
            Just("param".to_owned()),
            Just("type".to_owned()),
            Just("request_id".to_owned()),
            Just("output".to_owned()),
            Just("header".to_owned()),
            any::<String>(),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(key, inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_explained(status in any::<u16>(), body in prop::collection::vec(any::<u8>(), 0..200)) {
        told(status, &body);
    }

    #[test]
    fn any_json_is_explained(status in 0_u16..1000, body in any_json()) {
        told(status, body.to_string().as_bytes());
        if let Some(found) = envelope::in_answer(&body, None) {
            tell(&ApiError::Stream(Box::new(found)), true);
        }
    }

    #[test]
    fn any_markup_is_explained(
        status in 0_u16..1000,
        body in "(<(/)?(Error|Code|Message|RequestId|title|html)>|&(amp|lt|x);|[ a-zé审\u{130}<>]){0,12}",
    ) {
        told(status, format!("<{body}").as_bytes());
    }

    #[test]
    fn any_code_and_message_are_kept(status in any::<u16>(), code in "\\PC{0,40}", message in "\\PC{0,80}") {
        let failed = Refusal { status, ..Refusal::of_task(&code, &message, None) };
        let (code, message) = (failed.code.clone(), failed.message.clone());
        let notice = tell(&ApiError::Status(Box::new(failed)), true);
        let detail = notice.detail.unwrap_or_default();
        prop_assert!(detail.contains(&code) && detail.contains(&message));
    }
}

#[test]
fn a_body_may_end_anywhere() {
    let xml = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>拒绝 &amp; no</Message><RequestId>66A1</RequestId></Error>";
    let json = r#"{"error":{"message":"拒绝: Range of top_p should be (0.0, 1.0]","type":"t","param":null,"code":"c"},"request_id":"r"}"#;
    for whole in [xml, json] {
        for end in 0..=whole.len() {
            told(403, &whole.as_bytes()[..end]);
        }
    }
}
