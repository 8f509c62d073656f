//! Writing a message with a real terminal: the user's editor, pastes that the terminal does not
//! mark, and huge ones.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::harness::process;
use crate::harness::term::{Term, has, picture};
use crate::harness::wire;
use crate::harness::world::{Home, Sim, Start};
use crate::leaving::assert_given_back;

/// A program for `EDITOR`.
fn script(home: &Home, body: &str) -> String {
    let path = home.path().join("my editor");
    std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a program");
    format!("'{}'", path.display())
}

/// Files for editors that are still there.
fn left_over(home: &Home) -> Vec<PathBuf> {
    let dir = home.state().join("editor");
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

fn content(sim: &Sim, at: usize) -> String {
    let seen = sim.seen();
    let messages = seen[at].body["messages"].as_array().expect("messages");
    messages.last().expect("one")["content"].as_str().expect("text").to_owned()
}

/// Ctrl+G, and the frame after the editor.
fn edit(term: &Term) {
    let entered = wire::count(&term.raw(), b"\x1b[?1049h");
    term.keys("\x07");
    term.wait_raw("the screen is taken again", |raw| wire::count(raw, b"\x1b[?1049h") > entered);
}

#[test]
fn the_editor_has_the_terminal_and_its_text_is_sent() {
    let (home, sim) = (Home::new(), Sim::saying("thanks"));
    // It asks the terminal for a line, as an editor reads keys, and leaves another file beside.
    let editor = script(
        &home,
        "stty -a | tr ' ' '\\n' | grep -x -e icanon -e echo | tr '\\n' '+'\n\
         echo editing \"$1\"; read line; echo \"$line 改\" >> \"$2\"; echo x > \"$2~\"",
    );
    let mut term = Start::new(&home, &sim).env("EDITOR", &format!("{editor} -w")).ready();
    term.keys("draft");
    term.wait_for("draft");
    term.keys("\x07");
    term.wait_for("icanon+echo+editing -w");
    term.wait_until("the shell's screen", |screen| {
        !screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor()
    });
    term.keys("typed in it\n");
    term.wait_for("typed in it 改");
    term.wait_for("Enter send");
    assert!(term.screen().alternate_screen() && term.screen().bracketed_paste());
    process::wait_until("the file is gone", || left_over(&home).is_empty());
    assert!(sim.seen().is_empty(), "an editor sends nothing");
    term.keys("\r");
    term.wait_for("thanks");
    assert_eq!(content(&sim, 0), "draft\ntyped in it 改");
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

#[test]
fn an_editor_that_fails_or_is_missing_changes_nothing() {
    let home = Home::new();
    let sim = Sim::saying("x");
    for (body, said) in [
        ("echo other > \"$1\"; exit 1", "ended with exit code 1"),
        ("kill -KILL $$", "was ended by a signal"),
        (": > \"$1\"", "left the file empty"),
        ("rm -r \"$(dirname \"$1\")\"", "cannot be used"),
    ] {
        let editor = script(&home, body);
        let term = Start::new(&home, &sim).env("VISUAL", &editor).env("EDITOR", "false").ready();
        term.keys("draft");
        term.wait_for("draft");
        let before = picture(&term.screen()).pop();
        edit(&term);
        term.wait_for(said);
        term.wait_for("draft");
        process::wait_until("the file is gone", || left_over(&home).is_empty());
        term.keys("\x1b");
        term.wait_without(said);
        assert_eq!(picture(&term.screen()).pop(), before);
    }
    let term = Start::new(&home, &sim).env("EDITOR", "/no/such/editor --wait").ready();
    term.keys("draft");
    term.wait_for("draft");
    edit(&term);
    term.wait_for("/no/such/editor cannot be started");
    let term = Start::new(&home, &sim).ready();
    term.keys("\x07");
    term.wait_for("No editor is set. Set VISUAL or EDITOR");
}

#[test]
fn an_answer_goes_on_while_the_editor_is_open_and_nothing_is_painted_over_it() {
    let home = Home::new();
    let sim = Sim::with(
        "[[rule]]\nrate = 50\nanswer = \"one two three four five six seven eight nine ten end\"",
    );
    let editor = script(&home, "echo ready; read line; echo over >> \"$1\"");
    let term = Start::new(&home, &sim).env("EDITOR", &editor).ready();
    term.ask("count");
    term.keys("\x07");
    term.wait_for("ready");
    let painted = term.raw().len();
    process::wait_until("the answer is complete", || sim.active() == 0);
    // Ctrl+C there is the editor's affair; this one does nothing with it but lose the line.
    assert_eq!(term.raw().len(), painted, "nothing is written while the editor has the terminal");
    term.keys("\n");
    term.wait_for("nine ten end");
    term.wait_for("over");
}

#[test]
fn ctrl_c_in_the_editor_ends_the_editor_alone() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    let editor = script(&home, "echo ready; read line");
    let term = Start::new(&home, &sim).env("EDITOR", &editor).ready();
    term.keys("draft");
    term.wait_for("draft");
    term.keys("\x07");
    term.wait_for("ready");
    term.keys("\x03");
    term.wait_for("was ended by a signal");
    term.wait_for("draft");
}

#[test]
fn a_term_signal_while_the_editor_is_open_ends_both_and_keeps_the_draft() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    let editor = script(&home, "echo ready; read line");
    let mut term = Start::new(&home, &sim).env("EDITOR", &editor).ready();
    term.keys("my unsent draft");
    term.wait_for("my unsent draft");
    term.keys("\x07");
    term.wait_for("ready");
    let editor =
        process::child(term.pid(), "my editor").or_else(|| process::child(term.pid(), "sh"));
    term.signal(libc::SIGTERM);
    assert_eq!(term.ended(), 143);
    if let Some(editor) = editor {
        process::wait_until("the editor is gone", || process::state(editor).is_none());
    }
    assert_eq!(left_over(&home), Vec::<PathBuf>::new());
    let term = Start::new(&home, &sim).spawn();
    term.wait_for("my unsent draft");
    term.keys("\x1bq");
    let left = term.leave();
    assert_eq!(left.code, 0);
    assert_given_back(&left);
}

