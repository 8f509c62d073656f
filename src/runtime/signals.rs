//! Signals, the hang-up of the terminal and panics of other threads, as one stream. It refuses to
//! react to any of them.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
use tokio::sync::Notify;

use crate::terminal::hangup::Watchdog;

/// A panic happened somewhere; the hook has given the terminal back already.
static PANICKED: AtomicBool = AtomicBool::new(false);
static PANIC: Notify = Notify::const_new();

/// Called by the panic hook: the loop is to end.
pub(super) fn note_panic() {
    PANICKED.store(true, Ordering::SeqCst);
    PANIC.notify_one();
}

/// What came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGINT from outside; Ctrl-C is a key.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP, or the terminal hung up.
    HangUp,
    /// SIGTSTP from outside; Ctrl-Z is a key.
    Stop,
    /// SIGCONT after a stop that was not of our own making.
    Continue,
    /// A thread panicked.
    Panicked,
}

/// The stream of them.
#[derive(Debug)]
pub(super) struct Signals {
    interrupt: Stream,
    terminate: Stream,
    hang_up: Stream,
    stop: Stream,
    go_on: Stream,
    gone: std::sync::Arc<Notify>,
    /// Ends its thread when dropped.
    _watchdog: Option<Watchdog>,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        let gone = std::sync::Arc::new(Notify::new());
        let tell = gone.clone();
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            stop: signal(SignalKind::from_raw(libc::SIGTSTP))?,
            go_on: signal(SignalKind::from_raw(libc::SIGCONT))?,
            _watchdog: Watchdog::start(move || tell.notify_one()).ok(),
            gone,
        })
    }

    pub(super) async fn next(&mut self) -> Signal {
        if PANICKED.load(Ordering::SeqCst) {
            return Signal::Panicked;
        }
        tokio::select! {
            biased;
            () = PANIC.notified() => Signal::Panicked,
            _ = self.terminate.recv() => Signal::Terminate,
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.hang_up.recv() => Signal::HangUp,
            () = self.gone.notified() => Signal::HangUp,
            _ = self.stop.recv() => Signal::Stop,
            _ = self.go_on.recv() => Signal::Continue,
        }
    }
}
