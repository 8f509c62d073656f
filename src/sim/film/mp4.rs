//! An MP4 file (ISO/IEC 14496-12) of one H.264 track, with its index before its pictures.
//! It refuses sound, edits and everything else a film can do without.

use super::h264::{Encoder, Sample};

/// Ticks of one picture.
const TICKS: u32 = 512;

fn boxed(kind: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let size = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut bytes = (size as u32).to_be_bytes().to_vec();
    bytes.extend_from_slice(kind);
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// The unity matrix as files have it.
fn matrix() -> Vec<u8> {
    numbers(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000])
}

/// The file.
pub(super) fn wrap(encoder: &Encoder, samples: &[Sample], rate: u32) -> Vec<u8> {
    let kind = boxed(b"ftyp", &[b"isom", &numbers(&[0x200]), b"isomiso2avc1mp41"]);
    // The index has the same size whatever the offset in it.
    let before = kind.len() + movie(encoder, samples, rate, 0).len() + 8;
    let movie = movie(encoder, samples, rate, before as u32);
    let pictures: Vec<u8> =
        samples.iter().flat_map(|sample| sample.bytes.iter().copied()).collect();
    [kind, movie, boxed(b"mdat", &[&pictures])].concat()
}

fn movie(encoder: &Encoder, samples: &[Sample], rate: u32, offset: u32) -> Vec<u8> {
    let scale = rate * TICKS;
    let length = samples.len() as u32 * TICKS;
    let header = [
        numbers(&[0, 0, 0, scale, length, 0x1_0000]),
        vec![1, 0],
        vec![0; 10],
        matrix(),
        vec![0; 24],
        numbers(&[2]),
    ]
    .concat();
    let track = [
        numbers(&[3, 0, 0, 1, 0, length, 0, 0, 0, 0]),
        matrix(),
        numbers(&[encoder.width << 16, encoder.height << 16]),
    ]
    .concat();
    let media = numbers(&[0, 0, 0, scale, length, 0x55c4_0000]);
    let handler =
        [numbers(&[0, 0]), b"vide".to_vec(), vec![0; 12], b"VideoHandler\0".to_vec()].concat();
    let here = boxed(b"url ", &[&numbers(&[1])]);
    let references = boxed(b"dref", &[&numbers(&[0, 1]), &here]);
    let information = boxed(
        b"minf",
        &[
            &boxed(b"vmhd", &[&numbers(&[1, 0, 0])]),
            &boxed(b"dinf", &[&references]),
            &table(encoder, samples, offset),
        ],
    );
    let media =
        boxed(b"mdia", &[&boxed(b"mdhd", &[&media]), &boxed(b"hdlr", &[&handler]), &information]);
    let track = boxed(b"trak", &[&boxed(b"tkhd", &[&track]), &media]);
    boxed(b"moov", &[&boxed(b"mvhd", &[&header]), &track])
}

fn table(encoder: &Encoder, samples: &[Sample], offset: u32) -> Vec<u8> {
    let count = samples.len() as u32;
    let (sequence, pictures) = (encoder.sequence(), Encoder::pictures());
    let of_size = |unit: &[u8]| [&(unit.len() as u16).to_be_bytes(), unit].concat();
    let configuration = [
        vec![1, sequence[1], sequence[2], sequence[3], 0xff, 0xe1],
        of_size(&sequence),
        vec![1],
        of_size(&pictures),
    ]
    .concat();
    let entry = [
        vec![0, 0, 0, 0, 0, 0, 0, 1],
        vec![0; 16],
        numbers(&[encoder.width << 16 | encoder.height, 0x48_0000, 0x48_0000, 0]),
        vec![0, 1],
        vec![0; 32],
        vec![0, 24, 0xff, 0xff],
        boxed(b"avcC", &[&configuration]),
    ]
    .concat();
    let descriptions = [numbers(&[0, 1]), boxed(b"avc1", &[&entry])].concat();
    let keys: Vec<u32> =
        (1u32..).zip(samples).filter(|(_, sample)| sample.key).map(|(number, _)| number).collect();
    let sizes: Vec<u32> = samples.iter().map(|sample| sample.bytes.len() as u32).collect();
    boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&descriptions]),
            &boxed(b"stts", &[&numbers(&[0, 1, count, TICKS])]),
            &boxed(b"stss", &[&numbers(&[0, keys.len() as u32]), &numbers(&keys)]),
            &boxed(b"stsc", &[&numbers(&[0, 1, 1, count, 1])]),
            &boxed(b"stsz", &[&numbers(&[0, 0, count]), &numbers(&sizes)]),
            &boxed(b"stco", &[&numbers(&[0, 1, offset])]),
        ],
    )
}
