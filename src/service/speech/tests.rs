//! The service as a whole against scripted servers: what is said is heard once, in order, and paid
//! once, whatever the other side and the user do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use rust_decimal::Decimal;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::*;
use crate::api::client::Deadlines;
use crate::api::testing::{self, CAP, Server, Step, answer, refuse, sse_head, stream};
use crate::domain::audio::{FaultKind, SinkChoice, SinkName};
use crate::domain::ids::SpeechId;
use crate::domain::ledger::Caps;
use crate::domain::models::ModelId;
use crate::domain::money::{Currency, Money};
use crate::domain::notice::{BudgetNotice, Notice, NoticeKind, RequestNotice, SpeechNotice};
use crate::domain::speech::aloud::{Manner, Sentence, SpeechEnd, SpeechEvent, SpeechNews};
use crate::service::store;

const A: SpeechId = SpeechId(1);
const B: SpeechId = SpeechId(2);

fn now_ms() -> i64 {
    jiff_now()
}

#[expect(clippy::disallowed_methods, reason = "the ledger has a clock")]
fn jiff_now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Samples that tell which piece they are of.
fn sound(number: u8, samples: usize) -> Vec<u8> {
    (0..samples).flat_map(|n| [n as u8, number]).collect()
}

fn event(audio: &str, finish: &str, usage: &str) -> String {
    format!(
        "data:{{\"output\":{{\"finish_reason\":\"{finish}\",\"audio\":{{\"data\":\"{audio}\",\"id\":\"audio_1\"}}}}{usage},\"request_id\":\"req-1\"}}\n\n"
    )
}

fn b64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A whole answer: these samples in pieces of `cut` bytes, then what was used.
fn spoken(sound: &[u8], cut: usize, characters: u64) -> Vec<Step> {
    let mut body: String = sound.chunks(cut).map(|part| event(&b64(part), "null", "")).collect();
    let usage = format!(",\"usage\":{{\"characters\":{characters}}}");
    body.push_str(&event("", "stop", &usage));
    stream(body)
}

/// The beginning of an answer, without an end.
fn beginning(sound: &[u8]) -> Vec<Step> {
    vec![Step::Hear, Step::Say(sse_head()), Step::Say(event(&b64(sound), "null", "").into_bytes())]
}

/// A running service and what it says.
struct Rig {
    handle: Option<Handle>,
    events: mpsc::Receiver<ServiceEvent>,
    samples: mpsc::Receiver<Vec<u8>>,
    server: Server,
    ledger: Ledger,
    cancel: CancellationToken,
    _store: store::Handle,
    dir: TempDir,
    heard: Vec<u8>,
}

/// What differs from the usual.
#[derive(Default)]
struct Options {
    caps: Caps,
    /// Places instead of plain samples.
    sinks: Option<Vec<SinkChoice>>,
    idle: Option<Duration>,
}

impl Rig {
    async fn start(scripts: Vec<Vec<Step>>) -> Self {
        Self::with(scripts, Options::default()).await
    }

    async fn with(scripts: Vec<Vec<Step>>, options: Options) -> Self {
        let server = Server::start(scripts).await;
        let endpoint = server.endpoint();
        let dir = tempfile::tempdir().expect("a directory");
        let (nobody, _) = mpsc::channel(1);
        let deps = store::Deps { dir: dir.path().join("data"), now: now_ms };
        let store = store::spawn(deps, nobody);
        let ledger = Ledger::new(store.desk());
        let (taken, samples) = mpsc::channel(1);
        let ear = match options.sinks {
            Some(choices) => Ear::Sinks(audio::Deps {
                choices,
                beside: None,
                path: None,
                dir: dir.path().join("files"),
                patience: audio::Patience {
                    reach: Duration::from_secs(1),
                    ..audio::Patience::default()
                },
            }),
            None => Ear::Samples(taken),
        };
        let idle = options.idle.unwrap_or(CAP);
        let deadlines = Deadlines { idle, ..Deadlines::default() };
        let deps = Deps {
            client: testing::client(&endpoint, deadlines),
            endpoint,
            keys: Keys::default(),
            catalog: catalog::Shared::default(),
            figures: Figures::Documented,
            ledger: ledger.clone(),
            profile: "dev".to_owned(),
            gate: Gate { caps: options.caps, ..Gate::default() },
            cache: Cache::in_dir(dir.path().join("cache"), 1 << 20),
            ear,
            seed: 7,
        };
        let (out, events) = mpsc::channel(64);
        let cancel = CancellationToken::new();
        let handle = Some(spawn(deps, out, cancel.clone()));
        let heard = Vec::new();
        Self { handle, events, samples, server, ledger, cancel, _store: store, dir, heard }
    }

