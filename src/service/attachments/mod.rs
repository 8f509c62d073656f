//! Files that go with questions: looking at them for the composer, listing directories, and (for the
//! chat service) making them ready to be sent. The one place that opens a user's media files; it
//! refuses to change any.

pub mod look;
pub mod send;
pub mod uploads;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::attachments::{AttachCommand, AttachEvent, PathEntry};
use crate::event::ServiceEvent;
use crate::service::inbox::{self, Inbox};
use crate::text::sanitize;
use look::Base;

/// Commands that may wait; a full inbox refuses.
const INBOX: usize = 16;
/// No more entries of a directory are listed.
const MOST_ENTRIES: usize = 5000;

/// The way to the service.
pub type Handle = Inbox<AttachCommand>;

/// Starts the service. It answers each command with an event, in order.
#[must_use]
pub fn spawn(base: Base, out: mpsc::Sender<ServiceEvent>, cancel: CancellationToken) -> Handle {
    let (inbox, mut commands) = inbox::open(INBOX, cancel);
    tokio::spawn(async move {
        while let Some(command) = commands.next().await {
            let base = base.clone();
            // A disk may take its time, one over a network all of it.
            let done = tokio::task::spawn_blocking(move || answer(command, &base)).await;
            let Ok(event) = done else { continue };
            // Nobody listens when this fails: the program is ending.
            drop(out.send(ServiceEvent::Attach(event)).await);
        }
    });
    inbox
}

fn answer(command: AttachCommand, base: &Base) -> AttachEvent {
    match command {
        AttachCommand::Look { typed, why } => {
            let found = look::look(&typed, base);
            AttachEvent::Looked { typed, why, found }
        }
        AttachCommand::List { dir } => {
            let entries = list(&dir, base);
            AttachEvent::Listed { dir, entries }
        }
    }
}

/// What is in a directory, directories first, each by its name; nothing where it cannot be read.
fn list(dir: &str, base: &Base) -> Vec<PathEntry> {
    let path = base.path(if dir.is_empty() { "." } else { dir });
    let Ok(read) = std::fs::read_dir(path) else { return Vec::new() };
    let mut entries: Vec<PathEntry> = read
        .flatten()
        .take(MOST_ENTRIES)
        .filter_map(|entry| {
            // A name that is no text cannot be typed either.
            let name = entry.file_name().into_string().ok()?;
            let clean = sanitize::line(&name) == name;
            let dir = entry.path().is_dir();
            clean.then_some(PathEntry { name, dir })
        })
        .collect();
    entries.sort_by(|a, b| b.dir.cmp(&a.dir).then_with(|| a.name.cmp(&b.name)));
    entries
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::domain::attachments::{Medium, Wish};

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "tests have files of their own")]
    async fn it_looks_and_lists() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("sub")).unwrap();
        std::fs::write(dir.path().join("b.gif"), b"GIF89a\x0a\0\x0b\0\xf0\0\0\0\0\0\xff\xff\xff")
            .unwrap();
        std::fs::write(dir.path().join("a\x1b.txt"), b"").unwrap();
        let (out, mut events) = mpsc::channel(8);
        let base = Base { cwd: dir.path().to_owned(), home: None };
        let handle = spawn(base, out, CancellationToken::new());
        handle.try_send(AttachCommand::List { dir: String::new() }).unwrap();
        let typed = "b.gif".to_owned();
        handle.try_send(AttachCommand::Look { typed, why: Wish::Attach }).unwrap();
        let mut next =
            async || timeout(Duration::from_secs(20), events.recv()).await.unwrap().unwrap();
        let entry = |name: &str, dir| PathEntry { name: name.to_owned(), dir };
        assert_eq!(
            next().await,
            ServiceEvent::Attach(AttachEvent::Listed {
                dir: String::new(),
                entries: vec![entry("sub", true), entry("b.gif", false)],
            })
        );
        let ServiceEvent::Attach(AttachEvent::Looked { found: Ok(found), .. }) = next().await
        else {
            panic!("a picture");
        };
        assert_eq!((found.medium, found.pixels), (Medium::Image, Some((10, 11))));
    }
}
