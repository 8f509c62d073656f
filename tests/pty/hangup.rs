//! The terminal goes away: an idle program ends, an answer is finished and kept, and nobody spins
//! on a dead terminal.

use crate::harness::process;
use crate::harness::term::{Term, has};
use crate::harness::world::{Home, Sim, Start};

/// Ticks of the processor that a program may use after its terminal went, in a build without
/// optimization: a program that spins uses a hundred a second.
const TICKS: u64 = 60;

/// Closes the terminal and waits for the end; fails if the program was busy meanwhile.
fn hang_up_and_end(term: &mut Term) {
    let before = process::ticks(term.pid());
    term.hang_up();
    let mut after = before;
    process::wait_until("the program ends without its terminal", || {
        let now = process::ticks(term.pid());
        after = now.or(after);
        now.is_none()
    });
    assert_eq!(term.ended(), 129);
    if let (Some(before), Some(after)) = (before, after) {
        assert!(after - before <= TICKS, "{} ticks without a terminal", after - before);
    }
}

#[test]
fn an_idle_program_ends_and_keeps_the_draft() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    let mut term = Start::new(&home, &sim).ready();
    term.keys("a draft");
    term.wait_for("a draft");
    hang_up_and_end(&mut term);
    let term = Start::new(&home, &sim).spawn();
    term.wait_for("a draft");
}

#[test]
fn an_answer_is_finished_and_kept() {
    let home = Home::new();
    let words: Vec<String> = (1..=50).map(|n| format!("word{n}")).collect();
    let answer = words.join(" ");
    let sim = Sim::with(&format!("[[rule]]\nrate = 40\nanswer = \"{answer}\""));
    let mut term = Start::new(&home, &sim).ready();
    term.ask("count");
    term.wait_for("word1 word2");
    hang_up_and_end(&mut term);
    let term = Start::new(&home, &sim).spawn();
    for words in words.chunks(3) {
        term.wait_for(&words.join(" "));
    }
    assert!(!has(&term.screen(), "unfinished"));
    assert_eq!(sim.seen().len(), 1, "nothing was asked twice");
}

#[test]
fn an_answer_that_stalls_is_given_up_and_kept() {
    let home = Home::new();
    home.configure("[deadlines]\nidle = 2\n");
    let sim = Sim::with(
        "[[rule]]\nrate = 0\nanswer = \"one two three four five\"\nstall_after_tokens = 3",
    );
    let mut term = Start::new(&home, &sim).ready();
    term.ask("count");
    term.wait_for("one two");
    hang_up_and_end(&mut term);
    let term = Start::new(&home, &sim).spawn();
    term.wait_for("one two");
    term.wait_for("unfinished");
    term.wait_for("The answer stopped coming for 2.0 s. What arrived is kept.");
}

#[test]
fn a_terminal_that_goes_while_it_is_stuck_is_no_trap() {
    let home = Home::new();
    let answer = "many words to fill a terminal that nobody reads\\n\\n".repeat(600) + "the end";
    let sim = Sim::with(&format!("[[rule]]\nrate = 5000\nanswer = \"{answer}\""));
    let mut term = Start::new(&home, &sim).ready();
    term.pause(true);
    term.keys("talk\r");
    process::wait_until("the answer is asked for", || !sim.seen().is_empty());
    term.hang_up();
    assert_eq!(term.ended(), 129);
    let term = Start::new(&home, &sim).spawn();
    term.wait_for("the end");
    assert!(!has(&term.screen(), "unfinished"));
}
