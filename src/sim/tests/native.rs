//! The native chat surface over real HTTP: both forms of answers, streams, refusals and faults.

use super::*;

const TEXT: &str = "/api/v1/services/aigc/text-generation/generation";
const MULTI: &str = "/api/v1/services/aigc/multimodal-generation/generation";

/// Posts a body with some headers.
async fn send(
    server: &Server,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> reqwest::Response {
    let mut request =
        client().post(server.origin() + path).bearer_auth("sk-test").body(body.to_string());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    tokio::time::timeout(CAP, request.send()).await.unwrap().unwrap()
}

fn ask(parameters: Value) -> Value {
    json!({"model": "qwen-plus", "input": {"messages": [{"role": "user", "content": "Explain streaming"}]},
        "parameters": parameters})
}

async fn whole(server: &Server, path: &str, body: Value) -> (u16, Value) {
    let response = send(server, path, &[], &body).await;
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&drain(response).await.0).unwrap())
}

const SSE: &[(&str, &str)] = &[("X-DashScope-SSE", "enable")];

/// The data of each event, after a look at the frame around it.
fn data(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    let events = text.split("\n\n").filter(|event| !event.is_empty());
    events
        .zip(1..)
        .map(|(event, number)| {
            let lines: Vec<&str> = event.split('\n').collect();
            assert_eq!(lines.len(), 4, "{event}");
            assert_eq!(lines[0], format!("id:{number}"));
            assert!(["event:result", "event:error"].contains(&lines[1]), "{event}");
            assert!(lines[2].starts_with(":HTTP_STATUS/"), "{event}");
            serde_json::from_str(lines[3].strip_prefix("data:").unwrap()).unwrap()
        })
        .collect()
}

async fn streamed(server: &Server, path: &str, body: Value) -> Vec<Value> {
    data(&drain(send(server, path, SSE, &body).await).await.0)
}

fn said(events: &[Value], field: &str) -> String {
    let message = |event: &Value| {
        let message = &event["output"]["choices"][0]["message"];
        message[field].as_str().or(message[field][0]["text"].as_str()).map(str::to_owned)
    };
    events.iter().filter_map(message).collect()
}

