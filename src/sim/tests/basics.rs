//! The running simulator over real HTTP: answers, usage, errors.

use super::*;

#[tokio::test]
async fn a_stream_has_the_documented_order_and_its_usage_adds_up() {
    let server = quick("").await;
    let response =
        post(&server, question(json!({"stream": true, "stream_options": {"include_usage": true}})))
            .await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream;charset=UTF-8");
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let (bytes, broken) = drain(response).await;
    assert!(!broken && bytes.ends_with(b"data: [DONE]\n\n"));
    let chunks = chunks(&bytes);
    assert_eq!(chunks[0]["choices"][0]["delta"], json!({"content": "", "role": "assistant"}));
    let (last, rest) = chunks.split_last().unwrap();
    assert_eq!(rest.last().unwrap()["choices"][0]["finish_reason"], "stop");
    for chunk in &rest[1..] {
        assert!(chunk["usage"].is_null() && chunk["choices"][0]["delta"].get("role").is_none());
        assert_eq!((&chunk["id"], &chunk["created"]), (&chunks[0]["id"], &chunks[0]["created"]));
    }
    assert_eq!(chunks[0]["id"], format!("chatcmpl-{id}"));
    assert_eq!(last["choices"], json!([]));
    let usage = &last["usage"];
    let tokens = rest.len() - 2;
    assert_eq!(usage["completion_tokens"], tokens);
    assert_eq!(
        usage["total_tokens"].as_u64(),
        Some(usage["prompt_tokens"].as_u64().unwrap() + tokens as u64)
    );
    assert!(text(&chunks, "content").contains("simulator"));
}

#[tokio::test]
async fn without_being_asked_there_is_no_usage() {
    let server = quick("").await;
    let chunks = chunks(&stream(&server, json!({})).await);
    assert!(chunks.iter().all(|chunk| chunk["usage"].is_null()));
}

#[tokio::test]
async fn thinking_comes_first_and_counts() {
    let server = quick("").await;
    let more = json!({"enable_thinking": true, "stream_options": {"include_usage": true}});
    let chunks = chunks(&stream(&server, more).await);
    assert_eq!(
        chunks[0]["choices"][0]["delta"],
        json!({"content": null, "role": "assistant", "reasoning_content": ""})
    );
    let is_text = |chunk: &Value| chunk["choices"][0]["delta"]["content"].is_string();
    let first_text = chunks.iter().position(is_text).unwrap();
    assert!(first_text > 10 && chunks[first_text..chunks.len() - 1].iter().all(is_text));
    let usage = &chunks.last().unwrap()["usage"];
    let details = &usage["completion_tokens_details"];
    assert_eq!(details["reasoning_tokens"], first_text - 1);
    let sum =
        details["reasoning_tokens"].as_u64().unwrap() + details["text_tokens"].as_u64().unwrap();
    assert_eq!(usage["completion_tokens"], sum);
}

#[tokio::test]
async fn streamed_and_whole_answers_are_the_same() {
    let server = quick("").await;
    for more in [json!({}), json!({"model": "qwen3.5-plus"}), json!({"max_tokens": 20})] {
        let streamed = chunks(&stream(&server, more.clone()).await);
        let whole: Value =
            serde_json::from_slice(&drain(post(&server, question(more)).await).await.0).unwrap();
        let message = &whole["choices"][0]["message"];
        assert_eq!(message["content"], text(&streamed, "content"));
        assert_eq!(
            message["reasoning_content"].as_str().unwrap_or(""),
            text(&streamed, "reasoning_content")
        );
    }
}

