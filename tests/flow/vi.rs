//! vi's keys on the message: modes, motions, operators, counts, and where Esc leads.

use lian::domain::settings::{Editing, Language, Settings};

use crate::harness::{Harness, numbered, settings};

fn vi() -> Harness {
    Harness::with(Settings { editing: Editing::Vi, ..settings() }, (80, 24))
}

/// The text and the caret in it, marked with `|`.
fn shown(h: &Harness) -> String {
    let area = h.state.composer().area();
    let (row, column) = (area.cursor().0, area.cursor().1);
    let mut lines: Vec<Vec<char>> =
        area.lines().iter().map(|line| line.chars().collect()).collect();
    lines[row].insert(column, '|');
    lines.into_iter().map(String::from_iter).collect::<Vec<_>>().join("\n")
}

/// A text with its caret at `|`, in the mode of commands.
fn at(text: &str) -> Harness {
    let mut h = vi();
    h.keys(&text.replace('|', "").replace('\n', "<ctrl+j>"));
    let (before, _) = text.split_once('|').unwrap();
    let (row, line) = (before.matches('\n').count(), before.rsplit('\n').next().unwrap());
    h.keys("<esc>gg").keys(&"j".repeat(row)).keys("0");
    h.keys(&"l".repeat(line.chars().count()));
    assert_eq!(shown(&h), text, "the test's own start");
    h
}

#[test]
fn the_hint_to_stop_names_a_key_that_stops_in_either_mode() {
    let mut h = vi();
    h.ask("one");
    assert!(h.find("Alt+. stop").is_some() && h.find("Esc stop").is_none(), "{}", h.screen());
    h.key("esc");
    assert!(h.find("Esc stop").is_some(), "{}", h.screen());
    h.key("esc");
    assert!(h.find("Stopped.").is_some(), "{}", h.screen());
}

#[test]
fn commands_do_what_vi_does() {
    for (before, keys, after) in [
        // Motions.
        ("one |two three", "h", "one| two three"),
        ("one |two three", "ll", "one tw|o three"),
        ("one |two three", "w", "one two |three"),
        ("|one two three", "2w", "one two |three"),
        ("one two |three", "b", "one |two three"),
        ("one two |three", "2b", "|one two three"),
        ("|one two three", "e", "on|e two three"),
        ("|one two three", "ee", "one tw|o three"),
        ("  one |two", "0", "|  one two"),
        ("  one |two", "^", "  |one two"),
        ("|one two", "$", "one tw|o"),
        ("one\ntwo\n|three", "gg", "|one\ntwo\nthree"),
        ("|one\ntwo\nthree", "G", "one\ntwo\n|three"),
        ("|one\ntwo\nthree", "2G", "one\n|two\nthree"),
        ("o|ne\ntwo\nthree", "2j", "one\ntwo\nt|hree"),
        ("one\ntwo\nth|ree", "k", "one\ntw|o\nthree"),
        ("one\n|two", "b", "|one\ntwo"),
        ("on|e\ntwo", "w", "one\n|two"),
        // Deleting.
        ("on|e two", "x", "on| two"),
        ("|one two", "3x", "| two"),
        ("one tw|o", "x", "one t|w"),
        ("one |two three", "dw", "one |three"),
        ("one |two three", "d2w", "one| "),
        ("|one two three", "2dw", "|three"),
        ("one t|wo\nthree", "dw", "one |t\nthree"),
        ("one two |three", "db", "one |three"),
        ("one |two three", "de", "one | three"),
        ("one |two three", "D", "one| "),
        ("one |two three", "d$", "one| "),
        ("one |two three", "d0", "|two three"),
        ("one\nt|wo\nthree", "dd", "one\n|three"),
        ("one\ntwo\nth|ree", "dd", "one\n|two"),
        ("o|ne\ntwo\nthree", "2dd", "|three"),
        ("o|ne", "dd", "|"),
        ("one\n|two\nthree", "dj", "|one"),
        ("one\n|two\nthree", "dG", "|one"),
        ("one\n|two\nthree", "dgg", "|three"),
        // Changing.
        ("one |two three", "cwx", "one x| three"),
        ("one |two three", "2cwx", "one x|"),
        ("one |two three", "Cx", "one x|"),
        ("one\nt|wo\nthree", "ccx", "one\nx|\nthree"),
        ("on|e two", "c0x", "x|e two"),
        // Writing.
        ("o|ne", "ix", "ox|ne"),
        ("o|ne", "ax", "onx|e"),
        ("  o|ne", "Ix", "  x|one"),
        ("o|ne", "Ax", "onex|"),
        ("o|ne\ntwo", "ox", "one\nx|\ntwo"),
        ("one\nt|wo", "Ox", "one\nx|\ntwo"),
        ("o|ne", "Ax<esc>", "one|x"),
        ("o|ne", "5", "o|ne"),
        ("o|ne", "5z", "o|ne"),
        // Copying and putting.
        ("|one two", "ywP", "one| one two"),
        ("|one two", "yw$p", "one twoone| "),
        ("|one\ntwo", "yyp", "one\n|one\ntwo"),
        ("one\n|two", "yyP", "one\n|two\ntwo"),
        ("|one\ntwo", "ddp", "two\n|one"),
        // Undoing.
        ("one |two three", "dwu", "one two |three"),
        ("one |two three", "dwu<ctrl+r>", "one |three"),
        ("|abc", "xxx3u", "a|bc"),
        // Chinese and clusters.
        ("|用百炼 API，然后运行", "w", "用百炼 |API，然后运行"),
        ("|用百炼 API，然后运行", "3w", "用百炼 API，|然后运行"),
        ("用百炼 |API，然后运行", "e", "用百炼 AP|I，然后运行"),
        ("用|百炼", "x", "用|炼"),
    ] {
        let mut h = at(before);
        h.keys(keys);
        assert_eq!(shown(&h), after, "{before:?} {keys}");
    }
}

