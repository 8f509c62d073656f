//! Bytes on the wire against the recorded shapes.

#![expect(clippy::needless_pass_by_value, reason = "literals of JSON read best without a `&`")]

use super::*;
use crate::sim::answer::Answer;
use crate::sim::models;
use crate::sim::request::{Call, Manner, Path};
use crate::sim::script::Script;
use crate::sim::usage::Prompt;

const ID: &str = "5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22";

/// A call whose answer is prescribed by the test.
fn call(model: &str, parameters: serde_json::Value) -> Call {
    let model = models::find(model).unwrap();
    let path = if model.route == models::Route::Chat { Path::Text } else { Path::Multi };
    let content = if path == Path::Text {
        serde_json::json!("hi")
    } else {
        serde_json::json!([{"text": "hi"}])
    };
    let body = serde_json::json!({"input": {"messages": [{"role": "user", "content": content}]},
        "parameters": parameters});
    Call::native(&body, model, path, Manner { streams: true, resolves: false }).unwrap()
}

fn head(call: &Call, prompt: Prompt) -> Head {
    let crate::sim::request::Form::Native(form) = call.form else { panic!() };
    let bill = Some(Bill::new(call.model, prompt, call.thinking, None));
    Head { request_id: ID.to_owned(), form, bill, sizes: Vec::new(), sources: None }
}

/// All events of a stream with this answer.
fn stream(call: &Call, prompt: Prompt, answer: Answer) -> String {
    told(call, head(call, prompt), answer)
}

fn told(call: &Call, head: Head, answer: Answer) -> String {
    let script = Script::new(call, vec![answer]);
    let mut frame = Frame::new(head, call.thinking, false);
    let (mut out, mut spent) = (Vec::new(), Spent::default());
    for step in &script.steps {
        step.count(&mut spent);
        let (delta, finish) = script.delta(step);
        frame.step(&mut out, &Moment { script: &script, step, delta, finish, spent });
    }
    String::from_utf8(out).unwrap()
}

/// An event of the recorded form around its choices and its usage.
fn event(id: usize, output: &str, usage: &str) -> String {
    format!(
        "id:{id}\nevent:result\n:HTTP_STATUS/200\ndata:{{\"output\":{{{output}}},\"usage\":{usage},\"request_id\":\"{ID}\"}}\n\n"
    )
}

fn choice(message: &str, finish: &str) -> String {
    format!(
        r#""choices":[{{"message":{{{message},"role":"assistant"}},"finish_reason":"{finish}","index":0}}]"#
    )
}

fn usage(input: usize, output: usize) -> String {
    format!(
        r#"{{"total_tokens":{},"output_tokens":{output},"input_tokens":{input}}}"#,
        input + output
    )
}

const fn prompt(text: usize) -> Prompt {
    Prompt { text, image: 0, video: 0, audio: 0, cached: 0 }
}

fn says(text: &str) -> Answer {
    Answer { text: text.to_owned(), ..Answer::default() }
}

