//! The parser on the samples, cut anywhere, and on everything servers do instead.

use proptest::prelude::*;

use serde_json::Value;

use super::*;
use crate::api::sse::{Decoder, Item, SseLimits};
use crate::api::testing::{question, sample};
use crate::domain::attachments::Source;
use crate::domain::chat::{ChatParams, FinishReason, MediaTokens, PromptMessage, Role, Usage};
use crate::domain::models::ModelId;

mod requests;

type Read = (Vec<ChatChunk>, Result<Flow, ApiError>);

/// Reads a stream that arrives in these pieces, then ends.
fn read(pieces: &[&[u8]]) -> Read {
    let mut decoder = Decoder::new(SseLimits::default());
    let mut parser = Parser::new(Some("from-header".to_owned()));
    let mut out = Vec::new();
    let mut result = Ok(Flow::More);
    let mut sink = |item: Item<'_>| {
        if let (Item::Event(event), Ok(Flow::More)) = (item, &result) {
            result = parser.event(&event, &mut out);
        }
    };
    for piece in pieces {
        decoder.push(piece, &mut sink).expect("small enough");
    }
    decoder.finish(&mut sink).expect("small enough");
    parser.flush(&mut out);
    (out, result)
}

fn chunks(body: &str) -> Vec<ChatChunk> {
    read(&[body.as_bytes()]).0
}

fn text(body: &str) -> String {
    let (out, _) = read(&[body.as_bytes()]);
    out.iter()
        .filter_map(|chunk| if let ChatChunk::Text(text) = chunk { Some(&**text) } else { None })
        .collect()
}

fn error(body: &str) -> ApiError {
    read(&[body.as_bytes()]).1.expect_err("an error")
}

fn opened(model: &str) -> ChatChunk {
    ChatChunk::Opened {
        model: Some(ModelId::new(model)),
        request_id: Some("5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22".to_owned()),
    }
}

fn said(text: &str) -> ChatChunk {
    ChatChunk::Text(text.to_owned())
}

fn thought(text: &str) -> ChatChunk {
    ChatChunk::Reasoning(text.to_owned())
}

fn used(input: u64, output: u64, cached: Option<u64>, reasoning: Option<u64>) -> ChatChunk {
    ChatChunk::Usage(Usage { input, output, cached, reasoning, ..Usage::default() })
}

fn call(index: u32, name: Option<&str>, arguments: &str) -> ChatChunk {
    ChatChunk::ToolCall { index, name: name.map(str::to_owned), arguments: arguments.to_owned() }
}

/// All but the sound.
fn hushed(mut chunks: Vec<ChatChunk>) -> Vec<ChatChunk> {
    chunks.retain(|chunk| !matches!(chunk, ChatChunk::Audio(_)));
    chunks
}

/// The sound alone.
fn heard(chunks: &[ChatChunk]) -> Vec<u8> {
    let sound = |chunk: &ChatChunk| match chunk {
        ChatChunk::Audio(samples) => Some(samples.clone()),
        _ => None,
    };
    chunks.iter().filter_map(sound).flatten().collect()
}

/// The samples of whole streams and what they say.
fn samples() -> Vec<(&'static str, Vec<ChatChunk>)> {
    let stop = || ChatChunk::Finished(FinishReason::Stop);
    vec![
        (
            "compat-chat-stream.sse",
            vec![
                opened("qwen-plus"),
                said("Hello"),
                said("! How can"),
                said(" I help?"),
                stop(),
                used(9, 7, Some(0), None),
            ],
        ),
        ("compat-chat-stream-no-usage.sse", vec![opened("qwen-plus"), said("Hello"), stop()]),
        (
            "compat-chat-stream-thinking.sse",
            vec![
                opened("qwen-plus"),
                thought("Two and two"),
                thought(" make four."),
                said("4"),
                stop(),
                used(14, 9, Some(0), Some(6)),
            ],
        ),
        (
            "compat-chat-stream-tools.sse",
            vec![
                opened("qwen-plus"),
                call(0, Some("get_weather"), ""),
                call(0, None, "{\"city\": \"Cheng"),
                call(0, None, "du\"}"),
                call(1, Some("get_weather"), "{\"city\": "),
                call(1, None, "\"Xi'an\"}"),
                ChatChunk::Finished(FinishReason::ToolCalls),
                used(160, 38, Some(0), None),
            ],
        ),
        (
            "compat-omni-stream-audio.sse",
            vec![
                opened("qwen3-omni-flash"),
                said("Ni"),
                said(" hao."),
                stop(),
                ChatChunk::Usage(Usage {
                    media: MediaTokens { spoken: Some(24), ..MediaTokens::default() },
                    input: 22,
                    output: 32,
                    ..Usage::default()
                }),
            ],
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
            assert_eq!(hushed(out), want, "{name} cut at {at}");
            assert_eq!(result, Ok(Flow::End), "{name} cut at {at}");
        }
    }
}

