//! Looks at a thing before it is attached: what it is by its first bytes, how large, how many
//! pixels, how long. It refuses to trust a file's name and to read a file whole.

#![expect(clippy::disallowed_methods, reason = "it opens the files the user names")]

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::attachments::{AttachNotice, Attachment, Medium, Source};
use crate::domain::notice::{Notice, NoticeKind};
use crate::text::sanitize;

/// So much of a file tells what it is.
const HEAD: u64 = 64 << 10;
/// No list of frames is longer.
const MOST_FRAMES: usize = 1024;

/// Where names begin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base {
    /// The directory relative names are in.
    pub cwd: PathBuf,
    /// What `~` stands for.
    pub home: Option<PathBuf>,
}

impl Base {
    /// A name as a path: `~/` is the home, quotes and escapes of a shell are taken off, as
    /// terminals put them around the name of a file that is dropped on them.
    #[must_use]
    pub fn path(&self, typed: &str) -> PathBuf {
        let bare = unquoted(typed);
        let bare = bare.strip_prefix("file://").map_or(bare.clone(), decoded);
        match (bare.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.cwd.join(bare),
        }
    }
}

impl Base {
    /// The same name from the root on: whoever reads it again, wherever it runs, means the same
    /// file.
    #[must_use]
    pub fn from_root(&self, typed: &str) -> String {
        self.path(typed).to_string_lossy().replace('\\', "\\\\")
    }
}

/// A name without the quotes or backslashes of a shell.
fn unquoted(typed: &str) -> String {
    let typed = typed.trim();
    for quote in ['\'', '"'] {
        if let Some(inner) = typed.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner.to_owned();
        }
    }
    let mut bare = String::with_capacity(typed.len());
    let mut escaped = false;
    for c in typed.chars() {
        if c == '\\' && !escaped {
            escaped = true;
            continue;
        }
        escaped = false;
        bare.push(c);
    }
    bare
}

/// The path of a `file://` address: `%20` is a space.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex =
            tail.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Looks at what was typed: an address, a file, a directory of frames.
pub fn look(typed: &str, base: &Base) -> Result<Attachment, Notice> {
    if let Some(found) = address(typed.trim()) {
        return found;
    }
    let path = base.path(typed);
    let shown = || sanitize::line(typed.trim());
    let meta = std::fs::metadata(&path).map_err(|error| {
        let path = shown();
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => AttachNotice::NotThere { path },
            _ => AttachNotice::Unreadable { path },
        };
        notice(kind).with_detail(sanitize::line(&error.to_string()))
    })?;
    if meta.is_dir() { frames(&path) } else { file(&path) }
}

fn notice(kind: AttachNotice) -> Notice {
    Notice::new(NoticeKind::Attach(kind))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Notice {
    let path = sanitize::line(&path.display().to_string());
    notice(AttachNotice::Unreadable { path }).with_detail(sanitize::line(&error.to_string()))
}

/// What the user is shown of a path.
fn name_of(path: &Path) -> String {
    let name = path
        .file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    sanitize::line(&name)
}

/// A file by its content.
pub(super) fn file(path: &Path) -> Result<Attachment, Notice> {
    let name = name_of(path);
    let fail = |error: std::io::Error| unreadable(path, &error);
    let mut file = File::open(path).map_err(fail)?;
    let meta = file.metadata().map_err(fail)?;
    let mut head = Vec::new();
    if meta.is_file() {
        file.by_ref().take(HEAD).read_to_end(&mut head).map_err(fail)?;
    }
    let Some((medium, mime)) = kind(&head) else {
        return Err(notice(AttachNotice::UnknownKind { name }));
    };
    let pixels = if medium == Medium::Image { pixels(&head, &mut file) } else { None };
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Ok(Attachment {
        medium,
        source: Source::File(path.to_string_lossy().into_owned()),
        name,
        mime: mime.to_owned(),
        bytes: Some(meta.len()),
        pixels,
        plays: if mime == "audio/wav" { wav_plays(&head, meta.len()) } else { None },
    })
}

/// A directory of pictures, in the order of their names.
fn frames(dir: &Path) -> Result<Attachment, Notice> {
    let fail = |error: std::io::Error| unreadable(dir, &error);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && paths.len() < MOST_FRAMES {
            paths.push(path);
        }
    }
    paths.sort();
    let mut first = None;
    let mut bytes = 0;
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let frame = file(&path)?;
        let (Medium::Image, Source::File(file)) = (frame.medium, frame.source) else {
            return Err(notice(AttachNotice::UnknownKind { name: frame.name }));
        };
        bytes += frame.bytes.unwrap_or_default();
        first = first.or(frame.pixels);
        files.push(file);
    }
    if files.is_empty() {
        return Err(notice(AttachNotice::UnknownKind { name: name_of(dir) }));
    }
    Ok(Attachment {
        medium: Medium::Frames,
        source: Source::Files(files),
        name: name_of(dir),
        mime: String::new(),
        bytes: Some(bytes),
        pixels: first,
        plays: None,
    })
}

