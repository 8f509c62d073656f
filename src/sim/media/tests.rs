//! Attachments as requests bring them, and how they are refused.

use base64::prelude::{BASE64_STANDARD, Engine};

use super::*;
use crate::sim::models;

/// The first bytes of a PNG of this size, as a `data:` URL.
fn png(width: u32, height: u32) -> String {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    format!("data:image/png;base64,{}", BASE64_STANDARD.encode(bytes))
}

fn reader(model: &str) -> Reader<'_> {
    Reader { model: models::find(model).unwrap(), resolves: false }
}

fn text(result: Result<Media, Refusal>) -> String {
    result.unwrap_err().message.into()
}

#[test]
fn a_picture_says_what_it_is() {
    let media = reader("qwen3-vl-plus").image(&png(256, 256), &Hints::default()).unwrap();
    assert_eq!((media.format, media.size, media.tokens), (Some("PNG"), Some((256, 256)), 66));
    assert_eq!((media.bytes, media.name), (Some(24), None));
    let link = "https://example.com/pictures/cat%20one.png?x=1";
    let media = reader("qwen3-vl-plus").image(link, &Hints::default()).unwrap();
    assert_eq!((media.size, media.name.as_deref()), (None, Some("cat20one.png")));
    // A file that cannot be read is let in: the service is asked, not the header.
    let cut = "data:image/png;base64,iVBORw0KGgo=";
    assert!(reader("qwen3-vl-plus").image(cut, &Hints::default()).unwrap().size.is_none());
}

#[test]
fn sizes_that_no_model_takes_are_refused() {
    let reader = reader("qwen3-vl-plus");
    assert_eq!(
        text(reader.image(&png(1, 1), &Hints::default())),
        "<400> InternalError.Algo.InvalidParameter: The image length and width do not meet the model restrictions. [height:1 or width:1 must be larger than 10]"
    );
    assert!(
        text(reader.image(&png(2_010, 10), &Hints::default()))
            .contains("smaller than 200, got 201")
    );
    assert!(reader.image(&png(2_000, 10), &Hints::default()).is_ok());
}

#[test]
fn urls_of_every_kind() {
    let open = |url: &str, resolves: bool| {
        Reader { resolves, ..reader("qwen3-vl-plus") }
            .image(url, &Hints::default())
            .map(|_| ())
            .map_err(|refusal| (refusal.native, refusal.message))
    };
    let invalid = "The provided URL does not appear to be valid. Ensure it is correctly formatted.";
    for url in ["http://example.com/a.png", "https://example.com", "data:;base64,UklGRg"] {
        assert_eq!(open(url, false), Ok(()), "{url}");
    }
    for url in [
        "",
        "a.png",
        "file:///tmp/a.png",
        "ftp://a/b",
        "data:image/png,plain",
        "data:;base64,**",
        "oss://a/b.png",
    ] {
        assert!(open(url, false).unwrap_err().1.ends_with(invalid), "{url}");
    }
    assert_eq!(open("oss://dashscope-instant/x/a.png", true), Ok(()));
    let (code, message) = open("https://nowhere.invalid/a.png", false).unwrap_err();
    assert_eq!(
        (&*code, &*message),
        (
            "InvalidParameter.DataInspection",
            "Unable to download the media resource during the data inspection process."
        )
    );
    let long = format!("data:image/png;base64,{}", "A".repeat(MAX_DATA_URI));
    assert_eq!(
        &*open(&long, false).unwrap_err().1,
        "Exceeded limit on max bytes per data-uri item : 10485760'."
    );
}

#[test]
fn lists_of_frames_have_a_length() {
    let frame = png(320, 320);
    let list = |count: usize| vec![frame.as_str(); count];
    let plain = Hints::default();
    let media = reader("qwen3-vl-plus").frames(&list(8), &plain).unwrap();
    assert_eq!(
        (media.kind, media.tokens, media.seconds),
        (Kind::Frames(8), 4 * 100 + 2, Some(4.0))
    );
    for (model, count, most) in
        [("qwen3-vl-plus", 3, 512), ("qwen3-vl-plus", 513, 512), ("qwen-vl-max", 81, 80)]
    {
        assert_eq!(
            text(reader(model).frames(&list(count), &plain)),
            format!(
                "<400> InternalError.Algo.InvalidParameter: The video modality input does not meet the requirements because: the range of sequence images shoule be (4, {most})."
            )
        );
    }
}

#[test]
fn videos_are_timed() {
    let mp4 = |seconds| {
        format!("data:video/mp4;base64,{}", BASE64_STANDARD.encode(film::tests::film(seconds)))
    };
    let plain = Hints::default();
    let media = reader("qwen3-vl-plus").video(&mp4(5), &plain).unwrap();
    assert_eq!(
        (media.format, media.size, media.seconds),
        (Some("MP4"), Some((832, 480)), Some(5.0))
    );
    // Ten frames, two of them looked at together, 26 by 15 patches.
    assert_eq!(media.tokens, 5 * 390 + 2);
    assert!(
        text(reader("qwen3-omni-flash").video(&mp4(151), &plain))
            .ends_with("The video file is too long.")
    );
    assert!(reader("qwen3.5-omni-plus").video(&mp4(151), &plain).is_ok());
}

#[test]
fn sounds_are_timed() {
    let wav =
        |bytes| format!("data:;base64,{}", BASE64_STANDARD.encode(sound::tests::silence(bytes)));
    let reader = reader("qwen3-omni-flash");
    let media = reader.audio(&wav(64_000)).unwrap();
    assert_eq!((media.format, media.seconds, media.tokens), (Some("WAV"), Some(2.0), 25));
    assert!(text(reader.audio(&wav(0))).ends_with("The audio is empty"));
    assert!(text(reader.audio(&wav(32_000 * 151))).ends_with("The audio is too long"));
    assert_eq!(reader.audio("https://example.com/a.mp3").unwrap().tokens, 125);
}
