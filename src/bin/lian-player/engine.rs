//! The player's mind: holds what was sent until it was heard, opens and drops the device, starts when
//! there is enough, counts, answers. It refuses to wake up while nothing plays.

#![expect(clippy::disallowed_methods, reason = "the player has a clock of its own: the device's")]

mod run;

use std::collections::VecDeque;
use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use lian::domain::audio::FaultKind;
use lian::player::{Answer, Fault, Format, Frame as _, GREETING, MOST, Request};

use crate::device::{Device, Opened, Refusal};
use run::Run;

/// A device has so long to open.
const OPEN: Duration = Duration::from_secs(4);
/// A device that is going has so long to take or play a sample.
const STALL: Duration = Duration::from_secs(3);
/// While something plays, the ring is filled so often. It holds fifty times as much.
const TICK: Duration = Duration::from_millis(20);
/// Playing begins, and goes on after an underrun, when this part of a second is there.
const PRE_ROLL: u64 = 5;
/// A position is told for this part of a second.
const TOLD: u64 = 20;
/// After an underrun the device stays open so long; then it is let go until there is sound again.
const PATIENCE: Duration = Duration::from_secs(1);

/// What reaches the engine.
pub(crate) enum Heard {
    /// A frame of the input.
    Asked(Request),
    /// The input cannot be understood.
    Garbage(Fault),
    /// The input has ended.
    Gone,
    /// A device is open, or will not be.
    Opened(Result<Opened, Refusal>),
}

/// How the engine ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Nobody asks or listens any more.
    Gone,
    /// It said so.
    Failed,
}

/// Why the engine cannot go on.
enum Halt {
    Gone,
    Failed(FaultKind, String),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal.kind, refusal.said)
    }
}

/// Where the device is.
enum Place {
    Closed,
    Opening { until: Instant },
    Open(Box<Run>),
}

/// See the header.
pub(crate) struct Engine<D, W> {
    device: Arc<D>,
    out: W,
    opener: SyncSender<Heard>,
    format: Option<Format>,
    /// Samples that are not behind us: those from `played` to `sent`.
    queue: VecDeque<i16>,
    played: u64,
    sent: u64,
    /// The last position that was told.
    told: u64,
    underruns: u64,
    draining: bool,
    paused: bool,
    place: Place,
    /// The device was told to be open.
    opened: bool,
    /// Times in a row that the device was lost without a sample having been heard.
    losses: u32,
}

impl<D: Device, W: Write> Engine<D, W> {
    /// Answers go to `out`; devices that were opened come by way of `opener`.
    pub(crate) fn new(device: D, out: W, opener: SyncSender<Heard>) -> Self {
        Self {
            device: Arc::new(device),
            out,
            opener,
            format: None,
            queue: VecDeque::new(),
            played: 0,
            sent: 0,
            told: 0,
            underruns: 0,
            draining: false,
            paused: false,
            place: Place::Closed,
            opened: false,
            losses: 0,
        }
    }

    /// Runs until nobody asks any more or nothing can be played.
    pub(crate) fn run(mut self, inbox: &Receiver<Heard>) -> End {
        match self.live(inbox) {
            Halt::Gone => End::Gone,
            Halt::Failed(kind, said) => {
                // Silence first: the reader of the last word may start another player at once.
                self.place = Place::Closed;
                drop(self.answer(&Answer::Failed { kind, said }));
                End::Failed
            }
        }
    }

    fn live(&mut self, inbox: &Receiver<Heard>) -> Halt {
        if self.out.write_all(&GREETING).and_then(|()| self.out.flush()).is_err() {
            return Halt::Gone;
        }
        loop {
            let heard = match &self.place {
                // Nothing plays: not one wake-up before somebody asks for something.
                Place::Closed => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Place::Open(_) => inbox.recv_timeout(TICK),
                Place::Opening { until } => {
                    inbox.recv_timeout(until.saturating_duration_since(Instant::now()))
                }
            };
            let mut next = match heard {
                Ok(heard) => Some(heard),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Halt::Gone,
            };
            while let Some(heard) = next {
                if let Err(halt) = self.hear(heard) {
                    return halt;
                }
                next = inbox.try_recv().ok();
            }
            if let Err(halt) = self.advance() {
                return halt;
            }
        }
    }

    fn hear(&mut self, heard: Heard) -> Result<(), Halt> {
        match heard {
            Heard::Asked(request) => self.ask(request),
            Heard::Garbage(fault) => Err(Halt::Failed(FaultKind::Garbage, fault.to_string())),
            Heard::Gone => Err(Halt::Gone),
            Heard::Opened(opened) => self.take(opened?),
        }
    }

