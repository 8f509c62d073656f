//! Embeddings: bodies and answers of both surfaces, parts in order, a cap that is learnt.

use std::fmt::Write as _;

use super::*;
use crate::api::client::Deadlines;
use crate::api::testing::{Server, Step, answer, client, head, refuse, sample};
use crate::domain::jobs::Fate;

const JSON: &str = "content-type: application/json\r\n";

fn request(texts: &[&str]) -> EmbedRequest {
    EmbedRequest {
        model: ModelId::new("text-embedding-v4"),
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        dimensions: None,
        text_type: None,
        kind: VectorKind::Dense,
        instruct: None,
    }
}

fn sent(request: &EmbedRequest, surface: Surface) -> Value {
    serde_json::from_slice(&body(request, surface, &request.texts)).unwrap()
}

fn parse(bytes: &[u8], expected: Option<usize>) -> Result<Embedded, ApiError> {
    read(&Document::parse(bytes, Some("h"))?, expected)
}

#[test]
fn each_surface_has_its_own_words() {
    let plain = request(&["a", "b"]);
    assert_eq!(surface(&plain), Surface::Compat);
    let sized = EmbedRequest { dimensions: Some(256), ..plain.clone() };
    assert_eq!(
        sent(&sized, Surface::Compat),
        json!({"model": "text-embedding-v4", "input": ["a", "b"], "dimensions": 256,
            "encoding_format": "float"})
    );
    assert_eq!(
        sent(&sized, Surface::Native),
        json!({"model": "text-embedding-v4", "input": {"texts": ["a", "b"]},
            "parameters": {"dimension": 256}})
    );
    let rich = EmbedRequest {
        kind: VectorKind::Both,
        instruct: Some("find songs".to_owned()),
        ..plain.clone()
    };
    assert_eq!(surface(&rich), Surface::Native);
    assert_eq!(
        sent(&rich, Surface::Native)["parameters"],
        json!({"output_type": "dense&sparse", "text_type": "query", "instruct": "find songs"})
    );
    let told = EmbedRequest { text_type: Some(TextType::Document), ..plain };
    assert_eq!(surface(&told), Surface::Native);
    assert_eq!(sent(&told, Surface::Native)["parameters"], json!({"text_type": "document"}));
}

#[test]
fn the_samples_are_read() {
    for (name, id) in [("compat-embeddings.json", true), ("native-embeddings.json", true)] {
        let found = parse(&sample(name), Some(2)).unwrap();
        assert_eq!(found.vectors[0].dense, [0.0125, -0.0375, 0.05, -0.0625], "{name}");
        assert_eq!(found.vectors[1].dense, [0.02, 0.01, -0.03, 0.04], "{name}");
        assert_eq!((found.usage.tokens, found.request_id.is_some()), (Some(6), id), "{name}");
    }
    let both = parse(&sample("native-embeddings-dense-sparse.json"), Some(1)).unwrap();
    let first = SparseTerm { index: 7149, value: 0.83, token: "wind".to_owned() };
    assert_eq!((both.vectors[0].sparse.len(), &both.vectors[0].sparse[0]), (2, &first));
    let files = parse(&sample("native-multimodal-embedding.json"), None).unwrap();
    let kinds: Vec<_> = files.vectors.iter().map(|v| v.kind.as_deref().unwrap()).collect();
    assert_eq!(kinds, ["text", "image"]);
    assert_eq!(files.usage, EmbedUsage { tokens: Some(4), image_tokens: Some(256) });
}

#[test]
fn every_cut_of_every_sample_is_an_error() {
    for name in [
        "compat-embeddings.json",
        "native-embeddings.json",
        "native-embeddings-dense-sparse.json",
        "native-multimodal-embedding.json",
    ] {
        let whole = sample(name);
        for end in 0..whole.len() {
            assert!(
                matches!(parse(&whole[..end], None), Err(ApiError::Cut { .. })),
                "{name} {end}"
            );
        }
    }
}

