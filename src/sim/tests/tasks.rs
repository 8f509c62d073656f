//! Tasks over real HTTP: creating, asking, listing, canceling, results, and every fault of theirs.

use super::*;

mod ends;

const VIDEO: &str = "/api/v1/services/aigc/video-generation/video-synthesis";
const IMAGE: &str = "/api/v1/services/aigc/text2image/image-synthesis";

/// One reply: status and body.
type Said = (u16, Value);

async fn send(request: reqwest::RequestBuilder) -> Said {
    let response = tokio::time::timeout(CAP, request.send()).await.unwrap().unwrap();
    let status = response.status().as_u16();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let bytes = drain(response).await.0;
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(body["request_id"], id);
    (status, body)
}

async fn create_at(server: &Server, path: &str, body: Value) -> Said {
    let request = client().post(server.origin() + path).header("X-DashScope-Async", "enable");
    send(request.bearer_auth("sk-test").body(body.to_string())).await
}

async fn create(server: &Server, body: Value) -> Said {
    create_at(server, VIDEO, body).await
}

async fn ask(server: &Server, path: &str) -> Said {
    send(client().get(server.origin() + "/api/v1/tasks" + path).bearer_auth("sk-test")).await
}

async fn task(server: &Server, id: &str) -> Value {
    let (status, body) = ask(server, &format!("/{id}")).await;
    assert_eq!(status, 200);
    body
}

async fn cancel(server: &Server, id: &str) -> Said {
    let url = format!("{}/api/v1/tasks/{id}/cancel", server.origin());
    send(client().post(url).bearer_auth("sk-test").header("content-length", "0")).await
}

