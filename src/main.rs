//! Parses the command line, starts what was asked for, ends with its exit code. It refuses to
//! know how anything is done; the only place where the process ends.

use std::io::Write as _;
use std::process::ExitCode;

use lian::{command, runtime};

fn main() -> ExitCode {
    let cli = command::shell::arguments();
    // One thread for the loop, one for the services: a large answer that is being parsed never
    // makes a key wait.
    let threads =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let threads = match threads {
        Ok(threads) => threads,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "lian: cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let code = threads.block_on(runtime::launch(cli));
    // A thread that hangs in the system must not hold up the end.
    threads.shutdown_background();
    ExitCode::from(code)
}
