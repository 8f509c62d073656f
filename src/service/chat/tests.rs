//! The actor against scripted servers: every turn ends once, whatever the other side does.

use std::time::Duration;

use tokio::time::timeout;

use super::*;
use crate::api::client::Deadlines;
use crate::api::testing::{
    self, CAP, KEY, STOP, Server, Step, delta, question, refuse, sample, sse_head, stream,
};
use crate::domain::chat::{FinishReason, TurnEnd, TurnTiming, Usage};
use crate::domain::models::{ModelId, Surface};
use crate::domain::notice::{Notice, NoticeKind, Throttle};
use crate::domain::surface::{Via, WebSource, Why};

/// A running service and what it says.
struct Rig {
    handle: Handle,
    events: mpsc::Receiver<ServiceEvent>,
    cancel: CancellationToken,
    server: Server,
}

/// All that was said of one turn.
#[derive(Debug, Default)]
struct Told {
    text: String,
    reasoning: String,
    calls: Vec<(u32, Option<String>, String)>,
    opened: Vec<Option<String>>,
    via: Vec<Via>,
    sound: Vec<u8>,
    sources: Vec<WebSource>,
    waiting: Vec<(Notice, u32)>,
    deltas: usize,
    ends: Vec<(TurnEnd, Option<Usage>, Option<FinishReason>, TurnTiming)>,
}

impl Told {
    fn take(&mut self, what: TurnEvent) {
        assert!(self.ends.is_empty(), "{what:?} after the end");
        match what {
            TurnEvent::Opened { request_id, via, .. } => {
                self.opened.push(request_id);
                self.via.push(via);
            }
            TurnEvent::Audio(samples) => {
                assert!(samples.len() <= 32 << 10 && samples.len() % 2 == 0);
                self.sound.extend(samples);
            }
            TurnEvent::Sources(sources) => self.sources = sources,
            TurnEvent::Delta { text, reasoning } => {
                self.deltas += 1;
                self.text.push_str(&text);
                self.reasoning.push_str(&reasoning);
            }
            TurnEvent::ToolCall { index, name, arguments } => {
                self.calls.push((index, name, arguments));
            }
            TurnEvent::Waiting { notice, attempt, .. } => self.waiting.push((notice, attempt)),
            TurnEvent::Ended { end, usage, finish, timing } => {
                self.ends.push((end, usage, finish, timing));
            }
        }
    }

    fn end(&self) -> &TurnEnd {
        &self.ends.first().expect("an end").0
    }

    fn failure(&self) -> &NoticeKind {
        match self.end() {
            TurnEnd::Failed(notice) => &notice.kind,
            other => panic!("{other:?}"),
        }
    }

    fn attempts(&self) -> u32 {
        self.ends[0].3.attempts
    }
}

impl Rig {
    async fn start(scripts: Vec<Vec<Step>>, deadlines: Deadlines, room: usize) -> Self {
        let server = Server::start(scripts).await;
        let endpoint = server.endpoint();
        let deps = Deps {
            client: testing::client(&endpoint, deadlines),
            endpoint,
            keys: Keys::default(),
            catalog: crate::catalog::Shared::default(),
            uploads: Uploads::default(),
            ledger: None,
            seed: 1,
        };
        let (out, events) = mpsc::channel(room);
        let cancel = CancellationToken::new();
        let handle = spawn(deps, out, cancel.clone());
        Self { handle, events, cancel, server }
    }

    fn ask(&self, turn: i64) {
        let turn = TurnId(turn);
        self.handle
            .try_send(ChatCommand::Start { turn, request: question(), purse: Purse::default() })
            .expect("room");
    }

    async fn next(&mut self) -> Option<(TurnId, TurnEvent)> {
        match timeout(CAP, self.events.recv()).await.expect("no wait without an end")? {
            ServiceEvent::Chat(ChatEvent { turn, what }) => Some((turn, what)),
            other => panic!("{other:?}"),
        }
    }