#[test]
fn an_error_in_the_middle_keeps_what_came() {
    let bytes = sample("compat-stream-error-midway.sse");
    for at in 0..=bytes.len() {
        let (head, tail) = bytes.split_at(at);
        let (out, result) = read(&[head, tail]);
        assert_eq!(out, [opened("qwen-plus"), said("Once")], "cut at {at}");
        let Err(ApiError::Stream(refusal)) = result else { panic!("{result:?}") };
        assert_eq!(refusal.code, "data_inspection_failed");
        assert_eq!(refusal.request_id.as_deref(), Some("5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"));
    }
}

#[test]
fn errors_in_streams_of_every_shape() {
    for (body, code, message, status) in [
        ("data: {\"error\":\"no\"}\n\n", "", "no", 0),
        ("data: {\"error\":{\"message\":\"no\",\"code\":503}}\n\n", "", "no", 503),
        ("data: {\"code\":\"C\",\"message\":\"no\",\"request_id\":\"1\"}\n\n", "C", "no", 0),
        ("event:error\ndata:{\"code\":\"C\",\"message\":\"no\"}\n\n", "C", "no", 0),
        ("event: error\ndata: plain words\n\n", "", "plain words", 0),
        ("event: error\ndata: {\"reason\":1}\n\n", "", "", 0),
        ("data: {\"choices\":[],\"error\":{\"message\":\"no\"}}\n\n", "", "no", 0),
    ] {
        let ApiError::Stream(refusal) = error(body) else { panic!("{body}") };
        assert_eq!(
            (&*refusal.code, &*refusal.message, refusal.status),
            (code, message, status),
            "{body}"
        );
    }
    assert_eq!(read(&[b"data: {\"error\":null,\"choices\":[]}\n\n"]).1, Ok(Flow::More));
}

#[test]
fn nothing_comes_in_many_shapes() {
    let long = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"index\":0}]}\n\n";
    for odd in [
        "{}",
        "null",
        "{\"choices\":null}",
        "{\"choices\":[]}",
        "{\"choices\":[null,{}]}",
        "{\"choices\":\"no\"}",
        "{\"choices\":[{\"delta\":null,\"finish_reason\":\"\"}]}",
        "{\"choices\":[{\"delta\":{\"content\":null,\"reasoning_content\":\"\",\"tool_calls\":null},\"finish_reason\":null}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"other answer\"},\"index\":1}]}",
        "{\"choices\":[{\"delta\":{\"content\":7}}],\"usage\":{}}",
        "{\"choices\":[],\"usage\":\"none\",\"model\":3,\"id\":{},\"created\":\"x\"}",
        "{\"type\":\"ping\"}",
        "  ",
    ] {
        let body = format!("data: {odd}\n\n{long}");
        let seen = chunks(&body);
        let rest: Vec<_> = seen.iter().filter(|c| !matches!(c, ChatChunk::Opened { .. })).collect();
        assert_eq!(rest, [&said("a")], "{odd}");
    }
    assert!(chunks("event: ping\ndata: not json\n\n: heartbeat\n\n").is_empty());
    assert_eq!(text(&format!("event: chunk\n{long}")), "a", "named events with answers count");
    assert_eq!(text(&long.replace("\"a\"", "[{\"type\":\"text\",\"text\":\"parts\"}]")), "parts");
    assert_eq!(
        chunks(&long.replace("content", "reasoning"))[1],
        thought("a"),
        "the other name of reasoning"
    );
}

