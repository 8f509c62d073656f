//! What the kernel knows of a process: signals, memory, time on the processor, children. It
//! refuses to end anything that a test did not start.

use std::path::{Path, PathBuf};

/// Sends a signal.
pub(crate) fn signal(pid: i32, signal: i32) {
    assert!(pid > 1, "a process of our own");
    #[expect(unsafe_code, reason = "std does not send signals")]
    // SAFETY: takes two plain numbers.
    unsafe {
        libc::kill(pid, signal);
    }
}

/// Waits so many milliseconds for something to read.
pub(crate) fn readable(fd: i32, milliseconds: i32) -> bool {
    let mut asked = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    #[expect(unsafe_code, reason = "std has no poll")]
    // SAFETY: one structure of our own, whose number is given, outlives the call.
    let ready = unsafe { libc::poll(&raw mut asked, 1, milliseconds) };
    ready > 0
}

fn of(pid: i32, file: &str) -> PathBuf {
    Path::new("/proc").join(pid.to_string()).join(file)
}

/// The fields of `/proc/PID/stat` after the program's name, which may hold spaces.
fn stat(pid: i32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(of(pid, "stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

/// Ticks of the processor (a hundredth of a second) that a process has used; `None` if it is gone.
pub(crate) fn ticks(pid: i32) -> Option<u64> {
    let fields = stat(pid)?;
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(number(11)? + number(12)?)
}

/// The letter of its state: `S` sleeping, `T` stopped.
pub(crate) fn state(pid: i32) -> Option<String> {
    stat(pid)?.first().cloned()
}

/// Memory in use, in bytes.
pub(crate) fn memory(pid: i32) -> Option<u64> {
    let text = std::fs::read_to_string(of(pid, "status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// The first child of a process that runs a program of this name.
pub(crate) fn child(parent: i32, name: &str) -> Option<i32> {
    let entries = std::fs::read_dir("/proc").ok()?;
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.into_iter().find(|pid| {
        let is_child = stat(*pid).is_some_and(|s| s.get(1) == Some(&parent.to_string()));
        is_child && std::fs::read_to_string(of(*pid, "comm")).is_ok_and(|comm| comm.trim() == name)
    })
}

/// Waits until `holds`, looking every few milliseconds: the kernel sends no event for these.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + super::CAP;
    while !holds() {
        assert!(std::time::Instant::now() < deadline, "waited in vain for: {what}");
        readable(-1, 5);
    }
}
