//! Names of files that hold results, made from what we know and never from what a server calls
//! them: one component, printable, short, the same on every system. It refuses to touch the disk.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::tasks::FileKind;

/// Bytes of the part of a name that is made from the prompt.
const SLUG: usize = 60;
/// Bytes of a whole name without its ending; file systems take 255.
const WHOLE: usize = 180;

/// Names that a Windows share takes for devices, whatever ending they have.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// What a template may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Local date of the result: year, month, day.
    pub date: (i64, u8, u8),
    /// The model's id.
    pub model: &'a str,
    /// The prompt.
    pub prompt: &'a str,
    /// The task's id at the service.
    pub id: &'a str,
    /// Which part of the result, from 0, and how many there are.
    pub part: (u32, u32),
}

/// The default template.
pub const TEMPLATE: &str = "{date}-{model}-{slug}-{id}";

/// Fills a template: `{date}`, `{model}`, `{slug}` (the prompt), `{id}` (its first eight
/// characters), `{part}`. Several parts of one task get a number in any case. The ending is ours.
#[must_use]
pub fn fill(template: &str, facts: &Facts<'_>, ending: &str) -> String {
    let (year, month, day) = facts.date;
    let date = format!("{year:04}{month:02}{day:02}");
    let id: String = facts.id.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    let (part, parts) = facts.part;
    let number = (part + 1).to_string();
    let mut name = template
        .replace("{date}", &date)
        .replace("{model}", &slug(facts.model, SLUG))
        .replace("{slug}", &slug(facts.prompt, SLUG))
        .replace("{id}", &id)
        .replace("{part}", &number);
    if parts > 1 && !template.contains("{part}") {
        name = format!("{name}-{number}");
    }
    let mut name = slug(&name, WHOLE);
    let stem =
        name.split('.').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    if name.is_empty() || DEVICES.contains(&stem) {
        name = format!("result-{name}{id}");
    }
    format!("{name}.{ending}")
}

/// The ending for what a file holds: what its first bytes say, else what the service says it is.
/// The server's name for it counts for nothing.
#[must_use]
pub fn ending(kind: FileKind, head: &[u8]) -> &'static str {
    let at = |from: usize, what: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(what));
    if at(4, b"ftyp") {
        return if at(8, b"qt") { "mov" } else { "mp4" };
    }
    for (from, what, ending) in [
        (0, &b"\x89PNG"[..], "png"),
        (0, b"\xff\xd8\xff", "jpg"),
        (0, b"GIF8", "gif"),
        (0, b"\x1a\x45\xdf\xa3", "webm"),
        (8, b"WEBP", "webp"),
        (8, b"WAVE", "wav"),
        (0, b"ID3", "mp3"),
        (0, b"\x1f\x8b", "gz"),
    ] {
        if at(from, what) {
            return ending;
        }
    }
    match kind {
        FileKind::Video => "mp4",
        FileKind::Image => "png",
        FileKind::Audio => "wav",
        FileKind::Other => "bin",
    }
}

/// Letters and digits of any script, with single dashes where anything else was; no dots at either
/// end; at most so many bytes, cut between what a reader takes for characters.
fn slug(text: &str, most: usize) -> String {
    let mut out = String::new();
    for cluster in text.graphemes(true) {
        let kept = cluster.chars().next().is_some_and(char::is_alphanumeric);
        let plain = matches!(cluster, "." | "_");
        if kept || plain {
            if out.len() + cluster.len() > most {
                break;
            }
            out.extend(
                cluster
                    .chars()
                    .filter(|c| c.is_alphanumeric() || plain)
                    .flat_map(char::to_lowercase),
            );
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches(['-', '.', '_']).len());
    out.trim_start_matches(['-', '.', '_']).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts<'a>(prompt: &'a str, id: &'a str) -> Facts<'a> {
        let date = (2026, 11, 28);
        Facts { date, model: "wan2.5-t2v-preview", prompt, id, part: (0, 1) }
    }

    const ID: &str = "0b7d9a6e-41c3-4f58-9e2a-7c1d5b3f8a60";

    #[test]
    fn names_say_what_is_in_the_file() {
        assert_eq!(
            fill(TEMPLATE, &facts("A paper boat, in the rain!", ID), "mp4"),
            "20261128-wan2.5-t2v-preview-a-paper-boat-in-the-rain-0b7d9a6e.mp4"
        );
        assert_eq!(fill("{slug}", &facts("河上的灯笼，夜里 🏮", ID), "mp4"), "河上的灯笼-夜里.mp4");
        let second = Facts { part: (1, 4), ..facts("cat", ID) };
        assert_eq!(fill("{slug}", &second, "png"), "cat-2.png");
        assert_eq!(fill("{part}-{slug}", &second, "png"), "2-cat.png");
    }

    #[test]
    fn hostile_texts_stay_one_plain_component() {
        for (prompt, name) in [
            ("../../etc/passwd", "etc-passwd.mp4"),
            ("/absolute", "absolute.mp4"),
            ("C:\\windows\\system32", "c-windows-system32.mp4"),
            ("..", "result-0b7d9a6e.mp4"),
            ("", "result-0b7d9a6e.mp4"),
            (".hidden", "hidden.mp4"),
            ("con", "result-con0b7d9a6e.mp4"),
            ("COM1", "result-com10b7d9a6e.mp4"),
            ("nul.txt", "result-nul.txt0b7d9a6e.mp4"),
            ("a\u{1b}]0;x\u{7}b\nc\0d", "a-0-x-b-c-d.mp4"),
            ("a\u{202e}4pm.exe", "a-4pm.exe.mp4"),
            ("-rf", "rf.mp4"),
            ("~/.ssh", "ssh.mp4"),
            ("$(reboot)", "reboot.mp4"),
        ] {
            assert_eq!(fill("{slug}", &facts(prompt, ID), "mp4"), name, "{prompt:?}");
        }
        let long = fill(TEMPLATE, &facts(&"很长的提示词".repeat(200), ID), "mp4");
        assert!(long.len() < 200, "{}", long.len());
        assert!(long.ends_with("-0b7d9a6e.mp4"), "{long}");
    }

    #[test]
    fn the_ending_is_that_of_the_content() {
        assert_eq!(ending(FileKind::Video, b"\0\0\0\x20ftypisom"), "mp4");
        assert_eq!(ending(FileKind::Image, b"\0\0\0\x20ftypisom"), "mp4", "the bytes know better");
        assert_eq!(ending(FileKind::Other, b"\x1f\x8b\x08"), "gz");
        assert_eq!(ending(FileKind::Audio, b"RIFF\0\0\0\0WAVEfmt "), "wav");
        assert_eq!(ending(FileKind::Image, b""), "png");
        assert_eq!(ending(FileKind::Video, b"<?xml version"), "mp4");
    }

    proptest! {
        #[test]
        fn any_text_gives_one_short_component(
            template in "\\PC{0,40}", model in "\\PC{0,40}", prompt in any::<String>(),
            id in any::<String>(), part in 0_u32..9,
        ) {
            let facts = Facts {
                date: (2026, 1, 2), model: &model, prompt: &prompt, id: &id, part: (part, 9),
            };
            let name = fill(&template, &facts, "mp4");
            prop_assert!(name.len() <= 255, "{}", name.len());
            prop_assert!(!name.starts_with(['.', '-', '~']));
            prop_assert!(!name.contains(['/', '\\', '\0', ':']));
            prop_assert!(name.chars().all(|c| !c.is_control()));
            prop_assert_eq!(std::path::Path::new(&name).components().count(), 1);
        }
    }
}
