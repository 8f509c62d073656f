//! What the terminal took and when: bytes with the moment of each read, and questions to the
//! terminal among them. It refuses to read itself (`child`).

use std::time::Instant;

/// Everything that was read so far.
#[derive(Debug, Default)]
pub(crate) struct Log {
    bytes: Vec<u8>,
    /// When each read returned, and how many bytes there were then.
    reads: Vec<(Instant, usize)>,
}

/// A place in the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) bytes: usize,
    pub(crate) reads: usize,
}

impl Log {
    pub(crate) fn push(&mut self, at: Instant, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.reads.push((at, self.bytes.len()));
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { bytes: self.bytes.len(), reads: self.reads.len() }
    }

    /// When the last bytes came.
    pub(crate) fn last(&self) -> Option<Instant> {
        self.reads.last().map(|(at, _)| *at)
    }

    /// When the whole of `text` had come, looking from a mark on.
    pub(crate) fn find(&self, text: &[u8], from: Mark) -> Option<Instant> {
        // It may have been cut in two by the reads around the mark.
        let start = from.bytes.saturating_sub(text.len() - 1);
        let at = self.bytes.get(start..)?.windows(text.len()).position(|part| part == text)?;
        let end = start + at + text.len();
        let read = self.reads.partition_point(|(_, total)| *total < end);
        self.reads.get(read).map(|(at, _)| *at)
    }

    /// How often the terminal was asked something: a program that does so waits for slow links.
    pub(crate) fn questions(&self) -> usize {
        let asked =
            |text: &[u8]| self.bytes.windows(text.len()).filter(|part| part == &text).count();
        let plain: usize = [
            &b"\x1b[c"[..],
            b"\x1b[0c",
            b"\x1b[>c",
            b"\x1b[>0c",
            b"\x1b[5n",
            b"\x1b[6n",
            b"\x1b[?6n",
            b"\x1b[?u",
            b"\x1b[>q",
            b"\x1b[>0q",
            b"\x1b[14t",
            b"\x1b[16t",
            b"\x1b[18t",
            b"\x1bP+q",
            b"\x1bP$q",
            b"\x1b]10;?",
            b"\x1b]11;?",
            b"\x1b]4;",
        ]
        .map(asked)
        .iter()
        .sum();
        // DECRQM: `CSI ? number $ p`.
        plain + asked(b"$p")
    }

    /// Everything, for looking at by hand.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