#[test]
fn an_incremental_stream_has_the_documented_bytes() {
    let call = call(
        "qwen-plus",
        serde_json::json!({"result_format": "message", "incremental_output": true}),
    );
    let expected = [
        event(1, &choice(r#""content":"Hi""#, "null"), &usage(9, 1)),
        event(2, &choice(r#""content":" you""#, "null"), &usage(9, 2)),
        event(3, &choice(r#""content":"""#, "stop"), &usage(9, 2)),
    ];
    assert_eq!(stream(&call, prompt(9), says("Hi you")), expected.concat());
}

#[test]
fn a_cumulative_stream_repeats_itself() {
    let call = call("qwen-plus", serde_json::json!({"result_format": "message"}));
    let expected = [
        event(1, &choice(r#""content":"Hi""#, "null"), &usage(9, 1)),
        event(2, &choice(r#""content":"Hi you""#, "null"), &usage(9, 2)),
        event(3, &choice(r#""content":"Hi you""#, "stop"), &usage(9, 2)),
    ];
    assert_eq!(stream(&call, prompt(9), says("Hi you")), expected.concat());
}

#[test]
fn a_stream_of_plain_text_has_the_documented_bytes() {
    let call = call("qwen-plus", serde_json::json!({"incremental_output": true}));
    let expected = [
        event(1, r#""finish_reason":"null","text":"Hello""#, &usage(9, 1)),
        event(2, r#""finish_reason":"stop","text":"!""#, &usage(9, 2)),
    ];
    assert_eq!(stream(&call, prompt(9), says("Hello!")), expected.concat());
    let empty = event(1, r#""finish_reason":"stop","text":"""#, &usage(9, 0));
    assert_eq!(stream(&call, prompt(9), says("")), empty);
}

#[test]
fn a_thinking_stream_has_the_documented_bytes() {
    let call = call("qwen3-8b", serde_json::json!({}));
    let answer = Answer { reasoning: "Sum".to_owned(), ..says("4") };
    let details = |reasoning: usize, text: usize| {
        usage(14, reasoning + text).replace(
            '}',
            &format!(r#","output_tokens_details":{{"reasoning_tokens":{reasoning},"text_tokens":{text}}}}}"#),
        )
    };
    let expected = [
        event(1, &choice(r#""content":"","reasoning_content":"Sum""#, "null"), &details(1, 0)),
        event(2, &choice(r#""content":"4","reasoning_content":"""#, "null"), &details(1, 1)),
        event(3, &choice(r#""content":"","reasoning_content":"""#, "stop"), &details(1, 1)),
    ];
    assert_eq!(stream(&call, prompt(14), answer), expected.concat());
}

#[test]
fn a_tool_stream_has_the_documented_bytes() {
    let tool = |id: &str, arguments: &str| ToolCall {
        id: id.to_owned(),
        name: "go".to_owned(),
        arguments: arguments.to_owned(),
    };
    let answer =
        Answer { calls: vec![tool("call_a", "{}"), tool("call_b", "[1]")], ..Answer::default() };
    let parameters = serde_json::json!({"result_format": "message", "incremental_output": true});
    let calls = |calls: &str| format!(r#""content":"","tool_calls":[{calls}]"#);
    let expected = [
        event(
            1,
            &choice(
                &calls(
                    r#"{"index":0,"id":"call_a","type":"function","function":{"name":"go","arguments":""}}"#,
                ),
                "null",
            ),
            &usage(160, 9),
        ),
        event(
            2,
            &choice(
                &calls(r#"{"index":0,"id":"","type":"function","function":{"arguments":"{}"}}"#),
                "null",
            ),
            &usage(160, 10),
        ),
        event(
            3,
            &choice(
                &calls(
                    r#"{"index":1,"id":"call_b","type":"function","function":{"name":"go","arguments":"["}}"#,
                ),
                "null",
            ),
            &usage(160, 20),
        ),
        event(
            4,
            &choice(
                &calls(r#"{"index":1,"id":"","type":"function","function":{"arguments":"1"}}"#),
                "null",
            ),
            &usage(160, 21),
        ),
        event(
            5,
            &choice(
                &calls(r#"{"index":1,"id":"","type":"function","function":{"arguments":"]"}}"#),
                "tool_calls",
            ),
            &usage(160, 22),
        ),
    ];
    let streamed = stream(&call("qwen-plus", parameters), prompt(160), answer.clone());
    assert_eq!(streamed, expected.concat());
    let repeats = stream(
        &call("qwen-plus", serde_json::json!({"result_format": "message"})),
        prompt(160),
        answer,
    );
    let last = repeats.trim_end().rsplit("\n\n").next().unwrap();
    let both = r#"{"index":0,"id":"call_a","type":"function","function":{"name":"go","arguments":"{}"}},{"index":1,"id":"call_b","type":"function","function":{"name":"go","arguments":"[1]"}}"#;
    assert!(last.contains(both) && last.contains(r#""finish_reason":"tool_calls""#), "{last}");
}

#[test]
fn a_stream_about_a_picture_has_the_documented_bytes() {
    let call = call("qwen-vl-plus", serde_json::json!({"incremental_output": true}));
    let prompt = Prompt { text: 20, image: 66, ..Prompt::default() };
    let usage = |output: usize| usage(86, output).replace('}', r#","image_tokens":66}"#);
    let expected = [
        event(1, &choice(r#""content":[{"text":"A"}]"#, "null"), &usage(1)),
        event(2, &choice(r#""content":[{"text":" red"}]"#, "null"), &usage(2)),
        event(3, &choice(r#""content":[]"#, "stop"), &usage(2)),
    ];
    assert_eq!(stream(&call, prompt, says("A red")), expected.concat());
    let head = Head { sizes: vec![(640, 480)], ..head(&call, prompt) };
    let sized = told(&call, head, says("A"));
    assert!(
        sized.contains(
            r#""content":[{"image_hw":[["480","640"]]}],"role":"assistant"},"finish_reason":"stop""#
        ),
        "{sized}"
    );
}

#[test]
fn sound_is_a_part_of_its_own() {
    let call = call("qwen-omni-turbo", serde_json::json!({"incremental_output": true}));
    let mut frame = Frame::new(head(&call, prompt(9)), false, false);
    let script = Script::new(&call, vec![says("A")]);
    let step = &script.steps[1];
    let mut out = Vec::new();
    let spent = Spent { reasoning: 0, text: 1, samples: 24_000 };
    let delta = Delta::Audio(&[0, 0, 151, 3, 34, 7]);
    frame.step(&mut out, &Moment { script: &script, step, delta, finish: None, spent });
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains(r#""message":{"content":[{"audio":{"data":"AACXAyIH"}}],"role":"assistant"},"finish_reason":"null""#), "{text}");
    assert!(
        text.contains(r#""output_tokens_details":{"audio_tokens":25,"text_tokens":1}"#),
        "{text}"
    );
}

#[test]
fn an_error_ends_a_stream_or_is_all_of_it() {
    let refusal = Refusal::parameter("Range of top_p should be (0.0, 1.0]");
    assert_eq!(
        String::from_utf8(refused(&refusal, ID)).unwrap(),
        format!(
            "id:1\nevent:error\n:HTTP_STATUS/400\ndata:{{\"code\":\"InvalidParameter\",\"message\":\"Range of top_p should be (0.0, 1.0]\",\"request_id\":\"{ID}\"}}\n\n"
        )
    );
    let call = call("qwen-plus", serde_json::json!({"result_format": "message"}));
    let mut frame = Frame::new(head(&call, prompt(9)), false, false);
    let mut out = Vec::new();
    frame.text(&mut out, "Once", &Spent { text: 1, ..Spent::default() });
    frame.error(&mut out, &refusal);
    let text = String::from_utf8(out).unwrap();
    let first = event(1, &choice(r#""content":"Once""#, "null"), &usage(9, 1));
    assert!(
        text.starts_with(&first)
            && text[first.len()..].starts_with("id:2\nevent:error\n:HTTP_STATUS/400\ndata:{"),
        "{text}"
    );
}

#[test]
fn sources_come_first_or_with_the_first_words() {
    let options = serde_json::json!({"result_format": "message", "incremental_output": true, "enable_search": true});
    let call = call("qwen-plus", options);
    let bill = Bill::new(call.model, prompt(9), false, Some("turbo"));
    let told = |first| {
        let head = Head {
            bill: Some(bill),
            sources: Some(Sources { found: Vec::new(), first }),
            ..head(&call, prompt(9))
        };
        told(&call, head, says("Hi"))
    };
    let plugins = usage(9, 1)
        .replacen('{', r#"{"prompt_tokens_details":{"cached_tokens":0},"#, 1)
        .replacen("9}", r#"9,"plugins":{"search":{"count":1,"strategy":"turbo"}}}"#, 1);
    let none = r#","search_info":{"extra_tool_info":[],"search_results":[]}"#;
    let found = r#","search_info":{"search_results":[]}"#;
    let output = |text: &str, finish: &str, info: &str| {
        choice(&format!(r#""content":"{text}""#), finish) + info
    };
    let expected = [
        event(1, &output("", "null", found), "{}"),
        event(2, &output("Hi", "null", none), &plugins),
        event(3, &output("", "stop", none), &plugins),
    ];
    assert_eq!(told(true), expected.concat());
    let expected = [
        event(1, &output("Hi", "null", found), &plugins),
        event(2, &output("", "stop", none), &plugins),
    ];
    assert_eq!(told(false), expected.concat());
}

fn body(call: &Call, prompt: Prompt, answer: Answer) -> String {
    let script = Script::new(call, vec![answer]);
    String::from_utf8(completion(&head(call, prompt), &script.wholes(), &script.spent())).unwrap()
}

#[test]
fn whole_answers_have_the_documented_bytes() {
    let message = call("qwen-plus", serde_json::json!({"result_format": "message"}));
    assert_eq!(
        body(&message, prompt(9), says("Hello")),
        format!(
            r#"{{"output":{{"choices":[{{"finish_reason":"stop","index":0,"message":{{"role":"assistant","content":"Hello"}}}}]}},"usage":{{"prompt_tokens_details":{{"cached_tokens":0}},"total_tokens":10,"output_tokens":1,"input_tokens":9}},"request_id":"{ID}"}}"#
        )
    );
    let text = call("qwen-plus", serde_json::json!({}));
    assert_eq!(
        body(&text, prompt(9), says("Hello")),
        format!(
            r#"{{"output":{{"finish_reason":"stop","text":"Hello"}},"usage":{{"prompt_tokens_details":{{"cached_tokens":0}},"total_tokens":10,"output_tokens":1,"input_tokens":9}},"request_id":"{ID}"}}"#
        )
    );
    let vision = call("qwen-vl-plus", serde_json::json!({}));
    let prompt = Prompt { text: 20, image: 66, ..Prompt::default() };
    assert_eq!(
        body(&vision, prompt, says("A red")),
        format!(
            r#"{{"output":{{"choices":[{{"finish_reason":"stop","message":{{"role":"assistant","content":[{{"text":"A red"}}]}}}}]}},"usage":{{"input_tokens_details":{{"image_tokens":66,"text_tokens":20}},"total_tokens":88,"output_tokens":2,"input_tokens":86,"output_tokens_details":{{"text_tokens":2}},"image_tokens":66}},"request_id":"{ID}"}}"#
        )
    );
}