    async fn ask(&self, command: SpeechCommand) {
        let handle = self.handle.as_ref().expect("it runs");
        handle.send(command).await.expect("it takes it");
    }

    async fn begin(&self, speech: SpeechId) {
        self.ask(SpeechCommand::Begin { speech, manner: manner("Cherry") }).await;
    }

    async fn say(&self, speech: SpeechId, texts: &[&str]) {
        let sentence = |text: &&str| Sentence { text: (*text).to_owned(), source: 0..1 };
        let sentences = texts.iter().map(sentence).collect();
        self.ask(SpeechCommand::Say { speech, sentences }).await;
    }

    async fn read(&self, speech: SpeechId, texts: &[&str]) {
        self.begin(speech).await;
        self.say(speech, texts).await;
        self.ask(SpeechCommand::Finish(speech)).await;
    }

    /// What is said next, while samples are taken.
    async fn next(&mut self) -> SpeechEvent {
        let told = async {
            loop {
                tokio::select! {
                    Some(samples) = self.samples.recv() => self.heard.extend(samples),
                    event = self.events.recv() => match event.expect("it runs") {
                        ServiceEvent::Speech(event) => return event,
                        other => panic!("{other:?}"),
                    },
                }
            }
        };
        timeout(CAP, told).await.expect("no wait without an end")
    }

    /// Everything that is said of a speech, up to its end.
    async fn all(&mut self, speech: SpeechId) -> Told {
        let mut told = Told::default();
        loop {
            let event = self.next().await;
            if event.speech != speech {
                continue;
            }
            match event.what {
                SpeechNews::Sentence(number) => told.sentences.push(number),
                SpeechNews::Spent { money, estimated, kept } => {
                    told.spent = (money.map(|money| money.amount.to_string()), estimated, kept);
                }
                SpeechNews::Opened { sink } => told.opened.push(sink),
                SpeechNews::Position { played, known } => {
                    assert!(played <= known, "{played:?} of {known:?}");
                    told.played = played;
                }
                SpeechNews::FellBack { to, .. } => told.fell.push(to),
                SpeechNews::Ended(end) => {
                    // What was taken before the end may lie in its channel still.
                    while let Ok(samples) = self.samples.try_recv() {
                        self.heard.extend(samples);
                    }
                    told.end = Some(end);
                    return told;
                }
            }
        }
    }

    /// What the ledger has counted today.
    async fn counted(&self) -> String {
        let standing = self.ledger.standing("dev".to_owned(), Currency::Cny).await;
        standing.expect("a ledger").day.to_string()
    }

    fn requests(&self) -> usize {
        self.server.heard().len()
    }
}

#[derive(Debug, Default)]
struct Told {
    sentences: Vec<usize>,
    spent: (Option<String>, bool, usize),
    opened: Vec<SinkName>,
    fell: Vec<SinkName>,
    played: Duration,
    end: Option<SpeechEnd>,
}

impl Told {
    fn failure(&self) -> &Notice {
        match &self.end {
            Some(SpeechEnd::Failed(notice)) => notice,
            other => panic!("{other:?}"),
        }
    }
}

fn manner(voice: &str) -> Manner {
    Manner {
        model: ModelId::new("qwen3-tts-flash"),
        voice: voice.to_owned(),
        language: Some("Chinese".to_owned()),
        instructions: None,
    }
}

