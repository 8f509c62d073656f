//! The floor: a program that asks, wraps what comes and prints it thirty times a second, and
//! echoes keys. What it costs no other program can undercut by much. It refuses markdown,
//! panes and everything else.
#![expect(clippy::disallowed_methods, reason = "a clock of thirty frames a second")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use portable_pty::CommandBuilder;
use unicode_width::UnicodeWidthChar as _;

use crate::child::COLUMNS;

const ASKED_FOR: &str = "LIAN_BENCH_FLOOR";
pub(crate) const PROMPT: &str = "floor> ";
const FRAME: Duration = Duration::from_millis(33);

/// The simulator's address, if this process is to be the floor.
pub(crate) fn asked_for() -> Option<String> {
    std::env::var(ASKED_FOR).ok()
}

pub(crate) fn ask_for(command: &mut CommandBuilder, origin: &str) {
    command.env(ASKED_FOR, origin);
}

/// Echoes keys; Enter asks.
pub(crate) fn run(origin: &str) -> anyhow::Result<()> {
    crossterm::terminal::enable_raw_mode()?;
    let mut out = std::io::stdout();
    out.write_all(PROMPT.as_bytes())?;
    out.flush()?;
    let mut keys = [0; 256];
    let waiting: &'static Mutex<Vec<u8>> = Box::leak(Box::default());
    loop {
        let count = std::io::stdin().read(&mut keys)?;
        if count == 0 {
            return Ok(());
        }
        out.write_all(&keys[..count])?;
        out.flush()?;
        if keys[..count].contains(&b'\r') {
            let address = origin.trim_start_matches("http://").to_owned();
            std::thread::spawn(move || {
                let read = std::thread::spawn(move || answer(&address, waiting));
                print(waiting, || read.is_finished())
            });
        }
    }
}

/// Sends what has come, a frame at a time, until there is no more.
fn print(waiting: &Mutex<Vec<u8>>, over: impl Fn() -> bool) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    let mut next = Instant::now() + FRAME;
    loop {
        let last = over();
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
        next = Instant::now() + FRAME;
        let taken = waiting.lock().map(|mut text| std::mem::take(&mut *text)).unwrap_or_default();
        if taken.is_empty() && last {
            return Ok(());
        }
        out.write_all(&taken)?;
        out.flush()?;
    }
}

fn answer(address: &str, waiting: &Mutex<Vec<u8>>) -> anyhow::Result<()> {
    let body = r#"{"model":"qwen-plus","stream":true,"messages":[{"role":"user","content":"go"}]}"#;
    let mut socket = TcpStream::connect(address)?;
    // HTTP/1.0: the answer comes without chunks and ends with the connection.
    write!(
        socket,
        "POST /compatible-mode/v1/chat/completions HTTP/1.0\r\nHost: {address}\r\n\
         Authorization: Bearer sk-bench\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut column = 0;
    for line in BufReader::new(socket).lines() {
        let line = line?;
        let Some(data) = line.strip_prefix("data: ").filter(|data| *data != "[DONE]") else {
            continue;
        };
        let text = content(data).unwrap_or_default();
        let mut waiting = waiting.lock().ok().context("a thread failed")?;
        wrap(&text, &mut column, &mut waiting);
    }
    Ok(())
}

fn content(data: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(data).ok()?;
    Some(value.pointer("/choices/0/delta/content")?.as_str()?.to_owned())
}

/// Breaks where the row is full.
fn wrap(text: &str, column: &mut usize, out: &mut Vec<u8>) {
    for c in text.chars() {
        let cells = c.width().unwrap_or(0);
        if c == '\n' || *column + cells > usize::from(COLUMNS) {
            out.extend_from_slice(b"\r\n");
            *column = 0;
        }
        if c != '\n' {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            *column += cells;
        }
    }
}