/// An address, with its kind before it (`image:https://...`) or told by its end.
fn address(typed: &str) -> Option<Result<Attachment, Notice>> {
    let (told, url) = match typed.split_once(':') {
        Some((word, rest)) if rest.contains("://") => (Medium::named(word), rest),
        _ => (None, typed),
    };
    let is_url = ["http://", "https://", "oss://"].iter().any(|scheme| url.starts_with(scheme));
    if !is_url {
        return None;
    }
    let bare = url.split(['?', '#']).next().unwrap_or(url);
    let name = sanitize::line(bare.rsplit('/').next().filter(|n| !n.is_empty()).unwrap_or(bare));
    let ending = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    let Some((medium, mime)) = told.map(|medium| (medium, "")).or_else(|| by_ending(&ending))
    else {
        return Some(Err(notice(AttachNotice::UnknownKind { name })));
    };
    let medium = if medium == Medium::Frames { Medium::Image } else { medium };
    Some(Ok(Attachment {
        medium,
        source: Source::Url(sanitize::line(url)),
        name,
        mime: mime.to_owned(),
        bytes: None,
        pixels: None,
        plays: None,
    }))
}

/// Only for addresses, whose bytes nobody here reads.
fn by_ending(ending: &str) -> Option<(Medium, &'static str)> {
    Some(match ending {
        "png" => (Medium::Image, "image/png"),
        "jpg" | "jpeg" => (Medium::Image, "image/jpeg"),
        "webp" => (Medium::Image, "image/webp"),
        "gif" => (Medium::Image, "image/gif"),
        "bmp" => (Medium::Image, "image/bmp"),
        "tif" | "tiff" => (Medium::Image, "image/tiff"),
        "heic" | "heif" => (Medium::Image, "image/heic"),
        "mp4" | "m4v" => (Medium::Video, "video/mp4"),
        "mov" => (Medium::Video, "video/quicktime"),
        "mkv" => (Medium::Video, "video/x-matroska"),
        "webm" => (Medium::Video, "video/webm"),
        "avi" => (Medium::Video, "video/x-msvideo"),
        "flv" => (Medium::Video, "video/x-flv"),
        "wav" => (Medium::Audio, "audio/wav"),
        "mp3" => (Medium::Audio, "audio/mpeg"),
        "flac" => (Medium::Audio, "audio/flac"),
        "ogg" | "opus" => (Medium::Audio, "audio/ogg"),
        "m4a" => (Medium::Audio, "audio/mp4"),
        "aac" => (Medium::Audio, "audio/aac"),
        "amr" => (Medium::Audio, "audio/amr"),
        _ => return None,
    })
}

