//! The account's limits: `GET /api/v1/quotas`, page by page, as the service's page "List model quotas"
//! has it since 2026-09; its Chinese page gives `/models/limits`. Not every host serves it, and no
//! recording shows it: whatever looks like a list of limits is read as one, and everything else means
//! that the service does not tell. It refuses to count what is used.

use serde_json::Value;

use super::call::Call;
use super::client::ApiClient;
use super::diagnose::{Kind, Retry, kind};
use super::error::ApiError;
use super::fields::{at, count, decimal, line};
use super::region::Endpoint;
use crate::domain::meters::{Quota, Quotas, Rate};
use crate::domain::models::{ModelId, Surface};

/// Where to ask, in order.
const PATHS: [&str; 2] = ["/quotas", "/models/limits"];
/// Models on one page.
const PAGE: u64 = 100;
/// More pages than this are no limits of one account.
const PAGES: u64 = 50;
/// How deep the answer is searched for its list.
const DEEPEST: usize = 6;
/// More rows than this are no limits of one account.
const MOST: usize = 10_000;

/// Asks for the limits, of one model or of all. That there are none to be had is an answer, no
/// error.
pub async fn quotas(
    client: &ApiClient,
    endpoint: &Endpoint,
    model: Option<&ModelId>,
) -> Result<Quotas, ApiError> {
    for path in PATHS {
        match pages(client, endpoint, path, model).await {
            Ok(Quotas::NotServed) => {}
            Ok(told) => return Ok(told),
            Err(error) if is_not_served(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Quotas::NotServed)
}

/// All pages of one place.
async fn pages(
    client: &ApiClient,
    endpoint: &Endpoint,
    path: &str,
    model: Option<&ModelId>,
) -> Result<Quotas, ApiError> {
    let mut all: Vec<Quota> = Vec::new();
    for page in 1..=PAGES {
        let mut call = Call::get(Surface::Native, path);
        if let Some(model) = model {
            call = call.with("model", model.as_str());
        }
        let call = call.with("page_no", page.to_string()).with("page_size", PAGE.to_string());
        let document = client.document(endpoint, call).await?;
        let before = all.len();
        if let Quotas::Told(more) = read(document.value()) {
            for quota in more {
                add(quota, &mut all);
            }
        }
        let output = at(document.value(), "output").unwrap_or(document.value());
        // Who does not tell how many there are has told all; who repeats himself too.
        let total = count(output, "total").unwrap_or_default();
        let size = count(output, "page_size").unwrap_or(PAGE).max(1);
        if all.len() == before || page.saturating_mul(size) >= total {
            break;
        }
    }
    Ok(if all.is_empty() { Quotas::NotServed } else { Quotas::Told(all) })
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
            old.queued = old.queued.or(new.queued);
        }
        None => out.push(new),
    }
}

fn looks_like_a_model(key: &str) -> bool {
    key.contains('-') && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b))
}

/// The limits an object tells of a model; `None` if it tells none. A limit of the workspace is the
/// one that is felt, where one is set.
fn quota(id: &str, value: &Value) -> Option<Quota> {
    let model = ModelId::new(id);
    let mut quota = Quota {
        model,
        requests: None,
        tokens: None,
        day_tokens: None,
        running: None,
        queued: None,
    };
    let inner = ["workspace_limit", "model_limit", "limits", "quota", "quotas", "limit"];
    let inner = inner.into_iter().chain(["rate_limits", "details"]);
    for key in inner {
        match value.get(key) {
            Some(Value::Array(rows)) => rows.iter().for_each(|row| limits(row, &mut quota)),
            Some(inner @ Value::Object(_)) => limits(inner, &mut quota),
            _ => {}
        }
    }
    limits(value, &mut quota);
    let Quota { requests, tokens, day_tokens, running, queued, .. } = &quota;
    let rates = requests.is_some() || tokens.is_some();
    let counts = [day_tokens, running, queued].iter().any(|count| count.is_some());
    (rates || counts).then_some(quota)
}

