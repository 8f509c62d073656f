//! Errands: looks at a file, shows one on the desktop, runs the user's program when a task has
//! ended, has a picture taken out of a video, asks the ledger. It refuses a shell, to wait for
//! ever, and to run the user's program twice for one task.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::domain::errands::{EndFacts, Errand, ErrandEvent};
use crate::domain::notice::{ErrandNotice, Notice, NoticeKind};
use crate::event::ServiceEvent;
use crate::service::inbox::{self, Inbox};
use crate::service::ledger::Ledger;
use crate::service::posters;
use crate::text::sanitize;

/// Errands that may wait in the inbox. When it is full the errand comes back to the sender.
const INBOX: usize = 64;
/// Programs at once.
const AT_ONCE: usize = 2;
/// The user's program may take this long; then it is left to itself.
const ENDED: Duration = Duration::from_secs(600);
/// A program that opens a file is heard so long: most go on as long as the file is open.
const OPEN: Duration = Duration::from_secs(3);

/// What the service needs from outside.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Tells what was spent.
    pub ledger: Ledger,
    /// Whose money.
    pub profile: String,
    /// The data directory, where it is noted for which tasks the user's program was run.
    pub data: PathBuf,
}

/// The way to the service.
pub type Handle = Inbox<Errand>;

/// Starts the service. Nothing is touched before an errand comes.
#[must_use]
pub fn spawn(deps: Deps, out: mpsc::Sender<ServiceEvent>, cancel: CancellationToken) -> Handle {
    let (inbox, mut errands) = inbox::open(INBOX, cancel.clone());
    tokio::spawn(async move {
        let deps = Arc::new(deps);
        let room = Arc::new(Semaphore::new(AT_ONCE));
        while let Some(errand) = errands.next().await {
            let (deps, out, cancel) = (deps.clone(), out.clone(), cancel.clone());
            let room = room.clone();
            tokio::spawn(async move {
                let _place = room.acquire_owned().await;
                let event = tokio::select! {
                    biased;
                    () = cancel.cancelled() => return,
                    event = run(&deps, errand) => event,
                };
                if let Some(event) = event {
                    // Nobody listens when this fails: the program is ending.
                    drop(out.send(event).await);
                }
            });
        }
    });
    inbox
}

async fn run(deps: &Deps, errand: Errand) -> Option<ServiceEvent> {
    match errand {
        Errand::Look { path } => {
            let found = tokio::fs::metadata(home(&path)).await.ok();
            let bytes = found.filter(std::fs::Metadata::is_file).map(|found| found.len());
            Some(ServiceEvent::Errand(ErrandEvent::Looked { path, bytes }))
        }
        Errand::Open { path } => show(path.clone(), path).await,
        Errand::Reveal { path } => {
            let dir = Path::new(&path).parent().map(|dir| dir.to_string_lossy().into_owned());
            show(dir.unwrap_or_else(|| path.clone()), path).await
        }
        Errand::Ended { words, facts } => ended(&deps.data, &words, &facts).await,
        Errand::Poster { key, path, kind, form } => {
            let poster = posters::poster(&path, kind, form).await;
            Some(ServiceEvent::Errand(ErrandEvent::Poster { key, poster }))
        }
        Errand::Spent(currency) => {
            let standing = deps.ledger.standing(deps.profile.clone(), currency).await.ok()?;
            Some(ServiceEvent::Errand(ErrandEvent::Spent(standing)))
        }
    }
}

/// A path as people type it: `~/` is the home directory.
fn home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        (Some(_) | None, _) => PathBuf::from(path),
    }
}

fn notice(notice: ErrandNotice) -> ServiceEvent {
    ServiceEvent::Notice(Notice::new(NoticeKind::Errand(notice)))
}

fn failed(program: &str, why: &str) -> ServiceEvent {
    let kind = NoticeKind::Errand(ErrandNotice::Program { program: program.to_owned() });
    ServiceEvent::Notice(Notice::new(kind).with_detail(sanitize::line(why)))
}

