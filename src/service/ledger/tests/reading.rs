//! What is read of the ledger: sums against a naive recount, single requests, habits, lessons, and
//! that nothing at a start looks through the whole table.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;
use crate::catalog::Catalog;
use crate::domain::chat::MediaTokens;
use crate::domain::ledger::Purse;
use crate::domain::meters::count::{By, Entry, LimitKind, Span, Sum};
use crate::domain::notice::Throttle;
use crate::service::ledger::question::{Question, Reckoned, Refused};
use crate::service::ledger::report::Report;
use crate::service::ledger::{learn, read, sums};

const DAY_MS: i64 = 86_400_000;

fn question(id: i64) -> Question {
    Question {
        id: EntryId(id),
        purse: Purse { profile: "dev".into(), subject: Some(5), ..Purse::default() },
        model: ModelId::new("qwen-plus"),
        surface: Surface::Compat,
        fingerprint: id,
        tokens: 1_000,
        media: MediaTokens::default(),
        letters: Some(4_000),
        most: None,
        thinking: None,
        spoken: false,
    }
}

fn done(id: i64, input: u64, output: u64) -> Settlement {
    let units = Units { input: Some(input), output: Some(output), ..Units::default() };
    let ms = Duration::from_millis;
    let (first, total) = (Some(ms(200 + id.unsigned_abs())), Some(ms(1_200 + id.unsigned_abs())));
    Settlement { units, first, total, ..settlement(id, Outcome::Done, Some("0.002")) }
}

async fn entries(books: &Books) -> Vec<Entry> {
    let asked = |change: &Change<'_>| read::recent(change.db, change.me, 0);
    books.handle.desk().ask(asked).await.unwrap()
}

fn file(dir: &Path) -> Connection {
    Connection::open(dir.join("lian.db")).unwrap()
}

#[tokio::test]
async fn a_question_is_reserved_by_the_models_habit_and_read_back_whole() {
    let dir = TempDir::new().unwrap();
    let books = open(dir.path());
    let catalog = Catalog::embedded();
    let ask = |id| books.ledger.ask(question(id), catalog.clone());
    let spent = |verdict: Verdict| match verdict {
        Verdict::Granted { standing, .. } => standing.session,
        other => panic!("{other:?}"),
    };
    // A thousand tokens in at 0.8 and, for a model nobody has asked, a thousand out at 2.
    assert_eq!(spent(ask(1).await.unwrap()), number("0.0028"));
    let open = entries(&books).await.remove(0);
    assert_eq!((open.outcome, open.estimated, open.mine), (None, true, true));
    assert_eq!(open.money, Some(yuan("0.0028")));
    let more = Reckoned { saved: Some(yuan("0.0004")), ..Reckoned::default() };
    books.ledger.answered(done(1, 1_000, 300), more).await.unwrap();
    for id in 2..=9 {
        ask(id).await.unwrap();
        let more = Reckoned::default();
        books.ledger.answered(done(id, 1_000, 300), more).await.unwrap();
    }
    let before = super::spent(&books).await.session;
    assert_eq!(before, number("0.018"));
    let after = spent(ask(10).await.unwrap());
    assert_eq!(after - before, number("0.0014"), "its answers are three hundred tokens long");
    let entry = entries(&books).await.remove(0);
    assert_eq!((entry.id, entry.subject, entry.tokens()), (EntryId(1), Some(5), 1_300));
    assert_eq!((entry.outcome, entry.estimated), (Some(Outcome::Done), false));
    assert_eq!(entry.first, Some(Duration::from_millis(201)));
    let tag = entry.price.unwrap();
    assert_eq!((tag.figures, tag.as_of.is_empty()), (Figures::Documented, false));
    let habits = |change: &Change<'_>| read::habits(change.db, change.now_ms);
    let habit = books.handle.desk().ask(habits).await.unwrap().remove(0);
    assert_eq!((habit.model.as_str(), habit.answers), ("qwen-plus", 9));
    assert_eq!(habit.first_p50, Some(Duration::from_millis(205)));
    assert_eq!(habit.first_p95, Some(Duration::from_millis(209)));
    assert_eq!(habit.speed_p50, Some(30_000), "three hundred tokens in a second");
    assert_eq!(habit.cost, Some(yuan("0.002")));
    assert_eq!(habit.characters_per_token, Some(400));
}

