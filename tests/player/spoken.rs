//! A text on its way to the ear: simulator, speech service, sound service, player, sound server. What
//! was synthesised is what was heard, and it is paid once, whatever happens to the player.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use lian::api::client::{ApiClient, ClientOptions};
use lian::api::region::Endpoint;
use lian::catalog::Shared;
use lian::domain::audio::{SinkChoice, SinkName};
use lian::domain::ids::SpeechId;
use lian::domain::ledger::Gate;
use lian::domain::models::ModelId;
use lian::domain::money::Currency;
use lian::domain::settings::Figures;
use lian::domain::speech::aloud::{
    Manner, Sentence, SpeechCommand, SpeechEnd, SpeechEvent, SpeechNews,
};
use lian::event::ServiceEvent;
use lian::service::audio;
use lian::service::keys::Keys;
use lian::service::ledger::Ledger;
use lian::service::speech::{Cache, Deps, Ear, Handle, spawn};
use lian::service::store;
use lian::sim;
use lian::text::aloud::{CodeBlocks, read_all};
use tokio::sync::mpsc::{Receiver, channel};
use tokio_util::sync::CancellationToken;

use crate::process::PLAYER;
use crate::server::{CAP, Server, say};
use crate::sound::{RECORDED, SENT, first, last, likeness_of, sent};

/// Three sentences, both scripts, markup that is not read.
const TEXT: &str =
    "**你好**，这里是 [lian](https://x.y)。Hello there, it speaks!\n\n```\nno\n```\n- 好的。";

const ID: SpeechId = SpeechId(1);

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A service in front of a simulator.
struct Rig {
    handle: Handle,
    events: Receiver<ServiceEvent>,
    ledger: Ledger,
    _store: store::Handle,
}

fn sinks(server: &Server, bin: PathBuf, choices: Vec<SinkChoice>) -> Ear {
    Ear::Sinks(audio::Deps {
        choices,
        beside: None,
        path: Some(bin.into_os_string()),
        dir: server.dir().join("files"),
        patience: audio::Patience::default(),
    })
}

fn rig(dir: &Path, origin: &str, ear: Ear) -> Rig {
    let (out, events) = channel(1_024);
    let deps = store::Deps { dir: dir.join("data"), now: now_ms };
    let store = store::spawn(deps, out.clone());
    let ledger = Ledger::new(store.desk());
    let endpoint = Endpoint::at_origin(origin, Some("sk-test".into()), "TEST").expect("a URL");
    let deps = Deps {
        client: ApiClient::new(ClientOptions::for_endpoint(&endpoint)),
        endpoint,
        keys: Keys::default(),
        catalog: Shared::default(),
        figures: Figures::Documented,
        ledger: ledger.clone(),
        profile: "dev".to_owned(),
        gate: Gate::default(),
        cache: Cache::in_dir(dir.join("cache"), 1 << 26),
        ear,
        seed: 7,
    };
    let handle = spawn(deps, out, CancellationToken::new());
    Rig { handle, events, ledger, _store: store }
}

async fn simulator(scenario: &str) -> sim::Server {
    let scenario = sim::Scenario::parse("test", scenario).expect("a scenario");
    let options = sim::Options { scenario: Some(scenario), ..sim::Options::default() };
    sim::start(options).await.expect("a port")
}

impl Rig {
    async fn send(&self, command: SpeechCommand) {
        self.handle.send(command).await.expect("it runs");
    }

    async fn read(&self, sentences: Vec<Sentence>) {
        let manner = Manner {
            model: ModelId::new("qwen3-tts-flash"),
            voice: "Cherry".to_owned(),
            language: None,
            instructions: None,
        };
        self.send(SpeechCommand::Begin { speech: ID, manner }).await;
        self.send(SpeechCommand::Say { speech: ID, sentences }).await;
        self.send(SpeechCommand::Finish(ID)).await;
    }

    async fn next(&mut self) -> SpeechNews {
        loop {
            let event = tokio::time::timeout(CAP, self.events.recv()).await.expect("in time");
            if let ServiceEvent::Speech(SpeechEvent { what, .. }) = event.expect("a service") {
                return what;
            }
        }
    }

    /// Everything up to one that is wanted.
    async fn until(&mut self, wanted: impl Fn(&SpeechNews) -> bool) -> Vec<SpeechNews> {
        let mut news = Vec::new();
        while !news.last().is_some_and(&wanted) {
            news.push(self.next().await);
        }
        news
    }

    async fn all(&mut self) -> Vec<SpeechNews> {
        self.until(|news| matches!(news, SpeechNews::Ended(_))).await
    }
}

fn text() -> Vec<Sentence> {
    let sentences = read_all(TEXT, 600, CodeBlocks::Skip);
    assert_eq!(sentences.len(), 3, "{sentences:?}");
    sentences
}

/// What was synthesised, as it was kept: hearing it again asks for nothing.
async fn synthesised(dir: &Path, sim: &sim::Server) -> Vec<u8> {
    let before = sim.seen().len();
    let (out, mut samples) = channel(8);
    let mut rig = rig(dir, &sim.origin(), Ear::Samples(out));
    rig.read(text()).await;
    let mut all = Vec::new();
    let over = async { while !matches!(rig.next().await, SpeechNews::Ended(_)) {} };
    let taken = async {
        while let Some(bytes) = samples.recv().await {
            all.extend(bytes);
        }
    };
    tokio::select! {
        () = taken => {}
        () = over => {}
    }
    while let Ok(bytes) = samples.try_recv() {
        all.extend(bytes);
    }
    assert_eq!(sim.seen().len(), before, "it was paid again");
    all
}

