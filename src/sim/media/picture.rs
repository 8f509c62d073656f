//! The size of a picture from the first bytes of its file: PNG, JPEG, GIF, BMP and WebP.
//! It refuses to decode anything else of it.

/// Name of the format, and width and height in pixels.
pub(super) fn read(bytes: &[u8]) -> Option<(&'static str, (u32, u32))> {
    png(bytes)
        .map(|size| ("PNG", size))
        .or_else(|| jpeg(bytes).map(|size| ("JPEG", size)))
        .or_else(|| gif(bytes).map(|size| ("GIF", size)))
        .or_else(|| bmp(bytes).map(|size| ("BMP", size)))
        .or_else(|| webp(bytes).map(|size| ("WebP", size)))
}

/// Big-endian number of up to four bytes.
fn big(bytes: &[u8], at: usize, len: usize) -> Option<u32> {
    let part = bytes.get(at..at.checked_add(len)?)?;
    Some(part.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// Little-endian number of up to four bytes.
fn little(bytes: &[u8], at: usize, len: usize) -> Option<u32> {
    let part = bytes.get(at..at.checked_add(len)?)?;
    Some(part.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n").then_some(())?;
    (bytes.get(12..16)? == b"IHDR").then_some((big(bytes, 16, 4)?, big(bytes, 20, 4)?))
}

/// Goes from segment to segment until one says how large the picture is.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(&[0xff, 0xd8]).then_some(())?;
    let mut at = 2;
    loop {
        while *bytes.get(at)? == 0xff && *bytes.get(at + 1)? == 0xff {
            at += 1;
        }
        (*bytes.get(at)? == 0xff).then_some(())?;
        let marker = *bytes.get(at + 1)?;
        let frame = (0xc0..=0xcf).contains(&marker) && ![0xc4, 0xc8, 0xcc].contains(&marker);
        if frame {
            return Some((big(bytes, at + 7, 2)?, big(bytes, at + 5, 2)?));
        }
        // Some markers stand alone; after the start of the scan no size will come.
        at += match marker {
            0x01 | 0xd0..=0xd8 => 2,
            0xd9 | 0xda => return None,
            _ => 2 + usize::try_from(big(bytes, at + 2, 2)?).ok()?,
        };
    }
}

fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    (bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a")).then_some(())?;
    Some((little(bytes, 6, 2)?, little(bytes, 8, 2)?))
}

fn bmp(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(b"BM").then_some(())?;
    // A height below zero stands for a picture from the top down.
    let height = little(bytes, 22, 4)?.cast_signed().unsigned_abs();
    Some((little(bytes, 18, 4)?, height))
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    (bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WEBP").then_some(())?;
    match bytes.get(12..16)? {
        b"VP8X" => Some((little(bytes, 24, 3)? + 1, little(bytes, 27, 3)? + 1)),
        b"VP8 " => Some((little(bytes, 26, 2)? & 0x3fff, little(bytes, 28, 2)? & 0x3fff)),
        b"VP8L" => {
            let bits = little(bytes, 21, 4)?;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes of a 640 by 480 file of each kind.
    fn samples() -> [(&'static str, Vec<u8>); 7] {
        let png =
            [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &[0, 0, 2, 128, 0, 0, 1, 224]].concat();
        let jpeg = vec![
            0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc4, 0, 3, 9, 0xff, 0xc2, 0, 17, 8, 1,
            224, 2, 128, 3,
        ];
        let gif = [b"GIF89a".as_slice(), &[128, 2, 224, 1]].concat();
        let mut bmp = [b"BM".as_slice(), &[0; 16], &[128, 2, 0, 0]].concat();
        bmp.extend((-480i32).to_le_bytes());
        let riff =
            |kind: &[u8], rest: &[u8]| [b"RIFF\0\0\0\0WEBP", kind, &[0, 0, 0, 0], rest].concat();
        let bits: u32 = 0x027f | (0x01df << 14);
        [
            ("PNG", png),
            ("JPEG", jpeg),
            ("GIF", gif),
            ("BMP", bmp),
            ("WebP", riff(b"VP8X", &[0, 0, 0, 0, 127, 2, 0, 223, 1, 0])),
            ("WebP", riff(b"VP8 ", &[0, 0, 0, 0x9d, 1, 0x2a, 128, 2, 224, 1])),
            ("WebP", riff(b"VP8L", &[&[0x2f], bits.to_le_bytes().as_slice()].concat())),
        ]
    }

    #[test]
    fn sizes_are_read_from_headers() {
        for (format, bytes) in samples() {
            assert_eq!(read(&bytes), Some((format, (640, 480))), "{format}");
        }
    }

    #[test]
    fn half_a_header_is_no_size() {
        for (format, bytes) in samples() {
            for end in 0..bytes.len().min(16) {
                assert_eq!(read(&bytes[..end]), None, "{format} {end}");
            }
        }
        assert_eq!(read(b"\xff\xd8\xff\xda\0\x08"), None);
        assert_eq!(read(b"plain text that is no picture"), None);
    }
}