#[tokio::test]
async fn tables_mark_what_is_unpriced_estimated_and_saved() {
    let dir = TempDir::new().unwrap();
    let books = open(dir.path());
    let catalog = Catalog::embedded();
    for id in 1..=3 {
        books.ledger.ask(question(id), catalog.clone()).await.unwrap();
    }
    let more = Reckoned { saved: Some(yuan("0.0004")), ..Reckoned::default() };
    books.ledger.answered(done(1, 10, 20), more).await.unwrap();
    let refused = settlement(2, Outcome::Refused, None);
    books.ledger.answered(refused, Reckoned::default()).await.unwrap();
    let stranger = Question { model: ModelId::new("nobody-knows-it"), ..question(4) };
    books.ledger.ask(stranger, catalog).await.unwrap();
    let guess = Settlement { estimated: true, money: None, ..done(4, 7, 8) };
    books.ledger.answered(guess, Reckoned::default()).await.unwrap();
    let report = Report::open(dir.path()).unwrap().unwrap();
    let lines = report.table(By::Model, Span::Today, Some("dev"), NOON).unwrap();
    let [plus, stranger] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((plus.sum.key.as_str(), plus.sum.requests, plus.sum.failed), ("qwen-plus", 2, 1));
    assert_eq!(plus.sum.money, [yuan("0.0048")], "what is under way counts as it was reserved");
    assert_eq!((plus.sum.estimated, plus.sum.unpriced), (1, 0));
    assert_eq!(plus.sum.saved, [yuan("0.0004")]);
    assert!(plus.price.is_some());
    assert_eq!((stranger.sum.requests, stranger.sum.unpriced, stranger.sum.estimated), (1, 1, 1));
    assert_eq!((stranger.sum.money.len(), stranger.sum.units.output), (0, Some(8)));
    assert_eq!(report.table(By::Model, Span::Today, Some("other"), NOON).unwrap(), []);
    let by = |by| report.table(by, Span::All, None, NOON).unwrap();
    assert_eq!(by(By::Day)[0].sum.key, "2026-11-21");
    assert_eq!(by(By::Profile)[0].sum.requests, 3);
    let subjects = by(By::Subject);
    assert_eq!(subjects.len(), 1, "all are for one message that is not there any more");
    assert!(subjects[0].sum.key.starts_with("chat "), "{subjects:?}");
    assert_eq!((subjects[0].sum.requests, subjects[0].sum.failed), (3, 1));
    assert_eq!(report.first_asked("dev").unwrap().len(), 2);
}

