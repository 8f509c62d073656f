//! Where the text of `lian speak` comes from: the argument, or a pipe that is read as it fills. It
//! refuses to wait for a terminal.

use std::io::{self, IsTerminal as _, Read as _};

use tokio::sync::mpsc;

use crate::cli::speak::SpeakArgs;

/// Bytes that are read at once.
const READ: usize = 8 << 10;

/// See the header.
pub(super) enum Input {
    /// All of it; nothing when it was taken.
    Whole(Option<String>),
    /// Bytes as they come. A letter may be cut.
    Pipe { bytes: mpsc::Receiver<Vec<u8>>, cut: Vec<u8> },
}

impl Input {
    /// `None` if there is nothing to read.
    pub(super) fn open(args: &SpeakArgs) -> Option<Self> {
        match args.text.as_deref() {
            Some(text) if text != "-" => {
                (!text.trim().is_empty()).then(|| Self::Whole(Some(text.to_owned())))
            }
            None if io::stdin().is_terminal() => None,
            Some(_) | None => {
                let (out, bytes) = mpsc::channel(8);
                // Whoever fills the pipe may take its time: the wait is made in a thread of its own.
                std::thread::spawn(move || {
                    let mut stdin = io::stdin().lock();
                    let mut buffer = vec![0; READ];
                    while let Ok(count @ 1..) = stdin.read(&mut buffer) {
                        if out.blocking_send(buffer[..count].to_vec()).is_err() {
                            return;
                        }
                    }
                });
                Some(Self::Pipe { bytes, cut: Vec::new() })
            }
        }
    }

    /// All of it is known when the first of it is.
    pub(super) const fn is_whole(&self) -> bool {
        matches!(self, Self::Whole(_))
    }

    /// The next part; `None` is the end. May be dropped and called again at any await.
    pub(super) async fn next(&mut self) -> Option<String> {
        match self {
            Self::Whole(text) => text.take(),
            Self::Pipe { bytes, cut } => match bytes.recv().await {
                Some(more) => {
                    cut.extend(more);
                    Some(decoded(cut, false))
                }
                None if cut.is_empty() => None,
                None => Some(decoded(cut, true)),
            },
        }
    }
}

/// The letters of these bytes; one that is cut at their end stays there, unless it is the end of all.
fn decoded(bytes: &mut Vec<u8>, end: bool) -> String {
    let tail = bytes.len().saturating_sub(3);
    // Where the last letter begins, and how long it is, its first byte says.
    let begins = (tail..bytes.len()).rev().find(|at| bytes[*at] >= 0xc0);
    let cut = begins.filter(|at| {
        let needs = match bytes[*at] {
            0xf0.. => 4,
            0xe0.. => 3,
            _ => 2,
        };
        !end && bytes.len() - at < needs
    });
    let whole = cut.unwrap_or(bytes.len());
    let rest = bytes.split_off(whole);
    let text = String::from_utf8_lossy(bytes).into_owned();
    *bytes = rest;
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_whole_however_they_are_cut() {
        let text = "aé中👍z";
        for cut in 0..=text.len() {
            for second in cut..=text.len() {
                let mut bytes = Vec::new();
                let mut read = String::new();
                for part in [
                    &text.as_bytes()[..cut],
                    &text.as_bytes()[cut..second],
                    &text.as_bytes()[second..],
                ] {
                    bytes.extend_from_slice(part);
                    read.push_str(&decoded(&mut bytes, false));
                }
                assert!(bytes.is_empty(), "{cut} {second}");
                assert_eq!(read, text, "{cut} {second}");
            }
        }
        let mut bytes = vec![b'a', 0xff, 0xe4, 0xb8];
        assert_eq!(decoded(&mut bytes, false), "a\u{fffd}");
        assert_eq!(decoded(&mut bytes, true), "\u{fffd}");
    }
}
