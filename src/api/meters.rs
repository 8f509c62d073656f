//! The account's limits (`GET /api/v1/quotas`), which one document mentions and no recording shows:
//! whatever looks like a list of limits is read as one, and everything else means that the service
//! does not tell. It refuses to count what is used.

use serde_json::Value;

use super::call::Call;
use super::client::ApiClient;
use super::diagnose::{Kind, Retry, kind};
use super::error::ApiError;
use super::fields::{count, decimal, line};
use super::region::Endpoint;
use crate::domain::meters::{Quota, Quotas, Rate};
use crate::domain::models::{ModelId, Surface};

const PATH: &str = "/quotas";
/// How deep the answer is searched for its list.
const DEEPEST: usize = 6;
/// More rows than this are no limits of one account.
const MOST: usize = 10_000;

/// Asks for the limits. That there are none to be had is an answer, no error.
pub async fn quotas(client: &ApiClient, endpoint: &Endpoint) -> Result<Quotas, ApiError> {
    match client.document(endpoint, Call::get(Surface::Native, PATH)).await {
        Ok(document) => Ok(read(document.value())),
        Err(error) if is_not_served(&error) => Ok(Quotas::NotServed),
        Err(error) => Err(error),
    }
}

/// Whether an error means that there is no such call here, or not for this key.
fn is_not_served(error: &ApiError) -> bool {
    match error {
        ApiError::NoNative
        | ApiError::WebPage
        | ApiError::Garbled { .. }
        | ApiError::Redirect { .. } => true,
        // What passes by itself, and a key that is wrong everywhere, are no answer to this.
        ApiError::Status(refusal) | ApiError::Stream(refusal) => {
            let kind = kind(refusal);
            refusal.status == 501 || (kind.retry() == Retry::Never && kind != Kind::Key)
        }
        ApiError::NoKey
        | ApiError::BadKey
        | ApiError::Setup { .. }
        | ApiError::Dns { .. }
        | ApiError::Refused { .. }
        | ApiError::Tls { .. }
        | ApiError::Connect { .. }
        | ApiError::ConnectTimeout { .. }
        | ApiError::FirstByte { .. }
        | ApiError::Idle { .. }
        | ApiError::Overall { .. }
        | ApiError::Cut { .. }
        | ApiError::TooLarge { .. } => false,
    }
}

/// Reads an answer of any shape.
pub(super) fn read(value: &Value) -> Quotas {
    let mut found = Vec::new();
    search(value, 0, &mut found);
    if found.is_empty() { Quotas::NotServed } else { Quotas::Told(found) }
}

