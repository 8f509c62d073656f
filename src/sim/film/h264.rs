//! H.264 (ITU-T H.264, constrained baseline) of flat pictures: macroblocks are predicted by their
//! neighbours' mean and carry only the means of their 4 by 4 blocks; what did not change is skipped.
//! It refuses every tool that a flat picture has no use for.
//!
//! At a quantiser of 28 (22 for chroma) a level of a mean counts exactly one, so that what a decoder
//! will see is known to the last bit. The deblocking filter is off for the same reason.

use super::bits::Bits;
use super::cavlc::{self, Block};
use super::scene::{Picture, Spot};

const QUANTISER: i32 = 28;
const CHROMA_OFFSET: i32 = -6;
/// Enough for 1920 by 1088 at 30 a second.
const LEVEL: u8 = 40;
/// Places of a 4 by 4 block in the order in which its levels are sent.
const ZIGZAG: [usize; 16] = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];

/// One picture's bytes: a unit with its length before it, and whether it stands alone.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) bytes: Vec<u8>,
    pub(super) key: bool,
}

/// What a decoder has seen so far.
#[derive(Debug)]
pub(super) struct Encoder {
    pub(super) width: u32,
    pub(super) height: u32,
    /// In macroblocks.
    columns: usize,
    rows: usize,
    /// The picture as a decoder has it.
    seen: Picture,
    /// The picture as it was asked for; what is the same again is not sent again.
    wanted: Picture,
    frame: u32,
}

impl Encoder {
    pub(super) fn new(width: u32, height: u32) -> Self {
        let (columns, rows) = (width.div_ceil(16) as usize, height.div_ceil(16) as usize);
        let seen = Picture::new(columns, rows);
        Self { width, height, columns, rows, wanted: seen.clone(), seen, frame: 0 }
    }

    /// The sequence's parameters.
    pub(super) fn sequence(&self) -> Vec<u8> {
        let mut bits = Bits::default();
        for byte in [66, 0xc0, LEVEL] {
            bits.put(u32::from(byte), 8);
        }
        bits.unsigned(0); // its id
        bits.unsigned(4); // numbers of frames have 8 bits
        bits.unsigned(2); // shown in the order of decoding
        bits.unsigned(1); // one picture is remembered
        bits.put(0, 1);
        bits.unsigned(self.columns as u32 - 1);
        bits.unsigned(self.rows as u32 - 1);
        bits.put(0b11, 2); // whole frames; a flag that baseline does not use
        let right = (self.columns as u32 * 16 - self.width) / 2;
        let bottom = (self.rows as u32 * 16 - self.height) / 2;
        let cropped = right + bottom > 0;
        bits.put(u32::from(cropped), 1);
        if cropped {
            for edge in [0, right, 0, bottom] {
                bits.unsigned(edge);
            }
        }
        bits.put(0, 1); // no words on how to show it
        bits.unit(0x67)
    }

    /// The pictures' parameters.
    pub(super) fn pictures() -> Vec<u8> {
        let mut bits = Bits::default();
        bits.unsigned(0); // its id
        bits.unsigned(0); // the sequence's id
        bits.put(0b00, 2); // variable length codes; no fields
        bits.unsigned(0); // one slice group
        bits.unsigned(0); // one picture to refer to
        bits.unsigned(0);
        bits.put(0, 1);
        bits.put(0, 2); // no weights
        bits.signed(QUANTISER - 26);
        bits.signed(0);
        bits.signed(CHROMA_OFFSET);
        bits.put(0b100, 3); // slices say how they are filtered
        bits.unit(0x68)
    }

    /// A picture that stands alone.
    pub(super) fn whole(&mut self, picture: &Picture) -> Sample {
        let mut bits = self.header(true);
        for row in 0..self.rows {
            for column in 0..self.columns {
                self.block(&mut bits, picture, Spot { column, row }, 0);
            }
        }
        self.frame += 1;
        Sample { bytes: sized(bits.unit(0x65)), key: true }
    }

