//! A folder for results that takes nothing, on a file system of its own: full, or read-only. It is
//! said once, the task stays, and the file comes by itself when there is room.

use std::path::Path;
use std::process::Command;

use crate::jobs::{CHEAP, sim};
use crate::run::{World, finish};

/// Whether this machine lets tests mount a file system in a name space that ends with the program.
fn may_mount() -> bool {
    Command::new("unshare")
        .args(["-m", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Waits for that much of the program's stderr.
fn wait_for(stderr: &mut impl std::io::BufRead, wanted: &str) -> String {
    let mut told = String::new();
    while !told.contains(wanted) {
        let read = stderr.read_line(&mut told).expect("a line");
        assert!(read > 0, "it ended without {wanted:?}: {told}");
    }
    told
}

#[test]
fn a_full_or_read_only_folder_loses_nothing_and_the_file_comes_when_there_is_room() {
    if !may_mount() {
        println!("skipped: a full folder: no permission to mount a small file system");
        return;
    }
    for (mount, said, remount) in [
        ("size=64k", "There is no room for", "remount,size=64m"),
        ("ro,size=64m", "Nothing can be written to", "remount,rw,size=64m"),
    ] {
        let (world, sim) = (World::new(), sim(""));
        let films = world.path().join("films");
        std::fs::create_dir(&films).expect("a directory");
        let dir = films.display().to_string();
        world.configure(&format!("[tasks]\ndir = {dir:?}\n"));
        let script = format!("mount -t tmpfs -o {mount} none '{dir}' && exec \"$@\"");
        let hurried = world.hurried(&sim);
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", &script, "sh"]).arg(hurried.get_program());
        command.args(hurried.get_args()).args(CHEAP).arg("--wait").env_clear();
        command.envs(hurried.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let mut child = world.start(&mut command);
        let mut stderr = std::io::BufReader::new(child.stderr.take().expect("a pipe"));
        let told = wait_for(&mut stderr, said);
        assert!(told.contains("tried again by itself"), "{told}");
        let pid = child.id().to_string();
        let grown = Command::new("nsenter")
            .args(["-t", &pid, "-m", "mount", "-o", remount, &dir])
            .output()
            .expect("nsenter");
        assert!(grown.status.success(), "{grown:?}");
        let done = finish(child);
        assert_eq!(done.code, 0, "{mount}: {}", done.stdout);
        let path = Path::new(done.stdout.trim_end());
        assert!(path.starts_with(&films), "{path:?}");
    }
}