/// What a file is by its first bytes.
#[must_use]
pub fn kind(head: &[u8]) -> Option<(Medium, &'static str)> {
    let begins = |with: &[u8]| head.starts_with(with);
    let at = |from: usize, with: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(with));
    Some(match () {
        () if begins(b"\x89PNG\r\n\x1a\n") => (Medium::Image, "image/png"),
        () if begins(b"\xff\xd8\xff") => (Medium::Image, "image/jpeg"),
        () if begins(b"GIF87a") || begins(b"GIF89a") => (Medium::Image, "image/gif"),
        () if begins(b"RIFF") && at(8, b"WEBP") => (Medium::Image, "image/webp"),
        () if begins(b"RIFF") && at(8, b"WAVE") => (Medium::Audio, "audio/wav"),
        () if begins(b"RIFF") && at(8, b"AVI ") => (Medium::Video, "video/x-msvideo"),
        () if begins(b"BM") && at(6, &[0; 4]) => (Medium::Image, "image/bmp"),
        () if begins(b"II*\0") || begins(b"MM\0*") => (Medium::Image, "image/tiff"),
        () if at(4, b"ftyp") => brand(head.get(8..12)?),
        () if begins(b"\x1a\x45\xdf\xa3") => {
            let webm = head.windows(4).take(64).any(|four| four == b"webm");
            (Medium::Video, if webm { "video/webm" } else { "video/x-matroska" })
        }
        () if begins(b"FLV\x01") => (Medium::Video, "video/x-flv"),
        () if begins(b"\0\0\x01\xba") || begins(b"\0\0\x01\xb3") => (Medium::Video, "video/mpeg"),
        () if begins(b"fLaC") => (Medium::Audio, "audio/flac"),
        () if begins(b"OggS") => (Medium::Audio, "audio/ogg"),
        () if begins(b"#!AMR") => (Medium::Audio, "audio/amr"),
        () if begins(b"ID3") => (Medium::Audio, "audio/mpeg"),
        // Eleven bits that are set begin a frame; the next ones tell the layer.
        () if begins(b"\xff\xfb") || begins(b"\xff\xf3") || begins(b"\xff\xf2") => {
            (Medium::Audio, "audio/mpeg")
        }
        () if begins(b"\xff\xf1") || begins(b"\xff\xf9") => (Medium::Audio, "audio/aac"),
        () => return None,
    })
}

/// The kinds that share the boxes of MPEG-4.
fn brand(brand: &[u8]) -> (Medium, &'static str) {
    match brand {
        b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" => (Medium::Image, "image/heic"),
        b"M4A " | b"M4B " => (Medium::Audio, "audio/mp4"),
        b"qt  " => (Medium::Video, "video/quicktime"),
        _ => (Medium::Video, "video/mp4"),
    }
}

/// Width and height; cameras put pictures of the picture in front of it, so more is read if the
/// first bytes do not tell.
fn pixels(head: &[u8], file: &mut File) -> Option<(u32, u32)> {
    const MORE: u64 = 4 << 20;
    let size = imagesize::blob_size(head).ok().or_else(|| {
        let mut more = Vec::new();
        file.seek(SeekFrom::Start(0)).ok()?;
        file.take(MORE).read_to_end(&mut more).ok()?;
        imagesize::blob_size(&more).ok()
    })?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

/// How long a WAV file plays, by its rate and the size of its data.
fn wav_plays(head: &[u8], length: u64) -> Option<Duration> {
    let mut at = 12;
    let mut rate = None;
    loop {
        let chunk = head.get(at..at + 8)?;
        let size = u64::from(u32::from_le_bytes(chunk[4..8].try_into().ok()?));
        at += 8;
        match &chunk[..4] {
            b"fmt " => {
                let bytes = head.get(at + 8..at + 12)?;
                rate = Some(u64::from(u32::from_le_bytes(bytes.try_into().ok()?)));
            }
            b"data" => {
                // A recording that was cut, or one of a length nobody knew, ends with the file.
                let bytes = size.min(length.saturating_sub(at as u64));
                let rate = rate.filter(|rate| *rate > 0)?;
                return Some(Duration::from_millis(bytes.saturating_mul(1000) / rate));
            }
            _ => {}
        }
        at = at.checked_add(usize::try_from(size + size % 2).ok()?)?;
    }
}

#[cfg(test)]
mod tests;
