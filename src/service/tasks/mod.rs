//! Tasks that run at the service: sent once, followed to their end, fetched, kept. It owns the
//! pace and the search for lost answers; it refuses to send anything a second time by itself.
//!
//! Several processes share the store. Each may send what waits (taking a task out of the line is
//! one transaction); one of them, which holds the lease, asks and fetches; all hear the bell when
//! something changed. While no task is active nothing wakes up.

mod actor;
mod change;
mod lease;
mod line;
mod media;
mod orphan;
mod pace;
mod rows;
mod seen;
mod send;
pub mod setup;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::api::client::ApiClient;
use crate::api::region::Endpoint;
use crate::domain::ids::IdSource;
use crate::domain::notice::Notice;
use crate::domain::settings::{Figures, Settings};
use crate::domain::tasks::book::{TaskCommand, TaskEvent, TaskRecord};
use crate::service::attachments::look::Base;
use crate::service::attachments::uploads::Uploads;
use crate::service::downloads::Downloads;
use crate::service::keys::Keys;
use crate::service::ledger::Ledger;
use crate::service::store::Desk;
use actor::Actor;

/// The bell that is rung when a task changed; its file in the data directory.
pub(in crate::service) const BELL: &str = "tasks.bell";

/// Commands that may wait in the inbox. When it is full the command comes back to the sender.
const INBOX: usize = 64;

/// What the service needs from outside.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Makes the requests; its deadlines and limits hold.
    pub client: ApiClient,
    /// Where they go.
    pub endpoint: Endpoint,
    /// Where to ask for the key.
    pub keys: Keys,
    /// Schemas, prices and limits of the models.
    pub catalog: crate::catalog::Shared,
    /// Which set of prices and limits is in force.
    pub figures: Figures,
    /// The store.
    pub desk: Desk,
    /// The gate for money.
    pub ledger: Ledger,
    /// Knows which files of this machine are at the service already.
    pub uploads: Uploads,
    /// Where paths that are typed begin.
    pub files: Base,
    /// Fetches what tasks made.
    pub downloads: Downloads,
    /// Whose tasks: those of another profile need another key.
    pub profile: String,
    /// The data directory, where the bell hangs.
    pub data: PathBuf,
    /// Milliseconds since 1970 (UTC).
    pub now: fn() -> i64,
    /// Random, and nobody else's: keys of tasks and of entries of the ledger are made from it, and
    /// another source of the same seed, here or in another process, would make the same ones.
    pub seed: u64,
    /// Every wait of the pace is divided by this: 1 with the service, more where its time runs
    /// faster.
    pub rush: u32,
}

/// The way to the running service. When the last one is dropped it ends.
#[derive(Debug, Clone)]
pub struct Handle {
    inbox: mpsc::Sender<TaskCommand>,
    ended: CancellationToken,
    downloads: Downloads,
    /// The data directory, and where paths that are typed begin.
    at: (PathBuf, Base),
}

impl Handle {
    /// Hands over a command, or gives it back if the inbox is full or the service has ended.
    pub fn try_send(&self, command: TaskCommand) -> Result<(), TaskCommand> {
        self.inbox.try_send(command).map_err(mpsc::error::TrySendError::into_inner)
    }

    /// The settings are others: files that are fetched from now on go where these say.
    pub fn heed(&self, settings: &Settings) {
        self.downloads.move_to(setup::places(settings, &self.at.0, &self.at.1));
    }

    /// Waits until the service has ended.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

/// Every task of a store, newest first, without starting anything.
///
/// # Errors
/// The store cannot be read.
pub async fn read(desk: &Desk) -> Result<Vec<TaskRecord>, Notice> {
    let mut all = desk.ask(|change| rows::changed(change, -1)).await?;
    all.reverse();
    Ok(all)
}

/// Starts the service. Events go to `out`, waiting when it is full. After `cancel` nothing new is
/// begun; what is being sent gets a moment for its answer.
#[must_use]
pub fn spawn(deps: Deps, out: mpsc::Sender<TaskEvent>, cancel: CancellationToken) -> Handle {
    let (inbox, commands) = mpsc::channel(INBOX);
    let ended = CancellationToken::new();
    let guard = ended.clone().drop_guard();
    let ids = IdSource::new(deps.seed);
    let (downloads, at) = (deps.downloads.clone(), (deps.data.clone(), deps.files.clone()));
    let actor = Actor::new(Arc::new(deps), ids, out, cancel);
    tokio::spawn(async move {
        actor.run(commands).await;
        drop(guard);
    });
    Handle { inbox, ended, downloads, at }
}

#[cfg(test)]
mod tests;
