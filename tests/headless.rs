//! The real binary without a terminal: what goes to stdout and what to stderr, exit codes, the
//! schema of `--json`, pipes, signals, other servers, and that the key is nowhere to be found.

#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that cannot set up its world has failed")]
#![expect(clippy::disallowed_methods, reason = "tests have clocks and files of their own")]

#[path = "headless/doctor.rs"]
mod doctor;
#[path = "headless/embed.rs"]
mod embed;
#[path = "pty/harness/fake.rs"]
mod fake;
#[path = "headless/media.rs"]
mod media;
#[path = "headless/models.rs"]
mod models;
#[path = "headless/params.rs"]
mod params;
#[path = "headless/run.rs"]
mod run;
#[path = "headless/settings.rs"]
mod settings;
#[path = "headless/speak.rs"]
mod speak;

use std::io::Read as _;

use fake::Fake;
use run::{Done, KEY, Sim, World};
use serde_json::{Value, json};

#[test]
fn the_answer_is_on_stdout_and_nothing_else_anywhere() {
    let world = World::new();
    let sim = Sim::saying("a **bold** answer\nof two lines");
    let done = world.chat(&sim.origin(), &["what is it?"]);
    assert_eq!(done.text(), (0, "a **bold** answer\nof two lines\n", ""));
    let seen = sim.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].body["messages"][0]["content"], "what is it?");
    assert_eq!(seen[0].body["stream"], true);
    assert!(!world.path().join("data").exists(), "nothing is stored");
}

#[test]
fn questions_come_from_the_argument_from_stdin_or_both() {
    let world = World::new();
    let sim = Sim::saying("yes");
    for (args, stdin, question) in [
        (&[][..], "from stdin\n", "from stdin"),
        (&["-"][..], "from\nstdin\n\n", "from\nstdin"),
        (&["argument"][..], "", "argument"),
        (&["argument"][..], "and a file\n", "argument\n\nand a file"),
        (&[][..], "中文也可以", "中文也可以"),
    ] {
        let done = world.with_stdin(world.command(&sim.origin()).arg("chat").args(args), stdin);
        assert_eq!(done.text(), (0, "yes\n", ""), "{args:?} {stdin:?}");
        let seen = sim.seen();
        assert_eq!(seen.last().expect("a request").body["messages"][0]["content"], question);
    }
}

#[test]
fn what_looks_like_a_key_is_told_on_stderr_and_goes_out() {
    let world = World::new();
    let sim = Sim::saying("yes");
    let question = "why does AKIAIOSFODNN7EXAMPLE fail?";
    let done = world.chat(&sim.origin(), &[question]);
    let told = "lian: This looks like a key: AWS access key AKI…LE.\n";
    assert_eq!(done.text(), (0, "yes\n", told));
    assert_eq!(sim.seen()[0].body["messages"][0]["content"], question);
}

#[test]
fn without_a_question_it_is_a_mistake_of_usage() {
    let world = World::new();
    let sim = Sim::saying("never");
    for args in [&["chat"][..], &["chat", "-"], &["chat", "  "], &["chat", "--no-such-flag", "x"]] {
        let done = world.with_stdin(world.command(&sim.origin()).args(args), " \n");
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{args:?}: {}", done.stderr);
        assert!(!done.stderr.is_empty());
    }
    assert!(sim.seen().is_empty());
}

#[test]
fn settings_reach_the_request() {
    let world = World::new();
    let sim = Sim::saying("yes");
    let args = ["-m", "qwen3-max", "-s", "be short", "--search", "--think", "why?"];
    world.chat(&sim.origin(), &args);
    let body = sim.seen()[0].body.clone();
    assert_eq!(body["model"], "qwen3-max");
    // The sources of a search are told on the native surface alone, so it goes there.
    let first = &body["input"]["messages"][0];
    assert_eq!((&first["role"], &first["content"]), (&"system".into(), &"be short".into()));
    let set = &body["parameters"];
    assert_eq!((&set["enable_search"], &set["enable_thinking"]), (&true.into(), &true.into()));
}

