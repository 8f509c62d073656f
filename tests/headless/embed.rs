//! `lian embed` from the outside: what goes where, parts of a request, exit codes.

use serde_json::Value;

use crate::fake::Fake;
use crate::run::World;

/// An answer of this status and body.
fn json(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

const TWO: &str = r#"{"data":[{"embedding":[1,0.5],"index":0},{"embedding":[0.5,1],"index":1}],"usage":{"prompt_tokens":6,"total_tokens":6},"id":"r"}"#;

#[test]
fn vectors_are_on_stdout_and_the_bill_on_stderr() {
    let world = World::new();
    let fake = Fake::saying(json("200 OK", TWO));
    let mut command = world.command(&fake.origin());
    let done = world.with_stdin(command.arg("embed"), "one\n\n  two words \n");
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.stdout, "0\tone\t1 0.5\n1\ttwo words\t0.5 1\n");
    let told: Vec<&str> = done.stderr.lines().collect();
    assert_eq!(told.len(), 2, "{}", done.stderr);
    assert!(told[0].starts_with("lian: 2 texts, about "), "{}", done.stderr);
    assert!(told[1].starts_with("lian: 2 texts, 6 tokens, ¥0.000003"), "{}", done.stderr);
    let heard = fake.heard().remove(0);
    assert!(heard.starts_with("POST /compatible-mode/v1/embeddings "), "{heard}");
    assert!(heard.contains(r#""input":["one","two words"]"#), "{heard}");
    // With what only the native surface has, it goes there.
    let args = ["embed", "--json", "--text-type", "query", "--dimensions", "256", "-"];
    let done = world.with_stdin(world.command(&fake.origin()).args(args), "one\ntwo\n");
    assert_eq!(done.code, 0, "{}", done.stderr);
    let lines = done.json();
    assert_eq!(lines[1]["text"], "two");
    assert_eq!(lines[1]["embedding"], Value::from(vec![0.5, 1.0]));
    let heard = fake.heard().remove(1);
    assert!(heard.starts_with("POST /api/v1/services/embeddings/text-embedding/text-embedding "));
    assert!(heard.contains(r#""parameters":{"dimension":256,"text_type":"query"}"#), "{heard}");
}

#[test]
fn a_file_and_a_table_of_likeness() {
    let world = World::new();
    let fake = Fake::saying(json("200 OK", TWO));
    std::fs::write(world.path().join("texts.txt"), "\u{feff}cat\r\n猫\r\n").expect("a file");
    let done = world.run(world.command(&fake.origin()).args(["embed", "--similar", "texts.txt"]));
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.stdout, "       0      1\n0   1.00   0.80  cat\n1   0.80   1.00  猫\n");
    let args = ["embed", "--plain", "texts.txt"];
    let done = world.run(world.command(&fake.origin()).args(args));
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
}

#[test]
fn what_goes_wrong_has_its_exit_code_and_sentence() {
    let world = World::new();
    let fake = Fake::saying(json("200 OK", TWO));
    let origin = fake.origin();
    let run = |args: &[&str], stdin: &str| {
        let done = world.with_stdin(world.command(&origin).arg("embed").args(args), stdin);
        (done.code, done.stdout, done.stderr)
    };
    for (args, stdin) in [
        (&[][..], " \n"),
        (&["--dimensions", "7"], "a\n"),
        (&["-m", "qwen-plus"], "a\n"),
        (&["--text-type", "song"], "a\n"),
    ] {
        let (code, out, err) = run(args, stdin);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(!err.is_empty());
    }
    assert_eq!(run(&["no-such-file"], "").0, 1);
    assert!(fake.heard().is_empty(), "nothing was sent");
    // One vector too few.
    let (code, out, err) = run(&[], "a\nb\nc\n");
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    let refused = r#"{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","code":"invalid_api_key"}}"#;
    let denied = Fake::saying(json("401 Unauthorized", refused));
    let done = world.with_stdin(world.command(&denied.origin()).arg("embed"), "a\n");
    assert_eq!((done.code, done.stdout.as_str()), (3, ""), "{}", done.stderr);
    assert!(!done.stderr.contains(crate::run::KEY));
}
