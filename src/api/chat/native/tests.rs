//! The parser on the samples, cut anywhere, on output in every form, and the bodies of requests.

use serde_json::{Value, json};

use super::*;
use crate::api::sse::{Decoder, Item, SseLimits};
use crate::api::testing::{question, sample};
use crate::domain::attachments::Source;
use crate::domain::chat::{ChatParams, FinishReason, MediaTokens, Role, Usage};

const ID: &str = "5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22";

type Read = (Vec<ChatChunk>, Result<Flow, ApiError>);

/// Reads a stream that arrives in these pieces, then ends.
fn read(pieces: &[&[u8]]) -> Read {
    let mut decoder = Decoder::new(SseLimits::default());
    let mut parser = Parser::new(Some("from-header".to_owned()));
    let mut out = Vec::new();
    let mut result = Ok(Flow::More);
    let mut sink = |item: Item<'_>| match (item, &result) {
        (Item::Event(event), Ok(Flow::More)) => result = parser.event(&event, &mut out),
        (Item::Comment(text), _) => parser.comment(text),
        (Item::Event(_), _) => {}
    };
    for piece in pieces {
        decoder.push(piece, &mut sink).expect("small enough");
    }
    decoder.finish(&mut sink).expect("small enough");
    parser.flush(&mut out);
    let ends = parser.may_end();
    (out, result.map(|flow| if ends { Flow::End } else { flow }))
}

/// Events as the native surface writes them.
fn stream(events: &[Value]) -> String {
    let mut body = String::new();
    for event in events {
        body.push_str("event:result\ndata:");
        body.push_str(&event.to_string());
        body.push_str("\n\n");
    }
    body
}

fn chunks(events: &[Value]) -> Vec<ChatChunk> {
    read(&[stream(events).as_bytes()]).0
}

fn opened() -> ChatChunk {
    ChatChunk::Opened { model: None, request_id: Some(ID.to_owned()) }
}

fn said(text: &str) -> ChatChunk {
    ChatChunk::Text(text.to_owned())
}

fn thought(text: &str) -> ChatChunk {
    ChatChunk::Reasoning(text.to_owned())
}

fn used(input: u64, output: u64) -> ChatChunk {
    ChatChunk::Usage(Usage { input, output, ..Usage::default() })
}

fn reasoned(input: u64, output: u64, reasoning: u64) -> ChatChunk {
    ChatChunk::Usage(Usage { input, output, reasoning: Some(reasoning), ..Usage::default() })
}

fn saw(output: u64) -> ChatChunk {
    let media = MediaTokens { image: Some(66), ..MediaTokens::default() };
    ChatChunk::Usage(Usage { input: 86, output, media, ..Usage::default() })
}

fn call(index: u32, name: Option<&str>, arguments: &str) -> ChatChunk {
    ChatChunk::ToolCall { index, name: name.map(str::to_owned), arguments: arguments.to_owned() }
}

/// The samples of whole streams and what they say.
fn samples() -> Vec<(&'static str, Vec<ChatChunk>)> {
    let stop = || ChatChunk::Finished(FinishReason::Stop);
    vec![
        (
            "native-chat-stream-incremental.sse",
            vec![
                opened(),
                said("Hello"),
                used(9, 1),
                said("! How can"),
                used(9, 4),
                said(" I help?"),
                used(9, 7),
                stop(),
            ],
        ),
        (
            "native-chat-stream-cumulative.sse",
            vec![
                opened(),
                said("Hello"),
                used(9, 1),
                used(9, 4),
                said("! How can I help?"),
                used(9, 7),
                stop(),
            ],
        ),
        (
            "native-chat-stream-text.sse",
            vec![opened(), said("Hello"), used(9, 1), said("!"), stop(), used(9, 2)],
        ),
        (
            "native-chat-stream-thinking.sse",
            vec![
                opened(),
                thought("Two and two"),
                reasoned(14, 3, 3),
                thought(" make four."),
                reasoned(14, 6, 6),
                said("4"),
                reasoned(14, 9, 6),
                stop(),
            ],
        ),
        (
            "native-chat-stream-tools.sse",
            vec![
                opened(),
                call(0, Some("get_weather"), ""),
                used(160, 8),
                call(0, None, "{\"city\": \"Cheng"),
                used(160, 12),
                call(0, None, "du\"}"),
                used(160, 15),
                call(1, Some("get_weather"), "{\"city\": "),
                used(160, 24),
                call(1, None, "\"Xi'an\"}"),
                ChatChunk::Finished(FinishReason::ToolCalls),
                used(160, 28),
            ],
        ),
        (
            "native-vl-stream.sse",
            vec![opened(), said("A small"), saw(2), said(" red square."), saw(6), stop()],
        ),
    ]
}