#[test]
fn garbage_is_said_after_what_came() {
    let start = "data: {\"choices\":[{\"delta\":{\"content\":\"kept\"}}]}\n\n";
    for bad in ["not json", "{\"choices\":[", "<html>", "[1,2", "{'a':1}"] {
        let (out, result) = read(&[format!("{start}data: {bad}\n\n").as_bytes()]);
        assert!(matches!(result, Err(ApiError::Garbled { .. })), "{bad}: {result:?}");
        assert_eq!(out.last(), Some(&said("kept")), "{bad}");
    }
    let (_, result) = read(&[format!("{start}data: {{\"choices\":[{{\"del").as_bytes()]);
    assert!(matches!(result, Err(ApiError::Cut { .. })), "an event that ended early is a cut");
}

#[test]
fn the_end_comes_in_three_ways() {
    let stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    let done = |body: &str| read(&[body.as_bytes()]).1;
    assert_eq!(done("data: [DONE]\n\n"), Ok(Flow::End));
    assert_eq!(done("data:[DONE]"), Ok(Flow::End));
    assert_eq!(done(&format!("{stop}data: [DONE]\n\ndata: not json\n\n")), Ok(Flow::End));
    let mut parser = Parser::new(None);
    let event = |data| Event { name: "", data, id: "", complete: true };
    let reason = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}";
    assert_eq!(parser.event(&event(reason), &mut Vec::new()), Ok(Flow::More));
    assert!(parser.finished(), "counts may follow");
}

#[test]
fn finish_reasons_are_read_once() {
    let reason = |word: &str| {
        let one =
            format!("data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":{word}}}]}}\n\n");
        let all = chunks(&format!("{one}{one}"));
        let mut reasons = all.into_iter().filter_map(|chunk| match chunk {
            ChatChunk::Finished(reason) => Some(reason),
            _ => None,
        });
        (reasons.next(), reasons.count())
    };
    assert_eq!(reason("\"stop\""), (Some(FinishReason::Stop), 0));
    assert_eq!(reason("\"length\""), (Some(FinishReason::Length), 0));
    assert_eq!(reason("\"function_call\""), (Some(FinishReason::ToolCalls), 0));
    assert_eq!(reason("\"a\\u001b[2Jb\""), (Some(FinishReason::Other("a[2Jb".to_owned())), 0));
    for none in ["null", "\"null\"", "\"\"", "3"] {
        assert_eq!(reason(none), (None, 0), "{none}");
    }
}

#[test]
fn counts_survive_odd_values() {
    let usage = |json: &str| {
        let body = format!("data: {{\"choices\":[],\"usage\":{json}}}\n\n");
        chunks(&body).into_iter().find_map(|chunk| match chunk {
            ChatChunk::Usage(usage) => {
                Some((usage.input, usage.output, usage.cached, usage.reasoning))
            }
            _ => None,
        })
    };
    for (json, want) in [
        (
            "{\"prompt_tokens\":9,\"completion_tokens\":7,\"total_tokens\":16}",
            Some((9, 7, None, None)),
        ),
        ("{\"prompt_tokens\":9.0,\"completion_tokens\":\"7\"}", Some((9, 7, None, None))),
        ("{\"input_tokens\":9,\"output_tokens\":7}", Some((9, 7, None, None))),
        ("{\"prompt_tokens\":9,\"total_tokens\":16}", Some((9, 7, None, None))),
        ("{\"completion_tokens\":7,\"total_tokens\":5}", Some((0, 7, None, None))),
        ("{\"prompt_tokens\":-9,\"completion_tokens\":7}", None),
        ("{\"prompt_tokens\":9,\"completion_tokens\":1e30}", None),
        (
            "{\"prompt_tokens\":9,\"completion_tokens\":7,\"cached_tokens\":4}",
            Some((9, 7, Some(4), None)),
        ),
        (
            "{\"prompt_tokens\":9,\"completion_tokens\":7,\"cached_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":5}}",
            Some((9, 7, Some(5), None)),
        ),
        (
            "{\"prompt_tokens\":9,\"completion_tokens\":7,\"cached_tokens\":400,\"prompt_tokens_details\":null,\"completion_tokens_details\":{\"reasoning_tokens\":70}}",
            Some((9, 7, Some(9), Some(7))),
        ),
        ("{}", None),
        ("[]", None),
    ] {
        assert_eq!(usage(json), want, "{json}");
    }
}

