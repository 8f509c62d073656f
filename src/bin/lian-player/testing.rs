//! A device that a test plays by hand, sample by sample. It refuses to play by itself.

#![expect(clippy::disallowed_methods, reason = "tests have clocks of their own")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError::Disconnected;
use std::sync::mpsc::{Receiver, Sender, channel};

use lian::domain::audio::FaultKind;

use crate::device::{Device, Opened, Refusal, Stream};
use crate::tap::{self, Gauges, Tap};

/// Opens a [`Hand`] each time, or refuses if it has been told to.
pub(crate) struct Fake {
    rate: u32,
    hands: Sender<Hand>,
    refuses: Arc<AtomicBool>,
}

/// What a test holds of a device that was opened.
pub(crate) struct Hand {
    tap: Tap,
    pub(crate) gauges: Arc<Gauges>,
    started: Arc<AtomicBool>,
    dropped: Receiver<()>,
}

struct Line {
    started: Arc<AtomicBool>,
    /// Its end is what the test sees.
    _open: Sender<()>,
}

/// A device of a rate, where its openings turn up, and the switch that makes it refuse.
pub(crate) fn fake(rate: u32) -> (Fake, Receiver<Hand>, Arc<AtomicBool>) {
    let (hands, opened) = channel();
    let refuses = Arc::new(AtomicBool::new(false));
    (Fake { rate, hands, refuses: refuses.clone() }, opened, refuses)
}

impl Device for Fake {
    fn open(&self) -> Result<Opened, Refusal> {
        if self.refuses.load(Ordering::Acquire) {
            return Err(Refusal { kind: FaultKind::NoDevice, said: "no card".to_owned() });
        }
        let (ring, tap, gauges) = tap::ring(self.rate as usize, 0);
        let (open, dropped) = channel();
        let started = Arc::new(AtomicBool::new(false));
        let stream = Box::new(Line { started: started.clone(), _open: open });
        drop(self.hands.send(Hand { tap, gauges: gauges.clone(), started, dropped }));
        let (name, rate) = ("a fake".to_owned(), self.rate);
        Ok(Opened { name, rate, channels: 1, ring, gauges, stream })
    }
}

impl Stream for Line {
    fn start(&self) -> Result<(), Refusal> {
        self.started.store(true, Ordering::Release);
        Ok(())
    }
}

impl Hand {
    pub(crate) fn is_started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    /// Waits until so many samples can be played.
    pub(crate) fn until_holds(&self, samples: usize) {
        let until = std::time::Instant::now() + CAP;
        while self.tap.waiting() < samples {
            assert!(std::time::Instant::now() < until, "{} samples wait", self.tap.waiting());
            std::thread::yield_now();
        }
    }

    /// Plays so many frames; the device has then still `delay` frames before them.
    pub(crate) fn play(&mut self, frames: usize, delay: u64) -> Vec<f32> {
        let mut buffer = vec![0.0; frames];
        self.tap.fill(frames, delay, |frame, sample| buffer[frame] = sample);
        buffer
    }

    /// Waits until the engine has let it go.
    pub(crate) fn until_dropped(&self) {
        assert!(self.dropped.recv_timeout(CAP) == Err(Disconnected), "the device is still held");
    }

    pub(crate) fn is_dropped(&self) -> bool {
        self.dropped.try_recv() == Err(std::sync::mpsc::TryRecvError::Disconnected)
    }
}

/// How long a test waits for what must come.
pub(crate) const CAP: std::time::Duration = std::time::Duration::from_secs(30);
