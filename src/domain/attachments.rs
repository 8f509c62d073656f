//! Pictures, videos and sounds that go with a question: what each is, where it comes from, what is
//! known of it before it is sent. It refuses to read files and to know what a model can take.

use std::time::Duration;

use super::notice::{Level, Notice};

/// What a thing is for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Medium {
    /// One picture.
    Image,
    /// A video file.
    Video,
    /// Sound.
    Audio,
    /// Pictures that were cut from a video, in order.
    Frames,
}

impl Medium {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Image, Self::Video, Self::Audio, Self::Frames];

    /// Its word in JSON and on disk.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Frames => "frames",
        }
    }

    /// The medium of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|medium| medium.name() == word)
    }

    /// The kind of input a model must take for it, as the catalog words it.
    #[must_use]
    pub const fn input(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video | Self::Frames => "video",
            Self::Audio => "audio",
        }
    }
}

/// Where a thing is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// At an address the service reads by itself: http(s), `oss://` in its temporary storage, or
    /// the bytes themselves as a data URL.
    Url(String),
    /// In a file of this machine, by its whole path.
    File(String),
    /// In several files, one a frame.
    Files(Vec<String>),
    /// At several addresses, one a frame.
    Urls(Vec<String>),
}

/// Something that goes with a question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Attachment {
    /// What it is.
    pub medium: Medium,
    /// Where it is.
    pub source: Source,
    /// What it is called: the file's name or the end of the address, one clean line.
    pub name: String,
    /// Its media type, e.g. `image/png`; empty where nobody knows.
    pub mime: String,
    /// Size in bytes, where known.
    pub bytes: Option<u64>,
    /// Width and height in pixels, where known.
    pub pixels: Option<(u32, u32)>,
    /// How long it plays, where known.
    pub plays: Option<Duration>,
}

impl Attachment {
    /// The addresses that go out for it; none while it is still a file.
    #[must_use]
    pub fn urls(&self) -> &[String] {
        match &self.source {
            Source::Url(url) => std::slice::from_ref(url),
            Source::Urls(urls) => urls,
            Source::File(_) | Source::Files(_) => &[],
        }
    }

    /// It lies in the service's temporary storage, which only a header opens.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        self.urls().iter().any(|url| url.starts_with("oss://"))
    }

    /// How many frames it has; one where it is no list of them.
    #[must_use]
    pub const fn frames(&self) -> usize {
        match &self.source {
            Source::Files(all) | Source::Urls(all) => all.len(),
            Source::Url(_) | Source::File(_) => 1,
        }
    }

    /// The container's name as the service words it (`wav`, `mp3`): from the media type, else from
    /// the end of the name.
    #[must_use]
    pub fn format(&self) -> &str {
        match self.mime.as_str() {
            "audio/mpeg" => "mp3",
            "audio/mp4" => "m4a",
            "" => self.name.rsplit_once('.').map_or("wav", |(_, end)| end),
            mime => mime.rsplit_once('/').map_or("wav", |(_, kind)| kind),
        }
    }
}

/// Whether a text looks like the name of a media file, quoted or not; what it really is its bytes
/// tell.
#[must_use]
pub fn looks_like_media(text: &str) -> bool {
    const ENDS: [&str; 24] = [
        "png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "mp4", "m4v",
        "mov", "mkv", "webm", "avi", "flv", "wav", "mp3", "flac", "ogg", "opus", "m4a", "aac",
    ];
    let text = text.trim_end_matches(['\'', '"']);
    let Some((name, end)) = text.rsplit_once('.') else { return false };
    let end = end.to_ascii_lowercase();
    !name.is_empty() && !text.starts_with("http") && ENDS.contains(&end.as_str())
}

/// What a model takes and gives beside text, as far as anybody tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Senses {
    /// It looks at pictures.
    pub image: Option<bool>,
    /// It looks at videos.
    pub video: Option<bool>,
    /// It listens.
    pub audio: Option<bool>,
    /// It speaks.
    pub speaks: Option<bool>,
    /// Pixels of the side of a square that is one token.
    pub patch: u32,
    /// The most tokens one picture is shrunk to.
    pub most_patches: u64,
    /// Beside text a message may hold one kind only.
    pub one_kind: bool,
    /// The least and the most frames of a list.
    pub frames: (usize, usize),
    /// Tokens for ten seconds of sound.
    pub heard: Option<u64>,
    /// The longest sound.
    pub hears: Option<Duration>,
    /// The longest video.
    pub sees: Option<Duration>,
}

impl Senses {
    /// Whether it takes a medium; `None` where nobody tells.
    #[must_use]
    pub const fn takes(&self, medium: Medium) -> Option<bool> {
        match medium {
            Medium::Image => self.image,
            Medium::Video | Medium::Frames => self.video,
            Medium::Audio => self.audio,
        }
    }

