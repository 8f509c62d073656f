//! Still pictures as a terminal that shows pictures takes them. It owns their shape and their
//! bounds; it refuses to decode them and to know by which way a terminal gets them.

use std::sync::Arc;

/// What every PNG begins with (PNG specification, 5.2), and the length and name of its first chunk.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// In which form the pixels of a still picture are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// A PNG file.
    Png,
    /// Three bytes a pixel (red, green, blue), row by row.
    Rgb,
}

/// A still picture of at most [`Still::WIDTH`] by [`Still::HEIGHT`] pixels. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Still {
    form: Form,
    width: u16,
    height: u16,
    bytes: Arc<[u8]>,
}

impl Still {
    /// Most columns of pixels.
    pub const WIDTH: u16 = 640;
    /// Most rows of pixels.
    pub const HEIGHT: u16 = 360;
    /// Most bytes of a PNG: a larger one would hold up a slow link for seconds.
    pub const PNG_BYTES: usize = 300 * 1024;

    /// Takes a PNG file; `None` if it is none, or one that is too large. The size is the one its
    /// first chunk tells (PNG specification, 11.2.1).
    #[must_use]
    pub fn png(bytes: &[u8]) -> Option<Self> {
        let size = bytes.strip_prefix(PNG)?.get(..8)?;
        if bytes.len() > Self::PNG_BYTES {
            return None;
        }
        let side = |at: usize| {
            let four = size.get(at..at + 4)?.try_into().ok()?;
            u16::try_from(u32::from_be_bytes(four)).ok()
        };
        Self::of(Form::Png, side(0)?, side(4)?, bytes)
    }

    /// Takes a binary PPM file with a byte a colour (`P6 width height 255`, without a comment);
    /// `None` if it is none, is not whole, or is too large.
    #[must_use]
    pub fn ppm(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut word = || {
            let end = rest.iter().position(u8::is_ascii_whitespace)?;
            let word = std::str::from_utf8(rest.get(..end)?).ok()?;
            rest = rest.get(end + 1..)?;
            Some(word)
        };
        let magic = word()?;
        let (width, height, most) = (word()?.parse().ok()?, word()?.parse().ok()?, word()?);
        let whole = rest.len() == usize::from(width) * usize::from(height) * 3;
        if magic != "P6" || most != "255" || !whole {
            return None;
        }
        Self::of(Form::Rgb, width, height, rest)
    }

    fn of(form: Form, width: u16, height: u16, bytes: &[u8]) -> Option<Self> {
        let fits = (1..=Self::WIDTH).contains(&width) && (1..=Self::HEIGHT).contains(&height);
        fits.then(|| Self { form, width, height, bytes: bytes.into() })
    }

    /// In which form its pixels are.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// Columns and rows of pixels; neither is 0.
    #[must_use]
    pub const fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// The PNG file, or the pixels.
    #[must_use]
    pub fn bytes(&self) -> Arc<[u8]> {
        self.bytes.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, more: usize) -> Vec<u8> {
        [PNG, &width.to_be_bytes(), &height.to_be_bytes(), &vec![7; more]].concat()
    }

    #[test]
    fn a_png_tells_its_size_and_is_bounded() {
        let still = Still::png(&png(640, 360, 20)).unwrap();
        assert_eq!((still.size(), still.form()), ((640, 360), Form::Png));
        assert_eq!(still.bytes()[..], png(640, 360, 20)[..]);
        for (width, height) in [(641, 360), (640, 361), (0, 5), (5, 0), (0x1_0005, 5)] {
            assert_eq!(Still::png(&png(width, height, 20)), None, "{width}x{height}");
        }
        assert!(Still::png(&png(9, 9, Still::PNG_BYTES - 24)).is_some());
        assert_eq!(Still::png(&png(9, 9, Still::PNG_BYTES - 23)), None);
        for wrong in [&b""[..], b"\x1b_Ga=d\x1b\\", &png(9, 9, 0)[..23], b"GIF89a"] {
            assert_eq!(Still::png(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_ppm_is_whole_or_none() {
        let still = Still::ppm(b"P6\n2 1\n255\n\n23456").unwrap();
        assert_eq!((still.size(), still.form()), ((2, 1), Form::Rgb));
        assert_eq!(still.bytes()[..], b"\n23456"[..], "a pixel may look like a blank");
        for wrong in [
            &b""[..],
            b"P6\n2 1\n255\n12345",
            b"P6\n2 1\n255\n1234567",
            b"P5\n2 1\n255\n123456",
            b"P6\n2 1\n65535\n123456",
            b"P6\n0 1\n255\n",
            b"P6\n-2 1\n255\n123456",
        ] {
            assert_eq!(Still::ppm(wrong), None, "{wrong:?}");
        }
    }
}
