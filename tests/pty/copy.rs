//! What is copied reaches the terminal byte for byte, whatever stands between; programs get it
//! without a shell; files come to lie where the program was started; and who looks elsewhere is
//! told.

use crate::harness::term::Term;
use crate::harness::wire::count;
use crate::harness::world::{Home, Sim, Start};

const ANSWER: &str =
    "# 标题 👩‍💻\n\n**粗体** café naïve\n\n```sh\n\techo \"变量\"\n```\n\nthe end 完。";

/// The base64 of RFC 4648, written apart from the program's.
fn decoded(text: &[u8]) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        _ => panic!("{byte} in base64"),
    };
    assert_eq!(text.len() % 4, 0);
    let mut out = Vec::new();
    for four in text.chunks(4) {
        let known = four.iter().take_while(|byte| **byte != b'=').count();
        let bits = four[..known].iter().fold(0, |bits, byte| bits << 6 | value(*byte));
        let bits = bits << (6 * (4 - known));
        out.extend(&bits.to_be_bytes()[1..known]);
    }
    out
}

/// What stands between two marks, the first time.
fn between<'a>(raw: &'a [u8], begin: &[u8], end: &[u8]) -> Option<&'a [u8]> {
    let at = |part: &[u8], of: &[u8]| of.windows(part.len()).position(|window| window == part);
    let from = at(begin, raw)? + begin.len();
    let rest = &raw[from..];
    Some(&rest[..at(end, rest)?])
}

/// Asks, copies the answer and waits for the sequence that ends so.
fn copied(term: &Term, end: &[u8]) -> Vec<u8> {
    term.ask("question");
    term.wait_for("the end 完。");
    term.wait_for_end();
    term.keys("\x0f");
    term.wait_raw("a copy", |raw| {
        between(raw, b"\x1b]52;c;", end).is_some() || between(raw, b"52;c;", end).is_some()
    });
    term.wait_for("The message was sent to the terminal's clipboard");
    term.raw()
}

#[test]
fn a_copy_reaches_the_terminal_byte_for_byte_and_tears_no_frame() {
    let (home, sim) = (Home::new(), Sim::saying(ANSWER));
    let mut term = Start::new(&home, &sim).ready();
    let raw = copied(&term, b"\x07");
    let text = between(&raw, b"\x1b]52;c;", b"\x07").expect("a sequence");
    assert_eq!(String::from_utf8(decoded(text)).expect("text"), ANSWER);
    // Between two frames: what came before it is whole.
    let at = raw.windows(7).position(|window| window == b"\x1b]52;c;").expect("it is there");
    assert_eq!(count(&raw[..at], b"\x1b[?2026h"), count(&raw[..at], b"\x1b[?2026l"));
    // The code alone, by a command.
    term.keys("/copy code\r");
    term.wait_for("The code was sent");
    let raw = term.raw();
    let last = raw.windows(7).rposition(|window| window == b"\x1b]52;c;").expect("another");
    let text = between(&raw[last..], b"\x1b]52;c;", b"\x07").expect("a sequence");
    assert_eq!(decoded(text), "\techo \"变量\"".as_bytes());
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

#[test]
fn within_tmux_that_takes_nothing_both_dresses_are_worn() {
    let (home, sim) = (Home::new(), Sim::saying(ANSWER));
    // No server is at that socket: the program falls back to sequences.
    let socket = home.path().join("no-tmux").display().to_string();
    let term = Start::new(&home, &sim).env("TMUX", &format!("{socket},1,0")).ready();
    let raw = copied(&term, b"\x07\x1b\\");
    let plain = between(&raw, b"\x1b]52;c;", b"\x07").expect("a plain one");
    let wrapped = between(&raw, b"\x1bPtmux;\x1b\x1b]52;c;", b"\x07\x1b\\").expect("a wrapped one");
    assert_eq!(plain, wrapped);
    assert_eq!(decoded(plain), ANSWER.as_bytes());
}

#[test]
fn gnu_screen_gets_short_strings_that_add_up() {
    let long = format!("{}\n\nthe end 完。", "千问 👩‍💻 words ".repeat(400));
    let (home, sim) = (Home::new(), Sim::saying(&long));
    let term = Start::new(&home, &sim).env("STY", "1.tty").env("TERM", "screen").ready();
    let raw = copied(&term, b"\x07\x1b\\");
    let mut rest = &raw[..];
    let mut passed = Vec::new();
    while let Some(chunk) = between(rest, b"\x1bP", b"\x1b\\") {
        assert!(chunk.len() + 4 <= 768, "{}", chunk.len());
        passed.extend_from_slice(chunk);
        let at = rest.windows(2).position(|w| w == b"\x1bP").expect("it was found");
        rest = &rest[at + 2 + chunk.len() + 2..];
    }
    let text = between(&passed, b"\x1b]52;c;", b"\x07").expect("one sequence");
    assert_eq!(decoded(text), long.as_bytes());
}

#[test]
fn a_program_of_the_user_gets_it_instead() {
    let (home, sim) = (Home::new(), Sim::saying(ANSWER));
    let kept = home.path().join("kept");
    home.configure(&format!("clipboard = [\"dd\", \"of={}\"]", kept.display()));
    let term = Start::new(&home, &sim).ready();
    term.ask("question");
    term.wait_for("the end 完。");
    term.wait_for_end();
    term.keys("\x0f");
    term.wait_for("dd took the message");
    assert_eq!(std::fs::read_to_string(kept).expect("a file"), ANSWER);
    assert_eq!(count(&term.raw(), b"\x1b]52"), 0);
}

#[test]
fn an_export_lies_where_the_program_was_started() {
    let (home, sim) = (Home::new(), Sim::saying(ANSWER));
    let term = Start::new(&home, &sim).ready();
    // What looks like a key waits for a second Enter.
    term.keys("怎么用 sk-0123456789abcdef？");
    term.wait_for("sk-0123456789abcdef");
    term.keys("\r");
    term.wait_for("Enter sends it all the same");
    term.keys("\r");
    term.wait_for("the end 完。");
    term.wait_for_end();
    term.keys("/export\r");
    term.wait_for("looks like a key was left out");
    let file = home.path().join("怎么用-sk.md");
    let text = std::fs::read_to_string(file).expect("a file");
    assert!(text.contains(ANSWER) && text.contains("怎么用 sk-***？"), "{text}");
    assert!(!text.contains("0123456789abcdef"));
    term.keys("/export\r");
    term.wait_for("怎么用-sk-2.md");
}

#[test]
fn who_looks_elsewhere_is_told_when_an_answer_is_over() {
    let (home, sim) = (Home::new(), Sim::saying(ANSWER));
    home.configure("notify = \"osc9\"\nnotify_after = 0");
    let term = Start::new(&home, &sim).ready();
    term.ask("seen");
    term.wait_for_end();
    assert_eq!(count(&term.raw(), b"\x1b]9;"), 0, "the terminal has the focus");
    term.keys("\x1b[O");
    term.ask("unseen");
    term.wait_raw("a notification", |raw| {
        between(raw, b"\x1b]9;", b"\x07") == Some(b"lian: answered - seen")
    });
}
