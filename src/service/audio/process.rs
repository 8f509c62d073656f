//! A process that plays: started without a terminal it could write on, fed with a deadline, asked for its
//! last words when it ends. It refuses a shell, and to outlive whoever holds it.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::domain::audio::{FaultKind, SinkFault};
use crate::text::sanitize;

/// Of what a process says on standard error so much is kept.
const SAID: usize = 500;
/// After its end, what it said has arrived; a child of its own may hold the pipe for ever.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// See the header. Dropping it ends the process.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    said: JoinHandle<Vec<u8>>,
}

impl Process {
    /// Starts the program with its arguments. With `answers` its standard output is a pipe.
    pub(super) fn start(words: &[String], answers: bool) -> Result<Self, SinkFault> {
        let fault = |error: &dyn std::fmt::Display| {
            let said = sanitize::line(&error.to_string());
            SinkFault { kind: FaultKind::NotStarted, said }
        };
        let Some((program, arguments)) = words.split_first() else {
            return Err(fault(&"no program is named"));
        };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command.stdout(if answers { Stdio::piped() } else { Stdio::null() });
        #[expect(unsafe_code, reason = "std and tokio have no setsid")]
        // SAFETY: setsid is safe to call between fork and exec and touches no memory of ours.
        unsafe {
            // Without a terminal ssh cannot draw its questions over the workbench.
            command.pre_exec(|| {
                libc::setsid();
                Ok(())
            });
        }
        let mut child = command.spawn().map_err(|error| fault(&error))?;
        let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
        let said = tokio::spawn(async move {
            let (mut said, mut bytes) = (Vec::new(), [0; 256]);
            let Some(mut stderr) = stderr else { return said };
            // Read to its end, or a talkative program would wait for us.
            while let Ok(count @ 1..) = stderr.read(&mut bytes).await {
                let room = SAID.saturating_sub(said.len()).min(count);
                said.extend_from_slice(&bytes[..room]);
            }
            said
        });
        Ok(Self { child, stdin, said })
    }

    /// Its standard output, once.
    pub(super) fn answers(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Its standard input, once.
    pub(super) fn input(&mut self) -> Option<ChildStdin> {
        self.stdin.take()
    }

    /// Ends it now.
    pub(super) async fn kill(&mut self) {
        // One that has ended already cannot be killed, which is as good.
        drop(self.child.kill().await);
    }

    /// Waits until it has ended; whether well. Nothing is lost if the wait is given up.
    pub(super) async fn ended(&mut self) -> bool {
        self.child.wait().await.is_ok_and(|status| status.success())
    }

    /// Why it has ended, or does not do its part, in its own words if it said any.
    pub(super) async fn why(&mut self, kind: FaultKind) -> SinkFault {
        let status = tokio::time::timeout(LAST_WORDS, self.child.wait()).await;
        let said = tokio::time::timeout(LAST_WORDS, &mut self.said).await;
        let said = said.ok().and_then(Result::ok).unwrap_or_default();
        let mut said = String::from_utf8_lossy(&said).trim().to_owned();
        if let (true, Ok(Ok(status))) = (said.is_empty(), status) {
            said = status.to_string();
        }
        SinkFault { kind, said: sanitize::line(&said) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.said.abort();
    }
}

/// Writes all of it within a time.
pub(super) async fn write(stdin: &mut ChildStdin, bytes: &[u8], time: Duration) -> io::Result<()> {
    let write = async {
        stdin.write_all(bytes).await?;
        stdin.flush().await
    };
    match tokio::time::timeout(time, write).await {
        Ok(result) => result,
        Err(_) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("nothing was taken within {} ms", time.as_millis()),
        )),
    }
}