fn video(more: Value) -> Value {
    let mut body = json!({"model": "wan2.5-t2v-preview", "input": {"prompt": "a panda"},
        "parameters": {"size": "832*480", "duration": 5}});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn id(said: &Said) -> String {
    assert_eq!(said.0, 200, "{}", said.1);
    said.1["output"]["task_id"].as_str().unwrap().to_owned()
}

/// Asks until the task is in its last state.
async fn finish(server: &Server, id: &str) -> Value {
    let wait = async {
        loop {
            let body = task(server, id).await;
            if !["PENDING", "RUNNING"].contains(&body["output"]["task_status"].as_str().unwrap()) {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(CAP, wait).await.unwrap()
}

/// Hours of the service are seconds here, and minutes still leave time to look.
async fn unhurried(scenario: &str) -> Server {
    let scenario = Some(Scenario::parse("test.toml", scenario).unwrap());
    start(Options { time_scale: 0.001, scenario, ..Options::default() }).await.unwrap()
}

fn keys(value: &Value, text: &str) -> Vec<String> {
    let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
    keys.sort_by_key(|key| text.rfind(&format!("\"{key}\":")));
    keys
}

#[tokio::test]
async fn a_video_is_made_and_can_be_fetched() {
    let server = quick("").await;
    let created = create(&server, video(json!({}))).await;
    assert_eq!(created.1["output"]["task_status"], "PENDING");
    let id = id(&created);
    assert_ne!(created.1["request_id"], id.as_str());
    let body = finish(&server, &id).await;
    let output = &body["output"];
    assert_eq!(output["task_status"], "SUCCEEDED");
    assert_eq!(body["usage"], json!({"SR": 480, "duration": 5, "video_count": 1}));
    assert_eq!(output["orig_prompt"], "a panda");
    assert!(output["actual_prompt"].as_str().unwrap().starts_with("a panda. "));
    assert!(output.get("task_metrics").is_none());
    for key in ["submit_time", "scheduled_time", "end_time"] {
        let time = output[key].as_str().unwrap();
        assert_eq!((time.len(), &time[10..11], &time[19..20]), (23, " ", "."), "{time}");
    }
    let url = output["video_url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{}/results/", server.origin())));
    assert!(url.contains(&format!("/{id}.mp4?Expires=")), "{url}");
    let film = drain(client().get(url).send().await.unwrap()).await.0;
    assert_eq!((&film[4..8], film.len() < 300_000), (&b"ftyp"[..], true));
    // The same link again, not another file.
    assert_eq!(finish(&server, &id).await["output"]["video_url"], url);
}

#[tokio::test]
async fn replies_are_the_recorded_bytes() {
    let server = unhurried("").await;
    let raw = async |request: reqwest::RequestBuilder| {
        let response = request.bearer_auth("sk-test").send().await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, String::from_utf8(drain(response).await.0).unwrap())
    };
    let post = client().post(server.origin() + VIDEO).header("x-dashscope-async", "enable");
    let (kind, text) = raw(post.body(video(json!({})).to_string())).await;
    assert_eq!(kind, "application/json");
    assert!(text.starts_with(r#"{"output":{"task_status":"PENDING","task_id":""#), "{text}");
    let id = serde_json::from_str::<Value>(&text).unwrap()["output"]["task_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = |rest: &str| format!("{}/api/v1/tasks/{rest}", server.origin());
    let (kind, text) = raw(client().get(url(&id))).await;
    assert_eq!(kind, "application/json;charset=UTF-8");
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(keys(&value, &text), ["request_id", "output"]);
    assert_eq!(
        keys(&value["output"], &text),
        ["task_id", "task_status", "submit_time", "scheduled_time"]
    );
    let (_, text) = raw(client().get(url("no-such-task"))).await;
    let request_id =
        serde_json::from_str::<Value>(&text).unwrap()["request_id"].as_str().unwrap().to_owned();
    assert_eq!(
        text,
        format!(
            r#"{{"request_id":"{request_id}","output":{{"task_id":"no-such-task","task_status":"UNKNOWN"}}}}"#
        )
    );
    let (_, text) = raw(client().post(url(&format!("{id}/cancel")))).await;
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(keys(&value, &text), ["request_id"]);
    let (_, text) = raw(client().get(url(""))).await;
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        keys(&value, &text),
        ["total", "data", "total_page", "page_no", "request_id", "page_size"]
    );
    assert_eq!(
        value["data"][0].as_object().unwrap().keys().collect::<Vec<_>>(),
        [
            "api_key_id",
            "caller_parent_id",
            "caller_uid",
            "end_time",
            "gmt_create",
            "model_name",
            "region",
            "request_id",
            "start_time",
            "status",
            "task_id",
            "user_api_unique_key"
        ]
    );
    assert_eq!(
        value["data"][0]["user_api_unique_key"],
        "apikey:v1:aigc:video-generation:video-synthesis:wan2.5-t2v-preview"
    );
}

#[tokio::test]
async fn every_generation_has_its_own_usage() {
    let server = quick("").await;
    let image = "https://example.invalid/p.png";
    let text = |model: &str, parameters: Value| json!({"model": model, "input": {"prompt": "x"}, "parameters": parameters});
    let from = |model: &str, parameters: Value| json!({"model": model, "input": {"prompt": "x", "img_url": image}, "parameters": parameters});
    for (body, usage) in [
        (
            text("wan2.2-t2v-plus", json!({"size": "480*832"})),
            json!({"video_duration": 5, "video_ratio": "480*832", "video_count": 1}),
        ),
        (
            text("wan2.5-t2v-plus", json!({"size": "624*624"})),
            json!({"SR": 480, "duration": 5, "video_count": 1}),
        ),
        (
            from("wan2.5-i2v-plus", json!({"resolution": "480P"})),
            json!({"SR": 480, "duration": 5, "video_count": 1}),
        ),
        (
            text("wan2.6-t2v", json!({"size": "960*960", "duration": 2})),
            json!({"duration": 2, "size": "960*960", "input_video_duration": 0, "output_video_duration": 2, "video_count": 1, "SR": 720}),
        ),
        (
            from("wan2.6-i2v", json!({"resolution": "720P", "duration": 3})),
            json!({"duration": 3, "input_video_duration": 0, "output_video_duration": 3, "video_count": 1, "SR": 720}),
        ),
        (
            from("wan2.6-i2v-flash", json!({"resolution": "720P", "duration": 2, "audio": false})),
            json!({"duration": 2, "input_video_duration": 0, "output_video_duration": 2, "video_count": 1, "audio": false, "SR": 720}),
        ),
        (
            text("wan2.7-t2v", json!({"resolution": "720P", "ratio": "3:4", "duration": 2})),
            json!({"duration": 2, "input_video_duration": 0, "output_video_duration": 2, "video_count": 1, "ratio": "3:4", "SR": 720}),
        ),
    ] {
        let id = id(&create(&server, body.clone()).await);
        let done = finish(&server, &id).await;
        assert_eq!(done["usage"], usage, "{body}");
        // From 2.6 on the longer prompt is not told.
        let old = body["model"].as_str().unwrap() < "wan2.6";
        assert_eq!(done["output"].get("actual_prompt").is_some(), old, "{body}");
    }
    let media = json!({"model": "wan2.7-i2v", "input": {"media": [{"type": "first_frame", "url": image}]},
        "parameters": {"resolution": "720P", "duration": 2}});
    assert_eq!(finish(&server, &id(&create(&server, media).await)).await["usage"]["ratio"], "16:9");
    let frames = json!({"model": "wan2.2-kf2v-flash", "input": {"first_frame_url": image}, "parameters": {"resolution": "480P"}});
    let path = "/api/v1/services/aigc/image2video/video-synthesis";
    assert_eq!(create(&server, frames.clone()).await.1["message"], "url error, please check url！");
    let done = finish(&server, &id(&create_at(&server, path, frames).await)).await;
    assert_eq!(done["usage"]["video_ratio"], "832*480");
    let seed = "/api/v1/services/aigc/text2video/video-synthesis";
    assert_eq!(create_at(&server, seed, video(json!({}))).await.0, 200);
}

#[tokio::test]
async fn wrong_requests_are_refused_as_documented() {
    let server = quick("").await;
    let missing = |name: &str| {
        format!(
            "Required parameter({name}) missing or invalid, please check the request parameters."
        )
    };
    let input = |input: Value| video(json!({"input": input}));
    let parameters = |parameters: Value| video(json!({"parameters": parameters}));
    let i2v = |input: Value| {
        video(json!({"model": "wan2.5-i2v-preview", "input": input, "parameters": {}}))
    };
    for (body, code, message) in [
        (
            json!({}),
            "BadRequest.EmptyModel",
            "Required parameter \"model\" missing from request.".to_owned(),
        ),
        (json!({"model": "wan9-t2v"}), "InvalidParameter", "Model not exist.".to_owned()),
        (
            json!({"model": "wan2.5-t2v-preview"}),
            "BadRequest.EmptyInput",
            "Required input parameter missing from request.".to_owned(),
        ),
        (
            json!({"model": "qwen-plus", "input": {}}),
            "InvalidParameter",
            "url error, please check url！".to_owned(),
        ),
        (input(json!({})), "InvalidParameter", missing("prompt")),
        (input(json!({"prompt": ""})), "InvalidParameter", missing("prompt")),
        (i2v(json!({"prompt": "x"})), "InvalidParameter", missing("img_url")),
        (
            i2v(json!({"img_url": "file:///etc/passwd"})),
            "InvalidURL",
            "Required URL is missing or invalid, please check the request URL.".to_owned(),
        ),
        (
            i2v(json!({"img_url": format!("data:image/png;base64,{}", "A".repeat(10_485_760))})),
            "InvalidParameter",
            "Exceeded limit on max bytes per data-uri item : 10485760'.".to_owned(),
        ),
        (
            i2v(json!({"img_url": "oss://x/y"})),
            "InvalidParameter",
            "The provided URL does not appear to be valid. Ensure it is correctly formatted."
                .to_owned(),
        ),
        (parameters(json!({"duration": 7})), "InvalidParameter", missing("duration")),
        (parameters(json!({"duration": "5"})), "InvalidParameter", missing("duration")),
        (parameters(json!({"size": "wide"})), "InvalidParameter", missing("size")),
        (
            parameters(json!({"seed": -1})),
            "InvalidParameter",
            "Range of seed should be [0, 2147483647]".to_owned(),
        ),
        (
            parameters(json!({"seed": 2_147_483_648u64})),
            "InvalidParameter",
            "Range of seed should be [0, 2147483647]".to_owned(),
        ),
        (parameters(json!({"watermark": "yes"})), "InvalidParameter", missing("watermark")),
        (
            json!([]),
            "InvalidParameter",
            "Required body invalid, please check the request body format.".to_owned(),
        ),
    ] {
        let (status, said) = create(&server, body.clone()).await;
        let told = (said["code"].as_str().unwrap(), said["message"].as_str().unwrap());
        assert_eq!(
            (status, told),
            (400, (code, message.as_str())),
            "{}",
            &body.to_string()[..60.min(body.to_string().len())]
        );
    }
    let images =
        json!({"model": "wan2.2-t2i-flash", "input": {"prompt": "x"}, "parameters": {"n": 5}});
    assert_eq!(create_at(&server, IMAGE, images).await.1["message"], "Range of n should be [1, 4]");
    // Keys that nobody knows are no fault; the official SDK sends these.
    let stray = input(json!({"prompt": "x", "extend_prompt": true, "function": "video-synthesis"}));
    assert_eq!(create(&server, stray).await.0, 200);

    let sync = client().post(server.origin() + VIDEO).bearer_auth("sk-test");
    let said = send(sync.body(video(json!({})).to_string())).await;
    assert_eq!(said.0, 403);
    assert_eq!(
        (&said.1["code"], &said.1["message"]),
        (&json!("AccessDenied"), &json!("current user api does not support synchronous calls."))
    );
    let anonymous = client().post(server.origin() + VIDEO).body("{}");
    assert_eq!(send(anonymous).await.1["message"], "No API-key provided.");
    assert_eq!(ask(&server, "").await.1["total"], 1);
}

#[tokio::test]
async fn a_size_that_the_model_does_not_have_fails_the_task() {
    let server = quick("").await;
    let id = id(&create(&server, video(json!({"parameters": {"size": "100*100"}}))).await);
    let body = finish(&server, &id).await;
    assert_eq!(body["output"]["task_status"], "FAILED");
    assert_eq!(
        (&body["output"]["code"], &body["output"]["message"]),
        (&json!("InvalidParameter"), &json!("The size is not match 100*100"))
    );
    assert!(body.get("usage").is_none() && body["output"].get("end_time").is_some());
}

#[tokio::test]
async fn only_so_many_tasks_run_and_waiting_ones_can_be_canceled() {
    let server = unhurried("[[rule]]\npath = \"*/video-synthesis\"\ntask_s = 0.2").await;
    // 0.2 s are 200 s here, and 1.4 s to begin are 23 minutes: nothing runs yet.
    let waiting = id(&create(&server, video(json!({}))).await);
    assert_eq!(task(&server, &waiting).await["output"]["task_status"], "PENDING");
    assert_eq!(cancel(&server, &waiting).await.0, 200);
    let body = task(&server, &waiting).await;
    assert_eq!(body["output"]["task_status"], "CANCELED");
    assert!(body["output"].get("end_time").is_some());
    let again = cancel(&server, &waiting).await;
    assert_eq!((again.0, &again.1["code"]), (400, &json!("UnsupportedOperation")));
    assert_eq!(cancel(&server, "unknown").await.0, 400);
}

#[tokio::test]
async fn a_sixth_video_waits_for_a_place() {
    // Each runs for an hour of the service, 18 seconds here.
    let options = Options {
        time_scale: 200.0,
        scenario: Some(
            Scenario::parse("t", "[[rule]]\npath = \"*/video-synthesis\"\ntask_s = 3600.0")
                .unwrap(),
        ),
        ..Options::default()
    };
    let server = start(options).await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..7 {
        ids.push(id(&create(&server, video(json!({}))).await));
    }
    let running =
        async || ask(&server, "?status=RUNNING&page_size=100").await.1["total"].as_u64().unwrap();
    let wait = async {
        while running().await < 5 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(CAP, wait).await.unwrap();
    assert_eq!(running().await, 5);
    assert_eq!(task(&server, &ids[6]).await["output"]["task_status"], "PENDING");
    assert_eq!(
        cancel(&server, &ids[0]).await.1["message"],
        "Failed to cancel the task, please confirm if the task is in PENDING status."
    );
    // Another account has places of its own, and sees nothing of these.
    let other = send(client().get(server.origin() + "/api/v1/tasks").bearer_auth("sk-other")).await;
    assert_eq!(other.1["total"], 0);
    let url = format!("{}/api/v1/tasks/{}", server.origin(), ids[0]);
    let other = send(client().get(url).bearer_auth("sk-other")).await;
    assert_eq!(other.1["output"], json!({"task_id": ids[0], "task_status": "UNKNOWN"}));
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let server = unhurried("").await;
    let mut ids = Vec::new();
    for model in ["wan2.5-t2v-preview", "wan2.6-t2v", "wan2.5-t2v-preview"] {
        let body = json!({"model": model, "input": {"prompt": "x"}});
        ids.push(id(&create(&server, body).await));
    }
    let listed = async |query: &str| {
        let (status, body) = ask(&server, query).await;
        assert_eq!(status, 200, "{query}");
        let data = body["data"].as_array().unwrap();
        data.iter().map(|item| item["task_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let newest_first: Vec<String> = ids.iter().rev().cloned().collect();
    assert_eq!(listed("").await, newest_first);
    assert_eq!(listed("/").await, newest_first);
    assert_eq!(listed("?page_size=2").await, newest_first[..2]);
    assert_eq!(listed("?page_size=2&page_no=2").await, newest_first[2..]);
    assert_eq!(listed("?model_name=wan2.6-t2v").await, [ids[1].clone()]);
    assert_eq!(listed(&format!("?task_id={}", ids[0])).await, [ids[0].clone()]);
    assert!(listed("?status=SUCCEEDED").await.is_empty());
    assert!(listed("?start_time=20200101000000&end_time=20200101120000").await.is_empty());
    for wrong in [
        "?page_no=0",
        "?page_size=x",
        "?start_time=yesterday",
        "?start_time=20200101000000&end_time=20200103000000",
    ] {
        assert_eq!(ask(&server, wrong).await.0, 400, "{wrong}");
    }
    let body = ask(&server, "?page_size=2").await.1;
    assert_eq!(
        (&body["total"], &body["total_page"], &body["page_no"], &body["page_size"]),
        (&json!(3), &json!(2), &json!(1), &json!(2))
    );
    assert!(body["data"][0].get("end_time").is_none());
}

#[tokio::test]
async fn pictures_can_be_waited_for() {
    let server = quick("").await;
    let body = json!({"model": "qwen-image", "parameters": {"size": "512*288", "n": 2},
        "input": {"messages": [{"role": "user", "content": [{"text": "a cat"}]}]}});
    let ask = async |body: &Value| {
        let url = server.origin() + "/api/v1/services/aigc/multimodal-generation/generation";
        send(client().post(url).bearer_auth("sk-test").body(body.to_string())).await
    };
    let (status, said) = ask(&body).await;
    assert_eq!(status, 200);
    assert_eq!(said["usage"], json!({"height": 288, "width": 512, "image_count": 2}));
    assert_eq!(said["output"]["task_metric"], json!({"TOTAL": 2, "SUCCEEDED": 2, "FAILED": 0}));
    let mut pictures = Vec::new();
    for choice in said["output"]["choices"].as_array().unwrap() {
        let url = choice["message"]["content"][0]["image"].as_str().unwrap();
        pictures.push(drain(client().get(url).send().await.unwrap()).await.0);
    }
    assert!(pictures[0].starts_with(b"\x89PNG") && pictures[0] != pictures[1]);
    let mut wrong = body.clone();
    wrong["parameters"]["size"] = json!("10*10");
    assert_eq!(ask(&wrong).await.1["message"], "The size is not match 10*10");
    wrong["input"] = json!({"messages": []});
    assert_eq!(ask(&wrong).await.0, 400);
}

#[tokio::test]
async fn a_batch_of_texts_that_lie_elsewhere_counts_as_three_lines() {
    let server = quick("").await;
    let path = "/api/v1/services/embeddings/text-embedding/text-embedding";
    let body = |input: Value| json!({"model": "text-embedding-async-v1", "input": input, "parameters": {}});
    let id =
        id(&create_at(&server, path, body(json!({"url": "https://example.invalid/a.txt"}))).await);
    let done = finish(&server, &id).await;
    assert!(done["usage"]["total_tokens"].as_u64().unwrap() > 3, "{done}");
    assert!(done["output"]["url"].as_str().unwrap().contains(".txt.gz?"));
    assert_eq!(create_at(&server, path, body(json!({}))).await.0, 400);
    let item = &ask(&server, "").await.1["data"][0];
    assert_eq!(
        item["user_api_unique_key"],
        "apikey:v1:embeddings:text-embedding:text-embedding:text-embedding-async-v1"
    );
}
