//! Requests over real sockets: what they carry, where the key goes, how failures are sorted.

use tokio::net::TcpListener;
use tokio::time::timeout;

use super::*;
use crate::api::testing::{
    self, CAP, KEY, Server, Step, answer, endpoint, head, refuse, sample, stream,
};

async fn post(client: &ApiClient, endpoint: &Endpoint) -> Result<Reply, ApiError> {
    let work =
        client.call(endpoint, Call::compat("/chat/completions", b"{\"a\":1}".to_vec()).streamed());
    timeout(CAP, work).await.expect("no wait without an end")
}

async fn fail(origin: &str, deadlines: Deadlines) -> ApiError {
    let endpoint = endpoint(origin);
    post(&testing::client(&endpoint, deadlines), &endpoint).await.expect_err("a failure")
}

async fn refused_with(script: Vec<Step>) -> ApiError {
    let server = Server::start(vec![script]).await;
    fail(&server.origin(), Deadlines::default()).await
}

#[tokio::test]
async fn requests_say_who_they_are_and_what_they_take() {
    let server = Server::start(vec![stream("data: [DONE]\n\n")]).await;
    let endpoint = server.endpoint();
    let reply = post(&testing::client(&endpoint, Deadlines::default()), &endpoint).await;
    assert_eq!(reply.expect("accepted").request_id(), Some("from-header"));
    let heard = server.heard().remove(0);
    let lower = heard.to_ascii_lowercase();
    assert!(heard.starts_with("POST /compatible-mode/v1/chat/completions HTTP/1.1\r\n"), "{heard}");
    for line in [
        concat!("user-agent: lian/", env!("CARGO_PKG_VERSION")),
        "content-type: application/json",
        "accept: text/event-stream, application/json",
        "accept-encoding: gzip",
        "content-length: 7",
    ] {
        assert!(lower.contains(&format!("\r\n{line}\r\n")), "{line}: {heard}");
    }
    assert!(heard.contains(&format!("authorization: Bearer {KEY}\r\n")), "{heard}");
}

#[tokio::test]
async fn redirects_are_not_followed_and_the_key_stays() {
    let elsewhere = Server::start(vec![stream("data: [DONE]\n\n")]).await;
    for status in [301, 302, 303, 307, 308] {
        let to = format!("location: {}/other?x=1\r\n", elsewhere.origin());
        let error = refused_with(answer(head(status, &to), "")).await;
        assert_eq!(error, ApiError::Redirect { to: elsewhere.origin() }, "{status}");
    }
    assert!(elsewhere.heard().is_empty(), "nothing was sent there");
    let error = refused_with(answer(head(302, "location: /login\r\n"), "")).await;
    assert!(matches!(error, ApiError::Redirect { to } if to.starts_with("http://127.0.0.1:")));
    assert!(matches!(refused_with(answer(head(304, ""), "")).await, ApiError::Status(_)));
}

#[tokio::test]
async fn refusals_are_read_with_id_and_wait() {
    let body = sample("compat-error-429-rate.json");
    let error = refused_with(refuse(429, "retry-after: 7\r\n", body)).await;
    let ApiError::Status(refusal) = error else { panic!("{error:?}") };
    assert_eq!((refusal.status, refusal.code.as_str()), (429, "limit_requests"));
    assert_eq!(refusal.retry_after, Some(Duration::from_secs(7)));
    assert_eq!(refusal.request_id.as_deref(), Some("5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"));
    let error = refused_with(refuse(503, "retry-after-ms: 40\r\n", "")).await;
    let ApiError::Status(refusal) = error else { panic!("{error:?}") };
    assert_eq!(refusal.retry_after, Some(Duration::from_millis(40)));
    assert_eq!(refusal.request_id.as_deref(), Some("from-header"));
}

#[tokio::test]
async fn error_bodies_without_an_end_do_not_hold_the_request() {
    let endless = vec![
        Step::Hear,
        Step::Say(head(500, "")),
        Step::Repeat(vec![b'x'; 4096], Duration::from_millis(1)),
    ];
    assert!(matches!(refused_with(endless).await, ApiError::Status(_)));
    let server = Server::start(vec![vec![Step::Hear, Step::Say(head(500, "")), Step::Stall]]).await;
    let short = Deadlines { idle: Duration::from_millis(100), ..Deadlines::default() };
    assert!(matches!(fail(&server.origin(), short).await, ApiError::Status(_)));
}

#[tokio::test]
async fn a_closed_port_is_a_refused_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let error = fail(&format!("http://{address}"), Deadlines::default()).await;
    assert_eq!(error, ApiError::Refused { host: address.to_string() });
    let error = fail(&format!("https://{address}"), Deadlines::default()).await;
    assert_eq!(error, ApiError::Refused { host: address.to_string() });
}

