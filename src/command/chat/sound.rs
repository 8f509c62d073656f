//! The spoken answer of `lian chat --audio-out`: a WAV file that can be played from its first
//! second, and is whole at the end. It refuses to make a file before there is sound.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

/// Samples a second of every model that speaks (wire multimodal.md).
const RATE: u32 = 24_000;
/// Bytes of a sample.
const WIDTH: u32 = 2;
/// Bytes before the sound.
const HEAD: u32 = 44;

/// A file that grows with the sound.
#[derive(Debug)]
pub(in crate::command) struct Wav {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

impl Wav {
    pub(in crate::command) const fn new(path: PathBuf) -> Self {
        Self { path, file: None, bytes: 0 }
    }

    pub(in crate::command) fn path(&self) -> String {
        self.path.display().to_string()
    }

    /// How long the sound plays, in seconds.
    #[expect(clippy::cast_precision_loss, reason = "an answer is no 2^52 bytes long")]
    pub(in crate::command) fn seconds(&self) -> f64 {
        self.bytes as f64 / f64::from(RATE * WIDTH)
    }

    /// Adds samples; the first ones make the file, in place of one that was there.
    pub(in crate::command) fn push(&mut self, samples: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            empty => {
                let mut options = OpenOptions::new();
                let mut file = options.write(true).create(true).truncate(true).open(&self.path)?;
                // Of a file that is not whole every player reads what there is.
                file.write_all(&header(u32::MAX - HEAD))?;
                empty.insert(file)
            }
        };
        file.write_all(samples)?;
        self.bytes += samples.len() as u64;
        Ok(())
    }

    /// Writes the lengths. Tells whether there is a file.
    pub(in crate::command) fn finish(&mut self) -> io::Result<bool> {
        let Some(file) = &mut self.file else { return Ok(false) };
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&header(u32::try_from(self.bytes).unwrap_or(u32::MAX - HEAD)))?;
        file.flush()?;
        Ok(true)
    }
}

/// The head of a WAV file: PCM, one channel, 16 bits.
fn header(bytes: u32) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD as usize);
    let long = |head: &mut Vec<u8>, n: u32| head.extend_from_slice(&n.to_le_bytes());
    let short = |head: &mut Vec<u8>, n: u16| head.extend_from_slice(&n.to_le_bytes());
    head.extend_from_slice(b"RIFF");
    long(&mut head, bytes.saturating_add(HEAD - 8));
    head.extend_from_slice(b"WAVEfmt ");
    long(&mut head, 16);
    short(&mut head, 1);
    short(&mut head, 1);
    long(&mut head, RATE);
    long(&mut head, RATE * WIDTH);
    short(&mut head, 2);
    short(&mut head, 16);
    head.extend_from_slice(b"data");
    long(&mut head, bytes);
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_made_by_the_first_sound_and_has_its_lengths() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wav");
        let mut wav = Wav::new(path.clone());
        assert!(!wav.finish().unwrap());
        assert!(!path.exists());
        wav.push(&[1, 2, 3, 4]).unwrap();
        wav.push(&[5, 6]).unwrap();
        assert!(wav.finish().unwrap());
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut OpenOptions::new().read(true).open(path).unwrap(), &mut bytes)
            .unwrap();
        assert_eq!(bytes.len(), 50);
        assert_eq!((&bytes[..4], &bytes[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
        assert_eq!(bytes[4..8], 42_u32.to_le_bytes());
        assert_eq!(bytes[24..28], 24_000_u32.to_le_bytes());
        assert_eq!(bytes[40..44], 6_u32.to_le_bytes());
        assert_eq!(bytes[44..], [1, 2, 3, 4, 5, 6]);
        assert!((wav.seconds() - 6.0 / 48_000.0).abs() < 1e-9);
        assert!(Wav::new(dir.path().join("no/such/dir.wav")).push(&[0, 0]).is_err());
    }
}
