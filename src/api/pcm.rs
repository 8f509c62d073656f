//! Sound out of pieces of base64 (wire tts.md): each piece decodes by itself, a header that should
//! not be there is taken off, samples are never cut. It refuses to know whose pieces they are.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::error::ApiError;
use crate::domain::speech::{PcmFormat, SpeechChunk};

/// A header longer than this is none.
const LONGEST_HEADER: usize = 64 << 10;

/// Some pieces lack their padding, others have it.
const DECODER: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Where in the sound we are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum At {
    /// Too few bytes to tell a header from samples, or a header that goes on.
    Head(Vec<u8>),
    /// Samples; the bytes of one that is not whole yet are kept.
    Samples(Vec<u8>),
}

/// Reads the sound of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pcm {
    at: At,
    format: PcmFormat,
}

impl Default for Pcm {
    fn default() -> Self {
        Self { at: At::Head(Vec::new()), format: PcmFormat::SERVICE }
    }
}

impl Pcm {
    /// Takes one piece of base64 and adds the samples it completes.
    pub(super) fn push(&mut self, piece: &str, out: &mut Vec<SpeechChunk>) -> Result<(), ApiError> {
        let mut text = piece.trim();
        // `data:audio/wav;base64,AAA`
        if let Some(data) = text.strip_prefix("data:") {
            text = data.split_once(',').map_or(data, |(_, bytes)| bytes);
        }
        let clean: String;
        if text.contains(['\r', '\n', ' ']) {
            clean = text.split_whitespace().collect();
            text = &clean;
        }
        let bytes = DECODER.decode(text).map_err(|error| ApiError::Garbled {
            detail: format!("sound that is no base64: {error}"),
        })?;
        self.bytes(bytes, out);
        Ok(())
    }

    fn bytes(&mut self, bytes: Vec<u8>, out: &mut Vec<SpeechChunk>) {
        let samples = match &mut self.at {
            At::Head(held) => {
                held.extend_from_slice(&bytes);
                match header(held) {
                    Header::More if held.len() < LONGEST_HEADER => return,
                    Header::More | Header::None => std::mem::take(held),
                    Header::Ends { at, format } => {
                        if format != self.format {
                            self.format = format;
                            out.push(SpeechChunk::Format(format));
                        }
                        held.split_off(at)
                    }
                }
            }
            At::Samples(rest) if rest.is_empty() => bytes,
            At::Samples(rest) => {
                let mut all = std::mem::take(rest);
                all.extend_from_slice(&bytes);
                all
            }
        };
        self.samples(samples, out);
    }

    /// Gives out whole samples and keeps the rest.
    fn samples(&mut self, mut samples: Vec<u8>, out: &mut Vec<SpeechChunk>) {
        let whole = samples.len() - samples.len() % self.format.frame();
        let rest = samples.split_off(whole);
        if !samples.is_empty() {
            out.push(SpeechChunk::Pcm(samples));
        }
        self.at = At::Samples(rest);
    }

    /// Gives out what was held back to tell a header from samples. A part of a sample is lost: it
    /// is less than can be heard.
    pub(super) fn finish(&mut self, out: &mut Vec<SpeechChunk>) {
        if let At::Head(held) = &mut self.at {
            // A header without its end has no samples behind it.
            let held = std::mem::take(held);
            let samples = if held.starts_with(b"RIFF") { Vec::new() } else { held };
            self.samples(samples, out);
        }
    }
}

/// What the first bytes are.
enum Header {
    /// They may be one: more must come.
    More,
    /// They are samples.
    None,
    /// They are one, and the samples begin there.
    Ends {
        /// After so many bytes.
        at: usize,
        /// How the samples are written.
        format: PcmFormat,
    },
}