    /// A picture that repeats the last one but for the macroblocks `touched`, of which those are
    /// sent that really differ.
    pub(super) fn changed(&mut self, picture: &Picture, touched: &[Spot]) -> Sample {
        let mut bits = self.header(false);
        let mut places: Vec<usize> = touched
            .iter()
            .filter(|spot| spot.column < self.columns && spot.row < self.rows)
            .filter(|spot| !picture.same(&self.wanted, **spot))
            .map(|spot| spot.row * self.columns + spot.column)
            .collect();
        places.sort_unstable();
        places.dedup();
        let mut next = 0;
        for place in places {
            bits.unsigned((place - next) as u32);
            let spot = Spot { column: place % self.columns, row: place / self.columns };
            self.block(&mut bits, picture, spot, 5);
            next = place + 1;
        }
        let rest = self.columns * self.rows - next;
        if rest > 0 {
            bits.unsigned(rest as u32);
        }
        self.frame += 1;
        Sample { bytes: sized(bits.unit(0x41)), key: false }
    }

    fn header(&self, key: bool) -> Bits {
        let mut bits = Bits::default();
        bits.unsigned(0); // from the first macroblock on
        bits.unsigned(if key { 7 } else { 5 });
        bits.unsigned(0); // the pictures' parameters
        bits.put(self.frame % 256, 8);
        if key {
            bits.unsigned(0); // the number of this key picture
            bits.put(0, 2); // nothing was kept back, nothing is kept for long
        } else {
            bits.put(0, 1); // as many pictures to refer to as said
            bits.put(0, 1); // in their order
            bits.put(0, 1); // the oldest is forgotten first
        }
        bits.signed(0); // the quantiser as said
        bits.unsigned(1); // not filtered
        bits
    }

    /// One macroblock predicted by its mean; `base` is the first number of intra types here.
    fn block(&mut self, bits: &mut Bits, picture: &Picture, spot: Spot, base: u32) {
        let luma = self.luma(picture, spot);
        let chroma = [self.chroma(picture, spot, 0), self.chroma(picture, spot, 1)];
        let coloured = chroma.iter().flatten().any(|level| *level != 0);
        // 16 by 16 by the mean (2), with or without chroma means (4), without finer luma.
        bits.unsigned(base + 1 + 2 + if coloured { 4 } else { 0 });
        bits.unsigned(0); // chroma by the mean too
        bits.signed(0); // the same quantiser
        cavlc::write(bits, Block::Luma, &luma);
        if coloured {
            cavlc::write(bits, Block::Chroma, &chroma[0]);
            cavlc::write(bits, Block::Chroma, &chroma[1]);
        }
        self.wanted.copy(picture, spot);
    }

    /// The levels of the luma means, and what a decoder makes of them.
    fn luma(&mut self, picture: &Picture, spot: Spot) -> [i32; 16] {
        let (x, y, wide) = (spot.column * 4, spot.row * 4, self.columns * 4);
        let seen = &mut self.seen.luma;
        // Each of the four blocks beside or above stands for four pixels.
        let above: Option<i32> =
            (y > 0).then(|| (0..4).map(|i| 4 * i32::from(seen[(y - 1) * wide + x + i])).sum());
        let left: Option<i32> =
            (x > 0).then(|| (0..4).map(|i| 4 * i32::from(seen[(y + i) * wide + x - 1])).sum());
        let mean = match (above, left) {
            (Some(above), Some(left)) => (above + left + 16) >> 5,
            (Some(one), None) | (None, Some(one)) => (one + 8) >> 4,
            (None, None) => 128,
        };
        let mut wish = [0; 16];
        for (place, value) in wish.iter_mut().enumerate() {
            let at = (y + place / 4) * wide + x + place % 4;
            *value = i32::from(picture.luma[at]) - mean;
        }
        let levels = hadamard(wish).map(|sum| (sum + 8) >> 4);
        for (place, value) in hadamard(levels).into_iter().enumerate() {
            let at = (y + place / 4) * wide + x + place % 4;
            seen[at] = (mean + value).clamp(0, 255) as u8;
        }
        ZIGZAG.map(|place| levels[place])
    }

