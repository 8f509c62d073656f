//! The main job: a question is typed, the answer streams in, keys answer meanwhile.

use crate::harness::term::{has, picture};
use crate::harness::world::{Home, Sim, Start};

/// An answer that begins and then waits for ever: a state that does not depend on time.
const STALLS: &str = "[[rule]]\nrate = 0\nanswer = \"alpha beta gamma delta epsilon zeta\"\n\
                      stall_after_tokens = 4\ncall = 1\n\
                      [[rule]]\nrate = 0\nanswer = \"second answer\"";

#[test]
fn the_first_frame_says_where_one_is() {
    let (home, sim) = (Home::new(), Sim::saying("yes"));
    let term = Start::new(&home, &sim).ready();
    for text in ["lian", "qwen-plus", &sim.address(), "A new conversation", "Enter send"] {
        term.wait_for(text);
    }
    assert!(!has(&term.screen(), "simulator"), "it cannot know what is at that address");
    assert!(sim.seen().is_empty(), "nothing is asked before the user asks");
}

#[test]
fn the_demo_needs_no_key_and_says_that_it_is_one() {
    let home = Home::new();
    let mut term = Start::bare(&home).args(&["--demo"]).without("DASHSCOPE_API_KEY").ready();
    for text in ["simulator", "costs nothing", "prices: seed"] {
        term.wait_for(text);
    }
    term.ask("讲一讲异步任务");
    term.wait_for("讲一讲异步任务");
    term.wait_for("请以官方文档为准");
    term.wait_for_end();
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

#[test]
fn the_demo_speaks_chinese_where_the_environment_does() {
    let home = Home::new();
    let mut term = Start::bare(&home).args(&["--demo"]).env("LANG", "zh_CN.UTF-8").spawn();
    term.wait_for("模拟器");
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

#[test]
fn a_question_streams_to_the_end_as_rendered_markdown() {
    let (home, sim) = (
        Home::new(),
        Sim::saying(
            "# Title\n\nSome **bold** words, `code` and a [link](https://example.com/x).\n\n- one\n- two\n\nThe end 完.",
        ),
    );
    let term = Start::new(&home, &sim).ready();
    term.ask("what is it?");
    term.wait_for("The end 完.");
    term.wait_for_end();
    term.wait_for("first token");
    let screen = term.screen();
    for text in ["what is it?", "Title", "Some bold words, code and a link", "example.com/x", "one"]
    {
        assert!(has(&screen, text), "{text}\n{}", screen.contents());
    }
    assert!(!has(&screen, "**bold**") && !has(&screen, "# Title"));
    let bodies = sim.seen();
    assert_eq!(bodies.len(), 1);
    assert_eq!(bodies[0].body["messages"][0]["content"], "what is it?");
    assert!(bodies[0].had_auth);
}

#[test]
fn a_question_on_the_command_line_is_asked_at_once() {
    let (home, sim) = (Home::new(), Sim::saying("because it is"));
    let term = Start::new(&home, &sim).args(&["why is it so?"]).spawn();
    term.wait_for("why is it so?");
    term.wait_for("because it is");
}

#[test]
fn typing_while_an_answer_streams_loses_nothing() {
    let home = Home::new();
    let sim = Sim::with(
        "[[rule]]\nrate = 100\ntokens = 100000\ncall = 1\n[[rule]]\nrate = 0\nanswer = \"so be it\"",
    );
    let term = Start::new(&home, &sim).ready();
    term.ask("go on for long");
    term.wait_for("answering");
    let mut typed = String::new();
    for letter in "a b c d e f g h 你好 the quick brown fox".chars() {
        term.keys(&letter.to_string());
        typed.push(letter);
        term.wait_for(typed.trim_end());
    }
    // Enter queues the message; a stopped answer holds the queue until it is let go.
    term.keys("\r");
    term.wait_for(&format!(" 1  {typed}"));
    term.keys("\x1b");
    term.wait_for("unfinished");
    term.wait_for("1 message waits");
    term.keys("\x1bg");
    term.wait_for("so be it");
    let bodies = sim.seen();
    let messages = bodies[1].body["messages"].as_array().expect("messages");
    assert_eq!(messages.last().expect("one")["content"], typed);
}

#[test]
fn esc_stops_within_the_answer_and_the_next_question_works() {
    let (home, sim) = (Home::new(), Sim::with(STALLS));
    let term = Start::new(&home, &sim).ready();
    term.ask("first");
    term.wait_for("alpha beta");
    term.wait_for("answering");
    term.keys("\x1b");
    term.wait_for("unfinished");
    term.wait_for("Stopped.");
    term.wait_for("Alt+C goes on from here");
    term.wait_for_end();
    term.ask("second");
    term.wait_for("second answer");
}

#[test]
fn ctrl_c_stops_the_answer_first() {
    let (home, sim) = (Home::new(), Sim::with(STALLS));
    let mut term = Start::new(&home, &sim).ready();
    term.ask("first");
    term.wait_for("alpha beta");
    term.keys("\x03");
    term.wait_for("unfinished");
    term.wait_for("Press Ctrl+C again to quit.");
    term.keys("\x03");
    assert_eq!(term.ended(), 0);
}

#[test]
fn a_paste_of_many_lines_is_one_message_and_its_escapes_are_gone() {
    let (home, sim) = (Home::new(), Sim::saying("thanks"));
    let term = Start::new(&home, &sim).ready();
    term.keys("\x1b[200~first line\rsecond \x07line\nthird \u{9b}31mline\x1b[201~");
    for text in ["first line", "second line", "third 31mline"] {
        term.wait_for(text);
    }
    assert!(sim.seen().is_empty(), "the newlines of a paste send nothing");
    term.keys("\r");
    term.wait_for("thanks");
    let content = sim.seen()[0].body["messages"][0]["content"].clone();
    assert_eq!(content, "first line\nsecond line\nthird 31mline");
}

#[test]
fn reasoning_is_folded_and_opens() {
    let home = Home::new();
    let sim = Sim::with(
        "[[rule]]\nrate = 0\nreasoning = \"hidden thoughts here\"\nanswer = \"plain answer\"",
    );
    home.configure("[chat]\nthinking = true\n");
    let term = Start::new(&home, &sim).ready();
    term.ask("think");
    term.wait_for("plain answer");
    term.wait_for("▸ Reasoning 20 characters");
    assert!(!has(&term.screen(), "hidden thoughts"));
    term.keys("\x1bt");
    term.wait_for("hidden thoughts here");
    term.keys("\x1bt");
    term.wait_without("hidden thoughts here");
}

#[test]
fn help_opens_over_everything_and_closes() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    let term = Start::new(&home, &sim).ready();
    // The meters come with the second frame.
    term.wait_for("TPM");
    let before = picture(&term.screen());
    term.keys("?");
    term.wait_for("Close what is open");
    term.keys("\x1b");
    term.wait_for_picture(&before);
}
