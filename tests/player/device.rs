//! What the player plays, measured at the sound server: all of it, when it is told to, and silence.

use std::time::Instant;

use lian::player::{Answer, Request};

use crate::process::{PLAYER, Player};
use crate::server::{Server, say};
use crate::sound::{self, RECORDED, SENT, first, last, likeness, whole};

/// Plays `seconds` that come all at once or, `starved`, with a gap in the midst. Answers how like the
/// recording is to what was sent, and the underruns.
fn played(server: &Server, seconds: usize, starved: bool) -> (f64, u64) {
    let mut player = Player::start(&mut server.command(PLAYER));
    let Answer::Opened { rate, channels, device } = player.answer() else { panic!("not opened") };
    assert!(rate > 0 && channels > 0 && !device.is_empty(), "{rate} {channels} {device}");
    let bytes = sound::sent(seconds);
    let (one, two) = bytes.split_at(bytes.len() / 2);
    player.samples(one);
    if starved {
        player.until(|answer| matches!(answer, Answer::Underruns(_)));
    }
    player.samples(two);
    player.ask(&Request::Drain);
    let answers = player.until(|answer| matches!(answer, Answer::Drained(_)));
    assert_eq!(answers.last(), Some(&Answer::Drained((seconds * SENT) as u64)));
    let positions: Vec<u64> = answers
        .iter()
        .filter_map(|answer| match answer {
            Answer::Position(samples) => Some(*samples),
            _ => None,
        })
        .collect();
    assert!(positions.is_sorted() && positions.len() > seconds * 4, "{positions:?}");
    let counted = |answer: &Answer| match answer {
        Answer::Underruns(count) => Some(*count),
        _ => None,
    };
    let underruns = answers.iter().filter_map(counted).max().unwrap_or(u64::from(starved));
    // What it calls drained is in the recording within the recorder's delay.
    let recording = server.and_then(RECORDED / 2);
    let near = first(&recording).expect("sound was heard");
    let like = likeness(seconds, whole(seconds), &recording, near);
    let heard = (last(&recording).expect("sound") - near) as f64 / RECORDED as f64;
    say(&format!(
        "correlation {like:.6}, {heard:.3} s of {seconds} s heard, {underruns} underruns"
    ));
    assert_eq!(player.end(), (Some(0), String::new()));
    (like, underruns)
}

#[test]
fn what_was_sent_is_what_was_heard_and_a_starved_feed_is_found_out() {
    let name = "what_was_sent_is_what_was_heard_and_a_starved_feed_is_found_out";
    let Some(server) = Server::start(name) else { return };
    let (like, underruns) = played(&server, 3, false);
    assert!(like > 0.999 && underruns == 0, "{like} {underruns}");
    drop(server);
    let Some(server) = Server::start(name) else { return };
    let (like, underruns) = played(&server, 3, true);
    assert!(like < 0.99 && underruns >= 1, "{like} {underruns}");
}

#[test]
fn a_pause_is_silence_and_loses_nothing() {
    let Some(server) = Server::start("a_pause_is_silence_and_loses_nothing") else { return };
    let mut player = Player::start(&mut server.command(PLAYER));
    player.samples(&sound::sent(3));
    player.until(|answer| matches!(answer, Answer::Position(samples) if *samples > 24_000));
    player.ask(&Request::Pause);
    // As long as it takes to be silent for a quarter of a second.
    let quiet = RECORDED / 4;
    let silent =
        |recording: &[f32]| last(recording).is_some_and(|last| recording.len() - last > quiet);
    let before = server.wait(silent);
    let pause = last(&before).expect("sound");
    player.ask(&Request::Resume);
    player.ask(&Request::Drain);
    player.until(|answer| *answer == Answer::Drained(72_000));
    let recording = server.and_then(RECORDED / 2);
    let start = first(&recording).expect("sound");
    // Up to the pause it is the beginning; the end is the end, however long the pause was.
    let heard = pause - start;
    let like = likeness(3, 0..heard - RECORDED / 50, &recording, start);
    assert!(like > 0.999, "{like} before the pause");
    let again = pause + quiet + first(&recording[pause + quiet..]).expect("it goes on");
    let rest = last(&recording).expect("sound") + 1 - again;
    let repeated = (heard + rest) as isize - whole(3).len() as isize;
    let repeated = repeated as f64 / RECORDED as f64;
    say(&format!("{repeated:.3} s were heard twice around a pause"));
    assert!((-0.001..0.25).contains(&repeated), "{repeated} s were lost or repeated");
    // The first samples after it begin in the midst of a wave.
    let skip = RECORDED / 50;
    let part = whole(3).end - rest + skip..whole(3).end;
    let like = likeness(3, part, &recording, again + skip);
    assert!(like > 0.999, "{like} after the pause");
    assert_eq!(player.end(), (Some(0), String::new()));
}

