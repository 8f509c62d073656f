//! Files as a reader sees them: boxes, sizes and units of a film, chunks and pixels of a picture.

use std::io::Read as _;

use super::*;

const SMALL: Wish = Wish { width: 624, height: 352, seed: 7, watermark: false };

/// The boxes of one level: name and content.
fn boxes(mut bytes: &[u8]) -> Vec<(String, &[u8])> {
    let mut found = Vec::new();
    while bytes.len() >= 8 {
        let size = number(bytes, 0) as usize;
        assert!(size >= 8 && size <= bytes.len(), "a box of {size} in {}", bytes.len());
        found.push((String::from_utf8_lossy(&bytes[4..8]).into_owned(), &bytes[8..size]));
        bytes = &bytes[size..];
    }
    assert!(bytes.is_empty());
    found
}

fn within<'a>(bytes: &'a [u8], path: &[&str]) -> &'a [u8] {
    path.iter().fold(bytes, |bytes, name| {
        let found = boxes(bytes);
        found.iter().find(|(kind, _)| kind == name).unwrap_or_else(|| panic!("{name}")).1
    })
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

const TABLE: [&str; 5] = ["moov", "trak", "mdia", "minf", "stbl"];

#[test]
fn a_film_has_the_size_the_length_and_the_pictures_it_says() {
    let film = film(SMALL, 2);
    let names: Vec<String> = boxes(&film).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["ftyp", "moov", "mdat"]);
    let movie = within(&film, &["moov", "mvhd"]);
    assert_eq!(number(movie, 16), 2 * number(movie, 12), "two seconds");
    let track = within(&film, &["moov", "trak", "tkhd"]);
    assert_eq!((number(track, 76) >> 16, number(track, 80) >> 16), (624, 352));
    let table = within(&film, &TABLE);
    let sizes = within(table, &["stsz"]);
    assert_eq!(number(sizes, 8), 2 * RATE);
    let mut at = number(within(table, &["stco"]), 8) as usize;
    for index in 0..2 * RATE {
        let size = number(sizes, 12 + 4 * index as usize) as usize;
        assert_eq!(number(&film, at) as usize, size - 4, "the unit fills its sample");
        assert_eq!(film[at + 4] & 0x1f, if index == 0 { 5 } else { 1 });
        // A unit never holds what would look like the start of the next.
        let unit = &film[at + 4..at + size];
        assert!(!unit.windows(3).any(|three| three[..2] == [0, 0] && three[2] < 3), "{index}");
        at += size;
    }
    assert_eq!(at, film.len());
}

#[test]
fn films_move_are_small_and_differ_by_seed() {
    let one = film(SMALL, 5);
    assert!(one.len() < 300_000, "{}", one.len());
    let sizes = within(&one, &[&TABLE[..], &["stsz"]].concat());
    let moving = (1..5 * RATE).filter(|index| number(sizes, 12 + 4 * *index as usize) > 40).count();
    assert!(moving > 100, "{moving} of 119 pictures change something");
    assert_ne!(one, film(Wish { seed: 8, ..SMALL }, 5));
    assert_eq!(one, film(SMALL, 5));
    assert_ne!(film(SMALL, 1), film(Wish { watermark: true, ..SMALL }, 1));
}

#[test]
fn a_large_and_long_film_is_still_small() {
    let wish = Wish { width: 1920, height: 1080, seed: 3, watermark: true };
    let size = film(wish, 5).len();
    assert!(size < 450_000, "{size}");
}

#[test]
fn a_picture_has_its_size_and_all_its_rows() {
    let bytes = picture(Wish { width: 130, height: 70, seed: 5, watermark: false });
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert_eq!((number(&bytes, 16), number(&bytes, 20)), (130, 70));
    let (mut at, mut data) = (8, Vec::new());
    while at < bytes.len() {
        let size = number(&bytes, at) as usize;
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[at + 4..at + 8 + size]);
        assert_eq!(crc.sum(), number(&bytes, at + 8 + size));
        if &bytes[at + 4..at + 8] == b"IDAT" {
            data.extend_from_slice(&bytes[at + 8..at + 8 + size]);
        }
        at += 12 + size;
    }
    let mut rows = Vec::new();
    flate2::read::ZlibDecoder::new(&data[..]).read_to_end(&mut rows).unwrap();
    assert_eq!(rows.len(), 70 * (1 + 130 * 3));
    assert!(rows.chunks(1 + 130 * 3).all(|row| row[0] == 2));
}
