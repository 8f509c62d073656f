//! What the system knows of a process: processor time, writes, wake-ups, memory. It refuses to
//! start or end any.
#![expect(clippy::disallowed_methods, reason = "/proc is files")]

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};

/// Counters of a process at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Of all its threads, those that have ended too.
    pub(crate) cpu: Duration,
    /// Calls of `write` to anything: the terminal, files, its own pipes.
    pub(crate) writes: u64,
}

impl Usage {
    /// What was used from `before` to here.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(before.cpu),
            writes: self.writes.saturating_sub(before.writes),
        }
    }
}

/// Sizes in kB.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Memory {
    /// In memory now.
    pub(crate) resident: u64,
    /// The part of it that no file backs.
    pub(crate) own: u64,
    /// The most there ever was.
    pub(crate) peak: u64,
}

pub(crate) fn usage(pid: u32) -> anyhow::Result<Usage> {
    let io = std::fs::read_to_string(format!("/proc/{pid}/io"))?;
    Ok(Usage { cpu: cpu(pid)?, writes: field(&io, "syscw:").unwrap_or(0) })
}

pub(crate) fn memory(pid: u32) -> anyhow::Result<Memory> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kb = |name| field(&status, name).with_context(|| format!("{name} is missing"));
    Ok(Memory { resident: kb("VmRSS:")?, own: kb("RssAnon:")?, peak: kb("VmHWM:")? })
}

/// Context switches of each thread, wanted and not.
pub(crate) fn switches(pid: u32) -> anyhow::Result<HashMap<String, u64>> {
    let mut all = HashMap::new();
    for thread in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let path = thread?.path();
        // A thread may end between the two looks.
        let Ok(status) = std::fs::read_to_string(path.join("status")) else { continue };
        let name = std::fs::read_to_string(path.join("comm")).unwrap_or_default();
        let count = ["voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:"];
        let count = count.iter().filter_map(|name| field(&status, name)).sum();
        let id = path.file_name().map(|id| id.to_string_lossy().into_owned());
        all.insert(format!("{} {}", name.trim(), id.unwrap_or_default()), count);
    }
    Ok(all)
}

/// The first number in the line that begins so.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The clock of a process's processor time; `/proc/PID/stat` counts in hundredths of a second.
fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let pid = libc::pid_t::try_from(pid)?;
    let mut clock: libc::clockid_t = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[expect(unsafe_code, reason = "both calls only write to the places they are given")]
    // SAFETY: the pointers are to live, properly aligned locals of the types that are asked for.
    let failed = unsafe {
        libc::clock_getcpuclockid(pid, &raw mut clock) != 0
            || libc::clock_gettime(clock, &raw mut time) != 0
    };
    ensure!(!failed, "process {pid} has no clock");
    Ok(Duration::new(time.tv_sec.try_into()?, time.tv_nsec.try_into()?))
}
