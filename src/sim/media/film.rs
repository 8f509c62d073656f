//! The length and the size of a video from the boxes of an MP4 file.
//! It refuses other containers, which then count as a video of unknown length.

/// What a file says of itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Film {
    pub(super) seconds: f64,
    pub(super) size: Option<(u32, u32)>,
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

/// The content of the first box of a kind within a box.
fn child(mut bytes: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    loop {
        let (content, found, rest) = first(bytes)?;
        if found == kind.as_slice() {
            return Some(content);
        }
        bytes = rest;
    }
}

/// The content and the kind of the box that comes first, and what follows it.
fn first(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let kind = bytes.get(4..8)?;
    let (head, size) = match number(bytes, 0)? {
        0 => (8, bytes.len()),
        1 => {
            let wide = u64::from(number(bytes, 8)?) << 32 | u64::from(number(bytes, 12)?);
            (16, usize::try_from(wide).ok()?)
        }
        size => (8, usize::try_from(size).ok()?),
    };
    let content = bytes.get(head..size)?;
    Some((content, kind, &bytes[size..]))
}

/// Reads an MP4 file.
pub(super) fn read(bytes: &[u8]) -> Option<Film> {
    (bytes.get(4..8)? == b"ftyp").then_some(())?;
    let movie = child(bytes, *b"moov")?;
    let header = child(movie, *b"mvhd")?;
    let (scale, length) = if *header.first()? == 0 {
        (number(header, 12)?, u64::from(number(header, 16)?))
    } else {
        let wide = (u64::from(number(header, 24)?) << 32) | u64::from(number(header, 28)?);
        (number(header, 20)?, wide)
    };
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let seconds = f64::from(length) / f64::from(scale.max(1));
    Some(Film { seconds, size: size(movie) })
}

/// The size of the first track that has one; sounds have none.
fn size(mut movie: &[u8]) -> Option<(u32, u32)> {
    loop {
        let (content, kind, rest) = first(movie)?;
        if kind == b"trak"
            && let Some(header) = child(content, *b"tkhd")
        {
            let at = if header.first() == Some(&0) { 76 } else { 88 };
            // Sixteen bits of pixels and sixteen of their fractions.
            let size = (number(header, at)? >> 16, number(header, at + 4)? >> 16);
            if size.0 > 0 && size.1 > 0 {
                return Some(size);
            }
        }
        movie = rest;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes(), kind.as_slice(), content].concat()
    }

    fn track(width: u32, height: u32) -> Vec<u8> {
        let mut header = vec![0; 76];
        header.extend((width << 16).to_be_bytes());
        header.extend((height << 16).to_be_bytes());
        boxed(*b"trak", &boxed(*b"tkhd", &header))
    }

    /// A file of 832 by 480 pixels and so many seconds.
    pub(in crate::sim::media) fn film(seconds: u32) -> Vec<u8> {
        let mut header = vec![0; 12];
        header.extend(600u32.to_be_bytes());
        header.extend((600 * seconds).to_be_bytes());
        let movie = [boxed(*b"mvhd", &header), track(0, 0), track(832, 480)].concat();
        [boxed(*b"ftyp", b"isom"), boxed(*b"free", b""), boxed(*b"moov", &movie)].concat()
    }

    #[test]
    fn length_and_size_are_read() {
        assert_eq!(read(&film(5)), Some(Film { seconds: 5.0, size: Some((832, 480)) }));
    }

    #[test]
    fn half_a_file_is_no_film_and_none_hangs() {
        let file = film(5);
        for end in 0..file.len() {
            assert_eq!(read(&file[..end]), None, "{end}");
        }
        assert_eq!(read(b"\0\0\0\x08ftyp\0\0\0\x04moov"), None);
    }
}
