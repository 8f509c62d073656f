//! Result files over real HTTP: signatures, ranges, conditions, the end of a link, every fault.

use super::*;

/// A server with one file of 1000 bytes, and its URL.
async fn shelf(rule: &str) -> (Server, String) {
    let server = quick(rule).await;
    let bytes: Vec<u8> = (0..1000u32).map(|n| (n % 251) as u8).collect();
    let link = server.shared.results.put(&server.shared, "film.mp4", "video/mp4", bytes);
    let url = link.at(&server.origin());
    (server, url)
}

async fn get(url: &str, headers: &[(&str, &str)]) -> reqwest::Response {
    let mut request = client().get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    tokio::time::timeout(CAP, request.send()).await.unwrap().unwrap()
}

fn header<'a>(response: &'a reqwest::Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_file_needs_its_signature_and_no_key() {
    let (server, url) = shelf("").await;
    let response = get(&url, &[]).await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        ["content-type", "content-length", "accept-ranges"].map(|name| header(&response, name)),
        ["video/mp4", "1000", "bytes"]
    );
    let etag = header(&response, "etag").to_owned();
    let told = header(&response, "content-md5").to_owned();
    let bytes = drain(response).await.0;
    let sum = md5::compute(&bytes);
    assert_eq!((bytes.len(), format!("\"{sum:X}\"")), (1000, etag));
    assert_eq!(told.len(), 24);
    assert!(server.seen().iter().all(|seen| !seen.had_auth));

    let head = client().head(&url).send().await.unwrap();
    assert_eq!((head.status().as_u16(), header(&head, "content-length")), (200, "1000"));
    assert_eq!(drain(head).await.0.len(), 0);

    for (url, code) in [
        (url.split('?').next().unwrap().to_owned(), "AccessDenied"),
        (url.replace("film", "form"), "SignatureDoesNotMatch"),
        (url.replace("Expires=1", "Expires=3"), "SignatureDoesNotMatch"),
    ] {
        let response = get(&url, &[]).await;
        assert_eq!(response.status(), 403, "{url}");
        assert_eq!(header(&response, "content-type"), "application/xml");
        let body = String::from_utf8(drain(response).await.0).unwrap();
        assert!(body.contains(&format!("<Code>{code}</Code>")), "{body}");
    }
    assert_eq!(client().post(&url).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn links_carry_the_host_that_the_client_used() {
    let (server, _) = shelf("").await;
    let mut headers = axum::http::HeaderMap::new();
    let url = |headers: &axum::http::HeaderMap| {
        results::put(&server.shared, headers, "a", "text/plain", "x")
    };
    assert!(url(&headers).starts_with(&format!("{}/results/", server.origin())));
    headers.insert("host", "sim.example:99".parse().unwrap());
    assert!(url(&headers).starts_with("http://sim.example:99/results/"));
    headers.insert("host", "evil\"><x>".parse().unwrap());
    assert!(url(&headers).starts_with(&server.origin()));
}

#[tokio::test]
async fn ranges_are_those_of_the_storage() {
    let (_server, url) = shelf("").await;
    for (range, status, content_range, length) in [
        ("bytes=0-99", 206, "bytes 0-99/1000", 100),
        ("bytes=900-", 206, "bytes 900-999/1000", 100),
        ("bytes=-10", 206, "bytes 990-999/1000", 10),
        // Beyond the end the storage sends everything.
        ("bytes=900-2000", 200, "", 1000),
        ("bytes=1000-", 200, "", 1000),
        ("bytes=5-2", 200, "", 1000),
        ("lines=1-2", 200, "", 1000),
        ("bytes=0-1,5-6", 200, "", 1000),
    ] {
        let response = get(&url, &[("range", range)]).await;
        assert_eq!(
            (response.status().as_u16(), header(&response, "content-range")),
            (status, content_range),
            "{range}"
        );
        assert_eq!(drain(response).await.0.len(), length, "{range}");
    }
    let standard = ("x-oss-range-behavior", "standard");
    let response = get(&url, &[("range", "bytes=900-2000"), standard]).await;
    assert_eq!(header(&response, "content-range"), "bytes 900-999/1000");
    let response = get(&url, &[("range", "bytes=1000-2000"), standard]).await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "content-range")),
        (416, "bytes */1000")
    );
}

