//! Error bodies of every shape met in the field, read into one: compatible and native envelopes,
//! errors that are a bare string, web pages, nothing. It refuses to judge them; `diagnose` does.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::error::Refusal;
use crate::text::sanitize;

mod xml;

/// Longer texts in an error are cut here, in characters.
const LONGEST: usize = 600;

/// Reads an error body. `header_id` is the `x-request-id` header, used where the body has none.
pub(super) fn refusal(status: u16, body: &[u8], header_id: Option<&str>) -> Refusal {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let mut found = match serde_json::from_str::<Value>(text) {
        Ok(value) => from_json(&value),
        Err(_) => xml::read(text)
            .unwrap_or_else(|| Refusal { message: from_page(text), ..Refusal::default() }),
    };
    found.status = if status == 0 { found.status } else { status };
    if found.request_id.is_none() {
        found.request_id = header_id.map(clean).filter(|id| !id.is_empty());
    }
    found
}

/// Whether a JSON object inside an accepted answer is an error, and which. `{"error": null}`
/// and objects with choices are not.
pub(super) fn in_answer(value: &Value, header_id: Option<&str>) -> Option<Refusal> {
    let object = value.as_object()?;
    let error = object.get("error").is_some_and(|error| !is_blank(error));
    let code = CODES.iter().find_map(|key| object.get(*key)).filter(|code| !is_blank(code));
    let message = MESSAGES.iter().any(|key| object.get(*key).is_some_and(Value::is_string));
    let flat = !object.contains_key("choices")
        && message
        && (code.is_some_and(|code| !is_success(code))
            || object.get("object").and_then(Value::as_str) == Some("error"));
    if !error && !flat {
        return None;
    }
    let mut found = from_json(value);
    if found.request_id.is_none() {
        found.request_id = header_id.map(clean).filter(|id| !id.is_empty());
    }
    Some(found)
}

/// An error whose code and message were found by somebody else.
pub(super) fn of_texts(code: &str, message: &str, request_id: Option<&str>) -> Refusal {
    let mut found = from_json(&json!({"code": code, "message": message}));
    found.request_id = request_id.map(clean).filter(|id| !id.is_empty());
    found
}

/// Names under which codes are met: the service's own, Alibaba Cloud's gateways', speech's.
const CODES: [&str; 4] = ["code", "Code", "error_code", "errorCode"];
/// Names under which messages are met.
const MESSAGES: [&str; 7] =
    ["message", "Message", "error_message", "errorMessage", "msg", "error_msg", "detail"];
/// Names under which request ids are met.
const IDS: [&str; 4] = ["request_id", "RequestId", "requestId", "id"];

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::Array(_) => false,
    }
}