#[test]
fn vectors_in_other_shapes() {
    // As the OpenAI package asks for them: 32-bit numbers in base64.
    let packed = base64::engine::general_purpose::STANDARD
        .encode([0.5_f32, -1.25].map(f32::to_le_bytes).concat());
    let text = json!({"data": [{"embedding": packed, "index": 0}]}).to_string();
    assert_eq!(parse(text.as_bytes(), Some(1)).unwrap().vectors[0].dense, [0.5, -1.25]);
    // Out of order, with indexes in quotes.
    let mixed = json!({"output": {"embeddings": [
        {"embedding": [2], "text_index": "1"}, {"embedding": [1], "text_index": 0}]}});
    let found = parse(mixed.to_string().as_bytes(), Some(2)).unwrap();
    assert_eq!((found.vectors[0].dense[0], found.usage), (1.0, EmbedUsage::default()));
    for bad in [
        json!({"data": []}),
        json!({"data": [{"embedding": []}]}),
        json!({"data": [{"embedding": [1, "x"]}]}),
        json!({"data": [{"embedding": [1], "index": 0}, {"embedding": [1], "index": 0}]}),
        json!({"data": [{"embedding": [1], "index": 7}, {"embedding": [1], "index": 0}]}),
        json!({"data": [{"embedding": [1], "index": 0}]}),
        json!({"output": null}),
    ] {
        let result = parse(bad.to_string().as_bytes(), Some(2));
        assert!(matches!(result, Err(ApiError::Garbled { .. })), "{bad}");
    }
}

/// Answers with vectors that hold their number in the whole request.
fn vectors(from: usize, count: usize) -> Vec<Step> {
    let mut items = String::new();
    for n in 0..count {
        let comma = if n == 0 { "" } else { "," };
        write!(items, "{comma}{{\"embedding\":[{}.5],\"index\":{n}}}", from + n).unwrap();
    }
    let usage = format!("{{\"prompt_tokens\":{count},\"total_tokens\":{count}}}");
    answer(head(200, JSON), format!("{{\"data\":[{items}],\"usage\":{usage},\"id\":\"r\"}}"))
}

const TOO_MANY: &str = r#"{"error":{"message":"<400> InternalError.Algo.InvalidParameter: Value error, batch size is invalid, it should not be larger than 2.: input.contents","type":"InvalidParameter","code":"InvalidParameter"}}"#;

