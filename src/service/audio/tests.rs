//! The service with players that die, hang, refuse and talk nonsense: each is a small script. What every
//! sample came to is read from the file at the end of the order.

#![expect(clippy::disallowed_methods, reason = "tests have files of their own")]

use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::domain::audio::{AudioNews, FaultKind, SinkFault, SinkName};
use crate::domain::ids::SpeechId;
use crate::player::{Decoder, Request};

/// Says hello as a player does.
const HELLO: &str = r"printf '\000lian\001\r\n'";
/// Says that a device named "box" is open, at 48 kHz with one channel.
const OPENED: &str = r"printf 'o\011\000\000\000\200\273\000\000\001\000box'";
/// Says that 12,000 samples were heard.
const POSITION: &str = r"printf 'p\010\000\000\000\340\056\000\000\000\000\000\000'";
/// Takes more than the 12,000 samples that it will have heard.
const READ: &str = "head -c 30000 > first";
/// Says that all of one second was.
const SECOND: &str = r"printf 'p\010\000\000\000\300\135\000\000\000\000\000\000'";

/// Longer than anything here takes on a busy machine; short where a test waits for it.
const CAP: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(300);

struct World {
    dir: tempfile::TempDir,
    deps: Deps,
}

/// A service and what it has told.
struct Running {
    handle: Handle,
    events: mpsc::Receiver<AudioEvent>,
    _cancel: tokio_util::sync::DropGuard,
}

impl World {
    /// A machine on which there is nothing but these scripts, by name.
    fn with(scripts: &[(&str, String)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let bin = dir.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        for (name, body) in scripts {
            let text = format!("#!/bin/sh\ncd '{}'\n{body}\n", dir.path().display());
            std::fs::write(bin.join(name), text).unwrap();
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(bin.join(name), mode).unwrap();
        }
        let deps = Deps {
            choices: SinkChoice::usual(),
            beside: None,
            path: Some(bin.into_os_string()),
            dir: dir.path().join("speech"),
            patience: Patience {
                open: CAP,
                reach: CAP,
                write: CAP,
                play: CAP,
                silence: CAP,
                rest: CAP,
            },
        };
        Self { dir, deps }
    }

    fn player(lines: &[&str]) -> Self {
        Self::with(&[("lian-player", lines.join("\n"))])
    }

    fn start(&self) -> Running {
        let (out, events) = mpsc::channel(1_024);
        let cancel = CancellationToken::new();
        let handle = spawn(self.deps.clone(), out, cancel.clone());
        Running { handle, events, _cancel: cancel.drop_guard() }
    }

    /// What was asked of a player that keeps it in a file of this name.
    fn asked(&self, name: &str) -> Vec<Request> {
        let bytes = std::fs::read(self.dir.path().join(name)).unwrap_or_default();
        let (mut decoder, mut found) = (Decoder::default(), Vec::new());
        decoder.push(&bytes, &mut found).unwrap();
        found
    }

    /// The samples in the only file of sound.
    fn written(&self) -> Vec<u8> {
        let files = std::fs::read_dir(&self.deps.dir).unwrap();
        let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        std::fs::read(&files[0]).unwrap()[44..].to_vec()
    }
}

const ID: SpeechId = SpeechId(7);

/// Samples that say their positions.
fn samples(from: usize, to: usize) -> Vec<u8> {
    (from..to).flat_map(|at| (at as u16).to_le_bytes()).collect()
}

impl Running {
    async fn send(&self, command: AudioCommand) {
        self.handle.send(command).await.unwrap();
    }

    /// Has `count` samples spoken to the end.
    async fn speak(&self, id: SpeechId, count: usize) {
        self.send(AudioCommand::Open(id)).await;
        for from in (0..count).step_by(5_000) {
            let piece = samples(from, count.min(from + 5_000));
            self.send(AudioCommand::Samples(id, piece)).await;
        }
        self.send(AudioCommand::Drain(id)).await;
    }

    async fn next(&mut self) -> AudioEvent {
        let next = tokio::time::timeout(CAP, self.events.recv()).await;
        next.expect("in time").expect("a service")
    }