#[test]
fn a_stop_is_silence_at_once() {
    let Some(server) = Server::start("a_stop_is_silence_at_once") else { return };
    let mut player = Player::start(&mut server.command(PLAYER));
    let (mut answered, mut heard) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        player.samples(&sound::sent(3));
        let before = server.wait(|_| true).len();
        server.wait(|recording| recording.len() > before && first(&recording[before..]).is_some());
        player.until(|answer| matches!(answer, Answer::Position(_)));
        let asked = Instant::now();
        let at = server.wait(|_| true).len();
        player.ask(&Request::Stop);
        player.until(|answer| matches!(answer, Answer::Stopped(_)));
        answered.push(asked.elapsed().as_secs_f64() * 1_000.0);
        let recording = server.and_then(RECORDED / 2);
        let end = last(&recording).expect("sound");
        assert!(recording.len() - end > RECORDED / 10, "it is silent");
        heard.push(end.saturating_sub(at) as f64 * 1_000.0 / RECORDED as f64);
    }
    let text = |times: &[f64]| times.iter().map(|time| format!("{time:.0}")).collect::<Vec<_>>();
    say(&format!("ms from a stop to its answer: {}", text(&answered).join(" ")));
    say(&format!(
        "ms from a stop to silence at the server, as recorded: {}",
        text(&heard).join(" ")
    ));
    // All samples before the stop are behind it.
    player.samples(&sound::sent(1));
    player.ask(&Request::Drain);
    let answers = player.until(|answer| matches!(answer, Answer::Drained(_)));
    assert_eq!(answers.last(), Some(&Answer::Drained((5 * 3 + 1) * SENT as u64)));
    assert_eq!(player.end(), (Some(0), String::new()));
}

#[test]
fn a_player_with_nothing_to_play_does_not_wake_up() {
    let Some(server) = Server::start("a_player_with_nothing_to_play_does_not_wake_up") else {
        return;
    };
    let mut player = Player::start(&mut server.command(PLAYER));
    player.until(|answer| matches!(answer, Answer::Opened { .. }));
    let idle = |player: &Player, when: &str| {
        // What was just said may still have to settle.
        server.and_then(RECORDED / 2);
        let before = player.switches();
        server.and_then(RECORDED * 2);
        let count = player.switches() - before;
        say(&format!("{count} context switches in 2 s {when}"));
        assert_eq!(count, 0, "it wakes up {when}");
    };
    idle(&player, "before the first sample");
    player.samples(&sound::sent(1));
    player.ask(&Request::Drain);
    player.until(|answer| matches!(answer, Answer::Drained(_)));
    idle(&player, "after the last one");
    player.samples(&sound::sent(1));
    player.until(|answer| matches!(answer, Answer::Position(_)));
    player.ask(&Request::Pause);
    idle(&player, "in a pause");
    player.ask(&Request::Resume);
    player.ask(&Request::Stop);
    player.until(|answer| matches!(answer, Answer::Stopped(_)));
    idle(&player, "after a stop");
    assert_eq!(player.end(), (Some(0), String::new()));
}
