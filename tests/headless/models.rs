//! `lian models` from the outside: what a pipe gets, the schema of `--json`, the user's own rows,
//! broken files, exit codes.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::run::{Done, Sim, World};

fn models(world: &World, args: &[&str]) -> Done {
    world.run(world.bare().arg("models").args(args))
}

#[test]
fn a_pipe_gets_one_line_for_each_model_with_tabs() {
    let world = World::new();
    let done = models(&world, &["qwen-plus", "--family", "qwen-text"]);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    let first: Vec<&str> = done.stdout.lines().next().expect("a line").split('\t').collect();
    let expected = [
        "qwen-plus",
        "qwen-text",
        "chat",
        "0.8",
        "2",
        "CNY",
        "1M tokens",
        "1000000",
        "32768",
        "thinking,json,search,tools,prefix",
        "",
        "",
    ];
    assert_eq!(first, expected);
    let all = models(&world, &[]);
    assert_eq!(all.stdout.lines().count(), 234);
    assert!(all.stdout.lines().all(|line| line.split('\t').count() == 12), "{}", all.stdout);
    // The simulator's set of figures is the other one.
    let seed = models(&world, &["--demo", "qwen-max"]);
    assert!(seed.stdout.starts_with("qwen-max\tqwen-text\tchat\t20\t60\tCNY\t"), "{}", seed.stdout);
}

#[test]
fn every_json_object_has_the_same_fields() {
    let world = World::new();
    let done = models(&world, &["--json"]);
    let rows = done.json();
    assert_eq!(rows.len(), 234);
    let names = |value: &Value| -> Vec<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    let fields = "abilities alias as_of async context family id limits max_output modality note \
        prices purpose regions retires snapshots source stream surfaces thinking";
    for row in &rows {
        let mut found = names(row);
        found.sort();
        assert_eq!(found.join(" "), fields);
    }
    let plus = rows.iter().find(|row| row["id"] == "qwen-plus").expect("qwen-plus");
    assert_eq!(plus["prices"]["rows"].as_array().map(Vec::len), Some(12));
    assert_eq!(plus["prices"]["rows"][0]["input"], "0.8");
    assert_eq!(plus["limits"]["rpm"], 30_000);
    assert_eq!(plus["snapshots"][0], "qwen-plus-2025-12-01");
    assert_eq!(plus["abilities"]["search"], true);
    let new = rows.iter().find(|row| row["id"] == "qwen3.8-max").expect("qwen3.8-max");
    assert_eq!(new["abilities"]["json"], Value::Null, "not known is not no");
    let snapshot = rows.iter().find(|row| row["id"] == "qwen-plus-2025-09-11").expect("a snapshot");
    assert_eq!(
        (&snapshot["alias"], &snapshot["prices"]["alias"]),
        (&Value::from("qwen-plus"), &Value::from("qwen-plus"))
    );
}

#[test]
fn nothing_found_and_mistakes_have_codes_of_their_own() {
    let world = World::new();
    let done = models(&world, &["qwen-plis"]);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""));
    assert!(done.stderr.contains("qwen-plus"), "{}", done.stderr);
    for args in [&["--family", "gpt"][..], &["--can", "fly"], &["--for", "fun"]] {
        let done = models(&world, args);
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{args:?}");
    }
    world.configure("theme = \n");
    assert_eq!(models(&world, &[]).code, 6);
}

#[test]
fn rows_of_the_user_count_and_a_broken_file_is_named_once() {
    let world = World::new();
    world.configure("");
    let dir = world.path().join("config/lian");
    let write = |name: &str, text: &str| std::fs::write(dir.join(name), text).expect("a file");
    write(
        "prices.toml",
        "documented = [\n  { model = \"qwen-plus\", unit = \"1M tokens\", input = \"9\", output = \"90\", currency = \"CNY\", source = \"me\", as_of = \"2026-11\" },\n]\n",
    );
    write("limits.toml", "# mine\ndocumented = [\n  { model = \"qwen-plus\", rpm = 0 },\n]\n");
    let done = models(&world, &["qwen-plus", "--family", "qwen-text"]);
    assert_eq!(done.code, 0);
    assert!(done.stdout.starts_with("qwen-plus\tqwen-text\tchat\t9\t90\t"), "{}", done.stdout);
    assert_eq!(done.stderr.lines().count(), 1, "{}", done.stderr);
    assert!(done.stderr.contains("limits.toml:3: "), "{}", done.stderr);
    // A question is priced by them too.
    let sim = Sim::saying("yes");
    let done = world.chat(&sim.origin(), &["--json", "-m", "qwen-plus", "hello"]);
    let end = done.json().pop().expect("an end");
    let tokens = |name: &str| end["usage"][name].as_u64().expect("tokens");
    let micro = tokens("input") * 9 + tokens("output") * 90;
    let cost: Decimal = end["cost"]["amount"].as_str().expect("an amount").parse().expect("one");
    assert_eq!(cost * Decimal::from(1_000_000), Decimal::from(micro), "{end}");
    assert!(done.stderr.contains("limits.toml:3: "), "{}", done.stderr);
}
