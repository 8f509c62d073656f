//! Stopping and going on: Ctrl+Z in a shell and `fg`, stops from outside, and both in the midst of
//! an answer. The kernel does not stop a group that nobody could continue, so a shell is needed.

#![cfg(target_os = "linux")]

use portable_pty::CommandBuilder;

use crate::harness::process;
use crate::harness::term::{Term, picture};
use crate::harness::wire;
use crate::harness::world::{Home, Sim, Start};
use crate::leaving::assert_given_back;

/// A shell with job control in a terminal, its prompt `shell$ `.
pub(crate) fn shell(home: &Home) -> Option<Term> {
    let found = std::env::split_paths(&std::env::var_os("PATH")?).find_map(|dir| {
        let path = dir.join("bash");
        path.exists().then_some(path)
    });
    let Some(bash) = found else {
        skip("bash is not installed");
        return None;
    };
    let mut command: CommandBuilder = home.command(&bash.display().to_string());
    command.args(["--norc", "--noprofile", "--noediting", "-i"]);
    command.env("PS1", "shell$ ");
    let term = Term::spawn(command, 100, 30);
    term.wait_for("shell$");
    Some(term)
}

/// Notes for the summary that something could not be tested here.
pub(crate) fn skip(reason: &str) {
    use std::io::Write as _;
    let line = format!("pty: {reason}\n");
    std::io::stderr().write_all(format!("SKIPPED {line}").as_bytes()).expect("stderr");
    if let Some(file) = std::env::var_os("LIAN_SKIPS") {
        let file = std::fs::File::options().append(true).create(true).open(file);
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the list of skips");
    }
}

/// Starts the workbench in the shell and tells its process.
fn lian_in(shell: &Term, sim: &Sim) -> i32 {
    let program = env!("CARGO_BIN_EXE_lian");
    shell.keys(&format!("'{program}' --base-url {}\n", sim.origin()));
    shell.wait_for("Ask something");
    process::child(shell.pid(), "lian").expect("the workbench is a child of the shell")
}

#[test]
fn ctrl_z_gives_the_shell_its_terminal_and_fg_paints_all_again() {
    let (home, sim) = (Home::new(), Sim::saying("an answer"));
    let Some(shell) = shell(&home) else { return };
    let lian = lian_in(&shell, &sim);
    shell.ask("a question");
    shell.wait_for("an answer");
    shell.wait_for_end();
    // What it cost is told after it, and stays from then on.
    shell.wait_for("session ¥");
    shell.keys("half a message");
    shell.wait_for("half a message");
    let before = picture(&shell.screen());
    for _ in 0..2 {
        shell.keys("\x1a");
        shell.wait_for("Stopped");
        shell.wait_until("the shell's screen", |screen| {
            !screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor()
        });
        assert_eq!(process::state(lian).as_deref(), Some("T"));
        shell.keys("stty -a | tr ' ' '\\n' | grep -x -e icanon -e echo | tr '\\n' '+'; echo\n");
        shell.wait_for("icanon+echo+");
        shell.keys("clear; fg\n");
        shell.wait_for_picture(&before);
        assert!(shell.screen().alternate_screen() && shell.screen().bracketed_paste());
    }
    // Another size while it was away.
    shell.keys("\x1a");
    shell.wait_for("Stopped");
    shell.resize(70, 24);
    shell.keys("clear; fg\n");
    shell.wait_until("a frame of the new size", |screen| {
        screen.alternate_screen() && screen.contents().contains(&"─".repeat(70))
    });
    shell.wait_for("half a message");
    shell.keys("\x03\x03");
    shell.wait_until("the shell's screen", |screen| !screen.alternate_screen());
    shell.keys("echo code=$?\n");
    shell.wait_for("code=0");
    shell.keys("exit\n");
    let left = shell.leave();
    let modes = wire::modes(&left.raw);
    assert_eq!(modes.get("?1049"), Some(&(4, 4)));
    assert_eq!(modes.get("?1004"), Some(&(4, 4)));
}

#[test]
fn a_stop_from_outside_gives_the_terminal_back_and_an_answer_goes_on_afterwards() {
    let home = Home::new();
    let sim = Sim::with(
        "[[rule]]\nrate = 20\nanswer = \"one two three four five six seven eight nine ten eleven twelve end\"",
    );
    let Some(shell) = shell(&home) else { return };
    let lian = lian_in(&shell, &sim);
    shell.ask("count");
    shell.wait_for("one two");
    process::signal(lian, libc::SIGTSTP);
    shell.wait_for("Stopped");
    shell.wait_until("the shell's screen", |screen| !screen.alternate_screen());
    shell.keys("clear; fg\n");
    shell.wait_for("eleven twelve end");
    shell.wait_for_end();
    shell.keys("\x04");
    shell.wait_until("the shell's screen", |screen| !screen.alternate_screen());
    shell.keys("echo code=$?\n");
    shell.wait_for("code=0");
}

#[test]
fn a_stop_that_cannot_be_caught_is_repaired_on_the_way_back() {
    let (home, sim) = (Home::new(), Sim::saying("an answer"));
    let term = Start::new(&home, &sim).ready();
    // Nobody could continue us here, so this does not stop; it must not confuse what follows.
    term.keys("\x1a");
    term.keys("typed");
    term.wait_for("typed");
    // The meters come with the second frame.
    term.wait_for("TPM");
    let before = picture(&term.screen());
    for _ in 0..2 {
        let entered = wire::count(&term.raw(), b"\x1b[?1049h");
        term.signal(libc::SIGSTOP);
        process::wait_until("it is stopped", || process::state(term.pid()).as_deref() == Some("T"));
        term.signal(libc::SIGCONT);
        term.wait_raw("the screen is taken again", |raw| {
            wire::count(raw, b"\x1b[?1049h") > entered
        });
        term.wait_for_picture(&before);
    }
    term.keys("\x1bq");
    let left = term.leave();
    assert_eq!(left.code, 0);
    assert_given_back(&left);
}