    /// About how many tokens a thing will be; `None` where that needs more than is known.
    #[must_use]
    pub fn tokens(&self, of: &Attachment) -> Option<u64> {
        /// Two marks stand around every picture.
        const MARKS: u64 = 2;
        let picture = |(width, height): (u32, u32)| {
            let side = |pixels: u32| u64::from(pixels.div_ceil(self.patch).max(1));
            (side(width) * side(height)).min(self.most_patches) + MARKS
        };
        match of.medium {
            Medium::Image => of.pixels.map(picture),
            // Two frames together are looked at as one picture.
            Medium::Frames => {
                of.pixels.map(|size| picture(size) * (of.frames() as u64).div_ceil(2))
            }
            Medium::Audio => {
                let tenths = u64::try_from(of.plays?.as_millis()).ok()?;
                Some((tenths * self.heard?).div_ceil(10_000).max(1))
            }
            Medium::Video => None,
        }
    }
}

/// Why a thing cannot go to a model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Misfit {
    /// The model takes nothing of the kind.
    NotTaken(Medium),
    /// Beside text the model takes one kind in a message only.
    Mixed,
    /// A side is shorter than ten pixels.
    TooSmall,
    /// One side is more than 200 times the other.
    TooNarrow,
    /// Too few or too many frames.
    Frames {
        /// How many there are.
        have: usize,
        /// The least.
        least: usize,
        /// The most.
        most: usize,
    },
    /// It plays longer than the model listens or looks.
    TooLong {
        /// The longest.
        most: Duration,
    },
}

/// The shortest side of a picture in pixels.
const SHORTEST: u32 = 10;
/// The largest ratio of the sides of a picture.
const RATIO: u64 = 200;

/// The first thing among those of one message that a model would refuse, by its place, and why.
#[must_use]
pub fn misfit(all: &[Attachment], senses: &Senses) -> Option<(usize, Misfit)> {
    let each = all.iter().enumerate();
    let found = each.clone().find_map(|(at, of)| Some((at, misfit_of(of, senses)?)));
    let mixed = || {
        let kind = all.first()?.medium.input();
        let (at, _) = each.clone().find(|(_, of)| of.medium.input() != kind)?;
        senses.one_kind.then_some((at, Misfit::Mixed))
    };
    found.or_else(mixed)
}

fn misfit_of(of: &Attachment, senses: &Senses) -> Option<Misfit> {
    if senses.takes(of.medium) == Some(false) {
        return Some(Misfit::NotTaken(of.medium));
    }
    if let Some((width, height)) = of.pixels
        && matches!(of.medium, Medium::Image | Medium::Frames)
    {
        let (short, long) = (width.min(height), width.max(height));
        if short < SHORTEST {
            return Some(Misfit::TooSmall);
        }
        if u64::from(long) > u64::from(short) * RATIO {
            return Some(Misfit::TooNarrow);
        }
    }
    let (least, most) = senses.frames;
    let have = of.frames();
    if of.medium == Medium::Frames && !(least..=most).contains(&have) {
        return Some(Misfit::Frames { have, least, most });
    }
    let longest = match of.medium {
        Medium::Audio => senses.hears,
        Medium::Video => senses.sees,
        Medium::Image | Medium::Frames => None,
    };
    let most = longest.filter(|most| of.plays.is_some_and(|plays| plays > *most))?;
    Some(Misfit::TooLong { most })
}

/// Why a thing is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    /// The user wants to attach it.
    Attach,
    /// It was pasted, and may be nothing but text.
    Pasted,
}

/// What the keeper of files is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachCommand {
    /// Look at a file, a directory of frames or an address, as it was typed.
    Look {
        /// As typed.
        typed: String,
        /// Why.
        why: Wish,
    },
    /// Tell what is in a directory.
    List {
        /// As typed; empty is the current one.
        dir: String,
    },
}

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachEvent {
    /// What a thing is.
    Looked {
        /// As it was typed.
        typed: String,
        /// Why it was looked at.
        why: Wish,
        /// The thing, or why it is none.
        found: Result<Attachment, Notice>,
    },
    /// What is in a directory; nothing where it cannot be read.
    Listed {
        /// As it was typed.
        dir: String,
        /// Directories first.
        entries: Vec<PathEntry>,
    },
}

/// One name in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathEntry {
    /// The name; clean.
    pub name: String,
    /// It is a directory.
    pub dir: bool,
}

/// What there is to say about things that go with a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachNotice {
    /// There is nothing at that place.
    NotThere {
        /// As it was typed.
        path: String,
    },
    /// It cannot be read; the system's words are the notice's detail.
    Unreadable {
        /// As it was typed.
        path: String,
    },
    /// It is no picture, video or sound.
    UnknownKind {
        /// Its name.
        name: String,
    },
    /// It is too large to be sent at all.
    TooLarge {
        /// Its name.
        name: String,
        /// Its size in bytes.
        bytes: u64,
        /// The largest, in bytes.
        most: u64,
    },
    /// The upload was refused or failed; the other side's words are the notice's detail.
    NotUploaded {
        /// Its name.
        name: String,
    },
    /// The model would refuse it.
    Misfit(Box<Unfitting>),
    /// No more are taken with one message.
    TooMany {
        /// The most.
        most: usize,
    },
}

