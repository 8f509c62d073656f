//! The examination for the workbench: in the background, one at a time, each finding an event. It
//! refuses to go on when the next one is asked for.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Deps, examine};
use crate::domain::doctor::{DoctorCommand, DoctorEvent, Name};
use crate::event::ServiceEvent;

/// Commands that may wait. A full inbox refuses: only the last one is of interest anyway.
const INBOX: usize = 4;

/// Reads everything anew for an examination; slow.
pub type Gather = Arc<dyn Fn() -> Deps + Send + Sync>;

/// The way to the service.
#[derive(Debug, Clone)]
pub struct Handle {
    inbox: mpsc::Sender<DoctorCommand>,
}

impl Handle {
    /// Asks for an examination without waiting.
    ///
    /// # Errors
    /// The command itself if the inbox is full.
    pub fn try_send(&self, command: DoctorCommand) -> Result<(), DoctorCommand> {
        self.inbox.try_send(command).map_err(mpsc::error::TrySendError::into_inner)
    }
}

/// Starts the service. Nothing is looked at before it is asked.
#[must_use]
pub fn spawn(gather: Gather, out: mpsc::Sender<ServiceEvent>, cancel: CancellationToken) -> Handle {
    let (inbox, mut commands) = mpsc::channel(INBOX);
    tokio::spawn(async move {
        let mut next = None;
        loop {
            let command = if let Some(command) = next.take() {
                Some(command)
            } else {
                tokio::select! {
                    biased;
                    () = cancel.cancelled() => return,
                    command = commands.recv() => command,
                }
            };
            let Some(DoctorCommand { run }) = command else { return };
            tokio::select! {
                biased;
                () = cancel.cancelled() => return,
                // Whoever asks again wants to know how it is now.
                command = commands.recv() => match command {
                    Some(command) => next = Some(command),
                    None => return,
                },
                () = look(run, &gather, &out) => {}
            }
        }
    });
    Handle { inbox }
}

/// One examination. Dropped in its midst it leaves no question open but those already sent.
async fn look(run: u64, gather: &Gather, out: &mpsc::Sender<ServiceEvent>) {
    let gather = Arc::clone(gather);
    if let Ok(deps) = tokio::task::spawn_blocking(move || gather()).await {
        let (found, mut checks) = mpsc::channel(Name::ALL.len());
        let work = async {
            drop(examine(deps, &found).await);
            drop(found);
        };
        let told = async {
            while let Some(check) = checks.recv().await {
                let event = DoctorEvent::Found { run, check: Box::new(check) };
                // Nobody listens when this fails: the program is ending.
                drop(out.send(ServiceEvent::Doctor(event)).await);
            }
        };
        tokio::join!(work, told);
    }
    drop(out.send(ServiceEvent::Doctor(DoctorEvent::Ended { run })).await);
}