#[test]
fn json_lines_have_a_schema() {
    let world = World::new();
    let sim = Sim::with("[[rule]]\nrate = 0\nreasoning = \"let me think\"\nanswer = \"an answer\"");
    let done = world.chat(&sim.origin(), &["--json", "--think", "hello"]);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    let lines = done.json();
    let kind = |line: &Value| line["type"].as_str().unwrap_or_default().to_owned();
    let kinds: Vec<String> = lines.iter().map(kind).collect();
    assert_eq!(kinds.first().map(String::as_str), Some("opened"));
    assert_eq!(kinds.last().map(String::as_str), Some("end"));
    let first_text = kinds.iter().position(|kind| kind == "text").expect("text");
    assert!(kinds[1..first_text].iter().all(|kind| kind == "reasoning"), "{kinds:?}");
    assert!(kinds[first_text..kinds.len() - 1].iter().all(|kind| kind == "text"), "{kinds:?}");
    let joined = |wanted: &str| -> String {
        lines.iter().filter(|l| kind(l) == wanted).filter_map(|l| l["text"].as_str()).collect()
    };
    assert_eq!(joined("text"), "an answer");
    assert_eq!(joined("reasoning"), "let me think");
    assert!(lines[0]["model"].is_string() && lines[0]["request_id"].is_string());
    let end = lines.last().expect("an end");
    let keys: Vec<&str> = end.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "cost",
            "error",
            "finish",
            "first_token_s",
            "requests",
            "status",
            "streaming_s",
            "type",
            "usage"
        ]
    );
    assert_eq!(end["status"], "complete");
    assert_eq!(end["finish"], "stop");
    assert_eq!(end["requests"], 1);
    assert_eq!(end["error"], Value::Null);
    assert!(end["first_token_s"].is_f64() && end["streaming_s"].is_f64());
    for field in ["input", "output", "reasoning"] {
        assert!(end["usage"][field].as_u64().is_some_and(|count| count > 0), "{end}");
    }
    let amount = end["cost"]["amount"].as_str().expect("an amount in quotes");
    assert!(amount.parse::<f64>().is_ok() && end["cost"]["currency"].is_string(), "{end}");
}

#[test]
fn a_cut_answer_is_on_stdout_a_sentence_on_stderr_and_the_code_is_1() {
    let world = World::new();
    let cut = "[[rule]]\nrate = 0\nanswer = \"one two three four\"\ncut_after_tokens = 3";
    let sim = Sim::with(cut);
    let done = world.chat(&sim.origin(), &["count"]);
    assert_eq!((done.code, done.stdout.as_str()), (1, "one two three\n"));
    assert!(done.stderr.starts_with("lian: The connection ended before the answer did."));
    assert_eq!(done.stderr.lines().count(), 1, "{}", done.stderr);
    let done = world.chat(&sim.origin(), &["--json", "count"]);
    assert_eq!(done.code, 1);
    let end = done.json().pop().expect("an end");
    assert_eq!(end["status"], "failed");
    assert_eq!(end["error"]["message"], "The connection ended before the answer did.");
    assert_eq!(end["error"]["next"], "What arrived is kept.");
    assert!(end["error"]["request_id"].is_string());
    assert_eq!(end["error"]["fault"], "network");
    assert_eq!(end["error"]["code"], Value::Null);
}

#[test]
fn a_refusal_is_told_to_programs_with_its_code_and_whose_it_is() {
    let world = World::new();
    let sim = Sim::with("[[rule]]\ncode = \"limit_requests\"\nretry_after = 0");
    let done = world.chat(&sim.origin(), &["--json", "count"]);
    assert_eq!(done.code, 4);
    let error = &done.json().pop().expect("an end")["error"];
    assert_eq!((&error["fault"], &error["status"]), (&json!("account"), &json!(429)));
    assert_eq!(error["code"], "limit_requests");
}