    /// Listens until that condition holds for a turn.
    async fn until(&mut self, told: &mut Told, done: impl Fn(&Told) -> bool) {
        while !done(told) {
            let (_, what) = self.next().await.expect("more");
            told.take(what);
        }
    }

    /// Listens to the end of the service and gives back what was said of each turn.
    async fn rest(mut self) -> HashMap<TurnId, Told> {
        drop(self.handle);
        let mut all = HashMap::<TurnId, Told>::new();
        while let Some(event) = timeout(CAP, self.events.recv()).await.expect("an end") {
            let ServiceEvent::Chat(ChatEvent { turn, what }) = event else { panic!("{event:?}") };
            all.entry(turn).or_default().take(what);
        }
        for (turn, told) in &all {
            assert_eq!(told.ends.len(), 1, "turn {turn} ends once");
        }
        all
    }
}

/// Asks once and listens to the end.
async fn ask_with(scripts: Vec<Vec<Step>>, deadlines: Deadlines) -> Told {
    let rig = Rig::start(scripts, deadlines, 64).await;
    rig.ask(1);
    rig.rest().await.remove(&TurnId(1)).expect("the turn")
}

async fn ask(scripts: Vec<Vec<Step>>) -> Told {
    ask_with(scripts, Deadlines::default()).await
}

/// A 429 that may be tried again in a moment.
fn throttled() -> Vec<Step> {
    refuse(429, "retry-after: 0\r\n", sample("compat-error-429-rate.json"))
}

const SOON: Duration = Duration::from_millis(150);

#[tokio::test]
async fn an_answer_arrives_with_its_figures() {
    let told = ask(vec![stream(sample("compat-chat-stream-thinking.sse"))]).await;
    assert_eq!((told.text.as_str(), told.reasoning.as_str()), ("4", "Two and two make four."));
    assert_eq!(told.opened, [Some("5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22".to_owned())]);
    let (end, usage, finish, timing) = &told.ends[0];
    assert_eq!(end, &TurnEnd::Complete);
    assert_eq!(
        usage.map(|usage| (usage.input, usage.output, usage.reasoning)),
        Some((14, 9, Some(6)))
    );
    assert_eq!(finish, &Some(FinishReason::Stop));
    assert_eq!(timing.attempts, 1);
    assert!(timing.first_token.is_some() && timing.streaming.is_some());
}

#[tokio::test]
async fn tool_calls_pass_and_count_as_an_answer() {
    let told = ask(vec![stream(sample("compat-chat-stream-tools.sse"))]).await;
    assert_eq!(told.end(), &TurnEnd::Complete);
    assert_eq!(told.calls.len(), 5);
    assert_eq!(told.calls[0], (0, Some("get_weather".to_owned()), String::new()));
    assert_eq!(told.ends[0].2, Some(FinishReason::ToolCalls));
}

#[tokio::test]
async fn many_small_deltas_become_few_and_huge_ones_several() {
    let words: Vec<String> = (0..4000).map(|n| format!("{n} ")).collect();
    let small: String = words.iter().map(|word| delta(word)).collect();
    let told = ask(vec![stream(small + STOP)]).await;
    assert_eq!(told.text, words.concat());
    assert!(told.deltas < 1000, "{} deltas for 4000 tokens", told.deltas);

    let huge = "\u{4f60}".repeat(40_000);
    let mut rig = Rig::start(vec![stream(delta(&huge) + STOP)], Deadlines::default(), 64).await;
    rig.ask(1);
    let mut text = String::new();
    loop {
        match rig.next().await.expect("more").1 {
            TurnEvent::Delta { text: piece, .. } => {
                assert!(piece.len() <= 16 << 10);
                text.push_str(&piece);
            }
            TurnEvent::Ended { .. } => break,
            _ => {}
        }
    }
    assert_eq!(text, huge);
}

