//! The money of turns against scripted servers: what is booked, what is not sent, and that no odd
//! count of the service frees the budget.

use std::path::Path;
use std::sync::atomic::AtomicI64;

use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

use super::*;
use crate::api::client::Deadlines;
use crate::api::testing::{
    self, CAP, STOP, Server, Step, delta, question, refuse, sample, sse_head, stream,
};
use crate::domain::chat::{ChatCommand, ChatEvent, TurnEvent};
use crate::domain::ids::TurnId;
use crate::domain::ledger::{Caps, Gate, Spending};
use crate::domain::meters::count::{By, Entry, Span};
use crate::domain::settings::Figures;
use crate::service::attachments::uploads::Uploads;
use crate::service::chat::{Deps, spawn};
use crate::service::keys::Keys;
use crate::service::ledger::report::{self, Report};
use crate::service::store::{self, Handle as Store};

const NOON: i64 = 1_795_233_600_000;

/// What came of one question.
struct Told {
    end: TurnEnd,
    notices: Vec<Notice>,
    sent: usize,
}

impl Told {
    fn kind(&self) -> &NoticeKind {
        match &self.end {
            TurnEnd::Failed(notice) => &notice.kind,
            other => panic!("{other:?}"),
        }
    }
}

/// Each look at the clock is a millisecond later, so that entries have an order.
static CLOCK: AtomicI64 = AtomicI64::new(NOON);

fn open(dir: &Path) -> Store {
    let (nobody, _) = channel(1);
    let now = || CLOCK.fetch_add(1, Ordering::SeqCst);
    store::spawn(store::Deps { dir: dir.to_owned(), now }, nobody)
}

fn purse(gate: Gate) -> Purse {
    Purse { profile: "dev".into(), figures: Figures::Documented, gate, subject: Some(9) }
}

fn day(limit: &str) -> Gate {
    Gate { caps: Caps { day: Some(limit.parse().unwrap()), ..Caps::default() }, ..Gate::default() }
}

/// A chat service on this ledger towards a server.
struct Rig {
    handle: crate::service::chat::Handle,
    events: Receiver<ServiceEvent>,
    server: Server,
}

impl Rig {
    async fn start(store: &Store, scripts: Vec<Vec<Step>>) -> Self {
        let server = Server::start(scripts).await;
        let endpoint = server.endpoint();
        let deps = Deps {
            client: testing::client(&endpoint, Deadlines::default()),
            endpoint,
            keys: Keys::default(),
            catalog: crate::catalog::Shared::default(),
            uploads: Uploads::default(),
            ledger: Some(Ledger::new(store.desk())),
            // Every program has its own.
            seed: CLOCK.fetch_add(1, Ordering::SeqCst).unsigned_abs() << 20,
        };
        let (out, events) = channel(64);
        Self { handle: spawn(deps, out, CancellationToken::new()), events, server }
    }