#[tokio::test]
async fn what_is_said_is_heard_in_order_without_gaps_and_paid_once() {
    let (one, two) = (sound(1, 9_001), sound(2, 4_000));
    // Pieces of an odd length: no sample is lost between them.
    let mut rig = Rig::start(vec![spoken(&one, 4_801, 100), spoken(&two, 8_000, 50)]).await;
    rig.read(A, &["第一句。", "Two."]).await;
    let told = rig.all(A).await;
    assert_eq!(told.end, Some(SpeechEnd::Whole));
    assert!(rig.heard == [one.clone(), two.clone()].concat(), "{} bytes", rig.heard.len());
    assert_eq!(told.sentences, [0, 1]);
    assert_eq!(told.spent, (Some("0.012".to_owned()), false, 0));
    assert_eq!(told.played, Duration::from_micros(13_001 * 1_000_000 / 24_000));
    assert_eq!(rig.counted().await, "0.012");
    let heard = rig.server.heard();
    assert_eq!(heard.len(), 2);
    for part in ["\"第一句。\"", "\"Cherry\"", "\"language_type\":\"Chinese\"", "x-dashscope-sse"]
    {
        assert!(heard[0].contains(part), "{part}: {}", heard[0]);
    }
    // Hearing it again costs nothing.
    rig.heard.clear();
    rig.read(B, &["Two.", "第一句。", "Two."]).await;
    let told = rig.all(B).await;
    assert_eq!((told.end, told.spent), (Some(SpeechEnd::Whole), (None, false, 3)));
    assert!(rig.heard == [two.clone(), one, two].concat());
    assert_eq!((rig.requests(), rig.counted().await), (2, "0.012".to_owned()));
}

#[tokio::test]
async fn an_answer_that_still_arrives_is_followed() {
    let scripts = vec![spoken(&sound(1, 3_000), 4_800, 10), spoken(&sound(2, 3_000), 4_800, 10)];
    let mut rig = Rig::start(scripts).await;
    rig.begin(A).await;
    rig.say(A, &["One."]).await;
    while !matches!(rig.next().await.what, SpeechNews::Position { played, .. } if played >= Duration::from_millis(125))
    {
    }
    rig.say(A, &["Two."]).await;
    rig.ask(SpeechCommand::Finish(A)).await;
    let told = rig.all(A).await;
    assert_eq!((told.end, told.sentences), (Some(SpeechEnd::Whole), vec![1]));
    assert_eq!(rig.heard.len(), 12_000);
    // Nothing to read is no trouble, and is over at once.
    rig.begin(B).await;
    rig.ask(SpeechCommand::Finish(B)).await;
    assert_eq!(rig.all(B).await.end, Some(SpeechEnd::Whole));
    assert_eq!(rig.requests(), 2);
}

#[tokio::test]
async fn going_back_is_heard_again_and_not_paid_again() {
    let scripts = (1..=3).map(|n| spoken(&sound(n, 2_400), 4_800, 10)).collect();
    let mut rig = Rig::start(scripts).await;
    rig.begin(A).await;
    rig.say(A, &["One.", "Two.", "Three."]).await;
    while rig.next().await.what != SpeechNews::Sentence(2) {}
    rig.heard.clear();
    rig.ask(SpeechCommand::Jump { speech: A, sentence: 1 }).await;
    rig.ask(SpeechCommand::Finish(A)).await;
    let told = rig.all(A).await;
    assert_eq!(told.end, Some(SpeechEnd::Whole));
    assert!(told.sentences.ends_with(&[1, 2]), "{:?}", told.sentences);
    assert!(rig.heard.ends_with(&[sound(2, 2_400), sound(3, 2_400)].concat()));
    assert_eq!(rig.requests(), 3);
    assert_eq!(rig.counted().await, "0.0024");
}

#[tokio::test]
async fn a_server_that_fails_is_asked_once_more_and_only_before_any_sound() {
    let failed = || {
        refuse(500, "", "{\"code\":\"InternalError\",\"message\":\"oops\",\"request_id\":\"r\"}")
    };
    let good = sound(1, 2_400);
    let mut rig = Rig::start(vec![failed(), spoken(&good, 4_800, 25)]).await;
    rig.read(A, &["One."]).await;
    assert_eq!(rig.all(A).await.end, Some(SpeechEnd::Whole));
    assert!(rig.heard == good && rig.requests() == 2);
    assert_eq!(rig.counted().await, "0.002", "a refused request costs nothing");
    let mut rig = Rig::start(vec![failed()]).await;
    rig.read(A, &["One.", "Two."]).await;
    let told = rig.all(A).await;
    assert!(matches!(told.failure().kind, NoticeKind::ServerFailed { .. }), "{told:?}");
    assert_eq!((rig.requests(), rig.counted().await), (2, "0".to_owned()));
}

