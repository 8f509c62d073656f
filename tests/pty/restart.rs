//! What is there at the next start: after a kill in mid-answer, after quitting in one, and with two
//! programs on one directory.

use crate::harness::process;
use crate::harness::term::{Term, has};
use crate::harness::world::{Home, KEY, Sim, Start};

/// The first answer stops in its midst, the next one can go on with it.
const BREAKS: &str = "[[rule]]\nrate = 0\nanswer = \"alpha beta gamma delta epsilon zeta\"\n\
                      stall_after_tokens = 4\ncall = 1\n\
                      [[rule]]\nrate = 0\nanswer = \"alpha beta gamma delta epsilon zeta\"";

/// Waits until a text is in the files of the store; how it lies there is the store's affair.
fn wait_stored(home: &Home, text: &str) {
    process::wait_until("the text is on disk", || {
        ["lian.db", "lian.db-wal"].iter().any(|name| {
            let bytes = std::fs::read(home.data().join(name)).unwrap_or_default();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    });
}

fn killed_in_mid_answer(home: &Home, sim: &Sim) {
    let mut term = Start::new(home, sim).ready();
    term.keys("greek letters\r");
    term.wait_for("alpha beta gamma");
    wait_stored(home, "alpha beta gamma");
    term.kill();
}

#[test]
fn after_a_kill_what_arrived_is_shown_and_can_be_continued() {
    let (home, sim) = (Home::new(), Sim::with(BREAKS));
    killed_in_mid_answer(&home, &sim);
    let mut term = Start::new(&home, &sim).spawn();
    for text in [
        "greek letters",
        "alpha beta gamma",
        "unfinished",
        "lian ended while this answer was arriving.",
        "Alt+C goes on from here",
        "Back in your last conversation (2 messages)",
    ] {
        term.wait_for(text);
    }
    term.keys("\x1bc");
    term.wait_for("alpha beta gamma delta epsilon zeta");
    term.wait_without("unfinished");
    let seen = sim.seen();
    assert_eq!(seen.len(), 2);
    let messages = seen[1].body["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert_eq!(messages[1]["partial"], true, "{messages:?}");
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
    let term = Start::new(&home, &sim).spawn();
    term.wait_for("alpha beta gamma delta epsilon zeta");
    assert!(!has(&term.screen(), "unfinished"));
}

#[test]
fn after_a_kill_every_answer_to_one_question_is_a_branch() {
    let home = Home::new();
    let sim = Sim::with(
        "[[rule]]\nmodel = \"qwen-plus\"\nrate = 0\nanswer = \"alpha beta gamma\"\n\
         [[rule]]\nmodel = \"qwen-max\"\nrate = 0\nanswer = \"one two three four five\"\n\
         stall_after_tokens = 3\n\
         [[rule]]\nmodel = \"qwen-flash\"\nstatus = 500\ncode = \"InternalError\"",
    );
    let mut term = Start::new(&home, &sim).ready();
    term.keys("/compare qwen-plus qwen-max qwen-flash\r");
    term.wait_for("to 3 models");
    term.keys("count for me\r");
    for text in ["alpha beta gamma", "one two", "no answer"] {
        term.wait_for(text);
    }
    wait_stored(&home, "alpha beta gamma");
    wait_stored(&home, "one two");
    term.kill();
    let term = Start::new(&home, &sim).spawn();
    term.wait_for("alpha beta gamma");
    term.wait_for("‹1/3›");
    // Side by side again, and the one that was cut is picked.
    term.keys("\x1b2");
    term.keys("|");
    for text in ["3 answers", "alpha beta gamma", "one two", "unfinished", "no answer"] {
        term.wait_for(text);
    }
    term.keys("l\r");
    term.wait_for("‹2/3›");
    let asked = sim.seen().len();
    assert!(asked >= 3, "{asked}");
}

#[test]
fn quitting_in_mid_answer_keeps_what_arrived() {
    for keys in ["\x1bq", "\x03\x03"] {
        let (home, sim) = (Home::new(), Sim::with(BREAKS));
        let mut term = Start::new(&home, &sim).ready();
        term.keys("greek letters\r");
        term.wait_for("alpha beta gamma");
        term.keys(keys);
        assert_eq!(term.ended(), 0);
        let term = Start::new(&home, &sim).spawn();
        term.wait_for("alpha beta gamma");
        term.wait_for("unfinished");
        term.wait_for("Alt+C goes on from here");
    }
}

#[test]
fn a_term_signal_in_mid_answer_keeps_what_arrived() {
    let (home, sim) = (Home::new(), Sim::with(BREAKS));
    let mut term = Start::new(&home, &sim).ready();
    term.keys("greek letters\r");
    term.wait_for("alpha beta gamma");
    term.signal(libc::SIGTERM);
    assert_eq!(term.ended(), 143);
    let term = Start::new(&home, &sim).spawn();
    term.wait_for("alpha beta gamma");
    term.wait_for("unfinished");
}

fn ask(term: &Term, question: &str, answer: &str) {
    term.ask(question);
    term.wait_for(answer);
    term.wait_for_end();
}

#[test]
fn two_programs_on_one_directory_have_conversations_of_their_own() {
    let home = Home::new();
    let sim = Sim::with(
        "[[rule]]\nrate = 0\ncall = 1\nanswer = \"for the first\"\n\
         [[rule]]\nrate = 0\ncall = 2\nanswer = \"for the second\"\n\
         [[rule]]\nrate = 0\nanswer = \"for the first again\"",
    );
    let mut first = Start::new(&home, &sim).ready();
    ask(&first, "one", "for the first");
    wait_stored(&home, "for the first");
    let mut second = Start::new(&home, &sim).ready();
    second.wait_for("A new conversation");
    ask(&second, "two", "for the second");
    ask(&first, "three", "for the first again");
    assert!(!has(&second.screen(), "for the first") && !has(&first.screen(), "for the second"));
    first.keys("\x1bq");
    assert_eq!(first.ended(), 0);
    second.keys("\x1bq");
    assert_eq!(second.ended(), 0);
    // The conversation that was changed last comes back, whole.
    let term = Start::new(&home, &sim).spawn();
    for text in ["one", "for the first", "three", "for the first again"] {
        term.wait_for(text);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_kept_is_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (home, sim) = (Home::new(), Sim::saying("kept"));
    let term = Start::new(&home, &sim).ready();
    ask(&term, "keep", "kept");
    wait_stored(&home, "kept");
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path).map(|data| data.permissions().mode() & 0o777).ok()
    };
    assert_eq!(mode(&home.data()), Some(0o700));
    for entry in std::fs::read_dir(home.data()).expect("the data directory").flatten() {
        let wanted = if entry.path().is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&entry.path()), Some(wanted), "{:?}", entry.path());
    }
}

#[test]
fn the_key_is_in_no_file_and_on_no_screen() {
    let (home, sim) = (Home::new(), Sim::saying("all is well"));
    let loud = "trace,lian=trace,hyper=trace,hyper_util=trace,reqwest=trace";
    let term = Start::new(&home, &sim).args(&["-vv"]).env("LIAN_LOG", loud).ready();
    ask(&term, "what is my key?", "all is well");
    term.keys("\x1bq");
    let left = term.leave();
    assert_eq!(left.code, 0);
    let holds = |bytes: &[u8]| bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes());
    assert!(!holds(&left.raw) && sim.seen()[0].had_auth);
    let (mut files, mut dirs) = (0, vec![home.path().to_owned()]);
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).expect("a directory").flatten() {
            if entry.path().is_dir() {
                dirs.push(entry.path());
                continue;
            }
            files += 1;
            let bytes = std::fs::read(entry.path()).expect("a file");
            assert!(!holds(&bytes), "the key is in {}", entry.path().display());
        }
    }
    assert!(files >= 2, "a database and a log");
}
