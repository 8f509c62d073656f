//! Questions to the store that get an answer: money and tasks are read and changed in one
//! transaction, and whoever asked goes on only when it is on disk. It owns the way in and out; it
//! refuses to know what is asked, which each feature's own file says in SQL.

use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Weak};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::StoreError;
use super::worker::Worker;
use super::write::Stamp;
use crate::domain::conversations::StoreCommand;
use crate::domain::notice::{Notice, NoticeKind};

/// What lies in the store's inbox.
pub(super) enum Job {
    /// A command that is answered by an event, if at all.
    Command(StoreCommand),
    /// A question whose asker waits.
    Ask(Box<dyn Ask>),
}

/// A question, whatever the type of its answer.
pub(super) trait Ask: Send {
    /// Works on the store and tells the asker.
    fn answer(self: Box<Self>, worker: &mut Worker);
}

struct Question<T, F> {
    reply: oneshot::Sender<Result<T, Notice>>,
    work: F,
}

impl<T, F> Ask for Question<T, F>
where
    T: Send,
    F: FnOnce(&Change<'_>) -> rusqlite::Result<T> + Send,
{
    fn answer(self: Box<Self>, worker: &mut Worker) {
        let Self { reply, work } = *self;
        // Nobody is told who has gone: what was asked for is done all the same.
        drop(reply.send(worker.change(work)));
    }
}

/// An open transaction that holds the right to write.
#[derive(Debug, Clone, Copy)]
pub(in crate::service) struct Change<'a> {
    /// The database.
    pub(in crate::service) db: &'a Connection,
    /// This running program's number among the instances.
    pub(in crate::service) me: i64,
    /// Milliseconds since 1970 (UTC).
    pub(in crate::service) now_ms: i64,
    /// Tells whether another running program lives.
    pub(super) dir: &'a std::path::Path,
}

impl<'a> Change<'a> {
    pub(super) fn new(db: &'a Connection, dir: &'a std::path::Path, stamp: Stamp) -> Self {
        Self { db, me: stamp.me, now_ms: stamp.now_ms, dir }
    }

    /// Whether the running program of that number is this one or lives.
    pub(in crate::service) fn lives(&self, instance: i64) -> bool {
        instance == self.me || super::instances::is_alive(self.dir, instance)
    }
}

/// A way to ask the store. Cheap to clone; it does not keep the store open.
#[derive(Debug, Clone)]
pub struct Desk {
    inbox: Weak<SyncSender<Job>>,
    dir: Arc<std::path::Path>,
}

impl Desk {
    pub(super) fn new(inbox: &Arc<SyncSender<Job>>, dir: &Arc<std::path::Path>) -> Self {
        Self { inbox: Arc::downgrade(inbox), dir: Arc::clone(dir) }
    }

    /// The data directory.
    pub(in crate::service) fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// Does `work` in one transaction and waits until the disk has it. When the store has no room
    /// or is closed, when it cannot write or the disk is full, nothing was changed and the notice
    /// says why.
    pub(in crate::service) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Change<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Notice> {
        let gone = || Notice::new(NoticeKind::StoreFailed);
        let (reply, answer) = oneshot::channel();
        {
            let inbox = self.inbox.upgrade().ok_or_else(gone)?;
            let question = Box::new(Question { reply, work });
            inbox.try_send(Job::Ask(question)).map_err(|error| match error {
                TrySendError::Full(_) => Notice::new(NoticeKind::Busy),
                TrySendError::Disconnected(_) => gone(),
            })?;
        }
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}

impl Worker {
    /// One transaction that is on disk when it returns.
    fn change<T>(
        &mut self,
        work: impl FnOnce(&Change<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Notice> {
        self.try_change(work).map_err(|error| self.refuse(&error))
    }

    fn try_change<T>(
        &mut self,
        work: impl FnOnce(&Change<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let (base, dir, stamp) = self.opened()?;
        base.wait_for_disk(true)?;
        let done = (|| {
            let transaction = base.write()?;
            let answer = work(&Change::new(&transaction, dir, stamp))?;
            transaction.commit()?;
            Ok(answer)
        })();
        let eased = base.wait_for_disk(false);
        let done: rusqlite::Result<T> = done.and_then(|answer| eased.map(|()| answer));
        Ok(done?)
    }
}
