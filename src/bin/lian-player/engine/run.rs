//! One opening of the device: what of the queue it was fed, and what of that was heard. It refuses
//! to decide when it begins and ends.

#![expect(clippy::disallowed_methods, reason = "the player has a clock of its own: the device's")]

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::device::{Opened, Refusal};
use crate::resample::{CHUNK, Resampler};

/// Seconds of silence after the last sample after which it counts as heard, whatever a device says.
const LONGEST: u64 = 2;

/// See the header. Positions are samples as they were sent.
pub(crate) struct Run {
    opened: Opened,
    resampler: Resampler,
    rate: u64,
    /// The position of its first sample.
    first: u64,
    /// The position behind the last one it was fed.
    fed: u64,
    /// Frames for which the ring has no room yet.
    rest: Vec<f32>,
    /// Everything was fed.
    flushed: bool,
    counted: u64,
    /// What was heard and taken when it was last looked at, and since when.
    last: (u64, u64),
    since: Instant,
}

impl Run {
    /// On a device that was opened, for samples of a rate, from a position on.
    pub(crate) fn new(opened: Opened, rate: u32, first: u64) -> Result<Self, String> {
        let resampler = Resampler::new(rate, opened.rate)?;
        Ok(Self {
            opened,
            resampler,
            rate: rate.into(),
            first,
            fed: first,
            rest: Vec::new(),
            flushed: false,
            counted: 0,
            last: (0, 0),
            since: Instant::now(),
        })
    }

    /// Begins to play what it was fed.
    pub(crate) fn start(&mut self) -> Result<(), Refusal> {
        self.go();
        self.opened.stream.start()
    }

    /// Lets the device take samples, at the start and after an underrun.
    pub(crate) fn go(&mut self) {
        self.since = Instant::now();
        self.opened.gauges.going.store(true, Ordering::Release);
    }

    /// Fills the ring from the queue, which begins at `position`. With `last` the queue's end is
    /// the end of all.
    pub(crate) fn feed(
        &mut self,
        queue: &VecDeque<i16>,
        position: u64,
        last: bool,
    ) -> Result<(), String> {
        loop {
            let room = self.opened.ring.slots().min(self.rest.len());
            for frame in self.rest.drain(..room) {
                let pushed = self.opened.ring.push(frame);
                debug_assert!(pushed.is_ok(), "nobody else writes, so there is room");
            }
            let from = (self.fed - position) as usize;
            let waiting = queue.len().saturating_sub(from);
            if !self.rest.is_empty() || self.flushed || (waiting < CHUNK && !last) {
                return Ok(());
            }
            let count = waiting.min(CHUNK);
            let chunk: Vec<i16> = queue.range(from..from + count).copied().collect();
            self.fed += chunk.len() as u64;
            self.resampler.push(&chunk, &mut self.rest)?;
            if last && waiting <= CHUNK {
                self.resampler.finish(&mut self.rest)?;
                self.flushed = true;
                self.opened.gauges.ended.store(true, Ordering::Release);
            }
        }
    }

    /// The position up to which everything was heard.
    pub(crate) fn heard(&mut self) -> u64 {
        let gauges = &self.opened.gauges;
        let now = (gauges.heard.load(Ordering::Acquire), gauges.taken.load(Ordering::Acquire));
        if now != self.last {
            self.last = now;
            self.since = Instant::now();
        }
        if self.is_done() { self.fed } else { self.position(now.0) }
    }

    /// Frames of the device as a position, rather too early than too late.
    fn position(&self, frames: u64) -> u64 {
        (self.first + frames * self.rate / u64::from(self.opened.rate)).min(self.fed)
    }

    /// Everything was fed and heard.
    pub(crate) fn is_done(&self) -> bool {
        let gauges = &self.opened.gauges;
        let total = self.resampler.total();
        let longest = LONGEST * u64::from(self.opened.rate);
        self.flushed
            && gauges.taken.load(Ordering::Acquire) >= total
            && (gauges.heard.load(Ordering::Acquire) >= total
                || gauges.silent.load(Ordering::Acquire) > longest)
    }

    /// Underruns since the last time they were asked for.
    pub(crate) fn new_underruns(&mut self) -> u64 {
        let count = self.opened.gauges.underruns.load(Ordering::Acquire);
        count - std::mem::replace(&mut self.counted, count)
    }

    /// The device is gone.
    pub(crate) fn is_lost(&self) -> bool {
        self.opened.gauges.lost.load(Ordering::Acquire)
    }

    /// There was nothing to play, and nobody has told it to go on.
    pub(crate) fn is_starved(&self) -> bool {
        !self.opened.gauges.going.load(Ordering::Acquire)
    }

    /// For how long, once all was heard.
    pub(crate) fn starved_for(&self) -> Duration {
        self.since.elapsed()
    }

    /// For how long it should have played and did not.
    pub(crate) fn stalled(&self) -> Duration {
        if self.is_starved() { Duration::ZERO } else { self.since.elapsed() }
    }

    /// Samples that could be played, if `sent` were sent in all.
    pub(crate) fn waiting(&self, sent: u64) -> u64 {
        sent - self.position(self.opened.gauges.taken.load(Ordering::Acquire)).min(sent)
    }
}