#[tokio::test]
async fn limits_and_stop_texts_are_honoured() {
    let server = quick("").await;
    let whole = |more| {
        let server = &server;
        async move {
            let (bytes, _) = drain(post(server, question(more)).await).await;
            serde_json::from_slice::<Value>(&bytes).unwrap()
        }
    };
    let short = whole(json!({"max_tokens": 7})).await;
    assert_eq!(
        (&short["choices"][0]["finish_reason"], &short["usage"]["completion_tokens"]),
        (&json!("length"), &json!(7))
    );
    let all = whole(json!({"enable_thinking": true, "max_completion_tokens": 9})).await;
    assert_eq!(
        (&all["choices"][0]["finish_reason"], &all["usage"]["completion_tokens"]),
        (&json!("length"), &json!(9))
    );
    assert_eq!(all["choices"][0]["message"]["content"], "");
    let budget = whole(json!({"enable_thinking": true, "thinking_budget": 5})).await;
    assert_eq!(budget["usage"]["completion_tokens_details"]["reasoning_tokens"], 5);
    assert_eq!(budget["choices"][0]["finish_reason"], "stop");
    let stopped = whole(json!({"stop": ["nothing like it", "streamed"]})).await;
    assert_eq!(stopped["choices"][0]["message"]["content"], "## How a ");
    let several = whole(json!({"n": 3})).await;
    assert_eq!(several["choices"].as_array().unwrap().len(), 3);
    assert_eq!(several["choices"][2]["index"], 2);
}

#[tokio::test]
async fn several_choices_are_streamed_side_by_side() {
    let server = quick("").await;
    let chunks = chunks(&stream(&server, json!({"n": 2})).await);
    assert_eq!(
        (&chunks[0]["choices"][0]["index"], &chunks[1]["choices"][0]["index"]),
        (&json!(0), &json!(1))
    );
    let ends = chunks.iter().filter(|chunk| chunk["choices"][0]["finish_reason"] == "stop").count();
    assert_eq!(ends, 2);
}

