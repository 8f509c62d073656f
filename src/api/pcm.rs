//! Sound as the service streams it: base64 in pieces that end anywhere, in front of it perhaps a
//! RIFF header. What comes out is PCM of whole samples (16 bits, little-endian). It refuses to know
//! rates and channels.

/// A header that is longer than this is none.
const LONGEST_HEADER: usize = 4096;

/// Decodes one stream of sound.
#[derive(Debug, Default)]
pub struct Pcm {
    /// Sextets that wait for the rest of their four.
    bits: u32,
    held: u8,
    /// Bytes that wait: for the end of a header, or for the other half of a sample.
    bytes: Vec<u8>,
    /// It is settled whether there is a header.
    begun: bool,
}

impl Pcm {
    /// Takes the next piece of base64 and gives out the samples it completes. Letters that are no
    /// base64 are passed over; padding may stand at the end of every piece.
    pub fn push(&mut self, base64: &str) -> Vec<u8> {
        for letter in base64.bytes() {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                b'a'..=b'z' => letter - b'a' + 26,
                b'0'..=b'9' => letter - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                b'=' => {
                    self.pad();
                    continue;
                }
                _ => continue,
            };
            self.bits = self.bits << 6 | u32::from(value);
            self.held += 1;
            if self.held == 4 {
                self.bytes.extend_from_slice(&self.bits.to_be_bytes()[1..]);
                (self.bits, self.held) = (0, 0);
            }
        }
        self.take()
    }

    /// Two or three sextets before the padding are one or two bytes.
    fn pad(&mut self) {
        let whole = self.bits << (6 * (4 - u32::from(self.held)).min(4));
        let count = usize::from(self.held.saturating_sub(1));
        self.bytes.extend_from_slice(&whole.to_be_bytes()[1..=count]);
        (self.bits, self.held) = (0, 0);
    }

    fn take(&mut self) -> Vec<u8> {
        if !self.begun {
            match header(&self.bytes) {
                Header::Unknown => return Vec::new(),
                Header::Ends(at) => drop(self.bytes.drain(..at)),
            }
            self.begun = true;
        }
        let odd = self.bytes.len() % 2;
        let rest = self.bytes.split_off(self.bytes.len() - odd);
        std::mem::replace(&mut self.bytes, rest)
    }
}

enum Header {
    /// More bytes are needed to tell.
    Unknown,
    /// The samples begin here.
    Ends(usize),
}

/// Looks for the header of a RIFF file: chunks, each with a name and a length, until the data.
fn header(bytes: &[u8]) -> Header {
    const NAME: &[u8] = b"RIFF";
    if !bytes.starts_with(&NAME[..bytes.len().min(4)]) {
        return Header::Ends(0);
    }
    let mut at = 12;
    loop {
        let Some(chunk) = bytes.get(at..at + 8) else { return Header::Unknown };
        let length = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]) as usize;
        at += 8;
        if chunk.starts_with(b"data") {
            return Header::Ends(at);
        }
        at = at.saturating_add(length).saturating_add(length % 2);
        if at > LONGEST_HEADER {
            // No header after all: nothing is thrown away.
            return Header::Ends(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn run(pieces: &[&str]) -> Vec<u8> {
        let mut pcm = Pcm::default();
        pieces.iter().flat_map(|piece| pcm.push(piece)).collect()
    }

    fn wav(samples: &[u8]) -> Vec<u8> {
        let mut all = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        all.extend_from_slice(&[1, 0, 1, 0, 0xc0, 0x5d, 0, 0, 0x80, 0xbb, 0, 0, 2, 0, 16, 0]);
        all.extend_from_slice(b"LIST\x04\0\0\0INFOdata\xff\xff\xff\xff");
        all.extend_from_slice(samples);
        all
    }

    #[test]
    fn pieces_that_are_padded_by_themselves_are_joined() {
        assert_eq!(run(&["AQ==", "AgM=", "BAUG"]), [1, 2, 3, 4, 5, 6]);
        assert_eq!(run(&["AQID\n", " BA==="]), [1, 2, 3, 4]);
        assert_eq!(run(&["AQ=="]), [0; 0], "half a sample is none");
        assert_eq!(run(&["", "=", "====", "\u{1b}[2J你"]).len() % 2, 0);
    }

    #[test]
    fn what_only_begins_like_a_header_is_sound() {
        let quiet = STANDARD.encode(b"RIFX1234");
        assert_eq!(run(&[&quiet]), b"RIFX1234");
        let liar = [b"RIFF1234WAVE".as_slice(), b"junk\xff\xff\xff\x7f", b"abcd"].concat();
        assert_eq!(run(&[&STANDARD.encode(&liar)]), liar);
    }

    proptest! {
        /// Wherever the pieces are cut, the sound is the same, with a header or without.
        #[test]
        fn any_cut_gives_the_same_sound(
            samples in prop::collection::vec(any::<[u8; 2]>(), 0..60),
            with_header in any::<bool>(),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        ) {
            let samples = samples.concat();
            prop_assume!(with_header || !b"RIFF".starts_with(&samples[..samples.len().min(4)]));
            let bytes = if with_header { wav(&samples) } else { samples.clone() };
            let text = STANDARD.encode(bytes);
            let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            ends.extend([0, text.len()]);
            ends.sort_unstable();
            let pieces: Vec<&str> = ends.windows(2).map(|two| &text[two[0]..two[1]]).collect();
            prop_assert_eq!(run(&pieces), samples);
        }
    }
}