#[tokio::test]
async fn parts_come_in_order_and_a_smaller_cap_is_learnt() {
    let scripts = vec![
        vectors(0, 3),
        refuse(400, "", TOO_MANY),
        vectors(3, 2),
        refuse(500, "", sample("native-error-500.json")),
        vectors(5, 2),
    ];
    let server = Server::start(scripts).await;
    let endpoint = server.endpoint();
    let client = client(&endpoint, Deadlines::default());
    let texts = ["a", "b", "c", "d", "e", "f", "g"];
    let request = request(&texts);
    let mut batches = Batches::new(&request, Surface::Compat, 3);
    let mut found = Vec::new();
    let mut usage = EmbedUsage::default();
    let mut failures = 0;
    while let Some(result) = batches.next(&client, &endpoint).await {
        match result {
            Ok(embedded) => {
                usage = usage.plus(embedded.usage);
                found.extend(embedded.vectors);
            }
            // The caller decides; the same part comes again.
            Err(error) => {
                assert_eq!((error.refusal().unwrap().status, batches.left()), (500, 2));
                failures += 1;
            }
        }
    }
    assert_eq!((failures, batches.cap(), usage.tokens), (1, 2, Some(7)));
    let numbers: Vec<(usize, f64)> = found.iter().map(|v| (v.index, v.dense[0])).collect();
    let want: Vec<(usize, f64)> = (0..7_u32).map(|n| (n as usize, f64::from(n) + 0.5)).collect();
    assert_eq!(numbers, want);
    let heard = server.heard();
    assert!(heard[0].ends_with(r#""input":["a","b","c"],"model":"text-embedding-v4"}"#));
    assert!(heard[1].contains(r#"["d","e","f"]"#) && heard[2].contains(r#"["d","e"]"#));
    assert!(heard[3].contains(r#"["f","g"]"#) && heard[4].contains(r#"["f","g"]"#));
}

#[test]
fn only_a_refusal_of_the_size_teaches() {
    let refusal = |message: &str| {
        let body = json!({"code": "InvalidParameter", "message": message}).to_string();
        ApiError::Status(Box::new(crate::api::envelope::refusal(400, body.as_bytes(), None)))
    };
    let text =
        "Value error, batch size is invalid, it should not be larger than 10.: input.contents";
    assert_eq!(learnt(&refusal(text)), Some(10));
    assert_eq!(learnt(&refusal("Range of input length should be [1, 8192]")), None);
    assert_eq!(learnt(&refusal("n should not be larger than 4")), None);
    assert_eq!(learnt(&refusal("batch size should not be larger than many")), None);
    assert_eq!(learnt(&ApiError::WebPage), None);
}

#[tokio::test]
async fn nothing_is_sent_for_no_texts() {
    let server = Server::start(vec![vectors(0, 1)]).await;
    let endpoint = server.endpoint();
    let client = client(&endpoint, Deadlines::default());
    let request = request(&[]);
    assert!(Batches::new(&request, Surface::Compat, 0).next(&client, &endpoint).await.is_none());
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn files_and_batches_have_their_calls() {
    let scripts = vec![
        answer(head(200, JSON), sample("native-multimodal-embedding.json")),
        answer(head(200, JSON), sample("video-create.json")),
        answer(head(200, JSON), r#"{"output":{}}"#),
    ];
    let server = Server::start(scripts).await;
    let endpoint = server.endpoint();
    let client = client(&endpoint, Deadlines::default());
    let model = ModelId::new("qwen3-vl-embedding");
    let contents = [
        Content::Text("a".to_owned()),
        Content::Image("oss://b".to_owned()),
        Content::Video("https://h.example/c.mp4".to_owned()),
        Content::Images(vec!["https://h.example/d.png".to_owned()]),
    ];
    let found = multimodal(&client, &endpoint, &model, &contents, Some(512), true).await.unwrap();
    assert_eq!(found.vectors.len(), 2);
    let file = "https://h.example/lines.txt";
    let model = ModelId::new("text-embedding-async-v2");
    let made = batch(&client, &endpoint, &model, file, Some(TextType::Query)).await.unwrap();
    assert_eq!(made.task.as_str(), "0b7d9a6e-41c3-4f58-9e2a-7c1d5b3f8a60");
    let lost = batch(&client, &endpoint, &model, file, None).await.unwrap_err();
    assert_eq!(lost.fate(), Fate::Maybe);
    let heard = server.heard();
    let body = |n: usize| -> Value {
        serde_json::from_str(heard[n].split_once("\r\n\r\n").unwrap().1).unwrap()
    };
    assert_eq!(
        body(0)["input"]["contents"],
        json!([{"text": "a"}, {"image": "oss://b"}, {"video": "https://h.example/c.mp4"},
            {"multi_images": ["https://h.example/d.png"]}])
    );
    assert_eq!(body(0)["parameters"], json!({"dimension": 512, "enable_fusion": true}));
    assert!(heard[0].contains("x-dashscope-ossresourceresolve: enable\r\n"));
    assert_eq!(body(1)["input"], json!({ "url": file }));
    assert_eq!(body(1)["parameters"], json!({"text_type": "query"}));
    assert!(heard[1].contains("x-dashscope-async: enable\r\n"));
    assert_eq!(body(2)["parameters"], json!({}));
}
