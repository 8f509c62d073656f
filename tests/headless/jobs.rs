//! `lian video create` and `lian image create` from the outside: price and id, files, what is refused
//! before anything is sent, budgets, failures and their exit codes.

use std::path::Path;
use std::process::Command;

use crate::media::picture;
use crate::run::{Done, Sim, World};

/// Creating a video.
const CREATE: &str = "/api/v1/services/aigc/video-generation/video-synthesis";
/// A cheap one that passes.
pub(crate) const CHEAP: [&str; 6] =
    ["video", "create", "--size", "832*480", "--prompt", "a paper boat"];

/// A simulator whose videos take well below a second.
pub(crate) fn sim(scenario: &str) -> Sim {
    Sim::hurried(scenario, 400.0)
}

impl World {
    /// The binary where tasks are asked for as fast as they are made.
    pub(crate) fn hurried(&self, sim: &Sim) -> Command {
        let mut command = self.command(&sim.origin());
        command.env("LIAN_TIME_SCALE", "40");
        command
    }

    pub(crate) fn tasks(&self, sim: &Sim, args: &[&str]) -> Done {
        self.run(self.hurried(sim).args(args))
    }

    /// All tasks of the store.
    pub(crate) fn all(&self, sim: &Sim) -> Vec<serde_json::Value> {
        let done = self.tasks(sim, &["task", "list", "--all", "--json"]);
        assert_eq!((done.code, done.stderr.as_str()), (0, ""));
        done.json()
    }
}

pub(crate) fn posts(sim: &Sim) -> usize {
    sim.seen().iter().filter(|seen| seen.method == "POST" && seen.path == CREATE).count()
}

/// A whole video: its index is in it.
pub(crate) fn is_whole(path: &Path) -> bool {
    let bytes = std::fs::read(path).expect("the file");
    &bytes[4..8] == b"ftyp" && bytes.windows(4).any(|four| four == b"moov")
}

