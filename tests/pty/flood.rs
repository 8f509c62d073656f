//! Keys always answer and memory stays small: endless streams, giant lines, bursts of keys, and a
//! terminal that takes nothing for a while.

use crate::harness::fake::{self, Fake};
use crate::harness::process;
use crate::harness::term::Term;
use crate::harness::world::{Home, Sim, Start};

/// What the program may use of memory, in bytes.
const MEMORY: u64 = 150 * 1000 * 1000;

/// 200,000 tokens as fast as they can be sent, then an answer.
const FLOOD: &str = "[[rule]]\ncall = 1\nrate = 0\ntokens = 200000\n\
                     [[rule]]\nrate = 0\nanswer = \"all is well\"";

/// Fails if the program uses more memory than it may. Only Linux tells.
fn assert_small(term: &Term) {
    if let Some(memory) = process::memory(term.pid()) {
        assert!(memory < MEMORY, "{memory} bytes in use");
    }
}

#[test]
fn a_flood_leaves_room_for_keys_and_esc_stops_it() {
    let (home, sim) = (Home::new(), Sim::with(FLOOD));
    let mut term = Start::new(&home, &sim).ready();
    term.ask("flood");
    term.wait_for("Measured answer");
    let mut typed = String::new();
    for word in ["typed", " in", " the", " flood"] {
        term.keys(word);
        typed.push_str(word);
        term.wait_for(&typed);
    }
    term.keys("\x1b");
    term.wait_for_end();
    term.wait_for("Stopped.");
    assert_small(&term);
    term.keys("\r");
    term.wait_for("all is well");
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

#[test]
fn a_flood_can_be_read_from_its_beginning() {
    let (home, sim) = (Home::new(), Sim::with(FLOOD));
    let term = Start::new(&home, &sim).ready();
    term.ask("where it began");
    term.wait_for("answering");
    term.wait_without("where it began");
    term.keys("\x1b[1;3A");
    term.wait_for("where it began");
    term.wait_for("more below");
    // What streams in below moves nothing above.
    let before = term.contents();
    // The meters above it do move.
    let rows = |text: &str| text.lines().take(20).skip(3).map(str::to_owned).collect::<Vec<_>>();
    let written = term.raw().len();
    term.keys("x");
    term.wait_for("· 1 tok");
    assert!(term.raw().len() > written);
    assert_eq!(rows(&term.contents()), rows(&before));
}

#[test]
fn a_terminal_that_takes_nothing_does_not_hold_up_esc() {
    let (home, sim) = (Home::new(), Sim::with(FLOOD));
    let term = Start::new(&home, &sim).ready();
    term.ask("flood");
    term.wait_for("Measured answer");
    term.pause(true);
    let before = process::memory(term.pid());
    term.keys("\x1b");
    // Nothing is seen, but the server notices that nobody wants the rest.
    process::wait_until("the answer is stopped", || sim.active() == 0);
    assert!(before.is_none_or(|before| before < MEMORY));
    term.pause(false);
    term.wait_for("Stopped.");
    term.ask("second question");
    term.wait_for("all is well");
    assert_small(&term);
}

#[test]
fn a_terminal_that_takes_nothing_for_a_while_shows_the_end() {
    let home = Home::new();
    let answer = "a line of the answer that fills the row up to its end\\n\\n".repeat(800);
    let sim = Sim::with(&format!("[[rule]]\nrate = 0\nanswer = \"{answer}the end\""));
    let term = Start::new(&home, &sim).ready();
    term.pause(true);
    term.keys("flood\r");
    process::wait_until("all is sent", || !sim.seen().is_empty() && sim.active() == 0);
    term.pause(false);
    term.wait_for("the end");
    term.wait_for_end();
}

#[test]
fn a_line_longer_than_any_real_one_is_refused_with_a_sentence() {
    for megabytes in [8, 60] {
        let home = Home::new();
        let line = "x".repeat(megabytes * 1024 * 1024);
        let server = Fake::saying(fake::answer(&[fake::delta("before "), fake::delta(&line)]));
        let mut term = Start::at(&home, &server.origin()).ready();
        term.ask("how long?");
        term.wait_for("before");
        term.wait_for("A piece of the answer was larger than");
        term.wait_for("What arrived before is kept.");
        assert_small(&term);
        term.keys("typed");
        term.wait_for("typed");
        term.keys("\x1bq");
        assert_eq!(term.ended(), 0);
    }
}

#[test]
fn a_line_of_three_megabytes_is_shown_and_keys_answer() {
    let home = Home::new();
    let line = "lian ".repeat(3 * 1024 * 1024 / 5);
    let server = Fake::saying(fake::answer(&[fake::delta(&line), fake::delta("the end")]));
    let mut term = Start::at(&home, &server.origin()).ready();
    term.ask("how long?");
    term.wait_for("lian lian");
    term.keys("typed meanwhile");
    term.wait_for("typed meanwhile");
    term.wait_for("lian the end");
    assert_small(&term);
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

#[test]
fn a_burst_of_keys_loses_none() {
    let (home, sim) = (Home::new(), Sim::saying("got it"));
    let term = Start::new(&home, &sim).ready();
    // More than a reader's block, at once and without the marks of a paste.
    let text = "all these words are typed at once ".repeat(60);
    term.keys(&text);
    term.keys("end");
    term.wait_for("at once end");
    term.keys("\r");
    term.wait_for("got it");
    let content = sim.seen()[0].body["messages"][0]["content"].clone();
    assert_eq!(content, format!("{text}end"));
}

#[test]
fn keys_and_resizes_at_once_are_all_heard() {
    let (home, sim) = (Home::new(), Sim::saying("got it"));
    let term = Start::new(&home, &sim).ready();
    let mut typed = String::new();
    for n in 0_u16..40 {
        term.resize(60 + n, 20 + n % 7);
        let letter = char::from(b'a' + u8::try_from(n % 26).unwrap_or(0));
        term.keys(&letter.to_string());
        typed.push(letter);
    }
    term.wait_for(&typed);
    term.wait_until("the last size", |screen| {
        screen.rows(0, 99).any(|row| row.chars().count() == 99 && row.ends_with('─'))
    });
    term.keys("\r");
    term.wait_for("got it");
}
