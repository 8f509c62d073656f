//! The ledger of a program without a screen: a store of its own that is opened with the first
//! request and closed at the end. It refuses to hold the program up for longer than a moment.
#![expect(clippy::disallowed_methods, reason = "a store needs a clock")]

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::mpsc;

use super::Ledger;
use crate::service::store;

/// The store is waited for so long at the end.
const CLOSING: Duration = Duration::from_secs(5);

/// The ledger and the store under it.
#[derive(Debug)]
pub struct Alone {
    store: store::Handle,
    ledger: Ledger,
}

impl Alone {
    /// The ledger of a data directory. Nothing is touched before something is asked.
    #[must_use]
    pub fn in_dir(dir: PathBuf) -> Self {
        // What the store has to say besides its answers is for a screen.
        let (events, _nobody) = mpsc::channel(1);
        let store = store::spawn(store::Deps { dir, now: wall_ms }, events);
        let ledger = Ledger::new(store.desk());
        Self { store, ledger }
    }

    /// The way to it.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.ledger.clone()
    }

    /// Closes the store. Everything that was answered is on disk already.
    pub async fn close(self) {
        let Self { store, ledger } = self;
        drop(ledger);
        drop(tokio::task::spawn_blocking(move || store.close(CLOSING)).await);
    }
}

fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