    fn ask(&mut self, request: Request) -> Result<(), Halt> {
        let format = match (&request, self.format) {
            (Request::Format(format), None) if format.is_playable() => *format,
            (Request::Format(format), _) => {
                return Err(Halt::Failed(FaultKind::Format, format!("{format:?}")));
            }
            (_, Some(format)) => format,
            (_, None) => {
                return Err(Halt::Failed(FaultKind::Garbage, "no format".to_owned()));
            }
        };
        match request {
            Request::Format(format) => {
                self.format = Some(format);
                self.open();
            }
            Request::Samples(bytes) => {
                let (samples, _) = bytes.as_chunks();
                self.queue.extend(samples.iter().copied().map(i16::from_le_bytes));
                self.sent += samples.len() as u64;
                if self.queue.len() as u64 > MOST * u64::from(format.rate) {
                    return Err(Halt::Failed(FaultKind::Garbage, "a flood of samples".to_owned()));
                }
            }
            Request::Pause => {
                self.paused = true;
                self.silence();
            }
            Request::Resume => self.paused = false,
            Request::Stop => {
                self.silence();
                let heard = self.played;
                self.queue.clear();
                (self.played, self.told) = (self.sent, self.sent);
                (self.draining, self.paused) = (false, false);
                self.answer(&Answer::Stopped(heard))?;
            }
            Request::Drain => self.draining = true,
        }
        Ok(())
    }

    /// Opens the device in a thread of its own: a sound server that does not answer holds up
    /// whoever asks it.
    fn open(&mut self) {
        let (device, opener) = (self.device.clone(), self.opener.clone());
        // An engine that has ended needs no device.
        std::thread::spawn(move || drop(opener.send(Heard::Opened(device.open()))));
        self.place = Place::Opening { until: Instant::now() + OPEN };
    }

    fn take(&mut self, opened: Opened) -> Result<(), Halt> {
        let Some(format) = self.format else { return Ok(()) };
        if !self.opened {
            self.opened = true;
            let (rate, channels) = (opened.rate, opened.channels);
            let device = opened.name.clone();
            self.answer(&Answer::Opened { rate, channels, device })?;
        }
        self.place = Place::Closed;
        // One that was opened to see whether there is any is not held, for others may want it, and a
        // sound library that holds one wakes up now and then.
        if self.begins() {
            let mut run = Run::new(opened, format.rate, self.played).map_err(unplayable)?;
            run.feed(&self.queue, self.played, self.draining).map_err(unplayable)?;
            run.start()?;
            self.place = Place::Open(Box::new(run));
        }
        Ok(())
    }

    /// Whether there is enough to play.
    fn is_enough(&self, waiting: u64) -> bool {
        let rate = self.format.map_or(0, |format| u64::from(format.rate));
        waiting >= rate / PRE_ROLL || (self.draining && waiting > 0)
    }

    fn begins(&self) -> bool {
        !self.paused && self.is_enough(self.queue.len() as u64)
    }

    /// Lets the device go; what it has not played stays in the queue.
    fn silence(&mut self) {
        self.listen();
        if matches!(self.place, Place::Open(_)) {
            self.place = Place::Closed;
        }
    }

    /// Takes over what the device says of itself.
    fn listen(&mut self) {
        let Place::Open(run) = &mut self.place else { return };
        self.underruns += run.new_underruns();
        let heard = run.heard().clamp(self.played, self.sent) - self.played;
        if heard > 0 {
            self.queue.drain(..heard as usize);
            self.played += heard;
            self.losses = 0;
        }
    }

    /// One step of whatever there is to do.
    fn advance(&mut self) -> Result<(), Halt> {
        let before = self.underruns;
        self.listen();
        if self.underruns > before {
            self.answer(&Answer::Underruns(self.underruns))?;
        }
        let Some(format) = self.format else { return Ok(()) };
        if self.played - self.told >= u64::from(format.rate) / TOLD {
            self.told = self.played;
            self.answer(&Answer::Position(self.told))?;
        }
        self.play()?;
        if self.draining && self.queue.is_empty() {
            self.draining = false;
            self.told = self.sent;
            self.place = Place::Closed;
            self.answer(&Answer::Drained(self.sent))?;
        }
        Ok(())
    }

    fn play(&mut self) -> Result<(), Halt> {
        let begins = self.begins();
        let run = match &mut self.place {
            Place::Open(run) => run,
            Place::Closed if begins => {
                self.open();
                return Ok(());
            }
            Place::Opening { until } if Instant::now() >= *until => {
                let said = format!("no device within {} s", OPEN.as_secs());
                return Err(Halt::Failed(FaultKind::Slow, said));
            }
            Place::Closed | Place::Opening { .. } => return Ok(()),
        };
        run.feed(&self.queue, self.played, self.draining).map_err(unplayable)?;
        let (waiting, starved) = (run.waiting(self.sent), run.is_starved());
        let over = run.is_done() || (starved && run.starved_for() > PATIENCE);
        if run.is_lost() || run.stalled() > STALL {
            return self.lose();
        }
        let goes = starved && self.is_enough(waiting);
        match &mut self.place {
            Place::Open(run) if goes => run.go(),
            Place::Open(_) if over => self.silence(),
            Place::Open(_) | Place::Closed | Place::Opening { .. } => {}
        }
        Ok(())
    }

    /// The device is gone: another one may have taken its place, once.
    fn lose(&mut self) -> Result<(), Halt> {
        self.silence();
        self.losses += 1;
        if self.losses > 1 {
            return Err(Halt::Failed(FaultKind::DeviceLost, String::new()));
        }
        self.open();
        Ok(())
    }

    fn answer(&mut self, answer: &Answer) -> Result<(), Halt> {
        let written = self.out.write_all(&answer.to_bytes()).and_then(|()| self.out.flush());
        written.map_err(|_| Halt::Gone)
    }
}

fn unplayable(said: String) -> Halt {
    Halt::Failed(FaultKind::Format, said)
}

#[cfg(test)]
mod tests;
