//! The service of tasks at work for a command: store, service, signals and a deadline behind one
//! wait. It refuses to know what a command wants of it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::command::chat::{BROKEN_PIPE, Delivered, Signals, deliver};
use crate::domain::errands::EndFacts;
use crate::domain::notice::Notice;
use crate::domain::tasks::book::{TaskCommand, TaskEvent, TaskRecord};
use crate::event::ServiceEvent;
use crate::service::errands::ended;
use crate::service::store;
use crate::service::tasks::setup::{Clocks, Setup};
use crate::service::tasks::{self, Handle};
use crate::text::sanitize;

/// Events of the service that may wait: then it waits.
const EVENTS: usize = 64;
/// A full inbox is tried again this soon.
const AGAIN: Duration = Duration::from_millis(20);
/// The user's own program gets this long to be started.
const LAST_START: Duration = Duration::from_millis(500);
/// The store gets this long for its last write.
const LAST_WRITE: Duration = Duration::from_secs(5);

/// What a command waited for.
#[derive(Debug)]
pub(in crate::command) enum Heard {
    /// The service says something.
    Event(TaskEvent),
    /// A signal, as exit code.
    Signal(u8),
    /// The time is over.
    Late,
}

/// A store, and the service of tasks once it is begun.
pub(in crate::command) struct Bench {
    store: store::Handle,
    setup: Option<(Setup, Clocks, u64)>,
    service: Option<(Handle, mpsc::Receiver<TaskEvent>)>,
    cancel: CancellationToken,
    signals: Signals,
    deadline: Option<Instant>,
    /// Commands that found the inbox full.
    outbox: VecDeque<TaskCommand>,
    /// The user's own program for the end of tasks, and where it is noted for which it was run.
    on_done: (Vec<String>, PathBuf),
    running: JoinSet<()>,
}

impl Bench {
    /// Opens the store. `seed` is nobody else's.
    pub(in crate::command) fn open(
        setup: Setup,
        clocks: Clocks,
        seed: u64,
        on_done: &[String],
    ) -> Self {
        // What the store says by itself is for a screen; whoever asks it hears of its faults.
        let (out, _) = mpsc::channel(1);
        let deps = store::Deps { dir: setup.data.clone(), now: clocks.wall_ms };
        Self {
            store: store::spawn(deps, out),
            on_done: (on_done.to_vec(), setup.data.clone()),
            running: JoinSet::new(),
            setup: Some((setup, clocks, seed)),
            service: None,
            cancel: CancellationToken::new(),
            signals: Signals::new(),
            deadline: None,
            outbox: VecDeque::new(),
        }
    }

    /// All tasks, newest first.
    pub(in crate::command) async fn read(&self) -> Result<Vec<TaskRecord>, Notice> {
        tasks::read(&self.store.desk()).await
    }

    /// Begins to send, follow and fetch, with every task told as it is. With `timeout` the waits end
    /// after that time.
    pub(in crate::command) fn begin(&mut self, timeout: Option<Duration>) {
        self.deadline = timeout.map(|timeout| Instant::now() + timeout);
        if let Some((setup, clocks, seed)) = self.setup.take() {
            let (out, events) = mpsc::channel(EVENTS);
            let deps = setup.deps(self.store.desk(), clocks, seed);
            let handle = tasks::spawn(deps, out, self.cancel.clone());
            self.service = Some((handle, events));
        }
    }

    /// Asks the service for something.
    pub(in crate::command) fn send(&mut self, command: TaskCommand) {
        self.outbox.push_back(command);
        self.offer();
    }

    fn offer(&mut self) {
        let Some((handle, _)) = &self.service else { return };
        while let Some(command) = self.outbox.pop_front() {
            if let Err(command) = handle.try_send(command) {
                return self.outbox.push_front(command);
            }
        }
    }

    /// What comes next. Nothing comes before [`Bench::begin`] but signals.
    pub(in crate::command) async fn next(&mut self) -> Heard {
        self.next_until(None).await
    }

    /// The same; [`Heard::Late`] at this moment too.
    pub(in crate::command) async fn next_until(&mut self, soon: Option<Instant>) -> Heard {
        let late = [self.deadline, soon].into_iter().flatten().min();
        loop {
            self.offer();
            let again = (!self.outbox.is_empty()).then(|| Instant::now() + AGAIN);
            tokio::select! {
                biased;
                signal = self.signals.next() => return Heard::Signal(signal),
                Some(event) = event(&mut self.service) => return Heard::Event(event),
                () = until(late) => return Heard::Late,
                () = until(again) => {}
            }
        }
    }

    /// Writes to stdout. A reader that stands still keeps no signal from ending the program.
    ///
    /// # Errors
    /// The exit code, where the reader went away or a signal came.
    pub(in crate::command) async fn print(&mut self, text: &str) -> Result<(), u8> {
        let bytes = sanitize::block(text).into_bytes();
        let mut code = None;
        match deliver(bytes, &mut self.signals, &mut code).await {
            Delivered::Whole => code.map_or(Ok(()), Err),
            Delivered::Not => Err(code.unwrap_or(BROKEN_PIPE)),
        }
    }

    /// A task has ended: the user's own program is run, if there is one.
    pub(in crate::command) fn ended(&mut self, facts: EndFacts) {
        let (words, data) = self.on_done.clone();
        if words.is_empty() {
            return;
        }
        self.running.spawn(async move {
            if let Some(ServiceEvent::Notice(notice)) = ended(&data, &words, &facts).await {
                tracing::warn!(kind = ?notice.kind, "the program for the end of tasks");
            }
        });
    }

    /// The time of [`Bench::begin`] is over.
    pub(in crate::command) fn is_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }

    /// Ends in good order: what is being sent gets a moment for its answer, the lease goes back.
    pub(in crate::command) async fn close(mut self) {
        self.cancel.cancel();
        if let Some((handle, mut events)) = self.service.take() {
            let ended = handle.ended();
            tokio::pin!(ended);
            loop {
                tokio::select! {
                    () = &mut ended => break,
                    // A service whose events nobody takes would wait for its reader.
                    Some(_) = events.recv() => {}
                }
            }
        }
        // What was begun a moment ago is on its way when it has had this long.
        let running = async { while self.running.join_next().await.is_some() {} };
        drop(tokio::time::timeout(LAST_START, running).await);
        self.running.detach_all();
        match self.store.close(LAST_WRITE) {
            store::Closed::Saved => {}
            store::Closed::Unsaved(notice) => {
                tracing::warn!(kind = ?notice.kind, "the store did not close well");
            }
            store::Closed::TimedOut => tracing::warn!("the store did not close in time"),
        }
    }
}

/// The next event; for ever where there is no service, or none any more.
async fn event(service: &mut Option<(Handle, mpsc::Receiver<TaskEvent>)>) -> Option<TaskEvent> {
    let found = match service {
        Some((_, events)) => events.recv().await,
        None => None,
    };
    match found {
        Some(event) => Some(event),
        None => std::future::pending().await,
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
