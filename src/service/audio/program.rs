//! The sink behind which a program plays plain samples and says nothing. What was heard is reckoned by
//! the clock, rather too little than too much; it refuses to believe a program that ends too soon.

use std::path::PathBuf;
use std::time::Duration;

use tokio::process::ChildStdin;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::find::{Input, Program, short};
use super::process::{self, Process};
use super::sink::{Ask, Said, not_written};
use super::wav::Wav;
use crate::domain::audio::{FaultKind, RATE, SinkFault, SinkName};
use crate::text::sanitize;

/// What was given so long ago was surely heard, or the program has said that it cannot play.
const LAG: Duration = Duration::from_millis(500);
/// The position is told so often, while something plays.
const TICK: Duration = Duration::from_millis(100);
/// A program may be ahead of the clock by so much when it ends: what is in the last buffer.
const EARLY: Duration = Duration::from_millis(250);
/// Samples of silence that come first: a sound server that runs already loses the first moment of what
/// joins it. Less than the pipe holds.
const LEAD: u64 = RATE as u64 / 16;
/// Bytes that may lie in the pipe before a program that does not read: less than 100 ms.
#[cfg(target_os = "linux")]
const PIPE: libc::c_int = 4096;

impl Program {
    /// Samples beyond those that were told as played that it may have.
    pub(super) fn ahead(&self) -> Option<u64> {
        match self.input {
            // A second beyond what is heard.
            Input::Stdin => Some(u64::from(RATE) * 3 / 2),
            Input::File => None,
        }
    }
}

/// Runs until the program has ended or nobody asks any more.
pub(super) async fn run(
    program: Program,
    dir: PathBuf,
    write: Duration,
    asks: Receiver<Ask>,
    say: Sender<Said>,
) {
    let playing = Playing {
        program,
        dir,
        write,
        process: None,
        stdin: None,
        file: None,
        given: 0,
        until: Instant::now(),
        told: 0,
        draining: false,
    };
    if let Err(fault) = playing.run(asks, &say).await {
        // Nobody listens any more when this fails.
        drop(say.send(Said::Failed(fault)).await);
    }
}

struct Playing {
    program: Program,
    dir: PathBuf,
    /// The program must take a piece within this time.
    write: Duration,
    process: Option<Process>,
    stdin: Option<ChildStdin>,
    /// What is collected for a program that wants a file.
    file: Option<Spool>,
    /// Samples that were given.
    given: u64,
    /// When the last of them will have been heard, if the first was heard as soon as it was given.
    until: Instant,
    told: u64,
    draining: bool,
}

impl Playing {
    async fn run(mut self, mut asks: Receiver<Ask>, say: &Sender<Said>) -> Result<(), SinkFault> {
        match self.program.input {
            Input::Stdin => {
                self.start(&[])?;
                self.give(&[0; LEAD as usize * 2]).await?;
                self.given = 0;
            }
            Input::File => self.file = Some(Spool::new(&self.dir)?),
        }
        let name = short(&self.program.words);
        let mut said = say.send(Said::Opened(SinkName::Program { name })).await;
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while said.is_ok() {
            said = tokio::select! {
                biased;
                ask = asks.recv() => match ask {
                    None => return Ok(()),
                    Some(Ask::Samples(samples)) => {
                        self.give(&samples).await?;
                        Ok(())
                    }
                    // Others end it for that, and begin another one.
                    Some(Ask::Pause | Ask::Resume) => Ok(()),
                    Some(Ask::Stop) => {
                        self.kill().await;
                        say.send(Said::Stopped).await
                    }
                    Some(Ask::Drain) => {
                        self.drain()?;
                        Ok(())
                    }
                },
                well = ended(&mut self.process) => {
                    let early = self.until > Instant::now() + EARLY;
                    if !well || early || !self.draining {
                        return Err(self.why(FaultKind::Ended).await);
                    }
                    // Nobody listens any more when this fails.
                    drop(say.send(Said::Drained).await);
                    return Ok(());
                },
                _ = ticks.tick(), if self.told < self.given => {
                    let heard = self.heard();
                    let news = heard > self.told;
                    self.told = self.told.max(heard);
                    if news { say.send(Said::Played(heard)).await } else { Ok(()) }
                },
            };
        }
        Ok(())
    }

