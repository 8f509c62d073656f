//! Nothing that comes from a server drives the terminal: hostile texts through every channel, and
//! what the program writes is looked at byte by byte.

use crate::harness::fake::{self, Fake};
use crate::harness::term::Term;
use crate::harness::wire;
use crate::harness::world::{Home, Sim, Start};

/// Text that would take over a terminal that is not protected, in pieces: each is followed by a
/// word that must be seen.
const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}[1;1H\u{1b}[31m one",
    "\u{1b}]0;title\u{7} two",
    "\u{1b}]52;c;aGVsbG8=\u{1b}\\ three",
    "\u{1b}P+q544e\u{1b}\\ four",
    "\u{9b}31m\u{9b}2J five",
    "\u{9d}0;title\u{9c}\u{90}q\u{9c} six",
    "\u{1b}c\u{1b}[?1049l\u{1b}[?25l seven",
    "\u{202e}thgir\u{2066}\u{200f} eight",
    "a\u{200b}\u{feff}\u{2060}b nine",
    "\u{e0041}\u{e0042}\u{fe0f} ten",
    "\u{8}\u{8}\u{7f}\r\u{b}\u{c} eleven",
    "\u{1b}\u{1b}[\u{1b}[31m\u{1b} twelve",
    "\u{e}\u{f}\u{5}\u{1b}Z\u{1b}[6n\u{1b}[c thirteen",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301} fourteen",
    "\u{2028}\u{2029}\u{85}\u{61c} fifteen",
    "&#27;[31m&#x1b;]0;x&#7; sixteen",
    "&#155;2J&#x9b;1m&#8238;&rlm;&zwj;&lrm; seventeen",
    "\\\u{1b}\\[31m`\u{1b}[31m` eighteen",
    "[link](http://example.com/\u{1b}[2J) [bad](javascript:alert(1)) nineteen",
    "<\u{1b}[31mb> ![image\u{1b}]8;;x\u{7}](http://example.com/\u{9b}m) twenty",
];

