//! Takes one picture out of a video or a picture by `ffmpeg`, where that is installed: a small one
//! for half blocks, and one for terminals that show pictures. It refuses to let what a service sent
//! open a connection, to wait for ever, and to keep more bytes than a picture may have.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::domain::errands::{POSTER_HEIGHT, POSTER_WIDTH, Poster};
use crate::domain::pictures::{Form, Still};
use crate::domain::tasks::FileKind;

/// A frame of a short video is found within this time, or not at all.
const PATIENCE: Duration = Duration::from_secs(15);
/// A photograph is a small PNG only if it has few pixels: smaller and smaller, until one fits.
const SIZES: &[(u16, u16)] = &[(Still::WIDTH, Still::HEIGHT), (480, 270), (320, 180)];
/// Bytes before the pixels of a PPM, and more.
const PPM_HEAD: usize = 32;

/// The picture of a file; `None` where there is none, or none can be made. The one for terminals
/// that show pictures is missing where only that cannot be made.
pub(super) async fn poster(path: &str, kind: FileKind, form: Option<Form>) -> Option<Poster> {
    let choose = match kind {
        FileKind::Video => "thumbnail=24,",
        FileKind::Image => "",
        FileKind::Audio | FileKind::Other => return None,
    };
    let (width, height) = (POSTER_WIDTH, POSTER_HEIGHT);
    let filter = format!(
        "{choose}scale={width}:{height}:force_original_aspect_ratio=decrease,\
         pad={width}:{height}:-1:-1"
    );
    // One byte more than a poster has tells that it is none.
    let bytes = within(frame(path, &filter, &["-f", "rawvideo"], Poster::BYTES + 1)).await?;
    let poster = Poster::new(&bytes)?;
    let Some(form) = form else { return Some(poster) };
    let still = within(still(path, choose, form)).await;
    Some(poster.with_still(still))
}

async fn within<T>(work: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::time::timeout(PATIENCE, work).await.ok().flatten()
}

/// The largest picture of this form that is allowed, never larger than the original.
async fn still(path: &str, choose: &str, form: Form) -> Option<Still> {
    for (width, height) in SIZES {
        let filter = format!(
            "{choose}scale='min({width},iw)':'min({height},ih)':force_original_aspect_ratio=decrease"
        );
        let codec = match form {
            Form::Png => &["-f", "image2pipe", "-c:v", "png", "-pred", "mixed"][..],
            Form::Rgb => &["-f", "image2pipe", "-c:v", "ppm"][..],
        };
        let most = match form {
            Form::Png => Still::PNG_BYTES,
            Form::Rgb => usize::from(*width) * usize::from(*height) * 3 + PPM_HEAD,
        };
        let bytes = frame(path, &filter, codec, most + 1).await?;
        let still = match form {
            Form::Png => Still::png(&bytes),
            Form::Rgb => Still::ppm(&bytes),
        };
        // What is too small already is no picture, and less of it would be none either.
        if still.is_some() || bytes.len() <= most {
            return still;
        }
    }
    None
}

/// What `ffmpeg` makes of one frame, at most so many bytes. It may read nothing but files.
async fn frame(path: &str, filter: &str, output: &[&str], most: usize) -> Option<Vec<u8>> {
    let child = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "quiet", "-protocol_whitelist", "file,pipe", "-i"])
        .arg(format!("file:{path}"))
        .args(["-frames:v", "1", "-vf", filter, "-pix_fmt", "rgb24"])
        .args(output)
        .arg("-")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = child.ok()?;
    let out = child.stdout.take()?;
    let mut bytes = Vec::new();
    // The pipe ends here with the reader: what is too long is not waited for.
    out.take(most as u64).read_to_end(&mut bytes).await.ok()?;
    drop(child.wait().await);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests make and read their files")]

    use super::*;

    #[tokio::test]
    async fn what_is_no_picture_makes_no_poster() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("x.mp4");
        std::fs::write(&file, b"#EXTM3U\nhttp://127.0.0.1:9/a.ts\n").unwrap();
        let path = file.display().to_string();
        assert_eq!(poster(&path, FileKind::Video, Some(Form::Png)).await, None);
        assert_eq!(poster("/nowhere", FileKind::Image, Some(Form::Rgb)).await, None);
    }

    /// A picture of noise, so large that its PNG fits only when it is made smaller.
    fn noise(width: usize, height: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut bytes = format!("P6\n{width} {height}\n255\n").into_bytes();
        bytes.extend((0..width * height * 3).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        }));
        bytes
    }

    #[tokio::test]
    async fn a_picture_comes_in_the_form_that_is_wanted_and_small_enough() {
        if Command::new("ffmpeg").arg("-version").output().await.is_err() {
            // Without ffmpeg there are no posters: the test before says so.
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("x.ppm");
        let path = file.display().to_string();
        std::fs::write(&file, noise(20, 10)).unwrap();
        let small = poster(&path, FileKind::Image, None).await.unwrap();
        assert_eq!(small.still(), None);
        let rgb = poster(&path, FileKind::Image, Some(Form::Rgb)).await.unwrap();
        let still = rgb.still().unwrap();
        assert_eq!((still.form(), still.size()), (Form::Rgb, (20, 10)), "never made larger");
        assert_eq!(still.bytes()[..], noise(20, 10)[b"P6\n20 10\n255\n".len()..]);
        std::fs::write(&file, noise(1280, 720)).unwrap();
        let png = poster(&path, FileKind::Image, Some(Form::Png)).await.unwrap();
        let still = png.still().unwrap();
        assert_eq!(still.form(), Form::Png);
        assert!(still.size().0 < Still::WIDTH, "{:?}", still.size());
        assert_eq!(still.size().0 * 9, still.size().1 * 16);
    }
}
