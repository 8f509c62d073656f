//! What goes out: parameters, a raw object over them, files.

use super::*;

#[test]
fn requests_carry_only_what_is_set() {
    let mut request = question();
    let json = |request: &ChatRequest| String::from_utf8(body(request)).expect("UTF-8");
    assert_eq!(
        json(&request),
        "{\"model\":\"qwen-plus\",\"messages\":[{\"role\":\"user\",\"content\":\"What is an async task?\"}],\
         \"stream\":true,\"stream_options\":{\"include_usage\":true}}"
    );
    request.params = ChatParams {
        thinking: Some(false),
        thinking_budget: Some(100),
        search: Some(true),
        temperature: Some(0.5),
        top_p: Some(f64::NAN),
        max_tokens: Some(7),
        seed: Some(1),
        ..ChatParams::default()
    };
    request.messages.insert(0, PromptMessage::text(Role::System, "千问\u{1b}"));
    request
        .messages
        .push(PromptMessage { partial: true, ..PromptMessage::text(Role::Assistant, "It is") });
    assert_eq!(
        json(&request),
        "{\"model\":\"qwen-plus\",\"messages\":[{\"role\":\"system\",\"content\":\"千问\\u001b\"},\
         {\"role\":\"user\",\"content\":\"What is an async task?\"},\
         {\"role\":\"assistant\",\"content\":\"It is\",\"partial\":true}],\
         \"stream\":true,\"stream_options\":{\"include_usage\":true},\"enable_thinking\":false,\
         \"thinking_budget\":100,\"enable_search\":true,\"temperature\":0.5,\"max_tokens\":7,\"seed\":1}"
    );
}

fn sent(params: ChatParams) -> Value {
    let request = ChatRequest { params, ..question() };
    serde_json::from_slice(&body(&request)).expect("JSON")
}

#[test]
fn further_parameters_have_their_names_on_the_wire() {
    let sent = sent(ChatParams {
        top_k: Some(20),
        stop: vec!["END".into(), "。".into()],
        presence_penalty: Some(-0.5),
        repetition_penalty: Some(1.1),
        json: true,
        ..ChatParams::default()
    });
    assert_eq!(sent["top_k"], 20);
    assert_eq!(sent["stop"], serde_json::json!(["END", "。"]));
    assert_eq!(
        (&sent["presence_penalty"], &sent["repetition_penalty"]),
        (&(-0.5).into(), &1.1.into())
    );
    assert_eq!(sent["response_format"], serde_json::json!({"type": "json_object"}));
}

#[test]
fn a_raw_object_lies_over_everything() {
    let extra = r#"{"temperature": 1.5, "stream_options": {"more": 1}, "seed": null, "tools": []}"#;
    let sent = sent(ChatParams {
        temperature: Some(0.5),
        seed: Some(3),
        top_k: Some(9),
        extra: Some(extra.into()),
        ..ChatParams::default()
    });
    assert_eq!(sent["temperature"], 1.5);
    assert_eq!(sent["stream_options"], serde_json::json!({"include_usage": true, "more": 1}));
    assert_eq!(sent["tools"], serde_json::json!([]));
    assert_eq!(sent["top_k"], 9);
    assert!(sent.get("seed").is_none() && sent["messages"].is_array());
}

#[test]
fn what_is_no_object_changes_nothing() {
    for extra in ["[1]", "nonsense", "", "null"] {
        let params = ChatParams { extra: Some(extra.into()), ..ChatParams::default() };
        assert_eq!(sent(params), sent(ChatParams::default()), "{extra}");
    }
}

#[test]
fn a_model_that_cannot_think_is_not_told_not_to() {
    let of = |model: &str, thinking| {
        let params = ChatParams { thinking: Some(thinking), ..ChatParams::default() };
        let request = ChatRequest { model: ModelId::new(model), params, ..question() };
        let sent: Value = serde_json::from_slice(&body(&request)).expect("JSON");
        sent.get("enable_thinking").cloned()
    };
    assert_eq!(of("qwen3-coder-plus", false), None);
    // What was really asked for is sent; the service may know better than a list.
    assert_eq!(of("qwen3-coder-plus", true), Some(true.into()));
    assert_eq!(of("qwen-plus", false), Some(false.into()));
    assert_eq!(of("some-new-model", false), Some(false.into()));
}

#[test]
fn parts_go_out_as_documented() {
    let mut request = question();
    let attached = |medium, source, mime: &str| Attachment {
        medium,
        source,
        name: "a.wav".to_owned(),
        mime: mime.to_owned(),
        bytes: None,
        pixels: None,
        plays: None,
    };
    let url = |url: &str| Source::Url(url.to_owned());
    request.messages[0].attachments = vec![
        attached(Medium::Image, url("data:image/png;base64,iVBORw0KGgo="), "image/png"),
        attached(Medium::Video, url("https://h.example/v.mp4"), "video/mp4"),
        attached(Medium::Audio, url("data:audio/mpeg;base64,UklGRg=="), "audio/mpeg"),
        attached(Medium::Audio, url("https://h.example/a.wav"), ""),
        attached(Medium::Frames, Source::Urls(vec!["u1".to_owned(), "u2".to_owned()]), ""),
        attached(Medium::Image, Source::File("/home/x/a.png".to_owned()), "image/png"),
    ];
    let body: Value = serde_json::from_slice(&body(&request)).expect("JSON");
    assert_eq!(
        body["messages"][0]["content"],
        serde_json::json!([
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
            {"type": "video_url", "video_url": {"url": "https://h.example/v.mp4"}},
            {"type": "input_audio", "input_audio": {"data": "data:;base64,UklGRg==", "format": "mp3"}},
            {"type": "input_audio", "input_audio": {"data": "https://h.example/a.wav", "format": "wav"}},
            {"type": "video", "video": ["u1", "u2"]},
            {"type": "text", "text": "What is an async task?"},
        ]),
        "and no path of this machine ever"
    );
}

#[test]
fn a_voice_is_asked_for_with_both_modalities() {
    let mut request = question();
    request.params.voice = Some("Cherry".to_owned());
    let body: Value = serde_json::from_slice(&body(&request)).expect("JSON");
    assert_eq!(body["modalities"], serde_json::json!(["text", "audio"]));
    assert_eq!(body["audio"], serde_json::json!({"voice": "Cherry", "format": "wav"}));
}
