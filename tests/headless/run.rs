//! Running the binary with pipes for a terminal: a home of its own, what it said and how it ended.
//! It refuses the machine's own environment, and to wait for ever.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use lian::sim::{self, Options, Scenario, Seen, Server};
use serde_json::Value;
use tempfile::TempDir;

/// A key that must turn up nowhere.
pub(crate) const KEY: &str = "sk-fedcba9876543210-lian-tests";

/// How long a run may take.
const CAP: Duration = Duration::from_secs(30);

/// A home and what is started in it.
pub(crate) struct World {
    dir: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// Code, stdout and stderr.
    pub(crate) fn text(&self) -> (i32, &str, &str) {
        (self.code, &self.stdout, &self.stderr)
    }

    /// Its stdout as JSON lines.
    pub(crate) fn json(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).expect("each line is JSON");
        self.stdout.lines().map(parse).collect()
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self { dir: TempDir::new().expect("a directory") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn configure(&self, text: &str) {
        let dir = self.path().join("config/lian");
        std::fs::create_dir_all(&dir).expect("a directory");
        std::fs::write(dir.join("config.toml"), text).expect("a file");
    }

    /// The binary in this home.
    pub(crate) fn bare(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lian"));
        command.env_clear().env("HOME", self.path()).env("LANG", "C.UTF-8");
        for (name, below) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            command.env(name, self.path().join(below));
        }
        command.env("DASHSCOPE_API_KEY", KEY).stdin(Stdio::null());
        command
    }

    /// The binary towards a server.
    pub(crate) fn command(&self, origin: &str) -> Command {
        let mut command = self.bare();
        command.args(["--base-url", origin]);
        command
    }

    /// `lian chat` with these arguments.
    pub(crate) fn chat(&self, origin: &str, args: &[&str]) -> Done {
        self.run(self.command(origin).arg("chat").args(args))
    }

    pub(crate) fn start(&self, command: &mut Command) -> Child {
        command.current_dir(self.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the binary starts")
    }

    pub(crate) fn run(&self, command: &mut Command) -> Done {
        finish(self.start(command))
    }

    /// Runs it with something to read.
    pub(crate) fn with_stdin(&self, command: &mut Command, text: &str) -> Done {
        let mut child = self.start(command.stdin(Stdio::piped()));
        let mut stdin = child.stdin.take().expect("a pipe");
        // It may end without reading.
        let _ = stdin.write_all(text.as_bytes());
        drop(stdin);
        finish(child)
    }

    /// Every file below the home.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let (mut files, mut dirs) = (Vec::new(), vec![self.path().to_owned()]);
        while let Some(dir) = dirs.pop() {
            for entry in std::fs::read_dir(dir).expect("a directory").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    dirs.push(path);
                } else {
                    let bytes = std::fs::read(&path).expect("a file");
                    files.push((path, bytes));
                }
            }
        }
        files
    }
}

/// Waits for the end and for everything that was said; kills what does not end.
pub(crate) fn finish(child: Child) -> Done {
    finish_within(child, CAP)
}

/// The same for what has more to do.
pub(crate) fn finish_within(mut child: Child, cap: Duration) -> Done {
    let pid = i32::try_from(child.id()).expect("a process");
    let stdout = read_all(child.stdout.take());
    let stderr = read_all(child.stderr.take());
    let (tell, ended) = channel();
    let waiter = std::thread::spawn(move || tell.send(child.wait().expect("it can be waited for")));
    let status = ended.recv_timeout(cap);
    if status.is_err() {
        send(pid, libc::SIGKILL);
    }
    waiter.join().expect("it ended").ok();
    let text = |reader: std::thread::JoinHandle<Vec<u8>>| {
        String::from_utf8(reader.join().expect("all was read")).expect("UTF-8")
    };
    let (stdout, stderr) = (text(stdout), text(stderr));
    let Ok(status) = status else { panic!("it does not end\n{stdout}\n{stderr}") };
    let code = status.code().unwrap_or_else(|| panic!("killed: {status}\n{stderr}"));
    Done { code, stdout, stderr }
}

fn read_all(from: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut from) = from {
            from.read_to_end(&mut bytes).expect("a pipe can be read");
        }
        bytes
    })
}

/// The first line of its stdout, which stays open.
pub(crate) fn first_line(child: &mut Child) -> String {
    let mut out = BufReader::with_capacity(1, child.stdout.as_mut().expect("a pipe"));
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    line
}

pub(crate) fn signal(child: &Child, signal: i32) {
    send(i32::try_from(child.id()).expect("a process"), signal);
}

fn send(pid: i32, signal: i32) {
    #[expect(unsafe_code, reason = "std does not send signals")]
    // SAFETY: takes two plain numbers; the process is a child of ours that was not waited for.
    unsafe {
        libc::kill(pid, signal);
    }
}

/// Makes a pipe as small as it can be: one page.
#[cfg(target_os = "linux")]
pub(crate) fn narrow(pipe: &impl std::os::fd::AsRawFd) {
    #[expect(unsafe_code, reason = "std does not size pipes")]
    // SAFETY: takes plain numbers.
    let size = unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, 1) };
    assert!(size > 0, "{}", std::io::Error::last_os_error());
}

/// Waits until so many bytes lie in a pipe.
#[cfg(target_os = "linux")]
pub(crate) fn wait_for_bytes(pipe: &impl std::os::fd::AsRawFd, wanted: i32) {
    let deadline = std::time::Instant::now() + CAP;
    let mut count: i32 = 0;
    while count < wanted {
        assert!(std::time::Instant::now() < deadline, "{count} bytes only");
        #[expect(unsafe_code, reason = "std does not tell what lies in a pipe")]
        // SAFETY: this request writes one integer, and the pointer is to one of our own.
        unsafe {
            libc::ioctl(pipe.as_raw_fd(), libc::FIONREAD, &raw mut count);
        }
        std::thread::yield_now();
    }
}

/// The simulator in this process.
pub(crate) struct Sim {
    server: Option<Server>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Sim {
    /// With faults by script.
    pub(crate) fn with(scenario: &str) -> Self {
        Self::of(scenario, 1.0)
    }

    fn of(scenario: &str, time_scale: f64) -> Self {
        let scenario = Scenario::parse("test", scenario).expect("a scenario");
        let options = Options { scenario: Some(scenario), time_scale, ..Options::default() };
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().expect("threads");
        let server = runtime.block_on(sim::start(options)).expect("a simulator");
        Self { server: Some(server), runtime: Some(runtime) }
    }

    /// With faults by script, where time runs so many times as fast.
    pub(crate) fn hurried(scenario: &str, time_scale: f64) -> Self {
        Self::of(scenario, time_scale)
    }

    /// Every answer is this text, at once.
    pub(crate) fn saying(answer: &str) -> Self {
        Self::with(&format!("[[rule]]\nrate = 0\nanswer = {answer:?}"))
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    pub(crate) fn origin(&self) -> String {
        self.server().origin()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.server().seen()
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        drop(self.server.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