#[tokio::test]
async fn a_refusal_teaches_what_stood_in_the_window_and_no_more_than_that() {
    let dir = TempDir::new().unwrap();
    CLOCK.store(NOON, Ordering::SeqCst);
    let books = open(dir.path());
    let catalog = Catalog::embedded();
    let refuse = |id: i64, throttle| {
        let what = Refused { throttle, rpm: Some(600), tpm: Some(100_000), running: None };
        let more = Reckoned { refused: Some(what), ..Reckoned::default() };
        books.ledger.answered(settlement(id, Outcome::Refused, None), more)
    };
    let learned = async || {
        let all = |change: &Change<'_>| learn::all(change, "dev");
        let found = books.handle.desk().ask(all).await.unwrap();
        found.iter().map(|one| (one.kind, one.amount)).collect::<Vec<_>>()
    };
    books.ledger.ask(question(1), catalog.clone()).await.unwrap();
    refuse(1, Throttle::Requests).await.unwrap();
    assert_eq!(learned().await, [], "nothing of ours was in the window");
    for id in 2..=4 {
        books.ledger.ask(question(id), catalog.clone()).await.unwrap();
        books.ledger.answered(done(id, 1_000, 300), Reckoned::default()).await.unwrap();
    }
    books.ledger.ask(question(5), catalog.clone()).await.unwrap();
    refuse(5, Throttle::Capacity).await.unwrap();
    assert_eq!(learned().await, [], "the service had no room, whatever the limit");
    books.ledger.ask(question(6), catalog.clone()).await.unwrap();
    refuse(6, Throttle::Requests).await.unwrap();
    assert_eq!(learned().await, [(LimitKind::Requests, 3)]);
    // Both were sent within the second: a sixtieth of 100,000 tokens is below what was used.
    books.ledger.ask(question(7), catalog).await.unwrap();
    refuse(7, Throttle::Tokens).await.unwrap();
    assert_eq!(learned().await, [(LimitKind::Requests, 3)]);
}

#[tokio::test]
async fn a_clock_that_jumps_frees_no_budget_and_makes_no_loop() {
    static JUMPS: AtomicI64 = AtomicI64::new(NOON);
    let dir = TempDir::new().unwrap();
    let books = open_at(dir.path(), || JUMPS.load(Ordering::SeqCst));
    let looped = Gate { loop_after: Some(1), ..day("1") };
    let same = |id| Estimate { fingerprint: Some(7), ..estimate(id, "0.6") };
    JUMPS.store(NOON + 2 * DAY_MS, Ordering::SeqCst);
    let verdict = books.ledger.reserve(same(1), looped).await.unwrap();
    assert!(matches!(verdict, Verdict::Granted { .. }));
    // Back again: the request lies in the future, and counts.
    JUMPS.store(NOON, Ordering::SeqCst);
    let verdict = books.ledger.reserve(same(2), looped).await.unwrap();
    assert!(matches!(verdict, Verdict::OverBudget(_)), "{verdict:?}");
    let raised = Gate { caps: day("9").caps, ..looped };
    let verdict = books.ledger.reserve(same(3), raised).await.unwrap();
    assert!(matches!(verdict, Verdict::Granted { .. }), "no loop: {verdict:?}");
    let report = Report::open(dir.path()).unwrap().unwrap();
    let today = report.table(By::Model, Span::Today, None, NOON).unwrap();
    assert_eq!(today[0].sum.money, [yuan("1.2")]);
}

#[tokio::test]
async fn nothing_at_a_start_looks_through_the_whole_table() {
    let dir = TempDir::new().unwrap();
    let books = open(dir.path());
    books.ledger.reserve(estimate(1, "1"), Gate::default()).await.unwrap();
    let db = file(dir.path());
    for sql in [
        read::REVISION,
        read::RECENT,
        read::CHANGED,
        read::MODELS,
        read::ANSWERED,
        read::SESSION,
        sums::DAYS,
        sums::SUBJECTS,
    ] {
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let count = plan.parameter_count();
        let nothing = vec![rusqlite::types::Value::Null; count];
        let rows = plan.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3)).unwrap();
        for step in rows {
            let step: String = step.unwrap();
            // A subquery's rows are walked through; they are few.
            let whole = step.starts_with("SCAN") && !step.starts_with("SCAN (");
            assert!(!whole, "{step}: {sql}");
        }
    }
}

