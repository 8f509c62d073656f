//! The signal that is played, and how much of it is in a recording. It refuses to fit anything but one
//! delay and one gain.

use std::ops::Range;

/// Samples a second of what is sent.
pub(crate) const SENT: usize = 24_000;
/// Samples a second of what is recorded.
pub(crate) const RECORDED: usize = 48_000;
/// Louder than nothing.
const AUDIBLE: f32 = 1e-4;

/// A tone that rises from 150 to 5,000 Hz within `seconds`, at a time.
fn chirp(at: f64, seconds: f64) -> f64 {
    let (from, to) = (150.0, 5_000.0);
    let phase = std::f64::consts::TAU * (from * at + (to - from) * at * at / (2.0 * seconds));
    // It comes and goes within 10 ms: a step would ring in every filter.
    let edge = (at.min(seconds - at) / 0.01).clamp(0.0, 1.0);
    0.4 * edge * phase.sin()
}

/// It as the samples that are sent.
pub(crate) fn sent(seconds: usize) -> Vec<u8> {
    let sample = |at: usize| {
        let value = chirp(at as f64 / SENT as f64, seconds as f64);
        (value * 32_767.0).round() as i16
    };
    (0..seconds * SENT).flat_map(|at| sample(at).to_le_bytes()).collect()
}

/// A part of it as it should be recorded, worked out anew and not resampled, with a delay of less than
/// a sample.
fn ideal(seconds: usize, part: Range<usize>, delay: f64) -> Vec<f32> {
    let end = seconds as f64;
    let time = |at: usize| ((at as f64 - delay) / RECORDED as f64).clamp(0.0, end);
    part.map(|at| chirp(time(at), end) as f32).collect()
}

/// The first sample of a recording that is heard.
pub(crate) fn first(recording: &[f32]) -> Option<usize> {
    recording.iter().position(|sample| sample.abs() > AUDIBLE)
}

/// The last one.
pub(crate) fn last(recording: &[f32]) -> Option<usize> {
    recording.iter().rposition(|sample| sample.abs() > AUDIBLE)
}

/// The correlation of two signals of one length.
fn correlation(one: &[f32], two: &[f32]) -> f64 {
    let sum = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let (energy_one, energy_two) = (sum(one, one), sum(two, two));
    if energy_one == 0.0 || energy_two == 0.0 {
        return 0.0;
    }
    sum(one, two) / (energy_one * energy_two).sqrt()
}

/// How like the recording is to a part of the signal, at the best place within 10 ms of `near`: the
/// correlation, 1 if they differ by a gain and a delay only.
pub(crate) fn likeness(seconds: usize, part: Range<usize>, recording: &[f32], near: usize) -> f64 {
    let reach = RECORDED / 100;
    let probe = ideal(seconds, part.start..part.end.min(part.start + RECORDED / 10), 0.0);
    // What was not recorded is silence.
    let mut recording = recording.to_vec();
    recording.resize(recording.len().max(near + reach + part.len()), 0.0);
    let like = |at: &usize| correlation(&probe, &recording[*at..at + probe.len()]);
    let place = (near.saturating_sub(reach)..near + reach)
        .max_by(|one, two| like(one).total_cmp(&like(two)))
        .unwrap_or(near);
    // A server's own resampler delays by parts of a sample, which is much of a high tone.
    let delays = (-10..=10).map(|twentieth| f64::from(twentieth) / 10.0);
    let likes = delays.map(|delay| {
        let ideal = ideal(seconds, part.clone(), delay);
        correlation(&ideal, &recording[place..place + ideal.len()])
    });
    likes.fold(0.0, f64::max)
}

/// All of the signal.
pub(crate) fn whole(seconds: usize) -> Range<usize> {
    0..seconds * RECORDED
}

/// How like a recording is to samples that were sent, as [`likeness`] is to the signal: they are brought
/// to the recording's rate by a filter of their own.
pub(crate) fn likeness_of(sent: &[u8], recording: &[f32], near: usize) -> f64 {
    let (pairs, _) = sent.as_chunks::<2>();
    let samples: Vec<f32> =
        pairs.iter().map(|pair| f32::from(i16::from_le_bytes(*pair)) / 32_768.0).collect();
    // The first sample that would be heard is where the recording begins.
    let begin = samples.iter().position(|sample| sample.abs() > AUDIBLE).unwrap_or(0);
    let samples = &samples[begin..];
    let reach = RECORDED / 100;
    let mut recording = recording.to_vec();
    recording.resize(recording.len().max(near + reach + samples.len() * 2), 0.0);
    // Place and delay are found by the beginning: all of it takes the filter its time.
    let beginning = &samples[..samples.len().min(SENT / 4)];
    let probe = doubled(beginning, 0.0);
    let like = |at: &usize| correlation(&probe, &recording[*at..at + probe.len()]);
    let place = (near.saturating_sub(reach)..near + reach)
        .max_by(|one, two| like(one).total_cmp(&like(two)))
        .unwrap_or(near);
    let like = |samples: &[f32], delay: f64| {
        let ideal = doubled(samples, delay);
        correlation(&ideal, &recording[place..place + ideal.len()])
    };
    let delays = (-5..=5).map(|tenth| f64::from(tenth) / 10.0);
    let best = delays.max_by(|a, b| like(beginning, *a).total_cmp(&like(beginning, *b)));
    like(samples, best.unwrap_or(0.0))
}

/// Samples at twice the rate, later by parts of one: a sinc below a raised cosine.
fn doubled(samples: &[f32], delay: f64) -> Vec<f32> {
    let reach = 24;
    let taps = |phase: f64| -> Vec<f64> {
        (-reach..=reach)
            .map(|tap| {
                let x = phase - f64::from(tap);
                let pi = std::f64::consts::PI;
                let sinc = if x.abs() < 1e-9 { 1.0 } else { (pi * x).sin() / (pi * x) };
                let window = (pi * x / f64::from(2 * (reach + 1))).cos().powi(2);
                sinc * window
            })
            .collect()
    };
    let phases = [taps(-delay / 2.0), taps(0.5 - delay / 2.0)];
    let mut out = Vec::with_capacity(samples.len() * 2);
    for at in 0..samples.len() as isize {
        for taps in &phases {
            let from = at - reach as isize;
            let value = taps.iter().enumerate().map(|(tap, weight)| {
                let index = usize::try_from(from + tap as isize).ok();
                let sample = index.and_then(|index| samples.get(index)).copied();
                f64::from(sample.unwrap_or(0.0)) * weight
            });
            out.push(value.sum::<f64>() as f32);
        }
    }
    out
}

#[test]
fn likeness_knows_a_gap_from_a_gain() {
    let mut recording = vec![0.0; 700];
    recording.extend(ideal(1, whole(1), 0.4).iter().map(|sample| sample * 0.3));
    let near = first(&recording).expect("sound");
    assert!(likeness(1, whole(1), &recording, near) > 0.9999);
    // 10 ms of silence put in, and 10 ms cut out.
    let gap = vec![0.0; RECORDED / 100];
    let mut broken = recording.clone();
    broken.splice(24_000..24_000, gap);
    assert!(likeness(1, whole(1), &broken, near) < 0.99);
    let mut broken = recording;
    broken.drain(24_000..24_480);
    assert!(likeness(1, whole(1), &broken, near) < 0.99);
}
