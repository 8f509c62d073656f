//! The running simulator over real HTTP: every fault a script can ask for.

use super::*;

/// Asks for a stream under one rule: bytes, and whether the connection broke.
async fn under(rule: &str) -> (Vec<u8>, bool) {
    let server = quick(&format!("[[rule]]\n{rule}\n")).await;
    drain(
        post(&server, question(json!({"stream": true, "stream_options": {"include_usage": true}})))
            .await,
    )
    .await
}

#[tokio::test]
async fn every_documented_error_can_be_scripted() {
    for kind in refusal::ALL {
        let server = quick(&format!("[[rule]]\ncode = {:?}\nretry_after = 3", kind.compat)).await;
        let response = post(&server, question(json!({"stream": true}))).await;
        assert_eq!(response.status().as_u16(), kind.status);
        assert_eq!(
            (&response.headers()["retry-after"], &response.headers()["content-type"]),
            (&"3".parse().unwrap(), &"application/json".parse().unwrap())
        );
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body = String::from_utf8(drain(response).await.0).unwrap();
        let expected = json!({"message": kind.message, "type": kind.class, "param": null, "code": kind.compat});
        let value: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&value["error"], &value["request_id"]), (&expected, &json!(id)));
        assert!(body.starts_with("{\"error\":{\"message\":"), "{body}");
    }
}

