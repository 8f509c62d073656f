//! The running simulator over real HTTP: text to speech, whole and streamed, and its faults.

use base64::prelude::{BASE64_STANDARD, Engine};

use super::*;

const TTS: &str = "/api/v1/services/aigc/multimodal-generation/generation";
const COSY: &str = "/api/v1/services/audio/tts/SpeechSynthesizer";
const TEXT: &str = "你好，世界。Hello, world! 再见。";

fn body(model: &str, more: Value) -> Value {
    let mut input = json!({"text": TEXT, "voice": "Cherry", "language_type": "Auto"});
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    json!({"model": model, "input": input, "parameters": {}})
}

async fn ask(server: &Server, path: &str, body: Value, streamed: bool) -> reqwest::Response {
    let mut request =
        client().post(server.origin() + path).bearer_auth("sk-test").body(body.to_string());
    if streamed {
        request = request.header("X-DashScope-SSE", "enable");
    }
    tokio::time::timeout(CAP, request.send()).await.unwrap().unwrap()
}

async fn whole(server: &Server, path: &str, body: Value) -> (u16, String) {
    let response = ask(server, path, body, false).await;
    let status = response.status().as_u16();
    (status, String::from_utf8(drain(response).await.0).unwrap())
}

async fn told(server: &Server, path: &str, body: Value) -> Vec<u8> {
    let response = ask(server, path, body, true).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream;charset=UTF-8");
    drain(response).await.0
}

/// The data of every event, whose frame must be exact.
fn told_events(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.ends_with("\n\n"), "{text}");
    let events = text.trim_end_matches('\n').split("\n\n").enumerate();
    events
        .map(|(at, event)| {
            let head = format!("id:{}\nevent:result\n:HTTP_STATUS/200\ndata:", at + 1);
            serde_json::from_str(event.strip_prefix(&head).unwrap_or_else(|| panic!("{event}")))
                .unwrap()
        })
        .collect()
}

/// The sound of each event.
fn sounds(events: &[Value]) -> Vec<Vec<u8>> {
    let data = events.iter().map(|event| event["output"]["audio"]["data"].as_str().unwrap());
    data.map(|data| BASE64_STANDARD.decode(data).unwrap()).collect()
}

