//! Throat and mouth: a buzzing or breathing source through four resonances, and a hiss beside them.
//! It refuses to know letters, words and time; it is told a mouth and a pitch every few milliseconds.

use std::f32::consts::PI;

use super::HERTZ;
use crate::sim::rng::Rng;

/// Samples for which one mouth is told: 5 ms.
pub(super) const STEP: u16 = 120;

/// A mouth at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    /// Strength of the voice.
    pub(super) voice: f32,
    /// Strength of the breath.
    pub(super) breath: f32,
    /// Strength of the hiss.
    pub(super) hiss: f32,
    /// Where the hiss is, in hertz.
    pub(super) hertz: f32,
    /// How wide it is, in hertz.
    pub(super) width: f32,
    /// The first three resonances in hertz.
    pub(super) formants: [f32; 3],
}

impl Frame {
    /// No sound from a mouth of this shape.
    pub(super) const fn silent(formants: [f32; 3]) -> Self {
        Self { voice: 0.0, breath: 0.0, hiss: 0.0, hertz: 3000.0, width: 2000.0, formants }
    }

    /// A mouth on the way to another one, from 0 to 1.
    pub(super) fn towards(&self, next: &Self, way: f32) -> Self {
        let mix = |from: f32, to: f32| from + (to - from) * way;
        Self {
            voice: mix(self.voice, next.voice),
            breath: mix(self.breath, next.breath),
            hiss: mix(self.hiss, next.hiss),
            hertz: mix(self.hertz, next.hertz),
            width: mix(self.width, next.width),
            formants: std::array::from_fn(|n| mix(self.formants[n], next.formants[n])),
        }
    }
}

/// One resonance: two poles.
#[derive(Debug, Clone, Copy, Default)]
struct Pole {
    gain: f32,
    near: f32,
    far: f32,
    last: f32,
    older: f32,
}

impl Pole {
    /// Moves it. Low sounds pass as they are.
    fn tune(&mut self, hertz: f32, width: f32) {
        let radius = (-PI * width / HERTZ).exp();
        self.far = -radius * radius;
        self.near = 2.0 * radius * (2.0 * PI * hertz.min(HERTZ * 0.46) / HERTZ).cos();
        self.gain = 1.0 - self.near - self.far;
    }

    /// Moves it. What is far from it does not pass, and its width does not change its strength.
    fn tune_band(&mut self, hertz: f32, width: f32) {
        self.tune(hertz, width);
        let radius = (-self.far).sqrt();
        self.gain = ((1.0 - radius) * (1.0 + radius)).sqrt();
    }

    fn pass(&mut self, input: f32) -> f32 {
        let out = self.gain * input + self.near * self.last + self.far * self.older;
        self.older = self.last;
        self.last = out;
        out
    }
}

/// A throat and a mouth.
#[derive(Debug)]
pub(super) struct Tract {
    chance: Rng,
    /// By what resonances are multiplied.
    size: f32,
    phase: f32,
    wobble: f32,
    tilt: f32,
    hum: f32,
    mouth: [Pole; 4],
    teeth: Pole,
    /// The last two samples of noise.
    noises: [f32; 2],
    last: Option<(Frame, f32)>,
}

/// Part of each vibration in which the throat is open.
const OPEN: f32 = 0.62;
/// Widths of the resonances in hertz.
const WIDTHS: [f32; 4] = [85.0, 110.0, 170.0, 260.0];
/// The fourth resonance in hertz.
const FOURTH: f32 = 3600.0;

impl Tract {
    pub(super) fn new(size: f32, seed: u64) -> Self {
        Self {
            chance: Rng::new(seed),
            size,
            phase: 0.0,
            wobble: 1.0,
            tilt: 0.0,
            hum: 0.0,
            mouth: [Pole::default(); 4],
            teeth: Pole::default(),
            noises: [0.0; 2],
            last: None,
        }
    }

