//! From the samples of the protocol to those of the device, in pieces and to the last sample. It
//! refuses to know when they are played.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

/// Samples that are taken at once: 20 ms at 24 kHz.
pub(crate) const CHUNK: usize = 480;

/// Changes the rate of one channel.
pub(crate) struct Resampler {
    /// None if the rates are equal.
    fft: Option<Fft<f32>>,
    from: u64,
    to: u64,
    taken: u64,
    given: u64,
    /// Frames of the filter's delay that are still to be dropped.
    skip: usize,
    output: Vec<f32>,
}

impl Resampler {
    /// From one rate to another, both in samples a second.
    ///
    /// # Errors
    /// In the words of the library, which takes nearly all rates.
    pub(crate) fn new(from: u32, to: u32) -> Result<Self, String> {
        let (mut skip, mut output) = (0, Vec::new());
        let fft = if from == to {
            None
        } else {
            let fft = Fft::new(from as usize, to as usize, CHUNK, 1, FixedSync::Input);
            let fft = fft.map_err(|error| error.to_string())?;
            skip = fft.output_delay();
            output.resize(fft.output_frames_max(), 0.0);
            Some(fft)
        };
        Ok(Self { fft, from: from.into(), to: to.into(), taken: 0, given: 0, skip, output })
    }

    /// Takes at most [`CHUNK`] samples, fewer only with the last ones, and adds what comes of them.
    pub(crate) fn push(&mut self, samples: &[i16], into: &mut Vec<f32>) -> Result<(), String> {
        let input: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        self.taken += input.len() as u64;
        self.process(&input, into)
    }

    /// Adds the rest, so that all in all as many frames come out as went in, at the other rate.
    pub(crate) fn finish(&mut self, into: &mut Vec<f32>) -> Result<(), String> {
        while self.given < self.total() {
            self.process(&[], into)?;
        }
        into.truncate(into.len() - (self.given - self.total()) as usize);
        self.given = self.total();
        Ok(())
    }

    /// Frames that come of what was taken.
    pub(crate) fn total(&self) -> u64 {
        (self.taken * self.to).div_ceil(self.from)
    }

    fn process(&mut self, input: &[f32], into: &mut Vec<f32>) -> Result<(), String> {
        let Some(fft) = &mut self.fft else {
            into.extend_from_slice(input);
            self.given += input.len() as u64;
            return Ok(());
        };
        let mut chunk = [0.0; CHUNK];
        chunk[..input.len()].copy_from_slice(input);
        let partial = Indexing::new().partial_len(input.len());
        let frames = self.output.len();
        let from = InterleavedSlice::new(chunk.as_slice(), 1, CHUNK);
        let from = from.map_err(|error| error.to_string())?;
        let to = InterleavedSlice::new_mut(self.output.as_mut_slice(), 1, frames);
        let mut to = to.map_err(|error| error.to_string())?;
        let done = fft.process_into_buffer(&from, &mut to, Some(&partial));
        let (_, made) = done.map_err(|error| error.to_string())?;
        let dropped = self.skip.min(made);
        self.skip -= dropped;
        into.extend_from_slice(&self.output[dropped..made]);
        self.given += (made - dropped) as u64;
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "positions are small numbers")]
mod tests {
    use super::*;

    /// A tone of `hz` at a rate, half as loud as possible.
    fn tone(hz: f64, rate: u32, samples: usize) -> impl Iterator<Item = f64> {
        let step = std::f64::consts::TAU * hz / f64::from(rate);
        (0..samples).map(move |at| 0.5 * (step * at as f64).sin())
    }

    #[test]
    fn a_tone_stays_the_tone_at_every_rate_and_to_the_last_sample() {
        for (from, to) in [(24_000, 48_000), (24_000, 44_100), (24_000, 24_000), (22_050, 96_000)] {
            let samples = 12_345;
            let tone_in: Vec<i16> =
                tone(440.0, from, samples).map(|sample| (sample * 32_767.0) as i16).collect();
            let mut resampler = Resampler::new(from, to).unwrap();
            let mut out = Vec::new();
            for chunk in tone_in.chunks(CHUNK) {
                resampler.push(chunk, &mut out).unwrap();
            }
            resampler.finish(&mut out).unwrap();
            let wanted = (samples as u64 * u64::from(to)).div_ceil(u64::from(from));
            assert_eq!(out.len() as u64, wanted, "{from} to {to}");
            assert_eq!(resampler.total(), wanted);
            // The filter rings at the cut ends only.
            let edge = out.len() / 20;
            let ideal = tone(440.0, to, out.len());
            for (at, (sample, ideal)) in out.iter().zip(ideal).enumerate() {
                let off = (f64::from(*sample) - ideal).abs();
                let inside = at > edge && at < out.len() - edge;
                assert!(off < 0.003 || !inside, "{from} to {to}: {off} off at {at}");
            }
        }
    }

    #[test]
    fn no_samples_make_no_frames() {
        let mut out = Vec::new();
        let mut resampler = Resampler::new(24_000, 48_000).unwrap();
        resampler.finish(&mut out).unwrap();
        assert_eq!(out, [0.0; 0]);
    }
}
