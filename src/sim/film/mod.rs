//! Films and pictures that are made on the spot: a scene by seed, as a playable MP4 or a PNG.
//! It owns what they look like; the bytes are `h264`'s, `mp4`'s and `png`'s. It refuses to be a
//! general encoder: a picture is flat within 4 by 4 pixels, and only what moves is sent again.

mod bits;
mod cavlc;
mod h264;
mod mp4;
mod png;
mod scene;

use h264::Encoder;
use scene::Scene;

/// Pictures a second.
const RATE: u32 = 24;

/// What a film or picture shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wish {
    /// In pixels, even numbers.
    pub(super) width: u32,
    /// In pixels, even numbers.
    pub(super) height: u32,
    /// Another seed is another scene.
    pub(super) seed: u64,
    /// Two letters stand in the lower right corner.
    pub(super) watermark: bool,
}

/// A silent MP4 (H.264 baseline, 24 pictures a second) of so many seconds.
pub(super) fn film(wish: Wish, seconds: u32) -> Vec<u8> {
    let scene = Scene::new(wish);
    let mut picture = scene.still();
    scene.draw(&mut picture, 0.0);
    let mut encoder = Encoder::new(wish.width, wish.height);
    let mut samples = vec![encoder.whole(&picture)];
    let frames = seconds.max(1) * RATE;
    // Large and long films move less often, so that they stay small.
    let step = (wish.width * wish.height / 1280).saturating_mul(frames).div_ceil(720 * 12 * RATE);
    let mut before = 0.0;
    for frame in 1..frames {
        if frame % step.max(1) != 0 {
            samples.push(encoder.changed(&picture, &[]));
            continue;
        }
        let now = f64::from(frame) / f64::from(RATE);
        let mut touched = scene.touched(before);
        touched.extend(scene.touched(now));
        scene.clear(&mut picture, before);
        scene.draw(&mut picture, now);
        samples.push(encoder.changed(&picture, &touched));
        before = now;
    }
    mp4::wrap(&encoder, &samples, RATE)
}

/// A PNG, 8 bits of red, green and blue.
pub(super) fn picture(wish: Wish) -> Vec<u8> {
    let scene = Scene::new(wish);
    let mut picture = scene.still();
    scene.draw(&mut picture, 0.0);
    png::write(&picture, wish.width, wish.height)
}

#[cfg(test)]
mod tests;