#[tokio::test]
async fn a_name_that_is_not_there_is_a_dns_failure() {
    for scheme in ["http", "https"] {
        let error =
            fail(&format!("{scheme}://no-such-host.invalid:81"), Deadlines::default()).await;
        let ApiError::Dns { host, detail } = error else { panic!("{error:?}") };
        assert_eq!(host, "no-such-host.invalid");
        assert!(!detail.is_empty());
    }
}

#[tokio::test]
async fn https_to_a_plain_server_is_a_tls_failure() {
    let talks = vec![Step::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()), Step::Stall];
    let closes = vec![Step::Say(Vec::new())];
    for script in [talks, closes] {
        let server = Server::start(vec![script]).await;
        let origin = server.origin().replace("http:", "https:");
        let error = fail(&origin, Deadlines::default()).await;
        assert!(matches!(&error, ApiError::Tls { host, .. } if host == "127.0.0.1"), "{error:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_hangs_is_a_connect_timeout() {
    let server = Server::start(vec![vec![Step::Stall]]).await;
    let origin = server.origin().replace("http:", "https:");
    let after = Duration::from_millis(150);
    let error = fail(&origin, Deadlines { connect: after, ..Deadlines::default() }).await;
    let host = origin.trim_start_matches("https://").to_owned();
    assert_eq!(error, ApiError::ConnectTimeout { host, after });
}

#[tokio::test]
async fn a_server_of_another_protocol_is_garbled() {
    let error = refused_with(vec![Step::Hear, Step::Say(b"SSH-2.0-Other_1.0\r\n".to_vec())]).await;
    assert!(matches!(error, ApiError::Garbled { .. }), "{error:?}");
}

#[tokio::test]
async fn keys_that_cannot_be_sent_are_said_before_anything_is_sent() {
    let server = Server::start(vec![stream("data: [DONE]\n\n")]).await;
    for bad in ["sk-a\nb", "sk-a b", "sk-\u{4f60}", "sk-\u{1}"] {
        let endpoint = Endpoint::at_origin(&server.origin(), Some(bad.into()), "K").expect("a URL");
        let error = post(&testing::client(&endpoint, Deadlines::default()), &endpoint).await;
        let error = error.expect_err("refused");
        assert_eq!(error, ApiError::BadKey, "{bad:?}");
        assert!(!format!("{error:?} {error}").contains("sk-"));
    }
    let service = Endpoint::at_origin("https://dashscope.aliyuncs.com", None, "").expect("a URL");
    let error = post(&testing::client(&service, Deadlines::default()), &service).await;
    assert_eq!(error.expect_err("refused"), ApiError::NoKey);
    assert!(server.heard().is_empty());
    let free = Endpoint::at_origin(&server.origin(), None, "").expect("a URL");
    post(&testing::client(&free, Deadlines::default()), &free).await.expect("no key, no header");
    assert!(!server.heard()[0].to_ascii_lowercase().contains("authorization"));
}

#[tokio::test]
async fn the_key_is_in_no_text_about_anything() {
    let echo =
        format!("{{\"error\":{{\"message\":\"Incorrect API key: {KEY}.\",\"code\":\"{KEY}\"}}}}");
    let error = refused_with(refuse(401, "", echo)).await;
    let endpoint = endpoint("http://127.0.0.1:9");
    let client = testing::client(&endpoint, Deadlines::default());
    let all = format!("{error:?} {error} {endpoint:?} {client:?}");
    assert!(!all.contains(KEY), "{all}");
    assert!(all.contains("[key]"), "{all}");
    let header = authorization(&endpoint).expect("a key").expect("a header");
    assert!(header.is_sensitive() && !format!("{header:?}").contains(KEY));
}

#[test]
fn clients_are_made_with_every_kind_of_trust() {
    install_crypto();
    install_crypto();
    let https = Endpoint::at_origin("https://h.example", None, "").expect("a URL");
    let http = Endpoint::at_origin("http://10.0.0.1", None, "").expect("a URL");
    let here = Endpoint::at_origin("http://127.0.0.1:1", None, "").expect("a URL");
    assert_eq!(ClientOptions::for_endpoint(&https).roots, Roots::System);
    assert_eq!(ClientOptions::for_endpoint(&http).roots, Roots::Extra);
    assert!(ClientOptions::for_endpoint(&http).system_proxies);
    assert!(!ClientOptions::for_endpoint(&here).system_proxies);
    for roots in [Roots::System, Roots::Extra] {
        let options = ClientOptions { roots, ..ClientOptions::for_endpoint(&https) };
        build(&options).expect("a client");
    }
    assert!(bundled().count() > 50);
    let options = ClientOptions {
        extra_ca: Some(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec()),
        ..ClientOptions::for_endpoint(&https)
    };
    assert!(matches!(build(&options), Err(ApiError::Setup { .. })));
}
