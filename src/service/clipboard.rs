//! Hands copied text to a program that keeps it: tmux, or the one the user named. It refuses a
//! shell, and to wait longer than a moment for one that hangs.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::copy::{Clipboard, CopyCommand, CopyNotice};
use crate::domain::notice::{Notice, NoticeKind};
use crate::effect::Effect;
use crate::event::ServiceEvent;
use crate::service::inbox::{self, Inbox};
use crate::text::sanitize;

/// Texts that may wait. A full inbox refuses: the program before hangs, and the user is told.
const INBOX: usize = 4;
/// A program that keeps a text takes it at once.
const PATIENCE: Duration = Duration::from_secs(3);
/// After its end, what it said has arrived; a child of its own may hold the pipe for ever.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// Of what it said so much is read.
const SAID: u64 = 2_000;

/// tmux keeps the text as a buffer and, with `-w`, passes it on to the terminal it is shown in; that
/// works with its defaults, unlike a sequence from within.
const TMUX: [&str; 4] = ["tmux", "load-buffer", "-w", "-"];

/// The way to the service.
pub type Handle = Inbox<CopyCommand>;

/// Starts the service. No process is started before a text comes.
#[must_use]
pub fn spawn(out: mpsc::Sender<ServiceEvent>, cancel: CancellationToken) -> Handle {
    let (inbox, mut commands) = inbox::open(INBOX, cancel.clone());
    tokio::spawn(async move {
        while let Some(command) = commands.next().await {
            let event = tokio::select! {
                biased;
                () = cancel.cancelled() => return,
                event = carry_out(command) => event,
            };
            // Nobody listens when this fails: the program is ending.
            drop(out.send(event).await);
        }
    });
    inbox
}

async fn carry_out(command: CopyCommand) -> ServiceEvent {
    let words: Vec<String> = match &command.to {
        Clipboard::Command(words) => words.clone(),
        Clipboard::Tmux => TMUX.iter().map(|word| (*word).to_owned()).collect(),
        // These have no program; whoever sent it here gets it back.
        Clipboard::Terminal | Clipboard::Off => {
            return ServiceEvent::Refused(Effect::Copy(command));
        }
    };
    let to = words.first().cloned().unwrap_or_default();
    let notice = match run(&words, &command.text).await {
        Ok(()) => {
            let CopyCommand { what, text, .. } = command;
            let characters = text.chars().count();
            Notice::new(NoticeKind::Copy(CopyNotice::Given { what, characters, to }))
        }
        Err(error) if command.to == Clipboard::Tmux => {
            // An old tmux, or none in the path: the terminal itself may still take it.
            tracing::info!(%error, "tmux did not take the text");
            return ServiceEvent::Refused(Effect::Copy(command));
        }
        Err(error) => {
            let said = sanitize::line(&error);
            Notice::new(NoticeKind::Copy(CopyNotice::Failed { to })).with_detail(said)
        }
    };
    ServiceEvent::Notice(notice)
}

/// Runs a program with a text on its standard input; answers with its own words if it fails.
async fn run(words: &[String], text: &str) -> Result<(), String> {
    let Some((program, arguments)) = words.split_first() else {
        return Err("no program is named".to_owned());
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = child.map_err(|error| error.to_string())?;
    let stderr = child.stderr.take();
    let listen = async move {
        let mut said = Vec::new();
        if let Some(stderr) = stderr {
            drop(stderr.take(SAID).read_to_end(&mut said).await);
        }
        said
    };
    let mut listen = tokio::spawn(listen);
    let ended = tokio::time::timeout(PATIENCE, feed(&mut child, text)).await;
    let said = tokio::time::timeout(LAST_WORDS, &mut listen).await;
    listen.abort();
    match ended {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => {
            let said = said.ok().and_then(Result::ok).unwrap_or_default();
            let said = String::from_utf8_lossy(&said).trim().to_owned();
            Err(if said.is_empty() { status.to_string() } else { said })
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

async fn feed(child: &mut Child, text: &str) -> std::io::Result<std::process::ExitStatus> {
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends without reading says so by its exit code.
        drop(stdin.write_all(text.as_bytes()).await);
        drop(stdin.shutdown().await);
    }
    child.wait().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::copy::Copied;

    async fn told(words: &[&str], text: &str) -> ServiceEvent {
        let (out, mut events) = mpsc::channel(4);
        let handle = spawn(out, CancellationToken::new());
        let to = Clipboard::Command(words.iter().map(|word| (*word).to_owned()).collect());
        let command = CopyCommand { what: Copied::Message, text: text.to_owned(), to };
        handle.try_send(command).unwrap();
        events.recv().await.unwrap()
    }

    fn kind(event: ServiceEvent) -> (NoticeKind, String) {
        let ServiceEvent::Notice(notice) = event else { panic!("{event:?}") };
        (notice.kind, notice.detail.unwrap_or_default())
    }

    #[tokio::test]
    async fn a_program_gets_the_text_byte_for_byte_and_no_shell() {
        let dir = tempfile::TempDir::new().unwrap();
        let file = dir.path().join("kept $(id)");
        let of = format!("of={}", file.display());
        let text = "千问 👩‍💻\n\t$HOME `id`\n".repeat(20_000);
        let (kind, _) = kind(told(&["dd", &of], &text).await);
        let characters = text.chars().count();
        let to = "dd".to_owned();
        let given = CopyNotice::Given { what: Copied::Message, characters, to };
        assert_eq!(kind, NoticeKind::Copy(given));
        assert_eq!(tokio::fs::read_to_string(&file).await.unwrap(), text);
    }

    #[tokio::test]
    async fn a_failure_is_told_in_the_programs_words() {
        let failed = |to: &str| NoticeKind::Copy(CopyNotice::Failed { to: to.to_owned() });
        let (told_kind, detail) = kind(told(&["ls", "/no/such/place"], "x").await);
        assert_eq!(told_kind, failed("ls"));
        assert!(detail.contains("/no/such/place"), "{detail}");
        let (told_kind, detail) = kind(told(&["no-such-program"], "x").await);
        assert_eq!(told_kind, failed("no-such-program"));
        assert!(!detail.is_empty());
    }

    #[tokio::test]
    async fn a_program_that_hangs_is_ended() {
        let (told_kind, detail) = kind(told(&["sleep", "600"], "x").await);
        assert_eq!(told_kind, NoticeKind::Copy(CopyNotice::Failed { to: "sleep".to_owned() }));
        assert!(detail.contains("3 s"), "{detail}");
    }
}
