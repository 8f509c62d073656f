//! `lian sim`: starts the simulator, says where it is in one line, and runs until it is told to end.
//! It refuses to know what the simulator does.

use std::io::Write;

use crate::cli::sim::SimArgs;
use crate::sim::{self, Limits, Options, Scenario, SimError};

/// Exit code of a normal end, by SIGTERM and Ctrl-C too.
const OK: u8 = 0;
/// Exit code of a wrong argument.
const USAGE: u8 = 2;
/// Exit code when the address cannot be had.
const NETWORK: u8 = 5;
/// Exit code of a wrong scenario file.
const CONFIGURATION: u8 = 6;

/// Runs the simulator until SIGTERM or Ctrl-C; gives the exit code of the program.
pub async fn run(args: SimArgs) -> u8 {
    match serve(args).await {
        Ok(()) => OK,
        Err((code, sentence)) => {
            // Nothing can be said when stderr is gone.
            let _ = writeln!(std::io::stderr(), "lian sim: {sentence}");
            code
        }
    }
}

async fn serve(args: SimArgs) -> Result<(), (u8, String)> {
    let scenario = args.scenario.as_deref().map(Scenario::read).transpose();
    let options = Options {
        listen: args.listen,
        allow_remote: args.allow_remote,
        scenario: scenario.map_err(|error| (CONFIGURATION, error.to_string()))?,
        time_scale: args.time_scale,
        tokens: args.tokens,
        rate: args.rate,
        seed: args.seed,
        espeak: args.espeak,
        accept_key: args.accept_key.map(Into::into),
        limits: Limits::named(&args.limits).map_err(|error| (CONFIGURATION, error.to_string()))?,
        quotas: !args.no_quotas,
    };
    // Asked for before the line is printed: who reads it may send the signal at once.
    let end =
        Signals::new().map_err(|error| (NETWORK, format!("cannot wait for signals: {error}")))?;
    let server = sim::start(options).await.map_err(|error| {
        let code = match error {
            SimError::InUse(_) | SimError::Listen { .. } => NETWORK,
            SimError::NotLoopback(_) | SimError::TimeScale | SimError::Rate => USAGE,
        };
        (code, error.to_string())
    })?;
    let origin = server.origin();
    let line = format!(
        "lian sim: ready on {origin}  (compat: {origin}/compatible-mode/v1, native: {origin}/api/v1)\n"
    );
    let mut out = std::io::stdout();
    // A reader that does not want the line does not end the server.
    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
    end.wait().await;
    server.shutdown().await;
    Ok(())
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
