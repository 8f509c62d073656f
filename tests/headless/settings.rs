//! `lian config` and the places a key may be in, from the outside: what is printed, which code,
//! and that no key ever is.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::Value;

use crate::fake::Fake;
use crate::run::{Done, Sim, World};

/// A key of these tests; its letters say where it was.
fn secret(of: &str) -> String {
    format!("sk-{of}-0123456789")
}

/// `lian` without any key in its environment, but with programs to be found.
fn bare(world: &World) -> Command {
    let mut command = world.bare();
    command.env_remove("DASHSCOPE_API_KEY");
    command.env("PATH", std::env::var("PATH").unwrap_or_default());
    command
}

fn config(world: &World, args: &[&str]) -> Done {
    world.run(bare(world).arg("config").args(args))
}

/// Asks a question; tells the code, what was said and with which key it arrived.
fn ask(world: &World, command: &mut Command, server: &Fake) -> (Done, Option<String>) {
    let done = world.run(command.args(["--base-url", &server.origin(), "chat", "hello"]));
    let head = server.heard().pop().unwrap_or_default();
    let key =
        head.lines().find_map(|line| line.split_once("Bearer ")).map(|(_, key)| key.to_owned());
    (done, key)
}

fn secrets(world: &World, text: &str, mode: u32) {
    let dir = world.path().join("config/lian");
    std::fs::create_dir_all(&dir).expect("a directory");
    let file = dir.join("secrets.toml");
    std::fs::write(&file, text).expect("a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("permissions");
}

/// A program of this shell text, as a key command.
fn program(world: &World, name: &str, text: &str) -> String {
    let path = world.path().join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("permissions");
    path.display().to_string()
}

fn command_profile(world: &World, name: &str, text: &str) {
    let path = program(world, name, text);
    world
        .configure(&format!("[profiles.default]\napi_key_command = [{path:?}, \"an argument\"]\n"));
}

#[test]
fn the_first_place_that_has_a_key_wins() {
    let world = World::new();
    let sim = Fake::telling("yes");
    let (file, printed) = (secret("file"), secret("command"));
    secrets(&world, &format!("other = \"sk-other-0000\"\ndefault = \"{file}\"\n"), 0o600);
    let (done, key) = ask(&world, &mut bare(&world), &sim);
    assert_eq!((done.text(), key), ((0, "yes\n", ""), Some(file)));
    command_profile(&world, "keeper", &format!("[ \"$1\" = 'an argument' ] && echo {printed}"));
    let (done, key) = ask(&world, &mut bare(&world), &sim);
    assert_eq!((done.text(), key), ((0, "yes\n", ""), Some(printed)));
    let usual = secret("usual");
    let (_, key) = ask(&world, bare(&world).env("DASHSCOPE_API_KEY", &usual), &sim);
    assert_eq!(key, Some(usual));
}

#[test]
fn other_variables_are_taken_with_a_word_on_it() {
    let world = World::new();
    let sim = Fake::telling("yes");
    for variable in ["BAILIAN_API_KEY", "QWEN_API_KEY"] {
        let (done, key) = ask(&world, bare(&world).env(variable, secret("other")), &sim);
        assert_eq!((done.code, key), (0, Some(secret("other"))));
        assert!(done.stderr.starts_with(&format!("lian: The key comes from {variable}.")));
        assert!(!done.stderr.contains("sk-"), "{}", done.stderr);
    }
}

#[test]
fn a_key_command_that_fails_is_told_apart_and_nothing_is_sent() {
    let sim = Fake::telling("never");
    for (text, sentence) in [
        ("exit 4", "The key command keeper failed (exit code 4)."),
        ("echo sk-first-0123456789; echo sk-second-0123456789", "printed 2 lines"),
        ("true", "The key command keeper printed nothing."),
        ("echo 'no key at all'", "What keeper holds is no key"),
        ("kill -9 $$", "The key command keeper was ended by a signal."),
    ] {
        let world = World::new();
        command_profile(&world, "keeper", &format!("echo sk-oops-0123456789 >&2\n{text}"));
        let (done, _) = ask(&world, &mut bare(&world), &sim);
        assert_eq!((done.code, done.stdout.as_str()), (6, ""), "{text}: {}", done.stderr);
        assert!(done.stderr.contains(sentence), "{text}: {}", done.stderr);
        assert!(!done.stderr.contains("sk-"), "{text}: {}", done.stderr);
        assert_eq!(done.stderr.lines().count(), 1);
        let check = config(&world, &["check"]);
        assert_eq!((check.code, check.stdout.as_str()), (6, ""));
        assert!(check.stderr.contains(sentence), "{}", check.stderr);
    }
    let world = World::new();
    world.configure("[profiles.default]\napi_key_command = [\"/no/such/program\"]\n");
    let (done, _) = ask(&world, &mut bare(&world), &sim);
    assert_eq!(done.code, 6);
    assert!(done.stderr.contains("The key command program cannot be started."));
    assert!(sim.heard().is_empty());
}

#[test]
fn a_file_that_others_may_read_is_refused_with_the_remedy() {
    let world = World::new();
    let sim = Fake::telling("never");
    secrets(&world, "default = \"sk-file-0123456789\"\n", 0o644);
    let (done, _) = ask(&world, &mut bare(&world), &sim);
    assert_eq!(done.code, 6, "{}", done.stderr);
    let path = world.path().join("config/lian/secrets.toml");
    assert!(done.stderr.contains("(mode 0644)"), "{}", done.stderr);
    assert!(done.stderr.contains(&format!("`chmod 600 {}`", path.display())), "{}", done.stderr);
    secrets(&world, "default = sk-file-0123456789\n", 0o600);
    let (done, _) = ask(&world, &mut bare(&world), &sim);
    assert_eq!(done.code, 6);
    assert!(done.stderr.contains("secrets.toml:1 is not a profile and its key."));
    assert!(!done.stderr.contains("sk-file"), "{}", done.stderr);
    assert!(sim.heard().is_empty());
}

#[test]
fn show_names_who_decided_and_hides_keys() {
    let world = World::new();
    world
        .configure("theme = \"dark\"\n[profiles.default]\nbase_url = \"http://me:pw@h.example\"\n");
    std::fs::write(world.path().join(".lian.toml"), "[chat]\nmodel = \"qwen-max\"\n")
        .expect("a file");
    let mut command = bare(&world);
    command.env("HOME", "/nowhere").env("LIAN_SEED", "7").env("DASHSCOPE_API_KEY", secret("shown"));
    let done = world.run(command.args(["--region", "us-east-1", "config", "show"]));
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    let line = |name: &str| {
        let mut lines = done.stdout.lines();
        lines.find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}")).to_owned()
    };
    assert!(line("theme = \"dark\"").ends_with("config.toml:1"));
    assert!(line("chat.model = \"qwen-max\"").ends_with(".lian.toml:2"));
    assert!(line("chat.seed = 7").ends_with("# LIAN_SEED"));
    assert!(line("profiles.default.region = \"us-east-1\"").ends_with("# --region"));
    assert!(line("highlight = true").ends_with("# default"));
    assert!(line("# key: ").ends_with("from DASHSCOPE_API_KEY"));
    assert!(!done.stdout.contains("sk-") && !done.stdout.contains("pw"), "{}", done.stdout);
    let mut command = bare(&world);
    command.env("DASHSCOPE_API_KEY", secret("shown")).args(["config", "show", "--json"]);
    let done = world.run(&mut command);
    let whole: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!(whole["key"]["source"], "DASHSCOPE_API_KEY");
    assert_eq!(whole["profile"], "default");
    assert!(whole["settings"].as_array().is_some_and(|rows| rows.len() > 25));
    assert!(!done.stdout.contains("sk-") && !done.stdout.contains("pw"), "{}", done.stdout);
}

