//! The way out to the terminal: writes that never make the loop wait for a slow one.
//! It refuses to write while the terminal is not ours: after a rescue, a frame would soil the shell.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

use super::{rescue, sys};

/// The terminal, opened for writing.
#[derive(Debug)]
pub struct Out {
    file: File,
    waits: bool,
}

impl Out {
    /// Opens the terminal behind standard output a second time, so that not waiting is a property of
    /// this opening alone: standard output is shared with the shell and must keep its flags. Where that
    /// is not possible, writes go to standard output and wait.
    pub fn open() -> io::Result<Self> {
        let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        Ok(match again(&stdout) {
            Some(file) => Self { file, waits: false },
            None => Self { file: stdout, waits: true },
        })
    }

    /// Waits until the terminal takes bytes again. Needs tokio's IO driver.
    pub async fn writable(&self) -> io::Result<()> {
        if self.waits {
            return Ok(());
        }
        sys::writable(self.file.as_fd())?.writable().await.map(|_| ())
    }
}

fn again(stdout: &File) -> Option<File> {
    let path = sys::terminal_path(stdout.as_fd())?;
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let file = OpenOptions::new().write(true).custom_flags(flags).open(path).ok()?;
    // In a container the path may name another terminal.
    let same = file.metadata().ok()?.rdev() == stdout.metadata().ok()?.rdev();
    same.then_some(file)
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if rescue::entered() { self.file.write(bytes) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_slow_terminal_refuses_and_says_when_it_is_ready() {
        let (master, slave) = sys::pty::open();
        let mut file = again(&File::from(slave)).unwrap();
        let block = [b'x'; 4096];
        let refusal = loop {
            if let Err(error) = file.write(&block) {
                break error;
            }
        };
        assert_eq!(refusal.kind(), io::ErrorKind::WouldBlock);
        let reader = std::thread::spawn(move || {
            let mut master = File::from(master);
            let mut block = [0; 4096];
            while master.read(&mut block).is_ok_and(|count| count > 0) {}
        });
        let out = Out { file, waits: false };
        let cap = Duration::from_secs(20);
        tokio::time::timeout(cap, out.writable()).await.unwrap().unwrap();
        drop(out);
        reader.join().unwrap();
    }

    #[test]
    fn nothing_is_written_to_a_terminal_that_is_not_ours() {
        let (_, writer) = io::pipe().unwrap();
        let mut out = Out { file: File::from(std::os::fd::OwnedFd::from(writer)), waits: true };
        // The reader is gone, so a real write would fail.
        assert_eq!(out.write(b"frame").unwrap(), 5);
    }
}