#[test]
fn late_nulls_do_not_wipe_counts() {
    let body = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\ndata: {\"choices\":[],\"usage\":null}\n\ndata: [DONE]\n\n";
    assert_eq!(chunks(body).last(), Some(&used(1, 2, None, None)));
}

#[test]
fn texts_that_grow_are_cut_to_what_is_new() {
    let event = |reasoning: &str, content: &str| {
        let chunk = serde_json::json!({"choices": [{"delta": {
            "content": content, "reasoning_content": reasoning }}]});
        format!("data: {chunk}\n\n")
    };
    let body = [
        event("First", ""),
        event("First I think", ""),
        event("First I think hard.", ""),
        event("", "The"),
        event("", " answer"),
        event("", " is 4."),
    ]
    .concat();
    let all = chunks(&body);
    let part = |of: fn(&ChatChunk) -> Option<&str>| all.iter().filter_map(of).collect::<String>();
    assert_eq!(
        part(|c| if let ChatChunk::Reasoning(t) = c { Some(t) } else { None }),
        "First I think hard."
    );
    assert_eq!(
        part(|c| if let ChatChunk::Text(t) = c { Some(t) } else { None }),
        "The answer is 4."
    );
}

#[test]
fn tool_calls_with_odd_pieces() {
    let body = |calls: &str| {
        format!("data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":{calls}}}}}]}}\n\n")
    };
    let all = [
        body("[{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":null}},{\"function\":{\"name\":\"g\",\"arguments\":\"{\"}}]"),
        body("[{\"index\":0,\"id\":\"\",\"function\":{\"name\":\"\",\"arguments\":\"{}\"}}]"),
        body("[{\"index\":1,\"function\":{\"name\":\"g\",\"arguments\":\"}\\u001b\"}}]"),
        body("[{\"index\":2,\"function\":{\"name\":\"h\",\"arguments\":{\"a\": 1}}},null,{\"index\":3}]"),
        body("[{\"index\":99999999999,\"function\":{\"name\":\"x\"}}]"),
    ]
    .concat();
    assert_eq!(
        chunks(&all)[1..],
        [
            call(0, Some("f"), ""),
            call(1, Some("g"), "{"),
            call(0, None, "{}"),
            call(1, None, "}"),
            call(2, Some("h"), "{\"a\": 1}"),
        ]
    );
}

#[test]
fn every_field_is_sanitized() {
    let evil = "a\u{1b}]0;x\u{7}\u{9b}31m\u{202e}b";
    let chunk = serde_json::json!({
        "id": evil, "model": evil, "choices": [{"finish_reason": evil, "delta": {
            "content": evil, "reasoning_content": evil,
            "tool_calls": [{"index": 0, "function": {"name": evil, "arguments": evil}}]
        }}]
    });
    let all = format!("{:?}", chunks(&format!("data: {chunk}\n\n")));
    for forbidden in ["\\u{1b}", "\\u{7}", "\\u{9b}", "\\u{202e}"] {
        assert!(!all.contains(forbidden), "{all}");
    }
}

#[test]
fn documents_are_answers_or_errors() {
    let document = |body: &[u8]| {
        let mut parser = Parser::new(None);
        let mut out = Vec::new();
        let result = parser.document(&String::from_utf8_lossy(body), &mut out);
        (out, result)
    };
    let (out, result) = document(&sample("compat-chat-thinking.json"));
    assert_eq!(result, Ok(()));
    assert_eq!(
        out,
        [
            opened("qwen-plus"),
            thought("Two and two make four."),
            said("4"),
            ChatChunk::Finished(FinishReason::Stop),
            used(14, 9, Some(0), Some(6)),
        ]
    );
    let (out, _) = document(&sample("compat-chat-tool-call.json"));
    assert_eq!(out[1], call(0, Some("get_weather"), "{\"city\": \"Chengdu\"}"));
    let (_, result) = document(&sample("compat-error-401.json"));
    assert!(matches!(result, Err(ApiError::Stream(refusal)) if refusal.code == "invalid_api_key"));
    let whole = sample("compat-chat.json");
    let (_, result) = document(&whole[..whole.len() - 1]);
    assert!(matches!(result, Err(ApiError::Cut { .. })), "{result:?}");
    assert!(matches!(document(b"{\"a\":1}").1, Err(ApiError::Garbled { .. })));
    assert!(matches!(document(b"{\"a\":1}{\"b\":2}").1, Err(ApiError::Garbled { .. })));
}

