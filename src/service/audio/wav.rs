//! WAV files of what is spoken: always whole, for the owner alone, never in the place of another file.
//! It refuses to know why sound goes into a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::domain::audio::RATE;
use crate::service::private;

/// Names that are tried before giving up.
const NAMES: u32 = 1_000;
/// Bytes before the samples.
const HEAD: u32 = 44;
/// Bytes of a sample.
const SAMPLE: u16 = 2;

/// A file that grows. Its header says after every piece how long it is, so that it can be played
/// whenever its writer ends.
#[derive(Debug)]
pub(super) struct Wav {
    file: File,
    path: PathBuf,
    /// Bytes of samples.
    length: u32,
}

impl Wav {
    /// Makes `NAME.wav` in a directory, or `NAME-2.wav` and so on if there is one already.
    pub(super) fn create(dir: &Path, name: &str) -> io::Result<Self> {
        private::make_dir(dir)?;
        for number in 1..=NAMES {
            let name =
                if number == 1 { format!("{name}.wav") } else { format!("{name}-{number}.wav") };
            let path = dir.join(name);
            match private::make_file(&path, OpenOptions::new().write(true).create_new(true)) {
                Ok(mut file) => {
                    file.write_all(&header(0))?;
                    return Ok(Self { file, path, length: 0 });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds samples.
    pub(super) fn append(&mut self, samples: &[u8]) -> io::Result<()> {
        let more = u32::try_from(samples.len()).ok().and_then(|more| self.length.checked_add(more));
        let length = more.filter(|length| *length <= u32::MAX - HEAD);
        let length = length.ok_or(io::ErrorKind::FileTooLarge)?;
        self.file.seek(SeekFrom::Start(u64::from(HEAD) + u64::from(self.length)))?;
        self.file.write_all(samples)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(length))?;
        self.length = length;
        Ok(())
    }
}

/// The header of a file with so many bytes of samples.
fn header(length: u32) -> Vec<u8> {
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((length + HEAD - 8).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    // Plain samples, one channel.
    bytes.extend([1_u16, 1].map(u16::to_le_bytes).concat());
    bytes.extend([RATE, RATE * u32::from(SAMPLE)].map(u32::to_le_bytes).concat());
    bytes.extend([SAMPLE, SAMPLE * 8].map(u16::to_le_bytes).concat());
    bytes.extend(b"data");
    bytes.extend(length.to_le_bytes());
    bytes
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests have files of their own")]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn it_is_whole_after_every_piece() {
        let dir = tempfile::tempdir().unwrap();
        let mut wav = Wav::create(&dir.path().join("new/speech"), "a").unwrap();
        for pieces in 0..3_u8 {
            let bytes = std::fs::read(wav.path()).unwrap();
            let data = usize::from(pieces) * 4;
            assert_eq!(bytes.len(), 44 + data);
            assert_eq!(&bytes[..4], b"RIFF");
            assert_eq!(bytes[4..8], (36 + data as u32).to_le_bytes());
            assert_eq!(&bytes[8..24], b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
            assert_eq!(bytes[24..36], *b"\xc0\x5d\0\0\x80\xbb\0\0\x02\0\x10\0");
            assert_eq!(&bytes[36..40], b"data");
            assert_eq!(bytes[40..44], (data as u32).to_le_bytes());
            let samples: Vec<u8> = (0..pieces).flat_map(|piece| [piece; 4]).collect();
            assert_eq!(bytes[44..], samples);
            wav.append(&[pieces; 4]).unwrap();
        }
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(wav.path()), 0o600);
        assert_eq!(mode(wav.path().parent().unwrap()), 0o700);
    }

    #[test]
    fn no_file_and_no_link_is_written_over() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.wav"), "mine").unwrap();
        symlink(dir.path().join("elsewhere"), dir.path().join("a-2.wav")).unwrap();
        let wav = Wav::create(dir.path(), "a").unwrap();
        assert_eq!(wav.path(), dir.path().join("a-3.wav"));
        assert_eq!(std::fs::read_to_string(dir.path().join("a.wav")).unwrap(), "mine");
        assert!(!dir.path().join("elsewhere").exists());
        assert!(Wav::create(&dir.path().join("a.wav"), "b").is_err());
    }
}
