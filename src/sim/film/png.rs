//! A PNG file of a picture in 4 by 4 blocks. It refuses every form but 8 bits of three colours.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::scene::{Picture, rgb};

fn chunk(out: &mut Vec<u8>, kind: &[u8], data: &[u8]) {
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let mut crc = Crc::new();
    for part in [kind, data] {
        crc.update(part);
        out.extend_from_slice(part);
    }
    out.extend_from_slice(&crc.sum().to_be_bytes());
}

/// The file. Three rows of four are the same as the one above, which the filter makes zeros.
pub(super) fn write(picture: &Picture, width: u32, height: u32) -> Vec<u8> {
    let (wide, high) = (width as usize, height as usize);
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    let mut above = vec![0; wide * 3];
    let mut line = Vec::with_capacity(1 + wide * 3);
    for y in 0..high {
        line.clear();
        line.push(2);
        if y % 4 == 0 {
            for x in 0..wide {
                let colour = rgb(picture, x / 4, y / 4);
                for (part, value) in colour.into_iter().enumerate() {
                    let before = &mut above[x * 3 + part];
                    line.push(value.wrapping_sub(*before));
                    *before = value;
                }
            }
        } else {
            line.resize(1 + wide * 3, 0);
        }
        // Writing to memory does not fail.
        let _ = packed.write_all(&line);
    }
    let mut header = width.to_be_bytes().to_vec();
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"IDAT", &packed.finish().unwrap_or_default());
    chunk(&mut out, b"IEND", &[]);
    out
}