#[tokio::test]
async fn an_older_store_is_brought_up_with_the_sums_of_what_is_in_it() {
    let dir = TempDir::new().unwrap();
    let books = open(dir.path());
    for id in 1..=3 {
        books.ledger.reserve(estimate(id, "0.25"), Gate::default()).await.unwrap();
    }
    books.ledger.settle(settlement(3, Outcome::Refused, None)).await.unwrap();
    let _ = books.handle.close(Duration::from_secs(60));
    // As the last release left it: without all that is younger.
    let db = file(dir.path());
    db.execute_batch(
        "DROP TRIGGER ledger_entered; DROP TRIGGER ledger_changed; DROP TABLE ledger_days;
         DROP INDEX ledger_by_revision; DROP INDEX ledger_by_model; DROP INDEX ledger_in_window;
         DROP TABLE learned; DROP TABLE kept; ALTER TABLE ledger DROP COLUMN letters;
         ALTER TABLE ledger DROP COLUMN saved; ALTER TABLE ledger DROP COLUMN revision;
         UPDATE ledger SET input = 9223372036854775807 WHERE id = 1; PRAGMA user_version = 5;",
    )
    .unwrap();
    drop(db);
    assert!(Report::open(dir.path()).unwrap().is_none(), "it is told apart from an empty one");
    let books = open(dir.path());
    books.ledger.reserve(estimate(4, "0.5"), Gate::default()).await.unwrap();
    let report = Report::open(dir.path()).unwrap().unwrap();
    let lines = report.table(By::Model, Span::Today, None, NOON).unwrap();
    assert_eq!((lines[0].sum.requests, lines[0].sum.failed), (3, 1));
    assert_eq!(lines[0].sum.money, [yuan("1")]);
    assert_eq!(lines[0].sum.units.input, Some(1_000_000_000_000), "no sum runs over");
}

