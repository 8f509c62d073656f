//! The chat service: takes questions, runs each turn in a task of its own, stops them on demand
//! and at the end of the program. It refuses to know the wire (`api`) and what becomes of an
//! answer (`state`).

mod inspector;
mod turn;

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::api::client::ApiClient;
use crate::api::region::Endpoint;
use crate::api::retry::Budget;
use crate::domain::chat::{ChatCommand, ChatEvent, ChatRequest, TurnEvent};
use crate::domain::ids::TurnId;
use crate::domain::inspector::Inspected;
use crate::domain::ledger::Purse;
use crate::event::ServiceEvent;
use crate::service::attachments::uploads::Uploads;
use crate::service::keys::Keys;
use crate::service::ledger::Ledger;
use inspector::Records;
use turn::Turn;

/// Commands that may wait in the inbox. When it is full the command comes back to the sender.
const INBOX: usize = 64;

/// What the service needs from outside.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Makes the requests; its deadlines and limits hold.
    pub client: ApiClient,
    /// Where they go, and with which key.
    pub endpoint: Endpoint,
    /// Where to ask for the key, if the endpoint has none yet.
    pub keys: Keys,
    /// Knows ids that look like one that the service does not know; asked only then.
    pub catalog: crate::catalog::Shared,
    /// Knows which files were uploaded already.
    pub uploads: Uploads,
    /// Counts what every request costs, before and after. Without one nothing is counted: so it is
    /// only where no request is made.
    pub ledger: Option<Ledger>,
    /// Random per process: the waits between tries derive from it.
    pub seed: u64,
}

/// The way to a running chat service. When the last one is dropped, turns that run are
/// finished and the service ends.
#[derive(Debug, Clone)]
pub struct Handle {
    inbox: mpsc::Sender<ChatCommand>,
    ended: CancellationToken,
}

impl Handle {
    /// Hands over a command, or gives it back if the inbox is full or the service has ended.
    #[expect(clippy::result_large_err, reason = "the command comes back whole, nothing is lost")]
    pub fn try_send(&self, command: ChatCommand) -> Result<(), ChatCommand> {
        self.inbox.try_send(command).map_err(mpsc::error::TrySendError::into_inner)
    }

    /// Waits until the service has ended and every turn has said so.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

/// Starts the service. Events go to `out`, waiting when it is full: a slow screen slows the
/// sockets and memory stays flat. After `cancel` every turn ends as interrupted.
#[must_use]
pub fn spawn(deps: Deps, out: mpsc::Sender<ServiceEvent>, cancel: CancellationToken) -> Handle {
    let (inbox, commands) = mpsc::channel(INBOX);
    let service = Service {
        shared: Arc::new(Shared {
            deps,
            out,
            shutdown: cancel,
            budget: Mutex::default(),
            records: Records::default(),
            uncounted: AtomicBool::new(false),
            started: Instant::now(),
        }),
        running: HashMap::new(),
        tasks: JoinSet::new(),
    };
    let ended = CancellationToken::new();
    let guard = ended.clone().drop_guard();
    tokio::spawn(async move {
        service.run(commands).await;
        drop(guard);
    });
    Handle { inbox, ended }
}

/// What all turns use.
#[derive(Debug)]
struct Shared {
    deps: Deps,
    out: mpsc::Sender<ServiceEvent>,
    shutdown: CancellationToken,
    budget: Mutex<Budget>,
    records: Records,
    /// It was told that the ledger cannot be written.
    uncounted: AtomicBool,
    started: Instant,
}

impl Shared {
    /// Takes one retry from the budget of the whole service.
    fn may_retry(&self) -> bool {
        let now = Instant::now().saturating_duration_since(self.started);
        let mut budget = self.budget.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        budget.take(now)
    }

    /// Nobody listens when this fails: the program is ending and there is nobody to tell.
    async fn send(&self, turn: TurnId, what: TurnEvent) {
        drop(self.out.send(ServiceEvent::Chat(ChatEvent { turn, what })).await);
    }
}

struct Service {
    shared: Arc<Shared>,
    /// How to stop the turns that run.
    running: HashMap<TurnId, CancellationToken>,
    tasks: JoinSet<TurnId>,
}

impl Service {
    async fn run(mut self, mut commands: mpsc::Receiver<ChatCommand>) {
        let shutdown = self.shared.shutdown.clone();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                Some(done) = self.tasks.join_next() => self.forget(done),
                command = commands.recv() => match command {
                    Some(command) => self.handle(command),
                    None => break,
                },
            }
        }
        // From here on commands go back to their senders. What was accepted before still gets
        // its end, that it was interrupted: its turn sees the shutdown first.
        commands.close();
        while let Some(command) = commands.recv().await {
            self.handle(command);
        }
        while let Some(done) = self.tasks.join_next().await {
            self.forget(done);
        }
    }

    fn handle(&mut self, command: ChatCommand) {
        match command {
            ChatCommand::Start { turn, request, purse } => self.start(turn, request, purse),
            ChatCommand::Cancel(turn) => {
                // A turn that has just ended is not there any more, and need not be stopped.
                if let Some(stop) = self.running.get(&turn) {
                    stop.cancel();
                }
            }
            ChatCommand::Inspect(turns) => self.inspect(turns),
        }
    }

    /// Large answers are read beside the service, so that no command waits for them.
    fn inspect(&self, turns: Vec<TurnId>) {
        let shared = self.shared.clone();
        tokio::spawn(async move {
            let exchanges = shared.records.read(&turns);
            let inspected = Inspected { turns, exchanges };
            drop(shared.out.send(ServiceEvent::Inspected(inspected)).await);
        });
    }

    fn start(&mut self, turn: TurnId, request: ChatRequest, purse: Purse) {
        if self.running.contains_key(&turn) {
            tracing::warn!(%turn, "a turn was started twice");
            return;
        }
        let stop = CancellationToken::new();
        self.running.insert(turn, stop.clone());
        let running = Turn::new(turn, self.shared.clone(), (request, purse), stop);
        self.tasks.spawn(async move {
            running.run().await;
            turn
        });
    }

    fn forget(&mut self, done: Result<TurnId, tokio::task::JoinError>) {
        match done {
            Ok(turn) => drop(self.running.remove(&turn)),
            Err(error) => tracing::error!(%error, "the task of a turn failed after its end"),
        }
    }
}

#[cfg(test)]
mod tests;
