//! The sound service: how it is started and asked, and how long the places where sound goes may take.
//! It refuses to know any device, and where samples come from.

mod file;
mod find;
mod framed;
mod process;
mod program;
mod sink;
mod speech;
mod tap;
mod wav;
mod worker;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::audio::{AudioCommand, AudioEvent, SinkChoice};
pub use tap::tap;
use worker::Worker;

/// Pieces that may wait on their way to the ear. When it is full whoever makes them waits.
const FEED: usize = 8;
/// Commands that may wait; they pass the samples. When it is full the command comes back.
const CONTROL: usize = 16;

/// How long a sink may take. The default is meant for people's machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// A player must say that its device is open; it gives up itself a little earlier.
    pub open: Duration,
    /// A command with arguments may have to reach another machine before.
    pub reach: Duration,
    /// A process must take what it is given.
    pub write: Duration,
    /// A sink that has something to play must play some of it.
    pub play: Duration,
    /// A sink must be silent when it is told to, or it is ended.
    pub silence: Duration,
    /// A sink that failed is not tried again before.
    pub rest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            open: Duration::from_secs(6),
            reach: Duration::from_secs(20),
            write: Duration::from_secs(3),
            play: Duration::from_secs(5),
            silence: Duration::from_secs(1),
            rest: Duration::from_secs(60),
        }
    }
}

/// What the service needs from outside.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Where sound may go, in the order in which it is tried.
    pub choices: Vec<SinkChoice>,
    /// The directory of `lian` itself, where `lian-player` is, too.
    pub beside: Option<PathBuf>,
    /// Where programs are looked for, as PATH says it.
    pub path: Option<OsString>,
    /// Where files of sound go.
    pub dir: PathBuf,
    /// How long sinks may take.
    pub patience: Patience,
}

impl Deps {
    /// For this process; files go to `dir`.
    #[must_use]
    pub fn here(choices: Vec<SinkChoice>, dir: PathBuf) -> Self {
        let program = std::env::current_exe().ok();
        let beside = program.as_deref().and_then(Path::parent).map(Path::to_owned);
        let path = std::env::var_os("PATH");
        Self { choices, beside, path, dir, patience: Patience::default() }
    }
}

/// The way to the service. When the last one is dropped, what was opened is played to its end.
#[derive(Debug, Clone)]
pub struct Handle {
    feed: mpsc::Sender<AudioCommand>,
    control: mpsc::Sender<AudioCommand>,
}

impl Handle {
    /// Hands a command over, waiting as long as more is there than can be held: sound is made faster
    /// than it is heard. Pause, resume and stop pass the samples that wait.
    ///
    /// # Errors
    /// The command itself if the service has ended.
    pub async fn send(&self, command: AudioCommand) -> Result<(), AudioCommand> {
        self.way(&command).send(command).await.map_err(|refused| refused.0)
    }

    /// Hands a command over without waiting.
    ///
    /// # Errors
    /// The command itself if there is no room for it or the service has ended.
    pub fn try_send(&self, command: AudioCommand) -> Result<(), AudioCommand> {
        self.way(&command).try_send(command).map_err(mpsc::error::TrySendError::into_inner)
    }

    fn way(&self, command: &AudioCommand) -> &mpsc::Sender<AudioCommand> {
        match command {
            AudioCommand::Open(_) | AudioCommand::Samples(..) | AudioCommand::Drain(_) => {
                &self.feed
            }
            AudioCommand::Pause(_) | AudioCommand::Resume(_) | AudioCommand::Stop(_) => {
                &self.control
            }
        }
    }
}

/// Starts the service. Nothing is looked for and no process is started before something is spoken.
/// Events go to `out`, waiting when it is full. After `cancel` it is silent and tells nothing more.
#[must_use]
pub fn spawn(deps: Deps, out: mpsc::Sender<AudioEvent>, cancel: CancellationToken) -> Handle {
    let (feed, feeds) = mpsc::channel(FEED);
    let (control, controls) = mpsc::channel(CONTROL);
    let worker = Worker::new(deps, out);
    tokio::spawn(async move {
        tokio::select! {
            biased;
            // Whatever plays ends with what is dropped here.
            () = cancel.cancelled() => {}
            () = worker.run(feeds, controls) => {}
        }
    });
    Handle { feed, control }
}

#[cfg(test)]
mod tests;
