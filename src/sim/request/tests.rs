//! Requests as the simulator reads them, and how it refuses them.

#![expect(clippy::needless_pass_by_value, reason = "literals of JSON read best without a `&`")]
#![expect(clippy::too_many_lines, reason = "one table of all refusals")]

use serde_json::json;

use super::*;

fn refusal(body: &Value) -> (u16, String, String) {
    match Call::compat(body, Manner::default()) {
        Err(refusal) => (refusal.status, refusal.compat.into(), refusal.message.into()),
        Ok(call) => panic!("accepted: {call:?}"),
    }
}

fn read(body: Value) -> Call {
    Call::compat(&body, Manner::default()).unwrap()
}

/// A good request with some keys changed.
fn with(changes: Value) -> Value {
    let mut body = json!({"model": "qwen-plus", "messages": [{"role": "user", "content": "hi"}]});
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

#[test]
fn every_documented_refusal_has_its_status_code_and_text() {
    let bad = "invalid_parameter_error";
    let user = |text: &str| json!([{"role": "user", "content": text}]);
    let tool = |name: &str| json!([{"type": "function", "function": {"name": name}}]);
    let table = [
        (json!([]), 400, bad, "Required body invalid, please check the request body format."),
        (
            json!({"messages": []}),
            400,
            "invalid_request_error",
            "you must provide a model parameter.",
        ),
        (
            with(json!({"model": 3})),
            400,
            "invalid_request_error",
            "you must provide a model parameter.",
        ),
        (
            with(json!({"model": "nope"})),
            404,
            "model_not_found",
            "The model `nope` does not exist or you do not have access to it.",
        ),
        (
            with(json!({"model": "wan2.5-t2v-preview"})),
            404,
            "model_not_supported",
            "Unsupported model wan2.5-t2v-preview for OpenAI compatibility mode.",
        ),
        (
            with(json!({"model": "qwen3-tts-flash"})),
            404,
            "model_not_supported",
            "Unsupported model qwen3-tts-flash for OpenAI compatibility mode.",
        ),
        (
            with(json!({"model": "text-embedding-v4"})),
            404,
            "model_not_supported",
            "Unsupported model text-embedding-v4 for OpenAI compatibility mode.",
        ),
        (
            with(json!({"model": "qwen3-omni-flash-realtime"})),
            400,
            bad,
            "current user api does not support http call.",
        ),
        (
            with(json!({"messages": null})),
            400,
            bad,
            "Required parameter(messages) missing or invalid, please check the request parameters.",
        ),
        (
            with(json!({"messages": []})),
            400,
            bad,
            "<400> InternalError.Algo.InvalidParameter: [] is too short - 'messages'",
        ),
        (
            with(json!({"messages": [{"role": "system", "content": "x"}]})),
            400,
            bad,
            "The input messages do not contain elements with the role of user.",
        ),
        (
            with(json!({"messages": [{"role": "user"}]})),
            400,
            bad,
            "The content field is a required field.",
        ),
        (
            with(json!({"messages": [{"role": "user", "content": 4}]})),
            400,
            bad,
            "input content must be a string.",
        ),
        (
            with(json!({"messages": [{"role": "king", "content": ""}]})),
            400,
            bad,
            "Required parameter(messages.role) missing or invalid, please check the request parameters.",
        ),
        (
            with(
                json!({"messages": [{"role": "user", "content": "a"}, {"role": "tool", "content": "b"}]}),
            ),
            400,
            bad,
            "messages with role \"tool\" must be a response to a preceeding message with \"tool_calls\"",
        ),
        (
            with(json!({"model": "qwq-plus"})),
            400,
            bad,
            "This model only support stream mode, please enable the stream parameter to access the model.",
        ),
        (
            with(json!({"model": "qwen3-omni-flash"})),
            400,
            bad,
            "This model only support stream mode, please enable the stream parameter to access the model.",
        ),
        (
            with(json!({"modalities": ["text", "audio"]})),
            400,
            bad,
            "'audio' output only support with stream=true",
        ),
        (
            with(json!({"model": "qwen3-8b"})),
            400,
            bad,
            "parameter.enable_thinking must be set to false for non-streaming calls",
        ),
        (
            with(json!({"model": "qwen3-next-80b-a3b-thinking"})),
            400,
            bad,
            "parameter.enable_thinking only support stream call",
        ),
        (
            with(json!({"model": "qwq-plus", "stream": true, "enable_thinking": false})),
            400,
            bad,
            "The value of the enable_thinking parameter is restricted to True.",
        ),
        (
            with(json!({"model": "qwen-max", "enable_thinking": true})),
            400,
            "InvalidParameter.NotSupportEnableThinking",
            "The model qwen-max does not support enable_thinking.",
        ),
        (
            with(json!({"thinking_budget": 0})),
            400,
            bad,
            "The thinking_budget parameter must be a positive integer and not greater than 81920",
        ),
        (
            with(json!({"response_format": {"type": "json_object"}})),
            400,
            bad,
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        ),
        (
            with(
                json!({"response_format": {"type": "json_object"}, "enable_thinking": true, "messages": user("JSON")}),
            ),
            400,
            bad,
            "Json mode response is not supported when enable_thinking is true",
        ),
        (with(json!({"temperature": 2.0})), 400, bad, "Temperature should be in [0.0, 2.0)"),
        (with(json!({"temperature": "hot"})), 400, bad, "temperature must be Float"),
        (with(json!({"top_p": 0})), 400, bad, "Range of top_p should be (0.0, 1.0]"),
        (with(json!({"top_p": 1.1})), 400, bad, "Range of top_p should be (0.0, 1.0]"),
        (with(json!({"top_k": -1})), 400, bad, "Parameter top_k be greater than or equal to 0"),
        (
            with(json!({"presence_penalty": 3})),
            400,
            bad,
            "Presence_penalty should be in [-2.0, 2.0]",
        ),
        (
            with(json!({"repetition_penalty": 0})),
            400,
            bad,
            "Repetition_penalty should be greater than 0.0",
        ),
        (with(json!({"seed": -1})), 400, bad, "Range of seed should be [0, 9223372036854775807]"),
        (with(json!({"n": 5})), 400, bad, "Range of n should be [1, 4]"),
        (with(json!({"max_tokens": 0})), 400, bad, "Range of max_tokens should be [1, 32768]"),
        (
            with(json!({"max_completion_tokens": 99999})),
            400,
            bad,
            "Range of max_tokens should be [1, 32768]",
        ),
        (
            with(json!({"tool_choice": "required"})),
            400,
            bad,
            "tool_choice is one of the strings that should be [\"none\", \"auto\"]",
        ),
        (
            with(json!({"tools": tool("search")})),
            400,
            bad,
            "Tool names are not allowed to be [search]",
        ),
        (
            with(json!({"model": "qwen-mt-plus", "tools": tool("f")})),
            400,
            bad,
            "The tool call is not supported.",
        ),
        (
            with(json!({"model": "qwen3-coder-plus", "enable_search": true})),
            400,
            bad,
            "This model does not support enable_search.",
        ),
        (
            with(json!({"stream": "yes"})),
            400,
            bad,
            "Required parameter(stream) missing or invalid, please check the request parameters.",
        ),
        (
            with(json!({"stop": 3})),
            400,
            bad,
            "Required parameter(stop) missing or invalid, please check the request parameters.",
        ),
        (
            with(json!({"model": "qwen-math-plus", "messages": user(&"word ".repeat(5000))})),
            400,
            bad,
            "Range of input length should be [1, 4096]",
        ),
        (
            with(json!({"model": "qwen3-vl-plus", "messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{}", "A".repeat(10_485_760))}}]}]})),
            400,
            bad,
            "Exceeded limit on max bytes per data-uri item : 10485760'.",
        ),
    ];
    for (body, status, code, message) in table {
        let got = refusal(&body);
        assert_eq!(got, (status, code.to_owned(), message.to_owned()));
    }
}

