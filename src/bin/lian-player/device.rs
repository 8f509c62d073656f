//! A device as the engine sees it: something that is opened, started, and silent when it is dropped.
//! It refuses to know which library is behind it.

use std::sync::Arc;

use lian::domain::audio::FaultKind;
use rtrb::Producer;

use crate::tap::Gauges;

/// Where sound goes. Opening may take long, so it is done in a thread of its own.
pub(crate) trait Device: Send + Sync + 'static {
    /// Opens it, silent and at rest until it is started.
    fn open(&self) -> Result<Opened, Refusal>;
}

/// A device that is open. It takes no time of the processor before its start.
pub(crate) struct Opened {
    /// Its name.
    pub(crate) name: String,
    /// Samples a second that it takes.
    pub(crate) rate: u32,
    /// Its channels; all of them play the same.
    pub(crate) channels: u16,
    /// Samples at its rate go in here.
    pub(crate) ring: Producer<f32>,
    /// What it says of itself while it plays.
    pub(crate) gauges: Arc<Gauges>,
    /// Dropping it is silence at once.
    pub(crate) stream: Box<dyn Stream>,
}

/// What keeps a device open.
pub(crate) trait Stream: Send {
    /// Begins to take samples from the ring.
    fn start(&self) -> Result<(), Refusal>;
}

/// Why a device does not play.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// In short.
    pub(crate) kind: FaultKind,
    /// In the system's words.
    pub(crate) said: String,
}
