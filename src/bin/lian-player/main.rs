//! `lian-player`: plays what `lian` sends it on this machine's device, and is the only program of the
//! house that knows one. It refuses to write anything but frames, wherever a sound library would talk.

mod device;
mod engine;
mod resample;
mod speaker;
mod tap;
#[cfg(test)]
mod testing;

use std::io::{self, IsTerminal as _, Read, Write as _};
use std::process::ExitCode;
use std::sync::mpsc::{SyncSender, sync_channel};

use engine::{End, Engine, Heard};
use lian::player::{Decoder, Request};
use speaker::Speaker;

/// Frames that may wait for the engine. When it is full the input waits in its pipe.
const INBOX: usize = 64;

const USAGE: &str = "\
lian-player plays on this machine's sound device what lian sends it.
lian starts it by itself; over SSH it is started as `ssh -T HOST lian-player`.
It takes no arguments but --help and --version.
";

fn main() -> ExitCode {
    if let Some(first) = std::env::args().nth(1) {
        return match first.as_str() {
            "--help" | "-h" => print(USAGE),
            "--version" | "-V" => print(concat!("lian-player ", env!("CARGO_PKG_VERSION"), "\n")),
            _ => complain(),
        };
    }
    if io::stdin().is_terminal() || io::stdout().is_terminal() {
        return complain();
    }
    if silence().is_err() {
        // A system without /dev/null: better no sound than a soiled screen.
        return ExitCode::FAILURE;
    }
    let (send, inbox) = sync_channel(INBOX);
    let reader = send.clone();
    std::thread::spawn(move || listen(io::stdin().lock(), &reader));
    match Engine::new(Speaker, io::stdout().lock(), send).run(&inbox) {
        End::Gone => ExitCode::SUCCESS,
        End::Failed => ExitCode::FAILURE,
    }
}

fn print(text: &str) -> ExitCode {
    // Whoever closed the pipe does not want to read it.
    drop(io::stdout().write_all(text.as_bytes()));
    ExitCode::SUCCESS
}

fn complain() -> ExitCode {
    drop(io::stderr().write_all(USAGE.as_bytes()));
    ExitCode::from(2)
}

/// Passes on what is asked, until the input ends or cannot be understood.
fn listen(mut input: impl Read, engine: &SyncSender<Heard>) {
    let (mut decoder, mut found) = (Decoder::<Request>::default(), Vec::new());
    let mut bytes = vec![0; 16 << 10];
    loop {
        let count = match input.read(&mut bytes) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => 0,
        };
        let read = decoder.push(&bytes[..count], &mut found);
        let mut heard: Vec<Heard> = found.drain(..).map(Heard::Asked).collect();
        match read {
            Err(fault) => heard.push(Heard::Garbage(fault)),
            Ok(()) if count == 0 => heard.push(Heard::Gone),
            Ok(()) => {}
        }
        let last = read.is_err() || count == 0;
        // An engine that has ended takes nothing more.
        let sent = heard.into_iter().try_for_each(|heard| engine.send(heard));
        if last || sent.is_err() {
            return;
        }
    }
}

/// Puts an empty device in the place of standard error. Sound libraries write there what they
/// please (ALSA eight lines for a missing card), and the screen of `lian` may be behind it.
fn silence() -> io::Result<()> {
    use std::os::fd::AsRawFd as _;
    let null = std::fs::File::options().write(true).open("/dev/null")?;
    #[expect(unsafe_code, reason = "std cannot replace a descriptor")]
    // SAFETY: two descriptors that are open; nobody else holds the second one as a value.
    let result = unsafe { libc::dup2(null.as_raw_fd(), 2) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