#[tokio::test]
async fn an_answer_without_a_word_is_said() {
    for body in [STOP.to_owned(), "data: [DONE]\n\n".to_owned(), delta("") + STOP] {
        assert_eq!(ask(vec![stream(body)]).await.failure(), &NoticeKind::EmptyAnswer);
    }
}

#[tokio::test]
async fn a_cut_answer_keeps_its_text_and_is_not_asked_again() {
    let told = ask(vec![stream(delta("kept")), stream(delta("again") + STOP)]).await;
    assert_eq!(told.text, "kept");
    assert_eq!(told.failure(), &NoticeKind::Cut);
    assert_eq!(told.attempts(), 1);
}

#[tokio::test]
async fn an_error_after_the_first_word_is_not_tried_again() {
    let error = "data: {\"error\":{\"message\":\"x\",\"code\":\"internal_error\"}}\n\n";
    let told = ask(vec![stream(delta("kept") + error), stream(delta("again") + STOP)]).await;
    assert_eq!((told.text.as_str(), told.attempts()), ("kept", 1));
    assert_eq!(told.failure(), &NoticeKind::ServerFailed { status: 0 });
    let told = ask(vec![stream(sample("compat-stream-error-midway.sse"))]).await;
    assert_eq!(told.text, "Once");
    assert!(matches!(told.failure(), NoticeKind::ContentRefused { .. }));
}

#[tokio::test]
async fn a_stall_ends_with_its_limit() {
    let script =
        vec![Step::Hear, Step::Say([sse_head(), delta("kept").into_bytes()].concat()), Step::Stall];
    let deadlines = Deadlines { idle: SOON, ..Deadlines::default() };
    let told = ask_with(vec![script], deadlines).await;
    assert_eq!(told.text, "kept");
    assert_eq!(told.failure(), &NoticeKind::Stalled { after: SOON });
}

#[tokio::test]
async fn throttling_is_waited_out_and_said() {
    let told = ask(vec![throttled(), stream(delta("ok") + STOP)]).await;
    assert_eq!((told.text.as_str(), told.end()), ("ok", &TurnEnd::Complete));
    assert_eq!(told.attempts(), 2);
    let (notice, attempt) = &told.waiting[0];
    assert_eq!(notice.kind, NoticeKind::Throttled { kind: Throttle::Requests, tries: 0 });
    assert_eq!((*attempt, told.waiting.len()), (2, 1));
}

#[tokio::test]
async fn throttling_ends_after_four_tries() {
    let rig = Rig::start(vec![throttled()], Deadlines::default(), 64).await;
    rig.ask(1);
    let heard = rig.server.log();
    let told = rig.rest().await.remove(&TurnId(1)).expect("the turn");
    assert_eq!(told.failure(), &NoticeKind::Throttled { kind: Throttle::Requests, tries: 4 });
    assert_eq!(heard.lock().expect("no panic inside").len(), 4);
    assert_eq!(told.waiting.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [2, 3, 4]);
}

#[tokio::test]
async fn a_long_retry_after_is_told_at_once() {
    let script = refuse(429, "retry-after: 3600\r\n", sample("compat-error-429-rate.json"));
    let told = ask(vec![script]).await;
    assert!(told.waiting.is_empty());
    assert!(matches!(told.failure(), NoticeKind::Throttled { tries: 1, .. }));
}

#[tokio::test]
async fn a_failed_server_is_asked_once_more() {
    let failed = || refuse(500, "retry-after: 0\r\n", sample("native-error-500.json"));
    let told = ask(vec![failed(), stream(delta("ok") + STOP)]).await;
    assert_eq!((told.text.as_str(), told.attempts()), ("ok", 2));
    let told = ask(vec![failed()]).await;
    assert_eq!(told.failure(), &NoticeKind::ServerFailed { status: 500 });
    assert_eq!(told.attempts(), 2);
    let early = "data: {\"error\":{\"message\":\"x\",\"code\":\"internal_error\"}}\n\n";
    let told = ask(vec![stream(early), stream(delta("ok") + STOP)]).await;
    assert_eq!((told.text.as_str(), told.attempts()), ("ok", 2), "an error before any word");
}

