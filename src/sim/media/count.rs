//! What media count in tokens: pictures by their patches, sound by its seconds, videos by both.
//! It refuses to know where they came from.

use serde_json::Value;

use super::super::speech;
use super::Refusal;

/// Tokens of one picture at most, unless the request asks for fine detail.
const MOST: u32 = 2_560;
const MOST_OLD: u32 = 1_280;
/// The same when it does.
const MOST_FINE: u32 = 16_384;
/// Tokens of one pair of video frames at most.
const MOST_FRAME: u32 = 768;
/// Frames of a video at most.
const MOST_FRAMES: u32 = 512;

/// What stands beside a part: how finely it is to be looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::sim) struct Hints {
    fps: Option<f64>,
    max_frames: Option<u32>,
    min_pixels: Option<u32>,
    max_pixels: Option<u32>,
    /// `vl_high_resolution_images`.
    fine: bool,
}

impl Hints {
    /// The hints of one part; `fine` is the wish of the whole request.
    pub(in crate::sim) fn read(part: &Value, fine: bool) -> Self {
        let number = |key: &str| {
            part.get(key).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok())
        };
        Self {
            fps: part.get("fps").and_then(Value::as_f64),
            max_frames: number("max_frames"),
            min_pixels: number("min_pixels"),
            max_pixels: number("max_pixels"),
            fine,
        }
    }

    /// Frames of a second.
    pub(super) fn fps(&self) -> f64 {
        self.fps.unwrap_or(2.0)
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        if (0.1..=10.0).contains(&self.fps()) {
            return Ok(());
        }
        Err(Refusal::parameter("Range of fps should be [0.1, 10]"))
    }

    /// How many frames of a video are looked at.
    pub(super) fn frames(&self, seconds: f64) -> u32 {
        let frames = (seconds * self.fps()).ceil().clamp(4.0, f64::from(MOST_FRAMES)) as u32;
        self.max_frames.map_or(frames, |most| frames.min(most.max(4)))
    }
}

/// Models before the third generation look at smaller patches.
pub(super) fn is_old(model: &str) -> bool {
    !model.starts_with("qwen3")
}

/// Pixels along a side of one patch.
fn patch(model: &str) -> u32 {
    if is_old(model) { 28 } else { 32 }
}

/// Patches of a picture, scaled to lie between `least` and `most`.
fn patches((width, height): (u32, u32), side: u32, least: u32, most: u32) -> u32 {
    let (width, height, side) = (f64::from(width), f64::from(height), f64::from(side));
    let raw = width * height / (side * side);
    let scale = if raw > f64::from(most) {
        (f64::from(most) / raw).sqrt()
    } else if raw < f64::from(least) {
        (f64::from(least) / raw).sqrt()
    } else {
        1.0
    };
    let along = |length: f64| ((length * scale / side).round() as u32).max(1);
    along(width).saturating_mul(along(height)).min(most)
}

/// Tokens of a picture: its patches and the two around them.
pub(super) fn image(size: (u32, u32), model: &str, hints: &Hints) -> usize {
    let side = patch(model);
    let usual = if is_old(model) { MOST_OLD } else { MOST };
    let most = match hints.max_pixels {
        _ if hints.fine => MOST_FINE,
        Some(pixels) => (pixels / (side * side)).clamp(4, MOST_FINE),
        None => usual,
    };
    let least = hints.min_pixels.map_or(4, |pixels| (pixels / (side * side)).clamp(4, most));
    patches(size, side, least, most) as usize + 2
}

/// Tokens of a video: two frames are looked at together.
pub(super) fn video(frames: u32, size: (u32, u32), model: &str, hints: &Hints) -> usize {
    let side = patch(model);
    let most =
        hints.max_pixels.map_or(MOST_FRAME, |pixels| (pixels / (side * side)).clamp(4, MOST_FRAME));
    let pair = patches(size, side, 4, most) as usize;
    frames.div_ceil(2) as usize * pair + 2
}

/// Tokens of a sound, one at least.
pub(super) fn audio(seconds: f64, model: &str) -> usize {
    ((seconds * speech::rate_in(model)).ceil() as usize).max(1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pictures_count_by_their_patches() {
        let plain = Hints::default();
        assert_eq!(image((256, 256), "qwen3-vl-plus", &plain), 66);
        assert_eq!(image((280, 280), "qwen2.5-vl-72b", &plain), 102);
        assert_eq!(image((10, 10), "qwen3-vl-plus", &plain), 4 + 2);
        let large = image((8_000, 6_000), "qwen3-vl-plus", &plain);
        assert!((2_400..=2_562).contains(&large), "{large}");
        let fine = Hints::read(&json!({}), true);
        let finest = image((8_000, 6_000), "qwen3-vl-plus", &fine);
        assert!((16_000..=16_386).contains(&finest), "{finest}");
        let small = Hints::read(&json!({"max_pixels": 65_536}), false);
        assert!(image((8_000, 6_000), "qwen3-vl-plus", &small) <= 66);
        let big = Hints::read(&json!({"min_pixels": 65_536}), false);
        assert_eq!(image((64, 64), "qwen3-vl-plus", &big), 66);
    }

    #[test]
    fn videos_count_by_frames_and_sound_by_seconds() {
        let hints = Hints::read(&json!({"fps": 2}), false);
        assert_eq!(hints.frames(5.0), 10);
        assert_eq!(video(10, (320, 320), "qwen3-vl-plus", &hints), 5 * 100 + 2);
        assert_eq!(Hints::read(&json!({"max_frames": 6}), false).frames(60.0), 6);
        assert!(Hints::read(&json!({"fps": 11}), false).check().is_err());
        assert_eq!(audio(10.0, "qwen3-omni-flash"), 125);
        assert_eq!(audio(10.0, "qwen3.5-omni-plus"), 70);
        assert_eq!(audio(10.0, "qwen-omni-turbo"), 250);
    }
}
