//! The meters on a store of their own: what is told at the start, what others do, tables, and how
//! often the service is asked for its limits.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

use super::*;
use crate::api::client::Deadlines;
use crate::api::testing::{self, Server, Step, answer, head, refuse};
use crate::catalog::Catalog;
use crate::domain::chat::MediaTokens;
use crate::domain::ids::EntryId;
use crate::domain::ledger::{Outcome, Purse, Settlement, Units};
use crate::domain::meters::Quotas;
use crate::domain::meters::count::{By, Entry, MetersEvent, Span};
use crate::domain::models::{ModelId, Surface};
use crate::domain::notice::Throttle;
use crate::service::ledger::Ledger;
use crate::service::ledger::question::{Question, Reckoned, Refused};
use crate::service::store;

const CAP: Duration = Duration::from_secs(30);
const NOON: i64 = 1_795_233_600_000;

struct Rig {
    ledger: Ledger,
    events: Receiver<ServiceEvent>,
    handle: Handle,
    store: store::Handle,
    cancel: CancellationToken,
}

impl Rig {
    fn start(dir: &Path, server: &Server, now: fn() -> i64) -> Self {
        let (nobody, _) = channel(1);
        let store = store::spawn(store::Deps { dir: dir.to_owned(), now }, nobody);
        let endpoint = server.endpoint();
        let deps = Deps {
            client: testing::client(&endpoint, Deadlines::default()),
            endpoint,
            keys: Keys::default(),
            catalog: Shared::default(),
            figures: Figures::Documented,
            desk: store.desk(),
            profile: "dev".into(),
            data: dir.to_owned(),
            now,
        };
        let (out, events) = channel(64);
        let cancel = CancellationToken::new();
        let handle = spawn(deps, out, cancel.clone());
        Self { ledger: Ledger::new(store.desk()), events, handle, store, cancel }
    }

    async fn next(&mut self) -> MetersEvent {
        match timeout(CAP, self.events.recv()).await.expect("an event").expect("a service") {
            ServiceEvent::Meters(event) => *event,
            other => panic!("{other:?}"),
        }
    }

    /// The next event that is wanted.
    async fn until<T>(&mut self, wanted: impl Fn(MetersEvent) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.next().await) {
                return found;
            }
        }
    }

    async fn entries(&mut self) -> Vec<Entry> {
        self.until(|event| match event {
            MetersEvent::Entries(entries) => Some(entries),
            _ => None,
        })
        .await
    }

    async fn quotas(&mut self) -> (Quotas, i64) {
        self.until(|event| match event {
            MetersEvent::Quotas { quotas, at_ms } => Some((quotas, at_ms)),
            _ => None,
        })
        .await
    }

    /// Asks and answers one question.
    async fn answered(&self, id: i64) {
        ask(&self.ledger, id).await;
        let units = Units { input: Some(10), output: Some(20), ..Units::default() };
        let end = end(id, Outcome::Done);
        self.ledger.answered(Settlement { units, ..end }, Reckoned::default()).await.unwrap();
    }

    async fn close(self) {
        self.cancel.cancel();
        drop(self.events);
        tokio::task::spawn_blocking(|| self.store.close(CAP)).await.map(drop).unwrap();
    }
}

async fn ask(ledger: &Ledger, id: i64) {
    let question = Question {
        id: EntryId(id),
        purse: Purse { profile: "dev".into(), ..Purse::default() },
        model: ModelId::new("qwen-plus"),
        surface: Surface::Compat,
        fingerprint: id,
        tokens: 10,
        media: MediaTokens::default(),
        letters: None,
        most: Some(20),
        thinking: None,
        spoken: false,
    };
    ledger.ask(question, Catalog::embedded()).await.unwrap();
}

fn end(id: i64, outcome: Outcome) -> Settlement {
    Settlement {
        id: EntryId(id),
        outcome,
        units: Units::default(),
        money: None,
        estimated: false,
        answered: None,
        request_id: None,
        first: None,
        total: None,
    }
}

/// Limits as the service tells them, and nothing after them.
fn limits() -> Vec<Step> {
    let body = r#"{"output":{"total":1,"quotas":[{"model":"qwen-plus","model_limit":
        {"request_limit":60,"request_limit_period":60}}]}}"#;
    answer(head(200, "content-type: application/json\r\n"), body.to_owned())
}

#[tokio::test]
async fn the_start_tells_everything_and_changes_of_others_are_heard() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(vec![]).await;
    let mut rig = Rig::start(dir.path(), &server, || NOON);
    assert_eq!(rig.next().await, MetersEvent::Entries(Vec::new()));
    assert!(matches!(rig.next().await, MetersEvent::Today { models, .. } if models.is_empty()));
    assert_eq!(rig.next().await, MetersEvent::Habits(Vec::new()));
    assert_eq!(rig.next().await, MetersEvent::Learned(Vec::new()));
    // Another program on the same store.
    let (nobody, _) = channel(1);
    let other = store::spawn(store::Deps { dir: dir.path().to_owned(), now: || NOON }, nobody);
    ask(&Ledger::new(other.desk()), 1).await;
    let told = rig.entries().await;
    assert_eq!((told.len(), told[0].id, told[0].mine), (1, EntryId(1), false));
    assert_eq!(told[0].outcome, None);
    let MetersEvent::Today { models, day, month, session } = rig.next().await else { panic!() };
    assert_eq!((models[0].requests, day.len(), session.len()), (1, 1, 0));
    assert_eq!(day, month);
    rig.handle.try_send(MetersCommand::Table { by: By::Day, span: Span::Month }).unwrap();
    let rows = rig.until(|event| match event {
        MetersEvent::Table { by: By::Day, span: Span::Month, rows } => Some(rows),
        _ => None,
    });
    assert_eq!(rows.await[0].key, "2026-11-21");
    rig.close().await;
}

