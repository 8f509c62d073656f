//! Bytes on the wire against the recorded shapes.

use super::*;
use crate::sim::models;
use crate::sim::usage::Prompt;
use crate::sim::wire::ToolCall;

/// The account of a text model whose prompt had so many tokens.
fn bill(tokens: usize, thinking: bool) -> Bill {
    let prompt = Prompt { text: tokens, ..Prompt::default() };
    Bill::new(models::find("qwen-plus").unwrap(), prompt, thinking, None)
}

const fn spent(reasoning: usize, text: usize) -> Spent {
    Spent { reasoning, text, samples: 0 }
}

fn head() -> Head {
    Head {
        id: "chatcmpl-5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22".to_owned(),
        model: "qwen-plus".to_owned(),
        created: 1_795_312_800,
    }
}

fn stream(
    deltas: &[(Delta<'_>, Option<&str>)],
    bill: Bill,
    spent: Spent,
    thinking: bool,
) -> String {
    let frame = Frame::new(&head(), thinking, Some(bill));
    let mut out = Vec::new();
    for (delta, finish) in deltas {
        frame.chunk(&mut out, 0, *delta, *finish);
    }
    frame.usage(&mut out, &spent);
    event(&mut out, b"[DONE]");
    String::from_utf8(out).unwrap()
}

/// A chunk of the recorded form around a delta.
fn chunk(delta: &str, finish: &str) -> String {
    format!(
        "data: {{\"choices\":[{{\"delta\":{delta},\"finish_reason\":{finish},\"index\":0,\"logprobs\":null}}],\"object\":\"chat.completion.chunk\",\"usage\":null,\"created\":1795312800,\"system_fingerprint\":null,\"model\":\"qwen-plus\",\"id\":\"chatcmpl-5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22\"}}\n\n"
    )
}

fn ending(usage: &str) -> String {
    format!(
        "data: {{\"choices\":[],\"object\":\"chat.completion.chunk\",\"usage\":{usage},\"created\":1795312800,\"system_fingerprint\":null,\"model\":\"qwen-plus\",\"id\":\"chatcmpl-5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22\"}}\n\ndata: [DONE]\n\n"
    )
}

#[test]
fn a_plain_stream_has_the_documented_bytes() {
    let (bill, spent) = (bill(9, false), spent(0, 7));
    let deltas = [
        (Delta::Role, None),
        (Delta::Text("Hello"), None),
        (Delta::Text("\"\n"), None),
        (Delta::End, Some("stop")),
    ];
    let expected = [
        chunk(r#"{"content":"","role":"assistant"}"#, "null"),
        chunk(r#"{"content":"Hello"}"#, "null"),
        chunk(r#"{"content":"\"\n"}"#, "null"),
        chunk(r#"{"content":""}"#, "\"stop\""),
        ending(
            r#"{"prompt_tokens":9,"completion_tokens":7,"total_tokens":16,"prompt_tokens_details":{"cached_tokens":0}}"#,
        ),
    ];
    assert_eq!(stream(&deltas, bill, spent, false), expected.concat());
}

#[test]
fn a_thinking_stream_has_the_documented_bytes() {
    let (bill, spent) = (bill(14, true), spent(6, 3));
    let deltas = [
        (Delta::Role, None),
        (Delta::Reasoning("Two and two"), None),
        (Delta::Text("4"), None),
        (Delta::End, Some("stop")),
    ];
    let expected = [
        chunk(r#"{"content":null,"role":"assistant","reasoning_content":""}"#, "null"),
        chunk(r#"{"content":null,"reasoning_content":"Two and two"}"#, "null"),
        chunk(r#"{"content":"4","reasoning_content":null}"#, "null"),
        chunk(r#"{"content":"","reasoning_content":null}"#, "\"stop\""),
        ending(
            r#"{"prompt_tokens":14,"completion_tokens":9,"total_tokens":23,"completion_tokens_details":{"reasoning_tokens":6,"text_tokens":3},"prompt_tokens_details":{"cached_tokens":0}}"#,
        ),
    ];
    assert_eq!(stream(&deltas, bill, spent, true), expected.concat());
}

#[test]
fn a_tool_stream_has_the_documented_bytes() {
    let first = ToolCall {
        id: "call_7f3a9c1e5b2d4860a1f2c3".to_owned(),
        name: "get_weather".to_owned(),
        arguments: String::new(),
    };
    let second = ToolCall { id: "call_0a1b2c3d4e5f60718293a4".to_owned(), ..first.clone() };
    let (bill, spent) = (bill(160, false), spent(0, 38));
    let deltas = [
        (Delta::CallStart { role: true, index: 0, call: &first, arguments: "" }, None),
        (Delta::CallMore { index: 0, arguments: "{\"city\": \"Cheng" }, None),
        (Delta::CallStart { role: false, index: 1, call: &second, arguments: "{\"city\": " }, None),
        (Delta::End, Some("tool_calls")),
    ];
    let expected = [
        chunk(
            r#"{"content":null,"role":"assistant","tool_calls":[{"index":0,"id":"call_7f3a9c1e5b2d4860a1f2c3","type":"function","function":{"name":"get_weather","arguments":""}}]}"#,
            "null",
        ),
        chunk(
            r#"{"content":null,"tool_calls":[{"index":0,"id":"","type":"function","function":{"arguments":"{\"city\": \"Cheng"}}]}"#,
            "null",
        ),
        chunk(
            r#"{"content":null,"tool_calls":[{"index":1,"id":"call_0a1b2c3d4e5f60718293a4","type":"function","function":{"name":"get_weather","arguments":"{\"city\": "}}]}"#,
            "null",
        ),
        chunk(r#"{"content":""}"#, "\"tool_calls\""),
        ending(
            r#"{"prompt_tokens":160,"completion_tokens":38,"total_tokens":198,"prompt_tokens_details":{"cached_tokens":0}}"#,
        ),
    ];
    assert_eq!(stream(&deltas, bill, spent, false), expected.concat());
}

#[test]
fn whole_answers_have_the_documented_bytes() {
    let body = |whole: Whole<'_>, prompt, reasoning: Option<usize>, text| {
        let bill = bill(prompt, reasoning.is_some());
        let usage = bill.compat(&spent(reasoning.unwrap_or(0), text));
        String::from_utf8(completion(&head(), &[whole], Some(usage))).unwrap()
    };
    let end = r#""created":1795312800,"system_fingerprint":null,"model":"qwen-plus","id":"chatcmpl-5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#;
    let plain =
        Whole { text: "Hello! How can I help?", reasoning: None, calls: &[], finish: "stop" };
    assert_eq!(
        body(plain, 9, None, 7),
        format!(
            r#"{{"choices":[{{"message":{{"role":"assistant","content":"Hello! How can I help?"}},"finish_reason":"stop","index":0,"logprobs":null}}],"object":"chat.completion","usage":{{"prompt_tokens":9,"completion_tokens":7,"total_tokens":16,"prompt_tokens_details":{{"cached_tokens":0}}}},{end}"#
        )
    );
    let thought =
        Whole { text: "4", reasoning: Some("Two and two make four."), calls: &[], finish: "stop" };
    assert_eq!(
        body(thought, 14, Some(6), 3),
        format!(
            r#"{{"choices":[{{"message":{{"role":"assistant","content":"4","reasoning_content":"Two and two make four."}},"finish_reason":"stop","index":0,"logprobs":null}}],"object":"chat.completion","usage":{{"prompt_tokens":14,"completion_tokens":9,"total_tokens":23,"completion_tokens_details":{{"reasoning_tokens":6,"text_tokens":3}},"prompt_tokens_details":{{"cached_tokens":0}}}},{end}"#
        )
    );
    let calls = [ToolCall {
        id: "call_7f3a9c1e5b2d4860a1f2c3".to_owned(),
        name: "get_weather".to_owned(),
        arguments: r#"{"city": "Chengdu"}"#.to_owned(),
    }];
    let called = Whole { text: "", reasoning: None, calls: &calls, finish: "tool_calls" };
    assert_eq!(
        body(called, 160, None, 19),
        format!(
            r#"{{"choices":[{{"message":{{"content":"","role":"assistant","tool_calls":[{{"index":0,"id":"call_7f3a9c1e5b2d4860a1f2c3","type":"function","function":{{"name":"get_weather","arguments":"{{\"city\": \"Chengdu\"}}"}}}}]}},"finish_reason":"tool_calls","index":0,"logprobs":null}}],"object":"chat.completion","usage":{{"prompt_tokens":160,"completion_tokens":19,"total_tokens":179,"prompt_tokens_details":{{"cached_tokens":0}}}},{end}"#
        )
    );
}

#[test]
fn a_spoken_stream_has_the_documented_bytes() {
    let head = Head { model: "qwen3-omni-flash".to_owned(), ..head() };
    let prompt = Prompt { text: 22, ..Prompt::default() };
    let bill = Bill::new(models::find("qwen3-omni-flash").unwrap(), prompt, false, None);
    let frame = Frame::new(&head, false, Some(bill));
    let mut out = Vec::new();
    frame.chunk(&mut out, 0, Delta::Audio(&[0, 0, 151, 3, 34, 7]), None);
    frame.usage(&mut out, &Spent { reasoning: 0, text: 8, samples: 46_080 });
    let text = String::from_utf8(out).unwrap();
    let end = r#""created":1795312800,"system_fingerprint":null,"model":"qwen3-omni-flash","id":"chatcmpl-5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#;
    assert_eq!(
        text,
        format!(
            "data: {}{end}\n\ndata: {}{end}\n\n",
            r#"{"choices":[{"delta":{"audio":{"data":"AACXAyIH","expires_at":1795399200,"id":"audio_5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}},"finish_reason":null,"index":0,"logprobs":null}],"object":"chat.completion.chunk","usage":null,"#,
            r#"{"choices":[],"object":"chat.completion.chunk","usage":{"prompt_tokens":22,"completion_tokens":32,"total_tokens":54,"completion_tokens_details":{"audio_tokens":24,"text_tokens":8},"prompt_tokens_details":{"text_tokens":22}},"#,
        )
    );
}