#[test]
fn check_says_ok_or_the_first_mistake() {
    let world = World::new();
    let done = world.run(world.bare().args(["config", "check"]));
    assert_eq!(done.text(), (0, "ok\n", ""));
    let done = config(&world, &["check"]);
    assert_eq!((done.code, done.stdout.as_str()), (0, "ok\n"), "no key is no mistake of a file");
    assert!(done.stderr.contains("There is no API key"), "{}", done.stderr);
    for (text, sentence) in [
        ("theme = \"pink\"", "config.toml:1: unknown theme \"pink\""),
        ("\ntheme = ", "config.toml:2: "),
        ("[profiles.default]\nregion = \"moon\"", "unknown region \"moon\""),
        ("[profiles.default]\nregion = \"us-east-1\"\nplan = \"coding\"", "plans are served in"),
        ("[profiles.default]\nworkspace = \"sk-0123456789\"", "config.toml:2: a key does not"),
    ] {
        world.configure(text);
        let done = config(&world, &["check"]);
        assert_eq!((done.code, done.stdout.as_str()), (6, ""), "{text}");
        assert!(done.stderr.contains(sentence), "{text}: {}", done.stderr);
    }
    world.configure("");
    let project = world.path().join("work");
    std::fs::create_dir(&project).expect("a directory");
    std::fs::write(project.join(".lian.toml"), "[profiles.default]\nregion = \"x\"\n")
        .expect("a file");
    let script = format!("cd {:?} && exec {:?} config check", project, env!("CARGO_BIN_EXE_lian"));
    let mut command = Command::new("sh");
    command.args(["-c", &script]).env("HOME", world.path());
    let done = world.run(&mut command);
    assert_eq!(done.code, 6);
    assert!(done.stderr.contains("work/.lian.toml:1: a project's file may not set `profiles`"));
}

