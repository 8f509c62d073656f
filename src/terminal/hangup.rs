//! Noticing that the terminal has gone away, and cutting it off then.
//! It refuses to decide what becomes of the program.

use std::fs::{File, OpenOptions};
use std::io::{self, PipeWriter};
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::thread;

use super::{rescue, sys};

/// What says that the other side is gone.
const GONE: i16 = libc::POLLHUP | libc::POLLERR | libc::POLLNVAL;

/// A thread that sleeps until the terminal hangs up; it wakes for nothing else. Dropping this ends it.
#[derive(Debug)]
pub struct Watchdog {
    /// Closing it wakes the thread.
    _stop: PipeWriter,
}

impl Watchdog {
    /// Watches standard input and calls `gone`, once, in a thread of its own, when it hangs up.
    pub fn start(gone: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        Self::watch(io::stdin().as_fd().try_clone_to_owned()?, gone)
    }

    fn watch(terminal: OwnedFd, gone: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (stopped, stop) = io::pipe()?;
        let sleep = move || {
            // Asking for no event leaves those that always come: hang-up and error. Typed bytes that
            // nobody has read yet do not wake us.
            let mut fds = [sys::watched(terminal.as_fd(), 0), sys::watched(stopped.as_fd(), 0)];
            // Some systems cannot poll some terminals and say so at once: then there is no watchdog.
            let unable = sys::poll(&mut fds, 0).is_err() || fds[0].revents & libc::POLLNVAL != 0;
            if unable || sys::poll(&mut fds, -1).is_err() {
                return;
            }
            if fds[1].revents == 0 && fds[0].revents & GONE != 0 {
                gone();
            }
        };
        thread::Builder::new().name("hang-up".into()).stack_size(64 * 1024).spawn(sleep)?;
        Ok(Self { _stop: stop })
    }
}

/// Cuts the terminal off: nothing is written to it any more and nothing read. An idle pipe takes the
/// place of standard input, since the reader of keys would spin on a dead terminal, and `/dev/null`
/// that of standard output, and of standard error if that is the terminal too. The terminal's modes are
/// left alone. Drop the [`Out`](super::out::Out) afterwards.
pub fn detach() -> io::Result<()> {
    rescue::forget();
    let (input, errors) = (device(io::stdin().as_fd()), device(io::stderr().as_fd()));
    if errors.is_some() && errors == input {
        cut(libc::STDIN_FILENO, &[libc::STDOUT_FILENO, libc::STDERR_FILENO])
    } else {
        cut(libc::STDIN_FILENO, &[libc::STDOUT_FILENO])
    }
}

fn cut(input: RawFd, outputs: &[RawFd]) -> io::Result<()> {
    let null = OpenOptions::new().write(true).open("/dev/null")?;
    let (idle, other_end) = io::pipe()?;
    // A reader that asks again and again until there is nothing gets its answer, and sleeps.
    sys::never_wait(idle.as_fd())?;
    sys::put_over(idle.as_fd(), input)?;
    // Never closed: a pipe without a writer is at its end, and the reader would spin again.
    let _open_for_ever: RawFd = other_end.into_raw_fd();
    for output in outputs {
        sys::put_over(null.as_fd(), *output)?;
    }
    Ok(())
}

/// Which device is behind a descriptor. A dead terminal no longer says that it is one, but this it does.
fn device(fd: BorrowedFd<'_>) -> Option<u64> {
    let file = File::from(fd.try_clone_to_owned().ok()?);
    file.metadata().ok().map(|data| data.rdev()).filter(|device| *device != 0)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::fd::AsRawFd;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    const CAP: Duration = Duration::from_secs(20);

    #[test]
    fn the_watchdog_hears_a_hang_up_and_not_keys() {
        let (master, slave) = sys::pty::open();
        let (tell, told) = mpsc::channel();
        let _watchdog = Watchdog::watch(slave, move || tell.send(()).unwrap()).unwrap();
        let mut master = File::from(master);
        master.write_all(b"keys that nobody reads\n").unwrap();
        assert_eq!(told.try_recv(), Err(mpsc::TryRecvError::Empty));
        drop(master);
        assert_eq!(told.recv_timeout(CAP), Ok(()));
        assert_eq!(told.recv_timeout(CAP), Err(mpsc::RecvTimeoutError::Disconnected), "only once");
    }

    #[test]
    fn a_dropped_watchdog_goes_quietly() {
        let (master, slave) = sys::pty::open();
        let (tell, told) = mpsc::channel::<()>();
        drop(Watchdog::watch(slave, move || tell.send(()).unwrap()).unwrap());
        assert_eq!(told.recv_timeout(CAP), Err(mpsc::RecvTimeoutError::Disconnected));
        drop(master);
    }

    #[test]
    fn a_terminal_cut_off_is_silent_and_takes_everything() {
        let (master, slave) = sys::pty::open();
        let input = slave.try_clone().unwrap();
        let output = slave.try_clone().unwrap();
        assert!(device(input.as_fd()).is_some() && device(input.as_fd()) == device(slave.as_fd()));
        drop(slave);
        drop(master);
        assert!(device(output.as_fd()).is_some(), "a dead terminal still has its number");
        cut(input.as_raw_fd(), &[output.as_raw_fd()]).unwrap();
        let error = File::from(input).read(&mut [0; 8]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        File::from(output).write_all(b"into the dark").unwrap();
    }
}