async fn fetch(url: &Value) -> Vec<u8> {
    let response = client().get(url.as_str().unwrap()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    drain(response).await.0
}

/// A stream of Qwen-TTS under one rule, as bytes, and whether it broke.
async fn under(rule: &str) -> (Vec<u8>, bool) {
    let server = quick(&format!("[[rule]]\n{rule}\n")).await;
    drain(ask(&server, TTS, body("qwen3-tts-flash", json!({})), true).await).await
}

#[tokio::test]
async fn a_whole_reply_has_the_recorded_shape_and_its_link_is_a_wav() {
    let server = quick("").await;
    let response = ask(&server, TTS, body("qwen3-tts-flash", json!({})), false).await;
    assert_eq!(response.headers()["content-type"], "application/json");
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let text = String::from_utf8(drain(response).await.0).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let audio = &value["output"]["audio"];
    // Six Chinese characters count twice, the rest once.
    let expected = format!(
        r#"{{"output":{{"finish_reason":"stop","audio":{{"data":"","expires_at":{},"id":"audio_{id}","url":{}}}}},"usage":{{"characters":29}},"request_id":"{id}"}}"#,
        audio["expires_at"], audio["url"]
    );
    assert_eq!(text, expected);
    let file = fetch(&audio["url"]).await;
    assert_eq!((&file[..4], &file[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
    assert_eq!(file[22..28], [1, 0, 0xc0, 0x5d, 0, 0], "one channel, 24000 Hz");
    assert_eq!(file[40..44], u32::try_from(file.len() - 44).unwrap().to_le_bytes());
    let again = whole(&server, TTS, body("qwen3-tts-flash", json!({}))).await.1;
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(fetch(&again["output"]["audio"]["url"]).await, file, "always the same");
    let in_parameters = json!({"model": "qwen3-tts-flash", "input": {"text": "hi"}, "parameters": {"voice": "Kiki"}});
    assert_eq!(whole(&server, TTS, in_parameters).await.0, 200);
}

#[tokio::test]
async fn a_stream_is_the_same_sound_in_pieces_and_ends_with_the_link() {
    let server = quick("").await;
    let events = told_events(&told(&server, TTS, body("qwen3-tts-flash", json!({}))).await);
    let (last, rest) = events.split_last().unwrap();
    let audio = &events[0]["output"]["audio"];
    for event in rest {
        assert_eq!(event["output"]["finish_reason"], "null");
        assert_eq!(event["output"]["audio"]["url"], "");
        assert_eq!(event["output"]["audio"]["id"], audio["id"]);
        assert_eq!(event["output"]["audio"]["expires_at"], audio["expires_at"]);
        assert_eq!(event["usage"], json!({"characters": 29}));
    }
    let pieces = sounds(rest);
    assert!(pieces.iter().all(|piece| piece.len() % 2 == 0 && piece.len() <= 14_400));
    let large = pieces.iter().filter(|piece| piece.len() >= 4_800).count();
    assert!(large > 5 && pieces.len() - large <= 3, "only a sentence's last may be small");
    assert_eq!(
        (&last["output"]["finish_reason"], &last["output"]["audio"]["data"]),
        (&json!("stop"), &json!(""))
    );
    assert_eq!(last["usage"], json!({"characters": 29}));
    let file = fetch(&last["output"]["audio"]["url"]).await;
    assert_eq!(pieces.concat(), file[44..]);
}

#[tokio::test]
async fn the_first_model_bills_tokens_that_grow_with_the_sound() {
    let server = quick("").await;
    let events = told_events(&told(&server, TTS, body("qwen-tts", json!({}))).await);
    let last = &events.last().unwrap()["usage"];
    let file = fetch(&events.last().unwrap()["output"]["audio"]["url"]).await;
    let audio = ((file.len() - 44) / 2 * 50).div_ceil(24_000);
    let input = last["input_tokens"].as_u64().unwrap();
    assert_eq!(
        last,
        &json!({"input_tokens": input, "output_tokens": audio, "total_tokens": input + audio as u64,
            "input_tokens_details": {"text_tokens": input},
            "output_tokens_details": {"audio_tokens": audio, "text_tokens": 0}})
    );
    let spent: Vec<u64> =
        events.iter().map(|event| event["usage"]["output_tokens"].as_u64().unwrap()).collect();
    assert!(spent.is_sorted() && spent[0] > 0 && spent[0] < spent[spent.len() - 1], "{spent:?}");
}

#[tokio::test]
async fn what_is_wrong_is_refused_as_json_or_as_the_only_event() {
    let server = quick("").await;
    let strange = body("qwen3-tts-flash", json!({"voice": "Nobody"}));
    let (status, text) = whole(&server, TTS, strange.clone()).await;
    assert_eq!(status, 400);
    let start = r#"{"code":"invalid_value","message":"The requested voice 'Nobody' is not supported.","request_id":"#;
    assert!(text.starts_with(start), "{text}");
    let response = ask(&server, TTS, strange, true).await;
    assert_eq!(response.status(), 200);
    let text = String::from_utf8(drain(response).await.0).unwrap();
    assert!(
        text.starts_with(&format!("id:1\nevent:error\n:HTTP_STATUS/400\ndata:{start}")),
        "{text}"
    );

    for (path, model, status, message) in [
        (TTS, "qwen9-tts", 400, "Model not exist."),
        (TTS, "qwen3-tts-flash-realtime", 400, "current user api does not support http call."),
        (TTS, "cosyvoice-v3-flash", 400, "url error, please check url！"),
        (COSY, "qwen3-tts-flash", 400, "url error, please check url！"),
        (
            "/api/v1/services/aigc/text-generation/generation",
            "qwen3-tts-flash",
            400,
            "url error, please check url！",
        ),
    ] {
        // The gateway answers in JSON whatever was asked for.
        let response = ask(&server, path, body(model, json!({})), true).await;
        assert_eq!(response.status().as_u16(), status, "{model}");
        let value: Value = serde_json::from_slice(&drain(response).await.0).unwrap();
        assert_eq!(value["message"], message, "{model}");
    }
    let request = client().post(server.origin() + TTS).bearer_auth("sk-bad");
    let response =
        request.body(body("qwen3-tts-flash", json!({})).to_string()).send().await.unwrap();
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn pieces_can_be_broken_in_every_way() {
    let (plain, _) = under("").await;
    let plain = sounds(&told_events(&plain)).concat();

    let (bytes, _) = under("audio = \"bad_base64\"\nafter_tokens = 2").await;
    let events = told_events(&bytes);
    let broken = |event: &Value| {
        BASE64_STANDARD.decode(event["output"]["audio"]["data"].as_str().unwrap()).is_err()
    };
    let places: Vec<usize> = (0..events.len()).filter(|at| broken(&events[*at])).collect();
    assert_eq!(places, [2]);

    let (bytes, _) = under("audio = \"odd_chunks\"").await;
    let pieces = sounds(&told_events(&bytes));
    assert_eq!(pieces.concat(), plain, "nothing is lost");
    assert!(pieces.iter().filter(|piece| piece.len() % 2 == 1).count() > 5);
    assert!(pieces.iter().any(|piece| piece.len() == 1));

    let (bytes, _) = under("audio = \"riff\"").await;
    let pieces = sounds(&told_events(&bytes));
    assert!(pieces[0].starts_with(b"RIFF") && pieces[1..].iter().all(|p| !p.starts_with(b"RIFF")));
    assert_eq!(pieces.concat()[44..], plain);

    let (bytes, _) = under("cumulative = true").await;
    let pieces = sounds(&told_events(&bytes));
    assert_eq!(pieces[pieces.len() - 2], plain);

    let (bytes, _) = under("starve_ms = 50\nafter_tokens = 1").await;
    assert_eq!(sounds(&told_events(&bytes)).concat(), plain, "all of it comes at last");
}

#[tokio::test]
async fn streams_end_early_in_every_way() {
    for (cut, breaks) in [("reset", true), ("drop", true), ("clean", false)] {
        let (bytes, broken) = under(&format!("cut_after_tokens = 3\ncut = {cut:?}")).await;
        assert_eq!((told_events(&bytes).len(), broken), (3, breaks), "{cut}");
    }
    let (bytes, broken) = under("cut_after_bytes = 777\ncut = \"drop\"").await;
    assert_eq!((bytes.len(), broken), (777, true));

    let (bytes, broken) = under("no_done = true").await;
    let last = told_events(&bytes).pop().unwrap();
    assert_eq!((&last["output"]["finish_reason"], broken), (&json!("null"), false));

    let (bytes, broken) = under("error_event = \"InternalError.Algo\"\nafter_tokens = 2").await;
    let text = String::from_utf8(bytes).unwrap();
    let end = "id:3\nevent:error\n:HTTP_STATUS/500\ndata:{\"code\":\"InternalError.Algo\",\"message\":\"inference internal error.\",";
    assert!(text.contains(end) && text.matches("event:").count() == 3 && !broken, "{text}");

    let (bytes, _) = under("empty = true").await;
    let events = told_events(&bytes);
    assert_eq!((events.len(), &events[0]["output"]["finish_reason"]), (1, &json!("stop")));

    let (bytes, _) = under("answer = \"嗯。\"\nno_usage = true").await;
    let events = told_events(&bytes);
    assert!(events.len() < 10 && events.iter().all(|event| event.get("usage").is_none()));
}

#[tokio::test]
async fn a_stalled_stream_ends_with_its_reader() {
    let server = quick("[[rule]]\nstall_after_tokens = 2").await;
    let mut response = ask(&server, TTS, body("qwen3-tts-flash", json!({})), true).await;
    let mut bytes = Vec::new();
    while bytes.windows(2).filter(|pair| pair == b"\n\n").count() < 2 {
        bytes.extend(tokio::time::timeout(CAP, response.chunk()).await.unwrap().unwrap().unwrap());
    }
    assert_eq!((told_events(&bytes).len(), server.active()), (2, 1));
    drop(response);
    until(|| server.active() == 0).await;
}

#[tokio::test]
async fn garbage_comes_between_the_pieces() {
    for kind in ["not_json", "binary", "bad_utf8", "long_line"] {
        let (bytes, broken) = under(&format!("garbage = {kind:?}\nafter_tokens = 1")).await;
        assert!(!broken && bytes.ends_with(b"\n\n"), "{kind}");
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("\"finish_reason\":\"stop\""), "{kind}: the rest comes too");
        let found = match kind {
            "not_json" => text.contains("\"data\":\"AAAA\n\n"),
            "long_line" => text.lines().any(|line| line.len() > 1024 * 1024),
            _ => std::str::from_utf8(&bytes).is_err(),
        };
        assert!(found, "{kind}");
    }
    let (bytes, _) = under("garbage = \"escapes\"").await;
    let events = told_events(&bytes);
    for field in [
        &events[0]["output"]["audio"]["id"],
        &events[0]["output"]["finish_reason"],
        &events[0]["request_id"],
    ] {
        assert!(field.as_str().unwrap().contains('\u{1b}'), "{field}");
    }
}

#[tokio::test]
async fn cosyvoice_speaks_on_its_own_path() {
    let server = quick("").await;
    let input = |format: &str| json!({"model": "cosyvoice-v3-flash", "input": {"text": TEXT, "voice": "longanyang", "format": format, "sample_rate": 16000}});
    let (status, text) = whole(&server, COSY, input("wav")).await;
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &value["usage"]), (200, &json!({"characters": 29})));
    let file = fetch(&value["output"]["audio"]["url"]).await;
    assert_eq!(file[24..28], 16_000_u32.to_le_bytes());

    let events = told_events(&told(&server, COSY, input("pcm")).await);
    let (last, rest) = events.split_last().unwrap();
    assert_eq!(fetch(&last["output"]["audio"]["url"]).await, file[44..]);
    assert_eq!(sounds(rest).concat(), file[44..]);
    let phases: Vec<(&str, u64, &str)> = rest
        .iter()
        .filter(|event| event["output"]["type"] != "sentence-synthesis")
        .map(|event| {
            let output = &event["output"];
            let text = output["original_text"].as_str().unwrap();
            (output["type"].as_str().unwrap(), output["sentence"]["index"].as_u64().unwrap(), text)
        })
        .collect();
    assert_eq!(
        phases,
        [
            ("sentence-begin", 0, "你好，世界。"),
            ("sentence-end", 0, "你好，世界。"),
            ("sentence-begin", 1, "Hello, world!"),
            ("sentence-end", 1, "Hello, world!"),
            ("sentence-begin", 2, " 再见。"),
            ("sentence-end", 2, " 再见。"),
        ]
    );
    let events = told_events(&told(&server, COSY, input("wav")).await);
    let (last, rest) = events.split_last().unwrap();
    assert!(sounds(rest).concat().starts_with(b"RIFF"));
    assert_eq!(fetch(&last["output"]["audio"]["url"]).await, file);

    let (status, text) = whole(&server, COSY, input("mp3")).await;
    assert_eq!(status, 400);
    assert!(text.contains("Required parameter(format) missing or invalid"), "{text}");
}
