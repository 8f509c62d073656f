//! Bits of an H.264 stream: fixed, signed and unsigned Exp-Golomb, and the unit around them.
//! It refuses to know what they mean.

/// Writes bits from the highest down.
#[derive(Debug, Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    hold: u64,
    held: u32,
}

impl Bits {
    /// The lowest `count` bits of `value`, at most 32.
    pub(super) fn put(&mut self, value: u32, count: u32) {
        let mask = (1u64 << count) - 1;
        self.hold = (self.hold << count) | (u64::from(value) & mask);
        self.held += count;
        while self.held >= 8 {
            self.held -= 8;
            self.bytes.push(((self.hold >> self.held) & 0xff) as u8);
        }
        self.hold &= (1u64 << self.held) - 1;
    }

    /// `ue(v)`.
    pub(super) fn unsigned(&mut self, value: u32) {
        let code = value + 1;
        let length = 32 - code.leading_zeros();
        self.put(0, length - 1);
        self.put(code, length);
    }

    /// `se(v)`.
    pub(super) fn signed(&mut self, value: i32) {
        let code = if value > 0 { 2 * value - 1 } else { -2 * value };
        self.unsigned(code.unsigned_abs());
    }

    /// The unit: its header byte, the bits with their stop bit, and no three bytes that would look
    /// like the start of another unit.
    pub(super) fn unit(mut self, header: u8) -> Vec<u8> {
        self.put(1, 1);
        if self.held > 0 {
            self.put(0, 8 - self.held);
        }
        let mut unit = vec![header];
        let mut zeros = 0;
        for byte in self.bytes {
            if zeros == 2 && byte <= 3 {
                unit.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            unit.push(byte);
        }
        unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_codes_of_the_standard() {
        let text = |write: &dyn Fn(&mut Bits)| {
            let mut bits = Bits::default();
            write(&mut bits);
            let unit = bits.unit(0);
            unit[1..].iter().map(|byte| format!("{byte:08b}")).collect::<Vec<_>>().concat()
        };
        // Each is followed by the stop bit.
        assert!(text(&|bits| bits.unsigned(0)).starts_with("11"));
        assert!(text(&|bits| bits.unsigned(3)).starts_with("001001"));
        assert!(text(&|bits| bits.signed(1)).starts_with("0101"));
        assert!(text(&|bits| bits.signed(-1)).starts_with("0111"));
        assert!(text(&|bits| bits.signed(-2)).starts_with("001011"));
    }

    #[test]
    fn starts_of_units_are_broken_up() {
        let mut bits = Bits::default();
        for byte in [0, 0, 0, 0, 0, 1, 0, 0, 3] {
            bits.put(byte, 8);
        }
        assert_eq!(bits.unit(0x65), [0x65, 0, 0, 3, 0, 0, 3, 0, 1, 0, 0, 3, 3, 0x80]);
    }
}
