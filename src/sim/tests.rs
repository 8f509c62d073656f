//! The running server, driven with an HTTP client that is not ours and with bare sockets.

#![expect(clippy::needless_pass_by_value, reason = "literals of JSON read best without a `&`")]

use std::sync::Once;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

const CHAT: &str = "/compatible-mode/v1/chat/completions";
/// Generous: only a broken test waits this long.
const CAP: Duration = Duration::from_secs(20);

mod basics;
mod downloads;
mod embed;
mod faults;
mod films;
mod limited;
mod listing;
mod media;
mod native;
mod speech;
mod tasks;
mod uploads;

fn client() -> reqwest::Client {
    static RING: Once = Once::new();
    RING.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
        .no_proxy()
        .no_gzip()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// A server without pauses.
async fn quick(scenario: &str) -> Server {
    let options = Options {
        rate: Some(0.0),
        time_scale: 1000.0,
        scenario: Some(Scenario::parse("test.toml", scenario).unwrap()),
        ..Options::default()
    };
    start(options).await.unwrap()
}

fn question(more: Value) -> Value {
    let mut body = json!({"model": "qwen-plus", "messages": [{"role": "user", "content": "Explain streaming"}]});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

async fn post(server: &Server, body: Value) -> reqwest::Response {
    let request =
        client().post(server.origin() + CHAT).bearer_auth("sk-test").body(body.to_string());
    tokio::time::timeout(CAP, request.send()).await.unwrap().unwrap()
}

/// What came until the end or the break, and whether it broke.
async fn drain(mut response: reqwest::Response) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    loop {
        match tokio::time::timeout(CAP, response.chunk()).await.unwrap() {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return (bytes, false),
            Err(_) => return (bytes, true),
        }
    }
}

/// The data of every event of a stream.
fn events(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let events = text.split("\n\n").filter(|event| !event.is_empty());
    events.map(|event| event.strip_prefix("data: ").unwrap_or(event).to_owned()).collect()
}

fn chunks(bytes: &[u8]) -> Vec<Value> {
    events(bytes).iter().filter_map(|event| serde_json::from_str(event).ok()).collect()
}

/// The text of all deltas together.
fn text(chunks: &[Value], field: &str) -> String {
    chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"][field].as_str()).collect()
}

async fn stream(server: &Server, more: Value) -> Vec<u8> {
    let mut body = question(more);
    body["stream"] = json!(true);
    drain(post(server, body).await).await.0
}

/// Waits until something is so.
async fn until(what: impl Fn() -> bool) {
    let wait = async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(CAP, wait).await.unwrap();
}
