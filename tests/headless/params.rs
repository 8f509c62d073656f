//! Parameters on the command line: what is sent, what is refused before it is sent, answers that
//! were to be JSON.

use serde_json::{Value, json};

use crate::run::{Sim, World};

#[test]
fn every_flag_reaches_the_request() {
    let world = World::new();
    let sim = Sim::saying("yes");
    let args = [
        "--think",
        "--think-budget",
        "100",
        "--temperature",
        "0.7",
        "--top-p",
        "0.9",
        "--max-tokens",
        "50",
        "--seed",
        "7",
        "--stop",
        "END",
        "--stop",
        "。",
        "--param",
        r#"{"top_k": 5, "max_tokens": null}"#,
        "why?",
    ];
    let done = world.chat(&sim.origin(), &args);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let body = sim.seen()[0].body.clone();
    let expected = [
        ("enable_thinking", json!(true)),
        ("thinking_budget", json!(100)),
        ("temperature", json!(0.7)),
        ("top_p", json!(0.9)),
        ("seed", json!(7)),
        ("stop", json!(["END", "。"])),
        ("top_k", json!(5)),
        ("max_tokens", Value::Null),
    ];
    for (key, value) in expected {
        assert_eq!(body[key], value, "{key}");
    }
}

#[test]
fn the_configuration_has_them_too() {
    let world = World::new();
    world.configure(
        "[chat]\ntop_k = 3\nstop = [\"END\"]\npresence_penalty = 0.5\nrepetition_penalty = 1.1\n\
         extra = '{\"parallel_tool_calls\": true}'\n",
    );
    let sim = Sim::saying("yes");
    assert_eq!(world.chat(&sim.origin(), &["why?"]).code, 0);
    let body = sim.seen()[0].body.clone();
    assert_eq!((&body["top_k"], &body["stop"]), (&json!(3), &json!(["END"])));
    assert_eq!(body["presence_penalty"], 0.5);
    assert_eq!(body["repetition_penalty"], 1.1);
    assert_eq!(body["parallel_tool_calls"], true);
}

#[test]
fn what_would_be_refused_is_said_before_it_is_sent() {
    let world = World::new();
    let sim = Sim::saying("never");
    let cases: &[(&[&str], &str)] = &[
        (&["--temperature", "2"], "outside of what qwen-plus takes. (0 ≤ x < 2)"),
        (&["--temperature", "-1"], "(0 ≤ x < 2)"),
        (&["--top-p", "0"], "(0 < x ≤ 1)"),
        (&["--max-tokens", "0"], "(1 – 32,768)"),
        (&["--think-budget", "9"], "thinking is off"),
        (&["--json-mode"], "the word JSON must stand"),
        (&["--json-mode", "--think", "as json"], "no JSON mode while the model thinks"),
        (&["-m", "qvq-max", "--json-mode", "as json"], "always thinks"),
        (&["-m", "qvq-max", "--no-think"], "cannot be switched off"),
        (&["-m", "qwen3-coder-plus", "--think"], "does not take “Thinking”"),
        (&["-m", "qwen-mt-plus", "--search"], "does not take “Web search”"),
        (&["--param", "[1]"], "no object"),
        (&["--param", "{\"a\" 1}"], "line 1, column 6"),
        (&["--think", "--no-think"], "--no-think"),
    ];
    for (args, sentence) in cases {
        let question = args.iter().find(|arg| **arg == "as json").map_or(Some("why?"), |_| None);
        let args: Vec<_> = args.iter().copied().chain(question).collect();
        let done = world.chat(&sim.origin(), &args);
        assert!(done.code == 2 && done.stderr.contains(sentence), "{args:?}: {}", done.stderr);
        assert_eq!(done.stdout, "");
    }
    assert!(sim.seen().is_empty());
}

#[test]
fn a_sentence_in_chinese_too() {
    let world = World::new();
    let sim = Sim::saying("never");
    let mut command = world.command(&sim.origin());
    let command = command.env("LIAN_LANGUAGE", "zh-CN").args(["chat", "--json-mode", "你好"]);
    let done = world.with_stdin(command, "");
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("JSON 模式要求"), "{}", done.stderr);
}

#[test]
fn an_answer_in_json_mode_is_judged() {
    let world = World::new();
    let good = Sim::saying(r#"{"a": 1}"#);
    let args = ["--json-mode", "in JSON please"];
    assert_eq!(world.chat(&good.origin(), &args).text(), (0, "{\"a\": 1}\n", ""));
    assert_eq!(good.seen()[0].body["response_format"], json!({"type": "json_object"}));
    let bad = Sim::saying("{\"a\": 1");
    let done = world.chat(&bad.origin(), &args);
    assert_eq!((done.code, done.stdout.as_str()), (1, "{\"a\": 1\n"), "every byte is there");
    assert!(done.stderr.contains("not valid JSON at 1:"), "{}", done.stderr);
    let done = world.chat(&bad.origin(), &["--json", "--json-mode", "in JSON please"]);
    assert_eq!(done.json().last().expect("an end")["valid_json"], false);
    // The simulator itself keeps JSON mode.
    let own = Sim::with("");
    let done = world.chat(&own.origin(), &args);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(serde_json::from_str::<Value>(&done.stdout).is_ok_and(|value| value.is_object()));
}

#[test]
fn tools_go_through_as_they_are() {
    let world = World::new();
    let sim = Sim::with("");
    let tools = json!({"tools": [{"type": "function", "function": {
        "name": "get_weather", "description": "weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    }}]});
    let tools = tools.to_string();
    let args = ["--json", "--param", tools.as_str(), "What is the weather in Hangzhou?"];
    let done = world.chat(&sim.origin(), &args);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let lines = done.json();
    let calls: Vec<_> = lines.iter().filter(|line| line["type"] == "tool_call").collect();
    assert_eq!(calls[0]["name"], "get_weather");
    let arguments: String = calls.iter().filter_map(|call| call["arguments"].as_str()).collect();
    let arguments: Value = serde_json::from_str(&arguments).expect("JSON");
    assert_eq!(arguments["city"], "Hangzhou");
    assert_eq!(lines.last().expect("an end")["finish"], "tool_calls");
}
