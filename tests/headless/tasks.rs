//! `lian task` from the outside: lost answers, waiting, canceling, taking over, several programs on
//! one store, and signals.

use std::path::Path;

use crate::jobs::{CHEAP, is_whole, posts, sim};
use crate::run::{World, finish, first_line, signal};

const LOSE: &str = "[[rule]]\npath = \"/api/v1/services/aigc/video-generation/video-synthesis\"\n";

#[test]
fn a_lost_answer_is_found_and_the_file_comes() {
    let (world, sim) = (World::new(), sim(&format!("{LOSE}lose = \"after\"\n")));
    let done = world.tasks(&sim, &[&CHEAP[..], &["--wait"]].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(is_whole(Path::new(done.stdout.trim_end())));
    assert_eq!(posts(&sim), 1, "it was sent once");
    assert!(done.stderr.contains("It was sent once and is paid once."), "{}", done.stderr);
}

#[test]
fn where_two_tasks_may_be_it_the_candidates_are_told_and_the_user_decides() {
    // Another program of the account makes one of the same model at the same time.
    let (world, other) = (World::new(), World::new());
    let sim = sim(&format!("{LOSE}call = 2\nlose = \"after\"\n"));
    let theirs = other.tasks(&sim, &CHEAP);
    let done = world.tasks(&sim, &[&CHEAP[..], &["--json"]].concat());
    assert_eq!(done.code, 1, "{}", done.stderr);
    let line = done.json().into_iter().find(|line| line["type"] == "candidates").expect("told");
    let ids: Vec<&str> =
        line["ids"].as_array().expect("ids").iter().filter_map(|id| id.as_str()).collect();
    assert_eq!(ids.len(), 2, "{}", done.stdout);
    assert!(done.stderr.contains("lian task settle"), "{}", done.stderr);
    assert_eq!(posts(&sim), 2, "nothing is sent again");
    let key = line["key"].as_str().expect("a key");
    let ours = ids.into_iter().find(|id| *id != theirs.stdout.trim_end()).expect("ours");
    let settled = world.tasks(&sim, &["task", "settle", key, "--is", ours]);
    assert_eq!(settled.code, 0, "{}", settled.stderr);
    let waited = world.tasks(&sim, &["task", "wait", ours]);
    assert_eq!(waited.code, 0, "{}", waited.stderr);
    assert!(is_whole(Path::new(waited.stdout.trim_end())));
    let again = world.tasks(&sim, &["task", "settle", key, "--drop"]);
    assert_eq!(again.code, 1, "there is nothing to decide: {}", again.stderr);
}

#[test]
fn what_never_arrived_is_told_and_sent_again_only_when_asked() {
    let (world, sim) = (World::new(), sim(&format!("{LOSE}call = 1\nlose = \"before\"\n")));
    let done = world.tasks(&sim, &CHEAP);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{}", done.stderr);
    assert!(done.stderr.contains("no task of the account fits"), "{}", done.stderr);
    let key = world.all(&sim)[0]["key"].as_str().expect("a key").to_owned();
    let settled = world.tasks(&sim, &["task", "settle", &key, "--again"]);
    assert_eq!(settled.code, 0, "{}", settled.stderr);
    assert_eq!(world.tasks(&sim, &["task", "watch", "--until-idle"]).code, 0);
    assert_eq!((posts(&sim), &world.all(&sim)[0]["stage"]), (2, &"saved".into()));
}

#[test]
fn only_what_has_not_begun_is_canceled() {
    let (world, sim) = (World::new(), sim("[[rule]]\ncall = 1\ntask = \"pending\"\n"));
    let waiting = world.tasks(&sim, &CHEAP).stdout;
    let canceled = world.tasks(&sim, &["task", "cancel", waiting.trim_end()]);
    assert_eq!(canceled.code, 0, "{}", canceled.stderr);
    assert!(canceled.stdout.ends_with("\tcanceled\n"), "{}", canceled.stdout);
    let twice = world.tasks(&sim, &["task", "cancel", waiting.trim_end()]);
    assert_eq!(twice.code, 1);
    assert!(twice.stderr.contains("cannot be canceled any more: canceled"), "{}", twice.stderr);
    let waited = world.tasks(&sim, &["task", "wait", waiting.trim_end()]);
    assert_eq!(waited.code, 1, "what was canceled has no file");
}

#[test]
fn a_key_that_is_refused_ends_the_wait_and_the_task_goes_on() {
    let rule =
        "[[rule]]\npath = \"/api/v1/tasks/*\"\ncall = 1\nstatus = 401\ncode = \"InvalidApiKey\"\n";
    let (world, sim) = (World::new(), sim(rule));
    let done = world.tasks(&sim, &[&CHEAP[..], &["--wait"]].concat());
    assert_eq!((done.code, done.stdout.as_str()), (3, ""), "{}", done.stderr);
    let id = world.all(&sim)[0]["id"].as_str().expect("an id").to_owned();
    let waited = world.tasks(&sim, &["task", "wait", &id]);
    assert_eq!(waited.code, 0, "{}", waited.stderr);
}

#[test]
fn ids_that_name_nothing_are_a_mistake_of_usage() {
    let (world, sim) = (World::new(), sim(""));
    for verb in ["show", "wait", "cancel", "download"] {
        let done = world.tasks(&sim, &["task", verb, "abc"]);
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{verb}");
        assert!(done.stderr.contains("there is no task abc"), "{verb}: {}", done.stderr);
    }
    assert_eq!(world.tasks(&sim, &["task", "wait"]).code, 2);
}

#[test]
fn tasks_of_other_programs_are_listed_and_taken_over() {
    let (world, other) = (World::new(), World::new());
    let sim = sim("");
    let theirs = other.tasks(&sim, &CHEAP).stdout;
    let listed = world.tasks(&sim, &["task", "list", "--account"]);
    assert_eq!(listed.code, 0, "{}", listed.stderr);
    assert!(listed.stdout.starts_with(theirs.trim_end()), "{}", listed.stdout);
    let unknown = world.tasks(&sim, &["task", "adopt", "nobody"]);
    assert_eq!(unknown.code, 2, "{}", unknown.stderr);
    let taken = world.tasks(&sim, &["task", "adopt", &theirs[..8], "--wait"]);
    assert_eq!(taken.code, 0, "{}", taken.stderr);
    assert!(is_whole(Path::new(taken.stdout.trim_end())), "{taken:?}");
    let task = &world.all(&sim)[0];
    assert_eq!((&task["adopted"], &task["prompt"]), (&true.into(), &"a paper boat".into()));
    let rest = world.tasks(&sim, &["task", "adopt", "--all"]);
    assert_eq!((rest.code, rest.stdout.as_str()), (0, ""), "{}", rest.stderr);
    let again = world.tasks(&sim, &["task", "download", &theirs[..8]]);
    assert_eq!(again.stdout, taken.stdout, "what is on disk is told, and not fetched again");
    let fetched = sim.seen().iter().filter(|seen| seen.path.starts_with("/results/")).count();
    assert_eq!(fetched, 1);
}

#[test]
fn one_program_asks_and_fetches_while_the_others_hear_of_it() {
    let (world, sim) = (World::new(), sim("[[rule]]\ntask_s = 1200\n"));
    // It takes so long that the program that asked for it has ended before there is a file: a
    // download that it had begun would be gone on with by another one.
    let mut watch = world.start(world.hurried(&sim).args(["task", "watch", "--json"]));
    let made = world.tasks(&sim, &CHEAP);
    let id = made.stdout.trim_end();
    first_line(&mut watch);
    let waits: Vec<_> =
        (0..2).map(|_| world.start(world.hurried(&sim).args(["task", "wait", id]))).collect();
    let waited: Vec<_> = waits.into_iter().map(finish).collect();
    for done in &waited {
        assert_eq!(done.code, 0, "{}", done.stderr);
        assert_eq!(done.stdout, waited[0].stdout);
    }
    signal(&watch, libc::SIGTERM);
    let watched = finish(watch);
    assert_eq!(watched.code, 0, "{}", watched.stderr);
    let seen = sim.seen();
    // There is one task; `id` is lian's own key where the answer was not there yet.
    let polls = seen.iter().filter(|seen| seen.path.starts_with("/api/v1/tasks/")).count();
    // A second of the simulator's time is asked for 20 s first: five programs would ask far more.
    let all: Vec<&str> = seen.iter().map(|seen| seen.path.as_str()).collect();
    assert!((1..=90).contains(&polls), "{polls} questions on {id} ({}): {all:?}", made.stderr);
    let fetched = seen.iter().filter(|seen| seen.path.starts_with("/results/")).count();
    assert_eq!(fetched, 1, "fetched once: {all:?} {}", watched.stdout);
}

#[test]
fn a_watch_without_tasks_asks_nothing_and_ends_on_a_signal() {
    let (world, sim) = (World::new(), sim(""));
    for end in [libc::SIGTERM, libc::SIGINT] {
        let mut watch = world.start(world.hurried(&sim).args(["task", "watch"]));
        let mut told = String::new();
        let mut stderr = std::io::BufReader::new(watch.stderr.take().expect("a pipe"));
        std::io::BufRead::read_line(&mut stderr, &mut told).expect("a line");
        assert!(told.starts_with("lian: 0 tasks under way"), "{told}");
        signal(&watch, end);
        assert_eq!(finish(watch).code, 0);
    }
    assert!(sim.seen().is_empty());
    assert_eq!(world.tasks(&sim, &["task", "watch", "--until-idle"]).code, 0);
}

#[test]
fn the_users_program_is_run_at_the_end_of_a_task() {
    let (world, sim) = (World::new(), sim(""));
    let out = world.path().join("ended");
    let script = world.path().join("told.sh");
    let text =
        format!("#!/bin/sh\necho \"$LIAN_TASK_STATE $LIAN_TASK_PROMPT\" > '{}'\n", out.display());
    std::fs::write(&script, text).expect("a script");
    world.configure(&format!("[tasks]\non_done = [\"sh\", {:?}]\n", script.display().to_string()));
    assert_eq!(world.tasks(&sim, &CHEAP).code, 0);
    assert_eq!(world.tasks(&sim, &["task", "watch", "--until-idle"]).code, 0);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    let told = || std::fs::read_to_string(&out).unwrap_or_default();
    while told().is_empty() && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!(told(), "saved a paper boat\n");
}
