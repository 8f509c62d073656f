//! What went over the wire can be asked for, whatever the other side said.

use super::*;
use crate::domain::inspector::{Came, Exchange, Outcome, Part, Raw, Sent};
use crate::sim;

/// The texts of a body; data and cuts are left out.
fn text(raw: &Raw) -> String {
    let text = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Data { .. } | Part::Cut { .. } => String::new(),
    };
    raw.parts.iter().map(text).collect()
}

fn sent(exchange: &Exchange) -> &Sent {
    exchange.sent.as_ref().expect("a request")
}

fn came(exchange: &Exchange) -> &Came {
    exchange.came.as_ref().expect("an answer")
}

impl Rig {
    /// Asks what is remembered of a turn; what is said besides goes to `told`.
    async fn inspect(&mut self, turn: i64, told: &mut Told) -> Vec<Exchange> {
        let turns = vec![TurnId(turn)];
        self.handle.try_send(ChatCommand::Inspect(turns.clone())).expect("room");
        loop {
            match timeout(CAP, self.events.recv()).await.expect("an answer").expect("more") {
                ServiceEvent::Inspected(inspected) => {
                    assert_eq!(inspected.turns, turns);
                    return inspected.exchanges;
                }
                ServiceEvent::Chat(ChatEvent { what, .. }) => told.take(what),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Asks turn 1 and listens to its end.
    async fn exchanges(scripts: Vec<Vec<Step>>) -> (Vec<Exchange>, Told) {
        let mut rig = Self::start(scripts, Deadlines::default(), 64).await;
        rig.ask(1);
        let mut told = Told::default();
        rig.until(&mut told, |told| !told.ends.is_empty()).await;
        (rig.inspect(1, &mut Told::default()).await, told)
    }
}

#[tokio::test]
async fn a_request_and_its_answer_are_remembered_as_they_were() {
    let body = delta("yes") + STOP;
    let (all, _) = Rig::exchanges(vec![stream(body.clone())]).await;
    let [one] = all.as_slice() else { panic!("{all:?}") };
    let (sent, came) = (sent(one), came(one));
    assert_eq!((sent.method.as_str(), one.attempt), ("POST", 1));
    assert!(sent.url.ends_with("/compatible-mode/v1/chat/completions"), "{}", sent.url);
    let header = |name: &str| sent.headers.iter().find(|(known, _)| known == name).unwrap();
    assert_eq!(header("authorization").1, "Bearer sk-***");
    let asked: serde_json::Value = serde_json::from_str(&text(&sent.body)).expect("JSON");
    assert_eq!(asked["messages"][0]["content"], "What is an async task?");
    assert_eq!((came.status, text(&came.body)), (200, body));
    assert!(came.headers.contains(&("x-request-id".to_owned(), "from-header".to_owned())));
    assert_eq!(one.outcome, Outcome::Whole);
    assert!(one.sent_ms > 1_700_000_000_000 && one.took >= came.after);
    assert!(!format!("{all:?}").contains(KEY));
}

#[tokio::test]
async fn every_try_and_every_place_is_an_exchange_of_its_own() {
    let body = r#"{"error":{"message":"Unsupported model `qwen-plus` for OpenAI compatibility mode.","type":"invalid_request_error","param":null,"code":"model_not_supported"}}"#;
    let unsupported = refuse(404, "", body);
    let native = sample("native-chat-stream-text.sse");
    let (all, told) = Rig::exchanges(vec![throttled(), unsupported, stream(native)]).await;
    assert_eq!(told.end(), &TurnEnd::Complete, "{told:?}");
    let said: Vec<_> = all.iter().map(|one| (one.attempt, came(one).status)).collect();
    assert_eq!(said, [(1, 429), (2, 404), (3, 200)]);
    assert!(matches!(&all[0].outcome, Outcome::Failed(notice)
        if matches!(notice.kind, NoticeKind::Throttled { .. })));
    assert_eq!(text(&came(&all[1]).body), body);
    assert_eq!(all[2].via.why, Why::CompatRefused);
    assert!(sent(&all[2]).url.contains("/api/v1/services/"), "{}", sent(&all[2]).url);
}

#[tokio::test]
async fn an_answer_on_its_way_can_be_looked_at() {
    let script = vec![
        Step::Hear,
        Step::Say([sse_head(), delta("begun").into_bytes()].concat()),
        Step::Stall,
    ];
    let mut rig = Rig::start(vec![script], Deadlines::default(), 64).await;
    rig.ask(1);
    let mut told = Told::default();
    rig.until(&mut told, |told| told.text == "begun").await;
    let all = rig.inspect(1, &mut told).await;
    assert_eq!(all[0].outcome, Outcome::Running);
    assert_eq!(text(&came(&all[0]).body), delta("begun"));
    rig.handle.try_send(ChatCommand::Cancel(TurnId(1))).expect("room");
    rig.until(&mut told, |told| !told.ends.is_empty()).await;
    assert_eq!(rig.inspect(1, &mut Told::default()).await[0].outcome, Outcome::Stopped);
}

#[tokio::test]
async fn a_key_that_is_echoed_is_not_remembered() {
    let body = format!(r#"{{"error":{{"message":"bad key {KEY}","code":"invalid_api_key"}}}}"#);
    let (all, _) = Rig::exchanges(vec![refuse(401, &format!("x-echo: {KEY}\r\n"), body)]).await;
    let all = format!("{all:?}");
    assert!(!all.contains(KEY) && all.contains("bad key [key]"), "{all}");
}

#[tokio::test]
async fn only_the_last_requests_are_remembered() {
    use crate::domain::inspector::KEPT;
    let last = i64::try_from(KEPT).unwrap() + 2;
    let mut rig = Rig::start(vec![refuse(400, "", "{}")], Deadlines::default(), 64).await;
    for turn in 1..=last {
        rig.ask(turn);
        rig.until(&mut Told::default(), |told| !told.ends.is_empty()).await;
    }
    assert_eq!(rig.inspect(2, &mut Told::default()).await, []);
    for turn in [3, last] {
        assert_eq!(rig.inspect(turn, &mut Told::default()).await.len(), 1, "{turn}");
    }
}

#[tokio::test]
async fn what_never_reached_a_server_says_why() {
    let mut rig = Rig::start(vec![], Deadlines::default(), 64).await;
    // Nobody listens there any more.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = testing::endpoint(&format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    let deps = Deps {
        client: testing::client(&endpoint, Deadlines::default()),
        endpoint,
        keys: Keys::default(),
        catalog: crate::catalog::Shared::default(),
        uploads: Uploads::default(),
        ledger: None,
        seed: 1,
    };
    let (out, events) = mpsc::channel(64);
    rig.handle = spawn(deps, out, rig.cancel.clone());
    rig.events = events;
    rig.ask(1);
    let mut told = Told::default();
    rig.until(&mut told, |told| !told.ends.is_empty() || !told.waiting.is_empty()).await;
    let all = rig.inspect(1, &mut told).await;
    assert!(all[0].sent.is_some() && all[0].came.is_none());
    assert!(matches!(&all[0].outcome, Outcome::Failed(_)), "{:?}", all[0].outcome);
}

/// A turn against the simulator under a rule.
async fn simulated(rule: &str) -> Exchange {
    let scenario = sim::Scenario::parse("test.toml", &format!("[[rule]]\n{rule}"));
    let options = sim::Options {
        scenario: Some(scenario.expect("a scenario")),
        time_scale: 400.0,
        ..sim::Options::default()
    };
    let server = sim::start(options).await.expect("a port");
    let mut rig = Rig::start(vec![], Deadlines::default(), 64).await;
    let endpoint = testing::endpoint(&server.origin());
    let deps = Deps {
        client: testing::client(&endpoint, Deadlines::default()),
        endpoint,
        keys: Keys::default(),
        catalog: crate::catalog::Shared::default(),
        uploads: Uploads::default(),
        ledger: None,
        seed: 1,
    };
    let (out, events) = mpsc::channel(64);
    rig.handle = spawn(deps, out, rig.cancel.clone());
    rig.events = events;
    rig.ask(1);
    rig.until(&mut Told::default(), |told| !told.ends.is_empty()).await;
    rig.inspect(1, &mut Told::default()).await.pop().expect("an exchange")
}

#[tokio::test]
async fn nonsense_of_every_kind_is_there_to_be_seen() {
    let page = simulated("garbage = \"html\"").await;
    assert!(text(&came(&page).body).starts_with("<!doctype html>"), "{page:?}");
    assert!(
        matches!(&page.outcome, Outcome::Failed(notice)
        if matches!(notice.kind, NoticeKind::NotTheService { .. })),
        "{:?}",
        page.outcome
    );

    let broken = simulated("garbage = \"not_json\"").await;
    let seen = text(&came(&broken).body);
    assert!(seen.contains("data: {\"choices\"") && broken.outcome != Outcome::Whole, "{seen}");

    let binary = simulated("garbage = \"binary\"\nafter_tokens = 0").await;
    assert!(text(&came(&binary).body).contains('\0'), "{binary:?}");

    let error = simulated("error_event = \"DataInspectionFailed\"\nafter_tokens = 1").await;
    assert_eq!(came(&error).status, 200);
    let seen = text(&came(&error).body);
    assert!(
        seen.to_lowercase().contains("data_inspection_failed")
            || seen.contains("DataInspectionFailed"),
        "{seen}"
    );

    let long = simulated("garbage = \"long_line\"").await;
    let kept: usize = text(&came(&long).body).len();
    assert!(kept <= 192 << 10 && came(&long).body.bytes > 1 << 20, "{kept}");
}
