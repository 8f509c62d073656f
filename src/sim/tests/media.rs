//! Attachments over real HTTP, on both surfaces and of every kind, and spoken answers.

use base64::prelude::{BASE64_STANDARD, Engine};

use super::*;

const MULTI: &str = "/api/v1/services/aigc/multimodal-generation/generation";
/// The header of a PNG of 640 by 480 pixels.
const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAoAAAAHg";

async fn send(server: &Server, path: &str, header: &str, body: Value) -> (u16, Vec<u8>) {
    let request =
        client().post(server.origin() + path).bearer_auth("sk-test").header(header, "enable");
    let response = request.body(body.to_string()).send().await.unwrap();
    (response.status().as_u16(), drain(response).await.0)
}

fn compat(model: &str, parts: Value) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": parts}]})
}

fn native(model: &str, parts: Value) -> Value {
    json!({"model": model, "input": {"messages": [{"role": "user", "content": parts}]}, "parameters": {}})
}

#[tokio::test]
async fn both_surfaces_count_and_name_the_same_picture() {
    let server = quick("").await;
    let parts = json!([{"type": "image_url", "image_url": {"url": PNG}}, {"type": "text", "text": "What is this?"}]);
    let (status, bytes) = send(&server, CHAT, "x-none", compat("qwen3-vl-plus", parts)).await;
    let answer: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(status, 200);
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(text.contains("640 × 480"), "{text}");
    let details = &answer["usage"]["prompt_tokens_details"];
    assert_eq!(details["image_tokens"], 302);
    let sum = details["text_tokens"].as_u64().unwrap() + 302;
    assert_eq!(answer["usage"]["prompt_tokens"], sum);

    let parts = json!([{"image": PNG}, {"text": "What is this?"}]);
    let mut body = native("qwen3-vl-plus", parts);
    let (_, bytes) = send(&server, MULTI, "x-none", body.clone()).await;
    let answer: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(answer["output"]["choices"][0]["message"]["content"], json!([{"text": text}]));
    assert_eq!(
        (&answer["usage"]["image_tokens"], &answer["usage"]["input_tokens"]),
        (&json!(302), &json!(sum))
    );
    assert_eq!(answer["usage"]["input_tokens_details"]["image_tokens"], 302);
    body["parameters"] =
        json!({"vl_enable_image_hw_output": true, "vl_high_resolution_images": true});
    let (_, bytes) = send(&server, MULTI, "x-none", body).await;
    let answer: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(
        answer["output"]["choices"][0]["message"]["content"][1],
        json!({"image_hw": [["480", "640"]]})
    );
}

#[tokio::test]
async fn every_kind_of_part_is_taken_by_the_models_that_have_it() {
    let server = quick("").await;
    let link = "https://example.com/clip.mp4";
    let frames = json!([PNG, PNG, PNG, PNG]);
    for (compat_part, native_part, key) in [
        (
            json!({"type": "image_url", "image_url": {"url": "http://example.com/a.jpg"}}),
            json!({"image": "http://example.com/a.jpg"}),
            "image_tokens",
        ),
        (
            json!({"type": "video_url", "video_url": {"url": link}, "fps": 1}),
            json!({"video": link, "fps": 1}),
            "video_tokens",
        ),
        (
            json!({"type": "video", "video": frames, "fps": 2}),
            json!({"video": frames, "fps": 2}),
            "video_tokens",
        ),
        (
            json!({"type": "input_audio", "input_audio": {"data": "data:;base64,UklGRg==", "format": "wav"}}),
            json!({"audio": "data:;base64,UklGRg=="}),
            "audio_tokens",
        ),
    ] {
        let mut body =
            compat("qwen3-omni-flash", json!([compat_part, {"type": "text", "text": "Answer."}]));
        body["stream"] = json!(true);
        body["stream_options"] = json!({"include_usage": true});
        let (status, bytes) = send(&server, CHAT, "x-none", body).await;
        let usage = chunks(&bytes).last().unwrap()["usage"].clone();
        let count = usage["prompt_tokens_details"][key].as_u64().unwrap();
        assert!(status == 200 && count > 0, "{key}");
        let (_, bytes) = send(
            &server,
            MULTI,
            "X-DashScope-SSE",
            native("qwen3-omni-flash", json!([native_part, {"text": "Answer."}])),
        )
        .await;
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(&format!("\"{key}\":{count}")), "{key} {text}");
    }
}