/// Looks for the header of a WAV file: `RIFF`, a size that streams leave wrong, `WAVE`, then
/// chunks up to the one called `data`.
fn header(bytes: &[u8]) -> Header {
    let riff = b"RIFF";
    if bytes.len() < riff.len() {
        return if riff.starts_with(bytes) { Header::More } else { Header::None };
    }
    if !bytes.starts_with(riff) {
        return Header::None;
    }
    let Some(kind) = bytes.get(8..12) else { return Header::More };
    if kind != b"WAVE" {
        return Header::None;
    }
    let mut format = PcmFormat::SERVICE;
    let mut at = 12;
    loop {
        let Some(head) = bytes.get(at..at + 8) else { return Header::More };
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let body = at + 8;
        if head.starts_with(b"data") {
            return Header::Ends { at: body, format };
        }
        if head.starts_with(b"fmt ") {
            let Some(fields) = bytes.get(body..body + 16) else { return Header::More };
            let half = |at: usize| u16::from_le_bytes([fields[at], fields[at + 1]]);
            let rate = u32::from_le_bytes([fields[4], fields[5], fields[6], fields[7]]);
            let told = PcmFormat { rate, channels: half(2), bits: half(14) };
            // A format that cannot be played is a mistake of the header.
            if (1..=8).contains(&told.channels)
                && [8, 16, 24, 32].contains(&told.bits)
                && (1_000..=384_000).contains(&rate)
            {
                format = told;
            }
        }
        // Chunks of odd length are filled up to an even one.
        let next = body.saturating_add(size).saturating_add(size % 2);
        if next > LONGEST_HEADER {
            return Header::None;
        }
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn b64(bytes: &[u8]) -> String {
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    /// All samples and formats out of these pieces.
    fn read(pieces: &[&[u8]]) -> (Vec<u8>, Vec<PcmFormat>) {
        let mut pcm = Pcm::default();
        let mut out = Vec::new();
        for piece in pieces {
            pcm.push(&b64(piece), &mut out).unwrap();
        }
        pcm.finish(&mut out);
        let (mut samples, mut formats) = (Vec::new(), Vec::new());
        for chunk in out {
            match chunk {
                SpeechChunk::Pcm(bytes) => {
                    assert!(!bytes.is_empty() && bytes.len().is_multiple_of(2));
                    samples.extend(bytes);
                }
                SpeechChunk::Format(format) => formats.push(format),
                other => panic!("{other:?}"),
            }
        }
        (samples, formats)
    }

    fn wav(rate: u32, samples: &[u8]) -> Vec<u8> {
        let mut all =
            b"RIFF\xff\xff\xff\xffWAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0\x01\0\x01\0".to_vec();
        all.extend(rate.to_le_bytes());
        all.extend((rate * 2).to_le_bytes());
        all.extend([2, 0, 16, 0]);
        all.extend(b"data\xff\xff\xff\xff");
        all.extend(samples);
        all
    }

    const SAMPLES: [u8; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    #[test]
    fn samples_stay_whole_however_they_are_cut() {
        for a in 0..=10 {
            for b in a..=10 {
                let pieces = [&SAMPLES[..a], &SAMPLES[a..b], &SAMPLES[b..]];
                assert_eq!(read(&pieces), (SAMPLES.to_vec(), vec![]), "{a} {b}");
            }
        }
        // Half a sample at the end is dropped.
        assert_eq!(read(&[&SAMPLES[..9]]).0, SAMPLES[..8]);
    }

    #[test]
    fn a_header_is_taken_off_however_it_is_cut() {
        let whole = wav(24_000, &SAMPLES);
        for cut in 0..=whole.len() {
            let (samples, formats) = read(&[&whole[..cut], &whole[cut..]]);
            assert_eq!((samples, formats), (SAMPLES.to_vec(), vec![]), "{cut}");
        }
        let other = PcmFormat { rate: 48_000, channels: 1, bits: 16 };
        assert_eq!(read(&[&wav(48_000, &SAMPLES)]), (SAMPLES.to_vec(), vec![other]));
    }

    #[test]
    fn what_only_looks_like_a_header_is_sound() {
        for samples in [&b"RIFFRAFF-and-more"[..16], b"RIFX", b"RIF1", b"RI\0\0"] {
            assert_eq!(read(&[samples]).0, samples, "{samples:?}");
        }
        // Cut in the middle of the header there is no sound at all.
        assert_eq!(read(&[&wav(24_000, &[])[..20]]).0, b"");
        // Two letters of one: that was sound after all.
        assert_eq!(read(&[b"RI"]).0, b"RI");
    }

    #[test]
    fn broken_base64_is_an_error_and_padding_is_not() {
        let mut out = Vec::new();
        for good in ["AQI=", "AQI", " AQ\nI= ", "data:audio/wav;base64,AQI=", ""] {
            Pcm::default().push(good, &mut out).unwrap();
        }
        for bad in ["A", "A*I=", "AQI=AQI=", "音"] {
            let result = Pcm::default().push(bad, &mut out);
            assert!(matches!(result, Err(ApiError::Garbled { .. })), "{bad}");
        }
    }
}
