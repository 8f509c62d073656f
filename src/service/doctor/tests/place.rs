//! A server that says what it is told to.

use super::*;

/// A server that answers by path and remembers what it was asked.
pub(super) struct Place {
    pub(super) port: u16,
    pub(super) heard: Arc<Mutex<Vec<String>>>,
}

/// Status, further headers, body.
pub(super) type Say = (u16, &'static str, &'static str);

impl Place {
    pub(super) async fn serving(models: Say, tasks: Say, quotas: Say) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let all = Arc::clone(&all);
                tokio::spawn(async move {
                    let mut bytes = Vec::new();
                    let mut piece = [0; 1024];
                    while !text(&bytes).contains("\r\n\r\n") {
                        match socket.read(&mut piece).await {
                            Ok(n) if n > 0 => bytes.extend_from_slice(&piece[..n]),
                            _ => return,
                        }
                    }
                    let head = text(&bytes);
                    let end = head.find("\r\n\r\n").expect("it is there") + 4;
                    let head = head[..end].to_owned();
                    let path = head.split(' ').nth(1).unwrap_or_default();
                    let body = length(&head);
                    while bytes.len() < head.len() + body {
                        match socket.read(&mut piece).await {
                            Ok(n) if n > 0 => bytes.extend_from_slice(&piece[..n]),
                            _ => return,
                        }
                    }
                    if let Some(stream) = streamed(path) {
                        all.lock().expect("no panic").push(text(&bytes));
                        let answer = format!(
                            "HTTP/1.1 200 x\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{stream}"
                        );
                        drop(socket.write_all(answer.as_bytes()).await);
                        return;
                    }
                    let (status, headers, body) = match Some(path) {
                        Some(path) if path.ends_with("/models") => models,
                        Some(path) if path.contains("/tasks") => tasks,
                        Some(path) if path.contains("/quotas") => quotas,
                        _ => (500, "", ""),
                    };
                    all.lock().expect("no panic").push(head);
                    let length = body.len();
                    let answer = format!(
                        "HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
                    );
                    drop(socket.write_all(answer.as_bytes()).await);
                });
            }
        });
        Self { port, heard }
    }

    pub(super) async fn good() -> Self {
        Self::serving(LIST, TASKS, NOT_FOUND).await
    }

    pub(super) async fn refusing() -> Self {
        Self::serving(NO_KEY, NATIVE_NO_KEY, NATIVE_NO_KEY).await
    }

    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn endpoint(&self) -> Endpoint {
        Endpoint::at_origin(&self.origin(), None, "").expect("a URL")
    }

    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The length of a body, as its head says.
pub(super) fn length(head: &str) -> usize {
    let lower = head.to_ascii_lowercase();
    let found =
        lower.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    found.unwrap_or(0)
}

/// The recorded answer of a paid path.
pub(super) fn streamed(path: &str) -> Option<String> {
    let name = if path.ends_with("/chat/completions") {
        "compat-chat-stream.sse"
    } else if path.ends_with("/text-generation/generation") {
        "native-chat-stream-incremental.sse"
    } else {
        return None;
    };
    Some(text(&crate::api::testing::sample(name)))
}