#[tokio::test]
async fn many_changes_are_told_as_few_and_none_is_missing() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(vec![refuse(404, "", ""), refuse(404, "", "")]).await;
    let mut rig = Rig::start(dir.path(), &server, || NOON);
    rig.entries().await;
    let all = 40;
    for id in 1..=all {
        rig.answered(id).await;
    }
    let (mut told, mut settled) = (0, std::collections::HashSet::new());
    while settled.len() < all as usize {
        let entries = rig.entries().await;
        told += 1;
        settled.extend(entries.iter().filter(|e| e.outcome.is_some()).map(|e| e.id));
        assert!(entries.iter().all(|entry| entry.mine));
    }
    assert!(told < all, "{told} events for {} changes", 2 * all);
    rig.close().await;
}

#[tokio::test]
async fn limits_are_asked_for_after_the_first_answer_and_kept_for_a_day() {
    static CLOCK: AtomicI64 = AtomicI64::new(NOON);
    let now = || CLOCK.load(Ordering::SeqCst);
    let dir = TempDir::new().unwrap();
    let server = Server::start(vec![limits(), limits(), limits()]).await;
    let mut rig = Rig::start(dir.path(), &server, now);
    rig.entries().await;
    ask(&rig.ledger, 1).await;
    rig.entries().await;
    assert_eq!(server.heard().len(), 0, "nothing was answered yet");
    rig.answered(2).await;
    let (Quotas::Told(told), NOON) = rig.quotas().await else { panic!() };
    assert_eq!(told[0].requests.map(|rate| rate.amount), Some(60));
    rig.answered(3).await;
    while !rig.entries().await.iter().any(|e| e.id == EntryId(3) && e.outcome.is_some()) {}
    rig.close().await;
    assert_eq!(server.heard().len(), 1, "once a start");

    CLOCK.store(NOON + 3_600_000, Ordering::SeqCst);
    let mut rig = Rig::start(dir.path(), &server, now);
    let (Quotas::Told(_), NOON) = rig.quotas().await else { panic!() };
    rig.answered(4).await;
    while !rig.entries().await.iter().any(|e| e.id == EntryId(4) && e.outcome.is_some()) {}
    assert_eq!(server.heard().len(), 1, "an hour later it is still good");
    rig.handle.try_send(MetersCommand::Quotas).unwrap();
    assert_eq!(rig.quotas().await.1, NOON + 3_600_000);
    rig.close().await;
    assert_eq!(server.heard().len(), 2);

    CLOCK.store(NOON + 26 * 3_600_000, Ordering::SeqCst);
    let mut rig = Rig::start(dir.path(), &server, now);
    rig.answered(5).await;
    assert_eq!(rig.quotas().await.1, NOON + 26 * 3_600_000);
    rig.close().await;
    assert_eq!(server.heard().len(), 3);
}

#[tokio::test]
async fn lessons_are_told_while_they_are_in_force_over_programs() {
    static CLOCK: AtomicI64 = AtomicI64::new(NOON);
    let now = || CLOCK.load(Ordering::SeqCst);
    let dir = TempDir::new().unwrap();
    let server = Server::start(vec![refuse(404, "", ""), refuse(404, "", "")]).await;
    let mut rig = Rig::start(dir.path(), &server, now);
    rig.answered(1).await;
    CLOCK.fetch_add(30_000, Ordering::SeqCst);
    ask(&rig.ledger, 2).await;
    let row = Catalog::embedded().limits(Figures::Documented, &ModelId::new("qwen-plus")).unwrap();
    let rpm = row.row.rpm;
    let what = Refused { throttle: Throttle::Requests, rpm, tpm: None, running: None };
    let more = Reckoned { refused: Some(what), ..Reckoned::default() };
    rig.ledger.answered(end(2, Outcome::Refused), more).await.unwrap();
    let lessons = |event| match event {
        MetersEvent::Learned(all) => Some(all),
        _ => None,
    };
    let mut learned = rig.until(lessons).await;
    if learned.is_empty() {
        learned = rig.until(lessons).await;
    }
    assert_eq!((learned.len(), learned[0].amount), (1, 1));
    rig.close().await;
    CLOCK.fetch_add(3_600_000, Ordering::SeqCst);
    let mut rig = Rig::start(dir.path(), &server, now);
    assert_eq!(rig.until(lessons).await, learned, "kept over programs");
    rig.close().await;
    CLOCK.fetch_add(10 * 3_600_000, Ordering::SeqCst);
    let mut rig = Rig::start(dir.path(), &server, now);
    assert_eq!(rig.until(lessons).await, [], "faded");
    rig.close().await;
}

#[tokio::test]
async fn nothing_wakes_up_while_nothing_moves() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(vec![]).await;
    let (nobody, _) = channel(1);
    let store = store::spawn(store::Deps { dir: dir.path().to_owned(), now: || NOON }, nobody);
    let endpoint = server.endpoint();
    let deps = Deps {
        client: testing::client(&endpoint, Deadlines::default()),
        endpoint,
        keys: Keys::default(),
        catalog: Shared::default(),
        figures: Figures::Documented,
        desk: store.desk(),
        profile: "dev".into(),
        data: dir.path().to_owned(),
        now: || NOON,
    };
    let (out, _events) = channel(64);
    let actor = Actor::new(deps, out, CancellationToken::new());
    assert!(actor::rests_after_a_look(actor).await);
}