#[tokio::test]
async fn what_a_model_does_not_take_is_refused() {
    let server = quick("").await;
    let image = json!({"type": "image_url", "image_url": {"url": PNG}});
    let audio =
        json!({"type": "input_audio", "input_audio": {"data": "https://example.com/a.mp3"}});
    for (model, parts, part_of_message) in [
        ("qwen-plus", json!([image]), "Unexpected item type in content"),
        ("qwen3-vl-plus", json!([audio]), "Unexpected item type in content"),
        ("qwen3-omni-flash", json!([image, audio]), "one other modality"),
        (
            "qwen3-vl-plus",
            json!([{"type": "image_url", "image_url": {"url": "oss://dashscope-instant/a.png"}}]),
            "does not appear to be valid",
        ),
        (
            "qwen3-vl-plus",
            json!([{"type": "image_url", "image_url": {}}]),
            "Required parameter(messages.content)",
        ),
    ] {
        let mut body = compat(model, parts);
        body["stream"] = json!(true);
        let (status, bytes) = send(&server, CHAT, "x-none", body).await;
        let text = String::from_utf8(bytes).unwrap();
        assert!(status == 400 && text.contains(part_of_message), "{text}");
    }
    let (_, bytes) =
        send(&server, MULTI, "x-none", native("qwen3-vl-plus", json!([{"picture": PNG}]))).await;
    assert!(
        String::from_utf8(bytes)
            .unwrap()
            .contains("The item of content should be a message of a certain modal.")
    );
    // With the header an uploaded file is taken, on both surfaces.
    let server = start(Options { rate: Some(0.0), ..Options::default() }).await.unwrap();
    let oss = uploads::uploaded(&server, "qwen3-vl-plus", "a picture").await;
    let header = "X-DashScope-OssResourceResolve";
    let parts = json!([{"type": "image_url", "image_url": {"url": oss}}]);
    assert_eq!(send(&server, CHAT, header, compat("qwen3-vl-plus", parts)).await.0, 200);
    assert_eq!(
        send(&server, MULTI, header, native("qwen3-vl-plus", json!([{"image": oss}]))).await.0,
        200
    );
    let gone = json!([{"image": "oss://dashscope-instant/x/a.png"}]);
    let (status, bytes) = send(&server, MULTI, header, native("qwen3-vl-plus", gone)).await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(status == 400 && text.contains("InvalidParameter.DataInspection"), "{text}");
    // Newer omni models may mix.
    let mut mixed = compat("qwen3.5-omni-plus", json!([image, audio]));
    mixed["stream"] = json!(true);
    assert_eq!(send(&server, CHAT, "x-none", mixed).await.0, 200);
}

#[tokio::test]
async fn an_omni_model_answers_aloud_piece_by_piece() {
    let server = quick("[[rule]]\nanswer = \"One short sentence. And another!\"").await;
    let mut body = compat("qwen3-omni-flash", json!("Say something"));
    for (key, value) in [
        ("stream", json!(true)),
        ("stream_options", json!({"include_usage": true})),
        ("modalities", json!(["text", "audio"])),
        ("audio", json!({"voice": "Cherry", "format": "wav"})),
    ] {
        body[key] = value;
    }
    let (_, bytes) = send(&server, CHAT, "x-none", body.clone()).await;
    let all = chunks(&bytes);
    assert_eq!(text(&all, "content"), "One short sentence. And another!");
    let sounds: Vec<&Value> = all
        .iter()
        .map(|chunk| &chunk["choices"][0]["delta"]["audio"])
        .filter(|audio| !audio.is_null())
        .collect();
    assert!(sounds.len() > 2 && sounds[0]["id"].as_str().unwrap().starts_with("audio_"));
    let apart: Vec<u8> = sounds
        .iter()
        .flat_map(|audio| BASE64_STANDARD.decode(audio["data"].as_str().unwrap()).unwrap())
        .collect();
    let joined: String = sounds.iter().map(|audio| audio["data"].as_str().unwrap()).collect();
    assert_eq!(BASE64_STANDARD.decode(joined).unwrap(), apart);
    assert!(apart.len() > 24_000 && apart.len().is_multiple_of(2) && !apart.starts_with(b"RIFF"));
    // Text comes before its sound, and both sentences are heard.
    let first_sound = all.iter().position(|chunk| !chunk["choices"][0]["delta"]["audio"].is_null());
    let last_text = all.iter().rposition(|chunk| {
        chunk["choices"][0]["delta"]["content"].as_str().is_some_and(|text| !text.is_empty())
    });
    assert!(first_sound.unwrap() > 1 && first_sound < last_text);
    let usage = &all.last().unwrap()["usage"];
    assert_eq!(
        usage["completion_tokens_details"]["audio_tokens"],
        (apart.len() * 25).div_ceil(96_000)
    );
    body["audio"]["voice"] = json!("Nobody");
    let (status, bytes) = send(&server, CHAT, "x-none", body).await;
    let refused = String::from_utf8(bytes).unwrap();
    assert!(
        status == 400
            && refused.contains("Input should be 'Cherry', 'Ethan'")
            && refused.contains(" or 'Eric': parameters.audio.voice"),
        "{refused}"
    );

    let mut turbo = native("qwen-omni-turbo", json!([{"text": "Say something"}]));
    turbo["parameters"] = json!({"modalities": ["text", "audio"], "incremental_output": true});
    let (_, bytes) = send(&server, MULTI, "X-DashScope-SSE", turbo).await;
    let stream = String::from_utf8(bytes).unwrap();
    assert!(
        stream.contains(r#""content":[{"audio":{"data":""#)
            && stream.contains(r#""content":[{"text":""#),
        "{stream:.500}"
    );
}
