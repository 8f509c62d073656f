//! The gate as a whole, on a store of its own: what is reserved counts, what is settled counts
//! once, nothing passes a cap, whichever process asks and however it ends.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rust_decimal::Decimal;
use tempfile::TempDir;
use tokio::sync::mpsc::channel;

use super::*;
use crate::domain::ids::EntryId;
use crate::domain::ledger::{Cap, Caps, Outcome, PriceTag, Spending, Units};
use crate::domain::models::{ModelId, Surface};
use crate::domain::money::Money;
use crate::domain::settings::Figures;
use crate::service::store::{self, Handle};

/// Noon in Beijing, in the middle of a month.
const NOON: i64 = 1_795_233_600_000;

static CLOCK: AtomicI64 = AtomicI64::new(NOON);

struct Books {
    handle: Handle,
    ledger: Ledger,
}

fn open(dir: &Path) -> Books {
    open_at(dir, || NOON)
}

fn open_at(dir: &Path, now: fn() -> i64) -> Books {
    // Nothing listens upwards: events are dropped.
    let (out, _) = channel(1);
    let handle = store::spawn(store::Deps { dir: dir.to_owned(), now }, out);
    let ledger = Ledger::new(handle.desk());
    Books { handle, ledger }
}

fn yuan(text: &str) -> Money {
    Money { amount: text.parse().unwrap(), currency: Currency::Cny }
}

fn estimate(id: i64, money: &str) -> Estimate {
    Estimate {
        id: EntryId(id),
        profile: "dev".into(),
        spending: Spending::Task,
        model: ModelId::new("wan2.5-t2v-preview"),
        surface: Surface::Native,
        money: Some(yuan(money)),
        price: Some(PriceTag {
            figures: Figures::Documented,
            source: "market".into(),
            as_of: "2026-05-30".into(),
        }),
        subject: None,
        fingerprint: None,
        lasting: false,
    }
}

fn settlement(id: i64, outcome: Outcome, money: Option<&str>) -> Settlement {
    Settlement {
        id: EntryId(id),
        outcome,
        units: Units::default(),
        money: money.map(yuan),
        estimated: false,
        answered: None,
        request_id: Some("r-1".into()),
        first: None,
        total: Some(Duration::from_secs(90)),
    }
}

fn day(limit: &str) -> Gate {
    let caps = Caps { day: Some(limit.parse().unwrap()), ..Caps::default() };
    Gate { caps, ..Gate::default() }
}

