//! Limits over real HTTP: which surface says what, doors of tasks, and the list of limits.

use super::*;

async fn limited(text: &str) -> Server {
    let limits = Limits::parse("limits.toml", text).unwrap();
    start(Options { limits, rate: Some(0.0), ..Options::default() }).await.unwrap()
}

async fn get(server: &Server, path: &str) -> (u16, Value) {
    let response = client().get(server.origin() + path).bearer_auth("sk-x").send().await.unwrap();
    (response.status().as_u16(), serde_json::from_slice(&drain(response).await.0).unwrap())
}

#[tokio::test]
async fn one_call_too_many_is_refused_in_the_words_of_the_surface() {
    let server = limited("[[limit]]\nmodel = \"*\"\nrpm = 2").await;
    for _ in 0..2 {
        assert_eq!(post(&server, question(json!({}))).await.status(), 200);
    }
    let refused = post(&server, question(json!({}))).await;
    assert_eq!(refused.status(), 429);
    let body: Value = serde_json::from_slice(&drain(refused).await.0).unwrap();
    assert_eq!(
        (&body["error"]["code"], &body["error"]["message"]),
        (&json!("limit_requests"), &json!("You exceeded your current requests list."))
    );
    assert_eq!(post(&server, question(json!({"model": "qwen-max"}))).await.status(), 200);
    let create = async || {
        let request = client()
            .post(server.origin() + "/api/v1/services/aigc/video-generation/video-synthesis");
        let request = request.header("x-dashscope-async", "enable").bearer_auth("sk-test");
        let body = json!({"model": "wan2.5-t2v-preview", "input": {"prompt": "x"}});
        let response = request.body(body.to_string()).send().await.unwrap();
        (
            response.status().as_u16(),
            serde_json::from_slice::<Value>(&drain(response).await.0).unwrap(),
        )
    };
    assert_eq!((create().await.0, create().await.0), (200, 200));
    let (status, body) = create().await;
    assert_eq!(
        (status, &body["code"], &body["message"]),
        (
            429,
            &json!("Throttling.RateQuota"),
            &json!("Requests rate limit exceeded, please try again later.")
        )
    );
}

#[tokio::test]
async fn spent_tokens_are_refused_like_a_bill_but_only_for_a_minute() {
    let server = limited("[[limit]]\nmodel = \"qwen-plus\"\ntpm = 40").await;
    assert_eq!(post(&server, question(json!({}))).await.status(), 200);
    let refused = post(&server, question(json!({}))).await;
    assert_eq!(refused.status(), 429);
    let body: Value = serde_json::from_slice(&drain(refused).await.0).unwrap();
    assert_eq!(
        (&body["error"]["code"], &body["error"]["message"]),
        (
            &json!("insufficient_quota"),
            &json!("You exceeded your current quota, please check your plan and billing details.")
        )
    );
}

#[tokio::test]
async fn the_doors_of_tasks_take_twenty_a_second() {
    // A second lasts a thousand here.
    let options = Options { limits: Limits::Seed, time_scale: 0.001, ..Options::default() };
    let server = start(options).await.unwrap();
    for _ in 0..20 {
        assert_eq!(get(&server, "/api/v1/tasks/x").await.0, 200);
    }
    let (status, body) = get(&server, "/api/v1/tasks/x").await;
    assert_eq!((status, &body["code"]), (429, &json!("Throttling.RateQuota")));
    assert_eq!(get(&server, "/api/v1/tasks").await.0, 200);
    for _ in 0..100 {
        assert_eq!(
            get(&server, "/api/v1/uploads?action=getPolicy&model=qwen-vl-plus").await.0,
            200
        );
    }
    assert_eq!(get(&server, "/api/v1/uploads?action=getPolicy&model=qwen-vl-plus").await.0, 429);
}

#[tokio::test]
async fn limits_are_told_page_by_page() {
    let start_with = async |limits| start(Options { limits, ..Options::default() }).await.unwrap();
    let server = start_with(Limits::Documented).await;
    let (_, body) = get(&server, "/api/v1/quotas?model=qwen-plus").await;
    assert_eq!(
        body["output"],
        json!({"total": 1, "page_no": 1, "page_size": 20, "quotas": [{"model": "qwen-plus", "workspace_id": "ws-simulator",
            "model_limit": {"request_limit": 15_000, "request_limit_period": 30, "usage_limit": 2_500_000,
                "usage_limit_field": "total_tokens", "usage_limit_period": 30,
                "async_user_queue_limit": null, "async_user_concurrency_limit": null},
            "workspace_limit": null}]})
    );
    let (_, body) = get(&server, "/api/v1/models/limits?name=wan2.5&page_size=2&page_no=2").await;
    let output = &body["output"];
    assert_eq!((&output["total"], output["quotas"].as_array().unwrap().len()), (&json!(4), 2));
    let server = start_with(Limits::Seed).await;
    let (_, body) = get(&server, "/api/v1/quotas").await;
    assert_eq!(body["output"]["total"], 6);
    assert_eq!(body["output"]["quotas"][1]["model_limit"]["request_limit"], 200);
    assert_eq!(body["output"]["quotas"][4]["model_limit"]["async_user_concurrency_limit"], 5);
    let server = start(Options { quotas: false, ..Options::default() }).await.unwrap();
    assert_eq!(get(&server, "/api/v1/quotas").await.0, 404);
}
