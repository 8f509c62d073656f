//! The length of a sound from its file: WAV by its header, MP3 by the rate of its first frame.
//! It refuses to decode anything else of it.

/// What a file says of itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sound {
    pub(super) format: &'static str,
    pub(super) seconds: f64,
}

/// Reads a WAV or an MP3 file.
pub(super) fn read(bytes: &[u8]) -> Option<Sound> {
    let seconds = |bytes: usize, per_second: u32| {
        f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / f64::from(per_second.max(1))
    };
    if let Some((data, rate)) = wav(bytes) {
        return Some(Sound { format: "WAV", seconds: seconds(data, rate) });
    }
    let (start, rate) = mp3(bytes)?;
    Some(Sound { format: "MP3", seconds: seconds(bytes.len() - start, rate) })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

/// Bytes of sound, and bytes of a second.
fn wav(bytes: &[u8]) -> Option<(usize, u32)> {
    (bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WAVE").then_some(())?;
    let (mut at, mut rate) = (12, None);
    loop {
        let size = usize::try_from(number(bytes, at + 4)?).ok()?;
        match bytes.get(at..at + 4)? {
            b"fmt " => rate = number(bytes, at + 16),
            // Who writes a stream does not know its size and writes the largest there is.
            b"data" => return Some((size.min(bytes.len().saturating_sub(at + 8)), rate?)),
            _ => {}
        }
        at = at.checked_add(8 + size + size % 2)?;
    }
}

/// Where the first frame begins, and bytes of a second.
fn mp3(bytes: &[u8]) -> Option<(usize, u32)> {
    const FIRST: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const SECOND: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let mut start = 0;
    if bytes.starts_with(b"ID3") {
        let size =
            bytes.get(6..10)?.iter().fold(0usize, |sum, byte| sum << 7 | usize::from(byte & 0x7f));
        start = 10 + size;
    }
    let header = bytes.get(start..start + 4)?;
    // Eleven bits of ones, the third layer.
    (header[0] == 0xff && header[1] & 0xe6 == 0xe2).then_some(())?;
    let table = if header[1] & 0x18 == 0x18 { FIRST } else { SECOND };
    let index = usize::from(header[2] >> 4).checked_sub(1)?;
    Some((start, table.get(index)? * 125))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A WAV file of 16 kHz and so many bytes of silence.
    pub(in crate::sim::media) fn silence(bytes: usize) -> Vec<u8> {
        let size = u32::try_from(bytes).unwrap();
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        file.extend(16_000u32.to_le_bytes());
        file.extend(32_000u32.to_le_bytes());
        file.extend(b"\x02\0\x10\0LIST\x03\0\0\0abc\0data");
        file.extend(size.to_le_bytes());
        file.resize(file.len() + bytes, 0);
        file
    }

    #[test]
    fn lengths_are_read() {
        assert_eq!(read(&silence(64_000)), Some(Sound { format: "WAV", seconds: 2.0 }));
        assert_eq!(read(&silence(0)), Some(Sound { format: "WAV", seconds: 0.0 }));
        // 128 kbit/s, with a tag of twenty bytes before it.
        let mut mp3 = b"ID3\x04\0\0\0\0\0\x0a0123456789\xff\xfb\x90\x64".to_vec();
        mp3.resize(20 + 16_000 * 3, 0);
        assert_eq!(read(&mp3), Some(Sound { format: "MP3", seconds: 3.0 }));
    }

    #[test]
    fn half_a_header_is_no_length() {
        let file = silence(10);
        for end in 0..file.len() - 10 {
            assert_eq!(read(&file[..end]), None, "{end}");
        }
        assert_eq!(read(b"\xff\xfb"), None);
        assert_eq!(read(b"RIFF"), None);
    }
}
