//! Terminals of every size and kind: tiny ones, ones that change, poor ones, without colours, and
//! none at all.

use crate::harness::term::{Term, has, picture};
use crate::harness::wire::{self, Piece};
use crate::harness::world::{Home, Sim, Start};

/// A long answer with lists, a table and wide characters. No code: its colours come later, from a
/// worker, and would make two frames differ that need not.
fn long_answer() -> String {
    let part = |n: usize| {
        format!(
            "## Part {n}\\n\\nWords that are **long enough** to be wrapped in every window that this \
             test opens, and 汉字也要折行，而且宽度不同。\\n\\n- one *item*\\n- two items 🚀\\n\\n\
             | left | 右边 |\\n|---|---|\\n| {n} | 单元格 |\\n\\n"
        )
    };
    (1..9).map(part).collect::<String>() + "The end."
}

/// Waits for the frame that shows an empty message, to its last byte: the caret comes last.
fn wait_for_whole_frame(term: &Term) {
    term.wait_until("a whole frame", |screen| {
        let (_, columns) = screen.size();
        let row = screen.rows(0, columns.get()).position(|row| row.contains("Ask something"));
        row.and_then(|row| u16::try_from(row).ok())
            .is_some_and(|row| screen.cursor_position() == (row, 1))
    });
}

/// Changes the size and waits until the program has painted for it.
fn resize_and_wait(term: &Term, columns: u16, rows: u16) {
    let cleared = clears(term);
    term.resize(columns, rows);
    term.wait_raw("a paint of the new size", |raw| wire::count(raw, CLEAR) > cleared);
    wait_for_whole_frame(term);
}

const CLEAR: &[u8] = b"\x1b[2J";

fn clears(term: &Term) -> usize {
    wire::count(&term.raw(), CLEAR)
}

/// Fails unless a fresh paint of everything looks as the screen does now. The message is empty.
fn assert_right(term: &Term) {
    term.keys("q");
    term.wait_without("Ask something");
    term.keys("\x7f");
    wait_for_whole_frame(term);
    let before = picture(&term.screen());
    let cleared = clears(term);
    term.keys("\x0c");
    term.wait_raw("a paint of everything", |raw| wire::count(raw, CLEAR) > cleared);
    term.wait_for_picture(&before);
}

#[test]
fn a_storm_of_resizes_in_a_stream_ends_with_a_right_screen() {
    let home = Home::new();
    let sim = Sim::with(&format!("[[rule]]\nrate = 300\nanswer = \"{}\"", long_answer()));
    let term = Start::new(&home, &sim).ready();
    term.ask("talk");
    term.wait_for("answering");
    for n in 0_u16..60 {
        term.resize(20 + (n * 37) % 140, 5 + (n * 11) % 45);
    }
    term.resize(90, 28);
    term.wait_until("a frame of the last size", |screen| {
        screen.contents().contains(&"─".repeat(90))
    });
    term.wait_for("The end.");
    term.wait_for_end();
    assert_right(&term);
}

#[test]
fn a_resize_leaves_nothing_behind() {
    let home = Home::new();
    let sim = Sim::with(&format!("[[rule]]\nrate = 0\nanswer = \"{}\"", long_answer()));
    let term = Start::new(&home, &sim).ready();
    term.ask("talk");
    term.wait_for("The end.");
    term.wait_for_end();
    for (columns, rows) in [(60, 20), (20, 5), (140, 45), (100, 30)] {
        resize_and_wait(&term, columns, rows);
        assert_right(&term);
    }
}

#[test]
fn twenty_by_five_is_enough() {
    let (home, sim) = (Home::new(), Sim::saying("short answer"));
    let mut term = Start::new(&home, &sim).size(20, 5).ready();
    term.ask("ask");
    term.wait_for("short answer");
    term.keys("a message that is longer than its row");
    term.wait_until("the end of the message", |screen| {
        screen.rows(0, 20).any(|row| row.trim_end().ends_with(" row"))
    });
    term.keys("\x03\x03");
    assert_eq!(term.ended(), 0);
}

#[test]
fn smaller_than_that_it_waits_for_room() {
    let (home, sim) = (Home::new(), Sim::saying("short answer"));
    let mut term = Start::new(&home, &sim).ready();
    for (columns, rows) in [(19, 4), (8, 3), (3, 2), (1, 1), (2, 9), (200, 1)] {
        term.resize(columns, rows);
        term.keys("x");
    }
    term.resize(80, 24);
    term.wait_for("xxxxxx");
    term.keys("\x15");
    term.wait_for("Ask something");
    assert_right(&term);
    term.keys("\x03\x03");
    assert_eq!(term.ended(), 0);
}

/// All parameters of changes of style.
fn styles(raw: &[u8]) -> Vec<String> {
    let pieces = wire::pieces_lossy(raw).into_iter();
    let styles = pieces.filter_map(|piece| match piece {
        Piece::Csi(parameters, 'm') => Some(parameters),
        _ => None,
    });
    styles.collect()
}

/// An answer with everything that has a colour.
const COLOURFUL: &str = "# Title\n\n> quote with `code` and a [link](https://example.com/)\n\n\
                         ```rust\nfn main() { let x = \"text\"; }\n```\n\nThat was all.";

fn shown_with(env: &[(&str, &str)]) -> Vec<u8> {
    let (home, sim) = (Home::new(), Sim::saying(COLOURFUL));
    let mut start = Start::new(&home, &sim);
    for (name, value) in env {
        start = start.env(name, value);
    }
    let term = start.ready();
    term.ask("colours?");
    term.wait_for("That was all.");
    term.wait_for_end();
    term.keys("\x04");
    term.leave().raw
}

#[test]
fn no_color_is_heard() {
    for env in [("NO_COLOR", "1"), ("CLICOLOR", "0")] {
        let raw = shown_with(&[env]);
        let colours: Vec<u16> = styles(&raw)
            .iter()
            .flat_map(|style| style.split([';', ':']).filter_map(|code| code.parse().ok()))
            .filter(|code| matches!(code, 30..=49 | 58 | 59 | 90..=107))
            .collect();
        assert!(colours.is_empty(), "{env:?}: {colours:?}");
    }
}

#[test]
fn a_terminal_of_sixteen_colours_gets_no_others() {
    let raw = shown_with(&[("TERM", "xterm")]);
    let styles = styles(&raw);
    let more = |style: &&String| style.contains("38;") || style.contains("48;");
    assert_eq!(styles.iter().find(more), None);
    let has_colour = styles.iter().any(|style| style.split(';').any(|code| code == "36"));
    assert!(has_colour || styles.len() > 10, "{styles:?}");
}

#[test]
fn a_dumb_terminal_is_told_what_works_there() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    let term = Start::new(&home, &sim).env("TERM", "dumb").spawn();
    let left = term.leave();
    assert_eq!(left.code, 2);
    assert!(has(&left.screen, "lian chat"), "{}", left.screen.contents());
    assert!(!left.raw.contains(&0x1b));
    assert_eq!(left.modes.0, left.modes.1);
}