/// Every object that names a model and limits it; also objects below a key that is the model.
fn search(value: &Value, depth: usize, out: &mut Vec<Quota>) {
    if depth > DEEPEST || out.len() >= MOST {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| search(item, depth + 1, out)),
        Value::Object(map) => {
            let named = ["model", "model_name", "model_id", "modelName", "name"];
            let named = named.iter().find_map(|key| line(value, key));
            if let Some(quota) = named.and_then(|id| quota(&id, value)) {
                return add(quota, out);
            }
            for (key, inner) in map {
                match inner {
                    Value::Object(_) if looks_like_a_model(key) => {
                        if let Some(quota) = quota(key, inner) {
                            add(quota, out);
                            continue;
                        }
                        search(inner, depth + 1, out);
                    }
                    _ => search(inner, depth + 1, out),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Limits of one model may come in several rows.
fn add(new: Quota, out: &mut Vec<Quota>) {
    match out.iter_mut().find(|old| old.model == new.model) {
        Some(old) => {
            old.requests = old.requests.or(new.requests);
            old.tokens = old.tokens.or(new.tokens);
            old.day_tokens = old.day_tokens.or(new.day_tokens);
            old.running = old.running.or(new.running);
        }
        None => out.push(new),
    }
}

fn looks_like_a_model(key: &str) -> bool {
    key.contains('-') && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b))
}

/// The limits an object tells of a model; `None` if it tells none.
fn quota(id: &str, value: &Value) -> Option<Quota> {
    let id = ModelId::new(id);
    let mut quota =
        Quota { model: id, requests: None, tokens: None, day_tokens: None, running: None };
    limits(value, &mut quota);
    for key in ["limits", "quota", "quotas", "limit", "rate_limits", "details"] {
        match value.get(key) {
            Some(Value::Array(rows)) => rows.iter().for_each(|row| limits(row, &mut quota)),
            Some(inner @ Value::Object(_)) => limits(inner, &mut quota),
            _ => {}
        }
    }
    let told = quota.requests.is_some()
        || quota.tokens.is_some()
        || quota.day_tokens.is_some()
        || quota.running.is_some();
    told.then_some(quota)
}

/// What one object says itself: by names, by a type and a value, or as the gateway counts
/// (`count_limit` in `count_limit_period` seconds, of which one recording shows the fields).
fn limits(value: &Value, quota: &mut Quota) {
    let of = |keys: &[&str]| keys.iter().find_map(|key| count(value, key)).filter(|n| *n > 0);
    let minute = |amount: u64| Rate { amount, seconds: 60 };
    let second = |amount: u64| Rate { amount, seconds: 1 };
    let window = |amount: &str, period: &str| {
        let seconds = count(value, period).filter(|n| *n > 0).unwrap_or(60);
        of(&[amount]).map(|amount| Rate { amount, seconds })
    };
    let requests = of(&["rpm", "RPM", "qpm", "requests_per_minute", "request_per_minute"]);
    let requests = requests.map(minute).or_else(|| window("count_limit", "count_limit_period"));
    let requests = requests.or_else(|| of(&["qps", "QPS", "rps", "RPS"]).map(second));
    let tokens = of(&["tpm", "TPM", "tokens_per_minute", "token_per_minute"]);
    let tokens = tokens.map(minute).or_else(|| window("usage_limit", "usage_limit_period"));
    let tokens = tokens.or_else(|| of(&["tps", "TPS"]).map(second));
    quota.requests = quota.requests.or(requests);
    quota.tokens = quota.tokens.or(tokens);
    quota.day_tokens = quota.day_tokens.or(of(&["tpd", "TPD", "tokens_per_day"]));
    let running = ["concurrency", "concurrent_tasks", "max_concurrency", "running"];
    quota.running = quota.running.or(of(&running));
    let kind = ["type", "limit_type", "quota_type", "metric"];
    let kind = kind.iter().find_map(|key| line(value, key)).unwrap_or_default();
    let amount = ["value", "limit", "amount", "quota"].iter().find_map(|key| {
        decimal(value, key).and_then(|n| u64::try_from(n.round()).ok()).filter(|n| *n > 0)
    });
    let Some(amount) = amount else { return };
    match kind.to_ascii_lowercase().as_str() {
        "rpm" | "qpm" => quota.requests = quota.requests.or(Some(minute(amount))),
        "rps" | "qps" => quota.requests = quota.requests.or(Some(second(amount))),
        "tpm" => quota.tokens = quota.tokens.or(Some(minute(amount))),
        "tps" => quota.tokens = quota.tokens.or(Some(second(amount))),
        "tpd" => quota.day_tokens = quota.day_tokens.or(Some(amount)),
        "concurrency" | "concurrent" => quota.running = quota.running.or(Some(amount)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::client::Deadlines;
    use crate::api::testing::{Server, Step, answer, client, head, refuse, sample};

    fn told(value: &Value) -> Vec<Quota> {
        match read(value) {
            Quotas::Told(all) => all,
            Quotas::NotServed => Vec::new(),
        }
    }

    #[test]
    fn limits_are_found_in_any_shape() {
        let want = |found: Vec<Quota>| {
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].model.as_str(), "qwen-plus");
            assert_eq!(found[0].requests.map(Rate::per_minute), Some(200));
            assert_eq!(found[0].tokens.map(Rate::per_minute), Some(200_000));
        };
        let flat = json!({"model": "qwen-plus", "rpm": 200, "tpm": "200000"});
        for shape in [
            json!({ "data": [flat] }),
            json!({"output": {"quotas": [flat]}, "request_id": "r"}),
            json!({"data": {"list": [flat], "total": 1}}),
            json!([flat]),
            json!({"quotas": {"qwen-plus": {"rpm": 200, "tpm": 200_000}}}),
            json!({"data": [{"model_name": "qwen-plus",
                "limits": [{"type": "RPM", "value": 200}, {"type": "tpm", "limit": 200_000}]}]}),
            json!({"data": [{"model": "qwen-plus", "limit_type": "rpm", "limit": 200},
                {"model": "qwen-plus", "limit_type": "tpm", "limit": 200_000}]}),
            json!({"data": [{"model": "qwen-plus", "count_limit": 20, "count_limit_period": 6,
                "usage_limit": 20_000, "usage_limit_period": 6}]}),
        ] {
            want(told(&shape));
        }
        let task = told(&json!({"data": [{"model": "wan2.5-t2v", "qps": 5, "concurrency": 5,
            "tpd": 9}]}));
        assert_eq!(task[0].requests, Some(Rate { amount: 5, seconds: 1 }));
        assert_eq!((task[0].running, task[0].day_tokens), (Some(5), Some(9)));
    }

    #[test]
    fn what_is_no_list_of_limits_is_none() {
        for value in [
            json!({}),
            json!([]),
            json!({"data": []}),
            json!({"data": [{"model": "m"}, {"rpm": 3}, {"model": "m", "rpm": 0}]}),
            json!({"data": [{"model": "m", "rpm": -3, "tpm": "many"}]}),
            json!({"message": "ok"}),
            json!("qwen-plus"),
        ] {
            assert_eq!(read(&value), Quotas::NotServed, "{value}");
        }
        let mut deep = json!({"model": "m", "rpm": 3});
        for _ in 0..20 {
            deep = json!([deep]);
        }
        assert_eq!(read(&deep), Quotas::NotServed);
    }

    async fn asked(script: Vec<Step>) -> Result<Quotas, ApiError> {
        let server = Server::start(vec![script]).await;
        let endpoint = server.endpoint();
        let client = client(&endpoint, Deadlines::default());
        let found = quotas(&client, &endpoint).await;
        assert!(server.heard()[0].starts_with("GET /api/v1/quotas HTTP/1.1\r\n"));
        found
    }

    #[tokio::test]
    async fn a_service_that_does_not_tell_is_no_error() {
        let not_found = r#"{"code":"NotFound","message":"Not found!","request_id":"r"}"#;
        let denied = r#"{"code":"AccessDenied","message":"Access denied.","request_id":"r"}"#;
        for script in [
            refuse(404, "", not_found),
            refuse(404, "", ""),
            refuse(403, "", denied),
            refuse(405, "", ""),
            refuse(400, "", sample("native-error-400-path.json")),
            answer(head(200, "content-type: text/html\r\n"), "<html>console</html>"),
            answer(head(200, ""), "ok"),
            answer(head(302, "location: https://h.example/login\r\n"), ""),
            answer(head(200, ""), "{\"data\":{}}"),
        ] {
            assert_eq!(asked(script).await, Ok(Quotas::NotServed));
        }
    }

    #[tokio::test]
    async fn what_may_pass_is_an_error_to_be_told() {
        let rate = sample("native-error-429-rate.json");
        for (status, body) in [
            (401, sample("native-error-401.json")),
            (429, rate),
            (500, sample("native-error-500.json")),
        ] {
            let error = asked(refuse(status, "", body)).await.unwrap_err();
            assert_eq!(error.refusal().unwrap().status, status);
        }
        let cut = asked(answer(head(200, ""), "{\"data\":[")).await;
        assert!(matches!(cut, Err(ApiError::Cut { .. })), "{cut:?}");
    }
}
