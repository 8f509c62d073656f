//! A better reader where there is one: the program `espeak-ng`, asked through pipes and given up on
//! after a while. It refuses to be needed; without the program the simulator speaks by itself.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{RATE, han, wav};
use crate::sim::tokens;
use crate::sim::voices::Traits;

/// What it is called.
pub(super) const PROGRAM: &str = "espeak-ng";
/// How long a sentence may take it.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes.
const MOST: u64 = 64 * 1024 * 1024;

/// A sentence in its voice, or none if the program is absent, fails, or keeps one waiting.
pub(super) fn say(program: &str, text: &str, traits: &Traits) -> Option<Vec<i16>> {
    let mut child = Command::new(program)
        .args(["--stdin", "--stdout", "-v", language(text)])
        .args(["-p", &height(traits).to_string(), "-s", &words_a_minute(traits).to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let (mut question, answer) = (child.stdin.take()?, child.stdout.take()?);
    let text = text.to_owned();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        // A program that does not read says nothing either, which is seen below.
        let _ = question.write_all(text.as_bytes());
        drop(question);
        let mut bytes = Vec::new();
        let read = answer.take(MOST).read_to_end(&mut bytes);
        // Nobody listens any more if it took too long.
        let _ = tell.send(read.is_ok().then_some(bytes));
    });
    let bytes = told.recv_timeout(PATIENCE).ok().flatten();
    // After its answer it is about to end; without one it has to be told.
    let _ = child.kill();
    let _ = child.wait();
    let (rate, samples) = wav::parse(&bytes?)?;
    (!samples.is_empty()).then(|| wav::resample(&samples, rate, RATE))
}

/// Its name for the language that a text seems to be in.
fn language(text: &str) -> &'static str {
    let any = |test: fn(char) -> bool| text.chars().any(test);
    if any(|c| matches!(u32::from(c), 0x3040..=0x30ff)) {
        "ja"
    } else if any(|c| matches!(u32::from(c), 0xac00..=0xd7af)) {
        "ko"
    } else if any(han::is_han) || any(tokens::is_cjk) {
        "cmn"
    } else if any(|c| matches!(u32::from(c), 0x0400..=0x04ff)) {
        "ru"
    } else {
        "en"
    }
}

/// Its scale of pitch goes from 0 to 99.
fn height(traits: &Traits) -> u8 {
    ((traits.pitch - 70.0) / 2.3).clamp(0.0, 99.0) as u8
}

fn words_a_minute(traits: &Traits) -> u16 {
    (165.0 * traits.pace).clamp(80.0, 450.0) as u16
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::*;

    /// A program of this script, in a folder that has to be kept.
    fn program(script: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("speaker");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        (dir, path)
    }

    fn say_by(script: &str) -> Option<Vec<i16>> {
        let (_dir, path) = program(script);
        say(path.to_str().unwrap(), "你好", &Traits::of("Cherry"))
    }

    #[test]
    fn what_the_program_says_is_taken_at_our_rate() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("spoken.wav");
        std::fs::write(&file, wav::file(&[100; 2205], 22_050)).unwrap();
        let asked = dir.path().join("asked");
        let script =
            format!("echo \"$@\" > {0}; cat >> {0}; cat {1}", asked.display(), file.display());
        assert_eq!(say_by(&script), Some(vec![100; 2400]));
        let asked = std::fs::read_to_string(asked).unwrap();
        assert_eq!(asked, "--stdin --stdout -v cmn -p 64 -s 173\n你好");
    }

    #[test]
    fn a_program_that_is_absent_or_fails_says_nothing() {
        assert_eq!(say("no-such-program-for-speech", "hi", &Traits::of("Cherry")), None);
        assert_eq!(say_by("exit 1"), None);
        assert_eq!(say_by("echo no sound"), None);
    }

    #[test]
    fn languages_are_told_by_their_letters() {
        for (text, name) in [
            ("你好", "cmn"),
            ("こんにちは世界", "ja"),
            ("안녕", "ko"),
            ("привет", "ru"),
            ("hello", "en"),
        ] {
            assert_eq!(language(text), name);
        }
    }
}
