//! The player where there is no sound, and where there is trouble: it says why in a frame, nothing on
//! its standard error, and it ends.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use lian::domain::audio::FaultKind;
use lian::player::{Answer, GREETING, Request};

use crate::process::{PLAYER, Player};
use crate::server::{Server, say};
use crate::sound;

/// The player in a home without any settings.
fn elsewhere(home: &tempfile::TempDir) -> Command {
    let mut command = Command::new(PLAYER);
    command.env_clear().env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path());
    command
}

/// The last word of a player that fails.
fn failure(player: &Player) -> (FaultKind, String) {
    let failed = |answer: &Answer| matches!(answer, Answer::Failed { .. });
    match player.until(failed).pop() {
        Some(Answer::Failed { kind, said }) => (kind, said),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_a_device_it_says_so_and_nothing_else() {
    let home = tempfile::tempdir().expect("a directory");
    // A default device that is not there, whatever the machine has.
    let settings = "pcm.!default { type hw card 31 }\nctl.!default { type hw card 31 }\n";
    std::fs::write(home.path().join(".asoundrc"), settings).expect("a file");
    let player = Player::start(&mut elsewhere(&home));
    let (kind, said) = failure(&player);
    assert_eq!(kind, FaultKind::NoDevice, "{said}");
    assert!(!said.is_empty());
    assert_eq!(player.ended(), (Some(1), String::new()), "ALSA's own words are not to be seen");
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let Some(server) = Server::start("a_server_that_never_answers_is_given_up") else { return };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let hole = format!("tcp:127.0.0.1:{}", address.port());
    let player = Player::start(server.command(PLAYER).env("PULSE_SERVER", hole));
    let (kind, said) = failure(&player);
    assert_eq!(kind, FaultKind::Slow, "{said}");
    assert_eq!(player.ended(), (Some(1), String::new()));
}

#[test]
fn a_server_that_dies_is_survived_and_told() {
    let Some(mut server) = Server::start("a_server_that_dies_is_survived_and_told") else { return };
    let mut player = Player::start(&mut server.command(PLAYER));
    player.samples(&sound::sent(3));
    player.until(|answer| matches!(answer, Answer::Position(_)));
    let before = player.time();
    server.kill();
    let (kind, said) = failure(&player);
    let lost = [FaultKind::DeviceLost, FaultKind::NoDevice, FaultKind::Slow];
    assert!(lost.contains(&kind), "{kind:?} {said}");
    say(&format!("{kind:?} {said}: {} hundredths of a second of CPU", player.time() - before));
    assert_eq!(player.ended(), (Some(1), String::new()));
}

#[test]
fn it_ends_with_its_input_even_while_it_plays() {
    let Some(server) = Server::start("it_ends_with_its_input_even_while_it_plays") else { return };
    let mut player = Player::start(&mut server.command(PLAYER));
    player.samples(&sound::sent(3));
    player.until(|answer| matches!(answer, Answer::Position(_)));
    assert_eq!(player.end(), (Some(0), String::new()));
    let silent = |recording: &[f32]| {
        sound::last(recording).is_some_and(|last| recording.len() - last > sound::RECORDED / 5)
    };
    server.wait(silent);
}

#[test]
fn input_that_it_does_not_understand_ends_it() {
    let home = tempfile::tempdir().expect("a directory");
    let mut flood = GREETING.to_vec();
    flood.extend([b'A', 0, 0, 0, 255]);
    let mut early = GREETING.to_vec();
    early.extend(lian::player::Frame::to_bytes(&Request::Pause));
    for bytes in [vec![b'x'; 20_000], flood, early] {
        let mut player = Player::bare(&mut elsewhere(&home));
        player.write(&bytes);
        assert_eq!(failure(&player).0, FaultKind::Garbage);
        assert_eq!(player.ended(), (Some(1), String::new()));
    }
}

#[test]
fn people_who_start_it_are_told_what_it_is() {
    let run = |arguments: &[&str]| {
        let done = Command::new(PLAYER).args(arguments).stdin(Stdio::null()).output();
        let done = done.expect("a player");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (done.status.code(), text(done.stdout), text(done.stderr))
    };
    let (code, out, err) = run(&["--help"]);
    assert!(code == Some(0) && out.contains("ssh -T") && err.is_empty(), "{out}{err}");
    let version = format!("lian-player {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&["--version"]), (Some(0), version, String::new()));
    let (code, out, err) = run(&["song.wav"]);
    assert!(code == Some(2) && out.is_empty() && err.contains("--help"), "{out}{err}");
}
