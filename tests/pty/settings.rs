//! Settings in the real program: a file that changes while it runs, a theme that is chosen, a key
//! command that takes its time.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::harness::process::wait_until;
use crate::harness::term::has;
use crate::harness::world::{Home, Sim, Start};

fn file(home: &Home) -> PathBuf {
    home.path().join("config/lian/config.toml")
}

/// Writes a new file in the place of the old one, as editors do.
fn replace(home: &Home, text: &str) {
    let fresh = file(home).with_extension("toml~");
    std::fs::write(&fresh, text).expect("a file");
    std::fs::rename(&fresh, file(home)).expect("it takes the place");
}

#[test]
fn a_changed_file_counts_at_once_and_a_broken_one_is_told() {
    let (home, sim) = (Home::new(), Sim::saying("yes"));
    home.configure("language = \"en\"\n");
    let mut term = Start::new(&home, &sim).size(120, 30).ready();
    // The watch stands when it tells its first change; until then the file is written again.
    let mut round = 0;
    wait_until("the first change is seen", || {
        round += 1;
        replace(&home, &format!("language = \"zh-CN\"\n# {round}\n"));
        has(&term.screen(), "想问点什么")
    });
    replace(&home, "language = \"en\"\ntheme = \"pink\"\n");
    term.wait_for("config.toml:2: unknown theme");
    term.wait_for("想问点什么");
    replace(&home, "language = \"en\"\n[keys.global]\nquit = [\"alt+w\"]\n");
    term.wait_for("Ask something");
    term.keys("\x1bw");
    assert_eq!(term.ended(), 0);
}

#[test]
fn a_chosen_theme_is_written_down_with_all_comments() {
    let (home, sim) = (Home::new(), Sim::saying("yes"));
    home.configure("# mine\ntheme = \"default\"  # for now\n[chat]\nseed = 1 # lucky\n");
    let mut term = Start::new(&home, &sim).env("COLORTERM", "truecolor").ready();
    term.keys("\x1by");
    term.wait_for("Theme: dark.");
    term.wait_until("the ground is painted", |screen| {
        screen.cell(3, 50).is_some_and(|cell| cell.bgcolor() == vt100::Color::Rgb(0x1d, 0x1b, 0x18))
    });
    let wanted = "# mine\ntheme = \"dark\"  # for now\n[chat]\nseed = 1 # lucky\n";
    wait_until("the theme is written", || {
        std::fs::read_to_string(file(&home)).is_ok_and(|text| text == wanted)
    });
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

#[test]
fn a_key_command_that_hangs_holds_up_neither_the_screen_nor_the_end() {
    let (home, sim) = (Home::new(), Sim::saying("yes"));
    let program = home.path().join("keeper");
    let script =
        "#!/bin/sh\necho 'Passphrase:' > /dev/tty\necho 'Passphrase:' >&2\nexec sleep 1000\n";
    std::fs::write(&program, script).expect("a file");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).expect("modes");
    home.configure(&format!("[profiles.default]\napi_key_command = [{:?}]\n", program.display()));
    let mut term = Start::new(&home, &sim).without("DASHSCOPE_API_KEY").ready();
    term.ask("hello");
    term.wait_for("waiting for the first word");
    assert!(!has(&term.screen(), "Passphrase"), "a command cannot write on the screen");
    assert!(sim.seen().is_empty(), "nothing is sent without the key");
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

#[test]
fn the_key_of_a_command_is_found_behind_the_first_frame() {
    let (home, sim) = (Home::new(), Sim::saying("the answer"));
    home.configure(
        "[profiles.default]\nproduction = true\n\
         api_key_command = [\"sh\", \"-c\", \"echo sk-from-a-command\"]\n",
    );
    let mut term = Start::new(&home, &sim).without("DASHSCOPE_API_KEY").size(120, 30).ready();
    term.wait_for("key: sh");
    term.wait_for("prod");
    term.ask("hello");
    term.wait_for("the answer");
    assert!(!has(&term.screen(), "sk-from"));
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}
