//! Writes conversations to files: hides what looks like a key, finds a free name, never writes
//! over anything. It refuses to choose what goes into a file.

#![expect(clippy::disallowed_methods, reason = "it makes the files the user asked for")]

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::chat::{FinishReason, Message, MessageState, Role, Usage};
use crate::domain::export::{ExportCommand, ExportNotice, Format, Transcript};
use crate::domain::money::{Currency, Money};
use crate::domain::notice::{Notice, NoticeKind};
use crate::event::ServiceEvent;
use crate::service::inbox::{self, Inbox};
use crate::text::{export, secrets};

/// Files that may wait; a full inbox refuses.
const INBOX: usize = 4;
/// Names that are tried before giving up.
const NAMES: u32 = 10_000;

/// The way to the service.
pub type Handle = Inbox<ExportCommand>;

/// Starts the service. It answers each command with a notice.
#[must_use]
pub fn spawn(out: mpsc::Sender<ServiceEvent>, cancel: CancellationToken) -> Handle {
    let (inbox, mut commands) = inbox::open(INBOX, cancel);
    tokio::spawn(async move {
        while let Some(command) = commands.next().await {
            // A disk may take its time.
            let written = tokio::task::spawn_blocking(move || told(command)).await;
            let Ok(notice) = written else { continue };
            // Nobody listens when this fails: the program is ending.
            drop(out.send(ServiceEvent::Notice(notice)).await);
        }
    });
    inbox
}

fn told(command: ExportCommand) -> Notice {
    match write(command) {
        Ok((path, hidden)) => {
            let path = path.display().to_string();
            Notice::new(NoticeKind::Export(ExportNotice::Written { path, hidden }))
        }
        Err((path, error)) => {
            let path = path.display().to_string();
            Notice::new(NoticeKind::Export(ExportNotice::Failed { path }))
                .with_detail(error.to_string())
        }
    }
}

/// Writes the file. Answers with its whole name and how many texts were hidden.
///
/// # Errors
/// The name that could not be written, and the system's words.
pub fn write(command: ExportCommand) -> Result<(PathBuf, usize), (PathBuf, io::Error)> {
    let ExportCommand { mut transcript, format, to } = command;
    let hidden = hide(&mut transcript);
    let (wanted, format) = place(to.as_deref(), format, &transcript.conversation.title);
    let text = render(&transcript, format, hidden);
    let (mut file, path) = free(&wanted).map_err(|error| (wanted, error))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
    if let Err(error) = written {
        // Half a file would look like a whole one.
        drop(std::fs::remove_file(&path));
        return Err((path, error));
    }
    Ok((std::path::absolute(&path).unwrap_or(path), hidden))
}

/// The text of a file.
#[must_use]
pub fn render(transcript: &Transcript, format: Format, hidden: usize) -> String {
    match format {
        Format::Markdown => export::markdown(transcript, hidden),
        Format::Json => format!("{:#}\n", json(transcript, hidden)),
    }
}

/// Takes out what looks like a key and tells how often.
pub fn hide(transcript: &mut Transcript) -> usize {
    let title = &mut transcript.conversation.title;
    // It is the beginning of the first question, where a key is counted.
    *title = secrets::hide(title).0.into_owned();
    let mut count = 0;
    let mut clean = |text: &mut String| {
        let (clean, found) = secrets::hide(text);
        if found > 0 {
            *text = clean.into_owned();
            count += found;
        }
    };
    transcript.system.iter_mut().for_each(&mut clean);
    transcript.remarks.iter_mut().for_each(&mut clean);
    for message in &mut transcript.messages {
        clean(&mut message.text);
        clean(&mut message.reasoning);
        let notice = message.facts.as_mut().and_then(|facts| facts.notice.as_mut());
        notice.and_then(|notice| notice.detail.as_mut()).map(&mut clean);
    }
    count
}