/// The desktop's own program for files, where there is a desktop.
fn opener() -> Option<&'static str> {
    if cfg!(target_os = "macos") {
        return Some("open");
    }
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    (set("DISPLAY") || set("WAYLAND_DISPLAY")).then_some("xdg-open")
}

async fn show(what: String, path: String) -> Option<ServiceEvent> {
    let Some(program) = opener() else {
        return Some(notice(ErrandNotice::NoDesktop { path }));
    };
    run_beside(program, OPEN, Command::new(program).arg(&what)).await
}

/// Runs the user's program once for a task, whichever of several running programs is quicker; tells
/// of it only if it fails. `data` is the data directory.
pub async fn ended(data: &Path, words: &[String], facts: &EndFacts) -> Option<ServiceEvent> {
    let (program, arguments) = words.split_first()?;
    match claim(data, &facts.key.to_string()).await {
        Ok(true) => {}
        Ok(false) => return None,
        Err(error) => return Some(failed(program, &error.to_string())),
    }
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args(&facts.files)
        .env("LIAN_TASK_STATE", facts.stage)
        .env("LIAN_TASK_ID", &facts.id)
        .env("LIAN_TASK_MODEL", &facts.model)
        .env("LIAN_TASK_PROMPT", &facts.title);
    run_beside(program, ENDED, &mut command).await
}

/// Runs a program beside the screen, out of reach of its keys, and tells of it only if it fails
/// within this time.
async fn run_beside(program: &str, cap: Duration, command: &mut Command) -> Option<ServiceEvent> {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return Some(failed(program, &error.to_string())),
    };
    match tokio::time::timeout(cap, child.wait()).await {
        Ok(Ok(status)) if !status.success() => Some(failed(program, &status.to_string())),
        Ok(Err(error)) => Some(failed(program, &error.to_string())),
        Ok(Ok(_)) | Err(_) => None,
    }
}

/// Tells whether this program is the first to say that the task has ended.
async fn claim(data: &Path, key: &str) -> std::io::Result<bool> {
    let dir = data.join("told");
    tokio::fs::create_dir_all(&dir).await?;
    let file = tokio::fs::OpenOptions::new().write(true).create_new(true).open(dir.join(key)).await;
    match file {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests make and read their files")]

    use super::*;
    use crate::domain::ids::TaskKey;

    #[tokio::test]
    async fn the_users_program_is_run_once_a_task() {
        let dir = tempfile::tempdir().unwrap();
        assert!(claim(dir.path(), "7").await.unwrap());
        assert!(!claim(dir.path(), "7").await.unwrap());
        assert!(claim(dir.path(), "8").await.unwrap());
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let desk = crate::service::store::spawn(
            crate::service::store::Deps { dir: dir.path().to_owned(), now: || 0 },
            mpsc::channel(8).0,
        )
        .desk();
        let deps =
            Deps { ledger: Ledger::new(desk), profile: String::new(), data: dir.path().to_owned() };
        let facts = EndFacts {
            key: TaskKey(1),
            id: String::new(),
            stage: "saved",
            model: String::new(),
            title: String::new(),
            files: vec!["a b.mp4".to_owned()],
        };
        let missing = ["/nowhere/at-all".to_owned()];
        let told = ended(&deps.data, &missing, &facts).await;
        assert!(matches!(told, Some(ServiceEvent::Notice(_))), "{told:?}");
        // What it is told reaches it, word by word.
        let out = dir.path().join("out");
        let script = format!("printf '%s|%s' \"$LIAN_TASK_STATE\" \"$1\" > '{}'", out.display());
        let words = ["/bin/sh", "-c", &script, "sh"].map(str::to_owned);
        let facts = EndFacts { key: TaskKey(2), ..facts };
        assert_eq!(ended(&deps.data, &words, &facts).await, None);
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "saved|a b.mp4");
    }
}