#[tokio::test]
async fn a_stream_that_is_cut_is_heard_as_far_as_it_came_and_never_asked_for_again() {
    let part = sound(1, 2_400);
    let mut rig = Rig::start(vec![beginning(&part)]).await;
    rig.read(A, &["One, and more of it.", "Two."]).await;
    let told = rig.all(A).await;
    assert_eq!(told.failure().kind, NoticeKind::Cut);
    assert!(rig.heard == part && rig.requests() == 1, "{} bytes", rig.heard.len());
    assert_eq!(told.spent, (Some("0.0016".to_owned()), true, 0), "what was reserved counts");
    assert_eq!(rig.counted().await, "0.0016");
}

/// An answer, the notice it becomes, and bytes of it that are heard.
type Case = (Vec<Step>, fn(&NoticeKind) -> bool, usize);

#[tokio::test]
async fn sound_that_cannot_be_read_is_one_notice() {
    let bad = [event(&b64(&sound(1, 100)), "null", ""), event("A*!=", "null", "")].concat();
    let empty = event("", "stop", ",\"usage\":{\"characters\":5}");
    let cases: Vec<Case> = vec![
        (stream(bad), |kind| matches!(kind, NoticeKind::Garbled), 200),
        (stream(empty), |kind| matches!(kind, NoticeKind::EmptyAnswer), 0),
        (stream("data: <html>\n\n"), |kind| matches!(kind, NoticeKind::Garbled), 0),
        (answer(testing::head(200, ""), "not a stream"), |_| true, 0),
    ];
    for (script, expected, heard) in cases {
        let mut rig = Rig::start(vec![script]).await;
        rig.read(A, &["One."]).await;
        let told = rig.all(A).await;
        assert!(expected(&told.failure().kind), "{told:?}");
        assert_eq!((rig.heard.len(), rig.requests()), (heard, 1), "{told:?}");
    }
}

#[tokio::test]
async fn samples_of_another_form_are_refused() {
    let mut wav = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    wav.extend(48_000_u32.to_le_bytes());
    wav.extend(96_000_u32.to_le_bytes());
    wav.extend(b"\x02\0\x10\0data\xff\xff\xff\xff");
    wav.extend(sound(1, 500));
    let mut rig = Rig::start(vec![spoken(&wav, 100_000, 5)]).await;
    rig.read(A, &["One."]).await;
    let told = rig.all(A).await;
    let NoticeKind::Speech(SpeechNotice::Format(format)) = &told.failure().kind else {
        panic!("{told:?}");
    };
    assert_eq!((format.rate, rig.heard.len()), (48_000, 0));
}

#[tokio::test]
async fn a_voice_that_the_model_has_not_is_never_sent() {
    let mut rig = Rig::start(vec![spoken(&sound(1, 10), 100, 1)]).await;
    rig.ask(SpeechCommand::Begin { speech: A, manner: manner("Chery") }).await;
    rig.say(A, &["One."]).await;
    let told = rig.all(A).await;
    let NoticeKind::Request(RequestNotice::Voice { voice, near, .. }) = &told.failure().kind else {
        panic!("{told:?}");
    };
    assert_eq!((voice.as_deref(), near[0].as_str()), (Some("Chery"), "Cherry"));
    assert_eq!(rig.requests(), 0);
}

#[tokio::test]
async fn the_budget_stops_before_the_request_and_what_was_paid_is_heard() {
    let one = sound(1, 2_400);
    let caps = Caps { day: Some(Decimal::new(2, 3)), ..Caps::default() };
    let options = Options { caps, ..Options::default() };
    let mut rig = Rig::with(vec![spoken(&one, 4_800, 20)], options).await;
    let long = "one, two, three, four, five.";
    rig.read(A, &["20 characters, so far", long]).await;
    let told = rig.all(A).await;
    let NoticeKind::Budget(BudgetNotice::Over(reached)) = &told.failure().kind else {
        panic!("{told:?}");
    };
    let yuan = |text: &str| Money { amount: text.parse().unwrap(), currency: Currency::Cny };
    assert_eq!((reached.spent, reached.limit), (yuan("0.0016"), yuan("0.002")));
    assert_eq!(told.failure().kind.exit_code(true), 8);
    assert!(rig.heard == one && rig.requests() == 1);
}

