//! A server that says exactly what it is told to, byte by byte, and remembers what it heard: what
//! the simulator would never say, and a server that is not ours. It refuses to know more of HTTP
//! than where a request ends.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The head of an answer in events.
pub(crate) const EVENTS: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// A running server; its threads end with the test's process.
pub(crate) struct Fake {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Answers every request with these bytes and closes.
    pub(crate) fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (heard, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer.into()));
        let all = Arc::clone(&heard);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (all, answer) = (Arc::clone(&all), Arc::clone(&answer));
                std::thread::spawn(move || serve(socket, &answer, &all));
            }
        });
        Self { address, heard }
    }

    /// One text in events as OpenAI's own servers send them.
    pub(crate) fn telling(text: &str) -> Self {
        Self::saying(answer(&[delta(text)]))
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, head and body.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no server thread panicked").clone()
    }
}

/// The data of an event with some text.
pub(crate) fn delta(text: &str) -> String {
    let text = serde_json::Value::from(text);
    format!(
        "{{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"local-model\",\
         \"choices\":[{{\"index\":0,\"delta\":{{\"content\":{text}}},\"finish_reason\":null}}]}}"
    )
}

/// A whole answer of these events, with its end.
pub(crate) fn answer(events: &[String]) -> String {
    let mut all = EVENTS.to_owned();
    for event in events {
        all.push_str("data: ");
        all.push_str(event);
        all.push_str("\n\n");
    }
    all + "data: {\"id\":\"c1\",\"model\":\"local-model\",\"choices\":[{\"index\":0,\"delta\":{},\
           \"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
}

fn serve(mut socket: TcpStream, answer: &[u8], heard: &Mutex<Vec<String>>) {
    if let Some(request) = request(&mut socket) {
        heard.lock().expect("no server thread panicked").push(request);
        // The other side may leave in the midst of it.
        let _ = socket.write_all(answer);
        let _ = socket.shutdown(std::net::Shutdown::Write);
        let _ = socket.read(&mut [0]);
    }
}

/// Reads head and body; `None` if the other side leaves before.
fn request(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut block = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0_usize) {
                return Some(text);
            }
        }
        let count = socket.read(&mut block).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&block[..count]);
    }
}