async fn spent(books: &Books) -> Standing {
    books.ledger.standing("dev".into(), Currency::Cny).await.unwrap()
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[tokio::test]
async fn what_is_reserved_counts_until_the_real_amount_takes_its_place_once() {
    let dir = TempDir::new().unwrap();
    let books = open(dir.path());
    let Verdict::Granted { standing, near } =
        books.ledger.reserve(estimate(1, "1.50"), day("2")).await.unwrap()
    else {
        panic!("refused")
    };
    assert_eq!((standing.day, standing.session), (number("1.5"), number("1.5")));
    assert_eq!(near, None);
    let Verdict::OverBudget(reached) =
        books.ledger.reserve(estimate(2, "0.51"), day("2")).await.unwrap()
    else {
        panic!("let through")
    };
    assert_eq!((reached.cap, reached.spent, reached.limit), (Cap::Day, yuan("1.5"), yuan("2")));
    books.ledger.settle(settlement(1, Outcome::Done, Some("0.000000125"))).await.unwrap();
    assert_eq!(spent(&books).await.day, number("0.000000125"));
    books.ledger.settle(settlement(1, Outcome::Done, Some("9"))).await.unwrap();
    assert_eq!(spent(&books).await.day, number("0.000000125"), "settled twice, paid once");
    let verdict = books.ledger.reserve(estimate(3, "1.7"), day("2")).await.unwrap();
    assert!(matches!(verdict, Verdict::Granted { near: Some(_), .. }), "{verdict:?}");
}

#[tokio::test]
async fn what_was_not_sent_or_was_refused_costs_nothing_and_the_unknown_costs_what_was_reserved() {
    let dir = TempDir::new().unwrap();
    let books = open(dir.path());
    for id in 1..=4 {
        books.ledger.reserve(estimate(id, "1"), Gate::default()).await.unwrap();
    }
    books.ledger.settle(settlement(1, Outcome::Unsent, None)).await.unwrap();
    books.ledger.settle(settlement(2, Outcome::Refused, None)).await.unwrap();
    books.ledger.settle(settlement(3, Outcome::Unknown, None)).await.unwrap();
    books.ledger.settle(settlement(4, Outcome::Partial, Some("0.25"))).await.unwrap();
    assert_eq!(spent(&books).await.month, number("1.25"));
}

#[tokio::test]
async fn an_unknown_price_passes_until_the_cap_is_used_up_and_a_typed_override_passes_always() {
    let dir = TempDir::new().unwrap();
    let books = open(dir.path());
    let free = |id| Estimate { money: None, price: None, ..estimate(id, "1") };
    let granted = |verdict: Verdict| matches!(verdict, Verdict::Granted { .. });
    assert!(granted(books.ledger.reserve(estimate(1, "0.9"), day("1")).await.unwrap()));
    assert!(granted(books.ledger.reserve(free(2), day("1")).await.unwrap()));
    assert!(granted(books.ledger.reserve(estimate(3, "0.1"), day("1")).await.unwrap()));
    assert!(!granted(books.ledger.reserve(free(4), day("1")).await.unwrap()));
    let typed = Gate { override_caps: true, ..day("1") };
    assert!(granted(books.ledger.reserve(estimate(5, "5"), typed).await.unwrap()));
}

#[tokio::test]
async fn the_same_request_again_and_again_within_a_minute_is_a_loop() {
    let dir = TempDir::new().unwrap();
    CLOCK.store(NOON, Ordering::SeqCst);
    let books = open_at(dir.path(), || CLOCK.load(Ordering::SeqCst));
    let gate = Gate { loop_after: Some(3), ..Gate::default() };
    let same = |id| Estimate { fingerprint: Some(77), ..estimate(id, "0") };
    for id in 1..=3 {
        let verdict = books.ledger.reserve(same(id), gate).await.unwrap();
        assert!(matches!(verdict, Verdict::Granted { .. }));
    }
    assert_eq!(books.ledger.reserve(same(4), gate).await.unwrap(), Verdict::Loop { times: 3 });
    let other = Estimate { fingerprint: Some(78), ..estimate(5, "0") };
    assert!(matches!(books.ledger.reserve(other, gate).await.unwrap(), Verdict::Granted { .. }));
    CLOCK.store(NOON + 60_001, Ordering::SeqCst);
    assert!(matches!(books.ledger.reserve(same(6), gate).await.unwrap(), Verdict::Granted { .. }));
}

#[tokio::test]
async fn two_programs_share_one_cap_and_a_dead_one_leaves_what_it_reserved() {
    let dir = TempDir::new().unwrap();
    let (one, two) = (open(dir.path()), open(dir.path()));
    let granted = |verdict: Verdict| matches!(verdict, Verdict::Granted { .. });
    assert!(granted(one.ledger.reserve(estimate(1, "0.6"), day("1")).await.unwrap()));
    assert!(!granted(two.ledger.reserve(estimate(2, "0.6"), day("1")).await.unwrap()));
    assert!(granted(two.ledger.reserve(estimate(3, "0.4"), day("1")).await.unwrap()));
    assert_eq!(spent(&two).await.session, number("0.4"), "the session is this program's own");
    // It ends without a word about its request; its lock is gone with it.
    drop(one.ledger);
    let _ = one.handle.close(Duration::from_secs(60));
    books_after_a_death(&two).await;
}

async fn books_after_a_death(two: &Books) {
    let verdict = two.ledger.reserve(estimate(4, "0.1"), day("1")).await.unwrap();
    assert!(matches!(verdict, Verdict::OverBudget(_)), "{verdict:?}");
    assert_eq!(spent(two).await.day, number("1"));
    // Whoever comes back later to settle it finds it settled.
    two.ledger.settle(settlement(1, Outcome::Refused, None)).await.unwrap();
    assert_eq!(spent(two).await.day, number("1"));
}

#[tokio::test]
async fn what_lasts_stays_reserved_when_its_program_ends() {
    let dir = TempDir::new().unwrap();
    let first = open(dir.path());
    let task = Estimate { lasting: true, ..estimate(1, "1.5") };
    first.ledger.reserve(task, Gate::default()).await.unwrap();
    let _ = first.handle.close(Duration::from_secs(60));
    let second = open(dir.path());
    second.ledger.reserve(estimate(2, "0"), Gate::default()).await.unwrap();
    assert_eq!(spent(&second).await.day, number("1.5"));
    second.ledger.settle(settlement(1, Outcome::Refused, None)).await.unwrap();
    assert_eq!(spent(&second).await.day, number("0"), "a task that failed is not paid");
}

#[tokio::test]
async fn racing_programs_never_pass_a_cap_together() {
    let dir = TempDir::new().unwrap();
    let all: Vec<Books> = (0..4).map(|_| open(dir.path())).collect();
    let asks = all.iter().enumerate().flat_map(|(n, books)| {
        (0..10).map(move |k| books.ledger.reserve(estimate((n * 10 + k) as i64, "0.3"), day("3")))
    });
    let verdicts = futures_util::future::join_all(asks).await;
    let granted = verdicts.iter().filter(|v| matches!(v, Ok(Verdict::Granted { .. }))).count();
    assert_eq!(granted, 10);
    assert_eq!(spent(&all[0]).await.day, number("3"));
}

#[tokio::test]
async fn a_store_that_cannot_be_written_lets_nothing_pass() {
    let dir = TempDir::new().unwrap();
    // A file is where the directory should be.
    let place = dir.path().join("data");
    std::fs::File::create_new(&place).unwrap();
    let books = open(&place);
    assert!(books.ledger.reserve(estimate(1, "0"), Gate::default()).await.is_err());
    let _ = books.handle.close(Duration::from_secs(60));
    assert!(books.ledger.reserve(estimate(2, "0"), Gate::default()).await.is_err());
}

mod reading;