#[tokio::test]
async fn never_more_than_two_pieces_are_asked_for_ahead_of_what_is_heard() {
    let scripts = (1..=6).map(|n| spoken(&sound(n, 48_000), 48_000, 10)).collect();
    let mut rig = Rig::start(scripts).await;
    let text = "A sentence of a very long text. ".repeat(3_200);
    let blocks = crate::text::aloud::CodeBlocks::Skip;
    let sentences = crate::text::aloud::read_all(&text, 600, blocks);
    assert!(text.len() > 100_000 && sentences.len() == 3_200);
    // Each is another one, or what was kept would do.
    let different = sentences
        .into_iter()
        .enumerate()
        .map(|(n, sentence)| Sentence { text: format!("{n} {}", sentence.text), ..sentence });
    rig.begin(A).await;
    rig.ask(SpeechCommand::Say { speech: A, sentences: different.collect() }).await;
    // Nobody takes samples: all that is asked for is asked for by now.
    let quiet = async {
        while let Some(event) = rig.events.recv().await {
            let ServiceEvent::Speech(event) = event else { panic!("{event:?}") };
            if let SpeechNews::Spent { money: Some(money), .. } = event.what
                && money.amount.to_string() == "0.0024"
            {
                return;
            }
        }
    };
    timeout(CAP, quiet).await.expect("three pieces");
    tokio::task::yield_now().await;
    assert_eq!(rig.requests(), 3);
    rig.ask(SpeechCommand::Stop(A)).await;
    assert_eq!(rig.all(A).await.end, Some(SpeechEnd::Stopped));
    assert_eq!(rig.requests(), 3, "after a stop nothing is asked for");
}

#[tokio::test]
async fn a_stop_is_at_once_and_what_was_paid_is_kept() {
    let (first, rest) = (sound(1, 2_400), sound(2, 2_400));
    let go = Arc::new(Notify::new());
    let mut script = beginning(&first);
    script.push(Step::Wait(go.clone()));
    let end = [event(&b64(&rest), "null", ""), event("", "stop", ",\"usage\":{\"characters\":4}")];
    script.push(Step::Say(end.concat().into_bytes()));
    let mut rig = Rig::start(vec![script]).await;
    rig.read(A, &["One.", "Two."]).await;
    while !matches!(rig.next().await.what, SpeechNews::Position { .. }) {}
    // The server says nothing more; the stop does not wait for it.
    rig.ask(SpeechCommand::Stop(A)).await;
    assert_eq!(rig.all(A).await.end, Some(SpeechEnd::Stopped));
    // The same is wanted again while the first request is still under way: one request serves both.
    rig.heard.clear();
    rig.read(B, &["One."]).await;
    go.notify_one();
    let told = rig.all(B).await;
    assert_eq!((told.end, told.spent), (Some(SpeechEnd::Whole), (None, false, 1)));
    assert!(rig.heard == [first, rest].concat());
    assert_eq!((rig.requests(), rig.counted().await), (1, "0.00032".to_owned()));
}

#[tokio::test]
async fn a_new_beginning_silences_what_was_spoken() {
    let stalls = [beginning(&sound(1, 2_400)), vec![Step::Stall]].concat();
    let mut rig = Rig::start(vec![stalls, spoken(&sound(2, 2_400), 4_800, 5)]).await;
    rig.read(A, &["One."]).await;
    while !matches!(rig.next().await.what, SpeechNews::Position { .. }) {}
    rig.read(B, &["Two."]).await;
    assert_eq!(rig.all(A).await.end, Some(SpeechEnd::Stopped));
    assert_eq!(rig.all(B).await.end, Some(SpeechEnd::Whole));
    assert!(rig.heard.ends_with(&sound(2, 2_400)));
    // The end of the program waits for nobody, and what was under way counts.
    let handle = rig.handle.take().expect("it runs");
    rig.cancel.cancel();
    timeout(CAP, handle.ended()).await.expect("it ends");
    assert_eq!(
        rig.counted().await,
        "0.00072",
        "4 were reserved for the one, 5 were used for the other"
    );
}

#[tokio::test]
async fn a_stream_that_stalls_is_given_up_with_a_notice() {
    let stalls = [beginning(&sound(1, 240)), vec![Step::Stall]].concat();
    let options = Options { idle: Some(Duration::from_millis(200)), ..Options::default() };
    let mut rig = Rig::with(vec![stalls], options).await;
    rig.read(A, &["One."]).await;
    let told = rig.all(A).await;
    assert!(matches!(told.failure().kind, NoticeKind::Stalled { .. }), "{told:?}");
    assert_eq!(rig.heard.len(), 480);
}