#[test]
fn path_example_keys_and_set() {
    let world = World::new();
    let path = world.path().join("config/lian/config.toml");
    assert_eq!(config(&world, &["path"]).stdout, format!("{}\n", path.display()));
    let example = config(&world, &["example"]).stdout;
    world.configure(&example);
    assert_eq!(config(&world, &["check"]).code, 0, "the example is a good file");
    assert_eq!(config(&world, &["set", "chat.model", "qwen-max"]).code, 0);
    let text = std::fs::read_to_string(&path).expect("the file");
    assert_eq!(text, example.replacen("model = \"qwen-plus\"", "model = \"qwen-max\"", 1));
    let done =
        world.run(bare(&world).env("LIAN_MODEL", "m").args(["config", "set", "chat.model", "x"]));
    assert_eq!(
        (done.code, done.stderr.as_str()),
        (0, "lian: chat.model is decided by LIAN_MODEL\n")
    );
    for (name, value, code) in [
        ("chat.modle", "x", 2),
        ("chat.temperature", "hot", 6),
        ("profiles.a.workspace", "sk-0123456789", 6),
    ] {
        let before = std::fs::read_to_string(&path).expect("the file");
        let done = config(&world, &["set", name, value]);
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{name}: {}", done.stderr);
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), before);
        assert!(!done.stderr.contains("sk-0"), "{}", done.stderr);
    }
    world.configure("[keys.global]\nquit = [\"alt+w\"]\nhelp = []\n");
    let keys = config(&world, &["keys"]).stdout;
    assert!(keys.contains("quit = [\"alt+w\"] ") && keys.contains("help = [] "), "{keys}");
    let rows: Value =
        serde_json::from_str(&config(&world, &["keys", "--json"]).stdout).expect("JSON");
    let quit = |row: &&Value| row["context"] == "global" && row["action"] == "quit";
    let quit = rows.as_array().expect("rows").iter().find(quit).expect("a row");
    assert_eq!(quit["keys"][0], "alt+w");
}

#[test]
fn completions_manual_and_versions() {
    let world = World::new();
    for (shell, mark) in [
        ("bash", "complete -F _lian"),
        ("zsh", "#compdef lian"),
        ("fish", "complete -c lian"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[lian]"),
        ("nushell", "export extern lian"),
    ] {
        let done = world.run(bare(&world).args(["completions", shell]));
        assert_eq!(done.code, 0, "{shell}");
        assert!(done.stdout.contains(mark) && done.stdout.contains("base-url"), "{shell}");
    }
    assert_eq!(world.run(bare(&world).args(["completions", "tcsh"])).code, 2);
    let page = world.run(bare(&world).arg("man")).stdout;
    assert!(page.contains(".TH lian 1") && page.contains("base\\-url"), "{page}");
    let done = world.run(bare(&world).args(["man", "--dir", "pages"]));
    assert_eq!(done.text(), (0, "", ""));
    for name in ["lian.1", "lian-chat.1", "lian-config-set.1"] {
        assert!(world.path().join("pages").join(name).exists(), "{name}");
    }
    let short = world.run(bare(&world).arg("-V")).stdout;
    assert_eq!(short, format!("lian {}\n", env!("CARGO_PKG_VERSION")));
    let long = world.run(bare(&world).arg("--version")).stdout;
    assert!(long.starts_with(&short), "{long}");
    for part in ["\ncommit: ", "\nfeatures: ", "config/lian/config.toml (not there"] {
        assert!(long.contains(part), "{part}: {long}");
    }
    let help = world.run(bare(&world).arg("--help")).stdout;
    assert!(help.contains("Usage: lian [OPTIONS] [PROMPT]\n       lian [OPTIONS] COMMAND ...\n"));
}

#[test]
fn variables_stand_for_flags() {
    let world = World::new();
    let sim = Sim::saying("yes");
    let mut command = bare(&world);
    command.env("DASHSCOPE_API_KEY", secret("usual")).env("LIAN_BASE_URL", sim.origin());
    command.envs([
        ("LIAN_MODEL", "qwen3-max"),
        ("LIAN_SYSTEM", "be short"),
        ("LIAN_THINKING", "1"),
    ]);
    assert_eq!(world.run(command.args(["chat", "why?"])).code, 0);
    let body = sim.seen()[0].body.clone();
    assert_eq!((&body["model"], &body["enable_thinking"]), (&"qwen3-max".into(), &true.into()));
    assert_eq!(body["messages"][0]["content"], "be short");
    let done = world.run(bare(&world).env("LIAN_DEMO", "1").args(["chat", "hello"]));
    assert_eq!(done.code, 0, "{}", done.stderr);
}