#[test]
fn each_kind_of_failure_has_its_code() {
    for (rule, code, sentence) in [
        ("code = \"invalid_api_key\"", 3, "does not accept the key from DASHSCOPE_API_KEY"),
        ("code = \"access_denied\"", 3, "may not use this model"),
        ("code = \"Arrearage\"", 3, "not in good standing"),
        ("code = \"limit_requests\"\nretry_after = 0", 4, "still refuses after 4 tries"),
        ("code = \"data_inspection_failed\"", 7, "content inspection refused the question"),
        ("code = \"model_not_found\"", 1, "There is no model qwen-plus"),
        ("code = \"model_not_supported\"", 1, "only by the native one"),
        ("code = \"NOT AUTHORIZED\"", 3, "may not act in this workspace"),
        ("code = \"AccessDenied.Unpurchased\"", 3, "is not activated for this account"),
        ("code = \"AllocationQuota.FreeTierOnly\"", 3, "nothing but free quota"),
        ("code = \"PostpaidBillOverdue\"", 3, "wait some minutes"),
        ("code = \"IPInfringementSuspect\"", 7, "belongs to others"),
        ("code = \"CustomRoleBlocked\"", 7, "A rule of the workspace"),
        ("code = \"ModelServingError\"\nretry_after = 0", 4, "not the account's limit"),
        ("code = \"RequestTimeOut\"\nretry_after = 0", 1, "took too long"),
        ("status = 400\nmessage = \"no\"", 1, "refuses the request as it is"),
        ("garbage = \"html\"", 1, "is not there"),
        ("empty = true", 1, "without a word"),
        ("cut_after_bytes = 0", 5, "The connection ended before the answer did."),
    ] {
        let world = World::new();
        let sim = Sim::with(&format!("[[rule]]\n{rule}"));
        let done = world.chat(&sim.origin(), &["hello"]);
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{rule}: {}", done.stderr);
        assert!(done.stderr.contains(sentence), "{rule}: {}", done.stderr);
        assert!(!done.stderr.contains(KEY));
    }
}

#[test]
fn waits_are_told_unless_they_are_not_wanted() {
    let sim = || Sim::with("[[rule]]\ncode = \"limit_requests\"\nretry_after = 0");
    let world = World::new();
    let told = world.chat(&sim().origin(), &["hello"]);
    assert_eq!(told.stderr.matches("next try (").count(), 3, "{}", told.stderr);
    let plain = world.chat(&sim().origin(), &["--plain", "hello"]);
    assert_eq!((plain.code, plain.stderr.matches("next try (").count()), (4, 0));
    let json = world.chat(&sim().origin(), &["--json", "hello"]);
    let lines = json.json();
    let waits: Vec<&Value> = lines.iter().filter(|line| line["type"] == "waiting").collect();
    assert_eq!(waits.len(), 3);
    assert!(waits.iter().all(|wait| wait["seconds"].is_f64() && wait["reason"].is_string()));
    assert_eq!(
        waits.iter().filter_map(|wait| wait["attempt"].as_u64()).collect::<Vec<_>>(),
        [2, 3, 4]
    );
    assert_eq!(lines.last().expect("an end")["requests"], 4);
}

#[test]
fn no_key_is_said_before_anything_is_sent() {
    let world = World::new();
    let mut command = world.bare();
    command.env_remove("DASHSCOPE_API_KEY").args(["chat", "hello"]);
    let done = world.run(&mut command);
    assert_eq!((done.code, done.stdout.as_str()), (3, ""));
    assert!(done.stderr.contains("There is no API key for https://dashscope.aliyuncs.com"));
    assert!(done.stderr.contains("DASHSCOPE_API_KEY"));
}

#[test]
fn nobody_there_is_5() {
    let world = World::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    for (origin, sentence) in [
        (format!("http://{address}"), "Nothing answers at"),
        ("http://nowhere.invalid".to_owned(), "cannot be resolved"),
    ] {
        let done = world.chat(&origin, &["hello"]);
        assert_eq!((done.code, done.stdout.as_str()), (5, ""), "{origin}: {}", done.stderr);
        assert!(done.stderr.contains(sentence), "{}", done.stderr);
    }
}

