//! The sink that always works: a WAV file in the data directory, one for each thing that is spoken. It
//! refuses to be heard: written is played.

use std::io;
use std::path::PathBuf;

use tokio::sync::mpsc::{Receiver, Sender};

use super::sink::{Ask, Said};
use super::wav::Wav;
use crate::domain::audio::{FaultKind, SinkFault, SinkName};
use crate::text::sanitize;

/// Runs until nobody asks any more or the file cannot be written. A disk may take its time, so it does
/// all in a thread of its own.
pub(super) async fn run(dir: PathBuf, asks: Receiver<Ask>, say: Sender<Said>) {
    let work = tokio::task::spawn_blocking(move || {
        if let Err(error) = write(&dir, asks, &say) {
            let said = sanitize::line(&format!("{}: {error}", dir.display()));
            let fault = SinkFault { kind: FaultKind::NotWritten, said };
            // Nobody listens any more when this fails.
            drop(say.blocking_send(Said::Failed(fault)));
        }
    });
    // It has told everything itself.
    drop(work.await);
}

fn write(dir: &std::path::Path, mut asks: Receiver<Ask>, say: &Sender<Said>) -> io::Result<()> {
    let mut wav = Wav::create(dir, &name())?;
    let path = sanitize::line(&wav.path().to_string_lossy());
    let mut said = say.blocking_send(Said::Opened(SinkName::File { path }));
    let mut written = 0;
    while let (Ok(()), Some(ask)) = (said, asks.blocking_recv()) {
        said = match ask {
            Ask::Samples(samples) => {
                wav.append(&samples)?;
                written += samples.len() as u64 / 2;
                say.blocking_send(Said::Played(written))
            }
            Ask::Pause | Ask::Resume => Ok(()),
            Ask::Stop => say.blocking_send(Said::Stopped),
            Ask::Drain => say.blocking_send(Said::Drained),
        };
    }
    Ok(())
}

/// By the hour on the user's clock.
#[expect(clippy::disallowed_methods, reason = "the file is named by when it is made")]
fn name() -> String {
    format!("speech-{}", jiff::Zoned::now().strftime("%Y%m%d-%H%M%S"))
}
