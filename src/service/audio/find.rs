//! What this machine has that plays: the player, the commands that speak its protocol, the programs
//! that play plain samples. It refuses to start any of them.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::domain::audio::{SinkChoice, SinkName};

/// A place where sound may go, with all that is needed to go there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Candidate {
    /// A process that speaks the player's protocol.
    Framed(Vec<String>),
    /// A process that plays what it is given.
    Program(Program),
    /// A file.
    File,
}

/// A program that plays samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    /// It and its arguments.
    pub(super) words: Vec<String>,
    /// How it takes them.
    pub(super) input: Input,
}

/// How a program takes samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    /// From its standard input, as they come.
    Stdin,
    /// From a WAV file that is whole, named by its last argument.
    File,
}

/// The programs that are looked for, and what makes them play signed 16-bit samples of one channel
/// at 24 kHz from their standard input.
const PROGRAMS: &[(&str, Input, &[&str])] = &[
    ("pw-play", Input::Stdin, &["--raw", "--format=s16", "--rate=24000", "--channels=1", "-"]),
    ("paplay", Input::Stdin, &["--raw", "--format=s16le", "--rate=24000", "--channels=1"]),
    ("aplay", Input::Stdin, &["-q", "-t", "raw", "-f", "S16_LE", "-r", "24000", "-c", "1", "-"]),
    (
        // One channel is this format's default; the option for it changed its name.
        "ffplay",
        Input::Stdin,
        &[
            "-nodisp",
            "-autoexit",
            "-loglevel",
            "quiet",
            "-f",
            "s16le",
            "-sample_rate",
            "24000",
            "-i",
            "pipe:0",
        ],
    ),
    ("afplay", Input::File, &[]),
];

/// The name of the player.
const PLAYER: &str = "lian-player";

/// What is there, in the order of the choices. `beside` is where `lian` itself is, `path` what PATH
/// says.
pub(super) fn candidates(
    choices: &[SinkChoice],
    beside: Option<&Path>,
    path: Option<&OsString>,
) -> Vec<Candidate> {
    let find = |name: &str| {
        let places = path.map(std::env::split_paths).into_iter().flatten();
        // A relative place would be another one in every directory.
        places.filter(|place| place.is_absolute()).map(|place| place.join(name)).find(|p| runs(p))
    };
    let words = |path: PathBuf, rest: &[&str]| {
        let path = path.into_os_string().into_string().ok()?;
        Some(std::iter::once(path).chain(rest.iter().map(|word| (*word).to_owned())).collect())
    };
    let mut found = Vec::new();
    for choice in choices {
        match choice {
            SinkChoice::Player => {
                let own = beside.map(|dir| dir.join(PLAYER)).filter(|path| runs(path));
                let path = own.or_else(|| find(PLAYER));
                found.extend(path.and_then(|path| words(path, &[])).map(Candidate::Framed));
            }
            SinkChoice::Command(words) => found.push(Candidate::Framed(words.clone())),
            SinkChoice::Programs => {
                found.extend(PROGRAMS.iter().filter_map(|(name, input, rest)| {
                    let words = words(find(name)?, rest)?;
                    Some(Candidate::Program(Program { words, input: *input }))
                }));
            }
            SinkChoice::File => found.push(Candidate::File),
        }
    }
    found
}

/// Whether a path is a program.
fn runs(path: &Path) -> bool {
    path.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

impl Candidate {
    /// What it is called before it is open.
    pub(super) fn name(&self) -> SinkName {
        match self {
            Self::Framed(words) => SinkName::Device { device: String::new(), by: short(words) },
            Self::Program(program) => SinkName::Program { name: short(&program.words) },
            Self::File => SinkName::File { path: String::new() },
        }
    }
}

/// A program without its directories.
pub(super) fn short(words: &[String]) -> String {
    let first = words.first().map_or("", String::as_str);
    first.rsplit('/').next().unwrap_or(first).to_owned()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests have files of their own")]
mod tests {
    use super::*;

    /// Directories with empty programs in them.
    fn place(dir: &Path, names: &[&str]) {
        std::fs::create_dir_all(dir).unwrap();
        for name in names {
            std::fs::write(dir.join(name), "").unwrap();
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(dir.join(name), mode).unwrap();
        }
    }

    #[test]
    fn the_order_is_the_users_and_only_programs_count() {
        let dir = tempfile::tempdir().unwrap();
        let (own, one, two) = (dir.path().join("own"), dir.path().join("1"), dir.path().join("2"));
        place(&own, &[]);
        place(&one, &["aplay", "paplay"]);
        place(&two, &["lian-player", "aplay", "afplay"]);
        std::fs::write(one.join("lian-player"), "no program").unwrap();
        std::fs::create_dir(one.join("ffplay")).unwrap();
        let path = std::env::join_paths([Path::new("relative"), &one, &two]).unwrap();
        let find = |choices: &[SinkChoice]| candidates(choices, Some(&own), Some(&path));
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();

        let found = find(&SinkChoice::usual());
        let names: Vec<_> = found.iter().map(Candidate::name).collect();
        let program = |name: &str| SinkName::Program { name: name.to_owned() };
        let player = SinkName::Device { device: String::new(), by: "lian-player".to_owned() };
        let file = SinkName::File { path: String::new() };
        let usual = [&player, &program("paplay"), &program("aplay"), &program("afplay"), &file];
        assert_eq!(names.iter().collect::<Vec<_>>(), usual);
        assert_eq!(found[0], Candidate::Framed(vec![text(two.join("lian-player"))]));
        let Candidate::Program(aplay) = &found[2] else { panic!("{found:?}") };
        assert_eq!(aplay.words[0], text(one.join("aplay")), "the first of the path");
        assert_eq!(
            aplay.words[1..],
            ["-q", "-t", "raw", "-f", "S16_LE", "-r", "24000", "-c", "1", "-"]
        );

        place(&own, &["lian-player"]);
        let ssh: Vec<_> = ["ssh", "-T", "laptop", "lian-player"].map(str::to_owned).to_vec();
        let found = find(&[SinkChoice::File, SinkChoice::Command(ssh.clone()), SinkChoice::Player]);
        let own = Candidate::Framed(vec![text(own.join("lian-player"))]);
        assert_eq!(found, [Candidate::File, Candidate::Framed(ssh), own]);
        assert_eq!(candidates(&SinkChoice::usual(), None, None), [Candidate::File]);
    }
}