#[test]
fn a_wrong_configuration_is_6_and_names_its_line() {
    let sim = Sim::saying("never");
    for (config, sentence) in [
        ("[chat]\nmodle = \"x\"\n", "config.toml:2"),
        ("theme = \"no such\"\n", "config.toml:1: unknown theme \"no such\""),
        ("profile = \"gone\"\n", "unknown profile \"gone\""),
        ("[keys.composer]\nsend = [\"ctrl+nothing\"]\n", "config.toml:2"),
    ] {
        let world = World::new();
        world.configure(config);
        let done = world.chat(&sim.origin(), &["hello"]);
        assert_eq!((done.code, done.stdout.as_str()), (6, ""), "{config}: {}", done.stderr);
        assert!(done.stderr.contains(sentence), "{config}: {}", done.stderr);
        assert_eq!(done.stderr.trim_end().lines().count(), 1, "{}", done.stderr);
    }
    let world = World::new();
    for args in [&["--config", "/no/such/file.toml"][..], &["--base-url", "ftp://x"]] {
        let done = world.run(world.bare().args(args).args(["chat", "hello"]));
        assert_eq!(done.code, 6, "{args:?}: {}", done.stderr);
    }
    let done = world.run(world.bare().args(["--region", "moon", "chat", "hello"]));
    assert_eq!(done.code, 6);
    assert!(done.stderr.contains("cn-beijing"), "{}", done.stderr);
}