/// What one object says itself: so many in so many seconds as documented and as the gateway counts
/// (one recording shows `count_limit`), by names, or by a type and a value.
fn limits(value: &Value, quota: &mut Quota) {
    let of = |keys: &[&str]| keys.iter().find_map(|key| count(value, key)).filter(|n| *n > 0);
    let minute = |amount: u64| Rate { amount, seconds: 60 };
    let second = |amount: u64| Rate { amount, seconds: 1 };
    let window = |amount: &str, period: &str| {
        let seconds = count(value, period).filter(|n| *n > 0).unwrap_or(60);
        of(&[amount]).map(|amount| Rate { amount, seconds })
    };
    let requests = of(&["rpm", "RPM", "qpm", "requests_per_minute", "request_per_minute"]);
    let requests = requests.map(minute).or_else(|| window("request_limit", "request_limit_period"));
    let requests = requests.or_else(|| window("count_limit", "count_limit_period"));
    let requests = requests.or_else(|| of(&["qps", "QPS", "rps", "RPS"]).map(second));
    let tokens = of(&["tpm", "TPM", "tokens_per_minute", "token_per_minute"]);
    // Sound and pictures may be counted by something else than tokens.
    let field = line(value, "usage_limit_field").unwrap_or_default();
    let by_tokens = field.is_empty() || field.contains("token");
    let tokens = tokens.map(minute);
    let tokens =
        tokens.or_else(|| window("usage_limit", "usage_limit_period").filter(|_| by_tokens));
    let tokens = tokens.or_else(|| of(&["tps", "TPS"]).map(second));
    quota.requests = quota.requests.or(requests);
    quota.tokens = quota.tokens.or(tokens);
    quota.day_tokens = quota.day_tokens.or(of(&["tpd", "TPD", "tokens_per_day"]));
    let running = ["async_user_concurrency_limit", "concurrency", "concurrent_tasks"];
    quota.running = quota.running.or(of(&running));
    quota.queued = quota.queued.or(of(&["async_user_queue_limit"]));
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
    fn the_documented_answer_is_read_and_the_workspace_counts() {
        let limit = |requests: u64, running: Option<u64>| {
            json!({"request_limit": requests, "request_limit_period": 60, "usage_limit": 1000,
                "usage_limit_field": "total_tokens", "usage_limit_period": 60,
                "async_user_queue_limit": null, "async_user_concurrency_limit": running})
        };
        let mut by_seconds = limit(3, None);
        by_seconds["usage_limit_field"] = json!("audio_seconds");
        let answer = json!({"request_id": "r", "output": {"total": 3, "page_no": 1, "page_size": 20,
            "quotas": [
                {"model": "qwen-plus", "workspace_id": "w", "model_limit": limit(600, None),
                    "workspace_limit": limit(60, None)},
                {"model": "wan2.6-t2v", "workspace_id": "w", "model_limit": limit(9, Some(5)),
                    "workspace_limit": null},
                {"model": "asr", "workspace_id": "w", "model_limit": by_seconds}]}});
        let found = told(&answer);
        let rate = |amount| Some(Rate { amount, seconds: 60 });
        assert_eq!((found[0].requests, found[0].tokens), (rate(60), rate(1000)));
        assert_eq!((found[1].requests, found[1].running), (rate(9), Some(5)));
        assert_eq!((found[2].requests, found[2].tokens), (rate(3), None));
    }

    #[tokio::test]
    async fn all_pages_are_read_and_the_other_place_is_asked() {
        let page = |from: usize, count: usize| {
            let row = |n: usize| {
                json!({"model": format!("m-{n}"), "model_limit":
                {"request_limit": 1, "request_limit_period": 1}})
            };
            let rows: Vec<Value> = (from..from + count).map(row).collect();
            let body = json!({"output": {"total": 150, "page_size": 100, "quotas": rows}});
            answer(head(200, ""), body.to_string())
        };
        let scripts = vec![refuse(404, "", ""), page(0, 100), page(100, 50)];
        let server = Server::start(scripts).await;
        let endpoint = server.endpoint();
        let client = client(&endpoint, Deadlines::default());
        let model = ModelId::new("m");
        let Ok(Quotas::Told(all)) = quotas(&client, &endpoint, Some(&model)).await else {
            panic!()
        };
        assert_eq!(all.len(), 150);
        let heard = server.heard();
        let asked = |n: usize, path: &str| heard[n].starts_with(&format!("GET /api/v1/{path} "));
        assert!(asked(0, "quotas?model=m&page_no=1&page_size=100"));
        assert!(asked(1, "models/limits?model=m&page_no=1&page_size=100"));
        assert!(asked(2, "models/limits?model=m&page_no=2&page_size=100"));
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
        let found = quotas(&client, &endpoint, None).await;
        let first = "GET /api/v1/quotas?page_no=1&page_size=100 HTTP/1.1\r\n";
        assert!(server.heard()[0].starts_with(first));
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