    /// Asks and waits for the end; `meanwhile` sees every event.
    async fn ask(&mut self, turn: i64, purse: Purse, meanwhile: impl Fn(&TurnEvent)) -> Told {
        let start = ChatCommand::Start { turn: TurnId(turn), request: question(), purse };
        self.handle.try_send(start).unwrap();
        let mut notices = Vec::new();
        loop {
            match timeout(CAP, self.events.recv()).await.expect("an event").expect("more") {
                ServiceEvent::Chat(ChatEvent { what: TurnEvent::Ended { end, .. }, .. }) => {
                    let sent = self.server.heard().len();
                    return Told { end, notices, sent };
                }
                ServiceEvent::Chat(event) => meanwhile(&event.what),
                ServiceEvent::Notice(notice) => notices.push(notice),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Waits until all is written down.
    async fn end(self) {
        drop(self.handle);
        let mut events = self.events;
        while timeout(CAP, events.recv()).await.expect("an end").is_some() {}
    }
}

/// Asks once, to the end of the service.
async fn once(store: &Store, scripts: Vec<Vec<Step>>, gate: Gate) -> Told {
    let mut rig = Rig::start(store, scripts).await;
    let told = rig.ask(1, purse(gate), |_| {}).await;
    rig.end().await;
    told
}

/// All entries, oldest first.
async fn entries(store: &Store) -> Vec<Entry> {
    let all = |change: &crate::service::store::Change<'_>| report::opening(change, "dev");
    store.desk().ask(all).await.unwrap().entries
}

fn usage(counts: &str) -> String {
    format!("data: {{\"choices\":[],\"usage\":{counts}}}\n\n")
}

/// A whole answer with this count.
fn counted(counts: &str) -> Vec<Step> {
    let end = STOP.split("data: [DONE]").next().unwrap_or_default();
    stream(format!("{}{end}{}data: [DONE]\n\n", delta("four words of it"), usage(counts)))
}

#[tokio::test]
async fn an_answer_is_booked_with_all_that_is_known_of_it() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let counts = r#"{"prompt_tokens":200000,"completion_tokens":1000,"total_tokens":201000,
        "prompt_tokens_details":{"cached_tokens":100000}}"#;
    let told = once(&store, vec![counted(&counts.replace('\n', ""))], Gate::default()).await;
    assert_eq!(told.end, TurnEnd::Complete);
    let [entry] = &entries(&store).await[..] else { panic!() };
    assert_eq!((entry.spending, entry.subject, entry.mine), (Spending::Chat, Some(9), true));
    assert_eq!((entry.outcome, entry.estimated), (Some(Outcome::Done), false));
    assert_eq!((entry.units.input, entry.units.cached), (Some(200_000), Some(100_000)));
    // The second tier of qwen-plus begins above 128K: 2.4 in, 20 out; the price that was reserved
    // was that of the first.
    let catalog = crate::catalog::Catalog::embedded();
    let told = Usage { input: 200_000, output: 1_000, cached: Some(100_000), ..Usage::default() };
    let (figures, model) = (Figures::Documented, question().model);
    let price = catalog.price(figures, &model, 200_000, false).unwrap();
    assert_ne!(price, catalog.price(figures, &model, 10, false).unwrap(), "there are two tiers");
    assert_eq!(entry.money, price.cost(&told));
    assert_eq!(entry.price, Some(tag(&price)));
    assert!(entry.first.is_some() && entry.total >= entry.first);
    let lines = Report::open(dir.path()).unwrap().unwrap();
    let lines = lines.table(By::Model, Span::Today, Some("dev"), NOON).unwrap();
    assert_eq!(lines[0].sum.saved, Vec::from_iter(saved(&price, &told)));
    assert_eq!(lines[0].sum.saved.len(), 1);
}

#[tokio::test]
async fn a_request_made_again_is_a_request_of_its_own() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let throttled = refuse(429, "retry-after: 0\r\n", sample("compat-error-429-rate.json"));
    let answer = stream(sample("compat-chat-stream-thinking.sse"));
    let gate = Gate { loop_after: Some(1), ..Gate::default() };
    let told = once(&store, vec![throttled, answer], gate).await;
    assert_eq!(told.end, TurnEnd::Complete, "asking again is no loop");
    let [first, second] = &entries(&store).await[..] else { panic!() };
    assert_eq!(first.outcome, Some(Outcome::Refused));
    assert!(first.money.is_some_and(|money| money.amount.is_zero()), "{first:?}");
    assert_eq!(second.outcome, Some(Outcome::Done));
    let units = &second.units;
    assert_eq!((units.input, units.output, units.reasoning), (Some(14), Some(9), Some(6)));
    assert_eq!(second.request_id.as_deref(), Some("5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"));
}

#[tokio::test]
async fn beyond_a_limit_or_in_a_loop_nothing_is_sent_unless_it_was_typed() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let answer = || stream(sample("compat-chat-stream-thinking.sse"));
    let told = once(&store, vec![answer()], day("0.0001")).await;
    let NoticeKind::Budget(BudgetNotice::Over(reached)) = told.kind() else { panic!() };
    assert_eq!((told.kind().exit_code(false), told.sent), (8, 0));
    assert!(reached.asked.amount > reached.limit.amount);
    let typed = Gate { override_caps: true, ..day("0.0001") };
    assert_eq!(once(&store, vec![answer()], typed).await.end, TurnEnd::Complete);
    let mut rig = Rig::start(&store, vec![answer(), answer(), answer()]).await;
    let gate = Gate { loop_after: Some(3), ..Gate::default() };
    for turn in 1..=2 {
        assert_eq!(rig.ask(turn, purse(gate), |_| {}).await.end, TurnEnd::Complete);
    }
    let told = rig.ask(3, purse(gate), |_| {}).await;
    assert_eq!(told.kind(), &NoticeKind::Budget(BudgetNotice::Loop { times: 3 }));
    assert_eq!(told.sent, 2);
    rig.end().await;
}