/// Where the file goes and in which form: the ending of a name decides over the form asked for.
fn place(to: Option<&str>, format: Format, title: &str) -> (PathBuf, Format) {
    let named = |format: Format| format!("{}.{}", export::file_name(title), format.ending());
    let Some(to) = to.map(str::trim).filter(|to| !to.is_empty()) else {
        return (PathBuf::from(named(format)), format);
    };
    let path = match to.strip_prefix("~/").zip(std::env::home_dir()) {
        Some((rest, home)) => home.join(rest),
        None => PathBuf::from(to),
    };
    if to.ends_with('/') || path.is_dir() {
        return (path.join(named(format)), format);
    }
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "json" => (path, Format::Json),
        "md" | "markdown" | "txt" => (path, Format::Markdown),
        _ => {
            let mut name = path.into_os_string();
            name.push(".");
            name.push(format.ending());
            (name.into(), format)
        }
    }
}

/// Makes a file of this name, or of the next number that is free.
fn free(wanted: &Path) -> io::Result<(File, PathBuf)> {
    let mut path = wanted.to_owned();
    for number in 2..NAMES {
        // For the owner alone, as the conversation is in the store.
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        match file {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        let stem = wanted.file_stem().unwrap_or_default().to_string_lossy();
        let ending = wanted.extension().unwrap_or_default().to_string_lossy();
        path = wanted.with_file_name(format!("{stem}-{number}.{ending}"));
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// The form for programs. Names are never changed, only added.
fn json(of: &Transcript, hidden: usize) -> Value {
    let offset = of.utc_offset_min;
    let head = &of.conversation;
    json!({
        "schema": "lian.conversation/1",
        "exported": export::iso(of.now_ms, offset),
        "conversation": {
            "id": head.id.to_string(),
            "title": head.title,
            "model": head.model.as_str(),
            "created": export::iso(head.created_ms, offset),
            "updated": export::iso(head.updated_ms, offset),
        },
        "system": of.system,
        "messages": of.messages.iter().map(|message| row(message, offset)).collect::<Vec<_>>(),
        "cost": export::costs(of).into_iter().map(money).collect::<Vec<_>>(),
        "hidden": hidden,
    })
}

fn row(message: &Message, offset: i32) -> Value {
    let facts = message.facts.as_ref();
    let mut row = json!({
        "id": message.id.to_string(),
        "role": match message.role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
        },
        "created": export::iso(message.created_ms, offset),
        "state": match message.state {
            MessageState::Complete => "complete",
            MessageState::Streaming => "streaming",
            MessageState::Partial => "partial",
            MessageState::Failed => "failed",
        },
        "text": message.text,
        "reasoning": message.reasoning,
        "model": facts.and_then(|facts| Some(facts.model.as_ref()?.as_str())),
        "request_id": facts.and_then(|facts| facts.request_id.as_ref()),
        "finish": facts.and_then(|facts| facts.finish.as_ref()).map(|finish| match finish {
            FinishReason::Stop => "stop",
            FinishReason::Length => "length",
            FinishReason::ToolCalls => "tool_calls",
            FinishReason::Other(word) => word,
        }),
        "usage": facts.and_then(|facts| facts.usage).map(|usage: Usage| json!({
            "input": usage.input, "output": usage.output,
            "cached": usage.cached, "reasoning": usage.reasoning,
        })),
        "first_token_s": facts.and_then(|facts| facts.first_token).map(|time| time.as_secs_f64()),
        "streaming_s": facts.and_then(|facts| facts.streaming).map(|time| time.as_secs_f64()),
        "cost": facts.and_then(|facts| facts.cost).map(money),
    });
    let attached = message
        .attachments
        .iter()
        .map(|of| json!({ "kind": of.medium.name(), "name": of.name, "bytes": of.bytes }));
    let sources = facts
        .iter()
        .flat_map(|facts| &facts.sources)
        .map(|source| json!({ "index": source.index, "title": source.title, "url": source.url }));
    let (attached, sources): (Vec<_>, Vec<_>) = (attached.collect(), sources.collect());
    // Most messages have neither.
    if !attached.is_empty() {
        row["attachments"] = attached.into();
    }
    if !sources.is_empty() {
        row["sources"] = sources.into();
    }
    row
}

fn money(money: Money) -> Value {
    let currency = match money.currency {
        Currency::Cny => "CNY",
        Currency::Usd => "USD",
    };
    json!({ "amount": money.amount.to_string(), "currency": currency })
}

#[cfg(test)]
mod tests;