    /// Everything up to the last word, without positions.
    async fn news(&mut self, id: SpeechId) -> Vec<AudioNews> {
        let (mut news, mut last) = (Vec::new(), 0);
        loop {
            let event = self.next().await;
            assert_eq!(event.speech, id, "{event:?}");
            match event.what {
                AudioNews::Position { played } => {
                    assert!(played > last, "it never goes back");
                    last = played;
                }
                what => news.push(what),
            }
            if matches!(
                news.last(),
                Some(
                    AudioNews::Drained { .. }
                        | AudioNews::Stopped { .. }
                        | AudioNews::Failed { .. }
                )
            ) {
                return news;
            }
        }
    }

    /// Waits for one position.
    async fn position(&mut self) -> u64 {
        loop {
            if let AudioNews::Position { played } = self.next().await.what {
                return played;
            }
        }
    }
}

fn file(news: &AudioNews) -> bool {
    match news {
        AudioNews::Opened { sink: SinkName::File { path } }
        | AudioNews::FellBack { to: SinkName::File { path }, .. } => {
            PathBuf::from(path).extension().is_some_and(|end| end == "wav")
        }
        _ => false,
    }
}

fn unopened() -> SinkName {
    SinkName::Device { device: String::new(), by: "lian-player".to_owned() }
}

fn open() -> SinkName {
    SinkName::Device { device: "box".to_owned(), by: "lian-player".to_owned() }
}

/// Has more spoken than a player is given at once, at one that fails. Checks that the rest, from `heard` on, is in a file,
/// each sample once and in its place, and that the fall is told once. Answers who fell, and why.
async fn falls(world: &World, heard: usize) -> (SinkName, SinkFault) {
    let count = 80_000;
    let mut running = world.start();
    running.speak(ID, count).await;
    let news = running.news(ID).await;
    assert_eq!(news.last(), Some(&AudioNews::Drained { played: count as u64 }), "{news:?}");
    assert!(world.written() == samples(heard, count), "not the samples from {heard} on");
    let falls: Vec<_> = news.iter().filter(|n| matches!(n, AudioNews::FellBack { .. })).collect();
    assert!(falls.len() == 1 && file(falls[0]), "{news:?}");
    assert!(news.iter().any(|news| matches!(news, AudioNews::Opened { .. }) && file(news)));
    match falls[0].clone() {
        AudioNews::FellBack { from, why, .. } => (from, why),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn without_any_player_a_file_is_written_and_nothing_has_fallen() {
    let world = World::with(&[]);
    let mut running = world.start();
    running.speak(ID, 50_000).await;
    let news = running.news(ID).await;
    assert!(news.len() == 2 && file(&news[0]), "{news:?}");
    assert_eq!(news[1], AudioNews::Drained { played: 50_000 });
    assert!(world.written() == samples(0, 50_000));
}

#[tokio::test]
async fn a_player_that_dies_in_the_midst_loses_and_repeats_nothing() {
    let player = [HELLO, OPENED, READ, POSITION, "echo 'card\x1b[31m on fire' >&2"];
    let world = World::player(&[&player[..], &["exit 3"]].concat());
    let (from, why) = falls(&world, 12_000).await;
    assert_eq!(from, open());
    assert_eq!(why.kind, FaultKind::Ended);
    assert!(why.said.contains("on fire") && !why.said.contains('\x1b'), "{why:?}");
}

#[tokio::test]
async fn a_player_that_talks_nonsense_is_dropped() {
    for nonsense in ["echo '<html>'", r"printf 'A\000\000\000\000'", r"printf 'pXXXX'"] {
        let world = World::player(&[HELLO, OPENED, READ, POSITION, nonsense, "exec sleep 600"]);
        let (from, why) = falls(&world, 12_000).await;
        assert_eq!((from, why.kind), (open(), FaultKind::Garbage), "{nonsense}");
    }
    let flood = "head -c 100000 /dev/zero; exec sleep 600";
    let (from, why) = falls(&World::player(&[flood]), 0).await;
    assert_eq!((from, why.kind), (unopened(), FaultKind::Garbage));
    // An answer that nobody asked for.
    let drained = r"printf 'd\010\000\000\000\300\135\000\000\000\000\000\000'";
    let world = World::player(&[HELLO, OPENED, READ, POSITION, drained, "exec sleep 600"]);
    assert_eq!(falls(&world, 12_000).await.1.kind, FaultKind::Garbage);
}

#[tokio::test]
async fn a_player_says_itself_why_it_cannot_play() {
    let failed = r"printf 'f\010\000\000\000\001no card'; exit 1";
    let (from, why) = falls(&World::player(&[HELLO, failed]), 0).await;
    assert_eq!(from, unopened());
    assert_eq!(why, SinkFault { kind: FaultKind::NoDevice, said: "no card".to_owned() });
}

#[tokio::test]
async fn a_player_that_hangs_is_given_up() {
    // Before its device is open.
    let mut world = World::player(&[HELLO, "exec sleep 600"]);
    world.deps.patience.open = SHORT;
    let (from, why) = falls(&world, 0).await;
    assert_eq!((from, why.kind), (unopened(), FaultKind::Slow));
    // With samples that it does not take: more than its pipe holds.
    let mut world = World::player(&[HELLO, OPENED, READ, POSITION, "exec sleep 600"]);
    world.deps.patience.write = SHORT;
    let (from, why) = falls(&world, 12_000).await;
    assert_eq!((from, why.kind), (open(), FaultKind::Slow));
    // With samples that it takes and does not play.
    let mut world = World::player(&[HELLO, OPENED, READ, POSITION, "cat > heard"]);
    world.deps.patience.play = SHORT;
    let (from, why) = falls(&world, 12_000).await;
    assert_eq!((from, why.kind), (open(), FaultKind::Slow));
    assert!(world.dir.path().join("heard").metadata().unwrap().len() > 30_000);
}

#[tokio::test]
async fn a_player_that_has_played_all_and_does_not_say_so_has_played_all() {
    let mut world = World::player(&[HELLO, OPENED, "head -c 48000 > first", SECOND, "cat > heard"]);
    world.deps.patience.play = SHORT;
    let mut running = world.start();
    running.speak(ID, 24_000).await;
    let opened = AudioNews::Opened { sink: open() };
    assert_eq!(running.news(ID).await, [opened, AudioNews::Drained { played: 24_000 }]);
}

#[tokio::test]
async fn one_fall_is_told_however_many_were_tried_and_they_rest_afterwards() {
    let failing = [("lian-player", "exit 1"), ("paplay", "exit 1"), ("aplay", "exec true")];
    let world = World::with(&failing.map(|(name, body)| (name, body.to_owned())));
    let (from, _) = falls(&world, 0).await;
    assert_eq!(from, unopened());
    let mut running = world.start();
    for id in [1, 2].map(SpeechId) {
        running.speak(id, 10_000).await;
        let news = running.news(id).await;
        let told = news.iter().filter(|news| matches!(news, AudioNews::FellBack { .. })).count();
        assert_eq!(told, usize::from(id == SpeechId(1)), "{news:?}");
    }
}

#[tokio::test]
async fn if_nobody_takes_it_that_is_said() {
    let mut world = World::player(&["exit 1"]);
    world.deps.choices = vec![SinkChoice::Player];
    let mut running = world.start();
    running.speak(ID, 100).await;
    let news = running.news(ID).await;
    assert!(
        matches!(&news[..], [AudioNews::Failed { from: Some(from), .. }] if *from == unopened()),
        "{news:?}"
    );
    world.deps.choices = Vec::new();
    let mut running = world.start();
    running.speak(ID, 100).await;
    let why = SinkFault::silent(FaultKind::NoSink);
    assert_eq!(running.news(ID).await, [AudioNews::Failed { from: None, why }]);
    // A directory that cannot be: a file is in its place.
    world.deps.choices =
        vec![SinkChoice::Command(vec!["/no/such/program".to_owned()]), SinkChoice::File];
    std::fs::write(&world.deps.dir, "").unwrap();
    let mut running = world.start();
    running.speak(ID, 100).await;
    let news = running.news(ID).await;
    let [AudioNews::Failed { from: Some(SinkName::Device { by, .. }), why }] = &news[..] else {
        panic!("{news:?}");
    };
    assert_eq!((by.as_str(), why.kind), ("program", FaultKind::NotStarted));
}

#[tokio::test]
async fn requests_reach_the_player_in_order_and_it_plays_the_next_thing_too() {
    // Each line that is asked for comes when the test says so, by making a file.
    let wait = |name: &str| format!("while [ ! -e {name} ]; do sleep 0.01; done");
    let stopped = r"printf 's\010\000\000\000\340\056\000\000\000\000\000\000'";
    let drained = r"printf 'd\010\000\000\000\000\000\000\000\000\000\000\000'";
    let underruns = r"printf 'u\010\000\000\000\002\000\000\000\000\000\000\000'";
    let (first, second) = (wait("first"), wait("second"));
    let body = [
        HELLO,
        OPENED,
        "exec 3<&0; cat <&3 > heard &",
        &first,
        POSITION,
        underruns,
        stopped,
        &second,
        drained,
        "wait",
    ];
    let world = World::player(&body);
    let touch = |name: &str| std::fs::write(world.dir.path().join(name), "").unwrap();
    let mut running = world.start();
    running.send(AudioCommand::Open(ID)).await;
    running.send(AudioCommand::Samples(ID, samples(0, 24_000))).await;
    assert_eq!(running.next().await.what, AudioNews::Opened { sink: open() });
    let until = |count: usize| {
        let world = &world;
        async move {
            let mut asked = Vec::new();
            while asked.len() < count {
                tokio::task::yield_now().await;
                asked = world.asked("heard");
            }
            asked
        }
    };
    // The format, and ten pieces of 100 ms.
    tokio::time::timeout(CAP, until(11)).await.unwrap();
    running.send(AudioCommand::Pause(ID)).await;
    running.send(AudioCommand::Resume(ID)).await;
    running.send(AudioCommand::Stop(SpeechId(99))).await;
    running.send(AudioCommand::Stop(ID)).await;
    let asked = tokio::time::timeout(CAP, until(14)).await.unwrap();
    assert_eq!(asked[11..], [Request::Pause, Request::Resume, Request::Stop]);
    let never = AudioEvent { speech: SpeechId(99), what: AudioNews::Stopped { played: 0 } };
    assert_eq!(running.next().await, never);
    touch("first");
    let news = running.news(ID).await;
    assert_eq!(news, [AudioNews::Underruns { count: 2 }, AudioNews::Stopped { played: 12_000 }]);
    // The same player; what was stopped before it was opened is not spoken.
    running.speak(SpeechId(99), 100).await;
    running.send(AudioCommand::Samples(ID, samples(0, 100))).await;
    running.speak(SpeechId(8), 100).await;
    tokio::time::timeout(CAP, until(16)).await.unwrap();
    touch("second");
    let news = running.news(SpeechId(8)).await;
    let opened = AudioNews::Opened { sink: open() };
    assert_eq!(news, [opened, AudioNews::Drained { played: 100 }]);
    assert_eq!(world.asked("heard")[14..], [Request::Samples(samples(0, 100)), Request::Drain]);
}

#[tokio::test]
async fn a_player_that_does_not_stop_is_ended() {
    let mut world = World::player(&[HELLO, OPENED, READ, POSITION, "echo $$ > pid", "cat > heard"]);
    world.deps.patience.silence = SHORT;
    let mut running = world.start();
    running.send(AudioCommand::Open(ID)).await;
    running.send(AudioCommand::Samples(ID, samples(0, 48_000))).await;
    let played = running.position().await;
    running.send(AudioCommand::Stop(ID)).await;
    assert_eq!(running.news(ID).await, [AudioNews::Stopped { played }]);
    let pid = std::fs::read_to_string(world.dir.path().join("pid")).unwrap();
    let process = PathBuf::from(format!("/proc/{}", pid.trim()));
    tokio::time::timeout(CAP, async {
        while process.exists() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the player is gone");
}

#[tokio::test]
async fn whoever_makes_more_than_is_heard_waits() {
    let world = World::player(&[HELLO, OPENED, "cat > heard"]);
    let mut running = world.start();
    running.send(AudioCommand::Open(ID)).await;
    assert_eq!(running.next().await.what, AudioNews::Opened { sink: open() });
    running.send(AudioCommand::Pause(ID)).await;
    let flood = async {
        for count in 0.. {
            let piece = AudioCommand::Samples(ID, vec![0; 48_000]);
            if tokio::time::timeout(SHORT, running.handle.send(piece)).await.is_err() {
                return count;
            }
        }
        0
    };
    let taken = tokio::time::timeout(CAP, flood).await.expect("it waits in the end");
    assert!((4..=13).contains(&taken), "{taken} seconds were taken");
    running.send(AudioCommand::Stop(ID)).await;
}

#[tokio::test]
async fn a_program_gets_the_samples_and_its_end_is_the_end() {
    // A tenth of a second: a program that ends when it has read it is not too early.
    let world = World::with(&[("paplay", "echo \"$@\" > words; cat > heard".to_owned())]);
    let mut running = world.start();
    running.speak(ID, 2_400).await;
    let sink = SinkName::Program { name: "paplay".to_owned() };
    let news = running.news(ID).await;
    assert_eq!(news, [AudioNews::Opened { sink }, AudioNews::Drained { played: 2_400 }]);
    let read = |name: &str| std::fs::read(world.dir.path().join(name)).unwrap();
    let heard = read("heard");
    // A sixteenth of a second of silence comes first.
    assert!(heard[..3_000] == [0; 3_000] && heard[3_000..] == samples(0, 2_400));
    assert_eq!(read("words"), b"--raw --format=s16le --rate=24000 --channels=1\n");
}

#[tokio::test]
async fn programs_that_do_not_play_lose_nothing() {
    for (body, kind) in [
        ("echo 'Connection refused' >&2; exit 1", FaultKind::Ended),
        ("exit 0", FaultKind::Ended),
        // It takes everything and ends at once: nobody has heard two seconds.
        ("cat > /dev/null", FaultKind::Ended),
        ("exec sleep 600", FaultKind::Slow),
    ] {
        let mut world = World::with(&[("aplay", body.to_owned())]);
        if kind == FaultKind::Slow {
            world.deps.patience.write = SHORT;
        }
        let count = 48_000;
        let mut running = world.start();
        running.speak(ID, count).await;
        let news = running.news(ID).await;
        let fell = news.iter().find_map(|news| match news {
            AudioNews::FellBack { from, why, .. } => Some((from.clone(), why.clone())),
            _ => None,
        });
        let (from, why) = fell.unwrap_or_else(|| panic!("{body}: {news:?}"));
        assert_eq!(from, SinkName::Program { name: "aplay".to_owned() });
        assert_eq!(why.kind, kind, "{body}: {why:?}");
        assert!(!body.contains("refused") || why.said == "Connection refused", "{why:?}");
        // The one that takes all is believed for as long as it runs, less its last half second.
        let written = world.written();
        assert!(samples(0, count).ends_with(&written), "{body}: not the end of it");
        let least = if body.starts_with("cat") { 24_000 } else { count };
        assert!(written.len() / 2 >= least, "{body}: {} samples", written.len() / 2);
    }
}

#[tokio::test]
async fn a_program_that_wants_a_file_gets_all_of_it_and_the_file_goes() {
    let world = World::with(&[("afplay", "cp \"$1\" heard.wav; sleep 0.2".to_owned())]);
    let mut running = world.start();
    running.speak(ID, 4_800).await;
    let news = running.news(ID).await;
    assert_eq!(news.last(), Some(&AudioNews::Drained { played: 4_800 }), "{news:?}");
    let heard = std::fs::read(world.dir.path().join("heard.wav")).unwrap();
    assert!(heard[44..] == samples(0, 4_800));
    tokio::time::timeout(CAP, async {
        while std::fs::read_dir(&world.deps.dir).unwrap().count() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the file is gone");
}

#[tokio::test]
async fn things_are_spoken_one_after_the_other() {
    let world = World::with(&[]);
    let mut running = world.start();
    let ids = [1, 2, 3].map(SpeechId);
    for id in ids {
        // The end of one is the beginning of the next.
        running.send(AudioCommand::Open(id)).await;
        running.send(AudioCommand::Samples(id, samples(0, 1_000))).await;
    }
    running.send(AudioCommand::Drain(ids[2])).await;
    for id in ids {
        assert_eq!(running.news(id).await.last(), Some(&AudioNews::Drained { played: 1_000 }));
    }
    assert_eq!(std::fs::read_dir(&world.deps.dir).unwrap().count(), 3, "each has a file");
}

#[tokio::test]
async fn a_pause_that_comes_before_the_beginning_is_kept() {
    let world = World::with(&[]);
    let mut running = world.start();
    running.send(AudioCommand::Pause(ID)).await;
    running.send(AudioCommand::Pause(SpeechId(8))).await;
    running.send(AudioCommand::Resume(SpeechId(8))).await;
    running.speak(ID, 1_000).await;
    running.speak(SpeechId(8), 1_000).await;
    // Nothing of it can be told before it goes on, and the other one waits for it.
    assert!(tokio::time::timeout(SHORT, running.events.recv()).await.is_err());
    running.send(AudioCommand::Resume(ID)).await;
    for id in [ID, SpeechId(8)] {
        assert_eq!(running.news(id).await.last(), Some(&AudioNews::Drained { played: 1_000 }));
    }
}
