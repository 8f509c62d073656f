//! The real binary is killed again and again while it submits, follows and fetches; in the end the
//! store and the service agree: no task is lost, none is made twice, every file is whole and there once.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::jobs::is_whole;
use crate::run::{Sim, World, finish_within};

/// Kills in an ordinary run; `LIAN_KILLS` asks for more.
const KILLS: u64 = 12;

fn kills() -> u64 {
    std::env::var("LIAN_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

/// Starts a program that submits two tasks, or one that follows them all, and kills it.
fn round(world: &World, sim: &Sim, round: u64, after: Duration) {
    let mut command = world.hurried(sim);
    if round % 3 == 2 {
        command.args(["task", "watch"]);
    } else {
        let prompts = world.path().join("prompts");
        std::fs::write(&prompts, format!("film {round} a\nfilm {round} b\n")).expect("a file");
        command.args(["video", "create", "--size", "832*480", "--wait", "--prompts"]).arg(&prompts);
    }
    let mut child = world.start(&mut command);
    if round % 4 != 3 {
        // Most of them die at work, which begins with a word on stderr; the others while they start.
        let mut told = String::new();
        BufReader::new(child.stderr.take().expect("a pipe")).read_line(&mut told).expect("a line");
    }
    // The moment of death is what is tried here: any moment will do.
    std::thread::sleep(after);
    child.kill().expect("it can be killed");
    child.wait().expect("it is dead");
}

/// The ids at the service, as a program sees them that knows none.
fn at_the_service(sim: &Sim) -> BTreeSet<String> {
    let stranger = World::new();
    let done = stranger.tasks(sim, &["task", "list", "--account", "--json"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    done.json().iter().filter_map(|row| row["id"].as_str().map(str::to_owned)).collect()
}

/// Videos on disk, unfinished ones apart.
fn videos(world: &World) -> Vec<PathBuf> {
    let is_video = |path: &Path| {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        !hidden && path.extension().is_some_and(|ending| ending == "mp4")
    };
    world.files().into_iter().map(|(path, _)| path).filter(|path| is_video(path)).collect()
}

/// Lets everything come to an end, as a user would who has seen the account's list: what is in it
/// is taken over, so what may exist after that was never made.
fn settle(world: &World, sim: &Sim) {
    let run = |args: &[&str]| {
        let mut command = world.hurried(sim);
        let child = world.start(command.args(args));
        finish_within(child, Duration::from_secs(60 + 4 * kills()))
    };
    let watched = run(&["task", "watch", "--until-idle"]);
    assert!(watched.code <= 1, "{watched:?}");
    let adopted = run(&["task", "adopt", "--all", "--wait"]);
    assert_eq!(adopted.code, 0, "{}", adopted.stderr);
    for task in world.all(sim).iter().filter(|task| task["stage"] == "maybe") {
        let done = run(&["task", "settle", task["key"].as_str().expect("a key"), "--drop"]);
        assert_eq!(done.code, 0, "{}", done.stderr);
    }
}

#[test]
fn no_task_is_lost_none_is_made_twice_and_every_file_is_whole_and_there_once() {
    // Not so fast that the service's 24 hours are over before the end.
    let (world, sim) = (World::new(), Sim::hurried("", 100.0));
    let kills = kills();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for n in 0..kills {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n | 1);
        round(&world, &sim, n, Duration::from_millis((random >> 33) % 500));
    }
    settle(&world, &sim);
    let all = world.all(&sim);
    let ours: Vec<&serde_json::Value> = all.iter().filter(|task| task["id"].is_string()).collect();
    let ids: BTreeSet<String> =
        ours.iter().filter_map(|task| task["id"].as_str().map(str::to_owned)).collect();
    let theirs = at_the_service(&sim);
    let lost: Vec<&String> = theirs.difference(&ids).collect();
    assert!(lost.is_empty(), "made by the service and not here: {lost:?}");
    let strange: Vec<&String> = ids.difference(&theirs).collect();
    assert!(strange.is_empty(), "here and not at the service: {strange:?}");
    // Every wish has words of its own: two tasks of one wish would have the same.
    let prompts: BTreeSet<String> = ours.iter().map(|task| task["prompt"].to_string()).collect();
    assert_eq!(prompts.len(), ours.len(), "two tasks of one wish");
    for task in &ours {
        assert_eq!(task["stage"], "saved", "{task}");
        let path = task["files"][0]["path"].as_str().expect("a path");
        assert!(is_whole(Path::new(path)), "{path}");
    }
    let files = videos(&world);
    assert_eq!(files.len(), ours.len(), "one file for each task: {files:#?}");
    for path in &files {
        assert!(is_whole(path), "{path:?} is not whole");
    }
    let (made, wished) = (theirs.len(), all.len());
    println!("{kills} kills, {wished} wishes, {made} tasks made: 0 lost, 0 twice, 0 broken files");
    assert!(made > 0, "the program was never killed late enough to have made anything");
}
