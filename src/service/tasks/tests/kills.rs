//! Death at any moment: programs that submit, follow and fetch are killed again and again, and in
//! the end every task that the service made is on disk, once, and whole.

use std::collections::HashMap;
use std::process::{Command, Stdio};

use super::*;

/// Kills in an ordinary run; `LIAN_KILLS` asks for more.
const KILLS: u64 = 25;

/// Not a test of its own: what is killed. It submits two wishes and works on whatever there is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_works_until_it_is_killed() {
    let (Ok(home), Ok(origin), Ok(round)) =
        (std::env::var("LIAN_KILL_HOME"), std::env::var("LIAN_KILL_ORIGIN"), round())
    else {
        return;
    };
    let mut program = Program::at(Path::new(&home), &origin);
    let key = |n| round * 10 + n;
    let orders = (1..=2).map(|n| order(key(n), &format!("film {}", key(n)))).collect();
    program.submit(orders, Gate::default());
    loop {
        let event = program.events.recv().await.expect("it runs until it is killed");
        program.take(event);
    }
}

fn round() -> Result<i64, std::env::VarError> {
    Ok(std::env::var("LIAN_KILL_ROUND")?.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_task_is_lost_and_none_is_made_twice_however_often_the_program_is_killed() {
    let kills = std::env::var("LIAN_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let home = TempDir::new().expect("a directory");
    let server = simulator("").await;
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..kills {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "service::tasks::tests::kills::child_works_until_it_is_killed"])
            .env("LIAN_KILL_HOME", home.path())
            .env("LIAN_KILL_ORIGIN", server.origin())
            .env("LIAN_KILL_ROUND", (round + 1).to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a child");
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round | 1);
        // The moment of death is what is tried here: any moment will do.
        tokio::time::sleep(Duration::from_millis(20 + (random >> 33) % 400)).await;
        child.kill().expect("it can be killed");
        child.wait().expect("it is dead");
    }
    let mut program = Program::start(home.path(), &server);
    settle(&mut program).await;
    check(&program, &server, home.path());
    program.end().await;
}

/// Works until nothing is under way. What may exist is decided as a user would who has seen the
/// account's list: everything in it is taken over, so what is left was never made.
async fn settle(program: &mut Program) {
    let still = |stage: Stage| stage.is_active();
    program.send(TaskCommand::List);
    program.until("the list", |p| !p.all.is_empty()).await;
    program.until("rest", |p| p.all.iter().all(|task| !still(task.stage))).await;
    program.send(TaskCommand::LookAround);
    program.until("the account", |p| !p.trouble.is_empty()).await;
    let TaskEvent::Account(rows) = program.trouble.remove(0) else { panic!() };
    program.send(TaskCommand::Adopt(rows));
    for task in program.all.clone() {
        if task.stage == Stage::Maybe {
            program.send(TaskCommand::Decide { key: task.key, verdict: Verdict::Drop });
        }
    }
    program.until("all at an end", |p| p.all.iter().all(|task| task.stage.is_final())).await;
    program.send(TaskCommand::LookAround);
    program.until("an empty account", |p| !p.trouble.is_empty()).await;
    assert_eq!(program.trouble.remove(0), TaskEvent::Account(Vec::new()), "nothing is unknown");
}

fn check(program: &Program, server: &sim::Server, home: &Path) {
    // The simulator remembers the last requests; each wish has words of its own.
    let mut made: HashMap<String, usize> = HashMap::new();
    for seen in server.seen().iter().filter(|s| s.path.contains("video-synthesis")) {
        let prompt = seen.body["input"]["prompt"].as_str().unwrap_or_default().to_owned();
        *made.entry(prompt).or_default() += 1;
    }
    let twice: Vec<_> = made.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "made twice: {twice:?}");
    let saved: Vec<_> = program.all.iter().filter(|task| task.remote.is_some()).collect();
    assert!(!saved.is_empty());
    // And every task of the account is here by now: two of one wish would have one title.
    let titles: std::collections::HashSet<_> = saved.iter().map(|task| &task.title).collect();
    assert_eq!(titles.len(), saved.len(), "two tasks of one wish");
    for task in &saved {
        assert_eq!(task.stage, Stage::Saved, "{task:#?}");
        let AssetState::Saved { path, bytes, .. } = &task.assets[0].state else { panic!() };
        assert_eq!(std::fs::read(path).expect("the file").len() as u64, *bytes);
    }
    let files = films(home);
    assert_eq!(files.len(), saved.len(), "one file for each task");
    for file in files {
        let bytes = std::fs::read(&file).expect("the file");
        assert!(bytes.windows(4).any(|four| four == b"moov"), "{file:?} is not whole");
    }
}
