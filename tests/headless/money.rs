//! Money from the outside: limits hold in `lian chat` and `lian embed`, over two programs too, and
//! `lian usage` tells what was used.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::run::{Done, Sim, World, finish};

/// An answer of this many tokens by the service's own count.
fn counted() -> Sim {
    Sim::with("[[rule]]\nrate = 0\nanswer = \"one two three four five six seven eight\"")
}

/// What a row cost.
fn amount(row: &Value) -> Decimal {
    let text = row["money"][0]["amount"].as_str().expect("an amount");
    text.parse().expect("a decimal")
}

fn usage(world: &World, args: &[&str]) -> Done {
    world.run(world.bare().arg("usage").args(args))
}

#[test]
fn what_was_asked_is_told_by_model_day_and_profile() {
    let world = World::new();
    assert_eq!(usage(&world, &["--json"]).text(), (0, "", ""), "nothing is there yet");
    assert_eq!(usage(&world, &["--line"]).text(), (0, "", ""));
    assert!(!world.path().join("data").exists(), "looking makes nothing");
    let sim = counted();
    for question in ["one?", "two?"] {
        assert_eq!(world.chat(&sim.origin(), &[question]).code, 0);
    }
    let mut command = world.command(&sim.origin());
    assert_eq!(world.with_stdin(command.arg("embed"), "a\nb\n").code, 0);
    let rows = usage(&world, &["--json"]).json();
    assert_eq!(rows.len(), 2, "{rows:?}");
    let row = rows.iter().find(|row| row["key"] == "qwen-plus").expect("the model");
    assert_eq!(
        (&row["requests"], &row["failed"], &row["estimated"]),
        (&2.into(), &0.into(), &0.into())
    );
    let (input, output) = (row["input"].as_u64(), row["output"].as_u64());
    // By hand: 0.8 and 2 yuan a million tokens of qwen-plus, so tenths of a millionth of a yuan.
    let tenths = input.expect("tokens") * 8 + output.expect("tokens") * 20;
    assert_eq!(amount(row), Decimal::new(tenths.cast_signed(), 7).normalize(), "{row}");
    assert_eq!(row["money"][0]["currency"], "CNY");
    assert!(row["price_as_of"].as_str().is_some_and(|day| day.starts_with("20")), "{row}");
    assert!(rows.iter().any(|row| row["key"] == "text-embedding-v4"), "{rows:?}");
    assert_eq!(usage(&world, &["--by", "profile", "--json"]).json()[0]["key"], "default");
    assert_eq!(usage(&world, &["--by", "subject", "--span", "all", "--json"]).json().len(), 2);
    let csv = usage(&world, &["--by", "day", "--csv"]).stdout;
    assert!(csv.starts_with("key,requests,failed,input,"), "{csv}");
    assert_eq!(csv.lines().count(), 2, "{csv}");
    let line = usage(&world, &["--line"]).stdout;
    assert!(
        line.starts_with("¥0.00") && line.ends_with(" tok\n") && line.contains(" · "),
        "{line}"
    );
    let free = usage(&world, &["--free", "--json"]).json();
    assert_eq!(free[0]["days_left_at_most"], 90);
    let lines = usage(&world, &[]).stdout;
    assert!(lines.lines().all(|line| line.split('\t').count() == 11), "{lines}");
}

#[test]
fn a_status_line_never_fails() {
    let world = World::new();
    world.configure("this is no configuration");
    assert_eq!(usage(&world, &["--line"]).text(), (0, "", ""));
    assert_eq!(usage(&world, &[]).code, 6);
    world.configure("[budget]\nday = \"20\"");
    assert_eq!(usage(&world, &["--line"]).text(), (0, "¥0.00/20.00 · 0 tok\n", ""));
    let data = world.path().join("data/lian");
    std::fs::create_dir_all(&data).expect("a directory");
    std::fs::write(data.join("lian.db"), "no database at all, but long enough to be read as one")
        .expect("a file");
    assert_eq!(usage(&world, &["--line"]).text(), (0, "", ""));
    let done = usage(&world, &[]);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{}", done.stderr);
}