#[tokio::test]
async fn refusals_are_told_at_once() {
    for (status, sample_name) in
        [(401, "compat-error-401.json"), (404, "compat-error-404-model.json")]
    {
        let told = ask(vec![refuse(status, "", sample(sample_name))]).await;
        assert_eq!(told.attempts(), 1, "{status}");
        assert!(told.opened.is_empty());
        match told.failure() {
            NoticeKind::KeyRejected { source, .. } => {
                assert_eq!((status, source.as_str()), (401, "TEST_KEY"));
            }
            NoticeKind::ModelUnknown { near, .. } => {
                let known = crate::catalog::Catalog::embedded().near("qwen-plus");
                assert_eq!((status, near), (404, &known));
            }
            other => panic!("{other:?}"),
        }
        assert!(!format!("{told:?}").contains(KEY));
    }
}

#[tokio::test]
async fn cancel_stops_a_turn_wherever_it_is() {
    let silent = vec![Step::Hear, Step::Stall];
    let streaming =
        vec![Step::Hear, Step::Say([sse_head(), delta("kept").into_bytes()].concat()), Step::Stall];
    let waiting = refuse(429, "retry-after: 60\r\n", sample("compat-error-429-rate.json"));
    for (script, text) in [(silent, ""), (streaming, "kept"), (waiting.clone(), "")] {
        let waits = script.len() == waiting.len() && text.is_empty();
        let mut rig = Rig::start(vec![script], Deadlines::default(), 64).await;
        rig.ask(1);
        let mut told = Told::default();
        if !text.is_empty() {
            rig.until(&mut told, |told| told.text == "kept").await;
        } else if waits {
            rig.until(&mut told, |told| !told.waiting.is_empty()).await;
        } else {
            while rig.server.heard().is_empty() {
                tokio::task::yield_now().await;
            }
        }
        rig.handle.try_send(ChatCommand::Cancel(TurnId(1))).expect("room");
        rig.until(&mut told, |told| !told.ends.is_empty()).await;
        assert_eq!((told.text.as_str(), told.end()), (text, &TurnEnd::Stopped));
        // Late and repeated wishes do no harm.
        rig.handle.try_send(ChatCommand::Cancel(TurnId(1))).expect("room");
        assert!(rig.rest().await.is_empty(), "one end, and nothing after it");
    }
}

#[tokio::test]
async fn several_turns_run_at_once_and_one_stops_alone() {
    let go = Arc::new(tokio::sync::Notify::new());
    let held = |word: &str| {
        vec![
            Step::Hear,
            Step::Say([sse_head(), delta(word).into_bytes()].concat()),
            Step::Wait(go.clone()),
            Step::Say((delta(" end") + STOP).into_bytes()),
        ]
    };
    let mut rig = Rig::start(vec![held("a"), held("a")], Deadlines::default(), 64).await;
    rig.ask(1);
    rig.ask(2);
    rig.ask(2);
    let mut seen = HashMap::<TurnId, Told>::new();
    while seen.values().filter(|told| told.text == "a").count() < 2 {
        let (turn, what) = rig.next().await.expect("more");
        seen.entry(turn).or_default().take(what);
    }
    rig.handle.try_send(ChatCommand::Cancel(TurnId(1))).expect("room");
    let (turn, what) = rig.next().await.expect("the end of the first");
    assert_eq!(turn, TurnId(1));
    assert!(matches!(what, TurnEvent::Ended { end: TurnEnd::Stopped, .. }));
    go.notify_waiters();
    let rest = rig.rest().await;
    assert_eq!(rest.len(), 1);
    let second = &rest[&TurnId(2)];
    assert_eq!((second.text.as_str(), second.end()), (" end", &TurnEnd::Complete));
}

