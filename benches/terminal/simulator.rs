//! The simulator as a process of its own, so that its work is nobody else's. It refuses to know
//! what it says.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

/// A running `lian sim`; ends when dropped.
#[derive(Debug)]
pub(crate) struct Simulator {
    child: Child,
    pub(crate) origin: String,
}

impl Simulator {
    /// Every answer has so many tokens, sent at that many a second (0: no pauses).
    pub(crate) fn start(tokens: u32, rate: u32) -> anyhow::Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lian"))
            .args(["sim", "--listen", "127.0.0.1:0"])
            .args(["--tokens", &tokens.to_string(), "--rate", &rate.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("the simulator does not start")?;
        let out = child.stdout.take().context("no output of the simulator")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let origin = line.split_whitespace().find(|word| word.starts_with("http://"));
        let origin = origin.with_context(|| format!("no address in {line:?}"))?.to_owned();
        Ok(Self { child, origin })
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
