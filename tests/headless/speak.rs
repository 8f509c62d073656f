//! `lian speak` from the outside: where the sound goes, what it costs, what is kept, exit codes.

use std::io::Write as _;
use std::process::Stdio;

use crate::fake::Fake;
use crate::run::{Sim, World, finish, first_line, signal};

/// Answers come at once.
const AT_ONCE: &str = "[[rule]]\nrate = 0\n";
/// No device is looked for.
const TO_FILES: &str = "[speech]\nsinks = [\"file\"]\n";

/// The samples of a WAV file, whose header says how many there are.
fn samples(bytes: &[u8]) -> &[u8] {
    assert_eq!((&bytes[..4], &bytes[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
    let length = u32::from_le_bytes([bytes[40], bytes[41], bytes[42], bytes[43]]) as usize;
    assert_eq!(bytes.len(), 44 + length);
    assert!(bytes[44..].iter().any(|byte| *byte != 0), "silence");
    &bytes[44..]
}

#[test]
fn a_text_becomes_a_file_and_the_same_again_costs_nothing() {
    let (world, sim) = (World::new(), Sim::with(AT_ONCE));
    let text = "# 标题\n\n**你好**，[世界](http://a.b)。```x```\n\nBye.";
    let speak = |file: &str| {
        let mut command = world.command(&sim.origin());
        world.run(command.args([
            "speak",
            "--voice",
            "cherry",
            "--language",
            "Chinese",
            "-o",
            file,
            text,
        ]))
    };
    let done = speak("a.wav");
    assert_eq!((done.code, done.stdout.as_str()), (0, ""), "{}", done.stderr);
    let told: Vec<&str> = done.stderr.lines().collect();
    // 4 + 10 + 1 for the two, 4 for the last; a Han character is two.
    assert!(told[0].starts_with("lian: qwen3-tts-flash, Cherry: 19 characters, ≈ ¥"), "{told:?}");
    assert!(told[1].contains(" s, ¥0.0015"), "{told:?}");
    assert_eq!(told[2..], ["lian: written to a.wav"]);
    let seen = sim.seen();
    let texts: Vec<_> = seen.iter().map(|seen| seen.body["input"]["text"].clone()).collect();
    assert_eq!(texts, ["标题", "你好，世界。", "x", "Bye."]);
    assert_eq!(seen[0].body["input"]["voice"], "Cherry");
    assert_eq!(seen[0].body["input"]["language_type"], "Chinese");
    let first = std::fs::read(world.path().join("a.wav")).expect("a file");
    let done = speak("b.wav");
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("4 sentences were there already"), "{}", done.stderr);
    let second = std::fs::read(world.path().join("b.wav")).expect("a file");
    assert!(samples(&first) == samples(&second));
    assert_eq!(sim.seen().len(), 4, "nothing was asked for again");
    // On a pipe the same samples are plain.
    let mut command = world.command(&sim.origin());
    command.args(["speak", "--plain", "--language", "Chinese", "--stdout", text]);
    let out = command.current_dir(world.path()).output().expect("it runs");
    assert!(out.stdout == samples(&first) && out.stderr.is_empty(), "{out:?}");
}

#[test]
fn a_pipe_is_read_sentence_by_sentence_and_the_file_is_named() {
    let (world, sim) = (World::new(), Sim::with(AT_ONCE));
    world.configure(TO_FILES);
    let mut command = world.command(&sim.origin());
    let mut child = world.start(command.args(["speak", "--json", "-"]).stdin(Stdio::piped()));
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all("First sentence. Sec".as_bytes()).expect("a reader");
    // It is spoken before the second has come.
    let opened: serde_json::Value = serde_json::from_str(&first_line(&mut child)).expect("JSON");
    assert_eq!((&opened["type"], &opened["sink"]["kind"]), (&"opened".into(), &"file".into()));
    let heard: serde_json::Value = serde_json::from_str(&first_line(&mut child)).expect("JSON");
    assert_eq!(heard["text"], "First sentence.");
    stdin.write_all("ond one.".as_bytes()).expect("a reader");
    drop(stdin);
    let done = finish(child);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    let lines = done.json();
    assert_eq!((&lines[0]["index"], &lines[0]["text"]), (&1.into(), &"Second one.".into()));
    let end = lines.last().expect("an end");
    assert_eq!((&end["status"], &end["characters"]), (&"complete".into(), &26.into()));
    assert_eq!(end["cost"]["amount"], "0.00208");
    let file = std::fs::read(end["file"].as_str().expect("a path")).expect("a file");
    let bytes = u32::try_from(samples(&file).len()).expect("a short file");
    let seconds = f64::from(bytes) / 48_000.0;
    assert!((end["seconds"].as_f64().expect("a number") - seconds).abs() < 0.001, "{end}");
}

#[test]
fn voices_are_listed_for_people_and_for_programs() {
    let world = World::new();
    let done = world.run(world.bare().args(["speak", "--list-voices"]));
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    assert_eq!(done.stdout.lines().count(), 17);
    let rocky = done.stdout.lines().find(|line| line.starts_with("Rocky ")).expect("a voice");
    assert!(rocky.contains("Cantonese"), "{rocky}");
    let args = ["speak", "--list-voices", "--json", "-m", "qwen3-tts-flash-2025-11-27"];
    let voices = world.run(world.bare().args(args)).json();
    assert_eq!(voices.len(), 49);
    assert!(voices[0]["default"] == true && voices[0]["sample"].is_string(), "{}", voices[0]);
    let chinese =
        world.run(world.bare().args(["speak", "--list-voices"]).env("LC_ALL", "zh_CN.UTF-8"));
    assert!(
        chinese.stdout.contains("粤语") || chinese.stdout.contains("广东"),
        "{}",
        chinese.stdout
    );
    let done = world.run(world.bare().args(["speak", "--list-voices", "-m", "qwen-plus"]));
    assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{}", done.stderr);
}

#[test]
fn what_cannot_be_spoken_has_its_exit_code_and_one_sentence() {
    let (world, sim) = (World::new(), Sim::with(AT_ONCE));
    let origin = sim.origin();
    let run = |args: &[&str]| {
        let done = world.run(world.command(&origin).args(["speak", "--plain"]).args(args));
        assert_eq!(
            (done.stdout.as_str(), done.stderr.lines().count()),
            ("", 1),
            "{args:?} {done:?}"
        );
        (done.code, done.stderr)
    };
    assert_eq!(run(&[""]).0, 2);
    let (code, said) = run(&["--voice", "Chery", "hello"]);
    assert!(code == 2 && said.contains("Cherry"), "{said}");
    let (code, said) = run(&["-m", "qwen-plus", "hello"]);
    assert!(code == 2 && said.contains("qwen3-tts-flash"), "{said}");
    for nothing in ["🎉 👍", "```sh\nls\n```", "***"] {
        assert_eq!(run(&["-o", "no.wav", nothing]).0, 1, "{nothing}");
    }
    assert!(!world.path().join("no.wav").exists());
    assert!(sim.seen().is_empty(), "nothing was sent");
    let (code, said) = run(&["-o", "no/such/dir.wav", "hello"]);
    assert!(code == 1 && said.contains("no/such/dir.wav"), "{said}");
    let refused = Fake::saying(
        "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: 61\r\nconnection: close\r\n\r\n{\"code\":\"InvalidApiKey\",\"message\":\"Invalid API-key provided.\"}",
    );
    let done =
        world.run(world.command(&refused.origin()).args(["speak", "-o", "x.wav", "a new text"]));
    assert_eq!(done.code, 3, "{}", done.stderr);
    let done = world.run(world.command("http://127.0.0.1:9").args([
        "speak",
        "-o",
        "x.wav",
        "another text",
    ]));
    assert_eq!(done.code, 5, "{}", done.stderr);
    assert!(!world.path().join("x.wav").exists());
}

#[test]
fn the_budget_is_kept_and_can_be_gone_beyond() {
    let (world, sim) = (World::new(), Sim::with(AT_ONCE));
    world.configure("[profiles.default.budget]\nday = \"0.002\"\n");
    let speak = |args: &[&str]| {
        world.run(world.command(&sim.origin()).args(["speak", "-o", "a.wav"]).args(args))
    };
    // Twenty characters a sentence: the second would go beyond it.
    let text = "Twenty characters a. Twenty characters b.";
    let done = speak(&[text]);
    assert_eq!(done.code, 8, "{}", done.stderr);
    assert!(
        done.stderr.contains("¥0.0016") && done.stderr.contains("--over-budget"),
        "{}",
        done.stderr
    );
    samples(&std::fs::read(world.path().join("a.wav")).expect("what was paid"));
    assert_eq!(sim.seen().len(), 1);
    let done = speak(&["--over-budget", text]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(sim.seen().len(), 2, "the first was there already");
}

#[test]
fn an_interrupt_silences_at_once() {
    let world = World::new();
    let sim = Sim::with("[[rule]]\nrate = 0\nstall_after_tokens = 2\n");
    world.configure(TO_FILES);
    let mut command = world.command(&sim.origin());
    let mut child = world.start(command.args(["speak", "--json", "A sentence that never ends."]));
    let opened = first_line(&mut child);
    assert!(opened.contains("opened"), "{opened}");
    signal(&child, libc::SIGINT);
    let done = finish(child);
    assert_eq!(done.code, 130, "{done:?}");
    assert_eq!(done.json().last().expect("an end")["status"], "stopped");
}
