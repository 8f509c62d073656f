//! A control sequence under construction: a few bytes on the stack, so that candidates can be compared
//! by length before one is sent. It refuses to grow: what does not fit is a mistake in this room.

/// Long enough for the longest change of style; everything else is far shorter.
const ROOM: usize = 80;

/// Bytes of one or two control sequences.
#[derive(Clone, Copy)]
pub(super) struct Seq {
    bytes: [u8; ROOM],
    len: usize,
}

impl Seq {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; ROOM], len: 0 }
    }

    pub(super) fn push(&mut self, byte: u8) {
        debug_assert!(self.len < ROOM, "a control sequence outgrew its room");
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    pub(super) fn repeat(&mut self, bytes: &[u8], times: u16) {
        for _ in 0..times {
            for byte in bytes {
                self.push(*byte);
            }
        }
    }

    pub(super) fn number(&mut self, value: u16) {
        let mut digits = [0_u8; 5];
        let mut left = value;
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        for digit in &digits[at..] {
            self.push(*digit);
        }
    }

    /// `CSI n final`, where 1 is what the terminal assumes without a number.
    pub(super) fn csi(&mut self, value: u16, last: u8) {
        self.push(0x1b);
        self.push(b'[');
        if value != 1 {
            self.number(value);
        }
        self.push(last);
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// The shorter of the two; `self` if they are equally long.
    pub(super) fn shorter(self, other: Self) -> Self {
        if other.len < self.len { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_defaults() {
        let mut seq = Seq::new();
        for value in [0, 1, 9, 10, 65_535] {
            seq.number(value);
            seq.push(b' ');
        }
        assert_eq!(seq.as_bytes(), b"0 1 9 10 65535 ");
        let mut seq = Seq::new();
        seq.csi(1, b'A');
        seq.csi(12, b'B');
        assert_eq!(seq.as_bytes(), b"\x1b[A\x1b[12B");
    }
}
