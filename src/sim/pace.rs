//! When each token comes: a pause before the first, then a believable or an exact rate.
//! It refuses to sleep; it only says how long after the start a token is due.

use std::time::Duration;

use super::rng::Rng;

/// The due times of one answer.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    /// Seconds from the start to the latest token asked for.
    at: f64,
    gap: Gap,
}

#[derive(Debug, Clone)]
enum Gap {
    None,
    Even(f64),
    /// Mean and jitter.
    Natural(f64, Rng),
}

impl Pace {
    /// `rate` in tokens a second as asked for, 0 for no pauses at all; without it the model's own
    /// speed, divided by `time_scale`.
    pub(super) fn new(model: &str, rate: Option<f64>, time_scale: f64, seed: u64) -> Self {
        match rate {
            Some(rate) if rate > 0.0 => Self { at: 0.0, gap: Gap::Even(1.0 / rate) },
            Some(_) => Self { at: 0.0, gap: Gap::None },
            None => {
                let mut rng = Rng::new(seed);
                let (first, rate) = family(model);
                let at = first * (0.8 + 0.4 * rng.unit()) / time_scale;
                Self { at, gap: Gap::Natural(1.0 / (rate * time_scale), rng) }
            }
        }
    }

    /// When the next token is due after the start.
    pub(super) fn next(&mut self) -> Duration {
        let due = self.at;
        self.at += match &mut self.gap {
            Gap::None => 0.0,
            Gap::Even(gap) => *gap,
            // Mostly even, with a hitch now and then; the mean is one gap.
            Gap::Natural(gap, rng) => {
                let hitch = if rng.below(30) == 0 { 3.0 } else { 0.0 };
                *gap * (0.4 + rng.unit() + hitch)
            }
        };
        Duration::try_from_secs_f64(due).unwrap_or(Duration::MAX)
    }

    /// When the last of `tokens` is due after the start.
    pub(super) fn end(mut self, tokens: usize) -> Duration {
        (0..tokens).fold(Duration::ZERO, |_, _| self.next()).max(self.next())
    }
}

/// Seconds to the first token, tokens a second.
fn family(model: &str) -> (f64, f64) {
    let has = |part| model.contains(part);
    if has("turbo") || has("flash") || has("lite") {
        (0.26, 60.0)
    } else if has("max") || has("235b") || has("397b") || has("480b") {
        (0.40, 42.0)
    } else if has("qwq") || has("qvq") || has("thinking") {
        (0.38, 46.0)
    } else {
        (0.32, 52.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_believable_and_repeatable() {
        for model in ["qwen-plus", "qwen-flash", "qwen3-max", "qwq-plus"] {
            let mut pace = Pace::new(model, None, 1.0, 9);
            let first = pace.next().as_secs_f64();
            assert!((0.2..0.5).contains(&first), "{model} {first}");
            let end = Pace::new(model, None, 1.0, 9).end(1000).as_secs_f64();
            let rate = 1000.0 / (end - first);
            assert!((38.0..66.0).contains(&rate), "{model} {rate}");
        }
        let scaled = Pace::new("qwen-plus", None, 10.0, 9).end(1000);
        let plain = Pace::new("qwen-plus", None, 1.0, 9).end(1000);
        assert!((plain.as_secs_f64() / scaled.as_secs_f64() - 10.0).abs() < 0.01);
    }

    #[test]
    fn a_rate_is_exact_and_zero_is_no_pause() {
        assert_eq!(Pace::new("m", Some(0.0), 1.0, 1).end(1_000_000), Duration::ZERO);
        let end = Pace::new("m", Some(100.0), 1.0, 1).end(200).as_secs_f64();
        assert!((end - 2.0).abs() < 0.011, "{end}");
    }
}
