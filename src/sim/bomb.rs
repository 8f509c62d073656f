//! A gzip answer that is small on the wire and large when unpacked, to try a client's limits.
//! It refuses to be a compressor: it can only say one long line of the letter a.

/// Writes bits from the lowest up, as deflate wants them.
struct Bits {
    out: Vec<u8>,
    hold: u32,
    held: u32,
}

impl Bits {
    fn low_first(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            self.hold |= ((value >> bit) & 1) << self.held;
            self.held += 1;
            if self.held == 8 {
                self.out.push((self.hold & 0xff) as u8);
                self.hold = 0;
                self.held = 0;
            }
        }
    }

    /// Huffman codes are written from their highest bit.
    fn code(&mut self, value: u32, count: u32) {
        self.low_first(value.reverse_bits() >> (32 - count), count);
    }

    /// A literal byte below 144 in the fixed code.
    fn literal(&mut self, byte: u8) {
        self.code(0x30 + u32::from(byte), 8);
    }

    /// The last byte 258 times more.
    fn repeat(&mut self) {
        self.code(0b1100_0101, 8);
        self.code(0, 5);
    }
}

const START: &[u8] = b"data: a";
/// How many bytes one repetition stands for.
const RUN: usize = 258;

/// A gzip file of about this many megabytes.
pub(super) fn gzip(megabytes: usize) -> Vec<u8> {
    let runs = megabytes * 1024 * 1024 / RUN;
    let header = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut bits = Bits { out: header, hold: 0, held: 0 };
    bits.low_first(0b011, 3);
    for byte in START {
        bits.literal(*byte);
    }
    for _ in 0..runs {
        bits.repeat();
    }
    bits.code(0, 7);
    bits.low_first(0, 7);
    let mut crc = START.iter().fold(u32::MAX, |crc, byte| step(crc, *byte));
    for _ in 0..runs * RUN {
        crc = step(crc, b'a');
    }
    bits.out.extend_from_slice(&(!crc).to_le_bytes());
    let size = u32::try_from(START.len() + runs * RUN).unwrap_or(u32::MAX);
    bits.out.extend_from_slice(&size.to_le_bytes());
    bits.out
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
};

fn step(crc: u32, byte: u8) -> u32 {
    TABLE[((crc ^ u32::from(byte)) & 0xff) as usize] ^ (crc >> 8)
}
