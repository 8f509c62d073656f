//! The last requests of all turns with what came back, for whoever asks. It owns how many are
//! remembered, and refuses to write any of it to a disk or a log.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::api::chat::surface::Route;
use crate::api::inspector::Tap;
use crate::api::region::Endpoint;
use crate::domain::ids::TurnId;
use crate::domain::inspector::{Exchange, KEPT, Outcome};
use crate::domain::models::ModelId;

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Records(Mutex<VecDeque<Arc<Record>>>);

/// One request, from before it is sent.
#[derive(Debug)]
pub(super) struct Record {
    turn: TurnId,
    attempt: u32,
    model: ModelId,
    route: Route,
    /// Where it goes; its key is what must not be shown.
    endpoint: Endpoint,
    /// Takes the notes.
    pub(super) tap: Tap,
    sent_ms: i64,
    begun: Instant,
    /// How it ended, and after how long.
    end: Mutex<Option<(Outcome, Duration)>>,
}

impl Records {
    /// A request is about to be sent; the oldest one makes room for it.
    pub(super) fn begin(
        &self,
        (turn, attempt): (TurnId, u32),
        model: ModelId,
        route: Route,
        endpoint: Endpoint,
    ) -> Arc<Record> {
        let record = Arc::new(Record {
            turn,
            attempt,
            model,
            route,
            endpoint,
            tap: Tap::default(),
            sent_ms: wall_ms(),
            begun: Instant::now(),
            end: Mutex::default(),
        });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.truncate(KEPT - 1);
        all.push_front(record.clone());
        record
    }

    /// What is remembered of some turns, in the order it was sent.
    pub(super) fn read(&self, turns: &[TurnId]) -> Vec<Exchange> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let of_them = all.iter().rev().filter(|record| turns.contains(&record.turn));
        of_them.map(|record| record.read()).collect()
    }
}

impl Record {
    /// It is over.
    pub(super) fn end(&self, outcome: Outcome) {
        let took = self.begun.elapsed();
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some((outcome, took));
    }

    fn read(&self) -> Exchange {
        let (sent, came) = self.tap.read(&self.endpoint);
        let end = self.end.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (outcome, took) = end.unwrap_or_else(|| (Outcome::Running, self.begun.elapsed()));
        Exchange {
            turn: self.turn,
            attempt: self.attempt,
            model: self.model.clone(),
            via: self.route.via(),
            sent_ms: self.sent_ms,
            sent,
            came,
            took,
            outcome,
        }
    }
}

/// Milliseconds since 1970 (UTC).
#[expect(clippy::disallowed_methods, reason = "a service has a clock")]
fn wall_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}
