//! The native list of models and the tokenizer over real HTTP.

use super::*;

async fn get(server: &Server, path: &str) -> (u16, Value) {
    let response = client().get(server.origin() + path).bearer_auth("sk-x").send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&drain(response).await.0).unwrap())
}

#[tokio::test]
async fn models_come_in_pages() {
    let server = quick("").await;
    let (status, first) = get(&server, "/api/v1/models").await;
    let output = &first["output"];
    assert_eq!((status, &output["page_no"], &output["page_size"]), (200, &json!(1), &json!(10)));
    let total = usize::try_from(output["total"].as_u64().unwrap()).unwrap();
    assert!(total > 200 && first["request_id"].is_string());
    let mut seen = Vec::new();
    for page in 1..=total.div_ceil(50) + 1 {
        let (_, answer) =
            get(&server, &format!("/api/v1/models?page_no={page}&page_size=50")).await;
        let models = answer["output"]["models"].as_array().unwrap();
        seen.extend(models.iter().map(|model| model["model"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen.len(), total);
    assert!(seen.contains(&"wan2.5-t2v-preview".to_owned()));
    let (_, one) = get(&server, "/api/v1/models?model=qwen3-8b").await;
    assert_eq!(one["output"]["total"], 1);
    assert_eq!(
        one["output"]["models"][0],
        json!({"model": "qwen3-8b", "name": "qwen3-8b", "source": "system", "provider": "qwen", "opensource": true})
    );
    assert_eq!(get(&server, "/api/v1/models?page_no=0").await.0, 400);
}

#[tokio::test]
async fn a_text_is_cut_into_tokens() {
    let server = quick("").await;
    let ask = async |body: Value| {
        let request = client().post(server.origin() + "/api/v1/tokenizer").bearer_auth("sk-x");
        let response = request.body(body.to_string()).send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_slice::<Value>(&drain(response).await.0).unwrap())
    };
    let messages = json!([{"role": "user", "content": "你好 hello"}]);
    let (status, answer) =
        ask(json!({"model": "qwen-plus", "input": {"messages": messages}, "parameters": {}})).await;
    assert_eq!(status, 200);
    let tokens = answer["output"]["tokens"].as_array().unwrap();
    let text: String = tokens.iter().filter_map(Value::as_str).collect();
    assert_eq!(text, "你好 hello");
    assert_eq!(answer["output"]["token_ids"].as_array().unwrap().len(), tokens.len());
    assert_eq!(answer["usage"], json!({"input_tokens": tokens.len()}));
    let (_, same) = ask(json!({"model": "qwen-plus", "input": {"prompt": "你好 hello"}})).await;
    assert_eq!(same["output"], answer["output"]);
    assert_eq!(
        ask(json!({"model": "nope", "input": {"prompt": "x"}})).await.1["message"],
        "Model not exist."
    );
    assert_eq!(ask(json!({"model": "wan2.5-t2v-preview", "input": {"prompt": "x"}})).await.0, 400);
}
