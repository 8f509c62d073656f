//! Sound that is wanted as plain samples by whoever asks: a pipe, a file of the user's own. It
//! refuses every device, and is heard when it was taken.

use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio_util::sync::CancellationToken;

use super::{CONTROL, FEED, Handle};
use crate::domain::audio::{AudioCommand, AudioEvent, AudioNews, FaultKind, SinkFault, SinkName};
use crate::domain::ids::SpeechId;

/// As [`spawn`](super::spawn), but the samples go to `samples`, waiting when it is full. When nobody
/// takes them any more, what is spoken fails.
#[must_use]
pub fn tap(samples: Sender<Vec<u8>>, out: Sender<AudioEvent>, cancel: CancellationToken) -> Handle {
    let (feed, feeds) = mpsc::channel(FEED);
    let (control, controls) = mpsc::channel(CONTROL);
    let tap = Tap { samples, out, now: None, played: 0, paused: false };
    tokio::spawn(async move {
        tokio::select! {
            biased;
            () = cancel.cancelled() => {}
            () = tap.run(feeds, controls) => {}
        }
    });
    Handle { feed, control }
}

struct Tap {
    samples: Sender<Vec<u8>>,
    out: Sender<AudioEvent>,
    /// What is spoken.
    now: Option<SpeechId>,
    played: u64,
    paused: bool,
}

impl Tap {
    async fn run(
        mut self,
        mut feeds: Receiver<AudioCommand>,
        mut controls: Receiver<AudioCommand>,
    ) {
        loop {
            tokio::select! {
                biased;
                Some(command) = controls.recv() => self.control(command).await,
                command = feeds.recv(), if !self.paused => match command {
                    Some(command) => self.feed(command).await,
                    None => return,
                },
            }
        }
    }

    async fn tell(&self, speech: SpeechId, what: AudioNews) {
        // Nobody listens when this fails: the program is ending.
        drop(self.out.send(AudioEvent { speech, what }).await);
    }

    async fn control(&mut self, command: AudioCommand) {
        match command {
            AudioCommand::Pause(_) => self.paused = true,
            AudioCommand::Resume(_) => self.paused = false,
            AudioCommand::Stop(id) => {
                self.paused = false;
                let played = if self.now == Some(id) { self.played } else { 0 };
                self.now = self.now.filter(|now| *now != id);
                self.tell(id, AudioNews::Stopped { played }).await;
            }
            AudioCommand::Open(_) | AudioCommand::Samples(..) | AudioCommand::Drain(_) => {}
        }
    }

    async fn feed(&mut self, command: AudioCommand) {
        match command {
            AudioCommand::Open(id) => {
                (self.now, self.played) = (Some(id), 0);
                let sink = SinkName::File { path: String::new() };
                self.tell(id, AudioNews::Opened { sink }).await;
            }
            AudioCommand::Samples(id, bytes) if self.now == Some(id) => {
                let count = bytes.len() as u64 / 2;
                if self.samples.send(bytes).await.is_err() {
                    self.now = None;
                    let why = SinkFault::silent(FaultKind::Ended);
                    return self.tell(id, AudioNews::Failed { from: None, why }).await;
                }
                self.played += count;
                self.tell(id, AudioNews::Position { played: self.played }).await;
            }
            AudioCommand::Drain(id) if self.now == Some(id) => {
                self.now = None;
                self.tell(id, AudioNews::Drained { played: self.played }).await;
            }
            // Of something that is over; the others go the other way.
            AudioCommand::Samples(..)
            | AudioCommand::Drain(_)
            | AudioCommand::Pause(_)
            | AudioCommand::Resume(_)
            | AudioCommand::Stop(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn samples_come_out_as_they_went_in_until_nobody_takes_them() {
        let (samples, mut taken) = mpsc::channel(4);
        let (out, mut events) = mpsc::channel(16);
        let handle = tap(samples, out, CancellationToken::new());
        let id = SpeechId(1);
        for command in [
            AudioCommand::Open(id),
            AudioCommand::Samples(id, vec![1, 2, 3, 4]),
            AudioCommand::Samples(SpeechId(9), vec![9, 9]),
            AudioCommand::Drain(id),
        ] {
            handle.send(command).await.unwrap();
        }
        assert_eq!(taken.recv().await, Some(vec![1, 2, 3, 4]));
        let mut news = async || events.recv().await.unwrap().what;
        assert!(matches!(news().await, AudioNews::Opened { .. }));
        assert_eq!(news().await, AudioNews::Position { played: 2 });
        assert_eq!(news().await, AudioNews::Drained { played: 2 });
        drop(taken);
        handle.send(AudioCommand::Open(SpeechId(2))).await.unwrap();
        handle.send(AudioCommand::Samples(SpeechId(2), vec![1, 2])).await.unwrap();
        assert!(matches!(news().await, AudioNews::Opened { .. }));
        assert!(matches!(news().await, AudioNews::Failed { .. }));
    }
}
