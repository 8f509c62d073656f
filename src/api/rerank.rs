//! Texts in the order in which they answer a question (wire embeddings.md, "Rerank"): the native
//! call, and the flat one beside the compatible surface that one model is served by alone. It
//! refuses to judge a mark.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::client::ApiClient;
use super::document::Document;
use super::error::ApiError;
use super::fields::{at, count, list};
use super::region::Endpoint;
use crate::domain::rerank::{Ranked, RerankRequest, Reranked};

const NATIVE: &str = "/services/rerank/text-rerank/text-rerank";
const FLAT: &str = "/reranks";

/// Whether the documentation serves the model by the flat call: `qwen3-rerank` and its snapshots,
/// but not the model that looks at pictures.
fn is_flat(request: &RerankRequest) -> bool {
    request.model.as_str().starts_with("qwen3-rerank")
}

/// Puts texts in order, best first.
pub async fn rerank(
    client: &ApiClient,
    endpoint: &Endpoint,
    request: &RerankRequest,
) -> Result<Reranked, ApiError> {
    let call = if is_flat(request) {
        Call::beside_compat(FLAT, flat_body(request))
    } else {
        Call::native(NATIVE, native_body(request))
    };
    read(&client.document(endpoint, call).await?, request.documents.len())
}

fn flat_body(request: &RerankRequest) -> Vec<u8> {
    let RerankRequest { model, query, documents, top, instruct } = request;
    let mut body = json!({"model": model.as_str(), "query": query, "documents": documents});
    if let Some(top) = top {
        body["top_n"] = json!(top);
    }
    if let Some(instruct) = instruct {
        body["instruct"] = json!(instruct);
    }
    body.to_string().into_bytes()
}

fn native_body(request: &RerankRequest) -> Vec<u8> {
    let RerankRequest { model, query, documents, top, instruct } = request;
    let mut parameters = Map::new();
    if let Some(top) = top {
        parameters.insert("top_n".to_owned(), json!(top));
    }
    if let Some(instruct) = instruct {
        parameters.insert("instruct".to_owned(), json!(instruct));
    }
    let input = json!({"query": query, "documents": documents});
    let body = json!({"model": model.as_str(), "input": input, "parameters": parameters});
    body.to_string().into_bytes()
}

/// Reads an answer of either call; marks of texts that were not given are no marks.
pub(super) fn read(document: &Document, documents: usize) -> Result<Reranked, ApiError> {
    let value = document.value();
    let output = at(value, "output").unwrap_or(value);
    if !output.get("results").is_some_and(Value::is_array) {
        return Err(ApiError::Garbled { detail: "an order without results".to_owned() });
    }
    let hit = |item: &Value| {
        let index = usize::try_from(count(item, "index")?).ok().filter(|n| *n < documents)?;
        let score = item.get("relevance_score")?.as_f64().filter(|n| n.is_finite())?;
        Some(Ranked { index, score })
    };
    let mut hits: Vec<Ranked> = list(output, "results").filter_map(hit).collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    let tokens = at(value, "usage").and_then(|usage| count(usage, "total_tokens"));
    Ok(Reranked { hits, tokens, request_id: document.request_id.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::client::Deadlines;
    use crate::api::testing::{Server, answer, client, head, sample};
    use crate::domain::models::ModelId;

    fn request(model: &str) -> RerankRequest {
        RerankRequest {
            model: ModelId::new(model),
            query: "q".to_owned(),
            documents: vec!["doc a".to_owned(), "doc b".to_owned()],
            top: Some(2),
            instruct: None,
        }
    }

    async fn asked(model: &str, body: Vec<u8>) -> (Reranked, String) {
        let json = "content-type: application/json\r\n";
        let server = Server::start(vec![answer(head(200, json), body)]).await;
        let endpoint = server.endpoint();
        let client = client(&endpoint, Deadlines::default());
        let found = rerank(&client, &endpoint, &request(model)).await.unwrap();
        (found, server.heard().remove(0))
    }

    #[tokio::test]
    async fn each_model_has_its_call() {
        let (found, heard) = asked("gte-rerank-v2", sample("native-rerank.json")).await;
        let order: Vec<_> = found.hits.iter().map(|hit| hit.index).collect();
        assert_eq!((order, found.tokens), (vec![1, 0], Some(21)));
        assert!(heard.starts_with("POST /api/v1/services/rerank/text-rerank/text-rerank "));
        assert!(heard.contains(r#""input":{"documents":["doc a","doc b"],"query":"q"}"#));
        let flat = br#"{"object":"list","results":[{"index":0,"relevance_score":0.1},{"index":1,"relevance_score":0.9}],"usage":{"total_tokens":"7"},"id":"r"}"#;
        let (found, heard) = asked("qwen3-rerank", flat.to_vec()).await;
        assert_eq!((found.hits[0].index, found.tokens), (1, Some(7)), "best first");
        assert_eq!(found.request_id.as_deref(), Some("r"));
        assert!(heard.starts_with("POST /compatible-api/v1/reranks "), "{heard}");
        assert!(heard.contains(r#""query":"q","top_n":2"#), "{heard}");
        let (_, heard) = asked("qwen3-vl-rerank", sample("native-rerank.json")).await;
        assert!(heard.starts_with("POST /api/v1/"), "{heard}");
    }

    #[test]
    fn odd_marks_are_passed_over_and_every_cut_is_an_error() {
        let read = |json: &str| read(&Document::parse(json.as_bytes(), None)?, 2);
        let odd = r#"{"output":{"results":[{"index":5,"relevance_score":1},{"index":0},
            {"index":1,"relevance_score":"x"},null,{"index":"1","relevance_score":0.5}]}}"#;
        let found = read(odd).unwrap();
        assert_eq!(found.hits, [Ranked { index: 1, score: 0.5 }]);
        assert!(matches!(read("{\"output\":{}}"), Err(ApiError::Garbled { .. })));
        let whole = sample("native-rerank.json");
        for end in 0..whole.len() {
            assert!(Document::parse(&whole[..end], None).is_err(), "{end}");
        }
    }
}
