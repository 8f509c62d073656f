//! The world around a program under test: a home that nobody shares, the simulator, and the start
//! of the binary in it. It refuses everything the machine's own environment says.

use std::path::{Path, PathBuf};

use lian::sim::{self, Options, Scenario, Seen, Server};
use portable_pty::CommandBuilder;
use tempfile::TempDir;

use super::term::Term;

/// A key that the simulator takes and that must turn up nowhere.
pub(crate) const KEY: &str = "sk-0123456789abcdef-lian-tests";

/// A home directory.
pub(crate) struct Home {
    dir: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { dir: TempDir::new().expect("a directory") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Where conversations are.
    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data/lian")
    }

    /// Where log and crash reports are.
    pub(crate) fn state(&self) -> PathBuf {
        self.dir.path().join("state/lian")
    }

    /// Writes the configuration file.
    pub(crate) fn configure(&self, text: &str) {
        let dir = self.dir.path().join("config/lian");
        std::fs::create_dir_all(&dir).expect("a directory");
        std::fs::write(dir.join("config.toml"), text).expect("a file");
    }

    /// A program with this home and nothing else in its environment.
    pub(crate) fn command(&self, program: &str) -> CommandBuilder {
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        for (name, value) in self.variables() {
            command.env(name, value);
        }
        command.cwd(self.path());
        command
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let below = |name: &str| self.path().join(name).display().to_string();
        vec![
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("HOME", below("")),
            ("XDG_CONFIG_HOME", below("config")),
            ("XDG_DATA_HOME", below("data")),
            ("XDG_STATE_HOME", below("state")),
            ("TERM", "xterm-256color".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("DASHSCOPE_API_KEY", KEY.to_owned()),
        ]
    }
}

/// The simulator in this process.
pub(crate) struct Sim {
    server: Option<Server>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Sim {
    /// With faults by script: the text of a scenario file.
    pub(crate) fn with(scenario: &str) -> Self {
        let scenario = Scenario::parse("test", scenario).expect("a scenario");
        Self::start(Options { scenario: Some(scenario), ..Options::default() })
    }

    /// Every answer is this text, as fast as possible.
    pub(crate) fn saying(answer: &str) -> Self {
        Self::with(&format!("[[rule]]\nrate = 0\nanswer = {}", toml::Value::from(answer)))
    }

    pub(crate) fn start(options: Options) -> Self {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().expect("threads");
        let server = runtime.block_on(sim::start(options)).expect("a simulator");
        Self { server: Some(server), runtime: Some(runtime) }
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    pub(crate) fn origin(&self) -> String {
        self.server().origin()
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        self.server().addr().to_string()
    }

    /// How many answers are on their way.
    pub(crate) fn active(&self) -> usize {
        self.server().active()
    }

    /// What it was asked, but for the account's limits: those are asked for beside the work.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        let aside =
            |seen: &Seen| seen.path.ends_with("/quotas") || seen.path.ends_with("/models/limits");
        self.server().seen().into_iter().filter(|seen| !aside(seen)).collect()
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

/// How the binary is started.
pub(crate) struct Start {
    command: CommandBuilder,
    size: (u16, u16),
}

impl Start {
    /// The workbench in a terminal of 100x30, towards `origin`.
    pub(crate) fn at(home: &Home, origin: &str) -> Self {
        Self::bare(home).args(&["--base-url", origin])
    }

    /// The workbench in a terminal of 100x30, towards a simulator.
    pub(crate) fn new(home: &Home, sim: &Sim) -> Self {
        Self::at(home, &sim.origin())
    }

    /// The binary without arguments.
    pub(crate) fn bare(home: &Home) -> Self {
        Self { command: home.command(env!("CARGO_BIN_EXE_lian")), size: (100, 30) }
    }

    /// Another program that starts the binary, which it gets as its last argument.
    pub(crate) fn within(home: &Home, program: &str, args: &[&str]) -> Self {
        let start = Self { command: home.command(program), size: (100, 30) };
        start.args(args).args(&[env!("CARGO_BIN_EXE_lian")])
    }

    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    pub(crate) fn spawn(self) -> Term {
        Term::spawn(self.command, self.size.0, self.size.1)
    }

    /// Starts it and waits until it can be typed into.
    pub(crate) fn ready(self) -> Term {
        let term = self.spawn();
        term.wait_for("Ask something");
        term
    }
}
