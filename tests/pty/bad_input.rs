//! What people get wrong, at the real program: files that are broken at the start and while it
//! runs, keys that are bound twice, keys of the service that cannot be had, and a second program in
//! the same conversation. Each is a sentence that names the place; none costs a word that was
//! written.

use std::os::unix::fs::PermissionsExt as _;

use crate::harness::process::wait_until;
use crate::harness::term::{Term, has};
use crate::harness::world::{Home, Sim, Start};

/// A theme file in which every role looks the same.
fn theme(look: &str) -> String {
    let (_, shipped) = lian::theme::SHIPPED[0];
    let roles =
        shipped.lines().filter_map(|line| line.split_once('=').map(|(role, _)| role.trim()));
    let roles = roles.filter(|role| !role.starts_with('#') && *role != "ground");
    roles.fold(String::new(), |all, role| all + role + " = \"" + look + "\"\n")
}

fn put(home: &Home, name: &str, text: &str) {
    let dir = home.path().join("config/lian");
    std::fs::create_dir_all(&dir).expect("a directory");
    // As editors do it: nobody reads half a file.
    let fresh = dir.join(format!("{name}~"));
    std::fs::write(&fresh, text).expect("a file");
    std::fs::rename(&fresh, dir.join(name)).expect("it takes the place");
}

/// Writes a file until the running program says something on it: the watch may not stand yet.
fn put_until(home: &Home, term: &Term, name: &str, text: &str, said: &str) {
    let mut round = 0;
    wait_until(said, || {
        round += 1;
        put(home, name, &format!("{text}\n# {round}\n"));
        has(&term.screen(), said)
    });
}

#[test]
fn a_broken_file_ends_the_start_with_its_line_and_leaves_the_terminal_alone() {
    let sim = Sim::saying("never");
    for (name, text, sentence) in [
        ("config.toml", "[chat]\ntemperature = \"hot\"\n", "config.toml:2: "),
        ("config.toml", "theme = \n", "config.toml:1: "),
        ("config.toml", "[keys.composer]\nundo = [\"ctrl+e\"]\nredo = [\"ctrl+e\"]\n", "ctrl+e"),
        ("mine.toml", "text = \"red\"\ntxet = \"red\"\n", "mine.toml:2: unknown role \"txet\""),
        ("mine.toml", "text = [\n", "mine.toml:"),
    ] {
        let home = Home::new();
        put(&home, "config.toml", "theme = \"mine.toml\"\n");
        put(&home, name, text);
        let left = Start::new(&home, &sim).size(160, 30).spawn().leave();
        assert_eq!(left.code, 6, "{text}: {}", left.screen.contents());
        assert!(has(&left.screen, sentence), "{text}: {}", left.screen.contents());
        assert!(!left.raw.contains(&0x1b), "{text}: the terminal is as it was");
        assert_eq!(left.modes.0, left.modes.1);
    }
}

#[test]
fn a_theme_file_that_breaks_while_it_runs_is_told_and_the_last_look_stays() {
    let (home, sim) = (Home::new(), Sim::saying("yes"));
    put(&home, "config.toml", "theme = \"mine.toml\"\n");
    put(&home, "mine.toml", &theme("red"));
    let mut term = Start::new(&home, &sim).size(120, 30).ready();
    let colour = |screen: &vt100::Screen| screen.cell(0, 1).map(vt100::Cell::fgcolor);
    let red = colour(&term.screen());
    assert_ne!(red, Some(vt100::Color::Default));
    put_until(&home, &term, "mine.toml", "text = \"blod\"", "mine.toml:1: ");
    assert_eq!(colour(&term.screen()), red);
    term.keys("still here");
    term.wait_for("still here");
    put(&home, "mine.toml", &theme("blue"));
    term.wait_until("the mended look", |screen| colour(screen) != red);
    term.wait_without("mine.toml:1: ");
    assert!(has(&term.screen(), "still here"));
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

#[test]
fn keys_that_are_bound_twice_while_it_runs_change_no_key() {
    let (home, sim) = (Home::new(), Sim::saying("yes"));
    put(&home, "config.toml", "");
    let mut term = Start::new(&home, &sim).size(120, 30).ready();
    let twice = "[keys.global]\nquit = [\"alt+w\"]\nhelp = [\"alt+w\"]";
    put_until(&home, &term, "config.toml", twice, "alt+w");
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0, "the key from before still ends it");
}