#[tokio::test]
async fn a_limit_that_is_near_is_told_once() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let answer = || stream(sample("compat-chat-stream-thinking.sse"));
    let mut rig = Rig::start(&store, vec![answer(), answer(), answer()]).await;
    // Two thousandths are reserved for an answer at most.
    let gate = day("0.0024");
    let told = rig.ask(1, purse(gate), |_| {}).await;
    let near = |notice: &Notice| matches!(notice.kind, NoticeKind::Budget(BudgetNotice::Near(_)));
    assert_eq!(told.notices.iter().filter(|notice| near(notice)).count(), 1, "{:?}", told.notices);
    let told = rig.ask(2, purse(gate), |_| {}).await;
    assert_eq!(told.end, TurnEnd::Complete, "what was reserved came to less");
    assert_eq!(told.notices, []);
    rig.end().await;
}

#[tokio::test]
async fn what_the_service_does_not_count_is_guessed_and_marked() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let words = "a word ".repeat(400);
    // Whole without a count, and cut before one came.
    let cut = stream(delta(&words));
    let whole = stream(delta(&words) + STOP);
    assert_eq!(once(&store, vec![whole], Gate::default()).await.end, TurnEnd::Complete);
    let told = once(&store, vec![cut], Gate::default()).await;
    assert!(matches!(told.kind(), NoticeKind::Cut), "{:?}", told.end);
    let [whole, cut] = &entries(&store).await[..] else { panic!() };
    for (entry, outcome) in [(whole, Outcome::Done), (cut, Outcome::Partial)] {
        assert_eq!((entry.outcome, entry.estimated), (Some(outcome), true));
        assert_eq!(entry.units.output, Some(700));
        // Seven hundred tokens at 2 a million, and the question.
        assert!(entry.money.unwrap().amount >= "0.0014".parse().unwrap(), "{entry:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_stopped_is_booked_as_far_as_it_came() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let endless =
        vec![Step::Hear, Step::Say(sse_head()), Step::Say(delta("some words").into()), Step::Stall];
    let mut rig = Rig::start(&store, vec![endless]).await;
    let handle = rig.handle.clone();
    let told = rig
        .ask(1, purse(Gate::default()), |event| {
            if matches!(event, TurnEvent::Delta { .. }) {
                handle.try_send(ChatCommand::Cancel(TurnId(1))).unwrap();
            }
        })
        .await;
    assert_eq!(told.end, TurnEnd::Stopped);
    drop(handle);
    rig.end().await;
    let entry = entries(&store).await.remove(0);
    assert_eq!((entry.outcome, entry.estimated), (Some(Outcome::Partial), true));
    assert_eq!(entry.units.output, Some(3));
}

#[tokio::test]
async fn without_a_store_a_limit_lets_nothing_pass_and_no_limit_says_so_once() {
    let dir = TempDir::new().unwrap();
    // A file is where the directory should be.
    let place = dir.path().join("data");
    std::fs::File::create_new(&place).unwrap();
    let store = open(&place);
    let answer = || stream(sample("compat-chat-stream-thinking.sse"));
    let told = once(&store, vec![answer()], day("5")).await;
    assert!(told.kind().is_of_store(), "{:?}", told.end);
    assert_eq!(told.sent, 0);
    let mut rig = Rig::start(&store, vec![answer(), answer()]).await;
    let told = rig.ask(1, purse(Gate::default()), |_| {}).await;
    assert_eq!(told.end, TurnEnd::Complete);
    let [notice] = &told.notices[..] else { panic!("{:?}", told.notices) };
    assert_eq!(notice.kind, NoticeKind::Budget(BudgetNotice::Uncounted));
    let told = rig.ask(2, purse(Gate::default()), |_| {}).await;
    assert_eq!((told.end, told.notices), (TurnEnd::Complete, vec![]));
    rig.end().await;
}

#[tokio::test]
async fn no_odd_count_frees_the_budget() {
    let odd = [
        r#"{"prompt_tokens":-5,"completion_tokens":-7,"total_tokens":-12}"#,
        r#"{"prompt_tokens":"14","completion_tokens":"9","total_tokens":"23"}"#,
        r#"{"prompt_tokens":14.0,"completion_tokens":9.4,"total_tokens":23.4}"#,
        r#"{"prompt_tokens":18446744073709551615,"completion_tokens":1e300,"total_tokens":1e301}"#,
        r#"{"prompt_tokens":null,"completion_tokens":{},"total_tokens":[]}"#,
        r#"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#,
        r#""many""#,
        "null",
    ];
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    for counts in odd {
        assert_eq!(once(&store, vec![counted(counts)], day("1")).await.end, TurnEnd::Complete);
    }
    let all = entries(&store).await;
    assert_eq!(all.len(), odd.len());
    for (entry, counts) in all.iter().zip(odd) {
        assert_eq!(entry.outcome, Some(Outcome::Done), "{counts}");
        let (input, output) = (entry.units.input.unwrap(), entry.units.output.unwrap());
        assert!((1..100).contains(&input) && (1..100).contains(&output), "{counts}: {entry:?}");
        let cost = entry.money.unwrap().amount;
        assert!(!cost.is_zero() && cost < "0.001".parse().unwrap(), "{counts}: {cost}");
        let exact = counts.contains("14") && counts.contains('9');
        let exact = exact && !counts.contains("e300");
        assert_eq!(entry.estimated, !exact, "{counts}");
    }
    // A model without a price: its tokens are kept, its money is none.
    let mut rig = Rig::start(&store, vec![counted(odd[1])]).await;
    let mut request = question();
    request.model = ModelId::new("nobody-knows-it");
    let start = ChatCommand::Start { turn: TurnId(1), request, purse: purse(day("1")) };
    rig.handle.try_send(start).unwrap();
    rig.events.recv().await.unwrap();
    rig.end().await;
    let entry = entries(&store).await.pop().unwrap();
    assert_eq!((entry.units.input, entry.money, entry.price), (Some(14), None, None));
}

#[tokio::test]
async fn two_programs_on_one_budget_are_over_it_by_nothing() {
    let dir = TempDir::new().unwrap();
    let stores = [open(dir.path()), open(dir.path())];
    let answer = || stream(sample("compat-chat-stream-thinking.sse"));
    // Each answer is reserved with about two thousandths: five of ten at once fit into one.
    let gate = day("0.0105");
    let asks = stores.iter().map(async |store| {
        let mut rig = Rig::start(store, (0..5).map(|_| answer()).collect()).await;
        let mut sent = 0;
        for turn in 1..=5 {
            let start =
                ChatCommand::Start { turn: TurnId(turn), request: question(), purse: purse(gate) };
            rig.handle.try_send(start).unwrap();
        }
        for _ in 1..=5 {
            loop {
                let event = timeout(CAP, rig.events.recv()).await.expect("an event").unwrap();
                let ServiceEvent::Chat(event) = event else { continue };
                let TurnEvent::Ended { end, .. } = event.what else { continue };
                sent += usize::from(end == TurnEnd::Complete);
                break;
            }
        }
        let heard = rig.server.heard().len();
        rig.end().await;
        assert_eq!(heard, sent, "what was refused never left");
        sent
    });
    let sent: usize = futures_util::future::join_all(asks).await.into_iter().sum();
    assert!((1..=10).contains(&sent));
    let report = Report::open(dir.path()).unwrap().unwrap();
    let lines = report.table(By::Model, Span::Today, None, NOON).unwrap();
    let spent = report::total(&lines).remove(0).amount;
    assert!(spent <= "0.0105".parse().unwrap(), "{spent}");
}
