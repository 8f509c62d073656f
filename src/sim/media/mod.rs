//! Images, videos and sounds in a request: what they are, how large, and what they count.
//! It reads headers, never pictures, and fetches nothing: a link is only looked at.

mod count;
mod film;
mod picture;
mod sound;
mod source;

use super::models::Model;
use super::refusal::Refusal;

pub(super) use count::Hints;

/// The most bytes of one `data:` URL.
const MAX_DATA_URI: usize = 10_485_760;
/// What a picture behind a link is taken for, in pixels.
const UNSEEN: (u32, u32) = (1280, 720);
/// What a sound or a video behind a link is taken for, in seconds.
const UNHEARD: f64 = 10.0;
/// The longest sound and the longest video that the first omni models take, in seconds.
const LONGEST: f64 = 150.0;

/// What sort of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Image,
    /// A file.
    Video,
    /// A video as a list of so many pictures.
    Frames(usize),
    Audio,
}

/// One attachment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Media {
    pub(super) kind: Kind,
    /// `PNG` and so on, if the file says it.
    pub(super) format: Option<&'static str>,
    /// Its bytes, if the request brought them along.
    pub(super) bytes: Option<usize>,
    /// Width and height in pixels, if they are known.
    pub(super) size: Option<(u32, u32)>,
    pub(super) seconds: Option<f64>,
    /// The file's name in its link.
    pub(super) name: Option<String>,
    pub(super) tokens: usize,
    /// Tells things apart that look alike.
    pub(super) mark: u64,
}

/// Who asks, for rules that depend on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) model: &'a Model,
    /// The request allows links of uploaded files.
    pub(super) resolves: bool,
}

/// Errors of the model's own reader come in this form.
fn refused(text: &str) -> Refusal {
    Refusal::parameter(format!("<400> InternalError.Algo.InvalidParameter: {text}"))
}

impl Reader<'_> {
    /// An image.
    pub(super) fn image(&self, url: &str, hints: &Hints) -> Result<Media, Refusal> {
        let found = source::open(url, self.resolves)?;
        let (format, size) = found.bytes.as_deref().and_then(picture::read).unzip();
        if let Some(size) = size {
            check_size(size)?;
        }
        let tokens = count::image(size.unwrap_or(UNSEEN), self.model.id, hints);
        Ok(Media { format, size, tokens, ..found.media(Kind::Image) })
    }

    /// A video in one file.
    pub(super) fn video(&self, url: &str, hints: &Hints) -> Result<Media, Refusal> {
        hints.check()?;
        let found = source::open(url, self.resolves)?;
        let film = found.bytes.as_deref().and_then(film::read);
        let seconds = film.map(|film| film.seconds);
        if self.hears_little() && seconds.is_some_and(|seconds| seconds > LONGEST) {
            return Err(refused(
                "The video modality input does not meet the requirements because: The video file is too long.",
            ));
        }
        let size = film.and_then(|film| film.size);
        let frames = hints.frames(seconds.unwrap_or(UNHEARD));
        let tokens = count::video(frames, size.unwrap_or(UNSEEN), self.model.id, hints);
        let format = film.map(|_| "MP4");
        Ok(Media { format, size, seconds, tokens, ..found.media(Kind::Video) })
    }

    /// A video as a list of pictures.
    pub(super) fn frames(&self, urls: &[&str], hints: &Hints) -> Result<Media, Refusal> {
        hints.check()?;
        let most = if count::is_old(self.model.id) && !self.model.id.starts_with("qwen2.5") {
            80
        } else {
            512
        };
        if !(4..=most).contains(&urls.len()) {
            return Err(refused(&format!(
                "The video modality input does not meet the requirements because: the range of sequence images shoule be (4, {most})."
            )));
        }
        let frames: Vec<Media> =
            urls.iter().map(|url| self.image(url, hints)).collect::<Result<_, _>>()?;
        let size = frames.iter().find_map(|frame| frame.size);
        let known = frames.iter().map(|frame| frame.bytes).sum();
        let mark = frames.iter().fold(0, |mark, frame| mark ^ frame.mark.rotate_left(7));
        let count = u32::try_from(urls.len()).unwrap_or(u32::MAX);
        let tokens = count::video(count, size.unwrap_or(UNSEEN), self.model.id, hints);
        Ok(Media {
            kind: Kind::Frames(urls.len()),
            format: frames.iter().find_map(|frame| frame.format),
            bytes: known,
            size,
            seconds: Some(f64::from(count) / hints.fps()),
            name: None,
            tokens,
            mark,
        })
    }

    /// The first omni models stop listening after a while.
    fn hears_little(&self) -> bool {
        self.model.id.starts_with("qwen3-omni-flash")
    }

    /// A sound.
    pub(super) fn audio(&self, url: &str) -> Result<Media, Refusal> {
        let found = source::open(url, self.resolves)?;
        let heard = found.bytes.as_deref().and_then(sound::read);
        if heard.is_some_and(|sound| sound.seconds <= 0.0) {
            return Err(refused("The audio is empty"));
        }
        if self.hears_little() && heard.is_some_and(|sound| sound.seconds > LONGEST) {
            return Err(refused("The audio is too long"));
        }
        let seconds = heard.map(|sound| sound.seconds);
        let tokens = count::audio(seconds.unwrap_or(UNHEARD), self.model.id);
        let format = heard.map(|sound| sound.format);
        Ok(Media { format, seconds, tokens, ..found.media(Kind::Audio) })
    }
}

fn check_size((width, height): (u32, u32)) -> Result<(), Refusal> {
    let restricted = |why: String| {
        Err(refused(&format!(
            "The image length and width do not meet the model restrictions. [{why}]"
        )))
    };
    if width < 10 || height < 10 {
        return restricted(format!("height:{height} or width:{width} must be larger than 10"));
    }
    let ratio = f64::from(width.max(height)) / f64::from(width.min(height));
    if ratio > 200.0 {
        return restricted(format!("absolute aspect ratio must be smaller than 200, got {ratio}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
