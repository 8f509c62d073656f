//! A place where sound goes, while it goes there: a task with two bounded channels, whatever is behind
//! it. It refuses to keep samples: who sends them keeps them until they were heard.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::find::Candidate;
use super::{Deps, file, framed, program};
use crate::domain::audio::{FaultKind, RATE, SinkFault, SinkName};
use crate::player::AHEAD;

/// Requests that may wait for a sink. Pieces are 100 ms long, so that this is more than any sink may
/// be ahead; the file's disk may slow down its sender.
const ASKS: usize = 64;
/// Words of a sink that may wait for the service.
const SAYS: usize = 64;

/// What a sink is asked. Samples are counted over its life.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Play these bytes.
    Samples(Vec<u8>),
    /// Silence for a while.
    Pause,
    /// Go on.
    Resume,
    /// Silence; throw the rest away.
    Stop,
    /// Play all there is.
    Drain,
}

/// What a sink says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It is ready.
    Opened(SinkName),
    /// So many samples are behind it.
    Played(u64),
    /// So often, in all, it had nothing to play.
    Underruns(u64),
    /// It is silent after a stop.
    Stopped,
    /// All that was sent was heard.
    Drained,
    /// Its last word.
    Failed(SinkFault),
}

/// See the header. When it is dropped its task ends, and with it the process behind it.
#[derive(Debug)]
pub(super) struct Sink {
    /// How it is asked.
    pub(super) ask: mpsc::Sender<Ask>,
    task: JoinHandle<()>,
    /// Samples beyond what it has played that it may have; `None` is all there are.
    pub(super) ahead: Option<u64>,
    /// It must be open within this time.
    pub(super) opens: Duration,
    /// It can be silent and go on. Another one is ended and begun anew.
    pub(super) pauses: bool,
    /// It plays the next thing, too.
    pub(super) stays: bool,
}

impl Sink {
    /// Begins to go there.
    pub(super) fn start(candidate: &Candidate, deps: &Deps) -> (Self, mpsc::Receiver<Said>) {
        let (ask, asks) = mpsc::channel(ASKS);
        let (say, said) = mpsc::channel(SAYS);
        let (dir, patience) = (deps.dir.clone(), deps.patience);
        let sink = match candidate.clone() {
            Candidate::Framed(words) => Self {
                ahead: Some(AHEAD * u64::from(RATE)),
                opens: if words.len() > 1 { patience.reach } else { patience.open },
                pauses: true,
                stays: true,
                task: tokio::spawn(framed::run(words, patience.write, asks, say)),
                ask,
            },
            Candidate::Program(program) => Self {
                ahead: program.ahead(),
                opens: patience.open,
                pauses: false,
                stays: false,
                task: tokio::spawn(program::run(program, dir, patience.write, asks, say)),
                ask,
            },
            Candidate::File => Self {
                ahead: None,
                opens: patience.open,
                pauses: true,
                stays: false,
                task: tokio::spawn(file::run(dir, asks, say)),
                ask,
            },
        };
        (sink, said)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Something that was not written in time or not at all.
pub(super) fn not_written(error: &std::io::Error) -> SinkFault {
    let kind = match error.kind() {
        std::io::ErrorKind::TimedOut => FaultKind::Slow,
        _ => FaultKind::Ended,
    };
    SinkFault { kind, said: crate::text::sanitize::line(&error.to_string()) }
}