/// Codes by which gateways say that all went well.
fn is_success(code: &Value) -> bool {
    match code {
        Value::Number(number) => matches!(number.as_u64(), Some(0 | 200..=299)),
        Value::String(text) => {
            ["0", "200", "ok", "success"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

/// The object with code and message: `error`, a failed task's `output`, a socket's `header`, or
/// the whole. Some gateways put a whole envelope as a text into `error` or `message`.
fn inner(value: &Value) -> Cow<'_, Value> {
    let nested = |text: &str| {
        let nested = serde_json::from_str::<Value>(text).ok()?;
        let error = nested.get("error").filter(|error| error.is_object());
        let found = error.cloned().unwrap_or(nested);
        MESSAGES.iter().any(|key| found.get(key).is_some()).then_some(found)
    };
    match value.get("error") {
        Some(Value::String(text)) if !text.trim().is_empty() => {
            return nested(text).map_or(Cow::Borrowed(&value["error"]), Cow::Owned);
        }
        Some(error) if !is_blank(error) => return Cow::Borrowed(error),
        Some(_) | None => {}
    }
    let own = CODES.iter().any(|key| value.get(key).is_some_and(|code| !is_blank(code)));
    if !own {
        let failed = |part: &&Value| CODES.iter().any(|key| word(part.get(key)).is_some());
        if let Some(part) =
            ["output", "header"].iter().filter_map(|key| value.get(key)).find(failed)
        {
            return Cow::Borrowed(part);
        }
    }
    match value.get("message") {
        Some(Value::String(text)) => nested(text).map_or(Cow::Borrowed(value), Cow::Owned),
        Some(_) | None => Cow::Borrowed(value),
    }
}

fn from_json(value: &Value) -> Refusal {
    let inner = inner(value);
    let inner = inner.as_ref();
    let named = |keys: &[&str]| {
        keys.iter().find_map(|key| word(inner.get(key)).or_else(|| word(value.get(key))))
    };
    let code = named(&CODES).unwrap_or_default();
    // A number instead of a code is an HTTP status (vLLM, llama.cpp).
    let number = code.parse::<u16>().ok().filter(|n| (400..600).contains(n));
    let kind = word(inner.get("type")).filter(|kind| kind != "error");
    let message = match inner {
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            named(&MESSAGES)
        }
    };
    let (hint, inner_code, message) = undecorate(&message.unwrap_or_default());
    let code = if number.is_some() || code.is_empty() {
        inner_code.clone().or(kind).unwrap_or_default()
    } else if code.eq_ignore_ascii_case("InternalError.Algo") {
        inner_code.clone().unwrap_or(code)
    } else {
        code
    };
    Refusal {
        status: number.or(hint).unwrap_or_default(),
        code: clean(&code),
        message: clean(&message),
        request_id: request_id(value),
        retry_after: None,
        envelope: value.is_object() || value.is_string(),
        param: word(inner.get("param")).map(|name| clean(&name)),
        storage: false,
    }
}

/// A string or a number as text; nothing for the rest and for blanks.
fn word(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The id to quote: the body's `request_id`, else its `id` without the prefix of chat ids.
pub(super) fn request_id(value: &Value) -> Option<String> {
    let ids = IDS.iter().filter_map(|key| word(value.get(key)));
    ids.map(|id| bare_id(&id)).find(|id| !id.is_empty())
}

/// A chat id without its prefix, cleaned: what remains is the request id.
pub(super) fn bare_id(id: &str) -> String {
    clean(id.strip_prefix("chatcmpl-").unwrap_or(id))
}

fn clean(text: &str) -> String {
    let line = sanitize::line(text);
    let line = line.trim();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Takes off what gateways put around messages: `<400> InternalError.Algo.Code: ` before, and a
/// link to the documentation behind. Returns status and code of the prefix too.
fn undecorate(message: &str) -> (Option<u16>, Option<String>, String) {
    let mut rest = message.trim();
    let mut status = None;
    if let Some((number, tail)) = rest.strip_prefix('<').and_then(|tail| tail.split_once('>'))
        && let Ok(number) = number.parse::<u16>()
    {
        status = Some(number);
        rest = tail.trim_start();
    }
    let mut code = None;
    if let Some((head, tail)) = rest.split_once(':')
        && head.starts_with("InternalError.")
        && !head.contains(' ')
    {
        code = Some(head.strip_prefix("InternalError.Algo.").unwrap_or(head).to_owned());
        rest = tail.trim_start();
    }
    if let Some(at) = rest.find("For details, see") {
        rest = rest[..at].trim_end();
    }
    (status, code, rest.to_owned())
}

/// The useful words of a body that is not JSON: a page's title, or the first line of a text.
fn from_page(text: &str) -> String {
    if text.starts_with('<') {
        return xml::between(text, "title").unwrap_or_default();
    }
    clean(text.lines().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::testing::sample;

    const ID: &str = "5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22";

    fn read(body: &str) -> (u16, String, String, Option<String>) {
        let found = refusal(400, body.as_bytes(), Some("from-header"));
        (found.status, found.code, found.message, found.request_id)
    }

    fn row(code: &str, message: &str, id: &str) -> (u16, String, String, Option<String>) {
        (400, code.to_owned(), message.to_owned(), Some(id.to_owned()))
    }

    #[test]
    fn every_shape_is_read() {
        for (body, want) in [
            (
                r#"{"error":{"message":"no","type":"t","param":null,"code":"c"},"id":"chatcmpl-1","request_id":"2"}"#,
                row("c", "no", "2"),
            ),
            (
                r#"{"error":{"message":"no","type":"t","code":null},"id":"chatcmpl-1"}"#,
                row("t", "no", "1"),
            ),
            (r#"{"code":"C","message":"no","request_id":"3"}"#, row("C", "no", "3")),
            (r#"{"error":"model not found"}"#, row("", "model not found", "from-header")),
            (
                r#"{"object":"error","message":"no","type":"BadRequestError","code":400}"#,
                row("BadRequestError", "no", "from-header"),
            ),
            (r#"{"detail":"Not Found"}"#, row("", "Not Found", "from-header")),
            (r#""just words""#, row("", "just words", "from-header")),
            ("plain words\nsecond line", row("", "plain words", "from-header")),
            (
                "<html><head><TITLE>502 Bad\nGateway</title>",
                row("", "502 Bad Gateway", "from-header"),
            ),
            (
                "<Error><Code>AccessDenied</Code><Message>a &lt; b</Message></Error>",
                row("AccessDenied", "a < b", "from-header"),
            ),
            ("<Error><Code>cut", row("", "", "from-header")),
            (r#"{"Code":"C","Message":"no","RequestId":"4"}"#, row("C", "no", "4")),
            (r#"{"error_code":"C","error_message":"no","id":5}"#, row("C", "no", "5")),
            (
                r#"{"request_id":"6","output":{"task_status":"FAILED","code":"C","message":"no"}}"#,
                row("C", "no", "6"),
            ),
            (r#"{"error":"{\"code\":\"C\",\"message\":\"no\"}"}"#, row("C", "no", "from-header")),
            ("<html>", row("", "", "from-header")),
            ("", row("", "", "from-header")),
            (
                "{\"error\":{\"message\":\"cut",
                row("", "{\"error\":{\"message\":\"cut", "from-header"),
            ),
            ("[1,2]", row("", "", "from-header")),
        ] {
            assert_eq!(read(body), want, "{body}");
        }
    }

    #[test]
    fn decorations_are_taken_off() {
        let cases = [
            (
                "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 9]",
                (Some(400), Some("InvalidParameter"), "Range of input length should be [1, 9]"),
            ),
            (
                "Access denied. For details, see: https://help.example/#x",
                (None, None, "Access denied."),
            ),
            ("a <400> b: c", (None, None, "a <400> b: c")),
            ("Note: InternalError.Algo", (None, None, "Note: InternalError.Algo")),
        ];
        for (message, (status, code, rest)) in cases {
            assert_eq!(
                undecorate(message),
                (status, code.map(str::to_owned), rest.to_owned()),
                "{message}"
            );
        }
    }

    #[test]
    fn the_samples_are_read() {
        for (name, code) in [
            ("compat-error-401.json", "invalid_api_key"),
            ("compat-error-404-model.json", "model_not_found"),
            ("compat-error-429-rate.json", "limit_requests"),
            ("native-error-429-burst.json", "Throttling.BurstRate"),
            ("native-error-500.json", "InternalError"),
        ] {
            let found = refusal(400, &sample(name), None);
            assert_eq!(found.code, code, "{name}");
            assert_eq!(found.request_id.as_deref(), Some(ID), "{name}");
            assert!(found.envelope && !found.message.is_empty(), "{name}");
        }
    }

    #[test]
    fn texts_are_cleaned_and_shortened() {
        let hostile = serde_json::json!({
            "code": "A\u{1b}[2JB", "message": format!("x\u{202e}\r\n{}", "y".repeat(5000)),
            "request_id": "\u{9b}31mid\u{7}"
        });
        let found = refusal(400, hostile.to_string().as_bytes(), None);
        for text in [&found.code, &found.message, found.request_id.as_ref().expect("an id")] {
            assert!(!text.chars().any(char::is_control), "{text:?}");
            assert!(text.chars().count() <= LONGEST + 1);
        }
        assert!(!found.message.contains('\u{202e}'));
    }

    #[test]
    fn errors_inside_answers_are_told_from_answers() {
        let error = |json: &str| {
            in_answer(&serde_json::from_str(json).expect("JSON"), None).map(|found| found.message)
        };
        assert_eq!(error(r#"{"error":{"message":"no"}}"#).as_deref(), Some("no"));
        assert_eq!(error(r#"{"error":"no"}"#).as_deref(), Some("no"));
        assert_eq!(error(r#"{"code":"C","message":"no"}"#).as_deref(), Some("no"));
        assert_eq!(error(r#"{"error":null,"choices":[]}"#), None);
        assert_eq!(error(r#"{"error":{},"choices":[]}"#), None);
        assert_eq!(error(r#"{"choices":[],"code":"","message":"x"}"#), None);
        assert_eq!(error(r#"{"type":"ping"}"#), None);
        // What gateways add to an answer that is none the worse for it.
        assert_eq!(error(r#"{"code":200,"message":"ok","data":{}}"#), None);
        assert_eq!(error(r#"{"code":"Success","message":"ok"}"#), None);
        assert_eq!(error(r#"{"Code":"C","Message":"no"}"#).as_deref(), Some("no"));
        assert_eq!(error("[]"), None);
    }
}