/// Has the text read aloud by the player. Answers how like the recording is to what was synthesised.
async fn read_aloud(scenario: &str, name: &str) -> Option<f64> {
    let server = Server::start(name)?;
    let sim = simulator(scenario).await;
    let ear = sinks(&server, server.wrapped("lian-player", PLAYER), vec![SinkChoice::Player]);
    let mut rig = rig(server.dir(), &sim.origin(), ear);
    rig.read(text()).await;
    let news = rig.all().await;
    assert_eq!(news.last(), Some(&SpeechNews::Ended(SpeechEnd::Whole)), "{news:?}");
    let heard: Vec<usize> = news
        .iter()
        .filter_map(|news| match news {
            SpeechNews::Sentence(number) => Some(*number),
            _ => None,
        })
        .collect();
    assert_eq!(heard, [0, 1, 2]);
    assert_eq!(sim.seen().len(), 3);
    let recording = server.and_then(RECORDED / 2);
    let sound = synthesised(server.dir(), &sim).await;
    let near = first(&recording).expect("sound was heard");
    let like = likeness_of(&sound, &recording, near);
    let seconds = sound.len() as f64 / (2 * SENT) as f64;
    let took = (last(&recording).expect("sound") - near) as f64 / RECORDED as f64;
    say(&format!("spoken: correlation {like:.6}, {seconds:.3} s were {took:.3} s long"));
    Some(like)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_synthesised_is_what_was_heard() {
    let name = "what_was_synthesised_is_what_was_heard";
    let Some(like) = read_aloud("", name).await else { return };
    assert!(like > 0.999, "{like}");
    let starved = "[[rule]]\nstarve_ms = 400\nafter_tokens = 1\n";
    let Some(like) = read_aloud(starved, name).await else { return };
    assert!(like < 0.99, "gaps were not found out: {like}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_player_that_is_killed_in_a_sentence_loses_nothing_and_nothing_is_paid_twice() {
    let name = "a_player_that_is_killed_in_a_sentence_loses_nothing_and_nothing_is_paid_twice";
    let Some(server) = Server::start(name) else { return };
    let sim = simulator("").await;
    let bin = server.wrapped("lian-player", PLAYER);
    let ear = sinks(&server, bin, vec![SinkChoice::Player, SinkChoice::File]);
    let mut rig = rig(server.dir(), &sim.origin(), ear);
    rig.read(text()).await;
    let mut news = rig.until(|news| matches!(news, SpeechNews::Position { .. })).await;
    let pid = std::fs::read_to_string(server.dir().join("pid")).expect("a player");
    let killed = Command::new("kill").args(["-KILL", pid.trim()]).status();
    assert!(killed.expect("kill").success(), "the player runs");
    news.extend(rig.all().await);
    assert_eq!(news.last(), Some(&SpeechNews::Ended(SpeechEnd::Whole)), "{news:?}");
    let files: Vec<&String> = news
        .iter()
        .filter_map(|news| match news {
            SpeechNews::FellBack { to: SinkName::File { path }, .. } => Some(path),
            _ => None,
        })
        .collect();
    assert_eq!(files.len(), 1, "{news:?}");
    let written = std::fs::read(files[0]).expect("the file");
    let counted = rig.ledger.standing("dev".to_owned(), Currency::Cny).await.expect("a ledger").day;
    let sound = synthesised(server.dir(), &sim).await;
    // The file goes on where the ear was left.
    assert!(written.len() > 44 && sound.ends_with(&written[44..]), "{} bytes", written.len());
    assert_eq!(sim.seen().len(), 3, "one request for each sentence");
    let again = rig.ledger.standing("dev".to_owned(), Currency::Cny).await.expect("a ledger").day;
    assert_eq!(counted, again);
    say(&format!(
        "killed after {:.3} s of {:.3} s, the rest is in the file; 3 requests, ¥{counted}",
        (sound.len() - (written.len() - 44)) as f64 / (2 * SENT) as f64,
        sound.len() as f64 / (2 * SENT) as f64
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_sound_and_the_silence_come_soon() {
    let Some(server) = Server::start("the_first_sound_and_the_silence_come_soon") else { return };
    let ear = sinks(&server, server.wrapped("lian-player", PLAYER), vec![SinkChoice::Player]);
    // What a model has spoken itself: nobody is asked.
    let mut rig = rig(server.dir(), "http://127.0.0.1:9", ear);
    let bytes = sent(3);
    let (mut begun, mut silent) = (Vec::new(), Vec::new());
    for number in 1..=4 {
        let speech = SpeechId(number);
        let before = server.wait(|_| true).len();
        rig.send(SpeechCommand::Play { speech }).await;
        let asked = Instant::now();
        for pcm in bytes.chunks(9_600) {
            rig.send(SpeechCommand::Samples { speech, pcm: pcm.to_vec() }).await;
        }
        server.wait(|recording| recording.len() > before && first(&recording[before..]).is_some());
        begun.push(format!("{:.0}", asked.elapsed().as_secs_f64() * 1_000.0));
        rig.until(|news| matches!(news, SpeechNews::Position { .. })).await;
        let at = server.wait(|_| true).len();
        rig.send(SpeechCommand::Stop(speech)).await;
        let end = SpeechNews::Ended(SpeechEnd::Stopped);
        rig.until(|news| *news == end).await;
        let recording = server.and_then(RECORDED / 2);
        let end = last(&recording).expect("sound");
        assert!(recording.len() - end > RECORDED / 10, "it is not silent");
        silent.push(format!("{:.0}", end.saturating_sub(at) as f64 * 1e3 / RECORDED as f64));
    }
    let (begun, silent) = (begun.join(" "), silent.join(" "));
    say(&format!(
        "ms from the first chunk to the sound, as recorded (first with a start): {begun}"
    ));
    say(&format!("ms from a stop to silence, as recorded: {silent}"));
}
