//! The meters: tells what is used, by this program and all others of the machine, and the limits of
//! it as the service tells them. It owns the reading of the ledger for the screen; it refuses to
//! write to it, and to wake up while nothing moves.

mod actor;
mod quotas;

use std::path::PathBuf;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::api::client::ApiClient;
use crate::api::region::Endpoint;
use crate::catalog::Shared;
use crate::domain::meters::count::MetersCommand;
use crate::domain::settings::Figures;
use crate::event::ServiceEvent;
use crate::service::keys::Keys;
use crate::service::store::Desk;
use actor::Actor;

/// Commands that may wait in the inbox. When it is full the command comes back to the sender.
const INBOX: usize = 16;

/// What the service needs from outside.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Asks for the limits.
    pub client: ApiClient,
    /// Where they are asked for.
    pub endpoint: Endpoint,
    /// Where to ask for the key.
    pub keys: Keys,
    /// Knows the documented limits.
    pub catalog: Shared,
    /// Of which set.
    pub figures: Figures,
    /// The store.
    pub desk: Desk,
    /// Whose use is shown.
    pub profile: String,
    /// The data directory, where the bells hang.
    pub data: PathBuf,
    /// Milliseconds since 1970 (UTC).
    pub now: fn() -> i64,
}

/// The way to the service.
#[derive(Debug, Clone)]
pub struct Handle {
    inbox: mpsc::Sender<MetersCommand>,
}

impl Handle {
    /// Hands a command over without waiting, or gives it back if the inbox is full.
    ///
    /// # Errors
    /// The command itself.
    pub fn try_send(&self, command: MetersCommand) -> Result<(), MetersCommand> {
        self.inbox.try_send(command).map_err(mpsc::error::TrySendError::into_inner)
    }
}

/// Starts the service, which reads the store at once. While `out` is full it waits: what has changed
/// meanwhile is told as one.
#[must_use]
pub fn spawn(deps: Deps, out: mpsc::Sender<ServiceEvent>, cancel: CancellationToken) -> Handle {
    let (inbox, commands) = mpsc::channel(INBOX);
    tokio::spawn(Actor::new(deps, out, cancel).run(commands));
    Handle { inbox }
}

#[cfg(test)]
mod tests;