#[test]
fn the_price_comes_first_then_with_wait_the_file() {
    let (world, sim) = (World::new(), sim(""));
    let done = world.tasks(&sim, &[&CHEAP[..], &["--wait"]].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
    let told: Vec<&str> = done.stderr.lines().collect();
    assert_eq!(told[0], "lian: wan2.5-t2v-preview: ≈ ¥1.50: 5 s of 480P at ¥0.30 each");
    assert!(told[1].starts_with("lian: sent as "), "{}", done.stderr);
    let path = done.stdout.strip_suffix('\n').expect("a line");
    assert!(path.contains("a-paper-boat") && is_whole(Path::new(path)), "{path}");
    assert_eq!(posts(&sim), 1);
    // Its line for programs, and all about it.
    let id = told[1].trim_start_matches("lian: sent as ");
    let listed = world.tasks(&sim, &["task", "list"]);
    let fields: Vec<&str> = listed.stdout.trim_end().split('\t').collect();
    assert_eq!(
        (fields[0], fields[2], fields[5], fields[6], fields[7]),
        (id, "saved", "¥1.50", path, "a paper boat")
    );
    let shown = world.tasks(&sim, &["task", "show", &id[..8], "--json"]);
    let value: serde_json::Value = serde_json::from_str(&shown.stdout).expect("JSON");
    assert_eq!(value["form"]["size"], "832*480");
    assert_eq!(value["answer"]["output"]["task_status"], "SUCCEEDED");
    assert_eq!(value["cost"]["amount"], "1.5");
    // A signed address is in the service's own answer alone.
    for args in [&["task", "list", "--json"][..], &["task", "show", id]] {
        assert!(!world.tasks(&sim, args).stdout.contains("Signature"), "{args:?}");
    }
}

#[test]
fn without_wait_there_is_an_id_and_any_later_lian_goes_on() {
    let (world, sim) = (World::new(), sim(""));
    let done = world.tasks(&sim, &CHEAP);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let id = done.stdout.trim_end();
    assert_eq!(id.len(), 36, "{id}");
    let watched = world.tasks(&sim, &["task", "watch", "--until-idle", "--json"]);
    assert_eq!(watched.code, 0, "{}", watched.stderr);
    let last = watched.json().pop().expect("a line");
    assert_eq!((&last["id"], &last["stage"]), (&id.into(), &"saved".into()));
    assert!(is_whole(Path::new(last["files"][0]["path"].as_str().expect("a path"))));
    assert_eq!(posts(&sim), 1);
}

#[test]
fn a_prompt_a_line_is_a_task_each() {
    let (world, sim) = (World::new(), sim(""));
    let mut command = world.hurried(&sim);
    command.args(["video", "create", "--size", "832*480", "--prompts", "-", "--wait", "--json"]);
    let done = world.with_stdin(&mut command, "one\n\n 灯笼漂过河面 \nthree\n");
    assert_eq!(done.code, 0, "{}", done.stderr);
    let lines = done.json();
    assert_eq!((&lines[0]["tasks"], &lines[0]["price"]["amount"]), (&3.into(), &"4.5".into()));
    let saved: Vec<_> = lines.iter().filter(|line| line["stage"] == "saved").collect();
    assert_eq!(saved.len(), 3, "{}", done.stdout);
    assert!(saved.iter().any(|line| line["prompt"] == "灯笼漂过河面"));
    let batches: std::collections::HashSet<_> =
        saved.iter().map(|line| line["batch"].to_string()).collect();
    assert_eq!(batches.len(), 1);
    assert_eq!(posts(&sim), 3);
}

#[test]
fn a_picture_that_comes_at_once_is_a_file_too() {
    let (world, sim) = (World::new(), sim(""));
    let args = ["image", "create", "-m", "qwen-image", "--prompt", "a kite", "--wait"];
    let done = world.tasks(&sim, &args);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let file = std::fs::read(done.stdout.trim_end()).expect("a file");
    assert!(file.starts_with(b"\x89PNG"), "{}", done.stdout);
}

#[test]
fn what_a_model_does_not_take_is_a_mistake_of_usage_with_what_it_takes() {
    let (world, sim) = (World::new(), sim(""));
    std::fs::write(world.path().join("note.png"), "no picture at all").expect("a file");
    for (args, said) in [
        (&["--prompt", "x", "--size", "1x1"][..], "832*480"),
        (&["--prompt", "x", "--duration", "7"], "duration"),
        (&["--prompt", "x", "--seed", "-1"], "seed"),
        (&["--prompt", "x", "--set", "colour=red"], "it takes prompt"),
        (&["--prompt", "x", "--set", "colour"], "NAME=VALUE"),
        (&[], "prompt must be given"),
        (&["--prompts", "/nowhere"], "/nowhere"),
        (&["-m", "qwen-plus", "--prompt", "x"], "wan2.5-t2v-preview"),
        (&["-m", "qwen-image", "--prompt", "x"], "lian image create"),
        (&["-m", "wan2.5-i2v-preview", "--prompt", "x", "--image", "gone.png"], "gone.png"),
        (&["-m", "wan2.5-i2v-preview", "--prompt", "x", "--image", "note.png"], "note.png"),
    ] {
        let done = world.tasks(&sim, &[&["video", "create"][..], args].concat());
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{args:?}: {}", done.stderr);
        assert!(done.stderr.contains(said), "{args:?}: {}", done.stderr);
    }
    assert!(sim.seen().is_empty() && world.all(&sim).is_empty(), "nothing was sent or kept");
}

#[test]
fn a_budget_stops_it_with_8_and_says_how_to_go_on() {
    let (world, sim) = (World::new(), sim(""));
    world.configure("[profiles.default.budget]\nday = 2\n");
    assert_eq!(world.tasks(&sim, &CHEAP).code, 0);
    let stopped = world.tasks(&sim, &CHEAP);
    assert_eq!((stopped.code, stopped.stdout.as_str()), (8, ""), "{}", stopped.stderr);
    let raise = "lian config set profiles.default.budget.day";
    assert!(stopped.stderr.contains(raise) && stopped.stderr.contains("--yes"), "{stopped:?}");
    assert_eq!(posts(&sim), 1);
    let beyond = world.tasks(&sim, &[&CHEAP[..], &["--yes"]].concat());
    assert_eq!(beyond.code, 0, "{}", beyond.stderr);
    assert_eq!(posts(&sim), 2);
}

#[test]
fn the_same_again_and_again_looks_like_a_loop() {
    let (world, sim) = (World::new(), sim(""));
    for _ in 0..3 {
        assert_eq!(world.tasks(&sim, &CHEAP).code, 0);
    }
    let done = world.tasks(&sim, &[&CHEAP[..], &["--json"]].concat());
    assert_eq!(done.code, 8, "{}", done.stderr);
    assert_eq!(done.json().pop().expect("a line")["type"], "stopped");
    assert_eq!(posts(&sim), 3);
}

#[test]
fn failures_have_their_exit_codes_and_a_sentence() {
    for (scenario, code, said) in [
        ("[[rule]]\ntask_code = \"DataInspectionFailed\"\n", 7, "refused"),
        ("[[rule]]\ntask_code = \"InternalError\"\n", 1, ""),
        ("[[rule]]\nno_url = true\n", 1, "no file is anywhere in the answer"),
        ("[[rule]]\npath = \"/results/*\"\nexpired = true\n", 1, "24 hours"),
        (
            "[[rule]]\npath = \"/api/v1/services/*\"\nstatus = 401\ncode = \"InvalidApiKey\"\n",
            3,
            "key",
        ),
    ] {
        let (world, sim) = (World::new(), sim(scenario));
        let done = world.tasks(&sim, &[&CHEAP[..], &["--wait"]].concat());
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{scenario}: {}", done.stderr);
        assert!(done.stderr.contains(said), "{scenario}: {}", done.stderr);
        assert_eq!(posts(&sim), 1, "{scenario}");
    }
    let (world, sim) = (World::new(), sim(""));
    let done = world.run(world.hurried(&sim).env_remove("DASHSCOPE_API_KEY").args(CHEAP));
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert_eq!(
        world.all(&sim)[0]["stage"],
        "refused",
        "this machine asks for no key, its server does"
    );
}

#[test]
fn the_time_is_over_while_the_task_runs() {
    let (world, sim) = (World::new(), sim("[[rule]]\ntask = \"running\"\n"));
    let done = world.tasks(&sim, &[&CHEAP[..], &["--wait", "--timeout", "1"]].concat());
    assert_eq!((done.code, done.stdout.as_str()), (9, ""), "{}", done.stderr);
    assert!(done.stderr.contains("still under way"), "{}", done.stderr);
    let task = &world.all(&sim)[0];
    assert_eq!(task["stage"], "following");
    let id = task["id"].as_str().expect("an id");
    let waited = world.tasks(&sim, &["task", "wait", &id[..13], "--timeout", "1"]);
    assert_eq!(waited.code, 9, "{}", waited.stderr);
}

#[test]
fn hostile_names_and_prompts_stay_words() {
    let (world, sim) =
        (World::new(), sim("[[rule]]\nfile_name = \"..%2f..%2f\\u001b]0;x\\u202e.mp4\"\n"));
    let args = ["--size", "832*480", "--prompt", "a \u{1b}[2J\u{202e}boat", "--wait"];
    let done = world.tasks(&sim, &[&["video", "create"][..], &args].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
    let listed = world.tasks(&sim, &["task", "list"]);
    let shown = world.tasks(&sim, &["task", "show", listed.stdout.split('\t').next().expect("id")]);
    for text in [&done.stdout, &done.stderr, &listed.stdout, &shown.stdout] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
    }
    let files = Path::new(done.stdout.trim_end()).parent().expect("a directory");
    assert!(files.ends_with("lian/files"), "{files:?}");
}

#[test]
fn a_small_picture_goes_with_the_request_and_a_large_one_is_brought_up_first() {
    let (world, sim) = (World::new(), sim(""));
    for (name, side, begins) in
        [("small.bmp", 400, "data:image/bmp;"), ("large.bmp", 1600, "oss://")]
    {
        std::fs::write(world.path().join(name), picture(side)).expect("a file");
        let args = ["-m", "wan2.5-i2v-preview", "--image", name, "--prompt", "it turns", "--wait"];
        let done = world.tasks(&sim, &[&["video", "create"][..], &args].concat());
        assert_eq!(done.code, 0, "{name}: {}", done.stderr);
        let seen = sim.seen();
        let post = seen.iter().rfind(|seen| seen.method == "POST" && seen.path == CREATE);
        let post = post.expect("a request");
        // A body of that size is not kept by the simulator; what is brought up has a short address.
        let url = post.body["input"]["img_url"].as_str().unwrap_or("data:image/bmp;");
        assert!(url.starts_with(begins), "{name}: {url}");
        let uploads = seen.iter().filter(|seen| seen.path.ends_with("/uploads")).count();
        assert_eq!(uploads, usize::from(begins == "oss://"), "{name}");
    }
    let path = world.path().join("large.bmp").display().to_string();
    let shown = world.all(&sim)[0]["id"].as_str().expect("an id").to_owned();
    let shown = world.tasks(&sim, &["task", "show", &shown]);
    assert!(shown.stdout.contains(&path), "the store has it from the root on: {}", shown.stdout);
}

#[test]
fn it_speaks_chinese() {
    let (world, sim) = (World::new(), sim(""));
    let mut command = world.hurried(&sim);
    let done = world.run(command.env("LC_ALL", "zh_CN.UTF-8").args(CHEAP));
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("约 ¥1.50：480P 5 秒"), "{}", done.stderr);
    assert!(done.stderr.contains("任务会继续运行"), "{}", done.stderr);
}
