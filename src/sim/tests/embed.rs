//! Embeddings and relevance over real HTTP, in every form.

use base64::prelude::{BASE64_STANDARD, Engine};

use super::*;

const COMPAT: &str = "/compatible-mode/v1/embeddings";
const TEXT: &str = "/api/v1/services/embeddings/text-embedding/text-embedding";
const VISION: &str = "/api/v1/services/embeddings/multimodal-embedding/multimodal-embedding";
const RERANK: &str = "/api/v1/services/rerank/text-rerank/text-rerank";
const FLAT: &str = "/compatible-api/v1/reranks";

async fn send(server: &Server, path: &str, body: Value) -> (u16, String) {
    let request = client().post(server.origin() + path).bearer_auth("sk-x").body(body.to_string());
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, String::from_utf8(drain(response).await.0).unwrap())
}

async fn ask(server: &Server, path: &str, body: Value) -> Value {
    let (status, text) = send(server, path, body).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn texts(model: &str, texts: Value, parameters: Value) -> Value {
    json!({"model": model, "input": {"texts": texts}, "parameters": parameters})
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn both_surfaces_give_the_same_vectors_in_their_own_shape() {
    let server = quick("").await;
    let input = json!(["the wind blows", "风急天高"]);
    let (_, bytes) = send(
        &server,
        COMPAT,
        json!({"model": "text-embedding-v4", "input": input, "encoding_format": "float"}),
    )
    .await;
    assert!(bytes.starts_with(r#"{"data":[{"embedding":["#), "{bytes:.100}");
    let compat: Value = serde_json::from_str(&bytes).unwrap();
    let vector = floats(&compat["data"][0]["embedding"]);
    assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-5 && vector.len() == 1024);
    assert_eq!(
        (&compat["data"][1]["index"], &compat["data"][1]["object"]),
        (&json!(1), &json!("embedding"))
    );
    assert_eq!(
        (&compat["object"], &compat["model"]),
        (&json!("list"), &json!("text-embedding-v4"))
    );
    assert_eq!(compat["usage"]["prompt_tokens"], compat["usage"]["total_tokens"]);
    let (_, bytes) = send(&server, TEXT, texts("text-embedding-v4", input, json!({}))).await;
    assert!(bytes.starts_with(r#"{"output":{"embeddings":[{"embedding":["#), "{bytes:.100}");
    let native: Value = serde_json::from_str(&bytes).unwrap();
    for index in [0, 1] {
        let item = &native["output"]["embeddings"][index];
        assert_eq!(
            (&item["embedding"], &item["text_index"]),
            (&compat["data"][index]["embedding"], &json!(index))
        );
    }
    assert_eq!(native["usage"], json!({"total_tokens": compat["usage"]["total_tokens"]}));

    let packed = json!({"model": "text-embedding-v4", "input": "the wind blows", "encoding_format": "base64"});
    let packed = ask(&server, COMPAT, packed).await;
    let bytes = BASE64_STANDARD.decode(packed["data"][0]["embedding"].as_str().unwrap()).unwrap();
    let first = f64::from(f32::from_le_bytes(bytes[..4].try_into().unwrap()));
    assert!(bytes.len() == 4096 && (first - vector[0]).abs() < 1e-7);
}

#[tokio::test]
async fn sizes_and_kinds_follow_the_model() {
    let server = quick("").await;
    for (model, wish, size) in [
        ("text-embedding-v4", json!({}), 1024),
        ("text-embedding-v4", json!({"dimension": 2048}), 2048),
        ("text-embedding-v3", json!({"dimension": 64}), 64),
        ("text-embedding-v2", json!({}), 1536),
        ("text-embedding-v1", json!({"dimension": 1536}), 1536),
    ] {
        let answer = ask(&server, TEXT, texts(model, json!(["a"]), wish)).await;
        assert_eq!(floats(&answer["output"]["embeddings"][0]["embedding"]).len(), size, "{model}");
    }
    let wish = |kind: &str| {
        texts("text-embedding-v4", json!(["wind and sky"]), json!({"output_type": kind}))
    };
    let both = &ask(&server, TEXT, wish("dense&sparse")).await["output"]["embeddings"][0];
    let number = &both["sparse_embedding"][0];
    assert!(number["index"].is_u64() && number["value"].is_f64() && number["token"].is_string());
    assert!(both["embedding"].is_array());
    let sparse = &ask(&server, TEXT, wish("sparse")).await["output"]["embeddings"][0];
    assert!(sparse.get("embedding").is_none() && sparse["sparse_embedding"].is_array());
}

#[tokio::test]
async fn what_a_model_does_not_take_is_refused() {
    let server = quick("").await;
    let many = |count: usize| json!(vec!["a"; count]);
    let batch = |most| {
        format!(
            "Value error, batch size is invalid, it should not be larger than {most}.: input.contents"
        )
    };
    let long = "word ".repeat(9_000);
    let v4 = "text-embedding-v4";
    let missing = |name| {
        format!(
            "Required parameter({name}) missing or invalid, please check the request parameters."
        )
    };
    let table = [
        (TEXT, texts(v4, many(11), json!({})), batch(10)),
        (TEXT, texts("text-embedding-v2", many(26), json!({})), batch(25)),
        (COMPAT, json!({"model": "text-embedding-v3", "input": many(11)}), batch(10)),
        (TEXT, texts(v4, json!([long]), json!({})), "Range of input length should be [1, 8192]".to_owned()),
        (COMPAT, json!({"model": "text-embedding-v1", "input": long}), "Range of input length should be [1, 2048]".to_owned()),
        (COMPAT, json!({"model": v4, "input": [[1, 2]]}), "Value error, contents is neither str nor list of str.: input.contents".to_owned()),
        (TEXT, texts(v4, json!(["a"]), json!({"dimension": 100})), "Value error, dimension is invalid, it should be one of [64, 128, 256, 512, 768, 1024, 1536, 2048].: parameters.dimension".to_owned()),
        (TEXT, texts(v4, json!(["a"]), json!({"text_type": "poem"})), missing("text_type")),
        (TEXT, texts(v4, json!(["a"]), json!({"instruct": "find"})), missing("instruct")),
        (TEXT, texts("text-embedding-v3", json!(["a"]), json!({"instruct": "find", "text_type": "query"})), missing("instruct")),
        (TEXT, texts("text-embedding-v2", json!(["a"]), json!({"output_type": "sparse"})), missing("output_type")),
        (TEXT, texts("qwen-plus", json!(["a"]), json!({})), "url error, please check url！".to_owned()),
        (VISION, texts(v4, json!(["a"]), json!({})), "url error, please check url！".to_owned()),
        (RERANK, json!({"model": "gte-rerank-v2", "input": {"query": "a"}}), missing("documents")),
        (RERANK, json!({"model": "gte-rerank-v2"}), "Required input parameter missing from request.".to_owned()),
        (COMPAT, json!({"model": "qwen-plus", "input": "a"}), "Unsupported model qwen-plus for OpenAI compatibility mode.".to_owned()),
        (FLAT, json!({"model": "gte-rerank-v2", "query": "a", "documents": ["b"]}), "Unsupported model gte-rerank-v2 for OpenAI compatibility mode.".to_owned()),
        (COMPAT, json!({"model": "nope", "input": "a"}), "The model `nope` does not exist or you do not have access to it.".to_owned()),
        (TEXT, json!({"model": "text-embedding-async-v2", "input": {"url": "https://example.com/a.txt"}}), "current user api does not support synchronous calls.".to_owned()),
    ];
    for (path, body, message) in table {
        let (status, text) = send(&server, path, body).await;
        let value: Value = serde_json::from_str(&text).unwrap();
        let error = value.get("error").unwrap_or(&value);
        assert!(status >= 400);
        assert_eq!(error["message"], message);
    }
    let good = texts(v4, json!(["a"]), json!({"instruct": "find", "text_type": "query"}));
    assert_eq!(send(&server, TEXT, good).await.0, 200);
    let request = client()
        .post(server.origin() + TEXT)
        .bearer_auth("sk-x")
        .header("X-DashScope-Async", "enable");
    let response =
        request.body(texts(v4, json!(["a"]), json!({})).to_string()).send().await.unwrap();
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn pictures_lie_near_the_words_of_their_names() {
    let server = quick("").await;
    let body = json!({"model": "multimodal-embedding-v1", "input": {"contents": [{"text": "a cat on the sofa"},
        {"image": "https://example.com/cat_on_sofa.png"}, {"image": "https://example.com/steam_engine.png"},
        {"video": "https://example.com/clip.mp4"}]}, "parameters": {}});
    let answer = ask(&server, VISION, body).await;
    let all = answer["output"]["embeddings"].as_array().unwrap();
    let kinds: Vec<&str> = all.iter().map(|item| item["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text", "image", "image", "video"]);
    let vectors: Vec<Vec<f64>> = all.iter().map(|item| floats(&item["embedding"])).collect();
    assert!(cosine(&vectors[0], &vectors[1]) > cosine(&vectors[0], &vectors[2]) + 0.2);
    let usage = &answer["usage"];
    assert!(usage["input_tokens"].as_u64() > Some(0) && usage["image_tokens"].as_u64() > Some(0));
}

#[tokio::test]
async fn documents_are_sorted_by_what_they_say() {
    let server = quick("").await;
    let documents = json!([
        "The weather in Paris is mild.",
        "How to reset a forgotten password",
        "Bake bread at home"
    ]);
    let input = json!({"query": "reset my password", "documents": documents});
    let body = json!({"model": "gte-rerank-v2", "input": input, "parameters": {"top_n": 2, "return_documents": true}});
    let (_, bytes) = send(&server, RERANK, body).await;
    assert!(bytes.starts_with(r#"{"output":{"results":[{"document":{"text":"How to reset a forgotten password"},"index":1,"relevance_score":0."#), "{bytes}");
    let answer: Value = serde_json::from_str(&bytes).unwrap();
    let results = answer["output"]["results"].as_array().unwrap();
    let score = |at: usize| results[at]["relevance_score"].as_f64().unwrap();
    assert!(results.len() == 2 && score(0) > 0.5 && score(0) > score(1));
    assert!(answer["usage"]["total_tokens"].as_u64() > Some(10));
    let mut flat = input.clone();
    flat["model"] = json!("qwen3-rerank");
    let answer = ask(&server, FLAT, flat).await;
    assert_eq!((&answer["object"], &answer["model"]), (&json!("list"), &json!("qwen3-rerank")));
    assert_eq!(
        (&answer["results"][0]["index"], answer["results"].as_array().unwrap().len()),
        (&json!(1), 3)
    );
    assert!(answer["results"][0].get("document").is_none());
}
