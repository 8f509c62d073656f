//! The speech service: texts are asked for piece by piece, the next while one is heard, and handed on
//! to the sound service in order. It owns what is spoken; it refuses to cut texts (`text`), to know the
//! wire (`api`) and to know any device (`audio`).

mod actor;
mod cache;
mod fetch;
mod reading;
mod setup;

use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::api::client::ApiClient;
use crate::api::region::Endpoint;
use crate::catalog;
use crate::domain::ids::{EntryId, IdSource};
use crate::domain::ledger::Gate;
use crate::domain::settings::Figures;
use crate::domain::speech::aloud::SpeechCommand;
use crate::event::ServiceEvent;
use crate::service::audio;
use crate::service::keys::Keys;
use crate::service::ledger::Ledger;
use actor::Actor;

pub use cache::Cache;

/// Commands that may wait in the inbox. When it is full the command comes back to the sender.
const INBOX: usize = 64;

/// What the service needs from outside.
#[derive(Debug)]
pub struct Deps {
    /// Makes the requests; its deadlines and limits hold.
    pub client: ApiClient,
    /// Where they go, and with which key.
    pub endpoint: Endpoint,
    /// Where to ask for the key, if the endpoint has none yet.
    pub keys: Keys,
    /// Prices and voices.
    pub catalog: catalog::Shared,
    /// By which prices.
    pub figures: Figures,
    /// Reserves before a request and settles after it.
    pub ledger: Ledger,
    /// Whose money.
    pub profile: String,
    /// What may be spent.
    pub gate: Gate,
    /// What was spoken once.
    pub cache: Cache,
    /// Where the sound goes.
    pub ear: Ear,
    /// Random per process: ids and the waits between tries derive from it.
    pub seed: u64,
}

/// Where the sound goes.
#[derive(Debug)]
pub enum Ear {
    /// To the first place that takes it.
    Sinks(audio::Deps),
    /// To whoever asks, as samples at [`RATE`](crate::domain::audio::RATE): 16 bits, little-endian, one
    /// channel. While nobody takes them, the service waits.
    Samples(mpsc::Sender<Vec<u8>>),
}

/// The way to the service. When the last one is dropped, what is spoken is heard to its end, and what
/// was paid for is kept.
#[derive(Debug, Clone)]
pub struct Handle {
    inbox: mpsc::Sender<SpeechCommand>,
    ended: CancellationToken,
}

impl Handle {
    /// Hands a command over without waiting.
    ///
    /// # Errors
    /// The command itself, if the inbox is full or the service has ended.
    pub fn try_send(&self, command: SpeechCommand) -> Result<(), SpeechCommand> {
        self.inbox.try_send(command).map_err(mpsc::error::TrySendError::into_inner)
    }

    /// Hands a command over, waiting for room.
    ///
    /// # Errors
    /// The command itself, if the service has ended.
    pub async fn send(&self, command: SpeechCommand) -> Result<(), SpeechCommand> {
        self.inbox.send(command).await.map_err(|refused| refused.0)
    }

    /// Waits until the service has ended and everything that was asked for is settled.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

/// What the requests share.
#[derive(Debug)]
struct Shared {
    deps: Deps,
    flights: fetch::Flights,
    ids: Mutex<IdSource>,
    cancel: CancellationToken,
}

impl Shared {
    fn entry(&self) -> EntryId {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).entry()
    }

    /// From 0 up to below 1.
    fn random(&self) -> f64 {
        let id = self.entry().0.cast_unsigned();
        f64::from((id >> 31) as u32) / (f64::from(u32::MAX) + 1.0)
    }
}

/// Starts the service; nothing is opened before something is spoken. Events go to `out`, waiting when
/// it is full. After `cancel` it is silent, requests under way are cut and settled.
#[must_use]
pub fn spawn(mut deps: Deps, out: mpsc::Sender<ServiceEvent>, cancel: CancellationToken) -> Handle {
    let (inbox, commands) = mpsc::channel(INBOX);
    let ended = CancellationToken::new();
    let guard = ended.clone().drop_guard();
    // The ear is the sound service's; what is left here is a way that leads nowhere.
    let ear = std::mem::replace(&mut deps.ear, Ear::Samples(mpsc::channel(1).0));
    let ids = IdSource::new(deps.seed);
    let shared = Shared { deps, flights: fetch::Flights::default(), ids: Mutex::new(ids), cancel };
    let actor = Actor::new(shared, ear, out);
    tokio::spawn(async move {
        actor.run(commands).await;
        drop(guard);
    });
    Handle { inbox, ended }
}

#[cfg(test)]
mod tests;