const WORDS: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// A scenario's string in TOML, where every character can be written.
fn toml(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            ' '..='~' => c.to_string(),
            c => format!("\\U{:08X}", u32::from(c)),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// All of it in a paragraph each, in a list, a table, a quote and code.
fn hostile_answer() -> String {
    let paragraphs = HOSTILE.join("\n\n");
    let cells: Vec<String> =
        HOSTILE.iter().map(|text| format!("| {} |", text.replace(['\n', '|'], " "))).collect();
    let list: Vec<String> = HOSTILE.iter().map(|text| format!("- {text}")).collect();
    format!(
        "{paragraphs}\n\n{}\n\n| a |\n|---|\n{}\n\n> {}\n\n```sh\u{1b}[31m\n{}\n```\n\n# {}\n\n{paragraphs}",
        list.join("\n"),
        cells.join("\n"),
        HOSTILE.join(" "),
        HOSTILE.join("\n"),
        HOSTILE[0],
    )
}

fn assert_tame(term: &Term) {
    // The last bytes may be half of a frame: look at what is whole.
    let raw = term.raw();
    let whole = raw.iter().rposition(|byte| *byte == 0x1b).unwrap_or(raw.len());
    let forbidden = wire::forbidden(&raw[..whole]);
    assert!(forbidden.is_empty(), "{forbidden:?}");
    let screen = term.screen();
    assert!(screen.alternate_screen() && !screen.hide_cursor());
    assert!(screen.contents().starts_with(" lian "), "{}", screen.contents());
}

/// Looks at everything from the end to the beginning of the conversation.
fn scroll_through(term: &Term, first: &str) {
    for _ in 0..40 {
        let before = term.contents();
        term.keys("\x1b[5~");
        if term.contents().contains(first) {
            break;
        }
        term.wait_until("another page, or the first one", |screen| {
            screen.contents() != before || screen.contents().contains(first)
        });
    }
    term.wait_for(first);
}

#[test]
fn a_hostile_answer_is_text() {
    for rate in [0, 3000] {
        let home = Home::new();
        let answer = toml(&hostile_answer());
        let sim = Sim::with(&format!("[[rule]]\nrate = {rate}\nanswer = {answer}"));
        let term = Start::new(&home, &sim).size(100, 60).ready();
        term.ask("hostile?");
        for word in WORDS {
            term.wait_for(&format!(" {word}"));
        }
        term.wait_for_end();
        assert_tame(&term);
        scroll_through(&term, "hostile?");
        assert_tame(&term);
        // What was stored is as tame as what arrived.
        term.keys("\x1bq");
        let left = term.leave();
        assert_eq!(wire::forbidden(&left.raw), Vec::<String>::new());
        let term = Start::new(&home, &sim).size(100, 60).spawn();
        term.wait_for(" twenty");
        assert_tame(&term);
    }
}

#[test]
fn hostile_reasoning_is_text() {
    let home = Home::new();
    home.configure("[chat]\nthinking = true\n");
    let reasoning = toml(&HOSTILE.join("\n\n"));
    let sim = Sim::with(&format!("[[rule]]\nrate = 0\nreasoning = {reasoning}\nanswer = \"calm\""));
    let term = Start::new(&home, &sim).size(100, 60).ready();
    term.ask("hostile?");
    term.wait_for("calm");
    term.keys("\x1bt");
    for word in WORDS {
        term.wait_for(&format!(" {word}"));
    }
    assert_tame(&term);
}

#[test]
fn a_hostile_error_is_a_sentence() {
    let home = Home::new();
    let message = toml(&format!("refused because {}", HOSTILE.join(" ")));
    let code = toml("Invalid\u{1b}[31mParameter\u{9b}2J");
    let sim = Sim::with(&format!(
        "[[rule]]\nstatus = 400\ncode = {code}\nmessage = {message}\ncall = 1\n\
         [[rule]]\nerror_event = \"InternalError\"\nmessage = {message}\nafter_tokens = 2\nrate = 0"
    ));
    let term = Start::new(&home, &sim).size(100, 60).ready();
    term.ask("hostile?");
    term.wait_for("refused because");
    assert_tame(&term);
    term.ask("again?");
    term.wait_for("The service failed while it was answering.");
    assert_tame(&term);
}

#[test]
fn hostile_names_and_ids_are_text() {
    let home = Home::new();
    let sim = Sim::with("[[rule]]\ngarbage = \"escapes\"\nrate = 0");
    let term = Start::new(&home, &sim).size(100, 60).ready();
    term.ask("hostile?");
    term.wait_for("and that was all.");
    term.wait_for_end();
    assert_tame(&term);

    let name = "evil\u{1b}[31m\u{9b}2J\u{202e}model";
    let event = serde_json::json!({
        "id": format!("id{name}"), "model": name, "system_fingerprint": name,
        "choices": [{"index": 0, "delta": {"role": name, "content": "text", "tool_calls": [
            {"index": 0, "id": name, "function": {"name": name, "arguments": format!("{{{name}}}")}}
        ]}, "finish_reason": name}],
    });
    let server = Fake::saying(fake::answer(&[event.to_string()]));
    let home = Home::new();
    let term = Start::at(&home, &server.origin()).size(100, 60).ready();
    term.ask("hostile?");
    term.wait_for("text");
    term.wait_for_end();
    assert_tame(&term);
}

#[test]
fn a_hostile_redirect_is_named_and_not_followed() {
    let home = Home::new();
    let head = "HTTP/1.1 302 Found\r\nlocation: http://other.example/%1b[2J\u{202e}x\r\n\
                content-length: 0\r\nconnection: close\r\n\r\n";
    let server = Fake::saying(head);
    let term = Start::at(&home, &server.origin()).size(100, 60).ready();
    term.ask("where?");
    term.wait_for("lian does not follow");
    assert_tame(&term);
    assert_eq!(server.heard().len(), 1);
}

#[test]
fn a_hostile_question_is_text() {
    let (home, sim) = (Home::new(), Sim::saying("calm"));
    let question = HOSTILE.join("\n");
    let term = Start::new(&home, &sim).size(100, 60).args(&[&question]).spawn();
    term.wait_for("calm");
    term.wait_for_end();
    scroll_through(&term, " one");
    assert_tame(&term);
}
