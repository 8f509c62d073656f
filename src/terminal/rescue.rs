//! Entering the terminal and giving it back, on every way out: quit, signal, suspension, panic.
//! It refuses to give back twice, or anything at all once the terminal is gone.
//!
//! This is the one place of the program with state of the whole process: a panic in any thread must
//! find the terminal, and a terminal is a thing of the whole process.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::modes::Modes;
use super::{images, sys};

/// The modes that are on, while the terminal is ours.
static ENTERED: Mutex<Option<Modes>> = Mutex::new(None);
/// The same as a flag that is cheap to look at.
static OURS: AtomicBool = AtomicBool::new(false);

/// How long the terminal may refuse the last bytes, in milliseconds.
const PATIENCE: i32 = 500;

/// Takes the terminal: raw mode, then `modes`. Nothing happens if it is taken already. Tell the
/// painter to `invalidate`.
pub fn enter(modes: Modes) -> io::Result<()> {
    let mut entered = lock();
    if entered.is_some() {
        return Ok(());
    }
    crossterm::terminal::enable_raw_mode()?;
    if let Err(error) = send(&modes.enter_bytes()) {
        // The first error is the one to tell.
        let _ = crossterm::terminal::disable_raw_mode();
        return Err(error);
    }
    *entered = Some(modes);
    OURS.store(true, Ordering::SeqCst);
    Ok(())
}

/// Gives the terminal back, once for each `enter`, from any thread. Answers which modes were on.
/// Errors are not told: there is nobody to tell them to.
pub fn restore() -> Option<Modes> {
    let mut entered = lock();
    OURS.store(false, Ordering::SeqCst);
    let modes = entered.take()?;
    let _ = send(&modes.leave_bytes());
    let _ = crossterm::terminal::disable_raw_mode();
    Some(modes)
}

/// Whether the terminal is ours to write to.
#[must_use]
pub fn entered() -> bool {
    OURS.load(Ordering::SeqCst)
}

/// The terminal is gone: from now on nothing is given back.
pub(super) fn forget() {
    OURS.store(false, Ordering::SeqCst);
    lock().take();
}

/// Turns the mouse on or off while the terminal is ours. Flush the painter before.
pub fn set_mouse(on: bool) -> io::Result<()> {
    let mut entered = lock();
    if let Some(modes) = entered.as_mut().filter(|modes| modes.mouse != on) {
        send(Modes::mouse_bytes(on))?;
        modes.mouse = on;
    }
    Ok(())
}

/// A picture goes to the terminal this way: it is taken away when the terminal is given back.
pub fn set_pictures(way: images::Way) {
    if let Some(modes) = lock().as_mut() {
        modes.pictures = Some(way);
    }
}

/// Gives the terminal back, stops the process (and its group, as Ctrl-Z in a shell does) and takes the
/// terminal again when the process was continued. Afterwards ask for the size and invalidate.
pub fn suspend() -> io::Result<()> {
    let Some(modes) = restore() else { return Ok(()) };
    let stopped = sys::stop();
    enter(modes)?;
    stopped
}

/// Stops the process and its group while another program has the terminal, as Ctrl-Z there asks for,
/// and answers when it was continued.
pub fn stop() -> io::Result<()> {
    sys::stop()
}

/// Asks another program that has the terminal to end.
pub fn end(process: u32) {
    sys::terminate(process);
}

/// The process was stopped and continued from outside (SIGCONT without [`suspend`]): whatever the shell
/// made of the terminal meanwhile is set right. Afterwards ask for the size and invalidate.
pub fn resumed() -> io::Result<()> {
    match restore() {
        Some(modes) => enter(modes),
        None => Ok(()),
    }
}

/// From now on a panic in any thread gives the terminal back first, and then calls `report`, which may
/// write to standard error and to files. Panics for which `caught` holds are somebody's to catch:
/// nothing happens then.
pub fn install_panic_hook(
    caught: impl Fn() -> bool + Send + Sync + 'static,
    report: impl Fn(&PanicHookInfo<'_>) + Send + Sync + 'static,
) {
    std::panic::set_hook(Box::new(move |info| {
        if caught() {
            return;
        }
        restore();
        report(info);
    }));
}

fn lock() -> MutexGuard<'static, Option<Modes>> {
    ENTERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes to the terminal past the lock of `stdout`, which a panicking thread may hold, and without
/// waiting for ever on a terminal that takes nothing.
fn send(bytes: &[u8]) -> io::Result<()> {
    let mut terminal = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let mut rest = bytes;
    while !rest.is_empty() {
        let mut asked = [sys::watched(terminal.as_fd(), libc::POLLOUT)];
        if sys::poll(&mut asked, PATIENCE)? == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match terminal.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => rest = &rest[count..],
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
                ) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_given_back_that_was_not_taken() {
        assert!(!entered());
        assert_eq!(restore(), None);
        assert_eq!(restore(), None);
        assert!(suspend().is_ok() && resumed().is_ok() && set_mouse(true).is_ok());
    }
}