#[test]
fn a_broken_catalog_file_is_told_and_the_others_count() {
    let (home, sim) = (Home::new(), Sim::saying("the answer"));
    put(&home, "limits.toml", "# mine\n\ndocumented = [ 1 ]\n");
    let mut term = Start::new(&home, &sim).size(120, 30).ready();
    term.wait_for("limits.toml:3");
    term.ask("hello");
    term.wait_for("the answer");
    term.keys("\x1bm");
    term.wait_for("qwen3-max");
    term.keys("\x1b");
    term.wait_without("qwen3-max");
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

#[test]
fn a_key_that_cannot_be_had_is_a_sentence_and_nothing_is_sent() {
    let sim = Sim::saying("never");
    for (script, sentence) in [
        ("echo sk-one-0123456789; echo sk-two-0123456789", "printed 2 lines"),
        ("exit 1", "failed (exit code 1)"),
    ] {
        let home = Home::new();
        put(
            &home,
            "config.toml",
            &format!("[profiles.default]\napi_key_command = [\"sh\", \"-c\", {script:?}]\n"),
        );
        let term = Start::new(&home, &sim).without("DASHSCOPE_API_KEY").size(120, 30).ready();
        term.ask("hello");
        term.wait_for(sentence);
        assert!(!String::from_utf8_lossy(&term.raw()).contains("sk-"));
    }
    let home = Home::new();
    put(&home, "config.toml", "");
    put(&home, "secrets.toml", "default = \"sk-file-0123456789\"\n");
    let file = home.path().join("config/lian/secrets.toml");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).expect("modes");
    let term = Start::new(&home, &sim).without("DASHSCOPE_API_KEY").size(120, 30).ready();
    term.ask("hello");
    term.wait_for("(mode 0644)");
    term.wait_for("chmod 600");
    assert!(!String::from_utf8_lossy(&term.raw()).contains("sk-"));
    assert!(sim.seen().is_empty());
}

#[test]
fn a_second_program_in_the_same_conversation_is_noticed_and_both_keep_theirs() {
    let home = Home::new();
    let sim = Sim::with(
        "[[rule]]\nrate = 0\ncall = 1\nanswer = \"for both\"\n\
         [[rule]]\nrate = 0\ncall = 2\nanswer = \"for the second\"\n\
         [[rule]]\nrate = 0\nanswer = \"for the first\"",
    );
    let mut first = Start::new(&home, &sim).ready();
    first.ask("shared");
    first.wait_for("for both");
    first.wait_for_end();
    let mut second = Start::new(&home, &sim).ready();
    open_shared(&second);
    second.wait_for("for both");
    second.ask("theirs");
    second.wait_for("for the second");
    second.wait_for_end();
    first.ask("ours");
    first.wait_for("Another lian writes to this conversation");
    first.wait_for("for the first");
    first.wait_for_end();
    for term in [&mut first, &mut second] {
        term.keys("\x1bq");
        assert_eq!(term.ended(), 0);
    }
    // Both are there: one is shown, the other beside it.
    let term = Start::new(&home, &sim).spawn();
    term.wait_for("for both");
    term.wait_for("/2›");
    let answers = ["for the first", "for the second"];
    let shown = usize::from(has(&term.screen(), answers[1]));
    term.wait_for(answers[shown]);
    term.keys("\x1b2");
    // The question that has a sibling is the one before the last answer; theirs came first.
    term.keys(if shown == 0 { "{<" } else { "{>" });
    term.wait_for(answers[1 - shown]);
}

/// Opens the conversation of the first program in the second one, as soon as it is listed.
fn open_shared(term: &Term) {
    term.keys("\x1bs");
    term.wait_for("shared");
    term.keys("\r");
}