#[tokio::test]
async fn a_download_goes_on_only_with_the_same_file() {
    let (_server, url) = shelf("").await;
    let etag = header(&get(&url, &[]).await, "etag").to_owned();
    let range = ("range", "bytes=500-999");
    for (name, value, status) in [
        ("if-range", etag.as_str(), 206),
        ("if-range", "\"other\"", 200),
        ("if-match", etag.as_str(), 206),
        ("if-match", "\"other\"", 412),
        ("if-none-match", etag.as_str(), 304),
        ("if-none-match", "\"other\"", 206),
    ] {
        let response = get(&url, &[range, (name, value)]).await;
        assert_eq!(response.status(), status, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_link_ends_after_a_day_of_the_simulator_s_time() {
    // A day is 86 ms here.
    let options = Options { time_scale: 1_000_000.0, ..Options::default() };
    let server = start(options).await.unwrap();
    let link = server.shared.results.put(&server.shared, "a", "text/plain", "x");
    let url = link.at(&server.origin());
    let wait = async {
        loop {
            let response = get(&url, &[]).await;
            if response.status() != 200 {
                return String::from_utf8(drain(response).await.0).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let body = tokio::time::timeout(CAP, wait).await.unwrap();
    assert!(body.contains("<Message>Request has expired.</Message>"), "{body}");
}

#[tokio::test]
async fn every_fault_of_a_download() {
    let rule = |text: &str| format!("[[rule]]\npath = \"/results/*\"\n{text}");
    let (_s, url) = shelf(&rule("expired = true")).await;
    let response = get(&url, &[]).await;
    assert_eq!(response.status(), 403);

    let (_s, url) = shelf(&rule("cut_after_bytes = 300\ncut = \"drop\"")).await;
    let (bytes, broken) = drain(get(&url, &[]).await).await;
    assert_eq!((bytes.len(), broken), (300, true));

    let (_s, url) = shelf(&rule("call = 1\ncut_after_bytes = 300")).await;
    assert!(drain(get(&url, &[]).await).await.1);
    let (rest, broken) = drain(get(&url, &[("range", "bytes=300-")]).await).await;
    assert_eq!((rest.len(), broken), (700, false));

    let (_s, url) = shelf(&rule("content_length = 5000")).await;
    let response = get(&url, &[]).await;
    assert_eq!(header(&response, "content-length"), "5000");
    let (bytes, broken) = drain(response).await;
    assert_eq!((bytes.len(), broken), (1000, true));

    let (_s, url) = shelf(&rule("content_length = 400")).await;
    let (bytes, broken) = drain(get(&url, &[]).await).await;
    assert_eq!((bytes.len(), broken), (400, false));

    let (_s, url) = shelf(&rule("no_range = true")).await;
    let response = get(&url, &[("range", "bytes=300-")]).await;
    assert_eq!((response.status().as_u16(), header(&response, "accept-ranges")), (200, ""));

    let (_s, url) = shelf(&rule("etag_changes = true")).await;
    let first = get(&url, &[]).await;
    let etag = header(&first, "etag").to_owned();
    let response = get(&url, &[("range", "bytes=300-"), ("if-range", &etag)]).await;
    assert_eq!(response.status(), 200);

    // The tag stays, the bytes do not.
    let (_s, url) = shelf(&rule("garbage = \"binary\"")).await;
    let response = get(&url, &[]).await;
    let etag = header(&response, "etag").to_owned();
    let bytes = drain(response).await.0;
    assert_ne!((bytes.len(), format!("\"{:X}\"", md5::compute(&bytes))), (1000, etag));

    let (_s, url) = shelf(&rule("status = 503")).await;
    let response = get(&url, &[]).await;
    assert_eq!(response.status(), 503);
    assert!(drain(response).await.0.starts_with(b"<?xml"));

    let (_s, url) = shelf(&rule("slow_bytes_per_s = 20000")).await;
    let (bytes, broken) = drain(get(&url, &[]).await).await;
    assert_eq!((bytes.len(), broken), (1000, false));
}
