//! Fetching over real sockets: what is sent, what is believed, which places are never asked.

use super::*;
use crate::api::testing::{CAP, KEY, Server, Step, endpoint, head};

fn say(text: &str) -> Vec<Step> {
    vec![Step::Hear, Step::Say(text.replace('\n', "\r\n").into_bytes())]
}

async fn server(answers: &[&str]) -> (Server, FileClient) {
    let server = Server::start(answers.iter().map(|text| say(text)).collect()).await;
    let client = FileClient::for_endpoint(&server.endpoint(), CAP);
    (server, client)
}

async fn read(file: &mut File) -> Result<Vec<u8>, ApiError> {
    let mut all = Vec::new();
    while let Some(bytes) = file.chunk().await? {
        all.extend_from_slice(&bytes);
    }
    Ok(all)
}

const WHOLE: &str = "HTTP/1.1 200 OK\nContent-Length: 10\nETag: \"tag-1\"\nContent-MD5: abc=\nConnection: close\n\n0123456789";

#[tokio::test]
async fn a_file_comes_whole_without_our_key() {
    let (server, client) = server(&[WHOLE]).await;
    let url = format!("{}/results/a.mp4?Expires=1&Signature=x%2By", server.origin());
    let mut file = client.get(&url, None).await.unwrap();
    assert_eq!((file.from, file.total), (0, Some(10)));
    assert_eq!(file.validator.as_deref(), Some("\"tag-1\""));
    assert_eq!(file.md5.as_deref(), Some("abc="));
    assert_eq!(read(&mut file).await.unwrap(), b"0123456789");
    let heard = server.heard().remove(0).to_lowercase();
    assert!(heard.starts_with("get /results/a.mp4?expires=1&signature=x%2by "), "{heard}");
    assert!(!heard.contains("authorization") && !heard.contains(KEY), "{heard}");
    assert!(heard.contains("accept-encoding: identity"), "{heard}");
}

#[tokio::test]
async fn it_goes_on_only_where_the_content_is_the_same() {
    let rest = "HTTP/1.1 206 Partial Content\nContent-Length: 4\nContent-Range: bytes 6-9/10\nETag: \"tag-1\"\nConnection: close\n\n6789";
    let other = "HTTP/1.1 206 Partial Content\nContent-Length: 4\nContent-Range: bytes 5-8/10\nETag: \"tag-1\"\nConnection: close\n\n5678";
    let changed = "HTTP/1.1 206 Partial Content\nContent-Length: 4\nContent-Range: bytes 6-9/10\nETag: \"tag-2\"\nConnection: close\n\nxxxx";
    let (server, client) = server(&[rest, WHOLE, other, changed]).await;
    let url = format!("{}/a", server.origin());
    let resume = Resume { from: 6, validator: "\"tag-1\"".into() };
    let mut file = client.get(&url, Some(&resume)).await.unwrap();
    assert_eq!((file.from, file.total), (6, Some(10)));
    assert_eq!(read(&mut file).await.unwrap(), b"6789");
    let heard = server.heard().remove(0).to_lowercase();
    assert!(heard.contains("range: bytes=6-") && heard.contains("if-range: \"tag-1\""), "{heard}");
    // A server without ranges, or with another content, gives the whole.
    assert_eq!(client.get(&url, Some(&resume)).await.unwrap().from, 0);
    for _ in 0..2 {
        let wrong = client.get(&url, Some(&resume)).await;
        assert!(matches!(wrong, Err(ApiError::Garbled { .. })), "{wrong:?}");
    }
}

#[tokio::test]
async fn an_early_end_a_dead_link_and_a_redirect_are_errors() {
    let short = "HTTP/1.1 200 OK\nContent-Length: 10\nConnection: close\n\n0123";
    let expired = "HTTP/1.1 403 Forbidden\nContent-Type: application/xml\nConnection: close\n\n<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired.</Message><RequestId>r-9</RequestId></Error>";
    let moved = "HTTP/1.1 302 Found\nLocation: http://169.254.169.254/latest\nContent-Length: 0\nConnection: close\n\n";
    let (server, client) = server(&[short, expired, moved]).await;
    let url = format!("{}/a", server.origin());
    let mut file = client.get(&url, None).await.unwrap();
    assert!(matches!(read(&mut file).await, Err(ApiError::Cut { .. })));
    match client.get(&url, None).await {
        Err(ApiError::Status(refusal)) => assert_eq!(refusal.status, 403),
        other => panic!("{other:?}"),
    }
    let moved = client.get(&url, None).await;
    let Err(ApiError::Redirect { to }) = moved else { panic!("{moved:?}") };
    assert_eq!(to, "http://169.254.169.254");
}

#[tokio::test]
async fn places_within_the_users_network_are_not_asked_unless_the_api_is_there_too() {
    let outside = FileClient::for_endpoint(&endpoint("https://dashscope.aliyuncs.com"), CAP);
    for url in [
        "http://127.0.0.1:9/a",
        "http://[::1]/a",
        "http://[::ffff:127.0.0.1]/a",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/a",
        "https://192.168.1.1/a",
        "http://100.64.0.1/a",
        "http://0.0.0.0/a",
        "http://[fd00::1]/a",
        "http://2130706433/a",
        "ftp://example.com/a",
        "file:///etc/passwd",
        "no url",
    ] {
        let refused = outside.get(url, None).await;
        assert!(matches!(refused, Err(ApiError::Garbled { .. })), "{url}: {refused:?}");
    }
    // A name that leads there is no better.
    let refused = outside.get("http://localhost:9/a", None).await;
    assert!(matches!(refused, Err(ApiError::Connect { .. } | ApiError::Dns { .. })), "{refused:?}");
}

#[test]
fn the_open_network_is_told_from_the_rest() {
    for public in ["8.8.8.8", "47.92.1.1", "2400:3200::1", "198.20.0.1", "100.128.0.1"] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
    for local in [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "127.1.2.3",
        "169.254.0.1",
        "0.1.2.3",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "100.64.1.1",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "ff02::1",
        "2001:db8::1",
    ] {
        assert!(!is_public(local.parse().unwrap()), "{local}");
    }
}

#[test]
fn ranges_are_read() {
    assert_eq!(content_range("bytes 6-9/10"), Some((6, 9, Some(10))));
    assert_eq!(content_range("bytes 6-9/*"), Some((6, 9, None)));
    for bad in ["", "bytes 9-6/10", "bytes */10", "bytes 0-9/10", "bytes=6-9/10", "items 6-9/10"] {
        assert_eq!(content_range(bad), None, "{bad}");
    }
    let _ = head;
}
