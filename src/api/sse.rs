//! The decoder of server-sent events: bytes in any cut go in, whole events and comments come
//! out. It follows the WHATWG text to the letter but for the end of the stream, and puts caps on
//! lines and events. It refuses to know what events mean, and it never reconnects.

/// Largest sizes accepted, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SseLimits {
    /// One line with its field name.
    pub line: usize,
    /// The data of one event.
    pub event: usize,
}

impl Default for SseLimits {
    /// 4 MiB a line, 8 MiB an event: real ones have a few hundred bytes, audio some 100 KiB.
    fn default() -> Self {
        Self { line: 4 << 20, event: 8 << 20 }
    }
}

/// A line or an event was larger than its cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a line or event of the stream is larger than {cap} bytes")]
pub struct Oversized {
    /// The cap, in bytes.
    pub cap: u64,
}

/// One thing in the stream, lent for the time of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// A line that began with a colon, without it. Servers use them as heartbeats, and the
    /// native surface for the status of the event that follows.
    Comment(&'a str),
    /// An event.
    Event(Event<'a>),
}

/// An event that has data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// The `event` field; empty if there was none, which means `message`.
    pub name: &'a str,
    /// The data lines, joined by LF.
    pub data: &'a str,
    /// The last `id` field seen in the stream, not only in this event.
    pub id: &'a str,
    /// A blank line ended it. Without one the stream stopped inside the event and `data` may
    /// lack its end; the specification drops such an event, this decoder leaves the choice.
    pub complete: bool,
}

const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];
/// Buffers that grew beyond this for one event are given back after it.
const KEEP: usize = 64 << 10;

/// Decodes one stream. Work is linear in the bytes; what is held is one unfinished event.
#[derive(Debug, Default)]
pub struct Decoder {
    limits: SseLimits,
    /// How many bytes of a byte order mark were seen; 3 once that question is settled.
    bom: usize,
    /// The last byte was CR: a LF that follows belongs to it.
    after_cr: bool,
    /// A line whose end has not come.
    partial: Vec<u8>,
    name: String,
    data: String,
    has_data: bool,
    id: String,
}

impl Decoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new(limits: SseLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes the next bytes and hands out everything they complete, in order.
    /// After an error the stream is of no further use.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(Item<'_>)) -> Result<(), Oversized> {
        let mut bytes = self.skip_bom(bytes);
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = bytes.iter().position(|b| matches!(b, b'\n' | b'\r')) {
            self.check_line(end)?;
            if self.partial.is_empty() {
                self.line(&bytes[..end], sink)?;
            } else {
                self.partial.extend_from_slice(&bytes[..end]);
                self.partial_line(sink)?;
            }
            let cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if cr {
                self.after_cr = bytes.is_empty();
                bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
            }
        }
        self.check_line(bytes.len())?;
        self.partial.extend_from_slice(bytes);
        Ok(())
    }

    /// The stream ended. An event that lacks its blank line is handed out with
    /// `complete: false`; a last line without its end counts as a line.
    pub fn finish(&mut self, sink: &mut impl FnMut(Item<'_>)) -> Result<(), Oversized> {
        if self.bom < BOM.len() {
            self.partial.extend_from_slice(&BOM[..self.bom]);
            self.bom = BOM.len();
        }
        if !self.partial.is_empty() {
            self.partial_line(sink)?;
        }
        self.dispatch(false, sink);
        Ok(())
    }

    /// Drops a byte order mark at the very start, however it is cut.
    fn skip_bom<'b>(&mut self, mut bytes: &'b [u8]) -> &'b [u8] {
        while self.bom < BOM.len() {
            let Some((&first, rest)) = bytes.split_first() else { break };
            if first == BOM[self.bom] {
                self.bom += 1;
                bytes = rest;
            } else {
                self.partial.extend_from_slice(&BOM[..self.bom]);
                self.bom = BOM.len();
            }
        }
        bytes
    }

    const fn check_line(&self, more: usize) -> Result<(), Oversized> {
        if self.partial.len() + more > self.limits.line {
            return Err(Oversized { cap: self.limits.line as u64 });
        }
        Ok(())
    }

    fn partial_line(&mut self, sink: &mut impl FnMut(Item<'_>)) -> Result<(), Oversized> {
        let mut whole = std::mem::take(&mut self.partial);
        self.line(&whole, sink)?;
        whole.clear();
        whole.shrink_to(KEEP);
        self.partial = whole;
        Ok(())
    }

    /// One line without its end.
    fn line(&mut self, line: &[u8], sink: &mut impl FnMut(Item<'_>)) -> Result<(), Oversized> {
        if line.is_empty() {
            self.dispatch(true, sink);
            return Ok(());
        }
        let (field, value) = match line.iter().position(|b| *b == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        let text = || String::from_utf8_lossy(value.strip_prefix(b" ").unwrap_or(value));
        match field {
            b"" => sink(Item::Comment(&String::from_utf8_lossy(value))),
            b"data" => {
                if self.data.len() + value.len() > self.limits.event {
                    return Err(Oversized { cap: self.limits.event as u64 });
                }
                if self.has_data {
                    self.data.push('\n');
                }
                self.has_data = true;
                // Bad bytes become U+FFFD. A character cut by a read is whole here, because
                // lines are decoded when they are complete.
                self.data.push_str(&text());
            }
            b"event" => text().as_ref().clone_into(&mut self.name),
            b"id" if !value.contains(&0) => text().as_ref().clone_into(&mut self.id),
            // `retry` asks for a reconnection, which a paid answer never does.
            _ => {}
        }
        Ok(())
    }

    fn dispatch(&mut self, complete: bool, sink: &mut impl FnMut(Item<'_>)) {
        if self.has_data {
            let Self { name, data, id, .. } = self;
            sink(Item::Event(Event { name, data, id, complete }));
        }
        self.has_data = false;
        self.data.clear();
        self.data.shrink_to(KEEP);
        self.name.clear();
    }
}

#[cfg(test)]
mod tests;