#[test]
fn samples_cut_at_every_byte_say_the_same() {
    for (name, want) in samples() {
        let bytes = sample(name);
        for at in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(at);
            let (out, result) = read(&[head, tail]);
            assert_eq!(out, want, "{name} cut at {at}");
            assert_eq!(result, Ok(Flow::End), "{name} cut at {at}");
        }
    }
}

#[test]
fn an_error_event_keeps_what_came_and_has_the_status_of_its_comment() {
    for (name, text, code) in [
        ("native-stream-error-midway.sse", &["Once"][..], "DataInspectionFailed"),
        ("native-stream-error-validation.sse", &[][..], "InvalidParameter"),
    ] {
        let bytes = sample(name);
        for at in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(at);
            let (out, result) = read(&[head, tail]);
            let texts: Vec<_> = text.iter().map(|text| said(text)).collect();
            let seen: Vec<_> =
                out.into_iter().filter(|chunk| matches!(chunk, ChatChunk::Text(_))).collect();
            assert_eq!(seen, texts, "{name} cut at {at}");
            let Err(ApiError::Stream(refusal)) = result else { panic!("{result:?}") };
            assert_eq!((refusal.code.as_str(), refusal.status), (code, 400), "{name} cut at {at}");
            assert_eq!(refusal.request_id.as_deref(), Some(ID));
        }
    }
}

#[test]
fn an_answer_without_its_end_is_no_whole_one() {
    let bytes = sample("native-chat-stream-incremental.sse");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let half = text.split("id:4").next().expect("a head");
    assert_eq!(read(&[half.as_bytes()]).1, Ok(Flow::More), "three events, and no reason to stop");
    let (out, result) = read(&[&half.as_bytes()[..half.len() - 40]]);
    assert!(matches!(result, Err(ApiError::Cut { .. })), "{result:?}");
    assert!(out.contains(&said("! How can")));
}

#[test]
fn documents_come_in_three_forms() {
    let document = |name: &str| {
        let mut parser = Parser::new(None);
        let mut out = Vec::new();
        let body = String::from_utf8(sample(name)).expect("UTF-8");
        parser.document(&body, &mut out).expect("an answer");
        parser.flush(&mut out);
        out
    };
    for (name, text) in [
        ("native-chat-message.json", "Hello! How can I help?"),
        ("native-chat-text.json", "Hello! How can I help?"),
        ("native-vl.json", "A small red square."),
    ] {
        let out = document(name);
        assert_eq!(out[..2], [opened(), said(text)], "{name}");
        assert_eq!(out[2], ChatChunk::Finished(FinishReason::Stop), "{name}");
        assert!(matches!(out[3], ChatChunk::Usage(_)), "{name}");
    }
    assert_eq!(document("native-vl.json")[3], saw(6));
    let mut parser = Parser::new(None);
    let refused = String::from_utf8(sample("native-error-400-path.json")).expect("UTF-8");
    let error = parser.document(&refused, &mut Vec::new());
    assert!(matches!(error, Err(ApiError::Stream(refusal)) if refusal.code == "InvalidParameter"));
    assert!(matches!(parser.document("{\"output\":", &mut Vec::new()), Err(ApiError::Cut { .. })));
    assert!(matches!(parser.document("{\"a\":1}", &mut Vec::new()), Err(ApiError::Garbled { .. })));
}

#[test]
fn sources_are_read_clean_and_only_what_may_be_a_link() {
    let first = json!({"output": {"choices": [], "search_info": {"search_results": [
        {"index": 1, "title": "News\u{1b}[2J\u{202e}", "url": "https://h.example/a", "site_name": "h", "icon": ""},
        {"index": 2, "title": "", "url": "http://b.example/?q=1"},
        {"index": 3, "title": "bad", "url": "javascript:alert(1)"},
        {"index": 4, "title": "file", "url": "file:///etc/passwd"},
        {"title": "no number", "url": " https://c.example "},
        null, 7, {"index": 9},
    ], "extra_tool_info": []}}, "usage": {}, "request_id": ID});
    let second = json!({"output": {"choices": [{"message": {"content": "Yes [1]", "role": "assistant"},
        "finish_reason": "stop"}], "search_info": {"search_results": [{"index": 1, "title": "News", "url": "https://h.example/a"}]}},
        "usage": {"input_tokens": 3, "output_tokens": 2, "plugins": {"search": {"count": 1}}}});
    let source = |index, title: &str, url: &str| WebSource {
        index,
        title: title.to_owned(),
        url: url.to_owned(),
    };
    assert_eq!(
        chunks(&[first, second]),
        [
            opened(),
            ChatChunk::Sources(vec![
                source(1, "News[2J", "https://h.example/a"),
                source(2, "b.example", "http://b.example/?q=1"),
                source(5, "no number", "https://c.example/"),
            ]),
            said("Yes [1]"),
            ChatChunk::Finished(FinishReason::Stop),
            used(3, 2),
        ]
    );
}

