//! A program in a terminal of 120x40: typing into it, and a log of what came back. It refuses to
//! know what is measured.
#![expect(clippy::disallowed_methods, reason = "a clock and pauses are what measuring is made of")]

use std::io::{Read as _, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::floor;
use crate::log::{Log, Mark};
use crate::plan::{Plan, Subject};
use crate::process::{self, Usage};

pub(crate) const COLUMNS: u16 = 120;
const ROWS: u16 = 40;
/// Whatever takes longer than this has gone wrong.
const CAP: Duration = Duration::from_secs(120);

#[derive(Debug, Default)]
struct Shared {
    log: Mutex<Log>,
    more: Condvar,
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running program; ends when dropped.
pub(crate) struct Child {
    process: Box<dyn portable_pty::Child + Send + Sync>,
    pub(crate) pid: u32,
    shared: Arc<Shared>,
    keys: Box<dyn Write + Send>,
    /// Just before it was started.
    pub(crate) started: Instant,
    prompt: &'static [u8],
    /// Its window: closing it would end the program.
    _terminal: Box<dyn MasterPty + Send>,
    /// Its home, removed in the end.
    _home: tempfile::TempDir,
}

impl Child {
    pub(crate) fn start(plan: &Plan, subject: Subject, origin: &str) -> anyhow::Result<Self> {
        let home = tempfile::tempdir()?;
        let (command, prompt) = command(plan, subject, origin, home.path())?;
        let size = PtySize { rows: ROWS, cols: COLUMNS, ..PtySize::default() };
        let pair = native_pty_system().openpty(size)?;
        let mut reader = pair.master.try_clone_reader()?;
        let keys = pair.master.take_writer()?;
        let shared = Arc::new(Shared::default());
        let told = shared.clone();
        std::thread::spawn(move || {
            let mut piece = vec![0; 1 << 16];
            while let Ok(count @ 1..) = reader.read(&mut piece) {
                let now = Instant::now();
                told.log().push(now, &piece[..count]);
                told.more.notify_all();
            }
        });
        let started = Instant::now();
        let process = pair.slave.spawn_command(command)?;
        let pid = process.process_id().context("no process id")?;
        let window = pair.master;
        Ok(Self { process, pid, shared, keys, started, prompt, _terminal: window, _home: home })
    }

    /// Starts it and waits until it takes questions and has nothing more to say.
    pub(crate) fn ready(plan: &Plan, subject: Subject, origin: &str) -> anyhow::Result<Self> {
        let child = Self::start(plan, subject, origin)?;
        child.at_prompt()?;
        child.quiet(Duration::from_millis(400))?;
        Ok(child)
    }

    /// When the prompt had come.
    pub(crate) fn at_prompt(&self) -> anyhow::Result<Instant> {
        self.wait_for(self.prompt, Mark { bytes: 0, reads: 0 })
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.shared.log()
    }

    pub(crate) fn usage(&self) -> anyhow::Result<Usage> {
        process::usage(self.pid)
    }

    /// Types, and tells when.
    pub(crate) fn send(&mut self, keys: &str) -> anyhow::Result<Instant> {
        let now = Instant::now();
        self.keys.write_all(keys.as_bytes())?;
        self.keys.flush()?;
        Ok(now)
    }

    /// Waits until `text` has come after a mark, and tells when it did.
    pub(crate) fn wait_for(&self, text: &[u8], from: Mark) -> anyhow::Result<Instant> {
        let deadline = Instant::now() + CAP;
        let mut log = self.log();
        loop {
            if let Some(at) = log.find(text, from) {
                return Ok(at);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let shown = String::from_utf8_lossy(log.bytes()).into_owned();
                bail!("{:?} did not come:\n{shown:?}", String::from_utf8_lossy(text));
            }
            let waited = self.shared.more.wait_timeout(log, left);
            log = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until nothing has come for so long, and tells when the last bytes did.
    pub(crate) fn quiet(&self, pause: Duration) -> anyhow::Result<Instant> {
        let begun = Instant::now();
        while begun.elapsed() < CAP {
            let last = self.log().last().unwrap_or(self.started);
            let since = last.max(begun).elapsed();
            if since >= pause {
                return Ok(last);
            }
            std::thread::sleep(pause.saturating_sub(since));
        }
        bail!("it does not fall silent")
    }

    /// Lets time pass until a moment.
    pub(crate) fn rest_until(at: Instant) {
        std::thread::sleep(at.saturating_duration_since(Instant::now()));
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn command(
    plan: &Plan,
    subject: Subject,
    origin: &str,
    home: &Path,
) -> anyhow::Result<(CommandBuilder, &'static [u8])> {
    let (mut command, prompt) = match subject {
        Subject::Floor => {
            let mut command = CommandBuilder::new(std::env::current_exe()?);
            command.env_clear();
            floor::ask_for(&mut command, origin);
            (command, floor::PROMPT.as_bytes())
        }
        Subject::Lian { colours } => {
            let config = home.join("config.toml");
            std::fs::write(&config, format!("highlight = {colours}\n"))?;
            let program = plan.program.as_deref();
            let program = program.unwrap_or(Path::new(env!("CARGO_BIN_EXE_lian")));
            let mut command = CommandBuilder::new(program);
            command.env_clear();
            command.env("DASHSCOPE_API_KEY", "sk-bench");
            command.arg("--base-url");
            command.arg(origin);
            command.arg("--config");
            command.arg(config);
            (command, "Ask something".as_bytes())
        }
    };
    for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("TZ", "UTC")] {
        command.env(name, value);
    }
    command.env("HOME", home);
    command.cwd(home);
    Ok((command, prompt))
}