#[tokio::test]
async fn the_end_of_the_program_ends_every_turn_as_interrupted() {
    let streaming =
        vec![Step::Hear, Step::Say([sse_head(), delta("kept").into_bytes()].concat()), Step::Stall];
    let mut rig = Rig::start(vec![streaming], Deadlines::default(), 64).await;
    rig.ask(1);
    let mut told = Told::default();
    rig.until(&mut told, |told| told.text == "kept").await;
    rig.ask(2);
    rig.cancel.cancel();
    let handle = rig.handle.clone();
    let all = rig.rest().await;
    for turn in [1, 2] {
        assert_eq!(all[&TurnId(turn)].failure(), &NoticeKind::Interrupted, "{turn}");
    }
    timeout(CAP, handle.ended()).await.expect("it ended");
    let late = ChatCommand::Cancel(TurnId(3));
    assert_eq!(handle.try_send(late.clone()), Err(late), "commands come back");
}

#[tokio::test]
async fn a_full_inbox_gives_the_command_back() {
    let rig = Rig::start(vec![vec![Step::Hear, Step::Stall]], Deadlines::default(), 64).await;
    // The service has had no turn on this thread yet, so nothing was taken out.
    for turn in 0..64 {
        rig.ask(turn);
    }
    let more =
        ChatCommand::Start { turn: TurnId(64), request: question(), purse: Purse::default() };
    assert_eq!(rig.handle.try_send(more.clone()), Err(more));
    rig.cancel.cancel();
    assert_eq!(rig.rest().await.len(), 64, "every turn that was taken has its end");
}

#[tokio::test]
async fn a_slow_screen_slows_the_stream_and_loses_nothing() {
    let many: String = (0..3000).map(|n| delta(&format!("{n:0>500} "))).collect();
    let mut rig = Rig::start(vec![stream(many + STOP)], Deadlines::default(), 1).await;
    rig.ask(1);
    let mut told = Told::default();
    while told.ends.is_empty() {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        let (_, what) = rig.next().await.expect("more");
        told.take(what);
    }
    assert_eq!(told.text.len(), 3000 * 501);
    assert_eq!(told.end(), &TurnEnd::Complete);
}

#[tokio::test]
async fn a_panic_still_ends_the_turn() {
    let endpoint = testing::endpoint("http://127.0.0.1:9");
    let (out, mut events) = mpsc::channel(8);
    let shared = Arc::new(Shared {
        deps: Deps {
            client: testing::client(&endpoint, Deadlines::default()),
            endpoint,
            keys: Keys::default(),
            catalog: crate::catalog::Shared::default(),
            uploads: Uploads::default(),
            ledger: None,
            seed: 0,
        },
        out,
        shutdown: CancellationToken::new(),
        budget: Mutex::default(),
        records: Records::default(),
        uncounted: AtomicBool::new(false),
        started: Instant::now(),
    });
    let turn =
        Turn::new(TurnId(1), shared, (question(), Purse::default()), CancellationToken::new());
    turn.run_with(async |turn: &mut Turn| {
        turn.hold("kept");
        panic!("as if something were wrong")
    })
    .await;
    let mut told = Told::default();
    while let Some(ServiceEvent::Chat(event)) = events.recv().await {
        told.take(event.what);
    }
    assert_eq!(told.text, "kept");
    assert!(matches!(told.failure(), NoticeKind::Crashed { .. }));
}

/// Asks another question than the usual one, and tells what was heard of it.
async fn ask_of(request: ChatRequest, scripts: Vec<Vec<Step>>) -> (Told, Vec<String>) {
    let rig = Rig::start(scripts, Deadlines::default(), 64).await;
    rig.handle
        .try_send(ChatCommand::Start { turn: TurnId(1), request, purse: Purse::default() })
        .expect("room");
    let heard = rig.server.log();
    let told = rig.rest().await.remove(&TurnId(1)).expect("the turn");
    let heard = heard.lock().expect("no panic inside").clone();
    (told, heard)
}

