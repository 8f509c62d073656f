//! What the simulator was asked, for tests: a bounded ring of plain records.
//! It refuses to keep keys; of the authorization it only keeps that there was one.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// How many requests are remembered.
const KEPT: usize = 256;
/// Larger bodies, in bytes, are remembered as JSON null.
const LARGEST: usize = 256 * 1024;

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The model it named, or nothing.
    pub model: String,
    /// The body; null when it was no JSON, missing, or larger than 256 KiB.
    pub body: Value,
    /// It came with an `Authorization` header.
    pub had_auth: bool,
    /// The id it was answered with.
    pub request_id: String,
}

/// The last requests.
#[derive(Debug, Default)]
pub(super) struct Ring(Mutex<(u64, VecDeque<Seen>)>);

impl Ring {
    pub(super) fn push(&self, mut seen: Seen, bytes: usize) {
        if bytes > LARGEST {
            seen.body = Value::Null;
        }
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ring.0 += 1;
        if ring.1.len() == KEPT {
            ring.1.pop_front();
        }
        ring.1.push_back(seen);
    }

    pub(super) fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.iter().cloned().collect()
    }

    pub(super) fn count(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }
}
