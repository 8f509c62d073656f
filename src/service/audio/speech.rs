//! One thing that is spoken: its samples until they were heard, and how far the sink is with them. It
//! refuses to know what a sink is.

use std::collections::VecDeque;

use tokio::time::Instant;

use crate::domain::audio::{RATE, SinkFault, SinkName};
use crate::domain::ids::SpeechId;

/// Samples are handed over in pieces of 100 ms.
const PIECE: u64 = RATE as u64 / 10;
/// Samples beyond what was heard that are taken: 4 seconds. Then whoever makes them waits.
const HELD: u64 = RATE as u64 * 4;
/// A sink that has so much to play is expected to play.
const PLAYABLE: u64 = RATE as u64;

/// See the header. Positions are samples since its beginning.
#[derive(Debug)]
pub(super) struct Speech {
    pub(super) id: SpeechId,
    /// Bytes from `played` on.
    held: VecDeque<u8>,
    /// Everything before it was heard.
    pub(super) played: u64,
    /// Everything before it was handed to the sink there is now.
    sent: u64,
    /// What the sink calls the sample that is here the second number.
    origin: (u64, u64),
    /// No more samples belong to it.
    pub(super) whole: bool,
    /// The sink knows that.
    pub(super) drained: bool,
    /// It is to be silent.
    pub(super) paused: bool,
    /// It was told to stop, at this time.
    pub(super) stopping: Option<Instant>,
    /// The first sink that failed since something was heard.
    pub(super) fault: Option<(SinkName, SinkFault)>,
    /// Underruns that were told.
    pub(super) underruns: u64,
    /// When the sink last did something, or something began to be expected of it.
    pub(super) since: Instant,
}

impl Speech {
    pub(super) fn new(id: SpeechId) -> Self {
        Self {
            id,
            held: VecDeque::new(),
            played: 0,
            sent: 0,
            origin: (0, 0),
            whole: false,
            drained: false,
            paused: false,
            stopping: None,
            fault: None,
            underruns: 0,
            since: Instant::now(),
        }
    }

    /// All samples there are so far.
    fn received(&self) -> u64 {
        self.played + self.held.len() as u64 / 2
    }

    /// Adds samples.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.held.extend(bytes);
    }

    /// Whether it takes more. A sink that wants all of it gets all that there is.
    pub(super) fn is_hungry(&self, all: bool) -> bool {
        let room = all || self.received() - self.played < HELD;
        !self.whole && self.stopping.is_none() && room
    }

    /// Begins anew, with the first sample that was not heard, at a sink that counts from `count` on.
    pub(super) fn hand_over(&mut self, count: u64) {
        (self.sent, self.drained) = (self.played, false);
        self.origin = (count, self.played);
        self.since = Instant::now();
    }

    /// The length of the piece that may be handed over now, in samples.
    fn piece(&self, ahead: Option<u64>) -> u64 {
        let room = ahead.map_or(u64::MAX, |ahead| ahead.saturating_sub(self.sent - self.played));
        (self.received() - self.sent).min(PIECE).min(room)
    }

    /// Whether a piece, or the word that there is no more, may be handed over now.
    pub(super) fn has_more(&self, ahead: Option<u64>) -> bool {
        let end = self.whole && !self.drained && self.sent == self.received();
        !self.paused && self.stopping.is_none() && (end || self.piece(ahead) > 0)
    }

    /// The next piece; `None` is the end.
    pub(super) fn next(&mut self, ahead: Option<u64>) -> Option<Vec<u8>> {
        let count = self.piece(ahead);
        if count == 0 {
            self.drained = true;
            return None;
        }
        let from = (self.sent - self.played) as usize * 2;
        self.sent += count;
        Some(self.held.range(from..from + count as usize * 2).copied().collect())
    }

    /// The sink says that so many samples, as it counts, are behind it. Answers whether that is
    /// news.
    pub(super) fn heard(&mut self, count: u64) -> bool {
        let position = count.saturating_sub(self.origin.0).saturating_add(self.origin.1);
        let position = position.clamp(self.played, self.sent);
        let news = position - self.played;
        self.held.drain(..news as usize * 2);
        self.played = position;
        if news > 0 {
            self.fault = None;
            self.since = Instant::now();
        }
        news > 0
    }

    /// All of it was heard.
    pub(super) fn is_over(&self) -> bool {
        self.whole && self.played == self.received()
    }

    /// Whether the sink has something to do.
    pub(super) fn is_expected(&self, ahead: Option<u64>) -> bool {
        let waits = self.sent - self.played;
        !self.paused && (self.drained || (ahead.is_some() && waits >= PLAYABLE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speech(samples: usize) -> Speech {
        let mut speech = Speech::new(SpeechId(1));
        speech.take(&vec![1; samples * 2]);
        speech
    }

    #[tokio::test]
    async fn another_sink_begins_with_the_first_sample_that_was_not_heard() {
        let ahead = Some(6_000);
        let mut speech = speech(10_000);
        let mut pieces = Vec::new();
        while speech.has_more(ahead) {
            pieces.push(speech.next(ahead).unwrap().len() / 2);
        }
        assert_eq!(pieces, [2_400, 2_400, 1_200]);
        assert!(speech.heard(1_000) && !speech.heard(900) && !speech.heard(1_000));
        assert!(speech.has_more(ahead));
        // The next one has played something else before.
        speech.hand_over(500);
        assert_eq!(speech.next(ahead).unwrap().len(), 4_800);
        assert!(!speech.heard(500), "what it counted before is not ours");
        assert!(speech.heard(600));
        assert_eq!(speech.played, 1_100);
        assert!(speech.heard(u64::MAX), "it cannot have heard what it has not got");
        assert_eq!(speech.played, 3_400);
    }

    #[tokio::test]
    async fn the_end_is_handed_over_once_and_half_a_sample_never() {
        let mut speech = speech(100);
        speech.take(&[1]);
        speech.whole = true;
        assert_eq!(speech.next(None).unwrap().len(), 200);
        assert!(speech.has_more(None));
        assert_eq!(speech.next(None), None);
        assert!(!speech.has_more(None) && !speech.is_over());
        assert!(speech.is_expected(None));
        speech.heard(100);
        assert!(speech.is_over());
    }

    #[tokio::test]
    async fn only_so_much_is_held_unless_the_sink_needs_all() {
        let mut speech = speech(HELD as usize);
        assert!(!speech.is_hungry(false));
        assert!(speech.is_hungry(true));
        assert_eq!(speech.next(Some(10)).unwrap().len(), 20);
        speech.heard(1);
        assert!(speech.is_hungry(false));
    }
}