#[tokio::test]
async fn streamed_and_whole_answers_are_the_same_in_every_form() {
    let server = quick("").await;
    let message = json!({"result_format": "message", "incremental_output": true});
    let (status, full) = whole(&server, TEXT, ask(message.clone())).await;
    assert_eq!(status, 200);
    let text = full["output"]["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(text.contains("simulator"));
    let response = send(&server, TEXT, SSE, &ask(message)).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream;charset=UTF-8");
    assert_eq!(response.headers()["x-dashscope-finished"], "false");
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let events = data(&drain(response).await.0);
    assert_eq!(said(&events, "content"), text);
    let (last, rest) = events.split_last().unwrap();
    assert!(rest.iter().all(|event| event["output"]["choices"][0]["finish_reason"] == "null"));
    assert_eq!(last["output"]["choices"][0]["finish_reason"], "stop");
    assert!(events.iter().all(|event| event["request_id"] == id));
    assert_eq!(last["usage"]["output_tokens"], rest.len());
    assert_eq!(full["usage"]["output_tokens"], rest.len());

    let repeats = streamed(&server, TEXT, ask(json!({"result_format": "message"}))).await;
    assert_eq!(repeats.last().unwrap()["output"]["choices"][0]["message"]["content"], text);
    // Nothing asked for: `text`, and every event repeats all before it.
    let plain = streamed(&server, TEXT, ask(json!({}))).await;
    assert_eq!(plain.last().unwrap()["output"]["text"], text);
    assert_eq!(plain.last().unwrap()["output"]["finish_reason"], "stop");
    assert_eq!(whole(&server, TEXT, ask(json!({}))).await.1["output"]["text"], text);
    // And the other surface says the same.
    let compat = chunks(&stream(&server, json!({})).await);
    assert_eq!(super::text(&compat, "content"), text);
}

#[tokio::test]
async fn a_stream_is_asked_for_by_either_header_and_a_prompt_is_a_question() {
    let server = quick("").await;
    let body = json!({"model": "qwen-plus", "input": {"prompt": "Explain streaming"}});
    for headers in [
        &[("X-DashScope-SSE", "enable")][..],
        &[("Accept", "text/event-stream")],
        &[("Accept", "application/json, text/event-stream;q=0.9")],
        &[("accept", "*/*"), ("x-dashscope-sse", "ENABLE")],
    ] {
        let response = send(&server, TEXT, headers, &body).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream;charset=UTF-8");
        assert!(data(&drain(response).await.0).len() > 10);
    }
    let response =
        send(&server, TEXT, &[("Accept", "*/*"), ("X-DashScope-SSE", "disable")], &body).await;
    assert_eq!(response.headers()["content-type"], "application/json");
}

#[tokio::test]
async fn thinking_comes_first_and_a_tool_call_ends_with_its_last_piece() {
    let server = quick("").await;
    let mut body = ask(
        json!({"enable_thinking": true, "result_format": "message", "incremental_output": true}),
    );
    let events = streamed(&server, TEXT, body.clone()).await;
    let text = |event: &&Value| {
        !event["output"]["choices"][0]["message"]["content"].as_str().unwrap().is_empty()
    };
    let first = events.iter().position(|event| text(&event)).unwrap();
    assert!(first > 10 && !said(&events, "reasoning_content").is_empty());
    let details = &events.last().unwrap()["usage"]["output_tokens_details"];
    assert_eq!(details["reasoning_tokens"], first);
    body["input"]["messages"][0]["content"] = json!("weather in Chengdu?");
    body["parameters"] = json!({"result_format": "message", "incremental_output": true,
        "tools": [{"type": "function", "function": {"name": "get_weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]});
    let events = streamed(&server, TEXT, body.clone()).await;
    let calls =
        events.iter().map(|event| &event["output"]["choices"][0]["message"]["tool_calls"][0]);
    let arguments: String =
        calls.filter_map(|call| call["function"]["arguments"].as_str()).collect();
    assert_eq!(arguments, r#"{"city": "Chengdu"}"#);
    assert_eq!(events.last().unwrap()["output"]["choices"][0]["finish_reason"], "tool_calls");
    let (_, full) = whole(&server, TEXT, body).await;
    let choice = &full["output"]["choices"][0];
    assert_eq!(choice["message"]["tool_calls"][0]["function"]["name"], "get_weather");
    assert_eq!(choice["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn sources_are_told_where_they_are_wanted() {
    let server = quick("").await;
    let wish = |more: Value| {
        let mut options = json!({"enable_source": true, "search_strategy": "max"});
        for (key, value) in more.as_object().unwrap() {
            options[key] = value.clone();
        }
        ask(json!({"result_format": "message", "incremental_output": true, "enable_search": true,
            "search_options": options}))
    };
    let (_, full) = whole(&server, TEXT, wish(json!({"enable_citation": true}))).await;
    let found = full["output"]["search_info"]["search_results"].as_array().unwrap();
    assert_eq!((found.len(), &found[0]["index"]), (5, &json!(1)));
    for key in ["title", "url", "site_name", "icon"] {
        assert!(found[0][key].is_string(), "{key}");
    }
    assert!(full["output"]["choices"][0]["message"]["content"].as_str().unwrap().contains("[1]"));
    assert_eq!(full["usage"]["plugins"], json!({"search": {"count": 1, "strategy": "max"}}));
    let events = streamed(&server, TEXT, wish(json!({"prepend_search_result": true}))).await;
    assert_eq!((&events[0]["usage"], said(&events[..1], "content").as_str()), (&json!({}), ""));
    assert_eq!(events[0]["output"]["search_info"]["search_results"].as_array().unwrap().len(), 5);
    assert_eq!(
        events[1]["output"]["search_info"],
        json!({"extra_tool_info": [], "search_results": []})
    );
    let (_, quiet) = whole(&server, TEXT, wish(json!({"enable_source": false}))).await;
    assert!(quiet["output"].get("search_info").is_none());
    // The compatible surface searches too and never tells.
    let compat = drain(post(&server, question(json!({"enable_search": true}))).await).await.0;
    assert!(!String::from_utf8_lossy(&compat).contains("search_info"));
}

#[tokio::test]
async fn refusals_are_an_event_of_a_stream_and_plain_otherwise() {
    let server = quick("").await;
    let with = |key: &str, value: Value| {
        let mut body = ask(json!({}));
        body[key] = value;
        body
    };
    let bad = "InvalidParameter";
    let think = |more: Value| {
        let mut all = json!({"enable_thinking": true, "result_format": "message", "incremental_output": true});
        for (key, value) in more.as_object().unwrap() {
            all[key] = value.clone();
        }
        ask(all)
    };
    let always = |parameters: Value| json!({"model": "qwen3-30b-a3b-thinking-2507", "input": {"prompt": "hi"}, "parameters": parameters});
    let table = [
        (
            with("input", Value::Null),
            "BadRequest.EmptyInput",
            "Required input parameter missing from request.",
        ),
        (
            with("input", json!({})),
            bad,
            "Either \"prompt\" or \"messages\" must exist and cannot both be none",
        ),
        (ask(json!({"top_p": 0})), bad, "Range of top_p should be (0.0, 1.0]"),
        (
            think(json!({"result_format": "text"})),
            bad,
            "The result_format parameter must be \"message\" when enable_thinking is true",
        ),
        (
            think(json!({"incremental_output": false})),
            bad,
            "The incremental_output parameter must be \"true\" when enable_thinking is true",
        ),
        (
            think(json!({"response_format": {"type": "json_object"}})),
            bad,
            "Json mode response is not supported when enable_thinking is true",
        ),
        (
            always(json!({"incremental_output": false})),
            bad,
            "The incremental_output parameter of this model cannot be set to False.",
        ),
        (
            always(json!({"enable_thinking": false})),
            bad,
            "The value of the enable_thinking parameter is restricted to True.",
        ),
        (
            with("input", json!({"messages": [{"role": "user", "content": 3}]})),
            bad,
            "input content must be a string.",
        ),
        (
            with("model", json!("qwen-max")).as_object().map_or(Value::Null, |body| {
                let mut body = Value::Object(body.clone());
                body["parameters"] = json!({"enable_thinking": true});
                body
            }),
            "InvalidParameter.NotSupportEnableThinking",
            "The model qwen-max does not support enable_thinking.",
        ),
    ];
    for (body, code, message) in table {
        let events = streamed(&server, TEXT, body.clone()).await;
        assert_eq!(events.len(), 1, "{message}");
        assert_eq!((&events[0]["code"], &events[0]["message"]), (&json!(code), &json!(message)));
        // Without a stream there is nothing incremental.
        if !message.contains("incremental") {
            let (status, plain) = whole(&server, TEXT, body).await;
            assert_eq!(
                (status, &plain["code"], &plain["message"]),
                (400, &json!(code), &json!(message))
            );
        }
    }
    let (status, plain) =
        whole(&server, TEXT, json!({"model": "qwq-plus", "input": {"prompt": "hi"}})).await;
    assert_eq!(status, 400);
    assert!(plain["message"].as_str().unwrap().starts_with("This model only support stream mode"));
}

#[tokio::test]
async fn the_gateway_refuses_in_plain_json_even_where_a_stream_is_wanted() {
    let server = quick("").await;
    let model = |model: &str| json!({"model": model, "input": {"prompt": "hi"}, "parameters": {}});
    let bad = "InvalidParameter";
    for (path, body, status, code, message) in [
        (
            TEXT,
            json!({"input": {}}),
            400,
            "BadRequest.EmptyModel",
            "Required parameter \"model\" missing from request.",
        ),
        (TEXT, model("nope"), 400, bad, "Model not exist."),
        (TEXT, model("qwen3-vl-plus"), 400, bad, "url error, please check url！"),
        (TEXT, model("qwen3.5-plus"), 400, bad, "url error, please check url！"),
        (MULTI, model("qwen-plus"), 400, bad, "url error, please check url！"),
        (MULTI, model("text-embedding-v4"), 400, bad, "url error, please check url！"),
        (
            MULTI,
            model("qwen3-omni-flash-realtime"),
            400,
            bad,
            "current user api does not support http call.",
        ),
        (TEXT, json!([]), 400, bad, "Required body invalid, please check the request body format."),
    ] {
        for headers in [SSE, &[]] {
            let response = send(&server, path, headers, &body).await;
            assert_eq!(response.status(), status, "{message}");
            assert_eq!(response.headers()["content-type"], "application/json");
            let body: Value = serde_json::from_slice(&drain(response).await.0).unwrap();
            assert_eq!((&body["code"], &body["message"]), (&json!(code), &json!(message)));
        }
    }
    let wrong = client()
        .post(server.origin() + TEXT)
        .bearer_auth("sk-bad")
        .header("X-DashScope-SSE", "enable");
    let response = wrong.body(model("qwen-plus").to_string()).send().await.unwrap();
    assert_eq!(response.status(), 401);
    let body = String::from_utf8(drain(response).await.0).unwrap();
    assert!(
        body.starts_with(
            r#"{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":""#
        ),
        "{body}"
    );
    let response =
        send(&server, TEXT, &[("X-DashScope-Async", "enable")], &model("qwen-plus")).await;
    assert_eq!(response.status(), 403);
    let body = String::from_utf8(drain(response).await.0).unwrap();
    assert!(body.contains("Current user api does not support asynchronous calls."), "{body}");
    let get = client().get(server.origin() + TEXT).bearer_auth("sk-x").send().await.unwrap();
    let body = String::from_utf8(drain(get).await.0).unwrap();
    assert!(body.contains("Request method 'GET' is not supported."), "{body}");
}

#[tokio::test]
async fn faults_befall_native_streams_too() {
    let under = async |rule: &str| {
        let server = quick(&format!("[[rule]]\n{rule}\n")).await;
        let body = ask(json!({"result_format": "message", "incremental_output": true}));
        drain(send(&server, TEXT, SSE, &body).await).await
    };
    for (cut, breaks) in [("reset", true), ("drop", true), ("clean", false)] {
        let (bytes, broken) = under(&format!("cut_after_tokens = 4\ncut = {cut:?}")).await;
        assert_eq!((data(&bytes).len(), broken), (4, breaks), "{cut}");
    }
    assert_eq!(under("cut_after_bytes = 77\ncut = \"drop\"").await.0.len(), 77);
    let (bytes, broken) = under("error_event = \"data_inspection_failed\"\nafter_tokens = 1").await;
    let text = String::from_utf8(bytes).unwrap();
    let start = "id:2\nevent:error\n:HTTP_STATUS/400\ndata:{\"code\":\"DataInspectionFailed\",\"message\":\"Output data may contain inappropriate content.\",\"request_id\":\"";
    assert!(!broken && text.split("\n\n").nth(1).unwrap().starts_with(start), "{text}");
    let (bytes, _) = under("answer = \"one two three\"\ncumulative = true").await;
    let texts: Vec<String> = data(&bytes).chunks(1).map(|event| said(event, "content")).collect();
    assert_eq!(texts, ["one", "one two", "one two three", "one two three"]);
    let (bytes, _) = under("no_usage = true").await;
    assert!(data(&bytes).iter().all(|event| event.get("usage").is_none()));
    let (bytes, broken) = under("no_done = true").await;
    assert!(!broken && !String::from_utf8(bytes).unwrap().contains("\"finish_reason\":\"stop\""));
    let (bytes, _) = under("empty = true").await;
    assert_eq!(said(&data(&bytes), "content"), "");
    let (bytes, _) = under("tokens = 123").await;
    assert_eq!(data(&bytes).last().unwrap()["usage"]["output_tokens"], 123);
    let (bytes, _) = under("garbage = \"not_json\"").await;
    assert!(String::from_utf8(bytes).unwrap().contains("and then\n\nid:5\n"));
    let (bytes, _) = under("garbage = \"bad_utf8\"").await;
    assert!(bytes.windows(2).any(|pair| pair == [0xc3, 0xff]));
    let (bytes, _) = under("garbage = \"long_line\"").await;
    assert!(bytes.split(|byte| *byte == b'\n').map(<[u8]>::len).max() > Some(1024 * 1024));
    let (bytes, _) = under("garbage = \"escapes\"").await;
    let events = data(&bytes);
    assert!(events[0]["request_id"].as_str().unwrap().contains('\u{1b}'));
    assert!(said(&events, "content").contains("\u{1b}[2J"));
}
