//! The sink behind which a player speaks the framed protocol: `lian-player`, here or by `ssh`. It refuses
//! to believe a player that speaks anything else.

use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::mpsc::{Receiver, Sender};

use super::find::short;
use super::process::{self, Process};
use super::sink::{Ask, Said, not_written};
use crate::domain::audio::{FaultKind, RATE, SinkFault, SinkName};
use crate::player::{Answer, Decoder, Format, Frame as _, GREETING, Request};
use crate::text::sanitize;

/// After its input was closed or refused, a player may still say why.
const REASON: Duration = Duration::from_millis(500);

/// Runs until the player has failed or nobody asks it anything.
pub(super) async fn run(
    words: Vec<String>,
    write: Duration,
    asks: Receiver<Ask>,
    say: Sender<Said>,
) {
    let fault = match Process::start(&words, true) {
        Ok(process) => talk(process, short(&words), write, asks, &say).await,
        Err(fault) => fault,
    };
    // Nobody listens any more when this fails.
    drop(say.send(Said::Failed(fault)).await);
}

async fn talk(
    mut process: Process,
    by: String,
    write: Duration,
    asks: Receiver<Ask>,
    say: &Sender<Said>,
) -> SinkFault {
    let (Some(stdin), Some(stdout)) = (process.input(), process.answers()) else {
        return SinkFault::silent(FaultKind::NotStarted);
    };
    let mut listening = Box::pin(listen(stdout, by, say));
    let heard = tokio::select! {
        biased;
        heard = &mut listening => heard,
        error = tell(stdin, write, asks) => {
            // Whoever does not take what it is given may have said why.
            let heard = tokio::time::timeout(REASON, listening).await;
            match (heard, error) {
                (Ok(Heard::Failed(fault)), _) => Heard::Failed(fault),
                (_, Some(error)) if error.kind() == std::io::ErrorKind::TimedOut => {
                    Heard::Failed(not_written(&error))
                }
                (_, _) => Heard::Ended,
            }
        }
    };
    match heard {
        Heard::Failed(fault) => fault,
        Heard::Ended => process.why(FaultKind::Ended).await,
    }
}

/// How a player's answers end.
enum Heard {
    Failed(SinkFault),
    Ended,
}

/// Passes on what is asked until it is not taken within a time, or nobody asks any more.
async fn tell(
    mut stdin: ChildStdin,
    write: Duration,
    mut asks: Receiver<Ask>,
) -> Option<std::io::Error> {
    let mut bytes = GREETING.to_vec();
    bytes.extend(Request::Format(Format::mono(RATE)).to_bytes());
    loop {
        if let Err(error) = process::write(&mut stdin, &bytes, write).await {
            return Some(error);
        }
        bytes = match asks.recv().await? {
            Ask::Samples(samples) => Request::Samples(samples),
            Ask::Pause => Request::Pause,
            Ask::Resume => Request::Resume,
            Ask::Stop => Request::Stop,
            Ask::Drain => Request::Drain,
        }
        .to_bytes();
    }
}

/// Passes on what is answered until the player fails, ends or cannot be understood.
async fn listen(mut stdout: ChildStdout, by: String, say: &Sender<Said>) -> Heard {
    let (mut decoder, mut found) = (Decoder::default(), Vec::new());
    let mut bytes = vec![0; 4 << 10];
    loop {
        let count = match stdout.read(&mut bytes).await {
            Ok(0) | Err(_) => return Heard::Ended,
            Ok(count) => count,
        };
        let read = decoder.push(&bytes[..count], &mut found);
        for answer in found.drain(..) {
            let said = match answer {
                Answer::Opened { device, .. } => {
                    let device = sanitize::line(&device);
                    Said::Opened(SinkName::Device { device, by: by.clone() })
                }
                Answer::Position(samples) => Said::Played(samples),
                Answer::Underruns(count) => Said::Underruns(count),
                Answer::Stopped(_) => Said::Stopped,
                Answer::Drained(_) => Said::Drained,
                Answer::Failed { kind, said } => {
                    return Heard::Failed(SinkFault { kind, said: sanitize::line(&said) });
                }
            };
            if say.send(said).await.is_err() {
                return Heard::Ended;
            }
        }
        if let Err(fault) = read {
            let said = fault.to_string();
            return Heard::Failed(SinkFault { kind: FaultKind::Garbage, said });
        }
    }
}
