//! A server for tests that says exactly what it is told to, byte by byte, and remembers what it
//! was asked. It refuses to know HTTP beyond finding the end of a request.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::client::{ApiClient, ClientOptions, Deadlines};
use super::region::Endpoint;
use crate::domain::chat::{ChatParams, ChatRequest, PromptMessage, Role};
use crate::domain::models::ModelId;

/// The key that tests send, to be searched for where it must not be.
pub(crate) const KEY: &str = "sk-5ecre7-0f-7e575";

/// No wait in a test is meant to be longer.
pub(crate) const CAP: Duration = Duration::from_secs(20);

/// Reads one of the samples of the wire.
#[expect(clippy::disallowed_methods, reason = "tests read their fixtures")]
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/wire/");
    std::fs::read(format!("{path}{name}")).expect("a sample")
}

/// What the server does with a connection, in order. At the end it closes.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Wait for a whole request.
    Hear,
    /// Send these bytes.
    Say(Vec<u8>),
    /// Wait until the test says go.
    Wait(Arc<Notify>),
    /// Say nothing and keep the connection until the other side closes it.
    Stall,
    /// Send these bytes again and again until the other side closes.
    Repeat(Vec<u8>, Duration),
}

/// A running server. It ends with the test's runtime.
pub(crate) struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves one script per connection; the last one serves all further connections.
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = heard.clone();
        tokio::spawn(async move {
            let mut scripts = scripts.into_iter().peekable();
            let mut last = Vec::new();
            while let Ok((socket, _)) = listener.accept().await {
                if let Some(script) = scripts.next() {
                    last = script;
                }
                tokio::spawn(play(socket, last.clone(), all.clone()));
            }
        });
        Self { port, heard }
    }

    /// The requests heard so far, heads and bodies.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic inside").clone()
    }

    /// The same list, to be read after the server was given away.
    pub(crate) fn log(&self) -> Arc<Mutex<Vec<String>>> {
        self.heard.clone()
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        endpoint(&self.origin())
    }
}

async fn play(mut socket: TcpStream, script: Vec<Step>, heard: Arc<Mutex<Vec<String>>>) {
    for step in script {
        match step {
            Step::Hear => {
                let Some(request) = hear(&mut socket).await else { return };
                heard.lock().expect("no panic inside").push(request);
            }
            Step::Say(bytes) => {
                if socket.write_all(&bytes).await.is_err() || socket.flush().await.is_err() {
                    return;
                }
            }
            Step::Wait(go) => go.notified().await,
            Step::Stall => {
                let mut rest = [0; 256];
                while matches!(socket.read(&mut rest).await, Ok(n) if n > 0) {}
                return;
            }
            Step::Repeat(bytes, pause) => {
                while socket.write_all(&bytes).await.is_ok() {
                    tokio::time::sleep(pause).await;
                }
                return;
            }
        }
    }
}

/// One request: the head, and as much body as it announces.
async fn hear(socket: &mut TcpStream) -> Option<String> {
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let n = socket.read(&mut piece).await.ok().filter(|n| *n > 0)?;
        all.extend_from_slice(&piece[..n]);
        let text = String::from_utf8_lossy(&all);
        let Some(head) = text.find("\r\n\r\n") else { continue };
        let length = text[..head]
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
            })
            .unwrap_or(0);
        if all.len() >= head + 4 + length {
            return Some(text.into_owned());
        }
    }
}

/// A head without a length: the body ends with the connection.
pub(crate) fn head(status: u16, headers: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} Said\r\nx-request-id: from-header\r\nconnection: close\r\n{headers}\r\n"
    )
    .into_bytes()
}

/// The head of a stream of events.
pub(crate) fn sse_head() -> Vec<u8> {
    head(200, "content-type: text/event-stream;charset=UTF-8\r\n")
}

/// A script that answers one request with a head and a body.
pub(crate) fn answer(head: Vec<u8>, body: impl Into<Vec<u8>>) -> Vec<Step> {
    vec![Step::Hear, Step::Say(head), Step::Say(body.into())]
}

/// A script that streams these events.
pub(crate) fn stream(body: impl Into<Vec<u8>>) -> Vec<Step> {
    answer(sse_head(), body)
}

/// A script that refuses with a status and a JSON body.
pub(crate) fn refuse(status: u16, headers: &str, body: impl Into<Vec<u8>>) -> Vec<Step> {
    let headers = format!("content-type: application/json\r\n{headers}");
    answer(head(status, &headers), body)
}

/// One content delta as an event.
pub(crate) fn delta(text: &str) -> String {
    let chunk = serde_json::json!({
        "choices": [{"delta": {"content": text}, "finish_reason": null, "index": 0}],
        "usage": null, "model": "m", "id": "chatcmpl-1"
    });
    format!("data: {chunk}\n\n")
}

/// The end of a stream.
pub(crate) const STOP: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\",\"index\":0}]}\n\ndata: [DONE]\n\n";

pub(crate) fn endpoint(origin: &str) -> Endpoint {
    Endpoint::at_origin(origin, Some(KEY.into()), "TEST_KEY").expect("a URL")
}

/// A client without proxies and with these deadlines.
pub(crate) fn client(endpoint: &Endpoint, deadlines: Deadlines) -> ApiClient {
    let mut options = ClientOptions::for_endpoint(endpoint);
    options.deadlines = deadlines;
    options.system_proxies = false;
    ApiClient::new(options)
}

/// A small question.
pub(crate) fn question() -> ChatRequest {
    ChatRequest {
        model: ModelId::new("qwen-plus"),
        messages: vec![PromptMessage::text(Role::User, "What is an async task?")],
        params: ChatParams::default(),
    }
}