#[test]
fn what_is_not_known_or_null_is_ignored() {
    let call = read(with(json!({
        "temperature": null, "max_tokens": null, "stop": null, "tools": [], "surprise": {"a": 1},
        "stream": true, "stream_options": {"include_usage": true}, "user": "me"
    })));
    assert!(call.stream && call.form == Form::Compat { include_usage: true } && !call.thinking);
    assert_eq!((call.choices, call.max_text), (1, None));
}

#[test]
fn thinking_follows_the_model_and_the_wish() {
    let thinks = |changes| Call::compat(&with(changes), Manner::default()).unwrap().thinking;
    assert!(!thinks(json!({})));
    assert!(thinks(json!({"enable_thinking": true})));
    assert!(thinks(json!({"model": "qwen3.5-plus"})));
    assert!(!thinks(json!({"model": "qwen3.5-plus", "enable_thinking": false})));
    assert!(thinks(json!({"model": "qwen3-8b", "stream": true})));
    assert!(!thinks(json!({"model": "qwen3-8b", "enable_thinking": false})));
    assert!(!thinks(json!({"model": "qwen-max", "enable_thinking": false})));
}

#[test]
fn parts_are_joined_and_media_counted() {
    let call =
        read(with(json!({"model": "qwen3-vl-plus", "messages": [{"role": "user", "content": [
            {"type": "text", "text": "what is "},
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
            {"type": "text", "text": "this?"}
        ]}]})));
    assert_eq!(call.messages[0].text, "what is this?");
    assert_eq!(call.messages[0].media.len(), 1);
}
