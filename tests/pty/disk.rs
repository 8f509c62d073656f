//! A disk that takes nothing: full, read-only, or something else in its place. The program says so,
//! goes on, and writes again when it can.

use crate::harness::process;
use crate::harness::term::Term;
use crate::harness::world::{Home, Sim, Start};
use crate::suspend::skip;

/// One question after another still gets its answer.
fn goes_on(term: &Term, sim: &Sim) {
    for n in 1..=3 {
        term.ask(&format!("question {n}"));
        process::wait_until("the answer is sent", || sim.seen().len() == n && sim.active() == 0);
        term.wait_for_end();
        term.wait_for("all is well");
    }
}

#[test]
fn a_file_in_the_place_of_the_data_directory() {
    let (home, sim) = (Home::new(), Sim::saying("all is well"));
    let place = home.path().join("occupied");
    std::fs::write(&place, "mine").expect("a file");
    let place = place.display().to_string();
    let term = Start::new(&home, &sim).args(&["--data-dir", &place]).ready();
    term.wait_for("Nothing can be written to");
    term.wait_for("choose another with --data-dir.");
    goes_on(&term, &sim);
    term.wait_for("conversations live in memory for now.");
    term.keys("\x1bq");
    let left = term.leave();
    assert_eq!(left.code, 0);
    assert!(left.screen.contents().contains("lian: "), "the loss is said once more at the end");
    assert_eq!(std::fs::read_to_string(&place).expect("the file"), "mine");
}

#[test]
fn a_directory_that_is_no_database() {
    let (home, sim) = (Home::new(), Sim::saying("all is well"));
    std::fs::create_dir_all(home.data()).expect("a directory");
    let file = home.data().join("lian.db");
    std::fs::write(&file, "this is no database, but somebody may need it".repeat(100))
        .expect("a file");
    let term = Start::new(&home, &sim).ready();
    term.wait_for("cannot be read, or a newer lian made it; it is left as it is.");
    goes_on(&term, &sim);
    term.keys("\x1bq");
    assert_eq!(term.leave().code, 0);
    let kept = std::fs::read_to_string(&file).expect("the file");
    assert!(kept.starts_with("this is no database"));
}

#[test]
fn files_may_not_grow() {
    let home = Home::new();
    let long = "all is well ".repeat(4000);
    let sim = Sim::saying(long.trim_end());
    // The kernel refuses to let any file grow beyond this many blocks.
    let limit = "trap '' XFSZ; ulimit -f 64; exec \"$@\"";
    let start = Start::within(&home, "sh", &["-c", limit, "sh"]);
    let term = start.args(&["--base-url", &sim.origin()]).ready();
    goes_on(&term, &sim);
    term.wait_for("live in memory for now.");
    term.keys("\x1bq");
    let left = term.leave();
    assert_eq!(left.code, 0);
    assert!(left.screen.contents().contains("lian: "), "{}", left.screen.contents());
}

/// A file system of its own, of 256 KiB, in a name space that ends with the program.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_written_to_again_when_there_is_room() {
    let permitted = std::process::Command::new("unshare")
        .args(["-m", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !permitted {
        skip("a full disk: no permission to mount a small file system");
        return;
    }
    let home = Home::new();
    let long = "all is well ".repeat(8000);
    let sim = Sim::saying(long.trim_end());
    let data = home.path().join("small");
    std::fs::create_dir(&data).expect("a directory");
    let mount = format!("mount -t tmpfs -o size=256k none '{}' && exec \"$@\"", data.display());
    let start = Start::within(&home, "unshare", &["-m", "sh", "-c", &mount, "sh"]);
    let dir = data.display().to_string();
    let term = start.args(&["--base-url", &sim.origin(), "--data-dir", &dir]).ready();
    goes_on(&term, &sim);
    term.wait_for("is full; conversations live in memory for now.");
    term.wait_for("Free some room; lian writes again by itself.");
    let pid = term.pid().to_string();
    let grown = std::process::Command::new("nsenter")
        .args(["-t", &pid, "-m", "mount", "-o", "remount,size=64m", &dir])
        .output()
        .expect("nsenter");
    assert!(grown.status.success(), "{grown:?}");
    term.wait_for("Conversations are saved again.");
    // The files are seen through the program's own root.
    let inside = format!("/proc/{pid}/root{dir}");
    process::wait_until("all of it is on disk", || {
        let sizes = ["lian.db", "lian.db-wal"].iter().map(|name| {
            std::fs::metadata(std::path::Path::new(&inside).join(name)).map_or(0, |data| data.len())
        });
        sizes.sum::<u64>() > 3 * long.len() as u64
    });
    term.keys("\x1bq");
    let left = term.leave();
    assert_eq!(left.code, 0);
    assert!(left.screen.contents().trim().is_empty(), "{}", left.screen.contents());
}