#[tokio::test]
async fn a_bare_status_is_enough_and_only_the_named_call_fails() {
    let server = quick("[[rule]]\nmodel = \"qwen-*\"\ncall = 2\nstatus = 429\n").await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(post(&server, question(json!({}))).await.status().as_u16());
    }
    assert_eq!(statuses, [200, 429, 200]);
    let native = quick("[[rule]]\nstatus = 429").await;
    let response = client().get(native.origin() + "/api/v1/tasks/1").send().await.unwrap();
    let body = String::from_utf8(drain(response).await.0).unwrap();
    assert!(body.starts_with(r#"{"code":"Throttling.RateQuota","message":"#), "{body}");
}

#[tokio::test]
async fn cuts_after_tokens_break_the_connection_or_end_cleanly() {
    for (cut, breaks) in [("reset", true), ("drop", true), ("clean", false)] {
        let (bytes, broken) = under(&format!("cut_after_tokens = 4\ncut = {cut:?}")).await;
        assert_eq!(broken, breaks, "{cut}");
        let events = events(&bytes);
        assert_eq!(events.len(), 1 + 4, "{cut}: {events:?}");
        assert!(!bytes.ends_with(b"[DONE]\n\n"));
    }
}

#[tokio::test]
async fn cuts_after_bytes_are_exact() {
    for size in [0, 1, 100, 777] {
        let (bytes, broken) = under(&format!("cut_after_bytes = {size}\ncut = \"drop\"")).await;
        assert_eq!((bytes.len(), broken), (size, true));
    }
    let server = quick("[[rule]]\ncut_after_bytes = 50\ncut = \"drop\"").await;
    let (bytes, broken) = drain(post(&server, question(json!({}))).await).await;
    assert_eq!((bytes.len(), broken), (50, true));
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let server = quick("[[rule]]\ncut_after_tokens = 2\ncut = \"reset\"").await;
    let mut socket = TcpStream::connect(server.addr()).await.unwrap();
    let body = question(json!({"stream": true})).to_string();
    let head = format!(
        "POST {CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-x\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    let error = tokio::time::timeout(CAP, socket.read_to_end(&mut all)).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_stall_is_silent_until_the_client_leaves() {
    let server = quick("[[rule]]\nstall_after_tokens = 3").await;
    let mut response = post(&server, question(json!({"stream": true}))).await;
    let mut bytes = Vec::new();
    while events(&bytes).len() < 4 {
        bytes.extend(tokio::time::timeout(CAP, response.chunk()).await.unwrap().unwrap().unwrap());
    }
    assert_eq!((events(&bytes).len(), server.active()), (4, 1));
    let more = tokio::time::timeout(Duration::from_millis(30), response.chunk()).await;
    assert!(more.is_err());
    drop(response);
    until(|| server.active() == 0).await;
}

#[tokio::test]
async fn garbage_of_every_kind_arrives() {
    let (bytes, _) = under("garbage = \"not_json\"").await;
    let events = events(&bytes);
    assert!(
        serde_json::from_str::<Value>(&events[4]).is_err() && events.last().unwrap() == "[DONE]"
    );

    let (bytes, _) = under("garbage = \"not_json\"\nafter_tokens = 1000000").await;
    assert!(String::from_utf8_lossy(&bytes).contains("and then\n\ndata: {\"choices\":[],"));

    let (bytes, _) = under("garbage = \"binary\"\nafter_tokens = 0").await;
    assert!(bytes.contains(&0) && std::str::from_utf8(&bytes).is_err());

    let (bytes, _) = under("garbage = \"bad_utf8\"").await;
    assert!(bytes.windows(2).any(|pair| pair == [0xc3, 0xff]));

    let (bytes, _) = under("garbage = \"long_line\"").await;
    let longest = bytes.split(|byte| *byte == b'\n').map(<[u8]>::len).max();
    assert!(longest > Some(1024 * 1024) && bytes.ends_with(b"[DONE]\n\n"));

    let (bytes, _) = under("garbage = \"html\"").await;
    assert!(bytes.starts_with(b"<!doctype html>"));

    let (bytes, _) = under("garbage = \"escapes\"").await;
    let chunks = chunks(&bytes);
    for field in ["id", "model"] {
        assert!(chunks[0][field].as_str().unwrap().contains('\u{1b}'), "{field}");
    }
    assert!(text(&chunks, "content").contains("\u{1b}[2J"));
    let reasons = chunks.iter().filter_map(|chunk| chunk["choices"][0]["finish_reason"].as_str());
    assert!(reasons.max().unwrap().contains('\u{1b}'));
}

#[tokio::test]
async fn an_error_in_the_midst_ends_the_stream_without_done() {
    let rule = "error_event = \"data_inspection_failed\"\nafter_tokens = 1";
    let (bytes, broken) = under(rule).await;
    let events = events(&bytes);
    assert_eq!((events.len(), broken), (3, false));
    let start = r#"{"error":{"message":"Output data may contain inappropriate content.","type":"data_inspection_failed","param":null,"code":"data_inspection_failed"},"request_id":""#;
    assert!(events[2].starts_with(start), "{}", events[2]);
    let server = quick(&format!("[[rule]]\n{rule}")).await;
    assert_eq!(post(&server, question(json!({}))).await.status(), 400);
}

#[tokio::test]
async fn small_faults() {
    let (bytes, _) = under("empty = true").await;
    let all = chunks(&bytes);
    assert_eq!((text(&all, "content").as_str(), all.len()), ("", 3));
    assert_eq!(all[2]["usage"]["completion_tokens"], 0);

    let (bytes, _) = under("no_usage = true").await;
    assert!(chunks(&bytes).iter().all(|chunk| chunk["usage"].is_null()));

    let (bytes, broken) = under("no_done = true").await;
    assert!(
        !broken
            && !bytes.ends_with(b"[DONE]\n\n")
            && !chunks(&bytes).last().unwrap()["usage"].is_null()
    );

    let (bytes, _) = under("answer = \"one two three\"\ncumulative = true").await;
    let all = chunks(&bytes);
    let deltas: Vec<&str> =
        all.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(deltas, ["", "one", "one two", "one two three", ""]);

    let (bytes, _) =
        under("answer = \"fixed\"\nreasoning = \"because\"\nmodel = \"qwen-plus\"").await;
    assert_eq!(text(&chunks(&bytes), "content"), "fixed");

    let (bytes, _) = under("tokens = 123").await;
    assert_eq!(chunks(&bytes).last().unwrap()["usage"]["completion_tokens"], 123);
}

#[tokio::test]
async fn delays_and_slow_lines_still_deliver_everything() {
    let (plain, _) = under("answer = \"short\"").await;
    for rule in ["delay_ms = 30", "first_byte_ms = 30", "slow_bytes_per_s = 20000", "rate = 500.0"]
    {
        let (bytes, broken) = under(&format!("answer = \"short\"\n{rule}")).await;
        assert_eq!((bytes.len(), broken), (plain.len(), false), "{rule}");
    }
}

#[tokio::test]
async fn slow_headers_come_in_drops() {
    let server = quick("[[rule]]\nslow_bytes_per_s = 40").await;
    let mut socket = TcpStream::connect(server.addr()).await.unwrap();
    socket.write_all(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut buffer = [0; 1024];
    let first = tokio::time::timeout(CAP, socket.read(&mut buffer)).await.unwrap().unwrap();
    // Two bytes every twentieth of a second, or some drops at once on a busy machine.
    assert!(first < 100, "{first}");
}

#[tokio::test]
async fn redirects_and_bombs() {
    let server = quick("[[rule]]\nredirect = \"http://127.0.0.1:1/elsewhere\"\nstatus = 307").await;
    let response = post(&server, question(json!({}))).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (307, &"http://127.0.0.1:1/elsewhere".parse().unwrap())
    );

    let server = quick("[[rule]]\ngzip_bomb_mb = 3").await;
    let request = |client: reqwest::Client| {
        client
            .post(server.origin() + CHAT)
            .bearer_auth("sk-x")
            .body(question(json!({})).to_string())
    };
    let (packed, _) = drain(request(client()).send().await.unwrap()).await;
    assert!(packed.len() < 40_000, "{}", packed.len());
    let unpacking = reqwest::Client::builder().no_proxy().build().unwrap();
    let (bytes, broken) = drain(request(unpacking).send().await.unwrap()).await;
    assert!(
        !broken && bytes.len() > 3_000_000 && bytes.starts_with(b"data: aaaa"),
        "{}",
        bytes.len()
    );
}
