//! The examination for the workbench: in the background, one at a time, each finding an event. It
//! refuses to go on when the next one is asked for.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Deps, examine};
use crate::domain::doctor::{DoctorCommand, DoctorEvent, Name};
use crate::event::ServiceEvent;
use crate::service::inbox::{self, Inbox};

/// Commands that may wait. A full inbox refuses: only the last one is of interest anyway.
const INBOX: usize = 4;

/// Reads everything anew for an examination; slow.
pub type Gather = Arc<dyn Fn() -> Deps + Send + Sync>;

/// The way to the service.
pub type Handle = Inbox<DoctorCommand>;

/// Starts the service. Nothing is looked at before it is asked.
#[must_use]
pub fn spawn(gather: Gather, out: mpsc::Sender<ServiceEvent>, cancel: CancellationToken) -> Handle {
    let (inbox, mut commands) = inbox::open(INBOX, cancel);
    tokio::spawn(async move {
        let mut next = None;
        loop {
            let command = match next.take() {
                Some(command) => Some(command),
                None => commands.next().await,
            };
            let Some(DoctorCommand { run }) = command else { return };
            tokio::select! {
                biased;
                // Whoever asks again wants to know how it is now.
                command = commands.next() => match command {
                    Some(command) => next = Some(command),
                    None => return,
                },
                () = look(run, &gather, &out) => {}
            }
        }
    });
    inbox
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
