//! Files of every kind under wrong names, directories of frames, addresses, and what people drop.

use super::*;

/// A picture of that size: the head of a PNG.
pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend_from_slice(&width.to_be_bytes());
    bytes.extend_from_slice(&height.to_be_bytes());
    bytes.extend_from_slice(&[8, 2, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

fn wav(seconds: u32) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    bytes.extend_from_slice(&16_000_u32.to_le_bytes());
    bytes.extend_from_slice(&32_000_u32.to_le_bytes());
    bytes.extend_from_slice(&[2, 0, 16, 0]);
    bytes.extend_from_slice(b"data\xff\xff\xff\xff");
    bytes.resize(bytes.len() + (32_000 * seconds) as usize, 0);
    bytes
}

struct Place {
    dir: tempfile::TempDir,
    base: Base,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let base = Base { cwd: dir.path().to_owned(), home: Some(dir.path().join("home")) };
        Self { dir, base }
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn look(&self, typed: &str) -> Result<Attachment, AttachNotice> {
        look(typed, &self.base).map_err(|notice| match notice.kind {
            NoticeKind::Attach(kind) => kind,
            other => panic!("{other:?}"),
        })
    }
}

#[test]
fn a_file_is_what_its_bytes_say() {
    let place = Place::new();
    place.put("liar.txt", &png(640, 480));
    let found = place.look("liar.txt").unwrap();
    assert_eq!((found.medium, found.mime.as_str()), (Medium::Image, "image/png"));
    assert_eq!((found.pixels, found.bytes), (Some((640, 480)), Some(33)));
    let Source::File(path) = &found.source else { panic!("{found:?}") };
    assert!(Path::new(path).is_absolute() && path.ends_with("liar.txt"));
    place.put("sound", &wav(3));
    let found = place.look("sound").unwrap();
    assert_eq!((found.medium, found.plays), (Medium::Audio, Some(Duration::from_secs(3))));
    place.put("picture.png", b"just words");
    let name = "picture.png".to_owned();
    assert_eq!(place.look("picture.png"), Err(AttachNotice::UnknownKind { name }));
    place.put("empty.png", b"");
    assert!(matches!(place.look("empty.png"), Err(AttachNotice::UnknownKind { .. })));
    assert!(matches!(place.look("nothing"), Err(AttachNotice::NotThere { .. })));
    assert!(place.look("").is_err());
}

#[test]
fn kinds_are_told_by_their_first_bytes() {
    for (head, mime) in [
        (&b"\xff\xd8\xff\xe0"[..], "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"RIFF\0\0\0\0AVI ", "video/x-msvideo"),
        (b"BM\x10\0\0\0\0\0\0\0", "image/bmp"),
        (b"II*\0", "image/tiff"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x18ftypqt  ", "video/quicktime"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4"),
        (b"\x1a\x45\xdf\xa3....webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3....matroska", "video/x-matroska"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"\xff\xf1\x50", "audio/aac"),
        (b"fLaC", "audio/flac"),
        (b"OggS", "audio/ogg"),
        (b"#!AMR\n", "audio/amr"),
    ] {
        assert_eq!(kind(head).map(|(_, mime)| mime), Some(mime), "{head:?}");
    }
    for other in
        [&b""[..], b"%PDF-1.7", b"\x7fELF", b"RIFF", b"BMW cars", b"<svg", b"\0\0\0\x18ftyp"]
    {
        assert_eq!(kind(other), None, "{other:?}");
    }
}

#[test]
fn a_directory_is_a_list_of_frames() {
    let place = Place::new();
    for n in [2, 10, 1, 3] {
        place.put(&format!("clip/{n:03}.png"), &png(320, 200));
    }
    place.put("clip/.hidden", b"not a picture");
    let found = place.look("clip").unwrap();
    assert_eq!((found.medium, found.frames()), (Medium::Frames, 4));
    assert_eq!(
        (found.pixels, found.bytes, found.name.as_str()),
        (Some((320, 200)), Some(132), "clip")
    );
    let Source::Files(files) = &found.source else { panic!("{found:?}") };
    assert!(files[0].ends_with("001.png") && files[3].ends_with("010.png"), "in order");
    place.put("clip/notes.txt", b"words");
    let name = "notes.txt".to_owned();
    assert_eq!(place.look("clip"), Err(AttachNotice::UnknownKind { name }));
    std::fs::create_dir(place.dir.path().join("void")).unwrap();
    assert!(matches!(place.look("void"), Err(AttachNotice::UnknownKind { .. })));
}

#[test]
fn addresses_are_taken_as_they_are() {
    let place = Place::new();
    for (typed, medium, url, name) in [
        (
            "https://h.example/a/b.JPG?x=1#y",
            Medium::Image,
            "https://h.example/a/b.JPG?x=1#y",
            "b.JPG",
        ),
        ("image:https://h.example/photo", Medium::Image, "https://h.example/photo", "photo"),
        ("audio:http://h.example/a.mp4", Medium::Audio, "http://h.example/a.mp4", "a.mp4"),
        ("oss://dir/v.mp4", Medium::Video, "oss://dir/v.mp4", "v.mp4"),
    ] {
        let found = place.look(typed).unwrap();
        assert_eq!((found.medium, found.name.as_str()), (medium, name), "{typed}");
        assert_eq!(found.source, Source::Url(url.to_owned()));
        assert_eq!(found.is_stored(), typed.starts_with("oss"));
    }
    assert!(matches!(place.look("https://h.example/page"), Err(AttachNotice::UnknownKind { .. })));
}

#[test]
fn names_come_as_terminals_and_shells_write_them() {
    let place = Place::new();
    place.put("my pics/a b.png", &png(20, 20));
    place.put("home/c.png", &png(20, 20));
    let whole = place.dir.path().join("my pics/a b.png").display().to_string();
    for typed in [
        "my pics/a b.png",
        " 'my pics/a b.png' ",
        "\"my pics/a b.png\"",
        "my\\ pics/a\\ b.png",
        &whole,
        &whole.replace(' ', "\\ "),
        &format!("file://{}", whole.replace(' ', "%20")),
        "~/c.png",
    ] {
        assert!(place.look(typed).is_ok(), "{typed}");
    }
    let evil = "a\u{1b}[2J\u{202e}.png";
    let Err(AttachNotice::NotThere { path }) = place.look(evil) else { panic!("not there") };
    assert_eq!(path, "a[2J.png");
}
