//! The two calls of an upload as they are sent, and what is refused before a file leaves.

use super::*;
use crate::api::client::Deadlines;
use crate::api::testing::{self, KEY, Server, Step, answer, head, refuse, sample};

/// The sample of a permission, with the storage elsewhere.
fn permission(host: &str) -> Vec<u8> {
    let text = String::from_utf8(sample("upload-policy.json")).expect("UTF-8");
    text.replace("http://127.0.0.1:8080/oss-upload", host).into_bytes()
}

fn json(body: Vec<u8>) -> Vec<Step> {
    answer(head(200, "content-type: application/json\r\n"), body)
}

async fn ask(body: Vec<u8>) -> Result<Policy, ApiError> {
    let server = Server::start(vec![json(body)]).await;
    let endpoint = server.endpoint();
    let client = testing::client(&endpoint, Deadlines::default());
    let asked = policy(&client, &endpoint, &ModelId::new("qwen-vl-plus")).await;
    let heard = server.heard();
    let first = "GET /api/v1/uploads?action=getPolicy&model=qwen-vl-plus HTTP/1.1";
    assert!(heard[0].starts_with(first), "{heard:?}");
    assert!(heard[0].contains(&format!("authorization: Bearer {KEY}")));
    assert!(!heard[0].contains("content-type"), "it has no body");
    asked
}

#[tokio::test]
async fn a_permission_is_asked_for_the_model() {
    let policy = ask(permission("http://127.0.0.1:8080/oss-upload")).await.expect("a permission");
    assert_eq!(policy.most, 1024 << 20);
    assert_eq!(policy.forbid_overwrite, "true", "a text, as the storage wants it back");
    let missing = br#"{"request_id":"1","data":{"policy":"p"}}"#.to_vec();
    assert!(matches!(ask(missing).await, Err(ApiError::Garbled { .. })));
    assert!(matches!(ask(b"{}".to_vec()).await, Err(ApiError::Garbled { .. })));
}

#[tokio::test]
async fn files_go_only_to_a_host_that_may_have_them() {
    for bad in ["http://oss.example", "ftp://127.0.0.1/x", "nonsense", "file:///tmp"] {
        let refused = ask(permission(bad)).await;
        assert!(matches!(refused, Err(ApiError::Garbled { .. })), "{bad}: {refused:?}");
    }
    assert!(ask(permission("https://oss.example/x")).await.is_ok());
    let far = Endpoint::at_origin("https://h.example", None, "").expect("a URL");
    assert!(host("http://127.0.0.1:1/x", &far).is_err(), "this machine is not the service's");
    assert!(host("https://oss.example", &far).is_ok());
}

/// A file to send.
async fn file(bytes: &[u8]) -> File {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("a");
    tokio::fs::write(&path, bytes).await.expect("a file");
    File::open(path).await.expect("the file")
}

#[tokio::test]
async fn the_form_has_its_fields_in_order_and_no_key() {
    let server = Server::start(vec![answer(head(200, "content-length: 0\r\n"), "")]).await;
    let endpoint = server.endpoint();
    let client = testing::client(&endpoint, Deadlines::default());
    let mut policy = ask(permission("http://127.0.0.1:8080/x")).await.expect("a permission");
    policy.host = Url::parse(&format!("{}/oss-upload", server.origin())).expect("a URL");
    let bytes = b"the whole picture";
    let put = put(
        &client,
        &endpoint,
        &policy,
        ("../我的 pic.png", "image/png"),
        file(bytes).await,
        bytes.len() as u64,
    );
    let url = put.await.expect("an address");
    assert!(url.starts_with("oss://dashscope-instant/") && url.ends_with("/___pic.png"), "{url}");
    let heard = server.heard().remove(0);
    assert!(heard.starts_with("POST /oss-upload HTTP/1.1"), "{heard}");
    assert!(!heard.to_ascii_lowercase().contains("authorization") && !heard.contains(KEY));
    let fields: Vec<&str> = heard
        .split("name=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| !name.contains('.'))
        .collect();
    assert_eq!(
        fields,
        [
            "OSSAccessKeyId",
            "Signature",
            "policy",
            "x-oss-object-acl",
            "x-oss-forbid-overwrite",
            "key",
            "success_action_status",
            "file"
        ]
    );
    assert!(heard.contains("the whole picture") && heard.contains("filename=\"___pic.png\""));
}

#[tokio::test]
async fn the_storage_says_no_in_xml() {
    let xml = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>\
        <Message>Invalid according to Policy: Policy expired.</Message><RequestId>r-9</RequestId></Error>";
    let server = Server::start(vec![refuse(403, "", xml)]).await;
    let endpoint = server.endpoint();
    let client = testing::client(&endpoint, Deadlines::default());
    let mut policy = ask(permission("http://127.0.0.1:8080/x")).await.expect("a permission");
    policy.host = Url::parse(&server.origin()).expect("a URL");
    let put = put(&client, &endpoint, &policy, ("a.png", ""), file(b"a").await, 1).await;
    let Err(ApiError::Status(refusal)) = put else { panic!("{put:?}") };
    assert_eq!((refusal.status, refusal.code.as_str()), (403, "AccessDenied"));
    assert_eq!(refusal.message, "Invalid according to Policy: Policy expired.");
    assert_eq!(refusal.request_id.as_deref(), Some("r-9"));
}

#[test]
fn names_are_plain() {
    for (name, want) in [
        ("a.png", "a.png"),
        ("/home/me/a b.png", "a_b.png"),
        (".hidden", "hidden"),
        ("", "file"),
        ("C:\\x\\y.wav", "y.wav"),
    ] {
        assert_eq!(plain(name), want);
    }
    assert!(plain(&"x".repeat(500)).len() <= 80);
}
