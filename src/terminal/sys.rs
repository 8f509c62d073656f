//! The few calls of the C library that this room needs, each in a safe wrapper.
//! It refuses to decide anything: no policy, no state.

use std::ffi::{CStr, OsStr};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Waits until one of `fds` reports something or `timeout` milliseconds have passed (-1: for ever).
/// Answers how many did; what they report is in them.
pub(super) fn poll(fds: &mut [libc::pollfd], timeout: i32) -> io::Result<usize> {
    loop {
        let count = fds.len() as libc::nfds_t;
        #[expect(unsafe_code, reason = "std has no poll")]
        // SAFETY: the pointer and the count describe one exclusive slice, which outlives the call.
        let ready = unsafe { libc::poll(fds.as_mut_ptr(), count, timeout) };
        if let Ok(ready) = usize::try_from(ready) {
            return Ok(ready);
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// What to ask `poll` about one descriptor.
pub(super) fn watched(fd: BorrowedFd<'_>, events: i16) -> libc::pollfd {
    libc::pollfd { fd: fd.as_raw_fd(), events, revents: 0 }
}

/// Registers `fd` with tokio, to learn when it takes bytes.
pub(super) fn writable(fd: BorrowedFd<'_>) -> io::Result<AsyncFd<BorrowedFd<'_>>> {
    #[expect(unsafe_code, reason = "tokio cannot see how long a descriptor stays open")]
    // SAFETY: the borrow keeps it open for longer than the registration lives, and its number is fixed.
    let registered = unsafe { AsyncFd::register_with_interest(fd, Interest::WRITABLE) };
    Ok(registered?)
}

/// Makes the number `target` mean what `source` is; what it meant before is closed.
pub(super) fn put_over(source: BorrowedFd<'_>, target: RawFd) -> io::Result<()> {
    #[expect(unsafe_code, reason = "std cannot replace a descriptor")]
    // SAFETY: no memory is involved. The callers name standard descriptors, which everybody uses by
    // number and nobody owns, or descriptors of their own.
    let result = unsafe { libc::dup2(source.as_raw_fd(), target) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Makes reads and writes answer "not now" instead of waiting.
pub(super) fn never_wait(fd: BorrowedFd<'_>) -> io::Result<()> {
    #[expect(unsafe_code, reason = "std has this for sockets only")]
    // SAFETY: flags are read and written as integers on a descriptor that is borrowed.
    let result = unsafe {
        let flags = libc::fcntl(fd.as_raw_fd(), libc::F_GETFL);
        if flags < 0 {
            flags
        } else {
            libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK)
        }
    };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Columns and rows of the terminal behind `fd`.
pub(super) fn window(fd: BorrowedFd<'_>) -> Option<(u16, u16)> {
    winsize(fd).map(|size| (size.ws_col, size.ws_row))
}

/// Columns and rows of pixels of the terminal behind `fd`; 0 where it does not tell.
pub(super) fn pixels(fd: BorrowedFd<'_>) -> Option<(u16, u16)> {
    winsize(fd).map(|size| (size.ws_xpixel, size.ws_ypixel))
}

fn winsize(fd: BorrowedFd<'_>) -> Option<libc::winsize> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    #[expect(unsafe_code, reason = "std does not know terminals' sizes")]
    // SAFETY: this request writes one `winsize`, and the pointer is to a whole one of our own.
    let result = unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCGWINSZ, &raw mut size) };
    (result == 0).then_some(size)
}

/// The path of the terminal behind `fd`.
pub(super) fn terminal_path(fd: BorrowedFd<'_>) -> Option<PathBuf> {
    let mut name = [0_u8; 256];
    #[expect(unsafe_code, reason = "std does not know terminals' names")]
    // SAFETY: pointer and length describe our buffer; the call ends what it writes with a zero.
    let result = unsafe { libc::ttyname_r(fd.as_raw_fd(), name.as_mut_ptr().cast(), name.len()) };
    let name = CStr::from_bytes_until_nul(&name).ok()?;
    (result == 0).then(|| PathBuf::from(OsStr::from_bytes(name.to_bytes())))
}

/// Stops this process and all of its group, as Ctrl-Z in a terminal does, and answers when it was
/// continued. Whoever started us is in the group and must stop too, or the shell would not notice.
/// Nothing happens where stopping is not possible: nobody could continue us.
pub(super) fn stop() -> io::Result<()> {
    let before = disposition(libc::SIGTSTP, None)?;
    if before.sa_sigaction == libc::SIG_IGN {
        return Ok(());
    }
    // The continuation that ends this stop is told to nobody: what there is to set right, the caller
    // does, and whether the kernel stops us at all cannot be known.
    let going_on = disposition(libc::SIGCONT, Some(handler(libc::SIG_DFL)))?;
    let sent = stop_group();
    disposition(libc::SIGTSTP, Some(before))?;
    disposition(libc::SIGCONT, Some(going_on))?;
    sent
}

/// Asks a process to end. One that is gone already is nobody's concern.
pub(super) fn terminate(process: u32) {
    let Ok(process) = libc::pid_t::try_from(process) else { return };
    if process > 1 {
        #[expect(unsafe_code, reason = "std can only kill")]
        // SAFETY: takes plain numbers; the caller's child has not been waited for yet.
        unsafe {
            libc::kill(process, libc::SIGTERM);
        }
    }
}

/// The others first, which we have to ignore; then this very thread, so that the stop has happened
/// when the call is back.
fn stop_group() -> io::Result<()> {
    disposition(libc::SIGTSTP, Some(handler(libc::SIG_IGN)))?;
    #[expect(unsafe_code, reason = "std does not send signals")]
    // SAFETY: takes plain numbers.
    if unsafe { libc::kill(0, libc::SIGTSTP) } < 0 {
        return Err(io::Error::last_os_error());
    }
    disposition(libc::SIGTSTP, Some(handler(libc::SIG_DFL)))?;
    #[expect(unsafe_code, reason = "std does not send signals")]
    // SAFETY: takes a plain number; the default action runs no code of ours.
    unsafe {
        libc::raise(libc::SIGTSTP);
    }
    Ok(())
}

fn handler(action: libc::sighandler_t) -> libc::sigaction {
    #[expect(unsafe_code, reason = "the structure has different fields on every system")]
    // SAFETY: a C structure of integers, a set of bits and a pointer that may be null.
    let mut new: libc::sigaction = unsafe { std::mem::zeroed() };
    new.sa_sigaction = action;
    new
}

/// What a signal does, and perhaps from now on something else.
fn disposition(signal: i32, new: Option<libc::sigaction>) -> io::Result<libc::sigaction> {
    let mut old = handler(libc::SIG_DFL);
    let new = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    #[expect(unsafe_code, reason = "std does not know dispositions")]
    // SAFETY: `new` is null or a whole structure that outlives the call, whose handler is SIG_DFL,
    // SIG_IGN or what this call reported before; `old` is a whole structure of our own.
    let result = unsafe { libc::sigaction(signal, new, &raw mut old) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(old) }
}

#[cfg(test)]
pub(super) mod pty {
    //! A pseudo terminal within the test.

    use std::os::fd::{FromRawFd, OwnedFd};

    /// The master and the slave.
    pub(crate) fn open() -> (OwnedFd, OwnedFd) {
        let (mut master, mut slave) = (-1, -1);
        let none = std::ptr::null_mut();
        #[expect(unsafe_code, reason = "the test needs the slave's descriptor itself")]
        // SAFETY: two integers of our own are written; the other pointers may be null. The two
        // descriptors are new and owned by nobody else.
        unsafe {
            let result =
                libc::openpty(&raw mut master, &raw mut slave, none, none.cast(), none.cast());
            assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
            (OwnedFd::from_raw_fd(master), OwnedFd::from_raw_fd(slave))
        }
    }
}