#[test]
fn clusters_and_folded_pastes_are_one_letter() {
    let mut h = vi();
    h.paste("a👨‍👩‍👧e\u{301}z").keys("<esc>");
    h.keys("hh");
    assert_eq!(h.cursor().unwrap().0, 2, "on the family\n{}", h.screen());
    h.keys("x");
    assert_eq!(h.state.composer().text(), "ae\u{301}z");
    let mut h = vi();
    let lines = numbered(20, |n| format!("line {n}\n"));
    h.keys("a b").paste(&lines).keys("<esc>0w<esc>");
    h.keys("w");
    assert_eq!(h.cursor().unwrap().0, 4, "{}", h.screen());
    h.keys("x");
    assert_eq!(h.state.composer().text(), "a b");
    h.keys("u");
    assert_eq!(h.state.composer().text(), format!("a b{lines}"));
}

#[test]
fn the_title_names_the_mode_and_sending_leaves_it() {
    let mut h = vi();
    assert!(h.find("Message ─ INSERT").is_some(), "{}", h.screen());
    h.keys("hi<esc>");
    assert!(h.find("Message ─ NORMAL").is_some(), "{}", h.screen());
    h.effects();
    h.keys("<enter>");
    assert_eq!(h.requests().len(), 1, "Enter sends in both modes");
    assert!(h.find("Message ─ INSERT").is_some(), "{}", h.screen());
    let chinese = Settings { editing: Editing::Vi, language: Language::ZhCn, ..settings() };
    let mut h = Harness::with(chinese, (80, 24));
    h.key("esc");
    assert!(h.find("命令").is_some(), "{}", h.screen());
    // Without vi nothing of it is to be seen.
    let mut h = Harness::new();
    h.keys("<esc>hi");
    assert_eq!(h.state.composer().text(), "hi");
    assert_eq!(h.find("INSERT"), None);
}

#[test]
fn escape_leads_to_commands_first_and_then_stops_the_answer() {
    let mut h = vi();
    h.ask("question");
    h.delta("some text").keys("next");
    h.key("esc");
    assert!(h.find("unfinished").is_none() && h.find("NORMAL").is_some(), "{}", h.screen());
    h.keys("2d<esc>");
    assert!(h.find("unfinished").is_none(), "half a command goes first\n{}", h.screen());
    h.key("esc");
    assert!(h.find("unfinished").is_some(), "{}", h.screen());
    assert_eq!(h.state.composer().text(), "next");
}

#[test]
fn up_and_down_at_the_edges_lead_through_the_history() {
    let mut h = vi();
    h.exchange("first question", "answer").keys("draft<esc>k");
    assert_eq!(h.state.composer().text(), "first question");
    h.keys("j");
    assert_eq!(h.state.composer().text(), "draft");
}

#[test]
fn help_tells_vis_keys_only_where_they_are_in_force() {
    let rows = |mut h: Harness| {
        h.resize(100, 250).keys("<alt+h>");
        h.find("vi_").is_some() || h.find("Commands of vi").is_some()
    };
    assert!(rows(vi()));
    assert!(!rows(Harness::new()));
}

#[test]
fn no_keys_break_it() {
    let keys: Vec<char> = "hjklwbe0^$gGxdcyDCiaIAoOpPu19 z汉".chars().collect();
    let mut seed = 11_u64;
    let mut h = vi();
    h.hidden = true;
    for step in 0..4_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
        let at = (seed >> 33) as usize;
        let c = keys[at % keys.len()];
        match at % 29 {
            0 => h.key("esc"),
            1 => h.key("ctrl+r"),
            2 => h.key("ctrl+j"),
            3 if step % 50 == 0 => h.paste(&"line\n".repeat(30)),
            _ => h.keys(&c.to_string()),
        };
        let text = h.state.composer().text();
        assert!(!text.chars().any(|c| lian::state::composer::pastes::bracket(c).is_some()));
        if text.len() > 1_500 {
            h.keys("<esc>ggdG");
        }
    }
    h.hidden = false;
    h.frame();
}