#[tokio::test]
async fn a_tool_call_is_streamed_piecewise() {
    let server = quick("").await;
    let tools = json!({"stream_options": {"include_usage": true}, "tools": [{"type": "function", "function": {"name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}],
        "messages": [{"role": "user", "content": "weather in Chengdu?"}]});
    let chunks = chunks(&stream(&server, tools).await);
    let calls: Vec<&Value> = chunks
        .iter()
        .map(|chunk| &chunk["choices"][0]["delta"]["tool_calls"][0])
        .filter(|call| !call.is_null())
        .collect();
    assert_eq!(
        (&calls[0]["function"]["name"], &calls[0]["function"]["arguments"]),
        (&json!("get_weather"), &json!(""))
    );
    let arguments: String =
        calls.iter().filter_map(|call| call["function"]["arguments"].as_str()).collect();
    assert_eq!(arguments, r#"{"city": "Chengdu"}"#);
    assert!(calls.len() > 3 && calls[1]["id"] == "" && calls[1]["function"].get("name").is_none());
    assert_eq!(chunks[chunks.len() - 2]["choices"][0]["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn keys_are_checked_and_never_kept() {
    let server = quick("").await;
    let url = server.origin() + "/compatible-mode/v1/models";
    let wrong = "Incorrect API key provided. ";
    for (header, message) in [
        (None, "No API-key provided."),
        (Some("Bearer nokey"), wrong),
        (Some("Bearer sk-bad-key"), wrong),
        (Some("Bearer sk-this-is-wrong"), wrong),
        (Some("Bearer sk-sp-plan"), wrong),
        (Some("Basic sk-good"), wrong),
        (Some("Bearer"), wrong),
    ] {
        let mut request = client().get(&url);
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401, "{header:?}");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body: Value = serde_json::from_slice(&drain(response).await.0).unwrap();
        assert_eq!(
            body["error"],
            json!({"message": message, "type": "invalid_request_error", "param": null, "code": "invalid_api_key"})
        );
        assert_eq!(
            (&body["request_id"], &body["id"]),
            (&json!(id), &json!(format!("chatcmpl-{id}")))
        );
    }
    assert!(!format!("{:?}", server.seen()).contains("sk-"));
    let options = Options { accept_key: Some("sk-only-bad".into()), ..Options::default() };
    let strict = start(options).await.unwrap();
    assert!(!format!("{strict:?}").contains("sk-only"));
    let status = async |key: &str| {
        client()
            .get(strict.origin() + "/compatible-mode/v1/models")
            .bearer_auth(key)
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(
        (status("sk-only-bad").await.as_u16(), status("sk-other").await.as_u16()),
        (200, 401)
    );
}

#[tokio::test]
async fn models_are_listed() {
    let server = quick("").await;
    let get = async |path: &str| {
        let response =
            client().get(server.origin() + path).bearer_auth("sk-x").send().await.unwrap();
        let status = response.status().as_u16();
        (status, String::from_utf8(drain(response).await.0).unwrap())
    };
    let (status, list) = get("/compatible-mode/v1/models").await;
    assert_eq!(status, 200);
    assert!(list.starts_with(r#"{"object":"list","data":[{"id":""#), "{list}");
    assert!(list.contains(
        r#"{"id":"qwen-plus","object":"model","created":1795312800,"owned_by":"system"}"#
    ));
    assert!(!list.contains("wan2.5") && list.contains("text-embedding-v4"));
    assert_eq!(
        get("/compatible-mode/v1/models/qwen-plus").await.1,
        r#"{"id":"qwen-plus","object":"model","created":1795312800,"owned_by":"system"}"#
    );
    let (status, body) = get("/compatible-mode/v1/models/nope").await;
    assert!(status == 404 && body.contains("model_not_found"), "{body}");
}

#[tokio::test]
async fn wrong_paths_methods_and_bodies_are_refused_in_the_surface_s_envelope() {
    let server = quick("").await;
    let ask = async |method: &str, path: &str, body: &'static [u8]| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request =
            client().request(method, server.origin() + path).bearer_auth("sk-x").body(body);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body: Value = serde_json::from_slice(&drain(response).await.0).unwrap();
        assert_eq!(body["request_id"], id);
        let error = body.get("error").unwrap_or(&body);
        (
            status,
            error["code"].as_str().unwrap().to_owned(),
            error["message"].as_str().unwrap().to_owned(),
        )
    };
    let row =
        |status: u16, code: &str, message: &str| (status, code.to_owned(), message.to_owned());
    assert_eq!(
        ask("POST", "/compatible-mode/v1/nothing", b"").await,
        row(404, "NotFound", "Not found!")
    );
    assert_eq!(ask("GET", "/api/v1/nothing", b"").await, row(404, "NotFound", "Not found!"));
    let bad = "invalid_parameter_error";
    assert_eq!(
        ask("GET", CHAT, b"").await,
        row(400, bad, "Request method 'GET' is not supported.")
    );
    assert_eq!(
        ask("PUT", CHAT, b"{}").await,
        row(400, bad, "Request method 'PUT' is not supported.")
    );
    let body = row(400, bad, "Required body invalid, please check the request body format.");
    for bytes in [&b"{"[..], b"", b"[]", b"\xff\xfe", b"nonsense"] {
        assert_eq!(ask("POST", CHAT, bytes).await, body);
    }
    assert_eq!(
        ask("POST", CHAT, b"{}").await,
        row(400, "invalid_request_error", "you must provide a model parameter.")
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_after_it_was_read() {
    let server = quick("").await;
    let request =
        client()
            .post(server.origin() + CHAT)
            .bearer_auth("sk-x")
            .body(vec![b' '; 21 * 1024 * 1024]);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 400);
    let body: Value = serde_json::from_slice(&drain(response).await.0).unwrap();
    assert_eq!(
        (&body["error"]["code"], &body["error"]["message"]),
        (&json!("BadRequest.TooLarge"), &json!("Payload Too Large."))
    );
}

#[tokio::test]
async fn a_repeated_long_beginning_is_read_from_the_cache() {
    let server = quick("").await;
    let long = "Rules that never change. ".repeat(200);
    let ask = async |user: &str| {
        let messages = json!({"messages": [{"role": "system", "content": long}, {"role": "user", "content": user}]});
        let body: Value =
            serde_json::from_slice(&drain(post(&server, question(messages)).await).await.0)
                .unwrap();
        body["usage"]["prompt_tokens_details"]["cached_tokens"].as_u64().unwrap()
    };
    assert_eq!(ask("one").await, 0);
    assert!(ask("two").await >= 256);
}

#[tokio::test]
async fn measured_answers_have_the_size_that_was_asked_for() {
    let options = Options { tokens: Some(2_000), rate: Some(0.0), ..Options::default() };
    let server = start(options).await.unwrap();
    let bytes = stream(&server, json!({"stream_options": {"include_usage": true}})).await;
    let chunks = chunks(&bytes);
    assert_eq!(chunks.len(), 2_000 + 3);
    assert_eq!(chunks.last().unwrap()["usage"]["completion_tokens"], 2_000);
    let size = text(&chunks, "content").len();
    assert!((6_000..6_500).contains(&size), "{size}");
}

#[tokio::test]
async fn what_was_asked_is_remembered() {
    let server = quick("").await;
    stream(&server, json!({"seed": 7})).await;
    let _ = client().get(server.origin() + "/compatible-mode/v1/models").send().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.len(), server.requests()), (2, 2));
    assert_eq!(
        (seen[0].method.as_str(), seen[0].path.as_str(), seen[0].model.as_str()),
        ("POST", CHAT, "qwen-plus")
    );
    assert!(seen[0].had_auth && seen[0].body["seed"] == 7);
    assert!(!seen[1].had_auth && seen[1].body.is_null());
    for _ in 0..300 {
        server.shared.seen.push(seen[1].clone(), 0);
    }
    assert_eq!((server.seen().len(), server.requests()), (256, 302));
}

#[tokio::test]
async fn only_loopback_is_listened_on_without_a_flag() {
    let listen = SocketAddr::from(([0, 0, 0, 0], 0));
    let refused = start(Options { listen, ..Options::default() }).await.unwrap_err();
    assert!(refused.to_string().contains("--allow-remote"), "{refused}");
    let server = start(Options { listen, allow_remote: true, ..Options::default() }).await.unwrap();
    let taken = start(Options {
        listen: SocketAddr::from(([127, 0, 0, 1], server.addr().port())),
        ..Options::default()
    });
    let error = taken.await.unwrap_err();
    assert!(matches!(error, SimError::InUse(_)), "{error}");
    assert!(matches!(
        start(Options { time_scale: 0.0, ..Options::default() }).await,
        Err(SimError::TimeScale)
    ));
    assert!(matches!(
        start(Options { rate: Some(-1.0), ..Options::default() }).await,
        Err(SimError::Rate)
    ));
}

#[tokio::test]
async fn a_client_that_leaves_stops_its_stream() {
    let server = start(Options { tokens: Some(50_000), rate: Some(20.0), ..Options::default() })
        .await
        .unwrap();
    let mut response = post(&server, question(json!({"stream": true}))).await;
    response.chunk().await.unwrap();
    assert_eq!(server.active(), 1);
    drop(response);
    until(|| server.active() == 0).await;
    // The same for an answer that is not streamed, whose client waits for the headers.
    let request = client()
        .post(server.origin() + CHAT)
        .bearer_auth("sk-x")
        .body(question(json!({})).to_string());
    let waiting = tokio::spawn(request.send());
    until(|| server.active() == 1).await;
    waiting.abort();
    until(|| server.active() == 0).await;
}

#[tokio::test]
async fn shutdown_ends_streams_that_are_open() {
    let server = quick("[[rule]]\nstall_after_tokens = 5").await;
    let addr = server.addr();
    let mut response = post(&server, question(json!({"stream": true}))).await;
    response.chunk().await.unwrap();
    let mut idle = TcpStream::connect(addr).await.unwrap();
    tokio::time::timeout(CAP, server.shutdown()).await.unwrap();
    assert!(drain(response).await.1);
    let end = tokio::time::timeout(CAP, idle.read(&mut [0; 16])).await.unwrap();
    assert!(matches!(end, Ok(0) | Err(_)));
    assert!(TcpStream::connect(addr).await.is_err());
}