#[test]
fn calls_that_are_numbered_alike_are_told_apart_by_their_ids() {
    let piece = |call: &str| {
        format!("data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{call}]}}}}]}}\n\n")
    };
    let stream = [
        r#"{"index":0,"id":"call_a","function":{"name":"f","arguments":"{"}}"#,
        r#"{"index":0,"id":"","function":{"name":null,"arguments":"}"}}"#,
        r#"{"index":0,"id":"call_b","function":{"name":"g","arguments":"["}}"#,
        r#"{"index":0,"id":"call_b","function":{"name":"g","arguments":"]"}}"#,
        r#"{"index":1,"id":"call_c","function":{"name":"h","arguments":"1"}}"#,
    ];
    let calls: Vec<_> = chunks(&stream.map(piece).concat())
        .into_iter()
        .filter_map(|chunk| match chunk {
            ChatChunk::ToolCall { index, name, arguments } => Some((index, name, arguments)),
            _ => None,
        })
        .collect();
    let call =
        |index, name: Option<&str>, text: &str| (index, name.map(str::to_owned), text.to_owned());
    assert_eq!(
        calls,
        [
            call(0, Some("f"), "{"),
            call(0, None, "}"),
            call(1, Some("g"), "["),
            call(1, None, "]"),
            call(2, Some("h"), "1"),
        ]
    );
}

/// JSON of any shape under the names that matter.
fn odd_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "choices",
        "delta",
        "message",
        "content",
        "reasoning_content",
        "tool_calls",
        "function",
        "arguments",
        "name",
        "index",
        "usage",
        "prompt_tokens",
        "completion_tokens",
        "prompt_tokens_details",
        "finish_reason",
        "error",
        "id",
        "model",
        "code",
    ]);
    leaf.prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_object_spoils_a_stream(value in odd_json()) {
        prop_assume!(value.is_object());
        let body = format!("data: {value}\n\n");
        let (_, result) = read(&[body.as_bytes()]);
        let fine = matches!(result, Ok(Flow::More) | Err(ApiError::Stream(_)));
        prop_assert!(fine, "{:?}", result);
    }

    #[test]
    fn any_cut_says_the_same(cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..9)) {
        for (name, want) in samples() {
            let bytes = sample(name);
            let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
            at.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for to in at.into_iter().chain([bytes.len()]) {
                pieces.push(&bytes[from..to]);
                from = to;
            }
            prop_assert_eq!(hushed(read(&pieces).0), want);
        }
    }
}

#[test]
fn the_sound_of_an_answer_is_whole_wherever_it_is_cut() {
    let bytes = sample("compat-omni-stream-audio.sse");
    let (out, _) = read(&[&bytes]);
    let whole = heard(&out);
    // The tone of the sample begins at zero and rises: 0, 0x0397, 0x0722 ...
    assert_eq!(whole[..6], [0, 0, 0x97, 3, 0x22, 7]);
    for at in (0..bytes.len()).step_by(7) {
        let (head, tail) = bytes.split_at(at);
        assert_eq!(heard(&read(&[head, tail]).0), whole, "cut at {at}");
    }
    let text = String::from_utf8(bytes).expect("UTF-8");
    let data: Vec<&str> = text
        .split("\"data\":\"")
        .skip(1)
        .map(|rest| &rest[..rest.find('"').expect("an end")])
        .collect();
    // The same sound in pieces that end anywhere.
    let event = |piece: &str| {
        let chunk = serde_json::json!({"choices": [{"delta": {"content": null, "audio": {"data": piece, "id": "audio_1"}}}]});
        format!("data: {chunk}\n\n")
    };
    let all = data.concat();
    let torn: String =
        all.as_bytes().chunks(37).map(|piece| event(&String::from_utf8_lossy(piece))).collect();
    assert_eq!(heard(&chunks(&torn)), whole);
}

#[test]
fn a_transcript_is_text_where_there_is_no_other() {
    let event = |delta: Value| {
        let chunk = serde_json::json!({"choices": [{"delta": delta}]});
        format!("data: {chunk}\n\n")
    };
    let spoken = |text: &str| serde_json::json!({"audio": {"data": "", "transcript": text}});
    let alone = event(spoken("Ni")) + &event(spoken(" hao"));
    assert_eq!(text(&alone), "Ni hao");
    let both = event(serde_json::json!({"content": "Hello"})) + &event(spoken("Hello"));
    assert_eq!(text(&both), "Hello");
}
