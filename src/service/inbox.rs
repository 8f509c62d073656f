//! The way to an actor whose inbox is all there is to it: handing over never waits, taking ends with the
//! program. It refuses to know what is handed over.

use tokio::sync::mpsc::{self, error::TrySendError};
use tokio_util::sync::CancellationToken;

/// Where commands are handed over. When the last one is dropped the actor ends.
#[derive(Debug)]
pub struct Inbox<C> {
    sender: mpsc::Sender<C>,
}

impl<C> Clone for Inbox<C> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone() }
    }
}

impl<C> Inbox<C> {
    /// Hands a command over without waiting.
    ///
    /// # Errors
    /// The command itself if the inbox is full or the actor has ended.
    pub fn try_send(&self, command: C) -> Result<(), C> {
        self.sender.try_send(command).map_err(TrySendError::into_inner)
    }
}

/// Where an actor takes its commands from.
#[derive(Debug)]
pub(super) struct Commands<C> {
    receiver: mpsc::Receiver<C>,
    cancel: CancellationToken,
}

impl<C> Commands<C> {
    /// The next command; nothing more once the program ends or nobody is left to hand one over.
    pub(super) async fn next(&mut self) -> Option<C> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => None,
            command = self.receiver.recv() => command,
        }
    }
}

/// Both ends of an inbox with so much room; commands beyond it come back to their senders.
pub(super) fn open<C>(room: usize, cancel: CancellationToken) -> (Inbox<C>, Commands<C>) {
    let (sender, receiver) = mpsc::channel(room);
    (Inbox { sender }, Commands { receiver, cancel })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_inbox_gives_back_and_the_end_comes_before_what_waits() {
        let cancel = CancellationToken::new();
        let (inbox, mut commands) = open(2, cancel.clone());
        assert_eq!(inbox.try_send(1), Ok(()));
        assert_eq!(inbox.clone().try_send(2), Ok(()));
        assert_eq!(inbox.try_send(3), Err(3));
        assert_eq!(commands.next().await, Some(1));
        cancel.cancel();
        assert_eq!(commands.next().await, None);
        drop(commands);
        assert_eq!(inbox.try_send(4), Err(4));
    }

    #[tokio::test]
    async fn without_senders_it_ends_after_what_waits() {
        let (inbox, mut commands) = open(2, CancellationToken::new());
        assert_eq!(inbox.try_send("last"), Ok(()));
        drop(inbox);
        assert_eq!(commands.next().await, Some("last"));
        assert_eq!(commands.next().await, None);
    }
}