/// What may happen to a request.
#[derive(Debug, Clone)]
enum Step {
    Reserve { profile: u8, model: u8, price: Option<u32>, at: i64 },
    Settle { which: usize, outcome: u8, cost: Option<u32>, tokens: u64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let odd = prop_oneof![0_u64..5_000, Just(u64::MAX)];
    let reserve = (0_u8..2, 0_u8..3, any::<Option<u32>>(), -2 * DAY_MS..2 * DAY_MS)
        .prop_map(|(profile, model, price, at)| Step::Reserve { profile, model, price, at });
    let settle = (any::<usize>(), 0_u8..5, any::<Option<u32>>(), odd)
        .prop_map(|(which, outcome, cost, tokens)| Step::Settle { which, outcome, cost, tokens });
    proptest::collection::vec(prop_oneof![reserve, settle], 1..40)
}

/// The rows as they are, added up one by one.
fn recount(db: &Connection, key: &str, first: i64) -> BTreeMap<String, (u64, u64, u64, i64, u64)> {
    let sql = format!(
        "SELECT {key}, outcome, reserved IS NULL AND cost IS NULL, counts,
         coalesce(input, 0) FROM ledger WHERE (at_ms + 28800000) / 86400000 >= {first}"
    );
    let mut query = db.prepare(&sql).unwrap();
    let mut rows = query.query([]).unwrap();
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next().unwrap() {
        let outcome: Option<String> = row.get(1).unwrap();
        let paid = !matches!(outcome.as_deref(), Some("refused" | "unsent"));
        let unpriced = paid && row.get::<_, bool>(2).unwrap();
        let sum: &mut (u64, u64, u64, i64, u64) =
            all.entry(row.get::<_, String>(0).unwrap()).or_default();
        sum.0 += u64::from(paid);
        sum.1 += u64::from(!paid);
        sum.2 += u64::from(unpriced);
        sum.3 += row.get::<_, i64>(3).unwrap();
        sum.4 += if paid { row.get::<_, i64>(4).unwrap().unsigned_abs() } else { 0 };
    }
    all
}

fn short(sum: &Sum) -> (u64, u64, u64, i64, u64) {
    let money = sum.money.first().map(|money| super::super::rows::parts(money.amount));
    let input = sum.units.input.unwrap_or(0);
    (sum.requests, sum.failed, sum.unpriced, money.unwrap_or(0), input)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn sums_are_those_of_a_naive_recount(steps in steps()) {
        static MOMENT: AtomicI64 = AtomicI64::new(NOON);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let dir = TempDir::new().unwrap();
        runtime.block_on(async {
            let books = open_at(dir.path(), || MOMENT.load(Ordering::SeqCst));
            let mut count = 0;
            for step in &steps {
                match step {
                    Step::Reserve { profile, model, price, at } => {
                        MOMENT.store(NOON + at, Ordering::SeqCst);
                        count += 1;
                        let money = price.map(|price| Money {
                            amount: Decimal::new(price.into(), 6),
                            currency: Currency::Cny,
                        });
                        let price = money.and(estimate(0, "0").price);
                        let asked = Estimate {
                            profile: format!("p{profile}"),
                            model: ModelId::new(&format!("m{model}")),
                            money,
                            price,
                            ..estimate(count, "0")
                        };
                        books.ledger.reserve(asked, Gate::default()).await.unwrap();
                    }
                    Step::Settle { which, outcome, cost, tokens } => {
                        let id = (which % 45) as i64;
                        let money = cost.map(|cost| Money {
                            amount: Decimal::new(cost.into(), 9),
                            currency: Currency::Cny,
                        });
                        let outcome = Outcome::ALL[usize::from(*outcome)];
                        let units = Units { input: Some(*tokens), ..Units::default() };
                        let end = Settlement { units, money, ..settlement(id, outcome, None) };
                        books.ledger.settle(end).await.unwrap();
                    }
                }
            }
            let _ = books.handle.close(Duration::from_secs(60));
        });
        let (report, db) = (Report::open(dir.path()).unwrap().unwrap(), file(dir.path()));
        let day = "date((at_ms + 28800000) / 1000, 'unixepoch')";
        for (by, key) in [(By::Model, "model"), (By::Profile, "profile"), (By::Day, day)] {
            for (span, first) in [(Span::All, i64::MIN), (Span::Today, read::day_number(NOON))] {
                let lines = report.table(by, span, None, NOON).unwrap();
                let found: BTreeMap<_, _> =
                    lines.iter().map(|line| (line.sum.key.clone(), short(&line.sum))).collect();
                prop_assert_eq!(found, recount(&db, key, first), "{:?} {:?}", by, span);
            }
        }
    }
}

/// A measurement, not a test: `cargo test --release --lib -- --ignored --nocapture hundred_thousand`.
#[tokio::test]
#[ignore = "measures; run it in a release build"]
#[expect(clippy::disallowed_methods, reason = "it measures time")]
async fn a_hundred_thousand_requests_open_quickly() {
    let dir = TempDir::new().unwrap();
    let books = open(dir.path());
    books.ledger.reserve(estimate(1, "1"), Gate::default()).await.unwrap();
    // Half a year of five hundred a day, for eight models.
    let fill = "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO ledger (id, at_ms, profile, spending, model, surface, session, state, reserved,
        cost, counts, currency, price_source, price_as_of, settled_ms, outcome, first_ms, total_ms,
        input, output, cached, letters, revision)
        SELECT i, ?1 - i * 155000, 'dev', 'chat', 'model-' || (i % 8), 'compat', 7, 'settled', 900,
        800, 800, 'CNY', 'market', '2026-05-30', ?1 - i * 155000 + 4000, 'done', 300, 4000,
        1000, 300, 100, 4000, i FROM n";
    file(dir.path()).execute(fill, [NOON]).unwrap();
    for _ in 0..3 {
        let begun = std::time::Instant::now();
        let all = |change: &Change<'_>| super::super::report::opening(change, "dev");
        let news = books.handle.desk().ask(all).await.unwrap();
        println!("opened in {:?}: {} entries", begun.elapsed(), news.entries.len());
        assert_eq!(news.habits.map(|habits| habits.len()), Some(8));
        let begun = std::time::Instant::now();
        Report::open(dir.path())
            .unwrap()
            .unwrap()
            .table(By::Model, Span::Today, None, NOON)
            .unwrap();
        println!("a status line in {:?}", begun.elapsed());
    }
}
