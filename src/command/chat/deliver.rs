//! Getting bytes to stdout while signals come: a reader that stands still keeps nobody from ending.
//! It refuses to know what is written.

use std::io::{self, Write as _};
use std::time::Duration;

/// How a write to stdout went.
pub(in crate::command) enum Delivered {
    /// All of it is out.
    Whole,
    /// The reader went away, or a signal came and still nobody reads.
    Not,
}

/// After a signal a reader is given this long to take what is being written.
const PATIENCE: Duration = Duration::from_millis(500);

/// Writes to stdout. A reader that stands still must not keep signals from ending us, so the wait is
/// made in a thread of its own. A signal meanwhile sets the exit code.
pub(in crate::command) async fn deliver(
    bytes: Vec<u8>,
    signals: &mut Signals,
    code: &mut Option<u8>,
) -> Delivered {
    if bytes.is_empty() {
        return Delivered::Whole;
    }
    let mut write = tokio::task::spawn_blocking(move || {
        let mut out = io::stdout().lock();
        out.write_all(&bytes).and_then(|()| out.flush())
    });
    let done = if code.is_none() {
        tokio::select! {
            done = &mut write => Some(done),
            signal = signals.next() => {
                *code = Some(signal);
                None
            }
        }
    } else {
        None
    };
    let done = match done {
        Some(done) => done,
        None => match tokio::time::timeout(PATIENCE, write).await {
            Ok(done) => done,
            Err(_) => return Delivered::Not,
        },
    };
    match done {
        Ok(Ok(())) => Delivered::Whole,
        Ok(Err(_)) | Err(_) => Delivered::Not,
    }
}

/// Ctrl-C and SIGTERM as exit codes.
pub(in crate::command) struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    pub(in crate::command) fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    pub(in crate::command) async fn next(&mut self) -> u8 {
        let wait = async |signal: &mut Option<tokio::signal::unix::Signal>| match signal {
            Some(signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        };
        tokio::select! {
            () = wait(&mut self.interrupt) => 130,
            () = wait(&mut self.terminate) => 143,
        }
    }
}
