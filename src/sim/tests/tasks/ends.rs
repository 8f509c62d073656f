//! How tasks end: in part, by a script, with a lost reply, with their day.

use super::*;

#[tokio::test]
async fn pictures_come_in_tasks_with_metrics_and_may_fail_in_part() {
    let server = quick("[[rule]]\nmodel = \"wan2.2-*\"\npartly = 1").await;
    let body = |model: &str| json!({"model": model, "input": {"prompt": "x"}, "parameters": {"size": "512*512", "n": 2}});
    let done =
        finish(&server, &id(&create_at(&server, IMAGE, body("wan2.2-t2i-flash")).await)).await;
    let output = &done["output"];
    assert_eq!(output["task_status"], "SUCCEEDED");
    assert_eq!(output["task_metrics"], json!({"TOTAL": 2, "SUCCEEDED": 1, "FAILED": 1}));
    assert_eq!(
        output["results"][1],
        json!({"code": "InternalError.Timeout", "message": "An internal timeout error has occured during execution, please try again later or contact service support."})
    );
    assert_eq!(done["usage"], json!({"image_count": 1}));
    let png =
        drain(client().get(output["results"][0]["url"].as_str().unwrap()).send().await.unwrap())
            .await
            .0;
    assert!(png.starts_with(b"\x89PNG") && png[16..24] == [0, 0, 2, 0, 0, 0, 2, 0]);
    let done =
        finish(&server, &id(&create_at(&server, IMAGE, body("wanx2.1-t2i-turbo")).await)).await;
    assert_eq!(
        (&done["usage"]["image_count"], done["output"]["results"].as_array().unwrap().len()),
        (&json!(2), 2)
    );

    let chat = json!({"model": "wan2.6-image", "parameters": {"size": "512*512"},
        "input": {"messages": [{"role": "user", "content": [{"text": "a cat"}]}]}});
    let path = "/api/v1/services/aigc/image-generation/generation";
    let done = finish(&server, &id(&create_at(&server, path, chat).await)).await;
    let content = &done["output"]["choices"][0]["message"]["content"][0];
    assert!(content["image"].as_str().unwrap().contains(".png?"), "{done}");
}

#[tokio::test]
async fn what_is_known_of_a_task_ends_with_its_day() {
    let options = Options { time_scale: 1_000_000.0, ..Options::default() };
    let server = start(options).await.unwrap();
    let id = id(&create(&server, video(json!({}))).await);
    assert_eq!(
        finish_as(&server, &id, "UNKNOWN").await["output"],
        json!({"task_id": id, "task_status": "UNKNOWN"})
    );
    assert_eq!(ask(&server, "").await.1["total"], 0);
}

async fn finish_as(server: &Server, id: &str, status: &str) -> Value {
    let wait = async {
        loop {
            let body = task(server, id).await;
            if body["output"]["task_status"] == status {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(CAP, wait).await.unwrap()
}

#[tokio::test]
async fn a_reply_that_is_lost_may_have_made_a_task() {
    for (word, made) in [("before", 0), ("after", 1)] {
        let server =
            quick(&format!("[[rule]]\npath = \"*/video-synthesis\"\nlose = {word:?}")).await;
        let request = client().post(server.origin() + VIDEO).header("x-dashscope-async", "enable");
        let request = request.bearer_auth("sk-test").body(video(json!({})).to_string());
        assert!(tokio::time::timeout(CAP, request.send()).await.unwrap().is_err(), "{word}");
        assert_eq!(ask(&server, "").await.1["total"], made, "{word}");
    }
    let server =
        quick("[[rule]]\npath = \"*/video-synthesis\"\naccept_first = true\nstatus = 502").await;
    assert_eq!(create(&server, video(json!({}))).await.0, 502);
    assert_eq!(ask(&server, "").await.1["total"], 1);
    let server = quick("[[rule]]\npath = \"*/video-synthesis\"\nno_task_id = true").await;
    let said = create(&server, video(json!({}))).await;
    assert_eq!(said.1["output"], json!({"task_status": "PENDING"}));
}

#[tokio::test]
async fn tasks_end_as_the_script_says() {
    let under = async |rule: &str| {
        let server = quick(&format!("[[rule]]\npath = \"*/video-synthesis\"\n{rule}")).await;
        let id = id(&create(&server, video(json!({}))).await);
        (server, id)
    };
    let (server, id) = under("task_code = \"DataInspectionFailed\"").await;
    let output = finish(&server, &id).await["output"].clone();
    assert_eq!(
        (&output["task_status"], &output["code"], &output["message"]),
        (
            &json!("FAILED"),
            &json!("DataInspectionFailed"),
            &json!("Input data may contain inappropriate content.")
        )
    );
    let (server, id) = under("task_code = \"Strange.Code\"\ntask_message = \"why not\"").await;
    let output = finish(&server, &id).await["output"].clone();
    assert_eq!((&output["code"], &output["message"]), (&json!("Strange.Code"), &json!("why not")));
    let (server, id) = under("task = \"pending\"").await;
    let free = self::id(
        &create(
            &server,
            video(
                json!({"model": "wan2.6-t2v", "parameters": {"size": "720*1280", "duration": 2}}),
            ),
        )
        .await,
    );
    let _ = free;
    assert_eq!(task(&server, &id).await["output"]["task_status"], "PENDING");
    assert_eq!(cancel(&server, &id).await.0, 200);
    let (server, id) = under("task = \"running\"").await;
    let output = finish(&server, &id).await["output"].clone();
    assert_eq!(
        (&output["task_status"], &output["code"]),
        (&json!("FAILED"), &json!("InternalError.Timeout"))
    );
    let (server, id) = under("task = \"vanishes\"").await;
    finish_as(&server, &id, "UNKNOWN").await;
    assert_eq!(ask(&server, "").await.1["total"], 0);
    let (server, id) = under("no_url = true").await;
    let output = finish(&server, &id).await["output"].clone();
    assert_eq!((&output["task_status"], output.get("video_url")), (&json!("SUCCEEDED"), None));
    let (server, id) = under("url_field = \"output_video_url\"\nusage = \"documented\"").await;
    let done = finish(&server, &id).await;
    assert!(done["output"].get("video_url").is_none());
    assert!(done["output"]["output_video_url"].is_string());
    assert_eq!(
        done["usage"],
        json!({"video_duration": 5, "video_ratio": "832*480", "video_count": 1})
    );
    let (server, id) = under("file_name = \"..%2f..%2fetc%2fpasswd\"").await;
    let url = finish(&server, &id).await["output"]["video_url"].as_str().unwrap().to_owned();
    assert!(url.contains("/..%2f..%2fetc%2fpasswd?Expires="), "{url}");
    assert_eq!(client().get(url).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn one_poll_can_say_anything() {
    let server = quick("[[rule]]\nmodel = \"wan2.5*\"\npath = \"*/tasks/*\"\ncall = 2\ntask_status = \"UNKNOWN\"\n\n[[rule]]\npath = \"*/tasks/*\"\ncall = 3\ntask_status = \"SUSPENDED\"").await;
    let id = id(&create(&server, video(json!({}))).await);
    let first = task(&server, &id).await;
    assert!(first["output"].get("submit_time").is_some());
    assert_eq!(
        task(&server, &id).await["output"],
        json!({"task_id": id, "task_status": "UNKNOWN"})
    );
    assert_eq!(task(&server, &id).await["output"]["task_status"], "SUSPENDED");
    assert_eq!(finish(&server, &id).await["output"]["task_status"], "SUCCEEDED");
}
