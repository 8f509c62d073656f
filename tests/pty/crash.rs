//! A panic anywhere gives the terminal back, leaves a report for the owner alone, and loses nothing
//! that was written.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::harness::world::{Home, KEY, Sim, Start};
use crate::leaving::assert_given_back;

fn reports(home: &Home) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(home.state()).expect("a state directory");
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter(|path| path.to_string_lossy().contains("/crash-")).collect()
}

#[test]
fn a_panic_restores_reports_and_keeps_what_was_typed() {
    for who in ["loop", "service"] {
        let (home, sim) = (Home::new(), Sim::saying("this had arrived"));
        let term = Start::new(&home, &sim).env("LIAN_PANIC", who).ready();
        term.ask("a question");
        term.wait_for("this had arrived");
        term.wait_for_end();
        term.keys("a draft");
        term.wait_for("a draft");
        term.keys("\x0c");
        let left = term.leave();
        assert_eq!(left.code, 1, "{who}");
        assert_given_back(&left);
        let reports = reports(&home);
        assert_eq!(reports.len(), 1, "{who}: {reports:?}");
        let mode = std::fs::metadata(&reports[0]).expect("a report").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let text = std::fs::read_to_string(&reports[0]).expect("a report");
        assert!(text.contains("LIAN_PANIC") && !text.contains(KEY), "{text}");
        assert!(!text.contains("a question") && !text.contains("a draft"), "{text}");
        // The sentence names the file, wherever the terminal broke the line.
        let said: String = left.screen.contents().split_whitespace().collect();
        let name = reports[0].file_name().expect("a name").to_string_lossy().into_owned();
        assert!(said.contains(&name), "{}", left.screen.contents());

        let term = Start::new(&home, &sim).spawn();
        term.wait_for("this had arrived");
        term.wait_for("a draft");
    }
}
