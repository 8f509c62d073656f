//! JSON that fits: an object for JSON mode, and a value for a JSON schema. It fills fields with words
//! of the question and refuses to be clever about anything but their types.

use serde_json::{Map, Value, json};

use super::phrases::Language;
use super::question::Question;
use crate::sim::request::Call;

/// How deep a schema is followed.
const DEEPEST: usize = 8;

/// The answer in JSON mode.
pub(super) fn object(question: &Question<'_>, call: &Call) -> String {
    let (answer, points, language) = match question.language {
        Language::English => (
            format!("This is where a real model would say something about {}.", question.topic),
            ["it is valid JSON", "the keys are in a sensible order", "the simulator wrote it"],
            "en",
        ),
        Language::Chinese => (
            format!("真正的模型会在这里谈谈{}。", question.topic),
            ["这是合法的 JSON", "键的顺序是合理的", "由模拟器写成"],
            "zh",
        ),
    };
    let value = json!({
        "topic": question.topic,
        "answer": answer,
        "points": points,
        "language": language,
        "model": call.model.id,
        "source": "lian simulator",
    });
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

/// A value that a schema allows. `name` is the key it is for.
pub(super) fn instance(schema: &Value, question: &Question<'_>, name: &str) -> Value {
    value(schema, question, name, 0)
}

fn value(schema: &Value, question: &Question<'_>, name: &str, depth: usize) -> Value {
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        let named = choices.iter().find(|choice| {
            choice
                .as_str()
                .is_some_and(|word| question.text.to_lowercase().contains(&word.to_lowercase()))
        });
        return named.or_else(|| choices.first()).cloned().unwrap_or(Value::Null);
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        if let Some(first) = schema.get(key).and_then(Value::as_array).and_then(|list| list.first())
        {
            return value(first, question, name, depth + 1);
        }
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
        Some(kind) => kind.as_str(),
        None if schema.get("properties").is_some() => Some("object"),
        None => None,
    };
    match kind {
        Some("object") => object_of(schema, question, depth),
        Some("array") if depth < DEEPEST => {
            let item = schema.get("items").cloned().unwrap_or_else(|| json!({"type": "string"}));
            let count = schema.get("minItems").and_then(Value::as_u64).unwrap_or(1).clamp(1, 16);
            (0..count).map(|_| value(&item, question, name, depth + 1)).collect()
        }
        Some("array") => json!([]),
        Some("integer" | "number") => {
            json!(within(schema, first_number(question.text).unwrap_or(1)))
        }
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        _ => json!(text(question, name)),
    }
}

fn object_of(schema: &Value, question: &Question<'_>, depth: usize) -> Value {
    let mut object = Map::new();
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    if let Some(properties) = schema.get("properties").and_then(Value::as_object)
        && depth < DEEPEST
    {
        for (key, inner) in properties {
            if required.is_empty() || required.contains(&key.as_str()) {
                object.insert(key.clone(), value(inner, question, key, depth + 1));
            }
        }
    }
    Value::Object(object)
}

fn within(schema: &Value, number: i64) -> i64 {
    let bound = |key| schema.get(key).and_then(Value::as_i64);
    number.max(bound("minimum").unwrap_or(i64::MIN)).min(bound("maximum").unwrap_or(i64::MAX))
}

fn first_number(text: &str) -> Option<i64> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let end =
        text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |len| start + len);
    text[start..end].parse().ok()
}

/// Words for a field: a place for places, else the subject.
fn text(question: &Question<'_>, name: &str) -> String {
    let name = name.to_lowercase();
    let is = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if is(&["city", "location", "place", "城市", "地点"]) {
        return places(question.text)
            .first()
            .map_or_else(|| question.topic.clone(), |place| (*place).to_owned());
    }
    if is(&["query", "question", "text", "prompt"]) {
        return question.short.clone();
    }
    if is(&["source", "author", "note"]) {
        return "lian simulator".to_owned();
    }
    question.topic.clone()
}

const PLACES: &[&str] = &[
    "北京",
    "上海",
    "广州",
    "深圳",
    "杭州",
    "成都",
    "重庆",
    "西安",
    "南京",
    "武汉",
    "苏州",
    "天津",
    "香港",
    "台北",
    "东京",
    "巴黎",
    "伦敦",
    "纽约",
    "新加坡",
    "柏林",
    "Beijing",
    "Shanghai",
    "Guangzhou",
    "Shenzhen",
    "Hangzhou",
    "Chengdu",
    "Chongqing",
    "Xi'an",
    "Nanjing",
    "Wuhan",
    "Suzhou",
    "Hong Kong",
    "Tokyo",
    "Paris",
    "London",
    "New York",
    "Singapore",
    "Berlin",
    "San Francisco",
    "Zurich",
    "Vienna",
    "Madrid",
    "Rome",
    "Sydney",
];

/// The places a text names, in its order.
pub(super) fn places(text: &str) -> Vec<&'static str> {
    let lower = text.to_lowercase();
    let mut found: Vec<(usize, &str)> = PLACES
        .iter()
        .filter_map(|place| lower.find(&place.to_lowercase()).map(|at| (at, *place)))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, place)| place).collect()
}