    /// The same for a plane of chroma, whose four blocks are predicted one by one.
    fn chroma(&mut self, picture: &Picture, spot: Spot, plane: usize) -> [i32; 4] {
        let (x, y, wide) = (spot.column * 2, spot.row * 2, self.columns * 2);
        let seen = &mut self.seen.chroma[plane];
        let above = |i: usize| (y > 0).then(|| 4 * i32::from(seen[(y - 1) * wide + x + i]));
        let left = |i: usize| (x > 0).then(|| 4 * i32::from(seen[(y + i) * wide + x - 1]));
        let alone = |first: Option<i32>, second: Option<i32>| {
            first.or(second).map_or(128, |sum| (sum + 2) >> 2)
        };
        let both = |above: Option<i32>, left: Option<i32>| match (above, left) {
            (Some(above), Some(left)) => (above + left + 4) >> 3,
            (one, None) | (None, one) => alone(one, None),
        };
        let means = [
            both(above(0), left(0)),
            alone(above(1), left(0)),
            alone(left(1), above(0)),
            both(above(1), left(1)),
        ];
        let at = |place: usize| (y + place / 2) * wide + x + place % 2;
        let wish: [i32; 4] =
            std::array::from_fn(|place| i32::from(picture.chroma[plane][at(place)]) - means[place]);
        let levels = square(wish).map(|sum| (sum + 2) >> 2);
        for (place, value) in square(levels).into_iter().enumerate() {
            seen[at(place)] = (means[place] + value).clamp(0, 255) as u8;
        }
        levels
    }
}

fn sized(unit: Vec<u8>) -> Vec<u8> {
    let mut bytes = (unit.len() as u32).to_be_bytes().to_vec();
    bytes.extend(unit);
    bytes
}

/// The 4 by 4 Hadamard transform; twice is sixteen times the same.
fn hadamard(mut block: [i32; 16]) -> [i32; 16] {
    let turn = |a: i32, b: i32, c: i32, d: i32| {
        [a + b + c + d, a + b - c - d, a - b - c + d, a - b + c - d]
    };
    for row in 0..4 {
        let at = row * 4;
        let line = turn(block[at], block[at + 1], block[at + 2], block[at + 3]);
        block[at..at + 4].copy_from_slice(&line);
    }
    for column in 0..4 {
        let line = turn(block[column], block[4 + column], block[8 + column], block[12 + column]);
        for (row, value) in line.into_iter().enumerate() {
            block[row * 4 + column] = value;
        }
    }
    block
}

/// The same for 2 by 2; twice is four times the same.
const fn square([a, b, c, d]: [i32; 4]) -> [i32; 4] {
    [a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_undo_themselves() {
        let block: [i32; 16] = std::array::from_fn(|i| (i as i32 * 37) % 91 - 45);
        assert_eq!(hadamard(hadamard(block)), block.map(|value| value * 16));
        let small = [3, -70, 12, 255];
        assert_eq!(square(square(small)), small.map(|value| value * 4));
    }

    #[test]
    fn what_a_decoder_sees_is_close_to_what_was_drawn() {
        let mut picture = Picture::new(3, 2);
        for (at, value) in picture.luma.iter_mut().enumerate() {
            *value = ((at * 71) % 200 + 20) as u8;
        }
        for plane in &mut picture.chroma {
            for (at, value) in plane.iter_mut().enumerate() {
                *value = ((at * 53) % 180 + 40) as u8;
            }
        }
        let mut encoder = Encoder::new(48, 32);
        encoder.whole(&picture);
        let far = |a: &[u8], b: &[u8]| {
            a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or_default()
        };
        assert!(far(&picture.luma, &encoder.seen.luma) <= 8);
        assert!(far(&picture.chroma[0], &encoder.seen.chroma[0]) <= 2);
        assert!(far(&picture.chroma[1], &encoder.seen.chroma[1]) <= 2);
        // Nothing changed: a header and one run of skips.
        let spots: Vec<Spot> = (0..6).map(|at| Spot { column: at % 3, row: at / 3 }).collect();
        assert!(encoder.changed(&picture, &spots).bytes.len() < 12);
    }
}