    fn start(&mut self, more: &[String]) -> Result<(), SinkFault> {
        let words: Vec<String> = self.program.words.iter().chain(more).cloned().collect();
        let mut process = Process::start(&words, false)?;
        self.stdin = process.input();
        if let Some(stdin) = &self.stdin {
            narrow(stdin);
        }
        self.process = Some(process);
        Ok(())
    }

    async fn give(&mut self, samples: &[u8]) -> Result<(), SinkFault> {
        if let Some(file) = &mut self.file {
            file.wav.append(samples).map_err(|error| not_written(&error))?;
        } else if let Some(stdin) = &mut self.stdin
            && let Err(error) = process::write(stdin, samples, self.write).await
        {
            return Err(match error.kind() {
                std::io::ErrorKind::TimedOut => not_written(&error),
                _ => self.why(FaultKind::Ended).await,
            });
        }
        let count = samples.len() as u64 / 2;
        self.given += count;
        self.until = self.until.max(Instant::now()) + lasts(count);
        Ok(())
    }

    fn drain(&mut self) -> Result<(), SinkFault> {
        self.draining = true;
        if let Some(file) = &self.file {
            let path = file.wav.path().to_string_lossy().into_owned();
            self.until = Instant::now() + lasts(self.given);
            self.start(&[path])?;
        }
        // The end of its input is the end of what it plays.
        self.stdin = None;
        Ok(())
    }

    /// Samples that were surely heard.
    fn heard(&self) -> u64 {
        if self.process.is_none() {
            return 0;
        }
        let left = (self.until + LAG).saturating_duration_since(Instant::now());
        let left = left.as_micros() * u128::from(RATE) / 1_000_000;
        self.given.saturating_sub(u64::try_from(left).unwrap_or(u64::MAX))
    }

    async fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().await;
        }
    }

    async fn why(&mut self, kind: FaultKind) -> SinkFault {
        match &mut self.process {
            Some(process) => process.why(kind).await,
            None => SinkFault::silent(kind),
        }
    }
}

/// How long so many samples are heard.
fn lasts(samples: u64) -> Duration {
    Duration::from_micros(samples * 1_000_000 / u64::from(RATE))
}

/// Waits for a program's end; for ever if none runs.
async fn ended(process: &mut Option<Process>) -> bool {
    match process {
        Some(process) => process.ended().await,
        None => std::future::pending().await,
    }
}

/// Lets only little lie in the pipe, so that what was written is nearly what was read. Where the
/// system has no such thing, a program that hangs may lose what the pipe holds.
fn narrow(stdin: &ChildStdin) {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd as _;
        #[expect(unsafe_code, reason = "std does not know a pipe's size")]
        // SAFETY: the descriptor is open, and the call takes a number.
        let size = unsafe { libc::fcntl(stdin.as_raw_fd(), libc::F_SETPIPE_SZ, PIPE) };
        if size < 0 {
            tracing::debug!("the pipe keeps its size");
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = stdin;
}

/// A file that goes when it has been played.
struct Spool {
    wav: Wav,
}

impl Spool {
    fn new(dir: &std::path::Path) -> Result<Self, SinkFault> {
        let wav = Wav::create(dir, &format!(".playing-{}", std::process::id()));
        let wav = wav.map_err(|error| SinkFault {
            kind: FaultKind::NotWritten,
            said: sanitize::line(&format!("{}: {error}", dir.display())),
        })?;
        Ok(Self { wav })
    }
}

impl Drop for Spool {
    #[expect(clippy::disallowed_methods, reason = "the file is its own")]
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(self.wav.path()) {
            tracing::warn!(%error, "a file that was played could not be removed");
        }
    }
}
