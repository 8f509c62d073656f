//! Sound as files: writing WAV, reading it from a program that writes it into a pipe, and other
//! sample rates. It refuses every coding but 16-bit samples.

/// Bytes of the header that [`header`] writes.
pub(in crate::sim) const HEADER: usize = 44;

/// The header of a WAV file of one channel and 16-bit samples; `bytes` of them follow.
pub(in crate::sim) fn header(bytes: usize, rate: u32) -> [u8; HEADER] {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX - 36);
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &(bytes.saturating_add(36)).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &rate.to_le_bytes(),
        &(rate * 2).to_le_bytes(),
        &2_u16.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &bytes.to_le_bytes(),
    ];
    let mut header = [0; HEADER];
    for (to, from) in header.iter_mut().zip(fields.concat()) {
        *to = from;
    }
    header
}

/// A whole WAV file.
#[cfg(test)]
pub(in crate::sim) fn file(samples: &[i16], rate: u32) -> Vec<u8> {
    let mut file = Vec::with_capacity(HEADER + samples.len() * 2);
    file.extend(header(samples.len() * 2, rate));
    file.extend(bytes(samples));
    file
}

/// Samples as they are sent and kept: little end first.
pub(in crate::sim) fn bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// Sample rate and samples of a WAV file, of which the first channel is taken; none of what is no
/// 16-bit WAV. A program that writes into a pipe cannot know the sizes in its header, so a size
/// that is too large means all there is.
pub(in crate::sim) fn parse(file: &[u8]) -> Option<(u32, Vec<i16>)> {
    let mut rest = file.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut format = None;
    loop {
        let (name, after) = rest.split_at_checked(4)?;
        let (size, body) = after.split_at_checked(4)?;
        let size = u32::from_le_bytes(size.try_into().ok()?) as usize;
        let chunk = &body[..size.min(body.len())];
        match name {
            b"fmt " => {
                let half = |at: usize| {
                    chunk.get(at..at + 2).map(|two| u16::from_le_bytes([two[0], two[1]]))
                };
                let rate = u32::from(half(4)?) | u32::from(half(6)?) << 16;
                if half(0)? != 1 || half(14)? != 16 || half(2)? == 0 || rate == 0 {
                    return None;
                }
                format = Some((rate, usize::from(half(2)?)));
            }
            b"data" => {
                let (rate, channels) = format?;
                let samples = chunk.chunks_exact(2 * channels);
                return Some((rate, samples.map(|s| i16::from_le_bytes([s[0], s[1]])).collect()));
            }
            _ => {}
        }
        // Chunks of odd size are followed by a byte that does not count.
        rest = body.get(size.checked_add(size % 2)?..)?;
    }
}

/// The same sound at another rate, through smooth curves between the samples.
pub(in crate::sim) fn resample(samples: &[i16], from: u32, to: u32) -> Vec<i16> {
    if from == to || from == 0 {
        return samples.to_vec();
    }
    let length = samples.len() as u64 * u64::from(to) / u64::from(from);
    let at = |index: u64, back: u64| -> f64 {
        let index = usize::try_from(index.saturating_sub(back)).unwrap_or(usize::MAX);
        samples.get(index).or(samples.last()).copied().map_or(0.0, f64::from)
    };
    (0..length)
        .map(|n| {
            let place = n * u64::from(from);
            let whole = place / u64::from(to);
            let part = f64::from(u32::try_from(place % u64::from(to)).unwrap_or(0)) / f64::from(to);
            let [before, this, next, after] =
                [at(whole, 1), at(whole, 0), at(whole + 1, 0), at(whole + 2, 0)];
            let (slope, end) = ((next - before) / 2.0, (after - this) / 2.0);
            let bend = 3.0 * (next - this) - 2.0 * slope - end;
            let twist = 2.0 * (this - next) + slope + end;
            let value = this + part * (slope + part * (bend + part * twist));
            value.clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_back_and_has_the_known_header() {
        let file = file(&[1, -2, 300], 24_000);
        assert_eq!(file.len(), HEADER + 6);
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(file[4..8], 42_u32.to_le_bytes());
        assert_eq!(&file[8..16], b"WAVEfmt ");
        assert_eq!(file[24..28], 24_000_u32.to_le_bytes());
        assert_eq!(file[28..32], 48_000_u32.to_le_bytes());
        assert_eq!(file[40..44], 6_u32.to_le_bytes());
        assert_eq!(parse(&file), Some((24_000, vec![1, -2, 300])));
    }

    #[test]
    fn a_pipe_may_lie_about_sizes_and_has_other_chunks() {
        let mut piped = file(&[5, 6], 22_050);
        piped[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        piped[40..44].copy_from_slice(&0x7fff_f000_u32.to_le_bytes());
        assert_eq!(parse(&piped), Some((22_050, vec![5, 6])));
        let mut listed = piped[..36].to_vec();
        listed.extend(b"LIST\x03\0\0\0abc\0");
        listed.extend(&piped[36..]);
        assert_eq!(parse(&listed), Some((22_050, vec![5, 6])));
    }

    #[test]
    fn a_cut_at_any_place_and_other_codings_are_no_panic() {
        let whole = file(&[1, 2, 3], 8_000);
        for cut in 0..whole.len() {
            let read = parse(&whole[..cut]).map(|(_, samples)| samples.len());
            assert_eq!(read, (cut >= HEADER).then(|| (cut - HEADER) / 2), "{cut}");
        }
        for (at, value) in [(20, 3), (34, 8), (22, 0)] {
            let mut other = whole.clone();
            other[at] = value;
            assert_eq!(parse(&other), None);
        }
        let mut stereo = file(&[1, 10, 2, 20], 8_000);
        stereo[22] = 2;
        assert_eq!(parse(&stereo), Some((8_000, vec![1, 2])));
    }

    #[test]
    fn another_rate_is_the_same_sound() {
        let wave: Vec<i16> = (0_u16..2205)
            .map(|n| (f64::from(n) * std::f64::consts::TAU * 440.0 / 22_050.0).sin())
            .map(|sine| (sine * 10_000.0) as i16)
            .collect();
        let other = resample(&wave, 22_050, 24_000);
        assert_eq!(other.len(), 2400);
        for (n, sample) in (0_u16..2390).zip(&other) {
            let sine = (f64::from(n) * std::f64::consts::TAU * 440.0 / 24_000.0).sin() * 10_000.0;
            assert!((f64::from(*sample) - sine).abs() < 60.0, "{n}: {sample} is not {sine}");
        }
        assert_eq!(resample(&[7; 48], 48_000, 8_000), [7; 8]);
        assert!(resample(&[], 22_050, 24_000).is_empty());
    }
}