/// A thing that a model would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfitting {
    /// Its name.
    pub name: String,
    /// The model.
    pub model: String,
    /// Why.
    pub why: Misfit,
    /// Models that take it, the likeliest first.
    pub others: Vec<String>,
}

impl AttachNotice {
    /// How loud it is.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::Misfit(_) | Self::TooMany { .. } | Self::UnknownKind { .. } => Level::Warning,
            Self::NotThere { .. }
            | Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::NotUploaded { .. } => Level::Error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENSES: Senses = Senses {
        image: Some(true),
        video: Some(true),
        audio: Some(true),
        speaks: Some(true),
        patch: 32,
        most_patches: 2560,
        one_kind: true,
        frames: (4, 512),
        heard: Some(125),
        hears: Some(Duration::from_secs(150)),
        sees: None,
    };

    fn of(medium: Medium, pixels: Option<(u32, u32)>, seconds: u64) -> Attachment {
        Attachment {
            medium,
            source: Source::Url("https://h.example/a".to_owned()),
            name: "a".to_owned(),
            mime: String::new(),
            bytes: None,
            pixels,
            plays: (seconds > 0).then(|| Duration::from_secs(seconds)),
        }
    }

    #[test]
    fn tokens_are_counted_by_squares_and_by_seconds() {
        let image = |w, h| SENSES.tokens(&of(Medium::Image, Some((w, h)), 0));
        assert_eq!(image(256, 256), Some(66), "as the sample of the wire");
        assert_eq!(image(33, 32), Some(4));
        assert_eq!(image(1, 1), Some(3));
        assert_eq!(image(u32::MAX, u32::MAX), Some(2562), "large ones are shrunk");
        assert_eq!(SENSES.tokens(&of(Medium::Image, None, 0)), None);
        assert_eq!(SENSES.tokens(&of(Medium::Audio, None, 10)), Some(125));
        assert_eq!(SENSES.tokens(&of(Medium::Audio, None, 0)), None);
        assert_eq!(SENSES.tokens(&of(Medium::Video, Some((10, 10)), 10)), None);
        let frames = Attachment {
            source: Source::Files(vec![String::new(); 5]),
            ..of(Medium::Frames, Some((256, 256)), 0)
        };
        assert_eq!(SENSES.tokens(&frames), Some(66 * 3));
    }

    #[test]
    fn what_does_not_fit_is_found() {
        let image = |w, h| of(Medium::Image, Some((w, h)), 0);
        let one = |of: Attachment| misfit(&[of], &SENSES).map(|(_, why)| why);
        assert_eq!(one(image(10, 2000)), None);
        assert_eq!(one(image(9, 100)), Some(Misfit::TooSmall));
        assert_eq!(one(image(10, 2001)), Some(Misfit::TooNarrow));
        assert_eq!(one(of(Medium::Audio, None, 150)), None);
        let most = Duration::from_secs(150);
        assert_eq!(one(of(Medium::Audio, None, 151)), Some(Misfit::TooLong { most }));
        assert_eq!(
            one(of(Medium::Frames, None, 0)),
            Some(Misfit::Frames { have: 1, least: 4, most: 512 })
        );
        let two = [image(20, 20), of(Medium::Audio, None, 1)];
        assert_eq!(misfit(&two, &SENSES), Some((1, Misfit::Mixed)));
        let free = Senses { one_kind: false, ..SENSES };
        assert_eq!(misfit(&two, &free), None);
        let blind = Senses { image: Some(false), ..free };
        assert_eq!(misfit(&two, &blind), Some((0, Misfit::NotTaken(Medium::Image))));
        let unknown = Senses { image: None, audio: None, ..free };
        assert_eq!(misfit(&two, &unknown), None, "where nobody tells nothing is refused");
        assert_eq!(misfit(&[], &SENSES), None);
    }

    #[test]
    fn words_and_formats() {
        for medium in Medium::ALL {
            assert_eq!(Medium::named(medium.name()), Some(medium));
        }
        let format = |mime: &str, name: &str| {
            let of = of(Medium::Audio, None, 0);
            Attachment { mime: mime.to_owned(), name: name.to_owned(), ..of }.format().to_owned()
        };
        assert_eq!(format("audio/mpeg", "x"), "mp3");
        assert_eq!(format("audio/wav", "x.mp3"), "wav");
        assert_eq!(format("", "x.amr"), "amr");
        assert_eq!(format("", "x"), "wav");
    }
}