#[test]
fn a_limit_stops_what_would_go_beyond_it_and_a_word_lets_it_pass() {
    let world = World::new();
    world.configure("[budget]\nday = \"0.0001\"");
    let sim = counted();
    let done = world.chat(&sim.origin(), &["too dear?"]);
    assert_eq!((done.code, done.stdout.as_str()), (8, ""), "{}", done.stderr);
    assert!(
        done.stderr.contains("of the day") && done.stderr.contains("¥0.0001"),
        "{}",
        done.stderr
    );
    assert!(sim.seen().is_empty(), "nothing was sent");
    let done = world.chat(&sim.origin(), &["--over-budget", "all the same"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    // A profile's own limit comes before the one of all, a flag before both.
    world.configure("[budget]\nday = \"0.0001\"\n[profiles.default.budget]\nday = \"5\"");
    assert_eq!(world.chat(&sim.origin(), &["now?"]).code, 0);
    let done = world.chat(&sim.origin(), &["--budget", "0.00001", "--json", "and now?"]);
    assert_eq!(done.code, 8, "{}", done.stderr);
    let end = done.json().pop().expect("an end");
    assert!(end["error"]["message"].as_str().is_some_and(|said| said.contains("of this session")));
    let mut command = world.command(&sim.origin());
    command.env("LIAN_BUDGET_DAY", "0.000000001").arg("embed");
    let done = world.with_stdin(&mut command, "a text\n");
    assert_eq!((done.code, done.stdout.as_str()), (8, ""), "{}", done.stderr);
    assert_eq!(sim.seen().len(), 2);
}

#[test]
fn the_same_question_again_and_again_is_stopped() {
    let world = World::new();
    world.configure("[budget]\nloop_after = 3");
    let sim = counted();
    for _ in 0..3 {
        assert_eq!(world.chat(&sim.origin(), &["again"]).code, 0);
    }
    let done = world.chat(&sim.origin(), &["again"]);
    assert_eq!(done.code, 8, "{}", done.stderr);
    assert_eq!(sim.seen().len(), 3);
    assert_eq!(world.chat(&sim.origin(), &["another one"]).code, 0);
}

#[test]
fn two_programs_share_a_budget_and_never_pass_it_together() {
    let world = World::new();
    // Each answer is reserved with about two thousandths: of six at once at most two pass.
    world.configure("[budget]\nday = \"0.005\"\nloop_after = 0");
    let sim = counted();
    let all: Vec<_> = (0..6)
        .map(|_| {
            let mut command = world.command(&sim.origin());
            world.start(command.args(["chat", "at once?"]))
        })
        .collect();
    let ends: Vec<Done> = all.into_iter().map(finish).collect();
    let answered = ends.iter().filter(|done| done.code == 0).count();
    let refused = ends.iter().filter(|done| done.code == 8).count();
    assert_eq!(answered + refused, 6, "{ends:?}");
    assert!(answered >= 1);
    assert_eq!(sim.seen().len(), answered, "what was refused was not sent");
    let rows = usage(&world, &["--json"]).json();
    assert!(amount(&rows[0]) <= Decimal::new(5, 3), "{rows:?}");
    assert_eq!(rows[0]["estimated"], Value::from(0));
}

#[test]
fn a_limit_without_a_ledger_lets_nothing_pass() {
    let world = World::new();
    let sim = counted();
    // A file is where the directory should be.
    std::fs::write(world.path().join("data"), "").expect("a file");
    let done = world.chat(&sim.origin(), &["no limit"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("not counted"), "{}", done.stderr);
    let done = world.chat(&sim.origin(), &["--budget", "5", "a limit"]);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{}", done.stderr);
    assert_eq!(sim.seen().len(), 1);
}

#[test]
fn a_price_file_with_a_mistake_is_named_and_the_old_rows_count() {
    let world = World::new();
    let sim = counted();
    world.configure("");
    let file = world.path().join("config/lian/prices.toml");
    std::fs::write(&file, "[[documented]]\nmodel = \"qwen-plus\"\ninput = -3\n").expect("a file");
    let done = world.chat(&sim.origin(), &["what now?"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("prices.toml:"), "{}", done.stderr);
    let rows = usage(&world, &["--json"]).json();
    assert_eq!(rows[0]["unpriced"], 0, "{rows:?}");
    assert!(rows[0]["money"][0]["amount"].is_string());
    // A model nobody has a price for: its tokens are told, its money is not.
    let args = ["-m", "nobody-knows-it", "and this?"];
    world.chat(&sim.origin(), &args);
    let rows = usage(&world, &["--json"]).json();
    assert!(rows.iter().all(|row| row["unpriced"] == 0 || row["money"] == Value::Array(vec![])));
}

#[test]
fn a_question_that_dies_with_its_program_counts_as_it_was_reserved() {
    let world = World::new();
    // It never answers.
    let sim = Sim::with("[[rule]]\ndelay_ms = 600000");
    let mut command = world.command(&sim.origin());
    let mut child = world.start(command.args(["chat", "who dies?"]));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while sim.seen().is_empty() {
        assert!(std::time::Instant::now() < deadline, "nothing was sent");
        std::thread::yield_now();
    }
    child.kill().expect("it dies");
    child.wait().expect("it died");
    let rows = usage(&world, &["--json"]).json();
    assert_eq!((&rows[0]["requests"], &rows[0]["estimated"]), (&1.into(), &1.into()));
    let before = rows[0]["money"].clone();
    assert!(before[0]["amount"].is_string(), "{rows:?}");
    // The next program sees that nobody will settle it.
    let other = counted();
    let done = world.chat(&other.origin(), &["--budget", "5", "who lives?"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let rows = usage(&world, &["--json"]).json();
    assert_eq!((&rows[0]["requests"], &rows[0]["estimated"]), (&2.into(), &1.into()));
}
