//! What runs in the device's own thread: it takes samples out of the ring and keeps count. It refuses
//! locks, memory and every word, for that thread must never wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rtrb::{Consumer, Producer, RingBuffer};

/// What the device's thread and the engine tell each other. Frames are the device's.
#[derive(Debug, Default)]
pub(crate) struct Gauges {
    /// Samples are taken. The engine sets it, an underrun clears it.
    pub(crate) going: AtomicBool,
    /// An empty ring is no underrun any more.
    pub(crate) ended: AtomicBool,
    /// The device does not play any more.
    pub(crate) lost: AtomicBool,
    /// Times there was nothing to play.
    pub(crate) underruns: AtomicU64,
    /// Frames taken out of the ring.
    pub(crate) taken: AtomicU64,
    /// Frames of these that were heard.
    pub(crate) heard: AtomicU64,
    /// Frames of silence since the last one that was taken.
    pub(crate) silent: AtomicU64,
}

/// The device's end of the ring.
pub(crate) struct Tap {
    ring: Consumer<f32>,
    gauges: Arc<Gauges>,
    /// Frames of silence that are still to come before the first sample.
    lead: usize,
    /// Frames given to the device, with those of silence.
    written: u64,
    /// Frames taken out of the ring.
    taken: u64,
    /// Where, among the frames written, the last one that was taken ends.
    end: u64,
}

/// A ring of `frames` and both of its ends. The device plays `lead` frames of silence first.
pub(crate) fn ring(frames: usize, lead: usize) -> (Producer<f32>, Tap, Arc<Gauges>) {
    let (producer, consumer) = RingBuffer::new(frames);
    let gauges = Arc::new(Gauges::default());
    let tap = Tap { ring: consumer, gauges: gauges.clone(), lead, written: 0, taken: 0, end: 0 };
    (producer, tap, gauges)
}

impl Tap {
    /// Frames that wait in the ring.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.ring.slots()
    }

    /// Fills `frames` of a buffer of silence with `put(frame, sample)`. The device still has `delay`
    /// frames to play before the first of them.
    pub(crate) fn fill(&mut self, frames: usize, delay: u64, mut put: impl FnMut(usize, f32)) {
        let gauges = &self.gauges;
        // Silence between two samples counts as not heard: rather a little too late than too early.
        let behind = self.end.saturating_sub(self.written.saturating_sub(delay));
        gauges.heard.fetch_max(self.taken.saturating_sub(behind), Ordering::AcqRel);
        let silent = self.lead.min(frames);
        self.lead -= silent;
        let mut filled = silent;
        while filled < frames && gauges.going.load(Ordering::Acquire) {
            // Asked before the ring, so that the last samples are in it when it says so.
            let ended = gauges.ended.load(Ordering::Acquire);
            let Ok(sample) = self.ring.pop() else {
                if !ended {
                    gauges.underruns.fetch_add(1, Ordering::AcqRel);
                    gauges.going.store(false, Ordering::Release);
                }
                break;
            };
            put(filled, sample);
            filled += 1;
        }
        if filled > silent {
            self.taken += (filled - silent) as u64;
            self.end = self.written + filled as u64;
            gauges.taken.store(self.taken, Ordering::Release);
        }
        self.written += frames as u64;
        gauges.silent.store(self.written - self.end, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(frames: usize) -> (Producer<f32>, Tap, Arc<Gauges>) {
        super::ring(frames, 0)
    }

    fn fill(tap: &mut Tap, frames: usize, delay: u64) -> Vec<f32> {
        let mut buffer = vec![0.0; frames];
        tap.fill(frames, delay, |frame, sample| buffer[frame] = sample);
        buffer
    }

    #[test]
    fn nothing_is_taken_before_it_goes_and_an_empty_ring_is_one_underrun() {
        let (mut ring, mut tap, gauges) = ring(8);
        for sample in [1.0, 2.0, 3.0] {
            ring.push(sample).unwrap();
        }
        assert_eq!(fill(&mut tap, 2, 0), [0.0; 2]);
        gauges.going.store(true, Ordering::Release);
        assert_eq!(fill(&mut tap, 2, 2), [1.0, 2.0]);
        assert_eq!(fill(&mut tap, 2, 2), [3.0, 0.0]);
        assert_eq!(gauges.underruns.load(Ordering::Acquire), 1);
        ring.push(4.0).unwrap();
        assert_eq!(fill(&mut tap, 2, 2), [0.0; 2], "it waits until it is told to go on");
        assert_eq!(gauges.underruns.load(Ordering::Acquire), 1);
        gauges.going.store(true, Ordering::Release);
        assert_eq!(fill(&mut tap, 1, 2), [4.0]);
        gauges.ended.store(true, Ordering::Release);
        assert_eq!(fill(&mut tap, 3, 2), [0.0; 3]);
        assert_eq!(gauges.underruns.load(Ordering::Acquire), 1, "an end is no underrun");
        assert_eq!(gauges.silent.load(Ordering::Acquire), 3);
    }

    #[test]
    fn silence_comes_first_and_counts_for_nothing() {
        let (mut ring, mut tap, gauges) = super::ring(8, 3);
        gauges.going.store(true, Ordering::Release);
        ring.push(1.0).unwrap();
        ring.push(2.0).unwrap();
        assert_eq!(fill(&mut tap, 2, 0), [0.0; 2]);
        assert_eq!(fill(&mut tap, 2, 2), [0.0, 1.0]);
        assert_eq!(fill(&mut tap, 1, 1), [2.0]);
        let count = |gauge: &AtomicU64| gauge.load(Ordering::Acquire);
        assert_eq!((count(&gauges.heard), count(&gauges.taken)), (0, 2));
        fill(&mut tap, 1, 1);
        assert_eq!((count(&gauges.heard), count(&gauges.underruns)), (1, 1));
    }

    #[test]
    fn what_the_device_still_holds_was_not_heard() {
        let (mut ring, mut tap, gauges) = ring(64);
        gauges.going.store(true, Ordering::Release);
        (0..20).for_each(|_| ring.push(0.5).unwrap());
        let heard = || gauges.heard.load(Ordering::Acquire);
        fill(&mut tap, 10, 0);
        assert_eq!(heard(), 0);
        fill(&mut tap, 10, 7);
        assert_eq!(heard(), 3);
        fill(&mut tap, 10, 15);
        assert_eq!(heard(), 5);
        // Silence follows: 10 of the 12 frames that the device holds are silence.
        fill(&mut tap, 10, 12);
        assert_eq!(heard(), 18);
        fill(&mut tap, 10, 9);
        assert_eq!(heard(), 20);
        fill(&mut tap, 10, 1_000);
        assert_eq!(heard(), 20, "it never goes back");
    }
}
