//! The sound service with the real player and with real programs, measured at the sound server, and
//! what is left in the file when a player is killed in the midst.

use std::path::PathBuf;
use std::process::Command;

use lian::domain::audio::{AudioCommand, AudioEvent, AudioNews, SinkChoice, SinkName};
use lian::domain::ids::SpeechId;
use lian::service::audio::{Deps, Handle, Patience, spawn};
use tokio::sync::mpsc::{Receiver, channel};
use tokio_util::sync::CancellationToken;

use crate::process::PLAYER;
use crate::server::{CAP, Server, say};
use crate::sound::{self, RECORDED, SENT, first, last, likeness, whole};

const ID: SpeechId = SpeechId(1);

/// The service on a machine that has only what is in one directory.
fn service(
    server: &Server,
    bin: PathBuf,
    choices: Vec<SinkChoice>,
) -> (Handle, Receiver<AudioEvent>) {
    let (out, events) = channel(1_024);
    let deps = Deps {
        choices,
        beside: None,
        path: Some(bin.into_os_string()),
        dir: server.dir().join("speech"),
        patience: Patience::default(),
    };
    (spawn(deps, out, CancellationToken::new()), events)
}

/// Has it spoken to the end, in the pieces of a stream.
async fn speak(handle: &Handle, bytes: &[u8]) {
    let send = async |command| handle.send(command).await.expect("a service");
    send(AudioCommand::Open(ID)).await;
    for piece in bytes.chunks(6_000) {
        send(AudioCommand::Samples(ID, piece.to_vec())).await;
    }
    send(AudioCommand::Drain(ID)).await;
}

async fn next(events: &mut Receiver<AudioEvent>) -> AudioNews {
    tokio::time::timeout(CAP, events.recv()).await.expect("in time").expect("a service").what
}

/// Everything up to the last word.
async fn all(events: &mut Receiver<AudioEvent>) -> Vec<AudioNews> {
    let mut news = Vec::new();
    loop {
        news.push(next(events).await);
        if let Some(
            AudioNews::Drained { .. } | AudioNews::Stopped { .. } | AudioNews::Failed { .. },
        ) = news.last()
        {
            return news;
        }
    }
}

/// Has three seconds spoken and compares them with what was recorded.
async fn is_heard(server: &Server, bin: PathBuf, exactly: bool) -> Vec<AudioNews> {
    let (handle, mut events) = service(server, bin, vec![SinkChoice::Player, SinkChoice::Programs]);
    let bytes = sound::sent(3);
    let ((), news) = tokio::join!(speak(&handle, &bytes), all(&mut events));
    let drained = AudioNews::Drained { played: 3 * SENT as u64 };
    assert_eq!(news.last(), Some(&drained), "{news:?}");
    let underruns = news.iter().any(|news| matches!(news, AudioNews::Underruns { .. }));
    assert!(!underruns, "{news:?}");
    let recording = server.and_then(RECORDED / 2);
    let near = first(&recording).expect("sound was heard");
    let like = likeness(3, whole(3), &recording, near);
    say(&format!("correlation {like:.6} by {:?}", news[0]));
    assert!(like > 0.999 || !exactly, "{like}: {news:?}");
    // Samples of another width or rate would take half as long, or twice.
    let heard = (last(&recording).expect("sound") - near) as f64 / RECORDED as f64;
    assert!((2.5..3.5).contains(&heard), "{heard} s of 3: {news:?}");
    news
}

#[tokio::test]
async fn the_service_is_heard_by_the_player() {
    let Some(server) = Server::start("the_service_is_heard_by_the_player") else { return };
    let news = is_heard(&server, server.wrapped("lian-player", PLAYER), true).await;
    assert!(
        matches!(&news[0], AudioNews::Opened { sink: SinkName::Device { device, by } }
            if !device.is_empty() && by == "lian-player"),
        "{news:?}"
    );
}

#[tokio::test]
async fn the_service_is_heard_by_the_programs_of_the_machine() {
    // paplay comes with the server; the others are tried where they are, and have ways of their own
    // with the first and the last moment. pw-play speaks to another one.
    for program in ["paplay", "aplay", "ffplay"] {
        let path = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
        let path = String::from_utf8(path.expect("a shell").stdout).expect("text");
        if path.is_empty() {
            continue;
        }
        let Some(server) = Server::start("the_service_is_heard_by_the_programs_of_the_machine")
        else {
            return;
        };
        let news =
            is_heard(&server, server.wrapped(program, path.trim()), program == "paplay").await;
        let sink = SinkName::Program { name: program.to_owned() };
        assert_eq!(news[0], AudioNews::Opened { sink });
    }
}

#[tokio::test]
async fn when_the_player_is_killed_the_file_has_the_rest() {
    let Some(server) = Server::start("when_the_player_is_killed_the_file_has_the_rest") else {
        return;
    };
    let bin = server.wrapped("lian-player", PLAYER);
    let (handle, mut events) = service(&server, bin, vec![SinkChoice::Player, SinkChoice::File]);
    let bytes = sound::sent(5);
    let kill = async {
        let mut news = Vec::new();
        while !matches!(news.last(), Some(AudioNews::Position { played }) if *played > 24_000) {
            news.push(next(&mut events).await);
        }
        let pid = std::fs::read_to_string(server.dir().join("pid")).expect("a player");
        let killed = Command::new("kill").args(["-KILL", pid.trim()]).status();
        assert!(killed.expect("kill").success(), "the player runs");
        news.extend(all(&mut events).await);
        news
    };
    let ((), news) = tokio::join!(speak(&handle, &bytes), kill);
    assert_eq!(news.last(), Some(&AudioNews::Drained { played: 5 * SENT as u64 }), "{news:?}");
    let fell = news.iter().position(|news| matches!(news, AudioNews::FellBack { .. }));
    let fell = fell.expect("a fall is told");
    let heard = news[..fell].iter().rev().find_map(|news| match news {
        AudioNews::Position { played } => Some(*played),
        _ => None,
    });
    let heard = heard.expect("something was heard") as usize;
    let AudioNews::FellBack { to: SinkName::File { path }, .. } = &news[fell] else {
        panic!("{news:?}");
    };
    let written = std::fs::read(path).expect("the file");
    assert!(written[44..] == bytes[heard * 2..], "not what was not heard");
}