#[tokio::test]
async fn what_a_model_spoke_itself_is_played_the_same_way() {
    let mut rig = Rig::start(vec![]).await;
    let pcm = sound(3, 10_000);
    rig.ask(SpeechCommand::Play { speech: A }).await;
    for part in pcm.chunks(3_000) {
        rig.ask(SpeechCommand::Samples { speech: A, pcm: part.to_vec() }).await;
    }
    rig.ask(SpeechCommand::Finish(A)).await;
    let told = rig.all(A).await;
    assert_eq!((told.end, told.sentences), (Some(SpeechEnd::Whole), vec![]));
    assert!(rig.heard == pcm);
    assert_eq!((rig.requests(), rig.counted().await), (0, "0".to_owned()));
}

#[tokio::test]
async fn a_pause_holds_what_is_heard() {
    let scripts = vec![spoken(&sound(1, 240_000), 48_000, 5)];
    let mut rig = Rig::start(scripts).await;
    rig.read(A, &["One."]).await;
    while !matches!(rig.next().await.what, SpeechNews::Position { .. }) {}
    rig.ask(SpeechCommand::Pause(A)).await;
    // What was handed on before comes still, then nothing does.
    while let Ok(event) = timeout(Duration::from_millis(300), rig.next()).await {
        assert!(!matches!(event.what, SpeechNews::Ended(_)), "the pause was not heard of");
    }
    assert!(rig.heard.len() < 480_000);
    rig.ask(SpeechCommand::Resume(A)).await;
    let told = rig.all(A).await;
    assert_eq!(told.end, Some(SpeechEnd::Whole));
    assert_eq!(rig.heard.len(), 480_000);
}

/// The samples of the only file of sound.
fn written(rig: &Rig) -> Vec<u8> {
    let files: Vec<PathBuf> = entries(&rig.dir.path().join("files"));
    assert_eq!(files.len(), 1, "{files:?}");
    read_file(&files[0])[44..].to_vec()
}

#[expect(clippy::disallowed_methods, reason = "tests look at their files")]
fn read_file(path: &std::path::Path) -> Vec<u8> {
    std::fs::read(path).expect("a file")
}

fn entries(dir: &std::path::Path) -> Vec<PathBuf> {
    std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("it").path()).collect()
}

#[tokio::test]
async fn a_player_that_dies_or_talks_nonsense_loses_nothing_and_costs_nothing() {
    for player in ["exit 3", "echo what; sleep 60", "cat >/dev/null & exit 0", "exec sleep 60"] {
        let words = ["sh", "-c", player].map(str::to_owned).to_vec();
        let sinks = vec![SinkChoice::Command(words), SinkChoice::File];
        let (one, two) = (sound(1, 12_000), sound(2, 2_400));
        let scripts = vec![spoken(&one, 4_800, 10), spoken(&two, 4_800, 10)];
        let options = Options { sinks: Some(sinks), ..Options::default() };
        let mut rig = Rig::with(scripts, options).await;
        rig.read(A, &["One.", "Two."]).await;
        let told = rig.all(A).await;
        assert_eq!(told.end, Some(SpeechEnd::Whole), "{player}: {told:?}");
        assert!(
            matches!(&told.fell[..], [SinkName::File { path }] if !path.is_empty()),
            "{told:?}"
        );
        assert!(written(&rig) == [one, two].concat(), "{player}");
        assert_eq!((rig.requests(), rig.counted().await), (2, "0.0016".to_owned()), "{player}");
    }
}

#[tokio::test]
async fn without_any_place_there_is_one_notice_and_no_wait() {
    let options = Options { sinks: Some(vec![SinkChoice::Player]), ..Options::default() };
    let mut rig = Rig::with(vec![spoken(&sound(1, 2_400), 4_800, 10)], options).await;
    rig.read(A, &["One."]).await;
    let told = rig.all(A).await;
    let NoticeKind::Speech(SpeechNotice::NoPlace { from, why }) = &told.failure().kind else {
        panic!("{told:?}");
    };
    assert_eq!((from, *why), (&None, FaultKind::NoSink));
    assert_eq!(rig.requests(), 1);
}