#[tokio::test]
async fn a_search_goes_to_the_surface_that_tells_its_sources() {
    let mut request = question();
    request.params.search = Some(true);
    let found = "data:{\"output\":{\"choices\":[{\"message\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}],\
        \"search_info\":{\"search_results\":[{\"index\":1,\"title\":\"t\",\"url\":\"https://h.example/\"}]}}}\n\n";
    let (told, heard) = ask_of(request, vec![stream(found)]).await;
    assert_eq!((told.text.as_str(), told.end()), ("yes", &TurnEnd::Complete));
    assert_eq!(told.via, [Via { surface: Surface::Native, why: Why::Sources }]);
    assert_eq!(told.sources.len(), 1);
    let path = "POST /api/v1/services/aigc/text-generation/generation ";
    assert!(
        heard[0].starts_with(path) && heard[0].contains("x-dashscope-sse: enable"),
        "{heard:?}"
    );
}

#[tokio::test]
async fn a_model_the_compatible_surface_lacks_is_asked_natively_once() {
    let mut request = question();
    request.model = ModelId::new("qwen-new");
    let body = "{\"error\":{\"message\":\"Unsupported model qwen-new for OpenAI compatibility mode.\",\
        \"type\":\"invalid_request_error\",\"param\":null,\"code\":\"model_not_supported\"}}";
    let unsupported = || refuse(404, "", body);
    let path = || refuse(400, "", sample("native-error-400-path.json"));
    let answer = stream(sample("native-vl-stream.sse"));
    let scripts = vec![unsupported(), path(), answer];
    let (told, heard) = ask_of(request.clone(), scripts).await;
    assert_eq!((told.text.as_str(), told.end()), ("A small red square.", &TurnEnd::Complete));
    assert_eq!(told.via, [Via { surface: Surface::Native, why: Why::CompatRefused }]);
    assert_eq!(told.attempts(), 3);
    let paths: Vec<&str> = heard.iter().filter_map(|h| h.split(' ').nth(1)).collect();
    assert_eq!(
        paths,
        [
            "/compatible-mode/v1/chat/completions",
            "/api/v1/services/aigc/text-generation/generation",
            "/api/v1/services/aigc/multimodal-generation/generation",
        ]
    );
    let (told, heard) = ask_of(request, vec![unsupported(), path(), path()]).await;
    assert!(matches!(told.failure(), NoticeKind::ModelNotOnSurface { .. }), "{told:?}");
    assert_eq!(heard.len(), 3, "no place is asked twice");
}

#[tokio::test]
async fn a_search_on_a_server_without_the_native_surface_is_answered_all_the_same() {
    let mut request = question();
    request.params.search = Some(true);
    let none = refuse(404, "", "404 page not found");
    let (told, heard) = ask_of(request, vec![none, stream(delta("yes") + STOP)]).await;
    assert_eq!((told.text.as_str(), told.end()), ("yes", &TurnEnd::Complete));
    assert_eq!(told.via, [Via { surface: Surface::Compat, why: Why::NativeRefused }]);
    assert_eq!(heard.len(), 2);
}

#[tokio::test]
async fn the_sound_of_an_answer_passes_in_pieces() {
    let told = ask(vec![stream(sample("compat-omni-stream-audio.sse"))]).await;
    assert_eq!(told.text, "Ni hao.");
    assert!(told.sound.len() > 500 && told.sound[2..4] == [0x97, 3], "{:?}", told.sound.len());
    let long = "AAAA".repeat(30_000);
    let event = format!(
        "data: {{\"choices\":[{{\"delta\":{{\"audio\":{{\"data\":\"{long}\"}}}}}}]}}\n\n{STOP}"
    );
    let told = ask(vec![stream(event)]).await;
    assert_eq!((told.sound.len(), told.end()), (90_000, &TurnEnd::Complete), "sound is an answer");
}

mod inspector;
