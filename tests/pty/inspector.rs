//! The inspector in the real program: what the server really said is on the screen, the key is not,
//! and nothing of it reaches the disk.

use crate::harness::term::{flat, has};
use crate::harness::wire;
use crate::harness::world::{Home, KEY, Sim, Start};

#[test]
fn a_page_in_place_of_an_answer_can_be_looked_at() {
    let home = Home::new();
    let sim = Sim::with("[[rule]]\ngarbage = \"html\"");
    let term = Start::new(&home, &sim).ready();
    term.keys("hello\r");
    term.wait_for("no answer");
    term.keys("\x1b2");
    term.keys("J");
    for text in ["HTTP 200", "<!doctype html>", "x-request-id"] {
        term.wait_for(text);
    }
    term.keys("\t");
    for text in ["POST http://", "authorization: Bearer sk-***", "\"content\": \"hello\""] {
        term.wait_for(text);
    }
    assert!(!flat(&term.screen()).contains(KEY));
    term.keys("q");
    term.wait_without("POST http://");
    term.keys("\x1bq");
    let left = term.leave();
    assert!(!String::from_utf8_lossy(&left.raw).contains(KEY));
    let files =
        [home.data(), home.state()].into_iter().filter_map(|dir| std::fs::read_dir(dir).ok());
    for file in files.flatten().flatten() {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("<!doctype"), "{}", file.path().display());
    }
}

#[test]
fn binary_nonsense_does_not_drive_the_terminal() {
    let home = Home::new();
    let sim = Sim::with("[[rule]]\ngarbage = \"binary\"\nafter_tokens = 0");
    let term = Start::new(&home, &sim).ready();
    term.keys("hello\r");
    term.wait_until("the answer is over", |screen| {
        !has(screen, "answering") && !has(screen, "first word")
    });
    term.keys("\x1b2");
    term.keys("J");
    term.wait_for("HTTP 200");
    term.wait_for("\u{27e8}0\u{27e9}");
    term.keys("\x1bq");
    assert_eq!(wire::forbidden(&term.leave().raw), Vec::<String>::new());
}
