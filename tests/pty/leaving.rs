//! Every way out gives the terminal back: each mode that was set is unset, the kernel's modes are
//! what they were, and nothing is painted afterwards.

use crate::harness::term::{Left, Term};
use crate::harness::wire::{self, Piece};
use crate::harness::world::{Home, Sim, Start};

/// Fails unless the terminal is as it was before the program.
pub(crate) fn assert_given_back(left: &Left) {
    let modes = wire::modes(&left.raw);
    for mode in ["?1049", "?2004", "?1004", "?1000", "?1006"] {
        let (set, unset) = modes.get(mode).copied().unwrap_or_default();
        assert!(set > 0 && set == unset, "{mode} set {set} times, unset {unset} times");
    }
    for (mode, (set, unset)) in &modes {
        // A frame's end and the way out both show the cursor and end the update.
        let fine = match mode.as_str() {
            "?25" => set > &0,
            "?2026" => set <= unset,
            _ => set == unset,
        };
        assert!(fine, "{mode} set {set} times, unset {unset} times");
    }
    assert_eq!(left.modes.0, left.modes.1, "the kernel's modes of the terminal");
    let screen = &left.screen;
    assert!(!screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor());
    assert!(!screen.bold() && !screen.inverse() && !screen.underline());
    assert_eq!(screen.fgcolor(), vt100::Color::Default);
    assert_eq!(screen.bgcolor(), vt100::Color::Default);
    let pieces = wire::pieces(&left.raw);
    let margins = pieces.iter().rev().find_map(|piece| match piece {
        Piece::Csi(parameters, 'r') => Some(parameters.as_str()),
        _ => None,
    });
    assert_eq!(margins, Some(""), "the last word on margins is that there are none");
    let gone = Piece::Csi("?1049".to_owned(), 'l');
    let after = pieces.iter().rev().take_while(|piece| **piece != gone);
    let painted: Vec<_> =
        after.filter(|piece| !matches!(piece, Piece::Text(_) | Piece::Control(_))).collect();
    assert!(painted.is_empty(), "painted on the shell's screen: {painted:?}");
}

fn idle() -> (Home, Sim, Term) {
    let (home, sim) = (Home::new(), Sim::saying("done"));
    let term = Start::new(&home, &sim).ready();
    (home, sim, term)
}

/// In the midst of an answer, with the screen scrolled.
fn answering() -> (Home, Sim, Term) {
    let home = Home::new();
    let sim = Sim::with("[[rule]]\nrate = 2000\ntokens = 100000");
    let term = Start::new(&home, &sim).ready();
    term.ask("talk");
    term.wait_raw("margins for scrolling", |raw| {
        wire::pieces_lossy(raw)
            .iter()
            .any(|piece| matches!(piece, Piece::Csi(p, 'r') if p.contains(';')))
    });
    (home, sim, term)
}

#[test]
fn quitting_by_each_key_ends_with_0() {
    for keys in ["\x04", "\x03\x03", "\x1bq"] {
        let (_home, _sim, term) = idle();
        term.keys(keys);
        let left = term.leave();
        assert_eq!(left.code, 0, "{keys:?}");
        assert_given_back(&left);
        assert!(left.screen.contents().trim().is_empty(), "{}", left.screen.contents());
    }
}

#[test]
fn quitting_in_an_answer_ends_with_0() {
    let (_home, _sim, term) = answering();
    term.keys("\x1bq");
    let left = term.leave();
    assert_eq!(left.code, 0);
    assert_given_back(&left);
}

#[test]
fn every_signal_gives_the_terminal_back() {
    for (signal, code) in [(libc::SIGTERM, 143), (libc::SIGINT, 130), (libc::SIGHUP, 129)] {
        let (_home, _sim, term) = idle();
        term.signal(signal);
        let left = term.leave();
        assert_eq!(left.code, code, "signal {signal}");
        assert_given_back(&left);
    }
}

#[test]
fn signals_in_an_answer_give_the_terminal_back() {
    for (signal, code) in [(libc::SIGTERM, 143), (libc::SIGINT, 130)] {
        let (_home, _sim, term) = answering();
        term.signal(signal);
        let left = term.leave();
        assert_eq!(left.code, code, "signal {signal}");
        assert_given_back(&left);
    }
}

#[test]
fn a_hang_up_signal_in_an_answer_gives_the_terminal_back_at_once() {
    let (home, sim) = (Home::new(), Sim::with("[[rule]]\nrate = 20\ntokens = 60"));
    let term = Start::new(&home, &sim).ready();
    term.ask("talk");
    term.wait_for("answering");
    term.signal(libc::SIGHUP);
    term.wait_until("the shell's screen", |screen| !screen.alternate_screen());
    // The answer goes on without a screen and is kept.
    let left = term.leave();
    assert_eq!(left.code, 129);
    assert_given_back(&left);
}

#[test]
fn kitty_keys_are_given_back_too() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    for signal in [None, Some(libc::SIGTERM)] {
        let term = Start::new(&home, &sim).env("TERM", "xterm-kitty").ready();
        match signal {
            // As such a terminal tells Ctrl+D.
            None => term.keys("\x1b[100;5u"),
            Some(signal) => term.signal(signal),
        }
        let left = term.leave();
        assert_eq!(left.code, if signal.is_some() { 143 } else { 0 });
        assert_given_back(&left);
        assert_eq!(wire::modes(&left.raw).get("u"), Some(&(1, 1)));
    }
}

#[test]
fn a_terminal_without_another_screen_is_cleared() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    let term = Start::new(&home, &sim).env("TERM", "linux").ready();
    term.keys("\x04");
    let left = term.leave();
    assert_eq!(left.code, 0);
    let modes = wire::modes(&left.raw);
    assert!(!modes.contains_key("?1049"), "{modes:?}");
    assert_eq!(left.modes.0, left.modes.1);
    assert!(left.screen.contents().trim().is_empty());
    assert!(!left.screen.hide_cursor() && !left.screen.bracketed_paste());
}