#[test]
fn counts_have_many_spellings() {
    let usage = |usage: Value| {
        let all = chunks(&[json!({"output": {"choices": []}, "usage": usage})]);
        all.into_iter().find_map(|chunk| match chunk {
            ChatChunk::Usage(usage) => Some(usage),
            _ => None,
        })
    };
    let media = MediaTokens { image: Some(3), video: Some(4), heard: Some(5), spoken: Some(6) };
    let want = Usage { input: 20, output: 10, cached: Some(2), reasoning: Some(1), media };
    for json in [
        json!({"input_tokens": 20, "output_tokens": 10, "image_tokens": 3, "video_tokens": 4, "audio_tokens": 5,
            "prompt_tokens_details": {"cached_tokens": 2},
            "output_tokens_details": {"reasoning_tokens": 1, "audio_tokens": 6, "text_tokens": 3}}),
        json!({"input_tokens": 20, "total_tokens": 30,
            "input_tokens_details": {"text_tokens": 8, "image_tokens": 3, "video_tokens": 4, "audio_tokens": 5},
            "prompt_tokens_details": {"cached_tokens": 2},
            "output_tokens_details": {"reasoning_tokens": 1, "audio_tokens": 6}}),
        json!({"prompt_tokens": 20, "completion_tokens": 10,
            "prompt_tokens_details": {"image_tokens": 3, "video_tokens": 4, "audio_tokens": 5, "cached_tokens": 2},
            "completion_tokens_details": {"reasoning_tokens": 1, "audio_tokens": 6}}),
    ] {
        assert_eq!(usage(json.clone()), Some(want), "{json}");
    }
    assert_eq!(usage(json!({})), None);
    assert_eq!(usage(json!({"image_tokens": 3})), None);
}

#[test]
fn nothing_comes_in_many_shapes() {
    let answer = json!({"output": {"choices": [{"message": {"content": "a"}}]}});
    for odd in [
        json!({}),
        json!({"output": null, "usage": {}}),
        json!({"output": {"choices": null}}),
        json!({"output": {"choices": [null, 3, {"message": null, "finish_reason": "null"}]}}),
        json!({"output": {"choices": [{"message": {"content": [{"image_hw": [["3", "4"]]}]}}]}}),
        json!({"output": {"choices": [{"message": {"content": {"text": "x"}, "tool_calls": 7}}]}}),
        json!({"output": {"text": null, "finish_reason": null}}),
        json!({"output": {"choices": [{"index": 1, "message": {"content": "another answer"}}]}}),
    ] {
        let all = chunks(&[odd.clone(), answer.clone()]);
        let rest: Vec<_> = all.iter().filter(|c| !matches!(c, ChatChunk::Opened { .. })).collect();
        assert_eq!(rest, [&said("a")], "{odd}");
    }
}

#[test]
fn research_tells_its_phases_and_ends_with_the_connection() {
    let phase = |phase: &str, status: &str, content: &str| {
        json!({"output": {"message": {"phase": phase, "status": status, "content": content}},
            "request_id": ID})
    };
    let all = [
        phase("ResearchPlanning", "typing", "First "),
        phase("ResearchPlanning", "typing", "plan."),
        phase("ResearchPlanning", "finished", ""),
        phase("KeepAlive", "typing", ""),
        phase("answer", "typing", "It is so."),
        phase("answer", "finished", ""),
    ];
    let want = [opened(), said("First "), said("plan."), said("\n\n"), said("It is so.")];
    assert_eq!(chunks(&all), want);
    assert_eq!(read(&[stream(&all).as_bytes()]).1, Ok(Flow::End));
    assert_eq!(read(&[stream(&all[..5]).as_bytes()]).1, Ok(Flow::More), "cut inside a phase");
}

