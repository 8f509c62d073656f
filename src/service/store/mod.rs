//! The store: the only writer of user data, SQLite in a thread of its own behind a bounded inbox.
//! It owns conversations, drafts and the history of questions; it refuses wire types and
//! sentences, and it never destroys what it cannot read.
//!
//! Nothing is opened before the first command. Writes are collected, merged by message and
//! written in one transaction, at most 250 ms after the first of them; with nothing to write the
//! thread sleeps without waking. What cannot be written stays here and is tried again.

#![expect(clippy::disallowed_methods, reason = "the store owns its files and its clock")]

mod attachments;
mod base;
mod budget;
mod cost;
mod desk;
mod doctor;
mod error;
mod facts;
mod heads;
mod instances;
mod others;
mod pending;
mod place;
mod read;
mod refusals;
mod schema;
mod settings;
mod surface;
mod worker;
mod write;

pub use doctor::{examine, room};

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use crate::domain::conversations::{StoreCommand, StoreEvent};
use crate::domain::notice::{Notice, NoticeKind};
use crate::event::ServiceEvent;
pub(in crate::service) use desk::Change;
pub use desk::Desk;
use desk::Job;
pub(in crate::service) use facts::{notice_from_json, notice_to_json};
use worker::Worker;

/// Commands that may wait. A full inbox (the disk hangs) refuses: the loop gets its command back.
const INBOX: usize = 256;

/// How long collected writes may wait.
const MERGE: Duration = Duration::from_millis(250);

/// What the store needs to know of the world.
#[derive(Debug, Clone)]
pub struct Deps {
    /// The data directory. It is made (0700) if it does not exist.
    pub dir: PathBuf,
    /// Milliseconds since 1970 (UTC); called for each transaction.
    pub now: fn() -> i64,
}

/// What tests turn; everybody else takes the default.
#[derive(Clone)]
struct Options {
    /// The numbered steps of the schema.
    migrations: &'static [&'static str],
    /// How long collected writes may wait.
    merge: Duration,
    /// Tells whether a directory is on a network file system.
    on_network: fn(&std::path::Path) -> bool,
    /// Called with each connection that was opened.
    tune: Arc<dyn Fn(&mut rusqlite::Connection) + Send + Sync>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            migrations: schema::MIGRATIONS,
            merge: MERGE,
            on_network: place::on_network,
            tune: Arc::new(|_| {}),
        }
    }
}

/// How the store ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Closed {
    /// Everything is on disk.
    Saved,
    /// Something could not be written, and this is why. Whoever holds the text should show it.
    Unsaved(Notice),
    /// The disk did not answer in time; the thread was left behind.
    TimedOut,
}

/// The way to the store. Dropping it closes the store without waiting for it.
#[derive(Debug)]
pub struct Handle {
    inbox: Arc<SyncSender<Job>>,
    done: Receiver<Closed>,
    thread: Option<JoinHandle<()>>,
    dir: Arc<std::path::Path>,
}

impl Handle {
    /// Hands a command over without waiting; gives it back if the inbox is full or the store has
    /// ended.
    ///
    /// # Errors
    /// The command itself, to be tried again later.
    pub fn try_send(&self, command: StoreCommand) -> Result<(), StoreCommand> {
        use std::sync::mpsc::TrySendError;
        match self.inbox.try_send(Job::Command(command)) {
            Err(
                TrySendError::Full(Job::Command(command))
                | TrySendError::Disconnected(Job::Command(command)),
            ) => Err(command),
            // What comes back is what was sent.
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Ok(()),
        }
    }

    /// A way to ask the store that can be given away.
    #[must_use]
    pub fn desk(&self) -> Desk {
        Desk::new(&self.inbox, &self.dir)
    }

    /// Writes all that was handed over, closes the database and joins the thread; waits at most
    /// `timeout`. Events that find the channel upwards full are dropped from now on.
    pub fn close(self, timeout: Duration) -> Closed {
        let Self { inbox, done, thread, dir: _ } = self;
        drop(inbox);
        let closed = match done.recv_timeout(timeout) {
            Ok(closed) => closed,
            Err(RecvTimeoutError::Timeout) => return Closed::TimedOut,
            Err(RecvTimeoutError::Disconnected) => {
                Closed::Unsaved(Notice::new(NoticeKind::StoreFailed))
            }
        };
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            return Closed::Unsaved(Notice::new(NoticeKind::StoreFailed));
        }
        closed
    }
}

/// A store that is only looked at.
#[derive(Debug)]
pub(in crate::service) enum Look {
    /// There is none yet.
    Nothing,
    /// An older program made it: its tables are not ours yet.
    Older,
    /// It can be read.
    Store(rusqlite::Connection),
}

/// Opens what is there to be read only; makes and changes nothing.
pub(in crate::service) fn look(dir: &std::path::Path) -> Result<Look, Notice> {
    let options = Options::default();
    let path = dir.join(base::FILE);
    if !path.exists() {
        return Ok(Look::Nothing);
    }
    let told = |error: error::StoreError| error.notice(dir, &path);
    let db = base::Base::look(dir, &options).map_err(told)?;
    let version = db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    let version = version.map_err(|error| told(error.into()))?;
    Ok(match usize::try_from(version) {
        Ok(version) if version == options.migrations.len() => Look::Store(db),
        // Nothing was ever written to it.
        Ok(0) => Look::Nothing,
        Ok(_) | Err(_) => Look::Older,
    })
}

/// Starts the store's thread; no file is touched yet. Events go to `out`: while that channel is
/// full they wait in the store, which goes on writing; when it is closed they are dropped.
#[must_use = "dropping the handle closes the store"]
pub fn spawn(deps: Deps, out: Sender<ServiceEvent>) -> Handle {
    spawn_with(deps, Options::default(), out)
}

fn spawn_with(deps: Deps, options: Options, out: Sender<ServiceEvent>) -> Handle {
    let (inbox, commands) = sync_channel(INBOX);
    let (finished, done) = sync_channel(1);
    let trouble = out.clone();
    let dir = Arc::from(deps.dir.as_path());
    let thread = std::thread::Builder::new().name("lian-store".to_owned()).spawn(move || {
        let closed = Worker::new(deps, options, out).run(&commands);
        // Nobody waits if the handle was dropped instead of closed.
        let _ = finished.try_send(closed);
    });
    let thread = thread
        .map_err(|error| {
            // Without its thread every command comes back; this says why.
            let notice = Notice::new(NoticeKind::StoreFailed).with_detail(error.to_string());
            let _ = trouble.try_send(ServiceEvent::Store(StoreEvent::Trouble(notice)));
        })
        .ok();
    Handle { inbox: Arc::new(inbox), done, thread, dir }
}

#[cfg(test)]
mod tests;