#[test]
fn signals_end_it_with_what_arrived() {
    for (signal, code) in [(libc::SIGINT, 130), (libc::SIGTERM, 143)] {
        let world = World::new();
        let sim =
            Sim::with("[[rule]]\nrate = 0\nanswer = \"one two three\"\nstall_after_tokens = 2");
        let mut child = world.start(world.command(&sim.origin()).args(["chat", "count"]));
        let mut arrived = [0; 7];
        child.stdout.as_mut().expect("a pipe").read_exact(&mut arrived).expect("two words");
        assert_eq!(&arrived, b"one two");
        run::signal(&child, signal);
        let done = run::finish(child);
        assert_eq!((done.code, done.stdout.as_str()), (code, "\n"), "{}", done.stderr);
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let world = World::new();
    let sim = Sim::with("[[rule]]\nrate = 2000\ntokens = 200000");
    for args in [&["chat", "count"][..], &["chat", "--json", "count"]] {
        let mut child = world.start(world.command(&sim.origin()).args(args));
        let mut out = child.stdout.take().expect("a pipe");
        out.read_exact(&mut [0; 100]).expect("a beginning");
        drop(out);
        let done = run::finish(child);
        assert_eq!((done.code, done.stderr.as_str()), (141, ""));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_stands_still_does_not_keep_signals_away() {
    let world = World::new();
    let sim = Sim::with("[[rule]]\nrate = 0\ntokens = 200000");
    let mut child = world.start(world.command(&sim.origin()).args(["chat", "count"]));
    let out = child.stdout.take().expect("a pipe");
    run::narrow(&out);
    // Nobody reads on, and what waits inside is more than this pipe takes.
    run::wait_for_bytes(&out, 1);
    run::signal(&child, libc::SIGTERM);
    assert_eq!(run::finish(child).code, 143);
    drop(out);
}

#[test]
fn the_address_comes_from_the_environment_too() {
    let world = World::new();
    let sim = Sim::saying("yes");
    for (name, suffix) in [
        ("DASHSCOPE_BASE_URL", ""),
        ("DASHSCOPE_HTTP_BASE_URL", "/api/v1"),
        ("LIAN_BASE_URL", "/compatible-mode/v1"),
    ] {
        let mut command = world.bare();
        command.env(name, format!("{}{suffix}", sim.origin())).args(["chat", "hello"]);
        assert_eq!(world.run(&mut command).text(), (0, "yes\n", ""), "{name}");
    }
    assert!(sim.seen().iter().all(|seen| seen.path == "/compatible-mode/v1/chat/completions"));
}

#[test]
fn another_server_gets_no_key_unless_it_is_named() {
    let world = World::new();
    let server = Fake::telling("from a server that is not ours");
    let profile = format!("[profiles.local]\ncompat_base_url = \"{}/v1\"\n", server.origin());
    let ask = |world: &World| {
        let mut command = world.bare();
        command.env("LOCAL_KEY", "local-secret");
        world.run(command.args(["-p", "local", "-m", "local-model", "chat", "hello"]))
    };
    world.configure(&profile);
    assert_eq!(ask(&world).text(), (0, "from a server that is not ours\n", ""));
    let heard = server.heard();
    assert!(heard[0].starts_with("POST /v1/chat/completions HTTP/1.1"), "{}", heard[0]);
    assert!(!heard[0].to_lowercase().contains("authorization"), "{}", heard[0]);
    assert!(heard[0].contains("\"model\":\"local-model\"") && !heard[0].contains(KEY));

    world.configure(&format!("{profile}api_key_env = \"LOCAL_KEY\"\n"));
    assert_eq!(ask(&world).code, 0);
    let heard = server.heard();
    assert!(heard[1].contains("Bearer local-secret") && !heard[1].contains(KEY), "{}", heard[1]);
}

#[test]
fn an_answer_that_is_hostile_to_terminals_is_text_on_stdout() {
    let world = World::new();
    let server = Fake::telling("a\u{1b}[31m\u{9b}2J\u{202e}\u{7}\u{1b}]0;x\u{7}b\r\nc");
    let done = world.chat(&server.origin(), &["hello"]);
    assert_eq!(done.code, 0);
    let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!done.stdout.contains(bad), "{:?}", done.stdout);
    assert!(done.stdout.starts_with('a') && done.stdout.ends_with("b\nc\n"), "{:?}", done.stdout);
}

#[test]
fn without_a_terminal_the_workbench_names_the_command_and_the_demo_talks() {
    let world = World::new();
    let done = world.run(world.bare().arg("hello"));
    assert_eq!((done.code, done.stdout.as_str()), (2, ""));
    assert!(done.stderr.contains("lian chat"), "{}", done.stderr);
    let mut command = world.bare();
    let done = world.run(command.env_remove("DASHSCOPE_API_KEY").arg("--demo"));
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    assert!(done.stdout.to_lowercase().contains("simulator"), "{}", done.stdout);
    let done = world.run(world.bare().args(["--demo", "讲一讲异步任务"]));
    assert_eq!(done.code, 0);
    assert!(done.stdout.contains("模拟器"), "{}", done.stdout);
}

#[test]
fn the_simulator_says_one_line_and_ends_well() {
    for signal in [libc::SIGTERM, libc::SIGINT] {
        let world = World::new();
        let mut child = world.start(world.bare().args(["sim", "--listen", "0", "--rate", "0"]));
        let line = run::first_line(&mut child);
        let origin = line.split_whitespace().find(|word| word.starts_with("http://"));
        let origin = origin.unwrap_or_else(|| panic!("{line}")).to_owned();
        assert!(line.starts_with("lian sim: ready on "), "{line}");
        let done = world.chat(&origin, &["hello"]);
        assert_eq!(done.code, 0, "{}", done.stderr);
        run::signal(&child, signal);
        let Done { code, stdout, stderr } = run::finish(child);
        assert_eq!((code, stdout.as_str(), stderr.as_str()), (0, "", ""));
    }
}

#[test]
fn the_key_is_in_no_file_and_on_no_output() {
    let loud = "trace,lian=trace,hyper=trace,hyper_util=trace,reqwest=trace,rustls=trace,h2=trace";
    for rule in
        ["answer = \"yes\"", "code = \"invalid_api_key\"", "status = 500", "garbage = \"html\""]
    {
        let world = World::new();
        let sim = Sim::with(&format!("[[rule]]\n{rule}"));
        for args in [&["chat", "hello"][..], &["chat", "--json", "hello"]] {
            let mut command = world.command(&sim.origin());
            let done = world.run(command.env("LIAN_LOG", loud).arg("-vv").args(args));
            assert!(!done.stdout.contains(KEY) && !done.stderr.contains(KEY), "{rule}");
        }
        assert!(sim.seen()[0].had_auth);
        let files = world.files();
        assert!(files.iter().any(|(path, _)| path.to_string_lossy().contains(".log")), "{files:?}");
        for (path, bytes) in files {
            let found = bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes());
            assert!(!found, "{rule}: the key is in {}", path.display());
        }
    }
}