#[test]
fn every_field_is_sanitized() {
    let evil = "a\u{1b}]0;x\u{7}\u{9b}31m\u{202e}b";
    let event = json!({"output": {"choices": [{"finish_reason": evil, "message": {
        "content": [{"text": evil}], "reasoning_content": evil,
        "tool_calls": [{"index": 0, "function": {"name": evil, "arguments": evil}}]}}],
        "search_info": {"search_results": [{"title": evil, "url": format!("https://h.example/{evil}")}]}},
        "request_id": evil});
    let all = format!("{:?}", chunks(&[event]));
    for forbidden in ["\\u{1b}", "\\u{7}", "\\u{9b}", "\\u{202e}"] {
        assert!(!all.contains(forbidden), "{all}");
    }
}

fn sent(request: &ChatRequest, path: Path) -> Value {
    serde_json::from_slice(&body(request, path)).expect("JSON")
}

#[test]
fn requests_carry_only_what_is_set() {
    let mut request = question();
    assert_eq!(
        String::from_utf8(body(&request, Path::Text)).expect("UTF-8"),
        "{\"model\":\"qwen-plus\",\"input\":{\"messages\":[{\"role\":\"user\",\"content\":\"What is an async task?\"}]},\
         \"parameters\":{\"result_format\":\"message\",\"incremental_output\":true}}"
    );
    request.params = ChatParams {
        thinking: Some(true),
        thinking_budget: Some(100),
        search: Some(true),
        temperature: Some(0.5),
        top_p: Some(f64::NAN),
        top_k: Some(20),
        max_tokens: Some(7),
        seed: Some(1),
        stop: vec!["END".to_owned()],
        presence_penalty: Some(-1.0),
        repetition_penalty: Some(1.1),
        json: true,
        ..ChatParams::default()
    };
    assert_eq!(
        sent(&request, Path::Text)["parameters"],
        json!({"result_format": "message", "incremental_output": true, "enable_thinking": true,
            "thinking_budget": 100, "enable_search": true, "search_options": {"enable_source": true},
            "temperature": 0.5, "top_k": 20, "max_tokens": 7, "seed": 1, "stop": ["END"],
            "presence_penalty": -1.0, "repetition_penalty": 1.1,
            "response_format": {"type": "json_object"}})
    );
}

#[test]
fn a_raw_object_is_laid_over_last_and_parameters_are_in_their_place() {
    let mut request = question();
    request.params.temperature = Some(0.5);
    request.params.extra = Some(
        json!({
            "logprobs": true, "temperature": null, "tools": [{"type": "function", "function": {"name": "f"}}],
            "parameters": {"result_format": "text", "top_logprobs": 2},
            "input": {"history": []}, "model": "other", "resources": [{"id": 1}],
        })
        .to_string(),
    );
    let body = sent(&request, Path::Text);
    assert_eq!(
        body["parameters"],
        json!({"result_format": "text", "incremental_output": true, "logprobs": true,
            "top_logprobs": 2, "tools": [{"type": "function", "function": {"name": "f"}}]})
    );
    assert_eq!((&body["model"], &body["resources"][0]["id"]), (&json!("other"), &json!(1)));
    assert!(body["input"]["messages"].is_array() && body["input"]["history"].is_array());
}

#[test]
fn content_is_a_list_of_parts_on_the_path_of_models_that_see() {
    let mut request = question();
    request.messages.insert(0, PromptMessage::text(Role::System, "Be short."));
    let attached = |medium, source| Attachment {
        medium,
        source,
        name: "a".to_owned(),
        mime: String::new(),
        bytes: None,
        pixels: None,
        plays: None,
    };
    let url = |url: &str| Source::Url(url.to_owned());
    request.messages[1].attachments = vec![
        attached(Medium::Image, url("oss://dashscope-instant/x/a.png")),
        attached(Medium::Video, url("https://h.example/v.mp4")),
        attached(Medium::Frames, Source::Urls(vec!["u1".to_owned(), "u2".to_owned()])),
        attached(Medium::Audio, url("data:audio/wav;base64,UklGRg==")),
        attached(Medium::Image, Source::File("/home/x/a.png".to_owned())),
    ];
    assert_eq!(
        sent(&request, Path::Multimodal)["input"]["messages"],
        json!([
            {"role": "system", "content": [{"text": "Be short."}]},
            {"role": "user", "content": [
                {"image": "oss://dashscope-instant/x/a.png"},
                {"video": "https://h.example/v.mp4"},
                {"video": ["u1", "u2"]},
                {"audio": "data:audio/wav;base64,UklGRg=="},
                {"text": "What is an async task?"},
            ]},
        ])
    );
}