    /// Sounds until this mouth and this pitch, in hertz, are reached.
    pub(super) fn run(&mut self, frame: Frame, pitch: f32, out: &mut Vec<f32>) {
        let (before, low) = self.last.replace((frame, pitch)).unwrap_or((frame, pitch));
        let [first, second, third] = frame.formants.map(|formant| formant * self.size);
        for (pole, (hertz, width)) in self
            .mouth
            .iter_mut()
            .zip([first, second, third, FOURTH * self.size].into_iter().zip(WIDTHS))
        {
            pole.tune(hertz, width);
        }
        self.teeth.tune_band(frame.hertz * self.size.sqrt(), frame.width);
        for n in 0..STEP {
            let way = f32::from(n) / f32::from(STEP);
            let mix = |from: f32, to: f32| from + (to - from) * way;
            let noise = self.noise();
            let throat = self.throat(mix(low, pitch));
            // Breath comes in puffs while there is a voice.
            let puff = if self.phase < OPEN { 0.3 } else { 0.12 };
            let source = mix(before.voice, frame.voice) * throat
                + mix(before.breath, frame.breath) * noise * puff;
            // Far below hearing; without it silence would be computed with the slowest of numbers.
            let mut sound = source + noise * 1e-9;
            for pole in &mut self.mouth {
                sound = pole.pass(sound);
            }
            // Teeth let neither the lowest nor the highest of it through.
            let [last, older] = self.noises;
            self.noises = [noise, last];
            let hiss = self.teeth.pass((noise - older) / 2.0) * mix(before.hiss, frame.hiss) * 0.5;
            // What is lower than any voice only moves the speaker's cone.
            self.hum += 0.012 * (sound - self.hum);
            out.push(sound - self.hum + hiss);
        }
    }

    /// The next puff of air, as the lips hear it.
    fn throat(&mut self, pitch: f32) -> f32 {
        self.phase += pitch * self.wobble / HERTZ;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
            // No throat is a machine.
            self.wobble = 1.0 + 0.012 * self.noise();
        }
        let flow = if self.phase < OPEN {
            let within = self.phase / OPEN;
            within * (2.0 - 3.0 * within)
        } else {
            0.0
        };
        self.tilt += 0.5 * (flow - self.tilt);
        self.tilt
    }

    /// From -1 to 1.
    fn noise(&mut self) -> f32 {
        f32::from((self.chance.next() >> 48) as u16 as i16) / f32::from(i16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(frame: Frame, pitch: f32) -> Vec<f32> {
        let mut tract = Tract::new(1.0, 3);
        let mut out = Vec::new();
        for _ in 0..60 {
            tract.run(frame, pitch, &mut out);
        }
        out
    }

    /// How strong a frequency is.
    fn power(samples: &[f32], hertz: f32) -> f32 {
        let (mut sine, mut cosine, mut angle) = (0.0_f32, 0.0_f32, 0.0_f32);
        for sample in samples {
            sine += sample * angle.sin();
            cosine += sample * angle.cos();
            angle = (angle + 2.0 * PI * hertz / HERTZ) % (2.0 * PI);
        }
        sine.hypot(cosine)
    }

    #[test]
    fn a_vowel_is_strong_where_it_resonates() {
        let mouth = |formants| Frame { voice: 1.0, ..Frame::silent(formants) };
        let open = sound(mouth([760.0, 1260.0, 2500.0]), 100.0);
        let close = sound(mouth([290.0, 2280.0, 3000.0]), 100.0);
        assert!(power(&open[2400..], 800.0) > 3.0 * power(&open[2400..], 1800.0));
        assert!(power(&open[2400..], 1200.0) > 2.0 * power(&close[2400..], 1200.0));
        assert!(power(&close[2400..], 2300.0) > 2.0 * power(&close[2400..], 1300.0));
    }

    #[test]
    fn a_hiss_is_where_it_is_told_and_silence_is_silent() {
        let hissing = Frame { hiss: 1.0, hertz: 6000.0, ..Frame::silent([500.0, 1500.0, 2500.0]) };
        let samples = sound(hissing, 100.0);
        let around = |hertz: f32| -> f32 {
            (0_u8..20).map(|n| power(&samples, hertz + f32::from(n) * 11.0)).sum()
        };
        assert!(around(6000.0) > 4.0 * around(1000.0));
        let silent = sound(Frame::silent([500.0, 1500.0, 2500.0]), 100.0);
        assert!(silent.iter().all(|sample| sample.abs() < 1e-4));
    }
}
