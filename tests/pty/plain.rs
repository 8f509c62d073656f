//! The screen for screen readers: lines that are only ever added, in the terminal's own line mode.

use crate::harness::term::Term;
use crate::harness::world::{Home, Sim, Start};

/// No byte may move the cursor, set a colour or ask the terminal for anything.
fn assert_only_lines(raw: &[u8]) {
    assert!(!raw.contains(&0x1b), "{:?}", String::from_utf8_lossy(raw));
}

/// Waits for the figures after so many answers.
fn answers(term: &Term, count: usize) {
    term.wait_raw(&format!("{count} answers"), |raw| {
        String::from_utf8_lossy(raw).matches("first token").count() == count
    });
}

#[test]
fn a_conversation_is_held_in_lines() {
    let sim = Sim::saying("first line\n\nsecond **line** 完");
    let home = Home::new();
    let mut term = Start::new(&home, &sim).args(&["--plain"]).env("TERM", "dumb").spawn();
    term.wait_for("Questions go to qwen-plus");
    term.keys("what\n");
    term.wait_for("second **line** 完");
    term.wait_for("first token");
    // A backslash goes on in the next line; a second slash makes a message of a command.
    term.keys("one\\\ntwo\n");
    answers(&term, 2);
    term.keys("//three\n");
    answers(&term, 3);
    assert_eq!(sim.seen().len(), 3, "two lines were one message");
    term.keys("/nothing\n");
    term.wait_for("There is no command /nothing");
    assert_only_lines(&term.raw());
    term.keys("/quit\n");
    assert_eq!(term.ended(), 0);
}

#[test]
fn lists_are_numbered_rows_that_are_taken_by_number_or_narrowed_by_words() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    let mut term = Start::new(&home, &sim).args(&["--plain"]).spawn();
    term.wait_for("Questions go to");
    term.keys("/help\n");
    term.wait_for("1. /new");
    term.wait_for("A number takes a row");
    term.keys("quit\n");
    term.wait_for("1. /quit");
    assert_only_lines(&term.raw());
    term.keys("1\n");
    assert_eq!(term.ended(), 0);
}

#[test]
fn limits_are_read_out_and_a_message_that_waits_says_so() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    home.configure("[limits]\npace = \"enforce\"\n[profiles.default.limits]\nrpm = 1\n");
    let mut term = Start::new(&home, &sim).args(&["--plain"]).spawn();
    term.wait_for("Questions go to");
    term.keys("first\n");
    answers(&term, 1);
    term.keys("second\n");
    term.wait_for("(RPM)");
    term.keys("/meters\n");
    term.wait_for("own setting");
    assert_only_lines(&term.raw());
    assert_eq!(sim.seen().len(), 1, "it waits");
    term.keys("\n/quit\n");
    assert_eq!(term.ended(), 0);
}

#[test]
fn a_variable_asks_for_it_and_the_end_of_input_ends_it() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    let mut term = Start::new(&home, &sim).env("ACCESSIBLE", "1").spawn();
    term.wait_for("Questions go to");
    term.keys("\x04");
    assert_eq!(term.ended(), 0);
}

#[test]
fn ctrl_c_stops_the_answer_and_twice_ends() {
    let stalls = "[[rule]]\nrate = 0\nanswer = \"alpha\\n beta gamma delta epsilon\"\nstall_after_tokens = 2";
    let (home, sim) = (Home::new(), Sim::with(stalls));
    let mut term = Start::new(&home, &sim).args(&["--plain"]).spawn();
    term.wait_for("Questions go to");
    term.keys("stall\n");
    term.wait_for("alpha");
    term.keys("\x03");
    term.wait_for("unfinished");
    term.wait_for("Press Ctrl+C again to quit");
    term.keys("\x03");
    assert_eq!(term.ended(), 0);
}

#[test]
fn parameters_are_set_by_numbers_and_lines() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    let mut term = Start::new(&home, &sim).args(&["--plain"]).spawn();
    term.wait_for("Questions go to");
    term.keys("/params\n");
    term.wait_for("5. Temperature");
    term.keys("5\n");
    term.wait_for("Type the value");
    term.keys("3\n");
    term.wait_for("outside of the range");
    term.keys("0.5\n");
    term.wait_for("Temperature          0.5");
    term.keys("4\n");
    term.wait_for("JSON mode            on");
    term.keys("\nhello\n");
    term.wait_for("the word JSON must stand");
    term.keys("1\n");
    answers(&term, 1);
    let body = sim.seen()[0].body.clone();
    assert_eq!(
        (&body["temperature"], &body["response_format"]["type"]),
        (&0.5.into(), &"json_object".into())
    );
    assert_eq!(body["messages"][0]["content"], "hello\n\nAnswer in JSON.");
    assert_only_lines(&term.raw());
    term.keys("/quit\n");
    assert_eq!(term.ended(), 0);
}

#[test]
fn several_answers_are_read_out_with_numbers_and_one_is_taken() {
    let home = Home::new();
    let sim = Sim::with(
        "[[rule]]\nmodel = \"qwen-plus\"\nrate = 0\nanswer = \"alpha beta\"\n\
         [[rule]]\nmodel = \"qwen-max\"\nrate = 0\nanswer = \"one two\"",
    );
    let mut term = Start::new(&home, &sim).args(&["--plain"]).spawn();
    term.wait_for("Questions go to");
    term.keys("/compare qwen-plus qwen-max\n");
    term.keys("hello\n");
    for text in ["1. qwen-plus", "alpha beta", "2. qwen-max", "one two"] {
        term.wait_for(text);
    }
    answers(&term, 2);
    term.keys("2\n");
    term.keys("go on\n");
    answers(&term, 3);
    let seen = sim.seen();
    assert_eq!(seen[2].body["model"], "qwen-max");
    assert_eq!(seen[2].body["messages"][1]["content"], "one two");
    assert_only_lines(&term.raw());
    term.keys("/quit\n");
    assert_eq!(term.ended(), 0);
}