#[test]
fn enter_within_a_paste_that_is_not_marked_sends_nothing() {
    let (home, sim) = (Home::new(), Sim::saying("thanks"));
    let term = Start::new(&home, &sim).ready();
    term.keys("fn main() {\r\tprintln!();\r}");
    term.wait_for("fn main() {");
    term.wait_for("}");
    assert!(has(&term.screen(), "Enter send"));
    term.keys("\r");
    term.wait_for("thanks");
    assert_eq!(sim.seen().len(), 1);
    assert_eq!(content(&sim, 0), "fn main() {\n\tprintln!();\n}");
    // A program that types sends a line and Enter at once.
    term.wait_for_end();
    term.keys("typed by a program\r");
    process::wait_until("it is asked", || sim.seen().len() == 2);
    assert_eq!(content(&sim, 1), "typed by a program");
}

#[test]
fn a_large_paste_that_is_not_marked_is_folded_as_one() {
    let (home, sim) = (Home::new(), Sim::saying("thanks"));
    let term = Start::new(&home, &sim).ready();
    let lines: Vec<String> = (1..=400).map(|n| format!("line number {n}")).collect();
    term.keys(&format!("{}\rlast", lines.join("\r")));
    term.wait_for("characters]");
    term.wait_for("401 lines");
    assert!(sim.seen().is_empty());
    term.keys("\r");
    term.wait_for("thanks");
    assert_eq!(content(&sim, 0), format!("{}\nlast", lines.join("\n")));
}

#[test]
fn five_megabytes_are_pasted_kept_and_looked_into() {
    let (home, sim) = (Home::new(), Sim::saying("x"));
    let mut term = Start::new(&home, &sim).ready();
    let line = "用百炼 to write a rather long line of text \u{7}\u{9b}31m\r";
    let text = line.repeat((5 << 20) / line.len());
    term.keys(&format!("\x1b[200~{text}\x1b[201~"));
    term.wait_for("[paste 1:");
    for c in "and typed on".chars() {
        term.keys(&c.to_string());
    }
    term.wait_for("and typed on");
    term.keys("\x1bv");
    term.wait_for("rather long line of text 31m");
    term.keys("G");
    term.wait_for("100%");
    term.keys("q");
    term.wait_for("and typed on");
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
    // A text of this size is folded when it comes back too.
    let term = Start::new(&home, &sim).spawn();
    term.wait_for("[paste 1:");
}
