//! The actor: waits for the bell, a command or the service's answer, and tells what is new, at most
//! every 100 ms. It refuses timers while nothing moves.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{Deps, quotas};
use crate::domain::ledger::Outcome;
use crate::domain::meters::Quotas;
use crate::domain::meters::count::{Entry, Learned, LimitKind, MetersCommand, MetersEvent};
use crate::domain::meters::learned::in_force;
use crate::event::ServiceEvent;
use crate::service::bell::Bell;
use crate::service::ledger::{self, report};
use crate::service::tasks;

/// Changes that come closer together than this are told as one.
const MERGE: Duration = Duration::from_millis(100);

/// Where the system does not tell of changes they are looked for this often.
const TICK: Duration = Duration::from_secs(5);

pub(super) struct Actor {
    deps: Deps,
    out: mpsc::Sender<ServiceEvent>,
    cancel: CancellationToken,
    bell: Bell,
    /// The newest change that was told; `None` before the first.
    revision: Option<i64>,
    learned: Vec<Learned>,
    /// When the store was read last, and when it is to be read again.
    read: Option<Instant>,
    due: Option<Instant>,
    /// It was asked since this program started, or need not be.
    settled: bool,
    asking: JoinSet<Option<Quotas>>,
}

impl Actor {
    pub(super) fn new(
        deps: Deps,
        out: mpsc::Sender<ServiceEvent>,
        cancel: CancellationToken,
    ) -> Self {
        let bell = Bell::hang(&deps.data, ledger::BELL, &[tasks::BELL]);
        Self {
            deps,
            out,
            cancel,
            bell,
            revision: None,
            learned: Vec::new(),
            read: None,
            due: None,
            settled: false,
            asking: JoinSet::new(),
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<MetersCommand>) {
        self.refresh().await;
        self.recall().await;
        loop {
            let wake = self.wake();
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => break,
                command = commands.recv() => match command {
                    Some(MetersCommand::Table { by, span }) => self.table(by, span).await,
                    Some(MetersCommand::Quotas) => self.ask(),
                    None => break,
                },
                Some(told) = self.asking.join_next(), if !self.asking.is_empty() => {
                    if let Ok(Some(quotas)) = told {
                        self.told(quotas).await;
                    }
                }
                () = self.bell.heard() => self.rung(),
                () = until(wake) => self.refresh().await,
            }
        }
    }

    /// Something may have changed.
    fn rung(&mut self) {
        let now = Instant::now();
        let soonest = self.read.map_or(now, |read| read + MERGE).max(now);
        self.due.get_or_insert(soonest);
    }

    fn wake(&self) -> Option<Instant> {
        let tick = self.read.filter(|_| !self.bell.watches()).map(|read| read + TICK);
        self.due.into_iter().chain(tick).min()
    }

    /// Reads what is new and tells it.
    async fn refresh(&mut self) {
        self.due = None;
        let (profile, after) = (self.deps.profile.clone(), self.revision);
        let news = self
            .deps
            .desk
            .ask(move |change| match after {
                None => report::opening(change, &profile),
                Some(revision) => report::since(change, &profile, revision),
            })
            .await;
        self.read = Some(Instant::now());
        let news = match news {
            Ok(news) => news,
            // The store tells of its trouble itself; the next bell is another chance.
            Err(notice) => return tracing::warn!(?notice, "the ledger could not be read"),
        };
        let first = self.revision.replace(news.revision).is_none();
        let mine = news.entries.iter().any(was_answered);
        if first || !news.entries.is_empty() {
            self.say(MetersEvent::Entries(news.entries)).await;
            self.say(news.today).await;
        }
        if let Some(habits) = news.habits {
            self.say(MetersEvent::Habits(habits)).await;
        }
        self.learn(news.learned, first).await;
        // By now the key is at hand: nobody is asked for it only because of this.
        if mine && !self.settled {
            self.ask();
        }
    }

