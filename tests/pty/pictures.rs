//! A frame of a video as a picture in the terminal: sent once, taken away when it is gone, sent
//! again after the screen was cleared, and none left behind.

#![cfg(target_os = "linux")]

use std::process::Stdio;

use lian::sim::Options;

use crate::harness::term::{Term, has};
use crate::harness::wire::count;
use crate::harness::world::{Home, Sim, Start};
use crate::suspend::{shell, skip};

const SHOW: &[u8] = b"\x1b_Ga=T,";
const DELETE: &[u8] = b"\x1b_Ga=d,d=I,i=1818845550,q=2\x1b\\";
/// iTerm2's.
const INLINE: &[u8] = b"\x1b]1337;File=inline=1;";

/// Without `ffmpeg` there is no frame to show.
fn ffmpeg() -> bool {
    let mut command = std::process::Command::new("ffmpeg");
    let run = command.arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = run.is_ok_and(|status| status.success());
    if !found {
        skip("ffmpeg is not installed");
    }
    found
}

/// A home with a video that is there, and the simulator that made it.
fn with_a_video() -> (Home, Sim) {
    let home = Home::new();
    let sim = Sim::start(Options { time_scale: 400.0, ..Options::default() });
    let words = ["video", "create", "--size", "832*480", "--prompt", "a paper boat", "--wait"];
    let made = Start::new(&home, &sim).args(&words).spawn().leave();
    assert_eq!(made.code, 0, "{}", made.screen.contents());
    (home, sim)
}

/// Looks at results.
fn open(term: &Term) {
    term.wait_for("a paper boat");
    term.keys("\x1b3");
    term.wait_for("close");
    term.keys("v");
}

/// Looks at the video until bytes like these have come so often.
fn look(term: &Term, show: &[u8]) {
    open(term);
    term.wait_raw("the picture", |raw| count(raw, show) == 1);
}

#[test]
fn kitty_shows_a_picture_and_keeps_none() {
    if !ffmpeg() {
        return;
    }
    let (home, sim) = with_a_video();
    let term = Start::new(&home, &sim).env("TERM", "xterm-kitty").ready();
    look(&term, SHOW);
    assert_eq!(count(&term.raw(), DELETE), 0, "there was none before");
    term.wait_for("Result 1 of 1");
    // A redraw and another size send it again; the one before is taken away first.
    term.keys("\x0c");
    term.wait_raw("the picture again", |raw| count(raw, SHOW) == 2);
    term.resize(120, 40);
    term.wait_raw("the picture in another size", |raw| count(raw, SHOW) == 3);
    assert_eq!(count(&term.raw(), DELETE), 2);
    // It goes with the page, and nothing sends it again.
    term.keys("q");
    term.wait_raw("it is taken away", |raw| count(raw, DELETE) == 3);
    term.wait_without("Result 1 of 1");
    term.keys("v");
    term.wait_raw("the picture once more", |raw| count(raw, SHOW) == 4);
    term.signal(libc::SIGTERM);
    let left = term.leave();
    let last = |part: &[u8]| left.raw.windows(part.len()).rposition(|bytes| bytes == part);
    assert!(last(DELETE) > last(SHOW), "taken away at the end");
    assert!(last(DELETE) < last(b"\x1b[?1049l"), "before the screen is left");
    assert_eq!(count(&left.raw, SHOW), 4);
}

#[test]
fn a_terminal_gets_pictures_its_own_way_or_half_blocks() {
    if !ffmpeg() {
        return;
    }
    let (home, sim) = with_a_video();
    let term = Start::new(&home, &sim).env("TERM_PROGRAM", "iTerm.app").ready();
    look(&term, INLINE);
    term.keys("\x1bq");
    assert_eq!(count(&term.leave().raw, SHOW), 0);
    let term = Start::new(&home, &sim).env("TERM", "xterm-kitty").env("LIAN_PICTURES", "blocks");
    let term = term.ready();
    open(&term);
    term.wait_for("▀▀▀▀▀▀▀▀▀▀");
    assert_eq!(count(&term.raw(), SHOW), 0);
}

#[test]
fn a_stopped_program_leaves_no_picture_and_shows_it_again() {
    if !ffmpeg() {
        return;
    }
    let (home, sim) = with_a_video();
    let Some(shell) = shell(&home) else { return };
    let program = env!("CARGO_BIN_EXE_lian");
    shell.keys(&format!("LIAN_PICTURES=kitty '{program}' --base-url {}\n", sim.origin()));
    shell.wait_for("Ask something");
    look(&shell, SHOW);
    shell.keys("\x1a");
    shell.wait_for("Stopped");
    assert_eq!(count(&shell.raw(), DELETE), 1, "taken away before the shell has its terminal");
    shell.keys("clear; fg\n");
    shell.wait_raw("the picture again", |raw| count(raw, SHOW) == 2);
    shell.keys("\x1bq");
    shell.wait_until("the shell's screen", |screen| {
        !screen.alternate_screen() && !has(screen, "Result")
    });
    let raw = shell.raw();
    let last = |part: &[u8]| raw.windows(part.len()).rposition(|bytes| bytes == part);
    assert!(last(DELETE) > last(SHOW));
}