    /// Tells the lessons that are in force, where they changed.
    async fn learn(&mut self, all: Vec<Learned>, first: bool) {
        let now_ms = (self.deps.now)();
        let catalog = self.deps.catalog.get();
        let documented = |learned: &Learned| {
            let row = catalog.limits(self.deps.figures, &learned.model)?.row;
            match learned.kind {
                LimitKind::Requests => row.rpm,
                LimitKind::Tokens => row.tpm,
                LimitKind::DayTokens => None,
                LimitKind::Running => row.running.map(u64::from),
            }
        };
        let live = |one: &Learned| in_force(one, documented(one), now_ms).is_some();
        let learned: Vec<Learned> = all.into_iter().filter(live).collect();
        if first || learned != self.learned {
            self.learned.clone_from(&learned);
            self.say(MetersEvent::Learned(learned)).await;
        }
    }

    async fn table(
        &mut self,
        by: crate::domain::meters::count::By,
        span: crate::domain::meters::count::Span,
    ) {
        let profile = self.deps.profile.clone();
        let table =
            self.deps.desk.ask(move |change| report::table(change, &profile, by, span)).await;
        match table {
            Ok(table) => self.say(table).await,
            Err(notice) => self.tell(ServiceEvent::Notice(notice)).await,
        }
    }

    /// Tells the limits the service told less than a day ago.
    async fn recall(&mut self) {
        // Only the native surface has them.
        self.settled = self.deps.endpoint.native().is_none();
        let name = self.kept_as();
        let kept = self.deps.desk.ask(move |change| report::kept(change, &name)).await;
        let Ok(Some((at_ms, text))) = kept else { return };
        let age = (self.deps.now)().saturating_sub(at_ms);
        if let Some(quotas) = quotas::from_json(&text).filter(|_| (0..quotas::DAY).contains(&age)) {
            self.settled = true;
            self.say(MetersEvent::Quotas { quotas, at_ms }).await;
        }
    }

    /// The name the service's answer is kept under: limits are those of an account at a place.
    fn kept_as(&self) -> String {
        format!("quotas of {} at {}", self.deps.profile, self.deps.endpoint.origin())
    }

    /// Asks the service for its limits.
    fn ask(&mut self) {
        self.settled = true;
        if !self.asking.is_empty() || self.deps.endpoint.native().is_none() {
            return;
        }
        let (client, endpoint) = (self.deps.client.clone(), self.deps.endpoint.clone());
        let keys = self.deps.keys.clone();
        self.asking.spawn(async move {
            let endpoint = keys.unlock(&endpoint).await.ok()?;
            crate::api::meters::quotas(&client, &endpoint, None)
                .await
                .map_err(|error| tracing::info!(%error, "the limits could not be asked for"))
                .ok()
        });
    }

    /// The service said what its limits are, or that it does not.
    async fn told(&mut self, quotas: Quotas) {
        let (name, text) = (self.kept_as(), quotas::to_json(&quotas));
        let at_ms = (self.deps.now)();
        // What cannot be kept is asked for again at the next start.
        drop(self.deps.desk.ask(move |change| report::keep(change, &name, &text)).await);
        self.say(MetersEvent::Quotas { quotas, at_ms }).await;
    }

    async fn say(&self, event: MetersEvent) {
        self.tell(ServiceEvent::Meters(Box::new(event))).await;
    }

    /// Nobody listens when this fails: the program is ending.
    async fn tell(&self, event: ServiceEvent) {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => {}
            sent = self.out.send(event) => drop(sent),
        }
    }
}

/// A request of this program that the service has answered.
fn was_answered(entry: &Entry) -> bool {
    entry.mine && matches!(entry.outcome, Some(Outcome::Done | Outcome::Partial))
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Whether it waits for nothing but the bell once it has read.
#[cfg(test)]
pub(super) async fn rests_after_a_look(mut actor: Actor) -> bool {
    actor.rung();
    let woken = actor.wake().is_some();
    actor.refresh().await;
    woken && actor.revision.is_some() && actor.wake().is_none()
}
